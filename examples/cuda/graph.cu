// SPDX-License-Identifier: MIT
// A captured CUDA graph needs no update from the host: its kernels compute the rate from a counter on the device. The
// graph is captured once and launched once for each update; then the rates that were used are compared, bit for bit,
// with what the host computes. The counter is all there is to save and to restore: the run is stopped once on the way.
#include "step.cuh"

#include <pacer/schedules/cosine.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

constexpr int size = 1000;
constexpr pacer::step_t total = 500;

void check(cudaError_t error) {
    if (error == cudaSuccess)
        return;
    std::fprintf(stderr, "%s\n", cudaGetErrorString(error));
    std::exit(1);
}

// Launches the graph until `step` updates are done; nothing but the launch comes from the host.
void train_until(pacer::step_t step, pacer::step_t& done, cudaGraphExec_t graph, cudaStream_t stream) {
    for (; done < step; ++done)
        check(cudaGraphLaunch(graph, stream));
    check(cudaStreamSynchronize(stream));
}

}  // namespace

int main() {
    int devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
        std::printf("there is no CUDA device\n");
        return 77;
    }

    const pacer::cosine lr{{.peak_lr = 0.1, .total_steps = total, .warmup = pacer::warmup_ratio(0.1)}};

    pacer::step_t* counter = nullptr;
    float* weights = nullptr;
    float* targets = nullptr;
    float* log = nullptr;
    check(cudaMalloc(&counter, sizeof *counter));
    check(cudaMalloc(&weights, size * sizeof *weights));
    check(cudaMalloc(&targets, size * sizeof *targets));
    check(cudaMalloc(&log, total * sizeof *log));
    check(cudaMemset(counter, 0, sizeof *counter));
    check(cudaMemset(weights, 0, size * sizeof *weights));
    const std::vector<float> ones(size, 1.0f);
    check(cudaMemcpy(targets, ones.data(), size * sizeof *targets, cudaMemcpyHostToDevice));

    cudaStream_t stream{};
    cudaGraph_t graph{};
    cudaGraphExec_t executable{};
    check(cudaStreamCreate(&stream));
    check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
    update<<<(size + 127) / 128, 128, 0, stream>>>(lr, counter, weights, targets, size, log);
    count<<<1, 1, 0, stream>>>(counter);
    check(cudaGetLastError());
    check(cudaStreamEndCapture(stream, &graph));
    check(cudaGraphInstantiateWithFlags(&executable, graph, 0));

    pacer::step_t done = 0;
    train_until(total / 2, done, executable, stream);

    pacer::step_t saved = 0;
    check(cudaMemcpy(&saved, counter, sizeof saved, cudaMemcpyDeviceToHost));
    check(cudaMemset(counter, 0, sizeof *counter));  // as after a restart
    check(cudaMemcpy(counter, &saved, sizeof saved, cudaMemcpyHostToDevice));
    train_until(total, done, executable, stream);

    std::vector<float> rates(total);
    float weight = 0;
    check(cudaMemcpy(rates.data(), log, total * sizeof *log, cudaMemcpyDeviceToHost));
    check(cudaMemcpy(&weight, weights, sizeof weight, cudaMemcpyDeviceToHost));

    int different = 0;
    for (pacer::step_t step = 0; step < total; ++step) {
        const auto expected = static_cast<float>(lr(step));
        different += std::memcmp(&expected, &rates[static_cast<std::size_t>(step)], sizeof expected) != 0;
    }
    std::printf("%d updates by one captured graph, stopped at %d: %d rates differ from the host's; weight %.6f\n",
                static_cast<int>(total), static_cast<int>(saved), different, static_cast<double>(weight));

    check(cudaGraphExecDestroy(executable));
    check(cudaGraphDestroy(graph));
    check(cudaStreamDestroy(stream));
    for (void* memory : {static_cast<void*>(counter), static_cast<void*>(weights), static_cast<void*>(targets),
                         static_cast<void*>(log)})
        check(cudaFree(memory));
    return different == 0 && saved == total / 2 ? 0 : 1;
}
