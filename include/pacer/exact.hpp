// SPDX-License-Identifier: MIT
#ifndef PACER_EXACT_HPP
#define PACER_EXACT_HPP

/// The correctly rounded grade: any of the closed-form schedules, as the double nearest to the exact value.
///
///     constexpr pacer::exact lr{pacer::cosine{{.peak_lr = 1e-3, .total_steps = 1000}}};
///     lr(step)                     // like any other schedule
///     pacer::fill(lr, 0, rates);   // the same bits
///
/// Computed in integers: the same bits from every compiler, with every flag (-ffast-math and fused multiply-add as well),
/// in constant expressions and on devices. `fill` computes in doubles what it then proves to be those bits, if the
/// processor rounds to nearest, as it does unless told otherwise. Needs a compiler with 128-bit integers.

#include <pacer/dialects/hugging_face.hpp>
#include <pacer/exact_ramp.hpp>
#include <pacer/schedules/constant.hpp>
#include <pacer/schedules/constant_with_warmup.hpp>
#include <pacer/schedules/cosine.hpp>
#include <pacer/schedules/cosine_with_min_lr.hpp>
#include <pacer/schedules/cosine_with_restarts.hpp>
#include <pacer/schedules/linear.hpp>
#include <pacer/schedules/linear_warmup.hpp>
#include <pacer/schedules/polynomial.hpp>
#include <pacer/schedules/warmup_stable_decay.hpp>

namespace pacer {
namespace detail {

/// The largest exponent of a power that is decided exactly.
inline constexpr int largest_exact_power = 32;

constexpr violation check_exact(const char*, shapes::linear) noexcept { return {}; }
constexpr violation check_exact(const char*, shapes::cosine) noexcept { return {}; }
constexpr violation check_exact(const char* field, shapes::power shape) noexcept {
    const double p = shape.exponent;
    if (is_between_0_and(largest_exact_power, p) && p >= 1 && static_cast<double>(static_cast<int>(p)) == p)
        return {};
    return bad_rate(field, p, "must be a whole number from 1 to 32 to be exact");
}
constexpr violation check_exact(const char* field, shapes::any shape) noexcept {
    if (shape.name == ramp_shape::linear || shape.name == ramp_shape::cosine)
        return {};
    return bad_count(field, static_cast<step_t>(shape.name), "must be linear or cosine to be exact");
}

}  // namespace detail

/// A ramp from `from` to `to` over `length` updates, then `to` for ever: `ramp`, rounded correctly.
///
///     lr(s) = the double nearest to from + (to - from) done(x / length), ties to even,
///             x = max(s, 0) + shift                            while x < length
///     lr(s) = to                                               otherwise
///
/// @param from, to  rates: finite, 0 or more; either may be the larger.
/// @param length    in updates, from 0 to 2^53 + 1. 0 is a jump: the value is `to`.
/// @param shape     `shapes::linear`, `cosine`, `any` of these two, or, for a falling ramp, `power` with a whole exponent
///                  from 1 to 32.
/// @param shift     how far into the ramp step 0 is, in updates: 0 to 2^53.
///
/// `from` at step 0 (without shift) and `to` from step `length` on. Anything else in the parameters is an
/// `invalid_schedule`.
///
template <class Shape = shapes::linear>
class exact_ramp {
public:
    constexpr exact_ramp(double from, double to, step_t length, Shape shape = {}, step_t shift = 0)
        : exact_ramp(checked(from, to, length, shape, shift)) {}

    /// The rate used by update `step`.
    [[nodiscard]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        return kernel_.at(static_cast<detail::word>(step < 0 ? 0 : step) + shift_);
    }

    /// See segments.hpp.
    template <class Visitor>
    constexpr void visit_segments(detail::step_range steps, Visitor& v) const {
        const auto shift = static_cast<step_t>(shift_);
        const step_t fit = steps.until(endless - shift);
        kernel_.visit_segments(steps.take(fit).later(shift), v);
        if (fit < steps.count)
            v.constant((*this)(endless), steps.count - fit);
    }

private:
    struct checked {
        double from;
        double to;
        step_t length;
        Shape shape;
        step_t shift;

        constexpr checked(double a, double b, step_t n, Shape by, step_t s)
            : from(a), to(b), length(n), shape(by), shift(s) {
            detail::require(detail::first_of(detail::check_rate("from", from), detail::check_rate("to", to),
                                             check_updates("length", length), check_updates("shift", shift),
                                             detail::check_exact("shape", shape)));
            if constexpr (std::is_same_v<Shape, shapes::power>)
                detail::require(detail::check_at_most("to", to, from, "must be at most from for a power to be exact"));
        }

        static constexpr violation check_updates(const char* field, step_t n) noexcept {
            if (n >= 0 && n <= longest + 1)
                return {};
            return detail::bad_count(field, n, "must be a number of updates from 0 to 2^53 + 1");
        }
    };

    constexpr explicit exact_ramp(const checked& c)
        : kernel_(c.from, c.to, static_cast<detail::word>(c.length), c.shape),
          shift_(static_cast<detail::word>(c.shift)) {}

    detail::exact_kernel<Shape> kernel_;
    detail::word shift_;
};

namespace detail {

/// Equal half waves of a cosine, `halves` of them over `length` updates, from the top: each the other way round than the
/// one before, or (`restarting`) all of them falling. Where an update stands is counted in integers.
class exact_waves {
public:
    constexpr exact_waves(double from, double to, step_t length, word halves, bool restarting, step_t shift)
        : half_(from, to, static_cast<word>(length > 0 ? length : 1), {}),
          halves_(halves),
          period_(restarting ? half_.length() : 2 * half_.length()),
          shift_(static_cast<word>(shift)) {}

    [[nodiscard]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        const word x = static_cast<word>(step) + shift_;
        if (halves_ == 1 && x < half_.length()) [[likely]]
            return half_.at(x);
        const word y = position(x);
        const word back = 2 * half_.length() - y;
        return half_.at(y < back ? y : back);
    }

    /// See segments.hpp: half wave by half wave, there and back.
    template <class Visitor>
    constexpr void visit_segments(step_range steps, Visitor& v) const {
        const auto n = static_cast<step_t>(half_.length());
        const auto stride = static_cast<step_t>(position(static_cast<word>(steps.stride)));
        while (steps.count > 0) {
            const auto y = static_cast<step_t>(position(static_cast<word>(steps.first) + shift_));
            const bool back = y >= n;
            const step_t count = step_range{y, stride, steps.count}.until(back ? 2 * n : n);
            half_.visit_segments(back ? step_range{2 * n - y, -stride, count} : step_range{y, stride, count}, v);
            steps = steps.drop(count);
        }
    }

private:
    [[nodiscard]] PACER_HD constexpr word position(word x) const noexcept {
        return remainder_of_product(x % period_, halves_ % period_, period_);
    }

    exact_kernel<shapes::cosine> half_;
    word halves_;
    word period_;
    word shift_;
};

/// What an exact schedule is made of: the curve, and the rate that `past_end::hold` holds.
template <class Curve>
struct exact_parts {
    Curve curve;
    double last;
};
template <class Curve>
exact_parts(Curve, double) -> exact_parts<Curve>;

template <class Shape = shapes::linear>
constexpr exact_ramp<Shape> exact_warmup(double init, double peak, step_t steps, first_step first, Shape shape = {}) {
    const first_step_offset offset(first);
    return {init, peak, steps + offset.longer, shape, offset.shift};
}

template <class Params>
constexpr exact_ramp<> exact_warmup(const Params& p) {
    return exact_warmup(static_cast<double>(p.init_lr), peak(p), p.warmup.steps(p.total_steps), p.first_step);
}

/// What the warm-up leaves of the run.
template <class Params>
constexpr step_t decay_steps(const Params& p) noexcept {
    return p.total_steps - p.warmup.steps(p.total_steps);
}

template <class Params, class Tail>
constexpr auto exact_decay(const Params& p, Tail tail, double last) {
    return exact_parts{join(exact_warmup(p), p.warmup.steps(p.total_steps), tail), last};
}

/// A cosine of `num_cycles` full waves, `ahead` updates ahead, after `rise`.
template <class Params>
constexpr auto exact_swing(const Params& p, double end, exact_ramp<> rise, step_t ahead) {
    const exact_waves fall(peak(p), end, decay_steps(p), static_cast<word>(2 * p.num_cycles), false, ahead);
    const double last = decay_steps(p) == 0 ? end : fall(decay_steps(p) - ahead);
    return exact_parts{join(rise, p.warmup.steps(p.total_steps), fall), last};
}

template <class Real>
constexpr auto exact_of(const constant_params<Real>& p) {
    return exact_parts{exact_ramp<>(peak(p), peak(p), 0), peak(p)};
}
template <class Real>
constexpr auto exact_of(const linear_warmup_params<Real>& p) {
    return exact_parts{exact_warmup(static_cast<double>(p.init_lr), peak(p), p.total_steps, p.first_step), peak(p)};
}
template <class Real>
constexpr auto exact_of(const constant_with_warmup_params<Real>& p) {
    return exact_parts{exact_warmup(p), peak(p)};
}
template <class Real>
constexpr auto exact_of(const linear_params<Real>& p) {
    const double end = p.end_lr.rate(peak(p));
    return exact_decay(p, exact_ramp<>(peak(p), end, decay_steps(p)), end);
}
template <class Real>
constexpr auto exact_of(const polynomial_params<Real>& p) {
    const double end = p.end_lr.rate(peak(p));
    return exact_decay(p, exact_ramp(peak(p), end, decay_steps(p), shapes::power{p.power}), end);
}
template <class Real>
constexpr auto exact_of(const cosine_params<Real>& p) {
    return exact_swing(p, 0, exact_warmup(p), 0);
}
template <class Real>
constexpr auto exact_of(const cosine_with_min_lr_params<Real>& p) {
    return exact_swing(p, p.min_lr.rate(peak(p)), exact_warmup(p), 0);
}
template <class Real>
constexpr auto exact_of(const cosine_warmup_with_min_lr_params<Real>& p) {
    const step_t steps = p.warmup.steps(p.total_steps);
    const auto rise = p.init_lr.is_given() ? exact_ramp<>(p.init_lr.rate(peak(p)), peak(p), steps > 2 ? steps - 1 : 1)
                                           : exact_warmup(0, peak(p), steps, first_step::from_first);
    return exact_swing(p, p.min_lr.rate(peak(p)), rise, 1);
}
template <class Real>
constexpr auto exact_of(const cosine_with_restarts_params<Real>& p) {
    const double min = p.min_lr.rate(peak(p));
    return exact_decay(p, exact_waves(peak(p), min, decay_steps(p), static_cast<word>(p.num_cycles), true, 0), min);
}
template <class Real>
constexpr auto exact_of(const warmup_stable_decay_params<Real>& p) {
    const double min = p.min_lr.rate(peak(p));
    const step_t boundary = p.warmup.steps(p.total_steps);
    return exact_parts{
        join(exact_warmup(static_cast<double>(p.init_lr), peak(p), boundary, p.first_step, shapes::any{p.warmup_shape}),
             boundary, exact_ramp<>(peak(p), peak(p), 0), boundary + p.stable_steps,
             exact_ramp(peak(p), min, p.decay_steps, shapes::any{p.decay_shape})),
        min};
}

/// Which of these valid parameters cannot be exact, if any.
template <class Params>
constexpr violation check_exact(const Params& p) noexcept {
    if constexpr (requires { p.warmup; }) {
        if (p.warmup.length(p.total_steps) != static_cast<double>(p.warmup.steps(p.total_steps)))
            return bad_rate("warmup", p.warmup.length(p.total_steps), "must be a whole number of updates to be exact");
    }
    if constexpr (requires { requires std::is_same_v<decltype(p.num_cycles), double>; }) {
        const double halves = 2 * p.num_cycles;
        if (static_cast<double>(static_cast<word>(halves)) != halves)
            return bad_rate("num_cycles", p.num_cycles, "must be a multiple of 1/2 to be exact");
    }
    if constexpr (requires { p.power; })
        return check_exact("power", shapes::power{p.power});
    else if constexpr (requires { p.decay_shape; })
        return first_of(check_exact("decay_shape", shapes::any{p.decay_shape}),
                        check_exact("warmup_shape", shapes::any{p.warmup_shape}));
    else
        return {};
}

template <class S>
using exact_curve = decltype(exact_of(std::declval<const S&>().params()).curve);

}  // namespace detail

/// A schedule that can be rounded correctly.
template <class S>
concept ExactlyRoundable = Schedule<S> && requires(const S& schedule) {
    detail::exact_of(schedule.params());
};

/// The same schedule, correctly rounded.
///
///     lr(s) = the double nearest to the exact value of the schedule's formula, ties to even
///
/// The formula is that of `schedule`, its parameters taken as the doubles that they are. What the schedule itself rounds
/// first is rounded here too: a `lr_ratio` becomes a rate, a `warmup_ratio` a number of updates. A schedule of `float`
/// rates gives that double rounded once more, to float. Everything that is exact there is exact here, and a value is never
/// further off than half a unit of its last place; curves that are monotone stay so.
///
/// @param schedule  `constant`, `linear_warmup`, `constant_with_warmup`, `linear`, `cosine`, `cosine_with_min_lr`,
///                  `cosine_warmup_with_min_lr`, `cosine_with_restarts`; `polynomial` with a whole `power` from 1 to 32;
///                  `warmup_stable_decay` with linear and cosine shapes.
///
/// An error (`invalid_schedule`): a warm-up that ends between two updates (`rounding::exact`), `num_cycles` that is not a
/// multiple of 1/2, another power, another shape. Bits do not depend on compiler flags, except those by which the
/// program computes the parameters.
template <ExactlyRoundable S>
class exact : public detail::named<rate_t<S>, typename S::params_type, detail::exact_curve<S>> {
public:
    constexpr explicit exact(const S& schedule) : exact(checked(schedule.params())) {}

private:
    using params_type = typename S::params_type;

    struct checked {
        const params_type& params;
        constexpr explicit checked(const params_type& p) : params(p) { detail::require(detail::check_exact(p)); }
    };

    constexpr explicit exact(checked p) : exact(p.params, detail::exact_of(p.params)) {}
    constexpr exact(const params_type& p, const detail::exact_parts<detail::exact_curve<S>>& parts)
        : exact::named(p, parts.curve, parts.last) {}
};

template <class S>
exact(S) -> exact<S>;

}  // namespace pacer

#endif
