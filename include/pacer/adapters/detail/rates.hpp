// SPDX-License-Identifier: MIT
#ifndef PACER_ADAPTERS_DETAIL_RATES_HPP
#define PACER_ADAPTERS_DETAIL_RATES_HPP

// What a trainer accepts as a rate. Schedules of pacer return valid rates; a function of the user's may return anything.

#include <pacer/error.hpp>

#include <concepts>
#include <cstddef>
#include <limits>

namespace pacer::detail {

PACER_HOST inline void require_rate(const char* field, double rate) {
    if (!is_between_0_and(pacer::detail::largest<double>, rate))
        reject(bad_rate(field, rate, "must be a finite rate of 0 or more"));
}

/// A rate for a trainer that accepts 0.
PACER_HOST inline double valid_rate(double rate) {
    require_rate("lr", rate);
    return rate;
}

/// The same, rounded once to a float.
PACER_HOST inline float valid_float(double rate) {
    require_rate("lr", rate);
    require(check_at_most("lr", rate, static_cast<double>(pacer::detail::largest<float>), "must fit into a float"));
    return static_cast<float>(rate);
}

/// A rate for a trainer that refuses 0: at least `lowest`, which is 0 if nobody asked for a floor.
template <std::floating_point Real>
PACER_HOST Real positive_rate(double rate, double lowest) {
    require_rate("lr", rate);
    require_rate("lowest", lowest);
    const double floored = rate < lowest ? lowest : rate;
    Real result{};
    if constexpr (std::same_as<Real, float>)
        result = valid_float(floored);
    else
        result = floored;
    if (!(result > 0))
        reject(bad_rate("lr", rate, "must be above 0 for this trainer; give a lowest rate to use instead"));
    return result;
}

PACER_HOST inline void require_one_per_group(const char* field, std::size_t given, std::size_t groups) {
    if (given == groups)
        return;
    violation v = bad_count(field, static_cast<step_t>(given), "must be one for each parameter group");
    v.limit_kind = violation::kind::count;
    v.count_limit = static_cast<step_t>(groups);
    reject(v);
}

}  // namespace pacer::detail

#endif
