// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_DETAIL_LINE_READER_HPP
#define PACER_TRAINING_DETAIL_LINE_READER_HPP

// The text of a checkpoint: lines of a key and a value, then blocks of bytes under a name, each with a checksum.

#include <pacer/expression/text.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pacer::detail {

/// FNV-1a, 64 bits: no change of a single byte goes unseen.
PACER_HOST constexpr std::uint64_t checksum(std::string_view text) noexcept {
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325u;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3u;
    return hash;
}

PACER_HOST inline std::string checksum_text(std::string_view text) {
    std::string digits;
    const std::uint64_t sum = checksum(text);
    for (int shift = 60; shift >= 0; shift -= 4)
        digits += "0123456789abcdef"[sum >> shift & 15];
    return digits;
}
PACER_HOST inline std::string checksum_line(std::string_view text) { return "checksum " + checksum_text(text) + '\n'; }

/// Whether it may be the name of a block.
PACER_HOST inline bool is_block_name(std::string_view name) noexcept {
    constexpr std::size_t longest_name = 64;
    constexpr std::string_view others = "_-.:";
    for (const char c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) &&
            others.find(c) == std::string_view::npos)
            return false;
    return !name.empty() && name.size() <= longest_name;
}

/// A block as text: "state NAME BYTES CHECKSUM", then the bytes in lines of their own.
PACER_HOST inline std::string block_text(const std::string& name, std::string_view bytes) {
    return "state " + name + ' ' + std::to_string(bytes.size()) + ' ' + checksum_text(bytes) + '\n' +
           std::string(bytes) + '\n';
}

/// The lines and blocks of a text, each to be asked for once. The first thing that is wrong is kept, and nothing is
/// thrown: what is asked for after that is empty.
class line_reader {
public:
    struct block {
        std::string_view name;
        std::string_view bytes;
    };

    PACER_HOST line_reader(std::string_view text, bool has_blocks) {
        while (!text.empty() && error_.empty()) {
            const std::string_view line = text.substr(0, text.find('\n'));
            text.remove_prefix(line.size() < text.size() ? line.size() + 1 : text.size());
            const std::size_t space = line.find(' ');
            if (space == std::string_view::npos || space == 0)
                fail("a line is not a key and a value");
            else if (has_blocks && line.starts_with("state "))
                read_block(line.substr(space + 1), text);
            else
                add_line(line.substr(0, space), line.substr(space + 1));
        }
    }

    /// The value of a key; nothing if it is not there.
    [[nodiscard]] PACER_HOST const std::string_view* find(std::string_view key) {
        for (entry& e : entries_)
            if (e.key == key) {
                e.taken = true;
                return &e.value;
            }
        return nullptr;
    }
    /// Whether there is a key that begins so.
    [[nodiscard]] PACER_HOST bool has_prefix(std::string_view prefix) const {
        for (const entry& e : entries_)
            if (e.key.starts_with(prefix))
                return true;
        return false;
    }
    [[nodiscard]] PACER_HOST std::string_view text(const std::string& key) {
        const std::string_view* value = find(key);
        if (value != nullptr)
            return *value;
        fail("the key " + key + " is missing");
        return {};
    }
    template <class T>
    [[nodiscard]] PACER_HOST T value(const std::string& key) {
        T value{};
        const std::string_view written = text(key);
        bool is_read = false;
        if constexpr (std::same_as<T, step_t>)
            is_read = syntax::read_number(written, value);
        else
            is_read = syntax::read(written, value);
        if (!is_read)
            fail(key + " has the value " + std::string(written));
        return value;
    }
    [[nodiscard]] PACER_HOST const std::vector<block>& blocks() const noexcept { return blocks_; }

    PACER_HOST void expect_nothing_left() {
        for (const entry& e : entries_)
            if (!e.taken)
                fail("unknown key " + std::string(e.key));
    }

    PACER_HOST void fail(const std::string& why) {
        if (error_.empty())
            error_ = why;
    }
    /// What is wrong; empty if nothing is.
    [[nodiscard]] PACER_HOST const std::string& error() const noexcept { return error_; }

private:
    struct entry {
        std::string_view key;
        std::string_view value;
        bool taken;
    };

    PACER_HOST void add_line(std::string_view key, std::string_view value) {
        for (const entry& before : entries_)
            if (before.key == key)
                return fail("the key " + std::string(key) + " is there twice");
        entries_.push_back({key, value, false});
    }

    // "NAME BYTES CHECKSUM" has been read; `text` is what follows.
    PACER_HOST void read_block(std::string_view about, std::string_view& text) {
        const std::string_view name = about.substr(0, about.find(' '));
        about.remove_prefix(name.size() < about.size() ? name.size() + 1 : about.size());
        const std::string_view count = about.substr(0, about.find(' '));
        about.remove_prefix(count.size() < about.size() ? count.size() + 1 : about.size());
        std::uint64_t size = 0;
        if (!is_block_name(name) || !syntax::read_number(count, size))
            return fail("a state is not \"state NAME BYTES CHECKSUM\"");
        const std::string which = "the state " + std::string(name);
        for (const block& before : blocks_)
            if (before.name == name)
                return fail(which + " is there twice");
        if (text.size() <= size || text[static_cast<std::size_t>(size)] != '\n')
            return fail(which + " is cut off, or longer than it says");
        const std::string_view bytes = text.substr(0, static_cast<std::size_t>(size));
        if (about != checksum_text(bytes))
            return fail(which + " was changed: its checksum differs");
        text.remove_prefix(bytes.size() + 1);
        blocks_.push_back({name, bytes});
    }

    std::vector<entry> entries_{};
    std::vector<block> blocks_{};
    std::string error_{};
};

}  // namespace pacer::detail

#endif
