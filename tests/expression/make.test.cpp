// SPDX-License-Identifier: MIT
#include "support/check.hpp"
#include "support/error_of.hpp"

#include <pacer/expression/dialects.hpp>
#include <pacer/expression/make.hpp>

#include <map>
#include <set>

using pacer::field_given;
using pacer::make;
using pacer::step_t;

namespace {

std::string refused(std::string_view name, const std::vector<field_given>& fields) {
    try {
        (void)make(name, fields);
    } catch (const pacer::invalid_schedule& e) {
        return e.field();
    }
    return "";
}

template <class S>
void same(std::string_view name, const std::vector<field_given>& fields, const S& want) {
    INFO(name);
    const auto lr = make(name, fields);
    CHECK(lr.total_steps() == want.total_steps());
    for (step_t step = -1; step < 25; ++step)
        CHECK(lr(step) == want(step));
}

}  // namespace

TEST_CASE("a schedule by its name is that schedule, with every parameter passed on") {
    using namespace pacer;
    const warmup_steps w(4);
    constexpr auto first = first_step::from_first;
    constexpr auto past = past_end::repeat;
    same("constant", {{"peak_lr", 8}, {"total_steps", 20}, {"past_end", past_end::zero}},
         constant{{.peak_lr = 8.0, .total_steps = 20, .past_end = past_end::zero}});
    same("constant_with_warmup",
         {{"peak_lr", 8},
          {"init_lr", 1.0},
          {"total_steps", 20},
          {"warmup", w},
          {"first_step", first},
          {"past_end", past}},
         constant_with_warmup{
             {.peak_lr = 8.0, .total_steps = 20, .warmup = w, .init_lr = 1, .first_step = first, .past_end = past}});
    same("linear_warmup",
         {{"peak_lr", 8}, {"init_lr", 1.0}, {"total_steps", 20}, {"first_step", first}, {"past_end", past}},
         linear_warmup{{.peak_lr = 8.0, .total_steps = 20, .init_lr = 1, .first_step = first, .past_end = past}});
    same("linear",
         {{"peak_lr", 8},
          {"end_lr", 2.0},
          {"init_lr", lr_ratio(0.125)},
          {"total_steps", 20},
          {"warmup", w},
          {"first_step", first},
          {"past_end", past}},
         linear{{.peak_lr = 8.0,
                 .end_lr = 2.0,
                 .total_steps = 20,
                 .warmup = w,
                 .init_lr = 1,
                 .first_step = first,
                 .past_end = past}});
    same("cosine", {{"peak_lr", 8}, {"total_steps", 20}, {"past_end", past_end::wave}, {"num_cycles", 0.75}},
         cosine{{.peak_lr = 8.0, .num_cycles = 0.75, .total_steps = 20, .past_end = past_end::wave}});
    same("cosine_with_min_lr", {{"peak_lr", 8}, {"min_lr", lr_ratio(0.25)}, {"total_steps", 20}, {"num_cycles", 1.5}},
         cosine_with_min_lr{{.peak_lr = 8.0, .min_lr = 2.0, .num_cycles = 1.5, .total_steps = 20}});
    same("cosine_with_restarts", {{"peak_lr", 8}, {"min_lr", 1.0}, {"total_steps", 20}, {"num_cycles", 3}},
         cosine_with_restarts{{.peak_lr = 8.0, .min_lr = 1.0, .num_cycles = 3, .total_steps = 20}});
    same(
        "cosine_warmup_with_min_lr",
        {{"peak_lr", 8}, {"min_lr", 1.0}, {"init_lr", lr_ratio(0.5)}, {"total_steps", 20}, {"warmup", w}},
        hf::cosine_warmup_with_min_lr{{.peak_lr = 8.0, .min_lr = 1.0, .init_lr = 4.0, .total_steps = 20, .warmup = w}});
    same("polynomial", {{"peak_lr", 8}, {"end_lr", 1.0}, {"total_steps", 20}, {"power", 2}},
         polynomial{{.peak_lr = 8.0, .end_lr = 1.0, .power = 2, .total_steps = 20}});
    same("inverse_sqrt", {{"peak_lr", 8}, {"min_lr", 1.0}, {"timescale", 2}},
         inverse_sqrt{{.peak_lr = 8.0, .min_lr = 1.0, .timescale = 2}});
    same("warmup_stable_decay",
         {{"peak_lr", 8},
          {"min_lr", 1.0},
          {"warmup", w},
          {"stable_steps", 6},
          {"decay_steps", 10},
          {"decay_shape", ramp_shape::half_life},
          {"warmup_shape", ramp_shape::cosine}},
         warmup_stable_decay{{.peak_lr = 8.0,
                              .min_lr = 1.0,
                              .stable_steps = 6,
                              .decay_steps = 10,
                              .warmup = w,
                              .decay_shape = ramp_shape::half_life,
                              .warmup_shape = ramp_shape::cosine}});
}

TEST_CASE("every name in the list is known, once") {
    std::set<std::string_view> names;
    for (const std::string_view name : pacer::schedule_names) {
        CHECK(names.insert(name).second);
        CHECK(refused(name, {{"peak_lr", -1}, {"total_steps", 10}}) != "name");
        CHECK(refused(name, {{"peak_lr", -1}, {"total_steps", 10}}) != "");
    }
}

TEST_CASE("there is room for the fields of every schedule") {
    pacer::detail::syntax::expressible_schedules::for_each([]<template <class> class S>() {
        typename S<double>::params_type p;
        unsigned count = 0;
        p.visit_fields(p, [&](const pacer::field&, auto&) { ++count; });
        pacer::detail::syntax::field_slots slots;
        p.visit_fields(p, slots);
        CHECK(slots.size() == count);
    });
}

TEST_CASE("what is not a name, not a field, or not a value of it") {
    const auto message = [](std::string_view name, const std::vector<field_given>& fields) {
        return support::error_of([&] { static_cast<void>(make(name, fields)); });
    };
    CHECK(refused("cosin", {{"peak_lr", 1}}) == "name");
    CHECK(refused("", {{"peak_lr", 1}}) == "name");
    CHECK(refused("reduce_lr_on_plateau", {{"peak_lr", 1}}) == "name");
    CHECK(refused("greedy", {{"peak_lr", 1}}) == "name");
    CHECK(message("greedy", {}) == "pacer: name: is a controller, fed by a metric; it is not a function of the step");
    CHECK_THAT(message("cosin", {}), ContainsSubstring("pacer: name = cosin: must be one of constant, "));
    CHECK_THAT(message("cosin", {}), ContainsSubstring("; the nearest is cosine"));
    for (const std::string_view name : pacer::schedule_names)
        CHECK_THAT(message("nothing like it", {}), ContainsSubstring(std::string(name)));
    CHECK(message("constant", {{"peak_lr", 1}, {"warmup", pacer::warmup_steps(3)}}) ==
          "pacer: field = warmup: must be one of peak_lr, total_steps, past_end");
    CHECK_THAT(message("linear", {{"peak_lr", 1}, {"min_lr", 0.1}, {"total_steps", 10}}),
               ContainsSubstring("pacer: field = min_lr: must be one of peak_lr, end_lr, "));
    CHECK_THAT(message("cosine", {{"peak_lr", 1}, {"total_steps", 10}, {"power", 2}}),
               ContainsSubstring("pacer: field = power: must be one of peak_lr, num_cycles, "));
    CHECK_THAT(message("cosine", {{"peek_lr", 1}}), ContainsSubstring("; the nearest is peak_lr"));
    CHECK(message("cosine", {{"peak_lr", 1}, {"peak_lr", 2}}) == "pacer: peak_lr: is given twice");
    CHECK(message("linear", {{"peak_lr", 1}, {"init_lr", pacer::lr_ratio(1.5)}, {"total_steps", 10}}) ==
          "pacer: init_lr = 1.5: a lr_ratio must be from 0 to 1");
    CHECK(message("cosine", {{"peak_lr", "much"}}) == "pacer: peak_lr = much: must be a number");
    CHECK(message("cosine", {{"peak_lr", 1}, {"total_steps", 10.5}}) ==
          "pacer: total_steps = 10.5: must be a whole number of updates");
    CHECK(message("cosine", {{"peak_lr", 1}, {"total_steps", 1e300}}) ==
          "pacer: total_steps = 1e+300: must be a whole number of updates");
    CHECK(message("cosine", {{"peak_lr", -2.0}}) == "pacer: peak_lr = -2: must be a finite rate of 0 or more");
    CHECK(message("cosine", {{"peak_lr", 1}}) ==
          "pacer: total_steps: must be given, as a number of updates from 0 to 2^53");
    CHECK(message("cosine", {{"peak_lr", 1}, {"total_steps", 10}, {"warmup", "3"}, {"past_end", "holds"}}) ==
          "pacer: past_end = holds: must be one of hold, zero, repeat, wave; the nearest is hold");
    CHECK(message("exponential", {{"peak_lr", 1}, {"gamma", 0.5}, {"staircase", "yes"}}) ==
          "pacer: staircase = yes: must be true or false");
    CHECK(message("multi_step", {{"peak_lr", 1}, {"factor", 0.5}, {"milestones", "30, 60"}}) ==
          "pacer: milestones = 30, 60: must be a list of steps ([30, 60, 90])");
    CHECK(message("cosine", {{"peak_lr", 1}, {"total_steps", 10}, {"warmup", "3.5"}}) ==
          "pacer: warmup = 3.5: must be a number of updates, a ratio of total_steps (3%, floor(3%)) or off");
    CHECK(message("cosine", {{"peak_lr", 1}, {"total_steps", 10}, {"warmup", 3}, {"warmup_shape", "power"}}) ==
          "pacer: warmup_shape = power: must be one of linear, cosine, one_minus_sqrt, half_life, exponential, "
          "power(EXPONENT)");
}

TEST_CASE("fields from texts, from numbers of any type, from maps") {
    const pacer::cosine want{{.peak_lr = 0.5, .total_steps = 1000, .warmup = pacer::warmup_ratio(0.03)}};
    const std::map<std::string, std::string> texts{{"peak_lr", "0.5"}, {"total_steps", "1'000"}, {"warmup", "3%"}};
    const std::map<std::string, double> numbers{{"peak_lr", 0.5}, {"total_steps", 1e3}};
    CHECK(make("cosine", texts) == pacer::expression_of(want));
    CHECK(make("cosine", {{"peak_lr", 0.5F}, {"total_steps", 1000U}, {"warmup", pacer::warmup_ratio(0.03)}}) ==
          pacer::expression_of(want));
    CHECK(make("cosine", numbers) == pacer::expression_of(pacer::cosine{{.peak_lr = 0.5, .total_steps = 1000}}));
    CHECK(make("constant", {{"peak_lr", 1}, {"total_steps", pacer::longest}}).total_steps() == pacer::longest);
    CHECK(make("constant", {{"peak_lr", 1}, {"total_steps", "endless"}}).total_steps() == pacer::endless);
    CHECK(make("cosine_warmup_with_min_lr", {{"peak_lr", 1}, {"min_lr", 0}, {"total_steps", 5}}).name() ==
          "hf::cosine_warmup_with_min_lr");
    CHECK(make("hf::cosine_warmup_with_min_lr", {{"peak_lr", 1}, {"min_lr", 0}, {"total_steps", 5}}).name() ==
          "hf::cosine_warmup_with_min_lr");
    CHECK(refused("hf::cosine", {{"peak_lr", 1}}) == "name");
    const auto steps =
        make("multi_step",
             {{"peak_lr", 1}, {"milestones", pacer::list<step_t>{30, 60}}, {"rates", pacer::list<double>{0.5, 0.25}}});
    CHECK(steps(29) == 1);
    CHECK(steps(30) == 0.5);
    CHECK(steps(60) == 0.25);
}

TEST_CASE("float schedules by name") {
    const auto lr = make<float>("cosine", {{"peak_lr", 0.5}, {"total_steps", 10}});
    STATIC_REQUIRE(std::is_same_v<decltype(lr(0)), float>);
    CHECK(lr(3) == static_cast<float>(make("cosine", {{"peak_lr", 0.5}, {"total_steps", 10}})(3)));
    const pacer::cosine<float> want({.peak_lr = 3e-4F, .total_steps = 1000, .warmup = pacer::warmup_steps(7)});
    const auto made = make<float>("cosine", {{"peak_lr", 3e-4}, {"total_steps", 1000}, {"warmup", 7}});
    for (step_t step = -1; step < 1010; ++step)
        REQUIRE(made(step) == want(step));
    // A floor that is the peak once both are floats; in double it is 2.5e-12 above.
    CHECK(make<float>("cosine_with_min_lr", {{"peak_lr", 1e-4F}, {"min_lr", 1e-4}, {"total_steps", 10}})(10) == 1e-4F);
    CHECK(make<float>("linear", {{"peak_lr", 8}, {"init_lr", "12.5%"}, {"warmup", 4}, {"total_steps", 9}})(0) == 1);
    CHECK(support::error_of([] {
              static_cast<void>(make<float>("constant", {{"peak_lr", 1e300}}));
          }) == "pacer: peak_lr = inf: must be a finite rate of 0 or more");
    CHECK(support::error_of([] {
              static_cast<void>(make<float>("constant", {{"peak_lr", -1e300}}));
          }) == "pacer: peak_lr = -inf: must be a finite rate of 0 or more");
    CHECK(support::error_of([] {
              static_cast<void>(make<float>("constant", {{"peak_lr", "much"}}));
          }) == "pacer: peak_lr = much: must be a number");
}

TEST_CASE("a value that is none is refused with what its field accepts") {
    const auto said = [](const char* name, const std::vector<field_given>& fields) -> std::string {
        try {
            (void)make(name, fields);
        } catch (const pacer::invalid_schedule& e) {
            return e.what();
        }
        return "accepted";
    };
    CHECK(said("cosine_with_min_lr", {{"peak_lr", 1}, {"min_lr", "abc"}, {"total_steps", 9}}) ==
          "pacer: min_lr = abc: must be a rate, or a ratio of the peak (10%)");
    CHECK(said("piecewise", {{"at", "[0, 5]"}, {"rates", "7"}}) ==
          "pacer: rates = 7: must be a list of rates ([1e-3, 1e-4])");
    CHECK(said("multi_step", {{"peak_lr", 1}, {"milestones", "[1, x]"}, {"factor", 0.1}}) ==
          "pacer: milestones = [1, x]: must be a list of steps ([30, 60, 90])");
    const std::string count = "must be a number of updates, a ratio of total_steps (3%, floor(3%)) or off";
    for (const char* wrong : {"1'%", "%", "floor(3)", "3%%", "", "floor[3%)", "floor(3%]", "floor()", "3e%", "3e+%",
                              "3ex%", "3e10001%", "3e-10001%"})
        CHECK(said("cosine", {{"peak_lr", 1}, {"total_steps", 9}, {"warmup", wrong}}) ==
              "pacer: warmup = " + std::string(wrong) + ": " + count);
    CHECK(said("cosine", {{"peak_lr", "1'_0"}, {"total_steps", 9}}) == "pacer: peak_lr = 1'_0: must be a number");
    CHECK(said("cosine", {{"peak_lr", 1}, {"total_steps", 9}, {"warmup", pacer::no_warmup}}) == "accepted");
    for (const char* ten : {"10%", "1e1%", "1e+1%", "1000e-2%", "1'0%"})
        CHECK(make("cosine", {{"peak_lr", 1}, {"total_steps", 100}, {"warmup", ten}}) ==
              make("cosine", {{"peak_lr", 1}, {"total_steps", 100}, {"warmup", pacer::warmup_ratio(0.1)}}));
    for (const char* wrong : {"[1, 2", "1, 2]", "[1,, 2]", "[1, ]", "[ ]", "["})
        CHECK(said("multi_step", {{"peak_lr", 1}, {"milestones", wrong}, {"factor", 0.1}}) ==
              "pacer: milestones = " + std::string(wrong) + ": must be a list of steps ([30, 60, 90])");
    const std::string shapes = "must be one of linear, cosine, one_minus_sqrt, half_life, exponential, power(EXPONENT)";
    for (const std::string& wrong :
         {std::string("power(x)"), std::string("power(0)"), std::string("power(-1)"), std::string("power(inf)"),
          std::string("power(nan)"), std::string("power[4)"), std::string("power(4"), std::string(150, 'x')})
        CHECK_THAT(said("cosine", {{"peak_lr", 1}, {"total_steps", 9}, {"warmup", 3}, {"warmup_shape", wrong}}),
                   ContainsSubstring("pacer: warmup_shape = " + wrong.substr(0, 64)) && ContainsSubstring(shapes));
    CHECK(said("constant", {{"peak_lr", -1e300}}) == "pacer: peak_lr = -1e+300: must be a finite rate of 0 or more");
    CHECK(said("cosine", {{"peak_lr", std::string_view("1e-3")}, {"total_steps", 9}}) == "accepted");
}

TEST_CASE("a dialect's list that has no room for one more value is refused") {
    const auto said = [](const std::string& text) { return pacer::try_parse(text).error; };
    std::string sixteen = "[1";
    // A ratio is one of a peak, and a dialect's schedule has none.
    CHECK(said("pytorch::exponential_lr(lr=10%, gamma=0.5)") == "1:28: lr = 10%: must be a number");
    std::string ones = "[1";
    for (int k = 2; k <= 16; ++k) {
        sixteen += ", " + std::to_string(k);
        ones += ", 1";
    }
    const std::string rule = " = 16: so many values: at most 15; for more, an expression";
    CHECK(said("optax::piecewise_constant_schedule(init_value=1, boundaries=" + sixteen + "], scales=" + ones + "])")
              .ends_with("boundaries" + rule));
    CHECK(said("pytorch::multi_step_lr(lr=1, milestones=" + sixteen + "])").ends_with("milestones" + rule));
    CHECK(said("megatron::optimizer_param_scheduler(max_lr=1, min_lr=0, lr_decay_steps=9007199254740992, "
               "lr_decay_style=WSD, wsd_decay_steps=0)")
              .ends_with("lr_decay_steps = 9007199254740992: must be below 2^53"));
}
