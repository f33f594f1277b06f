// SPDX-License-Identifier: MIT
// Vectors that the peers themselves have published, in their tests or documentation.
#ifndef PACER_TESTS_SUPPORT_VECTOR_HPP
#define PACER_TESTS_SUPPORT_VECTOR_HPP

#include "support/check.hpp"

#include <initializer_list>

namespace support {

/// Whether the rates of steps 0, 1, 2, ... are these, to so much of the largest.
template <class S>
constexpr bool gives(const S& lr, std::initializer_list<double> wanted, double tolerance = 1e-14) {
    double largest = 0;
    for (const double rate : wanted)
        largest = rate > largest ? rate : largest;
    pacer::step_t step = 0;
    for (const double rate : wanted) {
        const double off = lr(step++) - rate;
        if (!((off < 0 ? -off : off) <= tolerance * largest))
            return false;
    }
    return true;
}

}  // namespace support

#endif
