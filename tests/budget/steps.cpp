// SPDX-License-Identifier: MIT
// Runs every schedule over its whole run, once and then twice, and has callgrind write what each took. run.py makes
// instructions per step of it: what the second adds to the first, so that nothing around the steps is counted.
#include "../catalogue.hpp"
#include "../support/dialect_examples.hpp"

#include <pacer/any_schedule.hpp>
#include <pacer/exact.hpp>
#include <pacer/fill.hpp>

#include <valgrind/callgrind.h>

#include <cstdio>
#include <string>
#include <string_view>

namespace {

using pacer::step_t;

constexpr step_t total = 1'000'000;
constexpr double peak = 3e-4;
const auto warm = pacer::warmup_steps(total / 100);

template <class Work>
void measure(const std::string& row, Work work) {
    for (int times = 1; times <= 2; ++times) {
        const std::string label = row + '#' + std::to_string(times);  // read after the statement that names it
        CALLGRIND_ZERO_STATS;
        for (int k = 0; k < times; ++k)
            work();
        CALLGRIND_DUMP_STATS_AT(label.c_str());
    }
}

/// 1000 steps, evenly over the run. run.py divides by it.
template <class Schedule>
void add(const std::string& row, Schedule lr) {
    asm volatile("" : : "r"(&lr) : "memory");
    measure(row, [&] {
        for (step_t step = 0; step < total; step += total / 1000) {
            auto rate = lr(step);
            asm volatile("" : "+x"(rate));  // the rate is needed (x86: where the budgets are for)
        }
    });
}

/// 1000 steps again, by the instructions that every processor has, which valgrind knows too.
template <class Schedule>
void add_fill(const std::string& row, const Schedule& lr) {
    static double out[1000];
    measure(row, [&] {
        pacer::detail::fill_with(pacer::detail::instruction_set::baseline, lr, 0, out, 1000, total / 1000);
        asm volatile("" : : "r"(out) : "memory");
    });
}

void add_named() {
    support::for_each_named([](auto schedule) {
        using row = decltype(schedule);
        row::for_each_timed([](const char* label, support::change choose, auto make_by_hand, auto&&...) {
            support::settings s = support::settings_of({peak, peak / 10, total / 100, total});
            choose(s);
            const auto lr = row::template make<double>(s);
            add(label, lr);
            add(std::string(label) + ", by hand",
                make_by_hand(by_hand::run{s.peak, s.floor(), s.warmup_updates(), s.total}));
            if constexpr (row::has_fill_budget)
                if (std::string_view(label) == row::name)
                    add_fill(std::string("fill, ") + label, lr);
        });
    });
}

// The examples of all dialects' schedules. Those that mean a curve of one type share its code.
void add_dialects() {
    support::for_each_dialect_schedule([]<class S>() {
        const std::string name = S::params_type::name;
        const auto lr = support::example_of<S>({.peak_lr = peak, .total_steps = total, .warmup_ratio = 0.01}).meaning();
        add(name, lr);
        add_fill("fill, " + name, lr);
    });
}

}  // namespace

int main() {
    const pacer::cosine_with_min_lr lr{
        {.peak_lr = peak, .min_lr = pacer::lr_ratio(0.1), .total_steps = total, .warmup = warm}};
    add("cosine_with_min_lr, float",
        pacer::cosine_with_min_lr<float>{
            {.peak_lr = 3e-4f, .min_lr = pacer::lr_ratio(0.1), .total_steps = total, .warmup = warm}});
    add("cosine_with_min_lr, any_schedule", pacer::any_schedule<double>(lr));
    add("cosine_with_min_lr, exact", pacer::exact{lr});
    add_named();
    add_dialects();
    std::puts("done");
}
