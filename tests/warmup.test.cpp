// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/warmup.hpp>

#include <limits>

using pacer::rounding;
using pacer::step_t;
using pacer::warmup;
using pacer::warmup_ratio;

namespace {

constexpr step_t updates(double ratio, step_t total, rounding how) {
    return warmup(warmup_ratio(ratio, how)).steps(total);
}

}  // namespace

TEST_CASE("a ratio is rounded up in binary64, as Hugging Face does") {
    BOTH_CHECK(updates(v(0.07), 100, rounding::ceil) == 8);  // 7.000000000000001
    BOTH_CHECK(updates(v(0.14), 100, rounding::ceil) == 15);
    BOTH_CHECK(updates(v(0.28), 50, rounding::ceil) == 15);
    BOTH_CHECK(updates(v(0.03), 612, rounding::ceil) == 19);  // 18.36
    BOTH_CHECK(updates(v(0.5), 100, rounding::ceil) == 50);
    BOTH_CHECK(warmup(warmup_ratio(v(0.07))).steps(100) == 8);  // and that is the default
}

TEST_CASE("a ratio is rounded down, to nearest, or not at all") {
    BOTH_CHECK(updates(v(0.29), 100, rounding::floor) == 28);  // 28.999999999999996
    BOTH_CHECK(updates(v(0.07), 100, rounding::floor) == 7);
    BOTH_CHECK(updates(v(0.25), 10, rounding::nearest_even) == 2);  // 2.5
    BOTH_CHECK(updates(v(0.35), 10, rounding::nearest_even) == 4);  // 3.5
    BOTH_CHECK(updates(v(0.26), 10, rounding::nearest_even) == 3);
    BOTH_CHECK(updates(v(0.24), 10, rounding::nearest_even) == 2);
    BOTH_CHECK(warmup(warmup_ratio(v(0.25), rounding::exact)).length(10) == 2.5);
    BOTH_CHECK(warmup(warmup_ratio(v(0.25), rounding::exact)).steps(10) == 3);
}

TEST_CASE("a warm-up says how it was given") {
    BOTH_CHECK(warmup{}.given_as() == warmup::kind::unset && warmup{}.steps(v(step_t{10})) == 0);
    BOTH_CHECK(warmup{pacer::no_warmup}.given_as() == warmup::kind::off);
    BOTH_CHECK(warmup{pacer::warmup_steps(v(step_t{7}))}.given_as() == warmup::kind::steps);
    BOTH_CHECK(warmup{pacer::warmup_steps(v(step_t{7}))}.steps(100) == 7);
    BOTH_CHECK(warmup{pacer::warmup_steps(v(pacer::longest))}.steps(pacer::longest) == pacer::longest);
    BOTH_CHECK(warmup{warmup_ratio(v(0.5))}.given_as() == warmup::kind::ratio);
    BOTH_CHECK(warmup{warmup_ratio(v(1.0))}.steps(pacer::longest) == pacer::longest);
}

TEST_CASE("a count is not taken for a ratio, nor a number for either") {
    STATIC_REQUIRE(!std::is_convertible_v<int, warmup>);
    STATIC_REQUIRE(!std::is_convertible_v<double, warmup>);
    STATIC_REQUIRE(!std::is_convertible_v<step_t, pacer::warmup_steps>);
    STATIC_REQUIRE(!std::is_convertible_v<double, warmup_ratio>);
    STATIC_REQUIRE(std::is_convertible_v<pacer::warmup_steps, warmup>);
    STATIC_REQUIRE(std::is_convertible_v<warmup_ratio, warmup>);
    STATIC_REQUIRE(std::is_convertible_v<pacer::no_warmup_t, warmup>);
}

TEST_CASE("a warm-up that nobody has checked saturates") {
    BOTH_CHECK(warmup(warmup_ratio(v(1.0))).steps(pacer::endless) == pacer::endless);
    BOTH_CHECK(warmup(warmup_ratio(v(1e30))).steps(1000) == pacer::endless);
    BOTH_CHECK(warmup(warmup_ratio(v(1e308))).length(pacer::endless) == 0x1p63);
    BOTH_CHECK(warmup(warmup_ratio(v(1e30), rounding::exact)).length(1000) == 0x1p63);
    BOTH_CHECK(warmup(warmup_ratio(v(0.5), rounding::nearest_even)).steps(pacer::endless) == pacer::step_t{1} << 62);
    BOTH_CHECK(warmup(warmup_ratio(v(-0.5), rounding::floor)).steps(7) == 0);
    BOTH_CHECK(warmup(warmup_ratio(v(0.5))).steps(-7) == 0);
    BOTH_CHECK(warmup(pacer::warmup_steps(v(pacer::endless))).steps(10) == pacer::endless);
    BOTH_CHECK(warmup(pacer::warmup_steps(v(pacer::endless))).length(10) == 0x1p63);
    BOTH_CHECK(warmup(pacer::warmup_steps(v(pacer::longest + 1))).steps(10) == pacer::longest + 1);
    BOTH_CHECK(warmup(pacer::warmup_steps(v(-pacer::endless))).steps(10) == 0);
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    for (const rounding how : {rounding::ceil, rounding::floor, rounding::nearest_even, rounding::exact}) {
        CHECK(warmup(warmup_ratio(nan, how)).steps(1000) == 0);
        CHECK(warmup(warmup_ratio(-1e300, how)).steps(1000) == 0);
        CHECK(warmup(warmup_ratio(1e300, how)).steps(1000) == pacer::endless);
        CHECK(warmup(warmup_ratio(std::numeric_limits<double>::infinity(), how)).steps(1000) == pacer::endless);
    }
}

TEST_CASE("a warm-up is small, and what it was not given as is 0") {
    STATIC_REQUIRE(sizeof(warmup) <= 16);
    STATIC_REQUIRE(std::is_trivially_copyable_v<warmup>);
    BOTH_CHECK(warmup(warmup_ratio(v(0.5))).count() == 0);
    BOTH_CHECK(warmup(pacer::warmup_steps(v(step_t{5}))).ratio() == 0);
    BOTH_CHECK(warmup(pacer::no_warmup).count() == 0 && warmup().ratio() == v(0.0));
}

TEST_CASE("a fraction is not taken for a count") {
    STATIC_REQUIRE(!std::is_constructible_v<pacer::warmup_steps, double>);
    STATIC_REQUIRE(!std::is_constructible_v<pacer::warmup_steps, float>);
    STATIC_REQUIRE(!std::is_constructible_v<pacer::warmup_steps, long double>);
    STATIC_REQUIRE(std::is_constructible_v<pacer::warmup_steps, int>);
    STATIC_REQUIRE(std::is_constructible_v<pacer::warmup_steps, unsigned>);
    STATIC_REQUIRE(!std::is_constructible_v<warmup, double>);
    STATIC_REQUIRE(!std::is_constructible_v<warmup, int>);
    STATIC_REQUIRE(!std::is_constructible_v<warmup, bool>);
}

TEST_CASE("a warm-up is of 0 to 2^53 updates, both of them included") {
    const auto refused = [](step_t n) { return bool(pacer::detail::check_alone(pacer::warmup_steps(n))); };
    CHECK_FALSE(refused(0));
    CHECK_FALSE(refused(pacer::longest));
    CHECK(refused(-1));
    CHECK(refused(pacer::longest + 1));
}
