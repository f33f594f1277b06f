// SPDX-License-Identifier: MIT
#include "picture.hpp"

#include <pacer/expression/expression.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace tools {

using pacer::step_t;
namespace analysis = pacer::analysis;

drawn drawn_of(const source& s) {
    drawn d;
    d.label = s.label;
    d.lr = s.lr;
    d.total_steps = s.total_steps;
    if (s.curve) {
        d.text = to_text(*s.curve);
        for (const analysis::breakpoint& b : analysis::breakpoints(*s.curve))
            d.breaks.push_back(b.step);
        d.landmarks = analysis::landmarks(*s.curve);
    }
    if (s.log)
        d.points = s.log->points;
    return d;
}

double frame::across(double step) const {
    return until == from ? 0 : (step - static_cast<double>(from)) / static_cast<double>(until - from);
}

double frame::depth(double rate) const {
    if (log)
        return rate <= lowest ? 1 : 1 - std::clamp(std::log(rate / lowest) / std::log(highest / lowest), 0.0, 1.0);
    return highest > lowest ? 1 - std::clamp((rate - lowest) / (highest - lowest), 0.0, 1.0) : 1;
}

std::vector<double> frame::ticks_of_rates() const {
    std::vector<double> ticks;
    if (log) {
        const int last = static_cast<int>(std::floor(std::log10(highest) + 1e-9));
        const int first = static_cast<int>(std::ceil(std::log10(lowest) - 1e-9));
        const int by = 1 + (last - first) / 6;
        for (int e = last; e >= first; e -= by)
            ticks.insert(ticks.begin(), std::pow(10.0, e));
        if (ticks.size() >= 2)
            return ticks;
        return {lowest, highest};
    }
    for (int i = 0; i <= 4; ++i)
        ticks.push_back(lowest + (highest - lowest) * i / 4);
    return ticks;
}

std::vector<step_t> frame::ticks_of_steps(std::size_t most) const {
    const auto width = static_cast<double>(until - from);
    const double least = std::max(1.0, width / static_cast<double>(std::max<std::size_t>(1, most)));
    double by = std::pow(10.0, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 2.5, 5.0, 10.0})
        if (by * factor >= least && std::floor(by * factor) == by * factor) {
            by *= factor;
            break;
        }
    const auto stride = std::max<step_t>(1, static_cast<step_t>(by));
    std::vector<step_t> ticks;
    for (step_t s = from % stride == 0 ? from : from + stride - from % stride; s <= until; s += stride) {
        ticks.push_back(s);
        if (s > until - stride)
            break;
    }
    return ticks;
}

namespace {

/// How far a curve without a length is shown.
step_t reach_of(const drawn& d) {
    if (!d.points.empty()) {
        step_t last = 1;
        for (const analysis::log_point& p : d.points)
            last = std::max(last, p.step);
        return last;
    }
    if (d.total_steps == pacer::endless)
        return 0;
    return d.total_steps + std::min(std::max<step_t>(1, d.total_steps / 4), pacer::endless - 1 - d.total_steps);
}

analysis::extremes extremes_of(const drawn& d, const frame& f) {
    if (d.lr)
        return analysis::find_extremes(d.lr, f.from, f.until, d.breaks);
    analysis::extremes found{std::numeric_limits<double>::infinity(), 0, 0, 0};
    for (const analysis::log_point& p : d.points)
        if (p.step >= f.from && p.step <= f.until) {
            found.lowest = std::min(found.lowest, p.lr);
            found.highest = std::max(found.highest, p.lr);
        }
    return found;
}

/// The lowest rate above 0 that a logarithmic axis shows.
double lowest_above_zero(const std::vector<drawn>& all, const frame& f) {
    double lowest = std::numeric_limits<double>::infinity();
    const auto take = [&](double rate) {
        if (rate > 0)
            lowest = std::min(lowest, rate);
    };
    for (const drawn& d : all) {
        for (const analysis::log_point& p : d.points)
            take(p.lr);
        if (d.lr)
            for (const analysis::sampled_column& c : analysis::sample(d.lr, {f.from, f.until, 400}, d.breaks)) {
                take(c.range.lowest);
                take(c.rate);
            }
    }
    return lowest;
}

}  // namespace

frame frame_of(const std::vector<drawn>& all, const plot_options& options) {
    frame f;
    f.from = options.from.value_or(0);
    f.log = options.log;
    step_t until = 0;
    step_t last_break = 0;
    for (const drawn& d : all) {
        until = std::max(until, reach_of(d));
        if (!d.breaks.empty())
            last_break = std::max(last_break, d.breaks.back());
    }
    if (until == 0)
        until = last_break > 0 ? std::max(last_break, std::min(10 * last_break, pacer::endless / 16)) : 1000;
    f.until = options.until.value_or(std::max(until, f.from + 1));
    if (f.from < 0 || f.until <= f.from || f.until == pacer::endless)
        throw error(fmt::format("--from {} --until {}: accepted: steps of 0 or more, the first before the last", f.from,
                                f.until));
    f.highest = 0;
    double lowest = std::numeric_limits<double>::infinity();
    for (const drawn& d : all) {
        const analysis::extremes e = extremes_of(d, f);
        f.highest = std::max(f.highest, e.highest);
        lowest = std::min(lowest, e.lowest);
    }
    // Where the rates fill the upper half only (a momentum), the axis need not begin at 0.
    f.lowest = lowest > f.highest / 2 && lowest < f.highest ? lowest : 0;
    if (f.log) {
        f.lowest = lowest_above_zero(all, f);
        if (!(f.highest > 0))
            throw error("--log: there is no rate above 0");
        f.lowest = std::max(f.lowest, f.highest * 1e-6);
        if (f.lowest == f.highest)
            f.lowest /= 10;
    }
    if (f.highest == 0)
        f.highest = 1;
    return f;
}

std::vector<dot> line_of(const drawn& d, const frame& f, std::size_t columns, double width, double height) {
    std::vector<dot> line;
    if (!d.lr)
        return line;
    const auto add = [&](step_t step, double rate) {
        line.push_back({width * f.across(static_cast<double>(step)), height * f.depth(rate)});
    };
    for (const analysis::sampled_column& c : analysis::sample(d.lr, {f.from, f.until, columns}, d.breaks)) {
        add(c.first, c.rate);
        std::array<std::pair<step_t, double>, 2> turns{
            {{c.range.lowest_at, c.range.lowest}, {c.range.highest_at, c.range.highest}}};
        if (turns[0].first > turns[1].first)
            std::swap(turns[0], turns[1]);
        for (const auto& [step, rate] : turns)
            if (step != c.first)
                add(step, rate);
    }
    add(f.until, d.lr(f.until));
    return line;
}

std::vector<analysis::log_point> points_shown(const drawn& d, const frame& f) {
    constexpr std::size_t columns = 1000;
    std::vector<analysis::log_point> within;
    for (const analysis::log_point& p : d.points)
        if (p.step >= f.from && p.step <= f.until)
            within.push_back(p);
    if (within.size() <= 4 * columns)
        return within;
    std::vector<std::vector<analysis::log_point>> kept(columns);
    for (const analysis::log_point& p : within) {
        const double across = f.across(static_cast<double>(p.step)) * static_cast<double>(columns);
        auto& column = kept[std::min(columns - 1, static_cast<std::size_t>(across))];
        if (column.size() < 2)
            column.push_back(p);
        else if (p.lr < std::min(column[0].lr, column[1].lr))
            column[column[0].lr < column[1].lr ? 0 : 1] = p;
        else if (p.lr > std::max(column[0].lr, column[1].lr))
            column[column[0].lr > column[1].lr ? 0 : 1] = p;
    }
    std::vector<analysis::log_point> fewer;
    for (const auto& column : kept)
        fewer.insert(fewer.end(), column.begin(), column.end());
    return fewer;
}

std::string short_count(step_t n) {
    constexpr std::array<std::pair<double, const char*>, 5> units{
        {{1e15, "P"}, {1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}}};
    if (n < 100'000)
        return fmt::format("{}", n);
    const auto x = static_cast<double>(n);
    for (const auto& [unit, letter] : units)
        if (x >= unit)
            return fmt::format("{:.4g}{}", x / unit, letter);
    return fmt::format("{}", n);
}

std::string short_rate(double rate) { return fmt::format("{:.4g}", rate); }

std::vector<step_t> steps_shown(const std::vector<drawn>& all, const frame& f, std::size_t points) {
    std::vector<step_t> steps;
    const step_t last = f.until - f.from;
    const step_t count = std::min<step_t>(last, static_cast<step_t>(std::max<std::size_t>(2, points)) - 1);
    const step_t width = last / count;
    const step_t wider = last % count;
    for (step_t k = 0; k <= count; ++k)
        steps.push_back(f.from + k * width + std::min(k, wider));
    for (const drawn& d : all) {
        for (const analysis::landmark& l : d.landmarks)
            if (l.step >= f.from && l.step <= f.until)
                steps.push_back(l.step);
        for (const analysis::log_point& p : points_shown(d, f))
            steps.push_back(p.step);
    }
    std::sort(steps.begin(), steps.end());
    steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
    return steps;
}

}  // namespace tools
