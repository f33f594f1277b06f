// SPDX-License-Identifier: MIT
#include "support/check.hpp"
#include "support/dice.hpp"

#include <pacer/ramp.hpp>

#include <cfenv>
#include <random>

using pacer::ramp;
using pacer::step_t;
using support::complaints;
namespace shapes = pacer::shapes;

TEST_CASE("a linear ramp") {
    BOTH_CHECK(ramp<>(v(1.0), 3.0, 4.0)(v(step_t{0})) == 1);
    BOTH_CHECK(ramp<>(v(1.0), 3.0, 4.0)(v(step_t{1})) == 1.5);
    BOTH_CHECK(ramp<>(v(1.0), 3.0, 4.0)(v(step_t{4})) == 3);
    BOTH_CHECK(ramp<>(v(1.0), 3.0, 4.0)(v(step_t{-1})) == 1);
    BOTH_CHECK(ramp<>(v(1.0), 3.0, 4.0)(v(pacer::endless)) == 3);
    BOTH_CHECK(ramp<>(v(3.0), 1.0, 4.0)(v(step_t{3})) == 1.5);
}

TEST_CASE("a ramp of no length is a jump") {
    BOTH_CHECK(ramp<>(1.0, v(3.0), 0.0)(v(step_t{0})) == 3);
    BOTH_CHECK(ramp<shapes::cosine>(1.0, v(3.0), 0.0)(v(step_t{-5})) == 3);
}

TEST_CASE("a ramp may begin and end between two updates") {
    BOTH_CHECK(support::ulps(ramp<>(0.0, 1.0, v(2.5))(v(step_t{1})), 0.4) <= support::same_way);
    BOTH_CHECK(support::ulps(ramp<>(0.0, 1.0, v(2.5))(v(step_t{2})), 0.8) <= support::same_way);
    BOTH_CHECK(ramp<>(0.0, 1.0, v(2.5))(v(step_t{3})) == 1);
    BOTH_CHECK(ramp<>(0.0, 1.0, 4.0, {}, v(0.5))(v(step_t{0})) == 0.125);
    BOTH_CHECK(ramp<>(0.0, 1.0, 4.0, {}, v(1.0))(v(step_t{3})) == 1);
    BOTH_CHECK(ramp<>(0.0, 1.0, 4.0, {}, v(9.0))(v(step_t{0})) == 1);
}

TEST_CASE("what is left of a fractional ramp is counted exactly") {
    // A hundred updates of which these are warm-up: (100 - W) - (36 - W) is rounded to 64 - 2^-47.
    constexpr double warmup = 35.465950309510355;
    BOTH_CHECK(support::ulps(ramp<>(v(1.0), 0.0, 100 - warmup, {}, 36 - warmup)(63), 1 / (100 - warmup)) <= 1);
    BOTH_CHECK(ramp<>(v(1.0), 0.0, 100 - warmup, {}, 36 - warmup)(64) == 0);
}

TEST_CASE("a linear ramp never oversteps its half") {
    for (int n = 1; n <= 20'000; ++n) {
        const double rise = n % 2 == 0 ? 1.0 / n : -0.3 / n;
        const shapes::linear::profile profile(rise, n);
        if (pacer::detail::oversteps(profile.done(n / 2.0), rise) ||
            pacer::detail::oversteps(profile.left(n / 2.0), -rise))
            FAIL_CHECK("rise " << rise << " n " << n);
    }
}

TEST_CASE("the length of a ramp is where it ends") {
    BOTH_CHECK(ramp<>(0, 1, v(100.0)).total_steps() == 100);
    BOTH_CHECK(ramp<>(0, 1, v(100.0), {}, 1).total_steps() == 99);
    BOTH_CHECK(ramp<>(0, 1, v(99.5)).total_steps() == 100);
    BOTH_CHECK(ramp<>(0, 1, v(4.0), {}, 9).total_steps() == 0);
    BOTH_CHECK(ramp<shapes::cosine>(0, 1, v(0.0)).total_steps() == 0);
    BOTH_CHECK(ramp<shapes::power>(1, 0, v(7.0), {2}).total_steps() == 7);
    BOTH_CHECK(pacer::total_steps(ramp<>(0, 1, v(0x1p53))) == pacer::longest);
}

TEST_CASE("ramps are small: a warm-up of any shape in 64 bytes, a cosine in 128") {
    STATIC_REQUIRE(sizeof(ramp<>) <= 64);
    STATIC_REQUIRE(sizeof(ramp<shapes::compact>) <= 64);
    STATIC_REQUIRE(sizeof(ramp<shapes::cosine>) <= 128);
}

TEST_CASE("what a ramp is refused for") {
    const auto field = [](double from, double to, double length, double shift) {
        try {
            (void)ramp<>(from, to, length, {}, shift);
        } catch (const pacer::invalid_schedule& e) {
            return std::string(e.field());
        }
        return std::string();
    };
    CHECK(field(1, 0, 10, 0).empty());
    CHECK(field(-1, 0, 10, 0) == "from");
    CHECK(field(1, -1, 10, 0) == "to");
    CHECK(field(1, 0, -1, 0) == "length");
    CHECK(field(1, 0, 0x1p54, 0) == "length");
    CHECK(field(1, 0, 10, -1) == "shift");
    const auto exponential = [](auto shape, double from, double to) {
        try {
            (void)ramp(from, to, 10, shape);
        } catch (const pacer::invalid_schedule& e) {
            return std::string(e.what());
        }
        return std::string();
    };
    CHECK(exponential(shapes::exponential{}, 0, 1) == "pacer: from = 0: must be above 0 for an exponential ramp");
    CHECK(exponential(shapes::any{pacer::ramp_shape::exponential}, 1, 0) ==
          "pacer: to = 0: must be above 0 for an exponential ramp");
    CHECK(exponential(shapes::compact{{pacer::ramp_shape::exponential}}, 1, 0) ==
          "pacer: to = 0: must be above 0 for an exponential ramp");
#ifndef __FAST_MATH__  // which takes subnormal numbers for 0
    CHECK(exponential(shapes::exponential{}, 1, 5e-324).empty());
#endif
}

// In other rounding modes, which some numeric libraries set, the last doubts of a constructor are decided otherwise.
TEST_CASE("constructors end in every rounding mode, and so do the rates between the ends") {
    complaints wrong;
    support::dice roll(1);
    for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        for (const bool tiny : {false, true})
            for (int k = 0; k < 20'000; ++k) {
                const double unit = tiny ? 5e-324 * static_cast<double>(roll.up_to(49)) : 1e-3 / 97;
                const double a = unit * static_cast<double>(1 + roll.up_to(99));
                const double b = roll.up_to(2) != 0 ? 0 : a * 0.1;
                const double n = static_cast<double>(1 + roll.up_to(4999)) * (roll.up_to(1) != 0 ? 1 : 1e9);
                const auto check = [&](auto shape, const char* name) {
                    std::fesetround(mode);
                    const ramp down(a, b, n, shape);
                    const ramp up(b, a, n, shape);
                    const auto last = static_cast<step_t>(n) - 1;
                    const double rates[] = {down(0),    down(1),       down(last / 2), down(last / 2 + 1),
                                            down(last), down(last + 1)};
                    const bool inside = up(last / 2) <= a && up(last / 2 + 1) <= a;
                    std::fesetround(FE_TONEAREST);
                    bool falls = inside && rates[0] <= a && rates[5] >= b;
                    for (const double rate : rates)
                        falls = falls && rate <= a && rate >= b;
                    if (!falls)
                        wrong.add(name, ' ', a, " to ", b, " over ", n, " in mode ", mode);
                };
                check(shapes::linear{}, "linear");
                check(shapes::cosine{}, "cosine");
                check(shapes::any{pacer::ramp_shape::half_life}, "half_life");
                check(shapes::any{pacer::ramp_shape::one_minus_sqrt, true}, "one_minus_sqrt");
            }
    }
    CHECK(wrong.text() == "");
}

#ifndef __FAST_MATH__  // which has no such exceptions, and no rounding modes, to speak of
TEST_CASE("no constructor and no rate raises a floating-point exception") {
    std::feclearexcept(FE_ALL_EXCEPT);
    volatile double rate = 0;
    const auto ask = [&](auto shape) {
        for (const double low : {5e-324, 1e-300, 1e-3})
            for (const double high : {1e-3, 1e300, 1.7e308})
                for (const double n : {0.0, 1e-310, 1e-300, 1e-12, 0.5, 1.0, 1.5, 7.0, 1e9, 0x1p53}) {
                    const ramp up(low, high, n, shape);
                    const ramp down(high, low, n, shape);
                    for (const step_t step : {step_t{-1}, step_t{0}, step_t{1}, step_t{3}, step_t{6}, step_t{1} << 52,
                                              (step_t{1} << 53) - 1, pacer::endless})
                        rate = up(step) + (rate > 0 ? 0 : down(step));
                }
    };
    ask(shapes::linear{});
    ask(shapes::cosine{});
    ask(shapes::one_minus_sqrt{});
    ask(shapes::half_life{});
    ask(shapes::exponential{});
    for (const double p : {1e-310, 0.5, 1.0, 2.0, 0.9, 7.1, 1e300})
        ask(shapes::power{p});
    CHECK(std::fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW) == 0);
}
#endif

TEST_CASE("rate_of_ramp: the bits of a ramp that is made") {
    using pacer::ramp_shape;
    std::mt19937_64 random(7);
    const auto part = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
    int different = 0;
    for (int k = 0; k < 20'000; ++k) {
        const ramp_shape shapes[] = {ramp_shape::linear,         ramp_shape::cosine,
                                     ramp_shape::one_minus_sqrt, ramp_shape::half_life,
                                     ramp_shape::exponential,    ramp_shape::power(part() * 5 + 0.1)};
        const ramp_shape shape = shapes[k % 6];
        const double from = part() + 1e-9;
        const double to = part() + 1e-9;
        const double length = k % 3 == 0 ? part() * 1000 : static_cast<double>(random() % 1000);
        const double shift = k % 5 == 0 ? part() * 3 : static_cast<double>(k % 2);
        const pacer::ramp<pacer::shapes::compact> made(from, to, length, {{shape, true}}, shift);
        for (int probe = 0; probe < 20; ++probe) {
            const auto step = static_cast<pacer::step_t>(random() % 1010);
            different += made(step) != pacer::detail::rate_of_ramp({shape, true}, {{from, to}}, length, shift, step);
            const auto whole = static_cast<pacer::step_t>(length);
            if (shift == 0 && static_cast<double>(whole) == length && step < whole)
                different += made(step) != pacer::detail::rate_of_whole_ramp({shape, true}, {{from, to}}, whole, step);
        }
    }
    CHECK(different == 0);
}
