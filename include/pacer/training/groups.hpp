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
/// What a multiplier does to a floor is a choice, and trainers differ:
///
///     multiplied::peak     (default) the peak, and every rate that is given as a `lr_ratio` of it. A rate that is given as a
///                          rate stays that rate: a floor of 1e-6 is 1e-6 for every group
///     multiplied::curve    every rate of the curve, floors too: 1e-6 is 2e-7 in a group with 0.2. What Hugging Face and
///                          PyTorch's LambdaLR do, where a group has its own lr and the schedule is a factor of it

#include <pacer/compose.hpp>
#include <pacer/error.hpp>
#include <pacer/numerics/elementary.hpp>
#include <pacer/schedules/description.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

namespace pacer {

/// What the multiplier of a group multiplies.
enum class multiplied {
    peak,  ///< `peak_lr`, and what is given as a ratio of it; floors and other rates given as rates stay (Megatron, timm)
    curve  ///< every rate of the schedule, floors too: what `scale` does, and Hugging Face and PyTorch's LambdaLR
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
[[nodiscard]] PACER_HOST constexpr violation check(const group_params& p) noexcept {
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
[[nodiscard]] PACER_HOST constexpr double layer_multiplier(double decay, step_t depth, step_t layer) {
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

/// Whether all rates of a schedule are relative to its peak: what each field says, one after the other.
template <class Params>
struct relative_rates {
    const Params& p;
    bool all = true;

    /// What nothing depends on does not count.
    [[nodiscard]] PACER_HOST constexpr bool is_used(const field& f) const noexcept {
        if constexpr (requires {
                          p.warmup;
                          p.total_steps;
                      })
            return std::string_view(f.name) != "init_lr" || p.warmup.length(p.total_steps) > 0;
        else
            return true;
    }
    template <class T>
    PACER_HOST constexpr void operator()(const field& f, const T& value) noexcept {
        if constexpr (std::same_as<T, lr_or_ratio>)
            all = all && (value.is_ratio() || !value.is_given() || value.value() == 0);
        else if constexpr (std::is_floating_point_v<T>)
            all = all && (f.kind != quantity::rate || std::string_view(f.name) == "peak_lr" || value == 0 ||
                          (f.may_be_open && value == static_cast<T>(unset)) || !is_used(f));
        else if constexpr (std::same_as<T, list<double>>)
            all = all && value.is_empty();
    }
};

/// How the peak of a schedule is multiplied. Not specialised: it cannot be told from the other rates.
template <class S>
struct peak_of {
    static constexpr bool known = false;
};

template <HasPeak S>
struct peak_of<S> {
    static constexpr bool known = true;

    PACER_HOST static constexpr S times(const S& schedule, double factor) {
        auto p = schedule.params();
        p.peak_lr = static_cast<decltype(p.peak_lr)>(static_cast<double>(p.peak_lr) * factor);
        return S{p};
    }
    PACER_HOST static constexpr bool is_all(const S& schedule) {
        using params = typename S::params_type;
        relative_rates<params> rates{schedule.params()};
        params::visit_fields(schedule.params(), rates);
        return rates.all;
    }
};

/// Of an operator the peaks of what it is made of; what it brings along stays.
template <class S, class... Inner>
struct peak_of_operator {
    static constexpr bool known = (peak_of<Inner>::known && ...);

    PACER_HOST static constexpr S times(const S& s, double factor) {
        return s.with_schedules([factor]<class T>(const T& inner) { return peak_of<T>::times(inner, factor); });
    }
    template <class... T>
    PACER_HOST static constexpr bool are_all(const T&... inner) {
        return (peak_of<T>::is_all(inner) && ...);
    }
};

template <class A, class B>
struct peak_of<joined<A, B>> : peak_of_operator<joined<A, B>, A, B> {
    PACER_HOST static constexpr bool is_all(const joined<A, B>& s) { return peak_of::are_all(s.first, s.second); }
};
template <class S>
struct peak_of<scaled<S>> : peak_of_operator<scaled<S>, S> {
    PACER_HOST static constexpr bool is_all(const scaled<S>& s) { return peak_of::are_all(s.schedule); }
};
template <class S>
struct peak_of<clamped<S>> : peak_of_operator<clamped<S>, S> {
    PACER_HOST static constexpr bool is_all(const clamped<S>&) { return false; }
};
template <class S>
struct peak_of<advanced<S>> : peak_of_operator<advanced<S>, S> {
    PACER_HOST static constexpr bool is_all(const advanced<S>& s) { return peak_of::are_all(s.schedule); }
};
template <class S>
struct peak_of<delayed<S>> : peak_of_operator<delayed<S>, S> {
    PACER_HOST static constexpr bool is_all(const delayed<S>& s) { return peak_of::are_all(s.schedule); }
};
template <class S>
struct peak_of<slowed<S>> : peak_of_operator<slowed<S>, S> {
    PACER_HOST static constexpr bool is_all(const slowed<S>& s) { return peak_of::are_all(s.schedule); }
};
template <class S>
struct peak_of<repeated<S>> : peak_of_operator<repeated<S>, S> {
    PACER_HOST static constexpr bool is_all(const repeated<S>& s) { return peak_of::are_all(s.schedule); }
};
template <class A, class B>
struct peak_of<combined<A, B, sum_of>> : peak_of_operator<combined<A, B, sum_of>, A, B> {
    PACER_HOST static constexpr bool is_all(const combined<A, B, sum_of>& s) {
        return peak_of::are_all(s.first, s.second);
    }
};
template <class A, class B>
struct peak_of<blended<A, B>> : peak_of_operator<blended<A, B>, A, B> {
    PACER_HOST static constexpr bool is_all(const blended<A, B>& s) { return peak_of::are_all(s.old, s.next); }
};
template <class S>
struct peak_of<cooled<S>> : peak_of_operator<cooled<S>, S> {
    PACER_HOST static constexpr bool is_all(const cooled<S>& s) { return s.to == 0 && peak_of::are_all(s.schedule); }
};

/// What knows it itself: an expression.
template <class S>
    requires requires(const S& s) {
        { s.with_peak_times(1.0) } -> std::same_as<S>;
        { s.is_relative_to_peak() } -> std::same_as<bool>;
    }
struct peak_of<S> {
    static constexpr bool known = true;

    PACER_HOST static S times(const S& schedule, double factor) { return schedule.with_peak_times(factor); }
    PACER_HOST static bool is_all(const S& schedule) { return schedule.is_relative_to_peak(); }
};

}  // namespace detail

/// The schedule with its peak times a factor: `peak_lr`, and what is given as a ratio of it, are multiplied; a floor, or
/// another rate, that is given as a rate stays. For named schedules and for what `join`, `scale`, `clamp` and `advance`
/// make of them. An error (`invalid_schedule`): a factor that is not finite and 0 or more; a peak that ends up below a
/// rate that stays.
template <Schedule S>
requires detail::peak_of<S>::known [[nodiscard]] PACER_HOST constexpr S scale_peak(const S& schedule, double factor) {
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
/// the same groups again, with the curve that `resume` gave, is all that resuming takes. (Where the resume changed the
/// curve at some step, a group with a clock of its own comes to that step by its own clock.)
/// An error (`invalid_schedule`): see `check(group_params)`; a peak below a floor given as a rate (give the floor as a
/// `lr_ratio`, or the group its own schedule); a multiplier other than 1 of the peak of a lambda, an `any_schedule` or a
/// dialect's schedule, where the peak cannot be told from the floors (say `multiplied::curve`).
class group_rates {
public:
    /// No group yet. `schedule` is that of every group that is added without one of its own.
    template <detail::OtherSchedule<group_rates> S>
    PACER_HOST explicit group_rates(const S& schedule) {
        add_source(schedule);
    }

    /// Adds a group with the schedule of the run, and returns its number.
    PACER_HOST std::size_t add(const group_params& p) { return add_to(0, p); }

    /// Adds a group with a schedule of its own, and returns its number.
    template <Schedule S>
    PACER_HOST std::size_t add(const S& schedule, const group_params& p = {}) {
        detail::require(check(p));
        return add_to(add_source(schedule), p);
    }

    /// Adds a group that shares the schedule of an earlier one (not its parameters), and returns its number.
    PACER_HOST std::size_t add_like(std::size_t group, const group_params& p = {}) {
        require_group(group);
        return add_to(groups_[group].source, p);
    }

    /// The number of groups.
    [[nodiscard]] PACER_HOST std::size_t size() const noexcept { return groups_.size(); }

    /// How many schedules are evaluated for one step, at most.
    [[nodiscard]] PACER_HOST std::size_t curves() const noexcept { return curves_.size(); }

    /// The rate of one group; 0 before its start.
    [[nodiscard]] PACER_HOST double rate(std::size_t group, step_t step) const {
        require_group(group);
        const step_t s = step < 0 ? 0 : step;
        const place& g = groups_[group];
        if (s < g.start)
            return 0;
        const double lr = curves_[g.curve].lr(s - curves_[g.curve].start);
        return times<double>(lr, g.factor, highest<double>(lr));
    }

    /// Writes the rate of every group. `rates` must have one place for each (otherwise `invalid_schedule`, and nothing
    /// is written). Rates are computed in binary64; for `float` they are rounded once.
    PACER_HOST void rates_into(step_t step, std::span<double> rates) const { write(step, rates); }
    /// The same as floats.
    PACER_HOST void rates_into(step_t step, std::span<float> rates) const { write(step, rates); }

    /// For adapters, which have a place of their own for the rate of every group: the rate of one of the `curves()`, before
    /// the multipliers;
    [[nodiscard]] PACER_HOST double curve_rate(std::size_t number, step_t step) const {
        return curves_[number].rate(step < 0 ? 0 : step);
    }
    /// and, if it is finite and 0 or more, `put(group, rate)` for every group that has this curve.
    template <class Put>
    PACER_HOST void visit_groups(std::size_t number, step_t step, double curve_rate, Put put) const {
        curves_[number].visit_groups(step < 0 ? 0 : step, curve_rate, detail::largest<double>, put);
    }

private:
    struct place {
        std::size_t source;
        std::size_t curve;
        double factor;
        step_t start;
    };
    // Not any_schedule: it holds no large schedule, and 100,000 of them would fill a memory. Nor std::function, which is
    // copied with its schedule and takes the step by reference.
    class function {
    public:
        template <detail::OtherSchedule<function> S>
        PACER_HOST explicit function(const S& schedule)
            : schedule_(std::make_shared<const S>(schedule)), rate_([](const void* held, step_t step) {
                  return static_cast<double>((*static_cast<const S*>(held))(step));
              }) {}

        PACER_HOST double operator()(step_t step) const { return rate_(schedule_.get(), step); }

    private:
        std::shared_ptr<const void> schedule_;
        double (*rate_)(const void*, step_t);
    };

    struct source {
        function lr;
        std::function<function(double multiplier)> of_peak;  // empty: the peak is not known
        bool relative;                                       // all rates are relative to the peak
    };
    // One evaluation a step, and whom it serves: groups, with their factors and starts each apart, because usually the groups
    // follow each other and have started, and then only the factors are read.
    struct curve {
        function lr;
        step_t start;
        std::vector<std::size_t> groups{};
        std::vector<double> factors{};
        std::vector<step_t> starts{};
        step_t last_start = 0;
        bool is_consecutive = true;

        PACER_HOST void add(std::size_t group, double factor, step_t first) {
            is_consecutive = is_consecutive && (groups.empty() || group == groups.back() + 1);
            last_start = first > last_start ? first : last_start;
            groups.push_back(group);
            factors.push_back(factor);
            starts.push_back(first);
        }
        PACER_HOST double rate(step_t step) const { return step < start ? 0 : lr(step - start); }

        // Products are kept at or below `most`. There is no curve without a group.
        template <class Real = double, class Put>
        PACER_HOST void visit_groups(step_t step, double rate, double most, Put put) const {
            const std::size_t* group = groups.data();
            const double* factor = factors.data();
            const double* const end = factor + factors.size();
            if (step < last_start)
                for (const step_t* first = starts.data(); factor != end; ++factor)
                    put(*group++, step < *first++ ? Real{0} : times<Real>(rate, *factor, most));
            else if (is_consecutive)
                for (std::size_t next = *group; factor != end; ++factor)
                    put(next++, times<Real>(rate, *factor, most));
            else
                for (; factor != end; ++factor)
                    put(*group++, times<Real>(rate, *factor, most));
        }
    };
    using curve_key = std::tuple<std::size_t, double, step_t>;  // source, multiplier of its peak, start

    template <Schedule S>
    PACER_HOST std::size_t add_source(const S& schedule) {
        source s{function(schedule), {}, false};
        if constexpr (detail::peak_of<S>::known) {
            s.of_peak = [schedule](double multiplier) {
                return function(detail::peak_of<S>::times(schedule, multiplier));
            };
            s.relative = detail::peak_of<S>::is_all(schedule);
        }
        sources_.push_back(s);
        return sources_.size() - 1;
    }

    PACER_HOST std::size_t add_to(std::size_t source_number, const group_params& p) {
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
            curves_.push_back({whole ? from.lr : from.of_peak(p.multiplier), std::get<2>(key)});
            found = numbers_.emplace(key, curves_.size() - 1).first;
        }
        const double factor = whole ? p.multiplier : 1;
        curves_[found->second].add(groups_.size(), factor, p.start);
        groups_.push_back({source_number, found->second, factor, p.start});
        return groups_.size() - 1;
    }

    PACER_HOST void require_group(std::size_t group) const {
        if (group >= groups_.size())
            detail::reject(detail::bad_count("group", static_cast<step_t>(group), "there is no such group"));
    }

    // What products of this rate are kept at or below, as by `scale`: one that is finite stays so.
    template <class Real>
    PACER_HOST static double highest(double rate) noexcept {
        constexpr std::uint64_t infinity = 0x7FF0'0000'0000'0000u;
        return detail::is_finite(rate) ? static_cast<double>(detail::largest<Real>) : detail::from_bits(infinity);
    }
    // A NaN of a function of the user's stays one, for adapters to refuse.
    template <class Real>
    PACER_HOST static Real times(double rate, double factor, double highest) noexcept {
        const double product = rate * factor;
        return static_cast<Real>(product > highest ? highest : product);
    }

    template <class Real>
    PACER_HOST void write(step_t step, std::span<Real> rates) const {
        if (rates.size() != groups_.size()) {
            violation v = detail::bad_count("rates", static_cast<step_t>(rates.size()), "must be one for each group");
            v.limit_kind = violation::kind::count;
            v.count_limit = static_cast<step_t>(groups_.size());
            detail::reject(v);
        }
        const step_t s = step < 0 ? 0 : step;
        Real* const out = rates.data();
        for (const curve& c : curves_) {
            const double rate = c.rate(s);
            c.template visit_groups<Real>(s, rate, highest<Real>(rate),
                                          [out](std::size_t group, Real product) { out[group] = product; });
        }
    }

    std::vector<source> sources_;
    std::vector<curve> curves_;
    std::vector<place> groups_;
    std::map<curve_key, std::size_t> numbers_;
};

}  // namespace pacer

#endif
