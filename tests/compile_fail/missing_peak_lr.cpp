// SPDX-License-Identifier: MIT
// expect early: "peak_lr"
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr pacer::cosine lr{{.total_steps = 100}};
#else
constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_steps = 100}};
#endif

static_assert(lr.total_steps() == 100);
