// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/pacer.hpp>

#include <functional>
#include <string>
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

TEST_CASE("any_schedule says in its constraints what it holds") {
    struct owner {
        std::vector<int> held;
        double operator()(step_t) const { return 1.0; }
    };
    struct large {
        double rates[1000];
        double operator()(step_t step) const { return rates[step % 1000]; }
    };
    STATIC_REQUIRE(pacer::Schedule<owner>);
    STATIC_REQUIRE(!std::is_constructible_v<any_schedule<>, owner>);
    STATIC_REQUIRE(!std::is_convertible_v<owner, any_schedule<>>);
    STATIC_REQUIRE(!std::is_constructible_v<any_schedule<>, large>);
    STATIC_REQUIRE(std::is_constructible_v<any_schedule<double, 8192>, large>);
    STATIC_REQUIRE(!std::is_constructible_v<any_schedule<>, std::function<double(step_t)>>);
    STATIC_REQUIRE(std::is_constructible_v<any_schedule<>, pacer::cosine<float>>);
}

TEST_CASE("any_schedule in a std::function") {
    const any_schedule<> any = wave;
    const std::function<double(step_t)> function = any;  // of libc++, too, which keeps it in a tuple
    for (step_t step = -1; step < wave.total_steps() + 2; ++step)
        CHECK(function(step) == wave(step));
}

TEST_CASE("any_schedule holds what is composed of three named schedules") {
    const auto three = pacer::join(wave, 10, pacer::scale(wave, 0.5), 20, pacer::advance(wave, 3));
    const any_schedule<> lr = three;
    for (const step_t step : {-1, 0, 9, 10, 19, 20, 500, 5000})
        CHECK(lr(step) == three(step));
    CHECK(lr.total_steps() == three.total_steps());
}

TEST_CASE("any_schedule holds operators on itself") {
    const pacer::warmup_stable_decay long_one{{.peak_lr = 1e-3, .stable_steps = 5, .total_steps = 50}};
    any_schedule<> lr = wave;
    lr = pacer::scale(lr, 0.5);
    CHECK(lr(250) == wave(250) * 0.5);
    CHECK(lr.total_steps() == 1000);
    any_schedule<> other = long_one;
    lr = wave;
    lr = pacer::join(lr, 10, other);
    CHECK(lr(9) == wave(9));
    CHECK(lr(30) == long_one(20));
    lr = pacer::scale(pacer::clamp(pacer::every(3, any_schedule<>(wave)), 1e-5, 1e-3), 2);
    CHECK(lr(750) == wave(250) * 2);
    other = wave;
    lr = pacer::product(pacer::sum(other, other), other);
    CHECK(lr(20) == (wave(20) + wave(20)) * wave(20));
    // What is too large shows when it runs, since an any_schedule does not say by its type what it holds.
    any_schedule<> much = pacer::join(wave, 10, wave, 20, wave);
    CHECK_THROWS_AS(much = pacer::join(much, 10, much), pacer::invalid_schedule);
    CHECK(much(5) == wave(5));
}

TEST_CASE("any_schedule converts to one of the other type, or of another size") {
    const any_schedule<double> wide = wave;
    const any_schedule<float> narrow = wide;
    const any_schedule<double> back = narrow;
    for (const step_t step : {0, 1, 333, 999, 1000}) {
        CHECK(narrow(step) == static_cast<float>(wave(step)));
        CHECK(back(step) == static_cast<double>(static_cast<float>(wave(step))));
    }
    CHECK(narrow.total_steps() == 1000);
    const any_schedule<double, 2048> larger = wide;
    CHECK(larger(333) == wave(333));
    CHECK(any_schedule<double, 256>(larger)(333) == wave(333));
    CHECK_THROWS_AS((any_schedule<double, 64>(larger)), pacer::invalid_schedule);
}
