// SPDX-License-Identifier: MIT
#include "support/check.hpp"

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

TEST_CASE("cosine_with_restarts: restarts between two updates") {
    // x / 7 of 2 cycles: 0, 2/7, 4/7, 6/7, then 1/7 into the second
    BOTH_CHECK(descents(v(step_t{2}), 7)(v(step_t{3})) == descents(1, 7)(6));
    BOTH_CHECK(descents(v(step_t{2}), 7)(v(step_t{4})) == descents(1, 7)(1));
}
