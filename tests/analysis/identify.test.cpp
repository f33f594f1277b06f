// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "support/check.hpp"
#include "support/dice.hpp"

#include <pacer/analysis/identify.hpp>
#include <pacer/analysis/log_shapes.hpp>
#include <pacer/dialects/deepspeed.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace pacer::analysis;
using pacer::step_t;

namespace {

const std::string data = std::string(PACER_TEST_DATA) + "/data/";

identification identified(const std::string& file) { return identify(read_log(data + file)); }

/// A log of every `every`-th step of a schedule, `late` steps late.
training_log log_of(const pacer::expression& schedule, step_t last, step_t every = 1, step_t late = 0) {
    training_log log;
    for (step_t s = every; s <= last; s += every)
        log.points.push_back({s, schedule(s - late)});
    log.total_steps = last;
    return log;
}

bool is_named(const identification& found, const std::string& scheduler) {
    return found.all_explained() && found.stretches.size() == 1 &&
           found.stretches[0].best().curve.scheduler == scheduler;
}

double rounded_to(double lr, int digits) {
    char text[40];
    std::snprintf(text, sizeof text, "%.*e", digits - 1, lr);
    return std::strtod(text, nullptr);
}

std::vector<std::string> open_questions(const identification& found) {
    return identification::undetermined(found.stretches.at(0));
}

}  // namespace

TEST_CASE("the schedules of public runs, from their rates alone") {
    struct expected {
        const char* run;
        const char* scheduler;
        double peak;
        step_t warmup;
        step_t total;
    };
    for (const expected& e :
         {expected{"runs/01-llamafactory-cosine/trainer_log.jsonl", "cosine", 1e-4, 10, 96},
          {"runs/02-hf-linear-checkpoints/trainer_state.json", "linear", 2e-4, 188, 625},
          {"runs/03-hf-cosine-max-steps/trainer_state.json", "cosine", 2e-4, 0, 1000},
          {"runs/04-hf-cosine-fractional-warmup/trainer_state.json", "cosine", 2e-4, 8, 250},
          {"runs/05-hf-linear-steps-over-ratio/trainer_state.json", "linear", 2e-4, 5, 669},
          {"runs/06-geneformer-polynomial/trainer_state.json", "polynomial", 0.0008039341830649843, 1812, 7800},
          {"runs/07-wsd-floor/trainer_state.json", "warmup_stable_decay", 1e-5, 100, 2000},
          {"runs/08-cosine-min-lr/trainer_state.json", "cosine_with_min_lr", 1.5e-4, 7, 112},
          {"runs/09-whisper-constant-with-warmup/trainer_state.json", "constant_with_warmup", 3e-6, 1000, 0},
          {"runs/10-constant-ignores-warmup/trainer_state.json", "constant", 2e-4, 0, 0},
          {"runs/12-fp16-lag-cosine/trainer_state.json", "cosine", 2e-5, 21, 692},
          {"runs/13-fp16-lag-growing/trainer_state.json", "linear", 5e-5, 0, 20'710},
          {"runs/15-deepspeed-warmuplr/trainer_state.json", "WarmupLR", 2e-5, 4, 0},
          {"logs/linear-floor.json", "polynomial", 1e-4, 3, 22},
          {"logs/skipped.json", "linear", 3e-3, 0, 1500},
          {"logs/cosine-skipped.json", "cosine", 2e-4, 81, 806},
          {"logs/mmseg.json", "polynomial", 0.01, 0, 40'000},
          {"logs/mae.json", "cosine_with_min_lr", 0.002, 5, 100}}) {
        INFO(e.run);
        const identification found = identified(e.run);
        REQUIRE(found.stretches.size() == 1);
        CHECK(found.all_explained());
        const explanation& best = found.stretches[0].best();
        CHECK(best.curve.scheduler == std::string(e.scheduler));
        CHECK(best.curve.peak_lr == Approx(e.peak).epsilon(1e-14));
        if (best.curve.scheduler != "constant")
            CHECK(best.curve.warmup_steps == e.warmup);
        if (e.total > 0)
            CHECK(best.curve.total_steps == e.total);
        CHECK(best.share > 0.9);
    }
}

TEST_CASE("floors, powers, pieces and ways of writing") {
    const auto mae = identified("logs/mae.json").stretches.at(0).best();
    CHECK(mae.curve.is_epoch_mean);
    CHECK(mae.text().find("min_lr=1e-06") != std::string::npos);

    const auto mmseg = identified("logs/mmseg.json").stretches.at(0).best();
    CHECK(mmseg.curve.arguments.value().power == 0.9);
    CHECK(mmseg.curve.arguments.value().lr_end == 1e-4);
    CHECK(mmseg.written.how == written_rates::kind::decimals);
    CHECK(mmseg.written.count == 5);

    const identification yolo = identified("logs/yolo.json");
    REQUIRE(yolo.stretches.size() == 1);
    CHECK(yolo.all_explained());
    const followed_curve& line = yolo.stretches[0].best().curve;
    CHECK(line.note == "after a warm-up of 789 batches, 263 an epoch");
    CHECK(yolo.stretches[0].best().text() == "polynomial(peak_lr=0.01, end_lr=1e-04, total_steps=100, warmup=0)");
    CHECK(line.as_computed(0) == Approx(0.0701141).epsilon(1e-6));

    // They are told, too.
    const training_log means = read_log(data + "logs/mae.json");
    CHECK(identify(means).lines(means).at(0).find(", the means over epochs (") != std::string::npos);
    const training_log batches = read_log(data + "logs/yolo.json");
    CHECK(yolo.lines(batches).at(0).find(", after a warm-up of 789 batches, 263 an epoch (") != std::string::npos);
}

TEST_CASE("curves that follow each other") {
    const identification three = identified("logs/three-curves.json");
    REQUIRE(three.stretches.size() == 3);
    CHECK(three.all_explained());
    CHECK(three.stretches[0].best().curve.scheduler == "linear");
    CHECK(three.stretches[0].best().curve.total_steps == 1250);
    CHECK(three.stretches[1].best().curve.total_steps == 2000);
    CHECK(three.stretches[2].best().curve.total_steps == 24'750);

    const identification detr = identified("logs/detr.json");
    REQUIRE(detr.stretches.size() == 2);
    CHECK(detr.stretches[0].best().text() == "step_decay(peak_lr=0.001, factor=0.3, every=40)");
    CHECK(detr.stretches[1].best().text() == "step_decay(peak_lr=0.001, factor=0.25, every=80)");

    const identification lost = identified("logs/state-lost.json");
    REQUIRE(lost.stretches.size() == 2);
    CHECK(lost.stretches[1].best().curve.total_steps == 2000);
    CHECK(lost.stretches[1].best().at.runs.at(0).delay == 801);
}

TEST_CASE("what the rates do not say is not said") {
    // A warm-up that does not end: the slope is all there is.
    const identification rising = identified("logs/warm-up-only.json");
    REQUIRE(rising.stretches.size() == 1);
    CHECK(open_questions(rising) == std::vector<std::string>{"scheduler", "peak_lr", "warmup", "total_steps"});
    CHECK(rising.stretches[0].best().share < 0.5);
    const followed_curve& c = rising.stretches[0].best().curve;
    CHECK(c.peak_lr / static_cast<double>(c.warmup_steps) == Approx(1e-7).epsilon(1e-12));

    // A line that falls to 0 where its peak is no round number may have begun anywhere.
    training_log line;
    for (step_t s = 5; s <= 35; s += 5)
        line.points.push_back({s, 2e-4 / 114 * static_cast<double>(39 - s)});
    const identification falling = identify(line);
    CHECK(falling.stretches.size() == 1);
    CHECK_FALSE(open_questions(falling).empty());

    // A flat log is constant; how long the run was to be, it does not say.
    training_log flat;
    for (step_t s = 5; s <= 240; s += 5)
        flat.points.push_back({s, 5e-4});
    CHECK(is_named(identify(flat), "constant"));
    CHECK(open_questions(identify(flat)) == std::vector<std::string>{"total_steps"});
    CHECK(identify(flat).lines(flat).at(0) == "steps 5 to 240: constant(peak_lr=5e-04) (100 %)");
}

TEST_CASE("a counter that began inside of a warm-up") {
    for (const step_t ahead : {1, 30, 77}) {
        training_log log;
        for (step_t s = 5; s <= 200; s += 5)
            log.points.push_back({s, s + ahead < 100 ? 3e-4 * (static_cast<double>(s + ahead) / 100) : 3e-4});
        const identification found = identify(log);
        INFO(ahead << ": " << found.lines(log).at(0));
        CHECK(is_named(found, "constant_with_warmup"));
        const followed_curve& c = found.stretches[0].best().curve;
        CHECK(c.peak_lr == 3e-4);
        CHECK(c.warmup_steps == 100);
        REQUIRE(found.stretches[0].best().at.runs.size() == 1);
        CHECK(found.stretches[0].best().at.runs[0].delay == -ahead);
    }
    // And goes on over the peak: one curve, not a triangle and another.
    for (const hf_function function : {hf_function::linear, hf_function::cosine})
        for (const step_t ahead : {5, 30, 60}) {
            const hf_arguments a{.function = function, .lr = 3e-4, .warmup = 100, .total = 1000};
            training_log log;
            for (step_t s = 10; s <= 900; s += 5)
                log.points.push_back({s, hf_formula(a)(s + ahead)});
            const identification found = identify(log);
            INFO(ahead << ": " << found.lines(log).at(0));
            REQUIRE(found.stretches.size() == 1);
            CHECK(found.stretches[0].best().curve.arguments == a);
            CHECK(found.stretches[0].best().at.runs[0].delay == -ahead);
        }
}

TEST_CASE("every schedule of pacer's list") {
    using given = std::vector<pacer::field_given>;
    const pacer::field_given peak{"peak_lr", 2e-4};
    const auto total = [](step_t n) { return pacer::field_given{"total_steps", n}; };
    const auto warmup = [](step_t n) { return pacer::field_given{"warmup", pacer::warmup_steps(n)}; };
    const auto floor = pacer::field_given{"min_lr", 2e-5};
    struct row {
        const char* scheduler;
        given fields;
        const char* found = nullptr;
    };
    const std::vector<row> rows{{"constant", {peak}},
                                {"constant_with_warmup", {peak, warmup(70)}},
                                {"linear_warmup", {peak, total(300)}, "constant_with_warmup"},  // the same rates
                                {"linear", {peak, total(1200), warmup(60)}},
                                {"cosine", {peak, total(1200), warmup(60)}},
                                {"cosine_with_min_lr", {peak, floor, total(1200), warmup(60)}},
                                {"cosine_with_restarts", {peak, {"num_cycles", 2.0}, total(1200), warmup(60)}},
                                {"polynomial", {peak, {"power", 2.0}, {"end_lr", 1e-7}, total(1200), warmup(60)}},
                                {"inverse_sqrt", {peak, warmup(60)}},
                                {"inverse_time", {peak, {"decay_rate", 0.01}, warmup(60)}},
                                {"warmup_stable_decay", {peak, total(1200), {"decay_steps", 240}, warmup(60)}},
                                {"exponential", {peak, {"gamma", 0.999}, warmup(60)}},
                                {"step_decay", {peak, {"factor", 0.5}, {"every", 300}}},
                                {"multi_step", {peak, {"factor", 0.1}, {"milestones", "[500, 900]"}}},
                                {"piecewise", {{"at", "[0, 200, 500, 1200]"}, {"rates", "[0, 1e-3, 5e-4, 1e-5]"}}},
                                {"one_cycle", {peak, total(1200)}},
                                {"cyclic", {peak, floor, {"up_steps", 150}}},
                                {"sgdr", {peak, {"cycle_steps", 170}, {"growth", 2}}}};
    std::vector<std::string> tried;
    for (const row& r : rows) {
        const pacer::expression schedule = pacer::make(r.scheduler, r.fields);
        tried.emplace_back(r.scheduler);
        for (const step_t every : {1, 3, 10})
            for (const step_t late : {0, 1}) {
                const training_log log = log_of(schedule, 1200, every, late);
                const identification found = identify(log);
                INFO(to_text(schedule) << " every " << every << " late " << late << ": " << found.lines(log).at(0));
                CHECK(is_named(found, r.found != nullptr ? r.found : r.scheduler));
            }
    }
    for (const char* name : pacer::schedules::names)
        CHECK(std::find(tried.begin(), tried.end(), name) != tried.end());

    const pacer::expression deepspeed = pacer::expression_of(
        pacer::deepspeed::warmup_lr{{.warmup_min_lr = 0, .warmup_max_lr = 2e-4, .warmup_num_steps = 80}});
    CHECK(is_named(identify(log_of(deepspeed, 400)), "WarmupLR"));
}

TEST_CASE("every function of Hugging Face's, at settings of all kinds") {
    support::dice dice(3);
    int right = 0;
    int all = 0;
    for (int k = 0; k < support::cases(150); ++k) {
        const double rates[] = {1e-3, 2e-4, 5e-5, 3e-3, 1.5e-4, 2.5e-6};
        const hf_function functions[] = {hf_function::linear,
                                         hf_function::cosine,
                                         hf_function::constant_with_warmup,
                                         hf_function::cosine_with_min_lr,
                                         hf_function::cosine_with_restarts,
                                         hf_function::polynomial,
                                         hf_function::inverse_sqrt,
                                         hf_function::warmup_stable_decay};
        hf_arguments a{.function = dice.one_of(functions), .lr = dice.one_of(rates), .total = 300 + dice.up_to(20'000)};
        a.warmup = a.total / 20 + dice.up_to(a.total / 10);
        a.floor = a.function == hf_function::cosine_with_min_lr ? 0.1 : 0;
        a.lr_end = a.function == hf_function::polynomial ? 1e-7 : 0;
        a.num_cycles = a.function == hf_function::cosine_with_restarts ? 2 : 0.5;
        a.decay = a.function == hf_function::warmup_stable_decay ? a.total / 5 : 0;
        training_log log;
        const step_t every = 1 + a.total / (40 + dice.up_to(400));
        const step_t late = dice.up_to(1);
        for (step_t s = every; s <= a.total; s += every)
            log.points.push_back({s, hf_formula(a)(s - late)});
        if (dice.up_to(1) == 0)
            log.total_steps = a.total;
        const identification found = identify(log);
        ++all;
        const bool same = is_named(found, name_of(a.function)) && found.stretches[0].best().curve.peak_lr == a.lr &&
                          found.stretches[0].best().curve.warmup_steps == a.warmup &&
                          (!has_end(a) || found.stretches[0].best().curve.total_steps == a.total);
        right += same ? 1 : 0;
        if (!same)
            WARN(name_of(a.function) << " W " << a.warmup << " T " << a.total << " every " << every << ": "
                                     << found.lines(log).at(0));
    }
    CHECK(right >= all * 97 / 100);
}

TEST_CASE("the nearest whole number of what has none is outside of every run") {
    using pacer::analysis::detail::whole;
    const long double infinite = std::numeric_limits<long double>::infinity();
    CHECK(whole(2.4L) == 2);
    CHECK(whole(-2.6L) == -3);
    CHECK(whole(0x1p53L) == pacer::longest);
    CHECK(whole(infinite) == pacer::longest + 1);
    CHECK(whole(-infinite) == -pacer::longest - 1);
    CHECK(whole(infinite - infinite) == -pacer::longest - 1);
}

TEST_CASE("noise is no schedule") {
    support::dice dice(5);
    for (int k = 0; k < 20; ++k) {
        training_log log;
        for (step_t s = 1; s <= 200; ++s)
            log.points.push_back(
                {s, k % 2 == 0 ? 1e-3 * dice.fraction() : 1e-6 * static_cast<double>(dice.up_to(999))});
        CHECK(identify(log).explained <= 2);
    }
    CHECK(identify({}).lines({}).empty());
    CHECK(identify({.points = {{1, 1e-3}}}).points == 1);
}

TEST_CASE("what nothing explains has no open questions") {
    CHECK(identification::undetermined({0, 3, {}}).empty());
    // Nor a text, beyond its name, what pacer refuses.
    explanation e{};
    e.curve = curve_of({.function = hf_function::cosine_with_min_lr,
                        .lr = 1e-3,
                        .total = 10,
                        .floor = std::numeric_limits<double>::infinity()});
    CHECK(e.text() == "cosine_with_min_lr");
}

TEST_CASE("a length that is none is no hint") {
    const pacer::expression lr = pacer::parse("linear(peak_lr=1e-3, total_steps=100, warmup=10)");
    training_log log = log_of(lr, 60);
    for (const step_t wrong : {step_t{0}, step_t{-5}, pacer::endless}) {
        log.total_steps = wrong;
        CHECK(identify(log).stretches.at(0).best().text() == to_text(lr));
    }
}

TEST_CASE("steps before 0 and beyond all runs are steps of a log") {
    const pacer::expression lr = pacer::parse("linear(peak_lr=1e-3, total_steps=100, warmup=10)");
    training_log log;
    for (step_t s = -30; s <= 60; ++s)
        log.points.push_back({s, lr(s + 30)});
    const identification ahead = identify(log);
    REQUIRE(ahead.all_explained());
    CHECK(ahead.stretches[0].best().text() == to_text(lr));
    CHECK(ahead.stretches[0].best().at.runs.at(0).delay == -30);

    log = log_of(lr, 60);
    log.points.push_back({pacer::endless, 0.7});
    const identification far = identify(log);
    CHECK(far.explained == 60);
    CHECK(far.points == 61);
    CHECK(far.stretches.at(0).best().text() == to_text(lr));
}

TEST_CASE("a floor above the peak is told with its numbers") {
    const pacer::expression lr = pacer::parse("hf::get_cosine_with_min_lr_schedule_with_warmup(lr=1e-4, "
                                              "num_warmup_steps=10, num_training_steps=100, min_lr=2e-4)");
    const identification found = identify(log_of(lr, 100));
    REQUIRE(found.all_explained());
    REQUIRE(found.stretches.size() == 1);
    const std::optional<pacer::expression> same = pacer::try_parse(found.stretches[0].best().text()).value;
    REQUIRE(same);
    for (step_t s = 0; s <= 100; ++s)
        CHECK(std::abs((*same)(s)-lr(s)) <= 1e-19);
}

TEST_CASE("rates of any size have a curve or none") {
    for (const double peak : {1.7e308, 1e308, 1e300, 1e-300, 1e-310, 5e-324})
        for (const step_t top : {0, 2, 5, 9, 19}) {
            training_log log;
            for (step_t k = 0; k < 20; ++k)
                log.points.push_back({k * 10, peak / (1 + 0.3 * static_cast<double>(k < top ? top - k : k - top))});
            const identification found = identify(log);
            CHECK(found.points == 20);
            CHECK(!found.lines(log).empty());
        }
}

TEST_CASE("a log of thousands of stretches ends") {
    support::dice dice(7);
    training_log log;
    double level = 0;
    for (step_t s = 1; s <= 100'000; ++s) {
        if (s % 7 == 1)
            level = 1e-3 * dice.fraction();
        log.points.push_back({s, level * (1 - static_cast<double>(s % 7) / 7)});
    }
    const identification found = identify(log);
    CHECK(found.explained >= 100);
    REQUIRE(!found.stretches.empty());
    CHECK(!found.stretches.back().is_explained());
    CHECK(found.stretches.back().end == log.points.size());
}

namespace {

/// A curve that nobody chose, and a log of it.
struct random_run {
    pacer::expression truth;
    training_log log{};
    int digits = 17;  ///< of the rates in the log
    std::string text{};
};

random_run random_run_of(support::dice& dice) {
    const double peaks[] = {1e-3, 2e-4, 5e-5, 3e-3, 1.5e-4, 2.5e-6, 8e-5, 0.01};
    const double peak = dice.one_of(peaks);
    const step_t total = dice.up_to(3) == 0 ? 100 * (1 + dice.up_to(80)) : 120 + dice.up_to(12'000);
    const step_t warmup = dice.up_to(2) == 0 ? 0 : 1 + static_cast<step_t>(0.1 * static_cast<double>(total));
    const pacer::field_given lr{"peak_lr", peak};
    const pacer::field_given end{"total_steps", total};
    const pacer::field_given rise{"warmup", pacer::warmup_steps(warmup)};
    const auto floor = [&](double part) { return pacer::field_given{"min_lr", rounded_to(peak * part, 12)}; };
    const auto made = [&]() -> pacer::expression {
        switch (dice.up_to(15)) {
        case 0: return pacer::make("constant", {lr});
        case 1: return pacer::make("constant_with_warmup", {lr, rise});
        case 2:
        case 3: return pacer::make("linear", {lr, end, rise});
        case 4:
        case 5: return pacer::make("cosine", {lr, end, rise});
        case 6: return pacer::make("cosine_with_min_lr", {lr, end, rise, floor(0.1)});
        case 7: return pacer::make("cosine_with_restarts", {lr, end, rise, {"num_cycles", 3.0}});
        case 8: return pacer::make("polynomial", {lr, end, rise, {"power", 2.0}, {"end_lr", 1e-7}});
        case 9: return pacer::make("inverse_sqrt", {lr, {"warmup", pacer::warmup_steps(warmup + 10)}});
        case 10:
        case 11: return pacer::make("warmup_stable_decay", {lr, end, rise, {"decay_steps", total / 5}});
        case 12: return pacer::make("step_decay", {lr, {"factor", 0.5}, {"every", 1 + total / 4}});
        case 13: return pacer::make("exponential", {lr, {"gamma", 0.999}});
        case 14: return pacer::make("one_cycle", {lr, end});
        default: return pacer::make("sgdr", {lr, floor(0.01), {"cycle_steps", 1 + total / 3}, {"growth", 1}});
        }
    };
    random_run run{made()};
    const step_t every = 1 + total / (20 + dice.up_to(300));
    const step_t late = dice.up_to(1);
    const step_t last = dice.up_to(3) == 0 ? total / 3 + dice.up_to(total / 2) : total;
    const int digits[] = {17, 17, 17, 5, 4, 3};
    run.digits = dice.one_of(digits);
    for (step_t s = every; s <= last; s += every)
        run.log.points.push_back({s, rounded_to(run.truth(s - late), run.digits)});
    if (dice.up_to(1) == 0)
        run.log.total_steps = total;
    run.text = to_text(run.truth) + " every " + std::to_string(every) + " to " + std::to_string(last) + " late " +
               std::to_string(late) + ", " + std::to_string(run.digits) + " digits" +
               (run.log.total_steps ? ", its length known" : "");
    return run;
}

enum class answer { right, open, wrong };

/// Whether the curve that was found is the true one, to its end; if not, whether that was said.
answer answer_of(const random_run& run, const identification& found) {
    std::size_t explained = 0;
    for (const stretch& s : found.stretches)
        explained += s.is_explained() ? 1U : 0U;
    if (explained == 0)
        return answer::open;
    const stretch* longest = nullptr;
    for (const stretch& s : found.stretches)
        if (s.is_explained() && (longest == nullptr || s.end - s.first > longest->end - longest->first))
            longest = &s;
    const followed_curve& c = longest->best().curve;
    const step_t last = run.log.points.back().step;
    const step_t end = run.truth.total_steps() == pacer::endless ? 2 * last : run.truth.total_steps();
    const double within = run.digits > 12 ? 1e-9 : 3 * std::pow(10.0, -run.digits);
    const auto is_same = [&](const followed_curve& other) {
        bool same = true;
        for (step_t k = 0; k <= 200; ++k) {
            const step_t at = end / 200 * k + end % 200 * k / 200;
            same = same && std::abs(other.as_computed(at) - run.truth(at)) <= within * other.peak_lr;
        }
        return same;
    };
    if (is_same(c) && explained == 1)
        return found.all_explained() ? answer::right : answer::open;
    const bool is_said = !identification::undetermined(*longest).empty() || !found.all_explained();
    return explained == 1 && is_said ? answer::open : answer::wrong;
}

}  // namespace

TEST_CASE("random curves, rounded, cut and thin: right, or said to be open") {
    support::dice dice(17);
    int right = 0;
    int wrong = 0;
    constexpr int all = support::cases(300);
    for (int k = 0; k < all; ++k) {
        const random_run run = random_run_of(dice);
        const identification found = identify(run.log);
        const answer a = answer_of(run, found);
        right += a == answer::right ? 1 : 0;
        wrong += a == answer::wrong ? 1 : 0;
        if (a == answer::wrong)
            WARN(run.text << "\n    " << found.lines(run.log).at(0));
    }
    WARN(right << " of " << all << " right, " << all - right - wrong << " said to be open, " << wrong << " wrong");
    CHECK(wrong <= all * 5 / 100);
    CHECK(right >= all * 80 / 100);
}
