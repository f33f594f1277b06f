// SPDX-License-Identifier: MIT
#ifndef PACER_LR_RATIO_HPP
#define PACER_LR_RATIO_HPP

#include <pacer/error.hpp>

namespace pacer {

/// A rate given as a fraction of the peak, from 0 to 1. A type of its own, so that it cannot be taken for a rate.
struct lr_ratio {
    double ratio;
    constexpr explicit lr_ratio(double r) noexcept : ratio(r) {}
};

/// The type of `.min_lr` and `.end_lr` fields: a rate, or a `lr_ratio` of the peak.
class lr_or_ratio {
public:
    constexpr lr_or_ratio() noexcept = default;
    constexpr lr_or_ratio(double rate) noexcept : value_(rate) {}
    constexpr lr_or_ratio(lr_ratio r) noexcept : value_(r.ratio), is_ratio_(true) {}

    [[nodiscard]] constexpr bool is_ratio() const noexcept { return is_ratio_; }

    /// The number given: a rate or a ratio; negative if none was given.
    [[nodiscard]] constexpr double value() const noexcept { return value_; }

    /// The absolute rate, for a schedule with this peak.
    [[nodiscard]] constexpr double rate(double peak_lr) const noexcept { return is_ratio_ ? peak_lr * value_ : value_; }

private:
    double value_ = -1;
    bool is_ratio_ = false;
};

namespace detail {

constexpr violation check(const char* field, const lr_or_ratio& lr, double peak_lr) noexcept {
    if (lr.is_ratio() && !(lr.value() >= 0 && lr.value() <= 1))
        return bad_rate(field, lr.value(), "a lr_ratio must be from 0 to 1");
    if (!lr.is_ratio() && check_rate(field, lr.value()))
        return bad_rate(field, lr.value(), "must be given, as a finite rate of 0 or more or as a lr_ratio of the peak");
    if (lr.rate(peak_lr) > peak_lr)
        return bad_rate(field, lr.rate(peak_lr), "must be at most peak_lr");
    return {};
}

}  // namespace detail
}  // namespace pacer

#endif
