// SPDX-License-Identifier: MIT
#include "picture.hpp"
#include "source.hpp"

#include <pacer/analysis/replay.hpp>
#include <pacer/recipes/recipes.hpp>

#include <fmt/format.h>

#include <filesystem>

namespace tools {

namespace fs = std::filesystem;
namespace analysis = pacer::analysis;
using analysis::replay_report;
using pacer::step_t;

namespace {

/// What is replayed.
struct run_files {
    std::string name;
    std::string recipe;  ///< empty: the command line
    std::string log;
    std::string state;
};

run_files files_in(const std::string& folder) {
    std::error_code ignored;
    const fs::path state = fs::path(folder) / "scheduler_state.json";
    return {(fs::path(folder) / ".").parent_path().filename().string(), folder, folder,
            fs::is_regular_file(state, ignored) ? state.string() : ""};
}

std::vector<run_files> runs_of(const replay_options& options) {
    const std::vector<std::string>& what = options.of.what;
    std::error_code ignored;
    const auto is_folder = [&](const std::string& path) { return fs::is_directory(path, ignored); };
    const bool has_command = !options.of.command.empty();
    std::vector<run_files> runs;
    if (has_command && what.size() == 1)
        runs.push_back({what[0], "", what[0], ""});
    else if (!has_command && what.size() == 2 && !is_folder(what[0]))
        runs.push_back({what[0], what[0], what[1], ""});
    else
        for (const std::string& path : what) {
            if (has_command || !is_folder(path))
                throw error(
                    fmt::format("{}: found {}; replay takes a recipe and its log, folders of runs, or a log and the "
                                "trainer's command line after --",
                                path, has_command ? "more than a log" : "no folder"));
            runs.push_back(files_in(path));
        }
    if (runs.empty())
        throw error(
            "replay takes a recipe and its log, folders of runs, or a log and the trainer's command line after --");
    for (run_files& files : runs)
        if (!options.state.empty())
            files.state = options.state;
    return runs;
}

pacer::recipes::recipe recipe_of(const run_files& files, const inputs& asked) {
    if (files.recipe.empty())
        return pacer::recipes::parse_arguments(asked.command, "the command line", asked.format);
    std::error_code ignored;
    if (is_expression(files.recipe) && !fs::exists(files.recipe, ignored))
        throw error(fmt::format("{}: found an expression, accepted: a recipe; pacer diff compares a curve with a log",
                                pacer::recipes::detail::visible(files.recipe)));
    return pacer::recipes::read_recipe(files.recipe, {.as = asked.format});
}

/// The curve the run followed, by the trainer's own steps.
double followed(const replay_report& report, step_t step) {
    std::size_t nearest = 0;
    const auto later = std::upper_bound(report.points.begin(), report.points.end(), step,
                                        [](step_t s, const analysis::replayed_point& p) { return s < p.step; });
    if (later != report.points.begin())
        nearest = static_cast<std::size_t>(later - report.points.begin()) - 1;
    for (const analysis::replayed_stretch& part : report.stretches)
        if (part.curve && part.first <= nearest && nearest < part.end) {
            const analysis::replayed_point& p = report.points[nearest];
            return part.curve->schedule(p.position + part.ratio(step) - part.ratio(p.step));
        }
    return 0;
}

std::string picture(const replay_report& report, const terminal& on) {
    drawn curve;
    curve.label = "the curve that was followed";
    curve.lr = [&report](step_t step) { return followed(report, step); };
    drawn good;
    good.label = "logged";
    drawn bad;
    bad.label = "logged, and not explained";
    step_t last = 1;
    for (const analysis::replayed_point& p : report.points) {
        (p.explained ? good : bad).points.push_back({p.step, p.logged});
        last = std::max(last, p.step);
    }
    std::vector<drawn> all;
    if (report.explained > 0) {
        all = {curve, good};
        all[0].total_steps = last;
    }
    if (!bad.points.empty())
        all.push_back(bad);
    plot_options whole;
    whole.until = last;
    return terminal_picture(all, frame_of(all, whole), 14, on, false) + "\n" + legend(all, on) + "\n";
}

std::string differing(const replay_report& report, bool every) {
    std::string text;
    std::size_t count = 0;
    for (const analysis::replayed_point& p : report.points) {
        if (p.explained && p.logged == p.expected)
            continue;
        if (every)
            text += fmt::format("    step {}: logged {}, pacer {} (its step {}), {:.2f} ULP of the peak{}\n", p.step,
                                p.logged, p.expected, p.position, p.difference, p.explained ? "" : ", not explained");
        else if (count < 12)
            text += fmt::format("{}{}{}", count > 0 ? ", " : "", p.step, p.explained ? "" : " (not explained)");
        ++count;
    }
    if (every || count == 0)
        return text;
    return fmt::format("  points that differ        {}: steps {}{}\n", count, text, count > 12 ? ", ..." : "");
}

std::string as_text(const replay_report& report, const replay_options& options, const run_files& files,
                    const std::string& log_name) {
    const terminal on(options.terminal);
    std::string text = on.bold("== " + files.name) + "\n\n" + on.bold("The recipe, resolved") + "\n";
    for (const std::string& line : report.plan.lines())
        text += "  " + line + "\n";
    text += fmt::format("\n{}\n  {} rates, steps {} to {} ({})\n", on.bold("The log"), report.points.size(),
                        report.points.front().step, report.points.back().step, log_name);
    for (const std::string& line : report.story)
        text += "  " + line + "\n";
    text += "\n";
    if (options.picture)
        text += picture(report, on);
    text += fmt::format("  explained                 {} of {}\n  the trainer's own bits    {} of {}\n"
                        "  the same bits in pacer    {} of {}\n  largest difference        {:.2f} ULP of the peak{}\n",
                        report.explained, report.points.size(), report.same_bits, report.points.size(), report.equal,
                        report.points.size(), report.largest_difference,
                        report.largest_difference > 0 ? fmt::format(", at step {}", report.largest_at) : "");
    return text + differing(report, options.points);
}

std::string as_json(const replay_report& report, const std::string& name) {
    std::string text = fmt::format(
        "{{\n  \"run\": {},\n  \"points\": {},\n  \"explained\": {},\n  \"trainers_bits\": {},\n  \"same_bits\": {},\n"
        "  \"largest_difference_ulp\": {},\n  \"story\": [",
        json_text(name), report.points.size(), report.explained, report.same_bits, report.equal,
        report.largest_difference);
    const char* separator = "";
    for (const std::string& line : report.story) {
        text += separator + json_text(line);
        separator = ", ";
    }
    return text + "]\n}";
}

}  // namespace

int replay(const replay_options& options) {
    const std::vector<run_files> runs = runs_of(options);
    std::string text;
    std::string summary;
    int status = success;
    progress shown;
    for (const run_files& files : runs) {
        shown.now("reading " + files.log);
        const source logged = read_log_source(files.log, options.of);
        const auto states = files.state.empty() ? std::vector<analysis::scheduler_state>{}
                                                : analysis::read_scheduler_states(files.state);
        shown.now(fmt::format("replaying {} rates of {}", logged.log->points.size(), files.log));
        const replay_report report =
            analysis::replay(recipe_of(files, options.of), *logged.log, facts_of(options.of), states);
        if (options.json)
            text += (text.empty() ? "" : ",\n") + as_json(report, files.name);
        else
            text += (text.empty() ? "" : "\n") + as_text(report, options, files, logged.log->file);
        summary += fmt::format(
            "  {:<34} {:>5} of {:>5} explained   {:>5} the trainer's bits   {:>6.2f} ULP of the peak\n", files.name,
            report.explained, report.points.size(), report.same_bits, report.largest_difference);
        if (!report.all_explained())
            status = finding;
    }
    shown.end();
    if (options.json)
        print("[\n" + text + "\n]\n");
    else
        print_lines(text +
                    (runs.size() == 1
                         ? ""
                         : "\nAll runs, with the largest difference between a logged rate and pacer's:\n\n" + summary));
    return status;
}

}  // namespace tools
