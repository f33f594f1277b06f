// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_RECIPE_HPP
#define PACER_RECIPES_RECIPE_HPP

/// A recipe: what a training file says about the learning rate, with the place where each thing is written.
///
/// `read_yaml`, `read_json` and `read_recipe` make one from a file; `resolve` says what Hugging Face would run with it.
/// This header needs neither reader library.

#include <pacer/schedule.hpp>

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace pacer::recipes {

/// Where something is written.
struct place {
    std::string file{};
    int line = 0;       ///< from 1; 0: it is not written anywhere (a default, or the file as a whole)
    std::string key{};  ///< as it is spelt there
};

/// A recipe that cannot be read, or cannot be run. `what()` is "FILE:LINE: KEY: found VALUE, accepted: RULE".
struct recipe_error : std::runtime_error {
    recipe_error(place at, const std::string& problem)
        : std::runtime_error(prefix(at) + problem), where(std::move(at)) {}

    place where;

private:
    static std::string prefix(const place& at) {
        std::string text = at.file;
        if (at.line > 0)
            text += (text.empty() ? "line " : ":") + std::to_string(at.line);
        if (!at.key.empty())
            text += (text.empty() ? "" : ": ") + at.key;
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
    std::optional<step_t> timescale{};         ///< updates, 1 or more
    std::optional<step_t> num_stable_steps{};  ///< updates, 0 or more
    std::optional<step_t> num_decay_steps{};   ///< updates, 0 or more
    std::optional<double> min_lr_ratio{};      ///< a fraction of the peak, 0 or more
    std::optional<std::string> warmup_type{};  ///< linear, cosine or 1-sqrt
    std::optional<std::string> decay_type{};   ///< linear, cosine or 1-sqrt
};

/// A value of a DeepSpeed configuration: given, or "auto" (Hugging Face fills it in), or neither.
template <class T>
struct or_auto {
    std::optional<T> value{};
    bool is_auto = false;
};

/// The `scheduler` section of a DeepSpeed configuration.
struct deepspeed_scheduler {
    std::string type{};                  ///< "WarmupLR", "WarmupDecayLR", "WarmupCosineLR"; others are kept by name
    or_auto<double> warmup_min_lr{};     ///< a rate, 0 or more
    or_auto<double> warmup_max_lr{};     ///< a rate, 0 or more
    or_auto<step_t> warmup_num_steps{};  ///< updates, 0 or more
    or_auto<step_t> total_num_steps{};   ///< updates, 1 or more
    std::optional<double> warmup_min_ratio{};  ///< 0 to 1
    std::optional<double> cos_min_ratio{};     ///< 0 to 1
    std::optional<std::string> warmup_type{};  ///< log or linear
};

/// What a training file says about the learning rate; what it does not say has Hugging Face's default.
struct recipe {
    std::string file{};                        ///< the name the file was read under
    std::string scheduler = "linear";          ///< Hugging Face's name, lower case
    double learning_rate = 5e-5;               ///< finite, 0 or more
    std::optional<double> warmup_ratio{};      ///< finite, 0 or more
    std::optional<double> warmup_steps{};      ///< finite, 0 or more; below 1 it is a fraction (5.x)
    std::optional<double> epochs{};            ///< finite, 0 or more
    std::optional<step_t> max_steps{};         ///< 0 or more, or -1 for not set
    std::optional<step_t> per_device_batch{};  ///< 1 or more
    std::optional<step_t> accumulation{};      ///< 1 or more
    bool drop_last = false;
    scheduler_kwargs kwargs{};
    std::optional<deepspeed_scheduler> deepspeed{};
    std::string deepspeed_file{};    ///< what `deepspeed:` names, if it is a file
    bool deepspeed_missing = false;  ///< that file was looked for and is not there
    bool is_llamafactory = false;    ///< it has keys that only LLaMA-Factory reads

    /// Where each value is written. The keys are Hugging Face's (`learning_rate`, `lr_scheduler_type`, `warmup_ratio`,
    /// `warmup_steps`, `num_train_epochs`, `max_steps`, `per_device_train_batch_size`, `gradient_accumulation_steps`,
    /// `dataloader_drop_last`, `lr_scheduler_kwargs`, `lr_scheduler_kwargs.min_lr`, ..., `deepspeed`) and, for DeepSpeed,
    /// `scheduler`, `scheduler.type`, `scheduler.params.warmup_num_steps`, ...
    std::map<std::string, place> places{};

    /// The values themselves, as they are written; keys as in `places`.
    std::map<std::string, std::string> written{};

    /// The place of a value, or the file as a whole where it is not written.
    [[nodiscard]] place where(const std::string& key) const {
        const auto found = places.find(key);
        return found != places.end() ? found->second : place{file, 0, key};
    }
};

}  // namespace pacer::recipes

#endif
