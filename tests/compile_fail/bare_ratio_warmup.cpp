// SPDX-License-Identifier: MIT
// A tenth of what? A warm-up is a number of updates or a ratio, and says which.
// expect early: write_warmup_steps_or_warmup_ratio
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_steps = 100, .warmup = 0.1, .init_lr = 1}};
#else
constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_steps = 100, .warmup = pacer::warmup_ratio(0.1), .init_lr = 1}};
#endif

static_assert(lr.total_steps() == 100);
