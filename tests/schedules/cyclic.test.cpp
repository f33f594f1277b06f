// SPDX-License-Identifier: MIT
#include "support/curve.hpp"
#include "support/error_of.hpp"
#include "support/golden.hpp"

#include <pacer/schedules/cyclic.hpp>

#include <cmath>

using pacer::cycle_mode;
using pacer::cyclic;
using pacer::step_t;

namespace {

cyclic<> pytorch(const std::string& name) {
    if (name == "triangular")
        return cyclic{{.peak_lr = 3e-3, .min_lr = 1e-4, .up_steps = 7, .down_steps = 4}};
    if (name == "triangular2")
        return cyclic{
            {.peak_lr = 3e-3, .min_lr = 1e-4, .up_steps = 7, .down_steps = 4, .mode = cycle_mode::triangular2}};
    return cyclic{{.peak_lr = 3e-3, .min_lr = 1e-4, .up_steps = 7, .mode = cycle_mode::exp_range, .gamma = 0.98}};
}

}  // namespace

// Its formula subtracts the number of cycles from 1 + s / n: what is lost of the digits then is up to 41 ULP of the peak.
TEST_CASE("cyclic: PyTorch's CyclicLR, as far as its own digits go") {
    support::complaints wrong;
    int rows = 0;
    for (const auto& row : support::golden("cycles.csv", 3)) {
        if (row[0] != "triangular" && row[0] != "triangular2" && row[0] != "exp_range")
            continue;
        ++rows;
        const double off = support::magnitude(pytorch(row[0])(support::count(row[1])) - support::number(row[2]));
        if (off > 64 * support::ulp(3e-3))
            wrong.add(row[0], " at ", row[1], " off by ", off);
    }
    CHECK(rows == 180);
    CHECK(wrong.text() == "");
}

TEST_CASE("cyclic: exact at the start and the top of each cycle") {
    BOTH_CHECK(cyclic{{.peak_lr = v(8.0), .up_steps = 4}}(v(step_t{0})) == 0);
    BOTH_CHECK(cyclic{{.peak_lr = v(8.0), .up_steps = 4}}(v(step_t{3})) == 6);
    BOTH_CHECK(cyclic{{.peak_lr = v(8.0), .up_steps = 4}}(v(step_t{4})) == 8);
    BOTH_CHECK(cyclic{{.peak_lr = v(8.0), .up_steps = 4}}(v(step_t{7})) == 2);
    BOTH_CHECK(cyclic{{.peak_lr = v(8.0), .up_steps = 4}}(v(step_t{8})) == 0);
    BOTH_CHECK(cyclic{{.peak_lr = v(8.0), .up_steps = 4}}(v(step_t{4} + 8 * (step_t{1} << 59))) == 8);
    BOTH_CHECK(cyclic{{.peak_lr = v(8.0), .up_steps = 1, .down_steps = 3}}(v(step_t{5})) == 8);
    BOTH_CHECK(cyclic{{.peak_lr = v(8.0), .min_lr = 2.0, .up_steps = 1, .mode = cycle_mode::triangular2}}(3) == 5);
    BOTH_CHECK(cyclic{{.peak_lr = v(8.0), .min_lr = 2.0, .up_steps = 1, .mode = cycle_mode::triangular2}}(5) == 3.5);
    BOTH_CHECK(cyclic{{.peak_lr = v(8.0), .up_steps = 2, .mode = cycle_mode::exp_range, .gamma = 0.5}}(v(step_t{2})) ==
               2);
    BOTH_CHECK(cyclic{{.peak_lr = v(8.0), .up_steps = 2, .mode = cycle_mode::exp_range, .gamma = 0.5}}(v(step_t{3})) ==
               0.5);
    BOTH_CHECK(cyclic{{.peak_lr = v(8.0), .up_steps = 4, .total_steps = 6}}(v(step_t{60})) == 4);
    BOTH_CHECK(cyclic{{.peak_lr = v(8.0), .up_steps = 4}}.params().down_steps == 4);
    for (const step_t k : {step_t{0}, step_t{1}, step_t{17}, step_t{1'000'000'000'000}}) {
        const cyclic lr{{.peak_lr = 3e-3, .min_lr = 1e-4, .up_steps = 7, .down_steps = 4}};
        CHECK(lr(11 * k) == 1e-4);
        CHECK(lr(11 * k + 7) == 3e-3);
    }
}

TEST_CASE("cyclic: the formulas") {
    support::complaints wrong;
    const double slack = support::same_way == 0 ? 1 : 20;
    const auto line = [](long double s, long double up, long double down) {
        const long double x = std::fmod(s, up + down);
        return x < up ? x / up : (up + down - x) / down;
    };
    support::check_formula(
        pytorch("triangular"), 0, 100, [&](long double s) { return 1e-4L + (3e-3L - 1e-4L) * line(s, 7, 4); }, 4,
        wrong);
    support::check_formula(
        pytorch("triangular2"), 0, 100,
        [&](long double s) { return 1e-4L + (3e-3L - 1e-4L) * std::pow(0.5L, std::floor(s / 11)) * line(s, 7, 4); }, 4,
        wrong);
    support::check_formula(
        pytorch("exp_range"), 0, 100,
        [&](long double s) {
            return 1e-4L + (3e-3L - 1e-4L) * std::pow(static_cast<long double>(0.98), s) * line(s, 7, 7);
        },
        4 * slack, wrong);
    CHECK(wrong.text() == "");
}

TEST_CASE("cyclic: fill, bounds and order, wherever one asks") {
    support::complaints wrong;
    for (const auto mode : {cycle_mode::triangular, cycle_mode::triangular2, cycle_mode::exp_range})
        for (const step_t up : {step_t{1}, step_t{13}, step_t{100'003}, step_t{10'000'000'000}, pacer::longest})
            for (const step_t down : {step_t{1}, step_t{40}, step_t{1'000'000'007}}) {
                const double gamma = mode == cycle_mode::exp_range ? 0.9997 : 1;
                const cyclic lr{{.peak_lr = 3e-3,
                                 .min_lr = 1e-4,
                                 .up_steps = up,
                                 .down_steps = down,
                                 .mode = mode,
                                 .gamma = gamma}};
                support::check_everywhere(lr, 1e-4, 3e-3, wrong);
                if (mode != cycle_mode::exp_range) {
                    CHECK(support::is_monotone(lr, up > 1000 ? up - 1000 : 0, up, false));
                    CHECK(support::is_monotone(lr, up / 2, up / 2 + (up < 1000 ? up / 2 : 500), false));
                    CHECK(support::is_monotone(lr, up, up + (down < 1000 ? down : 1000)));
                }
            }
    support::check_everywhere(
        cyclic<float>{{.peak_lr = 3e-3f, .up_steps = 9, .total_steps = 100, .past_end = pacer::past_end::repeat}}, 0,
        3e-3f, wrong);
    CHECK(wrong.text() == "");
}

TEST_CASE("cyclic: what is an error") {
    const auto of = [](const pacer::cyclic_params<>& p) { return support::error_of([&] { cyclic<>{p}; }); };
    CHECK(of({}) == "pacer: peak_lr: must be given, as a finite rate of 0 or more");
    CHECK(of({.peak_lr = 1, .min_lr = 2.0}) == "pacer: min_lr = 2: must be at most peak_lr (1)");
    CHECK(of({.peak_lr = 1, .up_steps = 0}) == "pacer: up_steps = 0: must be 1 or more");
    CHECK(of({.peak_lr = 1, .down_steps = 0}) == "pacer: down_steps = 0: must be 1 or more");
    CHECK(of({.peak_lr = 1, .mode = cycle_mode::exp_range, .gamma = 0}) ==
          "pacer: gamma = 0: must be above 0 and at most 1");
    CHECK(of({.peak_lr = 1, .gamma = 0.5}) == "pacer: gamma = 0.5: is for cycle_mode::exp_range");
    CHECK(of({.peak_lr = 1, .mode = static_cast<cycle_mode>(7)}) ==
          "pacer: mode = 7: must be one of triangular, triangular2, exp_range");
    CHECK(of({.peak_lr = 1, .total_steps = -3}) ==
          "pacer: total_steps = -3: must be a number of updates from 0 to 2^53");
    CHECK(of({.peak_lr = 1, .past_end = pacer::past_end::wave}) ==
          "pacer: past_end = past_end::wave: is for cosine schedules");
}
