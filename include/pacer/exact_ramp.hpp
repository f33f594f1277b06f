// SPDX-License-Identifier: MIT
#ifndef PACER_EXACT_RAMP_HPP
#define PACER_EXACT_RAMP_HPP

#include <pacer/numerics/exact_bulk.hpp>
#include <pacer/numerics/exact_sine.hpp>
#include <pacer/ramp.hpp>

namespace pacer::detail {

/// A ramp's value `x` updates from one of its ends, of which the rounding is to be decided: see `exact_kernel`.
struct exact_question {
    number hi;
    number lo;
    word length = 0;
    bool is_cosine = false;
    int exponent = 1;
    bool near_hi = false;
    word x = 0;

    /// Where the last bit of both ends is.
    [[nodiscard]] PACER_HD constexpr int last_bit() const noexcept { return (lo.m != 0 ? lo.e : hi.e) - 52; }

    /// The value, known as `about` to `within` units of its m, which may be subnormal or near the middle of two doubles.
    [[nodiscard]] PACER_HD constexpr double decide(number about, word within) const noexcept {
        if (about.m == 0)
            return 0;
        // The value is r units 2^q and a rest; of a subnormal more bits are rest.
        const int q = about.e - 52 > -1074 ? about.e - 52 : -1074;
        int drop = q - (about.e - 63);
        if (drop > 65)
            return 0;
        if (drop == 65) {
            about.m >>= 1;
            drop = 64;
        }
        const word r = drop == 64 ? 0 : about.m >> drop;
        const word half = word{1} << (drop - 1);
        const word rest = about.m & (2 * half - 1);
        bool up = rest > half;
        if (rest + within - half <= 2 * within) {
            number middle = number_from_count(2 * r + 1);
            middle.e += q - 1;
            const int order = compare(middle);
            up = order > 0 || (order == 0 && r % 2 != 0);
        }
        return from_bits((q == -1074 ? 0 : static_cast<word>(q + 1074) << 52) + r + (up ? 1 : 0));
    }

private:
    /// -1, 0 or 1: the order of the exact value and a number between the ends that is near it.
    [[nodiscard]] PACER_HD constexpr int compare(number middle) const noexcept {
        const int unit = middle.e - 53 < last_bit() ? middle.e - 53 : last_bit();
        natural rise(hi, unit);
        rise -= natural(lo, unit);
        natural moved(near_hi ? hi : middle, unit);
        moved -= natural(near_hi ? middle : lo, unit);
        int order = 0;
        if (is_cosine && 2 * x != length && 3 * x != length) {
            order = compare_sine<2>(rise, moved);
            if (order == 0)
                order = compare_sine<4>(rise, moved);
        } else {
            const word part = is_cosine ? 1 : x;
            const word whole = !is_cosine ? length : 2 * x == length ? 2 : 4;
            for (int k = exponent; k > 0; --k) {
                rise *= part;
                moved *= whole;
            }
            order = rise.compare(moved);
        }
        return near_hi ? -order : order;
    }

    template <int N>
    [[nodiscard]] PACER_HD constexpr int compare_sine(const natural& rise, const natural& moved) const noexcept {
        return compare_clearly(times(wide_half_wave<N>(x, length), rise.times_power_of_2<N>(0)),
                               moved.times_power_of_2<N>(0));
    }
};

/// The same of numbers alone, for devices: no schedule is copied into the thread's own memory for it.
PACER_HD_APART constexpr double decide_rounding(word hi_m, int hi_e, word lo_m, int lo_e, word length, bool is_cosine,
                                                int exponent, bool near_hi, word x, word about_m, int about_e,
                                                word within) noexcept {
    return exact_question{{hi_m, hi_e}, {lo_m, lo_e}, length, is_cosine, exponent, near_hi, x}.decide(
        {about_m, about_e}, within);
}

/// A ramp from `from` to `to` over `length` updates, rounded correctly; parameters that have been checked.
///
/// With `hi` and `lo` the larger and the smaller end, d = hi - lo, and x of n updates counted from the nearer end (`power`:
/// from `lo`), the value is hi - T or lo + T, T = d x/n, d (x/n)^p or d sin^2(pi/2 x/n). T is at most hi / 2 where it is
/// taken off, so nothing cancels. One word of 64 bits of T is computed, with a proven bound of its error (stated at
/// `cosine_part` and its neighbours), and added in two words. If the middle between two doubles is not within that bound,
/// the rounding is decided; otherwise (about one value in a hundred) `decide` compares with that middle:
///  - linear and power: exactly, in natural numbers of up to 4096 bits;
///  - cosine: sin^2 is rational only at x/n = 1/3 and 1/2 (Niven's theorem), where it is 1/4 and 1/2 and the comparison is
///    exact. Elsewhere the value is irrational, is never such a middle, and enough bits decide: 128, and if they do not
///    (one value in 2^42), 256. No bound is known for how many bits it can take; for a value that is not one of those
///    three, the chance that 256 do not decide is 2^-170.
template <class Shape>
class exact_kernel {
public:
    PACER_OUT_OF_LINE PACER_HOST constexpr exact_kernel(double from, double to, word length, Shape shape) noexcept
        : rising_(order_of(from) < order_of(to)),
          hi_(number_from_rate(rising_ ? to : from)),
          lo_(number_from_rate(rising_ ? from : to)),
          length_(length),
          from_(from),
          to_(to),
          shape_(shape) {
        if (length > 0 && order_of(from) != order_of(to))
            prepare();
    }

    /// The sum or difference of an end and T, as v 2^(e-127); v is off by no more than `error` units of 2^64.
    struct approximation {
        two_words v;
        int e;
        word error;
    };

    /// The value `x` updates into the ramp.
    [[nodiscard]] PACER_OUT_OF_LINE PACER_HD constexpr double at(word x) const noexcept {
        if (x >= length_)
            return to_;
        if (x == 0)
            return from_;
        const word from_hi = rising_ ? length_ - x : x;
        const word from_lo = length_ - from_hi;
        if (!is_power && from_hi <= from_lo)
            return rounded<true>(from_hi, approximate<true>(from_hi));
        return rounded<false>(from_lo, approximate<false>(from_lo));
    }

    [[nodiscard]] PACER_HD constexpr word length() const noexcept { return length_; }
    [[nodiscard]] PACER_HOST constexpr bool rising() const noexcept { return rising_; }
    [[nodiscard]] PACER_HOST constexpr number hi() const noexcept { return hi_; }
    [[nodiscard]] PACER_HOST constexpr number lo() const noexcept { return lo_; }

    /// hi - lo
    [[nodiscard]] PACER_HOST constexpr wide<2> rise() const noexcept {
        natural rise(hi_, last_bit());
        rise -= natural(lo_, last_bit());
        return rise.template times_power_of_2<2>(last_bit());
    }
    [[nodiscard]] PACER_HOST constexpr number rounded_rise() const noexcept { return rise_; }

    /// What one update moves: of a line the rate, of a cosine the angle, pi/2 / length; of a power 1 / length.
    [[nodiscard]] PACER_HOST constexpr number slope() const noexcept { return slope_; }

    [[nodiscard]] PACER_HD constexpr bool is_cosine() const noexcept {
        if constexpr (std::is_same_v<Shape, shapes::any>)
            return shape_.shape.which() == ramp_shape::kind::cosine;
        else
            return std::is_same_v<Shape, shapes::cosine>;
    }

    static constexpr bool is_power = std::is_same_v<Shape, shapes::power>;

    /// See segments.hpp; of updates of the ramp, 0 or more, and no more than its length if the range falls.
    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range x, Visitor& v) const {
        const step_t inside = x.stride < 0 ? x.count : x.until(static_cast<step_t>(length_));
        if (inside > 0)
            visit_inside(x.take(inside), v);
        if (inside < x.count)
            v.constant(to_, x.count - inside);
    }

    /// The value `x` updates from the higher end, at most half of the length (not of `power`), or from the lower end.
    template <bool near_hi>
    [[nodiscard]] PACER_HD constexpr approximation approximate(word x) const noexcept {
        if constexpr (is_power)
            return power_part(x);
        else
            return is_cosine() ? cosine_part<near_hi>(x) : linear_part<near_hi>(x);
    }

private:
    template <class Visitor>
    PACER_HOST constexpr void visit_inside(step_range x, Visitor& v) const {
#if !defined(__FAST_MATH__) && !defined(__ASSOCIATIVE_MATH__)
        if (!std::is_constant_evaluated() && rise_.m != 0 && x.count > 64)
            x = visit_most(x, v);
#endif
        v.each([this](step_t update) { return at(static_cast<word>(update)); }, x);
    }

    /// As many steps as make whole runs; returns the rest.
    template <class Visitor>
    PACER_HOST step_range visit_most(step_range x, Visitor& v) const {
        exact_run<exact_kernel> run(*this, x.stride);
        for (step_t half = run.half(); half > 0 && x.count >= 2 * half; half = run.half()) {
            visit_around(run, x.take(2 * half), half, v);
            x = x.drop(2 * half);
        }
        return x;
    }

    /// The steps of one run, with the update in its middle.
    template <class Visitor>
    PACER_HOST void visit_around(exact_run<exact_kernel>& run, step_range x, step_t half, Visitor& v) const {
        const step_t middle = x.at(half);
        const auto exactly = [&](step_t k) { return at(static_cast<word>(middle + k * x.stride)); };
        const auto visit = [&](const auto& neighbours) {
            if (neighbours.within < 0x1p-57 * neighbours.head)
                v.checked_segment(neighbours, exactly, {-half, 1, x.count});
            else
                v.each(exactly, {-half, 1, x.count});
        };
        if (is_cosine())
            visit(run.template around<true>(static_cast<word>(middle)));
        else
            visit(run.template around<false>(static_cast<word>(middle)));
    }

    [[nodiscard]] PACER_HD constexpr int exponent() const noexcept {
        if constexpr (is_power)
            return static_cast<int>(shape_.exponent);
        else
            return 1;
    }

    /// A rate as an integer of the same order. With -ffast-math, subnormal numbers compare as 0.
    PACER_HOST static constexpr word order_of(double rate) noexcept { return to_bits(rate) << 1; }

    [[nodiscard]] PACER_HOST constexpr int last_bit() const noexcept { return exact_question{hi_, lo_}.last_bit(); }

    /// Within half a unit of m, and 2^-60 of one more.
    PACER_HOST static constexpr number nearest(const wide<2>& x) noexcept {
        const word m = x.m.w[1] + (x.m.w[0] >> 63);
        return m != 0 ? number{m, x.e - 1} : number{top_bit, x.e};
    }

    PACER_HOST constexpr void prepare() noexcept {
        wide<2> d = rise();
        rise_ = nearest(d);
        if (is_cosine()) {
            slope_ = nearest(times_ratio(quarter_pi<2>(), 2, length_));
        } else if constexpr (is_power) {
            slope_ = nearest(times_ratio(fraction<2>{{0, top_bit}}, 2, length_));
        } else {
            const int e = d.e;
            d = times_ratio(d.m, 1, length_);
            d.e += e;
            slope_ = nearest(d);
        }
    }

    /// m 2^(64-by), for `by` from 1 on; 0 if that is below 2^64.
    PACER_HD static constexpr two_words shifted(word m, int by) noexcept {
        return by < 64 ? two_words{m >> by} << 64 | m << (64 - by) : 0;
    }

    /// The end and T in common units, with room for a carry. One of them may be 0 for less than 1 unit of 2^64.
    struct terms {
        two_words end;
        two_words t;
        int e;
    };

    template <bool near_hi>
    [[nodiscard]] PACER_HD constexpr terms aligned(number t) const noexcept {
        const number end = near_hi ? hi_ : lo_;
        const int e = (end.e > t.e ? end.e : t.e) + 1;
        return {shifted(end.m, e - end.e), shifted(t.m, e - t.e), e};
    }

    /// T = x slope. In units of 2^-63 of it: the slope is within 0.51, rounding down makes (-1, 0]. So T is off by less
    /// than 1.51 2^-63 of it: by less than 3.1 y units of 2^64, y = T / 2^128, and 1 more where a term is 0. The bound is
    /// [4 y] + 2.
    template <bool near_hi>
    [[nodiscard]] PACER_HD constexpr approximation linear_part(word x) const noexcept {
        const terms sum = aligned<near_hi>(times(number_from_count(x), slope_));
        return {near_hi ? sum.end - sum.t : sum.end + sum.t, sum.e, (static_cast<word>(sum.t >> 64) >> 62) + 2};
    }

    /// T = g - g z H(z), with g = d z and z the square of the angle a = x slope.
    ///
    /// In units of 2^-63 of each: slope within 0.51, a in (-1.51, 0.51) with its rounding, its square in (-4.02, 1.02),
    /// d within 0.51, g in (-5.53, 1.53). An error e of z makes e sin(2a)/(2a) < e (1 - 0.58 z) in T, since the product
    /// takes it back in part. As a fraction z is up to half a unit of 1 lower still, which makes T higher by up to 0.17.
    /// Of z H the polynomial makes up to 0.46 / 2 = 0.23, its rounding up to 2.3 z / 2. So T is off, in units of 2^-63 of
    /// g, downwards by less than 1.51 + 4.02 (1 - 0.58 z) + 0.23 + 1.15 z < 5.8, upwards by less than 1.53 + 0.17 + 0.94.
    ///
    /// That is 11.6 y units of 2^64 downwards, y = g / 2^128, and 1 more where a term is 0; 5.3 y upwards, and 0.54 more
    /// because the product is made of the upper words of g and of g z alone. The bound is [16 y] - [4 y] + 2 > 12 y + 1.
    template <bool near_hi>
    [[nodiscard]] PACER_HD constexpr approximation cosine_part(word x) const noexcept {
        const number angle = times(number_from_count(x), slope_);
        const number square = times(angle, angle);
        const int by = -1 - square.e;
        const word z = square.m >> (by < 63 ? by : 63);
        const terms sum = aligned<near_hi>(times(square, rise_));
        const auto g = static_cast<word>(sum.t >> 64);
        const two_words less = two_words{times_high(g, z)} * sine_polynomial(z);
        return {near_hi ? (sum.end - sum.t) + less : (sum.end + sum.t) - less, sum.e, (g >> 60) - (g >> 62) + 2};
    }

    /// T = d r^p with r = x slope. In units of 2^-63 of each: slope within 0.51, r in (-1.51, 0.51), r^k off by less
    /// than 2.51 k - 1, T by less than 2.51 p + 1 with d: by less than (5.1 p + 2) y units of 2^64, y = T / 2^128, and 1
    /// more where a term is 0. The bound is [(6 p + 2) y] + 2.
    [[nodiscard]] PACER_HD constexpr approximation power_part(word x) const noexcept {
        number t = rise_;
        number r = times(number_from_count(x), slope_);
        for (int k = exponent(); k > 0; k /= 2) {
            if (k % 2 != 0)
                t = times(t, r);
            r = times(r, r);
        }
        const terms sum = aligned<false>(t);
        const auto factor = static_cast<word>(6 * exponent() + 2);
        return {sum.end + sum.t, sum.e, times_high(static_cast<word>(sum.t >> 64), factor) + 2};
    }

    /// The value as m 2^(e-63), m normalised: bits of m beyond 53 are rounded off, unless that is not decided yet.
    template <bool near_hi>
    [[nodiscard]] PACER_HD constexpr double rounded(word x, const approximation& value) const noexcept {
        const int zeros = leading_zeros(static_cast<word>(value.v >> 64));
        const auto m = static_cast<word>(value.v << zeros >> 64);
        const int e = value.e - zeros;
        const word within = (value.error << zeros) + 1;
        if ((m & 2047) + within - 1024 <= 2 * within || e < -1022) [[unlikely]]
            return decide<near_hi>(x, {m, e}, within);
        return from_bits((static_cast<word>(e + 1022) << 52) + (m >> 11) + (m >> 10 & 1));
    }

    template <bool near_hi>
    [[nodiscard]] PACER_OUT_OF_LINE PACER_HD constexpr double decide(word x, number about, word within) const noexcept {
        return decide_rounding(hi_.m, hi_.e, lo_.m, lo_.e, length_, is_cosine(), exponent(), near_hi, x, about.m,
                               about.e, within);
    }

    bool rising_;
    number hi_;
    number lo_;
    number rise_{};
    number slope_{};
    word length_;
    double from_;
    double to_;
    PACER_NO_UNIQUE_ADDRESS Shape shape_;
};

PACER_IN_LIBRARY(class exact_kernel<shapes::linear>)
PACER_IN_LIBRARY(class exact_kernel<shapes::cosine>)
PACER_IN_LIBRARY(class exact_kernel<shapes::power>)
PACER_IN_LIBRARY(class exact_kernel<shapes::any>)

}  // namespace pacer::detail

#endif
