// SPDX-License-Identifier: MIT
#ifndef PACER_ERROR_HPP
#define PACER_ERROR_HPP

/// How an invalid configuration is reported.
///
/// Every constructor checks every field. The first field that breaks a rule is reported as a `violation`: the field,
/// the value and the rule. Asked in a constant expression it is a compile error; at run time `invalid_schedule` is
/// thrown. Built with `-fno-exceptions`, the same text goes to a replaceable handler and the program ends.
/// `check(params)` gives the same answer as a value, for those who want to ask first. Nothing is repaired silently.

#include <pacer/schedule.hpp>

#include <bit>
#include <cstdio>
#include <exception>

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define PACER_HAS_EXCEPTIONS 1
#else
#define PACER_HAS_EXCEPTIONS 0
#endif

namespace pacer {

/// Which field broke which rule, with which value; false if no rule is broken.
struct violation {
    /// What kind of thing `value` is, for printing.
    enum class kind { none, rate, count };

    const char* field = nullptr;
    const char* rule = nullptr;
    kind value_kind = kind::none;  ///< none: no value was given
    double rate = 0;               ///< the value, if it is a rate
    step_t count = 0;              ///< the value, if it is a count
    kind limit_kind = kind::none;  ///< none: the rule says it all
    double rate_limit = 0;         ///< the value the rule compares with, if it is a rate
    step_t count_limit = 0;        ///< the value the rule compares with, if it is a count

    [[nodiscard]] constexpr explicit operator bool() const noexcept { return field != nullptr; }
};

namespace detail {

inline constexpr unsigned message_size = 256;

/// The shortest decimal that reads back as the same double, or the count; empty for neither.
inline void write_value(violation::kind kind, double rate, step_t count, const char* before, const char* after,
                        char (&text)[48]) noexcept {
    text[0] = '\0';
    if (kind == violation::kind::count)
        std::snprintf(text, sizeof text, "%s%lld%s", before, static_cast<long long>(count), after);
    for (int digits = 1; kind == violation::kind::rate && digits <= 17; ++digits) {
        double back = 0;
        std::snprintf(text, sizeof text, "%.*g", digits, rate);
        const bool same = std::sscanf(text, "%lf", &back) == 1 && back == rate;
        std::snprintf(text, sizeof text, "%s%.*g%s", before, digits, rate, after);
        if (same)
            break;
    }
}

/// Writes "pacer: FIELD = VALUE: RULE (LIMIT)" and returns `text`.
inline const char* describe(const violation& v, char (&text)[message_size]) noexcept {
    char value[48];
    char limit[48];
    write_value(v.value_kind, v.rate, v.count, " = ", "", value);
    write_value(v.limit_kind, v.rate_limit, v.count_limit, " (", ")", limit);
    std::snprintf(text, sizeof text, "pacer: %s%s: %s%s", v.field, value, v.rule, limit);
    return text;
}

}  // namespace detail

#if PACER_HAS_EXCEPTIONS

/// Thrown by every constructor and combinator that is given an invalid configuration. Uses no heap of its own.
class invalid_schedule : public std::exception {
public:
    explicit invalid_schedule(const violation& v) noexcept : violation_(v) { detail::describe(v, text_); }

    /// "pacer: min_lr = 0.1: must be at most peak_lr (0.01)"
    [[nodiscard]] const char* what() const noexcept override { return text_; }
    [[nodiscard]] const violation& why() const noexcept { return violation_; }
    [[nodiscard]] const char* field() const noexcept { return violation_.field; }
    [[nodiscard]] const char* rule() const noexcept { return violation_.rule; }

private:
    violation violation_;
    char text_[detail::message_size];
};

#else

/// Called with the text of the error where there are no exceptions. If it returns, the program ends.
using invalid_handler = void (*)(const char* message);

namespace detail {

inline invalid_handler on_invalid = [](const char* message) { std::fprintf(stderr, "%s\n", message); };

}  // namespace detail

/// Replaces the handler; returns the one before.
inline invalid_handler set_invalid_handler(invalid_handler handler) noexcept {
    const invalid_handler before = detail::on_invalid;
    detail::on_invalid = handler;
    return before;
}

#endif

namespace detail {

// Not constexpr on purpose: reaching it while a constant is computed is the compile error that the user should see.
[[noreturn]] inline void reject(const violation& v) {
#if PACER_HAS_EXCEPTIONS
    throw invalid_schedule(v);
#else
    char text[message_size];
    on_invalid(describe(v, text));
    std::terminate();
#endif
}

constexpr void require(const violation& v) {
    if (v)
        reject(v);
}

/// The first of several checks that found something.
template <class... Rest>
constexpr violation first_of(const violation& v, const Rest&... rest) noexcept {
    if constexpr (sizeof...(rest) == 0)
        return v;
    else
        return v ? v : first_of(rest...);
}

constexpr violation bad_rate(const char* field, double value, const char* rule) noexcept {
    return {.field = field, .rule = rule, .value_kind = violation::kind::rate, .rate = value};
}

constexpr violation bad_count(const char* field, step_t value, const char* rule) noexcept {
    return {.field = field, .rule = rule, .value_kind = violation::kind::count, .count = value};
}

constexpr violation missing(const char* field, const char* rule) noexcept { return {.field = field, .rule = rule}; }

constexpr violation check_at_most(const char* field, double value, double limit, const char* rule) noexcept {
    if (value <= limit)
        return {};
    violation v = bad_rate(field, value, rule);
    v.limit_kind = violation::kind::rate;
    v.rate_limit = limit;
    return v;
}

constexpr violation check_at_most(const char* field, step_t value, step_t limit, const char* rule) noexcept {
    if (value <= limit)
        return {};
    violation v = bad_count(field, value, rule);
    v.limit_kind = violation::kind::count;
    v.count_limit = limit;
    return v;
}

/// What a rate or a count is when nobody gave one.
inline constexpr step_t unset = -1;

/// Whether 0 <= x <= highest. By value and by bits: -ffast-math lets a compiler take x for no NaN and leave out either
/// test, but those that do so leave out only one of them.
constexpr bool is_between_0_and(double highest, double x) noexcept {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    constexpr std::uint64_t minus_0 = std::uint64_t{1} << 63;
    return x >= 0 && x <= highest && (bits <= std::bit_cast<std::uint64_t>(highest) || bits == minus_0);
}

constexpr violation check_rate(const char* field, double value) noexcept {
    if (is_between_0_and(std::numeric_limits<double>::max(), value))
        return {};
    if (std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(static_cast<double>(unset)))
        return missing(field, "must be given, as a finite rate of 0 or more");
    return bad_rate(field, value, "must be a finite rate of 0 or more");
}

constexpr violation check_length(const char* field, step_t value) noexcept {
    if (value >= 0 && value <= longest)
        return {};
    if (value == unset)
        return missing(field, "must be given, as a number of updates from 0 to 2^53");
    return bad_count(field, value, "must be a number of updates from 0 to 2^53");
}

constexpr violation check_total(step_t value, bool may_be_endless) noexcept {
    if (may_be_endless && value == endless)
        return {};
    return check_length("total_steps", value);
}

}  // namespace detail
}  // namespace pacer

#endif
