// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_READ_JSON_HPP
#define PACER_RECIPES_READ_JSON_HPP

/// Recipes from JSON: the training arguments of the Hugging Face Trainer, or any file that spells them so.
/// Needs nlohmann/json 3.11.

#include <pacer/recipes/detail/build.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace pacer::recipes {
namespace detail {

/// Walks over a text and counts its lines; nlohmann/json itself keeps no positions.
class counting_iterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    counting_iterator(const char* at, int* line) : at_(at), line_(line) {}

    reference operator*() const { return *at_; }
    counting_iterator& operator++() {
        if (*at_ == '\n')
            ++*line_;
        ++at_;
        return *this;
    }
    counting_iterator operator++(int) {
        counting_iterator before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const counting_iterator& a, const counting_iterator& b) { return a.at_ == b.at_; }
    friend bool operator!=(const counting_iterator& a, const counting_iterator& b) { return a.at_ != b.at_; }

private:
    const char* at_;
    int* line_;
};

/// Builds a `tree` from the events of nlohmann/json.
class json_events : public nlohmann::json_sax<nlohmann::json> {
public:
    json_events(std::string_view text, std::string file, const int* line)
        : text_(text), file_(std::move(file)), line_(line) {}

    tree root{};

    bool null() override {
        tree value;
        value.text = "null";
        return add(std::move(value));
    }
    bool boolean(bool given) override {
        tree value;
        value.is = tree::kind::boolean;
        value.boolean = given;
        value.text = given ? "true" : "false";
        return add(std::move(value));
    }
    bool number_integer(number_integer_t given) override {
        tree value;
        value.is = tree::kind::integer;
        value.integer = given;
        value.text = std::to_string(given);
        return add(std::move(value));
    }
    bool number_unsigned(number_unsigned_t given) override {
        if (given <= static_cast<number_unsigned_t>(endless))
            return number_integer(static_cast<step_t>(given));
        return number_float(static_cast<double>(given), std::to_string(given));
    }
    bool number_float(number_float_t given, const string_t& written) override {
        tree value;
        value.is = tree::kind::real;
        value.real = given;
        value.text = written;
        return add(std::move(value));
    }
    bool string(string_t& given) override {
        tree value;
        value.is = tree::kind::text;
        value.text = given;
        return add(std::move(value));
    }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(tree::kind::map); }
    bool key(string_t& given) override {
        // The only event at which the line is exact: a number is known to end only once the character behind it is read.
        keys_.back() = {given, *line_, {}};
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(tree::kind::list); }
    bool end_array() override { return close(); }

    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) override {
        // `position` counts what has been read, the offending character included.
        const std::string_view read = text_.substr(0, position);
        const std::string_view before = read.substr(0, position - (position > 0 && position <= text_.size() ? 1 : 0));
        const int line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
        tree found;
        found.is = tree::kind::text;
        const std::size_t space = before.find_last_of(" \t\r\n,:");
        found.text = read.substr(space == std::string_view::npos ? 0 : space + 1);
        throw recipe_error({file_, line, ""},
                           "found " + (position > text_.size() ? "the end" : shown(found)) + ", accepted: JSON");
    }

private:
    bool open(tree::kind kind) {
        if (static_cast<int>(open_.size()) >= deepest)
            throw recipe_error({file_, *line_, ""}, "is nested too deeply for a recipe");
        tree value;
        value.is = kind;
        value.line = *line_;
        open_.push_back(std::move(value));
        keys_.emplace_back();
        return true;
    }
    bool close() {
        tree value = std::move(open_.back());
        open_.pop_back();
        keys_.pop_back();
        return add(std::move(value));
    }
    bool add(tree value) {
        if (++values_ > most_values)
            throw recipe_error({file_, *line_, ""}, "holds too many values for a recipe");
        if (value.line == 0)
            value.line = *line_;
        if (open_.empty()) {
            root = std::move(value);
        } else if (open_.back().is == tree::kind::list) {
            open_.back().items.push_back(std::move(value));
        } else {
            entry e = std::move(keys_.back());
            e.value = std::move(value);
            open_.back().entries.push_back(std::move(e));
        }
        return true;
    }

    std::string_view text_;
    std::string file_;
    const int* line_;
    std::vector<tree> open_{};
    std::vector<entry> keys_{};
    int values_ = 0;
};

inline bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

inline tree json_tree(std::string_view text, const std::string& file) {
    if (is_blank(text))
        throw recipe_error({file, 0, ""}, "found nothing, accepted: a JSON object");
    int line = 1;
    json_events events(text, file, &line);
    nlohmann::json::sax_parse(counting_iterator(text.data(), &line),
                              counting_iterator(text.data() + text.size(), &line), &events);
    return std::move(events.root);
}

}  // namespace detail

/// The recipe in a JSON text: Hugging Face's training arguments, also with the spellings of model cards.
///
/// @param text  the whole file, UTF-8.
/// @param file  its name, for messages.
///
/// Unrelated keys are ignored. An error (`recipe_error`, with file, line and key): text that is not one JSON object; a
/// key that looks like a misspelling of a known one; a key given twice, or under two spellings; a value of the wrong type
/// or range; an unknown scheduler; an unknown key in `lr_scheduler_kwargs`, or one of its keys outside of it.
/// `null` and "None" count as not given. Source of names and defaults: transformers 4.57.6 and 5.14.1.
[[nodiscard]] inline recipe parse_json(std::string_view text, std::string file) {
    const detail::tree root = detail::json_tree(text, file);
    return detail::build(root, std::move(file), &detail::json_tree);
}

/// The recipe in a JSON file, as `parse_json`. The file that `deepspeed` names is not opened (`read_recipe` does that).
[[nodiscard]] inline recipe read_json(const std::string& path) { return parse_json(detail::read_file(path), path); }

/// Adds to a recipe the `scheduler` section of a DeepSpeed configuration, if it has one.
inline void add_deepspeed(recipe& to, std::string_view text, const std::string& file) {
    detail::add_deepspeed(to, detail::json_tree(text, file), file);
}

}  // namespace pacer::recipes

#endif
