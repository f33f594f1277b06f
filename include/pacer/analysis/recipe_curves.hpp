// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_RECIPE_CURVES_HPP
#define PACER_ANALYSIS_RECIPE_CURVES_HPP

/// The curves that a recipe may have become: as it says, and with each of the usual things otherwise.

#include <pacer/analysis/curve.hpp>
#include <pacer/analysis/evidence.hpp>
#include <pacer/analysis/replay_report.hpp>
#include <pacer/analysis/stretches.hpp>
#include <pacer/analysis/training_log.hpp>
#include <pacer/recipes/recipe.hpp>
#include <pacer/recipes/resolve.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pacer::analysis::detail {

/// The trainer's curve of a resolved recipe.
PACER_HOST inline followed_curve curve_of(const recipes::resolved& plan, const recipes::recipe& recipe) {
    followed_curve c;
    std::optional<hf_arguments> arguments;
    if (plan.curve)
        arguments = hf_arguments_of(*plan.curve, plan.warmup_steps);
    // In a function of its own: libc++'s std::function asks whether a tuple of a schedule is a schedule, which asks again.
    const auto rates = [schedule = plan.schedule](step_t step) { return schedule(step); };
    if (arguments) {
        // A warm-up that is longer than the run is resolved to the warm-up alone.
        for (unsigned f = 0; f <= static_cast<unsigned>(hf_function::warmup_stable_decay); ++f)
            if (recipe.scheduler == name_of(static_cast<hf_function>(f)))
                arguments->function = static_cast<hf_function>(f);
        if (arguments->function != hf_function::warmup_stable_decay)
            arguments->total = plan.total_steps;
        c = pacer::analysis::curve_of(*arguments);
        c.curve = plan.curve;
    } else {
        c.as_computed = rates;
        c.turns = {plan.warmup_steps, plan.warmup_steps + 1, plan.warmup_steps + 2};
        if (plan.total_steps != endless)
            for (const step_t after : {0, 1, 2})
                c.turns.push_back(plan.total_steps + after);
        std::sort(c.turns.begin(), c.turns.end());
        c.roundings = 16;
    }
    add_turns(c);
    c.scheduler = plan.scheduler == "linear_warmup" ? recipe.scheduler : plan.scheduler;
    c.peak_lr = plan.peak_lr;
    c.warmup_steps = plan.warmup_steps;
    c.total_steps = plan.total_steps;
    c.schedule = rates;
    return c;
}

class recipe_curves {
public:
    /// An error: whatever `recipes::resolve` refuses.
    PACER_HOST recipe_curves(const recipes::recipe& recipe, const recipes::run_facts& facts, const training_log& log)
        : recipe_(recipe), facts_(facts), log_total_(log.total_steps) {
        if (!facts_.total_steps && log.total_steps && *log.total_steps > 0) {
            facts_.total_steps = log.total_steps;
            facts_.total_from = log.file;
        }
        readings_.push_back(read(recipe_, facts_, 0));
        if (!facts_.trainer)
            for (const hf_trainer version : {hf_trainer::v4, hf_trainer::v5}) {
                recipes::run_facts other = facts_;
                other.trainer = version;
                add_reading(recipe_, other, bits::of_choice);
            }
        for (const std::optional<step_t>& total : {log_total_, recipe_.max_steps}) {
            recipes::run_facts other = facts_;
            if (!total || *total < 1)
                continue;
            other.total_steps = total;
            add_reading(recipe_, other, bits::of_choice);
        }
        if (recipe_.deepspeed) {
            recipes::recipe without = recipe_;
            without.deepspeed.reset();
            without.deepspeed_file.clear();
            add_reading(without, facts_, bits::of_rare_choice);
        }
    }

    /// The recipe as it is read.
    [[nodiscard]] PACER_HOST const recipes::resolved& plan() const { return readings_.front().plan; }
    [[nodiscard]] PACER_HOST const followed_curve& base() const { return readings_.front().curve; }

    /// The plan that gives a curve; nullptr if none does.
    [[nodiscard]] PACER_HOST const recipes::resolved* plan_of(const followed_curve& curve) const {
        const reading* r = reading_of(curve);
        return r == nullptr || r->plan.total_steps != plan().total_steps ? nullptr : &r->plan;
    }

    [[nodiscard]] PACER_HOST bool is_recipes(const followed_curve& curve) const { return reading_of(curve) != nullptr; }

    [[nodiscard]] PACER_HOST fit_hints hints() const {
        fit_hints hints;
        const auto add = [](auto& values, auto x) {
            if (std::find(values.begin(), values.end(), x) == values.end())
                values.push_back(x);
        };
        add(hints.warmups, step_t{0});
        const auto take = [&](const followed_curve& c) {
            if (c.total_steps != endless && c.total_steps > 0)
                add(hints.totals, c.total_steps);
            add(hints.peaks, c.peak_lr);
            add(hints.warmups, c.warmup_steps);
        };
        for (const reading& r : readings_)
            take(r.curve);
        for (const followed_curve& c : before_)
            take(c);
        return hints;
    }

    /// What saying a curve takes, for whoever has the recipe and knows the stretches before.
    [[nodiscard]] PACER_HOST double price(const hf_arguments& a) const {
        double least = 1000;
        for (const reading& r : readings_)
            if (r.curve.arguments)
                least = (std::min)(least, r.price + change(a, *r.curve.arguments));
            else
                least = (std::min)(least, r.price + bits::of_rare_choice + change(a, plain(r.plan)));
        for (const followed_curve& c : before_)
            if (c.arguments)
                least = (std::min)(least, bits::of_choice + change(a, *c.arguments));
        return least + later();
    }

    /// The curves to try at a point before any other.
    [[nodiscard]] PACER_HOST std::vector<trial> known(const std::vector<log_point>& points, std::size_t i,
                                                      const written_rates&) const {
        std::vector<trial> trials;
        const step_t step = (std::min)((std::max)(points[i].step, step_t{0}), furthest);
        const delay_set behind{{0, step}};
        for (const reading& r : readings_)
            trials.push_back({r.curve, behind, r.price + later(), {}});
        for (const followed_curve& c : before_)
            trials.push_back({c, behind, bits::of_choice + later(), {}});
        if (base().arguments) {
            changed(trials, *base().arguments, behind);
            own_warmup(trials, *base().arguments, points, i, behind);
            own_peak(trials, *base().arguments, points[i], behind);
            decay_not_begun(trials, *base().arguments, points, behind);
            if (!before_.empty() && before_.front().arguments)
                own_peak(trials, *before_.front().arguments, points[i], behind);
        }
        other_counts(trials, points, i);
        ahead(trials, step);
        return trials;
    }

    /// The next stretch comes after this one.
    PACER_HOST void take_up(const explanation& e) {
        before_.insert(before_.begin(), e.curve);
        if (before_.size() > 3)
            before_.pop_back();
    }

    /// How an explanation differs from the recipe, or from the stretch before.
    [[nodiscard]] PACER_HOST std::string cause(const explanation& e, const std::vector<replayed_stretch>& earlier,
                                               const std::vector<log_point>& points, std::size_t first) const {
        const replayed_stretch* before = nullptr;
        for (const replayed_stretch& s : earlier)
            if (s.curve)
                before = &s;
        const delay_run& last = e.at.runs.back();
        const bool only_rises =
            e.ratio(points[last.end - 1].step) - last.delay < e.curve.warmup_steps && last.end == e.at.end;
        const std::optional<hf_arguments>& a = e.curve.arguments;
        const bool only_stays = a && a->function == hf_function::warmup_stable_decay && last.end == e.at.end &&
                                e.ratio(points[last.end - 1].step) - last.delay < a->total - a->decay;
        const part_seen seen = only_rises ? part_seen::rise : only_stays ? part_seen::level : part_seen::all;
        std::string text = what_differs(e.curve, before, seen);
        const auto say = [&](const std::string& more) { text += (text.empty() ? "" : "; ") + more; };
        if (!e.curve.note.empty())
            say(e.curve.note);
        if (e.ratio.steps > 1)
            say(std::to_string(e.ratio.steps) + " scheduler steps an update");
        if (e.ratio.every > 1)
            say("one scheduler step for every " + std::to_string(e.ratio.every) + " logged steps");
        const delay_run& run = e.at.runs.front();
        const step_t position = e.ratio(points[run.first].step) - run.delay;
        if (run.delay < 0)
            say("the scheduler is " + count_text(-run.delay, "step") +
                " ahead of the logged step: the trainer's counter began again, the scheduler went on");
        else if (before != nullptr && run.delay > 1 && !run.ambiguous &&
                 position <= points[first].step - points[first - 1].step)
            say("the scheduler began again at its step 0: its state was not restored");
        if (e.written.how == written_rates::kind::digits)
            say("the rates are rounded to " + count_text(e.written.count, "digit"));
        if (e.written.how == written_rates::kind::decimals)
            say("the rates are rounded to " + count_text(e.written.count, "decimal place"));
        if (e.written.how == written_rates::kind::single)
            say("the rates are written in single precision");
        return text;
    }

    PACER_HOST static std::string count_text(step_t n, const std::string& what) {
        return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
    }

private:
    /// What a log shows of a curve: not its length, where it ends in the warm-up or before the decay.
    enum class part_seen : unsigned char { rise, level, all };

    struct reading {
        recipes::resolved plan;
        followed_curve curve;
        double price;
    };

    PACER_HOST static reading read(const recipes::recipe& recipe, const recipes::run_facts& facts, double price) {
        recipes::resolved plan = recipes::resolve(recipe, facts);
        followed_curve curve = curve_of(plan, recipe);
        return {std::move(plan), std::move(curve), price};
    }

    PACER_HOST void add_reading(const recipes::recipe& recipe, const recipes::run_facts& facts, double price) {
        try {
            reading r = read(recipe, facts, price);
            if (reading_of(r.curve) == nullptr)
                readings_.push_back(std::move(r));
        } catch (const std::exception&) {
            return;  // nobody ran that
        }
    }

    [[nodiscard]] PACER_HOST const reading* reading_of(const followed_curve& curve) const {
        for (const reading& r : readings_) {
            const followed_curve& c = r.curve;
            if (c.arguments && curve.arguments
                    ? *c.arguments == *curve.arguments
                    : !c.arguments && !curve.arguments && c.scheduler == curve.scheduler &&
                          c.peak_lr == curve.peak_lr && c.warmup_steps == curve.warmup_steps &&
                          c.total_steps == curve.total_steps)
                return &r;
        }
        return nullptr;
    }

    [[nodiscard]] PACER_HOST double later() const { return before_.empty() ? 0 : bits::of_stretch; }

    /// Hugging Face's linear with the figures of another scheduler.
    PACER_HOST static hf_arguments plain(const recipes::resolved& plan) {
        return {.function = hf_function::linear,
                .lr = plan.peak_lr,
                .warmup = plan.warmup_steps,
                .total = plan.total_steps};
    }

    [[nodiscard]] PACER_HOST bool names_scheduler() const { return recipe_.places.count("lr_scheduler_type") != 0; }

    /// The warm-up that the recipe's ratio makes of a run of that length.
    [[nodiscard]] PACER_HOST bool is_by_ratio(step_t warmup, step_t total) const {
        for (const std::optional<double>& ratio : {recipe_.warmup_ratio, recipe_.warmup_steps})
            if (ratio && *ratio > 0 && *ratio < 1 && total != endless &&
                static_cast<double>(warmup) == std::ceil(*ratio * static_cast<double>(total)))
                return true;
        return false;
    }

    /// What it takes to say `a` for whoever knows `from`.
    [[nodiscard]] PACER_HOST double change(const hf_arguments& a, const hf_arguments& from) const {
        double price = 0;
        if (a.function != from.function)
            price += a.function == hf_function::constant && !names_scheduler() ? bits::of_choice : bits::of_rare_choice;
        if (a.lr != from.lr)
            price += bits::of_number(a.lr);
        if (a.function == hf_function::constant)
            return price;
        const bool ends = has_end(a);
        if (ends && a.total != from.total)
            price += a.total == log_total_ || a.total == recipe_.max_steps
                         ? bits::of_choice
                         : bits::of_usual_change * bits::of_count(a.total);
        if (ends && a.total != from.total && log_total_ && a.total != log_total_)
            price += bits::of_choice;
        if (a.warmup != from.warmup && !(ends && is_by_ratio(a.warmup, a.total)))
            price += a.warmup == 0 ? bits::of_choice : change_of_warmup(a.warmup, ends, from);
        const bool has_waves = a.function == hf_function::cosine || a.function == hf_function::cosine_with_restarts ||
                               a.function == hf_function::cosine_with_min_lr ||
                               a.function == hf_function::cosine_warmup_with_min_lr;
        const auto number = [&](double x, double there, double usual) {
            if (x != there)
                price += x == usual ? 1 : bits::of_number(x);
        };
        if (has_waves)
            number(a.num_cycles, from.num_cycles, a.function == hf_function::cosine_with_restarts ? 1 : 0.5);
        if (has_waves || a.function == hf_function::warmup_stable_decay)
            if (a.floor != from.floor)
                price += (std::min)(bits::of_number(a.floor), bits::of_number(rounded(a.floor * a.lr, 1e-14)));
        if (a.function == hf_function::polynomial) {
            number(a.lr_end, from.lr_end, 1e-7);
            number(a.power, from.power, 1);
        }
        if (a.function == hf_function::inverse_sqrt && a.timescale != from.timescale)
            price += bits::of_count(a.timescale) + 2;
        if (a.function == hf_function::warmup_stable_decay && a.decay != from.decay)
            price += bits::of_count(a.decay) + 2;
        if (a.init && a.init != from.init)
            price += bits::of_number(*a.init);
        return price;
    }

    /// A warm-up by ratio also tells the length of a run whose schedule has no end.
    [[nodiscard]] PACER_HOST double change_of_warmup(step_t warmup, bool ends, const hf_arguments& from) const {
        const double as_such = bits::of_count(warmup) + 2;
        if (!is_by_ratio(from.warmup, from.total))
            return as_such;
        const std::optional<steps> totals = ends ? std::optional<steps>{} : totals_of(warmup);
        return totals ? bits::of_usual_change * bits::of_count(roundest(totals->first, totals->last)) : as_such + 8;
    }

    PACER_HOST void add(std::vector<trial>& trials, const hf_arguments& a, const delay_set& start) const {
        trials.push_back({pacer::analysis::curve_of(a), start, price(a), {}});
    }

    /// One usual thing otherwise.
    PACER_HOST void changed(std::vector<trial>& trials, hf_arguments a, const delay_set& start) const {
        const hf_arguments given = a;
        for (unsigned f = 0; f <= static_cast<unsigned>(hf_function::polynomial); ++f)
            for (const step_t warmup : {given.warmup, step_t{0}}) {
                a = given;
                a.function = static_cast<hf_function>(f);
                a.warmup = warmup;
                if (a.function != given.function) {
                    a.num_cycles = a.function == hf_function::cosine_with_restarts ? 1 : 0.5;
                    a.lr_end = 1e-7;
                    a.power = 1;
                }
                if (a.function == hf_function::cosine_with_min_lr && !(a.floor > 0))
                    continue;
                if (!(a == given))
                    add(trials, a, start);
                if (given.warmup == 0)
                    break;
            }
        a = given;
        a.function = hf_function::inverse_sqrt;
        a.timescale = 0;
        if (!(a == given))
            add(trials, a, start);
    }

    /// The warm-up that two rates in it tell.
    PACER_HOST void own_warmup(std::vector<trial>& trials, hf_arguments a, const std::vector<log_point>& points,
                               std::size_t i, const delay_set& start) const {
        if (i + 1 >= points.size() || !(points[i + 1].lr > points[i].lr) || points[i + 1].step <= points[i].step)
            return;
        const real slope = (static_cast<real>(points[i + 1].lr) - static_cast<real>(points[i].lr)) /
                           static_cast<real>(points[i + 1].step - points[i].step);
        // Hugging Face's warm-up to a stable part begins at the floor.
        const double from = a.function == hf_function::warmup_stable_decay ? a.floor * a.lr : 0;
        a.warmup = whole((static_cast<real>(a.lr) - static_cast<real>(from)) / slope);
        if (a.warmup <= 0 || a.warmup > longest)
            return;
        add(trials, a, start);
        if (const std::optional<steps> totals = totals_of(a.warmup)) {
            a.total = roundest(totals->first, totals->last);
            add(trials, a, start);
        }
    }

    /// A stable part that goes on to the end of the log: a longer run, of which the log does not say how long.
    PACER_HOST void decay_not_begun(std::vector<trial>& trials, hf_arguments a, const std::vector<log_point>& points,
                                    const delay_set& start) const {
        const step_t last = (std::min)((std::max)(points.back().step, step_t{0}), longest);
        if (a.function != hf_function::warmup_stable_decay || a.decay > longest - last - 1 || last < a.total - a.decay)
            return;
        a.total = last + 1 + a.decay;
        trials.push_back({pacer::analysis::curve_of(a), start, 2 * bits::of_choice + later(), {}});
    }

    /// The peak that one rate tells; a floor may be a part of it, or stay as a rate.
    PACER_HOST void own_peak(std::vector<trial>& trials, const hf_arguments& given, const log_point& point,
                             const delay_set& start) const {
        for (const step_t d : {step_t{0}, step_t{1}}) {
            const step_t at = (std::min)(point.step, furthest) - d;
            const double there = at >= 0 ? hf_formula(given)(at) : 0;
            if (!(there > 0) || !(point.lr > 0))
                continue;
            hf_arguments a = given;
            a.lr = rounded(given.lr / there * point.lr, 1e-12);
            if (a.lr == given.lr || digits_of(a.lr) > 9)
                continue;
            add(trials, a, start);
            a.floor = given.floor * given.lr / a.lr;
            if (a.floor > 0 && a.floor < 1)
                add(trials, a, start);
        }
    }

    /// The lengths of a run of which the recipe's ratio makes this warm-up.
    [[nodiscard]] PACER_HOST std::optional<steps> totals_of(step_t warmup) const {
        for (const std::optional<double>& ratio : {recipe_.warmup_ratio, recipe_.warmup_steps}) {
            if (!ratio || !(*ratio > 0 && *ratio < 1) || warmup < 1)
                continue;
            steps totals{whole(static_cast<real>(warmup - 1) / *ratio) - 1,
                         whole(static_cast<real>(warmup) / *ratio) + 1};
            while (totals.first <= totals.last && !is_by_ratio(warmup, totals.first))
                ++totals.first;
            while (totals.last >= totals.first && !is_by_ratio(warmup, totals.last))
                --totals.last;
            if (totals.first <= totals.last && totals.last <= longest)
                return totals;
        }
        return {};
    }

    /// Several scheduler steps an update (one for each process), or one for several that are logged.
    PACER_HOST void other_counts(std::vector<trial>& trials, const std::vector<log_point>& points,
                                 std::size_t i) const {
        std::vector<const followed_curve*> curves{&base()};
        if (!before_.empty())
            curves.push_back(&before_.front());
        for (const followed_curve* c : curves)
            for (const step_ratio& ratio : ratios(*c, points, i))
                trials.push_back({*c,
                                  {{0, 2 * ratio.steps + 8}},
                                  2 * bits::of_choice + bits::of_count(ratio.steps * ratio.every) + later(),
                                  ratio});
    }

    /// How far the position moves between two points, in the places where the curve has their rates. Where the rate stays at
    /// the peak it tells no position: then other points are asked.
    PACER_HOST static std::vector<step_ratio> ratios(const followed_curve& c, const std::vector<log_point>& points,
                                                     std::size_t i) {
        std::vector<step_ratio> found;
        const std::size_t last = points.size() - 1;
        const auto is_flat = [&](std::size_t k, std::size_t j) {
            return j > k && !add_ratios(found, c, points[k], points[j]) && found.empty();
        };
        const std::size_t j = (std::min)(i + 4, last);
        if (!is_flat(i, j))
            return found;
        for (std::size_t nearer = i + 1; nearer < j; ++nearer)
            if (!is_flat(i, nearer))
                return found;
        for (const std::size_t eighths : {std::size_t{4}, std::size_t{6}, std::size_t{7}})
            if (const std::size_t k = i + (last - i) * eighths / 8; !is_flat(k, (std::min)(k + 4, last)))
                return found;
        return found;
    }
    /// Whether both points have a position; that is, whether neither is where the rate stays at the peak.
    PACER_HOST static bool add_ratios(std::vector<step_ratio>& found, const followed_curve& c, const log_point& from,
                                      const log_point& to) {
        const step_t apart = to.step - from.step;
        if (apart <= 0 || apart > furthest / 4096)
            return true;
        bool have_positions = true;
        const auto is_peak = [&](const log_point& p) {
            return std::abs(p.lr - c.peak_lr) <= tolerance({}, p.lr, c.peak_lr, c.roundings);
        };
        const step_t last = c.total_steps == endless ? furthest : (std::min)(2 * c.total_steps, furthest);
        const double near_i = tolerance({}, from.lr, c.peak_lr, c.roundings);
        for (const steps& a : c.steps_with(from.lr, near_i, {0, last}))
            for (const steps& b : c.steps_with(to.lr, near_i, {0, last})) {
                const step_t moved = b.first - a.first;
                have_positions =
                    have_positions && !(a.first != a.last && is_peak(from)) && !(b.first != b.last && is_peak(to));
                if (a.first != a.last || b.first != b.last || moved <= 0 || moved == apart || found.size() >= 6)
                    continue;
                if (moved % apart == 0 && moved / apart <= 4096)
                    found.push_back({moved / apart, 1});
                for (const step_t every : {apart / moved, apart / moved + 1})
                    if (moved < apart && every >= 2 && every <= 4096 && std::abs(apart - every * moved) < every)
                        found.push_back({1, every});
            }
        return have_positions;
    }

    /// At a position that the logged step does not tell: begun again, gone on from an earlier run, or far behind.
    PACER_HOST void ahead(std::vector<trial>& trials, step_t step) const {
        const auto anywhere = [&](const followed_curve& c, double price) {
            if (c.total_steps > furthest / 16)  // also those without an end
                return;
            trials.push_back(
                {c, {{step < c.total_steps ? step - c.total_steps : 0, -1}}, price + bits::of_rare_choice, {}});
        };
        anywhere(base(), later());
        for (const followed_curve& c : before_)
            anywhere(c, later() + bits::of_choice);
        if (!base().arguments || !before_.empty())
            return;
        for (step_t times = 2; times <= 10; ++times) {
            hf_arguments a = *base().arguments;
            if (a.total > longest / times)
                return;
            a.total *= times;
            anywhere(pacer::analysis::curve_of(a), bits::of_count(times));
        }
    }

    /// In what a curve is another one than the recipe's, or than the one before it.
    [[nodiscard]] PACER_HOST std::string what_differs(const followed_curve& c, const replayed_stretch* before,
                                                      part_seen seen) const {
        if (const reading* r = reading_of(c)) {
            if (before != nullptr && r->plan.total_steps == before->curve->total_steps && r == &readings_.front())
                return {};
            if (r->plan.trainer != plan().trainer && r->plan.total_steps == plan().total_steps)
                return r->plan.trainer == hf_trainer::v5 ? "as transformers 5 reads the recipe"
                                                         : "as transformers 4 reads the recipe";
            if (r == &readings_.front() && before == nullptr)
                return {};
        }
        const followed_curve& from = before != nullptr ? *before->curve : base();
        std::string text;
        const auto say = [&](const std::string& more) { text += (text.empty() ? "" : ", ") + more; };
        const bool resumed = before != nullptr;
        const bool never_stepped = names_scheduler() && !resumed && c.peak_lr == from.peak_lr;
        if (c.scheduler != from.scheduler && c.scheduler == "constant")
            say(never_stepped ? "a constant rate: another scheduler, or one that never took a step"
                              : "a constant rate");
        else if (c.scheduler != from.scheduler)
            say("another scheduler took over: " + c.scheduler);
        else if (resumed && c.scheduler != base().scheduler)
            say("still " + c.scheduler);
        if (c.peak_lr != from.peak_lr)
            say("with learning_rate " + std::string(pacer::detail::decimal_text(c.peak_lr).text()));
        if (c.scheduler == "constant")
            return text;
        if (c.total_steps != from.total_steps && c.total_steps != endless)
            say((resumed ? "resumed at the same position with total_steps "
                         : "the schedule was built for total_steps ") +
                totals_text(c, seen));
        if (c.warmup_steps != from.warmup_steps)
            say(c.warmup_steps == 0 ? std::string("no warm-up")
                                    : "warmed up over " + count_text(c.warmup_steps, "update"));
        if (c.arguments && from.arguments)
            say_details(*c.arguments, *from.arguments, say);
        return text;
    }

    /// Inside of a warm-up by ratio several lengths are the same, and before the decay all that are long enough.
    [[nodiscard]] PACER_HOST std::string totals_text(const followed_curve& c, part_seen seen) const {
        if (seen == part_seen::level && c.total_steps != recipe_.max_steps && c.total_steps != log_total_)
            return std::to_string(c.total_steps) + " or more";
        if (seen == part_seen::rise && is_by_ratio(c.warmup_steps, c.total_steps))
            if (const std::optional<steps> totals = totals_of(c.warmup_steps); totals && totals->first < totals->last)
                return std::to_string(totals->first) + " to " + std::to_string(totals->last);
        return std::to_string(c.total_steps) + whose(c.total_steps);
    }

    template <class Say>
    PACER_HOST static void say_details(const hf_arguments& a, const hf_arguments& from, Say say) {
        const auto number = [](double x) { return std::string(pacer::detail::decimal_text(x).text()); };
        const bool same = a.function == from.function;
        const hf_function f = a.function;
        const bool has_waves = f == hf_function::cosine || f == hf_function::cosine_with_min_lr ||
                               f == hf_function::cosine_with_restarts || f == hf_function::cosine_warmup_with_min_lr;
        if (has_waves && a.num_cycles != (same ? from.num_cycles : f == hf_function::cosine_with_restarts ? 1 : 0.5))
            say("num_cycles " + number(a.num_cycles));
        if (a.floor > 0 && a.floor != from.floor)
            say("a floor of " + number(rounded(a.floor * a.lr, 1e-14)));
        if (f == hf_function::polynomial && a.lr_end != (same ? from.lr_end : 1e-7))
            say("lr_end " + number(a.lr_end));
        if (f == hf_function::polynomial && a.power != (same ? from.power : 1))
            say("power " + number(a.power));
        if (f == hf_function::inverse_sqrt && a.timescale > 0 && a.timescale != from.timescale)
            say("timescale " + std::to_string(a.timescale));
        if (f == hf_function::warmup_stable_decay && a.decay != from.decay)
            say("num_decay_steps " + std::to_string(a.decay));
    }

    [[nodiscard]] PACER_HOST const char* whose(step_t total) const {
        return total == recipe_.max_steps ? ", the recipe's" : total == log_total_ ? ", the log's" : "";
    }

    const recipes::recipe& recipe_;
    recipes::run_facts facts_;
    std::optional<step_t> log_total_;
    std::vector<reading> readings_{};
    std::vector<followed_curve> before_{};
};

}  // namespace pacer::analysis::detail

#endif
