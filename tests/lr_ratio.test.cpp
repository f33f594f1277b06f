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
