// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_ARGUMENTS_HPP
#define PACER_RECIPES_DETAIL_ARGUMENTS_HPP

// Values of a file by type and range, and a word for each that is wrong: what every format reads with.

#include <pacer/nearest.hpp>
#include <pacer/recipes/detail/mistakes.hpp>
#include <pacer/recipes/detail/tree.hpp>

#include <algorithm>
#include <concepts>
#include <map>

namespace pacer::recipes::detail {

/// The known name that `name` is probably meant to be; empty if there is none.
template <class Names>
PACER_HOST std::string_view nearest(std::string_view name, const Names& known) {
    const auto length = [](std::string_view text) { return static_cast<unsigned>(text.size()); };
    pacer::detail::nearest_name nearest(name.data(), length(name));
    std::string_view best;
    for (const std::string_view candidate : known)
        if (nearest.is_nearest(candidate.data(), length(candidate)))
            best = candidate;
    return best;
}

template <class Names>
PACER_HOST std::string listed(const Names& names) {
    std::string text;
    for (const std::string_view name : names)
        text += (text.empty() ? "" : ", ") + std::string(name);
    return text;
}

template <class Names>
[[noreturn]] PACER_HOST void unknown_key(const place& at, const Names& known) {
    const std::string_view nearest_known = nearest(at.key, known);
    throw recipe_error(at, "no such key" + (nearest_known.empty() ? ", accepted: " + listed(known)
                                                                  : "; the nearest is " + std::string(nearest_known)));
}

[[noreturn]] PACER_HOST inline void wrong(const place& at, const tree& value, const std::string& accepted) {
    throw recipe_error(at, "found " + shown(value) + ", accepted: " + accepted);
}

inline constexpr const char* a_rate = "a finite number of 0 or more";
inline constexpr const char* a_count = "a whole number of 0 or more";
inline constexpr const char* a_count_from_1 = "a whole number of 1 or more";

PACER_HOST inline void take(std::optional<double>& to, const tree& value, const place& at, const char* accepted) {
    // The closed range is written so that NaN fails it.
    if (!value.is_number() || !(value.number() >= 0 && value.number() <= pacer::detail::largest<double>))
        wrong(at, value, accepted);
    to = value.number();
}

PACER_HOST inline void take(std::optional<step_t>& to, const tree& value, const place& at, const char* accepted,
                            step_t lowest) {
    if (value.is != tree::kind::integer || value.integer < lowest)
        wrong(at, value, accepted);
    to = value.integer;
}

template <class Names>
    requires(!std::convertible_to<const Names&, const char*>)
PACER_HOST void take(std::optional<std::string>& to, const tree& value, const place& at, const Names& accepted) {
    if (value.is != tree::kind::text || std::find(accepted.begin(), accepted.end(), value.text) == accepted.end())
        wrong(at, value, listed(accepted));
    to = value.text;
}

PACER_HOST inline void take(bool& to, const tree& value, const place& at) {
    if (value.is != tree::kind::boolean)
        wrong(at, value, "true or false");
    to = value.boolean;
}

template <class T, class... Rule>
PACER_HOST void take(or_auto<T>& to, const tree& value, const place& at, const Rule&... rule) {
    if (value.is == tree::kind::text && value.text == "auto")
        to.is_auto = true;
    else
        take(to.value, value, at, rule...);
}

PACER_HOST inline bool not_given(const tree& value) {
    return value.is == tree::kind::null || (value.is == tree::kind::text && value.text == "None");
}

/// Writes down where a value is; false if it counts as not given. Says so if it has been given before.
PACER_HOST inline bool note(recipe& r, const std::string& key, const place& at, const tree& value,
                            std::map<std::string, place>& seen) {
    const auto [before, is_new] = seen.emplace(key, at);
    if (!is_new)
        throw recipe_error(at, before->second.key == at.key
                                   ? "found a second time, first in line " + std::to_string(before->second.line)
                                   : "found beside " + before->second.key + " (line " +
                                         std::to_string(before->second.line) +
                                         "), which means the same; accepted: one of them");
    if (not_given(value))
        return false;
    r.places[key] = at;
    r.written[key] = shown(value);
    return true;
}

/// The value of a key that may stand in a map once.
PACER_HOST inline const entry* find_once(const tree& map, std::string_view key, const std::string& file) {
    const entry* found = nullptr;
    for (const entry& e : map.entries) {
        if (e.key != key)
            continue;
        if (found != nullptr)
            throw recipe_error({file, e.line, e.key},
                               "found a second time, first in line " + std::to_string(found->line));
        found = &e;
    }
    return found;
}

}  // namespace pacer::recipes::detail

#endif
