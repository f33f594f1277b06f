// SPDX-License-Identifier: MIT
// The library pacer::recipes_compiled: readers of recipes, replay and identify, compiled once, as pacer.cpp is for the core.
#include <pacer/analysis/convert.hpp>
#include <pacer/analysis/identify.hpp>
#include <pacer/analysis/replay.hpp>
#include <pacer/recipes/recipes.hpp>

namespace pacer::recipes {

template recipe detail::recipe_of<void>(const detail::tree&, const std::string&, std::string_view);
template resolved resolve<void>(const recipe&, const run_facts&);

}  // namespace pacer::recipes

namespace pacer::analysis {

template replay_report replay<void>(const recipes::recipe&, const training_log&, const recipes::run_facts&,
                                    const std::vector<scheduler_state>&);
template identification identify<void>(const training_log&);
template conversion convert<void>(const expression&, std::string_view);

}  // namespace pacer::analysis
