// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_TENSORBOARD_HPP
#define PACER_ANALYSIS_TENSORBOARD_HPP

/// Scalars in TensorBoard's event files: written from a C++ loop, and read back. Needs the standard library alone.
///
///     pacer::analysis::tensorboard_writer log("runs/a");
///     log.scalar("train/lr", lr(step), step);
///
///     for (const auto& point : pacer::analysis::read_event_file(path).scalars)
///         use(point.tag, point.step, point.value);

#include <pacer/schedule.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <istream>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace pacer::analysis {

/// An event file that cannot be written or read. `what()` is "FILE: PROBLEM", or "FILE: byte N: PROBLEM".
struct tensorboard_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One value of a curve.
struct scalar_event {
    std::string tag{};     ///< the name of the curve
    step_t step = 0;       ///< of the run
    double value = 0;      ///< a float, if it was written here
    double wall_time = 0;  ///< when it was written, in seconds since 1970
};

/// What may be in a file before it is refused.
struct event_file_limits {
    std::size_t record_bytes = std::size_t{1} << 28;  ///< of one record, which may hold an image; 1 or more
    std::size_t scalars = 50'000'000;                 ///< in the whole file
};

/// What was in a file.
struct event_file {
    std::vector<scalar_event> scalars{};  ///< in the order of the file
    std::uint64_t bytes = 0;              ///< of all whole records
    bool is_cut = false;                  ///< whether the last record ends with the file, before its own end
};

}  // namespace pacer::analysis

namespace pacer::detail::tensorboard {

/// The bits of a value as another type's.
template <class To, class From>
[[nodiscard]] PACER_HOST constexpr To bits_as(const From& from) noexcept {
    return PACER_BIT_CAST(To, from);
}

// ---------------------------------------------------------------------------------------------------------------------
// Records: a length of 8 bytes, its checksum, the bytes, their checksum; all numbers with the lowest byte first.

inline constexpr std::size_t length_bytes = 8;
inline constexpr std::size_t checksum_bytes = 4;
inline constexpr std::size_t header_bytes = length_bytes + checksum_bytes;

struct checksum_table {
    std::uint32_t of_byte[256]{};

    PACER_HOST constexpr checksum_table() noexcept {
        for (std::uint32_t k = 0; k < 256; ++k) {
            std::uint32_t c = k;
            for (int bit = 0; bit < 8; ++bit)
                c = (c >> 1) ^ ((c & 1) != 0 ? 0x82F6'3B78u : 0u);
            of_byte[k] = c;
        }
    }
};
inline constexpr checksum_table checksums{};

/// CRC-32C (Castagnoli).
PACER_HOST constexpr std::uint32_t crc32c(std::string_view bytes) noexcept {
    std::uint32_t c = ~0u;
    for (const char byte : bytes)
        c = checksums.of_byte[(c ^ static_cast<unsigned char>(byte)) & 0xFF] ^ (c >> 8);
    return ~c;
}

/// As it is stored, so that a checksum of bytes that hold a checksum is none of its own.
PACER_HOST constexpr std::uint32_t masked(std::uint32_t crc) noexcept {
    return ((crc >> 15) | (crc << 17)) + 0xA282'EAD8u;
}

template <class Unsigned>
PACER_HOST void append_number(std::string& to, Unsigned n) {
    for (std::size_t k = 0; k < sizeof n; ++k)
        to += static_cast<char>(static_cast<unsigned char>(n >> (8 * k)));
}
template <class Unsigned>
[[nodiscard]] PACER_HOST Unsigned number_at(std::string_view bytes) noexcept {
    Unsigned n = 0;
    for (std::size_t k = 0; k < sizeof n; ++k)
        n |= static_cast<Unsigned>(static_cast<Unsigned>(static_cast<unsigned char>(bytes[k])) << (8 * k));
    return n;
}

[[nodiscard]] PACER_HOST inline std::string record_of(std::string_view bytes) {
    std::string record;
    append_number(record, static_cast<std::uint64_t>(bytes.size()));
    append_number(record, masked(crc32c(record)));
    record += bytes;
    append_number(record, masked(crc32c(bytes)));
    return record;
}

// ---------------------------------------------------------------------------------------------------------------------
// Messages, in the wire format of Protocol Buffers: a key (the number of the field and how it is written), a value.

enum class wire : unsigned char { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

PACER_HOST constexpr bool is_known(wire type) noexcept { return type <= wire::bytes || type == wire::fixed32; }

PACER_HOST inline void append_varint(std::string& to, std::uint64_t n) {
    for (; n >= 0x80; n >>= 7)
        to += static_cast<char>(static_cast<unsigned char>(n | 0x80));
    to += static_cast<char>(static_cast<unsigned char>(n));
}
PACER_HOST inline void append_key(std::string& to, unsigned number, wire type) {
    append_varint(to, number << 3 | static_cast<unsigned>(type));
}
PACER_HOST inline void append_bytes(std::string& to, unsigned number, std::string_view bytes) {
    append_key(to, number, wire::bytes);
    append_varint(to, bytes.size());
    to += bytes;
}
PACER_HOST inline void append_double(std::string& to, unsigned number, double x) {
    append_key(to, number, wire::fixed64);
    append_number(to, bits_as<std::uint64_t>(x));
}
PACER_HOST inline void append_float(std::string& to, unsigned number, float x) {
    append_key(to, number, wire::fixed32);
    append_number(to, bits_as<std::uint32_t>(x));
}

struct field {
    unsigned number = 0;
    wire type = wire::varint;
    std::uint64_t n = 0;       ///< of a number
    std::string_view bytes{};  ///< of bytes
};

/// Goes over the fields of a message.
class message {
public:
    PACER_HOST explicit message(std::string_view bytes) noexcept : rest_(bytes) {}

    /// The next field; none at the end, or where the bytes are no message (`is_broken`).
    [[nodiscard]] PACER_HOST std::optional<field> next() noexcept {
        if (rest_.empty() || is_broken_)
            return {};
        const std::uint64_t key = varint();
        field f{static_cast<unsigned>(key >> 3), static_cast<wire>(key & 7), 0, {}};
        is_broken_ = key > 0xFFFF'FFFFu || f.number == 0 || !is_known(f.type);
        if (is_broken_)
            return {};
        if (f.type == wire::varint)
            f.n = varint();
        else if (f.type == wire::fixed64)
            f.n = number<std::uint64_t>();
        else if (f.type == wire::fixed32)
            f.n = number<std::uint32_t>();
        else
            f.bytes = taken(varint());
        if (is_broken_)
            return {};
        return f;
    }
    [[nodiscard]] PACER_HOST bool is_broken() const noexcept { return is_broken_; }

private:
    PACER_HOST std::string_view taken(std::uint64_t count) noexcept {
        if (is_broken_ || count > rest_.size()) {
            is_broken_ = true;
            return {};
        }
        const std::string_view front = rest_.substr(0, static_cast<std::size_t>(count));
        rest_.remove_prefix(front.size());
        return front;
    }
    template <class Unsigned>
    PACER_HOST std::uint64_t number() noexcept {
        const std::string_view front = taken(sizeof(Unsigned));
        return is_broken_ ? 0 : number_at<Unsigned>(front);
    }
    PACER_HOST std::uint64_t varint() noexcept {
        std::uint64_t n = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::string_view front = taken(1);
            if (is_broken_)
                return 0;
            const auto byte = static_cast<unsigned char>(front[0]);
            n |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (byte < 0x80)
                return n;
        }
        is_broken_ = true;
        return 0;
    }

    std::string_view rest_;
    bool is_broken_ = false;
};

/// The numbers of the fields.
namespace event {
inline constexpr unsigned wall_time = 1;
inline constexpr unsigned step = 2;
inline constexpr unsigned file_version = 3;
inline constexpr unsigned summary = 5;
}  // namespace event
namespace summary {
inline constexpr unsigned value = 1;
}
namespace value {
inline constexpr unsigned tag = 1;
inline constexpr unsigned simple_value = 2;
inline constexpr unsigned tensor = 8;
}  // namespace value
namespace tensor {
inline constexpr unsigned dtype = 1;
inline constexpr unsigned shape = 2;
inline constexpr unsigned content = 4;
inline constexpr unsigned float_val = 5;
inline constexpr unsigned double_val = 6;
inline constexpr std::uint64_t is_float = 1;
inline constexpr std::uint64_t is_double = 2;
}  // namespace tensor

/// The nearest float; infinite where it is beyond all of them.
PACER_HOST inline float rounded_to_float(double x) noexcept {
    constexpr double most = 0x1.ffffffp127;  // what is below is rounded down to the largest
    if (x >= most || x <= -most)
        return x > 0 ? std::numeric_limits<float>::infinity() : -std::numeric_limits<float>::infinity();
    constexpr auto largest = (std::numeric_limits<float>::max)();
    return x > largest ? largest : x < -largest ? -largest : static_cast<float>(x);
}
PACER_HOST inline double float_of(std::uint64_t bits) noexcept {
    return static_cast<double>(bits_as<float>(static_cast<std::uint32_t>(bits)));
}

/// The number that a tensor is: of floats or doubles, without dimensions or with dimensions of 1. `is_broken` is set where
/// the bytes are no message.
[[nodiscard]] PACER_HOST inline std::optional<double> scalar_of_tensor(std::string_view bytes, bool& is_broken) {
    std::uint64_t dtype = 0;
    std::string_view content;
    std::vector<double> values;
    message m(bytes);
    while (const auto f = m.next()) {
        if (f->number == tensor::dtype && f->type == wire::varint)
            dtype = f->n;
        else if (f->number == tensor::content && f->type == wire::bytes)
            content = f->bytes;
        else if (f->number == tensor::float_val && f->type == wire::fixed32)
            values.push_back(float_of(f->n));
        else if (f->number == tensor::double_val && f->type == wire::fixed64)
            values.push_back(bits_as<double>(f->n));
        else if (f->type == wire::bytes && f->number == tensor::float_val && f->bytes.size() == 4)
            values.push_back(float_of(number_at<std::uint32_t>(f->bytes)));
        else if (f->type == wire::bytes && f->number == tensor::double_val && f->bytes.size() == 8)
            values.push_back(bits_as<double>(number_at<std::uint64_t>(f->bytes)));
        else if (f->number == tensor::float_val || f->number == tensor::double_val)
            return {};
    }
    is_broken = is_broken || m.is_broken();
    if (m.is_broken() || (dtype != tensor::is_float && dtype != tensor::is_double))
        return {};
    if (values.size() == 1 && content.empty())
        return values[0];
    if (!values.empty() || content.size() != (dtype == tensor::is_float ? 4u : 8u))
        return {};
    return dtype == tensor::is_float ? float_of(number_at<std::uint32_t>(content))
                                     : bits_as<double>(number_at<std::uint64_t>(content));
}

/// The scalars of an event, added to those of the file; false where the bytes are no event.
[[nodiscard]] PACER_HOST inline bool read_event(std::string_view bytes, std::vector<analysis::scalar_event>& to) {
    analysis::scalar_event common;
    std::vector<std::string_view> summaries;
    message m(bytes);
    while (const auto f = m.next()) {
        if (f->number == event::wall_time && f->type == wire::fixed64)
            common.wall_time = bits_as<double>(f->n);
        else if (f->number == event::step && f->type == wire::varint)
            common.step = static_cast<step_t>(f->n);
        else if (f->number == event::summary && f->type == wire::bytes)
            summaries.push_back(f->bytes);
    }
    bool is_broken = m.is_broken();
    for (const std::string_view all : summaries) {
        message values(all);
        while (const auto v = values.next()) {
            if (v->number != summary::value || v->type != wire::bytes)
                continue;
            std::string_view tag;
            std::optional<double> number;
            message one(v->bytes);
            while (const auto f = one.next()) {
                if (f->number == value::tag && f->type == wire::bytes)
                    tag = f->bytes;
                else if (f->number == value::simple_value && f->type == wire::fixed32)
                    number = float_of(f->n);
                else if (f->number == value::tensor && f->type == wire::bytes)
                    number = scalar_of_tensor(f->bytes, is_broken);
            }
            is_broken = is_broken || one.is_broken();
            if (!number || is_broken)
                continue;
            to.push_back(common);
            to.back().tag = tag;
            to.back().value = *number;
        }
        is_broken = is_broken || values.is_broken();
    }
    return !is_broken;
}

[[noreturn]] PACER_HOST inline void fail(const std::string& file, const std::string& problem) {
    throw analysis::tensorboard_error(file + ": " + problem);
}
[[noreturn]] PACER_HOST inline void fail_at(const std::string& file, std::uint64_t byte, const std::string& problem) {
    fail(file, "byte " + std::to_string(byte) + ": " + problem);
}

/// Reads the records of a stream one by one.
template <class Use>
PACER_HOST void read_records(std::istream& from, const std::string& file, std::size_t most_bytes,
                             analysis::event_file& result, const Use& use) {
    std::string bytes;
    const auto read = [&](std::size_t count) {
        bytes.clear();
        // Not all at once: a length may be of a record that the file does not have.
        constexpr std::size_t at_once = std::size_t{1} << 20;
        while (bytes.size() < count) {
            const std::size_t have = bytes.size();
            const std::size_t part = (std::min)(at_once, count - have);
            bytes.resize(have + part);
            from.read(bytes.data() + have, static_cast<std::streamsize>(part));
            const auto got = static_cast<std::size_t>(from.gcount());
            bytes.resize(have + got);
            if (got < part)
                break;
        }
        return bytes.size() == count;
    };
    for (;;) {
        if (!read(header_bytes)) {
            result.is_cut = !bytes.empty();
            return;
        }
        const std::string_view header = bytes;
        const auto length = number_at<std::uint64_t>(header);
        if (number_at<std::uint32_t>(header.substr(length_bytes)) != masked(crc32c(header.substr(0, length_bytes)))) {
            if (result.bytes == 0)
                fail(file, "found something else, accepted: an event file of TensorBoard");
            fail_at(file, result.bytes, "the checksum of the length of a record is wrong");
        }
        if (length > most_bytes)
            fail_at(file, result.bytes,
                    "found a record of " + std::to_string(length) + " bytes, accepted: at most " +
                        std::to_string(most_bytes));
        const auto size = static_cast<std::size_t>(length);
        if (!read(size + checksum_bytes)) {
            result.is_cut = true;
            return;
        }
        const std::string_view data = std::string_view(bytes).substr(0, size);
        if (number_at<std::uint32_t>(std::string_view(bytes).substr(size)) != masked(crc32c(data)))
            fail_at(file, result.bytes, "the checksum of a record is wrong");
        use(data);
        result.bytes += header_bytes + length + checksum_bytes;
    }
}

[[nodiscard]] PACER_HOST inline std::ifstream opened(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        fail(path, "found a directory, accepted: an event file of TensorBoard");
    std::ifstream file(path, std::ios::binary);
    if (!file)
        fail(path, "cannot be opened");
    return file;
}

}  // namespace pacer::detail::tensorboard

namespace pacer::analysis {

/// The scalars of an event file that has been opened; `file` is its name, for messages.
///
/// Read are values in both forms, `simple_value` and a tensor of one float or double; images, texts and all else are passed over.
/// A file whose last record is cut, as one that is being written, has what stands before (`is_cut`).
/// An error (`tensorboard_error`): something else than an event file, a wrong checksum, a record that is no event, more than
/// `limits`.
[[nodiscard]] PACER_HOST inline event_file read_events(std::istream& from, const std::string& file,
                                                       const event_file_limits& limits = {}) {
    event_file result;
    pacer::detail::tensorboard::read_records(from, file, limits.record_bytes, result, [&](std::string_view bytes) {
        if (!pacer::detail::tensorboard::read_event(bytes, result.scalars))
            pacer::detail::tensorboard::fail_at(file, result.bytes, "a record is no event");
        if (result.scalars.size() > limits.scalars)
            pacer::detail::tensorboard::fail(file, "found more scalars than the " + std::to_string(limits.scalars) +
                                                       " that are accepted");
    });
    return result;
}

/// The scalars of an event file, as `read_events`.
[[nodiscard]] PACER_HOST inline event_file read_event_file(const std::string& path,
                                                           const event_file_limits& limits = {}) {
    std::ifstream file = pacer::detail::tensorboard::opened(path);
    return read_events(file, path, limits);
}

/// Writes scalars into an event file, which TensorBoard shows while it is written. One writer for each file; not for several
/// threads at once. Values are kept as floats, as TensorBoard has them.
class tensorboard_writer {
public:
    /// A new file in a directory, which is made if it is not there: `events.out.tfevents.SECONDS.NUMBER.pacer`.
    /// An error (`tensorboard_error`): the directory or the file cannot be made.
    PACER_HOST explicit tensorboard_writer(const std::string& directory) {
        std::error_code error;
        std::filesystem::create_directories(directory, error);
        if (error)
            pacer::detail::tensorboard::fail(directory, "the directory cannot be made: " + error.message());
        const std::string base = (std::filesystem::path(directory) /
                                  ("events.out.tfevents." + std::to_string(static_cast<std::int64_t>(now()))))
                                     .string();
        // Never the file of another.
        for (int number = 0; number < 10'000; ++number) {
            path_ = base + "." + std::to_string(number) + ".pacer";
            if (std::FILE* const made = std::fopen(path_.c_str(), "wbx")) {
                std::fclose(made);
                open();
                write_version();
                return;
            }
        }
        pacer::detail::tensorboard::fail(path_, "cannot be made");
    }

    /// Goes on with a file that is there, or a new one, of any name; TensorBoard looks for names with `tfevents`. A last record
    /// that is cut is removed.
    /// An error (`tensorboard_error`): it cannot be opened, or is no event file, or has a wrong checksum.
    [[nodiscard]] PACER_HOST static tensorboard_writer append_to(const std::string& file) {
        tensorboard_writer w;
        w.path_ = file;
        std::uint64_t bytes = 0;
        std::error_code error;
        if (std::filesystem::exists(file, error)) {
            std::ifstream before = pacer::detail::tensorboard::opened(file);
            event_file whole;
            pacer::detail::tensorboard::read_records(before, file, event_file_limits{}.record_bytes, whole,
                                                     [](std::string_view) {});
            bytes = whole.bytes;
            before.close();
            if (whole.is_cut)
                std::filesystem::resize_file(file, bytes, error);
            if (error)
                pacer::detail::tensorboard::fail(file, "cannot be written: " + error.message());
        }
        w.open();
        if (bytes == 0)
            w.write_version();
        return w;
    }

    /// One value of a curve, now.
    ///
    /// @param tag    the name of the curve; TensorBoard groups by what stands before a /.
    /// @param value  any number, NaN too; it is rounded to a float.
    /// @param step   of the whole run.
    PACER_HOST void scalar(std::string_view tag, double value, step_t step) { scalar(tag, value, step, now()); }
    /// The same at another time, in seconds since 1970.
    PACER_HOST void scalar(std::string_view tag, double value, step_t step, double wall_time) {
        namespace tb = pacer::detail::tensorboard;
        std::string one;
        tb::append_bytes(one, tb::value::tag, tag);
        tb::append_float(one, tb::value::simple_value, tb::rounded_to_float(value));
        std::string all;
        tb::append_bytes(all, tb::summary::value, one);
        std::string event;
        tb::append_double(event, tb::event::wall_time, wall_time);
        tb::append_key(event, tb::event::step, tb::wire::varint);
        tb::append_varint(event, static_cast<std::uint64_t>(step));
        tb::append_bytes(event, tb::event::summary, all);
        write(event);
    }

    /// Hands all that was written to the system. An error (`tensorboard_error`): it could not be written.
    PACER_HOST void flush() {
        file_.flush();
        if (!file_)
            pacer::detail::tensorboard::fail(path_, "cannot be written");
    }

    /// The file that is written.
    [[nodiscard]] PACER_HOST const std::string& path() const noexcept { return path_; }

private:
    PACER_HOST tensorboard_writer() = default;

    PACER_HOST static double now() {
        return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    }
    PACER_HOST void open() {
        file_.open(path_, std::ios::binary | std::ios::app);
        if (!file_)
            pacer::detail::tensorboard::fail(path_, "cannot be opened");
    }
    PACER_HOST void write_version() {
        namespace tb = pacer::detail::tensorboard;
        std::string event;
        tb::append_double(event, tb::event::wall_time, now());
        tb::append_bytes(event, tb::event::file_version, "brain.Event:2");
        write(event);
    }
    PACER_HOST void write(std::string_view event) {
        const std::string record = pacer::detail::tensorboard::record_of(event);
        file_.write(record.data(), static_cast<std::streamsize>(record.size()));
        if (!file_)
            pacer::detail::tensorboard::fail(path_, "cannot be written");
    }

    std::string path_{};
    std::ofstream file_{};
};

}  // namespace pacer::analysis

#endif
