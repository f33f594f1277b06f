// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/mmengine.hpp>

using namespace pacer::mmengine;
using support::gives;

TEST_CASE("MMEngine: from begin to end - 1") {
    BOTH_CHECK(gives(constant_lr({.lr = v(1.0), .factor = 0.5, .begin = 1, .end = 4}), {1, 0.5, 0.5, 1, 1}));
    BOTH_CHECK(gives(linear_lr({.lr = v(1.0), .start_factor = 0.5, .end = 3}), {0.5, 0.75, 1, 1}));
    BOTH_CHECK(gives(cosine_annealing_lr({.lr = v(1.0), .T_max = 2, .begin = 1, .end = 4}), {1, 1, 0.5, 0, 0}));
    BOTH_CHECK(gives(exponential_lr({.lr = v(1.0), .gamma = 0.5, .end = 3}), {1, 0.5, 0.25, 0.25}));
    BOTH_CHECK(gives(step_lr({.lr = v(1.0), .step_size = 2, .gamma = 0.5, .end = 4}), {1, 1, 0.5, 0.5, 0.5}));
    BOTH_CHECK(gives(multi_step_lr({.lr = v(1.0), .milestones = {1, 3}, .gamma = 0.5, .begin = 1, .end = 4}),
                     {1, 1, 0.5, 0.5, 0.5}));
    BOTH_CHECK(gives(poly_lr({.lr = v(1.0), .eta_min = 0.5, .end = 3}), {1, 0.75, 0.5, 0.5}));
}
