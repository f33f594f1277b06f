// SPDX-License-Identifier: MIT
// How far a rate may be from the exact value of its formula. Stated once: tests/accuracy.test.cpp and
// tests/accuracy_table.cpp hold the schedules to it, and docs/accuracy.md prints it.
#ifndef PACER_TESTS_SUPPORT_BOUNDS_HPP
#define PACER_TESTS_SUPPORT_BOUNDS_HPP

#include <string_view>

namespace support {

struct bound {
    std::string_view schedule;
    double ulps;       // of the exact value: the largest error that accuracy_table has seen, rounded up
    double fast_math;  // the same under -ffast-math, which undoes the compensated sums of the powers
};

inline constexpr bound bounds[] = {
    {"constant", 0, 0},
    {"constant_with_warmup", 2.9, 2.9},
    {"linear_warmup", 3, 3},
    {"linear", 3, 3},
    {"cosine", 4.2, 5.1},
    {"cosine_with_min_lr", 4.4, 5.3},
    {"cosine_warmup_with_min_lr", 4.5, 5.6},
    {"cosine_with_restarts", 4.2, 5.2},
    {"polynomial, power 0.5", 2.9, 2.9},
    {"polynomial, power 0.9", 3, 300},
    {"polynomial, power 1", 2.9, 2.9},
    {"polynomial, power 1.7", 3, 300},
    {"polynomial, power 2", 4.4, 4.4},
    {"polynomial, power 3", 5.6, 5.6},
    {"polynomial, power 3.5", 6.7, 6.7},
    {"inverse_sqrt", 2.9, 2.9},
    {"warmup_stable_decay, linear", 3, 3},
    {"warmup_stable_decay, cosine", 4.5, 5.3},
    {"warmup_stable_decay, one_minus_sqrt", 3.8, 3.8},
    {"warmup_stable_decay, half_life", 4.1, 4.1},
    {"deepspeed::warmup_lr, log", 3.5, 3.5},
    {"deepspeed::warmup_lr, linear", 3, 3},
    {"deepspeed::warmup_decay_lr", 3.5, 3.5},
    {"deepspeed::warmup_cosine_lr", 4.3, 5.2},
};

// Null if there is none.
constexpr const bound* bound_of(std::string_view schedule) {
    for (const bound& b : bounds)
        if (b.schedule == schedule)
            return &b;
    return nullptr;
}

}  // namespace support

#endif
