// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_EXPONENTIAL_HPP
#define PACER_SCHEDULES_EXPONENTIAL_HPP

#include <pacer/decays.hpp>
#include <pacer/schedules/named.hpp>

namespace pacer {

/// Parameters of `exponential`. One of `gamma` and `end_lr` must be given, and not both.
template <Rate Real = double>
struct exponential_params {
    using rate_type = Real;
    static constexpr const char* name = "exponential";
    static constexpr const char* formula =
        "max(min_lr, P gamma^((s - W) / every)), or log-linear from P to end_lr at T: one of gamma and end_lr is given";
    static constexpr const char* elsewhere = "- / `ExponentialLR` / `exponential_decay`";

    Real peak_lr = -1;         ///< the rate after the warm-up; finite, 0 or more (above 0 with `end_lr`); must be given
    lr_or_ratio min_lr = 0.0;  ///< the floor: a rate or a `lr_ratio`, at most `peak_lr` (and `end_lr`); default none
    double gamma = detail::unset;  ///< the factor for every `every` updates, above 0 and at most 1
    lr_or_ratio end_lr{};    ///< the rate at `total_steps`: a rate above 0 or a `lr_ratio`; it may be above the peak
    step_t every = 1;        ///< updates for one `gamma`, 1 to 2^53
    bool staircase = false;  ///< whether the rate changes only every `every` updates; with `gamma`
    step_t total_steps = endless;  ///< the length, warm-up included, in updates, 0 to 2^53, or (with `gamma`) `endless`
    pacer::warmup warmup{};        ///< `warmup_steps`, `warmup_ratio` (needs `total_steps`) or `no_warmup` (default)
    ramp_shape warmup_shape = ramp_shape::linear;  ///< the shape of a decay, run backwards
    Real init_lr = 0;                              ///< the rate the warm-up starts from; it may be above `peak_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;  ///< whether update 0 has `init_lr`
    pacer::past_end past_end = pacer::past_end::hold;             ///< the rate past the end

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::peak_lr, p.peak_lr);
        visit(fields::min_lr, p.min_lr);
        visit(field{.name = "gamma",
                    .kind = quantity::number,
                    .about = "the factor for every `every` updates",
                    .rule = "must be above 0 and at most 1",
                    .highest = 1,
                    .above_lowest = true,
                    .may_be_open = true},
              p.gamma);
        visit(field{.name = "end_lr",
                    .kind = quantity::rate_or_ratio,
                    .about = "the rate at total_steps, above 0; it may be above the peak",
                    .may_be_open = true,
                    .may_exceed_peak = true},
              p.end_lr);
        visit(fields::every, p.every);
        visit(field{"staircase", quantity::flag, "whether the rate changes only every `every` updates"}, p.staircase);
        visit(fields::total_steps_or_endless, p.total_steps);
        visit(fields::warmup, p.warmup);
        detail::visit_warmup_fields(p, visit);
        visit(fields::past_end, p.past_end);
    }

    PACER_HOST constexpr violation check() const noexcept {
        if (!ends() && gamma == detail::unset)
            return detail::missing("gamma", "of gamma and end_lr one must be given");
        if (ends()) {
            const double end = detail::rate_of(end_lr, peak_lr);
            constexpr const char* above_0 = "must be above 0 for a decay to end_lr";
            if (gamma != detail::unset)
                return detail::bad_rate("gamma", gamma, "of gamma and end_lr only one must be given");
            if (!(peak_lr > 0))
                return detail::bad_rate("peak_lr", detail::peak(*this), above_0);
            if (!(end > 0))
                return detail::bad_rate("end_lr", end, above_0);
            if (total_steps == endless)
                return detail::missing("total_steps", "must be given for a decay to end_lr");
            if (every != 1)
                return detail::bad_count("every", every, "is for gamma, not for a decay to end_lr");
            if (staircase)
                return detail::missing("staircase", "is for gamma, not for a decay to end_lr");
            if (const violation v =
                    detail::check_at_most("min_lr", detail::rate_of(min_lr, peak_lr), end, "must be at most end_lr"))
                return v;
        }
        return detail::check_warmup(*this);
    }

    template <class Grade>
    PACER_HOST constexpr auto curve() const requires std::same_as<Grade, detail::plain_grade> {
        const double peak = detail::peak(*this);
        const double floor = detail::rate_of(min_lr, peak_lr);
        const double end = ends() ? detail::rate_of(end_lr, peak_lr) : floor;
        const double lowest = end < peak ? end : peak;
        const double highest = end < peak ? peak : end;
        const detail::two_doubles c = log2_of_update();
        // Where the warm-up ends between two updates, the curve has begun there.
        const double begun = detail::begun_after_warmup(*this);
        const double first = begun > 0 ? detail::geometric_curve(peak, c, lowest, highest)(begun) : peak;
        return detail::after_warmup<Grade>(
            *this, detail::exponential_decay{detail::geometric_curve(first, c, lowest, highest),
                                             detail::stairs(peak, staircase ? gamma : 1, floor, every), staircase});
    }
    template <class Grade>
    PACER_HOST constexpr double end() const {
        return ends() ? detail::rate_of(end_lr, peak_lr) : curve<Grade>()(total_steps);
    }
    PACER_HOST constexpr step_t kept_until() const noexcept { return ends() ? warmup.steps(total_steps) : endless; }

private:
    PACER_HOST constexpr bool ends() const noexcept { return end_lr.is_given(); }

    // The logarithm of the factor of one update.
    PACER_HOST constexpr detail::two_doubles log2_of_update() const noexcept {
        if (!ends())
            return detail::precise_log2(gamma) / detail::two_doubles{static_cast<double>(every), 0};
        const double n = detail::decay_length(*this);
        const detail::two_doubles from = detail::precise_log2(detail::peak(*this));
        const detail::two_doubles to = detail::precise_log2(detail::rate_of(end_lr, peak_lr));
        return (to + detail::two_doubles{-from.hi, -from.lo}) / detail::two_doubles{n > 0 ? n : 1, 0};
    }
};

/// A linear warm-up of W updates, then a decay by a factor, or along a straight line on a logarithmic scale.
///
///     lr(s) = init_lr + (peak_lr - init_lr) s / W                for s < W (or as `first_step`, `warmup_shape` say)
///     lr(s) = max(min_lr, peak_lr gamma^e)                       for s >= W, with `gamma`, where
///             e = (s - W) / every, with `staircase` rounded down to a whole number
///     lr(s) = peak_lr (end_lr / peak_lr)^((s - W) / (T - W))     for W <= s < T, with `end_lr`
///     lr(s) = end_lr                                             for s >= T, with `end_lr` (hold)
///
/// At step 0: `init_lr` (`peak_lr` if W = 0). At W: `peak_lr`. At T and past the end: `end_lr`, or with `gamma` the value
/// at T. All exact. Stairs are peak_lr gamma^e rounded once, equal to those of `step_decay` and `multi_step`.
/// An error (`invalid_schedule`): `gamma` and `end_lr` both given, or neither; `gamma` outside (0, 1]; `end_lr` or a peak of
/// 0, no `total_steps`, or `every` or `staircase` beside `end_lr`; `min_lr` above `peak_lr` or `end_lr`; a rate or length
/// that is missing, negative or not finite; a warm-up longer than `total_steps`; `past_end::wave`.
/// Source: PyTorch `ExponentialLR` (every 1); Optax `exponential_decay` and Keras `ExponentialDecay` (`decay_rate` is gamma,
/// `transition_steps` and `decay_steps` are every). A learning-rate range test is `end_lr` above the peak.
template <class Real = double>
struct exponential : detail::named<exponential_params<Real>> {
    PACER_HOST constexpr explicit exponential(const exponential_params<Real>& p) : exponential::named(p) {}
};
PACER_SCHEDULE(exponential)

}  // namespace pacer

#endif
