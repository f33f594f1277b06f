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
    constexpr lr_or_ratio(double rate) noexcept : kind_(kind::rate), value_(rate) {}
    constexpr lr_or_ratio(lr_ratio r) noexcept : kind_(kind::ratio), value_(r.ratio) {}

    [[nodiscard]] constexpr bool is_given() const noexcept { return kind_ != kind::unset; }
    [[nodiscard]] constexpr bool is_ratio() const noexcept { return kind_ == kind::ratio; }

    /// The number given: a rate or a ratio.
    [[nodiscard]] constexpr double value() const noexcept { return value_; }

    /// The absolute rate, for a schedule with this peak.
    [[nodiscard]] constexpr double rate(double peak_lr) const noexcept {
        return is_ratio() ? peak_lr * value_ : value_;
    }

private:
    enum class kind { unset, rate, ratio };

    kind kind_ = kind::unset;
    double value_ = 0;
};

namespace detail {

constexpr violation check(const char* field, const lr_or_ratio& lr, double peak_lr,
                          bool may_exceed_peak = false) noexcept {
    if (lr.is_ratio() && !is_between_0_and(1, lr.value()))
        return bad_rate(field, lr.value(), "a lr_ratio must be from 0 to 1");
    if (!lr.is_given())
        return missing(field, "must be given, as a finite rate of 0 or more or as a lr_ratio of the peak");
    if (may_exceed_peak)
        return check_rate(field, lr.rate(peak_lr));
    return first_of(check_rate(field, lr.rate(peak_lr)),
                    check_at_most(field, lr.rate(peak_lr), peak_lr, "must be at most peak_lr"));
}

}  // namespace detail
}  // namespace pacer

#endif
