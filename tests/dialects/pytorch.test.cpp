// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/pytorch.hpp>

#include <limits>

using namespace pacer::pytorch;
using support::gives;

TEST_CASE("PyTorch: the vectors of its tests") {
    BOTH_CHECK(gives(
        one_cycle_lr(
            {.max_lr = v(25.0), .total_steps = 10, .anneal_strategy = anneal_strategy::linear, .final_div_factor = 2}),
        {1, 13, 25, 21.5, 18, 14.5, 11, 7.5, 4, 0.5}));
    BOTH_CHECK(gives(one_cycle_lr({.max_lr = v(25.0),
                                   .total_steps = 10,
                                   .pct_start = 0.4,
                                   .anneal_strategy = anneal_strategy::linear,
                                   .final_div_factor = 4,
                                   .three_phase = true}),
                     {1, 9, 17, 25, 17, 9, 1, 0.75, 0.5, 0.25}));
    BOTH_CHECK(gives(multi_step_lr({.lr = v(0.05), .milestones = {2, 5, 9}}),
                     {0.05, 0.05, 0.005, 0.005, 0.005, 0.0005, 0.0005, 0.0005, 0.0005, 0.00005}));
    BOTH_CHECK(gives(linear_lr({.lr = v(0.05), .start_factor = 0.5, .total_iters = 4}),
                     {0.025, 0.03125, 0.0375, 0.04375, 0.05, 0.05}));
    BOTH_CHECK(
        gives(constant_lr({.lr = v(0.05), .factor = 0.5, .total_iters = 4}), {0.025, 0.025, 0.025, 0.025, 0.05, 0.05}));
}

TEST_CASE("PyTorch: SequentialLR counts from its milestones, ChainedScheduler multiplies") {
    BOTH_CHECK(
        gives(sequential_lr(constant_lr({.lr = v(0.05), .factor = 0.1, .total_iters = 3}), 3,
                            exponential_lr({.lr = 0.05, .gamma = 0.8}), 6, step_lr({.lr = 0.05, .step_size = 2})),
              {0.005, 0.005, 0.005, 0.05, 0.04, 0.032, 0.05, 0.05, 0.005, 0.005, 0.0005}));
    BOTH_CHECK(gives(chained_scheduler(constant_lr({.lr = v(0.05), .factor = 0.1, .total_iters = 2}),
                                       exponential_lr({.lr = 1, .gamma = 0.9}),
                                       constant_lr({.lr = 1, .factor = 0.5, .total_iters = 1})),
                     {0.0025, 0.0045, 0.0405, 0.03645}));
    BOTH_CHECK(gives(chained_scheduler(exponential_lr({.lr = v(1.0), .gamma = 0.5})), {1, 0.5, 0.25}));
}

TEST_CASE("PyTorch: a cosine that begins by rising") {
    BOTH_CHECK(gives(cosine_annealing_lr({.lr = v(0.0), .T_max = 2, .eta_min = 1}), {0, 0.5, 1, 0.5, 0, 0.5, 1}));
    BOTH_CHECK(gives(cosine_annealing_lr({.lr = v(1.0), .T_max = 2}), {1, 0.5, 0, 0.5, 1, 0.5, 0}));
    BOTH_CHECK(pacer::total_steps(cosine_annealing_lr({.lr = v(0.0), .T_max = 2, .eta_min = 1})) == 2);
    BOTH_CHECK(pacer::total_steps(cosine_annealing_lr({.lr = v(1.0), .T_max = 2})) == 2);
}

TEST_CASE("PyTorch: factors of 0") {
    BOTH_CHECK(gives(step_lr({.lr = v(1.0), .step_size = 2, .gamma = 0}), {1, 1, 0, 0, 0}));
    BOTH_CHECK(gives(multi_step_lr({.lr = v(1.0), .milestones = {0}, .gamma = 0}), {0, 0}));
    BOTH_CHECK(gives(swalr({.lr = v(1.0), .swa_lr = 2, .anneal_epochs = 0}), {2, 2}));
}

TEST_CASE("pytorch: momenta, lowest where the rate is highest") {
    BOTH_CHECK(gives(pacer::pytorch::cyclic_momentum({.base_momentum = v(0.5), .max_momentum = 1, .step_size_up = 2}),
                     {1, 0.75, 0.5, 0.75, 1, 0.75, 0.5}));
    BOTH_CHECK(gives(
        pacer::pytorch::cyclic_momentum(
            {.base_momentum = v(0.5), .max_momentum = 1, .step_size_up = 2, .mode = pacer::cycle_mode::triangular2}),
        {1, 0.75, 0.5, 0.75, 1, 0.875, 0.75}));
    // The rate is highest at 0.3 T - 1.
    static constexpr pacer::pytorch::one_cycle_momentum momentum({.total_steps = 100});
    static constexpr pacer::pytorch::one_cycle_lr lr({.max_lr = 1, .total_steps = 100});
    BOTH_CHECK(momentum(v(0)) == 0.95 && momentum(v(29)) == 0.85 && momentum(v(99)) == 0.95 && lr(v(29)) == 1);
    BOTH_CHECK(momentum(v(100)) == 0.95 && momentum(v(-1)) == 0.95 && momentum.total_steps() == 100);
    static constexpr pacer::pytorch::one_cycle_momentum three({.total_steps = 100, .three_phase = true});
    BOTH_CHECK(three(v(29)) == 0.85 && three(v(58)) == 0.95 && three(v(80)) == 0.95);
}

TEST_CASE("pytorch: growth by a factor, up to 2^1023") {
    BOTH_CHECK(gives(pacer::pytorch::exponential_lr({.lr = v(1.0), .gamma = 2}), {1, 2, 4, 8}));
    static constexpr pacer::pytorch::exponential_lr lr({.lr = 1e-7, .gamma = 1.05});
    BOTH_CHECK(lr(v(-1)) == 1e-7 && lr(v(100'000)) == 0x1p1023);
    BOTH_CHECK(lr(v(std::numeric_limits<pacer::step_t>::max())) == 0x1p1023);
    BOTH_CHECK(gives(pacer::pytorch::exponential_lr({.lr = v(0.0), .gamma = 2}), {0, 0, 0}));
}
