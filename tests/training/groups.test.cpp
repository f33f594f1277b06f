// SPDX-License-Identifier: MIT
#include "support/check.hpp"
#include "support/curve.hpp"

#include <pacer/dialects/hugging_face.hpp>
#include <pacer/pacer.hpp>
#include <pacer/training/groups.hpp>
#include <pacer/training/replan.hpp>
#include <pacer/training/resume.hpp>

#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>
#include <random>
#include <vector>

namespace {

long allocations = 0;

using pacer::group_clock;
using pacer::group_rates;
using pacer::multiplied;
using pacer::step_t;

constexpr pacer::cosine plain{{.peak_lr = 0.5, .total_steps = 100, .warmup = pacer::warmup_steps(10)}};
constexpr pacer::cosine_with_min_lr floored{
    {.peak_lr = 0.5, .min_lr = 0.01, .total_steps = 100, .warmup = pacer::warmup_steps(10)}};
constexpr pacer::cosine_with_min_lr by_ratio{
    {.peak_lr = 0.5, .min_lr = pacer::lr_ratio(0.01), .total_steps = 100, .warmup = pacer::warmup_steps(10)}};

std::vector<double> rates_of(const group_rates& groups, step_t step) {
    std::vector<double> rates(groups.size(), -1);
    groups.rates_into(step, rates);
    for (std::size_t g = 0; g < rates.size(); ++g)
        CHECK(rates[g] == groups.rate(g, step));
    return rates;
}

const std::vector<step_t> steps{-3, 0, 1, 5, 9, 10, 11, 37, 50, 99, 100, 101, 500, pacer::longest};

template <class Make>
std::string message(Make make) {
    try {
        make();
    } catch (const pacer::invalid_schedule& error) {
        return error.what();
    }
    return "no error";
}

// The rates of every named schedule, with a multiplier, are those of the schedule made with that multiple of the peak.
// Made anew at run time: under -ffast-math a constant has other bits.
template <class S>
void check_multiplied(const S& given, bool relative) {
    const S schedule(given.params());
    group_rates groups(schedule);
    groups.add({});
    groups.add({.multiplier = 0.25});
    groups.add({.multiplier = 0.7});
    groups.add({.multiplier = 0.7});
    CHECK(groups.curves() == (relative ? 1u : 3u));
    using real = pacer::rate_t<S>;
    const double unit =
        static_cast<double>(schedule.params().peak_lr) * static_cast<double>(std::numeric_limits<real>::epsilon());
    for (const step_t step : steps) {
        const auto rates = rates_of(groups, step);
        CHECK(rates[0] == schedule(step));
        CHECK(rates[1] == pacer::scale_peak(schedule, 0.25)(step));
        CHECK(support::magnitude(rates[2] - pacer::scale_peak(schedule, 0.7)(step)) <= 8 * unit);
        CHECK(rates[3] == rates[2]);
    }
}

}  // namespace

// Counted, to show that asking for rates takes none. Not inlined: g++ would see malloc meet delete, and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size))
        return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

TEST_CASE("groups: one schedule times a multiplier, or a schedule of each") {
    group_rates groups(plain);
    CHECK(groups.size() == 0);
    CHECK(groups.add({}) == 0);
    CHECK(groups.add({.multiplier = 0.1}) == 1);
    CHECK(groups.add(pacer::constant{{.peak_lr = 0.25}}) == 2);
    CHECK(groups.add_like(2, {.multiplier = 0.5}) == 3);
    CHECK(groups.add({.multiplier = 0}) == 4);
    for (const step_t step : steps)
        CHECK(rates_of(groups, step) == std::vector{plain(step), plain(step) * 0.1, 0.25, 0.125, 0.0});
}

TEST_CASE("groups: a floor given as a rate is that rate for every group, one given as a ratio is not") {
    group_rates groups(floored);
    groups.add({});
    groups.add({.multiplier = 0.1});
    groups.add({.multiplier = 0.02});
    groups.add({.multiplier = 0.1, .multiplied = multiplied::curve});
    CHECK(rates_of(groups, 10) == std::vector{0.5, 0.5 * 0.1, 0.01, 0.5 * 0.1});
    CHECK(rates_of(groups, 100) == std::vector{0.01, 0.01, 0.01, 0.001});
    CHECK(rates_of(groups, 5) == std::vector{0.25, 0.025, 0.005, 0.025});  // the floor is none of the warm-up
    for (const step_t step : {0, 3, 10, 30, 60, 99, 100, 1000}) {
        constexpr pacer::cosine_with_min_lr tenth{
            {.peak_lr = 0.5 * 0.1, .min_lr = 0.01, .total_steps = 100, .warmup = pacer::warmup_steps(10)}};
        CHECK(support::ulps(groups.rate(1, step), tenth(step)) <= 4);  // equal, but for -ffast-math
        CHECK(support::ulps(groups.rate(3, step), 0.1 * floored(step)) <= 4);
    }

    group_rates relative(by_ratio);
    relative.add({});
    relative.add({.multiplier = 0.1});
    CHECK(rates_of(relative, 100) == std::vector{0.005, 0.0005});
    CHECK(relative.curves() == 1);
}

TEST_CASE("groups: the peak of every named schedule and of what is made of them") {
    using pacer::lr_ratio;
    const auto warmup = pacer::warmup_steps(10);
    check_multiplied(pacer::constant{{.peak_lr = 0.5}}, true);
    check_multiplied(pacer::constant_with_warmup{{.peak_lr = 0.5, .warmup = warmup}}, true);
    check_multiplied(pacer::constant_with_warmup{{.peak_lr = 0.5, .warmup = warmup, .init_lr = 0.1}}, false);
    check_multiplied(pacer::linear_warmup{{.peak_lr = 0.5, .total_steps = 100}}, true);
    check_multiplied(pacer::linear_warmup{{.peak_lr = 0.5, .total_steps = 100, .init_lr = 1e-9}}, false);
    check_multiplied(pacer::linear{{.peak_lr = 0.5, .total_steps = 100, .warmup = warmup}}, true);
    check_multiplied(pacer::linear{{.peak_lr = 0.5, .end_lr = lr_ratio(0.1), .total_steps = 100}}, true);
    check_multiplied(pacer::linear{{.peak_lr = 0.5, .end_lr = 1e-9, .total_steps = 100}}, false);
    check_multiplied(plain, true);
    check_multiplied(floored, false);
    check_multiplied(by_ratio, true);
    for (const auto past : {pacer::past_end::hold, pacer::past_end::zero, pacer::past_end::repeat})
        check_multiplied(
            pacer::cosine_with_min_lr{{.peak_lr = 0.5, .min_lr = 1e-6, .total_steps = 100, .past_end = past}}, false);
    check_multiplied(pacer::hf::cosine_warmup_with_min_lr{{.peak_lr = 0.5, .min_lr = 0.1, .total_steps = 100}}, false);
    check_multiplied(pacer::cosine_with_restarts{{.peak_lr = 0.5, .total_steps = 100}}, true);
    check_multiplied(pacer::cosine_with_restarts{{.peak_lr = 0.5, .min_lr = 0.1, .total_steps = 100}}, false);
    check_multiplied(pacer::polynomial{{.peak_lr = 0.5, .end_lr = 1e-7, .power = 2, .total_steps = 100}}, false);
    check_multiplied(pacer::inverse_sqrt{{.peak_lr = 0.5, .warmup = warmup}}, true);
    check_multiplied(pacer::inverse_sqrt{{.peak_lr = 0.5, .min_lr = 1e-3, .warmup = warmup}}, false);
    check_multiplied(pacer::warmup_stable_decay{{.peak_lr = 0.5, .decay_steps = 20, .total_steps = 100}}, true);
    check_multiplied(
        pacer::warmup_stable_decay{{.peak_lr = 0.5, .min_lr = 0.01, .decay_steps = 20, .total_steps = 100}}, false);
    check_multiplied(pacer::cosine<float>{{.peak_lr = 0.5f, .total_steps = 100}}, true);

    // A floor inside of a composition is a floor, too.
    constexpr auto clamped = pacer::scale_peak(pacer::clamp(plain, 0.02, 1.0), 0.1);
    static_assert(clamped(10) == 0.5 * 0.1 && clamped(100) == 0.02 && clamped(0) == 0.02);
    constexpr auto joined = pacer::scale_peak(pacer::join(plain, 40, floored, 200, plain), 0.1);
    static_assert(joined(10) == 0.5 * 0.1 && joined(140) == 0.01 && joined(300) == 0);
    constexpr auto others = pacer::scale_peak(pacer::advance(pacer::scale(floored, 2.0), 5), 0.5);
    static_assert(others(5) == 0.5 && others(95) == 0.02);
    group_rates groups(pacer::join(plain, 40, floored));
    groups.add({.multiplier = 0.1});
    CHECK(groups.rate(0, 140) == 0.01);
}

TEST_CASE("groups: every operator passes the multiple on to the peaks of what it is made of") {
    auto params = floored.params();
    params.peak_lr /= 4;
    const pacer::cosine_with_min_lr low(params);
    const auto check = [](const auto& of_peak, const auto& of_quarter) {
        const auto scaled = pacer::scale_peak(of_peak, 0.25);
        std::vector<double> filled(700);
        pacer::fill(scaled, 0, filled);
        for (step_t step = -5; step < 700; ++step) {
            INFO("step " << step);
            CHECK(scaled(step) == of_quarter(step));
            if (step >= 0)
                CHECK(support::same_bits(filled[static_cast<std::size_t>(step)], scaled(step)));
        }
        CHECK(pacer::total_steps(scaled) == pacer::total_steps(of_quarter));
    };
    const auto both = [&](const auto& make) { check(make(floored), make(low)); };
    both([](const auto& s) { return pacer::advance(s, 7); });
    both([](const auto& s) { return pacer::delay(s, 7); });
    both([](const auto& s) { return pacer::every(3, s); });
    both([](const auto& s) { return pacer::repeat(s); });
    both([](const auto& s) { return pacer::repeat(s, {.times = 3, .scale = 0.5}); });
    both([](const auto& s) { return pacer::clamp(s, 0.02, 0.1); });
    both([](const auto& s) { return pacer::sum(s, pacer::delay(s, 50)); });
    both([](const auto& s) { return pacer::blend(s, 30, 20, pacer::advance(s, 10)); });
    both([](const auto& s) { return pacer::join(s, 50, pacer::delay(pacer::repeat(s), 5)); });
}

TEST_CASE("groups: a peak that cannot be told from the floors is not multiplied silently") {
    const auto lambda = [](step_t) { return 0.5; };
    const char* cannot = "pacer: multiplier = 0.1: the peak of this schedule cannot be told from its floors: say "
                         "multiplied::curve, or give the group a schedule of its own";
    group_rates groups(lambda);
    groups.add({});
    CHECK(message([&] { groups.add({.multiplier = 0.1}); }) == cannot);
    CHECK(message([&] { groups.add(pacer::any_schedule<double>(floored), {.multiplier = 0.1}); }) == cannot);
    CHECK(message([&] { groups.add(pacer::join(plain, 10, lambda), {.multiplier = 0.1}); }) == cannot);
    CHECK(groups.size() == 1);
    groups.add({.multiplier = 0.5, .multiplied = multiplied::curve});
    CHECK(rates_of(groups, 7) == std::vector{0.5, 0.25});
}

TEST_CASE("groups: 100,000 groups cost one evaluation of each distinct schedule") {
    static long counted = 0;
    const auto first = [](step_t step) { return ++counted, 1.0 / static_cast<double>(step + 1); };
    const auto second = [](step_t) { return ++counted, 0.25; };
    constexpr std::size_t many = 100'000;
    group_rates groups(first);
    const std::size_t other = groups.add(second);
    std::mt19937 random(1);
    std::vector<double> multipliers{1};
    while (groups.size() < many) {
        multipliers.push_back(static_cast<double>(random()) / 0x1p32);
        const pacer::group_params p{.multiplier = multipliers.back(), .multiplied = multiplied::curve};
        groups.size() % 2 == 0 ? groups.add(p) : groups.add_like(other, p);
    }
    CHECK(groups.curves() == 2);

    std::vector<double> rates(many);
    std::vector<float> floats(many);
    counted = 0;
    const long before = allocations;
    groups.rates_into(3, rates);
    CHECK(counted == 2);
    groups.rates_into(3, floats);
    CHECK(counted == 4);
    CHECK(allocations == before);
    support::complaints wrong;
    for (std::size_t g = 0; g < many; ++g)
        if (rates[g] != multipliers[g] * 0.25 || floats[g] != static_cast<float>(rates[g]))
            wrong.add(g, ": ", rates[g]);
    CHECK(wrong.text() == "");

    // With a floor that stays, every multiplier makes a curve of its own, and equal ones share it.
    group_rates layers(floored);
    for (std::size_t g = 0; g < many; ++g)
        layers.add({.multiplier = pacer::layer_multiplier(0.9, 12, static_cast<step_t>(g % 13))});
    CHECK(layers.curves() == 13);
    const long allocated = allocations;
    layers.rates_into(100, rates);
    CHECK(allocations == allocated);
    CHECK(rates == std::vector<double>(many, 0.01));
}

TEST_CASE("groups: a size that is not the number of groups is an error, and nothing is written") {
    group_rates groups(plain);
    groups.add({});
    groups.add({});
    for (const std::size_t size : {0u, 1u, 3u}) {
        std::vector<double> rates(size, -1);
        std::vector<float> floats(size, -1);
        const std::string expected = "pacer: rates = " + std::to_string(size) + ": must be one for each group (2)";
        CHECK(message([&] { groups.rates_into(5, rates); }) == expected);
        CHECK(message([&] { groups.rates_into(5, floats); }) == expected);
        CHECK(rates == std::vector<double>(size, -1));
    }
    std::array<double, 2> whole{};
    groups.rates_into(10, whole);
    CHECK(whole == std::array{0.5, 0.5});
    CHECK(message([&] { static_cast<void>(groups.rate(2, 0)); }) == "pacer: group = 2: there is no such group");
    CHECK(message([&] { groups.add_like(2); }) == "pacer: group = 2: there is no such group");
}

TEST_CASE("groups: unfrozen later, by its own clock or by that of the run") {
    group_rates groups(plain);
    groups.add({});
    groups.add({.start = 50});
    groups.add({.start = 50, .clock = group_clock::run});
    groups.add({.multiplier = 0.5, .start = 50});
    groups.add({.start = 80});
    CHECK(groups.curves() == 3);  // the run's, and those that start at 50 and at 80
    for (const step_t step : steps) {
        const step_t s = step < 0 ? 0 : step;
        CHECK(rates_of(groups, step) == std::vector{plain(s), s < 50 ? 0 : plain(s - 50), s < 50 ? 0 : plain(s),
                                                    s < 50 ? 0 : plain(s - 50) * 0.5, s < 80 ? 0 : plain(s - 80)});
    }
    CHECK(groups.rate(1, 49) == 0);
    CHECK(groups.rate(1, 60) == 0.5);
    CHECK(groups.rate(2, 50) == plain(50));

    // A floor is kept by late groups, too.
    group_rates with_floor(floored);
    with_floor.add({.multiplier = 0.1, .start = 50});
    CHECK(with_floor.rate(0, 60) == 0.5 * 0.1);
    CHECK(with_floor.rate(0, 150) == 0.01);
}

TEST_CASE("groups: a group that is added in the middle of a run is scheduled like one that was there from the start") {
    group_rates early(floored);
    early.add({});
    early.add({.multiplier = 0.1, .start = 30});
    group_rates late(floored);
    late.add({});
    for (step_t step = 0; step < 120; ++step) {
        if (step == 30)
            late.add({.multiplier = 0.1, .start = 30});
        const auto rates = rates_of(late, step);
        CHECK(rates[0] == early.rate(0, step));
        if (step >= 30)
            CHECK(rates[1] == early.rate(1, step));
    }
    const group_rates copy = late;
    CHECK(copy.rate(1, 77) == late.rate(1, 77));
    CHECK(copy.curve_rate(0, 50) == copy.rate(0, 50));  // of its curve, before the multiplier
    CHECK(copy.curve_rate(0, -1) == copy.curve_rate(0, 0));
}

TEST_CASE("groups: layer-wise decay") {
    using pacer::layer_multiplier;
    static_assert(layer_multiplier(0.75, 13, 13) == 1);
    static_assert(layer_multiplier(0.75, 13, 12) == 0.75);
    static_assert(layer_multiplier(0.75, 13, 11) == 0.75 * 0.75);
    static_assert(layer_multiplier(0.5, 20, 0) == 0x1p-20);
    static_assert(layer_multiplier(1, 13, 0) == 1 && layer_multiplier(0, 13, 0) == 0 && layer_multiplier(0, 0, 0) == 1);
    double product = 1;
    for (step_t layer = 13; layer >= 0; --layer, product *= 0.65)
        CHECK(support::magnitude(layer_multiplier(0.65, 13, layer) - product) <= 1e-12 * product);

    group_rates groups(plain);
    for (step_t layer = 0; layer <= 3; ++layer)
        groups.add({.multiplier = layer_multiplier(0.5, 3, layer)});
    CHECK(rates_of(groups, 10) == std::vector{0.0625, 0.125, 0.25, 0.5});

    CHECK(message([] { static_cast<void>(layer_multiplier(1.5, 3, 0)); }) == "pacer: decay = 1.5: must be from 0 to 1");
    CHECK(message([] { static_cast<void>(layer_multiplier(0.5, -2, 0)); }).find("pacer: depth = -2") == 0);
    CHECK(message([] { static_cast<void>(layer_multiplier(0.5, 3, -1)); }) == "pacer: layer = -1: must be 0 or more");
    CHECK(message([] { static_cast<void>(layer_multiplier(0.5, 3, 4)); }) ==
          "pacer: layer = 4: must be at most depth (3)");
}

TEST_CASE("groups: every field is checked, and a peak below the floor") {
    group_rates groups(floored);
    CHECK(message([&] { groups.add({.multiplier = -1}); }) == "pacer: multiplier = -1: must be finite, 0 or more");
    CHECK(message([&] { groups.add({.multiplier = std::numeric_limits<double>::infinity()}); }).find("multiplier") !=
          std::string::npos);
    CHECK(message([&] { groups.add({.multiplied = static_cast<multiplied>(7)}); }) ==
          "pacer: multiplied = 7: must be one of peak, curve");
    CHECK(message([&] { groups.add({.start = -1}); }) == "pacer: start = -1: must be an update from 0 to 2^53");
    CHECK(message([&] { groups.add({.start = pacer::longest + 1}); }) ==
          "pacer: start = 9007199254740993: must be an update from 0 to 2^53");
    CHECK(message([&] { groups.add({.clock = static_cast<group_clock>(7)}); }) ==
          "pacer: clock = 7: must be one of own, run");
    CHECK(message([&] { groups.add({.multiplier = 0.01}); }) ==
          "pacer: min_lr = 0.01: must be at most peak_lr (0.005)");
    CHECK(message([&] { groups.add(floored, {.multiplier = 0.01}); }).find("pacer: min_lr") == 0);
    CHECK(groups.size() == 0);
    CHECK(message([] { static_cast<void>(pacer::scale_peak(plain, -1.0)); }).find("pacer: factor = -1") == 0);
}

TEST_CASE("groups: rates stay finite") {
    group_rates groups(pacer::constant{{.peak_lr = 1e300}});
    groups.add({.multiplier = 1e300});
    std::array<double, 1> rate{};
    std::array<float, 1> single{};
    groups.rates_into(0, rate);
    groups.rates_into(0, single);
    CHECK(rate[0] == std::numeric_limits<double>::max());
    CHECK(single[0] == std::numeric_limits<float>::max());
}

}  // namespace

TEST_CASE("what a multiplier does to a floor is a choice by name") {
    // Hugging Face scales the whole curve: 1e-6 at a fifth of the rate is 2e-7.
    const pacer::cosine_with_min_lr lr{{.peak_lr = 1e-4, .min_lr = 1e-6, .total_steps = 100}};
    group_rates groups(lr);
    groups.add({.multiplier = 0.2});
    groups.add({.multiplier = 0.2, .multiplied = multiplied::peak});
    groups.add({.multiplier = 0.2, .multiplied = multiplied::curve});
    for (std::size_t g = 0; g < 3; ++g)
        CHECK(groups.rate(g, 0) == Approx(2e-5).epsilon(1e-15));
    CHECK(groups.rate(0, 100) == 1e-6);  // the default
    CHECK(groups.rate(1, 100) == 1e-6);
    CHECK(groups.rate(2, 100) == Approx(2e-7).epsilon(1e-15));
}

TEST_CASE("a resumed run keeps its groups' multipliers: the same rates as never stopped") {
    const pacer::expression curves[] = {
        pacer::cosine_with_min_lr{{.peak_lr = 1e-3, .min_lr = 1e-4, .total_steps = 1000}},
        pacer::cosine_with_min_lr{
            {.peak_lr = 1e-3, .min_lr = 1e-4, .total_steps = 1000, .warmup = pacer::warmup_steps(50), .init_lr = 1e-5}},
        pacer::join(pacer::constant{{.peak_lr = 1e-3}}, 300,
                    pacer::polynomial{{.peak_lr = 8e-4, .end_lr = 1e-4, .total_steps = 500}}),
        pacer::delay(pacer::cooldown(pacer::constant{{.peak_lr = 1e-3}}, 300, 100, 1e-4), 100),
    };
    const pacer::clocked_expression wanted =
        pacer::cosine_with_min_lr{{.peak_lr = 5e-4, .min_lr = 1e-4, .total_steps = 1500}};
    const auto with_groups = [](const auto& lr) {
        group_rates groups(lr);
        groups.add({});
        groups.add({.multiplier = 0.5});
        groups.add({.multiplier = 0.5, .multiplied = multiplied::curve});
        groups.add({.multiplier = 0.3, .start = 200});
        return groups;
    };
    for (const pacer::expression& lr : curves)
        for (const pacer::resume_policy& policy : {pacer::keep_saved, pacer::require_same, pacer::rewarm(100),
                                                   pacer::blend(100), pacer::restart, pacer::use_new}) {
            const bool same = policy.what == pacer::resume_policy::kind::require_same;
            pacer::checkpoint saved{.at = pacer::progress({.updates = 500}), .curve = lr};
            const pacer::clocked_expression& asked = same ? saved.curve : wanted;
            const auto once = pacer::resume(saved, asked, policy);
            const group_rates never_stopped = with_groups(once.curve.schedule);
            // A policy that does not change the rate of the run does not change that of a group.
            if (!once.report.jumps()) {
                const group_rates before = with_groups(lr);
                CHECK(rates_of(never_stopped, 500) == rates_of(before, 500));
                CHECK(rates_of(never_stopped, 499) == rates_of(before, 499));
            }
            const auto again = pacer::resume(
                pacer::from_text(pacer::to_text({pacer::progress({.updates = 550}), once.curve})), asked, policy);
            const group_rates resumed = with_groups(again.curve.schedule);
            for (const step_t step : {550, 599, 600, 777, 1000, 1500, 3000})
                CHECK(rates_of(resumed, step) == rates_of(never_stopped, step));
        }

    // As the static schedule has it.
    const pacer::cosine_with_min_lr lr{{.peak_lr = 1e-3, .min_lr = 1e-4, .total_steps = 1000}};
    const group_rates groups = with_groups(lr);
    const group_rates resumed = with_groups(curves[0]);
    CHECK(groups.rate(1, 1000) == 1e-4);
    for (const step_t step : steps)
        CHECK(rates_of(resumed, step) == rates_of(groups, step));
    // And a longer run: a group goes on from its own rate to the floor.
    const pacer::expression longer = pacer::extend(lr, 2000, 500);
    const group_rates extended = with_groups(longer);
    CHECK(rates_of(extended, 499) == rates_of(groups, 499));
    CHECK(rates_of(extended, 500) == rates_of(groups, 500));
    CHECK(extended.rate(1, 2000) == 1e-4);
}

TEST_CASE("whether a curve scales is asked of its fields, for expressions as for schedules") {
    // A floor that no step shows; a start that no update has.
    const pacer::exponential hidden{{.peak_lr = 0.5, .min_lr = 1e-9, .gamma = 0.999, .total_steps = 100}};
    const pacer::exponential free{{.peak_lr = 0.5, .gamma = 0.999, .total_steps = 100}};
    const pacer::linear unused{{.peak_lr = 0.5, .total_steps = 100, .init_lr = 0.1}};
    const pacer::linear used{{.peak_lr = 0.5, .total_steps = 100, .warmup = pacer::warmup_steps(2), .init_lr = 0.1}};
    const pacer::one_cycle divided{{.peak_lr = 0.5, .total_steps = 100}};
    const auto shared = [](const auto& lr) {
        std::size_t curves[2]{};
        const auto count = [](const auto& schedule) {
            group_rates groups(schedule);
            groups.add({});
            groups.add({.multiplier = 0.7});
            return groups.curves();
        };
        curves[0] = count(lr);
        curves[1] = count(pacer::expression(lr));
        CHECK(curves[0] == curves[1]);
        return curves[0] == 1;
    };
    CHECK(shared(free));
    CHECK(!shared(hidden));
    CHECK(shared(unused));
    CHECK(!shared(used));
    CHECK(shared(divided));
    CHECK(shared(pacer::cosine_with_min_lr{{.peak_lr = 0.5, .min_lr = pacer::lr_ratio(0.1), .total_steps = 100}}));
    CHECK(!shared(pacer::cosine_with_min_lr{{.peak_lr = 0.5, .min_lr = 0.1, .total_steps = 100}}));
    CHECK(shared(pacer::join(free, 10, unused)));
    CHECK(!shared(pacer::join(free, 10, used)));
    CHECK(shared(pacer::delay(pacer::every(3, free), 5)));
    CHECK(shared(pacer::repeat(free, 5)));
    CHECK(shared(pacer::sum(free, unused)));
    CHECK(!shared(pacer::clamp(free, 0.1, 0.2)));
    CHECK(shared(pacer::blend(free, 5, 5, unused)));
    CHECK(shared(pacer::cooldown(free, 5, 5, 0)));
    CHECK(!shared(pacer::cooldown(free, 5, 5, 0.01)));
    CHECK(!shared(pacer::cooldown(hidden, 5, 5, 0)));

    // Every named schedule says the same of itself and as an expression.
    for (const char* text : {"product(constant(peak_lr=1), constant(peak_lr=1))",
                             "scale(product(constant(peak_lr=1), constant(peak_lr=1)), 1)",
                             "piecewise(at=[0, 10], rates=[1, 0.1], total_steps=20)"}) {
        group_rates groups(pacer::parse(text));
        CHECK(message([&] { groups.add({.multiplier = 0.5}); }) ==
              "pacer: multiplier = 0.5: the peak of this schedule cannot be told from its floors: "
              "say multiplied::curve, or give the group a schedule of its own");
        groups.add({.multiplier = 0.5, .multiplied = multiplied::curve});
        CHECK(groups.rate(0, 0) == 0.5);
    }
}

#ifndef __FAST_MATH__
TEST_CASE("a NaN, or an infinity, of a function of the user's is one for every group") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    for (const double rate : {nan, infinity, -infinity}) {
        group_rates groups([rate](step_t) { return rate; });
        groups.add({});
        groups.add({.multiplier = 0.5, .multiplied = multiplied::curve});
        groups.add({.multiplier = 0, .multiplied = multiplied::curve});
        double doubles[3];
        float floats[3];
        groups.rates_into(7, doubles);
        groups.rates_into(7, floats);
        for (std::size_t g = 0; g < 3; ++g) {
            CHECK(!support::is_finite(doubles[g]));
            CHECK(!support::is_finite(static_cast<double>(floats[g])));
            CHECK(!support::is_finite(groups.rate(g, 7)));
        }
        CHECK(std::isnan(doubles[2]));
    }
    // What is finite stays so.
    group_rates groups(pacer::constant{{.peak_lr = 1e300}});
    groups.add({.multiplier = 1e300, .multiplied = multiplied::curve});
    groups.add({});
    double doubles[2];
    float floats[2];
    groups.rates_into(0, doubles);
    groups.rates_into(0, floats);
    CHECK(doubles[0] == std::numeric_limits<double>::max());
    CHECK(floats[1] == std::numeric_limits<float>::max());
}
#endif
