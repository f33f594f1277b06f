// SPDX-License-Identifier: MIT
// expect early: deleted
// expect early: AScheduleReturnsFloatOrDouble
#include <pacer/pacer.hpp>

#include <pacer/fill.hpp>

double rates[3];

#ifdef PACER_SHOULD_FAIL
void fill_all() {
    pacer::fill([](pacer::step_t step) { return step; }, 0, rates);
}
#else
void fill_all() {
    pacer::fill([](pacer::step_t step) { return 1.0 / static_cast<double>(step + 1); }, 0, rates);
}
#endif
