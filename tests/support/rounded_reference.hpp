// SPDX-License-Identifier: MIT
// Correctly rounded ramps, by other ways than those of pacer: long division in 128-bit integers, and sines in 113-bit
// floating point. For rates of one magnitude; slow.
#ifndef PACER_TESTS_SUPPORT_ROUNDED_REFERENCE_HPP
#define PACER_TESTS_SUPPORT_ROUNDED_REFERENCE_HPP

#include "support/check.hpp"

#include <cmath>
#include <optional>

#ifdef __SIZEOF_FLOAT128__

namespace support {

__extension__ using quad = __float128;
__extension__ using uint128 = unsigned __int128;

// The double nearest to numerator / denominator 2^exponent, for a result in the normal range; ties to even.
inline double nearest_ratio(uint128 numerator, uint128 denominator, int exponent) {
    if (numerator == 0)
        return 0;
    // Bit by bit: 53 of the quotient, and then whether the rest is below, at or above the half.
    while (numerator >= 2 * denominator)
        denominator *= 2, ++exponent;
    while (numerator < denominator)
        numerator *= 2, --exponent;
    std::uint64_t quotient = 0;
    for (int bit = 0; bit < 53; ++bit) {
        quotient = 2 * quotient + (numerator >= denominator ? 1 : 0);
        if (numerator >= denominator)
            numerator -= denominator;
        numerator *= 2;
    }
    if (numerator > denominator || (numerator == denominator && quotient % 2 != 0))
        ++quotient;
    return std::ldexp(static_cast<double>(quotient), exponent - 52);
}

// from + (to - from) x / n, for rates whose larger one is less than 2^16 times the other, or one of which is 0.
inline double nearest_linear(double from, double to, std::uint64_t x, std::uint64_t n) {
    const int exponent = std::ilogb(from != 0 && (to == 0 || from < to) ? from : to) - 52;
    const auto whole = [=](double rate) { return static_cast<uint128>(std::ldexp(rate, -exponent)); };
    // The products are below 2^123, and their sum doubled twice below 2^126.
    return nearest_ratio(whole(from) * (n - x) + whole(to) * x, n, exponent);
}

// pi / 2, in two pieces that are doubles to the last bit.
inline quad quarter_turn() {
    constexpr double pieces[] = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54, -0x1.f1976b7ed8fbcp-110};
    return static_cast<quad>(pieces[2]) + pieces[1] + pieces[0];
}

// sin^2(pi/2 x/n) for x <= n/2: from the angle's 16th part, by 1 - cos(2t) = 2 (1 - cos t) (2 - (1 - cos t)).
inline quad sine_squared(std::uint64_t x, std::uint64_t n) {
    if (2 * x == n)
        return 0.5;
    if (3 * x == n)
        return 0.25;
    const quad t = 2 * quarter_turn() * static_cast<quad>(x) / static_cast<quad>(n) / 16;
    const quad square = t * t;
    quad versed = 0;  // 1 - cos t
    for (int k = 22; k >= 2; k -= 2)
        versed = square / (k * (k - 1)) * (1 - versed);
    for (int k = 0; k < 4; ++k)
        versed = 2 * versed * (2 - versed);
    return versed / 2;
}

// The value rounded to double, or nothing where 113 bits do not decide. `tie` says that it is exact.
inline std::optional<double> nearest_quad(quad value, bool exact) {
    const auto rounded = static_cast<double>(value);
    const auto rest = static_cast<double>((value - rounded) / static_cast<quad>(ulp(rounded)));
    const double from_tie = magnitude(magnitude(rest) - 0.5);
    if (!exact && (from_tie < 0x1p-48 || magnitude(magnitude(rest) - 0.25) < 0x1p-48))
        return std::nullopt;  // (a quarter, just below a power of two)
    return rounded;
}

// from + (to - from) sin^2(pi/2 x/n)
inline std::optional<double> nearest_cosine(double from, double to, std::uint64_t x, std::uint64_t n) {
    const bool first = 2 * x <= n;
    const std::uint64_t distance = first ? x : n - x;
    const quad near = first ? from : to;
    const quad far = first ? to : from;
    return nearest_quad(near + (far - near) * sine_squared(distance, n), 2 * distance == n || 3 * distance == n);
}

// to + (from - to) ((n - x) / n)^p
inline std::optional<double> nearest_power(double from, double to, std::uint64_t x, std::uint64_t n, int p) {
    const quad left = static_cast<quad>(n - x) / static_cast<quad>(n);
    quad power = 1;
    for (int k = 0; k < p; ++k)
        power *= left;
    return nearest_quad(to + (static_cast<quad>(from) - to) * power, false);
}

}  // namespace support

#endif
#endif
