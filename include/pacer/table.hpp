// SPDX-License-Identifier: MIT
#ifndef PACER_TABLE_HPP
#define PACER_TABLE_HPP

#include <pacer/error.hpp>
#include <pacer/segments.hpp>

#include <cstddef>
#include <utility>

namespace pacer {

/// Rates that were given one by one: for every update, or for every epoch.
///
///     lr(s) = rates[s / every without its fraction]    for s < n every, n rates
///     lr(s) = the last rate                            past the end
///
///     constexpr pacer::table lr{std::array{0.1, 0.1, 0.05, 0.01}, 500};   // 500 updates in an epoch
///     const pacer::table lr(rates);                                       // a vector is copied, and kept with the table
///     const pacer::table lr{std::span<const double>(rates)};              // a span points to the rates
///
/// @param rates  a container of doubles or floats that lie one behind the other, each finite, 0 or more; one or more of them.
/// @param every  how many updates each is for, 1 or more; all together at most 2^53.
///
/// As an expression it is `piecewise`, or a `join` of such. An error (`invalid_schedule`): no rates; one that is negative or not finite;
/// `every` out of its range. This is what XGBoost's `LearningRateScheduler` and LightGBM's `reset_parameter` make of a list.
template <class Rates>
class table {
public:
    using rate_type = std::remove_cvref_t<decltype(std::declval<const Rates&>()[std::size_t{0}])>;
    static_assert(Rate<rate_type>, "rates are float or double");

    /// Of rates, each for `every` updates.
    PACER_HOST constexpr explicit table(Rates rates, detail::whole_number every = 1)
        : rates_(static_cast<Rates&&>(rates)), every_(every) {
        detail::require(check(rates_, every_));
    }

    /// The rate used by update `step`.
    [[nodiscard]] PACER_HOST constexpr rate_type operator()(step_t step) const noexcept {
        return rates_[index_of(step)];
    }
    PACER_REFUSE_FRACTIONAL_STEPS

    /// How many updates the rates are for.
    [[nodiscard]] PACER_HOST constexpr step_t total_steps() const noexcept { return size() * every_; }

    /// The rates.
    [[nodiscard]] PACER_HOST constexpr const Rates& rates() const noexcept { return rates_; }
    /// For how many updates each of them is.
    [[nodiscard]] PACER_HOST constexpr step_t every() const noexcept { return every_; }

    /// See segments.hpp.
    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        while (steps.count > 0) {
            const std::size_t index = index_of(steps.first);
            const auto start = static_cast<step_t>(index) * every_;
            const bool is_last = start + every_ == total_steps();
            step_t n = is_last ? steps.count : steps.until(start + every_);
            if constexpr (std::is_same_v<rate_type, double>)
                if (every_ == 1 && steps.stride == 1 && !is_last) {
                    n = steps.until(size());
                    v.rates(&rates_[index], n);
                    steps = steps.drop(n);
                    continue;
                }
            v.constant(rates_[index], n);
            steps = steps.drop(n);
        }
    }

    /// Which rule these break, if any; what the constructor asks.
    [[nodiscard]] PACER_HOST static constexpr violation check(const Rates& rates, step_t every) noexcept {
        const std::size_t size = rates.size();
        if (size == 0)
            return detail::missing("rates", "must have one rate or more");
        for (std::size_t i = 0; i < size; ++i)
            if (const violation v = detail::check_rate("rates", static_cast<double>(rates[i])))
                return v;
        if (every < 1 || every > longest / static_cast<step_t>(size))
            return detail::bad_count("every", every,
                                     "must be 1 or more, and all rates together for at most 2^53 updates");
        return {};
    }

private:
    PACER_HOST constexpr step_t size() const noexcept { return static_cast<step_t>(rates_.size()); }
    PACER_HOST constexpr std::size_t index_of(step_t step) const noexcept {
        const step_t last = size() - 1;
        const step_t index = step < 0 ? 0 : every_ == 1 ? step : step / every_;
        return static_cast<std::size_t>(index < last ? index : last);
    }

    Rates rates_;
    step_t every_;
};

}  // namespace pacer

#endif
