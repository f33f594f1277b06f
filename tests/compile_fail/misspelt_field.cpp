// SPDX-License-Identifier: MIT
// expect early: (member named|field designator).*total_step[^s]
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_step = 100, .past_end = pacer::past_end::zero}};
#else
constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_steps = 100, .past_end = pacer::past_end::zero}};
#endif

static_assert(lr.total_steps() == 100);
