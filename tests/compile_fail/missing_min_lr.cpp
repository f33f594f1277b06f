// SPDX-License-Identifier: MIT
// expect early: "min_lr"
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr pacer::cosine_with_min_lr lr{{.peak_lr = 2.0, .total_steps = 10}};
#else
constexpr pacer::cosine_with_min_lr lr{{.peak_lr = 2.0, .min_lr = 0.5, .total_steps = 10}};
#endif

static_assert(lr.total_steps() == 10);
