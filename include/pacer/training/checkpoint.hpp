// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_CHECKPOINT_HPP
#define PACER_TRAINING_CHECKPOINT_HPP

/// A run's position and its curve in a small file that is never half written and never half read.
///
///     pacer::save({.at = at, .curve = lr}, "run/schedule.txt");
///     const pacer::checkpoint saved = pacer::load("run/schedule.txt");
///     saved.curve(saved.at);                                      // the rate of the next update
///
/// The file is text, a `key value` on each line, with a checksum as the last line:
///
///     pacer checkpoint 2
///     updates 1200
///     samples 38400
///     tokens 19660800
///     skipped 3
///     clock updates
///     curve cosine(peak_lr=0.001, num_cycles=0.5, total_steps=10000, ...)
///     checksum 6c2f5f0a1de6b1c4

#include <pacer/expression/make.hpp>
#include <pacer/training/progress.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>

#if defined(__unix__) || defined(__APPLE__)
#define PACER_HAS_POSIX 1
#include <fcntl.h>
#include <unistd.h>
#else
#define PACER_HAS_POSIX 0
#include <filesystem>
#include <fstream>
#endif

namespace pacer {

/// A curve as data, and which counter of a run its steps are.
struct clocked_expression {
    expression schedule;
    run_clock clock;

    /// A schedule, or an expression, whose steps are updates unless it is said otherwise.
    template <Expressible S>
    clocked_expression(const S& curve, run_clock its_clock = run_clock::updates) : schedule(curve), clock(its_clock) {
        detail::require(detail::check(clock));
    }
    /// A schedule that reads a clock (`by_tokens`).
    template <Expressible S, run_clock Clock>
    clocked_expression(const clocked<S, Clock>& curve) : schedule(curve.schedule()), clock(Clock) {}

    /// The rate of the next update of a run that is this far.
    [[nodiscard]] double operator()(const progress& at) const noexcept { return schedule(position(at, clock)); }
};

/// How far a run is, and the curve it follows.
struct checkpoint {
    progress at{};
    clocked_expression curve;
};

/// A checkpoint that cannot be written or read. `what()` says why.
struct checkpoint_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The version of the text that `to_text` writes. `from_text` reads this one and every earlier one.
inline constexpr int checkpoint_version = 2;

/// The longest file that is read: the longest expression and all the rest.
inline constexpr std::size_t longest_checkpoint = longest_expression_text + 65'536;

namespace detail {

[[noreturn]] inline void unreadable(const std::string& why) {
    syntax::fail<checkpoint_error>("pacer: not a readable checkpoint: " + why);
}

/// FNV-1a, 64 bits: no change of a single byte goes unseen.
constexpr std::uint64_t checksum(std::string_view text) noexcept {
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325u;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3u;
    return hash;
}

inline std::string checksum_line(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    const std::uint64_t sum = checksum(text);
    std::string line = "checksum ";
    for (int shift = 60; shift >= 0; shift -= 4)
        line += digits[static_cast<std::size_t>(sum >> shift & 15)];
    return line + '\n';
}

/// The "key value" lines of a text, each to be asked for once.
class line_reader {
public:
    explicit line_reader(std::string_view text) {
        while (!text.empty()) {
            const std::string_view line = text.substr(0, text.find('\n'));
            text.remove_prefix(line.size() + 1);
            const std::size_t space = line.find(' ');
            if (space == std::string_view::npos || space == 0)
                unreadable("a line is not a key and a value");
            for (const entry& before : entries_)
                if (before.key == line.substr(0, space))
                    unreadable("the key " + std::string(before.key) + " is there twice");
            entries_.push_back({line.substr(0, space), line.substr(space + 1), false});
        }
    }

    /// The value of a key; nothing if it is not there.
    [[nodiscard]] const std::string_view* find(std::string_view key) {
        for (entry& e : entries_)
            if (e.key == key) {
                e.taken = true;
                return &e.value;
            }
        return nullptr;
    }
    /// Whether there is a key that begins so.
    [[nodiscard]] bool has_prefix(std::string_view prefix) const {
        for (const entry& e : entries_)
            if (e.key.starts_with(prefix))
                return true;
        return false;
    }
    [[nodiscard]] std::string_view text(const std::string& key) {
        const std::string_view* value = find(key);
        if (value == nullptr)
            unreadable("the key " + key + " is missing");
        return *value;
    }
    template <class T>
    [[nodiscard]] T value(const std::string& key) {
        T value{};
        const std::string_view written = text(key);
        bool is_read = false;
        if constexpr (std::same_as<T, step_t>)
            is_read = syntax::read_number(written, value);
        else
            is_read = syntax::read(written, value);
        if (!is_read)
            unreadable(key + " has the value " + std::string(written));
        return value;
    }

    void expect_nothing_left() const {
        for (const entry& e : entries_)
            if (!e.taken)
                unreadable("unknown key " + std::string(e.key));
    }

private:
    struct entry {
        std::string_view key;
        std::string_view value;
        bool taken;
    };

    std::vector<entry> entries_{};
};

inline constexpr std::string_view checkpoint_title = "pacer checkpoint ";

/// The progress that every version begins with.
inline progress read_progress(line_reader& reader) {
    return progress({.updates = reader.value<step_t>("updates"),
                     .samples = reader.value<step_t>("samples"),
                     .tokens = reader.value<step_t>("tokens"),
                     .skipped = reader.value<step_t>("skipped")});
}

/// A value of version 1 as an expression writes it. What that version calls exponential is `half_life` now.
inline std::string value_of_version_1(std::string_view field, std::string_view text) {
    constexpr std::string_view power = "power ";
    constexpr std::string_view ratio = "ratio ";
    if (field == "warmup" && text.starts_with(ratio)) {
        const std::string_view both = text.substr(ratio.size());
        const std::size_t space = both.find(' ');
        double part = 0;
        rounding rounded{};
        if (space != std::string_view::npos && syntax::read_number(both.substr(0, space), part) &&
            syntax::read(both.substr(space + 1), rounded))
            return syntax::written(warmup(warmup_ratio(part, rounded)));
    }
    if (text.starts_with(power))
        return "power(" + std::string(text.substr(power.size())) + ')';
    return text == "exponential" ? "half_life" : std::string(text);
}

/// A named schedule of version 1, later by its origin.
template <class = void>
expression read_schedule_of_version_1(line_reader& reader, const std::string& prefix) {
    constexpr std::string_view fields[] = {"peak_lr",   "min_lr",       "end_lr",      "init_lr",     "total_steps",
                                           "warmup",    "first_step",   "past_end",    "num_cycles",  "power",
                                           "timescale", "stable_steps", "decay_steps", "decay_shape", "warmup_shape"};
    std::vector<field_given> given;
    const std::string_view name = reader.text(prefix + "name");
    for (const std::string_view field : fields)
        if (const std::string_view* value = reader.find(prefix + std::string(field)))
            given.push_back({std::string(field), value_of_version_1(field, *value)});
    const expression schedule = make(name, given);
    const auto origin = reader.value<step_t>(prefix + "origin");
    return origin == 0 ? schedule : expression_of(delay(schedule, origin));
}

/// A schedule, and up to three transitions to others, each on top of those before.
template <class = void>
checkpoint read_version_1(line_reader& reader) {
    const progress at = read_progress(reader);
    const auto clock = reader.value<run_clock>("clock");
    expression curve = read_schedule_of_version_1(reader, "");
    for (int k = 1; k <= 3 && reader.has_prefix(std::to_string(k) + '.'); ++k) {
        const std::string prefix = std::to_string(k) + '.';
        const std::string_view how = reader.text(prefix + "how");
        const auto joint = reader.value<step_t>(prefix + "at");
        const auto over = reader.value<step_t>(prefix + "over");
        const auto shape = value_of_version_1("shape", reader.text(prefix + "shape"));
        const expression next = read_schedule_of_version_1(reader, prefix);
        ramp_shape by;
        if (!syntax::read(shape, by))
            unreadable((prefix + "shape has the value ").append(shape));
        if (how == "blend")
            curve = blend(curve, joint, over, next);
        else if (how == "ramp")
            curve = rewarm(curve, joint, over, next, by);
        else if (how == "rescale")
            curve = rescale(curve, joint, next);
        else
            unreadable(prefix + "how has the value " + std::string(how));
    }
    return {.at = at, .curve = {curve, clock}};
}

template <class = void>
checkpoint read_version_2(line_reader& reader) {
    const progress at = read_progress(reader);
    const auto clock = reader.value<run_clock>("clock");
    return {.at = at, .curve = {parse(reader.text("curve")), clock}};
}

template <class = void>
checkpoint read_lines(std::string_view lines, int version) {
    line_reader reader(lines);
    const auto read = [&] {
        checkpoint saved = version == 1 ? read_version_1(reader) : read_version_2(reader);
        reader.expect_nothing_left();
        return saved;
    };
#if PACER_HAS_EXCEPTIONS
    try {
        return read();
    } catch (const invalid_schedule& error) {
        unreadable(error.what());
    } catch (const expression_error& error) {
        unreadable(std::string("curve ") + error.what());
    }
#else
    return read();
#endif
}

}  // namespace detail

/// The checkpoint as text, with the curve's `resolved_text`.
[[nodiscard]] inline std::string to_text(const checkpoint& c) {
    std::string text = std::string(detail::checkpoint_title) + std::to_string(checkpoint_version) + '\n';
    const auto write = [&text](const char* key, const std::string& value) { ((text += key) += ' ') += value + '\n'; };
    write("updates", std::to_string(c.at.updates()));
    write("samples", std::to_string(c.at.samples()));
    write("tokens", std::to_string(c.at.tokens()));
    write("skipped", std::to_string(c.at.skipped()));
    write("clock", detail::syntax::written(c.curve.clock));
    write("curve", resolved_text(c.curve.schedule));
    return text + detail::checksum_line(text);
}

/// The checkpoint that a text is; the same bits that were written.
/// An error (`checkpoint_error`, with the reason): text that is cut off or changed anywhere, a newer version, a key that
/// is unknown, missing or there twice, a value of the wrong type or range, a curve that cannot be made.
template <class = void>
[[nodiscard]] checkpoint from_text(std::string_view text) {
    if (!text.starts_with(detail::checkpoint_title))
        detail::unreadable("it does not begin with \"pacer checkpoint\"");
    const std::size_t title_end = text.find('\n');
    int version = 0;
    if (title_end == std::string_view::npos ||
        !detail::syntax::read_number(
            text.substr(detail::checkpoint_title.size(), title_end - detail::checkpoint_title.size()), version) ||
        version < 1)
        detail::unreadable("its first line has no version");
    if (version > checkpoint_version)
        detail::unreadable("it is version " + std::to_string(version) + ", this reads up to version " +
                           std::to_string(checkpoint_version));
    const std::size_t last = text.rfind("\nchecksum ");
    if (last == std::string_view::npos)
        detail::unreadable("it is cut off: there is no checksum");
    if (text.substr(last + 1) != detail::checksum_line(text.substr(0, last + 1)))
        detail::unreadable("it was changed or cut off: the checksum differs");
    return detail::read_lines(text.substr(title_end + 1, last - title_end), version);
}

namespace detail {

[[noreturn]] inline void cannot(const std::string& what, const std::string& path, int error) {
    syntax::fail<checkpoint_error>("pacer: cannot " + what + ' ' + path + (error != 0 ? ": " : "") +
                                   (error != 0 ? std::strerror(error) : ""));
}

/// A name next to `path` that no other process, and no other thread of this one, is writing to.
inline std::string name_beside(const std::string& path) {
    static unsigned counter = 0;
    const std::string number = std::to_string(__atomic_fetch_add(&counter, 1u, __ATOMIC_RELAXED));
#if PACER_HAS_POSIX
    return path + '.' + std::to_string(::getpid()) + '.' + number + ".tmp";
#else
    return path + '.' + number + ".tmp";
#endif
}

#if PACER_HAS_POSIX

inline void write_file(const std::string& path, std::string_view text) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0)
        cannot("write", path, errno);
    int error = 0;
    while (!text.empty() && error == 0) {
        const ssize_t n = ::write(file, text.data(), text.size());
        if (n >= 0)
            text.remove_prefix(static_cast<std::size_t>(n));
        else if (errno != EINTR)
            error = errno;
    }
    if (error == 0 && ::fsync(file) != 0)
        error = errno;
    if (::close(file) != 0 && error == 0)
        error = errno;
    if (error != 0) {
        ::unlink(path.c_str());
        cannot("write", path, error);
    }
}

inline void replace_file(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) != 0) {
        const int error = errno;
        ::unlink(from.c_str());
        cannot("replace", to, error);
    }
    const std::size_t slash = to.rfind('/');
    const std::string directory = slash == std::string::npos ? "." : to.substr(0, slash + 1);
    const int folder = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        cannot("open", directory, errno);
    // Some file systems cannot, and say EINVAL; the file is whole all the same.
    const int error = ::fsync(folder) != 0 && errno != EINVAL ? errno : 0;
    ::close(folder);
    if (error != 0)
        cannot("write", directory, error);
}

#else

inline void write_file(const std::string& path, std::string_view text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(text.data(), static_cast<std::streamsize>(text.size())).flush();
    if (!file)
        cannot("write", path, 0);
}

inline void replace_file(const std::string& from, const std::string& to) {
    std::error_code error;
    std::filesystem::rename(from, to, error);
    if (error)
        cannot("replace", to, error.value());
}

#endif

}  // namespace detail

/// Writes the checkpoint to `path`, so that at every moment, whatever is killed, `path` is the old file or the new one.
///
/// The text goes to a file of its own in the same directory, which is flushed to the disk and then renamed; where there
/// is POSIX, the directory is flushed too. Elsewhere it is only renamed. A process that is killed in between leaves its
/// "*.tmp" file behind. An error (`checkpoint_error`): what the file system says; `path` is then unchanged.
inline void save(const checkpoint& c, const std::string& path) {
    const std::string text = to_text(c);
    const std::string beside = detail::name_beside(path);
    detail::write_file(beside, text);
    detail::replace_file(beside, path);
}

/// Reads the checkpoint in the file `path`.
/// An error (`checkpoint_error`): a file that cannot be read or is larger than `longest_checkpoint`; whatever `from_text`
/// rejects.
template <class = void>
[[nodiscard]] checkpoint load(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (file == nullptr)
        detail::cannot("read", path, errno);
    std::string text;
    char block[16'384];
    while (const std::size_t n = text.size() > longest_checkpoint ? 0 : std::fread(block, 1, sizeof block, file))
        text.append(block, n);
    const bool failed = std::ferror(file) != 0;
    std::fclose(file);
    if (failed)
        detail::cannot("read", path, 0);
    if (text.size() > longest_checkpoint)
        detail::unreadable(path + " is larger than 64 MiB");
#if PACER_HAS_EXCEPTIONS
    try {
        return from_text(text);
    } catch (const checkpoint_error& error) {
        throw checkpoint_error(std::string(error.what()) + " (" + path + ")");
    }
#else
    return from_text(text);
#endif
}

}  // namespace pacer

#endif
