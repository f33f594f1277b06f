// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_HUGGING_FACE_ARGUMENTS_HPP
#define PACER_RECIPES_FORMATS_HUGGING_FACE_ARGUMENTS_HPP

/// The arguments of the Hugging Face Trainer on a command line, as its scripts, LLaMA-Factory and DeepSpeed's examples
/// take them: `torchrun --nproc_per_node 8 train.py --learning_rate 1e-4 --lr_scheduler_type cosine ...`.

#include <pacer/recipes/formats/sheet.hpp>
#include <pacer/recipes/resolve.hpp>

namespace pacer::recipes::trainers {

/// A shell variable in the place of a value that counts is an error that names it.
PACER_HOST inline void refuse_variables(const document& from) {
    const run_facts none;
    const sheet s(from, none);
    for (const entry& e : from.root.entries) {
        const bool counts = std::any_of(recipes::detail::spellings.begin(), recipes::detail::spellings.end(),
                                        [&](const auto& known) { return known.written == e.key; });
        if (counts && e.key != "deepspeed" && is_left_to_shell(e.value))
            s.wrong(e.key, "its value");
    }
    s.refuse();
}

/// What the Trainer runs with the arguments of a recipe, whoever's rules it has.
PACER_HOST inline resolved run_by_hugging_face(recipe r, const run_facts& facts) {
    r.rules = nullptr;
    return resolve(r, facts);
}

/// A word that names a configuration file, if there is one; its values are not read here.
PACER_HOST inline std::string configuration_of(const document& from) {
    const auto is_file = [](std::string_view text) {
        return text.ends_with(".yaml") || text.ends_with(".yml") || text.ends_with(".json") || text.ends_with(".toml");
    };
    for (const std::string& word : from.words)
        if (is_file(word))
            return word;
    for (const entry& e : from.root.entries)
        if (is_file(e.value.text) && (e.key == "config" || e.key == "config_file" || e.key == "config_path"))
            return e.value.text;
    return {};
}

PACER_HOST inline recipe read_hugging_face_arguments(const tree& root, const std::string& file) {
    const document from = document_of(root, file);
    refuse_variables(from);
    const std::string configuration = configuration_of(from);
    // A name alone (--model, --dataset) is one of every tool's.
    const bool trains = std::any_of(from.root.entries.begin(), from.root.entries.end(), [](const entry& e) {
        return e.key == "do_train" || (e.key != "deepspeed" && !recipes::detail::argument_of(e.key).empty());
    });
    if (!trains)
        throw recipe_error(
            {file, from.root.line, ""},
            configuration.empty()
                ? "found no argument of a known trainer's, accepted: --learning_rate, --lr_scheduler_type, "
                  "--max_steps and their like"
                : "found a command that reads " + recipes::detail::visible(configuration) + ", accepted: that file");
    // `--deepspeed` without a file is DeepSpeed's own flag.
    const entry* deepspeed = find_in(from.root, "deepspeed");
    const bool is_flag = deepspeed != nullptr && deepspeed->value.is == tree::kind::boolean;
    recipe r =
        as_hugging_face(from, is_flag ? std::vector<std::string_view>{"deepspeed"} : std::vector<std::string_view>{});
    r.world_size = from.world_size;
    if (from.processes) {
        r.places["processes"] = {file, from.processes->line, from.processes->key};
        r.written["processes"] = found_of_shell(from, from.processes->value.text);
    }
    if (!configuration.empty())
        r.notes.push_back("the command reads " + recipes::detail::visible(configuration) +
                          ", too, which is not read here");
    return r;
}

/// The arguments of the Trainer on a command line. `$NAME` in the place of a value that counts is an error that names it;
/// the number of processes is the launcher's (torchrun, accelerate, deepspeed, NPROC_PER_NODE).
PACER_MODE inline constexpr format hugging_face_arguments{"arguments", "Hugging Face", &is_command,
                                                          &read_hugging_face_arguments};

}  // namespace pacer::recipes::trainers

#endif
