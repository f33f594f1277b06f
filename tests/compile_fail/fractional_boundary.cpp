// SPDX-License-Identifier: MIT
// expect early: between two schedules stands the step
#include <pacer/pacer.hpp>

constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_steps = 100}};

#ifdef PACER_SHOULD_FAIL
constexpr auto both = pacer::join(lr, 0.9, lr);
#else
constexpr auto both = pacer::join(lr, 90, lr);
#endif
