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
enum class rounding {
    ceil,          ///< upwards, as Hugging Face does; 0.07 x 100 is 7.000000000000001 in binary64, so it gives 8
    floor,         ///< downwards (Composer, llm.c, Optax)
    nearest_even,  ///< to nearest, ties to even: Python's `round` (OLMo, torchtitan)
    exact          ///< not at all: the warm-up ends between two updates, and the decay begins there (Megatron)
};

/// Which rate the first warm-up update uses, for a warm-up of W updates from `init_lr` (usually 0) to `peak_lr`.
enum class first_step {
    from_zero,     ///< s / W: the first update runs at `init_lr` (Hugging Face, Optax, Keras, Megatron)
    from_first,    ///< (s + 1) / W: the last warm-up update already runs at `peak_lr` (llm.c, OLMo)
    over_plus_one  ///< (s + 1) / (W + 1): neither `init_lr` nor `peak_lr` is used by a warm-up update
};

/// A warm-up given as a number of updates, 0 or more.
struct warmup_steps {
    step_t count;
    constexpr explicit warmup_steps(step_t n) noexcept : count(n) {}
};

/// A warm-up given as a fraction of `total_steps`, from 0 to 1.
struct warmup_ratio {
    double ratio;
    rounding rounded;
    constexpr explicit warmup_ratio(double r, rounding how = rounding::ceil) noexcept : ratio(r), rounded(how) {}
};

/// Warm-up switched off.
struct no_warmup_t {};
inline constexpr no_warmup_t no_warmup{};

/// The type of every `.warmup` field: off, steps or ratio.
class warmup {
public:
    enum class kind { unset, off, steps, ratio };

    constexpr warmup() noexcept = default;
    constexpr warmup(no_warmup_t) noexcept : kind_(kind::off) {}
    constexpr warmup(warmup_steps w) noexcept : kind_(kind::steps), count_(w.count) {}
    constexpr warmup(warmup_ratio w) noexcept : kind_(kind::ratio), ratio_(w.ratio), rounded_(w.rounded) {}

    [[nodiscard]] constexpr kind given_as() const noexcept { return kind_; }
    [[nodiscard]] constexpr step_t count() const noexcept { return count_; }
    [[nodiscard]] constexpr double ratio() const noexcept { return ratio_; }
    [[nodiscard]] constexpr rounding rounded() const noexcept { return rounded_; }

    /// The warm-up of a run of `total` updates; a whole number unless `rounding::exact` was asked for. 0 if off.
    [[nodiscard]] constexpr double length(step_t total) const noexcept {
        if (kind_ == kind::steps)
            return static_cast<double>(count_);
        if (kind_ != kind::ratio)
            return 0;
        const double product = static_cast<double>(total) * ratio_;
        switch (rounded_) {
        case rounding::ceil: return static_cast<double>(detail::ceil_to_int(product));
        case rounding::floor: return static_cast<double>(detail::floor_to_int(product));
        case rounding::nearest_even: return static_cast<double>(detail::nearest_even_to_int(product));
        case rounding::exact: break;
        }
        return product;
    }

    /// The number of updates that belong to the warm-up: `length`, rounded up.
    [[nodiscard]] constexpr step_t steps(step_t total) const noexcept { return detail::ceil_to_int(length(total)); }

private:
    kind kind_ = kind::unset;
    step_t count_ = 0;
    double ratio_ = 0;
    rounding rounded_ = rounding::ceil;
};

namespace detail {

/// What can be said of a warm-up before the length of the run is known.
constexpr violation check_alone(const warmup& w) noexcept {
    if (w.given_as() == warmup::kind::steps && (w.count() < 0 || w.count() > longest))
        return bad_count("warmup", w.count(), "must be a number of updates from 0 to 2^53");
    if (w.given_as() == warmup::kind::ratio) {
        if (!is_between_0_and(1, w.ratio()))
            return bad_rate("warmup", w.ratio(), "a warmup_ratio must be from 0 to 1");
        if (w.rounded() < rounding::ceil || w.rounded() > rounding::exact)
            return bad_count("warmup", static_cast<step_t>(w.rounded()), "unknown rounding");
    }
    return {};
}

constexpr violation check(const warmup& w, step_t total) noexcept {
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

    constexpr explicit first_step_offset(first_step first) noexcept
        : shift(first == first_step::from_zero ? 0 : 1), longer(first == first_step::over_plus_one ? 1 : 0) {}
};

constexpr violation check(first_step first) noexcept {
    if (first >= first_step::from_zero && first <= first_step::over_plus_one)
        return {};
    return bad_count("first_step", static_cast<step_t>(first), "unknown convention");
}

}  // namespace detail
}  // namespace pacer

#endif
