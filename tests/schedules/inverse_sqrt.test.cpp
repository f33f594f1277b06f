// SPDX-License-Identifier: MIT
#include "support/check.hpp"
#include "support/golden.hpp"

#include <pacer/schedules/inverse_sqrt.hpp>

#include <algorithm>

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

TEST_CASE("inverse_sqrt: within 2 ULP of the exact value") {
    double worst = 0;
    int rows = 0;
    for (const auto& row : support::golden("reference.csv", 7)) {
        if (row[0] != "inverse_sqrt")
            continue;
        ++rows;
        const inverse_sqrt lr{{.peak_lr = support::number(row[1]), .timescale = support::count(row[3])}};
        const double high = support::number(row[5]);
        const double off = support::magnitude((lr(support::count(row[4])) - high) - support::number(row[6]));
        worst = std::max(worst, off / support::ulp(high));
    }
    CHECK(rows > 100);
    CHECK(worst <= 2);
}
