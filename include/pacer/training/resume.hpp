// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_RESUME_HPP
#define PACER_TRAINING_RESUME_HPP

/// Going on from a checkpoint: whose curve counts, the saved one or the one asked for now, is said by name.
///
///     const pacer::checkpoint saved = pacer::load("run/schedule.txt");
///     const auto run = pacer::resume(saved, pacer::spec_of(wanted), pacer::blend(500));
///     for (const std::string& line : run.report.lines())
///         std::puts(line.c_str());
///     pacer::progress at = run.at;
///     run.schedule(at.updates());                                      // the rate of the next update
///     pacer::save({.at = at, .curve = run.curve}, "run/schedule.txt");  // goes on as if never stopped

#include <pacer/training/checkpoint.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pacer {

/// Whose curve counts after a resume. There is no default.
struct resume_policy {
    enum class kind { keep_saved, use_new, restart, rewarm, blend, require_same };

    constexpr explicit resume_policy(kind k, step_t steps = 0) noexcept : what(k), over(steps) {}

    kind what;
    step_t over;  ///< the length of a rewarm or blend, in steps of the curve's clock
};

/// The curve as it was saved; the one asked for is only compared.
inline constexpr resume_policy keep_saved{resume_policy::kind::keep_saved};

/// The new curve at the saved position: lr(s) = new(s). The rate may jump.
inline constexpr resume_policy use_new{resume_policy::kind::use_new};

/// The new curve from its own step 0: lr(s) = new(s - p), with p the saved position. The rate may jump.
inline constexpr resume_policy restart{resume_policy::kind::restart};

/// The curve, provided that both are the same; else an error that lists what differs.
inline constexpr resume_policy require_same{resume_policy::kind::require_same};

/// The new curve, after a straight way over `steps` steps from the rate the old one has at the saved position p:
///
///     lr(s) = old(p) + (new(p + n) - old(p)) (s - p) / n   for p <= s < p + n;   lr(s) = new(s) for s >= p + n
///
/// @param steps  n, in steps of the curve's clock, 1 to 2^53; else an `invalid_schedule`.
[[nodiscard]] constexpr resume_policy rewarm(step_t steps) {
    if (steps < 1 || steps > longest)
        detail::reject(detail::bad_count("rewarm", steps, "must be a number of updates from 1 to 2^53"));
    return resume_policy(resume_policy::kind::rewarm, steps);
}

/// From the old curve to the new one over `steps` steps, both going on meanwhile, p being the saved position:
///
///     lr(s) = (old(s) (n - x) + new(s) x) / n   for x = s - p < n;   lr(s) = new(s) for s >= p + n
///
/// @param steps  n, in steps of the curve's clock, 1 to 2^53; else an `invalid_schedule`.
[[nodiscard]] constexpr resume_policy blend(step_t steps) {
    if (steps < 1 || steps > longest)
        detail::reject(detail::bad_count("blend", steps, "must be a number of updates from 1 to 2^53"));
    return resume_policy(resume_policy::kind::blend, steps);
}

/// A resume that its policy does not allow. `what()` lists the differences.
struct resume_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A field in which two curves differ, as a checkpoint writes it; "-" where there is none.
struct spec_difference {
    std::string field;
    std::string saved;
    std::string wanted;
};

/// Every field in which two curves differ, in the order of a checkpoint; none if they have the same values for ever.
/// An error (`invalid_schedule`): a curve that cannot be made.
[[nodiscard]] inline std::vector<spec_difference> differences(const schedule_spec& saved, const schedule_spec& wanted) {
    using lines = std::vector<std::pair<std::string, std::string>>;
    const auto lines_of = [](const schedule_spec& given) {
        static_cast<void>(make(given));
        const schedule_spec spec = resolved(given);
        lines all;
        detail::visit_spec(spec, [&]<class T>(const std::string& key, const T& value) {
            if constexpr (std::same_as<T, std::string>)
                all.emplace_back(key, value);
            else if constexpr (requires { value.has_value(); })
                all.emplace_back(key, value ? detail::written(*value) : "-");
            else
                all.emplace_back(key, detail::written(value));
        });
        return all;
    };
    // The shorter list is the beginning of the longer one, but for the values.
    const lines a = lines_of(saved);
    const lines b = lines_of(wanted);
    std::vector<spec_difference> found;
    for (std::size_t k = 0; k < a.size() || k < b.size(); ++k) {
        const std::string in_a = k < a.size() ? a[k].second : "-";
        const std::string in_b = k < b.size() ? b[k].second : "-";
        if (in_a != in_b)
            found.push_back({k < a.size() ? a[k].first : b[k].first, in_a, in_b});
    }
    return found;
}

/// What a resume did.
struct resume_report {
    resume_policy policy;
    progress at{};
    run_clock clock = run_clock::updates;        ///< of the curve that goes on
    std::string saved{};                         ///< name of the saved curve
    std::string wanted{};                        ///< name of the curve asked for
    std::vector<spec_difference> differences{};  ///< of the curve asked for from the saved one
    double last_rate = 0;    ///< what the saved curve gives one step before the joint; at 0 the same as `rate_before`
    double rate_before = 0;  ///< what the next update would have used, had nothing changed
    double rate_after = 0;   ///< what it uses

    /// Whether the rate jumps at the joint, other than as the saved curve itself would have gone on.
    [[nodiscard]] bool jumps() const noexcept { return rate_before != rate_after; }

    /// `rate_after` / `rate_before`; 1 if there is no jump; none from a rate of 0.
    [[nodiscard]] std::optional<double> ratio() const noexcept {
        if (!jumps())
            return 1;
        if (rate_before == 0)
            return std::nullopt;
        return rate_after / rate_before;
    }

    /// Five lines: policy, position, curves, differences, rates.
    [[nodiscard]] std::vector<std::string> lines() const;
};

/// What goes on after a resume.
struct resumed {
    pacer::curve schedule;  ///< the curve itself; its step is what `clock` shows
    progress at;            ///< where the run goes on: exactly where it was saved
    schedule_spec curve;    ///< the same curve as data, to be saved with the next checkpoint
    resume_report report;

    /// The rate of the next update of a run that is this far.
    [[nodiscard]] double operator()(const progress& now) const noexcept { return schedule(position(now, curve.clock)); }
};

inline std::vector<std::string> resume_report::lines() const {
    const auto kind = [&]() -> std::string {
        switch (policy.what) {
        case resume_policy::kind::keep_saved: return "keep_saved: the saved curve goes on";
        case resume_policy::kind::use_new: return "use_new: the new curve at the same position";
        case resume_policy::kind::restart: return "restart: the new curve from its own step 0";
        case resume_policy::kind::rewarm: return "rewarm over " + std::to_string(policy.over) + " steps";
        case resume_policy::kind::blend: return "blend over " + std::to_string(policy.over) + " steps";
        case resume_policy::kind::require_same: break;
        }
        return "require_same: the saved curve is the one asked for";
    };
    const auto updates = [](step_t n) { return std::to_string(n) + (n == 1 ? " update" : " updates"); };
    std::string differ;
    for (const spec_difference& d : differences)
        differ += (differ.empty() ? "" : ", ") + d.field + ' ' + d.saved + " -> " + d.wanted;
    std::string rates = "last " + detail::written(last_rate) + ", next " + detail::written(rate_before) + " -> " +
                        detail::written(rate_after);
    if (!jumps())
        rates += ": no jump";
    else if (const auto factor = ratio())
        rates += ": JUMPS by a factor of " + detail::written(*factor);
    else
        rates += ": JUMPS from 0";
    return {"policy    " + kind(),
            "position  " + updates(at.updates()) + " applied, " + std::to_string(at.skipped()) + " skipped, " +
                std::to_string(at.samples()) + " samples, " + std::to_string(at.tokens()) +
                " tokens; the curve counts " + detail::written(clock),
            "curves    " + saved + " saved, " + wanted + " wanted",
            "differ in " + (differ.empty() ? "nothing" : differ), "rate      " + rates};
}

namespace detail {

/// The new curve on top of what is left of the old one.
inline schedule_spec with_transition(schedule_spec old, const schedule_spec& to, transition t) {
    t.name = to.name;
    t.parameters = to.parameters;
    t.origin = to.origin;
    old.transitions.push_back(std::move(t));
    return old;
}

inline step_t shifted(step_t step, step_t by) {
    if (by > endless - step)
        reject(bad_count("origin", step, "is too far to be restarted at this position"));
    return step + by;
}

inline schedule_spec joined_by(const resume_policy& policy, const checkpoint& saved, const schedule_spec& wanted) {
    const step_t now = position(saved.at, wanted.clock);
    switch (policy.what) {
    case resume_policy::kind::require_same:
    case resume_policy::kind::keep_saved: return saved.curve;
    case resume_policy::kind::use_new: return wanted;
    case resume_policy::kind::restart: {
        schedule_spec later = wanted;
        later.origin = shifted(later.origin, now);
        for (transition& t : later.transitions) {
            t.origin = shifted(t.origin, now);
            t.at = shifted(t.at, now);
        }
        return later;
    }
    case resume_policy::kind::rewarm:
    case resume_policy::kind::blend: break;
    }
    if (saved.curve.clock != wanted.clock)
        reject(missing("clock", "must be the same for a rewarm or a blend"));
    const schedule_spec to = settled(wanted, now);
    if (!to.transitions.empty())
        reject(missing("transitions", "of the new curve must be over for a rewarm or a blend"));
    const bool blends = policy.what == resume_policy::kind::blend;
    return with_transition(
        settled(saved.curve, now), to,
        {.how = blends ? transition_kind::blend : transition_kind::ramp, .at = now, .over = policy.over});
}

}  // namespace detail

/// Goes on from a checkpoint, at the position that was saved and with the curve that the policy says.
///
/// @param saved   as `load` gave it.
/// @param wanted  the curve asked for now.
/// @param policy  `keep_saved`, `use_new`, `restart`, `rewarm(n)`, `blend(n)` or `require_same`.
///
/// The result can be saved and resumed like any other, also while a rewarm or blend is under way; at most
/// `most_transitions` of them at a time. An error: with `require_same`, curves that differ (`resume_error`, which lists
/// the differences); a curve that cannot be made, a rewarm or blend between curves of different clocks, to a curve that
/// is itself under way to another, or on top of too many (`invalid_schedule`).
[[nodiscard]] inline resumed resume(const checkpoint& saved, const schedule_spec& wanted, const resume_policy& policy) {
    std::vector<spec_difference> differ = differences(saved.curve, wanted);
    if (policy.what == resume_policy::kind::require_same && !differ.empty()) {
        std::string text = "pacer: the saved curve is not the one asked for:";
        for (const spec_difference& d : differ)
            text += "\n  " + d.field + ": saved " + d.saved + ", asked for " + d.wanted;
        detail::fail<resume_error>(text);
    }
    const schedule_spec spec = resolved(detail::joined_by(policy, saved, wanted));
    const curve before = make(saved.curve);
    const curve after = make(spec);
    const step_t now = position(saved.at, saved.curve.clock);
    return {.schedule = after,
            .at = saved.at,
            .curve = spec,
            .report = {.policy = policy,
                       .at = saved.at,
                       .clock = spec.clock,
                       .saved = saved.curve.name,
                       .wanted = wanted.name,
                       .differences = std::move(differ),
                       .last_rate = before(now > 0 ? now - 1 : 0),
                       .rate_before = before(now),
                       .rate_after = after(position(saved.at, spec.clock))}};
}

}  // namespace pacer

#endif
