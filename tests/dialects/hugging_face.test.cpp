// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/dialects/hugging_face.hpp>

using pacer::lr_or_ratio;
using pacer::past_end;
using pacer::step_t;
using support::ulps;

namespace {

// Warm-up 10, total 100, peak 1, floor 0.1
constexpr auto hf(past_end past, lr_or_ratio init = {}) {
    return pacer::hf::cosine_warmup_with_min_lr{{.peak_lr = 1.0,
                                                 .min_lr = pacer::lr_ratio(0.1),
                                                 .init_lr = init,
                                                 .total_steps = 100,
                                                 .warmup = pacer::warmup_steps(10),
                                                 .past_end = past}};
}

}  // namespace

TEST_CASE("cosine_warmup_with_min_lr: the values of Hugging Face's formula") {
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{0})), 0.1) <= 1);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{1})), 0.2) <= 1);
    BOTH_CHECK(hf(v(past_end::wave))(v(step_t{9})) == 1);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{10})), 0.9997258721585931) <= 2);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{11})), 0.9989038226169209) <= 2);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{55})), 0.5342952264838746) <= 2);
    BOTH_CHECK(hf(v(past_end::wave))(v(step_t{99})) == 0.1);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{100})), 0.10027412784140692) <= 2);
    BOTH_CHECK(ulps(hf(v(past_end::wave))(v(step_t{120})), 0.2155848285351726) <= 2);
    BOTH_CHECK(hf(v(past_end::hold))(v(step_t{100})) == 0.1);
    BOTH_CHECK(hf(v(past_end::hold))(v(step_t{120})) == 0.1);
}

TEST_CASE("cosine_warmup_with_min_lr: an init_lr is the rate of the first update, also if it is 0") {
    BOTH_CHECK(hf(past_end::hold, v(0.0))(v(step_t{0})) == 0);
    BOTH_CHECK(hf(past_end::hold, v(0.25))(v(step_t{0})) == 0.25);
    BOTH_CHECK(ulps(hf(past_end::hold, v(0.25))(v(step_t{3})), 0.5) <= 1);
    BOTH_CHECK(hf(past_end::hold, v(0.25))(v(step_t{9})) == 1);
    BOTH_CHECK(hf(past_end::hold, pacer::lr_ratio(v(0.25)))(v(step_t{0})) == 0.25);
}
