// SPDX-License-Identifier: MIT
// expect early: deleted
#include <pacer/pacer.hpp>

constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_steps = 100}};

#ifdef PACER_SHOULD_FAIL
constexpr auto later = pacer::advance(lr, 0.5);
#else
constexpr auto later = pacer::advance(lr, 50);
#endif
