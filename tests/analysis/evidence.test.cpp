// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/analysis/evidence.hpp>

#include <cmath>
#include <limits>
#include <vector>

using pacer::analysis::log_point;
using pacer::analysis::written_rates;
namespace detail = pacer::analysis::detail;
using kind = written_rates::kind;

namespace {

std::vector<log_point> points_of(const std::vector<double>& rates) {
    std::vector<log_point> points;
    for (std::size_t i = 0; i < rates.size(); ++i)
        points.push_back({static_cast<pacer::step_t>(i) + 1, rates[i]});
    return points;
}

}  // namespace

TEST_CASE("round numbers are cheaper to say") {
    CHECK(detail::bits::of_count(0) == 0);
    CHECK(detail::bits::of_count(1000) < detail::bits::of_count(1003));
    CHECK(detail::bits::of_count(1003) < detail::bits::of_count(1'000'003));
    CHECK(detail::bits::of_number(1e-4) < detail::bits::of_number(1.5e-4));
    CHECK(detail::bits::of_number(1.5e-4) < detail::bits::of_number(1.0 / 3));
    CHECK(detail::digits_of(2.5e-5) == 2);
    CHECK(detail::digits_of(0) == 1);
}

TEST_CASE("a product of roundings is as short as the number it was meant to be") {
    const double meant = 930 * 1e-6;
    REQUIRE(detail::digits_of(meant) > 10);  // 0.0009299999999999999
    CHECK(detail::digits_near(meant) == 2);
    CHECK(detail::digits_near(1.0 / 3) == 17);
    CHECK(detail::digits_near(2e-4) == 1);
    CHECK(detail::digits_near(0) == 1);
    CHECK(detail::digits_near(std::numeric_limits<double>::infinity()) == 1);
}

TEST_CASE("how rates are written is seen from them") {
    const auto exact = detail::ways_of_writing(points_of({1.0 / 3, 1.0 / 7, 1.0 / 9, 1e-3}));
    REQUIRE(exact.size() == 1);
    CHECK(exact[0].how == kind::exact);
    CHECK(exact[0].bits_each == 40);

    const auto digits = detail::ways_of_writing(points_of({1.2345e-4, 2.3456e-4, 3.4567e-4, 9.8765e-4}));
    REQUIRE(digits.size() == 3);
    CHECK(digits[0].how == kind::exact);
    CHECK(digits[0].bits_each < 20);  // short numbers are worth less, whoever gives them
    CHECK(digits[1] == written_rates{kind::digits, 5, digits[1].bits_each});
    CHECK(digits[2] == written_rates{kind::decimals, 8, digits[2].bits_each});

    // A few rates with more digits: all may be written with as many, or they are wrong.
    std::vector<double> some_longer{7.01141e-2, 9.91632e-3};
    for (int k = 30; k < 90; ++k)
        some_longer.push_back((k * 100 + 3) / 1e6);
    const auto two = detail::ways_of_writing(points_of(some_longer));
    REQUIRE(two.size() == 5);
    CHECK(two[1].count == 4);
    CHECK(two[2] == written_rates{kind::digits, 6, two[1].bits_each});
    CHECK(two[3].count == 6);
    CHECK(two[4] == written_rates{kind::decimals, 8, two[1].bits_each});
    // A computed rate misses its decimal, a level is a round number by itself: neither was rounded.
    CHECK(detail::ways_of_writing(points_of({1e-4, 7.000000000000001e-05, 5e-5, 3e-5, 1e-5, 9e-6})).size() == 1);
    CHECK(detail::ways_of_writing(points_of({1e-4, 2e-4, 1e-4, 1e-4, 1e-4})).size() == 1);

    // Of one digit each they are as many decimals; whole numbers have none.
    const auto single_digits = detail::ways_of_writing(points_of({1e-4, 2e-4, 3e-4, 4e-4, 5e-4, 6e-4}));
    REQUIRE(single_digits.size() == 2);
    CHECK(single_digits[1] == written_rates{kind::decimals, 4, single_digits[1].bits_each});
    CHECK_FALSE(single_digits[1] == single_digits[0]);
    CHECK_FALSE(single_digits[1] == written_rates{kind::decimals, 4, 1});
    const auto whole = detail::ways_of_writing(points_of({10, 25, 31, 47}));
    REQUIRE(whole.size() == 2);
    CHECK(whole[1] == written_rates{kind::digits, 2, whole[1].bits_each});

    std::vector<double> floats;
    for (int k = 1; k < 30; ++k)
        floats.push_back(static_cast<double>(1.0F / (3.0F * static_cast<float>(k))));
    CHECK(detail::ways_of_writing(points_of(floats)).back().how == kind::single);
}

TEST_CASE("a rate is near another as far as it is written") {
    CHECK(detail::tolerance({}, 1e-4, 1e-3) == 4 * detail::ulp_of(1e-3));
    CHECK(detail::tolerance({kind::digits, 5, 16}, 1.2345e-4, 1e-3) == Approx(0.5e-8).epsilon(1e-6));
    // What has more digits was not rounded to fewer.
    CHECK(detail::tolerance({kind::digits, 4, 13}, 1.2345e-4, 1e-3) == 4 * detail::ulp_of(1e-3));
    CHECK(detail::tolerance({kind::decimals, 4, 4}, 1.0003e-4, 1e-4) == 4 * detail::ulp_of(1e-4));
    CHECK(detail::tolerance({kind::decimals, 4, 4}, 1e-4, 1e-4) == Approx(0.5e-4).epsilon(1e-6));
    CHECK(detail::tolerance({kind::decimals, 5, 16}, 1.2e-4, 1e-3) == Approx(0.5e-5).epsilon(1e-6));
    CHECK(detail::tolerance({kind::digits, 5, 16}, 0, 1e-3) == 4 * detail::ulp_of(1e-3));
}

TEST_CASE("a repeated rate says nearly nothing") {
    const auto points = points_of({1.0 / 3, 1.0 / 3, 1.0 / 7});
    CHECK(detail::worth_of({}, points, 0) == 40);
    CHECK(detail::worth_of({}, points, 1) == detail::bits::of_repetition);
    CHECK(detail::worth_of({}, points, 2) == 40);
}
