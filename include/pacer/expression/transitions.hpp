// SPDX-License-Identifier: MIT
#ifndef PACER_EXPRESSION_TRANSITIONS_HPP
#define PACER_EXPRESSION_TRANSITIONS_HPP

/// How a running schedule gives way to another one, beside `blend` and `cooldown` (compose.hpp); both count the same steps.
///
///     rewarm(old, 400, 50, next)    from the rate the old one has at step 400 to the one the next has at 450, then the next
///     rescale(old, 400, next)       the next one from step 400 on, stretched to start at the old rate

#include <pacer/compose.hpp>

namespace pacer {
namespace detail {

template <class A, class B>
struct rewarmed {
    A old;
    step_t at;
    step_t over;
    B next;
    ramp_shape shape;
    ramp<shapes::any> between;

    using rate_type = std::common_type_t<rate_t<A>, rate_t<B>>;

    PACER_HOST constexpr rewarmed(const A& a, step_t start, step_t length, const B& b, ramp_shape by)
        : old(a),
          at(start),
          over(length),
          next(b),
          shape(by),
          between(static_cast<double>(a(start)), static_cast<double>(b(start + length)), static_cast<double>(length),
                  shapes::any{by}) {}

    PACER_HOST constexpr rate_type operator()(step_t step) const {
        const step_t s = step < 0 ? 0 : step;
        if (s < at)
            return old(s);
        return s - at < over ? static_cast<rate_type>(between(s - at)) : static_cast<rate_type>(next(s));
    }
    PACER_REFUSE_FRACTIONAL_STEPS [[nodiscard]] PACER_HOST constexpr step_t total_steps() const noexcept {
        const step_t total = pacer::total_steps(next);
        return total > at + over ? total : at + over;
    }

    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        const step_t borders[] = {at, at + over};
        for (int part = 0; part < 3 && steps.count > 0; ++part) {
            const step_t n = part < 2 ? steps.until(borders[part]) : steps.count;
            if (part == 1)
                detail::visit_mapped<rate_type>(between, steps.take(n).later(-at), as_it_is{}, v);
            else if (part == 0)
                detail::visit_segments(old, steps.take(n), v);
            else
                detail::visit_segments(next, steps.take(n), v);
            steps = steps.drop(n);
        }
    }

    template <class F>
    PACER_HOST constexpr auto with_schedules(const F& f) const {
        return rewarmed<decltype(f(old)), decltype(f(next))>(f(old), at, over, f(next), shape);
    }
};

/// Two rates, each with the rise that leads away from it.
struct stretched_range {
    double rates[2];
    double rises[2];

    PACER_HOST constexpr stretched_range(double from, double to) noexcept
        : rates{from, to}, rises{rise_between(from, to), -rises[0]} {}

    /// `moved` of the whole (0 to 1/2) from the start, or from the end.
    [[nodiscard]] PACER_HOST constexpr double operator()(bool from_end, double moved) const noexcept {
        return rates[from_end] + times(rises[from_end], moved);
    }
};

template <class A, class B>
struct rescaled {
    A old;
    step_t at;
    B next;
    double own_start;  // of the next schedule, before it was stretched
    double own_end;
    stretched_range range;

    PACER_HOST constexpr rescaled(const A& a, step_t start, const B& b)
        : old(a),
          at(start),
          next(b),
          own_start(static_cast<double>(b(start))),
          own_end(static_cast<double>(b(pacer::total_steps(b)))),
          range(static_cast<double>(a(start)), own_end) {}

    /// A rate of the next schedule, stretched.
    struct stretch {
        double own_start;
        double own_end;
        stretched_range range;

        PACER_HOST constexpr double operator()(double rate) const noexcept {
            if (rate <= own_end)
                return range.rates[1];
            if (rate >= own_start)
                return range.rates[0];
            const double done = (own_start - rate) / (own_start - own_end);
            if (done < 0.5)
                return range(false, done);
            const double left = (rate - own_end) / (own_start - own_end);
            return range(true, at_most_half(left));
        }
    };

    PACER_HOST constexpr double operator()(step_t step) const {
        const step_t s = step < 0 ? 0 : step;
        return s < at ? static_cast<double>(old(s)) : stretched()(static_cast<double>(next(s)));
    }
    PACER_REFUSE_FRACTIONAL_STEPS [[nodiscard]] PACER_HOST constexpr step_t total_steps() const noexcept {
        const step_t total = pacer::total_steps(next);
        return total > at ? total : at;
    }

    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        const step_t before = steps.until(at);
        detail::visit_mapped<double>(old, steps.take(before), as_it_is{}, v);
        detail::visit_mapped<double>(next, steps.drop(before), stretched(), v);
    }

    template <class F>
    PACER_HOST constexpr auto with_schedules(const F& f) const {
        return rescaled<decltype(f(old)), decltype(f(next))>(f(old), at, f(next));
    }

private:
    PACER_HOST constexpr stretch stretched() const noexcept { return {own_start, own_end, range}; }
};

template <class A, class B>
PACER_HOST constexpr violation check_rescale(const A& old, step_t at, const B& next) {
    if (at < 0)
        return check_not_negative("at", at);
    const auto own_end = static_cast<double>(next(pacer::total_steps(next)));
    const bool is_possible = static_cast<double>(next(at)) > own_end || static_cast<double>(old(at)) == own_end;
    return is_possible ? violation{} : bad_count("at", at, "the rescaled curve must still be above its end there");
}

}  // namespace detail

/// From the rate the old schedule has at step `at` to the rate the next one has n = `over` updates later, by a shape:
///
///     lr(s) = old(s)                                             for s < at
///     lr(s) = p + (next(at + n) - p) done((s - at) / n), p = old(at)   for at <= s < at + n
///     lr(s) = next(s)                                            for s >= at + n
///
/// Exact at both ends. `at` is 0 or more, `over` 0 to 2^53, and both rates are none below 0, else `invalid_schedule`. It
/// ends when the next schedule and the transition both have.
template <Schedule A, Schedule B>
[[nodiscard]] PACER_HOST constexpr auto rewarm(const A& old, detail::whole_number at, detail::whole_number over,
                                               const B& next, ramp_shape shape = ramp_shape::linear) {
    detail::require(detail::check_transition(at, over));
    return detail::rewarmed<A, B>(old, at, over, next, shape);
}

/// The next schedule from step `at` on, stretched so that it starts at the rate of the old one and ends where it ends:
///
///     lr(s) = old(s)                                                                             for s < at
///     lr(s) = end + (old(at) - end) (next(s) - end) / (next(at) - end), end = next at its total   for s >= at
///
/// An error (`invalid_schedule`): a negative step; a next schedule that has already reached its end at the joint.
template <Schedule A, Schedule B>
[[nodiscard]] PACER_HOST constexpr auto rescale(const A& old, detail::whole_number at, const B& next) {
    detail::require(detail::check_rescale(old, at, next));
    return detail::rescaled<A, B>(old, at, next);
}

}  // namespace pacer

#endif
