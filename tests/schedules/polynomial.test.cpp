// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/schedules/polynomial.hpp>

using pacer::polynomial;
using pacer::step_t;

// transformers, ScheduleInitTest.test_schedulers (power 2, end 1e-7)
TEST_CASE("polynomial: the list transformers tests with") {
    constexpr double list[] = {0, 5, 10, 7.656, 5.625, 3.906, 2.5, 1.406, 0.625, 0.156};
    const polynomial lr{
        {.peak_lr = 10.0, .end_lr = 1e-7, .power = 2, .total_steps = 10, .warmup = pacer::warmup_steps(2)}};
    for (step_t step = 0; step < 10; ++step)
        CHECK(support::rounds_to(lr(step), list[step], 3));
    CHECK(lr(10) == 1e-7);
}

TEST_CASE("polynomial: powers") {
    BOTH_CHECK(polynomial{{.peak_lr = 16.0, .power = v(1.0), .total_steps = 4}}(v(step_t{1})) == 12);
    BOTH_CHECK(polynomial{{.peak_lr = 16.0, .power = v(2.0), .total_steps = 4}}(v(step_t{1})) == 9);
    BOTH_CHECK(polynomial{{.peak_lr = 16.0, .power = v(3.0), .total_steps = 4}}(v(step_t{1})) == 6.75);
    BOTH_CHECK(polynomial{{.peak_lr = 16.0, .power = v(0.5), .total_steps = 4}}(v(step_t{3})) == 8);
    BOTH_CHECK(polynomial{{.peak_lr = 16.0, .end_lr = v(8.0), .power = 2, .total_steps = 4}}(v(step_t{2})) == 10);
    BOTH_CHECK(support::ulps(polynomial{{.peak_lr = 1.0, .power = v(1.7), .total_steps = 4}}(v(step_t{1})),
                             0.61320282613276) <= 2);
}

TEST_CASE("polynomial: ends exactly, whatever the power") {
    BOTH_CHECK(polynomial{{.peak_lr = 0.3, .end_lr = 0.1, .power = v(1.7), .total_steps = 9}}(v(step_t{9})) == 0.1);
    BOTH_CHECK(polynomial{{.peak_lr = 0.3, .end_lr = 0.1, .power = v(1.7), .total_steps = 9}}(v(step_t{0})) == 0.3);
    BOTH_CHECK(polynomial{{.peak_lr = 0.3, .end_lr = 0.1, .power = v(1e-9), .total_steps = 9}}(v(step_t{9})) == 0.1);
}
