// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/lr_ratio.hpp>
#include <pacer/schedules/all.hpp>

#include <cfenv>
#include <limits>

using pacer::lr_or_ratio;
using pacer::lr_ratio;

TEST_CASE("a floor is a rate or a ratio of the peak") {
    BOTH_CHECK(lr_or_ratio(v(0.5)).rate(8) == 0.5 && !lr_or_ratio(v(0.5)).is_ratio());
    BOTH_CHECK(lr_or_ratio(lr_ratio(v(0.5))).rate(8) == 4 && lr_or_ratio(lr_ratio(v(0.5))).is_ratio());
    BOTH_CHECK(lr_or_ratio(lr_ratio(v(0.5))).value() == 0.5);
    BOTH_CHECK(bool(pacer::detail::check("min_lr", lr_or_ratio{}, v(8.0))));
}

TEST_CASE("a ratio is not taken for a rate") {
    STATIC_REQUIRE(!std::is_convertible_v<double, lr_ratio>);
    STATIC_REQUIRE(!std::is_convertible_v<lr_ratio, double>);
    STATIC_REQUIRE(std::is_convertible_v<double, lr_or_ratio>);
    STATIC_REQUIRE(std::is_convertible_v<lr_ratio, lr_or_ratio>);
}

TEST_CASE("what a floor is refused for") {
    using pacer::detail::check;
    BOTH_CHECK(!check("min_lr", lr_or_ratio(v(8.0)), 8) && !check("min_lr", lr_ratio(v(1.0)), 8));
    BOTH_CHECK(bool(check("min_lr", lr_or_ratio(v(8.5)), 8)));
    BOTH_CHECK(bool(check("min_lr", lr_or_ratio(v(-0.5)), 8)));
    BOTH_CHECK(bool(check("min_lr", lr_ratio(v(1.5)), 8)));
    BOTH_CHECK(bool(check("min_lr", lr_ratio(v(-0.5)), 8)));
}

TEST_CASE("a rate that is the peak once rounded to a float is the peak") {
    using pacer::detail::check_floor;
    using pacer::detail::rate_of;
    // 1e-4f is below 1e-4, 1e-3f above 1e-3.
    BOTH_CHECK(!check_floor("min_lr", v(1e-4), 1e-4f) && rate_of(v(1e-4), 1e-4f) == double{1e-4f});
    BOTH_CHECK(!check_floor("min_lr", v(1e-3), 1e-3f) && rate_of(v(1e-3), 1e-3f) == double{1e-3f});
    BOTH_CHECK(rate_of(lr_ratio(v(1.0)), 1e-4f) == double{1e-4f});
    BOTH_CHECK(rate_of(lr_ratio(v(0.5)), 1e-4f) == double{1e-4f} / 2);
    BOTH_CHECK(rate_of(v(5e-5), 1e-4f) == 5e-5);  // not rounded
    BOTH_CHECK(bool(check_floor("min_lr", v(1.0000001e-4), 1e-4f)));
    BOTH_CHECK(bool(check_floor("min_lr", v(1e300), 1e-4f)));
    BOTH_CHECK(bool(check_floor("min_lr", v(-1e300), 1e-4f)));
    BOTH_CHECK(bool(check_floor("min_lr", v(0x1.0000000000001p0), 1.0)));  // a double is what it is
    BOTH_CHECK(!check_floor("min_lr", v(0x1.0000000000001p0), 1.0f));
    BOTH_CHECK(bool(check_floor("min_lr", v(1e300), std::numeric_limits<float>::max())));
    BOTH_CHECK(bool(check_floor("min_lr", v(1e-37), 0.0f)) && !check_floor("min_lr", v(1e-60), 0.0f));
}

TEST_CASE("an end may be above the peak, but is a rate that the type can hold") {
    using pacer::detail::check_end;
    BOTH_CHECK(!check_end("end_lr", v(9.0), 8.0f) && !check_end("end_lr", v(1e39), 8.0));
    BOTH_CHECK(bool(check_end("end_lr", v(1e39), 8.0f)));
    BOTH_CHECK(bool(check_end("end_lr", v(-1.0), 8.0f)) && bool(check_end("end_lr", lr_or_ratio{}, 8.0f)));
    BOTH_CHECK(bool(check_end("end_lr", lr_ratio(v(1.5)), 8.0f)));
}

#ifndef __FAST_MATH__  // which does not promise it
TEST_CASE("a rate that no float can hold raises no floating-point exception") {
    const support::laundered v;
    std::feclearexcept(FE_ALL_EXCEPT);
    const double rate = pacer::detail::rate_of(v(1e300), v(1e-4f));
    CHECK(std::fetestexcept(FE_OVERFLOW | FE_INVALID) == 0);
    CHECK(rate == 1e300);
}
#endif

TEST_CASE("a floor of which the peak is not yet known") {
    using pacer::detail::check_given;
    BOTH_CHECK(!check_given("end_lr", v(8.0)) && !check_given("end_lr", lr_ratio(v(1.0))));
    BOTH_CHECK(bool(check_given("end_lr", lr_or_ratio{})));
    BOTH_CHECK(bool(check_given("end_lr", v(-8.0))));
    BOTH_CHECK(bool(check_given("end_lr", lr_ratio(v(1.5)))));
    STATIC_REQUIRE(sizeof(lr_or_ratio) <= 16);
}

TEST_CASE("every schedule of floats takes a floor that is its peak, and is there exactly") {
    int with_floor = 0;
    pacer::schedules::for_each([&]<template <class> class S>() {
        const auto at_the_end = [&](float peak, const lr_or_ratio& floor) {
            typename S<float>::params_type p;
            if constexpr (requires { p.peak_lr; })
                p.peak_lr = peak;
            p.total_steps = 10;
            if constexpr (requires { p.decay_steps; })
                p.decay_steps = 10;
            if constexpr (requires { p.every; })
                p.every = 2;
            if constexpr (requires { p.decay_rate; })
                p.decay_rate = 1;
            if constexpr (requires { p.cycle_steps; })
                p.cycle_steps = 4;
            if constexpr (requires {
                              p.gamma = 1;
                              p.staircase;
                          })
                p.gamma = 1;
            if constexpr (requires {
                              p.init_lr = floor;
                              p.shape;
                          })
                p.init_lr = floor;
            if constexpr (requires { p.min_lr; })
                p.min_lr = floor;
            else if constexpr (requires { p.end_lr; })
                p.end_lr = floor;
            else
                return;
            ++with_floor;
            const S<float> lr(p);
            INFO(S<float>::params_type::name);
            for (const pacer::step_t step : {0, 5, 10, 11})
                CHECK(lr(step) == peak);
        };
        at_the_end(1e-4f, 1e-4);  // the float is below the double
        at_the_end(1e-3f, 1e-3);  // above
        at_the_end(1e-3f, lr_ratio(1));
    });
    CHECK(with_floor == 3 * 12);
}
