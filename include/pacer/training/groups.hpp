// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_GROUPS_HPP
#define PACER_TRAINING_GROUPS_HPP

/// The rates of many parameter groups at once: one schedule times a multiplier for each, or a schedule for each.
///
///     pacer::group_rates groups(lr);                        // lr: the schedule of the run
///     groups.add({.multiplier = 1});                        // group 0
///     groups.add({.multiplier = 0.1});                      // group 1: a tenth of the peak, down to the same floor
///     groups.add(pacer::constant{{.peak_lr = 1e-4}});       // group 2: a schedule of its own
///     groups.add({.multiplier = 0.1, .start = 500});        // group 3: unfrozen at update 500, then from step 0 on
///     for (pacer::step_t step = 0; step < total; ++step) {
///         groups.rates_into(step, rates);                   // rates: 4 doubles
///         ...
///     }
///
/// A multiplier multiplies the peak, and with it every rate that is given as a `lr_ratio` of it. A rate that is given as
/// a rate stays that rate: a floor of 1e-6 is 1e-6 for every group.

#include <pacer/compose.hpp>
#include <pacer/error.hpp>
#include <pacer/numerics/elementary.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <tuple>
#include <vector>

namespace pacer {

/// What the multiplier of a group multiplies.
enum class multiplied {
    peak,  ///< `peak_lr`, and what is given as a ratio of it; floors and other rates given as rates stay
    curve  ///< every rate of the schedule, floors too: what `scale` does
};

/// Which clock a group that starts later runs by.
enum class group_clock {
    own,  ///< its schedule starts at `start`, and counts from there, like a piece of a `join`
    run   ///< its schedule is that of the run; what came before `start` is lost
};

namespace detail {

template <>
struct names<multiplied> {
    static constexpr const char* type = "multiplied";
    static constexpr const char* values[] = {"peak", "curve"};
};

template <>
struct names<group_clock> {
    static constexpr const char* type = "group_clock";
    static constexpr const char* values[] = {"own", "run"};
};

}  // namespace detail

/// Parameters of a group.
struct group_params {
    double multiplier = 1;                                   ///< finite, 0 or more
    pacer::multiplied multiplied = pacer::multiplied::peak;  ///< what it multiplies
    step_t start = 0;                                        ///< its first update, 0 to 2^53; its rate is 0 before
    pacer::group_clock clock = pacer::group_clock::own;      ///< what its schedule counts from
};

/// Which rule these parameters break, if any; what `group_rates::add` asks.
[[nodiscard]] constexpr violation check(const group_params& p) noexcept {
    if (detail::check_rate("multiplier", p.multiplier))
        return detail::bad_rate("multiplier", p.multiplier, "must be finite, 0 or more");
    if (const violation v = detail::check_choice("multiplied", p.multiplied))
        return v;
    if (p.start < 0 || p.start > longest)
        return detail::bad_count("start", p.start, "must be an update from 0 to 2^53");
    return detail::check_choice("clock", p.clock);
}

/// The multiplier of layer `layer` in layer-wise decay: decay^(depth - layer).
///
/// @param decay  from 0 to 1; usually 0.65 to 0.95.
/// @param depth  the number of the layer whose multiplier is 1, usually the head: 0 or more.
/// @param layer  from 0, usually the embedding, to `depth`.
///
/// decay at the layer below the head, 1 at `depth`; both exact. Anything else is an `invalid_schedule`.
/// Source: BEiT (arXiv:2106.08254), `layer_decay` with depth = number of blocks + 1.
[[nodiscard]] constexpr double layer_multiplier(double decay, step_t depth, step_t layer) {
    if (!detail::is_between_0_and(1, decay))
        detail::reject(detail::bad_rate("decay", decay, "must be from 0 to 1"));
    detail::require(detail::check_length("depth", depth));
    if (layer < 0)
        detail::reject(detail::bad_count("layer", layer, "must be 0 or more"));
    detail::require(detail::check_at_most("layer", layer, depth, "must be at most depth"));
    if (layer == depth)
        return 1;
    return detail::power(decay, static_cast<double>(depth - layer));
}

namespace detail {

template <class S>
concept HasPeak = Schedule<S> && requires(const S& schedule, typename S::params_type p) {
    p.peak_lr = schedule.params().peak_lr;
    { check(p) } -> std::same_as<violation>;
    S{p};
};

/// The parameters of a schedule, with another peak.
template <HasPeak S>
constexpr typename S::params_type params_of_peak(const S& schedule, double multiplier) noexcept {
    auto p = schedule.params();
    p.peak_lr = static_cast<decltype(p.peak_lr)>(static_cast<double>(p.peak_lr) * multiplier);
    return p;
}

/// How the peak of a schedule is multiplied. Not specialised: it cannot be told from the other rates.
template <class S>
struct peak_of {
    static constexpr bool known = false;
};

template <HasPeak S>
struct peak_of<S> {
    static constexpr bool known = true;

    static constexpr S times(const S& schedule, double multiplier) { return S{params_of_peak(schedule, multiplier)}; }

    /// Whether all rates are relative to the peak. Then doubling the peak doubles every one of them; a rate that stays
    /// shows at the beginning or at the end. (Equal but for what -ffast-math rounds: to err to false costs only time.)
    static constexpr bool is_all(const S& schedule) {
        const auto p = params_of_peak(schedule, 2);
        if (check(p))
            return false;
        const S doubled{p};
        const step_t total = pacer::total_steps(schedule) < longest ? pacer::total_steps(schedule) : longest;
        for (const step_t step : {step_t{0}, step_t{1}, total / 4, total / 2, total - 1, total, total + 1}) {
            const auto twice = 2 * static_cast<double>(schedule(step));
            const double more = static_cast<double>(doubled(step)) - twice;
            if ((more < 0 ? -more : more) > twice * 0x1p-40)
                return false;
        }
        return true;
    }
};

template <class A, class B>
struct peak_of<joined<A, B>> {
    static constexpr bool known = peak_of<A>::known && peak_of<B>::known;

    static constexpr joined<A, B> times(const joined<A, B>& s, double multiplier) {
        return {peak_of<A>::times(s.first, multiplier), s.at, peak_of<B>::times(s.second, multiplier)};
    }
    static constexpr bool is_all(const joined<A, B>& s) {
        return peak_of<A>::is_all(s.first) && peak_of<B>::is_all(s.second);
    }
};

template <class S>
struct peak_of<scaled<S>> {
    static constexpr bool known = peak_of<S>::known;

    static constexpr scaled<S> times(const scaled<S>& s, double multiplier) {
        return {peak_of<S>::times(s.schedule, multiplier), s.factor};
    }
    static constexpr bool is_all(const scaled<S>& s) { return peak_of<S>::is_all(s.schedule); }
};

template <class S>
struct peak_of<clamped<S>> {
    static constexpr bool known = peak_of<S>::known;

    static constexpr clamped<S> times(const clamped<S>& s, double multiplier) {
        return {peak_of<S>::times(s.schedule, multiplier), s.lowest, s.highest};
    }
    static constexpr bool is_all(const clamped<S>&) { return false; }
};

template <class S>
struct peak_of<advanced<S>> {
    static constexpr bool known = peak_of<S>::known;

    static constexpr advanced<S> times(const advanced<S>& s, double multiplier) {
        return {peak_of<S>::times(s.schedule, multiplier), s.by};
    }
    static constexpr bool is_all(const advanced<S>& s) { return peak_of<S>::is_all(s.schedule); }
};

}  // namespace detail

/// The schedule with its peak times a factor: `peak_lr`, and what is given as a ratio of it, are multiplied; a floor, or
/// another rate, that is given as a rate stays. For named schedules and for what `join`, `scale`, `clamp` and `advance`
/// make of them. An error (`invalid_schedule`): a factor that is not finite and 0 or more; a peak that ends up below a
/// rate that stays.
template <Schedule S>
requires detail::peak_of<S>::known [[nodiscard]] constexpr S scale_peak(const S& schedule, double factor) {
    if (detail::check_rate("factor", factor))
        detail::reject(detail::bad_rate("factor", factor, "must be finite, 0 or more"));
    return detail::peak_of<S>::times(schedule, factor);
}

/// The rates of all parameter groups, as a function of the step.
///
///     rate(g, s) = 0                                                              for s < start_g
///     rate(g, s) = (lr_g with its peak times multiplier_g)(s - start_g, or s)     for s >= start_g (clock own, or run)
///
/// Each distinct curve is evaluated once a step, however many groups share it; groups whose multipliers differ share one
/// as long as all rates of the schedule are relative to its peak. Asking takes no heap and changes nothing, so threads
/// may ask at once; only `add` allocates. The order of the calls of `add` is the numbering of the groups. A group that
/// is added in the middle of a run has the rates it would have had if it had been there from the start, so building
/// the same groups again is all that resuming takes.
/// An error (`invalid_schedule`): see `check(group_params)`; a peak below a floor given as a rate (give the floor as a
/// `lr_ratio`, or the group its own schedule); a multiplier other than 1 of the peak of a lambda, an `any_schedule`, a
/// resumed curve or a dialect's schedule, where the peak cannot be told from the floors (say `multiplied::curve`).
class group_rates {
public:
    /// No group yet. `schedule` is that of every group that is added without one of its own.
    template <detail::OtherSchedule<group_rates> S>
    explicit group_rates(const S& schedule) {
        add_source(schedule);
    }

    /// Adds a group with the schedule of the run, and returns its number.
    std::size_t add(const group_params& p) { return add_to(0, p); }

    /// Adds a group with a schedule of its own, and returns its number.
    template <Schedule S>
    std::size_t add(const S& schedule, const group_params& p = {}) {
        detail::require(check(p));
        return add_to(add_source(schedule), p);
    }

    /// Adds a group that shares the schedule of an earlier one (not its parameters), and returns its number.
    std::size_t add_like(std::size_t group, const group_params& p = {}) {
        require_group(group);
        return add_to(groups_[group].source, p);
    }

    /// The number of groups.
    [[nodiscard]] std::size_t size() const noexcept { return groups_.size(); }

    /// How many schedules are evaluated for one step, at most.
    [[nodiscard]] std::size_t curves() const noexcept { return curves_.size(); }

    /// The rate of one group; 0 before its start.
    [[nodiscard]] double rate(std::size_t group, step_t step) const {
        require_group(group);
        const step_t s = step < 0 ? 0 : step;
        const place& g = groups_[group];
        if (s < g.start)
            return 0;
        return times<double>(curves_[g.curve].lr(s - curves_[g.curve].start), g.factor);
    }

    /// Writes the rate of every group. `rates` must have one place for each (otherwise `invalid_schedule`, and nothing
    /// is written). Rates are computed in binary64; for `float` they are rounded once.
    void rates_into(step_t step, std::span<double> rates) const { write(step, rates); }
    void rates_into(step_t step, std::span<float> rates) const { write(step, rates); }

private:
    struct place {
        std::size_t source;
        std::size_t curve;
        double factor;
        step_t start;
    };
    struct member {
        std::size_t group;
        double factor;
        step_t start;
    };
    // Not any_schedule: it holds no large schedule, and 100,000 of them would fill a memory.
    using function = std::function<double(step_t)>;

    struct source {
        function lr;
        std::function<function(double multiplier)> of_peak;  // empty: the peak is not known
        bool relative;                                       // all rates are relative to the peak
    };
    // One evaluation a step, and whom it serves.
    struct curve {
        function lr;
        step_t start;
        std::vector<member> members;
    };
    using curve_key = std::tuple<std::size_t, double, step_t>;  // source, multiplier of its peak, start

    template <Schedule S>
    static function as_function(const S& schedule) {
        return [schedule](step_t step) { return static_cast<double>(schedule(step)); };
    }

    template <Schedule S>
    std::size_t add_source(const S& schedule) {
        source s{as_function(schedule), {}, false};
        if constexpr (detail::peak_of<S>::known) {
            s.of_peak = [schedule](double multiplier) {
                return as_function(detail::peak_of<S>::times(schedule, multiplier));
            };
            s.relative = detail::peak_of<S>::is_all(schedule);
        }
        sources_.push_back(s);
        return sources_.size() - 1;
    }

    std::size_t add_to(std::size_t source_number, const group_params& p) {
        detail::require(check(p));
        const source& from = sources_[source_number];
        const bool whole = p.multiplied == multiplied::curve || from.relative || p.multiplier == 1;
        if (!whole && !from.of_peak)
            detail::reject(detail::bad_rate("multiplier", p.multiplier,
                                            "the peak of this schedule cannot be told from its floors: "
                                            "say multiplied::curve, or give the group a schedule of its own"));
        const curve_key key{source_number, whole ? 1 : p.multiplier, p.clock == group_clock::own ? p.start : 0};
        auto found = numbers_.find(key);
        if (found == numbers_.end()) {
            curves_.push_back({whole ? from.lr : from.of_peak(p.multiplier), std::get<2>(key), {}});
            found = numbers_.emplace(key, curves_.size() - 1).first;
        }
        const double factor = whole ? p.multiplier : 1;
        curves_[found->second].members.push_back({groups_.size(), factor, p.start});
        groups_.push_back({source_number, found->second, factor, p.start});
        return groups_.size() - 1;
    }

    void require_group(std::size_t group) const {
        if (group >= groups_.size())
            detail::reject(detail::bad_count("group", static_cast<step_t>(group), "there is no such group"));
    }

    template <class Real>
    static Real times(double rate, double factor) noexcept {
        const double product = rate * factor;
        constexpr Real largest = pacer::detail::largest<Real>;
        return product < static_cast<double>(largest) ? static_cast<Real>(product) : largest;  // finite, like `scale`
    }

    template <class Real>
    void write(step_t step, std::span<Real> rates) const {
        if (rates.size() != groups_.size()) {
            violation v = detail::bad_count("rates", static_cast<step_t>(rates.size()), "must be one for each group");
            v.limit_kind = violation::kind::count;
            v.count_limit = static_cast<step_t>(groups_.size());
            detail::reject(v);
        }
        const step_t s = step < 0 ? 0 : step;
        for (const curve& c : curves_) {
            const double lr = s < c.start ? 0 : c.lr(s - c.start);
            for (const member& m : c.members)
                rates[m.group] = s < m.start ? Real{0} : times<Real>(lr, m.factor);
        }
    }

    std::vector<source> sources_;
    std::vector<curve> curves_;
    std::vector<place> groups_;
    std::map<curve_key, std::size_t> numbers_;
};

}  // namespace pacer

#endif
