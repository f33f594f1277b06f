// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_TRAINER_STATE_HPP
#define PACER_RECIPES_TRAINER_STATE_HPP

/// The position of a run of the Hugging Face Trainer, from the `trainer_state.json` in its checkpoint: where a C++ loop
/// can take over.
///
///     const auto state = pacer::recipes::read_trainer_state("checkpoint-500/trainer_state.json", {.last_epoch = 497});
///     const auto run = pacer::resume({.at = state.at, .curve = saved}, wanted, pacer::keep_saved);

#include <pacer/recipes/detail/json.hpp>
#include <pacer/recipes/recipe.hpp>
#include <pacer/training/progress.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pacer::recipes {

/// What `trainer_state.json` does not say.
struct trainer_facts {
    std::optional<step_t> last_epoch{};    ///< of scheduler.pt: updates that the scheduler saw, 0 or more
    std::optional<step_t> world_size{};    ///< processes, 1 or more
    std::optional<step_t> accumulation{};  ///< micro-batches per update, 1 or more
};

/// Where a run of the Trainer was.
struct trainer_state {
    progress at{};                        ///< how far the run was
    std::optional<step_t> total_steps{};  ///< its `max_steps`, the length the Trainer had resolved
    std::vector<std::string> notes{};     ///< what the file leaves open
};

namespace detail {

/// The numbers and texts at the top of a JSON object; what stands deeper (a log of any length) is passed over.
class top_of_object {
public:
    PACER_HOST void open(tree::kind kind, int) {
        if (depth_++ == 0)
            is_map_ = kind == tree::kind::map;
    }
    PACER_HOST void close() { --depth_; }
    PACER_HOST void key(const std::string& name, int line) {
        if (depth_ == 1)
            key_ = {name, line, {}};
    }
    PACER_HOST void scalar(const tree& value) {
        if (depth_ != 1 || !is_map_ || entries_.size() >= static_cast<std::size_t>(most_values))
            return;
        key_.value = value;
        entries_.push_back(key_);
    }

    [[nodiscard]] PACER_HOST bool is_map() const { return is_map_; }

    /// The last value of a key, as in Python; nullptr if there is none.
    [[nodiscard]] PACER_HOST const entry* find(std::string_view key) const {
        const auto found =
            std::find_if(entries_.rbegin(), entries_.rend(), [&](const entry& e) { return e.key == key; });
        return found == entries_.rend() ? nullptr : &*found;
    }

private:
    int depth_ = 0;
    bool is_map_ = false;
    entry key_{};
    std::vector<entry> entries_{};
};

/// A whole number of the file, at least `least`; nothing if the key is missing or null.
PACER_HOST inline std::optional<step_t> count_in(const top_of_object& state, const char* key, step_t least,
                                                 const std::string& file) {
    const entry* found = state.find(key);
    if (found == nullptr || found->value.is == tree::kind::null)
        return std::nullopt;
    if (found->value.is != tree::kind::integer || found->value.integer < least)
        throw recipe_error({file, found->line, key}, "found " + shown(found->value) + ", accepted: a whole number, " +
                                                         std::to_string(least) + " or more");
    return found->value.integer;
}

PACER_HOST inline void check_fact(const char* name, const std::optional<step_t>& fact, step_t least) {
    if (fact && *fact < least)
        pacer::detail::reject(
            pacer::detail::bad_count(name, *fact, least == 0 ? "must be 0 or more" : "must be 1 or more"));
}

/// a b; nothing if it is beyond 2^63 - 1.
PACER_HOST inline std::optional<step_t> product(step_t a, step_t b) {
    if (a != 0 && b > endless / a)
        return std::nullopt;
    return a * b;
}

}  // namespace detail

/// The position in the text of a `trainer_state.json`.
///
///     updates = last_epoch if given, else global_step        skipped = global_step - last_epoch
///     samples = global_step x train_batch_size x accumulation x world_size, if both are given, else 0
///     tokens  = num_input_tokens_seen, else 0
///
/// The Trainer's `global_step` also counts the updates that half precision skipped, its scheduler does not; without
/// `last_epoch` the position may be late, and a note says so. Samples and tokens are the Trainer's own count, skipped
/// updates included; the last batch of an epoch counts as a full one.
///
/// @param text   the whole file.
/// @param file   its name, for messages.
/// @param facts  what the file does not say.
///
/// NaN and Infinity are read as Python's json writes them. An error: text that is not a JSON object with a `global_step`, a number of the wrong type or range, a `last_epoch`
/// beyond `global_step` (`recipe_error`); facts outside their range (`invalid_schedule`).
[[nodiscard]] PACER_HOST inline trainer_state parse_trainer_state(std::string_view text, const std::string& file,
                                                                  const trainer_facts& facts = {}) {
    detail::check_fact("last_epoch", facts.last_epoch, 0);
    detail::check_fact("world_size", facts.world_size, 1);
    detail::check_fact("accumulation", facts.accumulation, 1);
    detail::top_of_object state;
    if (!detail::is_blank(text))
        detail::json_reader<detail::top_of_object>(text, file, state).read();
    if (!state.is_map())
        throw recipe_error({file, 0, ""}, "accepted: a JSON object, as the Trainer writes it");
    const auto step = detail::count_in(state, "global_step", 0, file);
    if (!step)
        throw recipe_error({file, 0, "global_step"}, "is missing");
    if (facts.last_epoch && *facts.last_epoch > *step)
        throw recipe_error({file, 0, "global_step"}, "found " + std::to_string(*step) +
                                                         ", accepted: at least the scheduler's last_epoch, " +
                                                         std::to_string(*facts.last_epoch));
    trainer_state result;
    progress_counts counts{.updates = facts.last_epoch.value_or(*step)};
    counts.skipped = *step - counts.updates;
    if (!facts.last_epoch)
        result.notes.push_back("global_step " + std::to_string(*step) +
                               " also counts updates that half precision skipped; if there were any, give the "
                               "scheduler's last_epoch");

    if (const auto total = detail::count_in(state, "max_steps", -1, file); total && *total > 0)
        result.total_steps = total;

    const auto batch_size = detail::count_in(state, "train_batch_size", 1, file);
    if (batch_size && facts.world_size && facts.accumulation) {
        std::optional<step_t> samples = detail::product(*step, *batch_size);
        for (const step_t factor : {*facts.accumulation, *facts.world_size})
            if (samples)
                samples = detail::product(*samples, factor);
        if (!samples)
            throw recipe_error({file, 0, "train_batch_size"}, "makes more than 2^63 - 1 samples");
        counts.samples = *samples;
    } else {
        result.notes.push_back("samples are not known: they need " +
                               std::string(batch_size ? "" : "train_batch_size, which is not in the file, ") +
                               "world_size and accumulation");
    }
    counts.tokens = detail::count_in(state, "num_input_tokens_seen", 0, file).value_or(0);
    if (counts.tokens == 0)
        result.notes.push_back("tokens are not known: the Trainer counts them only with include_num_input_tokens_seen");
    result.at = progress(counts);
    return result;
}

/// The position in a `trainer_state.json`, as `parse_trainer_state`.
[[nodiscard]] PACER_HOST inline trainer_state read_trainer_state(const std::string& path,
                                                                 const trainer_facts& facts = {}) {
    return parse_trainer_state(detail::read_file(path, detail::largest_log), path, facts);
}

}  // namespace pacer::recipes

#endif
