// SPDX-License-Identifier: MIT
#include "output.hpp"

#include <pacer/nearest.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/ioctl.h>
#include <unistd.h>
#elif defined(_WIN32)
#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <io.h>
#include <windows.h>
#endif

namespace tools {

namespace {

bool is_set(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

bool is_terminal(std::FILE* stream) {
#if defined(__unix__) || defined(__APPLE__)
    return isatty(fileno(stream)) != 0;
#elif defined(_WIN32)
    return _isatty(_fileno(stream)) != 0;
#else
    static_cast<void>(stream);
    return false;
#endif
}

/// Whether the locale that was asked for has other characters than UTF-8's. One that nobody asked for says nothing: containers and
/// services have none, and what shows their output is of this century.
bool has_other_characters() {
#ifdef _WIN32
    return false;  // prepare_console()
#else
    std::string name;
    for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"})
        if (name.empty() && is_set(variable))
            name = std::getenv(variable);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return !name.empty() && name.find("utf-8") == std::string::npos && name.find("utf8") == std::string::npos;
#endif
}

std::size_t number_in(const char* variable) {
    // What is no number, or a negative one, says nothing.
    const char* value = std::getenv(variable);
    const bool is_number = value != nullptr && *value >= '0' && *value <= '9';
    return is_number ? static_cast<std::size_t>(std::strtoul(value, nullptr, 10)) : 0;
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

std::string nearest_of(const std::string& name, const std::vector<std::string>& names) {
    std::vector<const char*> known;
    known.reserve(names.size());
    for (const std::string& n : names)
        known.push_back(n.c_str());
    const char* nearest =
        pacer::detail::nearest(name.data(), static_cast<unsigned>(std::min<std::size_t>(name.size(), 64)), known.data(),
                               static_cast<unsigned>(known.size()));
    return nearest == nullptr ? "" : nearest;
}

void prepare_console() {
#ifdef _WIN32
    SetConsoleOutputCP(CP_UTF8);
    for (const DWORD which : {STD_OUTPUT_HANDLE, STD_ERROR_HANDLE}) {
        DWORD mode = 0;
        if (HANDLE stream = GetStdHandle(which); GetConsoleMode(stream, &mode) != 0)
            SetConsoleMode(stream, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    }
#endif
}

#ifdef _WIN32

progress::progress() = default;
progress::~progress() = default;
void progress::now(const std::string&) {}
void progress::end() {}

#else

progress::progress() {
    const char* kind = std::getenv("TERM");
    if (is_terminal(stderr) && kind != nullptr && std::strcmp(kind, "dumb") != 0)
        clock_ = std::thread([this] { show(); });
}

progress::~progress() { end(); }

void progress::end() {
    if (!clock_.joinable())
        return;
    {
        const std::lock_guard guard(lock_);
        is_done_ = true;
    }
    done_.notify_one();
    clock_.join();
}

void progress::now(const std::string& what) {
    const std::lock_guard guard(lock_);
    what_ = what;
}

void progress::show() {
    using namespace std::chrono_literals;
    const auto start = std::chrono::steady_clock::now();
    bool is_shown = false;
    for (std::unique_lock guard(lock_);
         !done_.wait_for(guard, is_shown ? 250ms : 700ms, [this] { return is_done_; });) {
        const auto seconds =
            std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start).count();
        // The line is written anew, and what is left of a longer one is cleared.
        fmt::print(stderr, "\r{}, {} s\x1b[K", what_, seconds);
        std::fflush(stderr);
        is_shown = true;
    }
    if (is_shown) {
        fmt::print(stderr, "\r\x1b[K");
        std::fflush(stderr);
    }
}

#endif

terminal::terminal(const terminal_options& options) : ascii_(options.ascii || has_other_characters()) {
    const bool is_one = is_terminal(stdout);
    const char* kind = std::getenv("TERM");
#ifdef _WIN32
    const bool is_dumb = kind != nullptr && std::strcmp(kind, "dumb") == 0;  // its consoles do not say what they are
#else
    const bool is_dumb = kind == nullptr || std::strcmp(kind, "dumb") == 0;
#endif
    colour_ = options.colour == "always" || (options.colour == "auto" && is_one && !is_dumb && !is_set("NO_COLOR"));
#if defined(__unix__) || defined(__APPLE__)
    if (winsize size{}; is_one && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        width_ = size.ws_col > 0 ? size.ws_col : width_;
        height_ = size.ws_row > 0 ? size.ws_row : height_;
    }
#elif defined(_WIN32)
    if (CONSOLE_SCREEN_BUFFER_INFO info{};
        is_one && GetConsoleScreenBufferInfo(GetStdHandle(STD_OUTPUT_HANDLE), &info) != 0) {
        width_ = static_cast<std::size_t>(info.srWindow.Right - info.srWindow.Left + 1);
        height_ = static_cast<std::size_t>(info.srWindow.Bottom - info.srWindow.Top + 1);
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
