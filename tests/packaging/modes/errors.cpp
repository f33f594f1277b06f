// SPDX-License-Identifier: MIT
// With exceptions, beside other.cpp without: an error is caught.
#include <pacer/pacer.hpp>

#include <cstdio>

double other(pacer::step_t total);

int main(int argc, char**) {
    bool caught = false;
    try {
        const pacer::cosine lr{{.peak_lr = 1e-3, .total_steps = -argc * 5}};
        std::printf("made: %g\n", lr(0));
    } catch (const std::exception&) {
        caught = true;
    }
    return caught && other(10) > 0 ? 0 : 1;
}
