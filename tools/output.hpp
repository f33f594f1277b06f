// SPDX-License-Identifier: MIT
// Standard output, files, and what the terminal can show.
#ifndef PACER_TOOLS_OUTPUT_HPP
#define PACER_TOOLS_OUTPUT_HPP

#include "command.hpp"

#include <string>
#include <string_view>
#include <vector>

#ifndef _WIN32
#include <condition_variable>
#include <mutex>
#include <thread>
#endif

namespace tools {

/// Writes all of the text to standard output. An error: it cannot be written.
void print(std::string_view text);

/// The same for people: without blanks at the ends of lines.
void print_lines(std::string_view text);

/// Writes a file whole, or standard output for "-".
void write(const std::string& file, std::string_view text);

/// A text as JSON has it, with its quotation marks.
std::string json_text(std::string_view text);

/// The one of the names that is nearest to a name that is none of them; empty: none is near.
std::string nearest_of(const std::string& name, const std::vector<std::string>& names);

/// Makes a console of Windows show UTF-8 and colours; elsewhere nothing is needed.
void prepare_console();

/// What is being done, on standard error, if that is a terminal and it takes longer than a moment; gone when it is done. Nothing on
/// Windows, where not every compiler has threads.
class progress {
public:
    progress();
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;
    ~progress();

    /// From now on something else is done.
    void now(const std::string& what);
    /// All is done: nothing more is shown.
    void end();

#ifndef _WIN32
private:
    void show();

    std::mutex lock_{};
    std::condition_variable done_{};
    std::string what_{};
    bool is_done_ = false;
    std::thread clock_{};  // runs if there is a terminal
#endif
};

/// What can be shown, and how.
class terminal {
public:
    explicit terminal(const terminal_options& options);

    [[nodiscard]] bool has_colour() const { return colour_; }
    [[nodiscard]] bool is_ascii() const { return ascii_; }
    [[nodiscard]] std::size_t width() const { return width_; }
    [[nodiscard]] std::size_t height() const { return height_; }

    /// The text in the colour of curve `k`; as it is without colours.
    [[nodiscard]] std::string coloured(std::size_t k, std::string_view text) const;
    [[nodiscard]] std::string bold(std::string_view text) const;
    [[nodiscard]] std::string faint(std::string_view text) const;

private:
    bool colour_ = false;
    bool ascii_ = false;
    std::size_t width_ = 80;
    std::size_t height_ = 24;
};

}  // namespace tools

#endif
