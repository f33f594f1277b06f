// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_READ_RECIPE_HPP
#define PACER_RECIPES_READ_RECIPE_HPP

#include <pacer/recipes/detail/compiled.hpp>
#include <pacer/recipes/read_json.hpp>
#include <pacer/recipes/read_yaml.hpp>
#ifndef PACER_COMPILED_RECIPES
#include <pacer/recipes/detail/recipe_files.hpp>
#endif

#include <string>
#include <string_view>

namespace pacer::recipes {

/// What a file cannot say of itself.
struct read_options {
    /// Whose file it is: the name of one of `formats`, or "hugging_face"; empty: the one whose signature stands in it.
    std::string_view as{};
};

/// The recipe in a text, by the extension of its file's name.
[[nodiscard]] PACER_HOST inline recipe parse_recipe(std::string_view text, const std::string& file,
                                                    const read_options& options = {}) {
    return detail::recipe_in_text(text, file, options.as);
}

/// The recipe in a file, by its extension: `.yaml`, `.yml`, `.json`, `.md` (a model card), or one of `other_syntaxes`; or
/// that of a folder. With the DeepSpeed configuration it names, and the version of transformers that stands beside it.
///
/// A `deepspeed` path is looked for beside the recipe, then as it stands; where it is in neither place,
/// `deepspeed_missing` is set, and `resolve` says so in its notes. The version is that of the recipe (a model card's
/// "Framework versions"), else of the `README.md` or the `config.json` in its folder. In a folder the recipe is
/// `recipe.yaml` or `training_args.yaml` (also `.json`), else the only file that is one, else the model card.
/// An error (`recipe_error`): another extension, a file that cannot be read, a folder with no recipe or several, and those
/// of `parse_json`.
[[nodiscard]] PACER_HOST inline recipe read_recipe(const std::string& path, const read_options& options = {}) {
    return detail::recipe_at(path, options.as);
}

}  // namespace pacer::recipes

#endif
