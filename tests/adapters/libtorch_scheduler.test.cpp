// SPDX-License-Identifier: MIT
#include <pacer/adapters/libtorch_scheduler.hpp>
#include <pacer/any_schedule.hpp>
#include <pacer/pacer.hpp>

#include <torch/optim/schedulers/step_lr.h>
#include <torch/optim/sgd.h>
#include <torch/types.h>
#include <torch/utils.h>

// Both libraries have a CHECK; torch's is not for its users.
#undef CHECK
#include "catch.hpp"
#include "support/error_of.hpp"

#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace {

using pacer::step_t;
using support::error_of;

/// A training that knows libtorch alone: it descends (w - 3)^2 / 2 in every group, and logs the rate that each update used.
std::vector<double> train(torch::optim::Optimizer& optimizer, torch::optim::LRScheduler& scheduler, int updates) {
    std::vector<double> used;
    for (int k = 0; k < updates; ++k) {
        optimizer.zero_grad();
        torch::Tensor loss = torch::zeros({1}, torch::kFloat64);
        for (auto& group : optimizer.param_groups())
            for (auto& w : group.params())
                loss = loss + (w - 3).square() / 2;
        loss.backward();
        used.push_back(optimizer.param_groups().front().options().get_lr());
        optimizer.step();
        scheduler.step();
    }
    return used;
}

torch::optim::SGD sgd(std::size_t groups, double lr = 7) {
    std::vector<torch::optim::OptimizerParamGroup> all;
    for (std::size_t k = 0; k < groups; ++k)
        all.emplace_back(
            std::vector<torch::Tensor>{torch::full({1}, 8, torch::dtype(torch::kFloat64).requires_grad(true))},
            std::make_unique<torch::optim::SGDOptions>(lr));
    return torch::optim::SGD(all, torch::optim::SGDOptions(lr));
}

double rate_of(torch::optim::Optimizer& optimizer, std::size_t group) {
    return optimizer.param_groups()[group].options().get_lr();
}
double weight_of(torch::optim::Optimizer& optimizer, std::size_t group) {
    return optimizer.param_groups()[group].params()[0].item<double>();
}

// The rates of one of Python's schedulers, of two groups, as they were logged (make_torch_trace.py).
std::vector<std::vector<double>> python_rates(const std::string& of) {
    std::ifstream in(PACER_TEST_DATA "/adapters/torch_trace.csv");
    std::vector<std::vector<double>> rates;
    for (std::string line; std::getline(in, line);) {
        for (char& c : line)
            c = c == ',' ? ' ' : c;
        std::istringstream fields(line);
        std::string name;
        int number = 0;
        double first = 0, second = 0;
        if (fields >> name >> number >> first >> second && name == of)
            rates.push_back({first, second});
    }
    return rates;
}

}  // namespace

TEST_CASE("libtorch_scheduler: a training that is given a scheduler runs at the rates of the schedule") {
    const pacer::cosine_with_min_lr lr{
        {.peak_lr = 0.5, .min_lr = 0.125, .total_steps = 12, .warmup = pacer::warmup_steps(3)}};
    auto optimizer = sgd(1);
    pacer::lr_scheduler scheduler(optimizer, lr);
    const std::vector<double> used = train(optimizer, scheduler, 15);
    double w = 8;
    for (step_t k = 0; k < 15; ++k) {
        CAPTURE(k);
        CHECK(used[static_cast<std::size_t>(k)] == lr(k));
        w -= lr(k) * (w - 3);
    }
    CHECK(weight_of(optimizer, 0) == Approx(w).epsilon(1e-14));
    CHECK(scheduler.next_update() == 15);
    CHECK(rate_of(optimizer, 0) == lr(15));
}

TEST_CASE("libtorch_scheduler: in the place of a StepLR, with Python's timing, where libtorch's is one update late") {
    auto theirs = sgd(1, 0.1);
    torch::optim::StepLR step_lr(theirs, 3, 0.5);
    auto ours = sgd(1, 0.1);
    pacer::lr_scheduler decay(ours, pacer::step_decay{{.peak_lr = 0.1, .factor = 0.5, .every = 3}});
    CHECK(train(theirs, step_lr, 8) == std::vector<double>{0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025});
    CHECK(train(ours, decay, 8) == std::vector<double>{0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025});
}

TEST_CASE("libtorch_scheduler: groups have the rates that Python's schedulers logged") {
    const auto rows = python_rates("linear");
    REQUIRE(rows.size() == 14);
    pacer::group_rates groups(pacer::linear{{.peak_lr = 0.1, .total_steps = 12, .warmup = pacer::warmup_steps(3)}});
    groups.add({});
    groups.add({.multiplier = 0.2, .multiplied = pacer::multiplied::curve});
    auto optimizer = sgd(2);
    pacer::lr_scheduler scheduler(optimizer, groups);
    torch::optim::LRScheduler& as_libtorch_knows_it = scheduler;
    for (std::size_t k = 0; k < rows.size(); ++k) {
        CAPTURE(k);
        for (std::size_t group = 0; group < 2; ++group)
            CHECK(rate_of(optimizer, group) == Approx(rows[k][group]).epsilon(1e-14).margin(1e-18));
        optimizer.step();
        as_libtorch_knows_it.step();
    }
}

TEST_CASE("libtorch_scheduler: a resumed run goes on, whatever schedule it has") {
    const pacer::any_schedule<double> lr = pacer::linear{{.peak_lr = 0.25, .total_steps = 10}};
    auto whole = sgd(2);
    pacer::lr_scheduler all(whole, lr);
    train(whole, all, 10);
    for (int stop = 0; stop <= 10; ++stop) {
        CAPTURE(stop);
        auto optimizer = sgd(2);
        {
            pacer::lr_scheduler first(optimizer, lr);
            train(optimizer, first, stop);
            CHECK(first.next_update() == stop);
        }
        pacer::lr_scheduler same(optimizer, lr, stop);
        train(optimizer, same, 10 - stop);
        CHECK(weight_of(optimizer, 0) == weight_of(whole, 0));
        CHECK(weight_of(optimizer, 1) == weight_of(whole, 1));
    }
}

TEST_CASE("libtorch_scheduler: a rate that is none is an error, and nothing has changed") {
    const auto spoilt = [](step_t s) { return s == 2 ? std::numeric_limits<double>::quiet_NaN() : 0.5; };
    auto optimizer = sgd(2);
    CHECK(error_of([&] { pacer::lr_scheduler(optimizer, spoilt, 2); }) ==
          "pacer: lr = nan: must be a finite rate of 0 or more");
    CHECK(rate_of(optimizer, 0) == 7);
    pacer::lr_scheduler scheduler(optimizer, spoilt);
    scheduler.step();
    for (int attempt = 0; attempt < 2; ++attempt) {
        CHECK(error_of([&] { scheduler.step(); }) == "pacer: lr = nan: must be a finite rate of 0 or more");
        CHECK(scheduler.next_update() == 1);
        CHECK(rate_of(optimizer, 1) == 0.5);
    }

    pacer::group_rates one(pacer::constant{{.peak_lr = 0.1}});
    one.add({});
    CHECK(error_of([&] { pacer::lr_scheduler(optimizer, one); }) ==
          "pacer: rates = 1: must be one for each parameter group (2)");
    CHECK(rate_of(optimizer, 0) == 0.5);

    pacer::lr_scheduler late(optimizer, pacer::constant{{.peak_lr = 0.1}}, -5);
    CHECK(late.next_update() == 0);
    pacer::lr_scheduler last(optimizer, pacer::constant{{.peak_lr = 0.1}}, pacer::endless);
    last.step();
    CHECK(last.next_update() == pacer::endless);
}
