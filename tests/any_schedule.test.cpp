// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/pacer.hpp>

#include <vector>

using pacer::any_schedule;
using pacer::step_t;

namespace {

const pacer::cosine wave{{.peak_lr = 1e-3, .total_steps = 1000}};

}  // namespace

TEST_CASE("any_schedule has the rates and the length of what it holds") {
    const any_schedule<double> lr = wave;
    for (const step_t step : {-1, 0, 1, 499, 500, 999, 1000, 2000})
        CHECK(lr(step) == wave(step));
    CHECK(lr.total_steps() == 1000);
    CHECK(any_schedule<double>([](step_t step) { return static_cast<double>(step); })(7) == 7);
    CHECK(any_schedule<double>([](step_t) { return 0.5; }).total_steps() == pacer::endless);
}

TEST_CASE("any_schedule converts to its own type of rate") {
    const any_schedule<float> narrow = wave;
    STATIC_REQUIRE(std::is_same_v<decltype(narrow(0)), float>);
    CHECK(narrow(333) == static_cast<float>(wave(333)));
    const any_schedule<double> wide = pacer::constant<float>{{.peak_lr = 0.1F}};
    CHECK(wide(0) == static_cast<double>(0.1F));
}

TEST_CASE("any_schedule is a value: copied, assigned, kept in a vector") {
    std::vector<any_schedule<double>> all{wave, pacer::linear{{.peak_lr = 1.0, .total_steps = 4}}};
    any_schedule<double> other = all[1];
    all[1] = all[0];
    CHECK(all[1](250) == wave(250));
    CHECK(all[1].total_steps() == 1000);
    CHECK(other(1) == 0.75);
    other = wave;
    CHECK(other(250) == wave(250));
    STATIC_REQUIRE(std::is_trivially_copyable_v<any_schedule<double>>);
    STATIC_REQUIRE(pacer::Schedule<any_schedule<double>>);
    STATIC_REQUIRE(!std::is_default_constructible_v<any_schedule<double>>);
}

TEST_CASE("any_schedule takes schedules and nothing else") {
    const auto integral = [](step_t step) { return step / 1000; };
    STATIC_REQUIRE(!std::is_constructible_v<any_schedule<double>, decltype(integral)>);
    STATIC_REQUIRE(!std::is_constructible_v<any_schedule<double>, double>);
}
