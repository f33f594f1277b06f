// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/list.hpp>

#include <string>
#include <type_traits>

using pacer::list;
using pacer::step_t;

TEST_CASE("a list is made from braces, has a size and an order, and compares by what is in it") {
    BOTH_CHECK(list<step_t>{30, v(step_t{60}), 90}[1] == 60);
    BOTH_CHECK(list<step_t>{30, 60, v(step_t{90})}.size() == 3);
    BOTH_CHECK(list<double>{}.is_empty() && !list<double>{v(0.0)}.is_empty());
    BOTH_CHECK(list<double>{0.5, v(0.25)} == list<double>{0.5, 0.25});
    BOTH_CHECK(!(list<double>{0.5, v(0.25)} == list<double>{0.5}));
    BOTH_CHECK(!(list<double>{0.5, v(0.25)} == list<double>{0.5, 0.5}));
    STATIC_REQUIRE(std::is_trivially_copyable_v<list<double>>);
    double sum = 0;
    for (const double number : list<double>{1, 2, 4})
        sum += number;
    CHECK(sum == 7);
}

TEST_CASE("a list holds 16 numbers, and counts what it has no room for") {
    list<step_t> numbers;
    for (step_t k = 0; k < 17; ++k)
        numbers.add(k);
    CHECK(numbers.size() == 16);
    CHECK(numbers.given() == 17);
    CHECK(numbers[15] == 15);
    CHECK(pacer::detail::check_steps("at", numbers).count == 17);
    CHECK(std::string(pacer::detail::check_steps("at", numbers).rule).find("for more, an expression") !=
          std::string::npos);
}

TEST_CASE("a list: how many steps are over") {
    BOTH_CHECK(pacer::detail::count_up_to({3, 5, 5, 9}, v(step_t{2})) == 0);
    BOTH_CHECK(pacer::detail::count_up_to({3, 5, 5, 9}, v(step_t{3})) == 1);
    BOTH_CHECK(pacer::detail::count_up_to({3, 5, 5, 9}, v(step_t{5})) == 3);
    BOTH_CHECK(pacer::detail::count_up_to({3, 5, 5, 9}, v(pacer::endless)) == 4);
    BOTH_CHECK(pacer::detail::count_up_to({}, v(step_t{0})) == 0);
}
