// SPDX-License-Identifier: MIT
// expect: not a constant expression|must be initialized by a constant expression|call to non-.*constexpr.* function
// expect: require_boundary|join_from|reject
#include <pacer/pacer.hpp>

constexpr pacer::constant level{{.peak_lr = 2.0}};

#ifdef PACER_SHOULD_FAIL
constexpr auto lr = pacer::join(level, -1, level);
#else
constexpr auto lr = pacer::join(level, 1, level);
#endif

static_assert(lr(0) == 2.0);
