// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/expression/text.hpp>
#include <pacer/pacer.hpp>

#include <limits>
#include <string_view>

namespace {

template <class Make>
std::string message(Make make) {
    try {
        (void)make();
    } catch (const std::exception& e) {
        return e.what();
    }
    return "nothing is thrown";
}

}  // namespace

TEST_CASE("the message says field, value and rule") {
    CHECK(message([] { return pacer::cosine_with_min_lr{{.peak_lr = 0.01, .min_lr = 0.1, .total_steps = 10}}; }) ==
          "pacer: min_lr = 0.1: must be at most peak_lr (0.01)");
    CHECK(message([] { return pacer::linear{{.peak_lr = 1.0}}; }) ==
          "pacer: total_steps: must be given, as a number of updates from 0 to 2^53");
    CHECK(message([] { return pacer::linear{{.total_steps = 10}}; }) ==
          "pacer: peak_lr: must be given, as a finite rate of 0 or more");
    CHECK(message([] {
              return pacer::linear{{.peak_lr = 1.0, .total_steps = 10, .warmup = pacer::warmup_steps(11)}};
          }) == "pacer: warmup = 11: must be at most total_steps (10)");
    CHECK(message([] {
              return pacer::linear{{.peak_lr = 1.0, .total_steps = 10, .past_end = pacer::past_end::wave}};
          }) == "pacer: past_end = past_end::wave: is for cosine schedules");
}

TEST_CASE("a rate is printed as the shortest decimal that reads back as the same double") {
    const auto printed = [](double rate) { return message([=] { return pacer::constant{{.peak_lr = rate}}; }); };
    CHECK_THAT(printed(-5e-5), ContainsSubstring("peak_lr = -5e-05: "));
    CHECK_THAT(printed(-0.1), ContainsSubstring("peak_lr = -0.1: "));
    CHECK_THAT(printed(-0.1 - 0x1p-56), ContainsSubstring("peak_lr = -0.10000000000000002: "));
#ifndef __FAST_MATH__  // which has no infinities to print, and may write another last digit
    CHECK_THAT(printed(-std::numeric_limits<double>::max()), ContainsSubstring("= -1.7976931348623157e+308: "));
    CHECK_THAT(printed(std::numeric_limits<double>::infinity()), ContainsSubstring("peak_lr = inf: "));
    CHECK_THAT(printed(std::numeric_limits<double>::quiet_NaN()), ContainsSubstring("nan: "));
#endif
}

TEST_CASE("a rate is printed as people write it") {
    const auto printed = [](double peak, double floor) {
        return message(
            [=] { return pacer::cosine_with_min_lr{{.peak_lr = peak, .min_lr = floor, .total_steps = 10}}; });
    };
    CHECK(printed(30, 12'000) == "pacer: min_lr = 12000: must be at most peak_lr (30)");
    CHECK(printed(0.001, 100) == "pacer: min_lr = 100: must be at most peak_lr (0.001)");
    CHECK(printed(1e-5, 1) == "pacer: min_lr = 1: must be at most peak_lr (1e-05)");
    CHECK(printed(1250, 1234567.5) == "pacer: min_lr = 1234567.5: must be at most peak_lr (1250)");
    CHECK(printed(0, 1e15) == "pacer: min_lr = 1000000000000000: must be at most peak_lr (0)");
    CHECK(printed(1e16, 3e22) == "pacer: min_lr = 3e+22: must be at most peak_lr (1e+16)");
    CHECK_THAT(message([] { return pacer::constant{{.peak_lr = -30.0}}; }), ContainsSubstring("peak_lr = -30: "));
}

TEST_CASE("a choice is printed by its name, and one that has none as a number, with the names there are") {
    const auto with = [](pacer::past_end past, pacer::first_step first, pacer::rounding rounded) {
        return message([=] {
            return pacer::linear{{.peak_lr = 1,
                                  .total_steps = 10,
                                  .warmup = pacer::warmup_ratio(0.1, rounded),
                                  .first_step = first,
                                  .past_end = past}};
        });
    };
    using namespace pacer;
    CHECK(with(past_end::hold, first_step::from_zero, rounding::ceil) == "nothing is thrown");
    CHECK(with(past_end{4}, first_step::from_zero, rounding::ceil) ==
          "pacer: past_end = 4: must be one of hold, zero, repeat, wave");
    CHECK(with(past_end::hold, first_step{255}, rounding::ceil) ==
          "pacer: first_step = 255: must be one of from_zero, from_first, over_plus_one");
    CHECK(with(past_end::hold, first_step::from_zero, rounding{4}) ==
          "pacer: warmup = 4: must be one of ceil, floor, nearest_even, exact");
}

TEST_CASE("every choice has a name, which is read back as the same") {
    using namespace pacer::detail;
    const auto back = []<class Enum>(Enum last) {
        for (int i = 0; i <= static_cast<int>(last); ++i) {
            Enum read = last;
            const char* const name = name_of(static_cast<Enum>(i));
            if (name == nullptr || !syntax::read_choice(name, length_of(name), read) || read != static_cast<Enum>(i))
                return false;
        }
        return name_of(static_cast<Enum>(static_cast<int>(last) + 1)) == nullptr;
    };
    CHECK(back(pacer::past_end::wave));
    CHECK(back(pacer::first_step::over_plus_one));
    CHECK(back(pacer::rounding::exact));
    STATIC_REQUIRE(std::string_view(name_of(pacer::past_end::wave)) == "wave");
    STATIC_REQUIRE(std::string_view(name_of(pacer::rounding::nearest_even)) == "nearest_even");
    auto none = pacer::past_end::hold;
    CHECK(!syntax::read_choice("wav", 3, none));
    CHECK(!syntax::read_choice("waves", 5, none));
    CHECK(!syntax::read_choice("", 0, none));
    CHECK(none == pacer::past_end::hold);
}

TEST_CASE("an unknown name is shown with those there are and the nearest of them") {
    static constexpr const char* known[] = {"constant", "cosine", "cosine_with_min_lr", "linear"};
    const auto named = [](const std::string& name) {
        return message([&]() -> int {
            pacer::detail::reject(
                pacer::detail::syntax::unknown_name("name", name.data(), static_cast<unsigned>(name.size()), known, 4));
        });
    };
    CHECK(named("cosin") == "pacer: name = cosin: must be one of constant, cosine, cosine_with_min_lr, linear; the "
                            "nearest is cosine");
    CHECK_THAT(named("Cosine"), ContainsSubstring("; the nearest is cosine"));
    CHECK(named("plateau") == "pacer: name = plateau: must be one of constant, cosine, cosine_with_min_lr, linear");
    CHECK_THAT(named(std::string(1000, 'x')), ContainsSubstring("name = " + std::string(64, 'x') + ": must be"));
}

TEST_CASE("a message that is too long ends with three dots") {
    static const std::string long_name(500, 'n');
    static const char* const known[] = {long_name.c_str(), long_name.c_str()};
    const std::string text =
        message([]() -> int { pacer::detail::reject(pacer::detail::syntax::unknown_name("name", "n", 1, known, 2)); });
    CHECK(text.size() == pacer::detail::message_size - 1);
    CHECK(text.substr(text.size() - 5) == "nn...");
}

TEST_CASE("a count is printed whole") {
    CHECK_THAT(message([] { return pacer::linear{{.peak_lr = 1.0, .total_steps = pacer::longest + 1}}; }),
               ContainsSubstring("total_steps = 9007199254740993: "));
    CHECK_THAT(message([] {
                   return pacer::linear{{.peak_lr = 1.0, .total_steps = std::numeric_limits<pacer::step_t>::min()}};
               }),
               ContainsSubstring("total_steps = -9223372036854775808: "));
}

TEST_CASE("the error says the same by parts, and is a copyable std::exception") {
    STATIC_REQUIRE(std::is_base_of_v<std::exception, pacer::invalid_schedule>);
    STATIC_REQUIRE(std::is_nothrow_copy_constructible_v<pacer::invalid_schedule>);
    try {
        (void)pacer::constant{{.peak_lr = -2.0}};
        FAIL("nothing is thrown");
    } catch (const pacer::invalid_schedule& e) {
        CHECK(std::string(e.field()) == "peak_lr");
        CHECK(std::string(e.rule()) == "must be a finite rate of 0 or more");
        CHECK(e.why().rate == -2);
        CHECK(std::string(pacer::invalid_schedule(e).what()) == e.what());
    }
}

TEST_CASE("check gives the same answer as a value, also in a constant expression") {
    BOTH_CHECK(!check(pacer::constant_params<double>{.peak_lr = v(1.0)}));
    BOTH_CHECK(bool(check(pacer::constant_params<double>{.peak_lr = v(-1.0)})));
    BOTH_CHECK(check(pacer::constant_params<double>{.peak_lr = v(-7.0)}).rate == -7);
    BOTH_CHECK(check(pacer::linear_params<double>{.peak_lr = 1, .total_steps = v(pacer::step_t{-7})}).count == -7);
}

TEST_CASE("every schedule leads braces that nothing takes to an aggregate, so that the compiler names the field") {
    pacer::schedules::for_each([]<template <class> class S>() {
        using explaining = S<pacer::detail::fields_go_in_two_braces>;
        STATIC_REQUIRE(std::is_aggregate_v<explaining>);
        STATIC_REQUIRE(!std::is_default_constructible_v<explaining>);
        STATIC_REQUIRE(std::is_same_v<decltype(explaining::params), typename S<double>::params_type>);
    });
}
