// SPDX-License-Identifier: MIT
// Pictures of curves, for print_curves.cpp: on a terminal and as SVG.
#ifndef PACER_EXAMPLES_PLOT_HPP
#define PACER_EXAMPLES_PLOT_HPP

#include <pacer/pacer.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace plot {

struct curve {
    std::string name;
    pacer::any_schedule<double> lr;
};

/// What all curves of a picture share: steps 0 to `until`, rates 0 to `highest`.
struct frame {
    pacer::step_t until;
    double highest;

    [[nodiscard]] pacer::step_t step_at(std::size_t i, std::size_t last) const {
        return static_cast<pacer::step_t>(static_cast<double>(until) *
                                          (static_cast<double>(i) / static_cast<double>(last)));
    }
    /// 0 at the top, 1 at the bottom.
    [[nodiscard]] double depth(double rate) const { return highest > 0 ? 1 - std::clamp(rate / highest, 0.0, 1.0) : 1; }
};

/// A picture in dots, four rows of two in each character (braille), or one in each (ASCII).
class canvas {
public:
    canvas(std::size_t columns, std::size_t rows, bool ascii)
        : columns_(columns), rows_(rows), ascii_(ascii), dots_(columns * rows), letters_(columns * rows) {}

    /// Draws a curve; where braille cannot tell curves apart, its letter stands on the line here and there.
    template <pacer::Schedule S>
    void draw(const frame& f, const S& lr, char letter, std::size_t first_letter) {
        const std::size_t width = columns_ * (ascii_ ? 1 : 2);
        const std::size_t height = rows_ * (ascii_ ? 1 : 4);
        std::size_t before = 0;
        for (std::size_t x = 0; x < width; ++x) {
            const double depth = f.depth(lr(f.step_at(x, width - 1)));
            const auto y = static_cast<std::size_t>(depth * static_cast<double>(height - 1) + 0.5);
            // Steep parts are filled in, so that the line has no gaps.
            const std::size_t from = x == 0 ? y : std::min(y, before + 1);
            const std::size_t to = x == 0 ? y : std::max(y, before > 0 ? before - 1 : 0);
            for (std::size_t dot = std::min(from, to); dot <= std::max(from, to); ++dot)
                set(x, dot, letter);
            const std::size_t column = x / (ascii_ ? 1 : 2);
            if (letter != 0 && !ascii_ && column % 24 == first_letter % 24)
                letters_[y / 4 * columns_ + column] = letter;
            before = y;
        }
    }

    /// Puts a letter at a place: `across` and `depth` from 0 to 1.
    void put(double across, double depth, char letter) {
        const auto x = static_cast<std::size_t>(across * static_cast<double>(columns_ - 1) + 0.5);
        const auto y = static_cast<std::size_t>(depth * static_cast<double>(rows_ - 1) + 0.5);
        letters_[y * columns_ + x] = letter;
    }

    [[nodiscard]] std::string row(std::size_t y) const {
        std::string text;
        for (std::size_t i = y * columns_; i < (y + 1) * columns_; ++i) {
            if (letters_[i] != 0)
                text += letters_[i];
            else if (dots_[i] == 0)
                text += ' ';
            else
                text += {'\xE2', static_cast<char>(0xA0 + dots_[i] / 64), static_cast<char>(0x80 + dots_[i] % 64)};
        }
        return text;
    }

private:
    void set(std::size_t x, std::size_t y, char letter) {
        if (ascii_) {
            letters_[y * columns_ + x] = letter != 0 ? letter : '*';
            return;
        }
        static constexpr std::array<std::array<unsigned, 2>, 4> bits{{{1, 8}, {2, 16}, {4, 32}, {64, 128}}};
        dots_[y / 4 * columns_ + x / 2] |= bits[y % 4][x % 2];
    }

    std::size_t columns_;
    std::size_t rows_;
    bool ascii_;
    std::vector<unsigned> dots_;
    std::vector<char> letters_;
};

/// One curve with axes, as lines of `columns` + 10 characters: a title, the picture, the steps.
inline std::vector<std::string> panel(const curve& c, const frame& f, std::size_t columns, std::size_t rows,
                                      bool ascii) {
    canvas picture(columns, rows, ascii);
    picture.draw(f, c.lr, 0, 0);
    std::vector<std::string> lines{fmt::format("{:<{}}", "         " + c.name, columns + 10)};
    for (std::size_t y = 0; y < rows; ++y) {
        const bool named = y == 0 || y + 1 == rows;
        lines.push_back(fmt::format("{:>8} {}{}", named ? fmt::format("{:.4g}", y == 0 ? f.highest : 0) : "",
                                    ascii ? (named ? "+" : "|") : (named ? "┤" : "│"), picture.row(y)));
    }
    lines.push_back(fmt::format("{:9} {:<{}}{:>{}}", "", 0, columns / 2, f.until, columns - columns / 2));
    return lines;
}

/// A point on a picture, shown as a letter.
struct mark {
    pacer::step_t step;
    double rate;
    char letter;
};

/// One curve with axes and points on it.
template <pacer::Schedule S>
std::string with_marks(const S& lr, const std::vector<mark>& marks, const frame& f, std::size_t columns,
                       std::size_t rows) {
    canvas picture(columns, rows, false);
    picture.draw(f, lr, 0, 0);
    for (const mark& m : marks)
        picture.put(static_cast<double>(m.step) / static_cast<double>(f.until), f.depth(m.rate), m.letter);
    std::string text;
    for (std::size_t y = 0; y < rows; ++y)
        text += fmt::format("{:>10} {}{}\n",
                            y == 0          ? fmt::format("{:.4g}", f.highest)
                            : y + 1 == rows ? "0"
                                            : "",
                            y == 0 || y + 1 == rows ? "┤" : "│", picture.row(y));
    return text + fmt::format("{:12}0{:>{}}  step; o: logged\n", "", f.until, columns - 1);
}

/// All curves in one picture with axes and a legend.
inline std::string overlay(const std::vector<curve>& curves, const frame& f, std::size_t columns, std::size_t rows,
                           bool ascii) {
    canvas picture(columns, rows, ascii);
    const auto letter = [](std::size_t i) { return static_cast<char>('a' + i % 26); };
    for (std::size_t i = 0; i < curves.size(); ++i)
        picture.draw(f, curves[i].lr, letter(i), 6 + i * 24 / curves.size());
    std::string text = "    rate\n";
    for (std::size_t y = 0; y < rows; ++y) {
        const bool named = y % (rows / 4) == 0 || y + 1 == rows;
        const double rate = f.highest * (1 - static_cast<double>(y) / static_cast<double>(rows - 1));
        text += fmt::format("{:>8} {}{}\n", named ? fmt::format("{:.3g}", rate) : "",
                            ascii ? (named ? "+" : "|") : (named ? "┤" : "│"), picture.row(y));
    }
    std::string axis;
    for (std::size_t x = 0; x < columns; ++x)
        axis += ascii ? "-" : "─";
    text += fmt::format("{:8} {}{}\n{:10}{:<{}}{:>{}}  step\n\n", "", ascii ? "+" : "└", axis, "", 0, columns / 2,
                        f.until, columns - columns / 2);
    for (std::size_t i = 0; i < curves.size(); ++i)
        text += fmt::format("{:10}{}  {}\n", "", letter(i), curves[i].name);
    return text;
}

namespace detail {

/// A curve as the fewest points that stay within a tenth of a unit of it.
inline std::string path(const frame& f, const pacer::any_schedule<double>& lr, double left, double top, double width,
                        double height) {
    constexpr std::size_t last = 5000;
    const auto x = [&](std::size_t i) {
        return width * (static_cast<double>(f.step_at(i, last)) / static_cast<double>(f.until));
    };
    const auto y = [&](std::size_t i) { return height * f.depth(lr(f.step_at(i, last))); };
    const auto point = [&](std::size_t i) { return fmt::format("{:.1f} {:.1f}", left + x(i), top + y(i)); };

    std::string text = "M" + point(0);
    std::size_t from = 0;
    double flattest = -1e9;  // what a straight line from there may have as its slope
    double steepest = 1e9;
    for (std::size_t i = 1; i <= last; ++i) {
        if (x(i) == x(from))
            continue;
        const double slope = (y(i) - y(from)) / (x(i) - x(from));
        if (slope < flattest || slope > steepest) {
            text += "L" + point(i - 1);
            from = i - 1;
            flattest = -1e9;
            steepest = 1e9;
        }
        const double run = x(i) - x(from);
        if (run > 0) {
            flattest = std::max(flattest, (y(i) - y(from) - 0.1) / run);
            steepest = std::min(steepest, (y(i) - y(from) + 0.1) / run);
        }
    }
    return text + "L" + point(last);
}

}  // namespace detail

/// A scalable picture for pages with light and with dark ground: no ground of its own, colours of middle lightness.
inline std::string svg(const std::vector<curve>& curves, const frame& f, pacer::step_t total_steps) {
    constexpr std::array<std::string_view, 7> colours{"#3b8fd6", "#e07b39", "#3aa76d", "#c6589b",
                                                      "#8b74d6", "#b3912b", "#7d8590"};
    constexpr double left = 84, top = 26, width = 550, height = 260;
    const auto x_of = [&](double step) { return left + width * step / static_cast<double>(f.until); };
    const auto y_of = [&](double rate) { return top + height * f.depth(rate); };

    // The legend is as wide as its longest name, at about 7.5 units a letter.
    std::size_t letters = 0;
    for (const curve& c : curves)
        letters = std::max(letters, c.name.size());
    std::string text =
        fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} 340\" width=\"{0:.0f}\" "
                    "height=\"340\" role=\"img\" "
                    "aria-label=\"The learning rate by step\" font-family=\"system-ui, sans-serif\" font-size=\"13\" "
                    "fill=\"#7d8590\">\n",
                    left + width + 54 + 7.5 * static_cast<double>(letters));
    for (int i = 0; i <= 4; ++i) {
        const double rate = f.highest * i / 4;
        text += fmt::format("<path d=\"M{:.1f} {:.1f}h{:.1f}\" stroke=\"#7d8590\" stroke-opacity=\"{}\"/>\n", left,
                            y_of(rate), width, i == 0 ? 1 : 0.25);
        text += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{:.3g}</text>\n", left - 8,
                            y_of(rate) + 4, rate);
    }
    for (int i = 0; i <= 4; ++i) {
        const double step = static_cast<double>(total_steps) * i / 4;
        text += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{:.0f}</text>\n", x_of(step),
                            top + height + 20, step);
    }
    text += fmt::format("<path d=\"M{0:.1f} {1:.1f}V{2:.1f}\" stroke=\"#7d8590\" stroke-dasharray=\"3 4\"/>\n",
                        x_of(static_cast<double>(total_steps)), top, top + height);
    text += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">total_steps</text>\n",
                        x_of(static_cast<double>(total_steps)), top - 8);
    text += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">step</text>\n", left + width / 2,
                        top + height + 42);
    text += fmt::format(
        "<text x=\"{0:.1f}\" y=\"{1:.1f}\" text-anchor=\"middle\" transform=\"rotate(-90 {0:.1f} {1:.1f})\">"
        "learning rate</text>\n",
        14.0, top + height / 2);

    for (std::size_t i = 0; i < curves.size(); ++i) {
        const auto colour = colours[i % colours.size()];
        text +=
            fmt::format("<path fill=\"none\" stroke=\"{}\" stroke-width=\"2\" stroke-linejoin=\"round\"{} d=\"{}\"/>\n",
                        colour, i >= colours.size() ? " stroke-dasharray=\"6 3\"" : "",
                        detail::path(f, curves[i].lr, left, top, width, height));
        const double y = top + 14 + 24 * static_cast<double>(i);
        text += fmt::format("<path d=\"M{0:.1f} {1:.1f}h22\" stroke=\"{2}\" stroke-width=\"2\"{3}/>"
                            "<text x=\"{4:.1f}\" y=\"{5:.1f}\">{6}</text>\n",
                            left + width + 14, y, colour, i >= colours.size() ? " stroke-dasharray=\"6 3\"" : "",
                            left + width + 44, y + 4, curves[i].name);
    }
    return text + "</svg>\n";
}

}  // namespace plot

#endif
