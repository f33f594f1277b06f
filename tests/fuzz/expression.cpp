// SPDX-License-Identifier: MIT
// Any text is an expression or a reason; an expression is written, and read back as it is.
#include "fuzz.hpp"

#include <pacer/expression/dialects.hpp>
#include <pacer/expression/make.hpp>
#include <pacer/expression/text.hpp>

namespace fuzz {

int expression(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = text_of(data, size);
    const pacer::parsed_expression parsed = pacer::try_parse(text);
    require(static_cast<bool>(parsed) == parsed.error.empty(), "both a value and an error, or neither", text);
    if (!parsed)
        return 0;
    const std::string canonical = pacer::to_text(*parsed.value);
    const pacer::parsed_expression again = pacer::try_parse(canonical);
    require(static_cast<bool>(again), "what is written is not read", canonical);
    require(*again.value == *parsed.value, "what is read is another", canonical);
    require(pacer::to_text(*again.value) == canonical, "written in two ways", canonical);
    return 0;
}

}  // namespace fuzz
