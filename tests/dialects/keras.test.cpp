// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/keras.hpp>

using namespace pacer::keras;
using support::gives;

TEST_CASE("Keras: boundaries, stairs and the saw of a cycling polynomial") {
    BOTH_CHECK(gives(piecewise_constant_decay({.boundaries = {2, 4}, .values = {v(1.0), 0.5, 0.25}}),
                     {1, 1, 1, 0.5, 0.5, 0.25}));
    BOTH_CHECK(gives(inverse_time_decay({.initial_learning_rate = v(0.1), .decay_steps = 10, .decay_rate = 10}),
                     {0.1, 0.05, 0.1 / 3, 0.025}));
    BOTH_CHECK(gives(
        inverse_time_decay({.initial_learning_rate = v(0.1), .decay_steps = 2, .decay_rate = 1, .staircase = true}),
        {0.1, 0.1, 0.05, 0.05, 0.1 / 3}));
    BOTH_CHECK(gives(
        polynomial_decay({.initial_learning_rate = v(1.0), .decay_steps = 2, .end_learning_rate = 0, .cycle = true}),
        {1, 0.5, 0, 0.25, 0, 1.0 / 6, 0}));
    BOTH_CHECK(gives(polynomial_decay({.initial_learning_rate = v(1.0), .decay_steps = 2, .end_learning_rate = 0}),
                     {1, 0.5, 0, 0, 0}));
}

TEST_CASE("Keras: cosines") {
    BOTH_CHECK(
        gives(cosine_decay({.initial_learning_rate = v(0.0), .decay_steps = 2, .warmup_target = 1, .warmup_steps = 2}),
              {0, 0.5, 1, 0.5, 0, 0}));
    BOTH_CHECK(
        gives(cosine_decay({.initial_learning_rate = v(1.0), .decay_steps = 2, .alpha = 0.5}), {1, 0.75, 0.5, 0.5}));
    BOTH_CHECK(gives(cosine_decay_restarts({.initial_learning_rate = v(1.0), .first_decay_steps = 2, .m_mul = 0.5}),
                     {1, 0.5, 0.5, 0.42677669529663687, 0.25, 0.073223304703363135, 0.25}));
    // The second cycle has 1.5 updates: it starts at 1 and ends at 2.5.
    BOTH_CHECK(gives(cosine_decay_restarts({.initial_learning_rate = v(1.0), .first_decay_steps = 1, .t_mul = 1.5}),
                     {1, 1, 0.25, 0.88302222155948902, 0.25}));
}
