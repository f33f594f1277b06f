// SPDX-License-Identifier: MIT
// Runs every schedule over its whole run, once and then twice, and has callgrind write what each took. run.py makes
// instructions per step of it: what the second adds to the first, so that nothing around the steps is counted.
#include <pacer/any_schedule.hpp>
#include <pacer/dialects/deepspeed.hpp>
#include <pacer/dialects/hugging_face.hpp>
#include <pacer/exact.hpp>
#include <pacer/fill.hpp>
#include <pacer/pacer.hpp>

#include <valgrind/callgrind.h>

#include <cstdio>
#include <string>

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
void add(const char* row, Schedule lr) {
    asm volatile("" : : "r"(&lr) : "memory");
    measure(row, [&] {
        for (step_t step = 0; step < total; step += total / 1000) {
            auto rate = lr(step);
            asm volatile("" : "+x"(rate));  // the rate is needed (x86: where the budgets are for)
        }
    });
}

void add_named() {
    using namespace pacer;
    add("constant", constant{{.peak_lr = peak}});
    add("linear_warmup", linear_warmup{{.peak_lr = peak, .total_steps = total}});
    add("constant_with_warmup", constant_with_warmup{{.peak_lr = peak, .warmup = warm}});
    add("linear", linear{{.peak_lr = peak, .total_steps = total, .warmup = warm}});
    add("cosine", cosine{{.peak_lr = peak, .total_steps = total, .warmup = warm}});
    add("cosine, num_cycles 1", cosine{{.peak_lr = peak, .num_cycles = 1, .total_steps = total, .warmup = warm}});
    add("cosine_warmup_with_min_lr",
        hf::cosine_warmup_with_min_lr{
            {.peak_lr = peak, .min_lr = lr_ratio(0.1), .total_steps = total, .warmup = warm}});
    add("cosine_with_restarts, 4 cycles",
        cosine_with_restarts{{.peak_lr = peak, .num_cycles = 4, .total_steps = total, .warmup = warm}});
    for (const auto& [row, power] : {std::pair{"polynomial, power 1", 1.0}, std::pair{"polynomial, power 2", 2.0},
                                     std::pair{"polynomial, power 0.9", 0.9}})
        add(row, polynomial{{.peak_lr = peak, .power = power, .total_steps = total, .warmup = warm}});
    add("inverse_sqrt", inverse_sqrt{{.peak_lr = peak, .warmup = warm}});
    for (const auto& [row, shape] : {std::pair{"warmup_stable_decay, linear", ramp_shape::linear},
                                     std::pair{"warmup_stable_decay, cosine", ramp_shape::cosine},
                                     std::pair{"warmup_stable_decay, one_minus_sqrt", ramp_shape::one_minus_sqrt},
                                     std::pair{"warmup_stable_decay, half_life", ramp_shape::half_life}})
        add(row, warmup_stable_decay{{.peak_lr = peak,
                                      .decay_steps = total / 2,
                                      .total_steps = total,
                                      .warmup = warm,
                                      .decay_shape = shape}});
}

void add_dialects() {
    namespace ds = pacer::deepspeed;
    constexpr step_t half = total / 2;
    add("deepspeed::warmup_lr, log", ds::warmup_lr{{.warmup_max_lr = peak, .warmup_num_steps = half}});
    add("deepspeed::warmup_decay_lr, log",
        ds::warmup_decay_lr{{.total_num_steps = total, .warmup_max_lr = peak, .warmup_num_steps = half}});
    add("deepspeed::warmup_cosine_lr, log",
        ds::warmup_cosine_lr{{.lr = peak, .total_num_steps = total, .warmup_num_steps = half}});
}

/// 1000 steps again, by the instructions that every processor has, which valgrind knows too.
template <class Schedule>
void add_fill(const char* row, const Schedule& lr) {
    static double out[1000];
    measure(row, [&] {
        pacer::detail::fill_with(pacer::detail::instruction_set::baseline, lr, 0, out, 1000, total / 1000);
        asm volatile("" : : "r"(out) : "memory");
    });
}

void add_fills() {
    using namespace pacer;
    add_fill("fill, linear", linear{{.peak_lr = peak, .total_steps = total, .warmup = warm}});
    add_fill("fill, cosine", cosine{{.peak_lr = peak, .total_steps = total, .warmup = warm}});
    add_fill("fill, inverse_sqrt", inverse_sqrt{{.peak_lr = peak, .warmup = warm}});
}

}  // namespace

int main() {
    const pacer::cosine_with_min_lr lr{
        {.peak_lr = peak, .min_lr = pacer::lr_ratio(0.1), .total_steps = total, .warmup = warm}};
    add("cosine_with_min_lr", lr);
    add("cosine_with_min_lr, float",
        pacer::cosine_with_min_lr<float>{
            {.peak_lr = 3e-4f, .min_lr = pacer::lr_ratio(0.1), .total_steps = total, .warmup = warm}});
    add("cosine_with_min_lr, any_schedule", pacer::any_schedule<double>(lr));
    add("cosine_with_min_lr, exact", pacer::exact{lr});
    add_named();
    add_dialects();
    add_fills();
    std::puts("done");
}
