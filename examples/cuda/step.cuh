// SPDX-License-Identifier: MIT
// The kernels of a training step whose rate is computed on the device, from a counter that is there too.
#ifndef PACER_EXAMPLES_CUDA_STEP_CUH
#define PACER_EXAMPLES_CUDA_STEP_CUH

#include <pacer/schedule.hpp>

/// One update of plain gradient descent on (w - target)^2 / 2. Every thread asks the schedule, a value in the kernel's
/// arguments, for the rate of the update that the counter says; `log[step]` gets the rate that was used.
template <pacer::Schedule S>
__global__ void update(S lr, const pacer::step_t* counter, float* weights, const float* targets, int size, float* log) {
    const pacer::step_t step = *counter;
    const auto rate = static_cast<float>(lr(step));
    const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
    if (i < size)
        weights[i] -= rate * (weights[i] - targets[i]);
    if (i == 0)
        log[step] = rate;
}

/// A kernel of its own: every thread of `update` must have read the counter before.
__global__ void count(pacer::step_t* counter) { ++*counter; }

#endif
