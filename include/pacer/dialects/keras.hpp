// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_KERAS_HPP
#define PACER_DIALECTS_KERAS_HPP

/// Keras's schedules, under the names of their classes in lower case, with Keras's parameters and defaults. They count
/// updates from 0, as pacer does. (With gradient accumulation, Keras counts batches.) Every schedule holds its last rate.
///
/// What Keras accepts without a word and this refuses (`invalid_schedule`): a `decay_rate` of 0 or above 1 in
/// `exponential_decay`, `alpha` above 1, an `m_mul` of 0 or above 1, a `t_mul` below 1, a warm-up without `warmup_target`, which
/// Keras ignores.
/// Source: keras 3, `optimizers/schedules/learning_rate_schedule.py`.

#include <pacer/dialects/cycles.hpp>

namespace pacer::keras {

using pacer::check;

namespace fields {

using namespace pacer::fields;

inline constexpr field initial_learning_rate = rate("initial_learning_rate", "the first rate");

}  // namespace fields

/// Parameters of `cosine_decay`.
struct cosine_decay_params {
    using rate_type = double;
    static constexpr const char* name = "keras::cosine_decay";

    double initial_learning_rate = -1;  ///< the first rate, that of the warm-up if there is one; must be given
    step_t decay_steps =
        pacer::detail::unset;  ///< the length of the decay, without the warm-up, 1 to 2^53; must be given
    double alpha = 0;          ///< the last rate as a part of the peak, 0 to 1
    double warmup_target = pacer::detail::unset;  ///< the peak; with a warm-up
    step_t warmup_steps = 0;                      ///< updates, 0 to 2^53

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::initial_learning_rate, p.initial_learning_rate);
        visit(fields::as_length(fields::updates_from_1("decay_steps", "the length of the decay")), p.decay_steps);
        visit(fields::fraction("alpha", "the last rate as a part of the peak"), p.alpha);
        visit(fields::optional_rate("warmup_target", "the peak, with a warm-up"), p.warmup_target);
        visit(fields::updates("warmup_steps", "the length of the warm-up"), p.warmup_steps);
    }
    PACER_HOST constexpr violation check() const noexcept {
        if (warmup_steps > 0 && warmup_target == pacer::detail::unset)
            return pacer::detail::missing("warmup_target", "must be given for a warm-up");
        return {};
    }
    PACER_HOST constexpr auto schedule() const {
        const double peak = warmup_target == pacer::detail::unset ? initial_learning_rate : warmup_target;
        return join(linear_warmup<>({.peak_lr = peak, .total_steps = warmup_steps, .init_lr = initial_learning_rate}),
                    warmup_steps,
                    cosine_with_min_lr<>({.peak_lr = peak, .min_lr = lr_ratio(alpha), .total_steps = decay_steps}));
    }
};

/// A linear warm-up of W updates from `initial_learning_rate` to P = `warmup_target` (without one, P is the former), then half
/// a wave of a cosine over D = `decay_steps` updates, which do not include the warm-up.
///
///     lr(s) = initial + (P - initial) s / W                                       for s < W
///     lr(s) = P (alpha + (1 - alpha) (1 + cos(pi (s - W) / D)) / 2)               for W <= s < W + D
///     lr(s) = P alpha                                                             for s >= W + D
///
/// Exact at 0, W and from W + D on.
using cosine_decay = pacer::detail::dialect_schedule<cosine_decay_params>;

namespace detail {

struct falling_cosines {
    double peak;
    double alpha;
    step_t first;
    double growth;
    double factor;

    PACER_ASKED_STEP_BY_STEP
    [[nodiscard]] PACER_HD constexpr double operator()(step_t given) const noexcept {
        const pacer::detail::real_cycle c = pacer::detail::real_cycle_of(given < 0 ? 0 : given, first, growth);
        const double top = pacer::detail::geometric_term(1 - alpha, factor, static_cast<std::uint64_t>(c.number));
        return pacer::detail::times(
            peak, alpha + pacer::detail::times(top, pacer::detail::half_cosine(c.x, c.left, c.length)));
    }
};

}  // namespace detail

/// Parameters of `cosine_decay_restarts`.
struct cosine_decay_restarts_params {
    using rate_type = double;
    static constexpr const char* name = "keras::cosine_decay_restarts";

    double initial_learning_rate = -1;                ///< the first rate; finite, 0 or more; must be given
    step_t first_decay_steps = pacer::detail::unset;  ///< updates of the first cycle, 1 to 2^53; must be given
    double t_mul = 2;                                 ///< how many times as long each cycle is; 1, or from 1.01 on
    double m_mul = 1;  ///< how many times as high it rises above the floor, above 0 and at most 1
    double alpha = 0;  ///< the floor as a part of the first rate, 0 to 1

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::initial_learning_rate, p.initial_learning_rate);
        visit(fields::updates_from_1("first_decay_steps", "updates of the first cycle"), p.first_decay_steps);
        visit(fields::cycle_growth("t_mul"), p.t_mul);
        visit(fields::fraction_above_0("m_mul", "how many times as high it rises above the floor"), p.m_mul);
        visit(fields::fraction("alpha", "the floor as a part of the first rate"), p.alpha);
    }
    PACER_HOST constexpr violation check() const noexcept { return pacer::detail::check_cycle_growth("t_mul", t_mul); }
    PACER_HOST constexpr auto schedule() const {
        return detail::falling_cosines{initial_learning_rate, alpha, first_decay_steps, t_mul, m_mul};
    }
};

/// Cosine descents again and again. In cycle i, of L = first_decay_steps t_mul^i updates, x after its start:
///
///     lr(s) = initial_learning_rate (alpha + (1 - alpha) m_mul^i (1 + cos(pi x / L)) / 2)
///
/// Keras's 32-bit floats miss some restarts. For whole `t_mul`, `sgdr` is faster; its peaks fall to a floor and not above it.
using cosine_decay_restarts = pacer::detail::dialect_schedule<cosine_decay_restarts_params>;

/// Parameters of `exponential_decay`.
struct exponential_decay_params {
    using rate_type = double;
    static constexpr const char* name = "keras::exponential_decay";

    double initial_learning_rate = -1;          ///< the first rate; finite, 0 or more; must be given
    step_t decay_steps = pacer::detail::unset;  ///< updates for one `decay_rate`, 1 to 2^53; must be given
    double decay_rate = -1;                     ///< the factor, above 0 and at most 1; must be given
    bool staircase = false;                     ///< whether it falls only every `decay_steps`

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::initial_learning_rate, p.initial_learning_rate);
        visit(fields::updates_from_1("decay_steps", "updates for one decay_rate"), p.decay_steps);
        visit(fields::fraction_above_0("decay_rate", "the factor"), p.decay_rate);
        visit(fields::flag("staircase", "whether it falls only every decay_steps"), p.staircase);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return exponential<>(
            {.peak_lr = initial_learning_rate, .gamma = decay_rate, .every = decay_steps, .staircase = staircase});
    }
};

/// A decay by a factor: lr(s) = initial_learning_rate decay_rate^(s / decay_steps), the exponent rounded down with `staircase`.
using exponential_decay = pacer::detail::dialect_schedule<exponential_decay_params>;

/// Parameters of `inverse_time_decay`.
struct inverse_time_decay_params {
    using rate_type = double;
    static constexpr const char* name = "keras::inverse_time_decay";

    double initial_learning_rate = -1;          ///< the first rate; finite, 0 or more; must be given
    step_t decay_steps = pacer::detail::unset;  ///< updates for one `decay_rate`, 1 to 2^53; must be given
    double decay_rate = -1;                     ///< what is added to the divisor, 0 to 1e200; must be given
    bool staircase = false;                     ///< whether it falls only every `decay_steps`

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::initial_learning_rate, p.initial_learning_rate);
        visit(fields::updates_from_1("decay_steps", "updates for one decay_rate"), p.decay_steps);
        visit(field{.name = "decay_rate",
                    .kind = quantity::number,
                    .about = "what is added to the divisor",
                    .rule = "must be from 0 to 1e200",
                    .highest = 1e200},
              p.decay_rate);
        visit(fields::flag("staircase", "whether it falls only every decay_steps"), p.staircase);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return inverse_time<>(
            {.peak_lr = initial_learning_rate, .decay_rate = decay_rate, .every = decay_steps, .staircase = staircase});
    }
};

/// lr(s) = initial_learning_rate / (1 + decay_rate s / decay_steps), the quotient rounded down with `staircase`.
using inverse_time_decay = pacer::detail::dialect_schedule<inverse_time_decay_params>;

/// Parameters of `piecewise_constant_decay`.
struct piecewise_constant_decay_params {
    using rate_type = double;
    static constexpr const char* name = "keras::piecewise_constant_decay";

    list<step_t> boundaries{};  ///< the last step of each rate but the last, not decreasing; at most 15
    list<double> values{};      ///< the rates, one more than boundaries

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::several("boundaries", "the last step of each rate but the last"), p.boundaries);
        visit(fields::several("values", "the rates"), p.values);
    }
    PACER_HOST constexpr violation check() const noexcept {
        if (values.size() != boundaries.size() + 1)
            return pacer::detail::bad_count("values", values.size(), "so many rates: must be one more than boundaries");
        for (const step_t boundary : boundaries)
            if (boundary >= longest)
                return pacer::detail::bad_count("boundaries", boundary, "must be below 2^53");
        return pacer::detail::check_room_for_one_more("boundaries", boundaries);
    }
    PACER_HOST constexpr auto schedule() const {
        list<step_t> at{0};
        for (const step_t boundary : boundaries)
            at.add(boundary + 1);
        return piecewise<>(
            {.at = at, .rates = values, .interpolation = interpolation::constant, .total_steps = endless});
    }
};

/// Stairs: lr(s) = values[k], with k the number of boundaries that are < s. A boundary still has the rate before it.
using piecewise_constant_decay = pacer::detail::dialect_schedule<piecewise_constant_decay_params>;

namespace detail {

/// A polynomial decay that is stretched to the next multiple of `length` whenever it has ended. Of a step from 1 on.
struct polynomial_saw {
    double from;
    double to;
    step_t length;
    pacer::detail::prepared_power power;

    PACER_ASKED_STEP_BY_STEP
    [[nodiscard]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        const step_t left = length - 1 - (step - 1) % length;
        const step_t end = step > endless - left ? endless : step + left;
        if (step == end)
            return to;
        const double rate =
            to + pacer::detail::times(from - to, power(static_cast<double>(end - step), static_cast<double>(end)));
        return from < to ? (rate > to ? to : rate < from ? from : rate) : (rate < to ? to : rate > from ? from : rate);
    }
};

}  // namespace detail

/// Parameters of `polynomial_decay`.
struct polynomial_decay_params {
    using rate_type = double;
    static constexpr const char* name = "keras::polynomial_decay";

    double initial_learning_rate = -1;          ///< the first rate; finite, 0 or more; must be given
    step_t decay_steps = pacer::detail::unset;  ///< the length in updates, 1 to 2^52; must be given
    double end_learning_rate = 0.0001;          ///< the last rate; it may be above the first
    double power = 1;                           ///< the exponent, above 0
    bool cycle = false;                         ///< whether the decay is stretched again and again

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::initial_learning_rate, p.initial_learning_rate);
        visit(fields::as_length(fields::updates_from_1("decay_steps", "the length")), p.decay_steps);
        visit(fields::rate("end_learning_rate", "the last rate"), p.end_learning_rate);
        visit(fields::power, p.power);
        visit(fields::flag("cycle", "whether the decay is stretched again and again"), p.cycle);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HD constexpr step_t total_steps() const noexcept { return cycle ? endless : decay_steps; }
    PACER_HOST constexpr auto schedule() const {
        // One of the two is all there is.
        return join(polynomial<>({.peak_lr = initial_learning_rate,
                                  .end_lr = end_learning_rate,
                                  .power = power,
                                  .total_steps = decay_steps}),
                    cycle ? decay_steps : endless,
                    advance(detail::polynomial_saw{initial_learning_rate, end_learning_rate, decay_steps,
                                                   pacer::detail::prepared_power(power)},
                            decay_steps));
    }
};

/// A polynomial decay: with D = decay_steps, with `cycle` its next multiple that is not below s,
///
///     lr(s) = end + (initial - end) (1 - s / D)^power     for s < D
///     lr(s) = end                                         for s >= D, without `cycle`
///
/// Exact at 0 and at every multiple of decay_steps, which with `cycle` is followed by a jump up.
using polynomial_decay = pacer::detail::dialect_schedule<polynomial_decay_params>;

using schedules = pacer::detail::dialect_list<cosine_decay, cosine_decay_restarts, exponential_decay,
                                              inverse_time_decay, piecewise_constant_decay, polynomial_decay>;

}  // namespace pacer::keras

#endif
