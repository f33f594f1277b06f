// SPDX-License-Identifier: MIT
#include <pacer/adapters/ensmallen.hpp>
#include <pacer/pacer.hpp>

#include "catch.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace {

using pacer::step_t;

/// Twelve data points, whatever the weights: the gradient of each is 1, so that an update subtracts its rate.
class slope {
public:
    size_t NumFunctions() const { return 12; }
    void Shuffle() {}
    double Evaluate(const arma::mat& w, const size_t, const size_t batch) {
        return arma::accu(w) * static_cast<double>(batch);
    }
    void Gradient(const arma::mat& w, const size_t, arma::mat& gradient, const size_t batch) {
        gradient.ones(w.n_rows, w.n_cols);
        gradient *= static_cast<double>(batch);
    }
};

/// Notes the step size that every update finds, and the weight after it.
struct notes {
    std::vector<double> rates{};
    std::vector<double> weights{};

    template <class Optimizer, class Function, class Matrix>
    bool Gradient(Optimizer& optimizer, Function&, const Matrix&, const Matrix&) {
        rates.push_back(optimizer.StepSize());
        return false;
    }
    template <class Optimizer, class Function, class Matrix>
    bool StepTaken(Optimizer&, Function&, const Matrix& weight) {
        weights.push_back(weight(0));
        return false;
    }
};

constexpr pacer::cosine lr{{.peak_lr = 0.1, .total_steps = 20, .warmup = pacer::warmup_steps(4)}};
// Four points a batch, hence three updates an epoch. No tolerance: a rate of 0 changes nothing, which is no reason to stop.
constexpr size_t batch = 4;
constexpr double never = -1;

}  // namespace

TEST_CASE("ensmallen: update k runs at lr(k), and the run ends where it was told to") {
    slope f;
    arma::mat w(1, 1, arma::fill::zeros);
    ens::StandardSGD sgd(7, batch, 0, never, false);
    pacer::step_size rate(lr);
    notes seen;
    sgd.Optimize(f, w, seen, rate.until(20));
    CHECK(rate.step() == 20);
    REQUIRE(seen.rates.size() == 20);
    double weight = 0;
    for (step_t k = 0; k < 20; ++k) {
        CAPTURE(k);
        const auto i = static_cast<std::size_t>(k);
        CHECK(seen.rates[i] == lr(k));
        // A batch counts by its mean (since 3.10), or by its sum.
        const double gradient = std::round((weight - seen.weights[i]) / (k == 0 ? 1 : lr(k)));
        CHECK((gradient == 1 || gradient == batch || k == 0));
        CHECK(seen.weights[i] == Approx(weight - lr(k) * gradient).margin(1e-12));
        weight = seen.weights[i];
    }
}

TEST_CASE("ensmallen: a run goes on where it stopped, also in the middle of an epoch") {
    const auto train = [](const std::vector<step_t>& stops) {
        slope f;
        arma::mat w(1, 1, arma::fill::zeros);
        step_t done = 0;
        for (const step_t stop : stops) {
            ens::StandardSGD sgd(7, 1, 0, never, false);
            pacer::step_size rate(lr, done);
            sgd.Optimize(f, w, rate.until(stop));
            done = rate.step();
            CHECK(done == stop);
        }
        return w(0);
    };
    const double whole = train({20});
    CHECK(whole != 0);
    CHECK(train({7, 20}) == whole);
    CHECK(train({0, 1, 12, 12, 20}) == whole);
}

TEST_CASE("ensmallen: optimizers with an inner one, Adam for instance") {
    slope f;
    arma::mat w(3, 1, arma::fill::zeros);
    ens::Adam adam(7, batch, 0.9, 0.999, 1e-8, 0, never, false);
    pacer::step_size rate(lr);
    notes seen;
    adam.Optimize(f, w, seen, rate.until(20));
    REQUIRE(seen.rates.size() == 20);
    for (step_t k = 0; k < 20; ++k)
        CHECK(seen.rates[static_cast<std::size_t>(k)] == lr(k));
    CHECK(seen.weights.front() == 0);
    CHECK(w(0) < 0);
}

TEST_CASE("ensmallen: without an end, the optimizer's own limit rules") {
    slope f;
    arma::mat w(1, 1, arma::fill::zeros);
    ens::StandardSGD sgd(7, batch, 5 * batch, never, false);  // its limit counts points
    pacer::step_size rate(lr);
    sgd.Optimize(f, w, rate);
    CHECK(rate.step() == 5);
}

TEST_CASE("ensmallen: what is no rate is an error") {
    slope f;
    arma::mat w(1, 1, arma::fill::zeros);
    ens::StandardSGD sgd(7, batch, 0, never, false);
    pacer::step_size bad([](step_t step) { return step == 2 ? std::numeric_limits<double>::quiet_NaN() : 0.1; });
    CHECK_THROWS_AS(sgd.Optimize(f, w, bad.until(9)), pacer::invalid_schedule);
    CHECK(bad.step() == 2);
    CHECK_THROWS_AS(pacer::step_size(lr, -1), pacer::invalid_schedule);
}
