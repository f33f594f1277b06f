// SPDX-License-Identifier: MIT
#ifndef PACER_WARMUP_HPP
#define PACER_WARMUP_HPP

/// What a `.warmup` field accepts, and how it becomes a number of updates.
///
///     .warmup = pacer::warmup_steps(500)     // 500 updates
///     .warmup = pacer::warmup_ratio(0.03)    // ceil(0.03 x total_steps), as Hugging Face rounds
///     .warmup = pacer::warmup_ratio(0.03, pacer::rounding::floor)
///     .warmup = pacer::no_warmup             // off, and said so; the default

#include <pacer/error.hpp>
#include <pacer/numerics/elementary.hpp>
#include <pacer/schedule.hpp>

namespace pacer {

/// How `ratio x total_steps`, computed in binary64, becomes a number of updates.
enum class rounding : unsigned char {
    ceil,          ///< upwards, as Hugging Face does; 0.07 x 100 is 7.000000000000001 in binary64, so it gives 8
    floor,         ///< downwards (Composer, llm.c, Optax)
    nearest_even,  ///< to nearest, ties to even: Python's `round` (OLMo, torchtitan)
    exact          ///< not at all: the warm-up ends between two updates, and the decay begins there (Megatron)
};

/// Which rate the first warm-up update uses, for a warm-up of W updates from `init_lr` (usually 0) to `peak_lr`.
enum class first_step : unsigned char {
    from_zero,     ///< s / W: the first update runs at `init_lr` (Hugging Face, Optax, Keras, Megatron)
    from_first,    ///< (s + 1) / W: the last warm-up update already runs at `peak_lr` (llm.c, OLMo)
    over_plus_one  ///< (s + 1) / (W + 1): neither `init_lr` nor `peak_lr` is used by a warm-up update
};

namespace detail {

template <class T>
concept Number = std::is_arithmetic_v<T>;

template <>
struct names<rounding> {
    static constexpr const char* type = "rounding";
    static constexpr const char* values[] = {"ceil", "floor", "nearest_even", "exact"};
};

template <>
struct names<first_step> {
    static constexpr const char* type = "first_step";
    static constexpr const char* values[] = {"from_zero", "from_first", "over_plus_one"};
};

}  // namespace detail

// Deleted functions below: compilers print the name of the parameter's type, which says what to write instead.

/// A warm-up given as a number of updates, 0 or more. A fraction of the run is a `warmup_ratio`: a number with a point
/// does not compile here, a whole one (1e3) neither.
struct warmup_steps {
    step_t count;  ///< updates, 0 or more
    /// So many updates.
    PACER_HOST constexpr explicit warmup_steps(step_t n) noexcept : count(n) {}
    template <std::floating_point write_a_whole_number_or_warmup_ratio>
    warmup_steps(write_a_whole_number_or_warmup_ratio) = delete;
};

/// A warm-up given as a fraction of `total_steps`, from 0 to 1.
struct warmup_ratio {
    double ratio;      ///< of `total_steps`, 0 to 1
    rounding rounded;  ///< how it becomes whole updates
    /// A part of the run.
    PACER_HOST constexpr explicit warmup_ratio(double r, rounding how = rounding::ceil) noexcept
        : ratio(r), rounded(how) {}
};

/// Warm-up switched off.
struct no_warmup_t {};
/// Warm-up switched off.
inline constexpr no_warmup_t no_warmup{};

/// The type of every `.warmup` field: off, steps or ratio. A bare number does not say which, and does not compile.
class warmup {
public:
    /// What it was given as.
    enum class kind : unsigned char { unset, off, steps, ratio };

    PACER_HOST constexpr warmup() noexcept = default;
    /// Off.
    PACER_HOST constexpr warmup(no_warmup_t) noexcept : kind_(kind::off) {}
    /// By a count.
    PACER_HOST constexpr warmup(warmup_steps w) noexcept : kind_(kind::steps), count_(w.count) {}
    /// By a ratio.
    PACER_HOST constexpr warmup(warmup_ratio w) noexcept : kind_(kind::ratio), rounded_(w.rounded), ratio_(w.ratio) {}
    template <detail::Number write_warmup_steps_or_warmup_ratio>
    warmup(write_warmup_steps_or_warmup_ratio) = delete;

    /// What it was given as.
    [[nodiscard]] PACER_HOST constexpr kind given_as() const noexcept { return kind_; }
    /// The updates, if it was given as such; else 0.
    [[nodiscard]] PACER_HOST constexpr step_t count() const noexcept { return kind_ == kind::ratio ? 0 : count_; }
    /// The ratio, if it was given as one; else 0.
    [[nodiscard]] PACER_HOST constexpr double ratio() const noexcept { return kind_ == kind::ratio ? ratio_ : 0; }
    /// How a ratio is rounded.
    [[nodiscard]] PACER_HOST constexpr rounding rounded() const noexcept { return rounded_; }

    /// The warm-up of a run of `total` updates; a whole number unless `rounding::exact` was asked for. 0 if off. From 0
    /// to 2^63, also of a count, a ratio and a total that nobody has checked: what is above is 2^63, what is below (or
    /// no number) is 0.
    [[nodiscard]] PACER_OUT_OF_LINE PACER_HOST constexpr double length(step_t total) const noexcept {
        if (kind_ != kind::ratio)
            return static_cast<double>(steps(total));
        const double product = within_steps(static_cast<double>(total) * within_steps(ratio_));
        // From 2^53 on there is nothing to round.
        return rounded_ == rounding::exact || product >= 0x1p53 ? product : static_cast<double>(whole(product));
    }

    /// The number of updates that belong to the warm-up: `length`, rounded up; `endless` for 2^63.
    [[nodiscard]] PACER_OUT_OF_LINE PACER_HOST constexpr step_t steps(step_t total) const noexcept {
        if (kind_ != kind::ratio)
            return count_ > 0 ? count_ : 0;
        const double updates = length(total);
        return updates < 0x1p63 ? detail::ceil_to_int(updates) : endless;
    }

private:
    // By bits, which -ffast-math does not take for a number that is none.
    PACER_HOST static constexpr double within_steps(double x) noexcept {
        constexpr std::uint64_t infinite = 0x7FF0'0000'0000'0000;
        const std::uint64_t bits = detail::to_bits(x);  // of a negative number the first is set
        if (bits > infinite)
            return 0;
        return bits > detail::to_bits(0x1p63) ? 0x1p63 : x;
    }

    PACER_HOST constexpr step_t whole(double x) const noexcept {
        switch (rounded_) {
        case rounding::floor: return detail::floor_to_int(x);
        case rounding::nearest_even: return detail::nearest_even_to_int(x);
        default: return detail::ceil_to_int(x);
        }
    }

    kind kind_ = kind::unset;
    rounding rounded_ = rounding::ceil;
    union {
        step_t count_ = 0;
        double ratio_;
    };
};

namespace detail {

/// What can be said of a warm-up before the length of the run is known.
PACER_HOST constexpr violation check_alone(const warmup& w) noexcept {
    if (w.given_as() == warmup::kind::steps && (w.count() < 0 || w.count() > longest))
        return bad_count("warmup", w.count(), "must be a number of updates from 0 to 2^53");
    if (w.given_as() == warmup::kind::ratio) {
        if (!is_between_0_and(1, w.ratio()))
            return bad_rate("warmup", w.ratio(), "a warmup_ratio must be from 0 to 1");
        return check_choice("warmup", w.rounded());
    }
    return {};
}

PACER_HOST constexpr violation check(const warmup& w, step_t total) noexcept {
    if (const violation v = check_alone(w))
        return v;
    if (w.given_as() == warmup::kind::ratio && total == endless)
        return bad_rate("warmup", w.ratio(), "a warmup_ratio needs total_steps");
    return check_at_most("warmup", w.steps(total), total, "must be at most total_steps");
}

/// What a convention does to the ramp of a warm-up: how far into it step 0 is, and by how much it is longer.
struct first_step_offset {
    int shift;
    int longer;

    PACER_HD constexpr explicit first_step_offset(first_step first) noexcept
        : shift(first == first_step::from_zero ? 0 : 1), longer(first == first_step::over_plus_one ? 1 : 0) {}
};

}  // namespace detail
}  // namespace pacer

#endif
