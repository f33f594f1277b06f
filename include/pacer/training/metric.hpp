// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_METRIC_HPP
#define PACER_TRAINING_METRIC_HPP

/// When a metric counts as better: what controllers (`plateau`, `greedy`) have in common.

#include <pacer/error.hpp>
#include <pacer/numerics/elementary.hpp>

namespace pacer {

/// Which metric is better.
enum class metric_mode {
    min,  ///< the smaller one: a loss
    max   ///< the larger one: an accuracy, a log-likelihood
};

/// By how much a metric must be better than the best so far to count. t is `threshold`; the signs are those of `min`.
enum class threshold_mode {
    relative,       ///< metric < best - t |best|: a part of the best, whatever its sign
    absolute,       ///< metric < best - t
    torch_relative  ///< metric < best (1 - t), PyTorch's `rel`: for a negative best that asks for less than the best
};

namespace detail {

template <>
struct names<metric_mode> {
    static constexpr const char* type = "metric_mode";
    static constexpr const char* values[] = {"min", "max"};
};

template <>
struct names<threshold_mode> {
    static constexpr const char* type = "threshold_mode";
    static constexpr const char* values[] = {"relative", "absolute", "torch_relative"};
};

/// Which metrics are better than which. What is not finite is told by its bits, so that -ffast-math cannot take it for finite.
struct metric_rule {
    metric_mode mode;
    double threshold;
    pacer::threshold_mode threshold_mode;

    /// The metric that every other is better than.
    [[nodiscard]] PACER_HOST constexpr double worst() const noexcept { return from_bits(worst_bits()); }

    /// Whether a metric is better than the best so far. A NaN and the worst infinity are not.
    [[nodiscard]] PACER_HOST constexpr bool is_better(double metric, double best) const noexcept {
        const std::uint64_t bits = to_bits(metric);
        if ((bits & ~sign) > infinity || bits == worst_bits())
            return false;
        if (to_bits(best) == worst_bits())
            return true;
        const std::uint64_t best_possible = worst_bits() ^ sign;
        if (to_bits(best) == best_possible)
            return false;
        if (bits == best_possible)
            return true;
        return mode == metric_mode::min ? metric < target(best) : metric > target(best);
    }

private:
    static constexpr std::uint64_t sign = std::uint64_t{1} << 63;
    static constexpr std::uint64_t infinity = 0x7FF0'0000'0000'0000u;

    [[nodiscard]] PACER_HOST constexpr std::uint64_t worst_bits() const noexcept {
        return mode == metric_mode::min ? infinity : infinity | sign;
    }

    // What a metric must be beyond, to be better than `best`.
    [[nodiscard]] PACER_HOST constexpr double target(double best) const noexcept {
        const bool min = mode == metric_mode::min;
        if (threshold_mode == threshold_mode::absolute)
            return min ? best - threshold : best + threshold;
        const bool down = threshold_mode == threshold_mode::relative && best < 0 ? !min : min;
        return best * (down ? 1 - threshold : 1 + threshold);
    }
};

PACER_HOST constexpr violation check(const metric_rule& rule) noexcept {
    if (const violation v = check_choice("mode", rule.mode))
        return v;
    if (!is_between_0_and(largest<double>, rule.threshold))
        return bad_rate("threshold", rule.threshold, "must be finite, 0 or more");
    return check_choice("threshold_mode", rule.threshold_mode);
}

/// A number of metrics, from 0 to 2^53.
PACER_HOST constexpr violation check_metrics(const char* field, step_t count) noexcept {
    if (count < 0 || count > longest)
        return bad_count(field, count, "must be a number of metrics from 0 to 2^53");
    return {};
}

/// A count in a state that came from outside.
PACER_HOST constexpr violation check_count(const char* field, step_t count) noexcept {
    return count >= 0 && count < endless ? violation{} : bad_count(field, count, "must be 0 or more");
}

/// The best metric in a state that came from outside.
PACER_HOST constexpr violation check_best(double best) noexcept {
    return (to_bits(best) & ~(std::uint64_t{1} << 63)) > 0x7FF0'0000'0000'0000u ? missing("best", "must not be NaN")
                                                                                : violation{};
}

}  // namespace detail
}  // namespace pacer

#endif
