// SPDX-License-Identifier: MIT
// Curves and logged points in one frame, drawn on a terminal, as SVG, and as a page.
#ifndef PACER_TOOLS_PICTURE_HPP
#define PACER_TOOLS_PICTURE_HPP

#include "output.hpp"
#include "source.hpp"

#include <pacer/analysis/landmarks.hpp>

#include <functional>
#include <string>
#include <vector>

namespace tools {

/// A curve, or the points of a log.
struct drawn {
    std::string label{};
    std::string text{};  ///< the expression
    std::function<double(pacer::step_t)> lr{};
    pacer::step_t total_steps = pacer::endless;
    std::vector<pacer::step_t> breaks{};
    std::vector<pacer::analysis::landmark> landmarks{};
    std::vector<pacer::analysis::log_point> points{};
};

drawn drawn_of(const source& s);

/// A step and a rate, in what the picture is measured in: x to the right, y downwards.
struct dot {
    double x;
    double y;
};

/// Which steps and rates a picture shows.
struct frame {
    pacer::step_t from = 0;
    pacer::step_t until = 1;
    double lowest = 0;
    double highest = 1;
    bool log = false;

    [[nodiscard]] double across(double step) const;  ///< 0 on the left, 1 on the right
    [[nodiscard]] double depth(double rate) const;   ///< 0 at the top, 1 at the bottom
    [[nodiscard]] std::vector<double> ticks_of_rates() const;
    [[nodiscard]] std::vector<pacer::step_t> ticks_of_steps(std::size_t most) const;
};

/// The frame around all of them. An error: no step, or with a logarithmic axis no rate above 0.
frame frame_of(const std::vector<drawn>& all, const plot_options& options);

/// The curve as a line, of about three points for each of so many columns, in a picture of this size.
std::vector<dot> line_of(const drawn& d, const frame& f, std::size_t columns, double width, double height);

/// The points of a log within the frame; of very many, the lowest and the highest of each of 1000 columns.
std::vector<pacer::analysis::log_point> points_shown(const drawn& d, const frame& f);

/// A count in few letters, "250k".
std::string short_count(pacer::step_t n);
/// A rate in few digits.
std::string short_rate(double rate);

/// One picture of all curves for a terminal, in lines.
std::vector<std::string> braille(const std::vector<drawn>& all, const frame& f, std::size_t columns, std::size_t rows,
                                 const terminal& on, bool marks);
/// The same with axes, a legend and the landmarks.
std::string terminal_picture(const std::vector<drawn>& all, const frame& f, std::size_t rows, const terminal& on,
                             bool marks);
/// A legend with the landmarks of each curve.
std::string legend(const std::vector<drawn>& all, const terminal& on);

std::string svg_picture(const std::vector<drawn>& all, const frame& f, const std::string& title, bool marks);
/// An SVG as a PNG, so many times as large. An error: what draws it is not there.
std::string png_picture(const std::string& svg, double scale);
std::string html_page(const std::vector<drawn>& all, const frame& f, const std::string& title, std::size_t points);

/// The steps that tables and pages have: every `every`th, or about `points` of them and the landmarks.
std::vector<pacer::step_t> steps_shown(const std::vector<drawn>& all, const frame& f, std::size_t points);

}  // namespace tools

#endif
