// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/fill.hpp>
#include <pacer/pacer.hpp>

#include <cstring>
#include <functional>
#include <limits>
#include <vector>

using pacer::endless;
using pacer::join;
using pacer::linear;
using pacer::step_t;

namespace {

constexpr linear up_and_down{{.peak_lr = 8.0, .total_steps = 8, .warmup = pacer::warmup_steps(4)}};
constexpr pacer::linear_warmup rise{{.peak_lr = 4.0, .total_steps = 4}};
constexpr pacer::constant level{{.peak_lr = 3.0}};

template <class Compose>
std::string refused(Compose compose) {
    try {
        (void)compose();
    } catch (const pacer::invalid_schedule& e) {
        return e.field();
    }
    return "";
}

constexpr pacer::cosine fall{{.peak_lr = 0.1, .total_steps = 10}};
constexpr pacer::cosine slow_fall{{.peak_lr = 0.1, .total_steps = 90}};
constexpr pacer::ramp<> up(0, 1, 100);
constexpr step_t lowest = -endless - 1;

// Functions of the user's, which would show a step that they must not be asked for.
constexpr auto falling = [](step_t step) { return 1 / (static_cast<double>(step) + 1); };
constexpr auto counting = [](step_t step) { return 100 + static_cast<double>(step); };

template <class Real>
bool same(Real a, Real b) {
#ifdef __FAST_MATH__
    return support::ulps(static_cast<double>(a), static_cast<double>(b)) <= 4;
#else
    return std::memcmp(&a, &b, sizeof a) == 0;
#endif
}

template <class Out, class S>
void compare_fill(const char* what, const S& lr, step_t first, step_t count, step_t stride,
                  support::complaints& wrong) {
    std::vector<Out> rates(static_cast<std::size_t>(count));
    pacer::fill(lr, first, rates, stride);
    step_t step = first;
    for (step_t j = 0; j < count; ++j) {
        const auto want = static_cast<Out>(lr(step));
        if (!same(rates[static_cast<std::size_t>(j)], want)) {
            wrong.add(what, ": fill from ", first, " by ", stride, " at ", step, ": ",
                      rates[static_cast<std::size_t>(j)], " is not ", want);
            return;
        }
        step = step > 0 && step > endless - stride ? endless : step + stride;
    }
}

// The call is `formula`, which is asked for steps of 0 or more; `fill` is the call; a negative step is step 0.
template <class S, class Formula>
void compare(const char* what, const S& lr, const Formula& formula, support::complaints& wrong) {
    const auto check = [&](step_t step) {
        const double want = static_cast<double>(formula(step < 0 ? 0 : step));
        if (!same(static_cast<double>(lr(step)), want))
            wrong.add(what, " at ", step, ": ", lr(step), " is not ", want);
    };
    for (step_t step = -3; step <= 200; ++step)
        check(step);
    for (const step_t step : {lowest, lowest + 1, step_t{1} << 53, (step_t{1} << 53) + 1, endless - 1, endless})
        check(step);
    for (const step_t stride : {1, 2, 3, 7, 50}) {
        compare_fill<double>(what, lr, -5, 300, stride, wrong);
        compare_fill<float>(what, lr, 0, 70, stride, wrong);
    }
    for (const step_t first : {lowest, step_t{-1}, step_t{3}, endless - 4, endless})
        for (const step_t stride : {step_t{1}, endless / 2, endless})
            compare_fill<double>(what, lr, first, 10, stride, wrong);
}

}  // namespace

TEST_CASE("join: a piece starts at its boundary and counts from its own start") {
    BOTH_CHECK(join(rise, v(step_t{2}), up_and_down)(v(step_t{1})) == 1);
    BOTH_CHECK(join(rise, v(step_t{2}), up_and_down)(v(step_t{2})) == 0);
    BOTH_CHECK(join(rise, v(step_t{2}), up_and_down)(v(step_t{3})) == 2);
    BOTH_CHECK(join(level, v(step_t{2}), rise, v(step_t{5}), up_and_down)(v(step_t{4})) == 2);
    BOTH_CHECK(join(level, v(step_t{2}), rise, v(step_t{5}), up_and_down)(v(step_t{6})) == 2);
    BOTH_CHECK(join(level, v(step_t{2}), rise)(v(step_t{-9})) == 3);
}

TEST_CASE("join: one piece is that piece, and pieces of no length vanish") {
    BOTH_CHECK(join(up_and_down)(v(step_t{5})) == 6);
    BOTH_CHECK(join(level, v(step_t{0}), up_and_down)(v(step_t{0})) == 0);
    BOTH_CHECK(join(level, v(step_t{0}), up_and_down)(v(step_t{-3})) == 0);
    BOTH_CHECK(join(rise, v(step_t{2}), level, v(step_t{2}), up_and_down)(v(step_t{2})) == 0);
}

TEST_CASE("join: its length is where the last piece ends") {
    BOTH_CHECK(join(level, v(step_t{5}), up_and_down).total_steps() == 13);
    BOTH_CHECK(join(up_and_down, v(step_t{5}), level).total_steps() == endless);
    BOTH_CHECK(join(level, v(endless - 5), up_and_down).total_steps() == endless);
}

TEST_CASE("join: boundaries must not be negative or decrease") {
    CHECK(refused([] { return join(level, -1, rise); }) == "at");
    CHECK(refused([] { return join(level, 3, rise, 2, level); }) == "at");
    CHECK(refused([] { return join(level, 3, rise, 3, level); }).empty());
}

TEST_CASE("scale") {
    BOTH_CHECK(scale(up_and_down, v(0.5))(v(step_t{4})) == 4);
    BOTH_CHECK(scale(up_and_down, v(1.0))(v(step_t{5})) == 6);
    BOTH_CHECK(scale(up_and_down, v(0.0))(v(step_t{5})) == 0);
    BOTH_CHECK(scale(up_and_down, v(0.5)).total_steps() == 8);
    CHECK(refused([] { return scale(level, -0.5); }) == "factor");
}

TEST_CASE("clamp") {
    BOTH_CHECK(clamp(up_and_down, v(1.0), 5.0)(v(step_t{0})) == 1);
    BOTH_CHECK(clamp(up_and_down, v(1.0), 5.0)(v(step_t{2})) == 4);
    BOTH_CHECK(clamp(up_and_down, 1.0, v(5.0))(v(step_t{4})) == 5);
    BOTH_CHECK(clamp(up_and_down, 1.0, v(5.0)).total_steps() == 8);
    BOTH_CHECK(clamp(up_and_down, v(2.0), v(2.0))(v(step_t{4})) == 2);
    CHECK(refused([] { return clamp(level, -1, 1); }) == "lowest");
    CHECK(refused([] { return clamp(level, 0, -1); }) == "highest");
    CHECK(refused([] { return clamp(level, 2, 1); }) == "lowest");
}

TEST_CASE("advance") {
    BOTH_CHECK(advance(up_and_down, v(step_t{2}))(v(step_t{0})) == 4);
    BOTH_CHECK(advance(up_and_down, v(step_t{2}))(v(step_t{-1})) == 4);
    BOTH_CHECK(advance(up_and_down, v(step_t{2}))(v(endless)) == 0);
    BOTH_CHECK(advance(up_and_down, v(step_t{2})).total_steps() == 6);
    BOTH_CHECK(advance(up_and_down, v(step_t{20})).total_steps() == 0);
    BOTH_CHECK(advance(level, v(step_t{20})).total_steps() == endless);
    CHECK(refused([] { return advance(level, -1); }) == "by");
}

TEST_CASE("lambdas are pieces like others") {
    CHECK(join(level, 10, falling)(10) == 1);
    CHECK(join(level, 10, falling)(13) == 0.25);
    CHECK(pacer::scale(falling, 8)(1) == 4);
    CHECK(join(level, 10, falling).total_steps() == endless);
}

TEST_CASE("any_schedule is a piece like others") {
    const pacer::any_schedule<double> held = up_and_down;
    CHECK(join(held, 3, level)(2) == 4);
    CHECK(join(level, 3, held)(5) == 4);
    CHECK(scale(held, 0.5)(4) == 4);
}

TEST_CASE("pieces of different precision give the wider one") {
    const pacer::constant<float> narrow{{.peak_lr = 0.1F}};
    STATIC_REQUIRE(std::is_same_v<decltype(join(narrow, 1, level)(0)), double>);
    STATIC_REQUIRE(std::is_same_v<decltype(scale(narrow, 2)(0)), float>);
    CHECK(join(narrow, 1, level)(0) == static_cast<double>(0.1F));
}

TEST_CASE("every operator is its formula, for every step, in calls and in fill") {
    support::complaints wrong;
    const auto f = [](step_t step) { return up_and_down(step); };
    const pacer::cosine<float> narrow{{.peak_lr = 0.1F, .total_steps = 90}};
    const pacer::cosine curve{{.peak_lr = 0.1, .total_steps = 90, .warmup = pacer::warmup_steps(7)}};
    const auto n = [&](step_t step) { return static_cast<double>(narrow(step)); };

    compare(
        "join", join(up_and_down, 5, curve), [&](step_t s) { return s < 5 ? f(s) : curve(s - 5); }, wrong);
    compare("join of one", join(counting), counting, wrong);
    compare(
        "join of functions", join(counting, 3, falling), [](step_t s) { return s < 3 ? counting(s) : falling(s - 3); },
        wrong);
    compare("join from 0", join(counting, 0, falling), falling, wrong);
    compare(
        "scale", pacer::scale(counting, 0.5), [](step_t s) { return counting(s) * 0.5; }, wrong);
    compare(
        "scale of floats", pacer::scale(narrow, 0.3F), [&](step_t s) { return narrow(s) * 0.3F; }, wrong);
    compare("scale by 1", pacer::scale(counting, 1), counting, wrong);
    compare(
        "clamp", pacer::clamp(counting, 110, 150),
        [](step_t s) { return s < 10   ? 110.0
                              : s > 50 ? 150.0
                                       : counting(s); }, wrong);
    compare(
        "advance", pacer::advance(curve, 3), [&](step_t s) { return curve(s < endless - 3 ? s + 3 : endless); }, wrong);
    compare("advance by 0", pacer::advance(counting, 0), counting, wrong);
    compare(
        "advance to the end", pacer::advance(counting, endless), [](step_t) { return counting(endless); }, wrong);
    compare(
        "advance twice", pacer::advance(pacer::advance(curve, endless), 1), [](step_t) { return 0.0; }, wrong);
    compare(
        "delay", pacer::delay(counting, 4), [](step_t s) { return counting(s < 4 ? 0 : s - 4); }, wrong);
    compare("delay by 0", pacer::delay(counting, 0), counting, wrong);
    compare(
        "delay for ever", pacer::delay(counting, endless), [](step_t) { return 100.0; }, wrong);
    for (const step_t n_ : {step_t{1}, step_t{2}, step_t{7}, step_t{100}, endless / 2, endless})
        compare(
            "every", pacer::every(n_, counting), [=](step_t s) { return counting(s / n_); }, wrong);
    compare(
        "every tick of a curve", pacer::every(3, curve), [&](step_t s) { return curve(s / 3); }, wrong);
    compare(
        "repeat", pacer::repeat(up_and_down), [&](step_t s) { return f(s % 8); }, wrong);
    compare(
        "repeat three times", pacer::repeat(up_and_down, 3), [&](step_t s) { return f(s < 16 ? s % 8 : s - 16); },
        wrong);
    compare("repeat once", pacer::repeat(curve, 1), curve, wrong);
    compare(
        "repeat with falling peaks", pacer::repeat(up_and_down, {.times = 4, .scale = 0.5}),
        [&](step_t s) {
            const step_t k = s < 24 ? s / 8 : 3;
            return f(s - 8 * k) / static_cast<double>(1 << k);
        },
        wrong);
    compare(
        "product", pacer::product(curve, counting), [&](step_t s) { return curve(s) * counting(s); }, wrong);
    compare(
        "product of two types", pacer::product(narrow, curve), [&](step_t s) { return n(s) * curve(s); }, wrong);
    compare(
        "sum", pacer::sum(curve, falling), [&](step_t s) { return curve(s) + falling(s); }, wrong);
    compare(
        "sum of floats", pacer::sum(narrow, narrow), [&](step_t s) { return narrow(s) + narrow(s); }, wrong);
    compare(
        "sum inside scale", pacer::scale(pacer::sum(curve, falling), 0.3),
        [&](step_t s) { return (curve(s) + falling(s)) * 0.3; }, wrong);
    compare(
        "cooldown", pacer::cooldown(curve, 20, 40, 0.001),
        [&, down = pacer::ramp<>(curve(20), 0.001, 40)](step_t s) { return s < 20 ? curve(s) : down(s - 20); }, wrong);
    compare(
        "cooldown at once", pacer::cooldown(counting, 0, 0, 7), [](step_t) { return 7.0; }, wrong);
    compare(
        "blend over none", pacer::blend(counting, 6, 0, falling),
        [](step_t s) { return s < 6 ? counting(s) : falling(s); }, wrong);
    compare(
        "blend", pacer::blend(curve, 10, 80, counting),
        [&](step_t s) {
            return s < 10    ? curve(s)
                   : s >= 90 ? counting(s)
                             : pacer::detail::weighted_mean(curve(s), counting(s), static_cast<double>(s - 10),
                                                            static_cast<double>(90 - s));
        },
        wrong);
    CHECK(wrong.text() == "");
}

TEST_CASE("repeat: growing peaks are refused, every cycle starts exactly") {
    BOTH_CHECK(pacer::repeat(fall)(v(step_t{30})) == 0.1);
    BOTH_CHECK(pacer::repeat(fall)(v(step_t{9'000'000'000'000'000'000})) == 0.1);
    BOTH_CHECK(pacer::repeat(fall, v(3))(v(step_t{30})) == 0);
    BOTH_CHECK(pacer::repeat(fall, v(3)).total_steps() == 30);
    BOTH_CHECK(pacer::repeat(fall).total_steps() == endless);
    BOTH_CHECK(pacer::repeat(fall, endless / 2).total_steps() == endless);
    CHECK(refused([] { return pacer::repeat(fall, 0); }) == "times");
    CHECK(refused([] { return pacer::repeat(fall, {.scale = 1.5}); }) == "scale");
    CHECK(refused([] { return pacer::repeat(level); }) == "total_steps");
    CHECK(refused([] { return pacer::repeat(linear{{.peak_lr = 1, .total_steps = 0}}); }) == "total_steps");
}

TEST_CASE("every operator knows the length of its result") {
    BOTH_CHECK(join(rise, v(4), up).total_steps() == 104);
    BOTH_CHECK(pacer::delay(up_and_down, v(step_t{5})).total_steps() == 13);
    BOTH_CHECK(pacer::delay(up_and_down, v(endless)).total_steps() == endless);
    BOTH_CHECK(pacer::every(v(step_t{5}), up_and_down).total_steps() == 40);
    BOTH_CHECK(pacer::every(v(endless), up_and_down).total_steps() == endless);
    BOTH_CHECK(pacer::every(v(step_t{5}), level).total_steps() == endless);
    BOTH_CHECK(pacer::sum(up_and_down, up).total_steps() == v(100));
    BOTH_CHECK(pacer::product(up, level).total_steps() == v(endless));
    BOTH_CHECK(pacer::blend(level, v(5), 10, up_and_down).total_steps() == 15);
    BOTH_CHECK(pacer::blend(level, v(5), 1, up_and_down).total_steps() == 8);
    BOTH_CHECK(pacer::cooldown(level, v(50), 10, 0).total_steps() == 60);
    BOTH_CHECK(pacer::total_steps(pacer::scale(up, v(0.5))) == 100);
}

TEST_CASE("operators refuse what they cannot do") {
    CHECK(refused([] { return pacer::delay(level, -1); }) == "by");
    CHECK(refused([] { return pacer::every(0, level); }) == "n");
    CHECK(refused([] { return pacer::blend(level, -1, 5, rise); }) == "at");
    CHECK(refused([] { return pacer::blend(level, 1, -5, rise); }) == "over");
    CHECK(refused([] { return pacer::blend(level, endless, 5, rise); }) == "at");
    CHECK(refused([] { return pacer::cooldown(level, -1, 5, 0); }) == "at");
    CHECK(refused([] { return pacer::cooldown(level, 1, 5, -1); }) == "to");
}

TEST_CASE("cooldown and blend are exact where they begin and end") {
    BOTH_CHECK(pacer::cooldown(slow_fall, 30, 20, 0.001)(v(step_t{30})) == slow_fall(30));
    BOTH_CHECK(pacer::cooldown(slow_fall, 30, 20, 0.001)(v(step_t{50})) == 0.001);
    BOTH_CHECK(pacer::cooldown(slow_fall, 30, 20, 0.001, pacer::ramp_shape::one_minus_sqrt)(v(endless)) == 0.001);
    BOTH_CHECK(pacer::blend(slow_fall, 30, 20, rise)(v(step_t{30})) == slow_fall(30));
    BOTH_CHECK(pacer::blend(slow_fall, 30, 20, rise)(v(step_t{50})) == 4);
}

// What is said of functions of the user's that return no rates is not promised under -ffast-math, which knows none such.
#ifndef __FAST_MATH__
TEST_CASE("a rate that is none stays visible, and never becomes a larger one") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr double most = std::numeric_limits<double>::max();
    const auto always = [](double rate) { return [rate](step_t) { return rate; }; };
    const auto nan = always(std::numeric_limits<double>::quiet_NaN());
    const auto is_nan = [](double x) { return x != x; };
    std::vector<double> rates(70);
    const auto everywhere = [&](const auto& lr, const auto& holds) {
        pacer::fill(lr, 0, rates);
        for (const double rate : rates)
            if (!holds(rate))
                return false;
        return static_cast<bool>(holds(static_cast<double>(lr(0))));
    };

    for (const double factor : {0.0, 1e-3, 1.0, 1e3})
        CHECK(everywhere(pacer::scale(nan, factor), is_nan));
    CHECK(everywhere(pacer::clamp(nan, 0, 1), is_nan));
    CHECK(everywhere(pacer::product(nan, level), is_nan));
    CHECK(everywhere(pacer::sum(level, nan), is_nan));
    CHECK(everywhere(pacer::blend(nan, 0, 1000, level), is_nan));
    CHECK(everywhere(join(nan, 1, nan), is_nan));
    CHECK(everywhere(pacer::every(2, nan), is_nan));

    const auto is = [](double want) { return [want](double rate) { return rate == want; }; };
    CHECK(everywhere(pacer::scale(always(-1e300), 1e300), is(-most)));
    CHECK(everywhere(pacer::scale(always(1e300), 1e300), is(most)));
    CHECK(everywhere(pacer::scale(always(infinity), 1), is(infinity)));
    CHECK(everywhere(pacer::scale(always(-infinity), 0.5), is(-infinity)));
    CHECK(everywhere(pacer::scale(always(-2.0), 0.5), is(-1)));
    CHECK(everywhere(pacer::clamp(always(-2.0), 0.5, 1), is(0.5)));
    CHECK(everywhere(pacer::clamp(always(infinity), 0.5, 1), is(1)));
    CHECK(everywhere(pacer::sum(always(1.5e308), always(1.5e308)), is(most)));
    CHECK(everywhere(pacer::product(always(-1e200), always(1e200)), is(-most)));
    CHECK(everywhere(pacer::scale([](step_t) { return 3e38F; }, 2.0F),
                     is(static_cast<double>(std::numeric_limits<float>::max()))));
}
#endif

TEST_CASE("a function of the user's in the standard library is no reason to look for operators there") {
    const std::function<double(step_t)> held = counting;
    CHECK(join(held, 3, held, 5, held)(6) == 101);
    CHECK(pacer::scale(pacer::clamp(pacer::advance(held, 2), 0, 1000), 0.5)(4) == 53);
    CHECK(pacer::blend(held, 2, 2, pacer::delay(held, 1))(9) == 108);
    CHECK(pacer::every(2, pacer::sum(held, pacer::product(held, held)))(1) == 10100);
}

TEST_CASE("fill of operators in a constant expression") {
    constexpr auto rates = [] {
        const auto lr = pacer::sum(pacer::every(2, rise), pacer::product(level, pacer::blend(level, 1, 2, rise)));
        struct {
            double filled[8]{};
            bool same = true;
        } result;
        pacer::fill(lr, -1, result.filled);
        for (step_t j = 0; j < 8; ++j)
            result.same = result.same && result.filled[j] == lr(j - 1);
        return result;
    }();
    STATIC_REQUIRE(rates.same);
    STATIC_REQUIRE(rates.filled[1] == 9);
}
