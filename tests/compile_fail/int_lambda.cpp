// SPDX-License-Identifier: MIT
// An integer division is no rate: it is 0 until the end.
// expect early: deleted
// expect early: AScheduleReturnsFloatOrDouble
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr auto lr = pacer::scale([](pacer::step_t step) { return step / 100; }, 1);
#else
constexpr auto lr = pacer::scale([](pacer::step_t step) { return static_cast<double>(step) / 100; }, 1);
#endif

static_assert(lr(100) == 1);
