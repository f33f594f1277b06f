// SPDX-License-Identifier: MIT
#include "picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace tools {

using pacer::step_t;
namespace analysis = pacer::analysis;

namespace {

/// A picture in dots, four rows of two in each character (braille), or one in each (ASCII).
class canvas {
public:
    canvas(std::size_t columns, std::size_t rows, const terminal& on)
        : columns_(columns), rows_(rows), on_(on), cells_(columns * rows) {}

    [[nodiscard]] std::size_t width() const { return columns_ * (on_.is_ascii() ? 1 : 2); }
    [[nodiscard]] std::size_t height() const { return rows_ * (on_.is_ascii() ? 1 : 4); }

    void draw(const std::vector<dot>& line, std::size_t curve) {
        for (std::size_t k = 0; k < line.size(); ++k)
            stroke(line[k > 0 ? k - 1 : 0], line[k], curve);
    }

    /// Puts a symbol over what is there.
    void put(dot at, std::size_t curve, const std::string& symbol) {
        cell& c = cell_at(at);
        c.symbol = symbol;
        c.curve = curve;
    }

    /// The letter of a curve on its line, here and there.
    void name(const std::vector<dot>& line, std::size_t curve, std::size_t every, std::size_t first) {
        std::size_t next = first;
        for (const dot& d : line) {
            const auto column = static_cast<std::size_t>(d.x) / (on_.is_ascii() ? 1 : 2);
            if (column < next)
                continue;
            cell& c = cell_at(d);
            if (c.symbol.empty())
                c.symbol = std::string(1, static_cast<char>('a' + curve % 26));
            next = column + every;
        }
    }

    [[nodiscard]] std::string row(std::size_t y) const {
        std::string text;
        std::string run;  // of one colour
        std::size_t colour = 0;
        const auto finish = [&] {
            text += run.empty() ? "" : on_.coloured(colour, run);
            run.clear();
        };
        for (std::size_t x = 0; x < columns_; ++x) {
            const cell& c = cells_[y * columns_ + x];
            if (c.symbol.empty() && c.dots == 0) {
                finish();
                text += ' ';
                continue;
            }
            if (c.curve != colour)
                finish();
            colour = c.curve;
            run += !c.symbol.empty() ? c.symbol
                                     : std::string{'\xE2', static_cast<char>(0xA0 + c.dots / 64),
                                                   static_cast<char>(0x80 + c.dots % 64)};
        }
        finish();
        return text;
    }

private:
    struct cell {
        unsigned dots = 0;
        std::size_t curve = 0;
        std::string symbol{};
    };

    cell& cell_at(dot at) {
        const std::size_t x = std::min(static_cast<std::size_t>(std::max(0.0, at.x + 0.5)), width() - 1);
        const std::size_t y = std::min(static_cast<std::size_t>(std::max(0.0, at.y + 0.5)), height() - 1);
        return cells_[y / (on_.is_ascii() ? 1 : 4) * columns_ + x / (on_.is_ascii() ? 1 : 2)];
    }

    void stroke(dot from, dot to, std::size_t curve) {
        const double longest = std::max(std::abs(to.x - from.x), std::abs(to.y - from.y));
        const auto steps = static_cast<int>(std::ceil(longest));
        for (int k = 0; k <= steps; ++k) {
            const double part = steps == 0 ? 0 : static_cast<double>(k) / steps;
            set({from.x + part * (to.x - from.x), from.y + part * (to.y - from.y)}, curve);
        }
    }

    void set(dot at, std::size_t curve) {
        cell& c = cell_at(at);
        c.curve = curve;
        if (on_.is_ascii()) {
            c.symbol = "*";
            return;
        }
        static constexpr std::array<std::array<unsigned, 2>, 4> bits{{{1, 8}, {2, 16}, {4, 32}, {64, 128}}};
        const std::size_t x = std::min(static_cast<std::size_t>(std::max(0.0, at.x + 0.5)), width() - 1);
        const std::size_t y = std::min(static_cast<std::size_t>(std::max(0.0, at.y + 0.5)), height() - 1);
        c.dots |= bits[y % 4][x % 2];
    }

    std::size_t columns_;
    std::size_t rows_;
    const terminal& on_;
    std::vector<cell> cells_;
};

bool is_marked(analysis::landmark::kind k) {
    using kind = analysis::landmark::kind;
    return k == kind::warmup_end || k == kind::peak || k == kind::floor || k == kind::total || k == kind::joint ||
           k == kind::decay_start;
}

/// A line for each step that has landmarks.
std::string landmarks_of(const drawn& d) {
    using kind = analysis::landmark::kind;
    std::string text;
    for (std::size_t k = 0; k < d.landmarks.size(); ++k) {
        const analysis::landmark& l = d.landmarks[k];
        if (l.is == kind::past_end) {
            text += fmt::format("      {:>12}  {:<10}  {}\n", "past the end", "", l.about);
            continue;
        }
        const bool jumps = l.is == kind::joint && l.before != l.rate;
        const std::string name = name_of(l.is) + (jumps ? fmt::format(" (before: {})", short_rate(l.before)) : "");
        if (k > 0 && d.landmarks[k - 1].step == l.step) {
            text.pop_back();
            text += ", " + name + "\n";
        } else {
            text += fmt::format("      {:>12}  {:<10}  {}\n", l.step, short_rate(l.rate), name);
        }
    }
    return text;
}

}  // namespace

std::vector<std::string> braille(const std::vector<drawn>& all, const frame& f, std::size_t columns, std::size_t rows,
                                 const terminal& on, bool marks) {
    canvas picture(columns, rows, on);
    const auto width = static_cast<double>(picture.width() - 1);
    const auto height = static_cast<double>(picture.height() - 1);
    const auto place = [&](step_t step, double rate) {
        return dot{width * f.across(static_cast<double>(step)), height * f.depth(rate)};
    };
    std::vector<std::vector<dot>> lines;
    for (std::size_t k = 0; k < all.size(); ++k) {
        lines.push_back(line_of(all[k], f, picture.width(), width, height));
        picture.draw(lines[k], k);
        for (const analysis::log_point& p : all[k].points)
            if (p.step >= f.from && p.step <= f.until)
                picture.put(place(p.step, p.lr), k, on.is_ascii() ? "o" : "•");
    }
    if (marks)
        for (std::size_t k = 0; k < all.size(); ++k)
            for (const analysis::landmark& l : all[k].landmarks)
                if (is_marked(l.is) && l.step >= f.from && l.step <= f.until)
                    picture.put(place(l.step, l.rate), k, on.is_ascii() ? "#" : "◆");
    // Without colours, letters tell the curves apart.
    if (all.size() > 1 && !on.has_colour())
        for (std::size_t k = 0; k < all.size(); ++k)
            picture.name(lines[k], k, on.is_ascii() ? 2 : 24, (on.is_ascii() ? k : 4 + k * 24 / all.size()));
    std::vector<std::string> text;
    for (std::size_t y = 0; y < rows; ++y)
        text.push_back(picture.row(y));
    return text;
}

std::string legend(const std::vector<drawn>& all, const terminal& on) {
    const std::string sign = on.is_ascii() ? "--" : "━━";
    std::string text;
    for (std::size_t k = 0; k < all.size(); ++k) {
        const drawn& d = all[k];
        const bool by_letter = all.size() > 1 && !on.has_colour() && d.points.empty();
        const std::string letter = by_letter ? std::string(1, static_cast<char>('a' + k % 26))
                                             : on.coloured(k, d.points.empty() ? sign
                                                              : on.is_ascii()  ? "o"
                                                                               : "•");
        text += fmt::format("  {}  {}\n", letter, on.bold(d.label));
        if (!d.text.empty() && d.text != d.label)
            text += fmt::format("      {}\n", on.faint(d.text));
        if (!d.points.empty())
            text += fmt::format("      {} rates, steps {} to {}\n", d.points.size(), d.points.front().step,
                                d.points.back().step);
        text += landmarks_of(d);
    }
    return text;
}

std::string terminal_picture(const std::vector<drawn>& all, const frame& f, std::size_t rows, const terminal& on,
                             bool marks) {
    constexpr std::size_t margin = 11;
    const std::size_t columns = on.width() - margin - 1;
    const std::vector<std::string> picture = braille(all, f, columns, rows, on, marks);
    std::vector<std::string> names(rows);
    for (const double tick : f.ticks_of_rates()) {
        const auto y = static_cast<std::size_t>(f.depth(tick) * static_cast<double>(rows - 1) + 0.5);
        names[y] = short_rate(tick);
    }
    std::string text;
    for (std::size_t y = 0; y < rows; ++y) {
        const bool named = !names[y].empty();
        text += fmt::format("{:>{}} {}{}\n", names[y], margin - 2,
                            on.is_ascii() ? (named ? "+" : "|") : (named ? "┤" : "│"), picture[y]);
    }
    std::string axis;
    std::string numbers(columns + margin + 12, ' ');
    std::size_t free_from = 0;
    std::vector<bool> is_tick(columns);
    for (const step_t s : f.ticks_of_steps(std::max<std::size_t>(2, columns / 14))) {
        const auto x =
            static_cast<std::size_t>(f.across(static_cast<double>(s)) * static_cast<double>(columns - 1) + 0.5);
        const std::string number = short_count(s);
        const std::size_t half = number.size() / 2;
        const std::size_t at = margin + x > half ? margin + x - half : 0;
        is_tick[x] = true;
        if (at < free_from || at + number.size() > on.width())
            continue;
        numbers.replace(at, number.size(), number);
        free_from = at + number.size() + 1;
    }
    for (std::size_t x = 0; x < columns; ++x)
        axis += on.is_ascii() ? (is_tick[x] ? "+" : "-") : (is_tick[x] ? "┬" : "─");
    numbers.erase(numbers.find_last_not_of(' ') + 1);
    if (numbers.size() + 6 <= on.width())
        numbers += "  step";
    return text + fmt::format("{:{}}{}{}\n{}\n", "", margin - 1, on.is_ascii() ? "+" : "└", axis, numbers);
}

}  // namespace tools
