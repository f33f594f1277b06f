// SPDX-License-Identifier: MIT
#ifndef PACER_CYCLES_HPP
#define PACER_CYCLES_HPP

// Cycles, which are counted in integers, and may grow: the first lasts `length` updates, each `growth` times as long as the
// one before.

#include <pacer/numerics/geometric.hpp>
#include <pacer/ramp.hpp>

namespace pacer::detail {

struct cycle {
    step_t number;
    step_t start;   ///< its first step
    step_t last;    ///< its last step, or the largest there is
    double length;  ///< in updates
};

/// The cycle that a step of 0 or more belongs to: by one division, or by a product for each cycle before it, 62 at most.
[[nodiscard]] PACER_HD constexpr cycle cycle_of(step_t step, step_t length, step_t growth) noexcept {
    const auto last_of = [](step_t start, step_t n) { return start > endless - (n - 1) ? endless : start + (n - 1); };
    if (growth == 1) {
        const step_t number = step / length;
        const step_t start = number * length;
        return {number, start, last_of(start, length), as_double(length)};
    }
    cycle c{0, 0, length - 1, as_double(length)};
    for (step_t n = length; step > c.last;) {
        c.number += 1;
        c.start = c.last + 1;
        n = n > endless / growth ? endless : n * growth;
        c.last = last_of(c.start, n);
        c.length = times(c.length, as_double(growth));
    }
    return c;
}

/// visit(cycle, range of its steps) for each cycle, one after the other.
template <class Steps, class Visit>
PACER_HOST constexpr void visit_cycles(Steps steps, step_t length, step_t growth, const Visit& visit) {
    while (steps.count > 0) {
        const cycle c = cycle_of(steps.first, length, growth);
        const step_t n = c.last == endless ? steps.count : steps.until(c.last + 1);
        visit(c, steps.take(n));
        steps = steps.drop(n);
    }
}

/// How many of the steps of a cycle, from the first on, are less than n updates after its start.
template <class Steps>
PACER_HOST constexpr step_t count_within(Steps steps, step_t start, step_t n) {
    if (steps.count == 0 || steps.first - start >= n)
        return 0;
    return steps.count == 1 || start > endless - n ? steps.count : steps.until(start + n);
}

/// A ramp of n updates, as a function of x of them: half(r) of its rise is done after the part r <= 1/2 of it.
template <class Half>
struct cycle_ramp {
    ramp_ends ends;
    double rise;
    double n;
    Half half;

    PACER_HD constexpr cycle_ramp(double from, double to, double n_, const Half& half_) noexcept
        : ends{{from, to}}, rise(rise_between(from, to)), n(n_), half(half_) {}

    [[nodiscard]] PACER_ALWAYS_INLINE PACER_HD constexpr double operator()(double x) const noexcept {
        const double m = n - x;
        const bool from_end = x > m;
        const double done = times(rise, half((from_end ? m : x) / n));
        return from_end ? ends.to() - done : ends.from() + done;
    }
};

struct half_of_line {
    [[nodiscard]] PACER_ALWAYS_INLINE PACER_HD constexpr double operator()(double r) const noexcept { return r; }
};

struct half_of_cosine {
    half_wave wave{1, 1};

    [[nodiscard]] PACER_ALWAYS_INLINE PACER_HD constexpr double operator()(double r) const noexcept {
        return wave.done(r);
    }
};

}  // namespace pacer::detail

#endif
