// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_TOML_HPP
#define PACER_RECIPES_DETAIL_TOML_HPP

// TOML 1.0 into a tree. Needs toml++ 3, of which only its headers are used.

#include <pacer/recipes/detail/compiled.hpp>
#include <pacer/recipes/detail/tree.hpp>

#include <toml++/toml.h>

#include <algorithm>

namespace pacer::recipes::detail {

class toml_reader {
public:
    PACER_HOST toml_reader(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {}

    [[nodiscard]] PACER_HOST tree read() {
        check_size(text_, file_);
        check_depth();
        try {
            const toml::table parsed = toml::parse(text_);
            return read_value(parsed, 1, 0);
        } catch (const toml::parse_error& error) {
            throw recipe_error({file_, static_cast<int>(error.source().begin.line), ""}, "is not TOML");
        }
    }

private:
    [[nodiscard]] PACER_HOST tree read_value(const toml::node& node, int line, int depth) {
        if (depth > deepest)
            throw recipe_error({file_, line, ""}, "is nested too deeply, accepted: at most 64 levels");
        if (++values_ > most_values)
            throw recipe_error({file_, line, ""}, "holds too many values for a recipe, accepted: at most 10000");
        tree value;
        value.line = line;
        if (const toml::table* table = node.as_table()) {
            value.is = tree::kind::map;
            for (const auto& [key, inside] : *table) {
                const int at = static_cast<int>(key.source().begin.line);
                value.entries.push_back({std::string(key.str()), at, read_value(inside, at, depth + 1)});
            }
            // toml++ sorts them by name.
            std::stable_sort(value.entries.begin(), value.entries.end(),
                             [](const entry& a, const entry& b) { return a.line < b.line; });
        } else if (const toml::array* array = node.as_array()) {
            value.is = tree::kind::list;
            for (const toml::node& inside : *array)
                value.items.push_back(read_value(inside, static_cast<int>(inside.source().begin.line), depth + 1));
        } else if (const auto* text = node.as_string()) {
            value.is = tree::kind::text;
            value.text = text->get();
        } else if (const auto* integer = node.as_integer()) {
            value.is = tree::kind::integer;
            value.integer = integer->get();
            value.text = written(node, std::to_string(value.integer));
        } else if (const auto* real = node.as_floating_point()) {
            value.is = tree::kind::real;
            value.real = real->get();
            value.text = written(node, shortest(value.real));
        } else if (const auto* boolean = node.as_boolean()) {
            value.is = tree::kind::boolean;
            value.boolean = boolean->get();
            value.text = value.boolean ? "true" : "false";
        } else {
            value.is = tree::kind::text;  // a date or a time
            value.text = written(node, "a date");
        }
        return value;
    }

    /// What stands at a value's place, on one line.
    [[nodiscard]] PACER_HOST std::string written(const toml::node& node, std::string otherwise) const {
        const toml::source_region& at = node.source();
        if (at.begin.line != at.end.line || at.begin.line == 0)
            return otherwise;
        std::size_t begin = 0;
        for (toml::source_index line = 1; line < at.begin.line && begin != std::string_view::npos; ++line)
            begin = text_.find('\n', begin) == std::string_view::npos ? std::string_view::npos
                                                                      : text_.find('\n', begin) + 1;
        if (begin == std::string_view::npos || begin + at.end.column - 1 > text_.size())
            return otherwise;
        return std::string(text_.substr(begin + at.begin.column - 1, at.end.column - at.begin.column));
    }

    /// toml++ recurses into what is nested, and into a.b.c as deep as it goes.
    PACER_HOST void check_depth() const {
        int open = 0;
        int dots = 0;
        int line = 1;
        for (std::size_t at = 0; at < text_.size(); ++at) {
            const char c = text_[at];
            if (c == '"' || c == '\'') {
                skip_text(at, line);
            } else if (c == '#') {
                at = (std::min)(text_.find('\n', at), text_.size()) - 1;
            } else {
                line += c == '\n';
                open += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
                dots = c == '.' ? dots + 1 : std::string_view("=,[]{}\n").find(c) != std::string_view::npos ? 0 : dots;
            }
            if (open + dots > deepest)
                throw recipe_error({file_, line, ""}, "is nested too deeply, accepted: at most 64 levels");
        }
    }

    /// Moves from the quote that opens a text to the last that closes it.
    PACER_HOST void skip_text(std::size_t& at, int& line) const {
        const char quote = text_[at];
        const std::string closing(text_.substr(at, 3) == std::string(3, quote) ? 3 : 1, quote);
        for (at += closing.size(); at < text_.size() && text_.substr(at, closing.size()) != closing; ++at) {
            line += text_[at] == '\n';
            if (text_[at] == '\n' && closing.size() == 1)
                return;
            if (text_[at] == '\\' && quote == '"')
                ++at;
        }
        at += closing.size() - 1;
    }

    std::string_view text_;
    std::string file_;
    int values_ = 0;
};

template <class>
PACER_HOST tree toml_tree(std::string_view text, const std::string& file) {
    return toml_reader(text, file).read();
}

}  // namespace pacer::recipes::detail

#endif
