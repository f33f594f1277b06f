// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_REPLAN_HPP
#define PACER_TRAINING_REPLAN_HPP

/// Another end for a curve that is already running, without a jump of the rate:
///
///     lr = pacer::extend(lr, 20'000, at.updates());                 // the run becomes longer
///     lr = pacer::cooldown_from(lr, at.updates(), 2'000,            // or is brought to its end now
///                               pacer::ramp_shape::one_minus_sqrt, 0);
///
/// The results are expressions: saved and resumed like others.

#include <pacer/expression/rewrite.hpp>

namespace pacer {

/// The curve as it is until `step`, then down to `end_lr` over `steps` steps by the shape, then `end_lr` for ever:
///
///     lr(s) = old(step) + (end_lr - old(step)) done((s - step) / steps)   for step <= s < step + steps
///
/// With shapes and lengths alike it is, to the bit, the `warmup_stable_decay` that had been planned so from the start.
///
/// @param step    the joint, 0 or more; it may lie ahead of the run.
/// @param steps   1 to 2^53.
/// @param end_lr  finite, 0 or more, at most the rate at the joint.
///
/// An error (`invalid_schedule`): anything else.
[[nodiscard]] inline expression cooldown_from(const expression& lr, step_t step, step_t steps, ramp_shape shape,
                                              double end_lr) {
    if (step < 0)
        detail::reject(detail::bad_count("step", step, "must be 0 or more"));
    if (steps < 1 || steps > longest)
        detail::reject(detail::bad_count("steps", steps, "must be a number of updates from 1 to 2^53"));
    detail::require(
        detail::first_of(detail::check_rate("end_lr", end_lr),
                         detail::check_at_most("end_lr", end_lr, lr(step), "must be at most the rate at the joint")));
    return cooldown(lr, step, steps, end_lr, shape);
}

namespace detail {

[[noreturn]] inline void cannot_extend(const char* why) { reject(missing("extend", why)); }

}  // namespace detail

/// The curve with another total, decided at step `at`, where the rate does not jump:
///
///     a curve that does not depend on its length       only the length changes (constant, inverse_sqrt, step_decay, sgdr, ...)
///     at <= W (cosine_warmup_with_min_lr: at < W)      the warm-up is kept, what follows is longer or shorter
///     warmup_stable_decay, at <= the end of its peak   the stable part is longer or shorter, warm-up and decay are kept
///     later, with W, T and the floor as they are:      lr(s) = floor + (old(at) - floor) (new(s) - floor) / (new(at) - floor)
///
/// where new is the same schedule, its warm-up kept, with the new total (of `warmup_stable_decay` the stable part is
/// kept and the decay is longer). So the rate goes on from where it is and reaches the floor at the new end, exactly.
/// Where the curve is scaled ("later"), what it was before `at` is not kept: there it is the constant old(at).
///
/// @param lr         a named schedule, which may be delayed, or have been extended before; its transitions must be over.
/// @param new_total  the step at which the curve is to end; more than `at`, at most 2^53 after its start.
/// @param at         the step at which this is decided: the position of the run.
///
/// An error (`invalid_schedule`): anything else; a curve that is already at its end, goes up and down (`num_cycles`,
/// `one_cycle`), does not hold its end, is only a warm-up, or has a warm-up that ends between two updates.
[[nodiscard]] inline expression extend(const expression& lr, step_t new_total, step_t at) {
    using namespace detail::syntax;
    if (at < 0)
        detail::reject(detail::bad_count("at", at, "must be 0 or more"));
    if (new_total <= at)
        detail::reject(detail::bad_count("new_total", new_total, "must be more than the position of the run"));
    node_pointer curve = settled(lr.root(), at);
    // A rescaled curve stays one: what is extended is the curve that was rescaled.
    const bool is_rescaled = is<operators::rescale>(*curve) && curve->values().steps[0] <= at;
    if (is_rescaled)
        curve = node_pointer(curve->parts()[1]);
    step_t origin = 0;
    while (is<operators::delay>(*curve)) {
        origin = detail::sum_of_lengths(origin, curve->values().steps[0]);
        curve = node_pointer(curve->parts()[0]);
    }
    if (is<operators::blend>(*curve) || is<operators::rewarm>(*curve) || is<operators::cooldown>(*curve) ||
        is<operators::rescale>(*curve))
        detail::cannot_extend("the transitions of the curve must be over");
    if (curve->operation() != nullptr)
        detail::cannot_extend("the curve must be a named schedule; of operators there may be delays alone");
    if (new_total <= origin)
        detail::reject(detail::bad_count("new_total", new_total, "must be after the start of the curve"));
    const step_t local = at > origin ? at - origin : 0;
    const reach_of_total reach = curve->reach();
    if (!reach.is_whole)
        detail::cannot_extend("the warm-up must end at a whole update");
    if (local >= curve->total_steps())
        detail::cannot_extend("the curve is already at its end");
    const bool rescales = is_rescaled || local > reach.kept_until;
    if (rescales)
        detail::require(reach.stretching);
    const node_pointer longer = curve->with_total(new_total - origin, rescales);
    if (!rescales && longer->reach().kept_until < local)
        detail::cannot_extend("the new total leaves no room for the decay");
    const expression next(delayed_by(longer, origin));
    return rescales ? expression(rescale(expression(constant_node(lr(at))), at, next)) : next;
}

}  // namespace pacer

#endif
