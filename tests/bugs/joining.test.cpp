// SPDX-License-Identifier: MIT
// section: Joining pieces
// Reported cases, replayed. make_page.py makes docs/bugs.md of the comment above each test.
#include "support/check.hpp"

#include <pacer/pacer.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <numbers>

namespace {

using pacer::step_t;

double half_cosine(double progress) { return (1 + std::cos(std::numbers::pi * progress)) / 2; }

}  // namespace

// reported: a SequentialLR with a milestone at 0, to test without a warm-up, starts with the rate of the first
//   scheduler, and, as a proposed fix adds, all following rates are scaled from there.
// why: as the report says, the constructor sets up the first scheduler whatever the milestones are, and the first step
//   is counted as 1, so that the one at 0 is never noticed.
// here: a piece of length 0 vanishes: `join(a, 0, b)` is b, at every step.
TEST_CASE("pytorch/pytorch#185872: a milestone at 0 gives wrong rates") {
    const auto warmup = [](step_t) { return 0.1; };
    const auto decay = [](step_t step) { return std::pow(0.9, static_cast<double>(step)); };
    const auto joined = pacer::join(warmup, 0, decay);

    double rate = warmup(0);
    for (step_t step = 0; step < 20; ++step) {
        CHECK(rate < 0.11 * decay(step));
        CHECK(joined(step) == decay(step));
        rate *= 0.9;
    }
    CHECK(joined(-1) == 1.0);

    static constexpr pacer::cosine lr{{.peak_lr = 0.3, .total_steps = 100}};
    static constexpr auto without_warmup = pacer::join(pacer::ramp<>(0, 0.3, 0), 0, lr);
    for (step_t step = -2; step < 110; ++step)
        CHECK(without_warmup(step) == lr(step));
}

// reported: a SequentialLR around one composite scheduler, without milestones, changes its schedule. A fix that is
//   proposed shows 0.02, 0.02, 0.05, 0.05 becoming 0.02, 0.05, 0.05, 0.05.
// why: building the outer scheduler advances the inner one by a step.
// here: `join` of one piece is that piece, and of the same type; a join within a join is the flat one.
TEST_CASE("pytorch/pytorch#196243: wrapping a schedule in a sequence of one changes it") {
    static constexpr pacer::constant low{{.peak_lr = 0.02}};
    static constexpr pacer::constant high{{.peak_lr = 0.05}};
    static constexpr auto inner = pacer::join(low, 2, high);
    static constexpr auto outer = pacer::join(inner);
    static_assert(std::same_as<decltype(outer), decltype(inner)>);

    const auto as_reported = [&](step_t step) { return step == 0 ? inner(0) : inner(step + 1); };
    CHECK(as_reported(1) == 0.05);
    BOTH_CHECK(outer(v(0)) == 0.02 && outer(v(1)) == 0.02 && outer(v(2)) == 0.05 && outer(v(3)) == 0.05);

    static constexpr pacer::cosine tail{{.peak_lr = 0.05, .total_steps = 10}};
    static constexpr auto nested = pacer::join(pacer::join(pacer::join(low, 2, high)), 5, tail);
    static constexpr auto flat = pacer::join(low, 2, high, 5, tail);
    for (step_t step = 0; step < 30; ++step)
        CHECK(nested(step) == flat(step));
}

// reported: of two constant schedulers with the factors 1 and 0.1 and a milestone at 10, epoch 0 has the rate of the
//   second: 0.01 instead of 0.1.
// why: every scheduler sets the optimizer's rate when it is built, so the last one built wins.
// here: building a schedule changes nothing but the schedule; there is no rate that schedules share.
TEST_CASE("pytorch/pytorch#72874: the scheduler that is built last sets the first rate") {
    double shared = 0.1;
    const auto build = [&shared](double factor) { shared = 0.1 * factor; };
    build(1);
    build(0.1);
    CHECK(shared < 0.0101);

    const pacer::constant first{{.peak_lr = 0.1}};
    const auto joined = pacer::join(first, 10, pacer::constant{{.peak_lr = 0.01}});
    const pacer::constant built_later{{.peak_lr = 7.0}};
    CHECK(joined(0) == 0.1);
    CHECK(joined(9) == 0.1);
    CHECK(joined(10) == 0.01);
    CHECK(built_later(0) == 7.0);
}

// reported: with a warm-up of 100 steps to 1e-5 and a cosine of 1000 to 1e-6, the rate at step 100 is not 1e-5 but less
//   (9.933e-6 is given as an example).
// why: the joint is one step off, so that the decay is under way where the warm-up should be at its end.
// here: lr(W) is the peak, with `==`, for every warm-up; the piece after a boundary starts at the boundary, at its own
//   step 0.
TEST_CASE("ml-explore/mlx#2617: the rate at the end of the warm-up is below the peak") {
    static constexpr pacer::ramp<> warmup(0, 1e-5, 100);
    static constexpr pacer::cosine_with_min_lr decay{{.peak_lr = 1e-5, .min_lr = 1e-6, .total_steps = 1'000}};
    static constexpr auto one_off = pacer::join(warmup, 99, decay);
    CHECK(one_off(100) < 1e-5);

    static constexpr auto joined = pacer::join(warmup, 100, decay);
    BOTH_CHECK(joined(v(100)) == 1e-5);
    CHECK(joined(99) < 1e-5);
    CHECK(joined(101) < 1e-5);
    BOTH_CHECK(joined(v(1'100)) == 1e-6);
    for (step_t w = 0; w < 1'000; ++w) {
        const pacer::cosine_with_min_lr lr{
            {.peak_lr = 1e-5, .min_lr = 1e-6, .total_steps = 1'100, .warmup = pacer::warmup_steps(w)}};
        CHECK(lr(w) == 1e-5);
    }
}

// reported: a cosine with a warm-up of 20 of 300 epochs has a sharp drop after the warm-up. To get what was expected,
//   warmup_prefix must be set and the warm-up be subtracted from the length.
// why: by default the warm-up is laid over a decay that runs from step 0, so that the peak is never reached.
// here: `total_steps` is the whole, warm-up included, and the decay starts at the warm-up's end: at the peak, and down
//   to the floor at the total.
TEST_CASE("huggingface/pytorch-image-models#1242: the warm-up is laid over the decay") {
    constexpr step_t w = 2'000;
    constexpr step_t total = 30'000;
    const auto overlaid = [](step_t step) {
        if (step < w)
            return 1e-5 + (1e-3 - 1e-5) * static_cast<double>(step) / w;
        return 1e-5 + (1e-3 - 1e-5) * half_cosine(static_cast<double>(step) / total);
    };
    static constexpr pacer::cosine_with_min_lr lr{
        {.peak_lr = 1e-3, .min_lr = 1e-5, .total_steps = total, .warmup = pacer::warmup_steps(w), .init_lr = 1e-5}};
    double highest_overlaid = 0;
    double highest = 0;
    for (step_t step = 0; step < total; ++step) {
        highest_overlaid = std::max(highest_overlaid, overlaid(step));
        highest = std::max(highest, lr(step));
    }
    CHECK(overlaid(w) < overlaid(w - 1));
    CHECK(highest_overlaid < 1e-3);
    CHECK(highest == 1e-3);
    BOTH_CHECK(lr(v(0)) == 1e-5 && lr(v(w)) == 1e-3 && lr(v(total)) == 1e-5);
}

// reported: a cosine that should end at min_lr has a flat tail.
// why: as the discussion says, the curve goes to 0 and min_lr is only a lower bound to it; and the step is held back by
//   the length of the warm-up at the end.
// here: the floor is where the curve goes: it is still above it, and falling, one update before the end, and at it
//   exactly at the end. Who wants the bound says `clamp`.
TEST_CASE("EleutherAI/gpt-neox#1008: min_lr cuts the cosine off, and the tail is flat") {
    constexpr step_t w = 100;
    constexpr step_t total = 1'000;
    const auto as_reported = [](step_t step) {
        if (step <= w)
            return static_cast<double>(step) / w;
        const step_t held = std::min(step, total - w) - w;
        return std::max(0.1, half_cosine(static_cast<double>(held) / total));
    };
    static constexpr pacer::cosine_with_min_lr lr{
        {.peak_lr = 1.0, .min_lr = 0.1, .total_steps = total, .warmup = pacer::warmup_steps(w)}};

    CHECK(as_reported(896) == 0.1);
    CHECK(as_reported(999) == 0.1);
    for (step_t step = w; step < total; ++step)
        CHECK(lr(step + 1) < lr(step));
    CHECK(lr(999) > 0.1);
    BOTH_CHECK(lr(v(total)) == 0.1);

    static constexpr auto bounded = pacer::clamp(pacer::cosine{{.peak_lr = 1.0, .total_steps = total}}, 0.1, 1.0);
    BOTH_CHECK(bounded(v(900)) == 0.1 && bounded(v(999)) == 0.1);
}

// reported: the rate drops at the end of the warm-up.
// why: the decay is computed from step 0, so a part of it is over when the warm-up ends.
// here: the decay begins where the warm-up ends, at the peak.
TEST_CASE("huggingface/transformers#4940: the decay runs during the warm-up") {
    constexpr step_t w = 1'000;
    constexpr step_t total = 10'000;
    const auto as_reported = [](step_t step) {
        return step < w ? static_cast<double>(step) / w : 1 - static_cast<double>(step) / total;
    };
    CHECK(as_reported(w - 1) > 0.99);
    CHECK(as_reported(w) == 0.9);

    static constexpr pacer::polynomial lr{{.peak_lr = 1.0, .total_steps = total, .warmup = pacer::warmup_steps(w)}};
    BOTH_CHECK(lr(v(w)) == 1.0 && lr(v(total)) == 0);
    CHECK(lr(w + 1) < 1.0);
    CHECK(lr(w + 1) > 0.999);
}
