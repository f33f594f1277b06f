// SPDX-License-Identifier: MIT
// expect early: deleted
// expect early: AStepIsAWholeNumber
#include <pacer/pacer.hpp>

constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_steps = 100}};

#ifdef PACER_SHOULD_FAIL
const double rate = pacer::scale(lr, 2)(1e1);
#else
const double rate = pacer::scale(lr, 2)(10);
#endif
