// SPDX-License-Identifier: MIT
// Any bytes are a checkpoint or a reason; so are the states of controllers. The checksum is mended first, or nothing would be
// read behind it.
#include "fuzz.hpp"

#include <pacer/training/checkpoint.hpp>
#include <pacer/training/greedy.hpp>
#include <pacer/training/plateau.hpp>

namespace fuzz {

namespace {

template <class Parse, class Write>
void read_state(std::string_view text, Parse parse, Write write) {
    try {
        const auto state = parse(text);
        const std::string written = write(state);
        require(write(parse(written)) == written, "a state that does not come back", written);
    } catch (const std::exception&) {  // refused
    }
}

void read(std::string_view text) {
    const pacer::loaded_checkpoint loaded = pacer::try_from_text(text);
    require(static_cast<bool>(loaded) == loaded.error.empty(), "both a value and an error, or neither", text);
    if (!loaded)
        return;
    const std::string written = pacer::to_text(*loaded);
    const pacer::loaded_checkpoint again = pacer::try_from_text(written);
    require(static_cast<bool>(again), "what is written does not load", written);
    require(pacer::to_text(*again) == written, "what loads is another", written);
}

}  // namespace

int checkpoint(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = text_of(data, size);
    read(text);
    const std::size_t end = text.rfind("checksum ");
    const std::string body(text.substr(0, end == text.npos ? text.size() : end));
    read(body + pacer::detail::checksum_line(body));
    read_state(
        text, [](std::string_view t) { return pacer::parse_plateau_state(t); },
        [](const auto& s) { return pacer::to_text(s); });
    read_state(
        text, [](std::string_view t) { return pacer::parse_greedy_state(t); },
        [](const auto& s) { return pacer::to_text(s); });
    return 0;
}

}  // namespace fuzz
