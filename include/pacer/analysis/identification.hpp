// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_IDENTIFICATION_HPP
#define PACER_ANALYSIS_IDENTIFICATION_HPP

/// What `identify` found.

#include <pacer/analysis/evidence.hpp>
#include <pacer/analysis/stretch.hpp>
#include <pacer/analysis/training_log.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
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

}  // namespace pacer::analysis

#endif
