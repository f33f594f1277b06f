// SPDX-License-Identifier: MIT
// expect early: deleted
// expect: TooLargeForItsCapacity
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr int count = 1000;
#else
constexpr int count = 10;
#endif

struct table {
    double rates[count];
    double operator()(pacer::step_t step) const { return rates[step % count]; }
};

pacer::any_schedule<double> held(const table& t) { return t; }
