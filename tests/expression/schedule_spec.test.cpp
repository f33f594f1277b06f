// SPDX-License-Identifier: MIT
#include "support/schedules.hpp"
#include "training/same.hpp"

#include <pacer/expression/schedule_spec.hpp>
#include <pacer/training/checkpoint.hpp>

#include <cmath>
#include <string>

namespace {

using pacer::schedule_spec;
using pacer::spec_of;
using pacer::step_t;
using pacer::transition_kind;

static_assert(pacer::Schedule<pacer::curve> && std::is_trivially_copyable_v<pacer::curve>);
static_assert(noexcept(std::declval<const pacer::curve&>()(step_t{})));
static_assert(pacer::NamedSchedule<pacer::cosine<double>>);
static_assert(!pacer::NamedSchedule<pacer::cosine<float>> && !pacer::NamedSchedule<pacer::any_schedule<double>>);

// visitor(settings, schedule, spec) for every row of the shared table that is a named schedule.
template <class Settings, class Visitor>
void for_named(Settings for_settings, Visitor visitor) {
    int rows = 0;
    support::for_each_schedule([&](auto row) {
        using schedule_type = decltype(row.template make<double>(support::settings{}));
        if constexpr (pacer::NamedSchedule<schedule_type>) {
            ++rows;
            for_settings(row, [&](const support::settings& s) {
                const auto lr = row.template make<double>(s);
                visitor(s, lr, spec_of(lr));
            });
        }
    });
    CHECK(rows == 11);
}

constexpr auto small_settings = [](auto row, auto visitor) { support::for_small_settings(row, visitor); };
constexpr auto large_settings = [](auto row, auto visitor) { support::for_large_settings(row, visitor); };

constexpr step_t far[] = {support::first_ever_step, -1, 100, 1'000'003, pacer::longest, support::last_step};

std::string reason(const schedule_spec& spec) {
    try {
        static_cast<void>(pacer::make(spec));
    } catch (const pacer::invalid_schedule& error) {
        return error.what();
    }
    return "accepted";
}

const schedule_spec falls = spec_of(pacer::linear{{.peak_lr = 1, .total_steps = 100}});

schedule_spec falls_then(const pacer::transition& t) {
    schedule_spec spec = falls;
    spec.transitions.push_back(t);
    return spec;
}

}  // namespace

TEST_CASE("make(spec_of(schedule)) is the schedule, to the bit, at every step of every small one") {
    support::complaints wrong;
    for_named(small_settings, [&](const support::settings& s, const auto& lr, const schedule_spec& spec) {
        const pacer::curve again = pacer::make(spec);
        if (again.total_steps() != lr.total_steps())
            wrong.add(describe(s), "total ", again.total_steps());
        for (step_t step = -2; step <= 2 * s.total + 3; ++step)
            if (!support::same(again(step), lr(step), s.peak))
                wrong.add(describe(s), spec.name, " at ", step, ": ", again(step), " is not ", lr(step));
        for (const step_t step : far)
            if (!support::same(again(step), lr(step), s.peak))
                wrong.add(describe(s), spec.name, " at ", step, ": ", again(step), " is not ", lr(step));
    });
    CHECK(wrong.text() == "");
}

TEST_CASE("and of long ones, at random steps") {
    support::complaints wrong;
    support::dice roll(3);
    for_named(large_settings, [&](const support::settings& s, const auto& lr, const schedule_spec& spec) {
        const pacer::curve again = pacer::make(spec);
        for (int k = 0; k < 40; ++k) {
            const step_t step = roll.up_to(k % 2 == 0 ? std::min(s.total, pacer::longest) : s.warmup_updates() + 3);
            if (!support::same(again(step), lr(step), s.peak))
                wrong.add(describe(s), spec.name, " at ", step, ": ", again(step), " is not ", lr(step));
        }
    });
    CHECK(wrong.text() == "");
}

TEST_CASE("a spec says everything that decides the values, resolved, and nothing else") {
    const schedule_spec spec = spec_of(pacer::cosine_with_min_lr{
        {.peak_lr = 0.5, .min_lr = pacer::lr_ratio(0.25), .total_steps = 100, .warmup = pacer::warmup_ratio(0.07)}});
    CHECK(spec.name == "cosine_with_min_lr");
    CHECK(spec.parameters.peak_lr == 0.5);
    REQUIRE(spec.parameters.min_lr);
    CHECK(!spec.parameters.min_lr->is_ratio());
    CHECK(spec.parameters.min_lr->value() == 0.125);
    REQUIRE(spec.parameters.warmup);
    CHECK(spec.parameters.warmup->given_as() == pacer::warmup::kind::steps);
    CHECK(spec.parameters.warmup->count() == 8);
    CHECK(spec.parameters.init_lr->value() == 0);
    CHECK(spec.parameters.num_cycles == 0.5);
    CHECK(!spec.parameters.power);
    CHECK(spec.clock == pacer::run_clock::updates);

    SECTION("a warm-up that ends between two updates stays a ratio") {
        const schedule_spec exact = spec_of(pacer::cosine{
            {.peak_lr = 1, .total_steps = 10, .warmup = pacer::warmup_ratio(0.25, pacer::rounding::exact)}});
        CHECK(exact.parameters.warmup->given_as() == pacer::warmup::kind::ratio);
        const schedule_spec whole = spec_of(pacer::cosine{
            {.peak_lr = 1, .total_steps = 8, .warmup = pacer::warmup_ratio(0.25, pacer::rounding::exact)}});
        CHECK(whole.parameters.warmup->count() == 2);
    }
    SECTION("how a warm-up of 0 updates would begin decides nothing") {
        const schedule_spec none = spec_of(pacer::linear{
            {.peak_lr = 1, .total_steps = 10, .init_lr = 0.5, .first_step = pacer::first_step::from_first}});
        CHECK(!none.parameters.init_lr);
        CHECK(!none.parameters.first_step);
    }
    SECTION("the clock of a clocked schedule is kept") {
        const schedule_spec tokens = spec_of(pacer::by_tokens(pacer::linear{{.peak_lr = 1, .total_steps = 10}}));
        CHECK(tokens.clock == pacer::run_clock::tokens);
    }
    SECTION("however it was spelt") {
        const schedule_spec spelt = {
            .name = "cosine_with_min_lr",
            .parameters = {.peak_lr = 0.5, .min_lr = 0.125, .total_steps = 100, .warmup = pacer::warmup_steps(8)}};
        CHECK(pacer::to_text({.curve = spelt}) == pacer::to_text({.curve = spec}));
    }
}

TEST_CASE("a blend, by hand") {
    const pacer::curve lr = pacer::make(falls_then(
        {.how = transition_kind::blend, .at = 20, .over = 4, .name = "constant", .parameters = {.peak_lr = 0.4}}));
    CHECK(lr(19) == 0.81);
    CHECK(lr(20) == 0.8);
    CHECK(lr(21) == Approx(0.79 * 0.75 + 0.4 * 0.25).epsilon(1e-15));
    CHECK(lr(22) == Approx(0.78 * 0.5 + 0.4 * 0.5).epsilon(1e-15));
    CHECK(lr(23) == Approx(0.77 * 0.25 + 0.4 * 0.75).epsilon(1e-15));
    CHECK(lr(24) == 0.4);
    CHECK(lr(support::last_step) == 0.4);
    CHECK(lr(-5) == 1);
    CHECK(lr.total_steps() == pacer::endless);
}

TEST_CASE("a ramp, by hand") {
    const pacer::curve lr =
        pacer::make(falls_then({.how = transition_kind::ramp,
                                .at = 60,
                                .over = 20,
                                .name = "linear",
                                .parameters = {.peak_lr = 4, .total_steps = 200, .warmup = pacer::warmup_steps(100)},
                                .origin = 30}));
    CHECK(lr(59) == pacer::make(falls)(59));
    CHECK(lr(60) == 0.4);
    CHECK(lr(70) == Approx(0.4 + (2.0 - 0.4) / 2).epsilon(1e-15));
    CHECK(lr(80) == 2.0);   // 50 updates into its own warm-up of 100
    CHECK(lr(130) == 4.0);  // the end of it
    CHECK(lr(230) == 0.0);
    CHECK(lr.total_steps() == 230);
}

TEST_CASE("a rescaled curve, by hand") {
    // At 50 the old curve is at 0.5, the new one at 0.75 of its way from 1 to 0.
    const pacer::curve lr = pacer::make(falls_then({.how = transition_kind::rescale,
                                                    .at = 50,
                                                    .name = "linear",
                                                    .parameters = {.peak_lr = 1, .total_steps = 200}}));
    CHECK(lr(49) == 0.51);
    CHECK(lr(50) == 0.5);
    CHECK(lr(125) == 0.25);
    CHECK(lr(200) == 0.0);
    CHECK(lr(support::last_step) == 0.0);
    CHECK(lr.total_steps() == 200);
}

TEST_CASE("a transition of length 0 is a jump") {
    for (const auto how : {transition_kind::blend, transition_kind::ramp}) {
        const pacer::curve lr =
            pacer::make(falls_then({.how = how, .at = 20, .name = "constant", .parameters = {.peak_lr = 3}}));
        CHECK(lr(19) == 0.81);
        CHECK(lr(20) == 3);
    }
}

TEST_CASE("the weighted mean is exact at its ends, in bounds, in order, and rounded once") {
    using pacer::detail::weighted_mean;
    support::dice roll(5);
    support::complaints wrong;
#ifdef __FAST_MATH__
    constexpr double bound = 4;
#else
    constexpr double bound = 0.51;
#endif
    for (int draw = 0; draw < 20'000; ++draw) {
        const double a = std::ldexp(roll.fraction(), static_cast<int>(roll.up_to(2040)) - 1040);
        const double near = a * (1 + 0x1p-50 * roll.fraction());
        const double b = draw % 3 == 0 ? near : draw % 3 == 1 ? a * roll.fraction() : a;
        const step_t n = 1 + roll.up_to((step_t{1} << roll.up_to(52)) - 1);
        const step_t k = roll.up_to(n - 1);
        const auto mean = [&](step_t done) {
            return weighted_mean(a, b, static_cast<double>(done), static_cast<double>(n - done));
        };
        if (mean(0) != a || mean(n) != b)
            wrong.add("ends of ", a, " ", b, " over ", n);
        const double here = mean(k);
        if (!(a <= b ? a <= here && here <= b : b <= here && here <= a))
            wrong.add("outside at ", k, " of ", n, ": ", a, " ", b, " ", here);
#ifndef __FAST_MATH__
        if (const double next = mean(k + 1); a <= b ? next < here : next > here)
            wrong.add("turns back at ", k, " of ", n, ": ", a, " ", b, " ", here);
#endif
        const long double exact = (static_cast<long double>(a) * static_cast<long double>(n - k) +
                                   static_cast<long double>(b) * static_cast<long double>(k)) /
                                  static_cast<long double>(n);
        if (std::fabs(static_cast<double>(here - exact)) > bound * support::ulp(a > b ? a : b))
            wrong.add("value at ", k, " of ", n, ": ", a, " ", b, " ", here);
    }
    CHECK(wrong.text() == "");
}

TEST_CASE("every step of every pair of transitions is finite and in bounds") {
    support::complaints wrong;
    support::dice roll(7);
    for_named([](auto row, auto visitor) { support::for_large_settings(row, visitor, 60); },
              [&](const support::settings& s, const auto& lr, const schedule_spec& spec) {
                  const double highest = std::max({lr(0), s.peak, 1.0});
                  schedule_spec changed = falls;
                  double top = highest;
                  for (int k = 0; k < 3; ++k) {
                      const auto how = static_cast<transition_kind>(roll.up_to(1));
                      changed.transitions.push_back(
                          {.how = how,
                           .at = roll.up_to(200),
                           .over = roll.one_of<step_t>({0, 1, 7, roll.up_to(1000), pacer::longest}),
                           .shape = how == transition_kind::ramp
                                        ? pacer::ramp_shape(static_cast<pacer::ramp_shape::kind>(roll.up_to(3)))
                                        : pacer::ramp_shape::linear,
                           .name = k == 1 ? "constant" : spec.name,
                           .parameters = k == 1 ? pacer::schedule_parameters{.peak_lr = 0.5} : spec.parameters,
                           .origin = roll.one_of<step_t>({0, 100, support::last_step})});
                  }
                  const pacer::curve c = pacer::make(changed);
                  for (const step_t step :
                       {support::first_ever_step, step_t{0}, step_t{50}, roll.up_to(200), roll.up_to(2000), s.total - 1,
                        s.total, pacer::longest, support::last_step}) {
                      const double rate = c(step);
                      if (!support::is_finite(rate) || rate < 0 || rate > top)
                          wrong.add(describe(s), "at ", step, ": ", rate);
                  }
              });
    CHECK(wrong.text() == "");
}

TEST_CASE("what cannot be a curve is refused by name") {
    CHECK(
        reason({.name = "cosin", .parameters = {.peak_lr = 1}}).starts_with("pacer: name: must be one of constant, "));
    CHECK(reason({.name = "constant", .parameters = {.peak_lr = -2}}) ==
          "pacer: peak_lr = -2: must be a finite rate of 0 or more");
    CHECK(reason({.name = "constant", .parameters = {.peak_lr = 1, .power = 2}}) ==
          "pacer: power: this schedule has no such parameter");
    CHECK(reason({.name = "constant", .parameters = {.peak_lr = 1}, .origin = -1}) ==
          "pacer: origin = -1: must be 0 or more");

    const pacer::schedule_parameters flat{.peak_lr = 0.25};
    CHECK(reason(falls_then({.at = -1, .name = "constant", .parameters = flat})) ==
          "pacer: at = -1: must be 0 or more");
    CHECK(reason(falls_then({.over = -1, .name = "constant", .parameters = flat})) ==
          "pacer: over = -1: must be a number of updates from 0 to 2^53");
    CHECK(reason(falls_then({.at = support::last_step, .over = 1, .name = "constant", .parameters = flat})) ==
          "pacer: at = 9223372036854775807: must be so that the transition ends before 2^63");
    CHECK(reason(falls_then({.name = "constant", .parameters = flat, .origin = -1})) ==
          "pacer: origin = -1: must be 0 or more");
    CHECK(reason(falls_then({.shape = pacer::ramp_shape::cosine, .name = "constant", .parameters = flat})) ==
          "pacer: shape = ramp_shape::cosine: is for a ramp");
    CHECK(reason(falls_then({.how = transition_kind::rescale, .over = 1, .name = "constant", .parameters = flat})) ==
          "pacer: over = 1: must be 0 for a rescaled curve");
    CHECK(reason(falls_then({.how = static_cast<transition_kind>(9), .name = "constant", .parameters = flat})) ==
          "pacer: transition = 9: unknown kind");
    CHECK(reason(falls_then({.how = transition_kind::rescale,
                             .at = 50,
                             .name = "linear",
                             .parameters = {.peak_lr = 1, .total_steps = 40}})) ==
          "pacer: at = 50: the rescaled curve must still be above its end there");
    schedule_spec four = falls;
    four.transitions.assign(4, {.at = 5, .over = 5, .name = "constant", .parameters = flat});
    CHECK(reason(four) == "pacer: transitions = 4: must be at most 3 at the same time");
    four.transitions.pop_back();
    CHECK(reason(four) == "accepted");
}
