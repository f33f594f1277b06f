// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_PYTORCH_HPP
#define PACER_DIALECTS_PYTORCH_HPP

/// PyTorch's schedulers, under the names of their classes in lower case, with PyTorch's parameters and defaults; `lr` is the
/// rate that the optimizer was given. The rates are those of the usual loop, `scheduler.step()` after every
/// `optimizer.step()`, by their closed forms: PyTorch multiplies from step to step and drifts away from these by rounding.
///
/// `SequentialLR` and `ChainedScheduler` are `sequential_lr` and `chained_scheduler`; a `LambdaLR` is any function of the
/// step (schedule.hpp), and `ReduceLROnPlateau` is `pacer::plateau` (training/plateau.hpp).
///
/// What PyTorch accepts without a word and this refuses (`invalid_schedule`): factors and `gamma` below 0, `gamma` of 0 in
/// `exponential_lr` and above 1 elsewhere, `eta_min` above `lr` with warm restarts.
/// Source: PyTorch 1.13 and 2, `torch/optim/lr_scheduler.py` and `swa_utils.py`.

#include <pacer/dialects/cycles.hpp>

namespace pacer::pytorch {

/// The shape of a phase.
enum class anneal_strategy : unsigned char { cos, linear };

}  // namespace pacer::pytorch

template <>
struct pacer::detail::names<pacer::pytorch::anneal_strategy> {
    static constexpr const char* type = "pytorch::anneal_strategy";
    static constexpr const char* values[] = {"cos", "linear"};
};

namespace pacer::pytorch {

using pacer::check;

namespace detail {

PACER_HOST constexpr ramp_shape shape_of(anneal_strategy strategy) noexcept {
    return strategy == anneal_strategy::cos ? ramp_shape::cosine : ramp_shape::linear;
}

/// rate factor^s, s from 0 on, for a factor above 1, as searches for the highest rate use it, up to 2^1023.
struct growth {
    using nameless = void;
    static constexpr double most = 0x1p1023;
    pacer::detail::geometric_curve curve;

    PACER_HOST constexpr growth(double rate, double factor) noexcept
        : curve(rate, pacer::detail::precise_log2(factor), rate, rate < most ? most : rate) {}

    [[nodiscard]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        return curve(static_cast<double>(step));
    }
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept { return endless; }
    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        v.segment(curve, steps);
    }
};

/// The fields of a cycle but for what goes up and down.
template <class Params, class Visitor>
PACER_HOST constexpr void visit_cycle_fields(Params& p, Visitor& visit) {
    visit(fields::updates_from_1("step_size_up", "updates of the rise of a cycle"), p.step_size_up);
    field down = fields::updates_from_1("step_size_down", "updates of its fall; as many, if it is not given");
    down.may_be_open = true;
    visit(down, p.step_size_down);
    visit(fields::choice("mode", "how high the cycles rise"), p.mode);
    visit(fields::fraction_above_0("gamma", "of exp_range, the factor for every update"), p.gamma);
}

}  // namespace detail

/// Parameters of `constant_lr`.
struct constant_lr_params {
    using rate_type = double;
    static constexpr const char* name = "pytorch::constant_lr";

    double lr = -1;           ///< the rate afterwards; finite, 0 or more; must be given
    double factor = 1.0 / 3;  ///< what it is multiplied by at first, 0 to 1
    step_t total_iters = 5;   ///< for how many updates

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::fraction("factor", "what it is multiplied by at first"), p.factor);
        visit(fields::updates("total_iters", "for how many updates"), p.total_iters);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return join(constant<>({.peak_lr = lr * factor}), total_iters == 0 ? endless : total_iters,
                    constant<>({.peak_lr = lr}));
    }
};

/// A part of the rate for some updates, then all of it.
///
///     lr(s) = lr factor    for s < total_iters
///     lr(s) = lr           for s >= total_iters
///
/// With `total_iters` of 0 it is lr factor for ever, as in PyTorch.
using constant_lr = pacer::detail::dialect_schedule<constant_lr_params>;

/// Parameters of `linear_lr`.
struct linear_lr_params {
    using rate_type = double;
    static constexpr const char* name = "pytorch::linear_lr";

    double lr = -1;                 ///< what the factors are of; finite, 0 or more; must be given
    double start_factor = 1.0 / 3;  ///< the first factor, above 0 and at most 1
    double end_factor = 1;          ///< the last, 0 to 1
    step_t total_iters = 5;         ///< updates between the two, 0 to 2^53

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::fraction_above_0("start_factor", "the first factor"), p.start_factor);
        visit(fields::fraction("end_factor", "the last factor"), p.end_factor);
        visit(fields::as_length(fields::updates("total_iters", "updates between the two")), p.total_iters);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return linear_warmup<>({.peak_lr = lr * (total_iters == 0 ? start_factor : end_factor),
                                .total_steps = total_iters,
                                .init_lr = lr * start_factor});
    }
};

/// A straight line from lr start_factor to lr end_factor over n = total_iters updates, which it holds. Exact at both ends.
/// With n = 0 it stays at lr start_factor for ever, as in PyTorch.
using linear_lr = pacer::detail::dialect_schedule<linear_lr_params>;

/// Parameters of `exponential_lr`.
struct exponential_lr_params {
    using rate_type = double;
    static constexpr const char* name = "pytorch::exponential_lr";

    double lr = -1;     ///< the first rate; finite, 0 or more; must be given
    double gamma = -1;  ///< the factor for every update, above 0 and finite; must be given

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::number_above_0("gamma", "the factor for every update"), p.gamma);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        const bool grows = gamma > 1;
        return join(exponential<>({.peak_lr = lr, .gamma = grows ? 1 : gamma}), grows ? 0 : endless,
                    detail::growth(lr, grows ? gamma : 1));
    }
};

/// A decay by a factor, or a growth: lr(s) = lr gamma^s. It has no end. A growth ends at 2^1023.
using exponential_lr = pacer::detail::dialect_schedule<exponential_lr_params>;

/// Parameters of `step_lr`.
struct step_lr_params {
    using rate_type = double;
    static constexpr const char* name = "pytorch::step_lr";

    double lr = -1;                           ///< the first rate; finite, 0 or more; must be given
    step_t step_size = pacer::detail::unset;  ///< updates between two changes, 1 to 2^53; must be given
    double gamma = 0.1;                       ///< the factor for each, 0 to 1

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::updates_from_1("step_size", "updates between two changes"), p.step_size);
        visit(fields::fraction("gamma", "the factor for each"), p.gamma);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        // A factor of 0 leaves the first stair, and nothing else.
        return join(step_decay<>({.peak_lr = lr, .factor = gamma == 0 ? 1 : gamma, .every = step_size}),
                    gamma == 0 ? step_size : endless, constant<>({.peak_lr = 0}));
    }
};

/// Stairs: lr(s) = lr gamma^floor(s / step_size), rounded once. (The scheduler of this name in C++'s libtorch is one update
/// late.)
using step_lr = pacer::detail::dialect_schedule<step_lr_params>;

/// Parameters of `multi_step_lr`.
struct multi_step_lr_params {
    using rate_type = double;
    static constexpr const char* name = "pytorch::multi_step_lr";

    double lr = -1;             ///< the first rate; finite, 0 or more; must be given
    list<step_t> milestones{};  ///< the steps at which it changes, not decreasing; at most 15
    double gamma = 0.1;         ///< the factor for each, 0 to 1

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::several("milestones", "the steps at which it changes"), p.milestones);
        visit(fields::fraction("gamma", "the factor for each"), p.gamma);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_room_for_one_more("milestones", milestones);
    }
    PACER_HOST constexpr auto schedule() const { return pacer::detail::stairs_at(lr, gamma, milestones); }
};

/// Stairs at milestones: lr(s) = lr gamma^k, rounded once, with k the number of milestones that are <= s. Two equal
/// milestones multiply twice.
using multi_step_lr = pacer::detail::dialect_schedule<multi_step_lr_params>;

/// Parameters of `polynomial_lr`.
struct polynomial_lr_params {
    using rate_type = double;
    static constexpr const char* name = "pytorch::polynomial_lr";

    double lr = -1;          ///< the first rate; finite, 0 or more; must be given
    step_t total_iters = 5;  ///< the length in updates, 0 to 2^53
    double power = 1;        ///< the exponent, above 0

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::as_length(fields::updates("total_iters", "the length")), p.total_iters);
        visit(fields::power, p.power);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return polynomial<>(
            {.peak_lr = lr, .end_lr = total_iters == 0 ? lr : 0, .power = power, .total_steps = total_iters});
    }
};

/// A polynomial decay to 0: lr(s) = lr (1 - s / n)^power for s < n = total_iters, then 0. With n = 0 it stays at `lr`, as in
/// PyTorch.
using polynomial_lr = pacer::detail::dialect_schedule<polynomial_lr_params>;

/// Parameters of `cosine_annealing_lr`.
struct cosine_annealing_lr_params {
    using rate_type = double;
    static constexpr const char* name = "pytorch::cosine_annealing_lr";

    double lr = -1;                       ///< the first rate; finite, 0 or more; must be given
    step_t T_max = pacer::detail::unset;  ///< updates of half a wave, 1 to 2^52; must be given
    double eta_min = 0;                   ///< the rate at its end; it may be above `lr`

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::as_length(fields::updates_from_1("T_max", "updates of half a wave")), p.T_max);
        visit(fields::rate("eta_min", "the rate at its end"), p.eta_min);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_at_most("T_max", T_max, longest / 2, "must be at most");
    }
    PACER_HOST constexpr auto schedule() const {
        // One that begins by rising is in the second half of its wave.
        const bool rises = eta_min > lr;
        return advance(cosine_with_min_lr<>({.peak_lr = rises ? eta_min : lr,
                                             .min_lr = rises ? lr : eta_min,
                                             .num_cycles = rises ? 1 : 0.5,
                                             .total_steps = rises ? 2 * T_max : T_max,
                                             .past_end = past_end::wave}),
                       rises ? T_max : 0);
    }
};

/// A cosine that goes on as a wave: it rises again after `T_max`.
///
///     lr(s) = eta_min + (lr - eta_min) (1 + cos(pi s / T_max)) / 2, for every s
///
/// Exact at all multiples of T_max.
using cosine_annealing_lr = pacer::detail::dialect_schedule<cosine_annealing_lr_params>;

/// Parameters of `cosine_annealing_warm_restarts`.
struct cosine_annealing_warm_restarts_params {
    using rate_type = double;
    static constexpr const char* name = "pytorch::cosine_annealing_warm_restarts";

    double lr = -1;                     ///< the rate of every restart; finite, 0 or more; must be given
    step_t T_0 = pacer::detail::unset;  ///< updates of the first cycle, 1 to 2^53; must be given
    step_t T_mult = 1;                  ///< how many times as long each cycle is as the one before, 1 or more
    double eta_min = 0;                 ///< the rate that a cycle falls to, at most `lr`

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::updates_from_1("T_0", "updates of the first cycle"), p.T_0);
        visit(fields::updates_from_1("T_mult", "how many times as long each cycle is as the one before"), p.T_mult);
        visit(fields::rate("eta_min", "the rate that a cycle falls to"), p.eta_min);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_at_most("eta_min", eta_min, lr, "must be at most lr");
    }
    PACER_HOST constexpr auto schedule() const {
        return sgdr<>({.peak_lr = lr, .min_lr = eta_min, .cycle_steps = T_0, .growth = T_mult});
    }
};

/// Cosine descents, each T_mult times as long as the one before; see `sgdr`. Restarts are counted in integers, as by
/// `step()`; PyTorch's `step(epoch)` computes them by a logarithm and misses some.
using cosine_annealing_warm_restarts = pacer::detail::dialect_schedule<cosine_annealing_warm_restarts_params>;

/// Parameters of `cyclic_lr`.
struct cyclic_lr_params {
    using rate_type = double;
    static constexpr const char* name = "pytorch::cyclic_lr";

    double base_lr = -1;                           ///< the lowest rate; finite, 0 or more; must be given
    double max_lr = -1;                            ///< the highest, of the first cycle; must be given
    step_t step_size_up = 2000;                    ///< updates of the rise of a cycle, 1 to 2^53
    step_t step_size_down = pacer::detail::unset;  ///< updates of its fall; default as many
    cycle_mode mode = cycle_mode::triangular;      ///< how high the cycles rise
    double gamma = 1;  ///< of `exp_range`, the factor for every update, above 0 and at most 1

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("base_lr", "the lowest rate"), p.base_lr);
        visit(fields::rate("max_lr", "the highest rate"), p.max_lr);
        detail::visit_cycle_fields(p, visit);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_at_most("base_lr", base_lr, max_lr, "must be at most max_lr");
    }
    PACER_HOST constexpr auto schedule() const {
        return cyclic<>({.peak_lr = max_lr,
                         .min_lr = base_lr,
                         .up_steps = step_size_up,
                         .down_steps = step_size_down,
                         .mode = mode,
                         .gamma = mode == cycle_mode::exp_range ? gamma : 1});
    }
};

/// Triangles between `base_lr` and `max_lr`; see `cyclic`. As in PyTorch, `gamma` is for `exp_range` alone.
using cyclic_lr = pacer::detail::dialect_schedule<cyclic_lr_params>;

/// Parameters of `cyclic_momentum`.
struct cyclic_momentum_params {
    using rate_type = double;
    static constexpr const char* name = "pytorch::cyclic_momentum";

    double base_momentum = 0.8;  ///< the lowest momentum, of the first cycle; 0 to `max_momentum`
    double max_momentum = 0.9;   ///< the highest; 0 to 1
    step_t step_size_up = 2000;  ///< updates of the fall of the momentum, which is the rise of the rate
    step_t step_size_down = pacer::detail::unset;  ///< updates of its rise; default as many
    cycle_mode mode = cycle_mode::triangular;      ///< how high the cycles rise
    double gamma = 1;  ///< of `exp_range`, the factor for every update, above 0 and at most 1

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::fraction("base_momentum", "the lowest momentum"), p.base_momentum);
        visit(fields::fraction("max_momentum", "the highest momentum"), p.max_momentum);
        detail::visit_cycle_fields(p, visit);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_at_most("base_momentum", base_momentum, max_momentum,
                                            "must be at most max_momentum");
    }
    PACER_HOST constexpr auto schedule() const {
        return pacer::detail::mirrored{
            cyclic_lr_params{base_momentum, max_momentum, step_size_up, step_size_down, mode, gamma}.schedule(),
            base_momentum, max_momentum};
    }
};

/// The momentum (of Adam: the first beta) that CyclicLR sets beside the rate, with `cycle_momentum`, its default: as low as the rate
/// is high. With c(s) the `cyclic_lr` between `base_momentum` and `max_momentum`:
///
///     momentum(s) = max_momentum - (c(s) - base_momentum)
using cyclic_momentum = pacer::detail::dialect_schedule<cyclic_momentum_params>;

/// Parameters of `one_cycle_lr`.
struct one_cycle_lr_params {
    using rate_type = double;
    static constexpr const char* name = "pytorch::one_cycle_lr";

    double max_lr = -1;                         ///< the highest rate; finite, 0 or more; must be given
    step_t total_steps = pacer::detail::unset;  ///< the length in updates, 0 to 2^53; must be given
    double pct_start = 0.3;                     ///< how much of the run the rise takes, 0 to 1
    pytorch::anneal_strategy anneal_strategy = pytorch::anneal_strategy::cos;  ///< the shape of every phase
    double div_factor = 25;            ///< the highest rate over the first, 1 or more
    double final_div_factor = 10'000;  ///< the first rate over the last, 1 or more
    bool three_phase = false;          ///< whether it falls as it has risen, and then to the last rate

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("max_lr", "the highest rate"), p.max_lr);
        visit(fields::as_length(fields::updates("total_steps", "the length")), p.total_steps);
        visit(fields::fraction("pct_start", "how much of the run the rise takes"), p.pct_start);
        visit(fields::choice("anneal_strategy", "the shape of every phase"), p.anneal_strategy);
        visit(fields::number_from_1("div_factor", "the highest rate over the first"), p.div_factor);
        visit(fields::number_from_1("final_div_factor", "the first rate over the last"), p.final_div_factor);
        visit(fields::flag("three_phase", "whether it falls as it has risen, and then to the last rate"),
              p.three_phase);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_at_most("pct_start", pct_start, three_phase ? 0.5 : 1.0, "must be at most");
    }
    PACER_HOST constexpr auto schedule() const {
        return one_cycle<>({.peak_lr = max_lr,
                            .end_lr = max_lr / div_factor / final_div_factor,
                            .pct_start = pct_start,
                            .three_phase = three_phase,
                            .total_steps = total_steps,
                            .shape = detail::shape_of(anneal_strategy),
                            .init_lr = max_lr / div_factor});
    }
};

/// One cycle; see `one_cycle`. It holds its last rate, where PyTorch jumps up at `total_steps` and then raises an error.
using one_cycle_lr = pacer::detail::dialect_schedule<one_cycle_lr_params>;

/// Parameters of `one_cycle_momentum`.
struct one_cycle_momentum_params {
    using rate_type = double;
    static constexpr const char* name = "pytorch::one_cycle_momentum";

    double base_momentum = 0.85;                ///< the lowest momentum, beside the highest rate; 0 to `max_momentum`
    double max_momentum = 0.95;                 ///< the first and the last; 0 to 1
    step_t total_steps = pacer::detail::unset;  ///< the length in updates, 0 to 2^53; must be given
    double pct_start = 0.3;                     ///< how much of the run the fall takes, 0 to 1
    pytorch::anneal_strategy anneal_strategy = pytorch::anneal_strategy::cos;  ///< the shape of every phase
    bool three_phase = false;  ///< whether it rises as it has fallen, and stays there

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::fraction("base_momentum", "the lowest momentum"), p.base_momentum);
        visit(fields::fraction("max_momentum", "the first and the last momentum"), p.max_momentum);
        visit(fields::as_length(fields::updates("total_steps", "the length")), p.total_steps);
        visit(fields::fraction("pct_start", "how much of the run the fall takes"), p.pct_start);
        visit(fields::choice("anneal_strategy", "the shape of every phase"), p.anneal_strategy);
        visit(fields::flag("three_phase", "whether it rises as it has fallen, and stays there"), p.three_phase);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::first_of(
            pacer::detail::check_at_most("base_momentum", base_momentum, max_momentum, "must be at most max_momentum"),
            pacer::detail::check_at_most("pct_start", pct_start, three_phase ? 0.5 : 1.0, "must be at most"));
    }
    PACER_HOST constexpr auto schedule() const {
        return pacer::detail::mirrored{one_cycle<>({.peak_lr = max_momentum,
                                                    .end_lr = base_momentum,
                                                    .pct_start = pct_start,
                                                    .three_phase = three_phase,
                                                    .total_steps = total_steps,
                                                    .shape = detail::shape_of(anneal_strategy),
                                                    .init_lr = base_momentum}),
                                       base_momentum, max_momentum};
    }
};

/// The momentum (of Adam: the first beta) that OneCycleLR sets beside the rate, with `cycle_momentum`, its default: from
/// `max_momentum` down to `base_momentum` while the rate rises, and back, by the phases of `one_cycle_lr`. It holds its last value.
using one_cycle_momentum = pacer::detail::dialect_schedule<one_cycle_momentum_params>;

/// Parameters of `swalr`.
struct swalr_params {
    using rate_type = double;
    static constexpr const char* name = "pytorch::swalr";

    double lr = -1;             ///< the rate it starts from; finite, 0 or more; must be given
    double swa_lr = -1;         ///< the rate it ends at; it may be above `lr`; must be given
    step_t anneal_epochs = 10;  ///< calls of `step()` between the two, 0 to 2^53
    pytorch::anneal_strategy anneal_strategy = pytorch::anneal_strategy::cos;  ///< the shape of every phase

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::rate("swa_lr", "the rate it ends at"), p.swa_lr);
        visit(fields::updates("anneal_epochs", "calls of step() between the two"), p.anneal_epochs);
        visit(fields::choice("anneal_strategy", "the shape"), p.anneal_strategy);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return linear_warmup<>({.peak_lr = swa_lr,
                                .total_steps = anneal_epochs,
                                .warmup_shape = detail::shape_of(anneal_strategy),
                                .init_lr = lr});
    }
};

/// From one rate to another, which it holds: the annealing of stochastic weight averaging. Exact at both ends. In the middle
/// of another schedule, `pacer::cooldown` does the same from whatever rate that has.
using swalr = pacer::detail::dialect_schedule<swalr_params>;

/// `SequentialLR`: one scheduler after another, each counting from its milestone. It is `pacer::join`:
///
///     sequential_lr(linear_lr({.lr = 0.1}), 10, cosine_annealing_lr({.lr = 0.1, .T_max = 90}))
template <Schedule S, class... Rest>
[[nodiscard]] PACER_HOST constexpr auto sequential_lr(const S& first, const Rest&... rest) {
    return join(first, rest...);
}

/// `ChainedScheduler`: every scheduler multiplies the rate. The first is given the `lr`, all others an `lr` of 1:
///
///     chained_scheduler(constant_lr({.lr = 0.1}), exponential_lr({.lr = 1, .gamma = 0.9}))
template <Schedule S>
[[nodiscard]] PACER_HOST constexpr S chained_scheduler(const S& only) {
    return only;
}
/// The product of all of them.
template <Schedule A, Schedule B, Schedule... Rest>
[[nodiscard]] PACER_HOST constexpr auto chained_scheduler(const A& first, const B& second, const Rest&... rest) {
    return pytorch::chained_scheduler(product(first, second), rest...);
}

using schedules = pacer::detail::dialect_list<constant_lr, linear_lr, exponential_lr, step_lr, multi_step_lr,
                                              polynomial_lr, cosine_annealing_lr, cosine_annealing_warm_restarts,
                                              cyclic_lr, cyclic_momentum, one_cycle_lr, one_cycle_momentum, swalr>;

}  // namespace pacer::pytorch

#endif
