// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_LINEAR_WARMUP_HPP
#define PACER_SCHEDULES_LINEAR_WARMUP_HPP

#include <pacer/schedules/named.hpp>

namespace pacer {

/// Parameters of `linear_warmup`.
template <std::floating_point Real = double>
struct linear_warmup_params {
    Real peak_lr = -1;                   ///< the rate reached; finite, 0 or more; must be given
    step_t total_steps = detail::unset;  ///< the length of the ramp, in updates, 0 to 2^53; must be given
    Real init_lr = 0;                    ///< the rate it starts from, at most `peak_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;
    pacer::past_end past_end = pacer::past_end::hold;
};

/// The bare ramp: a linear warm-up of W = `total_steps` updates and nothing else. To be joined with what follows it.
///
///     lr(s) = init_lr + (peak_lr - init_lr) s / W              (from_zero)
///     lr(s) = init_lr + (peak_lr - init_lr) (s + 1) / W        (from_first)
///     lr(s) = init_lr + (peak_lr - init_lr) (s + 1) / (W + 1)  (over_plus_one)
///
/// At step 0: `init_lr` exactly (from_zero). At W and past the end: `peak_lr` exactly (hold).
/// An error (`invalid_schedule`): a rate or length that is missing, negative or not finite; `init_lr` above `peak_lr`;
/// `past_end::wave`. Source: the warm-up of Hugging Face's schedules (from_zero) and llm.c's (from_first).
template <std::floating_point Real = double>
class linear_warmup : public detail::named<Real, linear_warmup_params<Real>, ramp<>> {
public:
    constexpr explicit linear_warmup(const linear_warmup_params<Real>& p) : linear_warmup(detail::valid(p)) {}

private:
    constexpr explicit linear_warmup(detail::valid<linear_warmup_params<Real>> p)
        : linear_warmup(p.params, detail::peak(p.params)) {}

    constexpr linear_warmup(const linear_warmup_params<Real>& p, double peak)
        : linear_warmup::named(p,
                               detail::warmup_ramp(static_cast<double>(p.init_lr), peak,
                                                   static_cast<double>(p.total_steps), p.first_step),
                               peak) {}
};

linear_warmup(linear_warmup_params<double>)->linear_warmup<double>;

/// Which rule these parameters break, if any; what the constructor asks.
template <std::floating_point Real>
[[nodiscard]] constexpr violation check(const linear_warmup_params<Real>& p) noexcept {
    const auto peak = detail::peak(p);
    const auto init = static_cast<double>(p.init_lr);
    return detail::first_of(detail::check_rate("peak_lr", peak), detail::check_total(p.total_steps, false),
                            detail::check_rate("init_lr", init),
                            detail::check_at_most("init_lr", init, peak, "must be at most peak_lr"),
                            detail::check(p.first_step), detail::check(p.past_end, false));
}

}  // namespace pacer

#endif
