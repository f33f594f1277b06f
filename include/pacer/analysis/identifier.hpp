// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_IDENTIFIER_HPP
#define PACER_ANALYSIS_IDENTIFIER_HPP

/// The search for the schedules of a log of which nothing else is known.

#include <pacer/analysis/curve.hpp>
#include <pacer/analysis/evidence.hpp>
#include <pacer/analysis/identification.hpp>
#include <pacer/analysis/stretches.hpp>
#include <pacer/analysis/training_log.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace pacer::analysis::detail {

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

template <class>
PACER_HOST identification identified(const training_log& log) {
    if (is_within_reach(log))
        return identifier(log).run();
    const training_log nearer = within_reach(log);
    return identifier(nearer).run();
}

}  // namespace pacer::analysis::detail

#endif
