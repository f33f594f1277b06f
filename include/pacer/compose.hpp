// SPDX-License-Identifier: MIT
#ifndef PACER_COMPOSE_HPP
#define PACER_COMPOSE_HPP

/// Composition, as functions on any `Schedule`. The named schedules are written with these.
///
///     join(a, 100, b)             a for 100 updates, then b, which counts from its own start
///     join(a, 100, b, 500, c)     ... and c from step 500 on; boundaries are steps of the whole
///     scale(a, 0.1)               a tenth of a
///     clamp(a, 1e-6, 1e-3)        a, kept between two rates
///     advance(a, 1)               a, one step ahead
///     delay(a, 100)               a, 100 steps later; before, its first rate
///     every(10, a)                a by a clock that ticks every 10 steps: for a schedule of epochs
///     repeat(a, 5)                a five times; repeat(a), for ever
///     product(a, b), sum(a, b)
///     blend(a, 400, 50, b)        a, then over 50 updates gradually b
///     cooldown(a, 9000, 1000, 0)  a until step 9000, then down to 0 over 1000 updates
///
/// Algebra: `join(a)` is a; `join(a, 0, b)` is b; nested joins and flat ones are the same function; `scale(a, 1)`,
/// `advance(a, 0)`, `delay(a, 0)`, `every(1, a)` are a. Each knows the length of its result.
///
/// Of a function of the user's, a NaN stays a NaN through every operator that asks for it, and so does an infinite rate
/// that is not clamped; a negative one is scaled and joined like any other. What would overflow becomes the largest finite
/// rate of its sign. Steps below 0 are step 0.

#include <pacer/numerics/elementary.hpp>
#include <pacer/numerics/weighted_mean.hpp>
#include <pacer/ramp.hpp>
#include <pacer/segments.hpp>

namespace pacer {
namespace detail {

/// A result that is finite if what it was made of was.
template <class Real>
PACER_ALWAYS_INLINE PACER_HD constexpr Real kept_finite(Real result, bool of_finite) noexcept {
    if (result > largest<Real>)
        return of_finite ? largest<Real> : result;
    return result < -largest<Real> && of_finite ? -largest<Real> : result;
}
template <class Real>
PACER_ALWAYS_INLINE PACER_HD constexpr bool is_finite(Real rate) noexcept {
    return rate <= largest<Real> && rate >= -largest<Real>;
}

template <class S>
inline constexpr bool nothrow_schedule = std::is_nothrow_invocable_v<const S&, step_t>;

/// The sum of two lengths; endless if one is, or if it does not fit.
PACER_HD constexpr step_t sum_of_lengths(step_t a, step_t b) noexcept { return a > endless - b ? endless : a + b; }

/// One rate for ever.
struct flat {
    double rate;

    PACER_ALWAYS_INLINE PACER_HD constexpr double operator()(step_t) const noexcept { return rate; }
    PACER_REFUSE_FRACTIONAL_STEPS

    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        v.constant(rate, steps.count);
    }
};

template <class A, class B>
struct joined {
    A first;
    step_t at;
    B second;

    PACER_HD_UNCHECKED
    PACER_ALWAYS_INLINE PACER_HD constexpr std::common_type_t<rate_t<A>, rate_t<B>> operator()(step_t step) const
        noexcept(nothrow_schedule<A>&& nothrow_schedule<B>) {
        if (step < at) {
            if (step < 0 && at == 0)
                return second(step_t{0});
            return first(step < 0 ? 0 : step);
        }
        return second(step - at);
    }
    PACER_REFUSE_FRACTIONAL_STEPS

    PACER_HD_UNCHECKED
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept {
        return sum_of_lengths(at, pacer::total_steps(second));
    }

    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        const step_t of_first = steps.until(at);
        detail::visit_segments(first, steps.take(of_first), v);
        detail::visit_segments(second, steps.drop(of_first).later(-at), v);
    }

    /// The same of other schedules, which `f` makes of these.
    template <class F>
    PACER_HOST constexpr auto with_schedules(const F& f) const {
        return joined<decltype(f(first)), decltype(f(second))>{f(first), at, f(second)};
    }
};

template <class S>
struct scaled {
    S schedule;
    rate_t<S> factor;

    struct by {
        rate_t<S> factor;

        PACER_ALWAYS_INLINE PACER_HD constexpr rate_t<S> operator()(rate_t<S> rate) const noexcept {
            return kept_finite(times(rate, factor), is_finite(rate));
        }
    };

    PACER_HD_UNCHECKED
    PACER_ALWAYS_INLINE PACER_HD constexpr rate_t<S> operator()(step_t step) const noexcept(nothrow_schedule<S>) {
        return by{factor}(detail::ask(schedule, step));
    }
    PACER_REFUSE_FRACTIONAL_STEPS
    PACER_HD_UNCHECKED
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept { return pacer::total_steps(schedule); }

    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        detail::visit_mapped<rate_t<S>>(schedule, steps, by{factor}, v);
    }

    template <class F>
    PACER_HOST constexpr auto with_schedules(const F& f) const {
        return scaled<decltype(f(schedule))>{f(schedule), factor};
    }
};

template <class S>
struct clamped {
    S schedule;
    rate_t<S> lowest;
    rate_t<S> highest;

    struct between {
        rate_t<S> lowest;
        rate_t<S> highest;

        PACER_ALWAYS_INLINE PACER_HD constexpr rate_t<S> operator()(rate_t<S> rate) const noexcept {
            return rate < lowest ? lowest : rate > highest ? highest : rate;
        }
    };

    PACER_HD_UNCHECKED
    PACER_ALWAYS_INLINE PACER_HD constexpr rate_t<S> operator()(step_t step) const noexcept(nothrow_schedule<S>) {
        return between{lowest, highest}(detail::ask(schedule, step));
    }
    PACER_REFUSE_FRACTIONAL_STEPS
    PACER_HD_UNCHECKED
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept { return pacer::total_steps(schedule); }

    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        detail::visit_mapped<rate_t<S>>(schedule, steps, between{lowest, highest}, v);
    }

    template <class F>
    PACER_HOST constexpr auto with_schedules(const F& f) const {
        return clamped<decltype(f(schedule))>{f(schedule), lowest, highest};
    }
};

template <class S>
struct advanced {
    S schedule;
    step_t by;

    PACER_HD_UNCHECKED
    PACER_ALWAYS_INLINE PACER_HD constexpr rate_t<S> operator()(step_t step) const noexcept(nothrow_schedule<S>) {
        const step_t s = step < 0 ? 0 : step;
        return schedule(s > endless - by ? endless : s + by);
    }
    PACER_REFUSE_FRACTIONAL_STEPS
    PACER_HD_UNCHECKED
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept {
        const step_t total = pacer::total_steps(schedule);
        return total == endless ? endless : total > by ? total - by : 0;
    }

    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        const step_t inside = steps.until(endless - by);
        detail::visit_segments(schedule, steps.take(inside).later(by), v);
        if (inside < steps.count)
            v.constant(schedule(endless), steps.count - inside);
    }

    template <class F>
    PACER_HOST constexpr auto with_schedules(const F& f) const {
        return advanced<decltype(f(schedule))>{f(schedule), by};
    }
};

template <class S>
struct delayed {
    S schedule;
    step_t by;

    PACER_HD_UNCHECKED
    PACER_ALWAYS_INLINE PACER_HD constexpr rate_t<S> operator()(step_t step) const noexcept(nothrow_schedule<S>) {
        return schedule(step < by ? 0 : step - by);
    }
    PACER_REFUSE_FRACTIONAL_STEPS
    PACER_HD_UNCHECKED
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept {
        return sum_of_lengths(by, pacer::total_steps(schedule));
    }

    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        const step_t before = steps.until(by);
        if (before > 0)
            v.constant(schedule(step_t{0}), before);
        detail::visit_segments(schedule, steps.drop(before).later(-by), v);
    }

    template <class F>
    PACER_HOST constexpr auto with_schedules(const F& f) const {
        return delayed<decltype(f(schedule))>{f(schedule), by};
    }
};

template <class S>
struct slowed {
    step_t n;
    S schedule;

    PACER_HD_UNCHECKED
    PACER_ALWAYS_INLINE PACER_HD constexpr rate_t<S> operator()(step_t step) const noexcept(nothrow_schedule<S>) {
        return schedule(step < 0 ? 0 : step / n);
    }
    PACER_REFUSE_FRACTIONAL_STEPS
    PACER_HD_UNCHECKED
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept {
        const step_t total = pacer::total_steps(schedule);
        return total > endless / n ? endless : total * n;
    }

    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        if (steps.stride % n == 0) {
            detail::visit_segments(schedule, step_range{steps.first / n, steps.stride / n, steps.count}, v);
            return;
        }
        if (steps.stride < n && steps.stride > n / 64) {
            visit_short_ticks(steps, v);
            return;
        }
        // A tick after another, all steps of one at once.
        while (steps.count > 0) {
            const step_t tick = steps.first / n;
            const step_t count = tick == endless / n ? steps.count : steps.until((tick + 1) * n);
            v.constant(schedule(tick), count);
            steps = steps.drop(count);
        }
    }

    /// Ticks of a few steps each: the rates of many in a row, then each as often as there are steps in its tick.
    template <class Visitor>
    PACER_HOST constexpr void visit_short_ticks(step_range steps, Visitor& v) const {
        while (steps.count > 0) {
            const step_range part = steps.take(steps.count < rates_at_once ? steps.count : rates_at_once);
            double of_ticks[rates_at_once];
            double rates[rates_at_once];
            const step_t tick = part.first / n;
            auto into = v.into(of_ticks);
            detail::visit_segments(schedule, step_range{tick, 1, part.at(part.count - 1) / n - tick + 1}, into);
            step_t inside = part.first % n;
            const double* rate = of_ticks;
            for (step_t j = 0; j < part.count; ++j) {
                rates[j] = *rate;
                const bool next = inside >= n - part.stride;
                inside += next ? part.stride - n : part.stride;
                rate += next;
            }
            v.rates(rates, part.count);
            steps = steps.drop(part.count);
        }
    }

    template <class F>
    PACER_HOST constexpr auto with_schedules(const F& f) const {
        return slowed<decltype(f(schedule))>{n, f(schedule)};
    }
};

template <class S>
struct repeated {
    S schedule;
    step_t length;  // of the schedule, 1 or more
    step_t times;   // 1 or more; endless
    rate_t<S> scale;

    using by = typename scaled<S>::by;

    /// What cycle k is multiplied by.
    [[nodiscard]] PACER_HD constexpr rate_t<S> factor(step_t k) const noexcept {
        if (scale == 1)
            return 1;
        const auto x = static_cast<double>(scale);
        return k == 0 ? 1 : static_cast<rate_t<S>>(power(x, static_cast<double>(k)));
    }
    /// The cycle that a step is in; past the end the last one goes on.
    [[nodiscard]] PACER_HD constexpr step_t cycle(step_t step) const noexcept {
        const step_t k = step / length;
        return k < times ? k : times - 1;
    }

    PACER_HD_UNCHECKED
    PACER_ALWAYS_INLINE PACER_HD constexpr rate_t<S> operator()(step_t step) const noexcept(nothrow_schedule<S>) {
        const step_t s = step < 0 ? 0 : step;
        const step_t k = cycle(s);
        return by{factor(k)}(schedule(s - k * length));
    }
    PACER_REFUSE_FRACTIONAL_STEPS
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept {
        return times > endless / length ? endless : times * length;
    }

    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        while (steps.count > 0) {
            const step_t k = cycle(steps.first);
            const step_t start = k * length;
            const bool is_last = k == times - 1 || start > endless - length;
            const step_t count = is_last ? steps.count : steps.until(start + length);
            detail::visit_mapped<rate_t<S>>(schedule, steps.take(count).later(-start), by{factor(k)}, v);
            steps = steps.drop(count);
        }
    }

    template <class F>
    PACER_HOST constexpr auto with_schedules(const F& f) const {
        return repeated<decltype(f(schedule))>{f(schedule), length, times, scale};
    }
};

/// Calls use(part, a, b) for one part of the steps after another, with the rates of both schedules in memory.
template <class A, class B, class Visitor, class Use>
PACER_HOST constexpr void visit_both(const A& first, const B& second, step_range steps, Visitor& v, const Use& use) {
    while (steps.count > 0) {
        const step_range part = steps.take(steps.count < rates_at_once ? steps.count : rates_at_once);
        double a[rates_at_once];
        double b[rates_at_once];
        auto into_a = v.into(a);
        auto into_b = v.into(b);
        detail::visit_segments(first, part, into_a);
        detail::visit_segments(second, part, into_b);
        use(part, a, b);
        steps = steps.drop(part.count);
    }
}

/// Two schedules at once, by a function of both rates.
template <class A, class B, class Combine>
struct combined {
    A first;
    B second;
    Combine combine;

    using rate_type = std::common_type_t<rate_t<A>, rate_t<B>>;

    struct with_rates {
        Combine combine;

        template <class X, class Y>
        PACER_ALWAYS_INLINE PACER_HD constexpr rate_type operator()(X a, Y b) const noexcept {
            return combine(static_cast<rate_type>(a), static_cast<rate_type>(b));
        }
    };

    PACER_HD_UNCHECKED
    PACER_ALWAYS_INLINE PACER_HD constexpr rate_type operator()(step_t step) const
        noexcept(nothrow_schedule<A>&& nothrow_schedule<B>) {
        return with_rates{combine}(detail::ask(first, step), detail::ask(second, step));
    }
    PACER_REFUSE_FRACTIONAL_STEPS
    /// Both are over then.
    PACER_HD_UNCHECKED
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept {
        const step_t a = pacer::total_steps(first);
        const step_t b = pacer::total_steps(second);
        return a > b ? a : b;
    }

    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        visit_both(first, second, steps, v, [&](step_range block_steps, const double* a, const double* b) {
            v.mapped_rates(with_rates{combine}, block_steps.count, a, b);
        });
    }

    template <class F>
    PACER_HOST constexpr auto with_schedules(const F& f) const {
        return combined<decltype(f(first)), decltype(f(second)), Combine>{f(first), f(second), combine};
    }
};

struct product_of {
    template <class Real>
    PACER_ALWAYS_INLINE PACER_HD constexpr Real operator()(Real a, Real b) const noexcept {
        return kept_finite(times(a, b), is_finite(a) && is_finite(b));
    }
};

struct sum_of {
    template <class Real>
    PACER_ALWAYS_INLINE PACER_HD constexpr Real operator()(Real a, Real b) const noexcept {
        return kept_finite(static_cast<Real>(a + b), is_finite(a) && is_finite(b));
    }
};

template <class A, class B>
struct blended {
    A old;
    step_t at;
    step_t over;
    B next;

    using rate_type = std::common_type_t<rate_t<A>, rate_t<B>>;

    struct mean {
        double over;

        PACER_ALWAYS_INLINE PACER_HD constexpr rate_type operator()(double a, double b, double x) const noexcept {
            return static_cast<rate_type>(weighted_mean(a, b, x, over - x));
        }
    };

    PACER_HD_UNCHECKED
    PACER_ALWAYS_INLINE PACER_HD constexpr rate_type operator()(step_t step) const
        noexcept(nothrow_schedule<A>&& nothrow_schedule<B>) {
        const step_t s = step < 0 ? 0 : step;
        if (s < at)
            return old(s);
        const step_t x = s - at;
        if (x >= over)
            return next(s);
        return mean{static_cast<double>(over)}(static_cast<double>(old(s)), static_cast<double>(next(s)),
                                               static_cast<double>(x));
    }
    PACER_REFUSE_FRACTIONAL_STEPS
    PACER_HD_UNCHECKED
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept {
        const step_t total = pacer::total_steps(next);
        return total > at + over ? total : at + over;
    }

    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        const step_t borders[] = {at, at + over};
        for (int part = 0; part < 3 && steps.count > 0; ++part) {
            const step_t n = part < 2 ? steps.until(borders[part]) : steps.count;
            if (part == 1)
                visit_both(old, next, steps.take(n), v, [&](step_range block_steps, const double* a, const double* b) {
                    double x[rates_at_once];
                    for (step_t j = 0; j < block_steps.count; ++j)
                        x[j] = static_cast<double>(block_steps.at(j) - at);
                    v.mapped_rates(mean{static_cast<double>(over)}, block_steps.count, a, b, x);
                });
            else if (part == 0)
                detail::visit_segments(old, steps.take(n), v);
            else
                detail::visit_segments(next, steps.take(n), v);
            steps = steps.drop(n);
        }
    }

    template <class F>
    PACER_HOST constexpr auto with_schedules(const F& f) const {
        return blended<decltype(f(old)), decltype(f(next))>{f(old), at, over, f(next)};
    }
};

template <class S, class Fall = ramp<shapes::any>>
struct cooled {
    S schedule;
    step_t at;
    step_t over;
    double to;
    ramp_shape shape;
    Fall fall;

    PACER_HOST constexpr cooled(const S& s, step_t start, step_t length, double end, ramp_shape by)
        : schedule(s),
          at(start),
          over(length),
          to(end),
          shape(by),
          fall(static_cast<double>(s(start)), end, static_cast<double>(length), shapes::any{by}) {}

    PACER_HD_UNCHECKED
    PACER_ALWAYS_INLINE PACER_HD constexpr rate_t<S> operator()(step_t step) const noexcept(nothrow_schedule<S>) {
        const step_t s = step < 0 ? 0 : step;
        return s < at ? schedule(s) : static_cast<rate_t<S>>(fall(s - at));
    }
    PACER_REFUSE_FRACTIONAL_STEPS
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept { return at + over; }

    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        const step_t before = steps.until(at);
        detail::visit_segments(schedule, steps.take(before), v);
        detail::visit_mapped<rate_t<S>>(fall, steps.drop(before).later(-at), as_it_is{}, v);
    }

    template <class F>
    PACER_HOST constexpr auto with_schedules(const F& f) const {
        return cooled<decltype(f(schedule))>(f(schedule), at, over, to, shape);
    }
};

PACER_HOST constexpr violation check_boundary(step_t at, step_t before) noexcept {
    if (at >= before)
        return {};
    return bad_count("at", at, "boundaries of a join must not be negative and must not decrease");
}

// What the arguments of an operator may be, for those who ask first as well.

PACER_HOST constexpr violation check_not_negative(const char* field, step_t n) noexcept {
    return n >= 0 ? violation{} : bad_count(field, n, "must be 0 or more");
}

/// A transition from `at` on, over so many updates, which must end before 2^63.
PACER_HOST constexpr violation check_transition(step_t at, step_t over) noexcept {
    if (const violation v = first_of(check_not_negative("at", at), check_length("over", over)))
        return v;
    return at <= endless - over ? violation{} : bad_count("at", at, "must be so that the transition ends before 2^63");
}

PACER_HOST constexpr violation check_clamp(double lowest, double highest) noexcept {
    return first_of(check_rate("lowest", lowest), check_rate("highest", highest),
                    check_at_most("lowest", lowest, highest, "must be at most highest"));
}

PACER_HOST constexpr violation check_every(step_t n) noexcept {
    return n >= 1 ? violation{} : bad_count("n", n, "must be 1 or more");
}

/// Of a schedule of so many steps.
PACER_HOST constexpr violation check_repeat(step_t length, step_t times, double scale) noexcept {
    if (length < 1 || length == endless)
        return bad_count("total_steps", length, "of a schedule to be repeated must be 1 or more");
    if (times < 1)
        return bad_count("times", times, "must be 1 or more");
    return is_between_0_and(1, scale) ? violation{} : bad_rate("scale", scale, "must be from 0 to 1");
}

PACER_HOST constexpr violation check_cooldown(step_t at, step_t over, double to) noexcept {
    return first_of(check_transition(at, over), check_rate("to", to));
}

/// What stands after the first schedule of a join: a boundary and a schedule, again and again.
template <class... Rest>
struct rest_of_join {
    static constexpr bool has_boundaries = sizeof...(Rest) == 0;
    static constexpr bool has_schedules = sizeof...(Rest) == 0;
};
template <class At, class S, class... Rest>
struct rest_of_join<At, S, Rest...> {
    static constexpr bool has_boundaries = std::integral<At> && rest_of_join<Rest...>::has_boundaries;
    static constexpr bool has_schedules = Schedule<S> && rest_of_join<Rest...>::has_schedules;
};

// `offset` is where this part of the join starts in the whole.
template <class S>
PACER_HOST constexpr S join_from(step_t, const S& only) {
    return only;
}

// A function of the user's that stands alone, which must not be asked for steps below 0 either.
template <class S>
PACER_HOST constexpr auto join_alone(const S& only) {
    if constexpr (Vectorizable<S>)
        return only;
    else
        return advanced<S>{only, 0};
}

template <class A, class At, class B, class... Rest>
PACER_HOST constexpr auto join_from(step_t offset, const A& first, const At& given, const B& second,
                                    const Rest&... rest) {
    const auto at = static_cast<step_t>(given);
    require(check_boundary(at, offset));
    auto tail = detail::join_from(at, second, rest...);
    return joined<A, decltype(tail)>{first, at - offset, tail};
}

}  // namespace detail

/// One schedule after another: `join(a, at, b, at, c, ...)`.
///
///     lr(s) = a(s)          for s < at_1
///     lr(s) = b(s - at_1)   for at_1 <= s < at_2, and so on
///
/// The boundaries are steps of the whole, 0 or more, not decreasing (otherwise `invalid_schedule`); the new piece
/// starts *at* its boundary and counts from its own start. A piece between two equal boundaries vanishes. A negative
/// step gives the value at step 0. The length of the whole is where the last piece ends.
template <Schedule A, class... Rest>
[[nodiscard]] PACER_HOST constexpr auto join(const A& first, const Rest&... rest) {
    using rest_of_join = detail::rest_of_join<Rest...>;
    static_assert(sizeof...(Rest) % 2 == 0, "join(a, at, b, at, c, ...): schedules with a boundary between each two");
    static_assert(sizeof...(Rest) % 2 != 0 || rest_of_join::has_boundaries,
                  "join(a, at, b): between two schedules stands the step at which the second begins, a whole number; "
                  "round a fraction of the run first");
    static_assert(!rest_of_join::has_boundaries || rest_of_join::has_schedules,
                  "join(a, at, b): after a boundary stands a schedule, which returns float or double");
    if constexpr (sizeof...(Rest) == 0)
        return detail::join_alone(first);
    else if constexpr (rest_of_join::has_boundaries && rest_of_join::has_schedules)
        return detail::join_from(0, first, rest...);
}

/// The schedule times a factor: finite, 0 or more. Scaling by 1 is the identity. A product too large for the type of the
/// rates is the largest finite one; a NaN stays one.
template <Schedule S>
[[nodiscard]] PACER_HOST constexpr auto scale(const S& schedule, rate_t<S> factor) {
    detail::require(detail::check_rate("factor", static_cast<double>(factor)));
    return detail::scaled<S>{schedule, factor};
}

/// The schedule comes first: scale(lr, 0.1).
template <class TheScheduleComesFirst, Schedule S>
    requires std::is_arithmetic_v<TheScheduleComesFirst>
void scale(TheScheduleComesFirst, const S&) = delete;

/// The schedule, kept within [lowest, highest]: finite rates, 0 or more, `lowest` at most `highest`. A NaN stays one.
template <Schedule S>
[[nodiscard]] PACER_HOST constexpr auto clamp(const S& schedule, rate_t<S> lowest, rate_t<S> highest) {
    detail::require(detail::check_clamp(static_cast<double>(lowest), static_cast<double>(highest)));
    return detail::clamped<S>{schedule, lowest, highest};
}

/// The schedule, `by` steps ahead: lr(s) = schedule(s + by), with `by` of 0 or more. It is shorter by that.
template <Schedule S>
[[nodiscard]] PACER_HOST constexpr auto advance(const S& schedule, detail::whole_number by) {
    detail::require(detail::check_not_negative("by", by));
    return detail::advanced<S>{schedule, by};
}

/// The schedule, `by` steps later: lr(s) = schedule(max(0, s - by)), with `by` of 0 or more. It is longer by that.
template <Schedule S>
[[nodiscard]] PACER_HOST constexpr auto delay(const S& schedule, detail::whole_number by) {
    detail::require(detail::check_not_negative("by", by));
    return detail::delayed<S>{schedule, by};
}

/// The schedule by a slower clock: lr(s) = schedule(s / n without its fraction), n of 1 or more. With n the updates of an
/// epoch, `schedule` counts epochs. It is n times as long.
template <Schedule S>
[[nodiscard]] PACER_HOST constexpr auto every(detail::whole_number n, const S& schedule) {
    detail::require(detail::check_every(n));
    return detail::slowed<S>{n, schedule};
}

/// How a schedule is repeated.
template <Rate Real = double>
struct repeat_params {
    step_t times = endless;  ///< how often: 1 or more, or `endless`
    Real scale = 1;          ///< what the rates of every cycle are multiplied by after the one before: 0 to 1
};

/// The schedule again and again, with L its length:
///
///     lr(s) = schedule(s - k L) scale^k,   k = s / L without its fraction, at most times - 1
///
/// @param schedule  of a length from 1 on; its own start is exact at every multiple of it.
/// @param p         `times`: 1 or more; for ever if it is not given. Past the end the last cycle goes on past its end.
///                  `scale`: 0 to 1: cycles whose peaks fall.
///
/// The length is times L. Anything else is an `invalid_schedule`, an endless schedule too.
template <Schedule S>
[[nodiscard]] PACER_HOST constexpr auto repeat(const S& schedule, const repeat_params<rate_t<S>>& p) {
    const step_t length = pacer::total_steps(schedule);
    detail::require(detail::check_repeat(length, p.times, static_cast<double>(p.scale)));
    return detail::repeated<S>{schedule, length, p.times, p.scale};
}
/// The schedule so many times, or for ever.
template <Schedule S>
[[nodiscard]] PACER_HOST constexpr auto repeat(const S& schedule, detail::whole_number times = endless) {
    return pacer::repeat(schedule, repeat_params<rate_t<S>>{.times = times});
}

/// One schedule times another: lr(s) = first(s) second(s). It is as long as the longer of them.
template <Schedule A, Schedule B>
[[nodiscard]] PACER_HOST constexpr auto product(const A& first, const B& second) {
    return detail::combined<A, B, detail::product_of>{first, second, {}};
}

/// One schedule plus another: lr(s) = first(s) + second(s). It is as long as the longer of them.
template <Schedule A, Schedule B>
[[nodiscard]] PACER_HOST constexpr auto sum(const A& first, const B& second) {
    return detail::combined<A, B, detail::sum_of>{first, second, {}};
}

/// From one schedule to another over n = `over` updates, both going on meanwhile by the same steps:
///
///     lr(s) = old(s)                              for s < at
///     lr(s) = (old(s) (n - x) + next(s) x) / n    for x = s - at < n
///     lr(s) = next(s)                             for s >= at + n
///
/// Exact at both ends, and between the two rates in between; over 0 updates it is a jump. `at` is 0 or more, `over` 0 to
/// 2^53, else `invalid_schedule`. It ends when the next schedule and the transition both have.
template <Schedule A, Schedule B>
[[nodiscard]] PACER_HOST constexpr auto blend(const A& old, detail::whole_number at, detail::whole_number over,
                                              const B& next) {
    detail::require(detail::check_transition(at, over));
    return detail::blended<A, B>{old, at, over, next};
}

/// The schedule until step `at`, then down to the rate `to` over n = `over` updates, which it holds:
///
///     lr(s) = schedule(s)                                         for s < at
///     lr(s) = p + (to - p) done((s - at) / n), p = schedule(at)   for at <= s < at + n; done as `shape` says
///     lr(s) = to                                                  for s >= at + n
///
/// @param at     the joint, 0 or more; the rate there is exactly the schedule's.
/// @param over   updates, 0 to 2^53.
/// @param to     a finite rate, 0 or more.
///
/// Its length is at + over. Anything else is an `invalid_schedule`, a rate at the joint that is none too.
template <Schedule S>
[[nodiscard]] PACER_HOST constexpr auto cooldown(const S& schedule, detail::whole_number at, detail::whole_number over,
                                                 double to, ramp_shape shape = ramp_shape::linear) {
    detail::require(detail::check_cooldown(at, over, to));
    return detail::cooled<S>(schedule, at, over, to, shape);
}

// For their names, which compilers print: a function that returns an integer is no schedule.
template <detail::FunctionOfNoRate AScheduleReturnsFloatOrDouble, class... Rest>
void join(const AScheduleReturnsFloatOrDouble&, const Rest&...) = delete;

template <detail::FunctionOfNoRate AScheduleReturnsFloatOrDouble, class... Rest>
void scale(const AScheduleReturnsFloatOrDouble&, const Rest&...) = delete;

template <detail::FunctionOfNoRate AScheduleReturnsFloatOrDouble, class... Rest>
void clamp(const AScheduleReturnsFloatOrDouble&, const Rest&...) = delete;

template <detail::FunctionOfNoRate AScheduleReturnsFloatOrDouble, class... Rest>
void advance(const AScheduleReturnsFloatOrDouble&, const Rest&...) = delete;

template <detail::FunctionOfNoRate AScheduleReturnsFloatOrDouble, class... Rest>
void delay(const AScheduleReturnsFloatOrDouble&, const Rest&...) = delete;

template <detail::FunctionOfNoRate AScheduleReturnsFloatOrDouble, class... Rest>
void repeat(const AScheduleReturnsFloatOrDouble&, const Rest&...) = delete;

template <detail::FunctionOfNoRate AScheduleReturnsFloatOrDouble, class... Rest>
void product(const AScheduleReturnsFloatOrDouble&, const Rest&...) = delete;

template <detail::FunctionOfNoRate AScheduleReturnsFloatOrDouble, class... Rest>
void sum(const AScheduleReturnsFloatOrDouble&, const Rest&...) = delete;

template <detail::FunctionOfNoRate AScheduleReturnsFloatOrDouble, class... Rest>
void blend(const AScheduleReturnsFloatOrDouble&, const Rest&...) = delete;

template <detail::FunctionOfNoRate AScheduleReturnsFloatOrDouble, class... Rest>
void cooldown(const AScheduleReturnsFloatOrDouble&, const Rest&...) = delete;

template <detail::FunctionOfNoRate AScheduleReturnsFloatOrDouble>
void every(detail::whole_number, const AScheduleReturnsFloatOrDouble&) = delete;

template <Schedule A, detail::FunctionOfNoRate AScheduleReturnsFloatOrDouble>
void product(const A&, const AScheduleReturnsFloatOrDouble&) = delete;

template <Schedule A, detail::FunctionOfNoRate AScheduleReturnsFloatOrDouble>
void sum(const A&, const AScheduleReturnsFloatOrDouble&) = delete;

template <Schedule A, detail::FunctionOfNoRate AScheduleReturnsFloatOrDouble>
void blend(const A&, detail::whole_number, detail::whole_number, const AScheduleReturnsFloatOrDouble&) = delete;

}  // namespace pacer

#endif
