// SPDX-License-Identifier: MIT
// The command line: what can be asked for, how it is called, and what is said of it.
#include "command.hpp"
#include "output.hpp"

#include <pacer/training/plan.hpp>
#include <pacer/version.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <new>

namespace tools {

namespace {

constexpr const char* about =
    "Learning-rate schedules: draws, explains, checks, compares and converts them.\n\n"
    "WHAT is one of\n"
    "  an expression       \"cosine(peak_lr=1e-3, total_steps=1000, warmup=3%)\"\n"
    "  a schedule's name   cosine, optax::linear_schedule: an example of it\n"
    "  a file              a checkpoint, an expression, a recipe (.yaml, .json, .toml, .py, .sh, .md), a log\n"
    "                      (trainer_state.json, trainer_log.jsonl, .csv), or the folder of a run\n"
    "  -                   an expression or a checkpoint on standard input\n"
    "  -- COMMAND...       a trainer's command line, as it would be started\n"
    "LABEL=WHAT gives it a name in pictures.";

constexpr const char* statuses =
    "Exit status: 0 done; 1 done, and something was found (curves that differ, a warning of "
    "lint, rates that nothing explains); 2 it could not be done.";

void add_what(CLI::App& command, inputs& to, const char* name, std::size_t most) {
    auto* what = command.add_option(name, to.what, "[LABEL=]EXPRESSION, a name, a file, -; see pacer --help");
    what->expected(0, static_cast<int>(most));
    what->option_text(" ");
}

void add_facts(CLI::App& command, inputs& to) {
    const std::string group = "What a recipe does not say";
    const auto count = [&](const char* name, std::optional<pacer::step_t>& value, const char* text) {
        command.add_option(name, value, text)->check(CLI::PositiveNumber)->group(group)->option_text("N");
    };
    count("--total-steps", to.total_steps, "updates of the whole run");
    count("--examples", to.examples, "examples of its training set");
    count("--batches", to.batches, "or its micro-batches, of all processes");
    count("--tokens", to.tokens, "or its tokens");
    count("--sequence-length", to.sequence_length, "tokens in an example");
    count("--world-size", to.world_size, "processes it runs on");
    std::vector<std::string> versions;
    for (const char* version : pacer::detail::names<pacer::hf_trainer>::values)
        versions.emplace_back(version);
    command
        .add_option("--trainer", to.trainer,
                    "version of the Hugging Face Trainer: " + fmt::format("{}", fmt::join(versions, ", ")))
        ->check(CLI::IsMember(versions))
        ->group(group)
        ->option_text("VERSION");
    command
        .add_option("--as", to.format, "whose file a recipe is (axolotl, trl, megatron, ...), where it does not say so")
        ->group(group)
        ->option_text("TRAINER");
}

void add_terminal(CLI::App& command, terminal_options& to) {
    const std::string group = "Output";
    command.add_option("--color,--colour", to.colour, "auto (a terminal without NO_COLOR), always or never")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->group(group)
        ->option_text("WHEN");
    command.add_option("--width", to.width, "columns of the picture and the text; default: COLUMNS, or the terminal's")
        ->group(group)
        ->option_text("N");
    command.add_flag("--ascii", to.ascii, "no other characters than ASCII")->group(group);
}

/// Help with a first line of its own.
class usage : public CLI::Formatter {
public:
    explicit usage(std::string line) : line_(std::move(line)) {}
    std::string make_usage(const CLI::App*, std::string) const override { return line_; }

private:
    std::string line_;
};

/// The commands, each with what it takes.
using synopsis_list = std::vector<std::pair<std::string, std::string>>;

/// What the command line is read into.
struct program {
    CLI::App app;
    synopsis_list synopses{};
    std::function<int()> chosen{};  ///< what was asked for
};

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

CLI::App* add(program& p, const char* name, const char* arguments, const char* text, const std::string& examples) {
    CLI::App* command = p.app.add_subcommand(name, text);
    p.synopses.emplace_back(name, arguments);
    command->formatter(std::make_shared<usage>(fmt::format("Usage: pacer {} [OPTIONS] {}\n", name, arguments)));
    command->footer("Examples:\n" + examples + "\n" + statuses);
    return command;
}

/// What the program says of itself, as JSON: for the manual and the completions (pages.py).
std::string described(CLI::App& app, const synopsis_list& synopses) {
    const auto options_of = [](const CLI::App& of) {
        std::string text;
        for (const CLI::Option* o : of.get_options()) {
            std::string names;
            for (const std::string& name : o->get_snames())
                names += (names.empty() ? "" : ", ") + json_text("-" + name);
            for (const std::string& name : o->get_lnames())
                names += (names.empty() ? "" : ", ") + json_text("--" + name);
            if (!names.empty() && !o->get_group().empty())
                text +=
                    fmt::format("{}\n    {{\"names\": [{}], \"argument\": {}, \"about\": {}}}", text.empty() ? "" : ",",
                                names, json_text(o->get_option_text()), json_text(o->get_description()));
        }
        return "[" + text + "]";
    };
    std::string text = fmt::format("{{\"about\": {}, \"statuses\": {}, \"options\": {}, \"commands\": [",
                                   json_text(about), json_text(statuses), options_of(app));
    for (std::size_t k = 0; k < synopses.size(); ++k) {
        const CLI::App& command = *app.get_subcommand(synopses[k].first);
        text += fmt::format("{}\n  {{\"name\": {}, \"arguments\": {}, \"about\": {}, \"footer\": {}, \"options\": {}}}",
                            k > 0 ? "," : "", json_text(command.get_name()), json_text(synopses[k].second),
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

void add_list(program& p, list_options& to) {
    CLI::App* command = add(p, "list", "[NAME]", "every schedule and dialect, with fields and a small picture",
                            "  pacer list\n  pacer list cosine_with_min_lr\n  pacer list optax\n  pacer list --names");
    command->add_option("name", to.name, "a schedule, with all its fields; or a dialect")->option_text(" ");
    command->add_flag("--names", to.names, "only the names")->group("Output");
    command->add_flag("--json", to.json, "as JSON")->group("Output");
    add_terminal(*command, to.terminal);
    command->callback([&p, &to] { p.chosen = [&to] { return list(to); }; });
}

void add_plot(program& p, plot_options& to) {
    CLI::App* command =
        add(p, "plot", "WHAT... [-- COMMAND...]", "draws curves and logs in one picture",
            "  pacer plot \"cosine(peak_lr=1e-3, total_steps=1000, warmup=3%)\"\n"
            "  pacer plot old=run/schedule.txt \"new=linear(peak_lr=1e-4, total_steps=500)\" --html rates.html\n"
            "  pacer plot train.yaml trainer_state.json --examples 52002\n"
            "  pacer plot --svg rates.svg -- python train.py --learning_rate 1e-4 --max_steps 1000");
    add_what(*command, to.of, "what", 1000);
    command->add_option("--from", to.from, "the first step")->check(CLI::NonNegativeNumber)->option_text("STEP");
    command->add_option("--until", to.until, "the last step; default: a quarter past the end")
        ->check(CLI::PositiveNumber)
        ->option_text("STEP");
    command->add_flag("--log", to.log, "a logarithmic axis of rates");
    command->add_flag_callback(
        "--no-marks", [&to] { to.marks = false; }, "no marks at the landmarks");
    command->add_option("--title", to.title, "what stands above")->option_text("TEXT");
    command->add_option("--svg", to.svg, "write a scalable picture; - is standard output")
        ->group("Output")
        ->option_text("FILE");
    command->add_option("--html", to.html, "write a page that shows the rates under the cursor")
        ->group("Output")
        ->option_text("FILE");
    auto* csv = command->add_flag("--csv", to.csv, "print a table")->group("Output");
    command->add_flag("--json", to.json, "print JSON")->group("Output")->excludes(csv);
    command->add_option("--points", to.points, "rows of tables and pages, beside the landmarks (1000)")
        ->check(CLI::Range(2, 10'000'000))
        ->group("Output")
        ->option_text("N");
    command->add_option("--every", to.every, "a row of tables for every Nth step")
        ->check(CLI::PositiveNumber)
        ->group("Output")
        ->option_text("N");
    command->add_option("--height", to.height, "rows of the picture")->group("Output")->option_text("N");
    add_terminal(*command, to.terminal);
    add_facts(*command, to.of);
    command->callback([&p, &to] { p.chosen = [&to] { return plot(to); }; });
}

void add_diff(program& p, diff_options& to) {
    CLI::App* command = add(p, "diff", "OLD NEW", "what changes between two curves, and the rate where a run goes on",
                            "  pacer diff run/schedule.txt new.yaml\n"
                            "  pacer diff --at 5000 \"cosine(peak_lr=1e-3, total_steps=10000)\" \"cosine(peak_lr=1e-3, "
                            "total_steps=20000)\"");
    add_what(*command, to.of, "what", 2);
    command->add_option("--at", to.at, "the step where the new one takes over; default: the checkpoint's, else 0")
        ->check(CLI::NonNegativeNumber)
        ->option_text("STEP");
    command
        ->add_flag_callback(
            "--no-plot", [&to] { to.plot = false; }, "no picture")
        ->group("Output");
    command->add_flag("--json", to.json, "as JSON")->group("Output");
    add_terminal(*command, to.terminal);
    add_facts(*command, to.of);
    command->callback([&p, &to] { p.chosen = [&to] { return diff(to); }; });
}

void add_convert(program& p, convert_options& to) {
    CLI::App* command =
        add(p, "convert", "WHAT --to WORDS", "the same curve in other words",
            "  pacer convert train.yaml --examples 52002 --to cpp\n  pacer convert run/schedule.txt --to expression");
    add_what(*command, to.of, "what", 1);
    command->add_option("--to", to.to, fmt::format("{}", fmt::join(convert_targets(), ", ")))
        ->required()
        ->check(CLI::IsMember(convert_targets()))
        ->option_text("WORDS");
    add_facts(*command, to.of);
    command->callback([&p, &to] { p.chosen = [&to] { return convert(to); }; });
}

void add_explain(program& p, explain_options& to) {
    CLI::App* command =
        add(p, "explain", "WHAT... [-- COMMAND...]",
            "the resolved plan, where each number is from, and the rates at the landmarks",
            "  pacer explain train.yaml --examples 52002 --world-size 8\n"
            "  pacer explain \"optax::warmup_cosine_decay_schedule(init_value=0, peak_value=1e-3, warmup_steps=100, "
            "decay_steps=1000)\"");
    add_what(*command, to.of, "what", 1000);
    command->add_flag("--json", to.json, "as JSON")->group("Output");
    add_terminal(*command, to.terminal);
    add_facts(*command, to.of);
    command->callback([&p, &to] { p.chosen = [&to] { return explain(to); }; });
}

void add_lint(program& p, lint_options& to) {
    CLI::App* command =
        add(p, "lint", "WHAT... [-- COMMAND...]", "what a careful colleague would say of a curve or a recipe",
            "  pacer lint train.yaml --examples 52002\n"
            "  pacer lint --run-steps 1200 \"cosine(peak_lr=1e-3, total_steps=1000)\"\n  pacer lint --rules");
    add_what(*command, to.of, "what", 1000);
    command->add_option("--run-steps", to.run_steps, "updates that the run makes, to be compared with the curve")
        ->check(CLI::PositiveNumber)
        ->option_text("N");
    command
        ->add_option("--fail-on", to.fail_on,
                     "the least that makes the status 1: note, warning (default), error, never")
        ->check(CLI::IsMember({"note", "warning", "error", "never"}))
        ->option_text("SEVERITY");
    command->add_option("--ignore", to.ignore, "a rule that is not asked; may be given several times")
        ->option_text("RULE");
    command->add_flag("--rules", to.rules, "the rules, what they say, and why");
    command->add_flag("--json", to.json, "as JSON")->group("Output");
    add_terminal(*command, to.terminal);
    add_facts(*command, to.of);
    command->callback([&p, &to] { p.chosen = [&to] { return lint(to); }; });
}

void add_replay(program& p, replay_options& to) {
    CLI::App* command =
        add(p, "replay", "RECIPE LOG | FOLDER...", "whether a log follows from its recipe, and where it leaves it",
            "  pacer replay train.yaml trainer_state.json\n  pacer replay tests/data/runs/01-llamafactory-cosine");
    command->add_option("what", to.of.what, "a recipe and its log, or folders of runs")
        ->required()
        ->expected(1, 10'000)
        ->option_text(" ");
    command->add_option("--state", to.state, "its scheduler's state, as JSON with at_step and last_epoch")
        ->option_text("FILE");
    command
        ->add_flag_callback(
            "--no-plot", [&to] { to.plot = false; }, "no picture")
        ->group("Output");
    command->add_flag("--points", to.points, "every point that differs, one a line")->group("Output");
    command->add_flag("--json", to.json, "as JSON")->group("Output");
    add_terminal(*command, to.terminal);
    add_facts(*command, to.of);
    command->callback([&p, &to] { p.chosen = [&to] { return replay(to); }; });
}

void add_identify(program& p, identify_options& to) {
    CLI::App* command = add(p, "identify", "LOG...", "the schedule of a log, from its rates alone",
                            "  pacer identify trainer_state.json");
    command->add_option("log", to.logs, "logs")->required()->option_text(" ");
    command
        ->add_flag_callback(
            "--no-plot", [&to] { to.plot = false; }, "no picture")
        ->group("Output");
    command->add_flag("--json", to.json, "as JSON")->group("Output");
    add_terminal(*command, to.terminal);
    command->callback([&p, &to] { p.chosen = [&to] { return identify(to); }; });
}

}  // namespace

int run(int count, char** arguments) {
    // What stands after -- is a trainer's, not ours.
    int own = 1;
    while (own < count && std::string_view(arguments[own]) != "--")
        ++own;
    const std::vector<std::string> trainer_command(arguments + (own < count ? own + 1 : count), arguments + count);

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
        print(described(p.app, p.synopses));
        throw CLI::Success();
    };
    p.app.add_flag_callback("--describe", describe)->group("");

    try {
        p.app.parse(own, arguments);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
            return p.app.exit(e);
        fmt::print(stderr, "pacer: {}\nRun pacer --help, or pacer COMMAND --help.\n", e.what());
        return failure;
    }
    for (inputs* of : {&options.plot.of, &options.diff.of, &options.convert.of, &options.explain.of, &options.lint.of,
                       &options.replay.of})
        of->command = trainer_command;
    return guarded(p.chosen);
}

}  // namespace tools
