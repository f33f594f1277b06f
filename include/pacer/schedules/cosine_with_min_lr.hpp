// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_COSINE_WITH_MIN_LR_HPP
#define PACER_SCHEDULES_COSINE_WITH_MIN_LR_HPP

#include <pacer/lr_ratio.hpp>
#include <pacer/schedules/cosine.hpp>

namespace pacer {

/// Parameters of `cosine_with_min_lr`.
template <Rate Real = double>
struct cosine_with_min_lr_params {
    using rate_type = Real;
    static constexpr const char* name = "cosine_with_min_lr";
    static constexpr const char* formula = "min_lr + (P - min_lr) (1 + cos(2 pi num_cycles r)) / 2";
    static constexpr const char* elsewhere =
        "`cosine_with_min_lr` / `CosineAnnealingLR` / `warmup_cosine_decay_schedule`";

    Real peak_lr = -1;                   ///< the rate after the warm-up; finite, 0 or more; must be given
    lr_or_ratio min_lr{};                ///< the floor: a rate, or a `lr_ratio` of the peak; must be given
    double num_cycles = 0.5;             ///< full waves over the decay; 0.5 is one descent, 1 goes down and up again
    step_t total_steps = detail::unset;  ///< the length, warm-up included, in updates, 0 to 2^53; must be given
    pacer::warmup warmup{};              ///< `warmup_steps`, `warmup_ratio` or `no_warmup` (default)
    ramp_shape warmup_shape = ramp_shape::linear;  ///< the shape of a decay, run backwards
    Real init_lr = 0;                              ///< the rate the warm-up starts from; it may be above `peak_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;  ///< whether update 0 has `init_lr`
    pacer::past_end past_end = pacer::past_end::hold;             ///< the rate past the end

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::peak_lr, p.peak_lr);
        visit(fields::min_lr, p.min_lr);
        visit(fields::num_cycles, p.num_cycles);
        visit(fields::total_steps, p.total_steps);
        visit(fields::warmup, p.warmup);
        detail::visit_warmup_fields(p, visit);
        visit(fields::past_end_or_wave, p.past_end);
    }
    PACER_HOST constexpr violation check() const noexcept { return detail::check_warmup(*this); }
    template <class Grade>
    PACER_HOST constexpr auto curve() const {
        return detail::after_warmup<Grade>(*this, detail::decay_wave<Grade>(*this, detail::rate_of(min_lr, peak_lr)));
    }
    template <class Grade>
    PACER_HOST constexpr double end() const {
        return detail::end_of_wave<Grade>(*this, detail::rate_of(min_lr, peak_lr));
    }
    PACER_HOST constexpr violation check_stretching() const noexcept {
        return detail::check_one_descent(num_cycles == 0.5);
    }
};

/// A linear warm-up of W updates, then a cosine decay to a floor at T = `total_steps`.
///
///     lr(s) = init_lr + (peak_lr - init_lr) s / W         for s < W (or as `first_step` says)
///     lr(s) = min_lr + (peak_lr - min_lr) (1 + cos(2 pi num_cycles (s - W) / (T - W))) / 2    for W <= s < T
///     lr(s) = the second formula at T                     for s >= T (hold)
///
/// At step 0: `init_lr` (`peak_lr` if W = 0). At W: `peak_lr`. At T and past the end: `min_lr` (if `num_cycles` is 0.5,
/// 1.5, ...). All exact. The warm-up starts at `init_lr`, which may be below the floor. With `past_end::wave` the
/// formula goes on past T, as Hugging Face's does.
/// An error (`invalid_schedule`): as for `cosine`, and a floor that is missing or above `peak_lr`.
/// Source: Hugging Face `get_cosine_with_min_lr_schedule_with_warmup` (transformers 4 and 5), whose `min_lr_rate` is
/// `lr_ratio` here. (Its `cosine_warmup_with_min_lr` is another curve, one update ahead of this one.)
template <class Real = double>
struct cosine_with_min_lr : detail::named<cosine_with_min_lr_params<Real>> {
    PACER_HOST constexpr explicit cosine_with_min_lr(const cosine_with_min_lr_params<Real>& p)
        : cosine_with_min_lr::named(p) {}
};
PACER_SCHEDULE(cosine_with_min_lr)

}  // namespace pacer

#endif
