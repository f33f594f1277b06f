// SPDX-License-Identifier: MIT
#ifndef PACER_ERROR_HPP
#define PACER_ERROR_HPP

/// How an invalid configuration is reported.
///
/// Every constructor checks every field. The first field that breaks a rule is reported as a `violation`: the field,
/// the value and the rule. Asked in a constant expression it is a compile error; at run time `invalid_schedule` is
/// thrown. Built with `-fno-exceptions`, the same text goes to a replaceable handler and the program ends.
/// `check(params)` gives the same answer as a value, for those who want to ask first. Nothing is repaired silently.

#include <pacer/nearest.hpp>
#include <pacer/numerics/shortest.hpp>
#include <pacer/schedule.hpp>

#include <new>  // brings std::exception, without the rest of <exception>
#if !PACER_HAS_EXCEPTIONS
#include <cstdio>
#include <exception>
#endif

namespace pacer {

/// Which field broke which rule, with which value; false if no rule is broken.
struct violation {
    /// What kind of thing `value` is, for printing.
    enum class kind : unsigned char { none, rate, count, name };

    const char* field = nullptr;         ///< its name; null if no rule is broken
    const char* rule = nullptr;          ///< "must be at most peak_lr"
    kind value_kind = kind::none;        ///< none: no value was given
    kind limit_kind = kind::none;        ///< none: the rule says it all
    double rate = 0;                     ///< the value, if it is a rate
    step_t count = 0;                    ///< the value, if it is a count, or a choice: its number
    const char* name = nullptr;          ///< the value, if it is a name: the choice, or what was written for one
    unsigned name_length = 0;            ///< of `name`, which need not end with a 0
    const char* type = nullptr;          ///< the type of a choice: "past_end" of `past_end::wave`
    double rate_limit = 0;               ///< the value the rule compares with, if it is a rate
    step_t count_limit = 0;              ///< the value the rule compares with, if it is a count
    const char* const* names = nullptr;  ///< the names the value must be one of, if the rule is that
    unsigned names_count = 0;            ///< how many there are

    /// Whether a rule is broken.
    [[nodiscard]] PACER_HOST constexpr explicit operator bool() const noexcept { return field != nullptr; }
};

namespace detail {

/// The names of the enumerators of an `Enum` that is a choice, from 0 on without a gap, beside the enum in its header:
///
///     template <>
///     struct names<past_end> {
///         static constexpr const char* type = "past_end";
///         static constexpr const char* values[] = {"hold", "zero", "repeat", "wave"};
///     };
template <class Enum>
struct names;

template <class Enum>
inline constexpr unsigned count_of = sizeof(names<Enum>::values) / sizeof(const char*);

/// The name of an enumerator; nullptr if the number is none.
template <class Enum>
PACER_HOST constexpr const char* name_of(Enum choice) noexcept {
    const auto index = static_cast<step_t>(choice);
    return index >= 0 && index < step_t{count_of<Enum>} ? names<Enum>::values[index] : nullptr;
}

/// Enough for the names of all schedules. A longer text ends with "...".
inline constexpr unsigned message_size = 768;

/// Writes a text into a buffer of fixed size, as far as there is room.
class message_writer {
public:
    PACER_HOST explicit message_writer(char (&text)[message_size]) noexcept : text_(text) { text_[0] = '\0'; }

    PACER_SELDOM PACER_HOST void put(const char* part, unsigned length) noexcept {
        for (unsigned i = 0; i < length; ++i) {
            if (used_ == message_size - 1) {
                for (unsigned dot = 2; dot <= 4; ++dot)
                    text_[message_size - dot] = '.';
                return;
            }
            text_[used_++] = part[i];
            text_[used_] = '\0';
        }
    }
    PACER_HOST void put(const char* part) noexcept { put(part, length_of(part)); }

    PACER_HOST void put(step_t count) noexcept { put(decimal_text(count).text()); }
    PACER_HOST void put(double rate) noexcept { put(decimal_text(rate).text()); }

private:
    char (&text_)[message_size];
    unsigned used_ = 0;
};

/// Writes "pacer: FIELD = VALUE: RULE (LIMIT)", or "... RULE NAME, NAME, NAME; the nearest is NAME", and returns `text`.
PACER_HOST inline const char* describe(const violation& v, char (&text)[message_size]) noexcept {
    message_writer to(text);
    to.put("pacer: ");
    to.put(v.field);
    if (v.value_kind != violation::kind::none)
        to.put(" = ");
    if (v.value_kind == violation::kind::rate)
        to.put(v.rate);
    if (v.value_kind == violation::kind::count)
        to.put(v.count);
    if (v.value_kind == violation::kind::name) {
        if (v.type != nullptr) {
            to.put(v.type);
            to.put("::");
        }
        to.put(v.name, v.name_length < 64 ? v.name_length : 64);  // a name may come from a file
    }
    to.put(": ");
    to.put(v.rule);
    if (v.limit_kind != violation::kind::none)
        to.put(" (");
    if (v.limit_kind == violation::kind::rate)
        to.put(v.rate_limit);
    if (v.limit_kind == violation::kind::count)
        to.put(v.count_limit);
    if (v.limit_kind != violation::kind::none)
        to.put(")");
    for (unsigned i = 0; i < v.names_count; ++i) {
        to.put(i == 0 ? " " : ", ");
        to.put(v.names[i]);
    }
    if (v.value_kind == violation::kind::name)
        if (const char* const meant = nearest(v.name, v.name_length, v.names, v.names_count)) {
            to.put("; the nearest is ");
            to.put(meant);
        }
    return text;
}

}  // namespace detail

#if PACER_HAS_EXCEPTIONS

/// Thrown by every constructor and combinator that is given an invalid configuration. Uses no heap of its own.
class invalid_schedule : public std::exception {
public:
    explicit invalid_schedule(const violation& v) noexcept : violation_(v) {
        detail::describe(v, text_);
        violation_.name = nullptr;  // it may have been the caller's, who is being left
        violation_.name_length = 0;
    }

    /// "pacer: min_lr = 0.1: must be at most peak_lr (0.01)"
    [[nodiscard]] const char* what() const noexcept override { return text_; }
    /// All parts of it but `name`, which stands in `what()`.
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
PACER_HOST inline invalid_handler set_invalid_handler(invalid_handler handler) noexcept {
    const invalid_handler before = detail::on_invalid;
    detail::on_invalid = handler;
    return before;
}

#endif

namespace detail {

template <class = void>
[[noreturn]] PACER_SELDOM PACER_HOST void raise(const violation& v) {
#if PACER_HAS_EXCEPTIONS
    throw invalid_schedule(v);
#else
    char text[message_size];
    on_invalid(describe(v, text));
    std::terminate();
#endif
}
PACER_IN_LIBRARY(void raise<void>(const violation&))

#if defined(__clang__)
PACER_HOST constexpr void quote(const char* field, [[maybe_unused]] const char* rule) { delete field; }
#endif

/// Reports what a check found, if it found anything.
PACER_HOST constexpr void require(const violation& v) {
    if (!v)
        return;
    if (std::is_constant_evaluated()) {
        // An invalid configuration is a compile error by something that no constant expression may do: of all such things
        // one whose message quotes the name of the field. clang quotes pointers and the arguments of calls, g++ objects.
#if defined(__clang__)
        quote(v.field, v.rule);  // an invalid configuration: this field breaks this rule
#else
        const_cast<char&>(*v.field) = '?';  // an invalid configuration: this field breaks a rule
#endif
    } else
        raise(v);
}

/// Reports what is known to be wrong. (A template, because of a plain function clang says that it is no constant.)
template <std::same_as<violation> Violation>
[[noreturn]] PACER_HOST constexpr void reject(const Violation& v) {
    require(v);
    PACER_UNREACHABLE();
}

/// See PACER_EXPLAIN_FIELDS (schedules/named.hpp).
struct fields_go_in_two_braces {
    fields_go_in_two_braces() = delete;
};

/// The first of several checks that found something.
template <class... Rest>
PACER_HOST constexpr violation first_of(const violation& v, const Rest&... rest) noexcept {
    if constexpr (sizeof...(rest) == 0)
        return v;
    else
        return v ? v : first_of(rest...);
}

PACER_SELDOM PACER_HOST constexpr violation bad_rate(const char* field, double value, const char* rule) noexcept {
    return {.field = field, .rule = rule, .value_kind = violation::kind::rate, .rate = value};
}

PACER_SELDOM PACER_HOST constexpr violation bad_count(const char* field, step_t value, const char* rule) noexcept {
    return {.field = field, .rule = rule, .value_kind = violation::kind::count, .count = value};
}

/// A choice (an enumerator) that is not allowed here; by its name if it has one.
template <class Enum>
PACER_HOST constexpr violation bad_choice(const char* field, Enum choice, const char* rule) noexcept {
    violation v = bad_count(field, static_cast<step_t>(choice), rule);
    if (const char* const name = name_of(choice)) {
        v.value_kind = violation::kind::name;
        v.type = names<Enum>::type;
        v.name = name;
        v.name_length = length_of(name);
    }
    return v;
}

/// A number that is none of the enumerators.
template <class Enum>
PACER_HOST constexpr violation check_choice(const char* field, Enum choice) noexcept {
    if (name_of(choice) != nullptr)
        return {};
    violation v = bad_choice(field, choice, "must be one of");
    v.names = names<Enum>::values;
    v.names_count = count_of<Enum>;
    return v;
}

PACER_SELDOM PACER_HOST constexpr violation missing(const char* field, const char* rule) noexcept {
    return {.field = field, .rule = rule};
}

PACER_OUT_OF_LINE PACER_HOST constexpr violation check_at_most(const char* field, double value, double limit,
                                                               const char* rule) noexcept {
    if (value <= limit)
        return {};
    violation v = bad_rate(field, value, rule);
    v.limit_kind = violation::kind::rate;
    v.rate_limit = limit;
    return v;
}

PACER_OUT_OF_LINE PACER_HOST constexpr violation check_at_most(const char* field, step_t value, step_t limit,
                                                               const char* rule) noexcept {
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
PACER_HOST constexpr bool is_between_0_and(double highest, double x) noexcept {
    const auto bits = PACER_BIT_CAST(std::uint64_t, x);
    constexpr std::uint64_t minus_0 = std::uint64_t{1} << 63;
    return x >= 0 && x <= highest && (bits <= PACER_BIT_CAST(std::uint64_t, highest) || bits == minus_0);
}

PACER_OUT_OF_LINE PACER_HOST constexpr violation check_rate(const char* field, double value) noexcept {
    if (is_between_0_and(pacer::detail::largest<double>, value))
        return {};
    if (PACER_BIT_CAST(std::uint64_t, value) == PACER_BIT_CAST(std::uint64_t, static_cast<double>(unset)))
        return missing(field, "must be given, as a finite rate of 0 or more");
    return bad_rate(field, value, "must be a finite rate of 0 or more");
}

PACER_OUT_OF_LINE PACER_HOST constexpr violation check_length(const char* field, step_t value) noexcept {
    if (value >= 0 && value <= longest)
        return {};
    if (value == unset)
        return missing(field, "must be given, as a number of updates from 0 to 2^53");
    return bad_count(field, value, "must be a number of updates from 0 to 2^53");
}

}  // namespace detail
}  // namespace pacer

#endif
