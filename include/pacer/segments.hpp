// SPDX-License-Identifier: MIT
#ifndef PACER_SEGMENTS_HPP
#define PACER_SEGMENTS_HPP

// How a schedule tells a whole curve at once. A curve has, beside operator(),
//
//     visit_segments(step_range steps, Visitor& v)
//
// which says the rates of `steps`, in their order, as runs that have no branch in them:
//
//     v.constant(rate, count)     count times the same rate
//     v.segment(kernel, positions)    kernel(double(k)) for every k of a step_range, |k| <= 2^53; the kernel does not branch
//     v.checked_segment(kernel, exactly, positions)
//                                 likewise, but exactly(k) where the kernel says `unknown_rate`; not in constants
//     v.each(function, steps)     function(step) for every step: where there is no kernel
//
// The values are those of operator(), bit for bit. `fill` is the visitor that writes them into memory.

#include <pacer/schedule.hpp>

namespace pacer::detail {

/// What a kernel of a checked run says where it does not know the rate.
inline constexpr double unknown_rate = -1;

/// first, first + stride, ..., `count` of them; all of them fit into a step_t.
struct step_range {
    step_t first;
    step_t stride;
    step_t count;

    /// How many of them, from the first on, are on this side of `limit`: below it where the range rises, and not below
    /// it where it falls. A range that stands still is all on one side.
    [[nodiscard]] constexpr step_t until(step_t limit) const noexcept {
        const bool inside = stride < 0 ? first >= limit : first < limit;
        if (!inside || count == 0)
            return 0;
        if (stride == 0)
            return count;
        const step_t further = stride < 0 ? (first - limit) / -stride : (limit - 1 - first) / stride;
        return further < count - 1 ? further + 1 : count;
    }

    [[nodiscard]] constexpr step_t at(step_t index) const noexcept { return first + index * stride; }
    [[nodiscard]] constexpr step_range take(step_t n) const noexcept { return {first, stride, n}; }
    [[nodiscard]] constexpr step_range drop(step_t n) const noexcept {
        return {n < count ? at(n) : first, stride, count - n};
    }
    [[nodiscard]] constexpr step_range later(step_t by) const noexcept { return {first + by, stride, count}; }
};

template <class S, class Visitor>
concept Vectorizable = requires(const S& schedule, step_range steps, Visitor& v) {
    schedule.visit_segments(steps, v);
};

/// Of any schedule, with steps of 0 or more.
template <class S, class Visitor>
constexpr void visit_segments(const S& schedule, step_range steps, Visitor& v) {
    if (steps.count == 0)
        return;
    if constexpr (Vectorizable<S, Visitor>)
        schedule.visit_segments(steps, v);
    else
        v.each([&schedule](step_t step) { return schedule(step); }, steps);
}

struct as_it_is {
    template <class Rate>
    [[gnu::always_inline]] constexpr Rate operator()(Rate rate) const noexcept {
        return rate;
    }
};

/// The runs of something, with a function applied to every rate, that has been converted to `Rate` before.
template <class Rate, class Function, class Visitor>
struct mapped_segments {
    Function function;
    Visitor& visitor;

    template <class Kernel>
    struct kernel_then_function {
        Kernel kernel;
        Function function;

        [[gnu::always_inline]] constexpr auto operator()(double k) const noexcept {
            return function(static_cast<Rate>(kernel(k)));
        }
    };

    template <class Kernel>
    struct checked_kernel_then_function {
        Kernel kernel;
        Function function;

        [[gnu::always_inline]] constexpr auto operator()(double k) const noexcept {
            const double rate = kernel(k);
            const auto mapped = function(static_cast<Rate>(rate));
            return rate < 0 ? static_cast<decltype(mapped)>(unknown_rate) : mapped;
        }
    };

    template <class Value>
    constexpr void constant(Value value, step_t count) {
        visitor.constant(function(static_cast<Rate>(value)), count);
    }
    template <class Kernel>
    constexpr void segment(const Kernel& kernel, step_range positions) {
        visitor.segment(kernel_then_function<Kernel>{kernel, function}, positions);
    }
    template <class Kernel, class Exactly>
    constexpr void checked_segment(const Kernel& kernel, const Exactly& exactly, step_range positions) {
        if constexpr (std::is_same_v<Function, as_it_is> && std::is_same_v<Rate, double>)
            visitor.checked_segment(kernel, exactly, positions);
        else
            visitor.checked_segment(
                checked_kernel_then_function<Kernel>{kernel, function},
                [&](step_t k) { return function(static_cast<Rate>(exactly(k))); }, positions);
    }
    template <class Each>
    constexpr void each(const Each& each_rate, step_range steps) {
        visitor.each([&](step_t step) { return function(static_cast<Rate>(each_rate(step))); }, steps);
    }
};

/// visit_segments(schedule, ...) with a function of its rates.
template <class Rate, class S, class Function, class Visitor>
constexpr void visit_mapped(const S& schedule, step_range steps, const Function& function, Visitor& v) {
    mapped_segments<Rate, Function, Visitor> mapped{function, v};
    visit_segments(schedule, steps, mapped);
}

}  // namespace pacer::detail

#endif
