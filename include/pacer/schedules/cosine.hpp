// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_COSINE_HPP
#define PACER_SCHEDULES_COSINE_HPP

#include <pacer/schedules/named.hpp>
#include <pacer/waves.hpp>

namespace pacer {

/// Parameters of `cosine`.
template <std::floating_point Real = double>
struct cosine_params {
    Real peak_lr = -1;                   ///< the rate after the warm-up; finite, 0 or more; must be given
    double num_cycles = 0.5;             ///< full waves over the decay; 0.5 is one descent, 1 goes down and up again
    step_t total_steps = detail::unset;  ///< the length, warm-up included, in updates, 0 to 2^53; must be given
    pacer::warmup warmup{};              ///< `warmup_steps`, `warmup_ratio` or `no_warmup` (default)
    Real init_lr = 0;                    ///< the rate the warm-up starts from, at most `peak_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;
    pacer::past_end past_end = pacer::past_end::hold;
};

namespace detail {

template <class Params>
constexpr cosine_wave cosine_decay(const Params& p, double end) {
    return {peak(p), end, decay_length(p), p.num_cycles, begun_after_warmup(p)};
}

// What `hold` holds: the end of the decay, and the floor itself where there is no decay.
template <class Params>
constexpr double cosine_end(const Params& p, double end) {
    const step_t steps = p.total_steps - p.warmup.steps(p.total_steps);
    return steps == 0 || p.num_cycles == 0.5 ? end : cosine_decay(p, end)(steps);
}

constexpr violation check_num_cycles(double num_cycles) noexcept {
    if (num_cycles > 0 && is_between_0_and(0x1p53, num_cycles))
        return {};
    return bad_rate("num_cycles", num_cycles, "must be above 0 and at most 2^53");
}

}  // namespace detail

/// A linear warm-up of W updates, then a cosine decay to 0 at T = `total_steps`.
///
///     lr(s) = init_lr + (peak_lr - init_lr) s / W                       for s < W (or as `first_step` says)
///     lr(s) = peak_lr (1 + cos(2 pi num_cycles (s - W) / (T - W))) / 2  for W <= s < T
///     lr(s) = the second formula at T                                   for s >= T (hold)
///
/// At step 0: `init_lr` (`peak_lr` if W = 0). At W: `peak_lr`. At T and past the end: 0 (if `num_cycles` is 0.5, 1.5, ...).
/// All exact. With `past_end::wave` the formula goes on past T, as Hugging Face's does, and the rate rises again.
/// An error (`invalid_schedule`): a rate or length that is missing, negative or not finite; `init_lr` above `peak_lr`; a
/// ratio outside [0, 1]; a warm-up longer than `total_steps`; `num_cycles` not above 0.
/// Source: Hugging Face `get_cosine_schedule_with_warmup` (transformers 4 and 5); Loshchilov and Hutter (2016).
template <std::floating_point Real = double>
class cosine : public detail::named<Real, cosine_params<Real>, detail::joined<ramp<>, detail::cosine_wave>> {
public:
    constexpr explicit cosine(const cosine_params<Real>& p) : cosine(detail::valid(p)) {}

private:
    constexpr explicit cosine(detail::valid<cosine_params<Real>> p)
        : cosine::named(p.params, detail::after_warmup(p.params, detail::cosine_decay(p.params, 0)),
                        detail::cosine_end(p.params, 0)) {}
};

cosine(cosine_params<double>)->cosine<double>;

/// Which rule these parameters break, if any; what the constructor asks.
template <std::floating_point Real>
[[nodiscard]] constexpr violation check(const cosine_params<Real>& p) noexcept {
    return detail::first_of(detail::check_common(p, false, true), detail::check_num_cycles(p.num_cycles));
}

}  // namespace pacer

#endif
