// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/pacer.hpp>
#include <pacer/training/progress.hpp>

#include <algorithm>
#include <string>
#include <type_traits>

namespace {

using pacer::progress;
using pacer::step_t;

constexpr step_t largest = pacer::endless;

constexpr pacer::linear line{{.peak_lr = 1, .total_steps = 1000}};

// A clock's schedule takes a progress and nothing else.
template <class S>
constexpr bool takes_only_progress =
    std::is_invocable_r_v<double, const S&, const progress&> && !std::is_invocable_v<const S&, step_t> &&
    !std::is_invocable_v<const S&, int> && !std::is_invocable_v<const S&, double> && !pacer::Schedule<S>;

using updates_type = decltype(pacer::by_updates(line));
using samples_type = decltype(pacer::by_samples(line));
using tokens_type = decltype(pacer::by_tokens(line));

static_assert(takes_only_progress<updates_type> && takes_only_progress<samples_type> &&
              takes_only_progress<tokens_type>);

// Clocks are different types, none becomes another, none is wrapped in another, none is composed as if it were bare.
template <class A, class B>
constexpr bool mix = std::is_convertible_v<A, B> || std::is_constructible_v<A, B> || std::is_assignable_v<A&, B>;
static_assert(!mix<updates_type, samples_type> && !mix<samples_type, updates_type> && !mix<tokens_type, samples_type> &&
              !mix<samples_type, tokens_type> && !mix<updates_type, tokens_type> && !mix<tokens_type, updates_type>);

template <class S>
constexpr bool can_be_clocked_again = requires(const S& s) {
    pacer::by_tokens(s);
};
template <class S>
constexpr bool can_be_joined = requires(const S& s) {
    pacer::join(s, 10, line);
};
static_assert(can_be_clocked_again<pacer::linear<>> && !can_be_clocked_again<updates_type>);
static_assert(can_be_joined<pacer::linear<>> && !can_be_joined<samples_type>);

// A number is not a position.
static_assert(!std::is_convertible_v<step_t, progress> && !std::is_constructible_v<progress, step_t>);
static_assert(std::is_trivially_copyable_v<progress> && std::is_trivially_copyable_v<tokens_type>);

constexpr progress after(int updates, pacer::batch each) {
    progress at;
    for (int k = 0; k < updates; ++k)
        at.apply(each);
    return at;
}

std::string reason(const pacer::progress_counts& start, void (*act)(progress&)) {
    progress at(start);
    try {
        act(at);
    } catch (const pacer::invalid_schedule& error) {
        CHECK(at == progress(start));  // nothing was counted
        return error.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("applied updates advance all clocks, skipped ones none") {
    constexpr progress at = [] {
        progress p;
        p.apply({.samples = 8, .tokens = 4096});
        p.skip();
        p.skip();
        p.apply({.samples = 7, .tokens = 100});
        p.apply();
        return p;
    }();
    STATIC_REQUIRE(at.updates() == 3);
    STATIC_REQUIRE(at.samples() == 15);
    STATIC_REQUIRE(at.tokens() == 4196);
    STATIC_REQUIRE(at.skipped() == 2);
    STATIC_REQUIRE(progress(at.counts()) == at);
    STATIC_REQUIRE(progress() == progress(pacer::progress_counts{}));
    STATIC_REQUIRE(at.counts().updates == 3);
}

TEST_CASE("each schedule reads its own clock") {
    constexpr progress at({.updates = 100, .samples = 250, .tokens = 900, .skipped = 7});
    STATIC_REQUIRE(pacer::by_updates(line)(at) == line(100));
    STATIC_REQUIRE(pacer::by_samples(line)(at) == line(250));
    STATIC_REQUIRE(pacer::by_tokens(line)(at) == line(900));
    STATIC_REQUIRE(!pacer::by_tokens(line).finished(at));
    STATIC_REQUIRE(pacer::by_tokens(line).finished(progress({.tokens = 1000})));
    STATIC_REQUIRE(pacer::by_samples(line).schedule().total_steps() == 1000);
    constexpr auto lr = pacer::by_tokens(line);
    STATIC_REQUIRE(noexcept(lr(at)));
    // A function of one's own has no end.
    constexpr auto own = pacer::by_updates([](step_t) { return 0.5; });
    STATIC_REQUIRE(own(at) == 0.5);
    STATIC_REQUIRE(!own.finished(at));
}

TEST_CASE("a skipped update leaves the rate of the next one where it was") {
    const auto lr = pacer::by_updates(line);
    progress at = after(10, {.samples = 4});
    const double before = lr(at);
    for (int k = 0; k < 5; ++k)
        at.skip();
    CHECK(lr(at) == before);
    at.apply({.samples = 4});
    CHECK(support::ulps(lr(at), line(11)) <= support::same_way);
}

TEST_CASE("sample and token clocks stay true through a batch-size ramp and a changed number of processes") {
    // The same 100,000 samples of 10 tokens in three ways: one batch size, a ramp of batch sizes, fewer processes.
    constexpr pacer::cosine_with_min_lr by_data{
        {.peak_lr = 1e-3, .min_lr = 1e-4, .total_steps = 1'000'000, .warmup = pacer::warmup_steps(10'000)}};
    const auto lr = pacer::by_tokens(by_data);

    const progress fixed = after(1000, {.samples = 100, .tokens = 1000});
    progress ramped;
    for (step_t size = 1; ramped.samples() < 100'000; size = size < 500 ? size + 1 : size) {
        const step_t samples = std::min(size, 100'000 - ramped.samples());
        ramped.apply({.samples = samples, .tokens = samples * 10});
        REQUIRE(lr(ramped) == by_data(ramped.samples() * 10));
    }
    progress moved = after(500, {.samples = 8 * 16, .tokens = 8 * 160});
    for (step_t left = 100'000 - moved.samples(); left > 0; left -= 5 * 16)
        moved.apply({.samples = std::min<step_t>(left, 5 * 16), .tokens = std::min<step_t>(left, 5 * 16) * 10});

    CHECK(fixed.updates() == 1000);
    CHECK(ramped.updates() == 447);
    CHECK(moved.updates() == 950);
    for (const progress& at : {fixed, ramped, moved}) {
        CHECK(at.samples() == 100'000);
        CHECK(lr(at) == 1e-4);
        CHECK(lr.finished(at));
    }
}

TEST_CASE("a count that is negative or too large is an error, and counts nothing") {
    CHECK(reason({}, [](progress& at) { at.apply({.samples = -1}); }) == "pacer: samples = -1: must be 0 or more");
    CHECK(reason({.updates = 3}, [](progress& at) { at.apply({.samples = 1, .tokens = -5}); }) ==
          "pacer: tokens = -5: must be 0 or more");
    CHECK(reason({.tokens = largest}, [](progress& at) { at.apply({.samples = 1, .tokens = 1}); }) ==
          "pacer: tokens = 1: makes a sum beyond 2^63 - 1");
    CHECK(reason({.samples = 2}, [](progress& at) { at.apply({.samples = largest}); }) ==
          "pacer: samples = 9223372036854775807: makes a sum beyond 2^63 - 1");
    CHECK(reason({.updates = largest}, [](progress& at) { at.apply(); }) ==
          "pacer: updates = 1: makes a sum beyond 2^63 - 1");
    CHECK(reason({.skipped = largest}, [](progress& at) { at.skip(); }) ==
          "pacer: skipped = 1: makes a sum beyond 2^63 - 1");
    CHECK(reason({.updates = largest - 1, .samples = largest - 2, .tokens = 1},
                 [](progress& at) { at.apply({.samples = 2, .tokens = largest - 1}); }) == "accepted");
    CHECK_THROWS_AS(progress({.updates = -1}), pacer::invalid_schedule);
    CHECK_THROWS_AS(progress({.samples = -1}), pacer::invalid_schedule);
    CHECK_THROWS_AS(progress({.tokens = -1}), pacer::invalid_schedule);
    CHECK_THROWS_AS(progress({.skipped = -1}), pacer::invalid_schedule);
}
