// SPDX-License-Identifier: MIT
// 10 of what? A warm-up is a number of updates or a ratio, and says which.
// expect early: write_warmup_steps_or_warmup_ratio
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_steps = 100, .warmup = 10, .init_lr = 1}};
#else
constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_steps = 100, .warmup = pacer::warmup_steps(10), .init_lr = 1}};
#endif

static_assert(lr.warmup_steps() == 10);
