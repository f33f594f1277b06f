// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_INVERSE_TIME_HPP
#define PACER_SCHEDULES_INVERSE_TIME_HPP

#include <pacer/decays.hpp>
#include <pacer/lr_ratio.hpp>
#include <pacer/schedules/named.hpp>

namespace pacer {
namespace detail {

struct inverse_time_decay {
    double peak;
    double lowest;
    double decay_rate;
    double every;
    double begun;  // what is behind of a fractional warm-up
    step_t stair;  // updates of one stair; 0: there are none
    prepared_power power;

    PACER_ALWAYS_INLINE PACER_HD constexpr double operator()(double x) const noexcept { return at(x + begun, every); }
    [[nodiscard]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        return stair == 0 ? (*this)(static_cast<double>(step)) : on_stair(step / stair);
    }

    /// See segments.hpp.
    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        if (stair > 0) {
            visit_stairs(steps, stair, [&](step_t number, step_range same) {
                v.constant(on_stair(number), same.count);
                return true;
            });
            return;
        }
        const step_t exact = steps.until(longest + 1);
        if (exact > 0)
            v.segment(*this, steps.take(exact));
        if (exact < steps.count)
            v.each(*this, steps.drop(exact));
    }

private:
    PACER_HD constexpr double on_stair(step_t number) const noexcept { return at(static_cast<double>(number), 1); }
    // x of n after the start. The power magnifies what is rounded in the divisor, so it must be small; to put that right
    // would cost the order of the rates.
    PACER_ALWAYS_INLINE PACER_HD constexpr double at(double x, double n) const noexcept {
        const double divisor = n + times(decay_rate, x);
        const double rate = times(peak, power.twice() == 2 ? n / divisor : power(n, divisor));
        return rate > lowest ? rate : lowest;
    }
};

}  // namespace detail

/// Parameters of `inverse_time`.
template <Rate Real = double>
struct inverse_time_params {
    using rate_type = Real;
    static constexpr const char* name = "inverse_time";
    static constexpr const char* formula = "max(min_lr, P / (1 + decay_rate (s - W) / every)^power)";
    static constexpr const char* elsewhere = "- / - / -";

    Real peak_lr = -1;         ///< the rate after the warm-up; finite, 0 or more; must be given
    lr_or_ratio min_lr = 0.0;  ///< the floor: a rate or a `lr_ratio`, at most `peak_lr`; default none
    double decay_rate =
        detail::unset;             ///< what is added to the divisor every `every` updates, 0 to 1e200; must be given
    step_t every = 1;              ///< updates for one `decay_rate`, 1 to 2^53
    double power = 1;              ///< of the divisor, above 0 and at most 4
    bool staircase = false;        ///< whether the rate changes only every `every` updates
    step_t total_steps = endless;  ///< the length, warm-up included, in updates, 0 to 2^53, or `endless`
    pacer::warmup warmup{};        ///< `warmup_steps`, `warmup_ratio` (needs `total_steps`) or `no_warmup` (default)
    ramp_shape warmup_shape = ramp_shape::linear;  ///< the shape of a decay, run backwards
    Real init_lr = 0;                              ///< the rate the warm-up starts from; it may be above `peak_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;  ///< whether update 0 has `init_lr`
    pacer::past_end past_end = pacer::past_end::hold;             ///< the rate past the end

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::peak_lr, p.peak_lr);
        visit(fields::min_lr, p.min_lr);
        visit(field{.name = "decay_rate",
                    .kind = quantity::number,
                    .about = "what is added to the divisor every `every` updates",
                    .rule = "must be from 0 to 1e200",
                    .highest = 1e200},
              p.decay_rate);
        visit(field{.name = "every",
                    .kind = quantity::steps,
                    .about = "updates for one decay_rate",
                    .rule = "must be 1 or more",
                    .lowest = 1},
              p.every);
        visit(field{.name = "power",
                    .kind = quantity::number,
                    .about = "of the divisor",
                    .rule = "must be above 0 and at most 4",
                    .highest = 4,
                    .above_lowest = true},
              p.power);
        visit(field{"staircase", quantity::flag, "whether the rate changes only every `every` updates"}, p.staircase);
        visit(fields::total_steps_or_endless, p.total_steps);
        visit(fields::warmup, p.warmup);
        detail::visit_warmup_fields(p, visit);
        visit(fields::past_end, p.past_end);
    }
    PACER_HOST constexpr violation check() const noexcept { return detail::check_warmup(*this); }
    template <class Grade>
    PACER_HOST constexpr auto curve() const requires std::same_as<Grade, detail::plain_grade> {
        return detail::after_warmup<Grade>(
            *this, detail::inverse_time_decay{.peak = detail::peak(*this),
                                              .lowest = detail::rate_of(min_lr, peak_lr),
                                              .decay_rate = decay_rate,
                                              .every = static_cast<double>(every),
                                              .begun = staircase ? 0 : detail::begun_after_warmup(*this),
                                              .stair = staircase ? every : 0,
                                              .power = detail::prepared_power(power)});
    }
    PACER_HOST constexpr step_t kept_until() const noexcept { return endless; }
};

/// A linear warm-up of W updates, then a decay with the inverse of the step.
///
///     lr(s) = init_lr + (peak_lr - init_lr) s / W                  for s < W (or as `first_step`, `warmup_shape` say)
///     lr(s) = max(min_lr, peak_lr / (1 + decay_rate x)^power)      for s >= W, where
///             x = (s - W) / every, with `staircase` rounded down to a whole number
///
/// At step 0: `init_lr` (`peak_lr` if W = 0). At W: `peak_lr`, exactly. There is no end unless `total_steps` gives one;
/// past it, `past_end` (hold: the value at `total_steps`).
/// An error (`invalid_schedule`): `decay_rate` missing or outside [0, 1e200]; `every` below 1; a power outside (0, 4]; `min_lr` above `peak_lr`; a rate or length that is missing, negative or not finite; a warm-up longer than
/// `total_steps`, or a ratio of an endless run; `past_end::wave`.
/// Source: Keras `InverseTimeDecay` (`decay_steps` is every); Caffe's and MNN's `inv` (its gamma is decay_rate); a power law
/// peak_lr (s / W)^-power after the warm-up has `decay_rate` 1 and `every` W.
template <class Real = double>
struct inverse_time : detail::named<inverse_time_params<Real>> {
    PACER_HOST constexpr explicit inverse_time(const inverse_time_params<Real>& p) : inverse_time::named(p) {}
};
PACER_SCHEDULE(inverse_time)

}  // namespace pacer

#endif
