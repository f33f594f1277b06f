// SPDX-License-Identifier: MIT
// Recipes of strangers, and what ran or would run; tests/data/recipes/strangers/README.md says how that is known.
#include "catch.hpp"

#include <pacer/recipes/recipes.hpp>

#include <cmath>
#include <string>

namespace {

using namespace pacer::recipes;
using pacer::hf_trainer;

resolved run_of(const std::string& recipe, const run_facts& facts) {
    return resolve(read_recipe(std::string(PACER_TEST_DATA) + "/data/recipes/strangers/" + recipe), facts);
}

}  // namespace

TEST_CASE("thirty examples by four, four times") {
    const resolved r = run_of("thirty_examples.yaml", {.examples = 30, .world_size = 1, .trainer = hf_trainer::v4_48});
    CHECK(r.total_steps == 28);
    CHECK(std::abs(r.schedule(7) - 4.267766952966369e-06) < 1e-20);
    CHECK(std::abs(r.schedule(8) - 4.058724504646834e-06) < 1e-20);
    CHECK(run_of("thirty_examples.yaml", {.examples = 30, .world_size = 1}).total_steps == 32);
}

TEST_CASE("nine hundred examples, ten times, on two processes") {
    const run_facts facts{.examples = 900, .world_size = 2, .trainer = hf_trainer::v4_51};
    CHECK(run_of("ten_epochs.yaml", facts).total_steps == 560);
    CHECK(run_of("ten_epochs.yaml", facts).warmup_steps == 56);
    // Without a version, both counts are said.
    const resolved open = run_of("ten_epochs.yaml", {.examples = 900, .world_size = 2});
    bool said = false;
    for (const std::string& note : open.notes)
        said |= note.find("560 updates") != std::string::npos && note.find("later 570") != std::string::npos;
    CHECK(said);
}

TEST_CASE("a stream of examples has max_steps") {
    const resolved r = run_of("streaming.yaml", {.world_size = 24});
    CHECK(r.total_steps == 1500);
    CHECK(r.warmup_steps == 150);
}

TEST_CASE("completions are counted, not prompts") {
    for (const hf_trainer version : {hf_trainer::v4_51, hf_trainer::v4})
        CHECK(run_of("grpo.yaml", {.examples = 5'498, .world_size = 7, .trainer = version}).total_steps == 196);
}

TEST_CASE("a model card says its processes and its version") {
    for (const char* path : {"model_card/README.md", "model_card"}) {
        const recipe card = read_recipe(std::string(PACER_TEST_DATA) + "/data/recipes/strangers/" + path);
        CHECK(card.world_size == 4);
        CHECK(card.transformers_version == "4.20.1");
        CHECK(card.is_model_card);
        CHECK(card.where("learning_rate").line == 18);
        const resolved r = resolve(card, {.batches = 223 * 4});
        CHECK(r.total_steps == 1115);
        CHECK(r.trainer == hf_trainer::v4_43);
        CHECK(r.schedule(0) == 0.001);
    }
}

TEST_CASE("DeepSpeed's scheduler runs instead of the one that is asked for") {
    const resolved r = run_of("dpo_zero3.yaml", {.examples = 16'000, .world_size = 8});
    CHECK(r.scheduler == "WarmupDecayLR");
    CHECK(r.total_steps == 1000);
    CHECK(r.warmup_steps == 2);
    CHECK(r.schedule(0) == 0);
    CHECK(std::abs(r.schedule(1000) - 1e-5 / 998) < 1e-20);  // one update late
}
