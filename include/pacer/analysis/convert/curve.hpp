// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_CONVERT_CURVE_HPP
#define PACER_ANALYSIS_CONVERT_CURVE_HPP

// What an expression is once its names are looked up: few curves, each with its formula, and operators on them. What
// writes for other trainers looks at these alone, so that pacer's schedules and those of all dialects are one thing to it.

#include <pacer/expression/rewrite.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace pacer::detail::converting {

using syntax::node;

/// A curve of x: the updates since it started.
struct curve {
    enum class kind : unsigned char {
        constant,      ///< from
        ramp,          ///< between `from` and `to` over n updates, by `shape`; then `to`
        waves,         ///< `cycles` waves of a cosine (or descents, `restarts`) over n updates, between `from` and `to`
        inverse_sqrt,  ///< max(to, from sqrt(n / (x + n)))
        inverse_time,  ///< max(to, from / (1 + factor x / every)^power)
        geometric,     ///< max(to, from factor^(x / every))
        milestones,    ///< from factor^(how many of `steps` are <= x)
        log_rise,      ///< from + (to - from) ln(x) / ln(n) from x = 1 to n
        join,          ///< part k from step `steps[k]` on
        advance,       ///< the part, `by` steps ahead
        scale,         ///< the part times `factor`
        clamp,         ///< the part between `from` and `to`
        every,         ///< the part by a clock of `every` steps
        repeat,        ///< the part of `every` steps, `times` times, each time by `factor` less
        product,
        sum,
        mix,     ///< from one part to the other over n updates
        unknown  ///< `why` says what
    };

    kind is = kind::unknown;
    double from = 0;
    double to = 0;
    double n = 0;
    double begun = 0;  ///< x at its start
    ramp_shape shape{};
    bool backwards = false;  ///< of a ramp: the shape of a decay, run backwards
    double exponent = 1;     ///< of a ramp by a cosine: what that is raised to
    double cycles = 0;
    bool restarts = false;
    double factor = 1;
    double power = 1;
    step_t every = 1;
    bool staircase = false;
    step_t by = 0;
    step_t times = endless;
    std::vector<step_t> steps{};
    std::vector<curve> parts{};
    std::string why{};
    const node* source = nullptr;  ///< the named schedule that it is all of
    bool is_whole = false;         ///< a join that is not taken apart

    [[nodiscard]] PACER_HOST bool is_constant(double rate) const { return is == kind::constant && from == rate; }
    [[nodiscard]] PACER_HOST bool is_ramp(ramp_shape by_shape) const {
        return is == kind::ramp && shape.which() == by_shape.which() && exponent == 1;
    }
    /// Whether nothing of it is done when it starts.
    [[nodiscard]] PACER_HOST bool is_fresh() const { return begun == 0 && n == static_cast<double>(whole(n)); }

    /// Whether its shape is not the same run backwards.
    [[nodiscard]] PACER_HOST bool backwards_shape() const {
        return backwards && shape.which() != ramp_shape::kind::linear && shape.which() != ramp_shape::kind::cosine &&
               shape.which() != ramp_shape::kind::exponential;
    }

    PACER_HOST static step_t whole(double x) { return x >= 0 && x <= 0x1p53 ? floor_to_int(x) : -1; }
};

PACER_HOST inline curve unknown(std::string why) {
    curve c;
    c.why = std::move(why);
    return c;
}
PACER_HOST inline curve constant_of(double rate) {
    curve c;
    c.is = curve::kind::constant;
    c.from = c.to = rate;
    return c;
}
PACER_HOST inline curve ramp_of(double from, double to, double n, ramp_shape shape, double begun = 0,
                                bool backwards = false) {
    curve c;
    c.is = curve::kind::ramp;
    c.from = from;
    c.to = to;
    c.n = n;
    c.begun = begun;
    c.shape = shape;
    c.backwards = backwards;
    return c;
}
PACER_HOST inline curve operation(curve::kind is, std::vector<curve> parts) {
    curve c;
    c.is = is;
    c.parts = std::move(parts);
    return c;
}

/// One after another, each from its step on; those that are joins are taken apart, and those that are never reached left
/// out.
PACER_HOST inline curve join_of(std::vector<curve> parts, const std::vector<step_t>& steps) {
    curve whole;
    whole.is = curve::kind::join;
    for (std::size_t k = 0; k < parts.size(); ++k) {
        const step_t start = steps[k];
        const step_t end = k + 1 < parts.size() ? steps[k + 1] : endless;
        const auto add = [&](curve c, step_t at) {
            if (!whole.parts.empty() && c.is == curve::kind::constant && whole.parts.back().is_constant(c.from))
                return;
            whole.parts.push_back(std::move(c));
            whole.steps.push_back(at);
        };
        if (start >= end)
            continue;
        if (parts[k].is != curve::kind::join || parts[k].is_whole) {
            add(std::move(parts[k]), start);
            continue;
        }
        for (std::size_t j = 0; j < parts[k].parts.size(); ++j)
            if (parts[k].steps[j] < end - start)
                add(std::move(parts[k].parts[j]), start + parts[k].steps[j]);
    }
    if (whole.parts.size() != 1)
        return whole;
    curve only = std::move(whole.parts[0]);
    return only;
}

/// The same some steps ahead.
PACER_HOST inline curve advanced(const curve& c, step_t by) {
    if (by == 0 || c.is == curve::kind::constant)
        return c;
    if (c.is == curve::kind::join) {
        std::vector<curve> parts;
        std::vector<step_t> steps;
        for (std::size_t k = 0; k < c.parts.size(); ++k) {
            if (k + 1 < c.parts.size() && c.steps[k + 1] <= by)
                continue;
            parts.push_back(advanced(c.parts[k], c.steps[k] < by ? by - c.steps[k] : 0));
            steps.push_back(c.steps[k] < by ? 0 : c.steps[k] - by);
        }
        return join_of(std::move(parts), steps);
    }
    const bool has_start = c.is < curve::kind::join && c.is != curve::kind::milestones &&
                           !(c.is == curve::kind::geometric && c.staircase) &&
                           !(c.is == curve::kind::inverse_time && c.staircase);
    if (has_start) {
        curve later = c;
        later.begun += static_cast<double>(by);
        later.source = nullptr;
        return later;
    }
    if (c.is == curve::kind::unknown)
        return c;
    curve later = operation(curve::kind::advance, {c});
    later.by = by;
    return later;
}

/// The same with every rate r as k r + d, where that is the same curve between other rates.
PACER_HOST inline bool map_rates(curve& c, double k, double d) {
    using kind = curve::kind;
    c.source = nullptr;
    const bool is_affine =
        c.is == kind::constant || c.is == kind::ramp || c.is == kind::waves || c.is == kind::log_rise;
    const bool is_scaled = d == 0 && (c.is == kind::inverse_sqrt || c.is == kind::inverse_time ||
                                      c.is == kind::geometric || c.is == kind::milestones);
    if (c.is == kind::ramp && c.shape.which() == ramp_shape::kind::exponential && (d != 0 || k == 0))
        return false;
    if (is_affine || is_scaled) {
        c.from = c.from * k + d;
        c.to = c.to * k + d;
        const auto is_rate = [](double x) { return is_between_0_and(largest<double>, x); };
        if (!is_rate(c.from) || !is_rate(c.to))
            c = unknown("rates beyond the largest double");
        return true;
    }
    if (c.is == kind::product)
        return d == 0 && map_rates(c.parts[0], k, d);
    const bool passes = c.is == kind::join || c.is == kind::advance || c.is == kind::every ||
                        (d == 0 && (c.is == kind::repeat || c.is == kind::sum || c.is == kind::mix));
    for (curve& part : c.parts)
        if (!passes || !map_rates(part, k, d))
            return false;
    return passes;
}

PACER_HOST inline curve scaled(const curve& c, double factor) {
    curve result = c;
    if (factor == 1 || c.is == curve::kind::unknown || map_rates(result, factor, 0))
        return result;
    result = operation(curve::kind::scale, {c});
    result.factor = factor;
    return result;
}

/// The fields of a named schedule, by their names.
class field_values {
public:
    PACER_HOST explicit field_values(const node& n) { n.collect(given_, defaults_); }

    template <class T>
    [[nodiscard]] PACER_HOST T get(const char* name, T otherwise = {}) const {
        const syntax::field_slot* slot = given_.find(name);
        return slot != nullptr ? slot->template as<T>() : otherwise;
    }
    [[nodiscard]] PACER_HOST double number(const char* name) const { return get<double>(name); }
    [[nodiscard]] PACER_HOST step_t count(const char* name) const { return get<step_t>(name); }
    /// A rate, or a ratio of `peak_lr`.
    [[nodiscard]] PACER_HOST double rate(const char* name) const {
        return rate_of(get<lr_or_ratio>(name), number("peak_lr"));
    }
    [[nodiscard]] PACER_HOST bool has(const char* name) const {
        const syntax::field_slot* slot = given_.find(name);
        return slot != nullptr && !slot->is_open();
    }
    [[nodiscard]] PACER_HOST std::string text(const char* name) const {
        const syntax::field_slot* slot = given_.find(name);
        return slot != nullptr ? slot->text() : std::string();
    }
    [[nodiscard]] PACER_HOST bool is_default(unsigned k) const { return given_[k].is_like(defaults_[k]); }
    [[nodiscard]] PACER_HOST const syntax::field_slots& all() const { return given_; }

private:
    syntax::field_slots given_{};
    syntax::field_slots defaults_{};
};

/// Reads an expression.
class reader {
public:
    // NOLINTNEXTLINE(misc-no-recursion): no deeper than `deepest_expression`
    [[nodiscard]] PACER_HOST static curve read(const node& n) {
        if (n.operation() != nullptr)
            return read_operator(n);
        if (n.name_in_dialect() != nullptr)
            return read_dialect(n);
        if (n.kind() == syntax::in_no_list)
            return unknown("a curve that has no name");
        curve c = read_named(n, field_values(n), syntax::expressible_schedules::names[n.kind()]);
        c.source = &n;
        return c;
    }

private:
    static constexpr std::size_t most_cycles = 64;

    /// A warm-up, then what counts from its end, then what comes after the end.
    PACER_HOST static curve after_warmup(const node& n, const field_values& f, double peak, curve tail) {
        const step_t total = f.get<step_t>("total_steps", endless);
        const auto w = f.get<warmup>("warmup");
        const step_t steps = w.steps(total);
        const first_step_offset offset(f.get<first_step>("first_step"));
        return ended(n, f,
                     join_of({ramp_of(f.number("init_lr"), peak, w.length(total) + offset.longer,
                                      f.get<ramp_shape>("warmup_shape"), offset.shift, true),
                              std::move(tail)},
                             {0, steps}));
    }
    PACER_HOST static curve ended(const node& n, const field_values& f, curve c) {
        const step_t total = f.get<step_t>("total_steps", endless);
        const auto policy = f.get<past_end>("past_end");
        if (total == endless || policy == past_end::wave)
            return c;
        if (policy == past_end::repeat && total > 0)
            return repeated(std::move(c), total);
        return join_of({std::move(c), constant_of(policy == past_end::zero ? 0 : n.rate(total))}, {0, total});
    }
    PACER_HOST static curve repeated(curve c, step_t length, step_t times = endless, double factor = 1) {
        curve r = operation(curve::kind::repeat, {std::move(c)});
        r.every = length;
        r.times = times;
        r.factor = factor;
        return r;
    }
    PACER_HOST static curve waves_of(const field_values& f, double floor, double ahead, bool restarts) {
        const step_t total = f.count("total_steps");
        const auto w = f.get<warmup>("warmup");
        const double begun = static_cast<double>(w.steps(total)) - w.length(total) + ahead;
        // Where nothing is left of the run, a wave goes on past the end as if one update were.
        const double left = static_cast<double>(total) - w.length(total);
        const double n = left > 0 ? left : 1;
        const double cycles = f.number("num_cycles");
        const bool goes_on = f.get<past_end>("past_end") == past_end::wave;
        if (cycles == (restarts ? 1 : 0.5) && !goes_on)
            return ramp_of(f.number("peak_lr"), floor, n, ramp_shape::cosine, begun);
        curve c = ramp_of(f.number("peak_lr"), floor, n, ramp_shape::cosine, begun);
        c.is = curve::kind::waves;
        c.cycles = cycles;
        c.restarts = restarts;
        return c;
    }

    PACER_HOST static curve read_named(const node& n, const field_values& f, std::string_view name) {
        const double peak = f.number("peak_lr");
        const step_t total = f.get<step_t>("total_steps", endless);
        const auto w = f.get<warmup>("warmup");
        const double begun = static_cast<double>(w.steps(total)) - w.length(total);
        const double left = static_cast<double>(total) - w.length(total);
        curve c;
        c.from = peak;
        c.begun = begun;
        if (name == "constant")
            return ended(n, f, constant_of(peak));
        if (name == "constant_with_warmup")
            return after_warmup(n, f, peak, constant_of(peak));
        if (name == "linear_warmup") {
            const first_step_offset offset(f.get<first_step>("first_step"));
            return ended(n, f,
                         ramp_of(f.number("init_lr"), peak, static_cast<double>(total) + offset.longer,
                                 f.get<ramp_shape>("warmup_shape"), offset.shift, true));
        }
        if (name == "linear")
            return after_warmup(n, f, peak, ramp_of(peak, f.rate("end_lr"), left, ramp_shape::linear, begun));
        if (name == "polynomial") {
            const double power = f.number("power");
            return after_warmup(n, f, peak,
                                ramp_of(peak, f.rate("end_lr"), left,
                                        power == 1 ? ramp_shape(ramp_shape::linear) : ramp_shape::power(power), begun));
        }
        if (name == "cosine")
            return after_warmup(n, f, peak, waves_of(f, 0, 0, false));
        if (name == "cosine_with_min_lr")
            return after_warmup(n, f, peak, waves_of(f, f.rate("min_lr"), 0, false));
        if (name == "cosine_with_restarts")
            return after_warmup(n, f, peak, waves_of(f, f.rate("min_lr"), 0, true));
        if (name == "cosine_warmup_with_min_lr")
            return ahead_of_cosine(n, f);
        if (name == "inverse_sqrt") {
            const double length = w.length(total);
            c.is = curve::kind::inverse_sqrt;
            c.to = f.rate("min_lr");
            c.n = f.count("timescale") > 0 ? static_cast<double>(f.count("timescale")) : length > 0 ? length : 10'000;
            return after_warmup(n, f, peak, c);
        }
        if (name == "inverse_time") {
            c.is = curve::kind::inverse_time;
            c.to = f.rate("min_lr");
            c.factor = f.number("decay_rate");
            c.power = f.number("power");
            c.every = f.count("every");
            c.staircase = f.get<bool>("staircase");
            c.begun = c.staircase ? 0 : begun;
            return after_warmup(n, f, peak, c);
        }
        if (name == "exponential" && f.has("end_lr"))
            return after_warmup(n, f, peak, ramp_of(peak, f.rate("end_lr"), left, ramp_shape::exponential, begun));
        if (name == "exponential" || name == "step_decay") {
            c.is = curve::kind::geometric;
            c.to = f.rate("min_lr");
            c.factor = f.number(name == "exponential" ? "gamma" : "factor");
            c.every = f.count("every");
            c.staircase = name == "step_decay" || f.get<bool>("staircase");
            c.begun = c.staircase ? 0 : begun;
            return after_warmup(n, f, peak, c.factor == 1 ? constant_of(peak) : c);
        }
        if (name == "multi_step")
            return after_warmup(n, f, peak, stairs(f, w.steps(total)));
        if (name == "warmup_stable_decay")
            return stable_decay(n, f, begun);
        if (name == "piecewise")
            return pieces(n, f);
        if (name == "one_cycle")
            return one_cycle(n, f);
        if (name == "cyclic")
            return triangles(n, f);
        if (name == "sgdr")
            return cycles(n, f);
        return unknown("the schedule " + std::string(name));
    }

    PACER_HOST static curve ahead_of_cosine(const node& n, const field_values& f) {
        const step_t total = f.count("total_steps");
        const auto w = f.get<warmup>("warmup");
        const double peak = f.number("peak_lr");
        const double length = w.length(total);
        const bool has_start = f.get<lr_or_ratio>("init_lr").is_given();
        const curve rise =
            has_start ? ramp_of(f.rate("init_lr"), peak, length > 2 ? length - 1 : 1, ramp_shape::linear, 0, true)
                      : ramp_of(0, peak, length, ramp_shape::linear, 1, true);
        return ended(n, f, join_of({rise, waves_of(f, f.rate("min_lr"), 1, false)}, {0, w.steps(total)}));
    }

    PACER_HOST static curve stairs(const field_values& f, step_t warmup_steps) {
        const double peak = f.number("peak_lr");
        const auto at = f.get<list<step_t>>("milestones");
        const auto rates = f.get<list<double>>("rates");
        if (rates.is_empty()) {
            curve c = constant_of(peak);
            c.is = curve::kind::milestones;
            c.factor = f.number("factor");
            for (const step_t step : at)
                c.steps.push_back(step - warmup_steps);
            return c;
        }
        std::vector<curve> parts{constant_of(peak)};
        std::vector<step_t> steps{0};
        for (step_t k = 0; k < at.size(); ++k) {
            parts.push_back(constant_of(rates[k]));
            steps.push_back(at[k] - warmup_steps);
        }
        return join_of(std::move(parts), steps);
    }

    PACER_HOST static curve stable_decay(const node& n, const field_values& f, double begun) {
        const double peak = f.number("peak_lr");
        const step_t stable = f.count("stable_steps");
        const double behind = stable == 0 ? begun : 0;
        return after_warmup(n, f, peak,
                            join_of({constant_of(peak), ramp_of(peak, f.rate("min_lr"),
                                                                static_cast<double>(f.count("decay_steps")) + behind,
                                                                f.get<ramp_shape>("decay_shape"), behind)},
                                    {0, stable}));
    }

    PACER_HOST static curve pieces(const node& n, const field_values& f) {
        const auto at = f.get<list<step_t>>("at");
        const auto rates = f.get<list<double>>("rates");
        const auto between = f.get<interpolation>("interpolation");
        const ramp_shape shape = between == interpolation::cosine        ? ramp_shape::cosine
                                 : between == interpolation::exponential ? ramp_shape::exponential
                                                                         : ramp_shape::linear;
        std::vector<curve> parts{constant_of(rates[0])};
        std::vector<step_t> steps{0};
        for (step_t k = 0; k < at.size(); ++k) {
            const bool is_flat = between == interpolation::constant || k + 1 == at.size() || rates[k] == rates[k + 1];
            parts.push_back(is_flat ? constant_of(rates[k])
                                    : ramp_of(rates[k], rates[k + 1], static_cast<double>(at[k + 1] - at[k]), shape));
            steps.push_back(at[k]);
        }
        const curve whole = join_of(std::move(parts), steps);
        const auto w = f.get<warmup>("warmup");
        const step_t total = f.count("total_steps");
        const step_t warm = w.steps(total);
        return after_warmup(n, f, warm == 0 ? rates[0] : n.rate(warm), advanced(whole, warm));
    }

    PACER_HOST static curve one_cycle(const node& n, const field_values& f) {
        const double peak = f.number("peak_lr");
        const double init = f.rate("init_lr");
        const double end = f.rate("end_lr");
        const auto total = static_cast<double>(f.count("total_steps"));
        const bool three = f.get<bool>("three_phase");
        const auto shape = f.get<ramp_shape>("shape");
        const double pct_start = f.number("pct_start");
        const double risen = times(total, pct_start) - 1;
        const double fallen = three ? times(2 * total, pct_start) - 2 : risen;
        const auto first_after = [](double x) { return x < 0 ? step_t{0} : floor_to_int(x) + 1; };
        const step_t second = first_after(risen);
        const step_t third = (std::max)(first_after(fallen), second);
        const auto from = [&](double a, double b, double x, double y, step_t at) {
            return ramp_of(a, b, y > x ? y - x : 0, shape, static_cast<double>(at) - x);
        };
        return ended(
            n, f,
            join_of({ramp_of(init, peak, risen > 0 ? risen : 0, shape, 0, true),
                     from(peak, init, risen, fallen, second), from(three ? init : peak, end, fallen, total - 1, third)},
                    {0, second, third}));
    }

    PACER_HOST static curve triangles(const node& n, const field_values& f) {
        const double low = f.rate("min_lr");
        const step_t up = f.count("up_steps");
        const step_t down = f.count("down_steps");
        const auto mode = f.get<cycle_mode>("mode");
        const auto triangle = [&](double lowest, double highest) {
            return join_of({ramp_of(lowest, highest, static_cast<double>(up), ramp_shape::linear, 0, true),
                            ramp_of(highest, lowest, static_cast<double>(down), ramp_shape::linear)},
                           {0, up});
        };
        const double high = f.number("peak_lr");
        if (mode == cycle_mode::triangular)
            return ended(n, f, repeated(triangle(low, high), up + down));
        if (mode == cycle_mode::triangular2) {
            const curve falling = repeated(triangle(0, high - low), up + down, endless, 0.5);
            return ended(n, f, low == 0 ? falling : operation(curve::kind::sum, {constant_of(low), falling}));
        }
        curve decay = constant_of(1);
        decay.is = curve::kind::geometric;
        decay.to = 0;
        decay.factor = f.number("gamma");
        const curve falling =
            operation(curve::kind::product, {repeated(triangle(0, high - low), up + down), std::move(decay)});
        return ended(n, f, low == 0 ? falling : operation(curve::kind::sum, {constant_of(low), falling}));
    }

    PACER_HOST static curve cycles(const node& n, const field_values& f) {
        const double low = f.rate("min_lr");
        const double factor = f.number("peak_factor");
        const step_t growth = f.count("growth");
        const step_t total = f.get<step_t>("total_steps", endless);
        const auto w = f.get<warmup>("warmup");
        const first_step_offset offset(f.get<first_step>("first_step"));
        const auto one = [&](double init, double peak, step_t length) {
            const double warm = w.length(total);
            return join_of(
                {ramp_of(init, peak, warm + offset.longer, f.get<ramp_shape>("warmup_shape"), offset.shift, true),
                 ramp_of(peak, low, static_cast<double>(length) - warm, ramp_shape::cosine,
                         static_cast<double>(w.steps(total)) - warm)},
                {0, w.steps(total)});
        };
        const step_t first = f.count("cycle_steps");
        const double peak = f.number("peak_lr");
        const bool starts_alike = w.steps(total) == 0 || f.number("init_lr") == low;
        if (growth == 1 && (factor == 1 || (low == 0 && starts_alike)) && f.number("init_lr") <= peak) {
            curve all = repeated(one(low, peak, first), first, endless, factor);
            if (!starts_alike)
                all = join_of({one(f.number("init_lr"), peak, first), all}, {0, first});
            return ended(n, f, all);
        }
        std::vector<curve> parts;
        std::vector<step_t> steps;
        double top = peak;
        step_t length = first;
        for (step_t at = 0; at < (std::min)(total, longest); top *= factor) {
            if (parts.size() == most_cycles)
                return unknown("sgdr of more than 64 cycles whose peaks fall");
            parts.push_back(one(at == 0 ? f.number("init_lr") : low, (std::max)(top, low), length));
            steps.push_back(at);
            at += length;
            length = length > longest / growth ? longest : length * growth;
        }
        curve all = join_of(std::move(parts), steps);
        all.is_whole = true;
        all.source = &n;
        return ended(n, f, all);
    }

    // What dialects have beside named schedules and operators.
    // NOLINTNEXTLINE(misc-no-recursion): no deeper than `deepest_expression`
    PACER_HOST static curve read_dialect(const node& n) {
        const field_values f(n);
        const std::string_view name = n.name_in_dialect();
        const auto steps = [&](const char* field) { return static_cast<double>(f.count(field)); };
        curve c;
        if (name == "pytorch::exponential_lr") {
            c = constant_of(f.number("lr"));
            c.is = curve::kind::geometric;
            c.to = 0;
            c.factor = f.number("gamma");
        } else if (name == "optax::cosine_decay_schedule") {
            const double first = f.number("init_value");
            c = raised_cosine(first, first * f.number("alpha"), steps("decay_steps"), f.number("exponent"));
        } else if (name == "optax::warmup_cosine_decay_schedule") {
            const double warm = steps("warmup_steps");
            const double peak = f.number("peak_value");
            c = join_of({ramp_of(f.number("init_value"), peak, warm, ramp_shape::linear, 0, true),
                         raised_cosine(peak, f.number("end_value"), steps("decay_steps") - warm, f.number("exponent"))},
                        {0, f.count("warmup_steps")});
        } else if (name == "deepspeed::warmup_lr" || name == "deepspeed::warmup_decay_lr" ||
                   name == "deepspeed::warmup_cosine_lr") {
            c = deepspeed_warmup(f, name);
        } else if (name == "deepspeed::one_cycle") {
            c = deepspeed_cycle(f);
        } else {
            c = read(*n.meaning());
            if (has_unknown(c))
                c = unknown(std::string(name) + ", which has a curve of its own");
        }
        c.source = &n;
        return c;
    }
    // NOLINTNEXTLINE(misc-no-recursion): as deep as the curve
    PACER_HOST static bool has_unknown(const curve& c) {
        return c.is == curve::kind::unknown || std::any_of(c.parts.begin(), c.parts.end(), has_unknown);
    }
    PACER_HOST static curve raised_cosine(double from, double to, double n, double exponent) {
        curve c = ramp_of(from, to, n, ramp_shape::cosine);
        c.exponent = exponent;
        return join_of({c, constant_of(to)}, {0, curve::whole(n)});
    }
    // It counts from one update before its start.
    PACER_HOST static curve deepspeed_warmup(const field_values& f, std::string_view name) {
        const bool is_cosine = name == "deepspeed::warmup_cosine_lr";
        const step_t warm = (std::max)(f.count("warmup_num_steps"), step_t{2});
        const double high = f.number(is_cosine ? "lr" : "warmup_max_lr");
        const double low = is_cosine ? high * f.number("warmup_min_ratio") : f.number("warmup_min_lr");
        curve rise = ramp_of(low, high, static_cast<double>(warm), ramp_shape::linear, 0, true);
        if (f.text("warmup_type") == "log") {
            rise.is = curve::kind::log_rise;
            rise.begun = 1;
        }
        const step_t risen = f.text("warmup_type") == "log" ? warm : warm + 1;
        const double first = is_cosine ? 0 : low;
        if (name == "deepspeed::warmup_lr")
            return join_of({constant_of(first), rise, constant_of(high)}, {0, 1, risen});
        const step_t total = f.count("total_num_steps");
        const double end = is_cosine ? high * f.number("cos_min_ratio") : low;
        const auto length = static_cast<double>((std::max)(total - warm, is_cosine ? step_t{1} : step_t{0}));
        const curve fall =
            ramp_of(high, end, length, is_cosine ? ramp_shape::cosine : ramp_shape::linear, is_cosine ? 1 : 0);
        const step_t fallen = warm + 1 + static_cast<step_t>(length) - (is_cosine ? 1 : 0);
        return join_of({constant_of(first), rise, constant_of(high), fall, constant_of(end)},
                       {0, 1, risen, warm + 1, fallen});
    }
    PACER_HOST static curve deepspeed_cycle(const field_values& f) {
        const step_t up = f.count("cycle_first_step_size");
        const step_t down = f.has("cycle_second_step_size") ? f.count("cycle_second_step_size") : up;
        const bool has_stairs = f.count("cycle_first_stair_count") > 0 ||
                                (f.has("cycle_second_stair_count") && f.count("cycle_second_stair_count") > 0);
        if (has_stairs)
            return unknown("deepspeed::one_cycle with stairs");
        const double low = f.number("cycle_min_lr");
        const double high = f.number("cycle_max_lr");
        curve tail = constant_of(low);
        if (f.count("decay_step_size") > 0 && f.number("decay_lr_rate") > 0) {
            tail.is = curve::kind::inverse_time;
            tail.to = 0;
            tail.factor = f.number("decay_lr_rate");
            tail.every = f.count("decay_step_size");
        }
        return join_of({ramp_of(low, high, static_cast<double>(up), ramp_shape::linear, 0, true),
                        ramp_of(high, low, static_cast<double>(down), ramp_shape::linear), tail},
                       {0, up, up + down});
    }

    // NOLINTNEXTLINE(misc-no-recursion): no deeper than `deepest_expression`
    PACER_HOST static curve read_operator(const node& n) {
        using namespace syntax;
        const operator_values& v = n.values();
        const auto part = [&](std::size_t k) { return read(*n.parts()[k]); };
        const auto rate = [&](std::size_t k, step_t step) { return n.parts()[k]->rate(step); };
        if (is<operators::join>(n)) {
            const auto& starts = static_cast<const join_node&>(n).starts();
            std::vector<curve> parts;
            for (std::size_t k = 0; k < starts.size(); ++k) {
                const bool is_reached = k + 1 == starts.size() ? starts[k] < endless : starts[k] < starts[k + 1];
                parts.push_back(is_reached ? part(k) : constant_of(0));
            }
            return join_of(std::move(parts), starts);
        }
        if (is<operators::scale>(n))
            return scaled(part(0), v.numbers[0]);
        if (is<operators::advance>(n))
            return advanced(part(0), v.steps[0]);
        if (is<operators::delay>(n))
            return join_of({constant_of(rate(0, 0)), part(0)}, {0, v.steps[0]});
        if (is<operators::repeat>(n))
            return repeated(part(0), n.parts()[0]->total_steps(), v.steps[0], v.numbers[0]);
        if (is<operators::cooldown>(n))
            return join_of({part(0),
                            ramp_of(rate(0, v.steps[0]), v.numbers[0], static_cast<double>(v.steps[1]), v.shape),
                            constant_of(v.numbers[0])},
                           {0, v.steps[0], v.steps[0] + v.steps[1]});
        const step_t at = v.steps[0];
        const step_t over = v.steps[1];
        if (is<operators::rewarm>(n)) {
            // A transition that rises has the shape of a decay as it is, not run backwards.
            return join_of({part(0), ramp_of(rate(0, at), rate(1, at + over), static_cast<double>(over), v.shape),
                            advanced(part(1), at + over)},
                           {0, at, at + over});
        }
        if (is<operators::blend>(n)) {
            curve between = operation(curve::kind::mix, {advanced(part(0), at), advanced(part(1), at)});
            between.n = static_cast<double>(over);
            return join_of({part(0), between, advanced(part(1), at + over)}, {0, at, at + over});
        }
        if (is<operators::rescale>(n)) {
            const double start = rate(1, at);
            const double end = rate(1, n.parts()[1]->total_steps());
            const double old = rate(0, at);
            const double k = start > end ? (old - end) / (start - end) : 0;
            curve next = advanced(part(1), at);
            if (!map_rates(next, k, k == 1 ? 0 : end - k * end))
                return unknown("rescale of a schedule that is no ramp or wave");
            return join_of({part(0), next}, {0, at});
        }
        if (is<operators::every>(n)) {
            curve c = operation(curve::kind::every, {part(0)});
            c.every = at;
            return at == 1 ? c.parts[0] : c;
        }
        if (is<operators::clamp>(n)) {
            curve c = operation(curve::kind::clamp, {part(0)});
            c.from = v.numbers[0];
            c.to = v.numbers[1];
            return c;
        }
        return operation(is<operators::sum>(n) ? curve::kind::sum : curve::kind::product, {part(0), part(1)});
    }
};

/// What keeps a curve from being written as a formula; empty if nothing does.
// NOLINTNEXTLINE(misc-no-recursion): as deep as the curve
PACER_HOST inline std::string why_unknown(const curve& c) {
    if (c.is == curve::kind::unknown)
        return c.why;
    for (const curve& part : c.parts)
        if (std::string why = why_unknown(part); !why.empty())
            return why;
    return {};
}

}  // namespace pacer::detail::converting

#endif
