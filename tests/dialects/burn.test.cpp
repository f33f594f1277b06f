// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/burn.hpp>

using support::gives;
namespace burn = pacer::burn;

TEST_CASE("burn: the vectors of its tests") {
    BOTH_CHECK(
        gives(burn::linear({.initial_lr = v(0.9), .final_lr = 0.5, .num_iters = 4}), {0.9, 0.8, 0.7, 0.6, 0.5, 0.5}));
    BOTH_CHECK(
        gives(burn::linear({.initial_lr = v(0.01), .final_lr = 0.04, .num_iters = 3}), {0.01, 0.02, 0.03, 0.04, 0.04}));
    BOTH_CHECK(gives(burn::exponential({.initial_lr = v(0.8), .gamma = 0.1}), {0.8, 0.08, 0.008}));
    BOTH_CHECK(gives(burn::step({.initial_lr = v(0.5), .step_size = 3}),
                     {0.5, 0.5, 0.5, 0.05, 0.05, 0.05, 0.005, 0.005, 0.005}));
    BOTH_CHECK(gives(burn::cosine_annealing({.initial_lr = v(0.5), .num_iters = 2, .min_lr = 0.1}),
                     {0.5, 0.3, 0.1, 0.3, 0.5}));
    BOTH_CHECK(gives(burn::constant({.lr = v(0.5)}), {0.5, 0.5}));
    BOTH_CHECK(gives(burn::noam({.factor = v(1.0), .warmup_steps = 2, .model_size = 2}),
                     {0.25, 0.5, 0.40824829046386302, 0.35355339059327376}));
}
