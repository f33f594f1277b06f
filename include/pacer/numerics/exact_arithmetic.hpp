// SPDX-License-Identifier: MIT
#ifndef PACER_NUMERICS_EXACT_ARITHMETIC_HPP
#define PACER_NUMERICS_EXACT_ARITHMETIC_HPP

// Numbers made of integers, for curves that are rounded correctly: no compiler flag changes a bit of them. One word for
// the usual case, several words for what one cannot decide, and natural numbers for what must be decided exactly.

#include <pacer/macros.hpp>
#include <pacer/numerics/elementary.hpp>
#include <pacer/numerics/two_words.hpp>

#include <cstddef>

namespace pacer::detail {

inline constexpr word top_bit = word{1} << 63;

/// 63 for 0.
PACER_HD constexpr int leading_zeros(word x) noexcept { return zeros_before(x | 1); }

PACER_HD constexpr word times_high(word a, word b) noexcept { return static_cast<word>(two_words{a} * b >> 64); }

/// The quotient of high 2^64 + low, for high < divisor.
PACER_HD constexpr word quotient_of(word high, word low, word divisor) noexcept {
#if PACER_DEVICE_PASS  // where there is no division of two words
    divide(high, low, divisor);
    return low;
#else
    return static_cast<word>((two_words{high} << 64 | low) / divisor);
#endif
}

/// The remainder of a product of two numbers that are below the divisor.
PACER_HD constexpr word remainder_of_product(word a, word b, word divisor) noexcept {
#if PACER_DEVICE_PASS
    word high = times_high(a, b);
    word low = a * b;
    if (high == 0)
        return low % divisor;
    divide(high, low, divisor);
    return high;
#else
    return static_cast<word>(two_words{a} * b % divisor);
#endif
}

/// m 2^(e-63). Normalised: the top bit of m is set, or m is 0 and e is far below that of any other.
struct number {
    word m = 0;
    int e = -10'000;

    PACER_HOST constexpr bool operator==(const number&) const noexcept = default;
};

/// An integer, exactly (0 with e = 0).
PACER_HD constexpr number number_from_count(word n) noexcept {
    const int zeros = leading_zeros(n);
    return {n << zeros, 63 - zeros};
}

/// A finite double of 0 or more, exactly.
PACER_HOST constexpr number number_from_rate(double rate) noexcept {
    const word bits = to_bits(rate);
    const auto exponent = static_cast<int>(bits >> 52 & 0x7FF);
    const word mantissa = (bits << 12 >> 1) | (exponent != 0 ? top_bit : 0);
    if (mantissa == 0)
        return {};
    const int zeros = leading_zeros(mantissa);
    return {mantissa << zeros, (exponent == 0 ? 1 : exponent) - 1023 - zeros};
}

/// The product, rounded down to 64 bits: below the exact one by less than 1 unit of m, that is 2^-63 of it.
PACER_HD constexpr number times(number a, number b) noexcept {
    const two_words product = two_words{a.m} * b.m;
    const auto high = static_cast<word>(product >> 64);
    // A branch, because from one update to the next it seldom changes.
    if (high >= top_bit) [[likely]]
        return {high, a.e + b.e + 1};
    return {static_cast<word>(product >> 63), a.e + b.e};
}

/// A fraction of N words, the lowest first: 0 <= value < 1.
template <int N>
struct fraction {
    word w[static_cast<std::size_t>(N)]{};

    PACER_HD constexpr fraction& operator-=(const fraction& b) noexcept {
        word borrow = 0;
        PACER_UNROLL
        for (int k = 0; k < N; ++k) {
            const two_words difference = two_words{w[k]} - b.w[k] - borrow;
            w[k] = static_cast<word>(difference);
            borrow = static_cast<word>(difference >> 64) & 1;
        }
        return *this;
    }

    /// Rounded down.
    PACER_HD constexpr fraction operator>>(int by) const noexcept {
        fraction shifted;
        PACER_UNROLL
        for (int k = 0; k < N; ++k) {
            const int from = k + by / 64;
            const int bits = by % 64;
            const word high = from + 1 < N ? w[from + 1] : 0;
            shifted.w[k] = from >= N ? 0 : bits == 0 ? w[from] : w[from] >> bits | high << (64 - bits);
        }
        return shifted;
    }
};

/// All 2N words of a product.
template <int N>
PACER_HD constexpr fraction<2 * N> whole_product(const fraction<N>& a, const fraction<N>& b) noexcept {
    fraction<2 * N> product;
    PACER_UNROLL
    for (int i = 0; i < N; ++i) {
        word carry = 0;
        PACER_UNROLL
        for (int j = 0; j < N; ++j) {
            const two_words sum = two_words{a.w[i]} * b.w[j] + product.w[i + j] + carry;
            product.w[i + j] = static_cast<word>(sum);
            carry = static_cast<word>(sum >> 64);
        }
        product.w[i + N] = carry;
    }
    return product;
}

/// The product, rounded down: below the exact one by less than one unit 2^-64N.
template <int N>
PACER_HD constexpr fraction<N> operator*(const fraction<N>& a, const fraction<N>& b) noexcept {
    const fraction<2 * N> product = whole_product(a, b);
    fraction<N> high;
    PACER_UNROLL
    for (int k = 0; k < N; ++k)
        high.w[k] = product.w[k + N];
    return high;
}

/// fraction 2^e, normalised: the fraction is at least 1/2. Or 0, with any e.
template <int N>
struct wide {
    fraction<N> m;
    int e = 0;
};

template <int N, int From>
PACER_HD constexpr wide<N> normalised(const fraction<From>& m, int e) noexcept {
    int top = From - 1;
    while (top > 0 && m.w[top] == 0)
        --top;
    const int zeros = m.w[top] == 0 ? 0 : leading_zeros(m.w[top]);
    wide<N> result;
    for (int k = N - 1, from = top; k >= 0 && from >= 0; --k, --from) {
        const word below = from > 0 && zeros > 0 ? m.w[from - 1] >> (64 - zeros) : 0;
        result.m.w[k] = m.w[from] << zeros | below;
    }
    result.e = e - 64 * (From - 1 - top) - zeros;
    return result;
}

/// The product, rounded down: below the exact one by less than 2^(1-64N) of it.
template <int N>
PACER_HD constexpr wide<N> times(const wide<N>& a, const wide<N>& b) noexcept {
    return normalised<N>(whole_product(a.m, b.m), a.e + b.e);
}

/// -1, 0 or 1: the order of a and b, as far as they differ by more than 2^-(64N-32) of b; 0 if not.
template <int N>
PACER_HD constexpr int compare_clearly(wide<N> a, wide<N> b) noexcept {
    // Next to a power of two, the numbers may be near and their exponents not the same.
    if (a.e != b.e && a.e - b.e <= 1 && b.e - a.e <= 1) {
        wide<N>& smaller = a.e < b.e ? a : b;
        smaller.m = smaller.m >> 1;
        smaller.e += 1;
    }
    if (a.e != b.e)
        return a.e < b.e ? -1 : 1;
    int k = N - 1;
    while (k >= 0 && a.m.w[k] == b.m.w[k])
        --k;
    if (k < 0)
        return 0;
    const bool less = a.m.w[k] < b.m.w[k];
    fraction<N> distance = less ? b.m : a.m;
    distance -= less ? a.m : b.m;
    for (k = N - 1; k > 0; --k)
        if (distance.w[k] != 0)
            return less ? -1 : 1;
    return distance.w[0] >> 31 == 0 ? 0 : less ? -1 : 1;
}

/// A natural number of up to 4096 bits: enough for the difference of two rates (2099 bits) times 2^53 to the power 32.
/// It cannot be copied, and words that it does not have are never written: most numbers are short.
class natural {
public:
    static constexpr int most_words = 64;

    /// x / 2^unit, which must be whole and below 2^2200.
    PACER_HD constexpr natural(number x, int unit) noexcept {
        if (x.m == 0)
            return;
        const int zeros = 63 - leading_zeros(x.m & (0 - x.m));  // of the end: nvcc has no __builtin_ctzll
        const word n = x.m >> zeros;
        const int shift = x.e - 63 + zeros - unit;
        const int last = shift / 64;
        for (int k = 0; k < last; ++k)
            w_[k] = 0;
        w_[last] = n << (shift % 64);
        w_[last + 1] = shift % 64 == 0 ? 0 : n >> (64 - shift % 64);
        size_ = last + 2;
        trim();
    }
    natural(const natural&) = delete;
    natural& operator=(const natural&) = delete;

    PACER_HD constexpr void operator*=(word n) noexcept {
        word carry = 0;
        for (int k = 0; k < size_; ++k) {
            const two_words sum = two_words{w_[k]} * n + carry;
            w_[k] = static_cast<word>(sum);
            carry = static_cast<word>(sum >> 64);
        }
        if (carry != 0)
            w_[size_++] = carry;
    }

    /// For a number that is not larger.
    PACER_HD constexpr void operator-=(const natural& b) noexcept {
        word borrow = 0;
        for (int k = 0; k < size_; ++k) {
            const two_words difference = two_words{w_[k]} - (k < b.size_ ? b.w_[k] : 0) - borrow;
            w_[k] = static_cast<word>(difference);
            borrow = static_cast<word>(difference >> 64) & 1;
        }
        trim();
    }

    /// -1, 0 or 1
    [[nodiscard]] PACER_HD constexpr int compare(const natural& b) const noexcept {
        if (size_ != b.size_)
            return size_ < b.size_ ? -1 : 1;
        for (int k = size_ - 1; k >= 0; --k)
            if (w_[k] != b.w_[k])
                return w_[k] < b.w_[k] ? -1 : 1;
        return 0;
    }

    /// Times 2^unit, rounded down to N words.
    template <int N>
    [[nodiscard]] PACER_HD constexpr wide<N> times_power_of_2(int unit) const noexcept {
        fraction<N + 1> top;
        for (int k = N, from = size_ - 1; k >= 0 && from >= 0; --k, --from)
            top.w[k] = w_[from];
        return normalised<N>(top, 64 * size_ + unit);
    }

private:
    PACER_HD constexpr void trim() noexcept {
        while (size_ > 0 && w_[size_ - 1] == 0)
            --size_;
    }

    word w_[most_words];
    int size_ = 0;
};

}  // namespace pacer::detail

#endif
