// SPDX-License-Identifier: MIT
#include "source.hpp"

#include "output.hpp"

#include <pacer/analysis/event_log.hpp>
#include <pacer/expression/example.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <iterator>

namespace tools {

namespace {

namespace fs = std::filesystem;
using pacer::recipes::detail::visible;

constexpr const char* accepted = "an expression, a checkpoint, a recipe (.yaml, .json, .toml, .py, .sh, .md) or a log "
                                 "(trainer_state.json, .jsonl, .csv, TensorBoard's event files)";

bool is_name(std::string_view text) {
    const auto belongs = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':';
    };
    return !text.empty() && (text[0] < '0' || text[0] > '9') && std::all_of(text.begin(), text.end(), belongs);
}

/// "LABEL=WHAT": where the label ends; npos without one. An expression has its own = within brackets.
std::size_t end_of_label(const std::string& text) {
    const std::size_t equals = text.find('=');
    std::error_code ignored;
    return equals != std::string::npos && equals > 0 && equals < text.find('(') && !fs::exists(text, ignored)
               ? equals
               : std::string::npos;
}

}  // namespace

bool is_expression(const std::string& text) {
    std::size_t end = text.find('(');
    if (end == std::string::npos)
        return false;
    while (end > 0 && text[end - 1] == ' ')
        --end;
    const std::size_t begin = text.find_first_not_of(" \t\n");
    return begin < end && is_name(std::string_view(text).substr(begin, end - begin));
}

namespace {

source of_expression(const pacer::expression& lr) {
    source s;
    s.is = source::kind::expression;
    s.label = lr.name();
    s.lr = lr;
    s.curve = lr;
    s.total_steps = lr.total_steps();
    return s;
}

source of_checkpoint(const pacer::checkpoint& saved) {
    source s = of_expression(saved.curve.schedule);
    s.is = source::kind::checkpoint;
    s.saved = saved;
    return s;
}

/// Enough of a file to tell of which kind it is.
constexpr std::size_t head_size = 65'536;

void refuse_binary(const std::string& head, const std::string& file) {
    if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF"))
        throw error(fmt::format("{}: found UTF-16, accepted: UTF-8", visible(file)));
    if (!pacer::analysis::is_event_file(head) && head.find('\0') != std::string::npos)
        throw error(fmt::format("{}: found a binary file, accepted: {}", visible(file), accepted));
}

/// How a file begins.
std::string head_of(const std::string& file) {
    std::FILE* from = std::fopen(file.c_str(), "rb");
    if (from == nullptr)
        throw error(fmt::format("{}: cannot be opened: {}", visible(file), std::strerror(errno)));
    std::string head(head_size, '\0');
    errno = 0;
    head.resize(std::fread(head.data(), 1, head.size(), from));
    const bool is_bad = std::ferror(from) != 0;
    std::fclose(from);
    if (is_bad)
        throw error(fmt::format("{}: cannot be read: {}", visible(file), std::strerror(errno)));
    if (head.empty())
        throw error(fmt::format("{}: found an empty file, accepted: {}", visible(file), accepted));
    refuse_binary(head, file);
    return head;
}

/// All of a text. What is shorter than its head may have come out of a pipe, and is not read twice.
std::string whole_text(const std::string& file, const std::string& head) {
    return head.size() < head_size ? head : pacer::recipes::detail::read_file(file, pacer::longest_checkpoint);
}

pacer::expression parse_at(std::string_view text, const std::string& where) {
    try {
        return pacer::parse(text);
    } catch (const pacer::expression_error& e) {
        throw error(where.empty() ? fmt::format("{}: {}", visible(text), e.what())
                                  : fmt::format("{}:{}", visible(where), e.what()));
    }
}

bool is_log(const std::string& head, const std::string& extension) {
    const bool is_json = extension == ".json" || extension.empty();
    return extension == ".csv" || extension == ".jsonl" ||
           (is_json &&
            (head.find("\"log_history\"") != std::string::npos || head.find("\"points\"") != std::string::npos));
}

bool is_recipe(const std::string& extension) {
    constexpr std::array known{".yaml", ".yml", ".json", ".md", ".toml", ".py", ".sh", ".bash"};
    return std::find(known.begin(), known.end(), extension) != known.end();
}

source of_text(const std::string& text, const std::string& name) {
    if (text.starts_with("pacer checkpoint"))
        return of_checkpoint(pacer::from_text(text));
    return of_expression(parse_at(text, name));
}

source of_file(const std::string& file, const inputs& facts) {
    std::error_code ignored;
    if (fs::is_directory(file, ignored))
        return folder_in(file, facts);
    const std::string extension = fs::path(file).extension().string();
    const std::string head = head_of(file);
    if (head.starts_with("pacer checkpoint"))
        return of_text(whole_text(file, head), file);
    if (pacer::analysis::is_event_file(head) || is_log(head, extension))
        return log_in(file, facts);
    if (is_recipe(extension))
        return recipe_in(file, facts);
    const std::size_t letter = head.find_first_not_of(" \t\r\n");
    if (letter == std::string::npos || (!is_expression(head.substr(letter)) && head[letter] != '#'))
        throw error(fmt::format("{}: found a file of another kind, accepted: {}", visible(file), accepted));
    return of_text(whole_text(file, head), file);
}

source of_name(const std::string& name) {
    std::vector<std::string> names;
    for (const pacer::schedule_description& s : pacer::describe_schedules()) {
        if (s.name == name)
            return of_expression(parse_at(pacer::example(s), ""));
        names.push_back(s.name);
    }
    const std::string nearest = nearest_of(name, names);
    throw error(fmt::format("{}: found no such file and no such schedule, accepted: {}{}", visible(name), accepted,
                            nearest.empty() ? ", or one of the names of `pacer list`"
                                            : fmt::format("; did you mean {}?", nearest)));
}

/// All of standard input. What is binary, or too long, is not read to its end.
std::string read_standard_input() {
    std::string text;
    std::array<char, head_size> part{};
    while (std::cin.read(part.data(), part.size()), std::cin.gcount() > 0) {
        text.append(part.data(), static_cast<std::size_t>(std::cin.gcount()));
        if (text.size() <= head_size)
            refuse_binary(text, standard_input);
        if (text.size() > pacer::recipes::detail::largest_log)
            throw error(fmt::format("{}: is too long, accepted: at most 512 MiB", standard_input));
    }
    return text;
}

/// The extension that a file with this text would have: of a log or a recipe.
struct kind_of_text {
    bool is_log;
    const char* extension;
};

kind_of_text guess(const std::string& text) {
    const std::string head = text.substr(0, head_size);
    const std::size_t letter = head.find_first_not_of(" \t\r\n");
    const std::string first = head.substr(letter, head.find('\n', letter) - letter);
    const std::size_t last = first.find_last_not_of(" \t\r");
    if (first[0] == '{' && last != std::string::npos && first[last] == '}' && text.size() > letter + first.size() + 1 &&
        text.find('{', letter + first.size()) != std::string::npos)
        return {true, ".jsonl"};
    if (first[0] == '{' || first[0] == '[')
        return {first[0] == '[' || is_log(head, ".json"), ".json"};
    const bool is_table = first.find(',') != std::string::npos && first.find(':') == std::string::npos &&
                          first.find("--") == std::string::npos;
    if (is_table)
        return {true, ".csv"};
    if (first.starts_with("#!") || head.find("--") != std::string::npos)
        return {false, ".sh"};
    return {false, ".yaml"};
}

source of_standard_input(const inputs& facts) {
    const std::string text = read_standard_input();
    const std::size_t letter = text.find_first_not_of(" \t\r\n");
    if (letter == std::string::npos)
        throw error(fmt::format("{} is empty, accepted: {}", standard_input, accepted));
    if (pacer::analysis::is_event_file(text))
        return log_in_text(text, "", facts);
    if (text.starts_with("pacer checkpoint") || is_expression(text.substr(letter)))
        return of_text(text, standard_input);
    const kind_of_text kind = guess(text);
    return kind.is_log ? log_in_text(text, kind.extension, facts) : recipe_in_text(text, kind.extension, facts);
}

}  // namespace

const char* name_of(source::kind k) {
    constexpr std::array names{"an expression", "a checkpoint", "a recipe", "a log"};
    return names[static_cast<std::size_t>(k)];
}

source read_source(const std::string& what, const inputs& facts) {
    const std::size_t end = end_of_label(what);
    const std::string text = end == std::string::npos ? what : what.substr(end + 1);
    std::error_code ignored;
    source s = text == "-"                 ? of_standard_input(facts)
               : is_expression(text)       ? of_expression(parse_at(text, ""))
               : fs::exists(text, ignored) ? of_file(text, facts)
               : is_name(text)             ? of_name(text)
                                           : throw error(fmt::format("{}: found no such file, accepted: {}",
                                                         text.empty() ? "\"\"" : visible(text), accepted));
    if (!is_expression(text) && text != "-" && fs::exists(text, ignored))
        s.file = text;
    if (end != std::string::npos)
        s.label = what.substr(0, end);
    else if (!s.file.empty())
        s.label = fs::path(s.file).lexically_normal().string();
    return s;
}

source read_log_source(const std::string& what, const inputs& facts) {
    std::error_code ignored;
    const std::string extension = fs::path(what).extension().string();
    const bool is_file = what != "-" && !is_expression(what) && fs::exists(what, ignored);
    if (is_file && !fs::is_directory(what, ignored))
        static_cast<void>(head_of(what));
    // A list of records is a log where one is asked for.
    source s =
        is_file && (extension == ".json" || !is_recipe(extension)) ? log_in(what, facts) : read_source(what, facts);
    if (!s.log)
        throw error(fmt::format("{}: found {}, accepted: a log", what, name_of(s.is)));
    return s;
}

std::vector<source> read_sources(const inputs& asked) {
    std::vector<source> all;
    progress shown;
    for (const std::string& what : asked.what) {
        shown.now(fmt::format("reading {}", visible(what)));
        all.push_back(read_source(what, asked));
    }
    if (!asked.command.empty())
        all.push_back(recipe_of_command(asked.command, asked));
    if (all.empty())
        throw error(fmt::format("nothing was given, accepted: {}, or a trainer's command line after --", accepted));
    return all;
}

const pacer::expression& curve_of(const source& s) {
    if (s.curve)
        return *s.curve;
    throw error(s.is == source::kind::log
                    ? fmt::format("{}: found a log, accepted: what says a curve (`pacer identify` finds that of a log)",
                                  s.label)
                    : fmt::format("{}: its trainer computes a curve that no expression has", s.label));
}

}  // namespace tools
