// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/schedules/linear_warmup.hpp>

using pacer::first_step;
using pacer::linear_warmup;
using pacer::step_t;

TEST_CASE("linear_warmup: the three ways to take the first step") {
    BOTH_CHECK(linear_warmup{{.peak_lr = 1.0, .total_steps = v(step_t{4})}}(v(step_t{0})) == 0);
    BOTH_CHECK(linear_warmup{{.peak_lr = 1.0, .total_steps = v(step_t{4})}}(v(step_t{3})) == 0.75);
    BOTH_CHECK(linear_warmup{{.peak_lr = 1.0, .total_steps = 4, .first_step = first_step::from_first}}(v(step_t{0})) ==
               0.25);
    BOTH_CHECK(linear_warmup{{.peak_lr = 1.0, .total_steps = 4, .first_step = first_step::from_first}}(v(step_t{3})) ==
               1);
    BOTH_CHECK(linear_warmup{{.peak_lr = 1.0, .total_steps = 3, .first_step = first_step::over_plus_one}}(
                   v(step_t{0})) == 0.25);
    BOTH_CHECK(linear_warmup{{.peak_lr = 1.0, .total_steps = 3, .first_step = first_step::over_plus_one}}(
                   v(step_t{2})) == 0.75);
}

TEST_CASE("linear_warmup reaches the peak exactly and stays there") {
    BOTH_CHECK(linear_warmup{{.peak_lr = v(0.1), .total_steps = 3}}(v(step_t{3})) == 0.1);
    BOTH_CHECK(linear_warmup{{.peak_lr = v(0.1), .total_steps = 3}}(v(pacer::endless)) == 0.1);
    BOTH_CHECK(linear_warmup{{.peak_lr = v(0.1), .total_steps = 0}}(v(step_t{0})) == 0.1);
    BOTH_CHECK(linear_warmup{{.peak_lr = 0.5, .total_steps = 4, .init_lr = v(0.25)}}(v(step_t{1})) == 0.3125);
}
