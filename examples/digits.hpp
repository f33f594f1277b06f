// SPDX-License-Identifier: MIT
// What the examples train: a small neural network that learns to read handwritten digits.
#ifndef PACER_EXAMPLES_DIGITS_HPP
#define PACER_EXAMPLES_DIGITS_HPP

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace digits {

constexpr std::size_t pixels = 64;
constexpr std::size_t hidden = 32;
constexpr std::size_t classes = 10;
constexpr std::size_t batch = 32;

struct image {
    std::array<double, pixels> pixel;
    std::size_t digit;
};

inline std::vector<image> read_images(const std::filesystem::path& file) {
    const std::string shades = "0123456789abcdefg";
    std::ifstream in(file);
    std::vector<image> images;
    std::size_t digit = 0;
    for (std::string row; in >> digit >> row;) {
        if (digit >= classes || row.size() != pixels || row.find_first_not_of(shades) != std::string::npos)
            throw std::runtime_error(file.string() + ": not an image: " + row);
        image& read = images.emplace_back(image{{}, digit});
        for (std::size_t i = 0; i < pixels; ++i)
            read.pixel[i] = static_cast<double>(shades.find(row[i])) / 16;
    }
    if (images.empty())
        throw std::runtime_error("cannot read images from " + file.string());
    return images;
}

/// Fully connected, 64 - 32 - 10, with ReLU and softmax, and trained by Adam.
class network {
public:
    explicit network(std::mt19937& random) {
        const auto fill = [&](std::size_t from, std::size_t to, double scale) {
            for (std::size_t i = from; i < to; ++i)
                weights_[i] = scale * (static_cast<double>(random()) / 0x1p31 - 1);
        };
        fill(0, first, std::sqrt(6.0 / pixels));
        fill(second, last, std::sqrt(6.0 / hidden));
    }

    /// The loss of this image; adds its gradient.
    double learn_from(const image& x) {
        auto output = forward(x);
        const double loss = -std::log(std::max(output[x.digit], 1e-300));
        output[x.digit] -= 1;
        for (std::size_t h = 0; h < hidden; ++h) {
            double back = 0;
            for (std::size_t c = 0; c < classes; ++c) {
                back += output[c] * weights_[second + h * classes + c];
                gradient_[second + h * classes + c] += output[c] * activation_[h];
            }
            if (activation_[h] <= 0)
                continue;
            gradient_[first + h] += back;
            for (std::size_t i = 0; i < pixels; ++i)
                gradient_[i * hidden + h] += back * x.pixel[i];
        }
        for (std::size_t c = 0; c < classes; ++c)
            gradient_[last + c] += output[c];
        return loss;
    }

    /// One update by Adam, with the gradients of one batch.
    void update(double lr) {
        const double updates = ++updates_[0];
        const double correction = std::sqrt(1 - std::pow(0.999, updates)) / (1 - std::pow(0.9, updates));
        for (std::size_t i = 0; i < weights_.size(); ++i) {
            const double gradient = std::exchange(gradient_[i], 0) / batch;
            mean_[i] = 0.9 * mean_[i] + 0.1 * gradient;
            square_[i] = 0.999 * square_[i] + 0.001 * gradient * gradient;
            weights_[i] -= lr * correction * mean_[i] / (std::sqrt(square_[i]) + 1e-8);
        }
    }

    std::size_t read(const image& x) {
        const auto output = forward(x);
        return static_cast<std::size_t>(std::max_element(output.begin(), output.end()) - output.begin());
    }

    /// Everything an update depends on, for a checkpoint: visit(values) for each part.
    template <class Visitor>
    void each_state(Visitor visit) {
        visit(weights_);
        visit(mean_);
        visit(square_);
        visit(updates_);
    }

private:
    /// The probability of each digit.
    std::array<double, classes> forward(const image& x) {
        for (std::size_t h = 0; h < hidden; ++h) {
            double sum = weights_[first + h];
            for (std::size_t i = 0; i < pixels; ++i)
                sum += x.pixel[i] * weights_[i * hidden + h];
            activation_[h] = std::max(sum, 0.0);
        }
        std::array<double, classes> output{};
        for (std::size_t c = 0; c < classes; ++c) {
            output[c] = weights_[last + c];
            for (std::size_t h = 0; h < hidden; ++h)
                output[c] += activation_[h] * weights_[second + h * classes + c];
        }
        const double largest = *std::max_element(output.begin(), output.end());
        double sum = 0;
        for (double& o : output)
            sum += o = std::exp(o - largest);
        for (double& o : output)
            o /= sum;
        return output;
    }

    // The weights in one row: pixels to hidden, its biases, hidden to classes, its biases.
    static constexpr std::size_t first = pixels * hidden;
    static constexpr std::size_t second = first + hidden;
    static constexpr std::size_t last = second + hidden * classes;
    std::vector<double> weights_ = std::vector<double>(last + classes);
    std::vector<double> gradient_ = weights_;
    std::vector<double> mean_ = weights_;
    std::vector<double> square_ = weights_;
    std::array<double, hidden> activation_{};
    std::vector<double> updates_ = {0};
};

}  // namespace digits

#endif
