// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_RESOLVED_HPP
#define PACER_RECIPES_RESOLVED_HPP

/// What `resolve` is told beside a recipe, and what it says.

#include <pacer/any_schedule.hpp>
#include <pacer/expression/expression.hpp>
#include <pacer/training/plan.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace pacer::recipes {

/// What a recipe cannot know.
struct run_facts {
    std::optional<step_t> total_steps{};  ///< updates of the whole run, 1 to 2^53; from its log, say
    std::optional<step_t> examples{};     ///< length of the training set, 1 or more
    std::optional<step_t> world_size{};   ///< processes, 1 or more; default: the recipe's, else 1
    std::optional<hf_trainer> trainer{};  ///< default: the recipe's version, else what its keys tell, else 4.52 to 4.57
    std::string total_from = "given, not from the recipe";  ///< where `total_steps` is from, for `lines()`
    std::optional<step_t> batches{};  ///< instead of `examples`: micro-batches of an epoch, of all processes, 1 or more
    std::optional<step_t> tokens{};   ///< instead of `examples`: tokens of the training set, 1 or more
    std::optional<step_t> sequence_length{};  ///< tokens in an example, 1 or more; default: the recipe's cutoff_len
    step_t sequence_parallel = 1;             ///< processes that share a sequence, 1 or more
};

/// A figure of a resolved recipe, and where it comes from.
struct figure {
    std::string name;    ///< of the figure: "updates"
    std::string value;   ///< as people write it
    std::string source;  ///< "FILE:LINE", "default", or a computation
};

/// What runs.
struct resolved {
    std::string scheduler;                ///< pacer's name, or DeepSpeed's ("WarmupLR", ...)
    double peak_lr = 0;                   ///< the rate after the warm-up
    step_t total_steps = 0;               ///< updates of the run; `endless` if unknown and not needed
    step_t warmup_steps = 0;              ///< updates of warm-up, rounded; may be more than `total_steps`
    hf_trainer trainer = hf_trainer::v4;  ///< whose arithmetic it is
    any_schedule<double> schedule;        ///< the rate of each update; past the end as Hugging Face's
    std::optional<expression> curve;      ///< the same schedule as data; none for DeepSpeed's
    std::vector<figure> figures;          ///< for `lines()`
    std::vector<std::string> notes;       ///< everything that does not run plainly as it is written

    /// The plan as text: a line for each figure with its source, then the notes.
    [[nodiscard]] PACER_HOST std::vector<std::string> lines() const {
        std::size_t names = 0;
        std::size_t values = 0;
        for (const figure& f : figures) {
            names = (std::max)(names, f.name.size());
            values = (std::max)(values, f.value.size());
        }
        std::vector<std::string> text;
        for (const figure& f : figures)
            text.push_back(f.name + std::string(names - f.name.size() + 2, ' ') + f.value +
                           std::string(values - f.value.size() + 2, ' ') + f.source);
        for (const std::string& n : notes)
            text.push_back("note: " + n);
        return text;
    }
};

}  // namespace pacer::recipes

#endif
