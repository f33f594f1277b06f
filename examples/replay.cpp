// SPDX-License-Identifier: MIT
// Replays real training runs: reads the recipe a run was started with, builds its schedule, and shows whether it gives
// the rates that the run logged - and where it does not, what happened there.
#include "plot.hpp"

#include <pacer/analysis/replay.hpp>
#include <pacer/recipes/recipes.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <exception>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using pacer::analysis::replay_report;

/// The files of one run.
struct run_files {
    std::string name;
    std::string recipe;
    std::string log;
    std::string state;
};

std::string first_of(const fs::path& folder, const std::vector<std::string>& names) {
    for (const std::string& name : names)
        if (fs::exists(folder / name))
            return (folder / name).string();
    return {};
}

run_files files_in(const fs::path& folder) {
    run_files files{(folder / ".").parent_path().filename().string(),
                    first_of(folder, {"recipe.yaml", "recipe.yml", "recipe.json", "training_args.json"}),
                    first_of(folder, {"trainer_state.json", "trainer_log.jsonl", "log.json", "log.csv"}),
                    first_of(folder, {"scheduler_state.json"})};
    if (files.recipe.empty() || files.log.empty())
        throw std::runtime_error(folder.string() + ": a run is a folder with a recipe (recipe.yaml, recipe.json or "
                                                   "training_args.json) and a log (trainer_state.json, "
                                                   "trainer_log.jsonl, log.json or log.csv)");
    return files;
}

/// The curve the run followed, over the trainer's own steps, with what it logged on top.
void draw(const replay_report& report) {
    pacer::step_t until = 1;
    double highest = 0;
    for (const auto& point : report.points) {
        until = std::max(until, point.step);
        highest = std::max(highest, point.logged);
    }
    const auto followed = [&](pacer::step_t step) {
        const pacer::analysis::replayed_point* nearest = &report.points.front();
        for (const auto& point : report.points)
            if (point.step <= step)
                nearest = &point;
        for (const auto& part : report.stretches)
            if (part.curve && &report.points[part.first] <= nearest && nearest < report.points.data() + part.end)
                return part.curve->plan.schedule(nearest->position + step - nearest->step);
        return 0.0;
    };
    std::vector<plot::mark> marks;
    for (const auto& point : report.points)
        marks.push_back({point.step, point.logged, point.explained ? 'o' : 'X'});
    fmt::print("{}", plot::with_marks(followed, marks, {until, highest}, 72, 12));
}

void print(const run_files& files, const replay_report& report, bool plots, bool all_points) {
    fmt::print("== {}\n\nThe recipe, resolved:\n", files.name);
    for (const std::string& line : report.plan.lines())
        fmt::print("  {}\n", line);
    fmt::print("\nThe log: {} rates, steps {} to {} ({})\n", report.points.size(), report.points.front().step,
               report.points.back().step, files.log);
    for (const std::string& line : report.story)
        fmt::print("  {}\n", line);
    if (plots) {
        fmt::print("\n");
        draw(report);
    }
    fmt::print("\n  explained                 {} of {}\n", report.explained, report.points.size());
    fmt::print("  the trainer's own bits    {} of {}\n", report.same_bits, report.points.size());
    fmt::print("  the same bits in pacer    {} of {}\n", report.equal, report.points.size());
    fmt::print("  largest difference        {:.2f} ULP of the peak{}\n", report.largest_difference,
               report.largest_difference > 0 ? fmt::format(", at step {}", report.largest_at) : "");

    std::string differing;
    std::size_t count = 0;
    for (const auto& point : report.points) {
        if (point.explained && point.logged == point.expected)
            continue;
        if (all_points)
            fmt::print("    step {}: logged {}, pacer {} (its step {}), {:.2f} ULP of the peak{}\n", point.step,
                       point.logged, point.expected, point.position, point.difference,
                       point.explained ? "" : ", not explained");
        else if (count < 12)
            differing +=
                fmt::format("{}{}{}", count > 0 ? ", " : "", point.step, point.explained ? "" : " (not explained)");
        ++count;
    }
    if (count > 0 && !all_points)
        fmt::print("  points that differ        {}: steps {}{}\n", count, differing, count > 12 ? ", ..." : "");
    fmt::print("\n");
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Shows whether a recipe gives the learning rates that a run logged, and if not, why");
    std::vector<std::string> folders;
    run_files single{"run", "", "", ""};
    pacer::recipes::run_facts facts;
    pacer::step_t examples = 0;
    pacer::step_t total_steps = 0;
    bool no_plots = false;
    bool all_points = false;
    app.add_option("runs", folders, "folders that each hold a run's recipe and log");
    CLI::Option* recipe = app.add_option("--recipe", single.recipe, "the recipe of a single run (.yaml, .json)");
    CLI::Option* log =
        app.add_option("--log", single.log, "its log: trainer_state.json, trainer_log.jsonl or step,lr as .csv");
    app.add_option("--state", single.state, "its scheduler state as JSON: at_step and last_epoch")->needs(log);
    app.add_option("--total-steps", total_steps, "updates of the run, where neither recipe nor log says")
        ->check(CLI::PositiveNumber);
    app.add_option("--examples", examples, "examples in its data set, for runs given in epochs")
        ->check(CLI::PositiveNumber);
    app.add_option("--world-size", facts.world_size, "processes it ran on")->check(CLI::PositiveNumber);
    app.add_flag("--no-plot", no_plots, "no pictures");
    app.add_flag("--points", all_points, "every point that differs, one a line");
    recipe->needs(log);
    log->needs(recipe);
    CLI11_PARSE(app, argc, argv);
    if (examples > 0)
        facts.examples = examples;
    if (total_steps > 0)
        facts.total_steps = total_steps;
    if (folders.empty() && single.log.empty()) {
        fmt::print(stderr, "{}", app.help());
        return 2;
    }

    int status = 0;
    std::vector<std::string> summary;
    const auto one = [&](const run_files& files) {
        const auto states = files.state.empty() ? std::vector<pacer::analysis::scheduler_state>{}
                                                : pacer::analysis::read_scheduler_states(files.state);
        const replay_report report = pacer::analysis::replay(pacer::recipes::read_recipe(files.recipe),
                                                             pacer::analysis::read_log(files.log), facts, states);
        print(files, report, !no_plots, all_points);
        summary.push_back(fmt::format(
            "{:<34} {:>5} of {:>5} explained   {:>5} the trainer's bits   {:>6.2f} ULP of the peak", files.name,
            report.explained, report.points.size(), report.same_bits, report.largest_difference));
        if (!report.all_explained())
            status = 1;
    };
    const auto guarded = [&](const auto& get_files) {
        try {
            one(get_files());
        } catch (const std::exception& e) {
            fmt::print(stderr, "{}\n", e.what());
            summary.push_back(e.what());
            status = 2;
        }
    };
    if (!single.log.empty())
        guarded([&] { return single; });
    for (const std::string& folder : folders)
        guarded([&] { return files_in(folder); });

    fmt::print("All runs, with the largest difference between a logged rate and pacer's:\n\n");
    for (const std::string& line : summary)
        fmt::print("  {}\n", line);
    return status;
}
