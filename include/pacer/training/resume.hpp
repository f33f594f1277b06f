// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_RESUME_HPP
#define PACER_TRAINING_RESUME_HPP

/// Going on from a checkpoint: whose curve counts, the saved one or the one asked for now, is said by name.
///
///     const pacer::checkpoint saved = pacer::load("run/schedule.txt");
///     const auto run = pacer::resume(saved, wanted, pacer::blend(500));
///     for (const std::string& line : run.report.lines())
///         std::puts(line.c_str());
///     pacer::progress at = run.at;
///     run.curve(at);                                                    // the rate of the next update
///     pacer::save({.at = at, .curve = run.curve}, "run/schedule.txt");  // goes on as if never stopped

#include <pacer/expression/compare.hpp>
#include <pacer/expression/rewrite.hpp>
#include <pacer/training/checkpoint.hpp>

#include <optional>

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

/// Every field in which two curves differ, their clocks first; none if they have the same values for ever.
[[nodiscard]] inline std::vector<expression_difference> differences(const clocked_expression& saved,
                                                                    const clocked_expression& wanted) {
    std::vector<expression_difference> found;
    if (saved.clock != wanted.clock)
        found.push_back({"clock", detail::syntax::written(saved.clock), detail::syntax::written(wanted.clock)});
    for (expression_difference& d : differences(saved.schedule, wanted.schedule))
        found.push_back(std::move(d));
    return found;
}

/// What a resume did.
struct resume_report {
    resume_policy policy;
    progress at{};
    run_clock clock = run_clock::updates;              ///< of the curve that goes on
    std::string saved{};                               ///< name of the saved curve
    std::string wanted{};                              ///< name of the curve asked for
    std::vector<expression_difference> differences{};  ///< of the saved curve (first) and the one asked for
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
    clocked_expression curve;  ///< to be asked for rates, and saved with the next checkpoint
    progress at;               ///< where the run goes on: exactly where it was saved
    resume_report report;

    /// The rate of the next update of a run that is this far.
    [[nodiscard]] double operator()(const progress& now) const noexcept { return curve(now); }
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
    for (const expression_difference& d : differences)
        differ += (differ.empty() ? "" : ", ") + d.path + ' ' + d.first + " -> " + d.second;
    std::string rates = "last " + detail::syntax::written(last_rate) + ", next " +
                        detail::syntax::written(rate_before) + " -> " + detail::syntax::written(rate_after);
    if (!jumps())
        rates += ": no jump";
    else if (const auto factor = ratio())
        rates += ": JUMPS by a factor of " + detail::syntax::written(*factor);
    else
        rates += ": JUMPS from 0";
    return {"policy    " + kind(),
            "position  " + updates(at.updates()) + " applied, " + std::to_string(at.skipped()) + " skipped, " +
                std::to_string(at.samples()) + " samples, " + std::to_string(at.tokens()) +
                " tokens; the curve counts " + detail::syntax::written(clock),
            "curves    " + saved + " saved, " + wanted + " wanted",
            "differ in " + (differ.empty() ? "nothing" : differ), "rate      " + rates};
}

namespace detail {

inline clocked_expression joined_by(const resume_policy& policy, const checkpoint& saved,
                                    const clocked_expression& wanted) {
    const step_t now = position(saved.at, wanted.clock);
    switch (policy.what) {
    case resume_policy::kind::require_same:
    case resume_policy::kind::keep_saved: return saved.curve;
    case resume_policy::kind::use_new: return wanted;
    case resume_policy::kind::restart:
        return {expression(syntax::delayed_by(wanted.schedule.root(), now)), wanted.clock};
    case resume_policy::kind::rewarm:
    case resume_policy::kind::blend: break;
    }
    if (saved.curve.clock != wanted.clock)
        reject(missing("clock", "must be the same for a rewarm or a blend"));
    const expression old(syntax::settled(saved.curve.schedule.root(), now));
    const expression next(syntax::settled(wanted.schedule.root(), now));
    if (policy.what == resume_policy::kind::blend)
        return {expression_of(pacer::blend(old, now, policy.over, next)), wanted.clock};
    return {expression_of(pacer::rewarm(old, now, policy.over, next)), wanted.clock};
}

}  // namespace detail

/// Goes on from a checkpoint, at the position that was saved and with the curve that the policy says.
///
/// @param saved   as `load` gave it.
/// @param wanted  the curve asked for now.
/// @param policy  `keep_saved`, `use_new`, `restart`, `rewarm(n)`, `blend(n)` or `require_same`.
///
/// The result can be saved and resumed like any other, also while a rewarm or blend is under way. An error: with
/// `require_same`, curves that differ (`resume_error`, which lists the differences); a rewarm or blend between curves of
/// different clocks, or on top of more of them than an expression can be deep (`invalid_schedule`).
[[nodiscard]] inline resumed resume(const checkpoint& saved, const clocked_expression& wanted,
                                    const resume_policy& policy) {
    std::vector<expression_difference> differ = differences(saved.curve, wanted);
    if (policy.what == resume_policy::kind::require_same && !differ.empty()) {
        std::string text = "pacer: the saved curve is not the one asked for:";
        for (const expression_difference& d : differ)
            text += "\n  " + d.path + ": saved " + d.first + ", asked for " + d.second;
        detail::syntax::fail<resume_error>(text);
    }
    const clocked_expression after = detail::joined_by(policy, saved, wanted);
    const expression& before = saved.curve.schedule;
    const step_t now = position(saved.at, saved.curve.clock);
    return {.curve = after,
            .at = saved.at,
            .report = {.policy = policy,
                       .at = saved.at,
                       .clock = after.clock,
                       .saved = before.name(),
                       .wanted = wanted.schedule.name(),
                       .differences = std::move(differ),
                       .last_rate = before(now > 0 ? now - 1 : 0),
                       .rate_before = before(now),
                       .rate_after = after(saved.at)}};
}

}  // namespace pacer

#endif
