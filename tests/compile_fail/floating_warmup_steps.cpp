// SPDX-License-Identifier: MIT
// expect early: write_a_whole_number_or_warmup_ratio
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_steps = 100, .warmup = pacer::warmup_steps(1e1), .init_lr = 1}};
#else
constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_steps = 100, .warmup = pacer::warmup_steps(10), .init_lr = 1}};
#endif

static_assert(lr.warmup_steps() == 10);
