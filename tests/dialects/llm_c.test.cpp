// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/llm_c.hpp>

using namespace pacer::llm_c;
using support::gives;

TEST_CASE("llm.c: its curves") {
    BOTH_CHECK(gives(
        lr_scheduler(
            {.learning_rate = v(1.0), .warmup_iterations = 2, .train_num_batches = 4, .final_learning_rate_frac = 0.5}),
        {0.5, 1, 1, 0.75, 0.5, 0.5}));
    BOTH_CHECK(gives(lr_scheduler({.scheduler_type = scheduler_type::linear,
                                   .learning_rate = v(1.0),
                                   .train_num_batches = 4,
                                   .final_learning_rate_frac = 0}),
                     {1, 0.75, 0.5, 0.25, 0, 0}));
    BOTH_CHECK(gives(lr_scheduler({.scheduler_type = scheduler_type::constant,
                                   .learning_rate = v(1.0),
                                   .warmup_iterations = 2,
                                   .train_num_batches = 4}),
                     {1, 1, 1, 1, 1, 1}));
    BOTH_CHECK(gives(lr_scheduler({.scheduler_type = scheduler_type::wsd,
                                   .learning_rate = v(1.0),
                                   .warmup_iterations = 1,
                                   .train_num_batches = 10,
                                   .final_learning_rate_frac = 0}),
                     {1, 1, 1, 1, 1, 1, 1, 1, 1, 0.29289321881345248, 0}));
    BOTH_CHECK(lr_scheduler({.learning_rate = v(1.0), .train_num_batches = 4}).total_steps() == 4);
}
