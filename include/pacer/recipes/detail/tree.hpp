// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_TREE_HPP
#define PACER_RECIPES_DETAIL_TREE_HPP

// What every syntax (JSON, YAML, ...) is turned into, and what a recipe is made from.

#include <pacer/numerics/charconv.hpp>
#include <pacer/numerics/shortest.hpp>
#include <pacer/recipes/recipe.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace pacer::recipes::detail {

struct entry;

/// A value of a file: a scalar with its type, a list or a map. Integers are never turned into doubles.
struct tree {
    enum class kind { null, boolean, integer, real, text, list, map };

    kind is = kind::null;
    bool boolean = false;
    int line = 0;
    step_t integer = 0;
    double real = 0;             // may be NaN or infinite
    std::string text{};          // scalars: as written, without quotes
    std::vector<tree> items;     // lists
    std::vector<entry> entries;  // maps, in the order of the file, repeated keys included

    [[nodiscard]] PACER_HOST bool is_number() const { return is == kind::integer || is == kind::real; }
    [[nodiscard]] PACER_HOST double number() const { return is == kind::integer ? static_cast<double>(integer) : real; }
    [[nodiscard]] PACER_HOST bool is_map() const { return is == kind::map; }

    /// The first value under a key of a map; nullptr if there is none.
    [[nodiscard]] PACER_HOST inline const tree* find(std::string_view key) const;
};

struct entry {
    std::string key{};
    int line = 0;
    tree value{};
};

PACER_HOST inline const tree* tree::find(std::string_view key) const {
    for (const entry& e : entries)
        if (e.key == key)
            return &e.value;
    return nullptr;
}

/// No recipe needs more, and whatever a file holds, reading it takes less than a second.
inline constexpr int deepest = 64;
inline constexpr int most_values = 10'000;
inline constexpr std::size_t largest_recipe = std::size_t{512} * 1024;  // bytes
inline constexpr std::size_t largest_log = std::size_t{512} * 1024 * 1024;

/// The shortest decimal that reads back as the same double.
PACER_HOST inline std::string shortest(double x) { return pacer::detail::decimal_text(x).text(); }

/// A value as an error message shows it.
PACER_HOST inline std::string shown(const tree& value) {
    switch (value.is) {
    case tree::kind::null: return "nothing";
    case tree::kind::list: return "a list";
    case tree::kind::map: return "a map";
    case tree::kind::text: return '"' + visible(value.text) + '"';
    case tree::kind::boolean:
    case tree::kind::integer:
    case tree::kind::real: break;
    }
    return visible(value.text);
}

/// The double nearest to a decimal number, as Python's float() reads it: infinite if it is too large, 0 if too small.
PACER_HOST inline double nearest_double(std::string_view decimal) {
    if (decimal.starts_with('+'))
        decimal.remove_prefix(1);
    double value = 0;
    if (pacer::detail::from_chars(decimal.data(), decimal.data() + decimal.size(), value).ec !=
        std::errc::result_out_of_range)
        return value;
    const std::size_t e = decimal.find_first_of("eE");
    const bool is_small = e != std::string_view::npos ? decimal.substr(e + 1, 1) == "-"
                                                      : decimal.find_first_of("123456789") >= decimal.find('.');
    const double magnitude = is_small ? 0 : std::numeric_limits<double>::infinity();
    return decimal[0] == '-' ? -magnitude : magnitude;
}

/// Makes a value of a decimal number that is known to be one: an integer if it is written as one and fits, else a double.
PACER_HOST inline void set_number(tree& value, std::string_view decimal) {
    const std::string_view digits = decimal.starts_with('+') ? decimal.substr(1) : decimal;
    if (digits.find_first_of(".eE") == std::string_view::npos) {
        if (std::from_chars(digits.data(), digits.data() + digits.size(), value.integer).ec == std::errc{}) {
            value.is = tree::kind::integer;
            return;
        }
    }
    value.is = tree::kind::real;
    value.real = nearest_double(decimal);
}

/// Puts a tree together from what a reader comes upon, one after the other.
class tree_builder {
public:
    PACER_HOST explicit tree_builder(std::string file) : file_(std::move(file)) {}

    PACER_HOST void open(tree::kind kind, int line) {
        check_depth(1, line);
        count(1, line);
        tree value;
        value.is = kind;
        value.line = line;
        open_.push_back({std::move(value), {}});
    }
    PACER_HOST void key(std::string name, int line) { open_.back().next = {std::move(name), line, {}}; }
    PACER_HOST void scalar(tree value) {
        count(1, value.line);
        add(std::move(value));
    }
    /// Ends the list or map that was opened last.
    PACER_HOST void close() {
        tree value = std::move(open_.back().value);
        open_.pop_back();
        add(std::move(value));
    }
    PACER_HOST void add(tree value) {
        if (open_.empty()) {
            root_ = std::move(value);
        } else if (open_.back().value.is == tree::kind::list) {
            open_.back().value.items.push_back(std::move(value));
        } else {
            open_.back().next.value = std::move(value);
            open_.back().value.entries.push_back(std::move(open_.back().next));
        }
    }

    PACER_HOST void count(int values, int line) {
        values_ += values;
        if (values_ > most_values)
            throw recipe_error({file_, line, ""}, "holds too many values for a recipe, accepted: at most 10000");
    }
    PACER_HOST void check_depth(int more, int line) const {
        if (static_cast<int>(open_.size()) + more > deepest)
            throw recipe_error({file_, line, ""}, "is nested too deeply, accepted: at most 64 levels");
    }

    [[nodiscard]] PACER_HOST tree& innermost() { return open_.back().value; }
    [[nodiscard]] PACER_HOST tree take() { return std::move(root_); }

private:
    struct level {
        tree value;
        entry next;  // of a map: the key that has been read, and waits for its value
    };

    std::string file_;
    tree root_{};
    std::vector<level> open_{};
    int values_ = 0;
};

[[noreturn]] PACER_HOST inline void refuse_size(const std::string& file, std::size_t most) {
    throw recipe_error({file, 0, ""}, "is too large, accepted: at most " + std::to_string(most / 1024) + " KiB");
}

/// A whole file, up to a size.
PACER_HOST inline std::string read_file(const std::string& path, std::size_t most = largest_recipe) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        throw recipe_error({path, 0, ""}, "cannot be opened");
    std::string text;
    if (stream.seekg(0, std::ios::end)) {
        const std::streamoff size = stream.tellg();
        if (size > static_cast<std::streamoff>(most) && size < (std::numeric_limits<std::streamoff>::max)())
            refuse_size(path, most);
        if (size > 0 && size <= static_cast<std::streamoff>(most))
            text.reserve(static_cast<std::size_t>(size) + 1);
    }
    stream.clear();
    stream.seekg(0);
    stream.clear();
    constexpr std::size_t portion = 1 << 14;
    for (;;) {
        const std::size_t before = text.size();
        const std::size_t room = text.capacity() > before ? (std::min)(text.capacity() - before, portion) : portion;
        text.resize(before + room);
        stream.read(text.data() + before, static_cast<std::streamsize>(room));
        text.resize(before + static_cast<std::size_t>(stream.gcount()));
        if (text.size() > most)
            refuse_size(path, most);
        if (stream.bad())
            throw recipe_error({path, 0, ""}, "cannot be read");
        if (!stream)
            return text;
    }
}

/// The same limit for a text that is in memory already.
PACER_HOST inline void check_size(std::string_view text, const std::string& file) {
    if (text.size() > largest_recipe)
        refuse_size(file, largest_recipe);
}

PACER_HOST inline bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace pacer::recipes::detail

#endif
