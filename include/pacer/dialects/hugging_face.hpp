// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_HUGGING_FACE_HPP
#define PACER_DIALECTS_HUGGING_FACE_HPP

/// Hugging Face's schedules: what it alone has, and the functions of transformers' `optimization.py` under their names, with
/// their parameters and defaults; `lr` is the rate that the optimizer was given.
///
/// The values are those of the functions at every step, past the end too: the cosines rise again there, and a warm-up may be
/// longer than the run, and a floor above `lr`. What these refuse (`invalid_schedule`): a `timescale` of 0, by which they divide.
/// Source: transformers 4.57 and 5, `optimization.py`.

#include <pacer/dialects/cosine_warmup_with_min_lr.hpp>
#include <pacer/dialects/cycles.hpp>

namespace pacer::hf {

/// The shapes of `get_wsd_schedule`; the last is Hugging Face's "1-sqrt".
enum class wsd_type : unsigned char { linear, cosine, one_minus_sqrt };

}  // namespace pacer::hf

template <>
struct pacer::detail::names<pacer::hf::wsd_type> {
    static constexpr const char* type = "hf::wsd_type";
    static constexpr const char* values[] = {"linear", "cosine", "one_minus_sqrt"};
};

namespace pacer::hf {

using pacer::check;

namespace fields {

using namespace pacer::fields;

inline constexpr field num_warmup_steps = updates("num_warmup_steps", "the length of the warm-up");
inline constexpr field num_training_steps =
    as_length(updates("num_training_steps", "the length of the run, warm-up included"));
inline constexpr field min_lr_rate{.name = "min_lr_rate",
                                   .kind = quantity::number,
                                   .about = "the floor as a part of lr",
                                   .rule = "must be 0 or more, and finite",
                                   .may_be_open = true};
inline constexpr field min_lr_ratio{.name = "min_lr_ratio",
                                    .kind = quantity::number,
                                    .about = "the first and the last rate as a part of lr",
                                    .rule = "must be 0 or more, and finite"};

}  // namespace fields

namespace detail {

/// `none_left`: how long a decay is that the warm-up leaves nothing of the run.
PACER_HOST constexpr step_t rest_of_run(step_t total, step_t warmup, step_t none_left) noexcept {
    return total - warmup > none_left ? total - warmup : none_left;
}

/// A linear warm-up, then whatever counts from its end.
template <class Tail>
PACER_HOST constexpr auto after_warmup(double lr, step_t steps, const Tail& tail) {
    return join(linear_warmup<>({.peak_lr = lr, .total_steps = steps}), steps, tail);
}

PACER_HOST constexpr ramp_shape shape_of(wsd_type type) noexcept {
    return type == wsd_type::linear   ? ramp_shape::linear
           : type == wsd_type::cosine ? ramp_shape::cosine
                                      : ramp_shape::one_minus_sqrt;
}

/// A floor that is given as a rate or as a part of `lr`.
struct floor_of_rate {
    double lr;
    double min_lr;
    double min_lr_rate;

    PACER_HOST constexpr double rate() const noexcept {
        return min_lr == pacer::detail::unset ? lr * min_lr_rate : min_lr;
    }
    PACER_HOST constexpr violation check() const noexcept {
        const bool has_rate = min_lr != pacer::detail::unset;
        if (has_rate == (min_lr_rate != pacer::detail::unset))
            return pacer::detail::missing("min_lr", "of min_lr and min_lr_rate one must be given, and not both");
        return check_ratio("min_lr_rate", lr, has_rate ? 0 : min_lr_rate);
    }
    /// Of a floor as a part of `lr`, which may be more than that.
    PACER_HOST static constexpr violation check_ratio(const char* field, double lr, double ratio) noexcept {
        if (ratio <= 1 || lr <= pacer::detail::largest<double> / ratio)
            return {};
        return pacer::detail::bad_rate(field, ratio, "times lr must be finite");
    }
};

}  // namespace detail

/// Parameters of `get_constant_schedule`.
struct get_constant_schedule_params {
    using rate_type = double;
    static constexpr const char* name = "hf::get_constant_schedule";

    double lr = -1;  ///< the rate; finite, 0 or more; must be given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const { return constant<>({.peak_lr = lr}); }
};

/// One rate for ever: lr(s) = lr.
using get_constant_schedule = pacer::detail::dialect_schedule<get_constant_schedule_params>;

/// Parameters of `get_constant_schedule_with_warmup`.
struct get_constant_schedule_with_warmup_params {
    using rate_type = double;
    static constexpr const char* name = "hf::get_constant_schedule_with_warmup";

    double lr = -1;                                  ///< the rate after the warm-up; finite, 0 or more; must be given
    step_t num_warmup_steps = pacer::detail::unset;  ///< updates, 0 to 2^53; must be given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::num_warmup_steps, p.num_warmup_steps);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return constant_with_warmup<>({.peak_lr = lr, .warmup = warmup_steps(num_warmup_steps)});
    }
};

/// A linear warm-up from 0, then `lr` for ever: lr(s) = lr min(1, s / W). Exact at 0 and W.
using get_constant_schedule_with_warmup = pacer::detail::dialect_schedule<get_constant_schedule_with_warmup_params>;

/// Parameters of `get_linear_schedule_with_warmup`.
struct get_linear_schedule_with_warmup_params {
    using rate_type = double;
    static constexpr const char* name = "hf::get_linear_schedule_with_warmup";

    double lr = -1;                                    ///< the rate after the warm-up; finite, 0 or more; must be given
    step_t num_warmup_steps = pacer::detail::unset;    ///< updates, 0 to 2^53; must be given
    step_t num_training_steps = pacer::detail::unset;  ///< the length, warm-up included, 0 to 2^53; must be given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::num_warmup_steps, p.num_warmup_steps);
        visit(fields::num_training_steps, p.num_training_steps);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return detail::after_warmup(
            lr, num_warmup_steps,
            linear<>({.peak_lr = lr, .total_steps = detail::rest_of_run(num_training_steps, num_warmup_steps, 0)}));
    }
};

/// A linear warm-up from 0 over W updates, then a straight line to 0 at T.
///
///     lr(s) = lr s / W                            for s < W
///     lr(s) = lr max(0, (T - s) / (T - W))        for s >= W
///
/// Exact at 0, W (if W < T) and from T on.
using get_linear_schedule_with_warmup = pacer::detail::dialect_schedule<get_linear_schedule_with_warmup_params>;

/// Parameters of `get_cosine_schedule_with_warmup`.
struct get_cosine_schedule_with_warmup_params {
    using rate_type = double;
    static constexpr const char* name = "hf::get_cosine_schedule_with_warmup";

    double lr = -1;                                    ///< the rate after the warm-up; finite, 0 or more; must be given
    step_t num_warmup_steps = pacer::detail::unset;    ///< updates, 0 to 2^53; must be given
    step_t num_training_steps = pacer::detail::unset;  ///< the length, warm-up included, 0 to 2^53; must be given
    double num_cycles = 0.5;                           ///< full waves over the decay

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::num_warmup_steps, p.num_warmup_steps);
        visit(fields::num_training_steps, p.num_training_steps);
        visit(fields::num_cycles, p.num_cycles);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return detail::after_warmup(
            lr, num_warmup_steps,
            cosine<>({.peak_lr = lr,
                      .num_cycles = num_cycles,
                      .total_steps = detail::rest_of_run(num_training_steps, num_warmup_steps, 1),
                      .past_end = past_end::wave}));
    }
};

/// A linear warm-up from 0 over W updates, then waves of a cosine, which go on past T.
///
///     lr(s) = lr s / W                                                             for s < W
///     lr(s) = lr (1 + cos(2 pi num_cycles (s - W) / max(1, T - W))) / 2            for s >= W
///
/// Exact at 0 and W, and with half and whole `num_cycles` at T.
using get_cosine_schedule_with_warmup = pacer::detail::dialect_schedule<get_cosine_schedule_with_warmup_params>;

/// Parameters of `get_cosine_with_hard_restarts_schedule_with_warmup`.
struct get_cosine_with_hard_restarts_schedule_with_warmup_params {
    using rate_type = double;
    static constexpr const char* name = "hf::get_cosine_with_hard_restarts_schedule_with_warmup";

    double lr = -1;                                    ///< the rate after the warm-up; finite, 0 or more; must be given
    step_t num_warmup_steps = pacer::detail::unset;    ///< updates, 0 to 2^53; must be given
    step_t num_training_steps = pacer::detail::unset;  ///< the length, warm-up included, 0 to 2^53; must be given
    double num_cycles = 1;                             ///< descents over the decay

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::num_warmup_steps, p.num_warmup_steps);
        visit(fields::num_training_steps, p.num_training_steps);
        visit(fields::num_descents, p.num_cycles);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return detail::after_warmup(
            lr, num_warmup_steps,
            cosine_with_restarts<>({.peak_lr = lr,
                                    .num_cycles = num_cycles,
                                    .total_steps = detail::rest_of_run(num_training_steps, num_warmup_steps, 1),
                                    .past_end = past_end::zero}));
    }
};

/// A linear warm-up from 0 over W updates, then descents of a cosine, each from `lr`, then 0. With q the fraction of
/// num_cycles (s - W) / max(1, T - W), which is counted in integers (Hugging Face's doubles miss some restarts):
///
///     lr(s) = lr s / W                       for s < W
///     lr(s) = lr (1 + cos(pi q)) / 2         for W <= s < T
///     lr(s) = 0                              for s >= T
using get_cosine_with_hard_restarts_schedule_with_warmup =
    pacer::detail::dialect_schedule<get_cosine_with_hard_restarts_schedule_with_warmup_params>;

/// Parameters of `get_polynomial_decay_schedule_with_warmup`.
struct get_polynomial_decay_schedule_with_warmup_params {
    using rate_type = double;
    static constexpr const char* name = "hf::get_polynomial_decay_schedule_with_warmup";

    double lr = -1;                                    ///< the rate after the warm-up; finite, 0 or more; must be given
    step_t num_warmup_steps = pacer::detail::unset;    ///< updates, 0 to 2^53; must be given
    step_t num_training_steps = pacer::detail::unset;  ///< the length, warm-up included, 0 to 2^53; must be given
    double lr_end = 1e-7;                              ///< the rate at the end, below `lr`
    double power = 1;                                  ///< the exponent, above 0

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::num_warmup_steps, p.num_warmup_steps);
        visit(fields::num_training_steps, p.num_training_steps);
        visit(fields::rate("lr_end", "the rate at the end"), p.lr_end);
        visit(fields::power, p.power);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return lr_end < lr ? violation{} : pacer::detail::bad_rate("lr_end", lr_end, "must be below lr");
    }
    PACER_HOST constexpr auto schedule() const {
        return detail::after_warmup(
            lr, num_warmup_steps,
            polynomial<>({.peak_lr = lr,
                          .end_lr = lr_end,
                          .power = power,
                          .total_steps = detail::rest_of_run(num_training_steps, num_warmup_steps, 0)}));
    }
};

/// A linear warm-up from 0 over W updates, then a polynomial decay to `lr_end` at T, which it holds.
///
///     lr(s) = lr s / W                                                          for s < W
///     lr(s) = lr_end + (lr - lr_end) (1 - (s - W) / (T - W))^power              for W <= s < T
///     lr(s) = lr_end                                                            for s >= T
///
/// Exact at 0, W (if W < T) and from T on. Where W = T Hugging Face divides by zero.
using get_polynomial_decay_schedule_with_warmup =
    pacer::detail::dialect_schedule<get_polynomial_decay_schedule_with_warmup_params>;

/// Parameters of `get_inverse_sqrt_schedule`.
struct get_inverse_sqrt_schedule_params {
    using rate_type = double;
    static constexpr const char* name = "hf::get_inverse_sqrt_schedule";

    double lr = -1;                                  ///< the rate after the warm-up; finite, 0 or more; must be given
    step_t num_warmup_steps = pacer::detail::unset;  ///< updates, 0 to 2^53; must be given
    step_t timescale = pacer::detail::unset;         ///< 1 or more; default the warm-up, or 10'000 without one

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::num_warmup_steps, p.num_warmup_steps);
        field scale = fields::updates_from_1("timescale", "the warm-up, or 10'000 without one, if it is not given");
        scale.may_be_open = true;
        visit(scale, p.timescale);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return inverse_sqrt<>({.peak_lr = lr,
                               .timescale = timescale == pacer::detail::unset ? 0 : timescale,
                               .warmup = warmup_steps(num_warmup_steps)});
    }
};

/// A linear warm-up from 0 over W updates, then lr(s) = lr sqrt(t / (s - W + t)) with t = timescale. Exact at 0 and W.
using get_inverse_sqrt_schedule = pacer::detail::dialect_schedule<get_inverse_sqrt_schedule_params>;

/// Parameters of `get_cosine_with_min_lr_schedule_with_warmup`.
struct get_cosine_with_min_lr_schedule_with_warmup_params {
    using rate_type = double;
    static constexpr const char* name = "hf::get_cosine_with_min_lr_schedule_with_warmup";

    double lr = -1;                                    ///< the rate after the warm-up; finite, 0 or more; must be given
    step_t num_warmup_steps = pacer::detail::unset;    ///< updates, 0 to 2^53; must be given
    step_t num_training_steps = pacer::detail::unset;  ///< the length, warm-up included, 0 to 2^53; must be given
    double num_cycles = 0.5;                           ///< full waves over the decay
    double min_lr = pacer::detail::unset;              ///< the floor as a rate, which may be above `lr`; or
    double min_lr_rate = pacer::detail::unset;         ///< as a part of `lr`, 0 or more: one of them must be given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::num_warmup_steps, p.num_warmup_steps);
        visit(fields::num_training_steps, p.num_training_steps);
        visit(fields::num_cycles, p.num_cycles);
        visit(fields::optional_rate("min_lr", "the floor as a rate"), p.min_lr);
        visit(fields::min_lr_rate, p.min_lr_rate);
    }
    PACER_HOST constexpr violation check() const noexcept { return floor().check(); }
    PACER_HD constexpr step_t total_steps() const noexcept {
        return num_warmup_steps + detail::rest_of_run(num_training_steps, num_warmup_steps, 1);
    }

    PACER_HOST constexpr auto waves() const {
        return pacer::detail::either_way_up(lr, floor().rate(), [&](double high, double low) {
            return cosine_with_min_lr<>({.peak_lr = high,
                                         .min_lr = low,
                                         .num_cycles = num_cycles,
                                         .total_steps = detail::rest_of_run(num_training_steps, num_warmup_steps, 1),
                                         .past_end = past_end::wave});
        });
    }
    PACER_HOST constexpr auto schedule() const { return detail::after_warmup(lr, num_warmup_steps, waves()); }

private:
    PACER_HOST constexpr detail::floor_of_rate floor() const noexcept { return {lr, min_lr, min_lr_rate}; }
};

/// A linear warm-up from 0 over W updates, then waves of a cosine down to a floor m, which go on past T. A floor above `lr` is
/// where they rise to.
///
///     lr(s) = lr s / W                                                                     for s < W
///     lr(s) = m + (lr - m) (1 + cos(2 pi num_cycles (s - W) / max(1, T - W))) / 2          for s >= W
///
/// Exact at 0 and W, and with half and whole `num_cycles` at T.
using get_cosine_with_min_lr_schedule_with_warmup =
    pacer::detail::dialect_schedule<get_cosine_with_min_lr_schedule_with_warmup_params>;

/// Parameters of `get_cosine_with_min_lr_schedule_with_warmup_lr_rate`.
struct get_cosine_with_min_lr_schedule_with_warmup_lr_rate_params {
    using rate_type = double;
    static constexpr const char* name = "hf::get_cosine_with_min_lr_schedule_with_warmup_lr_rate";

    double lr = -1;                                    ///< the rate after the warm-up; finite, 0 or more; must be given
    step_t num_warmup_steps = pacer::detail::unset;    ///< updates, 0 to 2^53; must be given
    step_t num_training_steps = pacer::detail::unset;  ///< the length, warm-up included, 0 to 2^53; must be given
    double num_cycles = 0.5;                           ///< full waves over the decay
    double min_lr = pacer::detail::unset;              ///< the floor as a rate, which may be above `lr`; or
    double min_lr_rate = pacer::detail::unset;         ///< as a part of `lr`, 0 or more: one of them must be given
    double warmup_lr_rate = pacer::detail::unset;      ///< the first rate as a part of `lr`, 0 to 1; default 1 / W

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::num_warmup_steps, p.num_warmup_steps);
        visit(fields::num_training_steps, p.num_training_steps);
        visit(fields::num_cycles, p.num_cycles);
        visit(fields::optional_rate("min_lr", "the floor as a rate"), p.min_lr);
        visit(fields::min_lr_rate, p.min_lr_rate);
        visit(fields::optional_fraction("warmup_lr_rate", "the first rate as a part of lr"), p.warmup_lr_rate);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return detail::floor_of_rate{lr, min_lr, min_lr_rate}.check();
    }
    PACER_HD constexpr step_t total_steps() const noexcept {
        return num_warmup_steps + detail::rest_of_run(num_training_steps, num_warmup_steps, 1) - 1;
    }
    PACER_HOST constexpr auto schedule() const {
        const bool has_start = warmup_lr_rate != pacer::detail::unset;
        const step_t longer = num_warmup_steps > 1 ? num_warmup_steps - 1 : 1;
        const linear_warmup<> rise({.peak_lr = lr,
                                    .total_steps = has_start ? longer : num_warmup_steps,
                                    .init_lr = has_start ? lr * warmup_lr_rate : 0,
                                    .first_step = has_start ? first_step::from_zero : first_step::from_first});
        const get_cosine_with_min_lr_schedule_with_warmup_params same{.lr = lr,
                                                                      .num_warmup_steps = num_warmup_steps,
                                                                      .num_training_steps = num_training_steps,
                                                                      .num_cycles = num_cycles,
                                                                      .min_lr = min_lr,
                                                                      .min_lr_rate = min_lr_rate};
        return join(rise, num_warmup_steps, advance(same.waves(), 1));
    }
};

/// The same one update ahead: a warm-up of W updates that reaches `lr` with its last, then waves of a cosine down to a floor
/// m, which go on past T.
///
///     lr(s) = lr (s + 1) / W, or lr (w + (1 - w) s / max(1, W - 1)), w = warmup_lr_rate        for s < W
///     lr(s) = m + (lr - m) (1 + cos(2 pi num_cycles (s - W + 1) / max(1, T - W))) / 2          for s >= W
using get_cosine_with_min_lr_schedule_with_warmup_lr_rate =
    pacer::detail::dialect_schedule<get_cosine_with_min_lr_schedule_with_warmup_lr_rate_params>;

/// Parameters of `get_wsd_schedule`.
struct get_wsd_schedule_params {
    using rate_type = double;
    static constexpr const char* name = "hf::get_wsd_schedule";

    double lr = -1;                                  ///< the rate of the stable part; finite, 0 or more; must be given
    step_t num_warmup_steps = pacer::detail::unset;  ///< updates, 0 to 2^53; must be given
    step_t num_decay_steps = pacer::detail::unset;   ///< updates, 0 to 2^53; must be given
    step_t num_training_steps = pacer::detail::unset;  ///< the length of the run; or
    step_t num_stable_steps = pacer::detail::unset;    ///< that of the stable part, which wins if both are given
    wsd_type warmup_type = wsd_type::linear;           ///< the shape of the warm-up
    wsd_type decay_type = wsd_type::cosine;            ///< the shape of the decay
    double min_lr_ratio = 0;                           ///< the first and the last rate as a part of `lr`, 0 or more
    double num_cycles = 0.5;                           ///< of a cosine decay, full waves

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::num_warmup_steps, p.num_warmup_steps);
        visit(fields::updates("num_decay_steps", "the length of the decay"), p.num_decay_steps);
        visit(fields::as_length(fields::optional_updates("num_training_steps", "the length of the run")),
              p.num_training_steps);
        visit(fields::as_length(fields::optional_updates("num_stable_steps", "the length of the stable part")),
              p.num_stable_steps);
        visit(fields::choice("warmup_type", "the shape of the warm-up"), p.warmup_type);
        visit(fields::choice("decay_type", "the shape of the decay"), p.decay_type);
        visit(fields::min_lr_ratio, p.min_lr_ratio);
        visit(fields::num_cycles, p.num_cycles);
    }
    PACER_HOST constexpr violation check() const noexcept {
        if (num_training_steps == pacer::detail::unset && num_stable_steps == pacer::detail::unset)
            return pacer::detail::missing("num_training_steps", "or num_stable_steps must be given");
        return detail::floor_of_rate::check_ratio("min_lr_ratio", lr, min_lr_ratio);
    }
    PACER_HD constexpr step_t total_steps() const noexcept {
        if (num_stable_steps == pacer::detail::unset)
            return num_training_steps;
        return pacer::detail::sum_of_lengths(pacer::detail::sum_of_lengths(num_warmup_steps, num_stable_steps),
                                             num_decay_steps);
    }

private:
    PACER_HOST constexpr auto between(double peak, double floor) const {
        const step_t given = num_stable_steps == pacer::detail::unset
                                 ? num_training_steps - num_warmup_steps - num_decay_steps
                                 : num_stable_steps;
        // Where warm-up and decay are longer than the run, the first updates of the decay are left out.
        const step_t left_out = given < 0 ? -given : 0;
        const step_t decay = num_warmup_steps + (given > 0 ? given : 0);
        const step_t end = left_out < num_decay_steps ? decay + num_decay_steps - left_out : decay;
        const warmup_stable_decay<> shaped({.peak_lr = peak,
                                            .min_lr = floor,
                                            .stable_steps = 0,
                                            .decay_steps = num_decay_steps,
                                            .decay_shape = detail::shape_of(decay_type)});
        const cosine_with_min_lr<> waves({.peak_lr = peak,
                                          .min_lr = floor,
                                          .num_cycles = num_cycles,
                                          .total_steps = num_decay_steps > 0 ? num_decay_steps : 1});
        return join(linear_warmup<>({.peak_lr = peak,
                                     .total_steps = num_warmup_steps,
                                     .warmup_shape = detail::shape_of(warmup_type),
                                     .init_lr = floor}),
                    num_warmup_steps, constant<>({.peak_lr = peak}), decay, advance(shaped, left_out),
                    decay_type == wsd_type::cosine ? decay : end, advance(waves, left_out), end,
                    constant<>({.peak_lr = floor}));
    }

public:
    PACER_HOST constexpr auto schedule() const {
        return pacer::detail::either_way_up(lr, lr * min_lr_ratio,
                                            [&](double high, double low) { return between(high, low); });
    }
};

/// A warm-up of W updates, a stable part of S, a decay of D, then the floor m = lr min_lr_ratio. With r and f the shapes of
/// a rise and a fall (linear: x, 1 - x; cosine: (1 - cos(pi x)) / 2, (1 + cos(2 pi num_cycles x)) / 2; one_minus_sqrt:
/// 1 - sqrt(1 - x), 1 - sqrt(x)):
///
///     lr(s) = m + (lr - m) r(s / W)                   for s < W
///     lr(s) = lr                                      for W <= s < W + S
///     lr(s) = m + (lr - m) f((s - W - S) / D)         for W + S <= s < W + S + D
///     lr(s) = m                                       afterwards
///
/// S = num_training_steps - W - D if it is not given. Where that is negative the decay starts part-way, as in Hugging Face.
using get_wsd_schedule = pacer::detail::dialect_schedule<get_wsd_schedule_params>;

/// The functions of transformers' `optimization.py`.
using functions = pacer::detail::dialect_list<
    get_constant_schedule, get_constant_schedule_with_warmup, get_linear_schedule_with_warmup,
    get_cosine_schedule_with_warmup, get_cosine_with_hard_restarts_schedule_with_warmup,
    get_polynomial_decay_schedule_with_warmup, get_inverse_sqrt_schedule, get_cosine_with_min_lr_schedule_with_warmup,
    get_cosine_with_min_lr_schedule_with_warmup_lr_rate, get_wsd_schedule>;

/// All that are functions of the step in Hugging Face's `get_scheduler`, by its names.
using schedulers =
    schedule_list<constant, constant_with_warmup, linear, cosine, cosine_with_min_lr, cosine_with_restarts,
                  cosine_warmup_with_min_lr, polynomial, inverse_sqrt, warmup_stable_decay>;

}  // namespace pacer::hf

#endif
