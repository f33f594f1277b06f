// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_IDENTIFY_HPP
#define PACER_ANALYSIS_IDENTIFY_HPP

/// Which schedule a run had, from the rates it logged alone.
///
///     const auto found = pacer::analysis::identify(pacer::analysis::read_log("trainer_state.json"));
///     for (const std::string& line : found.lines())
///         std::cout << line << '\n';
///
/// A guess is only taken if it gives the rates themselves, to the last digit they are written with, and needs fewer bits
/// than these (evidence.hpp). What fits as well is shown beside it: rates that only rise do not say what follows.

#include <pacer/analysis/curve.hpp>
#include <pacer/analysis/evidence.hpp>
#include <pacer/analysis/stretches.hpp>
#include <pacer/analysis/training_log.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace pacer::analysis {

/// What `identify` found.
struct identification {
    std::vector<stretch> stretches{};  ///< in the order of the log
    std::size_t explained = 0;         ///< points
    std::size_t points = 0;            ///< all points of the log

    /// Whether a curve was found for every point.
    [[nodiscard]] PACER_HOST bool all_explained() const noexcept { return explained == points; }

    /// What the points of a stretch do not say: of "scheduler", "peak_lr", "warmup", "total_steps".
    [[nodiscard]] PACER_HOST static std::vector<std::string> undetermined(const stretch& s);

    /// What was found, in lines.
    [[nodiscard]] PACER_HOST std::vector<std::string> lines(const training_log& log) const;
};

namespace detail {

/// What saying a curve takes, if `known` need not be said.
PACER_HOST inline double price_of(const hf_arguments& a, const fit_hints& known) {
    const auto is_known = [](const auto& values, auto x) {
        return std::find(values.begin(), values.end(), x) != values.end();
    };
    const bool is_plain = a.function == hf_function::linear || a.function == hf_function::cosine ||
                          a.function == hf_function::constant || a.function == hf_function::constant_with_warmup;
    double price = a.function == hf_function::constant ? 0 : is_plain ? bits::of_choice : bits::of_rare_choice;
    price += is_known(known.peaks, a.lr) ? 1 : bits::of_number(a.lr);
    if (a.function == hf_function::constant)
        return price;
    const bool ends = has_end(a);
    if (ends)
        price += is_known(known.totals, a.total) ? 1 : bits::of_count(a.total);
    double warmup = is_known(known.warmups, a.warmup) ? 1 : bits::of_count(a.warmup);
    if (ends && a.warmup > 0)
        for (const double ratio : {0.01, 0.02, 0.03, 0.05, 0.06, 0.1, 0.15, 0.2, 0.3})
            if (static_cast<double>(a.warmup) == std::ceil(ratio * static_cast<double>(a.total)))
                warmup = (std::min)(warmup, 8.0);
    price += warmup;
    switch (a.function) {
    case hf_function::cosine:
    case hf_function::cosine_with_min_lr:
    case hf_function::cosine_warmup_with_min_lr:
        price += a.num_cycles == 0.5 ? 0 : bits::of_number(a.num_cycles);
        break;
    case hf_function::cosine_with_restarts: price += a.num_cycles == 1 ? 0 : bits::of_number(a.num_cycles); break;
    case hf_function::polynomial:
        price += a.lr_end == 1e-7 ? 1 : bits::of_number(a.lr_end);
        price += a.power == 1 ? 0 : bits::of_number(a.power);
        break;
    case hf_function::inverse_sqrt: price += a.timescale > 0 ? bits::of_count(a.timescale) : 0; break;
    case hf_function::warmup_stable_decay: price += bits::of_count(a.decay); break;
    default: break;
    }
    if (a.floor > 0)
        price += (std::min)(bits::of_number(a.floor), bits::of_number(rounded(a.floor * a.lr, 1e-14)));
    if (a.init)
        price += bits::of_number(*a.init);
    return price;
}

/// The search without a recipe.
class identifier {
public:
    PACER_HOST explicit identifier(const training_log& log) : log_(log) {
        if (log.total_steps && *log.total_steps > 0 && *log.total_steps <= longest)
            hints_.totals.push_back(*log.total_steps);
    }

    PACER_HOST identification run() {
        identification found;
        found.points = log_.points.size();
        if (log_.points.empty())
            return found;
        found.stretches =
            stretch_finder(log_.points, {.hints = [this] { return hints_; },
                                         .price = [this](const hf_arguments& a) { return price_of(a, hints_); },
                                         .known = [this](std::size_t i, const written_rates&) { return before(i); },
                                         .penalty = [](const explanation&) { return 0.0; },
                                         .accept = [this](const explanation& e) { remember(e); },
                                         .foreign = 0})
                .run();
        for (const stretch& s : found.stretches)
            if (s.is_explained())
                for (const delay_run& run : s.best().at.runs)
                    found.explained += run.end - run.first;
        return found;
    }

private:
    /// The curves of the stretches before, which may go on.
    [[nodiscard]] PACER_HOST std::vector<trial> before(std::size_t i) const {
        std::vector<trial> trials;
        for (const followed_curve& c : known_)
            trials.push_back(
                {c,
                 {{(std::min<step_t>)(0, log_.points[i].step), (std::max<step_t>)(0, log_.points[i].step)}},
                 bits::of_choice,
                 {}});
        return trials;
    }

    PACER_HOST void remember(const explanation& best) {
        known_.insert(known_.begin(), best.curve);
        if (known_.size() > 3)
            known_.pop_back();
        if (!best.curve.arguments)
            return;
        const hf_arguments& a = *best.curve.arguments;
        hints_.peaks.assign(1, a.lr);
        hints_.warmups.assign(1, a.warmup);
        if (a.total != endless && std::find(hints_.totals.begin(), hints_.totals.end(), a.total) == hints_.totals.end())
            hints_.totals.push_back(a.total);
        if (hints_.totals.size() > 4)
            hints_.totals.erase(hints_.totals.begin() + 1);
    }

    const training_log& log_;
    fit_hints hints_{};
    std::vector<followed_curve> known_{};
};

PACER_HOST inline std::string percent(double share) {
    char text[16];
    std::snprintf(text, sizeof text, share > 0.99 ? "%.3g %%" : "%.2g %%", share * 100);
    return share >= 0.9995 ? "100 %" : text;
}

}  // namespace detail

inline std::vector<std::string> identification::undetermined(const stretch& s) {
    std::vector<std::string> names;
    if (!s.is_explained())
        return names;
    const followed_curve& best = s.best().curve;
    constexpr double noteworthy = 1e-3;
    const auto differs = [&](auto get) {
        return std::any_of(s.curves.begin(), s.curves.end(), [&](const explanation& other) {
            return other.share >= noteworthy && get(other.curve) != get(best);
        });
    };
    // A warm-up that is not over hides what follows; of a fall alone a rate that is not round is one among many.
    const bool is_in_warmup = s.best().last_position < best.warmup_steps;
    const bool only_rises =
        is_in_warmup || (best.arguments && best.arguments->function == hf_function::constant_with_warmup &&
                         differs([](const followed_curve& c) { return c.warmup_steps; }));
    const bool only_falls =
        best.arguments && best.arguments->warmup == 0 && detail::digits_of(best.peak_lr) > 6 &&
        (best.arguments->function == hf_function::linear || best.arguments->function == hf_function::polynomial);
    if (only_rises || differs([](const followed_curve& c) { return c.scheduler; }))
        names.emplace_back("scheduler");
    if (is_in_warmup || only_falls || differs([](const followed_curve& c) { return c.peak_lr; }))
        names.emplace_back("peak_lr");
    if (is_in_warmup || only_falls || differs([](const followed_curve& c) { return c.warmup_steps; }))
        names.emplace_back("warmup");
    if (is_in_warmup || only_falls || best.total_steps == endless ||
        differs([](const followed_curve& c) { return c.total_steps; }))
        names.emplace_back("total_steps");
    return names;
}

inline std::vector<std::string> identification::lines(const training_log& log) const {
    std::vector<std::string> text;
    for (const stretch& s : stretches) {
        const step_t from = log.points[s.first].step;
        const step_t to = log.points[s.end - 1].step;
        const std::string where =
            from == to ? "step " + std::to_string(from) : "steps " + std::to_string(from) + " to " + std::to_string(to);
        if (!s.is_explained()) {
            text.push_back(where + ": nothing explains " + detail::counted(s.end - s.first, "rate"));
            continue;
        }
        text.push_back(where + ": " + s.best().text() +
                       (s.best().curve.is_epoch_mean ? ", the means over epochs" : "") +
                       (s.best().curve.note.empty() ? "" : ", " + s.best().curve.note) + " (" +
                       detail::percent(s.best().share) + ")");
        std::string open;
        for (const std::string& name : undetermined(s))
            open += (open.empty() ? "" : ", ") + name;
        if (!open.empty())
            text.push_back("  not determined: " + open);
        for (std::size_t k = 1; k < s.curves.size() && k < 4; ++k)
            if (s.curves[k].share >= 1e-3)
                text.push_back("  or " + s.curves[k].text() + " (" + detail::percent(s.curves[k].share) + ")");
    }
    return text;
}

/// The schedule of a run, or the schedules that followed each other, from its log.
///
/// @param log  as read by `read_log`, in the order of the file; a `total_steps` in it makes the length likelier.
///
/// All schedules of Hugging Face's and of pacer's own list are looked for. Up to 2^53 updates; a million points take
/// seconds. Of a log of more than some seventy stretches the rest is left unexplained.
template <class = void>
[[nodiscard]] PACER_HOST identification identify(const training_log& log) {
    if (detail::is_within_reach(log))
        return detail::identifier(log).run();
    const training_log nearer = detail::within_reach(log);
    return detail::identifier(nearer).run();
}

#ifdef PACER_COMPILED_RECIPES  // then it is in the library pacer::recipes_compiled
extern template identification identify<void>(const training_log&);
#endif

}  // namespace pacer::analysis

#endif
