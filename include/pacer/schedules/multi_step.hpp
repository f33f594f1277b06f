// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_MULTI_STEP_HPP
#define PACER_SCHEDULES_MULTI_STEP_HPP

#include <pacer/numerics/geometric.hpp>
#include <pacer/schedules/named.hpp>

namespace pacer {

/// Parameters of `multi_step`. One of `factor` and `rates` must be given, and not both.
template <Rate Real = double>
struct multi_step_params {
    using rate_type = Real;
    static constexpr const char* name = "multi_step";
    static constexpr const char* formula =
        "P times factor for every milestone that is reached, or of rates the one given for it";
    static constexpr const char* elsewhere = "- / `MultiStepLR` / `piecewise_constant_schedule`";

    Real peak_lr = -1;              ///< the rate after the warm-up; finite, 0 or more; must be given
    list<step_t> milestones{};      ///< steps of the whole run, past the warm-up, not decreasing; 1 to 16 of them
    double factor = detail::unset;  ///< what the rate is multiplied by at each of them, above 0 and at most 1
    list<double> rates{};           ///< the rates from each of them on; finite, 0 or more, as many as milestones
    step_t total_steps = endless;   ///< the length, warm-up included, in updates, 0 to 2^53, or `endless`
    pacer::warmup warmup{};         ///< `warmup_steps`, `warmup_ratio` (needs `total_steps`) or `no_warmup` (default)
    ramp_shape warmup_shape = ramp_shape::linear;  ///< the shape of a decay, run backwards
    Real init_lr = 0;                              ///< the rate the warm-up starts from; it may be above `peak_lr`
    pacer::first_step first_step = pacer::first_step::from_zero;  ///< whether update 0 has `init_lr`
    pacer::past_end past_end = pacer::past_end::hold;             ///< the rate past the end

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::peak_lr, p.peak_lr);
        visit(field{"milestones", quantity::list, "the steps of the whole run at which the rate changes"},
              p.milestones);
        field factor = fields::factor;
        factor.may_be_open = true;
        visit(factor, p.factor);
        visit(field{.name = "rates",
                    .kind = quantity::list,
                    .about = "the rates from each milestone on",
                    .may_be_open = true},
              p.rates);
        visit(fields::total_steps_or_endless, p.total_steps);
        visit(fields::warmup, p.warmup);
        detail::visit_warmup_fields(p, visit);
        visit(fields::past_end, p.past_end);
    }

    PACER_HOST constexpr violation check() const noexcept {
        if (milestones.is_empty())
            return detail::missing("milestones", "must be given, as steps of the whole run");
        if (rates.is_empty() && factor == detail::unset)
            return detail::missing("factor", "of factor and rates one must be given");
        if (!rates.is_empty() && factor != detail::unset)
            return detail::bad_rate("factor", factor, "of factor and rates only one must be given");
        if (!rates.is_empty() && rates.size() != milestones.size())
            return detail::bad_count("rates", rates.size(), "so many values: must be as many as milestones");
        if (const violation v = detail::check_warmup(*this))
            return v;
        if (milestones[0] <= warmup.steps(total_steps))
            return detail::bad_count("milestones", milestones[0], "must be past the warm-up, and not 0");
        return {};
    }

    /// With the rates of a given factor where `rates` has room for them.
    PACER_HOST constexpr multi_step_params resolved() const noexcept {
        multi_step_params p = *this;
        for (step_t k = 0; rates.is_empty() && k < milestones.size(); ++k)
            p.rates.set_unused(k, detail::geometric_term(detail::peak(p), factor, static_cast<std::uint64_t>(k + 1)));
        return p;
    }

    template <class Grade>
    PACER_HOST constexpr auto curve() const requires std::same_as<Grade, detail::plain_grade> {
        return detail::warmup_to<Grade>(*this, detail::peak(*this));
    }

    /// The rate of a step past the warm-up.
    [[nodiscard]] PACER_HD constexpr double rate_at(step_t step) const noexcept {
        return rate_of_piece(detail::count_up_to(milestones, step));
    }

    /// See segments.hpp.
    template <class Steps, class Visitor>
    PACER_HOST constexpr void visit_rates(Steps steps, Visitor& v) const {
        while (steps.count > 0) {
            const step_t piece = detail::count_up_to(milestones, steps.first);
            const step_t n = piece < milestones.size() ? steps.until(milestones[piece]) : steps.count;
            v.constant(rate_of_piece(piece), n);
            steps = steps.drop(n);
        }
    }
    PACER_HOST constexpr step_t kept_until() const noexcept { return endless; }

private:
    PACER_HD constexpr double rate_of_piece(step_t piece) const noexcept {
        // A product, so that clang does not choose between two addresses: on a device the lists would be copied for that.
        return piece > 0 ? rates[piece - 1] : detail::kept(detail::peak(*this));
    }
};

/// A linear warm-up of W updates, then `peak_lr`, which changes at milestones m_1 <= m_2 <= ...
///
///     lr(s) = init_lr + (peak_lr - init_lr) s / W                for s < W (or as `first_step`, `warmup_shape` say)
///     lr(s) = peak_lr factor^k                                   for s >= W, or
///     lr(s) = rates[k], with rates[0] = peak_lr                  where k is the number of milestones that are <= s
///
/// At step 0: `init_lr` (`peak_lr` if W = 0). At W: `peak_lr`. From a milestone on, the new rate. All exact: a product of
/// factors is rounded once. Two equal milestones multiply twice. There is no end unless `total_steps` gives one; past it,
/// `past_end` (hold: the value at `total_steps`).
/// An error (`invalid_schedule`): no milestones, or more than 16 (for more, an expression); milestones that decrease or are
/// not past the warm-up; `factor` and `rates` both given, or neither, or not as many rates as milestones; `factor` outside
/// (0, 1]; a rate or length that is missing, negative or not finite; a warm-up longer than `total_steps`, or a ratio of an
/// endless run; `past_end::wave`.
/// Source: PyTorch `MultiStepLR` (`gamma` is factor); Optax `piecewise_constant_schedule`. Keras's `PiecewiseConstantDecay`
/// changes one update later.
template <class Real = double>
struct multi_step : detail::named<multi_step_params<Real>> {
    PACER_HOST constexpr explicit multi_step(const multi_step_params<Real>& p) : multi_step::named(p) {}
};
PACER_SCHEDULE(multi_step)

}  // namespace pacer

#endif
