// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_REPLAY_TEXT_HPP
#define PACER_ANALYSIS_REPLAY_TEXT_HPP

/// What `replay` found, in sentences. Every number in them is one that happened.

#include <pacer/analysis/recipe_curves.hpp>
#include <pacer/analysis/replay_report.hpp>
#include <pacer/analysis/training_log.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pacer::analysis::detail {

class replay_story {
public:
    PACER_HOST replay_story(const replay_report& report, const training_log& log,
                            const std::vector<scheduler_state>& states)
        : report_(report), log_(log), states_(states) {}

    PACER_HOST std::vector<std::string> told() {
        const std::optional<step_t> logged = convention();
        bool is_first = true;
        for (const replayed_stretch& part : report_.stretches) {
            if (!part.curve) {
                tell_unexplained(part.first, part.end);
                continue;
            }
            say(steps_text(part.first, part.end) + ": " + (part.cause.empty() ? "as the recipe says" : part.cause));
            if (!part.alternatives.empty())
                tell_alternatives(part);
            tell_delays(part, is_first, logged);
            tell_holes(part);
            is_first = false;
        }
        if (untold_ > 0)
            say("and " + counted(untold_, "more place") + " with rates that are not explained");
        tell_repeated_lines();
        return std::move(lines_);
    }

private:
    static constexpr std::size_t most_places = 12;

    PACER_HOST void say(std::string line) { lines_.push_back(std::move(line)); }

    [[nodiscard]] PACER_HOST step_t step(std::size_t i) const { return log_.points[i].step; }

    [[nodiscard]] PACER_HOST std::string steps_text(std::size_t first, std::size_t end) const {
        const std::string from = std::to_string(step(first));
        return end - first == 1 ? "step " + from : "steps " + from + " to " + std::to_string(step(end - 1));
    }

    PACER_HOST static std::string number(double x) { return pacer::detail::decimal_text(x).text(); }

    PACER_HOST static std::string count(step_t n, const std::string& what) {
        return recipe_curves::count_text(n, what);
    }

    PACER_HOST void tell_unexplained(std::size_t first, std::size_t end) {
        if (places_ == most_places) {
            ++untold_;
            return;
        }
        ++places_;
        // A point among them may have a rate of the curve all the same: by chance, or at a place where it should not be.
        std::size_t shown = first;
        while (shown + 1 < end && report_.points[shown].logged == report_.points[shown].expected)
            ++shown;
        const replayed_point& point = report_.points[shown];
        std::string line = steps_text(first, end) + ": not explained; ";
        line += end - first == 1 ? number(point.logged)
                : shown == first ? "the first of them, " + number(point.logged) + ","
                                 : number(point.logged) + " at step " + std::to_string(step(shown));
        line += point.logged == point.expected ? " is the rate of step "
                                               : " is nearest to " + number(point.expected) + ", the rate of step ";
        line += std::to_string(point.position);
        say(std::move(line));
    }

    PACER_HOST void tell_holes(const replayed_stretch& part) {
        for (std::size_t r = 1; r < part.runs.size(); ++r)
            if (part.runs[r].first > part.runs[r - 1].end)
                tell_unexplained(part.runs[r - 1].end, part.runs[r].first);
    }

    PACER_HOST void tell_alternatives(const replayed_stretch& part) {
        std::string line = "the log cannot tell this from";
        const char* between = " ";
        for (const std::string& other : part.alternatives) {
            line += between + (other.empty() ? std::string("what the recipe says") : other);
            between = "; or from ";
        }
        say(std::move(line));
    }

    [[nodiscard]] PACER_HOST const replayed_stretch* first_explained() const {
        for (const replayed_stretch& part : report_.stretches)
            if (part.curve)
                return &part;
        return nullptr;
    }

    /// How many of the first delay's updates are the logging convention: 0 (after the scheduler's step) or 1 (before it);
    /// none if the log cannot tell.
    [[nodiscard]] PACER_HOST std::optional<step_t> convention() const {
        const replayed_stretch* first = first_explained();
        if (first == nullptr)
            return {};
        for (const scheduler_state& state : states_) {
            const delay_run* at = nullptr;
            for (const delay_run& run : first->runs)
                if (step(run.first) <= state.at_step)
                    at = &run;
            if (at == nullptr || at->ambiguous || at->standing || first->ratio.steps != 1 || first->ratio.every != 1 ||
                (first->end < log_.points.size() && state.at_step > step(first->end - 1)))
                continue;
            const step_t difference = at->delay - (state.at_step - state.last_epoch);
            if (difference == 0 || difference == 1)
                return difference;
        }
        const delay_run& run = first->runs.front();
        if (run.ambiguous || run.standing)
            return {};
        if (run.delay == 0)
            return 0;
        bool is_constant = true;
        for (const delay_run& other : first->runs)
            is_constant = is_constant && other.delay == run.delay && !other.standing;
        if (run.delay == first->ratio.steps && is_constant)
            return first->ratio.steps;
        return {};
    }

    PACER_HOST void tell_delays(const replayed_stretch& part, bool is_first, std::optional<step_t> logged) {
        const delay_run& start = part.runs.front();
        if (is_first && !start.standing && start.delay >= 0)
            tell_first_delay(part, start, logged);
        std::size_t changes = 0;
        const delay_run* last = nullptr;
        for (std::size_t r = 1; r < part.runs.size(); ++r) {
            if (part.runs[r].delay == part.runs[r - 1].delay && !part.runs[r].standing)
                continue;
            if (++changes <= most_places)
                tell_change(part, part.runs[r - 1], part.runs[r], logged);
            last = &part.runs[r];
        }
        if (changes > most_places && !last->standing)
            say("and so on, " + counted(changes - most_places, "more time") + ", to " +
                count(last->delay - logged.value_or(0), "update") + " by step " + std::to_string(step(last->first)));
    }

    PACER_HOST void tell_first_delay(const replayed_stretch& part, const delay_run& start,
                                     std::optional<step_t> logged) {
        if (start.ambiguous)
            say("the rate is flat at first, so whether it was logged before or after the scheduler's step cannot be "
                "seen "
                "there");
        else if (logged == 0)
            say("the rate logged at step s is that of update s: read after the scheduler's step");
        else if (logged && *logged > 0)
            say("the rate logged at step s is that of update s - 1: read before the scheduler's step");
        else if (start.delay == 1)
            say("the rate logged at the first step is that of 1 update before: logged before the scheduler's step, or "
                "after "
                "it with 1 skipped; the log cannot tell");
        else
            say("the rate logged at the first step is that of " + count(start.delay, "update") +
                " before: logged after the scheduler's step with " + std::to_string(start.delay) +
                " skipped, or before it with " + std::to_string(start.delay - 1) + " skipped; the log cannot tell");
        const step_t skipped = start.delay - logged.value_or(start.delay);
        if (logged && !start.ambiguous && skipped > 0 && part.ratio == step_ratio{})
            say(count(skipped, "optimizer step") + " had been skipped by the first logged step");
    }

    PACER_HOST void tell_change(const replayed_stretch& part, const delay_run& before, const delay_run& run,
                                std::optional<step_t> logged) {
        const std::string at = std::to_string(step(run.first));
        if (run.standing) {
            say("from step " + at + " on the scheduler stands still at its step " +
                std::to_string(part.ratio(step(run.first)) - run.delay) + ": every optimizer step is skipped");
            return;
        }
        const step_t behind = run.delay - logged.value_or(0);
        if (run.delay > before.delay && behind > 0)
            say("by step " + at + " the scheduler has fallen behind by " + count(behind, "update") +
                (logged ? "" : " (or one fewer)") + ": optimizer steps were skipped");
        else if (run.delay < before.delay)
            say("at step " + at + " the delay goes back to " + std::to_string(run.delay) + ": a run was resumed");
    }

    PACER_HOST void tell_repeated_lines() {
        std::size_t back = 0;
        for (std::size_t i = 1; i < log_.points.size(); ++i)
            back += step(i) <= step(i - 1) ? 1U : 0U;
        if (back == 0)
            return;
        const auto [again, otherwise] = repeated_steps();
        say("the logged step goes back, or stays, " + counted(back, "time") + ": " +
            (otherwise > 0 ? counted(otherwise, "step") + (otherwise == 1 ? " has" : " have") +
                                 " more than one rate: of several runs, or of a counter that began again"
             : again > 0 ? "lines were written more than once"
                         : "lines are out of order"));
    }

    /// How many steps are logged more than once with one rate, and how many with several.
    [[nodiscard]] PACER_HOST std::pair<std::size_t, std::size_t> repeated_steps() const {
        std::vector<log_point> sorted = log_.points;
        // By their bits: a rate that is no number has no order.
        const auto key = [](const log_point& p) { return std::pair(p.step, pacer::detail::to_bits(p.lr)); };
        std::sort(sorted.begin(), sorted.end(),
                  [&](const log_point& a, const log_point& b) { return key(a) < key(b); });
        std::pair<std::size_t, std::size_t> found{0, 0};
        for (std::size_t i = 0; i < sorted.size();) {
            std::size_t end = i + 1;
            while (end < sorted.size() && sorted[end].step == sorted[i].step)
                ++end;
            if (end > i + 1)
                ++(key(sorted[end - 1]) == key(sorted[i]) ? found.first : found.second);
            i = end;
        }
        return found;
    }

    const replay_report& report_;
    const training_log& log_;
    const std::vector<scheduler_state>& states_;
    std::vector<std::string> lines_{};
    std::size_t places_ = 0;
    std::size_t untold_ = 0;
};

}  // namespace pacer::analysis::detail

#endif
