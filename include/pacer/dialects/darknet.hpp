// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_DARKNET_HPP
#define PACER_DIALECTS_DARKNET_HPP

/// darknet's learning-rate policies, with the keys of its configurations and their defaults. It counts a batch before it asks for the
/// rate, so that update s runs with the rate of batch b = s + 1. Until b = burn_in the rate is learning_rate (b / burn_in)^power. It
/// computes by 32-bit floats; here the rates are of double.
/// Source: AlexeyAB/darknet 59596d7, `src/network.c` and `src/parser.c`.

#include <pacer/dialects/cycles.hpp>

namespace pacer::darknet {

using pacer::check;

namespace fields {

using namespace pacer::fields;

inline constexpr field learning_rate = rate("learning_rate", "the base rate");
inline constexpr field burn_in = updates("burn_in", "the length of the warm-up");

}  // namespace fields

namespace detail {

/// The burn-in, then a curve that has counted from 0 all the while; by darknet's own count, from 1.
template <class Curve>
PACER_HOST constexpr auto after_burn_in(double lr, step_t burn_in, double power, const Curve& curve) {
    return advance(
        join(linear_warmup<>({.peak_lr = lr, .total_steps = burn_in, .warmup_shape = ramp_shape::power(power)}),
             burn_in, advance(curve, burn_in)),
        1);
}

}  // namespace detail

/// Parameters of `constant`.
struct constant_params {
    using rate_type = double;
    static constexpr const char* name = "darknet::constant";

    double learning_rate = 0.001;  ///< the base rate; finite, 0 or more
    step_t burn_in = 0;            ///< batches of the warm-up, 0 to 2^53
    double power = 4;              ///< the exponent of the warm-up, above 0

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::learning_rate, p.learning_rate);
        visit(fields::burn_in, p.burn_in);
        visit(fields::power, p.power);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return detail::after_burn_in(learning_rate, burn_in, power, pacer::constant<>({.peak_lr = learning_rate}));
    }
};

/// policy=constant: the burn-in, then one rate for ever.
using constant = pacer::detail::dialect_schedule<constant_params>;

/// Parameters of `step`.
struct step_params {
    using rate_type = double;
    static constexpr const char* name = "darknet::step";

    double learning_rate = 0.001;  ///< the base rate; finite, 0 or more
    step_t step = 1;               ///< batches between two changes, 1 to 2^53
    double scale = 1;              ///< the factor for each, above 0 and at most 1
    step_t burn_in = 0;            ///< batches of the warm-up, 0 to 2^53
    double power = 4;              ///< the exponent of the warm-up, above 0

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::learning_rate, p.learning_rate);
        visit(fields::updates_from_1("step", "batches between two changes"), p.step);
        visit(fields::fraction_above_0("scale", "the factor for each"), p.scale);
        visit(fields::burn_in, p.burn_in);
        visit(fields::power, p.power);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return detail::after_burn_in(learning_rate, burn_in, power,
                                     step_decay<>({.peak_lr = learning_rate, .factor = scale, .every = step}));
    }
};

/// policy=step: lr(s) = learning_rate scale^floor(b / step), b = s + 1, after the burn-in.
using step = pacer::detail::dialect_schedule<step_params>;

/// Parameters of `steps`.
struct steps_params {
    using rate_type = double;
    static constexpr const char* name = "darknet::steps";

    double learning_rate = 0.001;  ///< the base rate; finite, 0 or more
    list<step_t> steps{};          ///< the batches at which the rate changes, not decreasing; at most 15
    list<double> scales{};         ///< what it is multiplied by at each of them
    step_t burn_in = 0;            ///< batches of the warm-up, 0 to 2^53
    double power = 4;              ///< the exponent of the warm-up, above 0

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::learning_rate, p.learning_rate);
        visit(fields::several("steps", "the batches at which the rate changes"), p.steps);
        visit(fields::several("scales", "what it is multiplied by at each of them"), p.scales);
        visit(fields::burn_in, p.burn_in);
        visit(fields::power, p.power);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_scales("steps", learning_rate, steps, scales);
    }
    PACER_HOST constexpr auto schedule() const {
        const pacer::detail::scaled_rates all(learning_rate, steps, scales);
        return detail::after_burn_in(
            learning_rate, burn_in, power,
            piecewise<>(
                {.at = all.at, .rates = all.rates, .interpolation = interpolation::constant, .total_steps = endless}));
    }
};

/// policy=steps: lr(s) = learning_rate times the scales of all steps that are <= b, b = s + 1, after the burn-in.
using steps = pacer::detail::dialect_schedule<steps_params>;

/// Parameters of `exp`.
struct exp_params {
    using rate_type = double;
    static constexpr const char* name = "darknet::exp";

    double learning_rate = 0.001;  ///< the base rate; finite, 0 or more
    double gamma = 1;              ///< the factor for every batch, above 0 and at most 1
    step_t burn_in = 0;            ///< batches of the warm-up, 0 to 2^53
    double power = 4;              ///< the exponent of the warm-up, above 0

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::learning_rate, p.learning_rate);
        visit(fields::fraction_above_0("gamma", "the factor for every batch"), p.gamma);
        visit(fields::burn_in, p.burn_in);
        visit(fields::power, p.power);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return detail::after_burn_in(learning_rate, burn_in, power,
                                     exponential<>({.peak_lr = learning_rate, .gamma = gamma}));
    }
};

/// policy=exp: lr(s) = learning_rate gamma^b, b = s + 1, after the burn-in.
using exp = pacer::detail::dialect_schedule<exp_params>;

/// Parameters of `poly`.
struct poly_params {
    using rate_type = double;
    static constexpr const char* name = "darknet::poly";

    double learning_rate = 0.001;               ///< the base rate; finite, 0 or more
    step_t max_batches = pacer::detail::unset;  ///< the length in batches, 1 to 2^53; must be given
    double power = 4;                           ///< the exponent, of the burn-in too; above 0
    step_t burn_in = 0;                         ///< batches of the warm-up, 0 to 2^53

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::learning_rate, p.learning_rate);
        visit(fields::as_length(fields::updates_from_1("max_batches", "the length")), p.max_batches);
        visit(fields::power, p.power);
        visit(fields::burn_in, p.burn_in);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HD constexpr step_t total_steps() const noexcept { return max_batches; }
    PACER_HOST constexpr auto schedule() const {
        return detail::after_burn_in(
            learning_rate, burn_in, power,
            polynomial<>({.peak_lr = learning_rate, .power = power, .total_steps = max_batches}));
    }
};

/// policy=poly: lr(s) = learning_rate (1 - b / max_batches)^power, b = s + 1, after the burn-in; 0 from max_batches on.
using poly = pacer::detail::dialect_schedule<poly_params>;

namespace detail {

/// rate / (1 + e^(gamma (b - middle))) of a batch from 0 on.
struct sigmoid_curve {
    double rate;
    double gamma;
    double middle;

    PACER_ASKED_STEP_BY_STEP
    [[nodiscard]] PACER_HD constexpr double operator()(step_t batch) const noexcept {
        constexpr double one_over_e = 0x1.78b56362cef38p-2;
        const double x = pacer::detail::times(gamma, static_cast<double>(batch) - middle);
        const double q = x == 0 ? 1 : pacer::detail::power(one_over_e, x < 0 ? -x : x);
        return pacer::detail::times(rate, x < 0 ? 1 : q) / (1 + q);
    }
};

}  // namespace detail

/// Parameters of `sigmoid`.
struct sigmoid_params {
    using rate_type = double;
    static constexpr const char* name = "darknet::sigmoid";

    double learning_rate = 0.001;  ///< the base rate; finite, 0 or more
    double gamma = 1;              ///< how steep it falls, -100 to 100; below 0 it rises
    step_t step = 1;               ///< the batch at which half is left, 0 to 2^53
    step_t burn_in = 0;            ///< batches of the warm-up, 0 to 2^53
    double power = 4;              ///< the exponent of the warm-up, above 0

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::learning_rate, p.learning_rate);
        visit(fields::signed_number("gamma", "how steep it falls"), p.gamma);
        visit(fields::updates("step", "the batch at which half is left"), p.step);
        visit(fields::burn_in, p.burn_in);
        visit(fields::power, p.power);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return gamma >= -100 && gamma <= 100 ? violation{}
                                             : pacer::detail::bad_rate("gamma", gamma, "must be from -100 to 100");
    }
    PACER_HOST constexpr auto schedule() const {
        return detail::after_burn_in(learning_rate, burn_in, power,
                                     detail::sigmoid_curve{learning_rate, gamma, static_cast<double>(step)});
    }
};

/// policy=sigmoid: lr(s) = learning_rate / (1 + e^(gamma (b - step))), b = s + 1, after the burn-in.
using sigmoid = pacer::detail::dialect_schedule<sigmoid_params>;

namespace detail {

/// Cosine descents that restart one batch late: the first of a cycle is the last of the one before. Of a batch from 1 on.
struct late_cycles {
    double lr;
    double lowest;
    step_t first;
    step_t growth;

    PACER_ASKED_STEP_BY_STEP
    [[nodiscard]] PACER_HD constexpr double operator()(step_t batch) const noexcept {
        const pacer::detail::cycle c = pacer::detail::cycle_of(batch - 1, first, growth);
        return pacer::detail::cycle_ramp<pacer::detail::half_of_cosine>(lr, lowest, c.length,
                                                                        {})(static_cast<double>(batch - c.start));
    }
};

}  // namespace detail

/// Parameters of `sgdr`.
struct sgdr_params {
    using rate_type = double;
    static constexpr const char* name = "darknet::sgdr";

    double learning_rate = 0.001;              ///< the base rate; finite, 0 or more
    double learning_rate_min = 1e-5;           ///< the rate that a cycle falls to, at most `learning_rate`
    step_t sgdr_cycle = pacer::detail::unset;  ///< batches of the first cycle, 1 to 2^53; must be given
    step_t sgdr_mult = 2;                      ///< how many times as long each cycle is as the one before, 1 or more
    step_t burn_in = 0;                        ///< batches of the warm-up, 0 to 2^53
    double power = 4;                          ///< the exponent of the warm-up, above 0

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::learning_rate, p.learning_rate);
        visit(fields::rate("learning_rate_min", "the rate that a cycle falls to"), p.learning_rate_min);
        visit(fields::updates_from_1("sgdr_cycle", "batches of the first cycle"), p.sgdr_cycle);
        visit(fields::updates_from_1("sgdr_mult", "how many times as long each cycle is as the one before"),
              p.sgdr_mult);
        visit(fields::burn_in, p.burn_in);
        visit(fields::power, p.power);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_at_most("learning_rate_min", learning_rate_min, learning_rate,
                                            "must be at most learning_rate");
    }
    PACER_HOST constexpr auto schedule() const {
        return detail::after_burn_in(learning_rate, burn_in, power,
                                     detail::late_cycles{learning_rate, learning_rate_min, sgdr_cycle, sgdr_mult});
    }
};

/// policy=sgdr: cosine descents from `learning_rate` to `learning_rate_min`, each sgdr_mult times as long as the one before, after the
/// burn-in. The batch of a restart, b = s + 1, still has the lowest rate: the cycle begins with the next.
using sgdr = pacer::detail::dialect_schedule<sgdr_params>;

using schedules = pacer::detail::dialect_list<constant, step, steps, exp, poly, sigmoid, sgdr>;

}  // namespace pacer::darknet

#endif
