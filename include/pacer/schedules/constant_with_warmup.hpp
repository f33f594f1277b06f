// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_CONSTANT_WITH_WARMUP_HPP
#define PACER_SCHEDULES_CONSTANT_WITH_WARMUP_HPP

#include <pacer/schedules/named.hpp>

namespace pacer {

/// Parameters of `constant_with_warmup`.
template <Rate Real = double>
struct constant_with_warmup_params {
    using rate_type = Real;
    static constexpr const char* name = "constant_with_warmup";
    static constexpr const char* formula = "P";
    static constexpr const char* elsewhere = "`constant_with_warmup` / - / `warmup_constant_schedule`";

    Real peak_lr = -1;             ///< the rate after the warm-up; finite, 0 or more; must be given
    step_t total_steps = endless;  ///< the length, warm-up included, in updates, 0 to 2^53, or `endless`
    pacer::warmup warmup{};        ///< `warmup_steps`, `warmup_ratio` (needs `total_steps`) or `no_warmup` (default)
    ramp_shape warmup_shape = ramp_shape::linear;  ///< the shape of a decay, run backwards
    Real init_lr = 0;                              ///< the rate the warm-up starts from; it may be above `peak_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;  ///< whether update 0 has `init_lr`
    pacer::past_end past_end = pacer::past_end::hold;             ///< the rate past the end

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::peak_lr, p.peak_lr);
        visit(fields::total_steps_or_endless, p.total_steps);
        visit(fields::warmup, p.warmup);
        detail::visit_warmup_fields(p, visit);
        visit(fields::past_end, p.past_end);
    }
    PACER_HOST constexpr violation check() const noexcept { return detail::check_warmup(*this); }
    template <class Grade>
    PACER_HOST constexpr auto curve() const {
        return detail::after_warmup<Grade>(*this, detail::flat{detail::peak(*this)});
    }
    PACER_HOST constexpr step_t kept_until() const noexcept { return endless; }
};

/// A linear warm-up of W updates, then the same rate for ever.
///
///     lr(s) = init_lr + (peak_lr - init_lr) s / W   for s < W (or as `first_step` says)
///     lr(s) = peak_lr                               for s >= W
///
/// At step 0: `init_lr` (`peak_lr` if W = 0). From W on, and past the end (hold): `peak_lr`. All exact.
/// An error (`invalid_schedule`): a rate that is missing, negative or not finite; a warm-up
/// longer than `total_steps`, or a ratio of an endless run; `past_end::wave`.
/// Source: Hugging Face `get_constant_schedule_with_warmup` (transformers 4 and 5).
template <class Real = double>
struct constant_with_warmup : detail::named<constant_with_warmup_params<Real>> {
    PACER_HOST constexpr explicit constant_with_warmup(const constant_with_warmup_params<Real>& p)
        : constant_with_warmup::named(p) {}
};
PACER_SCHEDULE(constant_with_warmup)

}  // namespace pacer

#endif
