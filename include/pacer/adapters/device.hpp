// SPDX-License-Identifier: MIT
#ifndef PACER_ADAPTERS_DEVICE_HPP
#define PACER_ADAPTERS_DEVICE_HPP

/// Kernels that read their rate from memory, such as those of a captured CUDA graph: one float, written before each
/// update. Nothing of any device's library is needed here; the caller says how to write.
///
///     pacer::set_lr(write, lr, step);         // calls write(rate)
///     pacer::set_lr(&managed->lr, lr, step);  // memory that host and device share
///
///     // A copy that the device makes later must not find the rate of the next update: each copy needs a float of its
///     // own until it has been made. `pinned` has as many as updates may be under way.
///     const float* from = pacer::set_lr(std::span(pinned), lr, step);
///     cudaMemcpyAsync(device_lr, from, sizeof(float), cudaMemcpyHostToDevice, stream);
///     cudaGraphLaunch(graph, stream);
///
/// The float is the schedule's rate, rounded once. One that is negative or not finite is `invalid_schedule`.

#include <pacer/adapters/detail/rates.hpp>
#include <pacer/schedule.hpp>

#include <concepts>
#include <cstddef>
#include <span>

namespace pacer {

/// Calls `write` with the rate of update `step`. Returns the rate.
template <std::invocable<float> Write, Schedule S>
PACER_HOST float set_lr(Write&& write, const S& schedule, step_t step) {
    const auto rate = detail::valid_float(static_cast<double>(schedule(step)));
    write(rate);
    return rate;
}

/// Writes the rate of update `step` to `slot`. Returns the rate.
template <Schedule S>
PACER_HOST float set_lr(float* slot, const S& schedule, step_t step) {
    return set_lr([slot](float rate) { *slot = rate; }, schedule, step);
}

/// Writes the rate of update `step` to one of `slots`, by turns, and returns where: what is to be copied to the device.
/// The slot is written again `slots.size()` updates later.
template <Schedule S>
PACER_HOST const float* set_lr(std::span<float> slots, const S& schedule, step_t step) {
    if (slots.empty())
        detail::reject(detail::bad_count("slots", 0, "must be at least 1"));
    float* slot = &slots[static_cast<std::size_t>(step < 0 ? 0 : step) % slots.size()];
    set_lr(slot, schedule, step);
    return slot;
}

}  // namespace pacer

#endif
