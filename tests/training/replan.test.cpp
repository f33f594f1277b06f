// SPDX-License-Identifier: MIT
#include "support/schedules.hpp"
#include "training/same.hpp"

#include <pacer/training/checkpoint.hpp>
#include <pacer/training/replan.hpp>
#include <pacer/training/resume.hpp>

#include <bit>
#include <cstdint>
#include <string>

namespace {

using pacer::cooldown_from;
using pacer::expression;
using pacer::extend;
using pacer::progress;
using pacer::ramp_shape;
using pacer::step_t;

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

template <class Act>
std::string reason(Act act) {
    try {
        static_cast<void>(act());
    } catch (const pacer::invalid_schedule& error) {
        return error.what();
    }
    return "accepted";
}

constexpr ramp_shape shapes[] = {ramp_shape::linear, ramp_shape::cosine, ramp_shape::one_minus_sqrt,
                                 ramp_shape::half_life};

}  // namespace

TEST_CASE("a cooldown decided late is the warmup_stable_decay that was planned so, to the bit") {
    for (const ramp_shape shape : shapes) {
        const pacer::warmup_stable_decay planned{{.peak_lr = 0.3,
                                                  .min_lr = 0.01,
                                                  .stable_steps = 60,
                                                  .decay_steps = 30,
                                                  .warmup = pacer::warmup_steps(10),
                                                  .decay_shape = shape}};
        const pacer::constant_with_warmup endless{{.peak_lr = 0.3, .warmup = pacer::warmup_steps(10)}};
        const expression late = cooldown_from(endless, 70, 30, shape, 0.01);
        for (step_t step = -1; step <= 120; ++step)
            REQUIRE(support::same(late(step), planned(step), 0.3));
        CHECK(late(support::last_step) == 0.01);
        CHECK(late.total_steps() == 100);
    }
}

TEST_CASE("a cooldown, by hand") {
    const pacer::linear lr{{.peak_lr = 1, .total_steps = 100}};
    const expression down = cooldown_from(lr, 50, 4, ramp_shape::linear, 0.1);
    CHECK(down(49) == 0.51);
    CHECK(down(50) == 0.5);
    CHECK(down(51) == Approx(0.4).epsilon(1e-15));
    CHECK(down(52) == Approx(0.3).epsilon(1e-15));
    CHECK(down(53) == Approx(0.2).epsilon(1e-15));
    CHECK(down(54) == 0.1);
    CHECK(down(support::last_step) == 0.1);
    CHECK(down.total_steps() == 54);
}

TEST_CASE("a cooldown of every schedule is exact at both ends and falls") {
    support::complaints wrong;
    support::dice roll(19);
    support::for_each_schedule([&](auto row) {
        if constexpr (pacer::NamedSchedule<decltype(row.template make<double>(support::settings{}))>) {
            support::for_large_settings(
                row,
                [&](const support::settings& s) {
                    const auto lr = row.template make<double>(s);
                    const step_t at = roll.up_to(std::min(s.total, pacer::longest));
                    const step_t over = roll.one_of<step_t>({1, 2, 100, 1 + roll.up_to(pacer::longest - 1)});
                    const double end = lr(at) * roll.one_of({0.0, 0.5, 1.0});
                    const expression c = cooldown_from(lr, at, over, roll.one_of(shapes), end);
                    for (const step_t before : {step_t{0}, at / 2, at - 1})
                        if (before < at && !support::same(c(before), lr(before), s.peak))
                            wrong.add(describe(s), "changed before the joint, at ", before);
                    if (!support::same(c(at), lr(at), s.peak) || c(at + over) != end || c(support::last_step) != end ||
                        c.total_steps() != at + over)
                        wrong.add(describe(s), "ends at ", at, " over ", over);
                    for (step_t k = 0; k < 40; ++k)
                        if (const step_t step = at + (k < 20 ? k : roll.up_to(over)); c(step + 1) > c(step))
                            wrong.add(describe(s), "rises at ", step);
                },
                150);
        }
    });
    CHECK(wrong.text() == "");
}

TEST_CASE("extend, by hand") {
    SECTION("a line goes on as a line") {
        const pacer::linear lr{{.peak_lr = 1, .total_steps = 100}};
        const expression c = extend(lr, 200, 50);
        CHECK(c(50) == 0.5);
        CHECK(c(51) == Approx(0.5 - 1.0 / 300).epsilon(1e-15));
        CHECK(c(125) == 0.25);
        CHECK(c(200) == 0);
        CHECK(c.total_steps() == 200);
    }
    SECTION("a shorter one too") {
        const pacer::linear lr{{.peak_lr = 1, .total_steps = 100}};
        const expression c = extend(lr, 60, 50);
        CHECK(c(50) == 0.5);
        CHECK(c(55) == Approx(0.25).epsilon(1e-15));
        CHECK(c(60) == 0);
    }
    SECTION("in the warm-up only what follows changes") {
        const pacer::linear lr{{.peak_lr = 1, .total_steps = 100, .warmup = pacer::warmup_ratio(0.2)}};
        const expression longer = extend(lr, 220, 20);
        CHECK(longer.name() == "linear");
        const pacer::linear planned{{.peak_lr = 1, .total_steps = 220, .warmup = pacer::warmup_steps(20)}};
        for (step_t step = 0; step <= 230; ++step)
            REQUIRE(support::same(longer(step), planned(step), 1));
    }
    SECTION("the stable part of warmup_stable_decay becomes longer, its decay does not") {
        const auto wsd = [](step_t stable) {
            return pacer::warmup_stable_decay{
                {.peak_lr = 1, .stable_steps = stable, .decay_steps = 20, .warmup = pacer::warmup_steps(10)}};
        };
        for (const step_t at : {0, 5, 10, 40, 80}) {
            const expression c = extend(wsd(70), 150, at);
            for (step_t step = 0; step <= 160; ++step)
                REQUIRE(support::same(c(step), wsd(120)(step), 1));
        }
        // Its decay, once begun, is stretched.
        const expression c = extend(wsd(70), 110, 90);
        CHECK(c(90) == 0.5);
        CHECK(c(100) == Approx(0.25).epsilon(1e-15));
        CHECK(c(110) == 0);
    }
    SECTION("a flat curve only gets a length") {
        const pacer::constant flat{{.peak_lr = 0.5}};
        CHECK(extend(flat, 70, 30).total_steps() == 70);
        CHECK(extend(flat, 70, 30)(30) == 0.5);
        const pacer::inverse_sqrt root{{.peak_lr = 1, .total_steps = 100, .warmup = pacer::warmup_steps(9)}};
        const expression c = extend(root, 200, 99);
        CHECK(support::same(c(99), root(99), 1));
        CHECK(support::same(c(150), pacer::inverse_sqrt{{.peak_lr = 1, .warmup = pacer::warmup_steps(9)}}(150), 1));
    }
    SECTION("of a restarted curve the total is a step of the run") {
        const expression later = pacer::delay(pacer::linear{{.peak_lr = 1, .total_steps = 100}}, 1000);
        const expression c = extend(later, 1200, 1050);
        CHECK(c(1050) == 0.5);
        CHECK(c(1125) == 0.25);
        CHECK(c(1200) == 0);
    }
}

TEST_CASE("extend at every step of every small schedule: no jump, down to the same end, never up") {
    support::complaints wrong;
    int extended = 0;
    int refused = 0;
    support::for_each_schedule([&](auto row) {
        if constexpr (pacer::NamedSchedule<decltype(row.template make<double>(support::settings{}))>) {
            support::for_small_settings(row, [&](const support::settings& s) {
                const auto lr = row.template make<double>(s);
                // What does not depend on the total has the same rates for any, and so another one at another end.
                const bool has_end = expression(lr).root()->reach().kept_until != pacer::endless ||
                                     std::string(row.name).starts_with("constant");
                for (step_t at = 0; at <= s.total; ++at)
                    for (const step_t total : {at + 1, s.total + 1, 2 * s.total + 5}) {
                        expression c = lr;
                        const std::string why = reason([&] { return c = extend(lr, total, at); });
                        if (why != "accepted") {
                            ++refused;
                            continue;
                        }
                        ++extended;
                        if (!support::same(c(at), lr(at), s.peak))
                            wrong.add(describe(s), row.name, " jumps at ", at, " to ", total, ": ", lr(at), ' ', c(at));
                        if (c.total_steps() != total)
                            wrong.add(describe(s), row.name, " total ", c.total_steps(), " is not ", total);
                        const bool holds = s.past == pacer::past_end::hold;
                        if (holds && s.waves == 0.5 && s.restarts == 1 && has_end && c(total) != lr(s.total))
                            wrong.add(describe(s), row.name, " extended at ", at, " ends at ", c(total));
                        if (c.name() == "rescale")
                            for (step_t step = at; step <= total; ++step)
                                if (c(step + 1) > c(step) || c(step) < c(total))
                                    wrong.add(describe(s), row.name, " extended at ", at, " rises at ", step);
                    }
            });
        }
    });
    CHECK(wrong.text() == "");
    CHECK(extended > 10'000);
    CHECK(refused > 1'000);
}

TEST_CASE("extended again and again, saved and resumed, the rate never jumps and the end is the end") {
    const expression curves[] = {
        pacer::cosine{{.peak_lr = 1, .total_steps = 1000}},
        pacer::linear{{.peak_lr = 1, .total_steps = 1000}},
        pacer::polynomial{{.peak_lr = 1, .total_steps = 1000}},
        pacer::cosine_with_restarts{{.peak_lr = 1, .total_steps = 1000}},
        pacer::hf::cosine_warmup_with_min_lr{{.peak_lr = 1, .min_lr = 0, .total_steps = 1000}},
    };
    for (expression lr : curves) {
        INFO(lr.name());
        progress at;
        step_t total = 1000;
        for (step_t k = 1; k <= 8; ++k) {
            at = progress({.updates = k * 100});
            total += 500;
            const double before = lr(at.updates());
            lr = extend(lr, total, at.updates());
            CHECK(lr.root()->depth() <= 1);
            CHECK(lr(at.updates()) == before);
            CHECK(lr(total) == 0);
            const pacer::checkpoint back = pacer::from_text(pacer::to_text({at, lr}));
            const pacer::resumed run = pacer::resume(back, lr, pacer::require_same);
            CHECK(!run.report.jumps());
            for (step_t step = at.updates(); step <= total; ++step)
                REQUIRE(bits(run.curve.schedule(step)) == bits(lr(step)));
            lr = run.curve.schedule;
        }
        // And brought down at once.
        const expression down = cooldown_from(lr, 900, 50, ramp_shape::cosine, 0);
        CHECK(down(900) == lr(900));
        CHECK(down(950) == 0);
    }
}

TEST_CASE("what cannot be re-planned is refused by name") {
    const pacer::cosine lr{{.peak_lr = 1, .total_steps = 100, .warmup = pacer::warmup_steps(10)}};
    const auto extending = [](const auto& curve, step_t total, step_t at) {
        return reason([&] { return extend(curve, total, at); });
    };
    CHECK(extending(lr, 200, -1) == "pacer: at = -1: must be 0 or more");
    CHECK(extending(lr, 50, 50) == "pacer: new_total = 50: must be more than the position of the run");
    CHECK(extending(lr, 200, 100) == "pacer: extend: the curve is already at its end");
    CHECK(extending(lr, 9, 5) == "pacer: warmup = 10: must be at most total_steps (9)");
    CHECK(extending(lr, pacer::longest + 1, 5) ==
          "pacer: total_steps = 9007199254740993: must be a number of updates from 0 to 2^53");
    CHECK(extending(pacer::cosine{{.peak_lr = 1, .num_cycles = 1, .total_steps = 100}}, 200, 50) ==
          "pacer: extend: the curve must have one descent: num_cycles");
    CHECK(extending(pacer::cosine{{.peak_lr = 1, .total_steps = 100, .past_end = pacer::past_end::wave}}, 200, 50) ==
          "pacer: extend: the curve must hold its end");
    CHECK(extending(pacer::linear_warmup{{.peak_lr = 1, .total_steps = 100}}, 200, 50) ==
          "pacer: extend: a curve that is only a warm-up has no tail");
    CHECK(extending(
              pacer::cosine{
                  {.peak_lr = 1, .total_steps = 10, .warmup = pacer::warmup_ratio(0.25, pacer::rounding::exact)}},
              20, 5) == "pacer: extend: the warm-up must end at a whole update");
    const pacer::warmup_stable_decay wsd{{.peak_lr = 1, .stable_steps = 70, .decay_steps = 30}};
    CHECK(extending(wsd, 60, 50) == "pacer: extend: the new total leaves no room for the decay");
    CHECK(extending(wsd, 80, 50) == "accepted");
    CHECK(extending(cooldown_from(lr, 50, 20, ramp_shape::linear, 0), 200, 60) ==
          "pacer: extend: the transitions of the curve must be over");
    CHECK(extending(pacer::delay(pacer::linear{{.peak_lr = 1, .total_steps = 10}}, 100), 90, 5) ==
          "pacer: new_total = 90: must be after the start of the curve");

    CHECK(extending(pacer::one_cycle{{.peak_lr = 1, .total_steps = 100}}, 200, 50) ==
          "pacer: extend: the curve must have one descent: it is a cycle");
    CHECK(extending(pacer::scale(lr, 2), 200, 50) ==
          "pacer: extend: the curve must be a named schedule; of operators there may be delays alone");
    CHECK(extending(pacer::linear{{.peak_lr = 1, .end_lr = 2.0, .total_steps = 100}}, 200, 50) ==
          "pacer: at = 50: the rescaled curve must still be above its end there");

    const auto cooling = [&](step_t step, step_t steps, double end) {
        return reason([&] { return cooldown_from(lr, step, steps, ramp_shape::linear, end); });
    };
    CHECK(cooling(-1, 10, 0) == "pacer: step = -1: must be 0 or more");
    CHECK(cooling(50, 0, 0) == "pacer: steps = 0: must be a number of updates from 1 to 2^53");
    CHECK(cooling(10, 5, 1.5) == "pacer: end_lr = 1.5: must be at most the rate at the joint (1)");
    CHECK(cooling(10, 5, -0.5) == "pacer: end_lr = -0.5: must be a finite rate of 0 or more");
    CHECK(cooling(pacer::endless - 1, 5, 0).starts_with("pacer: at = 9223372036854775806: "));
}
