// SPDX-License-Identifier: MIT
// The one table of schedules that the guarantees are tested over. A row is a kind of schedule: how it is made from
// `settings`, and what is known of it without asking it - its bounds, its exact values, where it rises and falls, and
// its formula in long double. A new schedule is covered by adding one row to `rows`.
#ifndef PACER_TESTS_SUPPORT_SCHEDULES_HPP
#define PACER_TESTS_SUPPORT_SCHEDULES_HPP

#include "support/check.hpp"
#include "support/dice.hpp"

#include <pacer/dialects/hugging_face.hpp>
#include <pacer/pacer.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <optional>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

namespace support {

inline constexpr step_t last_step = std::numeric_limits<step_t>::max();
inline constexpr step_t first_ever_step = std::numeric_limits<step_t>::min();

// ---------------------------------------------------------------------------------------------------------------------
// Settings: the union of all parameters. Every rate is a float too, so that float and double schedules can be compared.

struct settings {
    double peak = 1;
    double init = 0;
    pacer::lr_or_ratio end = 0.0;
    step_t total = 0;
    pacer::warmup warmup{};
    pacer::first_step first = pacer::first_step::from_zero;
    pacer::past_end past = pacer::past_end::hold;
    double waves = 0.5;
    step_t restarts = 1;
    double power = 1;
    step_t timescale = 0;
    step_t decay = 0;  // of the updates after the warm-up, how many decay
    pacer::ramp_shape decay_shape = pacer::ramp_shape::linear;
    pacer::ramp_shape warmup_shape = pacer::ramp_shape::linear;
    int left_open = 0;  // which of the four lengths of warmup_stable_decay is not given

    [[nodiscard]] double floor() const { return end.is_ratio() ? peak * end.value() : end.value(); }

    // The warm-up in updates, by the definition of its rounding.
    [[nodiscard]] double length() const {
        if (warmup.given_as() == pacer::warmup::kind::steps)
            return static_cast<double>(warmup.count());
        if (warmup.given_as() != pacer::warmup::kind::ratio)
            return 0;
        const double product = static_cast<double>(total) * warmup.ratio();
        switch (warmup.rounded()) {
        case pacer::rounding::ceil: return std::ceil(product);
        case pacer::rounding::floor: return std::floor(product);
        case pacer::rounding::nearest_even: return std::nearbyint(product);
        case pacer::rounding::exact: break;
        }
        return product;
    }
    [[nodiscard]] step_t warmup_updates() const { return static_cast<step_t>(std::ceil(length())); }
    [[nodiscard]] bool whole() const { return std::floor(length()) == length(); }
};

inline std::string describe(const settings& s) {
    std::ostringstream text;
    text.precision(17);
    text << "{peak " << s.peak << " init " << s.init << " end " << s.end.value() << (s.end.is_ratio() ? " (ratio)" : "")
         << " T " << s.total << " W " << s.length() << " (kind " << static_cast<int>(s.warmup.given_as()) << " ratio "
         << s.warmup.ratio() << " rounding " << static_cast<int>(s.warmup.rounded()) << ") first "
         << static_cast<int>(s.first) << " past " << static_cast<int>(s.past) << " waves " << s.waves << " restarts "
         << s.restarts << " power " << s.power << " timescale " << s.timescale << " decay " << s.decay << " shapes "
         << s.warmup_shape.name() << ' ' << s.decay_shape.name() << "} ";
    return text.str();
}

// ---------------------------------------------------------------------------------------------------------------------
// Facts: what is declared of a schedule, computed from the settings alone.

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

// A shape between two rates after x of n updates, from the nearer end as long double allows.
inline long double between(long double from, long double to, long double x, long double n, pacer::ramp_shape shape) {
    if (x >= n)
        return to;
    const long double r = x / n;
    const long double q = (n - x) / n;
    constexpr long double quarter_turn = std::numbers::pi_v<long double> / 2;
    constexpr long double ln2 = std::numbers::ln2_v<long double>;
    long double done = 0;
    long double left = 0;
    switch (shape.which()) {
    case pacer::ramp_shape::kind::linear: done = r, left = q; break;
    case pacer::ramp_shape::kind::cosine:
        done = std::sin(quarter_turn * r) * std::sin(quarter_turn * r);
        left = std::sin(quarter_turn * q) * std::sin(quarter_turn * q);
        break;
    case pacer::ramp_shape::kind::one_minus_sqrt: done = std::sqrt(r), left = q / (1 + std::sqrt(r)); break;
    case pacer::ramp_shape::kind::half_life: done = -2 * std::expm1(-r * ln2), left = std::expm1(q * ln2); break;
    case pacer::ramp_shape::kind::exponential: return from * std::pow(to / from, r);
    case pacer::ramp_shape::kind::power:
        done = 1 - std::pow(q, static_cast<long double>(shape.exponent()));
        left = 1 - done;
        break;
    }
    return done < 0.5L ? from + (to - from) * done : to + (from - to) * left;
}

// The warm-up of `first_step`, and what it makes exact.
inline long double warmup_formula(const settings& s, long double length, step_t step) {
    const long double later = s.first == pacer::first_step::from_zero ? 0 : 1;
    const long double longer = s.first == pacer::first_step::over_plus_one ? 1 : 0;
    const long double x = static_cast<long double>(step) + later;
    const long double n = length + longer;
    // A warm-up mirrors the decay of its shape: it is that shape run backwards.
    return x >= n ? s.peak : between(s.peak, s.init, n - x, n, s.warmup_shape);
}

// A warm-up of `settings`, then `tail`, a function of the (broken) number of updates since the warm-up's end.
inline facts after_warmup(const settings& s, double end, std::function<std::optional<long double>(long double)> tail) {
    const auto length = static_cast<long double>(s.length());
    const step_t boundary = s.warmup_updates();
    const bool endless = s.total == pacer::endless;
    facts known;
    known.total = s.total;
    known.lowest = boundary > 0 ? std::min(s.init, end) : end;
    known.highest = s.peak;
    known.closed_form = [=](step_t step) -> std::optional<long double> {
        return step < boundary ? warmup_formula(s, length, step) : tail(static_cast<long double>(step) - length);
    };
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
    if (s.past == pacer::past_end::zero && !endless) {
        known.lowest = 0;
        for (const step_t step : {s.total, s.total + 1, 2 * s.total + 7, last_step})
            known.exact.push_back({step, 0});
    }
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
inline facts one_descent(const settings& s, double end, std::function<long double(long double x, long double n)> fall) {
    const long double n = static_cast<long double>(s.total) - static_cast<long double>(s.length());
    facts known = after_warmup(s, end, [=](long double x) { return std::optional(fall(x, n)); });
    hold(known, s, end);
    if (s.warmup_updates() <= end_of(s))
        known.phases.push_back({s.warmup_updates(), end_of(s), turn::down});
    known.value_ulps = s.whole() ? 8 : 0;
    return known;
}

// `waves` half periods of a cosine, down and up by turns, from x = `ahead` on.
inline facts swing(const settings& s, double end, long double ahead) {
    const auto length = static_cast<long double>(s.length());
    const long double rest = static_cast<long double>(s.total) - length;
    const long double n = rest > 0 ? rest : 1;
    const long double halves = 2 * static_cast<long double>(s.waves);
    const long double half = n / halves;
    const double peak = s.peak;
    facts known = after_warmup(s, end, [=](long double x) -> std::optional<long double> {
        const long double y = std::fmod((x + ahead) * halves, 2 * n);
        return between(peak, end, y > n ? 2 * n - y : y, n, pacer::ramp_shape::cosine);
    });
    const bool simple = s.waves == 0.5;
    if (simple && s.past == pacer::past_end::hold)
        hold(known, s, end);
    if (simple && s.past == pacer::past_end::wave && s.whole() && rest > 0 && s.total < (step_t{1} << 52)) {
        const auto trough = static_cast<step_t>(ahead);
        known.exact.push_back({s.total - trough, end});
        known.exact.push_back({s.total + static_cast<step_t>(rest) - trough, peak});
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

// ---------------------------------------------------------------------------------------------------------------------
// The rows. `make` builds the schedule (Real is double, or float to compare with), `know` says what is known of it.

namespace row {

struct constant {
    static constexpr const char* name = "constant";
    static constexpr bool has_endless = true, has_wave = false;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::constant<Real>(
            {.peak_lr = static_cast<Real>(s.peak), .total_steps = s.total, .past_end = s.past});
    }
    static facts know(settings s) {
        s.warmup = pacer::no_warmup;
        facts known = one_descent(s, s.peak, [=](long double, long double) -> long double { return s.peak; });
        if (s.total == pacer::endless)
            known.exact.push_back({last_step, s.peak});
        return known;
    }
};

struct constant_with_warmup {
    static constexpr const char* name = "constant_with_warmup";
    static constexpr bool has_endless = true, has_wave = false;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::constant_with_warmup<Real>({.peak_lr = static_cast<Real>(s.peak),
                                                  .total_steps = s.total,
                                                  .warmup = s.warmup,
                                                  .init_lr = static_cast<Real>(s.init),
                                                  .first_step = s.first,
                                                  .past_end = s.past});
    }
    static facts know(settings s) {
        s.warmup_shape = pacer::ramp_shape::linear;
        return one_descent(s, s.peak, [=](long double, long double) -> long double { return s.peak; });
    }
};

struct linear_warmup {
    static constexpr const char* name = "linear_warmup";
    static constexpr bool has_endless = false, has_wave = false;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::linear_warmup<Real>({.peak_lr = static_cast<Real>(s.peak),
                                           .total_steps = s.total,
                                           .init_lr = static_cast<Real>(s.init),
                                           .first_step = s.first,
                                           .past_end = s.past});
    }
    static facts know(settings s) {
        s.warmup = pacer::warmup_steps(s.total);
        s.warmup_shape = pacer::ramp_shape::linear;
        return one_descent(s, s.peak, [=](long double, long double) -> long double { return s.peak; });
    }
};

struct linear {
    static constexpr const char* name = "linear";
    static constexpr bool has_endless = false, has_wave = false;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::linear<Real>({.peak_lr = static_cast<Real>(s.peak),
                                    .end_lr = s.end,
                                    .total_steps = s.total,
                                    .warmup = s.warmup,
                                    .init_lr = static_cast<Real>(s.init),
                                    .first_step = s.first,
                                    .past_end = s.past});
    }
    static facts know(settings s) {
        s.warmup_shape = pacer::ramp_shape::linear;
        return one_descent(s, s.floor(), [=](long double x, long double n) {
            return between(s.peak, s.floor(), x, n, pacer::ramp_shape::linear);
        });
    }
};

struct polynomial {
    static constexpr const char* name = "polynomial";
    static constexpr bool has_endless = false, has_wave = false;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::polynomial<Real>({.peak_lr = static_cast<Real>(s.peak),
                                        .end_lr = s.end,
                                        .power = s.power,
                                        .total_steps = s.total,
                                        .warmup = s.warmup,
                                        .init_lr = static_cast<Real>(s.init),
                                        .first_step = s.first,
                                        .past_end = s.past});
    }
    static facts know(settings s) {
        s.warmup_shape = pacer::ramp_shape::linear;
        const long double end = s.floor();
        facts known = one_descent(s, s.floor(), [=](long double x, long double n) -> long double {
            if (x >= n)
                return end;
            return end + (s.peak - end) * std::pow((n - x) / n, static_cast<long double>(s.power));
        });
        // The power multiplies the rounding error of its argument; and a subnormal fraction of the peak is 0.
        known.peak_ulps = 8 + 2 * s.power;
        known.value_ulps = s.whole() && s.power < 100 ? 8 + 2 * s.power : 0;
        return known;
    }
};

struct cosine {
    static constexpr const char* name = "cosine";
    static constexpr bool has_endless = false, has_wave = true;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::cosine<Real>({.peak_lr = static_cast<Real>(s.peak),
                                    .num_cycles = s.waves,
                                    .total_steps = s.total,
                                    .warmup = s.warmup,
                                    .init_lr = static_cast<Real>(s.init),
                                    .first_step = s.first,
                                    .past_end = s.past});
    }
    static facts know(settings s) {
        s.warmup_shape = pacer::ramp_shape::linear;
        return swing(s, 0, 0);
    }
};

struct cosine_with_min_lr {
    static constexpr const char* name = "cosine_with_min_lr";
    static constexpr bool has_endless = false, has_wave = true;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::cosine_with_min_lr<Real>({.peak_lr = static_cast<Real>(s.peak),
                                                .min_lr = s.end,
                                                .num_cycles = s.waves,
                                                .total_steps = s.total,
                                                .warmup = s.warmup,
                                                .init_lr = static_cast<Real>(s.init),
                                                .first_step = s.first,
                                                .past_end = s.past});
    }
    static facts know(settings s) {
        s.warmup_shape = pacer::ramp_shape::linear;
        return swing(s, s.floor(), 0);
    }
};

struct cosine_warmup_with_min_lr {
    static constexpr const char* name = "cosine_warmup_with_min_lr";
    static constexpr bool has_endless = false, has_wave = true;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::hf::cosine_warmup_with_min_lr<Real>(
            {.peak_lr = static_cast<Real>(s.peak),
             .min_lr = s.end,
             .init_lr = s.init > 0 ? pacer::lr_or_ratio(s.init) : pacer::lr_or_ratio(),
             .num_cycles = s.waves,
             .total_steps = s.total,
             .warmup = s.warmup,
             .past_end = s.past});
    }
    static facts know(settings s) {
        s.warmup_shape = pacer::ramp_shape::linear;
        s.first = s.init > 0 ? pacer::first_step::from_zero : pacer::first_step::from_first;
        facts known = swing(s, s.floor(), 1);
        const step_t boundary = s.warmup_updates();
        std::erase_if(known.exact, [=](const landmark& mark) { return mark.step == boundary && mark.step < s.total; });
        if (s.waves == 0.5 && s.whole() && boundary < s.total)
            known.exact.push_back({s.total - 1, s.floor()});
        if (s.init > 0) {
            if (s.whole() && boundary > 1)
                known.exact.push_back({boundary - 1, s.peak});
            const auto n = static_cast<long double>(s.length()) - 1;
            known.closed_form = [=, tail = known.closed_form](step_t step) -> std::optional<long double> {
                if (step >= boundary)
                    return tail(step);
                return between(s.init, s.peak, static_cast<long double>(step), n > 1 ? n : 1,
                               pacer::ramp_shape::linear);
            };
        }
        // The last update of the warm-up runs at the peak; without one no update does.
        if (!known.phases.empty() && boundary > 0)
            known.phases.front().last = boundary - 1;
        return known;
    }
};

struct cosine_with_restarts {
    static constexpr const char* name = "cosine_with_restarts";
    static constexpr bool has_endless = false, has_wave = false;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::cosine_with_restarts<Real>({.peak_lr = static_cast<Real>(s.peak),
                                                  .min_lr = s.end,
                                                  .num_cycles = static_cast<double>(s.restarts),
                                                  .total_steps = s.total,
                                                  .warmup = s.warmup,
                                                  .init_lr = static_cast<Real>(s.init),
                                                  .first_step = s.first,
                                                  .past_end = s.past});
    }
    static facts know(settings s) {
        s.warmup_shape = pacer::ramp_shape::linear;
        const auto length = static_cast<long double>(s.length());
        const long double n = static_cast<long double>(s.total) - length;
        const auto cycles = static_cast<long double>(s.restarts);
        const bool whole = s.whole() && n * cycles <= 0x1p61L;
        facts known = after_warmup(s, s.floor(), [=](long double x) -> std::optional<long double> {
            const long double y = std::fmod(x * cycles, n);
            if (!whole && (y < n * cycles * 1e-9L || n - y < n * cycles * 1e-9L))
                return {};  // a restart this near is a matter of rounding
            return between(s.peak, s.floor(), y, n, pacer::ramp_shape::cosine);
        });
        hold(known, s, s.floor());
        known.peak_ulps = 8 + 16 * static_cast<double>(s.restarts);
        known.value_ulps = whole ? 8 : 0;
        for (step_t k = 0; whole && k < std::min<step_t>(s.restarts, 50); ++k) {
            const step_t steps = s.total - s.warmup_updates();
            const auto starts = [&](step_t cycle) {
                return s.warmup_updates() + (cycle * steps + s.restarts - 1) / s.restarts;
            };
            if (starts(k) < starts(k + 1))
                known.phases.push_back({starts(k), starts(k + 1) - 1, turn::down});
            if (steps > 0 && k * steps % s.restarts == 0)
                known.exact.push_back({starts(k), s.peak});
        }
        return known;
    }
};

struct inverse_sqrt {
    static constexpr const char* name = "inverse_sqrt";
    static constexpr bool has_endless = true, has_wave = false;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::inverse_sqrt<Real>({.peak_lr = static_cast<Real>(s.peak),
                                          .min_lr = s.end,
                                          .timescale = s.timescale,
                                          .total_steps = s.total,
                                          .warmup = s.warmup,
                                          .init_lr = static_cast<Real>(s.init),
                                          .first_step = s.first,
                                          .past_end = s.past});
    }
    static facts know(settings s) {
        s.warmup_shape = pacer::ramp_shape::linear;
        const auto length = static_cast<long double>(s.length());
        const long double t = s.timescale > 0 ? static_cast<long double>(s.timescale) : length > 0 ? length : 10'000;
        facts known = after_warmup(s, s.floor(), [=](long double x) -> std::optional<long double> {
            return std::max<long double>(s.floor(), s.peak * std::sqrt(t / (x + t)));
        });
        known.value_ulps = s.whole() ? 8 : 0;
        if (s.warmup_updates() <= end_of(s))
            known.phases.push_back({s.warmup_updates(), end_of(s), turn::down});
        return known;
    }
};

struct warmup_stable_decay {
    static constexpr const char* name = "warmup_stable_decay";
    static constexpr bool has_endless = false, has_wave = false;
    template <class Real>
    static auto make(const settings& s) {
        pacer::warmup_stable_decay_params<Real> p{.peak_lr = static_cast<Real>(s.peak),
                                                  .min_lr = s.end,
                                                  .stable_steps = s.total - s.warmup_updates() - s.decay,
                                                  .decay_steps = s.decay,
                                                  .total_steps = s.total,
                                                  .warmup = s.warmup,
                                                  .decay_shape = s.decay_shape,
                                                  .warmup_shape = s.warmup_shape,
                                                  .init_lr = static_cast<Real>(s.init),
                                                  .first_step = s.first,
                                                  .past_end = s.past};
        if (s.left_open == 1)
            p.stable_steps = pacer::detail::unset;
        if (s.left_open == 2)
            p.decay_steps = pacer::detail::unset;
        if (s.left_open == 3 && s.warmup.given_as() != pacer::warmup::kind::ratio)
            p.total_steps = pacer::detail::unset;
        if (s.left_open == 4 && s.whole())
            p.warmup = {};
        return pacer::warmup_stable_decay<Real>(p);
    }
    static facts know(const settings& s) {
        const step_t falls = s.total - s.decay;
        const double end = s.floor();
        facts known = after_warmup(s, end, {});
        known.closed_form = [=, rise = known.closed_form](step_t step) -> std::optional<long double> {
            if (step < s.warmup_updates())
                return rise(step);
            if (step < falls)
                return s.peak;
            // Without a stable part, what the warm-up leaves of an update belongs to the decay.
            const bool begun = s.warmup_updates() == falls;
            const long double start = begun ? static_cast<long double>(s.length()) : static_cast<long double>(falls);
            return between(s.peak, end, static_cast<long double>(step) - start,
                           static_cast<long double>(s.total) - start, s.decay_shape);
        };
        hold(known, s, end);
        for (const step_t step : {s.warmup_updates(), falls - 1, falls})
            if (step >= s.warmup_updates() && step < s.total && (s.whole() || s.warmup_updates() < falls))
                known.exact.push_back({step, s.peak});
        if (s.warmup_updates() <= end_of(s))
            known.phases.push_back({s.warmup_updates(), end_of(s), turn::down});
        if (s.warmup_updates() < falls)
            known.phases.push_back({s.warmup_updates(), falls - 1, turn::up});  // and not down: it is level
        known.value_ulps = s.whole() ? 8 : 0;
        return known;
    }
};

// Compositions, made of what is above.

struct joined {
    static constexpr const char* name = "join(linear_warmup, W, cosine_with_min_lr, T, constant)";
    static constexpr bool has_endless = false, has_wave = false;
    template <class Real>
    static auto make(settings s) {
        const step_t boundary = s.warmup_updates();
        settings rise = s;
        rise.total = boundary;
        rise.past = pacer::past_end::hold;
        settings fall = s;
        fall.total -= boundary;
        fall.warmup = pacer::no_warmup;
        fall.waves = 0.5;
        fall.past = pacer::past_end::hold;
        return pacer::join(linear_warmup::make<Real>(rise), boundary, cosine_with_min_lr::make<Real>(fall), s.total,
                           pacer::constant<Real>({.peak_lr = static_cast<Real>(s.floor())}));
    }
    static facts know(settings s) {
        s.warmup = pacer::warmup_steps(s.warmup_updates());
        s.past = pacer::past_end::hold;
        s.waves = 0.5;
        // The floor passes through Real; the settings of this row make it exact in float too.
        facts known = cosine_with_min_lr::know(s);
        known.total = pacer::endless;
        return known;
    }
};

struct scaled {
    static constexpr const char* name = "scale(linear, 1/4)";
    static constexpr bool has_endless = false, has_wave = false;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::scale(linear::make<Real>(s), static_cast<Real>(0.25));
    }
    static facts know(const settings& s) {
        facts known = linear::know(s);
        known.lowest *= 0.25;
        known.highest *= 0.25;
        for (landmark& mark : known.exact)
            mark.rate *= 0.25;
        known.closed_form = [whole = known.closed_form](step_t step) { return std::optional(*whole(step) / 4); };
        return known;
    }
};

struct clamped {
    static constexpr const char* name = "clamp(cosine, peak/4, 3 peak/4)";
    static constexpr bool has_endless = false, has_wave = true;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::clamp(cosine::make<Real>(s), static_cast<Real>(s.peak / 4), static_cast<Real>(s.peak / 4 * 3));
    }
    static facts know(const settings& s) {
        facts known = cosine::know(s);
        known.lowest = s.peak / 4;
        known.highest = s.peak / 4 * 3;
        for (landmark& mark : known.exact)
            mark.rate = std::clamp(mark.rate, known.lowest, known.highest);
        known.closed_form = [=, whole = known.closed_form](step_t step) {
            return std::optional(std::clamp<long double>(*whole(step), s.peak / 4, s.peak / 4 * 3));
        };
        known.peak_ulps *= 2;
        known.value_ulps = 0;
        return known;
    }
};

struct advanced {
    static constexpr const char* name = "advance(polynomial, 3)";
    static constexpr bool has_endless = false, has_wave = false;
    static constexpr step_t by = 3;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::advance(polynomial::make<Real>(s), by);
    }
    static facts know(const settings& s) {
        facts known = polynomial::know(s);
        known.total = std::max<step_t>(0, known.total - by);
        std::erase_if(known.exact, [](const landmark& mark) { return mark.step < by; });
        for (landmark& mark : known.exact)
            mark.step = mark.step == last_step ? last_step : mark.step - by;
        std::erase_if(known.phases, [](const phase& p) { return p.last < by; });
        for (phase& p : known.phases)
            p = {std::max<step_t>(0, p.first - by), p.last - by, p.direction};
        known.closed_form = [whole = known.closed_form](step_t step) { return whole(step + by); };
        return known;
    }
};

struct erased {
    static constexpr const char* name = "any_schedule(warmup_stable_decay)";
    static constexpr bool has_endless = false, has_wave = false;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::any_schedule<Real>(warmup_stable_decay::make<Real>(s));
    }
    static facts know(const settings& s) { return warmup_stable_decay::know(s); }
};

}  // namespace row

using rows =
    std::tuple<row::constant, row::constant_with_warmup, row::linear_warmup, row::linear, row::polynomial, row::cosine,
               row::cosine_with_min_lr, row::cosine_warmup_with_min_lr, row::cosine_with_restarts, row::inverse_sqrt,
               row::warmup_stable_decay, row::joined, row::scaled, row::clamped, row::advanced, row::erased>;

// visitor(row) for every row.
template <class Visitor>
void for_each_schedule(Visitor visitor) {
    std::apply([&](auto... each) { (visitor(each), ...); }, rows{});
}

// ---------------------------------------------------------------------------------------------------------------------
// Many settings for every row.

inline constexpr double as_float(double x) { return static_cast<double>(static_cast<float>(x)); }

// Everything but the lengths, the first step and the past end.
inline void draw_the_rest(settings& s, dice& roll) {
    s.peak = as_float(roll.one_of({1.0, 5e-5, 1e-3, 3e-4, 10.0, 0.7, 1e-20, 1e30, 0.0}));
    s.init = roll.one_of({0.0, 0.0, s.peak * 0.0625, as_float(s.peak * 0.3), s.peak});
    if (s.init > s.peak)
        s.init = s.peak;
    const double floor_rate = std::min(s.peak, as_float(s.peak * 0.1));
    s.end = roll.one_of<pacer::lr_or_ratio>({0.0, 0.0, floor_rate, s.peak, pacer::lr_ratio(0.125), pacer::lr_ratio(0.5),
                                             pacer::lr_ratio(0), pacer::lr_ratio(1)});
    s.waves = roll.one_of({0.5, 0.5, 0.5, 1.0, 2.0, 0.4, 1.5, 0.1});
    s.restarts = roll.one_of<step_t>({1, 2, 3, 5, 7, 49});
    s.power = roll.one_of({1.0, 2.0, 3.0, 0.5, 3.5, 1.7, 0.9, 0.01, 17.3, 1e6});
    s.timescale = roll.one_of<step_t>({0, 0, 1, 5, 1000, pacer::longest});
    s.decay_shape = pacer::ramp_shape(static_cast<pacer::ramp_shape::kind>(roll.up_to(3)));
    s.warmup_shape = pacer::ramp_shape(static_cast<pacer::ramp_shape::kind>(roll.up_to(3)));
    s.decay = roll.up_to(s.total == pacer::endless ? 0 : s.total - s.warmup_updates());
    s.left_open = static_cast<int>(roll.up_to(4));
}

// A warm-up of about `updates` updates, in one of the ways to say it.
inline pacer::warmup draw_warmup(step_t updates, step_t total, dice& roll) {
    if (updates == 0 && roll.up_to(1) == 0)
        return roll.up_to(1) == 0 ? pacer::warmup(pacer::no_warmup) : pacer::warmup();
    if (total == 0 || total == pacer::endless || roll.up_to(1) == 0)
        return pacer::warmup_steps(updates);
    const double ratio =
        std::min(1.0, static_cast<double>(updates) / static_cast<double>(total) * roll.one_of({1.0, 1.0, 0.9, 1e-310}));
    return pacer::warmup_ratio(ratio, static_cast<pacer::rounding>(roll.up_to(3)));
}

inline constexpr pacer::first_step first_steps[] = {pacer::first_step::from_zero, pacer::first_step::from_first,
                                                    pacer::first_step::over_plus_one};
inline constexpr pacer::past_end past_ends[] = {pacer::past_end::hold, pacer::past_end::zero, pacer::past_end::repeat,
                                                pacer::past_end::wave};

// Compiled once, not for every row and test.
using settings_visitor = std::function<void(const settings&)>;

// visitor(settings): every total from 0 to 12 with every warm-up up to it, every first step and past end.
inline void for_small_settings(bool has_wave, const settings_visitor& visitor) {
    dice roll(1);
    for (step_t total = 0; total <= 12; ++total)
        for (step_t updates = 0; updates <= total; ++updates)
            for (const auto first : first_steps)
                for (const auto past : past_ends)
                    for (int draw = 0; draw < 2; ++draw) {
                        if (past == pacer::past_end::wave && !has_wave)
                            continue;
                        settings s;
                        s.total = total;
                        s.warmup =
                            draw == 0 ? pacer::warmup(pacer::warmup_steps(updates)) : draw_warmup(updates, total, roll);
                        s.first = first;
                        s.past = past;
                        draw_the_rest(s, roll);
                        visitor(s);
                    }
}

// visitor(settings): random lengths of all magnitudes up to 2^53, and endless where that is accepted.
inline void for_large_settings(bool has_wave, bool has_endless, const settings_visitor& visitor, int count) {
    dice roll(2);
    for (int k = 0; k < count; ++k) {
        settings s;
        const step_t magnitude = step_t{1} << roll.up_to(53);
        s.total = roll.one_of<step_t>({magnitude, magnitude, 1'000'000'000, 1'000'000'001, pacer::longest,
                                       pacer::longest - 1, has_endless ? pacer::endless : 100'003});
        if (s.total == magnitude && magnitude < pacer::longest)
            s.total += roll.up_to(magnitude - 1);
        const step_t most = std::min(s.total, pacer::longest);
        const step_t updates = roll.one_of<step_t>({0, most, most / 2, roll.up_to(most), std::min<step_t>(most, 500),
                                                    roll.up_to(std::min<step_t>(most, 1'000))});
        s.warmup = draw_warmup(updates, s.total, roll);
        s.first = roll.one_of(first_steps);
        s.past = roll.one_of(past_ends);
        if (s.past == pacer::past_end::wave && !has_wave)
            s.past = pacer::past_end::hold;
        draw_the_rest(s, roll);
        visitor(s);
    }
}

template <class Row>
void for_small_settings(Row, const settings_visitor& visitor) {
    for_small_settings(Row::has_wave, visitor);
}

template <class Row>
void for_large_settings(Row, const settings_visitor& visitor, int count = 400) {
    for_large_settings(Row::has_wave, Row::has_endless, visitor, count);
}

// ---------------------------------------------------------------------------------------------------------------------
// The same without types, for tests that only ask values.

struct example {
    std::string name;
    std::string text;
    settings from;
    facts known;
    std::function<double(step_t)> lr;
    step_t total = 0;
};

template <class Row>
example make_example(Row, const settings& s) {
    const auto lr = Row::template make<double>(s);
    return {Row::name, std::string(Row::name) + ' ' + describe(s), s, Row::know(s), lr, lr.total_steps()};
}

template <class Visitor>
void for_small_examples(Visitor visitor) {
    for_each_schedule(
        [&](auto row) { for_small_settings(row, [&](const settings& s) { visitor(make_example(row, s)); }); });
}

template <class Visitor>
void for_large_examples(Visitor visitor) {
    for_each_schedule(
        [&](auto row) { for_large_settings(row, [&](const settings& s) { visitor(make_example(row, s)); }); });
}

}  // namespace support

#endif
