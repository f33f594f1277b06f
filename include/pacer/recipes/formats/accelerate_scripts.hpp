// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_ACCELERATE_SCRIPTS_HPP
#define PACER_RECIPES_FORMATS_ACCELERATE_SCRIPTS_HPP

/// The arguments of diffusers' training scripts (train_text_to_image.py, train_dreambooth_lora.py, ...) and of
/// transformers' run_*_no_trainer.py: no Trainer, but a loop around accelerate.
/// Source: diffusers 0.35, `examples/text_to_image/train_text_to_image.py`, `optimization.py`; transformers 4.57,
/// `examples/pytorch/text-classification/run_glue_no_trainer.py`.

#include <pacer/recipes/formats/hugging_face_arguments.hpp>
#include <pacer/recipes/formats/sheet.hpp>

#include <cmath>

namespace pacer::recipes::trainers {
namespace detail {

PACER_HOST inline bool is_without_trainer_script(const document& from) {
    return std::any_of(from.words.begin(), from.words.end(),
                       [](const std::string& word) { return word.ends_with("_no_trainer.py"); });
}

/// One of transformers' own, not of diffusers'.
PACER_HOST inline bool is_without_trainer(const document& from) {
    return has_any(from.root, {"per_device_train_batch_size", "num_warmup_steps", "lr_scheduler_type"}) ||
           is_without_trainer_script(from);
}

class accelerate_reader {
public:
    PACER_HOST accelerate_reader(const document& from, const run_facts& facts, const recipe&)
        : s_(from, facts), diffusers_(!is_without_trainer(from)) {}

    [[nodiscard]] PACER_HOST resolved run() {
        const std::optional<double> given = s_.number("learning_rate");
        if (!given && diffusers_)
            s_.wrong("learning_rate", std::string(a_rate) + " (each script has a default of its own)");
        double lr = given.value_or(5e-5);
        const step_t total = count_updates();
        if (s_.flag("scale_lr")) {
            const step_t factor = bounded_product(accumulation(), batch(), s_.world_size());
            lr *= static_cast<double>(factor);
            s_.say("scale_lr multiplies the rate by " + std::to_string(factor) + ", accumulation x batch x processes");
        }
        // Every process steps the scheduler in each update, and it is made that much longer: in updates nothing changes.
        const char* warmup_key = diffusers_ ? "lr_warmup_steps" : "num_warmup_steps";
        double warmup = static_cast<double>(s_.count(warmup_key).value_or(diffusers_ ? 500 : 0));
        if (!diffusers_ && !s_.has(warmup_key))
            if (const std::optional<double> ratio = s_.fraction("warmup_ratio")) {
                warmup_key = "warmup_ratio";
                // Of the steps that all processes make, rounded down.
                const auto world = static_cast<double>(s_.world_size());
                warmup = std::floor(*ratio * static_cast<double>(total) * world) / world;
            }
        const char* scheduler_key = diffusers_ ? "lr_scheduler" : "lr_scheduler_type";
        const std::string scheduler = s_.text(scheduler_key).value_or(diffusers_ ? "constant" : "linear");
        if (scheduler == "piecewise_constant")
            s_.wrong(scheduler_key, "one of Hugging Face's schedulers");
        std::vector<entry> arguments{line_of("learning_rate", argument("learning_rate", lr)),
                                     line_of(scheduler_key, argument("lr_scheduler_type", scheduler)),
                                     line_of(warmup_key, argument("warmup_steps", warmup)),
                                     argument("max_steps", total)};
        tree kwargs;
        kwargs.is = tree::kind::map;
        if (diffusers_ && scheduler == "cosine_with_restarts")
            kwargs.entries.push_back(
                line_of("lr_num_cycles", argument("num_cycles", s_.count("lr_num_cycles", 1).value_or(1))));
        if (diffusers_ && scheduler == "polynomial")
            kwargs.entries.push_back(line_of("lr_power", argument("power", s_.number("lr_power").value_or(1))));
        if (!kwargs.entries.empty())
            arguments.push_back({"lr_scheduler_kwargs", kwargs.entries.front().line, kwargs});
        document plain = s_.from();
        plain.root.entries.clear();
        run_facts facts = s_.facts();
        facts.examples.reset();
        facts.total_steps.reset();
        facts.trainer = warmup == std::floor(warmup) ? hf_trainer::v4 : hf_trainer::v4_43;  // which takes a fraction
        resolved run = s_.by_another([&] { return run_by_hugging_face(as_hugging_face(plain, {}, arguments), facts); });
        set_source(run, "updates", total_from_);
        if (!s_.has(scheduler_key))
            set_source(run, "scheduler", "the script's default");
        if (!s_.has(warmup_key))
            set_source(run, "warm-up", "the script's default");
        else if (warmup_key == std::string_view("warmup_ratio"))
            set_source(run, "warm-up",
                       s_.source(warmup_key) + ", floor(" + s_.written(warmup_key) + " x " + std::to_string(total) +
                           " x " + std::to_string(s_.world_size()) + ") / " + std::to_string(s_.world_size()));
        return run;
    }

private:
    [[nodiscard]] PACER_HOST entry line_of(const std::string& path, entry e) const {
        e.line = s_.has(path) ? s_.find(path)->line : 0;
        e.value.line = e.line;
        return e;
    }
    [[nodiscard]] PACER_HOST step_t batch() const {
        return diffusers_ ? s_.count("train_batch_size", 1).value_or(16)
                          : s_.count("per_device_train_batch_size", 1).value_or(8);
    }
    [[nodiscard]] PACER_HOST step_t accumulation() const {
        return s_.count("gradient_accumulation_steps", 1).value_or(1);
    }

    PACER_HOST step_t count_updates() {
        if (s_.facts().total_steps) {
            total_from_ = s_.facts().total_from;
            return *s_.facts().total_steps;
        }
        if (const std::optional<step_t> most = s_.count("max_train_steps", 1)) {
            total_from_ = s_.source("max_train_steps");
            if (s_.has("num_train_epochs"))
                s_.say("max_train_steps " + s_.written("max_train_steps") + " wins over num_train_epochs " +
                       s_.written("num_train_epochs"));
            return *most;
        }
        const step_t examples = s_.examples("max_train_steps", "the number of updates");
        const std::optional<step_t> epochs = s_.count("num_train_epochs", 1);
        if (!epochs && diffusers_)
            s_.wrong("num_train_epochs", std::string(a_count_from_1) + " (each script has a default of its own)");
        const step_t batches = divided_up(divided_up(examples, batch()), s_.world_size());
        const step_t total = bounded_product(epochs.value_or(3), divided_up(batches, accumulation()));
        if (total > longest)
            s_.clash("num_train_epochs", "a number that makes a run of at most 2^53 updates");
        total_from_ = count_of_epochs(epochs.value_or(3)) + " x ceil(" + std::to_string(batches) +
                      " batches of each process / " + std::to_string(accumulation()) + ")";
        return total;
    }

    sheet s_;
    bool diffusers_;
    std::string total_from_{};
};

}  // namespace detail

/// The arguments of scripts with a loop of their own around accelerate: `--max_train_steps`, `--lr_warmup_steps`,
/// `run_glue_no_trainer.py`. diffusers' scheduler is constant, its warm-up 500 updates, unless said otherwise.
PACER_MODE inline constexpr format accelerate_format{
    "accelerate", "accelerate's scripts",
    [](const tree& root) {
        if (!is_command(root))
            return false;
        const document from = document_of(root, {});
        return has_any(from.root, {"max_train_steps", "lr_warmup_steps", "lr_num_cycles"}) ||
               detail::is_without_trainer_script(from);
    },
    [](const tree& root, const std::string& file) {
        return with_rules<detail::accelerate_reader>(root, file, "accelerate's scripts");
    }};

}  // namespace pacer::recipes::trainers

#endif
