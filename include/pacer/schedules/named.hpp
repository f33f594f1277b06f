// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_NAMED_HPP
#define PACER_SCHEDULES_NAMED_HPP

// What all named schedules share: a curve, its end, and the parameters it was made from.

#include <pacer/compose.hpp>
#include <pacer/past_end.hpp>
#include <pacer/ramp.hpp>
#include <pacer/warmup.hpp>

namespace pacer::detail {

/// A curve cut at `total`, with a policy for what comes after; the public face of every named schedule.
template <std::floating_point Real, class Params, class Curve>
class named {
public:
    using params_type = Params;

    /// The rate used by update `step`.
    [[nodiscard, gnu::always_inline]] PACER_HD constexpr Real operator()(step_t step) const noexcept {
        if (is_below(step, params_.total_steps)) [[likely]]
            return static_cast<Real>(curve_(step));
        return out_of_range(step);
    }

    /// The length of the whole schedule, warm-up included; `endless` if it has none.
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept { return params_.total_steps; }

    /// What the schedule was made from, with the lengths that were left open filled in.
    [[nodiscard]] PACER_HD constexpr const Params& params() const noexcept { return params_; }

    /// The number of warm-up updates, after rounding.
    [[nodiscard]] constexpr step_t warmup_steps() const noexcept requires requires(const Params& p) {
        p.warmup.steps(p.total_steps);
    }
    { return params_.warmup.steps(params_.total_steps); }

    /// See segments.hpp.
    template <class Visitor>
    constexpr void visit_segments(step_range steps, Visitor& v) const {
        const step_t inside = params_.total_steps == endless ? steps.count : steps.until(params_.total_steps);
        visit_curve(steps.take(inside), v);
        step_range rest = steps.drop(inside);
        if (rest.count == 0)
            return;
        if (params_.past_end == past_end::wave)
            visit_curve(rest, v);
        else if (params_.past_end == past_end::repeat && params_.total_steps > 0) {
            while (rest.count > 0) {
                const step_range round{rest.first % params_.total_steps, rest.stride, rest.count};
                const step_t n = round.until(params_.total_steps);
                visit_curve(round.take(n), v);
                rest = rest.drop(n);
            }
        } else
            v.constant(out_of_range(rest.first), rest.count);
    }

protected:
    /// `last` is the value that `past_end::hold` holds.
    constexpr named(const Params& params, Curve curve, double last) noexcept
        : curve_(curve), last_(last), params_(params) {}

private:
    // Kept out of line, so that the usual case is small enough to be compiled into a loop.
    [[nodiscard]] PACER_OUT_OF_LINE PACER_HD constexpr Real out_of_range(step_t given) const noexcept {
        step_t step = given < 0 ? 0 : given;
        if (step >= params_.total_steps && params_.total_steps != endless) {
            if (params_.past_end == past_end::zero)
                return 0;
            if (params_.past_end == past_end::repeat && params_.total_steps > 0)
                step %= params_.total_steps;
            else if (params_.past_end != past_end::wave)
                return static_cast<Real>(last_);
        }
        return static_cast<Real>(curve_(step));
    }

    template <class Visitor>
    constexpr void visit_curve(step_range steps, Visitor& v) const {
        visit_mapped<Real>(curve_, steps, as_it_is{}, v);
    }

    Curve curve_;
    double last_;
    Params params_;
};

/// `peak_lr` in the type that everything is computed in.
template <class Params>
constexpr double peak(const Params& p) noexcept {
    return static_cast<double>(p.peak_lr);
}

/// Parameters that have been checked: constructors delegate through it, so that nothing is computed from invalid ones.
template <class Params>
struct valid {
    const Params& params;
    constexpr explicit valid(const Params& p) : params(p) { require(check(p)); }
};

/// A warm-up from `init` to `peak` over `steps` updates, by the convention `first`.
template <class Shape = shapes::linear>
constexpr ramp<Shape> warmup_ramp(double init, double peak, double steps, first_step first, Shape shape = {}) {
    const first_step_offset offset(first);
    return {init, peak, steps + offset.longer, shape, static_cast<double>(offset.shift)};
}

template <class Params>
constexpr ramp<> warmup_ramp(const Params& p) {
    return warmup_ramp(static_cast<double>(p.init_lr), peak(p), p.warmup.length(p.total_steps), p.first_step);
}

/// A warm-up, then whatever follows it.
template <class Params, class Tail>
constexpr auto after_warmup(const Params& p, Tail tail) {
    return join(warmup_ramp(p), p.warmup.steps(p.total_steps), tail);
}

/// The part of an update by which a decay has already begun when the first update after the warm-up runs: 0 unless the
/// warm-up ends between two updates (`rounding::exact`).
template <class Params>
constexpr double begun_after_warmup(const Params& p) noexcept {
    const double length = p.warmup.length(p.total_steps);
    const auto steps = static_cast<double>(p.warmup.steps(p.total_steps));
    // Asked first, because -ffast-math would take 1 + (steps - length) for (1 + steps) - length.
    return steps > length ? steps - length : 0;
}

/// What the warm-up leaves of the run, in updates.
template <class Params>
constexpr double decay_length(const Params& p) noexcept {
    return static_cast<double>(p.total_steps) - p.warmup.length(p.total_steps);
}

/// A decay from `peak_lr` to `end` over what the warm-up leaves of the run.
template <class Shape, class Params>
constexpr ramp<Shape> decay_ramp(const Params& p, double end, Shape shape = {}) {
    return {peak(p), end, decay_length(p), shape, begun_after_warmup(p)};
}

/// The checks of the fields that nearly all parameters have.
template <class Params>
constexpr violation check_common(const Params& p, bool may_be_endless, bool has_wave) noexcept {
    const auto init = static_cast<double>(p.init_lr);
    if (const violation v = first_of(check_rate("peak_lr", peak(p)), check_total(p.total_steps, may_be_endless),
                                     check(p.past_end, has_wave), check_rate("init_lr", init), check(p.first_step)))
        return v;
    if (const violation v = check_at_most("init_lr", init, peak(p), "must be at most peak_lr"))
        return v;
    return check(p.warmup, p.total_steps);
}

}  // namespace pacer::detail

#endif
