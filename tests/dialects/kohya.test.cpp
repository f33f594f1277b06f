// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/kohya.hpp>

namespace kohya = pacer::kohya;

TEST_CASE("kohya: cycles are counted in halves") {
    static constexpr kohya::cosine_with_min_lr lr(
        {.learning_rate = 1, .lr_warmup_steps = 10, .max_train_steps = 110, .lr_scheduler_min_lr_ratio = 0.25});
    BOTH_CHECK(lr(v(5)) == 0.5 && lr(v(10)) == 1 && lr(v(60)) == 0.625 && lr(v(110)) == 0.25);
    static constexpr kohya::cosine_with_min_lr two(
        {.learning_rate = 1, .max_train_steps = 100, .lr_scheduler_num_cycles = 2, .lr_scheduler_min_lr_ratio = 0.25});
    BOTH_CHECK(two(v(50)) == 0.25 && two(v(100)) == 1);
    CHECK_THROWS_AS(kohya::cosine_with_min_lr({.learning_rate = 1}), pacer::invalid_schedule);
}

TEST_CASE("kohya: what is left of the run is stable, and there is no decay unless asked for") {
    static constexpr kohya::warmup_stable_decay lr(
        {.learning_rate = 1, .lr_warmup_steps = 10, .lr_decay_steps = 20, .max_train_steps = 100});
    BOTH_CHECK(lr(v(10)) == 1 && lr(v(80)) == 1 && lr(v(90)) == 0.5 && lr(v(100)) == 0);
    static constexpr kohya::warmup_stable_decay none({.learning_rate = 1, .max_train_steps = 100});
    BOTH_CHECK(none(v(99)) == 1 && none(v(100)) == 0 && none.total_steps() == 100);
}
