// SPDX-License-Identifier: MIT
// expect early: deleted
#include <pacer/pacer.hpp>

#include <pacer/fill.hpp>

constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_steps = 100}};
double rates[3];

#ifdef PACER_SHOULD_FAIL
void fill_all() { pacer::fill(lr, 0.5, rates); }
#else
void fill_all() { pacer::fill(lr, 50, rates); }
#endif
