// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_BURN_HPP
#define PACER_DIALECTS_BURN_HPP

/// burn's learning-rate schedulers, under the names of their configurations in lower case (without `LrSchedulerConfig`), with their
/// parameters and defaults: the rates that `step()` gives one after the other. Its composed scheduler is `pacer::product`, the
/// sequential one `pacer::join`.
///
/// What burn accepts and this refuses (`invalid_schedule`): a `gamma` above 1 in `step`, of which burn warns. Source: burn-optim 0.22.

#include <pacer/dialects/dialect.hpp>

namespace pacer::burn {

using pacer::check;

namespace fields {

using namespace pacer::fields;

inline constexpr field initial_lr = rate("initial_lr", "the first rate");
inline constexpr field num_iters = as_length(updates_from_1("num_iters", "the length"));

}  // namespace fields

/// Parameters of `constant`.
struct constant_params {
    using rate_type = double;
    static constexpr const char* name = "burn::constant";

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

/// Parameters of `linear`.
struct linear_params {
    using rate_type = double;
    static constexpr const char* name = "burn::linear";

    double initial_lr = -1;                   ///< the first rate; finite, 0 or more; must be given
    double final_lr = -1;                     ///< the last rate; it may be above the first; must be given
    step_t num_iters = pacer::detail::unset;  ///< the length in updates, 1 to 2^53; must be given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::initial_lr, p.initial_lr);
        visit(fields::rate("final_lr", "the last rate"), p.final_lr);
        visit(fields::num_iters, p.num_iters);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return linear_warmup<>({.peak_lr = final_lr, .total_steps = num_iters, .init_lr = initial_lr});
    }
};

/// A straight line from `initial_lr` to `final_lr` over `num_iters` updates, which it holds. Exact at both ends.
using linear = pacer::detail::dialect_schedule<linear_params>;

/// Parameters of `exponential`.
struct exponential_params {
    using rate_type = double;
    static constexpr const char* name = "burn::exponential";

    double initial_lr = -1;  ///< the first rate; finite, 0 or more; must be given
    double gamma = -1;       ///< the factor for every update, above 0 and at most 1; must be given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::initial_lr, p.initial_lr);
        visit(fields::fraction_above_0("gamma", "the factor for every update"), p.gamma);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const { return pacer::exponential<>({.peak_lr = initial_lr, .gamma = gamma}); }
};

/// A decay by a factor: lr(s) = initial_lr gamma^s. It has no end.
using exponential = pacer::detail::dialect_schedule<exponential_params>;

/// Parameters of `cosine_annealing`.
struct cosine_annealing_params {
    using rate_type = double;
    static constexpr const char* name = "burn::cosine_annealing";

    double initial_lr = -1;                   ///< the first rate; finite, 0 or more; must be given
    step_t num_iters = pacer::detail::unset;  ///< the length in updates, 1 to 2^53; must be given
    double min_lr = 0;                        ///< the rate at the end, at most `initial_lr`

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::initial_lr, p.initial_lr);
        visit(fields::num_iters, p.num_iters);
        visit(fields::rate("min_lr", "the rate at the end"), p.min_lr);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_at_most("min_lr", min_lr, initial_lr, "must be at most initial_lr");
    }
    PACER_HOST constexpr auto schedule() const {
        return cosine_with_min_lr<>(
            {.peak_lr = initial_lr, .min_lr = min_lr, .total_steps = num_iters, .past_end = past_end::wave});
    }
};

/// A cosine from `initial_lr` to `min_lr` over `num_iters` updates, which goes on as a wave:
///
///     lr(s) = min_lr + (initial_lr - min_lr) (1 + cos(pi s / num_iters)) / 2, for every s
using cosine_annealing = pacer::detail::dialect_schedule<cosine_annealing_params>;

/// Parameters of `step`.
struct step_params {
    using rate_type = double;
    static constexpr const char* name = "burn::step";

    double initial_lr = -1;                   ///< the first rate; finite, 0 or more; must be given
    step_t step_size = pacer::detail::unset;  ///< updates between two changes, 1 to 2^53; must be given
    double gamma = 0.1;                       ///< the factor for each, above 0 and at most 1

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::initial_lr, p.initial_lr);
        visit(fields::updates_from_1("step_size", "updates between two changes"), p.step_size);
        visit(fields::fraction_above_0("gamma", "the factor for each"), p.gamma);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return step_decay<>({.peak_lr = initial_lr, .factor = gamma, .every = step_size});
    }
};

/// Stairs: lr(s) = initial_lr gamma^floor(s / step_size), rounded once.
using step = pacer::detail::dialect_schedule<step_params>;

/// Parameters of `noam`.
struct noam_params {
    using rate_type = double;
    static constexpr const char* name = "burn::noam";

    double factor = -1;          ///< what the curve is multiplied by; finite, 0 or more; must be given
    step_t warmup_steps = 4000;  ///< updates of the warm-up, 1 to 2^53
    step_t model_size = 512;     ///< the width of the model, 1 to 2^53

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("factor", "what the curve is multiplied by"), p.factor);
        visit(fields::updates_from_1("warmup_steps", "the length of the warm-up"), p.warmup_steps);
        visit(fields::updates_from_1("model_size", "the width of the model"), p.model_size);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        const double peak =
            factor / pacer::detail::square_root(static_cast<double>(model_size) * static_cast<double>(warmup_steps));
        return join(
            linear_warmup<>({.peak_lr = peak, .total_steps = warmup_steps, .first_step = first_step::from_first}),
            warmup_steps - 1, inverse_sqrt<>({.peak_lr = peak, .timescale = warmup_steps}));
    }
};

/// The schedule of "Attention is all you need", with W = warmup_steps and t = s + 1:
///
///     lr(s) = factor / sqrt(model_size) min(1 / sqrt(t), t / W^(3/2))
///
/// Highest at W - 1, factor / sqrt(model_size W).
using noam = pacer::detail::dialect_schedule<noam_params>;

using schedules = pacer::detail::dialect_list<constant, linear, exponential, cosine_annealing, step, noam>;

}  // namespace pacer::burn

#endif
