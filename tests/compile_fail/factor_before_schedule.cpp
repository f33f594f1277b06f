// SPDX-License-Identifier: MIT
// expect early: deleted
// expect early: TheScheduleComesFirst
#include <pacer/pacer.hpp>

constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_steps = 100}};

#ifdef PACER_SHOULD_FAIL
constexpr auto less = pacer::scale(0.1, lr);
#else
constexpr auto less = pacer::scale(lr, 0.1);
#endif
