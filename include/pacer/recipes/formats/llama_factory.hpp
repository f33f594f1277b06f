// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_LLAMA_FACTORY_HPP
#define PACER_RECIPES_FORMATS_LLAMA_FACTORY_HPP

/// What LLaMA-Factory reads beside its training YAML: the configuration that its web console saves, and version 1's YAML.
/// Source: LLaMA-Factory at August 2026, `webui/runner.py`, `v1/config/training_args.py`, `v1/core/base_trainer.py`,
/// `v1/core/utils/batching.py`.

#include <pacer/recipes/formats/hugging_face_arguments.hpp>
#include <pacer/recipes/formats/sheet.hpp>

namespace pacer::recipes::trainers {
namespace detail {

/// An element of LLaMA Board, and the argument that the console makes of it.
struct board_element {
    std::string_view element;
    std::string_view argument;
    bool is_number;  // kept as text
};

inline constexpr std::array<board_element, 13> board_elements{
    {{"train.learning_rate", "learning_rate", true},
     {"train.num_train_epochs", "num_train_epochs", true},
     {"train.lr_scheduler_type", "lr_scheduler_type", false},
     {"train.warmup_steps", "warmup_steps", false},
     {"train.batch_size", "per_device_train_batch_size", false},
     {"train.gradient_accumulation_steps", "gradient_accumulation_steps", false},
     {"train.cutoff_len", "cutoff_len", true},
     {"train.max_samples", "max_samples", true},
     {"train.val_size", "val_size", true},
     {"train.packing", "packing", false},
     {"train.neat_packing", "neat_packing", false},
     {"top.finetuning_type", "finetuning_type", false},
     {"top.template", "template", false}}};

/// The stages by the names that its box has.
inline constexpr std::array<std::pair<std::string_view, const char*>, 5> board_stages{
    {{"PPO", "ppo"}, {"Pre-Training", "pt"}, {"Reward Modeling", "rm"}, {"DPO", "dpo"}, {"KTO", "kto"}}};

}  // namespace detail

/// The arguments that LLaMA Board starts LLaMA-Factory with.
PACER_HOST inline recipe read_llama_board(const tree& root, const std::string& file) {
    document from = document_of(root, file);
    std::map<std::string, entry> arguments;
    for (const detail::board_element& known : detail::board_elements) {
        const entry* e = find_in(root, known.element);
        if (e == nullptr)
            continue;
        tree value = known.is_number && e->value.is == tree::kind::text ? number_or_text(e->value.text) : e->value;
        value.line = e->line;
        arguments[std::string(known.argument)] = {std::string(known.argument), e->line, std::move(value)};
    }
    // Its own boxes are filled in, whatever the Trainer's defaults are.
    arguments.emplace("learning_rate", argument("learning_rate", 5e-5));
    arguments.emplace("lr_scheduler_type", argument("lr_scheduler_type", std::string("cosine")));
    arguments.emplace("per_device_train_batch_size", argument("per_device_train_batch_size", step_t{2}));
    arguments.emplace("gradient_accumulation_steps", argument("gradient_accumulation_steps", step_t{8}));
    std::string stage = "sft";
    const entry* chosen = find_in(root, "train.training_stage");
    for (const auto& [name, is] : detail::board_stages)
        if (chosen != nullptr && chosen->value.text == name)
            stage = is;
    arguments["stage"] = argument("stage", stage);
    if (const entry* extra = find_in(root, "train.extra_args");
        extra != nullptr && extra->value.is == tree::kind::text) {
        tree inside;
        try {
            inside = recipes::detail::json_tree(extra->value.text, file);
        } catch (const recipe_error&) {
            inside = {};
        }
        if (inside.is != tree::kind::map)
            recipes::detail::wrong({file, extra->line, "train.extra_args"}, extra->value, "a JSON object");
        // They are put on top of the others.
        for (const entry& e : inside.entries)
            arguments[e.key] = {e.key, extra->line, e.value};
    }
    from.root.entries.clear();
    for (const auto& [key, value] : arguments)
        from.root.entries.push_back(value);
    recipe r = as_hugging_face(from);
    r.format = "LLaMA Board";
    return r;
}

/// The configuration that LLaMA-Factory's web console saves: `train.learning_rate`, ..., numbers as text. What stands in
/// `train.extra_args` (JSON) wins.
PACER_MODE inline constexpr format llama_board_format{"llama_board", "LLaMA Board",
                                                      [](const tree& root) {
                                                          return has(root, "top.model_name") ||
                                                                 has(root, "train.training_stage") ||
                                                                 has(root, "train.extra_args");
                                                      },
                                                      &read_llama_board};

namespace detail {

class llama_factory_v1_reader {
public:
    PACER_HOST llama_factory_v1_reader(const document& from, const run_facts& facts, const recipe&) : s_(from, facts) {}

    [[nodiscard]] PACER_HOST resolved run() {
        s_.check_names("",
                       {"learning_rate", "lr_scheduler_config", "micro_batch_size", "global_batch_size", "max_steps",
                        "num_train_epochs", "optim_config", "batching_strategy", "dp_size", "cp_size"});
        if (s_.has("lr_scheduler_config"))
            s_.wrong("lr_scheduler_config",
                     "nothing: version 1 has no scheduler yet and stops at any (its rate is constant)");
        for (const char* key : {"lr_scheduler_type", "warmup_ratio", "warmup_steps", "per_device_train_batch_size",
                                "gradient_accumulation_steps"})
            if (s_.has(key))
                s_.mistake(s_.where(key), "is no key of version 1, which refuses it; accepted: learning_rate, "
                                          "micro_batch_size, global_batch_size, num_train_epochs, max_steps");
        const double lr = s_.number("learning_rate").value_or(1e-4);
        s_.say_unread({"optim_config.lr"}, "is replaced by learning_rate");
        s_.add_head("constant", "no lr_scheduler_config", lr, "learning_rate");
        const step_t total = count_updates();
        return s_.finish("constant", lr, total, 0, "constant", {{"peak_lr", lr}});
    }

private:
    PACER_HOST step_t count_updates() {
        if (s_.facts().total_steps) {
            s_.add("updates", std::to_string(*s_.facts().total_steps), s_.facts().total_from);
            return *s_.facts().total_steps;
        }
        if (const step_t most = s_.count("max_steps", -1).value_or(0); most > 0) {
            s_.add("updates", std::to_string(most), s_.source("max_steps"));
            return most;
        }
        if (!s_.facts().examples) {
            s_.add("updates", "unknown", "not needed");
            return endless;
        }
        const step_t world = s_.world_size();
        const step_t parallel = s_.count("dp_size", 1).value_or(world / s_.count("cp_size", 1).value_or(1));
        const step_t micro = s_.count("micro_batch_size", 1).value_or(1);
        const step_t processes = (std::max)(parallel, step_t{1});
        const step_t all = bounded_product(micro, processes);
        const step_t batch = s_.count("global_batch_size", 1).value_or(all);
        if (batch % all != 0) {
            s_.clash("global_batch_size", "a multiple of " + std::to_string(all) + " (micro_batch_size x " +
                                              std::to_string(processes) + " processes)");
            return 1;
        }
        const step_t epochs = s_.count("num_train_epochs", 1).value_or(3);
        const step_t of_epoch = *s_.facts().examples / processes / (batch / processes);
        const step_t total = bounded_product(epochs, of_epoch);
        if (total > longest) {
            s_.clash("num_train_epochs", "a number that makes a run of at most 2^53 updates");
            return 1;
        }
        s_.add("updates", std::to_string(total),
               count_of_epochs(epochs) + " x floor(" + std::to_string(*s_.facts().examples) + " examples / " +
                   std::to_string(batch) + ")");
        return total;
    }

    sheet s_;
};

}  // namespace detail

/// LLaMA-Factory's version 1: `model_class`, `train_dataset` or `dist_config`. Its rate is constant (1e-4): it has no
/// scheduler yet, and refuses every `lr_scheduler_config`.
PACER_MODE inline constexpr format llama_factory_v1_format{
    "llama_factory_v1", "LLaMA-Factory v1",
    [](const tree& root) {
        const entry* model = find_in(root, "model");
        return !is_command(root) && model != nullptr && model->value.is == tree::kind::text &&
               (has_any(root, {"model_class", "lr_scheduler_config", "dist_config", "optim_config"}) ||
                (has(root, "train_dataset") && has(root, "micro_batch_size")));
    },
    [](const tree& root, const std::string& file) {
        return with_rules<detail::llama_factory_v1_reader>(root, file, "LLaMA-Factory v1");
    }};

}  // namespace pacer::recipes::trainers

#endif
