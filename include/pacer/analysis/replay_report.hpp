// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_REPLAY_REPORT_HPP
#define PACER_ANALYSIS_REPLAY_REPORT_HPP

/// What `replay` found.

#include <pacer/analysis/alignment.hpp>
#include <pacer/analysis/curve.hpp>
#include <pacer/recipes/resolved.hpp>

#include <optional>
#include <string>
#include <vector>

namespace pacer::analysis {

/// Consecutive log points that one curve explains, but for those between its runs.
struct replayed_stretch {
    std::size_t first;  ///< index into the log's points
    std::size_t end;    ///< one past the last point
    std::string cause;  ///< how it differs from the recipe, or from the stretch before; empty if it does not
    std::optional<followed_curve> curve;      ///< none: the points are not explained
    std::vector<delay_run> runs;              ///< with one delay each, in their order
    written_rates written;                    ///< how the rates are written
    step_ratio ratio;                         ///< how the scheduler's steps are counted
    double share;                             ///< how sure: its part among all curves that fit, 0 to 1
    std::vector<std::string> alternatives{};  ///< what else fits, and is not far less likely
};

/// A log point and what it was found to be.
struct replayed_point {
    step_t step = 0;         ///< as it was logged
    double logged = 0;       ///< the rate that was logged
    step_t position = 0;     ///< the step whose rate was logged; if it is not explained, that of the nearest rate
    double expected = 0;     ///< pacer's rate there
    bool explained = false;  ///< whether the curve gives that rate
    bool same_bits = false;  ///< logged == the trainer's own arithmetic
    double difference = 0;   ///< |logged - expected|, in ULP of the peak
};

/// What `replay` found.
struct replay_report {
    recipes::resolved plan;                     ///< the recipe, resolved
    std::vector<replayed_stretch> stretches{};  ///< in the order of the log
    std::vector<replayed_point> points{};       ///< every point of the log
    std::vector<std::string> story{};           ///< what happened, in sentences
    std::size_t explained = 0;                  ///< how many points are
    std::size_t same_bits = 0;                  ///< points equal to the trainer's own arithmetic, bit for bit
    std::size_t equal = 0;                      ///< points equal to pacer's rate, bit for bit
    double largest_difference = 0;              ///< of the explained points, in ULP of the peak
    step_t largest_at = 0;                      ///< the logged step where it is

    /// Whether every point is.
    [[nodiscard]] PACER_HOST bool all_explained() const noexcept { return explained == points.size(); }
};

}  // namespace pacer::analysis

#endif
