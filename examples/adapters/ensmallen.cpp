// SPDX-License-Identifier: MIT
// ensmallen: the ten weights of each pixel that best tell handwritten digits (softmax regression), by Adam at a warm-up
// and a cosine. The run is stopped in the middle and goes on.
#include "digits.hpp"

#include <pacer/adapters/ensmallen.hpp>
#include <pacer/pacer.hpp>

#include <fmt/format.h>

#include <exception>
#include <numeric>

namespace {

constexpr std::size_t training_images = 1347;  // three quarters, as they come; the last quarter is the test

/// What ensmallen calls a separable function: the loss of each image, as a function of the weights.
class softmax_regression {
public:
    explicit softmax_regression(const std::vector<digits::image>& images) : images_(images), order_(training_images) {
        std::iota(order_.begin(), order_.end(), 0);
    }

    size_t NumFunctions() const { return order_.size(); }
    void Shuffle() { std::shuffle(order_.begin(), order_.end(), random_); }

    double EvaluateWithGradient(const arma::mat& weights, const size_t begin, arma::mat& gradient, const size_t batch) {
        gradient.zeros(weights.n_rows, weights.n_cols);
        double loss = 0;
        for (size_t i = begin; i < begin + batch; ++i) {
            const digits::image& image = images_[order_[i]];
            const arma::vec x = input(image);
            arma::vec p = probabilities(weights, x);
            loss -= std::log(p(image.digit));
            p(image.digit) -= 1;
            gradient += p * x.t();
        }
        return loss;
    }
    double Evaluate(const arma::mat& weights, const size_t begin, const size_t batch) {
        arma::mat unused;
        return EvaluateWithGradient(weights, begin, unused, batch);
    }
    void Gradient(const arma::mat& weights, const size_t begin, arma::mat& gradient, const size_t batch) {
        EvaluateWithGradient(weights, begin, gradient, batch);
    }

    double accuracy(const arma::mat& weights) const {
        double right = 0;
        for (std::size_t i = training_images; i < images_.size(); ++i)
            right += probabilities(weights, input(images_[i])).index_max() == images_[i].digit ? 1 : 0;
        return right / static_cast<double>(images_.size() - training_images);
    }

private:
    static arma::vec input(const digits::image& image) {
        arma::vec x(digits::pixels + 1, arma::fill::ones);
        std::copy(image.pixel.begin(), image.pixel.end(), x.begin());
        return x;
    }
    static arma::vec probabilities(const arma::mat& weights, const arma::vec& x) {
        const arma::vec scores = weights * x;
        const arma::vec p = arma::exp(scores - scores.max());
        return p / arma::accu(p);
    }

    const std::vector<digits::image>& images_;
    std::vector<std::size_t> order_;
    std::mt19937 random_{1};
};

}  // namespace

int main() try {
    const auto data = std::filesystem::path(__FILE__).parent_path() / "../../tests/data/digits/digits.txt";
    const auto images = digits::read_images(data);
    constexpr pacer::cosine lr{{.peak_lr = 0.05, .total_steps = 630, .warmup = pacer::warmup_ratio(0.1)}};

    softmax_regression loss(images);
    arma::mat weights(digits::classes, digits::pixels + 1, arma::fill::zeros);
    // The rate is never 1: the callback sets it before every update. No limit and no tolerance of its own.
    ens::Adam adam(1, digits::batch, 0.9, 0.999, 1e-8, 0, -1, true, false);

    pacer::step_size first(lr);
    adam.Optimize(loss, weights, first.until(300));
    const pacer::step_t saved = first.step();
    const auto report = [&](const char* when, pacer::step_t updates) {
        fmt::print("{} {} updates: training loss {:.3f}, {:.1f}% of the test images read\n", when, updates,
                   loss.Evaluate(weights, 0, training_images) / training_images, 100 * loss.accuracy(weights));
    };
    report("stopped after", saved);

    pacer::step_size second(lr, saved);
    adam.Optimize(loss, weights, second.until(lr.total_steps()));
    report("after all", second.step());
    return saved == 300 && second.step() == 630 && loss.accuracy(weights) > 0.85 ? 0 : 1;
} catch (const std::exception& error) {
    fmt::print(stderr, "ensmallen: {}\n", error.what());
    return 1;
}
