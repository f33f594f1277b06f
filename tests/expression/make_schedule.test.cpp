// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/expression/make_schedule.hpp>

#include <set>

using pacer::make_schedule;
using pacer::schedule_parameters;
using pacer::step_t;

namespace {

std::string refused(std::string_view name, const schedule_parameters& parameters) {
    try {
        (void)make_schedule(name, parameters);
    } catch (const pacer::invalid_schedule& e) {
        return e.field();
    }
    return "";
}

template <class S>
void same(std::string_view name, const schedule_parameters& parameters, const S& want) {
    INFO(name);
    const auto lr = make_schedule(name, parameters);
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
    same("constant", {.peak_lr = 8, .total_steps = 20, .past_end = past_end::zero},
         constant{{.peak_lr = 8.0, .total_steps = 20, .past_end = past_end::zero}});
    same("constant_with_warmup",
         {.peak_lr = 8, .init_lr = 1.0, .total_steps = 20, .warmup = w, .first_step = first, .past_end = past},
         constant_with_warmup{
             {.peak_lr = 8.0, .total_steps = 20, .warmup = w, .init_lr = 1, .first_step = first, .past_end = past}});
    same("linear_warmup", {.peak_lr = 8, .init_lr = 1.0, .total_steps = 20, .first_step = first, .past_end = past},
         linear_warmup{{.peak_lr = 8.0, .total_steps = 20, .init_lr = 1, .first_step = first, .past_end = past}});
    same("linear",
         {.peak_lr = 8,
          .end_lr = 2.0,
          .init_lr = lr_ratio(0.125),
          .total_steps = 20,
          .warmup = w,
          .first_step = first,
          .past_end = past},
         linear{{.peak_lr = 8.0,
                 .end_lr = 2.0,
                 .total_steps = 20,
                 .warmup = w,
                 .init_lr = 1,
                 .first_step = first,
                 .past_end = past}});
    same("cosine", {.peak_lr = 8, .total_steps = 20, .past_end = past_end::wave, .num_cycles = 0.75},
         cosine{{.peak_lr = 8.0, .num_cycles = 0.75, .total_steps = 20, .past_end = past_end::wave}});
    same("cosine_with_min_lr", {.peak_lr = 8, .min_lr = lr_ratio(0.25), .total_steps = 20, .num_cycles = 1.5},
         cosine_with_min_lr{{.peak_lr = 8.0, .min_lr = 2.0, .num_cycles = 1.5, .total_steps = 20}});
    same("cosine_with_restarts", {.peak_lr = 8, .min_lr = 1.0, .total_steps = 20, .num_cycles = 3},
         cosine_with_restarts{{.peak_lr = 8.0, .min_lr = 1.0, .num_cycles = 3, .total_steps = 20}});
    same(
        "cosine_warmup_with_min_lr",
        {.peak_lr = 8, .min_lr = 1.0, .init_lr = lr_ratio(0.5), .total_steps = 20, .warmup = w},
        hf::cosine_warmup_with_min_lr{{.peak_lr = 8.0, .min_lr = 1.0, .init_lr = 4.0, .total_steps = 20, .warmup = w}});
    same("polynomial", {.peak_lr = 8, .end_lr = 1.0, .total_steps = 20, .power = 2},
         polynomial{{.peak_lr = 8.0, .end_lr = 1.0, .power = 2, .total_steps = 20}});
    same("inverse_sqrt", {.peak_lr = 8, .min_lr = 1.0, .timescale = 2},
         inverse_sqrt{{.peak_lr = 8.0, .min_lr = 1.0, .timescale = 2}});
    same("warmup_stable_decay",
         {.peak_lr = 8,
          .min_lr = 1.0,
          .warmup = w,
          .stable_steps = 6,
          .decay_steps = 10,
          .decay_shape = ramp_shape::half_life,
          .warmup_shape = ramp_shape::cosine},
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
        CHECK(refused(name, {.peak_lr = -1, .total_steps = 10}) != "name");
        CHECK(refused(name, {.peak_lr = -1, .total_steps = 10}) != "");
    }
}

TEST_CASE("what is not a name, not a parameter, or not a whole number") {
    CHECK(refused("cosin", {.peak_lr = 1}) == "name");
    CHECK(refused("", {.peak_lr = 1}) == "name");
    CHECK(refused("reduce_lr_on_plateau", {.peak_lr = 1}) == "name");
    CHECK(refused("greedy", {.peak_lr = 1}) == "name");
    CHECK(refused("constant", {.peak_lr = 1, .warmup = pacer::warmup_steps(3)}) == "warmup");
    CHECK(refused("linear", {.peak_lr = 1, .min_lr = 0.1, .total_steps = 10}) == "min_lr");
    CHECK(refused("cosine", {.peak_lr = 1, .total_steps = 10, .power = 2}) == "power");
    CHECK(refused("linear", {.peak_lr = 1, .init_lr = pacer::lr_ratio(1.5), .total_steps = 10}) == "init_lr");
}

TEST_CASE("float schedules by name") {
    const auto lr = make_schedule<float>("cosine", {.peak_lr = 0.5, .total_steps = 10});
    STATIC_REQUIRE(std::is_same_v<decltype(lr(0)), float>);
    CHECK(lr(3) == static_cast<float>(make_schedule("cosine", {.peak_lr = 0.5, .total_steps = 10})(3)));
}
