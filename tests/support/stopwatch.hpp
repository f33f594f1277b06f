// SPDX-License-Identifier: MIT
// What the slow tests of speed measure with.
#ifndef PACER_TESTS_SUPPORT_STOPWATCH_HPP
#define PACER_TESTS_SUPPORT_STOPWATCH_HPP

#include <pacer/schedule.hpp>

#include <algorithm>
#include <chrono>
#include <vector>

namespace support {

// Nanoseconds that `work` takes, for each of `count` things it does.
template <class Work>
double nanoseconds(pacer::step_t count, Work work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    return took.count() / static_cast<double>(count);
}

inline double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

}  // namespace support

#endif
