// SPDX-License-Identifier: MIT
// Catch2 in the version that is installed: 3 or 2 (2.13.5 at least). Tests include this header and no other of Catch2.
#ifndef PACER_TESTS_CATCH_HPP
#define PACER_TESTS_CATCH_HPP

#if __has_include(<catch2/catch_test_macros.hpp>)

#include <catch2/catch_approx.hpp>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_adapters.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using Catch::Approx;
using Catch::Matchers::ContainsSubstring;

#else

#include <catch2/catch.hpp>

inline auto ContainsSubstring(const std::string& text) { return Catch::Matchers::Contains(text); }

#endif

// What is computed while compiling is run, too, where it is counted what is run (tests/quality/coverage).
#ifdef PACER_TEST_STATIC_REQUIRE_RUNS
#undef STATIC_REQUIRE
#undef STATIC_REQUIRE_FALSE
#define STATIC_REQUIRE(...) REQUIRE((__VA_ARGS__))
#define STATIC_REQUIRE_FALSE(...) REQUIRE_FALSE((__VA_ARGS__))
#endif

#endif
