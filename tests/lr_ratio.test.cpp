// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/lr_ratio.hpp>

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
}

TEST_CASE("a floor of which the peak is not yet known") {
    using pacer::detail::check_given;
    BOTH_CHECK(!check_given("end_lr", v(8.0)) && !check_given("end_lr", lr_ratio(v(1.0))));
    BOTH_CHECK(bool(check_given("end_lr", lr_or_ratio{})));
    BOTH_CHECK(bool(check_given("end_lr", v(-8.0))));
    BOTH_CHECK(bool(check_given("end_lr", lr_ratio(v(1.5)))));
    STATIC_REQUIRE(sizeof(lr_or_ratio) == 16);
}
