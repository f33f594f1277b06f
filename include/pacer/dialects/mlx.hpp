// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_MLX_HPP
#define PACER_DIALECTS_MLX_HPP

/// MLX's schedules, under MLX's names and with its parameters. MLX computes them by 32-bit floats; here they are of double.
/// `join_schedules` is `pacer::join`.
///
/// What MLX accepts without a word and this refuses (`invalid_schedule`): a `decay_rate` of 0 or above 1 in
/// `exponential_decay`, above 1 in `step_decay`.
/// Source: mlx 0.32, `optimizers/schedulers.py`.

#include <pacer/dialects/dialect.hpp>

namespace pacer::mlx {

using pacer::check;

/// Parameters of `exponential_decay`.
struct exponential_decay_params {
    using rate_type = double;
    static constexpr const char* name = "mlx::exponential_decay";

    double init = -1;        ///< the first rate; finite, 0 or more; must be given
    double decay_rate = -1;  ///< the factor for every update, above 0 and at most 1; must be given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("init", "the first rate"), p.init);
        visit(fields::fraction_above_0("decay_rate", "the factor for every update"), p.decay_rate);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const { return exponential<>({.peak_lr = init, .gamma = decay_rate}); }
};

/// A decay by a factor: lr(s) = init decay_rate^s. It has no end.
using exponential_decay = pacer::detail::dialect_schedule<exponential_decay_params>;

/// Parameters of `step_decay`.
struct step_decay_params {
    using rate_type = double;
    static constexpr const char* name = "mlx::step_decay";

    double init = -1;                         ///< the first rate; finite, 0 or more; must be given
    double decay_rate = -1;                   ///< the factor, above 0 and at most 1; must be given
    step_t step_size = pacer::detail::unset;  ///< updates between two changes, 1 to 2^53; must be given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("init", "the first rate"), p.init);
        visit(fields::fraction_above_0("decay_rate", "the factor"), p.decay_rate);
        visit(fields::updates_from_1("step_size", "updates between two changes"), p.step_size);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return pacer::step_decay<>({.peak_lr = init, .factor = decay_rate, .every = step_size});
    }
};

/// Stairs: lr(s) = init decay_rate^floor(s / step_size), rounded once.
using step_decay = pacer::detail::dialect_schedule<step_decay_params>;

/// Parameters of `cosine_decay`.
struct cosine_decay_params {
    using rate_type = double;
    static constexpr const char* name = "mlx::cosine_decay";

    double init = -1;                           ///< the first rate; finite, 0 or more; must be given
    step_t decay_steps = pacer::detail::unset;  ///< the length in updates, 1 to 2^53; must be given
    double end = 0;                             ///< the last rate; it may be above the first

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("init", "the first rate"), p.init);
        visit(fields::as_length(fields::updates_from_1("decay_steps", "the length")), p.decay_steps);
        visit(fields::rate("end", "the last rate"), p.end);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return linear_warmup<>(
            {.peak_lr = end, .total_steps = decay_steps, .warmup_shape = ramp_shape::cosine, .init_lr = init});
    }
};

/// Half a wave of a cosine from `init` to `end` over `decay_steps` updates, which it holds. Exact at both ends.
using cosine_decay = pacer::detail::dialect_schedule<cosine_decay_params>;

/// Parameters of `linear_schedule`.
struct linear_schedule_params {
    using rate_type = double;
    static constexpr const char* name = "mlx::linear_schedule";

    double init = -1;                     ///< the first rate; finite, 0 or more; must be given
    double end = -1;                      ///< the last rate; it may be above the first; must be given
    step_t steps = pacer::detail::unset;  ///< the length in updates, 1 to 2^53; must be given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("init", "the first rate"), p.init);
        visit(fields::rate("end", "the last rate"), p.end);
        visit(fields::as_length(fields::updates_from_1("steps", "the length")), p.steps);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return linear_warmup<>({.peak_lr = end, .total_steps = steps, .init_lr = init});
    }
};

/// A straight line from `init` to `end` over `steps` updates, which it holds. Exact at both ends.
using linear_schedule = pacer::detail::dialect_schedule<linear_schedule_params>;

using schedules = pacer::detail::dialect_list<exponential_decay, step_decay, cosine_decay, linear_schedule>;

}  // namespace pacer::mlx

#endif
