// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_RESOLVE_HPP
#define PACER_RECIPES_RESOLVE_HPP

/// From a recipe to the schedule that Hugging Face would really run with it.

#include <pacer/recipes/detail/compiled.hpp>
#include <pacer/recipes/recipe.hpp>
#include <pacer/recipes/resolved.hpp>
#ifndef PACER_COMPILED_RECIPES
#include <pacer/recipes/detail/resolver.hpp>
#endif

namespace pacer::recipes {

/// The schedule that Hugging Face would run with this recipe.
///
/// @param r      a recipe.
/// @param facts  what the recipe cannot know: the length of the run or of its data, the processes, the version.
///
/// The number of updates is `facts.total_steps`, else the recipe's `max_steps`, else planned from `facts.examples`; the
/// warm-up is the Trainer's (`plan`), by the version of transformers that the facts or the recipe name; where none does and
/// versions differ, a note says how. Parameters have Hugging Face's defaults, cosines rise again past the end as its
/// do, a warm-up longer than the run is read as it runs, and DeepSpeed's scheduler wins over the one asked for. Whatever
/// is not plainly as written is in `notes`.
/// An error (`recipe_error`, with file, line and key): no way to know the number of updates where the curve needs it; a
/// controller (`reduce_lr_on_plateau`, `greedy`); arguments that the scheduler does not take; what Hugging Face refuses, a
/// DeepSpeed configuration that contradicts the arguments for one. What Hugging Face runs but no schedule of pacer's is (a
/// floor above the peak, a decay that begins inside the warm-up) is read as its functions compute it, with a note; then
/// there is no `curve`.
/// Source: transformers 4.57.6 and 5.14.1 (`Trainer.create_scheduler`, `get_scheduler`, `HfTrainerDeepSpeedConfig`),
/// LLaMA-Factory 0.9.5 (`create_custom_scheduler`), DeepSpeed edaa7221.
[[nodiscard]] PACER_HOST inline resolved resolve(const recipe& r, const run_facts& facts = {}) {
    return detail::resolve_recipe(r, facts);
}

}  // namespace pacer::recipes

#endif
