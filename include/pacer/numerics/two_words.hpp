// SPDX-License-Identifier: MIT
#ifndef PACER_NUMERICS_TWO_WORDS_HPP
#define PACER_NUMERICS_TWO_WORDS_HPP

// Whole numbers of 128 bits: the compiler's, or where it has none (32-bit targets, Microsoft's) two words of 64.

#include <pacer/macros.hpp>

#include <cstdint>

namespace pacer::detail {

using word = std::uint64_t;

/// The number of zeros before the first one. For x > 0.
PACER_ALWAYS_INLINE PACER_HD constexpr int zeros_before(word x) noexcept { return PACER_LEADING_ZEROS(x); }

struct two_halves {
    word high;
    word low;
};

#if !PACER_HAS_INT128 || PACER_DEVICE_PASS

/// a b, by halves of the words.
PACER_ALWAYS_INLINE PACER_HD constexpr two_halves product_by_halves(word a, word b) noexcept {
    const word mask = 0xFFFF'FFFFu;
    const word low = (a & mask) * (b & mask);
    const word mixed = (a >> 32) * (b & mask) + (low >> 32);
    const word other = (a & mask) * (b >> 32) + (mixed & mask);
    return {(a >> 32) * (b >> 32) + (mixed >> 32) + (other >> 32), other << 32 | (low & mask)};
}

/// high 2^64 + low becomes `low` the quotient and `high` the remainder, for high < divisor. Bit by bit.
PACER_HD constexpr void divide(word& high, word& low, word divisor) noexcept {
    for (int k = 0; k < 64; ++k) {
        const bool over = high >> 63 != 0;
        high = high << 1 | low >> 63;
        low <<= 1;
        if (over || high >= divisor) {
            high -= divisor;
            low |= 1;
        }
    }
}

#endif
#if PACER_HAS_INT128

PACER_UINT128_AS(two_words);

#else

/// As far as it is needed of what unsigned __int128 is: the same names and results.
class portable_two_words {
public:
    portable_two_words() = default;
    PACER_HOST constexpr portable_two_words(word low) noexcept : high_(0), low_(low) {}
    PACER_HOST constexpr portable_two_words(word high, word low) noexcept : high_(high), low_(low) {}

    PACER_HOST constexpr explicit operator word() const noexcept { return low_; }
    PACER_HOST constexpr explicit operator double() const noexcept {
        return static_cast<double>(high_) * 0x1p64 + static_cast<double>(low_);
    }

    PACER_HOST friend constexpr bool operator==(portable_two_words a, portable_two_words b) noexcept {
        return a.high_ == b.high_ && a.low_ == b.low_;
    }
    PACER_HOST friend constexpr bool operator<(portable_two_words a, portable_two_words b) noexcept {
        return a.high_ != b.high_ ? a.high_ < b.high_ : a.low_ < b.low_;
    }
    PACER_HOST friend constexpr bool operator>(portable_two_words a, portable_two_words b) noexcept { return b < a; }

    PACER_HOST friend constexpr portable_two_words operator+(portable_two_words a, portable_two_words b) noexcept {
        const word low = a.low_ + b.low_;
        return {a.high_ + b.high_ + (low < a.low_ ? 1 : 0), low};
    }
    PACER_HOST friend constexpr portable_two_words operator-(portable_two_words a, portable_two_words b) noexcept {
        return {a.high_ - b.high_ - (a.low_ < b.low_ ? 1 : 0), a.low_ - b.low_};
    }
    PACER_HOST friend constexpr portable_two_words operator*(portable_two_words a, portable_two_words b) noexcept {
        const two_halves low = product_by_halves(a.low_, b.low_);
        return {low.high + a.high_ * b.low_ + a.low_ * b.high_, low.low};
    }
    PACER_HOST friend constexpr portable_two_words operator/(portable_two_words a, word b) noexcept {
        word high = a.high_ % b;
        word low = a.low_;
        divide(high, low, b);
        return {a.high_ / b, low};
    }
    PACER_HOST friend constexpr word operator%(portable_two_words a, word b) noexcept {
        word high = a.high_ % b;
        word low = a.low_;
        divide(high, low, b);
        return high;
    }
    PACER_HOST friend constexpr portable_two_words operator|(portable_two_words a, portable_two_words b) noexcept {
        return {a.high_ | b.high_, a.low_ | b.low_};
    }
    PACER_HOST friend constexpr portable_two_words operator&(portable_two_words a, portable_two_words b) noexcept {
        return {a.high_ & b.high_, a.low_ & b.low_};
    }
    PACER_HOST friend constexpr portable_two_words operator<<(portable_two_words a, int by) noexcept {
        return by == 0    ? a
               : by >= 64 ? portable_two_words{a.low_ << (by - 64), 0}
                          : portable_two_words{a.high_ << by | a.low_ >> (64 - by), a.low_ << by};
    }
    PACER_HOST friend constexpr portable_two_words operator>>(portable_two_words a, int by) noexcept {
        return by == 0    ? a
               : by >= 64 ? portable_two_words{0, a.high_ >> (by - 64)}
                          : portable_two_words{a.high_ >> by, a.low_ >> by | a.high_ << (64 - by)};
    }
    PACER_HOST constexpr portable_two_words& operator<<=(int by) noexcept { return *this = *this << by; }
    PACER_HOST constexpr portable_two_words& operator&=(portable_two_words b) noexcept { return *this = *this & b; }

private:
    word high_;
    word low_;
};

using two_words = portable_two_words;

#endif

/// a b, by the instruction for it where there is one. (Devices multiply halves.)
PACER_ALWAYS_INLINE PACER_HD constexpr two_halves whole_product(word a, word b) noexcept {
#if PACER_HAS_INT128 && !PACER_DEVICE_PASS
    const two_words product = two_words{a} * b;
    return {static_cast<word>(product >> 64), static_cast<word>(product)};
#else
    return product_by_halves(a, b);
#endif
}

}  // namespace pacer::detail

#endif
