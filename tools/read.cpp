// SPDX-License-Identifier: MIT
// Recipes and logs: the one file that compiles the readers of all trainers' files.
#include "source.hpp"

#include <pacer/analysis/event_log.hpp>
#include <pacer/recipes/recipes.hpp>

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <sstream>

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

source recipe_in_text(const std::string& text, const std::string& extension, const inputs& facts) {
    source s = of_recipe(pacer::recipes::parse_recipe(text, standard_input + extension, {.as = facts.format}), facts);
    s.label = standard_input;
    return s;
}

namespace {

namespace fs = std::filesystem;

source of_log(pacer::analysis::training_log log, std::string label) {
    source s;
    s.is = source::kind::log;
    s.log = std::make_shared<const pacer::analysis::training_log>(std::move(log));
    s.label = std::move(label);
    if (s.log->total_steps)
        s.total_steps = *s.log->total_steps;
    return s;
}

/// An error says which option names the curve.
template <class Read>
pacer::analysis::training_log read_events(const Read& read, const inputs& facts) {
    try {
        return read();
    } catch (const pacer::recipes::recipe_error& e) {
        const std::string problem = e.what();
        const bool is_of_tag = problem.find(" tag") != std::string::npos && facts.tag.empty();
        throw error(problem + (is_of_tag ? " (--tag NAME)" : ""));
    }
}

bool is_event_file(const std::string& file) {
    std::array<char, 16> head{};
    std::FILE* from = std::fopen(file.c_str(), "rb");
    if (from == nullptr)
        return false;
    const std::size_t size = std::fread(head.data(), 1, head.size(), from);
    std::fclose(from);
    return pacer::analysis::is_event_file({head.data(), size});
}

/// The log that a trainer writes into the folder of a run, if there is one.
std::string log_file_of(const std::string& folder) {
    std::error_code ignored;
    for (const char* name : {"trainer_state.json", "trainer_log.jsonl", "log.json", "log.jsonl", "log.csv"})
        if (const fs::path file = fs::path(folder) / name; fs::is_regular_file(file, ignored))
            return file.string();
    return {};
}

}  // namespace

source log_in(const std::string& path, const inputs& facts) {
    std::error_code ignored;
    const bool is_folder = fs::is_directory(path, ignored);
    const std::string file = is_folder ? log_file_of(path) : path;
    const std::string label = fs::path(file.empty() ? path : file).filename().string();
    if (file.empty() || (!is_folder && is_event_file(file))) {
        if (is_folder && !pacer::analysis::has_event_files(path))
            throw error(
                fmt::format("{}: found no log in this folder, accepted: the folder of a run, with "
                            "trainer_state.json, trainer_log.jsonl, log.json, log.csv or TensorBoard's event files",
                            path));
        return of_log(read_events([&] { return pacer::analysis::read_event_log(path, facts.tag); }, facts), label);
    }
    return of_log(pacer::analysis::read_log(file), label);
}

source log_in_text(const std::string& text, const std::string& extension, const inputs& facts) {
    if (extension.empty()) {
        std::istringstream from(text);
        return of_log(
            read_events([&] { return pacer::analysis::parse_event_log(from, standard_input, facts.tag); }, facts),
            standard_input);
    }
    return of_log(pacer::analysis::parse_log(text, standard_input + extension), standard_input);
}

source folder_in(const std::string& path, const inputs& facts) {
    std::optional<pacer::recipes::recipe> recipe;
    try {
        recipe = pacer::recipes::read_recipe(path, {.as = facts.format});
    } catch (const pacer::recipes::recipe_error&) {
        if (!pacer::analysis::has_event_files(path))
            throw;
    }
    return recipe ? of_recipe(std::move(*recipe), facts) : log_in(path, facts);
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
