// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_GREEDY_HPP
#define PACER_TRAINING_GREEDY_HPP

/// Greedy: the rate rises while a metric gets better, and is cut when it has stopped to.
///
///     const pacer::greedy control{{.init_lr = 1e-4, .min_lr = 1e-6, .max_lr = 1e-3, .patience = 3}};
///     pacer::greedy_state state = control.start();
///     for (...) {
///         train_for_a_while(state.lr);
///         state = control.update(state, validation_loss());   // the same metric on every rank: the same state
///     }
///
/// A controller as `plateau` is: its state is a value that the loop owns, and `to_text(state)` and `parse_greedy_state(line)`
/// are for a checkpoint. With a schedule (a warm-up, for one) it is a multiplier: give it an `.init_lr` of 1, feed it from the
/// end of the warm-up on, and take `scale(lr, state.lr)(step)`.

#include <pacer/lr_ratio.hpp>
#include <pacer/schedule.hpp>
#include <pacer/training/detail/state_text.hpp>
#include <pacer/training/metric.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace pacer {

/// Parameters of `greedy`; names and defaults are those of Hugging Face's `GreedyLR`, but that the three rates must be given.
struct greedy_params {
    double init_lr = -1;   ///< the first rate, from `min_lr` to `max_lr`; must be given. 1 for a multiplier
    lr_or_ratio min_lr{};  ///< the floor: a rate, or a `lr_ratio` of `init_lr`; must be given
    double max_lr = -1;    ///< the highest rate, finite; must be given
    metric_mode mode = metric_mode::min;  ///< whether a lower metric is better, or a higher one
    double factor = 0.95;                 ///< a cut multiplies the rate by it, a rise divides; above 0 and below 1
    step_t patience = 10;  ///< after more good metrics in a row than this the rate rises, after more bad ones it is cut
    double threshold = 1e-6;                                                 ///< finite, 0 or more
    pacer::threshold_mode threshold_mode = pacer::threshold_mode::absolute;  ///< how `threshold` is meant
    step_t cooldown = 0;  ///< after a cut, how many metrics count as neither. 0 to 2^53
    step_t warmup = 0;    ///< the same after a rise
    double eps = 1e-8;    ///< a change by no more than this is not made: a rate. At rates near 1e-8 give a smaller one
    step_t window_size = 0;    ///< how many metrics are averaged, 0 to 10^6; 0 and 1: none. With `smooth`, HF takes 50
    step_t reset_start = 500;  ///< after so many cuts that find the rate at its floor, it starts anew. 0 to 2^53
};

/// What a `greedy` knows; compared by value.
struct greedy_state {
    double lr = 0;                 ///< the rate
    double best = 0;               ///< the best metric so far; the worst infinity before there is one
    step_t good = 0;               ///< good metrics in a row
    step_t bad = 0;                ///< bad metrics in a row
    step_t cooldown = 0;           ///< metrics to come that do not count, after a cut
    step_t warmup = 0;             ///< the same after a rise
    step_t at_min = 0;             ///< cuts that found the rate at its floor since it last rose
    step_t metrics = 0;            ///< metrics fed so far
    std::vector<double> window{};  ///< the last metrics, if they are averaged

    friend bool operator==(const greedy_state&, const greedy_state&) = default;
};

namespace detail {

PACER_HOST constexpr metric_rule rule_of(const greedy_params& p) noexcept {
    return {p.mode, p.threshold, p.threshold_mode};
}

inline constexpr step_t longest_window = 1'000'000;

}  // namespace detail

/// Which rule these parameters break, if any; what the constructor asks.
[[nodiscard]] PACER_HOST constexpr violation check(const greedy_params& p) noexcept {
    if (const violation v =
            detail::first_of(detail::check_rate("init_lr", p.init_lr), detail::check_given("min_lr", p.min_lr),
                             detail::check_rate("max_lr", p.max_lr)))
        return v;
    if (const violation v = detail::first_of(
            detail::check_at_most("min_lr", p.min_lr.rate(p.init_lr), p.init_lr, "must be at most init_lr"),
            detail::check_at_most("init_lr", p.init_lr, p.max_lr, "must be at most max_lr")))
        return v;
    if (p.factor == 0 || !detail::is_between_0_and(detail::towards_zero(1), p.factor))
        return detail::bad_rate("factor", p.factor, "must be above 0 and below 1");
    if (const violation v =
            detail::first_of(detail::check(detail::rule_of(p)), detail::check_metrics("patience", p.patience),
                             detail::check_metrics("cooldown", p.cooldown), detail::check_metrics("warmup", p.warmup),
                             detail::check_metrics("reset_start", p.reset_start)))
        return v;
    if (p.window_size < 0 || p.window_size > detail::longest_window)
        return detail::bad_count("window_size", p.window_size, "must be a number of metrics from 0 to 1000000");
    if (detail::check_rate("eps", p.eps))
        return detail::bad_rate("eps", p.eps, "must be finite, 0 or more");
    return {};
}

/// Which field of a state that came from outside cannot be, if any; what `greedy::update` takes for granted.
[[nodiscard]] PACER_HOST inline violation check(const greedy_state& s) noexcept {
    if (s.window.size() > static_cast<std::size_t>(detail::longest_window))
        return detail::missing("window", "must have at most 1000000 metrics");
    return detail::first_of(detail::check_rate("lr", s.lr), detail::check_best(s.best),
                            detail::check_count("good", s.good), detail::check_count("bad", s.bad),
                            detail::check_count("cooldown", s.cooldown), detail::check_count("warmup", s.warmup),
                            detail::check_count("at_min", s.at_min), detail::check_count("metrics", s.metrics));
}

/// Raises the rate while a metric gets better, and cuts it when it does not.
///
///     good   the metric is better than the best so far, by the threshold: best = metric, good = good + 1, bad = 0
///     bad    otherwise, and if the metric is NaN: bad = bad + 1, good = 0
///     rise   if good > patience: lr = min(lr / factor, max_lr); good = 0, and the next `warmup` metrics do not count
///     cut    if bad > patience: lr = max(lr factor, min_lr); bad = 0, and the next `cooldown` metrics do not count
///     reset  at the cut that is the `reset_start`-th at the floor since the last rise: as at the start
///
/// A change of at most `eps` is not made. With a `window_size`, metric is the mean of the last so many.
/// An error (`invalid_schedule`): a field outside the range its comment states.
/// Source: `GreedyLR` of transformers 5, with the same rates and counts to the last bit where nothing is averaged. There the mean
/// comes from a running sum, which rounds differently, and which one NaN spoils for ever; here a NaN is gone with its window.
/// Hugging Face's own floor of 1e-3 is above most rates: there such a rate rises and is never cut; here it is refused.
class greedy {
public:
    PACER_HOST constexpr explicit greedy(const greedy_params& p) : params_(p) { detail::require(check(p)); }

    /// What it was made from.
    [[nodiscard]] PACER_HOST constexpr const greedy_params& params() const noexcept { return params_; }

    /// The state before the first metric.
    [[nodiscard]] PACER_HOST greedy_state start() const {
        return {.lr = params_.init_lr, .best = detail::rule_of(params_).worst()};
    }

    /// The state after one more metric; its `lr` is the rate from here on.
    [[nodiscard]] PACER_HOST greedy_state update(greedy_state s, double metric) const {
        s.metrics += 1;
        const double current = averaged(s.window, metric);
        if (s.cooldown > 0 || s.warmup > 0) {
            (s.cooldown > 0 ? s.cooldown : s.warmup) -= 1;
            s.good = s.bad = 0;
            return s;
        }
        if (detail::rule_of(params_).is_better(current, s.best)) {
            s.best = current;
            s.good += 1;
            s.bad = 0;
        } else {
            s.bad += 1;
            s.good = 0;
        }
        if (s.good > params_.patience)
            rise(s);
        else if (s.bad > params_.patience)
            cut(s);
        return s;
    }

private:
    PACER_HOST double averaged(std::vector<double>& window, double metric) const {
        if (params_.window_size <= 1)
            return metric;
        const auto size = static_cast<std::size_t>(params_.window_size);
        if (window.size() >= size)
            window.erase(window.begin(), window.end() - static_cast<std::ptrdiff_t>(size - 1));
        window.push_back(metric);
        double sum = 0;
        for (const double m : window)
            sum += m;
        return sum / static_cast<double>(window.size());
    }

    PACER_HOST void rise(greedy_state& s) const noexcept {
        const double quotient = s.lr / params_.factor;
        const double lr = quotient < params_.max_lr ? quotient : params_.max_lr;
        if (lr - s.lr > params_.eps)
            s.lr = lr;
        s.good = 0;
        s.at_min = 0;
        s.warmup = params_.warmup;
    }

    PACER_HOST void cut(greedy_state& s) const {
        const double floor = params_.min_lr.rate(params_.init_lr);
        const double product = s.lr * params_.factor;
        const double lr = product > floor ? product : floor;
        if (s.lr - lr > params_.eps)
            s.lr = lr;
        s.bad = 0;
        if (s.lr <= floor && ++s.at_min >= params_.reset_start) {
            const step_t metrics = s.metrics;
            s = start();
            s.metrics = metrics;
        }
        s.cooldown = params_.cooldown;
    }

    greedy_params params_;
};

namespace detail {

inline constexpr std::string_view greedy_heading = "greedy 1";  // the number is the version of the format

PACER_HOST inline bool take_window(std::string_view& text, std::vector<double>& window) {
    if (!take_name(text, "window"))
        return false;
    while (!text.empty()) {
        if (!window.empty()) {
            if (text[0] != ',')
                return false;
            text.remove_prefix(1);
        }
        if (!take_value(text, window.emplace_back()))
            return false;
    }
    return true;
}

}  // namespace detail

/// The state as one line of text without the line's end, for a checkpoint: the same in every locale, and exact.
///
///     greedy 1 lr=0.05 best=0.3125 good=2 bad=0 cooldown=0 warmup=0 at_min=0 metrics=17 window=0.5,0.25
[[nodiscard]] PACER_HOST inline std::string to_text(const greedy_state& s) {
    std::string text(detail::greedy_heading);
    detail::append_field(text, "lr", s.lr);
    detail::append_field(text, "best", s.best);
    detail::append_field(text, "good", s.good);
    detail::append_field(text, "bad", s.bad);
    detail::append_field(text, "cooldown", s.cooldown);
    detail::append_field(text, "warmup", s.warmup);
    detail::append_field(text, "at_min", s.at_min);
    detail::append_field(text, "metrics", s.metrics);
    text += " window=";
    for (std::size_t i = 0; i < s.window.size(); ++i) {
        if (i > 0)
            text += ',';
        detail::append_value(text, s.window[i]);
    }
    return text;
}

/// The state that `to_text` wrote: to the bit. Any other text, also of another version, is an error
/// (`invalid_schedule`), and so is a state that cannot be.
[[nodiscard]] PACER_HOST inline greedy_state parse_greedy_state(std::string_view line) {
    if (line.substr(0, detail::greedy_heading.size()) != detail::greedy_heading)
        detail::reject(detail::missing("greedy state", "must begin with 'greedy 1'"));
    line.remove_prefix(detail::greedy_heading.size());
    greedy_state s;
    if (!detail::take_field(line, "lr", s.lr) || !detail::take_field(line, "best", s.best) ||
        !detail::take_field(line, "good", s.good) || !detail::take_field(line, "bad", s.bad) ||
        !detail::take_field(line, "cooldown", s.cooldown) || !detail::take_field(line, "warmup", s.warmup) ||
        !detail::take_field(line, "at_min", s.at_min) || !detail::take_field(line, "metrics", s.metrics) ||
        !detail::take_window(line, s.window))
        detail::reject(detail::missing("greedy state",
                                       "must be one line, 'greedy 1 lr=NUMBER best=NUMBER good=COUNT bad=COUNT "
                                       "cooldown=COUNT warmup=COUNT at_min=COUNT metrics=COUNT window=NUMBER,...'"));
    detail::require(check(s));
    return s;
}

}  // namespace pacer

#endif
