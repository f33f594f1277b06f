// SPDX-License-Identifier: MIT
#ifndef PACER_NUMERICS_STEP_RANGE_HPP
#define PACER_NUMERICS_STEP_RANGE_HPP

#include <pacer/macros.hpp>

#include <cstdint>

namespace pacer {

/// A 0-based index of an optimizer update, or a number of them.
using step_t = std::int64_t;

/// The `total_steps` of a schedule that has no end: the largest step.
inline constexpr step_t endless = 0x7FFF'FFFF'FFFF'FFFF;

/// The steps first, first + stride, ..., `count` of them. All of them fit into a step_t. A schedule is asked for strides
/// of 1 or more alone; a ramp that is half of a wave, also for others.
struct step_range {
    step_t first;
    step_t stride;
    step_t count;

    /// How many of them, from the first on, are on this side of `limit`: below it where the range rises, and not below
    /// it where it falls. A range that stands still is all on one side.
    [[nodiscard]] PACER_HOST constexpr step_t until(step_t limit) const noexcept {
        const bool inside = stride < 0 ? first >= limit : first < limit;
        if (!inside || count == 0)
            return 0;
        if (stride == 0)
            return count;
        // Without signs, since a difference of two steps need not be one.
        const auto from = static_cast<std::uint64_t>(first);
        const auto to = static_cast<std::uint64_t>(limit);
        const auto by = static_cast<std::uint64_t>(stride);
        const std::uint64_t further = stride < 0 ? (from - to) / (0 - by) : (to - 1 - from) / by;
        return further < static_cast<std::uint64_t>(count - 1) ? static_cast<step_t>(further) + 1 : count;
    }

    /// The step number `index`, 0 to count - 1.
    [[nodiscard]] PACER_HOST constexpr step_t at(step_t index) const noexcept {
        // The sum fits; the product need not.
        return static_cast<step_t>(static_cast<std::uint64_t>(first) +
                                   static_cast<std::uint64_t>(index) * static_cast<std::uint64_t>(stride));
    }
    /// The first `n` of them.
    [[nodiscard]] PACER_HOST constexpr step_range take(step_t n) const noexcept { return {first, stride, n}; }
    /// All but the first `n`.
    [[nodiscard]] PACER_HOST constexpr step_range drop(step_t n) const noexcept {
        return {n < count ? at(n) : first, stride, count - n};
    }
    /// Each of them `by` steps later. An empty range stays where it is: nothing says that its first step would fit.
    [[nodiscard]] PACER_HOST constexpr step_range later(step_t by) const noexcept {
        return {count > 0 ? first + by : first, stride, count};
    }
};

namespace detail {

/// The largest finite number of a type of rates. (std::numeric_limits is not annotated for devices, and dear to include.)
template <class Real>
inline constexpr Real largest = 0;
template <>
inline constexpr double largest<double> = 0x1.fffffffffffffp1023;
template <>
inline constexpr float largest<float> = 0x1.fffffep127f;

/// What a kernel of a checked segment says where it does not know the rate.
inline constexpr double unknown_rate = -1;

}  // namespace detail
}  // namespace pacer

#endif
