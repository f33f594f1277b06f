// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_LINEAR_WARMUP_HPP
#define PACER_SCHEDULES_LINEAR_WARMUP_HPP

#include <pacer/schedules/named.hpp>

namespace pacer {

/// Parameters of `linear_warmup`.
template <Rate Real = double>
struct linear_warmup_params {
    using rate_type = Real;
    static constexpr const char* name = "linear_warmup";
    static constexpr const char* formula = "P; the warm-up is all there is, W = T";
    static constexpr const char* elsewhere = "- / `LinearLR` / `linear_schedule`";

    Real peak_lr = -1;                             ///< the rate reached; finite, 0 or more; must be given
    step_t total_steps = detail::unset;            ///< the length of the ramp, in updates, 0 to 2^53; must be given
    ramp_shape warmup_shape = ramp_shape::linear;  ///< the shape of a decay, run backwards
    Real init_lr = 0;                              ///< the rate it starts from; it may be above `peak_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;  ///< whether update 0 has `init_lr`
    pacer::past_end past_end = pacer::past_end::hold;             ///< the rate past the end

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::peak_lr, p.peak_lr);
        visit(fields::total_steps, p.total_steps);
        detail::visit_warmup_fields(p, visit);
        visit(fields::past_end, p.past_end);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    template <class Grade>
    PACER_HOST constexpr auto curve() const {
        return detail::warmup_ramp<Grade>(static_cast<double>(init_lr), detail::peak(*this),
                                          static_cast<double>(total_steps), first_step, warmup_shape);
    }
    PACER_HOST constexpr step_t kept_until() const noexcept { return -1; }
    PACER_HOST constexpr violation check_stretching() const noexcept {
        return detail::missing("extend", "a curve that is only a warm-up has no tail");
    }
};

/// The bare ramp: a linear warm-up of W = `total_steps` updates and nothing else. To be joined with what follows it.
///
///     lr(s) = init_lr + (peak_lr - init_lr) s / W              (from_zero)
///     lr(s) = init_lr + (peak_lr - init_lr) (s + 1) / W        (from_first)
///     lr(s) = init_lr + (peak_lr - init_lr) (s + 1) / (W + 1)  (over_plus_one)
///
/// At step 0: `init_lr` exactly (from_zero). At W and past the end: `peak_lr` exactly (hold).
/// An error (`invalid_schedule`): a rate or length that is missing, negative or not finite;
/// `past_end::wave`. Source: the warm-up of Hugging Face's schedules (from_zero) and llm.c's (from_first).
template <class Real = double>
struct linear_warmup : detail::named<linear_warmup_params<Real>> {
    PACER_HOST constexpr explicit linear_warmup(const linear_warmup_params<Real>& p) : linear_warmup::named(p) {}
};
PACER_SCHEDULE(linear_warmup)

}  // namespace pacer

#endif
