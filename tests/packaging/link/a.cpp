// SPDX-License-Identifier: MIT
#include "all_headers.hpp"

double from_b(pacer::step_t step);

int main() {
    const pacer::cosine lr{{.peak_lr = 1e-3, .total_steps = 1000}};
    return lr(500) == from_b(500) ? 0 : 1;
}
