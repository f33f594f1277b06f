// SPDX-License-Identifier: MIT
// expect: "at"
#include <pacer/pacer.hpp>

constexpr pacer::constant level{{.peak_lr = 2.0}};

#ifdef PACER_SHOULD_FAIL
constexpr auto lr = pacer::join(level, 20, level, 10, level);
#else
constexpr auto lr = pacer::join(level, 10, level, 20, level);
#endif

static_assert(lr(0) == 2.0);
