// SPDX-License-Identifier: MIT
// clang takes it, as an extension, and warns.
// expect early: (order for field .*peak_lr|in declaration order.*peak_lr)
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr pacer::cosine lr{{.total_steps = 100, .peak_lr = 2.0}};
#else
constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_steps = 100}};
#endif

static_assert(lr.total_steps() == 100);
