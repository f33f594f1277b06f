// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_REPLAYER_HPP
#define PACER_ANALYSIS_REPLAYER_HPP

/// The search for how a log follows from its recipe, and what is measured and told of it.

#include <pacer/analysis/curve.hpp>
#include <pacer/analysis/evidence.hpp>
#include <pacer/analysis/recipe_curves.hpp>
#include <pacer/analysis/replay_report.hpp>
#include <pacer/analysis/replay_text.hpp>
#include <pacer/analysis/stretches.hpp>
#include <pacer/analysis/training_log.hpp>
#include <pacer/recipes/recipe.hpp>
#include <pacer/recipes/resolved.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace pacer::analysis::detail {

/// One replay: the search with a recipe, and what is measured of its result.
class replayer {
public:
    PACER_HOST replayer(const recipes::recipe& recipe, const training_log& log, const recipes::run_facts& facts,
                        const std::vector<scheduler_state>& states)
        : log_(log), states_(states), curves_(recipe, facts, log), report_{curves_.plan()} {}

    PACER_HOST replay_report run() {
        if (log_.points.empty())
            return std::move(report_);
        for (stretch& s : stretch_finder(log_.points, terms()).run())
            add(s);
        choose_version();
        measure();
        report_.story = replay_story(report_, log_, states_).told();
        return std::move(report_);
    }

private:
    PACER_HOST search_terms terms() {
        return {.hints = [this] { return curves_.hints(); },
                .price = [this](const hf_arguments& a) { return curves_.price(a); },
                .known = [this](std::size_t i,
                                const written_rates& written) { return curves_.known(log_.points, i, written); },
                .penalty = [this](const explanation& e) { return penalty(e); },
                .accept = [this](const explanation& e) { curves_.take_up(e); },
                .foreign = 2 * bits::of_rare_choice};
    }

    /// What the saved states of the scheduler say against an explanation.
    [[nodiscard]] PACER_HOST double penalty(const explanation& e) const {
        double bits = 0;
        for (const scheduler_state& state : states_)
            for (const delay_run& run : e.at.runs) {
                const step_t last = log_.points[run.end - 1].step;
                if (log_.points[run.first].step > state.at_step || last < state.at_step || run.ambiguous)
                    continue;
                const step_t position = run.standing ? e.ratio(log_.points[run.first].step) - run.delay
                                                     : e.ratio(state.at_step) - run.delay;
                if (state.last_epoch != position && state.last_epoch != position + 1)
                    bits += bits::of_rare_choice;
            }
        // A stable part that went on does so to the end of the log.
        const std::optional<hf_arguments>& a = e.curve.arguments;
        if (a && a->function == hf_function::warmup_stable_decay && e.at.end < log_.points.size() &&
            !curves_.is_recipes(e.curve) && a->total - a->decay > log_.points.back().step)
            bits += bits::of_rare_choice;
        // A flat rate says nothing of the position, but a scheduler that took no step stands at 0.
        const bool is_flat =
            std::all_of(e.at.runs.begin(), e.at.runs.end(), [](const delay_run& r) { return r.ambiguous; });
        if (is_flat && !curves_.is_recipes(e.curve))
            for (const scheduler_state& state : states_)
                if (state.last_epoch == 0 && state.at_step > 0)
                    bits += 4 * bits::of_rare_choice;
        return bits;
    }

    PACER_HOST void add(stretch& s) {
        replayed_stretch part{s.first, s.end, {}, {}, {}, {}, {}, 0, {}};
        if (s.is_explained()) {
            explanation& e = s.curves.front();
            add_schedule(e.curve);
            part.cause = curves_.cause(e, report_.stretches, log_.points, s.first);
            part.share = e.share;
            for (std::size_t k = 1; k < s.curves.size(); ++k) {
                // That no step was taken is said of a constant rate already.
                if (s.curves[k].share < least_share ||
                    (e.curve.scheduler == "constant" && s.curves[k].at.runs.back().standing))
                    continue;
                // Two curves may differ in what a sentence does not say of them.
                std::string other = curves_.cause(s.curves[k], report_.stretches, log_.points, s.first);
                std::vector<std::string>& told = part.alternatives;
                if (other != part.cause && std::find(told.begin(), told.end(), other) == told.end())
                    told.push_back(std::move(other));
            }
            part.runs = std::move(e.at.runs);
            part.written = e.written;
            part.ratio = e.ratio;
            part.curve = std::move(e.curve);
        }
        report_.stretches.push_back(std::move(part));
    }

    /// The plan is that of the version whose curve was followed.
    PACER_HOST void choose_version() {
        for (const replayed_stretch& part : report_.stretches)
            if (part.curve)
                if (const auto* plan = curves_.plan_of(*part.curve)) {
                    report_.plan = *plan;
                    return;
                }
    }

    PACER_HOST void measure() {
        report_.points.resize(log_.points.size());
        const double ulp = ulp_of(report_.plan.peak_lr);
        for (std::size_t i = 0; i < log_.points.size(); ++i) {
            report_.points[i].step = log_.points[i].step;
            report_.points[i].logged = log_.points[i].lr;
        }
        for (const replayed_stretch& part : report_.stretches)
            for (const delay_run& run : part.runs)
                for (std::size_t i = run.first; i < run.end; ++i) {
                    replayed_point& point = report_.points[i];
                    const step_t at = part.ratio(run.standing ? log_.points[run.first].step : point.step);
                    point.position = at - run.delay;
                    point.expected = part.curve->schedule(point.position);
                    point.explained = true;
                    point.same_bits = part.curve->as_computed(point.position) == point.logged;
                    point.difference = std::abs(point.logged - point.expected) / ulp;
                    ++report_.explained;
                    report_.same_bits += point.same_bits ? 1U : 0U;
                    report_.equal += point.logged == point.expected ? 1U : 0U;
                    if (point.difference > report_.largest_difference) {
                        report_.largest_difference = point.difference;
                        report_.largest_at = point.step;
                    }
                }
        std::size_t looked_up = 0;
        for (std::size_t k = 0; k < report_.stretches.size(); ++k)
            show_nearest(k, looked_up);
    }

    /// Of the points that are not explained, the step of the curve whose rate is nearest.
    PACER_HOST void show_nearest(std::size_t k, std::size_t& looked_up) {
        const replayed_stretch& part = report_.stretches[k];
        const replayed_stretch* from = &part;
        for (std::size_t n = k; !from->curve && n > 0;)
            from = &report_.stretches[--n];
        for (std::size_t n = k + 1; !from->curve && n < report_.stretches.size(); ++n)
            from = &report_.stretches[n];
        const followed_curve& curve = from->curve ? *from->curve : curves_.base();
        for (std::size_t i = part.first; i < part.end; ++i) {
            replayed_point& point = report_.points[i];
            if (point.explained)
                continue;
            const step_t step = (std::min)((std::max)(from->ratio(point.step), step_t{0}), furthest);
            point.position = looked_up++ < most_looked_up ? curve.nearest_step(point.logged, step) : step;
            point.expected = curve.schedule ? curve.schedule(point.position) : curve.as_computed(point.position);
            point.difference = std::abs(point.logged - point.expected) / ulp_of(report_.plan.peak_lr);
        }
    }

    /// Of what else is told.
    static constexpr double least_share = 0.002;

    /// For the rest of the points that are not explained, the logged step itself is shown.
    static constexpr std::size_t most_looked_up = 20'000;

    const training_log& log_;
    const std::vector<scheduler_state>& states_;
    recipe_curves curves_;
    replay_report report_;
};

template <class>
PACER_HOST replay_report replayed(const recipes::recipe& recipe, const training_log& log,
                                  const recipes::run_facts& facts, const std::vector<scheduler_state>& states) {
    if (is_within_reach(log))
        return replayer(recipe, log, facts, states).run();
    const training_log nearer = within_reach(log);
    replay_report report = replayer(recipe, nearer, facts, states).run();
    for (std::size_t k = 0; k < report.points.size() && k < log.points.size(); ++k)
        report.points[k].step = log.points[k].step;
    return report;
}

}  // namespace pacer::analysis::detail

#endif
