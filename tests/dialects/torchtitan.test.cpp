// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/torchtitan.hpp>

using namespace pacer::torchtitan;
using support::gives;

TEST_CASE("torchtitan: the vectors of its tests") {
    BOTH_CHECK(gives(lr_scheduler({.lr = v(1.0), .steps = 10, .warmup_steps = 2}),
                     {0.5, 1, 1, 7.0 / 8, 6.0 / 8, 5.0 / 8, 4.0 / 8, 3.0 / 8, 2.0 / 8, 1.0 / 8, 0, 0}));
    BOTH_CHECK(gives(lr_scheduler({.lr = v(1.0), .steps = 10, .warmup_steps = 2, .decay_ratio = 0.5}),
                     {0.5, 1, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2, 0, 0}));
    BOTH_CHECK(lr_scheduler({.lr = v(1.0), .steps = 10}).total_steps() == 10);
}
