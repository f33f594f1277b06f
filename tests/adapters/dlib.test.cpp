// SPDX-License-Identifier: MIT
#include <pacer/adapters/dlib.hpp>
#include <pacer/pacer.hpp>

#include "catch.hpp"
#include "support/error_of.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace {

using pacer::step_t;

/// dlib's SGD, and a note of the rate of every update.
class noting_sgd {
public:
    explicit noting_sgd(std::vector<double>* rates = nullptr) : rates_(rates) {}

    template <class Layer>
    const dlib::tensor& operator()(const float rate, const Layer& layer, const dlib::tensor& gradient) {
        rates_->push_back(static_cast<double>(rate));
        return sgd_(rate, layer, gradient);
    }

    friend void serialize(const noting_sgd&, std::ostream&) {}
    friend void deserialize(noting_sgd&, std::istream&) {}
    [[maybe_unused]] friend std::ostream& operator<<(std::ostream& out, const noting_sgd&) { return out; }

private:
    std::vector<double>* rates_;
    dlib::sgd sgd_;
};

using net_type = dlib::loss_mean_squared<dlib::fc<1, dlib::input<dlib::matrix<float>>>>;

struct training {
    std::vector<double> rates;
    net_type net;
    dlib::dnn_trainer<net_type, noting_sgd> trainer{net, noting_sgd(&rates)};
    std::vector<dlib::matrix<float>> inputs{dlib::ones_matrix<float>(1, 1)};
    std::vector<float> labels{3};

    void update() { trainer.train_one_step(inputs, labels); }
    const std::vector<double>& finish() {
        trainer.get_net();
        return rates;
    }
};

using support::error_of;

double as_float(double rate) { return static_cast<double>(static_cast<float>(rate)); }

constexpr double lowest = 1e-7;
constexpr pacer::linear lr{{.peak_lr = 0.01, .total_steps = 10, .warmup = pacer::warmup_steps(4)}};
constexpr const char* refused = "pacer: lr = 0: must be above 0 for this trainer; give a lowest rate to use instead";

}  // namespace

TEST_CASE("dlib: update k runs at lr(k), and not below the floor") {
    training t;
    for (step_t step = 0; step < 13; ++step) {
        CHECK(pacer::set_lr(t.trainer, lr, step, lowest) == std::max(lr(step), lowest));
        t.update();
    }
    t.finish();
    REQUIRE(t.rates.size() == 13);
    for (step_t step = 0; step < 13; ++step)
        CHECK(t.rates[static_cast<std::size_t>(step)] == as_float(std::max(lr(step), lowest)));
}

TEST_CASE("dlib: a rate of 0 is an error unless a floor was asked for") {
    training t;
    t.trainer.set_learning_rate(0.5);
    CHECK(error_of([&] { pacer::set_lr(t.trainer, lr, 0); }) == refused);
    CHECK(error_of([&] { pacer::set_lr(t.trainer, 0); }) == refused);
    CHECK(error_of([&] { pacer::set_lr(t.trainer, -1, lowest); }) ==
          "pacer: lr = -1: must be a finite rate of 0 or more");
    CHECK(error_of([&] { pacer::set_lr(t.trainer, std::numeric_limits<double>::quiet_NaN(), lowest); }) ==
          "pacer: lr = nan: must be a finite rate of 0 or more");
    CHECK(error_of([&] { pacer::set_lr(t.trainer, 0.1, -1); }) ==
          "pacer: lowest = -1: must be a finite rate of 0 or more");
    CHECK(t.trainer.get_learning_rate() == 0.5);
    CHECK(pacer::set_lr(t.trainer, lr, 4) == 0.01);
    CHECK(t.trainer.get_learning_rate() == 0.01);

    CHECK(error_of([] { static_cast<void>(pacer::to_column(lr, 10)); }) == refused);
    CHECK(error_of([] { static_cast<void>(pacer::to_column(lr, 0, lowest)); }) ==
          "pacer: updates = 0: must be at least 1, and fit into a long");
}

TEST_CASE("dlib: a column holds the rates of the updates; dlib uses them one update late") {
    const auto column = pacer::to_column(lr, 10, lowest);
    REQUIRE(column.size() == 10);
    for (long step = 0; step < 10; ++step)
        CHECK(column(step) == std::max(lr(step), lowest));

    training t;
    t.trainer.set_learning_rate_schedule(column);
    for (int k = 0; k < 13; ++k)
        t.update();
    t.finish();
    REQUIRE(t.rates.size() == 13);
    for (long k = 0; k < 13; ++k) {
        CAPTURE(k);
        const double late = k == 0 ? column(0) : k <= 10 ? column(k - 1) : 0.99 * column(9);
        CHECK(t.rates[static_cast<std::size_t>(k)] == as_float(late));
    }
}

TEST_CASE("dlib: the column of the schedule one step ahead is right from update 1 on") {
    training t;
    t.trainer.set_learning_rate_schedule(pacer::to_column(pacer::advance(lr, 1), 12, lowest));
    for (int k = 0; k < 12; ++k)
        t.update();
    t.finish();
    CHECK(t.rates[0] == as_float(lr(1)));
    for (step_t k = 1; k < 12; ++k)
        CHECK(t.rates[static_cast<std::size_t>(k)] == as_float(std::max(lr(k), lowest)));
}

TEST_CASE("dlib: where the rate stays the same, its own shrinking does not change it") {
    training t;
    t.labels = {0};  // nothing to learn: no progress
    t.inputs = {dlib::zeros_matrix<float>(1, 1)};
    t.trainer.set_iterations_without_progress_threshold(20);
    const pacer::constant flat{{.peak_lr = 0.01}};
    for (step_t step = 0; step < 400; ++step) {
        pacer::set_lr(t.trainer, flat, step);
        t.update();
    }
    t.finish();
    for (const double rate : t.rates)
        REQUIRE(rate == as_float(0.01));
    // On its own it would have shrunk.
    const auto done = t.rates.size();
    for (int k = 0; k < 400; ++k)
        t.update();
    t.finish();
    CHECK(t.rates.size() == done + 400);
    CHECK(t.rates.back() < 0.005);
}
