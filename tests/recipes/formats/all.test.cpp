// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/recipes/read_recipe.hpp>
#include <pacer/recipes/resolve.hpp>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace pacer::recipes;
using pacer::step_t;

const std::string folder = std::string(PACER_TEST_DATA) + "/data/recipes/trainers/";

struct row {
    std::string recipe;
    run_facts facts;
    step_t total, warmup, step;
    double rate;
};

std::vector<row> expected() {
    std::ifstream file(folder + "expected.csv");
    REQUIRE(file);
    std::vector<row> rows;
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::vector<std::string> cells;
        std::istringstream stream(line);
        for (std::string cell; std::getline(stream, cell, ',');)
            cells.push_back(cell);
        REQUIRE(cells.size() == 7);
        row r{cells[0],
              {},
              std::stoll(cells[3]),
              std::stoll(cells[4]),
              std::stoll(cells[5]),
              std::strtod(cells[6].c_str(), nullptr)};
        if (cells[1] != "0")
            r.facts.examples = std::stoll(cells[1]);
        if (cells[2] != "0")
            r.facts.world_size = std::stoll(cells[2]);
        r.facts.trainer = pacer::hf_trainer::v4;
        rows.push_back(r);
    }
    return rows;
}

const std::map<std::string, std::string> trainer_of{{"axolotl_lora.yaml", "axolotl"},
                                                    {"handbook_dpo.yaml", "TRL"},
                                                    {"trl_grpo.yaml", "TRL"},
                                                    {"torchtune_lora.yaml", "torchtune"},
                                                    {"megatron_mixtral.sh", "Megatron-LM"},
                                                    {"megatron_samples.sh", "Megatron-LM"},
                                                    {"alpaca.sh", "Hugging Face"},
                                                    {"swift_sft.sh", "ms-swift"},
                                                    {"openrlhf_sft.sh", "OpenRLHF"},
                                                    {"llama_board.yaml", "LLaMA Board"},
                                                    {"llama_factory_v1.yaml", "LLaMA-Factory v1"},
                                                    {"olmo_tokens.yaml", "OLMo"},
                                                    {"nemo_conformer.yaml", "NeMo"},
                                                    {"nemo_gpt.yaml", "NeMo"},
                                                    {"faster_rcnn.py", "MMEngine"},
                                                    {"neox_125m.yml", "GPT-NeoX"},
                                                    {"deepspeed_one_cycle.json", "DeepSpeed"},
                                                    {"kohya_lora.toml", "sd-scripts"},
                                                    {"torchtitan_llama3.toml", "torchtitan"}};

}  // namespace

TEST_CASE("strangers' recipes run as their own trainer_of run them") {
    std::set<std::string> seen;
    for (const row& r : expected()) {
        INFO(r.recipe << ", update " << r.step);
        const recipe read = read_recipe(folder + r.recipe);
        const resolved run = resolve(read, r.facts);
        if (seen.insert(r.recipe).second) {
            REQUIRE(trainer_of.count(r.recipe) == 1);
            CHECK(read.format == trainer_of.at(r.recipe));
            // A configuration of DeepSpeed does not say how long the run is.
            CHECK((run.total_steps == r.total || read.format == "DeepSpeed"));
            CHECK(run.warmup_steps == r.warmup);
        }
        CHECK(std::abs(run.schedule(r.step) - r.rate) <= 1e-14 * run.peak_lr);
        if (run.curve)
            CHECK((*run.curve)(r.step) == run.schedule(r.step));
    }
    CHECK(seen.size() == trainer_of.size());
}

TEST_CASE("every trainer's file is read when its trainer is named, too") {
    for (const auto& [file, trainer] : trainer_of) {
        INFO(file);
        std::string name;
        for (const format& f : formats)
            if (f.trainer == trainer)
                name = f.name;
        REQUIRE(!name.empty());
        CHECK(read_recipe(folder + file, {.as = name}).format == trainer);
    }
}

TEST_CASE("the lines say where each figure comes from") {
    for (const auto& [file, trainer] : trainer_of) {
        INFO(file);
        const resolved run = resolve(read_recipe(folder + file),
                                     {.examples = 100'000, .world_size = 16, .trainer = pacer::hf_trainer::v4});
        REQUIRE(run.figures.size() >= 3);
        CHECK(run.figures[0].name == "scheduler");
        CHECK(run.figures[1].name == "learning rate");
        for (const figure& f : run.figures) {
            CHECK(!f.source.empty());
            CHECK(f.source.find(":0") == std::string::npos);
        }
    }
}
