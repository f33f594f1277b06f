// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_OPTAX_HPP
#define PACER_DIALECTS_OPTAX_HPP

/// Optax's schedules, under Optax's names, parameters and defaults. Optax counts updates from 0, as pacer does. Every
/// schedule holds its last rate.
///
/// What Optax accepts without a word and this refuses (`invalid_schedule`): negative rates and lengths, a `decay_rate` of 0
/// or above 1, an end of an exponential decay above its start. `join_schedules` is `pacer::join`.
/// Source: optax 0.2, `schedules/_schedule.py`.

#include <pacer/dialects/dialect.hpp>

namespace pacer::optax {

using pacer::check;

namespace detail {

/// The shape of a ramp that is half a wave of a cosine, raised to a power: 1 - ((1 + cos(pi r)) / 2)^exponent of the rise is
/// done at r.
struct raised_cosine {
    using nameless = void;

    double exponent = 1;

    class profile {
    public:
        static constexpr bool is_unfused = true;

        PACER_HD constexpr profile(double rise, double n, const raised_cosine& shape) noexcept
            : rise_(rise),
              n_(n),
              is_plain_(shape.exponent == 1),
              wave_(is_plain_ ? rise : 1, n),
              power_(shape.exponent) {}

        [[nodiscard]] PACER_HD constexpr double done(double x) const noexcept {
            if (is_plain_)
                return wave_.done(x);
            return pacer::detail::times(rise_, pacer::detail::at_most_half(1 - raised(n_ - x)));
        }
        [[nodiscard]] PACER_HD constexpr double left(double m) const noexcept {
            if (is_plain_)
                return wave_.left(m);
            return pacer::detail::times(-rise_, pacer::detail::at_most_half(raised(m)));
        }

    private:
        PACER_HD constexpr double raised(double m) const noexcept {
            const double half = n_ * 0.5;
            const double wave = m <= half ? wave_.done(m) : 1 - wave_.done(n_ - m);
            return wave > 0 ? power_(wave, 1) : 0;
        }

        double rise_;
        double n_;
        bool is_plain_;
        pacer::detail::half_wave wave_;
        pacer::detail::prepared_power power_;
    };

    /// By bisection: the fraction at which the cosine is 2^(1 - 1 / exponent) - 1.
    [[nodiscard]] PACER_HD constexpr double split_point() const noexcept {
        if (exponent == 1)
            return 0.5;
        const profile unit(1, 1, *this);
        double low = 0;
        double high = 1;
        for (int k = 0; k < 60; ++k) {
            const double middle = (low + high) * 0.5;
            (unit.left(1 - middle) > -0.5 ? high : low) = middle;
        }
        return high;
    }
};

}  // namespace detail

/// Parameters of `constant_schedule`.
struct constant_schedule_params {
    using rate_type = double;
    static constexpr const char* name = "optax::constant_schedule";

    double value = -1;  ///< the rate; finite, 0 or more; must be given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("value", "the rate"), p.value);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const { return constant<>({.peak_lr = value}); }
};

/// One rate for ever: lr(s) = value.
using constant_schedule = pacer::detail::dialect_schedule<constant_schedule_params>;

/// Parameters of `linear_schedule`.
struct linear_schedule_params {
    using rate_type = double;
    static constexpr const char* name = "optax::linear_schedule";

    double init_value = -1;                          ///< the first rate; finite, 0 or more; must be given
    double end_value = -1;                           ///< the last; may be above the first; must be given
    step_t transition_steps = pacer::detail::unset;  ///< updates between the two, 0 to 2^53; must be given
    step_t transition_begin = 0;                     ///< updates at the first rate before it changes

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("init_value", "the first rate"), p.init_value);
        visit(fields::rate("end_value", "the last rate"), p.end_value);
        visit(fields::as_length(fields::updates("transition_steps", "updates between the two")), p.transition_steps);
        visit(fields::updates("transition_begin", "updates at the first rate"), p.transition_begin);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return delay(linear<>({.peak_lr = init_value,
                               .end_lr = transition_steps == 0 ? init_value : end_value,
                               .total_steps = transition_steps}),
                     transition_begin);
    }
};

/// A straight line between two rates. With n = transition_steps and x = s - transition_begin:
///
///     lr(s) = init_value + (end_value - init_value) x / n, x kept between 0 and n
///
/// At transition_begin: `init_value`. n updates later and past it: `end_value`. Both exact. With n = 0 it stays at
/// `init_value` for ever, as in Optax.
using linear_schedule = pacer::detail::dialect_schedule<linear_schedule_params>;

/// Parameters of `polynomial_schedule`.
struct polynomial_schedule_params {
    using rate_type = double;
    static constexpr const char* name = "optax::polynomial_schedule";

    double init_value = -1;                          ///< the first rate; finite, 0 or more; must be given
    double end_value = -1;                           ///< the last; may be above the first; must be given
    double power = -1;                               ///< the exponent, above 0; must be given
    step_t transition_steps = pacer::detail::unset;  ///< updates between the two, 0 to 2^53; must be given
    step_t transition_begin = 0;                     ///< updates at the first rate before it changes

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("init_value", "the first rate"), p.init_value);
        visit(fields::rate("end_value", "the last rate"), p.end_value);
        visit(fields::power, p.power);
        visit(fields::as_length(fields::updates("transition_steps", "updates between the two")), p.transition_steps);
        visit(fields::updates("transition_begin", "updates at the first rate"), p.transition_begin);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return delay(polynomial<>({.peak_lr = init_value,
                                   .end_lr = transition_steps == 0 ? init_value : end_value,
                                   .power = power,
                                   .total_steps = transition_steps}),
                     transition_begin);
    }
};

/// A polynomial between two rates. With n = transition_steps and x = s - transition_begin, kept between 0 and n:
///
///     lr(s) = end_value + (init_value - end_value) (1 - x / n)^power
///
/// Exact at both ends. With n = 0 it stays at `init_value` for ever, as in Optax.
using polynomial_schedule = pacer::detail::dialect_schedule<polynomial_schedule_params>;

/// Parameters of `cosine_decay_schedule`.
struct cosine_decay_schedule_params {
    using rate_type = double;
    static constexpr const char* name = "optax::cosine_decay_schedule";

    double init_value = -1;                     ///< the first rate; finite, 0 or more; must be given
    step_t decay_steps = pacer::detail::unset;  ///< the length in updates, 1 to 2^53; must be given
    double alpha = 0;                           ///< the last rate, as a fraction of the first, 0 to 1
    double exponent = 1;                        ///< of the cosine, above 0

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("init_value", "the first rate"), p.init_value);
        visit(fields::as_length(fields::updates_from_1("decay_steps", "the length")), p.decay_steps);
        visit(fields::fraction("alpha", "the last rate, as a fraction of the first"), p.alpha);
        visit(fields::number_above_0("exponent", "of the cosine"), p.exponent);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return ramp(init_value, init_value * alpha, static_cast<double>(decay_steps), detail::raised_cosine{exponent});
    }
};

/// Half a wave of a cosine, which may be raised to a power. T = decay_steps.
///
///     lr(s) = init_value (alpha + (1 - alpha) ((1 + cos(pi s / T)) / 2)^exponent)    for 0 <= s < T
///     lr(s) = init_value alpha                                                       for s >= T
///
/// Exact at 0 and from T on.
using cosine_decay_schedule = pacer::detail::dialect_schedule<cosine_decay_schedule_params>;

/// Parameters of `exponential_decay`.
struct exponential_decay_params {
    using rate_type = double;
    static constexpr const char* name = "optax::exponential_decay";

    double init_value = -1;                          ///< the first rate; finite, 0 or more; must be given
    step_t transition_steps = pacer::detail::unset;  ///< updates for one `decay_rate`, 1 to 2^53; must be given
    double decay_rate = -1;                          ///< the factor, above 0 and at most 1; must be given
    step_t transition_begin = 0;                     ///< updates at the first rate before it falls
    bool staircase = false;                          ///< whether it falls only every `transition_steps`
    double end_value = pacer::detail::unset;         ///< the floor, at most `init_value`; none if it is not given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("init_value", "the first rate"), p.init_value);
        visit(fields::updates_from_1("transition_steps", "updates for one decay_rate"), p.transition_steps);
        visit(fields::fraction_above_0("decay_rate", "the factor"), p.decay_rate);
        visit(fields::updates("transition_begin", "updates at the first rate"), p.transition_begin);
        visit(fields::flag("staircase", "whether it falls only every transition_steps"), p.staircase);
        visit(fields::optional_rate("end_value", "the floor"), p.end_value);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_at_most("end_value", end_value, init_value, "must be at most init_value");
    }
    PACER_HOST constexpr auto schedule() const {
        // Optax takes `end_value` for an upper bound unless the rate falls.
        const bool is_bound = decay_rate == 1 && end_value != pacer::detail::unset;
        return delay(exponential<>({.peak_lr = is_bound ? end_value : init_value,
                                    .min_lr = end_value == pacer::detail::unset ? 0 : end_value,
                                    .gamma = decay_rate,
                                    .every = transition_steps,
                                    .staircase = staircase}),
                     transition_begin);
    }
};

/// A decay by a factor. With n = transition_steps and x = s - transition_begin, at least 0:
///
///     lr(s) = max(end_value, init_value decay_rate^(x / n)), x / n rounded down with `staircase`
///
/// Until transition_begin: `init_value`, exactly (with a `decay_rate` of 1, `end_value` throughout). It has no end.
using exponential_decay = pacer::detail::dialect_schedule<exponential_decay_params>;

/// Parameters of `warmup_constant_schedule`.
struct warmup_constant_schedule_params {
    using rate_type = double;
    static constexpr const char* name = "optax::warmup_constant_schedule";

    double init_value = -1;                      ///< the first rate; finite, 0 or more; must be given
    double peak_value = -1;                      ///< the rate after the warm-up; must be given
    step_t warmup_steps = pacer::detail::unset;  ///< updates, 0 to 2^53; must be given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("init_value", "the first rate"), p.init_value);
        visit(fields::rate("peak_value", "the rate after the warm-up"), p.peak_value);
        visit(fields::updates("warmup_steps", "the length of the warm-up"), p.warmup_steps);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return constant_with_warmup<>({.peak_lr = warmup_steps == 0 ? init_value : peak_value,
                                       .warmup = pacer::warmup_steps(warmup_steps),
                                       .init_lr = init_value});
    }
};

/// A linear warm-up from `init_value` to `peak_value`, which it holds. Both exact. With `warmup_steps` of 0 it stays at
/// `init_value` for ever, as in Optax.
using warmup_constant_schedule = pacer::detail::dialect_schedule<warmup_constant_schedule_params>;

/// Parameters of `warmup_cosine_decay_schedule`.
struct warmup_cosine_decay_schedule_params {
    using rate_type = double;
    static constexpr const char* name = "optax::warmup_cosine_decay_schedule";

    double init_value = -1;                      ///< the first rate; finite, 0 or more; must be given
    double peak_value = -1;                      ///< the rate after the warm-up; must be given
    step_t warmup_steps = pacer::detail::unset;  ///< updates, 0 to `decay_steps`; must be given
    step_t decay_steps = pacer::detail::unset;   ///< the length, warm-up included, 0 to 2^53; must be given
    double end_value = 0;                        ///< the last rate
    double exponent = 1;                         ///< of the cosine, above 0

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("init_value", "the first rate"), p.init_value);
        visit(fields::rate("peak_value", "the rate after the warm-up"), p.peak_value);
        visit(fields::updates("warmup_steps", "the length of the warm-up"), p.warmup_steps);
        visit(fields::as_length(fields::updates("decay_steps", "the length, warm-up included")), p.decay_steps);
        visit(fields::rate("end_value", "the last rate"), p.end_value);
        visit(fields::number_above_0("exponent", "of the cosine"), p.exponent);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_at_most("warmup_steps", warmup_steps, decay_steps, "must be at most decay_steps");
    }
    PACER_HOST constexpr auto schedule() const {
        return join(linear_warmup<>({.peak_lr = peak_value, .total_steps = warmup_steps, .init_lr = init_value}),
                    warmup_steps,
                    ramp(peak_value, end_value, static_cast<double>(decay_steps - warmup_steps),
                         detail::raised_cosine{exponent}));
    }
};

/// A linear warm-up of W updates, then half a wave of a cosine. T = decay_steps, which includes the warm-up.
///
///     lr(s) = init_value + (peak_value - init_value) s / W                                       for s < W
///     lr(s) = end_value + (peak_value - end_value) ((1 + cos(pi (s - W) / (T - W))) / 2)^exponent  for W <= s < T
///     lr(s) = end_value                                                                          for s >= T
///
/// Exact at 0, W and from T on. Optax refuses W = T; here the end wins. Optax ignores `end_value` if `peak_value` is 0.
using warmup_cosine_decay_schedule = pacer::detail::dialect_schedule<warmup_cosine_decay_schedule_params>;

/// Parameters of `warmup_exponential_decay_schedule`.
struct warmup_exponential_decay_schedule_params {
    using rate_type = double;
    static constexpr const char* name = "optax::warmup_exponential_decay_schedule";

    double init_value = -1;                          ///< the first rate; finite, 0 or more; must be given
    double peak_value = -1;                          ///< the rate after the warm-up; must be given
    step_t warmup_steps = pacer::detail::unset;      ///< updates, 0 to 2^53; must be given
    step_t transition_steps = pacer::detail::unset;  ///< updates for one `decay_rate`, 1 to 2^53; must be given
    double decay_rate = -1;                          ///< the factor, above 0 and at most 1; must be given
    step_t transition_begin = 0;                     ///< updates at the peak before it falls
    bool staircase = false;                          ///< whether it falls only every `transition_steps`
    double end_value = pacer::detail::unset;         ///< the floor, at most `peak_value`; none if it is not given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("init_value", "the first rate"), p.init_value);
        visit(fields::rate("peak_value", "the rate after the warm-up"), p.peak_value);
        visit(fields::updates("warmup_steps", "the length of the warm-up"), p.warmup_steps);
        visit(fields::updates_from_1("transition_steps", "updates for one decay_rate"), p.transition_steps);
        visit(fields::fraction_above_0("decay_rate", "the factor"), p.decay_rate);
        visit(fields::updates("transition_begin", "updates at the peak"), p.transition_begin);
        visit(fields::flag("staircase", "whether it falls only every transition_steps"), p.staircase);
        visit(fields::optional_rate("end_value", "the floor"), p.end_value);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_at_most("end_value", end_value, peak_value, "must be at most peak_value");
    }
    PACER_HOST constexpr auto schedule() const {
        return join(linear_warmup<>({.peak_lr = peak_value, .total_steps = warmup_steps, .init_lr = init_value}),
                    warmup_steps,
                    exponential_decay_params{.init_value = peak_value,
                                             .transition_steps = transition_steps,
                                             .decay_rate = decay_rate,
                                             .transition_begin = transition_begin,
                                             .staircase = staircase,
                                             .end_value = end_value}
                        .schedule());
    }
};

/// A linear warm-up of W updates from `init_value` to `peak_value`, then `exponential_decay`, which counts from its own
/// start. Exact at 0 and W.
using warmup_exponential_decay_schedule = pacer::detail::dialect_schedule<warmup_exponential_decay_schedule_params>;

/// Parameters of `piecewise_constant_schedule`. Optax has one dictionary for boundaries and scales.
struct piecewise_constant_schedule_params {
    using rate_type = double;
    static constexpr const char* name = "optax::piecewise_constant_schedule";

    double init_value = -1;     ///< the first rate; finite, 0 or more; must be given
    list<step_t> boundaries{};  ///< the steps at which it changes, not decreasing; at most 16 (15 if none of them is 0)
    list<double> scales{};      ///< what it is multiplied by at each of them

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("init_value", "the first rate"), p.init_value);
        visit(fields::several("boundaries", "the steps at which it changes"), p.boundaries);
        visit(fields::several("scales", "what it is multiplied by at each of them"), p.scales);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_scales("boundaries", init_value, boundaries, scales);
    }
    PACER_HOST constexpr auto schedule() const {
        const pacer::detail::scaled_rates all(init_value, boundaries, scales);
        return piecewise<>(
            {.at = all.at, .rates = all.rates, .interpolation = interpolation::constant, .total_steps = endless});
    }
};

/// Stairs: lr(s) = init_value times the scales of all boundaries that are <= s, multiplied in their order.
using piecewise_constant_schedule = pacer::detail::dialect_schedule<piecewise_constant_schedule_params>;

/// What is between two boundaries.
enum class interpolate_type : unsigned char { linear, cosine };

}  // namespace pacer::optax

template <>
struct pacer::detail::names<pacer::optax::interpolate_type> {
    static constexpr const char* type = "optax::interpolate_type";
    static constexpr const char* values[] = {"linear", "cosine"};
};

namespace pacer::optax {

/// Parameters of `piecewise_interpolate_schedule`. Optax has one dictionary for boundaries and scales.
struct piecewise_interpolate_schedule_params {
    using rate_type = double;
    static constexpr const char* name = "optax::piecewise_interpolate_schedule";

    optax::interpolate_type interpolate_type = optax::interpolate_type::linear;  ///< what is between two boundaries
    double init_value = -1;  ///< the first rate; finite, 0 or more; must be given
    list<step_t>
        boundaries{};       ///< the steps whose rates are given, not decreasing; at most 16 (15 if none of them is 0)
    list<double> scales{};  ///< the rate at each of them, as a multiple of the one before

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::choice("interpolate_type", "what is between two boundaries"), p.interpolate_type);
        visit(fields::rate("init_value", "the first rate"), p.init_value);
        visit(fields::several("boundaries", "the steps whose rates are given"), p.boundaries);
        visit(fields::several("scales", "the rate at each of them, as a multiple of the one before"), p.scales);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_scales("boundaries", init_value, boundaries, scales);
    }
    PACER_HOST constexpr auto schedule() const {
        const pacer::detail::scaled_rates all(init_value, boundaries, scales);
        return piecewise<>({.at = all.at,
                            .rates = all.rates,
                            .interpolation = interpolate_type == optax::interpolate_type::linear
                                                 ? interpolation::linear
                                                 : interpolation::cosine});
    }
};

/// Rates at given steps, and between two of them a straight line or half a wave of a cosine. Exact at each; after the last
/// boundary its rate.
using piecewise_interpolate_schedule = pacer::detail::dialect_schedule<piecewise_interpolate_schedule_params>;

/// Parameters of `cosine_onecycle_schedule`.
struct cosine_onecycle_schedule_params {
    using rate_type = double;
    static constexpr const char* name = "optax::cosine_onecycle_schedule";

    step_t transition_steps = pacer::detail::unset;  ///< the length in updates, 1 to 2^53; must be given
    double peak_value = -1;                          ///< the highest rate; finite, 0 or more; must be given
    double pct_start = 0.3;                          ///< how much of the run the rise takes, 0 to 1
    double div_factor = 25;                          ///< what the peak is divided by for the first rate, 1 or more
    double final_div_factor = 10'000;                ///< what that is divided by for the last rate, 1 or more

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::as_length(fields::updates_from_1("transition_steps", "the length")), p.transition_steps);
        visit(fields::rate("peak_value", "the highest rate"), p.peak_value);
        visit(fields::fraction("pct_start", "how much of the run the rise takes"), p.pct_start);
        visit(fields::number_from_1("div_factor", "the peak over the first rate"), p.div_factor);
        visit(fields::number_from_1("final_div_factor", "the first rate over the last"), p.final_div_factor);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return piecewise<>({.at = {0, pacer::detail::floor_to_int(pct_start * static_cast<double>(transition_steps)),
                                   transition_steps},
                            .rates = {peak_value / div_factor, peak_value, peak_value / div_factor / final_div_factor},
                            .interpolation = interpolation::cosine});
    }
};

/// One cycle of two half waves of a cosine: up from peak_value / div_factor to `peak_value` at the whole part of pct_start T,
/// and down to peak_value / (div_factor final_div_factor) at T = transition_steps, which it holds. Exact at all three.
/// Where the rise fills the run (pct_start = 1) Optax loses it and falls from the first rate; here it rises.
using cosine_onecycle_schedule = pacer::detail::dialect_schedule<cosine_onecycle_schedule_params>;

/// Parameters of `linear_onecycle_schedule`.
struct linear_onecycle_schedule_params {
    using rate_type = double;
    static constexpr const char* name = "optax::linear_onecycle_schedule";

    step_t transition_steps = pacer::detail::unset;  ///< the length in updates, 1 to 2^53; must be given
    double peak_value = -1;                          ///< the highest rate; finite, 0 or more; must be given
    double pct_start = 0.3;                          ///< where of the run the rise ends, 0 to 1
    double pct_final = 0.85;                         ///< where of the run the first rate is reached again, 0 to 1
    double div_factor = 25;                          ///< what the peak is divided by for the first rate, 1 or more
    double final_div_factor = 10'000;                ///< what that is divided by for the last rate, 1 or more

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::as_length(fields::updates_from_1("transition_steps", "the length")), p.transition_steps);
        visit(fields::rate("peak_value", "the highest rate"), p.peak_value);
        visit(fields::fraction("pct_start", "where of the run the rise ends"), p.pct_start);
        visit(fields::fraction("pct_final", "where of the run the first rate is reached again"), p.pct_final);
        visit(fields::number_from_1("div_factor", "the peak over the first rate"), p.div_factor);
        visit(fields::number_from_1("final_div_factor", "the first rate over the last"), p.final_div_factor);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_at_most("pct_start", pct_start, pct_final, "must be at most pct_final");
    }
    PACER_HOST constexpr auto schedule() const {
        const auto part = [this](double of) {
            return pacer::detail::floor_to_int(of * static_cast<double>(transition_steps));
        };
        const double first = peak_value / div_factor;
        return piecewise<>({.at = {0, part(pct_start), part(pct_final), transition_steps},
                            .rates = {first, peak_value, first, first / final_div_factor}});
    }
};

/// One cycle of three straight lines: up from peak_value / div_factor to `peak_value` at the whole part of pct_start T, down
/// as far at that of pct_final T, and to peak_value / (div_factor final_div_factor) at T = transition_steps, which it holds.
/// Exact at all four. Where two of these steps are one, Optax loses a phase; here the later rate holds from there.
using linear_onecycle_schedule = pacer::detail::dialect_schedule<linear_onecycle_schedule_params>;

/// Several `warmup_cosine_decay_schedule`, one after the other, each for its `decay_steps`: Optax's `sgdr_schedule`.
template <std::same_as<warmup_cosine_decay_schedule_params>... Rest>
[[nodiscard]] PACER_HOST constexpr auto sgdr_schedule(const warmup_cosine_decay_schedule_params& first,
                                                      const Rest&... rest) {
    if constexpr (sizeof...(Rest) == 0)
        return warmup_cosine_decay_schedule(first);
    else
        return join(warmup_cosine_decay_schedule(first), first.decay_steps, optax::sgdr_schedule(rest...));
}

using schedules =
    pacer::detail::dialect_list<constant_schedule, linear_schedule, polynomial_schedule, cosine_decay_schedule,
                                exponential_decay, warmup_constant_schedule, warmup_cosine_decay_schedule,
                                warmup_exponential_decay_schedule, piecewise_constant_schedule,
                                piecewise_interpolate_schedule, cosine_onecycle_schedule, linear_onecycle_schedule>;

}  // namespace pacer::optax

#endif
