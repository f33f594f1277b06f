// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_EVIDENCE_HPP
#define PACER_ANALYSIS_EVIDENCE_HPP

/// What an explanation of a log is worth, and what it costs: its description length, in bits. The explanation that needs
/// the fewest is taken, and none at all where writing down the rates themselves needs fewer.
///
/// A rate that a curve gives need not be written down, which saves its digits; everything that has to be said for it (a
/// number that is not the recipe's, an update that was skipped, another curve) costs what saying it takes. All of these
/// prices stand here.

#include <pacer/analysis/training_log.hpp>
#include <pacer/numerics/shortest.hpp>
#include <pacer/schedule.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace pacer::analysis {

/// How a log writes its rates.
struct written_rates {
    /// The ways to write a rate.
    enum class kind : unsigned char {
        exact,     ///< every digit of a double
        single,    ///< of a float, computed as one
        digits,    ///< rounded to so many significant digits
        decimals,  ///< rounded to so many places after the point
    };
    kind how = kind::exact;  ///< the way this log does
    int count = 0;           ///< of `digits` or `decimals`
    double bits_each = 40;   ///< what a rate is worth: 52 bits are random at most, and formulas differ in the last few

    PACER_HOST friend bool operator==(const written_rates&, const written_rates&) = default;
};

namespace detail {

PACER_HOST inline double ulp_of(double x) { return std::nextafter(x, std::numeric_limits<double>::infinity()) - x; }

/// Two formulas for one curve, each a handful of roundings: what may remain between them, in ULP of the peak.
inline constexpr double rounding_of_formulas = 4;

/// The same where one of them computes each rate from the one before.
inline constexpr double rounding_of_recursions = 8192;

/// Whether a number is a whole multiple of a unit, but for a few roundings.
PACER_HOST inline bool is_multiple(double x, double unit) {
    return std::abs(std::round(x / unit) * unit - x) <= 8 * ulp_of(x);
}

/// How far a logged rate may be from that of a curve, which was computed in double. One that has more digits than the log's
/// was not rounded.
PACER_HOST inline double tolerance(const written_rates& written, double logged, double peak,
                                   double roundings = rounding_of_formulas) {
    const double size = std::abs(logged);
    const double exact = roundings * ulp_of(std::abs(peak));
    switch (written.how) {
    case written_rates::kind::exact: return exact;
    case written_rates::kind::single: return 0x1p-21 * std::abs(peak);
    case written_rates::kind::digits:
        if (size > 0)
            if (const double unit = std::pow(10.0, std::floor(std::log10(size)) + 1 - written.count);
                is_multiple(size, unit))
                return exact + 0.5000001 * unit;
        return exact;
    case written_rates::kind::decimals:
        if (const double unit = std::pow(10.0, -written.count); is_multiple(size, unit))
            return exact + 0.5000001 * unit;
        return exact;
    }
    return exact;
}

/// The digits that a number needs: 1.5e-4 has two.
PACER_HOST inline int digits_of(double x) {
    if (!(std::abs(x) > 0) || !std::isfinite(x))
        return 1;
    return pacer::detail::shortest_decimal(std::abs(x)).count;
}

/// The digits of the shortest decimal that a few roundings may have made x of; 17 if it is none of up to twelve.
PACER_HOST inline int digits_near(double x) {
    if (!(std::abs(x) > 0) || !std::isfinite(x))
        return 1;
    if (const int digits = digits_of(x); digits <= 12)
        return digits;
    const double scale = std::pow(10.0, 11 - std::floor(std::log10(std::abs(x))));
    const double whole = std::round(std::abs(x) * scale);
    if (!(std::abs(whole / scale - std::abs(x)) <= 4 * ulp_of(std::abs(x))))
        return 17;
    auto rest = static_cast<long long>(whole);
    int digits = 12;
    for (; rest % 10 == 0; rest /= 10)
        --digits;
    return digits;
}

namespace bits {

inline constexpr double for_digit = 3.3219280948873623;
inline constexpr double of_repetition = 4;  ///< the rate of the line before, once more: nearly nothing is said by it
inline constexpr double of_return = 16;     ///< that of a few lines before, after others
inline constexpr double of_bad_point = 20;  ///< a point that a curve passes by, beside its digits
inline constexpr double of_skip = 6;        ///< that updates were skipped, beside their number
inline constexpr double of_evidence = 12;   ///< so many must be left for a curve that is not as expected
inline constexpr double of_stretch = 24;    ///< that another curve takes over
inline constexpr double of_choice = 4;      ///< one of a few usual things
inline constexpr double of_rare_choice = 12;
inline constexpr double of_usual_change = 0.6;  ///< of the bits of a length: nothing is changed more often than that

PACER_HOST inline double of_span(double n) { return std::log2(n + 1); }

/// A number of updates: round ones are cheaper.
PACER_HOST inline double of_count(step_t n) {
    if (n <= 1)
        return n == 0 ? 0 : 2;
    int digits = 0;
    step_t rest = n;
    while (rest % 10 == 0)
        rest /= 10;
    for (; rest > 0; rest /= 10)
        ++digits;
    return (std::min)(2 * std::log2(static_cast<double>(n)) + 1, for_digit * digits + 6);
}

/// A rate, or a part of one: round ones are cheaper.
PACER_HOST inline double of_number(double x) { return x == 0 ? 0 : for_digit * digits_of(x) + 5; }

}  // namespace bits

/// What the digits of a log's rates are worth. A rate that was seen a few lines before is said by that: else a level among
/// noise would be evidence each time that it comes back.
PACER_HOST inline double worth_of(const written_rates& written, const std::vector<log_point>& points, std::size_t i) {
    constexpr std::size_t remembered = 8;
    for (std::size_t k = 1; k <= remembered && k <= i; ++k)
        if (points[i].lr == points[i - k].lr)
            return (std::min)(k == 1 ? bits::of_repetition : bits::of_return, written.bits_each);
    return written.bits_each;
}

/// How the rates of a log seem to be written, the likeliest first. Short rates may be exact, or rounded.
PACER_HOST inline std::vector<written_rates> ways_of_writing(const std::vector<log_point>& points) {
    std::vector<int> digits;
    std::vector<int> decimals;
    std::size_t single = 0;
    bool is_computed = false;  // a rate misses a short decimal by a rounding: it was not written with few digits
    const std::size_t stride = points.size() / 4096 + 1;
    for (std::size_t i = 0; i < points.size(); i += stride) {
        const double x = std::abs(points[i].lr);
        // A level is one rate, however often it is logged.
        if (!(x > 0) || !std::isfinite(x) || (i > 0 && points[i].lr == points[i - 1].lr))
            continue;
        digits.push_back(digits_near(x));
        is_computed = is_computed || (digits.back() <= 12 && digits_of(x) > 12);
        decimals.push_back((std::max)(digits.back() - static_cast<int>(std::floor(std::log10(x))) - 1, 0));
        single += static_cast<double>(static_cast<float>(x)) == x ? 1U : 0U;
    }
    std::vector<written_rates> found{{}};
    if (digits.empty())
        return found;
    // A few points may be wrong, or have more digits than the others: 0.0098, but 0.00991632.
    constexpr int most_written = 8;
    const auto counts = [](std::vector<int>& all, int highest) {
        const auto nth = all.begin() + static_cast<std::ptrdiff_t>((all.size() - 1) * 9 / 10);
        std::nth_element(all.begin(), nth, all.end());
        std::vector<int> two{*nth};
        for (auto count = nth; count != all.end(); ++count)
            if (*count <= highest && *count > two.back())
                two.resize(1), two.push_back(*count);
        return two;
    };
    const std::vector<int> by_digits = counts(digits, most_written);
    const std::vector<int> by_decimals = counts(decimals, 12);
    const int most_digits = by_digits.front();
    // Nor is one digit in each of a few rates: a level is a round number by itself.
    constexpr std::size_t few_rates = 4;
    if (most_digits <= most_written) {
        const double bits_each = bits::for_digit * most_digits;
        found.front().bits_each = bits_each;
        for (const int count : by_digits)
            if (count > 1 && !is_computed)  // nobody writes one, and it would be next to no evidence
                found.push_back({written_rates::kind::digits, count, bits_each});
        for (const int count : by_decimals)
            if (count > 0 && count <= 12 && !is_computed && (most_digits > 1 || digits.size() > few_rates))
                found.push_back({written_rates::kind::decimals, count, bits_each});
    } else if (single * 10 >= digits.size() * 9) {
        found.push_back({written_rates::kind::single, 0, 20});
    }
    return found;
}

}  // namespace detail
}  // namespace pacer::analysis

#endif
