// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_PIECEWISE_HPP
#define PACER_SCHEDULES_PIECEWISE_HPP

#include <pacer/schedules/named.hpp>

namespace pacer {

/// What `piecewise` is between two of its steps.
enum class interpolation : unsigned char {
    constant,    ///< the rate of the step before: stairs
    linear,      ///< a straight line
    cosine,      ///< half a wave of a cosine
    exponential  ///< a straight line on a logarithmic scale; the rates must be above 0
};

namespace detail {

template <>
struct names<interpolation> {
    static constexpr const char* type = "interpolation";
    static constexpr const char* values[] = {"constant", "linear", "cosine", "exponential"};
};

}  // namespace detail

/// Parameters of `piecewise`.
template <Rate Real = double>
struct piecewise_params {
    using rate_type = Real;
    static constexpr const char* name = "piecewise";
    static constexpr const char* formula =
        "the rates at the given steps, and between them as interpolation says; T is the last of the steps";
    static constexpr const char* elsewhere = "- / - / `piecewise_interpolate_schedule`";

    list<step_t> at{};     ///< steps of the whole run, not decreasing; 1 to 16 of them
    list<double> rates{};  ///< the rates at these steps; finite, 0 or more, as many as steps
    pacer::interpolation interpolation = pacer::interpolation::linear;  ///< what is between them
    step_t total_steps = detail::unset;  ///< the length in updates, 0 to 2^53, or `endless`; default the last of `at`
    pacer::warmup warmup{};              ///< `warmup_steps`, `warmup_ratio` or `no_warmup` (default)
    ramp_shape warmup_shape = ramp_shape::linear;                 ///< the shape of a decay, run backwards
    Real init_lr = 0;                                             ///< the rate the warm-up starts from
    pacer::first_step first_step = pacer::first_step::from_zero;  ///< whether update 0 has `init_lr`
    pacer::past_end past_end = pacer::past_end::hold;             ///< the rate past the end

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(field{"at", quantity::list, "steps of the whole run"}, p.at);
        visit(field{"rates", quantity::list, "the rates at these steps"}, p.rates);
        visit(field{"interpolation", quantity::choice, "what is between them"}, p.interpolation);
        visit(field{.name = "total_steps",
                    .kind = quantity::steps,
                    .about = "the length; the last of these steps, if it is not given",
                    .may_be_endless = true,
                    .may_be_open = true},
              p.total_steps);
        visit(fields::warmup, p.warmup);
        detail::visit_warmup_fields(p, visit);
        visit(fields::past_end, p.past_end);
    }

    PACER_HOST constexpr violation check() const noexcept {
        if (at.is_empty())
            return detail::missing("at", "must be given, as steps of the whole run");
        if (rates.size() != at.size())
            return detail::bad_count("rates", rates.size(), "so many values: must be as many as steps in at");
        if (interpolation == pacer::interpolation::exponential)
            for (const double rate : rates)
                if (!(rate > 0))
                    return detail::bad_rate("rates", rate, "must be above 0 for an exponential interpolation");
        const piecewise_params p = resolved();
        if (const violation v = detail::check_warmup(p))
            return v;
        return detail::check_ends(warmup_shape, "init_lr", static_cast<double>(init_lr), "rates",
                                  rate_at(warmup.steps(p.total_steps)));
    }

    /// With `total_steps` filled in.
    PACER_HOST constexpr piecewise_params resolved() const noexcept {
        piecewise_params p = *this;
        if (p.total_steps == detail::unset && !at.is_empty())
            p.total_steps = at[at.size() - 1];
        return p;
    }

    template <class Grade>
    PACER_HOST constexpr auto curve() const requires std::same_as<Grade, detail::plain_grade> {
        return detail::warmup_to<Grade>(*this, rate_at(warmup.steps(total_steps)));
    }

    /// The rate of a step past the warm-up.
    [[nodiscard]] PACER_HD constexpr double rate_at(step_t step) const noexcept {
        const step_t piece = detail::count_up_to(at, step);
        if (!is_ramp(piece))
            return constant_rate(piece);
        return detail::rate_of_whole_ramp({shape()}, {{rates[piece - 1], rates[piece]}}, at[piece] - at[piece - 1],
                                          step - at[piece - 1]);
    }

    /// See segments.hpp.
    template <class Steps, class Visitor>
    PACER_HOST constexpr void visit_rates(Steps steps, Visitor& v) const {
        while (steps.count > 0) {
            const step_t piece = detail::count_up_to(at, steps.first);
            const step_t n = piece < at.size() ? steps.until(at[piece]) : steps.count;
            if (is_ramp(piece))
                with_ramp(piece,
                          [&](const auto& ramp) { ramp.visit_segments(steps.take(n).later(-at[piece - 1]), v); });
            else
                v.constant(constant_rate(piece), n);
            steps = steps.drop(n);
        }
    }
    PACER_HOST constexpr step_t kept_until() const noexcept { return endless; }

private:
    // Piece k lies before step k of `at`: the first and the last are constant.
    PACER_HD constexpr bool is_ramp(step_t piece) const noexcept {
        return piece > 0 && piece < at.size() && interpolation != pacer::interpolation::constant;
    }
    PACER_HD constexpr double constant_rate(step_t piece) const noexcept { return rates[piece > 0 ? piece - 1 : 0]; }

    PACER_HD constexpr ramp_shape shape() const noexcept {
        using kind = ramp_shape::kind;
        return ramp_shape(interpolation == pacer::interpolation::cosine        ? kind::cosine
                          : interpolation == pacer::interpolation::exponential ? kind::exponential
                                                                               : kind::linear);
    }

    template <class Shape, class Function>
    PACER_HOST constexpr void visit_ramp(step_t piece, const Function& visit) const {
        visit(ramp<Shape>(rates[piece - 1], rates[piece], static_cast<double>(at[piece] - at[piece - 1])));
    }
    template <class Function>
    PACER_HOST constexpr void with_ramp(step_t piece, const Function& visit) const {
        if (interpolation == pacer::interpolation::cosine)
            visit_ramp<shapes::cosine>(piece, visit);
        else if (interpolation == pacer::interpolation::exponential)
            visit_ramp<shapes::exponential>(piece, visit);
        else
            visit_ramp<shapes::linear>(piece, visit);
    }
};

/// The rates r_1, r_2, ... at steps a_1 <= a_2 <= ..., and what `interpolation` says between them, after a warm-up of W
/// updates to the rate that stands at W.
///
///     lr(s) = init_lr + (lr(W) - init_lr) s / W                  for s < W (or as `first_step`, `warmup_shape` say)
///     lr(s) = r_1                                                for W <= s < a_1
///     lr(s) = r_k                                                for a_k <= s < a_(k+1), constant
///     lr(s) = r_k + (r_(k+1) - r_k) x                            linear, with x = (s - a_k) / (a_(k+1) - a_k)
///     lr(s) = r_k + (r_(k+1) - r_k) (1 - cos(pi x)) / 2          cosine
///     lr(s) = r_k (r_(k+1) / r_k)^x                              exponential
///     lr(s) = r_n                                                from the last step on
///
/// At each a_k past the warm-up: r_k, exactly. At step 0: `init_lr` (the curve if W = 0). Where two steps are equal the
/// rate jumps, and the later one counts. Past the end, `past_end` (hold: the value at `total_steps`).
/// An error (`invalid_schedule`): no steps, or more than 16 (for more, an expression); steps that decrease; not as many
/// rates as steps; a rate of 0 for `exponential`; a rate or length that is negative or not finite; a warm-up longer than
/// `total_steps`, or a ratio of an endless run; `past_end::wave`.
/// Source: Optax `piecewise_interpolate_schedule` (linear, cosine) and `piecewise_constant_schedule`, NumPy `interp`.
template <class Real = double>
struct piecewise : detail::named<piecewise_params<Real>> {
    PACER_HOST constexpr explicit piecewise(const piecewise_params<Real>& p) : piecewise::named(p) {}
};
PACER_SCHEDULE(piecewise)

}  // namespace pacer

#endif
