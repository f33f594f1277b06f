// SPDX-License-Identifier: MIT
// expect early: (member named|field designator).*min_lr
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr pacer::cosine lr{{.peak_lr = 2.0, .min_lr = 1.0, .total_steps = 100}};
#else
constexpr pacer::cosine_with_min_lr lr{{.peak_lr = 2.0, .min_lr = 1.0, .total_steps = 100}};
#endif

static_assert(lr.total_steps() == 100);
