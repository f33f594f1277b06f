// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_WARMUP_STABLE_DECAY_HPP
#define PACER_SCHEDULES_WARMUP_STABLE_DECAY_HPP

#include <pacer/lr_ratio.hpp>
#include <pacer/schedules/named.hpp>

#include <initializer_list>

namespace pacer {

/// Parameters of `warmup_stable_decay`. Of the four lengths - warm-up, stable, decay and total - any three determine
/// the fourth, and a `.warmup` that is not mentioned counts as off if the other three are not all given.
template <Rate Real = double>
struct warmup_stable_decay_params {
    using rate_type = Real;
    static constexpr const char* name = "warmup_stable_decay";
    static constexpr const char* formula =
        "P for stable_steps, then P - (P - min_lr) done(x) over decay_steps: two of these and T are given";
    static constexpr const char* elsewhere = "`warmup_stable_decay` / - / -";

    Real peak_lr = -1;                             ///< the rate of the stable part; finite, 0 or more; must be given
    lr_or_ratio min_lr = 0.0;                      ///< the rate at the end: a rate or a `lr_ratio`, at most `peak_lr`
    step_t stable_steps = detail::unset;           ///< updates at the peak
    step_t decay_steps = detail::unset;            ///< updates of the decay
    step_t total_steps = detail::unset;            ///< the length of all three parts, in updates, 0 to 2^53
    pacer::warmup warmup{};                        ///< `warmup_steps`, `warmup_ratio` or `no_warmup`
    ramp_shape decay_shape = ramp_shape::linear;   ///< the shape of the decay
    ramp_shape warmup_shape = ramp_shape::linear;  ///< the shape of a decay, run backwards
    Real init_lr = 0;                              ///< the rate the warm-up starts from; it may be above `peak_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;  ///< whether update 0 has `init_lr`
    pacer::past_end past_end = pacer::past_end::hold;             ///< the rate past the end

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::peak_lr, p.peak_lr);
        visit(fields::min_lr, p.min_lr);
        visit(
            field{.name = "stable_steps", .kind = quantity::steps, .about = "updates at the peak", .may_be_open = true},
            p.stable_steps);
        visit(
            field{.name = "decay_steps", .kind = quantity::steps, .about = "updates of the decay", .may_be_open = true},
            p.decay_steps);
        visit(field{.name = "total_steps",
                    .kind = quantity::steps,
                    .about = "the length of all three parts",
                    .may_be_open = true},
              p.total_steps);
        visit(fields::warmup, p.warmup);
        visit(field{"decay_shape", quantity::shape, "the shape of the decay"}, p.decay_shape);
        detail::visit_warmup_fields(p, visit);
        visit(fields::past_end, p.past_end);
    }

    PACER_HOST constexpr violation check() const noexcept {
        if (const violation v = detail::check_ends(decay_shape, "peak_lr", detail::peak(*this), "min_lr",
                                                   detail::rate_of(min_lr, peak_lr)))
            return v;
        const warmup_stable_decay_params p = resolved();
        if (p.stable_steps < 0 && p.decay_steps >= 0 && p.total_steps >= 0)
            return detail::bad_count("decay_steps", p.decay_steps, "warm-up and decay must be at most total_steps");
        if (p.decay_steps < 0 && p.stable_steps >= 0 && p.total_steps >= 0)
            return detail::bad_count("stable_steps", p.stable_steps,
                                     "warm-up and stable part must be at most total_steps");
        for (const step_t length : {p.stable_steps, p.decay_steps, p.total_steps})
            if (length == detail::unset)
                return detail::missing(p.total_steps == detail::unset ? "total_steps" : "stable_steps",
                                       "of warmup, stable_steps, decay_steps and total_steps three must be given (a "
                                       "warmup that is not mentioned is off)");
        if (const violation v =
                detail::first_of(detail::check_length("total_steps", p.total_steps), detail::check_warmup(p)))
            return v;
        if (p.warmup.steps(p.total_steps) + p.stable_steps + p.decay_steps != p.total_steps)
            return detail::bad_count("total_steps", p.total_steps, "must be the sum of warm-up, stable and decay");
        return {};
    }

    /// With the length that was left open filled in; unchanged where that is impossible.
    PACER_HOST constexpr warmup_stable_decay_params resolved() const noexcept {
        const auto given = [](step_t n) { return n >= 0 && n <= longest; };
        warmup_stable_decay_params p = *this;
        const bool has_total = given(p.total_steps);
        if (p.warmup.given_as() == pacer::warmup::kind::unset && has_total && given(p.stable_steps) &&
            given(p.decay_steps)) {
            const step_t left = p.total_steps - p.stable_steps - p.decay_steps;
            p.warmup = left > 0 ? pacer::warmup(pacer::warmup_steps(left)) : pacer::warmup(no_warmup);
        }
        if (p.warmup.given_as() == pacer::warmup::kind::unset)
            p.warmup = no_warmup;
        if (p.warmup.given_as() == pacer::warmup::kind::ratio && !has_total)
            return p;
        const step_t rest = p.warmup.steps(p.total_steps);
        if (!given(rest))
            return p;
        if (p.total_steps == detail::unset && given(p.stable_steps) && given(p.decay_steps))
            p.total_steps = rest + p.stable_steps + p.decay_steps;
        else if (p.stable_steps == detail::unset && has_total && given(p.decay_steps))
            p.stable_steps = p.total_steps - rest - p.decay_steps;
        else if (p.decay_steps == detail::unset && has_total && given(p.stable_steps))
            p.decay_steps = p.total_steps - rest - p.stable_steps;
        return p;
    }

    template <class Grade>
    PACER_HOST constexpr auto curve() const {
        const double top = detail::peak(*this);
        // Where the warm-up ends between two updates, what is left of that update belongs to what follows it.
        const double begun = stable_steps == 0 ? detail::begun_after_warmup(*this) : 0;
        return detail::after_warmup<Grade>(*this, pacer::join(detail::flat{top}, stable_steps,
                                                              Grade::make_ramp(top, detail::rate_of(min_lr, peak_lr),
                                                                               static_cast<double>(decay_steps) + begun,
                                                                               shapes::any{decay_shape}, begun)));
    }
    PACER_HOST constexpr step_t kept_until() const noexcept { return warmup.steps(total_steps) + stable_steps; }
    /// Decided before the decay, the stable part is longer or shorter; in it, the decay.
    PACER_HOST constexpr warmup_stable_decay_params with_total(step_t total, bool in_decay) const noexcept {
        warmup_stable_decay_params p = *this;
        (in_decay ? p.decay_steps : p.stable_steps) += total - total_steps;
        p.total_steps = total;
        return p;
    }
};

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
template <class Real = double>
struct warmup_stable_decay : detail::named<warmup_stable_decay_params<Real>> {
    PACER_HOST constexpr explicit warmup_stable_decay(const warmup_stable_decay_params<Real>& p)
        : warmup_stable_decay::named(p) {}
};
PACER_SCHEDULE(warmup_stable_decay)

}  // namespace pacer

#endif
