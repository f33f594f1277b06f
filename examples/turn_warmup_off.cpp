// SPDX-License-Identifier: MIT
// Fine-tuning: one recipe with the usual warm-up and with none. What changes, and what does not.
#include <pacer/pacer.hpp>

#include <fmt/format.h>

int main() {
    pacer::cosine_with_min_lr_params<> recipe{
        .peak_lr = 2e-5, .min_lr = pacer::lr_ratio(0.1), .total_steps = 600, .warmup = pacer::warmup_ratio(0.03)};
    const pacer::cosine_with_min_lr with(recipe);
    recipe.warmup = pacer::no_warmup;
    const pacer::cosine_with_min_lr without(recipe);

    fmt::print("warm-up: {} updates and {}\n\n", with.warmup_steps(), without.warmup_steps());
    fmt::print("{:>5}  {:>11}  {:>11}\n", "step", "ratio 0.03", "no warm-up");
    for (const pacer::step_t step : {0, 1, 2, 17, 18, 19, 300, 599, 600, 900})
        fmt::print("{:>5}  {:>11.5g}  {:>11.5g}\n", step, with(step), without(step));

    // Both begin their decay at the peak and end it at the floor at the same update; the decay without a warm-up has its
    // 18 updates more, so it is the same shape, a little longer.
    fmt::print("\npeak: {:.6g} at step {}, {:.6g} at step {}\n", with(18), 18, without(0), 0);
    fmt::print("floor at the end: {:.6g} and {:.6g}\n", with(600), without(600));
    fmt::print("half-way through its decay: {:.6g} at step {}, {:.6g} at step {}\n", with(18 + 582 / 2), 18 + 582 / 2,
               without(300), 300);

    // Off is said in words. 0 updates mean the same; more updates than the run has are an error, not a run that never
    // reaches its rate.
    recipe.warmup = pacer::warmup_steps(0);
    const pacer::cosine_with_min_lr zero(recipe);
    fmt::print("\nwarmup_steps(0) is no_warmup: {}\n", zero(0) == without(0) && zero(300) == without(300));
    try {
        recipe.warmup = pacer::warmup_steps(1000);
        fmt::print("{}\n", pacer::cosine_with_min_lr(recipe)(0));
    } catch (const pacer::invalid_schedule& error) {
        fmt::print("warmup_steps(1000): {}\n", error.what());
    }
}
