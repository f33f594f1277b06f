// SPDX-License-Identifier: MIT
// expect early: "warmup"
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr pacer::linear lr{{.peak_lr = 2.0, .total_steps = 10, .warmup = pacer::warmup_steps(11)}};
#else
constexpr pacer::linear lr{{.peak_lr = 2.0, .total_steps = 10, .warmup = pacer::warmup_steps(10)}};
#endif

static_assert(lr.total_steps() == 10);
