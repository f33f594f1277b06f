// SPDX-License-Identifier: MIT
#ifndef PACER_NUMERICS_PORTABLE_CHARCONV_HPP
#define PACER_NUMERICS_PORTABLE_CHARCONV_HPP

// std::to_chars and std::from_chars of double for standard libraries that have them of integers alone (libc++ before 14
// and before 20). By natural numbers of any size, so that every text and every bit is the standard's.

#include <pacer/numerics/elementary.hpp>
#include <pacer/numerics/two_words.hpp>

#include <charconv>
#include <system_error>

namespace pacer::detail::portable {

/// A natural number with room for all that a double is divided by, and the longest decimal that decides one.
class natural {
public:
    PACER_HOST explicit natural(std::uint64_t n = 0) noexcept {
        for (; n != 0; n >>= 32)
            words_[size_++] = static_cast<std::uint32_t>(n);
    }

    [[nodiscard]] PACER_HOST int bits() const noexcept {
        return size_ == 0 ? 0 : 32 * (size_ + 1) - zeros_before(words_[size_ - 1]);
    }

    PACER_HOST void multiply(std::uint32_t by, std::uint32_t plus = 0) noexcept {
        std::uint64_t carry = plus;
        for (int k = 0; k < size_; ++k) {
            carry += std::uint64_t{words_[k]} * by;
            words_[k] = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
        if (carry != 0)
            words_[size_++] = static_cast<std::uint32_t>(carry);
    }
    PACER_HOST void multiply_by_power_of_ten(int exponent) noexcept {
        for (; exponent >= 9; exponent -= 9)
            multiply(1'000'000'000);
        for (; exponent > 0; --exponent)
            multiply(10);
    }
    PACER_HOST void shift_left(int by) noexcept {
        const int whole = by / 32;
        multiply(std::uint32_t{1} << by % 32);
        if (size_ == 0 || whole == 0)
            return;
        for (int k = size_ - 1; k >= 0; --k)
            words_[k + whole] = words_[k];
        for (int k = 0; k < whole; ++k)
            words_[k] = 0;
        size_ += whole;
    }
    PACER_HOST void halve() noexcept {
        for (int k = 0; k < size_; ++k)
            words_[k] = words_[k] >> 1 | (k + 1 < size_ ? words_[k + 1] << 31 : 0);
        drop_zeros();
    }
    PACER_HOST void add(const natural& other) noexcept {
        std::uint64_t carry = 0;
        for (int k = 0; k < size_ || k < other.size_ || carry != 0; ++k) {
            carry += std::uint64_t{k < size_ ? words_[k] : 0} + (k < other.size_ ? other.words_[k] : 0);
            words_[k] = static_cast<std::uint32_t>(carry);
            carry >>= 32;
            size_ = k < size_ ? size_ : k + 1;
        }
    }
    /// Of one that is not larger.
    PACER_HOST void subtract(const natural& other) noexcept {
        std::uint64_t borrow = 0;
        for (int k = 0; k < size_; ++k) {
            const std::uint64_t taken = borrow + (k < other.size_ ? other.words_[k] : 0);
            borrow = words_[k] < taken ? 1 : 0;
            words_[k] = static_cast<std::uint32_t>(words_[k] - taken);
        }
        drop_zeros();
    }
    /// Below 0, 0 or above, as this number is less, the same or more.
    [[nodiscard]] PACER_HOST int compare(const natural& other) const noexcept {
        if (size_ != other.size_)
            return size_ - other.size_;
        for (int k = size_ - 1; k >= 0; --k)
            if (words_[k] != other.words_[k])
                return words_[k] < other.words_[k] ? -1 : 1;
        return 0;
    }
    /// The whole quotient, below 10; this becomes the remainder.
    PACER_HOST int divide_by(const natural& divisor) noexcept {
        int quotient = 0;
        for (; compare(divisor) >= 0; ++quotient)
            subtract(divisor);
        return quotient;
    }

private:
    PACER_HOST void drop_zeros() noexcept {
        while (size_ > 0 && words_[size_ - 1] == 0)
            --size_;
    }

    std::uint32_t words_[128]{};  // 10^1131 < 2^3758, and 53 bits of the quotient
    int size_ = 0;
};

/// A double above 0: fraction 2^exponent.
struct binary {
    std::uint64_t fraction;
    int exponent;

    PACER_HOST explicit binary(double x) noexcept
        : fraction(to_bits(x) & 0x000F'FFFF'FFFF'FFFFu), exponent(static_cast<int>(to_bits(x) >> 52 & 0x7FF)) {
        if (exponent != 0)
            fraction |= 0x0010'0000'0000'0000u;
        exponent = (exponent != 0 ? exponent : 1) - 1075;
    }
};

/// 0.DIGITS 10^point; the first digit is not 0.
struct digits_of_double {
    char digits[32];
    int count = 0;
    int point = 0;
};

/// The shortest digits that read back as x, and of these the nearest (Steele and White 1990).
PACER_HOST inline digits_of_double shortest_digits(double x) noexcept {
    const binary b(x);
    const bool is_even = b.fraction % 2 == 0;
    // The double below is half as far away as the one above.
    const bool is_closer_below = b.fraction == 0x0010'0000'0000'0000u && b.exponent > -1074;
    natural rest(b.fraction);
    natural unit(1);
    natural below(1);
    rest.shift_left((b.exponent > 0 ? b.exponent : 0) + (is_closer_below ? 2 : 1));
    unit.shift_left((b.exponent < 0 ? -b.exponent : 0) + (is_closer_below ? 2 : 1));
    below.shift_left(b.exponent > 0 ? b.exponent : 0);
    natural above = below;
    if (is_closer_below)
        above.multiply(2);
    // x = rest / unit, and half the distances to its neighbours are below / unit and above / unit.
    const double tens = 0.30102999566398114 * static_cast<double>(b.exponent + natural(b.fraction).bits() - 1) - 1e-10;
    int point = static_cast<int>(tens) + (tens > 0 ? 1 : 0);
    unit.multiply_by_power_of_ten(point);
    for (natural* n : {&rest, &below, &above})
        n->multiply_by_power_of_ten(-point);
    const auto reaches_up = [&] {
        natural sum = rest;
        sum.add(above);
        return sum.compare(unit) >= (is_even ? 0 : 1);
    };
    if (reaches_up())
        ++point;
    else
        for (natural* n : {&rest, &below, &above})
            n->multiply(10);
    digits_of_double result;
    result.point = point;
    for (;;) {
        int digit = rest.divide_by(unit);
        const bool down_is_near = rest.compare(below) < (is_even ? 1 : 0);
        const bool up_is_near = reaches_up();
        if (down_is_near || up_is_near) {
            natural twice = rest;
            twice.multiply(2);
            const int half = twice.compare(unit);
            if (!down_is_near || (up_is_near && (half > 0 || (half == 0 && digit % 2 != 0))))
                ++digit;
        }
        result.digits[result.count++] = static_cast<char>('0' + digit);
        if (down_is_near || up_is_near)
            return result;
        for (natural* n : {&rest, &below, &above})
            n->multiply(10);
    }
}

/// All digits of a whole number that has so many.
PACER_HOST inline void write_whole(char*& to, double x, int count) noexcept {
    const binary b(x);
    natural rest(b.fraction);
    natural unit(1);
    rest.shift_left(b.exponent > 0 ? b.exponent : 0);
    unit.shift_left(b.exponent < 0 ? -b.exponent : 0);
    unit.multiply_by_power_of_ten(count - 1);
    for (; count > 0; --count, rest.multiply(10))
        *to++ = static_cast<char>('0' + rest.divide_by(unit));
}

PACER_HOST inline void write(char*& to, const char* text) noexcept {
    while (*text != '\0')
        *to++ = *text++;
}

PACER_HOST inline char* write_scientific(char* to, const digits_of_double& d) noexcept {
    for (int k = 0; k < d.count; ++k) {
        if (k == 1)
            *to++ = '.';
        *to++ = d.digits[k];
    }
    const int exponent = d.point - 1;
    *to++ = 'e';
    *to++ = exponent < 0 ? '-' : '+';
    const int size = exponent < 0 ? -exponent : exponent;
    if (size >= 100)
        *to++ = static_cast<char>('0' + size / 100);
    *to++ = static_cast<char>('0' + size / 10 % 10);
    *to++ = static_cast<char>('0' + size % 10);
    return to;
}

PACER_HOST inline char* write_fixed(char* to, const digits_of_double& d, double x) noexcept {
    if (d.point >= d.count) {
        write_whole(to, x, d.point);
        return to;
    }
    if (d.point <= 0)
        write(to, "0.");
    for (int k = d.point; k < 0; ++k)
        *to++ = '0';
    for (int k = 0; k < d.count; ++k) {
        if (k == d.point && k > 0)
            *to++ = '.';
        *to++ = d.digits[k];
    }
    return to;
}

/// std::to_chars, for 32 characters or more; `scientific` or whichever form is shorter.
PACER_HOST inline char* to_chars(char* to, double x, bool scientific) noexcept {
    if (to_bits(x) >> 63 != 0)
        *to++ = '-';
    const double size = from_bits(to_bits(x) & 0x7FFF'FFFF'FFFF'FFFFu);
    if (to_bits(size) >= 0x7FF0'0000'0000'0000u) {
        write(to, to_bits(size) == 0x7FF0'0000'0000'0000u ? "inf" : "nan");
        return to;
    }
    if (to_bits(size) == 0) {
        write(to, scientific ? "0e+00" : "0");
        return to;
    }
    const digits_of_double d = shortest_digits(size);
    const int exponent = d.point > 0 ? d.point - 1 : 1 - d.point;
    const int as_scientific = d.count + (d.count > 1 ? 1 : 0) + (exponent >= 100 ? 5 : 4);
    const int as_fixed = d.point >= d.count ? d.point : d.point > 0 ? d.count + 1 : d.count + 2 - d.point;
    return scientific || as_scientific < as_fixed ? write_scientific(to, d) : write_fixed(to, d, size);
}

/// digits 10^exponent, rounded to nearest; false where that is 0 or infinite, and the digits are not 0.
PACER_HOST inline bool to_double(natural digits, int exponent, double& to) noexcept {
    natural unit(1);
    digits.multiply_by_power_of_ten(exponent);
    unit.multiply_by_power_of_ten(-exponent);
    // The place of the last bit: 53 bits, or those that are left above 2^-1074.
    int last = digits.bits() - unit.bits() - 53;
    last = last > -1074 ? last : -1074;
    std::uint64_t quotient = 0;
    for (;; ++last) {
        natural rest = digits;
        natural part = unit;
        rest.shift_left(last < 0 ? -last : 0);
        part.shift_left((last > 0 ? last : 0) + 54);
        quotient = 0;
        for (int k = 0; k <= 54; ++k) {
            if (k > 0)
                part.halve();
            quotient *= 2;
            if (rest.compare(part) >= 0) {
                rest.subtract(part);
                quotient += 1;
            }
        }
        if (quotient >> 53 != 0)
            continue;  // one bit too many
        rest.multiply(2);
        const int half = rest.compare(part);
        if (half > 0 || (half == 0 && quotient % 2 != 0))
            ++quotient;
        break;
    }
    const bool is_normal = quotient >> 52 != 0;
    if (quotient >> 53 != 0) {
        quotient >>= 1;
        ++last;
    }
    if (quotient == 0 || last > 971)
        return false;
    const auto exponent_bits = static_cast<std::uint64_t>(is_normal ? last + 1075 : 0);
    to = from_bits((exponent_bits << 52) | (quotient & (is_normal ? 0x000F'FFFF'FFFF'FFFFu : ~std::uint64_t{0})));
    return true;
}

/// A decimal number as it was written.
class decimal_reader {
public:
    PACER_HOST decimal_reader(const char* first, const char* last) noexcept : at_(first), end_(last) {}

    /// std::from_chars, of a text without a sign.
    PACER_HOST std::from_chars_result read(double& to) noexcept {
        const char* const first = at_;
        if (read_word("infinity") || read_word("inf")) {
            to = from_bits(0x7FF0'0000'0000'0000u);
            return {at_, {}};
        }
        if (read_word("nan")) {
            skip_payload();
            to = from_bits(0x7FF8'0000'0000'0000u);
            return {at_, {}};
        }
        read_digits();
        if (!has_digits_)
            return {first, std::errc::invalid_argument};
        read_exponent();
        const double few_digits = static_cast<double>(small_);
        if (kept_ == 0)
            to = 0;
        else if (kept_ < 16 && exponent_ >= 0 && exponent_ <= 22)
            to = few_digits * power_of_ten(exponent_);
        else if (kept_ < 16 && exponent_ < 0 && exponent_ >= -22)
            to = few_digits / power_of_ten(-exponent_);
        else if (kept_ + exponent_ > 310 || kept_ + exponent_ < -330 || !to_double(large_, exponent_, to))
            return {at_, std::errc::result_out_of_range};
        return {at_, {}};
    }

private:
    // So many digits decide every double: a half between two has no more than 768.
    static constexpr int most = 800;

    PACER_HOST static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
    PACER_HOST static char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
    PACER_HOST static double power_of_ten(int exponent) noexcept {  // exact up to 22
        double power = 1;
        for (; exponent > 0; --exponent)
            power *= 10;
        return power;
    }

    PACER_HOST bool read_word(const char* word) noexcept {
        const char* at = at_;
        for (; *word != '\0'; ++word, ++at)
            if (at == end_ || lower(*at) != *word)
                return false;
        at_ = at;
        return true;
    }
    // nan(...)
    PACER_HOST void skip_payload() noexcept {
        const char* at = at_;
        if (at == end_ || *at != '(')
            return;
        for (++at; at != end_ && (is_digit(*at) || *at == '_' || (lower(*at) >= 'a' && lower(*at) <= 'z')); ++at) {
        }
        if (at != end_ && *at == ')')
            at_ = at + 1;
    }
    PACER_HOST void read_digits() noexcept {
        bool after_point = false;
        for (; at_ != end_ && (is_digit(*at_) || (*at_ == '.' && !after_point)); ++at_) {
            if (*at_ == '.') {
                after_point = true;
                continue;
            }
            has_digits_ = true;
            add(static_cast<std::uint32_t>(*at_ - '0'), after_point);
        }
        if (has_rest_) {  // behind the last digit that is kept, something more
            large_.multiply(10, 1);
            --exponent_;
            ++kept_;
        }
    }
    PACER_HOST void add(std::uint32_t digit, bool after_point) noexcept {
        if (kept_ == most) {
            has_rest_ = has_rest_ || digit != 0;
            move_point(after_point ? 0 : 1);
            return;
        }
        move_point(after_point ? -1 : 0);
        if (kept_ == 0 && digit == 0)
            return;
        ++kept_;
        large_.multiply(10, digit);
        if (kept_ < 16)
            small_ = 10 * small_ + digit;
    }
    PACER_HOST void read_exponent() noexcept {
        const char* at = at_;
        if (at == end_ || lower(*at) != 'e')
            return;
        ++at;
        const bool is_negative = at != end_ && *at == '-';
        if (at != end_ && (*at == '-' || *at == '+'))
            ++at;
        if (at == end_ || !is_digit(*at))
            return;
        int exponent = 0;
        for (; at != end_ && is_digit(*at); ++at)
            exponent = exponent < furthest ? 10 * exponent + (*at - '0') : furthest;
        at_ = at;
        move_point(is_negative ? -exponent : exponent);
    }
    // Further out than this nothing differs.
    static constexpr int furthest = 100'000'000;
    PACER_HOST void move_point(int by) noexcept {
        exponent_ += by;
        exponent_ = exponent_ > 2 * furthest ? 2 * furthest : exponent_ < -2 * furthest ? -2 * furthest : exponent_;
    }

    const char* at_;
    const char* end_;
    natural large_{};
    std::uint64_t small_ = 0;
    int kept_ = 0;
    int exponent_ = 0;
    bool has_digits_ = false;
    bool has_rest_ = false;
};

PACER_HOST inline std::from_chars_result from_chars(const char* first, const char* last, double& to) noexcept {
    const bool is_negative = first != last && *first == '-';
    double size = 0;
    std::from_chars_result result = decimal_reader(is_negative ? first + 1 : first, last).read(size);
    if (result.ec == std::errc::invalid_argument)
        result.ptr = first;
    if (result.ec == std::errc{})
        to = is_negative ? -size : size;
    return result;
}

}  // namespace pacer::detail::portable

#endif
