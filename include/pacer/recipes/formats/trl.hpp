// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_TRL_HPP
#define PACER_RECIPES_FORMATS_TRL_HPP

/// TRL's YAML, and the arguments of its scripts: Hugging Face's, with rates of its own, and prompts that are repeated.
/// Source: trl 0.24.0, `trainer/*_config.py`, `trainer/grpo_trainer.py`, `RepeatSampler`.

#include <pacer/recipes/formats/hugging_face_arguments.hpp>
#include <pacer/recipes/formats/sheet.hpp>

namespace pacer::recipes::trainers {
namespace detail {

/// A trainer of TRL.
struct trl_trainer {
    std::string_view name;
    double learning_rate;  // by default
    bool repeats;          // each prompt, for its generations
};

inline constexpr std::array<trl_trainer, 12> trl_trainers{{{"sft", 2e-5, false},
                                                           {"dpo", 1e-6, false},
                                                           {"kto", 1e-6, false},
                                                           {"orpo", 1e-6, false},
                                                           {"cpo", 1e-6, false},
                                                           {"bco", 5e-5, false},
                                                           {"reward", 1e-4, false},
                                                           {"prm", 1e-5, false},
                                                           {"online_dpo", 5e-7, false},
                                                           {"grpo", 1e-6, true},
                                                           {"rloo", 1e-6, true},
                                                           {"ppo", 3e-6, false}}};

/// Which trainer a file is for: what it is named by, or what only one has; SFT's otherwise.
PACER_HOST inline const trl_trainer& trl_trainer_of(const document& from) {
    const auto named = [](std::string_view name) -> const trl_trainer& {
        return *std::find_if(trl_trainers.begin(), trl_trainers.end(),
                             [&](const trl_trainer& t) { return t.name == name; });
    };
    for (const std::string& word : from.words)
        for (const trl_trainer& t : trl_trainers)
            if (word == t.name || word.ends_with("/" + std::string(t.name) + ".py") ||
                word == std::string(t.name) + ".py")
                return t;
    const tree& root = from.root;
    if (has_any(root, {"rloo_k", "normalize_rewards"}))
        return named("rloo");
    if (has_any(root, {"num_generations", "max_completion_length", "reward_funcs", "epsilon_high", "scale_rewards",
                       "steps_per_generation"}))
        return named("grpo");
    if (has_any(root, {"desirable_weight", "undesirable_weight"}))
        return named("kto");
    if (has_any(root, {"center_rewards_coefficient"}))
        return named("reward");
    if (has_any(root, {"beta", "loss_type", "max_prompt_length", "rpo_alpha", "precompute_ref_log_probs"}))
        return named("dpo");
    return named("sft");
}

}  // namespace detail

PACER_HOST inline recipe read_trl(const tree& root, const std::string& file) {
    const document from = document_of(root, file);
    const detail::trl_trainer& trainer = detail::trl_trainer_of(from);
    recipe r = from.is_command ? read_hugging_face_arguments(root, file) : as_hugging_face(from);
    std::string name(trainer.name);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c == '_' ? c : static_cast<char>(c - 'a' + 'A'); });
    r.format = "TRL";
    if (r.places.count("learning_rate") == 0) {
        r.learning_rate = trainer.learning_rate;
        r.notes.push_back("the learning rate is not given: it is " + shortest(trainer.learning_rate) + " for TRL's " +
                          name + ", where the Trainer alone has 5e-05");
    }
    if (trainer.repeats && !r.rollouts.num_generations)
        r.rollouts.num_generations = 8;
    return r;
}

/// TRL's YAML or command (`trl sft`, `trl/scripts/grpo.py`): `model_name_or_path` beside `dataset_name`, or what only its
/// trainers have. By default the rate is the trainer's (SFT 2e-5, DPO and GRPO 1e-6, Reward 1e-4, ...); GRPO and RLOO train
/// on num_generations (8) completions of each prompt.
PACER_MODE inline constexpr format trl_format{
    "trl", "TRL",
    [](const tree& root) {
        if (is_command(root)) {
            const document from = document_of(root, {});
            return std::any_of(from.words.begin(), from.words.end(), [](const std::string& word) {
                return word == "trl" || word.find("trl/") != std::string::npos ||
                       word.find("trl.scripts") != std::string::npos;
            });
        }
        if (has_any(root, {"stage", "finetuning_type", "template", "micro_batch_size", "model_class", "cutoff_len"}))
            return false;
        if (has_any(root, {"num_generations", "steps_per_generation", "dataset_mixer", "dataset_mixture",
                           "chat_template_path", "completion_only_loss", "assistant_only_loss", "reward_funcs",
                           "desirable_weight", "rpo_alpha", "packing_strategy"}))
            return true;
        // The Trainer's own example scripts name a model, too.
        return has(root, "model_name_or_path") &&
               !has_any(root,
                        {"dataset", "do_train", "do_eval", "train_file", "task_name", "preprocessing_num_workers"}) &&
               has_any(root,
                       {"dataset_name", "trust_remote_code", "attn_implementation", "use_peft", "max_length",
                        "max_seq_length", "torch_dtype", "dtype", "per_device_train_batch_size", "num_train_epochs"});
    },
    &read_trl};

}  // namespace pacer::recipes::trainers

#endif
