// SPDX-License-Identifier: MIT
// What is known of a schedule without asking it, computed from the settings alone: its formula in any floating type, its
// bounds, the values it has to the last bit, and where it rises and falls.
#ifndef PACER_TESTS_SUPPORT_FACTS_HPP
#define PACER_TESTS_SUPPORT_FACTS_HPP

#include "settings.hpp"

#include <algorithm>
#include <functional>
#include <numbers>
#include <optional>
#include <vector>

namespace support {

// The functions that formulas need, of a floating type. accuracy_table.cpp has those of 113 bits.
template <class F>
struct real {
    static F sqrt(F x) { return std::sqrt(x); }
    static F sin(F x) { return std::sin(x); }
    static F exp2m1(F x) { return std::expm1(x * std::numbers::ln2_v<F>); }
    static F pow(F x, F y) { return std::pow(x, y); }
    static F fmod(F x, F y) { return std::fmod(x, y); }
    static F half_pi() { return std::numbers::pi_v<F> / 2; }
};

template <class F>
F sine_squared(F quarter_turns) {
    const F sine = real<F>::sin(real<F>::half_pi() * quarter_turns);
    return sine * sine;
}

// x^power, without a general power where a product or a root is the same.
template <class F>
F power_of(F x, double power) {
    const F whole = power >= 3 ? x * x * x : power >= 2 ? x * x : power >= 1 ? x : F(1);
    const double rest = power < 4 ? power - std::floor(power) : 1;
    return rest == 0 ? whole : rest == 0.5 ? whole * real<F>::sqrt(x) : real<F>::pow(x, static_cast<F>(power));
}

// A shape between two rates after x of n updates, from the nearer end as well as F allows.
template <class F>
F between(F from, F to, F x, F n, pacer::ramp_shape shape) {
    if (x >= n)
        return to;
    const F r = x / n;
    const F q = (n - x) / n;
    F done = 0;
    F left = 0;
    switch (shape.which()) {
    case pacer::ramp_shape::kind::linear: done = r, left = q; break;
    case pacer::ramp_shape::kind::cosine: done = sine_squared(r), left = sine_squared(q); break;
    case pacer::ramp_shape::kind::one_minus_sqrt: done = real<F>::sqrt(r), left = q / (1 + done); break;
    case pacer::ramp_shape::kind::half_life: done = -2 * real<F>::exp2m1(-r), left = real<F>::exp2m1(q); break;
    case pacer::ramp_shape::kind::exponential: return from * real<F>::pow(to / from, r);
    case pacer::ramp_shape::kind::power: left = power_of(q, shape.exponent()), done = 1 - left; break;
    }
    return 2 * done < 1 ? from + (to - from) * done : to + (from - to) * left;
}

// The number of updates since the end of the warm-up, and how many follow it: broken if it ends between two updates.
template <class F>
F since_warmup(const settings& s, step_t step) {
    return static_cast<F>(step) - static_cast<F>(s.length());
}

// The warm-up of `first_step`, between two rates. It mirrors the decay of its shape: it is that shape run backwards.
template <class F>
F warmup_between(const settings& s, step_t step, F init, F peak) {
    const F later = s.first == pacer::first_step::from_zero ? 0 : 1;
    const F longer = s.first == pacer::first_step::over_plus_one ? 1 : 0;
    const F x = static_cast<F>(step) + later;
    const F n = static_cast<F>(s.length()) + longer;
    return x >= n ? peak : between(peak, init, n - x, n, s.warmup_shape);
}
template <class F>
F warmup_formula(const settings& s, step_t step) {
    return warmup_between(s, step, static_cast<F>(s.init), static_cast<F>(s.peak));
}

// `waves` half periods of a cosine, down and up by turns, `x` updates after the warm-up.
template <class F>
F wave_formula(const settings& s, double end, F x) {
    const F rest = since_warmup<F>(s, s.total);
    const F n = rest > 0 ? rest : F(1);
    const F y = real<F>::fmod(x * (2 * static_cast<F>(s.waves)), 2 * n);
    return between(static_cast<F>(s.peak), static_cast<F>(end), y > n ? 2 * n - y : y, n, pacer::ramp_shape::cosine);
}

// ---------------------------------------------------------------------------------------------------------------------

enum class turn { up, down };

struct phase {
    step_t first;
    step_t last;
    turn direction;
};

struct landmark {
    step_t step;
    double rate;
};

using formula = std::function<std::optional<long double>(step_t)>;  // nothing where there is no independent value

struct facts {
    double lowest = 0;
    double highest = 0;
    step_t total = 0;
    std::vector<landmark> exact{};
    std::vector<phase> phases{};
    formula closed_form{};  // for 0 <= s < total, and past it where the wave goes on
    double peak_ulps = 8;   // how near the schedule is to it, in ULP of `highest`
    double value_ulps = 0;  // and in ULP of the value; 0: not promised
};

// The facts of being 0 past the end.
inline void go_to_zero(facts& known, const settings& s) {
    if (s.past != pacer::past_end::zero || s.total == pacer::endless)
        return;
    known.lowest = 0;
    for (const step_t step : {s.total, s.total + 1, 2 * s.total + 7, last_step})
        known.exact.push_back({step, 0});
}

// A warm-up of `settings`, then whatever goes from the peak to `end`.
inline facts after_warmup(const settings& s, double end) {
    const step_t boundary = s.warmup_updates();
    facts known;
    known.total = s.total;
    known.lowest = boundary > 0 ? std::min(s.init, end) : end;
    known.highest = s.peak;
    if (boundary > 0) {
        // Up to the peak, where an update runs at it: not if the warm-up ends between two updates.
        known.phases.push_back({0, s.whole() ? std::min(boundary, s.total - 1) : boundary - 1, turn::up});
        if (s.first == pacer::first_step::from_zero)
            known.exact.push_back({0, s.init});
        if (s.first == pacer::first_step::from_first && s.whole())
            known.exact.push_back({boundary - 1, s.peak});
    }
    if (s.whole() && boundary < s.total)
        known.exact.push_back({boundary, s.peak});
    go_to_zero(known, s);
    return known;
}

// The facts of holding `end` past the end.
inline void hold(facts& known, const settings& s, double end) {
    if (s.past != pacer::past_end::hold || s.total == pacer::endless)
        return;
    for (const step_t step : {s.total, s.total + 1, 2 * s.total + 7, last_step})
        known.exact.push_back({step, end});
}

// Where the last update is that a phase which goes on to the end may be asked for.
inline step_t end_of(const settings& s) {
    if (s.total == pacer::endless)
        return last_step;
    return s.past == pacer::past_end::hold ? s.total + 3 : s.total - 1;
}

// One fall from the warm-up's end to `end` at the total.
inline facts one_descent(const settings& s, double end) {
    facts known = after_warmup(s, end);
    hold(known, s, end);
    if (s.warmup_updates() <= end_of(s))
        known.phases.push_back({s.warmup_updates(), end_of(s), turn::down});
    known.value_ulps = s.whole() ? 8 : 0;
    return known;
}

// The facts of `wave_formula` from x = `ahead` on.
inline facts half_waves(const settings& s, double end, long double ahead) {
    const auto length = static_cast<long double>(s.length());
    const long double rest = static_cast<long double>(s.total) - length;
    const long double half = (rest > 0 ? rest : 1) / (2 * static_cast<long double>(s.waves));
    facts known = after_warmup(s, end);
    const bool simple = s.waves == 0.5;
    if (simple && s.past == pacer::past_end::hold)
        hold(known, s, end);
    if (simple && s.past == pacer::past_end::wave && s.whole() && rest > 0 && s.total < (step_t{1} << 52)) {
        const auto trough = static_cast<step_t>(ahead);
        known.exact.push_back({s.total - trough, end});
        known.exact.push_back({s.total + static_cast<step_t>(rest) - trough, s.peak});
    }
    if (simple && s.whole())
        known.value_ulps = 8;
    known.peak_ulps = 8 + 16 * s.waves;
    const step_t stop = s.past == pacer::past_end::wave ? s.total + 3 : simple ? end_of(s) : s.total - 1;
    for (int k = 0; k < 5; ++k) {
        const long double from = std::ceil(half * k - ahead + length);
        const long double to = std::floor(half * (k + 1) - ahead + length);
        const step_t first = std::max(static_cast<step_t>(from), s.warmup_updates());
        const bool held = simple && k == 0 && s.past == pacer::past_end::hold;
        const step_t last = held ? stop : std::min(stop, to > 0x1p62L ? stop : static_cast<step_t>(to));
        if (first <= last)
            known.phases.push_back({first, last, k % 2 == 0 ? turn::down : turn::up});
        if (held)
            break;
    }
    return known;
}

}  // namespace support

#endif
