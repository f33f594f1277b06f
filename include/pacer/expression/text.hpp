// SPDX-License-Identifier: MIT
#ifndef PACER_EXPRESSION_TEXT_HPP
#define PACER_EXPRESSION_TEXT_HPP

// The values of fields as text, so that reading gives back the same value, to the bit:
//
//     rates and numbers    0.001  5e-05                       steps      12000  endless
//     ratios of the peak   10%                                warm-ups   500  3%  floor(3%)  off
//     choices              hold  from_zero  cosine            shapes     cosine  power(4)
//     lists                [30, 60, 90]
//
// Read are also digits in groups, 12'000 and 12_000.

#include <pacer/error.hpp>
#include <pacer/list.hpp>
#include <pacer/lr_ratio.hpp>
#include <pacer/numerics/charconv.hpp>
#include <pacer/past_end.hpp>
#include <pacer/shapes.hpp>
#include <pacer/warmup.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pacer {

/// A text that is no expression. `what()` is "LINE:COLUMN: what was found, and what is accepted".
struct expression_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

namespace detail::syntax {

template <class Error>
[[noreturn]] PACER_HOST void fail(const std::string& text) {
#if PACER_HAS_EXCEPTIONS
    throw Error(text);
#else
    on_invalid(text.c_str());
    std::terminate();
#endif
}

PACER_HOST inline std::string described(const violation& v) {
    char text[message_size];
    return describe(v, text);
}

/// A name, of `length` letters, that is none of the known ones.
PACER_SELDOM PACER_HOST constexpr violation unknown_name(const char* field, const char* name, unsigned length,
                                                         const char* const* known, unsigned count) noexcept {
    return {.field = field,
            .rule = "must be one of",
            .value_kind = violation::kind::name,
            .name = name,
            .name_length = length,
            .names = known,
            .names_count = count};
}

/// Reads the enumerator of that name, of `length` letters; false if there is none.
template <class Enum>
PACER_HOST constexpr bool read_choice(const char* name, unsigned length, Enum& to) noexcept {
    for (unsigned i = 0; i < count_of<Enum>; ++i) {
        const char* const known = names<Enum>::values[i];
        unsigned same = 0;
        while (same < length && known[same] != '\0' && known[same] == name[same])
            ++same;
        if (same == length && known[same] == '\0') {
            to = static_cast<Enum>(i);
            return true;
        }
    }
    return false;
}

// ---------------------------------------------------------------------------------------------------------------------
// Writing.

PACER_HOST inline std::string written(double x) {
    char text[40];
    return {text, detail::to_chars(text, x)};
}
PACER_HOST inline std::string written(step_t n) { return n == endless ? "endless" : std::to_string(n); }

/// 0.1 as 10%: the shortest digits, with the point two places further on, so that nothing is rounded.
PACER_HOST inline std::string percent(double x) {
    if ((to_bits(x) >> 63) != 0)
        return "-" + percent(-x);
    if (x == 0)
        return "0%";
    char text[40];
    const std::string_view all(text, static_cast<std::size_t>(to_chars_scientific(text, x) - text));
    const std::size_t e = all.find('e');
    if (e == std::string_view::npos)  // no finite number
        return std::string(all) + "%";
    int exponent = 0;
    const char* from = all.data() + e + 1;
    detail::from_chars(*from == '+' ? from + 1 : from, all.data() + all.size(), exponent);
    exponent += 2;
    std::string digits(all.substr(0, 1));
    if (e > 2)
        digits += all.substr(2, e - 2);
    const auto count = static_cast<int>(digits.size());
    if (exponent < -4 || exponent > 15)
        return digits.substr(0, 1) + (count > 1 ? "." + digits.substr(1) : "") + "e" + std::to_string(exponent) + "%";
    if (exponent < 0)
        return "0." + std::string(static_cast<std::size_t>(-exponent) - 1, '0') + digits + "%";
    if (count <= exponent + 1)
        return digits + std::string(static_cast<std::size_t>(exponent) + 1 - static_cast<std::size_t>(count), '0') +
               "%";
    const auto point = static_cast<std::size_t>(exponent) + 1;
    return digits.substr(0, point) + "." + digits.substr(point) + "%";
}

PACER_HOST inline std::string written(bool flag) { return flag ? "true" : "false"; }
PACER_HOST inline std::string written(const lr_or_ratio& lr) {
    return lr.is_ratio() ? percent(lr.value()) : written(lr.value());
}
PACER_HOST inline std::string written(const warmup& w) {
    switch (w.given_as()) {
    case warmup::kind::steps: return written(w.count());
    case warmup::kind::ratio:
        return w.rounded() == rounding::ceil ? percent(w.ratio())
                                             : std::string(name_of(w.rounded())) + "(" + percent(w.ratio()) + ")";
    case warmup::kind::unset:
    case warmup::kind::off: break;
    }
    return "off";
}
PACER_HOST inline std::string written(const ramp_shape& shape) {
    return shape.which() == ramp_shape::kind::power ? "power(" + written(shape.exponent()) + ")"
                                                    : std::string(shape.name());
}
template <class Enum>
    requires requires { names<Enum>::values; }
PACER_HOST std::string written(Enum choice) { return name_of(choice); }

template <class T>
PACER_HOST std::string written(const list<T>& numbers) {
    std::string text = "[";
    for (const T& number : numbers)
        text += (text.size() > 1 ? ", " : "") + written(number);
    return text + "]";
}

// ---------------------------------------------------------------------------------------------------------------------
// Reading: false for what is no such value. What the value may be is the schedule's to say.

template <class T>
PACER_HOST bool read_number(std::string_view text, T& to) {
    const auto [end, error] = detail::from_chars(text.data(), text.data() + text.size(), to);
    return error == std::errc{} && end == text.data() + text.size();
}

/// Without the marks between groups of digits; empty if one of them stands anywhere else.
PACER_HOST inline std::string without_groups(std::string_view text) {
    const auto is_digit = [&](std::size_t k) { return k < text.size() && text[k] >= '0' && text[k] <= '9'; };
    std::string digits;
    for (std::size_t k = 0; k < text.size(); ++k) {
        if (text[k] != '\'' && text[k] != '_')
            digits += text[k];
        else if (k == 0 || !is_digit(k - 1) || !is_digit(k + 1))
            return {};
    }
    return digits;
}

/// The part of "NAME(PART)" in brackets; empty if it is something else.
PACER_HOST inline std::string_view argument_of(std::string_view text, std::string_view name) {
    if (!text.starts_with(name) || text.size() < name.size() + 3 || text[name.size()] != '(' || text.back() != ')')
        return {};
    return text.substr(name.size() + 1, text.size() - name.size() - 2);
}

PACER_HOST inline bool read(std::string_view text, double& to) { return read_number(without_groups(text), to); }
PACER_HOST inline bool read(std::string_view text, float& to) {
    double number = 0;
    if (!read(text, number))
        return false;
    constexpr double most = largest<float>;
    constexpr auto infinity = PACER_BIT_CAST(float, std::uint32_t{0x7F80'0000u});
    const float beyond = number > 0 ? infinity : -infinity;
    to = number >= -most && number <= most ? static_cast<float>(number) : beyond;
    return true;
}
PACER_HOST inline bool read(std::string_view text, step_t& to) {
    if (text == "endless") {
        to = endless;
        return true;
    }
    return read_number(without_groups(text), to);
}
PACER_HOST inline bool read(std::string_view text, bool& to) {
    to = text == "true";
    return to || text == "false";
}
template <class T>
PACER_HOST bool read(std::string_view text, list<T>& to) {
    if (text.size() < 2 || text.front() != '[' || text.back() != ']')
        return false;
    text = text.substr(1, text.size() - 2);
    to = {};
    while (!text.empty()) {
        std::string_view one = text.substr(0, text.find(','));
        text.remove_prefix(one.size() < text.size() ? one.size() + 1 : one.size());
        while (!one.empty() && one.front() == ' ')
            one.remove_prefix(1);
        T number{};
        if (!read(one, number))
            return false;
        to.add(number);
    }
    return true;
}
PACER_HOST inline bool read_percent(std::string_view text, double& to) {
    if (text.empty() || text.back() != '%')
        return false;
    std::string digits = without_groups(text.substr(0, text.size() - 1));
    int exponent = 0;
    if (const std::size_t e = digits.find_first_of("eE"); e != std::string::npos) {
        const std::size_t sign = e + 1 < digits.size() && digits[e + 1] == '+' ? 2 : 1;
        if (!read_number(std::string_view(digits).substr(e + sign), exponent) || exponent > 10'000 ||
            exponent < -10'000)
            return false;
        digits.erase(e);
    }
    return read_number(digits + "e" + std::to_string(exponent - 2), to);
}
PACER_HOST inline bool read(std::string_view text, lr_or_ratio& to) {
    double value = 0;
    if (read_percent(text, value)) {
        to = lr_ratio(value);
        return true;
    }
    if (!read(text, value))
        return false;
    to = value;
    return true;
}
PACER_HOST inline bool read(std::string_view text, warmup& to) {
    double ratio = 0;
    if (text == "off") {
        to = no_warmup;
        return true;
    }
    if (read_percent(text, ratio)) {
        to = warmup_ratio(ratio);
        return true;
    }
    for (unsigned k = 0; k < count_of<rounding>; ++k)
        if (read_percent(argument_of(text, names<rounding>::values[k]), ratio)) {
            to = warmup_ratio(ratio, static_cast<rounding>(k));
            return true;
        }
    step_t steps = 0;
    if (!read_number(without_groups(text), steps))
        return false;
    to = warmup_steps(steps);
    return true;
}
template <class Enum>
    requires requires { names<Enum>::values; }
PACER_HOST bool read(std::string_view text, Enum& to) {
    return read_choice(text.data(), static_cast<unsigned>(text.size() < 100 ? text.size() : 100), to);
}
PACER_HOST inline bool read(std::string_view text, ramp_shape& to) {
    double exponent = 0;
    if (const std::string_view power = argument_of(text, "power"); !power.empty()) {
        if (!read(power, exponent) || !(exponent > 0 && is_between_0_and(largest<double>, exponent)))
            return false;
        to = ramp_shape::power(exponent);
        return true;
    }
    ramp_shape::kind kind{};
    if (text == "power" || !read(text, kind))
        return false;
    to = ramp_shape(kind);
    return true;
}

}  // namespace detail::syntax
}  // namespace pacer

#endif
