// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/numerics/charconv.hpp>
#include <pacer/numerics/portable_charconv.hpp>

#include <bit>
#include <charconv>
#include <cstdio>
#include <random>
#include <string>
#include <string_view>

#ifdef __cpp_lib_to_chars  // else there is nothing to compare with

namespace {

using pacer::detail::portable::from_chars;
using pacer::detail::portable::to_chars;

bool is_written_alike(double x) {
    char wanted[64];
    char text[64];
    const std::string_view plain(wanted, std::to_chars(wanted, wanted + sizeof wanted, x).ptr);
    if (std::string_view(text, to_chars(text, x, false)) != plain)
        return false;
    const std::string_view scientific(
        wanted, std::to_chars(wanted, wanted + sizeof wanted, x, std::chars_format::scientific).ptr);
    return std::string_view(text, to_chars(text, x, true)) == scientific;
}

// The same bits, the same end, the same error; what is not read is left alone.
bool is_read_alike(std::string_view text) {
    double wanted = -7;
    double found = -7;
    const auto standard = std::from_chars(text.data(), text.data() + text.size(), wanted);
    const auto own = from_chars(text.data(), text.data() + text.size(), found);
    return standard.ec == own.ec && standard.ptr == own.ptr &&
           std::bit_cast<std::uint64_t>(wanted) == std::bit_cast<std::uint64_t>(found);
}

bool is_alike(double x) {
#ifdef __FAST_MATH__  // the program takes the smallest doubles for 0 then, and so does the standard library
    if ((std::bit_cast<std::uint64_t>(x) >> 52 & 0x7FF) == 0)
        return true;
#endif
    char text[64];
    const std::string_view plain(text, std::to_chars(text, text + sizeof text, x).ptr);
    return is_written_alike(x) && is_read_alike(plain);
}

double from_bits(std::uint64_t bits) { return std::bit_cast<double>(bits); }

struct counted {
    std::uint64_t wrong = 0;
    double first = 0;

    void operator()(double x) {
        if (!is_alike(x) && wrong++ == 0)
            first = x;
    }
};

}  // namespace

TEST_CASE("charconv: doubles of every size are written and read as by the standard library") {
    std::mt19937_64 random(1);
    counted bits;
    for (int k = 0; k < 100'000; ++k)
        bits(from_bits(random()));
    CHECK(bits.wrong == 0);
    counted rates;
    for (int k = 0; k < 100'000; ++k)
        rates(static_cast<double>(random() >> 11) * 0x1p-63);
    CHECK(rates.wrong == 0);
    counted decimals;
    for (int k = 0; k < 100'000; ++k)
        decimals(static_cast<double>(random() % 100'000) / 1e7);
    CHECK(decimals.wrong == 0);
    counted whole;
    for (int k = 0; k < 100'000; ++k)
        whole(static_cast<double>(random() >> random() % 64) * static_cast<double>(1 + random() % 1'000'000));
    CHECK(whole.wrong == 0);
    INFO(bits.first << ' ' << rates.first << ' ' << decimals.first << ' ' << whole.first);
    CHECK(bits.wrong + rates.wrong + decimals.wrong + whole.wrong == 0);
}

TEST_CASE("charconv: millions of doubles", "[.slow]") {
    std::mt19937_64 random(2);
    counted all;
    for (int k = 0; k < 5'000'000; ++k)
        all(from_bits(random()));
    for (int k = 0; k < 2'000'000; ++k)
        all(static_cast<double>(random() >> 11) * 0x1p-63);
    for (int k = 0; k < 2'000'000; ++k)
        all(static_cast<double>(random() >> random() % 64));
    INFO(all.first);
    CHECK(all.wrong == 0);
}

TEST_CASE("charconv: powers of two and ten and their neighbours") {
    for (int e = 0; e < 0x7FF; ++e)
        for (const int off : {-2, -1, 0, 1, 2}) {
            const std::uint64_t bits = (static_cast<std::uint64_t>(e) << 52) + static_cast<std::uint64_t>(off);
            INFO(e << ' ' << off);
            CHECK(is_alike(from_bits(bits)));
        }
    for (int e = -330; e < 310; ++e)
        for (const char* digits : {"1", "9", "99999999999999995", "12345678901234567890123"})
            for (const char* sign : {"", "-"}) {
                const std::string text = std::string(sign) + digits + "e" + std::to_string(e);
                INFO(text);
                CHECK(is_read_alike(text));
                double x = 0;
                std::from_chars(text.data(), text.data() + text.size(), x);
                CHECK(is_alike(x));
                CHECK(is_alike(std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) + 1)));
            }
    for (const double x : {0.0, -0.0, 0x1p-1074, 0x1.fffffffffffffp1023, 5e-324, 9007199254740993.0, 1e22, 1e23, 2e23})
        CHECK(is_alike(x));
#ifndef __FAST_MATH__
    CHECK(is_alike(from_bits(0x7FF0'0000'0000'0000)));
    CHECK(is_alike(from_bits(0xFFF0'0000'0000'0000)));
    CHECK(is_written_alike(from_bits(0x7FF8'0000'0000'0000)));
#endif
}

TEST_CASE("charconv: halves between two doubles, with a digit more and less") {
    std::mt19937_64 random(3);
    const auto exact = [](double x) {
        std::string text(1200, ' ');
        text.resize(static_cast<std::size_t>(std::snprintf(text.data(), text.size(), "%.1100f", x)));
        text.erase(text.find_last_not_of('0') + 1);
        return text;
    };
    for (int k = 0; k < 2'000; ++k) {
        // A double of half of the size has the half as its last bit.
        const std::uint64_t bits = random() % (std::uint64_t{1020} << 52);
        const double x = from_bits(bits + (std::uint64_t{1} << 52));
        const double next = from_bits(bits + (std::uint64_t{1} << 52) + 1);
        const std::string a = exact(x);
        const std::string b = exact(next);
        CHECK(is_read_alike(a));
        // (a + b) / 2 in decimals: digit by digit, both made equally long.
        std::string low = a;
        std::string high = b;
        low.resize(1110, '0');
        high.resize(1110, '0');
        if (low.find('.') != high.find('.') || low.size() != high.size())
            continue;
        std::string half;
        int carry = 0;
        std::string sum;
        for (std::size_t i = low.size(); i-- > 0;) {
            if (low[i] == '.') {
                sum.insert(sum.begin(), '.');
                continue;
            }
            const int digit = low[i] - '0' + high[i] - '0' + carry;
            carry = digit / 10;
            sum.insert(sum.begin(), static_cast<char>('0' + digit % 10));
        }
        int rest = carry;
        for (const char c : sum) {
            if (c == '.') {
                half += c;
                continue;
            }
            const int digit = 10 * rest + (c - '0');
            half += static_cast<char>('0' + digit / 2);
            rest = digit % 2;
        }
        if (rest != 0)
            half += '5';
        CHECK(is_read_alike(half));
        CHECK(is_read_alike(half + "0000000000001"));
        while (half.back() == '0')
            half.pop_back();
        if (half.back() != '.') {
            --half.back();
            CHECK(is_read_alike(half + "9999"));
        }
    }
}

TEST_CASE("charconv: texts that are numbers in part, or none") {
    for (const char* text : {"",
                             "-",
                             "+1",
                             ".",
                             "-.",
                             ".5",
                             "5.",
                             "-.5e1",
                             "1e",
                             "1e+",
                             "1e-",
                             "1e+5x",
                             "1.2.3",
                             "1,5",
                             " 1",
                             "1 ",
                             "0x10",
                             "1e400",
                             "-1e400",
                             "1e-400",
                             "0e999999",
                             "0.0e-9999",
                             "1e99999999999999999999",
                             "1e-99999999999999999999",
                             "inf",
                             "-inf",
                             "INFINITY",
                             "infinit",
                             "in",
                             "nan(ab_1)",
                             "nan[ab]",
                             "nan(a{)",
                             "nan(ab",
                             "nan(Z9_)x",
                             "nan(",
                             "2.4703282292062327e-324",
                             "2.4703282292062328e-324",
                             "1.7976931348623158e308",
                             "1.7976931348623159e308",
                             "00000000000000000001",
                             "0.000000000000000000000000000000000000001",
                             "1E5",
                             "1e5",
                             "123456789012345678",
                             "e5",
                             "-e5",
                             "--1"}) {
        INFO(text);
        CHECK(is_read_alike(text));
    }
    std::string many(3'000, '1');
    CHECK(is_read_alike(many + "e-2900"));
    CHECK(is_read_alike("0." + std::string(1'000, '0') + many + "e1000"));
    CHECK(is_read_alike("1." + many + "e10"));
    std::mt19937_64 random(4);
    constexpr std::string_view letters = "0123456789.e-+5";
    for (int k = 0; k < 200'000; ++k) {
        std::string text;
        for (auto n = random() % 30; n > 0; --n)
            text += letters[random() % letters.size()];
        if (!is_read_alike(text)) {
            INFO(text);
            CHECK(is_read_alike(text));
        }
    }
}

#endif
