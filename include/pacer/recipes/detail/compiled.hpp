// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_COMPILED_HPP
#define PACER_RECIPES_DETAIL_COMPILED_HPP

// What the library pacer::recipes_compiled has, declared. A unit that is linked with it includes neither the readers nor what
// they are made with; all others do, and compile their own.

#include <pacer/recipes/detail/tree.hpp>
#include <pacer/recipes/resolved.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace pacer::recipes::detail {

template <class = void>
PACER_HOST tree yaml_tree(std::string_view text, const std::string& file);
template <class = void>
PACER_HOST tree toml_tree(std::string_view text, const std::string& file);

/// @param as  a format's name; empty: the format whose signature stands in the tree.
template <class = void>
PACER_HOST recipe recipe_of(const tree& root, const std::string& file, std::string_view as = {});
template <class = void>
PACER_HOST recipe recipe_in_command(std::string_view text, const std::string& file, std::string_view as);
template <class = void>
PACER_HOST recipe recipe_in_arguments(const std::vector<std::string>& words, const std::string& file,
                                      std::string_view as);
/// The recipe in a text, of the syntax that the file's extension says.
template <class = void>
PACER_HOST recipe recipe_in_text(std::string_view text, const std::string& file, std::string_view as);
/// The recipe in a file or a folder, and what is named there or lies beside it.
template <class = void>
PACER_HOST recipe recipe_at(const std::string& path, std::string_view as);
template <class = void>
PACER_HOST void add_deepspeed(recipe& r, const tree& config, const std::string& file);

template <class = void>
PACER_HOST resolved resolve_recipe(const recipe& r, const run_facts& facts);

#ifdef PACER_COMPILED_RECIPES
extern template tree yaml_tree<void>(std::string_view, const std::string&);
extern template tree toml_tree<void>(std::string_view, const std::string&);
extern template recipe recipe_of<void>(const tree&, const std::string&, std::string_view);
extern template recipe recipe_in_command<void>(std::string_view, const std::string&, std::string_view);
extern template recipe recipe_in_arguments<void>(const std::vector<std::string>&, const std::string&, std::string_view);
extern template recipe recipe_in_text<void>(std::string_view, const std::string&, std::string_view);
extern template recipe recipe_at<void>(const std::string&, std::string_view);
extern template void add_deepspeed<void>(recipe&, const tree&, const std::string&);
extern template resolved resolve_recipe<void>(const recipe&, const run_facts&);
#endif

}  // namespace pacer::recipes::detail

#endif
