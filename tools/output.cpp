// SPDX-License-Identifier: MIT
#include "output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/ioctl.h>
#include <unistd.h>
#endif

namespace tools {

namespace {

bool is_set(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

bool is_terminal() {
#if defined(__unix__) || defined(__APPLE__)
    return isatty(STDOUT_FILENO) != 0;
#else
    return false;
#endif
}

std::size_t number_in(const char* variable) {
    const char* value = std::getenv(variable);
    return value == nullptr ? 0 : static_cast<std::size_t>(std::strtoul(value, nullptr, 10));
}

}  // namespace

void print(std::string_view text) {
    errno = 0;
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        throw error(fmt::format("standard output cannot be written: {}", std::strerror(errno)));
}

void print_lines(std::string_view text) {
    std::string shown;
    for (const char c : text) {
        if (c == '\n')
            while (!shown.empty() && shown.back() == ' ')
                shown.pop_back();
        shown += c;
    }
    print(shown);
}

void write(const std::string& file, std::string_view text) {
    if (file == "-")
        return print(text);
    errno = 0;
    std::FILE* to = std::fopen(file.c_str(), "wb");
    const bool is_written = to != nullptr && std::fwrite(text.data(), 1, text.size(), to) == text.size();
    const int reason = errno;
    const bool is_closed = to != nullptr && std::fclose(to) == 0;
    if (!is_written || !is_closed)
        throw error(fmt::format("{}: cannot be written: {}", file, std::strerror(is_written ? errno : reason)));
}

std::string json_text(std::string_view text) {
    std::string json = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            json += '\\';
        if (static_cast<unsigned char>(c) < 0x20)
            json += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        else
            json += c;
    }
    return json + '"';
}

terminal::terminal(const terminal_options& options) : ascii_(options.ascii) {
    const bool is_one = is_terminal();
    const char* kind = std::getenv("TERM");
    const bool is_dumb = kind == nullptr || std::strcmp(kind, "dumb") == 0;
    colour_ = options.colour == "always" || (options.colour == "auto" && is_one && !is_dumb && !is_set("NO_COLOR"));
#if defined(__unix__) || defined(__APPLE__)
    if (winsize size{}; is_one && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        width_ = size.ws_col > 0 ? size.ws_col : width_;
        height_ = size.ws_row > 0 ? size.ws_row : height_;
    }
#endif
    if (const std::size_t columns = number_in("COLUMNS"); columns > 0)
        width_ = columns;
    if (options.width > 0)
        width_ = options.width;
    width_ = std::clamp<std::size_t>(width_, 30, 1000);
}

std::string terminal::coloured(std::size_t k, std::string_view text) const {
    // Of the 256 colours, ones that are read on light and on dark ground.
    static constexpr std::array<int, 7> codes{32, 166, 35, 169, 98, 136, 244};
    return colour_ ? fmt::format("\x1b[38;5;{}m{}\x1b[0m", codes[k % codes.size()], text) : std::string(text);
}

std::string terminal::bold(std::string_view text) const {
    return colour_ ? fmt::format("\x1b[1m{}\x1b[0m", text) : std::string(text);
}

std::string terminal::faint(std::string_view text) const {
    return colour_ ? fmt::format("\x1b[2m{}\x1b[0m", text) : std::string(text);
}

}  // namespace tools
