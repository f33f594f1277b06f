// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_FAIRSEQ_HPP
#define PACER_DIALECTS_FAIRSEQ_HPP

/// fairseq's schedulers, under their names, with fairseq's parameters and defaults; `lr` is the first of its list. They count updates
/// from 0, as pacer does. Parameters that fairseq takes for "not given" when they are negative are left out here.
///
/// What fairseq accepts without a word and this refuses (`invalid_schedule`): floors above `lr`; a `t_mult` below 1; factors of 0 or
/// above 1.
/// Source: fairseq 0.12, `optim/lr_scheduler/`.

#include <pacer/dialects/cycles.hpp>

namespace pacer::fairseq {

using pacer::check;

namespace fields {

using namespace pacer::fields;

inline constexpr field warmup_updates = updates("warmup_updates", "the length of the warm-up");
inline constexpr field warmup_init_lr = optional_rate("warmup_init_lr", "the rate the warm-up starts from");
inline constexpr field lr_shrink = fraction_above_0("lr_shrink", "how many times as high each cycle is");

}  // namespace fields

namespace detail {

PACER_HOST constexpr linear_warmup<> warmup(double from, double to, step_t steps) {
    return linear_warmup<>({.peak_lr = to, .total_steps = steps, .init_lr = from});
}

}  // namespace detail

/// Parameters of `fixed`.
struct fixed_params {
    using rate_type = double;
    static constexpr const char* name = "fairseq::fixed";

    double lr = -1;             ///< the base rate; finite, 0 or more; must be given
    step_t warmup_updates = 0;  ///< updates of the warm-up, 0 to 2^53

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::warmup_updates, p.warmup_updates);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return constant_with_warmup<>(
            {.peak_lr = lr, .warmup = warmup_steps(warmup_updates), .first_step = first_step::from_first});
    }
};

/// A linear warm-up of W updates, then `lr` for ever: lr(s) = lr min(1, (s + 1) / W). (Rates by epoch are a `piecewise` of epochs.)
using fixed = pacer::detail::dialect_schedule<fixed_params>;

/// Parameters of `polynomial_decay`.
struct polynomial_decay_params {
    using rate_type = double;
    static constexpr const char* name = "fairseq::polynomial_decay";

    double lr = -1;                                  ///< the base rate; finite, 0 or more; must be given
    step_t warmup_updates = 0;                       ///< updates of the warm-up, 0 to 2^53
    double end_learning_rate = 0;                    ///< the rate at the end
    double power = 1;                                ///< the exponent, above 0
    step_t total_num_update = pacer::detail::unset;  ///< the length, warm-up included, 0 to 2^53; must be given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::warmup_updates, p.warmup_updates);
        visit(fields::rate("end_learning_rate", "the rate at the end"), p.end_learning_rate);
        visit(fields::power, p.power);
        visit(fields::as_length(fields::updates("total_num_update", "the length, warm-up included")),
              p.total_num_update);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        const step_t decay = total_num_update > warmup_updates ? total_num_update - warmup_updates : 0;
        // A warm-up that leaves nothing ends at `lr` all the same.
        return join(detail::warmup(0, lr, warmup_updates),
                    decay == 0 && warmup_updates > 0 ? warmup_updates + 1 : warmup_updates,
                    polynomial<>({.peak_lr = lr, .end_lr = end_learning_rate, .power = power, .total_steps = decay}));
    }
};

/// A linear warm-up from 0 over W updates, then a polynomial down to `end_learning_rate` at T = total_num_update, which it holds.
///
///     lr(s) = lr s / W                                                for s <= W, if W > 0
///     lr(s) = end + (lr - end) (1 - (s - W) / (T - W))^power          for W < s < T
///     lr(s) = end                                                     for all others
using polynomial_decay = pacer::detail::dialect_schedule<polynomial_decay_params>;

namespace detail {

/// Cosine descents, of which each is `shrink` times as high as the one before, its floor too.
struct shrinking_cosines {
    double lr;
    double min_lr;
    step_t period;
    double growth;
    double shrink;

    PACER_ASKED_STEP_BY_STEP
    [[nodiscard]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        const pacer::detail::real_cycle c = pacer::detail::real_cycle_of(step, period, growth);
        const auto number = static_cast<std::uint64_t>(c.number);
        const double top = pacer::detail::geometric_term(lr, shrink, number);
        const double floor = pacer::detail::geometric_term(min_lr, shrink, number);
        const double part = pacer::detail::half_cosine(c.x, c.left, c.length);
        return part == 1 ? top : floor + pacer::detail::times(top - floor, part);
    }
};

}  // namespace detail

/// Parameters of `cosine`.
struct cosine_params {
    using rate_type = double;
    static constexpr const char* name = "fairseq::cosine";

    double lr = -1;                                ///< the base rate; finite, 0 or more; must be given
    double min_lr = 0;                             ///< the floor of the first cycle, at most `lr`
    step_t warmup_updates = 0;                     ///< updates of the warm-up, 0 to 2^53
    double warmup_init_lr = pacer::detail::unset;  ///< the rate the warm-up starts from; default see below
    double t_mult = 1;                             ///< how many times as long each cycle is; 1, or from 1.01 on
    step_t lr_period_updates =
        pacer::detail::unset;  ///< updates of the first cycle, without the warm-up, 1 to 2^53; must be given
    double lr_shrink = 0.1;    ///< how many times as high each cycle is, above 0 and at most 1

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::rate("min_lr", "the floor of the first cycle"), p.min_lr);
        visit(fields::warmup_updates, p.warmup_updates);
        visit(fields::warmup_init_lr, p.warmup_init_lr);
        visit(fields::cycle_growth("t_mult"), p.t_mult);
        visit(fields::updates_from_1("lr_period_updates", "updates of the first cycle"), p.lr_period_updates);
        visit(fields::lr_shrink, p.lr_shrink);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::first_of(pacer::detail::check_cycle_growth("t_mult", t_mult),
                                       pacer::detail::check_at_most("min_lr", min_lr, lr, "must be at most lr"));
    }
    PACER_HOST constexpr auto schedule() const {
        return join(
            detail::warmup(warmup_init_lr == pacer::detail::unset ? min_lr : warmup_init_lr, lr, warmup_updates),
            warmup_updates, detail::shrinking_cosines{lr, min_lr, lr_period_updates, t_mult, lr_shrink});
    }
};

/// A linear warm-up of W updates from `warmup_init_lr` (default `min_lr`), then cosine descents. In cycle i, of
/// L = lr_period_updates t_mult^i updates, x after its start:
///
///     lr(s) = lr_shrink^i (min_lr + (lr - min_lr) (1 + cos(pi x / L)) / 2)
///
/// So the run does not end at the floor: a period later the next cycle begins, at lr_shrink times the rate.
using cosine = pacer::detail::dialect_schedule<cosine_params>;

/// Parameters of `inverse_sqrt`.
struct inverse_sqrt_params {
    using rate_type = double;
    static constexpr const char* name = "fairseq::inverse_sqrt";

    double lr = -1;                                ///< the base rate; finite, 0 or more; must be given
    step_t warmup_updates = 4000;                  ///< updates of the warm-up, 0 to 2^53
    double warmup_init_lr = pacer::detail::unset;  ///< the rate the warm-up starts from; default see below

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::warmup_updates, p.warmup_updates);
        visit(fields::warmup_init_lr, p.warmup_init_lr);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return warmup_updates > 0 ? violation{}
                                  : pacer::detail::bad_count("warmup_updates", warmup_updates, "must be 1 or more");
    }
    PACER_HOST constexpr auto schedule() const {
        const double from = warmup_init_lr == pacer::detail::unset ? 0 : warmup_init_lr;
        return join(detail::warmup(from, lr, warmup_updates), warmup_updates,
                    pacer::inverse_sqrt<>({.peak_lr = lr, .timescale = warmup_updates}));
    }
};

/// A linear warm-up of W updates from `warmup_init_lr` (default 0), then lr(s) = lr sqrt(W / s). Without a warm-up fairseq divides by
/// zero; here that is an error.
using inverse_sqrt = pacer::detail::dialect_schedule<inverse_sqrt_params>;

/// Parameters of `tri_stage`.
struct tri_stage_params {
    using rate_type = double;
    static constexpr const char* name = "fairseq::tri_stage";

    double lr = -1;                ///< the base rate; finite, 0 or more; must be given
    step_t warmup_steps = 0;       ///< updates of the warm-up, 0 to 2^51
    step_t hold_steps = 0;         ///< updates at `lr`, 0 to 2^51
    step_t decay_steps = 0;        ///< updates of the decay, 0 to 2^51
    double init_lr_scale = 0.01;   ///< the first rate as a part of `lr`, 0 to 1
    double final_lr_scale = 0.01;  ///< the last, above 0 and at most 1

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::updates("warmup_steps", "the length of the warm-up"), p.warmup_steps);
        visit(fields::as_length(fields::updates("hold_steps", "updates at lr")), p.hold_steps);
        visit(fields::updates("decay_steps", "the length of the decay"), p.decay_steps);
        visit(fields::fraction("init_lr_scale", "the first rate as a part of lr"), p.init_lr_scale);
        visit(fields::fraction_above_0("final_lr_scale", "the last rate as a part of lr"), p.final_lr_scale);
    }
    PACER_HOST constexpr violation check() const noexcept {
        constexpr step_t most = longest / 4;
        if (!(lr > 0))
            return pacer::detail::bad_rate("lr", lr, "must be above 0");
        if (!(lr * final_lr_scale > 0))
            return pacer::detail::bad_rate("final_lr_scale", final_lr_scale, "must leave a rate above 0");
        return pacer::detail::first_of(
            pacer::detail::check_at_most("warmup_steps", warmup_steps, most, "must be at most"),
            pacer::detail::check_at_most("hold_steps", hold_steps, most, "must be at most"),
            pacer::detail::check_at_most("decay_steps", decay_steps, most, "must be at most"));
    }
    PACER_HOST constexpr auto schedule() const {
        return warmup_stable_decay<>({.peak_lr = lr,
                                      .min_lr = lr * final_lr_scale,
                                      .stable_steps = hold_steps,
                                      .decay_steps = decay_steps,
                                      .warmup = pacer::warmup_steps(warmup_steps),
                                      .decay_shape = ramp_shape::exponential,
                                      .init_lr = lr * init_lr_scale});
    }
};

/// A linear warm-up of W updates from lr init_lr_scale, H = hold_steps at `lr`, and a decay along a straight line on a logarithmic
/// scale to lr final_lr_scale over D updates, which it holds:
///
///     lr(s) = lr (init_lr_scale + (1 - init_lr_scale) s / W)                  for s < W
///     lr(s) = lr                                                              for W <= s < W + H
///     lr(s) = lr final_lr_scale^((s - W - H) / D)                             for W + H <= s < W + H + D
///     lr(s) = lr final_lr_scale                                               afterwards
using tri_stage = pacer::detail::dialect_schedule<tri_stage_params>;

namespace detail {

/// Triangles, of which each is `shrink` times as high as the one before.
struct shrinking_triangles {
    double lowest;
    double highest;
    step_t half;
    double shrink;
    bool shrinks_lowest;

    PACER_ASKED_STEP_BY_STEP
    [[nodiscard]] PACER_HD constexpr double operator()(step_t given) const noexcept {
        const step_t step = given < 0 ? 0 : given;
        const auto number = static_cast<std::uint64_t>(step / (2 * half));
        const step_t x = step % (2 * half);
        const double top = pacer::detail::geometric_term(highest, shrink, number);
        const double floor = shrinks_lowest ? pacer::detail::geometric_term(lowest, shrink, number) : lowest;
        const double part = static_cast<double>(x < half ? x : 2 * half - x) / static_cast<double>(half);
        return part == 1 ? top : floor + pacer::detail::times(top - floor, part);
    }
};

}  // namespace detail

/// Parameters of `triangular`.
struct triangular_params {
    using rate_type = double;
    static constexpr const char* name = "fairseq::triangular";

    double lr = -1;                   ///< the base rate; finite, 0 or more; must be given
    double max_lr = -1;               ///< the highest, of the first cycle; must be given
    step_t lr_period_updates = 5000;  ///< updates of a cycle, 2 to 2^53; of an odd number, one less
    double lr_shrink = 0.1;           ///< how many times as high each cycle is, above 0 and at most 1
    bool shrink_min = false;          ///< whether the lowest rate shrinks, too

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::rate("max_lr", "the highest rate, of the first cycle"), p.max_lr);
        visit(fields::updates("lr_period_updates", "updates of a cycle"), p.lr_period_updates);
        visit(fields::lr_shrink, p.lr_shrink);
        visit(fields::flag("shrink_min", "whether the lowest rate shrinks, too"), p.shrink_min);
    }
    PACER_HOST constexpr violation check() const noexcept {
        if (lr_period_updates < 2)
            return pacer::detail::bad_count("lr_period_updates", lr_period_updates, "must be 2 or more");
        return pacer::detail::check_at_most("lr", lr, max_lr, "must be at most max_lr");
    }
    PACER_HOST constexpr auto schedule() const {
        return detail::shrinking_triangles{lr, max_lr, lr_period_updates / 2, lr_shrink, shrink_min};
    }
};

/// Triangles from `lr` to max_lr lr_shrink^i and back, in cycle i = floor(s / lr_period_updates). Where the peak has fallen below `lr`, it
/// is a valley, as in fairseq.
using triangular = pacer::detail::dialect_schedule<triangular_params>;

/// Parameters of `step`.
struct step_params {
    using rate_type = double;
    static constexpr const char* name = "fairseq::step";

    double lr = -1;                                ///< the base rate; finite, 0 or more; must be given
    double lr_decay = 0.5;                         ///< the factor for each change, above 0 and at most 1
    step_t lr_decay_period = 25'000;               ///< updates between two changes, 1 to 2^53
    double min_lr = 0;                             ///< the floor, at most `lr`
    step_t warmup_updates = 0;                     ///< updates of the warm-up, 0 to 2^53
    double warmup_init_lr = pacer::detail::unset;  ///< the rate the warm-up starts from; default see below

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::fraction_above_0("lr_decay", "the factor for each change"), p.lr_decay);
        visit(fields::updates_from_1("lr_decay_period", "updates between two changes"), p.lr_decay_period);
        visit(fields::rate("min_lr", "the floor"), p.min_lr);
        visit(fields::warmup_updates, p.warmup_updates);
        visit(fields::warmup_init_lr, p.warmup_init_lr);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_at_most("min_lr", min_lr, lr, "must be at most lr");
    }
    PACER_HOST constexpr auto schedule() const {
        return join(
            detail::warmup(warmup_init_lr == pacer::detail::unset ? min_lr : warmup_init_lr, lr, warmup_updates),
            warmup_updates,
            step_decay<>({.peak_lr = lr, .min_lr = min_lr, .factor = lr_decay, .every = lr_decay_period}));
    }
};

/// A linear warm-up of W updates from `warmup_init_lr` (default `min_lr`), then stairs: max(min_lr, lr lr_decay^floor((s - W) / lr_decay_period)).
using step = pacer::detail::dialect_schedule<step_params>;

using schedules =
    pacer::detail::dialect_list<fixed, polynomial_decay, cosine, inverse_sqrt, tri_stage, triangular, step>;

}  // namespace pacer::fairseq

#endif
