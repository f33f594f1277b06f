// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_TORCHTUNE_HPP
#define PACER_RECIPES_FORMATS_TORCHTUNE_HPP

/// torchtune's YAML.
/// Source: torchtune 0.6.1 and at April 2026: `recipes/full_finetune_distributed.py`, `training/lr_schedulers.py`.

#include <pacer/recipes/formats/sheet.hpp>

namespace pacer::recipes::trainers {
namespace detail {

class torchtune_reader {
public:
    PACER_HOST torchtune_reader(const document& from, const run_facts& facts, const recipe&) : s_(from, facts) {}

    [[nodiscard]] PACER_HOST resolved run() {
        s_.check_names("", {"epochs", "batch_size", "gradient_accumulation_steps", "max_steps_per_epoch", "optimizer",
                            "lr_scheduler", "optimizer_in_bwd"});
        s_.check_names("optimizer", {"_component_", "lr", "weight_decay", "fused", "betas", "eps", "foreach"});
        s_.check_names("lr_scheduler", {"_component_", "num_warmup_steps", "num_cycles"});
        const double lr = s_.needed_number("optimizer.lr");
        const std::optional<std::string> component = s_.text("lr_scheduler._component_");
        if (s_.has("lr_scheduler") && !component)
            s_.wrong("lr_scheduler._component_", "the name of a scheduler");
        if (!component) {
            s_.add_head("constant", "no lr_scheduler", lr, "optimizer.lr");
            const step_t total = count_updates(true);
            return s_.finish("constant", lr, total, 0, "constant", {{"peak_lr", lr}});
        }
        if (!component->ends_with("get_cosine_schedule_with_warmup"))
            s_.wrong("lr_scheduler._component_", "torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup");
        s_.add_head("cosine", s_.source("lr_scheduler._component_"), lr, "optimizer.lr");
        const step_t total = count_updates(false);
        const step_t warmup =
            s_.needed_count("lr_scheduler.num_warmup_steps", 0, std::string(a_count) + " (the scheduler needs it)");
        s_.add("warm-up", std::to_string(warmup) + " updates", s_.source("lr_scheduler.num_warmup_steps"));
        const double cycles = s_.number("lr_scheduler.num_cycles").value_or(0.5);
        s_.add("cycles", shortest(cycles), s_.source("lr_scheduler.num_cycles"));
        if (warmup > total) {
            s_.say("the warm-up of " + std::to_string(warmup) + " updates is longer than the run of " +
                   std::to_string(total));
            return s_.finish("cosine", lr, total, warmup, "linear_warmup", {{"peak_lr", lr}, {"total_steps", warmup}});
        }
        return s_.finish("cosine", lr, total, warmup, "cosine",
                         {{"peak_lr", lr},
                          {"num_cycles", cycles},
                          {"total_steps", total},
                          {"warmup", warmup_steps(warmup)},
                          {"past_end", past_end::wave}});
    }

private:
    PACER_HOST step_t count_updates(bool may_be_unknown) {
        if (s_.facts().total_steps) {
            s_.add("updates", std::to_string(*s_.facts().total_steps), s_.facts().total_from);
            return *s_.facts().total_steps;
        }
        if (may_be_unknown && !s_.facts().examples) {
            s_.add("updates", "unknown", "not needed");
            return endless;
        }
        const step_t examples = s_.examples("epochs", "the number of updates");
        const step_t batch = s_.needed_count("batch_size", 1, a_count_from_1);
        const step_t epochs = s_.needed_count("epochs", 1, a_count_from_1);
        const step_t accumulation = s_.count("gradient_accumulation_steps", 1).value_or(1);
        const step_t world = s_.world_size();
        if (s_.flag("dataset.packed"))
            s_.say("packed " + s_.written("dataset.packed") +
                   " puts several examples into one; the number of examples is taken for that of the packed ones");
        // Each process gets equally many, some twice; a last batch that is not full is dropped, and so are the
        // micro-batches that are left over at the end of an epoch.
        const step_t of_epoch = divided_up(examples, world) / batch / accumulation;
        const std::optional<step_t> most = s_.count("max_steps_per_epoch", 1);
        const step_t steps = most && *most < of_epoch ? *most : of_epoch;
        const std::string each = "floor(ceil(" + std::to_string(examples) + " examples / " + std::to_string(world) +
                                 " processes) / " + std::to_string(batch) + " / " + std::to_string(accumulation) + ")";
        if (steps < 1)
            s_.clash("batch_size", "a batch of which an epoch has at least one: " + each + " is 0");
        const bool fits = steps >= 1 && steps <= longest / epochs;
        if (!fits) {
            s_.clash("epochs", "a number that makes a run of at most 2^53 updates");
            return 1;
        }
        s_.add("updates", std::to_string(epochs * steps),
               count_of_epochs(epochs) + " x " +
                   (most && *most < of_epoch ? "max_steps_per_epoch " + s_.written("max_steps_per_epoch") : each));
        return epochs * steps;
    }

    sheet s_;
};

}  // namespace detail

/// torchtune's YAML, known by `_component_`. Without an `lr_scheduler` the rate is constant. T = epochs x
/// floor(floor(ceil(examples / processes) / batch_size) / gradient_accumulation_steps), at most max_steps_per_epoch each.
PACER_MODE inline constexpr format torchtune_format{
    "torchtune", "torchtune",
    [](const tree& root) {
        return has_any(root, {"optimizer._component_", "lr_scheduler._component_", "model._component_",
                              "tokenizer._component_", "dataset._component_", "checkpointer._component_"});
    },
    [](const tree& root, const std::string& file) {
        return with_rules<detail::torchtune_reader>(root, file, "torchtune");
    }};

}  // namespace pacer::recipes::trainers

#endif
