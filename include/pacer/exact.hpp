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

#include <pacer/exact_ramp.hpp>
#include <pacer/schedules/named.hpp>

namespace pacer {
namespace detail {

/// The largest exponent of a power that is decided exactly.
inline constexpr int largest_exact_power = 32;

PACER_HOST constexpr violation check_exact(const char*, shapes::linear) noexcept { return {}; }
PACER_HOST constexpr violation check_exact(const char*, shapes::cosine) noexcept { return {}; }
PACER_HOST constexpr violation check_exact(const char* field, shapes::power shape) noexcept {
    const double p = shape.exponent;
    if (is_between_0_and(largest_exact_power, p) && p >= 1 && static_cast<double>(static_cast<int>(p)) == p)
        return {};
    return bad_rate(field, p, "must be a whole number from 1 to 32 to be exact");
}
PACER_HOST constexpr violation check_exact(const char* field, shapes::any shape) noexcept {
    if (shape.shape == ramp_shape::linear || shape.shape == ramp_shape::cosine)
        return {};
    return bad_choice(field, shape.shape.which(), "must be linear or cosine to be exact");
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
    /// From one rate to another over so many updates, by a shape; `shift` is added to the step.
    PACER_OUT_OF_LINE PACER_HOST constexpr exact_ramp(double from, double to, step_t length, Shape shape = {},
                                                      step_t shift = 0)
        : exact_ramp(checked(from, to, length, shape, shift)) {}

    /// The rate used by update `step`.
    [[nodiscard]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        return kernel_.at(static_cast<detail::word>(step < 0 ? 0 : step) + shift_);
    }
    PACER_REFUSE_FRACTIONAL_STEPS

    /// The first step past the ramp.
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept {
        return kernel_.length() > shift_ ? static_cast<step_t>(kernel_.length() - shift_) : 0;
    }

    /// See segments.hpp.
    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
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

        PACER_HOST constexpr checked(double a, double b, step_t n, Shape by, step_t s)
            : from(a), to(b), length(n), shape(by), shift(s) {
            detail::require(detail::first_of(detail::check_rate("from", from), detail::check_rate("to", to),
                                             check_updates("length", length), check_updates("shift", shift),
                                             detail::check_exact("shape", shape)));
            if constexpr (std::is_same_v<Shape, shapes::power>)
                detail::require(detail::check_at_most("to", to, from, "must be at most from for a power to be exact"));
        }

        PACER_HOST static constexpr violation check_updates(const char* field, step_t n) noexcept {
            if (n >= 0 && n <= longest + 1)
                return {};
            return detail::bad_count(field, n, "must be a number of updates from 0 to 2^53 + 1");
        }
    };

    PACER_HOST constexpr explicit exact_ramp(const checked& c)
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
    PACER_HOST constexpr exact_waves(double from, double to, step_t length, word halves, bool restarting, step_t shift)
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
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
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

/// The primitives of the correctly rounded grade; parameters that `check_exact` has let pass.
struct exact_grade {
    PACER_HOST static constexpr shapes::any warmup_shape(ramp_shape shape) noexcept { return {shape, true}; }

    template <class Shape>
    PACER_HOST static constexpr exact_ramp<Shape> make_ramp(double from, double to, double length, Shape shape,
                                                            double shift = 0, int longer = 0) {
        return {from, to, static_cast<step_t>(length) + longer, shape, static_cast<step_t>(shift)};
    }
    template <bool Restarting>
    PACER_HOST static constexpr exact_waves make_waves(double from, double to, double length, double num_cycles,
                                                       double shift) {
        const auto halves = static_cast<word>(Restarting ? num_cycles : 2 * num_cycles);
        return {from, to, static_cast<step_t>(length), halves, Restarting, static_cast<step_t>(shift)};
    }
};

PACER_IN_LIBRARY(auto warmup_ramp<exact_grade>(double, double, double, first_step, ramp_shape))

PACER_HOST constexpr bool is_multiple_of(double x, double part) noexcept {
    return static_cast<double>(static_cast<word>(x / part)) == x / part;
}

/// What of a field cannot be exact.
template <Rate Real>
PACER_HOST constexpr violation check_exact(const field& f, const Real& value, step_t) noexcept {
    const auto x = static_cast<double>(value);
    if (f.exact_in > 0 && !is_multiple_of(x, f.exact_in))
        return bad_rate(f.name, x,
                        f.exact_in == 1 ? "must be a whole number to be exact"
                                        : "must be a multiple of 1/2 to be exact");
    if (f.is_power)
        return check_exact(f.name, shapes::power{x});
    return {};
}
PACER_HOST constexpr violation check_exact(const field& f, const warmup& value, step_t total) noexcept {
    if (value.length(total) != static_cast<double>(value.steps(total)))
        return bad_rate(f.name, value.length(total), "must be a whole number of updates to be exact");
    return {};
}
PACER_HOST constexpr violation check_exact(const field& f, const ramp_shape& value, step_t) noexcept {
    return check_exact(f.name, shapes::any{value});
}
template <class Other>
PACER_HOST constexpr violation check_exact(const field&, const Other&, step_t) noexcept {
    return {};
}

/// Which of these valid parameters cannot be exact, if any.
template <class Params>
PACER_HOST constexpr violation check_exact(const Params& p) noexcept {
    violation found;
    Params::visit_fields(p, [&](const field& f, const auto& value) {
        if (!found)
            found = check_exact(f, value, p.total_steps);
    });
    return found;
}

}  // namespace detail

/// A schedule that can be rounded correctly.
template <class S>
concept ExactlyRoundable = Schedule<S> && requires(const S& schedule) {
    schedule.params().template curve<detail::exact_grade>();
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
class exact : public detail::named<typename S::params_type, detail::exact_grade> {
    using base = detail::named<typename S::params_type, detail::exact_grade>;

public:
    /// The same schedule, each rate correctly rounded. An error (`invalid_schedule`): what has no such grade.
    PACER_HOST constexpr explicit exact(const S& schedule) : base(checked(schedule.params())) {}

private:
    PACER_HOST static constexpr const typename S::params_type& checked(const typename S::params_type& p) {
        detail::require(detail::check_exact(p));
        return p;
    }
};

/// Of a schedule.
template <class S>
exact(S) -> exact<S>;

PACER_IN_LIBRARY(class exact_ramp<shapes::linear>)
PACER_IN_LIBRARY(class exact_ramp<shapes::cosine>)
PACER_IN_LIBRARY(class exact_ramp<shapes::power>)
PACER_IN_LIBRARY(class exact_ramp<shapes::any>)

}  // namespace pacer

#endif
