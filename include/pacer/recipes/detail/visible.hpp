// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_VISIBLE_HPP
#define PACER_RECIPES_DETAIL_VISIBLE_HPP

#include <pacer/macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace pacer::recipes::detail {

/// The length of the UTF-8 character that a text, which is not empty, begins with; 0 if it begins with none.
PACER_HOST inline std::size_t length_of_character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const std::size_t length = byte(0) < 0x80   ? 1
                               : byte(0) < 0xC2 ? 0
                               : byte(0) < 0xE0 ? 2
                               : byte(0) < 0xF0 ? 3
                               : byte(0) < 0xF5 ? 4
                                                : 0;
    if (length > text.size())
        return 0;
    for (std::size_t i = 1; i < length; ++i)
        if (byte(i) < 0x80 || byte(i) > 0xBF)
            return 0;
    // Longer than need be, surrogates, above U+10FFFF.
    if ((byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xED && byte(1) > 0x9F) ||
        (byte(0) == 0xF0 && byte(1) < 0x90) || (byte(0) == 0xF4 && byte(1) > 0x8F))
        return 0;
    return length;
}

/// A text of a file as a message can show it, in one line: control characters and what is not UTF-8 as in C, `\n`, `\x1B`;
/// after about `most` bytes `...`.
PACER_HOST inline std::string visible(std::string_view text, std::size_t most = 60) {
    constexpr char digits[] = "0123456789ABCDEF";
    const auto escape = [&](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return std::string("\\x") + digits[byte / 16] + digits[byte % 16];
    };
    std::string shown;
    while (!text.empty()) {
        if (shown.size() >= most)
            return shown + "...";
        const std::size_t length = length_of_character(text);
        const char c = text[0];
        const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
        const auto is_from = [&](std::string_view first, std::string_view last) {
            return length == first.size() && text.substr(0, length) >= first && text.substr(0, length) <= last;
        };
        // U+0080 to U+009F control a terminal, too; the others have no width, or turn the line round.
        const bool is_unseen = is_from("\xC2\x80", "\xC2\x9F") || is_from("\xE2\x80\x8B", "\xE2\x80\x8F") ||
                               is_from("\xE2\x80\xA8", "\xE2\x80\xAE") || is_from("\xE2\x81\xA0", "\xE2\x81\xAF") ||
                               is_from("\xEF\xBB\xBF", "\xEF\xBB\xBF");
        if (c == '\n')
            shown += "\\n";
        else if (c == '\r')
            shown += "\\r";
        else if (c == '\t')
            shown += "\\t";
        else if (length == 0 || is_control)
            shown += escape(c);
        else if (is_unseen)
            for (const char unseen : text.substr(0, length))
                shown += escape(unseen);
        else
            shown += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return shown;
}

}  // namespace pacer::recipes::detail

#endif
