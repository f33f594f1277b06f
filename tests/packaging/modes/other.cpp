// SPDX-License-Identifier: MIT
// Compiled in another mode than the unit it is linked with.
#include <pacer/fill.hpp>
#include <pacer/pacer.hpp>

#include <vector>

double other(pacer::step_t total) { return pacer::cosine{{.peak_lr = 1e-3, .total_steps = total}}(total / 2); }

void other_fill(std::vector<double>& rates, const pacer::polynomial<double>& polynomial,
                const pacer::cosine<double>& cosine) {
    pacer::fill(polynomial, 0, rates);
    pacer::fill(cosine, 0, rates);
}
