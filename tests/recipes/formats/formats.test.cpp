// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "recipes/read.hpp"

#include <pacer/recipes/read_command_line.hpp>
#include <pacer/recipes/read_recipe.hpp>
#include <pacer/recipes/resolve.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace pacer::recipes;
using pacer::step_t;

resolved of(const std::string& text, run_facts facts = {}, const std::string& file = "t.yaml") {
    if (!facts.trainer)
        facts.trainer = pacer::hf_trainer::v4;
    return resolve(parse_recipe(text, file), facts);
}

std::string reason(const std::string& text, const run_facts& facts = {}, const std::string& file = "t.yaml") {
    return verdict([&] { return of(text, facts, file); });
}

std::string format_of(const std::string& text, const std::string& file = "t.yaml") {
    return parse_recipe(text, file).format;
}

bool has_note(const resolved& r, const std::string& part) {
    for (const std::string& note : r.notes)
        if (note.find(part) != std::string::npos)
            return true;
    for (const std::string& note : r.notes)
        UNSCOPED_INFO(note);
    return false;
}

bool is_near(double a, double b) { return std::abs(a - b) <= 1e-14 * (std::abs(a) + std::abs(b)); }

const run_facts ten_thousand{.examples = 10'007, .world_size = 2};

}  // namespace

TEST_CASE("a file is known by what only its trainer's files have") {
    CHECK(format_of("micro_batch_size: 2\nlearning_rate: 1e-4\n") == "axolotl");
    CHECK(format_of("optimizer:\n  _component_: torch.optim.AdamW\n  lr: 2e-5\n") == "torchtune");
    CHECK(format_of("{\"zero_optimization\": {\"stage\": 2}}", "t.json") == "DeepSpeed");
    CHECK(format_of("model: x\nmodel_class: llm\n") == "LLaMA-Factory v1");
    CHECK(format_of("train.training_stage: PPO\n") == "LLaMA Board");
    CHECK(format_of("max_duration: 10\nscheduler:\n  name: constant\n") == "OLMo");
    CHECK(format_of("model:\n  optim:\n    lr: 1\n    sched:\n      name: CosineAnnealing\n") == "NeMo");
    CHECK(format_of("\"lr-decay-style\": cosine\n\"num-layers\": 1\n") == "GPT-NeoX");
    CHECK(format_of("[optimizer]\nlr = 1.0\n[training]\nsteps = 10\n", "t.toml") == "torchtitan");
    CHECK(format_of("network_module = \"networks.lora\"\n", "t.toml") == "sd-scripts");
    CHECK(format_of("param_scheduler = []\n", "t.py") == "MMEngine");
    CHECK(format_of("num_generations: 8\nlearning_rate: 1e-6\n") == "TRL");
    CHECK(format_of("stage: sft\nlearning_rate: 1e-4\n") == "LLaMA-Factory");
}

TEST_CASE("a file that no trainer is known by is refused, whatever its syntax") {
    for (const char* file : {"t.toml", "t.py"})
        CHECK(reason("a = 1\n", {}, file).find("found no key of a known trainer") != std::string::npos);
    CHECK(reason("a = [1,\n", {}, "t.toml") == "t.toml:1: is not TOML");
    // A section is none of the Trainer's arguments, whatever it is called.
    CHECK(reason("lr_scheduler:\n  _name: inverse_sqrt\n").find("found no key of a known trainer") !=
          std::string::npos);
    CHECK(reason("a = 'x\n", {}, "t.py") == "t.py:1: found ' that is not closed");
}

// axolotl.

TEST_CASE("axolotl: the length, the warm-up and their defaults") {
    const std::string base =
        "micro_batch_size: 2\ngradient_accumulation_steps: 4\nnum_epochs: 1\nlearning_rate: 0.0002\n";
    const resolved run = of(base + "warmup_ratio: 0.1\ncosine_min_lr_ratio: 0.1\n", ten_thousand);
    CHECK(run.total_steps == 626);
    CHECK(run.warmup_steps == 62);  // rounded down
    CHECK(run.schedule(62) == 0.0002);
    CHECK(run.schedule(626) == 0.1 * 0.0002);
    CHECK(of(base, ten_thousand).warmup_steps == 18);  // floor(3 %)
    CHECK(of(base + "max_steps: 20000\n").warmup_steps == 100);
    CHECK(of(base + "max_steps: 20000\n", ten_thousand).warmup_steps == 18);  // of the shorter one
    CHECK(of(base + "warmup_steps: 1\n", ten_thousand).warmup_steps == 2);
    CHECK(of(base + "warmup_steps: 0.1\n", ten_thousand).warmup_steps == 63);
    CHECK(of(base, {.total_steps = 100}).total_steps == 100);
    CHECK(reason(base + "warmup_steps: 10\nwarmup_ratio: 0.1\n", ten_thousand) ==
          "t.yaml:6: warmup_ratio: found beside warmup_steps 10 (t.yaml:5), accepted: one of them");
    CHECK(reason("micro_batch_size: 2\n", ten_thousand) ==
          "t.yaml: learning_rate: found nothing, accepted: a finite number of 0 or more (axolotl has no default)");
    CHECK(reason(base).find("accepted: the number of updates, or else the number of examples") != std::string::npos);
    CHECK(reason(base + "warmup_rati: 0.1\n", ten_thousand).find("the nearest is warmup_ratio") != std::string::npos);
}

TEST_CASE("axolotl: other lengths than examples, and a batch that is not full") {
    const std::string yaml = "micro_batch_size: 8\nlearning_rate: 1e-4\n";
    CHECK(of(yaml, {.tokens = 8'192, .sequence_length = 64}).total_steps == 16);
    CHECK(reason(yaml, {.batches = 9}) ==
          "t.yaml: max_steps: found nothing, accepted: the number of updates, or else the number of examples the run "
          "has (of batches only the Hugging Face Trainer's length is planned)");
    CHECK_THAT(reason(yaml, {.tokens = 9}), ContainsSubstring("(tokens are counted in sequences of sequence_length)"));
    CHECK(reason(yaml, {.batches = 0}) == "batches: found 0, accepted: a number of 1 or more");
    CHECK(reason(yaml, {.sequence_parallel = 0}) == "sequence_parallel: found 0, accepted: a number of 1 or more");
    CHECK(has_note(of(yaml + "dataloader_drop_last: true", {.examples = 15, .world_size = 2}),
                   "with dataloader_drop_last true (t.yaml:3) the 15 examples make no batch for every process (8 x 2): "
                   "the Trainer plans this many updates and then makes 0"));
    CHECK(has_note(of(yaml + "val_set_size: 0.05", {.examples = 15}),
                   "val_set_size 0.05 (t.yaml:3) takes this much of the data for evaluation"));
    for (const char* none : {"val_set_size: 0", "val_set_size: 0.05\nmax_steps: 9"})
        CHECK(!has_note(of(yaml + none, {.examples = 15}), "val_set_size"));
    CHECK(!has_note(of(yaml + "dataloader_drop_last: true", {.examples = 16, .world_size = 2}), "makes 0"));
}

TEST_CASE("axolotl: what the caller knows wins, and what is given twice is refused") {
    const std::string base = "micro_batch_size: 2\nlearning_rate: 2e-4\n";
    const resolved shorter = of(base + "max_steps: 500\n", {.total_steps = 100});
    CHECK(shorter.total_steps == 100);
    CHECK(has_note(shorter, "the run has 100 updates, not the max_steps 500 (t.yaml:3)"));
    CHECK(reason(base + "streaming: true\n") ==
          "t.yaml: max_steps: found nothing, accepted: a number of updates (a streamed data set has no length)");
    CHECK(reason(base + "num_epochs: 1\nbatch_size: 8\ngradient_accumulation_steps: 4\n", ten_thousand) ==
          "t.yaml:4: batch_size: found beside gradient_accumulation_steps 4 (t.yaml:5), accepted: one of them");
    CHECK(reason(base + "max_steps: 10\nlr_scheduler: rex\nwarmup_steps: 20\n") ==
          "t.yaml:5: warmup_steps: found 20, accepted: at most the 10 updates of the run");
    const resolved line = of(base + "max_steps: 100\nwarmup_steps: 50\nlr_scheduler: one_cycle\n"
                                    "lr_scheduler_kwargs:\n  anneal_strategy: linear\n");
    CHECK(is_near(line.schedule(49), 2e-4));
    CHECK(is_near(line.schedule(0), 2e-4 / 25));
    CHECK(is_near(line.schedule(7), 2e-4 / 25 + (2e-4 - 2e-4 / 25) * 7 / 49));  // a line, no cosine
}

TEST_CASE("axolotl: its own curves") {
    const std::string base = "micro_batch_size: 1\nlearning_rate: 1e-3\nmax_steps: 1000\nwarmup_steps: 100\n";
    const resolved square = of(base + "lr_quadratic_warmup: true\n");
    CHECK(is_near(square.schedule(50), 0.25e-3));
    const resolved early = of(base + "cosine_min_lr_ratio: 0.2\ncosine_constant_lr_ratio: 0.8\n");
    CHECK(early.schedule(800) == 0.2e-3);
    CHECK(early.schedule(999) == 0.2e-3);
    CHECK(early.schedule(700) > 0.2e-3);
    const resolved rex = of(base + "lr_scheduler: rex\n");
    CHECK(is_near(rex.schedule(0), 1e-5));
    CHECK(rex.schedule(99) == 1e-3);
    CHECK(is_near(rex.schedule(549), 1e-3 * (0.5 / (0.1 + 0.9 * 0.5))));
    CHECK(rex.schedule(999) == 0);
    const resolved one = of(base + "lr_scheduler: one_cycle\n");
    CHECK(is_near(one.schedule(99), 1e-3));  // pct_start 0.1
    CHECK(is_near(one.schedule(0), 1e-3 / 25));
    const resolved constant = of(base + "lr_scheduler: constant_with_warmup\ncosine_min_lr_ratio: 0.1\n");
    CHECK(constant.schedule(999) == 1e-3);
    CHECK(has_note(constant, "cosine_min_lr_ratio 0.1 (t.yaml:6) is read for cosine alone"));
    CHECK(reason(base + "lr_scheduler: rex\njagged_restart_steps: 100\n").find("accepted: one of Hugging Face's") !=
          std::string::npos);
    CHECK(reason(base + "cosine_constant_lr_ratio: 0.05\ncosine_min_lr_ratio: 0.1\n").find("longer than its warm-up") !=
          std::string::npos);
}

TEST_CASE("axolotl: rates that are texts, streams, processes that share a batch, and DeepSpeed") {
    const std::string base = "micro_batch_size: 1\nmax_steps: 100\nwarmup_steps: 10\nlearning_rate: ";
    // PyYAML takes 1e-3 for a text, and axolotl makes a number of it.
    for (const char* scheduler : {"cosine", "rex", "one_cycle"})
        for (const char* rate : {"1e-3", "'1e-3'", "'1E-3'", "'0.001'"})
            CHECK(of(base + rate + "\nlr_scheduler: " + scheduler).peak_lr == 1e-3);
    for (const char* none : {"1e.3", "1e5e5", "1e+", "1e", "e5", "1-"})
        CHECK(reason(base + "'" + none + "'") ==
              "t.yaml:4: learning_rate: found \"" + std::string(none) + "\", accepted: a finite number of 0 or more");
    const resolved rex = of(base + "1e-3\nlr_scheduler: rex");
    CHECK(rex.schedule(-1) == rex.schedule(0));
    CHECK(rex.schedule(200) == rex.schedule(99));
    CHECK(of(base + "1e-3", {.total_steps = 100}).notes.empty());
    const resolved to_the_end = of(base + "1e-3\ncosine_min_lr_ratio: 0.1\ncosine_constant_lr_ratio: 0");
    CHECK(is_near(to_the_end.schedule(55), 0.55e-3));

    const std::string open = "micro_batch_size: 1\nlearning_rate: 1e-3\n";
    CHECK(of(open + "max_steps: 50\n", {.total_steps = 50, .examples = 100}).warmup_steps == 2);  // of the given 50
    CHECK(reason(open + "pretraining_dataset: x\n", {.examples = 100}) ==
          "t.yaml: max_steps: found nothing, accepted: a number of updates (a streamed data set has no length)");
    CHECK(of(open + "tensor_parallel_size: 2\n", {.examples = 1000}).total_steps == 2000);
    CHECK(of(open + "context_parallel_size: 2\nsample_packing: true\n", {.examples = 1000}).total_steps == 2000);
    CHECK(reason(open + "sample_packing: true\nnum_epochs: 1e300\n", {.examples = 1000}) ==
          "t.yaml:4: num_epochs: found 1e300, accepted: a number that makes a run of 1 to 2^53 updates");
    CHECK(reason(open, {.tokens = 10, .sequence_length = 20}) ==
          "t.yaml: max_steps: found nothing, accepted: the number of updates, or else the number of examples the run "
          "has (tokens are counted in sequences of sequence_length)");

    const std::string with_deepspeed = base + "1e-3\ndeepspeed: {scheduler: {type: WarmupLR, params: {warmup_type: "
                                              "linear, warmup_num_steps: auto, warmup_min_lr: 0}}}\n";
    const resolved warms = of(with_deepspeed);
    CHECK(warms.scheduler == "WarmupLR");
    CHECK(is_near(warms.schedule(6), 0.5e-3));  // one update late
    CHECK(warms.schedule(99) == 1e-3);
    CHECK(has_note(warms, "DeepSpeed's scheduler WarmupLR (t.yaml:5) replaces cosine (default)"));
    CHECK(reason(with_deepspeed + "jagged_restart_steps: 20\n") ==
          "t.yaml:6: jagged_restart_steps: restarts a schedule that goes on from its last rate, which is not "
          "determined; accepted: one of Hugging Face's schedulers");
}

// TRL.

TEST_CASE("TRL: each trainer has a rate of its own") {
    const auto rate = [](const std::string& more) {
        return of("model_name_or_path: m\ndataset_name: d\nnum_train_epochs: 1\n" + more, ten_thousand).peak_lr;
    };
    CHECK(rate("") == 2e-5);
    CHECK(rate("beta: 0.1\n") == 1e-6);
    CHECK(rate("num_generations: 8\n") == 1e-6);
    CHECK(rate("desirable_weight: 1.0\n") == 1e-6);
    CHECK(rate("center_rewards_coefficient: 0.1\n") == 1e-4);
    CHECK(rate("learning_rate: 3e-4\n") == 3e-4);
    CHECK(resolve(parse_command_line("trl reward --max_steps 10")).peak_lr == 1e-4);
    CHECK(resolve(parse_command_line("python trl/scripts/kto.py --max_steps 10")).peak_lr == 1e-6);
    const resolved online = resolve(parse_command_line("trl online_dpo --max_steps 10"));
    CHECK(online.peak_lr == 5e-7);
    CHECK(has_note(online, "it is 5e-07 for TRL's ONLINE_DPO"));
    CHECK(resolve(parse_command_line("python reward.py trl --max_steps 10")).peak_lr == 1e-4);
}

TEST_CASE("TRL: GRPO trains on the completions") {
    const std::string base =
        "learning_rate: 1.0e-6\nlr_scheduler_type: cosine\nwarmup_ratio: 0.1\nnum_train_epochs: 1\n"
        "per_device_train_batch_size: 16\ngradient_accumulation_steps: 4\n";
    const resolved run = of(base + "num_generations: 16\n", ten_thousand);
    CHECK(run.total_steps == 1250);
    CHECK(run.warmup_steps == 125);
    // Eight completions of each by default.
    CHECK(of(base + "reward_funcs: [accuracy]\n", ten_thousand).total_steps == 10'007 / 16);
    CHECK(reason(base + "num_generations: 7\n", ten_thousand).find("num_generations: found 7") != std::string::npos);
}

// torchtune.

TEST_CASE("torchtune: no scheduler is a constant rate; epochs are rounded down") {
    const std::string base = "optimizer:\n  _component_: torch.optim.AdamW\n  lr: 2e-5\nepochs: 2\nbatch_size: 2\n";
    const resolved run = of(base, ten_thousand);
    CHECK(run.schedule(0) == 2e-5);
    CHECK(run.schedule(5000) == 2e-5);
    CHECK(run.total_steps == 2 * (5004 / 2));
    CHECK(of(base + "gradient_accumulation_steps: 16\n", ten_thousand).total_steps == 2 * (2502 / 16));
    CHECK(of(base + "max_steps_per_epoch: 10\n", ten_thousand).total_steps == 20);
    CHECK(of(base).schedule(1'000'000) == 2e-5);  // needs no length
    const std::string scheduler = "lr_scheduler:\n  _component_: torchtune.modules.get_cosine_schedule_with_warmup\n";
    CHECK(reason(base + scheduler, ten_thousand).find("lr_scheduler.num_warmup_steps: found nothing") !=
          std::string::npos);
    const resolved cosine = of(base + scheduler + "  num_warmup_steps: 100\n", ten_thousand);
    CHECK(cosine.schedule(100) == 2e-5);
    CHECK(cosine.warmup_steps == 100);
    CHECK(reason(base + "lr_scheduler:\n  _component_: torch.optim.lr_scheduler.StepLR\n")
              .find("lr_scheduler._component_") != std::string::npos);
    CHECK(reason(base + "lr_scheduler:\n  _component_: x.get_cosine_schedule_with_warmup\n  num_warmup_step: 1\n",
                 ten_thousand)
              .find("the nearest is num_warmup_steps") != std::string::npos);
}

// DeepSpeed.

TEST_CASE("torchtune: the caller's length, a warm-up over the whole run, and packed examples") {
    const std::string base = "epochs: 1\nbatch_size: 2\noptimizer:\n  _component_: torch.optim.AdamW\n  lr: 2e-5\n";
    CHECK(of(base, {.total_steps = 30}).total_steps == 30);
    const std::string cosine =
        "lr_scheduler:\n  _component_: torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup\n"
        "  num_warmup_steps: 100\n";
    const resolved rising = of(base + cosine, {.total_steps = 50});
    CHECK(has_note(rising, "the warm-up of 100 updates is longer than the run of 50"));
    CHECK(is_near(rising.schedule(49), 2e-5 * 49 / 100));
    CHECK(has_note(of(base + "dataset:\n  packed: true\n", ten_thousand),
                   "packed true (t.yaml:7) puts several examples "
                   "into one"));
    CHECK(reason(base + "lr_scheduler:\n  num_warmup_steps: 100\n", ten_thousand) ==
          "t.yaml: lr_scheduler._component_: found nothing, accepted: the name of a scheduler");
}

TEST_CASE("DeepSpeed alone: five schedulers, and none") {
    const auto config = [](const std::string& scheduler) {
        return "{\"train_batch_size\": 32, \"optimizer\": {\"type\": \"AdamW\", \"params\": {\"lr\": 1e-3}}" +
               (scheduler.empty() ? "" : ", \"scheduler\": " + scheduler) + "}";
    };
    const auto run = [&](const std::string& scheduler) {
        return of(config(scheduler), {.total_steps = 100}, "ds.json");
    };
    CHECK(run("").schedule(99) == 1e-3);
    CHECK(run("{\"type\": \"WarmupLR\", \"params\": {\"warmup_num_steps\": 10}}").schedule(50) == 1e-3);
    const resolved decay =
        run("{\"type\": \"WarmupDecayLR\", \"params\": {\"warmup_max_lr\": 2e-3, \"total_num_steps\": 100, "
            "\"warmup_num_steps\": 10, \"warmup_type\": \"linear\"}}");
    CHECK(decay.peak_lr == 2e-3);
    CHECK(decay.schedule(1) == 0);  // one update late
    CHECK(has_note(decay, "takes the place of the optimizer's rate"));
    const resolved cosine =
        run("{\"type\": \"WarmupCosineLR\", \"params\": {\"total_num_steps\": 100, \"warmup_num_steps\": 10}}");
    CHECK(cosine.schedule(100) == 1e-3 * 0.0001);
    CHECK(run("{\"type\": \"LRRangeTest\", \"params\": {\"lr_range_test_min_lr\": 0.001, "
              "\"lr_range_test_step_size\": "
              "10, "
              "\"lr_range_test_step_rate\": 1}}")
              .schedule(20) == 0.003);
    CHECK(run("{\"type\": \"OneCycle\", \"params\": {\"cycle_min_lr\": 1e-4, \"cycle_max_lr\": 1e-3, "
              "\"cycle_first_step_size\": 10}}")
              .schedule(10) == 1e-3);
    CHECK(reason(config("{\"type\": \"StepLR\"}"), {}, "ds.json") ==
          "ds.json:1: scheduler.type: found \"StepLR\", accepted: WarmupLR, WarmupDecayLR, WarmupCosineLR, OneCycle, "
          "LRRangeTest");
    CHECK(reason(config("{\"type\": \"WarmupDecayLR\", \"params\": {\"total_num_steps\": \"auto\"}}"), {}, "ds.json")
              .find("which Hugging Face's training arguments fill in") != std::string::npos);
    CHECK(reason(config("{\"type\": \"OneCycle\", \"params\": {\"cycle_min_lr\": 1}}"), {}, "ds.json")
              .find("cycle_max_lr: found nothing") != std::string::npos);
}

TEST_CASE("DeepSpeed alone: what is missing is said, and whose length it is") {
    const std::string lr = "{\"optimizer\": {\"params\": {\"lr\": 1e-3}}";
    const resolved plain = of(lr + "}", {.total_steps = 100}, "ds.json");
    CHECK(has_note(plain, "the batch is not given (train_batch_size or train_micro_batch_size_per_gpu)"));
    CHECK(reason(lr + ", \"train_batch_size\": 8, \"scheduler\": {\"params\": {}}}", {}, "ds.json") ==
          "ds.json: scheduler.type: found nothing, accepted: WarmupLR, WarmupDecayLR, WarmupCosineLR, OneCycle, "
          "LRRangeTest");
    const std::string decay = ", \"train_batch_size\": 8, \"scheduler\": {\"type\": \"WarmupDecayLR\", \"params\": {";
    CHECK(reason(lr + decay + "}}}", {}, "ds.json") ==
          "ds.json: scheduler.params.total_num_steps: found nothing, accepted: a whole number of 1 or more "
          "(WarmupDecayLR needs it)");
    const resolved longer =
        of(lr + decay + "\"warmup_max_lr\": 1e-3, \"warmup_num_steps\": 10, \"total_num_steps\": 50}}}",
           {.total_steps = 100}, "ds.json");
    CHECK(longer.total_steps == 100);
    CHECK(longer.schedule(99) == 0);
    CHECK(has_note(longer, "the run has 100 updates, the schedule is for total_num_steps 50"));
    const resolved parts = of("{\"optimizer\": {\"params\": {\"lr\": 1e-3}}, \"train_micro_batch_size_per_gpu\": 4, "
                              "\"gradient_accumulation_steps\": 2}",
                              {.total_steps = 100, .world_size = 2}, "ds.json");
    CHECK(std::any_of(parts.figures.begin(), parts.figures.end(),
                      [](const figure& f) { return f.name == "batch" && f.value == "16"; }));
}

TEST_CASE("DeepSpeed alone: the batch is that of all processes, and is checked") {
    const std::string parts = "{\"train_micro_batch_size_per_gpu\": 4, \"gradient_accumulation_steps\": 2, "
                              "\"optimizer\": {\"params\": {\"lr\": 1e-3}}";
    CHECK(reason(parts + ", \"train_batch_size\": 64}", {.world_size = 2}, "ds.json") ==
          "ds.json:1: train_batch_size: found 64, accepted: 16 (train_micro_batch_size_per_gpu x "
          "gradient_accumulation_steps x 2 processes)");
    CHECK(reason(parts + ", \"train_batch_size\": 16}", {.world_size = 2}, "ds.json") == "accepted");
    // WarmupLR does not look at total_num_steps.
    const std::string ends =
        parts + ", \"scheduler\": {\"type\": \"WarmupLR\", \"params\": {\"total_num_steps\": 100}}}";
    CHECK(of(ends, {}, "ds.json").total_steps == pacer::endless);
    CHECK(of(ends, {.total_steps = 100}, "ds.json").total_steps == 100);
    CHECK(has_note(of(ends, {.total_steps = 50}, "ds.json"),
                   "the run has 50 updates, the schedule is for total_num_steps 100 (ds.json:1)"));
}

// Megatron-LM.

TEST_CASE("Megatron: fractions are not rounded, samples are divided") {
    const std::string base = "python pretrain_gpt.py --lr 1e-3 --min-lr 1e-4 ";
    const auto run = [&](const std::string& more, const run_facts& facts = {}) {
        return resolve(parse_command_line(base + more), facts);
    };
    const resolved whole = run("--train-iters 1000 --lr-decay-style cosine --lr-warmup-fraction 0.1");
    CHECK(whole.total_steps == 1000);
    CHECK(whole.schedule(100) == 1e-3);
    CHECK(whole.schedule(1000) == 1e-4);
    const resolved part =
        run("--train-iters 1000 --lr-decay-iters 999 --lr-decay-style linear --lr-warmup-fraction 0.01");
    CHECK(is_near(part.schedule(9), 1e-3 * 9 / 9.99));
    CHECK(is_near(part.schedule(10), 1e-4 + 9e-4 * (999 - 10) / (999 - 9.99)));
    CHECK(part.schedule(999) == 1e-4);
    const resolved samples =
        run("--train-samples 10000 --lr-warmup-samples 250 --global-batch-size 100 --lr-decay-style linear");
    CHECK(samples.total_steps == 100);
    CHECK(is_near(samples.schedule(2), 1e-3 * 200 / 250));
    CHECK(is_near(samples.schedule(3), 1e-4 + 9e-4 * (10'000 - 300) / (10'000 - 250)));
    CHECK(!samples.curve);
    const resolved decayed =
        run("--train-iters 100 --lr-decay-style WSD --lr-wsd-decay-iters 20 --lr-wsd-decay-style linear");
    CHECK(decayed.schedule(80) == 1e-3);
    CHECK(is_near(decayed.schedule(90), 5.5e-4));
    CHECK(run("--train-iters 100").scheduler == "linear");
    CHECK(run("--lr-decay-style constant --lr-warmup-iters 10", {.total_steps = 50}).total_steps == 50);
}

TEST_CASE("Megatron: what it refuses") {
    const auto said = [](const std::string& more) {
        return verdict([&] { return resolve(parse_command_line("python x.py --train-iters 100 " + more)); });
    };
    CHECK(said("").find("lr: found nothing") != std::string::npos);
    CHECK(said("--lr 1 --lr-warmup-iters 100").find("lr_warmup_iters: makes a warm-up of 100") != std::string::npos);
    CHECK(said("--lr 1 --lr-warmup-fraction 0.1 --lr-warmup-iters 5").find("accepted: one of them") !=
          std::string::npos);
    CHECK(said("--lr 1 --lr-warmup-samples 5").find("counted in updates") != std::string::npos);
    CHECK(said("--lr 1 --rampup-batch-size 32 32 1000").find("lets the batch grow") != std::string::npos);
    CHECK(said("--lr 1 --lr-decay-tokens 100").find("Megatron-DeepSpeed") != std::string::npos);
    CHECK(said("--lr 1 --lr-decay-style WSD").find("lr_wsd_decay_iters: found nothing") != std::string::npos);
    CHECK(said("--lr 1 --lr-decay-style cosin").find("lr_decay_style: found \"cosin\"") != std::string::npos);
    CHECK(said("--lr 1 --min-lr 2").find("min_lr") != std::string::npos);
    CHECK(said("--lr 1 --lr-warmup-iter 2").find("the nearest is lr_warmup_iters") != std::string::npos);
    CHECK(said("--lr 1 --global-batch-size $GBS") == "accepted");  // no length depends on it
    const auto of_shell = [](const std::string& before, const std::string& batch) {
        return verdict([&] {
            return resolve(
                parse_command_line(before + "python x.py --lr 1 --train-samples 100 --global-batch-size " + batch));
        });
    };
    for (const char* variable : {"$GBS", "${GBS}"})
        CHECK(of_shell("GBS=16; ", variable) ==
              "command:1: global_batch_size: found " + std::string(variable) +
                  ", a shell variable, which is not expanded (line 1 sets it); accepted: a whole number of 1 or more");
    CHECK(of_shell("GBS=16; ", "${GBS}0") ==
          "command:1: global_batch_size: found ${GBS}0, a shell variable, which is not expanded (line 1 sets GBS); "
          "accepted: a whole number of 1 or more");
    CHECK(said("--lr 1 --warmup 0.1").find("warmup: is no argument of Megatron any more") != std::string::npos);
    CHECK(said("--lr 1 --train-samples 1000 --global-batch-size 10").find("found beside train_iters 100") !=
          std::string::npos);
    CHECK(said("--lr 1 --step-batch-size-schedule '0:8 100:16'").find("by a table of its own") != std::string::npos);
    CHECK(verdict([] {
              return resolve(parse_command_line("python x.py --lr 1 --lr-decay-style cosine --min-lr 0"));
          }).find("(or train_samples, or the number of updates)") != std::string::npos);
    const std::string samples =
        "python x.py --lr 1 --train-samples 1000 --global-batch-size 10 --lr-decay-style linear "
        "--lr-warmup-fraction 0.0325";
    CHECK(verdict([&] {
              return resolve(parse_command_line(samples));
          }).find("makes a warm-up of 32.5 samples, which ends between two") != std::string::npos);
}

TEST_CASE("Megatron: a warm-up that ends between two updates, and another length") {
    const auto run = [](const std::string& more, const run_facts& facts = {}) {
        return resolve(parse_command_line("python x.py --lr 1 --train-iters 100 " + more), facts);
    };
    const std::string part = "--lr-warmup-fraction 0.035 --lr-decay-style ";
    CHECK(is_near(run(part + "constant").schedule(3), 3 / 3.5));
    CHECK(run(part + "constant").schedule(4) == 1);
    CHECK(is_near(run(part + "linear --min-lr 0.1").schedule(50), 1 - 0.9 * 46.5 / 96.5));
    CHECK(is_near(run(part + "cosine").schedule(100), 0));
    const std::string wsd = part + "WSD --lr-wsd-decay-iters 20 --lr-wsd-decay-style ";
    CHECK(is_near(run(wsd + "linear").schedule(90), 0.5));
    CHECK(is_near(run(wsd + "cosine").schedule(90), 0.5));
    CHECK(is_near(run(wsd + "minus_sqrt").schedule(85), 0.5));
    CHECK(is_near(run(wsd + "exponential").schedule(90), 2 * std::pow(0.5, 0.5) - 1));
    const resolved longer = run("--lr-decay-style linear", {.total_steps = 150});
    CHECK(longer.total_steps == 150);
    CHECK(longer.schedule(100) == 0);
    CHECK(has_note(longer, "the run has 150 updates, not the 100 of train_iters 100"));
    CHECK(run("--lr-decay-style linear", {.total_steps = 100}).notes.empty());
    CHECK(verdict([&] {
              return run("--lr-decay-style inverse-square-root --lr-warmup-fraction 0.035");
          }).find("makes a warm-up of 3.5000000000000004 updates, which ends between two") != std::string::npos);
    // 250 samples of decay are 2.5 updates.
    const resolved samples = resolve(
        parse_command_line("python x.py --lr 1 --train-samples 10000 --global-batch-size 100 --lr-decay-style WSD "
                           "--lr-wsd-decay-samples 250 --lr-wsd-decay-style linear"));
    CHECK(samples.schedule(97) == 1);
    CHECK(is_near(samples.schedule(98), 0.8));
    CHECK(is_near(samples.schedule(99), 0.4));
}

// sd-scripts.

TEST_CASE("sd-scripts: every process steps the scheduler") {
    const std::string base = "network_module = \"x\"\nlearning_rate = 1e-4\nmax_train_steps = 1000\n";
    const auto run = [&](const std::string& more, step_t processes = 1) {
        return of(base + more, {.world_size = processes}, "t.toml");
    };
    CHECK(run("").schedule(999) == 1e-4);  // constant
    CHECK(run("lr_scheduler = \"cosine\"\nlr_warmup_steps = 100").schedule(100) == 1e-4);
    CHECK(run("lr_scheduler = \"cosine\"\nlr_warmup_steps = 100", 4).schedule(25) == 1e-4);
    CHECK(is_near(run("lr_scheduler = \"cosine\"\nlr_warmup_steps = 10", 4).schedule(1), 0.4e-4));
    CHECK(run("lr_scheduler = \"linear\"\nlr_warmup_steps = 0.1", 4).schedule(100) == 1e-4);
    CHECK(run("lr_scheduler = \"cosine_with_min_lr\"\nlr_scheduler_min_lr_ratio = 0.1").schedule(1000) == 0.1 * 1e-4);
    CHECK(run("lr_scheduler = \"polynomial\"\nlr_scheduler_power = 2").schedule(1000) == 1e-7);
    CHECK(run("lr_scheduler = \"warmup_stable_decay\"\nlr_decay_steps = 0.2\nlr_warmup_steps = 100").schedule(800) ==
          1e-4);
    CHECK(run("unet_lr = 5e-4").peak_lr == 5e-4);
    CHECK(reason(base + "lr_warmup_steps = 10", {}, "t.toml").find("found beside lr_scheduler constant") !=
          std::string::npos);
    CHECK(reason(base + "lr_scheduler = \"cosine\"\nlr_warmup_steps = 100.0", {}, "t.toml")
              .find("lr_warmup_steps: found 100.0") != std::string::npos);
    CHECK(reason(base + "lr_scheduler_type = \"CosineAnnealingLR\"", {}, "t.toml").find("lr_scheduler_type") !=
          std::string::npos);
    const std::string command = "accelerate launch train_network.py --learning_rate 1e-4 --max_train_steps 100 "
                                "--lr_scheduler polynomial --lr_scheduler_args lr_end=1e-5 --lr_warmup_steps ";
    CHECK(resolve(parse_command_line(command + "10%")).warmup_steps == 10);
    CHECK(resolve(parse_command_line(command + "10.0")).warmup_steps == 10);
    CHECK(resolve(parse_command_line(command + "10")).schedule(100) == 1e-5);
    const auto said = [](const std::string& text) {
        return verdict([&] { return resolve(parse_command_line(text)); });
    };
    for (const char* none : {"x%", "-0.5", "1e300"})
        CHECK_THAT(said(command + none), ContainsSubstring("accepted: a whole number of 0 or more, or a part of the "
                                                           "run below 1"));
    CHECK(resolve(parse_command_line("accelerate launch train_textual_inversion.py --learning_rate 1e-4 "
                                     "--max_train_steps 100 --lr_scheduler cosine"))
              .schedule(50) == 0.5e-4);
    CHECK(of("pretrained_model_name_or_path = \"m\"\nlr_scheduler = \"cosine\"\noptimizer_type = \"AdamW\"\n", {},
             "t.toml")
              .total_steps == 1600);
    // What is handed on to the scheduler has to be its own, and a number.
    const std::string with = "accelerate launch train_network.py --learning_rate 1e-4 --max_train_steps 100 "
                             "--lr_scheduler_min_lr_ratio 0.1 --lr_scheduler ";
    for (const auto& [given, accepted] : {std::pair{"cosine --lr_scheduler_args num_cycles", "num_cycles=NUMBER"},
                                          std::pair{"cosine --lr_scheduler_args num_cycles=x", "num_cycles=NUMBER"},
                                          std::pair{"polynomial --lr_scheduler_args lr_end=x", "lr_end=NUMBER"},
                                          std::pair{"cosine_with_min_lr --lr_scheduler_args min_lr=x", "min_lr=NUMBER"},
                                          std::pair{"cosine_with_min_lr --lr_scheduler_args power=1", "min_lr=NUMBER"},
                                          std::pair{"linear --lr_scheduler_args power=1", "nothing for linear"}}) {
        const std::string text = given;
        CHECK(said(with + text) == "command:1: lr_scheduler_args: found \"" + text.substr(text.rfind(' ') + 1) +
                                       "\", accepted: " + accepted);
    }
}

TEST_CASE("sd-scripts: its other schedulers, and what it refuses") {
    const std::string base = "network_module = \"x\"\nlearning_rate = 1e-4\nmax_train_steps = 1000\n";
    const auto run = [&](const std::string& more, step_t processes = 1) {
        return of(base + more, {.world_size = processes}, "t.toml");
    };
    const auto said = [&](const std::string& more, step_t processes = 1) {
        return verdict([&] { return run(more, processes); });
    };
    const resolved root = run("lr_scheduler = \"inverse_sqrt\"\nlr_warmup_steps = 100\n");
    CHECK(root.schedule(100) == 1e-4);
    CHECK(is_near(root.schedule(400), 0.5e-4));
    const resolved slow = run("lr_scheduler = \"inverse_sqrt\"\nlr_scheduler_timescale = 400\n", 4);
    CHECK(is_near(slow.schedule(300), 0.5e-4));
    const resolved stable = run("lr_scheduler = \"warmup_stable_decay\"\nlr_decay_steps = 200\nlr_warmup_steps = 100\n"
                                "lr_scheduler_min_lr_ratio = 0.1\n");
    CHECK(is_near(stable.schedule(0), 1e-5));
    CHECK(stable.schedule(800) == 1e-4);
    CHECK(is_near(stable.schedule(1000), 1e-5));
    CHECK(is_near(run("lr_scheduler = \"cosine_with_min_lr\"\nlr_scheduler_args = [\"min_lr=1e-5\"]\n").schedule(1000),
                  1e-5));
    CHECK(is_near(run("lr_scheduler = \"cosine\"\nlr_scheduler_args = [\"num_cycles=1\"]\n").schedule(500), 0));
    CHECK(run("lr_scheduler = \"linear\"\nlr_warmup_steps = \"100\"\n").schedule(100) == 1e-4);
    const resolved own = run("optimizer_type = \"AdamWScheduleFree\"\nlr_scheduler = \"cosine\"\nwarmup_ratio = 0.1\n");
    CHECK(own.schedule(900) == 1e-4);
    CHECK(has_note(own, "has its own schedule; the scheduler is not used"));
    CHECK(has_note(own, "warmup_ratio 0.1 (t.toml:6) is no key of sd-scripts"));
    CHECK(of(base + "lr_scheduler = \"linear\"\n", {.total_steps = 500}, "t.toml").schedule(250) == 0.5e-4);
    const resolved epochs =
        of("network_module = \"x\"\nmax_train_epochs = 3\nmax_train_steps = 7\ntrain_batch_size = 2\n"
           "gradient_accumulation_steps = 4\n",
           {.examples = 101, .world_size = 2}, "t.toml");
    CHECK(epochs.total_steps == 3 * 7);  // ceil(51 / 8)
    CHECK(has_note(epochs, "max_train_epochs 3 (t.toml:2) wins over max_train_steps 7 (t.toml:3)"));

    CHECK(said("lr_scheduler = \"cosine\"\nlr_warmup_steps = 2000\n").find("at most 1000") != std::string::npos);
    CHECK(said("lr_scheduler = \"cosine_with_min_lr\"\n").find("cosine_with_min_lr needs it") != std::string::npos);
    CHECK(said("lr_scheduler = \"linear\"\nlr_scheduler_args = [\"num_cycles=1\"]\n")
              .find("accepted: nothing for linear") != std::string::npos);
    CHECK(said("lr_scheduler = \"cosine\"\nlr_scheduler_args = [\"lr_end=1\"]\n").find("accepted: num_cycles=NUMBER") !=
          std::string::npos);
    CHECK(said("lr_scheduler = \"polynomial\"\nlr_scheduler_args = [\"num_cycles=1\"]\n")
              .find("accepted: lr_end=NUMBER") != std::string::npos);
    CHECK(said("lr_scheduler = \"inverse_sqrt\"\nlr_scheduler_timescale = 401\n", 4)
              .find("a multiple of 4, as the warm-up") != std::string::npos);
    CHECK(said("lr_scheduler = \"warmup_stable_decay\"\nlr_decay_steps = 201\n", 4)
              .find("a multiple of 4, as the warm-up") != std::string::npos);
    CHECK(said("lr_scheduler = \"warmup_stable_decay\"\nlr_decay_steps = 600\nlr_warmup_steps = 600\n")
              .find("at most what the warm-up leaves of the run") != std::string::npos);
    CHECK(said("lr_scheduler = \"warmup_stable_decay\"\nlr_decay_steps = 6\nlr_scheduler_num_cycles = 3\n")
              .find("lr_scheduler_num_cycles: found 3") != std::string::npos);
    CHECK(reason("network_module = \"x\"\nmax_train_epochs = 9007199254740992\n", {.examples = 1000}, "t.toml")
              .find("at most 2^53 updates") != std::string::npos);
    CHECK(reason("network_module = \"x\"\nmax_train_steps = 9007199254740992\n", {.world_size = 2}, "t.toml")
              .find("at most 2^53 updates of all processes") != std::string::npos);
}

TEST_CASE("sd-scripts: a length that is no whole number of updates") {
    const std::string base = "network_module = \"x\"\nmax_train_steps = 1000\nlr_warmup_steps = ";
    const auto said = [&](const std::string& more) { return reason(base + more, {.world_size = 4}, "t.toml"); };
    for (const char* warmup : {"10", "8"})
        for (const char* decay : {"20", "18"}) {
            const std::string lengths = warmup + std::string("\nlr_decay_steps = ") + decay;
            CHECK(
                said(lengths + "\nlr_scheduler = \"warmup_stable_decay\"") ==
                (lengths == "8\nlr_decay_steps = 20"
                     ? "accepted"
                     : "t.toml:4: lr_decay_steps: found " + std::string(decay) +
                           ", accepted: a length that is a whole number of updates (a multiple of 4, as the warm-up)"));
        }
    CHECK(said("8\nlr_scheduler_timescale = 20\nlr_scheduler = \"inverse_sqrt\"") == "accepted");
    CHECK(
        said("10\nlr_scheduler_timescale = 20\nlr_scheduler = \"inverse_sqrt\"") ==
        "t.toml:4: lr_scheduler_timescale: found 20, accepted: a length that is a whole number of updates (a multiple "
        "of 4, as the warm-up)");
}

// torchtitan.

TEST_CASE("torchtitan: defaults, and what is cut") {
    const std::string base = "[optimizer]\nlr = 1e-3\n[training]\nsteps = 1000\n[lr_scheduler]\n";
    const resolved run = of(base, {}, "t.toml");
    CHECK(run.warmup_steps == 200);
    CHECK(is_near(run.schedule(0), 1e-3 / 200));
    CHECK(run.schedule(199) == 1e-3);
    CHECK(is_near(run.schedule(999), 1e-3 / 800));  // never 0
    const resolved cut = of(base + "warmup_steps = 2000", {}, "t.toml");
    CHECK(cut.warmup_steps == 1000);
    CHECK(has_note(cut, "is cut to the 1000 of the run"));
    CHECK(of(base + "decay_ratio = 0.1\nlr_min = 0.5", {}, "t.toml").schedule(899) == 1e-3);
    CHECK(reason(base + "decay_typ = \"cosine\"", {}, "t.toml").find("the nearest is decay_type") != std::string::npos);
    CHECK(reason(base + "decay_type = \"cos\"", {}, "t.toml").find("accepted: linear, sqrt, cosine") !=
          std::string::npos);
}

// LLaMA-Factory.

TEST_CASE("torchtitan: a decay that does not fit, and a schedule longer than the run") {
    const std::string base = "[optimizer]\nlr = 1.0\n[training]\nsteps = 100\n[lr_scheduler]\n";
    const resolved cut = of(base + "warmup_steps = 60\ndecay_ratio = 0.5\n", {}, "t.toml");
    CHECK(has_note(cut, "the decay of 50 updates is cut to 40"));
    CHECK(cut.schedule(59) == 1);
    CHECK(cut.schedule(80) < 0.6);
    const resolved longer = of(base + "warmup_steps = 0\ntotal_steps = 200\n", {}, "t.toml");
    CHECK(longer.total_steps == 100);
    CHECK(is_near(longer.schedule(99), 0.505));
}

TEST_CASE("LLaMA Board: numbers are texts, and the extra arguments win") {
    const std::string base = "top.model_name: x\ntrain.training_stage: Supervised Fine-Tuning\ntrain.batch_size: 2\n"
                             "train.gradient_accumulation_steps: 8\ntrain.learning_rate: '5e-5'\n"
                             "train.lr_scheduler_type: cosine\ntrain.num_train_epochs: '3.0'\ntrain.warmup_steps: 0\n";
    const resolved run =
        of(base + "train.extra_args: '{\"warmup_ratio\": 0.1, \"learning_rate\": 1e-4}'\n", ten_thousand);
    CHECK(run.total_steps == 3 * 313);
    CHECK(run.peak_lr == 1e-4);
    CHECK(run.warmup_steps == 94);
    CHECK(of(base, ten_thousand).peak_lr == 5e-5);
    // What becomes of the examples is said as for a file of LLaMA-Factory's; its boxes hold texts.
    const resolved fewer = of(base + "train.cutoff_len: 2048\ntrain.max_samples: '500'\ntrain.packing: true\n"
                                     "train.neat_packing: false\ntrain.val_size: 0.1\n",
                              ten_thousand);
    CHECK(has_note(fewer, "packing (t.yaml:11) makes one sequence of several examples, of at most cutoff_len 2048"));
    CHECK(has_note(fewer, "max_samples 500 (t.yaml:10) leaves no more of each data set"));
    CHECK(has_note(fewer, "val_size 0.1 (t.yaml:13) takes 0.1 of the data for evaluation"));
    CHECK(
        !has_note(of("top.model_name: x\ntrain.training_stage: DPO\ntrain.packing: true\n", ten_thousand), "packing"));
    CHECK(reason(base + "train.extra_args: '{'\n", ten_thousand) ==
          "t.yaml:9: train.extra_args: found \"{\", accepted: a JSON object");
    CHECK(
        reason("top.model_name: x\ntrain.learning_rate: fast\n", ten_thousand).find("learning_rate: found \"fast\"") !=
        std::string::npos);
}

TEST_CASE("LLaMA-Factory v1 has a constant rate and no scheduler") {
    const std::string base = "model: m\nmodel_class: llm\nmicro_batch_size: 2\n";
    CHECK(of(base, ten_thousand).schedule(1000) == 1e-4);
    CHECK(of(base, ten_thousand).total_steps == 3 * (10'007 / 2 / 2));
    CHECK(of(base + "max_steps: 10\n").total_steps == 10);
    CHECK(reason(base + "lr_scheduler_config:\n  name: cosine\n").find("version 1 has no scheduler yet") !=
          std::string::npos);
    CHECK(reason(base + "lr_scheduler_type: cosine\n").find("is no key of version 1") != std::string::npos);
}

TEST_CASE("torchtitan: the keys it had before, and a file that is another's") {
    const resolved old = of("[optimizer]\nlr = 1e-3\n[training]\nsteps = 100\nwarmup_steps = 10\n[lr_scheduler]\n"
                            "decay_type = \"cosine\"\n",
                            {}, "t.toml");
    CHECK(old.warmup_steps == 10);
    CHECK(is_near(old.schedule(0), 1e-4));
    CHECK(is_near(old.schedule(55), 0.5e-3));
    CHECK_THAT(reason("[training]\nsteps = 100\n", {}, "t.toml"),
               ContainsSubstring("found no key of a known trainer's"));
    // A training set alone is no sign of LLaMA-Factory's version 1.
    CHECK(format_of("model: m\ntrain_dataset: d\nlearning_rate: 1\n") == "Hugging Face");
}

// OLMo.

TEST_CASE("LLaMA-Factory v1: the caller's length, and a batch that is none") {
    const std::string base = "model: x\nmodel_class: llm\nlearning_rate: 1e-4\n";
    CHECK(of(base, {.total_steps = 77}).total_steps == 77);
    CHECK(of(base, {.total_steps = 77}).schedule(76) == 1e-4);
    CHECK(reason(base + "micro_batch_size: 2\nglobal_batch_size: 5\n", ten_thousand) ==
          "t.yaml:5: global_batch_size: found 5, accepted: a multiple of 4 (micro_batch_size x 2 processes)");
    const std::string board = "train.training_stage: Supervised Fine-Tuning\ntrain.learning_rate: 5e-5\n"
                              "train.num_train_epochs: '1'\ntrain.packing: true\n";
    CHECK(has_note(of(board, ten_thousand), "packing (t.yaml:4) makes one sequence of several examples"));
    CHECK(!has_note(of(board, {.total_steps = 10}), "packing"));
}

TEST_CASE("OLMo: lengths in updates, tokens and epochs") {
    const std::string base =
        "optimizer:\n  learning_rate: 1e-3\nglobal_train_batch_size: 8\nmodel:\n  max_sequence_length: 16\n";
    const std::string scheduler = "scheduler:\n  name: linear_with_warmup\n  t_warmup: 10\n";
    CHECK(of(base + scheduler + "max_duration: 100\n").total_steps == 100);
    CHECK(of(base + scheduler + "max_duration: 1e3T\n").total_steps == 8);  // ceil(1000 / 128)
    CHECK(of(base + scheduler + "max_duration: 2ep\n", {.examples = 100}).total_steps == 24);
    CHECK(reason(base + scheduler + "max_duration: long\n").find("max_duration: found \"long\"") != std::string::npos);
    const resolved run = of(base + scheduler + "max_duration: 100\n");
    // Official configurations have a stop a little behind the end, which stops nothing.
    CHECK(!has_note(of(base + scheduler + "max_duration: 100\nstop_at: 110\n"), "stop_at"));
    CHECK(has_note(of(base + scheduler + "max_duration: 100\nstop_at: 90\n"),
                   "stop_at 90 (t.yaml:10) ends the run before"));
    CHECK(is_near(run.schedule(0), 1e-4 + 9e-4 / 10));  // from a tenth, and a step into the warm-up
    CHECK(run.schedule(9) == 1e-3);
    CHECK(is_near(run.schedule(99), 1e-4));
    CHECK(of(base + "max_duration: 10\nscheduler:\n  name: constant\n").schedule(5) == 1e-3);
    const resolved root =
        of(base + "max_duration: 100\nscheduler:\n  name: inverse_sqrt_with_warmup\n  t_warmup: 10\n");
    CHECK(is_near(root.schedule(39), 1e-3 * std::sqrt(10.0 / 40)));
    const resolved envelope =
        of(base + "max_duration: 110\nscheduler:\n  name: cosine_linear_envelope\n  t_warmup: 10\n");
    CHECK(is_near(envelope.schedule(59), 1e-4 + 0.5 * 9e-4 * 0.5));
    CHECK(reason(base + "max_duration: 10\nscheduler:\n  name: max_scheduler\n").find("scheduler.name") !=
          std::string::npos);
    CHECK(reason(base + scheduler + "  warmup_min_lr: 1\nmax_duration: 100\n").find("a rate below 0.001") !=
          std::string::npos);
}

TEST_CASE("OLMo: a length that is none, one that is given, and a warm-up of the whole run") {
    const auto text = [](const std::string& duration, const std::string& scheduler) {
        return "max_duration: " + duration + "\nscheduler: {" + scheduler + "}\noptimizer: {learning_rate: 1}\n";
    };
    for (const char* none : {"T", "ep", "' T'"})
        CHECK_THAT(reason(text(none, "name: constant")),
                   ContainsSubstring("accepted: a number of updates, or of tokens (2e12T), or of epochs (1ep)"));
    CHECK(of(text("100", "name: constant"), {.total_steps = 100}).notes.empty());
    const resolved rise = of(text("100", "name: cosine_linear_envelope, t_warmup: 100"));
    CHECK(is_near(rise.schedule(0), 0.1 + 0.9 / 100));
    CHECK(is_near(rise.schedule(49), 0.55));
    // By tokens, a constant rate has no end.
    const resolved flat = of("global_train_batch_size: 4\nmodel: {max_sequence_length: 10}\n" +
                             text("400T", "name: constant, units: tokens, t_warmup: 100"));
    CHECK(flat.total_steps == 10);
    CHECK(flat.schedule(9) == 1);
    CHECK(flat.schedule.total_steps() == pacer::endless);
}

// NeMo.

TEST_CASE("OLMo: a constant rate after its warm-up, and lengths that are none") {
    const std::string base = "scheduler:\n  name: constant_with_warmup\n  t_warmup: 10\noptimizer:\n"
                             "  learning_rate: 1e-3\nmax_duration: ";
    const resolved constant = of(base + "100\n");
    CHECK(is_near(constant.schedule(4), 1e-4 + (1e-3 - 1e-4) * 5 / 10));
    CHECK(constant.schedule(50) == 1e-3);
    const resolved other = of(base + "100\n", {.total_steps = 60});
    CHECK(other.total_steps == 60);
    CHECK(has_note(other, "the run has 60 updates; the curve is for max_duration 100 (t.yaml:6)"));
    CHECK(reason(base + "1ep\nglobal_train_batch_size: 512\n", {.examples = 100}) ==
          "t.yaml:6: max_duration: found \"1ep\", accepted: a run of at least one update");
    CHECK(reason(base + "9007199254740992ep\nglobal_train_batch_size: 10\n", {.examples = 100}) ==
          "t.yaml:6: max_duration: found \"9007199254740992ep\", accepted: a run of at most 2^53 updates");
    CHECK(reason("scheduler:\n  name: cosine_linear_envelope\n  units: tokens\n  t_warmup: 10\noptimizer:\n"
                 "  learning_rate: 1e-3\nmax_duration: 100\n") ==
          "t.yaml:3: scheduler.units: found \"tokens\", accepted: steps, for cosine_linear_envelope");
}

TEST_CASE("NeMo: its policies") {
    const auto run = [](const std::string& sched, const std::string& more = "") {
        return of("trainer:\n  max_steps: 1000\nmodel:\n  optim:\n    lr: 1.0\n    sched:\n" + sched + more);
    };
    const resolved cosine = run("      name: CosineAnnealing\n      warmup_ratio: 0.0999\n      min_lr: 0.1\n");
    CHECK(cosine.warmup_steps == 99);
    CHECK(is_near(cosine.schedule(0), 1.0 / 100));  // (s + 1) / (W + 1)
    CHECK(cosine.schedule(99) == 1.0);
    CHECK(cosine.schedule(1000) == 0.1);
    const resolved held =
        run("      name: CosineAnnealing\n      warmup_steps: 100\n      constant_steps: 100\n      min_lr: 0.1\n");
    CHECK(is_near(held.schedule(50), 0.5));  // s / W
    CHECK(held.schedule(900) == 0.1);
    const resolved line = run("      name: WarmupAnnealing\n      warmup_steps: 0\n");
    CHECK(is_near(line.schedule(500), 0.5));
    const resolved square = run("      name: SquareAnnealing\n      min_lr: 0.3\n");
    CHECK(is_near(square.schedule(100), 0.81));
    CHECK(square.schedule(600) == 0.3);
    const resolved root = run("      name: InverseSquareRootAnnealing\n      warmup_steps: 99\n");
    CHECK(is_near(root.schedule(399), 0.5));
    const resolved hold =
        run("      name: NoamHoldAnnealing\n      warmup_steps: 100\n      hold_steps: 200\n      decay_rate: 1.0\n");
    CHECK(hold.schedule(299) == 1.0);
    CHECK(is_near(hold.schedule(500), 100.0 / 300));
    const resolved poly = run("      name: PolynomialHoldDecayAnnealing\n      warmup_steps: 100\n      "
                              "hold_steps: 100\n      power: 2\n");
    CHECK(is_near(poly.schedule(600), 0.25));
    CHECK(run("      name: WarmupHoldPolicy\n      warmup_steps: 10\n").schedule(999) == 1.0);
    CHECK(reason("trainer:\n  max_steps: 9\nmodel:\n  optim:\n    lr: 1\n    sched:\n      name: CyclicLR\n")
              .find("found \"CyclicLR\"") != std::string::npos);
    CHECK(reason("trainer:\n  max_steps: 9\nmodel:\n  optim:\n    lr: 1\n    sched:\n      name: CosineAnnealing\n     "
                 " min_lrr: 0\n")
              .find("the nearest is min_lr") != std::string::npos);
    const resolved command =
        resolve(parse_command_line("python train.py model.optim.lr=1e-3 ++trainer.max_steps=10 "
                                   "model.optim.sched.name=CosineAnnealing model.optim.sched.warmup_steps=2"));
    CHECK(command.total_steps == 10);
    CHECK(command.warmup_steps == 2);
}

TEST_CASE("NeMo: what is held must fit, and be given") {
    const auto said = [](const std::string& policy, const std::string& more) {
        return reason("model:\n  optim:\n    lr: 1e-3\n    sched:\n      name: " + policy + "\n" + more +
                      "trainer:\n  max_steps: 100\n");
    };
    CHECK(said("WarmupHoldPolicy", "      warmup_steps: 60\n      hold_steps: 50\n")
              .find("hold_steps: found 50, accepted: at most what the warm-up leaves of the run") != std::string::npos);
    CHECK(said("WarmupHoldPolicy", "      warmup_steps: 60\n      hold_steps: 40\n") == "accepted");
    CHECK(said("NoamHoldAnnealing", "      hold_steps: 40\n").find("NoamHoldAnnealing needs it") != std::string::npos);
    CHECK(said("SquareAnnealing", "      warmup_steps: 10\n") == "accepted");
    CHECK(said("PolynomialHoldDecayAnnealing", "      warmup_steps: 10\n")
              .find("(without, the rate would fall at once)") != std::string::npos);
}

TEST_CASE("NeMo: PyTorch's schedulers, lengths, and what it refuses") {
    const auto text = [](const std::string& sched, const std::string& trainer) {
        return trainer + "model:\n  optim:\n    lr: 1.0\n    sched:\n" + sched;
    };
    const std::string steps = "trainer:\n  max_steps: 1000\n";
    const auto run = [&](const std::string& sched) { return of(text(sched, steps)); };
    const auto said = [&](const std::string& sched) { return reason(text(sched, steps)); };
    CHECK(of("trainer:\n  max_steps: 10\nmodel:\n  optim:\n    name: adamw\n    lr: 0.5\n").schedule(9) == 0.5);
    CHECK(is_near(run("      name: StepLR\n      step_size: 100\n      gamma: 0.5\n").schedule(250), 0.25));
    const resolved exponential =
        of(text("      name: ExponentialLR\n      gamma: 0.5\n", "trainer:\n  max_steps: 1000\n  max_epochs: 10\n"));
    CHECK(exponential.schedule(99) == 1.0);
    CHECK(is_near(exponential.schedule(200), 0.25));
    CHECK(said("      name: StepLR\n      step_size: 100\n      min_lr: 0.1\n")
              .find("is no parameter of StepLR, which stops at it") != std::string::npos);
    CHECK(said("      name: ExponentialLR\n").find("sched.gamma: found nothing") != std::string::npos);
    CHECK(said("      name: ExponentialLR\n      gamma: 0.5\n").find("falls after each") != std::string::npos);
    CHECK(said("      name: CosineAnnealing\n      min_lr: 2\n").find("at most the rate 1") != std::string::npos);
    CHECK(said("      name: CosineAnnealing\n      warmup_steps: 10\n      warmup_ratio: 0.1\n")
              .find("found beside warmup_steps 10 (t.yaml:8), accepted: one of them") != std::string::npos);
    CHECK(said("      name: CosineAnnealing\n      args:\n        warmup_steps: 3\n").find("its values beside name") !=
          std::string::npos);
    CHECK(said("      name: PolynomialDecayAnnealing\n      cycle: true\n").find("cycles are not supported") !=
          std::string::npos);
    CHECK(said("      name: CosineAnnealing\n      warmup_steps: 600\n      constant_steps: 600\n")
              .find("leaves of the run") != std::string::npos);
    CHECK(said("      name: NoamHoldAnnealing\n      hold_steps: 10\n").find("NoamHoldAnnealing needs it") !=
          std::string::npos);
    CHECK(is_near(run("      name: PolynomialDecayAnnealing\n      power: 2\n      min_lr: 0.1\n").schedule(500),
                  0.1 + 0.9 * 0.25));
    const resolved replaced = run("      name: CosineAnnealing\n      max_steps: 500\n");
    CHECK(replaced.total_steps == 1000);
    CHECK(has_note(replaced, "trainer.max_steps 1000 (t.yaml:2) replaces sched.max_steps 500 (t.yaml:8)"));
    CHECK(of(text("      name: CosineAnnealing\n      max_steps: 500\n", "")).total_steps == 500);
    CHECK(of(text("      name: CosineAnnealing\n", ""), {.total_steps = 300}).total_steps == 300);
    CHECK(of("trainer:\n  devices: 1\nmodel:\n  optim:\n    name: adamw\n    lr: 0.5\n").schedule(1'000'000) ==
          0.5);  // of any length
    CHECK(run("      name: WarmupPolicy\n      warmup_steps: 10\n      min_lr: 0.1\n").schedule(999) == 1.0);
    CHECK(is_near(run("      name: NoamAnnealing\n      d_model: 100\n      warmup_steps: 100\n").schedule(400),
                  0.1 / 20));
    const resolved floor =
        run("      name: NoamAnnealing\n      d_model: 100\n      warmup_steps: 100\n      min_lr: 0.5\n");
    CHECK(is_near(floor.schedule(50), 0.005));
    CHECK(floor.schedule(101) == 0.5);
    CHECK(has_note(floor, "is above the peak"));
}

TEST_CASE("NeMo: lengths that agree, batches that are not full, and what PyTorch's schedulers do not take") {
    const auto text = [](const std::string& trainer, const std::string& more, const std::string& sched) {
        return "trainer: {" + trainer + "}\nmodel: {" + more + "optim: {lr: 0.1, sched: {" + sched + "}}}\n";
    };
    const std::string cosine = "name: CosineAnnealing, max_steps: ";
    CHECK(of(text("max_steps: 100", "", cosine + "100")).notes.empty());
    CHECK(has_note(of(text("max_steps: 100", "", cosine + "90")),
                   "trainer.max_steps 100 (t.yaml:1) replaces sched.max_steps 90 (t.yaml:2)"));
    const std::string exponential = "name: ExponentialLR, gamma: 0.5";
    for (const auto& [drop, total] : {std::pair{"true", 36}, std::pair{"false", 39}}) {
        const resolved run =
            of(text("max_epochs: 3", "train_ds: {batch_size: 8, drop_last: " + std::string(drop) + "}, ", exponential),
               {.examples = 100});
        CHECK(run.total_steps == total);
        CHECK(run.schedule(total / 3 - 1) == 0.1);
        CHECK(run.schedule(total / 3) == 0.05);
    }
    CHECK(reason(text("max_epochs: 3, max_steps: 100", "", exponential)) ==
          "t.yaml:1: trainer.max_epochs: found 3, accepted: a number of epochs of a known length (ExponentialLR falls "
          "after each)");
    CHECK(reason(text("max_epochs: 4, max_steps: 100", "", exponential + ", min_lr: 0.1")) ==
          "t.yaml:2: model.optim.sched.min_lr: is no parameter of ExponentialLR, which stops at it; accepted: gamma");
    CHECK(reason(text("max_steps: 100", "", "name: StepLR, step_size: 5, min_lr: 0.1")) ==
          "t.yaml:2: model.optim.sched.min_lr: is no parameter of StepLR, which stops at it; accepted: step_size, "
          "gamma");
}

// GPT-NeoX.

TEST_CASE("GPT-NeoX: the floor cuts, the warm-up is not rounded") {
    const auto run = [](const std::string& more) {
        return of("num_layers: 1\noptimizer: {params: {lr: 1.0}}\ntrain_iters: 1000\n" + more);
    };
    const resolved line = run("min-lr: 0.25\nwarmup: 0.1\n");
    CHECK(is_near(line.schedule(0), 0.01));
    CHECK(is_near(line.schedule(1), 0.01));
    CHECK(line.schedule(100) == 1.0);
    CHECK(is_near(line.schedule(550), 0.5));
    CHECK(line.schedule(900) == 0.25);
    const resolved part = run("warmup: 0.0105\nlr_decay_style: cosine\n");
    CHECK(is_near(part.schedule(10), 10 / 10.5));
    CHECK(is_near(run("lr-decay-style: exponential\nwarmup: 0\n").schedule(500), std::exp(-0.693 / 2)));
    CHECK(run("lr_decay_fraction: 0.5\nlr_decay_style: cosine\nmin_lr: 0.1\n").schedule(500) == 0.1);
    CHECK(reason("num_layers: 1\nlr_decay_style: linear\n").find("optimizer.params.lr: found nothing") !=
          std::string::npos);
}

// MMEngine.

TEST_CASE("GPT-NeoX: a constant rate, an exponential one, and what it refuses") {
    const std::string base =
        "{\"lr-decay-style\": \"STYLE\", \"num-layers\": 1, \"train-iters\": ITERS, \"warmup\": 0.1, "
        "\"optimizer\": {\"params\": {\"lr\": 1e-3}}}";
    const auto text = [&](const std::string& style, const std::string& iterations) {
        std::string t = base;
        t.replace(t.find("STYLE"), 5, style);
        t.replace(t.find("ITERS"), 5, iterations);
        return t;
    };
    const auto run = [&](const std::string& style, const std::string& iterations) {
        return of(text(style, iterations), {}, "neox.json");
    };
    const resolved constant = run("constant", "100");
    CHECK(is_near(constant.schedule(5), 0.5e-3));
    CHECK(constant.schedule(10) == 1e-3);
    CHECK(constant.schedule(99) == 1e-3);
    // The warm-up ends within update 10.
    const resolved between = run("constant", "105");
    CHECK(is_near(between.schedule(5), 1e-3 * 5 / 10.5));
    CHECK(between.schedule(11) == 1e-3);
    const resolved falling = run("exponential", "105");
    CHECK(is_near(falling.schedule(5), 1e-3 * 5 / 10.5));
    CHECK(is_near(falling.schedule(105), 1e-3 * std::exp(-0.693)));
    const auto refusal = [&](const std::string& more) {
        std::string t = text("exponential", "105");
        return reason(t.insert(t.size() - 1, ", " + more), {}, "neox.json");
    };
    CHECK(refusal("\"min-lr\": 0.9e-3").find("a fraction that makes a whole number of updates (here 10.5)") !=
          std::string::npos);
    CHECK(refusal("\"min-lr\": 2e-3").find("accepted: at most the rate 0.001") != std::string::npos);
    CHECK(refusal("\"scheduler\": {\"type\": \"WarmupLR\"}")
              .find("found a scheduler of DeepSpeed, accepted: lr_decay_style (GPT-NeoX's)") != std::string::npos);
    std::string whole = text("linear", "100");
    whole.replace(whole.find("0.1"), 3, "1");
    CHECK(reason(whole, {}, "neox.json").find("accepted: a number from 0 to below 1") != std::string::npos);
}

TEST_CASE("MMEngine: what is literal in a configuration") {
    const std::string base = "base_lr = 1e-2 * 4 / 2  # a comment\nmax_epochs = 10\n"
                             "optim_wrapper = dict(optimizer=dict(type='SGD', lr=base_lr))\n"
                             "train_cfg = {'type': 'EpochBasedTrainLoop', 'max_epochs': max_epochs}\n"
                             "train_dataloader = dict(batch_size=10, dataset=dict(pipeline=[build(x), *others]))\n"
                             "def f(a, b=1):\n    return a\n\n";
    const run_facts facts{.examples = 1000};
    const auto run = [&](const std::string& schedulers) {
        return of(base + "param_scheduler = " + schedulers, facts, "t.py");
    };
    CHECK(of(base, facts, "t.py").schedule(500) == 0.02);
    const resolved steps = run("dict(type='MultiStepLR', by_epoch=True, milestones=[8, 9], gamma=0.1)");
    CHECK(steps.total_steps == 1000);
    CHECK(steps.schedule(799) == 0.02);
    CHECK(is_near(steps.schedule(800), 0.002));
    const resolved stairs = run("[dict(type='CosineAnnealingLR', eta_min=0.01, by_epoch=True)]");
    CHECK(stairs.schedule(99) == stairs.schedule(0));
    CHECK(is_near(stairs.schedule(500), 0.015));
    const resolved smooth = run("[dict(type='CosineAnnealingLR', eta_min=0.01, convert_to_iter_based=True)]");
    CHECK(smooth.schedule(99) < smooth.schedule(0));
    CHECK(is_near(smooth.schedule(500), 0.015));
    const resolved both = run("[dict(type='LinearLR', start_factor=0.5, by_epoch=False, end=100),\n"
                              " dict(type='PolyLR', by_epoch=False, begin=100, power=0.9, eta_min=1e-4)]");
    CHECK(both.schedule(0) == 0.01);
    CHECK(both.schedule(100) == 0.02);
    CHECK(both.schedule(999) == 1e-4);
    CHECK(
        reason(base +
                   "param_scheduler = [dict(type='LinearLR', by_epoch=False, end=100), dict(type='CosineAnnealingLR', "
                   "by_epoch=False, eta_min=1)]",
               facts, "t.py")
            .find("eta_min") != std::string::npos);
    CHECK(reason(base + "param_scheduler = [dict(type='LinearLR', by_epoch=False, end=100), dict(type='PolyLR', "
                        "by_epoch=False, eta_min=1e-5)]",
                 facts, "t.py")
              .find("accepted: one after the other") != std::string::npos);
    CHECK(reason("optim_wrapper = dict(optimizer=dict(lr=lr_of(3)))\ntrain_cfg = dict(max_iters=9)", {}, "t.py") ==
          "t.py:1: optim_wrapper.optimizer.lr: found \"lr_of(3)\", accepted: a finite number of 0 or more");
    CHECK(reason("lr_config = dict(policy='step', step=[1])\n" + base, facts, "t.py").find("is MMCV 1's, beside") !=
          std::string::npos);
    const resolved scaled = of(base + "auto_scale_lr = dict(enable=True, base_batch_size=40)", facts, "t.py");
    CHECK(is_near(scaled.peak_lr, 0.005));
}

TEST_CASE("MMEngine: what it says, and what it refuses") {
    const std::string sgd = "optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.1))\n";
    const std::string by_iterations = sgd + "train_cfg = dict(max_iters=1000)\n";
    const auto run = [&](const std::string& more, const run_facts& facts = {}) {
        return of(by_iterations + more, facts, "t.py");
    };
    const auto said = [&](const std::string& more) { return reason(by_iterations + more, {}, "t.py"); };
    CHECK(has_note(run("_base_ = ['a.py']\n"), "_base_ ("));
    const resolved accumulated =
        of("optim_wrapper = dict(optimizer=dict(lr=0.1), accumulative_counts=4)\ntrain_cfg = dict(max_iters=1000)\n",
           {}, "t.py");
    CHECK(has_note(accumulated, "accumulative_counts 4 (t.py:1): the schedule runs by iterations"));
    CHECK(accumulated.total_steps == 1000);
    const resolved flat = run("param_scheduler = [dict(type='ConstantLR', factor=0.5, by_epoch=False, end=10)]");
    CHECK(flat.schedule(8) == 0.05);
    CHECK(flat.schedule(9) == 0.1);  // an update early, as there
    CHECK(run("param_scheduler = [dict(type='ConstantLR', factor=1, by_epoch=False)]").schedule(0) == 0.1);
    CHECK(run("param_scheduler = [dict(type='CosineAnnealingMomentum', eta_min=0.8, by_epoch=False)]").schedule(500) ==
          0.1);
    CHECK(is_near(run("param_scheduler = dict(type='ExponentialLR', gamma=0.99, by_epoch=False)").schedule(10),
                  0.1 * std::pow(0.99, 10)));
    CHECK(is_near(run("param_scheduler = dict(type='StepLR', step_size=100, by_epoch=False)").schedule(250), 0.001));
    CHECK(is_near(
        run("param_scheduler = dict(type='CosineAnnealingLR', eta_min_ratio=0.5, by_epoch=False)").schedule(500),
        0.075));
    const resolved known =
        of(sgd + "train_cfg = dict(max_epochs=10)\nparam_scheduler = dict(type='MultiStepLR', milestones=[5])\n",
           {.total_steps = 200}, "t.py");
    CHECK(is_near(known.schedule(100), 0.01));
    CHECK(known.schedule(99) == 0.1);

    CHECK(said("param_scheduler = 'cosine'")
              .find("param_scheduler: found \"cosine\", accepted: a dict or a list of them") != std::string::npos);
    CHECK(said("param_scheduler = [build(1)]").find("accepted: a dict, written out") != std::string::npos);
    CHECK(said("param_scheduler = [dict(by_epoch=False)]").find("found no type") != std::string::npos);
    CHECK(said("param_scheduler = [dict(type='StepLR', step_size=3)]")
              .find("counts in epochs, and their length is not known") != std::string::npos);
    CHECK(said("param_scheduler = [dict(type='LinearLR', by_epoch=False, begin=9, end=9)]")
              .find("a span of at least one step") != std::string::npos);
    CHECK(said("param_scheduler = [dict(type='LinearLR', by_epoch=False, convert_to_iter_based=True)]")
              .find("False, beside by_epoch=False") != std::string::npos);
    CHECK(said("param_scheduler = [dict(type='MultiStepLR', by_epoch=False)]").find("a list of whole numbers") !=
          std::string::npos);
    CHECK(said("param_scheduler = [dict(type='MultiStepLR', by_epoch=False, milestones=[-1])]")
              .find("a list of whole numbers") != std::string::npos);
    CHECK(said("param_scheduler = [dict(type='MultiStepLR', by_epoch=False, milestones=[i for i in x])]")
              .find("a list of whole numbers") != std::string::npos);
    CHECK(said("param_scheduler = [dict(type='ConstantLR', by_epoch=False)] * 3").find("param_scheduler") !=
          std::string::npos);
    const std::string part = "dict(type='LinearLR', by_epoch=False, end=10), ";
    CHECK(said("param_scheduler = [" + part + part + part + "]")
              .find("found 3 schedulers of the rate, accepted: at most 2") != std::string::npos);
    CHECK(said("auto_scale_lr = dict(enable=True)").find("auto_scale_lr.base_batch_size: found nothing") !=
          std::string::npos);
    CHECK(reason(sgd, {}, "t.py").find("train_cfg.max_epochs: found nothing") != std::string::npos);
}

// OpenRLHF and ms-swift.

TEST_CASE("MMEngine: what a scheduler needs") {
    const auto said = [](const std::string& scheduler) {
        return reason("optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.1))\n"
                      "train_cfg = dict(type='IterBasedTrainLoop', max_iters=100)\n"
                      "param_scheduler = dict(by_epoch=False, " +
                          scheduler + ")\n",
                      {}, "t.py");
    };
    CHECK(said("type='StepLR'").ends_with("found nothing, accepted: a whole number of 1 or more"));
    CHECK(said("type='ExponentialLR'").find("gamma: found nothing, accepted: ") != std::string::npos);
    CHECK(said("type='MultiStepLR', milestones=[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]")
              .ends_with("accepted: at most 15 of them"));
    CHECK(said("type='MultiStepLR', milestones=[1, 2, 3]") == "accepted");
}

TEST_CASE("MMEngine: two schedulers of the rate, one after the other or one on top of the other") {
    const auto text = [](const std::string& schedulers) {
        return "optim_wrapper = dict(optimizer=dict(lr=0.1))\ntrain_cfg = dict(max_iters=100)\nparam_scheduler = [" +
               schedulers + "]\n";
    };
    const auto run = [&](const std::string& schedulers) { return of(text(schedulers), {}, "t.py"); };
    const auto said = [&](const std::string& schedulers) { return reason(text(schedulers), {}, "t.py"); };
    const std::string falls = "dict(type='StepLR', begin=10, end=100, step_size=20, by_epoch=False)";
    const resolved after = run("dict(type='ConstantLR', factor=0.5, begin=0, end=10, by_epoch=False), " + falls);
    CHECK(after.schedule(-1) == 0.05);
    CHECK(after.schedule(8) == 0.05);
    CHECK(after.schedule(9) == 0.1);
    CHECK(after.schedule(29) == 0.1);
    CHECK(is_near(after.schedule(30), 0.01));
    // The second one goes on from where the first one ends.
    const resolved low =
        run("dict(type='LinearLR', start_factor=0.5, end_factor=0.5, end=10, by_epoch=False), " + falls);
    CHECK(low.warmup_steps == 10);
    CHECK(is_near(low.schedule(29), 0.05));
    CHECK(is_near(low.schedule(30), 0.005));
    // 10^9 is MMEngine's word for no end.
    const resolved slow =
        run("dict(type='LinearLR', start_factor=0.5, end=1000000000, by_epoch=False), dict(type='StepLR', begin=10, "
            "end=100, step_size=20, by_epoch=False)");
    CHECK(slow.warmup_steps == 0);
    CHECK(is_near(slow.schedule(30), 0.1 * (0.5 + 0.5 * 30 / 999'999'999) * 0.1));

    const std::string floor = "CosineAnnealingLR', eta_min=0.01, by_epoch=False, ";
    const std::string rise = "dict(type='LinearLR', start_factor=0.5, by_epoch=False, begin=0, end=50)";
    CHECK(said(rise + ", dict(type='" + floor + "begin=10, end=100)") ==
          "t.py:3: param_scheduler: found a CosineAnnealingLR with eta_min that runs beside a LinearLR, accepted: one "
          "after the other");
    CHECK(said("dict(type='" + floor + "begin=0, end=50), " + falls) ==
          "t.py:3: param_scheduler: found a CosineAnnealingLR with eta_min that runs beside a StepLR, accepted: one "
          "after the other");
    CHECK(
        said("dict(type='" + floor + "begin=0, end=50), dict(type='PolyLR', eta_min=0.01, begin=10, by_epoch=False)") ==
        "t.py:3: param_scheduler: found a PolyLR with eta_min that runs beside a CosineAnnealingLR, accepted: one "
        "after the other");
    CHECK(said("dict(type='ConstantLR', begin=100, by_epoch=False)") ==
          "t.py:3: begin: found 100, accepted: a span of at least one step");
    // A ConstantLR of 1 is left out; these are not known to be of 1.
    CHECK(run("dict(type='ConstantLR', by_epoch=False, end=10)").schedule(0) == 0.1 * (1.0 / 3));
    CHECK(said("dict(type='ConstantLR', factor='x', by_epoch=False)") ==
          "t.py:3: factor: found \"x\", accepted: a number from 0 to 1");

    const resolved by_epoch =
        of("optim_wrapper = dict(optimizer=dict(lr=0.1))\ntrain_cfg = dict(max_epochs=10)\n"
           "train_dataloader = dict(batch_size=10)\nparam_scheduler = [dict(type='ExponentialLR', "
           "gamma=0.5, convert_to_iter_based=True)]\n",
           {.examples = 100}, "t.py");
    CHECK(std::abs(by_epoch.schedule(50) - 0.1 / 32) < 1e-16);
    CHECK(std::abs(by_epoch.schedule(5) - 0.1 * std::sqrt(0.5)) < 1e-16);
}

TEST_CASE("OpenRLHF: both spellings of its arguments") {
    const resolved old = resolve(parse_command_line("deepspeed --module openrlhf.cli.train_dpo --train_batch_size 100 "
                                                    "--max_epochs 2 --lr_warmup_ratio 0.05"),
                                 {.examples = 1050});
    CHECK(old.total_steps == 20);
    CHECK(old.warmup_steps == 1);
    CHECK(old.peak_lr == 1e-5);
    CHECK(is_near(old.schedule(20), 1e-6));
    const resolved ppo = resolve(parse_command_line("python3 -m openrlhf.cli.train_ppo_ray --train.batch_size 100 "
                                                    "--rollout.n_samples_per_prompt 4 --actor.adam.lr 5e-7"),
                                 {.examples = 1000});
    CHECK(ppo.total_steps == 40);
    CHECK(ppo.peak_lr == 5e-7);
    CHECK(has_note(ppo, "the critic has one of its own"));
}

TEST_CASE("OpenRLHF: the caller's length, a scheduler without a floor, and micro-batches") {
    const auto run = [](const std::string& more, const run_facts& facts) {
        return resolve(parse_command_line("python -m openrlhf.cli.train_sft " + more, "run.sh"), facts);
    };
    const resolved given =
        run("--learning_rate 5e-6 --lr_scheduler linear --lr_warmup_ratio 0.1", {.total_steps = 100});
    CHECK(given.total_steps == 100);
    CHECK(given.warmup_steps == 10);
    CHECK(given.schedule(55) == 2.5e-6);
    CHECK(has_note(run("--learning_rate 5e-6 --lr_scheduler linear --min_lr_ratio 0.5", {.total_steps = 100}),
                   "is not looked at by linear"));
    // floor(1000 / 2 processes / 4) micro-batches x 2 epochs / (64 / 4 / 2) of each update.
    CHECK(run("--adam.lr 5e-6 --train.batch_size 64 --train.micro_batch_size 4 --train.max_epochs 2",
              {.examples = 1000, .world_size = 2})
              .total_steps == 125 * 2 / 8);
    CHECK(verdict([&] {
              return run("--learning_rate 5e-6 --train_batch_size 128", {.examples = 100});
          }).find("a batch of which the run has at least one") != std::string::npos);
    // What is more than is counted is no shorter run for being divided.
    for (const char* command : {"train_ppo_ray --train.batch_size 1099511627776 --rollout.n_samples_per_prompt 1000000 "
                                "--actor.adam.lr 5e-7 --data.max_samples 1000000000000",
                                "train_sft --train.batch_size 1000000 --train.micro_batch_size 1 --adam.lr 5e-6 "
                                "--train.max_epochs 1000000 --data.max_samples 1000000000000"})
        CHECK(verdict([&] {
                  return resolve(parse_command_line(std::string("python -m openrlhf.cli.") + command, "run.sh"),
                                 {.examples = 1'000'000'000'000});
              }).find("train.batch_size: ") != std::string::npos);
}

TEST_CASE("OpenRLHF: Hugging Face's two cosines with a floor") {
    for (const char* name : {"cosine_with_min_lr", "cosine_warmup_with_min_lr"}) {
        const resolved run = resolve(parse_command_line("deepspeed --module openrlhf.cli.train_sft --learning_rate 1 "
                                                        "--max_epochs 1 --train_batch_size 10 --lr_scheduler " +
                                                        std::string(name)),
                                     {.examples = 1000});
        CHECK(run.total_steps == 100);
        CHECK(run.warmup_steps == 3);
        // The second one runs one update ahead.
        CHECK(run.schedule(name == std::string("cosine_with_min_lr") ? 100 : 99) == 0.1);
    }
}

TEST_CASE("ms-swift: its defaults") {
    const auto run = [](const std::string& more, step_t processes) {
        return resolve(parse_command_line("swift sft --num_train_epochs 1 " + more),
                       {.examples = 1600, .world_size = processes, .trainer = pacer::hf_trainer::v4});
    };
    CHECK(run("", 1).total_steps == 100);
    CHECK(run("", 2).total_steps == 100);
    CHECK(run("--per_device_train_batch_size 32", 1).total_steps == 50);
    CHECK(run("--gradient_accumulation_steps 1", 1).total_steps == 1600);
    CHECK(run("", 1).scheduler == "cosine");
    CHECK(run("", 1).peak_lr == 1e-4);
    CHECK(run("--train_type full", 1).peak_lr == 1e-5);
    CHECK(run("--tuner_type full", 1).peak_lr == 1e-5);
    CHECK(resolve(parse_command_line("swift pt --sft_type full --max_steps 10")).peak_lr == 1e-5);
    CHECK(verdict([&] { return run("", 0); }) == "world_size: found 0, accepted: a number of 1 or more");
    // No accumulation is filled in for GRPO.
    const std::string grpo = "swift rlhf --rlhf_type grpo --per_device_train_batch_size 8";
    for (const char* generations : {"", " --num_generations 8"}) {
        const resolved rolls = resolve(parse_command_line(grpo + generations), {.examples = 64, .world_size = 1});
        CHECK(rolls.total_steps == 192);
        CHECK(std::any_of(rolls.figures.begin(), rolls.figures.end(), [](const figure& f) {
            return f.name == "accumulation" && f.value == "1" && f.source == "ms-swift's default for GRPO";
        }));
    }
    // A streamed data set has no length, whatever is known of it; a part of the data is split off.
    CHECK_THAT(verdict([&] { return run("--streaming true", 1); }),
               ContainsSubstring("streaming: found true without max_steps, accepted: max_steps with it"));
    CHECK(run("--streaming true --max_steps 9", 1).total_steps == 9);
    const std::string split = "split_dataset_ratio 0.1 (command:1) takes this part of the data for evaluation";
    CHECK(has_note(run("--split_dataset_ratio 0.1", 1), split));
    for (const char* whole : {"0", "0.1 --val_dataset x", "0.1 --max_steps 9", "0.1 --streaming true --max_steps 9"})
        CHECK(!has_note(run(std::string("--split_dataset_ratio ") + whole, 1), split));
}

// Loops around accelerate.

TEST_CASE("accelerate's scripts: diffusers', and those without a Trainer") {
    const auto run = [](const std::string& command, const run_facts& facts = {}) {
        return resolve(parse_command_line("accelerate launch --num_processes 2 " + command), facts);
    };
    const resolved diffusers =
        run("train_text_to_image.py --train_batch_size=1 --learning_rate=1e-4 --max_train_steps=15000 "
            "--lr_scheduler=cosine --lr_warmup_steps=100");
    CHECK(diffusers.total_steps == 15'000);
    CHECK(diffusers.warmup_steps == 100);
    CHECK(diffusers.schedule(100) == 1e-4);
    CHECK(run("train_text_to_image.py --learning_rate=1e-4 --max_train_steps=100").schedule(99) == 1e-4);
    CHECK(run("x.py --learning_rate 1e-4 --max_train_steps 100 --lr_scheduler linear --lr_warmup_steps 0 --scale_lr "
              "--train_batch_size 4 --gradient_accumulation_steps 2")
              .peak_lr == 16 * 1e-4);
    CHECK(is_near(
        run("x.py --learning_rate 1e-4 --max_train_steps 100 --lr_scheduler cosine_with_restarts --lr_num_cycles 2 "
            "--lr_warmup_steps 0")
            .schedule(50),
        1e-4));
    const resolved glue = run("run_glue_no_trainer.py --per_device_train_batch_size 32 --learning_rate 2e-5 "
                              "--num_warmup_steps 10",
                              {.examples = 3668});
    CHECK(glue.total_steps == 3 * 58);
    CHECK(glue.scheduler == "linear");
    CHECK(glue.warmup_steps == 10);
    CHECK(verdict([&] {
              return run("x.py --max_train_steps 10 --lr_scheduler cosine");
          }).find("learning_rate: found nothing") != std::string::npos);
}

// axolotl's restarts.

TEST_CASE("accelerate's scripts: what wins, and what they cannot run") {
    const auto run = [](const std::string& more, const run_facts& facts = {}) {
        return resolve(
            parse_command_line("accelerate launch train_text_to_image.py --learning_rate 1e-4 " + more, "run.sh"),
            facts);
    };
    const resolved both = run("--max_train_steps 100 --num_train_epochs 3 --lr_scheduler polynomial --lr_power 2 "
                              "--lr_warmup_steps 0");
    CHECK(both.total_steps == 100);
    CHECK(has_note(both, "max_train_steps 100 (run.sh:1) wins over num_train_epochs 3 (run.sh:1)"));
    CHECK(is_near(both.schedule(50), 1e-7 + (1e-4 - 1e-7) * 0.25));
    CHECK(run("--max_train_steps 100 --lr_warmup_steps 0", {.total_steps = 40}).total_steps == 40);
    const auto said = [&](const std::string& more, const run_facts& facts = {}) {
        return verdict([&] { return run(more, facts); });
    };
    CHECK(said("--max_train_steps 100 --lr_scheduler piecewise_constant")
              .find("accepted: one of Hugging Face's schedulers") != std::string::npos);
    CHECK(said("--lr_warmup_steps 0", {.examples = 1000})
              .find("num_train_epochs: found nothing, accepted: a whole number of 1 or more (each script has a "
                    "default of "
                    "its own)") != std::string::npos);
}

TEST_CASE("accelerate's scripts: a run that is too long, and files that a command reads") {
    CHECK(verdict([] {
              return resolve(parse_command_line("accelerate launch train_text_to_image.py --train_batch_size 1 "
                                                "--num_train_epochs 9007199254740992"),
                             {.examples = 1000});
          }) == "command:1: num_train_epochs: found 9007199254740992, accepted: a number that makes at most 2^53 "
                "updates");
    for (const char* named : {"conf.toml", "--config_file conf.yaml", "--config conf.json", "--config_path conf.yml"}) {
        const std::string text = named;
        CHECK(verdict([&] { return resolve(parse_command_line("python train.py " + text)); }) ==
              "command:1: found a command that reads " + text.substr(text.find("conf.")) + ", accepted: that file");
    }
}

TEST_CASE("scripts with loops of their own are not read as another trainer's") {
    const auto command = [](const std::string& arguments) {
        return reason("python " + arguments, ten_thousand, "c.sh");
    };
    // Lengths in episodes, two optimizers: the Trainer has neither.
    CHECK(command("open_instruct/grpo_fast.py --learning_rate 5e-7 --max_token_length 4096 --total_episodes 20000 "
                  "--per_device_train_batch_size 1 --lr_scheduler_type constant") ==
          "c.sh:1: total_episodes: found 20000, but Hugging Face has no such argument, accepted: max_steps");
    CHECK(command("main.py --actor_learning_rate 1e-5 --critic_learning_rate 5e-6 --per_device_training_batch_size 4 "
                  "--num_train_epochs 1 --lr_scheduler_type cosine --num_warmup_steps 100") ==
          "c.sh:1: actor_learning_rate: found 1e-5, but Hugging Face has no such argument, accepted: learning_rate\n"
          "c.sh:1: per_device_training_batch_size: no such key; the nearest is per_device_train_batch_size");
    // max_token_length is sd-scripts', too.
    const resolved reward = of("python reward_modeling.py --learning_rate 3e-6 --per_device_train_batch_size 1 "
                               "--gradient_accumulation_steps 32 --max_token_length 1024 --num_train_epochs 1",
                               ten_thousand, "c.sh");
    CHECK(reward.scheduler == "linear");
    CHECK(reward.total_steps == 157);
    // A ratio is rounded down where the script does it.
    const resolved ratio = of("accelerate launch finetune.py --learning_rate 2e-5 --per_device_train_batch_size 2 "
                              "--max_train_steps 1250 --warmup_ratio 0.03 --lr_scheduler_type linear",
                              ten_thousand, "c.sh");
    CHECK(ratio.schedule(37) == 2e-5 * 37 / 37.5);  // floor(0.03 x 1250 x 2) / 2
    // The processes that were started are not those that the caller names.
    CHECK(has_note(of("torchrun --nproc_per_node 4 train.py --learning_rate 1e-4 --max_steps 10", ten_thousand, "c.sh"),
                   "the run has 2 processes, not the 4 that its command starts"));
}

TEST_CASE("axolotl: ReLoRA's restarts lie over the schedule") {
    const std::string base = "micro_batch_size: 1\nlearning_rate: 1e-3\nmax_steps: 1000\nwarmup_steps: 0\n"
                             "lr_scheduler: constant\n";
    const resolved run = of(base + "jagged_restart_steps: 100\njagged_restart_anneal_steps: 20\n");
    CHECK(run.schedule(79) == 1e-3);
    CHECK(run.schedule(80) == 1e-3);
    CHECK(is_near(run.schedule(90), 1e-3 * (0.5 * 0.999 + 0.001)));
    CHECK(is_near(run.schedule(100), 1e-6));
    CHECK(is_near(run.schedule(105), 1e-3 * (0.5 * 0.999 + 0.001)));  // 10 updates of warm-up
    CHECK(run.schedule(110) == 1e-3);
    CHECK(!run.curve);
    // Until 2025, the first one began with the length of its warm-up instead.
    const resolved old = of(base + "relora_steps: 100\nrelora_warmup_steps: 30\nrelora_anneal_steps: 20\n");
    CHECK(old.schedule(75) == 1e-3);
    CHECK(is_near(old.schedule(115), 1e-3 * (0.5 * 0.999 + 0.001)));
    CHECK(of(base + "jagged_restart_steps: false\n").schedule(100) == 1e-3);
    // Where a restart is shorter than its decay, it is looked at from before the first update on.
    const resolved brief = of("micro_batch_size: 1\nlearning_rate: 1\nmax_steps: 100\nwarmup_steps: 0\n"
                              "jagged_restart_steps: 5\njagged_restart_anneal_steps: 10\n");
    CHECK(brief.schedule(-1) == brief.schedule(0));
    CHECK(brief.schedule(0) == 0.001);
}

// nanotron.

TEST_CASE("nanotron: its phases") {
    const auto run = [](const std::string& more) {
        return of("tokens:\n  train_steps: 1000\n  micro_batch_size: 2\noptimizer:\n  learning_rate_scheduler:\n"
                  "    learning_rate: 1e-3\n    lr_warmup_style: linear\n" +
                  more);
    };
    const resolved stable = run("    lr_warmup_steps: 100\n    lr_decay_starting_step: 800\n    lr_decay_steps: 200\n"
                                "    min_decay_lr: 1e-4\n    lr_decay_style: 1-sqrt\n");
    CHECK(is_near(stable.schedule(50), 0.5e-3));
    CHECK(stable.schedule(100) == 1e-3);
    CHECK(stable.schedule(800) == 1e-3);
    CHECK(is_near(stable.schedule(850), 1e-4 + 9e-4 * (1 - std::sqrt(50 / 200.0))));
    CHECK(stable.schedule(1000) == 1e-4);
    REQUIRE(stable.curve);
    CHECK((*stable.curve)(850) == stable.schedule(850));
    // Both are taken off the length of the decay.
    const resolved cut = run("    lr_warmup_steps: 100\n    lr_decay_starting_step: 500\n    min_decay_lr: 0\n");
    CHECK(is_near(cut.schedule(700), 0.5e-3));
    CHECK(cut.schedule(900) == 0);
    CHECK(has_note(cut, "reached 100 updates before the end"));
    // The decay has begun before the warm-up ends.
    const resolved early = run("    lr_warmup_steps: 100\n    lr_decay_starting_step: 50\n    lr_decay_steps: 400\n"
                               "    min_decay_lr: 0\n");
    CHECK(early.schedule(100) == 1e-3);
    CHECK(is_near(early.schedule(101), 1e-3 * (400 - 51) / 400));
    const resolved none = run("    min_decay_lr: 1e-4\n");
    CHECK(none.schedule(0) == 0);
    CHECK(is_near(none.schedule(1), 1e-4 + 9e-4 * 999 / 1000));
    CHECK(has_note(none, "runs the first update at 0"));
    CHECK(run("    lr_warmup_steps: 10\n").schedule(999) == 1e-3);
    CHECK(reason("tokens: {train_steps: 9, micro_batch_size: 1}\noptimizer:\n  learning_rate_scheduler:\n"
                 "    learning_rate: 1\n") ==
          "t.yaml: optimizer.learning_rate_scheduler.lr_warmup_style: found nothing, accepted: linear or constant "
          "(nanotron has no default)");
}

TEST_CASE("MMEngine and MMCV 1: a configuration lies over those that it names") {
    namespace fs = std::filesystem;
    const fs::path folder = fs::temp_directory_path() / "pacer_formats_bases";
    fs::create_directory(folder);
    const auto put = [&](const std::string& name, const std::string& text) {
        std::ofstream(folder / name, std::ios::binary) << text;
        return (folder / name).string();
    };
    const auto run = [](const std::string& file) { return resolve(read_recipe(file)); };
    put("run.py", "optimizer = dict(type='SGD', lr=0.1)\nrunner = dict(type='IterBasedRunner', max_iters=100)\n"
                  "lr_config = dict(policy='step', step=[50], gamma=0.5)\n");
    const resolved over =
        run(put("a.py", "_base_ = 'run.py'\noptimizer = dict(lr=0.2)\nlr_config = dict(gamma=0.1)\n"));
    CHECK(over.schedule(49) == 0.2);
    CHECK(is_near(over.schedule(50), 0.02));
    CHECK(over.notes.empty());
    // What is deleted, or is no dict on both sides, takes the place of what was there.
    const resolved anew = run(
        put("b.py", "_base_ = ['run.py']\nlr_config = dict(_delete_=True, policy='step', step=[20], min_lr=0.05)\n"));
    CHECK(is_near(anew.schedule(20), 0.05));
    CHECK(anew.schedule(19) == 0.1);
    CHECK(verdict([&] {
              return run(put("c.py", "_base_ = ['run.py']\noptimizer = 3\n"));
          }).ends_with("optimizer.lr: found nothing, accepted: a finite number of 0 or more, written as a number"));
    // Most say nothing themselves.
    const resolved plain = run(put("f.py", "_base_ = ['run.py']\nmodel = dict(type='RetinaNet')\n"));
    CHECK(plain.scheduler == "step");
    CHECK(plain.schedule(50) == 0.05);
    // One of several that is not there is said, and so is one that itself could not be read in full.
    const std::string part = "could not be read in full; what is said there is taken to be not given";
    for (const char* bases : {"['none.py', 'run.py']", "['run.py', 'none.py']", "'b_of_none.py'"}) {
        put("b_of_none.py", "_base_ = ['none.py', 'run.py']\n");
        const resolved some = run(put("d.py", "_base_ = " + std::string(bases) + "\n"));
        CHECK(some.schedule(0) == 0.1);
        CHECK(has_note(some, part));
    }
    // One that names itself has an end.
    const resolved endless = run(put("e.py", "_base_ = ['run.py', 'e.py']\n"));
    CHECK(endless.schedule(0) == 0.1);
    CHECK(has_note(endless, part));
    // Nor does one of many that name each other take long.
    const auto begun = std::chrono::steady_clock::now();
    std::string many = "_base_ = ['run.py'";
    for (int k = 0; k < 20; ++k)
        many += ", 'g.py'";
    CHECK(has_note(run(put("g.py", many + "]\n")), part));
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(10));
    fs::remove_all(folder);
}

// MMCV 1.

TEST_CASE("nanotron: without a warm-up the rate is held until the decay") {
    const auto run = [](const std::string& more) {
        return of(
            "optimizer:\n  learning_rate_scheduler: {learning_rate: 0.1, lr_warmup_style: constant, min_decay_lr: "
            "0.01, " +
            more + "}\ntokens: {train_steps: 100}\n");
    };
    const resolved cosine = run("lr_decay_style: cosine, lr_warmup_steps: 10");
    CHECK(cosine.scheduler == "cosine decay");
    CHECK(cosine.warmup_steps == 0);
    for (const step_t step : {0, 1, 5, 10})
        CHECK(cosine.schedule(step) == 0.1);
    CHECK(is_near(cosine.schedule(55), 0.055));
    CHECK(cosine.schedule(100) == 0.01);
    CHECK(is_near(run("lr_decay_style: linear").schedule(50), 0.055));
    CHECK(is_near(run("lr_decay_style: 1-sqrt").schedule(25), 0.055));
    CHECK(run("lr_decay_style: 1-sqrt, lr_warmup_steps: 100").schedule(99) == 0.1);
    CHECK(
        reason("optimizer:\n  learning_rate_scheduler: {learning_rate: 0.1, lr_warmup_style: constant, lr_decay_style: "
               "1-sqrt, min_decay_lr: 0.2}\ntokens: {train_steps: 100}\n") ==
        "t.yaml:2: optimizer.learning_rate_scheduler.min_decay_lr: pacer: min_lr = 0.2: must be at most peak_lr "
        "(0.1)");
}

TEST_CASE("nanotron: another length, and a schedule without any part") {
    const auto text = [](const std::string& schedule) {
        return "optimizer:\n  learning_rate_scheduler:\n    learning_rate: 0.01\n    lr_warmup_style: linear\n    "
               "lr_decay_style: linear\n" +
               schedule + "tokens:\n  train_steps: 100\n  micro_batch_size: 1\nparallelism:\n  dp: 1\n";
    };
    const resolved longer = of(text("    lr_warmup_steps: 10\n    min_decay_lr: 0.001\n"), {.total_steps = 200});
    CHECK(longer.total_steps == 200);
    CHECK(has_note(longer, "the run has 200 updates; the curve is for train_steps 100"));
    const resolved nothing = of(text("    lr_warmup_steps: 0\n    lr_decay_steps: 0\n"));
    CHECK(has_note(nothing, "nanotron multiplies the rate by itself"));
    CHECK(nothing.schedule(50) == 0.01 * 0.01);
    const resolved risen = of(text("    lr_warmup_steps: 10\n    lr_decay_steps: 0\n    min_decay_lr: 0.004\n"));
    CHECK(is_near(risen.schedule(5), 0.005));
    CHECK(risen.schedule(11) == 0.004);
}

TEST_CASE("MMCV 1: policies, and a warm-up on top of them") {
    const auto run = [](const std::string& policy, const run_facts& facts = {}) {
        return of("optimizer = dict(type='SGD', lr=0.1)\nrunner = dict(type='IterBasedRunner', max_iters=1000)\n"
                  "lr_config = dict(" +
                      policy + ")\n",
                  facts, "t.py");
    };
    CHECK(run("policy='fixed'").schedule(999) == 0.1);
    const resolved step = run("policy='step', step=[500, 800], gamma=0.5, min_lr=0.03");
    CHECK(step.schedule(499) == 0.1);
    CHECK(is_near(step.schedule(500), 0.05));
    CHECK(step.schedule(800) == 0.03);
    CHECK(is_near(run("policy='step', step=100").schedule(250), 0.1 * 0.1 * 0.1));
    CHECK(is_near(run("policy='exp', gamma=0.99").schedule(10), 0.1 * std::pow(0.99, 10)));
    CHECK(is_near(run("policy='inv', gamma=0.1, power=2").schedule(10), 0.1 / 4));
    CHECK(is_near(run("policy='CosineAnnealing', min_lr=0").schedule(500), 0.05));
    CHECK(is_near(run("policy='fixed', warmup='exp', warmup_iters=10, warmup_ratio=0.01").schedule(5), 0.01));
    CHECK(is_near(run("policy='fixed', warmup='constant', warmup_iters=10").schedule(9), 0.01));
    // Refused at once: a policy that goes in cycles, a floor given twice, a warm-up without its length.
    const std::string said =
        verdict([&] { return run("policy='cyclic', min_lr=0, min_lr_ratio=1, warmup='linear', step='x'"); });
    CHECK(said.find("lr_config.policy: found \"cyclic\"") != std::string::npos);
    CHECK(said.find("lr_config.warmup_iters: found nothing") != std::string::npos);
    CHECK(verdict([&] { return run("policy='step', step=[5], by_epoch=True"); }).find("never changes the rate") !=
          std::string::npos);
    CHECK(verdict([&] { return run("policy='step', step=[5, 3]"); }).find("each above the last") != std::string::npos);
}

TEST_CASE("MMCV 1: the names that lengths and batches had before") {
    const std::string rate = "optimizer = dict(lr=0.1)\n";
    const auto run = [&](const std::string& more, const run_facts& facts) { return of(rate + more, facts, "t.py"); };
    const std::string steps = "lr_config = dict(policy='step', step=[1, 2])\n";
    const resolved poly = run("total_iters = 100\nlr_config = dict(policy='poly')\n", {});
    CHECK(poly.total_steps == 100);
    CHECK(is_near(poly.schedule(99), 0.001));
    CHECK(poly.schedule(-1) == 0.1);
    CHECK(run("data = dict(imgs_per_gpu=4)\ntotal_epochs = 3\n" + steps, {.examples = 100}).total_steps == 75);
    const auto repeated = [&](const char* times) {
        return run("data = dict(train_dataloader=dict(samples_per_gpu=4), train=dict(type='RepeatDataset', times=" +
                       std::string(times) + "))\nrunner = dict(max_epochs=3)\n" + steps,
                   {.examples = 100});
    };
    const resolved three = repeated("3");
    CHECK(three.total_steps == 225);
    CHECK(std::any_of(three.figures.begin(), three.figures.end(), [](const figure& f) {
        return f.source == "3 epochs x ceil(ceil(100 x 3 examples / 1 processes) / 4)";
    }));
    CHECK(repeated("9007199254740992").total_steps == 3 * (pacer::longest / 4));

    const std::string of_3 = "runner = dict(max_epochs=3)\n";
    CHECK(
        reason(rate + of_3 + steps, {.total_steps = 100}, "t.py") ==
        "t.py: lr_config.by_epoch: found nothing, accepted: False, or a number of updates that is one of whole epochs");
    const resolved by_update =
        run(of_3 + "lr_config = dict(policy='step', step=[10, 20], by_epoch=False)\n", {.total_steps = 100});
    CHECK(by_update.schedule(9) == 0.1);
    CHECK(is_near(by_update.schedule(10), 0.01));
    const resolved every_3 =
        run("runner = dict(max_epochs=4)\nlr_config = dict(policy='step', step=3)\n", {.total_steps = 100});
    CHECK(every_3.schedule(74) == 0.1);
    CHECK(is_near(every_3.schedule(75), 0.01));
    CHECK(reason(rate + of_3 + "lr_config = dict(policy='step', step=[9007199254740993])\n", {.total_steps = 99},
                 "t.py") ==
          "t.py:3: lr_config.step: found a list, accepted: a whole number of 1 or more, or a list of at most 16 of "
          "them, each above the last");
    const resolved slow = run(of_3 + "lr_config = dict(policy='fixed', warmup='linear', warmup_iters=9007199254740992, "
                                     "warmup_by_epoch=True, warmup_ratio=0.5)\n",
                              {.total_steps = 99});
    CHECK(slow.warmup_steps == pacer::longest);
    CHECK(is_near(slow.schedule(50), 0.05));
}

TEST_CASE("MMCV 1: no policy is a constant rate; steps that are none are refused") {
    const std::string base =
        "optimizer = dict(type='SGD', lr=0.02)\nrunner = dict(type='IterBasedRunner', max_iters=100)\n";
    const resolved constant = resolve(parse_recipe(base, "t.py", {.as = "mmcv"}));
    CHECK(constant.scheduler == "constant");
    CHECK(constant.schedule(99) == 0.02);
    const auto said = [&](const std::string& more) {
        return reason(base + "lr_config = dict(policy='step', by_epoch=False" + more + ")\n", {}, "t.py");
    };
    const std::string accepted = "a whole number of 1 or more, or a list of at most 16 of them, each above the last";
    CHECK(said("").ends_with("lr_config.step: found nothing, accepted: " + accepted));
    CHECK(
        said(", step=[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]").ends_with("accepted: " + accepted));
    CHECK(said(", step=30") == "accepted");
}

TEST_CASE("MMCV 1: epochs, scaled rates, and what it refuses") {
    const std::string base = "optimizer = dict(type='SGD', lr=0.1)\n";
    const auto run = [&](const std::string& more, const run_facts& facts = {}) {
        return of(base + "runner = dict(type='IterBasedRunner', max_iters=1000)\n" + more, facts, "t.py");
    };
    const auto said = [&](const std::string& policy) {
        return verdict([&] { return run("lr_config = dict(" + policy + ")\n"); });
    };
    CHECK(has_note(run("_base_ = ['a.py']\nlr_config = dict(policy='fixed')\n"), "_base_ ("));
    CHECK(is_near(run("lr_config = dict(policy='fixed')\ndata = dict(samples_per_gpu=16)\n"
                      "auto_scale_lr = dict(enable=True, base_batch_size=64)\n",
                      {.world_size = 2})
                      .schedule(0),
                  0.05));
    const std::string epochs =
        base + "runner = dict(type='EpochBasedRunner', max_epochs=10)\nlr_config = dict(policy='step', step=[8, 11])\n";
    const resolved known = of(epochs, {.total_steps = 100}, "t.py");
    CHECK(known.schedule(79) == 0.1);
    CHECK(is_near(known.schedule(80), 0.01));
    CHECK(has_note(known, "a fall at epoch 11 is not reached by a run of 10"));
    CHECK(said("policy='exp'").find("lr_config.gamma: found nothing") != std::string::npos);
    CHECK(said("policy='CosineAnnealing'").find("found neither min_lr nor min_lr_ratio") != std::string::npos);
    CHECK(said("policy='CosineAnnealing', min_lr=0, min_lr_ratio=0.1").find("found beside min_lr_ratio") !=
          std::string::npos);
    CHECK(said("policy='step', step='x'").find("lr_config.step: found \"x\"") != std::string::npos);
    CHECK(said("policy='step', step=['x']").find("lr_config.step: found") != std::string::npos);
    CHECK(said("step=[5]")
              .find("lr_config.policy: found nothing, accepted: step, CosineAnnealing, poly, exp, inv or fixed") !=
          std::string::npos);
    CHECK(
        said("policy='fixed', warmup='linear', warmup_iters=10, warmup_ratio=0").find("a number above 0, at most 1") !=
        std::string::npos);
    CHECK(said("policy='fixed', warmup='linear', warmup_iters=1, warmup_by_epoch=True").find("warmup_by_epoch") !=
          std::string::npos);
    CHECK(
        reason(base + "lr_config = dict(policy='fixed')\n", {}, "t.py").find("or an IterBasedRunner with max_iters") !=
        std::string::npos);
}

// Megatron: a batch that grows; ms-swift's trainer.

TEST_CASE("Megatron: a batch that grows, sample by sample") {
    const auto run = [](const std::string& more) {
        return resolve(parse_command_line("python pretrain_gpt.py --lr 1 --lr-decay-style linear " + more));
    };
    const resolved grown =
        run("--train-samples 100000 --global-batch-size 40 --rampup-batch-size 10 10 100 --lr-decay-samples 1000000");
    // By hand: 10 up to 33 samples, 20 up to 66, 30 up to 100, 40 from there on.
    step_t samples = 0;
    for (step_t update = 0; update < 50; ++update) {
        INFO("update " << update);
        CHECK(is_near(grown.schedule(update), 1 - static_cast<double>(samples) / 1e6));
        samples += samples > 100 ? 40 : 10 + 10 * (samples * 3 / 100);
    }
    CHECK(grown.total_steps == 7 + (100'000 - 110) / 40);
    CHECK(grown.schedule(-1) == grown.schedule(0));
    const auto said = [&](const std::string& more) { return verdict([&] { return run(more); }); };
    CHECK(said("--train-iters 100 --rampup-batch-size 10 10 100 --global-batch-size 40").find("refuses") !=
          std::string::npos);
    CHECK(said("--train-samples 100 --rampup-batch-size 10 --global-batch-size 40").find("three numbers") !=
          std::string::npos);
    CHECK(said("--train-samples 100 --rampup-batch-size 1 1 100 --global-batch-size 5000").find("at most 4096 sizes") !=
          std::string::npos);
    CHECK(said("--train-samples 100 --rampup-batch-size 10 7 100 --global-batch-size 40").find("growth leads to it") !=
          std::string::npos);
}

TEST_CASE("Megatron-SWIFT: its own defaults, and epochs") {
    const auto run = [](const std::string& more, const run_facts& facts = {}) {
        return resolve(parse_command_line("NPROC_PER_NODE=8 megatron sft " + more), facts);
    };
    const resolved plain = run("--train_iters 100");
    CHECK(plain.peak_lr == 1e-5);
    CHECK(plain.scheduler == "cosine");
    CHECK(run("--train_iters 100 --tuner_type lora").peak_lr == 1e-4);
    CHECK(run("--num_train_epochs 3 --micro_batch_size 2 --global_batch_size 32", {.examples = 1000}).total_steps ==
          992 * 3 / 32);
    CHECK(run("--max_epochs 1 --tensor_model_parallel_size 4", {.examples = 1000}).total_steps == 1000 / 16);
    CHECK(resolve(parse_command_line("torchrun /x/swift/cli/_megatron/sft.py --train_iters 100")).peak_lr == 1e-5);
    // GRPO trains on eight completions of each prompt, unless said otherwise.
    const auto grpo = [](const std::string& more) {
        return resolve(parse_command_line("megatron rlhf --rlhf_type grpo --num_train_epochs 2 " + more),
                       {.examples = 1000});
    };
    const resolved eight = grpo("");
    CHECK(eight.total_steps == 1000 * 8 * 2 / 16);
    CHECK(grpo("--num_generations 1").total_steps == 1000 * 2 / 16);
    CHECK(std::any_of(eight.figures.begin(), eight.figures.end(), [](const figure& f) {
        return f.source == "floor(1000 examples x 8 generations x 2 epochs / 16)";
    }));
    CHECK(has_note(run("--train_iters 7 --num_train_epochs 1", {.examples = 1000}),
                   "num_train_epochs 1 (command:1) wins over train_iters 7 (command:1)"));
    CHECK(verdict([&] {
              return run("--num_train_epochs 1", {.examples = 8});
          }).find("accepted: a run of at least one update") != std::string::npos);
    CHECK(verdict([&] { return run("--learning_rate 1e-5 --train_iters 9"); }).find("accepted: lr") !=
          std::string::npos);
}

// All of them.

TEST_CASE("what a reader takes from another key, or of another trainer") {
    const std::string base = "micro_batch_size: 1\nlearning_rate: 1e-3\nmax_steps: 1000\nwarmup_steps: 0\n";
    const resolved restarts = of(base + "cosine_min_lr_ratio: 0.2\njagged_restart_steps: 100\n");
    CHECK(has_note(restarts, "each restart falls to 20 % of the rate there"));
    const recipe deepspeed = parse_recipe(base + "deepspeed: ds.json\n", "t.yaml");
    CHECK(deepspeed.deepspeed_file == "ds.json");
    CHECK(deepspeed.where("deepspeed").line == 5);
    CHECK(of("model_name_or_path: m\ndataset_name: d\nnum_train_epochs: 1\nrloo_k: 4\n", ten_thousand).peak_lr == 1e-6);
    CHECK(parse_command_line("swift rlhf --rlhf_type grpo --model m --max_steps 10").rollouts.num_generations == 8);
    CHECK(resolve(parse_command_line("torchrun --nproc_per_node 2 train.py --learning_rate 1e-4 \\\r\n --max_steps 10"))
              .total_steps == 10);
}

TEST_CASE("every reader says what is no text, no flag, and no schedule of pacer's") {
    CHECK(reason("micro_batch_size: 2\nlearning_rate: 2e-4\nmax_steps: 10\nlr_scheduler: [cosine]\n")
              .find("t.yaml:4: lr_scheduler: found a list, accepted: a text") != std::string::npos);
    CHECK(reason("micro_batch_size: 2\nlearning_rate: 2e-4\nmax_steps: 10\nstreaming: maybe\n") ==
          "t.yaml:4: streaming: found \"maybe\", accepted: true or false");
    const std::string cosine = "epochs: 1\nbatch_size: 2\noptimizer:\n  _component_: torch.optim.AdamW\n  lr: 2e-5\n"
                               "lr_scheduler:\n  _component_: torchtune.training.lr_schedulers."
                               "get_cosine_schedule_with_warmup\n  num_warmup_steps: 10\n";
    CHECK(
        reason(cosine, {.total_steps = 0}).find("total_steps: found 0, accepted: a number of updates from 1 to 2^53") !=
        std::string::npos);
    CHECK(reason(cosine, {.examples = 0}).find("examples: found 0, accepted: a number of 1 or more") !=
          std::string::npos);
    CHECK(reason(cosine, {.examples = 1000, .world_size = 0})
              .find("world_size: found 0, accepted: a number of 1 or more") != std::string::npos);
}

TEST_CASE("every reader says all that is wrong with a file, each once and in the order of the lines") {
    const auto lines = [](const std::string& text, const std::string& file, const run_facts& facts = {}) {
        const std::string said = reason(text, facts, file);
        INFO(said);
        std::vector<int> at;
        std::istringstream stream(said);
        for (std::string line; std::getline(stream, line);) {
            CHECK(line.starts_with(file));
            const std::string number = line.substr(file.size() + 1);
            at.push_back(line[file.size()] == ':' && number[0] >= '0' && number[0] <= '9' ? std::stoi(number) : 0);
        }
        CHECK(std::is_sorted(at.begin(), at.end()));
        return at;
    };
    using numbers = std::vector<int>;
    CHECK(lines("micro_batch_size: 0\nlearning_rate: fast\nwarmup_steps: -1\nmax_steps: ten\n", "t.yaml",
                ten_thousand) == numbers{1, 2, 3, 4});
    CHECK(lines("micro_batch_size: 1\nlr_scheduler: cosin\nlearning_rate: -1\nmax_steps: 10\n", "t.yaml") ==
          numbers{2, 3});
    CHECK(lines("optimizer:\n  _component_: x\n  lr: -1\nepochs: 0\nbatch_size: x\n", "t.yaml", ten_thousand) ==
          numbers{3, 4, 5});
    CHECK(lines("{\"train_batch_size\": 0,\n\"optimizer\": {\"params\": {\"lr\": -1}},\n\"scheduler\": {\"type\": "
                "\"WarmupLR\",\n\"params\": {\"warmup_num_steps\": -1}}}",
                "t.json") == numbers{1, 2, 4});
    CHECK(lines("\"num-layers\": 1\n\"train-iters\": 0\n\"lr-decay-style\": wavy\n\"min_lr\": -1\n\"warmup\": 2\n",
                "t.yaml") == numbers{0, 2, 3, 4, 5});
    CHECK(lines("model:\n  optim:\n    lr: x\n    sched:\n      name: y\n      warmup_steps: -1\n      min_lr: z\n"
                "trainer:\n  max_steps: 10\n",
                "t.yaml") == numbers{3, 5, 6, 7});
    CHECK(lines("max_duration: soon\nscheduler:\n  name: x\n  t_warmup: -1\noptimizer:\n  learning_rate: y\n",
                "t.yaml") == numbers{1, 3, 4, 6});
    CHECK(lines("network_module = \"x\"\nlearning_rate = -1\nlr_scheduler = \"y\"\nmax_train_steps = 0\n", "t.toml") ==
          numbers{2, 3, 4});
    CHECK(lines("[optimizer]\nlr = -1\n[training]\nsteps = 0\n[lr_scheduler]\nwarmup_steps = -1\ndecay_ratio = 2\n",
                "t.toml") == numbers{2, 4, 6, 7});
    CHECK(lines("optim_wrapper = dict(optimizer=dict(lr=-1))\ntrain_cfg = dict(max_iters=0)\n"
                "param_scheduler = [dict(type='LinearLR', by_epoch=False, start_factor=2),\n"
                "dict(type='PolyLR', by_epoch=False, power=-1)]\n",
                "t.py") == numbers{1, 2, 3, 4});
    CHECK(lines("optimizer = dict(lr=-1)\nlr_config = dict(policy='wavy')\nrunner = dict(type='IterBasedRunner', "
                "max_iters=0)\n",
                "t.py") == numbers{1, 2, 3});
    CHECK(lines("tokens:\n  train_steps: 0\noptimizer:\n  learning_rate_scheduler:\n    learning_rate: -1\n"
                "    lr_warmup_style: wavy\n",
                "t.yaml") == numbers{2, 5, 6});
    CHECK(lines("model: x\nmodel_class: llm\nlearning_rate: -1\nwarmup_steps: 5\nmax_steps: ten\n", "t.yaml") ==
          numbers{3, 4, 5});
    // What may follow from another mistake is not said: the warm-up is no longer than a run whose length is wrong.
    CHECK(lines("model:\n  optim:\n    lr: 1\n    sched:\n      name: CosineAnnealing\n      warmup_steps: 5\n"
                "trainer:\n  max_steps: x\n",
                "t.yaml") == numbers{8});
    CHECK(verdict([] {
              return resolve(parse_command_line("python pretrain_gpt.py --lr -1 --train-iters $N --min-lr x "
                                                "--lr-decay-style wavy"));
          }).find("lr_decay_style") != std::string::npos);
}

TEST_CASE("counts that are more than a run may have are errors, or as good as without an end") {
    const run_facts facts{.examples = 1000, .world_size = 8};
    // A batch that is smaller than the processes was a division by 0.
    CHECK(reason("model: x\nmodel_class: llm\nglobal_batch_size: 1\n", facts).find("accepted: a multiple of 8") !=
          std::string::npos);
    CHECK(reason("model: x\nmodel_class: llm\nnum_train_epochs: 9007199254740992\n", facts)
              .find("a run of at most 2^53 updates") != std::string::npos);
    CHECK(reason("max_duration: 9007199254740992ep\nscheduler:\n  name: constant\nglobal_train_batch_size: 1\n", facts)
              .find("a run of at most 2^53 updates") != std::string::npos);
    const std::string olmo = "max_duration: 1000ep\nscheduler:\n  name: linear_with_warmup\n  units: tokens\n"
                             "global_train_batch_size: 1\nmodel:\n  max_sequence_length: 9007199254740992\n";
    CHECK(of(olmo, facts).total_steps == 1'000'000);
    CHECK(of("learning_rate: 1e-4\nmicro_batch_size: 9007199254740992\ngradient_accumulation_steps: 9007199254740992\n",
             facts)
              .total_steps == 1);
    CHECK(reason("learning_rate: 1e-4\nmicro_batch_size: 1\nsample_packing: true\nnum_epochs: 1e300\n", facts)
              .find("a run of 1 to 2^53 updates") != std::string::npos);
    CHECK(
        of("{\"train_micro_batch_size_per_gpu\": 9007199254740992, \"gradient_accumulation_steps\": 9007199254740992, "
           "\"optimizer\": {\"params\": {\"lr\": 1e-3}}, \"zero_optimization\": {}}",
           {.total_steps = 10, .world_size = 8}, "t.json")
            .total_steps == 10);
    CHECK(resolve(parse_command_line("torchrun --nproc_per_node 9007199254740992 --nnodes 9007199254740992 train.py "
                                     "--learning_rate 1e-4 --max_steps 10"))
              .total_steps == 10);
    CHECK(reason("param_scheduler = [dict(type='StepLR', step_size=9007199254740992, by_epoch=True, "
                 "convert_to_iter_based=True)]\ntrain_cfg = dict(max_epochs=3)\noptim_wrapper = "
                 "dict(optimizer=dict(lr=0.1))\ntrain_dataloader = dict(batch_size=1)\n",
                 facts, "t.py")
              .find("step_size") != std::string::npos);
    static_assert(pacer::longest == 9'007'199'254'740'992);
}

TEST_CASE("a file may have a key that is called as what a reader of commands puts in") {
    for (const char* value : {"word", "[1]", "{words: [a], assigned: {b: 1}, processes: {}}"}) {
        const std::string text = std::string("$command: ") + value + "\nlearning_rate: 1e-3\n";
        INFO(text);
        const recipe r = parse_recipe(text, "t.yaml");
        CHECK(r.learning_rate == 1e-3);
        CHECK(r.format == "Hugging Face");
        CHECK(of("micro_batch_size: 1\n" + text, {.examples = 10}).total_steps == 10);
    }
    CHECK(parse_recipe("{\"learning_rate\": 1e-3, \"$command\": 1}", "t.json").learning_rate == 1e-3);
    CHECK(parse_command_line("python train.py --learning_rate 1e-3 --max_steps 3").learning_rate == 1e-3);
}

TEST_CASE("hostile files end in one clear line, within a second") {
    const auto many = [](const std::string& part, int times) {
        std::string text;
        for (int i = 0; i < times; ++i)
            text += part;
        return text;
    };
    const std::vector<std::pair<std::string, std::string>> files{
        {"t.toml", many("[", 100'000)},
        {"t.toml", "a = " + many("[", 3'000) + many("]", 3'000)},
        {"t.toml", "[a" + many(".a", 100'000) + "]"},
        {"t.toml", many("\n", 500'000)},
        {"t.toml", many("x", 600 * 1024)},
        {"t.py", "a = " + many("(", 100'000)},
        {"t.py", "a = " + many("-", 100'000) + "1"},
        {"t.py", "a = " + many("2 ** ", 50'000) + "2"},
        {"t.py", many("a = [1, 2, 3]\n", 30'000)},
        {"t.py", "a = '''" + many("x\n", 100'000)},
        {"t.yaml", "micro_batch_size: 1\nlearning_rate: 1\nmax_steps: 9223372036854775807\n"},
        {"t.yaml", "micro_batch_size: 1\nlearning_rate: .nan\nmax_steps: 10\n"},
        {"t.yaml", "micro_batch_size: 1\nlearning_rate: 1\nnum_epochs: 1e300\n"},
        {"t.yaml", "optimizer: {_component_: x, lr: -1}\n"},
        {"t.toml", "network_module = \"x\"\nlr_scheduler = \"cosine\"\nmax_train_steps = 9223372036854775807"},
        {"t.yaml",
         "model: {optim: {lr: 1, sched: {name: CosineAnnealing, warmup_steps: 5}}}\ntrainer: {max_steps: 3}\n"},
        {"t.yaml", "a: ${a}\nmodel: {optim: {lr: \"${model.optim.lr}\", sched: {name: x}}}\n"}};
    for (const auto& [file, text] : files) {
        INFO(file << ": " << text.substr(0, 60));
        const auto start = std::chrono::steady_clock::now();
        const std::string said = reason(text, {.examples = 1000}, file);
        CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(1));
        CHECK(said != "accepted");
        // A line for each mistake.
        CHECK(std::count(said.begin(), said.end(), '\n') < 4);
        CHECK(said.size() < 700);
    }
}
