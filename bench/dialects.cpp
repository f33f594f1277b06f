// SPDX-License-Identifier: MIT
// Every schedule of a dialect as an expression, with the settings of its first trace in tests/parity/traces: one rate, and a
// whole curve, beside those of pacer's own cosine as an expression.
#include <pacer/expression/dialects.hpp>
#include <pacer/fill.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace {

constexpr std::size_t steps_at_once = 4096;

void call(benchmark::State& state, const pacer::expression& lr) {
    pacer::step_t step = 0;
    double sum = 0;
    for ([[maybe_unused]] auto _ : state) {
        sum += lr(step);
        step = (step + 1) % static_cast<pacer::step_t>(steps_at_once);
    }
    benchmark::DoNotOptimize(sum);
    state.SetItemsProcessed(state.iterations());
}

void fill(benchmark::State& state, const pacer::expression& lr) {
    std::vector<double> rates(steps_at_once);
    for ([[maybe_unused]] auto _ : state) {
        pacer::fill(lr, 0, rates);
        benchmark::ClobberMemory();
    }
    benchmark::DoNotOptimize(rates);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(steps_at_once));
}

void add(const std::string& row, const std::string& who, const pacer::expression& lr) {
    benchmark::RegisterBenchmark((row + "/call/" + who).c_str(), call, lr);
    benchmark::RegisterBenchmark((row + "/fill/" + who).c_str(), fill, lr);
}

/// The first case of each schedule that stands in the traces and is no edge of what it accepts.
std::vector<pacer::expression> cases() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(PACER_BENCH_TRACES))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<pacer::expression> schedules;
    std::set<std::string> seen;
    for (const auto& path : files) {
        std::ifstream file(path);
        for (std::string line; std::getline(file, line);)
            if (line.starts_with("> ")) {
                const std::string text = line.substr(2);
                const std::string name = text.substr(0, text.find('('));
                if (name.find("::") == std::string::npos || seen.count(name) != 0)
                    continue;
                try {
                    if (const pacer::expression lr = pacer::parse(text); lr.total_steps() > 4) {
                        schedules.push_back(lr);
                        seen.insert(name);
                    }
                } catch (const pacer::expression_error&) {  // the peers accept what this does not
                }
            }
    }
    return schedules;
}

}  // namespace

int main(int argc, char** argv) {
    const pacer::expression cosine =
        pacer::parse("cosine_with_min_lr(peak_lr=3e-4, min_lr=3e-5, total_steps=4096, warmup=40)");
    for (const pacer::expression& lr : cases()) {
        add(lr.name(), "pacer", lr);
        add(lr.name(), "cosine_with_min_lr", cosine);
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    benchmark::RunSpecifiedBenchmarks();
}
