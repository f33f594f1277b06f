// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_TREE_HPP
#define PACER_RECIPES_DETAIL_TREE_HPP

// What both reader libraries are turned into, and what a recipe is made from.

#include <pacer/recipes/recipe.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <locale>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

namespace pacer::recipes::detail {

struct entry;

/// A value of a file: a scalar with its type, a list or a map. Integers are never turned into doubles.
struct tree {
    enum class kind { null, boolean, integer, real, text, list, map };

    kind is = kind::null;
    bool boolean = false;
    step_t integer = 0;
    double real = 0;
    std::string text{};          // scalars: as written, without quotes
    std::vector<tree> items;     // lists
    std::vector<entry> entries;  // maps, in the order of the file, repeated keys included
    int line = 0;

    [[nodiscard]] bool is_number() const { return is == kind::integer || is == kind::real; }
    [[nodiscard]] double number() const { return is == kind::integer ? static_cast<double>(integer) : real; }
};

struct entry {
    std::string key{};
    int line = 0;
    tree value{};
};

/// Neither reader library is asked for more than this, nor is anything else believed to be a recipe.
inline constexpr int deepest = 64;
inline constexpr int most_values = 200'000;

/// The shortest decimal that reads back as the same double.
inline std::string shortest(double x) {
    char text[40];
    for (int digits = 1; digits <= 17; ++digits) {
        std::snprintf(text, sizeof text, "%.*g", digits, x);
        double back = 0;
        if (std::sscanf(text, "%lf", &back) == 1 && back == x)
            break;
    }
    return text;
}

/// A value as an error message shows it.
inline std::string shown(const tree& value) {
    constexpr std::size_t longest_text = 60;
    switch (value.is) {
    case tree::kind::null: return "nothing";
    case tree::kind::list: return "a list";
    case tree::kind::map: return "a map";
    case tree::kind::text:
        return '"' + (value.text.size() > longest_text ? value.text.substr(0, longest_text) + "..." : value.text) + '"';
    case tree::kind::boolean:
    case tree::kind::integer:
    case tree::kind::real: break;
    }
    return value.text;
}

/// A decimal number, independent of the locale: an integer if it is written as one and fits, else a finite double.
inline bool read_number(std::string_view text, tree& into) {
    std::string plain;
    std::size_t at = 0;
    const auto take_digits = [&] {
        std::size_t count = 0;
        for (; at < text.size(); ++at) {
            const bool digit = text[at] >= '0' && text[at] <= '9';
            // YAML 1.1 and Python: 12_000
            const bool separator = text[at] == '_' && count > 0 && at + 1 < text.size() && text[at + 1] != '_';
            if (!digit && !separator)
                break;
            if (digit) {
                plain += text[at];
                ++count;
            }
        }
        return count;
    };
    const auto take = [&](std::string_view any_of) {
        if (at >= text.size() || any_of.find(text[at]) == std::string_view::npos)
            return false;
        plain += text[at++];
        return true;
    };

    take("+-");
    const std::size_t first_digit = at;
    const std::size_t whole = take_digits();
    if (whole > 1 && text[first_digit] == '0')
        return false;  // octal to some readers, decimal to others
    bool is_integer = true;
    std::size_t part = 0;
    if (take(".")) {
        is_integer = false;
        part = take_digits();
    }
    if (whole + part == 0)
        return false;
    if (take("eE")) {
        is_integer = false;
        take("+-");
        if (take_digits() == 0)
            return false;
    }
    if (at != text.size())
        return false;

    into.text = std::string(text);
    const auto extract = [&](auto& number) {
        std::istringstream stream(plain);
        stream.imbue(std::locale::classic());
        stream >> number;
        return !stream.fail();
    };
    if (is_integer && extract(into.integer)) {
        into.is = tree::kind::integer;
        return true;
    }
    if (!extract(into.real))
        return false;
    into.is = tree::kind::real;
    return true;
}

inline std::string read_file(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        throw recipe_error({path, 0, ""}, "cannot be opened");
    std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (stream.bad())
        throw recipe_error({path, 0, ""}, "cannot be read");
    return text;
}

}  // namespace pacer::recipes::detail

#endif
