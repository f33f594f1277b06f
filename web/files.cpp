// SPDX-License-Identifier: MIT
// What the page asks of the library about files that are dropped on it: recipes and logs, held by a number each. A file is its bytes
// and its name; nothing is opened.
#include "api.hpp"

#include <pacer/analysis/event_log.hpp>
#include <pacer/analysis/identify.hpp>
#include <pacer/analysis/lint_recipe.hpp>
#include <pacer/analysis/replay.hpp>
#include <pacer/expression/make.hpp>
#include <pacer/recipes/read_command_line.hpp>
#include <pacer/recipes/read_json.hpp>
#ifndef PACER_PAGE_WITHOUT_YAML
#include <pacer/recipes/recipes.hpp>
#endif

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace page;
namespace analysis = pacer::analysis;
namespace recipes = pacer::recipes;

kept<recipes::recipe>& all_recipes() {
    static kept<recipes::recipe> all;
    return all;
}
kept<analysis::training_log>& all_logs() {
    static kept<analysis::training_log> all;
    return all;
}

recipes::run_facts facts;
std::string trainer_of_files;  // whose files recipes are; empty: as they say

recipes::recipe recipe_in(std::string_view text, const std::string& name) {
#ifndef PACER_PAGE_WITHOUT_YAML
    return recipes::parse_recipe(text, name, {.as = trainer_of_files});
#else
    if (name.ends_with(".json"))
        return recipes::parse_json(text, name);
    if (name.ends_with(".sh"))
        return recipes::parse_command_line(text, name, trainer_of_files);
    throw recipes::recipe_error({name, 0, ""}, "this page was built without yaml-cpp, accepted: .json, .sh");
#endif
}

std::string described(const std::vector<analysis::lint_finding>& findings) {
    constexpr const char* levels[] = {"note", "warning", "error"};
    json all('[');
    for (const analysis::lint_finding& f : findings)
        all.item(json('{')
                     .text("rule", f.rule->name)
                     .text("level", levels[static_cast<int>(f.rule->level)])
                     .text("why", f.rule->why)
                     .text("where", f.where)
                     .text("what", f.what)
                     .done());
    return all.done();
}

std::string described(const recipes::resolved& run) {
    json figures('[');
    for (const recipes::figure& f : run.figures)
        figures.item(json('{').text("name", f.name).text("value", f.value).text("source", f.source).done());
    return json('{')
        .text("scheduler", run.scheduler)
        .step("totalSteps", run.total_steps)
        .text("expression", run.curve ? to_text(*run.curve) : "")
        .add("figures", figures.done())
        .texts("notes", run.notes)
        .done();
}

/// Of the last replay, for each point: the rate that was expected, and whether it is explained (1) or not (0).
std::vector<double> expected;
std::vector<double> explained;

std::vector<double> numbers;

}  // namespace

extern "C" {

/// Whether YAML can be read.
int pacer_reads_yaml() {
#ifndef PACER_PAGE_WITHOUT_YAML
    return 1;
#else
    return 0;
#endif
}

/// What recipes do not say, from now on; 0 is not given.
///
/// @param trainer  a version of Hugging Face's Trainer, or nothing.
/// @param as       whose files they are, or nothing.
void pacer_facts(double total, double examples, double batches, double tokens, double sequence, double world,
                 const char* trainer, const char* as) {
    facts = {};
    const auto take = [](std::optional<step_t>& to, double n) {
        if (n > 0)
            to = step_of(n);
    };
    take(facts.total_steps, total);
    take(facts.examples, examples);
    take(facts.batches, batches);
    take(facts.tokens, tokens);
    take(facts.sequence_length, sequence);
    take(facts.world_size, world);
    facts.total_from = "given";
    for (unsigned k = 0; k < pacer::detail::count_of<pacer::hf_trainer>; ++k)
        if (std::string_view(trainer) == pacer::detail::names<pacer::hf_trainer>::values[k])
            facts.trainer = static_cast<pacer::hf_trainer>(k);
    trainer_of_files = as;
}
/// The versions that `pacer_facts` takes.
const char* pacer_trainers() {
    json all('[');
    for (const char* name : pacer::detail::names<pacer::hf_trainer>::values)
        all.item(json_text(name));
    return answered(all.done());
}

int pacer_recipe(const char* bytes, int size, const char* name) {
    return unless_refused(
        [&] {
            return all_recipes().add(recipe_in({bytes, static_cast<std::size_t>(size)}, name));
        },
        -1);
}
void pacer_release_recipe(int id) { all_recipes().release(id); }

/// What runs; a refusal is asked for by `pacer_text_of_error`.
const char* pacer_resolve(int id) {
    return answered(unless_refused(
        [&] {
            const recipes::recipe& recipe = all_recipes().at(id);
            const recipes::resolved run = recipes::resolve(recipe, facts);
            return json('{')
                .add("run", described(run))
                .add("findings", described(analysis::lint(recipe, facts, run)))
                .done();
        },
        "{}"));
}

/// @param tag  the curve of an event file, or nothing.
int pacer_log(const char* bytes, int size, const char* name, const char* tag) {
    return unless_refused(
        [&] {
            const std::string_view text(bytes, static_cast<std::size_t>(size));
            if (!analysis::is_event_file(text))
                return all_logs().add(analysis::parse_log(text, name));
            std::istringstream from{std::string(text)};
            return all_logs().add(analysis::parse_event_log(from, name, tag));
        },
        -1);
}
void pacer_release_log(int id) { all_logs().release(id); }
int pacer_is_event_file(const char* bytes, int size) {
    return analysis::is_event_file({bytes, static_cast<std::size_t>(size)}) ? 1 : 0;
}

const char* pacer_log_about(int id) {
    const analysis::training_log& log = all_logs().at(id);
    return answered(json('{')
                        .number("points", static_cast<double>(log.points.size()))
                        .step("total", log.total_steps.value_or(pacer::endless))
                        .texts("notes", log.notes)
                        .done());
}
const double* pacer_log_steps(int id) {
    numbers.clear();
    for (const analysis::log_point& p : all_logs().at(id).points)
        numbers.push_back(static_cast<double>(p.step));
    return numbers.data();
}
const double* pacer_log_rates(int id) {
    numbers.clear();
    for (const analysis::log_point& p : all_logs().at(id).points)
        numbers.push_back(p.lr);
    return numbers.data();
}

const char* pacer_identify(int id) {
    return answered(unless_refused(
        [&] {
            const analysis::training_log& log = all_logs().at(id);
            const analysis::identification found = analysis::identify(log);
            json stretches('[');
            for (const analysis::stretch& s : found.stretches) {
                json curves('[');
                for (const analysis::explanation& e : s.curves)
                    if (e.share >= 1e-3)
                        curves.item(
                            json('{')
                                .text("text", e.text())
                                .number("share", e.share)
                                .step("last", e.last_position)
                                .number("pace", static_cast<double>(e.ratio.steps) / static_cast<double>(e.ratio.every))
                                .done());
                stretches.item(json('{')
                                   .step("from", log.points[s.first].step)
                                   .step("to", log.points[s.end - 1].step)
                                   .add("curves", curves.done())
                                   .texts("undetermined", analysis::identification::undetermined(s))
                                   .done());
            }
            return json('{')
                .number("points", static_cast<double>(found.points))
                .number("explained", static_cast<double>(found.explained))
                .add("stretches", stretches.done())
                .done();
        },
        "{}"));
}

/// How a log follows from a recipe; `pacer_expected` and `pacer_explained` have its points.
const char* pacer_replay(int recipe, int log) {
    return answered(unless_refused(
        [&] {
            const analysis::replay_report report =
                analysis::replay(all_recipes().at(recipe), all_logs().at(log), facts);
            expected.clear();
            explained.clear();
            for (const analysis::replayed_point& p : report.points) {
                expected.push_back(p.expected);
                explained.push_back(p.explained ? 1 : 0);
            }
            return json('{')
                .number("points", static_cast<double>(report.points.size()))
                .number("explained", static_cast<double>(report.explained))
                .number("sameBits", static_cast<double>(report.same_bits))
                .number("largest", report.largest_difference)
                .step("largestAt", report.largest_at)
                .texts("story", report.story)
                .add("run", described(report.plan))
                .done();
        },
        "{}"));
}
const double* pacer_expected() { return expected.data(); }
const double* pacer_explained() { return explained.data(); }

}  // extern "C"
