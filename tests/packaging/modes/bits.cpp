// SPDX-License-Identifier: MIT
// Linked with other.cpp, which has -ffast-math or wider instructions: the bits here are those of this unit.
#include <pacer/fill.hpp>
#include <pacer/pacer.hpp>

#include <cstdio>
#include <vector>

double other(pacer::step_t total);
void other_fill(std::vector<double>& rates, const pacer::polynomial<double>& polynomial,
                const pacer::cosine<double>& cosine);

int main() {
    const pacer::polynomial polynomial{{.peak_lr = 1e-3, .power = 0.9, .total_steps = 1000}};
    const pacer::cosine cosine{{.peak_lr = 3e-4, .total_steps = 997}};
    constexpr pacer::cosine constant{{.peak_lr = 3e-4, .total_steps = 997}};
    std::vector<double> rates(1000);
    int differ = 0;
    pacer::fill(polynomial, 0, rates);
    for (int s = 0; s < 1000; ++s)
        differ += rates[static_cast<std::size_t>(s)] != polynomial(s);
    pacer::fill(cosine, 0, rates);
    for (int s = 0; s < 1000; ++s)
        differ += (rates[static_cast<std::size_t>(s)] != cosine(s)) + (cosine(s) != constant(s));
    other_fill(rates, polynomial, cosine);
    if (differ > 0)
        std::printf("%d rates differ\n", differ);
    return differ == 0 && other(10) > 0 ? 0 : 1;
}
