// SPDX-License-Identifier: MIT
// Recipes and logs: the one file that compiles the readers of all trainers' files.
#include "source.hpp"

#include <pacer/recipes/recipes.hpp>

#include <filesystem>

namespace tools {

namespace {

/// An error says which options tell what the recipe does not.
pacer::recipes::resolved resolve(const pacer::recipes::recipe& recipe, const inputs& facts) {
    try {
        return pacer::recipes::resolve(recipe, facts_of(facts));
    } catch (const pacer::recipes::recipe_error& e) {
        const bool has_length = facts.total_steps || facts.examples || facts.batches || facts.tokens;
        if (has_length || e.where.line > 0)
            throw;
        throw error(std::string(e.what()) + " (--total-steps N, --examples N)");
    }
}

source of_recipe(pacer::recipes::recipe read, const inputs& facts) {
    auto recipe = std::make_shared<const pacer::recipes::recipe>(std::move(read));
    auto run = std::make_shared<const pacer::recipes::resolved>(resolve(*recipe, facts));
    source s;
    s.is = source::kind::recipe;
    s.label = run->scheduler;
    s.lr = [run](pacer::step_t step) { return run->schedule(step); };
    s.curve = run->curve;
    s.total_steps = run->total_steps;
    s.recipe = std::move(recipe);
    s.run = std::move(run);
    return s;
}

}  // namespace

source recipe_in(const std::string& path, const inputs& facts) {
    return of_recipe(pacer::recipes::read_recipe(path, {.as = facts.format}), facts);
}

source recipe_of_command(const std::vector<std::string>& words, const inputs& facts) {
    return of_recipe(pacer::recipes::parse_arguments(words, "the command line", facts.format), facts);
}

source log_in(const std::string& file) {
    source s;
    s.is = source::kind::log;
    s.log = std::make_shared<const pacer::analysis::training_log>(pacer::analysis::read_log(file));
    s.label = std::filesystem::path(file).filename().string();
    if (s.log->total_steps)
        s.total_steps = *s.log->total_steps;
    return s;
}

pacer::recipes::run_facts facts_of(const inputs& asked) {
    pacer::recipes::run_facts facts;
    facts.total_steps = asked.total_steps;
    facts.examples = asked.examples;
    facts.batches = asked.batches;
    facts.tokens = asked.tokens;
    facts.sequence_length = asked.sequence_length;
    facts.world_size = asked.world_size;
    facts.total_from = "--total-steps";
    if (!asked.trainer.empty())
        for (unsigned k = 0; k < pacer::detail::count_of<pacer::hf_trainer>; ++k)
            if (asked.trainer == pacer::detail::names<pacer::hf_trainer>::values[k])
                facts.trainer = static_cast<pacer::hf_trainer>(k);
    return facts;
}

}  // namespace tools
