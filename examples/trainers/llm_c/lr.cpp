// SPDX-License-Identifier: MIT
#include "lr.h"

#include <pacer/expression/dialects.hpp>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

static pacer::expression opened = pacer::constant{{.peak_lr = 0}};

int lr_open(const char* expression) try {
    opened = pacer::parse(expression);
    if (opened.total_steps() > INT_MAX)
        throw std::length_error("total_steps must be given, at most 2^31 - 1: the trainer stops there");
    return static_cast<int>(opened.total_steps());
} catch (const std::exception& error) {
    std::fprintf(stderr, "learning rate: %s\n", error.what());
    std::exit(EXIT_FAILURE);
}

float lr(int step) { return static_cast<float>(opened(step)); }
