// SPDX-License-Identifier: MIT
// What peers.py calls, so that Python's peers and pacer are measured in one process.
#include <pacer/fill.hpp>
#include <pacer/pacer.hpp>

#include <cstddef>

namespace {

pacer::cosine_with_min_lr<> schedule_of(pacer::step_t total) {
    return pacer::cosine_with_min_lr<>{
        {.peak_lr = 3e-4, .min_lr = 3e-5, .total_steps = total, .warmup = pacer::warmup_steps(total / 100)}};
}

}  // namespace

extern "C" {

/// The whole curve of a run of n steps.
void pacer_curve(double* out, pacer::step_t n) {
    const auto lr = schedule_of(n);
    pacer::fill(lr, 0, std::span(out, static_cast<std::size_t>(n)));
}

/// The rates of all groups for `updates` updates of a run of `total`, one after the other.
void pacer_updates(pacer::step_t total, pacer::step_t updates, const double* factors, double* rates,
                   std::size_t groups) {
    const auto lr = schedule_of(total);
    double* volatile place = rates;
    for (pacer::step_t s = 0; s < updates; ++s) {
        double* const out = place;  // read anew, so that no update is left out
        const double rate = lr(s);
        for (std::size_t i = 0; i < groups; ++i)
            out[i] = rate * factors[i];
    }
}
}
