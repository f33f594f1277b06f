// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_REPLAN_HPP
#define PACER_TRAINING_REPLAN_HPP

/// Another end for a curve that is already running, without a jump of the rate:
///
///     spec = pacer::extend(spec, 20'000, at.updates());                 // the run becomes longer
///     spec = pacer::cooldown_from(spec, at.updates(), 2'000,            // or is brought to its end now
///                                 pacer::ramp_shape::one_minus_sqrt, 0);
///
/// The results are specs: made, saved and resumed like others.

#include <pacer/expression/schedule_spec.hpp>

#include <utility>

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
/// An error (`invalid_schedule`): anything else, or too many transitions under way.
[[nodiscard]] inline schedule_spec cooldown_from(schedule_spec spec, step_t step, step_t steps, ramp_shape shape,
                                                 double end_lr) {
    if (step < 0)
        detail::reject(detail::bad_count("step", step, "must be 0 or more"));
    if (steps < 1 || steps > longest)
        detail::reject(detail::bad_count("steps", steps, "must be a number of updates from 1 to 2^53"));
    detail::require(detail::first_of(
        detail::check_rate("end_lr", end_lr),
        detail::check_at_most("end_lr", end_lr, make(spec)(step), "must be at most the rate at the joint")));
    spec.transitions.push_back({.how = transition_kind::ramp,
                                .at = step,
                                .over = steps,
                                .shape = shape,
                                .name = "constant",
                                .parameters = {.peak_lr = end_lr, .total_steps = steps},
                                .origin = step});
    static_cast<void>(make(spec));
    return resolved(std::move(spec));
}

namespace detail {

[[noreturn]] inline void cannot_extend(const char* why) { reject(missing("extend", why)); }

}  // namespace detail

/// The curve with another total, decided at step `at`, where the rate does not jump:
///
///     constant, constant_with_warmup, inverse_sqrt     only the length changes
///     at <= W (cosine_warmup_with_min_lr: at < W)      the warm-up is kept, what follows is longer or shorter
///     warmup_stable_decay, at <= the end of its peak   the stable part is longer or shorter, warm-up and decay are kept
///     later, with W, T and the floor as they are:      lr(s) = floor + (old(at) - floor) (new(s) - floor) / (new(at) - floor)
///
/// where new is the same schedule, its warm-up kept, with the new total (of `warmup_stable_decay` the stable part is
/// kept and the decay is longer). So the rate goes on from where it is and reaches the floor at the new end, exactly.
/// Where the curve is scaled ("later"), what it was before `at` is not kept: there it is the constant old(at).
///
/// @param spec       its transitions must be over at `at`.
/// @param new_total  the step at which the curve is to end; more than `at`, at most 2^53 after its origin.
/// @param at         the step at which this is decided: the position of the run.
///
/// An error (`invalid_schedule`): anything else; a curve that is already at its end, goes up and down (`num_cycles`),
/// does not hold its end, is only a warm-up, or has a warm-up that ends between two updates.
[[nodiscard]] inline schedule_spec extend(const schedule_spec& spec, step_t new_total, step_t at) {
    if (at < 0)
        detail::reject(detail::bad_count("at", at, "must be 0 or more"));
    if (new_total <= at)
        detail::reject(detail::bad_count("new_total", new_total, "must be more than the position of the run"));
    const curve old = make(spec);
    schedule_spec now = resolved(detail::settled(spec, at));
    // A rescaled curve stays one: what is extended is the curve that was rescaled.
    const bool is_rescaled = now.transitions.size() == 1 && now.transitions[0].how == transition_kind::rescale &&
                             now.transitions[0].at <= at;
    if (!now.transitions.empty() && !is_rescaled)
        detail::cannot_extend("the transitions of the curve must be over");
    schedule_spec longer = now;
    if (is_rescaled)
        longer = {.name = now.transitions[0].name,
                  .parameters = now.transitions[0].parameters,
                  .clock = now.clock,
                  .origin = now.transitions[0].origin};
    schedule_parameters& p = longer.parameters;
    if (new_total <= longer.origin)
        detail::reject(detail::bad_count("new_total", new_total, "must be after the start of the curve"));
    const step_t local = at > longer.origin ? at - longer.origin : 0;
    const step_t before = p.total_steps.value_or(endless);
    const step_t total = new_total - longer.origin;
    p.total_steps = total;
    if (p.warmup && p.warmup->given_as() == warmup::kind::ratio)
        detail::cannot_extend("the warm-up must end at a whole update");
    if (longer.name == "linear_warmup")
        detail::cannot_extend("a curve that is only a warm-up has no tail");
    if (local >= before)
        detail::cannot_extend("the curve is already at its end");
    // The last step whose rate does not depend on the total.
    step_t last_free = p.warmup ? p.warmup->count() : 0;
    if (longer.name == "constant" || longer.name == "constant_with_warmup" || longer.name == "inverse_sqrt")
        last_free = before;
    if (longer.name == "cosine_warmup_with_min_lr")
        last_free -= 1;
    if (p.stable_steps)
        last_free += *p.stable_steps;
    const bool rescales = is_rescaled || local > last_free;
    if (p.decay_steps) {
        step_t& part = rescales ? *p.decay_steps : *p.stable_steps;
        part += total - before;
        if (part < 0 || (!rescales && last_free + total - before < local))
            detail::cannot_extend("the new total leaves no room for the decay");
    }
    if (rescales && p.past_end && *p.past_end != past_end::hold)
        detail::cannot_extend("the curve must hold its end");
    if (rescales && p.num_cycles && *p.num_cycles != (longer.name == "cosine_with_restarts" ? 1 : 0.5))
        detail::cannot_extend("the curve must have one descent: num_cycles");
    if (!rescales) {
        static_cast<void>(make(longer));
        return resolved(longer);
    }
    schedule_spec result = {.name = "constant", .parameters = {.peak_lr = old(at)}, .clock = now.clock};
    result.transitions.push_back({.how = transition_kind::rescale,
                                  .at = at,
                                  .name = longer.name,
                                  .parameters = longer.parameters,
                                  .origin = longer.origin});
    static_cast<void>(make(result));
    return resolved(result);
}

/// The same, of a named schedule whose steps are updates.
template <NamedSchedule S>
[[nodiscard]] schedule_spec cooldown_from(const S& schedule, step_t step, step_t steps, ramp_shape shape,
                                          double end_lr) {
    return cooldown_from(spec_of(schedule), step, steps, shape, end_lr);
}
template <NamedSchedule S>
[[nodiscard]] schedule_spec extend(const S& schedule, step_t new_total, step_t at) {
    return extend(spec_of(schedule), new_total, at);
}

}  // namespace pacer

#endif
