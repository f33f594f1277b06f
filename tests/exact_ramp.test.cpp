// SPDX-License-Identifier: MIT
#include "support/schedules.hpp"

#include <pacer/exact_ramp.hpp>

namespace detail = pacer::detail;
namespace shapes = pacer::shapes;
using detail::natural;
using detail::number;
using detail::word;
using support::dice;

namespace {

// T, of the difference d of two rates, to 256 bits. All rates here are whole multiples of 2^-200.
template <class Shape>
detail::wide<4> exact_part(double from, double to, word x, word n, Shape shape) {
    natural d(detail::number_from_rate(from > to ? from : to), -200);
    d -= natural(detail::number_from_rate(from > to ? to : from), -200);
    detail::wide<4> t = d.times_power_of_2<4>(-200);
    if constexpr (std::is_same_v<Shape, shapes::cosine>) {
        return detail::times(t, detail::wide_half_wave<4>(x, n));
    } else {
        int times = 1;
        if constexpr (std::is_same_v<Shape, shapes::power>)
            times = static_cast<int>(shape.exponent);
        for (int k = 0; k < times; ++k) {
            const int e = t.e;
            t = detail::times_ratio(t.m, x, n);
            t.e += e;
        }
        return t;
    }
}

// The error of `approximate`, in units of 2^64 of its v, as a part of the error that it admits.
template <bool near_hi, class Shape>
double error(double from, double to, word x, word n, Shape shape) {
    const detail::exact_kernel<Shape> kernel(from, to, n, shape);
    const auto found = kernel.template approximate<near_hi>(x);
    const number end = detail::number_from_rate((from > to) == near_hi ? from : to);
    // What is left of v without the end is T, in units of 2^(e - 127); the end is added without an error here.
    const int by = found.e - end.e;
    REQUIRE((by >= 1 && by < 64));
    const detail::two_words v_end = detail::two_words{end.m} << (64 - by);
    const detail::two_words t = near_hi ? v_end - found.v : found.v - v_end;
    const detail::wide<4> want = exact_part(from, to, x, n, shape);
    if (found.e - want.e > 60)
        return 0;  // T is next to nothing; shifts make an error of up to 2 units, all of the bound
    const detail::fraction<4> units = want.m >> -(want.e - found.e - 1);  // whose upper two words are those of v
    const auto want_v = detail::two_words{units.w[3]} << 64 | units.w[2];
    const double off = t > want_v ? static_cast<double>(t - want_v) : static_cast<double>(want_v - t);
    return off * 0x1p-64 / static_cast<double>(found.error);
}

struct largest {
    double near_hi = 0;
    double near_lo = 0;
};

template <class Shape>
largest largest_errors(Shape shape, std::uint64_t seed, int count) {
    dice roll(seed);
    largest found;
    for (int k = 0; k < count; ++k) {
        const word n = 2 + roll() % ((word{1} << (1 + roll() % 52)) - 1);
        const word most = n / 2;
        const word x = 1 + (roll() % 2 == 0 ? roll() % most : roll() % (1 + (most - 1) % (word{1} << (roll() % 53))));
        const double from = 1 + roll.fraction();
        const double to = from * roll.fraction() * std::ldexp(1.0, -static_cast<int>(roll() % 20));
        if constexpr (!std::is_same_v<Shape, shapes::power>)
            found.near_hi = std::max(found.near_hi, error<true>(from, to, x, n, shape));
        found.near_lo = std::max(found.near_lo, error<false>(from, to, x, n, shape));
    }
    return found;
}

}  // namespace

TEST_CASE("exact_kernel: no error is as large as it may be") {
    const auto check = [](const char* name, const largest& found) {
        INFO(name);
        WARN(name << ": of the bound " << found.near_hi << " and " << found.near_lo);
        CHECK(found.near_hi < 1);
        CHECK(found.near_lo < 1);
        CHECK(found.near_lo > 0.01);  // a bound that is far too wide costs time
    };
    check("linear", largest_errors(shapes::linear{}, 1, 100'000));
    check("cosine", largest_errors(shapes::cosine{}, 2, 100'000));
    for (const double p : {1.0, 2.0, 3.0, 7.0, 32.0})
        check("power", largest_errors(shapes::power{p}, 3, 20'000));
}

TEST_CASE("sine_polynomial: X H within what its rounding makes") {
    dice roll(4);
    constexpr word most = 0x9DE9'E64D'F22E'F2D2u;  // (pi/4)^2
    double worst = 0;
    for (int k = 0; k < 100'000; ++k) {
        const word z = k == 0 ? most : roll() % most;
        // H by the series of 256 bits
        constexpr detail::sine_series<4> series;
        const detail::fraction<4> wide{{0, 0, 0, z}};
        detail::fraction<4> sum = series.c[series.size - 1];
        for (int j = series.size - 2; j >= 0; --j) {
            const detail::fraction<4> higher = wide * sum;
            sum = series.c[j];
            sum -= higher;
        }
        const word h = detail::sine_polynomial(z);
        const double off =
            static_cast<double>(static_cast<std::int64_t>(h - sum.w[3])) - static_cast<double>(sum.w[2]) * 0x1p-64;
        worst = std::max(worst, support::magnitude(off) * static_cast<double>(z) * 0x1p-64);
    }
    WARN("X H is off by at most " << worst << " units");
    CHECK(worst < 1.4 + 0.46);
}

TEST_CASE("wide_half_wave: what it is where it is known, and the narrow one is the wide one rounded") {
    // sin^2(pi/6) = 1/4, to within 2^-248
    for (const word n : {word{3}, word{3'000'000}, word{3} << 50}) {
        const detail::wide<4> quarter = detail::wide_half_wave<4>(n / 3, n);
        detail::wide<4> want{{{0, 0, 0, detail::top_bit}}, -1};
        CHECK(compare_clearly(quarter, want) == 0);
        want.m.w[0] = word{1} << 34;
        CHECK(compare_clearly(quarter, want) == -1);
    }
    // sin^2(pi/2 / 7) = (1 - cos(pi/7)) / 2, by mpmath
    const detail::wide<4> seventh = detail::wide_half_wave<4>(1, 7);
    const detail::wide<4> want{
        {{0x5DB6'507A'78E1'EE28u, 0x2C62'9F72'6065'0DD0u, 0x73B0'5B58'08D6'E37Du, 0xCAD0'D58D'28E3'CB64u}}, -4};
    CHECK(compare_clearly(seventh, want) == 0);
    CHECK(seventh.m.w[3] == want.m.w[3]);
    CHECK(seventh.e == want.e);
    dice roll(5);
    for (int k = 0; k < 2'000; ++k) {
        const word n = 2 + roll() % ((word{1} << (1 + roll() % 52)) - 1);
        const word x = 1 + roll() % (n / 2);
        const detail::wide<4> wide = detail::wide_half_wave<4>(x, n);
        const detail::wide<2> narrow = detail::wide_half_wave<2>(x, n);
        const detail::wide<2> rounded{{{wide.m.w[2], wide.m.w[3]}}, wide.e};
        CHECK(compare_clearly(narrow, rounded) == 0);
        CHECK(wide.m.w[3] >> 63 == 1);
    }
}

TEST_CASE("natural: exact") {
    const auto one = detail::number_from_count(1);
    natural a(one, -2200);
    const natural b(one, 0);
    CHECK(a.compare(b) == 1);
    CHECK(b.compare(a) == -1);
    for (int k = 0; k < 32; ++k)
        a *= (word{1} << 53) + 1;
    natural c(one, -2200);
    for (int k = 0; k < 32; ++k)
        c *= (word{1} << 53) + 1;
    CHECK(a.compare(c) == 0);
    c -= b;
    CHECK(a.compare(c) == 1);
    a -= c;
    CHECK(a.compare(b) == 0);
    const detail::wide<2> top = natural(detail::number_from_rate(0x1.8p+70), -3).times_power_of_2<2>(-3);
    CHECK(top.m.w[1] == word{3} << 62);
    CHECK(top.e == 71);
}

TEST_CASE("number: every double exactly") {
    BOTH_CHECK(detail::number_from_rate(v(1.0)) == number{detail::top_bit, 0});
    BOTH_CHECK(detail::number_from_rate(v(0x1.8p-1022)) == number{word{3} << 62, -1022});
    BOTH_CHECK(detail::number_from_rate(v(0x1p-1074)) == number{detail::top_bit, -1074});
    BOTH_CHECK(detail::number_from_rate(v(0x0.8p-1022)) == number{detail::top_bit, -1023});
    BOTH_CHECK(detail::number_from_rate(v(0.0)) == number{} && detail::number_from_rate(v(-0.0)) == number{});
    BOTH_CHECK(detail::number_from_rate(v(0x1.fffffffffffffp+1023)).e == 1023);
    BOTH_CHECK(detail::number_from_count(v(word{6})) == number{word{3} << 62, 2});
    BOTH_CHECK(times(number{detail::top_bit, 3}, number{detail::top_bit, 4}) == number{detail::top_bit, 7});
    BOTH_CHECK(times(number{word{3} << 62, 0}, number{word{3} << 62, 0}) == number{word{9} << 60, 1});
}
