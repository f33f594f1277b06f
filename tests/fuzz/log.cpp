// SPDX-License-Identifier: MIT
// Any bytes are a log, of each kind, or a mistake; what is read is identified, and replayed against a recipe.
#include "fuzz.hpp"

#include <pacer/analysis/identify.hpp>
#include <pacer/analysis/replay.hpp>
#include <pacer/analysis/tensorboard.hpp>

#include <iterator>
#include <sstream>

namespace fuzz {

int log(const std::uint8_t* data, std::size_t size) {
    using namespace pacer::analysis;
    static constexpr const char* names[] = {"trainer_state.json", "trainer_log.jsonl", "log.csv"};
    if (size == 0)
        return 0;
    const std::string_view text = text_of(data + 1, size - 1);
    const std::size_t kind = data[0] % (std::size(names) + 1);
    try {
        if (kind == std::size(names)) {
            std::istringstream file{std::string(text)};
            static_cast<void>(
                read_events(file, "events.out.tfevents.0.0.0", {.record_bytes = 1 << 20, .scalars = 100'000}));
            return 0;
        }
        const training_log log = parse_log(text, names[kind]);
        if (log.points.size() > 200)
            return 0;  // for the sake of speed
        static_cast<void>(identify(log));
        const replay_report report = replay({.learning_rate = 1e-4, .warmup_steps = 3}, log);
        require(report.points.size() == log.points.size(), "points are lost", text);
    } catch (const pacer::recipes::recipe_error&) {  // refused
    } catch (const tensorboard_error&) {
    } catch (const pacer::invalid_schedule&) {
    }
    return 0;
}

}  // namespace fuzz
