// SPDX-License-Identifier: MIT
// The same training with and without warm-up and decay, on real data. The loop is in `train`.
//   training_loop [tests/data/digits/digits.txt]
#include "digits.hpp"

#include <pacer/pacer.hpp>

#include <fmt/format.h>

#include <exception>
#include <string_view>

namespace {

constexpr std::size_t training_images = 1347;  // three quarters, as they come; the last quarter is the test
constexpr pacer::step_t epoch = training_images / digits::batch;
constexpr pacer::step_t total_steps = 15 * epoch;

struct result {
    double first_loss = 0;  // the mean training loss of the first epoch, and of the last
    double last_loss = 0;
    double accuracy = 0;  // on the test images
};

result train(const std::vector<digits::image>& images, const pacer::any_schedule<double>& lr, unsigned seed) {
    std::mt19937 random(seed);
    digits::network network(random);
    result r;
    for (pacer::step_t step = 0; step < total_steps; ++step) {
        double loss = 0;
        for (std::size_t i = 0; i < digits::batch; ++i)
            loss += network.learn_from(images[random() % training_images]) / digits::batch;
        network.update(lr(step));

        if (step < epoch)
            r.first_loss += loss / epoch;
        if (step >= total_steps - epoch)
            r.last_loss += loss / epoch;
    }
    for (std::size_t i = training_images; i < images.size(); ++i)
        if (network.read(images[i]) == images[i].digit)
            r.accuracy += 1 / static_cast<double>(images.size() - training_images);
    return r;
}

void compare(const std::vector<digits::image>& images, double peak) {
    const auto warmup = pacer::warmup_ratio(0.1);
    const struct {
        std::string_view name;
        pacer::any_schedule<double> lr;
    } schedules[] = {
        {"neither", pacer::constant{{.peak_lr = peak}}},
        {"warm-up", pacer::constant_with_warmup{{.peak_lr = peak, .total_steps = total_steps, .warmup = warmup}}},
        {"decay", pacer::cosine{{.peak_lr = peak, .total_steps = total_steps}}},
        {"warm-up and decay", pacer::cosine{{.peak_lr = peak, .total_steps = total_steps, .warmup = warmup}}},
    };

    fmt::print("peak_lr {}, {} updates, mean of ten seeds\n", peak, total_steps);
    fmt::print("{:<17} | {:^31} | {:^13} | {}\n", "", "rate of update", "loss in epoch", "test accuracy");
    fmt::print("{:<17} | {:>7} {:>7} {:>7} {:>7} | {:>6} {:>6} | {:>6} {:>7}\n", "", 0, 63, 315, 629, 1, 15, "mean",
               "worst");
    for (const auto& [name, lr] : schedules) {
        result mean;
        double worst = 1;
        for (unsigned seed = 1; seed <= 10; ++seed) {
            const result r = train(images, lr, seed);
            mean.first_loss += r.first_loss / 10;
            mean.last_loss += r.last_loss / 10;
            mean.accuracy += r.accuracy / 10;
            worst = std::min(worst, r.accuracy);
        }
        fmt::print("{:<17} | {:7.5f} {:7.5f} {:7.5f} {:7.5f} | {:6.3f} {:6.3f} | {:5.1f}% {:6.1f}%\n", name, lr(0),
                   lr(63), lr(315), lr(629), mean.first_loss, mean.last_loss, 100 * mean.accuracy, 100 * worst);
    }
    fmt::print("\n");
}

}  // namespace

int main(int argc, char** argv) try {
    const auto data = std::filesystem::path(__FILE__).parent_path() / "../tests/data/digits/digits.txt";
    const auto images = digits::read_images(argc > 1 ? argv[1] : data);
    if (images.size() <= training_images)
        throw std::runtime_error("too few images");
    compare(images, 0.02);
    compare(images, 0.08);
} catch (const std::exception& error) {
    fmt::print(stderr, "training_loop: {}\n", error.what());
    return 1;
}
