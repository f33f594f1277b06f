// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_CONSTANT_HPP
#define PACER_SCHEDULES_CONSTANT_HPP

#include <pacer/schedules/named.hpp>

namespace pacer {

/// Parameters of `constant`.
template <std::floating_point Real = double>
struct constant_params {
    Real peak_lr = -1;             ///< the rate; finite, 0 or more; must be given
    step_t total_steps = endless;  ///< the length, in updates, 0 to 2^53, or `endless`
    pacer::past_end past_end = pacer::past_end::hold;
};

/// The same rate for ever.
///
///     lr(s) = peak_lr
///
/// There is no warm-up; Hugging Face's "constant" silently ignores one, `constant_with_warmup` has one.
/// Past the end of a finite one: `past_end`, by default the same rate.
/// An error (`invalid_schedule`): a rate that is missing, negative or not finite; a negative length; `past_end::wave`.
/// Source: Hugging Face `get_constant_schedule` (transformers 4 and 5).
template <std::floating_point Real = double>
class constant : public detail::named<Real, constant_params<Real>, detail::flat> {
public:
    constexpr explicit constant(const constant_params<Real>& p) : constant(detail::valid(p)) {}

private:
    constexpr explicit constant(detail::valid<constant_params<Real>> p) : constant(p.params, detail::peak(p.params)) {}

    constexpr constant(const constant_params<Real>& p, double rate) : constant::named(p, {rate}, rate) {}
};

constant(constant_params<double>)->constant<double>;

/// Which rule these parameters break, if any; what the constructor asks.
template <std::floating_point Real>
[[nodiscard]] constexpr violation check(const constant_params<Real>& p) noexcept {
    return detail::first_of(detail::check_rate("peak_lr", detail::peak(p)), detail::check_total(p.total_steps, true),
                            detail::check(p.past_end, false));
}

}  // namespace pacer

#endif
