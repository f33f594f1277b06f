// SPDX-License-Identifier: MIT
// section: Saying what is meant
// Reported cases, replayed. make_page.py makes docs/bugs.md of the comment above each test.
#include "support/check.hpp"

#include <pacer/expression/make.hpp>
#include <pacer/pacer.hpp>
#include <pacer/training/plan.hpp>

#include <cmath>
#include <concepts>

namespace {

using pacer::step_t;

}  // namespace

// reported: the first update of a warm-up runs at a rate of 0, which wastes it.
// why: the warm-up is step / W, and the first step is 0.
// here: the first step of a warm-up has a name. `from_zero` is what Hugging Face does, and the default; `from_first`
//   starts at peak / W.
TEST_CASE("huggingface/transformers#34754: the first update has a rate of 0") {
    static constexpr pacer::linear zero{{.peak_lr = 1e-4, .total_steps = 1'000, .warmup = pacer::warmup_steps(100)}};
    static constexpr pacer::linear first{{.peak_lr = 1e-4,
                                          .total_steps = 1'000,
                                          .warmup = pacer::warmup_steps(100),
                                          .first_step = pacer::first_step::from_first}};
    BOTH_CHECK(zero(v(0)) == 0);
    BOTH_CHECK(first(v(0)) > 0 && first(v(99)) == 1e-4 && first(v(100)) == 1e-4);
    for (step_t step = 0; step < 99; ++step)
        CHECK(first(step) == zero(step + 1));
}

// reported: the first step of a warm-up has a rate of 0; the answer is that it should start from a least rate.
// why: there is no parameter for the start of the warm-up.
// here: `.init_lr` is where the warm-up starts: exactly, and not as a lower bound that bends the warm-up.
TEST_CASE("meta-pytorch/torchtune#2010: the warm-up starts from 0") {
    static constexpr pacer::cosine lr{
        {.peak_lr = 3e-4, .total_steps = 1'000, .warmup = pacer::warmup_steps(100), .init_lr = 1e-7}};
    static constexpr pacer::cosine zero{{.peak_lr = 3e-4, .total_steps = 1'000, .warmup = pacer::warmup_steps(100)}};
    BOTH_CHECK(zero(v(0)) == 0);
    BOTH_CHECK(lr(v(0)) == 1e-7 && lr(v(100)) == 3e-4);
    for (step_t step = 0; step < 100; ++step)
        CHECK(lr(step + 1) > lr(step));
}

// reported: it / W is changed to (it + 1) / (W + 1), so that iteration 0 has a rate above 0 and iteration W the same
//   one as before.
// why: a third convention, next to it / W and (it + 1) / W.
// here: `first_step::over_plus_one`. The rates of the report's table come out.
TEST_CASE("karpathy/nanoGPT#578: iteration 0 of the warm-up has a rate of 0") {
    static constexpr pacer::cosine before{
        {.peak_lr = 6e-4, .total_steps = 600'000, .warmup = pacer::warmup_steps(2'000)}};
    static constexpr pacer::cosine lr{{.peak_lr = 6e-4,
                                       .total_steps = 600'000,
                                       .warmup = pacer::warmup_steps(2'000),
                                       .first_step = pacer::first_step::over_plus_one}};
    BOTH_CHECK(before(v(0)) == 0);
    CHECK(support::rounds_to(lr(0) * 1e7, 3.00, 2));
    CHECK(support::rounds_to(lr(1) * 1e7, 6.00, 2));
    CHECK(support::rounds_to(lr(10) * 1e6, 3.30, 2));
    CHECK(support::rounds_to(lr(100) * 1e5, 3.03, 2));
    CHECK(support::rounds_to(lr(1'000) * 1e4, 3.00, 2));
    BOTH_CHECK(lr(v(2'000)) == 6e-4);
}

// reported: with a WarmupDecayLR that starts at warmup_min_lr the first update runs at the optimizer's own rate, and
//   only the second at warmup_min_lr.
// why: the scheduler takes effect after the optimizer's step.
// here: the rate of update 0 is lr(0), which the loop asks for before the update; an optimizer's own rate has no part
//   in it.
TEST_CASE("deepspeedai/DeepSpeed#5731: the first update runs at the full rate") {
    static constexpr pacer::linear lr{
        {.peak_lr = 1e-3, .total_steps = 100, .warmup = pacer::warmup_steps(10), .init_lr = 1e-6}};
    double optimizer = 1e-3;
    double used = 0;
    for (step_t step = 0; step < 2; ++step) {
        used = optimizer;
        optimizer = lr(step);
        CHECK(used == (step == 0 ? 1e-3 : 1e-6));
    }

    optimizer = 1e-3;
    for (step_t step = 0; step < 2; ++step) {
        optimizer = lr(step);
        used = optimizer;
        CHECK(used == lr(step));
        CHECK(used < 1.1e-4);
    }
}

// reported: for a warm-up ratio of 0.05 and 50 steps one part of a program computes 3 warm-up steps, another 2.
// why: 2.5 is rounded by two rules: halves up, and halves to even.
// here: the rounding has a name, one place computes it, and the schedule says what came out. The default is Hugging
//   Face's, upwards.
TEST_CASE("unslothai/unsloth#8723: two roundings of the same warm-up ratio") {
    const double product = 0.05 * 50;
    CHECK(std::round(product) == 3);
    CHECK(std::nearbyint(product) == 2);

    static constexpr auto with = [](pacer::rounding how) {
        return pacer::linear{{.peak_lr = 1.0, .total_steps = 50, .warmup = pacer::warmup_ratio(0.05, how)}};
    };
    static constexpr auto even = with(pacer::rounding::nearest_even);
    static constexpr auto up = with(pacer::rounding::ceil);
    BOTH_CHECK(even.warmup_steps() == 2 && even(v(2)) == 1.0);
    BOTH_CHECK(up.warmup_steps() == 3 && up(v(2)) < 1.0 && up(v(3)) == 1.0);
    static_assert(
        pacer::linear{{.peak_lr = 1.0, .total_steps = 50, .warmup = pacer::warmup_ratio(0.05)}}.warmup_steps() == 3);
}

// reported: `warmup_ratio` is deprecated; `warmup_steps` takes its place, and may be a fraction.
// why: one number now means updates or a part of the run, by its size: 0.99 is nearly all of the run and 1 is one
//   update. Settings that hold both fields change their meaning.
// here: a number of updates and a ratio are different types. `plan` computes what each version of the Trainer makes of
//   the same settings.
TEST_CASE("huggingface/transformers#41326: a ratio folded into a number of steps") {
    const auto one_number = [](double w, step_t total) {
        return static_cast<step_t>(w < 1 ? std::ceil(w * static_cast<double>(total)) : w);
    };
    CHECK(one_number(0.99, 1'000) == 990);
    CHECK(one_number(1.0, 1'000) == 1);

    static constexpr auto planned = [](double ratio, double steps, pacer::hf_trainer trainer) {
        return pacer::plan{{.max_steps = 1'000, .warmup_ratio = ratio, .warmup_steps = steps, .trainer = trainer}}
            .warmup_steps();
    };
    static_assert(planned(0.0, 500, pacer::hf_trainer::v4) == 500);
    static_assert(planned(0.0, 500, pacer::hf_trainer::v5) == 0);
    static_assert(planned(1.0, 0, pacer::hf_trainer::v4) == 1'000);
    static_assert(planned(1.0, 0, pacer::hf_trainer::v5) == 1);

    static_assert(!std::convertible_to<double, pacer::warmup> && !std::convertible_to<int, pacer::warmup>);
    static_assert(!std::convertible_to<pacer::warmup_ratio, pacer::warmup_steps>);
    static constexpr pacer::cosine all{{.peak_lr = 1.0, .total_steps = 1'000, .warmup = pacer::warmup_ratio(1.0)}};
    static constexpr pacer::cosine one{{.peak_lr = 1.0, .total_steps = 1'000, .warmup = pacer::warmup_steps(1)}};
    BOTH_CHECK(all.warmup_steps() == 1'000 && one.warmup_steps() == 1);
    CHECK(all(1) != one(1));
}

// reported: the documentation says that the rate decays to alpha; it decays to alpha times the rate it comes from.
// why: a floor can be a rate or a fraction, and a number does not say which.
// here: a rate is a number, a fraction is a `lr_ratio`, which no number is converted to.
TEST_CASE("keras-team/keras#21772: a floor that is read as a rate and used as a fraction") {
    static_assert(!std::convertible_to<double, pacer::lr_ratio>);
    constexpr double initial = 0.01;
    constexpr double alpha = 0.001;
    CHECK(initial * alpha < alpha / 50);

    static constexpr pacer::cosine_with_min_lr rate{{.peak_lr = initial, .min_lr = alpha, .total_steps = 100}};
    static constexpr pacer::cosine_with_min_lr ratio{
        {.peak_lr = initial, .min_lr = pacer::lr_ratio(alpha), .total_steps = 100}};
    BOTH_CHECK(rate(v(100)) == alpha);
    BOTH_CHECK(ratio(v(100)) == initial * alpha);
}

// reported: with cosine_with_min_lr chosen, there is no setting for the floor; the answer names a field of free-form
//   arguments.
// why: arguments that only some schedules have travel in a dictionary, whose keys nobody but the schedule knows.
// here: the floor is a field. Leaving it out is an error that names it, and so is giving it to a schedule that has
//   none.
TEST_CASE("hiyouga/LlamaFactory#7284: a floor that cannot be set") {
    const auto dropped = pacer::make("cosine", {{"peak_lr", 1e-5}, {"total_steps", 100}});
    CHECK(dropped(100) == 0);  // what runs if the floor gets lost

    static_assert(pacer::check(pacer::cosine_with_min_lr_params<>{.peak_lr = 1e-5, .total_steps = 100}));
    CHECK_THROWS_WITH(pacer::make("cosine_with_min_lr", {{"peak_lr", 1e-5}, {"total_steps", 100}}),
                      ContainsSubstring("min_lr: must be given"));
    CHECK_THROWS_WITH(pacer::make("cosine", {{"peak_lr", 1e-5}, {"min_lr", 1e-6}, {"total_steps", 100}}),
                      ContainsSubstring("field = min_lr: must be one of peak_lr, "));
    CHECK(pacer::make("cosine_with_min_lr", {{"peak_lr", 1e-5}, {"min_lr", 1e-6}, {"total_steps", 100}})(100) == 1e-6);
}

// reported: its author reports that a script's learning rate ramps up where it should ramp down, and nothing fails.
// why: the multiplier is the progress, where it should be 1 less the progress.
// here: a schedule is named and not written down again. That a decay falls from its peak to its end is a test over
//   every schedule, and an end above the peak is an error.
TEST_CASE("karpathy/nanochat#68: the decay is the wrong way round") {
    const auto multiplier = [](step_t step) { return static_cast<double>(step) / 100; };
    CHECK(multiplier(99) > multiplier(1));

    static constexpr pacer::linear lr{{.peak_lr = 0.02, .total_steps = 100}};
    for (step_t step = 0; step < 100; ++step)
        CHECK(lr(step + 1) < lr(step));
    BOTH_CHECK(lr(v(0)) == 0.02 && lr(v(100)) == 0);
    static_assert(
        pacer::check(pacer::cosine_with_min_lr_params<>{.peak_lr = 0.02, .min_lr = 0.03, .total_steps = 100}));
}
