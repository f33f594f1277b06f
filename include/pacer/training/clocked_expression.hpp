// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_CLOCKED_EXPRESSION_HPP
#define PACER_TRAINING_CLOCKED_EXPRESSION_HPP

/// A curve as data, and which counter of a run its steps are: what a checkpoint keeps of a schedule.

#include <pacer/expression/expression.hpp>
#include <pacer/training/progress.hpp>

#include <optional>

namespace pacer {

/// A curve as data, and which counter of a run its steps are.
struct clocked_expression {
    expression schedule;  ///< whose steps are those of the clock
    run_clock clock;      ///< which counter it goes by
    /// Where on its clock a resume began it anew (`restart`), by which its schedule is delayed; nothing if none did.
    std::optional<step_t> restarted_at{};

    /// A schedule, or an expression, whose steps are updates unless it is said otherwise.
    template <Expressible S>
    PACER_HOST clocked_expression(const S& curve, run_clock its_clock = run_clock::updates)
        : schedule(curve), clock(its_clock) {
        detail::require(detail::check(clock));
    }
    /// A schedule that reads a clock (`by_tokens`).
    template <Expressible S, run_clock Clock>
    PACER_HOST clocked_expression(const clocked<S, Clock>& curve) : schedule(curve.schedule()), clock(Clock) {}

    /// The rate of the next update of a run that is this far.
    [[nodiscard]] PACER_HOST double operator()(const progress& at) const noexcept {
        return schedule(position(at, clock));
    }
};

}  // namespace pacer

#endif
