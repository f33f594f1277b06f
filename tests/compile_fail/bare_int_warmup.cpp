// SPDX-License-Identifier: MIT
// 100 of what? A warm-up is a number of updates or a ratio, and says which.
// expect: (could not convert|no viable conversion|cannot convert)
// expect: warmup
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr pacer::cosine_params<double> p{.peak_lr = 2.0, .total_steps = 1000, .warmup = 100};
#else
constexpr pacer::cosine_params<double> p{.peak_lr = 2.0, .total_steps = 1000, .warmup = pacer::warmup_steps(100)};
#endif

static_assert(pacer::cosine<double>(p).warmup_steps() == 100);
