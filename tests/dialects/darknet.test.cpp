// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/darknet.hpp>

using support::gives;
namespace darknet = pacer::darknet;

TEST_CASE("darknet: batches are counted from 1, and the curve goes on under the burn-in") {
    BOTH_CHECK(gives(darknet::constant({.learning_rate = v(1.0), .burn_in = 2, .power = 1}), {0.5, 1, 1}));
    BOTH_CHECK(gives(darknet::step({.learning_rate = v(1.0), .step = 2, .scale = 0.5}), {1, 0.5, 0.5, 0.25}));
    BOTH_CHECK(gives(darknet::steps({.learning_rate = v(1.0), .steps = {2, 4}, .scales = {0.5, 4.0}, .burn_in = 2}),
                     {0.0625, 0.5, 0.5, 2}));
    BOTH_CHECK(gives(darknet::exp({.learning_rate = v(1.0), .gamma = 0.5}), {0.5, 0.25, 0.125}));
    BOTH_CHECK(gives(darknet::poly({.learning_rate = v(1.0), .max_batches = 4, .power = 1}), {0.75, 0.5, 0.25, 0, 0}));
    BOTH_CHECK(gives(darknet::sigmoid({.learning_rate = v(1.0), .step = 1}), {0.5, 0.26894142136999512}));
    // 6.25e-5 of a burn-in of 1000 batches to 1e-3, at the 500th.
    BOTH_CHECK(support::ulps(darknet::constant({.burn_in = v(pacer::step_t{1000})})(499), 6.25e-5) <= 1);
}

TEST_CASE("darknet: a cycle begins with the batch after its restart") {
    BOTH_CHECK(gives(darknet::sgdr({.learning_rate = v(1.0), .learning_rate_min = 0, .sgdr_cycle = 2, .sgdr_mult = 2}),
                     {0.5, 0, 0.85355339059327378, 0.5, 0.14644660940672624, 0}));
}
