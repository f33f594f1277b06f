// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/analysis/alignment.hpp>

#include <vector>

using namespace pacer::analysis;
using pacer::step_t;

namespace {

followed_curve cosine() {
    followed_curve c = curve_of({.function = hf_function::cosine, .lr = 1e-3, .warmup = 20, .total = 1000});
    add_turns(c);
    return c;
}

/// Every tenth step, with the delay that `delay(step)` says.
template <class Delay>
std::vector<log_point> log_with(Delay delay) {
    std::vector<log_point> points;
    for (step_t s = 10; s <= 1000; s += 10)
        points.push_back({s, cosine().as_computed(s - delay(s))});
    return points;
}

alignment align(const std::vector<log_point>& points, const step_ratio& ratio = {}) {
    const followed_curve c = cosine();
    return detail::aligner(points, c, {}, ratio).run(0, {{0, 20}});
}

}  // namespace

TEST_CASE("one delay") {
    const alignment a = align(log_with([](step_t) { return 1; }));
    REQUIRE(a.runs.size() == 1);
    CHECK(a.runs[0].delay == 1);
    CHECK(a.explained == 100);
    CHECK(a.saved > 3900);
}

TEST_CASE("a delay that grows costs what saying so takes") {
    const auto points = log_with([](step_t s) { return s < 300 ? 1 : s < 600 ? 2 : 5; });
    const alignment a = align(points);
    REQUIRE(a.runs.size() == 3);
    CHECK(a.runs[1].delay == 2);
    CHECK(a.runs[1].first == 29);
    CHECK(a.runs[2].delay == 5);
    CHECK(a.explained == 100);
    CHECK(a.saved < align(log_with([](step_t) { return 1; })).saved);
}

TEST_CASE("a skip before the last point is told where it is seen alone") {
    auto points = log_with([](step_t s) { return s < 990 ? 1 : 3; });
    points.resize(99);
    const alignment a = align(points);
    REQUIRE(a.runs.size() == 2);
    CHECK(a.runs[1].delay == 3);
    CHECK(a.runs[1].first == 98);
    CHECK(a.explained == 99);
    // The same rate again may be a line that was written twice.
    points[98].lr = points[97].lr;
    CHECK(align(points).explained == 98);
    // One that no step gives is none.
    points[98].lr *= 1.001;
    CHECK(align(points).explained == 98);
}

TEST_CASE("a skip between any two points is no explanation") {
    const alignment a = align(log_with([](step_t s) { return s / 5; }));
    CHECK(a.explained < 10);
}

TEST_CASE("a scheduler that stands still") {
    const alignment a = align(log_with([](step_t s) { return s < 500 ? 0 : s - 490; }));
    REQUIRE(a.runs.size() == 2);
    CHECK(a.runs[1].standing);
    CHECK(a.explained == 100);
}

TEST_CASE("bad points are passed over, and a curve that ended is left") {
    auto points = log_with([](step_t) { return 0; });
    points[40].lr *= 1.001;
    points[41].lr *= 0.999;
    points[70].lr = 0.5;
    const alignment a = align(points);
    CHECK(a.explained == 97);
    CHECK(a.end == 100);
    for (const auto& run : a.runs)
        CHECK(run.delay == 0);

    for (std::size_t i = 50; i < 100; ++i)
        points[i].lr = 1e-3 / static_cast<double>(i);
    CHECK(align(points).end == 50);
}

TEST_CASE("several scheduler steps an update, and fewer") {
    const followed_curve c = cosine();
    std::vector<log_point> twice;
    std::vector<log_point> fewer;
    for (step_t s = 10; s <= 500; s += 10)
        twice.push_back({s, c.as_computed(2 * s)});
    for (step_t s = 10; s <= 3000; s += 10)
        fewer.push_back({s, c.as_computed(s / 4)});
    CHECK(align(twice, {2, 1}).explained == twice.size());
    CHECK(align(fewer, {1, 4}).explained == fewer.size());
    CHECK(align(twice).explained < 5);
    CHECK(step_ratio{3, 1}(pacer::endless) > 0);
    CHECK(step_ratio{3, 1}(-pacer::endless) < 0);
    CHECK(step_ratio{3, 1}(-pacer::endless) == -step_ratio{3, 1}(pacer::endless));
    CHECK(step_ratio{1, 4}(7) == 1);
    CHECK_FALSE(step_ratio{1, 4} == step_ratio{1, 2});
    CHECK_FALSE(step_ratio{2, 4} == step_ratio{1, 4});
}

TEST_CASE("steps of any size") {
    const followed_curve c = cosine();
    const std::vector<log_point> points{{1, c.as_computed(1)},  {2, c.as_computed(2)},   {3, c.as_computed(3)},
                                        {pacer::endless, 1e-4}, {-pacer::endless, 1e-4}, {4, c.as_computed(4)}};
    CHECK(align(points).explained >= 3);
}
