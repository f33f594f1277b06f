// SPDX-License-Identifier: MIT
#include "support/check.hpp"
#include "support/dice.hpp"

#include <pacer/fill.hpp>
#include <pacer/ramp.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using pacer::ramp;
using pacer::ramp_shape;
using pacer::step_t;
using support::complaints;
namespace shapes = pacer::shapes;

namespace {

// Shapes of a user's own. Written as in a book:
struct smoothstep {
    struct profile {
        double rise, n;
        constexpr profile(double rise_, double n_) noexcept : rise(rise_), n(n_) {}
        constexpr double done(double x) const noexcept {
            const double r = x / n;
            return rise * (r * r * (3 - 2 * r));
        }
        constexpr double left(double m) const noexcept { return -done(m); }
    };
    constexpr double split_point() const noexcept { return 0.5; }
};

// Made for `fill`, with a parameter:
struct tilted {
    double weight = 0.25;

    struct profile {
        static constexpr bool is_unfused = true;

        double rise, n, weight;
        constexpr profile(double rise_, double n_, const tilted& shape) noexcept
            : rise(rise_), n(n_), weight(shape.weight) {}
        [[gnu::always_inline]] constexpr double done(double x) const noexcept {
            const double r = x / n;
            const double bent = pacer::unfused_product(pacer::unfused_product(r, r), 3 - 2 * r);
            return pacer::unfused_product(rise,
                                          pacer::unfused_product(1 - weight, r) + pacer::unfused_product(weight, bent));
        }
        [[gnu::always_inline]] constexpr double left(double m) const noexcept { return -done(m); }
    };
    constexpr double split_point() const noexcept { return 0.5; }
};

struct without_profile {
    static constexpr double split_point() { return 0.5; }
};
struct without_left {
    struct profile {
        constexpr profile(double, double) noexcept {}
        static constexpr double done(double) noexcept { return 0; }
    };
    static constexpr double split_point() { return 0.5; }
};

constexpr ramp_shape without_exponent[] = {ramp_shape::linear, ramp_shape::cosine, ramp_shape::one_minus_sqrt,
                                           ramp_shape::half_life, ramp_shape::exponential};

template <class Shape>
int differences(const ramp<Shape>& lr, step_t n) {
    std::vector<double> curve(static_cast<std::size_t>(n + 3));
    pacer::fill(lr, -1, curve);
    int different = 0;
    for (step_t step = -1; step < n + 2; ++step)
        different += curve[static_cast<std::size_t>(step + 1)] != lr(step);
    return different;
}

}  // namespace

TEST_CASE("the shapes in the middle and at the quarters") {
    BOTH_CHECK(ramp<shapes::cosine>(v(1.0), 0.0, 2.0)(v(step_t{1})) == 0.5);
    BOTH_CHECK(ramp<shapes::one_minus_sqrt>(v(1.0), 0.0, 4.0)(v(step_t{1})) == 0.5);
    BOTH_CHECK(ramp<shapes::power>(v(1.0), 0.0, 4.0, {2})(v(step_t{1})) == 0.5625);
    BOTH_CHECK(ramp<shapes::power>(v(1.0), 0.0, 4.0, {2})(v(step_t{3})) == 0.0625);
    BOTH_CHECK(ramp<shapes::power>(v(0.0), 1.0, 4.0, {2})(v(step_t{1})) == 0.4375);
    BOTH_CHECK(support::ulps(ramp<shapes::half_life>(v(1.0), 0.0, 2.0)(v(step_t{1})), 0.41421356237309503) <= 2);
    BOTH_CHECK(support::ulps(ramp<shapes::exponential>(v(1.6e-4), 1.6e-6, 30'000.0)(v(step_t{15'000})), 1.6e-5) <= 1);
    BOTH_CHECK(support::ulps(ramp<shapes::exponential>(v(1.0), 1024.0, 10.0)(v(step_t{3})), 8) <= support::same_way);
}

constexpr shapes::any burn_in{ramp_shape::power(4), true};

TEST_CASE("a power run backwards is the burn-in of darknet") {
    BOTH_CHECK(support::ulps(ramp(0, v(1e-3), 1000, burn_in)(v(step_t{500})), 6.25e-5) <= support::same_way);
    BOTH_CHECK(ramp(0, v(1e-3), 1000, burn_in)(v(step_t{0})) == 0);
    BOTH_CHECK(ramp(0, v(1e-3), 1000, burn_in)(v(step_t{1000})) == 1e-3);
    BOTH_CHECK(support::ulps(ramp(0, v(1e-3), 1000, burn_in)(v(step_t{1})), 1e-15) <= 2);
}

TEST_CASE("a shape is a small value with a name") {
    STATIC_REQUIRE(sizeof(ramp_shape) == 8);
    STATIC_REQUIRE(std::is_trivially_copyable_v<ramp_shape>);
    STATIC_REQUIRE(ramp_shape() == ramp_shape::linear);
    STATIC_REQUIRE(ramp_shape::power(2) == ramp_shape::power(2));
    STATIC_REQUIRE(ramp_shape::power(2) != ramp_shape::power(3));
    STATIC_REQUIRE(ramp_shape::power(1) != ramp_shape::linear);
    STATIC_REQUIRE(ramp_shape::power(0.9).exponent() == 0.9);
    STATIC_REQUIRE(ramp_shape::cosine.exponent() == 1);
    STATIC_REQUIRE(ramp_shape(ramp_shape::kind::power) == ramp_shape::power(1));
    const char* const names[] = {"linear", "cosine", "one_minus_sqrt", "half_life", "exponential"};
    for (int k = 0; k < 5; ++k) {
        CHECK(without_exponent[k].name() == std::string(names[k]));
        CHECK(ramp_shape(static_cast<ramp_shape::kind>(k)) == without_exponent[k]);
        CHECK(static_cast<int>(without_exponent[k].which()) == k);
    }
    CHECK(ramp_shape::power(4).name() == std::string("power"));
    CHECK(ramp_shape::power(4).which() == ramp_shape::kind::power);
    for (const double bad : {0.0, -1.0, -0.0, std::numeric_limits<double>::infinity(), std::nan("")})
        CHECK_THROWS_AS(ramp_shape::power(bad), pacer::invalid_schedule);
}

TEST_CASE("a shape chosen at run time is that shape, backwards its mirror image, and a compact one the same") {
    const auto same = [](auto shape, ramp_shape name) {
        for (const double n : {10.0, 9.5, 1.0, 1e6}) {
            const auto last = static_cast<step_t>(n);
            for (const auto& [from, to] : {std::pair{0.3, 0.7}, std::pair{0.7, 0.3}})
                for (step_t step = -1; step<last + 2; step += last> 100 ? 77'777 : 1) {
                    CHECK(support::ulps(ramp(from, to, n, shapes::any{name})(step), ramp(from, to, n, shape)(step)) <=
                          support::same_way);
                    if (n == 9.5)
                        continue;
                    const double mirrored = ramp(to, from, n, shape)(last - (step < 0 ? 0 : step));
                    // The very middle of a symmetric shape is counted from the start, backwards, too.
                    const double allowed = 2 * step == last ? 1 : support::same_way;
                    CHECK(support::ulps(ramp(from, to, n, shapes::any{name, true})(step), mirrored) <= allowed);
                }
            for (const bool backwards : {false, true})
                for (const double shift : {0.0, 1.0, 0.25})
                    for (step_t step = -1; step<last + 2; step += last> 100 ? 77'777 : 1)
                        CHECK(ramp(0.3, 0.7, n, shapes::compact{{name, backwards}}, shift)(step) ==
                              ramp(0.3, 0.7, n, shapes::any{name, backwards}, shift)(step));
        }
    };
    same(shapes::linear{}, ramp_shape::linear);
    same(shapes::cosine{}, ramp_shape::cosine);
    same(shapes::one_minus_sqrt{}, ramp_shape::one_minus_sqrt);
    same(shapes::half_life{}, ramp_shape::half_life);
    same(shapes::exponential{}, ramp_shape::exponential);
    for (const double p : {0.5, 1.0, 2.0, 4.0, 0.9, 7.3})
        same(shapes::power{p}, ramp_shape::power(p));
}

#ifndef __FAST_MATH__  // where bits are not promised
TEST_CASE("fill gives the bits of the call, whatever the shape and however it is written") {
    for (const auto& [from, to] : {std::pair{1e-3, 1e-5}, std::pair{1e-5, 1e-3}}) {
        CHECK(differences(ramp(from, to, 10'000, smoothstep{}), 10'000) == 0);
        CHECK(differences(ramp(from, to, 10'000, tilted{}), 10'000) == 0);
        CHECK(differences(ramp(from, to, 999, shapes::exponential{}), 999) == 0);
        for (const bool backwards : {false, true})
            for (const ramp_shape shape :
                 {ramp_shape::linear, ramp_shape::cosine, ramp_shape::one_minus_sqrt, ramp_shape::half_life,
                  ramp_shape::exponential, ramp_shape::power(2), ramp_shape::power(0.9)}) {
                CHECK(differences(ramp(from, to, 1000, shapes::any{shape, backwards}, 1), 999) == 0);
                CHECK(differences(ramp(from, to, 1000, shapes::compact{{shape, backwards}}, 1), 999) == 0);
                CHECK(differences(ramp(from, to, 99.5, shapes::compact{{shape, backwards}}, 0.25), 100) == 0);
            }
    }
}
#endif

TEST_CASE("a shape of one's own has the landmarks of every ramp") {
    BOTH_CHECK(ramp(v(1.0), 0, 100, smoothstep{})(v(step_t{0})) == 1);
    BOTH_CHECK(ramp(v(1.0), 0, 100, smoothstep{})(v(step_t{50})) == 0.5);
    BOTH_CHECK(ramp(v(1.0), 0, 100, tilted{1})(v(step_t{25})) == 0.84375);
    BOTH_CHECK(ramp(v(1.0), 0, 100, tilted{0})(v(step_t{75})) == 0.25);
    BOTH_CHECK(ramp(v(1.0), 0, 100, tilted{})(v(step_t{100})) == 0);
}

TEST_CASE("what a shape must have") {
    STATIC_REQUIRE(pacer::RampShape<shapes::linear>);
    STATIC_REQUIRE(pacer::RampShape<shapes::any>);
    STATIC_REQUIRE(pacer::RampShape<shapes::compact>);
    STATIC_REQUIRE(pacer::RampShape<shapes::exponential>);
    STATIC_REQUIRE(pacer::RampShape<smoothstep>);
    STATIC_REQUIRE(pacer::RampShape<tilted>);
    STATIC_REQUIRE(!pacer::RampShape<without_profile>);
    STATIC_REQUIRE(!pacer::RampShape<without_left>);
    STATIC_REQUIRE(!pacer::RampShape<int>);
}

TEST_CASE("the exponential ramp: within 4 ULP of the exact value, between any two rates, and monotone") {
    complaints wrong;
    double worst = 0;
    const double rates[] = {
#ifndef __FAST_MATH__  // which takes subnormal numbers for 0
        5e-324, 1e-310,
#endif
        1e-300, 1e-7,   1e-3, 1 - 0x1p-53, 1, 1 + 0x1p-52, 1.4, 1.5, 2, 3, 1e10, 1e300, 1.7e308};
    for (const double from : rates)
        for (const double to : rates)
            for (const double n : {1.0, 2.0, 3.0, 10.0, 997.0, 1e6 + 3, 0x1p40, 0x1p53}) {
                const ramp lr(from, to, n, shapes::exponential{});
                double before = from;
                for (int k = 0; k <= 1000; ++k) {
                    const auto step = static_cast<step_t>(n / 1000 * k);
                    const double rate = lr(step);
                    if (from < to ? rate < before : rate > before)
                        wrong.add(from, " to ", to, " over ", n, " turns at ", step);
                    before = rate;
                    const long double r = static_cast<long double>(step) / static_cast<long double>(n);
                    const long double log =
                        std::log2(static_cast<long double>(to)) - std::log2(static_cast<long double>(from));
                    // From the nearer end: the reference itself loses digits of a large exponent.
                    const long double want = r <= 0.5L ? from * std::exp2(log * r) : to * std::exp2(-log * (1 - r));
                    const auto off =
                        static_cast<double>(std::abs(rate - want)) / support::ulp(static_cast<double>(want));
                    worst = std::max(worst, off);
                }
                if (lr(0) != from || lr(static_cast<step_t>(n)) != to)
                    wrong.add(from, " to ", to, " over ", n, ": ends");
            }
    WARN("exponential: at most " << worst << " ULP");
    CHECK(wrong.text() == "");
    CHECK(worst <= 4);
}

TEST_CASE("the exponential ramp is monotone also where doubles are as dense as steps") {
    complaints wrong;
    for (const double n : {1e9, 0x1p52 + 1, 0x1p53})
        for (const auto& [from, to] : {std::pair{1e-3, 1e-5}, std::pair{1e-5, 1e-3}, std::pair{1.0, 1.3},
                                       std::pair{1.0, 2.0}, std::pair{1.0, 1.0 - 0x1p-50}, std::pair{1e-300, 1e300}})
            for (const double where : {0.0, 0.01, 0.1, 0.25, 0.4999999, 0.5, 0.6, 0.75, 0.9, 1.0}) {
                const ramp lr(from, to, n, shapes::exponential{});
                const auto middle = static_cast<step_t>(n * where);
                double before = lr(std::max<step_t>(middle - 2000, 0));
                for (step_t step = std::max<step_t>(middle - 2000, 0); step < middle + 2000; ++step) {
                    const double rate = lr(step);
                    if (from < to ? rate < before : rate > before) {
                        wrong.add(from, " to ", to, " over ", n, " turns at ", step);
                        break;
                    }
                    before = rate;
                }
            }
    CHECK(wrong.text() == "");
}
