// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_WARMUP_STABLE_DECAY_HPP
#define PACER_SCHEDULES_WARMUP_STABLE_DECAY_HPP

#include <pacer/lr_ratio.hpp>
#include <pacer/schedules/named.hpp>

#include <initializer_list>

namespace pacer {

/// Parameters of `warmup_stable_decay`. Of the four lengths - warm-up, stable, decay and total - any three determine
/// the fourth, and a `.warmup` that is not mentioned counts as off if the other three are not all given.
template <std::floating_point Real = double>
struct warmup_stable_decay_params {
    Real peak_lr = -1;                    ///< the rate of the stable part; finite, 0 or more; must be given
    lr_or_ratio min_lr = 0.0;             ///< the rate at the end: a rate or a `lr_ratio`, at most `peak_lr`
    step_t stable_steps = detail::unset;  ///< updates at the peak
    step_t decay_steps = detail::unset;   ///< updates of the decay
    step_t total_steps = detail::unset;   ///< the length of all three parts, in updates, 0 to 2^53
    pacer::warmup warmup{};               ///< `warmup_steps`, `warmup_ratio` or `no_warmup`
    ramp_shape decay_shape = ramp_shape::linear;
    ramp_shape warmup_shape = ramp_shape::linear;  ///< run backwards, so that it mirrors a decay of that name
    Real init_lr = 0;                              ///< the rate the warm-up starts from, at most `peak_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;
    pacer::past_end past_end = pacer::past_end::hold;
};

namespace detail {

/// The parameters with the length that was left open filled in; unchanged where that is impossible.
template <std::floating_point Real>
constexpr warmup_stable_decay_params<Real> resolved(warmup_stable_decay_params<Real> p) noexcept {
    const auto given = [](step_t n) { return n >= 0 && n <= longest; };
    const bool has_total = given(p.total_steps);
    if (p.warmup.given_as() == warmup::kind::unset && has_total && given(p.stable_steps) && given(p.decay_steps)) {
        const step_t left = p.total_steps - p.stable_steps - p.decay_steps;
        p.warmup = left >= 0 ? warmup(warmup_steps(left)) : warmup(no_warmup);
    }
    if (p.warmup.given_as() == warmup::kind::unset)
        p.warmup = no_warmup;
    if (p.warmup.given_as() == warmup::kind::ratio && !has_total)
        return p;
    const step_t rest = p.warmup.steps(p.total_steps);
    if (!given(rest))
        return p;
    if (p.total_steps == unset && given(p.stable_steps) && given(p.decay_steps))
        p.total_steps = rest + p.stable_steps + p.decay_steps;
    else if (p.stable_steps == unset && has_total && given(p.decay_steps))
        p.stable_steps = p.total_steps - rest - p.decay_steps;
    else if (p.decay_steps == unset && has_total && given(p.stable_steps))
        p.decay_steps = p.total_steps - rest - p.stable_steps;
    return p;
}

}  // namespace detail

/// A warm-up of W updates, S updates at the peak, then a decay of D updates; T = W + S + D.
///
///     lr(s) = init_lr + (peak_lr - init_lr) s / W                for s < W (or as `first_step`, `warmup_shape` say)
///     lr(s) = peak_lr                                            for W <= s < W + S
///     lr(s) = peak_lr - (peak_lr - min_lr) done((s - W - S) / D) for W + S <= s < T
///     lr(s) = min_lr                                             for s >= T (hold)
///
/// done(r) is, by `decay_shape`: linear r; cosine (1 - cos(pi r)) / 2; one_minus_sqrt sqrt(r); half_life 2 (1 - 2^-r).
/// At step 0: `init_lr` (`peak_lr` if W = 0). From W to W + S: `peak_lr`. At T and past the end: `min_lr`. All exact.
/// An error (`invalid_schedule`): fewer than three of the four lengths (a warm-up not mentioned is 0), lengths that do not
/// add up, or any other rule of `linear`.
/// Source: Hugging Face `get_wsd_schedule` (transformers 4 and 5; linear, cosine and 1-sqrt; it starts its warm-up from
/// the floor, say `.init_lr` for that); Megatron-LM's WSD (half_life; its default, which it calls exponential); llm.c's (one_minus_sqrt).
template <std::floating_point Real = double>
class warmup_stable_decay
    : public detail::named<Real, warmup_stable_decay_params<Real>,
                           detail::joined<ramp<shapes::any>, detail::joined<detail::flat, ramp<shapes::any>>>> {
public:
    constexpr explicit warmup_stable_decay(const warmup_stable_decay_params<Real>& p)
        : warmup_stable_decay(detail::valid(p)) {}

private:
    constexpr explicit warmup_stable_decay(detail::valid<warmup_stable_decay_params<Real>> p)
        : warmup_stable_decay(detail::resolved(p.params), p.params.min_lr.rate(detail::peak(p.params))) {}

    constexpr warmup_stable_decay(const warmup_stable_decay_params<Real>& p, double min)
        : warmup_stable_decay::named(p, curve(p, detail::peak(p), min), min) {}

    static constexpr auto curve(const warmup_stable_decay_params<Real>& p, double peak, double min) {
        const step_t boundary = p.warmup.steps(p.total_steps);
        const shapes::any rising{p.warmup_shape, true};
        const shapes::any falling{p.decay_shape};
        return join(detail::warmup_ramp(static_cast<double>(p.init_lr), peak, p.warmup.length(p.total_steps),
                                        p.first_step, rising),
                    boundary, detail::flat{peak}, boundary + p.stable_steps,
                    ramp<shapes::any>(peak, min, static_cast<double>(p.decay_steps), falling));
    }
};

warmup_stable_decay(warmup_stable_decay_params<double>)->warmup_stable_decay<double>;

/// Which rule these parameters break, if any; what the constructor asks.
template <std::floating_point Real>
[[nodiscard]] constexpr violation check(const warmup_stable_decay_params<Real>& given) noexcept {
    const auto wrong = [](const char* field, step_t n) {
        return n == detail::unset ? violation{} : detail::check_length(field, n);
    };
    if (const violation v =
            detail::first_of(detail::check_alone(given.warmup), wrong("stable_steps", given.stable_steps),
                             wrong("decay_steps", given.decay_steps), wrong("total_steps", given.total_steps)))
        return v;
    const warmup_stable_decay_params<Real> p = detail::resolved(given);
    if (p.stable_steps < 0 && p.decay_steps >= 0 && p.total_steps >= 0 && given.stable_steps == detail::unset)
        return detail::bad_count("decay_steps", p.decay_steps, "warm-up and decay must be at most total_steps");
    if (p.decay_steps < 0 && p.stable_steps >= 0 && p.total_steps >= 0 && given.decay_steps == detail::unset)
        return detail::bad_count("stable_steps", p.stable_steps, "warm-up and stable part must be at most total_steps");
    for (const step_t length : {p.stable_steps, p.decay_steps, p.total_steps})
        if (length == detail::unset)
            return detail::missing(p.total_steps == detail::unset    ? "total_steps"
                                   : p.stable_steps == detail::unset ? "stable_steps"
                                                                     : "decay_steps",
                                   "of warmup, stable_steps, decay_steps and total_steps three must be given (a warmup "
                                   "that is not mentioned is off)");
    if (const violation v = detail::first_of(
            detail::check_length("total_steps", p.total_steps), detail::check_common(p, false, false),
            detail::check("min_lr", p.min_lr, detail::peak(p)), detail::check("decay_shape", p.decay_shape),
            detail::check("warmup_shape", p.warmup_shape)))
        return v;
    if (p.warmup.steps(p.total_steps) + p.stable_steps + p.decay_steps != p.total_steps)
        return detail::bad_count("total_steps", p.total_steps, "must be the sum of warm-up, stable and decay");
    return {};
}

}  // namespace pacer

#endif
