// SPDX-License-Identifier: MIT
// A rate: a tenth of the peak is `lr_ratio(0.1)`.
// expect early: "min_lr"
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr pacer::cosine_with_min_lr lr{{.peak_lr = 1e-3, .min_lr = 0.1, .total_steps = 100}};
#else
constexpr pacer::cosine_with_min_lr lr{{.peak_lr = 1e-3, .min_lr = pacer::lr_ratio(0.1), .total_steps = 100}};
#endif

static_assert(lr.total_steps() == 100);
