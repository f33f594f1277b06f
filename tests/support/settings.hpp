// SPDX-License-Identifier: MIT
// The parameters of any schedule, as numbers that a test may draw: the union of the fields that the schedules have.
#ifndef PACER_TESTS_SUPPORT_SETTINGS_HPP
#define PACER_TESTS_SUPPORT_SETTINGS_HPP

#include "dice.hpp"

#include <pacer/schedules/description.hpp>

#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>

namespace support {

inline constexpr step_t last_step = std::numeric_limits<step_t>::max();
inline constexpr step_t first_ever_step = std::numeric_limits<step_t>::min();

// Every rate is a float too, so that float and double schedules can be compared.
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
    int left_open = 0;       // which of the four lengths of warmup_stable_decay is not given
    std::uint64_t seed = 0;  // for what only one schedule has: its row draws that with a `dice` of this seed

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
         << s.warmup_shape.name() << ' ' << s.decay_shape.name() << " seed " << s.seed << "} ";
    return text.str();
}

// ---------------------------------------------------------------------------------------------------------------------
// The fields of parameters by their names. What is not here is for the row of the one schedule that has it.

inline void give(std::string_view name, float& field, const settings& s) {
    if (name == "peak_lr" || name == "init_lr")
        field = static_cast<float>(name == "peak_lr" ? s.peak : s.init);
}
inline void give(std::string_view name, double& field, const settings& s) {
    if (name == "peak_lr" || name == "init_lr")
        field = name == "peak_lr" ? s.peak : s.init;
    else if (name == "num_cycles")
        field = s.waves;
    else if (name == "power")
        field = s.power;
}
inline void give(std::string_view name, pacer::lr_or_ratio& field, const settings& s) {
    if (name == "min_lr" || name == "end_lr")
        field = s.end;
}
inline void give(std::string_view name, step_t& field, const settings& s) {
    if (name == "total_steps")
        field = s.total;
    else if (name == "timescale")
        field = s.timescale;
}
inline void give(std::string_view name, pacer::ramp_shape& field, const settings& s) {
    if (name == "warmup_shape" || name == "decay_shape")
        field = name == "warmup_shape" ? s.warmup_shape : s.decay_shape;
}
inline void give(std::string_view, pacer::warmup& field, const settings& s) { field = s.warmup; }
inline void give(std::string_view, pacer::first_step& field, const settings& s) { field = s.first; }
inline void give(std::string_view, pacer::past_end& field, const settings& s) { field = s.past; }
template <class Other>
void give(std::string_view, Other&, const settings&) {}

// What the fields of a schedule say of it.
struct traits {
    bool has_warmup = false;
    bool may_be_endless = false;
    bool has_wave = false;
};

template <class Params>
constexpr traits traits_of() {
    traits found;
    Params p;
    Params::visit_fields(p, [&](const pacer::field& f, const auto&) {
        found.has_warmup |= f.kind == pacer::quantity::warmup;
        found.may_be_endless |= f.may_be_endless;
        found.has_wave |= f.has_wave;
    });
    return found;
}

// ---------------------------------------------------------------------------------------------------------------------
// Many settings.

inline constexpr double as_float(double x) { return static_cast<double>(static_cast<float>(x)); }

// A shape that goes between these rates.
inline pacer::ramp_shape draw_shape(double low, double high, dice& roll) {
    using pacer::ramp_shape;
    const auto shape = roll.one_of<ramp_shape>(
        {ramp_shape::linear, ramp_shape::linear, ramp_shape::cosine, ramp_shape::one_minus_sqrt, ramp_shape::half_life,
         ramp_shape::exponential, ramp_shape::power(2), ramp_shape::power(4), ramp_shape::power(0.7)});
    return shape == ramp_shape::exponential && !(low > 0 && high > 0) ? ramp_shape::cosine : shape;
}

// Everything but the lengths, the first step and the past end.
inline void draw_the_rest(settings& s, dice& roll) {
    s.seed = dice(roll)();
    s.peak = as_float(roll.one_of({1.0, 5e-5, 1e-3, 3e-4, 10.0, 0.7, 1e-20, 1e30, 0.0}));
    s.init = roll.one_of({0.0, 0.0, s.peak * 0.0625, as_float(s.peak * 0.3), s.peak});
    if (s.init > s.peak)
        s.init = s.peak;
    const double floor_rate = std::fmin(s.peak, as_float(s.peak * 0.1));
    s.end = roll.one_of<pacer::lr_or_ratio>({0.0, 0.0, floor_rate, s.peak, pacer::lr_ratio(0.125), pacer::lr_ratio(0.5),
                                             pacer::lr_ratio(0), pacer::lr_ratio(1)});
    s.waves = roll.one_of({0.5, 0.5, 0.5, 1.0, 2.0, 0.4, 1.5, 0.1});
    s.restarts = roll.one_of<step_t>({1, 2, 3, 5, 7, 49});
    s.power = roll.one_of({1.0, 2.0, 3.0, 0.5, 3.5, 1.7, 0.9, 0.01, 17.3, 1e6});
    s.timescale = roll.one_of<step_t>({0, 0, 1, 5, 1000, pacer::longest});
    s.decay_shape = draw_shape(s.floor(), s.peak, roll);
    s.warmup_shape = draw_shape(s.init, s.peak, roll);
    s.decay = roll.up_to(s.total == pacer::endless ? 0 : s.total - s.warmup_updates());
    s.left_open = static_cast<int>(roll.up_to(4));
}

}  // namespace support

#endif
