// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/ramp.hpp>

using pacer::ramp;
using pacer::step_t;
namespace shapes = pacer::shapes;

TEST_CASE("a linear ramp") {
    BOTH_CHECK(ramp<>(v(1.0), 3.0, 4.0)(v(step_t{0})) == 1);
    BOTH_CHECK(ramp<>(v(1.0), 3.0, 4.0)(v(step_t{1})) == 1.5);
    BOTH_CHECK(ramp<>(v(1.0), 3.0, 4.0)(v(step_t{4})) == 3);
    BOTH_CHECK(ramp<>(v(1.0), 3.0, 4.0)(v(step_t{-1})) == 1);
    BOTH_CHECK(ramp<>(v(1.0), 3.0, 4.0)(v(pacer::endless)) == 3);
    BOTH_CHECK(ramp<>(v(3.0), 1.0, 4.0)(v(step_t{3})) == 1.5);
}

TEST_CASE("a ramp of no length is a jump") {
    BOTH_CHECK(ramp<>(1.0, v(3.0), 0.0)(v(step_t{0})) == 3);
    BOTH_CHECK(ramp<shapes::cosine>(1.0, v(3.0), 0.0)(v(step_t{-5})) == 3);
}

TEST_CASE("a ramp may begin and end between two updates") {
    BOTH_CHECK(support::ulps(ramp<>(0.0, 1.0, v(2.5))(v(step_t{1})), 0.4) <= support::same_way);
    BOTH_CHECK(support::ulps(ramp<>(0.0, 1.0, v(2.5))(v(step_t{2})), 0.8) <= support::same_way);
    BOTH_CHECK(ramp<>(0.0, 1.0, v(2.5))(v(step_t{3})) == 1);
    BOTH_CHECK(ramp<>(0.0, 1.0, 4.0, {}, v(0.5))(v(step_t{0})) == 0.125);
    BOTH_CHECK(ramp<>(0.0, 1.0, 4.0, {}, v(1.0))(v(step_t{3})) == 1);
    BOTH_CHECK(ramp<>(0.0, 1.0, 4.0, {}, v(9.0))(v(step_t{0})) == 1);
}

TEST_CASE("what is left of a broken ramp is counted exactly") {
    // A hundred updates of which these are warm-up: (100 - W) - (36 - W) is rounded to 64 - 2^-47.
    constexpr double warmup = 35.465950309510355;
    BOTH_CHECK(support::ulps(ramp<>(v(1.0), 0.0, 100 - warmup, {}, 36 - warmup)(63), 1 / (100 - warmup)) <= 1);
    BOTH_CHECK(ramp<>(v(1.0), 0.0, 100 - warmup, {}, 36 - warmup)(64) == 0);
}

TEST_CASE("a linear ramp never oversteps its half") {
    for (int n = 1; n <= 20'000; ++n) {
        const double rise = n % 2 == 0 ? 1.0 / n : -0.3 / n;
        const shapes::linear::way way(rise, n);
        if (pacer::detail::oversteps(way.done(n / 2.0), rise) || pacer::detail::oversteps(way.left(n / 2.0), -rise))
            FAIL_CHECK("rise " << rise << " n " << n);
    }
}

TEST_CASE("the shapes in the middle and at the quarters") {
    BOTH_CHECK(ramp<shapes::cosine>(v(1.0), 0.0, 2.0)(v(step_t{1})) == 0.5);
    BOTH_CHECK(ramp<shapes::one_minus_sqrt>(v(1.0), 0.0, 4.0)(v(step_t{1})) == 0.5);
    BOTH_CHECK(ramp<shapes::power>(v(1.0), 0.0, 4.0, {2})(v(step_t{1})) == 0.5625);
    BOTH_CHECK(ramp<shapes::power>(v(1.0), 0.0, 4.0, {2})(v(step_t{3})) == 0.0625);
    BOTH_CHECK(ramp<shapes::power>(v(0.0), 1.0, 4.0, {2})(v(step_t{1})) == 0.4375);
    BOTH_CHECK(support::ulps(ramp<shapes::half_life>(v(1.0), 0.0, 2.0)(v(step_t{1})), 0.41421356237309503) <= 2);
}

TEST_CASE("a shape chosen at run time is that shape, and backwards its mirror image") {
    const auto same = [](auto shape, pacer::ramp_shape name) {
        for (step_t step = -1; step < 12; ++step) {
            const double forwards = ramp(0.3, 0.7, 10, shape)(step);
            const double mirrored = ramp(0.7, 0.3, 10, shape)(10 - (step < 0 ? 0 : step));
            CHECK(support::ulps(ramp<shapes::any>(0.3, 0.7, 10, {name})(step), forwards) <= support::same_way);
            CHECK(support::ulps(ramp<shapes::any>(0.3, 0.7, 10, {name, true})(step), mirrored) <= support::same_way);
        }
    };
    same(shapes::linear{}, pacer::ramp_shape::linear);
    same(shapes::cosine{}, pacer::ramp_shape::cosine);
    same(shapes::one_minus_sqrt{}, pacer::ramp_shape::one_minus_sqrt);
    same(shapes::half_life{}, pacer::ramp_shape::half_life);
}

TEST_CASE("what a ramp is refused for") {
    const auto field = [](double from, double to, double length, double shift) {
        try {
            (void)ramp<>(from, to, length, {}, shift);
        } catch (const pacer::invalid_schedule& e) {
            return std::string(e.field());
        }
        return std::string();
    };
    CHECK(field(1, 0, 10, 0).empty());
    CHECK(field(-1, 0, 10, 0) == "from");
    CHECK(field(1, -1, 10, 0) == "to");
    CHECK(field(1, 0, -1, 0) == "length");
    CHECK(field(1, 0, 0x1p54, 0) == "length");
    CHECK(field(1, 0, 10, -1) == "shift");
}
