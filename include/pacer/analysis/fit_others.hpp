// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_FIT_OTHERS_HPP
#define PACER_ANALYSIS_FIT_OTHERS_HPP

/// Curves that Hugging Face does not have, and that could have given the rates of a log from some point on: steps,
/// exponential and inverse decays, cycles, DeepSpeed's logarithmic warm-up, straight pieces, and the means over an epoch
/// that some trainers log.

#include <pacer/analysis/curve.hpp>
#include <pacer/analysis/evidence.hpp>
#include <pacer/analysis/fit.hpp>
#include <pacer/analysis/log_shapes.hpp>
#include <pacer/analysis/training_log.hpp>
#include <pacer/dialects/deepspeed.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

namespace pacer::analysis::detail {

/// A guess, and what saying it takes.
struct priced_curve {
    followed_curve curve;
    double price;
    step_t delay = 0;  ///< at the points it was made from
};

/// Makes the guesses from the shapes of one part of a log.
class other_fitter {
public:
    PACER_HOST other_fitter(const log_shapes& shapes, const fit_hints& hints, std::vector<priced_curve>& found)
        : log_(shapes), hints_(hints), found_(found) {}

    PACER_HOST void run() {
        if (log_.points.size() < 3)
            return;
        log_warmup();
        steps_down();
        exponential();
        inverse_time();
        one_cycle();
        cyclic();
        restarts();
        straight_pieces();
        epoch_means();
        batch_warmup();
    }

private:
    static constexpr double rare = bits::of_rare_choice;
    static constexpr std::size_t most = 600;

    [[nodiscard]] PACER_HOST double round_rate(real x, double least = 0) const {
        return rounded(static_cast<double>(x), (std::max)(log_.exactness() / 100, (std::max)(least, 2e-12)));
    }

    /// A schedule of pacer's, if it takes these fields.
    PACER_HOST void add(const char* name, const std::vector<field_given>& fields, double peak, step_t warmup,
                        double price, step_t delay = 0) {
        if (found_.size() >= most || !(peak <= log_.highest * most_above))
            return;
        try {
            take(name, make(name, fields), peak, warmup, price, delay);
        } catch (const invalid_schedule&) {
            return;  // no such schedule
        }
    }

    PACER_HOST void take(const char* name, const expression& schedule, double peak, step_t warmup, double price,
                         step_t delay = 0) {
        followed_curve c;
        c.scheduler = name;
        c.peak_lr = peak;
        c.warmup_steps = warmup;
        c.total_steps = schedule.total_steps();
        c.curve = schedule;
        const auto shared = std::make_shared<const expression>(schedule);
        c.schedule = [shared](step_t s) { return (*shared)(s); };
        c.as_computed = c.schedule;
        c.roundings = rounding_of_recursions;
        found_.push_back({std::move(c), rare + bits::of_number(peak) + price, delay});
    }

    [[nodiscard]] PACER_HOST std::vector<step_t> lengths() const {
        std::vector<step_t> found = hints_.totals;
        found.push_back(log_.last_step);
        found.push_back(log_.last_step + 1);
        return found;
    }

    /// low + (peak - low) log(s + 1) / log(W), then the peak: DeepSpeed's WarmupLR.
    PACER_HOST void log_warmup() {
        const std::size_t top = log_.top;
        if (top < 2)
            return;
        const double peak = log_.points[top].lr;
        std::size_t end = 0;
        while (log_.points[end].lr < peak)
            ++end;
        if (end < 2 || end == top)
            return;
        const log_point& a = log_.points[end - 2];
        const log_point& b = log_.points[end - 1];
        for (const step_t d : {step_t{0}, step_t{1}, step_t{2}}) {
            const step_t p = a.step - d;
            if (p < 0)
                continue;
            const real slope = (static_cast<real>(b.lr) - static_cast<real>(a.lr)) /
                               (std::log(static_cast<real>(b.step - d + 1)) - std::log(static_cast<real>(p + 1)));
            const real low = a.lr - slope * std::log(static_cast<real>(p + 1));
            if (!(slope > 0) || low < -1e-6 * peak)
                continue;
            const step_t warmup = whole(std::exp((peak - low) / slope));
            const double floor =
                low < 1e-9 * peak ? 0
                                  : rounded(static_cast<double>(low),
                                            (std::max)(1e-9, log_.exactness() * peak / static_cast<double>(low)), 0.1);
            if (warmup < 2 || warmup > log_.points[top].step + 1)
                continue;
            const deepspeed::warmup_lr_params params{.warmup_min_lr = floor,
                                                     .warmup_max_lr = rounded(peak, 1e-12),
                                                     .warmup_num_steps = warmup,
                                                     .warmup_type = deepspeed::warmup_type::log};
            if (!check(params))
                take("WarmupLR", deepspeed::warmup_lr(params), peak, warmup,
                     bits::of_number(floor) + bits::of_count(warmup));
        }
    }

    /// Levels that follow each other: steps of one length and one factor, or milestones.
    PACER_HOST void steps_down() {
        struct level {
            double lr;
            step_t first;   // logged
            step_t before;  // the step logged before it
        };
        std::vector<level> levels;
        double last = 0;
        std::size_t on_levels = 0;
        for (std::size_t i = 0; i < log_.points.size() && levels.size() <= 64; ++i) {
            const log_point& p = log_.points[i];
            if (!levels.empty() && p.lr > last * (1 + 1e-9))
                break;
            if (levels.empty() || std::abs(p.lr - last) > 1e-9 * std::abs(last))
                levels.push_back({p.lr, p.step, i > 0 ? log_.points[i - 1].step : p.step - 1});
            last = p.lr;
            ++on_levels;
        }
        if (levels.size() < 2 || levels.size() > 64 || on_levels < 2 * levels.size())
            return;
        const double peak = round_rate(levels[0].lr);
        const double factor = rounded(levels[1].lr / levels[0].lr, (std::max)(log_.exactness(), 1e-9));
        if (!(factor > 0 && factor < 1))
            return;
        std::size_t same = 1;  // levels whose factor it is
        while (same + 1 < levels.size() &&
               std::abs(levels[same + 1].lr / levels[same].lr / factor - 1) < (std::max)(1e-9, 4 * log_.exactness()))
            ++same;
        const step_t begun = log_.points.front().step;  // the scheduler's step 0, if it began again
        for (const step_t d : {step_t{0}, step_t{1}, begun, begun - 1}) {
            std::vector<double> milestones;
            double price = 0;
            for (std::size_t k = 1; k <= same; ++k) {
                milestones.push_back(static_cast<double>(roundest(levels[k].before - d + 1, levels[k].first - d)));
                price += bits::of_count(static_cast<step_t>(milestones.back()));
            }
            step_t low = 1;
            step_t high = endless;
            for (std::size_t k = 1; k <= same; ++k) {
                const auto n = static_cast<step_t>(k);
                low = (std::max)(low, (levels[k].before - d) / n + 1);
                high = (std::min)(high, (levels[k].first - d) / n);
            }
            if (low <= high) {
                const step_t every = roundest(low, high);
                add("step_decay", {{"peak_lr", peak}, {"factor", factor}, {"every", every}}, peak, 0,
                    bits::of_number(factor) + bits::of_count(every) + bits::of_span(static_cast<double>(high - low)),
                    d);
            }
            if (milestones.size() >= 2 && milestones.front() >= 1)
                add("multi_step", {{"peak_lr", peak}, {"factor", factor}, {"milestones", list_text(milestones)}}, peak,
                    0, bits::of_number(factor) + price, d);
        }
        if (same + 1 == levels.size())
            return;
        std::vector<double> starts;
        std::vector<double> rates;
        double price = 0;
        for (std::size_t k = 1; k < levels.size() && k <= 8; ++k) {
            starts.push_back(static_cast<double>(levels[k].first));
            rates.push_back(round_rate(levels[k].lr));
            price += bits::of_count(levels[k].first) + bits::of_number(rates.back());
        }
        if (starts.front() >= 1 && are_chosen(rates))
            add("multi_step", {{"peak_lr", peak}, {"milestones", list_text(starts)}, {"rates", list_text(rates)}}, peak,
                0, price);
    }

    /// Whether these are rates that somebody wrote down, and not what some other curve makes at its corners.
    PACER_HOST static bool are_chosen(const std::vector<double>& rates) {
        return std::all_of(rates.begin(), rates.end(), [](double lr) { return lr >= 0 && digits_of(lr) <= 6; });
    }

    PACER_HOST static std::string list_text(const std::vector<double>& values) {
        std::string text = "[";
        for (const double v : values)
            text += (text.size() > 1 ? ", " : "") + std::string(pacer::detail::decimal_text(v).text());
        return text + "]";
    }

    PACER_HOST void exponential() {
        if (log_.bottom < log_.top + 2)
            return;
        for (const line& l : log_.lines_of([](double lr) { return std::log(static_cast<real>(lr)); })) {
            if (!(l.slope < 0))
                continue;
            const auto at = [&](real step) { return std::exp(l(step)); };
            for (const step_t d : {step_t{0}, step_t{1}}) {
                const auto with_warmup = [&](step_t w) {
                    const double peak = rounded(static_cast<double>(at(static_cast<real>(w + d))), 1e-9);
                    const auto fields = [&](double gamma, step_t every) {
                        std::vector<field_given> f{{"peak_lr", peak}, {"gamma", gamma}, {"warmup", warmup_steps(w)}};
                        if (every > 1)
                            f.push_back({"every", every});
                        return f;
                    };
                    const double gamma = static_cast<double>(std::exp(l.slope));
                    const double short_gamma = rounded(gamma, 1e-12);
                    add("exponential", fields(short_gamma, 1), peak, w,
                        bits::of_number(short_gamma) + bits::of_count(w));
                    if (digits_of(short_gamma) > 8)
                        for (const step_t every : {10, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10'000, 100'000}) {
                            const double g =
                                rounded(static_cast<double>(std::exp(l.slope * static_cast<real>(every))), 1e-9);
                            if (digits_of(g) <= 4)
                                add("exponential", fields(g, every), peak, w,
                                    bits::of_number(g) + bits::of_count(every) + bits::of_count(w));
                        }
                    for (const step_t total : lengths()) {
                        const double end = rounded(static_cast<double>(at(static_cast<real>(total + d))), 1e-9);
                        if (digits_of(end) <= 4 && total > w)
                            add("exponential",
                                {{"peak_lr", peak},
                                 {"end_lr", end},
                                 {"total_steps", total},
                                 {"warmup", warmup_steps(w)}},
                                peak, w, bits::of_number(end) + bits::of_count(total) + bits::of_count(w));
                    }
                };
                with_warmup(0);
                for (const line& r : log_.rising)
                    with_warmup(where_they_meet(r, d, at));
            }
        }
    }

    /// The step at which a rise from 0 meets a fall.
    template <class Fall>
    [[nodiscard]] PACER_HOST step_t where_they_meet(const line& rise, step_t d, Fall fall) const {
        step_t low = 0;
        step_t high = log_.points[log_.bottom].step;
        while (low < high) {
            const step_t middle = low + (high - low) / 2;
            if (rise(static_cast<real>(middle + d)) < fall(static_cast<real>(middle + d)) * (1 - 1e-12L))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// 1 / lr is a line.
    PACER_HOST void inverse_time() {
        if (log_.bottom < log_.top + 2)
            return;
        for (const line& l : log_.lines_of([](double lr) { return 1 / static_cast<real>(lr); })) {
            if (!(l.slope > 0))
                continue;
            const auto at = [&](real step) { return 1 / l(step); };
            for (const step_t d : {step_t{0}, step_t{1}}) {
                const auto with_warmup = [&](step_t w) {
                    const real start = at(static_cast<real>(w + d));
                    if (!(start > 0))
                        return;
                    const double peak = rounded(static_cast<double>(start), 1e-9);
                    const double rate = rounded(static_cast<double>(l.slope * static_cast<real>(peak)), 1e-9);
                    add("inverse_time", {{"peak_lr", peak}, {"decay_rate", rate}, {"warmup", warmup_steps(w)}}, peak, w,
                        bits::of_number(rate) + bits::of_count(w));
                };
                with_warmup(0);
                for (const line& r : log_.rising)
                    with_warmup(where_they_meet(r, d, at));
            }
        }
    }

    /// With PyTorch's defaults, or others that are usual.
    PACER_HOST void one_cycle() {
        if (log_.top == 0 || log_.bottom == log_.top)
            return;
        const log_point& p = log_.points[log_.top];
        for (const step_t total : lengths())
            for (const double pct : {0.3, 0.1, 0.2, 0.05, 0.25, 0.4, 0.5})
                for (const double div : {25.0, 10.0, 100.0})
                    for (const double final_div : {1e4, 1e3, 100.0})
                        for (const bool is_linear : {false, true})
                            for (const step_t d : {step_t{0}, step_t{1}}) {
                                const one_cycle_params<> params{.peak_lr = 1,
                                                                .end_lr = lr_ratio(1 / div / final_div),
                                                                .pct_start = pct,
                                                                .total_steps = total,
                                                                .shape =
                                                                    is_linear ? ramp_shape::linear : ramp_shape::cosine,
                                                                .init_lr = lr_ratio(1 / div)};
                                if (check(params) || p.step < d)
                                    continue;
                                const pacer::one_cycle<> unit(params);
                                const double peak =
                                    rounded(p.lr / unit(p.step - d), (std::max)(1e-11, log_.exactness()));
                                if (digits_of(peak) > 9)
                                    continue;
                                one_cycle_params<> scaled = params;
                                scaled.peak_lr = peak;
                                if (found_.size() < most && !check(scaled))
                                    take("one_cycle", pacer::one_cycle<>(scaled), peak, 0,
                                         bits::of_count(total) + 4 * bits::of_choice);
                            }
    }

    /// Triangles: a rise and a fall, each a line.
    PACER_HOST void cyclic() {
        for (const line& up : log_.rising)
            for (const line& down : log_.falling) {
                const real meet = (down.lr - up.lr + up.slope * up.at - down.slope * down.at) / (up.slope - down.slope);
                for (const step_t d : {step_t{0}, step_t{1}}) {
                    const step_t rise = whole(meet) - d;
                    const double low = rounded(static_cast<double>(up(static_cast<real>(d))), 1e-9);
                    const double peak = rounded(static_cast<double>(up(meet)), 1e-9);
                    const step_t fall = whole((static_cast<real>(low) - static_cast<real>(peak)) / down.slope);
                    if (rise < 1 || fall < 1 || low < 0 || std::abs(meet - std::round(meet)) > 1e-4L)
                        continue;
                    add("cyclic", {{"peak_lr", peak}, {"min_lr", low}, {"up_steps", rise}, {"down_steps", fall}}, peak,
                        0, bits::of_number(low) + bits::of_count(rise) + (rise == fall ? 0 : bits::of_count(fall)));
                    if (rise == fall)
                        add("cyclic", {{"peak_lr", peak}, {"min_lr", low}, {"up_steps", rise}, {"mode", "triangular2"}},
                            peak, 0, bits::of_number(low) + bits::of_count(rise) + bits::of_choice);
                }
            }
    }

    /// Waves that begin again, each as long as the one before or twice as long.
    PACER_HOST void restarts() {
        for (const wave& w : log_.waves)
            for (const step_t d : {step_t{0}, step_t{1}})
                if (whole(w.top) == d)
                    restarts_of(w, whole(w.top + w.length) - d, 1e-9, 1e-7);
        for (const wave& w : log_.fitted)
            for (const step_t d : {step_t{0}, step_t{1}})
                if (std::abs(w.top - static_cast<real>(d)) < 2 + 3 * w.error)
                    for (const step_t off : {0, -1, 1})
                        restarts_of(w, whole(w.top + w.length) - d + off, log_.exactness(), log_.exactness());
    }

    PACER_HOST void restarts_of(const wave& w, step_t cycle, double near_peak, double near_floor) {
        const double peak = rounded(static_cast<double>(w.peak), near_peak);
        const double floor =
            static_cast<double>(w.floor) < 1e-9 * peak ? 0 : rounded(static_cast<double>(w.floor), near_floor);
        if (cycle < 1 || floor >= peak)
            return;
        for (const step_t growth : {step_t{1}, step_t{2}, step_t{3}})
            add("sgdr", {{"peak_lr", peak}, {"min_lr", floor}, {"cycle_steps", cycle}, {"growth", growth}}, peak, 0,
                bits::of_number(floor) + bits::of_count(cycle) + (growth == 1 ? 0 : bits::of_choice));
    }

    /// Straight pieces, each seen at three points or more, that meet at whole steps.
    PACER_HOST void straight_pieces() {
        const std::vector<log_point>& p = log_.points;
        std::vector<line> lines;
        const auto through = [&](std::size_t i, std::size_t j) {
            return line{(static_cast<real>(p[j].lr) - static_cast<real>(p[i].lr)) /
                            static_cast<real>(p[j].step - p[i].step),
                        static_cast<real>(p[i].step), static_cast<real>(p[i].lr)};
        };
        for (std::size_t i = 0; i + 2 < p.size() && lines.size() < 8;) {
            // The further the line is known, the less its slope is a matter of rounding.
            std::size_t end = i + 2;
            while (end < p.size() && std::abs(through(i, end - 1)(static_cast<real>(p[end].step)) -
                                              static_cast<real>(p[end].lr)) <= 4 * log_.tolerance_of(p[end].lr))
                ++end;
            if (end < i + 3) {
                ++i;  // a point just before a corner
                continue;
            }
            lines.push_back(through(i, end - 1));
            i = end;
        }
        if (lines.size() < 3)
            return;
        for (const step_t d : {step_t{0}, step_t{1}}) {
            std::vector<double> at{0};
            std::vector<double> rates{corner(lines[0](static_cast<real>(d)))};
            for (std::size_t k = 1; k < lines.size(); ++k) {
                const line& a = lines[k - 1];
                const line& b = lines[k];
                const real meet = (b.lr - a.lr + a.slope * a.at - b.slope * b.at) / (a.slope - b.slope);
                if (!(meet > 0 && meet < static_cast<real>(p.back().step)))
                    return;  // they do not meet where they were seen
                at.push_back(static_cast<double>(whole(meet) - d));
                rates.push_back(corner(a(std::round(meet))));
            }
            step_t last = p.back().step - d;
            for (const step_t total : lengths())
                if (total >= last && digits_of(corner(lines.back()(static_cast<real>(total + d)))) <= 6) {
                    last = total;
                    break;
                }
            at.push_back(static_cast<double>(last));
            rates.push_back(corner(lines.back()(static_cast<real>(last + d))));
            double price = 0;
            for (std::size_t k = 0; k < at.size(); ++k)
                price += bits::of_count(static_cast<step_t>(at[k])) + bits::of_number(rates[k]);
            if (are_chosen(rates))
                add("piecewise", {{"at", list_text(at)}, {"rates", list_text(rates)}},
                    *std::max_element(rates.begin(), rates.end()), 0, price);
        }
    }

    [[nodiscard]] PACER_HOST double corner(real lr) const {
        return static_cast<double>(lr) < 1e-12 * log_.highest && lr > -1e-12L * log_.highest
                   ? 0
                   : rounded(static_cast<double>(lr), 1e-11);
    }

    /// Rates that are means over an epoch of a half wave after a linear warm-up, counted in epochs. A mean of a line is
    /// its middle, that of a wave is a flatter one with the same middle.
    PACER_HOST void epoch_means() {
        const auto is_near = [](real x) { return std::abs(x - std::round(x)) < 2e-3L; };
        for (const wave& w : log_.waves)
            for (const line& rise : log_.rising)
                for (const real start :
                     {w.top, w.top - w.length}) {  // the wave may also rise, to a floor above the peak
                    const real middle = -rise.zero();
                    const real warmup = start + middle;
                    if (middle < 0 || middle >= 1 || !is_near(warmup) || !is_near(warmup + w.length) ||
                        whole(warmup) < 1)
                        continue;
                    const double peak = rounded(static_cast<double>(rise.slope * std::round(warmup)), 1e-9);
                    const real center = (w.peak + w.floor) / 2;
                    const double floor = rounded(static_cast<double>(2 * center - static_cast<real>(peak)), 1e-5);
                    add_means(peak, std::abs(floor) < 1e-7 * peak ? 0 : floor, whole(warmup), whole(warmup + w.length),
                              middle);
                }
    }

    PACER_HOST void add_means(double peak, double floor, step_t warmup, step_t total, real middle) {
        // The wave through two points of it; an epoch's mean shifts and flattens it a little.
        const log_point* first = nullptr;
        const log_point* last = nullptr;
        for (const log_point& p : log_.points)
            if (p.step >= warmup && p.step < total) {
                if (first == nullptr)
                    first = &p;
                if (first == &p || p.step - first->step <= (total - warmup) / 2)
                    last = &p;
            }
        if (first == last || floor < 0 || found_.size() >= most)
            return;
        const real center = (static_cast<real>(peak) + static_cast<real>(floor)) / 2;
        const real half = (static_cast<real>(peak) - static_cast<real>(floor)) / 2;
        const real omega = std::numbers::pi_v<real> / static_cast<real>(total - warmup);
        const auto angle = [=](step_t epoch) { return omega * static_cast<real>(epoch - warmup); };
        const real a = angle(first->step);
        const real b = angle(last->step);
        const real ya = first->lr - center;
        const real yb = last->lr - center;
        const real wave_cos = (ya * std::sin(b) - yb * std::sin(a)) / std::sin(b - a);
        const real wave_sin = (yb * std::cos(a) - ya * std::cos(b)) / std::sin(b - a);
        const real flatter = std::sqrt(wave_cos * wave_cos + wave_sin * wave_sin) / std::abs(half);
        if (!(flatter > 0.5L && flatter < 1.0001L))
            return;
        followed_curve c;
        c.scheduler = floor > 0 ? "cosine_with_min_lr" : "cosine";
        c.peak_lr = peak;
        c.warmup_steps = warmup;
        c.total_steps = total;
        c.is_epoch_mean = true;
        c.roundings = rounding_of_recursions;
        c.as_computed = [=](step_t epoch) {
            if (epoch < warmup)
                return static_cast<double>(static_cast<real>(peak) * (static_cast<real>(epoch) + middle) /
                                           static_cast<real>(warmup));
            return static_cast<double>(center + wave_cos * std::cos(angle(epoch)) + wave_sin * std::sin(angle(epoch)));
        };
        c.schedule = c.as_computed;
        std::vector<field_given> fields{{"peak_lr", peak}, {"total_steps", total}, {"warmup", warmup_steps(warmup)}};
        if (floor > 0)
            fields.push_back({"min_lr", floor});
        try {
            c.curve = floor > peak ? expression_of({.function = hf_function::cosine_with_min_lr,
                                                    .lr = peak,
                                                    .warmup = warmup,
                                                    .total = total,
                                                    .floor = floor / peak})
                                   : make(c.scheduler, fields);
        } catch (const invalid_schedule&) {
            return;  // rates beyond the range
        }
        // The middle and the two of the wave follow from how many updates an epoch has.
        found_.push_back({std::move(c), rare + bits::of_number(peak) + bits::of_number(floor) + bits::of_count(warmup) +
                                            bits::of_count(total) + 2 * bits::of_rare_choice});
    }

    /// YOLO's: a line to a floor over epochs, and a warm-up over three epochs of batches, at least 100 of them, whose rate is
    /// logged at the end of each epoch. How many batches an epoch has follows from the first rate.
    PACER_HOST void batch_warmup() {
        const log_point& first = log_.points.front();
        if (first.step > 1 || first.step < 0)
            return;
        for (const line& f : log_.falling)
            for (const step_t late : {step_t{0}, step_t{1}}) {
                const real peak = rounded(static_cast<double>(f(static_cast<real>(first.step + late))),
                                          (std::max)(log_.exactness(), 1e-5));
                if (digits_of(static_cast<double>(peak)) > 4 || !(peak > 0))
                    continue;
                for (const step_t total : lengths()) {
                    const real end = f(static_cast<real>(total + first.step + late));
                    const real floor = end > 1e-9L * peak ? rounded(static_cast<double>(end), 1e-3, 0.1) : 0;
                    if (end < -1e-9L * peak || floor >= peak || digits_of(static_cast<double>(floor)) > 4)
                        continue;
                    for (const real start : {0.0L, 0.1L, 0.01L, 0.05L}) {
                        const real part = (static_cast<real>(first.lr) - start) / (peak - start);
                        if (!(part >= 0) || part > 1)
                            continue;
                        const step_t few = whole(part * 100) + 1;
                        const real many = 1 - 3 * part > 1e-9L ? 1 / (1 - 3 * part) : 0;
                        add_batch_warmup(peak, floor, total, start, few, late);
                        const step_t off = many < 100 ? 1 : many < 2000 ? 8 : 0;
                        for (step_t n = whole(many) - off; n <= whole(many) + off && many > 33; ++n)
                            add_batch_warmup(peak, floor, total, start, n, late);
                    }
                }
            }
    }

    PACER_HOST void add_batch_warmup(real peak, real floor, step_t total, real start, step_t batches, step_t late) {
        if (batches < 1 || batches > 10'000'000 || total < 1 || found_.size() >= most)
            return;
        const step_t warmup = (std::max)(3 * batches, step_t{100});
        const auto fall = [=](step_t epoch) {
            return floor + (peak - floor) * (1 - static_cast<real>(epoch) / static_cast<real>(total));
        };
        followed_curve c;
        c.as_computed = [=](step_t epoch) {
            if (epoch > warmup / batches + 1)
                return static_cast<double>((std::max)(fall(epoch - late), floor));
            const step_t last = batches * (epoch + 1) - 1;
            if (last <= warmup)
                return static_cast<double>(start +
                                           (fall(epoch) - start) * static_cast<real>(last) / static_cast<real>(warmup));
            return static_cast<double>(fall(batches * epoch <= warmup ? epoch : epoch - late));
        };
        // At the points of the warm-up, to their own last digit: else it is the line alone.
        const auto last_digit = [](double lr) {
            return 0.51 * std::pow(10.0, std::floor(std::log10(lr)) + 1 - (std::min)(digits_of(lr), 12));
        };
        std::size_t seen = 0;
        for (; seen < log_.points.size() && log_.points[seen].step - log_.points.front().step <= warmup / batches;
             ++seen)
            if (const log_point& p = log_.points[seen];
                !(p.lr > 0 && std::abs(c.as_computed(p.step - log_.points.front().step) - p.lr) <= last_digit(p.lr)))
                return;
        c.scheduler = "polynomial";
        c.peak_lr = static_cast<double>(peak);
        c.warmup_steps = warmup / batches;
        c.total_steps = total;
        c.schedule = c.as_computed;
        c.roundings = rounding_of_recursions;
        c.note = "after a warm-up of " + std::to_string(warmup) + " batches, " + std::to_string(batches) + " an epoch";
        c.turns = {c.warmup_steps, c.warmup_steps + 1, c.warmup_steps + 2, total, total + 1};
        c.curve = make(c.scheduler, {{"peak_lr", c.peak_lr},
                                     {"end_lr", static_cast<double>(floor)},
                                     {"total_steps", total},
                                     {"warmup", warmup_steps(0)}});
        found_.push_back({std::move(c),
                          rare + bits::of_number(static_cast<double>(peak)) +
                              bits::of_number(static_cast<double>(floor)) + bits::of_count(total) +
                              bits::of_count(batches) + bits::of_choice,
                          log_.points.front().step});
    }

    const log_shapes& log_;
    const fit_hints& hints_;
    std::vector<priced_curve>& found_;
};

}  // namespace pacer::analysis::detail

#endif
