// SPDX-License-Identifier: MIT
// What the tests compare with: distances in ULP, one check for compile time and run time, and a list of complaints for
// loops that are too long for one Catch2 assertion per value.
#ifndef PACER_TESTS_SUPPORT_CHECK_HPP
#define PACER_TESTS_SUPPORT_CHECK_HPP

#include "catch.hpp"

#include <pacer/schedule.hpp>

#include <bit>
#include <cstdint>
#include <sstream>
#include <string>

namespace support {

using pacer::step_t;

// Finite, asked of the bits: -ffast-math makes comparisons with NaN worthless.
constexpr bool is_finite(double x) {
    return (std::bit_cast<std::uint64_t>(x) & 0x7FF0'0000'0000'0000u) != 0x7FF0'0000'0000'0000u;
}

constexpr double magnitude(double x) { return x < 0 ? -x : x; }

// The distance from |x| to the next double above; that of the smallest normal number below it.
constexpr double ulp(double x) {
    const double at_least = magnitude(x) < 0x1p-1022 ? 0x1p-1022 : magnitude(x);
    const auto bits = std::bit_cast<std::uint64_t>(at_least);
    return std::bit_cast<double>(bits + 1) - at_least;
}

// How far apart two numbers are, in ULP of the second.
constexpr double ulps(double a, double b) { return a == b ? 0 : magnitude(a - b) / ulp(b); }

// How far two ways to the same value may be apart: not at all, unless -ffast-math may turn the order of operations.
#ifdef __FAST_MATH__
inline constexpr double same_way = 2;
#else
inline constexpr double same_way = 0;
#endif

// How many random cases are tried: a sixth under the address sanitizer, which takes twenty times as long for each.
constexpr int cases(int n) {
#if defined(__SANITIZE_ADDRESS__)
    return (n + 5) / 6;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
    return (n + 5) / 6;
#else
    return n;
#endif
#else
    return n;
#endif
}

// Whether `value` is what somebody printed with that many decimals.
constexpr bool rounds_to(double value, double printed, int decimals) {
    double power = 1;
    for (int k = 0; k < decimals; ++k)
        power *= 10;
    return magnitude(value * power - printed * power) < 0.5000001;
}

struct as_it_is {
    template <class T>
    constexpr T operator()(T x) const {
        return x;
    }
};

struct laundered {
    template <class T>
    T operator()(T x) const {
        asm volatile("" : "+m"(x));
        return x;
    }
};

// Collects what is wrong, and says the first few of it.
class complaints {
public:
    template <class... Parts>
    void add(const Parts&... parts) {
        if (++count_ > 3)
            return;
        std::ostringstream line;
        line.precision(17);
        (line << ... << parts);
        text_ += line.str() + '\n';
    }

    [[nodiscard]] std::string text() const {
        return count_ > 3 ? text_ + "... " + std::to_string(count_) + " in all\n" : text_;
    }

private:
    std::string text_;
    std::uint64_t count_ = 0;
};

}  // namespace support

// The condition holds in a constant expression, and at run time with every `v(x)` in it unknown to the optimizer.
#define BOTH_CHECK(...)                                                                                                \
    do {                                                                                                               \
        constexpr auto condition_ = []([[maybe_unused]] const auto& v) -> bool { return __VA_ARGS__; };                \
        static_assert(condition_(support::as_it_is{}));                                                                \
        INFO(#__VA_ARGS__);                                                                                            \
        CHECK(condition_(support::laundered{}));                                                                       \
    } while (false)

#endif
