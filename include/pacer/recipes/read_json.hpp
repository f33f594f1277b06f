// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_READ_JSON_HPP
#define PACER_RECIPES_READ_JSON_HPP

/// Recipes from JSON: the training arguments of the Hugging Face Trainer, or any file that spells them so.

#include <pacer/recipes/detail/compiled.hpp>
#include <pacer/recipes/detail/json.hpp>
#ifndef PACER_COMPILED_RECIPES
#include <pacer/recipes/detail/recognise.hpp>
#endif

#include <string>
#include <string_view>

namespace pacer::recipes {

/// The recipe in a JSON text: Hugging Face's training arguments, also with the spellings of model cards, or a file of
/// another trainer that is known by its signature (`recipes/formats/all.hpp`).
///
/// @param text  the whole file, UTF-8, at most 512 KiB. NaN and Infinity are read as Python's json reads them.
/// @param file  its name, for messages.
///
/// An error (`recipe_error`, with file, line and key of every mistake): text that is not one JSON object; a file without
/// any key of a known trainer; a key that looks like a misspelling of a known one, or that says something of the schedule
/// which the trainer would not read; a key given twice, or under two spellings; a value of the wrong type or range; an
/// unknown scheduler; an unknown key in `lr_scheduler_kwargs`, or one of its keys outside of it. Other keys are ignored.
/// `null` and "None" count as not given. Source of names and defaults: transformers 4.57.6 and 5.14.1.
[[nodiscard]] PACER_HOST inline recipe parse_json(std::string_view text, const std::string& file) {
    return detail::recipe_of(detail::json_tree(text, file), file);
}

/// The recipe in a JSON file, as `parse_json`. The file that `deepspeed` names is not opened (`read_recipe` does that).
[[nodiscard]] PACER_HOST inline recipe read_json(const std::string& path) {
    return parse_json(detail::read_file(path), path);
}

/// Adds to a recipe what a DeepSpeed configuration says beside the training arguments.
PACER_HOST inline void add_deepspeed(recipe& to, std::string_view text, const std::string& file) {
    detail::add_deepspeed(to, detail::json_tree(text, file), file);
}

}  // namespace pacer::recipes

#endif
