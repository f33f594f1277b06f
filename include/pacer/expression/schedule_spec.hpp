// SPDX-License-Identifier: MIT
#ifndef PACER_EXPRESSION_SCHEDULE_SPEC_HPP
#define PACER_EXPRESSION_SCHEDULE_SPEC_HPP

/// A curve as data, with everything that decides its values: what a checkpoint holds, and what two runs are compared by.
///
///     const pacer::schedule_spec spec = pacer::spec_of(pacer::cosine{{.peak_lr = 1e-3, .total_steps = 1000}});
///     const pacer::curve lr = pacer::make(spec);  // the same rates, to the bit
///
/// A spec is a named schedule, and what was put on top of it while the run went on: see `transition`.

#include <pacer/expression/make_schedule.hpp>
#include <pacer/numerics/weighted_mean.hpp>
#include <pacer/training/progress.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pacer {

/// How a running curve gives way to another one.
enum class transition_kind {
    blend,   ///< from the old curve to the new one, both going on meanwhile; over 0 updates it is a jump
    ramp,    ///< from the rate the old curve has at the joint to the rate the new one has at the end, by a shape
    rescale  ///< the new curve, stretched so that it starts at the old rate and still ends where it ends
};

/// From the step `at` on, the curve below gives way to another. With n = `over`, old = what is below, and new the named
/// schedule, which counts from `origin`, so that new(s) is schedule(s - origin):
///
///     blend     lr(s) = (old(s) (n - x) + new(s) x) / n                          for x = s - at < n
///     ramp      lr(s) = old(at) + (new(at + n) - old(at)) done(x / n)            for x = s - at < n; done as `shape` says
///     rescale   lr(s) = end + (old(at) - end) (new(s) - end) / (new(at) - end)   for s >= at, end = new at its total
///     all       lr(s) = old(s) for s < at;  lr(s) = new(s) afterwards
struct transition {
    transition_kind how = transition_kind::blend;
    step_t at = 0;                          ///< the joint: the first step that is no longer the old curve's; 0 or more
    step_t over = 0;                        ///< how many steps it takes; 0 to 2^53; 0 for `rescale`
    ramp_shape shape = ramp_shape::linear;  ///< of a `ramp`; `linear` for the others
    std::string name{};                     ///< of the new curve, one of `schedule_names`
    schedule_parameters parameters{};       ///< of the new curve
    step_t origin = 0;                      ///< the step at which the new curve's own step 0 is; 0 or more
};

/// How many transitions a curve can carry. Those that are over do not count once a run has been resumed.
inline constexpr std::size_t most_transitions = 3;

/// A curve as data.
struct schedule_spec {
    std::string name{};                     ///< one of `schedule_names`
    schedule_parameters parameters{};       ///< of that schedule
    run_clock clock = run_clock::updates;   ///< what its steps count
    step_t origin = 0;                      ///< the step of that clock at which its own step 0 is; 0 or more
    std::vector<transition> transitions{};  ///< the newest last; at most `most_transitions`
};

namespace detail {

/// The name of a named schedule; empty for anything else.
template <class S>
constexpr std::string_view name_of() noexcept {
    std::string_view found;
    named_schedules<>::each([&]<class Named>(const Named*, std::string_view name) {
        if constexpr (std::same_as<S, Named>)
            found = name;
    });
    return found;
}

template <class To, class From, class Params>
void put(To& to, const From& from, const Params&) {
    to = static_cast<typename To::value_type>(from);
}

template <class Params>
void put(std::optional<lr_or_ratio>& to, const lr_or_ratio& from, const Params& p) {
    if (from.is_given())
        to = lr_or_ratio(from.rate(peak(p)));
}

template <class Params>
void put(std::optional<warmup>& to, const warmup& from, const Params& p) {
    const double length = from.length(p.total_steps);
    const step_t steps = from.steps(p.total_steps);
    to = static_cast<double>(steps) == length ? warmup(warmup_steps(steps)) : from;
}

/// All that decides the values of a named schedule, and nothing that does not: ratios resolved, every default written.
template <class Params>
schedule_parameters parameters_of(const Params& p) {
    schedule_parameters all;
#define PACER_PUT(field)                                                                                               \
    if constexpr (requires { p.field; })                                                                               \
        put(all.field, p.field, p);
    PACER_SCHEDULE_FIELDS(PACER_PUT)
#undef PACER_PUT
    if (all.warmup && all.warmup->steps(p.total_steps) == 0) {
        all.init_lr.reset();
        all.first_step.reset();
        all.warmup_shape.reset();
    }
    if (p.total_steps == endless)
        all.past_end.reset();
    return all;
}

inline schedule_parameters resolved(std::string_view name, const schedule_parameters& given) {
    schedule_parameters all;
    visit_schedule(name, given, [&](const auto& schedule) { all = parameters_of(schedule.params()); });
    return all;
}

constexpr violation check(const transition& t) noexcept {
    if (t.how < transition_kind::blend || t.how > transition_kind::rescale)
        return bad_count("transition", static_cast<step_t>(t.how), "unknown kind");
    if (t.at < 0)
        return bad_count("at", t.at, "must be 0 or more");
    if (t.over < 0 || t.over > longest)
        return bad_count("over", t.over, "must be a number of updates from 0 to 2^53");
    if (t.at > endless - t.over)
        return bad_count("at", t.at, "must be so that the transition ends before 2^63");
    if (t.origin < 0)
        return bad_count("origin", t.origin, "must be 0 or more");
    if (t.how == transition_kind::rescale && t.over != 0)
        return bad_count("over", t.over, "must be 0 for a rescaled curve");
    if (t.how != transition_kind::ramp && t.shape != ramp_shape::linear)
        return bad_choice("shape", t.shape.which(), "is for a ramp");
    return {};
}

}  // namespace detail

/// Whether a schedule can be written down as a spec: the eleven named schedules of `double`.
template <class S>
concept NamedSchedule = !detail::name_of<S>().empty();

/// A named schedule as data: ratios resolved to rates and updates (a warm-up that ends between two updates stays a
/// ratio), every default written out, and what decides nothing (the start of a warm-up of 0 updates) left out.
template <NamedSchedule S>
[[nodiscard]] schedule_spec spec_of(const S& schedule, run_clock clock = run_clock::updates) {
    schedule_spec spec;  // filled in step by step: g++ 12 stumbles over the braced form at -O3
    spec.name = detail::name_of<S>();
    spec.parameters = detail::parameters_of(schedule.params());
    spec.clock = clock;
    return spec;
}

/// The same of a schedule that reads a clock.
template <NamedSchedule S, run_clock Clock>
[[nodiscard]] schedule_spec spec_of(const clocked<S, Clock>& schedule) {
    return spec_of(schedule.schedule(), Clock);
}

/// A spec in the form `spec_of` gives: two specs of the same curve, however they were spelt, become equal.
/// An error (`invalid_schedule`): whatever the schedules of these names reject.
[[nodiscard]] inline schedule_spec resolved(schedule_spec spec) {
    spec.parameters = detail::resolved(spec.name, spec.parameters);
    for (transition& t : spec.transitions)
        t.parameters = detail::resolved(t.name, t.parameters);
    return spec;
}

namespace detail {

/// The two ends of a way from one rate to another, each with the rise that leads away from it.
struct interval {
    double rates[2];
    double rises[2];

    constexpr interval(double from, double to) noexcept : rates{from, to}, rises{rise_between(from, to), -rises[0]} {}

    /// `moved` of the whole way (0 to 1/2) from the start, or from the end.
    [[nodiscard]] constexpr double operator()(bool from_end, double moved) const noexcept {
        return rates[from_end] + times(rises[from_end], moved);
    }
};

}  // namespace detail

/// The schedule that a spec describes: a `Schedule` of its clock's steps, trivially copyable, without a heap.
///
/// Every step has a finite rate: a negative step gives the value at step 0, a named schedule before its origin gives its
/// first value. See `transition` for the formulas. At a joint and at the end of a blend or ramp the rates are exactly
/// the old curve's and the new one's, and between them the rate does not turn back where both curves go towards it.
/// The length is where the newest curve and the newest transition both have ended.
/// An error (`invalid_schedule`): an unknown name, parameters that the named schedule rejects, a negative origin or
/// joint, a transition that would end beyond 2^63, more than `most_transitions`, a curve to rescale that has already
/// reached its end at the joint.
class curve {
public:
    explicit curve(const schedule_spec& spec) {
        if (spec.transitions.size() > most_transitions)
            detail::reject(detail::bad_count("transitions", static_cast<step_t>(spec.transitions.size()),
                                             "must be at most 3 at the same time"));
        if (spec.origin < 0)
            detail::reject(detail::bad_count("origin", spec.origin, "must be 0 or more"));
        detail::require(detail::check(spec.clock));
        layers_[0].schedule = make_schedule(spec.name, spec.parameters);
        layers_[0].origin = spec.origin;
        total_ = ends(layers_[0]);
        for (const transition& t : spec.transitions)
            add(t);
    }

    /// The rate used by the update that starts when the clock shows `step`.
    [[nodiscard]] double operator()(step_t step) const noexcept { return value(newest_, step < 0 ? 0 : step); }

    /// The step at which it ends; `endless` if it does not.
    [[nodiscard]] step_t total_steps() const noexcept { return total_; }

private:
    struct layer {
        any_schedule<double> schedule = constant<>({.peak_lr = 0});
        step_t origin = 0;
        transition_kind how = transition_kind::blend;
        step_t at = 0;
        step_t over = 0;
        ramp<shapes::any> way{0, 0, 0};   // of a ramp
        detail::interval rescaled{0, 0};  // of a rescaled curve: from its rate at the joint to its end
        double own_start = 0;             // the same two rates before they were rescaled
        double own_end = 0;

        [[nodiscard]] double own(step_t step) const noexcept { return schedule(step - origin); }
    };

    static step_t ends(const layer& l) noexcept {
        const step_t total = l.schedule.total_steps();
        return total > endless - l.origin ? endless : total + l.origin;
    }

    void add(const transition& t) {
        detail::require(detail::check(t));
        const auto below = [&] { return value(newest_, t.at); };
        layer& l = layers_[newest_ + 1];
        l.schedule = make_schedule(t.name, t.parameters);
        l.origin = t.origin;
        l.how = t.how;
        l.at = t.at;
        l.over = t.over;
        if (t.how == transition_kind::ramp)
            l.way = ramp<shapes::any>(below(), l.own(t.at + t.over), static_cast<double>(t.over), {t.shape});
        if (t.how == transition_kind::rescale) {
            l.own_start = l.own(t.at);
            l.own_end = l.own(ends(l));
            if (!(l.own_start > l.own_end) && below() != l.own_end)
                detail::reject(detail::bad_count("at", t.at, "the rescaled curve must still be above its end there"));
            l.rescaled = detail::interval(below(), l.own_end);
        }
        total_ = ends(l) > t.at + t.over ? ends(l) : t.at + t.over;
        ++newest_;
    }

    [[nodiscard]] double value(std::size_t top, step_t step) const noexcept {
        const layer& l = layers_[top];
        if (top == 0)
            return l.own(step);
        if (step < l.at)
            return value(top - 1, step);
        const step_t x = step - l.at;
        switch (l.how) {
        case transition_kind::ramp: return x < l.over ? l.way(x) : l.own(step);
        case transition_kind::rescale: return rescaled(l, l.own(step));
        case transition_kind::blend: break;
        }
        if (x >= l.over)
            return l.own(step);
        return detail::weighted_mean(value(top - 1, step), l.own(step), static_cast<double>(x),
                                     static_cast<double>(l.over - x));
    }

    static double rescaled(const layer& l, double rate) noexcept {
        if (rate <= l.own_end)
            return l.rescaled.rates[1];
        if (rate >= l.own_start)
            return l.rescaled.rates[0];
        const double done = (l.own_start - rate) / (l.own_start - l.own_end);
        if (done < 0.5)
            return l.rescaled(false, done);
        const double left = (rate - l.own_end) / (l.own_start - l.own_end);
        return l.rescaled(true, detail::at_most_half(left));
    }

    std::array<layer, most_transitions + 1> layers_{};
    std::size_t newest_ = 0;
    step_t total_ = 0;
};

/// The schedule that a spec describes; see `curve`.
[[nodiscard]] inline curve make(const schedule_spec& spec) { return curve(spec); }

namespace detail {

/// The same curve from `step` on, without what lies behind it: transitions that are over, and what is below those that
/// no longer look at it.
inline schedule_spec settled(schedule_spec spec, step_t step) {
    for (std::size_t k = spec.transitions.size(); k-- > 0;) {
        const transition& t = spec.transitions[k];
        const bool over = t.how != transition_kind::rescale && step >= t.at && step - t.at >= t.over;
        const bool self_contained = t.how != transition_kind::blend && step >= t.at;
        if (!over && !self_contained)
            continue;
        schedule_spec below{.name = t.name, .parameters = t.parameters, .clock = spec.clock, .origin = t.origin};
        if (!over) {
            schedule_spec before = spec;
            before.transitions.resize(k);
            below = {.name = "constant", .parameters = {.peak_lr = make(before)(t.at)}, .clock = spec.clock};
        }
        const auto first = spec.transitions.begin() + static_cast<std::ptrdiff_t>(k) + (over ? 1 : 0);
        below.transitions.assign(first, spec.transitions.end());
        return below;
    }
    return spec;
}

}  // namespace detail
}  // namespace pacer

#endif
