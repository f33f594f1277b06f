// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/compose.hpp>
#include <pacer/expression/compare.hpp>
#include <pacer/expression/expression.hpp>
#include <pacer/expression/make.hpp>
#include <pacer/fill.hpp>
#include <pacer/schedules/cosine.hpp>
#include <pacer/table.hpp>

#include <array>
#include <limits>
#include <string>
#include <vector>

namespace {

using pacer::step_t;
using pacer::table;

constexpr std::array epochs{0.1, 0.1, 0.05, 0.01};
constexpr step_t last_step = std::numeric_limits<step_t>::max();

static_assert(pacer::Schedule<table<std::array<double, 3>>> && pacer::Vectorizable<table<std::vector<double>>>);
static_assert(std::is_trivially_copyable_v<table<std::array<double, 3>>>);
static_assert(std::is_same_v<pacer::rate_t<table<std::array<float, 2>>>, float>);
static_assert(!std::is_invocable_v<table<std::vector<double>>, double>);

TEST_CASE("table: a rate for each update, the last one past the end") {
    static constexpr table lr{epochs};
    BOTH_CHECK(lr(v(0)) == 0.1 && lr(v(2)) == 0.05 && lr(v(3)) == 0.01);
    BOTH_CHECK(lr(v(-1)) == 0.1 && lr(v(4)) == 0.01 && lr(v(last_step)) == 0.01);
    BOTH_CHECK(lr.total_steps() == v(4));
}

TEST_CASE("table: a rate for each epoch") {
    static constexpr table lr{epochs, 500};
    BOTH_CHECK(lr(v(999)) == 0.1 && lr(v(1000)) == 0.05 && lr(v(1499)) == 0.05 && lr(v(1500)) == 0.01);
    BOTH_CHECK(lr(v(2000)) == 0.01 && lr(v(std::numeric_limits<step_t>::min())) == 0.1);
    BOTH_CHECK(lr.total_steps() == v(2000));
}

TEST_CASE("table: vectors are copied, spans point to the rates") {
    std::vector<double> rates{1, 2};
    const table kept(rates);
    const table seen{std::span<const double>(rates)};
    rates[1] = 3;
    CHECK(kept(1) == 2);
    CHECK(seen(1) == 3);
}

TEST_CASE("table: of all the rates of another schedule, it is that schedule") {
    constexpr pacer::cosine lr{{.peak_lr = 3e-4, .total_steps = 1000, .warmup = pacer::warmup_steps(30)}};
    std::vector<double> rates(1001);
    pacer::fill(lr, 0, rates);
    const table copied(rates);
    for (step_t s = -2; s < 1200; ++s)
        REQUIRE(copied(s) == rates[static_cast<std::size_t>(s < 0 ? 0 : s < 1000 ? s : 1000)]);
}

TEST_CASE("table: fill is call by call, also of operators that change the order of steps") {
    const auto same = [](const auto& lr, step_t first, std::size_t count) {
        std::vector<double> rates(count);
        pacer::fill(lr, first, rates);
        for (std::size_t i = 0; i < count; ++i)
            if (rates[i] != static_cast<double>(lr(first + static_cast<step_t>(i))))
                return false;
        return true;
    };
    std::vector<double> many;
    for (int i = 0; i < 700; ++i)
        many.push_back(1.0 / (1 + i % 13));
    for (const step_t every : {1, 2, 7, 1000}) {
        const table lr(many, every);
        const table few(std::array{0.5, 0.25f + 0.0, 2.0}, every);
        for (const step_t first : {-3, 0, 5, 690, 699, 700, 4890, 700'000})
            for (const std::size_t count : {1u, 2u, 11u, 800u}) {
                REQUIRE(same(lr, first, count));
                REQUIRE(same(few, first, count));
                REQUIRE(same(pacer::join(few, 3, pacer::repeat(lr, 2)), first, count));
                REQUIRE(same(pacer::every(3, lr), first, count));
                REQUIRE(same(pacer::scale(lr, 0.5), first, count));
            }
        CHECK(same(lr, last_step - 5, 6));
    }
    const table floats(std::array{0.5f, 0.1f}, 2);
    CHECK(same(floats, 0, 9));
}

TEST_CASE("table: as an expression it is a piecewise curve, or a join of some") {
    const pacer::expression lr = pacer::expression_of(table{epochs, 500});
    CHECK(pacer::to_text(lr) ==
          "piecewise(at=[0, 1000, 1500], rates=[0.1, 0.05, 0.01], interpolation=constant, total_steps=2000)");
    CHECK(pacer::to_text(pacer::expression_of(pacer::scale(table{std::array{1.0, 2.0}}, 0.5))) ==
          "scale(piecewise(at=[0, 1], rates=[1, 2], interpolation=constant, total_steps=2), 0.5)");

    for (const int size : {1, 15, 16, 17, 32, 33, 5000})
        for (const step_t every : {1, 3}) {
            std::vector<double> many;
            for (int i = 0; i < size; ++i)
                many.push_back(1.0 / (1 + i / 2));
            const table original(many, every);
            const pacer::expression expression = pacer::expression_of(original);
            const pacer::expression back = pacer::parse(pacer::to_text(expression));
            CHECK(expression.total_steps() == original.total_steps());
            CHECK(back == expression);
            for (step_t s = -1; s < size * every + 5; ++s)
                REQUIRE((expression(s) == original(s) && back(s) == original(s)));
        }
}

TEST_CASE("table: what is refused") {
    using rates = std::vector<double>;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    CHECK_THROWS_WITH(table(rates{}), "pacer: rates: must have one rate or more");
    CHECK_THROWS_WITH(table(rates{1, -0.5}), "pacer: rates = -0.5: must be a finite rate of 0 or more");
    CHECK_THROWS_AS(table(rates{infinity}), pacer::invalid_schedule);
    CHECK_THROWS_AS(table(rates{std::numeric_limits<double>::quiet_NaN()}), pacer::invalid_schedule);
    for (const step_t every : {step_t{0}, step_t{-1}, pacer::longest})
        CHECK_THROWS_WITH(table(rates(2, 1.0), every),
                          "pacer: every = " + std::to_string(every) +
                              ": must be 1 or more, and all rates together for at most 2^53 updates");
    CHECK(table(rates(1, 1.0), pacer::longest).total_steps() == pacer::longest);
}

}  // namespace
