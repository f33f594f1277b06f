// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_OLMO_CORE_HPP
#define PACER_DIALECTS_OLMO_CORE_HPP

/// OLMo-core's schedulers, under the names of their classes in lower case (without `Scheduler`), with OLMo's parameters and
/// defaults; `lr` is the group's, `t_max` the trainer's number of steps. OLMo counts updates from 1: the first one already runs
/// above the start of the warm-up, and the last one at the end of the decay. Warm-up and decay are given in updates.
///
/// `SequentialScheduler` is `pacer::join`; `override_decay`, from wherever the rate has got, is `pacer::cooldown`.
/// What OLMo accepts without a word and this refuses (`invalid_schedule`): an `alpha_f` above 1, a `decay` above `t_max`.
/// Source: ai2-olmo-core 3.0, `optim/scheduler.py`.

#include <pacer/dialects/cycles.hpp>

namespace pacer::olmo_core {

using pacer::check;

namespace fields {

using namespace pacer::fields;

inline constexpr field warmup_updates = updates("warmup", "the length of the warm-up");
inline constexpr field decay_updates = updates("decay", "the length of the decay");
inline constexpr field t_max = as_length(updates("t_max", "the length of the run"));
inline constexpr field alpha_f = fraction("alpha_f", "the rate at the end as a part of lr");
inline constexpr field warmup_min_lr = rate("warmup_min_lr", "the rate the warm-up starts from");
inline constexpr field decay_min_lr = rate("decay_min_lr", "the rate the decay ends at");

}  // namespace fields

namespace detail {

PACER_HOST constexpr linear_warmup<> line(double from, double to, step_t steps, ramp_shape shape = ramp_shape::linear) {
    return linear_warmup<>({.peak_lr = to, .total_steps = steps, .warmup_shape = shape, .init_lr = from});
}
PACER_HOST constexpr step_t rest(step_t total, step_t part) noexcept { return total > part ? total - part : 0; }

/// A warm-up, and a cosine down to `floor` at `total`, by OLMo's own count.
PACER_HOST constexpr auto cosine_after_warmup(double init, double lr, double floor, step_t warmup, step_t total) {
    return join(line(init, lr, warmup), warmup, line(lr, floor, rest(total, warmup), ramp_shape::cosine));
}

}  // namespace detail

/// Parameters of `constant`.
struct constant_params {
    using rate_type = double;
    static constexpr const char* name = "olmo_core::constant";

    double lr = -1;  ///< the base rate; finite, 0 or more; must be given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const { return pacer::constant<>({.peak_lr = lr}); }
};

/// One rate for ever: lr(s) = lr.
using constant = pacer::detail::dialect_schedule<constant_params>;

/// Parameters of `constant_with_warmup`.
struct constant_with_warmup_params {
    using rate_type = double;
    static constexpr const char* name = "olmo_core::constant_with_warmup";

    double lr = -1;                        ///< the base rate; finite, 0 or more; must be given
    step_t warmup = pacer::detail::unset;  ///< updates of the warm-up, 0 to 2^53; must be given
    double warmup_min_lr = 0;              ///< the rate the warm-up starts from

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::warmup_updates, p.warmup);
        visit(fields::warmup_min_lr, p.warmup_min_lr);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return advance(
            pacer::constant_with_warmup<>({.peak_lr = lr, .warmup = warmup_steps(warmup), .init_lr = warmup_min_lr}),
            1);
    }
};

/// A linear warm-up of W updates, then `lr` for ever:
///
///     lr(s) = warmup_min_lr + (lr - warmup_min_lr) min(1, (s + 1) / W)
using constant_with_warmup = pacer::detail::dialect_schedule<constant_with_warmup_params>;

/// Parameters of `linear_with_warmup`.
struct linear_with_warmup_params {
    using rate_type = double;
    static constexpr const char* name = "olmo_core::linear_with_warmup";

    double lr = -1;                        ///< the base rate; finite, 0 or more; must be given
    step_t warmup = pacer::detail::unset;  ///< updates of the warm-up, 0 to 2^53; must be given
    step_t t_max = pacer::detail::unset;   ///< the length in updates, 0 to 2^53; must be given
    double alpha_f = 0.1;                  ///< the rate at the end as a part of `lr`, 0 to 1
    double warmup_min_lr = 0;              ///< the rate the warm-up starts from

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::warmup_updates, p.warmup);
        visit(fields::t_max, p.t_max);
        visit(fields::alpha_f, p.alpha_f);
        visit(fields::warmup_min_lr, p.warmup_min_lr);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return advance(join(detail::line(warmup_min_lr, lr, warmup), warmup,
                            detail::line(lr, lr * alpha_f, detail::rest(t_max, warmup))),
                       1);
    }
};

/// A linear warm-up of W updates, then a straight line to m = lr alpha_f. With c = s + 1:
///
///     lr(s) = warmup_min_lr + (lr - warmup_min_lr) c / W              for c < W
///     lr(s) = m + (lr - m) (t_max - c) / (t_max - W)                  for W <= c < t_max
///     lr(s) = m                                                       for c >= t_max
using linear_with_warmup = pacer::detail::dialect_schedule<linear_with_warmup_params>;

/// Parameters of `inv_sqrt_with_warmup`.
struct inv_sqrt_with_warmup_params {
    using rate_type = double;
    static constexpr const char* name = "olmo_core::inv_sqrt_with_warmup";

    double lr = -1;                        ///< the base rate; finite, 0 or more; must be given
    step_t warmup = pacer::detail::unset;  ///< updates of the warm-up, 0 to 2^53; must be given
    double alpha_f = 0.1;                  ///< the rate at the end as a part of `lr`, 0 to 1
    double warmup_min_lr = 0;              ///< the rate the warm-up starts from

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::warmup_updates, p.warmup);
        visit(fields::alpha_f, p.alpha_f);
        visit(fields::warmup_min_lr, p.warmup_min_lr);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        const double floor = lr * alpha_f;
        // Without a warm-up OLMo's rate is the floor.
        return advance(join(detail::line(warmup_min_lr, lr, warmup), warmup,
                            sum(pacer::constant<>({.peak_lr = floor}),
                                inverse_sqrt<>({.peak_lr = warmup > 0 ? lr - floor : 0, .timescale = warmup}))),
                       1);
    }
};

/// A linear warm-up of W updates, then the inverse square root, down towards m = lr alpha_f. With c = s + 1:
///
///     lr(s) = warmup_min_lr + (lr - warmup_min_lr) c / W      for c < W
///     lr(s) = m + (lr - m) sqrt(W / c)                        for c >= W
///
/// Without a warm-up it is m, as in OLMo.
using inv_sqrt_with_warmup = pacer::detail::dialect_schedule<inv_sqrt_with_warmup_params>;

/// Parameters of `cos_with_warmup`.
struct cos_with_warmup_params {
    using rate_type = double;
    static constexpr const char* name = "olmo_core::cos_with_warmup";

    double lr = -1;                        ///< the base rate; finite, 0 or more; must be given
    step_t warmup = pacer::detail::unset;  ///< updates of the warm-up, 0 to 2^53; must be given
    step_t t_max = pacer::detail::unset;   ///< the length in updates, 0 to 2^53; must be given
    double alpha_f = 0.1;                  ///< the rate at the end as a part of `lr`, 0 to 1
    double warmup_min_lr = 0;              ///< the rate the warm-up starts from

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::warmup_updates, p.warmup);
        visit(fields::t_max, p.t_max);
        visit(fields::alpha_f, p.alpha_f);
        visit(fields::warmup_min_lr, p.warmup_min_lr);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return advance(detail::cosine_after_warmup(warmup_min_lr, lr, lr * alpha_f, warmup, t_max), 1);
    }
};

/// A linear warm-up of W updates, then half a wave of a cosine to m = lr alpha_f. With c = s + 1:
///
///     lr(s) = warmup_min_lr + (lr - warmup_min_lr) c / W                          for c < W
///     lr(s) = m + (lr - m) (1 + cos(pi (c - W) / (t_max - W))) / 2                for W <= c < t_max
///     lr(s) = m                                                                   for c >= t_max
using cos_with_warmup = pacer::detail::dialect_schedule<cos_with_warmup_params>;

/// Parameters of `half_cos_with_warmup`.
struct half_cos_with_warmup_params {
    using rate_type = double;
    static constexpr const char* name = "olmo_core::half_cos_with_warmup";

    double lr = -1;                        ///< the base rate; finite, 0 or more; must be given
    step_t warmup = pacer::detail::unset;  ///< updates of the warm-up, 0 to 2^53; must be given
    step_t t_max = pacer::detail::unset;   ///< the length in updates, 0 to 2^53; must be given
    double alpha_f = 0.1;                  ///< the rate at the end as a part of `lr`, 0 to 1
    double warmup_min_lr = 0;              ///< the rate the warm-up starts from

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::warmup_updates, p.warmup);
        visit(fields::t_max, p.t_max);
        visit(fields::alpha_f, p.alpha_f);
        visit(fields::warmup_min_lr, p.warmup_min_lr);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_at_most("t_max", t_max, longest / 2, "must be at most");
    }
    PACER_HOST constexpr auto schedule() const {
        const double floor = lr * alpha_f;
        const step_t n = detail::rest(t_max, warmup);
        return advance(join(detail::line(warmup_min_lr, floor + (lr - floor) * 0.5, warmup), warmup,
                            advance(detail::line(lr, floor, 2 * n, ramp_shape::cosine), n)),
                       1);
    }
};

/// A linear warm-up of W updates to the middle between `lr` and m = lr alpha_f, then the second half of a cosine. With
/// c = s + 1:
///
///     lr(s) = warmup_min_lr + ((lr + m) / 2 - warmup_min_lr) c / W                            for c < W
///     lr(s) = m + (lr - m) (1 + cos(pi (1 + (c - W) / (t_max - W)) / 2)) / 2                  for W <= c < t_max
///     lr(s) = m                                                                               for c >= t_max
using half_cos_with_warmup = pacer::detail::dialect_schedule<half_cos_with_warmup_params>;

/// Parameters of `cos_with_warmup_and_linear_decay`.
struct cos_with_warmup_and_linear_decay_params {
    using rate_type = double;
    static constexpr const char* name = "olmo_core::cos_with_warmup_and_linear_decay";

    double lr = -1;                        ///< the base rate; finite, 0 or more; must be given
    step_t warmup = pacer::detail::unset;  ///< updates of the warm-up, 0 to 2^53; must be given
    step_t decay = pacer::detail::unset;   ///< updates of the decay, 0 to 2^53; must be given
    step_t t_max = pacer::detail::unset;   ///< the length in updates, 0 to 2^53; must be given
    double alpha_f = 0.1;                  ///< the rate at the end as a part of `lr`, 0 to 1
    double warmup_min_lr = 0;              ///< the rate the warm-up starts from
    double decay_min_lr = 0;               ///< the rate the decay ends at

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::warmup_updates, p.warmup);
        visit(fields::decay_updates, p.decay);
        visit(fields::t_max, p.t_max);
        visit(fields::alpha_f, p.alpha_f);
        visit(fields::warmup_min_lr, p.warmup_min_lr);
        visit(fields::decay_min_lr, p.decay_min_lr);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_at_most("decay", decay, t_max, "must be at most t_max");
    }
    PACER_HD constexpr step_t total_steps() const noexcept { return t_max; }
    PACER_HOST constexpr auto schedule() const {
        return advance(cooldown(detail::cosine_after_warmup(warmup_min_lr, lr, lr * alpha_f, warmup, t_max),
                                t_max - decay, decay, decay_min_lr),
                       1);
    }
};

/// `cos_with_warmup` until t_max - decay, then a straight line to `decay_min_lr` at t_max, which is held (OLMo goes on below it).
using cos_with_warmup_and_linear_decay = pacer::detail::dialect_schedule<cos_with_warmup_and_linear_decay_params>;

/// Parameters of `wsd`.
struct wsd_params {
    using rate_type = double;
    static constexpr const char* name = "olmo_core::wsd";

    double lr = -1;                        ///< the base rate; finite, 0 or more; must be given
    step_t warmup = pacer::detail::unset;  ///< updates of the warm-up, 0 to 2^53; must be given
    step_t decay = pacer::detail::unset;   ///< updates of the decay, 0 to 2^53; must be given
    step_t t_max = pacer::detail::unset;   ///< the length in updates, 0 to 2^53; must be given
    double warmup_min_lr = 0;              ///< the rate the warm-up starts from
    double decay_min_lr = 0;               ///< the rate the decay ends at

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::warmup_updates, p.warmup);
        visit(fields::decay_updates, p.decay);
        visit(fields::t_max, p.t_max);
        visit(fields::warmup_min_lr, p.warmup_min_lr);
        visit(fields::decay_min_lr, p.decay_min_lr);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_at_most("decay", decay, t_max, "must be at most t_max");
    }
    PACER_HD constexpr step_t total_steps() const noexcept { return t_max; }
    PACER_HOST constexpr auto schedule() const {
        const step_t start = t_max - decay;
        const step_t stable = start > warmup ? start : warmup + 1;
        return advance(join(detail::line(warmup_min_lr, lr, warmup), warmup, pacer::constant<>({.peak_lr = lr}), stable,
                            advance(detail::line(lr, decay_min_lr, decay), stable - start)),
                       1);
    }
};

/// A linear warm-up of W updates, a stable part, and a straight line to `decay_min_lr` over the last D = decay updates.
/// With c = s + 1:
///
///     lr(s) = warmup_min_lr + (lr - warmup_min_lr) c / W                          for c <= W
///     lr(s) = lr                                                                  for W < c < t_max - D
///     lr(s) = decay_min_lr + (lr - decay_min_lr) (t_max - c) / D                  for t_max - D <= c < t_max
///     lr(s) = decay_min_lr                                                        for c >= t_max (OLMo goes on below it)
using wsd = pacer::detail::dialect_schedule<wsd_params>;

namespace detail {

/// Periods that each end with a decay.
struct periods {
    double lr;
    double lowest;
    step_t decay;
    list<step_t> lengths;

    PACER_ASKED_STEP_BY_STEP
    [[nodiscard]] PACER_HD constexpr double operator()(step_t count) const noexcept {
        step_t end = 0;
        for (step_t k = 0; k < lengths.size(); ++k) {
            end += lengths[k];
            if (count > end)
                continue;
            const step_t left = end - count;
            if (left > decay)
                return lr;
            if (left == 0)
                return lowest;
            return pacer::detail::rate_of_whole_ramp({}, {{lr, lowest}}, decay, decay - left);
        }
        return lowest;
    }
};

}  // namespace detail

/// Parameters of `wsds`.
struct wsds_params {
    using rate_type = double;
    static constexpr const char* name = "olmo_core::wsds";

    double lr = -1;                        ///< the base rate; finite, 0 or more; must be given
    list<step_t> period_lengths{};         ///< the lengths of the periods in updates; 1 to 16 of them
    step_t warmup = pacer::detail::unset;  ///< updates of the warm-up, 0 to 2^53; must be given
    step_t decay = pacer::detail::unset;   ///< updates of the decay, 0 to 2^53; must be given
    double warmup_min_lr = 0;              ///< the rate the warm-up starts from
    double decay_min_lr = 0;               ///< the rate the decay ends at

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::lengths("period_lengths", "the lengths of the periods"), p.period_lengths);
        visit(fields::warmup_updates, p.warmup);
        visit(fields::decay_updates, p.decay);
        visit(fields::warmup_min_lr, p.warmup_min_lr);
        visit(fields::decay_min_lr, p.decay_min_lr);
    }
    PACER_HOST constexpr violation check() const noexcept {
        if (period_lengths.is_empty())
            return pacer::detail::missing("period_lengths", "must be given");
        step_t total = 0;
        for (const step_t length : period_lengths) {
            if (length < decay || length < 1)
                return pacer::detail::bad_count("period_lengths", length, "must be 1 or more, and at least decay");
            total += length;
        }
        return pacer::detail::first_of(
            pacer::detail::check_at_most("warmup", warmup, total, "must be at most the sum of the periods"),
            pacer::detail::check_at_most("period_lengths", total, longest, "in all must be at most"));
    }
    PACER_HD constexpr step_t total_steps() const noexcept {
        step_t total = 0;
        for (step_t k = 0; k < period_lengths.size(); ++k)
            total += period_lengths[k];
        return total;
    }
    PACER_HOST constexpr auto schedule() const {
        return advance(join(detail::line(warmup_min_lr, lr, warmup), warmup,
                            advance(detail::periods{lr, decay_min_lr, decay, period_lengths}, warmup)),
                       1);
    }
};

/// One decay after another (WSD-S): a linear warm-up of W updates, then periods at `lr`, each of which ends with a straight line to
/// `decay_min_lr` over D = decay updates; the next one starts at `lr` again. With c = s + 1, and e the end of its period, the
/// first that is not below c:
///
///     lr(s) = warmup_min_lr + (lr - warmup_min_lr) c / W                  for c < W
///     lr(s) = lr                                                          for c < e - D
///     lr(s) = decay_min_lr + (lr - decay_min_lr) (e - c) / D              for c >= e - D
///     lr(s) = decay_min_lr                                                after the last
using wsds = pacer::detail::dialect_schedule<wsds_params>;

/// Parameters of `power_lr`.
struct power_lr_params {
    using rate_type = double;
    static constexpr const char* name = "olmo_core::power_lr";

    double lr = -1;                        ///< the base rate; finite, 0 or more; must be given
    step_t warmup = pacer::detail::unset;  ///< updates of the warm-up, 0 to 2^53; must be given
    step_t t_max = pacer::detail::unset;   ///< the length in updates, 0 to 2^53; must be given
    step_t decay = pacer::detail::unset;   ///< updates of the decay, 0 to 2^53; must be given
    double b = -0.51;                      ///< the exponent, below 0 and not below -4
    double warmup_min_lr = 0;              ///< the rate the warm-up starts from
    double decay_min_lr = 0;               ///< the rate the decay ends at

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::warmup_updates, p.warmup);
        visit(fields::t_max, p.t_max);
        visit(fields::decay_updates, p.decay);
        visit(fields::signed_number("b", "the exponent"), p.b);
        visit(fields::warmup_min_lr, p.warmup_min_lr);
        visit(fields::decay_min_lr, p.decay_min_lr);
    }
    PACER_HOST constexpr violation check() const noexcept {
        if (!(b < 0 && b >= -4))
            return pacer::detail::bad_rate("b", b, "must be below 0, and not below -4");
        if (warmup < 1)
            return pacer::detail::bad_count("warmup", warmup, "must be 1 or more");
        return pacer::detail::check_at_most("decay", decay, t_max - 1, "must be below t_max");
    }
    PACER_HD constexpr step_t total_steps() const noexcept { return t_max; }
    PACER_HOST constexpr double power_at(step_t count, const inverse_time<>& main) const noexcept {
        if (count >= warmup)
            return main(count - warmup);
        const double rate = lr / pacer::detail::power(static_cast<double>(count) / static_cast<double>(warmup), -b);
        return rate < pacer::detail::largest<double> ? rate : pacer::detail::largest<double>;
    }
    PACER_HOST constexpr auto schedule() const {
        const inverse_time<> main({.peak_lr = lr, .decay_rate = 1, .every = warmup, .power = -b});
        const step_t start = t_max - decay;
        const step_t reached = start > warmup ? start : warmup + 1;
        return advance(join(detail::line(warmup_min_lr, lr, warmup), warmup, main, reached,
                            advance(detail::line(power_at(start, main), decay_min_lr, decay), reached - start)),
                       1);
    }
};

/// A linear warm-up of W updates, then a power of the step, and a straight line to `decay_min_lr` over the last D = decay updates,
/// which starts where the power has got. With c = s + 1:
///
///     lr(s) = warmup_min_lr + (lr - warmup_min_lr) c / W                                       for c <= W
///     lr(s) = lr (c / W)^b                                                                     for W < c < t_max - D
///     lr(s) = decay_min_lr + (lr ((t_max - D) / W)^b - decay_min_lr) (t_max - c) / D           for t_max - D <= c < t_max
///     lr(s) = decay_min_lr                                                                     for c >= t_max (OLMo goes on below it)
///
/// With a warm-up that is longer than t_max - D the line starts above `lr`, at the power of a step before the end of the warm-up, as
/// in OLMo.
using power_lr = pacer::detail::dialect_schedule<power_lr_params>;

/// Parameters of `exponential`.
struct exponential_params {
    using rate_type = double;
    static constexpr const char* name = "olmo_core::exponential";

    double lr = -1;                       ///< the base rate; finite, 0 or more; must be given
    step_t t_max = pacer::detail::unset;  ///< the length in updates, 0 to 2^53; must be given
    double lr_min = 1e-9;                 ///< the rate it starts from; above 0

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::t_max, p.t_max);
        visit(fields::rate("lr_min", "the rate it starts from"), p.lr_min);
    }
    PACER_HOST constexpr violation check() const noexcept {
        if (!(lr > 0 && lr_min > 0))
            return pacer::detail::bad_rate(lr > 0 ? "lr_min" : "lr", lr > 0 ? lr_min : lr, "must be above 0");
        return {};
    }
    PACER_HOST constexpr auto schedule() const {
        return advance(pacer::exponential<>({.peak_lr = lr_min, .end_lr = lr, .total_steps = t_max}), 1);
    }
};

/// A rise along a straight line on a logarithmic scale, to look for a rate: lr(s) = lr_min (lr / lr_min)^(c / t_max), c = s + 1, then
/// `lr`. An error (`invalid_schedule`): a rate of 0.
using exponential = pacer::detail::dialect_schedule<exponential_params>;

using schedules = pacer::detail::dialect_list<constant, constant_with_warmup, linear_with_warmup, inv_sqrt_with_warmup,
                                              cos_with_warmup, half_cos_with_warmup, cos_with_warmup_and_linear_decay,
                                              wsd, wsds, power_lr, exponential>;

}  // namespace pacer::olmo_core

#endif
