// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "support/vector.hpp"

#include <pacer/dialects/deepspeed.hpp>

#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace pacer::deepspeed;
using pacer::step_t;

constexpr step_t huge = std::numeric_limits<step_t>::max();

// DeepSpeed's own code, by its own clock: `iteration` is last_batch_iteration, -1 before the first update.
double peer_warmup(step_t iteration, step_t warmup_num_steps, warmup_type type) {
    const step_t steps = std::max(step_t{2}, warmup_num_steps);
    if (iteration >= steps)
        return 1;
    if (type == warmup_type::log)
        return 1.0 / std::log(static_cast<double>(steps)) * std::log(static_cast<double>(iteration + 1));
    return static_cast<double>(iteration) / static_cast<double>(steps);
}

double peer(const warmup_lr_params& p, step_t iteration) {
    if (iteration < 0)
        return p.warmup_min_lr;
    return p.warmup_min_lr +
           (p.warmup_max_lr - p.warmup_min_lr) * peer_warmup(iteration, p.warmup_num_steps, p.warmup_type);
}

double peer(const warmup_decay_lr_params& p, step_t iteration) {
    if (iteration < 0)
        return p.warmup_min_lr;
    const step_t steps = std::max(step_t{2}, p.warmup_num_steps);
    const double done = iteration < steps
                            ? peer_warmup(iteration, steps, p.warmup_type)
                            : std::max(0.0, static_cast<double>(p.total_num_steps - iteration) /
                                                std::max(1.0, static_cast<double>(p.total_num_steps - steps)));
    return p.warmup_min_lr + (p.warmup_max_lr - p.warmup_min_lr) * done;
}

double peer(const warmup_cosine_lr_params& p, step_t iteration) {
    if (iteration < 0)
        return 0;
    const step_t steps = std::max(step_t{2}, p.warmup_num_steps);
    if (iteration < steps)
        return p.lr * (p.warmup_min_ratio + (1 - p.warmup_min_ratio) * peer_warmup(iteration, steps, p.warmup_type));
    const double progress =
        std::min(1.0, static_cast<double>(iteration - steps + 1) / static_cast<double>(p.total_num_steps - steps));
    return p.lr * (p.cos_min_ratio + (1 - p.cos_min_ratio) * (1 + std::cos(std::numbers::pi * progress)) / 2);
}

template <class S, class P>
void check_against_peer(const P& p, double highest) {
    const S lr(p);
    for (step_t step = 0; step <= 130; ++step) {
        CAPTURE(step);
        CHECK(std::abs(lr(step) - peer(p, step - 1)) <= 4 * highest * std::numeric_limits<double>::epsilon());
    }
}

template <class S, class P>
std::string reason(const P& p) {
    try {
        (void)S(p);
    } catch (const pacer::invalid_schedule& error) {
        return error.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("DeepSpeed's schedules are those of its own code") {
    for (const warmup_type type : {warmup_type::log, warmup_type::linear}) {
        for (const step_t warmup : {0, 1, 2, 3, 4, 10, 57, 98}) {
            CAPTURE(warmup, type == warmup_type::log);
            check_against_peer<warmup_lr>(warmup_lr_params{1e-5, 2e-3, warmup, type}, 2e-3);
            check_against_peer<warmup_decay_lr>(warmup_decay_lr_params{100, 1e-5, 2e-3, warmup, type}, 2e-3);
            check_against_peer<warmup_cosine_lr>(warmup_cosine_lr_params{2e-3, 100, 0.05, warmup, 0.1, type}, 2e-3);
        }
        // A warm-up that is longer than the run, and just as long.
        check_against_peer<warmup_decay_lr>(warmup_decay_lr_params{100, 1e-5, 2e-3, 120, type}, 2e-3);
        check_against_peer<warmup_decay_lr>(warmup_decay_lr_params{100, 1e-5, 2e-3, 100, type}, 2e-3);
    }
}

TEST_CASE("DeepSpeed's landmarks are exact") {
    constexpr warmup_lr rise{{.warmup_min_lr = 1e-5, .warmup_max_lr = 2e-5, .warmup_num_steps = 4}};
    STATIC_REQUIRE(rise(0) == 1e-5);
    STATIC_REQUIRE(rise(1) == 1e-5);
    STATIC_REQUIRE(rise(2) == 1.5000000000000002e-5);
    STATIC_REQUIRE(rise(4) == 2e-5);
    STATIC_REQUIRE(rise(-5) == 1e-5);
    STATIC_REQUIRE(rise(huge) == 2e-5);
    STATIC_REQUIRE(rise.total_steps() == pacer::endless);

    constexpr warmup_lr line{
        {.warmup_min_lr = 1, .warmup_max_lr = 2, .warmup_num_steps = 10, .warmup_type = warmup_type::linear}};
    STATIC_REQUIRE(line(1) == 1);
    STATIC_REQUIRE(line(6) == 1.5);
    STATIC_REQUIRE(line(10) < 2);
    STATIC_REQUIRE(line(11) == 2);

    constexpr warmup_decay_lr fall{
        {.total_num_steps = 100, .warmup_min_lr = 1, .warmup_max_lr = 3, .warmup_num_steps = 10}};
    STATIC_REQUIRE(fall(0) == 1);
    STATIC_REQUIRE(fall(11) == 3);
    STATIC_REQUIRE(fall(56) == 2);
    STATIC_REQUIRE(fall(100) > 1);
    STATIC_REQUIRE(fall(101) == 1);
    STATIC_REQUIRE(fall(huge) == 1);
    STATIC_REQUIRE(fall.total_steps() == 100);

    constexpr warmup_cosine_lr wave{
        {.lr = 1, .total_num_steps = 100, .warmup_min_ratio = 0.25, .warmup_num_steps = 10, .cos_min_ratio = 0.125}};
    STATIC_REQUIRE(wave(0) == 0);
    STATIC_REQUIRE(wave(1) == 0.25);
    STATIC_REQUIRE(wave(10) == 1);
    STATIC_REQUIRE(wave(55) == 0.5625);
    STATIC_REQUIRE(wave(100) == 0.125);
    STATIC_REQUIRE(wave(huge) == 0.125);
    STATIC_REQUIRE(wave.total_steps() == 100);
    STATIC_REQUIRE(wave.params().warmup_num_steps == 10);
}

TEST_CASE("DeepSpeed's one cycle, in stairs and without, and its range test") {
    constexpr one_cycle lr({.cycle_min_lr = 0.25,
                            .cycle_max_lr = 1,
                            .decay_lr_rate = 1,
                            .cycle_first_step_size = 2,
                            .cycle_second_step_size = 4,
                            .decay_step_size = 2});
    for (const auto& [step, rate] :
         {std::pair<step_t, double>{0, 0.25}, {1, 0.625}, {2, 1}, {4, 0.625}, {6, 0.25}, {8, 0.125}})
        CHECK(lr(step) == rate);
    constexpr one_cycle stairs(
        {.cycle_min_lr = 0, .cycle_max_lr = 1, .cycle_first_step_size = 4, .cycle_first_stair_count = 2});
    for (const auto& [step, rate] :
         {std::pair<step_t, double>{1, 0}, {2, 0.5}, {3, 0.5}, {4, 1}, {5, 0.5}, {6, 0.5}, {7, 0}, {100, 0}})
        CHECK(stairs(step) == rate);
    STATIC_REQUIRE(stairs.total_steps() == 8);
    constexpr lr_range_test test({.lr_range_test_min_lr = 1, .lr_range_test_step_size = 4});
    STATIC_REQUIRE(test(1) == 1.25);
    constexpr lr_range_test steps(
        {.lr_range_test_min_lr = 1, .lr_range_test_step_size = 4, .lr_range_test_staircase = true});
    STATIC_REQUIRE(steps(7) == 2);
    STATIC_REQUIRE(steps(8) == 3);
}

TEST_CASE("DeepSpeed: a warm-up as long as the run is followed by the end of the decay") {
    constexpr warmup_cosine_lr lr({.lr = 1,
                                   .total_num_steps = 4,
                                   .warmup_num_steps = 4,
                                   .cos_min_ratio = 0.5,
                                   .warmup_type = warmup_type::linear});
    for (const auto& [step, rate] : {std::pair<step_t, double>{1, 0}, {4, 0.75}, {5, 0.5}, {6, 0.5}})
        CHECK(lr(step) == rate);
}

TEST_CASE("DeepSpeed's warm-ups never turn back") {
    for (const warmup_type type : {warmup_type::log, warmup_type::linear}) {
        const warmup_lr lr{{.warmup_max_lr = 0.1, .warmup_num_steps = 100'000, .warmup_type = type}};
        int falls = 0;
        int outside = 0;
        for (step_t step = 0; step < 100'010; ++step) {
            falls += lr(step + 1) < lr(step) ? 1 : 0;
            outside += lr(step) < 0 || lr(step) > 0.1 ? 1 : 0;
        }
        CHECK(falls == 0);
        CHECK(outside == 0);
    }
}

TEST_CASE("DeepSpeed's schedules check every field") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(reason<warmup_lr>(warmup_lr_params{}) == "accepted");
    CHECK(reason<warmup_lr>(warmup_lr_params{.warmup_min_lr = -2}) ==
          "pacer: warmup_min_lr = -2: must be a finite rate of 0 or more");
    CHECK(reason<warmup_lr>(warmup_lr_params{.warmup_max_lr = nan}) ==
          "pacer: warmup_max_lr = nan: must be a finite rate of 0 or more");
    CHECK(reason<warmup_lr>(warmup_lr_params{.warmup_num_steps = -2}) ==
          "pacer: warmup_num_steps = -2: must be a number of updates from 0 to 2^53");
    CHECK(reason<warmup_lr>(warmup_lr_params{.warmup_type = static_cast<warmup_type>(5)}) ==
          "pacer: warmup_type = 5: must be one of log, linear");
    CHECK(reason<warmup_decay_lr>(warmup_decay_lr_params{}) ==
          "pacer: total_num_steps: must be given, as a number of updates from 0 to 2^53");
    CHECK(reason<warmup_decay_lr>(warmup_decay_lr_params{.total_num_steps = 5, .warmup_max_lr = nan}) ==
          "pacer: warmup_max_lr = nan: must be a finite rate of 0 or more");
    CHECK(reason<warmup_cosine_lr>(warmup_cosine_lr_params{.total_num_steps = 5000}) ==
          "pacer: lr: must be given, as a finite rate of 0 or more");
    CHECK(reason<warmup_cosine_lr>(warmup_cosine_lr_params{.lr = 1}) ==
          "pacer: total_num_steps: must be given, as a number of updates from 0 to 2^53");
    CHECK(
        reason<warmup_cosine_lr>(warmup_cosine_lr_params{.lr = 1, .total_num_steps = 5000, .warmup_min_ratio = 1.5}) ==
        "pacer: warmup_min_ratio = 1.5: must be from 0 to 1");
    CHECK(reason<warmup_cosine_lr>(warmup_cosine_lr_params{.lr = 1, .total_num_steps = 5000, .cos_min_ratio = -0.1}) ==
          "pacer: cos_min_ratio = -0.1: must be from 0 to 1");
}

TEST_CASE("deepspeed: the momentum of OneCycle starts low, once") {
    static constexpr pacer::deepspeed::one_cycle_momentum momentum(
        {.cycle_min_mom = 0.5, .cycle_max_mom = 1, .cycle_first_step_size = 2});
    BOTH_CHECK(support::gives(momentum, {0.5, 0.75, 0.5, 0.75, 1, 1}) && momentum.total_steps() == v(4));
}
