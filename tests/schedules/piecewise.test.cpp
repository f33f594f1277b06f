// SPDX-License-Identifier: MIT
#include "support/curve.hpp"
#include "support/error_of.hpp"

#include <pacer/schedules/piecewise.hpp>

#include <cmath>

using pacer::interpolation;
using pacer::piecewise;
using pacer::step_t;
using pacer::warmup_steps;

// optax, PiecewiseInterpolateTest: 400 until 2, then by lines to 240 at 4 and 288 at 5
TEST_CASE("piecewise: the lists Optax tests with") {
    constexpr double rising[] = {200, 250, 300, 225, 150, 75};
    const piecewise up{{.at = {0, 2, 5}, .rates = {200, 300, 75}}};
    constexpr double falling[] = {400, 360, 320, 280, 240, 264, 288, 288};
    const piecewise down{{.at = {0, 4, 6}, .rates = {400, 240, 288}}};
    for (step_t s = 0; s < 6; ++s)
        CHECK(support::ulps(up(s), rising[s]) <= 1);
    for (step_t s = 0; s < 8; ++s)
        CHECK(support::ulps(down(s), falling[s]) <= 1);
}

TEST_CASE("piecewise: constant, linear, cosine and exponential between its steps, exact at them") {
    using enum interpolation;
    BOTH_CHECK(piecewise{{.at = {2, 6}, .rates = {v(8.0), 2.0}, .interpolation = constant}}(v(step_t{5})) == 8);
    BOTH_CHECK(piecewise{{.at = {2, 6}, .rates = {v(8.0), 2.0}, .interpolation = constant}}(v(step_t{6})) == 2);
    BOTH_CHECK(piecewise{{.at = {2, 6}, .rates = {v(8.0), 2.0}}}(v(step_t{4})) == 5);
    BOTH_CHECK(piecewise{{.at = {2, 6}, .rates = {v(8.0), 2.0}, .interpolation = cosine}}(v(step_t{4})) == 5);
    BOTH_CHECK(support::ulps(piecewise{{.at = {2, 6}, .rates = {v(8.0), 2.0}, .interpolation = exponential}}(4), 4) <=
               2);
    for (const auto between : {constant, linear, cosine, exponential}) {
        const piecewise lr{{.at = {3, 10, 10, 24}, .rates = {1e-3, 5e-4, 7e-3, 0.1}, .interpolation = between}};
        CHECK(lr(0) == 1e-3);
        CHECK(lr(3) == 1e-3);
        CHECK(lr(9) <= 1e-3);
        CHECK(lr(10) == 7e-3);
        CHECK(lr(24) == 0.1);
        CHECK(lr(pacer::endless) == 0.1);
        CHECK(lr.total_steps() == 24);
    }
    BOTH_CHECK(piecewise{{.at = {0}, .rates = {v(8.0)}}}(v(step_t{3})) == 8);
    BOTH_CHECK(piecewise{{.at = {0, 8}, .rates = {v(8.0), 0}, .total_steps = 6}}(v(step_t{7})) == 2);
    BOTH_CHECK(piecewise{{.at = {0, 8}, .rates = {v(8.0), 0}, .total_steps = pacer::endless}}(v(step_t{7})) == 1);
    BOTH_CHECK(piecewise<float>{{.at = {0, 8}, .rates = {v(0.1), 0}}}(v(step_t{0})) == 0.1f);
}

TEST_CASE("piecewise: a warm-up to the rate that stands at its end") {
    BOTH_CHECK(piecewise{{.at = {0, 8}, .rates = {v(8.0), 0}, .warmup = warmup_steps(4)}}(v(step_t{0})) == 0);
    BOTH_CHECK(piecewise{{.at = {0, 8}, .rates = {v(8.0), 0}, .warmup = warmup_steps(4)}}(v(step_t{2})) == 2);
    BOTH_CHECK(piecewise{{.at = {0, 8}, .rates = {v(8.0), 0}, .warmup = warmup_steps(4)}}(v(step_t{4})) == 4);
    BOTH_CHECK(piecewise{{.at = {0, 8}, .rates = {v(8.0), 0}, .warmup = warmup_steps(4)}}(v(step_t{5})) == 3);
}

TEST_CASE("piecewise: the formulas") {
    support::complaints wrong;
    const auto of = [](interpolation between) {
        return piecewise{{.at = {10, 510, 3000}, .rates = {1e-3, 2e-2, 1e-4}, .interpolation = between}};
    };
    const double slack = support::same_way == 0 ? 1 : 20;
    support::check_formula(
        of(interpolation::linear), 510, 2999, [](long double s) { return 2e-2L + (1e-4L - 2e-2L) * (s - 510) / 2490; },
        4, wrong);
    support::check_formula(
        of(interpolation::cosine), 10, 509,
        [](long double s) { return 1e-3L + (2e-2L - 1e-3L) * (1 - std::cos(std::acos(-1.0L) * (s - 10) / 500)) / 2; },
        6, wrong);
    support::check_formula(
        of(interpolation::exponential), 510, 2999,
        [](long double s) { return 2e-2L * std::pow(1e-4L / 2e-2L, (s - 510) / 2490); }, 4 * slack, wrong);
    CHECK(wrong.text() == "");
}

TEST_CASE("piecewise: fill, bounds and order, wherever one asks") {
    support::complaints wrong;
    for (const auto between :
         {interpolation::constant, interpolation::linear, interpolation::cosine, interpolation::exponential}) {
        const piecewise lr{{.at = {0, 30, 30, 400, pacer::longest},
                            .rates = {1e-3, 2e-3, 1e-4, 1e-2, 3e-5},
                            .interpolation = between,
                            .total_steps = pacer::endless}};
        support::check_everywhere(lr, 3e-5, 1e-2, wrong);
        for (const step_t first : {step_t{400}, pacer::longest / 2 - 500, pacer::longest - 1000})
            CHECK(support::is_monotone(lr, first, first + 1000));
        CHECK(support::is_monotone(lr, 30, 400, false));
        support::check_everywhere(piecewise<float>{{.at = {5, 40, 300},
                                                    .rates = {1e-3, 2e-3, 1e-4},
                                                    .interpolation = between,
                                                    .total_steps = 200,
                                                    .warmup = warmup_steps(50),
                                                    .past_end = pacer::past_end::repeat}},
                                  0, 2e-3f, wrong);
    }
    CHECK(wrong.text() == "");
}

TEST_CASE("piecewise: what is an error") {
    const auto of = [](const pacer::piecewise_params<>& p) { return support::error_of([&] { piecewise<>{p}; }); };
    CHECK(of({}) == "pacer: at: must be given, as steps of the whole run");
    CHECK(of({.at = {0, 5}, .rates = {1}}) == "pacer: rates = 1: so many values: must be as many as steps in at");
    CHECK(of({.at = {0, 5}, .rates = {1, -1}}) == "pacer: rates = -1: must be finite rates of 0 or more");
    CHECK(of({.at = {6, 5}, .rates = {1, 1}}) == "pacer: at = 5: must not decrease");
    CHECK(of({.at = {-6, 5}, .rates = {1, 1}}) == "pacer: at = -6: must be steps from 0 to 2^53");
    CHECK(of({.at = {0, 5}, .rates = {1, 0}, .interpolation = interpolation::exponential}) ==
          "pacer: rates = 0: must be above 0 for an exponential interpolation");
    CHECK(of({.at = {0, 5}, .rates = {1, 0}, .interpolation = static_cast<interpolation>(9)}) ==
          "pacer: interpolation = 9: must be one of constant, linear, cosine, exponential");
    CHECK(of({.at = {0, 5}, .rates = {1, 0}, .warmup = warmup_steps(6)}) ==
          "pacer: warmup = 6: must be at most total_steps (5)");
    CHECK(support::error_of([] {
              pacer::piecewise_params<float> p{.at = {0}, .rates = {1e200}};
              pacer::piecewise<float>{p};
          }) == "pacer: rates = 1e+200: must be finite rates of 0 or more");
    CHECK(of({.at = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}, .rates = {1}}) ==
          "pacer: at = 17: so many values: at most 16; for more, an expression");
}
