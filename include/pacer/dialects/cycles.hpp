// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_CYCLES_HPP
#define PACER_DIALECTS_CYCLES_HPP

// Cycles whose length grows by a factor that need not be whole, as several peers have them: they start between two updates.
// (With a whole factor they are counted in integers: `sgdr`.)

#include <pacer/cycles.hpp>
#include <pacer/dialects/dialect.hpp>

namespace pacer::detail {

struct real_cycle {
    step_t number;
    double x;       ///< updates since its start
    double left;    ///< updates before its end
    double length;  ///< in updates
};

/// The cycle that a step of 0 or more is in: the first has `first` updates, each other `growth` times those of the one before.
/// Lengths are kept to twice the digits of a double, because an update may be at a start but for the last digit of `growth`.
PACER_HD constexpr real_cycle real_cycle_of(step_t step, step_t first, double growth) noexcept {
    if (growth == 1) {
        const auto x = static_cast<double>(step % first);
        return {step / first, x, static_cast<double>(first) - x, static_cast<double>(first)};
    }
    const auto less = [](const two_doubles& a, const two_doubles& b) {
        const two_doubles difference = exact_sum(a.hi, -b.hi);
        return exact_sum(difference.hi, difference.lo + (a.lo - b.lo));
    };
    two_doubles x{static_cast<double>(step), 0};
    two_doubles length{static_cast<double>(first), 0};
    two_doubles left = less(length, x);
    step_t number = 0;
    for (; left.hi <= 0; left = less(length, x), ++number) {
        x = {-left.hi, -left.lo};
        const two_doubles longer = exact_product(length.hi, growth);
        length = exact_sum(longer.hi, longer.lo + times(length.lo, growth));
    }
    return {number, x.hi, left.hi, length.hi};
}

/// (1 + cos(pi x / length)) / 2, x + left = length.
PACER_HD constexpr double half_cosine(double x, double left, double length) noexcept {
    const half_wave wave(1, length);
    return x < left ? 1 - wave.done(x) : wave.done(left);
}

/// 1 - (x / length)^power, without cancellation where x is near the length.
PACER_HD constexpr double one_minus_power(double x, double left, double length, double power) noexcept {
    if (power == 1)
        return left / length;
    if (x == 0)
        return 1;
    if (left < 0.25 * length) {
        constexpr double two_over_ln2 = 0x1.71547652b82fep+1;
        const double s = -left / (x + length);
        const double z = times(s, s);
        const double y = times(times(power, two_over_ln2), s + times(times(s, z), log_tail(z)));
        if (y > -0.5)
            return -exp2m1(y);
    }
    return 1 - detail::power(x / length, power);
}

/// A curve that is asked step by step.
#define PACER_ASKED_STEP_BY_STEP                                                                                       \
    using nameless = void;                                                                                             \
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept { return endless; }                           \
    template <class Visitor>                                                                                           \
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {                                     \
        v.each(*this, steps);                                                                                          \
    }

/// A cycle upside down, as momenta go while the rates cycle: where `schedule` is at `low` this is at `high`, both exactly.
template <class S>
struct mirrored {
    S schedule;
    double low;
    double high;

    using nameless = void;

    [[nodiscard]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        PACER_DETAIL_KEEP_ORDER
        const double rate = schedule(step);
        return rate == high ? low : high - kept(rate - low);
    }
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept { return pacer::total_steps(schedule); }
    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        v.each(*this, steps);
    }
};
template <class S>
mirrored(S, double, double) -> mirrored<S>;

/// make(highest, lowest) between a rate and a floor, which may be above it: upside down, then.
template <class Make>
PACER_HOST constexpr auto either_way_up(double lr, double floor, const Make& make) {
    const bool rises = floor > lr;
    const double high = rises ? floor : lr;
    const double low = rises ? lr : floor;
    const auto curve = make(high, low);
    return join(curve, rises ? 0 : endless, mirrored{curve, low, high});
}

}  // namespace pacer::detail

namespace pacer::fields {

/// How many times as long each cycle is as the one before. Not just above 1, where there would be too many to count.
PACER_HOST constexpr field cycle_growth(const char* name) noexcept {
    return {.name = name,
            .kind = quantity::number,
            .about = "how many times as long each cycle is as the one before",
            .rule = "must be 1, or from 1.01 to 2^53",
            .lowest = 1,
            .highest = 0x1p53};
}

}  // namespace pacer::fields

namespace pacer::detail {

PACER_HOST constexpr violation check_cycle_growth(const char* name, double growth) noexcept {
    return growth == 1 || growth >= 1.01 ? violation{} : bad_rate(name, growth, "must be 1, or from 1.01 to 2^53");
}

}  // namespace pacer::detail

#endif
