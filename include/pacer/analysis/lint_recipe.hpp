// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_LINT_RECIPE_HPP
#define PACER_ANALYSIS_LINT_RECIPE_HPP

/// What a careful colleague would say of a recipe: the rules of lint.hpp, of the file and of the curve that runs.

#include <pacer/analysis/lint.hpp>
#include <pacer/recipes/resolve.hpp>

#include <string>
#include <utility>
#include <vector>

namespace pacer::analysis {

namespace detail {

class recipe_linter {
public:
    PACER_HOST recipe_linter(const recipes::recipe& r, const recipes::run_facts& facts, const recipes::resolved& run)
        : r_(r), facts_(facts), run_(run) {}

    PACER_HOST std::vector<lint_finding> run() {
        const bool has_steps = r_.warmup_steps.value_or(0) > 0;
        const bool has_ratio = r_.warmup_ratio.value_or(0) > 0;
        if (has_steps && has_ratio)
            say("steps-and-ratio", "warmup_ratio",
                "warmup_steps " + written("warmup_steps") + " and warmup_ratio " + written("warmup_ratio") +
                    " are both given; " + std::to_string(run_.warmup_steps) + " updates of warm-up run");
        if (r_.scheduler == "constant" && !r_.deepspeed && (has_steps || has_ratio))
            say("warmup-ignored", has_steps ? "warmup_steps" : "warmup_ratio",
                "the scheduler is constant, the warm-up is not made; constant_with_warmup makes it");
        if (r_.deepspeed && is_written("lr_scheduler_type"))
            say("deepspeed-wins", "lr_scheduler_type",
                "asks for " + written("lr_scheduler_type") + "; DeepSpeed's " + r_.deepspeed->type + " runs");
        if ((has_steps || has_ratio) && run_.warmup_steps == 0 && r_.scheduler != "constant")
            say("warmup-rounds-to-zero", has_steps ? "warmup_steps" : "warmup_ratio",
                "of " + std::to_string(run_.total_steps) + " updates, 0 are warm-up");
        if (run_.warmup_steps > run_.total_steps)
            say("warmup-longer-than-run", has_steps ? "warmup_steps" : "warmup_ratio",
                "the warm-up lasts " + std::to_string(run_.warmup_steps) + " updates, the run " +
                    std::to_string(run_.total_steps));
        versions();
        if (run_.curve)
            for (lint_finding& f : lint(*run_.curve, of_run()))
                if (!has(f.rule) && !follows_from_warmup(f))
                    found_.push_back(std::move(f));
        for (const std::string& note : run_.notes)
            found_.push_back({find_lint_rule("not-as-written"), r_.file, note});
        return std::move(found_);
    }

private:
    [[nodiscard]] PACER_HOST lint_facts of_run() const {
        return {run_.total_steps == endless ? std::optional<step_t>() : run_.total_steps};
    }
    [[nodiscard]] PACER_HOST bool is_written(const std::string& key) const { return r_.places.count(key) != 0; }
    [[nodiscard]] PACER_HOST std::string written(const std::string& key) const {
        const auto found = r_.written.find(key);
        return found != r_.written.end() ? found->second : "";
    }
    [[nodiscard]] PACER_HOST bool has(const lint_rule* rule) const {
        for (const lint_finding& f : found_)
            if (f.rule == rule)
                return true;
        return false;
    }
    /// A run that ends in its warm-up has no decay either.
    [[nodiscard]] PACER_HOST bool follows_from_warmup(const lint_finding& f) const {
        return run_.warmup_steps > run_.total_steps && f.rule == find_lint_rule("decay-never-reached");
    }
    PACER_HOST void say(std::string_view rule, const std::string& key, std::string what) {
        const recipes::place at = r_.where(key);
        std::string where = at.file;
        if (at.line > 0)
            where += ":" + std::to_string(at.line);
        found_.push_back({find_lint_rule(rule), where + ": " + at.key, std::move(what)});
    }

    /// Only where nothing says which version runs.
    PACER_HOST void versions() {
        if (facts_.trainer || !r_.transformers_version.empty() || r_.rules)
            return;
        std::vector<std::pair<std::string, std::string>> counted;  // updates, versions
        for (unsigned k = 0; k < pacer::detail::count_of<hf_trainer>; ++k) {
            recipes::run_facts facts = facts_;
            facts.trainer = static_cast<hf_trainer>(k);
            std::string updates = "refused";
            try {
                const recipes::resolved run = recipes::resolve(r_, facts);
                updates =
                    std::to_string(run.total_steps) + " updates, " + std::to_string(run.warmup_steps) + " of warm-up";
            } catch (const std::exception&) {
                // A version that refuses the recipe differs, too.
            }
            const std::string version = pacer::detail::names<hf_trainer>::values[k];
            bool is_known = false;
            for (auto& [same, versions] : counted)
                if (same == updates) {
                    versions += ", " + version;
                    is_known = true;
                }
            if (!is_known)
                counted.emplace_back(updates, version);
        }
        if (counted.size() < 2)
            return;
        std::string what;
        for (const auto& [updates, versions] : counted)
            what.append(what.empty() ? "" : "; ").append(versions).append(": ").append(updates);
        found_.push_back({find_lint_rule("rounding-by-version"), r_.file, what});
    }

    const recipes::recipe& r_;
    const recipes::run_facts& facts_;
    const recipes::resolved& run_;
    std::vector<lint_finding> found_{};
};

}  // namespace detail

/// What the rules say of a recipe, and of the curve that runs.
///
/// @param run  the recipe, resolved with these facts.
[[nodiscard]] PACER_HOST inline std::vector<lint_finding>
lint(const recipes::recipe& recipe, const recipes::run_facts& facts, const recipes::resolved& run) {
    return detail::recipe_linter(recipe, facts, run).run();
}

}  // namespace pacer::analysis

#endif
