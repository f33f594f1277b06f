// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/schedules/cosine_with_min_lr.hpp>

using pacer::cosine_with_min_lr;
using pacer::past_end;
using pacer::step_t;
using support::ulps;

namespace {

// Warm-up 10, total 100, peak 1, floor 0.1
constexpr auto hf(past_end past) {
    return cosine_with_min_lr{{.peak_lr = 1.0,
                               .min_lr = pacer::lr_ratio(0.1),
                               .total_steps = 100,
                               .warmup = pacer::warmup_steps(10),
                               .past_end = past}};
}

}  // namespace

TEST_CASE("cosine_with_min_lr: the values of Hugging Face's formula, which are Megatron's and Optax's up to the end") {
    BOTH_CHECK(hf(v(past_end::wave))(v(step_t{0})) == 0);  // below the floor
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{1})), 0.1) <= 1);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{9})), 0.9) <= 1);
    BOTH_CHECK(hf(v(past_end::wave))(v(step_t{10})) == 1);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{11})), 0.9997258721585931) <= 2);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{55})), 0.55) <= 1);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{99})), 0.10027412784140692) <= 2);
    BOTH_CHECK(hf(v(past_end::wave))(v(step_t{100})) == 0.1);
}

TEST_CASE("cosine_with_min_lr: past the end it holds the floor, or rises again as Hugging Face's does") {
    BOTH_CHECK(hf(v(past_end::hold))(v(step_t{101})) == 0.1);
    BOTH_CHECK(hf(v(past_end::hold))(v(step_t{120})) == 0.1);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{101})), 0.10027412784140692) <= 2);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{120})), 0.2052800005964599) <= 2);
    BOTH_CHECK(hf(v(past_end::wave))(v(step_t{190})) == 1);
}

TEST_CASE("cosine_with_min_lr: the floor as a rate is the floor as a ratio") {
    BOTH_CHECK(cosine_with_min_lr{{.peak_lr = 5e-5, .min_lr = v(1e-5), .total_steps = 12'000}}(v(step_t{12'000})) ==
               1e-5);
    BOTH_CHECK(cosine_with_min_lr{{.peak_lr = 8.0, .min_lr = v(2.0), .total_steps = 12}}(v(step_t{5})) ==
               cosine_with_min_lr{{.peak_lr = 8.0, .min_lr = pacer::lr_ratio(0.25), .total_steps = 12}}(5));
    BOTH_CHECK(cosine_with_min_lr{{.peak_lr = 8.0, .min_lr = v(2.0), .total_steps = 12}}(v(step_t{6})) == 5);
}
