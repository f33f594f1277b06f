// SPDX-License-Identifier: MIT
// Guarantee 9, free: faster than the formula written by hand, measured side by side. Not run every day, because other
// work on the machine can spoil a measurement; as a ratio of medians it holds on any machine.
#include "../bench/by_hand.hpp"
#include "support/stopwatch.hpp"

#include "catch.hpp"

#include <pacer/fill.hpp>
#include <pacer/pacer.hpp>

#include <vector>

using support::median;

TEST_CASE("guarantee 9: faster than the formula by hand", "[.slow]") {
    // From outside of what the compiler can see.
    const volatile double peak = 5e-5;
    const volatile pacer::step_t total = 1'000'000;
    const by_hand::cosine_with_min_lr<> formula{{peak, peak / 10, total / 100, total}};
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

TEST_CASE("fill takes the widest instructions that there are", "[.slow]") {
    using pacer::detail::instruction_set;
    if (pacer::detail::widest_instruction_set() == instruction_set::baseline)
        return;
    const pacer::cosine lr{{.peak_lr = 5e-5, .total_steps = 100'000}};
    std::vector<double> rates(100'000);
    std::vector<double> narrow, chosen;
    for (int round = 0; round < 31; ++round) {
        narrow.push_back(support::nanoseconds(
            100'000, [&] { pacer::detail::fill_with(instruction_set::baseline, lr, 0, rates.data(), 100'000, 1); }));
        chosen.push_back(support::nanoseconds(100'000, [&] { pacer::fill(lr, 0, rates); }));
    }
    WARN("of the time of the baseline: " << median(chosen) / median(narrow));
    CHECK(median(chosen) < 0.8 * median(narrow));
}
