// SPDX-License-Identifier: MIT
#ifndef PACER_RAMP_HPP
#define PACER_RAMP_HPP

/// The primitive: a monotone ramp from one rate to another, exact at both ends. Nearly every schedule is a join of
/// these.

#include <pacer/error.hpp>
#include <pacer/numerics/elementary.hpp>
#include <pacer/schedule.hpp>
#include <pacer/segments.hpp>

namespace pacer {
namespace detail {

// What most ways are made of: the rise, the length and its inverse.
struct measured_way {
    double rise;
    double n;
    double inverse;

    constexpr measured_way(double rise_, double n_) noexcept : rise(rise_), n(n_), inverse(1 / n_) {}
};

}  // namespace detail

/// The shapes of a ramp. With r = x/n, after x of n updates:
///
/// | shape            | done                          | where it is from                          |
/// |------------------|-------------------------------|-------------------------------------------|
/// | linear           | r                             |                                           |
/// | cosine           | (1 - cos(pi r)) / 2           | Loshchilov and Hutter, SGDR (2016)        |
/// | one_minus_sqrt   | sqrt(r)                       | Haegele et al. (2024); Hugging Face's and llm.c's WSD |
/// | half_life      | 2 (1 - 2^-r)                  | Megatron-LM's WSD tail                    |
/// | power            | 1 - (1 - r)^p                 | PolynomialLR                              |
///
/// A ramp counts its updates from its nearer end, so that nothing cancels near either end. For that a shape has
///
///     turn()              the fraction of the ramp that is counted from the start; there half of the rise is done
///     way(rise, n)        prepares a ramp that rises by `rise` in n updates (of a shape with parameters: way(rise, n,
///                         shape)); a `way` has
///         done(x)         from the start: the rise done after x updates, for x <= turn() n
///         left(m)         from the end: minus the rise that is left m updates before it, for the others
///
/// Both are exactly 0 at 0, never more than half of the rise, and never turn back.
namespace shapes {

struct linear {
    class way {
    public:
        constexpr way(double rise, double n) noexcept {
            // Of a ramp shorter than an update there is only a broken part; a slope that would overflow does not.
            const bool too_steep = n < 1 && (n < 0x1p-40 || rise > 0x1p900 || rise < -0x1p900);
            double slope = too_steep ? 0 : rise / n;
            while (detail::oversteps(detail::times(slope, n / 2), rise))
                slope = detail::towards_zero(slope);
            slope_[0] = slope;
            slope_[1] = -slope;
        }
        [[gnu::always_inline]] PACER_HD constexpr double done(double x) const noexcept { return either(x, 0); }
        [[gnu::always_inline]] PACER_HD constexpr double left(double m) const noexcept { return either(m, 1); }
        [[gnu::always_inline]] PACER_HD constexpr double either(double k, bool from_end) const noexcept {
            return detail::times(detail::pick(slope_, from_end), k);
        }

    private:
        double slope_[2]{};
    };

    [[nodiscard]] constexpr double turn() const noexcept { return 0.5; }
};

struct cosine {
    using way = detail::half_wave;

    [[nodiscard]] constexpr double turn() const noexcept { return 0.5; }
};

struct one_minus_sqrt {
    struct way : detail::measured_way {
        using detail::measured_way::measured_way;

        [[gnu::always_inline]] PACER_HD constexpr double done(double x) const noexcept {
            return detail::times(rise, detail::at_most_half(detail::square_root(detail::times(x, inverse))));
        }
        // 1 - sqrt(x/n) with x = n - m, without its cancellation
        [[gnu::always_inline]] PACER_HD constexpr double left(double m) const noexcept {
            const double root = detail::square_root(detail::times(n - m, n));
            return detail::times(-rise, detail::at_most_half(m / (n + root)));
        }
    };

    [[nodiscard]] constexpr double turn() const noexcept { return 0.25; }
};

struct half_life {
    struct way : detail::measured_way {
        using detail::measured_way::measured_way;

        [[gnu::always_inline]] PACER_HD constexpr double done(double x) const noexcept {
            return detail::times(rise, detail::at_most_half(-2 * detail::exp2m1(-x, n, inverse)));
        }
        [[gnu::always_inline]] PACER_HD constexpr double left(double m) const noexcept {
            return detail::times(-rise, detail::at_most_half(detail::exp2m1(m, n, inverse)));
        }
    };

    /// Half of the rise is done at r = 2 - log2(3).
    [[nodiscard]] constexpr double turn() const noexcept { return 0x1.a8ff971810a5ep-2; }
};

/// For decays. It is counted from the end alone: of a ramp that *rises* from 0 the first updates lose digits.
struct power {
    double exponent = 1;

    // Of one power, known when it is compiled: Twice / 2, or any for 0.
    template <int Twice>
    struct way_of {
        double rise;
        double n;
        detail::prepared_power prepared;

        [[gnu::always_inline]] PACER_HD constexpr double done(double x) const noexcept {
            return detail::times(rise, detail::at_most_half(1 - raised(n - x)));
        }
        [[gnu::always_inline]] PACER_HD constexpr double left(double m) const noexcept {
            return detail::times(-rise, detail::at_most_half(raised(m)));
        }
        [[gnu::always_inline]] PACER_HD constexpr double raised(double m) const noexcept {
            if constexpr (Twice == 0)
                return prepared.general(m, n);
            else
                return detail::half_integer_power<Twice>(m / n);
        }
    };

    class way {
    public:
        constexpr way(double rise, double n, const power& shape) noexcept
            : rise_(rise), n_(n), prepared_(shape.exponent) {}

        /// `function` of the way that this is.
        template <class Function>
        [[gnu::always_inline]] PACER_HD constexpr auto resolve(const Function& function) const noexcept {
            switch (prepared_.twice()) {
            case 1: return function(way_of<1>{rise_, n_, prepared_});
            case 2: return function(way_of<2>{rise_, n_, prepared_});
            case 3: return function(way_of<3>{rise_, n_, prepared_});
            case 4: return function(way_of<4>{rise_, n_, prepared_});
            case 5: return function(way_of<5>{rise_, n_, prepared_});
            case 6: return function(way_of<6>{rise_, n_, prepared_});
            case 7: return function(way_of<7>{rise_, n_, prepared_});
            case 8: return function(way_of<8>{rise_, n_, prepared_});
            default: return function(way_of<0>{rise_, n_, prepared_});
            }
        }
        PACER_HD constexpr double done(double x) const noexcept { return at(x, false); }
        PACER_HD constexpr double left(double m) const noexcept { return at(m, true); }
        [[gnu::always_inline]] PACER_HD constexpr double at(double k, bool from_end) const noexcept {
            const double m = from_end ? k : n_ - k;
            double raised = m / n_;
            if (prepared_.twice() == 4)
                raised = detail::times(raised, raised);
            else if (prepared_.twice() != 2)
                raised = prepared_(m, n_);
            return from_end ? detail::times(-rise_, detail::at_most_half(raised))
                            : detail::times(rise_, detail::at_most_half(1 - raised));
        }

    private:
        double rise_;
        double n_;
        detail::prepared_power prepared_;
    };

    [[nodiscard]] constexpr double turn() const noexcept { return 1 - detail::power(0.5, 1 / exponent); }
};

}  // namespace shapes

/// A shape chosen at run time; the names of `warmup_stable_decay`'s tails.
enum class ramp_shape { linear, cosine, one_minus_sqrt, half_life };

namespace detail {

// A way gone from its end to its start.
template <class Way>
struct backwards {
    Way way;

    [[gnu::always_inline]] PACER_HD constexpr double done(double x) const noexcept { return way.left(x); }
    [[gnu::always_inline]] PACER_HD constexpr double left(double m) const noexcept { return way.done(m); }
};

}  // namespace detail

namespace shapes {

struct any {
    ramp_shape name = ramp_shape::linear;
    bool backwards = false;  ///< the shape run from its end to its start: a warm-up with the shape of a decay

    class way {
    public:
        constexpr way(double rise, double n, const any& shape) noexcept : way(made(rise, n, shape)) {}

        /// `function` of the way that this is.
        template <class Function>
        [[gnu::always_inline]] PACER_HD constexpr auto resolve(const Function& function) const noexcept {
            switch (name_) {
            case ramp_shape::cosine: return function(cosine_);
            case ramp_shape::one_minus_sqrt:
                return backwards_ ? function(detail::backwards<one_minus_sqrt::way>{one_minus_sqrt_})
                                  : function(one_minus_sqrt_);
            case ramp_shape::half_life:
                return backwards_ ? function(detail::backwards<half_life::way>{half_life_}) : function(half_life_);
            case ramp_shape::linear: break;
            }
            return function(linear_);
        }
        PACER_HD constexpr double done(double x) const noexcept { return at(x, false); }
        PACER_HD constexpr double left(double m) const noexcept { return at(m, true); }
        [[gnu::always_inline]] PACER_HD constexpr double at(double k, bool from_end) const noexcept {
            if (name_ == ramp_shape::linear)
                return linear_.either(k, from_end);
            if (name_ == ramp_shape::cosine)
                return cosine_.either(k, from_end);
            const bool from_its_end = from_end != backwards_;
            if (name_ == ramp_shape::one_minus_sqrt)
                return from_its_end ? one_minus_sqrt_.left(k) : one_minus_sqrt_.done(k);
            return from_its_end ? half_life_.left(k) : half_life_.done(k);
        }

    private:
        constexpr way(const linear::way& w, const any& shape) noexcept
            : linear_(w), name_(shape.name), backwards_(shape.backwards) {}
        constexpr way(const cosine::way& w, const any& shape) noexcept
            : cosine_(w), name_(shape.name), backwards_(shape.backwards) {}
        constexpr way(const one_minus_sqrt::way& w, const any& shape) noexcept
            : one_minus_sqrt_(w), name_(shape.name), backwards_(shape.backwards) {}
        constexpr way(const half_life::way& w, const any& shape) noexcept
            : half_life_(w), name_(shape.name), backwards_(shape.backwards) {}

        static constexpr way made(double rise, double n, const any& shape) noexcept {
            // Backwards, the end of the shape is the start of the ramp. A symmetric shape is the same either way.
            const double turned = shape.backwards ? -rise : rise;
            switch (shape.name) {
            case ramp_shape::cosine: return way(cosine::way(rise, n), shape);
            case ramp_shape::one_minus_sqrt: return way(one_minus_sqrt::way(turned, n), shape);
            case ramp_shape::half_life: return way(half_life::way(turned, n), shape);
            case ramp_shape::linear: break;
            }
            return way(linear::way(rise, n), shape);
        }

        union {
            linear::way linear_;
            cosine::way cosine_;
            one_minus_sqrt::way one_minus_sqrt_;
            half_life::way half_life_;
        };
        ramp_shape name_;
        bool backwards_;
    };

    [[nodiscard]] constexpr double turn() const noexcept {
        const double forwards = name == ramp_shape::one_minus_sqrt ? one_minus_sqrt{}.turn()
                                : name == ramp_shape::half_life    ? half_life{}.turn()
                                                                   : 0.5;
        return backwards ? detail::towards_zero(1 - forwards)
                         : forwards;  // the very middle is counted from the end then
    }
};

}  // namespace shapes

namespace detail {

// A way that is the same function from either end.
template <class Way>
concept SymmetricWay = requires(const Way& way, double k, bool from_end) {
    way.either(k, from_end);
};

template <class Shape>
constexpr typename Shape::way make_way(const Shape& shape, double rise, double n) noexcept {
    if constexpr (std::constructible_from<typename Shape::way, double, double, const Shape&>)
        return typename Shape::way(rise, n, shape);
    else
        return typename Shape::way(rise, n);
}

/// `to - from`, made so that `from + rise/2` never oversteps `to - rise/2`: the two halves of a ramp meet in order.
constexpr double rise_between(double from, double to) noexcept {
    const double rise = to - from;
    const double half = rise * 0.5;
    const bool oversteps = rise > 0 ? from + half > to - half : from + half < to - half;
    return oversteps ? towards_zero(rise) : rise;
}

/// One side of a ramp, for a whole run of updates: `k` is counted from the nearer end.
template <class Way, bool FromEnd>
struct ramp_side {
    double rate;
    Way way;

    [[gnu::always_inline]] constexpr double operator()(double k) const noexcept {
        return rate + (FromEnd ? way.left(k) : way.done(k));
    }
};

constexpr violation check(const char* field, ramp_shape shape) noexcept {
    if (shape >= ramp_shape::linear && shape <= ramp_shape::half_life)
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
    using way_type = typename Shape::way;

public:
    constexpr ramp(double from, double to, double length, Shape shape = {}, double shift = 0)
        : ramp(checked{from, to, length, shift}, shape) {}

    [[nodiscard, gnu::always_inline]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        return detail::is_below(step, plain_until_) ? plain(step) : anywhere(step);
    }

    /// The same, for steps that are below `plain_until()`.
    [[nodiscard, gnu::always_inline]] PACER_HD constexpr double plain(step_t step) const noexcept {
        const step_t x = before_ + step;
        const step_t m = left_ - step;
        if constexpr (detail::SymmetricWay<way_type>) {
            // Without a branch, which random steps would mispredict.
            const step_t k = m < x ? m : x;
            const bool from_end = m < x;
            return from(from_end, static_cast<double>(k));
        } else {
            const bool from_end = step >= turn_;
            return from(from_end, static_cast<double>(from_end ? m : x));
        }
    }

    /// The same for any step.
    [[nodiscard]] PACER_OUT_OF_LINE PACER_HD constexpr double anywhere(step_t step) const noexcept {
        const step_t s = step < 0 ? 0 : step;
        if (s >= end_)
            return rates_[1];
        const bool from_end = s >= turn_;
        return from(from_end,
                    static_cast<double>(from_end ? left_ - s : before_ + s) + detail::pick(fraction_, from_end));
    }

    /// The first step that is past the ramp.
    [[nodiscard]] constexpr step_t end() const noexcept { return end_; }

    /// Up to where the curve is that of `plain`: the end, or 0 if the ramp begins or ends between two updates.
    [[nodiscard]] constexpr step_t plain_until() const noexcept { return plain_until_; }

    /// The rate `x` updates after the start and `m` before the end, between two updates too; x + m is the length.
    [[nodiscard]] PACER_HD constexpr double between(double x,
                                                    double m) const noexcept requires detail::SymmetricWay<way_type> {
        const bool from_end = x > m;
        return from(from_end, from_end ? m : x);
    }

    /// See segments.hpp. The range may fall.
    template <class Visitor>
    constexpr void visit_segments(detail::step_range steps, Visitor& v) const {
        if (plain_until_ < end_) {
            v.each(*this, steps);
            return;
        }
        const bool falls = steps.stride < 0;
        const step_t borders[] = {falls ? end_ : turn_, falls ? turn_ : end_};
        for (int part = 0; part < 3 && steps.count > 0; ++part) {
            const step_t n = part < 2 ? steps.until(borders[part]) : steps.count;
            if (n > 0)
                visit_part(falls ? 2 - part : part, steps.take(n), v);
            steps = steps.drop(n);
        }
    }

private:
    struct checked {
        double from;
        double to;
        double length;
        double shift;

        constexpr checked(double from_, double to_, double length_, double shift_)
            : from(from_), to(to_), length(length_), shift(shift_) {
            detail::require(detail::first_of(detail::check_rate("from", from), detail::check_rate("to", to),
                                             check_updates("length", length), check_updates("shift", shift)));
        }
    };

    static constexpr violation check_updates(const char* field, double n) noexcept {
        if (detail::is_between_0_and(static_cast<double>(longest) + 1, n))
            return {};
        return detail::bad_rate(field, n, "must be a number of updates from 0 to 2^53");
    }

    constexpr ramp(const checked& p, const Shape& shape)
        : rates_{p.from, p.to},
          way_(detail::make_way(shape, detail::rise_between(p.from, p.to), p.length > 0x1p-1000 ? p.length : 1)) {
        // What is left of the ramp at step 0 is a whole number in most cases, also where `length` is a total less a
        // broken warm-up; then the rounding of that difference must not show.
        const double rest = p.length > p.shift ? p.length - p.shift : 0;
        const auto nearest = static_cast<double>(detail::nearest_even_to_int(rest));
        const double left = (rest < nearest ? nearest - rest : rest - nearest) <= 0x1p-52 * p.length ? nearest : rest;
        before_ = detail::floor_to_int(p.shift);
        left_ = detail::floor_to_int(left);
        fraction_[0] = p.shift - static_cast<double>(before_);
        fraction_[1] = left - static_cast<double>(left_);
        end_ = detail::ceil_to_int(left);
        const double turn = detail::times(shape.turn(), p.length);
        turn_ = turn < p.shift ? 0 : detail::floor_to_int(turn - p.shift) + 1;
        if (turn_ > 0 && static_cast<double>(turn_ - 1 + before_) + fraction_[0] > turn)
            turn_ -= 1;
        turn_ = turn_ < end_ ? turn_ : end_;
        plain_until_ = fraction_[0] == 0 && fraction_[1] == 0 ? end_ : 0;
    }

    // The rate `k` updates from one of the ends.
    [[nodiscard, gnu::always_inline]] PACER_HD constexpr double from(bool from_end, double k) const noexcept {
        const double rate = detail::pick(rates_, from_end);
        if constexpr (detail::SymmetricWay<way_type>)
            return rate + way_.either(k, from_end);
        else if constexpr (requires { way_.at(k, from_end); })
            return rate + way_.at(k, from_end);
        else
            return rate + (from_end ? way_.left(k) : way_.done(k));
    }

    // Parts: 0 counted from the start, 1 counted from the end, 2 past the end.
    template <class Visitor>
    constexpr void visit_part(int part, detail::step_range steps, Visitor& v) const {
        if (part == 2)
            v.constant(rates_[1], steps.count);
        else if constexpr (requires { way_.resolve([](const auto&) {}); })
            way_.resolve([&](const auto& way) { visit_side(way, part, steps, v); });
        else
            visit_side(way_, part, steps, v);
    }

    template <class Way, class Visitor>
    constexpr void visit_side(const Way& way, int part, detail::step_range steps, Visitor& v) const {
        if (part == 0)
            v.segment(detail::ramp_side<Way, false>{rates_[0], way}, steps.later(before_));
        else
            v.segment(detail::ramp_side<Way, true>{rates_[1], way}, {left_ - steps.first, -steps.stride, steps.count});
    }

    double rates_[2];
    double fraction_[2]{};  // of an update: what is behind, and left, at step 0 beside `before_` and `left_`
    step_t before_ = 0;
    step_t left_ = 0;
    step_t turn_ = 0;  // from here on updates are counted from the end
    step_t end_ = 0;
    step_t plain_until_ = 0;
    way_type way_;
};

}  // namespace pacer

#endif
