// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_MISTAKES_HPP
#define PACER_RECIPES_DETAIL_MISTAKES_HPP

#include <pacer/recipes/recipe.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace pacer::recipes::detail {

/// Gathers what is wrong with a file, so that all of it is said at once.
///
///     mistakes found;
///     for (const entry& e : root.entries)
///         found.attempt([&] { read(e); });
///     found.refuse();
class mistakes {
public:
    /// Keeps the mistakes of `read`, and goes on.
    template <class Read>
    PACER_HOST void attempt(Read&& read) {
        try {
            std::forward<Read>(read)();
        } catch (const recipe_error& error) {
            all_.insert(all_.end(), error.mistakes.begin(), error.mistakes.end());
        }
    }
    PACER_HOST void add(place where, std::string problem) { all_.push_back({std::move(where), std::move(problem)}); }

    [[nodiscard]] PACER_HOST const std::vector<mistake>& all() const noexcept { return all_; }

    /// Throws all of them, if there are any, in the order of the lines.
    PACER_HOST void refuse() {
        if (all_.empty())
            return;
        std::stable_sort(all_.begin(), all_.end(),
                         [](const mistake& a, const mistake& b) { return a.where.line < b.where.line; });
        throw recipe_error(std::move(all_));
    }

private:
    std::vector<mistake> all_{};
};

}  // namespace pacer::recipes::detail

#endif
