// SPDX-License-Identifier: MIT
// The kernels of examples/cuda with a schedule, for a compiler without CUDA's headers: what those declare is written
// out here.
struct uint3 {
    unsigned x, y, z;
};
struct dim3 {
    unsigned x, y, z;
};
#include <__clang_cuda_builtin_vars.h>

#include "../../examples/cuda/step.cuh"

#include <pacer/schedules/cosine.hpp>

void instantiate(void (*use)(const void*)) { use(reinterpret_cast<const void*>(&update<pacer::cosine<>>)); }
