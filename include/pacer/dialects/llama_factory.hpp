// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_LLAMA_FACTORY_HPP
#define PACER_DIALECTS_LLAMA_FACTORY_HPP

/// What LLaMA-Factory does differently from the Hugging Face Trainer: the lengths of `warmup_stable_decay`. All its other schedulers are
/// those of dialects/hugging_face.hpp.
/// Source: LLaMA-Factory, `train/trainer_utils.py`.

#include <pacer/dialects/hugging_face.hpp>

namespace pacer::llama_factory {

using pacer::check;

/// Parameters of `warmup_stable_decay`.
struct warmup_stable_decay_params {
    using rate_type = double;
    static constexpr const char* name = "llama_factory::warmup_stable_decay";

    double learning_rate = 5e-5;                       ///< the rate of the stable part; finite, 0 or more
    step_t num_warmup_steps = 0;                       ///< updates, 0 to 2^53
    step_t num_training_steps = pacer::detail::unset;  ///< the length, warm-up included, 0 to 2^53; must be given
    step_t num_stable_steps = pacer::detail::unset;    ///< updates; default a third of what the warm-up leaves
    step_t num_decay_steps = pacer::detail::unset;     ///< updates; default the other two thirds
    hf::wsd_type warmup_type = hf::wsd_type::linear;   ///< the shape of the warm-up
    hf::wsd_type decay_type = hf::wsd_type::cosine;    ///< the shape of the decay
    double min_lr_ratio = 0;  ///< the first and the last rate as a part of `learning_rate`, 0 to 1
    double num_cycles = 0.5;  ///< of a cosine decay, full waves

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("learning_rate", "the rate of the stable part"), p.learning_rate);
        visit(hf::fields::num_warmup_steps, p.num_warmup_steps);
        visit(hf::fields::num_training_steps, p.num_training_steps);
        visit(fields::optional_updates("num_stable_steps", "the length of the stable part"), p.num_stable_steps);
        visit(fields::optional_updates("num_decay_steps", "the length of the decay"), p.num_decay_steps);
        visit(fields::choice("warmup_type", "the shape of the warm-up"), p.warmup_type);
        visit(fields::choice("decay_type", "the shape of the decay"), p.decay_type);
        visit(fields::fraction("min_lr_ratio", "the first and the last rate as a part of learning_rate"),
              p.min_lr_ratio);
        visit(fields::num_cycles, p.num_cycles);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HD constexpr step_t total_steps() const noexcept { return num_training_steps; }
    PACER_HOST constexpr auto schedule() const {
        const step_t rest = num_training_steps > num_warmup_steps ? num_training_steps - num_warmup_steps : 0;
        const step_t stable = rest / 3;
        return hf::get_wsd_schedule_params{
            .lr = learning_rate,
            .num_warmup_steps = num_warmup_steps,
            .num_decay_steps = num_decay_steps == pacer::detail::unset ? rest - stable : num_decay_steps,
            .num_training_steps = num_training_steps,
            .num_stable_steps = num_stable_steps == pacer::detail::unset ? stable : num_stable_steps,
            .warmup_type = warmup_type,
            .decay_type = decay_type,
            .min_lr_ratio = min_lr_ratio,
            .num_cycles = num_cycles}
            .schedule();
    }
};

/// Hugging Face's `get_wsd_schedule` with the lengths that LLaMA-Factory fills in, each by itself: a run with `num_decay_steps` alone still
/// has a stable part of a third, and the floor for what is left.
using warmup_stable_decay = pacer::detail::dialect_schedule<warmup_stable_decay_params>;

using schedules = pacer::detail::dialect_list<warmup_stable_decay>;

}  // namespace pacer::llama_factory

#endif
