// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_LOG_SHAPES_HPP
#define PACER_ANALYSIS_LOG_SHAPES_HPP

/// What is to be seen in a part of a log, whatever schedule made it: lines, waves, the first rise and the first fall.

#include <pacer/analysis/curve.hpp>
#include <pacer/analysis/evidence.hpp>
#include <pacer/analysis/training_log.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <vector>

namespace pacer::analysis::detail {

/// Between rates and the numbers that follow from them: the digits are needed.
using real = long double;

/// A peak that is so many times what was logged is none: everything would be within it.
inline constexpr double most_above = 1000;

/// The nearest whole number.
PACER_HOST inline step_t whole(real x) {
    return x > 0x1p53L ? longest + 1 : x >= -0x1p53L ? static_cast<step_t>(std::llround(x)) : -longest - 1;
}

/// The shortest decimal within a part `within` of x; x itself if none is, or if one would be there by chance.
PACER_HOST inline double rounded(double x, double within, double chance = 0.05) {
    if (!(std::abs(x) > 0) || !std::isfinite(x))
        return x;
    char text[40];
    double numbers = 10;  // of so many digits
    for (int count = 1; count <= 15 && numbers * within <= chance; ++count, numbers *= 10) {
        std::snprintf(text, sizeof text, "%.*e", count - 1, x);
        const double value = std::strtod(text, nullptr);
        if (std::abs(value - x) <= within * std::abs(x))
            return value;
    }
    return x;
}

/// The numbers of so many digits from `low` to `high`, the shortest first; at most 400.
PACER_HOST inline std::vector<double> round_numbers(double low, double high, int digits) {
    std::vector<double> found;
    if (!(low > 1e-290) || !(high < 1e300) || !(low <= high))  // powers of ten that a double has
        return found;
    for (int count = 1; count <= digits; ++count) {
        const int point = static_cast<int>(std::floor(std::log10(high))) - count + 1;
        for (int shift = 0; shift <= 1; ++shift) {
            const double unit = std::pow(10.0, point - shift);
            const auto from = static_cast<long long>(std::ceil(low / unit * (1 - 1e-12)));
            const auto to = static_cast<long long>(std::floor(high / unit * (1 + 1e-12)));
            const long long smallest = count == 1 ? 1 : static_cast<long long>(std::pow(10.0, count - 1));
            for (long long n = (std::max)(from, smallest); n <= to && n < 10 * smallest && found.size() < 400; ++n) {
                char text[40];
                std::snprintf(text, sizeof text, "%llde%d", n, point - shift);
                const double value = std::strtod(text, nullptr);
                if (std::find(found.begin(), found.end(), value) == found.end())
                    found.push_back(value);
            }
        }
    }
    return found;
}

/// The number with the most zeros at its end, from `low` to `high`.
PACER_HOST inline step_t roundest(step_t low, step_t high) {
    for (step_t unit = step_t{1'000'000'000'000'000'000}; unit > 1; unit /= 10)
        for (const step_t n : {5 * (unit / 10), unit})
            if (high / n * n >= low && high >= n)
                return high / n * n;
    return high;
}

struct line {
    real slope;
    real at;  ///< a step on it ...
    real lr;  ///< ... and its rate
    [[nodiscard]] PACER_HOST real operator()(real x) const { return lr + slope * (x - at); }
    [[nodiscard]] PACER_HOST real zero() const { return at - lr / slope; }
};

struct wave {
    real peak;
    real floor;
    real top;     ///< where it is at its peak
    real length;  ///< from there to its floor
    real error;   ///< of the length
};

/// A part of a log, and what is to be seen in it. Lines and waves are looked for at many distances, near the first point and
/// over the whole part, since updates may have been skipped in between; those that were seen most often go first.
class log_shapes {
public:
    /// From `first` on, every `stride`-th point, at most `most`; without those whose step does not grow.
    PACER_HOST log_shapes(const std::vector<log_point>& all, std::size_t first, std::size_t stride, std::size_t most,
                          const written_rates& how)
        : written(how),
          last_step((std::min)((std::max)(all.back().step, -furthest), furthest)),
          last_lr(all.back().lr) {
        for (std::size_t i = first; i < all.size() && points.size() < most; i += stride) {
            const log_point& p = all[i];
            if (!std::isfinite(p.lr) || p.step > furthest || p.step < -furthest)
                continue;
            if (points.empty() || p.step > points.back().step)
                points.push_back(p);
        }
        for (const log_point& p : points)
            highest = (std::max)(highest, std::abs(p.lr));
        while (top + 1 < points.size() && points[top + 1].lr >= points[top].lr)
            ++top;
        bottom = top;
        while (bottom + 1 < points.size() && points[bottom + 1].lr <= points[bottom].lr)
            ++bottom;
        find_lines();
        find_waves();
        if (written.how != written_rates::kind::exact) {
            fit_waves();
            fit_fall();
        }
    }

    std::vector<log_point> points{};
    written_rates written;
    step_t last_step;        ///< of the whole log
    double last_lr;          ///< the rate there
    double highest = 0;      ///< rate
    std::size_t top = 0;     ///< the end of the first rise (or stay) ...
    std::size_t bottom = 0;  ///< ... and that of the fall after it
    std::vector<line> rising{};
    std::vector<line> falling{};
    std::vector<line> flat{};
    std::vector<wave> waves{};
    std::vector<wave> fitted{};  ///< of rounded rates: by all points of the first fall, from round peaks

    /// How far a rate may be from a curve's.
    [[nodiscard]] PACER_HOST double tolerance_of(double lr) const { return tolerance(written, lr, highest); }

    /// How exact a number is that was computed from a few rates.
    [[nodiscard]] PACER_HOST double exactness() const {
        switch (written.how) {
        case written_rates::kind::exact: return 1e-10;
        case written_rates::kind::single: return 1e-5;
        case written_rates::kind::digits: return 2 * std::pow(10.0, -written.count);
        case written_rates::kind::decimals:
            return (std::min)(0.05, 2 * std::pow(10.0, -written.count) / (highest > 0 ? highest : 1));
        }
        return 1e-10;
    }

    /// Lines through f(rate) in the first fall.
    template <class F>
    [[nodiscard]] PACER_HOST std::vector<line> lines_of(F f) const {
        std::vector<seen<line>> lines;
        windows(3, top, bottom + 1, [&](std::size_t a, std::size_t k) {
            const log_point& p = points[a];
            const log_point& q = points[a + k];
            const log_point& r = points[a + 2 * k];
            const real y = f(p.lr);
            const line l{(f(r.lr) - y) / static_cast<real>(r.step - p.step), static_cast<real>(p.step), y};
            if (!(std::abs(l.slope) > 0) || !std::isfinite(static_cast<double>(l.slope)))
                return;
            const real off = std::abs(l(static_cast<real>(q.step)) - f(q.lr));
            if (off <= std::abs(f(q.lr + tolerance_of(q.lr)) - f(q.lr)) * 3)
                count(lines, l, 8);
        });
        return most_seen(lines, 6);
    }

private:
    template <class Shape>
    struct seen {
        Shape shape;
        int times;
    };

    /// visitor(index, distance) for `n` points at equal distances, close and apart.
    template <class Visitor>
    PACER_HOST static void windows(std::size_t n, std::size_t from, std::size_t end, Visitor visitor) {
        if (end < from + n)
            return;
        const std::size_t count = end - from;
        for (std::size_t k = (count - 1) / (n - 1); k >= 1; k = k > 4 ? k * 2 / 3 : k - 1) {
            const std::size_t last = count - (n - 1) * k;  // starts from 0 to last - 1
            for (std::size_t a = 0; a < last; a = a < 6 ? a + 1 : a + a / 2)
                visitor(from + a, k);
            if (last > 6)
                visitor(from + last - 1, k);
        }
    }

    PACER_HOST static bool is_same(const line& a, const line& b) {
        return std::abs(a.slope - b.slope) <= 1e-11L * std::abs(a.slope) &&
               std::abs(a(b.at) - b.lr) <= 1e-11L * std::abs(b.lr);
    }
    PACER_HOST static bool is_same(const wave& a, const wave& b) {
        const real near_enough = 1e-6L + 1e-9L * a.length + a.error + b.error;
        return std::abs(a.length - b.length) < near_enough && std::abs(a.top - b.top) < near_enough;
    }

    template <class Shape>
    PACER_HOST static void count(std::vector<seen<Shape>>& shapes, const Shape& shape, std::size_t most) {
        for (seen<Shape>& known : shapes)
            if (is_same(known.shape, shape)) {
                ++known.times;
                return;
            }
        if (shapes.size() < most)
            shapes.push_back({shape, 1});
    }

    template <class Shape>
    PACER_HOST static std::vector<Shape> most_seen(std::vector<seen<Shape>>& shapes, std::size_t most) {
        std::stable_sort(shapes.begin(), shapes.end(),
                         [](const seen<Shape>& a, const seen<Shape>& b) { return a.times > b.times; });
        std::vector<Shape> found;
        for (std::size_t k = 0; k < shapes.size() && k < most; ++k)
            found.push_back(shapes[k].shape);
        return found;
    }

    PACER_HOST static line through(const log_point& p, const log_point& q) {
        return {(static_cast<real>(q.lr) - static_cast<real>(p.lr)) / static_cast<real>(q.step - p.step),
                static_cast<real>(p.step), static_cast<real>(p.lr)};
    }

    PACER_HOST void find_lines() {
        std::vector<seen<line>> rises;
        std::vector<seen<line>> falls;
        std::vector<seen<line>> stays;
        const auto add = [&](const line& l) { count(l.slope > 0 ? rises : l.slope < 0 ? falls : stays, l, 256); };
        windows(3, 0, points.size(), [&](std::size_t a, std::size_t k) {
            const line l = through(points[a], points[a + 2 * k]);
            const log_point& middle = points[a + k];
            if (std::abs(l(static_cast<real>(middle.step)) - static_cast<real>(middle.lr)) <= tolerance_of(middle.lr))
                add(l);
        });
        if (points.size() >= 2 && (points.size() == 2 || top > 0))
            add(through(points[0], points[1]));
        rising = most_seen(rises, 10);
        falling = most_seen(falls, 10);
        flat = most_seen(stays, 6);
    }

    PACER_HOST void find_waves() {
        std::vector<seen<wave>> found;
        windows(4, 0, points.size(), [&](std::size_t a, std::size_t k) { add_wave(found, a, k); });
        waves = most_seen(found, 16);
    }

    /// The line of the first fall, by all its points: two rounded rates tell it less well.
    PACER_HOST void fit_fall() {
        if (bottom < top + 5)
            return;
        std::size_t last = bottom;  // without the floor after it
        while (last > top && points[last - 1].lr == points[bottom].lr)
            --last;
        if (last < top + 5)
            return;
        const auto from = static_cast<real>(points[top].step);
        const std::size_t stride = (last - top) / 512 + 1;
        real n = 0;
        real sx = 0;
        real sy = 0;
        real sxx = 0;
        real sxy = 0;
        for (std::size_t i = top + 1; i < last; i += stride) {
            const real x = static_cast<real>(points[i].step) - from;
            const real y = points[i].lr;
            n += 1;
            sx += x;
            sy += y;
            sxx += x * x;
            sxy += x * y;
        }
        const real across = n * sxx - sx * sx;
        if (n < 4 || !(across > 0))
            return;
        const real slope = (n * sxy - sx * sy) / across;
        const line l{slope, from, (sy - slope * sx) / n};
        for (std::size_t i = top + 1; i < last; i += stride)
            if (!(std::abs(l(static_cast<real>(points[i].step)) - static_cast<real>(points[i].lr)) <=
                  static_cast<real>(2 * tolerance_of(points[i].lr))))
                return;
        if (slope < 0)
            falling.insert(falling.begin(), l);
    }

    /// Of rounded rates four do not tell a wave. If the peak is round and the floor a usual one, then the angle of each rate
    /// is known, and these are a line.
    PACER_HOST void fit_waves() {
        if (bottom < top + 5)
            return;
        std::vector<double> peaks = round_numbers(highest * (1 - exactness()), highest * 1.06, 2);
        if (std::find(peaks.begin(), peaks.end(), highest) == peaks.end())
            peaks.push_back(highest);
        std::vector<seen<wave>> fits;
        for (const double peak : peaks) {
            std::vector<double> floors{0.0};
            for (const double part : {0.1, 0.01, 0.05, 0.2, 0.5})
                floors.push_back(part * peak);
            if (points[bottom].lr > 0)
                floors.push_back(points[bottom].lr);
            for (const double floor : floors)
                if (points[bottom].lr >= floor - tolerance_of(points[bottom].lr))
                    fit_wave(fits, peak, floor);
        }
        fitted = most_seen(fits, 6);
    }

    PACER_HOST void fit_wave(std::vector<seen<wave>>& fits, double peak, double floor) {
        const real middle = (static_cast<real>(peak) + static_cast<real>(floor)) / 2;
        const real half = (static_cast<real>(peak) - static_cast<real>(floor)) / 2;
        const auto from = static_cast<real>(points[top].step);
        const std::size_t stride = (bottom - top) / 256 + 1;
        struct sums {
            real w = 0;
            real wx = 0;
            real wy = 0;
            real wxx = 0;
            real wxy = 0;
            real wyy = 0;
        } sum;
        std::size_t n = 0;
        for (std::size_t i = top + 1; i <= bottom; i += stride) {
            const real cosine = (static_cast<real>(points[i].lr) - middle) / half;
            if (!(std::abs(cosine) < 1))
                continue;
            const real sine_of = std::sqrt(1 - cosine * cosine);
            const real off = static_cast<real>(tolerance_of(points[i].lr)) / (half * sine_of);
            if (!(off > 0) || off > 0.2L)
                continue;
            const real w = 1 / (off * off);
            const real x = static_cast<real>(points[i].step) - from;
            const real y = std::acos(cosine);
            sum.w += w;
            sum.wx += w * x;
            sum.wy += w * y;
            sum.wxx += w * x * x;
            sum.wxy += w * x * y;
            sum.wyy += w * y * y;
            ++n;
        }
        const real across = sum.w * sum.wxx - sum.wx * sum.wx;
        if (n < 5 || !(across > 0))
            return;
        const real omega = (sum.w * sum.wxy - sum.wx * sum.wy) / across;
        const real start = (sum.wy - omega * sum.wx) / sum.w;
        if (!(omega > 0))
            return;
        const real rest = sum.wyy - start * sum.wy - omega * sum.wxy;
        if (rest > 2 * static_cast<real>(n))  // a rounding is within the tolerance
            return;
        const real length = std::numbers::pi_v<real> / omega;
        const real error = length * std::sqrt(sum.w / across) / omega;
        // The nearer to all points, the likelier.
        const auto nearness = static_cast<int>(1e6L / (1 + (std::max)(rest, 0.0L) / static_cast<real>(n)));
        fits.push_back(
            {{static_cast<real>(peak), static_cast<real>(floor), from - start / omega, length, error}, nearness});
    }

    /// The wave m + s cos(omega (x - top)) through four points at equal distances h, from their differences:
    /// y0 - 2 y1 + y2 = -q (y1 - m) with q = 2 (1 - cos(omega h)).
    PACER_HOST void add_wave(std::vector<seen<wave>>& found, std::size_t a, std::size_t k) const {
        const step_t h = points[a + k].step - points[a].step;
        if (points[a + 2 * k].step - points[a + k].step != h || points[a + 3 * k].step - points[a + 2 * k].step != h)
            return;
        const real y1 = points[a + k].lr;
        const real y2 = points[a + 2 * k].lr;
        const real d1 = points[a].lr - 2 * y1 + y2;
        const real d2 = y1 - 2 * y2 + points[a + 3 * k].lr;
        if (y1 == y2 || d1 == d2)
            return;
        const real q = -(d1 - d2) / (y1 - y2);
        if (!(q > 0 && q < 4))
            return;
        const real middle = y1 + d1 / q;
        const real angle = 2 * std::asin(std::sqrt(q) / 2);
        const real omega = angle / static_cast<real>(h);
        const real re = y1 - middle;
        const real im = (re * std::cos(angle) - (y2 - middle)) / std::sin(angle);
        const real size = std::sqrt(re * re + im * im);
        const real length = std::numbers::pi_v<real> / omega;
        // A unit in the last place of each rate, on its way through the differences.
        const real unit = written.how == written_rates::kind::exact ? static_cast<real>(ulp_of(highest))
                                                                    : static_cast<real>(tolerance_of(points[a].lr));
        const real error = length * 4 * unit / std::abs(d1 - d2);
        if (error < 0.3L && size > 0)
            count(found,
                  wave{middle + size, middle - size, static_cast<real>(points[a + k].step) - std::atan2(im, re) / omega,
                       length, error},
                  256);
    }
};

}  // namespace pacer::analysis::detail

#endif
