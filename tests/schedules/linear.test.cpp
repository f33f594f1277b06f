// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/schedules/linear.hpp>

using pacer::linear;
using pacer::lr_ratio;
using pacer::step_t;
using pacer::warmup_steps;

// transformers, ScheduleInitTest.test_schedulers
TEST_CASE("linear: the list transformers tests with") {
    constexpr double list[] = {0, 5, 10, 8.75, 7.5, 6.25, 5, 3.75, 2.5, 1.25};
    const linear lr{{.peak_lr = 10.0, .total_steps = 10, .warmup = warmup_steps(2)}};
    for (step_t step = 0; step < 10; ++step)
        CHECK(lr(step) == list[step]);
}

// torchtitan, test_lr_scheduler.py: warm-up from the first update, a decay whose last update is above 0
TEST_CASE("linear: the fractions torchtitan tests with") {
    constexpr double list[] = {1. / 2, 1, 1, 7. / 8, 6. / 8, 5. / 8, 4. / 8, 3. / 8, 2. / 8, 1. / 8};
    const linear lr{
        {.peak_lr = 1.0, .total_steps = 10, .warmup = warmup_steps(2), .first_step = pacer::first_step::from_first}};
    for (step_t step = 0; step < 10; ++step)
        CHECK(lr(step) == list[step]);
}

TEST_CASE("linear: ends exactly, at a rate or at a ratio of the peak") {
    BOTH_CHECK(linear{{.peak_lr = 5e-5, .total_steps = v(step_t{7})}}(v(step_t{7})) == 0);
    BOTH_CHECK(linear{{.peak_lr = 5e-5, .end_lr = v(1e-6), .total_steps = 7}}(v(step_t{7})) == 1e-6);
    BOTH_CHECK(linear{{.peak_lr = 8.0, .end_lr = lr_ratio(v(0.25)), .total_steps = 6}}(v(step_t{6})) == 2);
    BOTH_CHECK(linear{{.peak_lr = 8.0, .end_lr = lr_ratio(v(0.25)), .total_steps = 6}}(v(step_t{2})) == 6);
    BOTH_CHECK(linear{{.peak_lr = 8.0, .end_lr = lr_ratio(v(0.25)), .total_steps = 6}}(v(step_t{-2})) == 8);
}

TEST_CASE("linear: the warm-up is all of the run, or the run is empty") {
    BOTH_CHECK(linear{{.peak_lr = 8.0, .total_steps = 4, .warmup = warmup_steps(v(step_t{4}))}}(v(step_t{3})) == 6);
    BOTH_CHECK(linear{{.peak_lr = 8.0, .total_steps = 4, .warmup = warmup_steps(v(step_t{4}))}}(v(step_t{4})) == 0);
    BOTH_CHECK(linear{{.peak_lr = 8.0, .end_lr = 1.0, .total_steps = v(step_t{0})}}(v(step_t{0})) == 1);
}

// A warm-up of 2.5 of 10 updates; the decay begins with the update's second half, as Megatron's does.
TEST_CASE("linear: a warm-up that ends between two updates") {
    static constexpr pacer::warmup w = pacer::warmup_ratio(0.25, pacer::rounding::exact);
    BOTH_CHECK(linear{{.peak_lr = v(15.0), .total_steps = 10, .warmup = w}}(v(step_t{1})) == 6);
    BOTH_CHECK(linear{{.peak_lr = v(15.0), .total_steps = 10, .warmup = w}}(v(step_t{2})) == 12);
    BOTH_CHECK(linear{{.peak_lr = v(15.0), .total_steps = 10, .warmup = w}}(v(step_t{3})) == 14);
    BOTH_CHECK(linear{{.peak_lr = v(15.0), .total_steps = 10, .warmup = w}}(v(step_t{4})) == 12);
    BOTH_CHECK(linear{{.peak_lr = v(15.0), .total_steps = 10, .warmup = w}}(v(step_t{9})) == 2);
    BOTH_CHECK(linear{{.peak_lr = v(15.0), .total_steps = 10, .warmup = w}}(v(step_t{10})) == 0);
    BOTH_CHECK(linear{{.peak_lr = v(15.0), .total_steps = 10, .warmup = w}}.warmup_steps() == 3);
}
