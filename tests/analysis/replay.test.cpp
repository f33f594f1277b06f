// SPDX-License-Identifier: MIT
#include "analysis/spoilt_logs.hpp"
#include "catch.hpp"
#include "support/check.hpp"

#include <pacer/analysis/replay.hpp>
#include <pacer/recipes/recipes.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

using pacer::step_t;
using pacer::analysis::replay;
using pacer::analysis::replay_report;
using pacer::analysis::training_log;

namespace {

const std::string runs = std::string(PACER_TEST_DATA) + "/data/runs/";

replay_report replay_run(const std::string& run) {
    const std::string folder = runs + run + "/";
    const auto existing = [&](std::initializer_list<const char*> names) {
        for (const char* name : names)
            if (std::filesystem::exists(folder + name))
                return folder + name;
        return std::string();
    };
    const std::string state = existing({"scheduler_state.json"});
    return replay(pacer::recipes::read_recipe(existing({"recipe.yaml", "training_args.json"})),
                  pacer::analysis::read_log(existing({"trainer_state.json", "trainer_log.jsonl"})), {},
                  state.empty() ? std::vector<pacer::analysis::scheduler_state>{}
                                : pacer::analysis::read_scheduler_states(state));
}

bool tells(const replay_report& report, const std::string& what) {
    for (const std::string& line : report.story)
        if (line.find(what) != std::string::npos)
            return true;
    return false;
}

std::vector<step_t> totals(const replay_report& report) {
    std::vector<step_t> found;
    for (const auto& part : report.stretches)
        found.push_back(part.curve ? part.curve->total_steps : -1);
    return found;
}

// How far the scheduler is behind the logged step, at the end of each run of equal delays.
std::vector<step_t> delays(const replay_report& report) {
    std::vector<step_t> found;
    for (const auto& part : report.stretches)
        for (const auto& run : part.runs)
            found.push_back(run.delay);
    return found;
}

constexpr const char* before = "update s - 1: read before the scheduler's step";
constexpr const char* after = "update s: read after the scheduler's step";

// A log of the trainer's own arithmetic, to be spoilt.
training_log log_of(const std::string& scheduler, const std::vector<pacer::field_given>& fields, step_t warmup,
                    step_t last) {
    const pacer::expression schedule = pacer::make(scheduler, fields);
    const pacer::analysis::hf_formula formula(pacer::analysis::hf_arguments_of(schedule, warmup).value());
    training_log log;
    for (step_t s = 1; s <= last; ++s)
        log.points.push_back({s, formula(s)});
    log.total_steps = schedule.total_steps();
    return log;
}

pacer::recipes::recipe recipe_of(const std::string& scheduler, double peak, double warmup) {
    pacer::recipes::recipe recipe;
    recipe.scheduler = scheduler;
    recipe.learning_rate = peak;
    recipe.warmup_steps = warmup;
    return recipe;
}

}  // namespace

TEST_CASE("every rate of every run is the trainer's rate at a known step") {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(runs)) {
        if (!entry.is_directory())
            continue;
        ++count;
        const replay_report report = replay_run(entry.path().filename().string());
        INFO(entry.path().filename());
        CHECK(report.all_explained());
        CHECK(report.explained > 0);
        // Two formulas for one curve: pacer's, and the trainer's with its own roundings.
        CHECK(report.largest_difference <= 2);
        // The bits of the trainer's formula are those of one C library; another's cosine may differ now and then.
        CHECK(static_cast<double>(report.same_bits) >= 0.99 * static_cast<double>(report.explained));
    }
    CHECK(count == 20);
}

TEST_CASE("runs that follow their recipe to the end") {
    struct expected {
        const char* run;
        step_t total;
        step_t warmup;
        const char* logged;
    };
    for (const expected& e : {expected{"01-llamafactory-cosine", 96, 10, before},
                              {"02-hf-linear-checkpoints", 625, 188, after},
                              {"03-hf-cosine-max-steps", 1000, 0, after},
                              {"04-hf-cosine-fractional-warmup", 250, 8, before},
                              {"05-hf-linear-steps-over-ratio", 669, 5, before},
                              {"06-geneformer-polynomial", 7800, 1812, after},
                              {"07-wsd-floor", 2000, 100, before},
                              {"08-cosine-min-lr", 112, 7, before},
                              {"09-whisper-constant-with-warmup", 100'000, 1000, after},
                              {"11-warmup-longer-than-run", 520, 1000, after}}) {
        const replay_report report = replay_run(e.run);
        INFO(e.run);
        CHECK(report.plan.total_steps == e.total);
        CHECK(report.plan.warmup_steps == e.warmup);
        REQUIRE(report.stretches.size() == 1);
        CHECK(report.stretches[0].cause.empty());
        CHECK(report.stretches[0].runs.size() == 1);
        CHECK(tells(report, e.logged));
    }
}

TEST_CASE("a warm-up that constant ignores, and a flat rate that hides how it was logged") {
    const replay_report report = replay_run("10-constant-ignores-warmup");
    CHECK(report.equal == report.points.size());
    CHECK(tells(report, "cannot be seen"));
}

TEST_CASE("skipped optimizer steps: a lag that only grows") {
    const replay_report cosine = replay_run("12-fp16-lag-cosine");
    CHECK(delays(cosine) == std::vector<step_t>{4, 5});
    CHECK(tells(cosine, after));

    // The saved scheduler tells the logging convention (1) from the skipped steps (14).
    const replay_report linear = replay_run("13-fp16-lag-growing");
    CHECK(delays(linear) == std::vector<step_t>{8, 9, 10, 12, 13, 14, 15});
    CHECK(tells(linear, before));
    CHECK(tells(linear, "by step 10600 the scheduler has fallen behind by 14 updates"));

    const replay_report never = replay_run("14-fp16-never-stepped");
    CHECK(tells(never, "stands still at its step 0"));
}

TEST_CASE("another scheduler took over") {
    const replay_report report = replay_run("15-deepspeed-warmuplr");
    CHECK(report.plan.scheduler == "WarmupLR");
    CHECK(report.equal == 127);  // the logarithm is within 1 ULP
}

TEST_CASE("resumed with another total") {
    CHECK(totals(replay_run("16-resumed-total-raised")) == std::vector<step_t>{1500, 4000});
    CHECK(totals(replay_run("18-resumed-total-cut")) == std::vector<step_t>{49'000, 12'000});

    std::vector<step_t> every_epoch;
    for (step_t epoch = 1; epoch <= 25; ++epoch)
        every_epoch.push_back(2500 * epoch);
    every_epoch.push_back(75'000);
    CHECK(totals(replay_run("17-resumed-every-epoch")) == every_epoch);
}

TEST_CASE("a log written twice, and a step counter that began again") {
    CHECK(tells(replay_run("19-log-written-twice"), "lines were written more than once"));
    const replay_report restarted = replay_run("20-phase-restarted-step");
    CHECK(delays(restarted) == std::vector<step_t>{-75});
    CHECK(totals(restarted) == std::vector<step_t>{114});
}

TEST_CASE("a step counter that began again on a level") {
    // A scheduler that stood still at its peak would have given the same rates.
    using pacer::analysis::hf_function;
    for (const hf_function function : {hf_function::constant_with_warmup, hf_function::warmup_stable_decay}) {
        pacer::analysis::hf_arguments a{.function = function, .lr = 1e-3, .warmup = 482, .total = 4829};
        pacer::recipes::recipe r =
            recipe_of(function == hf_function::constant_with_warmup ? "constant_with_warmup" : "warmup_stable_decay",
                      a.lr, static_cast<double>(a.warmup));
        if (function == hf_function::warmup_stable_decay) {
            a.decay = 480;
            a.decay_shape = pacer::ramp_shape::cosine;
            r.kwargs.num_decay_steps = a.decay;
            r.places["lr_scheduler_kwargs.num_decay_steps"] = {"recipe", 2, "num_decay_steps"};
        }
        const pacer::analysis::hf_formula f(a);
        training_log log{.points = {}, .total_steps = a.total};
        for (step_t s = 58; s <= 2378; s += 58)
            log.points.push_back({s, f(s)});
        for (step_t s = 58; s <= 2436; s += 58)
            log.points.push_back({s, f(s + 2378)});
        const replay_report report = replay(r, log);
        INFO(report.story.at(0));
        CHECK(report.all_explained());
        CHECK(report.stretches.front().cause.empty());
        CHECK(report.stretches.front().end == 41);
        CHECK_FALSE(tells(report, "stands still"));
        CHECK_FALSE(tells(report, "another scheduler"));
    }
}

TEST_CASE("what nothing explains is not explained") {
    const std::vector<pacer::field_given> p{{"peak_lr", 1e-3}, {"total_steps", 200}};
    training_log log = log_of("cosine", p, 10, 200);
    log.points[99].lr *= 1 + 1e-12;  // far below what a plot or a tolerance of 1e-9 shows
    const replay_report report = replay(recipe_of("cosine", 1e-3, 10), log);
    CHECK_FALSE(report.all_explained());
    CHECK(report.explained == 199);
    CHECK_FALSE(report.points[99].explained);
    CHECK(tells(report, "step 100: not explained"));
}

TEST_CASE("a state that was not restored, another rate, another warm-up, another scheduler") {
    const std::vector<pacer::field_given> p{{"peak_lr", 1e-3}, {"total_steps", 200}};

    training_log lost = log_of("cosine", p, 10, 80);
    for (const auto& point : log_of("cosine", p, 10, 60).points)
        lost.points.push_back({point.step + 80, point.lr});
    const replay_report restarted = replay(recipe_of("cosine", 1e-3, 10), lost);
    CHECK(restarted.all_explained());
    CHECK(tells(restarted, "steps 81 to 140: the scheduler began again at its step 0"));

    const replay_report rate = replay(recipe_of("cosine", 2e-3, 10), log_of("cosine", p, 10, 200));
    CHECK(rate.all_explained());
    CHECK(tells(rate, "with learning_rate 0.001"));

    const replay_report warmup = replay(recipe_of("linear", 1e-3, 10), log_of("linear", p, 25, 200));
    CHECK(warmup.all_explained());
    CHECK(tells(warmup, "warmed up over 25 updates"));

    const replay_report other = replay(recipe_of("cosine", 1e-3, 10), log_of("linear", p, 10, 200));
    CHECK(other.all_explained());
    CHECK(tells(other, "another scheduler took over: linear"));
}

TEST_CASE("a log whose recipe is otherwise in one thing") {
    const std::vector<pacer::field_given> p{{"peak_lr", 1e-3}, {"total_steps", 200}};
    const auto one_line = [](const replay_report& report) {
        CHECK(report.all_explained());
        return report.story.at(0);
    };
    const auto recipe = [](const std::string& scheduler, double peak, double warmup) {
        pacer::recipes::recipe r = recipe_of(scheduler, peak, warmup);
        r.places["lr_scheduler_type"] = {"recipe", 1, "lr_scheduler_type"};
        return r;
    };
    CHECK(one_line(replay(recipe("linear", 1e-3, 1), log_of("linear", p, 0, 200))) == "steps 1 to 200: no warm-up");
    CHECK(one_line(replay(recipe("linear", 2e-3, 10), log_of("linear", p, 10, 200))) ==
          "steps 1 to 200: with learning_rate 0.001");

    training_log flat;
    for (step_t s = 5; s <= 240; s += 5)
        flat.points.push_back({s, 5e-4});
    flat.total_steps = 240;
    CHECK(one_line(replay(recipe_of("linear", 5e-4, 0), flat)) == "steps 5 to 240: a constant rate");
    CHECK(one_line(replay(recipe("linear", 5e-4, 0), flat)) ==
          "steps 5 to 240: a constant rate: another scheduler, or one that never took a step");

    training_log twice = log_of("cosine", p, 10, 200);
    for (auto& point : twice.points)
        point.lr = twice.points[static_cast<std::size_t>(std::min<step_t>(2 * point.step, 200)) - 1].lr;
    twice.points.resize(100);
    CHECK(one_line(replay(recipe("cosine", 1e-3, 10), twice)) == "steps 1 to 100: 2 scheduler steps an update");

    training_log rounded = log_of("cosine", p, 10, 200);
    for (auto& point : rounded.points) {
        char text[32];
        std::snprintf(text, sizeof text, "%.4e", point.lr);
        point.lr = std::strtod(text, nullptr);
    }
    CHECK(one_line(replay(recipe("cosine", 1e-3, 10), rounded)) == "steps 1 to 200: the rates are rounded to 5 digits");
    CHECK(one_line(replay(recipe("cosine", 3e-3, 10), rounded)) ==
          "steps 1 to 200: with learning_rate 0.001; the rates are rounded to 5 digits");
}

TEST_CASE("a log that is written otherwise, or by a scheduler of other arguments") {
    const std::vector<pacer::field_given> p{{"peak_lr", 1e-3}, {"total_steps", 200}};
    const auto one_line = [](const replay_report& report) {
        CHECK(report.all_explained());
        return report.story.at(0);
    };
    training_log single = log_of("cosine", p, 10, 200);
    for (auto& point : single.points)
        point.lr = static_cast<double>(static_cast<float>(point.lr));
    CHECK(one_line(replay(recipe_of("cosine", 1e-3, 10), single)) ==
          "steps 1 to 200: the rates are written in single precision");

    training_log decimals = log_of("cosine", p, 10, 200);
    for (auto& point : decimals.points) {
        char text[32];
        std::snprintf(text, sizeof text, "%.6f", point.lr);
        point.lr = std::strtod(text, nullptr);
    }
    CHECK(one_line(replay(recipe_of("cosine", 1e-3, 10), decimals)) ==
          "steps 1 to 200: the rates are rounded to 6 decimal places");

    const auto with = [&](const char* field, const pacer::field_value& value) {
        std::vector<pacer::field_given> more = p;
        more.push_back({field, value});
        return more;
    };
    std::vector<pacer::field_given> square = with("power", 2);
    square.push_back({"end_lr", 1e-7});
    CHECK(one_line(replay(recipe_of("polynomial", 1e-3, 10), log_of("polynomial", square, 10, 200))) ==
          "steps 1 to 200: power 2");
    CHECK(one_line(replay(recipe_of("cosine_with_restarts", 1e-3, 10),
                          log_of("cosine_with_restarts", with("num_cycles", 3), 10, 200))) ==
          "steps 1 to 200: num_cycles 3");
}

TEST_CASE("resumed inside of a warm-up by ratio") {
    pacer::recipes::recipe recipe = recipe_of("linear", 1e-3, 0);
    recipe.warmup_steps.reset();
    recipe.warmup_ratio = 0.1;
    recipe.max_steps = 100;
    training_log log;
    const pacer::analysis::hf_formula shorter({.lr = 1e-3, .warmup = 6, .total = 60});
    const pacer::analysis::hf_formula longer({.lr = 1e-3, .warmup = 10, .total = 100});
    for (step_t s = 2; s <= 100; s += 2)
        log.points.push_back({s, s <= 40 ? shorter(s - 1) : longer(s - 1)});
    const replay_report report = replay(recipe, log);
    CHECK(report.all_explained());
    REQUIRE(report.stretches.size() == 2);
    CHECK(tells(report, "steps 2 to 40: the schedule was built for total_steps 60, warmed up over 6 updates"));
    CHECK(tells(report, "steps 42 to 100: resumed at the same position with total_steps 100, the recipe's"));

    // No more than the warm-up of the first run: several lengths have it.
    training_log early;
    for (step_t s = 1; s <= 40; ++s)
        early.points.push_back({s, s <= 5 ? shorter(s - 1) : longer(s - 1)});
    CHECK(tells(replay(recipe, early), "steps 1 to 5: the schedule was built for total_steps 51 to 60"));
}

TEST_CASE("the trainer's version is found where the log says it") {
    pacer::recipes::recipe recipe = recipe_of("inverse_sqrt", 5e-4, 17);
    recipe.kwargs.timescale = 40;
    recipe.places["lr_scheduler_kwargs.timescale"] = {"recipe", 2, "timescale"};
    recipe.max_steps = 100;
    training_log log;
    const pacer::analysis::hf_formula v5(
        {.function = pacer::analysis::hf_function::inverse_sqrt, .lr = 5e-4, .warmup = 17, .timescale = 40});
    for (step_t s = 3; s <= 99; s += 3)
        log.points.push_back({s, v5(s - 1)});
    const replay_report report = replay(recipe, log);
    CHECK(report.all_explained());
    CHECK(tells(report, "as transformers 5 reads the recipe"));
    CHECK(report.plan.trainer == pacer::hf_trainer::v5);
}

TEST_CASE("numbers in sentences are ones that happened") {
    const std::vector<pacer::field_given> p{{"peak_lr", 1e-3}, {"total_steps", 200}};
    training_log log = log_of("linear", p, 10, 200);
    log.points[120].lr = 0.5;
    const replay_report report = replay(recipe_of("linear", 1e-3, 10), log);
    CHECK(tells(report, "step 121: not explained; 0.5 is nearest to 0.001, the rate of step 10"));
    CHECK(report.points[120].position == 10);
    CHECK_FALSE(tells(report, "-"));

    training_log skipped = log_of("linear", p, 10, 200);
    for (std::size_t i = 199; i >= 100; --i)
        skipped.points[i].lr = skipped.points[i - 1].lr;
    CHECK(tells(replay(recipe_of("linear", 1e-3, 10), skipped),
                "by step 101 the scheduler has fallen behind by 1 update:"));
}

TEST_CASE("what is told of steps that are logged more than once") {
    const std::vector<pacer::field_given> p{{"peak_lr", 1e-3}, {"total_steps", 200}};
    const training_log log = log_of("linear", p, 10, 200);
    training_log two_runs{.points = {}, .total_steps = log.total_steps};
    training_log again = log;
    training_log turned = log;
    for (const pacer::analysis::log_point& point : log.points) {
        two_runs.points.push_back(point);
        two_runs.points.push_back({point.step, point.lr * 1.37 + 1e-9});
    }
    again.points.insert(again.points.end(), log.points.end() - 20, log.points.end());
    std::swap(turned.points[100], turned.points[101]);
    const auto told = [](const training_log& l) { return replay(recipe_of("linear", 1e-3, 10), l); };
    CHECK(tells(told(two_runs), "goes back, or stays, 200 times: 200 steps have more than one rate: of several runs"));
    CHECK(tells(told(again), "goes back, or stays, 1 time: lines were written more than once"));
    CHECK(tells(told(turned), "goes back, or stays, 1 time: lines are out of order"));

    training_log none = log;
    for (int k = 0; k < 100; ++k)
        none.points.push_back({200, k % 3 == 0 ? 1e-6 * k : std::numeric_limits<double>::quiet_NaN()});
    CHECK(tells(told(none), "goes back, or stays, 100 times: 1 step has more than one rate"));
    training_log same_none{.points = {5, {7, std::numeric_limits<double>::quiet_NaN()}}, .total_steps = 200};
    CHECK(tells(told(same_none), "goes back, or stays, 4 times: lines were written more than once"));
}

TEST_CASE("a level that comes back among other rates tells of no skipped updates") {
    // All rates are the curve's, at steps that are not theirs.
    support::dice dice(36);
    for (int k = 0; k < 8; ++k) {
        const step_t total = 600 + dice.up_to(2000);
        const pacer::analysis::hf_formula f({.function = pacer::analysis::hf_function::warmup_stable_decay,
                                             .lr = 3e-4,
                                             .total = total,
                                             .decay = total / 3,
                                             .decay_shape = pacer::ramp_shape::cosine});
        pacer::recipes::recipe r = recipe_of("warmup_stable_decay", 3e-4, 0);
        r.max_steps = total;
        r.kwargs.num_decay_steps = total / 3;
        r.places["lr_scheduler_type"] = {"recipe", 1, "lr_scheduler_type"};
        r.places["lr_scheduler_kwargs.num_decay_steps"] = {"recipe", 2, "num_decay_steps"};
        training_log log{.points = {}, .total_steps = total};
        for (step_t s = 7; s <= total; s += 7)
            log.points.push_back({s, f(s)});
        for (std::size_t i = log.points.size(); i > 1; --i)
            std::swap(log.points[i - 1].lr,
                      log.points[static_cast<std::size_t>(dice.up_to(static_cast<step_t>(i) - 1))].lr);
        const replay_report report = replay(r, log);
        INFO(report.story.at(0));
        CHECK_FALSE(tells(report, "fallen behind"));
        CHECK_FALSE(tells(report, "another scheduler took over"));
        CHECK_FALSE(tells(report, "ahead of the logged step"));
    }
}

TEST_CASE("an odd point on a level is an odd point") {
    const auto level_with = [](step_t odd, double lr) {
        training_log log;
        for (step_t s = 10; s <= 390; s += 10)
            log.points.push_back({s, s == odd ? lr : 1e-4});
        return log;
    };
    for (const step_t odd : {10, 70, 150, 390})
        for (const double lr : {1.0003e-4, 1.00000001e-4, 9.7e-5, 2.3456e-5, 3e-5, 2e-4}) {
            if (odd == 10 && lr == 9.7e-5)  // that with two digits is both
                continue;
            const replay_report report = replay(recipe_of("constant", 1e-4, 0), level_with(odd, lr));
            INFO(odd << ", " << lr << ": " << report.story.at(0));
            CHECK(report.explained == 38);
            CHECK(tells(report, "as the recipe says"));
            CHECK(tells(report, "step " + std::to_string(odd) + ": not explained"));
            CHECK_FALSE(tells(report, "rounded"));
        }
    CHECK_FALSE(
        tells(replay(recipe_of("cosine", 1e-4, 0), level_with(150, 1.0003e-4), {.total_steps = 400}), "rounded"));
    // Rates that are rounded are told as that all the same.
    training_log rounded = log_of("cosine", {{"peak_lr", 1e-3}, {"total_steps", 200}}, 10, 200);
    for (auto& p : rounded.points)
        p.lr = std::round(p.lr * 1e5) / 1e5;
    const replay_report report = replay(recipe_of("cosine", 1e-3, 10), rounded);
    CHECK(report.all_explained());
    CHECK(tells(report, "the rates are rounded to 5 decimal places"));
}

TEST_CASE("several scheduler steps an update, where the rate is flat after a few points") {
    // Four points of warm-up, then the peak: two points of which the second is flat tell no ratio.
    const pacer::analysis::hf_formula f({.function = pacer::analysis::hf_function::warmup_stable_decay,
                                         .lr = 8e-6,
                                         .warmup = 206,
                                         .total = 3398,
                                         .decay = 679,
                                         .decay_shape = pacer::ramp_shape::cosine});
    pacer::recipes::recipe r = recipe_of("warmup_stable_decay", 8e-6, 3398);
    r.warmup_steps = 206;
    r.kwargs.num_decay_steps = 679;
    r.places["lr_scheduler_kwargs.num_decay_steps"] = {"recipe", 2, "num_decay_steps"};
    for (const step_t every : {16, 60, 100}) {
        training_log log{.points = {}, .total_steps = 3398};
        for (step_t s = every; s <= 3398 / 4; s += every)
            log.points.push_back({s, f(4 * s - 4)});
        const replay_report report = replay(r, log);
        INFO(every << ": " << report.story.at(0));
        REQUIRE(report.stretches.size() == 1);
        CHECK(report.stretches[0].ratio.steps == 4);
        CHECK(report.explained == log.points.size());
    }
}

namespace {

/// No story of these logs is one that did not happen; the share of those whose story is told.
double share_told(std::uint64_t first_seed, int seeds, support::spoiler::schedules among,
                  const std::string& without = {}) {
    int right = 0;
    int all = 0;
    for (const std::string kind : support::spoiler::true_kinds)
        for (int seed = 0; seed < seeds && kind != without; ++seed) {
            const support::spoilt_log s =
                support::spoiler(first_seed + static_cast<std::uint64_t>(seed), among).make(kind);
            const replay_report report = replay(s.recipe, s.log);
            const support::verdict v = support::judge(s, report);
            INFO(kind << ", seed " << seed << ": " << report.story.at(0));
            CHECK(v != support::verdict::wrong);
            right += v == support::verdict::right ? 1 : 0;
            ++all;
        }
    return static_cast<double>(right) / all;
}

}  // namespace

TEST_CASE("spoilt logs: what happened is told, and nothing else") {
    CHECK(share_told(9000, support::cases(6), support::spoiler::schedules::usual) >= 0.9);

    for (const char* kind : support::spoiler::senseless_kinds)
        for (int seed = 0; seed < support::cases(6); ++seed) {
            const support::spoilt_log s = support::spoiler(9500 + static_cast<std::uint64_t>(seed)).make(kind);
            const replay_report report = replay(s.recipe, s.log);
            INFO(kind << ", seed " << seed << ": " << report.story.at(0));
            CHECK(report.explained * 20 <= s.log.points.size());
        }
}

TEST_CASE("spoilt logs of every schedule: no story that did not happen") {
    // Of two curves that are mixed half of the points are nobody's.
    CHECK(share_told(40'000, support::cases(12), support::spoiler::schedules::all, "two curves mixed") >= 0.95);
}

TEST_CASE("a million points, of any kind") {
    constexpr step_t n = 1'000'000;
    const pacer::analysis::hf_formula f(
        {.function = pacer::analysis::hf_function::cosine, .lr = 1e-3, .warmup = 1000, .total = n});
    support::dice dice(1);
    training_log right;
    training_log noise;
    training_log flat;
    for (step_t s = 1; s <= n; ++s) {
        right.points.push_back({s, f(s)});
        noise.points.push_back({s, 1e-6 * static_cast<double>(dice.up_to(999))});
        flat.points.push_back(
            {3 * s, 3 * s < n ? 1e-3 * (static_cast<double>(n - 3 * s) / static_cast<double>(n)) : 0.0});
    }
    training_log every_other = right;
    for (std::size_t i = 1; i < every_other.points.size(); i += 2)
        every_other.points[i].lr = 1e-3 * dice.fraction();
    for (training_log* log : {&right, &noise, &flat, &every_other})
        log->total_steps = n;
    // Ten times what they take in a build without optimization.
    const auto seconds = [](auto act) {
        const auto start = std::chrono::steady_clock::now();
        act();
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    CHECK(seconds([&] { CHECK(replay(recipe_of("cosine", 1e-3, 1000), right).all_explained()); }) < 20);
    CHECK(seconds([&] { CHECK(replay(recipe_of("linear", 2e-3, 7), right).all_explained()); }) < 60);
    CHECK(seconds([&] { CHECK(replay(recipe_of("cosine", 1e-3, 1000), noise).explained < 100); }) < 100);
    CHECK(seconds([&] { CHECK(replay(recipe_of("linear", 1e-3, 0), flat).all_explained()); }) < 20);
    CHECK(seconds([&] { CHECK(replay(recipe_of("cosine", 1e-3, 1000), every_other).explained == n / 2); }) < 100);
}

TEST_CASE("steps of any size are no more work") {
    const std::vector<pacer::field_given> p{{"peak_lr", 1e-3}, {"total_steps", 200}};
    training_log log = log_of("cosine", p, 10, 200);
    for (const step_t step :
         {step_t{1'000'000'000}, step_t{9'000'000'000'000'000'000}, pacer::endless, -pacer::endless})
        log.points.push_back({step, 1e-4 + 1e-5 * static_cast<double>(log.points.size() % 7)});
    const replay_report report = replay(recipe_of("cosine", 1e-3, 10), log);
    CHECK(report.explained == 200);
    CHECK(report.points.size() == 204);

    training_log odd = log_of("cosine", p, 10, 200);
    odd.points[3].lr = std::numeric_limits<double>::quiet_NaN();
    odd.points[4].lr = std::numeric_limits<double>::infinity();
    CHECK(replay(recipe_of("cosine", 1e-3, 10), odd).explained == 198);
    CHECK(replay(recipe_of("constant", 1e-3, 0), {}).points.empty());
}

TEST_CASE("a saved state tells how the rates were logged, where it is inside of what is known") {
    // From step 10 on, and with an update skipped at step 60.
    const training_log whole =
        log_of("cosine", {{"peak_lr", 1e-3}, {"total_steps", 200}, {"warmup", pacer::warmup_steps(20)}}, 20, 200);
    training_log log;
    for (step_t s = 10; s <= 120; ++s)
        log.points.push_back({s, whole.points[static_cast<std::size_t>(s < 60 ? s - 2 : s - 3)].lr});
    log.total_steps = 200;
    const auto replayed = [&](step_t at, step_t last) {
        return replay(recipe_of("cosine", 1e-3, 20), log, {}, {{at, last}});
    };
    const char* const skipped = "1 optimizer step had been skipped by the first logged step";
    // The scheduler is at s - 1 after step s: the rate was read after its step.
    const replay_report early = replayed(30, 29);
    REQUIRE(early.all_explained());
    CHECK(delays(early) == std::vector<step_t>{1, 2});
    CHECK(tells(early, after));
    CHECK(tells(early, skipped));
    CHECK(tells(early, "by step 60 the scheduler has fallen behind by 2 updates: optimizer steps were skipped"));
    // It is at s: before.
    const replay_report inside = replayed(30, 30);
    CHECK(tells(inside, before));
    CHECK_FALSE(tells(inside, skipped));
    // Later it is in the second part.
    CHECK(tells(replayed(100, 98), after));
    CHECK(tells(replayed(100, 99), before));
    // Before the first logged step, or of another run, it tells nothing.
    for (const auto& [at, last] : {std::pair<step_t, step_t>{3, 3}, {30, 7}}) {
        INFO(at);
        CHECK_FALSE(tells(replayed(at, last), skipped));
        CHECK(tells(replayed(at, last), "that of 1 update before"));
    }
}

TEST_CASE("of many skipped updates the first are told one by one") {
    const training_log whole =
        log_of("cosine", {{"peak_lr", 1e-3}, {"total_steps", 1000}, {"warmup", pacer::warmup_steps(20)}}, 20, 1000);
    training_log log;
    for (step_t s = 5; s <= 800; s += 5)
        log.points.push_back({s, whole.points[static_cast<std::size_t>(s - 1 - s / 50)].lr});
    log.total_steps = 1000;
    const replay_report report = replay(recipe_of("cosine", 1e-3, 20), log);
    REQUIRE(report.all_explained());
    CHECK(delays(report).size() == 17);
    CHECK(tells(report, "by step 600 the scheduler has fallen behind by 12 updates: optimizer steps were skipped"));
    CHECK_FALSE(tells(report, "by step 650 the scheduler has"));
    CHECK(tells(report, "and so on, 4 more times, to 16 updates by step 800"));
    // Where it stands still at last, it is not behind by any number of updates.
    for (step_t s = 805; s <= 900; s += 5)
        log.points.push_back({s, log.points.back().lr});
    const replay_report still = replay(recipe_of("cosine", 1e-3, 20), log);
    REQUIRE(still.all_explained());
    CHECK(still.stretches.back().runs.back().standing);
    CHECK_FALSE(tells(still, "and so on"));
}

TEST_CASE("a scheduler that is ahead and skips updates is not behind") {
    const training_log whole =
        log_of("cosine", {{"peak_lr", 1e-3}, {"total_steps", 500}, {"warmup", pacer::warmup_steps(20)}}, 20, 500);
    training_log log;
    for (step_t s = 1; s <= 200; ++s)
        log.points.push_back({s, whole.points[static_cast<std::size_t>(s + 49 - (s < 100 ? 0 : 1))].lr});
    log.total_steps = 500;
    const replay_report report = replay(recipe_of("cosine", 1e-3, 20), log);
    REQUIRE(report.all_explained());
    CHECK(delays(report) == std::vector<step_t>{-50, -49});
    CHECK(tells(report, "the scheduler is 50 steps ahead of the logged step"));
    CHECK_FALSE(tells(report, "behind"));
}

TEST_CASE("a log of no updates gives no length") {
    training_log log = log_of("linear", {{"peak_lr", 1e-3}, {"total_steps", 100}}, 0, 50);
    log.total_steps = 0;
    pacer::recipes::recipe recipe = recipe_of("linear", 1e-3, 0);
    recipe.max_steps = 100;
    const replay_report report = replay(recipe, log);
    CHECK(report.plan.total_steps == 100);
    REQUIRE(report.all_explained());
    CHECK(report.stretches[0].cause.empty());
}

TEST_CASE("a time scale and a decay that are not the recipe's are told") {
    const training_log slow = log_of(
        "inverse_sqrt", {{"peak_lr", 1e-3}, {"timescale", step_t{50}}, {"warmup", pacer::warmup_steps(20)}}, 20, 300);
    const replay_report scaled = replay(recipe_of("inverse_sqrt", 1e-3, 20), slow, {.total_steps = 300});
    REQUIRE(scaled.all_explained());
    CHECK(scaled.stretches.at(0).cause == "timescale 50");

    pacer::recipes::recipe wsd = recipe_of("warmup_stable_decay", 1e-3, 20);
    wsd.kwargs.num_decay_steps = 50;
    const training_log longer = log_of("warmup_stable_decay",
                                       {{"peak_lr", 1e-3},
                                        {"total_steps", 300},
                                        {"decay_steps", 80},
                                        {"decay_shape", pacer::ramp_shape(pacer::ramp_shape::cosine)},
                                        {"warmup", pacer::warmup_steps(20)}},
                                       20, 300);
    const replay_report decayed = replay(wsd, longer);
    REQUIRE(decayed.all_explained());
    CHECK(decayed.stretches.at(0).cause == "num_decay_steps 80");
}

TEST_CASE("a flat log of a scheduler that took steps is not one that took none") {
    training_log log;
    for (step_t s = 1; s <= 60; ++s)
        log.points.push_back({s, 1e-3});
    log.total_steps = 100;
    // At step 50 the scheduler had taken 50 steps, or nobody had looked yet.
    for (const auto& state : {pacer::analysis::scheduler_state{50, 50}, {0, 0}}) {
        const replay_report moved = replay(recipe_of("linear", 1e-3, 0), log, {}, {state});
        REQUIRE(moved.all_explained());
        CHECK(moved.stretches.at(0).cause == "a constant rate");
    }
    const replay_report stood = replay(recipe_of("linear", 1e-3, 0), log, {}, {{50, 0}});
    REQUIRE(stood.all_explained());
    CHECK(stood.stretches.at(0).cause.empty());
    CHECK(tells(stood, "from step 2 on the scheduler stands still at its step 0: every optimizer step is skipped"));
}
