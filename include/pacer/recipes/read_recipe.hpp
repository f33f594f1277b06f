// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_READ_RECIPE_HPP
#define PACER_RECIPES_READ_RECIPE_HPP

#include <pacer/recipes/read_json.hpp>
#include <pacer/recipes/read_yaml.hpp>

#include <filesystem>

namespace pacer::recipes {

/// The recipe in a file, by its extension: `.yaml`, `.yml` or `.json`; with the DeepSpeed configuration it names.
///
/// A `deepspeed` path is looked for beside the recipe, then as it stands; where it is in neither place,
/// `deepspeed_missing` is set, and `resolve` says so in its notes.
/// An error (`recipe_error`): another extension, a file that cannot be read, and those of `parse_json`.
[[nodiscard]] inline recipe read_recipe(const std::string& path) {
    const std::filesystem::path here(path);
    const std::string extension = here.extension().string();
    if (extension != ".yaml" && extension != ".yml" && extension != ".json")
        throw recipe_error({path, 0, ""}, "found a file of another kind, accepted: .yaml, .yml or .json");
    recipe r = extension == ".json" ? read_json(path) : read_yaml(path);
    if (r.deepspeed_file.empty())
        return r;
    std::error_code ignored;
    const std::filesystem::path candidates[] = {here.parent_path() / r.deepspeed_file, r.deepspeed_file};
    for (const std::filesystem::path& candidate : candidates) {
        if (std::filesystem::is_regular_file(candidate, ignored)) {
            add_deepspeed(r, detail::read_file(candidate.string()), candidate.string());
            return r;
        }
    }
    r.deepspeed_missing = true;
    return r;
}

}  // namespace pacer::recipes

#endif
