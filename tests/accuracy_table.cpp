// SPDX-License-Identifier: MIT
// How far the rates are from the exact values of their formulas, beside the formulas as they are written by hand.
//
//     accuracy_table [--page] [--check PAGE] [--tuples N]
//
// Over N random settings and steps for each schedule; fails if an error is above the bound of catalogue.hpp, or if
// docs/accuracy.md (PAGE) states other bounds. --page prints that page; --check with the page's own N (the default)
// compares it all but for the formulas by hand, whose last digits are those of the C library.
//
// The reference is computed in numbers of 113 bits, counted from the nearer end and without cancellation. g++ only.
#include "catalogue.hpp"

#include <pacer/dialects/deepspeed.hpp>

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

struct setting : support::settings {
    step_t step = 0;
};

setting draw(dice& roll, region where) {
    setting s;
    s.peak = roll.smaller_than(4, 30);
    s.end = roll.below(3) == 0 ? 0 : roll.smaller_than(s.peak, 20);
    s.init = roll.below(2) == 0 ? 0 : roll.smaller_than(s.peak, 20);
    s.total = 2 + roll.any_size(pacer::longest - 2);
    const step_t warmup = roll.below(4) != 0 ? std::min(roll.any_size(s.total), s.total / 2) : 0;
    const step_t stable = roll.below(3) == 0 ? 0 : roll.below((s.total - warmup + 1) / 2);
    s.warmup = pacer::warmup_steps(warmup);
    s.decay = s.total - warmup - stable;
    s.restarts = roll.any_size(100);
    const step_t distance = roll.any_size(s.total) - 1;
    switch (where) {
    case uniform: s.step = roll.below(s.total); break;
    case near_start:
        s.step = distance + (roll.below(2) == 0 ? 0 : roll.below(2) == 0 ? warmup : warmup + stable);
        break;
    case near_middle: {
        const step_t begin = roll.below(2) == 0 ? warmup : warmup + stable;
        const step_t middle = begin + (s.total - begin) / 2;
        s.step = roll.below(2) == 0 ? middle - distance : middle + distance;
        break;
    }
    default: s.step = s.total - 1 - distance; break;
    }
    s.step = std::clamp<step_t>(s.step, 0, s.total - 1);
    s.seed = static_cast<std::uint64_t>(s.step) + 1;
    return s;
}

}  // namespace

// The catalogue's formulas in 113 bits.
template <>
struct support::real<quad> {
    static quad sqrt(quad x) { return sqrtq(x); }
    static quad sin(quad x) { return sinq(x); }
    static quad exp2m1(quad x) {
        static const quad ln2 = logq(2);
        return expm1q(x * ln2);
    }
    static quad pow(quad x, quad y) { return powq(x, y); }
    static quad fmod(quad x, quad y) { return fmodq(x, y); }
    static quad half_pi() {
        static const quad value = acosq(0);
        return value;
    }
};

namespace {

// ---------------------------------------------------------------------------------------------------------------------
// The formulas as they are written by hand, with a warm-up from `init` in its shape.

struct hand_run : by_hand::run {
    double init;
    pacer::ramp_shape shape;

    [[nodiscard]] double warm(step_t s) const {
        const double x = static_cast<double>(s);
        const double n = static_cast<double>(warmup);
        switch (shape.which()) {
        case pacer::ramp_shape::kind::cosine: return init + (peak - init) * stable::cosine_left(1 - x / n);
        case pacer::ramp_shape::kind::one_minus_sqrt: return init + (peak - init) * stable::sqrt_left(1 - x / n);
        case pacer::ramp_shape::kind::half_life: return init + (peak - init) * stable::half_life_left(1 - x / n);
        default: return init + (peak - init) * x / n;
        }
    }

private:
    using stable = support::row<pacer::warmup_stable_decay>;
};

// ---------------------------------------------------------------------------------------------------------------------
// The schedules.

struct row {
    const char* name;
    double bound;
    support::change choose;
    double (*own)(const setting&);
    quad (*exact)(const setting&);
    double (*by_hand)(const setting&);
};

template <class Row>
void add_rows_of(Row, std::vector<row>& all) {
    for (const support::grade& g : Row::graded)

        all.push_back({g.label, g.ulps, g.choose,
                       [](const setting& s) { return Row::template make<double>(s)(s.step); },
                       [](const setting& s) {
                           return Row::template value<quad>(s, s.step).value_or(Row::template make<double>(s)(s.step));
                       },
                       [](const setting& given) {
                           setting s = given;
                           Row::read(s);
                           const hand_run run{{s.peak, s.floor(), s.warmup_updates(), s.total}, s.init, s.warmup_shape};
                           return Row::by_hand(run, s, s.step);
                       }});
}

// What DeepSpeed's formulas are made of: they have rows of their own, because they are no schedules of the list.
quad ratio(step_t a, step_t b) { return static_cast<quad>(a) / static_cast<quad>(b); }

quad between(double from, double to, quad done) { return from + (static_cast<quad>(to) - from) * done; }

double hand_fall(const setting& s, double left) { return s.floor() + (s.peak - s.floor()) * left; }

double hand_cosine(double progress) { return 0.5 * (1 + std::cos(std::numbers::pi * progress)); }

// DeepSpeed's count of updates is one behind.
step_t deepspeed_warmup(const setting& s) { return std::max<step_t>(s.warmup_updates(), 2); }

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
row deepspeed_row(const char* name, double bound) {
    return {name,
            bound,
            support::as_they_are,
            [](const setting& s) {
                return pacer::deepspeed::warmup_lr{{.warmup_min_lr = s.floor(),
                                                    .warmup_max_lr = s.peak,
                                                    .warmup_num_steps = s.total,
                                                    .warmup_type = Type}}(s.step);
            },
            [](const setting& s) {
                setting whole = s;
                whole.warmup = pacer::warmup_steps(s.total);
                return deepspeed_rise<Type>(whole, s.floor());
            },
            [](const setting& s) {
                setting whole = s;
                whole.warmup = pacer::warmup_steps(s.total);
                return deepspeed_hand_rise<Type>(whole, s.floor());
            }};
}

std::vector<row> rows() {
    constexpr auto log_type = pacer::deepspeed::warmup_type::log;
    std::vector<row> all;
    support::for_each_named([&](auto schedule) { add_rows_of(schedule, all); });
    const row deepspeed[] = {
        deepspeed_row<log_type>("deepspeed::warmup_lr, log", 3.5),
        deepspeed_row<pacer::deepspeed::warmup_type::linear>("deepspeed::warmup_lr, linear", 3),
        {"deepspeed::warmup_decay_lr", 3.5, support::as_they_are,
         [](const setting& s) {
             return pacer::deepspeed::warmup_decay_lr{{.total_num_steps = s.total,
                                                       .warmup_min_lr = s.floor(),
                                                       .warmup_max_lr = s.peak,
                                                       .warmup_num_steps = s.warmup_updates()}}(s.step);
         },
         [](const setting& s) -> quad {
             const step_t warmup = deepspeed_warmup(s);
             if (s.step <= warmup)
                 return deepspeed_rise<log_type>(s, s.floor());
             return between(s.floor(), s.peak, ratio(s.total + 1 - s.step, std::max<step_t>(s.total - warmup, 1)));
         },
         [](const setting& s) {
             const step_t warmup = deepspeed_warmup(s);
             if (s.step <= warmup)
                 return deepspeed_hand_rise<log_type>(s, s.floor());
             return hand_fall(s, static_cast<double>(s.total + 1 - s.step) /
                                     static_cast<double>(std::max<step_t>(s.total - warmup, 1)));
         }},
        {"deepspeed::warmup_cosine_lr", 4.3, support::as_they_are,
         [](const setting& s) {
             return pacer::deepspeed::warmup_cosine_lr{{.lr = s.peak,
                                                        .total_num_steps = s.total + 1,
                                                        .warmup_min_ratio = 0,
                                                        .warmup_num_steps = s.warmup_updates(),
                                                        .cos_min_ratio = 0}}(s.step);
         },
         [](const setting& s) -> quad {
             const step_t warmup = deepspeed_warmup(s);
             if (s.step == 0)
                 return 0;
             if (s.step <= warmup)
                 return deepspeed_rise<log_type>(s, 0);
             return support::between(static_cast<quad>(s.peak), quad(0), static_cast<quad>(s.step - warmup),
                                     static_cast<quad>(s.total + 1 - warmup), pacer::ramp_shape::cosine);
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
    all.insert(all.end(), std::begin(deepspeed), std::end(deepspeed));
    return all;
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
            setting s = draw(roll, static_cast<region>(where));
            r.choose(s);
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
    std::string line = std::string("| ") + r.name + " | " + printed("%.1f", r.bound);
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
        const worst found = measure(r, tuples);
        if (!(found.highest() <= r.bound))
            result = complain(std::string(r.name) + ": " + printed("%.3f", found.highest()) +
                              " ULP, above its bound of " + printed("%.1f", r.bound));
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
