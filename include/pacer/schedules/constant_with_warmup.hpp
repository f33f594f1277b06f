// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_CONSTANT_WITH_WARMUP_HPP
#define PACER_SCHEDULES_CONSTANT_WITH_WARMUP_HPP

#include <pacer/schedules/named.hpp>

namespace pacer {

/// Parameters of `constant_with_warmup`.
template <std::floating_point Real = double>
struct constant_with_warmup_params {
    Real peak_lr = -1;             ///< the rate after the warm-up; finite, 0 or more; must be given
    step_t total_steps = endless;  ///< the length, warm-up included, in updates, 0 to 2^53, or `endless`
    pacer::warmup warmup{};        ///< `warmup_steps`, `warmup_ratio` (needs `total_steps`) or `no_warmup` (default)
    Real init_lr = 0;              ///< the rate the warm-up starts from, at most `peak_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;
    pacer::past_end past_end = pacer::past_end::hold;
};

/// A linear warm-up of W updates, then the same rate for ever.
///
///     lr(s) = init_lr + (peak_lr - init_lr) s / W   for s < W (or as `first_step` says)
///     lr(s) = peak_lr                               for s >= W
///
/// At step 0: `init_lr` (`peak_lr` if W = 0). From W on, and past the end (hold): `peak_lr`. All exact.
/// An error (`invalid_schedule`): a rate that is missing, negative or not finite; `init_lr` above `peak_lr`; a warm-up
/// longer than `total_steps`, or a ratio of an endless run; `past_end::wave`.
/// Source: Hugging Face `get_constant_schedule_with_warmup` (transformers 4 and 5).
template <std::floating_point Real = double>
class constant_with_warmup
    : public detail::named<Real, constant_with_warmup_params<Real>, detail::joined<ramp<>, detail::flat>> {
public:
    constexpr explicit constant_with_warmup(const constant_with_warmup_params<Real>& p)
        : constant_with_warmup(detail::valid(p)) {}

private:
    constexpr explicit constant_with_warmup(detail::valid<constant_with_warmup_params<Real>> p)
        : constant_with_warmup::named(p.params, detail::after_warmup(p.params, detail::flat{detail::peak(p.params)}),
                                      detail::peak(p.params)) {}
};

constant_with_warmup(constant_with_warmup_params<double>)->constant_with_warmup<double>;

/// Which rule these parameters break, if any; what the constructor asks.
template <std::floating_point Real>
[[nodiscard]] constexpr violation check(const constant_with_warmup_params<Real>& p) noexcept {
    return detail::check_common(p, true, false);
}

}  // namespace pacer

#endif
