// SPDX-License-Identifier: MIT
// What the commands are asked for, and what they answer. arguments.cpp reads the command line; each command has a file.
#ifndef PACER_TOOLS_COMMAND_HPP
#define PACER_TOOLS_COMMAND_HPP

#include <pacer/schedule.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace tools {

/// What the program ends with.
enum exit_status : int {
    success = 0,
    finding = 1,  ///< it was done, and something was found: curves that differ, a warning, rates nothing explains
    failure = 2   ///< it could not be done: arguments, files, or what stands in them
};

/// Why a command could not be done, for the user.
struct error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What is to be looked at, as it was written, and what a recipe does not say of its run.
struct inputs {
    std::vector<std::string> what{};     ///< each [LABEL=] and an expression, a schedule's name, a file or "-"
    std::vector<std::string> command{};  ///< what stands after `--`
    std::optional<pacer::step_t> total_steps{};
    std::optional<pacer::step_t> examples{};
    std::optional<pacer::step_t> batches{};
    std::optional<pacer::step_t> tokens{};
    std::optional<pacer::step_t> sequence_length{};
    std::optional<pacer::step_t> world_size{};
    std::string trainer{};  ///< a version of the Trainer, as plan.hpp names them
    std::string format{};   ///< whose file a recipe is
    std::string tag{};      ///< the curve of an event file; empty: the one that looks like a learning rate
};

struct terminal_options {
    std::string colour = "auto";  ///< or always, never
    std::size_t width = 0;        ///< in characters; 0: the terminal's
    bool ascii = false;
};

/// What most commands are asked for.
struct common_options {
    inputs of{};
    terminal_options terminal{};
    bool json = false;
    bool picture = true;  ///< beside the text
};

struct list_options : common_options {
    std::string name{};
    bool names = false;
};

struct plot_options : common_options {
    std::optional<pacer::step_t> from{};
    std::optional<pacer::step_t> until{};
    std::size_t height = 0;
    std::size_t points = 1000;
    std::optional<pacer::step_t> every{};
    bool log = false;
    bool marks = true;
    std::string title{};
    std::string svg{};  ///< files; "-" is standard output
    std::string png{};
    std::string html{};
    double scale = 2;  ///< pixels of the PNG for each unit of the SVG
    bool csv = false;
};

struct diff_options : common_options {
    std::optional<pacer::step_t> at{};
};

struct convert_options : common_options {
    std::string to{};
};

struct explain_options : common_options {};

struct lint_options : common_options {
    std::optional<pacer::step_t> run_steps{};
    std::string fail_on = "warning";  ///< or error, note, never
    std::vector<std::string> ignore{};
    bool rules = false;
};

struct replay_options : common_options {
    std::string state{};
    bool points = false;
};

struct identify_options : common_options {};

int list(const list_options&);
int plot(const plot_options&);
int diff(const diff_options&);
int convert(const convert_options&);
int explain(const explain_options&);
int lint(const lint_options&);
int replay(const replay_options&);
int identify(const identify_options&);

/// The names that `convert --to` takes.
std::vector<std::string> convert_targets();

/// Reads the command line and runs the command.
int run(int count, char** arguments);

}  // namespace tools

#endif
