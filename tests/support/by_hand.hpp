// SPDX-License-Identifier: MIT
// What the slow tests of speed measure against, and with.
#ifndef PACER_TESTS_SUPPORT_BY_HAND_HPP
#define PACER_TESTS_SUPPORT_BY_HAND_HPP

#include <pacer/schedule.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>
#include <vector>

namespace support {

// The formula as it is usually written.
struct by_hand {
    double peak, min;
    pacer::step_t warmup, total;

    double operator()(pacer::step_t s) const {
        if (s < warmup)
            return peak * static_cast<double>(s) / static_cast<double>(warmup);
        if (s >= total)
            return min;
        const double progress = static_cast<double>(s - warmup) / static_cast<double>(total - warmup);
        return min + (peak - min) * 0.5 * (1 + std::cos(std::numbers::pi * progress));
    }
};

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
