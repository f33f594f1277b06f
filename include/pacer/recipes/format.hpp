// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMAT_HPP
#define PACER_RECIPES_FORMAT_HPP

/// How the file of a trainer is known, and read. The list is in `recipes/formats/all.hpp`.
///
/// A file is read in two steps: its extension says the syntax, which makes a tree of values of it; then the one format
/// whose signature stands in the tree makes a recipe of that. The Hugging Face Trainer has no signature: its files are
/// those that no format has recognised and that hold at least one of its arguments.

#include <pacer/recipes/detail/tree.hpp>
#include <pacer/recipes/recipe.hpp>

#include <string>
#include <string_view>

namespace pacer::recipes {

/// A way to write values down.
struct syntax {
    std::string_view extension;  ///< ".toml": of the files that are written so
    /// Reads a text; `file` is its name, for messages.
    detail::tree (*read)(std::string_view text, const std::string& file);
};

/// The files of one trainer.
struct format {
    std::string_view name;     ///< "axolotl": how a user names it
    std::string_view trainer;  ///< "axolotl", "DeepSpeed's configuration": for messages
    /// Whether the tree has what only this trainer's files have.
    bool (*recognises)(const detail::tree& root);
    /// The recipe in such a tree. Files of another trainer set its `rules`.
    recipe (*read)(const detail::tree& root, const std::string& file);
};

}  // namespace pacer::recipes

#endif
