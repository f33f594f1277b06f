// SPDX-License-Identifier: MIT
// expect: Rate|constraint
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr pacer::cosine<long double> lr{{.peak_lr = 2, .total_steps = 100}};
#else
constexpr pacer::cosine<double> lr{{.peak_lr = 2, .total_steps = 100}};
#endif
