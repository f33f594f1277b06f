// SPDX-License-Identifier: MIT
// The library pacer::recipes_compiled: readers of recipes, replay and identify, compiled once, as pacer.cpp is for the core.
#undef PACER_COMPILED_RECIPES  // also where all units are compiled with it

#include <pacer/analysis/convert.hpp>
#include <pacer/analysis/identify.hpp>
#include <pacer/analysis/replay.hpp>
#include <pacer/recipes/recipes.hpp>

namespace pacer::recipes::detail {

template tree yaml_tree<void>(std::string_view, const std::string&);
template tree toml_tree<void>(std::string_view, const std::string&);
template recipe recipe_of<void>(const tree&, const std::string&, std::string_view);
template recipe recipe_in_command<void>(std::string_view, const std::string&, std::string_view);
template recipe recipe_in_arguments<void>(const std::vector<std::string>&, const std::string&, std::string_view);
template recipe recipe_in_text<void>(std::string_view, const std::string&, std::string_view);
template recipe recipe_at<void>(const std::string&, std::string_view);
template void add_deepspeed<void>(recipe&, const tree&, const std::string&);
template resolved resolve_recipe<void>(const recipe&, const run_facts&);

}  // namespace pacer::recipes::detail

namespace pacer::analysis {

template replay_report detail::replayed<void>(const recipes::recipe&, const training_log&, const recipes::run_facts&,
                                              const std::vector<scheduler_state>&);
template identification detail::identified<void>(const training_log&);
template conversion convert<void>(const expression&, std::string_view);

}  // namespace pacer::analysis
