// SPDX-License-Identifier: MIT
#ifndef PACER_FILL_HPP
#define PACER_FILL_HPP

/// Whole curves into memory, many rates at once.

#include <pacer/error.hpp>
#include <pacer/numerics/bulk.hpp>
#include <pacer/segments.hpp>
#include <pacer/waves.hpp>

#include <span>

namespace pacer {
namespace detail {

/// What `fill` does, with a given set of instructions.
template <class S, class Out>
PACER_HOST constexpr void fill_with(instruction_set set, const S& schedule, step_t first, Out* out, step_t count,
                                    step_t stride) {
    writer<Out> to(out, set);
    step_range steps{first, stride, count};
    // Steps below 0 are step 0; steps above the largest number are that.
    const step_t below_0 = steps.until(0);
    if (below_0 > 0)
        to.constant(ask(schedule, 0), below_0);
    steps = steps.drop(below_0);
    if (steps.count == 0)
        return;
    const step_t fit = (endless - steps.first) / stride;
    const step_t inside = fit < steps.count - 1 ? fit + 1 : steps.count;
    visit_segments(schedule, steps.take(inside), to);
    if (inside < steps.count)
        to.constant(schedule(endless), steps.count - inside);
}

template <class S, class Out>
PACER_HOST constexpr void fill(const S& schedule, step_t first_step, std::span<Out> rates, step_t stride) {
    if (stride < 1)
        reject(bad_count("stride", stride, "must be 1 or more"));
    // In a constant expression nothing is known of the processor, and nothing needed.
    instruction_set set = instruction_set::baseline;
    if (!std::is_constant_evaluated())
        set = widest_instruction_set();
    fill_with(set, schedule, first_step, rates.data(), static_cast<step_t>(rates.size()), stride);
}

}  // namespace detail

/// Writes rates[j] = schedule(first_step + j stride) for every j: the same bits, many times faster than by a loop.
///
///     std::vector<double> curve(1000);
///     pacer::fill(lr, 0, curve);        // the rates of updates 0 to 999
///     pacer::fill(lr, 0, curve, 50);    // of updates 0, 50, 100, ...
///
/// @param schedule    any schedule or composition. A schedule of pacer tells its curve in segments without a branch, which
///                    are computed by vector instructions: AVX-512 or AVX2 where the processor has them, whatever the
///                    program was compiled for. So does a class of one's own with `visit_segments` (segments.hpp). Another
///                    function of the user's, and what is behind `any_schedule`, is called step by step.
/// @param first_step  any step. Steps below 0 have the rate at step 0 (a function of the user's is not asked for others),
///                    steps beyond 2^63 - 1 the rate there.
/// @param rates       where to; doubles or floats, rounded once. A std::vector or array converts. May be empty.
/// @param stride      in updates, 1 or more; anything else is an `invalid_schedule`.
///
/// It uses no other memory, so a curve of any length can be made block by block; blocks can be made by several threads at
/// once. It can be used in constant expressions. The bits are equal to those of `schedule(step)` with g++ and clang, at
/// every level of optimisation, with and without fused multiply-add; not under -ffast-math, nor clang's -ffp-contract=fast.
template <Schedule S>
PACER_HOST constexpr void fill(const S& schedule, detail::whole_number first_step, std::span<double> rates,
                               detail::whole_number stride = 1) {
    detail::fill(schedule, first_step, rates, stride);
}

/// The same, into floats.
template <Schedule S>
PACER_HOST constexpr void fill(const S& schedule, detail::whole_number first_step, std::span<float> rates,
                               detail::whole_number stride = 1) {
    detail::fill(schedule, first_step, rates, stride);
}

// For their names, which compilers print: a function of integers is no schedule, and long doubles are no rates.
template <detail::FunctionOfNoRate AScheduleReturnsFloatOrDouble, class... Rest>
void fill(const AScheduleReturnsFloatOrDouble&, const Rest&...) = delete;

template <Schedule S, class RatesAreFloatOrDouble>
    requires(!std::convertible_to<RatesAreFloatOrDouble&, std::span<double>> &&
             !std::convertible_to<RatesAreFloatOrDouble&, std::span<float>>)
void fill(const S&, detail::whole_number, RatesAreFloatOrDouble&, detail::whole_number = 1) = delete;

PACER_IN_LIBRARY(void ramp<shapes::linear>::visit_segments(step_range, detail::writer<double>&) const)
PACER_IN_LIBRARY(void ramp<shapes::cosine>::visit_segments(step_range, detail::writer<double>&) const)
PACER_IN_LIBRARY(void ramp<shapes::power>::visit_segments(step_range, detail::writer<double>&) const)
PACER_IN_LIBRARY(void ramp<shapes::any>::visit_segments(step_range, detail::writer<double>&) const)
PACER_IN_LIBRARY(void ramp<shapes::compact>::visit_segments(step_range, detail::writer<double>&) const)
PACER_IN_LIBRARY(void detail::cosine_train<false>::visit_segments(step_range, detail::writer<double>&) const)
PACER_IN_LIBRARY(void detail::cosine_train<true>::visit_segments(step_range, detail::writer<double>&) const)

}  // namespace pacer

#endif
