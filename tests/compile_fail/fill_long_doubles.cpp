// SPDX-License-Identifier: MIT
// expect early: deleted
// expect early: RatesAreFloatOrDouble
#include <pacer/pacer.hpp>

#include <pacer/fill.hpp>

constexpr pacer::cosine lr{{.peak_lr = 2.0, .total_steps = 100}};

#ifdef PACER_SHOULD_FAIL
long double rates[3];
void fill_all() { pacer::fill(lr, 0, rates); }
#else
double rates[3];
void fill_all() { pacer::fill(lr, 0, rates); }
#endif
