// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_CHECKPOINT_HPP
#define PACER_TRAINING_CHECKPOINT_HPP

/// A run's position, its curve and the state of what else belongs to it, in a small file that is never half written and
/// never half read.
///
///     pacer::save({.at = at, .curve = lr, .states = {{"plateau", to_text(plateau)}}}, "run/schedule.txt");
///     const pacer::checkpoint saved = pacer::load("run/schedule.txt");
///     saved.curve(saved.at);                                      // the rate of the next update
///     pacer::parse_plateau_state(saved.state("plateau"));
///
/// The file is text, a `key value` on each line, then the states, and a checksum as the last line:
///
///     pacer checkpoint 3
///     updates 1200
///     samples 38400
///     tokens 19660800
///     skipped 3
///     clock updates
///     curve cosine(peak_lr=0.001, num_cycles=0.5, total_steps=10000, ...)
///     state plateau 51 8c0f5a0a1de6b1c4                           a name, its bytes, their checksum
///     plateau 1 lr=0.05 best=0.3125 bad=2 cooldown=0 metrics=17
///     checksum 6c2f5f0a1de6b1c4

#include <pacer/expression/make.hpp>
#include <pacer/training/atomic_write.hpp>
#include <pacer/training/clocked_expression.hpp>
#include <pacer/training/detail/checkpoint_v1.hpp>
#include <pacer/training/detail/line_reader.hpp>
#include <pacer/training/progress.hpp>

#include <optional>

namespace pacer {

/// The state of a controller, or anything else that a run needs to go on, as text or bytes.
struct named_state {
    std::string name;  ///< 1 to 64 letters, digits, '_', '-', '.' and ':'
    std::string text;  ///< any bytes, also none

    friend bool operator==(const named_state&, const named_state&) = default;
};

/// How far a run is, the curve it follows, and the states of what else belongs to it.
struct checkpoint {
    progress at{};                      ///< how far the run is
    clocked_expression curve;           ///< its curve, and the clock that this goes by
    std::vector<named_state> states{};  ///< each name once

    /// The text of the state of that name; nullptr if there is none.
    [[nodiscard]] PACER_HOST const std::string* find_state(std::string_view name) const noexcept {
        for (const named_state& s : states)
            if (s.name == name)
                return &s.text;
        return nullptr;
    }
    /// The same where it has to be there: else a `checkpoint_error` that names it, and those that are there.
    [[nodiscard]] PACER_HOST const std::string& state(std::string_view name) const;
};

/// A checkpoint that cannot be written or read. `what()` says why.
struct checkpoint_error : file_error {
    using file_error::file_error;
};

/// The newest version of the text. `from_text` reads this one and every earlier one; `to_text` writes the oldest that has
/// room for all (2, where there are no states and no restart), so that programs of then read it too.
inline constexpr int checkpoint_version = 3;

/// The longest file that is read, and written: the longest expression and all the rest.
inline constexpr std::size_t longest_checkpoint = longest_expression_text + 65'536;

/// A checkpoint, or why there is none.
struct loaded_checkpoint {
    std::optional<checkpoint> value{};  ///< the checkpoint, if there is one
    std::string error{};                ///< what `load` would say; empty if there is a value
    bool is_missing = false;            ///< there is no such file: of a run that begins

    /// Whether there is one.
    PACER_HOST explicit operator bool() const noexcept { return value.has_value(); }
    /// It, if there is one.
    [[nodiscard]] PACER_HOST const checkpoint& operator*() const noexcept { return *value; }
    /// It, if there is one.
    [[nodiscard]] PACER_HOST const checkpoint* operator->() const noexcept { return &*value; }
};

inline const std::string& checkpoint::state(std::string_view name) const {
    if (const std::string* text = find_state(name))
        return *text;
    std::string known;
    for (const named_state& s : states)
        known += (known.empty() ? ", there are " : ", ") + s.name;
    detail::syntax::fail<checkpoint_error>("pacer: the checkpoint has no state " + std::string(name) +
                                           (known.empty() ? ", and no other" : known));
}

namespace detail {

[[noreturn]] PACER_HOST inline void unreadable(const std::string& why) {
    syntax::fail<checkpoint_error>("pacer: not a readable checkpoint: " + why);
}

inline constexpr std::string_view checkpoint_title = "pacer checkpoint ";

/// What stands between the title and the checksum.
template <class = void>
PACER_HOST loaded_checkpoint read_checkpoint(line_reader& reader, int version) {
    const progress_counts counts{.updates = reader.value<step_t>("updates"),
                                 .samples = reader.value<step_t>("samples"),
                                 .tokens = reader.value<step_t>("tokens"),
                                 .skipped = reader.value<step_t>("skipped")};
    const auto clock = reader.value<run_clock>("clock");
    std::optional<step_t> restarted_at;
    if (version >= 3 && reader.find("restarted_at") != nullptr)
        restarted_at = reader.value<step_t>("restarted_at");
    if (reader.error().empty())
        is_refused(first_of(check(counts), check_not_negative("restarted_at", restarted_at.value_or(0))), reader);
    std::optional<expression> curve;
    if (version == 1) {
        if (const syntax::node_pointer read = read_curve_of_version_1(reader))
            curve.emplace(expression(read));
    } else {
        parsed_expression parsed = try_parse(reader.text("curve"));
        if (!parsed)
            reader.fail("curve " + parsed.error);
        curve = std::move(parsed.value);
    }
    reader.expect_nothing_left();
    if (!reader.error().empty())
        return {.error = reader.error()};
    loaded_checkpoint loaded;
    loaded.value.emplace(checkpoint{.at = progress(counts), .curve = {*curve, clock}});
    loaded.value->curve.restarted_at = restarted_at;
    for (const line_reader::block& b : reader.blocks())
        loaded.value->states.push_back({std::string(b.name), std::string(b.bytes)});
    return loaded;
}

/// The same of a whole text; the error without what stands before all of them.
template <class = void>
PACER_HOST loaded_checkpoint read_checkpoint(std::string_view text) {
    if (!text.starts_with(checkpoint_title))
        return {.error = "it does not begin with \"pacer checkpoint\""};
    const std::size_t title_end = text.find('\n');
    int version = 0;
    if (title_end == std::string_view::npos ||
        !syntax::read_number(text.substr(checkpoint_title.size(), title_end - checkpoint_title.size()), version) ||
        version < 1)
        return {.error = "its first line has no version"};
    if (version > checkpoint_version)
        return {.error = "it is version " + std::to_string(version) + ", this reads up to version " +
                         std::to_string(checkpoint_version)};
    const std::size_t last = text.rfind("\nchecksum ");
    if (last == std::string_view::npos)
        return {.error = "it is cut off: there is no checksum"};
    const bool is_whole = text.substr(last + 1) == checksum_line(text.substr(0, last + 1));
    line_reader reader(text.substr(title_end + 1, last > title_end ? last - title_end : 0), version >= 3);
    if (!is_whole)
        return {.error = reader.error().starts_with("the state ") ? reader.error()
                                                                  : "it was changed or cut off: the checksum differs"};
    return read_checkpoint(reader, version);
}

}  // namespace detail

/// The checkpoint as text, with the curve's `resolved_text`.
/// An error (`checkpoint_error`): a state whose name is none, or is there twice; a text longer than `longest_checkpoint`.
[[nodiscard]] PACER_HOST inline std::string to_text(const checkpoint& c) {
    const bool is_plain = c.states.empty() && !c.curve.restarted_at;
    std::string text = std::string(detail::checkpoint_title) + (is_plain ? "2\n" : "3\n");
    const auto write = [&text](const char* key, const std::string& value) { ((text += key) += ' ') += value + '\n'; };
    write("updates", std::to_string(c.at.updates()));
    write("samples", std::to_string(c.at.samples()));
    write("tokens", std::to_string(c.at.tokens()));
    write("skipped", std::to_string(c.at.skipped()));
    write("clock", detail::syntax::written(c.curve.clock));
    if (c.curve.restarted_at)
        write("restarted_at", std::to_string(*c.curve.restarted_at));
    write("curve", resolved_text(c.curve.schedule));
    for (const named_state& s : c.states) {
        if (!detail::is_block_name(s.name))
            detail::syntax::fail<checkpoint_error>(
                "pacer: the name of a state must be 1 to 64 letters, digits, '_', '-', '.' or ':', not \"" + s.name +
                '"');
        if (&s.text != c.find_state(s.name))
            detail::syntax::fail<checkpoint_error>("pacer: the state " + s.name + " is there twice");
        text += detail::block_text(s.name, s.text);
    }
    text += detail::checksum_line(text);
    if (text.size() > longest_checkpoint)
        detail::syntax::fail<checkpoint_error>("pacer: a checkpoint has at most 64 MiB, not " +
                                               std::to_string(text.size()) + " bytes: large states go to files");
    return text;
}

/// The checkpoint that a text is, the same bits that were written, or why it is none: text that is cut off or changed
/// anywhere, a newer version, a key that is unknown, missing or there twice, a value of the wrong type or range, a curve
/// that cannot be made. It never throws, and never ends a program without exceptions.
template <class = void>
[[nodiscard]] PACER_HOST loaded_checkpoint try_from_text(std::string_view text) {
    loaded_checkpoint loaded = detail::read_checkpoint(text);
    if (!loaded)
        loaded.error.insert(0, "pacer: not a readable checkpoint: ");
    return loaded;
}

/// The same where it has to be one: else a `checkpoint_error` with the reason.
template <class = void>
[[nodiscard]] PACER_HOST checkpoint from_text(std::string_view text) {
    loaded_checkpoint loaded = try_from_text(text);
    if (!loaded)
        detail::syntax::fail<checkpoint_error>(loaded.error);
    return *std::move(loaded.value);
}

/// Writes the checkpoint to `path`, so that at every moment, whatever is killed and whoever else writes, `path` is the old
/// file or the new one: see `atomic_file`.
/// An error (`checkpoint_error`): what the file system says, and `path` is then unchanged; as `to_text`.
PACER_HOST inline void save(const checkpoint& c, const std::string& path) {
    const std::string text = to_text(c);
    atomic_file file(path);
    file.write(text);
    if (!file.commit())
        detail::syntax::fail<checkpoint_error>(file.error());
}

/// The checkpoint in the file `path`, or why there is none: a file that is not there (`is_missing`), cannot be read or is
/// larger than `longest_checkpoint`; whatever `try_from_text` says. It never throws, and never ends a program without
/// exceptions.
///
///     const auto saved = pacer::try_load(path);
///     if (!saved && !saved.is_missing)
///         stop(saved.error);                       // there is one, and it is damaged: not the time to begin anew
template <class = void>
[[nodiscard]] PACER_HOST loaded_checkpoint try_load(const std::string& path) {
    const auto cannot_read = [&path](int error) { return "pacer: cannot read " + path + detail::reason_of(error); };
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (file == nullptr) {
        const int error = errno;
        return {.error = cannot_read(error), .is_missing = error == ENOENT};
    }
    std::string text;
    char block[16'384];
    while (const std::size_t n = text.size() > longest_checkpoint ? 0 : std::fread(block, 1, sizeof block, file))
        text.append(block, n);
    const int failed = std::ferror(file) == 0 ? 0 : errno != 0 ? errno : EIO;
    std::fclose(file);
    if (failed != 0)
        return {.error = cannot_read(failed)};
    if (text.size() > longest_checkpoint)
        return {.error = "pacer: not a readable checkpoint: " + path + " is larger than 64 MiB"};
    loaded_checkpoint loaded = try_from_text(text);
    if (!loaded)
        loaded.error += " (" + path + ")";
    return loaded;
}

/// The same where it has to be there: else a `checkpoint_error` with the reason.
template <class = void>
[[nodiscard]] PACER_HOST checkpoint load(const std::string& path) {
    loaded_checkpoint loaded = try_load(path);
    if (!loaded)
        detail::syntax::fail<checkpoint_error>(loaded.error);
    return *std::move(loaded.value);
}

PACER_IN_LIBRARY(loaded_checkpoint try_from_text<void>(std::string_view))
PACER_IN_LIBRARY(checkpoint from_text<void>(std::string_view))
PACER_IN_LIBRARY(loaded_checkpoint try_load<void>(const std::string&))
PACER_IN_LIBRARY(checkpoint load<void>(const std::string&))

}  // namespace pacer

#endif
