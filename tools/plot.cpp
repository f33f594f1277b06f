// SPDX-License-Identifier: MIT
#include "picture.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tools {

using pacer::step_t;
namespace analysis = pacer::analysis;

namespace {

std::string as_cell(std::string_view text) {
    if (text.find_first_of(",\"\n\r") == std::string_view::npos)
        return std::string(text);
    std::string cell = "\"";
    for (const char c : text)
        cell += c == '"' ? std::string("\"\"") : std::string(1, c);
    return cell + '"';
}

/// What a log says of a step; nothing if it has not logged there.
class logged_rates {
public:
    explicit logged_rates(std::vector<analysis::log_point> points) : points_(std::move(points)) {
        std::stable_sort(points_.begin(), points_.end(), [](const auto& a, const auto& b) { return a.step < b.step; });
    }
    [[nodiscard]] std::string at(step_t step) const {
        const auto found = std::lower_bound(points_.begin(), points_.end(), step,
                                            [](const analysis::log_point& p, step_t s) { return p.step < s; });
        return found != points_.end() && found->step == step ? fmt::format("{}", found->lr) : "";
    }

private:
    std::vector<analysis::log_point> points_;
};

/// Calls visit(step) for every step of a table.
template <class Visit>
void visit_steps(const std::vector<drawn>& all, const frame& f, const plot_options& options, Visit visit) {
    if (!options.every) {
        for (const step_t s : steps_shown(all, f, options.points))
            visit(s);
        return;
    }
    for (step_t s = f.from; s <= f.until; s += *options.every) {
        visit(s);
        if (s > f.until - *options.every)
            return;
    }
}

void print_csv(const std::vector<drawn>& all, const frame& f, const plot_options& options) {
    std::string text = "step";
    std::vector<logged_rates> logs;
    for (const drawn& d : all) {
        text += ',' + (all.size() == 1 ? "rate" : as_cell(d.label));
        logs.emplace_back(d.points);
    }
    text += '\n';
    visit_steps(all, f, options, [&](step_t s) {
        text += fmt::format("{}", s);
        for (std::size_t k = 0; k < all.size(); ++k)
            text += ',' + (all[k].lr ? fmt::format("{}", all[k].lr(s)) : logs[k].at(s));
        text += '\n';
        if (text.size() > 1'000'000) {
            print(text);
            text.clear();
        }
    });
    print(text);
}

std::string landmarks_as_json(const drawn& d) {
    std::string text;
    for (const analysis::landmark& l : d.landmarks)
        text += fmt::format("{}{{\"kind\": {}, \"step\": {}, \"before\": {}, \"rate\": {}, \"about\": {}}}",
                            text.empty() ? "" : ", ", json_text(name_of(l.is)), l.step, l.before, l.rate,
                            json_text(l.about));
    return "[" + text + "]";
}

void print_json(const std::vector<drawn>& all, const frame& f, const plot_options& options) {
    std::string text = fmt::format("{{\n  \"from\": {},\n  \"until\": {},\n  \"curves\": [", f.from, f.until);
    for (std::size_t k = 0; k < all.size(); ++k) {
        const drawn& d = all[k];
        text += fmt::format("{}\n    {{\n      \"label\": {},\n      \"expression\": {},\n      \"total_steps\": {},\n"
                            "      \"landmarks\": {},\n      \"points\": [",
                            k > 0 ? "," : "", json_text(d.label), d.text.empty() ? "null" : json_text(d.text),
                            d.total_steps == pacer::endless ? "null" : fmt::format("{}", d.total_steps),
                            landmarks_as_json(d));
        const char* separator = "";
        const auto add = [&](step_t step, double rate) {
            text += fmt::format("{}[{}, {}]", separator, step, rate);
            separator = ", ";
        };
        if (d.lr)
            visit_steps(all, f, options, [&](step_t s) { add(s, d.lr(s)); });
        for (const analysis::log_point& p : d.points)
            add(p.step, p.lr);
        text += "]\n    }";
    }
    print(text + "\n  ]\n}\n");
}

}  // namespace

int plot(const plot_options& options) {
    std::vector<drawn> all;
    for (const source& s : read_sources(options.of))
        all.push_back(drawn_of(s));
    const frame f = frame_of(all, options);
    if (options.csv)
        print_csv(all, f, options);
    else if (options.json)
        print_json(all, f, options);
    const std::string svg =
        options.svg.empty() && options.png.empty() ? "" : svg_picture(all, f, options.title, options.marks);
    if (!options.svg.empty())
        write(options.svg, svg);
    if (!options.png.empty())
        write(options.png, png_picture(svg, options.scale));
    if (!options.html.empty())
        write(options.html, html_page(all, f, options.title, options.points));
    if (options.csv || options.json || !options.svg.empty() || !options.png.empty() || !options.html.empty())
        return success;
    const terminal on(options.terminal);
    const std::size_t rows = options.height > 0 ? std::clamp<std::size_t>(options.height, 4, 200)
                                                : std::clamp<std::size_t>(on.height() * 2 / 3, 10, 20);
    std::string text = options.title.empty() ? "" : on.bold(options.title) + "\n";
    print_lines(text + terminal_picture(all, f, rows, on, options.marks) + "\n" + legend(all, on));
    return success;
}

}  // namespace tools
