// SPDX-License-Identifier: MIT
#include "support/check.hpp"
#include "support/dice.hpp"

#include <pacer/schedules/cosine_with_restarts.hpp>

using pacer::cosine_with_restarts;
using pacer::step_t;

namespace {

constexpr auto descents(step_t cycles, step_t total, step_t warmup = 0, double min = 0) {
    return cosine_with_restarts{{.peak_lr = 10.0,
                                 .min_lr = min,
                                 .num_cycles = static_cast<double>(cycles),
                                 .total_steps = total,
                                 .warmup = pacer::warmup_steps(warmup)}};
}

}  // namespace

// transformers, ScheduleInitTest.test_schedulers
TEST_CASE("cosine_with_restarts: the list transformers tests with") {
    constexpr double list[] = {
        0, 5, 10, 8.535533905932738, 5, 1.4644660940672625, 10, 8.535533905932738, 5, 1.4644660940672625};
    constexpr auto lr = descents(2, 10, 2);
    for (step_t step = 0; step < 10; ++step)
        CHECK(support::ulps(lr(step), list[step]) <= 2);
}

TEST_CASE("cosine_with_restarts: every restart that falls on an update is exact") {
    BOTH_CHECK(descents(v(step_t{3}), 9)(v(step_t{3})) == 10);
    BOTH_CHECK(descents(v(step_t{3}), 9)(v(step_t{6})) == 10);
    BOTH_CHECK(descents(v(step_t{3}), 9)(v(step_t{9})) == 0);
    BOTH_CHECK(descents(v(step_t{3}), 12, 0, 2)(v(step_t{2})) == 6);
    BOTH_CHECK(descents(v(step_t{3}), 12, 0, 2)(v(step_t{12})) == 2);
    // every update is a restart; where 49 (x / 49) is computed in binary64 some are not
    constexpr auto all = descents(49, 50, 1);
    for (step_t step = 1; step < 50; ++step)
        CHECK(all(step) == 10);
}

// A cycle has many updates here, so just before the end the rate is near the floor, and not at the peak of a cycle that would
// begin there if the position were rounded.
TEST_CASE("cosine_with_restarts: no cycle begins before the end, where the warm-up ends between two updates") {
    const cosine_with_restarts known{{.peak_lr = 0.163,
                                      .total_steps = 7'134'960'084'932'956,
                                      .warmup = pacer::warmup_ratio(0.3490195994612364, pacer::rounding::exact)}};
    CHECK(known(known.total_steps() - 1) < 1e-30);
    support::complaints wrong;
    support::dice roll(31);
    for (int bits = 5; bits <= 53; ++bits)
        for (int k = 0; k < 2000; ++k) {
            const step_t total = (step_t{1} << (bits - 1)) + roll.up_to((step_t{1} << (bits - 1)) - 1);
            const step_t cycles = k % 2 == 0 ? 1 : 1 + roll.up_to(7);
            const double ratio = roll.fraction();
            const auto of = [&]<class Real>(Real) {
                const cosine_with_restarts<Real> lr{{.peak_lr = 1,
                                                     .num_cycles = static_cast<double>(cycles),
                                                     .total_steps = total,
                                                     .warmup = pacer::warmup_ratio(ratio, pacer::rounding::exact)}};
                if (total - lr.warmup_steps() < 8 * cycles)
                    return;
                if (lr(total - 1) > 0.5F || lr(total) != 0)
                    wrong.add("total ", total, ", cycles ", cycles, ", ratio ", ratio, ": ", lr(total - 1));
            };
            of(1.0);
            of(1.0F);
        }
    CHECK(wrong.text() == "");
}

TEST_CASE("cosine_with_restarts: restarts between two updates") {
    // x / 7 of 2 cycles: 0, 2/7, 4/7, 6/7, then 1/7 into the second
    BOTH_CHECK(descents(v(step_t{2}), 7)(v(step_t{3})) == descents(1, 7)(6));
    BOTH_CHECK(descents(v(step_t{2}), 7)(v(step_t{4})) == descents(1, 7)(1));
}
