// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_CHECKPOINT_HPP
#define PACER_TRAINING_CHECKPOINT_HPP

/// A run's position and its curve in a small file that is never half written and never half read.
///
///     pacer::save({.at = at, .curve = pacer::spec_of(lr)}, "run/schedule.txt");
///     const pacer::checkpoint saved = pacer::load("run/schedule.txt");
///
/// The file is text, a `key value` on each line, with a checksum as the last line:
///
///     pacer checkpoint 1
///     updates 1200
///     ...
///     name cosine
///     peak_lr 0.001
///     ...
///     1.how blend               the first transition, if there is one
///     ...
///     checksum 6c2f5f0a1de6b1c4

#include <pacer/expression/schedule_spec.hpp>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

/// How far a run is, and the curve it follows.
struct checkpoint {
    progress at{};
    schedule_spec curve{};
};

/// A checkpoint that cannot be written or read. `what()` says why.
struct checkpoint_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The version of the text that `to_text` writes. `from_text` reads this one and every earlier one.
inline constexpr int checkpoint_version = 1;

namespace detail {

template <class Error>
[[noreturn]] void fail(const std::string& text) {
#if PACER_HAS_EXCEPTIONS
    throw Error(text);
#else
    on_invalid(text.c_str());
    std::terminate();
#endif
}

[[noreturn]] inline void unreadable(const std::string& why) {
    fail<checkpoint_error>("pacer: not a readable checkpoint: " + why);
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

inline constexpr std::array<std::string_view, 3> clock_names{"updates", "samples", "tokens"};
inline constexpr std::array<std::string_view, 3> transition_names{"blend", "ramp", "rescale"};
inline constexpr std::array<std::string_view, 3> first_step_names{"from_zero", "from_first", "over_plus_one"};
inline constexpr std::array<std::string_view, 4> past_end_names{"hold", "zero", "repeat", "wave"};
inline constexpr std::array<std::string_view, 4> rounding_names{"ceil", "floor", "nearest_even", "exact"};

constexpr const auto& names_of(run_clock) { return clock_names; }
constexpr const auto& names_of(transition_kind) { return transition_names; }
constexpr const auto& names_of(first_step) { return first_step_names; }
constexpr const auto& names_of(past_end) { return past_end_names; }
constexpr const auto& names_of(rounding) { return rounding_names; }

template <class Enum>
concept Named = std::is_enum_v<Enum> && requires(Enum e) {
    names_of(e);
};

// Values as text, so that reading gives back the same value, to the bit.
template <Named Enum>
std::string written(Enum e) {
    return std::string(names_of(e)[static_cast<std::size_t>(e)]);
}
inline std::string written(step_t n) { return n == endless ? "endless" : std::to_string(n); }
inline std::string written(double x) {
    char text[40];
    return std::string(text, std::to_chars(text, text + sizeof text, x).ptr);
}
inline std::string written(const ramp_shape& shape) {
    // In format 1 "exponential" is `half_life`.
    if (shape == ramp_shape::exponential)
        return "log_linear";
    const bool has_exponent = shape.which() == ramp_shape::kind::power;
    return shape.name() + (has_exponent ? ' ' + written(shape.exponent()) : std::string());
}
inline std::string written(const lr_or_ratio& lr) { return (lr.is_ratio() ? "ratio " : "") + written(lr.value()); }
inline std::string written(const warmup& w) {
    switch (w.given_as()) {
    case warmup::kind::steps: return written(w.count());
    case warmup::kind::ratio: return "ratio " + written(w.ratio()) + ' ' + written(w.rounded());
    case warmup::kind::unset:
    case warmup::kind::off: break;
    }
    return "0";
}

template <class T>
bool read_number(std::string_view text, T& to) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
    return error == std::errc{} && end == text.data() + text.size();
}

template <Named Enum>
bool read(std::string_view text, Enum& to) {
    for (std::size_t k = 0; k < names_of(to).size(); ++k)
        if (text == names_of(to)[k]) {
            to = static_cast<Enum>(k);
            return true;
        }
    return false;
}
/// What format 1 calls exponential is `half_life` now.
inline bool read(std::string_view text, ramp_shape& to) {
    constexpr std::string_view power = "power ";
    double exponent = 0;
    if (text.substr(0, power.size()) == power) {
        if (!read_number(text.substr(power.size()), exponent) ||
            !(exponent > 0 && exponent <= pacer::detail::largest<double>))
            return false;
        to = ramp_shape::power(exponent);
        return true;
    }
    if (text == "log_linear") {
        to = ramp_shape::exponential;
        return true;
    }
    const std::string_view name = text == "exponential" ? "half_life" : text;
    for (const auto kind : {ramp_shape::kind::linear, ramp_shape::kind::cosine, ramp_shape::kind::one_minus_sqrt,
                            ramp_shape::kind::half_life})
        if (name == ramp_shape(kind).name()) {
            to = ramp_shape(kind);
            return true;
        }
    return false;
}
inline bool read(std::string_view text, step_t& to) {
    if (text == "endless") {
        to = endless;
        return true;
    }
    return read_number(text, to);
}
inline bool read(std::string_view text, double& to) {
    return read_number(text, to) && is_between_0_and(pacer::detail::largest<double>, to);
}
inline bool read(std::string_view text, lr_or_ratio& to) {
    double rate = 0;
    if (!read(text, rate))
        return false;
    to = rate;
    return true;
}
inline bool read(std::string_view text, warmup& to) {
    constexpr std::string_view prefix = "ratio ";
    if (!text.starts_with(prefix)) {
        step_t steps = 0;
        const bool good = read_number(text, steps);
        to = warmup_steps(steps);
        return good;
    }
    text.remove_prefix(prefix.size());
    const std::size_t space = text.find(' ');
    double ratio = 0;
    rounding rounded{};
    if (space == std::string_view::npos || !read(text.substr(0, space), ratio) ||
        !read(text.substr(space + 1), rounded))
        return false;
    to = warmup_ratio(ratio, rounded);
    return true;
}

/// visitor(key, field) for everything a curve consists of, in the order of the file. `Curve` is a `schedule_spec` or a
/// `transition`; the parameters are `std::optional`.
template <class Curve, class Visitor>
void visit_named(Curve& c, const std::string& prefix, Visitor visitor) {
    visitor(prefix + "name", c.name);
#define PACER_VISIT(field) visitor(prefix + #field, c.parameters.field);
    PACER_SCHEDULE_FIELDS(PACER_VISIT)
#undef PACER_VISIT
    visitor(prefix + "origin", c.origin);
}

template <class Transition, class Visitor>
void visit_transition(Transition& t, const std::string& prefix, Visitor visitor) {
    visitor(prefix + "how", t.how);
    visitor(prefix + "at", t.at);
    visitor(prefix + "over", t.over);
    visitor(prefix + "shape", t.shape);
    visit_named(t, prefix, visitor);
}

template <class Spec, class Visitor>
void visit_spec(Spec& spec, Visitor visitor) {
    visitor("clock", spec.clock);
    visit_named(spec, "", visitor);
    std::size_t k = 0;
    for (auto& t : spec.transitions)
        visit_transition(t, std::to_string(++k) + '.', visitor);
}

/// Adds "key value" lines.
class line_writer {
public:
    explicit line_writer(std::string& to) : to_(to) {}

    void operator()(const std::string& key, const std::string& value) const { to_ += key + ' ' + value + '\n'; }
    template <class T>
    void operator()(const std::string& key, const std::optional<T>& value) const {
        if (value)
            (*this)(key, written(*value));
    }
    template <class T>
    void operator()(const std::string& key, const T& value) const {
        (*this)(key, written(value));
    }

private:
    std::string& to_;
};

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

    /// Whether there is a key that begins so.
    [[nodiscard]] bool has_prefix(std::string_view prefix) const {
        for (const entry& e : entries_)
            if (e.key.starts_with(prefix))
                return true;
        return false;
    }

    void operator()(const std::string& key, std::string& to) { to = std::string(required(key)); }
    template <class T>
    void operator()(const std::string& key, std::optional<T>& to) {
        if (const entry* e = take(key))
            parse(*e, to.emplace());
    }
    template <class T>
    void operator()(const std::string& key, T& to) {
        parse({key, required(key), true}, to);
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

    const entry* take(std::string_view key) {
        for (entry& e : entries_)
            if (e.key == key) {
                e.taken = true;
                return &e;
            }
        return nullptr;
    }
    std::string_view required(const std::string& key) {
        const entry* e = take(key);
        if (e == nullptr)
            unreadable("the key " + key + " is missing");
        return e->value;
    }
    template <class T>
    static void parse(const entry& e, T& to) {
        if (!read(e.value, to))
            unreadable(std::string(e.key) + " has the value " + std::string(e.value));
    }

    std::vector<entry> entries_{};
};

inline constexpr std::string_view checkpoint_title = "pacer checkpoint ";

/// Versions before 2.
inline checkpoint read_version_1(std::string_view lines) {
    line_reader reader(lines);
    progress_counts counts;
    reader("updates", counts.updates);
    reader("samples", counts.samples);
    reader("tokens", counts.tokens);
    reader("skipped", counts.skipped);
    checkpoint saved;
    reader("clock", saved.curve.clock);
    visit_named(saved.curve, "", [&](const std::string& key, auto& field) { reader(key, field); });
    for (std::size_t k = 1; k <= most_transitions && reader.has_prefix(std::to_string(k) + '.'); ++k)
        visit_transition(saved.curve.transitions.emplace_back(), std::to_string(k) + '.',
                         [&](const std::string& key, auto& field) { reader(key, field); });
    reader.expect_nothing_left();
    const auto build = [&] {
        saved.at = progress(counts);
        static_cast<void>(make(saved.curve));
    };
#if PACER_HAS_EXCEPTIONS
    try {
        build();
    } catch (const invalid_schedule& error) {
        unreadable(error.what());
    }
#else
    build();
#endif
    return saved;
}

}  // namespace detail

/// The checkpoint as text. The curve is written `resolved`.
/// An error (`invalid_schedule`): a curve that cannot be made.
[[nodiscard]] inline std::string to_text(const checkpoint& c) {
    static_cast<void>(make(c.curve));
    const schedule_spec curve = resolved(c.curve);
    std::string text = std::string(detail::checkpoint_title) + std::to_string(checkpoint_version) + '\n';
    const detail::line_writer write(text);
    write("updates", std::to_string(c.at.updates()));
    write("samples", std::to_string(c.at.samples()));
    write("tokens", std::to_string(c.at.tokens()));
    write("skipped", std::to_string(c.at.skipped()));
    detail::visit_spec(curve, write);
    return text + detail::checksum_line(text);
}

/// The checkpoint that a text is; the same bits that were written.
/// An error (`checkpoint_error`, with the reason): text that is cut off or changed anywhere, a newer version, a key that
/// is unknown, missing or there twice, a value of the wrong type or range, a curve that cannot be made.
[[nodiscard]] inline checkpoint from_text(std::string_view text) {
    if (!text.starts_with(detail::checkpoint_title))
        detail::unreadable("it does not begin with \"pacer checkpoint\"");
    const std::size_t title_end = text.find('\n');
    int version = 0;
    if (title_end == std::string_view::npos ||
        !detail::read_number(text.substr(detail::checkpoint_title.size(), title_end - detail::checkpoint_title.size()),
                             version) ||
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
    return detail::read_version_1(text.substr(title_end + 1, last - title_end));
}

namespace detail {

[[noreturn]] inline void cannot(const std::string& what, const std::string& path, int error) {
    fail<checkpoint_error>("pacer: cannot " + what + ' ' + path + (error != 0 ? ": " : "") +
                           (error != 0 ? std::strerror(error) : ""));
}

/// A name next to `path` that no other process, and no other thread of this one, is writing to.
inline std::string name_beside(const std::string& path) {
    static std::atomic<unsigned> counter{0};
#if PACER_HAS_POSIX
    return path + '.' + std::to_string(::getpid()) + '.' + std::to_string(counter++) + ".tmp";
#else
    return path + '.' + std::to_string(counter++) + ".tmp";
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
/// An error (`checkpoint_error`): a file that cannot be read or is larger than 64 KiB; whatever `from_text` rejects.
[[nodiscard]] inline checkpoint load(const std::string& path) {
    constexpr std::size_t largest = 65'536;
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (file == nullptr)
        detail::cannot("read", path, errno);
    std::string text(largest + 1, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file));
    const bool failed = std::ferror(file) != 0;
    std::fclose(file);
    if (failed)
        detail::cannot("read", path, 0);
    if (text.size() > largest)
        detail::unreadable(path + " is larger than 64 KiB");
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
