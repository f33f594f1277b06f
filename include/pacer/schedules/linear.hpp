// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_LINEAR_HPP
#define PACER_SCHEDULES_LINEAR_HPP

#include <pacer/lr_ratio.hpp>
#include <pacer/schedules/named.hpp>

namespace pacer {

/// Parameters of `linear`.
template <Rate Real = double>
struct linear_params {
    using rate_type = Real;
    static constexpr const char* name = "linear";
    static constexpr const char* formula = "P - (P - end_lr) r";
    static constexpr const char* elsewhere = "`linear` / `LinearLR` / `linear_schedule`";

    Real peak_lr = -1;                   ///< the rate after the warm-up; finite, 0 or more; must be given
    lr_or_ratio end_lr = 0.0;            ///< the rate at the end: a rate or a `lr_ratio`; it may be above `peak_lr`
    step_t total_steps = detail::unset;  ///< the length, warm-up included, in updates, 0 to 2^53; must be given
    pacer::warmup warmup{};              ///< `warmup_steps`, `warmup_ratio` or `no_warmup` (default)
    ramp_shape warmup_shape = ramp_shape::linear;  ///< the shape of a decay, run backwards
    Real init_lr = 0;                              ///< the rate the warm-up starts from; it may be above `peak_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;  ///< whether update 0 has `init_lr`
    pacer::past_end past_end = pacer::past_end::hold;             ///< the rate past the end

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::peak_lr, p.peak_lr);
        visit(fields::end_lr, p.end_lr);
        visit(fields::total_steps, p.total_steps);
        visit(fields::warmup, p.warmup);
        detail::visit_warmup_fields(p, visit);
        visit(fields::past_end, p.past_end);
    }
    PACER_HOST constexpr violation check() const noexcept { return detail::check_warmup(*this); }
    template <class Grade>
    PACER_HOST constexpr auto curve() const {
        const double end = detail::rate_of(end_lr, peak_lr);
        return detail::after_warmup<Grade>(*this, detail::decay_ramp<Grade>(*this, end, shapes::linear{}));
    }
};

/// A linear warm-up of W updates, then a linear decay to `end_lr` at T = `total_steps`.
///
///     lr(s) = init_lr + (peak_lr - init_lr) s / W              for s < W (or as `first_step` says)
///     lr(s) = peak_lr - (peak_lr - end_lr) (s - W) / (T - W)   for W <= s < T
///     lr(s) = end_lr                                           for s >= T (hold)
///
/// At step 0: `init_lr` (`peak_lr` if W = 0). At W: `peak_lr`. At T and past the end: `end_lr`. All exact. If W = T the
/// run ends as the peak is reached, and lr(T) is `end_lr`.
/// An error (`invalid_schedule`): a rate or length that is missing, negative or not finite; a ratio outside [0, 1]; a warm-up longer than `total_steps`; `past_end::wave`.
/// Source: Hugging Face `get_linear_schedule_with_warmup` (transformers 4 and 5), which has no `end_lr`.
template <class Real = double>
struct linear : detail::named<linear_params<Real>> {
    PACER_HOST constexpr explicit linear(const linear_params<Real>& p) : linear::named(p) {}
};
PACER_SCHEDULE(linear)

}  // namespace pacer

#endif
