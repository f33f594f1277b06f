// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_DETAIL_STATE_TEXT_HPP
#define PACER_TRAINING_DETAIL_STATE_TEXT_HPP

// The fields of a controller's state in one line of text: exact, and the same in every locale.

#include <pacer/numerics/charconv.hpp>

#include <string>
#include <string_view>
#include <system_error>

namespace pacer::detail {

PACER_HOST inline void append_value(std::string& text, auto value) {
    char digits[32];
    text.append(digits, to_chars(digits, value));
}

PACER_HOST inline void append_field(std::string& text, const char* name, auto value) {
    text.append(" ").append(name).append("=");
    append_value(text, value);
}

/// Takes a number from the front of the text; false if it does not begin with one.
PACER_HOST inline bool take_value(std::string_view& text, auto& value) {
    const std::from_chars_result end = detail::from_chars(text.data(), text.data() + text.size(), value);
    if (end.ec != std::errc{})
        return false;
    text.remove_prefix(static_cast<std::size_t>(end.ptr - text.data()));
    return true;
}

/// Takes " name=" from the front of the text; false if it does not begin with that.
PACER_HOST inline bool take_name(std::string_view& text, std::string_view name) {
    if (text.size() < name.size() + 2 || text[0] != ' ' || text.substr(1, name.size()) != name ||
        text[name.size() + 1] != '=')
        return false;
    text.remove_prefix(name.size() + 2);
    return true;
}

PACER_HOST inline bool take_field(std::string_view& text, std::string_view name, auto& value) {
    return take_name(text, name) && take_value(text, value);
}

}  // namespace pacer::detail

#endif
