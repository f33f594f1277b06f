// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_IDENTIFY_HPP
#define PACER_ANALYSIS_IDENTIFY_HPP

/// Which schedule a run had, from the rates it logged alone.
///
///     const auto found = pacer::analysis::identify(pacer::analysis::read_log("trainer_state.json"));
///     for (const std::string& line : found.lines())
///         std::cout << line << '\n';
///
/// A guess is only taken if it gives the rates themselves, to the last digit they are written with, and needs fewer bits
/// than these (evidence.hpp). What fits as well is shown beside it: rates that only rise do not say what follows.

#include <pacer/analysis/identification.hpp>
#include <pacer/analysis/training_log.hpp>
#ifndef PACER_COMPILED_RECIPES
#include <pacer/analysis/identifier.hpp>
#endif

namespace pacer::analysis {

#ifdef PACER_COMPILED_RECIPES  // then it is in the library pacer::recipes_compiled
namespace detail {
template <class>
PACER_HOST identification identified(const training_log& log);
extern template identification identified<void>(const training_log&);
}  // namespace detail
#endif

/// The schedule of a run, or the schedules that followed each other, from its log.
///
/// @param log  as read by `read_log`, in the order of the file; a `total_steps` in it makes the length likelier.
///
/// All schedules of Hugging Face's and of pacer's own list are looked for. Up to 2^53 updates; a million points take
/// seconds. Of a log of more than some seventy stretches the rest is left unexplained.
[[nodiscard]] PACER_HOST inline identification identify(const training_log& log) {
    return detail::identified<void>(log);
}

}  // namespace pacer::analysis

#endif
