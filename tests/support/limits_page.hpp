// SPDX-License-Identifier: MIT
#ifndef PACER_TESTS_SUPPORT_LIMITS_PAGE_HPP
#define PACER_TESTS_SUPPORT_LIMITS_PAGE_HPP

#include <catch.hpp>

#include <exception>
#include <fstream>
#include <iterator>
#include <string>

namespace support {

// The text of whatever error a call is refused with.
template <class F>
std::string refusal(F&& f) {
    try {
        f();
    } catch (const std::exception& error) {
        return error.what();
    }
    return "accepted";
}

// The row of docs/limits.md that says so is there.
inline void check_row(const std::string& what, const std::string& limit, const std::string& beyond) {
    static const std::string page = [] {
        std::ifstream file(PACER_TEST_DATA "/../docs/limits.md");
        return std::string((std::istreambuf_iterator<char>(file)), {});
    }();
    const std::string row = "| " + what + " | " + limit + " | `" + beyond + "` |\n";
    INFO(row);
    CHECK(page.find(row) != std::string::npos);
}

}  // namespace support

#endif
