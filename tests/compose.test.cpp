// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/pacer.hpp>

#include <memory>

using pacer::endless;
using pacer::join;
using pacer::linear;
using pacer::step_t;

namespace {

constexpr linear up_and_down{{.peak_lr = 8.0, .total_steps = 8, .warmup = pacer::warmup_steps(4)}};
constexpr pacer::linear_warmup rise{{.peak_lr = 4.0, .total_steps = 4}};
constexpr pacer::constant level{{.peak_lr = 3.0}};

template <class Compose>
std::string refused(Compose compose) {
    try {
        (void)compose();
    } catch (const pacer::invalid_schedule& e) {
        return e.field();
    }
    return "";
}

}  // namespace

TEST_CASE("join: a piece starts at its boundary and counts from its own start") {
    BOTH_CHECK(join(rise, v(step_t{2}), up_and_down)(v(step_t{1})) == 1);
    BOTH_CHECK(join(rise, v(step_t{2}), up_and_down)(v(step_t{2})) == 0);
    BOTH_CHECK(join(rise, v(step_t{2}), up_and_down)(v(step_t{3})) == 2);
    BOTH_CHECK(join(level, v(step_t{2}), rise, v(step_t{5}), up_and_down)(v(step_t{4})) == 2);
    BOTH_CHECK(join(level, v(step_t{2}), rise, v(step_t{5}), up_and_down)(v(step_t{6})) == 2);
    BOTH_CHECK(join(level, v(step_t{2}), rise)(v(step_t{-9})) == 3);
}

TEST_CASE("join: one piece is that piece, and pieces of no length vanish") {
    BOTH_CHECK(join(up_and_down)(v(step_t{5})) == 6);
    BOTH_CHECK(join(level, v(step_t{0}), up_and_down)(v(step_t{0})) == 0);
    BOTH_CHECK(join(level, v(step_t{0}), up_and_down)(v(step_t{-3})) == 0);
    BOTH_CHECK(join(rise, v(step_t{2}), level, v(step_t{2}), up_and_down)(v(step_t{2})) == 0);
}

TEST_CASE("join: its length is where the last piece ends") {
    BOTH_CHECK(join(level, v(step_t{5}), up_and_down).total_steps() == 13);
    BOTH_CHECK(join(up_and_down, v(step_t{5}), level).total_steps() == endless);
    BOTH_CHECK(join(level, v(endless - 5), up_and_down).total_steps() == endless);
}

TEST_CASE("join: boundaries must not be negative or decrease") {
    CHECK(refused([] { return join(level, -1, rise); }) == "at");
    CHECK(refused([] { return join(level, 3, rise, 2, level); }) == "at");
    CHECK(refused([] { return join(level, 3, rise, 3, level); }).empty());
}

TEST_CASE("scale") {
    BOTH_CHECK(scale(up_and_down, v(0.5))(v(step_t{4})) == 4);
    BOTH_CHECK(scale(up_and_down, v(1.0))(v(step_t{5})) == 6);
    BOTH_CHECK(scale(up_and_down, v(0.0))(v(step_t{5})) == 0);
    BOTH_CHECK(scale(up_and_down, v(0.5)).total_steps() == 8);
    CHECK(refused([] { return scale(level, -0.5); }) == "factor");
}

TEST_CASE("clamp") {
    BOTH_CHECK(clamp(up_and_down, v(1.0), 5.0)(v(step_t{0})) == 1);
    BOTH_CHECK(clamp(up_and_down, v(1.0), 5.0)(v(step_t{2})) == 4);
    BOTH_CHECK(clamp(up_and_down, 1.0, v(5.0))(v(step_t{4})) == 5);
    BOTH_CHECK(clamp(up_and_down, 1.0, v(5.0)).total_steps() == 8);
    BOTH_CHECK(clamp(up_and_down, v(2.0), v(2.0))(v(step_t{4})) == 2);
    CHECK(refused([] { return clamp(level, -1, 1); }) == "lowest");
    CHECK(refused([] { return clamp(level, 0, -1); }) == "highest");
    CHECK(refused([] { return clamp(level, 2, 1); }) == "lowest");
}

TEST_CASE("advance") {
    BOTH_CHECK(advance(up_and_down, v(step_t{2}))(v(step_t{0})) == 4);
    BOTH_CHECK(advance(up_and_down, v(step_t{2}))(v(step_t{-1})) == 4);
    BOTH_CHECK(advance(up_and_down, v(step_t{2}))(v(endless)) == 0);
    BOTH_CHECK(advance(up_and_down, v(step_t{2})).total_steps() == 6);
    BOTH_CHECK(advance(up_and_down, v(step_t{20})).total_steps() == 0);
    BOTH_CHECK(advance(level, v(step_t{20})).total_steps() == endless);
    CHECK(refused([] { return advance(level, -1); }) == "by");
}

TEST_CASE("lambdas are pieces like others") {
    const auto falling = [](step_t step) { return 1.0 / static_cast<double>(step + 1); };
    CHECK(join(level, 10, falling)(10) == 1);
    CHECK(join(level, 10, falling)(13) == 0.25);
    CHECK(pacer::scale(falling, 8)(1) == 4);
    CHECK(join(level, 10, falling).total_steps() == endless);
}

TEST_CASE("any_schedule is a piece like others") {
    const pacer::any_schedule<double> held = up_and_down;
    CHECK(join(held, 3, level)(2) == 4);
    CHECK(join(level, 3, held)(5) == 4);
    CHECK(scale(held, 0.5)(4) == 4);
}

TEST_CASE("pieces of different precision give the wider one") {
    const pacer::constant<float> narrow{{.peak_lr = 0.1F}};
    STATIC_REQUIRE(std::is_same_v<decltype(join(narrow, 1, level)(0)), double>);
    STATIC_REQUIRE(std::is_same_v<decltype(scale(narrow, 2)(0)), float>);
    CHECK(join(narrow, 1, level)(0) == static_cast<double>(0.1F));
}
