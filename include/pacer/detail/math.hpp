// SPDX-License-Identifier: MIT
#ifndef PACER_DETAIL_MATH_HPP
#define PACER_DETAIL_MATH_HPP

// The elementary functions the curves need, without <cmath>: the same code at compile time and at run time, on every
// platform. Arguments are already in the range stated; nothing here checks.

#include <bit>
#include <cstdint>

namespace pacer::detail {

constexpr double from_bits(std::uint64_t bits) noexcept { return std::bit_cast<double>(bits); }
constexpr std::uint64_t to_bits(double x) noexcept { return std::bit_cast<std::uint64_t>(x); }

/// a * b, rounded: never fused with an addition that follows. Fused or not, a compiler decides by what stands around a
/// call, so the same schedule would have two values for one step. (g++ takes the barrier; clang by default only fuses
/// within one expression. Its -ffp-contract=fast, and g++ where it vectorises, fuse all the same.)
constexpr double times(double a, double b) noexcept {
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
    return __builtin_assoc_barrier(a * b);
#else
    return a * b;
#endif
}

/// x with its last 27 bits cleared: a product of two such heads is exact. The mask, unlike Dekker's split by
/// multiplication, survives -ffast-math.
constexpr double head(double x) noexcept { return from_bits(to_bits(x) & 0xFFFF'FFFF'F800'0000u); }

/// sin^2(pi r / 2) for 0 <= r <= 1/2: the first half of (1 - cos(pi r)) / 2, without its cancellation near 0.
///
/// A minimax polynomial of degree 8 in r^2 (relative error 6.3e-17, below the rounding of its leading coefficient
/// pi^2/4). The leading term stands apart, so that little is rounded in what is added to it; the rest is evaluated by
/// Estrin's scheme, which is shorter in latency than Horner's. Exactly 0 at 0, and never above 1/2. In order for
/// arguments four doubles apart; neighbouring ones may come out in the wrong order, by the last bit.
constexpr double half_wave(double r) noexcept {
    const double z = times(r, r);
    const double z2 = times(z, z);
    const double low = (0x1.03c1f081b5a74p1 - times(0x1.55d3c7e3c7277p-1, z)) +
                       times(0x1.e1f5068500932p-4 - times(0x1.a6d1f0d216704p-7, z), z2);
    const double high = (0x1.f9d2a4996eac6p-11 - times(0x1.b6a211e7bb0f7p-15, z)) + times(0x1.1745ad4b82894p-19, z2);
    return times(0x1.3bd3cc9be45dep1, z) - times(z2, low + times(times(z2, z2), high));
}

/// 2^y - 1 for -0.6 <= y <= 0.6, without cancellation near 0: the Taylor series of expm1(y ln 2), whose first dropped
/// term is below 1e-17 of the result. Written as t + t^2 (...) so that it keeps the order of its arguments.
constexpr double exp2m1(double y) noexcept {
    const double t = times(y, 0x1.62e42fefa39efp-1);
    double sum = 0;
    for (int k = 15; k >= 2; --k)
        sum = (times(sum, t) + 1) / k;
    return t + times(times(t, t), sum);
}

/// The correctly rounded square root of a normal x > 0, or 0.
constexpr double square_root(double x) noexcept {
    if (!std::is_constant_evaluated())
        return __builtin_sqrt(x);
    if (x == 0)
        return 0;
    const std::uint64_t bits = to_bits(x);
    int exponent = static_cast<int>(bits >> 52) - 1023;
    std::uint64_t rest = (bits & 0x000F'FFFF'FFFF'FFFFu) | 0x0010'0000'0000'0000u;
    if (exponent % 2 != 0) {
        rest *= 2;
        exponent -= 1;
    }
    // Digit by digit: after the loop `root` holds 53 bits and one more to round by; `rest` says whether more follow.
    std::uint64_t root = 0;
    std::uint64_t sum = 0;
    rest *= 2;
    for (std::uint64_t bit = std::uint64_t{1} << 53; bit != 0; bit >>= 1) {
        const std::uint64_t trial = sum + bit;
        if (trial <= rest) {
            sum = trial + bit;
            rest -= trial;
            root += bit;
        }
        rest *= 2;
    }
    root += root & 1;  // 54 bits, odd = past the middle (a square root is never a tie)
    return from_bits(((root >> 1) - 0x0010'0000'0000'0000u) + (static_cast<std::uint64_t>(exponent / 2 + 1023) << 52));
}

/// log2(q) as a sum of two doubles, for a normal q in (0, 1]; error below 2^-57.
struct two_doubles {
    double hi;
    double lo;
};

constexpr two_doubles log2(double q) noexcept {
    std::uint64_t bits = to_bits(q);
    int exponent = static_cast<int>(bits >> 52) - 1023;
    bits = (bits & 0x000F'FFFF'FFFF'FFFFu) | 0x3FF0'0000'0000'0000u;
    if (bits > 0x3FF6'A09E'667F'3BCCu) {  // above sqrt(2): take the mantissa from [sqrt(1/2), 1)
        bits -= 0x0010'0000'0000'0000u;
        exponent += 1;
    }
    const double m = from_bits(bits);
    // log(m) = 2 atanh(f) with f = (m - 1) / (m + 1); f needs more than 53 bits, so it is kept as head and rest.
    const double m_head = head(m);
    const double m_rest = m - m_head;
    const double f = (m - 1) / (m + 1);
    const double f_head = head(f);
    const double f_rest = (((m - 1) - times(f_head, m_head + 1)) - times(f_head, m_rest)) / (m + 1);
    const double z = f * f;
    double series = 0;
    for (int k = 23; k >= 3; k -= 2)
        series = times(series, z) + 1.0 / k;
    const double log_rest = 2 * (f_rest + times(f, z * series));
    constexpr double log2e = 0x1.71547652b82fep0;
    constexpr double log2e_head = head(log2e);
    constexpr double log2e_rest = (log2e - log2e_head) + 0x1.777d0ffda0d24p-56;
    const double leading = 2 * f_head * log2e_head;
    const double hi = exponent + leading;
    const double lost = leading - (hi - exponent);
    return {hi, times(2 * f_head, log2e_rest) + times(log_rest, log2e) + lost};
}

/// q^p for 0 <= q <= 1 and p > 0; in [0, 1], within 2 ULP. Integer and half-integer powers up to 4 by multiplication,
/// which keeps the order of its arguments exactly; others as 2^(p log2 q), which -ffast-math spoils to some 200 ULP.
constexpr double power(double q, double p) noexcept {
    if (q <= 0)
        return 0;
    if (q >= 1)
        return 1;
    if (p <= 4 && 2 * p == static_cast<double>(static_cast<int>(2 * p))) {
        const int twice = static_cast<int>(2 * p);
        double result = twice % 2 != 0 ? square_root(q) : 1;
        for (int k = 0; k < twice / 2; ++k)
            result *= q;
        return result;
    }
    const two_doubles l = log2(q);
    const double p_head = head(p);
    const double p_rest = p - p_head;
    const double l_head = head(l.hi);
    const double l_rest = (l.hi - l_head) + l.lo;
    // y = p log2(q) = whole + part
    const double product = p_head * l_head;
    if (product < -1022)
        return 0;  // below the normal range
    const auto whole = static_cast<int>(product - 0.5);
    const double part_hi = product - whole;
    const double part_lo = times(p_head, l_rest) + times(p_rest, l.hi + l.lo);
    constexpr double ln2 = 0x1.62e42fefa39efp-1;
    constexpr double ln2_head = head(ln2);
    constexpr double ln2_rest = (ln2 - ln2_head) + 0x1.abc9e3b39803fp-56;
    const double part_head = head(part_hi);
    const double t_hi = part_head * ln2_head;
    const double t_lo = times(part_head, ln2_rest) + times((part_hi - part_head) + part_lo, ln2);
    const double t = t_hi + t_lo;
    double sum = 0;
    for (int k = 15; k >= 2; --k)
        sum = (times(sum, t) + 1) / k;
    const double fraction = 1 + (t_hi + (t_lo + times(times(t, t), sum)));
    const double scale = from_bits(static_cast<std::uint64_t>(whole + 1023) << 52);
    const double result = fraction * scale;
    return result < 1 ? result : 1;
}

/// The next double towards 0, for a finite x that is not 0.
constexpr double towards_zero(double x) noexcept { return from_bits(to_bits(x) - 1); }

// Rounding of 0 <= x <= 2^53 to an integer.
constexpr std::int64_t floor_to_int(double x) noexcept { return static_cast<std::int64_t>(x); }
constexpr std::int64_t ceil_to_int(double x) noexcept {
    const std::int64_t below = floor_to_int(x);
    return static_cast<double>(below) < x ? below + 1 : below;
}
constexpr std::int64_t nearest_even_to_int(double x) noexcept {
    const std::int64_t below = floor_to_int(x);
    const double rest = x - static_cast<double>(below);
    return rest > 0.5 || (rest == 0.5 && below % 2 != 0) ? below + 1 : below;
}

}  // namespace pacer::detail

#endif
