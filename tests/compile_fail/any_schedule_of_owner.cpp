// SPDX-License-Identifier: MIT
// expect early: deleted
// expect: NotTriviallyCopyable
#include <pacer/pacer.hpp>

struct table {
    double rate;
#ifdef PACER_SHOULD_FAIL
    table(const table& other) : rate(other.rate) {}
#endif
    double operator()(pacer::step_t) const { return rate; }
};

pacer::any_schedule<double> held(const table& t) { return t; }
