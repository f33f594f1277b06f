// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "support/dice.hpp"

#include <pacer/analysis/curve.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace pacer::analysis;
using pacer::step_t;

namespace {

std::vector<hf_arguments> some_curves() {
    return {{.function = hf_function::linear, .lr = 1e-3, .warmup = 20, .total = 400},
            {.function = hf_function::cosine, .lr = 1e-3, .warmup = 7, .total = 300, .num_cycles = 1.5},
            {.function = hf_function::cosine_with_restarts, .lr = 1e-3, .warmup = 11, .total = 120, .num_cycles = 2.5},
            {.function = hf_function::cosine_with_min_lr, .lr = 1e-3, .warmup = 0, .total = 250, .floor = 0.1},
            {.function = hf_function::cosine_warmup_with_min_lr, .lr = 1e-3, .warmup = 9, .total = 250, .floor = 0.1},
            {.function = hf_function::polynomial, .lr = 1e-3, .warmup = 30, .total = 200, .lr_end = 1e-7, .power = 2},
            {.function = hf_function::inverse_sqrt, .lr = 1e-3, .warmup = 17, .timescale = 40},
            {.function = hf_function::warmup_stable_decay,
             .lr = 1e-3,
             .warmup = 10,
             .total = 100,
             .num_cycles = 1.5,
             .decay = 30,
             .decay_shape = pacer::ramp_shape::cosine}};
}

}  // namespace

TEST_CASE("the steps with a rate are all that a walk over every step finds") {
    for (const hf_arguments& a : some_curves()) {
        followed_curve c = curve_of(a);
        add_turns(c);
        support::dice dice(7);
        for (int k = 0; k < 200; ++k) {
            const step_t at = dice.up_to(450);
            const double lr = c.as_computed(at);
            std::vector<bool> found(501, false);
            for (const auto& piece : c.steps_with(lr, 1e-15, {0, 500}))
                for (step_t s = piece.first; s <= piece.last; ++s)
                    found[static_cast<std::size_t>(s)] = true;
            INFO(name_of(a.function) << " at " << at);
            for (step_t s = 0; s <= 500; ++s)
                REQUIRE(found[static_cast<std::size_t>(s)] == (std::abs(c.as_computed(s) - lr) <= 1e-15));
        }
    }
}

TEST_CASE("the nearest step has the nearest rate") {
    for (const hf_arguments& a : some_curves()) {
        followed_curve c = curve_of(a);
        add_turns(c);
        support::dice dice(11);
        for (int k = 0; k < 100; ++k) {
            const double lr = 1.2e-3 * dice.fraction();
            const step_t end = a.total == pacer::endless ? 500 : a.total;
            const step_t found = c.nearest_step(lr, end);
            INFO(name_of(a.function) << " " << lr << " " << found);
            for (step_t s = 0; s <= end; ++s)
                REQUIRE(std::abs(c.as_computed(found) - lr) <= std::abs(c.as_computed(s) - lr));
        }
    }
}

TEST_CASE("pacer's schedule of the same arguments is the same curve") {
    for (const hf_arguments& a : some_curves()) {
        followed_curve c = curve_of(a);
        add_schedule(c);
        REQUIRE(c.curve);
        INFO(to_text(*c.curve));
        int differ = 0;
        for (step_t s = 0; s < 300; ++s)
            differ += std::abs(c.schedule(s) - c.as_computed(s)) > 1e-17 ? 1 : 0;
        // At the joint of two cycles the last bit decides on which side a step is.
        CHECK(differ <= (a.function == hf_function::cosine_with_restarts ? 2 : 0));
    }
    followed_curve refused = curve_of({.function = hf_function::cosine_with_min_lr,
                                       .lr = 1e-3,
                                       .total = 10,
                                       .floor = std::numeric_limits<double>::infinity()});
    add_schedule(refused);
    CHECK_FALSE(refused.curve);
    CHECK(refused.schedule(3) == refused.as_computed(3));
}

TEST_CASE("a curve without arguments has no schedule, and one of waves that go backwards no turns but its ends") {
    followed_curve other;
    add_schedule(other);
    CHECK_FALSE(other.curve);
    CHECK_FALSE(other.schedule);
    followed_curve waves =
        curve_of({.function = hf_function::cosine, .lr = 1e-3, .warmup = 7, .total = 300, .num_cycles = -1});
    add_turns(waves);
    CHECK(waves.turns == std::vector<step_t>{7, 8, 300, 301});
}

TEST_CASE("steps that are too far to be added are brought nearer") {
    training_log log;
    log.points = {{-pacer::endless, 1e-4}, {5, 1e-4}, {pacer::endless, 1e-4}};
    CHECK_FALSE(detail::is_within_reach(log));
    log.points.pop_back();
    CHECK_FALSE(detail::is_within_reach(log));
    const training_log nearer = detail::within_reach(log);
    CHECK(detail::is_within_reach(nearer));
    CHECK(nearer.points[0].step == -detail::furthest);
    CHECK(nearer.points[1].step == 5);
}

TEST_CASE("a curve of 2^53 steps is searched at once") {
    followed_curve c = curve_of({.function = hf_function::linear, .lr = 1e-3, .total = pacer::longest});
    add_turns(c);
    const auto found = c.steps_with(0.5e-3, 0, {0, pacer::longest});
    REQUIRE(found.size() == 1);
    CHECK(found[0].first <= pacer::longest / 2);
    CHECK(found[0].last >= pacer::longest / 2);
}
