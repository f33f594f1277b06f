// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/schedules/inverse_sqrt.hpp>

using pacer::inverse_sqrt;
using pacer::step_t;
using pacer::warmup_steps;

// transformers, ScheduleInitTest.test_schedulers
TEST_CASE("inverse_sqrt: the list transformers tests with") {
    constexpr double list[] = {0, 5, 10, 8.165, 7.071, 6.325, 5.774, 5.345, 5, 4.714};
    constexpr double exact[] = {0,
                                5,
                                10,
                                8.16496580927726,
                                7.0710678118654755,
                                6.324555320336759,
                                5.773502691896257,
                                5.3452248382484875,
                                5,
                                4.714045207910317};
    const inverse_sqrt lr{{.peak_lr = 10.0, .warmup = warmup_steps(2)}};
    for (step_t step = 0; step < 10; ++step) {
        CHECK(support::rounds_to(lr(step), list[step], 3));
        CHECK(support::ulps(lr(step), exact[step]) <= 1);
    }
}

TEST_CASE("inverse_sqrt: the timescale is the warm-up, or 10 000, or what is given") {
    BOTH_CHECK(inverse_sqrt{{.peak_lr = 1.0, .warmup = warmup_steps(v(step_t{100}))}}(v(step_t{400})) == 0.5);
    BOTH_CHECK(inverse_sqrt{{.peak_lr = v(1.0)}}(v(step_t{0})) == 1);
    BOTH_CHECK(inverse_sqrt{{.peak_lr = v(1.0)}}(v(step_t{30'000})) == 0.5);
    BOTH_CHECK(inverse_sqrt{{.peak_lr = 1.0, .timescale = v(step_t{5}), .warmup = warmup_steps(3)}}(v(step_t{18})) ==
               0.5);
}

TEST_CASE("inverse_sqrt: a floor, and an end") {
    BOTH_CHECK(inverse_sqrt{{.peak_lr = 1.0, .min_lr = v(0.5), .timescale = 1}}(v(step_t{1'000})) == 0.5);
    BOTH_CHECK(inverse_sqrt{{.peak_lr = 1.0, .timescale = 1, .total_steps = v(step_t{3})}}(v(step_t{1'000})) == 0.5);
    BOTH_CHECK(inverse_sqrt{{.peak_lr = v(1.0)}}.total_steps() == pacer::endless);
}
