// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_SGDR_HPP
#define PACER_SCHEDULES_SGDR_HPP

#include <pacer/cycles.hpp>
#include <pacer/lr_ratio.hpp>
#include <pacer/schedules/named.hpp>

namespace pacer {
namespace detail {

/// A warm-up and a cosine descent, again and again.
template <class Grade>
struct cosine_cycles {
    using warmup_type = decltype(warmup_ramp<Grade>(0, 0, 0, first_step::from_zero, ramp_shape::linear));

    half_of_cosine half;
    warmup_type first_warmup;
    double peak;
    double lowest;
    double factor;
    step_t length;
    step_t growth;
    step_t warmup_steps;
    double warmup_length;  // `warmup_steps` is this, rounded up
    ramp_shape warmup_shape;
    first_step first;

    [[nodiscard]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        const cycle c = cycle_of(step, length, growth);
        const step_t x = step - c.start;
        if (x >= warmup_steps)
            return descent(c)(as_double(x - warmup_steps) + begun());
        if (c.number == 0)
            return first_warmup(x);
        const first_step_offset offset(first);
        return rate_of_ramp({warmup_shape, true}, {{lowest, peak_of(c)}}, warmup_length + offset.longer,
                            static_cast<double>(offset.shift), x);
    }

    /// See segments.hpp.
    template <class Steps, class Visitor>
    PACER_HOST constexpr void visit_segments(Steps steps, Visitor& v) const {
        visit_cycles(steps, length, growth, [&](const cycle& c, Steps inside) {
            const step_t n = count_within(inside, c.start, warmup_steps);
            if (n > 0) {
                if (c.number == 0)
                    first_warmup.visit_segments(inside.take(n), v);
                else
                    warmup(c).visit_segments(inside.take(n).later(-c.start), v);
            }
            const Steps rest = inside.drop(n);
            if (rest.count > 0 && begun() == 0 && c.length <= 0x1p53)
                v.segment(descent(c), rest.later(-c.start - warmup_steps));
            else if (rest.count > 0)
                v.each(*this, rest);
        });
    }

private:
    [[nodiscard]] PACER_HD constexpr double begun() const noexcept {
        const auto steps = static_cast<double>(warmup_steps);
        return steps > warmup_length ? steps - warmup_length : 0;
    }
    [[nodiscard]] PACER_HD constexpr double peak_of(const cycle& c) const noexcept {
        const double top = geometric_term(peak, factor, static_cast<std::uint64_t>(c.number));
        return top > lowest ? top : lowest;
    }
    [[nodiscard]] PACER_HOST constexpr warmup_type warmup(const cycle& c) const noexcept {
        return warmup_ramp<Grade>(lowest, peak_of(c), warmup_length, first, warmup_shape);
    }
    [[nodiscard]] PACER_HD constexpr cycle_ramp<half_of_cosine> descent(const cycle& c) const noexcept {
        return {peak_of(c), lowest, c.length - warmup_length, half};
    }
};

}  // namespace detail

/// Parameters of `sgdr`.
template <Rate Real = double>
struct sgdr_params {
    using rate_type = Real;
    static constexpr const char* name = "sgdr";
    static constexpr const char* formula =
        "cosine descents from P to min_lr, each longer than the one before, each with the warm-up";
    static constexpr const char* elsewhere = "- / `CosineAnnealingWarmRestarts` / `sgdr_schedule`";

    Real peak_lr = -1;         ///< the rate that the first cycle falls from; finite, 0 or more; must be given
    lr_or_ratio min_lr = 0.0;  ///< the floor of every cycle: a rate or a `lr_ratio`, at most `peak_lr`
    step_t cycle_steps =
        detail::unset;             ///< the length of the first cycle, its warm-up included, 1 to 2^53; must be given
    step_t growth = 1;             ///< how many times as long as the one before each cycle is, 1 to 2^53
    double peak_factor = 1;        ///< what the peak is multiplied by in each cycle, above 0 and at most 1
    step_t total_steps = endless;  ///< the length in updates, 0 to 2^53, or `endless`
    pacer::warmup warmup{};        ///< of every cycle: `warmup_steps`, `warmup_ratio` (of the whole), `no_warmup`
    ramp_shape warmup_shape = ramp_shape::linear;  ///< the shape of a decay, run backwards
    Real init_lr = 0;  ///< the rate the first warm-up starts from; later ones start at `min_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;  ///< whether update 0 has `init_lr`
    pacer::past_end past_end = pacer::past_end::hold;             ///< the rate past the end

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::peak_lr, p.peak_lr);
        visit(fields::min_lr, p.min_lr);
        visit(field{.name = "cycle_steps",
                    .kind = quantity::steps,
                    .about = "the length of the first cycle, its warm-up included",
                    .rule = "must be 1 or more",
                    .lowest = 1},
              p.cycle_steps);
        visit(field{.name = "growth",
                    .kind = quantity::steps,
                    .about = "how many times as long as the one before each cycle is",
                    .rule = "must be 1 or more",
                    .lowest = 1},
              p.growth);
        visit(field{.name = "peak_factor",
                    .kind = quantity::number,
                    .about = "what the peak is multiplied by in each cycle",
                    .rule = "must be above 0 and at most 1",
                    .highest = 1,
                    .above_lowest = true},
              p.peak_factor);
        visit(fields::total_steps_or_endless, p.total_steps);
        visit(field{"warmup", quantity::warmup, "the length of the warm-up of every cycle"}, p.warmup);
        detail::visit_warmup_fields(p, visit);
        visit(fields::past_end, p.past_end);
    }

    PACER_HOST constexpr violation check() const noexcept {
        if (const violation v = detail::check_warmup(*this))
            return v;
        if (warmup_shape == ramp_shape::exponential && warmup.steps(total_steps) > 0 &&
            !(detail::rate_of(min_lr, peak_lr) > 0))
            return detail::bad_rate("min_lr", 0, "must be above 0 for an exponential warm-up of every cycle");
        return detail::check_at_most("warmup", warmup.steps(total_steps), cycle_steps, "must be at most cycle_steps");
    }
    template <class Grade>
    PACER_HOST constexpr auto curve() const requires std::same_as<Grade, detail::plain_grade> {
        const double peak = detail::peak(*this);
        const double length = warmup.length(total_steps);
        return detail::cosine_cycles<Grade>{.half = {},
                                            .first_warmup = detail::warmup_ramp<Grade>(
                                                static_cast<double>(init_lr), peak, length, first_step, warmup_shape),
                                            .peak = peak,
                                            .lowest = detail::rate_of(min_lr, peak_lr),
                                            .factor = peak_factor,
                                            .length = cycle_steps,
                                            .growth = growth,
                                            .warmup_steps = warmup.steps(total_steps),
                                            .warmup_length = length,
                                            .warmup_shape = warmup_shape,
                                            .first = first_step};
    }
    PACER_HOST constexpr step_t kept_until() const noexcept { return endless; }
};

/// Cosine descents with warm restarts, in cycles that may grow, from peaks that may fall, with a warm-up of W updates in
/// each. Cycle k lasts L_k = cycle_steps growth^k updates and starts at L_0 + ... + L_(k-1). With p = peak_lr
/// peak_factor^k (not below `min_lr`), and x updates after its start:
///
///     lr(s) = min_lr + (p - min_lr) x / W      for x < W (from `init_lr` in the first; or as `first_step`, `warmup_shape` say)
///     lr(s) = min_lr + (p - min_lr) (1 + cos(pi (x - W) / (L_k - W))) / 2        for W <= x < L_k
///
/// At step 0: `init_lr` (`peak_lr` if W = 0). At the start of each other cycle: `min_lr` (p if W = 0). W updates later: p. All
/// exact: cycles are counted in integers, so that 10, 20 and 40 updates restart at 10, 30 and 70. There is no end unless
/// `total_steps` gives one; past it, `past_end` (hold: the value at `total_steps`, which may be that of a restart).
/// An error (`invalid_schedule`): `cycle_steps` missing or below 1; `growth` below 1; `peak_factor` outside (0, 1]; `min_lr`
/// above `peak_lr`; a warm-up longer than the first cycle or `total_steps`, or a ratio of an endless run; a rate or length
/// that is missing, negative or not finite; `past_end::wave`.
/// Source: Loshchilov and Hutter, SGDR (2016); PyTorch `CosineAnnealingWarmRestarts` (`T_0` is cycle_steps, `T_mult` growth);
/// Keras `CosineDecayRestarts` (`m_mul` is peak_factor). A number of equal cycles in a given run is `cosine_with_restarts`.
template <class Real = double>
struct sgdr : detail::named<sgdr_params<Real>> {
    PACER_HOST constexpr explicit sgdr(const sgdr_params<Real>& p) : sgdr::named(p) {}
};
PACER_SCHEDULE(sgdr)
PACER_IN_LIBRARY(struct detail::cosine_cycles<detail::plain_grade>)

}  // namespace pacer

#endif
