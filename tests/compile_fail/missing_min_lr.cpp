// SPDX-License-Identifier: MIT
// expect: not a constant expression|must be initialized by a constant expression|call to non-.*constexpr.* function
// expect: min_lr|reject
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr pacer::cosine_with_min_lr lr{{.peak_lr = 2.0, .total_steps = 10}};
#else
constexpr pacer::cosine_with_min_lr lr{{.peak_lr = 2.0, .min_lr = 0.5, .total_steps = 10}};
#endif

static_assert(lr.total_steps() == 10);
