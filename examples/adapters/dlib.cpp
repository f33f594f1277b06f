// SPDX-License-Identifier: MIT
// dlib: a small network that learns to read handwritten digits, at a warm-up and a cosine.
#include "digits.hpp"

#include <pacer/adapters/dlib.hpp>
#include <pacer/pacer.hpp>

#include <fmt/format.h>

#include <exception>

namespace {

using image = dlib::matrix<float, 8, 8>;
using network =
    dlib::loss_multiclass_log<dlib::fc<10, dlib::relu<dlib::fc<32, dlib::input<dlib::matrix<float, 8, 8>>>>>>;

constexpr std::size_t training_images = 1347;  // three quarters, as they come; the last quarter is the test

}  // namespace

int main() try {
    const auto data = std::filesystem::path(__FILE__).parent_path() / "../../tests/data/digits/digits.txt";
    std::vector<image> pixels;
    std::vector<unsigned long> labels;
    for (const digits::image& read : digits::read_images(data)) {
        image& x = pixels.emplace_back();
        for (long i = 0; i < x.size(); ++i)
            x(i / 8, i % 8) = static_cast<float>(read.pixel[static_cast<std::size_t>(i)]);
        labels.push_back(read.digit);
    }

    constexpr pacer::cosine lr{{.peak_lr = 0.01, .total_steps = 630, .warmup = pacer::warmup_ratio(0.1)}};
    constexpr double lowest = 1e-10;  // dlib refuses 0, the rate of update 0

    network net;
    dlib::dnn_trainer<network, dlib::adam> trainer(net, dlib::adam(0.0005F, 0.9F, 0.999F));
    std::mt19937 random(1);
    for (pacer::step_t step = 0; step < lr.total_steps(); ++step) {
        std::vector<image> batch;
        std::vector<unsigned long> batch_labels;
        for (int i = 0; i < 32; ++i) {
            const std::size_t which = random() % training_images;
            batch.push_back(pixels[which]);
            batch_labels.push_back(labels[which]);
        }
        const double rate = pacer::set_lr(trainer, lr, step, lowest);
        trainer.train_one_step(batch, batch_labels);
        if (step % 90 == 0)
            fmt::print("update {:3}: rate {:.4g}, loss so far {:.3f}\n", step, rate, trainer.get_average_loss());
    }
    trainer.get_net();  // waits for the last update

    std::size_t right = 0;
    const std::vector<image> test(pixels.begin() + training_images, pixels.end());
    const auto read = net(test);
    for (std::size_t i = 0; i < test.size(); ++i)
        right += read[i] == labels[training_images + i] ? 1U : 0U;
    const double accuracy = static_cast<double>(right) / static_cast<double>(test.size());
    fmt::print("{:.1f}% of the test images read\n", 100 * accuracy);
    return accuracy > 0.88 ? 0 : 1;
} catch (const std::exception& error) {
    fmt::print(stderr, "dlib: {}\n", error.what());
    return 1;
}
