// SPDX-License-Identifier: MIT
#ifndef PACER_BENCH_MEASURE_HPP
#define PACER_BENCH_MEASURE_HPP

// How a schedule is measured. A benchmark is named ROW/WAY/WHO; make_page.py divides those of one row and way by the one
// whose WHO is "by hand".

#include <benchmark/benchmark.h>

#include <bit>
#include <concepts>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace bench {

using step_t = std::int64_t;

inline constexpr step_t steps_at_once = 1024;

/// The value is needed here, and may have become any other: so the compiler can neither leave the work out nor do four
/// steps at once nor compute with what it knows. Registers stay what they are, unlike with benchmark::DoNotOptimize.
template <std::floating_point Real>
inline void use(Real& value) {
#if (defined(__GNUC__) || defined(__clang__)) && defined(__x86_64__)
    asm volatile("" : "+x"(value));
#elif (defined(__GNUC__) || defined(__clang__)) && defined(__aarch64__)
    asm volatile("" : "+w"(value));
#else
    benchmark::DoNotOptimize(value);
#endif
}

/// 1, computed from the sign of a rate: the next step then has to wait for it. Two cheap instructions, so that it is the
/// schedule's latency that is measured.
inline step_t one_after(double rate) { return 1 + static_cast<step_t>(std::bit_cast<std::uint64_t>(rate) >> 63); }
inline step_t one_after(float rate) { return 1 + static_cast<step_t>(std::bit_cast<std::uint32_t>(rate) >> 31); }

/// The first step of a block, spread over the whole run, in the same order however often it is measured.
class blocks {
public:
    explicit blocks(step_t total) : places_(total > steps_at_once ? total - steps_at_once : 1) {}
    step_t next() {
        at_ = (at_ + places_ / 5 * 2 + 7919) % places_;
        return at_;
    }

private:
    step_t places_;
    step_t at_ = 0;
};

/// One step after another, none of which waits for the one before.
template <class Schedule>
void throughput(benchmark::State& state, Schedule lr, step_t total) {
    benchmark::DoNotOptimize(lr);
    blocks block(total);
    for ([[maybe_unused]] auto _ : state) {
        const step_t first = block.next();
        for (step_t i = 0; i < steps_at_once; ++i) {
            auto rate = lr(first + i);
            use(rate);
        }
    }
    state.SetItemsProcessed(state.iterations() * steps_at_once);
}

/// One step after another, each of which waits for the rate of the one before.
template <class Schedule>
void latency(benchmark::State& state, Schedule lr, step_t total) {
    benchmark::DoNotOptimize(lr);
    blocks block(total);
    for ([[maybe_unused]] auto _ : state) {
        step_t step = block.next();
        for (step_t i = 0; i < steps_at_once; ++i) {
            auto rate = lr(step);
            use(rate);
            step += one_after(rate);
        }
        benchmark::DoNotOptimize(step);
    }
    state.SetItemsProcessed(state.iterations() * steps_at_once);
}

/// Steps in no order, known beforehand: more of them than a branch predictor remembers.
template <class Schedule>
void random_steps(benchmark::State& state, Schedule lr, step_t total) {
    benchmark::DoNotOptimize(lr);
    std::vector<step_t> steps(std::size_t{1} << 16);
    std::mt19937_64 random(1);
    for (step_t& step : steps)
        step = static_cast<step_t>(random() % static_cast<std::uint64_t>(total));
    for ([[maybe_unused]] auto _ : state) {
        for (const step_t step : steps) {
            auto rate = lr(step);
            use(rate);
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<step_t>(steps.size()));
}

template <class Schedule>
void add_throughput(const std::string& row, const std::string& who, const Schedule& lr, step_t total) {
    benchmark::RegisterBenchmark((row + "/throughput/" + who).c_str(), throughput<Schedule>, lr, total);
}

template <class Schedule>
void add_latency(const std::string& row, const std::string& who, const Schedule& lr, step_t total) {
    benchmark::RegisterBenchmark((row + "/latency/" + who).c_str(), latency<Schedule>, lr, total);
}

template <class Schedule>
void add_random(const std::string& row, const std::string& who, const Schedule& lr, step_t total) {
    benchmark::RegisterBenchmark((row + "/random/" + who).c_str(), random_steps<Schedule>, lr, total);
}

/// A row of schedules: throughput and latency.
template <class Own, class Hand>
void add_pair(const std::string& row, const Own& own, const Hand& hand, step_t total) {
    add_throughput(row, "pacer", own, total);
    add_throughput(row, "by hand", hand, total);
    add_latency(row, "pacer", own, total);
    add_latency(row, "by hand", hand, total);
}

}  // namespace bench

#endif
