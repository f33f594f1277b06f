// SPDX-License-Identifier: MIT
#ifndef PACER_LIST_HPP
#define PACER_LIST_HPP

#include <pacer/error.hpp>

#include <initializer_list>

namespace pacer {

/// The type of fields that take several rates or steps, from braces: `.milestones = {30, 60, 90}`. It holds at most 16
/// numbers, in place; for more, compose the curve of an expression.
template <class T>
class list {
public:
    static constexpr step_t capacity = 16;  ///< how many numbers it has room for

    PACER_HOST constexpr list() noexcept = default;
    /// These numbers, in this order.
    PACER_HOST constexpr list(std::initializer_list<T> numbers) noexcept {
        for (const T& number : numbers)
            add(number);
    }

    /// One number more. What there is no room for is counted, so that the schedule that is made of it can refuse it.
    PACER_HOST constexpr void add(T number) noexcept {
        if (given_ < capacity)
            numbers_[given_] = number;
        given_ += 1;
    }

    /// Puts a number into the room of those that were not given, where a schedule keeps what it computes from its other fields.
    /// It is no part of the list.
    PACER_HOST constexpr void set_unused(step_t index, T number) noexcept { numbers_[index] = number; }

    /// How many numbers there are.
    [[nodiscard]] PACER_HD constexpr step_t size() const noexcept { return given_ < capacity ? given_ : capacity; }
    /// How many were given, which may be more than there is room for.
    [[nodiscard]] PACER_HOST constexpr step_t given() const noexcept { return given_; }
    /// Whether none was given.
    [[nodiscard]] PACER_HD constexpr bool is_empty() const noexcept { return given_ == 0; }

    /// A number by its index, from 0 to size() - 1.
    [[nodiscard]] PACER_HD constexpr const T& operator[](step_t index) const noexcept { return numbers_[index]; }
    /// The first of the numbers.
    [[nodiscard]] PACER_HOST constexpr const T* begin() const noexcept { return numbers_; }
    [[nodiscard]] PACER_HOST constexpr const T* end() const noexcept { return numbers_ + size(); }

    [[nodiscard]] PACER_HOST friend constexpr bool operator==(const list& a, const list& b) noexcept {
        if (a.given_ != b.given_)
            return false;
        for (step_t k = 0; k < a.size(); ++k)
            if (a[k] != b[k])
                return false;
        return true;
    }

private:
    T numbers_[capacity]{};
    step_t given_ = 0;
};

namespace detail {

/// How many numbers of a list that does not decrease are at most `step`.
PACER_HD constexpr step_t count_up_to(const list<step_t>& steps, step_t step) noexcept {
    step_t count = 0;
    while (count < steps.size() && steps[count] <= step)
        ++count;
    return count;
}

template <class T>
PACER_HOST constexpr violation check_room(const char* field, const list<T>& numbers) noexcept {
    if (numbers.given() <= list<T>::capacity)
        return {};
    return bad_count(field, numbers.given(), "so many values: at most 16; for more, an expression");
}

/// Rates, each in its range.
PACER_HOST constexpr violation check_rates(const char* field, const list<double>& rates, double highest) noexcept {
    if (const violation v = check_room(field, rates))
        return v;
    for (const double rate : rates)
        if (!is_between_0_and(highest, rate))
            return bad_rate(field, rate, "must be finite rates of 0 or more");
    return {};
}

/// Steps that do not decrease, or numbers of them that may.
PACER_HOST constexpr violation check_steps(const char* field, const list<step_t>& steps,
                                           bool may_decrease = false) noexcept {
    if (const violation v = check_room(field, steps))
        return v;
    step_t before = 0;
    for (const step_t step : steps) {
        if (step < 0 || step > longest)
            return bad_count(field, step, "must be steps from 0 to 2^53");
        if (step < before && !may_decrease)
            return bad_count(field, step, "must not decrease");
        before = step;
    }
    return {};
}

}  // namespace detail
}  // namespace pacer

#endif
