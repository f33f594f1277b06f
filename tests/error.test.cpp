// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/pacer.hpp>

#include <limits>

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
          }) == "pacer: past_end = 3: wave is for cosine schedules");
}

TEST_CASE("a rate is printed as the shortest decimal that reads back as the same double") {
    const auto printed = [](double rate) { return message([=] { return pacer::constant{{.peak_lr = rate}}; }); };
    CHECK_THAT(printed(-5e-5), ContainsSubstring("peak_lr = -5e-05: "));
    CHECK_THAT(printed(-0.1), ContainsSubstring("peak_lr = -0.1: "));
    CHECK_THAT(printed(-0.1 - 0x1p-56), ContainsSubstring("peak_lr = -0.10000000000000002: "));
    CHECK_THAT(printed(-std::numeric_limits<double>::max()), ContainsSubstring("= -1.7976931348623157e+308: "));
#ifndef __FAST_MATH__  // which has no infinities to print
    CHECK_THAT(printed(std::numeric_limits<double>::infinity()), ContainsSubstring("peak_lr = inf: "));
    CHECK_THAT(printed(std::numeric_limits<double>::quiet_NaN()), ContainsSubstring("nan: "));
#endif
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
