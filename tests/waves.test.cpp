// SPDX-License-Identifier: MIT
#include "support/check.hpp"
#include "support/dice.hpp"

#include <pacer/fill.hpp>
#include <pacer/waves.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

using pacer::step_t;
using pacer::detail::cosine_restarts;
using pacer::detail::cosine_wave;
using pacer::detail::wave_clock;
using support::complaints;

TEST_CASE("the clock counts whole waves in integers") {
    BOTH_CHECK(wave_clock(9, v(3.0)).position(v(step_t{3})) == 0);
    BOTH_CHECK(wave_clock(9, v(3.0)).position(v(step_t{4})) == 3);
    BOTH_CHECK(wave_clock(9, v(1.0)).position(v(step_t{19})) == 1);
    BOTH_CHECK(wave_clock(step_t{1} << 53, v(1.0)).position((step_t{1} << 53) - 1) == (step_t{1} << 53) - 1);
    BOTH_CHECK(!wave_clock(8, v(2.5)).is_valid());
    BOTH_CHECK(!wave_clock(step_t{1} << 53, v(1e9)).is_valid());
}

TEST_CASE("a range of steps is told wave by wave") {
    const wave_clock clock(9, 3);
    pacer::step_range steps{2, 1, 20};
    while (steps.count > 0) {
        const pacer::step_range x = clock.positions(steps, 1);
        REQUIRE(x.count > 0);
        for (step_t k = 0; k < x.count; ++k)
            CHECK(x.at(k) == clock.position(steps.at(k) + 1));
        steps = steps.drop(x.count);
        CHECK((steps.count == 0 || clock.position(steps.first + 1) < 3));
    }
}

TEST_CASE("a wave goes down and up again, a restart falls from the top") {
    BOTH_CHECK(cosine_wave(8, v(0.0), 4, 0.5, 0)(v(step_t{2})) == 4);
    BOTH_CHECK(cosine_wave(8, v(0.0), 4, 0.5, 0)(v(step_t{4})) == 0);
    BOTH_CHECK(cosine_wave(8, v(0.0), 4, 0.5, 0)(v(step_t{6})) == 4);
    BOTH_CHECK(cosine_wave(8, v(0.0), 4, 0.5, 0)(v(step_t{8})) == 8);
    BOTH_CHECK(cosine_wave(8, v(0.0), 4, 1, 0)(v(step_t{2})) == 0);
    BOTH_CHECK(cosine_wave(8, v(0.0), 4, 0.5, 1)(v(step_t{1})) == 4);
    BOTH_CHECK(cosine_restarts(8, v(0.0), 4, 2, 0)(v(step_t{1})) == 4);
    BOTH_CHECK(cosine_restarts(8, v(0.0), 4, 2, 0)(v(step_t{2})) == 8);
    BOTH_CHECK(cosine_restarts(8, v(0.0), 4, 1, 0)(v(step_t{2})) == 4);
    BOTH_CHECK(cosine_restarts(8, v(0.0), 4, 1, 0)(v(step_t{4})) == 8);
}

TEST_CASE("no waves: the top; restarts that are cut") {
    BOTH_CHECK(cosine_wave(8, v(0.0), 4, 0, 0)(v(step_t{3})) == 8);
    BOTH_CHECK(cosine_wave(8, v(0.0), 4.5, 0, 0.5)(v(step_t{3})) == 8);
    BOTH_CHECK(cosine_restarts(8, v(0.0), 4, 0, 0)(v(step_t{3})) == 8);
    BOTH_CHECK(cosine_restarts(8, v(0.0), 6, 1.5, 0)(v(step_t{2})) == 4);
    BOTH_CHECK(cosine_restarts(8, v(0.0), 6, 1.5, 0)(v(step_t{4})) == 8);
    BOTH_CHECK(cosine_restarts(8, v(0.0), 6, 1.5, 0)(v(step_t{6})) == 4);
}

TEST_CASE("both halves of a wave are mirror images") {
    const cosine_wave lr(1, 0.1, 37, 0.5, 0);
    for (step_t step = 0; step <= 37; ++step)
        CHECK(lr(37 - step) == lr(37 + step));
}

TEST_CASE("the remainder of 128 bits") {
    using pacer::detail::remainder;
    using pacer::detail::whole_product;
    support::dice roll(5);
    const auto word = [&] {
        const auto bits = static_cast<std::uint64_t>(roll.up_to((step_t{1} << 62) - 1)) * 2 + 1;
        return bits >> roll.up_to(62);
    };
    for (int k = 0; k < 100'000; ++k) {
        const std::uint64_t m = (word() >> 1) + 1;
        const std::uint64_t a = word();
        const std::uint64_t b = word();
        // By doubling and adding, modulo m.
        std::uint64_t want = 0;
        for (int bit = 63; bit >= 0; --bit) {
            want = want * 2 % m;
            if ((b >> bit & 1) != 0)
                want = (want + a % m) % m;
        }
        REQUIRE(remainder(whole_product(a, b), m) == want);
    }
    BOTH_CHECK(remainder(whole_product(~std::uint64_t{0}, v(~std::uint64_t{0})), (std::uint64_t{1} << 63) - 1) == 1);
}

namespace {

double from_to(support::dice& roll, double low, double high) { return low + (high - low) * roll.fraction(); }

// The rate, by another way: the phase in integers of 128 bits and long double.
#ifdef __SIZEOF_INT128__
__extension__ using wide = unsigned __int128;

double reference_error(double rate, double from, double to, step_t length, double cycles, step_t x, bool restarting) {
    int e = 0;
    const auto m = static_cast<std::uint64_t>(std::ldexp(std::frexp(cycles, &e), 53));
    e -= 53 - (restarting ? 0 : 1);  // half waves: m 2^e x / length
    const auto period = static_cast<wide>(restarting ? length : 2 * length);
    const wide whole = wide{m} * static_cast<std::uint64_t>(x);
    if (e < 0) {
        REQUIRE(e > -120);
        const wide unit = wide{1} << -e;
        wide position = whole / unit % period;
        wide part = whole % unit;
        const auto turn_around = [&](wide border) {
            position = border - position - (part != 0 ? 1 : 0);
            part = part != 0 ? unit - part : 0;
        };
        if (position >= static_cast<wide>(length))
            turn_around(period);
        // From the end that is nearer, so that nothing is lost near a trough.
        const auto about = static_cast<long double>(position) + std::ldexp(static_cast<long double>(part), e);
        const bool from_end = 2 * about > static_cast<long double>(length);
        if (from_end)
            turn_around(static_cast<wide>(length));
        const long double k = static_cast<long double>(position) + std::ldexp(static_cast<long double>(part), e);
        const long double s = std::sin(std::numbers::pi_v<long double> / 2 * k / static_cast<long double>(length));
        const long double want = from_end ? to + (from - to) * s * s : from + (to - from) * s * s;
        return static_cast<double>(std::abs(rate - want)) / support::ulp(static_cast<double>(want));
    }
    return 0;
}
#endif

}  // namespace

TEST_CASE("any number of waves is as accurate as one descent, also far past the end") {
    BOTH_CHECK(cosine_wave(1, v(0.0), 40, 3.7, 0)(v(step_t{27})) == 6.168375916969476e-05);
#ifdef __SIZEOF_INT128__
    support::dice roll(7);
    double worst = 0;
    double worst_restarts = 0;
    for (int k = 0; k < 200'000; ++k) {
        const auto length = static_cast<step_t>(std::exp2(from_to(roll, 1, 45)));
        const double cycles = std::exp2(from_to(roll, -6, 12));
        const double floor = k % 2 == 0 ? 0 : 0.1;
        const bool past = k % 3 == 0;
        const step_t step = past ? static_cast<step_t>(std::exp2(from_to(roll, 1, 62.9))) : roll.up_to(length);
        worst = std::max(worst, reference_error(cosine_wave(1, floor, static_cast<double>(length), cycles, 0)(step), 1,
                                                floor, length, cycles, step, false));
        worst_restarts = std::max(
            worst_restarts, reference_error(cosine_restarts(1, floor, static_cast<double>(length), cycles, 0)(step), 1,
                                            floor, length, cycles, step, true));
    }
    WARN("waves: at most " << worst << " ULP, restarts: " << worst_restarts);
#ifdef __FAST_MATH__
    CHECK(worst <= 8);
#else
    CHECK(worst <= 4.4);
    CHECK(worst_restarts <= 4.4);
#endif
#endif
}

TEST_CASE("waves over a length that is not whole: the phase to 100 bits") {
    support::dice roll(9);
    double worst = 0;
    for (int k = 0; k < 100'000; ++k) {
        const double shift = from_to(roll, 0, 1);
        const step_t rest = 1 + roll.up_to(100'000);
        const double length = shift + static_cast<double>(rest);
        const double cycles = 0.5 + static_cast<double>(roll.up_to(40)) / 8;
        const step_t step = roll.up_to(3 * rest);
        const double rate = cosine_wave(1, 0, length, cycles, shift)(step);
        const long double exact = 2 * static_cast<long double>(cycles) * (static_cast<long double>(step) + shift) /
                                  (static_cast<long double>(rest) + shift);
        const long double folded = std::abs(std::remainder(exact, 2.0L));
        if (folded > 0.99L)
            continue;  // the reference is not exact enough there
        const long double c = std::cos(std::numbers::pi_v<long double> / 2 * folded);
        worst = std::max(worst, static_cast<double>(std::abs(rate - c * c)) / support::ulp(static_cast<double>(c * c)));
    }
    WARN("at most " << worst << " ULP");
#ifdef __FAST_MATH__  // g++ leaves out what is kept of the rounding
    CHECK(worst <= 20'000);
#else
    CHECK(worst <= 4.4);
#endif
}

#ifndef __FAST_MATH__  // where bits are not promised
TEST_CASE("fill gives the bits of the call, for waves of every kind") {
    for (const double length : {37.0, 36.5, 1.0})
        for (const double cycles : {0.0, 0.25, 0.5, 1.0, 1.5, 3.7, 40.0, 1e6, 1e17})
            for (const double shift : {0.0, 0.5, 1.0}) {
                const cosine_wave wave(1, 0.1, length, cycles, shift);
                const cosine_restarts restarts(1, 0.1, length, cycles, shift);
                for (const step_t stride : {1, 7, 1000}) {
                    std::vector<double> a(200), b(200);
                    pacer::fill(wave, 3, a, stride);
                    pacer::fill(restarts, 3, b, stride);
                    int different = 0;
                    for (step_t k = 0; k < 200; ++k)
                        different += (a[static_cast<std::size_t>(k)] != wave(3 + k * stride)) +
                                     (b[static_cast<std::size_t>(k)] != restarts(3 + k * stride));
                    INFO(length << ' ' << cycles << ' ' << shift << ' ' << stride);
                    CHECK(different == 0);
                }
            }
}
#endif
