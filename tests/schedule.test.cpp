// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/pacer.hpp>

#include <functional>
#include <memory>

using pacer::Schedule;
using pacer::step_t;

TEST_CASE("a schedule is a copyable function from the step to a floating-point rate") {
    const double slope = 0.5;
    const auto captures = [slope](step_t step) { return slope * static_cast<double>(step); };
    STATIC_REQUIRE(Schedule<decltype(captures)>);
    STATIC_REQUIRE(!std::is_copy_assignable_v<std::remove_const_t<decltype(captures)>>);
    STATIC_REQUIRE(Schedule<decltype([](step_t) { return 1.0F; })>);
    STATIC_REQUIRE(!Schedule<decltype([](step_t) { return 1.0L; })>);
    STATIC_REQUIRE(Schedule<double (*)(step_t)>);
    STATIC_REQUIRE(Schedule<std::function<double(step_t)>>);
    STATIC_REQUIRE(Schedule<pacer::cosine<float>>);
}

TEST_CASE("what is no schedule") {
    STATIC_REQUIRE(!Schedule<decltype([](step_t step) { return step / 100; })>);  // an integer division
    STATIC_REQUIRE(!Schedule<decltype([](step_t) {})>);
    STATIC_REQUIRE(!Schedule<decltype([]() { return 1.0; })>);
    STATIC_REQUIRE(!Schedule<decltype([n = 0.0](step_t) mutable { return n += 1; })>);  // has a state
    const auto move_only = [held = std::unique_ptr<double>()](step_t) { return *held; };
    STATIC_REQUIRE(!Schedule<std::remove_const_t<decltype(move_only)>>);
    STATIC_REQUIRE(!Schedule<double>);
}

TEST_CASE("the type of the rates, and the length") {
    STATIC_REQUIRE(std::is_same_v<pacer::rate_t<pacer::cosine<float>>, float>);
    STATIC_REQUIRE(std::is_same_v<pacer::rate_t<pacer::cosine<double>>, double>);
    BOTH_CHECK(pacer::total_steps(pacer::linear{{.peak_lr = 1.0, .total_steps = v(step_t{7})}}) == 7);
    BOTH_CHECK(pacer::total_steps([](step_t) { return 1.0; }) == v(pacer::endless));
    BOTH_CHECK(pacer::longest == v(step_t{9007199254740992}));
}

TEST_CASE("a step is an integer of any type, and nothing else") {
    const auto takes_integers = []<class S>(const S&) {
        return std::invocable<const S&, step_t> && std::invocable<const S&, int> &&
               std::invocable<const S&, unsigned> && std::invocable<const S&, std::size_t> &&
               std::invocable<const S&, long long> && !std::invocable<const S&, double> &&
               !std::invocable<const S&, float> && !std::invocable<const S&, long double>;
    };
    const pacer::cosine lr{{.peak_lr = 1.0, .total_steps = 10}};
    CHECK(takes_integers(lr));
    CHECK(takes_integers(pacer::any_schedule<>(lr)));
    CHECK(takes_integers(pacer::ramp<>(0, 1, 10)));
    CHECK(takes_integers(pacer::join(lr, 1, lr)));
    CHECK(takes_integers(pacer::scale(lr, 1)));
    CHECK(takes_integers(pacer::clamp(lr, 0, 1)));
    CHECK(takes_integers(pacer::advance(lr, 1)));
    CHECK(takes_integers(pacer::delay(lr, 1)));
    CHECK(takes_integers(pacer::every(2, lr)));
    CHECK(takes_integers(pacer::repeat(lr)));
    CHECK(takes_integers(pacer::product(lr, lr)));
    CHECK(takes_integers(pacer::sum(lr, lr)));
    CHECK(takes_integers(pacer::blend(lr, 1, 1, lr)));
    CHECK(takes_integers(pacer::cooldown(lr, 1, 1, 0)));
}
