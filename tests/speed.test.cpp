// SPDX-License-Identifier: MIT
// Guarantee 9, free: faster than the formula written by hand, measured side by side. Not run every day, because other
// work on the machine can spoil a measurement; as a ratio of medians it holds on any machine.
#include "catch.hpp"

#include <pacer/pacer.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>
#include <vector>

namespace {

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

// Nanoseconds a call, of a loop whose values are all used.
template <class S>
double nanoseconds(const S& lr, pacer::step_t total, double& sink) {
    const auto start = std::chrono::steady_clock::now();
    for (pacer::step_t s = 0; s < total; ++s)
        sink += lr(s);
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    return took.count() / static_cast<double>(total);
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

}  // namespace

TEST_CASE("guarantee 9: faster than the formula by hand", "[.slow]") {
    // From outside of what the compiler can see.
    const volatile double peak = 5e-5;
    const volatile pacer::step_t total = 1'000'000;
    const by_hand formula{peak, peak / 10, total / 100, total};
    const pacer::cosine_with_min_lr lr{
        {.peak_lr = peak, .min_lr = peak / 10, .total_steps = total, .warmup = pacer::warmup_steps(total / 100)}};
    const pacer::any_schedule<double> any = lr;

    std::vector<double> hand, direct, erased;
    double sink = 0;
    for (int round = 0; round < 31; ++round) {
        hand.push_back(nanoseconds(formula, total, sink));
        direct.push_back(nanoseconds(lr, total, sink));
        erased.push_back(nanoseconds(any, total, sink));
    }
    CHECK(sink > 0);
    WARN("of the time by hand: " << median(direct) / median(hand) << ", through any_schedule "
                                 << median(erased) / median(hand));
    // Not asked of any_schedule: clang 14 makes each call wait for the one before (a false dependency of its conversion
    // of the step), which costs it the lead.
    CHECK(median(direct) < median(hand));
}
