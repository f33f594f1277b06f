// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_CURVE_HPP
#define PACER_ANALYSIS_CURVE_HPP

/// A curve that a log is held against: its rates as the trainer computes them, and where it has a given rate.

#include <pacer/analysis/evidence.hpp>
#include <pacer/analysis/hf_formula.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pacer::analysis {

namespace detail {

/// Steps from `first` to `last`, both included.
struct steps {
    step_t first;
    step_t last;
};

/// No step of a log is taken for more: sums of two such do not overflow.
inline constexpr step_t furthest = step_t{1} << 61;

/// The steps of a log, no further away than that, so that they can be added and subtracted.
PACER_HOST inline training_log within_reach(training_log log) {
    for (log_point& p : log.points)
        p.step = (std::min)((std::max)(p.step, -furthest), furthest);
    return log;
}
PACER_HOST inline bool is_within_reach(const training_log& log) noexcept {
    return std::all_of(log.points.begin(), log.points.end(),
                       [](const log_point& p) { return p.step <= furthest && p.step >= -furthest; });
}

/// At most so many turns of a curve are looked at.
inline constexpr int most_turns = 1024;

/// The first steps of the pieces on which a function of Hugging Face's only rises, falls or stays, without step 0.
PACER_HOST inline std::vector<step_t> turns_of(const hf_arguments& a, double until) {
    std::vector<step_t> turns;
    const auto turn = [&](double at) {
        if (at > 0 && at < 0x1p60) {
            turns.push_back(static_cast<step_t>(std::floor(at)));
            turns.push_back(static_cast<step_t>(std::floor(at)) + 1);
        }
    };
    const auto waves = [&](double from, double length, double to) {
        for (int k = 0; k < most_turns && length > 0 && from + k * length <= (std::min)(to, until); ++k)
            turn(from + k * length);
    };
    const auto w = static_cast<double>(a.warmup);
    const auto n = static_cast<double>((std::max)(a.total - a.warmup, step_t{1}));
    turn(w);
    switch (a.function) {
    case hf_function::cosine:
    case hf_function::cosine_with_min_lr: waves(w, n / (2 * a.num_cycles), 0x1p60); break;
    case hf_function::cosine_warmup_with_min_lr:
        turn(w - 1);
        waves(w - 1, n / (2 * a.num_cycles), 0x1p60);
        break;
    case hf_function::cosine_with_restarts: waves(w, n / a.num_cycles, w + n); break;
    case hf_function::warmup_stable_decay: {
        const double fall = static_cast<double>(a.total - a.decay);
        turn(fall);
        if (a.decay_shape.which() == ramp_shape::kind::cosine)
            waves(fall, static_cast<double>(a.decay) / (2 * a.num_cycles), static_cast<double>(a.total));
        break;
    }
    default: break;
    }
    if (has_end(a))
        turn(static_cast<double>(a.total));
    std::sort(turns.begin(), turns.end());
    turns.erase(std::unique(turns.begin(), turns.end()), turns.end());
    return turns;
}

}  // namespace detail

/// A schedule as a trainer computes it, and as pacer does.
struct followed_curve {
    std::string scheduler{};                      ///< the trainer's name of it
    double peak_lr = 0;                           ///< the rate after the warm-up
    step_t warmup_steps = 0;                      ///< may be more than `total_steps`
    step_t total_steps = endless;                 ///< `endless` if it has no end
    std::optional<hf_arguments> arguments{};      ///< of Hugging Face's function, if it is one
    std::function<double(step_t)> as_computed{};  ///< the trainer's own arithmetic
    std::function<double(step_t)> schedule{};     ///< pacer's rate
    std::optional<expression> curve{};            ///< the same as data, if pacer can say it
    std::vector<step_t> turns{};                  ///< first steps of the pieces on which it only rises, falls or stays
    bool is_epoch_mean = false;                   ///< each rate is the mean over an epoch, and the steps are epochs
    std::string note{};                           ///< what `curve` does not say of it
    double roundings = detail::rounding_of_formulas;  ///< what two formulas for it may differ by, in ULP of the peak

    /// Where the rate is within `tolerance` of `lr`, among `within`: whole pieces, at most 64.
    [[nodiscard]] PACER_HOST std::vector<detail::steps> steps_with(double lr, double tolerance,
                                                                   detail::steps within) const {
        std::vector<detail::steps> found;
        if (!std::isfinite(lr))
            return found;
        auto next = std::upper_bound(turns.begin(), turns.end(), within.first);
        for (step_t from = within.first; from <= within.last && found.size() < 64;) {
            const step_t to = next == turns.end() ? within.last : (std::min)(*next - 1, within.last);
            add_piece(found, lr, tolerance, {from, to});
            if (next == turns.end())
                break;
            from = *next++;
        }
        return found;
    }

    /// The step whose rate is nearest to `lr`; of those as near, the one next to `step`. It looks up to the end, or to `step`.
    [[nodiscard]] PACER_HOST step_t nearest_step(double lr, step_t step) const {
        const step_t last = (std::max)(total_steps == endless ? warmup_steps : total_steps, step);
        step_t best = (std::max)(step, step_t{0});
        double least = std::abs(as_computed(best) - lr);
        const auto look_at = [&](step_t at) {
            const double off = std::abs(as_computed(at) - lr);
            if (off < least || (off == least && std::abs(at - step) < std::abs(best - step))) {
                least = off;
                best = at;
            }
        };
        step_t from = 0;
        for (std::size_t k = 0; k <= turns.size() && k < 64 && from <= last; ++k) {
            const step_t to = k < turns.size() ? (std::min)(turns[k] - 1, last) : last;
            step_t low = from;
            step_t high = to;
            const bool falls = as_computed(to) < as_computed(from);
            while (low < high) {
                const step_t middle = low + (high - low) / 2;
                if (falls ? as_computed(middle) > lr : as_computed(middle) < lr)
                    low = middle + 1;
                else
                    high = middle;
            }
            look_at(low);
            if (low > from)
                look_at(low - 1);
            from = to + 1;
        }
        return best;
    }

private:
    PACER_HOST void add_piece(std::vector<detail::steps>& found, double lr, double tolerance,
                              detail::steps piece) const {
        const double at_first = as_computed(piece.first);
        const double at_last = as_computed(piece.last);
        if (lr + tolerance < (std::min)(at_first, at_last) || lr - tolerance > (std::max)(at_first, at_last))
            return;
        const double sign = at_last < at_first ? -1 : 1;
        // The first step that is not below `to`, in the direction of the piece.
        const auto first_at = [&](double to, bool beyond) {
            step_t low = piece.first;
            step_t high = piece.last + 1;
            while (low < high) {
                const step_t middle = low + (high - low) / 2;
                const double off = sign * (as_computed(middle) - to);
                if (beyond ? off > 0 : off >= 0)
                    high = middle;
                else
                    low = middle + 1;
            }
            return low;
        };
        const step_t low = first_at(lr - sign * tolerance, false);
        const step_t high = first_at(lr + sign * tolerance, true) - 1;
        if (low > high)
            return;
        if (!found.empty() && found.back().last + 1 == low)
            found.back().last = high;
        else
            found.push_back({low, high});
    }
};

/// The curve of a function of Hugging Face's, without `schedule` and `curve` (`add_schedule`).
[[nodiscard]] PACER_HOST inline followed_curve curve_of(const hf_arguments& a) {
    followed_curve c;
    c.scheduler = name_of(a.function);
    c.peak_lr = a.lr;
    c.warmup_steps = a.function == hf_function::constant ? 0 : a.warmup;
    c.total_steps = a.total;
    c.arguments = a;
    c.as_computed = hf_formula(a);
    return c;
}

/// Gives a curve of Hugging Face's its turns, which take longer than all the rest; those up to a step, if the others will not
/// be asked for.
PACER_HOST inline void add_turns(followed_curve& c, double until = 0x1p60) {
    if (c.arguments)
        c.turns = detail::turns_of(*c.arguments, until);
}

/// Adds pacer's schedule to a curve of Hugging Face's.
PACER_HOST inline void add_schedule(followed_curve& c) {
    if (c.schedule || !c.arguments)
        return;
    try {
        const auto schedule = std::make_shared<const expression>(expression_of(*c.arguments));
        c.curve = *schedule;
        c.schedule = [schedule](step_t s) { return (*schedule)(s); };
    } catch (const invalid_schedule&) {
        c.schedule = c.as_computed;  // Hugging Face runs what pacer refuses
    }
}

}  // namespace pacer::analysis

#endif
