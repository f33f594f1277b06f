// SPDX-License-Identifier: MIT
#ifndef PACER_SEGMENTS_HPP
#define PACER_SEGMENTS_HPP

/// How a schedule tells a whole curve at once, so that `fill` can compute it by vector instructions.
///
/// Every schedule of pacer does; a class of one's own does by one more member beside operator():
///
///     struct inverse_time {  // peak / (1 + decay s)
///         double peak;
///         double decay;
///
///         double formula(double s) const noexcept { return peak / (1 + pacer::unfused_product(decay, s)); }
///
///         double operator()(pacer::step_t step) const noexcept {
///             return formula(static_cast<double>(step < 0 ? 0 : step));
///         }
///         template <class Visitor>
///         constexpr void visit_segments(pacer::step_range steps, Visitor& v) const {
///             v.segment([mine = *this](double s) { return mine.formula(s); }, steps);
///         }
///     };
///
/// `visit_segments` says the rates of `steps`, which rise from 0 or more, in their order and as many as there are:
///
///     v.constant(rate, count)         `count` times the same rate
///     v.segment(kernel, positions)    kernel(double(k)) for every k of a `step_range`. The kernel should not branch. It is
///                                     copied, and never asked for another k than these
///     v.each(function, steps)         function(step) for every step: where there is no kernel
///     v.rates(numbers, count)         `count` doubles that stand in memory already
///
/// The values must be those of operator(), bit for bit: `fill` promises that of every schedule. Two things can come
/// between. A step beyond 2^53 is not a double: `segment` then asks for static_cast<double>(step), call by call. And a
/// compiler that may fuse a product with the sum it is part of (-march=native) does so in operator() and not in `segment`,
/// unless the product is an `unfused_product` (shapes.hpp).
///
/// A class with this member promises the contract of schedule.hpp for negative steps: operators hand them through to it.

#include <pacer/numerics/step_range.hpp>
#include <pacer/schedule.hpp>

namespace pacer {

namespace detail {

/// A visitor to ask with whether a class has `visit_segments`. It is never called.
struct any_visitor {
    template <class Value>
    PACER_HOST constexpr void constant(Value, step_t);
    template <class Kernel>
    PACER_HOST constexpr void segment(const Kernel&, step_range);
    template <class Function>
    PACER_HOST constexpr void each(const Function&, step_range);
    PACER_HOST constexpr void rates(const double*, step_t);
};

}  // namespace detail

/// A schedule that tells its curve in segments, and is computed by vector instructions.
template <class S>
concept Vectorizable = Schedule<S> && requires(const S& schedule, step_range steps, detail::any_visitor& v) {
    schedule.visit_segments(steps, v);
};

namespace detail {

// More members of a visitor, which only pacer uses:
//
//     v.checked_segment(kernel, exactly, positions)
//                                 like a segment, but exactly(k) where the kernel says `unknown_rate`; not in constants
//     v.mapped_rates(function, count, numbers...)
//                                 function(numbers[j]...) for every j below `count`
//     v.into(memory)              a visitor of the same kind, which writes doubles into memory

/// Two schedules at once are computed in blocks of so many.
inline constexpr step_t rates_at_once = 256;

/// The rate of a step, never asking a function of the user's for one below 0.
template <class S>
PACER_ALWAYS_INLINE PACER_HD constexpr rate_t<S> ask(const S& schedule,
                                                     step_t step) noexcept(noexcept(schedule(step))) {
    if constexpr (Vectorizable<S>)
        return schedule(step);
    else
        return schedule(step < 0 ? 0 : step);
}

/// Of any schedule, with steps of 0 or more.
template <class S, class Visitor>
PACER_HOST constexpr void visit_segments(const S& schedule, step_range steps, Visitor& v) {
    if (steps.count == 0)
        return;
    if constexpr (requires { schedule.visit_segments(steps, v); })
        schedule.visit_segments(steps, v);
    else
        v.each([&schedule](step_t step) { return schedule(step); }, steps);
}

struct as_it_is {
    template <class T>
    PACER_ALWAYS_INLINE PACER_HOST constexpr T operator()(T rate) const noexcept {
        return rate;
    }
};

/// The segments of something, with a function applied to every rate, that has been converted to `To` before.
template <class To, class Function, class Visitor>
struct mapped_segments {
    Function function;
    Visitor& visitor;

    template <class Kernel>
    struct kernel_then_function {
        Kernel kernel;
        Function function;

        PACER_ALWAYS_INLINE PACER_HOST constexpr auto operator()(double k) const noexcept {
            return function(static_cast<To>(kernel(k)));
        }
    };

    template <class Kernel>
    struct checked_kernel_then_function {
        Kernel kernel;
        Function function;

        PACER_ALWAYS_INLINE PACER_HOST constexpr auto operator()(double k) const noexcept {
            const double rate = kernel(k);
            const auto mapped = function(static_cast<To>(rate));
            return rate < 0 ? static_cast<decltype(mapped)>(unknown_rate) : mapped;
        }
    };

    template <class Combine>
    struct combine_then_function {
        Combine combine;
        Function function;

        template <class... Numbers>
        PACER_ALWAYS_INLINE PACER_HOST constexpr auto operator()(Numbers... numbers) const noexcept {
            return function(static_cast<To>(combine(numbers...)));
        }
    };

    template <class Value>
    PACER_HOST constexpr void constant(Value value, step_t count) {
        visitor.constant(function(static_cast<To>(value)), count);
    }
    template <class Kernel>
    PACER_HOST constexpr void segment(const Kernel& kernel, step_range positions) {
        visitor.segment(kernel_then_function<Kernel>{kernel, function}, positions);
    }
    template <class Kernel, class Exactly>
    PACER_HOST constexpr void checked_segment(const Kernel& kernel, const Exactly& exactly, step_range positions) {
        if constexpr (std::is_same_v<Function, as_it_is> && std::is_same_v<To, double>)
            visitor.checked_segment(kernel, exactly, positions);
        else
            visitor.checked_segment(
                checked_kernel_then_function<Kernel>{kernel, function},
                [&](step_t k) { return function(static_cast<To>(exactly(k))); }, positions);
    }
    template <class Each>
    PACER_HOST constexpr void each(const Each& each_rate, step_range steps) {
        visitor.each([&](step_t step) { return function(static_cast<To>(each_rate(step))); }, steps);
    }
    PACER_HOST constexpr void rates(const double* numbers, step_t count) { mapped_rates(as_it_is{}, count, numbers); }
    template <class Combine, class... Numbers>
    PACER_HOST constexpr void mapped_rates(const Combine& combine, step_t count, Numbers... numbers) {
        visitor.mapped_rates(combine_then_function<Combine>{combine, function}, count, numbers...);
    }
    [[nodiscard]] PACER_HOST constexpr auto into(double* memory) const noexcept { return visitor.into(memory); }
};

/// visit_segments(schedule, ...) with a function of its rates.
template <class To, class S, class Function, class Visitor>
PACER_HOST constexpr void visit_mapped(const S& schedule, step_range steps, const Function& function, Visitor& v) {
    if constexpr (std::is_same_v<Function, as_it_is> && std::is_same_v<To, double>)
        visit_segments(schedule, steps, v);
    else {
        mapped_segments<To, Function, Visitor> mapped{function, v};
        visit_segments(schedule, steps, mapped);
    }
}

}  // namespace detail
}  // namespace pacer

#endif
