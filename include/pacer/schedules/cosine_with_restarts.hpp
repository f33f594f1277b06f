// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_COSINE_WITH_RESTARTS_HPP
#define PACER_SCHEDULES_COSINE_WITH_RESTARTS_HPP

#include <pacer/lr_ratio.hpp>
#include <pacer/schedules/named.hpp>
#include <pacer/waves.hpp>

namespace pacer {

/// Parameters of `cosine_with_restarts`.
template <std::floating_point Real = double>
struct cosine_with_restarts_params {
    Real peak_lr = -1;                   ///< the rate after the warm-up; finite, 0 or more; must be given
    lr_or_ratio min_lr = 0.0;            ///< the floor of every cycle: a rate or a `lr_ratio`, at most `peak_lr`
    step_t num_cycles = 1;               ///< how many descents; 1 to 2^53
    step_t total_steps = detail::unset;  ///< the length, warm-up included, in updates, 0 to 2^53; must be given
    pacer::warmup warmup{};              ///< `warmup_steps`, `warmup_ratio` or `no_warmup` (default)
    Real init_lr = 0;                    ///< the rate the warm-up starts from, at most `peak_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;
    pacer::past_end past_end = pacer::past_end::hold;
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
/// An error (`invalid_schedule`): a rate or length that is missing, negative or not finite; `init_lr` or `min_lr` above
/// `peak_lr`; a ratio outside [0, 1]; a warm-up longer than `total_steps`; `num_cycles` below 1; `past_end::wave`.
/// Source: Hugging Face `get_cosine_with_hard_restarts_schedule_with_warmup` (transformers 4 and 5), which has no
/// floor. `num_cycles` counts descents here; in `cosine` it counts full waves. Both are Hugging Face's usage.
template <std::floating_point Real = double>
class cosine_with_restarts
    : public detail::named<Real, cosine_with_restarts_params<Real>, detail::joined<ramp<>, detail::cosine_restarts>> {
public:
    constexpr explicit cosine_with_restarts(const cosine_with_restarts_params<Real>& p)
        : cosine_with_restarts(detail::valid(p)) {}

private:
    constexpr explicit cosine_with_restarts(detail::valid<cosine_with_restarts_params<Real>> p)
        : cosine_with_restarts(p.params, p.params.min_lr.rate(detail::peak(p.params))) {}

    constexpr cosine_with_restarts(const cosine_with_restarts_params<Real>& p, double min)
        : cosine_with_restarts::named(p, detail::after_warmup(p, decay(p, min)), min) {}

    static constexpr detail::cosine_restarts decay(const cosine_with_restarts_params<Real>& p, double min) {
        return {detail::peak(p), min, detail::decay_length(p), static_cast<double>(p.num_cycles),
                detail::begun_after_warmup(p)};
    }
};

cosine_with_restarts(cosine_with_restarts_params<double>)->cosine_with_restarts<double>;

/// Which rule these parameters break, if any; what the constructor asks.
template <std::floating_point Real>
[[nodiscard]] constexpr violation check(const cosine_with_restarts_params<Real>& p) noexcept {
    if (p.num_cycles < 1 || p.num_cycles > longest)
        return detail::bad_count("num_cycles", p.num_cycles, "must be from 1 to 2^53");
    return detail::first_of(detail::check_common(p, false, false), detail::check("min_lr", p.min_lr, detail::peak(p)));
}

}  // namespace pacer

#endif
