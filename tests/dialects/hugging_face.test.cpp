// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/hugging_face.hpp>

#include <string>

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

TEST_CASE("Hugging Face: the vectors of its tests") {
    using namespace pacer::hf;
    using support::gives;
    constexpr double loose = 1e-3;  // they are rounded
    BOTH_CHECK(
        gives(get_constant_schedule_with_warmup({.lr = v(10.0), .num_warmup_steps = 4}), {0, 2.5, 5, 7.5, 10, 10}));
    BOTH_CHECK(gives(get_linear_schedule_with_warmup({.lr = v(10.0), .num_warmup_steps = 2, .num_training_steps = 10}),
                     {0, 5, 10, 8.75, 7.5, 6.25, 5, 3.75, 2.5, 1.25}));
    BOTH_CHECK(gives(get_cosine_schedule_with_warmup({.lr = v(10.0), .num_warmup_steps = 2, .num_training_steps = 10}),
                     {0, 5, 10, 9.61, 8.53, 6.91, 5, 3.08, 1.46, 0.38}, loose));
    BOTH_CHECK(gives(get_cosine_with_hard_restarts_schedule_with_warmup(
                         {.lr = v(10.0), .num_warmup_steps = 2, .num_training_steps = 10, .num_cycles = 2}),
                     {0, 5, 10, 8.53, 5, 1.46, 10, 8.53, 5, 1.46}, loose));
    BOTH_CHECK(gives(get_polynomial_decay_schedule_with_warmup(
                         {.lr = v(10.0), .num_warmup_steps = 2, .num_training_steps = 10, .power = 2}),
                     {0, 5, 10, 7.656, 5.625, 3.906, 2.5, 1.406, 0.625, 0.156}, loose));
    BOTH_CHECK(gives(get_inverse_sqrt_schedule({.lr = v(10.0), .num_warmup_steps = 2}),
                     {0, 5, 10, 8.165, 7.071, 6.325, 5.774, 5.345, 5, 4.714}, loose));
}

TEST_CASE("Hugging Face refuses a polynomial that does not fall") {
    const auto what = [](double lr_end) {
        try {
            const pacer::hf::get_polynomial_decay_schedule_with_warmup lr(
                {.lr = 1e-3, .num_warmup_steps = 10, .num_training_steps = 100, .lr_end = lr_end});
            return std::string();
        } catch (const pacer::invalid_schedule& error) {
            return std::string(error.what());
        }
    };
    CHECK(what(1e-3) == "pacer: lr_end = 0.001: must be below lr");
    CHECK(what(2e-3) == "pacer: lr_end = 0.002: must be below lr");
    CHECK(what(0.00099) == "");
}

TEST_CASE("Hugging Face: a warm-up longer than the run, and none left for the decay") {
    using namespace pacer::hf;
    using support::gives;
    BOTH_CHECK(gives(get_linear_schedule_with_warmup({.lr = v(1.0), .num_warmup_steps = 4, .num_training_steps = 2}),
                     {0, 0.25, 0.5, 0.75, 0, 0}));
    BOTH_CHECK(gives(get_cosine_schedule_with_warmup({.lr = v(1.0), .num_warmup_steps = 2, .num_training_steps = 2}),
                     {0, 0.5, 1, 0, 1, 0}));
    BOTH_CHECK(gives(get_wsd_schedule({.lr = v(1.0),
                                       .num_warmup_steps = 2,
                                       .num_decay_steps = 4,
                                       .num_training_steps = 4,
                                       .decay_type = wsd_type::linear}),
                     {0, 0.5, 0.5, 0.25, 0, 0}));
}

TEST_CASE("Hugging Face: a floor above the rate is where the rate rises to") {
    static constexpr pacer::hf::get_cosine_with_min_lr_schedule_with_warmup lr(
        {.lr = 0.25, .num_warmup_steps = 10, .num_training_steps = 110, .min_lr = 0.75});
    BOTH_CHECK(lr(v(0)) == 0 && lr(v(10)) == 0.25 && lr(v(60)) == 0.5 && lr(v(110)) == 0.75 && lr(v(160)) == 0.5);
    BOTH_CHECK(lr.total_steps() == v(110));
    static constexpr pacer::hf::get_wsd_schedule stable({.lr = 0.25,
                                                         .num_warmup_steps = 10,
                                                         .num_decay_steps = 20,
                                                         .num_training_steps = 100,
                                                         .decay_type = pacer::hf::wsd_type::linear,
                                                         .min_lr_ratio = 3});
    BOTH_CHECK(stable(v(0)) == 0.75 && stable(v(10)) == 0.25 && stable(v(80)) == 0.25 && stable(v(90)) == 0.5);
    BOTH_CHECK(stable(v(100)) == 0.75 && stable(v(1000)) == 0.75);
    CHECK_THROWS_AS(
        pacer::hf::get_wsd_schedule(
            {.lr = 1e300, .num_warmup_steps = 1, .num_decay_steps = 1, .num_training_steps = 9, .min_lr_ratio = 1e9}),
        pacer::invalid_schedule);
}
