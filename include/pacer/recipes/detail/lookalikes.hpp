// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_LOOKALIKES_HPP
#define PACER_RECIPES_DETAIL_LOOKALIKES_HPP

// Keys that say something of the schedule in words that the Trainer does not know, so that none of them is passed over.

#include <pacer/macros.hpp>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace pacer::recipes::detail {

/// The words of a key: `numWarmup-steps` is num, warmup, steps.
PACER_HOST inline std::vector<std::string> words_of(std::string_view key) {
    std::vector<std::string> words;
    bool is_new = true;
    bool was_small = false;
    for (const char c : key) {
        const bool is_capital = c >= 'A' && c <= 'Z';
        if (c == '_' || c == '-' || c == '.' || c == ' ' || c == '/') {
            is_new = true;
            continue;
        }
        if (is_new || (is_capital && was_small))
            words.emplace_back();
        words.back() += is_capital ? static_cast<char>(c - 'A' + 'a') : c;
        was_small = c >= 'a' && c <= 'z';
        is_new = false;
    }
    return words;
}

/// What a key means by its words.
struct meant_argument {
    std::string_view name{};  // empty: the key has nothing to do with the schedule
    bool is_sure = false;     // it cannot mean anything else
};

/// The argument that a key means which the Trainer does not have. Where a word says that the key is about something else
/// (evaluation, another optimizer's numbers), it is.
PACER_HOST inline meant_argument argument_meant_by(std::string_view key) {
    constexpr std::size_t longest_key = 64;
    if (key.size() > longest_key)
        return {};
    using names = std::initializer_list<std::string_view>;
    const std::vector<std::string> words = words_of(key);
    const auto has = [&](names any_of) {
        return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
            return std::find(any_of.begin(), any_of.end(), word) != any_of.end();
        });
    };
    const auto has_only = [&](names of) {
        return std::all_of(words.begin(), words.end(),
                           [&](const std::string& word) { return std::find(of.begin(), of.end(), word) != of.end(); });
    };
    if (has({"eval",          "val",      "valid",      "validation", "test",     "log",       "logging",
             "save",          "saving",   "checkpoint", "predict",    "infer",    "inference", "generation",
             "preprocessing", "loraplus", "plot",       "early",      "patience", "profiler"}))
        return {};
    const bool is_learning_rate = has({"lr", "lrs", "lrate"}) || (has({"learning"}) && has({"rate", "rates"}));
    if (has({"warmup", "warm", "warmups"}))
        return {has({"ratio", "fraction", "proportion"}) ? "warmup_ratio" : "warmup_steps",
                has_only({"warmup", "warm", "up", "steps", "step", "iters", "iterations", "updates", "epochs", "epoch",
                          "ratio", "fraction", "proportion", "lr", "num"})};
    if ((is_learning_rate && has({"min", "minimum", "floor", "end", "final"})) || (has({"eta"}) && has({"min"})))
        return {"lr_scheduler_kwargs", has_only({"cosine", "min", "minimum", "floor", "end", "final", "lr", "learning",
                                                 "rate", "ratio", "eta", "scheduler"})};
    if (has({"scheduler", "sched", "schedule"}) || (is_learning_rate && has({"decay", "style", "policy", "annealing"})))
        return {"lr_scheduler_type", has_only({"scheduler", "sched", "schedule", "lr", "learning", "rate", "decay",
                                               "style", "policy", "type", "name"})};
    if (is_learning_rate)
        return {"learning_rate", has_only({"lr", "lrate", "learning", "rate", "max", "peak", "base", "init", "initial",
                                           "start", "actor"})};
    if (has({"epoch", "epochs"}) &&
        has_only({"epoch", "epochs", "n", "num", "max", "total", "train", "training", "finetune"}))
        return {"num_train_epochs", has({"epochs"})};
    if (((has({"batch"}) && has({"size"})) || has({"batchsize", "bs", "bsz"})) &&
        has_only({"batch", "size", "batchsize", "bs", "bsz", "micro", "mini", "global", "total", "train", "training",
                  "device", "local", "per", "gpu", "effective"}))
        return {"per_device_train_batch_size", true};
    if (has({"accumulation", "accum", "accumulate"}))
        return {"gradient_accumulation_steps", has_only({"accumulation", "accum", "accumulate", "grad", "gradient",
                                                         "gradients", "steps", "iter", "iters", "batches"})};
    if (has({"steps", "iters", "iterations", "updates", "episodes"}) &&
        has_only(
            {"steps", "iters", "iterations", "updates", "episodes", "n", "num", "max", "total", "train", "training"}))
        return {"max_steps", true};
    return {};
}

}  // namespace pacer::recipes::detail

#endif
