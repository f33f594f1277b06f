// SPDX-License-Identifier: MIT
#include "all_headers.hpp"

double from_b(pacer::step_t step);

double from_b(pacer::step_t step) {
    const pacer::cosine lr{{.peak_lr = 1e-3, .total_steps = 1000}};
    return lr(step);
}
