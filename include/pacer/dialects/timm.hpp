// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_TIMM_HPP
#define PACER_DIALECTS_TIMM_HPP

/// timm's schedulers, under the names of their classes in lower case, with their parameters and defaults; `lr` is the rate
/// that the optimizer was given. A step is one of the scheduler's own: an update with `step_update`, an epoch with `step`.
///
/// Without `warmup_prefix`, which is the default, the warm-up lies over the curve: it climbs to `lr`, and the rate then falls to
/// where the curve has got meanwhile. What timm's factory sets otherwise (a `decay_rate` of 0.1 for the decay of cycles and
/// for the power of `poly`) must be given here.
///
/// What timm accepts without a word and this refuses (`invalid_schedule`): a `cycle_mul` below 1, a `cycle_decay` or
/// `decay_rate` of 0 or above 1, `lr_min` above `lr`. Noise is left out.
/// Source: timm 1.0, `scheduler/`.

#include <pacer/dialects/cycles.hpp>

namespace pacer::timm {

using pacer::check;

namespace fields {

using namespace pacer::fields;

inline constexpr field t_initial = as_length(updates_from_1("t_initial", "steps of the first cycle"));
inline constexpr field lr_min = rate("lr_min", "the rate that a cycle falls to");
inline constexpr field cycle_mul = cycle_growth("cycle_mul");
inline constexpr field cycle_decay = fraction_above_0("cycle_decay", "how many times as high each cycle is");
inline constexpr field cycle_limit = updates("cycle_limit", "how many cycles there are");
inline constexpr field warmup_t = updates("warmup_t", "the length of the warm-up");
inline constexpr field warmup_lr_init = rate("warmup_lr_init", "the rate the warm-up starts from");
inline constexpr field warmup_prefix = flag("warmup_prefix", "whether the curve begins after the warm-up");
inline constexpr field k_decay = number_above_0("k_decay", "an exponent of the progress");

}  // namespace fields

namespace detail {

enum class cycle_shape : unsigned char { cosine, poly, tanh };

/// The cycles, without the warm-up.
struct cycles {
    cycle_shape shape;
    double lr;
    double lr_min;
    step_t t_initial;
    double cycle_mul;
    double cycle_decay;
    step_t cycle_limit;
    double k_decay = 1;
    double power = 1;
    double lb = 0;
    double ub = 0;
    bool starts_at_lr = false;  ///< whatever the curve has there: timm sets the first rate before it asks

    PACER_ASKED_STEP_BY_STEP
    [[nodiscard]] PACER_HD constexpr bool falls() const noexcept { return cycle_limit == 1; }
    [[nodiscard]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        if (step == 0 && starts_at_lr)
            return lr;
        const pacer::detail::real_cycle c = pacer::detail::real_cycle_of(step, t_initial, cycle_mul);
        if (c.number >= cycle_limit)
            return lr_min;
        const double top = pacer::detail::geometric_term(lr, cycle_decay, static_cast<std::uint64_t>(c.number));
        double part = 0;
        if (shape == cycle_shape::tanh)
            part = one_minus_tanh((pacer::detail::times(lb, c.left) + pacer::detail::times(ub, c.x)) / c.length) * 0.5;
        else {
            const double left = pacer::detail::one_minus_power(c.x, c.left, c.length, k_decay);
            part = shape == cycle_shape::poly ? (left > 0 ? pacer::detail::power(left, power) : 0)
                   : k_decay == 1             ? pacer::detail::half_cosine(c.x, c.left, c.length)
                                              : pacer::detail::half_cosine(1 - left, left, 1);
        }
        return part == 1 ? top : lr_min + pacer::detail::times(top - lr_min, part);
    }

private:
    // 2 / (1 + e^2x)
    PACER_HD static constexpr double one_minus_tanh(double x) noexcept {
        constexpr double e_to_minus_2 = 0x1.152aaa3bf81ccp-3;
        const double q = x == 0 ? 1 : pacer::detail::power(e_to_minus_2, x < 0 ? -x : x);
        return 2 * (x < 0 ? 1 : q) / (1 + q);
    }
};

template <class Curve>
PACER_HOST constexpr auto with_warmup(double init, double to, step_t steps, bool prefix, const Curve& curve) {
    return join(linear_warmup<>({.peak_lr = to, .total_steps = steps, .init_lr = init}), steps,
                advance(curve, prefix ? 0 : steps));
}

template <class Self, class Visitor>
PACER_HOST constexpr void visit_warmup_fields(Self& p, Visitor&& visit) {
    visit(fields::warmup_t, p.warmup_t);
    visit(fields::warmup_lr_init, p.warmup_lr_init);
    visit(fields::warmup_prefix, p.warmup_prefix);
}
template <class Self, class Visitor>
PACER_HOST constexpr void visit_cycle_fields(Self& p, Visitor&& visit) {
    visit(fields::lr_min, p.lr_min);
    visit(fields::cycle_mul, p.cycle_mul);
    visit(fields::cycle_decay, p.cycle_decay);
    visit(fields::cycle_limit, p.cycle_limit);
    detail::visit_warmup_fields(p, visit);
}

/// After the last cycle, where these are all of one length.
template <class Params>
PACER_HD constexpr step_t end_of_cycles(const Params& p) noexcept {
    if (p.cycle_mul != 1 || p.cycle_limit < 1 || p.t_initial > endless / p.cycle_limit)
        return endless;
    return pacer::detail::sum_of_lengths(p.warmup_prefix ? p.warmup_t : 0, p.t_initial * p.cycle_limit);
}

template <class Params>
PACER_HOST constexpr violation check_cycles(const Params& p) noexcept {
    return pacer::detail::first_of(pacer::detail::check_cycle_growth("cycle_mul", p.cycle_mul),
                                   pacer::detail::check_at_most("lr_min", p.lr_min, p.lr, "must be at most lr"));
}

}  // namespace detail

/// Parameters of `cosine_lr_scheduler`.
struct cosine_lr_scheduler_params {
    using rate_type = double;
    static constexpr const char* name = "timm::cosine_lr_scheduler";

    double lr = -1;                           ///< the first rate; finite, 0 or more; must be given
    step_t t_initial = pacer::detail::unset;  ///< steps of the first cycle, 1 to 2^53; must be given
    double lr_min = 0;                        ///< the rate that a cycle falls to, at most `lr`
    double cycle_mul = 1;                     ///< how many times as long each cycle is; 1, or from 1.01 on
    double cycle_decay = 1;                   ///< how many times as high each cycle is, above 0 and at most 1
    step_t cycle_limit = 1;                   ///< how many cycles there are
    step_t warmup_t = 0;                      ///< steps of the warm-up, 0 to 2^53
    double warmup_lr_init = 0;                ///< the rate it starts from
    bool warmup_prefix = false;               ///< whether the curve begins after the warm-up
    double k_decay = 1;                       ///< an exponent of the progress, above 0

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::t_initial, p.t_initial);
        detail::visit_cycle_fields(p, visit);
        visit(fields::k_decay, p.k_decay);
    }
    PACER_HOST constexpr violation check() const noexcept { return detail::check_cycles(*this); }
    PACER_HD constexpr step_t total_steps() const noexcept { return detail::end_of_cycles(*this); }
    PACER_HOST constexpr auto schedule() const {
        return detail::with_warmup(warmup_lr_init, lr, warmup_t, warmup_prefix,
                                   detail::cycles{.shape = detail::cycle_shape::cosine,
                                                  .lr = lr,
                                                  .lr_min = lr_min,
                                                  .t_initial = t_initial,
                                                  .cycle_mul = cycle_mul,
                                                  .cycle_decay = cycle_decay,
                                                  .cycle_limit = cycle_limit,
                                                  .k_decay = k_decay,
                                                  .starts_at_lr = warmup_t == 0});
    }
};

/// Cosine descents. In cycle i < cycle_limit, of L = t_initial cycle_mul^i steps, x after its start:
///
///     lr(s) = lr_min + (lr cycle_decay^i - lr_min) (1 + cos(pi (x / L)^k_decay)) / 2
///
/// and after the last one lr_min. The warm-up: warmup_lr_init + (lr - warmup_lr_init) s / warmup_t for s < warmup_t; the
/// cycles count from 0 all the same, unless `warmup_prefix`. (timm finds the cycle by a logarithm and misses some restarts.)
using cosine_lr_scheduler = pacer::detail::dialect_schedule<cosine_lr_scheduler_params>;

/// Parameters of `poly_lr_scheduler`.
struct poly_lr_scheduler_params {
    using rate_type = double;
    static constexpr const char* name = "timm::poly_lr_scheduler";

    double lr = -1;                           ///< the first rate; finite, 0 or more; must be given
    step_t t_initial = pacer::detail::unset;  ///< steps of the first cycle, 1 to 2^53; must be given
    double power = 0.5;                       ///< the exponent, above 0
    double lr_min = 0;                        ///< the rate that a cycle falls to, at most `lr`
    double cycle_mul = 1;                     ///< how many times as long each cycle is; 1, or from 1.01 on
    double cycle_decay = 1;                   ///< how many times as high each cycle is, above 0 and at most 1
    step_t cycle_limit = 1;                   ///< how many cycles there are
    step_t warmup_t = 0;                      ///< steps of the warm-up, 0 to 2^53
    double warmup_lr_init = 0;                ///< the rate it starts from
    bool warmup_prefix = false;               ///< whether the curve begins after the warm-up
    double k_decay = 1;                       ///< an exponent of the progress, above 0

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::t_initial, p.t_initial);
        visit(fields::power, p.power);
        detail::visit_cycle_fields(p, visit);
        visit(fields::k_decay, p.k_decay);
    }
    PACER_HOST constexpr violation check() const noexcept { return detail::check_cycles(*this); }
    PACER_HD constexpr step_t total_steps() const noexcept { return detail::end_of_cycles(*this); }
    PACER_HOST constexpr auto schedule() const {
        return detail::with_warmup(warmup_lr_init, lr, warmup_t, warmup_prefix,
                                   detail::cycles{.shape = detail::cycle_shape::poly,
                                                  .lr = lr,
                                                  .lr_min = lr_min,
                                                  .t_initial = t_initial,
                                                  .cycle_mul = cycle_mul,
                                                  .cycle_decay = cycle_decay,
                                                  .cycle_limit = cycle_limit,
                                                  .k_decay = k_decay,
                                                  .power = power,
                                                  .starts_at_lr = warmup_t == 0});
    }
};

/// Polynomial descents: as `cosine_lr_scheduler`, with (1 - (x / L)^k_decay)^power for the cosine.
using poly_lr_scheduler = pacer::detail::dialect_schedule<poly_lr_scheduler_params>;

/// Parameters of `tanh_lr_scheduler`.
struct tanh_lr_scheduler_params {
    using rate_type = double;
    static constexpr const char* name = "timm::tanh_lr_scheduler";

    double lr = -1;                           ///< the first rate; finite, 0 or more; must be given
    step_t t_initial = pacer::detail::unset;  ///< steps of the first cycle, 1 to 2^53; must be given
    double lb = -7;                           ///< where on the curve of tanh a cycle starts, -100 to 0
    double ub = 3;                            ///< and where it ends, 0 to 100
    double lr_min = 0;                        ///< the rate that a cycle falls towards, at most `lr`
    double cycle_mul = 1;                     ///< how many times as long each cycle is; 1, or from 1.01 on
    double cycle_decay = 1;                   ///< how many times as high each cycle is, above 0 and at most 1
    step_t cycle_limit = 1;                   ///< how many cycles there are
    step_t warmup_t = 0;                      ///< steps of the warm-up, 0 to 2^53
    double warmup_lr_init = 0;                ///< the rate it starts from
    bool warmup_prefix = false;               ///< whether the curve begins after the warm-up

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::t_initial, p.t_initial);
        visit(fields::signed_number("lb", "where on the curve of tanh a cycle starts"), p.lb);
        visit(fields::signed_number("ub", "where on the curve of tanh a cycle ends"), p.ub);
        detail::visit_cycle_fields(p, visit);
    }
    PACER_HOST constexpr violation check() const noexcept {
        if (!(lb >= -100 && lb < ub && ub <= 100))
            return pacer::detail::bad_rate("lb", lb, "must be from -100 to 100 and below ub, which is too");
        return detail::check_cycles(*this);
    }
    PACER_HD constexpr step_t total_steps() const noexcept { return detail::end_of_cycles(*this); }
    PACER_HOST constexpr auto schedule() const {
        const detail::cycles curve{.shape = detail::cycle_shape::tanh,
                                   .lr = lr,
                                   .lr_min = lr_min,
                                   .t_initial = t_initial,
                                   .cycle_mul = cycle_mul,
                                   .cycle_decay = cycle_decay,
                                   .cycle_limit = cycle_limit,
                                   .lb = lb,
                                   .ub = ub,
                                   .starts_at_lr = warmup_t == 0};
        return detail::with_warmup(warmup_lr_init, warmup_prefix ? lr : curve(warmup_t), warmup_t, warmup_prefix,
                                   curve);
    }
};

/// Descents along a tanh: as `cosine_lr_scheduler`, with (1 - tanh(lb (1 - x / L) + ub x / L)) / 2 for the cosine, and a warm-up
/// that goes to where the curve is at its end. Without a warm-up the first rate is `lr` itself.
using tanh_lr_scheduler = pacer::detail::dialect_schedule<tanh_lr_scheduler_params>;

/// Parameters of `step_lr_scheduler`.
struct step_lr_scheduler_params {
    using rate_type = double;
    static constexpr const char* name = "timm::step_lr_scheduler";

    double lr = -1;                         ///< the first rate; finite, 0 or more; must be given
    step_t decay_t = pacer::detail::unset;  ///< steps between two changes, 1 to 2^53; must be given
    double decay_rate = 1;                  ///< the factor for each, above 0 and at most 1
    step_t warmup_t = 0;                    ///< steps of the warm-up, 0 to 2^53
    double warmup_lr_init = 0;              ///< the rate it starts from
    bool warmup_prefix = true;              ///< whether the curve begins after the warm-up

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::updates_from_1("decay_t", "steps between two changes"), p.decay_t);
        visit(fields::fraction_above_0("decay_rate", "the factor for each"), p.decay_rate);
        detail::visit_warmup_fields(p, visit);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return detail::with_warmup(warmup_lr_init, lr, warmup_t, warmup_prefix,
                                   step_decay<>({.peak_lr = lr, .factor = decay_rate, .every = decay_t}));
    }
};

/// A linear warm-up, then stairs: lr decay_rate^floor(t / decay_t), t counted from the end of the warm-up (from 0, without
/// `warmup_prefix`).
using step_lr_scheduler = pacer::detail::dialect_schedule<step_lr_scheduler_params>;

/// Parameters of `multi_step_lr_scheduler`.
struct multi_step_lr_scheduler_params {
    using rate_type = double;
    static constexpr const char* name = "timm::multi_step_lr_scheduler";

    double lr = -1;             ///< the first rate; finite, 0 or more; must be given
    list<step_t> decay_t{};     ///< the steps after which it changes, not decreasing; at most 15
    double decay_rate = 1;      ///< the factor for each, above 0 and at most 1
    step_t warmup_t = 0;        ///< steps of the warm-up, 0 to 2^53
    double warmup_lr_init = 0;  ///< the rate it starts from
    bool warmup_prefix = true;  ///< whether the curve begins after the warm-up

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::several("decay_t", "the steps after which it changes"), p.decay_t);
        visit(fields::fraction_above_0("decay_rate", "the factor for each"), p.decay_rate);
        detail::visit_warmup_fields(p, visit);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_room_for_one_more("decay_t", decay_t);
    }
    PACER_HOST constexpr auto schedule() const {
        // timm asks whether step + 1 has passed them, but not at the first step.
        const step_t earliest = warmup_t == 0 ? 1 : 0;
        list<step_t> at{};
        for (const step_t t : decay_t)
            at.add(t - 1 > earliest ? t - 1 : earliest);
        return detail::with_warmup(warmup_lr_init, lr, warmup_t, warmup_prefix,
                                   pacer::detail::stairs_at(lr, decay_rate, at));
    }
};

/// A linear warm-up, then stairs: lr decay_rate^k, with k the number of milestones in `decay_t` that are <= t + 1: every change
/// comes one step early, as in timm. t is counted from the end of the warm-up (from 0, without `warmup_prefix`).
using multi_step_lr_scheduler = pacer::detail::dialect_schedule<multi_step_lr_scheduler_params>;

using schedules = pacer::detail::dialect_list<cosine_lr_scheduler, poly_lr_scheduler, tanh_lr_scheduler,
                                              step_lr_scheduler, multi_step_lr_scheduler>;

}  // namespace pacer::timm

#endif
