// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_MS_SWIFT_HPP
#define PACER_RECIPES_FORMATS_MS_SWIFT_HPP

/// ms-swift's commands: Hugging Face's arguments, or Megatron's, with defaults of its own.
/// Source: ms-swift 4.6.0, `arguments/sft_args.py`, `arguments/rlhf_args.py`, `trainers/arguments.py`.

#include <pacer/recipes/formats/hugging_face_arguments.hpp>
#include <pacer/recipes/formats/megatron.hpp>
#include <pacer/recipes/formats/sheet.hpp>

namespace pacer::recipes::trainers {

/// What ms-swift runs: the accumulation fills in what the processes leave of 16.
PACER_HOST inline resolved run_by_ms_swift(recipe asked, const run_facts& facts) {
    const step_t world = facts.world_size.value_or(asked.world_size.value_or(1));
    const step_t batch = asked.per_device_batch.value_or(1);
    asked.per_device_batch = batch;
    const bool fills_in = !asked.accumulation;
    if (fills_in && world > 0)
        asked.accumulation = asked.rollouts.num_generations ? 1 : divided_up(divided_up(16, batch), world);
    resolved run = run_by_hugging_face(asked, facts);
    if (fills_in)
        run.figures.push_back({"accumulation", std::to_string(*asked.accumulation),
                               asked.rollouts.num_generations
                                   ? "ms-swift's default for GRPO"
                                   : "ms-swift's default, ceil(16 / " + std::to_string(batch) + " / " +
                                         std::to_string(world) + " processes)"});
    for (const auto& [figure, key] :
         {std::pair{"learning rate", "learning_rate"}, std::pair{"scheduler", "lr_scheduler_type"}})
        if (asked.places.count(key) == 0)
            set_source(run, figure, "ms-swift's default");
    return run;
}

PACER_HOST inline recipe read_ms_swift(const tree& root, const std::string& file) {
    const document from = document_of(root, file);
    if (detail::is_megatron_swift(from))
        return with_rules<detail::megatron_reader>(root, file, "Megatron-SWIFT");
    recipe r = read_hugging_face_arguments(root, file);
    r.format = "ms-swift";
    if (r.places.count("lr_scheduler_type") == 0)
        r.scheduler = "cosine";
    const auto is = [&](const char* key, const char* text) {
        const tree* value = from.root.find(key);
        return value != nullptr && value->text == text;
    };
    if (r.places.count("learning_rate") == 0)
        r.learning_rate = is("tuner_type", "full") || is("train_type", "full") || is("sft_type", "full") ? 1e-5 : 1e-4;
    if (is("rlhf_type", "grpo") && !r.rollouts.num_generations)
        r.rollouts.num_generations = 8;
    // A streamed data set, and one beside which there is another for validation, is not split.
    const entry* split = find_in(from.root, "split_dataset_ratio");
    if (split != nullptr && number_or_text(split->value.text).number() > 0 && !r.data.streaming &&
        r.max_steps.value_or(-1) < 1 && !has(from.root, "val_dataset"))
        r.notes.push_back("split_dataset_ratio " + recipes::detail::shown(split->value) + " (" + file + ":" +
                          std::to_string(split->line) +
                          ") takes this part of the data for evaluation; the examples are taken for what is left");
    r.rules = [](const recipe& asked, const run_facts& facts) { return run_by_ms_swift(asked, facts); };
    return r;
}

/// ms-swift's commands: `swift sft`, `swift pt`, `swift rlhf`. By default cosine, a rate of 1e-4 (1e-5 for full tuning), a
/// batch of 1 and so much accumulation that all processes together make 16. `megatron sft` takes Megatron's arguments.
PACER_MODE inline constexpr format ms_swift_format{
    "ms_swift", "ms-swift",
    [](const tree& root) {
        if (!is_command(root))
            return false;
        const document from = document_of(root, {});
        const auto is_verb = [](const std::string& word) { return word == "sft" || word == "pt" || word == "rlhf"; };
        for (std::size_t i = 0; i < from.words.size(); ++i) {
            const std::string& word = from.words[i];
            if (word.find("swift/cli/") != std::string::npos)
                return true;
            if ((word == "swift" || word == "megatron" || word.ends_with("/swift")) && i + 1 < from.words.size() &&
                is_verb(from.words[i + 1]))
                return true;
        }
        return false;
    },
    &read_ms_swift};

}  // namespace pacer::recipes::trainers

#endif
