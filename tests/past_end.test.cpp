// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/pacer.hpp>

using pacer::past_end;
using pacer::step_t;

namespace {

constexpr auto after(past_end past, step_t total = 4) {
    return pacer::linear{{.peak_lr = 8.0, .end_lr = 4.0, .total_steps = total, .past_end = past}};
}

}  // namespace

TEST_CASE("hold keeps the end of the decay, zero is 0, repeat starts anew") {
    BOTH_CHECK(after(v(past_end::hold))(v(step_t{3})) == 5);
    BOTH_CHECK(after(v(past_end::hold))(v(step_t{4})) == 4);
    BOTH_CHECK(after(v(past_end::hold))(v(pacer::endless)) == 4);
    BOTH_CHECK(after(v(past_end::zero))(v(step_t{3})) == 5);
    BOTH_CHECK(after(v(past_end::zero))(v(step_t{4})) == 0);
    BOTH_CHECK(after(v(past_end::zero))(v(pacer::endless)) == 0);
    BOTH_CHECK(after(v(past_end::repeat))(v(step_t{4})) == 8);
    BOTH_CHECK(after(v(past_end::repeat))(v(step_t{7})) == 5);
    BOTH_CHECK(after(v(past_end::repeat))(v(step_t{401})) == 7);
}

TEST_CASE("the default is hold") {
    BOTH_CHECK(pacer::linear{{.peak_lr = v(8.0), .end_lr = 4.0, .total_steps = 4}}(v(step_t{9})) == 4);
}

TEST_CASE("a schedule of no length is past its end from the start, also at negative steps") {
    BOTH_CHECK(after(v(past_end::hold), 0)(v(step_t{0})) == 4);
    BOTH_CHECK(after(v(past_end::zero), 0)(v(step_t{0})) == 0);
    BOTH_CHECK(after(v(past_end::repeat), 0)(v(step_t{0})) == 4);
    CHECK(after(past_end::hold, 0)(-1) == 4);
    CHECK(after(past_end::zero, 0)(-1) == 0);
    CHECK(after(past_end::repeat, 0)(-1) == 4);
}
