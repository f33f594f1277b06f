// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/schedules/cosine.hpp>

using pacer::cosine;
using pacer::past_end;
using pacer::step_t;
using pacer::warmup_steps;
using support::ulps;

namespace {

// Warm-up 10, total 100, peak 1, as Hugging Face's
constexpr auto hf(past_end past) {
    return cosine{{.peak_lr = 1.0, .total_steps = 100, .warmup = warmup_steps(10), .past_end = past}};
}

}  // namespace

// transformers, ScheduleInitTest.test_schedulers
TEST_CASE("cosine: the list transformers tests with") {
    constexpr double list[] = {0, 5, 10, 9.61, 8.53, 6.91, 5, 3.08, 1.46, 0.38};
    const cosine lr{{.peak_lr = 10.0, .total_steps = 10, .warmup = warmup_steps(2)}};
    for (step_t step = 0; step < 10; ++step) {
        INFO(step << ": " << lr(step));
        CHECK(lr(step) - list[step] >= 0);  // two decimals, cut off
        CHECK(lr(step) - list[step] < 0.01);
    }
    constexpr double exact[] = {10, 9.619397662556434, 8.535533905932738,  6.913417161825449,
                                5,  3.086582838174551, 1.4644660940672625, 0.3806023374435662};
    for (step_t step = 2; step < 10; ++step)
        CHECK(ulps(lr(step), exact[step - 2]) <= 2);
}

TEST_CASE("cosine: the values of Hugging Face's formula") {
    BOTH_CHECK(hf(v(past_end::wave))(v(step_t{0})) == 0);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{1})), 0.1) <= 1);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{9})), 0.9) <= 1);
    BOTH_CHECK(hf(v(past_end::wave))(v(step_t{10})) == 1);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{11})), 0.9996954135095478) <= 2);
    BOTH_CHECK(hf(v(past_end::wave))(v(step_t{55})) == 0.5);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{99})), 0.000304586490452135) <= 3);
    BOTH_CHECK(hf(v(past_end::wave))(v(step_t{100})) == 0);
}

TEST_CASE("cosine: past the end it holds, or rises again, or is 0, or starts anew") {
    BOTH_CHECK(hf(v(past_end::hold))(v(step_t{101})) == 0);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{101})), 0.000304586490452135) <= 3);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{120})), 0.11697777844051098) <= 3);
    BOTH_CHECK(hf(v(past_end::wave))(v(step_t{190})) == 1);
    BOTH_CHECK(hf(v(past_end::wave))(v(step_t{280})) == 0);
    BOTH_CHECK(hf(v(past_end::zero))(v(step_t{120})) == 0);
    BOTH_CHECK(hf(v(past_end::repeat))(v(step_t{110})) == 1);
}

TEST_CASE("cosine: num_cycles counts full waves") {
    BOTH_CHECK(cosine{{.peak_lr = 2.0, .num_cycles = v(1.0), .total_steps = 8}}(v(step_t{4})) == 0);
    BOTH_CHECK(cosine{{.peak_lr = 2.0, .num_cycles = v(1.0), .total_steps = 8}}(v(step_t{2})) == 1);
    BOTH_CHECK(cosine{{.peak_lr = 2.0, .num_cycles = v(1.0), .total_steps = 8}}(v(step_t{8})) == 2);
    BOTH_CHECK(cosine{{.peak_lr = 2.0, .num_cycles = v(1.5), .total_steps = 9}}(v(step_t{3})) == 0);
    BOTH_CHECK(cosine{{.peak_lr = 2.0, .num_cycles = v(1.5), .total_steps = 9}}(v(step_t{6})) == 2);
    BOTH_CHECK(cosine{{.peak_lr = 2.0, .num_cycles = v(0.25), .total_steps = 9}}(v(step_t{9})) == 1);
}
