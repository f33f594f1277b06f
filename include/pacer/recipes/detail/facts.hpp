// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_FACTS_HPP
#define PACER_RECIPES_DETAIL_FACTS_HPP

#include <pacer/recipes/recipe.hpp>
#include <pacer/recipes/resolved.hpp>

#include <optional>
#include <string>

namespace pacer::recipes::detail {

/// What a caller says of a run has to be possible, whichever trainer's it is.
PACER_HOST inline void check_facts(const run_facts& facts) {
    const auto wrong_fact = [](const char* name, step_t value, const char* accepted) {
        throw recipe_error({"", 0, name}, "found " + std::to_string(value) + ", accepted: " + accepted);
    };
    if (facts.total_steps && (*facts.total_steps < 1 || *facts.total_steps > longest))
        wrong_fact("total_steps", *facts.total_steps, "a number of updates from 1 to 2^53");
    const auto from_1 = [&](const char* name, const std::optional<step_t>& value) {
        if (value && *value < 1)
            wrong_fact(name, *value, "a number of 1 or more");
    };
    from_1("examples", facts.examples);
    from_1("world_size", facts.world_size);
    from_1("batches", facts.batches);
    from_1("tokens", facts.tokens);
    from_1("sequence_length", facts.sequence_length);
    from_1("sequence_parallel", facts.sequence_parallel);
}

}  // namespace pacer::recipes::detail

#endif
