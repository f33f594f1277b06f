// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_READ_TOML_HPP
#define PACER_RECIPES_READ_TOML_HPP

/// Recipes from TOML: kohya's sd-scripts, torchtitan. Needs toml++ 3.

#include <pacer/recipes/detail/compiled.hpp>
#ifndef PACER_COMPILED_RECIPES
#include <pacer/recipes/detail/recognise.hpp>
#endif

#include <string>
#include <string_view>

namespace pacer::recipes {

/// The recipe in a TOML text. The file must be one of a trainer's that writes TOML.
[[nodiscard]] PACER_HOST inline recipe parse_toml(std::string_view text, const std::string& file) {
    return detail::recipe_of(detail::toml_tree(text, file), file);
}

/// The recipe in a TOML file, as `parse_toml`.
[[nodiscard]] PACER_HOST inline recipe read_toml(const std::string& path) {
    return parse_toml(detail::read_file(path), path);
}

}  // namespace pacer::recipes

#endif
