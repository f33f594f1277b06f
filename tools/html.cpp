// SPDX-License-Identifier: MIT
#include "page.hpp"  // page.html as a string, made by CMake
#include "picture.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

namespace tools {

using pacer::step_t;
namespace analysis = pacer::analysis;

namespace {

std::string number(double x) { return std::isfinite(x) ? fmt::format("{}", x) : "null"; }

std::string json_of(const drawn& d, const frame& f, const std::vector<step_t>& steps) {
    std::string text = "{\"label\":" + json_text(d.label) + ",\"expression\":" + json_text(d.text) + ",\"rates\":[";
    std::string separator;
    if (d.lr)
        for (const step_t s : steps) {
            text += separator + number(d.lr(s));
            separator = ",";
        }
    text += "]";
    if (d.lr) {
        text += ",\"line\":[";
        separator.clear();
        const auto add = [&](step_t step, double rate) {
            text += fmt::format("{}[{},{}]", separator, step, number(rate));
            separator = ",";
        };
        for (const analysis::sampled_column& c : analysis::sample(d.lr, {f.from, f.until, 900}, d.breaks)) {
            add(c.first, c.rate);
            const bool rises = c.range.lowest_at < c.range.highest_at;
            if (c.last - c.first > 1) {
                add(rises ? c.range.lowest_at : c.range.highest_at, rises ? c.range.lowest : c.range.highest);
                add(rises ? c.range.highest_at : c.range.lowest_at, rises ? c.range.highest : c.range.lowest);
            }
        }
        add(f.until, d.lr(f.until));
        text += "]";
    }
    separator.clear();
    text += ",\"points\":[";
    for (const analysis::log_point& p : points_shown(d, f)) {
        text += fmt::format("{}[{},{}]", separator, p.step, number(p.lr));
        separator = ",";
    }
    separator.clear();
    text += "],\"landmarks\":[";
    for (const analysis::landmark& l : d.landmarks) {
        text += fmt::format("{}{{\"kind\":{},\"step\":{},\"rate\":{},\"about\":{}}}", separator,
                            json_text(name_of(l.is)), l.step, number(l.rate), json_text(l.about));
        separator = ",";
    }
    return text + "]}";
}

/// No end of a script element may stand in what is written into one, and no mark-up in the rest.
std::string in_script(std::string text) {
    for (std::size_t at = 0; (at = text.find("</", at)) != std::string::npos;)
        text.replace(at, 2, "<\\/");
    for (std::size_t at = 0; (at = text.find("<!--", at)) != std::string::npos;)
        text.replace(at, 4, "<\\u0021--");
    return text;
}

std::string in_html(std::string_view text) {
    std::string html;
    for (const char c : text)
        html += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
    return html;
}

std::string page_with(const std::string& title, const std::string& data) {
    std::string page;
    std::string_view rest = page_text;
    while (!rest.empty()) {
        const std::size_t title_at = rest.find("@TITLE@");
        const std::size_t data_at = rest.find("@DATA@");
        const std::size_t at = std::min(title_at, data_at);
        page += rest.substr(0, at);
        if (at == std::string_view::npos)
            break;
        page += at == title_at ? title : data;
        rest.remove_prefix(at + (at == title_at ? 7 : 6));
    }
    return page;
}

}  // namespace

std::string html_page(const std::vector<drawn>& all, const frame& f, const std::string& title, std::size_t points) {
    const std::vector<step_t> steps = steps_shown(all, f, points);
    std::string data = fmt::format(
        "{{\"from\":{},\"until\":{},\"lowest\":{},\"log\":{},\"ticks\":[{}],\"steps\":[{}],\"curves\":[", f.from,
        f.until, f.log ? 0 : f.lowest, f.log, fmt::join(f.ticks_of_steps(8), ","), fmt::join(steps, ","));
    for (std::size_t k = 0; k < all.size(); ++k)
        data += (k > 0 ? "," : "") + json_of(all[k], f, steps);
    return page_with(in_html(title.empty() ? "Learning rate by step" : title), in_script(data + "]}"));
}

}  // namespace tools
