// SPDX-License-Identifier: MIT
// section: Computing the rate
// Reported cases, replayed. make_page.py makes docs/bugs.md of the comment above each test.
#include "support/check.hpp"

#include <pacer/dialects/deepspeed.hpp>
#include <pacer/pacer.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace {

using pacer::step_t;

constexpr step_t last_step = std::numeric_limits<step_t>::max();

double half_cosine(double progress) { return (1 + std::cos(std::numbers::pi * progress)) / 2; }

}  // namespace

// reported: calling step(2) ten times on a StepLR with a step size of 2 takes the rate from 1e-3 to 1e-13.
// why: the new rate is computed from the current one, so that the answer depends on how often it was asked for.
// here: a rate is computed from the step alone. Asked for it ten times, or in any order, it is the same.
TEST_CASE("pytorch/pytorch#20527: asking for the same step again changes the rate") {
    double current = 1e-3;
    const auto recursive = [&](step_t epoch) { return epoch % 2 == 0 ? current *= 0.1 : current; };
    for (int k = 0; k < 10; ++k)
        static_cast<void>(recursive(2));
    CHECK(current < 1.01e-13);

    const auto drop = pacer::scale(pacer::constant{{.peak_lr = 1e-3}}, 0.1);
    const auto stepwise = pacer::join(pacer::constant{{.peak_lr = 1e-3}}, 2, drop);
    static constexpr pacer::cosine lr{{.peak_lr = 1e-3, .total_steps = 10}};
    const double first = lr(2);
    for (int k = 0; k < 10; ++k) {
        CHECK(stepwise(2) == drop(0));
        static_cast<void>(lr(9 - k));
        CHECK(lr(2) == first);
    }
    CHECK(support::ulps(first, 1e-3 * half_cosine(0.2)) <= 4);
}

// reported: a cosine with T_max = 3 and a rate of 1 prints 1, 0.5625, 0.0833, 0, 0.5, 2.25. It should print 1, 0.75,
//   0.25, 0, 0.25, 0.75.
// why: the rate is a product that goes on from the current rate. Asking for it makes one more factor of it.
// here: the closed form, from the step. With `past_end::wave` it goes on past the end as the cosine does, and never
//   leaves the rates that were given.
TEST_CASE("pytorch/pytorch#20086: the recursive cosine gives rates that are not on the cosine") {
    const auto asked_twice = [](int t) {
        const double factor = half_cosine(t / 3.0) / half_cosine((t - 1) / 3.0);
        return half_cosine(t / 3.0) * factor;
    };
    CHECK(support::rounds_to(asked_twice(1), 0.5625, 4));
    CHECK(support::rounds_to(asked_twice(2), 0.0833, 4));
    CHECK(support::rounds_to(asked_twice(5), 2.25, 2));

    static constexpr pacer::cosine lr{{.peak_lr = 1.0, .total_steps = 3, .past_end = pacer::past_end::wave}};
    constexpr std::array right{1.0, 0.75, 0.25, 0.0, 0.25, 0.75, 1.0};
    for (int t = 0; t < 7; ++t)
        CHECK(support::magnitude(lr(t) - right[static_cast<std::size_t>(t)]) <= 0x1p-52);
    BOTH_CHECK(lr(v(0)) == 1 && lr(v(3)) == 0 && lr(v(6)) == 1);
}

// reported: a cosine of 10 steps that is stepped for longer ends with "float division by zero".
// why: the recursion divides by what is left of the curve, and at its end nothing is.
// here: no division by a rate. Every step has a finite rate, before the end, at it and past it.
TEST_CASE("pytorch/pytorch#17913: the recursive cosine divides by 0 after its end") {
    const double divisor = 1 + std::cos(std::numbers::pi * 10 / 10);
    CHECK(divisor == 0);

    static constexpr pacer::cosine held{{.peak_lr = 1.0, .total_steps = 10}};
    static constexpr pacer::cosine waves{{.peak_lr = 1.0, .total_steps = 10, .past_end = pacer::past_end::wave}};
    for (step_t step = 10; step <= 20; ++step) {
        CHECK(held(step) == 0);
        CHECK(waves(step) == waves(20 - step));
    }
    BOTH_CHECK(waves(v(20)) == 1);
    CHECK(support::is_finite(waves(last_step)));
}

// reported: after num_iters the rate jumps from the minimum back to the maximum.
// why: the step is taken modulo num_iters + 1.
// here: past the end the last rate is held. Starting again, or rising as the cosine does, are other values of
//   `past_end`.
TEST_CASE("tracel-ai/burn#5128: the rate jumps to its maximum after the end") {
    const auto wrapped = [](step_t step) { return 0.1 + 0.4 * half_cosine(static_cast<double>(step % 3) / 2); };
    CHECK(wrapped(2) == 0.1);
    CHECK(wrapped(3) == 0.5);

    static constexpr pacer::cosine_with_min_lr lr{{.peak_lr = 0.5, .min_lr = 0.1, .total_steps = 2}};
    BOTH_CHECK(lr(v(0)) == 0.5 && lr(v(2)) == 0.1 && lr(v(3)) == 0.1 && lr(v(last_step)) == 0.1);
    CHECK(support::ulps(lr(1), 0.3) <= 1);
    static constexpr pacer::cosine_with_min_lr again{
        {.peak_lr = 0.5, .min_lr = 0.1, .total_steps = 2, .past_end = pacer::past_end::repeat}};
    BOTH_CHECK(again(v(2)) == 0.5);
}

// reported: if there are more steps than t_total, the rate of a linear schedule is negative.
// why: the line goes on below 0; the total had been counted in examples, the steps in features.
// here: no rate is below the lowest that was given, at any step.
TEST_CASE("huggingface/transformers#132: the rate becomes negative past the end") {
    const auto line = [](step_t step) { return 1 - static_cast<double>(step) / 1'000; };
    CHECK(line(1'200) < -0.19);

    static constexpr pacer::linear lr{{.peak_lr = 5e-5, .total_steps = 1'000, .warmup = pacer::warmup_ratio(0.1)}};
    for (step_t step = 1'000; step < 1'300; ++step)
        CHECK(lr(step) == 0);
    BOTH_CHECK(lr(v(last_step)) == 0);
    CHECK(lr(999) > 0);
}

// reported: with a warm-up of 5 of 15 steps there is no warm-up, and the rate is at 0 after 10 steps and rises again.
//   The fix shows the rates as they were and as they should be.
// why: the length of the cosine is the total without the warm-up, and the warm-up itself is not there.
// here: one schedule has both, its total is that of both, and past its end it holds.
TEST_CASE("Tencent-Hunyuan/UniRL#223: a cosine without its warm-up ends early and rebounds") {
    const auto as_reported = [](step_t step) { return 3e-4 * half_cosine(static_cast<double>(step) / 10); };
    CHECK(as_reported(0) == 3e-4);
    CHECK(as_reported(10) < 1e-19);
    CHECK(as_reported(14) > 1e-4);

    static constexpr pacer::cosine lr{{.peak_lr = 3e-4, .total_steps = 15, .warmup = pacer::warmup_steps(5)}};
    constexpr std::array fixed{0.0, 0.6, 1.2, 1.8, 2.4, 3.0, 2.927, 2.714};  // x 1e-4
    for (std::size_t step = 0; step < fixed.size(); ++step)
        CHECK(support::rounds_to(lr(static_cast<step_t>(step)) * 1e4, fixed[step], 3));
    for (step_t step = 5; step < 30; ++step)
        CHECK(lr(step + 1) <= lr(step));
    CHECK(lr(15) == 0);
}

// reported: WarmupDecayLR with a warm-up of 1 step divides by 0, and with 0 steps takes the logarithm of 0.
// why: the warm-up is logarithmic, and divides by log(warmup_num_steps).
// here: every schedule takes a warm-up of 0 or 1. The schedules of `pacer::deepspeed` follow the later DeepSpeed, where
//   both count as 2.
TEST_CASE("deepspeedai/DeepSpeed#771: a warm-up of 1 step divides by log(1)") {
    CHECK(std::log(1.0) == 0);

    for (const step_t w : {0, 1}) {
        const pacer::deepspeed::warmup_decay_lr decay{
            {.total_num_steps = 100, .warmup_max_lr = 1e-3, .warmup_num_steps = w}};
        for (step_t step = 0; step < 110; ++step) {
            CHECK(support::is_finite(decay(step)));
            CHECK(decay(step) >= 0);
            CHECK(decay(step) <= 1e-3);
        }
        CHECK(decay(3) == 1e-3);
        CHECK(decay(101) == 0);
    }
    static constexpr pacer::linear none{{.peak_lr = 1e-3, .total_steps = 100, .warmup = pacer::warmup_steps(0)}};
    static constexpr pacer::linear one{{.peak_lr = 1e-3, .total_steps = 100, .warmup = pacer::warmup_steps(1)}};
    BOTH_CHECK(none(v(0)) == 1e-3 && none(v(100)) == 0);
    BOTH_CHECK(one(v(0)) == 0 && one(v(1)) == 1e-3 && one(v(100)) == 0);
}

// reported: a run that is all warm-up, warmup_steps equal to max_steps, crashes.
// why: the report does not say; a decay of no steps is what is left.
// here: it is a run like others: the warm-up up to the last update, and the end of the decay at the end.
TEST_CASE("PrimeIntellect-ai/prime-rl#968: a warm-up as long as the run is an error") {
    constexpr step_t total = 10;
    constexpr step_t w = 10;
    static_assert(total - w == 0);  // what the decay is divided by

    static constexpr pacer::cosine cosine{{.peak_lr = 1.0, .total_steps = total, .warmup = pacer::warmup_steps(w)}};
    static constexpr pacer::linear linear{{.peak_lr = 1.0, .total_steps = total, .warmup = pacer::warmup_steps(w)}};
    for (step_t step = 0; step < total; ++step) {
        CHECK(cosine(step) == linear(step));
        CHECK(support::ulps(cosine(step), static_cast<double>(step) / total) <= 1);
    }
    BOTH_CHECK(cosine(v(total)) == 0 && linear(v(total)) == 0);
    static_assert(pacer::check(
        pacer::cosine_params<>{.peak_lr = 1.0, .total_steps = total, .warmup = pacer::warmup_steps(total + 1)}));
}
