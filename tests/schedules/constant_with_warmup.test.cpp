// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/schedules/constant_with_warmup.hpp>

using pacer::step_t;

// transformers, ScheduleInitTest.test_schedulers
TEST_CASE("constant_with_warmup: the list transformers tests with") {
    constexpr double list[] = {0, 2.5, 5, 7.5, 10, 10, 10, 10, 10, 10};
    const pacer::constant_with_warmup lr{{.peak_lr = 10.0, .warmup = pacer::warmup_steps(4)}};
    for (step_t step = 0; step < 10; ++step)
        CHECK(lr(step) == list[step]);
}

TEST_CASE("constant_with_warmup: where it starts, and that it never ends") {
    using pacer::warmup_steps;
    BOTH_CHECK(pacer::constant_with_warmup{{.peak_lr = 8.0, .warmup = warmup_steps(v(step_t{4}))}}(v(step_t{1})) == 2);
    BOTH_CHECK(
        pacer::constant_with_warmup{{.peak_lr = 8.0, .warmup = warmup_steps(4), .init_lr = v(4.0)}}(v(step_t{0})) == 4);
    BOTH_CHECK(
        pacer::constant_with_warmup{{.peak_lr = 8.0, .warmup = warmup_steps(4), .init_lr = v(4.0)}}(v(step_t{3})) == 7);
    BOTH_CHECK(pacer::constant_with_warmup{{.peak_lr = v(8.0), .warmup = warmup_steps(4)}}(v(pacer::endless)) == 8);
    BOTH_CHECK(pacer::constant_with_warmup{{.peak_lr = v(8.0)}}(v(step_t{0})) == 8);
}
