// SPDX-License-Identifier: MIT
#ifndef PACER_BENCH_FAST_MATH_HPP
#define PACER_BENCH_FAST_MATH_HPP

namespace bench {

/// Writes the whole curve of n steps: as compiled for any processor, for one with AVX2, for one with AVX-512.
void fast_math_baseline(double* out, int n, double peak, double min, int warmup);
void fast_math_avx2(double* out, int n, double peak, double min, int warmup);
void fast_math_avx512(double* out, int n, double peak, double min, int warmup);

}  // namespace bench

#endif
