// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_REPLAN_HPP
#define PACER_TRAINING_REPLAN_HPP

/// Another end for a curve that is already running, without a jump of the rate:
///
///     lr = pacer::extend(lr, 20'000, at.updates());                 // the run becomes longer
///     lr = pacer::cooldown_from(lr, at.updates(), 2'000,            // or is brought to its end now
///                               pacer::ramp_shape::one_minus_sqrt, 0);
///
/// The results are expressions: saved and resumed like others. `lr` may be one, or the `curve` of a resume.

#include <pacer/expression/descent.hpp>
#include <pacer/training/clocked_expression.hpp>

namespace pacer {

/// The curve as it is until `step`, then down to `end_lr` over `steps` steps by the shape, then `end_lr` for ever:
///
///     lr(s) = old(step) + (end_lr - old(step)) done((s - step) / steps)   for step <= s < step + steps
///
/// With shapes and lengths alike it is, to the bit, the `warmup_stable_decay` that had been planned so from the start. A
/// curve that is already in a cooldown like that one, or past it, stays as it is, so that asking at every start of a
/// program changes nothing.
///
/// @param step    the joint, 0 or more; it may lie ahead of the run.
/// @param steps   1 to 2^53.
/// @param end_lr  finite, 0 or more, at most the rate at the joint.
///
/// An error (`invalid_schedule`): anything else.
[[nodiscard]] PACER_HOST inline expression cooldown_from(const expression& lr, step_t step, step_t steps,
                                                         ramp_shape shape, double end_lr) {
    if (step < 0)
        detail::reject(detail::bad_count("step", step, "must be 0 or more"));
    if (steps < 1 || steps > longest)
        detail::reject(detail::bad_count("steps", steps, "must be a number of updates from 1 to 2^53"));
    detail::require(
        detail::first_of(detail::check_rate("end_lr", end_lr),
                         detail::check_at_most("end_lr", end_lr, lr(step), "must be at most the rate at the joint")));
    const detail::syntax::node& now = *lr.root();
    const detail::syntax::operator_values& v = now.values();
    const bool is_begun = detail::syntax::is<detail::syntax::operators::cooldown>(now) && v.steps[0] <= step &&
                          v.steps[1] == steps && v.numbers[0] == end_lr && v.shape == shape;
    return is_begun ? lr : expression(cooldown(lr, step, steps, end_lr, shape));
}

namespace detail {

[[noreturn]] PACER_HOST inline void cannot_extend(const char* why) { reject(missing("extend", why)); }

/// A named schedule or a dialect's, and how it came to where it is in a curve.
struct extendable {
    syntax::node_pointer schedule;
    step_t origin = 0;         ///< how much later it is
    bool is_rescaled = false;  ///< it has been extended before
};

PACER_HOST inline extendable find_extendable(const expression& lr, step_t at) {
    using namespace syntax;
    extendable found{.schedule = settled(lr.root(), at)};
    node_pointer& curve = found.schedule;
    // A rescaled curve stays one: what is extended is the curve that was rescaled.
    found.is_rescaled = is<operators::rescale>(*curve) && curve->values().steps[0] <= at;
    if (found.is_rescaled)
        curve = node_pointer(curve->parts()[1]);
    while (is<operators::delay>(*curve)) {
        found.origin = sum_of_lengths(found.origin, curve->values().steps[0]);
        curve = node_pointer(curve->parts()[0]);
    }
    if (is<operators::blend>(*curve) || is<operators::rewarm>(*curve) || is<operators::cooldown>(*curve) ||
        is<operators::rescale>(*curve))
        cannot_extend("the transitions of the curve must be over");
    if (curve->operation() != nullptr)
        cannot_extend("the curve must be a named schedule; of operators there may be delays alone");
    return found;
}

/// Whether a run that is at this step of one curve can go on with the other, with the rate of the last update as it was.
PACER_HOST inline bool is_continued_by(const syntax::node& curve, const syntax::node& next, step_t step) {
    return curve.rate(step) == next.rate(step) && (step == 0 || curve.rate(step - 1) == next.rate(step - 1));
}

/// A schedule with another total, and whether it has to be stretched to start at the rate of the old one.
struct extension {
    syntax::node_pointer schedule;
    bool is_stretched;
};

PACER_HOST inline extension extend_dialect(const extendable& from, step_t total, step_t local) {
    extension to{from.schedule->with_total(total, false), true};
    if (!to.schedule)
        cannot_extend("the curve must have a length among its parameters");
    to.is_stretched = from.is_rescaled || !is_continued_by(*from.schedule, *to.schedule, local);
    if (to.is_stretched)
        require(syntax::check_descent(*to.schedule, local, total));
    return to;
}

PACER_HOST inline extension extend_named(const extendable& from, step_t total, step_t local) {
    const syntax::reach_of_total reach = from.schedule->reach();
    if (!reach.is_whole)
        cannot_extend("the warm-up must end at a whole update");
    const bool is_stretched = from.is_rescaled || local > reach.kept_until;
    if (is_stretched) {
        require(reach.stretching);
        if (!reach.holds_end)
            cannot_extend("the curve must hold its end");
    }
    extension to{from.schedule->with_total(total, is_stretched), is_stretched};
    if (!is_stretched && to.schedule->reach().kept_until < local)
        cannot_extend("the new total leaves no room for the decay");
    return to;
}

/// One that has reached its end, where the rate stays as it is.
PACER_HOST inline extension extend_finished(const extendable& from, step_t total, step_t local) {
    const syntax::node_pointer longer = from.schedule->with_total(total, false);
    if (from.is_rescaled || !longer || from.schedule->rate(local) != longer->rate(local))
        cannot_extend(
            "the curve is at its end, and the rate of a longer one would jump: resume with restart or rewarm");
    return {longer, false};
}

}  // namespace detail

/// The curve with another total, decided at step `at`, where the rate does not jump:
///
///     a curve that does not depend on its length       only the length changes (constant, step_decay, sgdr, ...)
///     at <= W (cosine_warmup_with_min_lr: at < W)      the warm-up is kept, what follows is longer or shorter
///     warmup_stable_decay, at <= the end of its peak   the stable part is longer or shorter, warm-up and decay are kept
///     later, with W, T and the floor as they are:      lr(s) = floor + (old(at) - floor) (new(s) - floor) / (new(at) - floor)
///
/// where new is the same schedule, its warm-up kept, with the new total (of `warmup_stable_decay` the stable part is
/// kept and the decay is longer). So the rate goes on from where it is and reaches the floor at the new end, exactly.
/// A schedule of a dialect is the same one with another length: as it is where that does not change the rate at the joint,
/// else as "later". A curve that ends at `new_total` already stays as it is, so that asking at every start of a program
/// changes nothing. One that has ended goes on where the rate does not jump (`constant`). What it was before `at` is kept,
/// of many extensions for the last step alone.
///
/// @param lr         a named schedule or a dialect's, which may be delayed, or have been extended before; its transitions
///                   must be over.
/// @param new_total  the step at which the curve is to end; more than `at`, at most 2^53 after its start.
/// @param at         the step at which this is decided: the position of the run.
///
/// An error (`invalid_schedule`): anything else; where the rate is not that of any length, a curve that goes up and down
/// (`num_cycles`, `one_cycle`), does not hold its end or is only a warm-up; a warm-up that ends between two updates.
[[nodiscard]] PACER_HOST inline expression extend(const expression& lr, step_t new_total, step_t at) {
    using namespace detail::syntax;
    if (at < 0)
        detail::reject(detail::bad_count("at", at, "must be 0 or more"));
    if (new_total <= at)
        detail::reject(detail::bad_count("new_total", new_total, "must be more than the position of the run"));
    if (new_total == lr.total_steps())
        return lr;
    const detail::extendable from = detail::find_extendable(lr, at);
    if (new_total <= from.origin)
        detail::reject(detail::bad_count("new_total", new_total, "must be after the start of the curve"));
    const step_t total = new_total - from.origin;
    const step_t local = at > from.origin ? at - from.origin : 0;
    const detail::extension longer = local >= from.schedule->total_steps() ? detail::extend_finished(from, total, local)
                                     : from.schedule->meaning() != nullptr ? detail::extend_dialect(from, total, local)
                                                                           : detail::extend_named(from, total, local);
    const node_pointer next = delayed_by(longer.schedule, from.origin);
    if (longer.is_stretched)
        return expression(make_operator<operators::rescale>({past_of(lr.root(), at), next}, {.steps = {at}}));
    if (at == 0 || lr(at - 1) == next->rate(at - 1))
        return expression(next);
    // What the last update ran at stays to be seen: a blend over no updates.
    return expression(make_operator<operators::blend>({past_of(lr.root(), at), next}, {.steps = {at, 0}}));
}

/// The same of the curve of a checkpoint or a resume; its steps are those of its clock.
template <std::same_as<clocked_expression> Curve>
[[nodiscard]] PACER_HOST Curve cooldown_from(const Curve& lr, step_t step, step_t steps, ramp_shape shape,
                                             double end_lr) {
    Curve changed = lr;
    changed.schedule = cooldown_from(lr.schedule, step, steps, shape, end_lr);
    return changed;
}
/// The same of the curve of a checkpoint or a resume; its steps are those of its clock.
template <std::same_as<clocked_expression> Curve>
[[nodiscard]] PACER_HOST Curve extend(const Curve& lr, step_t new_total, step_t at) {
    Curve changed = lr;
    changed.schedule = extend(lr.schedule, new_total, at);
    return changed;
}

}  // namespace pacer

#endif
