// SPDX-License-Identifier: MIT
// Every value of every recipe that the tests have, one after the other, is replaced by others, every line left out, and every
// setting added that any of them has: what comes of it is a run with rates, or an error that says where.
#include "catch.hpp"

#include <pacer/analysis/lint_recipe.hpp>
#include <pacer/recipes/recipes.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace pacer::recipes;
using pacer::step_t;

struct counts {
    int runs = 0;
    int errors = 0;
};

void try_out(const std::string& name, const std::string& text, const std::string& what, counts& n, int most_facts = 4) {
    static const run_facts all_facts[] = {{.examples = 1000, .world_size = 8},
                                          {},
                                          {.total_steps = 500, .world_size = 2},
                                          {.examples = pacer::longest, .world_size = 3}};
    for (int k = 0; k < most_facts; ++k) {
        const run_facts& facts = all_facts[k];
        const auto complain = [&](const std::string& why) {
            FAIL_CHECK(name << ", " << what << ": " << why << '\n' << text);
        };
        try {
            const bool is_command = name.ends_with(".sh");
            const recipe r = is_command ? parse_command_line(text) : parse_recipe(text, name);
            const resolved plan = resolve(r, facts);
            ++n.runs;
            if (plan.total_steps < 0 || plan.warmup_steps < 0)
                complain("no run");
            const step_t last = plan.total_steps == pacer::endless ? 1000 : plan.total_steps;
            for (const step_t step : {step_t{0}, step_t{1}, plan.warmup_steps, last / 2, last, last + 1}) {
                const double rate = plan.schedule(step);
                if (!(rate >= 0 && rate <= 1e301))
                    complain("a rate of " + std::to_string(rate));
            }
            if (plan.lines().empty())
                complain("nothing to say");
            for (const auto& finding : pacer::analysis::lint(r, facts, plan))
                if (finding.what.empty())
                    complain("a finding that says nothing");
        } catch (const recipe_error& error) {
            ++n.errors;
            const std::string_view words = error.what();
            if (words.find(", accepted: ") == std::string_view::npos && words.find(':') == std::string_view::npos)
                complain("an error without a place: " + std::string(words));
        }
    }
}

/// Where the value of a line begins and ends; nothing if it has none.
std::pair<std::size_t, std::size_t> value_of(const std::string& line, bool is_command) {
    std::size_t end = line.find_last_not_of(" \t\r\\,");
    if (end == std::string::npos)
        return {0, 0};
    ++end;
    std::size_t start = 0;
    if (is_command) {
        start = line.find_last_of(" =", end - 1);
    } else {
        start = line.find_first_of(":=");
        if (start != std::string::npos && line.compare(start, 2, "==") == 0)
            start = std::string::npos;
    }
    if (start == std::string::npos || start + 1 >= end)
        return {0, 0};
    start = line.find_first_not_of(' ', start + 1);
    return start < end ? std::pair{start, end} : std::pair<std::size_t, std::size_t>{0, 0};
}

struct file_of_lines {
    std::string name;
    std::vector<std::string> lines;

    [[nodiscard]] bool is_command() const { return name.ends_with(".sh"); }
    /// The text with another line in the place of line `k`, or none.
    [[nodiscard]] std::string with(std::size_t k, const std::string* line) const {
        std::string text;
        for (std::size_t j = 0; j < lines.size(); ++j)
            if (j != k || line != nullptr)
                text += (j == k ? *line : lines[j]) + '\n';
        return text;
    }
    /// The text with one more setting.
    [[nodiscard]] std::string with(const std::string& key, const std::string& value) const {
        const std::string text = with(lines.size(), nullptr);
        if (is_command())
            return text.substr(0, text.find_last_not_of(" \n\\") + 1) + " --" + key + ' ' + value + '\n';
        if (name.ends_with(".json"))
            return text.substr(0, text.find('{') + 1) + "\n\"" + key + "\": " + value + "," +
                   text.substr(text.find('{') + 1);
        if (name.ends_with(".toml") || name.ends_with(".py"))
            return key + " = " + value + '\n' + text;
        return text + key + ": " + value + '\n';
    }
};

/// The recipes that the tests have, of every trainer.
std::vector<file_of_lines> all_files() {
    std::vector<file_of_lines> files;
    for (const char* folder : {"/data/recipes", "/data/runs"})
        for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(PACER_TEST_DATA) + folder)) {
            const std::string path = entry.path().string();
            bool is_recipe = false;
            for (const char* extension : {".yaml", ".yml", ".json", ".toml", ".py", ".sh"})
                is_recipe = is_recipe || path.ends_with(extension);
            if (!entry.is_regular_file() || !is_recipe || entry.file_size() > 4000 || path.ends_with("_state.json"))
                continue;
            files.push_back({entry.path().filename().string(), {}});
            std::ifstream file(path);
            for (std::string line; std::getline(file, line);)
                files.back().lines.push_back(line);
        }
    return files;
}

/// What the settings of these files are called: the first word of each line, or what follows "--".
std::set<std::string> keys_of(const std::vector<file_of_lines>& files) {
    constexpr const char* letters = "abcdefghijklmnopqrstuvwxyz_0123456789";
    std::set<std::string> keys;
    for (const file_of_lines& file : files)
        for (const std::string& line : file.lines) {
            const std::size_t start =
                file.is_command() ? line.find("--") : line.find_first_of("abcdefghijklmnopqrstuvwxyz_");
            if (start == std::string::npos)
                continue;
            const std::string word = line.substr(file.is_command() ? start + 2 : start);
            const std::string key = word.substr(0, word.find_first_not_of(letters));
            if (!key.empty() && key.size() < word.size())
                keys.insert(key);
        }
    return keys;
}

}  // namespace

TEST_CASE("a recipe with a value of another kind, or without it, is a run or an error") {
    static constexpr const char* others[] = {
        "-1",   "0",       "1",      "7",          "0.5",  "1e300", "9007199254740992", "9007199254740993",
        "word", "\"a b\"", "[1, 2]", "{\"a\": 1}", "true", "null"};
    counts all;
    for (const file_of_lines& file : all_files())
        for (std::size_t k = 0; k < file.lines.size(); ++k) {
            try_out(file.name, file.with(k, nullptr), "without line " + std::to_string(k + 1), all);
            const auto [start, end] = value_of(file.lines[k], file.is_command());
            if (start == end)
                continue;
            for (const char* other : others) {
                std::string line = file.lines[k];
                line.replace(start, end - start, other);
                try_out(file.name, file.with(k, &line), "line " + std::to_string(k + 1) + " with " + other, all);
            }
        }
    CHECK(all.runs > 15'000);
    CHECK(all.errors > 15'000);
}

TEST_CASE("a recipe with one more setting is a run or an error") {
    const std::vector<file_of_lines> files = all_files();
    const std::set<std::string> keys = keys_of(files);
    CHECK(files.size() > 60);
    CHECK(keys.size() > 200);
    static constexpr const char* values[] = {"3", "0.25", "true"};
    counts all;
    std::size_t turn = 0;
    for (const file_of_lines& file : files)
        for (const std::string& key : keys) {
            const char* const value = values[turn++ % std::size(values)];
            try_out(file.name, file.with(key, value), key + " " + value, all, 1);
        }
    CHECK(all.runs > 4'000);
    CHECK(all.errors > 2'000);
}
