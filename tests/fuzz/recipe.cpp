// SPDX-License-Identifier: MIT
// Any bytes are a recipe, of every format and as a command line, or a mistake with file and line; what is read is resolved or
// refused, and what is resolved has rates.
#include "fuzz.hpp"

#include <pacer/recipes/recipes.hpp>

#include <cmath>
#include <iterator>

namespace fuzz {

int recipe(const std::uint8_t* data, std::size_t size) {
    static constexpr const char* names[] = {"r.yaml", "r.json", "r.toml", "README.md", "r.py", nullptr};
    if (size == 0)
        return 0;
    const char* const name = names[data[0] % std::size(names)];
    const std::string_view text = text_of(data + 1, size - 1);
    try {
        const pacer::recipes::recipe r =
            name != nullptr ? pacer::recipes::parse_recipe(text, name) : pacer::recipes::parse_command_line(text);
        const pacer::recipes::resolved plan = pacer::recipes::resolve(r, {.examples = 1000});
        if (!plan.curve)
            return 0;
        for (const pacer::step_t step : {pacer::step_t{0}, pacer::step_t{1}, plan.total_steps / 2, plan.total_steps}) {
            const double rate = (*plan.curve)(step);
            require(std::isfinite(rate) && rate >= 0, "a rate that is none", text);
        }
    } catch (const pacer::recipes::recipe_error& error) {
        for (const char* c = error.what(); *c != '\0'; ++c)
            require(static_cast<unsigned char>(*c) >= 0x20 || *c == '\n', "a message with control bytes", error.what());
    } catch (const pacer::invalid_schedule&) {  // refused
    }
    return 0;
}

}  // namespace fuzz
