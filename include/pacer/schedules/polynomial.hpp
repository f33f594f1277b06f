// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_POLYNOMIAL_HPP
#define PACER_SCHEDULES_POLYNOMIAL_HPP

#include <pacer/lr_ratio.hpp>
#include <pacer/schedules/named.hpp>

namespace pacer {

/// Parameters of `polynomial`.
template <Rate Real = double>
struct polynomial_params {
    using rate_type = Real;
    static constexpr const char* name = "polynomial";
    static constexpr const char* formula = "end_lr + (P - end_lr) (1 - r)^power";
    static constexpr const char* elsewhere = "`polynomial` / `PolynomialLR` / `polynomial_schedule`";

    Real peak_lr = -1;                   ///< the rate after the warm-up; finite, 0 or more; must be given
    lr_or_ratio end_lr = 0.0;            ///< the rate at the end: a rate or a `lr_ratio`; it may be above `peak_lr`
    double power = 1;                    ///< the exponent; above 0, finite
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
        visit(fields::power, p.power);
        visit(fields::total_steps, p.total_steps);
        visit(fields::warmup, p.warmup);
        detail::visit_warmup_fields(p, visit);
        visit(fields::past_end, p.past_end);
    }
    PACER_HOST constexpr violation check() const noexcept { return detail::check_warmup(*this); }
    template <class Grade>
    PACER_HOST constexpr auto curve() const {
        const double end = detail::rate_of(end_lr, peak_lr);
        return detail::after_warmup<Grade>(*this, detail::decay_ramp<Grade>(*this, end, shapes::power{power}));
    }
};

/// A linear warm-up of W updates, then a polynomial decay to `end_lr` at T = `total_steps`.
///
///     lr(s) = init_lr + (peak_lr - init_lr) s / W                           for s < W (or as `first_step` says)
///     lr(s) = end_lr + (peak_lr - end_lr) (1 - (s - W) / (T - W))^power     for W <= s < T
///     lr(s) = end_lr                                                        for s >= T (hold)
///
/// At step 0: `init_lr` (`peak_lr` if W = 0). At W: `peak_lr`. At T and past the end: `end_lr`. All exact.
/// An error (`invalid_schedule`): as for `linear`, and a power that is not above 0 or not finite.
/// Source: Hugging Face `get_polynomial_decay_schedule_with_warmup` (transformers 4 and 5), whose `lr_end` is 1e-7
/// unless given; PyTorch's PolynomialLR is the same without warm-up, to 0.
template <class Real = double>
struct polynomial : detail::named<polynomial_params<Real>> {
    PACER_HOST constexpr explicit polynomial(const polynomial_params<Real>& p) : polynomial::named(p) {}
};
PACER_SCHEDULE(polynomial)

}  // namespace pacer

#endif
