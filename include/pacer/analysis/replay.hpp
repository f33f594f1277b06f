// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_REPLAY_HPP
#define PACER_ANALYSIS_REPLAY_HPP

/// Does a run's log follow from its recipe? And if not, where did it leave it, and for what?
///
/// Every logged rate is looked up on the curve that the recipe gives, in the trainer's own arithmetic. What is found is a
/// *position*: the step whose rate was logged. The delay between the logged step and the position is 0 or 1 by convention
/// (the rate is logged after or before the scheduler's step); it grows where optimizer steps were skipped. Where the recipe's
/// curve does not give the rates, others are tried, each at what it costs to say how it differs (evidence.hpp); the cheapest
/// explanation is taken, and none where it costs more than the rates are worth.

#include <pacer/analysis/replay_report.hpp>
#include <pacer/analysis/training_log.hpp>
#include <pacer/recipes/recipe.hpp>
#include <pacer/recipes/resolved.hpp>
#ifndef PACER_COMPILED_RECIPES
#include <pacer/analysis/replayer.hpp>
#endif

#include <vector>

namespace pacer::analysis {

#ifdef PACER_COMPILED_RECIPES  // then it is in the library pacer::recipes_compiled
namespace detail {
template <class>
PACER_HOST replay_report replayed(const recipes::recipe& recipe, const training_log& log,
                                  const recipes::run_facts& facts, const std::vector<scheduler_state>& states);
extern template replay_report replayed<void>(const recipes::recipe&, const training_log&, const recipes::run_facts&,
                                             const std::vector<scheduler_state>&);
}  // namespace detail
#endif

/// Replays a run: its recipe, and the rates it logged.
///
/// @param recipe  as read by `pacer::recipes`.
/// @param log     as read by `read_log`.
/// @param facts   what the recipe cannot know; the total is taken from the log if it is not here, the trainer's version is
///                looked for where it is not given.
/// @param states  where the scheduler stood at some steps, if that was saved: tells skipped steps from the way of logging.
///
/// A million points take a second if the recipe gives them, and some if it does not, whatever their steps are.
/// An error: whatever `recipes::resolve` refuses.
[[nodiscard]] PACER_HOST inline replay_report replay(const recipes::recipe& recipe, const training_log& log,
                                                     const recipes::run_facts& facts = {},
                                                     const std::vector<scheduler_state>& states = {}) {
    return detail::replayed<void>(recipe, log, facts, states);
}

}  // namespace pacer::analysis

#endif
