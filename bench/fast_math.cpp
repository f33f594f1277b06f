// SPDX-License-Identifier: MIT
// The loop by hand, compiled as fast as the compiler can: -O3 -ffast-math and a vector cosine. Compiled once for each
// instruction set; PACER_BENCH_LEVEL is its name. A file of its own, so that no other code is compiled so.
#include "fast_math.hpp"

#include <cmath>
#include <numbers>

#define PACER_BENCH_JOIN_(a, b) a##b
#define PACER_BENCH_JOIN(a, b) PACER_BENCH_JOIN_(a, b)

namespace bench {

// The index is an int because g++ 12 vectorises a conversion from int to double, and none from a 64-bit integer.
void PACER_BENCH_JOIN(fast_math_, PACER_BENCH_LEVEL)(double* out, int n, double peak, double min, int warmup) {
    for (int s = 0; s < warmup; ++s)
        out[s] = peak * s / warmup;
    const double angle = std::numbers::pi / (n - warmup);
    const double half = (peak - min) * 0.5;
    for (int s = warmup; s < n; ++s)
        out[s] = min + half * (1 + std::cos(angle * (s - warmup)));
}

}  // namespace bench
