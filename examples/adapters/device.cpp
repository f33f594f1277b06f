// SPDX-License-Identifier: MIT
// Training whose update reads its rate from memory, as a captured CUDA graph does: the graph is made once, and again and
// again run as it is, while the host writes one float an update. Here the host plays the device too, two updates behind.
#include "digits.hpp"

#include <pacer/adapters/device.hpp>
#include <pacer/pacer.hpp>

#include <fmt/format.h>

#include <deque>
#include <exception>
#include <functional>

int main() try {
    const auto data = std::filesystem::path(__FILE__).parent_path() / "../../tests/data/digits/digits.txt";
    const auto images = digits::read_images(data);
    constexpr std::size_t training_images = 1347;
    constexpr pacer::cosine lr{{.peak_lr = 0.02, .total_steps = 630, .warmup = pacer::warmup_ratio(0.1)}};

    std::mt19937 random(1);
    digits::network network(random);
    float device_lr = 0;
    const auto graph = [&] {
        for (std::size_t i = 0; i < digits::batch; ++i)
            network.learn_from(images[random() % training_images]);
        network.update(static_cast<double>(device_lr));
    };

    std::deque<std::function<void()>> stream;
    std::array<float, 3> pinned{};  // one for each update that may be under way, and one for the next
    pacer::step_t different = 0;
    for (pacer::step_t step = 0; step < lr.total_steps(); ++step) {
        const float* from = pacer::set_lr(pinned, lr, step);
        stream.push_back([&, from, step] {
            device_lr = *from;  // cudaMemcpyAsync(device_lr, from, sizeof(float), cudaMemcpyHostToDevice, stream)
            different += device_lr == static_cast<float>(lr(step)) ? 0 : 1;
            graph();  // cudaGraphLaunch(graph, stream)
        });
        for (; stream.size() > 2 || (step + 1 == lr.total_steps() && !stream.empty()); stream.pop_front())
            stream.front()();
    }

    double right = 0;
    for (std::size_t i = training_images; i < images.size(); ++i)
        right += network.read(images[i]) == images[i].digit ? 1 : 0;
    const double accuracy = right / static_cast<double>(images.size() - training_images);
    fmt::print("{} updates, {} of them at another rate than lr(step); {:.1f}% of the test images read\n",
               lr.total_steps(), different, 100 * accuracy);
    return different == 0 && accuracy > 0.9 ? 0 : 1;
} catch (const std::exception& error) {
    fmt::print(stderr, "device: {}\n", error.what());
    return 1;
}
