// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/schedules/constant.hpp>

using pacer::step_t;

TEST_CASE("constant is the same rate at every step") {
    BOTH_CHECK(pacer::constant{{.peak_lr = v(5e-5)}}(v(step_t{0})) == 5e-5);
    BOTH_CHECK(pacer::constant{{.peak_lr = v(5e-5)}}(v(step_t{-7})) == 5e-5);
    BOTH_CHECK(pacer::constant{{.peak_lr = v(5e-5)}}(v(pacer::endless)) == 5e-5);
    BOTH_CHECK(pacer::constant{{.peak_lr = v(5e-5), .total_steps = 10}}(v(step_t{10})) == 5e-5);
}

TEST_CASE("constant: its length, and what comes after it") {
    using pacer::past_end;
    BOTH_CHECK(pacer::constant{{.peak_lr = v(1.0)}}.total_steps() == pacer::endless);
    BOTH_CHECK(pacer::constant{{.peak_lr = 1.0, .total_steps = v(step_t{10})}}.total_steps() == 10);
    BOTH_CHECK(pacer::constant{{.peak_lr = 1.0, .total_steps = 10, .past_end = past_end::zero}}(v(step_t{9})) == 1);
    BOTH_CHECK(pacer::constant{{.peak_lr = 1.0, .total_steps = 10, .past_end = past_end::zero}}(v(step_t{10})) == 0);
    BOTH_CHECK(pacer::constant{{.peak_lr = 1.0, .total_steps = 10, .past_end = past_end::repeat}}(v(step_t{10})) == 1);
}

TEST_CASE("constant: a rate or a length that cannot be is refused") {
    CHECK_THROWS_AS((pacer::constant{{.peak_lr = 1.0, .total_steps = step_t{-5}}}), pacer::invalid_schedule);
    CHECK_THROWS_AS((pacer::constant{{.peak_lr = -1.0}}), pacer::invalid_schedule);
    CHECK_NOTHROW(pacer::constant{{.peak_lr = 1.0, .total_steps = 0}});
}
