// SPDX-License-Identifier: MIT
#include "support/curve.hpp"
#include "support/error_of.hpp"
#include "support/golden.hpp"

#include <pacer/schedules/exponential.hpp>
#include <pacer/schedules/step_decay.hpp>

#include <algorithm>
#include <cmath>

using pacer::exponential;
using pacer::lr_ratio;
using pacer::step_t;
using pacer::warmup_steps;
using support::error_of;

namespace {

constexpr double slack = support::same_way == 0 ? 1 : 1e4;  // -ffast-math undoes the sums of two doubles

}  // namespace

TEST_CASE("exponential: a straight line on a logarithmic scale, from one rate to another") {
    BOTH_CHECK(exponential{{.peak_lr = v(1.6e-4), .end_lr = 1.6e-6, .total_steps = 30'000}}(v(step_t{0})) == 1.6e-4);
    BOTH_CHECK(support::ulps(exponential{{.peak_lr = v(1.6e-4), .end_lr = 1.6e-6, .total_steps = 30'000}}(15'000),
                             1.6e-5) <= 1 + support::same_way);
    BOTH_CHECK(exponential{{.peak_lr = v(1.6e-4), .end_lr = 1.6e-6, .total_steps = 30'000}}(v(step_t{30'000})) ==
               1.6e-6);
    BOTH_CHECK(exponential{{.peak_lr = v(1.0), .end_lr = lr_ratio(0.25), .total_steps = 2}}(v(step_t{1})) == 0.5);
    // upwards, as a range test runs
    BOTH_CHECK(exponential{{.peak_lr = v(1.0), .end_lr = 16.0, .total_steps = 4}}(v(step_t{3})) == 8);
    BOTH_CHECK(exponential{{.peak_lr = v(1.0), .end_lr = 16.0, .total_steps = 4}}(v(step_t{9})) == 16);
}

TEST_CASE("exponential: a factor for every update, or for every so many") {
    BOTH_CHECK(exponential{{.peak_lr = v(8.0), .gamma = 0.5}}(v(step_t{3})) == 1);
    BOTH_CHECK(exponential{{.peak_lr = v(8.0), .gamma = 0.25, .every = 2}}(v(step_t{3})) == 1);
    BOTH_CHECK(exponential{{.peak_lr = v(8.0), .gamma = 0.25, .every = 2, .staircase = true}}(v(step_t{3})) == 2);
    BOTH_CHECK(exponential{{.peak_lr = v(8.0), .min_lr = 3.0, .gamma = 0.5}}(v(step_t{2})) == 3);
    BOTH_CHECK(exponential{{.peak_lr = v(8.0), .gamma = 0.5, .warmup = warmup_steps(4)}}(v(step_t{2})) == 4);
    BOTH_CHECK(exponential{{.peak_lr = v(8.0), .gamma = 0.5, .warmup = warmup_steps(4)}}(v(step_t{5})) == 4);
    BOTH_CHECK(exponential{{.peak_lr = v(8.0), .gamma = 0.5}}.total_steps() == pacer::endless);
    BOTH_CHECK(exponential{{.peak_lr = v(8.0), .gamma = 0.5, .total_steps = 2}}(v(step_t{7})) == 2);
    BOTH_CHECK(exponential{{.peak_lr = v(8.0), .gamma = 1}}(v(pacer::endless)) == 8);
    BOTH_CHECK(exponential{{.peak_lr = v(8.0), .gamma = 0.5}}(v(pacer::endless)) == 0);
    BOTH_CHECK(exponential{{.peak_lr = v(0.0), .gamma = 0.5}}(v(step_t{1})) == 0);
}

TEST_CASE("exponential: within 2 ULP of the exact value over the whole range, also of floats") {
    double worst = 0;
    for (const auto& row : support::golden("geometric.csv", 5)) {
        const double factor = support::number(row[1]);
        const step_t k = support::count(row[2]);
        const exponential lr{{.peak_lr = support::number(row[0]), .gamma = factor, .warmup = warmup_steps(5)}};
        const double high = support::number(row[3]);
        worst = std::max(worst, support::magnitude((lr(k + 5) - high) - support::number(row[4])) / support::ulp(high));
    }
    CHECK(worst <= 2 * slack);
    const exponential<float> narrow{{.peak_lr = 0.5f, .gamma = 0.99}};
    const exponential wide{{.peak_lr = 0.5, .gamma = 0.99}};
    bool same = true;
    for (step_t s = 0; s < 3000; ++s)
        same = same && narrow(s) == static_cast<float>(wide(s));
    CHECK(same);
}

TEST_CASE("exponential: PyTorch's ExponentialLR, and the formula after a warm-up") {
    support::complaints wrong;
    const exponential lr{{.peak_lr = 3e-3, .gamma = 0.93}};
    for (const auto& row : support::golden("cycles.csv", 3))
        if (row[0] == "exponential" &&
            support::magnitude(lr(support::count(row[1])) - support::number(row[2])) > 4 * support::ulp(3e-3))
            wrong.add(row[1]);
    const exponential late{{.peak_lr = 1.0, .end_lr = 1e-3, .total_steps = 1000, .warmup = warmup_steps(100)}};
    support::check_formula(
        late, 100, 999, [](long double s) { return std::pow(1e-3L, (s - 100) / 900); }, 4 * slack, wrong);
    // a warm-up of 12.34 updates; the decay begins with what is left of the 13th
    const exponential between{{.peak_lr = 1.0,
                               .end_lr = 1e-3,
                               .total_steps = 100,
                               .warmup = pacer::warmup_ratio(0.1234, pacer::rounding::exact)}};
    support::check_formula(
        between, 13, 99, [](long double s) { return std::pow(1e-3L, (s - 12.34L) / 87.66L); }, 8 * slack, wrong);
    CHECK(wrong.text() == "");
}

TEST_CASE("exponential: fill, bounds and order, wherever one asks") {
    support::complaints wrong;
    support::check_everywhere(exponential{{.peak_lr = 3e-3, .gamma = 0.93, .warmup = warmup_steps(30)}}, 0, 3e-3,
                              wrong);
    support::check_everywhere(
        exponential{{.peak_lr = 3e-3, .min_lr = 1e-4, .gamma = 0.93, .every = 9, .staircase = true}}, 1e-4, 3e-3,
        wrong);
    support::check_everywhere(exponential<float>{{.peak_lr = 3e-3f, .gamma = 1 - 1e-15}}, 0, 3e-3f, wrong);
    support::check_everywhere(exponential{{.peak_lr = 1e-3,
                                           .end_lr = 2.0,
                                           .total_steps = 777,
                                           .warmup = warmup_steps(5),
                                           .warmup_shape = pacer::ramp_shape::cosine,
                                           .past_end = pacer::past_end::repeat}},
                              0, 2, wrong);
#ifndef __FAST_MATH__  // which takes subnormal numbers for 0
    support::check_everywhere(
        exponential{
            {.peak_lr = 5e-324, .end_lr = 1.7e308, .total_steps = pacer::longest, .past_end = pacer::past_end::zero}},
        0, 1.7e308, wrong);
#endif
    CHECK(wrong.text() == "");
    for (const step_t total : {step_t{1000}, step_t{1'000'000'000}, pacer::longest}) {
        const exponential down{{.peak_lr = 3e-3, .end_lr = 1e-6, .total_steps = total}};
        const exponential up{{.peak_lr = 1e-7, .end_lr = 10.0, .total_steps = total}};
        for (const step_t first : {step_t{0}, total / 3, total / 2, total - 1000}) {
            CHECK(support::is_monotone(down, first, first + 1000));
            CHECK(support::is_monotone(up, first, first + 1000, false));
        }
    }
}

TEST_CASE("exponential: the stairs are those of step_decay") {
    const exponential lr{{.peak_lr = 3e-3, .gamma = 0.7, .every = 13, .staircase = true}};
    const pacer::step_decay other{{.peak_lr = 3e-3, .factor = 0.7, .every = 13}};
    bool same = true;
    for (step_t s = 0; s < 20'000; ++s)
        same = same && lr(s) == other(s);
    CHECK(same);
}

TEST_CASE("exponential: what is an error") {
    const auto of = [](const pacer::exponential_params<>& p) { return error_of([&] { exponential<>{p}; }); };
    CHECK(of({.gamma = 0.5}) == "pacer: peak_lr: must be given, as a finite rate of 0 or more");
    CHECK(of({.peak_lr = 1}) == "pacer: gamma: of gamma and end_lr one must be given");
    CHECK(of({.peak_lr = 1, .gamma = 0.5, .end_lr = 0.5, .total_steps = 9}) ==
          "pacer: gamma = 0.5: of gamma and end_lr only one must be given");
    CHECK(of({.peak_lr = 1, .gamma = 0}) == "pacer: gamma = 0: must be above 0 and at most 1");
    CHECK(of({.peak_lr = 1, .gamma = 1.5}) == "pacer: gamma = 1.5: must be above 0 and at most 1");
    CHECK(of({.peak_lr = 1, .min_lr = 2.0, .gamma = 0.5}) == "pacer: min_lr = 2: must be at most peak_lr (1)");
    CHECK(of({.peak_lr = 1, .end_lr = 0.5}) == "pacer: total_steps: must be given for a decay to end_lr");
    CHECK(of({.peak_lr = 1, .end_lr = 0.0, .total_steps = 9}) ==
          "pacer: end_lr = 0: must be above 0 for a decay to end_lr");
    CHECK(of({.peak_lr = 0, .end_lr = 1.0, .total_steps = 9}) ==
          "pacer: peak_lr = 0: must be above 0 for a decay to end_lr");
    CHECK(of({.peak_lr = 1, .min_lr = 0.5, .end_lr = 0.25, .total_steps = 9}) ==
          "pacer: min_lr = 0.5: must be at most end_lr (0.25)");
    CHECK(of({.peak_lr = 1, .gamma = 0.5, .every = 0}) == "pacer: every = 0: must be 1 or more");
    CHECK(of({.peak_lr = 1, .end_lr = 0.5, .every = 2, .total_steps = 9}) ==
          "pacer: every = 2: is for gamma, not for a decay to end_lr");
    CHECK(of({.peak_lr = 1, .end_lr = 0.5, .staircase = true, .total_steps = 9}) ==
          "pacer: staircase: is for gamma, not for a decay to end_lr");
    CHECK(of({.peak_lr = 1, .gamma = 0.5, .total_steps = 9, .warmup = warmup_steps(10)}) ==
          "pacer: warmup = 10: must be at most total_steps (9)");
    CHECK(of({.peak_lr = 1, .gamma = 0.5, .past_end = pacer::past_end::wave}) ==
          "pacer: past_end = past_end::wave: is for cosine schedules");
}
