// SPDX-License-Identifier: MIT
#ifndef PACER_NUMERICS_SHORTEST_HPP
#define PACER_NUMERICS_SHORTEST_HPP

// Numbers for messages. <cstdio> would be a tenth of all that a schedule includes, and follows the locale; <charconv> more.

#include <pacer/numerics/geometric.hpp>

namespace pacer::detail {

/// 0.D... 10^point, with `count` digits, the first of which is not 0.
struct decimal {
    std::uint64_t digits;
    int count;
    int point;
};

PACER_SELDOM PACER_HOST constexpr scaled_number power_of_ten(int exponent) noexcept {
    scaled_number result(1);
    for (scaled_number power(10); exponent != 0; power = power * power, exponent >>= 1)
        if (exponent % 2 != 0)
            result = result * power;
    return result;
}

/// The shortest decimal that reads back as x, which is finite and above 0. (It may have a digit more for a power of 2, and
/// where a shorter one is just in the middle between two doubles. Under -ffast-math its last digit may be another.)
PACER_SELDOM PACER_HOST constexpr decimal shortest_decimal(double x) noexcept {
    // x as 17 digits and a rest: from 10^16 to 10^17.
    const scaled_number given(x);
    int tens = static_cast<int>(static_cast<double>(given.exponent + 2000) * 0.30102999566) - 603;
    two_doubles value{0, 0};
    for (int tries = 0; tries < 3; ++tries) {
        const scaled_number power = power_of_ten(tens <= 16 ? 16 - tens : tens - 16);
        const scaled_number scaled = tens <= 16 ? given * power : given / power;
        const double two = from_bits(static_cast<std::uint64_t>(1023 + scaled.exponent) << 52);
        value = {times(scaled.m.hi, two), times(scaled.m.lo, two)};
        if (value.hi < 1e17)
            break;
        ++tens;
    }
    const auto nearest = static_cast<std::int64_t>(value.lo < 0 ? value.lo - 0.5 : value.lo + 0.5);
    const std::int64_t all = static_cast<std::int64_t>(value.hi) + nearest;
    const double rest = value.lo - static_cast<double>(nearest);
    // Whatever is nearer than half of the distance to the next double reads back as x.
    const std::uint64_t bits = to_bits(x);
    const std::uint64_t fraction = bits & 0x000F'FFFF'FFFF'FFFFu;
    const std::uint64_t units = fraction + (bits >> 52 != 0 ? 0x0010'0000'0000'0000u : 0);
    const double near_enough = value.hi / static_cast<double>(fraction == 0 ? 4 * units : 2 * units);
    int count = 1;
    std::int64_t unit = 10'000'000'000'000'000;
    std::int64_t digits = 0;
    for (; count <= 17; ++count, unit /= 10) {
        digits = count == 17 ? all : (all + unit / 2 - (rest < 0 ? 1 : 0)) / unit;
        const double off = static_cast<double>(digits * unit - all) - rest;
        if (count == 17 || (off < 0 ? -off : off) < near_enough)
            break;
    }
    // 9.99 may have become 10.0.
    if (digits * unit == 100'000'000'000'000'000)
        return {1, 1, tens + 2};
    return {static_cast<std::uint64_t>(digits), count, tens + 1};
}

/// A number as text: the shortest digits that read back as it, written out below 1e16 and from 1e-4 on.
class decimal_text {
public:
    PACER_SELDOM PACER_HOST constexpr explicit decimal_text(double x) noexcept {
        if (to_bits(x) >> 63 != 0)
            put('-');
        const std::uint64_t size = to_bits(x) & 0x7FFF'FFFF'FFFF'FFFFu;
        if (size > 0x7FF0'0000'0000'0000u)
            put("nan");
        else if (size == 0x7FF0'0000'0000'0000u)
            put("inf");
        else if (size == 0)
            put('0');
        else
            put(shortest_decimal(from_bits(size)));
    }
    PACER_SELDOM PACER_HOST constexpr explicit decimal_text(std::int64_t n) noexcept {
        if (n < 0)
            put('-');
        put_digits(n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n), 1);
    }

    [[nodiscard]] PACER_HOST constexpr const char* text() const noexcept { return text_; }

private:
    PACER_HOST constexpr void put(char c) noexcept { text_[used_++] = c; }
    PACER_HOST constexpr void put(const char* part) noexcept {
        while (*part != '\0')
            put(*part++);
    }
    // At least so many.
    PACER_HOST constexpr void put_digits(std::uint64_t n, int count) noexcept {
        char reversed[20]{};
        int length = 0;
        for (; n != 0 || length < count; n /= 10)
            reversed[length++] = static_cast<char>('0' + n % 10);
        while (length > 0)
            put(reversed[--length]);
    }
    PACER_HOST constexpr void put(const decimal& d) noexcept {
        std::uint64_t after = 1;  // parts the digits at the point
        if (d.point < -3 || d.point > 16) {
            for (int k = 1; k < d.count; ++k)
                after *= 10;
            put_parts(d.digits, after, d.count - 1);
            put('e');
            put(d.point > 0 ? '+' : '-');
            put_digits(static_cast<std::uint64_t>(d.point > 0 ? d.point - 1 : 1 - d.point), 2);
        } else if (d.point <= 0) {
            put("0.");
            for (int k = d.point; k < 0; ++k)
                put('0');
            put_digits(d.digits, 1);
        } else if (d.point >= d.count) {
            put_digits(d.digits, 1);
            for (int k = d.count; k < d.point; ++k)
                put('0');
        } else {
            for (int k = d.point; k < d.count; ++k)
                after *= 10;
            put_parts(d.digits, after, d.count - d.point);
        }
    }
    PACER_HOST constexpr void put_parts(std::uint64_t digits, std::uint64_t after, int count) noexcept {
        put_digits(digits / after, 1);
        if (count == 0)
            return;
        put('.');
        put_digits(digits % after, count);
    }

    char text_[32]{};
    unsigned used_ = 0;
};

}  // namespace pacer::detail

#endif
