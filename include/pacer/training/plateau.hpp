// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_PLATEAU_HPP
#define PACER_TRAINING_PLATEAU_HPP

/// Reduce on plateau: the rate is cut when a metric has stopped getting better.
///
///     constexpr pacer::plateau control{{.peak_lr = 0.1, .factor = 0.5, .patience = 3}};
///     pacer::plateau_state state = control.start();
///     for (...) {
///         train_one_epoch(state.lr);
///         state = control.update(state, validation_loss());   // the same metric on every rank: the same state
///     }
///
/// This is a controller, not a `Schedule`: what it gives depends on what it was fed. Its state is a small value that the
/// loop owns, and a checkpoint saves: `to_text(state)` and `parse_plateau_state(line)`.
///
/// With a schedule, the controller is a multiplier: give it a `.peak_lr` of 1, and take `cut(lr, state)(step)`.

#include <pacer/lr_ratio.hpp>
#include <pacer/schedule.hpp>
#include <pacer/segments.hpp>
#include <pacer/training/detail/state_text.hpp>
#include <pacer/training/metric.hpp>

namespace pacer {

/// Parameters of `plateau`; the defaults are PyTorch's.
struct plateau_params {
    double peak_lr = -1;  ///< the rate before the first cut; finite, 0 or more; must be given. 1 for a multiplier
    metric_mode mode = metric_mode::min;  ///< whether a lower metric is better, or a higher one
    double factor = 0.1;                  ///< what a cut multiplies the rate by; from 0 to less than 1
    step_t patience = 10;     ///< how many bad metrics in a row are put up with; one more is a cut. 0 to 2^53
    double threshold = 1e-4;  ///< finite, 0 or more
    pacer::threshold_mode threshold_mode = pacer::threshold_mode::relative;  ///< how `threshold` is meant
    step_t cooldown = 0;       ///< after a cut, how many metrics do not count as bad. 0 to 2^53
    lr_or_ratio min_lr = 0.0;  ///< the floor: a rate or a `lr_ratio`, at most `peak_lr`
    double eps = 1e-8;  ///< a cut by no more than this is not made: a rate. At rates near 1e-8 give a smaller one
};

/// What a `plateau` knows: trivially copyable, compared by value. PyTorch's names for the last four are best,
/// num_bad_epochs, cooldown_counter and last_epoch.
struct plateau_state {
    double lr = 0;        ///< the rate
    double best = 0;      ///< the best metric so far; the worst infinity before there is one
    step_t bad = 0;       ///< bad metrics since the last good one, cut or cooldown
    step_t cooldown = 0;  ///< metrics to come that do not count as bad
    step_t metrics = 0;   ///< metrics fed so far

    friend constexpr bool operator==(const plateau_state&, const plateau_state&) = default;
};

namespace detail {

PACER_HOST constexpr metric_rule rule_of(const plateau_params& p) noexcept {
    return {p.mode, p.threshold, p.threshold_mode};
}

}  // namespace detail

/// Which rule these parameters break, if any; what the constructor asks.
[[nodiscard]] PACER_HOST constexpr violation check(const plateau_params& p) noexcept {
    if (const violation v = detail::check_rate("peak_lr", p.peak_lr))
        return v;
    if (!detail::is_between_0_and(detail::towards_zero(1), p.factor))
        return detail::bad_rate("factor", p.factor, "must be from 0 to less than 1");
    if (const violation v =
            detail::first_of(detail::check(detail::rule_of(p)), detail::check_metrics("patience", p.patience),
                             detail::check_metrics("cooldown", p.cooldown)))
        return v;
    if (detail::check_rate("eps", p.eps))
        return detail::bad_rate("eps", p.eps, "must be finite, 0 or more");
    return detail::check("min_lr", p.min_lr, p.peak_lr);
}

/// Which field of a state that came from outside cannot be, if any; what `plateau::update` takes for granted.
[[nodiscard]] PACER_HOST constexpr violation check(const plateau_state& s) noexcept {
    return detail::first_of(detail::check_rate("lr", s.lr), detail::check_best(s.best),
                            detail::check_count("bad", s.bad), detail::check_count("cooldown", s.cooldown),
                            detail::check_count("metrics", s.metrics));
}

/// Cuts the rate when a metric has been no better for more than `patience` updates.
///
///     good   the metric is better than the best so far, by the threshold: best = metric, bad = 0
///     bad    otherwise, and if the metric is NaN: bad = bad + 1; but bad = 0 during a cooldown
///     cut    if bad > patience: lr = max(lr factor, min_lr) unless that is less than eps below lr;
///            bad = 0, and the next `cooldown` metrics do not count as bad
///
/// The first metric is good, unless it is NaN or the worst infinity. A controller is a value of parameters only;
/// `update` is a pure function. So all ranks that feed the same metric hold the same state, to the last bit.
/// An error (`invalid_schedule`): a field outside the range its comment states.
/// Source: PyTorch `ReduceLROnPlateau` (2.15), with the same rates to the last bit. It differs for negative metrics,
/// unless `torch_relative` is asked for: there PyTorch's threshold, best (1 + t) of a maximum, is on the wrong side of
/// the best, and takes a metric that is no better for an improvement. (Optax cuts one metric earlier: `.patience` of it
/// less 1.)
class plateau {
public:
    PACER_HOST constexpr explicit plateau(const plateau_params& p) : params_(p) { detail::require(check(p)); }

    /// What it was made from.
    [[nodiscard]] PACER_HOST constexpr const plateau_params& params() const noexcept { return params_; }

    /// The state before the first metric.
    [[nodiscard]] PACER_HOST constexpr plateau_state start() const noexcept {
        return {.lr = params_.peak_lr, .best = detail::rule_of(params_).worst()};
    }

    /// The state after one more metric; its `lr` is the rate from here on.
    [[nodiscard]] PACER_HOST constexpr plateau_state update(plateau_state s, double metric) const noexcept {
        s.metrics += s.metrics < endless - 1 ? 1 : 0;
        if (is_better(metric, s.best)) {
            s.best = metric;
            s.bad = 0;
        } else {
            s.bad += 1;
        }
        if (s.cooldown > 0) {
            s.cooldown -= 1;
            s.bad = 0;
        }
        if (s.bad > params_.patience) {
            const double floor = params_.min_lr.rate(params_.peak_lr);
            const double product = s.lr * params_.factor;
            const double lr = product > floor ? product : floor;
            if (s.lr - lr > params_.eps)
                s.lr = lr;
            s.cooldown = params_.cooldown;
            s.bad = 0;
        }
        return s;
    }

    /// Whether this metric would count as good after this best one.
    [[nodiscard]] PACER_HOST constexpr bool is_better(double metric, double best) const noexcept {
        return detail::rule_of(params_).is_better(metric, best);
    }

private:
    plateau_params params_;
};

namespace detail {

template <class S>
struct cut_schedule {
    S schedule;
    rate_t<S> multiplier;
    rate_t<S> min_lr;

    PACER_HD_UNCHECKED
    PACER_HD constexpr rate_t<S> operator()(step_t step) const noexcept(std::is_nothrow_invocable_v<const S&, step_t>) {
        const rate_t<S> rate = detail::ask(schedule, step);
        const rate_t<S> product = times(rate, multiplier);
        const rate_t<S> floor = rate < min_lr ? rate : min_lr;
        return product < floor ? floor : product;  // of a NaN, the NaN
    }
    PACER_REFUSE_FRACTIONAL_STEPS PACER_HD_UNCHECKED [[nodiscard]] PACER_HD constexpr step_t
    total_steps() const noexcept {
        return pacer::total_steps(schedule);
    }
};

}  // namespace detail

/// A schedule, cut as a controller with a `peak_lr` of 1 has cut it so far.
///
///     lr(s) = schedule(s) m                              m = state.lr
///     lr(s) = max(schedule(s) m, min(schedule(s), min_lr))    with a floor
///
/// It is a schedule itself: a snapshot, to be made again after each update of the state. A floor keeps cuts from going
/// below it, and leaves alone what the schedule does there on its own: a warm-up from 0 starts at 0.
/// An error (`invalid_schedule`): a `min_lr` or a `state.lr` that is not finite, or negative; a `state.lr` above 1.
template <Schedule S>
[[nodiscard]] PACER_HOST constexpr auto cut(const S& schedule, const plateau_state& state, rate_t<S> min_lr = 0) {
    detail::require(detail::first_of(detail::check_rate("state.lr", state.lr),
                                     detail::check_at_most("state.lr", state.lr, 1.0, "must be a multiplier, at most"),
                                     detail::check_rate("min_lr", static_cast<double>(min_lr))));
    return detail::cut_schedule<S>{schedule, static_cast<rate_t<S>>(state.lr), min_lr};
}

namespace detail {

inline constexpr std::string_view plateau_heading = "plateau 1";  // the number is the version of the format

}  // namespace detail

/// The state as one line of text without the line's end, for a checkpoint: the same in every locale, and exact.
///
///     plateau 1 lr=0.05 best=0.3125 bad=2 cooldown=0 metrics=17
[[nodiscard]] PACER_HOST inline std::string to_text(const plateau_state& s) {
    std::string text(detail::plateau_heading);
    detail::append_field(text, "lr", s.lr);
    detail::append_field(text, "best", s.best);
    detail::append_field(text, "bad", s.bad);
    detail::append_field(text, "cooldown", s.cooldown);
    detail::append_field(text, "metrics", s.metrics);
    return text;
}

/// The state that `to_text` wrote: to the bit. Any other text, also of another version, is an error
/// (`invalid_schedule`), and so is a state that cannot be.
[[nodiscard]] PACER_HOST inline plateau_state parse_plateau_state(std::string_view line) {
    if (line.substr(0, detail::plateau_heading.size()) != detail::plateau_heading)
        detail::reject(detail::missing("plateau state", "must begin with 'plateau 1'"));
    line.remove_prefix(detail::plateau_heading.size());
    plateau_state s;
    if (!detail::take_field(line, "lr", s.lr) || !detail::take_field(line, "best", s.best) ||
        !detail::take_field(line, "bad", s.bad) || !detail::take_field(line, "cooldown", s.cooldown) ||
        !detail::take_field(line, "metrics", s.metrics) || !line.empty())
        detail::reject(detail::missing(
            "plateau state",
            "must be one line, 'plateau 1 lr=NUMBER best=NUMBER bad=COUNT cooldown=COUNT metrics=COUNT'"));
    detail::require(check(s));
    return s;
}

}  // namespace pacer

#endif
