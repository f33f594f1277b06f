// SPDX-License-Identifier: MIT
#include "support/curve.hpp"
#include "support/error_of.hpp"
#include "support/golden.hpp"

#include <pacer/schedules/multi_step.hpp>

using pacer::multi_step;
using pacer::step_t;
using pacer::warmup_steps;

TEST_CASE("multi_step: a factor at each milestone, or a rate") {
    BOTH_CHECK(multi_step{{.peak_lr = v(1.0), .milestones = {30, 60, 90}, .factor = 0.5}}(v(step_t{29})) == 1);
    BOTH_CHECK(multi_step{{.peak_lr = v(1.0), .milestones = {30, 60, 90}, .factor = 0.5}}(v(step_t{30})) == 0.5);
    BOTH_CHECK(multi_step{{.peak_lr = v(1.0), .milestones = {30, 60, 90}, .factor = 0.5}}(v(pacer::endless)) == 0.125);
    BOTH_CHECK(multi_step{{.peak_lr = v(1.0), .milestones = {30, 60}, .rates = {2.0, 1e-5}}}(v(step_t{29})) == 1);
    BOTH_CHECK(multi_step{{.peak_lr = v(1.0), .milestones = {30, 60}, .rates = {2.0, 1e-5}}}(v(step_t{30})) == 2);
    BOTH_CHECK(multi_step{{.peak_lr = v(1.0), .milestones = {30, 60}, .rates = {2.0, 1e-5}}}(v(step_t{60})) == 1e-5);
    // equal milestones multiply twice; of equal steps with rates the later counts
    BOTH_CHECK(multi_step{{.peak_lr = v(1.0), .milestones = {3, 3}, .factor = 0.5}}(v(step_t{3})) == 0.25);
    BOTH_CHECK(multi_step{{.peak_lr = v(1.0), .milestones = {3, 3}, .rates = {0.5, 0.75}}}(v(step_t{3})) == 0.75);
    // milestones are steps of the whole run
    BOTH_CHECK(multi_step{{.peak_lr = v(8.0), .milestones = {5}, .factor = 0.5, .warmup = warmup_steps(4)}}(2) == 4);
    BOTH_CHECK(multi_step{{.peak_lr = v(8.0), .milestones = {5}, .factor = 0.5, .warmup = warmup_steps(4)}}(4) == 8);
    BOTH_CHECK(multi_step{{.peak_lr = v(8.0), .milestones = {5}, .factor = 0.5, .warmup = warmup_steps(4)}}(5) == 4);
    BOTH_CHECK(multi_step{{.peak_lr = v(8.0), .milestones = {5, 7}, .factor = 0.5, .total_steps = 6}}(9) == 4);
    BOTH_CHECK(multi_step<float>{{.peak_lr = v(8.0f), .milestones = {5}, .rates = {0.1}}}(v(step_t{5})) == 0.1f);
    BOTH_CHECK(multi_step{{.peak_lr = v(8.0), .milestones = {5}, .factor = 0.5}}.params().milestones.size() == 1);
}

TEST_CASE("multi_step: PyTorch's MultiStepLR") {
    const multi_step lr{{.peak_lr = 3e-3, .milestones = {5, 11, 11, 40}, .factor = 0.3}};
    support::complaints wrong;
    for (const auto& row : support::golden("cycles.csv", 3))
        if (row[0] == "multi_step" &&
            support::magnitude(lr(support::count(row[1])) - support::number(row[2])) > 4 * support::ulp(3e-3))
            wrong.add(row[1]);
    CHECK(wrong.text() == "");
}

TEST_CASE("multi_step: fill and bounds, wherever one asks") {
    support::complaints wrong;
    support::check_everywhere(multi_step{{.peak_lr = 3e-3, .milestones = {5, 11, 11, 40}, .factor = 0.3}}, 0, 3e-3,
                              wrong);
    support::check_everywhere(multi_step<float>{{.peak_lr = 3e-3f,
                                                 .milestones = {30, 31, 170, pacer::longest},
                                                 .rates = {1e-4, 2.0, 0, 1e-3},
                                                 .total_steps = 400,
                                                 .warmup = warmup_steps(20),
                                                 .warmup_shape = pacer::ramp_shape::power(4),
                                                 .past_end = pacer::past_end::repeat}},
                              0, 2, wrong);
    support::check_everywhere(multi_step{{.peak_lr = 1.7e308,
                                          .milestones = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
                                          .factor = 1e-300}},
                              0, 1.7e308, wrong);
    CHECK(wrong.text() == "");
}

TEST_CASE("multi_step: what is an error") {
    const auto of = [](const pacer::multi_step_params<>& p) { return support::error_of([&] { multi_step<>{p}; }); };
    CHECK(of({.milestones = {3}, .factor = 0.5}) == "pacer: peak_lr: must be given, as a finite rate of 0 or more");
    CHECK(of({.peak_lr = 1, .factor = 0.5}) == "pacer: milestones: must be given, as steps of the whole run");
    CHECK(of({.peak_lr = 1, .milestones = {3}}) == "pacer: factor: of factor and rates one must be given");
    CHECK(of({.peak_lr = 1, .milestones = {3}, .factor = 0.5, .rates = {1}}) ==
          "pacer: factor = 0.5: of factor and rates only one must be given");
    CHECK(of({.peak_lr = 1, .milestones = {3}, .factor = 1.5}) == "pacer: factor = 1.5: must be above 0 and at most 1");
    CHECK(of({.peak_lr = 1, .milestones = {3, 4}, .rates = {1}}) ==
          "pacer: rates = 1: so many values: must be as many as milestones");
    CHECK(of({.peak_lr = 1, .milestones = {3}, .rates = {-2}}) ==
          "pacer: rates = -2: must be finite rates of 0 or more");
    CHECK(of({.peak_lr = 1, .milestones = {4, 3}, .factor = 0.5}) == "pacer: milestones = 3: must not decrease");
    CHECK(of({.peak_lr = 1, .milestones = {-4, 3}, .factor = 0.5}) ==
          "pacer: milestones = -4: must be steps from 0 to 2^53");
    CHECK(of({.peak_lr = 1, .milestones = {0, 3}, .factor = 0.5}) ==
          "pacer: milestones = 0: must be past the warm-up, and not 0");
    CHECK(of({.peak_lr = 1, .milestones = {5}, .factor = 0.5, .warmup = warmup_steps(5)}) ==
          "pacer: milestones = 5: must be past the warm-up, and not 0");
    CHECK(
        of({.peak_lr = 1, .milestones = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}, .factor = 0.5}) ==
        "pacer: milestones = 17: so many values: at most 16; for more, an expression");
    CHECK(of({.peak_lr = 1, .milestones = {3}, .factor = 0.5, .past_end = pacer::past_end::wave}) ==
          "pacer: past_end = past_end::wave: is for cosine schedules");
}
