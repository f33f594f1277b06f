// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_FIT_HPP
#define PACER_ANALYSIS_FIT_HPP

/// Functions of Hugging Face's that could have given the rates of a log from some point on.
///
/// A few points of a curve determine it: two of a line, four of a wave. What these say is rounded to whole updates and short
/// numbers. Nothing is decided here: each guess is then held against every point.

#include <pacer/analysis/curve.hpp>
#include <pacer/analysis/evidence.hpp>
#include <pacer/analysis/log_shapes.hpp>
#include <pacer/analysis/training_log.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <optional>
#include <unordered_set>
#include <vector>

namespace pacer::analysis::detail {

/// What may be known beforehand.
struct fit_hints {
    std::vector<step_t> totals{};   ///< lengths of the run, the likeliest first
    std::vector<double> peaks{};    ///< learning rates
    std::vector<step_t> warmups{};  ///< updates
};

/// A guess, and the delay at the points it was made from.
struct fit {
    hf_arguments arguments;
    step_t delay;
};

/// Makes the guesses from the shapes of one part of a log.
class fitter {
public:
    PACER_HOST fitter(const log_shapes& shapes, const fit_hints& hints, std::vector<fit>& found)
        : log_(shapes), hints_(hints), found_(found) {}

    PACER_HOST void run() {
        if (log_.points.empty())
            return;
        flat();
        with_hints(false);
        fitted_cosine();
        warmup_only();
        linear();
        cosine();
        inverse_sqrt();
        polynomial();
        stable_decay();
        with_hints(true);
    }

private:
    static constexpr std::size_t most = 3000;
    static constexpr double usual_ratios[] = {0.1, 0.03, 0.05, 0.01, 0.02, 0.06, 0.15, 0.2, 0.3};
    static constexpr double default_lr_end = 1e-7;  ///< of Hugging Face's polynomial

    PACER_HOST void add(hf_arguments a, step_t delay) {
        if (!(a.lr > 0) || !(a.lr <= log_.highest * most_above) || a.warmup < 0 || a.warmup > longest || a.total < 0 ||
            (a.total > longest && a.total != endless) || !(a.floor >= 0) || a.floor >= 1 || !(a.lr_end >= 0) ||
            found_.size() >= most)
            return;
        if (digits_of(a.lr) > 9 && log_.written.how == written_rates::kind::exact)
            scale_to_point(a, delay);
        found_.push_back({a, delay});
    }

    /// The same fall with less of a warm-up, which was over at the first point, and more skipped updates: none, or a length
    /// that is rounder. Of these no rate tells which it was.
    PACER_HOST void add_with_shifts(const hf_arguments& a, step_t delay) {
        add(a, delay);
        if (a.warmup <= 0 || a.total == endless || log_.points.front().step - delay < a.warmup)
            return;
        const step_t most_skipped = 32 + log_.points.front().step / 50;  // more are seldom skipped
        const auto shifted = [&](step_t by) {
            if (by > most_skipped)
                return;
            hf_arguments b = a;
            b.warmup -= by;
            b.total -= by;
            add(b, delay + by);
        };
        shifted(a.warmup);
        if (const step_t by = a.total - roundest(a.total - a.warmup, a.total); by > 0 && by < a.warmup)
            shifted(by);
    }

    /// A long rate is that of a point, to the last digit.
    PACER_HOST void scale_to_point(hf_arguments& a, step_t delay) const {
        const log_point& p = log_.points[log_.top];
        if (p.step < delay || !(p.lr > 0))
            return;
        for (int k = 0; k < 2; ++k)
            if (const double there = hf_formula(a)(p.step - delay); there > 0)
                a.lr = a.lr / there * p.lr;
    }

    /// Delays worth a try: those that the known totals and the start of the warm-up ask for (below 0 where the scheduler is
    /// ahead of the logged step), and the two of the convention.
    [[nodiscard]] PACER_HOST std::vector<step_t> delays(std::optional<real> end) const {
        std::vector<step_t> found;
        const auto take = [&](step_t d) {
            if (std::find(found.begin(), found.end(), d) == found.end())
                found.push_back(d);
        };
        if (end)
            for (const step_t total : hints_.totals)
                if (const step_t d = whole(*end) - total; d >= 0 && d <= log_.points.back().step)
                    take(d);
        for (const line& r : log_.rising)
            if (const step_t d = whole(r.zero());
                d >= -log_.points.back().step && d <= log_.points.front().step && found.size() < 8)
                for (const step_t more : {0, 1, 2})  // updates were also skipped after the warm-up
                    if (more == 0 || d > 1)
                        take(d + more);
        take(0);
        take(1);
        return found;
    }

    PACER_HOST void flat() {
        std::vector<double> levels;
        for (const line& l : log_.flat)
            levels.push_back(static_cast<double>(l.lr));
        levels.push_back(log_.points[log_.top].lr);
        levels.push_back(log_.points.back().lr);
        for (const double level : levels) {
            if (!(level > 0))
                continue;
            add({.function = hf_function::constant, .lr = level}, 0);
            for (const step_t d : delays({}))
                for (const log_point& p : {log_.points.front(), log_.points[log_.top > 0 ? log_.top - 1 : 0]})
                    if (p.lr > 0 && p.lr < level)
                        add({.function = hf_function::constant_with_warmup,
                             .lr = level,
                             .warmup = whole(static_cast<real>(level) * static_cast<real>(p.step - d) / p.lr)},
                            d);
        }
    }

    /// Rates that only rise: the slope is all that is known.
    PACER_HOST void warmup_only() {
        for (const line& r : log_.rising) {
            const step_t d = whole(r.zero());
            for (const step_t total : hints_.totals)  // a warm-up as long as the run
                add({.function = hf_function::linear,
                     .lr = rounded(static_cast<double>(r.slope * static_cast<real>(total)), log_.exactness()),
                     .warmup = total,
                     .total = total},
                    d);
            if (log_.top + 1 < log_.points.size())
                continue;
            if (std::abs(r.zero() - static_cast<real>(d)) > 1e-3L)
                continue;
            const step_t least = log_.points.back().step - d;
            const auto try_peak = [&](double peak) {
                const real w = static_cast<real>(peak) / r.slope;
                if (whole(w) >= least && std::abs(w - std::round(w)) < 1e-4L * (1 + w * 1e-6L))
                    add({.function = hf_function::constant_with_warmup, .lr = peak, .warmup = whole(w)}, d);
            };
            for (const double peak : hints_.peaks)
                try_peak(peak);
            const auto lowest = static_cast<double>(r.slope * static_cast<real>(least));
            for (const double peak : round_numbers(lowest, 10 * lowest, 2))
                try_peak(peak);
            for (const step_t total : hints_.totals)
                if (total >= least)
                    try_peak(rounded(static_cast<double>(r.slope * static_cast<real>(total)), log_.exactness()));
            try_peak(rounded(lowest, log_.exactness()));
        }
    }

    /// Warm-ups that end in a fall which is `fall(w)` at its start: by the rise, by the first point, by round peaks.
    template <class Add>
    PACER_HOST void linear_warmups(const line& f, step_t d, real end, Add add_fit) const {
        const real m = -f.slope;
        const real zero = f.zero() + end / f.slope;  // where it would be at `end`, in logged steps
        const auto total = static_cast<real>(whole(zero) - d);
        const auto start = [&](real w) { return end + m * (total - w); };
        const auto take = [&](real w, std::optional<double> peak = {}) {
            if (w > -0.4L && w < total)
                add_fit(whole(w), peak ? *peak : rounded(static_cast<double>(start(std::round(w))), log_.exactness()));
        };
        for (const line& r : log_.rising)
            take((end + m * total) / (r.slope + m));
        const auto p = static_cast<real>(log_.points.front().step - d);
        if (p > 0 && static_cast<real>(log_.points.front().lr) < start(p) * (1 - 1e-9L))
            take((end + m * total) * p / (log_.points.front().lr + m * p));
        take(0);
        for (const step_t w : hints_.warmups)
            take(static_cast<real>(w));
        // From the last point that is on the line back to step 0.
        const auto lowest =
            static_cast<double>(start((std::min)(static_cast<real>(log_.points[log_.top].step + 1), total)));
        const auto highest = static_cast<double>(start(0));
        std::vector<double> peaks = round_numbers((std::max)(lowest, highest * 1e-3), highest, 2);
        peaks.insert(peaks.end(), hints_.peaks.begin(), hints_.peaks.end());
        for (const double peak : peaks) {
            const real w = total - (static_cast<real>(peak) - end) / m;
            if (std::abs(w - std::round(w)) < 1e-3L + static_cast<real>(log_.exactness()) * total)
                take(w, peak);
        }
    }

    /// A fall that began above a round rate, as many runs of this length before: the trainer's counter began again, and the
    /// scheduler went on.
    PACER_HOST void later_phase(const line& f) {
        if (log_.top > 0)
            return;
        for (const step_t run : hints_.totals)
            for (step_t phases = 2; phases <= 10 && run < longest / phases; ++phases) {
                const double peak =
                    rounded(static_cast<double>(-f.slope * static_cast<real>(run * phases)), log_.exactness());
                if (digits_of(peak) <= 3)
                    add({.function = hf_function::linear, .lr = peak, .warmup = 0, .total = run * phases},
                        whole(f.zero()) - run * phases);
            }
    }

    PACER_HOST void linear() {
        for (const line& f : log_.falling) {
            later_phase(f);
            for (const step_t d : delays(f.zero())) {
                const step_t total = whole(f.zero()) - d;
                if (log_.written.how != written_rates::kind::exact ||
                    std::abs(f.zero() - std::round(f.zero())) < 0.01L + 1e-9L * std::abs(f.zero()))
                    linear_warmups(f, d, 0, [&](step_t w, double peak) {
                        add_with_shifts({.function = hf_function::linear, .lr = peak, .warmup = w, .total = total}, d);
                    });
                // A fall that ends above 0: polynomial of power 1, to its default or at a known length.
                const real usual = f.zero() + static_cast<real>(default_lr_end) / f.slope;
                if (std::abs(usual - std::round(usual)) < 0.01L + 1e-9L * std::abs(usual))
                    linear_warmups(f, d, static_cast<real>(default_lr_end), [&](step_t w, double peak) {
                        add({.function = hf_function::polynomial,
                             .lr = peak,
                             .warmup = w,
                             .total = whole(usual) - d,
                             .lr_end = default_lr_end},
                            d);
                    });
                for (std::size_t k = 0; k < hints_.totals.size() + 2; ++k) {
                    const step_t last = k < hints_.totals.size()
                                            ? hints_.totals[k]
                                            : log_.last_step + static_cast<step_t>(k - hints_.totals.size());
                    const auto end = f(static_cast<real>(last + d));
                    if (!(end > 0) || end < static_cast<real>(1e-12 * log_.highest))
                        continue;
                    const double lr_end =
                        rounded(static_cast<double>(end),
                                (std::max)(1e-8, log_.exactness()) * log_.highest / static_cast<double>(end));
                    linear_warmups(f, d, static_cast<real>(lr_end), [&](step_t w, double peak) {
                        add({.function = hf_function::polynomial,
                             .lr = peak,
                             .warmup = w,
                             .total = last,
                             .lr_end = lr_end},
                            d);
                    });
                }
            }
        }
    }

    PACER_HOST void cosine() {
        for (const wave& w : log_.waves) {
            const real end = w.top + w.length;
            for (const step_t d : delays(end)) {
                const step_t warmup = whole(w.top) - d;
                const auto relative = static_cast<double>(w.error / w.length);
                const double near_peak = (std::max)(log_.exactness(), 8 * relative);
                const double peak = rounded(static_cast<double>(w.peak), near_peak);
                const double floor = static_cast<double>(w.floor) < 1e-7 * peak + peak * near_peak
                                         ? 0
                                         : floor_of(static_cast<double>(w.floor), peak, near_peak);
                if (warmup < -1)
                    continue;
                add_cosine(peak, floor, (std::max<step_t>)(warmup, 0), whole(end) - d, 0.5, d);
                if (floor == 0)
                    add({.function = hf_function::cosine_with_restarts,
                         .lr = peak,
                         .warmup = (std::max<step_t>)(warmup, 0),
                         .total = whole(end) - d,
                         .num_cycles = 1},
                        d);
                for (const step_t total : hints_.totals) {
                    if (total <= warmup)
                        continue;
                    const double cycles =
                        rounded(static_cast<double>(total - warmup) / static_cast<double>(w.length), 1e-4, 0.1);
                    if (std::abs(cycles * static_cast<double>(w.length) - static_cast<double>(total - warmup)) >
                        0.02 + static_cast<double>(w.error) * cycles)
                        continue;
                    add_cosine(peak, floor, warmup, total, cycles / 2, d);
                    if (floor == 0)
                        add({.function = hf_function::cosine_with_restarts,
                             .lr = peak,
                             .warmup = warmup,
                             .total = total,
                             .num_cycles = cycles},
                            d);
                }
                if (floor == 0 && hints_.totals.empty())
                    for (int cycles = 2; cycles <= 8; ++cycles)
                        add({.function = hf_function::cosine_with_restarts,
                             .lr = peak,
                             .warmup = warmup,
                             .total = warmup + whole(w.length * cycles),
                             .num_cycles = static_cast<double>(cycles)},
                            d);
                add({.function = hf_function::cosine_warmup_with_min_lr,
                     .lr = peak,
                     .warmup = warmup + 1,
                     .total = whole(end) - d + 1,
                     .floor = floor},
                    d);
                if (warmup + 1 > 1 && log_.points.front().step - d == 0)
                    add({.function = hf_function::cosine_warmup_with_min_lr,
                         .lr = peak,
                         .warmup = warmup + 1,
                         .total = whole(end) - d + 1,
                         .floor = floor,
                         .init = rounded(log_.points.front().lr / peak, 1e-12)},
                        d);
            }
        }
    }

    /// From a wave through all points: its ends are whole, and round if they are not known better than that.
    PACER_HOST void fitted_cosine() {
        for (const wave& w : log_.fitted) {
            const auto peak = static_cast<double>(w.peak);
            const double floor = w.floor > 0 ? floor_of(static_cast<double>(w.floor), peak, log_.exactness()) : 0;
            const step_t slack = (2 * w.error < 100'000 ? static_cast<step_t>(2 * w.error) : 100'000) + 1;
            const auto near = [&](real x) {
                std::vector<step_t> found{whole(x), whole(x) - 1, whole(x) + 1};
                if (slack > 1)
                    found.push_back(roundest(whole(x) - slack, whole(x) + slack));
                return found;
            };
            for (const step_t d : delays({}))
                for (const step_t end : near(w.top + w.length - static_cast<real>(d)))
                    for (const step_t warmup : near(w.top - static_cast<real>(d)))
                        if (warmup >= 0 && warmup < end) {
                            add_cosine(peak, floor, warmup, end, 0.5, d);
                            if (floor == 0)
                                fitted_restarts(peak, warmup, w.length, d);
                        }
        }
    }

    PACER_HOST void fitted_restarts(double peak, step_t warmup, real length, step_t d) {
        const auto take = [&](step_t total, step_t cycles) {
            add({.function = hf_function::cosine_with_restarts,
                 .lr = peak,
                 .warmup = warmup,
                 .total = total,
                 .num_cycles = static_cast<double>(cycles)},
                d);
        };
        for (const step_t total : hints_.totals)
            if (const step_t cycles = whole(static_cast<real>(total - warmup) / length); cycles >= 2)
                take(total, cycles);
        if (hints_.totals.empty() && log_.bottom + 1 < log_.points.size())
            for (step_t cycles = 2; cycles <= 8; ++cycles) {
                const step_t total = warmup + whole(length * static_cast<real>(cycles));
                for (const step_t near : {total, total - 1, total + 1, log_.last_step})
                    take(near, cycles);
            }
    }

    /// A floor as a part of the peak, round as a part or as a rate.
    PACER_HOST static double floor_of(double floor, double peak, double near_peak) {
        const double near_floor = near_peak * peak / floor;
        const double part = rounded(floor / peak, near_floor, 0.1);
        const double rate = rounded(floor, near_floor, 0.1);
        return digits_of(rate) < digits_of(part) ? rate / peak : part;
    }

    PACER_HOST void add_cosine(double peak, double floor, step_t warmup, step_t total, double cycles, step_t d) {
        add_with_shifts({.function = floor > 0 ? hf_function::cosine_with_min_lr : hf_function::cosine,
                         .lr = peak,
                         .warmup = warmup,
                         .total = total,
                         .num_cycles = cycles,
                         .floor = floor},
                        d);
    }

    PACER_HOST void inverse_sqrt() {
        if (log_.bottom < log_.top + 2)
            return;
        for (const line& l :
             log_.lines_of([](double lr) { return 1 / (static_cast<real>(lr) * static_cast<real>(lr)); })) {
            if (!(l.slope > 0))
                continue;
            const real b = 1 / l.slope;  // timescale peak^2
            const real zero = l.zero();  // warm-up - timescale, in logged steps
            const auto take = [&](real w, std::optional<double> given, step_t d) {
                const step_t warmup = whole(w);
                const step_t scale = warmup - (whole(zero) - d);
                if (warmup < 0 || scale < 1)
                    return;
                const double peak =
                    given ? *given
                          : rounded(static_cast<double>(std::sqrt(b / static_cast<real>(scale))), log_.exactness());
                const bool usual = scale == (warmup > 0 ? warmup : 10'000);
                add({.function = hf_function::inverse_sqrt,
                     .lr = peak,
                     .warmup = warmup,
                     .timescale = usual ? 0 : scale},
                    d);
            };
            for (const step_t d : delays({})) {
                const real off = zero - static_cast<real>(d);
                const auto by_slope = [&](real slope) {  // peak = slope w: (w - off) slope^2 w^2 = b
                    real low = (std::max)(off, 0.0L);
                    real high = 1e15L;
                    for (int k = 0; k < 200; ++k) {
                        const real w = (low + high) / 2;
                        ((w - off) * slope * slope * w * w < b ? low : high) = w;
                    }
                    take(low, {}, d);
                };
                for (const line& r : log_.rising)
                    by_slope(r.slope);
                if (const log_point& p = log_.points.front(); p.step > d && log_.top > 0)
                    by_slope(static_cast<real>(p.lr) / static_cast<real>(p.step - d));
                take(0, {}, d);
                for (const step_t w : hints_.warmups)
                    take(static_cast<real>(w), {}, d);
                std::vector<double> peaks =
                    round_numbers(log_.points[log_.top].lr, (std::max)(log_.points[log_.top].lr * 100, 1e-12), 2);
                peaks.insert(peaks.end(), hints_.peaks.begin(), hints_.peaks.end());
                for (const double peak : peaks) {
                    const real w = b / (static_cast<real>(peak) * static_cast<real>(peak)) + off;
                    if (std::abs(w - std::round(w)) < 1e-3L)
                        take(w, peak, d);
                }
            }
        }
    }

    /// (r - end) = c (T - p)^power, with a known T and one of the usual ends.
    PACER_HOST void polynomial() {
        if (log_.bottom < log_.top + 2)
            return;
        std::vector<step_t> totals = hints_.totals;
        for (const step_t last : {log_.last_step, log_.last_step + 1, log_.points[log_.bottom].step})
            totals.push_back(last);
        for (const step_t total : totals)
            for (const step_t d : delays({}))
                for (const double end : {default_lr_end, 0.0, log_.points[log_.bottom].lr, log_.last_lr}) {
                    std::vector<std::array<real, 2>> logs;
                    const std::size_t stride = (log_.bottom - log_.top) / 64 + 1;
                    for (std::size_t i = log_.top + (log_.top > 0 ? 1 : 0); i <= log_.bottom; i += stride)
                        if (const step_t left = total + d - log_.points[i].step;
                            left > 0 && log_.points[i].lr > end + 4 * log_.tolerance_of(log_.points[i].lr))
                            logs.push_back({std::log(static_cast<real>(left)),
                                            std::log(static_cast<real>(log_.points[i].lr) - static_cast<real>(end))});
                    if (logs.size() < 2)
                        continue;
                    const auto& a = logs.front();
                    const auto& z = logs[logs.size() - 1 - logs.size() / 4];
                    if (a[0] == z[0])
                        continue;
                    const double power = rounded(static_cast<double>((a[1] - z[1]) / (a[0] - z[0])),
                                                 log_.written.how == written_rates::kind::exact ? 1e-8 : 0.02, 1);
                    if (!(power > 0.05 && power < 20))
                        continue;
                    const real c = a[1] - static_cast<real>(power) * a[0];
                    const auto peak_of = [&](step_t w) {
                        return static_cast<double>(
                            static_cast<real>(end) +
                            std::exp(c + static_cast<real>(power) * std::log(static_cast<real>(total - w))));
                    };
                    const auto take = [&](step_t w) {
                        if (w >= 0 && w < total)
                            add({.function = hf_function::polynomial,
                                 .lr = rounded(peak_of(w), (std::max)(log_.exactness(), 1e-9)),
                                 .warmup = w,
                                 .total = total,
                                 .lr_end = end,
                                 .power = power},
                                d);
                    };
                    take(0);
                    for (const step_t w : hints_.warmups)
                        take(w);
                    for (const line& r : log_.rising) {  // where the rise meets the fall
                        step_t low = 0;
                        step_t high = (std::min)(log_.points[log_.bottom].step, total - 1);
                        while (low < high) {
                            const step_t middle = low + (high - low) / 2;
                            if (r.slope * static_cast<real>(middle) < static_cast<real>(peak_of(middle)))
                                low = middle + 1;
                            else
                                high = middle;
                        }
                        take(low);
                        take(low - 1);
                    }
                }
    }

    /// A rise, a flat part and a fall of its own length.
    PACER_HOST void stable_decay() {
        std::size_t flat_end = log_.top;
        std::size_t flat_start = log_.top;
        while (flat_start > 0 && log_.points[flat_start - 1].lr == log_.points[log_.top].lr)
            --flat_start;
        if (flat_end - flat_start < 1 || log_.bottom == log_.top)
            return;
        const double peak = log_.points[log_.top].lr;
        const double last = log_.points[log_.bottom].lr;
        const auto warmups = [&](double floor, step_t d) {
            std::vector<step_t> found;
            for (const line& r : log_.rising)
                found.push_back(whole((static_cast<real>(peak) - static_cast<real>(floor)) / r.slope));
            if (flat_start > 0 && log_.points.front().lr > floor)
                found.push_back(whole((static_cast<real>(peak) - static_cast<real>(floor)) *
                                      static_cast<real>(log_.points.front().step - d) /
                                      (static_cast<real>(log_.points.front().lr) - static_cast<real>(floor))));
            if (flat_start == 0)
                found.push_back(0);
            return found;
        };
        const auto take = [&](double floor, real start, real length, const ramp_shape& shape, step_t d) {
            const double part = floor > 0 ? floor_of(floor, peak, 1e-7) : 0;
            const auto with = [&](step_t begin, step_t decay) {
                if (decay < 1 || begin < 0)
                    return;
                for (const step_t w : warmups(part * peak, d))
                    if (w >= 0 && w <= begin)
                        add({.function = hf_function::warmup_stable_decay,
                             .lr = peak,
                             .warmup = w,
                             .total = begin + decay,
                             .floor = part,
                             .decay = decay,
                             .decay_shape = shape},
                            d);
            };
            const step_t begin = whole(start) - d;
            const step_t end = whole(start + length) - d;
            with(begin, whole(length));
            if (log_.written.how == written_rates::kind::exact)
                return;
            // The ends are known less well than to a step.
            std::vector<step_t> ends = hints_.totals;
            ends.insert(ends.end(), {end, end - 1, end + 1});
            const step_t slack = whole(std::floor(static_cast<real>(log_.exactness()) * length)) + 1;
            for (const step_t to : ends) {
                if (std::abs(to - end) > 4 * slack + 4)
                    continue;
                for (const step_t from : {begin, begin - 1, begin + 1, roundest(begin - slack, begin + slack)})
                    with(from, to - from);
                for (const int part_of_it : {5, 10})
                    with(to - to / part_of_it, to / part_of_it);
            }
        };
        std::vector<double> floors{0.0};
        for (const double part : {0.1, 0.01, 0.05, 0.2, 0.001, 0.5, 0.02, 0.25, 0.3})
            floors.push_back(part * peak);
        if (log_.bottom > 0 && log_.points[log_.bottom - 1].lr == last && last > 0)
            floors.insert(floors.begin(), last);
        std::vector<step_t> ds = delays({});
        for (const step_t d : ds) {
            for (const std::vector<wave>* waves : {&log_.waves, &log_.fitted})
                for (const wave& w : *waves)
                    if (std::abs(static_cast<double>(w.peak) - peak) < (std::max)(1e-6, log_.exactness()) * peak)
                        take(static_cast<double>(w.floor) < 1e-6 * peak ? 0 : static_cast<double>(w.floor), w.top,
                             w.length, ramp_shape::cosine, d);
            for (const line& f : log_.falling) {
                const real start = f.at + (static_cast<real>(peak) - f.lr) / f.slope;
                for (const double floor : floors)
                    take(floor, start, f.zero() + static_cast<real>(floor) / f.slope - start, ramp_shape::linear, d);
                for (const step_t total : hints_.totals)
                    if (const real floor = f(static_cast<real>(total + d)); floor > 0)
                        take(static_cast<double>(floor), start, static_cast<real>(total + d) - start,
                             ramp_shape::linear, d);
            }
            for (const double floor : floors) {
                const auto square = [&](double lr) {
                    const real x = 1 - (static_cast<real>(lr) - static_cast<real>(floor)) /
                                           (static_cast<real>(peak) - static_cast<real>(floor));
                    return x * x;
                };
                for (const line& l : log_.lines_of(square))
                    if (l.slope > 0)
                        take(floor, l.zero(), 1 / l.slope, ramp_shape::one_minus_sqrt, d);
            }
        }
    }

    /// With a known length and a round peak, the warm-up alone is looked for: enough for rates of few digits, and for so few
    /// points that they determine nothing else.
    PACER_HOST void with_hints(bool search_warmups) {
        std::vector<double> peaks = hints_.peaks;
        for (const double peak : round_numbers(log_.highest * (1 - 1e-9), log_.highest * 1.3, 1))
            peaks.push_back(peak);
        for (const double peak : round_numbers(log_.highest * (1 - 1e-9), log_.highest * 1.06, 2))
            peaks.push_back(peak);
        const std::size_t probe = (log_.top + log_.bottom + 1) / 2;
        for (const double peak : peaks) {
            for (const step_t total : hints_.totals) {
                for (const step_t d : {step_t{0}, step_t{1}})
                    for (const hf_function f : {hf_function::linear, hf_function::cosine}) {
                        hf_arguments a{.function = f, .lr = peak, .total = total};
                        add(a, d);
                        for (const step_t w : hints_.warmups) {
                            a.warmup = w;
                            add(a, d);
                        }
                        if (!search_warmups || log_.bottom == log_.top || total < 2)
                            continue;
                        const auto [low, high] = warmups_giving(a, log_.points[probe].step - d, log_.points[probe].lr);
                        for (step_t w = low; w <= high && w < low + 24; ++w) {
                            a.warmup = w;
                            add(a, d);
                        }
                        if (high < low + 24)
                            continue;
                        const auto length = static_cast<double>(total);
                        for (const double ratio : usual_ratios)
                            if (const step_t w = whole(std::ceil(ratio * length)); w >= low && w <= high) {
                                a.warmup = w;
                                add(a, d);
                            }
                        a.warmup = roundest(low, high);
                        add(a, d);
                    }
            }
        }
    }

    /// The warm-ups with which a point of the fall has its rate; it grows with them.
    [[nodiscard]] PACER_HOST steps warmups_giving(hf_arguments a, step_t position, double lr) const {
        const auto first = [&](double at_least) {
            step_t low = 0;
            step_t high = (std::min)(position, a.total);
            while (low < high) {
                a.warmup = low + (high - low) / 2;
                if (hf_formula(a)(position) < at_least)
                    low = a.warmup + 1;
                else
                    high = a.warmup;
            }
            return low;
        };
        if (position < 0)
            return {1, 0};
        return {first(lr - log_.tolerance_of(lr)), first(lr + log_.tolerance_of(lr))};
    }

    const log_shapes& log_;
    const fit_hints& hints_;
    std::vector<fit>& found_;
};

}  // namespace pacer::analysis::detail

#endif
