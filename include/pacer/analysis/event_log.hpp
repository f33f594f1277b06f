// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_EVENT_LOG_HPP
#define PACER_ANALYSIS_EVENT_LOG_HPP

/// The learning rates in TensorBoard's event files, as a log that can be replayed and identified.

#include <pacer/analysis/tensorboard.hpp>
#include <pacer/analysis/training_log.hpp>
#include <pacer/recipes/detail/visible.hpp>

#include <algorithm>
#include <filesystem>
#include <istream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace pacer::analysis {

namespace detail {

/// The words of a tag, in small letters: "Train/lr-AdamW" is train, lr, adamw.
PACER_HOST inline std::vector<std::string> words_of_tag(std::string_view tag) {
    std::vector<std::string> words(1);
    for (const char c : tag) {
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (is_letter)
            words.back() += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        else if (!words.back().empty())
            words.emplace_back();
    }
    if (words.back().empty())
        words.pop_back();
    return words;
}

/// How much a tag looks like a learning rate by step: 2 where its last words are lr or learning rate, 1 where they are among
/// others, 0 where there are none, or the values go by samples or tokens.
PACER_HOST inline int likeness_to_rate(std::string_view tag) {
    const std::vector<std::string> words = words_of_tag(tag);
    const auto is_rate_at = [&](std::size_t k) {
        return words[k] == "lr" || (words[k] == "rate" && k > 0 && words[k - 1] == "learning");
    };
    int found = 0;
    for (std::size_t k = 0; k < words.size(); ++k) {
        if (words[k] == "samples" || words[k] == "tokens")
            return 0;
        if (is_rate_at(k))
            found = k + 1 == words.size() ? 2 : (std::max)(found, 1);
    }
    return found;
}

PACER_HOST inline bool names_event_file(const std::filesystem::path& path) {
    return path.filename().string().find("tfevents") != std::string::npos;
}

/// The event files in a folder and all below it, by the folder they are in.
PACER_HOST inline std::map<std::string, std::vector<std::string>> event_files_below(const std::string& path) {
    namespace fs = std::filesystem;
    // So many that a folder takes a second at most.
    constexpr int most_entries = 20'000;
    int entries = 0;
    std::map<std::string, std::vector<std::string>> runs;
    std::error_code error;
    for (fs::recursive_directory_iterator at(path, fs::directory_options::skip_permission_denied, error), end;
         !error && at != end && ++entries <= most_entries; at.increment(error)) {
        std::error_code ignored;
        if (names_event_file(at->path()) && at->is_regular_file(ignored))
            runs[at->path().parent_path().string()].push_back(at->path().string());
    }
    return runs;
}

/// The event files of a run: those of a folder, or of the one folder below it that has some.
PACER_HOST inline std::vector<std::string> event_files_of(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code error;
    if (!fs::is_directory(path, error))
        return {path};
    std::map<std::string, std::vector<std::string>> runs = event_files_below(path);
    // The folder's own go before those of folders in it.
    const auto own = runs.find(fs::path(path).string());
    const auto own_with_slash = runs.find((fs::path(path) / "").parent_path().string());
    auto chosen = own != runs.end() ? own : own_with_slash;
    if (chosen == runs.end() && runs.size() == 1)
        chosen = runs.begin();
    if (chosen == runs.end()) {
        std::string names;
        int named = 0;
        for (const auto& [folder, files] : runs)
            if (++named <= 8)
                names += (names.empty() ? "" : ", ") + recipes::detail::visible(folder);
        throw recipes::recipe_error(
            {path, 0, ""}, runs.empty() ? "found no event file in this folder, accepted: one whose name has tfevents"
                                        : "found event files of " + std::to_string(runs.size()) + " runs (" + names +
                                              (named > 8 ? ", ..." : "") + "), accepted: the folder of one of them");
    }
    // As TensorBoard does: the names begin with the time.
    std::sort(chosen->second.begin(), chosen->second.end());
    return chosen->second;
}

/// The one tag of several that is meant.
PACER_HOST inline std::string chosen_tag(const std::map<std::string, std::vector<log_point>>& tags,
                                         const std::string& file) {
    int most = 0;
    for (const auto& [tag, points] : tags)
        most = (std::max)(most, likeness_to_rate(tag));
    std::vector<std::string> likely;
    for (const auto& [tag, points] : tags)
        if (most > 0 && likeness_to_rate(tag) == most)
            likely.push_back(tag);
    // Parameter groups with one rate are one curve.
    const auto is_as_the_first = [&](const std::string& tag) {
        const std::vector<log_point>& a = tags.at(likely.front());
        const std::vector<log_point>& b = tags.at(tag);
        return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                          [](const log_point& x, const log_point& y) { return x.step == y.step && x.lr == y.lr; });
    };
    if (likely.size() == 1 || (!likely.empty() && std::all_of(likely.begin(), likely.end(), is_as_the_first)))
        return likely.front();
    constexpr std::size_t most_shown = 12;
    std::string names;
    std::size_t count = 0;
    const auto add = [&](const std::string& tag) {
        if (++count <= most_shown)
            names += (names.empty() ? "" : ", ") + recipes::detail::visible(tag);
    };
    if (!likely.empty())
        std::for_each(likely.begin(), likely.end(), add);
    else
        for (const auto& [tag, points] : tags)
            add(tag);
    if (count > most_shown)
        names += ", ...";
    throw recipes::recipe_error({file, 0, ""},
                                tags.empty() ? "no scalar is logged in it"
                                : likely.empty()
                                    ? "found no tag that looks like a learning rate, accepted: one of " + names
                                    : "found several tags that look like a learning rate, accepted: one of " + names);
}

PACER_HOST inline training_log log_of_events(const std::vector<scalar_event>& scalars, const std::string& file,
                                             std::string_view tag) {
    training_log log{.file = file};
    std::map<std::string, std::vector<log_point>> tags;
    for (const scalar_event& e : scalars)
        if (tag.empty() || e.tag == tag)
            tags[e.tag].push_back({e.step, e.value});
    if (!tag.empty() && tags.empty()) {
        for (const scalar_event& e : scalars)
            tags[e.tag];
        std::string names;
        for (const auto& [name, points] : tags)
            if (names.size() < 400)
                names += (names.empty() ? "" : ", ") + recipes::detail::visible(name);
        throw recipes::recipe_error({file, 0, ""}, "found no tag " + recipes::detail::visible(tag) + ", accepted: " +
                                                       (names.empty() ? "an event file with scalars" : names));
    }
    const std::string chosen = tag.empty() ? chosen_tag(tags, file) : std::string(tag);
    log.points = std::move(tags[chosen]);
    for (log_point& p : log.points) {
        if (p.step < 0 || !(p.lr >= 0 && p.lr <= pacer::detail::largest<double>))
            throw recipes::recipe_error({file, 0, chosen},
                                        "found " + std::to_string(p.lr) + " at step " + std::to_string(p.step) +
                                            ", accepted: a finite number of 0 or more, at a step of 0 or more");
        p.lr = p.lr > 0 ? p.lr : 0;  // of -0, too
    }
    log.notes.push_back("the tag " + recipes::detail::visible(chosen) +
                        ", whose values TensorBoard keeps as floats of 24 bits");
    return log;
}

}  // namespace detail

/// Whether a file begins as an event file does. (Any other file does so by a chance of 2^-32.)
///
/// @param head  its first 12 bytes or more.
[[nodiscard]] PACER_HOST inline bool is_event_file(std::string_view head) noexcept {
    namespace tb = pacer::detail::tensorboard;
    return head.size() >= tb::header_bytes && tb::number_at<std::uint32_t>(head.substr(tb::length_bytes)) ==
                                                  tb::masked(tb::crc32c(head.substr(0, tb::length_bytes)));
}

/// Whether there are event files in a folder, or below it.
[[nodiscard]] PACER_HOST inline bool has_event_files(const std::string& folder) {
    return !detail::event_files_below(folder).empty();
}

/// The rates in an event file that has been opened; `file` is its name, for messages. As `read_event_log`.
[[nodiscard]] PACER_HOST inline training_log parse_event_log(std::istream& from, const std::string& file,
                                                             std::string_view tag = {}) {
    const event_file events = read_events(from, file);
    training_log log = detail::log_of_events(events.scalars, file, tag);
    if (events.is_cut)
        log.notes.push_back("the last record is cut, as a run leaves it that was killed; it is left out");
    return log;
}

/// The rates in an event file, or in those of a folder, which are read one after the other, as TensorBoard does; where the
/// folder has none, in those of the one folder below it that has some.
///
/// @param tag  the curve that is read; empty: the one that looks like a learning rate ("lr", "train/learning_rate",
///             "lr-AdamW"), but for those that go by samples or tokens. Of several that are the same the first.
///
/// An error (`tensorboard_error`, `recipes::recipe_error`): a file that cannot be read or is none; no event file, or those of
/// several runs; no such tag, or several; a rate that is not finite, or negative.
[[nodiscard]] PACER_HOST inline training_log read_event_log(const std::string& path, std::string_view tag = {}) {
    std::vector<scalar_event> scalars;
    bool is_cut = false;
    for (const std::string& file : detail::event_files_of(path)) {
        event_file events = read_event_file(file);
        is_cut = is_cut || events.is_cut;
        if (scalars.empty())
            scalars = std::move(events.scalars);
        else
            scalars.insert(scalars.end(), std::make_move_iterator(events.scalars.begin()),
                           std::make_move_iterator(events.scalars.end()));
    }
    training_log log = detail::log_of_events(scalars, path, tag);
    if (is_cut)
        log.notes.push_back("the last record is cut, as a run leaves it that was killed; it is left out");
    return log;
}

}  // namespace pacer::analysis

#endif
