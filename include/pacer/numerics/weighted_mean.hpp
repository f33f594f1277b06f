// SPDX-License-Identifier: MIT
#ifndef PACER_NUMERICS_WEIGHTED_MEAN_HPP
#define PACER_NUMERICS_WEIGHTED_MEAN_HPP

#include <pacer/numerics/elementary.hpp>

namespace pacer::detail {

/// (a m + b k) / (k + m) for whole k, m with 0 < k + m <= 2^53 and rates a, b; a if k = 0, b if m = 0, and never outside
/// of [a, b]. The sum is kept in two doubles and rounded once, so that the order of exact means is the order of these.
PACER_HD constexpr double weighted_mean(double a, double b, double k, double m) noexcept {
    if (k <= 0)
        return a;
    if (m <= 0)
        return b;
    const double low = a < b ? a : b;
    const double high = a < b ? b : a;
    const double unit = high > 0x1p900 ? 0x1p-200 : high < 0x1p-600 ? 0x1p300 : 1;
    const two_doubles p = exact_product(a * unit, m);
    const two_doubles q = exact_product(b * unit, k);
    const double n = k + m;
    const double sum = p.hi + q.hi;
    const double lost = p.hi > q.hi ? (p.hi - sum) + q.hi : (q.hi - sum) + p.hi;
    const double mean = sum / n;
    const two_doubles back = exact_product(mean, n);
    const double rest = ((sum - back.hi) - back.lo) + (lost + (p.lo + q.lo));
    const double rounded = (mean + rest / n) / unit;
    return rounded < low ? low : rounded > high ? high : rounded;
}

}  // namespace pacer::detail

#endif
