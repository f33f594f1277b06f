// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_INVERSE_SQRT_HPP
#define PACER_SCHEDULES_INVERSE_SQRT_HPP

#include <pacer/lr_ratio.hpp>
#include <pacer/schedules/named.hpp>

namespace pacer {
namespace detail {

struct inverse_sqrt_decay {
    double peak;
    double timescale;
    double offset;  // what the steps are counted from: the timescale, and what is behind of a fractional warm-up
    double lowest;

    PACER_ALWAYS_INLINE PACER_HD constexpr double operator()(double x) const noexcept {
        const double rate = times(peak, square_root(timescale / (x + offset)));
        return rate > lowest ? rate : lowest;
    }
    PACER_ALWAYS_INLINE PACER_HD constexpr double operator()(step_t step) const noexcept {
        return (*this)(static_cast<double>(step));
    }

    /// See segments.hpp.
    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        const step_t exact = steps.until(longest + 1);
        if (exact > 0)
            v.segment(*this, steps.take(exact));
        if (exact < steps.count)
            v.each(*this, steps.drop(exact));
    }
};

}  // namespace detail

/// Parameters of `inverse_sqrt`.
template <Rate Real = double>
struct inverse_sqrt_params {
    using rate_type = Real;
    static constexpr const char* name = "inverse_sqrt";
    static constexpr const char* formula = "max(min_lr, P sqrt(t / (s - W + t))), t = timescale, or W, or 10'000";
    static constexpr const char* elsewhere = "`inverse_sqrt` / - / -";

    Real peak_lr = -1;             ///< the rate after the warm-up; finite, 0 or more; must be given
    lr_or_ratio min_lr = 0.0;      ///< the floor: a rate or a `lr_ratio`, at most `peak_lr`; default none
    step_t timescale = 0;          ///< updates after which the rate has fallen to peak_lr / sqrt(2); 0 (default): the
                                   ///< warm-up, or 10'000 without one
    step_t total_steps = endless;  ///< the length, warm-up included, in updates, 0 to 2^53, or `endless`
    pacer::warmup warmup{};        ///< `warmup_steps`, `warmup_ratio` (needs `total_steps`) or `no_warmup` (default)
    ramp_shape warmup_shape = ramp_shape::linear;  ///< the shape of a decay, run backwards
    Real init_lr = 0;                              ///< the rate the warm-up starts from; it may be above `peak_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;  ///< whether update 0 has `init_lr`
    pacer::past_end past_end = pacer::past_end::hold;             ///< the rate past the end

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::peak_lr, p.peak_lr);
        visit(fields::min_lr, p.min_lr);
        visit(field{"timescale", quantity::steps, "updates after which the rate has fallen to peak_lr / sqrt(2)"},
              p.timescale);
        visit(fields::total_steps_or_endless, p.total_steps);
        visit(fields::warmup, p.warmup);
        detail::visit_warmup_fields(p, visit);
        visit(fields::past_end, p.past_end);
    }
    PACER_HOST constexpr violation check() const noexcept { return detail::check_warmup(*this); }
    template <class Grade>
    PACER_HOST constexpr auto curve() const requires std::same_as<Grade, detail::plain_grade> {
        const double steps = warmup.length(total_steps);
        const double t = timescale > 0 ? static_cast<double>(timescale) : steps > 0 ? steps : 10'000;
        const double peak = detail::peak(*this);
        return detail::after_warmup<Grade>(*this,
                                           detail::inverse_sqrt_decay{peak, t, t + detail::begun_after_warmup(*this),
                                                                      detail::rate_of(min_lr, peak_lr)});
    }
    PACER_HOST constexpr step_t kept_until() const noexcept { return endless; }
};

/// A linear warm-up of W updates, then a decay with the inverse square root of the step. With t = `timescale`:
///
///     lr(s) = init_lr + (peak_lr - init_lr) s / W               for s < W (or as `first_step` says)
///     lr(s) = max(min_lr, peak_lr sqrt(t / (s - W + t)))        for s >= W
///
/// At step 0: `init_lr` (`peak_lr` if W = 0). At W: `peak_lr`, exactly. There is no end unless `total_steps` gives one;
/// past it, `past_end` (hold: the value at `total_steps`).
/// An error (`invalid_schedule`): a rate that is missing, negative or not finite; `min_lr` above
/// `peak_lr`; a negative length; a warm-up longer than `total_steps`, or a ratio of an endless run; `past_end::wave`.
/// Source: Hugging Face `get_inverse_sqrt_schedule` (transformers 4 and 5), fairseq; with t = W it is Noam's.
template <class Real = double>
struct inverse_sqrt : detail::named<inverse_sqrt_params<Real>> {
    PACER_HOST constexpr explicit inverse_sqrt(const inverse_sqrt_params<Real>& p) : inverse_sqrt::named(p) {}
};
PACER_SCHEDULE(inverse_sqrt)

}  // namespace pacer

#endif
