// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_COSINE_WARMUP_WITH_MIN_LR_HPP
#define PACER_DIALECTS_COSINE_WARMUP_WITH_MIN_LR_HPP

/// The schedule that Hugging Face alone has, as a named schedule like pacer's own; dialects/hugging_face.hpp has the functions
/// of transformers under their names.

#include <pacer/schedules/all.hpp>

namespace pacer::hf {

/// Parameters of `cosine_warmup_with_min_lr`.
template <Rate Real = double>
struct cosine_warmup_with_min_lr_params {
    using rate_type = Real;
    static constexpr const char* name = "cosine_warmup_with_min_lr";
    static constexpr const char* formula =
        "min_lr + (P - min_lr) (1 + cos(2 pi num_cycles (s - W + 1) / (T - W))) / 2, P reached at W - 1";
    static constexpr const char* elsewhere = "`cosine_warmup_with_min_lr` / - / -";

    Real peak_lr = -1;        ///< the rate of the last warm-up update; finite, 0 or more; must be given
    lr_or_ratio min_lr{};     ///< the floor: a rate, or a `lr_ratio` of the peak; must be given
    lr_or_ratio init_lr{};    ///< the rate of the first update; if not given it is peak_lr / W
    double num_cycles = 0.5;  ///< full waves over the decay; 0.5 is one descent, 1 goes down and up again
    step_t total_steps = pacer::detail::unset;  ///< the length, warm-up included, in updates, 0 to 2^53; must be given
    pacer::warmup warmup{};                     ///< `warmup_steps`, `warmup_ratio` or `no_warmup` (default)
    pacer::past_end past_end = pacer::past_end::hold;  ///< the rate past the end

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::peak_lr, p.peak_lr);
        visit(fields::min_lr, p.min_lr);
        visit(field{.name = "init_lr",
                    .kind = quantity::rate_or_ratio,
                    .about = "the rate of the first update",
                    .may_be_open = true},
              p.init_lr);
        visit(fields::num_cycles, p.num_cycles);
        visit(fields::total_steps, p.total_steps);
        visit(fields::warmup, p.warmup);
        visit(fields::past_end_or_wave, p.past_end);
    }

    PACER_HOST constexpr violation check() const noexcept { return pacer::detail::check_warmup(*this); }

    template <class Grade>
    PACER_HOST constexpr auto curve() const {
        return pacer::join(rise<Grade>(), warmup.steps(total_steps),
                           pacer::detail::decay_wave<Grade>(*this, floor(), 1));
    }

    template <class Grade>
    PACER_HOST constexpr double end() const {
        return pacer::detail::end_of_wave<Grade>(*this, floor(), 1);
    }

    PACER_HOST constexpr double floor() const noexcept { return pacer::detail::rate_of(min_lr, peak_lr); }

    template <class Grade>
    PACER_HOST constexpr auto rise() const {
        const double peak = pacer::detail::peak(*this);
        const double steps = warmup.length(total_steps);
        if (init_lr.is_given())
            return pacer::detail::warmup_ramp<Grade>(pacer::detail::rate_of(init_lr, peak_lr), peak,
                                                     steps > 2 ? steps - 1 : 1, first_step::from_zero,
                                                     ramp_shape::linear);
        return pacer::detail::warmup_ramp<Grade>(0, peak, steps, first_step::from_first, ramp_shape::linear);
    }
    PACER_HOST constexpr step_t kept_until() const noexcept { return warmup.steps(total_steps) - 1; }
    PACER_HOST constexpr violation check_stretching() const noexcept {
        return pacer::detail::check_one_descent(num_cycles == 0.5);
    }
};

/// Hugging Face's other cosine with a floor: `cosine_with_min_lr` one update ahead, so that the first update runs at
/// peak_lr / W and the last one at the floor. For running a recipe of that name; where there is a choice, take
/// `cosine_with_min_lr`.
///
///     lr(s) = peak_lr (s + 1) / W                                                           for s < W, without init_lr
///     lr(s) = init_lr + (peak_lr - init_lr) s / max(1, W - 1)                               for s < W, with init_lr
///     lr(s) = min_lr + (peak_lr - min_lr) (1 + cos(2 pi num_cycles (s - W + 1)/(T - W))) / 2  for W <= s < T
///     lr(s) = min_lr (for whole-and-a-half `num_cycles`)                                    for s >= T - 1 (hold)
///
/// At step 0: `peak_lr` / W, or `init_lr`. At W - 1: `peak_lr`. From T - 1 on: `min_lr`. All exact. Without a warm-up
/// the first update is already one update into the decay. With `past_end::wave` the formula goes on, as there.
/// An error (`invalid_schedule`): as for `cosine_with_min_lr`.
/// Source: Hugging Face `get_cosine_with_min_lr_schedule_with_warmup_lr_rate` (transformers 4 and 5), whose
/// `warmup_lr_rate` is `.init_lr = lr_ratio(...)` here.
template <class Real = double>
struct cosine_warmup_with_min_lr : pacer::detail::named<cosine_warmup_with_min_lr_params<Real>> {
    PACER_HOST constexpr explicit cosine_warmup_with_min_lr(const cosine_warmup_with_min_lr_params<Real>& p)
        : cosine_warmup_with_min_lr::named(p) {}
};
PACER_EXPLAIN_FIELDS(cosine_warmup_with_min_lr)

/// The schedules that Hugging Face alone has.
using schedules = schedule_list<cosine_warmup_with_min_lr>;

}  // namespace pacer::hf

PACER_IN_LIBRARY(class pacer::detail::named<pacer::hf::cosine_warmup_with_min_lr_params<double>>)

#endif
