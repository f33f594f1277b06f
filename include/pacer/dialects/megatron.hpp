// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_MEGATRON_HPP
#define PACER_DIALECTS_MEGATRON_HPP

/// Megatron-LM's `OptimizerParamScheduler`, with its parameters. Megatron counts samples: divide its steps by the global batch size, or
/// ask with samples; a batch that grows is a clock of its own (`lr(samples)`). `inverse-square-root` is written inverse_square_root.
/// Source: megatron-core 0.16, `optimizer_param_scheduler.py`.

#include <pacer/dialects/dialect.hpp>

namespace pacer::megatron {

/// Megatron-LM's `--lr-decay-style`.
enum class lr_decay_style : unsigned char { constant, linear, cosine, inverse_square_root, WSD };
/// Megatron-LM's `--lr-wsd-decay-style`.
enum class lr_wsd_decay_style : unsigned char { exponential, linear, cosine, minus_sqrt };
/// Megatron-LM's `--weight-decay-incr-style`.
enum class wd_incr_style : unsigned char { constant, linear, cosine };

}  // namespace pacer::megatron

template <>
struct pacer::detail::names<pacer::megatron::lr_decay_style> {
    static constexpr const char* type = "megatron::lr_decay_style";
    static constexpr const char* values[] = {"constant", "linear", "cosine", "inverse_square_root", "WSD"};
};
template <>
struct pacer::detail::names<pacer::megatron::lr_wsd_decay_style> {
    static constexpr const char* type = "megatron::lr_wsd_decay_style";
    static constexpr const char* values[] = {"exponential", "linear", "cosine", "minus_sqrt"};
};
template <>
struct pacer::detail::names<pacer::megatron::wd_incr_style> {
    static constexpr const char* type = "megatron::wd_incr_style";
    static constexpr const char* values[] = {"constant", "linear", "cosine"};
};

namespace pacer::megatron {

using pacer::check;

/// Parameters of `optimizer_param_scheduler`.
struct optimizer_param_scheduler_params {
    using rate_type = double;
    static constexpr const char* name = "megatron::optimizer_param_scheduler";

    double init_lr = 0;                            ///< the rate the warm-up starts from, at most `max_lr`
    double max_lr = -1;                            ///< the rate after the warm-up; finite, 0 or more; must be given
    double min_lr = 0;                             ///< the floor, at most `max_lr`
    step_t lr_warmup_steps = 0;                    ///< updates, less than `lr_decay_steps`
    step_t lr_decay_steps = pacer::detail::unset;  ///< the length, warm-up included, 1 to 2^53; must be given
    megatron::lr_decay_style lr_decay_style = megatron::lr_decay_style::linear;  ///< the curve
    step_t wsd_decay_steps = pacer::detail::unset;  ///< of WSD, updates of the decay at the end; must be given for it
    megatron::lr_wsd_decay_style lr_wsd_decay_style =
        megatron::lr_wsd_decay_style::exponential;  ///< of WSD, the shape of the decay

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("init_lr", "the rate the warm-up starts from"), p.init_lr);
        visit(fields::rate("max_lr", "the rate after the warm-up"), p.max_lr);
        visit(fields::rate("min_lr", "the floor"), p.min_lr);
        visit(fields::updates("lr_warmup_steps", "the length of the warm-up"), p.lr_warmup_steps);
        visit(fields::as_length(fields::updates_from_1("lr_decay_steps", "the length, warm-up included")),
              p.lr_decay_steps);
        visit(fields::choice("lr_decay_style", "the curve"), p.lr_decay_style);
        visit(fields::optional_updates("wsd_decay_steps", "of WSD, updates of the decay at the end"),
              p.wsd_decay_steps);
        visit(fields::choice("lr_wsd_decay_style", "of WSD, the shape of the decay"), p.lr_wsd_decay_style);
    }
    PACER_HOST constexpr violation check() const noexcept {
        constexpr const char* rule = "must be at most max_lr";
        if (lr_decay_style == megatron::lr_decay_style::WSD && wsd_decay_steps == pacer::detail::unset)
            return pacer::detail::missing("wsd_decay_steps", "must be given for WSD");
        if (lr_warmup_steps >= lr_decay_steps)
            return pacer::detail::bad_count("lr_warmup_steps", lr_warmup_steps, "must be below lr_decay_steps");
        if (lr_decay_style == megatron::lr_decay_style::WSD && wsd_decay_steps == 0 && lr_decay_steps == longest)
            return pacer::detail::bad_count("lr_decay_steps", lr_decay_steps, "must be below 2^53");
        return pacer::detail::first_of(pacer::detail::check_at_most("init_lr", init_lr, max_lr, rule),
                                       pacer::detail::check_at_most("min_lr", min_lr, max_lr, rule));
    }
    PACER_HD constexpr step_t total_steps() const noexcept { return lr_decay_steps; }
    PACER_HOST constexpr ramp_shape shape() const noexcept {
        using wsd = megatron::lr_wsd_decay_style;
        if (lr_decay_style == megatron::lr_decay_style::cosine)
            return ramp_shape::cosine;
        if (lr_decay_style != megatron::lr_decay_style::WSD || lr_wsd_decay_style == wsd::linear)
            return ramp_shape::linear;
        return lr_wsd_decay_style == wsd::cosine       ? ramp_shape::cosine
               : lr_wsd_decay_style == wsd::minus_sqrt ? ramp_shape::one_minus_sqrt
                                                       : ramp_shape::half_life;
    }
    PACER_HOST constexpr auto schedule() const {
        const step_t warmup = lr_warmup_steps;
        const step_t total = lr_decay_steps;
        const bool is_constant = lr_decay_style == megatron::lr_decay_style::constant;
        const bool is_root = lr_decay_style == megatron::lr_decay_style::inverse_square_root;
        const bool is_wsd = lr_decay_style == megatron::lr_decay_style::WSD;
        // The decay of WSD may begin within the warm-up.
        const step_t decay = is_wsd ? wsd_decay_steps : total - warmup;
        const step_t begun = decay > total - warmup ? decay - (total - warmup) : 0;
        const step_t start = begun > 0 && warmup > 0 ? warmup + 1 : warmup;
        const step_t root = is_root ? (warmup > 0 ? warmup : 1) : endless;
        return join(linear_warmup<>({.peak_lr = max_lr, .total_steps = warmup, .init_lr = init_lr}), start,
                    advance(warmup_stable_decay<>(
                                {.peak_lr = max_lr,
                                 .min_lr = is_constant || is_root ? max_lr : min_lr,
                                 .stable_steps = total - warmup > decay ? total - warmup - decay + (decay == 0) : 0,
                                 .decay_steps = decay,
                                 .decay_shape = shape()}),
                            begun + (start - warmup)),
                    root, inverse_sqrt<>({.peak_lr = max_lr, .min_lr = min_lr, .timescale = warmup > 0 ? warmup : 1}),
                    is_root ? total + 1 : endless, constant<>({.peak_lr = min_lr}));
    }
};

/// Megatron's `OptimizerParamScheduler`, of the learning rate: a linear warm-up of W updates, then a curve by `lr_decay_style` down
/// to `min_lr` at T = lr_decay_steps. With r = (s - W) / (T - W), and d = (s - T + D) / D of the last D = wsd_decay_steps updates:
///
///     lr(s) = init_lr + (max_lr - init_lr) s / W                      for s <= W
///     lr(s) = min_lr + (max_lr - min_lr) f                            for W <= s <= T
///             f = 1 - r (linear), (1 + cos(pi r)) / 2 (cosine); WSD: 1 until T - D, then
///             2^(1 - d) - 1 (exponential), 1 - d (linear), (1 + cos(pi d)) / 2 (cosine), 1 - sqrt(d) (minus_sqrt)
///     lr(s) = max(min_lr, max_lr sqrt(W / s))                         for W <= s <= T with inverse_square_root
///     lr(s) = max_lr                                                  for s >= W with constant
///     lr(s) = min_lr                                                  for s > T with all others
///
/// An error (`invalid_schedule`), as there: `init_lr` or `min_lr` above `max_lr`; a warm-up that is not shorter than the run; WSD without
/// `wsd_decay_steps`.
using optimizer_param_scheduler = pacer::detail::dialect_schedule<optimizer_param_scheduler_params>;

/// Parameters of `weight_decay`.
struct weight_decay_params {
    using rate_type = double;
    static constexpr const char* name = "megatron::weight_decay";

    double start_wd = -1;                         ///< the first; finite, 0 or more; must be given
    double end_wd = -1;                           ///< the last, at least the first; must be given
    step_t wd_incr_steps = pacer::detail::unset;  ///< updates between the two, 0 to 2^53; must be given
    megatron::wd_incr_style wd_incr_style = megatron::wd_incr_style::constant;  ///< the shape

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("start_wd", "the first weight decay"), p.start_wd);
        visit(fields::rate("end_wd", "the last weight decay"), p.end_wd);
        visit(fields::updates("wd_incr_steps", "updates between the two"), p.wd_incr_steps);
        visit(fields::choice("wd_incr_style", "the shape"), p.wd_incr_style);
    }
    PACER_HOST constexpr violation check() const noexcept {
        if (wd_incr_style == megatron::wd_incr_style::constant && start_wd != end_wd)
            return pacer::detail::bad_rate("end_wd", end_wd, "must be start_wd for wd_incr_style::constant");
        return pacer::detail::check_at_most("start_wd", start_wd, end_wd, "must be at most end_wd");
    }
    PACER_HOST constexpr auto schedule() const {
        return linear_warmup<>(
            {.peak_lr = end_wd,
             .total_steps = wd_incr_steps,
             .warmup_shape = wd_incr_style == megatron::wd_incr_style::cosine ? ramp_shape::cosine : ramp_shape::linear,
             .init_lr = start_wd});
    }
};

/// The weight decay of the same class: from `start_wd` to `end_wd` over `wd_incr_steps` updates along a line or half a wave of a cosine.
/// Constant only if the two are equal.
using weight_decay = pacer::detail::dialect_schedule<weight_decay_params>;

using schedules = pacer::detail::dialect_list<optimizer_param_scheduler, weight_decay>;

}  // namespace pacer::megatron

#endif
