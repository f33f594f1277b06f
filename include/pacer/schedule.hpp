// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULE_HPP
#define PACER_SCHEDULE_HPP

/// The contract. Read this first; everything else in pacer follows from it.
///
/// A *schedule* is a value that is a pure function of the step: `lr(step)` is the learning rate *used by* the optimizer
/// update number `step`, counted from 0. The loop owns the counter; a schedule has no state, so `lr(k)` never depends
/// on having asked for `lr(k - 1)`, and saving a run is saving one integer.
///
/// What every schedule class of pacer promises, for every `step_t` value and every configuration it accepts:
///  - the result is finite and within the rates it was given;
///  - `lr(0)`, the end of the warm-up, and the end of the decay are exact (`==`);
///  - a negative step gives the value at step 0; steps >= `total_steps()` are *past the end*, where the named
///    `past_end` policy rules (default: hold the last value);
///  - it computes in binary64; `float` schedules are the `double` schedule rounded once; there are no other types of rate;
///  - no heap, no virtual call, no lock, no global state; `constexpr`, `noexcept`, trivially copyable;
///  - an invalid configuration cannot be constructed: `invalid_schedule` is thrown, or it is a compile error;
///  - a step is an integer of any type: `lr(0.5)` and `lr(1e6)` do not compile.
///
/// A function of the user's is a schedule too. Operators and `fill` never ask it for a step below 0: they ask for step 0.
/// A NaN that it returns stays a NaN, and a negative or infinite rate never becomes a larger one; compose.hpp says what
/// each operator does.

#include <pacer/numerics/step_range.hpp>

#include <concepts>

/// In a schedule's class: a step is no fraction of the run, and lr(0.5) does not compile.
#define PACER_REFUSE_FRACTIONAL_STEPS                                                                                  \
    template <std::floating_point AStepIsAWholeNumber>                                                                 \
    void operator()(AStepIsAWholeNumber) const = delete;

namespace pacer {

/// The longest finite schedule: 2^53 updates. Up to here every step is exact in binary64.
inline constexpr step_t longest = step_t{1} << 53;

/// The type of a rate: float or double. (What is wider is computed in binary64 here, and would promise more than it holds.)
template <class T>
concept Rate = std::same_as<T, float> || std::same_as<T, double>;

/// A copyable pure function from the step to the rate. User lambdas qualify.
///
/// The result must be a `Rate`: a callable returning `int` is rejected, since that is nearly always an integer division
/// (`step / total`) which trains at rate 0. Copy construction is required, not assignment, because
/// lambdas with captures cannot be assigned. That the function is pure cannot be checked; it is the caller's promise.
template <class S>
concept Schedule = std::copy_constructible<S> && requires(const S& schedule, step_t step) {
    requires Rate<std::remove_cvref_t<decltype(schedule(step))>>;
};

/// The type of the rates a schedule returns.
template <Schedule S>
using rate_t = std::remove_cvref_t<std::invoke_result_t<const S&, step_t>>;

namespace detail {

/// A parameter that is a number of updates, of any type of integer. A bare `step_t` would take 0.9 for 0.
class whole_number {
public:
    template <std::convertible_to<step_t> Integer>
    PACER_HOST constexpr whole_number(Integer n) noexcept requires(!std::floating_point<Integer>)
        : n_(static_cast<step_t>(n)) {}

    template <std::floating_point AStepIsAWholeNumber>
    whole_number(AStepIsAWholeNumber) = delete;  // write 1000 for 1e3; a fraction of the run has to be rounded first

    PACER_HOST constexpr operator step_t() const noexcept { return n_; }

private:
    step_t n_;
};

template <class S>
concept CallableWithStep = requires(const S& schedule, step_t step) {
    schedule(step);
};

/// For constructors from any other schedule. In this order: whether a class is a Schedule must not be asked while it is
/// being copied, since the answer depends on how it can be copied; nor of a std::tuple of it, in which libc++'s std::function
/// keeps it.
template <class S, class Self>
concept OtherSchedule = !std::same_as<S, Self> && CallableWithStep<S> && Schedule<S>;

/// A function of the step that is no schedule: it returns an integer, in most cases.
template <class S>
concept FunctionOfNoRate = std::invocable<const S&, step_t> && !Schedule<S>;

/// 0 <= step < end, in one comparison.
PACER_HD constexpr bool is_below(step_t step, step_t end) noexcept {
    return static_cast<std::uint64_t>(step) < static_cast<std::uint64_t>(end);
}

template <class S>
concept HasTotalSteps = requires(const S& schedule) {
    { schedule.total_steps() } -> std::convertible_to<step_t>;
};

}  // namespace detail

/// The length of a schedule: its `total_steps()`, or `endless` if it does not say (a lambda).
PACER_HD_UNCHECKED
PACER_HD_UNCHECKED
template <Schedule S>
[[nodiscard]] PACER_HD constexpr step_t total_steps(const S& schedule) noexcept {
    if constexpr (detail::HasTotalSteps<S>)
        return schedule.total_steps();
    else
        return endless;
}

}  // namespace pacer

#endif
