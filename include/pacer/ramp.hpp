// SPDX-License-Identifier: MIT
#ifndef PACER_RAMP_HPP
#define PACER_RAMP_HPP

/// The primitive: a monotone ramp from one rate to another, exact at both ends. Nearly every schedule is a join of
/// these.

#include <pacer/detail/math.hpp>
#include <pacer/error.hpp>
#include <pacer/schedule.hpp>

namespace pacer {

/// A point of a shape: how far the ramp has moved from its nearer end, as a fraction of the whole rise (0 to 1/2).
struct shape_point {
    double moved;
    bool from_end;  ///< counted back from the end of the ramp, not on from its start
};

/// The shapes of a ramp. Each says how much of the rise is done after x of n updates, m = n - x to go, and counts it
/// from the nearer end, so that nothing cancels near either end (`power` from its end alone); `inverse` is 1/n. With
/// r = x/n:
///
/// | shape            | done                          | where it is from                          |
/// |------------------|-------------------------------|-------------------------------------------|
/// | linear           | r                             |                                           |
/// | cosine           | (1 - cos(pi r)) / 2           | Loshchilov and Hutter, SGDR (2016)        |
/// | one_minus_sqrt   | sqrt(r)                       | Haegele et al. (2024); Hugging Face's and llm.c's WSD |
/// | exponential      | 2 (1 - 2^-r)                  | Megatron-LM's WSD tail                    |
/// | power            | 1 - (1 - r)^p                 | PolynomialLR                              |
namespace shapes {

struct linear {
    constexpr shape_point operator()(double x, double m, double n, double) const noexcept {
        return {(x <= m ? x : m) / n, x > m};
    }
};

struct cosine {
    constexpr shape_point operator()(double x, double m, double, double inverse) const noexcept {
        return {detail::half_wave((x <= m ? x : m) * inverse), x > m};
    }
};

struct one_minus_sqrt {
    constexpr shape_point operator()(double x, double m, double n, double) const noexcept {
        if (4 * x <= n)
            return {detail::square_root(x / n), false};
        // 1 - sqrt(r), without its cancellation
        const double left = (m / n) / (1 + detail::square_root(x / n));
        return {left < 0.5 ? left : 0.5, true};
    }
};

struct exponential {
    constexpr shape_point operator()(double x, double m, double n, double) const noexcept {
        // half of the rise is done at r = 2 - log2(3)
        if (x <= 0x1.a8ff971810a5ep-2 * n) {
            const double done = -2 * detail::exp2m1(-(x / n));
            return {done < 0.5 ? done : 0.5, false};
        }
        const double left = detail::exp2m1(m / n);
        return {left < 0.5 ? left : 0.5, true};
    }
};

/// For decays. It is counted from the end alone: of a ramp that *rises* from 0 the first updates lose digits.
struct power {
    double exponent = 1;
    constexpr shape_point operator()(double x, double m, double n, double) const noexcept {
        (void)x;
        const double left = detail::power(m / n, exponent);
        return left >= 0.5 ? shape_point{1 - left, false} : shape_point{left, true};
    }
};

}  // namespace shapes

/// A shape chosen at run time; the names of `warmup_stable_decay`'s tails.
enum class ramp_shape { linear, cosine, one_minus_sqrt, exponential };

namespace shapes {

struct any {
    ramp_shape name = ramp_shape::linear;
    bool backwards = false;  ///< the shape run from its end to its start: a warm-up with the shape of a decay

    constexpr shape_point operator()(double x, double m, double n, double inverse) const noexcept {
        if (!backwards)
            return forwards(x, m, n, inverse);
        const shape_point point = forwards(m, x, n, inverse);
        return {point.moved, !point.from_end};
    }

private:
    constexpr shape_point forwards(double x, double m, double n, double inverse) const noexcept {
        switch (name) {
        case ramp_shape::cosine: return cosine{}(x, m, n, inverse);
        case ramp_shape::one_minus_sqrt: return one_minus_sqrt{}(x, m, n, inverse);
        case ramp_shape::exponential: return exponential{}(x, m, n, inverse);
        case ramp_shape::linear: break;
        }
        return linear{}(x, m, n, inverse);
    }
};

}  // namespace shapes

namespace detail {

/// `to - from`, made so that `from + rise/2` never oversteps `to - rise/2`: the two halves of a ramp meet in order.
constexpr double rise_between(double from, double to) noexcept {
    const double rise = to - from;
    const double half = rise * 0.5;
    const bool oversteps = rise > 0 ? from + half > to - half : from + half < to - half;
    return oversteps ? towards_zero(rise) : rise;
}

/// A way from one rate to another, that a `shape_point` is a point of.
class interval {
public:
    constexpr interval(double from, double to) noexcept : from_(from), to_(to), rise_(rise_between(from, to)) {}

    [[nodiscard]] constexpr double end() const noexcept { return to_; }
    [[nodiscard]] constexpr double operator()(shape_point point) const noexcept {
        return point.from_end ? to_ - times(rise_, point.moved) : from_ + times(rise_, point.moved);
    }

private:
    double from_;
    double to_;
    double rise_;
};

constexpr violation check(const char* field, ramp_shape shape) noexcept {
    if (shape >= ramp_shape::linear && shape <= ramp_shape::exponential)
        return {};
    return bad_count(field, static_cast<step_t>(shape), "unknown shape");
}

}  // namespace detail

/// A ramp from `from` to `to` over `length` updates, then `to` for ever.
///
///     lr(s) = from + (to - from) done(x / length),  x = max(s, 0) + shift,  while x < length
///     lr(s) = to                                    otherwise
///
/// @param from, to  rates: finite, 0 or more; either may be the larger.
/// @param length    in updates, from 0 to 2^53. It may end between two updates. 0 is a jump: the value is `to`.
/// @param shift     how far into the ramp step 0 is, in updates: 0 or more.
/// @param shape     one of `pacer::shapes`.
///
/// `from` at step 0 (without shift) and `to` from step `length` on are exact, and between them the curve never leaves
/// [from, to] and never turns back. Anything else in the parameters is an `invalid_schedule`.
template <class Shape = shapes::linear>
class ramp {
public:
    constexpr ramp(double from, double to, double length, Shape shape = {}, double shift = 0)
        : rates_(from, to),
          length_(length),
          inverse_(length > 0x1p-1000 ? 1 / length : 0),
          shift_(shift),
          shape_(shape) {
        detail::require(detail::first_of(detail::check_rate("from", from), detail::check_rate("to", to),
                                         check_updates("length", length), check_updates("shift", shift)));
    }

    [[nodiscard, gnu::always_inline]] constexpr double operator()(step_t step) const noexcept {
        const double x = static_cast<double>(step < 0 ? 0 : step) + shift_;
        if (x >= length_)
            return rates_.end();
        return rates_(shape_(x, length_ - x, length_, inverse_));
    }

private:
    static constexpr violation check_updates(const char* field, double n) noexcept {
        if (detail::is_between_0_and(static_cast<double>(longest) + 1, n))
            return {};
        return detail::bad_rate(field, n, "must be a number of updates from 0 to 2^53");
    }

    detail::interval rates_;
    double length_;
    double inverse_;
    double shift_;
    [[no_unique_address]] Shape shape_;
};

}  // namespace pacer

#endif
