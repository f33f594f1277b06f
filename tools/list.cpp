// SPDX-License-Identifier: MIT
#include "picture.hpp"

#include <pacer/expression/example.hpp>
#include <pacer/expression/make.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace tools {

using pacer::field_description;
using pacer::schedule_description;

namespace {

drawn example_of(const schedule_description& s) {
    const pacer::expression lr = pacer::parse(pacer::example(s));
    source from;
    from.label = s.name;
    from.lr = lr;
    from.curve = lr;
    from.total_steps = lr.total_steps();
    return drawn_of(from);
}

/// So many characters, the last of them "..." where there are more.
std::string cut(const std::string& text, std::size_t most) {
    return text.size() <= most ? text : text.substr(0, most > 3 ? most - 3 : 0) + "...";
}

std::string fields_of(const schedule_description& s) {
    std::string text;
    for (const field_description& f : s.fields)
        text += (text.empty() ? "" : " ") + f.name + (f.by_default.empty() ? "" : "=" + f.by_default);
    return text;
}

/// Words in lines of at most so many characters.
std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
    std::vector<std::string> lines(1);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        const std::string word = text.substr(at, end - at);
        if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width)
            lines.emplace_back();
        lines.back() += (lines.back().empty() ? "" : " ") + word;
        at = end + 1;
    }
    return lines;
}

/// A picture of three rows, beside the name, the formula and the fields.
std::string entry_of(const schedule_description& s, const terminal& on) {
    constexpr std::size_t columns = 22;
    constexpr std::size_t rows = 3;
    const drawn d = example_of(s);
    plot_options whole;
    if (d.total_steps != pacer::endless)
        whole.until = d.total_steps;
    else
        whole.until = 1000;
    const std::vector<std::string> picture = braille({d}, frame_of({d}, whole), columns, rows, on, false);
    std::vector<std::string> lines{
        on.bold(s.name) +
        (s.formula.empty() ? "" : "  " + on.faint(cut(s.formula, on.width() - columns - s.name.size() - 8)))};
    for (const std::string& line : wrapped(fields_of(s), on.width() - columns - 6))
        lines.push_back(line);
    std::string text;
    for (std::size_t k = 0; k < std::max(lines.size(), rows); ++k)
        text += fmt::format("  {}  {}\n", k < rows ? picture[k] : std::string(columns, ' '),
                            k < lines.size() ? lines[k] : "");
    return text;
}

std::string operators(const terminal& on) {
    std::string text = on.bold("Operators") + "\n\n";
    for (const auto& [form, about] : pacer::describe_operators())
        text += fmt::format("  {}\n      {}\n", form, on.faint(about));
    return text;
}

std::string page_of(const schedule_description& s, const terminal& on) {
    std::string text = on.bold(s.name) + "\n";
    if (!s.formula.empty())
        text += "  after the warm-up: " + s.formula + "\n";
    text += "\n";
    std::size_t names = 0;
    for (const field_description& f : s.fields)
        names = std::max(names, f.name.size());
    for (const field_description& f : s.fields) {
        const std::string otherwise = f.must_be_given        ? "must be given"
                                      : f.by_default.empty() ? "may be left out"
                                                             : "default " + f.by_default;
        text += fmt::format("  {:<{}}  {}\n  {:{}}  {}; {}\n", f.name, names, f.about, "", names, on.faint(f.accepted),
                            on.faint(otherwise));
    }
    const drawn d = example_of(s);
    const std::vector<drawn> one{d};
    return text + "\n" + terminal_picture(one, frame_of(one, {}), 10, on, true) + "\n" + legend(one, on);
}

std::string as_json(const std::vector<schedule_description>& all) {
    std::string text = "[";
    for (std::size_t k = 0; k < all.size(); ++k) {
        text += fmt::format("{}\n  {{\"name\": {}, \"dialect\": {}, \"formula\": {}, \"example\": {}, \"fields\": [",
                            k > 0 ? "," : "", json_text(all[k].name), json_text(all[k].dialect),
                            json_text(all[k].formula), json_text(pacer::example(all[k])));
        const char* separator = "";
        for (const field_description& f : all[k].fields) {
            text += fmt::format(
                "{}\n    {{\"name\": {}, \"about\": {}, \"accepted\": {}, \"default\": {}, \"must_be_given\": {}}}",
                separator, json_text(f.name), json_text(f.about), json_text(f.accepted),
                f.by_default.empty() ? "null" : json_text(f.by_default), f.must_be_given);
            separator = ",";
        }
        text += "]}";
    }
    return text + "\n]\n";
}

[[noreturn]] void refuse(const std::string& name, const std::vector<schedule_description>& all) {
    std::vector<std::string> names;
    names.reserve(all.size());
    for (const schedule_description& s : all)
        names.push_back(s.name);
    const std::string nearest = nearest_of(name, names);
    throw error(
        fmt::format("{}: found no such schedule or dialect, accepted: one of the names of `pacer list --names`{}", name,
                    nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest)));
}

}  // namespace

int list(const list_options& options) {
    const terminal on(options.terminal);
    std::vector<schedule_description> all = pacer::describe_schedules();
    if (!options.name.empty()) {
        std::vector<schedule_description> chosen;
        for (const schedule_description& s : all)
            if (s.name == options.name || s.dialect == options.name)
                chosen.push_back(s);
        if (chosen.empty())
            refuse(options.name, all);
        if (chosen.size() == 1 && !options.json && !options.names) {
            print_lines(page_of(chosen[0], on));
            return success;
        }
        all = chosen;
    }
    std::string text;
    if (options.json) {
        text = as_json(all);
    } else if (options.names) {
        for (const schedule_description& s : all)
            text += s.name + "\n";
    } else {
        std::string dialect = "-";
        for (const schedule_description& s : all) {
            if (s.dialect != dialect)
                text += (text.empty() ? "" : "\n") + on.bold(s.dialect.empty() ? "pacer" : s.dialect) + "\n\n";
            dialect = s.dialect;
            text += entry_of(s, on);
        }
        if (options.name.empty())
            text += "\n" + operators(on) + "\nOne with all its fields: pacer list NAME. A dialect: pacer list optax\n";
    }
    print_lines(text);
    return success;
}

}  // namespace tools
