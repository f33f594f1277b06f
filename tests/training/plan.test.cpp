// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/training/plan.hpp>

#include <pacer/schedules/cosine.hpp>

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace {

using pacer::hf_trainer;
using pacer::plan;
using pacer::plan_params;
using pacer::step_t;

constexpr step_t huge = std::numeric_limits<step_t>::max();

struct row {
    plan_params asked;
    bool has_answer = false;
    bool steps_are_a_whole_float = false;
    step_t total = 0;
    step_t warmup = 0;
    std::string text;
};

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells(1);
    for (const char c : line) {
        if (c == ',')
            cells.emplace_back();
        else
            cells.back() += c;
    }
    return cells;
}

// The rows of a golden file, those that the peer refuses included.
std::vector<row> rows_of(const std::string& name, hf_trainer trainer) {
    std::ifstream file(std::string(PACER_TEST_DATA) + "/golden/" + name);
    REQUIRE(file.is_open());
    std::vector<row> rows;
    const std::string raises = "# raises: ";
    for (std::string line; std::getline(file, line);) {
        row r;
        r.text = line;
        if (line.compare(0, raises.size(), raises) == 0)
            line = line.substr(raises.size(), line.find(": ", raises.size()) - raises.size());
        else if (line.empty() || line[0] == '#')
            continue;
        const std::vector<std::string> cells = cells_of(line);
        REQUIRE(cells.size() == 11);
        const auto count = [&](std::size_t i, step_t otherwise) {
            return cells[i].empty() ? otherwise : std::stoll(cells[i]);
        };
        r.asked.examples = count(0, -1);
        r.asked.per_device_batch = count(1, 8);
        r.asked.accumulation = count(2, 1);
        r.asked.epochs = cells[3].empty() ? 3 : std::stod(cells[3]);
        r.asked.drop_last = count(4, 0) != 0;
        r.asked.max_steps = count(5, -1);
        if (!cells[6].empty())
            r.asked.warmup_ratio = std::stod(cells[6]);
        if (!cells[7].empty())
            r.asked.warmup_steps = std::stod(cells[7]);
        r.steps_are_a_whole_float = cells[7].find('.') != std::string::npos && std::fmod(std::stod(cells[7]), 1) == 0;
        r.asked.world_size = count(10, 1);
        r.asked.trainer = trainer;
        r.has_answer = !cells[8].empty();
        r.total = count(8, 0);
        r.warmup = count(9, 0);
        rows.push_back(r);
    }
    return rows;
}

struct tally {
    int planned = 0;
    int refused = 0;
    int not_asked = 0;
};

tally compare(const std::string& name, hf_trainer trainer) {
    tally n;
    for (const row& r : rows_of(name, trainer)) {
        CAPTURE(r.text);
        // 4.x asks for an int and refuses 100.0; here both are the same number.
        const bool is_float_in_v4 = trainer == hf_trainer::v4 && r.steps_are_a_whole_float;
        // Later versions of 5.x refuse the argument itself; `v5` is also for those that still have it.
        const bool has_no_ratio = name == "hf_plan_v5.csv" && r.asked.warmup_ratio.given();
        if (!r.has_answer && (is_float_in_v4 || has_no_ratio)) {
            ++n.not_asked;
        } else if (r.has_answer) {
            const plan p(r.asked);
            CHECK(p.total_steps() == r.total);
            CHECK(p.warmup_steps() == r.warmup);
            CHECK(p.overlong() == (r.warmup > r.total));
            ++n.planned;
        } else {
            CHECK(check(r.asked));
            CHECK_THROWS_AS(plan(r.asked), pacer::invalid_schedule);
            ++n.refused;
        }
    }
    return n;
}

std::string reason(const plan_params& p) {
    try {
        (void)plan(p);
    } catch (const pacer::invalid_schedule& error) {
        return error.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("a plan is the one of a real Trainer 4") {
    const tally n = compare("hf_plan_v4.csv", hf_trainer::v4);
    CHECK(n.planned == 163);
    CHECK(n.refused == 41);
    CHECK(n.not_asked == 3);
}

TEST_CASE("a plan is the one of a real Trainer 5") {
    const tally n = compare("hf_plan_v5.csv", hf_trainer::v5);
    CHECK(n.planned == 161);
    CHECK(n.refused == 21);
    CHECK(n.not_asked == 1);
}

TEST_CASE("a plan is the one of a real Trainer 5 that still has warmup_ratio") {
    const tally n = compare("hf_plan_v5_ratio.csv", hf_trainer::v5);
    CHECK(n.planned == 185);
    CHECK(n.refused == 22);
    CHECK(n.not_asked == 0);
}

TEST_CASE("the versions of the Trainer count the end of an epoch differently") {
    constexpr plan_params asked{
        .examples = 1000, .per_device_batch = 8, .world_size = 2, .accumulation = 4, .epochs = 3, .warmup_ratio = 0.1};
    constexpr plan now(asked);
    STATIC_REQUIRE(now.batches() == 125);
    STATIC_REQUIRE(now.per_process_batches() == 63);
    STATIC_REQUIRE(now.updates_per_epoch() == 16);
    STATIC_REQUIRE(now.total_steps() == 48);  // 1000 x 3 / (8 x 2 x 4) is 46.9
    STATIC_REQUIRE(now.warmup_steps() == 5);

    plan_params before = asked;
    before.trainer = hf_trainer::v4_51;
    CHECK(plan(before).updates_per_epoch() == 15);
    CHECK(plan(before).total_steps() == 45);
    CHECK(plan(before).warmup_steps() == 5);

    constexpr plan half{{.examples = 1003,
                         .per_device_batch = 8,
                         .world_size = 3,
                         .accumulation = 4,
                         .epochs = 2.5,
                         .warmup_ratio = 0.1}};
    STATIC_REQUIRE(half.batches() == 126);
    STATIC_REQUIRE(half.per_process_batches() == 42);
    STATIC_REQUIRE(half.updates_per_epoch() == 11);
    STATIC_REQUIRE(half.total_steps() == 28);
    STATIC_REQUIRE(half.warmup_steps() == 3);

    constexpr plan alpaca{{.examples = 52'002,
                           .per_device_batch = 4,
                           .world_size = 8,
                           .accumulation = 8,
                           .epochs = 3,
                           .warmup_ratio = 0.03}};
    STATIC_REQUIRE(alpaca.per_process_batches() == 1626);
    STATIC_REQUIRE(alpaca.updates_per_epoch() == 204);
    STATIC_REQUIRE(alpaca.total_steps() == 612);
    STATIC_REQUIRE(alpaca.warmup_steps() == 19);
}

TEST_CASE("the runs of public reports have the updates of their logs") {
    // Each by the version that was reported, or by the one whose count the log shows.
    CHECK(plan({.examples = 900,
                .per_device_batch = 1,
                .world_size = 2,
                .accumulation = 8,
                .epochs = 10,
                .trainer = hf_trainer::v4_51})
              .total_steps() == 560);
    CHECK(plan({.examples = 14'339, .per_device_batch = 8, .accumulation = 8, .trainer = hf_trainer::v4_51})
              .total_steps() == 672);
    CHECK(plan({.examples = 43'984,
                .per_device_batch = 8,
                .world_size = 7,
                .accumulation = 4,
                .epochs = 1,
                .trainer = hf_trainer::v4_51})
              .total_steps() == 196);
    CHECK(plan({.examples = 603,
                .per_device_batch = 4,
                .accumulation = 16,
                .epochs = 10,
                .trainer = hf_trainer::v4_48})  // 4.44
              .total_steps() == 90);
    CHECK(plan({.examples = 1'000, .per_device_batch = 8, .max_steps = 0, .trainer = hf_trainer::v4_48})  // 4.44
              .total_steps() == 375);
    CHECK(
        plan({.examples = 1'000, .per_device_batch = 8, .max_steps = 0, .trainer = hf_trainer::v4_51}).total_steps() ==
        0);
    CHECK(plan({.examples = 6'400, .per_device_batch = 2, .world_size = 8, .accumulation = 4}).total_steps() == 300);
}

TEST_CASE("the length of the data may be given as batches or as tokens") {
    constexpr plan batches{{.batches = 125, .world_size = 2, .accumulation = 4}};
    STATIC_REQUIRE(batches.total_steps() == plan({.examples = 1000, .world_size = 2, .accumulation = 4}).total_steps());
    STATIC_REQUIRE(batches.batches() == 125);
    constexpr plan tokens{{.tokens = 1'000'000, .sequence_length = 2048, .per_device_batch = 4, .epochs = 1}};
    STATIC_REQUIRE(tokens.total_steps() == 122);  // 488 whole sequences
    CHECK(reason({.tokens = 10, .sequence_length = 11}) ==
          "pacer: tokens = 10: are not one whole batch for every process");
    CHECK(reason({.tokens = 10}) == "pacer: sequence_length = -1: must be 1 or more where tokens are given");
    CHECK(reason({.examples = 9, .batches = 9}) == "pacer: batches = 9: cannot be given beside examples");
    CHECK(reason({.batches = 9, .tokens = 9, .sequence_length = 1}) ==
          "pacer: tokens = 9: cannot be given beside examples or batches");
    CHECK(reason({.batches = 0}) == "pacer: batches = 0: are not one for every process");
    CHECK(reason({.batches = -2}) == "pacer: batches = -2: must be 0 or more, or -1 for unknown");
}

TEST_CASE("a batch may be that of all processes") {
    // 313 batches of 32, each divided between two processes (accelerate's BatchSamplerShard, run).
    STATIC_REQUIRE(
        plan({.examples = 10'007, .per_device_batch = 32, .world_size = 2, .split_batches = true}).total_steps() ==
        939);
    STATIC_REQUIRE(plan({.examples = 10'007, .per_device_batch = 32, .world_size = 2}).total_steps() == 471);
    CHECK(reason({.examples = 9, .per_device_batch = 3, .world_size = 2, .split_batches = true}) ==
          "pacer: per_device_batch = 3: must be a multiple of world_size with split_batches");
}

TEST_CASE("rollouts multiply the examples") {
    // TRL 0.24.0's RepeatSampler in its loader, run: each of 10,007 prompts 16 times, in generations of 8 prompts.
    constexpr plan_params grpo{.examples = 10'007,
                               .per_device_batch = 16,
                               .world_size = 2,
                               .accumulation = 4,
                               .rollouts = 16,
                               .epochs = 1,
                               .warmup_ratio = 0.1};
    STATIC_REQUIRE(plan(grpo).total_steps() == 1250);
    STATIC_REQUIRE(plan(grpo).warmup_steps() == 125);
    plan_params p = grpo;
    p.iterations = 2;
    CHECK(plan(p).total_steps() == 2500);
    p = grpo;
    p.epochs = 0;
    CHECK(plan(p).total_steps() == 0);
    p = grpo;
    p.steps_per_generation = 8;  // generations of 16 prompts, each trained on in 8 micro-batches
    CHECK(plan(p).total_steps() == 1250);
    p.steps_per_generation = 3;
    CHECK(plan(p).total_steps() == 1251);  // 1667 generations of 3 micro-batches, 4 to an update
    p.rollouts = 5;
    CHECK(reason(p) == "pacer: rollouts = 5: must divide per_device_batch x world_size x steps_per_generation");
    CHECK(reason({.examples = 3, .per_device_batch = 8, .rollouts = 2}) ==
          "pacer: examples = 3: are not enough prompts for one generation");
}

TEST_CASE("processes that share a sequence go through each other's batches") {
    // 1000 batches of 1, 125 for each of 8 processes; groups of 4 share them, so each group sees 500.
    STATIC_REQUIRE(plan({.examples = 1'000,
                         .per_device_batch = 1,
                         .world_size = 8,
                         .accumulation = 2,
                         .sequence_parallel = 4,
                         .epochs = 1,
                         .trainer = hf_trainer::v5})
                       .total_steps() == 250);
    CHECK(reason({.examples = 9, .world_size = 8, .sequence_parallel = 3}) ==
          "pacer: sequence_parallel = 3: must divide world_size");
}

TEST_CASE("a training set without a batch") {
    // Run: 4.57.6 refuses it without max_steps, and with it ends at step 0.
    CHECK(reason({.examples = 7, .drop_last = true, .trainer = hf_trainer::v4_51}) ==
          "pacer: examples = 7: are not one whole batch for every process");
    constexpr plan before{{.examples = 7, .drop_last = true, .trainer = hf_trainer::v4_48}};
    STATIC_REQUIRE(before.total_steps() == 3);
    STATIC_REQUIRE(before.makes_no_update());
    constexpr plan asked{{.examples = 7, .drop_last = true, .max_steps = 5}};
    STATIC_REQUIRE(asked.total_steps() == 5);
    STATIC_REQUIRE(asked.makes_no_update());
    STATIC_REQUIRE(!plan({.max_steps = 5}).makes_no_update());
}

TEST_CASE("up to 4.43 a warm-up may end between two updates") {
    constexpr plan run{{.max_steps = 1000, .warmup_steps = 0.1, .trainer = hf_trainer::v4_43}};
    STATIC_REQUIRE(run.warmup_steps() == 0);
    STATIC_REQUIRE(run.unrounded_warmup() == 0.1);
    STATIC_REQUIRE(plan({.max_steps = 10, .warmup_ratio = 0.25, .trainer = hf_trainer::v4_43}).unrounded_warmup() == 3);
    STATIC_REQUIRE(plan({.max_steps = 10, .warmup_steps = 2.5, .trainer = hf_trainer::v5}).unrounded_warmup() == 2);
}

TEST_CASE("an epoch has one update at least") {
    plan_params p{.examples = 5, .per_device_batch = 1, .accumulation = 100, .epochs = 7};
    for (const hf_trainer trainer :
         {hf_trainer::v4_43, hf_trainer::v4_48, hf_trainer::v4_51, hf_trainer::v4, hf_trainer::v5}) {
        p.trainer = trainer;
        CHECK(plan(p).updates_per_epoch() == 1);
        CHECK(plan(p).total_steps() == 7);
    }
}

TEST_CASE("the versions of the Trainer choose the warm-up differently") {
    plan_params p{.max_steps = 100, .warmup_ratio = 0.1, .warmup_steps = 50};
    CHECK(plan(p).warmup_steps() == 50);
    p.trainer = hf_trainer::v5;
    CHECK(plan(p).warmup_steps() == 10);
    p.warmup_ratio = 0;  // given, so it wins
    CHECK(plan(p).warmup_steps() == 0);
    p.warmup_ratio = {};
    CHECK(plan(p).warmup_steps() == 50);
    p.warmup_steps = 10.9;
    CHECK(plan(p).warmup_steps() == 10);
    p.warmup_steps = 0.999;
    CHECK(plan(p).warmup_steps() == 100);
}

TEST_CASE("a plan hands its warm-up to a schedule") {
    constexpr plan run{{.max_steps = 1000, .warmup_ratio = 0.03}};
    constexpr pacer::cosine lr{{.peak_lr = 1.0, .total_steps = run.total_steps(), .warmup = run.warmup()}};
    STATIC_REQUIRE(lr.warmup_steps() == 30);
    STATIC_REQUIRE(lr(30) == 1.0);
    STATIC_REQUIRE(!run.overlong());
}

TEST_CASE("a warm-up longer than the run is a plan, but no schedule") {
    constexpr plan run{{.max_steps = 520, .warmup_steps = 1000}};
    STATIC_REQUIRE(run.overlong());
    STATIC_REQUIRE(run.warmup_steps() == 1000);
    const pacer::cosine_params<double> p{.peak_lr = 1, .total_steps = run.total_steps(), .warmup = run.warmup()};
    CHECK_THROWS_AS(pacer::cosine(p), pacer::invalid_schedule);
}

TEST_CASE("without examples a plan knows the updates, and no epochs") {
    constexpr plan run{{.max_steps = 10}};
    STATIC_REQUIRE(run.total_steps() == 10);
    STATIC_REQUIRE(run.updates_per_epoch() == -1);
    STATIC_REQUIRE(run.batches() == -1);
    STATIC_REQUIRE(run.per_process_batches() == -1);
    STATIC_REQUIRE(run.params().max_steps == 10);
}

TEST_CASE("a plan does not overflow") {
    CHECK(plan({.examples = huge, .per_device_batch = huge, .world_size = huge, .accumulation = huge, .epochs = 1})
              .total_steps() == 1);
    CHECK(plan({.examples = huge, .per_device_batch = 1 << 20, .epochs = 1}).total_steps() == step_t{1} << 43);
    CHECK(plan({.examples = huge, .per_device_batch = 1 << 20, .epochs = 1, .drop_last = true}).total_steps() ==
          (step_t{1} << 43) - 1);
    CHECK(plan({.examples = 8, .epochs = 0x1p53}).total_steps() == pacer::longest);
    CHECK(plan({.epochs = 9.2e18, .max_steps = 3}).total_steps() == 3);
    CHECK(plan({.max_steps = pacer::longest, .warmup_ratio = 1}).warmup_steps() == pacer::longest);
    CHECK(plan({.examples = 8, .max_steps = -huge - 1}).total_steps() == 3);
    CHECK(reason({.examples = huge, .per_device_batch = 1, .epochs = 1}) ==
          "pacer: epochs = 1: must make a run of at most 2^53 updates");
    CHECK(reason({.examples = huge, .per_device_batch = 2, .rollouts = 2, .iterations = huge, .epochs = 1}) ==
          "pacer: epochs = 1: must make a run of at most 2^53 updates");
}

TEST_CASE("a plan checks every field") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    CHECK(reason({.examples = 0}) == "pacer: examples = 0: must be 1 or more, or -1 for unknown");
    CHECK(reason({.examples = -2}) == "pacer: examples = -2: must be 1 or more, or -1 for unknown");
    CHECK(reason({.tokens = 0, .sequence_length = 4}) == "pacer: tokens = 0: must be 1 or more, or -1 for unknown");
    CHECK(reason({.tokens = 9, .sequence_length = 0}) ==
          "pacer: sequence_length = 0: must be 1 or more where tokens are given");
    CHECK(reason({.examples = 9, .steps_per_generation = 0}) == "pacer: steps_per_generation = 0: must be 1 or more");
    CHECK(reason({.batches = 9, .rollouts = 8}) == "pacer: batches = 9: cannot be given with rollouts: give examples");
    CHECK(reason({.examples = 9, .per_device_batch = 0}) == "pacer: per_device_batch = 0: must be 1 or more");
    CHECK(reason({.examples = 9, .world_size = 0}) == "pacer: world_size = 0: must be 1 or more");
    CHECK(reason({.examples = 9, .accumulation = -1}) == "pacer: accumulation = -1: must be 1 or more");
    CHECK(reason({.examples = 9, .epochs = -0.5}) == "pacer: epochs = -0.5: must be finite, 0 or more");
    CHECK(reason({.examples = 9, .epochs = infinity}) == "pacer: epochs = inf: must be finite, 0 or more");
    CHECK(reason({.examples = 9, .epochs = nan}) == "pacer: epochs = nan: must be finite, 0 or more");
    CHECK(reason({.max_steps = pacer::longest + 1}) == "pacer: max_steps = 9007199254740993: must be at most 2^53");
    CHECK(reason({.max_steps = 9, .warmup_ratio = 1.5}) == "pacer: warmup_ratio = 1.5: must be from 0 to 1");
    CHECK(reason({.max_steps = 9, .warmup_ratio = nan}) == "pacer: warmup_ratio = nan: must be from 0 to 1");
    CHECK(reason({.max_steps = 9, .warmup_ratio = -1, .trainer = hf_trainer::v5}) ==
          "pacer: warmup_ratio = -1: must be from 0 to 2^53");
    CHECK(reason({.max_steps = 9, .warmup_steps = -1}) == "pacer: warmup_steps = -1: must be from 0 to 2^53");
    CHECK(reason({.max_steps = 9, .warmup_steps = 1e16}) == "pacer: warmup_steps = 1e+16: must be from 0 to 2^53");
    CHECK(reason({.max_steps = 9, .warmup_steps = 0.5}) ==
          "pacer: warmup_steps = 0.5: must be a whole number from 4.44 to 4.57");
    CHECK(reason({.max_steps = 9, .trainer = static_cast<hf_trainer>(7)}) ==
          "pacer: trainer = 7: must be one of v4_43, v4_48, v4_51, v4, v5");
    CHECK(reason({}) == "pacer: max_steps = -1: must be 1 or more where the number of examples is unknown");
    CHECK(reason({.max_steps = 0}) ==
          "pacer: max_steps = 0: must be 1 or more where the number of examples is unknown");
    CHECK(reason({.examples = 7, .drop_last = true}) ==
          "pacer: examples = 7: are not one whole batch for every process");
    CHECK(reason({.examples = 8, .drop_last = true}) == "accepted");
    CHECK(reason({.examples = 8, .world_size = 2, .drop_last = true}) ==
          "pacer: examples = 8: are not one whole batch for every process");
}
