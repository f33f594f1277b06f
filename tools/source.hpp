// SPDX-License-Identifier: MIT
// What a command looks at: an expression, a checkpoint, a recipe, a log, a command line.
#ifndef PACER_TOOLS_SOURCE_HPP
#define PACER_TOOLS_SOURCE_HPP

#include "command.hpp"

#include <pacer/analysis/training_log.hpp>
#include <pacer/expression/expression.hpp>
#include <pacer/recipes/recipe.hpp>
#include <pacer/recipes/resolved.hpp>
#include <pacer/training/checkpoint.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tools {

/// One thing to look at.
struct source {
    enum class kind { expression, checkpoint, recipe, log };

    kind is{};
    std::string label{};
    std::string file{};  ///< empty of what stands on the command line itself
    /// The rate of a step; none of a log.
    std::function<double(pacer::step_t)> lr{};
    std::optional<pacer::expression> curve{};  ///< the same as data; none of a log, and of some recipes
    pacer::step_t total_steps = pacer::endless;
    std::optional<pacer::checkpoint> saved{};
    std::shared_ptr<const pacer::recipes::recipe> recipe{};
    std::shared_ptr<const pacer::recipes::resolved> run{};
    std::shared_ptr<const pacer::analysis::training_log> log{};
};

/// "an expression", ...
const char* name_of(source::kind);

/// The recipe in a file; in a text, of a file with such an extension; that of a trainer's command line.
source recipe_in(const std::string& file, const inputs& facts);
source recipe_in_text(const std::string& text, const std::string& extension, const inputs& facts);
source recipe_of_command(const std::vector<std::string>& words, const inputs& facts);
/// The log in a file, TensorBoard's event files and folders included; in a text, of a file with such an extension.
source log_in(const std::string& file, const inputs& facts);
source log_in_text(const std::string& text, const std::string& extension, const inputs& facts);
/// What is in a folder: a recipe, else a log.
source folder_in(const std::string& path, const inputs& facts);

/// A text on standard input is called this.
inline constexpr const char* standard_input = "standard input";

/// Whether it begins as one: a name, and a bracket.
bool is_expression(const std::string& text);

/// Reads one. An error says file, place, what was found and what is accepted.
source read_source(const std::string& what, const inputs& facts);

/// Reads one that has to be a log; of a folder, its log.
source read_log_source(const std::string& what, const inputs& facts);

/// Reads all that was asked for. An error: nothing was.
std::vector<source> read_sources(const inputs& asked);

/// What the command line says of the run.
pacer::recipes::run_facts facts_of(const inputs& asked);

/// The expression of a source. An error: it has none.
const pacer::expression& curve_of(const source& s);

}  // namespace tools

#endif
