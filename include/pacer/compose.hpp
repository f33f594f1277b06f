// SPDX-License-Identifier: MIT
#ifndef PACER_COMPOSE_HPP
#define PACER_COMPOSE_HPP

/// Composition, as functions on any `Schedule`. The named schedules are written with these.
///
///     join(a, 100, b)           a for 100 updates, then b, which counts from its own start
///     join(a, 100, b, 500, c)   ... and c from step 500 on; boundaries are steps of the whole
///     scale(a, 0.1)             a tenth of a
///     clamp(a, 1e-6, 1e-3)      a, kept between two rates
///     advance(a, 1)             a, one step ahead
///
/// Algebra: `join(a)` is a; `join(a, 0, b)` is b; nested joins and flat ones are the same function; `scale(a, 1)` is a.

#include <pacer/error.hpp>
#include <pacer/numerics/elementary.hpp>
#include <pacer/segments.hpp>

namespace pacer {
namespace detail {

// By a name of its own, because std::numeric_limits is not annotated for devices.
template <class Real>
inline constexpr Real largest = std::numeric_limits<Real>::max();

template <class S>
inline constexpr bool nothrow_schedule = std::is_nothrow_invocable_v<const S&, step_t>;

/// One rate for ever.
struct flat {
    double rate;

    [[gnu::always_inline]] PACER_HD constexpr double operator()(step_t) const noexcept { return rate; }

    template <class Visitor>
    constexpr void visit_segments(step_range steps, Visitor& v) const {
        v.constant(rate, steps.count);
    }
};

template <class A, class B>
struct joined {
    A first;
    step_t at;
    B second;

    PACER_HD_UNCHECKED
    [[gnu::always_inline]] PACER_HD constexpr std::common_type_t<rate_t<A>, rate_t<B>> operator()(step_t step) const
        noexcept(nothrow_schedule<A>&& nothrow_schedule<B>) {
        if (step < at) {
            if (step < 0 && at == 0)
                return second(step_t{0});
            return first(step < 0 ? 0 : step);
        }
        return second(step - at);
    }

    PACER_HD_UNCHECKED
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept {
        const step_t rest = pacer::total_steps(second);
        return rest > endless - at ? endless : at + rest;
    }

    template <class Visitor>
    constexpr void visit_segments(step_range steps, Visitor& v) const {
        const step_t of_first = steps.until(at);
        detail::visit_segments(first, steps.take(of_first), v);
        detail::visit_segments(second, steps.drop(of_first).later(-at), v);
    }
};

template <class S>
struct scaled {
    S schedule;
    rate_t<S> factor;

    struct by {
        rate_t<S> factor;

        [[gnu::always_inline]] PACER_HD constexpr rate_t<S> operator()(rate_t<S> rate) const noexcept {
            const rate_t<S> product = times(rate, factor);
            return product < largest<rate_t<S>> ? product : largest<rate_t<S>>;  // finite, whatever the factor
        }
    };

    PACER_HD_UNCHECKED
    PACER_HD constexpr rate_t<S> operator()(step_t step) const noexcept(nothrow_schedule<S>) {
        return by{factor}(schedule(step));
    }
    PACER_HD_UNCHECKED
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept { return pacer::total_steps(schedule); }

    template <class Visitor>
    constexpr void visit_segments(step_range steps, Visitor& v) const {
        visit_mapped<rate_t<S>>(schedule, steps, by{factor}, v);
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

        [[gnu::always_inline]] PACER_HD constexpr rate_t<S> operator()(rate_t<S> rate) const noexcept {
            return rate < lowest ? lowest : rate > highest ? highest : rate;
        }
    };

    PACER_HD_UNCHECKED
    [[gnu::always_inline]] PACER_HD constexpr rate_t<S> operator()(step_t step) const noexcept(nothrow_schedule<S>) {
        return between{lowest, highest}(schedule(step));
    }
    PACER_HD_UNCHECKED
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept { return pacer::total_steps(schedule); }

    template <class Visitor>
    constexpr void visit_segments(step_range steps, Visitor& v) const {
        visit_mapped<rate_t<S>>(schedule, steps, between{lowest, highest}, v);
    }
};

template <class S>
struct advanced {
    S schedule;
    step_t by;

    PACER_HD_UNCHECKED
    PACER_HD constexpr rate_t<S> operator()(step_t step) const noexcept(nothrow_schedule<S>) {
        const step_t s = step < 0 ? 0 : step;
        return schedule(s > endless - by ? endless : s + by);
    }
    PACER_HD_UNCHECKED
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept {
        const step_t total = pacer::total_steps(schedule);
        return total == endless ? endless : total > by ? total - by : 0;
    }

    template <class Visitor>
    constexpr void visit_segments(step_range steps, Visitor& v) const {
        const step_t inside = steps.until(endless - by);
        detail::visit_segments(schedule, steps.take(inside).later(by), v);
        if (inside < steps.count)
            v.constant(schedule(endless), steps.count - inside);
    }
};

constexpr void require_boundary(step_t at, step_t before) {
    if (at < before)
        reject(bad_count("at", at, "boundaries of a join must not be negative and must not decrease"));
}

// `offset` is where this part of the join starts in the whole.
template <class S>
constexpr S join_from(step_t, const S& only) {
    return only;
}

template <class A, class B, class... Rest>
constexpr auto join_from(step_t offset, const A& first, step_t at, const B& second, const Rest&... rest) {
    require_boundary(at, offset);
    auto tail = join_from(at, second, rest...);
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
[[nodiscard]] constexpr auto join(const A& first, const Rest&... rest) {
    static_assert(sizeof...(Rest) % 2 == 0, "join(a, at, b, at, c, ...): schedules with a boundary between each two");
    return detail::join_from(0, first, rest...);
}

/// The schedule times a factor: finite, 0 or more. Scaling by 1 is the identity. A product too large for the type of the
/// rates is the largest finite one.
template <Schedule S>
[[nodiscard]] constexpr auto scale(const S& schedule, rate_t<S> factor) {
    detail::require(detail::check_rate("factor", static_cast<double>(factor)));
    return detail::scaled<S>{schedule, factor};
}

/// The schedule, kept within [lowest, highest]: finite rates, 0 or more, `lowest` at most `highest`.
template <Schedule S>
[[nodiscard]] constexpr auto clamp(const S& schedule, rate_t<S> lowest, rate_t<S> highest) {
    const auto low = static_cast<double>(lowest);
    const auto high = static_cast<double>(highest);
    detail::require(detail::first_of(detail::check_rate("lowest", low), detail::check_rate("highest", high),
                                     detail::check_at_most("lowest", low, high, "must be at most highest")));
    return detail::clamped<S>{schedule, lowest, highest};
}

/// The schedule, `by` steps ahead: lr(s) = schedule(s + by), with `by` of 0 or more.
template <Schedule S>
[[nodiscard]] constexpr auto advance(const S& schedule, step_t by) {
    if (by < 0)
        detail::reject(detail::bad_count("by", by, "must be 0 or more"));
    return detail::advanced<S>{schedule, by};
}

}  // namespace pacer

#endif
