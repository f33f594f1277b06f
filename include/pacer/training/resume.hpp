// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_RESUME_HPP
#define PACER_TRAINING_RESUME_HPP

/// Going on from a checkpoint: whose curve counts, the saved one or the one asked for now, is said by name.
///
/// Resuming again by the same policy changes nothing, so a command line may stay as it is for every restart: a run that
/// is killed and started again fifty times has the rates of one that was resumed once.
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
    /// The policies, each a constant or a function of its name.
    enum class kind { keep_saved, use_new, restart, rewarm, blend, require_same };

    /// For pacer's own use.
    PACER_HOST constexpr explicit resume_policy(kind k, step_t steps = 0) noexcept : what(k), over(steps) {}

    kind what;    ///< which of them
    step_t over;  ///< the length of a rewarm or blend, in steps of the curve's clock
};

/// The curve as it was saved; the one asked for is only compared.
inline constexpr resume_policy keep_saved{resume_policy::kind::keep_saved};

/// The new curve at the saved position: lr(s) = new(s). The rate may jump.
inline constexpr resume_policy use_new{resume_policy::kind::use_new};

/// The new curve from its own step 0: lr(s) = new(s - p), with p the saved position. The rate may jump. Where it has been
/// restarted already, it goes on; to begin it once more say where, by `use_new` and `delay(new, p)`.
inline constexpr resume_policy restart{resume_policy::kind::restart};

/// The saved curve, provided that it is the one asked for, or is on its way to it, was restarted as it, or extended to it;
/// else an error that lists what differs.
inline constexpr resume_policy require_same{resume_policy::kind::require_same};

/// The new curve, after a straight way over `steps` steps from the rate the old one has at the saved position p:
///
///     lr(s) = old(p) + (new(p + n) - old(p)) (s - p) / n   for p <= s < p + n;   lr(s) = new(s) for s >= p + n
///
/// @param steps  n, in steps of the curve's clock, 1 to 2^53; else an `invalid_schedule`.
[[nodiscard]] PACER_HOST constexpr resume_policy rewarm(step_t steps) {
    if (steps < 1 || steps > longest)
        detail::reject(detail::bad_count("rewarm", steps, "must be a number of updates from 1 to 2^53"));
    return resume_policy(resume_policy::kind::rewarm, steps);
}

/// From the old curve to the new one over `steps` steps, both going on meanwhile, p being the saved position:
///
///     lr(s) = (old(s) (n - x) + new(s) x) / n   for x = s - p < n;   lr(s) = new(s) for s >= p + n
///
/// @param steps  n, in steps of the curve's clock, 1 to 2^53; else an `invalid_schedule`.
[[nodiscard]] PACER_HOST constexpr resume_policy blend(step_t steps) {
    if (steps < 1 || steps > longest)
        detail::reject(detail::bad_count("blend", steps, "must be a number of updates from 1 to 2^53"));
    return resume_policy(resume_policy::kind::blend, steps);
}

/// A resume that its policy does not allow. `what()` lists the differences.
struct resume_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Every field in which two curves differ, their clocks first; none if they have the same values for ever.
[[nodiscard]] PACER_HOST inline std::vector<expression_difference> differences(const clocked_expression& saved,
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
    /// How the saved curve stood to the one asked for. Whatever is over counts no more.
    enum class standing {
        different,  ///< it is another one
        same,       ///< it is that one, by now or from the start
        under_way,  ///< a rewarm or blend to it has begun and is not over
        extended,   ///< `extend` made it what is asked for, and keeps it where the rate does not jump
        restarted   ///< it is that one, begun anew by `restart`
    };

    resume_policy policy;                              ///< what was asked for
    progress at{};                                     ///< where the run goes on
    run_clock clock = run_clock::updates;              ///< of the curve that goes on
    std::string saved{};                               ///< name of the saved curve, or of the one it is on its way to
    std::string wanted{};                              ///< name of the curve asked for
    std::vector<expression_difference> differences{};  ///< of that saved curve (first) and the one asked for
    standing saved_is = standing::different;           ///< how it stood to the one asked for
    step_t since = 0;        ///< the step at which a transition, an extension or a restart began
    bool is_changed = true;  ///< whether another curve than the saved one goes on
    double last_rate = 0;    ///< what the saved curve gives one step before the joint; at 0 the same as `rate_before`
    double rate_before = 0;  ///< what the next update would have used, had nothing changed
    double rate_after = 0;   ///< what it uses

    /// Whether the rate jumps at the joint, other than as the saved curve itself would have gone on.
    [[nodiscard]] PACER_HOST bool jumps() const noexcept { return rate_before != rate_after; }

    /// `rate_after` / `rate_before`; 1 if there is no jump; none from a rate of 0.
    [[nodiscard]] PACER_HOST std::optional<double> ratio() const noexcept {
        if (!jumps())
            return 1;
        if (rate_before == 0)
            return std::nullopt;
        return rate_after / rate_before;
    }

    /// Five lines: policy, position, curves, differences, rates.
    [[nodiscard]] PACER_HOST std::vector<std::string> lines() const;
};

/// What goes on after a resume.
struct resumed {
    clocked_expression curve;  ///< to be asked for rates, and saved with the next checkpoint
    progress at;               ///< where the run goes on: exactly where it was saved
    resume_report report;      ///< what changed

    /// The rate of the next update of a run that is this far.
    [[nodiscard]] PACER_HOST double operator()(const progress& now) const noexcept { return curve(now); }
};

inline std::vector<std::string> resume_report::lines() const {
    using kind = resume_policy::kind;
    const auto step = [](step_t n) { return " step " + std::to_string(n); };
    const auto policy_line = [&]() -> std::string {
        switch (policy.what) {
        case kind::keep_saved: return "keep_saved: the saved curve goes on";
        case kind::use_new: return "use_new: the new curve at the same position";
        case kind::restart:
            return is_changed ? "restart: the new curve from its own step 0"
                              : "restart: nothing to do, it was restarted at" + step(since);
        case kind::rewarm:
        case kind::blend: {
            const std::string name = policy.what == kind::blend ? "blend" : "rewarm";
            if (saved_is == standing::under_way)
                return name + ": nothing to do, under way since" + step(since);
            if (saved_is == standing::same)
                return name + ": nothing to do, the saved curve is the one asked for";
            return name + " over " + std::to_string(policy.over) + " steps";
        }
        case kind::require_same: break;
        }
        return std::string("require_same: the saved curve is ") +
               (saved_is == standing::under_way ? "on its way to the one asked for since" + step(since)
                                                : "the one asked for") +
               (saved_is == standing::extended    ? ", extended at" + step(since)
                : saved_is == standing::restarted ? ", restarted at" + step(since)
                                                  : "");
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
    return {"policy    " + policy_line(),
            "position  " + updates(at.updates()) + " applied, " + std::to_string(at.skipped()) + " skipped, " +
                std::to_string(at.samples()) + " samples, " + std::to_string(at.tokens()) +
                " tokens; the curve counts " + detail::syntax::written(clock),
            "curves    " + saved + " saved, " + wanted + " wanted",
            "differ in " + (differ.empty() ? "nothing" : differ), "rate      " + rates};
}

namespace detail {

/// A saved curve, seen from one that is asked for.
struct compared_curves {
    using standing = resume_report::standing;

    standing saved_is = standing::different;
    step_t since = 0;
    syntax::node_pointer target;  ///< the curve that the saved one is, or is on its way to
};

/// Whether both have the same rates from `step` on: as they are written, or once what lies behind is left out.
PACER_HOST inline bool are_same_from(const syntax::node_pointer& a, const syntax::node_pointer& b, step_t step) {
    return expression(a) == expression(b) ||
           expression(syntax::settled(a, step)) == expression(syntax::settled(b, step));
}

/// Looks for the curve that is asked for behind what changed the saved one, the newest change first.
PACER_HOST inline compared_curves compare(const clocked_expression& saved, const syntax::node_pointer& wanted,
                                          step_t now) {
    using namespace syntax;
    using standing = resume_report::standing;
    node_pointer curve = saved.schedule.root();
    compared_curves found{.target = curve};
    bool is_alike = false;  // an operator as the one asked for is compared with it as a whole
    standing so_far = standing::same;
    step_t since = 0;
    const auto changed_by = [&](standing how, step_t at) {
        // The lasting kind counts: what was extended stays so when the transition to it is over.
        if (so_far != standing::same && so_far != standing::under_way)
            return;
        so_far = how;
        since = at;
    };
    for (;;) {
        const node& n = *curve;
        if (are_same_from(curve, wanted, now))
            return {so_far, since, curve};
        if (!is_alike)
            found.target = curve;
        is_alike = is_alike || name_of_node(n) == name_of_node(*wanted);
        const step_t at = n.values().steps[0];
        const bool is_transition = is<operators::blend>(n) || is<operators::rewarm>(n);
        const bool is_restart = is<operators::delay>(n) && saved.restarted_at == at;
        if (at > now || !(is_transition || is_restart || is<operators::rescale>(n)))
            return found;
        if (is_transition && now - at < n.values().steps[1])
            changed_by(standing::under_way, at);
        else if (!is_transition)
            changed_by(is_restart ? standing::restarted : standing::extended, at);
        now = is_restart ? now - at : now;
        curve = node_pointer(n.parts()[is_restart ? 0 : 1]);
    }
}

/// Where the saved curve has begun the one asked for anew; nothing if it has not.
PACER_HOST inline std::optional<step_t> find_restart(const clocked_expression& saved,
                                                     const syntax::node_pointer& wanted, step_t now) {
    using namespace syntax;
    for (node_pointer curve = saved.schedule.root();; curve = node_pointer(curve->parts()[1])) {
        if (saved.restarted_at == 0 && are_same_from(curve, wanted, now))  // later by nothing
            return 0;
        const step_t at = curve->values().steps[0];
        if (at > now)
            return std::nullopt;
        if (is<operators::delay>(*curve) && are_same_from(curve->parts()[0], wanted, now - at))
            return at;
        if (!is<operators::blend>(*curve) && !is<operators::rewarm>(*curve) && !is<operators::rescale>(*curve))
            return std::nullopt;
    }
}

/// A clock that stands at 0 although updates were made was never counted: the new curve would not move.
PACER_HOST inline violation check_counted(const progress& at, run_clock clock) {
    if (position(at, clock) > 0 || at.updates() == 0)
        return {};
    return bad_count(name_of(clock), 0, "were never counted, and the new curve goes by them; restart begins it here");
}

/// The report has what was found, and says whether the curve is another.
PACER_HOST inline clocked_expression joined_by(const checkpoint& saved, const clocked_expression& wanted,
                                               resume_report& report) {
    using kind = resume_policy::kind;
    using standing = resume_report::standing;
    const resume_policy& policy = report.policy;
    const step_t now = position(saved.at, wanted.clock);
    const bool same_clock = saved.curve.clock == wanted.clock;
    report.is_changed = false;
    switch (policy.what) {
    case kind::require_same:
    case kind::keep_saved: return saved.curve;
    case kind::use_new:
        if (!same_clock)
            require(check_counted(saved.at, wanted.clock));
        report.is_changed = report.saved_is != standing::same;
        return wanted;
    case kind::restart: {
        const auto begun =
            same_clock ? find_restart(saved.curve, wanted.schedule.root(), now) : std::optional<step_t>();
        report.is_changed = !begun;
        if (begun) {
            report.since = *begun;
            return saved.curve;
        }
        clocked_expression anew{expression(syntax::delayed_by(wanted.schedule.root(), now)), wanted.clock};
        anew.restarted_at = now;
        return anew;
    }
    case kind::rewarm:
    case kind::blend: break;
    }
    if (!same_clock)
        reject(missing("clock", "must be the same for a rewarm or a blend"));
    if (report.saved_is == standing::under_way || report.saved_is == standing::same)
        return saved.curve;
    report.is_changed = true;
    const syntax::node_pointer& old = saved.curve.schedule.root();
    if (policy.what == kind::blend)
        return {
            expression_of(pacer::blend(expression(syntax::changed_at(old, now)), now, policy.over, wanted.schedule)),
            wanted.clock};
    return {expression_of(pacer::rewarm(expression(syntax::past_of(old, now)), now, policy.over, wanted.schedule)),
            wanted.clock};
}

}  // namespace detail

/// Goes on from a checkpoint, at the position that was saved and with the curve that the policy says.
///
/// @param saved   as `load` gave it.
/// @param wanted  the curve asked for now.
/// @param policy  `keep_saved`, `use_new`, `restart`, `rewarm(n)`, `blend(n)` or `require_same`.
///
/// The result can be saved and resumed like any other, also while a rewarm or blend is under way. Where the saved curve
/// already is what the policy would make of it, or is on its way there, it goes on unchanged, and the report says so. An
/// error: with `require_same`, curves that differ (`resume_error`, which lists the differences); `use_new` of a clock that
/// stands at 0 although updates were made; a rewarm or blend between curves of different clocks, or on top of more of them
/// than an expression can be deep (`invalid_schedule`).
[[nodiscard]] PACER_HOST inline resumed resume(const checkpoint& saved, const clocked_expression& wanted,
                                               const resume_policy& policy) {
    const expression& before = saved.curve.schedule;
    const step_t now = position(saved.at, saved.curve.clock);
    const detail::compared_curves compared = detail::compare(saved.curve, wanted.schedule.root(), now);
    resume_report report{.policy = policy,
                         .at = saved.at,
                         .saved = expression(compared.target).name(),
                         .wanted = wanted.schedule.name(),
                         .last_rate = before(now > 0 ? now - 1 : 0),
                         .rate_before = before(now)};
    if (compared.saved_is == resume_report::standing::different || saved.curve.clock != wanted.clock)
        report.differences = differences({expression(compared.target), saved.curve.clock}, wanted);
    else {
        report.saved_is = compared.saved_is;
        report.since = compared.since;
    }
    if (policy.what == resume_policy::kind::require_same && !report.differences.empty()) {
        std::string text = "pacer: the saved curve is not the one asked for:";
        for (const expression_difference& d : report.differences)
            text += "\n  " + d.path + ": saved " + d.first + ", asked for " + d.second;
        detail::syntax::fail<resume_error>(text);
    }
    const clocked_expression after = detail::joined_by(saved, wanted, report);
    report.clock = after.clock;
    report.rate_after = after(saved.at);
    return {.curve = after, .at = saved.at, .report = std::move(report)};
}

}  // namespace pacer

#endif
