// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/analysis/lint.hpp>
#include <pacer/expression/dialects.hpp>

#include <algorithm>
#include <set>
#include <string>

using pacer::step_t;
using pacer::analysis::lint;
using pacer::analysis::lint_finding;
using pacer::analysis::lint_rules;
using pacer::analysis::severity;

namespace {

/// The names of the rules that speak.
std::set<std::string> said(const char* text, std::optional<step_t> run_steps = {}) {
    std::set<std::string> names;
    for (const lint_finding& f : lint(pacer::parse(text), {run_steps}))
        names.insert(f.rule->name);
    return names;
}
using names = std::set<std::string>;

std::string what(const char* text, const std::string& rule, std::optional<step_t> run_steps = {}) {
    for (const lint_finding& f : lint(pacer::parse(text), {run_steps}))
        if (rule == f.rule->name)
            return f.where + ": " + f.what;
    return "";
}

}  // namespace

TEST_CASE("rules have names of their own, and are found by them") {
    names all;
    for (const auto& r : lint_rules) {
        CHECK(all.insert(r.name).second);
        CHECK(pacer::analysis::find_lint_rule(r.name) == &r);
        CHECK(std::string(r.what).ends_with('.'));
        CHECK(std::string(r.why).ends_with('.'));
    }
    CHECK(pacer::analysis::find_lint_rule("no-such-rule") == nullptr);
    CHECK(name_of(severity::note) == std::string("note"));
    CHECK(name_of(severity::error) == std::string("error"));
}

TEST_CASE("a curve as it should be is let pass") {
    CHECK(said("cosine_with_min_lr(peak_lr=1, min_lr=10%, total_steps=100, warmup=10, first_step=from_first)", 100)
              .empty());
    CHECK(said("linear(peak_lr=1, total_steps=100)", 100).empty());
    CHECK(said("constant(peak_lr=1)").empty());
    CHECK(said("multi_step(peak_lr=1, milestones=[30, 60], factor=0.1, total_steps=90)", 90).empty());
}

TEST_CASE("each rule speaks of what it is for") {
    CHECK(said("constant(peak_lr=0)") == names{"never-above-zero"});
    CHECK(said("cosine(peak_lr=1, total_steps=100, warmup=10)", 100) == names{"first-step-zero"});
    CHECK(said("linear(peak_lr=1, total_steps=100, warmup=100)").count("warmup-longer-than-run") == 1);
    CHECK(said("linear(peak_lr=1, total_steps=100, warmup=50)", 40).count("warmup-longer-than-run") == 1);
    CHECK(said("linear(peak_lr=1, total_steps=100, warmup=floor(0.5%))") == names{"warmup-rounds-to-zero"});
    CHECK(said("linear(peak_lr=1, end_lr=2, total_steps=100, warmup=10, first_step=from_first)") ==
          names{"ends-above-peak"});
    CHECK(said("linear(peak_lr=1, total_steps=100)", 80) == names{"decay-never-reached"});
    CHECK(said("linear(peak_lr=1, total_steps=100)", 120) == names{"run-outlasts-schedule"});
    CHECK(said("cosine(peak_lr=1, total_steps=100, past_end=wave)") == names{"rises-past-the-end"});
    CHECK(said("join(constant(peak_lr=1), 50, constant(peak_lr=2, total_steps=50))") == names{"jump-at-joint"});
    CHECK(said("linear(peak_lr=1, total_steps=100, warmup_shape=cosine)") == names{"field-without-effect"});
    CHECK(said("join(linear(peak_lr=1, total_steps=100), 50, linear(peak_lr=0.5, total_steps=50))") ==
          names{"piece-cut-short"});
}

TEST_CASE("what is said has the numbers in it") {
    CHECK(what("linear(peak_lr=1, total_steps=100)", "decay-never-reached", 81) ==
          "step 81: the run makes 81 updates of the curve's 100: its last rate is 0.2, not 0");
    CHECK(what("cosine(peak_lr=1, total_steps=100, past_end=wave)", "run-outlasts-schedule", 150) ==
          "step 100: the run makes 150 updates, the curve has 100; past its end it rises again, to 1 at step 200");
    CHECK(what("join(constant(peak_lr=1), 50, constant(peak_lr=2, total_steps=50))", "jump-at-joint") ==
          "step 50: the rate goes from 1 to 2");
    CHECK(what("linear(peak_lr=1, total_steps=100, warmup_shape=cosine)", "field-without-effect") ==
          "linear.warmup_shape: warmup_shape=cosine decides nothing here");
}

TEST_CASE("a run of no updates is said to be too short for a warm-up alone") {
    CHECK(said("linear(peak_lr=1, total_steps=100)", 0).empty());
    CHECK(what("linear(peak_lr=1, total_steps=100, warmup=10)", "warmup-longer-than-run", 0) ==
          "step 0: the warm-up lasts 10 updates, the run 0: its last rate is 0 of 1");
}

TEST_CASE("a joint that continues the curve is no jump") {
    CHECK(said("join(linear(peak_lr=1, end_lr=0.5, total_steps=50), 50, linear(peak_lr=0.5, total_steps=50))").empty());
    CHECK(said("join(linear_warmup(peak_lr=1, total_steps=2), 2, linear(peak_lr=1, total_steps=50))") ==
          names{"first-step-zero"});
    CHECK(said("optax::warmup_cosine_decay_schedule(init_value=0, peak_value=1, warmup_steps=2, decay_steps=100)") ==
          names{"first-step-zero"});
    CHECK(said("cooldown(constant(peak_lr=1), at=50, over=10)").empty());
}
