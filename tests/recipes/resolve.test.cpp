// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/dialects/deepspeed.hpp>
#include <pacer/expression/make.hpp>
#include <pacer/recipes/detail/arguments.hpp>
#include <pacer/recipes/recipes.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace pacer::recipes;
using pacer::hf_trainer;
using pacer::step_t;

const std::string data = PACER_TEST_DATA;

resolved of(const std::string& yaml, const run_facts& facts = {}) { return resolve(parse_yaml(yaml, "t.yaml"), facts); }

template <class S>
typename S::params_type params_of(const resolved& r) {
    const S* schedule = r.curve ? pacer::as<S>(*r.curve) : nullptr;
    REQUIRE(schedule != nullptr);
    return schedule->params();
}

std::string reason(const std::string& yaml, const run_facts& facts = {}) {
    try {
        (void)of(yaml, facts);
    } catch (const recipe_error& error) {
        return error.what();
    }
    return "accepted";
}

bool has_note(const resolved& r, const std::string& text) {
    for (const std::string& note : r.notes)
        if (note == text)
            return true;
    for (const std::string& note : r.notes)
        UNSCOPED_INFO(note);
    return false;
}

std::vector<std::string> cells_of(const std::string& line, char separator) {
    std::vector<std::string> cells(1);
    for (const char c : line) {
        if (c == separator)
            cells.emplace_back();
        else
            cells.back() += c;
    }
    return cells;
}

// The case of a golden file as the recipe that asks for it.
std::string recipe_of(const std::vector<std::string>& cells) {
    char peak[40];
    std::snprintf(peak, sizeof peak, "%.17g", std::strtod(cells[2].c_str(), nullptr));
    std::string yaml = "lr_scheduler_type: " + cells[1] + "\nlearning_rate: " + peak + "\nwarmup_steps: " + cells[3] +
                       "\nmax_steps: " + cells[4] + "\n";
    if (!cells[5].empty()) {
        yaml += "lr_scheduler_kwargs:\n";
        for (const std::string& pair : cells_of(cells[5], ';'))
            yaml += "  " + cells_of(pair, '=')[0] + ": " + cells_of(pair, '=')[1] + "\n";
    }
    return yaml;
}

struct tally {
    int rates = 0;
    std::map<std::string, int> refused{};  // cases by the key that is named
};

// Every rate that Hugging Face's own scheduler gave, from a recipe that says the same.
tally compare(const std::string& name, hf_trainer trainer) {
    std::ifstream file(data + "/golden/" + name);
    REQUIRE(file.is_open());
    tally n;
    std::string current;
    std::string yaml;
    std::vector<resolved> schedule;  // none or one
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#')
            continue;
        const std::vector<std::string> cells = cells_of(line, ',');
        REQUIRE(cells.size() == 8);
        if (cells[0] != current) {
            current = cells[0];
            schedule.clear();
            yaml = recipe_of(cells);
            run_facts facts;
            facts.trainer = trainer;
            try {
                schedule.push_back(of(yaml, facts));
            } catch (const recipe_error& error) {
                ++n.refused[error.where.key];
            }
        }
        if (schedule.empty())
            continue;
        const step_t step = std::stoll(cells[6]);
        // What a warm-up that fills the run would be followed by is of no run.
        if (schedule[0].warmup_steps >= schedule[0].total_steps && step >= schedule[0].total_steps)
            continue;
        // 49 restarts in 49 updates: double rounding puts some of the peer's at the bottom of the cycle before.
        if (cells[5] == "num_cycles=49")
            continue;
        const double peer = std::strtod(cells[7].c_str(), nullptr);
        const double ours = schedule[0].schedule(step);
        if (!(std::abs(ours - peer) <= 1e-14 * schedule[0].peak_lr)) {
            CAPTURE(yaml, step, ours, peer);
            CHECK(ours == peer);
        }
        ++n.rates;
    }
    return n;
}

}  // namespace

TEST_CASE("a recipe runs as Hugging Face 4 runs it") {
    const tally n = compare("hf_v4.csv", hf_trainer::v4);
    CHECK(n.rates == 12508);
    CHECK(n.refused.empty());
}

TEST_CASE("a recipe runs as Hugging Face 5 runs it") {
    const tally n = compare("hf_v5.csv", hf_trainer::v5);
    CHECK(n.rates == 13090);
    CHECK(n.refused.empty());
}

TEST_CASE("the recipes of public runs have the warm-up and the length of their logs") {
    struct expected {
        const char* recipe;
        step_t logged_total;
        const char* scheduler;
        step_t total;
        step_t warmup;
    };
    const expected runs[] = {
        {"01-llamafactory-cosine/recipe.yaml", 96, "cosine", 96, 10},
        {"02-hf-linear-checkpoints/training_args.json", 625, "linear", 625, 188},
        {"03-hf-cosine-max-steps/training_args.json", 1000, "cosine", 1000, 0},
        {"04-hf-cosine-fractional-warmup/training_args.json", 250, "cosine", 250, 8},
        {"05-hf-linear-steps-over-ratio/training_args.json", 669, "linear", 669, 5},
        {"06-geneformer-polynomial/training_args.json", 7800, "polynomial", 7800, 1812},
        {"07-wsd-floor/recipe.yaml", 2000, "warmup_stable_decay", 2000, 100},
        {"08-cosine-min-lr/training_args.json", 112, "cosine_with_min_lr", 112, 7},
        {"09-whisper-constant-with-warmup/recipe.yaml", 100000, "constant_with_warmup", 100000, 1000},
        {"10-constant-ignores-warmup/training_args.json", 100, "constant", 100, 0},
        {"11-warmup-longer-than-run/training_args.json", 520, "linear_warmup", 520, 1000},
        {"12-fp16-lag-cosine/training_args.json", 692, "cosine", 692, 21},
        {"13-fp16-lag-growing/training_args.json", 20710, "linear", 20710, 0},
        {"14-fp16-never-stepped/training_args.json", 3600, "linear", 3600, 0},
        {"15-deepspeed-warmuplr/training_args.json", 128, "WarmupLR", 128, 4},
        {"16-resumed-total-raised/training_args.json", 4000, "cosine_with_restarts", 4000, 5},
        {"17-resumed-every-epoch/training_args.json", 75000, "linear", 75000, 0},
        {"18-resumed-total-cut/training_args.json", 12000, "cosine", 12000, 0},
        {"19-log-written-twice/recipe.yaml", 6566, "cosine", 6566, 0},
        {"20-phase-restarted-step/training_args.json", 114, "linear", 114, 0}};
    for (const expected& run : runs) {
        CAPTURE(run.recipe);
        run_facts facts;
        facts.total_steps = run.logged_total;
        const resolved r = resolve(read_recipe(data + "/data/runs/" + run.recipe), facts);
        CHECK(r.scheduler == run.scheduler);
        CHECK(r.total_steps == run.total);
        CHECK(r.warmup_steps == run.warmup);
    }
    // Those that say themselves how long they are.
    for (const char* run : {"03-hf-cosine-max-steps/training_args.json", "08-cosine-min-lr/training_args.json",
                            "07-wsd-floor/recipe.yaml", "09-whisper-constant-with-warmup/recipe.yaml"})
        CHECK(resolve(read_recipe(data + "/data/runs/" + run)).total_steps > 0);
}

TEST_CASE("a WarmupLR of DeepSpeed reproduces its log") {
    run_facts facts;
    facts.total_steps = 128;
    const resolved r = resolve(read_recipe(data + "/data/runs/15-deepspeed-warmuplr/training_args.json"), facts);
    const detail::tree log = detail::json_tree(
        detail::read_file(data + "/data/runs/15-deepspeed-warmuplr/trainer_state.json"), "trainer_state.json");
    const detail::entry* history = detail::find_once(log, "log_history", "");
    REQUIRE(history != nullptr);
    REQUIRE(history->value.items.size() == 128);
    for (const detail::tree& line : history->value.items) {
        const step_t step = detail::find_once(line, "step", "")->value.integer;
        const double logged = detail::find_once(line, "learning_rate", "")->value.number();
        CAPTURE(step);
        CHECK(std::abs(r.schedule(step) - logged) <= 2 * (2e-5 - std::nextafter(2e-5, 0.0)));
    }
    CHECK(r.schedule(0) == 1e-5);
    CHECK(r.peak_lr == 2e-5);
    CHECK(has_note(r, "DeepSpeed sets the rate one update late: the first two updates both run at the lowest rate"));
}

TEST_CASE("a plan is made from the examples where nothing else says the length") {
    run_facts facts;
    facts.examples = 1000;
    facts.world_size = 2;
    const std::string yaml =
        "per_device_train_batch_size: 8\ngradient_accumulation_steps: 4\nnum_train_epochs: 3\nwarmup_ratio: 0.1";
    CHECK(of(yaml, facts).total_steps == 48);
    CHECK(of(yaml, facts).warmup_steps == 5);
    facts.trainer = hf_trainer::v4_51;
    CHECK(of(yaml, facts).total_steps == 45);
    facts.trainer = {};
    CHECK(of("dataloader_drop_last: true\n" + yaml, facts).total_steps == 48);
    CHECK(of("max_steps: 7\n" + yaml, facts).total_steps == 7);
    facts.total_steps = 9;
    CHECK(of("max_steps: 7\n" + yaml, facts).total_steps == 9);
    CHECK(has_note(of("max_steps: 7\n" + yaml, facts), "the run has 9 updates, not the max_steps 7 of t.yaml:1"));
    CHECK(has_note(of(yaml, facts), "the run has 9 updates, where 1000 examples make 48 (ceil(3 epochs x 16 updates), "
                                    "each epoch 1000 examples / (8 x 2 processes x 4))"));
    // Hugging Face's defaults: 3 epochs, batches of 8.
    CHECK(of("warmup_ratio: 0.1", {{}, 80, 1, {}}).total_steps == 30);
}

TEST_CASE("without a length a recipe is refused where it needs one") {
    CHECK(reason("warmup_steps: 3") == "t.yaml: max_steps: found nothing, accepted: the number of updates, or else the "
                                       "number of examples the run has");
    CHECK(reason("\nmax_steps: -1") == "t.yaml:2: max_steps: found -1, accepted: the number of updates, or else the "
                                       "number of examples the run has");
    CHECK(reason("max_steps: 0") == "t.yaml:1: max_steps: found 0, accepted: the number of updates, or else the "
                                    "number of examples the run has");
    CHECK(of("lr_scheduler_type: constant").total_steps == pacer::endless);
    CHECK(of("lr_scheduler_type: constant").schedule(1'000'000) == 5e-5);
    const resolved flat = of("lr_scheduler_type: constant_with_warmup\nwarmup_steps: 10");
    CHECK(flat.total_steps == pacer::endless);
    CHECK(flat.warmup_steps == 10);
    CHECK(flat.schedule(5) == 2.5e-5);
    CHECK(flat.schedule(1'000'000) == 5e-5);
    CHECK(of("lr_scheduler_type: inverse_sqrt\nwarmup_steps: 10").schedule(40) == 2.5e-5);
    for (const char* name : {"constant_with_warmup", "inverse_sqrt"})
        CHECK_THAT(reason("warmup_ratio: 0.1\nlr_scheduler_type: " + std::string(name)),
                   ContainsSubstring("accepted: the number of updates"));
    CHECK(reason("seed: 1\nmax_steps: 1", {0, {}, 1, {}}) ==
          "total_steps: found 0, accepted: a number of updates from 1 to 2^53");
    CHECK(reason("seed: 1\nmax_steps: 1", {{}, 0, 1, {}}) == "examples: found 0, accepted: a number of 1 or more");
    CHECK(reason("seed: 1\nmax_steps: 1", {1, {}, 0, {}}) == "world_size: found 0, accepted: a number of 1 or more");
    CHECK(reason("dataloader_drop_last: true", {{}, 7, 1, {}}) ==
          "t.yaml:1: dataloader_drop_last: found true, with which 7 examples make no batch for every process: "
          "transformers ends with an error (up to 4.48 it plans 3 updates and then makes 0); accepted: false, or 8 "
          "examples (8 x 1 process) or more");
    CHECK_THAT(reason("dataloader_drop_last: true", {.world_size = 4, .batches = 3}),
               ContainsSubstring("with which 3 batches make no batch for every process") &&
                   ContainsSubstring("accepted: false, or 4 batches or more"));
    CHECK(of("dataloader_drop_last: true", {.world_size = 4, .batches = 4}).total_steps == 3);
    CHECK_THAT(reason("dataloader_drop_last: true\nper_device_train_batch_size: 8\nsplit_batches: true",
                      {.examples = 7, .world_size = 4}),
               ContainsSubstring("accepted: false, or 8 examples (8) or more"));
    CHECK(reason("cutoff_len: 100", {.tokens = 99}) ==
          "tokens: found 99, which make no example; accepted: 100 tokens or more");
    CHECK(reason("learning_rate: 1", {.tokens = 99}) ==
          "tokens: found 99 without a sequence_length, accepted: the tokens of an example with them");
    CHECK(reason("learning_rate: 1", {.examples = 9, .tokens = 99, .sequence_length = 9}) ==
          "tokens: found 99, which cannot be given beside examples or batches");
    CHECK(reason("num_generations: 4", {.examples = 1}) ==
          "examples: found 1, of which no generation can be made: the Trainer ends with an error; accepted: 2 prompts "
          "or more (8 x 1 process x 1 / 4 rollouts)");
    CHECK(reason("sequence_parallel_size: 4\nlearning_rate: 1", {.examples = 9}) ==
          "t.yaml:1: sequence_parallel_size: found 4, accepted: a divisor of the number of processes, which the recipe "
          "does not say (world_size)");
    CHECK(reason("sequence_parallel_size: 4\nlearning_rate: 1", {.examples = 9, .world_size = 6}) ==
          "t.yaml:1: sequence_parallel_size: found 4, accepted: a divisor of the 6 processes");
    for (const step_t processes : {1, 2})
        CHECK(reason("learning_rate: 1", {.examples = 9, .world_size = processes, .sequence_parallel = 3}) ==
              "sequence_parallel: found 3, which must divide world_size");
    CHECK(reason("learning_rate: 1", {.examples = 9, .sequence_parallel = 3}) ==
          "sequence_parallel: found 3, which must divide world_size");
    CHECK(reason("num_generations: 4\nsteps_per_generation: 2", {.examples = 1, .world_size = 2}) ==
          "examples: found 1, of which no generation can be made: the Trainer ends with an error; accepted: 8 prompts "
          "or more (8 x 2 processes x 2 / 4 rollouts)");
    for (const std::string decays : {"type: WarmupDecayLR, params: {warmup_num_steps: 2, total_num_steps: auto}}}",
                                     "type: WarmupLR, params: {warmup_num_steps: auto}}}\nwarmup_ratio: 0.1"})
        CHECK(reason("learning_rate: 1\ndeepspeed: {scheduler: {" + decays) ==
              "t.yaml: max_steps: found nothing, accepted: the number of updates, or else the number of examples the "
              "run has");
    CHECK(reason("seed: 1\nmax_steps: 1", {.total_steps = pacer::longest + 1}) ==
          "total_steps: found 9007199254740993, accepted: a number of updates from 1 to 2^53");
    CHECK(reason("num_train_epochs: 9223372036854775807", {{}, 7, 1, {}}) ==
          "t.yaml:1: num_train_epochs: found 9223372036854775807, accepted: a number that makes at most 2^53 updates");
    CHECK(reason("max_steps: 9007199254740993") ==
          "t.yaml:1: max_steps: found 9007199254740993, accepted: a number of updates, at most 2^53");
}

TEST_CASE("the warm-up is the one of the version") {
    const run_facts v4{100, {}, 1, hf_trainer::v4};
    const run_facts v5{100, {}, 1, hf_trainer::v5};
    const run_facts any{100, {}, 1, {}};
    CHECK(of("warmup_ratio: 0.1\nwarmup_steps: 50", v4).warmup_steps == 50);
    CHECK(has_note(of("warmup_ratio: 0.1\nwarmup_steps: 50", v4),
                   "warmup_steps 50 (t.yaml:2) wins over warmup_ratio 0.1 (t.yaml:1) in transformers 4"));
    CHECK(of("warmup_ratio: 0.1\nwarmup_steps: 50", v5).warmup_steps == 10);
    CHECK(has_note(of("warmup_ratio: 0.1\nwarmup_steps: 50", v5),
                   "warmup_ratio 0.1 (t.yaml:1) wins over warmup_steps 50 (t.yaml:2) in transformers 5"));
    CHECK(has_note(of("warmup_ratio: 0.1", v5), "transformers 5.15 and later have no warmup_ratio and refuse it"));
    CHECK(of("warmup_ratio: 0.07", any).warmup_steps == 8);
    CHECK(has_note(of("warmup_ratio: 0.07", any),
                   "warmup_ratio 0.07 of 100 updates is 7.000000000000001, rounded up to 8"));
    CHECK(of("warmup_steps: 0.07", any).trainer == hf_trainer::v5);
    CHECK(of("warmup_steps: 0.07", any).warmup_steps == 8);
    CHECK(has_note(of("warmup_steps: 0.07", any), "warmup_steps 0.07 (t.yaml:1) is no whole number, which only "
                                                  "transformers 5 reads; taken for a run of that version"));
    CHECK(of("warmup_steps: 10.9", any).warmup_steps == 10);
    CHECK(has_note(of("warmup_steps: 10.9", any), "warmup_steps 10.9 is rounded down to 10 updates"));
    CHECK(of("warmup_ratio: 5", v5).warmup_steps == 5);
    CHECK(has_note(of("warmup_ratio: 5", v5), "transformers 5 reads warmup_ratio 5 as 5 updates"));
    CHECK(reason("warmup_ratio: 1.5", any) == "t.yaml:1: warmup_ratio: found 1.5, accepted: a number from 0 to 1 (only "
                                              "transformers 5 takes more, as a number of updates)");
    CHECK(reason("warmup_steps: 0.5", v4) == "t.yaml:1: warmup_steps: found 0.5, accepted: a whole number from 0 to "
                                             "2^53 (only transformers 5 takes a fraction of the run)");
    CHECK(reason("warmup_steps: 1e17", v5) == "t.yaml:1: warmup_steps: found 1e17, accepted: a number from 0 to 2^53");
    CHECK(of("warmup_steps: 5", any).notes.size() == 1);  // where the total is from
}

TEST_CASE("constant ignores a warm-up, and says so") {
    const resolved r =
        of("lr_scheduler_type: constant\nwarmup_ratio: 0.03\nwarmup_steps: 7\nlr_scheduler_kwargs: {power: 2}");
    CHECK(r.warmup_steps == 0);
    CHECK(r.schedule(0) == 5e-5);
    CHECK(has_note(r, "warmup_ratio 0.03 (t.yaml:2) is ignored by constant"));
    CHECK(has_note(r, "warmup_steps 7 (t.yaml:3) is ignored by constant"));
    CHECK(has_note(r, "power (t.yaml:4) is ignored by constant"));

    // So does pacer's own warm-up of the whole run.
    for (const char* warmup : {"warmup_steps: 4", "warmup_ratio: 0.35"}) {
        const resolved rise =
            of("learning_rate: 1\nmax_steps: 10\nlr_scheduler_type: linear_warmup\n" + std::string(warmup));
        CHECK(rise.warmup_steps == 0);
        CHECK(rise.schedule(0) == 0);
        CHECK(rise.schedule(5) == 0.5);
        CHECK(rise.schedule(12) == 1);
    }
}

TEST_CASE("a warm-up longer than the run is read as it runs") {
    const std::string common = "learning_rate: 1\nmax_steps: 10\nwarmup_steps: 20\n";
    for (const char* name :
         {"linear", "cosine", "cosine_with_restarts", "polynomial", "constant_with_warmup", "inverse_sqrt"}) {
        CAPTURE(name);
        const resolved r = of(common + "lr_scheduler_type: " + name);
        CHECK(r.total_steps == 10);
        CHECK(r.warmup_steps == 20);
        CHECK(r.schedule(0) == 0);
        CHECK(r.schedule(9) == 0.45);
        CHECK(has_note(r, "the warm-up of 20 updates (t.yaml:3) is longer than the run of 10: the last update runs at "
                          "45 % of the learning rate, which is never reached"));
    }
    CHECK(of(common).scheduler == "linear_warmup");
    const std::string ahead =
        common + "lr_scheduler_type: cosine_warmup_with_min_lr\nlr_scheduler_kwargs: {min_lr: 0.1";
    CHECK(of(ahead + "}").schedule(9) == 0.5);
    CHECK(of(ahead + ", warmup_lr_rate: 0}").schedule(0) == 0);
    CHECK(of(ahead + ", warmup_lr_rate: 0.05}").schedule(0) == 0.05);
    CHECK(of(ahead + ", warmup_lr_rate: 0.05}").schedule(19) == 1);
}

TEST_CASE("max_steps wins over epochs, and says so") {
    CHECK(has_note(of("max_steps: 10\nnum_train_epochs: 3.0"),
                   "max_steps 10 (t.yaml:1) wins over num_train_epochs 3.0 (t.yaml:2)"));
    CHECK(of("max_steps: 10").notes.empty());
    // -1 is not set.
    CHECK(of("lr_scheduler_type: constant\nmax_steps: -1\nnum_train_epochs: 3").notes.empty());
}

TEST_CASE("the cosines go on past the end, the others hold") {
    const std::string common = "learning_rate: 1\nmax_steps: 100\nlr_scheduler_type: ";
    CHECK(of(common + "cosine").schedule(150) > 0.4);
    CHECK(of(common + "cosine_with_min_lr\nlr_scheduler_kwargs: {min_lr_rate: 0.5}").schedule(200) == 1);
    CHECK(of(common + "cosine_with_min_lr\nlr_scheduler_kwargs: {min_lr: 0.5}").schedule(100) == 0.5);
    CHECK(of(common + "linear").schedule(150) == 0);
    CHECK(of(common + "cosine_with_restarts").schedule(150) == 0);
    CHECK(of(common + "polynomial").schedule(150) == 1e-7);
    CHECK(params_of<pacer::polynomial<>>(of(common + "polynomial")).end_lr.value() == 1e-7);
    // Hugging Face's inverse square root knows no end.
    CHECK(of(common + "inverse_sqrt\nwarmup_steps: 50").schedule(200) == 0.5);
}

TEST_CASE("an argument that the scheduler does not take is refused") {
    const std::string common = "max_steps: 10\nlr_scheduler_kwargs: {min_lr: 1e-6}\nlr_scheduler_type: ";
    CHECK(reason(common + "linear") == "t.yaml:2: min_lr: linear does not take it, accepted: no lr_scheduler_kwargs");
    CHECK(reason(common + "cosine") == "t.yaml:2: min_lr: cosine does not take it, accepted: "
                                       "num_cycles (cosine_with_min_lr takes min_lr or min_lr_rate)");
    CHECK(reason(common + "polynomial") == "t.yaml:2: min_lr: polynomial does not take it, accepted: lr_end, power");
    CHECK(reason(common + "inverse_sqrt", {{}, {}, 1, hf_trainer::v5}) ==
          "t.yaml:2: min_lr: inverse_sqrt does not take it, accepted: timescale");
    CHECK(reason(common + "cosine_with_min_lr") == "accepted");

    const std::string scaled = "max_steps: 10\nlr_scheduler_kwargs: {timescale: 7}\nlr_scheduler_type: inverse_sqrt";
    CHECK(has_note(of(scaled), "timescale (t.yaml:2) is ignored by inverse_sqrt of transformers 4"));
    CHECK(params_of<pacer::inverse_sqrt<>>(of(scaled)).timescale == 0);
    CHECK(params_of<pacer::inverse_sqrt<>>(of(scaled, {{}, {}, 1, hf_trainer::v5})).timescale == 7);
}

TEST_CASE("a floor is given once, and is one") {
    const std::string common = "learning_rate: 1\nmax_steps: 10\nlr_scheduler_type: cosine_with_min_lr\n";
    CHECK(reason(common) == "t.yaml: lr_scheduler_kwargs: found neither min_lr nor min_lr_rate, accepted: one of them "
                            "(cosine_with_min_lr needs it)");
    CHECK(reason(common + "lr_scheduler_kwargs:\n  min_lr: 0\n  min_lr_rate: 0") ==
          "t.yaml:6: min_lr_rate: found beside min_lr (t.yaml:5), accepted: one of them");
    CHECK(reason("learning_rate: 1e-7\nmax_steps: 10\nlr_scheduler_type: polynomial") ==
          "t.yaml: lr_scheduler_kwargs.lr_end: found 1e-07, accepted: a rate below the learning rate 1e-07");
    CHECK(reason("max_steps: 10\nlr_scheduler_type: cosine_with_restarts\nlr_scheduler_kwargs: {num_cycles: 2.5}") ==
          "accepted");
}

TEST_CASE("the version of transformers is named, or both counts are said") {
    const std::string yaml =
        "per_device_train_batch_size: 1\ngradient_accumulation_steps: 8\nnum_train_epochs: 10.0\nwarmup_ratio: 0.1\n";
    const run_facts facts{.examples = 900, .world_size = 2};
    CHECK(of(yaml, facts).total_steps == 570);
    CHECK(has_note(
        of(yaml, facts),
        "the version of transformers is not known: up to 4.51 this makes 560 updates (an epoch's last, "
        "incomplete one is left out), later 570; taken for a later one; transformers_version in the recipe says "
        "which"));
    CHECK(has_note(
        of(yaml + "evaluation_strategy: steps", facts),
        "the version of transformers is not known: up to 4.51 this makes 560 updates (an epoch's last, "
        "incomplete one is left out), later 570; taken for a later one, though evaluation_strategy (t.yaml:5) is "
        "of 4.45 and older; transformers_version in the recipe says which"));
    for (const auto& [version, updates] : {std::pair{"4.51.3", 560},
                                           {"4.44.2", 560},
                                           {"4.36", 560},
                                           {"3.5.1", 560},
                                           {"4.52.0.dev0", 570},
                                           {"4.57.6", 570},
                                           {"5.0.0rc1", 570}}) {
        const resolved r = of(yaml + "transformers_version: " + version, facts);
        CHECK(r.total_steps == updates);
        CHECK(r.warmup_steps == updates / 10);
        for (const std::string& note : r.notes)
            CHECK(note.find("the version of transformers") == std::string::npos);
    }
    CHECK(of(yaml + "transformers_version: \"5.1.0\"", facts).trainer == hf_trainer::v5);
    CHECK(reason(yaml + "transformers_version: newest", facts) ==
          "t.yaml:5: transformers_version: found \"newest\", accepted: a version of transformers, 4.46.3 for one");
    // What the caller knows goes before what the file says.
    run_facts known = facts;
    known.trainer = hf_trainer::v4_51;
    CHECK(of(yaml + "transformers_version: 4.57.6", known).total_steps == 560);
    // A log says which it was.
    run_facts logged = facts;
    logged.total_steps = 560;
    CHECK(has_note(of(yaml, logged),
                   "the run has 560 updates, where 900 examples make 570 (ceil(10 epochs x 57 updates), each "
                   "epoch 900 examples / (1 x 2 processes x 8)); transformers up to 4.51 makes 560"));
    // max_steps 0 is another matter, and where nothing differs nothing is said.
    CHECK(has_note(
        of("max_steps: 0", {.examples = 1000, .world_size = 1}),
        "the version of transformers is not known: up to 4.48 this makes 375 updates (max_steps 0 is not set), "
        "later 0; taken for a later one; transformers_version in the recipe says which"));
    CHECK(of("max_steps: 0\ntransformers_version: 4.44.0", {.examples = 1000, .world_size = 1}).total_steps == 375);
    CHECK(of("num_train_epochs: 2", {.examples = 1000, .world_size = 1}).notes.empty());
}

TEST_CASE("a broken warm-up is that of its version") {
    const std::string yaml = "learning_rate: 1e-4\nlr_scheduler_type: cosine\nwarmup_steps: 0.1\nmax_steps: 1000\n";
    // evaluation_strategy is gone since 4.46, and broken numbers were refused from 4.44 on.
    const resolved old = of(yaml + "evaluation_strategy: steps");
    CHECK(old.trainer == hf_trainer::v4_43);
    CHECK(old.schedule(0) == 0);
    CHECK(std::abs(old.schedule(500) - 5.000785476707839e-05) < 1e-18);  // get_scheduler, run
    CHECK(old.warmup_steps == 0);
    CHECK(!old.curve);
    CHECK(of(yaml).trainer == hf_trainer::v5);
    CHECK(of(yaml).warmup_steps == 100);
    CHECK(of(yaml + "transformers_version: 4.41.2").schedule(0) == 0);
    CHECK(reason(yaml + "transformers_version: 4.57.6") ==
          "t.yaml:3: warmup_steps: found 0.1, accepted: a whole number from 0 to 2^53 (only transformers 5 takes a "
          "fraction "
          "of the run)");
}

TEST_CASE("the processes of a model card are counted, and its batches compared") {
    const std::string card = "- train_batch_size: 2\n- gradient_accumulation_steps: 4\n- num_epochs: 3.0\n";
    const run_facts facts{.examples = 6400};
    CHECK(of(card + "- num_devices: 8\n- total_train_batch_size: 64", facts).total_steps == 300);
    CHECK(of(card + "- num_devices: 8", facts).total_steps == 300);
    const resolved derived = of(card + "- total_train_batch_size: 64", facts);
    CHECK(derived.total_steps == 300);
    CHECK(has_note(derived, "total_train_batch_size 64 (t.yaml:4) makes it 8 processes"));
    CHECK(of(card, facts).total_steps == 2400);  // the Trainer writes num_devices if there is more than one
    CHECK(reason(card + "- num_devices: 4\n- total_train_batch_size: 64", facts) ==
          "t.yaml:5: total_train_batch_size: found 64, accepted: 32, which is the batch size 2 (t.yaml:1) x "
          "accumulation 4 "
          "(t.yaml:2) x 4 processes (t.yaml:4)");
    CHECK(reason(card + "- total_train_batch_size: 65", facts) ==
          "t.yaml:4: total_train_batch_size: found 65, accepted: 8, which is the batch size 2 (t.yaml:1) x "
          "accumulation 4 "
          "(t.yaml:2) x 1 process (default)");
    CHECK(reason(card + "- num_devices: 2\n- world_size: 2") ==
          "t.yaml:5: world_size: found beside num_devices (line 4), which means the same; accepted: one of them");
    CHECK(has_note(of(card + "- lr_scheduler_type: polynomial", facts),
                   "a model card does not print lr_scheduler_kwargs; those of polynomial are taken for the defaults"));
    CHECK_THAT(reason(card + "- lr_scheduler_type: cosine_with_min_lr", facts),
               ContainsSubstring("(cosine_with_min_lr needs it; a model card does not print lr_scheduler_kwargs)"));
    CHECK(has_note(of(card + "- num_devices: 8", {.examples = 6400, .world_size = 2}),
                   "the run has 2 processes, not the num_devices 8 of t.yaml:4"));
    CHECK(has_note(of(card + "- lr_scheduler_type: cosine_with_restarts", facts),
                   "a model card does not print lr_scheduler_kwargs; those of cosine_with_restarts are taken for the "
                   "defaults"));
    CHECK(reason("per_gpu_train_batch_size: 4\ntotal_train_batch_size: 10") ==
          "t.yaml:2: total_train_batch_size: found 10, accepted: 4, which is the batch size 4 (t.yaml:1) x "
          "accumulation 1 (default) x 1 process (default)");
}

TEST_CASE("the processes that a command starts are compared with the others that are known") {
    const std::string command = "torchrun --nproc_per_node 4 run.py --max_steps 10 --learning_rate 1e-3 ";
    CHECK(has_note(resolve(parse_command_line(command), {.world_size = 3}),
                   "the run has 3 processes, not the 4 that its command starts"));
    const auto said = [](const std::string& text) {
        try {
            (void)resolve(parse_command_line(text));
        } catch (const recipe_error& error) {
            return std::string(error.what());
        }
        return std::string("accepted");
    };
    CHECK(said(command + "--total_train_batch_size 32") == "accepted");
    CHECK(said(command + "--total_train_batch_size 7") ==
          "command:1: total_train_batch_size: found 7, accepted: 32, which is the batch size 8 (default) x "
          "accumulation 1 (default) x 4 processes (its launcher's)");
}

TEST_CASE("what else changes the number of batches") {
    const run_facts facts{.examples = 10'007, .world_size = 2};
    // Each run, or read off the peers' source: transformers 4.57.6, accelerate 1.15.0, TRL 0.24.0, LLaMA-Factory 0.9.5.
    CHECK(of("per_gpu_train_batch_size: 32", facts).total_steps == 471);
    const resolved both = of("per_gpu_train_batch_size: 32\nper_device_train_batch_size: 8", facts);
    CHECK(both.total_steps == 471);
    CHECK(has_note(both, "per_gpu_train_batch_size 32 (t.yaml:1) wins over per_device_train_batch_size 8 (t.yaml:2)"));
    for (const char* split : {"accelerator_config: {split_batches: true}", "split_batches: true",
                              "accelerator_config: '{\"split_batches\": true}'"})
        CHECK(of(std::string("per_device_train_batch_size: 32\n") + split, facts).total_steps == 939);
    CHECK(reason("per_device_train_batch_size: 3\nsplit_batches: true", facts) ==
          "t.yaml:1: per_device_train_batch_size: found 3, accepted: a multiple of the 2 processes, among which "
          "split_batches divides it");
    CHECK(
        has_note(of("accelerator_config: a.json\nmax_steps: 3"),
                 "accelerator_config \"a.json\" (t.yaml:1) is a file that is not read; split_batches in it would make "
                 "other batches"));
    CHECK(has_note(of("accelerator_config: '  '\nmax_steps: 3"),
                   "accelerator_config \"  \" (t.yaml:1) is a file that is not read; split_batches in it would make "
                   "other batches"));
    CHECK(of("accelerator_config: {split_batches: null}\nper_device_train_batch_size: 32", facts).total_steps == 471);

    // Processes that share a sequence go through the same batches.
    const std::string shared = "per_device_train_batch_size: 2\ngradient_accumulation_steps: 8\nnum_train_epochs: 3\n"
                               "sequence_parallel_size: 4";
    const resolved together = of(shared, {.examples = 2000, .world_size = 8});
    CHECK(together.total_steps == 189);
    CHECK(
        has_note(together, "every 4 of the 8 processes share a sequence (t.yaml:4), and go through the same batches"));
    CHECK(reason(shared, facts) == "t.yaml:4: sequence_parallel_size: found 4, accepted: a divisor of the 2 processes");
    CHECK(reason("sequence_parallel_size: 4", facts).find("found no key of a known trainer's") != std::string::npos);

    const std::string grpo = "num_train_epochs: 1\nper_device_train_batch_size: 16\ngradient_accumulation_steps: 4\n"
                             "warmup_ratio: 0.1\nnum_generations: 16\n";
    CHECK(of(grpo, facts).total_steps == 1250);
    CHECK(of(grpo, facts).warmup_steps == 125);
    CHECK(of(grpo + "sequence_parallel_size: 2", facts).total_steps == 1250);
    CHECK(of(grpo + "num_iterations: 2", facts).total_steps == 2500);
    CHECK(of(grpo + "generation_batch_size: 96", facts).total_steps == 1251);
    CHECK(reason(grpo + "generation_batch_size: 100", facts) ==
          "t.yaml:6: generation_batch_size: found 100, accepted: a multiple of 32, the batch of all processes");
    CHECK(reason("per_device_train_batch_size: 4\nnum_generations: 16", facts) ==
          "t.yaml:2: num_generations: found 16, accepted: a divisor of the completions that are made at once: "
          "per_device_train_batch_size x processes x steps_per_generation");

    const std::string ppo = "stage: ppo\nppo_buffer_size: 4\nper_device_train_batch_size: 1\n"
                            "gradient_accumulation_steps: 8\nlr_scheduler_type: cosine\n";
    CHECK(of(ppo, facts).total_steps == 471);  // 3 ceil(10007 / (1 x 8 x 4 x 2))
    CHECK(of(ppo + "transformers_version: 4.45.0", facts).total_steps == 471);
    CHECK(has_note(of(ppo + "lr_scheduler_kwargs: {num_cycles: 2}", facts),
                   "lr_scheduler_kwargs (t.yaml:6) are dropped by LLaMA-Factory's PPO"));
    CHECK(of(ppo + "lr_scheduler_kwargs: {num_cycles: 2}", facts).schedule(471) == 0);
    for (const std::string name : {"cosine_with_min_lr", "warmup_stable_decay"})
        CHECK_THAT(
            reason("stage: ppo\nmax_steps: 9\nlr_scheduler_type: " + name + "\nlr_scheduler_kwargs: {min_lr: 1e-6}"),
            ContainsSubstring("t.yaml:3: lr_scheduler_type: found " + name));

    CHECK(of("num_train_epochs: 1", {.batches = 1251}).total_steps == 1251);
    CHECK(of("num_train_epochs: 1\ncutoff_len: 1000", {.tokens = 80'000}).total_steps == 10);
    CHECK(has_note(of("cutoff_len: 1000", {.tokens = 80'000}),
                   "the tokens are cut into sequences of cutoff_len 1000 (t.yaml:1)"));
    CHECK(of("num_train_epochs: 1", {.world_size = 8, .batches = 64, .sequence_parallel = 4}).total_steps == 32);
    CHECK(has_note(of("learning_rate: 1", {.examples = 9}),
                   "the recipe does not say how many processes there are; taken for 1"));
}

TEST_CASE("what becomes of the examples is said") {
    const run_facts facts{.examples = 1000, .world_size = 1};
    CHECK(has_note(
        of("stage: sft\npacking: true", facts),
        "packing (t.yaml:2) makes one sequence of several examples: the number of examples has to be that of the "
        "sequences"));
    CHECK(has_note(
        of("stage: pt", facts),
        "packing (stage pt, t.yaml:1) makes one sequence of several examples: the number of examples has to be "
        "that of the sequences"));
    CHECK(of("stage: pt\npacking: false", facts).notes.empty());
    CHECK(has_note(of("stage: sft\nneat_packing: true\ncutoff_len: 4096", {.world_size = 1, .batches = 1000}),
                   "packing (t.yaml:2) makes one sequence of several examples, of at most cutoff_len 4096 tokens "
                   "(t.yaml:3): the number of batches has to be that of the sequences"));
    // Alone, a cutoff shortens examples, and takes none away; the other stages do not pack.
    CHECK(of("stage: sft\ncutoff_len: 4096", facts).notes.empty());
    CHECK(of("stage: dpo\npacking: true\ncutoff_len: 4096", facts).notes.empty());
    const run_facts tokens{.world_size = 1, .tokens = 100 * 2048};
    CHECK(of("stage: pt\nnum_train_epochs: 1", tokens).total_steps == 13);
    CHECK(has_note(of("stage: pt", tokens), "the tokens are cut into sequences of 2048, LLaMA-Factory's cutoff_len "
                                            "where none is given (1024 up to 0.9.0)"));
    CHECK(has_note(of("stage: sft\ncutoff_len: 100", tokens),
                   "without packing every example is a sequence of its own, however short: this many sequences are the "
                   "fewest, and the number of examples says how many there are"));
    CHECK(has_note(of("stage: sft\npacking: true", tokens),
                   "packing (t.yaml:2) does not fill every sequence: this many sequences are the fewest"));
    CHECK(has_note(
        of("max_samples: 500\nval_size: 0.1", facts),
        "max_samples 500 (t.yaml:1) leaves no more of each data set; the 1000 examples are taken for what is left "
        "of all of them"));
    CHECK(has_note(
        of("max_samples: 500\nval_size: 0.1", facts),
        "val_size 0.1 (t.yaml:2) takes 0.1 of the data for evaluation; the 1000 examples are taken for what is "
        "left"));
    CHECK(has_note(of("auto_find_batch_size: true\nlearning_rate: 1", facts),
                   "auto_find_batch_size (t.yaml:1) halves the batch where memory runs out, and the updates grow"));
    CHECK(reason("stage: sft\nstreaming: true", facts) ==
          "t.yaml:2: streaming: found true without max_steps, accepted: max_steps with it (LLaMA-Factory refuses it "
          "otherwise)");
    CHECK(of("stage: sft\nstreaming: true\nmax_steps: 5").total_steps == 5);
    const resolved none = of("dataloader_drop_last: true\nmax_steps: 5", {.examples = 7, .world_size = 1});
    CHECK(has_note(none, "7 examples make no whole batch for every process with dataloader_drop_last (t.yaml:1): the "
                         "Trainer plans 5 updates and then makes 0"));
    CHECK(has_note(of("dataloader_drop_last: true\ntransformers_version: 4.40.0", {.examples = 7, .world_size = 1}),
                   "7 examples make no whole batch for every process with dataloader_drop_last (t.yaml:1): the Trainer "
                   "plans 3 updates and then makes 0"));
    CHECK(has_note(of("max_steps: 5", {.tokens = 7, .sequence_length = 8}),
                   "7 tokens make no whole batch for every process: the Trainer plans 5 updates and then makes 0"));
    CHECK(of("num_train_epochs: 10", facts).lines()[2].find("ceil(10 epochs x 125 updates)") != std::string::npos);
    // No note where nothing becomes of them.
    CHECK(of("val_size: 0.1\nlearning_rate: 1", {.world_size = 1, .batches = 100}).notes.empty());
    CHECK(of("auto_find_batch_size: false\nlearning_rate: 1", facts).notes.empty());
    CHECK(
        has_note(of("stage: pt\npacking: true", facts),
                 "packing (t.yaml:2) makes one sequence of several examples: the number of examples has to be that of "
                 "the sequences"));
    // The caller's length of a sequence needs no word on where it is from.
    for (const char* cut : {"stage: pt\ncutoff_len: 64", "stage: pt"}) {
        const resolved known = of(cut, {.world_size = 1, .tokens = 10'000, .sequence_length = 100});
        CHECK(known.total_steps == 39);
        CHECK(known.notes.empty());
    }
    const resolved ppo = of("stage: ppo\nppo_buffer_size: 1\nlearning_rate: 1", facts);
    CHECK(ppo.total_steps == 375);
    CHECK(ppo.notes.empty());
    CHECK(
        of("stage: ppo\nmax_steps: 0\ntransformers_version: 4.48.0", {.examples = 100, .world_size = 1}).total_steps ==
        39);
    CHECK(has_note(of("num_generations: 8\nsteps_per_generation: 2\ntransformers_version: 4.48.0",
                      {.examples = 1, .world_size = 1}),
                   "1 example makes no whole generation: the Trainer plans 3 updates and then makes 0"));
}

TEST_CASE("a length that is given is compared with what the data make") {
    const std::string yaml = "gradient_accumulation_steps: 2\n";
    CHECK(
        has_note(of(yaml, {.total_steps = 9, .batches = 33}),
                 "the run has 9 updates, where 33 batches make 51 (ceil(3 epochs x 17 updates), each epoch 33 batches "
                 "/ (1 process x 2))"));
    CHECK(has_note(of(yaml, {.total_steps = 9, .batches = 1}),
                   "the run has 9 updates, where 1 batch makes 3 (ceil(3 epochs x 1 update), each epoch 1 batch "
                   "/ (1 process x 2))"));
    CHECK(
        has_note(of(yaml, {.total_steps = 9, .tokens = 1000, .sequence_length = 10}),
                 "the run has 9 updates, where 1000 tokens make 21 (ceil(3 epochs x 7 updates), each epoch 1000 tokens "
                 "in sequences of 10 / (8 x 1 process x 2))"));
    CHECK(of("learning_rate: 1", {.total_steps = 30, .examples = 80}).notes.empty());
    CHECK(has_note(of("dataloader_drop_last: true", {.total_steps = 9, .examples = 5}),
                   "the run has 9 updates; the recipe itself does not say how many"));
    // That an older version makes this many is said where the version is not known.
    const std::string of_100 =
        "the run has 18 updates, where 100 examples make 21 (ceil(3 epochs x 7 updates), each epoch "
        "100 examples / (8 x 1 process x 2))";
    CHECK(has_note(of(yaml, {.total_steps = 18, .examples = 100}), of_100 + "; transformers up to 4.51 makes 18"));
    CHECK(has_note(of(yaml + "transformers_version: 4.55", {.total_steps = 18, .examples = 100}), of_100));
    CHECK(has_note(of("max_steps: 0\nlearning_rate: 1", {.total_steps = 36, .examples = 90}),
                   "the run has 36 updates, where 90 examples make 0 (max_steps 0); transformers up to 4.48 makes 36"));
    // No older version reads a part of the run as warmup_steps.
    CHECK(has_note(of("warmup_steps: 0.5", {.total_steps = 9, .examples = 90}),
                   "the run has 9 updates, where 90 examples make 36 (ceil(3 epochs x 12 updates), each epoch 90 "
                   "examples / (8 x 1 process x 1))"));
}

TEST_CASE("what Hugging Face runs is read as it runs, if no schedule of pacer's is so") {
    // The values are those of transformers 4.57.6; 3,000 random settings were compared with it, and none is refused here alone.
    const std::string common = "learning_rate: 1e-4\nmax_steps: 100\nlr_scheduler_type: ";
    const resolved above = of(common + "cosine_with_min_lr\nlr_scheduler_kwargs: {min_lr: 2e-4}");
    CHECK(above.schedule(0) == 1e-4);
    CHECK(std::abs(above.schedule(50) - 1.5e-4) < 1e-18);
    CHECK(!above.curve);
    CHECK(has_note(above,
                   "the floor 0.0002 (t.yaml:4) is above the learning rate 0.0001 (t.yaml:1): the rate rises to it"));
    CHECK(std::abs(of(common + "cosine_with_min_lr\nlr_scheduler_kwargs: {min_lr_rate: 1.5}").schedule(50) - 1.25e-4) <
          1e-18);

    const resolved inside =
        of(common + "warmup_stable_decay\nwarmup_steps: 10\nlr_scheduler_kwargs: {num_decay_steps: 95}");
    CHECK(inside.schedule(9) == 9e-5);
    CHECK(std::abs(inside.schedule(10) - 9.931806517013612e-05) < 1e-18);
    CHECK(has_note(inside,
                   "the warm-up of 10 updates (warmup_steps) and the decay of 95 are longer than the run of 100: the "
                   "decay begins part-way down"));
    CHECK(has_note(of(common + "warmup_stable_decay\nwarmup_ratio: 0.1\nlr_scheduler_kwargs: {num_decay_steps: 95}"),
                   "the warm-up of 10 updates (warmup_ratio) and the decay of 95 are longer than the run of 100: the "
                   "decay begins part-way down"));
    const resolved waves =
        of(common + "warmup_stable_decay\nlr_scheduler_kwargs: {num_decay_steps: 20, num_cycles: 1.5}");
    CHECK(std::abs(waves.schedule(90) - 5e-5) < 1e-18);
    CHECK(std::abs(waves.schedule(86) - 2.4471741852423237e-06) < 1e-18);  // down
    CHECK(std::abs(waves.schedule(93) - 9.938441702975689e-05) < 1e-18);   // and up again
    const resolved up =
        of(common + "warmup_stable_decay\nlr_scheduler_kwargs: {num_decay_steps: 20, num_stable_steps: 30, "
                    "num_cycles: 1, min_lr_ratio: 0.1}");
    CHECK(up.schedule(49) > 9.7e-5);
    CHECK(up.schedule(50) == 1e-5);  // and then the floor
    CHECK(has_note(waves,
                   "pacer's warmup_stable_decay does not have a decay of other than one half wave; it is read as "
                   "Hugging Face computes it"));

    const run_facts v5{{}, {}, 1, hf_trainer::v5};
    CHECK(of(common + "inverse_sqrt\nlr_scheduler_kwargs: {timescale: 100.0}", v5).curve);
    // More than a count of steps can be: the rate does not fall at all.
    const resolved slow = of(common + "inverse_sqrt\nlr_scheduler_kwargs: {timescale: 1e17}", v5);
    CHECK(!slow.curve);
    CHECK(std::abs(slow.schedule(99) - 1e-4) < 1e-18);
    CHECK(std::abs(of(common + "inverse_sqrt\nlr_scheduler_kwargs: {timescale: 0.5}", v5).schedule(4) - 1e-4 / 3) <
          1e-18);
    CHECK(of(common + "polynomial\nlr_scheduler_kwargs: {power: 0}").schedule(50) == 1e-4);
    CHECK(has_note(of(common + "cosine\nlr_scheduler_kwargs: {num_cycles: 0}"),
                   "num_cycles 0 (t.yaml:4) is no wave: the rate stays at the peak"));
    CHECK(has_note(of(common + "cosine\nlr_scheduler_kwargs: {num_cycles: 1}"),
                   "num_cycles 1 (t.yaml:4) is a number of whole waves: the run ends at the peak; one descent is 0.5"));
    CHECK(has_note(of(common + "cosine_with_min_lr\nlr_scheduler_kwargs: {min_lr: 0, num_cycles: 0.3}"),
                   "num_cycles 0.3 (t.yaml:4) does not end at the floor; one descent is 0.5"));
    CHECK(of(common + "cosine\nlr_scheduler_kwargs: {num_cycles: 1.5}").notes.empty());
    CHECK(of(common + "cosine_with_restarts\nlr_scheduler_kwargs: {num_cycles: 2.5}").notes.empty());
    CHECK(reason("learning_rate: 0\nmax_steps: 9\nlr_scheduler_type: cosine_with_min_lr\nlr_scheduler_kwargs: {min_lr: "
                 "1}") ==
          "t.yaml:1: learning_rate: found 0, accepted: a rate above 0 (Hugging Face divides min_lr by it)");
}

TEST_CASE("a DeepSpeed configuration that contradicts the arguments is Hugging Face's error") {
    const std::string yaml = "learning_rate: 1e-4\nper_device_train_batch_size: 4\nmax_steps: 100\n";
    CHECK(reason(yaml +
                 "deepspeed: {gradient_accumulation_steps: 8, train_micro_batch_size_per_gpu: 1, optimizer: {params: "
                 "{lr: 5e-6}}}") == "t.yaml:4: train_micro_batch_size_per_gpu: found 1, accepted: 4 "
                                    "(per_device_train_batch_size, t.yaml:2; Hugging "
                                    "Face refuses another) or \"auto\"\n"
                                    "t.yaml:4: gradient_accumulation_steps: found 8, accepted: 1 "
                                    "(gradient_accumulation_steps, default; Hugging Face "
                                    "refuses another) or \"auto\"\n"
                                    "t.yaml:4: lr: found 5e-6, accepted: 0.0001 (learning_rate, t.yaml:1; Hugging Face "
                                    "refuses another) or \"auto\"");
    CHECK(reason(yaml + "deepspeed: {gradient_accumulation_steps: auto, train_micro_batch_size_per_gpu: 4, optimizer: "
                        "{params: {lr: auto}}, train_batch_size: auto}") == "accepted");
    CHECK(has_note(of(yaml + "deepspeed: {train_batch_size: 32}"),
                   "train_batch_size 32 (t.yaml:4) makes it 8 processes"));
    CHECK(reason(yaml + "deepspeed: {train_batch_size: 32}", {.world_size = 2}) ==
          "t.yaml:4: train_batch_size: found 32, accepted: 8 (per_device_train_batch_size x "
          "gradient_accumulation_steps x 2 "
          "processes; Hugging Face refuses another) or \"auto\"");
    const std::string decay = "deepspeed: {scheduler: {type: WarmupDecayLR, params: {last_batch_iteration: ";
    const std::string rest = ", total_num_steps: auto, warmup_num_steps: auto}}}";
    CHECK(of(yaml + decay + "-1" + rest).notes ==
          of(yaml + "deepspeed: {scheduler: {type: WarmupDecayLR, params: {" + rest.substr(2)).notes);
    CHECK(has_note(
        of(yaml + decay + "7" + rest),
        "last_batch_iteration 7 (t.yaml:4) begins inside the schedule; the curve here is that from its start"));
    CHECK_THAT(reason(yaml + decay + "-2" + rest),
               ContainsSubstring("last_batch_iteration: found -2, accepted: a whole number of -1 or more"));
    // No whole number of processes makes this batch of 4s.
    CHECK(reason(yaml + "deepspeed: {train_batch_size: 7}") ==
          "t.yaml:4: train_batch_size: found 7, accepted: 4 (per_device_train_batch_size x "
          "gradient_accumulation_steps x 1 process; Hugging Face refuses another) or \"auto\"");
    // What is null is not given.
    const std::string nothing = "deepspeed: {scheduler: {type: WarmupLR";
    for (const char* null : {"}}", ", params: null}}", ", params: {warmup_num_steps: null}}, train_batch_size: null}"})
        CHECK(of(yaml + nothing + null).warmup_steps == 1000);
}

TEST_CASE("DeepSpeed's schedulers without a warm-up know nothing of the arguments") {
    const std::string yaml = "learning_rate: 1e-4\nwarmup_steps: 5\nmax_steps: 100\n";
    const auto with = [&](const std::string& type, const std::string& params) {
        return yaml + "deepspeed: {scheduler: {type: " + type + ", params: {" + params + "}}}";
    };
    const resolved cycle =
        of(with("OneCycle", "cycle_min_lr: 1e-5, cycle_max_lr: 1e-3, cycle_first_step_size: 10, "
                            "decay_lr_rate: 0.5, decay_step_size: 4, cycle_momentum: false, cycle_min_mom: 0.8"));
    const pacer::deepspeed::one_cycle expected({.cycle_min_lr = 1e-5,
                                                .cycle_max_lr = 1e-3,
                                                .decay_lr_rate = 0.5,
                                                .cycle_first_step_size = 10,
                                                .decay_step_size = 4});
    for (step_t s = 0; s < 100; ++s)
        CHECK(cycle.schedule(s) == expected(s));
    CHECK(cycle.peak_lr == 1e-3);
    CHECK(cycle.total_steps == 100);
    CHECK(has_note(cycle, "warmup_steps 5 (t.yaml:2) is ignored by OneCycle"));
    const resolved stairs = of(with("OneCycle", "cycle_min_lr: 1e-5, cycle_max_lr: 1e-3, cycle_first_step_size: 10, "
                                                "cycle_first_stair_count: 5, cycle_second_stair_count: 2"));
    const pacer::deepspeed::one_cycle in_stairs({.cycle_min_lr = 1e-5,
                                                 .cycle_max_lr = 1e-3,
                                                 .cycle_first_step_size = 10,
                                                 .cycle_first_stair_count = 5,
                                                 .cycle_second_stair_count = 2});
    for (step_t s = 0; s < 30; ++s)
        CHECK(stairs.schedule(s) == in_stairs(s));
    CHECK(stairs.schedule(3) != expected(3));
    const resolved range = of("deepspeed: {scheduler: {type: LRRangeTest, params: {lr_range_test_min_lr: 1e-4, "
                              "lr_range_test_staircase: true, lr_range_test_step_size: 3}}}");
    CHECK(range.total_steps == pacer::endless);
    CHECK(range.schedule(30) ==
          pacer::deepspeed::lr_range_test(
              {.lr_range_test_min_lr = 1e-4, .lr_range_test_step_size = 3, .lr_range_test_staircase = true})(30));
    CHECK(reason(with("OneCycle", "cycle_min_lr: 1, cycle_max_lr: 2, cycle_first_step_size: 0.5")) ==
          "t.yaml:4: cycle_first_step_size: found 0.5, accepted: a whole number of 0 or more");
    CHECK(reason(with("LRRangeTest", "warmup_min_lr: 1")) ==
          "t.yaml:4: warmup_min_lr: no such key, accepted: lr_range_test_min_lr, lr_range_test_step_size, "
          "lr_range_test_step_rate, lr_range_test_staircase, last_batch_iteration");
    CHECK_THAT(reason(with("OneCycle", "cycle_min_lr: 2, cycle_max_lr: 1")), ContainsSubstring("t.yaml:4: cycle_"));
}

TEST_CASE("what the lines show of a file is harmless") {
    for (const std::string text : {"deepspeed: \"a\\e[31m\\n.json\"", "accelerator_config: \"a\\e[31m\\n.json\"",
                                   "lr_x", "transformers_version: \"4.50\\e[31m\\n\""})
        for (const std::string& line :
             of("learning_rate: 1\nmax_steps: 9\n" + (text[0] == 'l' ? "\"lr_x\\e\": 1" : text)).lines()) {
            CAPTURE(line);
            CHECK(line.find_first_of("\n\x1B") == std::string::npos);
        }
}

TEST_CASE("controllers are no schedules") {
    for (const std::string name : {"reduce_lr_on_plateau", "greedy"})
        CHECK(reason("max_steps: 10\nlr_scheduler_type: " + name) ==
              "t.yaml:2: lr_scheduler_type: found \"" + name +
                  "\", accepted: a schedule; this is a controller, fed by a metric, not a function of the step");
}

TEST_CASE("warmup_stable_decay is laid out as Hugging Face does") {
    const std::string common =
        "learning_rate: 1\nmax_steps: 100\nwarmup_steps: 10\nlr_scheduler_type: warmup_stable_decay\n";
    const resolved plain = of(common + "lr_scheduler_kwargs: {num_decay_steps: 20}");
    CHECK(params_of<pacer::warmup_stable_decay<>>(plain).stable_steps == 70);
    CHECK(plain.schedule(80) == 1);
    CHECK(plain.schedule(90) == 0.5);
    CHECK(plain.schedule(100) == 0);
    CHECK(plain.notes.empty());

    const resolved both =
        of(common + "lr_scheduler_kwargs: {num_decay_steps: 20, num_stable_steps: 30, min_lr_ratio: 0.25}");
    CHECK(both.schedule(0) == 0.25);
    CHECK(both.schedule(60) == 0.25);
    CHECK(both.schedule(99) == 0.25);
    CHECK(has_note(both, "warm-up, stable part and decay are 60 of 100 updates; the other 40 run at the floor"));
    CHECK(
        has_note(both, "the warm-up starts at the floor, min_lr_ratio 0.25 (t.yaml:5) of the learning rate, not at 0"));

    const resolved cut = of(common + "lr_scheduler_kwargs: {num_decay_steps: 20, num_stable_steps: 90}");
    CHECK(cut.total_steps == 100);
    CHECK(cut.schedule(110) == 0.5);
    CHECK(has_note(cut, "warm-up, stable part and decay are 120 updates; the run ends after 100 of them"));

    CHECK(reason(common) == "t.yaml: lr_scheduler_kwargs: found no num_decay_steps, accepted: a whole number of 0 or "
                            "more (warmup_stable_decay needs it)");
    CHECK(reason(common + "lr_scheduler_kwargs: {num_decay_steps: 9223372036854775807, num_stable_steps: 1}") ==
          "t.yaml:5: num_decay_steps: makes a schedule that is too long, accepted: at most 2^53 updates");
    for (const char* stable : {"9007199254740993", "9007199254740980"})
        CHECK(reason(common + "lr_scheduler_kwargs: {num_decay_steps: 20, num_stable_steps: " + stable + "}") ==
              "t.yaml:5: num_stable_steps: makes a schedule that is too long, accepted: at most 2^53 updates");
    CHECK(reason(common + "lr_scheduler_kwargs: {num_decay_steps: 9007199254740993}") ==
          "t.yaml:5: num_decay_steps: makes a schedule that is too long, accepted: at most 2^53 updates");
    CHECK(reason(common + "lr_scheduler_kwargs: {num_decay_steps: 20, num_cycles: 0.5}") == "accepted");
}

TEST_CASE("LLaMA-Factory fills in the parts of warmup_stable_decay") {
    run_facts facts;
    facts.total_steps = 100;
    const resolved r = resolve(read_recipe(data + "/data/recipes/llamafactory.yaml"), facts);
    CHECK(r.warmup_steps == 10);
    CHECK(params_of<pacer::warmup_stable_decay<>>(r).stable_steps == 30);
    CHECK(params_of<pacer::warmup_stable_decay<>>(r).decay_steps == 60);
    CHECK(has_note(r,
                   "LLaMA-Factory fills in num_stable_steps and num_decay_steps where they are not given, as 1/3 and "
                   "2/3 of the updates after the warm-up"));
    const std::string common = "stage: sft\nmax_steps: 100\nwarmup_steps: 10\nlr_scheduler_type: warmup_stable_decay\n";
    // Each for itself: giving the decay does not make the stable part longer.
    CHECK(params_of<pacer::warmup_stable_decay<>>(of(common + "lr_scheduler_kwargs: {num_decay_steps: 20}"))
              .stable_steps == 30);
    CHECK(params_of<pacer::warmup_stable_decay<>>(of(common + "lr_scheduler_kwargs: {num_stable_steps: 20}"))
              .decay_steps == 60);
    CHECK(of(common + "lr_scheduler_kwargs: {num_stable_steps: 20, num_decay_steps: 70}").notes.empty());
    // Of a run that ends inside its warm-up, -5 updates: a third is -2, rounded down, and the rest -3.
    const std::string rising = "stage: sft\nlearning_rate: 1\nmax_steps: 10\nwarmup_steps: 15\nlr_scheduler_type: "
                               "warmup_stable_decay\n";
    for (const char* given : {"", "lr_scheduler_kwargs: {num_stable_steps: 3}"}) {
        const resolved run = of(rising + given);
        CHECK(run.schedule(0) == 0);
        CHECK(run.schedule(5) == 1.0 / 3);
        CHECK(run.schedule(9) == 0.6);
        CHECK(has_note(run, "the warm-up of 15 updates (warmup_steps) and the decay of -3 are longer than the run of "
                            "10: the decay begins part-way down"));
    }
}

TEST_CASE("DeepSpeed's scheduler is filled in as Hugging Face does, and wins") {
    const resolved r = resolve(read_recipe(data + "/data/recipes/with_deepspeed.json"));
    CHECK(r.scheduler == "WarmupDecayLR");
    CHECK(r.total_steps == 100);
    CHECK(r.warmup_steps == 10);
    CHECK(r.peak_lr == 3e-4);
    CHECK(r.schedule(0) == 0);
    CHECK(r.schedule(1) == 0);
    CHECK(r.schedule(11) == 3e-4);
    CHECK(r.schedule(101) == 0);
    const std::string file = data + "/data/recipes/conf/decay.json";
    CHECK(has_note(r, "DeepSpeed's scheduler WarmupDecayLR (" + file + ":4) replaces linear (default)"));

    const auto with = [](const std::string& type, const std::string& params) {
        return "learning_rate: 1\nmax_steps: 100\nwarmup_steps: 10\ndeepspeed: {scheduler: {type: " + type +
               ", params: {" + params + "}}}";
    };
    const resolved cosine =
        of(with("WarmupCosineLR", "total_num_steps: 100, warmup_num_steps: 10, cos_min_ratio: 0.25"));
    CHECK(cosine.schedule(10) == 1);
    CHECK(cosine.schedule(100) == 0.25);
    CHECK(of(with("WarmupLR", "warmup_max_lr: auto, warmup_num_steps: auto")).schedule(50) == 1);
    CHECK(has_note(of(with("WarmupLR", "warmup_num_steps: 10")),
                   "warmup_max_lr is not given: the learning rate in newer "
                   "versions of DeepSpeed, 0.001 in older ones"));
    CHECK(reason(with("WarmupLR", "warmup_max_lr: 0.5")) ==
          "t.yaml:4: warmup_max_lr: found 0.5, accepted: 1 (learning_rate; Hugging Face refuses another) or \"auto\"");
    CHECK(reason(with("WarmupLR", "warmup_num_steps: 20")) == "t.yaml:4: warmup_num_steps: found 20, accepted: 10 (the "
                                                              "warm-up of the training arguments; Hugging Face refuses "
                                                              "another) or \"auto\"");
    CHECK(
        reason(with("WarmupDecayLR", "total_num_steps: 99")) ==
        "t.yaml:4: total_num_steps: found 99, accepted: 100 (the updates of the run; Hugging Face refuses another) or "
        "\"auto\"");
    CHECK(reason(with("WarmupDecayLR", "warmup_num_steps: auto")) ==
          "t.yaml:4: scheduler: found no total_num_steps, accepted: 100 or \"auto\" (WarmupDecayLR needs it)");
    CHECK(reason(with("OneCycle", "")) ==
          "t.yaml:4: scheduler: found no cycle_min_lr, accepted: a rate (OneCycle needs it)");
    CHECK(reason(with("TwoCycle", "")) == "t.yaml:4: type: found TwoCycle, accepted: WarmupLR, WarmupDecayLR, "
                                          "WarmupCosineLR, OneCycle, LRRangeTest");
    CHECK(
        reason("max_steps: 5\nwarmup_steps: 5\ndeepspeed: {scheduler: {type: WarmupCosineLR, params: {total_num_steps: "
               "auto, warmup_num_steps: auto}}}") == "accepted");
    CHECK(has_note(of("max_steps: 5\ndeepspeed: {scheduler: {type: WarmupLR, params: {warmup_num_steps: auto}}}"),
                   "DeepSpeed makes a warm-up of 0 updates one of 2"));
    // Without a length, as long as nothing depends on it.
    CHECK(of("warmup_steps: 4\ndeepspeed: {scheduler: {type: WarmupLR, params: {warmup_num_steps: 4}}}").warmup_steps ==
          4);
    CHECK_THAT(reason("warmup_ratio: 0.1\ndeepspeed: {scheduler: {type: WarmupLR, params: {warmup_num_steps: auto}}}"),
               ContainsSubstring("accepted: the number of updates"));
}

TEST_CASE("two lengths of a generation contradict each other") {
    CHECK(reason("learning_rate: 1e-4\nmax_steps: 100\nnum_generations: 8\nsteps_per_generation: 4\n"
                 "generation_batch_size: 32\n")
              .find("generation_batch_size: found beside steps_per_generation (t.yaml:4), accepted: one of them") !=
          std::string::npos);
}

TEST_CASE("what a schedule does within its first cycle is said") {
    const resolved short_cycle = of("learning_rate: 1e-4\nlr_scheduler_type: cosine_with_restarts\nmax_steps: 100\n"
                                    "lr_scheduler_kwargs:\n  num_cycles: 0.5\n",
                                    {.trainer = hf_trainer::v4});
    CHECK(has_note(short_cycle, "num_cycles 0.5 (t.yaml:5) ends before the first descent does"));
    CHECK(std::abs(short_cycle.schedule(50) - 1e-4 * (1 + std::cos(0.25 * 3.14159265358979323846)) / 2) < 1e-18);
}

TEST_CASE("a cycle of DeepSpeed's that is gone on with is said to be") {
    recipe r = parse_yaml("learning_rate: 1e-4\nmax_steps: 100\n", "t.yaml");
    add_deepspeed(
        r,
        "{\"scheduler\": {\"type\": \"OneCycle\", \"params\": {\"cycle_min_lr\": 1e-5, \"cycle_max_lr\": 1e-4, "
        "\"cycle_first_step_size\": 10, \"last_batch_iteration\": 7}}}",
        "ds.json");
    const resolved run = resolve(r, {.trainer = hf_trainer::v4});
    CHECK(run.schedule(10) == 1e-4);
    CHECK(has_note(run,
                   "last_batch_iteration 7 (ds.json:1) begins inside the schedule; the curve here is that from its "
                   "start"));
}

TEST_CASE("a warm-up may begin above the rate, and a floor be above the peak") {
    const resolved high = of("learning_rate: 1e-4\nlr_scheduler_type: cosine_warmup_with_min_lr\nmax_steps: 100\n"
                             "warmup_steps: 10\nlr_scheduler_kwargs:\n  min_lr_rate: 0.1\n  warmup_lr_rate: 2\n",
                             {.trainer = hf_trainer::v5});
    CHECK(std::abs(high.schedule(0) - 2e-4) < 1e-18);
    const resolved floor = of("learning_rate: 1e-4\nlr_scheduler_type: warmup_stable_decay\nmax_steps: 100\n"
                              "warmup_steps: 10\nlr_scheduler_kwargs:\n  num_decay_steps: 20\n  num_stable_steps: 70\n"
                              "  min_lr_ratio: 3\n",
                              {.trainer = hf_trainer::v4});
    CHECK(std::abs(floor.schedule(100) - 3e-4) < 1e-18);
}

TEST_CASE("a DeepSpeed schedule that is gone on with, or is longer than the run, is said to be") {
    recipe r = parse_yaml("learning_rate: 1e-4\nmax_steps: 100\nwarmup_steps: 500\n", "t.yaml");
    add_deepspeed(r,
                  "{\"scheduler\": {\"type\": \"WarmupLR\", \"params\": {\"warmup_num_steps\": 500, "
                  "\"warmup_max_lr\": 1e-4, \"warmup_type\": \"linear\", \"last_batch_iteration\": 7}}}",
                  "ds.json");
    const resolved run = resolve(r, {.trainer = hf_trainer::v4});
    CHECK(has_note(run,
                   "last_batch_iteration 7 (ds.json:1) begins inside the schedule; the curve here is that from its "
                   "start"));
    CHECK(has_note(run, "the warm-up of 500 updates is longer than the run of 100"));
    CHECK(run.schedule(100) < 0.25e-4);
}

TEST_CASE("a DeepSpeed configuration that is not there is said to be missing") {
    run_facts facts;
    facts.total_steps = 6566;
    const std::string path = data + "/data/runs/19-log-written-twice/recipe.yaml";
    CHECK(has_note(resolve(read_recipe(path), facts),
                   "the DeepSpeed configuration my_dz_twoGPU.json (" + path +
                       ":9) was not found; if it has a scheduler, that one runs instead"));
    CHECK(has_note(resolve(read_yaml(path), facts),
                   "the DeepSpeed configuration my_dz_twoGPU.json (" + path + ":9) is taken to have no scheduler"));
}

TEST_CASE("a resolved recipe explains itself") {
    const std::vector<std::string> lines =
        of("learning_rate: 1e-4\nlr_scheduler_type: cosine\nwarmup_ratio: 0.1", {96, {}, 1, {}}).lines();
    CHECK(lines == std::vector<std::string>{
                       "scheduler      cosine      t.yaml:2", "learning rate  0.0001      t.yaml:1",
                       "updates        96          given, not from the recipe",
                       "warm-up        10 updates  t.yaml:3, ceil(0.1 x 96)", "cycles         0.5         default",
                       "note: the run has 96 updates; the recipe itself does not say how many",
                       "note: warmup_ratio 0.1 of 96 updates is 9.600000000000001, rounded up to 10"});
}

TEST_CASE("what a recipe resolves to can be made again by name") {
    const resolved r = of(
        "max_steps: 100\nwarmup_steps: 7\nlr_scheduler_type: cosine_with_min_lr\nlr_scheduler_kwargs: {min_lr: 1e-6}");
    REQUIRE(r.curve);
    const auto again = pacer::parse(pacer::to_text(*r.curve));
    for (step_t step = 0; step < 150; ++step)
        CHECK(again(step) == r.schedule(step));
}
