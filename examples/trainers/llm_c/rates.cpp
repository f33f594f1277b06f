// SPDX-License-Identifier: MIT
// rates NAME: the rates of a run of `run`, from the same schedule written in C++. The trainer has them from a text.
#include <pacer/pacer.hpp>

#include <cstdio>
#include <cstring>

template <class Schedule>
int print(const Schedule& lr) {
    for (pacer::step_t step = 0; step < pacer::total_steps(lr); ++step)
        std::printf("%.9g\n", static_cast<double>(static_cast<float>(lr(step))));
    return 0;
}

int main(int count, char** arguments) {
    const auto named = [&](const char* name) { return count == 2 && std::strcmp(arguments[1], name) == 0; };
    constexpr auto from_first = pacer::first_step::from_first;

    if (named("constant"))
        return print(pacer::constant{{.peak_lr = 1e-4, .total_steps = 41}});
    if (named("linear"))
        return print(pacer::linear{{.peak_lr = 0x1p-9,
                                    .end_lr = 0x1p-12,
                                    .total_steps = 288,
                                    .warmup = pacer::warmup_steps(32),
                                    .first_step = from_first}});
    if (named("cosine"))
        return print(pacer::cosine_with_min_lr{{.peak_lr = 2e-3,
                                                .min_lr = pacer::lr_ratio(0.1),
                                                .total_steps = 288,
                                                .warmup = pacer::warmup_steps(32),
                                                .first_step = from_first}});
    if (named("plateau"))
        return print(pacer::cooldown(
            pacer::constant_with_warmup{
                {.peak_lr = 2e-3, .warmup = pacer::warmup_steps(64), .warmup_shape = pacer::ramp_shape::power(2)}},
            192, 96, 0, pacer::ramp_shape::one_minus_sqrt));
    return 2;
}
