// SPDX-License-Identifier: MIT
// expect early: "past_end"
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr pacer::linear lr{{.peak_lr = 2.0, .total_steps = 10, .past_end = pacer::past_end::wave}};
#else
constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_steps = 10, .past_end = pacer::past_end::wave}};
#endif

static_assert(lr.total_steps() == 10);
