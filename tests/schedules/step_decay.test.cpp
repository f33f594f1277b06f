// SPDX-License-Identifier: MIT
#include "support/curve.hpp"
#include "support/error_of.hpp"
#include "support/golden.hpp"

#include <pacer/schedules/step_decay.hpp>

using pacer::step_decay;
using pacer::step_t;
using pacer::warmup_steps;

TEST_CASE("step_decay: a lower rate every n updates after the warm-up") {
    BOTH_CHECK(step_decay{{.peak_lr = v(1e-3), .every = 30}}(v(step_t{29})) == 1e-3);
    BOTH_CHECK(step_decay{{.peak_lr = v(8.0), .factor = 0.5, .every = 30}}(v(step_t{30})) == 4);
    BOTH_CHECK(step_decay{{.peak_lr = v(8.0), .factor = 0.5, .every = 30}}(v(step_t{99})) == 1);
    BOTH_CHECK(step_decay{{.peak_lr = v(8.0), .factor = 0.5, .every = 3, .warmup = warmup_steps(4)}}(v(step_t{6})) ==
               8);
    BOTH_CHECK(step_decay{{.peak_lr = v(8.0), .factor = 0.5, .every = 3, .warmup = warmup_steps(4)}}(v(step_t{7})) ==
               4);
    BOTH_CHECK(step_decay{{.peak_lr = v(8.0), .factor = 0.5, .every = 3, .warmup = warmup_steps(4)}}(v(step_t{1})) ==
               2);
    BOTH_CHECK(step_decay{{.peak_lr = v(8.0), .min_lr = pacer::lr_ratio(0.4), .every = 3}}(v(step_t{900})) == 3.2);
    BOTH_CHECK(step_decay{{.peak_lr = v(8.0), .factor = 0.5, .every = 3, .total_steps = 4}}(v(step_t{900})) == 4);
    BOTH_CHECK(step_decay{{.peak_lr = v(8.0), .factor = 0.5, .every = 3}}(v(pacer::endless)) == 0);
    BOTH_CHECK(step_decay{{.peak_lr = v(8.0), .factor = 1, .every = pacer::longest}}(v(pacer::endless)) == 8);
    BOTH_CHECK(step_decay<float>{{.peak_lr = v(8.0f), .factor = 0.5, .every = 3}}(v(step_t{3})) == 4.0f);
}

TEST_CASE("step_decay: PyTorch's StepLR") {
    const step_decay lr{{.peak_lr = 3e-3, .factor = 0.3, .every = 7}};
    support::complaints wrong;
    for (const auto& row : support::golden("cycles.csv", 3))
        if (row[0] == "step" &&
            support::magnitude(lr(support::count(row[1])) - support::number(row[2])) > 4 * support::ulp(3e-3))
            wrong.add(row[1]);
    CHECK(wrong.text() == "");
}

TEST_CASE("step_decay: every rate is the product of its factors, rounded once") {
    const double slack = support::same_way == 0 ? 1 : 20;  // -ffast-math undoes the sums of two doubles
    support::complaints wrong;
    for (const double factor : {0.1, 0.3, 0.9, 0.97, 0.999}) {
        const step_decay lr{{.peak_lr = 3e-3, .factor = factor, .every = 2}};
        long double product = 3e-3;
        for (step_t s = 0; s < 120; s += 2, product *= static_cast<long double>(factor))
            if (support::magnitude(lr(s) - static_cast<double>(product)) > slack * support::ulp(lr(s)) ||
                lr(s) != lr(s + 1))
                wrong.add(factor, " at ", s, ": ", lr(s));
    }
    CHECK(wrong.text() == "");
}

TEST_CASE("step_decay: fill, bounds and order, wherever one asks") {
    support::complaints wrong;
    for (const double factor : {0.1, 0.99, 1 - 0x1p-53, 1.0})
        for (const step_t every : {step_t{1}, step_t{13}, step_t{1'000'003}, pacer::longest}) {
            support::check_everywhere(step_decay{{.peak_lr = 3e-3, .factor = factor, .every = every}}, 0, 3e-3, wrong);
            support::check_everywhere(step_decay<float>{{.peak_lr = 3e-3f,
                                                         .min_lr = 1e-4f,
                                                         .factor = factor,
                                                         .every = every,
                                                         .total_steps = 5000,
                                                         .warmup = warmup_steps(77),
                                                         .past_end = pacer::past_end::repeat}},
                                      0, 3e-3f, wrong);
        }
    const step_decay slow{{.peak_lr = 3e-3, .factor = 1 - 0x1p-53, .every = 1}};
    for (const step_t first : {step_t{0}, (step_t{1} << 40) - 500, step_t{1} << 49, pacer::longest - 1000})
        CHECK(support::is_monotone(slow, first, first + 1000));
    CHECK(wrong.text() == "");
}

TEST_CASE("step_decay: what is an error") {
    const auto of = [](const pacer::step_decay_params<>& p) { return support::error_of([&] { step_decay<>{p}; }); };
    CHECK(of({.every = 3}) == "pacer: peak_lr: must be given, as a finite rate of 0 or more");
    CHECK(of({.peak_lr = 1}) == "pacer: every: must be given, as a number of updates from 0 to 2^53");
    CHECK(of({.peak_lr = 1, .every = 0}) == "pacer: every = 0: must be 1 or more");
    CHECK(of({.peak_lr = 1, .factor = 0, .every = 3}) == "pacer: factor = 0: must be above 0 and at most 1");
    CHECK(of({.peak_lr = 1, .factor = 2, .every = 3}) == "pacer: factor = 2: must be above 0 and at most 1");
    CHECK(of({.peak_lr = 1, .min_lr = 2.0, .every = 3}) == "pacer: min_lr = 2: must be at most peak_lr (1)");
    CHECK(of({.peak_lr = 1, .every = 3, .warmup = pacer::warmup_ratio(0.1)}) ==
          "pacer: warmup = 0.1: a warmup_ratio needs total_steps");
    CHECK(of({.peak_lr = 1, .every = 3, .past_end = pacer::past_end::wave}) ==
          "pacer: past_end = past_end::wave: is for cosine schedules");
}
