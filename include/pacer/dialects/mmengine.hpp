// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_MMENGINE_HPP
#define PACER_DIALECTS_MMENGINE_HPP

/// MMEngine's parameter schedulers, under the names of their classes in lower case, with their parameters and defaults; `lr` is the
/// rate that the optimizer was given. A step is one of the scheduler's own: an update, or an epoch with `by_epoch`. A list of
/// several schedulers multiplies the rate one after the other.
///
/// What MMEngine accepts without a word and this refuses (`invalid_schedule`): an `end` that is not above `begin`, a floor above
/// `lr` in `cosine_annealing_lr`, a `gamma` above 1.
/// Source: mmengine 0.10, `optim/scheduler/param_scheduler.py`.

#include <pacer/dialects/dialect.hpp>

namespace pacer::mmengine {

using pacer::check;

namespace fields {

using namespace pacer::fields;

inline constexpr field begin = updates("begin", "the step at which it begins");
inline constexpr field end = as_length(updates("end", "the step at which it ends"));

}  // namespace fields

namespace detail {

/// `lr`, then a curve from `begin` on, which stops changing with the last step before `end`.
template <class Curve>
PACER_HOST constexpr auto within(double lr, step_t begin, step_t end, const Curve& curve) {
    return join(constant<>({.peak_lr = lr}), begin, curve, end - 1, constant<>({.peak_lr = curve(end - 1 - begin)}));
}

PACER_HOST constexpr violation check_span(step_t begin, step_t end) noexcept {
    return begin < end ? violation{} : pacer::detail::bad_count("end", end, "must be above begin");
}

}  // namespace detail

/// Parameters of `constant_lr`.
struct constant_lr_params {
    using rate_type = double;
    static constexpr const char* name = "mmengine::constant_lr";

    double lr = -1;              ///< the base rate; finite, 0 or more; must be given
    double factor = 1.0 / 3;     ///< what it is multiplied by, 0 to 1
    step_t begin = 0;            ///< the step at which it begins; before, the rate is `lr`
    step_t end = 1'000'000'000;  ///< the step at which it ends; afterwards the rate stays

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::fraction("factor", "what it is multiplied by"), p.factor);
        visit(fields::begin, p.begin);
        visit(fields::end, p.end);
    }
    PACER_HOST constexpr violation check() const noexcept { return detail::check_span(begin, end); }
    PACER_HOST constexpr auto schedule() const {
        const step_t n = end - begin;
        return detail::within(
            lr, begin, end,
            join(constant<>({.peak_lr = lr * factor}), n > 1 ? n - 1 : endless, constant<>({.peak_lr = lr})));
    }
};

/// lr factor from `begin` on, and `lr` again from end - 1 on (if there are two steps or more).
using constant_lr = pacer::detail::dialect_schedule<constant_lr_params>;

/// Parameters of `linear_lr`.
struct linear_lr_params {
    using rate_type = double;
    static constexpr const char* name = "mmengine::linear_lr";

    double lr = -1;                 ///< the base rate; finite, 0 or more; must be given
    double start_factor = 1.0 / 3;  ///< the first factor, 0 to 1
    double end_factor = 1;          ///< the last, 0 to 1
    step_t begin = 0;               ///< the step at which it begins; before, the rate is `lr`
    step_t end = 1'000'000'000;     ///< the step at which it ends; afterwards the rate stays

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::fraction("start_factor", "the first factor"), p.start_factor);
        visit(fields::fraction("end_factor", "the last factor"), p.end_factor);
        visit(fields::begin, p.begin);
        visit(fields::end, p.end);
    }
    PACER_HOST constexpr violation check() const noexcept { return detail::check_span(begin, end); }
    PACER_HOST constexpr auto schedule() const {
        const step_t n = end - begin;
        return detail::within(lr, begin, end,
                              linear_warmup<>({.peak_lr = lr * (n > 1 ? end_factor : start_factor),
                                               .total_steps = n - 1,
                                               .init_lr = lr * start_factor}));
    }
};

/// A straight line from lr start_factor at `begin` to lr end_factor at end - 1. Exact at both.
using linear_lr = pacer::detail::dialect_schedule<linear_lr_params>;

/// Parameters of `cosine_annealing_lr`.
struct cosine_annealing_lr_params {
    using rate_type = double;
    static constexpr const char* name = "mmengine::cosine_annealing_lr";

    double lr = -1;                       ///< the base rate; finite, 0 or more; must be given
    step_t T_max = pacer::detail::unset;  ///< updates of half a wave, 1 or more; default end - begin
    double eta_min = 0;                   ///< the rate at its end, at most `lr`
    step_t begin = 0;                     ///< the step at which it begins; before, the rate is `lr`
    step_t end = 1'000'000'000;           ///< the step at which it ends; afterwards the rate stays

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::optional_updates("T_max", "updates of half a wave"), p.T_max);
        visit(fields::rate("eta_min", "the rate at its end"), p.eta_min);
        visit(fields::begin, p.begin);
        visit(fields::end, p.end);
    }
    PACER_HOST constexpr violation check() const noexcept {
        if (T_max == 0)
            return pacer::detail::bad_count("T_max", T_max, "must be 1 or more");
        return pacer::detail::first_of(pacer::detail::check_at_most("eta_min", eta_min, lr, "must be at most lr"),
                                       detail::check_span(begin, end));
    }
    PACER_HOST constexpr auto schedule() const {
        return detail::within(lr, begin, end,
                              cosine_with_min_lr<>({.peak_lr = lr,
                                                    .min_lr = eta_min,
                                                    .total_steps = T_max == pacer::detail::unset ? end - begin : T_max,
                                                    .past_end = past_end::wave}));
    }
};

/// A cosine from `lr` at `begin` to `eta_min` T_max updates later, which goes on as a wave until end - 1:
///
///     lr(s) = eta_min + (lr - eta_min) (1 + cos(pi (s - begin) / T_max)) / 2
using cosine_annealing_lr = pacer::detail::dialect_schedule<cosine_annealing_lr_params>;

/// Parameters of `exponential_lr`.
struct exponential_lr_params {
    using rate_type = double;
    static constexpr const char* name = "mmengine::exponential_lr";

    double lr = -1;              ///< the base rate; finite, 0 or more; must be given
    double gamma = -1;           ///< the factor for every update, above 0 and at most 1; must be given
    step_t begin = 0;            ///< the step at which it begins; before, the rate is `lr`
    step_t end = 1'000'000'000;  ///< the step at which it ends; afterwards the rate stays

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::fraction_above_0("gamma", "the factor for every update"), p.gamma);
        visit(fields::begin, p.begin);
        visit(fields::end, p.end);
    }
    PACER_HOST constexpr violation check() const noexcept { return detail::check_span(begin, end); }
    PACER_HOST constexpr auto schedule() const {
        return detail::within(lr, begin, end, exponential<>({.peak_lr = lr, .gamma = gamma}));
    }
};

/// lr gamma^(s - begin), until end - 1.
using exponential_lr = pacer::detail::dialect_schedule<exponential_lr_params>;

/// Parameters of `step_lr`.
struct step_lr_params {
    using rate_type = double;
    static constexpr const char* name = "mmengine::step_lr";

    double lr = -1;                           ///< the base rate; finite, 0 or more; must be given
    step_t step_size = pacer::detail::unset;  ///< updates between two changes, 1 to 2^53; must be given
    double gamma = 0.1;                       ///< the factor for each, above 0 and at most 1
    step_t begin = 0;                         ///< the step at which it begins; before, the rate is `lr`
    step_t end = 1'000'000'000;               ///< the step at which it ends; afterwards the rate stays

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::updates_from_1("step_size", "updates between two changes"), p.step_size);
        visit(fields::fraction_above_0("gamma", "the factor for each"), p.gamma);
        visit(fields::begin, p.begin);
        visit(fields::end, p.end);
    }
    PACER_HOST constexpr violation check() const noexcept { return detail::check_span(begin, end); }
    PACER_HOST constexpr auto schedule() const {
        return detail::within(lr, begin, end, step_decay<>({.peak_lr = lr, .factor = gamma, .every = step_size}));
    }
};

/// Stairs: lr gamma^floor((s - begin) / step_size), rounded once, until end - 1.
using step_lr = pacer::detail::dialect_schedule<step_lr_params>;

/// Parameters of `multi_step_lr`.
struct multi_step_lr_params {
    using rate_type = double;
    static constexpr const char* name = "mmengine::multi_step_lr";

    double lr = -1;              ///< the base rate; finite, 0 or more; must be given
    list<step_t> milestones{};   ///< the updates after `begin` at which it changes, not decreasing; at most 15
    double gamma = 0.1;          ///< the factor for each, 0 to 1
    step_t begin = 0;            ///< the step at which it begins; before, the rate is `lr`
    step_t end = 1'000'000'000;  ///< the step at which it ends; afterwards the rate stays

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::several("milestones", "the updates after begin at which it changes"), p.milestones);
        visit(fields::fraction("gamma", "the factor for each"), p.gamma);
        visit(fields::begin, p.begin);
        visit(fields::end, p.end);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::first_of(pacer::detail::check_room_for_one_more("milestones", milestones),
                                       detail::check_span(begin, end));
    }
    PACER_HOST constexpr auto schedule() const {
        return detail::within(lr, begin, end, pacer::detail::stairs_at(lr, gamma, milestones));
    }
};

/// Stairs: lr gamma^k, rounded once, with k the number of milestones that are <= s - begin, until end - 1.
using multi_step_lr = pacer::detail::dialect_schedule<multi_step_lr_params>;

/// Parameters of `poly_lr`.
struct poly_lr_params {
    using rate_type = double;
    static constexpr const char* name = "mmengine::poly_lr";

    double lr = -1;              ///< the base rate; finite, 0 or more; must be given
    double eta_min = 0;          ///< the last rate
    double power = 1;            ///< the exponent, above 0
    step_t begin = 0;            ///< the step at which it begins; before, the rate is `lr`
    step_t end = 1'000'000'000;  ///< the step at which it ends; afterwards the rate stays

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::rate("eta_min", "the last rate"), p.eta_min);
        visit(fields::power, p.power);
        visit(fields::begin, p.begin);
        visit(fields::end, p.end);
    }
    PACER_HOST constexpr violation check() const noexcept { return detail::check_span(begin, end); }
    PACER_HOST constexpr auto schedule() const {
        const step_t n = end - begin;
        return detail::within(
            lr, begin, end,
            polynomial<>({.peak_lr = lr, .end_lr = n > 1 ? eta_min : lr, .power = power, .total_steps = n - 1}));
    }
};

/// A polynomial from `lr` at `begin` to `eta_min` at end - 1, with n = end - 1 - begin:
///
///     lr(s) = eta_min + (lr - eta_min) (1 - (s - begin) / n)^power
using poly_lr = pacer::detail::dialect_schedule<poly_lr_params>;

using schedules = pacer::detail::dialect_list<constant_lr, linear_lr, cosine_annealing_lr, exponential_lr, step_lr,
                                              multi_step_lr, poly_lr>;

}  // namespace pacer::mmengine

#endif
