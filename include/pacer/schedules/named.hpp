// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_NAMED_HPP
#define PACER_SCHEDULES_NAMED_HPP

// What all named schedules share: the class, and the pieces that their curves are made of.

#include <pacer/compose.hpp>
#include <pacer/schedules/description.hpp>
#include <pacer/waves.hpp>

/// After the class of a schedule: fields that do not fit its parameters are explained by name. The constructor is tried
/// first; only if the braces fit nothing does the ellipsis win, and it stands for an aggregate, whose fields the compiler
/// initialises one by one and says what is wrong with which. It is never made: its last member cannot be.
#define PACER_EXPLAIN_FIELDS(name)                                                                                     \
    template <>                                                                                                        \
    struct name<::pacer::detail::fields_go_in_two_braces> {                                                            \
        name##_params<double> params;                                                                                  \
        ::pacer::detail::fields_go_in_two_braces not_made;                                                             \
    };                                                                                                                 \
    name(...)->name<::pacer::detail::fields_go_in_two_braces>;

/// After the class of a schedule of pacer's own.
#define PACER_SCHEDULE(name)                                                                                           \
    PACER_EXPLAIN_FIELDS(name)                                                                                         \
    PACER_IN_LIBRARY(violation check<name##_params<double>>(const name##_params<double>&))

namespace pacer::detail {

/// The parameters of a schedule, without the schedule: to read its name off them, nothing else has to be compiled.
template <template <class> class S>
using params_of = decltype(S<fields_go_in_two_braces>::params);

/// The primitives of a grade: here, curves within a few units of the last place. The other grade is `exact` (exact.hpp).
struct plain_grade {
    PACER_HOST static constexpr shapes::compact warmup_shape(ramp_shape shape) noexcept { return {{shape, true}}; }

    template <class Shape>
    PACER_HOST static constexpr ramp<Shape> make_ramp(double from, double to, double length, Shape shape,
                                                      double shift = 0, int longer = 0) {
        return {from, to, length + longer, shape, shift};
    }
    template <bool Restarting>
    PACER_HOST static constexpr cosine_train<Restarting> make_waves(double from, double to, double length,
                                                                    double num_cycles, double shift) {
        return {from, to, length, num_cycles, shift};
    }
};

/// Never called: for the types of what it would give.
template <class T>
const T& instance_of() noexcept;

/// The rate of a curve that was made of these parameters. One with lists reads them there, instead of a copy of its own.
template <class Curve, class Params>
PACER_ALWAYS_INLINE PACER_HD constexpr double rate_at(const Curve& curve, step_t step, const Params& p) noexcept {
    if constexpr (requires { curve(step, p); })
        return curve(step, p);
    else
        return curve(step);
}

/// Such a curve with its parameters.
template <class Curve, class Params>
struct curve_with_lists {
    const Curve& curve;
    const Params& params;

    PACER_HOST constexpr double operator()(step_t step) const noexcept { return curve(step, params); }
    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        curve.visit_segments(steps, params, v);
    }
};

/// A curve cut at `total_steps`, with a policy for what comes after: the public face of every named schedule.
template <class Params, class Grade = plain_grade>
class named {
    using real = typename Params::rate_type;
    using curve_type = decltype(instance_of<Params>().template curve<Grade>());

public:
    using params_type = Params;

    PACER_OUT_OF_LINE PACER_HOST constexpr explicit named(const Params& p) : named(resolved{p}) {}

    /// The rate used by update `step`.
    [[nodiscard]] PACER_ALWAYS_INLINE PACER_HD constexpr real operator()(step_t step) const noexcept {
        if (is_below(step, params_.total_steps)) [[likely]]
            return static_cast<real>(rate_at(curve_, step, params_));
        return out_of_range(step);
    }

    PACER_REFUSE_FRACTIONAL_STEPS

    /// The length of the whole schedule, warm-up included; `endless` if it has none.
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept { return params_.total_steps; }

    /// What the schedule was made from, with the fields that were left open filled in.
    [[nodiscard]] PACER_HD constexpr const Params& params() const noexcept { return params_; }

    /// The number of warm-up updates, after rounding.
    [[nodiscard]] PACER_HOST constexpr step_t warmup_steps() const noexcept requires requires(const Params& p) {
        p.warmup.steps(p.total_steps);
    }
    { return params_.warmup.steps(params_.total_steps); }

    /// See segments.hpp.
    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
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

private:
    // Parameters that have been checked: nothing is computed from invalid ones.
    struct resolved {
        Params params;

        PACER_HOST constexpr explicit resolved(const Params& p) : params(p) {
            require(pacer::check(p));
            if constexpr (requires { p.resolved(); })
                params = p.resolved();
        }
    };

    PACER_HOST constexpr explicit named(const resolved& r)
        : curve_(r.params.template curve<Grade>()), last_(last(r.params)), params_(r.params) {}

    PACER_HOST constexpr double last(const Params& p) const {
        if constexpr (requires { p.template end<Grade>(); })
            return p.template end<Grade>();
        else
            return rate_at(curve_, p.total_steps, p);
    }

    // Kept out of line, so that the usual case is small enough to be compiled into a loop.
    [[nodiscard]] PACER_SELDOM PACER_HD constexpr real out_of_range(step_t given) const noexcept {
        step_t step = given < 0 ? 0 : given;
        if (step >= params_.total_steps && params_.total_steps != endless) {
            if (params_.past_end == past_end::zero)
                return 0;
            if (params_.past_end == past_end::repeat && params_.total_steps > 0)
                step %= params_.total_steps;
            else if (params_.past_end != past_end::wave)
                return static_cast<real>(last_);
        }
        return static_cast<real>(rate_at(curve_, step, params_));
    }

    template <class Visitor>
    PACER_HOST constexpr void visit_curve(step_range steps, Visitor& v) const {
        if constexpr (requires { curve_(steps.first, params_); })
            visit_mapped<real>(curve_with_lists<curve_type, Params>{curve_, params_}, steps, as_it_is{}, v);
        else
            visit_mapped<real>(curve_, steps, as_it_is{}, v);
    }

    curve_type curve_;
    double last_;
    Params params_;
};

/// A warm-up from `init` to `peak` over `steps` updates, by the convention `first`; its shape is that of a decay, run
/// backwards.
template <class Grade>
PACER_OUT_OF_LINE PACER_HOST constexpr auto warmup_ramp(double init, double peak, double steps, first_step first,
                                                        ramp_shape shape) {
    const first_step_offset offset(first);
    return Grade::make_ramp(init, peak, steps, Grade::warmup_shape(shape), static_cast<double>(offset.shift),
                            offset.longer);
}

PACER_IN_LIBRARY(auto warmup_ramp<plain_grade>(double, double, double, first_step, ramp_shape))

/// A warm-up, then whatever follows it.
template <class Grade, class Params, class Tail>
PACER_HOST constexpr auto after_warmup(const Params& p, const Tail& tail) {
    return pacer::join(warmup_ramp<Grade>(static_cast<double>(p.init_lr), peak(p), p.warmup.length(p.total_steps),
                                          p.first_step, p.warmup_shape),
                       p.warmup.steps(p.total_steps), tail);
}

/// A warm-up to `top`, then the rates that the parameters say of each step of the whole run: `rate_at(step)`, and
/// `visit_rates(steps, visitor)` for all at once.
template <class Ramp>
struct warmup_then_lists {
    Ramp warmup;
    step_t warmup_steps;

    template <class Params>
    PACER_HD constexpr double operator()(step_t step, const Params& p) const noexcept {
        return step < warmup_steps ? warmup(step) : p.rate_at(step);
    }
    template <class Params, class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, const Params& p, Visitor& v) const {
        const step_t n = steps.until(warmup_steps);
        if (n > 0)
            warmup.visit_segments(steps.take(n), v);
        if (n < steps.count)
            p.visit_rates(steps.drop(n), v);
    }
};

template <class Grade, class Params>
PACER_HOST constexpr auto warmup_to(const Params& p, double top) {
    const auto ramp = warmup_ramp<Grade>(static_cast<double>(p.init_lr), top, p.warmup.length(p.total_steps),
                                         p.first_step, p.warmup_shape);
    return warmup_then_lists<std::remove_const_t<decltype(ramp)>>{ramp, p.warmup.steps(p.total_steps)};
}

/// The part of an update by which a decay has already begun when the first update after the warm-up runs: 0 unless the
/// warm-up ends between two updates (`rounding::exact`).
template <class Params>
PACER_HOST constexpr double begun_after_warmup(const Params& p) noexcept {
    const double length = p.warmup.length(p.total_steps);
    const auto steps = static_cast<double>(p.warmup.steps(p.total_steps));
    // Asked first, because -ffast-math would take 1 + (steps - length) for (1 + steps) - length.
    return steps > length ? steps - length : 0;
}

/// What keeps a wave from being stretched to another end.
PACER_HOST constexpr violation check_one_descent(bool is_one) noexcept {
    return is_one ? violation{} : missing("extend", "the curve must have one descent: num_cycles");
}

/// What the warm-up leaves of the run, in updates.
template <class Params>
PACER_HOST constexpr double decay_length(const Params& p) noexcept {
    return static_cast<double>(p.total_steps) - p.warmup.length(p.total_steps);
}

/// A decay from `peak_lr` to `end` over what the warm-up leaves of the run.
template <class Grade, class Params, class Shape>
PACER_HOST constexpr auto decay_ramp(const Params& p, double end, Shape shape) {
    return Grade::make_ramp(peak(p), end, decay_length(p), shape, begun_after_warmup(p));
}

/// `num_cycles` waves of a cosine between `peak_lr` and `floor` over what the warm-up leaves of the run.
template <class Grade, class Params>
PACER_HOST constexpr auto decay_wave(const Params& p, double floor, int ahead = 0) {
    return Grade::template make_waves<false>(peak(p), floor, decay_length(p), p.num_cycles,
                                             begun_after_warmup(p) + ahead);
}

/// What such a wave is at the end; the floor where nothing is left of the run.
template <class Grade, class Params>
PACER_HOST constexpr double end_of_wave(const Params& p, double floor, int ahead = 0) {
    const step_t steps = p.total_steps - p.warmup.steps(p.total_steps);
    return steps == 0 ? floor : decay_wave<Grade>(p, floor, ahead)(steps - ahead);
}

}  // namespace pacer::detail

#endif
