// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "support/golden.hpp"

#include <pacer/analysis/hf_formula.hpp>
#include <pacer/expression/dialects.hpp>

#include <cmath>
#include <limits>
#include <optional>

namespace {

pacer::ramp_shape shape_named(const std::string& name) {
    return name == "cosine"   ? pacer::ramp_shape::cosine
           : name == "1-sqrt" ? pacer::ramp_shape::one_minus_sqrt
                              : pacer::ramp_shape::linear;
}

pacer::expression schedule_of(const std::string& name, double peak, pacer::step_t warmup, pacer::step_t total,
                              const std::map<std::string, std::string>& kwargs) {
    const std::map<std::string, std::string> fields{{"min_lr", "min_lr"},
                                                    {"min_lr_rate", "min_lr"},
                                                    {"min_lr_ratio", "min_lr"},
                                                    {"warmup_lr_rate", "init_lr"},
                                                    {"num_cycles", "num_cycles"},
                                                    {"power", "power"},
                                                    {"lr_end", "end_lr"},
                                                    {"timescale", "timescale"},
                                                    {"num_decay_steps", "decay_steps"},
                                                    {"num_stable_steps", "stable_steps"},
                                                    {"decay_type", "decay_shape"},
                                                    {"warmup_type", "warmup_shape"}};
    std::vector<pacer::field_given> given{{"peak_lr", peak}};
    const auto has = [&](const char* key) { return kwargs.count(key) != 0; };
    if (name == "polynomial" && !has("lr_end"))
        given.push_back({"end_lr", 1e-7});
    for (const auto& [key, value] : kwargs) {
        if (fields.count(key) == 0)
            FAIL("unknown kwarg " << key);
        const std::string& field = fields.at(key);
        if (key.ends_with("_rate") || key.ends_with("_ratio"))
            given.push_back({field, pacer::lr_ratio(support::number(value))});
        else if (field.ends_with("_shape"))
            given.push_back({field, shape_named(value)});
        else if (field == "stable_steps")
            continue;
        else if (field.ends_with("_steps") || field == "timescale")
            given.push_back({field, support::count(value)});
        else
            given.push_back({field, support::number(value)});
    }
    if (name == "warmup_stable_decay") {
        // The formula is told the warm-up, which may be longer than what the other parts leave of the run.
        if (has("num_stable_steps"))
            total =
                warmup + support::count(kwargs.at("num_stable_steps")) + support::count(kwargs.at("num_decay_steps"));
        if (!has("decay_type"))
            given.push_back({"decay_shape", pacer::ramp_shape::cosine});
    }
    given.push_back({"total_steps", total});
    return pacer::make(name, given);
}

}  // namespace

// The bits are those of one C library's cosine and power; another's may differ in the last place now and then.
TEST_CASE("the formula has the bits of Hugging Face's own output") {
    for (const char* file : {"hf_v4.csv", "hf_v5.csv"}) {
        std::size_t rows = 0;
        std::size_t same = 0;
        for (const auto& row : support::golden(file, 8)) {
            const double peak = support::number(row[2]);
            const pacer::step_t warmup = support::count(row[3]);
            const pacer::step_t total = support::count(row[4]);
            const auto arguments = pacer::analysis::hf_arguments_of(
                schedule_of(row[1], peak, warmup, total, support::options(row[5])), warmup);
            REQUIRE(arguments);
            const pacer::analysis::hf_formula formula(*arguments);
            const double expected = support::number(row[7]);
            const double found = formula(support::count(row[6]));
            const double ulp = std::nextafter(peak, std::numeric_limits<double>::infinity()) - peak;
            INFO(file << " case " << row[0] << " " << row[1] << " " << row[5] << " step " << row[6]);
            REQUIRE(std::abs(found - expected) <= 2 * ulp);
            ++rows;
            same += found == expected ? 1 : 0;
        }
        CHECK(rows > 10'000);
        CHECK(static_cast<double>(same) >= 0.999 * static_cast<double>(rows));
    }
}

TEST_CASE("the arguments of the dialect's schedules are those they were made with") {
    for (const char* text : {
             "hf::get_constant_schedule(lr=0.01)",
             "hf::get_constant_schedule_with_warmup(lr=0.01, num_warmup_steps=7)",
             "hf::get_linear_schedule_with_warmup(lr=0.01, num_warmup_steps=7, num_training_steps=100)",
             "hf::get_cosine_schedule_with_warmup(lr=0.01, num_warmup_steps=7, num_training_steps=100, num_cycles=1.3)",
             "hf::get_cosine_schedule_with_warmup(lr=0.01, num_warmup_steps=7, num_training_steps=100)",
             "hf::get_cosine_with_hard_restarts_schedule_with_warmup(lr=0.01, num_warmup_steps=7, "
             "num_training_steps=100)",
             "hf::get_cosine_with_hard_restarts_schedule_with_warmup(lr=0.01, num_warmup_steps=7, "
             "num_training_steps=100, "
             "num_cycles=3)",
             "hf::get_polynomial_decay_schedule_with_warmup(lr=0.01, num_warmup_steps=7, num_training_steps=100, "
             "lr_end=0.001, power=1.7)",
             "hf::get_inverse_sqrt_schedule(lr=0.01, num_warmup_steps=7, timescale=50)",
             "hf::get_cosine_with_min_lr_schedule_with_warmup(lr=0.01, num_warmup_steps=7, num_training_steps=100, "
             "min_lr=0.001)",
             "hf::get_cosine_with_min_lr_schedule_with_warmup(lr=0.01, num_warmup_steps=7, num_training_steps=100, "
             "min_lr_rate=0.3)",
             "hf::get_cosine_with_min_lr_schedule_with_warmup_lr_rate(lr=0.01, num_warmup_steps=7, "
             "num_training_steps=100, "
             "min_lr_rate=0.3, warmup_lr_rate=0.1)",
             "hf::get_wsd_schedule(lr=0.01, num_warmup_steps=7, num_decay_steps=30, num_training_steps=100)",
             "hf::get_wsd_schedule(lr=0.01, num_warmup_steps=7, num_decay_steps=30, num_stable_steps=63, "
             "warmup_type=cosine, decay_type=one_minus_sqrt, min_lr_ratio=0.2)",
             "hf::get_wsd_schedule(lr=0.01, num_warmup_steps=7, num_decay_steps=30, num_training_steps=100, "
             "num_cycles=1.3, "
             "decay_type=cosine)",
         }) {
        const pacer::expression schedule = pacer::parse(text);
        // The warm-up that is told beside it belongs to schedules of other names.
        const auto arguments = pacer::analysis::hf_arguments_of(schedule, 99);
        INFO(text);
        REQUIRE(arguments);
        const pacer::analysis::hf_formula formula(*arguments);
        for (pacer::step_t step = 0; step <= 130; ++step) {
            INFO("step " << step);
            CHECK(std::abs(formula(step) - schedule(step)) <= 1e-16);
        }
    }
    CHECK(!pacer::analysis::hf_arguments_of(pacer::parse("pytorch::step_lr(lr=0.01, step_size=10)"), 0));
    CHECK(!pacer::analysis::hf_arguments_of(
        pacer::parse("join(linear(peak_lr=1, total_steps=5), 5, linear(peak_lr=1, total_steps=5))"), 0));
}

TEST_CASE("a floor above the peak is Hugging Face's own function") {
    using pacer::analysis::hf_function;
    for (const hf_function f : {hf_function::cosine_with_min_lr, hf_function::cosine_warmup_with_min_lr})
        for (const std::optional<double> init : {std::optional<double>{}, std::optional<double>{0.2}}) {
            if (init && f == hf_function::cosine_with_min_lr)
                continue;
            const pacer::analysis::hf_arguments a{
                .function = f, .lr = 0.01, .warmup = 7, .total = 100, .floor = 2.5, .init = init};
            const pacer::expression curve = pacer::analysis::expression_of(a);
            CHECK(to_text(curve).substr(0, 4) == "hf::");
            const pacer::analysis::hf_formula formula(a);
            for (pacer::step_t step = 0; step < 150; ++step)
                CHECK(std::abs(curve(step) - formula(step)) <= 1e-17);
            CHECK(curve(100) > 0.0249);
        }
}

TEST_CASE("a floor is for the functions that have one") {
    using pacer::analysis::hf_function;
    pacer::analysis::hf_arguments a{.function = hf_function::linear, .lr = 0.01, .warmup = 7, .total = 100};
    const std::string without = to_text(pacer::analysis::expression_of(a));
    a.floor = 2.5;
    CHECK(to_text(pacer::analysis::expression_of(a)) == without);
}

TEST_CASE("a decay of several waves has the shape that it was given") {
    using pacer::analysis::hf_function;
    for (const auto& shape :
         {pacer::ramp_shape::linear, pacer::ramp_shape::cosine, pacer::ramp_shape::one_minus_sqrt}) {
        const pacer::analysis::hf_arguments a{.function = hf_function::warmup_stable_decay,
                                              .lr = 0.01,
                                              .warmup = 10,
                                              .total = 100,
                                              .num_cycles = 1.5,
                                              .decay = 30,
                                              .warmup_shape = shape,
                                              .decay_shape = shape};
        const pacer::expression curve = pacer::analysis::expression_of(a);
        CHECK(pacer::analysis::hf_arguments_of(curve, 0) == a);
        const pacer::analysis::hf_formula formula(a);
        for (pacer::step_t step = 0; step < 100; ++step)
            CHECK(std::abs(curve(step) - formula(step)) <= 1e-17);
    }
}

TEST_CASE("a run that is over before its warm-up is the warm-up alone") {
    using pacer::analysis::hf_arguments;
    using pacer::analysis::hf_function;
    const auto is_same = [](const hf_arguments& a) {
        INFO(a.warmup << " of " << a.total);
        const pacer::expression curve = pacer::analysis::expression_of(a);
        const pacer::analysis::hf_formula formula(a);
        CHECK(formula.arguments().warmup == a.warmup);
        for (pacer::step_t step = 0; step < a.total; ++step) {
            INFO("step " << step);
            CHECK(std::abs(curve(step) - formula(step)) <= 1e-16);
        }
    };
    is_same({.function = hf_function::linear, .lr = 0.01, .warmup = 30, .total = 20});
    is_same({.function = hf_function::cosine, .lr = 0.01, .warmup = 20, .total = 20});
    is_same({.function = hf_function::cosine_warmup_with_min_lr, .lr = 0.01, .warmup = 30, .total = 20, .floor = 0.1});
    is_same({.function = hf_function::cosine_warmup_with_min_lr,
             .lr = 0.01,
             .warmup = 30,
             .total = 20,
             .floor = 0.1,
             .init = 0.2});
    is_same({.function = hf_function::cosine_warmup_with_min_lr,
             .lr = 0.01,
             .warmup = 7,
             .total = 100,
             .floor = 0.1,
             .init = 0.2});
    // A warm-up from its own first rate lasts one update less.
    is_same({.function = hf_function::cosine_warmup_with_min_lr,
             .lr = 0.01,
             .warmup = 2,
             .total = 2,
             .floor = 0.1,
             .init = 0.2});
    CHECK(pacer::hf::function_named("no such", hf_function::linear) == hf_function::linear);
    CHECK(!pacer::analysis::hf_arguments_of(pacer::parse("sgdr(peak_lr=0.01, cycle_steps=10)"), 0));
}
