// SPDX-License-Identifier: MIT
#include "support/curve.hpp"
#include "support/error_of.hpp"
#include "support/golden.hpp"

#include <pacer/schedules/one_cycle.hpp>

using pacer::lr_ratio;
using pacer::one_cycle;
using pacer::ramp_shape;
using pacer::step_t;

// pytorch, test_onecycle_lr_linear_annealing and test_onecycle_lr_linear_annealing_three_phases
TEST_CASE("one_cycle: the lists PyTorch tests with") {
    constexpr double two[] = {1, 13, 25, 21.5, 18, 14.5, 11, 7.5, 4, 0.5};
    constexpr double three[] = {1, 9, 17, 25, 17, 9, 1, 0.75, 0.5, 0.25};
    const one_cycle lr_two{{.peak_lr = 25.0, .end_lr = 0.5, .total_steps = 10, .shape = ramp_shape::linear}};
    const one_cycle lr_three{{.peak_lr = 25.0,
                              .end_lr = lr_ratio(1.0 / 25 / 4),
                              .pct_start = 0.4,
                              .three_phase = true,
                              .total_steps = 10,
                              .shape = ramp_shape::linear}};
    for (step_t s = 0; s < 10; ++s) {
        CHECK(support::ulps(lr_two(s), two[s]) <= 1 + support::same_way);
        CHECK(support::ulps(lr_three(s), three[s]) <= 1 + support::same_way);
    }
}

TEST_CASE("one_cycle: PyTorch's OneCycleLR, also where a phase ends between two updates or before the first") {
    support::complaints wrong;
    double worst = 0;
    for (const auto& row : support::golden("one_cycle.csv", 8)) {
        const double div = support::number(row[4]);
        const one_cycle lr{{.peak_lr = 3e-3,
                            .end_lr = lr_ratio(1 / div / support::number(row[5])),
                            .pct_start = support::number(row[1]),
                            .three_phase = row[2] == "1",
                            .total_steps = support::count(row[0]),
                            .shape = row[3] == "cos" ? ramp_shape::cosine : ramp_shape::linear,
                            .init_lr = lr_ratio(1 / div)}};
        const double off =
            support::magnitude(lr(support::count(row[6])) - support::number(row[7])) / support::ulp(3e-3);
        worst = off > worst ? off : worst;
        if (off > 4)
            wrong.add(row[0], ' ', row[1], ' ', row[2], ' ', row[3], " at ", row[6], ": off by ", off);
    }
    INFO(worst);
    CHECK(wrong.text() == "");
}

TEST_CASE("one_cycle: exact at the start, at a peak that is an update, and from the last update on") {
    BOTH_CHECK(one_cycle{{.peak_lr = v(1.0), .pct_start = 0.5, .total_steps = 10}}(v(step_t{0})) == 0.04);
    BOTH_CHECK(one_cycle{{.peak_lr = v(1.0), .pct_start = 0.5, .total_steps = 10}}(v(step_t{4})) == 1);
    BOTH_CHECK(one_cycle{{.peak_lr = v(1.0), .pct_start = 0.5, .total_steps = 10}}(v(step_t{9})) == 4e-6);
    BOTH_CHECK(one_cycle{{.peak_lr = v(1.0), .pct_start = 0.5, .total_steps = 10}}(v(step_t{10})) == 4e-6);
    BOTH_CHECK(one_cycle{{.peak_lr = v(1.0), .end_lr = 0.0, .total_steps = 10, .init_lr = 0.5}}(v(step_t{99})) == 0);
    BOTH_CHECK(one_cycle{{.peak_lr = v(1.0), .end_lr = 0.0, .total_steps = 10, .init_lr = 0.5}}(v(step_t{0})) == 0.5);
    BOTH_CHECK(one_cycle{{.peak_lr = v(1.0), .pct_start = 0.5, .three_phase = true, .total_steps = 12}}(5) == 1);
    BOTH_CHECK(one_cycle{{.peak_lr = v(1.0), .pct_start = 0.25, .three_phase = true, .total_steps = 24}}(10) == 0.04);
    // no rise at all, and all of the run
    BOTH_CHECK(one_cycle{{.peak_lr = v(1.0), .pct_start = 0.1, .total_steps = 10}}(v(step_t{0})) == 1);
    BOTH_CHECK(one_cycle{{.peak_lr = v(1.0), .pct_start = 1, .total_steps = 10}}(v(step_t{9})) == 1);
    BOTH_CHECK(one_cycle{{.peak_lr = v(1.0), .total_steps = 1}}(v(step_t{0})) == 4e-6);
    BOTH_CHECK(one_cycle{{.peak_lr = v(1.0), .total_steps = 0}}(v(step_t{0})) == 4e-6);
}

TEST_CASE("one_cycle: fill, bounds and order, wherever one asks") {
    support::complaints wrong;
    for (const step_t total :
         {step_t{0}, step_t{1}, step_t{2}, step_t{3}, step_t{10}, step_t{777}, step_t{1'000'000'000}, pacer::longest})
        for (const double pct : {0.0, 0.1, 0.3, 0.5})
            for (const bool three : {false, true})
                for (const ramp_shape shape : {ramp_shape::cosine, ramp_shape::linear, ramp_shape::power(3)}) {
                    const one_cycle lr{{.peak_lr = 3e-3,
                                        .end_lr = 1e-7,
                                        .pct_start = pct,
                                        .three_phase = three,
                                        .total_steps = total,
                                        .shape = shape,
                                        .past_end = pacer::past_end::repeat}};
                    if (total % 7 == 0 || pct == 0.3)
                        support::check_everywhere(lr, 1e-7, 3e-3, wrong);
                    const auto top = static_cast<step_t>(static_cast<double>(total) * pct);
                    const step_t window = top > 1000 ? 1000 : top;
                    CHECK(support::is_monotone(lr, 0, window > 1 ? window - 1 : 0, false));
                    CHECK(support::is_monotone(lr, top, top + 1000 < total ? top + 1000 : total - 1));
                    CHECK(support::is_monotone(lr, total > 1000 ? total - 1000 : top, total - 1));
                }
    support::check_everywhere(one_cycle<float>{{.peak_lr = 3e-3f, .total_steps = 100}}, 1e-8, 3e-3f, wrong);
    CHECK(wrong.text() == "");
}

TEST_CASE("one_cycle: what is an error") {
    const auto of = [](const pacer::one_cycle_params<>& p) { return support::error_of([&] { one_cycle<>{p}; }); };
    CHECK(of({.total_steps = 9}) == "pacer: peak_lr: must be given, as a finite rate of 0 or more");
    CHECK(of({.peak_lr = 1}) == "pacer: total_steps: must be given, as a number of updates from 0 to 2^53");
    CHECK(of({.peak_lr = 1, .end_lr = 2.0, .total_steps = 9}) == "pacer: end_lr = 2: must be at most peak_lr (1)");
    CHECK(of({.peak_lr = 1, .total_steps = 9, .init_lr = 2.0}) == "pacer: init_lr = 2: must be at most peak_lr (1)");
    CHECK(of({.peak_lr = 1, .pct_start = 1.5, .total_steps = 9}) == "pacer: pct_start = 1.5: must be from 0 to 1");
    CHECK(of({.peak_lr = 1, .pct_start = 0.6, .three_phase = true, .total_steps = 9}) ==
          "pacer: pct_start = 0.6: must be from 0 to 0.5 with three phases");
    CHECK(of({.peak_lr = 1, .end_lr = 0.0, .total_steps = 9, .shape = ramp_shape::exponential}) ==
          "pacer: end_lr = 0: must be above 0 for an exponential ramp");
    CHECK(of({.peak_lr = 1, .total_steps = 9, .past_end = pacer::past_end::wave}) ==
          "pacer: past_end = past_end::wave: is for cosine schedules");
}
