// SPDX-License-Identifier: MIT
// fill: the same bits as calling the schedule step by step, of every schedule, composition, stride and set of instructions.
#include "support/error_of.hpp"
#include "support/schedules.hpp"

#include <pacer/dialects/deepspeed.hpp>
#include <pacer/exact.hpp>
#include <pacer/fill.hpp>

#include <array>
#include <cfenv>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace {

using pacer::step_t;
using pacer::detail::instruction_set;

std::vector<instruction_set> sets() {
    std::vector<instruction_set> all{instruction_set::baseline};
    for (const auto set : {instruction_set::avx2, instruction_set::avx512})
        if (set <= pacer::detail::widest_instruction_set())
            all.push_back(set);
    return all;
}

// Under -ffast-math, which allows every loop its own rounding, bits are not promised.
#ifdef __FAST_MATH__
template <class Real>
constexpr bool same(Real a, Real b) {
    // Of a rate this small a factor is subnormal, and may be taken for 0 (rise / n, where that is made once for a loop).
    return support::magnitude(static_cast<double>(a) - static_cast<double>(b)) <=
           (sizeof(Real) == 8 ? 1e-12 : 1e-6) * static_cast<double>(b) + 1e-306;
}
#else
template <class Real>
bool same(Real a, Real b) {
    return std::memcmp(&a, &b, sizeof a) == 0;
}
#endif

template <class Out, class S>
void compare(const std::string& what, const S& lr, step_t first, step_t count, step_t stride,
             support::complaints& wrong) {
    std::vector<Out> expected;
    step_t step = first;
    for (step_t j = 0; j < count; ++j) {
        expected.push_back(static_cast<Out>(lr(step)));
        step = step > 0 && step > pacer::endless - stride ? pacer::endless : step + stride;
    }
    for (const auto set : sets()) {
        // One more on either side, which must stay as it is.
        std::vector<Out> rates(static_cast<std::size_t>(count) + 2, Out{-7});
        pacer::detail::fill_with(set, lr, first, rates.data() + 1, count, stride);
        if (rates.front() != Out{-7} || rates.back() != Out{-7})
            wrong.add(what, " writes outside");
        for (std::size_t j = 0; j < expected.size(); ++j)
            if (!same(rates[j + 1], expected[j])) {
                wrong.add(what, " set ", static_cast<int>(set), " first ", first, " stride ", stride, " [", j,
                          "]: ", rates[j + 1], " is not ", expected[j]);
                break;
            }
    }
}

template <class S>
void compare_everywhere(const std::string& what, const S& lr, support::complaints& wrong) {
    const step_t total = pacer::total_steps(lr);
    compare<double>(what, lr, 0, 333, 1, wrong);
    compare<float>(what, lr, -5, 150, 1, wrong);
    compare<double>(what, lr, -7, 70, 3, wrong);
    compare<double>(what, lr, pacer::endless - 100, 130, 1, wrong);
    if (total == pacer::endless) {
        compare<double>(what, lr, (step_t{1} << 53) - 100, 200, 1, wrong);
        return;
    }
    compare<double>(what, lr, total / 2 - 100, 200, 1, wrong);
    compare<double>(what, lr, total - 150, 300, 1, wrong);
    compare<double>(what, lr, 0, 300, total / 97 + 1, wrong);
    compare<float>(what, lr, 1, 100, total + 1, wrong);
}

}  // namespace

TEST_CASE("fill gives the bits of the scalar call, for every kind of schedule") {
    support::complaints wrong;
    support::for_each_schedule([&](auto row) {
        int n = 0;
        const auto visit = [&](const support::settings& s) {
            const std::string what = std::string(row.name) + ' ' + support::describe(s);
            if (++n % 7 == 0)
                compare_everywhere(what, row.template make<double>(s), wrong);
            else if (n % 49 == 1)
                compare<float>(what, row.template make<float>(s), 0, 100, s.total / 50 + 1, wrong);
        };
        support::for_small_settings(row, visit);
        support::for_large_settings(row, visit);
    });
    CHECK(wrong.text() == "");
}

TEST_CASE("fill: DeepSpeed's schedules, a function of the user's, and what is behind any_schedule") {
    support::complaints wrong;
    for (const auto type : {pacer::deepspeed::warmup_type::log, pacer::deepspeed::warmup_type::linear}) {
        const pacer::deepspeed::warmup_decay_lr decay(
            {.total_num_steps = 1000, .warmup_max_lr = 3e-4, .warmup_num_steps = 300, .warmup_type = type});
        const pacer::deepspeed::warmup_cosine_lr cosine(
            {.lr = 3e-4, .total_num_steps = 1000, .warmup_num_steps = 300, .warmup_type = type});
        compare_everywhere("warmup_decay_lr", decay, wrong);
        compare_everywhere("warmup_cosine_lr", cosine, wrong);
    }
    const auto user = [](step_t s) { return 1 / (1.0 + static_cast<double>(s < 0 ? 0 : s)); };
    compare_everywhere("a function", user, wrong);
    // It may be undefined below 0: there it is asked for step 0.
    const auto from_0 = [](step_t s) { return s < 0 ? -1e300 : static_cast<double>(s); };
    double rates[4];
    pacer::fill(from_0, -2, rates);
    CHECK((rates[0] == 0 && rates[1] == 0 && rates[2] == 0 && rates[3] == 1));
    const pacer::cosine lr{{.peak_lr = 5e-5, .total_steps = 1000}};
    compare_everywhere("join", join(pacer::scale(lr, 0.3), 400, user, 450, pacer::clamp(lr, 1e-6, 4e-5)), wrong);
    compare_everywhere("any_schedule", pacer::any_schedule<double>(lr), wrong);
    CHECK(wrong.text() == "");
}

TEST_CASE("fill: the widest instructions are those that the system lists") {
    std::ifstream list("/proc/cpuinfo");
    std::string flags;
    while (std::getline(list, flags) && flags.rfind("flags", 0) != 0) {
    }
    if (!list || !PACER_HAS_CLONES)
        return;
    flags += ' ';
    const auto has = [&](const char* flag) { return flags.find(' ' + std::string(flag) + ' ') != std::string::npos; };
    const auto widest = has("avx512f") && has("avx512dq") ? instruction_set::avx512
                        : has("avx2")                     ? instruction_set::avx2
                                                          : instruction_set::baseline;
    CHECK(pacer::detail::widest_instruction_set() == widest);
}

TEST_CASE("fill: every rest of a block") {
    support::complaints wrong;
    const pacer::cosine_with_min_lr lr{
        {.peak_lr = 5e-5, .min_lr = 1e-5, .total_steps = 1000, .warmup = pacer::warmup_steps(100)}};
    for (step_t count = 0; count <= 200; ++count)
        for (const step_t first : {step_t{-100}, step_t{0}, step_t{37}, step_t{100}, step_t{450}, step_t{900}})
            compare<double>("lr", lr, first, count, 1, wrong);
    CHECK(wrong.text() == "");
}

TEST_CASE("fill: every first step and stride, where sums and products of them are no steps any more") {
    support::complaints wrong;
    const auto everywhere = [&](const char* what, const auto& lr) {
        for (const step_t first : {-pacer::endless - 1, -pacer::endless, step_t{-3}, step_t{0}, step_t{5},
                                   pacer::longest, pacer::endless - 3, pacer::endless})
            for (const step_t stride :
                 {step_t{1}, step_t{7}, step_t{1000}, pacer::longest, pacer::endless / 2 + 2, pacer::endless})
                compare<double>(what, lr, first, 10, stride, wrong);
    };
    for (const auto policy : {pacer::past_end::hold, pacer::past_end::zero, pacer::past_end::repeat})
        for (const step_t total : {step_t{0}, step_t{1}, step_t{7}, step_t{1000}, pacer::longest}) {
            const pacer::cosine lr{{.peak_lr = 1e-3,
                                    .num_cycles = 3,
                                    .total_steps = total,
                                    .warmup = pacer::warmup_ratio(0.1, pacer::rounding::exact),
                                    .past_end = policy}};
            everywhere("cosine", lr);
            everywhere("restarts", pacer::cosine_with_restarts{
                                       {.peak_lr = 1, .num_cycles = 3, .total_steps = total, .past_end = policy}});
            everywhere("polynomial",
                       pacer::polynomial{{.peak_lr = 1, .power = 0.3, .total_steps = total, .past_end = policy}});
            everywhere("join", pacer::join(lr, 5, lr, 9, pacer::advance(pacer::scale(lr, 2), 3)));
        }
    everywhere("wave", pacer::cosine{{.peak_lr = 1, .total_steps = 1000, .past_end = pacer::past_end::wave}});
    everywhere("exact wave",
               pacer::exact(pacer::cosine{{.peak_lr = 1, .total_steps = 1000, .past_end = pacer::past_end::wave}}));
    const pacer::cosine lr{{.peak_lr = 1e-3, .total_steps = 1000}};
    for (const step_t by : {step_t{1}, step_t{1} << 62, pacer::endless - 1, pacer::endless})
        everywhere("advance", pacer::advance(lr, by));
    everywhere("ramp", pacer::ramp<>(1e-3, 0, 1000, {}, 5));
    everywhere("exact_ramp", pacer::exact_ramp<>(1e-3, 0, 1000, {}, 5));
    everywhere("exact_ramp, late", pacer::exact_ramp<>(1e-3, 0, pacer::longest, {}, pacer::longest));
    CHECK(wrong.text() == "");
}

// Which exceptions a compiler leaves in place is its own choice under -ffast-math.
#ifndef __FAST_MATH__
TEST_CASE("fill raises no floating-point exception that the calls do not raise") {
    const auto raised = [](const auto& function) {
        std::feclearexcept(FE_ALL_EXCEPT);
        function();
        return std::fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW | FE_UNDERFLOW);
    };
    std::vector<double> rates(100);
    std::vector<float> narrow(100);
    const auto everywhere = [&](const auto& lr) {
        CHECK(raised([&] {
                  for (step_t step = -2; step < 300; ++step) {
                      volatile double rate = lr(step);
                      (void)rate;
                  }
              }) == 0);
        for (const auto set : sets()) {
            CAPTURE(static_cast<int>(set));
            CHECK(raised([&] {
                      const auto fill = [&](auto& to, step_t first, step_t count, step_t stride) {
                          pacer::detail::fill_with(set, lr, first, to.data(), count, stride);
                      };
                      for (const step_t count : {1, 10, 63, 64, 65, 100})
                          for (const step_t first : {step_t{0}, step_t{35}, step_t{90}, pacer::endless - 5}) {
                              fill(rates, first, count, 1);
                              fill(rates, first, count, 7);
                              fill(narrow, first, count, 1);
                          }
                  }) == 0);
        }
    };
    const auto warmup = pacer::warmup_steps(21);
    for (const auto shape : {pacer::ramp_shape::linear, pacer::ramp_shape::cosine, pacer::ramp_shape::one_minus_sqrt,
                             pacer::ramp_shape::half_life, pacer::ramp_shape::power(2.5)})
        everywhere(pacer::warmup_stable_decay{{.peak_lr = 1e-3,
                                               .decay_steps = 37,
                                               .total_steps = 100,
                                               .warmup = warmup,
                                               .decay_shape = shape,
                                               .warmup_shape = shape}});
    for (const double power : {0.5, 1.0, 2.0, 0.9, 3.5, 7.1})
        everywhere(pacer::polynomial{{.peak_lr = 1e-3, .power = power, .total_steps = 100, .warmup = warmup}});
    support::for_each_named([&](auto row) {
        for (const support::grade& variant : decltype(row)::graded) {
            CAPTURE(variant.label);
            support::settings s = support::settings_of({1e-3, 1e-5, 21, 100});
            variant.choose(s);
            everywhere(decltype(row)::template make<double>(s));
        }
    });
    everywhere(pacer::exact{pacer::cosine{{.peak_lr = 1e-3, .total_steps = 100, .warmup = warmup}}});
}
#endif

TEST_CASE("fill takes vectors, arrays and parts of them, doubles and floats, and a stride") {
    constexpr pacer::linear lr{{.peak_lr = 1, .total_steps = 10}};
    std::vector<double> rates(12);
    pacer::fill(lr, 0, rates);
    CHECK(rates[0] == 1);
    CHECK(rates[9] == lr(9));
    CHECK(rates[11] == 0);
    std::array<float, 3> few{};
    pacer::fill(lr, 1, few, 4);
    CHECK(few[2] == static_cast<float>(lr(9)));
    pacer::fill(lr, 5, std::span(rates).first(1));
    CHECK(rates[0] == 0.5);
    CHECK(rates[1] == lr(1));
    pacer::fill(lr, 5, std::span<double>());
}

TEST_CASE("fill in a constant expression") {
    constexpr auto table = [] {
        std::array<double, 20> rates{};
        pacer::fill(pacer::cosine{{.peak_lr = 1, .total_steps = 16, .warmup = pacer::warmup_steps(4)}}, -1, rates);
        return rates;
    }();
    static_assert(table[0] == 0 && table[5] == 1 && table[17] == 0);
    const pacer::cosine lr{{.peak_lr = 1, .total_steps = 16, .warmup = pacer::warmup_steps(4)}};
    for (step_t j = 0; j < 20; ++j)
        CHECK(support::ulps(table[static_cast<std::size_t>(j)], lr(j - 1)) <= support::same_way);
}

TEST_CASE("fill: a stride below 1 is an error") {
    std::vector<double> rates(3);
    const pacer::cosine lr{{.peak_lr = 1, .total_steps = 16}};
    CHECK(support::error_of([&] { pacer::fill(lr, 0, rates, 0); }) == "pacer: stride = 0: must be 1 or more");
    CHECK(support::error_of([&] { pacer::fill(lr, 0, rates, -1); }) == "pacer: stride = -1: must be 1 or more");
}

TEST_CASE("a curve of 1e10 updates, block by block in constant memory", "[.slow]") {
    const step_t total = 10'000'000'000;
    const pacer::cosine_with_min_lr lr{
        {.peak_lr = 5e-5, .min_lr = 1e-5, .total_steps = total, .warmup = pacer::warmup_ratio(0.01)}};
    std::vector<double> block(4096);
    double highest = 0;
    double before = lr(total / 100);
    step_t increases = 0;
    for (step_t step = 0; step < total; step += static_cast<step_t>(block.size())) {
        pacer::fill(lr, step, block);
        if (step >= total / 100)
            for (const double rate : block) {
                increases += rate > before;
                before = rate;
            }
        highest = std::max(highest, block.back());
        if (!same(block[1000], lr(step + 1000)))
            FAIL("lr(" << step + 1000 << ")");
    }
    CHECK(increases == 0);
    CHECK(before == 1e-5);
    CHECK(highest <= 5e-5);
}
