// SPDX-License-Identifier: MIT
#include <pacer/adapters/libtorch.hpp>
#include <pacer/dialects/megatron.hpp>
#include <pacer/pacer.hpp>
#include <pacer/training/resume.hpp>

#include <torch/optim/adagrad.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/lbfgs.h>
#include <torch/optim/rmsprop.h>
#include <torch/optim/schedulers/step_lr.h>
#include <torch/optim/sgd.h>
#include <torch/serialize.h>
#include <torch/types.h>

// Both libraries have a CHECK; torch's is not for its users.
#undef CHECK
#include "catch.hpp"
#include "support/error_of.hpp"
#include "training/scratch.hpp"

#include <array>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

using pacer::step_t;

torch::Tensor parameter() { return torch::zeros({1}, torch::dtype(torch::kFloat64).requires_grad(true)); }

/// SGD with a group of one parameter for each base rate.
torch::optim::SGD sgd(const std::vector<double>& base) {
    std::vector<torch::optim::OptimizerParamGroup> groups;
    for (const double lr : base)
        groups.emplace_back(std::vector<torch::Tensor>{parameter()}, std::make_unique<torch::optim::SGDOptions>(lr));
    return torch::optim::SGD(groups, torch::optim::SGDOptions(1));
}

double rate_of(torch::optim::Optimizer& optimizer, std::size_t group) {
    return optimizer.param_groups()[group].options().get_lr();
}

double value_of(torch::optim::Optimizer& optimizer, std::size_t group) {
    return optimizer.param_groups()[group].params()[0].item<double>();
}

/// An update with a gradient of 1, so that a parameter is minus the sum of the rates its updates used.
void update(torch::optim::Optimizer& optimizer) {
    for (auto& group : optimizer.param_groups())
        for (auto& p : group.params())
            p.mutable_grad() = torch::ones_like(p);
    optimizer.step();
}

using support::error_of;

struct row {
    std::array<double, 2> lr;
    std::array<double, 2> parameter;
};

std::map<std::string, std::vector<row>> python_trace() {
    std::ifstream in(PACER_TEST_DATA "/adapters/torch_trace.csv");
    std::map<std::string, std::vector<row>> trace;
    std::string line;
    std::getline(in, line);
    std::getline(in, line);
    while (std::getline(in, line)) {
        for (char& c : line)
            if (c == ',')
                c = ' ';
        std::istringstream fields(line);
        std::string name;
        int number = 0;
        row r{};
        fields >> name >> number >> r.lr[0] >> r.lr[1] >> r.parameter[0] >> r.parameter[1];
        REQUIRE(fields);
        trace[name].push_back(r);
    }
    return trace;
}

}  // namespace

TEST_CASE("libtorch: updates run at the rates of Python's lr_scheduler, and move the parameters as far") {
    const auto trace = python_trace();
    const std::map<std::string, pacer::any_schedule<double>> schedules{
        {"step", [](step_t s) { return 0.1 * std::pow(0.1, static_cast<double>(s / 3)); }},
        {"multi_step", pacer::join(pacer::constant{{.peak_lr = 0.1}}, 4, pacer::constant{{.peak_lr = 0.05}}, 9,
                                   pacer::constant{{.peak_lr = 0.025}})},
        {"cosine", pacer::cosine{{.peak_lr = 0.1, .total_steps = 10, .past_end = pacer::past_end::wave}}},
        {"linear", pacer::linear{{.peak_lr = 0.1, .total_steps = 12, .warmup = pacer::warmup_steps(3)}}},
    };
    CHECK(trace.size() == schedules.size());
    for (const auto& [name, lr] : schedules) {
        CAPTURE(name);
        pacer::group_rates groups(lr);
        groups.add({});
        groups.add({.multiplier = 0.2, .multiplied = pacer::multiplied::curve});
        auto optimizer = sgd({7, 7});  // what the optimizer was made with does not matter
        const auto& rows = trace.at(name);
        CHECK(rows.size() == 14);
        for (std::size_t k = 0; k < rows.size(); ++k) {
            CAPTURE(k);
            pacer::set_lr(optimizer, groups, static_cast<step_t>(k));
            update(optimizer);
            for (const std::size_t g : {0U, 1U}) {
                // Python's cosine is a recursion, whose error grows.
                CHECK(std::abs(rate_of(optimizer, g) - rows[k].lr[g]) <= 1e-15 * 0.1);
                CHECK(std::abs(value_of(optimizer, g) - rows[k].parameter[g]) <= 1e-14);
            }
        }
    }
}

TEST_CASE("libtorch: the C++ StepLR is one update late; pacer is not") {
    const auto python = python_trace().at("step");
    const auto step_lr = [](step_t s) { return std::pow(0.1, static_cast<double>(s / 3)); };
    auto theirs = sgd({1});
    auto ours = sgd({1});
    torch::optim::StepLR scheduler(theirs, 3, 0.1);
    for (step_t k = 0; k < 9; ++k) {
        CAPTURE(k);
        const double late = step_lr(k == 0 ? 0 : k - 1);
        CHECK(rate_of(theirs, 0) == Approx(late).epsilon(1e-12));
        theirs.step();
        scheduler.step();

        const double set = pacer::set_lr(ours, step_lr, k);
        CHECK(set == rate_of(ours, 0));
        CHECK(rate_of(ours, 0) == Approx(10 * python[static_cast<std::size_t>(k)].lr[0]).epsilon(1e-12));
    }
}

TEST_CASE("libtorch: all groups get a rate, or none") {
    auto optimizer = sgd({0.5, 0.25});
    CHECK(pacer::set_lr(optimizer, 0.125) == 0.125);
    CHECK(rate_of(optimizer, 0) == 0.125);
    CHECK(rate_of(optimizer, 1) == 0.125);
    pacer::set_lr(optimizer, {0.5, 0});
    CHECK(rate_of(optimizer, 0) == 0.5);
    CHECK(rate_of(optimizer, 1) == 0);

    const auto unchanged = [&] { return rate_of(optimizer, 0) == 0.5 && rate_of(optimizer, 1) == 0; };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(error_of([&] { pacer::set_lr(optimizer, nan); }) == "pacer: lr = nan: must be a finite rate of 0 or more");
    CHECK(error_of([&] {
              pacer::set_lr(optimizer, {0.1, -0.5});
          }) == "pacer: lr = -0.5: must be a finite rate of 0 or more");
    CHECK(unchanged());
    CHECK(error_of([&] { pacer::set_lr(optimizer, {0.1}); }) ==
          "pacer: rates = 1: must be one for each parameter group (2)");
    CHECK(error_of([&] {
              pacer::set_lr(optimizer, {0.1, 0.1, 0.1});
          }) == "pacer: rates = 3: must be one for each parameter group (2)");
    pacer::group_rates three(pacer::constant{{.peak_lr = 1}});
    for (int g = 0; g < 3; ++g)
        three.add({});
    CHECK(error_of([&] { pacer::set_lr(optimizer, three, 0); }) ==
          "pacer: rates = 3: must be one for each parameter group (2)");
    CHECK(unchanged());
    // Nor does a multiplier make a rate of what is none.
    for (const double factor : {1.0, 0.5, 0.0}) {
        pacer::group_rates broken([nan](step_t) { return nan; });
        broken.add({});
        broken.add({.multiplier = factor, .multiplied = pacer::multiplied::curve});
        CHECK(error_of([&] { pacer::set_lr(optimizer, broken, 0); }) ==
              "pacer: lr = nan: must be a finite rate of 0 or more");
        pacer::hyperparameters settings(optimizer);
        CHECK(error_of([&] { settings.set_lr(broken, 0); }) == "pacer: lr = nan: must be a finite rate of 0 or more");
    }
    CHECK(unchanged());
}

TEST_CASE("libtorch: groups have schedules of their own") {
    auto optimizer = sgd({1, 1, 1});
    pacer::group_rates groups(pacer::linear{{.peak_lr = 1, .total_steps = 4}});
    groups.add({});
    groups.add({.multiplier = 0.5});
    groups.add(pacer::constant{{.peak_lr = 0.25}});
    const double expected[][3] = {{1, 0.5, 0.25}, {0.75, 0.375, 0.25}, {0.5, 0.25, 0.25}, {0.25, 0.125, 0.25}};
    for (step_t k = 0; k < 4; ++k) {
        pacer::set_lr(optimizer, groups, k);
        for (std::size_t g = 0; g < 3; ++g)
            CHECK(rate_of(optimizer, g) == expected[k][g]);
    }
    const pacer::linear<float> single{{.peak_lr = 0.1F, .total_steps = 4}};
    CHECK(pacer::set_lr(optimizer, single, 0) == static_cast<double>(0.1F));
}

TEST_CASE("libtorch: stopped anywhere, saved, loaded and resumed is the run that never stopped") {
    const pacer::cosine lr{{.peak_lr = 0.1, .total_steps = 20, .warmup = pacer::warmup_steps(4)}};
    const auto train = [&](torch::optim::Optimizer& optimizer, torch::Tensor& w, pacer::progress& at, step_t until) {
        while (at.updates() < until) {
            optimizer.zero_grad();
            ((w - 3) * (w - 3)).sum().backward();
            if (at.updates() == 7 && at.skipped() == 0) {
                at.skip();  // say, an overflow
                continue;
            }
            pacer::set_lr(optimizer, lr(at.updates()));
            optimizer.step();
            at.apply({.samples = 32});
        }
    };
    torch::Tensor never_stopped = parameter();
    torch::optim::Adam optimizer({never_stopped}, torch::optim::AdamOptions(1));
    pacer::progress whole;
    train(optimizer, never_stopped, whole, 20);

    for (step_t stop = 0; stop <= 20; ++stop) {
        CAPTURE(stop);
        std::stringstream file;
        {
            torch::Tensor w = parameter();
            torch::optim::Adam first({w}, torch::optim::AdamOptions(1));
            pacer::progress at;
            train(first, w, at, stop);
            torch::serialize::OutputArchive archive;
            first.save(archive);
            archive.write("w", w);
            pacer::save({.at = at, .curve = lr}, archive);
            archive.save_to(file);
        }
        torch::Tensor w = parameter();
        torch::optim::Adam second({w}, torch::optim::AdamOptions(1));
        torch::serialize::InputArchive archive;
        archive.load_from(file);
        second.load(archive);
        torch::Tensor saved;
        archive.read("w", saved);
        {
            const torch::NoGradGuard no_grad;
            w.copy_(saved);
        }
        const auto run = pacer::resume(pacer::load(archive), lr, pacer::require_same);
        pacer::progress at = run.at;
        CHECK(at.updates() == stop);
        CHECK(at.samples() == 32 * stop);
        // What the optimizer says until a rate is set: 1.13 does not read back the rate of the last update; 2.15 does.
        const double before = rate_of(second, 0);
        CHECK((before == 1 || before == lr(stop - 1)));
        train(second, w, at, 20);
        CHECK(at == whole);
        CHECK(w.item<double>() == never_stopped.item<double>());
    }
}

TEST_CASE("libtorch: an archive without a checkpoint is an error, not a run that starts again") {
    const auto reload = [](const auto& write) -> std::string {
        std::stringstream file;
        torch::serialize::OutputArchive out;
        write(out);
        out.save_to(file);
        torch::serialize::InputArchive in;
        in.load_from(file);
        try {
            static_cast<void>(pacer::load(in));
        } catch (const pacer::checkpoint_error& error) {
            return error.what();
        }
        return "accepted";
    };
    const pacer::checkpoint good{.at = pacer::progress({.updates = 7}), .curve = pacer::constant{{.peak_lr = 1}}};
    const std::string text = pacer::to_text(good);
    const auto holds = [&](const torch::IValue& value) {
        return reload([&](auto& archive) { archive.write("pacer_checkpoint", value); });
    };
    CHECK(reload([&](auto& archive) { pacer::save(good, archive); }) == "accepted");
    CHECK(holds(text) == "accepted");
    const std::string none = "pacer: not a readable checkpoint: this archive has none";
    CHECK(reload([](auto& archive) { torch::optim::Adam({parameter()}).save(archive); }) == none);
    CHECK(holds(17) == none);
    CHECK(holds(text.substr(0, text.size() / 2)) ==
          "pacer: not a readable checkpoint: it is cut off: there is no checksum");
}

TEST_CASE("libtorch: an archive is written to its file as a whole, with states") {
    const support::scratch dir("libtorch");
    const std::string path = dir.file("optimizer.pt");
    const pacer::checkpoint saved{.at = pacer::progress({.updates = 7}),
                                  .curve = pacer::constant{{.peak_lr = 1}},
                                  .states = {{"scale", std::string("\0\n65536", 7)}}};
    for (int k = 0; k < 2; ++k) {
        torch::serialize::OutputArchive out;
        torch::optim::Adam({parameter()}).save(out);
        pacer::save(saved, out);
        pacer::save_to(out, path);
    }
    CHECK(dir.names() == std::vector<std::string>{"optimizer.pt"});
    torch::serialize::InputArchive in;
    in.load_from(path);
    const pacer::checkpoint back = pacer::load(in);
    CHECK(back.at == saved.at);
    CHECK(back.state("scale") == saved.state("scale"));
    CHECK_THROWS_AS(
        [&] {
            torch::serialize::OutputArchive out;
            pacer::save(saved, out);
            pacer::save_to(out, dir.file("none/optimizer.pt"));
        }(),
        pacer::file_error);
}

TEST_CASE("libtorch: hyperparameters are looked up once, and set in all groups or in none") {
    torch::optim::SGD optimizer = sgd({1, 2});
    const pacer::hyperparameters settings(optimizer);
    REQUIRE(settings.size() == 2);
    settings.set_lr(0.5);
    settings.set_momentum(0.9);
    settings.set_weight_decay(0.01);
    for (auto& group : optimizer.param_groups()) {
        const auto& options = static_cast<const torch::optim::SGDOptions&>(group.options());
        CHECK(options.lr() == 0.5);
        CHECK(options.momentum() == 0.9);
        CHECK(options.weight_decay() == 0.01);
    }
    settings.set_lr(std::array{0.25, 0.125});
    CHECK(rate_of(optimizer, 0) == 0.25);
    CHECK(rate_of(optimizer, 1) == 0.125);
    CHECK(error_of([&] {
              settings.set_lr(std::array{0.5, -1.0});
          }) == "pacer: lr = -1: must be a finite rate of 0 or more");
    CHECK(error_of([&] { settings.set_lr(std::array{0.5}); }) ==
          "pacer: rates = 1: must be one for each parameter group (2)");
    CHECK(error_of([&] { settings.set_momentum(1); }) == "pacer: momentum = 1: must be at least 0 and below 1");
    CHECK(error_of([&] { settings.set_weight_decay(-1); }) ==
          "pacer: weight_decay = -1: must be a finite rate of 0 or more");
    CHECK(error_of([&] { settings.set_betas(0.9, 0.99); }) == "pacer: betas: is nothing that this optimizer has");
    CHECK(rate_of(optimizer, 0) == 0.25);  // as before
    pacer::group_rates multiplied(pacer::constant{{.peak_lr = 0.5}});
    multiplied.add({.multiplier = 1, .multiplied = pacer::multiplied::curve});
    multiplied.add({.multiplier = 0.5, .multiplied = pacer::multiplied::curve});
    pacer::hyperparameters by_groups(optimizer);
    by_groups.set_lr(multiplied, 3);
    CHECK(rate_of(optimizer, 0) == 0.5);
    CHECK(rate_of(optimizer, 1) == 0.25);
    pacer::set_momentum(optimizer, 0.5);
    pacer::set_weight_decay(optimizer, 0.25);
    const auto& options = static_cast<const torch::optim::SGDOptions&>(optimizer.param_groups()[1].options());
    CHECK(options.momentum() == 0.5);
    CHECK(options.weight_decay() == 0.25);
}

TEST_CASE("libtorch: hyperparameters of groups with several curves and starts, in any order") {
    constexpr std::size_t count = 50;
    torch::optim::SGD optimizer = sgd(std::vector<double>(count, 7));
    pacer::group_rates groups(pacer::linear{{.peak_lr = 1, .total_steps = 40}});
    for (std::size_t g = 0; g < count; ++g) {
        const auto number = static_cast<double>(g);
        if (g % 3 == 0)
            groups.add(pacer::cosine{{.peak_lr = 1 + number, .total_steps = 30}});
        else
            groups.add({.multiplier = 1 / (1 + number), .start = g % 5 == 0 ? static_cast<step_t>(g) : 0});
    }
    pacer::hyperparameters settings(optimizer);
    std::vector<double> rates(count);
    for (step_t step = -1; step < 60; ++step) {
        settings.set_lr(groups, step);
        settings.set_weight_decay(groups, step + 1);
        groups.rates_into(step, rates);
        for (std::size_t g = 0; g < count; ++g) {
            CHECK(rate_of(optimizer, g) == rates[g]);
            CHECK(rates[g] == groups.rate(g, step));
        }
        groups.rates_into(step + 1, rates);
        for (std::size_t g = 0; g < count; ++g)
            CHECK(static_cast<const torch::optim::SGDOptions&>(optimizer.param_groups()[g].options()).weight_decay() ==
                  rates[g]);
    }
    settings.set_weight_decay(std::vector<double>(count, 0.5));
    CHECK(static_cast<const torch::optim::SGDOptions&>(optimizer.param_groups()[7].options()).weight_decay() == 0.5);
    CHECK(error_of([&] { settings.set_weight_decay(std::vector<double>(count, -1)); }) ==
          "pacer: weight_decay = -1: must be a finite rate of 0 or more");
    CHECK(static_cast<const torch::optim::SGDOptions&>(optimizer.param_groups()[7].options()).weight_decay() == 0.5);
}

TEST_CASE("libtorch: a curve that gives no rate does not matter before a group of it has started") {
    torch::optim::SGD optimizer = sgd({1, 2});
    pacer::hyperparameters settings(optimizer);
    pacer::group_rates groups([](step_t) { return -1.0; });
    for (int g = 0; g < 2; ++g)
        groups.add({.multiplier = 1 - 0.5 * g,
                    .multiplied = pacer::multiplied::curve,
                    .start = 10 + g,
                    .clock = pacer::group_clock::run});
    settings.set_lr(groups, 9);
    CHECK(rate_of(optimizer, 0) == 0);
    CHECK(rate_of(optimizer, 1) == 0);
    settings.set_lr(std::array{0.25, 0.5});
    CHECK(error_of([&] { settings.set_lr(groups, 10); }) == "pacer: lr = -1: must be a finite rate of 0 or more");
    CHECK(rate_of(optimizer, 0) == 0.25);
    CHECK(rate_of(optimizer, 1) == 0.5);
}

TEST_CASE("libtorch: hyperparameters of every optimizer") {
    const std::vector<torch::Tensor> one{parameter()};
    torch::optim::AdamW adamw(one, torch::optim::AdamWOptions(1));
    pacer::hyperparameters(adamw).set_betas(0.5, 0.75);
    const auto& adamw_options = static_cast<const torch::optim::AdamWOptions&>(adamw.param_groups()[0].options());
    CHECK(adamw_options.betas() == std::make_tuple(0.5, 0.75));
    CHECK(error_of([&] { pacer::hyperparameters(adamw).set_betas(0.1, 1); }) ==
          "pacer: betas = 1: must be at least 0 and below 1");
    CHECK(adamw_options.betas() == std::make_tuple(0.5, 0.75));
    torch::optim::Adam adam(one, torch::optim::AdamOptions(1));
    pacer::set_momentum(adam, 0.25);
    const auto& adam_options = static_cast<const torch::optim::AdamOptions&>(adam.param_groups()[0].options());
    CHECK(std::get<0>(adam_options.betas()) == 0.25);
    CHECK(std::get<1>(adam_options.betas()) == 0.999);
    torch::optim::RMSprop rmsprop(one, torch::optim::RMSpropOptions(1));
    pacer::set_momentum(rmsprop, 0.25);
    CHECK(static_cast<const torch::optim::RMSpropOptions&>(rmsprop.param_groups()[0].options()).momentum() == 0.25);
    torch::optim::Adagrad adagrad(one, torch::optim::AdagradOptions(1));
    pacer::hyperparameters(adagrad).set_lr(0.5);
    CHECK(rate_of(adagrad, 0) == 0.5);
    CHECK(error_of([&] { pacer::set_momentum(adagrad, 0.5); }) ==
          "pacer: momentum: is nothing that this optimizer has");
    torch::optim::LBFGS lbfgs(one, torch::optim::LBFGSOptions(1));
    pacer::hyperparameters(lbfgs).set_lr(0.5);
    CHECK(rate_of(lbfgs, 0) == 0.5);
    CHECK(error_of([&] { pacer::set_weight_decay(lbfgs, 0.5); }) ==
          "pacer: weight_decay: is nothing that this optimizer has");
}

TEST_CASE("libtorch: a weight-decay ramp and a momentum that mirrors one cycle move the parameters as by hand") {
    constexpr step_t steps = 20;
    const pacer::one_cycle lr{{.peak_lr = 0.1, .total_steps = steps}};
    const pacer::piecewise momentum{{.at = {0, 5, steps - 1}, .rates = {0.95, 0.85, 0.95}}};
    constexpr pacer::megatron::weight_decay decay({.start_wd = 0,
                                                   .end_wd = 0.1,
                                                   .wd_incr_steps = steps,
                                                   .wd_incr_style = pacer::megatron::wd_incr_style::linear});
    torch::optim::SGD optimizer(std::vector<torch::Tensor>{parameter()}, torch::optim::SGDOptions(1).momentum(0.95));
    const pacer::hyperparameters settings(optimizer);
    double value = 0;
    double velocity = 0;
    for (step_t step = 0; step < steps; ++step) {
        settings.set_lr(lr(step));
        settings.set_momentum(momentum(step));
        settings.set_weight_decay(decay(step));
        update(optimizer);
        const double gradient = 1 + decay(step) * value;
        velocity = step == 0 ? gradient : momentum(step) * velocity + gradient;
        value -= lr(step) * velocity;
        CHECK(std::abs(value_of(optimizer, 0) - value) <= 1e-12);
    }
}
