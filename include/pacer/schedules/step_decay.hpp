// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_STEP_DECAY_HPP
#define PACER_SCHEDULES_STEP_DECAY_HPP

#include <pacer/decays.hpp>
#include <pacer/schedules/named.hpp>

namespace pacer {

/// Parameters of `step_decay`.
template <Rate Real = double>
struct step_decay_params {
    using rate_type = Real;
    static constexpr const char* name = "step_decay";
    static constexpr const char* formula = "max(min_lr, P factor^k), k = (s - W) / every without its fraction";
    static constexpr const char* elsewhere = "- / `StepLR` / `exponential_decay` with `staircase`";

    Real peak_lr = -1;             ///< the rate after the warm-up; finite, 0 or more; must be given
    lr_or_ratio min_lr = 0.0;      ///< the floor: a rate or a `lr_ratio`, at most `peak_lr`; default none
    double factor = 0.1;           ///< what the rate is multiplied by each time, above 0 and at most 1
    step_t every = detail::unset;  ///< updates between two of them, 1 to 2^53; must be given
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
        visit(fields::factor, p.factor);
        visit(fields::every, p.every);
        visit(fields::total_steps_or_endless, p.total_steps);
        visit(fields::warmup, p.warmup);
        detail::visit_warmup_fields(p, visit);
        visit(fields::past_end, p.past_end);
    }
    PACER_HOST constexpr violation check() const noexcept { return detail::check_warmup(*this); }
    template <class Grade>
    PACER_HOST constexpr auto curve() const requires std::same_as<Grade, detail::plain_grade> {
        return detail::after_warmup<Grade>(
            *this, detail::stairs(detail::peak(*this), factor, detail::rate_of(min_lr, peak_lr), every));
    }
    PACER_HOST constexpr step_t kept_until() const noexcept { return endless; }
};

/// A linear warm-up of W updates, then `peak_lr`, multiplied by `factor` every n = `every` updates.
///
///     lr(s) = init_lr + (peak_lr - init_lr) s / W                for s < W (or as `first_step`, `warmup_shape` say)
///     lr(s) = max(min_lr, peak_lr factor^k)                      for s >= W, with k = (s - W) / n, rounded down
///
/// At step 0: `init_lr` (`peak_lr` if W = 0). At W: `peak_lr`, exactly; the first lower rate is that of update W + n. There
/// is no end unless `total_steps` gives one; past it, `past_end` (hold: the value at `total_steps`). Every rate is the
/// product of all its factors, rounded once: 1e-3 by 0.1 is 1e-4, then 1e-05, and a loop that multiplies may differ.
/// An error (`invalid_schedule`): `every` missing or below 1; `factor` outside (0, 1]; `min_lr` above `peak_lr`; a rate or
/// length that is missing, negative or not finite; a warm-up longer than `total_steps`, or a ratio of an endless run;
/// `past_end::wave`.
/// Source: PyTorch `StepLR` (`step_size` is every, `gamma` is factor).
template <class Real = double>
struct step_decay : detail::named<step_decay_params<Real>> {
    PACER_HOST constexpr explicit step_decay(const step_decay_params<Real>& p) : step_decay::named(p) {}
};
PACER_SCHEDULE(step_decay)

}  // namespace pacer

#endif
