// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_POLYNOMIAL_HPP
#define PACER_SCHEDULES_POLYNOMIAL_HPP

#include <pacer/lr_ratio.hpp>
#include <pacer/schedules/named.hpp>

namespace pacer {

/// Parameters of `polynomial`.
template <std::floating_point Real = double>
struct polynomial_params {
    Real peak_lr = -1;                   ///< the rate after the warm-up; finite, 0 or more; must be given
    lr_or_ratio end_lr = 0.0;            ///< the rate at the end: a rate or a `lr_ratio`, at most `peak_lr`
    double power = 1;                    ///< the exponent; above 0, finite
    step_t total_steps = detail::unset;  ///< the length, warm-up included, in updates, 0 to 2^53; must be given
    pacer::warmup warmup{};              ///< `warmup_steps`, `warmup_ratio` or `no_warmup` (default)
    Real init_lr = 0;                    ///< the rate the warm-up starts from, at most `peak_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;
    pacer::past_end past_end = pacer::past_end::hold;
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
template <std::floating_point Real = double>
class polynomial : public detail::named<Real, polynomial_params<Real>, detail::joined<ramp<>, ramp<shapes::power>>> {
public:
    constexpr explicit polynomial(const polynomial_params<Real>& p) : polynomial(detail::valid(p)) {}

private:
    constexpr explicit polynomial(detail::valid<polynomial_params<Real>> p)
        : polynomial(p.params, p.params.end_lr.rate(detail::peak(p.params))) {}

    constexpr polynomial(const polynomial_params<Real>& p, double end)
        : polynomial::named(p, detail::after_warmup(p, detail::decay_ramp(p, end, shapes::power{p.power})), end) {}
};

polynomial(polynomial_params<double>)->polynomial<double>;

/// Which rule these parameters break, if any; what the constructor asks.
template <std::floating_point Real>
[[nodiscard]] constexpr violation check(const polynomial_params<Real>& p) noexcept {
    if (!(p.power > 0 && detail::is_between_0_and(std::numeric_limits<double>::max(), p.power)))
        return detail::bad_rate("power", p.power, "must be above 0 and finite");
    return detail::first_of(detail::check_common(p, false, false), detail::check("end_lr", p.end_lr, detail::peak(p)));
}

}  // namespace pacer

#endif
