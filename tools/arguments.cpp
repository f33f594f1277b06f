// SPDX-License-Identifier: MIT
// The command line: what can be asked for, how it is called, and what is said of it.
#include "command.hpp"
#include "output.hpp"

#include <pacer/recipes/recipes.hpp>
#include <pacer/training/plan.hpp>
#include <pacer/version.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace tools {

namespace {

using pacer::recipes::detail::visible;

constexpr const char* about =
    "Learning-rate schedules: draws, explains, checks, compares and converts them.\n\n"
    "WHAT is one of\n"
    "  an expression       \"cosine(peak_lr=1e-3, total_steps=1000, warmup=3%)\"\n"
    "  a schedule's name   cosine, optax::linear_schedule: an example of it\n"
    "  a file              a checkpoint, an expression, a recipe (.yaml, .json, .toml, .py, .sh, .md), a log\n"
    "                      (trainer_state.json, trainer_log.jsonl, .csv, TensorBoard's event files)\n"
    "  a folder            of a run, with its recipe; or of TensorBoard, with its event files\n"
    "  -                   an expression, a checkpoint, a recipe or a log on standard input\n"
    "  -- COMMAND...       a trainer's command line, as it would be started\n"
    "LABEL=WHAT gives it a name in pictures.";

constexpr const char* statuses =
    "Exit status: 0 done; 1 done, and something was found (curves that differ, a warning of "
    "lint, rates that nothing explains); 2 it could not be done.";

/// Help with a first line of its own.
class usage : public CLI::Formatter {
public:
    explicit usage(std::string line) : line_(std::move(line)) {}
    std::string make_usage(const CLI::App*, std::string) const override { return line_; }

private:
    std::string line_;
};

/// What the command line is read into.
struct program {
    CLI::App app;
    std::vector<std::pair<std::string, std::string>> synopses{};         ///< the commands, with what they take
    std::map<const CLI::Option*, std::vector<std::string>> values_of{};  ///< of options that take one of a few words
    std::function<int()> chosen{};                                       ///< what was asked for
    std::vector<std::string>* trainers = nullptr;  ///< where its trainer's command line goes, if it takes one
};

/// A text that is refused, and what is accepted, as all of pacer says it.
std::string refusal(const std::string& found, const std::string& accepted) {
    return fmt::format("found {}, accepted: {}", found.empty() ? "nothing" : visible(found), accepted);
}

template <class T>
CLI::Validator within(T lowest, T highest, std::string accepted) {
    const auto wrong = [lowest, highest, accepted = std::move(accepted)](const std::string& text) {
        T n{};
        return CLI::detail::lexical_cast(text, n) && lowest <= n && n <= highest ? "" : refusal(text, accepted);
    };
    return {wrong, ""};
}

/// "; the nearest is NAME", if one is near.
std::string hint(const std::string& name, const std::vector<std::string>& names) {
    const std::string nearest = nearest_of(name, names);
    return nearest.empty() ? "" : "; the nearest is " + nearest;
}

CLI::Validator one_of(const std::vector<std::string>& values) {
    const auto wrong = [values](const std::string& text) {
        return std::find(values.begin(), values.end(), text) != values.end()
                   ? ""
                   : refusal(text, fmt::format("{}{}", fmt::join(values, ", "), hint(text, values)));
    };
    return {wrong, ""};
}

/// One command while it is put together. What several commands take is a member here, and stands once.
template <class Options>
class command_line {
public:
    /// @param arguments  as the synopsis has them; with COMMAND it takes a trainer's command line after `--`.
    command_line(program& p, Options& to, int (*run)(const Options&), const char* name, const std::string& arguments,
                 const char* text, const std::string& examples)
        : program_(p), to_(to), command_(*p.app.add_subcommand(name, text)) {
        p.synopses.emplace_back(name, arguments);
        command_.formatter(std::make_shared<usage>(fmt::format("Usage: pacer {} [OPTIONS] {}\n", name, arguments)));
        command_.footer("Examples:\n" + examples + "\n" + statuses);
        const bool takes_command = arguments.find("COMMAND") != std::string::npos;
        command_.callback([&p, &to, run, takes_command] {
            p.chosen = [&to, run] { return run(to); };
            p.trainers = takes_command ? &to.of.command : nullptr;
        });
    }

    /// What is looked at, at most so many.
    command_line& what(std::size_t most, const char* name = "what") {
        command_.add_option(name, to_.of.what, "[LABEL=]EXPRESSION, a name, a file, -; see pacer --help")
            ->expected(0, static_cast<int>(most))
            ->option_text(" ");
        return *this;
    }

    template <class T>
    CLI::Option* option(const char* name, T& value, const std::string& text, const char* argument,
                        const char* group = "Options") {
        return command_.add_option(name, value, text)->group(group)->option_text(argument);
    }
    /// A whole number.
    template <class T>
    CLI::Option* number(const char* name, T& value, const std::string& text, const char* argument, const char* group,
                        pacer::step_t lowest, pacer::step_t highest = pacer::endless - 1) {
        const std::string accepted = highest < pacer::endless - 1
                                         ? fmt::format("a whole number from {} to {}", lowest, highest)
                                         : fmt::format("a whole number of {} or more", lowest);
        return option(name, value, text, argument, group)->check(within(lowest, highest, accepted), "");
    }
    template <class T>
    CLI::Option* count(const char* name, T& value, const std::string& text, const char* argument = "N",
                       const char* group = "Options") {
        return number(name, value, text, argument, group, 1);
    }
    CLI::Option* choice(const char* name, std::string& value, const std::string& text,
                        const std::vector<std::string>& values, const char* argument, const char* group = "Options") {
        CLI::Option* o = option(name, value, text, argument, group)->check(one_of(values), "");
        program_.values_of[o] = values;
        return o;
    }
    CLI::Option* flag(const char* name, bool& value, const char* text, const char* group = "Options") {
        return command_.add_flag(name, value, text)->group(group);
    }
    /// A flag that turns something off.
    void flag_against(const char* name, bool& value, const char* text, const char* group = "Options") {
        command_
            .add_flag_callback(
                name, [&value] { value = false; }, text)
            ->group(group);
    }

    command_line& json(const char* text = "as JSON") {
        flag("--json", to_.json, text, output);
        return *this;
    }
    command_line& no_picture() {
        flag_against("--no-plot", to_.picture, "no picture", output);
        return *this;
    }
    command_line& terminal() {
        choice("--color,--colour", to_.terminal.colour, "auto (a terminal without NO_COLOR), always or never",
               {"auto", "always", "never"}, "WHEN", output);
        number("--width", to_.terminal.width,
               "columns of the picture and the text; default: COLUMNS, or the terminal's", "N", output, 0);
        flag("--ascii", to_.terminal.ascii, "no other characters than ASCII; default where the locale is not UTF-8's",
             output);
        return *this;
    }
    command_line& tag() {
        option("--tag", to_.of.tag, "the curve of TensorBoard's event files; default: the one that looks like a rate",
               "NAME");
        return *this;
    }
    /// What a recipe does not say.
    command_line& facts() {
        constexpr const char* group = "What a recipe does not say";
        inputs& of = to_.of;
        count("--total-steps", of.total_steps, "updates of the whole run", "N", group);
        count("--examples", of.examples, "examples of its training set", "N", group);
        count("--batches", of.batches, "or its micro-batches, of all processes", "N", group);
        count("--tokens", of.tokens, "or its tokens", "N", group);
        count("--sequence-length", of.sequence_length, "tokens in an example", "N", group);
        count("--world-size", of.world_size, "processes it runs on", "N", group);
        const auto& names = pacer::detail::names<pacer::hf_trainer>::values;
        const std::vector<std::string> versions(std::begin(names), std::end(names));
        choice("--trainer", of.trainer,
               fmt::format("version of the Hugging Face Trainer: {}", fmt::join(versions, ", ")), versions, "VERSION",
               group);
        option("--as", of.format, "whose file a recipe is (axolotl, trl, megatron, ...), where it does not say so",
               "TRAINER", group);
        return *this;
    }

    static constexpr const char* output = "Output";

private:
    program& program_;
    Options& to_;
    CLI::App& command_;
};

/// What the program says of itself, as JSON: for the manual and the completions (pages.py).
std::string described(program& p) {
    const auto list_of = [](const std::vector<std::string>& texts) {
        std::string list;
        for (const std::string& text : texts)
            list += (list.empty() ? "" : ", ") + json_text(text);
        return "[" + list + "]";
    };
    const auto options_of = [&](const CLI::App& of) {
        std::string text;
        for (const CLI::Option* o : of.get_options()) {
            std::vector<std::string> names;
            for (const std::string& name : o->get_snames())
                names.push_back("-" + name);
            for (const std::string& name : o->get_lnames())
                names.push_back("--" + name);
            const auto values = p.values_of.find(o);
            if (!names.empty() && !o->get_group().empty())
                text += fmt::format("{}\n    {{\"names\": {}, \"argument\": {}, \"values\": {}, \"about\": {}}}",
                                    text.empty() ? "" : ",", list_of(names), json_text(o->get_option_text()),
                                    list_of(values == p.values_of.end() ? std::vector<std::string>{} : values->second),
                                    json_text(o->get_description()));
        }
        return "[" + text + "]";
    };
    std::string text = fmt::format("{{\"about\": {}, \"statuses\": {}, \"options\": {}, \"commands\": [",
                                   json_text(about), json_text(statuses), options_of(p.app));
    for (std::size_t k = 0; k < p.synopses.size(); ++k) {
        const CLI::App& command = *p.app.get_subcommand(p.synopses[k].first);
        text += fmt::format("{}\n  {{\"name\": {}, \"arguments\": {}, \"about\": {}, \"footer\": {}, \"options\": {}}}",
                            k > 0 ? "," : "", json_text(command.get_name()), json_text(p.synopses[k].second),
                            json_text(command.get_description()), json_text(command.get_footer()), options_of(command));
    }
    return text + "]}\n";
}

/// One line of an exception: its first, of several that say the same of other places all.
std::string line_of(const std::exception& e) {
    std::string text = e.what();
    constexpr std::string_view prefix = "pacer: ";
    if (text.starts_with(prefix))
        text.erase(0, prefix.size());
    return text;
}

/// Runs what was asked for, and says what went wrong.
int guarded(const std::function<int()>& command) {
    try {
        return command();
    } catch (const std::bad_alloc&) {
        fmt::print(stderr, "pacer: there is not enough memory\n");
    } catch (const std::exception& e) {
        fmt::print(stderr, "pacer: {}\n", line_of(e));
    }
    return failure;
}

struct every_option {
    list_options list{};
    plot_options plot{};
    diff_options diff{};
    convert_options convert{};
    explain_options explain{};
    lint_options lint{};
    replay_options replay{};
    identify_options identify{};
};

void add_list(program& p, list_options& to) {
    command_line c(p, to, &list, "list", "[NAME]", "every schedule and dialect, with fields and a small picture",
                   "  pacer list\n  pacer list cosine_with_min_lr\n  pacer list optax\n  pacer list --names");
    c.option("name", to.name, "a schedule, with all its fields; or a dialect", " ");
    c.flag("--names", to.names, "only the names", c.output);
    c.json().terminal();
}

void add_plot(program& p, plot_options& to) {
    command_line c(p, to, &plot, "plot", "WHAT... [-- COMMAND...]", "draws curves and logs in one picture",
                   "  pacer plot \"cosine(peak_lr=1e-3, total_steps=1000, warmup=3%)\"\n"
                   "  pacer plot old=run/schedule.txt \"new=linear(peak_lr=1e-4, total_steps=500)\" --html rates.html\n"
                   "  pacer plot train.yaml trainer_state.json --examples 52002\n"
                   "  pacer plot runs/a --tag train/lr --png rates.png\n"
                   "  pacer plot --svg rates.svg -- python train.py --learning_rate 1e-4 --max_steps 1000");
    c.what(1000);
    c.number("--from", to.from, "the first step", "STEP", "Options", 0);
    c.count("--until", to.until, "the last step; default: a quarter past the end", "STEP");
    c.flag("--log", to.log, "a logarithmic axis of rates");
    c.flag_against("--no-marks", to.marks, "no marks at the landmarks");
    c.option("--title", to.title, "what stands above", "TEXT");
    c.tag();
    c.option("--svg", to.svg, "write a scalable picture; - is standard output", "FILE", c.output);
    c.option("--png", to.png, "write the same in pixels; - is standard output", "FILE", c.output);
    c.option("--scale", to.scale, "pixels of --png for each unit of --svg (2)", "N", c.output)
        ->check(within(0.1, 20.0, "a number from 0.1 to 20"), "");
    c.option("--html", to.html, "write a page that shows the rates under the cursor", "FILE", c.output);
    CLI::Option* const csv = c.flag("--csv", to.csv, "print a table", c.output);
    c.flag("--json", to.json, "print JSON", c.output)->excludes(csv);
    c.number("--points", to.points, "rows of tables and pages, beside the landmarks (1000)", "N", c.output, 2,
             10'000'000);
    c.count("--every", to.every, "a row of tables for every Nth step", "N", c.output);
    c.number("--height", to.height, "rows of the picture", "N", c.output, 0);
    c.terminal().facts();
}

void add_diff(program& p, diff_options& to) {
    command_line c(p, to, &diff, "diff", "OLD NEW [-- COMMAND...]",
                   "what changes between two curves or logs, and the rate where a run goes on",
                   "  pacer diff run/schedule.txt new.yaml\n"
                   "  pacer diff --at 5000 \"cosine(peak_lr=1e-3, total_steps=10000)\" \"cosine(peak_lr=1e-3, "
                   "total_steps=20000)\"\n"
                   "  pacer diff old/trainer_state.json new/trainer_state.json");
    c.what(2);
    c.number("--at", to.at, "the step where the new one takes over; default: the checkpoint's, else 0", "STEP",
             "Options", 0);
    c.tag().no_picture().json().terminal().facts();
}

void add_convert(program& p, convert_options& to) {
    const std::vector<std::string> targets = convert_targets();
    command_line c(
        p, to, &convert, "convert", "WHAT --to WORDS [-- COMMAND...]", "the same curve in other words",
        "  pacer convert train.yaml --examples 52002 --to cpp\n  pacer convert run/schedule.txt --to expression");
    c.what(1);
    c.choice("--to", to.to, fmt::format("{}", fmt::join(targets, ", ")), targets, "WORDS")->required();
    c.facts();
}

void add_explain(program& p, explain_options& to) {
    command_line(
        p, to, &explain, "explain", "WHAT... [-- COMMAND...]",
        "the resolved plan, where each number is from, and the rates at the landmarks",
        "  pacer explain train.yaml --examples 52002 --world-size 8\n"
        "  pacer explain \"optax::warmup_cosine_decay_schedule(init_value=0, peak_value=1e-3, warmup_steps=100, "
        "decay_steps=1000)\"")
        .what(1000)
        .tag()
        .json()
        .terminal()
        .facts();
}

void add_lint(program& p, lint_options& to) {
    command_line c(p, to, &lint, "lint", "WHAT... [-- COMMAND...]",
                   "what a careful colleague would say of a curve or a recipe",
                   "  pacer lint train.yaml --examples 52002\n"
                   "  pacer lint --run-steps 1200 \"cosine(peak_lr=1e-3, total_steps=1000)\"\n  pacer lint --rules");
    c.what(1000);
    c.count("--run-steps", to.run_steps, "updates that the run makes, to be compared with the curve");
    c.choice("--fail-on", to.fail_on, "the least that makes the status 1: note, warning (default), error, never",
             {"note", "warning", "error", "never"}, "SEVERITY");
    c.option("--ignore", to.ignore, "a rule that is not asked; may be given several times", "RULE");
    c.flag("--rules", to.rules, "the rules, what they say, and why");
    c.json().terminal().facts();
}

void add_replay(program& p, replay_options& to) {
    command_line c(p, to, &replay, "replay", "RECIPE LOG | FOLDER... | LOG -- COMMAND...",
                   "whether a log follows from its recipe, and where it leaves it",
                   "  pacer replay train.yaml trainer_state.json\n"
                   "  pacer replay train.yaml runs/a --tag train/learning_rate\n"
                   "  pacer replay tests/data/runs/01-llamafactory-cosine\n"
                   "  pacer replay log.csv -- python train.py --learning_rate 1e-4 --max_steps 1000");
    c.what(10'000);
    c.option("--state", to.state, "its scheduler's state, as JSON with at_step and last_epoch", "FILE");
    c.tag().no_picture();
    c.flag("--points", to.points, "every point that differs, one a line", c.output);
    c.json().terminal().facts();
}

void add_identify(program& p, identify_options& to) {
    command_line c(p, to, &identify, "identify", "LOG...", "the schedule of a log, from its rates alone",
                   "  pacer identify trainer_state.json\n"
                   "  pacer identify runs/a --tag train/lr\n"
                   "  gunzip -c trainer_state.json.gz | pacer identify -");
    c.what(1000, "log");
    c.tag().no_picture().json().terminal();
}

/// What is wrong with the arguments, in one line.
std::string misuse(const CLI::App& app, const CLI::ParseError& e, const std::vector<std::string>& arguments) {
    const std::vector<CLI::App*> chosen = app.get_subcommands();
    if (!chosen.empty())
        return fmt::format("{}; pacer {} --help says what it takes", e.what(), chosen.front()->get_name());
    std::vector<std::string> commands;
    for (const CLI::App* command : app.get_subcommands({}))
        commands.push_back(command->get_name());
    const auto word =
        std::find_if(arguments.begin(), arguments.end(), [](const std::string& a) { return !a.starts_with('-'); });
    if (word == arguments.end() && !arguments.empty())
        return fmt::format("{}: there is no such option; pacer --help says what there is", visible(arguments.front()));
    const std::string list = fmt::format("{}", fmt::join(commands, ", "));
    return word == arguments.end()
               ? fmt::format("no command was given, accepted: {}; pacer --help says more", list)
               : fmt::format("{}: found no such command, accepted: {}{}", visible(*word), list, hint(*word, commands));
}

}  // namespace

int run(int count, char** arguments) {
    // What stands after -- is a trainer's, not ours.
    int own = 1;
    while (own < count && std::string_view(arguments[own]) != "--")
        ++own;
    const std::vector<std::string> trainer_command(arguments + (own < count ? own + 1 : count), arguments + count);

    prepare_console();
    program p{CLI::App(about, "pacer")};
    p.app.set_version_flag(
        "--version", fmt::format("pacer {}.{}.{}", PACER_VERSION_MAJOR, PACER_VERSION_MINOR, PACER_VERSION_PATCH));
    p.app.require_subcommand(1);
    p.app.footer(statuses);
    every_option options;
    add_list(p, options.list);
    add_plot(p, options.plot);
    add_diff(p, options.diff);
    add_convert(p, options.convert);
    add_explain(p, options.explain);
    add_lint(p, options.lint);
    add_replay(p, options.replay);
    add_identify(p, options.identify);
    const auto describe = [&p] {
        print(described(p));
        throw CLI::Success();
    };
    p.app.add_flag_callback("--describe", describe)->group("");

    try {
        p.app.parse(own, arguments);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
            return p.app.exit(e);
        fmt::print(stderr, "pacer: {}\n", misuse(p.app, e, std::vector<std::string>(arguments + 1, arguments + own)));
        return failure;
    }
    if (own < count && p.trainers == nullptr) {
        fmt::print(stderr, "pacer: {} takes no command line after --\n", p.app.get_subcommands().front()->get_name());
        return failure;
    }
    if (own < count)
        *p.trainers = trainer_command;
    return guarded(p.chosen);
}

}  // namespace tools
