// SPDX-License-Identifier: MIT
// section: Counting updates
// Reported cases, replayed. make_page.py makes docs/bugs.md of the comment above each test.
#include "support/check.hpp"

#include <pacer/adapters/device.hpp>
#include <pacer/pacer.hpp>
#include <pacer/training/groups.hpp>
#include <pacer/training/plan.hpp>
#include <pacer/training/progress.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <vector>

namespace {

using pacer::progress;
using pacer::step_t;

}  // namespace

// reported: on four processes the scheduler moves too fast: one call of step() advances it more than once.
// why: the wrapper steps the scheduler once for every process, because the total is expected to be counted so.
// here: asking for a rate advances nothing, however many processes ask and however often.
TEST_CASE("huggingface/accelerate#2926: the schedule is stepped once for every process") {
    const pacer::constant_with_warmup lr{{.peak_lr = 1e-3, .warmup = pacer::warmup_steps(1'000)}};
    constexpr int processes = 4;

    step_t hidden = 0;
    for (int update = 0; update < 250; ++update)
        for (int process = 0; process < processes; ++process)
            ++hidden;
    CHECK(lr(hidden) == 1e-3);  // warmed up after 250 updates

    progress at;
    double asked = 0;
    for (int update = 0; update < 250; ++update) {
        for (int process = 0; process < processes; ++process)
            asked = lr(at.updates());
        at.apply();
    }
    CHECK(at.updates() == 250);
    CHECK(asked == lr(249));
    CHECK(lr(at.updates()) == 0.25e-3);
}

// reported: a schedule of 10,000 steps is over after 2,500 on four devices.
// why: four inner steps for every update, and a total that was given in updates.
// here: `total_steps` is in updates, and the loop counts the updates it has made: the end is at the end.
TEST_CASE("Lightricks/LTX-Video-Trainer#67: the rate reaches its end after steps / processes") {
    const pacer::linear lr{{.peak_lr = 2e-4, .end_lr = 1e-5, .total_steps = 10'000}};
    CHECK(lr(4 * 2'500) == 1e-5);

    progress at;
    while (at.updates() < lr.total_steps()) {
        CHECK(lr(at.updates()) > 1e-5);
        at.apply();
    }
    CHECK(at.updates() == 10'000);
    CHECK(lr(at.updates()) == 1e-5);
    CHECK(lr(2'500) > 1.5e-4);
}

// reported: with gradient accumulation the rate does not come down to 0 by the end of the run.
// why: total and warm-up are multiplied by the accumulation, as if the scheduler were stepped once for every
//   micro-batch; it is stepped once for every update.
// here: every length is in updates, and `plan` counts them, accumulation included, as the Trainer does.
TEST_CASE("huggingface/diffusers#4387: accumulation stretches the schedule") {
    constexpr step_t accumulation = 4;
    static constexpr pacer::plan run{
        {.examples = 32'000, .per_device_batch = 8, .accumulation = accumulation, .epochs = 2}};
    static_assert(run.total_steps() == 2'000);

    static constexpr pacer::cosine stretched{{.peak_lr = 1e-5,
                                              .total_steps = run.total_steps() * accumulation,
                                              .warmup = pacer::warmup_steps(300 * accumulation)}};
    static constexpr pacer::cosine lr{
        {.peak_lr = 1e-5, .total_steps = run.total_steps(), .warmup = pacer::warmup_steps(300)}};
    CHECK(stretched(run.total_steps()) > 0.9e-5);
    CHECK(stretched(300) == 0.25e-5);
    BOTH_CHECK(lr(v(2'000)) == 0);
    CHECK(lr(1'999) < 1e-11);
    BOTH_CHECK(lr(v(300)) == 1e-5);
}

// reported: recipes have a warm-up of 4000 steps and 1000 epochs, and the scheduler is stepped after each epoch. The
//   highest rate is never reached.
// why: the warm-up is meant in updates and counted in epochs, and nothing compares it with the length of the run.
// here: a warm-up longer than the run is an error that names both, before the run; in a constant expression it does not
//   compile.
TEST_CASE("coqui-ai/TTS#1611: a warm-up that is counted in epochs never ends") {
    const auto noam = [](double step, double warmup) {
        return std::min(1 / std::sqrt(step), step * std::pow(warmup, -1.5)) * std::sqrt(warmup);
    };
    CHECK(noam(1'000, 4'000) < 0.251);  // of the peak, at the end

    static constexpr pacer::inverse_sqrt_params<> wrong{
        .peak_lr = 1e-3, .total_steps = 1'000, .warmup = pacer::warmup_steps(4'000)};
    static_assert(pacer::check(wrong));
    CHECK_THROWS_WITH(pacer::inverse_sqrt(wrong),
                      ContainsSubstring("warmup = 4000") && ContainsSubstring("total_steps (1000)"));

    constexpr step_t updates_per_epoch = 400;
    static constexpr pacer::inverse_sqrt lr{
        {.peak_lr = 1e-3, .total_steps = 1'000 * updates_per_epoch, .warmup = pacer::warmup_steps(4'000)}};
    BOTH_CHECK(lr(v(4'000)) == 1e-3);
}

// reported: during the warm-up the rate falls back to its start at the beginning of every epoch.
// why: the warm-up is computed from the number of the iteration within the epoch.
// here: a step is an update since the start of the run. There is no other counter to take by mistake; in `progress` it
//   is only ever advanced.
TEST_CASE("Vision-CAIR/MiniGPT-4#263: the warm-up starts again in every epoch") {
    static constexpr pacer::cosine_with_min_lr lr{
        {.peak_lr = 1e-4, .min_lr = 1e-5, .total_steps = 8'000, .warmup = pacer::warmup_steps(2'500), .init_lr = 1e-6}};
    constexpr int iterations = 1'000;
    progress at;
    double before = 0;
    for (int epoch = 0; epoch < 3; ++epoch)
        for (int inner = 0; inner < iterations; ++inner) {
            if (inner == 0)
                CHECK(lr(inner) == 1e-6);  // as reported
            const double rate = lr(at.updates());
            if (at.updates() <= 2'500) {
                CHECK(rate > before);
            }
            if (inner == 0 && epoch > 0)
                CHECK(rate > 4e-5);
            before = rate;
            at.apply();
        }
    CHECK(lr(2'500) == 1e-4);
}

// reported: in 16-bit mixed precision an optimizer's step may be skipped; the scheduler is stepped all the same, as if
//   it had been made.
// why: the scheduler counts its own calls, and cannot know of the updates; the gradient scaler does not say whether it
//   has skipped one.
// here: `progress` counts applied and skipped updates apart. A skipped one moves no clock, so that the next update has
//   the rate that the skipped one would have had.
TEST_CASE("Lightning-AI/pytorch-lightning#18828: skipped updates advance the schedule") {
    static constexpr pacer::linear lr{{.peak_lr = 1.0, .total_steps = 20, .warmup = pacer::warmup_steps(4)}};
    constexpr std::array overflow{true, true, true, false, false, true, false, false};

    step_t calls = 0;
    progress at;
    std::vector<double> by_calls;
    std::vector<double> used;
    for (const bool skipped : overflow) {
        if (!skipped) {
            by_calls.push_back(lr(calls));
            used.push_back(lr(at.updates()));
        }
        ++calls;
        if (skipped)
            at.skip();
        else
            at.apply();
    }
    CHECK(used == std::vector{0.0, 0.25, 0.5, 0.75});
    CHECK(by_calls == std::vector{0.75, 1.0, 0.875, 0.8125});
    CHECK(at.updates() == 4);
    CHECK(at.skipped() == 4);
}

// reported: in epoch-based fine-tuning the rate differs between the ranks.
// why: it is computed from the progress of the rank's own data loader, and one rank may pack more short conversations.
// here: what a schedule reads is a count that is the same everywhere: updates, or the samples or tokens of all ranks
//   together. Equal counts give equal rates, to the last bit.
TEST_CASE("karpathy/nanochat#857: ranks disagree on the rate") {
    constexpr step_t whole = 100'000;
    const auto lr = pacer::by_samples(pacer::linear{{.peak_lr = 1.0, .total_steps = whole}});
    constexpr std::array<step_t, 2> packed{516, 500};  // conversations per update, by rank

    std::array<progress, 2> own;
    std::array<progress, 2> together;
    for (int update = 0; update < 50; ++update)
        for (std::size_t rank = 0; rank < 2; ++rank) {
            own[rank].apply({.samples = 2 * packed[rank]});
            together[rank].apply({.samples = packed[0] + packed[1]});
        }
    CHECK(lr(own[0]) < lr(own[1]));
    CHECK(lr(together[0]) == lr(together[1]));
    CHECK(support::rounds_to(lr(together[0]), 1 - 50 * 1016 / 100'000.0, 9));
}

// reported: 100 iterations with a batch of 8, later 16, and a WSD schedule with a warm-up of 10 and a decay of 20
//   iterations: the warm-up takes 20 iterations, the decay begins 10 late and stops half-way.
// why: lengths in iterations are turned into samples by multiplying with the final batch, also where the batch is still
//   smaller.
// here: a schedule names its clock. One in updates does not see the batch; one in samples is given lengths in samples.
//   Both reach their floor at the end of the run.
TEST_CASE("NVIDIA-NeMo/Megatron-Bridge#2609: a batch that grows breaks the schedule") {
    const auto wsd = [](step_t total, step_t warmup, step_t decay) {
        return pacer::warmup_stable_decay{
            {.peak_lr = 1.0, .decay_steps = decay, .total_steps = total, .warmup = pacer::warmup_steps(warmup)}};
    };
    const auto consumed = [](step_t iterations) { return iterations < 20 ? 8 * iterations : 16 * iterations - 160; };
    const auto multiplied = pacer::by_samples(wsd(100 * 16, 10 * 16, 20 * 16));
    const auto in_updates = pacer::by_updates(wsd(100, 10, 20));
    const auto in_samples = pacer::by_samples(wsd(consumed(100), consumed(10), consumed(100) - consumed(80)));

    progress at;
    for (int iteration = 0; iteration <= 100; ++iteration) {
        if (iteration == 10) {
            CHECK(multiplied(at) == 0.5);
            CHECK(in_updates(at) == 1.0);
            CHECK(in_samples(at) == 1.0);
        }
        if (iteration == 20)
            CHECK(multiplied(at) == 1.0);
        if (iteration == 81 || iteration == 90) {
            CHECK(multiplied(at) == 1.0);
            CHECK(in_updates(at) < 1.0);
            CHECK(in_samples(at) == in_updates(at));
        }
        if (iteration < 100)
            at.apply({.samples = iteration < 20 ? 8 : 16});
    }
    CHECK(multiplied(at) == 0.5);
    CHECK(!multiplied.finished(at));
    CHECK(in_updates(at) == 0);
    CHECK(in_samples(at) == 0);
    CHECK(in_samples.finished(at));
}

// reported: after 280 of 400 epochs the training ends with "Tried to step 60002 times. The specified number of total
//   steps is 60000".
// why: the answer is that the total has to be computed for the data set at hand. The scheduler throws where it is
//   passed.
// here: a schedule has a value at every step of 64 bits, and computing it cannot throw. Past the end it is what
//   `past_end` says: the last value, unless asked otherwise.
TEST_CASE("vLAR-group/GrowSP#11: one step too many ends the run") {
    constexpr step_t total = 60'000;
    const auto checked = [](step_t step) -> double {
        if (step > total)
            throw std::out_of_range("past the end");
        return 1 - static_cast<double>(step) / total;
    };
    CHECK_THROWS_AS(checked(60'001), std::out_of_range);

    static constexpr pacer::cosine_with_min_lr lr{
        {.peak_lr = 0.1, .min_lr = 1e-5, .total_steps = total, .warmup = pacer::warmup_ratio(0.3)}};
    static_assert(noexcept(lr(total)));
    BOTH_CHECK(lr(v(step_t{60'001})) == 1e-5);
    BOTH_CHECK(lr(v(std::numeric_limits<step_t>::max())) == 1e-5);
}

// reported: the rate that is logged is that of the step to come.
// why: the scheduler is stepped before the line is logged, and the line asks the scheduler. A later report of the same
//   adds that with restarts this is the difference between nearly 0 and the peak.
// here: the rate is a value that the loop holds: it is used, and logged. The functions that set the rate of an
//   optimizer return the rate they have set.
TEST_CASE("huggingface/transformers#28124: the logged rate is not the rate that was used") {
    static constexpr pacer::cosine_with_restarts lr{{.peak_lr = 1.0, .num_cycles = 2, .total_steps = 200}};

    step_t scheduler = 0;
    float device = 0;
    for (step_t step = 0; step < 200; ++step) {
        const double used = lr(scheduler);
        ++scheduler;
        const double logged_as_reported = lr(scheduler);
        if (step == 99) {
            CHECK(used < 0.001);
            CHECK(logged_as_reported == 1.0);
        }
        const float logged = pacer::set_lr(&device, lr, step);
        CHECK(logged == device);
        CHECK(logged == static_cast<float>(used));
    }
}

// reported: before the first step only group 0 gets the start of the warm-up; the other groups make their first update
//   at their full rate.
// why: the list of rates has one element, and is zipped with the groups, which ends at the shorter of the two.
// here: `group_rates` writes a rate for every group, and another number of places than groups is an error.
TEST_CASE("deepspeedai/DeepSpeed#7969: only the first parameter group is set") {
    std::array<double, 3> rates{1e-3, 1e-3, 1e-4};  // as the optimizer was built
    const std::vector<double> start{0.0};
    for (std::size_t group = 0; group < rates.size() && group < start.size(); ++group)
        rates[group] = start[group];
    CHECK(rates == std::array{0.0, 1e-3, 1e-4});

    pacer::group_rates groups(pacer::cosine{{.peak_lr = 1e-3, .total_steps = 100, .warmup = pacer::warmup_steps(10)}});
    groups.add({.multiplier = 1});
    groups.add({.multiplier = 1});
    groups.add({.multiplier = 0.1});
    groups.rates_into(0, rates);
    CHECK(rates == std::array{0.0, 0.0, 0.0});
    groups.rates_into(10, rates);
    CHECK(rates == std::array{1e-3, 1e-3, 1e-3 * 0.1});

    std::array<double, 1> too_few{};
    CHECK_THROWS_AS(groups.rates_into(0, too_few), pacer::invalid_schedule);
}

// reported: a run of 100 steps, to debug, has another schedule than the run of 1000 steps that it is to stand for.
// why: the schedule's length is taken from the run's.
// here: a schedule has its length, and the loop ends where it ends.
TEST_CASE("pytorch/torchtitan#2340: a shorter run changes the schedule") {
    const auto of_length = [](step_t total) {
        return pacer::linear{{.peak_lr = 8e-4, .total_steps = total, .warmup = pacer::warmup_steps(2)}};
    };
    const pacer::linear as_reported = of_length(100);
    const pacer::linear lr = of_length(1'000);
    for (step_t step = 3; step < 100; ++step) {
        CHECK(as_reported(step) < lr(step));
        CHECK(support::ulps(lr(step), 8e-4 * static_cast<double>(1'000 - step) / 998) <= 3);
    }
    CHECK(as_reported(99) < 1e-5);
    CHECK(lr(99) > 7e-4);
}
