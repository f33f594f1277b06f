// SPDX-License-Identifier: MIT
#include "support/schedules.hpp"
#include "training/same.hpp"

#include <pacer/expression/dialects.hpp>
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

TEST_CASE("a cooldown like the one that is under way is that one; another one begins in it") {
    const pacer::linear lr{{.peak_lr = 1, .total_steps = 100}};
    const expression begun = cooldown_from(lr, 50, 20, ramp_shape::linear, 0);
    const auto again = [&](step_t at, step_t over, double to) {
        return pacer::to_text(cooldown_from(begun, at, over, ramp_shape::linear, to));
    };
    const std::string text = "cooldown(linear(peak_lr=1, total_steps=100), at=50, over=20)";
    CHECK(pacer::to_text(begun) == text);
    CHECK(again(50, 20, 0) == text);
    CHECK(again(60, 20, 0) == text);
    CHECK(again(40, 20, 0) == "cooldown(" + text + ", at=40, over=20)");
    CHECK(again(60, 10, 0) == "cooldown(" + text + ", at=60, over=10)");
    CHECK(again(55, 20, 0.1) == "cooldown(" + text + ", at=55, over=20, to=0.1)");
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
            CHECK(lr.root()->depth() <= 9);
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

TEST_CASE("a run that has ended goes on where the rate does not jump") {
    const auto goes_on = [](const expression& lr, step_t at) {
        const expression c = extend(lr, 2 * at + 50, at);
        CHECK(c.total_steps() == 2 * at + 50);
        CHECK(c.name() == lr.name());
        CHECK(c(at) == lr(at));
        CHECK(c(at - 1) == lr(at - 1));
        return c;
    };
    const expression flat = pacer::constant{{.peak_lr = 0.5, .total_steps = 100}};
    goes_on(flat, 100);
    goes_on(flat, 170);
    goes_on(pacer::constant_with_warmup{{.peak_lr = 0.5, .total_steps = 100, .warmup = pacer::warmup_steps(10)}}, 100);
    goes_on(pacer::delay(flat, 30), 130);
    // At its end exactly, what follows its formula for ever goes on with it; later, the end was held.
    const expression stairs = pacer::step_decay{{.peak_lr = 1, .every = 30, .total_steps = 100}};
    CHECK(goes_on(stairs, 100)(130) < stairs(100));
    CHECK(reason([&] { return extend(stairs, 300, 150); }) ==
          "pacer: extend: the curve is at its end, and the rate of a longer one would jump: resume with restart or "
          "rewarm");
    // A floor as high as the peak is flat, too.
    goes_on(pacer::cosine_with_min_lr{{.peak_lr = 0.5, .min_lr = 0.5, .total_steps = 100}}, 100);
    const pacer::warmup_stable_decay wsd{{.peak_lr = 1, .stable_steps = 70, .decay_steps = 30}};
    CHECK(reason([&] { return extend(wsd, 200, 100); }).ends_with("resume with restart or rewarm"));
}

TEST_CASE("asking again changes nothing: a curve that has that end stays as it is") {
    const pacer::cosine lr{{.peak_lr = 1, .total_steps = 1000, .warmup = pacer::warmup_steps(10)}};
    const expression longer = extend(lr, 2000, 500);
    CHECK(extend(longer, 2000, 500) == longer);
    CHECK(extend(longer, 2000, 700) == longer);
    CHECK(extend(lr, 1000, 500) == expression(lr));
    const expression down = cooldown_from(lr, 500, 100, ramp_shape::cosine, 0.01);
    for (const step_t at : {500, 501, 570, 599, 600, 1000})
        CHECK(cooldown_from(down, at, 100, ramp_shape::cosine, 0.01) == down);
    CHECK(cooldown_from(down, 550, 100, ramp_shape::linear, 0.01) != down);
    CHECK(cooldown_from(down, 550, 101, ramp_shape::cosine, 0.01) != down);

    // The curve of a resume keeps its clock, and that it was restarted.
    const pacer::checkpoint saved{.at = progress({.updates = 1, .tokens = 300}),
                                  .curve = {lr, pacer::run_clock::tokens}};
    const pacer::clocked_expression restarted = pacer::resume(saved, saved.curve, pacer::restart).curve;
    const pacer::clocked_expression moved = extend(restarted, 3000, 700);
    CHECK(moved.clock == pacer::run_clock::tokens);
    CHECK(moved.restarted_at == 300);
    CHECK(moved.schedule.total_steps() == 3000);
    CHECK(cooldown_from(restarted, 700, 10, ramp_shape::linear, 0).clock == pacer::run_clock::tokens);
}

TEST_CASE("what was before an extension stays what it was") {
    const pacer::cosine lr{{.peak_lr = 1, .total_steps = 1000, .warmup = pacer::warmup_steps(100)}};
    const expression longer = extend(extend(lr, 1500, 400), 2500, 900);
    const expression once = extend(lr, 1500, 400);
    for (step_t step = 0; step <= 900; ++step)
        REQUIRE(bits(longer(step)) == bits(step <= 400 ? lr(step) : once(step)));
    // Also where a transition ends at the step at which the curve is extended.
    const expression blended = pacer::blend(pacer::constant{{.peak_lr = 0.25}}, 10, 10, lr);
    const expression flat = pacer::rewarm(lr, 10, 90, pacer::constant{{.peak_lr = 0.3, .total_steps = 1000}});
    for (const auto& [curve, at] : {std::pair(blended, 20), std::pair(blended, 60), std::pair(flat, 100)}) {
        const expression c = extend(curve, 3000, at);
        CHECK(c.total_steps() == 3000);
        CHECK(bits(c(at - 1)) == bits(curve(at - 1)));
        CHECK(bits(c(at)) == bits(curve(at)));
        CHECK(extend(extend(c, 4000, at + 500), 5000, at + 700).root()->depth() <= 4);
    }
    // However often, the last rate does.
    expression many = lr;
    for (step_t k = 1; k < 60; ++k) {
        const step_t at = 150 + 10 * k;
        const expression before = many;
        many = extend(many, 1000 + 100 * k, at);
        REQUIRE(bits(many(at - 1)) == bits(before(at - 1)));
        REQUIRE(bits(many(at)) == bits(before(at)));
        REQUIRE(many.root()->depth() <= 9);
    }
}

// The schedules of all dialects with a length that can be set, one with a length of 1000, and whether they are extended in
// their decay, too.
struct in_dialect {
    const char* text;
    bool falls;
};

TEST_CASE("a dialect's schedule is extended: the same with another length") {
    const in_dialect all[] = {
        {"burn::linear(initial_lr=1, final_lr=0.1, num_iters=1000)", true},
        {"burn::cosine_annealing(initial_lr=1, num_iters=1000)", true},
        {"darknet::poly(learning_rate=1, max_batches=1000, burn_in=50)", true},
        {"deepspeed::warmup_decay_lr(total_num_steps=1000, warmup_max_lr=1, warmup_num_steps=100)", true},
        {"deepspeed::warmup_cosine_lr(total_num_steps=1000, warmup_num_steps=100, lr=1)", true},
        {"fairseq::polynomial_decay(lr=1, warmup_updates=100, total_num_update=1000)", true},
        {"fairseq::tri_stage(lr=1, warmup_steps=100, hold_steps=400, decay_steps=500)", true},
        {"hf::get_linear_schedule_with_warmup(lr=1, num_warmup_steps=100, num_training_steps=1000)", true},
        {"hf::get_cosine_schedule_with_warmup(lr=1, num_warmup_steps=100, num_training_steps=1000)", true},
        {"hf::get_cosine_with_hard_restarts_schedule_with_warmup(lr=1, num_warmup_steps=100, "
         "num_training_steps=1000)",
         true},
        {"hf::get_polynomial_decay_schedule_with_warmup(lr=1, num_warmup_steps=100, num_training_steps=1000)", true},
        {"hf::get_cosine_with_min_lr_schedule_with_warmup(lr=1, num_warmup_steps=100, num_training_steps=1000, "
         "min_lr=0.1)",
         true},
        {"hf::get_wsd_schedule(lr=1, num_warmup_steps=100, num_decay_steps=300, num_training_steps=1000)", true},
        {"hf::get_wsd_schedule(lr=1, num_warmup_steps=100, num_decay_steps=300, num_stable_steps=600)", true},
        {"keras::cosine_decay(initial_learning_rate=0.1, warmup_target=1, warmup_steps=100, decay_steps=900)", true},
        {"keras::polynomial_decay(initial_learning_rate=1, decay_steps=1000)", true},
        {"llama_cpp::lr_opt(lr0=1, lr_min=0.1, epochs=1000)", true},
        {"llama_factory::warmup_stable_decay(learning_rate=1, num_warmup_steps=100, num_training_steps=1000)", true},
        {"llm_c::lr_scheduler(learning_rate=1, warmup_iterations=100, train_num_batches=1000)", true},
        {"megatron::optimizer_param_scheduler(max_lr=1, lr_warmup_steps=100, lr_decay_steps=1000, "
         "lr_decay_style=cosine)",
         true},
        {"mlx::cosine_decay(init=1, decay_steps=1000)", true},
        {"mlx::linear_schedule(init=1, end=0.1, steps=1000)", true},
        {"mmengine::cosine_annealing_lr(lr=1, end=1000)", true},
        {"mmengine::poly_lr(lr=1, end=1000)", true},
        {"olmo_core::linear_with_warmup(lr=1, warmup=100, t_max=1000)", true},
        {"olmo_core::cos_with_warmup(lr=1, warmup=100, t_max=1000)", true},
        {"olmo_core::half_cos_with_warmup(lr=1, warmup=100, t_max=1000)", true},
        {"olmo_core::wsd(lr=1, warmup=100, decay=300, t_max=1000)", true},
        {"optax::linear_schedule(init_value=1, end_value=0.1, transition_steps=900, transition_begin=100)", true},
        {"optax::polynomial_schedule(init_value=1, end_value=0.1, power=2, transition_steps=1000)", true},
        {"optax::cosine_decay_schedule(init_value=1, decay_steps=1000)", true},
        {"optax::warmup_cosine_decay_schedule(init_value=0, peak_value=1, warmup_steps=100, decay_steps=1000)", true},
        {"optax::cosine_onecycle_schedule(transition_steps=1000, peak_value=1)", false},
        {"optax::linear_onecycle_schedule(transition_steps=1000, peak_value=1)", false},
        {"pytorch::polynomial_lr(lr=1, total_iters=1000)", true},
        {"pytorch::cosine_annealing_lr(lr=1, T_max=1000)", true},
        {"pytorch::linear_lr(lr=1, start_factor=1, end_factor=0.1, total_iters=1000)", true},
        {"pytorch::one_cycle_lr(max_lr=1, total_steps=1000)", false},
        {"timm::cosine_lr_scheduler(lr=1, t_initial=1000)", true},
        {"timm::cosine_lr_scheduler(lr=1, t_initial=900, warmup_t=100, warmup_prefix=true)", true},
        {"timm::poly_lr_scheduler(lr=1, t_initial=1000)", true},
        {"timm::tanh_lr_scheduler(lr=1, t_initial=1000)", true},
        {"timm::cosine_lr_scheduler(lr=1, t_initial=500, cycle_limit=2)", false},
        {"torchtitan::lr_scheduler(lr=1, steps=1000, warmup_steps=100)", true},
    };
    support::complaints wrong;
    for (const in_dialect& given : all) {
        const pacer::parsed_expression parsed = pacer::try_parse(given.text);
        if (!parsed) {
            wrong.add(given.text, ": ", parsed.error);
            continue;
        }
        const expression lr = *parsed.value;
        for (const step_t at : {0, 50, 100, 600, 900, 999})
            for (const step_t total : {1500, 995}) {
                if (total <= at || at >= lr.total_steps())
                    continue;
                expression c = lr;
                const std::string why = reason([&] { return c = extend(lr, total, at); });
                if (why != "accepted") {
                    if (given.falls)
                        wrong.add(given.text, " at ", at, " to ", total, ": ", why);
                    continue;
                }
                if (c.total_steps() != total && lr.total_steps() != pacer::endless)
                    wrong.add(given.text, " at ", at, ": total ", c.total_steps(), ", not ", total);
                if (bits(c(at)) != bits(lr(at)) || (at > 0 && bits(c(at - 1)) != bits(lr(at - 1))))
                    wrong.add(given.text, " jumps at ", at, ": ", lr(at), ' ', c(at));
                // At the start it is the plain one of that length, and in its decay it comes down to the same end.
                if (const expression plain = extend(lr, total, 0); given.falls && c(total) != plain(total))
                    wrong.add(given.text, " extended at ", at, " to ", total, " ends at ", c(total), ", not ",
                              plain(total));
                for (step_t step = at; at >= 100 && given.falls && step < total; ++step)
                    if (c(step + 1) > c(step)) {
                        wrong.add(given.text, " extended at ", at, " rises at ", step);
                        break;
                    }
                // Saved, it comes back; its name is the dialect's.
                if (pacer::from_text(pacer::to_text(pacer::checkpoint{.curve = c})).curve.schedule != c)
                    wrong.add(given.text, " does not come back");
                if (at == 0 && c.name() != lr.name())
                    wrong.add(given.text, " at 0 became ", c.name());
            }
    }
    CHECK(wrong.text() == "");

    // By hand: a cosine of PyTorch is one of 2000 from the start, and in its middle one from there.
    const pacer::pytorch::cosine_annealing_lr lr{{.lr = 1, .T_max = 1000}};
    const pacer::pytorch::cosine_annealing_lr longer{{.lr = 1, .T_max = 2000}};
    CHECK(extend(lr, 2000, 0) == expression(longer));
    const expression half = extend(lr, 2000, 500);
    CHECK(half.name() == "rescale");
    CHECK(half(1000) == Approx(0.5 * longer(1000) / longer(500)).epsilon(1e-15));
    CHECK(pacer::resume({progress({.updates = 600}), half}, longer, pacer::require_same).report.saved ==
          "pytorch::cosine_annealing_lr");
    CHECK(reason([&] { return extend(pacer::parse("burn::noam(factor=1)"), 10'000, 500); }) ==
          "pacer: extend: the curve must have a length among its parameters");
    CHECK(reason([&] { return extend(pacer::pytorch::one_cycle_lr{{.max_lr = 1, .total_steps = 100}}, 200, 50); }) ==
          "pacer: extend: the curve must have one descent: it is a cycle");
    // In the middle of a run, a rate that rises, or a curve whose shape is not known.
    CHECK(reason([&] { return extend(pacer::parse("mlx::linear_schedule(init=0.1, end=1, steps=100)"), 200, 50); }) ==
          "pacer: extend: the curve must have one descent");
}

TEST_CASE("what cannot be re-planned is refused by name") {
    const pacer::cosine lr{{.peak_lr = 1, .total_steps = 100, .warmup = pacer::warmup_steps(10)}};
    const auto extending = [](const auto& curve, step_t total, step_t at) {
        return reason([&] { return extend(curve, total, at); });
    };
    CHECK(extending(lr, 200, -1) == "pacer: at = -1: must be 0 or more");
    CHECK(extending(lr, 50, 50) == "pacer: new_total = 50: must be more than the position of the run");
    CHECK(extending(lr, 200, 100) ==
          "pacer: extend: the curve is at its end, and the rate of a longer one would jump: resume with restart or "
          "rewarm");
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
    CHECK(cooling(50, pacer::longest + 1, 0) ==
          "pacer: steps = 9007199254740993: must be a number of updates from 1 to 2^53");
    CHECK(cooling(10, 5, 1.5) == "pacer: end_lr = 1.5: must be at most the rate at the joint (1)");
    CHECK(cooling(10, 5, -0.5) == "pacer: end_lr = -0.5: must be a finite rate of 0 or more");
    CHECK(cooling(pacer::endless - 1, 5, 0).starts_with("pacer: at = 9223372036854775806: "));
}
