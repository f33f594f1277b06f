// SPDX-License-Identifier: MIT
// How far the rates are from the exact values of their formulas, beside the formulas as they are written by hand.
//
//     accuracy_table [--page] [--check PAGE] [--tuples N]
//
// Over N random settings and steps for each schedule; fails if an error is above the bound of support/bounds.hpp, or if
// docs/accuracy.md (PAGE) states other bounds. --page prints that page; --check with the page's own N (the default)
// compares it all but for the formulas by hand, whose last digits are those of the C library.
//
// The reference is computed in numbers of 113 bits, counted from the nearer end and without cancellation. g++ only.
#include "support/bounds.hpp"

#include <pacer/dialects/deepspeed.hpp>
#include <pacer/dialects/hugging_face.hpp>
#include <pacer/pacer.hpp>

#include <quadmath.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

namespace {

using pacer::step_t;
__extension__ using quad = __float128;
__extension__ using wide = unsigned __int128;

// ---------------------------------------------------------------------------------------------------------------------
// Settings and steps. Numbers are made of integers alone, so that they are the same everywhere.

class dice {
public:
    explicit dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t bits() {  // splitmix64
        std::uint64_t z = state_ += 0x9E37'79B9'7F4A'7C15u;
        z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9u;
        z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EBu;
        return z ^ (z >> 31);
    }
    step_t below(step_t n) { return static_cast<step_t>(bits() % static_cast<std::uint64_t>(n)); }
    double fraction() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

    // As likely between 2^k and 2^(k+1) for each k, up to `largest`; 1 or more.
    step_t any_size(step_t largest) {
        const int octaves = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(largest)));
        const step_t power = step_t{1} << below(octaves);
        return std::min(largest, power + below(power));
    }
    double smaller_than(double x, int octaves) {
        return std::ldexp(x * (0.5 + fraction() / 2), -static_cast<int>(below(octaves)));
    }

private:
    std::uint64_t state_;
};

enum region { uniform, near_start, near_middle, near_end, regions };

struct setting {
    double peak = 1;
    double min = 0;
    double init = 0;
    step_t total = 1;
    step_t warmup = 0;
    step_t stable = 0;
    step_t cycles = 1;
    step_t step = 0;

    [[nodiscard]] step_t after() const { return step - warmup; }
    [[nodiscard]] step_t decay() const { return total - warmup; }
};

setting draw(dice& roll, region where) {
    setting s;
    s.peak = roll.smaller_than(4, 30);
    s.min = roll.below(3) == 0 ? 0 : roll.smaller_than(s.peak, 20);
    s.init = roll.below(2) == 0 ? 0 : roll.smaller_than(s.peak, 20);
    s.total = 2 + roll.any_size(pacer::longest - 2);
    if (roll.below(4) != 0)
        s.warmup = std::min(roll.any_size(s.total), s.total / 2);
    s.stable = roll.below(3) == 0 ? 0 : roll.below((s.total - s.warmup + 1) / 2);
    s.cycles = roll.any_size(100);
    const step_t distance = roll.any_size(s.total) - 1;
    switch (where) {
    case uniform: s.step = roll.below(s.total); break;
    case near_start:
        s.step = distance + (roll.below(2) == 0 ? 0 : roll.below(2) == 0 ? s.warmup : s.warmup + s.stable);
        break;
    case near_middle: {
        const step_t begin = roll.below(2) == 0 ? s.warmup : s.warmup + s.stable;
        const step_t middle = begin + (s.total - begin) / 2;
        s.step = roll.below(2) == 0 ? middle - distance : middle + distance;
        break;
    }
    default: s.step = s.total - 1 - distance; break;
    }
    s.step = std::clamp<step_t>(s.step, 0, s.total - 1);
    return s;
}

// ---------------------------------------------------------------------------------------------------------------------
// The exact values. What is done of a rise or left of a fall, from 0 to 1, by the number of updates before and after.

const quad pi = acosq(-1);
const quad ln2 = logq(2);

quad ratio(step_t a, step_t b) { return static_cast<quad>(a) / static_cast<quad>(b); }

quad sin_squared(step_t x, step_t n) {
    const quad s = sinq(pi / 2 * ratio(x, n));
    return s * s;
}

quad between(double from, double to, quad done) { return from + (static_cast<quad>(to) - from) * done; }

// A fall of n updates after x of them.
quad fall_linear(const setting& s, step_t x, step_t n) { return between(s.min, s.peak, ratio(n - x, n)); }
quad fall_cosine(const setting& s, step_t x, step_t n) {
    return 2 * x <= n ? between(s.peak, s.min, sin_squared(x, n)) : between(s.min, s.peak, sin_squared(n - x, n));
}
quad fall_one_minus_sqrt(const setting& s, step_t x, step_t n) {
    return between(s.min, s.peak, ratio(n - x, n) / (1 + sqrtq(ratio(x, n))));
}
quad fall_half_life(const setting& s, step_t x, step_t n) {
    return between(s.min, s.peak, expm1q(ln2 * ratio(n - x, n)));
}

quad rise(const setting& s) { return between(s.init, s.peak, ratio(s.step, s.warmup)); }

using fall = quad (*)(const setting&, step_t x, step_t n);

template <fall Fall>
quad warmed_up(const setting& s) {
    return s.step < s.warmup ? rise(s) : Fall(s, s.after(), s.decay());
}

quad exact_power(const setting& s, double power) {
    if (s.step < s.warmup)
        return rise(s);
    const quad left = ratio(s.total - s.step, s.decay());
    const quad whole = power >= 3 ? left * left * left : power >= 2 ? left * left : power >= 1 ? left : 1;
    const double rest = power - std::floor(power);
    return between(s.min, s.peak, rest == 0 ? whole : rest == 0.5 ? whole * sqrtq(left) : powq(left, power));
}

template <fall Fall>
quad warmed_up_and_stable(const setting& s) {
    if (s.step < s.warmup) {  // the fall, backwards
        setting back = s;
        back.min = s.init;
        return Fall(back, s.warmup - s.step, s.warmup);
    }
    const step_t x = s.after() - s.stable;
    return x <= 0 ? s.peak : Fall(s, x, s.decay() - s.stable);
}

// ---------------------------------------------------------------------------------------------------------------------
// The formulas as they are written by hand.

double hand_rise(const setting& s) {
    return s.init + (s.peak - s.init) * static_cast<double>(s.step) / static_cast<double>(s.warmup);
}

double progress(const setting& s) { return static_cast<double>(s.after()) / static_cast<double>(s.decay()); }

double hand_fall(const setting& s, double left) { return s.min + (s.peak - s.min) * left; }

double hand_cosine(double progress) { return 0.5 * (1 + std::cos(std::numbers::pi * progress)); }

double hand_shape(pacer::ramp_shape shape, double r) {
    switch (shape.which()) {
    case pacer::ramp_shape::kind::cosine: return hand_cosine(r);
    case pacer::ramp_shape::kind::one_minus_sqrt: return 1 - std::sqrt(r);
    case pacer::ramp_shape::kind::half_life: return 2 * std::exp2(-r) - 1;
    default: return 1 - r;
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// The schedules.

struct row {
    const char* name;
    double (*own)(const setting&);
    quad (*exact)(const setting&);
    double (*by_hand)(const setting&);
};

template <int Tenths>
constexpr double power = Tenths / 10.0;

template <int Tenths>
row polynomial_row(const char* name) {
    return {name,
            [](const setting& s) {
                return pacer::polynomial{{.peak_lr = s.peak,
                                          .end_lr = s.min,
                                          .power = power<Tenths>,
                                          .total_steps = s.total,
                                          .warmup = pacer::warmup_steps(s.warmup),
                                          .init_lr = s.init}}(s.step);
            },
            [](const setting& s) { return exact_power(s, power<Tenths>); },
            [](const setting& s) {
                return s.step < s.warmup ? hand_rise(s) : hand_fall(s, std::pow(1 - progress(s), power<Tenths>));
            }};
}

template <pacer::ramp_shape::kind Shape, fall Fall>
row stable_row(const char* name) {
    return {name,
            [](const setting& s) {
                return pacer::warmup_stable_decay{{.peak_lr = s.peak,
                                                   .min_lr = s.min,
                                                   .stable_steps = s.stable,
                                                   .total_steps = s.total,
                                                   .warmup = pacer::warmup_steps(s.warmup),
                                                   .decay_shape = pacer::ramp_shape(Shape),
                                                   .warmup_shape = pacer::ramp_shape(Shape),
                                                   .init_lr = s.init}}(s.step);
            },
            warmed_up_and_stable<Fall>,
            [](const setting& s) {
                if (s.step < s.warmup)
                    return s.init + (s.peak - s.init) *
                                        hand_shape(pacer::ramp_shape(Shape),
                                                   1 - static_cast<double>(s.step) / static_cast<double>(s.warmup));
                const step_t x = s.after() - s.stable;
                return x <= 0 ? s.peak
                              : hand_fall(
                                    s, hand_shape(pacer::ramp_shape(Shape),
                                                  static_cast<double>(x) / static_cast<double>(s.decay() - s.stable)));
            }};
}

// DeepSpeed's count of updates is one behind.
step_t deepspeed_warmup(const setting& s) { return std::max<step_t>(s.warmup, 2); }

template <pacer::deepspeed::warmup_type Type>
quad deepspeed_rise(const setting& s, double from) {
    const step_t warmup = deepspeed_warmup(s);
    if (s.step <= 1)
        return from;
    if (Type == pacer::deepspeed::warmup_type::linear)
        return s.step > warmup ? s.peak : between(from, s.peak, ratio(s.step - 1, warmup));
    return s.step >= warmup ? s.peak
                            : between(from, s.peak, logq(static_cast<quad>(s.step)) / logq(static_cast<quad>(warmup)));
}

template <pacer::deepspeed::warmup_type Type>
double deepspeed_hand_rise(const setting& s, double from) {
    const auto warmup = static_cast<double>(deepspeed_warmup(s));
    const auto x = static_cast<double>(s.step);
    if (s.step <= 1)
        return from;
    if (Type == pacer::deepspeed::warmup_type::linear)
        return x > warmup ? s.peak : from + (s.peak - from) * ((x - 1) / warmup);
    return x >= warmup ? s.peak : from + (s.peak - from) * (1 / std::log(warmup) * std::log(x));
}

template <pacer::deepspeed::warmup_type Type>
row deepspeed_row(const char* name) {
    return {name,
            [](const setting& s) {
                return pacer::deepspeed::warmup_lr{{.warmup_min_lr = s.min,
                                                    .warmup_max_lr = s.peak,
                                                    .warmup_num_steps = s.total,
                                                    .warmup_type = Type}}(s.step);
            },
            [](const setting& s) {
                setting whole = s;
                whole.warmup = s.total;
                return deepspeed_rise<Type>(whole, s.min);
            },
            [](const setting& s) {
                setting whole = s;
                whole.warmup = s.total;
                return deepspeed_hand_rise<Type>(whole, s.min);
            }};
}

std::vector<row> rows() {
    using pacer::warmup_steps;
    using shape = pacer::ramp_shape::kind;
    constexpr auto log_type = pacer::deepspeed::warmup_type::log;
    return {
        {"constant", [](const setting& s) { return pacer::constant{{.peak_lr = s.peak}}(s.step); },
         [](const setting& s) -> quad { return s.peak; }, [](const setting& s) { return s.peak; }},
        {"constant_with_warmup",
         [](const setting& s) {
             return pacer::constant_with_warmup{
                 {.peak_lr = s.peak, .warmup = warmup_steps(s.warmup), .init_lr = s.init}}(s.step);
         },
         [](const setting& s) { return s.step < s.warmup ? rise(s) : s.peak; },
         [](const setting& s) { return s.step < s.warmup ? hand_rise(s) : s.peak; }},
        {"linear_warmup",
         [](const setting& s) {
             return pacer::linear_warmup{{.peak_lr = s.peak, .total_steps = s.total, .init_lr = s.init}}(s.step);
         },
         [](const setting& s) { return between(s.init, s.peak, ratio(s.step, s.total)); },
         [](const setting& s) {
             return s.init + (s.peak - s.init) * static_cast<double>(s.step) / static_cast<double>(s.total);
         }},
        {"linear",
         [](const setting& s) {
             return pacer::linear{{.peak_lr = s.peak,
                                   .end_lr = s.min,
                                   .total_steps = s.total,
                                   .warmup = warmup_steps(s.warmup),
                                   .init_lr = s.init}}(s.step);
         },
         warmed_up<fall_linear>,
         [](const setting& s) { return s.step < s.warmup ? hand_rise(s) : hand_fall(s, 1 - progress(s)); }},
        {"cosine",
         [](const setting& s) {
             return pacer::cosine{
                 {.peak_lr = s.peak, .total_steps = s.total, .warmup = warmup_steps(s.warmup), .init_lr = s.init}}(
                 s.step);
         },
         [](const setting& s) {
             setting to_0 = s;
             to_0.min = 0;
             return warmed_up<fall_cosine>(to_0);
         },
         [](const setting& s) { return s.step < s.warmup ? hand_rise(s) : s.peak * hand_cosine(progress(s)); }},
        {"cosine_with_min_lr",
         [](const setting& s) {
             return pacer::cosine_with_min_lr{{.peak_lr = s.peak,
                                               .min_lr = s.min,
                                               .total_steps = s.total,
                                               .warmup = warmup_steps(s.warmup),
                                               .init_lr = s.init}}(s.step);
         },
         warmed_up<fall_cosine>,
         [](const setting& s) { return s.step < s.warmup ? hand_rise(s) : hand_fall(s, hand_cosine(progress(s))); }},
        {"cosine_warmup_with_min_lr",
         [](const setting& s) {
             return pacer::hf::cosine_warmup_with_min_lr{
                 {.peak_lr = s.peak, .min_lr = s.min, .total_steps = s.total, .warmup = warmup_steps(s.warmup)}}(
                 s.step);
         },
         [](const setting& s) {
             return s.step < s.warmup ? s.peak * ratio(s.step + 1, s.warmup) : fall_cosine(s, s.after() + 1, s.decay());
         },
         [](const setting& s) {
             if (s.step < s.warmup)
                 return s.peak * static_cast<double>(s.step + 1) / static_cast<double>(s.warmup);
             return hand_fall(s, hand_cosine(static_cast<double>(s.after() + 1) / static_cast<double>(s.decay())));
         }},
        {"cosine_with_restarts",
         [](const setting& s) {
             return pacer::cosine_with_restarts{{.peak_lr = s.peak,
                                                 .min_lr = s.min,
                                                 .num_cycles = static_cast<double>(s.cycles),
                                                 .total_steps = s.total,
                                                 .warmup = warmup_steps(s.warmup),
                                                 .init_lr = s.init}}(s.step);
         },
         [](const setting& s) {
             if (s.step < s.warmup)
                 return rise(s);
             const wide turned = static_cast<wide>(s.cycles) * static_cast<wide>(s.after());
             return fall_cosine(s, static_cast<step_t>(turned % static_cast<wide>(s.decay())), s.decay());
         },
         [](const setting& s) {
             if (s.step < s.warmup)
                 return hand_rise(s);
             return hand_fall(s, hand_cosine(std::fmod(static_cast<double>(s.cycles) * progress(s), 1)));
         }},
        polynomial_row<5>("polynomial, power 0.5"),
        polynomial_row<9>("polynomial, power 0.9"),
        polynomial_row<10>("polynomial, power 1"),
        polynomial_row<17>("polynomial, power 1.7"),
        polynomial_row<20>("polynomial, power 2"),
        polynomial_row<30>("polynomial, power 3"),
        polynomial_row<35>("polynomial, power 3.5"),
        {"inverse_sqrt",
         [](const setting& s) {
             return pacer::inverse_sqrt{
                 {.peak_lr = s.peak, .min_lr = s.min, .warmup = warmup_steps(s.warmup), .init_lr = s.init}}(s.step);
         },
         [](const setting& s) {
             if (s.step < s.warmup)
                 return rise(s);
             const step_t timescale = s.warmup > 0 ? s.warmup : 10'000;
             const quad rate = s.peak * sqrtq(ratio(timescale, s.after() + timescale));
             return rate < s.min ? s.min : rate;
         },
         [](const setting& s) {
             if (s.step < s.warmup)
                 return hand_rise(s);
             const double timescale = s.warmup > 0 ? static_cast<double>(s.warmup) : 10'000;
             const double shift = timescale - static_cast<double>(s.warmup);
             return std::max(s.min, s.peak / std::sqrt((static_cast<double>(s.step) + shift) / timescale));
         }},
        stable_row<shape::linear, fall_linear>("warmup_stable_decay, linear"),
        stable_row<shape::cosine, fall_cosine>("warmup_stable_decay, cosine"),
        stable_row<shape::one_minus_sqrt, fall_one_minus_sqrt>("warmup_stable_decay, one_minus_sqrt"),
        stable_row<shape::half_life, fall_half_life>("warmup_stable_decay, half_life"),
        deepspeed_row<log_type>("deepspeed::warmup_lr, log"),
        deepspeed_row<pacer::deepspeed::warmup_type::linear>("deepspeed::warmup_lr, linear"),
        {"deepspeed::warmup_decay_lr",
         [](const setting& s) {
             return pacer::deepspeed::warmup_decay_lr{{.total_num_steps = s.total,
                                                       .warmup_min_lr = s.min,
                                                       .warmup_max_lr = s.peak,
                                                       .warmup_num_steps = s.warmup}}(s.step);
         },
         [](const setting& s) -> quad {
             const step_t warmup = deepspeed_warmup(s);
             if (s.step <= warmup)
                 return deepspeed_rise<log_type>(s, s.min);
             return between(s.min, s.peak, ratio(s.total + 1 - s.step, std::max<step_t>(s.total - warmup, 1)));
         },
         [](const setting& s) {
             const step_t warmup = deepspeed_warmup(s);
             if (s.step <= warmup)
                 return deepspeed_hand_rise<log_type>(s, s.min);
             return hand_fall(s, static_cast<double>(s.total + 1 - s.step) /
                                     static_cast<double>(std::max<step_t>(s.total - warmup, 1)));
         }},
        {"deepspeed::warmup_cosine_lr",
         [](const setting& s) {
             return pacer::deepspeed::warmup_cosine_lr{{.lr = s.peak,
                                                        .total_num_steps = s.total + 1,
                                                        .warmup_min_ratio = 0,
                                                        .warmup_num_steps = s.warmup,
                                                        .cos_min_ratio = 0}}(s.step);
         },
         [](const setting& s) -> quad {
             const step_t warmup = deepspeed_warmup(s);
             if (s.step == 0)
                 return 0;
             if (s.step <= warmup)
                 return deepspeed_rise<log_type>(s, 0);
             setting to_0 = s;
             to_0.min = 0;
             return fall_cosine(to_0, s.step - warmup, s.total + 1 - warmup);
         },
         [](const setting& s) -> double {
             const step_t warmup = deepspeed_warmup(s);
             if (s.step == 0)
                 return 0;
             if (s.step <= warmup)
                 return deepspeed_hand_rise<log_type>(s, 0);
             return s.peak *
                    hand_cosine(static_cast<double>(s.step - warmup) / static_cast<double>(s.total + 1 - warmup));
         }},
    };
}

// ---------------------------------------------------------------------------------------------------------------------

// In ULP of the exact value: of the spacing of doubles where it lies.
double error(double value, quad exact) {
    if (value == exact)
        return 0;
    int exponent = 0;
    frexpq(exact, &exponent);
    return static_cast<double>(ldexpq(fabsq(value - exact), 53 - std::max(exponent, -1021)));
}

struct worst {
    std::array<double, regions> own{};
    double by_hand = 0;

    [[nodiscard]] double highest() const { return *std::max_element(own.begin(), own.end()); }
};

worst measure(const row& r, std::uint64_t tuples) {
    worst found;
    for (int where = 0; where < regions; ++where) {
        dice roll(static_cast<std::uint64_t>(where));
        for (std::uint64_t k = 0; k < tuples / regions; ++k) {
            const setting s = draw(roll, static_cast<region>(where));
            const quad exact = r.exact(s);
            double& own = found.own[static_cast<std::size_t>(where)];
            own = std::max(own, error(r.own(s), exact));
            found.by_hand = std::max(found.by_hand, error(r.by_hand(s), exact));
        }
    }
    return found;
}

std::string printed(const char* format, double x) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), format, x);
    return text.data();
}

// A cell of a line of the table, counted from 1.
std::string cell(const std::string& line, int number) {
    std::istringstream cells(line);
    std::string text;
    for (int k = 0; k <= number; ++k)
        std::getline(cells, text, '|');
    const auto first = text.find_first_not_of(' ');
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

constexpr const char* intro = R"(# Accuracy

<!-- Made by tests/accuracy_table.cpp; do not edit. -->

How far the rates are from the exact values of their formulas, in ULP: units in the last place of the exact value, so
that the end of a decay to 0 counts as much as its beginning. (1 ULP is 1 to 2 parts in 2^53; rounding the exact value
to a double costs up to 0.5.) *Bound* is what the tests hold every schedule to: the largest error seen, rounded up.

Each row is the largest error over 10^7 random settings: lengths up to 2^53 updates, each power of two as likely;
peaks from 2^-28 to 4; a floor of 0 or down to 2^-20 of the peak, and likewise where the warm-up starts; a quarter
without warm-up. A quarter of the steps is from anywhere, a quarter near a start (of the run, of the decay), a quarter
near the middle of the decay, a quarter near the end: at distances of which each power of two is as likely. *By hand* is
the worst of the formula as it is usually written, such as `min + (peak - min) * 0.5 * (1 + cos(pi * s / T))`, over the
same settings; where it has lost all digits it is off by 10^15 ULP and more.

The exact values are computed in numbers of 113 bits. The same bits come out of g++ and clang++, optimized or not, with
fused multiply-add or without it; not under `-ffast-math`.

| schedule | bound | anywhere | near a start | near the middle | near the end | by hand |
|---|---:|---:|---:|---:|---:|---:|
)";

constexpr const char* outro = R"(
To make this page again (g++ with libquadmath; some minutes):

    cmake --preset test
    cmake --build --preset test --target accuracy_table
    build/test/tests/accuracy_table --page > docs/accuracy.md

The everyday tests do the same over fewer settings, and `ctest --test-dir build/test -L slow` over all of them; both
fail where a bound is broken.
)";

constexpr std::uint64_t tuples_of_page = 10'000'000;

std::string table_line(const row& r, const worst& found) {
    std::string line = std::string("| ") + r.name + " | " + printed("%.1f", support::bound_of(r.name)->ulps);
    for (const double own : found.own)
        line += " | " + printed("%.2f", own);
    return line + " | " + printed(found.by_hand < 100 ? "%.1f" : "%.0e", found.by_hand) + " |\n";
}

// What must be on the page: all of it but for the formulas by hand; of a run over fewer settings, the names and bounds.
std::string essence(std::istream&& page, bool whole) {
    std::string text;
    for (std::string line; std::getline(page, line);) {
        const bool in_table = line.rfind("| ", 0) == 0;
        if (in_table)
            line = cell(line, 1) + ' ' + cell(line, 2) +
                   (whole ? ' ' + cell(line, 3) + ' ' + cell(line, 4) + ' ' + cell(line, 5) + ' ' + cell(line, 6) : "");
        if (whole || in_table)
            text += line + '\n';
    }
    return text;
}

bool is_page(const std::string& path, const std::string& page, bool whole) {
    std::ifstream there(path);
    return there && essence(std::move(there), whole) == essence(std::istringstream(page), whole);
}

int complain(const std::string& what) {
    std::cerr << what << '\n';
    return EXIT_FAILURE;
}

}  // namespace

int main(int count, char** arguments) {
#ifdef __FAST_MATH__
    std::cout << "skipped: the bounds are not those of -ffast-math\n";
    return 77;
#endif
    std::uint64_t tuples = tuples_of_page;
    bool print = false;
    std::string page_path;
    for (int k = 1; k < count; ++k) {
        const std::string argument = arguments[k];
        if (argument == "--page")
            print = true;
        else if (argument == "--check" && k + 1 < count)
            page_path = arguments[++k];
        else if (argument == "--tuples" && k + 1 < count)
            tuples = std::strtoull(arguments[++k], nullptr, 10);
        else
            return complain("accuracy_table [--page] [--check PAGE] [--tuples N]");
    }

    int result = EXIT_SUCCESS;
    std::string page = intro;
    for (const row& r : rows()) {
        const support::bound* bound = support::bound_of(r.name);
        if (bound == nullptr)
            return complain(std::string(r.name) + " has no bound");
        const worst found = measure(r, tuples);
        if (!(found.highest() <= bound->ulps))
            result = complain(std::string(r.name) + ": " + printed("%.3f", found.highest()) +
                              " ULP, above its bound of " + printed("%.1f", bound->ulps));
        const std::string line = table_line(r, found);
        page += line;
        if (!print)
            std::cout << line << std::flush;
    }
    page += outro;
    if (print)
        std::cout << page;
    if (!page_path.empty() && !is_page(page_path, page, tuples == tuples_of_page))
        result = complain(page_path + " is not what accuracy_table --page prints");
    return result;
}
