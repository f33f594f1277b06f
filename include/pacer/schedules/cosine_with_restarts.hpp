// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_COSINE_WITH_RESTARTS_HPP
#define PACER_SCHEDULES_COSINE_WITH_RESTARTS_HPP

#include <pacer/lr_ratio.hpp>
#include <pacer/schedules/named.hpp>
#include <pacer/waves.hpp>

namespace pacer {

/// Parameters of `cosine_with_restarts`.
template <Rate Real = double>
struct cosine_with_restarts_params {
    using rate_type = Real;
    static constexpr const char* name = "cosine_with_restarts";
    static constexpr const char* formula =
        "min_lr + (P - min_lr) (1 + cos(pi c)) / 2, c = num_cycles r without its whole part";
    static constexpr const char* elsewhere = "`cosine_with_restarts` / `CosineAnnealingWarmRestarts` / `sgdr_schedule`";

    Real peak_lr = -1;                   ///< the rate after the warm-up; finite, 0 or more; must be given
    lr_or_ratio min_lr = 0.0;            ///< the floor of every cycle: a rate or a `lr_ratio`, at most `peak_lr`
    double num_cycles = 1;               ///< how many descents; 2.5 cuts the last one short; 0 to 2^53
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
        visit(fields::num_descents, p.num_cycles);
        visit(fields::total_steps, p.total_steps);
        visit(fields::warmup, p.warmup);
        detail::visit_warmup_fields(p, visit);
        visit(fields::past_end, p.past_end);
    }
    PACER_HOST constexpr violation check() const noexcept { return detail::check_warmup(*this); }
    template <class Grade>
    PACER_HOST constexpr auto curve() const {
        return detail::after_warmup<Grade>(
            *this, Grade::template make_waves<true>(detail::peak(*this), end<Grade>(), detail::decay_length(*this),
                                                    num_cycles, detail::begun_after_warmup(*this)));
    }
    template <class Grade>
    PACER_HOST constexpr double end() const noexcept {
        return detail::rate_of(min_lr, peak_lr);
    }
    PACER_HOST constexpr violation check_stretching() const noexcept {
        return detail::check_one_descent(num_cycles == 1);
    }
};

/// A linear warm-up of W updates, then `num_cycles` equal cosine descents, each from the peak, until T = `total_steps`.
///
///     lr(s) = init_lr + (peak_lr - init_lr) s / W                     for s < W (or as `first_step` says)
///     lr(s) = min_lr + (peak_lr - min_lr) (1 + cos(pi c)) / 2         for W <= s < T, with
///             c = num_cycles (s - W) / (T - W) without its whole part
///     lr(s) = min_lr                                                  for s >= T (hold)
///
/// At step 0: `init_lr` (`peak_lr` if W = 0). At W, and at every restart that falls on an update: `peak_lr`. At T and
/// past the end: `min_lr`. All exact: cycles are counted in integers (as long as num_cycles (T - W) is below 2^61).
/// An error (`invalid_schedule`): a rate or length that is missing, negative or not finite; `min_lr` above
/// `peak_lr`; a ratio outside [0, 1]; a warm-up longer than `total_steps`; negative `num_cycles`; `past_end::wave`.
/// Source: Hugging Face `get_cosine_with_hard_restarts_schedule_with_warmup` (transformers 4 and 5), which has no
/// floor. `num_cycles` counts descents here; in `cosine` it counts full waves. Both are Hugging Face's usage.
template <class Real = double>
struct cosine_with_restarts : detail::named<cosine_with_restarts_params<Real>> {
    PACER_HOST constexpr explicit cosine_with_restarts(const cosine_with_restarts_params<Real>& p)
        : cosine_with_restarts::named(p) {}
};
PACER_SCHEDULE(cosine_with_restarts)

}  // namespace pacer

#endif
