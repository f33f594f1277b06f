// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/analysis/lint_recipe.hpp>
#include <pacer/recipes/recipes.hpp>

#include <set>
#include <string>

using pacer::recipes::run_facts;

namespace {

std::vector<pacer::analysis::lint_finding> findings(const std::string& yaml, const run_facts& facts) {
    const pacer::recipes::recipe r = pacer::recipes::parse_recipe(yaml, "train.yaml");
    return pacer::analysis::lint(r, facts, pacer::recipes::resolve(r, facts));
}

/// The rules that speak, but for notes.
std::set<std::string> said(const std::string& yaml, const run_facts& facts = {}) {
    std::set<std::string> names;
    for (const auto& f : findings(yaml, facts))
        if (f.rule->level != pacer::analysis::severity::note)
            names.insert(f.rule->name);
    return names;
}

std::string where(const std::string& yaml, const std::string& rule, const run_facts& facts = {}) {
    for (const auto& f : findings(yaml, facts))
        if (rule == f.rule->name)
            return f.where + ": " + f.what;
    return "";
}

using names = std::set<std::string>;
const run_facts v4{.trainer = pacer::hf_trainer::v4};

}  // namespace

TEST_CASE("a recipe as it should be is let pass") {
    CHECK(said("learning_rate: 1e-4\nlr_scheduler_type: cosine\nmax_steps: 1000\nwarmup_steps: 100\n", v4).empty());
}

TEST_CASE("both steps and ratio") {
    const std::string yaml =
        "learning_rate: 1e-4\nlr_scheduler_type: cosine\nmax_steps: 1000\nwarmup_steps: 100\nwarmup_ratio: 0.05\n";
    CHECK(said(yaml, v4) == names{"steps-and-ratio"});
    CHECK(where(yaml, "steps-and-ratio", v4) == "train.yaml:5: warmup_ratio: warmup_steps 100 and warmup_ratio 0.05 "
                                                "are both given; 100 updates of warm-up run");
}

TEST_CASE("a warm-up that constant ignores") {
    const std::string yaml = "learning_rate: 1e-4\nlr_scheduler_type: constant\nmax_steps: 1000\nwarmup_steps: 100\n";
    CHECK(said(yaml, v4) == names{"warmup-ignored"});
    CHECK(where(yaml, "warmup-ignored", v4).starts_with("train.yaml:4: warmup_steps: "));
    CHECK(said("learning_rate: 1e-4\nlr_scheduler_type: constant_with_warmup\nmax_steps: 1000\nwarmup_steps: 100\n", v4)
              .empty());
}

TEST_CASE("a warm-up longer than the run") {
    CHECK(said("learning_rate: 1e-4\nmax_steps: 50\nwarmup_steps: 100\n", v4) == names{"warmup-longer-than-run"});
}

TEST_CASE("versions that count otherwise, unless one is named") {
    const std::string yaml = "learning_rate: 1e-4\nnum_train_epochs: 3\nper_device_train_batch_size: 3\n"
                             "gradient_accumulation_steps: 4\nwarmup_ratio: 0.1\n";
    CHECK(said(yaml, {.examples = 100}) == names{"rounding-by-version"});
    CHECK(said(yaml, {.examples = 100, .trainer = pacer::hf_trainer::v5}).empty());
    CHECK(where(yaml, "rounding-by-version", {.examples = 100}).find("v4_43, v4_48, v4_51: 24 updates") !=
          std::string::npos);
}

TEST_CASE("a file that says which version it was written by") {
    const std::string yaml = "learning_rate: 1e-4\nnum_train_epochs: 3\nper_device_train_batch_size: 3\n"
                             "gradient_accumulation_steps: 4\nwarmup_ratio: 0.1\ntransformers_version: 4.51.3\n";
    CHECK(said(yaml, {.examples = 100}).empty());
}

TEST_CASE("DeepSpeed's scheduler, which wins") {
    auto r = pacer::recipes::read_recipe(std::string(PACER_TEST_DATA) + "/data/runs/15-deepspeed-warmuplr");
    REQUIRE(r.deepspeed);
    const run_facts facts{.total_steps = 1000, .trainer = pacer::hf_trainer::v4};
    const auto rules = [&] {
        names found;
        for (const auto& f : pacer::analysis::lint(r, facts, pacer::recipes::resolve(r, facts)))
            if (f.rule->level != pacer::analysis::severity::note)
                found.insert(f.rule->name);
        return found;
    };
    CHECK(rules() == names{"deepspeed-wins"});
    // Its warm-up is made, also where the scheduler that is asked for has none.
    r.scheduler = "constant";
    CHECK(rules() == names{"deepspeed-wins"});
    r.places.erase("lr_scheduler_type");
    CHECK(rules().empty());
}

TEST_CASE("a warm-up that comes to nothing, and a version that refuses it") {
    const std::string yaml = "learning_rate: 1e-4\nlr_scheduler_type: cosine\nmax_steps: 10\nwarmup_steps: 0.5\n";
    CHECK(where(yaml, "warmup-rounds-to-zero", {.trainer = pacer::hf_trainer::v4_43}) ==
          "train.yaml:4: warmup_steps: of 10 updates, 0 are warm-up");
    CHECK(where(yaml, "rounding-by-version") ==
          "train.yaml: v4_43: 10 updates, 0 of warm-up; v4_48, v4_51, v4: refused; "
          "v5: 10 updates, 5 of warm-up");
}
