// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/timm.hpp>

using namespace pacer::timm;
using support::gives;

TEST_CASE("timm: the warm-up lies over the curve, milestones act early, cycles end at the floor") {
    BOTH_CHECK(gives(cosine_lr_scheduler({.lr = v(1.0), .t_initial = 4, .warmup_t = 2}),
                     {0, 0.5, 0.5, 0.14644660940672624, 0, 0}));
    BOTH_CHECK(gives(cosine_lr_scheduler({.lr = v(1.0), .t_initial = 4, .warmup_t = 2, .warmup_prefix = true}),
                     {0, 0.5, 1, 0.85355339059327378, 0.5, 0.14644660940672624, 0}));
    BOTH_CHECK(gives(multi_step_lr_scheduler({.lr = v(1.0), .decay_t = {3, 5}, .decay_rate = 0.5}),
                     {1, 1, 0.5, 0.5, 0.25, 0.25}));
    BOTH_CHECK(gives(step_lr_scheduler({.lr = v(1.0), .decay_t = 2, .decay_rate = 0.5}), {1, 1, 0.5, 0.5, 0.25, 0.25}));
    BOTH_CHECK(
        gives(poly_lr_scheduler({.lr = v(1.0), .t_initial = 2, .power = 1, .cycle_decay = 0.5, .cycle_limit = 2}),
              {1, 0.5, 0.5, 0.25, 0, 0}));
    BOTH_CHECK(gives(tanh_lr_scheduler({.lr = v(1.0), .t_initial = 2, .lb = -1, .ub = 1}), {1, 0.5, 0, 0}));
}
