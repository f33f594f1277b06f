// SPDX-License-Identifier: MIT
#include "picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace tools {

using pacer::step_t;
namespace analysis = pacer::analysis;

namespace {

constexpr std::array<std::string_view, 7> colours{"#3b8fd6", "#e07b39", "#3aa76d", "#c6589b",
                                                  "#8b74d6", "#b3912b", "#7d8590"};
constexpr double left = 84, top = 26, width = 550, height = 260;

std::string escaped(std::string_view text) {
    std::string xml;
    for (const char c : text)
        xml += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : std::string(1, c);
    return xml;
}

/// How far a point is from the line through two others; from the first, if they are the same.
double distance(const dot& p, const dot& a, const dot& b) {
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double length = std::hypot(dx, dy);
    return length == 0 ? std::hypot(p.x - a.x, p.y - a.y) : std::abs(dy * (p.x - a.x) - dx * (p.y - a.y)) / length;
}

/// The line by fewer points, within a tenth of a unit of all of them (Ramer, Douglas and Peucker).
std::vector<dot> simplified(const std::vector<dot>& line) {
    std::vector<bool> is_kept(line.size());
    std::vector<std::pair<std::size_t, std::size_t>> parts{{0, line.size() - 1}};
    is_kept.front() = is_kept.back() = true;
    while (!parts.empty()) {
        const auto [first, last] = parts.back();
        parts.pop_back();
        std::size_t furthest = first;
        double most = 0.1;
        for (std::size_t k = first + 1; k < last; ++k)
            if (const double d = distance(line[k], line[first], line[last]); d > most) {
                most = d;
                furthest = k;
            }
        if (furthest == first)
            continue;
        is_kept[furthest] = true;
        parts.emplace_back(first, furthest);
        parts.emplace_back(furthest, last);
    }
    std::vector<dot> fewer;
    for (std::size_t k = 0; k < line.size(); ++k)
        if (is_kept[k])
            fewer.push_back(line[k]);
    return fewer;
}

std::string path_of(const drawn& d, const frame& f) {
    std::string text;
    for (const dot& p : simplified(line_of(d, f, 1100, width, height)))
        text += fmt::format("{}{:.1f} {:.1f}", text.empty() ? "M" : "L", left + p.x, top + p.y);
    return text;
}

std::string axes(const frame& f, const std::vector<drawn>& all) {
    const auto x_of = [&](step_t step) { return left + width * f.across(static_cast<double>(step)); };
    std::string text;
    bool is_first = true;
    for (const double rate : f.ticks_of_rates()) {
        const double y = top + height * f.depth(rate);
        text += fmt::format("<path d=\"M{:.1f} {:.1f}h{:.1f}\" stroke=\"#7d8590\" stroke-opacity=\"{}\"/>\n", left, y,
                            width, is_first ? 1 : 0.25);
        text +=
            fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{:.3g}</text>\n", left - 8, y + 4, rate);
        is_first = false;
    }
    for (const step_t step : f.ticks_of_steps(7))
        text += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", x_of(step),
                            top + height + 20, short_count(step));
    std::vector<step_t> totals;
    for (const drawn& d : all)
        if (d.total_steps > f.from && d.total_steps < f.until)
            totals.push_back(d.total_steps);
    std::sort(totals.begin(), totals.end());
    totals.erase(std::unique(totals.begin(), totals.end()), totals.end());
    for (const step_t total : totals) {
        text += fmt::format("<path d=\"M{0:.1f} {1:.1f}V{2:.1f}\" stroke=\"#7d8590\" stroke-dasharray=\"3 4\"/>\n",
                            x_of(total), top, top + height);
        if (totals.size() == 1)
            text += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">total_steps</text>\n",
                                x_of(total), top - 8);
    }
    text += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">step</text>\n", left + width / 2,
                        top + height + 42);
    return text + fmt::format("<text x=\"{0:.1f}\" y=\"{1:.1f}\" text-anchor=\"middle\" transform=\"rotate(-90 {0:.1f} "
                              "{1:.1f})\">learning rate</text>\n",
                              14.0, top + height / 2);
}

}  // namespace

/// A scalable picture for pages with light and with dark ground: no ground of its own, colours of middle lightness.
std::string svg_picture(const std::vector<drawn>& all, const frame& f, const std::string& title, bool marks) {
    // The legend is as wide as its longest name, at about 7.5 units a letter.
    std::size_t letters = 0;
    for (const drawn& d : all)
        letters = std::max(letters, d.label.size());
    const double lines = std::max(340.0, top + 30 + 24 * static_cast<double>(all.size()));
    std::string text = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
        "height=\"{1:.0f}\" "
        "role=\"img\" aria-label=\"{2}\" font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"#7d8590\">\n",
        left + width + 54 + 7.5 * static_cast<double>(letters), lines,
        escaped(title.empty() ? "The learning rate by step" : title));
    text += axes(f, all);
    if (!title.empty())
        text += fmt::format("<text x=\"{:.1f}\" y=\"16\">{}</text>\n", left, escaped(title));
    for (std::size_t k = 0; k < all.size(); ++k) {
        const drawn& d = all[k];
        const std::string_view colour = colours[k % colours.size()];
        const std::string_view dashes = k >= colours.size() ? " stroke-dasharray=\"6 3\"" : "";
        if (d.lr)
            text += fmt::format(
                "<path fill=\"none\" stroke=\"{}\" stroke-width=\"2\" stroke-linejoin=\"round\"{} d=\"{}\"/>\n", colour,
                dashes, path_of(d, f));
        const auto circle = [&](step_t step, double rate, double radius, const std::string& about) {
            if (step >= f.from && step <= f.until)
                text +=
                    fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\"><title>{}</title></circle>\n",
                                left + width * f.across(static_cast<double>(step)), top + height * f.depth(rate),
                                radius, colour, escaped(about));
        };
        for (const analysis::log_point& p : points_shown(d, f))
            circle(p.step, p.lr, 2, fmt::format("step {}: {}", p.step, p.lr));
        using kind = analysis::landmark::kind;
        if (marks)
            for (const analysis::landmark& l : d.landmarks)
                if (l.is != kind::start && l.is != kind::past_end)
                    circle(l.step, l.rate, 3, fmt::format("{}, step {}: {}", name_of(l.is), l.step, l.rate));
        const double y = top + 14 + 24 * static_cast<double>(k);
        text += fmt::format("<path d=\"M{0:.1f} {1:.1f}h22\" stroke=\"{2}\" stroke-width=\"2\"{3}/>"
                            "<text x=\"{4:.1f}\" y=\"{5:.1f}\">{6}</text>\n",
                            left + width + 14, y, colour, dashes, left + width + 44, y + 4, escaped(d.label));
    }
    return text + "</svg>\n";
}

}  // namespace tools
