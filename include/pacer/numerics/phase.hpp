// SPDX-License-Identifier: MIT
#ifndef PACER_NUMERICS_PHASE_HPP
#define PACER_NUMERICS_PHASE_HPP

// Where a step stands in a train of equal waves: waves x / n, of which the whole part does not count. `waves` is a double,
// that is m 2^e; where x and n are whole, too, nothing is rounded before the whole part is gone. In 64 bits, also where
// the compiler has no wider integers.

#include <pacer/numerics/elementary.hpp>
#include <pacer/numerics/two_words.hpp>

namespace pacer::detail {

PACER_HD constexpr two_halves shifted_right(two_halves x, int by) noexcept {
    if (by >= 128)
        return {0, 0};
    if (by >= 64)
        return {0, x.high >> (by - 64)};
    return by == 0 ? x : two_halves{x.high >> by, x.low >> by | x.high << (64 - by)};
}

/// x modulo m, for 0 < m < 2^63: two digits of 32 bits of the quotient, one after the other (Knuth's algorithm D).
PACER_HD constexpr std::uint64_t remainder(two_halves x, std::uint64_t m) noexcept {
    if (x.high == 0)
        return x.low % m;
    const int zeros = zeros_before(m);
    const std::uint64_t divisor = m << zeros;
    const std::uint64_t top = divisor >> 32;
    const std::uint64_t bottom = divisor & 0xFFFF'FFFFu;
    const std::uint64_t high = x.high % m;
    std::uint64_t rest = high << zeros | x.low >> (64 - zeros);
    std::uint64_t digits = x.low << zeros;
    for (int k = 0; k < 2; ++k) {
        const std::uint64_t digit = digits >> 32;
        digits <<= 32;
        std::uint64_t quotient = rest / top;
        std::uint64_t left = rest % top;
        // Too large by 2 at most.
        while (left >> 32 == 0 && (quotient >> 32 != 0 || quotient * bottom > (left << 32 | digit))) {
            quotient -= 1;
            left += top;
        }
        rest = (rest << 32 | digit) - quotient * divisor;
    }
    return rest >> zeros;
}

/// A double that is not negative, as m 2^e.
struct binary_number {
    std::uint64_t m;
    int e;

    PACER_ALWAYS_INLINE PACER_HD constexpr explicit binary_number(double x) noexcept {
        const std::uint64_t bits = to_bits(x);
        const auto biased = static_cast<int>(bits >> 52 & 0x7FF);
        m = (bits & 0x000F'FFFF'FFFF'FFFFu) | (biased != 0 ? 0x0010'0000'0000'0000u : 0);
        e = (biased != 0 ? biased : 1) - 1075;
    }
};

/// A place in a half wave: k = hi + lo updates from the nearer end.
struct half_wave_place {
    two_doubles k;
    bool from_end;
};

/// 2^doublings waves x modulo `period`, whole updates and a part in units of 2^-64, in two half waves of n updates each,
/// there and back, or in the first of them; `fits` if that is exact, as it is for fewer than 2^64 waves of 2^-11 or more.
struct quick_place {
    bool fits;
    half_wave_place place;

    PACER_ALWAYS_INLINE PACER_HD constexpr quick_place(std::uint64_t x, double waves, int doublings,
                                                       std::uint64_t period, std::uint64_t n) noexcept
        : fits(false), place{} {
        PACER_DETAIL_KEEP_ORDER
        const binary_number number(waves);
        const int down = -(number.e + doublings);
        const two_halves product = whole_product(number.m, x);
        if (down < 1 || down > 63 || product.high >> down != 0)
            return;
        fits = true;
        std::uint64_t whole = (product.high << (64 - down) | product.low >> down) % period;
        std::uint64_t part = product.low << (64 - down);
        if (whole >= n) {
            whole = 2 * n - whole - (part != 0 ? 1 : 0);
            part = 0 - part;
        }
        // 2 (whole + part) > n
        place.from_end = 2 * whole + (part >> 63) + ((part << 1) != 0 ? 1 : 0) > n;
        if (place.from_end) {
            whole = n - whole - (part != 0 ? 1 : 0);
            part = 0 - part;
        }
        const auto a = static_cast<double>(static_cast<std::int64_t>(whole));
        const double b = times(static_cast<double>(static_cast<std::int64_t>(part >> 32)), 0x1p-32);
        const double c = times(static_cast<double>(static_cast<std::int64_t>(part & 0xFFFF'FFFFu)), 0x1p-64);
        const double sum = kept(a + b);  // b is below 1, and a is 0 or above
        const double rest = kept(b - kept(sum - a)) + c;
        place.k.hi = kept(sum + rest);
        place.k.lo = rest - kept(place.k.hi - sum);
    }
};

/// A position in a wave: whole updates, and a part of one, from 0 to below 1, to 106 bits.
struct wave_position {
    std::uint64_t whole;
    two_doubles part;
};

PACER_HD constexpr double power_of_2(int exponent) noexcept {
    return exponent < -1022 ? 0 : from_bits(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

/// 2^doublings waves x modulo `period`, for 0 <= waves < 2^1000 and 0 < period < 2^63.
PACER_SELDOM PACER_HD constexpr wave_position reduced(std::uint64_t x, double waves, int doublings,
                                                      std::uint64_t period) noexcept {
    PACER_DETAIL_KEEP_ORDER
    const std::uint64_t m = binary_number(waves).m;
    int e = binary_number(waves).e + doublings;
    if (e >= 0) {
        std::uint64_t factor = m % period;
        for (int by = 0; e > 0; e -= by) {
            by = e < 63 ? e : 63;
            factor = remainder(whole_product(factor, std::uint64_t{1} << by), period);
        }
        return {remainder(whole_product(factor, x % period), period), {0, 0}};
    }
    const two_halves product = whole_product(m, x);  // below 2^117
    const int down = -e;
    const two_halves whole = shifted_right(product, down);
    const std::uint64_t high = down >= 128 ? product.high
                               : down > 64 ? product.high & ((std::uint64_t{1} << (down - 64)) - 1)
                                           : 0;
    const std::uint64_t low = down >= 64 ? product.low : product.low & ((std::uint64_t{1} << down) - 1);
    // Three numbers of at most 53 bits, largest first.
    const two_doubles part = exact_sum(times(static_cast<double>(high), power_of_2(64 - down)),
                                       times(static_cast<double>(low >> 32), power_of_2(32 - down)));
    const two_doubles all =
        exact_sum(part.hi, part.lo + times(static_cast<double>(low & 0xFFFF'FFFFu), power_of_2(-down)));
    return {remainder(whole, period), all};
}

/// border - x, for a whole number that is not below x.
PACER_HD constexpr two_doubles complement(double border, two_doubles x) noexcept {
    const two_doubles rest = exact_sum(border, -x.hi);
    return exact_sum(rest.hi, rest.lo - x.lo);
}

/// The place of a position in two half waves of n updates each, there and back, or in the first of them.
PACER_HD constexpr half_wave_place folded(wave_position y, std::uint64_t n) noexcept {
    const auto from = [](std::uint64_t border, wave_position p) {  // border - p
        const bool has_part = p.part.hi > 0;
        return wave_position{border - p.whole - (has_part ? 1 : 0),
                             has_part ? complement(1, p.part) : two_doubles{0, 0}};
    };
    if (y.whole >= n)
        y = from(2 * n, y);
    const bool from_end =
        2 * y.whole > n || (2 * y.whole == n && y.part.hi > 0) || (2 * y.whole + 1 == n && y.part.hi > 0.5);
    if (from_end)
        y = from(n, y);
    const two_doubles k = exact_sum(static_cast<double>(y.whole), y.part.hi);
    return {exact_sum(k.hi, k.lo + y.part.lo), from_end};
}

/// The same where x = step + shift or n = shift + left is not whole: to 100 bits of waves x / n. With `restarting`, all
/// half waves are the first.
PACER_SELDOM PACER_HD constexpr half_wave_place folded(std::uint64_t step, double shift, double left, double waves,
                                                       int doublings, bool restarting) noexcept {
    PACER_DETAIL_KEEP_ORDER
    const auto upper = static_cast<double>(step & ~std::uint64_t{0xFFFF'FFFFu});
    const two_doubles lower = exact_sum(static_cast<double>(step & 0xFFFF'FFFFu), shift);
    const two_doubles sum = exact_sum(upper, lower.hi);
    const two_doubles x = exact_sum(sum.hi, sum.lo + lower.lo);
    const two_doubles n = exact_sum(left, shift);
    const double q = x.hi / n.hi;
    const two_doubles back = exact_product(q, n.hi);
    const double rest = (((x.hi - back.hi) - back.lo) + (x.lo - times(q, n.lo))) / n.hi;
    const double factor = times(waves, power_of_2(doublings));
    const two_doubles product = exact_product(q, factor);
    two_doubles phase = exact_sum(product.hi, product.lo + times(rest, factor));
    const double period = restarting ? 1 : 2;
    if (!(phase.hi < 0x1p53))
        return {{0, 0}, false};  // as many waves as that are lost in the digits of `shift`
    const auto whole = static_cast<double>(floor_to_int(phase.hi / period));
    phase = exact_sum(phase.hi - times(period, whole), phase.lo);
    if (phase.hi < 0)
        phase = exact_sum(phase.hi + period, phase.lo);
    if (phase.hi > 1)
        phase = complement(2, phase);
    const bool from_end = phase.hi > 0.5;
    if (from_end)
        phase = complement(1, phase);
    const two_doubles k = exact_product(phase.hi, n.hi);
    return {exact_sum(k.hi, k.lo + (times(phase.lo, n.hi) + times(phase.hi, n.lo))), from_end};
}

}  // namespace pacer::detail

#endif
