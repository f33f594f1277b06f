// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_STRETCH_HPP
#define PACER_ANALYSIS_STRETCH_HPP

/// Points of a log in a row, and the curves that give their rates.

#include <pacer/analysis/alignment.hpp>
#include <pacer/analysis/curve.hpp>
#include <pacer/analysis/evidence.hpp>

#include <string>
#include <vector>

namespace pacer::analysis {

/// A curve that gives the rates of some points.
struct explanation {
    followed_curve curve{};    ///< the curve
    alignment at{};            ///< which points, and which step of the curve each is
    written_rates written{};   ///< how the rates are written
    step_ratio ratio{};        ///< how the scheduler's steps are counted
    double price = 0;          ///< bits that say the curve
    step_t last_position = 0;  ///< which step of the curve the last of the points is
    double share = 1;          ///< how sure: its part among all that fit, 0 to 1, by what each of them costs

    /// Bits that are saved by it.
    [[nodiscard]] PACER_HOST double saved() const noexcept { return at.saved - price; }

    /// "cosine(peak_lr=0.0002, total_steps=1000, warmup=30)".
    [[nodiscard]] PACER_HOST std::string text() const {
        followed_curve c = curve;
        add_schedule(c);
        return c.curve ? to_text(*c.curve) : c.scheduler;
    }
};

/// Consecutive points of a log, and the curves that give them.
struct stretch {
    std::size_t first = 0;              ///< index into the log's points
    std::size_t end = 0;                ///< one past the last
    std::vector<explanation> curves{};  ///< the likeliest first; none: nothing explains these points

    /// Whether any curve gives these points.
    [[nodiscard]] PACER_HOST bool is_explained() const noexcept { return !curves.empty(); }
    /// The likeliest curve, if there is one.
    [[nodiscard]] PACER_HOST const explanation& best() const noexcept { return curves.front(); }
};

namespace detail {

/// "1 point", "2 points".
PACER_HOST inline std::string counted(std::size_t n, const std::string& what) {
    return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

}  // namespace detail
}  // namespace pacer::analysis

#endif
