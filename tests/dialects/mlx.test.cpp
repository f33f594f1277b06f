// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/mlx.hpp>

using namespace pacer::mlx;
using support::gives;

TEST_CASE("MLX: its curves") {
    BOTH_CHECK(gives(exponential_decay({.init = v(1.0), .decay_rate = 0.5}), {1, 0.5, 0.25, 0.125}));
    BOTH_CHECK(gives(step_decay({.init = v(1.0), .decay_rate = 0.5, .step_size = 2}), {1, 1, 0.5, 0.5, 0.25}));
    BOTH_CHECK(gives(cosine_decay({.init = v(1.0), .decay_steps = 2, .end = 0.5}), {1, 0.75, 0.5, 0.5}));
    BOTH_CHECK(gives(linear_schedule({.init = v(0.0), .end = 1, .steps = 4}), {0, 0.25, 0.5, 0.75, 1, 1}));
}
