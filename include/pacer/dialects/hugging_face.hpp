// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_HUGGING_FACE_HPP
#define PACER_DIALECTS_HUGGING_FACE_HPP

#include <pacer/schedules/cosine_with_min_lr.hpp>

namespace pacer {

/// Parameters of `cosine_warmup_with_min_lr`.
template <std::floating_point Real = double>
struct cosine_warmup_with_min_lr_params {
    Real peak_lr = -1;                   ///< the rate of the last warm-up update; finite, 0 or more; must be given
    lr_or_ratio min_lr{};                ///< the floor: a rate, or a `lr_ratio` of the peak; must be given
    lr_or_ratio init_lr{};               ///< the rate of the first update; if not given it is peak_lr / W
    double num_cycles = 0.5;             ///< full waves over the decay; 0.5 is one descent, 1 goes down and up again
    step_t total_steps = detail::unset;  ///< the length, warm-up included, in updates, 0 to 2^53; must be given
    pacer::warmup warmup{};              ///< `warmup_steps`, `warmup_ratio` or `no_warmup` (default)
    pacer::past_end past_end = pacer::past_end::hold;
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
template <std::floating_point Real = double>
class cosine_warmup_with_min_lr
    : public detail::named<Real, cosine_warmup_with_min_lr_params<Real>, detail::joined<ramp<>, detail::cosine_wave>> {
public:
    constexpr explicit cosine_warmup_with_min_lr(const cosine_warmup_with_min_lr_params<Real>& p)
        : cosine_warmup_with_min_lr(detail::valid(p)) {}

private:
    constexpr explicit cosine_warmup_with_min_lr(detail::valid<cosine_warmup_with_min_lr_params<Real>> p)
        : cosine_warmup_with_min_lr(p.params, p.params.min_lr.rate(detail::peak(p.params))) {}

    constexpr cosine_warmup_with_min_lr(const cosine_warmup_with_min_lr_params<Real>& p, double min)
        : cosine_warmup_with_min_lr::named(p, join(rise(p), p.warmup.steps(p.total_steps), fall(p, min)),
                                           last(p, min)) {}

    static constexpr ramp<> rise(const cosine_warmup_with_min_lr_params<Real>& p) {
        const double steps = p.warmup.length(p.total_steps);
        if (p.init_lr.is_given())
            return {p.init_lr.rate(detail::peak(p)), detail::peak(p), steps > 2 ? steps - 1 : 1};
        return detail::warmup_ramp(0, detail::peak(p), steps, first_step::from_first);
    }

    static constexpr detail::cosine_wave fall(const cosine_warmup_with_min_lr_params<Real>& p, double min) {
        return {detail::peak(p), min, detail::decay_length(p), p.num_cycles, 1 + detail::begun_after_warmup(p)};
    }

    static constexpr double last(const cosine_warmup_with_min_lr_params<Real>& p, double min) {
        const step_t steps = p.total_steps - p.warmup.steps(p.total_steps);
        return steps == 0 || p.num_cycles == 0.5 ? min : fall(p, min)(steps - 1);
    }
};

cosine_warmup_with_min_lr(cosine_warmup_with_min_lr_params<double>)->cosine_warmup_with_min_lr<double>;

/// Which rule these parameters break, if any; what the constructor asks.
template <std::floating_point Real>
[[nodiscard]] constexpr violation check(const cosine_warmup_with_min_lr_params<Real>& p) noexcept {
    return detail::first_of(detail::check_rate("peak_lr", detail::peak(p)), detail::check_total(p.total_steps, false),
                            detail::check(p.past_end, true),
                            p.init_lr.is_given() ? detail::check("init_lr", p.init_lr, detail::peak(p)) : violation{},
                            detail::check(p.warmup, p.total_steps), detail::check("min_lr", p.min_lr, detail::peak(p)),
                            detail::check_num_cycles(p.num_cycles));
}

}  // namespace pacer

#endif
