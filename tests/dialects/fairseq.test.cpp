// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/fairseq.hpp>

using namespace pacer::fairseq;
using support::gives;

TEST_CASE("fairseq: its curves") {
    BOTH_CHECK(gives(fixed({.lr = v(1.0), .warmup_updates = 2}), {0.5, 1, 1}));
    BOTH_CHECK(
        gives(polynomial_decay({.lr = v(1.0), .warmup_updates = 2, .total_num_update = 4}), {0, 0.5, 1, 0.5, 0, 0}));
    BOTH_CHECK(
        gives(cosine({.lr = v(1.0), .min_lr = 0.5, .warmup_updates = 2, .lr_period_updates = 2, .lr_shrink = 0.5}),
              {0.5, 0.75, 1, 0.75, 0.5, 0.375, 0.25}));
    BOTH_CHECK(gives(inverse_sqrt({.lr = v(1.0), .warmup_updates = 1}),
                     {0, 1, 0.70710678118654752, 0.57735026918962576, 0.5}));
    BOTH_CHECK(gives(tri_stage({.lr = v(1.0), .warmup_steps = 1, .hold_steps = 1, .decay_steps = 2}),
                     {0.01, 1, 1, 0.1, 0.01, 0.01}));
    BOTH_CHECK(gives(triangular({.lr = v(0.5), .max_lr = 1, .lr_period_updates = 4, .lr_shrink = 0.75}),
                     {0.5, 0.75, 1, 0.75, 0.5, 0.625, 0.75, 0.625, 0.5}));
    BOTH_CHECK(gives(step({.lr = v(1.0), .lr_decay = 0.25, .lr_decay_period = 2, .min_lr = 0.125, .warmup_updates = 2}),
                     {0.125, 0.5625, 1, 1, 0.25, 0.25, 0.125, 0.125}));
}
