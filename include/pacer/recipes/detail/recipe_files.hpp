// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_RECIPE_FILES_HPP
#define PACER_RECIPES_DETAIL_RECIPE_FILES_HPP

// Which file is the recipe, in what syntax, and what else is read beside it.

#include <pacer/recipes/detail/compiled.hpp>
#include <pacer/recipes/detail/json.hpp>
#include <pacer/recipes/detail/model_card.hpp>
#include <pacer/recipes/detail/recognise.hpp>
#include <pacer/recipes/detail/yaml.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace pacer::recipes::detail {

using text_reader = tree (*)(std::string_view text, const std::string& file);

/// What reads a file of this name, by its extension.
PACER_HOST inline text_reader reader_of(const std::string& file) {
    const std::string extension = std::filesystem::path(file).extension().string();
    if (extension == ".json")
        return &json_tree;
    if (extension == ".yaml" || extension == ".yml")
        return &yaml_tree<>;
    if (extension == ".md")
        return &model_card_tree;
    std::string known = ".yaml, .yml, .json, .md (a model card)";
    for (const syntax& other : other_syntaxes) {
        if (extension == other.extension)
            return other.read;
        known += ", " + std::string(other.extension);
    }
    throw recipe_error({file, 0, ""}, "found a file of another kind, accepted: " + known);
}

/// The recipe in a text. A list of hyperparameters without a rate is not one that the Trainer wrote.
PACER_HOST inline recipe recipe_read_by(text_reader read, std::string_view text, const std::string& file,
                                        std::string_view as) {
    recipe r = recipe_of(read(text, file), file, as);
    if (read == &model_card_tree && r.is_model_card && r.places.count("learning_rate") == 0)
        throw recipe_error({file, 0, "learning_rate"},
                           "found nothing, accepted: a list with it, as the Trainer writes it");
    return r;
}

/// The DeepSpeed configuration that a recipe names is looked for beside it, then as it stands.
PACER_HOST inline void add_named_deepspeed(recipe& r, const std::filesystem::path& folder) {
    if (r.deepspeed_file.empty())
        return;
    std::error_code ignored;
    const std::filesystem::path candidates[] = {folder / r.deepspeed_file, r.deepspeed_file};
    for (const std::filesystem::path& candidate : candidates) {
        if (std::filesystem::is_regular_file(candidate, ignored)) {
            add_deepspeed(r, json_tree(read_file(candidate.string()), candidate.string()), candidate.string());
            return;
        }
    }
    r.deepspeed_missing = true;
}

/// The version of transformers that a file of a run says; nothing if it says none.
PACER_HOST inline std::optional<entry> version_in(const std::string& file) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored))
        return std::nullopt;
    try {
        const tree root = reader_of(file)(read_file(file), file);
        for (const entry* e : entries_of(root, file))
            if (e->key == "transformers_version" && !not_given(e->value))
                return *e;
    } catch (const recipe_error&) {
        // What cannot be read says nothing.
    }
    return std::nullopt;
}

/// The version of transformers in what the run left beside its recipe: the card of its model, or the model's
/// configuration; for a recipe in a checkpoint also those of the folder around it.
PACER_HOST inline void add_version_beside(recipe& r, const std::filesystem::path& folder) {
    if (!r.transformers_version.empty() || r.rules)
        return;
    std::vector<std::filesystem::path> folders{folder};
    if (folder.filename().string().rfind("checkpoint-", 0) == 0)
        folders.push_back(folder.parent_path());
    for (const std::filesystem::path& place : folders) {
        for (const char* name : {"README.md", "config.json", "generation_config.json"}) {
            const std::string file = (place / name).string();
            if (const std::optional<entry> found = version_in(file)) {
                r.transformers_version = found->value.text;
                r.places["transformers_version"] = {file, found->line, found->key};
                r.written["transformers_version"] = shown(found->value);
                return;
            }
        }
    }
}

/// The file of a folder that is its recipe.
PACER_HOST inline std::string recipe_in(const std::filesystem::path& folder, std::string_view as) {
    std::error_code error;
    for (const char* name : {"recipe.yaml", "recipe.yml", "recipe.json", "training_args.yaml", "training_args.json"})
        if (std::filesystem::is_regular_file(folder / name, error))
            return (folder / name).string();
    // So many that a folder takes a second at most.
    constexpr int most_entries = 1000;
    constexpr int most_candidates = 20;
    std::vector<std::string> found;
    int entries = 0;
    int candidates = 0;
    for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        const std::string file = at->path().string();
        std::error_code ignored;
        if (++entries > most_entries || candidates > most_candidates)
            throw recipe_error({folder.string(), 0, ""},
                               "holds too many files, accepted: a recipe, or a folder with one");
        if (!at->is_regular_file(ignored) || at->path().filename() == "README.md")
            continue;
        try {
            const text_reader read = reader_of(file);
            ++candidates;
            static_cast<void>(recipe_of(read(read_file(file), file), file, as));
            found.push_back(file);
        } catch (const recipe_error&) {
            // No recipe, and there are others.
        }
    }
    if (found.empty() && std::filesystem::is_regular_file(folder / "README.md", error))
        return (folder / "README.md").string();
    if (found.size() == 1)
        return found.front();
    std::sort(found.begin(), found.end());
    std::string names;
    for (const std::string& file : found)
        names += (names.empty() ? "" : ", ") + visible(std::filesystem::path(file).filename().string());
    throw recipe_error({folder.string(), 0, ""},
                       found.empty() ? "found no recipe in this folder, accepted: a recipe, or a folder with one"
                                     : "found several recipes (" + names + "), accepted: one of them");
}

template <class>
PACER_HOST recipe recipe_in_text(std::string_view text, const std::string& file, std::string_view as) {
    return recipe_read_by(reader_of(file), text, file, as);
}

template <class>
PACER_HOST recipe recipe_at(const std::string& path, std::string_view as) {
    std::error_code ignored;
    const bool is_folder = std::filesystem::is_directory(path, ignored);
    const std::string file = is_folder ? recipe_in(path, as) : path;
    const text_reader read = reader_of(file);
    recipe r = recipe_read_by(read, read_file(file), file, as);
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    add_named_deepspeed(r, folder);
    add_version_beside(r, folder);
    return r;
}

}  // namespace pacer::recipes::detail

#endif
