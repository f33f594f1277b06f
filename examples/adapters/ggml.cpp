// SPDX-License-Identifier: MIT
// ggml: a small network that learns to read handwritten digits, by AdamW at a warm-up and a cosine, with two
// micro-batches to an update.
#include "digits.hpp"

#include <pacer/adapters/ggml.hpp>
#include <pacer/pacer.hpp>

#include <ggml-backend.h>
#include <ggml-opt.h>
#include <ggml.h>

#include <fmt/format.h>

#include <exception>

namespace {

constexpr int micro_batch = 16;
constexpr int accumulation = 2;
constexpr std::int64_t images_used = 1792;      // 56 full batches of the 1797
constexpr std::int64_t training_images = 1344;  // 42 of them, as they come; the rest is the test
constexpr int epochs = 15;

ggml_context* context_of(std::size_t bytes) {
    return ggml_init({.mem_size = bytes, .mem_buffer = nullptr, .no_alloc = true});
}

ggml_opt_dataset_t read(const std::filesystem::path& file) {
    const auto images = digits::read_images(file);
    ggml_opt_dataset_t dataset =
        ggml_opt_dataset_init(GGML_TYPE_F32, GGML_TYPE_F32, digits::pixels, digits::classes, images_used, micro_batch);
    float* pixels = ggml_get_data_f32(ggml_opt_dataset_data(dataset));
    float* labels = ggml_get_data_f32(ggml_opt_dataset_labels(dataset));
    for (std::size_t i = 0; i < images_used; ++i) {
        for (std::size_t k = 0; k < digits::pixels; ++k)
            pixels[i * digits::pixels + k] = static_cast<float>(images.at(i).pixel[k]);
        for (std::size_t k = 0; k < digits::classes; ++k)
            labels[i * digits::classes + k] = images[i].digit == k ? 1.0F : 0.0F;
    }
    return dataset;
}

}  // namespace

int main() try {
    ggml_opt_dataset_t dataset =
        read(std::filesystem::path(__FILE__).parent_path() / "../../tests/data/digits/digits.txt");
    ggml_backend_t backend = ggml_backend_init_by_type(GGML_BACKEND_DEVICE_TYPE_CPU, nullptr);
    // Its threads wait by spinning, which is slow where there are fewer processors than threads; one is enough here.
    ggml_backend_reg_t cpu = ggml_backend_dev_backend_reg(ggml_backend_get_device(backend));
    void* set_n_threads = ggml_backend_reg_get_proc_address(cpu, "ggml_backend_set_n_threads");
    reinterpret_cast<ggml_backend_set_n_threads_t>(set_n_threads)(backend, 1);
    ggml_backend_sched_t sched = ggml_backend_sched_new(&backend, nullptr, 1, GGML_DEFAULT_GRAPH_SIZE, false, true);

    ggml_context* parameters = context_of(16 * ggml_tensor_overhead());
    ggml_tensor* images = ggml_new_tensor_2d(parameters, GGML_TYPE_F32, digits::pixels, micro_batch);
    ggml_tensor* weight_1 = ggml_new_tensor_2d(parameters, GGML_TYPE_F32, digits::pixels, digits::hidden);
    ggml_tensor* bias_1 = ggml_new_tensor_1d(parameters, GGML_TYPE_F32, digits::hidden);
    ggml_tensor* weight_2 = ggml_new_tensor_2d(parameters, GGML_TYPE_F32, digits::hidden, digits::classes);
    ggml_tensor* bias_2 = ggml_new_tensor_1d(parameters, GGML_TYPE_F32, digits::classes);
    ggml_set_input(images);
    ggml_backend_buffer_t buffer = ggml_backend_alloc_ctx_tensors(parameters, backend);
    std::mt19937 random(1);
    std::normal_distribution<float> normal(0, 0.2F);
    for (ggml_tensor* t : {weight_1, bias_1, weight_2, bias_2}) {
        std::vector<float> values(static_cast<std::size_t>(ggml_nelements(t)));
        for (float& v : values)
            v = normal(random);
        ggml_backend_tensor_set(t, values.data(), 0, ggml_nbytes(t));
        ggml_set_param(t);
    }

    ggml_context* compute = context_of(GGML_DEFAULT_GRAPH_SIZE * ggml_tensor_overhead() + 3 * ggml_graph_overhead());
    ggml_tensor* hidden = ggml_relu(compute, ggml_add(compute, ggml_mul_mat(compute, weight_1, images), bias_1));
    ggml_tensor* scores = ggml_add(compute, ggml_mul_mat(compute, weight_2, hidden), bias_2);
    ggml_set_output(scores);

    constexpr pacer::step_t updates = epochs * training_images / (micro_batch * accumulation);
    constexpr pacer::cosine lr{{.peak_lr = 0.02, .total_steps = updates, .warmup = pacer::warmup_ratio(0.1)}};
    pacer::ggml_rates rates(lr, 1e-10F);  // ggml refuses 0, the rate of update 0
    rates.parameters.adamw.wd = 0.01F;

    ggml_opt_params params = ggml_opt_default_params(sched, GGML_OPT_LOSS_TYPE_CROSS_ENTROPY);
    params.ctx_compute = compute;
    params.inputs = images;
    params.outputs = scores;
    params.opt_period = accumulation;
    params.get_opt_pars = rates.callback;
    params.get_opt_pars_ud = &rates;
    ggml_opt_context_t training = ggml_opt_init(params);

    double accuracy = 0;
    for (int epoch = 1; epoch <= epochs; ++epoch) {
        ggml_opt_dataset_shuffle(training, dataset, training_images);
        ggml_opt_result_t seen = ggml_opt_result_init();
        ggml_opt_result_t test = ggml_opt_result_init();
        ggml_opt_epoch(training, dataset, seen, test, training_images, nullptr, nullptr);
        double loss = 0;
        ggml_opt_result_loss(seen, &loss, nullptr);
        ggml_opt_result_accuracy(test, &accuracy, nullptr);
        if (epoch % 3 == 0)
            fmt::print(
                "after {:3} updates, the next one at rate {:.4g}: loss {:.3f}, {:.1f}% of the test images read\n",
                rates.step(), lr(rates.step()), loss, 100 * accuracy);
        ggml_opt_result_free(seen);
        ggml_opt_result_free(test);
    }
    const bool good = rates.step() == updates && accuracy > 0.88;

    ggml_opt_free(training);
    ggml_opt_dataset_free(dataset);
    ggml_free(compute);
    ggml_free(parameters);
    ggml_backend_buffer_free(buffer);
    ggml_backend_sched_free(sched);
    ggml_backend_free(backend);
    return good ? 0 : 1;
} catch (const std::exception& error) {
    fmt::print(stderr, "ggml: {}\n", error.what());
    return 1;
}
