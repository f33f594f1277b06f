// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/numerics/shortest.hpp>

#include <charconv>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <string_view>

namespace {

#ifdef __FAST_MATH__
constexpr bool is_fast_math = true;
#else
constexpr bool is_fast_math = false;
#endif

constexpr bool reads(double x, std::string_view wanted) {
    const pacer::detail::decimal_text written(x);
    return std::string_view(written.text()) == wanted;
}

constexpr bool counts(std::int64_t n, std::string_view wanted) {
    const pacer::detail::decimal_text written(n);
    return std::string_view(written.text()) == wanted;
}

}  // namespace

TEST_CASE("decimal_text: numbers as people write them") {
    BOTH_CHECK(reads(v(0.0), "0"));
    BOTH_CHECK(reads(v(30.0), "30"));
    BOTH_CHECK(reads(v(0.1), "0.1"));
    BOTH_CHECK(reads(v(-0.5), "-0.5"));
    BOTH_CHECK(reads(v(12.375), "12.375"));
    BOTH_CHECK(reads(v(9.5), "9.5"));
    BOTH_CHECK(reads(v(0.0001), "0.0001"));
    BOTH_CHECK(reads(v(0.00001), "1e-05"));
    BOTH_CHECK(reads(v(1.5e-7), "1.5e-07"));
    BOTH_CHECK(reads(v(1.0 / 3), "0.3333333333333333"));
    BOTH_CHECK(reads(v(0.30000000000000004), "0.30000000000000004"));
    BOTH_CHECK(reads(v(1e15), "1000000000000000"));
    BOTH_CHECK(reads(v(123456789012345.0), "123456789012345"));
    BOTH_CHECK(reads(v(1e16), "1e+16"));
    BOTH_CHECK(reads(v(1e300), "1e+300"));
    BOTH_CHECK(reads(v(9.9e22), "9.9e+22"));
    BOTH_CHECK(counts(v(std::int64_t{0}), "0"));
    BOTH_CHECK(counts(v(std::int64_t{-120}), "-120"));
    BOTH_CHECK(counts(v(std::int64_t{9'223'372'036'854'775'807}), "9223372036854775807"));
    BOTH_CHECK(counts(v(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808"));
#ifndef __FAST_MATH__
    BOTH_CHECK(reads(v(0x1.fffffffffffffp1023), "1.7976931348623157e+308"));
    BOTH_CHECK(reads(v(0x1p-1022), "2.2250738585072014e-308"));
    BOTH_CHECK(reads(v(3 * 0x1p-1074), "1.5e-323"));
    BOTH_CHECK(reads(v(std::numeric_limits<double>::infinity()), "inf"));
    BOTH_CHECK(reads(v(-std::numeric_limits<double>::infinity()), "-inf"));
    BOTH_CHECK(reads(v(std::numeric_limits<double>::quiet_NaN()), "nan"));
#endif
}

TEST_CASE("decimal_text: reads back as the same double, by the fewest digits") {
    std::mt19937_64 random(20251127);
    int not_read_back = 0;
    int far_off = 0;
    int longer = 0;
    for (int k = 0; k < 400'000; ++k) {
        std::uint64_t bits = random();
        if (k % 4 == 1)  // near round numbers
            bits = std::bit_cast<std::uint64_t>(static_cast<double>(bits >> 40) / 1e6 + 1e-9) +
                   static_cast<std::uint64_t>(k % 3);
        if (k % 4 == 2)  // rates
            bits = std::bit_cast<std::uint64_t>(static_cast<double>(bits >> 50) * 1e-7 + 1e-9);
        double x = std::bit_cast<double>(bits & 0x7FFF'FFFF'FFFF'FFFF);
        if (!(x > 0x1p-1000 && x < 0x1p1000))
            x = 1 + static_cast<double>(random() >> 40);
        const pacer::detail::decimal_text written(x);
        const std::size_t length = std::strlen(written.text());
        double back = 0;
        std::from_chars(written.text(), written.text() + length, back);
        not_read_back += back != x;
        far_off += !(back > x * (1 - 1e-15) && back < x * (1 + 1e-15));
        char text[40];
        const char* const end = std::to_chars(text, text + sizeof text, x, std::chars_format::scientific).ptr;
        const pacer::detail::decimal d = pacer::detail::shortest_decimal(x);
        const int digits = static_cast<int>(std::string_view(text, static_cast<std::size_t>(end - text)).find('e'));
        const bool may_be_longer = (std::bit_cast<std::uint64_t>(x) << 12) == 0 || (x > 0x1p53 && x < 0x1p80);
        longer += d.count > (digits == 1 ? 1 : digits - 1) && !may_be_longer;
    }
    CHECK(far_off == 0);
    CHECK((is_fast_math || not_read_back == 0));
    CHECK((is_fast_math || longer == 0));
}
