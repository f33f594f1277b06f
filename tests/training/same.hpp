// SPDX-License-Identifier: MIT
#ifndef PACER_TESTS_TRAINING_SAME_HPP
#define PACER_TESTS_TRAINING_SAME_HPP

#include "support/check.hpp"

#include <bit>
#include <cstdint>

namespace support {

/// Whether two rates of a schedule with this peak have the same bits. With -ffast-math the same formula may be compiled
/// in two ways, and its last bits are not promised.
inline bool same(double a, double b, [[maybe_unused]] double peak) {
#ifdef __FAST_MATH__
    return magnitude(a - b) <= 512 * ulp(peak);
#else
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
#endif
}

}  // namespace support

#endif
