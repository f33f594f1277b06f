// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_LANDMARKS_HPP
#define PACER_ANALYSIS_LANDMARKS_HPP

/// The steps of a curve that people ask about: its start, the end of its warm-up, its joints, peak and floor, its end, and
/// what comes past it.

#include <pacer/analysis/sample.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace pacer::analysis {

/// A step that people look at: where the curve starts, turns, or ends.
struct landmark {
    /// Which one it is; `name_of` has the words.
    enum class kind : unsigned char { start, warmup_end, joint, decay_start, peak, floor, total, past_end };

    kind is;            ///< which one it is
    step_t step;        ///< where it is
    double before;      ///< the rate one step before; at step 0 that of step 0
    double rate;        ///< the rate there
    std::string about;  ///< in a few words
};

/// "start", "end of warm-up", ...
[[nodiscard]] PACER_HOST constexpr const char* name_of(landmark::kind k) noexcept {
    constexpr const char* names[] = {"start", "end of warm-up", "joint", "start of decay",
                                     "peak",  "floor",          "total", "past the end"};
    return names[static_cast<unsigned>(k)];
}

/// How many joints are landmarks; the first ones.
inline constexpr std::size_t most_joints_shown = 16;

namespace detail {

/// The step at which the warm-up is over; 0 if there is none.
///
/// That of a schedule which has one; else, where the curve begins with a rise, its end at a joint.
PACER_HOST inline step_t end_of_warmup(const expression& lr, const std::vector<breakpoint>& breaks) {
    const double first = lr(0);
    for (const breakpoint& b : breaks) {
        if (b.is == breakpoint::kind::warmup_end)
            return b.step;
        if (b.is == breakpoint::kind::restart || b.is == breakpoint::kind::stair)
            return 0;
        const double before = lr(b.step - 1);
        const bool has_risen =
            (before > first || b.step == 1) && before >= lr(b.step / 2) && lr(b.step) >= before && lr(b.step) > first;
        if (b.is == breakpoint::kind::joint)
            return has_risen && lr(b.step + 1) <= lr(b.step) ? b.step : 0;
    }
    return 0;
}

/// What a curve does past its end, in a few words.
PACER_HOST inline std::string past_the_end(const expression& lr, step_t total, const std::vector<step_t>& breaks) {
    const step_t last = total > endless - 1 - total ? endless - 1 : 2 * total + 1;
    const extremes after = find_extremes(lr, total, last, breaks);
    using pacer::detail::syntax::written;
    if (after.lowest == after.highest)
        return "holds " + written(after.lowest);
    if (after.highest > lr(total))
        return "rises again, to " + written(after.highest) + " at step " + written(after.highest_at);
    return "falls on, to " + written(after.lowest);
}

}  // namespace detail

/// The landmarks of a curve, in the order of their steps.
///
/// Of a curve without an end, peak and floor are those of its first `until` steps. A peak or a floor is there only if it is
/// not the start; the floor is the lowest rate after the peak.
///
/// @param until  of a curve without an end: how far it is looked at; 1 or more.
[[nodiscard]] PACER_HOST inline std::vector<landmark> landmarks(const expression& lr, step_t until = 100'000) {
    using kind = landmark::kind;
    const std::vector<breakpoint> breaks = breakpoints(lr);
    const std::vector<step_t> steps = detail::steps_of(breaks);
    const step_t total = lr.total_steps();
    const bool ends = total != endless;
    const step_t last = ends ? total : until;
    std::vector<landmark> found;
    const auto add = [&](kind is, step_t step, std::string about) {
        found.push_back({is, step, lr(step > 0 ? step - 1 : 0), lr(step), std::move(about)});
    };
    add(kind::start, 0, "the first update");
    const step_t warm = detail::end_of_warmup(lr, breaks);
    if (warm > 0)
        add(kind::warmup_end, warm, "");
    std::size_t joints = 0;
    for (const breakpoint& b : breaks) {
        const bool is_joint = b.is == breakpoint::kind::joint || b.is == breakpoint::kind::stair;
        const bool is_new = found.back().step != b.step || found.back().is != kind::joint;
        if (is_joint && is_new && b.step != warm && b.step < last && ++joints <= most_joints_shown)
            add(kind::joint, b.step, "of " + b.of);
        else if (b.is == breakpoint::kind::decay_start && b.step < last)
            add(kind::decay_start, b.step, "of " + b.of);
    }
    extremes all = find_extremes(lr, 0, last, steps);
    if (warm > 0 && lr(warm) == all.highest)  // not the first update that is as near as a double can tell
        all.highest_at = warm;
    if (all.highest > lr(0) || warm > 0)
        add(kind::peak, all.highest_at, "the highest rate");
    const extremes after = find_extremes(lr, all.highest_at, last, steps);
    if (after.lowest < all.highest)
        add(kind::floor, after.lowest_at, "the lowest rate from the peak on");
    if (ends) {
        add(kind::total, total, "the first step past the last update");
        add(kind::past_end, total + (total < endless - 1 ? 1 : 0), detail::past_the_end(lr, total, steps));
    }
    std::stable_sort(found.begin(), found.end(), [](const landmark& a, const landmark& b) { return a.step < b.step; });
    return found;
}

}  // namespace pacer::analysis

#endif
