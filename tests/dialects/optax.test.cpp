// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/optax.hpp>

#include <cmath>

using namespace pacer::optax;
using support::gives;

namespace {

constexpr warmup_cosine_decay_schedule_params first{
    .init_value = 0, .peak_value = 1, .warmup_steps = 2, .decay_steps = 4};
constexpr warmup_cosine_decay_schedule_params second{
    .init_value = 0, .peak_value = 0.5, .warmup_steps = 2, .decay_steps = 4, .end_value = 0.25};

}  // namespace

TEST_CASE("Optax: the vectors of its tests") {
    BOTH_CHECK(gives(piecewise_constant_schedule({.init_value = v(0.1), .boundaries = {3, 6}, .scales = {2.0, 0.5}}),
                     {0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.1, 0.1}));
    BOTH_CHECK(
        gives(piecewise_interpolate_schedule({.init_value = v(200.0), .boundaries = {5, 10}, .scales = {1.5, 0.25}}),
              {200, 220, 240, 260, 280, 300, 255, 210, 165, 120, 75, 75}));
    BOTH_CHECK(gives(linear_onecycle_schedule({.transition_steps = 10,
                                               .peak_value = v(1000.0),
                                               .pct_start = 0.3,
                                               .pct_final = 0.7,
                                               .div_factor = 10,
                                               .final_div_factor = 100}),
                     {100, 400, 700, 1000, 775, 550, 325, 100, 67, 34, 1, 1}));
    BOTH_CHECK(gives(cosine_onecycle_schedule({.transition_steps = 5,
                                               .peak_value = v(1000.0),
                                               .pct_start = 0.4,
                                               .div_factor = 10,
                                               .final_div_factor = 100}),
                     {100, 550, 1000, 750.25, 250.75, 1, 1}));
    constexpr cosine_decay_schedule squared({.init_value = 0.1, .decay_steps = 100, .exponent = 2});
    CHECK(squared(0) == 0.1);
    CHECK(std::abs(squared(10) - 0.09516553) < 1e-8);
    CHECK(std::abs(squared(50) - 0.025) < 1e-16);
    CHECK(std::abs(squared(75) - 0.00214466) < 1e-8);
    CHECK(squared(100) == 0);
}

TEST_CASE("Optax: where it stays at its first value for ever") {
    BOTH_CHECK(gives(linear_schedule({.init_value = v(0.5), .end_value = 1, .transition_steps = 0}), {0.5, 0.5}));
    BOTH_CHECK(gives(warmup_constant_schedule({.init_value = v(0.5), .peak_value = 1, .warmup_steps = 0}), {0.5, 0.5}));
    BOTH_CHECK(gives(polynomial_schedule({.init_value = v(0.5), .end_value = 1, .power = 2, .transition_steps = 0}),
                     {0.5, 0.5}));
}

TEST_CASE("Optax: sgdr_schedule is one warm-up and decay after another") {
    BOTH_CHECK(gives(sgdr_schedule(first, second), {0, 0.5, 1, 0.5, 0, 0.25, 0.5, 0.375, 0.25, 0.25}));
    BOTH_CHECK(pacer::total_steps(sgdr_schedule(first, second)) == 8);
}

TEST_CASE("Optax: a cosine to a power never turns back, and its halves meet") {
    for (const double exponent : {0.3, 0.5, 1.0, 1.7, 2.0, 7.5, 40.0}) {
        CAPTURE(exponent);
        const cosine_decay_schedule lr(
            {.init_value = 1e-3, .decay_steps = 10'007, .alpha = 0.01, .exponent = exponent});
        int rises = 0;
        for (pacer::step_t step = 0; step < 10'010; ++step)
            rises += lr(step + 1) > lr(step) ? 1 : 0;
        CHECK(rises == 0);
        CHECK(lr(10'007) == 1e-3 * 0.01);
    }
}
