// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_CONSTANT_HPP
#define PACER_SCHEDULES_CONSTANT_HPP

#include <pacer/schedules/named.hpp>

namespace pacer {

/// Parameters of `constant`.
template <Rate Real = double>
struct constant_params {
    using rate_type = Real;
    static constexpr const char* name = "constant";
    static constexpr const char* formula = "P";
    static constexpr const char* elsewhere = "`constant` / `ConstantLR` / `constant_schedule`";

    Real peak_lr = -1;                                 ///< the rate; finite, 0 or more; must be given
    step_t total_steps = endless;                      ///< the length, in updates, 0 to 2^53, or `endless`
    pacer::past_end past_end = pacer::past_end::hold;  ///< the rate past the end

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::peak_lr, p.peak_lr);
        visit(fields::total_steps_or_endless, p.total_steps);
        visit(fields::past_end, p.past_end);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    template <class Grade>
    PACER_HOST constexpr auto curve() const {
        return detail::flat{detail::peak(*this)};
    }
    PACER_HOST constexpr step_t kept_until() const noexcept { return endless; }
};

/// The same rate for ever.
///
///     lr(s) = peak_lr
///
/// There is no warm-up; Hugging Face's "constant" silently ignores one, `constant_with_warmup` has one.
/// Past the end of a finite one: `past_end`, by default the same rate.
/// An error (`invalid_schedule`): a rate that is missing, negative or not finite; a negative length; `past_end::wave`.
/// Source: Hugging Face `get_constant_schedule` (transformers 4 and 5).
template <class Real = double>
struct constant : detail::named<constant_params<Real>> {
    PACER_HOST constexpr explicit constant(const constant_params<Real>& p) : constant::named(p) {}
};
PACER_SCHEDULE(constant)

}  // namespace pacer

#endif
