// SPDX-License-Identifier: MIT
// The rates of G parameter groups for the next update: libtorch's own StepLR, and pacer.
#include <pacer/adapters/libtorch.hpp>
#include <pacer/pacer.hpp>
#include <pacer/training/groups.hpp>

#include <torch/optim/schedulers/step_lr.h>
#include <torch/optim/sgd.h>
#include <torch/utils.h>

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

namespace {

constexpr pacer::step_t total = 1'000'000;

pacer::cosine_with_min_lr<> schedule() {
    return pacer::cosine_with_min_lr<>{
        {.peak_lr = 3e-4, .min_lr = 3e-5, .total_steps = total, .warmup = pacer::warmup_ratio(0.01)}};
}

double factor_of(std::size_t group) { return 1 / (1 + static_cast<double>(group)); }

torch::optim::SGD optimizer_of(std::size_t groups) {
    std::vector<torch::optim::OptimizerParamGroup> all;
    for (std::size_t i = 0; i < groups; ++i)
        all.push_back({{torch::zeros({1}, torch::requires_grad())},
                       std::make_unique<torch::optim::SGDOptions>(3e-4 * factor_of(i))});
    return torch::optim::SGD(all, torch::optim::SGDOptions(3e-4));
}

/// In a run the updates follow each other; after the last one it starts again.
class clock {
public:
    pacer::step_t operator()() {
        at_ = at_ + 1 < total ? at_ + 1 : 0;
        return at_;
    }

private:
    pacer::step_t at_ = 0;
};

void step_lr(benchmark::State& state, std::size_t groups) {
    auto optimizer = optimizer_of(groups);
    torch::optim::StepLR lr(optimizer, 30, 0.9999);
    for ([[maybe_unused]] auto _ : state)
        lr.step();
    state.SetItemsProcessed(state.iterations());
}

/// The schedule once, then a double for each group.
void loop(benchmark::State& state, std::size_t groups) {
    auto lr = schedule();
    benchmark::DoNotOptimize(lr);
    std::vector<double> factors(groups), rates(groups);
    for (std::size_t i = 0; i < groups; ++i)
        factors[i] = factor_of(i);
    clock next;
    const double* factor = factors.data();
    double* out = rates.data();
    for ([[maybe_unused]] auto _ : state) {
        const double rate = lr(next());
        for (std::size_t i = 0; i < groups; ++i)
            out[i] = rate * factor[i];
        benchmark::ClobberMemory();
    }
    benchmark::DoNotOptimize(rates);
    state.SetItemsProcessed(state.iterations());
}

pacer::group_rates group_rates_of(std::size_t groups) {
    pacer::group_rates all(schedule());
    for (std::size_t i = 0; i < groups; ++i)
        all.add({.multiplier = factor_of(i), .multiplied = pacer::multiplied::curve});
    return all;
}

void group_rates(benchmark::State& state, std::size_t groups) {
    const auto all = group_rates_of(groups);
    std::vector<double> rates(groups);
    clock next;
    for ([[maybe_unused]] auto _ : state) {
        all.rates_into(next(), rates);
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations());
}

void set_lr(benchmark::State& state, std::size_t groups) {
    auto optimizer = optimizer_of(groups);
    const auto all = group_rates_of(groups);
    clock next;
    for ([[maybe_unused]] auto _ : state)
        pacer::set_lr(optimizer, all, next());
    state.SetItemsProcessed(state.iterations());
}

void hyperparameters(benchmark::State& state, std::size_t groups) {
    auto optimizer = optimizer_of(groups);
    const auto all = group_rates_of(groups);
    pacer::hyperparameters settings(optimizer);
    clock next;
    for ([[maybe_unused]] auto _ : state)
        settings.set_lr(all, next());
    state.SetItemsProcessed(state.iterations());
}

}  // namespace

int main(int argc, char** argv) {
    torch::set_num_threads(1);
    for (const std::size_t groups : {1U, 10U, 1000U}) {
        const std::string row = "update of " + std::to_string(groups) + (groups == 1 ? " group" : " groups");
        const auto add = [&](const char* who, auto function) {
            benchmark::RegisterBenchmark((row + "/update/" + who).c_str(), function, groups);
        };
        add("libtorch StepLR", step_lr);
        add("pacer, a loop", loop);
        add("pacer, group_rates", group_rates);
        add("pacer, set_lr", set_lr);
        add("pacer, hyperparameters", hyperparameters);
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    benchmark::RunSpecifiedBenchmarks();
}
