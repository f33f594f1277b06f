// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_READ_YAML_HPP
#define PACER_RECIPES_READ_YAML_HPP

/// Recipes from YAML: LLaMA-Factory's files, training arguments, the hyperparameters of a model card.
/// Needs yaml-cpp 0.7 or later.

#include <pacer/recipes/detail/compiled.hpp>
#ifndef PACER_COMPILED_RECIPES
#include <pacer/recipes/detail/recognise.hpp>
#include <pacer/recipes/detail/yaml.hpp>
#endif

#include <string>
#include <string_view>

namespace pacer::recipes {

/// The recipe in a YAML text: a LLaMA-Factory file, training arguments, or the list of hyperparameters of a model card.
///
/// @param text  the whole file, UTF-8, at most 512 KiB.
/// @param file  its name, for messages.
///
/// Read as LLaMA-Factory reads it, with OmegaConf: `<<` merges, 010 is 8, 1:30 is 90, "1" is a text, and 1e-05, which
/// PyYAML takes for a text, is a number. Rules and errors are those of `parse_json`. Source: transformers 4.57.6 and
/// 5.14.1, LLaMA-Factory 0.9.5, OmegaConf 2.3.0, PyYAML 6.0.
[[nodiscard]] PACER_HOST inline recipe parse_yaml(std::string_view text, const std::string& file) {
    return detail::recipe_of(detail::yaml_tree(text, file), file);
}

/// The recipe in a YAML file, as `parse_yaml`. The file that `deepspeed` names is not opened (`read_recipe` does that).
[[nodiscard]] PACER_HOST inline recipe read_yaml(const std::string& path) {
    return parse_yaml(detail::read_file(path), path);
}

}  // namespace pacer::recipes

#endif
