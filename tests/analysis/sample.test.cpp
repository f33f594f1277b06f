// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/analysis/sample.hpp>
#include <pacer/expression/example.hpp>

#include <atomic>
#include <string>
#include <vector>

using pacer::expression;
using pacer::step_t;
using pacer::analysis::extremes;
using pacer::analysis::find_extremes;
using pacer::analysis::sample;
using pacer::analysis::sampled_column;

namespace {

extremes walked(const expression& lr, step_t first, step_t last) {
    extremes found{lr(first), lr(first), first, first};
    for (step_t s = first + 1; s <= last; ++s) {
        const double rate = lr(s);
        if (rate < found.lowest)
            found.lowest = rate, found.lowest_at = s;
        if (rate > found.highest)
            found.highest = rate, found.highest_at = s;
    }
    return found;
}

/// Counts how often it is asked.
struct counted {
    const expression& of;
    long* asked;

    double operator()(step_t step) const {
        ++*asked;
        return of(step);
    }
};

}  // namespace

TEST_CASE("columns cover every step once, whatever their number") {
    const expression lr = pacer::parse("cosine(peak_lr=1, total_steps=1000, warmup=10)");
    for (const step_t until : {0, 1, 5, 159, 160, 161, 1000, 12345})
        for (const std::size_t columns : {std::size_t{1}, std::size_t{7}, std::size_t{160}}) {
            step_t next = 0;
            for (const sampled_column& c : sample(lr, {.until = until, .columns = columns})) {
                CHECK(c.first == next);
                CHECK(c.last >= c.first);
                CHECK(c.rate == lr(c.first));
                next = c.last + 1;
            }
            CHECK(next == until + 1);
        }
    CHECK(sample(lr, {.from = 900, .until = 1100, .columns = 10}).front().first == 900);
}

TEST_CASE("the range of a short column is exact") {
    for (const pacer::schedule_description& s : pacer::describe_schedules()) {
        const expression lr = pacer::parse(pacer::example(s));
        INFO(s.name);
        for (const sampled_column& c : sample(lr, {.until = 1200, .columns = 20})) {
            const extremes truth = walked(lr, c.first, c.last);
            CHECK(c.range.lowest == truth.lowest);
            CHECK(c.range.highest == truth.highest);
            CHECK(c.range.highest_at == truth.highest_at);
        }
    }
}

TEST_CASE("the range of a long column is that of its curve, of every schedule") {
    for (const pacer::schedule_description& s : pacer::describe_schedules()) {
        const expression lr = pacer::parse(pacer::example(s, {.total_steps = 200'000}));
        INFO(s.name);
        // A wave shorter than an update: a step says nothing of the next.
        const double tolerance = s.name == "ensmallen::cyclical_decay" ? 1e-3 : 1e-9;
        for (const sampled_column& c : sample(lr, {.until = 250'000, .columns = 30})) {
            const extremes truth = walked(lr, c.first, c.last);
            CHECK(c.range.lowest >= truth.lowest);
            CHECK(c.range.highest <= truth.highest);
            CHECK(c.range.lowest <= truth.lowest + tolerance * truth.highest);
            CHECK(c.range.highest >= truth.highest * (1 - tolerance));
        }
    }
}

TEST_CASE("many short cycles in each column show their whole range") {
    for (const char* text : {"cyclic(peak_lr=1, min_lr=0.25, up_steps=1000, total_steps=1000000000)",
                             "cosine_with_restarts(peak_lr=1, min_lr=0.25, num_cycles=500000, total_steps=1000000000)",
                             "repeat(linear(peak_lr=1, end_lr=0.25, total_steps=2000))",
                             "repeat(one_cycle(peak_lr=1, init_lr=0.25, end_lr=0.25, total_steps=3000))"}) {
        const expression lr = pacer::parse(text);
        INFO(text);
        for (const sampled_column& c : sample(lr, {.until = 999'999'999, .columns = 160})) {
            CHECK(c.range.lowest <= 0.25 + 1e-3);
            CHECK(c.range.highest >= 1 - 1e-3);
        }
    }
}

TEST_CASE("a joint is seen however narrow it is") {
    // A spike of three updates among 10^9.
    const expression lr = pacer::parse("join(constant(peak_lr=1), 123456789, constant(peak_lr=5), 123456792, "
                                       "constant(peak_lr=1, total_steps=1000000000))");
    double highest = 0;
    for (const sampled_column& c : sample(lr, {.until = 1'100'000'000, .columns = 100}))
        highest = c.range.highest > highest ? c.range.highest : highest;
    CHECK(highest == 5);
    CHECK(find_extremes(lr, 0, 1'100'000'000).highest_at == 123'456'789);
}

TEST_CASE("a curve is sampled, not walked") {
    const expression lr = pacer::parse("cosine(peak_lr=1, total_steps=1000000000, warmup=3%)");
    long asked = 0;
    const counted counting{lr, &asked};
    static_cast<void>(sample(counting, {.until = 1'250'000'000, .columns = 160}, {30'000'000, 1'000'000'000}));
    CHECK(asked < 160 * 600);
    long of_more = 0;
    static_cast<void>(sample(counted{lr, &of_more}, {.until = pacer::endless - 1, .columns = 160}, {}));
    CHECK(of_more < 160 * 900);
}

TEST_CASE("a few steps of each column are enough for a picture, of every schedule") {
    for (const pacer::schedule_description& s : pacer::describe_schedules()) {
        const expression lr = pacer::parse(pacer::example(s, {.total_steps = 200'000}));
        const extremes whole = walked(lr, 0, 200'000);
        const double visible = 0.01 * (whole.highest - whole.lowest);
        INFO(s.name);
        for (const sampled_column& c : sample(lr, {.until = 200'000, .columns = 700, .asked = 24})) {
            const extremes truth = walked(lr, c.first, c.last);
            CHECK(c.range.lowest <= truth.lowest + visible);
            CHECK(c.range.highest >= truth.highest - visible);
        }
    }
    long asked = 0;
    const expression lr = pacer::parse("cosine(peak_lr=1, total_steps=1000000, warmup=3%)");
    static_cast<void>(sample(counted{lr, &asked}, {.until = 1'000'000, .columns = 700, .asked = 24}, {}));
    CHECK(asked < 700 * 100);
}

TEST_CASE("a range of steps that is none is refused") {
    const expression lr = pacer::parse("constant(peak_lr=1)");
    CHECK_THROWS_AS(sample(lr, {.from = -1, .until = 10}), pacer::invalid_schedule);
    CHECK_THROWS_AS(sample(lr, {.from = 11, .until = 10}), pacer::invalid_schedule);
    CHECK_THROWS_AS(sample(lr, {.until = pacer::endless}), pacer::invalid_schedule);
    CHECK_THROWS_AS(sample(lr, {.until = 10, .columns = 0}), pacer::invalid_schedule);
    CHECK_THROWS_AS(sample(lr, {.until = 10, .asked = 0}), pacer::invalid_schedule);
}
