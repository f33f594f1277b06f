// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_INVERSE_SQRT_HPP
#define PACER_SCHEDULES_INVERSE_SQRT_HPP

#include <pacer/lr_ratio.hpp>
#include <pacer/schedules/named.hpp>

namespace pacer {

/// Parameters of `inverse_sqrt`.
template <std::floating_point Real = double>
struct inverse_sqrt_params {
    Real peak_lr = -1;             ///< the rate after the warm-up; finite, 0 or more; must be given
    lr_or_ratio min_lr = 0.0;      ///< the floor: a rate or a `lr_ratio`, at most `peak_lr`; default none
    step_t timescale = 0;          ///< updates after which the rate has fallen to peak_lr / sqrt(2); 0 (default): the
                                   ///< warm-up, or 10'000 without one
    step_t total_steps = endless;  ///< the length, warm-up included, in updates, 0 to 2^53, or `endless`
    pacer::warmup warmup{};        ///< `warmup_steps`, `warmup_ratio` (needs `total_steps`) or `no_warmup` (default)
    Real init_lr = 0;              ///< the rate the warm-up starts from, at most `peak_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;
    pacer::past_end past_end = pacer::past_end::hold;
};

namespace detail {

struct inverse_sqrt_decay {
    double peak;
    double timescale;
    double offset;  // what the steps are counted from: the timescale, and what is behind of a broken warm-up
    double lowest;

    [[gnu::always_inline]] PACER_HD constexpr double operator()(double x) const noexcept {
        const double rate = times(peak, square_root(timescale / (x + offset)));
        return rate > lowest ? rate : lowest;
    }
    [[gnu::always_inline]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        return (*this)(static_cast<double>(step));
    }

    /// See segments.hpp.
    template <class Visitor>
    constexpr void visit_segments(step_range steps, Visitor& v) const {
        const step_t exact = steps.until(longest + 1);
        if (exact > 0)
            v.segment(*this, steps.take(exact));
        if (exact < steps.count)
            v.each(*this, steps.drop(exact));
    }
};

}  // namespace detail

/// A linear warm-up of W updates, then a decay with the inverse square root of the step. With t = `timescale`:
///
///     lr(s) = init_lr + (peak_lr - init_lr) s / W               for s < W (or as `first_step` says)
///     lr(s) = max(min_lr, peak_lr sqrt(t / (s - W + t)))        for s >= W
///
/// At step 0: `init_lr` (`peak_lr` if W = 0). At W: `peak_lr`, exactly. There is no end unless `total_steps` gives one;
/// past it, `past_end` (hold: the value at `total_steps`).
/// An error (`invalid_schedule`): a rate that is missing, negative or not finite; `init_lr` or `min_lr` above
/// `peak_lr`; a negative length; a warm-up longer than `total_steps`, or a ratio of an endless run; `past_end::wave`.
/// Source: Hugging Face `get_inverse_sqrt_schedule` (transformers 4 and 5), fairseq; with t = W it is Noam's.
template <std::floating_point Real = double>
class inverse_sqrt
    : public detail::named<Real, inverse_sqrt_params<Real>, detail::joined<ramp<>, detail::inverse_sqrt_decay>> {
public:
    constexpr explicit inverse_sqrt(const inverse_sqrt_params<Real>& p) : inverse_sqrt(detail::valid(p)) {}

private:
    using decay_type = detail::inverse_sqrt_decay;

    constexpr explicit inverse_sqrt(detail::valid<inverse_sqrt_params<Real>> p)
        : inverse_sqrt(p.params, decay(p.params)) {}

    constexpr inverse_sqrt(const inverse_sqrt_params<Real>& p, const decay_type& decay)
        : inverse_sqrt::named(p, detail::after_warmup(p, decay), decay(p.total_steps - p.warmup.steps(p.total_steps))) {
    }

    static constexpr decay_type decay(const inverse_sqrt_params<Real>& p) {
        const auto peak = detail::peak(p);
        const double warmup = p.warmup.length(p.total_steps);
        const double timescale = p.timescale > 0 ? static_cast<double>(p.timescale) : warmup > 0 ? warmup : 10'000;
        return {peak, timescale, timescale + detail::begun_after_warmup(p), p.min_lr.rate(peak)};
    }
};

inverse_sqrt(inverse_sqrt_params<double>)->inverse_sqrt<double>;

/// Which rule these parameters break, if any; what the constructor asks.
template <std::floating_point Real>
[[nodiscard]] constexpr violation check(const inverse_sqrt_params<Real>& p) noexcept {
    return detail::first_of(detail::check_common(p, true, false), detail::check_length("timescale", p.timescale),
                            detail::check("min_lr", p.min_lr, detail::peak(p)));
}

}  // namespace pacer

#endif
