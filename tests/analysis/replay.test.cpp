// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/analysis/replay.hpp>
#include <pacer/recipes/recipes.hpp>

#include <filesystem>
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
        found.push_back(part.curve ? part.curve->plan.total_steps : -1);
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
    const pacer::analysis::hf_formula formula(schedule, warmup);
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

TEST_CASE("what nothing explains is not explained") {
    const std::vector<pacer::field_given> p{{"peak_lr", 1e-3}, {"total_steps", 200}};
    training_log log = log_of("cosine", p, 10, 200);
    log.points[99].lr *= 1 + 1e-12;  // far below what a plot or a tolerance of 1e-9 shows
    const replay_report report = replay(recipe_of("cosine", 1e-3, 10), log);
    CHECK_FALSE(report.all_explained());
    CHECK(report.explained == 199);
    CHECK_FALSE(report.points[99].explained);
    CHECK(tells(report, "steps 100 to 100: not explained"));
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
