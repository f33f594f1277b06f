// SPDX-License-Identifier: MIT
#ifndef PACER_DECAYS_HPP
#define PACER_DECAYS_HPP

// Decays by a factor, which count their steps from their own start.

#include <pacer/numerics/geometric.hpp>
#include <pacer/segments.hpp>

namespace pacer::detail {

/// visit(number of the stair, range of its steps) for each stair of `every` steps, one after the other, until `visit`
/// says false; the steps that are left then.
template <class Visit>
PACER_HOST constexpr step_range visit_stairs(step_range steps, step_t every, const Visit& visit) {
    if (steps.stride < 1)
        PACER_UNREACHABLE();
    while (steps.count > 0) {
        const step_t stair = steps.first / every;
        // The last stair that fits has no end.
        const step_t n = stair >= endless / every - 1 ? steps.count : steps.until((stair + 1) * every);
        if (!visit(stair, steps.take(n)))
            return steps;
        steps = steps.drop(n);
    }
    return steps;
}

/// peak factor^floor(s / every), not below `lowest`. The first rates, which are all that most runs use, stand ready.
class stairs {
    static constexpr step_t ready = 16;

public:
    PACER_HOST constexpr stairs(double peak, double factor, double lowest, step_t every) noexcept
        : peak_(peak), factor_(factor), lowest_(lowest), every_(every) {
        for (step_t number = 0; number < ready; ++number)
            first_[number] = made(number);
    }

    [[nodiscard]] PACER_HD constexpr double operator()(step_t step) const noexcept { return stair(step / every_); }

    /// See segments.hpp.
    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        const step_range rest = visit_stairs(steps, every_, [&](step_t number, step_range same) {
            const double rate = stair(number);
            if (rate == lowest_)
                return false;
            v.constant(rate, same.count);
            return true;
        });
        if (rest.count > 0)
            v.constant(lowest_, rest.count);
    }

private:
    [[nodiscard]] PACER_HD constexpr double stair(step_t number) const noexcept {
        return number < ready ? first_[number] : made(number);
    }
    [[nodiscard]] PACER_OUT_OF_LINE PACER_HD constexpr double made(step_t number) const noexcept {
        const double rate = geometric_term(peak_, factor_, static_cast<std::uint64_t>(number));
        return rate > lowest_ ? rate : lowest_;
    }

    double peak_;
    double factor_;
    double lowest_;
    step_t every_;
    double first_[ready]{};
};

/// A geometric curve between its bounds, or its stairs.
struct exponential_decay {
    geometric_curve curve;
    stairs steps;
    bool is_staircase;

    [[nodiscard]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        return is_staircase ? steps(step) : curve(as_double(step));
    }

    /// See segments.hpp.
    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range range, Visitor& v) const {
        if (is_staircase) {
            steps.visit_segments(range, v);
            return;
        }
        const step_t whole = range.until(longest + 1);
        if (whole > 0)
            v.segment(curve, range.take(whole));
        if (whole < range.count)
            v.each(*this, range.drop(whole));
    }
};

}  // namespace pacer::detail

#endif
