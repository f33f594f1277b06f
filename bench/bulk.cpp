// SPDX-License-Identifier: MIT
// A whole curve at once: the cosine with warm-up and floor, written into an array.
#include "by_hand.hpp"
#include "fast_math.hpp"

#include <pacer/exact.hpp>
#include <pacer/fill.hpp>
#include <pacer/pacer.hpp>

#include <benchmark/benchmark.h>

#include <cstring>
#include <memory>
#include <string>

namespace {

using bench_step = std::int64_t;

constexpr double peak = 3e-4;
constexpr double floor_lr = 3e-5;

/// The same memory for everybody, so that no one has to wait for the first use of a page.
double* places(std::size_t n) {
    static std::unique_ptr<double[]> memory;
    static std::size_t size = 0;
    if (n > size) {
        memory.reset(new double[n]());
        size = n;
    }
    return memory.get();
}

std::string name_of(bench_step n) { return "bulk, 1e" + std::to_string(std::to_string(n).size() - 1); }

/// write(out, n) writes the curve of a run of n steps.
template <class Write>
void add(bench_step n, const std::string& who, Write write) {
    benchmark::RegisterBenchmark((name_of(n) + "/double/" + who).c_str(), [=](benchmark::State& state) {
        double* out = places(static_cast<std::size_t>(n));
        for ([[maybe_unused]] auto _ : state) {
            write(out, n);
            benchmark::DoNotOptimize(out);
            benchmark::ClobberMemory();
        }
        state.SetItemsProcessed(state.iterations() * n);
    });
}

void by_hand_loop(double* out, bench_step n) {
    by_hand::cosine_with_min_lr<> lr{{peak, floor_lr, n / 100, n}};
    benchmark::DoNotOptimize(lr);
    for (bench_step s = 0; s < n; ++s)
        out[s] = lr(s);
}

pacer::cosine_with_min_lr<> schedule_of(bench_step n) {
    pacer::cosine_with_min_lr<> lr{
        {.peak_lr = peak, .min_lr = floor_lr, .total_steps = n, .warmup = pacer::warmup_steps(n / 100)}};
    benchmark::DoNotOptimize(lr);
    return lr;
}

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
bool has_avx512() { return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"); }
#else
bool has_avx2() { return false; }
bool has_avx512() { return false; }
#endif

}  // namespace

int main(int argc, char** argv) {
    for (const bench_step n : {bench_step{10'000}, bench_step{1'000'000}, bench_step{10'000'000}}) {
        add(n, "by hand", by_hand_loop);
        add(n, "memset", [](double* out, bench_step count) {
            std::memset(out, 0, static_cast<std::size_t>(count) * sizeof(double));
        });
        add(n, "pacer, a loop", [](double* out, bench_step count) {
            const auto lr = schedule_of(count);
            for (bench_step s = 0; s < count; ++s)
                out[s] = lr(s);
        });
        add(n, "pacer, fill", [](double* out, bench_step count) {
            pacer::fill(schedule_of(count), 0, std::span(out, static_cast<std::size_t>(count)));
        });
        const auto fill_with = [](pacer::detail::instruction_set set) {
            return [=](double* out, bench_step count) {
                pacer::detail::fill_with(set, schedule_of(count), 0, out, count, 1);
            };
        };
        add(n, "pacer, fill, baseline", fill_with(pacer::detail::instruction_set::baseline));
        if (has_avx2())
            add(n, "pacer, fill, AVX2", fill_with(pacer::detail::instruction_set::avx2));
        if (has_avx512())
            add(n, "pacer, fill, AVX-512", fill_with(pacer::detail::instruction_set::avx512));
        add(n, "pacer, exact", [](double* out, bench_step count) {
            pacer::fill(pacer::exact{schedule_of(count)}, 0, std::span(out, static_cast<std::size_t>(count)));
        });
#if PACER_BENCH_FAST_MATH
        const auto fast = [](auto function) {
            return [=](double* out, bench_step count) {
                function(out, static_cast<int>(count), peak, floor_lr, static_cast<int>(count / 100));
            };
        };
        add(n, "by hand, -ffast-math", fast(bench::fast_math_baseline));
        if (has_avx2())
            add(n, "by hand, -ffast-math, AVX2", fast(bench::fast_math_avx2));
        if (has_avx512())
            add(n, "by hand, -ffast-math, AVX-512", fast(bench::fast_math_avx512));
#endif
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    benchmark::RunSpecifiedBenchmarks();
}
