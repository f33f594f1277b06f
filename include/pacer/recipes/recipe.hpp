// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_RECIPE_HPP
#define PACER_RECIPES_RECIPE_HPP

/// A recipe: what a training file says about the learning rate, with the place where each thing is written.
///
/// `read_yaml`, `read_json` and `read_recipe` make one from a file; `resolve` says what its trainer would run with it.
/// This header needs no reader library.

#include <pacer/recipes/detail/visible.hpp>
#include <pacer/schedule.hpp>

#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace pacer::recipes {

/// Where something is written.
struct place {
    std::string file{};  ///< its name
    int line = 0;        ///< from 1; 0: it is not written anywhere (a default, or the file as a whole)
    std::string key{};   ///< as it is spelt there
};

/// One thing that is wrong with a recipe.
struct mistake {
    place where{};          ///< file, line and key
    std::string problem{};  ///< "found VALUE, accepted: RULE"
};

/// A recipe that cannot be read, or cannot be run. `what()` has a line for each mistake,
/// "FILE:LINE: KEY: found VALUE, accepted: RULE".
struct recipe_error : std::runtime_error {
    /// Of one mistake.
    PACER_HOST recipe_error(place at, const std::string& problem)
        : recipe_error(std::vector<mistake>{{std::move(at), problem}}) {}

    /// @param all  at least one; `what()` shows the first twenty.
    PACER_HOST explicit recipe_error(std::vector<mistake> all)
        : std::runtime_error(text_of(all)), where(all.front().where), mistakes(std::move(all)) {}

    place where;                    ///< of the first mistake
    std::vector<mistake> mistakes;  ///< all that were found

private:
    PACER_HOST static std::string text_of(const std::vector<mistake>& all) {
        constexpr std::size_t most = 20;
        std::string text;
        for (std::size_t i = 0; i < all.size() && i < most; ++i)
            text += (i > 0 ? "\n" : "") + prefix(all[i].where) + all[i].problem;
        if (all.size() > most)
            text += "\nand " + std::to_string(all.size() - most) + " more";
        return text;
    }
    PACER_HOST static std::string prefix(const place& at) {
        std::string text = detail::visible(at.file, 400);
        if (at.line > 0)
            text += (text.empty() ? "line " : ":") + std::to_string(at.line);
        if (!at.key.empty())
            text += (text.empty() ? "" : ": ") + detail::visible(at.key);
        return text.empty() ? text : text + ": ";
    }
};

/// `lr_scheduler_kwargs`. Which of them a scheduler takes is checked by `resolve`.
struct scheduler_kwargs {
    std::optional<double> min_lr{};            ///< a rate, 0 or more
    std::optional<double> min_lr_rate{};       ///< a fraction of the peak, 0 or more
    std::optional<double> warmup_lr_rate{};    ///< a fraction of the peak, 0 or more
    std::optional<double> num_cycles{};        ///< 0 or more
    std::optional<double> power{};             ///< 0 or more
    std::optional<double> lr_end{};            ///< a rate, 0 or more
    std::optional<double> timescale{};         ///< updates, above 0
    std::optional<step_t> num_stable_steps{};  ///< updates, 0 or more
    std::optional<step_t> num_decay_steps{};   ///< updates, 0 or more
    std::optional<double> min_lr_ratio{};      ///< a fraction of the peak, 0 or more
    std::optional<std::string> warmup_type{};  ///< linear, cosine or 1-sqrt
    std::optional<std::string> decay_type{};   ///< linear, cosine or 1-sqrt
};

/// A value of a DeepSpeed configuration: given, or "auto" (Hugging Face fills it in), or neither.
template <class T>
struct or_auto {
    std::optional<T> value{};  ///< the value, if it is not
    bool is_auto = false;      ///< whether it is "auto"
};

/// The `scheduler` section of a DeepSpeed configuration.
struct deepspeed_scheduler {
    std::string type{};                  ///< "WarmupLR", "WarmupDecayLR", "WarmupCosineLR", "OneCycle", "LRRangeTest"
    or_auto<double> warmup_min_lr{};     ///< a rate, 0 or more
    or_auto<double> warmup_max_lr{};     ///< a rate, 0 or more
    or_auto<step_t> warmup_num_steps{};  ///< updates, 0 or more
    or_auto<step_t> total_num_steps{};   ///< updates, 1 or more
    std::optional<double> warmup_min_ratio{};  ///< 0 to 1
    std::optional<double> cos_min_ratio{};     ///< 0 to 1
    std::optional<std::string> warmup_type{};  ///< log or linear
    std::optional<step_t> last_iteration{};    ///< `last_batch_iteration`, -1 or more: -1 is the start
    std::map<std::string, double> numbers{};   ///< the parameters of OneCycle and LRRangeTest, each 0 or more
};

/// What else a DeepSpeed configuration says that Hugging Face compares with its own arguments.
struct deepspeed_arguments {
    or_auto<double> optimizer_lr{};  ///< a rate, 0 or more
    or_auto<step_t> micro_batch{};   ///< 1 or more
    or_auto<step_t> accumulation{};  ///< 1 or more
    or_auto<step_t> train_batch{};   ///< of all processes and accumulations, 1 or more
};

/// Completions per prompt, which TRL's GRPO and RLOO train on instead of the examples.
struct rollout_arguments {
    std::optional<step_t> num_generations{};       ///< completions of each prompt, 1 or more
    std::optional<step_t> steps_per_generation{};  ///< micro-batches that are generated at once, 1 or more
    std::optional<step_t> generation_batch{};      ///< completions that are generated at once, 1 or more
    std::optional<step_t> num_iterations{};        ///< how often each of them is trained on, 1 or more
};

/// What becomes of the examples before they are counted.
struct data_arguments {
    bool streaming = false;               ///< their number is not known to the trainer
    bool packing = false;                 ///< several of them make one sequence
    std::optional<double> val_size{};     ///< for evaluation: a part below 1, a number from 1 on
    std::optional<step_t> max_samples{};  ///< of each data set, 1 or more
    std::optional<step_t> cutoff_len{};   ///< tokens, 1 or more
};

struct resolved;
struct run_facts;

/// What a training file says about the learning rate; what it does not say has Hugging Face's default.
struct recipe {
    std::string file{};                              ///< the name the file was read under
    std::string format = "Hugging Face";             ///< whose file it is, for messages
    std::string scheduler = "linear";                ///< Hugging Face's name, lower case
    double learning_rate = 5e-5;                     ///< finite, 0 or more
    std::optional<double> warmup_ratio{};            ///< finite, 0 or more
    std::optional<double> warmup_steps{};            ///< finite, 0 or more; below 1 it is a fraction (5.x)
    std::optional<double> epochs{};                  ///< finite, 0 or more
    std::optional<step_t> max_steps{};               ///< 0 or more, or -1 for not set
    std::optional<step_t> per_device_batch{};        ///< 1 or more; of all processes together with `split_batches`
    std::optional<step_t> per_gpu_batch{};           ///< 1 or more; the old name, which wins over the new one
    std::optional<step_t> accumulation{};            ///< 1 or more
    std::optional<step_t> world_size{};              ///< processes, 1 or more
    std::optional<step_t> total_batch{};             ///< per device x processes x accumulation, 1 or more
    std::optional<step_t> sequence_parallel{};       ///< processes that share a sequence, 1 or more
    std::optional<step_t> ppo_buffer{};              ///< LLaMA-Factory's ppo_buffer_size, 1 or more
    bool drop_last = false;                          ///< leave out a last batch that is not full
    bool split_batches = false;                      ///< accelerate's: a batch is divided among the processes
    scheduler_kwargs kwargs{};                       ///< what the scheduler is given beside the rest
    rollout_arguments rollouts{};                    ///< completions instead of examples, where there are any
    data_arguments data{};                           ///< what changes the number of examples
    std::optional<deepspeed_scheduler> deepspeed{};  ///< the section of DeepSpeed's, where it has one
    deepspeed_arguments deepspeed_says{};            ///< what stands there of the batch
    std::string deepspeed_file{};                    ///< what `deepspeed:` names, if it is a file
    bool deepspeed_missing = false;                  ///< that file was looked for and is not there
    bool is_llamafactory = false;                    ///< it has keys that only LLaMA-Factory reads
    bool is_model_card = false;          ///< the list of hyperparameters that the Trainer writes into a README.md
    std::string stage{};                 ///< LLaMA-Factory's: sft, ppo, ...
    std::string transformers_version{};  ///< "4.46.3", if the file or one beside it says so

    /// Where each value is written. The keys are Hugging Face's (`learning_rate`, `lr_scheduler_type`, `warmup_ratio`,
    /// `warmup_steps`, `num_train_epochs`, `max_steps`, `per_device_train_batch_size`, `gradient_accumulation_steps`,
    /// `dataloader_drop_last`, `num_devices`, `lr_scheduler_kwargs`, `lr_scheduler_kwargs.min_lr`, ..., `deepspeed`) and, for DeepSpeed,
    /// `scheduler`, `scheduler.type`, `scheduler.params.warmup_num_steps`, ...
    /// `processes`: what a launcher counts them by where that is left to the shell.
    std::map<std::string, place> places{};

    /// The values themselves, as they are written; keys as in `places`.
    std::map<std::string, std::string> written{};

    /// What is to be known of the file whatever run it is for; the first of the notes of `resolve`.
    std::vector<std::string> notes{};

    /// The rules of the trainer whose file it is, where they are not Hugging Face's: `resolve` asks them instead. They get
    /// this recipe (with what has been changed in it since) and the facts.
    std::function<resolved(const recipe&, const run_facts&)> rules{};

    /// The place of a value, or the file as a whole where it is not written.
    [[nodiscard]] PACER_HOST place where(const std::string& key) const {
        const auto found = places.find(key);
        return found != places.end() ? found->second : place{file, 0, key};
    }
};

}  // namespace pacer::recipes

#endif
