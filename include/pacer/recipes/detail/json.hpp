// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_JSON_HPP
#define PACER_RECIPES_DETAIL_JSON_HPP

// The one reader of JSON: for recipes, trainers' states and logs. It reads what Python's json reads, so NaN, Infinity and
// -Infinity too, which trainers write for losses and norms.

#include <pacer/recipes/detail/tree.hpp>

namespace pacer::recipes::detail {

/// A JSON text that ends before its value does.
struct PACER_MODE text_ended : recipe_error {
    using recipe_error::recipe_error;
};

/// Tells `events` what a JSON text consists of: open(kind, line), key(name, line), scalar(tree), close(). Names and scalars
/// are the reader's own, until the next one.
template <class Events>
class json_reader {
public:
    PACER_HOST json_reader(std::string_view text, const std::string& file, Events& events)
        : text_(text), file_(file), events_(events) {}

    PACER_HOST void read() {
        if (text_.substr(0, 3) == "\xEF\xBB\xBF")
            at_ = 3;
        expected next = expected::value;
        while (next != expected::nothing)
            next = read_token(next);
        skip_blanks();
        if (at_ < text_.size())
            unexpected("nothing behind the value");
    }

private:
    enum class expected { value, value_or_end, key, key_or_end, comma_or_end, nothing };

    PACER_HOST void skip_blanks() {
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '\n')
                ++line_;
            else if (c != ' ' && c != '\t' && c != '\r')
                return;
        }
    }

    [[nodiscard]] PACER_HOST expected after_value() const {
        return open_.empty() ? expected::nothing : expected::comma_or_end;
    }

    [[nodiscard]] PACER_HOST expected read_token(expected wanted) {
        skip_blanks();
        const char c = at_ < text_.size() ? text_[at_] : '\0';
        switch (wanted) {
        case expected::comma_or_end:
            if (c == ',') {
                ++at_;
                return open_.back() == '}' ? expected::key : expected::value;
            }
            if (c == open_.back())
                return close();
            unexpected(std::string("a comma or ") + open_.back());
        case expected::key_or_end:
            if (c == '}')
                return close();
            [[fallthrough]];
        case expected::key: {
            if (c != '"')
                unexpected(wanted == expected::key ? "a key in quotes" : "a key in quotes, or }");
            const int line = line_;
            read_string(key_);
            events_.key(key_, line);
            skip_blanks();
            if (at_ >= text_.size() || text_[at_] != ':')
                unexpected("a colon");
            ++at_;
            return expected::value;
        }
        case expected::value_or_end:
            if (c == ']')
                return close();
            [[fallthrough]];
        case expected::value:
        case expected::nothing: break;
        }
        return read_value(c);
    }

    [[nodiscard]] PACER_HOST expected read_value(char c) {
        if (c == '{' || c == '[') {
            if (static_cast<int>(open_.size()) >= deepest)
                throw recipe_error({file_, line_, ""}, "is nested too deeply, accepted: at most 64 levels");
            events_.open(c == '{' ? tree::kind::map : tree::kind::list, line_);
            open_ += c == '{' ? '}' : ']';
            ++at_;
            return c == '{' ? expected::key_or_end : expected::value_or_end;
        }
        tree& value = value_;
        value.line = line_;
        if (c == '"') {
            value.is = tree::kind::text;
            read_string(value.text);
        } else {
            const std::string_view token = text_.substr(at_, length_of_token());
            if (token == "true" || token == "false") {
                value.is = tree::kind::boolean;
                value.boolean = c == 't';
            } else if (token == "NaN" || token == "Infinity" || token == "-Infinity") {
                constexpr double infinity = std::numeric_limits<double>::infinity();
                value.is = tree::kind::real;
                value.real = c == 'N' ? std::numeric_limits<double>::quiet_NaN() : c == '-' ? -infinity : infinity;
            } else if (is_number(token)) {
                set_number(value, token);
            } else if (token == "null") {
                value.is = tree::kind::null;
            } else {
                unexpected("a JSON value");
            }
            value.text = token;
            at_ += token.size();
        }
        events_.scalar(value);
        return after_value();
    }

    [[nodiscard]] PACER_HOST expected close() {
        ++at_;
        open_.pop_back();
        events_.close();
        return after_value();
    }

    [[nodiscard]] PACER_HOST std::size_t length_of_token() const {
        const std::size_t end = text_.find_first_of(" \t\r\n,:{}[]\"", at_);
        return (end == std::string_view::npos ? text_.size() : end) - at_;
    }

    [[nodiscard]] PACER_HOST static bool is_number(std::string_view token) {
        const auto take_digits = [&] {
            std::size_t n = 0;
            while (n < token.size() && token[n] >= '0' && token[n] <= '9')
                ++n;
            token.remove_prefix(n);
            return n;
        };
        const auto take = [&](std::string_view any_of) {
            const bool is_there = !token.empty() && any_of.find(token[0]) != std::string_view::npos;
            token.remove_prefix(is_there ? 1 : 0);
            return is_there;
        };
        take("-");
        const bool zero_first = token.substr(0, 1) == "0";
        const std::size_t whole = take_digits();
        if (whole == 0 || (zero_first && whole > 1))
            return false;
        if (take(".") && take_digits() == 0)
            return false;
        if (take("eE")) {
            take("+-");
            if (take_digits() == 0)
                return false;
        }
        return token.empty();
    }

    PACER_HOST void read_string(std::string& value) {
        ++at_;  // the quote
        value.clear();
        for (;;) {
            std::size_t end = at_;
            while (end < text_.size() && text_[end] != '"' && text_[end] != '\\' &&
                   static_cast<unsigned char>(text_[end]) >= 0x20)
                ++end;
            value += text_.substr(at_, end - at_);
            at_ = end;
            if (at_ >= text_.size())
                throw text_ended({file_, line_, ""}, "found \"" + visible(value) + ", accepted: a quote at its end");
            if (text_[at_] == '\n')
                throw recipe_error({file_, line_, ""}, "found \"" + visible(value) + ", accepted: a quote at its end");
            if (text_[at_] == '"') {
                ++at_;
                return;
            }
            if (text_[at_] != '\\')
                unexpected("no control character in a string");
            add_escaped(value);
        }
    }

    PACER_HOST void add_escaped(std::string& value) {
        constexpr std::string_view names = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        const std::string_view escape = text_.substr(at_, 2);
        if (escape == "\\u") {
            std::uint32_t c = read_hexadecimal(at_ + 2);
            at_ += 6;
            if (c >= 0xD800 && c < 0xDC00 && text_.substr(at_, 2) == "\\u") {
                const std::uint32_t low = read_hexadecimal(at_ + 2);
                if (low >= 0xDC00 && low < 0xE000) {
                    c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                    at_ += 6;
                }
            }
            add_character(value, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
            return;
        }
        const std::size_t which = escape.size() < 2 ? std::string_view::npos : names.find(escape[1]);
        if (which == std::string_view::npos)
            unexpected("an escape of JSON");
        value += meanings[which];
        at_ += 2;
    }

    [[nodiscard]] PACER_HOST std::uint32_t read_hexadecimal(std::size_t at) {
        std::uint32_t value = 0;
        const std::string_view digits = text_.substr((std::min)(at, text_.size()), 4);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (error != std::errc{} || digits.size() != 4 || end != digits.data() + 4)
            unexpected("four hexadecimal digits after \\u");
        return value;
    }

    PACER_HOST static void add_character(std::string& value, std::uint32_t c) {
        const auto add = [&](std::uint32_t byte) { value += static_cast<char>(static_cast<unsigned char>(byte)); };
        if (c < 0x80)
            return add(c);
        if (c < 0x800) {
            add(0xC0 | c >> 6);
        } else {
            if (c < 0x10000) {
                add(0xE0 | c >> 12);
            } else {
                add(0xF0 | c >> 18);
                add(0x80 | (c >> 12 & 0x3F));
            }
            add(0x80 | (c >> 6 & 0x3F));
        }
        add(0x80 | (c & 0x3F));
    }

    [[noreturn]] PACER_HOST void unexpected(const std::string& accepted) const {
        const place here{file_, line_, ""};
        if (at_ >= text_.size())
            throw text_ended(here, "found the end, accepted: " + accepted);
        const std::size_t length = length_of_token();
        const std::string problem =
            "found \"" + visible(text_.substr(at_, length == 0 ? 1 : length), 40) + "\", accepted: " + accepted;
        if (length > 0 && at_ + length == text_.size())
            throw text_ended(here, problem);
        throw recipe_error(here, problem);
    }

    std::string_view text_;
    const std::string& file_;
    Events& events_;
    std::string key_{};
    tree value_{};        // only its scalar parts are used
    std::string open_{};  // the brackets that will close what is open
    std::size_t at_ = 0;
    int line_ = 1;
};

/// A JSON text as a tree.
PACER_HOST inline tree json_tree(std::string_view text, const std::string& file) {
    check_size(text, file);
    if (is_blank(text))
        throw recipe_error({file, 0, ""}, "found nothing, accepted: a JSON object");
    tree_builder builder(file);
    json_reader<tree_builder>(text, file, builder).read();
    return builder.take();
}

}  // namespace pacer::recipes::detail

#endif
