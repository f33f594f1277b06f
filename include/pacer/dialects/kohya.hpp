// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_KOHYA_HPP
#define PACER_DIALECTS_KOHYA_HPP

/// What kohya's sd-scripts do differently from Hugging Face, of which their schedulers are: two of them count their cycles in halves. All
/// others are those of dialects/hugging_face.hpp, `constant` being the default; `lr_scheduler_power` and
/// `lr_scheduler_num_cycles` are 1 for them, too.
///
/// A fraction in `lr_warmup_steps` or `lr_decay_steps` is of `max_train_steps` times the processes, rounded down. `constant` with a
/// warm-up is an error there; here it is `constant_with_warmup`, by name.
/// Source: sd-scripts, `library/train_util.py`, `get_scheduler_fix`.

#include <pacer/dialects/hugging_face.hpp>

namespace pacer::kohya {

using pacer::check;

namespace fields {

using namespace pacer::fields;

inline constexpr field lr_warmup_steps = updates("lr_warmup_steps", "the length of the warm-up");
inline constexpr field max_train_steps = as_length(updates("max_train_steps", "the length, warm-up included"));
inline constexpr field lr_scheduler_num_cycles = updates("lr_scheduler_num_cycles", "of the decay, half waves");

}  // namespace fields

/// Parameters of `cosine_with_min_lr`.
struct cosine_with_min_lr_params {
    using rate_type = double;
    static constexpr const char* name = "kohya::cosine_with_min_lr";

    double learning_rate = -1;           ///< the rate after the warm-up; finite, 0 or more; must be given
    step_t lr_warmup_steps = 0;          ///< updates, 0 to 2^53
    step_t max_train_steps = 1600;       ///< the length, warm-up included, 0 to 2^53
    step_t lr_scheduler_num_cycles = 1;  ///< half waves over the decay, 0 to 2^53
    double lr_scheduler_min_lr_ratio =
        pacer::detail::unset;  ///< the floor as a part of `learning_rate`, 0 to 1; must be given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("learning_rate", "the rate after the warm-up"), p.learning_rate);
        visit(fields::lr_warmup_steps, p.lr_warmup_steps);
        visit(fields::max_train_steps, p.max_train_steps);
        visit(fields::lr_scheduler_num_cycles, p.lr_scheduler_num_cycles);
        visit(fields::fraction("lr_scheduler_min_lr_ratio", "the floor as a part of learning_rate"),
              p.lr_scheduler_min_lr_ratio);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return hf::get_cosine_with_min_lr_schedule_with_warmup_params{
            .lr = learning_rate,
            .num_warmup_steps = lr_warmup_steps,
            .num_training_steps = max_train_steps,
            .num_cycles = static_cast<double>(lr_scheduler_num_cycles) / 2,
            .min_lr_rate = lr_scheduler_min_lr_ratio}
            .schedule();
    }
};

/// Hugging Face's `get_cosine_with_min_lr_schedule_with_warmup` with num_cycles of lr_scheduler_num_cycles / 2.
using cosine_with_min_lr = pacer::detail::dialect_schedule<cosine_with_min_lr_params>;

/// Parameters of `warmup_stable_decay`.
struct warmup_stable_decay_params {
    using rate_type = double;
    static constexpr const char* name = "kohya::warmup_stable_decay";

    double learning_rate = -1;             ///< the rate of the stable part; finite, 0 or more; must be given
    step_t lr_warmup_steps = 0;            ///< updates, 0 to 2^53
    step_t lr_decay_steps = 0;             ///< updates, 0 to 2^53
    step_t max_train_steps = 1600;         ///< the length, warm-up included, 0 to 2^53
    step_t lr_scheduler_num_cycles = 1;    ///< half waves over the decay, 0 to 2^53
    double lr_scheduler_min_lr_ratio = 0;  ///< the first and the last rate as a part of `learning_rate`, 0 to 1

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("learning_rate", "the rate of the stable part"), p.learning_rate);
        visit(fields::lr_warmup_steps, p.lr_warmup_steps);
        visit(fields::updates("lr_decay_steps", "the length of the decay"), p.lr_decay_steps);
        visit(fields::max_train_steps, p.max_train_steps);
        visit(fields::lr_scheduler_num_cycles, p.lr_scheduler_num_cycles);
        visit(fields::fraction("lr_scheduler_min_lr_ratio", "the first and the last rate as a part of learning_rate"),
              p.lr_scheduler_min_lr_ratio);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HD constexpr step_t total_steps() const noexcept { return max_train_steps; }
    PACER_HOST constexpr auto schedule() const {
        return hf::get_wsd_schedule_params{.lr = learning_rate,
                                           .num_warmup_steps = lr_warmup_steps,
                                           .num_decay_steps = lr_decay_steps,
                                           .num_training_steps = max_train_steps,
                                           .min_lr_ratio = lr_scheduler_min_lr_ratio,
                                           .num_cycles = static_cast<double>(lr_scheduler_num_cycles) / 2}
            .schedule();
    }
};

/// Hugging Face's `get_wsd_schedule` with what is left of the run as its stable part and num_cycles of lr_scheduler_num_cycles / 2.
/// With a decay of 0 updates, the default, it falls to its floor at once at the end.
using warmup_stable_decay = pacer::detail::dialect_schedule<warmup_stable_decay_params>;

using schedules = pacer::detail::dialect_list<cosine_with_min_lr, warmup_stable_decay>;

}  // namespace pacer::kohya

#endif
