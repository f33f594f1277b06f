// SPDX-License-Identifier: MIT
// Any bytes are a log, of each kind, or a mistake; what is read are steps and rates.
#include "fuzz.hpp"

#include <pacer/analysis/tensorboard.hpp>
#include <pacer/analysis/training_log.hpp>

#include <cmath>
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
        for (const log_point& p : parse_log(text, names[kind]).points)
            require(p.step >= 0 && std::isfinite(p.lr) && !std::signbit(p.lr), "a point that is none", text);
    } catch (const pacer::recipes::recipe_error&) {  // refused
    } catch (const tensorboard_error&) {
    }
    return 0;
}

}  // namespace fuzz
