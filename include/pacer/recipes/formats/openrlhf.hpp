// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_OPENRLHF_HPP
#define PACER_RECIPES_FORMATS_OPENRLHF_HPP

/// OpenRLHF's commands.
/// Source: OpenRLHF 0.8.0 and 0.11.2, `cli/train_*.py`, `utils/deepspeed/deepspeed.py`, `trainer/ppo_trainer.py`.

#include <pacer/recipes/formats/hugging_face_arguments.hpp>
#include <pacer/recipes/formats/sheet.hpp>

namespace pacer::recipes::trainers {
namespace detail {

class openrlhf_reader {
public:
    PACER_HOST openrlhf_reader(const document& from, const run_facts& facts, const recipe&) : s_(from, facts) {
        for (const std::string& word : from.words)
            for (const std::string_view script :
                 {"train_dpo", "train_rm", "train_kto", "train_kd", "train_ppo", "train_sft"})
                if (word.find(script) != std::string::npos)
                    script_ = script;
        is_new_ = std::any_of(from.root.entries.begin(), from.root.entries.end(),
                              [](const entry& e) { return e.key.find('.') != std::string::npos; });
    }

    [[nodiscard]] PACER_HOST resolved run() {
        const bool ppo = script_ == "train_ppo";
        const std::string of_actor = ppo && is_new_ ? "actor." : "";
        lr_path_ = is_new_ ? of_actor + "adam.lr" : ppo ? "actor_learning_rate" : "learning_rate";
        const double by_default = ppo ? 1e-6 : script_ == "train_dpo" ? 1e-5 : script_ == "train_rm" ? 9e-6 : 5e-6;
        const double lr = s_.number(lr_path_).value_or(by_default);
        const std::string name = of_actor + "lr_scheduler";
        const std::string ratio = of_actor + "lr_warmup_ratio";
        const std::string floor = of_actor + "min_lr_ratio";
        const step_t total = count_updates(ppo);
        const std::string scheduler = s_.text(name).value_or("cosine_with_min_lr");
        const double warmup = s_.fraction(ratio).value_or(0.03);
        std::vector<entry> arguments{line_of(lr_path_, argument("learning_rate", lr)),
                                     line_of(name, argument("lr_scheduler_type", scheduler)),
                                     line_of(ratio, argument("warmup_ratio", warmup)), argument("max_steps", total)};
        if (scheduler == "cosine_with_min_lr" || scheduler == "cosine_warmup_with_min_lr") {
            tree kwargs;
            kwargs.is = tree::kind::map;
            kwargs.entries.push_back(line_of(floor, argument("min_lr_rate", s_.fraction(floor).value_or(0.1))));
            arguments.push_back({"lr_scheduler_kwargs", kwargs.entries.front().line, kwargs});
        } else {
            s_.say_unread({floor}, "is not looked at by " + scheduler);
        }
        if (ppo)
            s_.say("this is the actor's rate; the critic has one of its own");
        document plain = s_.from();
        plain.root.entries.clear();
        run_facts facts = s_.facts();
        facts.examples.reset();
        facts.total_steps.reset();
        facts.trainer = hf_trainer::v4;
        resolved run = s_.by_another([&] { return run_by_hugging_face(as_hugging_face(plain, {}, arguments), facts); });
        set_source(run, "updates", total_from_);
        for (const auto& [figure, path] :
             {std::pair<const char*, std::string>{"scheduler", name}, {"learning rate", lr_path_}, {"floor", floor}})
            if (!s_.has(path))
                set_source(run, figure, "OpenRLHF's default");
        return run;
    }

private:
    [[nodiscard]] PACER_HOST entry line_of(const std::string& path, entry e) const {
        e.line = s_.has(path) ? s_.find(path)->line : 0;
        e.value.line = e.line;
        return e;
    }
    [[nodiscard]] PACER_HOST step_t count(const char* old_key, const char* new_key, step_t by_default) const {
        return s_.count(is_new_ ? new_key : old_key, 1).value_or(by_default);
    }

    PACER_HOST step_t count_updates(bool ppo) {
        if (s_.facts().total_steps) {
            total_from_ = s_.facts().total_from;
            return *s_.facts().total_steps;
        }
        const char* epochs_key = is_new_ ? "train.max_epochs" : "max_epochs";
        step_t examples = s_.examples(epochs_key, "the number of updates");
        if (const step_t most = count("max_samples", "data.max_samples", 100'000'000); most < examples) {
            examples = most;
            s_.say("max_samples " + s_.written(is_new_ ? "data.max_samples" : "max_samples") +
                   " leaves as many of the examples");
        }
        const step_t batch = count("train_batch_size", "train.batch_size", 128);
        const step_t epochs = count("max_epochs", epochs_key, script_ == "train_sft" ? 2 : 1);
        step_t total = 0;
        if (ppo) {
            const step_t samples = count("n_samples_per_prompt", "rollout.n_samples_per_prompt", 1);
            const step_t episodes = count("num_episodes", "train.num_episodes", 1);
            total = bounded_product(bounded_quotient(bounded_product(examples, samples), batch), episodes, epochs);
            total_from_ = "floor(" + std::to_string(examples) + " prompts x " + std::to_string(samples) + " / " +
                          std::to_string(batch) + ") x " + std::to_string(episodes) + " episodes x " +
                          count_of_epochs(epochs);
        } else if (is_new_ && script_ == "train_sft") {
            const step_t micro = s_.count("train.micro_batch_size", 1).value_or(8);
            const step_t world = s_.world_size();
            const step_t accumulation = (std::max)(batch / micro / world, step_t{1});
            total = bounded_quotient(bounded_product(examples / world / micro, epochs), accumulation);
            total_from_ = "floor(" + std::to_string(examples / world / micro) + " micro-batches x " +
                          count_of_epochs(epochs) + " / " + std::to_string(accumulation) + ")";
        } else {
            total = bounded_product(epochs, examples / batch);
            total_from_ = count_of_epochs(epochs) + " x floor(" + std::to_string(examples) + " examples / " +
                          std::to_string(batch) + ")";
        }
        if (total >= 1 && total <= longest)
            return total;
        s_.clash(is_new_ ? "train.batch_size" : "train_batch_size", "a batch of which the run has at least one");
        return 1;
    }

    sheet s_;
    std::string script_ = "train_sft";
    bool is_new_ = false;
    std::string lr_path_{};
    std::string total_from_{};
};

}  // namespace detail

/// OpenRLHF's commands (`openrlhf.cli.train_sft`, ...). By default cosine_with_min_lr down to a tenth, a warm-up of 3 %, a
/// global batch of 128; T = epochs x floor(examples / batch), for PPO of the prompts x samples.
PACER_MODE inline constexpr format openrlhf_format{
    "openrlhf", "OpenRLHF",
    [](const tree& root) {
        if (!is_command(root))
            return false;
        const document from = document_of(root, {});
        return has_any(from.root, {"micro_train_batch_size", "train.micro_batch_size"}) ||
               (has(from.root, "actor_learning_rate") && !has(from.root, "per_device_training_batch_size")) ||
               std::any_of(from.words.begin(), from.words.end(),
                           [](const std::string& word) { return word.find("openrlhf") != std::string::npos; });
    },
    [](const tree& root, const std::string& file) {
        return with_rules<detail::openrlhf_reader>(root, file, "OpenRLHF");
    }};

}  // namespace pacer::recipes::trainers

#endif
