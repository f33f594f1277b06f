// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/waves.hpp>

using pacer::step_t;
using pacer::detail::cosine_restarts;
using pacer::detail::cosine_wave;
using pacer::detail::wave_clock;

TEST_CASE("the clock counts whole waves in integers") {
    BOTH_CHECK(wave_clock(v(9.0), 3, 0).whole_position(v(step_t{3})) == 0);
    BOTH_CHECK(wave_clock(v(9.0), 3, 0).whole_position(v(step_t{4})) == 3);
    BOTH_CHECK(wave_clock(v(9.0), 1, 0).whole_position(v(step_t{19})) == 1);
    BOTH_CHECK(wave_clock(v(9.0), 1, v(2.0)).whole_position(v(step_t{0})) == 2);
    BOTH_CHECK(wave_clock(v(9.0), 1, v(2.0)).whole_position(v(step_t{8})) == 1);
    BOTH_CHECK(wave_clock(v(0x1p53), 1, 0).whole_position(v((step_t{1} << 53) - 1)) == (step_t{1} << 53) - 1);
    BOTH_CHECK(!wave_clock(v(8.5), 3, 0).is_whole());
    BOTH_CHECK(!wave_clock(v(8.0), 2.5, 0).is_whole());
    BOTH_CHECK(!wave_clock(v(8.0), 2, 0.5).is_whole());
}

TEST_CASE("a range of steps is told wave by wave") {
    const wave_clock clock(9, 3, 1);
    pacer::detail::step_range steps{2, 1, 20};
    while (steps.count > 0) {
        const pacer::detail::step_range x = clock.whole_positions(steps);
        REQUIRE(x.count > 0);
        for (step_t k = 0; k < x.count; ++k)
            CHECK(x.at(k) == clock.whole_position(steps.at(k)));
        steps = steps.drop(x.count);
        CHECK((steps.count == 0 || clock.whole_position(steps.first) < 3));
    }
}

TEST_CASE("the clock counts broken waves in binary64") {
    BOTH_CHECK(wave_clock(v(8.0), 0.5, 0)(v(step_t{4})).x == 2);
    BOTH_CHECK(wave_clock(v(8.0), 2.5, 0)(v(step_t{4})).x == 2);
    BOTH_CHECK(wave_clock(v(8.0), 1, 0.5)(v(step_t{1})).x == 1.5);
    BOTH_CHECK(wave_clock(v(8.0), 1, 0.5)(v(step_t{1})).m == 6.5);
}

TEST_CASE("a swing goes down and up again, a restart falls from the top") {
    BOTH_CHECK(cosine_wave(8, v(0.0), 4, 0.5, 0)(v(step_t{2})) == 4);
    BOTH_CHECK(cosine_wave(8, v(0.0), 4, 0.5, 0)(v(step_t{4})) == 0);
    BOTH_CHECK(cosine_wave(8, v(0.0), 4, 0.5, 0)(v(step_t{6})) == 4);
    BOTH_CHECK(cosine_wave(8, v(0.0), 4, 0.5, 0)(v(step_t{8})) == 8);
    BOTH_CHECK(cosine_wave(8, v(0.0), 4, 1, 0)(v(step_t{2})) == 0);
    BOTH_CHECK(cosine_wave(8, v(0.0), 4, 0.5, 1)(v(step_t{1})) == 4);
    BOTH_CHECK(cosine_restarts(8, v(0.0), 4, 2, 0)(v(step_t{1})) == 4);
    BOTH_CHECK(cosine_restarts(8, v(0.0), 4, 2, 0)(v(step_t{2})) == 8);
}

TEST_CASE("both halves of a swing are mirror images") {
    const cosine_wave lr(1, 0.1, 37, 0.5, 0);
    for (step_t step = 0; step <= 37; ++step)
        CHECK(lr(37 - step) == lr(37 + step));
}
