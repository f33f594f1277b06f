// SPDX-License-Identifier: MIT
#ifndef PACER_NUMERICS_GEOMETRIC_HPP
#define PACER_NUMERICS_GEOMETRIC_HPP

// Powers of one factor: rate factor^k, for whole k and between them, over the whole range of binary64.

#include <pacer/numerics/elementary.hpp>

namespace pacer::detail {

PACER_HD constexpr two_doubles operator*(two_doubles a, two_doubles b) noexcept {
    PACER_DETAIL_KEEP_ORDER
    const two_doubles p = exact_product(a.hi, b.hi);
    return exact_sum(p.hi, p.lo + (times(a.hi, b.lo) + times(a.lo, b.hi)));
}

PACER_HD constexpr two_doubles operator+(two_doubles a, two_doubles b) noexcept {
    PACER_DETAIL_KEEP_ORDER
    const two_doubles s = exact_sum(a.hi, b.hi);
    return exact_sum(s.hi, s.lo + (a.lo + b.lo));
}

PACER_HD constexpr two_doubles operator/(two_doubles a, two_doubles b) noexcept {
    PACER_DETAIL_KEEP_ORDER
    const double q = a.hi / b.hi;
    const two_doubles back = two_doubles{q, 0} * b;
    return exact_sum(q, ((a.hi - back.hi) + (a.lo - back.lo)) / b.hi);
}

/// m 2^exponent with 1 <= m.hi < 2.
struct scaled_number {
    two_doubles m;
    std::int64_t exponent;

    /// Of a number above 0.
    PACER_HD explicit constexpr scaled_number(double x) noexcept
        : scaled_number({x < 0x1p-1000  ? x * 0x1p100
                         : x > 0x1p1000 ? x * 0x1p-100
                                        : x,
                         0},
                        x < 0x1p-1000  ? -100
                        : x > 0x1p1000 ? 100
                                       : 0) {}

    PACER_HD friend constexpr scaled_number operator*(const scaled_number& a, const scaled_number& b) noexcept {
        return {a.m * b.m, a.exponent + b.exponent};
    }
    PACER_HD friend constexpr scaled_number operator/(const scaled_number& a, const scaled_number& b) noexcept {
        return {a.m / b.m, a.exponent - b.exponent};
    }

private:
    PACER_HD constexpr scaled_number(two_doubles x, std::int64_t e) noexcept : m(x), exponent(e) {
        const auto by = static_cast<std::int64_t>(to_bits(x.hi) >> 52) - 1023;
        const double scale = from_bits(static_cast<std::uint64_t>(1023 - by) << 52);
        m = {times(x.hi, scale), times(x.lo, scale)};
        exponent += by;
    }
};

/// x 2^exponent, rounded once where it is subnormal; for 1/4 <= x < 4 and exponents from -1100 to 1023.
PACER_ALWAYS_INLINE PACER_HD constexpr double with_exponent(double x, std::int64_t exponent) noexcept {
    // In two factors: one of them would go beyond the exponents that a double has.
    const auto biased = static_cast<std::uint64_t>(exponent + 2046);
    const std::uint64_t half = biased >> 1;
    return times(times(x, from_bits(half << 52)), from_bits((biased - half) << 52));
}

/// log2(x) for x > 0, with an error below 2^-75 of it (and of 1, if it is above 1).
PACER_HD constexpr two_doubles precise_log2(double x) noexcept {
    PACER_DETAIL_KEEP_ORDER
    const scaled_number parts(x);
    const bool above = parts.m.hi > 0x1.6a09e667f3bcdp0;
    const double m = above ? 0.5 * parts.m.hi : parts.m.hi;
    const auto octaves = static_cast<double>(parts.exponent + (above ? 1 : 0));
    // 2/ln2 atanh(s), by its series in z = s^2 <= 0.0295: the first terms in two doubles, the rest in one.
    const two_doubles s = two_doubles{m - 1, 0} / exact_sum(m, 1);
    const two_doubles z = s * s;
    double tail = 0;
    for (int k = 15; k >= 4; --k)
        tail = 1.0 / (2 * k + 1) + times(tail, z.hi);
    two_doubles series{tail, 0};
    for (int k = 3; k >= 0; --k)
        series = two_doubles{1, 0} / two_doubles{2.0 * k + 1, 0} + series * z;
    constexpr two_doubles per_s{0x1.71547652b82fep1, 0x1.777d0ffda0d24p-55};  // 2/ln2
    return two_doubles{octaves, 0} + per_s * (s * series);
}

/// rate 2^(c k) for k >= 0, kept within [lowest, highest].
///
/// With rate = m 2^e it is m (1 + exp2m1(y)) 2^(w + e), where w is the whole number nearest to c k, and y = c k - w. c has 79
/// bits and the products by it are exact, so that y is c k less w to its last place, however large c k is. Within 2 ULP;
/// exactly `rate` at 0.
class geometric_curve {
public:
    PACER_HD constexpr geometric_curve() noexcept = default;
    PACER_HD constexpr geometric_curve(double rate, two_doubles c, double lowest, double highest) noexcept
        : lowest_(lowest), highest_(highest) {
        PACER_DETAIL_KEEP_ORDER
        if (!(rate > 0)) {
            highest_ = lowest_;
            return;
        }
        const scaled_number parts(rate);
        m_ = parts.m.hi;
        exponent_ = parts.exponent;
        c_head_ = head(c.hi);
        c_rest_ = (c.hi - c_head_) + c.lo;
        const double size = c.hi < 0 ? -c.hi : c.hi;
        // A little further than to `highest`, or to 0: beyond, there would be numbers that are none.
        const double octaves = c.hi < 0 ? static_cast<double>(1077 + exponent_)
                                        : times(precise_log2(highest).hi - precise_log2(rate).hi, 1 + 0x1p-40);
        if (size > 0x1p-60)
            last_ = octaves / size;
    }

    [[nodiscard]] PACER_ALWAYS_INLINE PACER_HD constexpr double operator()(double k) const noexcept {
        PACER_DETAIL_KEEP_ORDER
        const double x = k < last_ ? k : last_;
        const std::uint64_t whole = nearest_plus_4096(times(c_head_ + c_rest_, x)) & 0x1FFFu;
        const double x_head = head(x);
        // The first product and the first difference are exact.
        const double y =
            kept(times(c_head_, x_head) - less(whole, 4096)) + kept(times(c_head_, x - x_head) + times(c_rest_, x));
        const double value =
            with_exponent(m_ + times(m_, exp2m1(y)), static_cast<std::int64_t>(whole) - 4096 + exponent_);
        return value < lowest_ ? lowest_ : value > highest_ ? highest_ : value;
    }

private:
    double m_ = 1;
    std::int64_t exponent_ = 0;
    double c_head_ = 0;
    double c_rest_ = 0;
    double last_ = 0x1p63;
    double lowest_ = 0;
    double highest_ = 0;
};

/// rate factor^k for a factor above 0 and up to 1, and k >= 0: the product of all of them, rounded once. (By squaring, in two
/// doubles: a number in the middle between two doubles may be rounded to either.) From k = 2^40 on, that is of factors
/// that are 1 but for their last digits, within 2 ULP. It never rises with k.
[[nodiscard]] PACER_HD constexpr double geometric_term(double rate, double factor, std::uint64_t k) noexcept {
    if (k == 0 || factor == 1 || rate == 0)
        return rate;
    constexpr std::uint64_t many = std::uint64_t{1} << 40;
    std::uint64_t rest = k < many ? k : many - 1;
    scaled_number result(rate);
    for (scaled_number power(factor); rest != 0; power = power * power, rest >>= 1) {
        if ((rest & 1) != 0)
            result = result * power;
        if (result.exponent < -1080 || (rest > 1 && power.exponent < -3000))
            return 0;
    }
    const double by_products = with_exponent(result.m.hi + result.m.lo, result.exponent);
    if (k < many)
        return by_products;
    return geometric_curve(rate, precise_log2(factor), 0, by_products)(static_cast<double>(k));
}

}  // namespace pacer::detail

#endif
