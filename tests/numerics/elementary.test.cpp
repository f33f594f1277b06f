// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/numerics/elementary.hpp>

#include <algorithm>
#include <cmath>

namespace detail = pacer::detail;
using support::ulps;

namespace {

#ifdef __FAST_MATH__  // undoes the compensated sums of `power`
constexpr double power_bound = 300;
#else
constexpr double power_bound = 2;
#endif

}  // namespace

TEST_CASE("exact_product: what is rounded off a product") {
    BOTH_CHECK(detail::exact_product(v(3.0), 5.0).hi == 15);
    BOTH_CHECK(detail::exact_product(v(3.0), 5.0).lo == 0);
    BOTH_CHECK(detail::exact_product(v(0x1.0000000000001p0), 0x1.0000000000001p0).lo == 0x1p-104);
    BOTH_CHECK(detail::ratio_of_products(v(1.0), 1.0, 3.0, 3.0) == 1.0 / 9);
}

TEST_CASE("half_wave: exact where it must be, sin^2 elsewhere") {
    BOTH_CHECK(detail::half_wave(v(1.0), 1).done(0) == 0);
    BOTH_CHECK(detail::half_wave(v(1.0), 1).done(0.5) <= 0.5);
    BOTH_CHECK(ulps(detail::half_wave(v(1.0), 1).done(0.5), 0.5) <= 1);
    BOTH_CHECK(ulps(detail::half_wave(v(1.0), 3).done(1), 0.25) <= 2);
    BOTH_CHECK(detail::half_wave(v(1.0), 3).left(1) == -detail::half_wave(v(1.0), 3).done(1));
    BOTH_CHECK(detail::half_wave(v(-2.0), 3).done(1) == -2 * detail::half_wave(v(1.0), 3).done(1));
    BOTH_CHECK(detail::half_wave(v(1e308), 1).done(0) == 0);
    for (const double rise : {1.0, 3e-4, -7e-5}) {
        for (const double n : {8192.0, 8191.0, 0x1p53}) {
            const detail::half_wave wave(rise, n);
            for (int k = 1; k <= 4096; ++k) {
                const double x = static_cast<double>(k) * (n / 8192);
                const long double s =
                    std::sin(3.14159265358979323846264338327950288L / 2 * (x / static_cast<long double>(n)));
                CHECK(ulps(wave.done(x), static_cast<double>(rise * s * s)) <= 3);
            }
        }
    }
}

TEST_CASE("half_wave: the sign of k is the end it is counted from") {
    const detail::half_wave wave(0.3, 1000);
    for (int k = 0; k <= 500; ++k) {
        CHECK(wave.symmetric(k) == wave.done(k));
        CHECK(wave.symmetric(-k) == wave.left(k));
        CHECK(wave.done({static_cast<double>(k), 0}, 500) == wave.done(k));
    }
    // What is beyond the digits of k counts: 2^-54 of it is half an ULP of the rate.
    BOTH_CHECK(detail::half_wave(v(1.0), 0x1p30).done({1, 0x1p-53}, 0x1p29) >
               detail::half_wave(v(1.0), 0x1p30).done(1));
}

TEST_CASE("sums and logarithms in two doubles") {
    BOTH_CHECK(detail::exact_sum(v(1.0), 0x1p-60).hi == 1);
    BOTH_CHECK(detail::exact_sum(v(1.0), 0x1p-60).lo == 0x1p-60);
    BOTH_CHECK(detail::exact_sum(v(0x1p-60), -1.0).lo == 0x1p-60);
    BOTH_CHECK(detail::log2_of_ratio(v(8.0), 1).octaves == 3);
    BOTH_CHECK(detail::log2_of_ratio(v(8.0), 1).rest.hi == 0);
#ifndef __FAST_MATH__  // which takes subnormal numbers for 0
    BOTH_CHECK(detail::log2_of_ratio(v(5e-324), 1).octaves == -1074);
#endif
    BOTH_CHECK(ulps(detail::log2_of_ratio(v(3.0), 2).rest.hi + detail::log2_of_ratio(v(3.0), 2).octaves,
                    0.5849625007211562) <= 1);
    for (int k = 1; k < 4000; ++k)
        for (const double m : {1.0 * k, 1e300 / k,
#ifdef __FAST_MATH__
                               1e-300 * k
#else
                               1e-310 * k
#endif
             }) {
            const detail::log2_of_ratio log(m, 7);
            const long double want = std::log2(static_cast<long double>(m)) - std::log2(7.0L);
            const long double rest = want - static_cast<long double>(log.octaves);
            CHECK(support::magnitude(static_cast<double>(rest - log.rest.hi - log.rest.lo)) <= 0x1p-52);
        }
}

TEST_CASE("half_wave: its leading coefficient is rounded nearly once, and the half never overstepped") {
    double worst = 0;
    std::uint64_t state = 1;
    const auto roll = [&state] { return (state = state * 6364136223846793005u + 1442695040888963407u) >> 11; };
    for (int i = 0; i < 20'000; ++i) {
        const double n = static_cast<double>(roll() % 1'000'000 + 1000);
        const double rise = static_cast<double>(roll() | 1) * (i % 2 == 0 ? 0x1p-60 : -0x1p-70);
        const detail::half_wave wave(rise, n);
        const long double s = std::sin(3.14159265358979323846264338327950288L / 2 / n);
        const long double exact = rise * s * s;
        const auto error = static_cast<double>(wave.done(1) - exact);
        worst = std::max(worst, support::magnitude(error) / support::ulp(static_cast<double>(exact)));
        if (detail::oversteps(wave.done(n / 2), rise))
            FAIL_CHECK("rise " << rise << " n " << n << ": " << wave.done(n / 2));
    }
    // A tiny rise loses its last coefficients, one by one.
    for (int n = 1000; n < 3000; ++n)
        for (const double tiny : {1e-270, 1e-285, 1e-295, 1e-301, 1e-306, 1e-310}) {
            const double rise = tiny / n;
            const detail::half_wave wave(rise, n);
            if (detail::oversteps(wave.done(n / 2.0), rise))
                FAIL_CHECK("rise " << rise << " n " << n << ": " << wave.done(n / 2.0));
        }
    WARN("first update: at most " << worst << " ULP");
#ifdef __FAST_MATH__  // rounds the factors of the coefficient one by one
    CHECK(worst <= 4.5);
#else
    CHECK(worst <= 1.6);
#endif
}

TEST_CASE("exp2m1: 2^y - 1 without cancellation") {
    BOTH_CHECK(detail::exp2m1(v(0.0)) == 0);
    BOTH_CHECK(detail::exp2m1(v(0.0), 7.0, 1.0 / 7) == 0);
    BOTH_CHECK(ulps(detail::exp2m1(v(0.5)), 0.41421356237309503) <= 2);
    BOTH_CHECK(ulps(detail::exp2m1(v(-0.25)), -0.1591035847462855) <= 2);
    BOTH_CHECK(ulps(detail::exp2m1(v(3.0), 10.0, 0.1), 0.23114441334491628) <= 2);
    for (int k = -1197; k <= 1197; ++k) {
        const double y = k / 2048.0;
        const auto exact = [](long double x) {
            return static_cast<double>(std::expm1(0.693147180559945309417232121458176568L * x));
        };
        CHECK(ulps(detail::exp2m1(y), exact(y)) <= 2);
        CHECK(ulps(detail::exp2m1(y * 0x1p-40), exact(y * 0x1p-40L)) <= 2);
        CHECK(ulps(detail::exp2m1(k, 2049, 1 / 2049.0), exact(k / 2049.0L)) <= 3);
    }
}

TEST_CASE("log2: exact for powers of two, and within an ULP") {
    BOTH_CHECK(detail::log2(v(1.0)) == 0 && detail::log2(v(2.0)) == 1 && detail::log2(v(0x1p53)) == 53);
    BOTH_CHECK(ulps(detail::log2(v(10.0)), 3.321928094887362) <= 1);
    for (int k = 1; k < 4000; ++k)
        for (const double n : {1.0 * k, 1.5 + k, 0x1p40 + k, 0x1p53 - k})
            CHECK(ulps(detail::log2(n), static_cast<double>(std::log2(static_cast<long double>(n)))) <= 1);
}

TEST_CASE("square_root: the same at compile time as at run time") {
    BOTH_CHECK(detail::square_root(v(0.0)) == 0);
    BOTH_CHECK(detail::square_root(v(1.0)) == 1);
    BOTH_CHECK(detail::square_root(v(2.0)) == 0x1.6a09e667f3bcdp+0);
    BOTH_CHECK(detail::square_root(v(3.0)) == 0x1.bb67ae8584caap+0);
    BOTH_CHECK(detail::square_root(v(0.5)) == 0x1.6a09e667f3bcdp-1);
    BOTH_CHECK(detail::square_root(v(0x1p-53)) == 0x1.6a09e667f3bcdp-27);
    BOTH_CHECK(detail::square_root(v(1 - 0x1p-53)) == 1 - 0x1p-53);
    BOTH_CHECK(detail::square_root(v(0x1.fffffffffffffp+1)) == 0x1.fffffffffffffp+0);
    BOTH_CHECK(detail::square_root(v(0x1p-1022)) == 0x1p-511);
}

TEST_CASE("power: the ends, products, and the general case") {
    BOTH_CHECK(detail::power(v(0.0), 1.7) == 0 && detail::power(v(1.0), 1.7) == 1);
    BOTH_CHECK(detail::power(v(0.75), 1) == 0.75 && detail::power(v(0.75), 2) == 0.5625);
    BOTH_CHECK(detail::power(v(0.25), 0.5) == 0.5 && detail::power(v(0.25), 1.5) == 0.125);
    BOTH_CHECK(ulps(detail::power(v(0.75), v(1.7)), 0.61320282613276) <= power_bound);
    BOTH_CHECK(detail::power(v(0.5), 1e6) == 0);
    BOTH_CHECK(detail::power(v(0.9999999), 1e300) == 0);
    BOTH_CHECK(detail::power(v(1 - 0x1p-53), v(1e-300)) <= 1);
}

TEST_CASE("power: of numbers near the subnormal ones, and below, by whole numbers") {
    for (const double q : {5e-324, 1e-315, 0x1p-1022, 1e-300, 0x1p-501, 1e-150, 1e-10, 0.3, 0.99}) {
        CHECK(detail::power(q, 1) == q);
        for (double p = 2; p < 0x1p62; p = std::floor(p * 1.37) + 1) {
            CAPTURE(q, p);
            const double power = detail::power(q, p);
            CHECK((power >= 0 && power <= q));
            CHECK((q >= 0x1p-500 || p < 3 || power == 0));
        }
    }
}

TEST_CASE("power: within a few ULP of the exact power") {
    double worst = 0;
    for (int k = 1; k < 1000; ++k)
        for (const double p : {0.01, 0.3, 0.9, 1.1, 1.7, 2.2, 3.3, 5.0, 7.0, 17.3, 100.0}) {
            const double q = k / 1000.0;
            const long double want = std::pow(static_cast<long double>(q), static_cast<long double>(p));
            if (want < 0x1p-1021L)
                continue;
            const double off = ulps(detail::power(q, p), static_cast<double>(want));
            worst = off > worst ? off : worst;
        }
    WARN("power: at most " << worst << " ULP");
    CHECK(worst <= power_bound);
}

TEST_CASE("prepared_power: (m / n)^p without rounding m / n") {
    const auto prepared = [](double p) { return detail::prepared_power(p); };
    BOTH_CHECK(detail::prepared_power(v(1.7))(5, 5) == 1 && detail::prepared_power(v(2.0))(3, 4) == 0.5625);
    BOTH_CHECK(detail::prepared_power(v(0.9)).general(0x1p53, 0x1p53) == 1);
    BOTH_CHECK(detail::prepared_power(v(1e300)).general(1e9, 1e9) == 1);
    BOTH_CHECK(detail::prepared_power(v(1e300)).general(1e9 - 1, 1e9) == 0);
    BOTH_CHECK(detail::prepared_power(v(30.0)).general(1, 0x1p53) == 0);
    BOTH_CHECK(detail::prepared_power(v(19.0)).general(1, 0x1p53) == 0x1p-1007);
    for (int twice = 1; twice <= 8; ++twice) {
        CHECK(prepared(twice / 2.0).twice() == twice);
        for (int m = 1; m <= 1000; ++m)
            CHECK(ulps(prepared(twice / 2.0)(m, 1000), prepared(twice / 2.0).general(m, 1000)) <= 2 * power_bound);
    }
    CHECK(prepared(0.9).twice() == 0);
    CHECK(prepared(4.5).twice() == 0);
    double worst = 0;
    for (const double n : {3.0, 1000.0, 1e6 + 3, 0x1p52})
        for (const double p : {0.01, 0.3, 0.9, 1.1, 1.7, 2.2, 3.3, 5.0, 7.0, 17.3})
            for (double m = 1; m <= n; m += m < 500 ? 1 : m) {
                const long double want = std::pow(m / static_cast<long double>(n), static_cast<long double>(p));
                worst = std::max(worst, ulps(prepared(p)(m, n), static_cast<double>(want)));
            }
    WARN("prepared_power: at most " << worst << " ULP");
    CHECK(worst <= power_bound);
}

TEST_CASE("rounding to integers") {
    BOTH_CHECK(detail::floor_to_int(v(2.9)) == 2 && detail::ceil_to_int(v(2.1)) == 3 &&
               detail::ceil_to_int(v(2.0)) == 2);
    BOTH_CHECK(detail::nearest_even_to_int(v(2.5)) == 2 && detail::nearest_even_to_int(v(3.5)) == 4);
    BOTH_CHECK(detail::nearest_even_to_int(v(2.500001)) == 3 && detail::nearest_even_to_int(v(0.5)) == 0);
    BOTH_CHECK(detail::ceil_to_int(v(0x1p53)) == std::int64_t{1} << 53);
    BOTH_CHECK(detail::ceil_to_int(v(0x1p51 + 0.5)) == (std::int64_t{1} << 51) + 1);
    BOTH_CHECK(detail::towards_zero(v(1.0)) == 1 - 0x1p-53 && detail::towards_zero(v(-1.0)) == -1 + 0x1p-53);
}
