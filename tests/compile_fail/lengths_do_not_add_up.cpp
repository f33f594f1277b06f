// SPDX-License-Identifier: MIT
// expect: "total_steps"
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr pacer::step_t total = 11;
#else
constexpr pacer::step_t total = 10;
#endif

constexpr pacer::warmup_stable_decay lr{
    {.peak_lr = 2.0, .stable_steps = 4, .decay_steps = 4, .total_steps = total, .warmup = pacer::warmup_steps(2)}};
static_assert(lr.total_steps() == 10);
