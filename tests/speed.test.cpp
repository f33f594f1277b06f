// SPDX-License-Identifier: MIT
// Guarantee 9, free: faster than the formula written by hand, measured side by side. Not run every day, because other
// work on the machine can spoil a measurement; as a ratio of medians it holds on any machine.
#include "support/by_hand.hpp"

#include "catch.hpp"

#include <pacer/pacer.hpp>

#include <vector>

using support::median;

TEST_CASE("guarantee 9: faster than the formula by hand", "[.slow]") {
    // From outside of what the compiler can see.
    const volatile double peak = 5e-5;
    const volatile pacer::step_t total = 1'000'000;
    const support::by_hand formula{peak, peak / 10, total / 100, total};
    const pacer::cosine_with_min_lr lr{
        {.peak_lr = peak, .min_lr = peak / 10, .total_steps = total, .warmup = pacer::warmup_steps(total / 100)}};
    const pacer::any_schedule<double> any = lr;

    std::vector<double> hand, direct, erased;
    double sink = 0;
    // A loop whose values are all used.
    const auto time = [&](const auto& schedule) {
        return support::nanoseconds(total, [&, end = static_cast<pacer::step_t>(total)] {
            for (pacer::step_t s = 0; s < end; ++s)
                sink += schedule(s);
        });
    };
    for (int round = 0; round < 31; ++round) {
        hand.push_back(time(formula));
        direct.push_back(time(lr));
        erased.push_back(time(any));
    }
    CHECK(sink > 0);
    WARN("of the time by hand: " << median(direct) / median(hand) << ", through any_schedule "
                                 << median(erased) / median(hand));
    CHECK(median(direct) < median(hand));
    CHECK(median(erased) < median(hand));
}
