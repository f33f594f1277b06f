// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_RECOGNISE_HPP
#define PACER_RECIPES_DETAIL_RECOGNISE_HPP

// From a tree to the recipe of the trainer whose file it is.

#include <pacer/recipes/detail/build.hpp>
#include <pacer/recipes/detail/compiled.hpp>
#include <pacer/recipes/formats/all.hpp>

namespace pacer::recipes::detail {

/// How a user names the Trainer's own files.
inline constexpr std::string_view hugging_face_name = "hugging_face";

/// Why a file that no trainer is known by is refused.
[[noreturn]] PACER_HOST inline void refuse_unknown(const std::vector<const entry*>& entries, const std::string& file) {
    for (const entry* e : entries)
        for (const entry& inside : e->value.entries)
            if (inside.key != "transformers_version" && !argument_of(inside.key).empty())
                throw recipe_error({file, e->line, e->key},
                                   "found " + visible(inside.key) +
                                       " inside of it, accepted: at the top of the file, where "
                                       "the Trainer reads its arguments");
    std::string trainers = "the Hugging Face Trainer";
    for (const format& f : formats)
        trainers += ", " + std::string(f.trainer);
    throw recipe_error({file, 0, ""}, "found no key of a known trainer's, accepted: learning_rate, lr_scheduler_type, "
                                      "num_train_epochs, max_steps and their like; files of " +
                                          trainers);
}

template <class>
PACER_HOST recipe recipe_of(const tree& root, const std::string& file, std::string_view as) {
    if (as.empty() && (root.find("log_history") != nullptr || root.find("global_step") != nullptr))
        throw recipe_error({file, 0, ""},
                           "found the state of a run, accepted: a recipe (read_trainer_state and read_log "
                           "read this)");
    for (const format& f : formats)
        if (as.empty() ? f.recognises(root) : as == f.name)
            return f.read(root, file);
    if (!as.empty() && as != hugging_face_name) {
        std::vector<std::string_view> known{hugging_face_name};
        for (const format& f : formats)
            known.push_back(f.name);
        throw recipe_error({file, 0, ""}, "found no format \"" + visible(as) + "\", accepted: " + listed(known));
    }
    const std::vector<const entry*> entries = entries_of(root, file);
    if (!is_of_the_trainer(entries))
        refuse_unknown(entries, file);
    return build(root, file);
}

template <class>
PACER_HOST recipe recipe_in_command(std::string_view text, const std::string& file, std::string_view as) {
    return recipe_of(trainers::command_tree(text, file), file, as);
}

template <class>
PACER_HOST recipe recipe_in_arguments(const std::vector<std::string>& words, const std::string& file,
                                      std::string_view as) {
    return recipe_of(trainers::arguments_tree(words, file), file, as);
}

}  // namespace pacer::recipes::detail

#endif
