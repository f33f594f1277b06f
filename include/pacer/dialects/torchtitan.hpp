// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_TORCHTITAN_HPP
#define PACER_DIALECTS_TORCHTITAN_HPP

/// torchtitan's schedule, with the fields of its `[lr_scheduler]` section and their defaults; `lr` is the optimizer's, `steps`
/// the training's.
/// Source: torchtitan 0.3, `components/lr_scheduler.py`.

#include <pacer/dialects/dialect.hpp>

namespace pacer::torchtitan {

/// The shape of the decay.
enum class decay_type : unsigned char { linear, sqrt, cosine };

}  // namespace pacer::torchtitan

template <>
struct pacer::detail::names<pacer::torchtitan::decay_type> {
    static constexpr const char* type = "torchtitan::decay_type";
    static constexpr const char* values[] = {"linear", "sqrt", "cosine"};
};

namespace pacer::torchtitan {

using pacer::check;

/// Parameters of `lr_scheduler`.
struct lr_scheduler_params {
    using rate_type = double;
    static constexpr const char* name = "torchtitan::lr_scheduler";

    double lr = -1;                       ///< the rate of the stable part; finite, 0 or more; must be given
    step_t steps = pacer::detail::unset;  ///< the length of the run in updates, 1 to 2^53; must be given
    step_t warmup_steps = 200;            ///< of these, at most all
    double decay_ratio =
        pacer::detail::unset;  ///< of these, the part that decays, 0 to 1; default all after the warm-up
    torchtitan::decay_type decay_type = torchtitan::decay_type::linear;  ///< the shape of the decay
    double min_lr_factor = 0;  ///< the rate at the end as a part of `lr`, 0 to 1

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::as_length(fields::updates_from_1("steps", "the length of the run")), p.steps);
        visit(fields::updates("warmup_steps", "the length of the warm-up"), p.warmup_steps);
        visit(fields::optional_fraction("decay_ratio", "the part of the run that decays"), p.decay_ratio);
        visit(fields::choice("decay_type", "the shape of the decay"), p.decay_type);
        visit(fields::fraction("min_lr_factor", "the rate at the end as a part of lr"), p.min_lr_factor);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HD constexpr step_t total_steps() const noexcept { return steps; }
    PACER_HOST constexpr auto schedule() const {
        const step_t warmup = warmup_steps < steps ? warmup_steps : steps;
        const step_t asked = decay_ratio == pacer::detail::unset
                                 ? steps
                                 : pacer::detail::nearest_even_to_int(decay_ratio * static_cast<double>(steps));
        const step_t decay = asked < steps - warmup ? asked : steps - warmup;
        const step_t start = steps - decay;
        const double floor = lr * min_lr_factor;
        const bool is_wave = decay_type == torchtitan::decay_type::cosine;
        return join(
            linear_warmup<>({.peak_lr = lr, .total_steps = warmup, .first_step = first_step::from_first}), warmup,
            constant<>({.peak_lr = lr}), start,
            warmup_stable_decay<>({.peak_lr = lr,
                                   .min_lr = floor,
                                   .stable_steps = 0,
                                   .decay_steps = decay,
                                   .decay_shape = decay_type == torchtitan::decay_type::linear
                                                      ? ramp_shape::linear
                                                      : ramp_shape::one_minus_sqrt}),
            is_wave ? start : endless,
            cosine_with_min_lr<>(
                {.peak_lr = lr, .min_lr = floor, .total_steps = decay > 0 ? decay : 1, .past_end = past_end::wave}));
    }
};

/// A linear warm-up of W updates, a stable part and a decay of D updates down to a floor m = lr min_lr_factor. T = `steps`,
/// D = decay_ratio T rounded to the nearest whole number (half to even), or less if the warm-up leaves less.
///
///     lr(s) = lr (s + 1) / W                                      for s < W
///     lr(s) = lr                                                  for W <= s < T - D
///     lr(s) = m + (lr - m) f((s - T + D) / D)                     for s >= T - D
///
/// with f(r) of 1 - r, 1 - sqrt(r) or (1 + cos(pi r)) / 2. From T on: the floor, where torchtitan falls below it; the cosine
/// rises again, as there.
using lr_scheduler = pacer::detail::dialect_schedule<lr_scheduler_params>;

using schedules = pacer::detail::dialect_list<lr_scheduler>;

}  // namespace pacer::torchtitan

#endif
