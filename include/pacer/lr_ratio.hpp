// SPDX-License-Identifier: MIT
#ifndef PACER_LR_RATIO_HPP
#define PACER_LR_RATIO_HPP

#include <pacer/error.hpp>

namespace pacer {

/// A rate given as a fraction of the peak, from 0 to 1. A type of its own, so that it cannot be taken for a rate.
struct lr_ratio {
    double ratio;  ///< of the peak, finite, 0 or more
    /// A part of the peak.
    PACER_HOST constexpr explicit lr_ratio(double r) noexcept : ratio(r) {}
};

/// The type of `.min_lr` and `.end_lr` fields: a rate, or a `lr_ratio` of the peak.
class lr_or_ratio {
public:
    PACER_HOST constexpr lr_or_ratio() noexcept = default;
    /// A rate.
    PACER_HOST constexpr lr_or_ratio(double rate) noexcept : kind_(kind::rate), value_(rate) {}
    /// A part of the peak.
    PACER_HOST constexpr lr_or_ratio(lr_ratio r) noexcept : kind_(kind::ratio), value_(r.ratio) {}

    /// Whether it was given at all.
    [[nodiscard]] PACER_HOST constexpr bool is_given() const noexcept { return kind_ != kind::unset; }
    /// Whether it is a part of the peak.
    [[nodiscard]] PACER_HOST constexpr bool is_ratio() const noexcept { return kind_ == kind::ratio; }

    /// The number given: a rate or a ratio.
    [[nodiscard]] PACER_HOST constexpr double value() const noexcept { return value_; }

    /// The absolute rate, for a schedule with this peak.
    [[nodiscard]] PACER_HOST constexpr double rate(double peak_lr) const noexcept {
        return is_ratio() ? peak_lr * value_ : value_;
    }

private:
    enum class kind { unset, rate, ratio };

    kind kind_ = kind::unset;
    double value_ = 0;
};

namespace detail {

/// What can be said of a rate or ratio whatever the peak is: that it is given, and in its range.
PACER_HOST constexpr violation check_given(const char* field, const lr_or_ratio& lr) noexcept {
    if (!lr.is_given())
        return missing(field, "must be given, as a finite rate of 0 or more or as a lr_ratio of the peak");
    if (!lr.is_ratio())
        return check_rate(field, lr.value());
    return is_between_0_and(1, lr.value()) ? violation{}
                                           : bad_rate(field, lr.value(), "a lr_ratio must be from 0 to 1");
}

/// The absolute rate, for a schedule of `Real` with this peak. A rate that is the peak once rounded to `Real` is the
/// peak: 1e-4 beside a peak of 1e-4f, which is 2.5e-12 below it.
template <class Real>
PACER_HOST constexpr double rate_of(const lr_or_ratio& lr, Real peak_lr) noexcept {
    const auto peak = static_cast<double>(peak_lr);
    const double rate = lr.rate(peak);
    // What a float cannot hold is not converted to one, which would raise a floating-point exception. (clang would, if
    // it were asked first whether it can.)
    constexpr auto most = static_cast<double>(pacer::detail::largest<Real>);
    const double limited = rate < most ? (rate > 0 ? rate : 0) : most;
    return static_cast<Real>(limited) == peak_lr && rate <= most ? peak : rate;
}

/// A floor: given, in its range, and at most the peak.
template <class Real>
PACER_HOST constexpr violation check_floor(const char* field, const lr_or_ratio& lr, Real peak_lr) noexcept {
    return first_of(check_given(field, lr), check_at_most(field, rate_of(lr, peak_lr), static_cast<double>(peak_lr),
                                                          "must be at most peak_lr"));
}

/// A rate that may be above the peak: given, in its range, and one that `Real` can hold.
template <class Real>
PACER_HOST constexpr violation check_end(const char* field, const lr_or_ratio& lr, Real peak_lr) noexcept {
    return first_of(check_given(field, lr),
                    check_at_most(field, rate_of(lr, peak_lr), static_cast<double>(pacer::detail::largest<Real>),
                                  "must be at most the largest rate"));
}

/// The same as `check_floor` for a peak in binary64.
PACER_HOST constexpr violation check(const char* field, const lr_or_ratio& lr, double peak_lr) noexcept {
    return check_floor(field, lr, peak_lr);
}

}  // namespace detail
}  // namespace pacer

#endif
