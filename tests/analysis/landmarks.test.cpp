// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/analysis/landmarks.hpp>
#include <pacer/expression/example.hpp>

#include <optional>
#include <string>
#include <vector>

using pacer::expression;
using pacer::step_t;
using pacer::analysis::landmark;
using pacer::analysis::landmarks;
using kind = landmark::kind;

namespace {

std::optional<landmark> find(const std::string& text, kind is) {
    for (landmark& l : landmarks(pacer::parse(text)))
        if (l.is == is)
            return l;
    return std::nullopt;
}

step_t step_of(const std::string& text, kind is) {
    const auto found = find(text, is);
    return found ? found->step : -1;
}

}  // namespace

TEST_CASE("landmarks of one request, in the words of every peer") {
    // 10 updates of warm-up to 1, then a cosine down to 0.1 at update 100.
    for (const char* text :
         {"cosine_with_min_lr(peak_lr=1, min_lr=0.1, total_steps=100, warmup=10)",
          "hf::get_cosine_with_min_lr_schedule_with_warmup(lr=1, num_warmup_steps=10, num_training_steps=100, "
          "min_lr=0.1)",
          "optax::warmup_cosine_decay_schedule(init_value=0, peak_value=1, warmup_steps=10, decay_steps=100, "
          "end_value=0.1)",
          "keras::cosine_decay(initial_learning_rate=0, decay_steps=90, alpha=0.1, warmup_target=1, warmup_steps=10)",
          "join(mlx::linear_schedule(init=0, end=1, steps=10), 10, mlx::cosine_decay(init=1, decay_steps=90, end=0.1))",
          "megatron::optimizer_param_scheduler(max_lr=1, min_lr=0.1, lr_warmup_steps=10, lr_decay_steps=100, "
          "lr_decay_style=cosine)"}) {
        INFO(text);
        CHECK(step_of(text, kind::start) == 0);
        CHECK(step_of(text, kind::warmup_end) == 10);
        CHECK(step_of(text, kind::peak) == 10);
        CHECK(find(text, kind::peak)->rate == 1);
        CHECK(find(text, kind::floor)->rate == Approx(0.1).epsilon(1e-12));
        CHECK(step_of(text, kind::joint) == -1);  // where the warm-up ends
    }
}

TEST_CASE("a rise is a warm-up only where one piece of the curve is over") {
    CHECK(step_of("cyclic(peak_lr=1, up_steps=10, total_steps=100)", kind::warmup_end) == -1);
    CHECK(step_of("linear_warmup(peak_lr=1, total_steps=100)", kind::warmup_end) == -1);
    CHECK(step_of("join(constant(peak_lr=0.5), 10, constant(peak_lr=1, total_steps=90))", kind::warmup_end) == -1);
    CHECK(step_of("join(linear_warmup(peak_lr=1, total_steps=10), 10, linear(peak_lr=1, total_steps=90))",
                  kind::warmup_end) == 10);
    CHECK(step_of("one_cycle(peak_lr=1, total_steps=100, pct_start=0.3)", kind::warmup_end) == 29);
}

TEST_CASE("the peak is at the end of the warm-up, also where the rates before it are as near as can be") {
    const char* flat = "one_cycle(peak_lr=1e-3, total_steps=1000000000)";
    CHECK(step_of(flat, kind::peak) == step_of(flat, kind::warmup_end));
}

TEST_CASE("joints say what the rate was before") {
    const auto joint =
        find("join(linear(peak_lr=1, total_steps=500), 200, constant(peak_lr=2, total_steps=100))", kind::joint);
    REQUIRE(joint);
    CHECK(joint->step == 200);
    CHECK(joint->before == 1 - 199.0 / 500);
    CHECK(joint->rate == 2);
    CHECK(step_of("multi_step(peak_lr=1, milestones=[30, 60], factor=0.1, total_steps=90)", kind::joint) == 30);
    CHECK(step_of("warmup_stable_decay(peak_lr=1, total_steps=100, decay_steps=20)", kind::decay_start) == 80);
}

TEST_CASE("what comes past the end is said") {
    const auto past = [](const char* text) { return find(text, kind::past_end)->about; };
    CHECK(past("cosine_with_min_lr(peak_lr=1, min_lr=0.25, total_steps=100)") == "holds 0.25");
    CHECK(past("cosine(peak_lr=1, total_steps=100, past_end=wave)").starts_with("rises again, to 1 at step 200"));
    CHECK(past("linear(peak_lr=1, end_lr=0.5, total_steps=100, past_end=zero)") == "holds 0");
    // No step is past the last one.
    const char* longest = "delay(every(1023, linear(peak_lr=1, total_steps=9007199254740992)), 9007199254740990)";
    CHECK(step_of(longest, kind::total) == pacer::endless - 1);
    CHECK(step_of(longest, kind::past_end) == pacer::endless - 1);
    CHECK(find("constant(peak_lr=1)", kind::total) == std::nullopt);
    CHECK(find("constant(peak_lr=1)", kind::past_end) == std::nullopt);
}

TEST_CASE("landmarks of every schedule are in order, and their rates are the curve's") {
    for (const pacer::schedule_description& s : pacer::describe_schedules()) {
        INFO(s.name);
        const expression lr = pacer::parse(pacer::example(s));
        step_t last = 0;
        double peak = 0;
        for (const landmark& l : landmarks(lr)) {
            CHECK(l.step >= last);
            CHECK(l.rate == lr(l.step));
            CHECK(l.before == lr(l.step > 0 ? l.step - 1 : 0));
            last = l.step;
            if (l.is == kind::peak)
                peak = l.rate;
        }
        if (lr.total_steps() != pacer::endless && peak > 0)
            for (step_t step = 0; step < lr.total_steps(); ++step)
                REQUIRE(lr(step) <= peak);
    }
}

TEST_CASE("every kind of landmark has a name") {
    CHECK(name_of(kind::start) == std::string("start"));
    CHECK(name_of(kind::warmup_end) == std::string("end of warm-up"));
    CHECK(name_of(kind::peak) == std::string("peak"));
    CHECK(name_of(kind::past_end) == std::string("past the end"));
}
