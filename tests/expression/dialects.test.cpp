// SPDX-License-Identifier: MIT
#include "support/check.hpp"
#include "support/curve.hpp"
#include "support/error_of.hpp"

#include <pacer/expression/compare.hpp>
#include <pacer/expression/dialects.hpp>
#include <pacer/training/resume.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using pacer::expression;
using pacer::parse;
using pacer::step_t;
using support::complaints;

namespace {

std::string problem(const std::string& text) {
    try {
        static_cast<void>(parse(text));
    } catch (const pacer::expression_error& error) {
        return error.what();
    }
    return "none";
}

// Those that the traces of the peers ask for, as far as they are not refused.
std::vector<expression> traced() {
    std::vector<expression> all;
    for (const auto& entry : std::filesystem::directory_iterator(PACER_TEST_DATA "/parity/traces")) {
        std::ifstream file(entry.path());
        std::string line;
        while (std::getline(file, line))
            if (line.starts_with("> ") && problem(line.substr(2)) == "none")
                all.push_back(parse(line.substr(2)));
    }
    return all;
}

}  // namespace

TEST_CASE("dialects: text and back, rates one by one and by fill, and steps of any size") {
    complaints wrong;
    const std::vector<expression> all = traced();
    CHECK(all.size() > 2500);
    for (const expression& lr : all) {
        const std::string text = pacer::to_text(lr);
        const std::string everything = pacer::resolved_text(lr);
        if (pacer::to_text(parse(text)) != text || pacer::resolved_text(parse(everything)) != everything ||
            parse(text) != lr || !pacer::differences(lr, parse(everything)).empty())
            wrong.add(text, " is not ", pacer::to_text(parse(text)));
        std::vector<double> rates(60);
        for (const step_t stride : {1, 7, 1000}) {
            constexpr step_t first = -3;
            pacer::fill(lr, first, rates, stride);
            for (std::size_t j = 0; j < rates.size(); ++j)
                if (!support::same_bits(rates[j], lr(first + static_cast<step_t>(j) * stride)))
                    wrong.add(text, ": fill, stride ", stride, ", place ", j);
        }
        for (const step_t step : {-pacer::endless, step_t{-1}, pacer::longest - 1, pacer::longest, pacer::longest + 1,
                                  pacer::endless - 1, pacer::endless})
            if (!support::is_finite(lr(step)) || lr(step) < 0)
                wrong.add(text, ": ", lr(step), " at ", step);
        if (!support::same_bits(lr(-5), lr(0)))
            wrong.add(text, ": ", lr(-5), " at -5");
    }
    CHECK(wrong.text() == "");
}

TEST_CASE("dialects: every schedule of the list is known, and asked for by the traces") {
    std::vector<std::string> names;
    for (const expression& lr : traced())
        if (std::ranges::find(names, lr.name()) == names.end())
            names.push_back(lr.name());
    for (const char* name : pacer::dialect_schedules::names) {
        CAPTURE(name);
        // That one is a choice of lengths for Hugging Face's.
        CHECK((std::ranges::find(names, name) != names.end() || std::string(name).starts_with("llama_factory::")));
        CHECK_THAT(problem(std::string(name) + "(nothing_of_this_name=1)"), ContainsSubstring("nothing_of_this_name"));
    }
}

TEST_CASE("dialects: the schedule of C++ as an expression, with the same bits") {
    const pacer::keras::cosine_decay keras(
        {.initial_learning_rate = 0, .decay_steps = 90, .alpha = 0.1, .warmup_target = 1e-3, .warmup_steps = 10});
    const pacer::optax::cosine_decay_schedule optax({.init_value = 1e-3, .decay_steps = 100, .exponent = 1.7});
    const auto both = pacer::join(keras, 50, pacer::scale(optax, 0.5));
    const expression e = pacer::expression_of(both);
    for (step_t step = -2; step < 200; ++step)
        CHECK(support::same_bits(e(step), both(step)));
    CHECK(pacer::to_text(e) ==
          "join(keras::cosine_decay(initial_learning_rate=0, decay_steps=90, alpha=0.1, warmup_target=0.001, "
          "warmup_steps=10), 50, scale(optax::cosine_decay_schedule(init_value=0.001, decay_steps=100, exponent=1.7), "
          "0.5))");
    CHECK(e.total_steps() == pacer::total_steps(both));
    CHECK(pacer::make("keras::piecewise_constant_decay", {{"boundaries", "[2]"}, {"values", "[1, 0.5]"}})(3) == 0.5);
}

TEST_CASE("dialects: the schedules of C++ have the rate of the first update before it, too") {
    const auto check = [](const auto& lr) {
        for (const step_t step : {step_t{-1}, step_t{-1000}, -pacer::endless})
            CHECK(support::same_bits(lr(step), lr(0)));
    };
    check(pacer::darknet::sigmoid({.learning_rate = 0.5, .gamma = 0.1, .step = 9}));
    check(pacer::darknet::sgdr({.learning_rate = 0.5, .sgdr_cycle = 10}));
    check(pacer::deepspeed::one_cycle({.cycle_min_lr = 0.1, .cycle_max_lr = 1, .cycle_first_step_size = 10}));
    check(pacer::fairseq::cosine({.lr = 1, .lr_period_updates = 10}));
    check(pacer::fairseq::triangular({.lr = 0.1, .max_lr = 1, .lr_period_updates = 10}));
    check(pacer::keras::cosine_decay_restarts({.initial_learning_rate = 1, .first_decay_steps = 10}));
    check(pacer::keras::polynomial_decay({.initial_learning_rate = 1, .decay_steps = 10, .cycle = true}));
    check(pacer::pytorch::exponential_lr({.lr = 1e-3, .gamma = 1.5}));
    check(pacer::timm::cosine_lr_scheduler({.lr = 1, .t_initial = 10}));
    check(pacer::timm::poly_lr_scheduler({.lr = 1, .t_initial = 10, .cycle_limit = 2}));
}

TEST_CASE("dialects: a part of no length, and a progress that is slow at first") {
    const pacer::deepspeed::one_cycle falls_at_once(
        {.cycle_min_lr = 0.5, .cycle_max_lr = 1, .cycle_first_step_size = 4, .cycle_second_step_size = 0});
    CHECK(falls_at_once(3) == 0.875);
    CHECK(falls_at_once(4) == 0.5);
    CHECK(falls_at_once(1000) == 0.5);
    const pacer::timm::poly_lr_scheduler to_the_end({.lr = 1, .t_initial = 10, .lr_min = 0.25, .k_decay = 1e-3});
    for (step_t step = 0; step < 12; ++step)
        CHECK((to_the_end(step) >= 0.25 && to_the_end(step) <= 1));
}

TEST_CASE("dialects: two of them differ by name and by field") {
    const auto found = pacer::differences(parse("pytorch::exponential_lr(lr=1, gamma=0.5)"),
                                          parse("mlx::exponential_decay(init=1, decay_rate=0.5)"));
    REQUIRE(!found.empty());
    CHECK(found[0].path == "name");
    const auto same = pacer::differences(parse("pytorch::exponential_lr(lr=1, gamma=0.5)"),
                                         parse("pytorch::exponential_lr(lr=1, gamma=0.25)"));
    REQUIRE(same.size() == 1);
    CHECK(same[0].path == "gamma");
}

TEST_CASE("dialects: what is wrong is said") {
    CHECK_THAT(problem("optax::cosine_decay_shedule(init_value=1)"),
               ContainsSubstring("1:1: name = optax::cosine_decay_shedule: must be one of optax::") &&
                   ContainsSubstring("the nearest is optax::cosine_decay_schedule"));
    CHECK(problem("jax::cosine(x=1)") ==
          "1:1: name = jax::cosine: must be a schedule of a dialect of pacer/dialects/all.hpp");
    for (const char* growth : {"0.5", "1.005", "9007199254740994"})
        CHECK_THAT(problem("keras::cosine_decay_restarts(initial_learning_rate=1, first_decay_steps=10, t_mul=" +
                           std::string(growth) + ")"),
                   ContainsSubstring("t_mul = "));
    CHECK_THAT(problem("timm::tanh_lr_scheduler(lr=1, t_initial=10, lb=-101, ub=3)"),
               ContainsSubstring("lb = -101: must be from -100 to 100 and below ub, which is too"));
    CHECK_THAT(problem("olmo_core::power_lr(lr=1, t_max=100, warmup=10, decay=10, b=-5)"),
               ContainsSubstring("b = -5: must be below 0, and not below -4"));
    CHECK(problem("mlx::step_decay(init=1, decay_rate=0.5)") ==
          "1:1: step_size: must be given, as a number of updates from 0 to 2^53");
    CHECK(problem("torchtitan::lr_scheduler(lr=1, steps=10, decay_type=squrt)") ==
          "1:53: decay_type = squrt: must be one of linear, sqrt, cosine; the nearest is sqrt");
    CHECK_THAT(support::error_of([] {
                   static_cast<void>(pacer::make<double>("mlx::step_decay", {{"init", 1.0}}));
               }),
               ContainsSubstring("is a schedule of a dialect"));
}

TEST_CASE("dialects: a checkpoint holds the name of the peer's schedule") {
    const expression lr = parse("timm::tanh_lr_scheduler(lr=0.1, t_initial=100, warmup_t=10)");
    const pacer::checkpoint saved =
        pacer::from_text(pacer::to_text(pacer::checkpoint{pacer::progress({.updates = 40}), lr}));
    CHECK_THAT(pacer::to_text(saved), ContainsSubstring("timm::tanh_lr_scheduler("));
    for (step_t step = 0; step < 120; ++step)
        CHECK(support::same_bits(saved.curve.schedule(step), lr(step)));
}
