// SPDX-License-Identifier: MIT
#include "support/error_of.hpp"
#include "support/schedules.hpp"
#include "training/same.hpp"

#include <pacer/expression/make.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace {

using pacer::expression;
using pacer::expression_of;
using pacer::step_t;
using support::error_of;

static_assert(pacer::Schedule<expression> && pacer::Vectorizable<expression>);
static_assert(noexcept(std::declval<const expression&>()(step_t{})));
static_assert(pacer::NamedSchedule<pacer::cosine<double>>);
static_assert(!pacer::NamedSchedule<pacer::cosine<float>> && !pacer::NamedSchedule<pacer::any_schedule<double>>);
static_assert(pacer::Expressible<decltype(pacer::scale(pacer::cosine{{.peak_lr = 1, .total_steps = 1}}, 2))>);
static_assert(!pacer::Expressible<pacer::cosine<float>> && !pacer::Expressible<double (*)(step_t)>);
static_assert(!pacer::Expressible<decltype(pacer::scale(pacer::any_schedule<>(pacer::constant{{.peak_lr = 1}}), 2))>);

// visitor(settings, schedule, expression) for every row of the shared table that is a named schedule.
template <class Settings, class Visitor>
void for_named(Settings for_settings, Visitor visitor) {
    int rows = 0;
    support::for_each_schedule([&](auto row) {
        using schedule_type = decltype(row.template make<double>(support::settings{}));
        if constexpr (pacer::NamedSchedule<schedule_type>) {
            ++rows;
            for_settings(row, [&](const support::settings& s) {
                const auto lr = row.template make<double>(s);
                visitor(s, lr, expression_of(lr));
            });
        }
    });
    CHECK(rows == static_cast<int>(std::size(pacer::schedule_names)));
}

constexpr auto small_settings = [](auto row, auto visitor) { support::for_small_settings(row, visitor); };
constexpr auto large_settings = [](auto row, auto visitor) { support::for_large_settings(row, visitor); };

constexpr step_t far[] = {support::first_ever_step, -1, 100, 1'000'003, pacer::longest, support::last_step};

constexpr pacer::linear falls{{.peak_lr = 1, .total_steps = 100}};

}  // namespace

TEST_CASE("a schedule by its text is the schedule, to the bit, at every step of every small one") {
    support::complaints wrong;
    int settings = 0;
    for_named(small_settings, [&](const support::settings& s, const auto& lr, const expression& e) {
        const std::string text = ++settings % 2 == 0 ? pacer::to_text(e) : pacer::resolved_text(e);
        const expression again = pacer::parse(text);
        if (again != e)
            wrong.add(describe(s), text, " became ", pacer::to_text(again));
        if (again.total_steps() != lr.total_steps())
            wrong.add(describe(s), "total ", again.total_steps());
        for (step_t step = -2; step <= 2 * s.total + 3; ++step)
            if (!support::same(again(step), lr(step), s.peak) || e(step) != lr(step))
                wrong.add(describe(s), text, " at ", step, ": ", again(step), " is not ", lr(step));
        for (const step_t step : far)
            if (!support::same(again(step), lr(step), s.peak))
                wrong.add(describe(s), text, " at ", step, ": ", again(step), " is not ", lr(step));
    });
    CHECK(wrong.text() == "");
}

TEST_CASE("and of long ones, at random steps, by calls and by fill") {
    support::complaints wrong;
    support::dice roll(3);
    for_named(large_settings, [&](const support::settings& s, const auto& lr, const expression& e) {
        const expression again = pacer::parse(pacer::resolved_text(e));
        for (int k = 0; k < 40; ++k) {
            const step_t step = roll.up_to(k % 2 == 0 ? std::min(s.total, pacer::longest) : s.warmup_updates() + 3);
            if (!support::same(again(step), lr(step), s.peak))
                wrong.add(describe(s), e.name(), " at ", step, ": ", again(step), " is not ", lr(step));
        }
        const step_t first = roll.up_to(std::min(s.total, pacer::longest));
        double rates[70];
        pacer::fill(again, first, rates);
        for (step_t k = 0; k < 70; ++k)
            if (!support::same(rates[k], lr(first + k), s.peak))
                wrong.add(describe(s), e.name(), " filled at ", first + k);
    });
    CHECK(wrong.text() == "");
}

TEST_CASE("an expression gives back the schedule it was made of") {
    support::complaints wrong;
    for_named([](auto row, auto visitor) { support::for_large_settings(row, visitor, 10); },
              [&]<class S>(const support::settings& s, const S& lr, const expression& e) {
                  const S* back = pacer::as<S>(pacer::parse(pacer::to_text(e)));
                  const S* same = pacer::as<S>(e);
                  if (same == nullptr || (*same)(s.total / 2) != lr(s.total / 2))
                      wrong.add(describe(s), e.name());
                  static_cast<void>(back);
              });
    CHECK(wrong.text() == "");
}

TEST_CASE("the resolved text says everything that decides the values, and nothing else") {
    const auto text_of = [](const auto& lr) { return pacer::resolved_text(lr); };
    CHECK(text_of(pacer::cosine_with_min_lr{{.peak_lr = 0.5,
                                             .min_lr = pacer::lr_ratio(0.25),
                                             .total_steps = 100,
                                             .warmup = pacer::warmup_ratio(0.07)}}) ==
          "cosine_with_min_lr(peak_lr=0.5, min_lr=0.125, num_cycles=0.5, total_steps=100, warmup=8, "
          "warmup_shape=linear, init_lr=0, first_step=from_zero, past_end=hold)");
    // A warm-up that ends between two updates stays a ratio.
    CHECK(text_of(pacer::cosine{
              {.peak_lr = 1, .total_steps = 10, .warmup = pacer::warmup_ratio(0.25, pacer::rounding::exact)}}) ==
          "cosine(peak_lr=1, num_cycles=0.5, total_steps=10, warmup=exact(25%), warmup_shape=linear, init_lr=0, "
          "first_step=from_zero, past_end=hold)");
    CHECK_THAT(text_of(pacer::cosine{
                   {.peak_lr = 1, .total_steps = 8, .warmup = pacer::warmup_ratio(0.25, pacer::rounding::exact)}}),
               ContainsSubstring("warmup=2, "));
    // How a warm-up of 0 updates would begin decides nothing, nor does the end of what has none.
    CHECK(text_of(pacer::linear{
              {.peak_lr = 1, .total_steps = 10, .init_lr = 0.5, .first_step = pacer::first_step::from_first}}) ==
          "linear(peak_lr=1, end_lr=0, total_steps=10, warmup=0, past_end=hold)");
    CHECK(text_of(pacer::constant{{.peak_lr = 1, .past_end = pacer::past_end::zero}}) ==
          "constant(peak_lr=1, total_steps=endless)");
    // What follows from other fields is written where it decides, and left out where it is not used.
    CHECK(text_of(pacer::warmup_stable_decay{{.peak_lr = 1, .decay_steps = 20, .total_steps = 100}}) ==
          "warmup_stable_decay(peak_lr=1, min_lr=0, stable_steps=80, decay_steps=20, total_steps=100, warmup=0, "
          "decay_shape=linear, past_end=hold)");
    CHECK(text_of(pacer::exponential{{.peak_lr = 1, .gamma = 0.5}}) ==
          "exponential(peak_lr=1, min_lr=0, gamma=0.5, every=1, staircase=false, total_steps=endless, warmup=0)");
    CHECK(text_of(pacer::multi_step{{.peak_lr = 1, .milestones = {3, 6}, .rates = {0.5, 0.25}}}) ==
          "multi_step(peak_lr=1, milestones=[3, 6], rates=[0.5, 0.25], total_steps=endless, warmup=0)");
    // However it was spelt.
    CHECK(pacer::parse("cosine_with_min_lr(peak_lr=0.5, min_lr=25%, total_steps=1'00, warmup=7%)") ==
          pacer::parse("cosine_with_min_lr(peak_lr=5e-1, min_lr=0.125, total_steps=100, warmup=8)"));
    CHECK(pacer::parse("repeat(linear(peak_lr=1, total_steps=9))") ==
          pacer::parse("repeat(linear(peak_lr=1, total_steps=9), endless, scale=1.0)"));
}

TEST_CASE("a blend, by hand") {
    const expression lr = pacer::blend(falls, 20, 4, pacer::constant{{.peak_lr = 0.4}});
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

TEST_CASE("a rewarm, by hand") {
    const pacer::linear next{{.peak_lr = 4, .total_steps = 200, .warmup = pacer::warmup_steps(100)}};
    const expression lr = pacer::rewarm(falls, 60, 20, pacer::delay(next, 30));
    CHECK(lr(59) == falls(59));
    CHECK(lr(60) == 0.4);
    CHECK(lr(70) == Approx(0.4 + (2.0 - 0.4) / 2).epsilon(1e-15));
    CHECK(lr(80) == 2.0);   // 50 updates into its own warm-up of 100
    CHECK(lr(130) == 4.0);  // the end of it
    CHECK(lr(230) == 0.0);
    CHECK(lr.total_steps() == 230);
}

TEST_CASE("a rescaled curve, by hand") {
    // At 50 the old curve is at 0.5, the new one at 0.75 on its descent from 1 to 0.
    const expression lr = pacer::rescale(falls, 50, pacer::linear{{.peak_lr = 1, .total_steps = 200}});
    CHECK(lr(49) == 0.51);
    CHECK(lr(50) == 0.5);
    CHECK(lr(125) == 0.25);
    CHECK(lr(200) == 0.0);
    CHECK(lr(support::last_step) == 0.0);
    CHECK(lr.total_steps() == 200);
}

TEST_CASE("a transition of length 0 is a jump") {
    const pacer::constant high{{.peak_lr = 3}};
    for (const expression& lr :
         {expression_of(pacer::blend(falls, 20, 0, high)), expression_of(pacer::rewarm(falls, 20, 0, high))}) {
        CHECK(lr(19) == 0.81);
        CHECK(lr(20) == 3);
    }
}

TEST_CASE("transitions of schedules without an expression, at compile time and by fill") {
    constexpr auto slow = [](step_t step) { return 1.0 / static_cast<double>(step + 1); };
    constexpr auto rewarmed = pacer::rewarm(slow, 9, 6, falls, pacer::ramp_shape::cosine);
    constexpr auto rescaled = pacer::rescale(slow, 9, falls);
    static_assert(rewarmed(-3) == 1 && rewarmed(9) == 0.1 && rewarmed(15) == 0.85 && rewarmed(100) == 0);
    static_assert(rescaled(-3) == 1 && rescaled(8) == 1.0 / 9 && rescaled(9) == 0.1 && rescaled(100) == 0);
    double rates[120];
    for (const step_t stride : {1, 2, 7}) {
        pacer::fill(rewarmed, -2, rates, stride);
        for (step_t k = 0; k < 120; ++k)
            REQUIRE(support::same(rates[k], rewarmed(k * stride - 2), 1));
        pacer::fill(rescaled, -2, rates, stride);
        for (step_t k = 0; k < 120; ++k)
            REQUIRE(support::same(rates[k], rescaled(k * stride - 2), 1));
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
            wrong.add("is not monotone at ", k, " of ", n, ": ", a, " ", b, " ", here);
#endif
        const long double exact = (static_cast<long double>(a) * static_cast<long double>(n - k) +
                                   static_cast<long double>(b) * static_cast<long double>(k)) /
                                  static_cast<long double>(n);
        if (std::fabs(static_cast<double>(here - exact)) > bound * support::ulp(a > b ? a : b))
            wrong.add("value at ", k, " of ", n, ": ", a, " ", b, " ", here);
    }
    CHECK(wrong.text() == "");
}

TEST_CASE("every step of every pair of transitions is finite and in bounds, by calls and by fill") {
    support::complaints wrong;
    support::dice roll(7);
    for_named([](auto row, auto visitor) { support::for_large_settings(row, visitor, 60); },
              [&](const support::settings& s, const auto& lr, const expression& e) {
                  const double top = std::max({lr(0), s.peak, 1.0});
                  expression changed = falls;
                  for (int k = 0; k < 3; ++k) {
                      const step_t at = roll.up_to(200);
                      const step_t over = roll.one_of<step_t>({0, 1, 7, roll.up_to(1000), pacer::longest});
                      const expression next = k == 1 ? expression(pacer::constant{{.peak_lr = 0.5}}) : e;
                      const expression later = pacer::delay(next, roll.one_of<step_t>({0, 100, support::last_step}));
                      const auto shape = pacer::ramp_shape(static_cast<pacer::ramp_shape::kind>(roll.up_to(3)));
                      changed = roll.up_to(1) == 0 ? expression_of(pacer::blend(changed, at, over, later))
                                                   : expression_of(pacer::rewarm(changed, at, over, later, shape));
                  }
                  for (const step_t step :
                       {support::first_ever_step, step_t{0}, step_t{50}, roll.up_to(200), roll.up_to(2000), s.total - 1,
                        s.total, pacer::longest, support::last_step}) {
                      const double rate = changed(step);
                      if (!support::is_finite(rate) || rate < 0 || rate > top)
                          wrong.add(describe(s), "at ", step, ": ", rate);
                  }
                  double rates[300];
                  pacer::fill(changed, 0, rates);
                  for (step_t step = 0; step < 300; ++step)
                      if (!support::same(rates[step], changed(step), top))
                          wrong.add(describe(s), "filled at ", step);
              });
    CHECK(wrong.text() == "");
}

TEST_CASE("what cannot be a transition is refused by name") {
    const pacer::constant flat{{.peak_lr = 0.25}};
    CHECK(error_of([&] { static_cast<void>(pacer::blend(falls, -1, 0, flat)); }) ==
          "pacer: at = -1: must be 0 or more");
    CHECK(error_of([&] { static_cast<void>(pacer::rewarm(falls, -1, 0, flat)); }) ==
          "pacer: at = -1: must be 0 or more");
    CHECK(error_of([&] { static_cast<void>(pacer::rescale(falls, -1, flat)); }) == "pacer: at = -1: must be 0 or more");
    CHECK(error_of([&] { static_cast<void>(pacer::rewarm(falls, 0, -2, flat)); }) ==
          "pacer: over = -2: must be a number of updates from 0 to 2^53");
    CHECK(error_of([&] { static_cast<void>(pacer::rewarm(falls, support::last_step, 1, flat)); }) ==
          "pacer: at = 9223372036854775807: must be so that the transition ends before 2^63");
    CHECK(error_of([&] { static_cast<void>(pacer::delay(falls, -1)); }) == "pacer: by = -1: must be 0 or more");
    CHECK(error_of([&] {
              static_cast<void>(pacer::rescale(falls, 50, pacer::linear{{.peak_lr = 1, .total_steps = 40}}));
          }) == "pacer: at = 50: the rescaled curve must still be above its end there");
    CHECK(error_of([&] { static_cast<void>(pacer::join(std::vector<pacer::expression_piece>{})); }) ==
          "pacer: pieces: a join has one schedule or more");
    CHECK(error_of([&] {
              static_cast<void>(pacer::join(std::vector<pacer::expression_piece>{{1, flat}}));
          }) == "pacer: at = 1: the first piece of a join starts at 0");
    CHECK(error_of([&] {
              static_cast<void>(pacer::join(std::vector<pacer::expression_piece>{{0, flat}, {5, flat}, {4, flat}}));
          }) == "pacer: at = 4: boundaries of a join must not be negative and must not decrease");
}

TEST_CASE("joins in joins are one join, with the rates of the joins of C++") {
    support::dice roll(23);
    const auto flat = [&] { return pacer::constant{{.peak_lr = roll.fraction()}}; };
    const auto boundary = [&](step_t most) {
        return roll.one_of<step_t>({roll.up_to(most), 0, support::last_step, support::last_step - 3});
    };
    for (int draw = 0; draw < 2000; ++draw) {
        const auto inner = pacer::join(flat(), boundary(20), falls);
        const step_t at = boundary(30);
        const auto left = pacer::join(inner, at, flat());
        const auto right = pacer::join(flat(), boundary(30), inner);
        const auto both = pacer::join(left, boundary(40), right);
        const expression e = both;
        CHECK(e.total_steps() == pacer::total_steps(both));
        for (step_t step = -2; step < 100; ++step)
            REQUIRE(e(step) == both(step));
        for (const step_t step : {support::last_step - 5, support::last_step - 1, support::last_step})
            REQUIRE(e(step) == both(step));
        CHECK(pacer::parse(pacer::to_text(e)) == e);
    }
    CHECK(pacer::to_text(pacer::join(pacer::join(falls, 10, falls), 30, pacer::join(falls, 5, falls))) ==
          "join(linear(peak_lr=1, total_steps=100), 10, linear(peak_lr=1, total_steps=100), 30, "
          "linear(peak_lr=1, total_steps=100), 35, linear(peak_lr=1, total_steps=100))");
}
