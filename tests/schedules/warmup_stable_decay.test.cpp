// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/schedules/warmup_stable_decay.hpp>

using pacer::ramp_shape;
using pacer::step_t;
using pacer::warmup_stable_decay;
using pacer::warmup_steps;
using support::ulps;

namespace {

// Warm-up 10, decay 20, total 100, peak 1, floor 0
constexpr auto tail(ramp_shape shape) {
    return warmup_stable_decay{
        {.peak_lr = 1.0, .decay_steps = 20, .total_steps = 100, .warmup = warmup_steps(10), .decay_shape = shape}};
}

}  // namespace

TEST_CASE("warmup_stable_decay: every tail begins and ends exactly") {
    for (const ramp_shape shape :
         {ramp_shape::linear, ramp_shape::cosine, ramp_shape::one_minus_sqrt, ramp_shape::half_life}) {
        CHECK(tail(shape)(0) == 0);
        CHECK(ulps(tail(shape)(9), 0.9) <= 1);
        CHECK(tail(shape)(10) == 1);
        CHECK(tail(shape)(79) == 1);
        CHECK(tail(shape)(80) == 1);
        CHECK(tail(shape)(100) == 0);
        CHECK(tail(shape)(101) == 0);
    }
}

TEST_CASE("warmup_stable_decay: cosine tail, Hugging Face's default") {
    BOTH_CHECK(ulps(tail(ramp_shape(v(ramp_shape::kind::cosine)))(v(step_t{81})), 0.9938441702975689) <= 2);
    BOTH_CHECK(tail(ramp_shape(v(ramp_shape::kind::cosine)))(v(step_t{90})) == 0.5);
    BOTH_CHECK(ulps(tail(ramp_shape(v(ramp_shape::kind::cosine)))(v(step_t{99})), 0.0061558297024311365) <= 3);
}

TEST_CASE("warmup_stable_decay: linear and 1-sqrt tails, Hugging Face's, llm.c's") {
    BOTH_CHECK(ulps(tail(ramp_shape(v(ramp_shape::kind::linear)))(v(step_t{81})), 0.95) <= 1);
    BOTH_CHECK(tail(ramp_shape(v(ramp_shape::kind::linear)))(v(step_t{90})) == 0.5);
    BOTH_CHECK(ulps(tail(ramp_shape(v(ramp_shape::kind::linear)))(v(step_t{99})), 0.05) <= 1);
    BOTH_CHECK(ulps(tail(ramp_shape(v(ramp_shape::kind::one_minus_sqrt)))(v(step_t{81})), 0.7763932022500211) <= 2);
    BOTH_CHECK(ulps(tail(ramp_shape(v(ramp_shape::kind::one_minus_sqrt)))(v(step_t{90})), 0.2928932188134525) <= 2);
    BOTH_CHECK(ulps(tail(ramp_shape(v(ramp_shape::kind::one_minus_sqrt)))(v(step_t{99})), 0.02532056551910361) <= 2);
}

TEST_CASE("warmup_stable_decay: exponential tail, Megatron's default") {
    BOTH_CHECK(ulps(tail(ramp_shape(v(ramp_shape::kind::half_life)))(v(step_t{81})), 0.9318726578496911) <= 2);
    BOTH_CHECK(ulps(tail(ramp_shape(v(ramp_shape::kind::half_life)))(v(step_t{90})), 0.41421356237309503) <= 2);
    BOTH_CHECK(ulps(tail(ramp_shape(v(ramp_shape::kind::half_life)))(v(step_t{99})), 0.035264923841377506) <= 3);
}

// torchtitan, test_lr_scheduler.py: warm-up 2 of 10, the last half decays, and its last update is above 0
TEST_CASE("warmup_stable_decay: the list torchtitan tests with") {
    constexpr double list[] = {0.5, 1, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2};
    const warmup_stable_decay lr{{.peak_lr = 1.0,
                                  .stable_steps = 3,
                                  .decay_steps = 5,
                                  .warmup = warmup_steps(2),
                                  .first_step = pacer::first_step::from_first}};
    for (step_t step = 0; step < 10; ++step)
        CHECK(ulps(lr(step), list[step]) <= 1);
}

TEST_CASE("warmup_stable_decay: any three lengths give the fourth") {
    using S = warmup_stable_decay<double>;
    BOTH_CHECK(
        S{{.peak_lr = 1, .stable_steps = v(step_t{70}), .decay_steps = 20, .warmup = warmup_steps(10)}}.total_steps() ==
        100);
    BOTH_CHECK(S{{.peak_lr = 1, .stable_steps = v(step_t{70}), .decay_steps = 20, .total_steps = 100}}.warmup_steps() ==
               10);
    BOTH_CHECK(S{{.peak_lr = 1, .decay_steps = v(step_t{20}), .total_steps = 100, .warmup = warmup_steps(10)}}
                   .params()
                   .stable_steps == 70);
    BOTH_CHECK(S{{.peak_lr = 1, .stable_steps = v(step_t{70}), .total_steps = 100, .warmup = warmup_steps(10)}}
                   .params()
                   .decay_steps == 20);
    BOTH_CHECK(S{{.peak_lr = 1, .decay_steps = v(step_t{20}), .total_steps = 100}}.warmup_steps() == 0);
    BOTH_CHECK(
        S{{.peak_lr = 1, .stable_steps = 3, .decay_steps = v(step_t{3}), .total_steps = 7, .warmup = warmup_steps(1)}}
            .total_steps() == 7);
}

TEST_CASE("warmup_stable_decay: lengths that do not add up") {
    const auto field = [](pacer::warmup_stable_decay_params<double> p) {
        const pacer::violation v = check(p);
        return std::string(v ? v.field : "");
    };
    CHECK(field({.peak_lr = 1, .total_steps = 10}) == "stable_steps");
    CHECK(field({.peak_lr = 1, .decay_steps = 3}) == "total_steps");
    CHECK(field({.peak_lr = 1, .decay_steps = 11, .total_steps = 10}) == "decay_steps");
    CHECK(field({.peak_lr = 1, .stable_steps = 11, .total_steps = 10}) == "stable_steps");
    CHECK(field({.peak_lr = 1, .stable_steps = 3, .decay_steps = 3, .total_steps = 7, .warmup = warmup_steps(2)}) ==
          "total_steps");
    CHECK(field({.peak_lr = 1, .stable_steps = 3, .decay_steps = 3, .total_steps = 7, .warmup = pacer::no_warmup}) ==
          "total_steps");
    CHECK(field({.peak_lr = 1, .decay_steps = 3, .total_steps = 10, .warmup = pacer::warmup_ratio(1e300)}) == "warmup");
    CHECK(field({.peak_lr = 1, .stable_steps = 3, .decay_steps = 3, .warmup = pacer::warmup_ratio(0.1)}) ==
          "total_steps");
}

TEST_CASE("warmup_stable_decay: a warm-up mirrors the decay of its shape") {
    for (const ramp_shape shape :
         {ramp_shape::linear, ramp_shape::cosine, ramp_shape::one_minus_sqrt, ramp_shape::half_life}) {
        const warmup_stable_decay lr{{.peak_lr = 1.0,
                                      .stable_steps = 0,
                                      .decay_steps = 20,
                                      .warmup = warmup_steps(20),
                                      .decay_shape = shape,
                                      .warmup_shape = shape}};
        for (step_t step = 0; step <= 20; ++step)
            CHECK(support::ulps(lr(20 - step), lr(20 + step)) <= support::same_way);
    }
}
