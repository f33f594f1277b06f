// SPDX-License-Identifier: MIT
#include "support/curve.hpp"
#include "support/error_of.hpp"
#include "support/golden.hpp"

#include <pacer/schedules/sgdr.hpp>

#include <cmath>

using pacer::sgdr;
using pacer::step_t;
using pacer::warmup_steps;

TEST_CASE("sgdr: cycles of 10, 20 and 40 updates restart exactly at 10, 30 and 70") {
    constexpr sgdr lr{{.peak_lr = 3e-3, .min_lr = 1e-4, .cycle_steps = 10, .growth = 2}};
    static_assert(lr(0) == 3e-3 && lr(10) == 3e-3 && lr(30) == 3e-3 && lr(70) == 3e-3 && lr(150) == 3e-3);
    for (step_t s = 1; s <= 150; ++s) {
        const bool restarts = s == 10 || s == 30 || s == 70 || s == 150;
        CHECK((lr(s) > lr(s - 1)) == restarts);
    }
}

TEST_CASE("sgdr: PyTorch's CosineAnnealingWarmRestarts") {
    support::complaints wrong;
    const sgdr growing{{.peak_lr = 3e-3, .min_lr = 1e-4, .cycle_steps = 10, .growth = 2}};
    const sgdr equal{{.peak_lr = 3e-3, .cycle_steps = 9}};
    for (const auto& row : support::golden("cycles.csv", 3)) {
        if (row[0] != "sgdr" && row[0] != "restarts")
            continue;
        const double rate = (row[0] == "sgdr" ? growing : equal)(support::count(row[1]));
        if (support::magnitude(rate - support::number(row[2])) > 4 * support::ulp(3e-3))
            wrong.add(row[0], " at ", row[1], ": ", rate);
    }
    CHECK(wrong.text() == "");
}

TEST_CASE("sgdr: peaks that fall, not below the floor, and a warm-up in each cycle") {
    BOTH_CHECK(sgdr{{.peak_lr = v(8.0), .cycle_steps = 10, .growth = 2, .peak_factor = 0.5}}(v(step_t{10})) == 4);
    BOTH_CHECK(sgdr{{.peak_lr = v(8.0), .cycle_steps = 10, .growth = 2, .peak_factor = 0.5}}(v(step_t{30})) == 2);
    BOTH_CHECK(sgdr{{.peak_lr = v(8.0), .min_lr = 3.0, .cycle_steps = 10, .peak_factor = 0.5}}(v(step_t{70})) == 3);
    BOTH_CHECK(sgdr{{.peak_lr = v(8.0), .min_lr = 2.0, .cycle_steps = 10, .warmup = warmup_steps(4)}}(v(step_t{0})) ==
               0);
    BOTH_CHECK(sgdr{{.peak_lr = v(8.0), .min_lr = 2.0, .cycle_steps = 10, .warmup = warmup_steps(4)}}(v(step_t{4})) ==
               8);
    BOTH_CHECK(sgdr{{.peak_lr = v(8.0), .min_lr = 2.0, .cycle_steps = 10, .warmup = warmup_steps(4)}}(v(step_t{7})) ==
               5);
    BOTH_CHECK(sgdr{{.peak_lr = v(8.0), .min_lr = 2.0, .cycle_steps = 10, .warmup = warmup_steps(4)}}(v(step_t{10})) ==
               2);
    BOTH_CHECK(sgdr{{.peak_lr = v(8.0), .min_lr = 2.0, .cycle_steps = 10, .warmup = warmup_steps(4)}}(v(step_t{12})) ==
               5);
    BOTH_CHECK(sgdr{{.peak_lr = v(8.0), .min_lr = 2.0, .cycle_steps = 10, .warmup = warmup_steps(4)}}(v(step_t{14})) ==
               8);
    BOTH_CHECK(sgdr{{.peak_lr = v(8.0), .cycle_steps = 4, .warmup = warmup_steps(4)}}(v(step_t{7})) == 6);
    BOTH_CHECK(sgdr{{.peak_lr = v(8.0), .cycle_steps = 10, .total_steps = 15}}(v(step_t{99})) == 4);
    BOTH_CHECK(sgdr{{.peak_lr = v(8.0), .cycle_steps = 10, .total_steps = 10}}(v(step_t{99})) == 8);
}

TEST_CASE("sgdr: the formula, in cycles of any growth, after whole and fractional warm-ups") {
    support::complaints wrong;
    for (const step_t growth : {step_t{1}, step_t{2}, step_t{3}, step_t{10}})
        for (const auto& warmup : {pacer::warmup(pacer::no_warmup), pacer::warmup(warmup_steps(5)),
                                   pacer::warmup(pacer::warmup_ratio(0.00123, pacer::rounding::exact))}) {
            const sgdr lr{{.peak_lr = 3e-3,
                           .min_lr = 1e-4,
                           .cycle_steps = 20,
                           .growth = growth,
                           .peak_factor = 0.75,
                           .total_steps = 3000,
                           .warmup = warmup,
                           .init_lr = 1e-4}};
            const auto w = static_cast<long double>(warmup.length(3000));
            support::check_formula(
                lr, 0, 2999,
                [&](long double s) {
                    long double start = 0;
                    long double length = 20;
                    long double peak = 3e-3L;
                    while (s >= start + length) {
                        start += length;
                        length *= static_cast<long double>(growth);
                        peak *= 0.75L;
                    }
                    const long double top = peak > 1e-4L ? peak : 1e-4L;
                    const long double x = s - start;
                    if (x < w)
                        return 1e-4L + (top - 1e-4L) * x / w;
                    return 1e-4L + (top - 1e-4L) * (1 + std::cos(std::acos(-1.0L) * (x - w) / (length - w))) / 2;
                },
                8, wrong);
        }
    CHECK(wrong.text() == "");
}

TEST_CASE("sgdr: cycles end where sums of integers say, also at the largest steps") {
    support::complaints wrong;
    for (const step_t length : {step_t{1}, step_t{2}, step_t{7}, step_t{1'000'003}, pacer::longest})
        for (const step_t growth : {step_t{2}, step_t{3}, step_t{1000}, pacer::longest}) {
            step_t number = 0;
            step_t start = 0;
            for (step_t n = length;; n *= growth) {
                for (const step_t step : {start, start + n - 1}) {
                    const pacer::detail::cycle c = pacer::detail::cycle_of(step, length, growth);
                    if (c.number != number || c.start != start || c.last != start + n - 1)
                        wrong.add(length, ' ', growth, " at ", step, ": ", c.number, ' ', c.start, ' ', c.last);
                }
                start += n;
                number += 1;
                if (n > (pacer::endless - start) / growth)
                    break;
            }
            const pacer::detail::cycle last = pacer::detail::cycle_of(pacer::endless, length, growth);
            if (last.number != number || last.start != start || last.last != pacer::endless)
                wrong.add(length, ' ', growth, ": ", last.number, ' ', last.start, ' ', last.last);
        }
    CHECK(wrong.text() == "");
}

TEST_CASE("sgdr: fill, bounds and order, wherever one asks") {
    support::complaints wrong;
    for (const step_t length : {step_t{1}, step_t{10}, step_t{997}, step_t{1'000'000'000}, pacer::longest})
        for (const step_t growth : {step_t{1}, step_t{2}, step_t{7}, pacer::longest}) {
            const sgdr lr{{.peak_lr = 3e-3, .min_lr = 1e-4, .cycle_steps = length, .growth = growth}};
            support::check_everywhere(lr, 1e-4, 3e-3, wrong);
            for (const step_t first : {step_t{0}, length / 2 - length / 5, length - (length > 1000 ? 1000 : length)})
                CHECK(support::is_monotone(lr, first, first + (length > 1000 ? 500 : length / 5)));
            for (const auto shape :
                 {pacer::ramp_shape::linear, pacer::ramp_shape::cosine, pacer::ramp_shape::exponential})
                support::check_everywhere(sgdr<float>{{.peak_lr = 3e-3f,
                                                       .min_lr = 1e-4,
                                                       .cycle_steps = length < 6 ? 6 : length,
                                                       .growth = growth,
                                                       .peak_factor = 0.9,
                                                       .total_steps = 6000,
                                                       .warmup = warmup_steps(6),
                                                       .warmup_shape = shape,
                                                       .init_lr = 1e-4f,
                                                       .first_step = pacer::first_step::over_plus_one,
                                                       .past_end = pacer::past_end::repeat}},
                                          9.99e-5, 3e-3f, wrong);
        }
    CHECK(wrong.text() == "");
}

TEST_CASE("sgdr: what is an error") {
    const auto of = [](const pacer::sgdr_params<>& p) { return support::error_of([&] { sgdr<>{p}; }); };
    CHECK(of({.cycle_steps = 3}) == "pacer: peak_lr: must be given, as a finite rate of 0 or more");
    CHECK(of({.peak_lr = 1}) == "pacer: cycle_steps: must be given, as a number of updates from 0 to 2^53");
    CHECK(of({.peak_lr = 1, .cycle_steps = 0}) == "pacer: cycle_steps = 0: must be 1 or more");
    CHECK(of({.peak_lr = 1, .cycle_steps = 3, .growth = 0}) == "pacer: growth = 0: must be 1 or more");
    CHECK(of({.peak_lr = 1, .cycle_steps = 3, .peak_factor = 2}) ==
          "pacer: peak_factor = 2: must be above 0 and at most 1");
    CHECK(of({.peak_lr = 1, .min_lr = 2.0, .cycle_steps = 3}) == "pacer: min_lr = 2: must be at most peak_lr (1)");
    CHECK(of({.peak_lr = 1, .cycle_steps = 3, .warmup = warmup_steps(4)}) ==
          "pacer: warmup = 4: must be at most cycle_steps (3)");
    CHECK(of({.peak_lr = 1, .cycle_steps = 3, .warmup = pacer::warmup_ratio(0.1)}) ==
          "pacer: warmup = 0.1: a warmup_ratio needs total_steps");
    for (const step_t warmup : {1, 2})
        CHECK(of({.peak_lr = 1,
                  .cycle_steps = 3,
                  .warmup = warmup_steps(warmup),
                  .warmup_shape = pacer::ramp_shape::exponential,
                  .init_lr = 1e-3}) == "pacer: min_lr = 0: must be above 0 for an exponential warm-up of every cycle");
    CHECK(of({.peak_lr = 1, .cycle_steps = 3, .past_end = pacer::past_end::wave}) ==
          "pacer: past_end = past_end::wave: is for cosine schedules");
}
