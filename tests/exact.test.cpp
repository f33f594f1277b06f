// SPDX-License-Identifier: MIT
#include "../bench/by_hand.hpp"
#include "support/error_of.hpp"
#include "support/golden.hpp"
#include "support/rounded_reference.hpp"
#include "support/schedules.hpp"
#include "support/stopwatch.hpp"

#include <pacer/exact.hpp>
#include <pacer/fill.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

using pacer::exact;
using pacer::exact_ramp;
using pacer::step_t;
using pacer::warmup_steps;
using support::error_of;

namespace shapes = pacer::shapes;

namespace {

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

double computed(const std::string& curve, double a, double b, step_t n, step_t x) {
    if (curve == "linear")
        return exact_ramp<>(a, b, n)(x);
    if (curve == "cosine")
        return exact_ramp<shapes::cosine>(a, b, n)(x);
    return exact_ramp<shapes::power>(a, b, n, {support::number(curve.substr(sizeof "power:" - 1))})(x);
}

constexpr auto brief = exact{pacer::cosine_with_min_lr{
    {.peak_lr = 5e-5, .min_lr = 1e-5, .total_steps = 12'000, .warmup = pacer::warmup_ratio(0.03)}}};

}  // namespace

TEST_CASE("exact: a schedule as good as any other") {
    static_assert(pacer::Schedule<decltype(brief)>);
    static_assert(std::is_trivially_copyable_v<decltype(brief)>);
    static_assert(
        std::is_same_v<pacer::rate_t<decltype(exact{pacer::cosine<float>{{.peak_lr = 1, .total_steps = 9}}})>, float>);
    STATIC_REQUIRE(noexcept(brief(0)));
    CHECK(brief.total_steps() == 12'000);
    CHECK(brief.warmup_steps() == 360);
    CHECK(brief.params().min_lr.value() == 1e-5);
    const pacer::any_schedule<double> any = brief;
    CHECK(any(5000) == brief(5000));
    CHECK(pacer::join(brief, 6000, brief)(6360) == 5e-5);
}

TEST_CASE("exact takes the schedules that the catalogue says, and no other") {
    support::for_each_named([](auto row) {
        INFO(row.name);
        using schedule = decltype(row.template make<double>(support::settings{}));
        STATIC_REQUIRE(pacer::ExactlyRoundable<schedule> == row.exactly_roundable);
    });
}

TEST_CASE("exact: the same at compile time as at run time, and exact where it can be") {
    BOTH_CHECK(brief(v(step_t{0})) == 0 && brief(v(step_t{360})) == 5e-5 && brief(v(step_t{12'000})) == 1e-5);
    BOTH_CHECK(brief(v(step_t{180})) == 2.5e-5);
    // The nearest doubles to 3 values, by mpmath
    BOTH_CHECK(exact_ramp<shapes::cosine>(1, 0, 7)(v(step_t{1})) == 0x1.e6a5e54e5ae38p-1);
    BOTH_CHECK(exact_ramp<>(1, 0, 7)(v(step_t{1})) == 6.0 / 7);
    BOTH_CHECK(exact_ramp<shapes::power>(1, 0, 7, {3})(v(step_t{1})) == 216.0 / 343);
    // Near enough to the middle of two doubles that one word does not decide: the three ways to decide.
    BOTH_CHECK(exact_ramp<>(1 + 0x1p-52, 0, 2)(v(step_t{1})) == 0.5 + 0x1p-53);
    BOTH_CHECK(exact_ramp<>(1 + 0x1p-52, 1, 2)(v(step_t{1})) == 1);
    BOTH_CHECK(exact_ramp<>(1 + 0x1p-51, 1 + 0x1p-52, 2)(v(step_t{1})) == 1 + 0x1p-51);
    BOTH_CHECK(exact_ramp<shapes::cosine>(1 + 0x1p-52, 1, 2)(v(step_t{1})) == 1);
    BOTH_CHECK(exact_ramp<shapes::cosine>(1 + 0x1p-50, 1 + 0x1p-51, 3)(v(step_t{1})) == 1 + 0x1p-50);
    BOTH_CHECK(exact_ramp<shapes::power>(0x1p-1073, 0, 2, {2})(v(step_t{1})) == 0);
    // In constant expressions, what is decided by 128 bits.
    constexpr double peak = 5e-5;
    constexpr exact_ramp<shapes::cosine> ramp(peak, peak / 10, 990'000);
    for (const step_t step : {step_t{1}, step_t{77}, step_t{330'001}, step_t{495'000}, step_t{989'999}})
        CHECK(ramp(step) > 0);
}

TEST_CASE("exact: every value is the nearest double") {
    std::map<std::string, int> rows;
    support::complaints wrong;
    const auto check = [&](const std::vector<std::string>& row, const std::string& nearest) {
        const double a = support::number(row[1]);
        const double b = support::number(row[2]);
        const double value = computed(row[0], a, b, support::count(row[3]), support::count(row[4]));
        ++rows[row[0]];
        if (!same_bits(value, support::number(nearest)))
            wrong.add(row[0], ' ', row[1], ' ', row[2], " n ", row[3], " x ", row[4], ": ", value, ", not ", nearest);
    };
    // exact.csv has ties, subnormal numbers, the longest ramps, and rates that are far apart.
    for (const auto& row : support::golden("exact.csv", 6))
        check(row, row[5]);
    for (const auto& row : support::golden("reference.csv", 7)) {
        const bool falling = support::number(row[1]) >= support::number(row[2]);
        if (row[0] == "linear" || row[0] == "cosine" || (falling && (row[0] == "power:2" || row[0] == "power:3")))
            check(row, row[5]);
    }
    CHECK(wrong.text() == "");
    CHECK(rows["linear"] > 1500);
    CHECK(rows["cosine"] > 1500);
    CHECK(rows["power:2"] > 1000);
}

#if defined(__SIZEOF_FLOAT128__) && !defined(__FAST_MATH__)  // which would undo the reference

namespace {

// Counts what the reference decides, and complains of what is not it.
struct sweep {
    support::complaints wrong;
    std::uint64_t decided = 0;
    std::uint64_t undecided = 0;

    void compare(const char* curve, double from, double to, step_t n, step_t x, double value,
                 std::optional<double> nearest) {
        if (!nearest) {
            ++undecided;
            return;
        }
        ++decided;
        if (!same_bits(value, *nearest))
            wrong.add(curve, " from ", from, " to ", to, " n ", n, " x ", x, ": ", value, ", not ", *nearest);
    }

    void linear(const exact_ramp<>& ramp, double from, double to, step_t n, step_t x) {
        compare("linear", from, to, n, x, ramp(x),
                support::nearest_linear(from, to, static_cast<std::uint64_t>(x), static_cast<std::uint64_t>(n)));
    }
    void cosine(const exact_ramp<shapes::cosine>& ramp, double from, double to, step_t n, step_t x) {
        compare("cosine", from, to, n, x, ramp(x),
                support::nearest_cosine(from, to, static_cast<std::uint64_t>(x), static_cast<std::uint64_t>(n)));
    }
    void power(const exact_ramp<shapes::power>& ramp, double from, double to, step_t n, step_t x, int p) {
        compare("power", from, to, n, x, ramp(x),
                support::nearest_power(from, to, static_cast<std::uint64_t>(x), static_cast<std::uint64_t>(n), p));
    }
};

// Random ramps, some steps of each: anywhere, near the ends and near the middle.
void random_sweep(sweep& found, std::uint64_t points, std::uint64_t seed) {
    support::dice roll(seed);
    constexpr int steps = 16;
    for (std::uint64_t k = 0; k < points; k += steps) {
        const step_t most = step_t{1} << (1 + roll() % 53);
        const step_t n = roll.up_to(most - 1) + 1;
        const double from = (1 + roll.fraction()) * std::ldexp(1.0, -static_cast<int>(roll() % 30));
        const double to = roll() % 3 == 0 ? 0 : from * (roll.fraction() * 0.99 + 0.001);
        const bool rising = roll() % 4 == 0;
        const int p = 2 + static_cast<int>(roll() % 7);
        const exact_ramp<> linear(rising ? to : from, rising ? from : to, n);
        const exact_ramp<shapes::cosine> cosine(rising ? to : from, rising ? from : to, n);
        const exact_ramp<shapes::power> power(from, to, n, {static_cast<double>(p)});
        const auto kind = roll() % 8;
        for (int step = 0; step < steps; ++step) {
            const step_t near = roll.up_to(std::min<step_t>(n, step_t{1} << (roll() % 54)));
            const auto where = roll() % 4;
            const step_t x = where == 0   ? near
                             : where == 1 ? n - near
                             : where == 2 ? std::min(n, n / 2 + near / 2)
                                          : roll.up_to(n);
            if (kind == 0)
                found.linear(linear, rising ? to : from, rising ? from : to, n, x);
            else if (kind == 1)
                found.power(power, from, to, n, x, p);
            else
                found.cosine(cosine, rising ? to : from, rising ? from : to, n, x);
        }
    }
}

}  // namespace

TEST_CASE("exact: all of short ramps, ties as well") {
    sweep found;
    const double odd = 1 + 0x1p-52;
    for (const auto& [from, to] :
         {std::pair{1.0, 0.0}, std::pair{odd, 0.0}, std::pair{odd, 0.1}, std::pair{5e-5, 5e-6}, std::pair{0.0, 3e-4},
          std::pair{odd, 1 - 0x1p-53}, std::pair{0x1p-3, odd}, std::pair{1e-3, 0.000999}})
        for (step_t n = 1; n <= 150; ++n) {
            const exact_ramp<> linear(from, to, n);
            const exact_ramp<shapes::cosine> cosine(from, to, n);
            for (step_t x = 0; x <= n; ++x) {
                found.linear(linear, from, to, n, x);
                found.cosine(cosine, from, to, n, x);
            }
        }
    CHECK(found.wrong.text() == "");
    CHECK(found.undecided == 0);
    CHECK(found.decided > 180'000);
}

TEST_CASE("exact: random ramps") {
    sweep found;
    random_sweep(found, 100'000, 7);
    CHECK(found.wrong.text() == "");
    CHECK(found.undecided < 400);  // ties of powers
    CHECK(found.decided > 99'000);
}

TEST_CASE("exact: 100 million values of random ramps", "[.slow]") {
    sweep found;
    random_sweep(found, 100'000'000, 8);
    WARN(found.decided << " values, and " << found.undecided << " that the reference does not decide");
    CHECK(found.wrong.text() == "");
    CHECK(found.undecided < 400'000);
}

#endif

// ---------------------------------------------------------------------------------------------------------------------

namespace {

// check(row, exact schedule, the schedule, settings) for every row of the table that can be exact
template <class Check>
void for_all_exact(Check check) {
    support::for_each_schedule([&](auto row) {
        const auto one = [&](support::settings s) {
            if (s.warmup_shape != pacer::ramp_shape::cosine)
                s.warmup_shape = pacer::ramp_shape::linear;  // the other that can be exact
            if (s.decay_shape != pacer::ramp_shape::cosine)
                s.decay_shape = pacer::ramp_shape::linear;
            const auto lr = row.template make<double>(s);
            if constexpr (pacer::ExactlyRoundable<decltype(lr)>) {
                if (!pacer::detail::check_exact(lr.params()))
                    check(row, exact(lr), lr, s);
            }
        };
        support::for_small_settings(row, one);
        support::for_large_settings(row, one);
    });
}

std::vector<step_t> some_steps(const support::settings& s) {
    std::vector<step_t> steps{support::first_ever_step, -1, support::last_step - 1, support::last_step};
    for (const step_t middle : {step_t{3}, s.warmup_updates(), s.total / 3, s.total / 2, s.total - s.decay, s.total,
                                2 * std::min(s.total, pacer::longest)})
        for (step_t step = std::max<step_t>(0, middle - 3); step < middle && step >= 0; ++step)
            for (const step_t ahead : {step_t{0}, step_t{3}})
                if (step <= support::last_step - ahead)
                    steps.push_back(step + ahead);
    return steps;
}

}  // namespace

TEST_CASE("exact: every schedule is its formula, to half a unit of its last place") {
    support::complaints wrong;
    std::map<std::string, int> asked;
    for_all_exact([&](auto row, const auto& lr, const auto& plain, const support::settings& s) {
        const support::facts known = row.know(s);
        if (lr.total_steps() != plain.total_steps())
            wrong.add(row.name, " total ", lr.total_steps());
        for (const support::landmark& mark : known.exact)
            if (!(lr(mark.step) == mark.rate))
                wrong.add(row.name, describe(s), "lr(", mark.step, ") is ", lr(mark.step), ", not ", mark.rate);
        for (const step_t step : some_steps(s)) {
            const double rate = lr(step);
            if (!(rate >= known.lowest && rate <= known.highest))
                wrong.add(row.name, describe(s), "lr(", step, ") is ", rate, ", out of bounds");
            if (step < 0 && !(rate == lr(0)))
                wrong.add(row.name, describe(s), "lr(", step, ") is not lr(0)");
            if (step < 0 || step >= std::min(known.total, s.total))
                continue;
            const std::optional<long double> want = known.closed_form(step);
            if (!want)
                continue;
            ++asked[row.name];
            const auto off = static_cast<double>(rate > *want ? rate - *want : *want - rate);
            // Half a unit, and what the long double formula is off itself (more where it cancels).
            const double allowed = known.value_ulps > 0 ? 0.51 * support::ulp(static_cast<double>(*want))
                                                        : (0.51 + s.waves) * support::ulp(known.highest);
#ifdef __FAST_MATH__
            constexpr double slack = 4;
#else
            constexpr double slack = 1;
#endif
            if (!(off <= slack * allowed))
                wrong.add(row.name, describe(s), "lr(", step, ") is ", rate, ", not ", *want, ": off by ",
                          off / support::ulp(rate), " ULP");
        }
    });
    CHECK(wrong.text() == "");
    CHECK(asked.size() == 10);
    for (const auto& [name, count] : asked)
        CHECK(count > 1000);
}

TEST_CASE("exact: past the end, what the schedule itself does") {
    support::complaints wrong;
    int asked = 0;
    for_all_exact([&](auto row, const auto& lr, const auto&, const support::settings& s) {
        if (s.total == 0 || s.total > pacer::longest / 4)
            return;
        for (const step_t step : {step_t{0}, s.warmup_updates() % s.total, s.total / 2, s.total - 1}) {
            ++asked;
            if (s.past == pacer::past_end::repeat && !(lr(step + 1000 * s.total) == lr(step)))
                wrong.add(row.name, describe(s), step, " does not repeat");
            if (s.past == pacer::past_end::zero && !(lr(step + s.total) == 0))
                wrong.add(row.name, describe(s), step, " is not 0");
            if (s.past == pacer::past_end::hold && !(lr(step + s.total) == lr(s.total)))
                wrong.add(row.name, describe(s), step, " is not held");
        }
    });
    CHECK(wrong.text() == "");
    CHECK(asked > 50'000);
    // A wave comes back to where it was, however far.
    constexpr exact wave{pacer::cosine{{.peak_lr = 0.3,
                                        .num_cycles = 1.5,
                                        .total_steps = 107,
                                        .warmup = warmup_steps(7),
                                        .past_end = pacer::past_end::wave}}};
    for (step_t step = 7; step <= 107; ++step) {
        CHECK(wave(step + 200) == wave(step));
        CHECK(wave(step + 200 * 1'000'000'000'000'000) == wave(step));
        CHECK(wave(214 - step) == wave(step));
    }
    CHECK(wave(107) == 0);
    CHECK(wave(207) == 0.3);
}

TEST_CASE("exact: monotone, also where doubles are as dense as steps") {
    const auto turns = [](const auto& ramp, double from, double to, step_t n) {
        int found = 0;
        for (const double where : {0.0, 0.25, 1.0 / 3, 0.5, 2.0 / 3, 0.9, 1.0}) {
            const auto middle = static_cast<step_t>(static_cast<double>(n) * where);
            for (step_t x = std::max<step_t>(0, middle - 500); x < std::min(n, middle + 500); ++x)
                found += from > to ? ramp(x) < ramp(x + 1) : ramp(x) > ramp(x + 1);
        }
        return found;
    };
    for (const step_t n : {step_t{1'000}, step_t{100'003}, pacer::longest - 1, pacer::longest})
        for (const auto& [from, to] : {std::pair{1.0, 0.0}, std::pair{0.0, 1.0}, std::pair{1.0, 0.1},
                                       std::pair{3e-5, 7e-4}, std::pair{1.0, 1.0 - 0x1p-52}, std::pair{1e-320, 0.0}}) {
            CHECK(turns(exact_ramp<>(from, to, n), from, to, n) == 0);
            CHECK(turns(exact_ramp<shapes::cosine>(from, to, n), from, to, n) == 0);
            if (from > to)
                CHECK(turns(exact_ramp<shapes::power>(from, to, n, {3}), from, to, n) == 0);
        }
}

TEST_CASE("exact: a float schedule is the exact double rounded once") {
    const pacer::cosine_with_min_lr_params<float> narrow{
        .peak_lr = 0.3F, .min_lr = 0.1F, .total_steps = 1000, .warmup = warmup_steps(100)};
    const pacer::cosine_with_min_lr_params<double> wide{
        .peak_lr = 0.3F, .min_lr = 0.1F, .total_steps = 1000, .warmup = warmup_steps(100)};
    const exact single(pacer::cosine_with_min_lr<float>{narrow});
    const exact twice(pacer::cosine_with_min_lr<double>{wide});
    for (step_t step = 0; step <= 1001; ++step)
        CHECK(single(step) == static_cast<float>(twice(step)));
}

TEST_CASE("exact: what cannot be exact is refused") {
    CHECK(error_of([] {
              exact never(pacer::cosine{
                  {.peak_lr = 1.0, .total_steps = 10, .warmup = pacer::warmup_ratio(0.25, pacer::rounding::exact)}});
              (void)never;
          }) == "pacer: warmup = 2.5: must be a whole number of updates to be exact");
    CHECK(error_of([] {
              exact never(pacer::cosine{{.peak_lr = 1.0, .num_cycles = 0.75, .total_steps = 10}});
              (void)never;
          }) == "pacer: num_cycles = 0.75: must be a multiple of 1/2 to be exact");
    for (const double power : {0.5, 1.5, 33.0, 1e300})
        CHECK_THROWS_AS(exact(pacer::polynomial{{.peak_lr = 1.0, .power = power, .total_steps = 10}}),
                        pacer::invalid_schedule);
    CHECK(error_of([] {
              exact never(pacer::polynomial{{.peak_lr = 1.0, .power = 0.9, .total_steps = 10}});
              (void)never;
          }) == "pacer: power = 0.9: must be a whole number from 1 to 32 to be exact");
    CHECK(error_of([] {
              exact never(pacer::warmup_stable_decay{
                  {.peak_lr = 1.0, .decay_steps = 5, .total_steps = 10, .decay_shape = pacer::ramp_shape::half_life}});
              (void)never;
          }) == "pacer: decay_shape = ramp_shape::half_life: must be linear or cosine to be exact");
    CHECK(error_of([] { (void)exact_ramp<>(-2, 0, 10); }) == "pacer: from = -2: must be a finite rate of 0 or more");
    CHECK(error_of([] { (void)exact_ramp<>(1, 0, -5); }) ==
          "pacer: length = -5: must be a number of updates from 0 to 2^53 + 1");
    CHECK(error_of([] { (void)exact_ramp<shapes::power>(1, 2, 5, {2}); }) ==
          "pacer: to = 2: must be at most from for a power to be exact (1)");
    CHECK(exact(pacer::polynomial{{.peak_lr = 1.0, .power = 32, .total_steps = 2}})(1) == 0x1p-32);
}

// ---------------------------------------------------------------------------------------------------------------------

namespace {

// Whole curves, and curves with a stride, by every set of instructions, against the schedule itself.
template <class Out, class S>
void check_fill(support::complaints& wrong, const char* name, const S& lr, step_t first, step_t count, step_t stride) {
    std::vector<Out> rates(static_cast<std::size_t>(count));
    const int widest = static_cast<int>(pacer::detail::widest_instruction_set());
    for (int set = 0; set <= widest; ++set) {
        pacer::detail::fill_with(static_cast<pacer::detail::instruction_set>(set), lr, first, rates.data(), count,
                                 stride);
        for (step_t j = 0; j < count; ++j) {
            const step_t step = first + j * stride;
            const Out rate = rates[static_cast<std::size_t>(j)];
            if (std::bit_cast<std::uint64_t>(static_cast<double>(rate)) !=
                std::bit_cast<std::uint64_t>(static_cast<double>(static_cast<Out>(lr(step)))))
                wrong.add(name, " with set ", set, " from ", first, " by ", stride, ": lr(", step, ") is ", lr(step),
                          ", not ", rate);
        }
    }
}

}  // namespace

TEST_CASE("exact: fill writes the same bits") {
    support::complaints wrong;
    for (const step_t total : {step_t{100}, step_t{5'000}, step_t{60'000}, step_t{200'000}, step_t{1'000'003}})
        for (const double floor : {0.0, 1e-9, 0.1, 0.9999}) {
            const double peak = 0.3;
            const pacer::warmup warmup = warmup_steps(total / 50);
            const auto check = [&](const char* name, const auto& lr) {
                const step_t count = std::min<step_t>(total + 100, 250'000);
                check_fill<double>(wrong, name, lr, -5, count, 1);
                check_fill<double>(wrong, name, lr, total + 20 - count, count, 1);
                check_fill<double>(wrong, name, lr, 3, total / 7 + 10, 7);
            };
            check("cosine_with_min_lr",
                  exact{pacer::cosine_with_min_lr{
                      {.peak_lr = peak, .min_lr = peak * floor, .total_steps = total, .warmup = warmup}}});
            check("linear", exact{pacer::linear{
                                {.peak_lr = peak, .end_lr = peak * floor, .total_steps = total, .warmup = warmup}}});
            check("polynomial", exact{pacer::polynomial{{.peak_lr = peak,
                                                         .end_lr = peak * floor,
                                                         .power = 2,
                                                         .total_steps = std::min<step_t>(total, 5'000)}}});
            check("waves", exact{pacer::cosine_with_min_lr{{.peak_lr = peak,
                                                            .min_lr = peak * floor,
                                                            .num_cycles = 1.5,
                                                            .total_steps = total,
                                                            .past_end = pacer::past_end::wave}}});
            check("restarts", exact{pacer::cosine_with_restarts{
                                  {.peak_lr = peak, .min_lr = peak * floor, .num_cycles = 3, .total_steps = total}}});
            check("many restarts", exact{pacer::cosine_with_restarts{{.peak_lr = peak,
                                                                      .min_lr = peak * floor,
                                                                      .num_cycles = static_cast<double>(total / 2 + 1),
                                                                      .total_steps = std::min<step_t>(total, 5'000)}}});
            check("warmup_stable_decay",
                  exact{pacer::warmup_stable_decay{{.peak_lr = peak,
                                                    .min_lr = peak * floor,
                                                    .decay_steps = total / 2,
                                                    .total_steps = total,
                                                    .warmup = warmup,
                                                    .decay_shape = pacer::ramp_shape::cosine,
                                                    .warmup_shape = pacer::ramp_shape::cosine}}});
        }
    CHECK(wrong.text() == "");
}

TEST_CASE("exact: fill in a constant expression") {
    static constexpr auto table = [] {
        std::array<double, 7> rates{};
        pacer::fill(brief, -2, std::span<double>(rates), 100);
        return rates;
    }();
    for (step_t j = 0; j < 7; ++j)
        CHECK(table[static_cast<std::size_t>(j)] == brief(-2 + 100 * j));
}

TEST_CASE("exact: fill of floats, of compositions, of very long and very small schedules") {
    support::complaints wrong;
    const exact lr{pacer::cosine{{.peak_lr = 0.3, .total_steps = 300'000, .warmup = warmup_steps(1'000)}}};
    check_fill<float>(wrong, "float", lr, 0, 300'000, 1);
    check_fill<double>(wrong, "scale", pacer::scale(lr, 0.7), 0, 300'000, 1);
    check_fill<float>(wrong, "clamp", pacer::clamp(lr, 0.01, 0.2), 0, 300'000, 1);
    check_fill<double>(wrong, "join", pacer::join(lr, 123'456, lr), 0, 300'000, 1);
    const exact single{pacer::cosine<float>{{.peak_lr = 0.3F, .total_steps = 300'000}}};
    check_fill<float>(wrong, "single", single, 0, 300'000, 1);
    check_fill<double>(wrong, "single", single, 0, 300'000, 1);
    for (const step_t total : {pacer::longest, pacer::longest - 1, step_t{1} << 40})
        for (const double peak : {1.0, 1e-300, 5e-324, 1e308})
            for (const double floor : {0.0, 0.3}) {
                const exact far{
                    pacer::cosine_with_min_lr{{.peak_lr = peak, .min_lr = peak * floor, .total_steps = total}}};
                const exact line{pacer::linear{{.peak_lr = peak, .end_lr = peak * floor, .total_steps = total}}};
                for (const step_t stride : {step_t{1}, step_t{1'000'003}, total / 5'000})
                    for (const step_t first : {step_t{0}, total / 3, total / 2 - 1'000, total - 3'000}) {
                        check_fill<double>(wrong, "far", far, first, 5'000, stride);
                        check_fill<double>(wrong, "line", line, first, 5'000, stride);
                    }
            }
    CHECK(wrong.text() == "");
}

// ---------------------------------------------------------------------------------------------------------------------

namespace {

// Each step waits for the rate of the one before, as an optimizer does.
template <class S>
void wait_for_each(const S& lr, step_t first, step_t count) {
    const volatile step_t nothing = 0;
    const step_t none = nothing;
    volatile double last = 0;
    double rate = 0;
    for (step_t step = first; step < first + count; ++step) {
        rate = lr(step);
        step += std::bit_cast<step_t>(rate) & none;
    }
    last = rate;
    (void)last;
}

}  // namespace

TEST_CASE("exact: no slower than the formula by hand where it is waited for, and fill is faster", "[.slow]") {
    // From outside of what the compiler can see.
    const volatile double peak = 5e-5;
    const volatile step_t total = 10'000'000;
    const by_hand::cosine_with_min_lr<> formula{{peak, peak / 10, total / 100, total}};
    const exact lr{pacer::cosine_with_min_lr{
        {.peak_lr = peak, .min_lr = peak / 10, .total_steps = total, .warmup = warmup_steps(total / 100)}}};

    std::vector<double> waiting;
    constexpr step_t some = 10'000;
    for (step_t round = 0; round < 301; ++round) {
        const step_t first = round * 666'667 % (total - some);
        const double hand = support::nanoseconds(some, [&] { wait_for_each(formula, first, some); });
        waiting.push_back(support::nanoseconds(some, [&] { wait_for_each(lr, first, some); }) / hand);
    }
    std::vector<double> filling;
    std::vector<double> rates(static_cast<std::size_t>(total));
    for (int round = 0; round < 7; ++round) {
        const double hand = support::nanoseconds(total, [&] {
            for (step_t step = 0; step < total; ++step)
                rates[static_cast<std::size_t>(step)] = formula(step);
        });
        filling.push_back(support::nanoseconds(total, [&] { pacer::fill(lr, 0, rates); }) / hand);
    }
    WARN("of the time by hand: waited for " << support::median(waiting) << ", fill " << support::median(filling));
    CHECK(support::median(waiting) < 1.1);
    CHECK(support::median(filling) < 0.5);
}
