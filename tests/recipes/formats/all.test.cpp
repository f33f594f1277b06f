// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/recipes/formats/all.hpp>
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

/// The recipes of one file, each behind a line "=== NAME".
std::map<std::string, std::string> small_recipes() {
    std::ifstream file(folder + "small.txt");
    REQUIRE(file);
    std::map<std::string, std::string> recipes;
    std::string name;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("=== "))
            name = line.substr(4);
        else
            recipes["small.txt/" + name] += line + '\n';
    }
    return recipes;
}

recipe read(const std::string& name, const read_options& options = {}) {
    static const std::map<std::string, std::string> small_ones = small_recipes();
    const auto found = small_ones.find(name);
    return found == small_ones.end() ? read_recipe(folder + name, options) : parse_recipe(found->second, name, options);
}

const std::map<std::string, std::string> trainer_of{{"axolotl_lora.yaml", "axolotl"},
                                                    {"axolotl_relora.yaml", "axolotl"},
                                                    {"deepspeed_decay.json", "DeepSpeed"},
                                                    {"kohya_restarts.toml", "sd-scripts"},
                                                    {"megatron_rampup.sh", "Megatron-LM"},
                                                    {"megatron_swift.sh", "Megatron-SWIFT"},
                                                    {"mmcv_cosine.py", "MMCV 1"},
                                                    {"mmcv_poly.py", "MMCV 1"},
                                                    {"mmengine_voc.py", "MMEngine"},
                                                    {"nanotron_moe.yaml", "nanotron"},
                                                    {"nemo_override.sh", "NeMo"},
                                                    {"neox_pythia.yml", "GPT-NeoX"},
                                                    {"openrlhf_ppo.sh", "OpenRLHF"},
                                                    {"swift_full.sh", "ms-swift"},
                                                    {"small.txt/accelerate_sft.sh", "accelerate's scripts"},
                                                    {"small.txt/axolotl_packed.yaml", "axolotl"},
                                                    {"small.txt/chatglm_tuning.sh", "LLaMA-Factory"},
                                                    {"small.txt/deepspeed_warmup.json", "DeepSpeed"},
                                                    {"small.txt/dpo_module.sh", "Hugging Face"},
                                                    {"small.txt/dreambooth.sh", "accelerate's scripts"},
                                                    {"small.txt/kohya_steps.sh", "sd-scripts"},
                                                    {"small.txt/kohya_warmup.sh", "sd-scripts"},
                                                    {"small.txt/llama_factory_full.sh", "LLaMA-Factory"},
                                                    {"small.txt/llava_lora.sh", "Hugging Face"},
                                                    {"small.txt/llama_factory_vision.sh", "LLaMA-Factory"},
                                                    {"small.txt/megatron_synthetic.sh", "Megatron-LM"},
                                                    {"small.txt/mmcv_by_epoch.py", "MMCV 1"},
                                                    {"small.txt/mmcv_constant_warmup.py", "MMCV 1"},
                                                    {"small.txt/mmcv_few_shot.py", "MMCV 1"},
                                                    {"small.txt/mmcv_floor.py", "MMCV 1"},
                                                    {"small.txt/mmpretrain_cosine.py", "MMEngine"},
                                                    {"small.txt/mmseg_poly.py", "MMEngine"},
                                                    {"small.txt/mmselfsup_cosine.py", "MMCV 1"},
                                                    {"small.txt/nanotron_mup.yaml", "nanotron"},
                                                    {"small.txt/nanotron_tiny.yaml", "nanotron"},
                                                    {"small.txt/olmo_1b.yaml", "OLMo"},
                                                    {"small.txt/olmo_anneal.yaml", "OLMo"},
                                                    {"small.txt/openrlhf_dpo.sh", "OpenRLHF"},
                                                    {"small.txt/swift_dpo.sh", "ms-swift"},
                                                    {"small.txt/swift_sequence_parallel.sh", "ms-swift"},
                                                    {"small.txt/swift_streaming.sh", "ms-swift"},
                                                    {"small.txt/swift_tiled.sh", "ms-swift"},
                                                    {"small.txt/text_to_image.sh", "accelerate's scripts"},
                                                    {"small.txt/torchtitan_debug.toml", "torchtitan"},
                                                    {"small.txt/torchtune_full.yaml", "torchtune"},
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

TEST_CASE("strangers' recipes run as their own trainers run them") {
    std::set<std::string> seen;
    for (const row& r : expected()) {
        INFO(r.recipe << ", update " << r.step);
        const recipe one = read(r.recipe);
        const resolved run = resolve(one, r.facts);
        if (seen.insert(r.recipe).second) {
            REQUIRE(trainer_of.count(r.recipe) == 1);
            CHECK(one.format == trainer_of.at(r.recipe));
            // A configuration of DeepSpeed does not say how long the run is.
            CHECK((run.total_steps == r.total || one.format == "DeepSpeed"));
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
            if (f.trainer == trainer || (trainer == "Megatron-SWIFT" && f.trainer == "ms-swift") ||
                (trainer == "LLaMA-Factory" && f.trainer == "Hugging Face"))
                name = f.name;
        REQUIRE(!name.empty());
        CHECK(read(file, {.as = name}).format == trainer);
    }
}

TEST_CASE("the lines say where each figure comes from") {
    for (const auto& [file, trainer] : trainer_of) {
        INFO(file);
        const resolved run =
            resolve(read(file), {.examples = 100'000, .world_size = 16, .trainer = pacer::hf_trainer::v4});
        REQUIRE(run.figures.size() >= 3);
        CHECK(run.figures[0].name == "scheduler");
        CHECK(run.figures[1].name == "learning rate");
        for (const figure& f : run.figures) {
            CHECK(!f.source.empty());
            CHECK(f.source.find(":0") == std::string::npos);
        }
    }
}
