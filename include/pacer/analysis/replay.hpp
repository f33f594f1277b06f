// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_REPLAY_HPP
#define PACER_ANALYSIS_REPLAY_HPP

/// Does a run's log follow from its recipe? And if not, where did it leave it, and for what?
///
/// Every logged rate is looked up on the curve the recipe gives, by equality with what the trainer's own formula computes
/// (`hf_formula`), not by a tolerance. What is found is a *position*: the step whose rate was logged. From the positions
/// follows what happened: the delay between the trainer's step and the position is 0 or 1 by convention (the rate is logged
/// after or before the scheduler's step); it grows where optimizer steps were skipped; a curve of another length, of
/// another scheduler, or begun again, has to be taken up where the first one no longer gives the rates.

#include <pacer/analysis/hf_formula.hpp>
#include <pacer/analysis/training_log.hpp>
#include <pacer/recipes/recipe.hpp>
#include <pacer/recipes/resolve.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace pacer::analysis {

/// The curve that one stretch of a log follows.
struct followed_curve {
    recipes::resolved plan;
    std::function<double(step_t)> as_computed;  ///< the trainer's own arithmetic
};

/// Consecutive log points with the same delay: the position is the logged step less the delay.
struct delay_run {
    std::size_t first;  ///< index into the log's points
    step_t delay;       ///< negative: the scheduler is ahead of the logged step
    bool standing;      ///< the position does not move at all: no scheduler step was taken
    bool ambiguous;     ///< other delays fit as well (the curve is flat here)
};

/// Consecutive log points that one curve explains.
struct stretch {
    std::size_t first;
    std::size_t end;    ///< one past the last point
    std::string cause;  ///< how it differs from the recipe, or from the stretch before; empty if it does not
    std::optional<followed_curve> curve{};  ///< none: the points are not explained
    std::vector<delay_run> runs{};
};

/// A log point and what it was found to be.
struct replayed_point {
    step_t step;
    double logged;
    step_t position = 0;  ///< the step whose rate was logged
    double expected = 0;  ///< pacer's rate there
    bool explained = false;
    bool same_bits = false;  ///< logged == the trainer's own arithmetic
    double difference = 0;   ///< |logged - expected|, in ULP of the peak
};

/// What `replay` found.
struct replay_report {
    recipes::resolved plan;  ///< the recipe, resolved
    std::vector<stretch> stretches{};
    std::vector<replayed_point> points{};
    std::vector<std::string> story{};  ///< what happened, in sentences
    std::size_t explained = 0;
    std::size_t same_bits = 0;      ///< points equal to the trainer's own arithmetic, bit for bit
    std::size_t equal = 0;          ///< points equal to pacer's rate, bit for bit
    double largest_difference = 0;  ///< in ULP of the peak
    step_t largest_at = 0;          ///< the logged step where it is

    [[nodiscard]] bool all_explained() const noexcept { return explained == points.size(); }
};

namespace detail {

/// Two formulas for one curve, each a handful of roundings: what remains between them, in ULP of the peak. Only asked
/// where no position gives the logged bits (another C library's cosine).
inline constexpr double rounding_of_formulas = 4;

inline double ulp_of(double x) { return std::nextafter(x, std::numeric_limits<double>::infinity()) - x; }

inline std::optional<followed_curve> follow(const recipes::recipe& recipe, const recipes::run_facts& facts) {
    try {
        followed_curve curve{recipes::resolve(recipe, facts), {}};
        if (curve.plan.curve)
            curve.as_computed = hf_formula(*curve.plan.curve, curve.plan.warmup_steps);
        else
            curve.as_computed = curve.plan.schedule;
        return curve;
    } catch (const std::exception&) {
        return {};  // not a configuration that anybody ran
    }
}

enum class precision { bits, rounding };

inline bool gives(const followed_curve& curve, step_t position, double logged, precision how) {
    if (position < 0)
        return false;
    if (how == precision::bits)
        return curve.as_computed(position) == logged;
    return std::abs(curve.plan.schedule(position) - logged) <= rounding_of_formulas * ulp_of(curve.plan.peak_lr);
}

struct delays {
    step_t lowest;
    step_t highest;
};

/// How far one curve explains a log.
class walk {
public:
    walk(const std::vector<log_point>& points, const followed_curve& curve, std::size_t first, delays start)
        : points_(points), curve_(curve), first_(first), end_(first) {
        for (; end_ < points.size(); ++end_)
            if (!keep(end_) && !stand(end_) && !begin_run(end_, start))
                break;
        close_run();
    }

    [[nodiscard]] std::size_t end() const noexcept { return end_; }
    [[nodiscard]] const std::vector<delay_run>& runs() const noexcept { return runs_; }

    /// Points explained, less what the explanation costs: two for every change of the delay.
    [[nodiscard]] double worth() const noexcept {
        return static_cast<double>(end_ - first_) - 2 * (static_cast<double>(runs_.size()) - 1);
    }

private:
    // The delays that fit all points of the open run so far, and this one.
    bool keep(std::size_t i) {
        for (const precision how : {precision::bits, precision::rounding}) {
            std::vector<step_t> still;
            for (const step_t delay : open_)
                if (gives(curve_, points_[i].step - delay, points_[i].lr, how))
                    still.push_back(delay);
            if (!still.empty()) {
                open_ = still;
                return true;
            }
        }
        return false;
    }

    // The same position as the point before, though the trainer's step has moved on.
    bool stand(std::size_t i) {
        if (i == first_ || points_[i].step <= points_[i - 1].step)
            return false;
        const bool was_standing = !runs_.empty() && runs_.back().standing && open_.empty();
        const step_t position = was_standing ? standing_at_ : points_[i - 1].step - chosen();
        if (!gives(curve_, position, points_[i].lr, precision::bits))
            return false;
        if (was_standing)
            return true;
        // Only where nothing that moves explains it: one skipped update between two points is not standing still.
        if (points_[i].step - points_[i - 1].step == 1 && !gives_after(i, position))
            return false;
        close_run();
        runs_.push_back({i, points_[i].step - position, true, false});
        standing_at_ = position;
        return true;
    }

    bool gives_after(std::size_t i, step_t position) const {
        return i + 1 < points_.size() && gives(curve_, position, points_[i + 1].lr, precision::bits);
    }

    bool begin_run(std::size_t i, delays start) {
        delays range = start;
        if (i != first_) {
            const step_t last = open_.empty() ? points_[i - 1].step - standing_at_ : chosen();
            const step_t gap = points_[i].step - points_[i - 1].step;
            range =
                gap > 0 ? delays{last, last + gap} : delays{(std::min<step_t>)(0, last), (std::max<step_t>)(0, last)};
        }
        std::vector<step_t> found;
        for (const precision how : {precision::bits, precision::rounding}) {
            for (step_t delay = range.lowest; delay <= range.highest; ++delay)
                if (gives(curve_, points_[i].step - delay, points_[i].lr, how))
                    found.push_back(delay);
            if (!found.empty())
                break;
        }
        if (found.empty())
            return false;
        close_run();
        open_ = found;
        open_first_ = i;
        return true;
    }

    [[nodiscard]] step_t chosen() const {
        if (open_.empty())
            return 0;
        return *std::min_element(open_.begin(), open_.end());
    }

    void close_run() {
        if (!open_.empty())
            runs_.push_back({open_first_, chosen(), false, open_.size() > 1});
        open_.clear();
    }

    const std::vector<log_point>& points_;
    const followed_curve& curve_;
    std::size_t first_;
    std::size_t end_;
    std::size_t open_first_ = 0;
    std::vector<step_t> open_{};
    std::vector<delay_run> runs_{};
    step_t standing_at_ = 0;
};

/// A guess at what a stretch follows.
struct candidate {
    followed_curve curve;
    std::size_t end;
    std::vector<delay_run> runs;
    double worth;
    std::string cause;
};

class replayer {
public:
    replayer(const recipes::recipe& recipe, const training_log& log, const recipes::run_facts& facts,
             const std::vector<scheduler_state>& states)
        : recipe_(recipe),
          log_(log),
          facts_(with_total(facts, log)),
          states_(states),
          report_{recipes::resolve(recipe, facts_)} {}

    replay_report run() {
        std::size_t i = 0;
        while (i < log_.points.size()) {
            std::optional<candidate> best = explain(i);
            if (!best) {
                if (report_.stretches.empty() || report_.stretches.back().curve)
                    report_.stretches.push_back({i, i, "not explained", {}, {}});
                report_.stretches.back().end = ++i;
                continue;
            }
            i = best->end;
            report_.stretches.push_back({i, i, best->cause, std::move(best->curve), std::move(best->runs)});
            report_.stretches.back().first = report_.stretches.back().runs.front().first;
        }
        measure();
        tell();
        return std::move(report_);
    }

private:
    static recipes::run_facts with_total(recipes::run_facts facts, const training_log& log) {
        if (!facts.total_steps && log.total_steps) {
            facts.total_steps = log.total_steps;
            facts.total_from = log.file;
        }
        return facts;
    }

    const std::vector<log_point>& points() const { return log_.points; }

    [[nodiscard]] const stretch* before() const {
        return report_.stretches.empty() || !report_.stretches.back().curve ? nullptr : &report_.stretches.back();
    }

    // The delay the stretch before ended with.
    [[nodiscard]] step_t delay_before(std::size_t i) const {
        const stretch* last = before();
        if (last == nullptr)
            return 0;
        const delay_run& run = last->runs.back();
        return run.standing ? points()[i - 1].step - (points()[run.first].step - run.delay) : run.delay;
    }

    std::optional<candidate> explain(std::size_t i) {
        best_.reset();
        const stretch* last = before();
        const step_t step = points()[i].step;
        const step_t delay = delay_before(i);
        const delays nearby = last ? delays{delay, delay + 8} : delays{0, (std::min<step_t>)(step, 8)};

        // As the recipe says; at the start, with any number of skipped updates.
        if (last == nullptr)
            consider(recipe_, facts_, i, {0, (std::max<step_t>)(step, 0)}, "");
        else if (last->curve->plan.total_steps != report_.plan.total_steps)
            consider(recipe_, facts_, i, nearby, resumed_text(report_.plan.total_steps, i));
        if (enough(i))
            return best_;

        other_total(recipe_, i, nearby, "");
        if (last != nullptr) {
            // Begun again from step 0: the scheduler's state was not restored.
            const step_t previous = points()[i - 1].step;
            const delays restarted{(std::min)(previous, step), (std::max)(previous, step)};
            consider(recipe_, last_facts(), i, restarted,
                     "the scheduler began again at its step 0: its state was not restored");
            consider(recipe_, facts_, i, restarted,
                     "the scheduler began again at its step 0: its state was not restored");
        }
        if (enough(i))
            return best_;
        ahead(i);
        other_warmup(i, nearby);
        other_peak(i, nearby);
        if (enough(i))
            return best_;
        other_scheduler(i, nearby);
        return best_;
    }

    // A guess that leaves little to explain is taken without looking further.
    [[nodiscard]] bool enough(std::size_t i) const {
        return best_ && best_->end == points().size() && best_->worth >= 0.8 * static_cast<double>(points().size() - i);
    }

    [[nodiscard]] recipes::run_facts last_facts() const {
        recipes::run_facts facts = facts_;
        if (const stretch* last = before())
            facts.total_steps = last->curve->plan.total_steps;
        return facts;
    }

    void consider(const recipes::recipe& recipe, const recipes::run_facts& facts, std::size_t i, delays start,
                  const std::string& cause, std::size_t at_least = 1) {
        const std::optional<followed_curve> curve = follow(recipe, facts);
        if (!curve)
            return;
        const walk tried(points(), *curve, i, start);
        if (tried.end() - i < (std::min)(at_least, points().size() - i) || tried.end() == i)
            return;
        if (!best_ || tried.worth() > best_->worth)
            best_ = candidate{*curve, tried.end(), tried.runs(), tried.worth(), cause};
    }

    // The same curve over another number of steps, at the same position. Where the first guess stops explaining, the
    // rate there says which total: rates grow with it.
    void other_total(const recipes::recipe& recipe, std::size_t i, delays nearby, const std::string& who) {
        for (const std::size_t probe : {best_ ? best_->end : i, i}) {
            if (probe >= points().size())
                continue;
            const step_t shift = points()[probe].step;
            for (step_t delay = nearby.lowest; delay <= nearby.highest; ++delay)
                for (const step_t total : totals_giving(recipe, shift - delay, points()[probe].lr)) {
                    recipes::run_facts facts = facts_;
                    facts.total_steps = total;
                    consider(recipe, facts, i, nearby, who + resumed_text(total, i));
                }
        }
    }

    [[nodiscard]] std::string resumed_text(step_t total, std::size_t i) const {
        const char* whose = total == recipe_.max_steps  ? ", the recipe's"
                            : total == log_.total_steps ? ", the log's"
                                                        : "";
        return (i == 0 ? "the schedule was built for total_steps " : "resumed at the same position with total_steps ") +
               std::to_string(total) + whose;
    }

    [[nodiscard]] std::vector<step_t> totals_giving(const recipes::recipe& recipe, step_t position,
                                                    double logged) const {
        std::vector<step_t> found;
        if (position < 0)
            return found;
        recipes::run_facts facts = facts_;
        const auto curve_of = [&](step_t total) {
            facts.total_steps = total;
            return follow(recipe, facts);
        };
        step_t low = (std::max<step_t>)(position, 1);
        step_t high = step_t{1} << 40;
        const auto shortest = curve_of(low);
        const auto longest = curve_of(high);
        if (!shortest || !longest || shortest->plan.schedule(position) > logged ||
            longest->plan.schedule(position) < logged)
            return found;
        while (low < high) {
            const step_t middle = low + (high - low) / 2;
            const auto curve = curve_of(middle);
            if (!curve)
                return found;
            if (curve->plan.schedule(position) < logged)
                low = middle + 1;
            else
                high = middle;
        }
        for (step_t total = (std::max<step_t>)(1, low - 2); total <= low + 2; ++total)
            if (const auto curve = curve_of(total); curve && gives(*curve, position, logged, precision::bits))
                found.push_back(total);
        return found;
    }

    // The scheduler is ahead of the logged step: the trainer's counter began again and the scheduler went on.
    void ahead(std::size_t i) {
        for (const step_t times : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
            recipes::run_facts facts = facts_;
            if (!facts.total_steps || *facts.total_steps > pacer::longest / 10)
                return;
            facts.total_steps = *facts.total_steps * times;
            const auto curve = follow(recipe_, facts);
            if (!curve)
                return;
            // Position by bisection of the falling part.
            step_t low = (std::min)(curve->plan.warmup_steps, *facts.total_steps);
            step_t high = *facts.total_steps;
            while (low < high) {
                const step_t middle = low + (high - low) / 2;
                if (curve->plan.schedule(middle) > points()[i].lr)
                    low = middle + 1;
                else
                    high = middle;
            }
            for (step_t position = low - 2; position <= low + 2; ++position)
                if (position > points()[i].step && gives(*curve, position, points()[i].lr, precision::bits)) {
                    const step_t delay = points()[i].step - position;
                    std::string cause =
                        "the scheduler is " + std::to_string(-delay) +
                        " steps ahead of the logged step: the trainer's counter began again, the scheduler "
                        "went on";
                    if (times > 1)
                        cause += ", over total_steps " + std::to_string(*facts.total_steps) + " (" +
                                 std::to_string(times) + " times what is stated)";
                    consider(recipe_, facts, i, {delay, delay}, cause, 2);
                }
        }
    }

    void other_warmup(std::size_t i, delays nearby) {
        const double peak = report_.plan.peak_lr;
        for (step_t delay = nearby.lowest; delay <= nearby.highest; ++delay) {
            const double position = static_cast<double>(points()[i].step - delay);
            if (position <= 0 || !(points()[i].lr > 0 && points()[i].lr < peak))
                continue;
            const double steps = std::round(peak * position / points()[i].lr);
            if (!(steps >= 1 && steps < 1e9))
                continue;
            recipes::recipe changed = recipe_;
            changed.warmup_ratio.reset();
            changed.warmup_steps = steps;
            consider(changed, last_facts(), i, nearby,
                     "warmed up over " + std::to_string(static_cast<step_t>(steps)) + " updates", 3);
        }
    }

    // The same curve from another learning rate: the ratio of the logged rate to the recipe's gives it.
    void other_peak(std::size_t i, delays nearby) {
        for (const recipes::run_facts& facts : {last_facts(), facts_}) {
            const auto curve = follow(recipe_, facts);
            if (!curve)
                continue;
            for (step_t delay = nearby.lowest; delay <= nearby.highest; ++delay) {
                const step_t position = points()[i].step - delay;
                if (position < 0 || !(curve->plan.schedule(position) > 0))
                    continue;
                const double peak = points()[i].lr / (curve->plan.schedule(position) / curve->plan.peak_lr);
                for (int digits = 1; digits <= 6; ++digits) {
                    char text[32];
                    std::snprintf(text, sizeof text, "%.*g", digits, peak);
                    recipes::recipe changed = recipe_;
                    changed.learning_rate = std::strtod(text, nullptr);
                    if (std::abs(changed.learning_rate - peak) > 1e-9 * peak)
                        continue;
                    consider(changed, facts, i, nearby, std::string("with learning_rate ") + text, 2);
                    break;
                }
            }
        }
    }

    void other_scheduler(std::size_t i, delays nearby) {
        for (const char* name : {"constant", "constant_with_warmup", "linear", "cosine", "cosine_with_restarts",
                                 "polynomial", "inverse_sqrt"}) {
            if (report_.plan.scheduler == name)
                continue;
            recipes::recipe changed = recipe_;
            changed.scheduler = name;
            changed.kwargs = {};
            changed.deepspeed.reset();
            const bool still = before() != nullptr && before()->curve->plan.scheduler == name;
            const std::string who = (still ? "still " : "another scheduler took over: ") + std::string(name);
            for (const recipes::run_facts& facts : {last_facts(), facts_})
                if (facts.total_steps)
                    consider(changed, facts, i, nearby, who + ", " + resumed_text(*facts.total_steps, i), 2);
            other_total(changed, i, nearby, who + ", ");
        }
    }

    void measure() {
        const double ulp = ulp_of(report_.plan.peak_lr);
        for (const stretch& part : report_.stretches)
            for (std::size_t i = part.first; i < part.end; ++i) {
                replayed_point point{points()[i].step, points()[i].lr};
                if (part.curve) {
                    const delay_run* run = &part.runs.front();
                    for (const delay_run& next : part.runs)
                        if (next.first <= i)
                            run = &next;
                    point.position = run->standing ? points()[run->first].step - run->delay : point.step - run->delay;
                    point.expected = part.curve->plan.schedule(point.position);
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
                report_.points.push_back(point);
            }
    }

    // How many of the first delay's updates are the logging convention: 0 (after the scheduler's step) or 1 (before it);
    // none if the log cannot tell.
    [[nodiscard]] std::optional<step_t> convention() const {
        if (report_.stretches.empty() || !report_.stretches.front().curve)
            return {};
        for (const scheduler_state& state : states_) {
            const replayed_point* nearest = nullptr;
            for (const replayed_point& point : report_.points)
                if (point.explained && point.step <= state.at_step && report_.stretches.size() == 1)
                    nearest = &point;
            if (nearest == nullptr || report_.stretches.front().runs.back().ambiguous)
                continue;
            const step_t difference = (nearest->step - nearest->position) - (state.at_step - state.last_epoch);
            if (difference == 0 || difference == 1)
                return difference;
        }
        const delay_run& run = report_.stretches.front().runs.front();
        if (run.delay == 0 && !run.ambiguous)
            return 0;
        if (run.delay == 1 && !run.ambiguous && report_.stretches.front().runs.size() == 1)
            return 1;
        return {};
    }

    void tell() {
        const std::optional<step_t> logged = convention();
        for (std::size_t k = 0; k < report_.stretches.size(); ++k) {
            const stretch& part = report_.stretches[k];
            std::string line = "steps " + std::to_string(points()[part.first].step) + " to " +
                               std::to_string(points()[part.end - 1].step) + ": ";
            if (!part.curve) {
                report_.story.push_back(line + "not explained");
                continue;
            }
            line += part.cause.empty() ? "as the recipe says" : part.cause;
            report_.story.push_back(line);
            tell_delays(part, k == 0, logged);
        }
        std::size_t back = 0;
        for (std::size_t i = 1; i < points().size(); ++i)
            back += points()[i].step <= points()[i - 1].step ? 1U : 0U;
        if (back > 0)
            report_.story.push_back("the logged step goes back, or stays, " + std::to_string(back) +
                                    " times: lines were written more than once");
    }

    void tell_delays(const stretch& part, bool is_first, std::optional<step_t> logged) {
        const delay_run& start = part.runs.front();
        if (is_first) {
            if (start.standing || start.delay < 0) {
                // said by the cause, or below
            } else if (start.ambiguous) {
                report_.story.push_back("the rate is flat at first, so whether it was logged before or after the "
                                        "scheduler's step cannot be seen there");
            } else if (logged == 0) {
                report_.story.push_back(
                    "the rate logged at step s is that of update s: read after the scheduler's step");
            } else if (logged == 1) {
                report_.story.push_back(
                    "the rate logged at step s is that of update s - 1: read before the scheduler's step");
            } else {
                report_.story.push_back("the rate logged at the first step is that of " + std::to_string(start.delay) +
                                        " updates before: logged after the scheduler's step with " +
                                        std::to_string(start.delay) + " skipped, or before it with " +
                                        std::to_string(start.delay - 1) + " skipped; the log cannot tell");
            }
            const step_t skipped = start.delay - logged.value_or(start.delay);
            if (logged && !start.standing && skipped > 0)
                report_.story.push_back(std::to_string(skipped) +
                                        " optimizer steps had been skipped by the first logged step");
        }
        for (std::size_t r = 1; r < part.runs.size(); ++r) {
            const delay_run& run = part.runs[r];
            const std::string at = std::to_string(points()[run.first].step);
            if (run.standing)
                report_.story.push_back("from step " + at + " on the scheduler stands still at its step " +
                                        std::to_string(points()[run.first].step - run.delay) +
                                        ": every optimizer step is skipped");
            else if (run.delay > part.runs[r - 1].delay)
                report_.story.push_back("by step " + at + " the scheduler has fallen behind by " +
                                        std::to_string(run.delay - logged.value_or(0)) + " updates" +
                                        (logged ? "" : " (or one fewer)") + ": optimizer steps were skipped");
            else
                report_.story.push_back("at step " + at + " the delay goes back to " + std::to_string(run.delay) +
                                        ": a run was resumed");
        }
    }

    const recipes::recipe& recipe_;
    const training_log& log_;
    recipes::run_facts facts_;
    const std::vector<scheduler_state>& states_;
    replay_report report_;
    std::optional<candidate> best_{};
};

}  // namespace detail

/// Replays a run: its recipe, and the rates it logged.
///
/// @param recipe  as read by `pacer::recipes`.
/// @param log     as read by `read_log`.
/// @param facts   what the recipe cannot know; the total is taken from the log if it is not here.
/// @param states  where the scheduler stood at some steps, if that was saved: tells skipped steps from the way of logging.
///
/// An error: whatever `recipes::resolve` refuses.
[[nodiscard]] inline replay_report replay(const recipes::recipe& recipe, const training_log& log,
                                          const recipes::run_facts& facts = {},
                                          const std::vector<scheduler_state>& states = {}) {
    return detail::replayer(recipe, log, facts, states).run();
}

}  // namespace pacer::analysis

#endif
