// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_DEEPSPEED_HPP
#define PACER_DIALECTS_DEEPSPEED_HPP

/// DeepSpeed's schedules, under the names of their classes in lower case, with its parameters and by its clock.
///
/// DeepSpeed sets the rate after an update, from the number of updates before it, and starts at the minimum; so the
/// first two updates both run at the minimum, and the whole curve is one update late: what it calls iteration i is the
/// rate of update i + 1 here. The warm-up over W updates is, by `warmup_type`,
///
///     w(s) = ln(s) / ln(W)    for 1 <= s < W      (log, the default)
///     w(s) = (s - 1) / W      for 1 <= s <= W     (linear)
///
/// with w = 0 before and w = 1 after. Rates are those of one parameter group.
/// Source: deepspeed 0.19, `runtime/lr_schedules.py`.

#include <pacer/dialects/cycles.hpp>
#include <pacer/numerics/elementary.hpp>

namespace pacer::deepspeed {

/// The shape of the warm-up.
enum class warmup_type : unsigned char { log, linear };

}  // namespace pacer::deepspeed

template <>
struct pacer::detail::names<pacer::deepspeed::warmup_type> {
    static constexpr const char* type = "deepspeed::warmup_type";
    static constexpr const char* values[] = {"log", "linear"};
};

namespace pacer::deepspeed {

using pacer::check;

namespace fields {

using namespace pacer::fields;

inline constexpr field warmup_min_lr = rate("warmup_min_lr", "the rate at the start");
inline constexpr field warmup_max_lr = rate("warmup_max_lr", "the rate after the warm-up");
inline constexpr field total_num_steps = as_length(updates("total_num_steps", "the length, warm-up included"));
inline constexpr field warmup_num_steps = updates("warmup_num_steps", "the length of the warm-up; 0 and 1 count as 2");
inline constexpr field warmup_type = choice("warmup_type", "the shape of the warm-up");

}  // namespace fields

namespace detail {

PACER_HOST constexpr step_t at_least_2(step_t steps) noexcept { return steps > 2 ? steps : 2; }

/// The warm-up above, from one rate to another.
class warmup {
public:
    using nameless = void;

    PACER_HOST constexpr warmup(double from, double to, step_t steps, warmup_type type) noexcept
        : linear_(from, to, static_cast<double>(at_least_2(steps))),
          log_{from, to, (to - from) / pacer::detail::log2(static_cast<double>(at_least_2(steps)))},
          steps_(at_least_2(steps)),
          type_(type) {}

    [[nodiscard]] PACER_ALWAYS_INLINE PACER_HD constexpr double operator()(step_t step) const noexcept {
        if (type_ == warmup_type::linear)
            return linear_(step - (step > 0));
        if (step >= steps_)
            return log_.to;
        return step <= 1 ? log_.from : log_(static_cast<double>(step));
    }

    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept { return endless; }

    /// See pacer/segments.hpp.
    template <class Visitor>
    PACER_HOST constexpr void visit_segments(pacer::step_range steps, Visitor& v) const {
        if (type_ == warmup_type::linear) {
            pacer::detail::visit_segments(pacer::detail::joined<pacer::detail::flat, ramp<>>{{log_.from}, 1, linear_},
                                          steps, v);
            return;
        }
        const step_t before = steps.until(2);
        v.constant(log_.from, before);
        steps = steps.drop(before);
        const step_t inside = steps.until(steps_);
        if (inside > 0)
            v.segment(log_, steps.take(inside));
        v.constant(log_.to, steps.count - inside);
    }

private:
    // Counted from the start alone. By its rounding it may come out beyond the end.
    struct log_ramp {
        double from;
        double to;
        double per_octave;

        PACER_ALWAYS_INLINE PACER_HD constexpr double operator()(double step) const noexcept {
            const double rate = from + pacer::detail::times(per_octave, pacer::detail::log2(step));
            return per_octave > 0 ? (rate < to ? rate : to) : (rate > to ? rate : to);
        }
    };

    ramp<> linear_;
    log_ramp log_;
    step_t steps_;
    warmup_type type_;
};

}  // namespace detail

/// Parameters of `warmup_lr`.
struct warmup_lr_params {
    using rate_type = double;
    static constexpr const char* name = "deepspeed::warmup_lr";

    double warmup_min_lr = 0;        ///< the rate at the start; finite, 0 or more
    double warmup_max_lr = 0.001;    ///< the rate after the warm-up; finite, 0 or more
    step_t warmup_num_steps = 1000;  ///< in updates, 0 to 2^53; 0 and 1 count as 2, as in DeepSpeed
    deepspeed::warmup_type warmup_type = deepspeed::warmup_type::log;  ///< the shape of the warm-up

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::warmup_min_lr, p.warmup_min_lr);
        visit(fields::warmup_max_lr, p.warmup_max_lr);
        visit(fields::warmup_num_steps, p.warmup_num_steps);
        visit(fields::warmup_type, p.warmup_type);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HOST constexpr auto schedule() const {
        return detail::warmup(warmup_min_lr, warmup_max_lr, warmup_num_steps, warmup_type);
    }
};

/// DeepSpeed's `WarmupLR`: a warm-up, then a constant rate for ever.
///
///     lr(s) = warmup_min_lr + (warmup_max_lr - warmup_min_lr) w(s), w as above
///
/// At steps 0 and 1: `warmup_min_lr`. After the warm-up: `warmup_max_lr`. Both exact. There is no end. Where `warmup_max_lr` is not
/// given, DeepSpeed 0.19 takes the optimizer's rate, which is not known here; the default is that of older versions.
/// An error (`invalid_schedule`): a rate that is negative or not finite; a negative length.
using warmup_lr = pacer::detail::dialect_schedule<warmup_lr_params>;

/// Parameters of `warmup_decay_lr`.
struct warmup_decay_lr_params {
    using rate_type = double;
    static constexpr const char* name = "deepspeed::warmup_decay_lr";

    step_t total_num_steps = pacer::detail::unset;  ///< warm-up included, in updates, 0 to 2^53; must be given
    double warmup_min_lr = 0;                       ///< the rate at the start and at the end; finite, 0 or more
    double warmup_max_lr = 0.001;                   ///< the rate after the warm-up; finite, 0 or more
    step_t warmup_num_steps = 1000;                 ///< in updates, 0 to 2^53; 0 and 1 count as 2, as in DeepSpeed
    deepspeed::warmup_type warmup_type = deepspeed::warmup_type::log;  ///< the shape of the warm-up

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::total_num_steps, p.total_num_steps);
        visit(fields::warmup_min_lr, p.warmup_min_lr);
        visit(fields::warmup_max_lr, p.warmup_max_lr);
        visit(fields::warmup_num_steps, p.warmup_num_steps);
        visit(fields::warmup_type, p.warmup_type);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HD constexpr step_t total_steps() const noexcept { return total_num_steps; }
    PACER_HOST constexpr auto schedule() const {
        const step_t warmup = detail::at_least_2(warmup_num_steps);
        const step_t decay = total_num_steps > warmup ? total_num_steps - warmup : 0;
        return join(detail::warmup(warmup_min_lr, warmup_max_lr, warmup, warmup_type), warmup + 1,
                    linear<>({.peak_lr = warmup_max_lr, .end_lr = warmup_min_lr, .total_steps = decay}));
    }
};

/// DeepSpeed's `WarmupDecayLR`: a warm-up of W updates, then a linear decay back to `warmup_min_lr`. T = total_num_steps.
///
///     lr(s) = as `warmup_lr`                                                          for s <= W
///     lr(s) = warmup_min_lr + (warmup_max_lr - warmup_min_lr) (T + 1 - s) / (T - W)   for W < s <= T
///     lr(s) = warmup_min_lr                                                           for s > T
///
/// At steps 0 and 1, and from T + 1 on: `warmup_min_lr`. At W + 1: `warmup_max_lr` (if W < T). All exact. With W >= T
/// the rate falls from the top of the warm-up, as DeepSpeed (which warns) does.
/// An error (`invalid_schedule`): as for `warmup_lr`; `total_num_steps` missing.
using warmup_decay_lr = pacer::detail::dialect_schedule<warmup_decay_lr_params>;

/// Parameters of `warmup_cosine_lr`.
struct warmup_cosine_lr_params {
    using rate_type = double;
    static constexpr const char* name = "deepspeed::warmup_cosine_lr";

    double lr = -1;                                 ///< the rate after the warm-up; finite, 0 or more; must be given
    step_t total_num_steps = pacer::detail::unset;  ///< warm-up included, in updates, 0 to 2^53; must be given
    double warmup_min_ratio = 0;                    ///< the start of the warm-up, as a fraction of `lr`, 0 to 1
    step_t warmup_num_steps = 1000;                 ///< in updates, 0 to 2^53; 0 and 1 count as 2, as in DeepSpeed
    double cos_min_ratio = 0.0001;                  ///< the end of the decay, as a fraction of `lr`, 0 to 1
    deepspeed::warmup_type warmup_type = deepspeed::warmup_type::log;  ///< the shape of the warm-up

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::lr, p.lr);
        visit(fields::total_num_steps, p.total_num_steps);
        visit(fields::fraction("warmup_min_ratio", "the start of the warm-up, as a fraction of lr"),
              p.warmup_min_ratio);
        visit(fields::warmup_num_steps, p.warmup_num_steps);
        visit(fields::fraction("cos_min_ratio", "the end of the decay, as a fraction of lr"), p.cos_min_ratio);
        visit(fields::warmup_type, p.warmup_type);
    }
    PACER_HOST constexpr violation check() const noexcept { return {}; }
    PACER_HD constexpr step_t total_steps() const noexcept { return total_num_steps; }
    PACER_HOST constexpr auto schedule() const {
        const step_t warmup = detail::at_least_2(warmup_num_steps);
        const step_t decay = total_num_steps > warmup + 1 ? total_num_steps - warmup : 1;
        return join(
            constant<>({.peak_lr = 0}), 1, advance(detail::warmup(lr * warmup_min_ratio, lr, warmup, warmup_type), 1),
            warmup + 1,
            advance(cosine_with_min_lr<>({.peak_lr = lr, .min_lr = lr_ratio(cos_min_ratio), .total_steps = decay}), 1));
    }
};

/// DeepSpeed's `WarmupCosineLR`: a warm-up of W updates, then a cosine decay. T = total_num_steps.
///
///     lr(0) = 0
///     lr(s) = lr (warmup_min_ratio + (1 - warmup_min_ratio) w(s))                           for 1 <= s <= W
///     lr(s) = lr (cos_min_ratio + (1 - cos_min_ratio) (1 + cos(pi (s - W) / (T - W))) / 2)  for W < s < T
///     lr(s) = lr cos_min_ratio                                                              for s >= T
///
/// At step 0: 0, whatever `warmup_min_ratio` says. From T on: `lr` x `cos_min_ratio`. Both exact. With W >= T the rate falls
/// to that from the top of the warm-up. (Older versions, February 2025 for one, rise again past T and divide by zero for
/// W = T.)
/// An error (`invalid_schedule`): a rate or length that is missing, negative or not finite; a ratio outside [0, 1].
using warmup_cosine_lr = pacer::detail::dialect_schedule<warmup_cosine_lr_params>;

namespace detail {

/// Up and down again, in stairs if there are any.
struct triangle {
    double lowest;
    double highest;
    step_t up;
    step_t down;
    step_t stairs_up;
    step_t stairs_down;

    PACER_ASKED_STEP_BY_STEP
    [[nodiscard]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        const bool rises = step <= up;
        const auto size = static_cast<double>(rises ? up : down);
        const auto done = static_cast<double>(rises ? step : up + down - step);
        const auto stairs = static_cast<double>(rises ? stairs_up : stairs_down);
        if (done == 0)
            return lowest;
        const double part =
            stairs == 0
                ? done / size
                : static_cast<double>(pacer::detail::floor_to_int(pacer::detail::times(done, stairs) / size)) / stairs;
        return part == 1 ? highest : lowest + pacer::detail::times(highest - lowest, part);
    }
};

// What a cycle of rates and one of momenta have in common.
template <class Params, class Visitor>
PACER_HOST constexpr void visit_cycle_fields(Params& p, Visitor& visit) {
    visit(fields::updates_from_1("cycle_first_step_size", "updates of the first half"), p.cycle_first_step_size);
    visit(fields::optional_updates("cycle_second_step_size", "updates of the second half"), p.cycle_second_step_size);
    visit(fields::updates("cycle_first_stair_count", "stairs of the first half"), p.cycle_first_stair_count);
    visit(fields::optional_updates("cycle_second_stair_count", "stairs of the second half"),
          p.cycle_second_stair_count);
}
template <class Params>
PACER_HOST constexpr violation check_cycle_fields(const Params& p) noexcept {
    constexpr const char* rule = "must be at most";
    constexpr step_t most_stairs = 1'000'000;
    return pacer::detail::first_of(
        pacer::detail::check_at_most("cycle_first_step_size", p.cycle_first_step_size, longest / 2, rule),
        pacer::detail::check_at_most("cycle_second_step_size", p.cycle_second_step_size, longest / 2, rule),
        pacer::detail::check_at_most("cycle_first_stair_count", p.cycle_first_stair_count, most_stairs, rule),
        pacer::detail::check_at_most("cycle_second_stair_count", p.cycle_second_stair_count, most_stairs, rule));
}
template <class Params>
PACER_HD constexpr step_t cycle_steps(const Params& p) noexcept {
    const bool has_second = p.cycle_second_step_size != pacer::detail::unset;
    return p.cycle_first_step_size + (has_second ? p.cycle_second_step_size : p.cycle_first_step_size);
}
template <class Params>
PACER_HOST constexpr triangle triangle_of(const Params& p, double lowest, double highest) noexcept {
    const bool has_second = p.cycle_second_stair_count != pacer::detail::unset;
    return {lowest,
            highest,
            p.cycle_first_step_size,
            cycle_steps(p) - p.cycle_first_step_size,
            p.cycle_first_stair_count,
            has_second ? p.cycle_second_stair_count : p.cycle_first_stair_count};
}

}  // namespace detail

/// Parameters of `one_cycle`.
struct one_cycle_params {
    using rate_type = double;
    static constexpr const char* name = "deepspeed::one_cycle";

    double cycle_min_lr = -1;                              ///< the rate at both ends; finite, 0 or more; must be given
    double cycle_max_lr = -1;                              ///< the rate between them, at least that; must be given
    double decay_lr_rate = 0;                              ///< afterwards, what is added to the divisor, 0 to 1e200
    step_t cycle_first_step_size = 2000;                   ///< updates of the rise, 1 to 2^52
    step_t cycle_second_step_size = pacer::detail::unset;  ///< of the fall, 0 to 2^52; default as many
    step_t cycle_first_stair_count = 0;                    ///< stairs of the rise, 0 to 1e6; 0 for a line
    step_t cycle_second_stair_count = pacer::detail::unset;  ///< of the fall; default as many
    step_t decay_step_size = 0;                              ///< updates for one `decay_lr_rate`; 0 for none

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("cycle_min_lr", "the rate at both ends"), p.cycle_min_lr);
        visit(fields::rate("cycle_max_lr", "the rate between them"), p.cycle_max_lr);
        visit(field{.name = "decay_lr_rate",
                    .kind = quantity::number,
                    .about = "afterwards, what is added to the divisor",
                    .rule = "must be from 0 to 1e200",
                    .highest = 1e200},
              p.decay_lr_rate);
        detail::visit_cycle_fields(p, visit);
        visit(fields::updates("decay_step_size", "updates for one decay_lr_rate"), p.decay_step_size);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::first_of(
            pacer::detail::check_at_most("cycle_min_lr", cycle_min_lr, cycle_max_lr, "must be at most cycle_max_lr"),
            detail::check_cycle_fields(*this));
    }
    PACER_HD constexpr step_t total_steps() const noexcept {
        return decay_step_size > 0 ? endless : detail::cycle_steps(*this);
    }
    PACER_HOST constexpr auto schedule() const {
        return join(detail::triangle_of(*this, cycle_min_lr, cycle_max_lr), detail::cycle_steps(*this),
                    inverse_time<>({.peak_lr = cycle_min_lr,
                                    .decay_rate = decay_step_size > 0 ? decay_lr_rate : 0,
                                    .every = decay_step_size > 0 ? decay_step_size : 1}));
    }
};

/// DeepSpeed's `OneCycle`: a rise over A updates, a fall over B, then a decay with the inverse of the step. With d updates
/// done of the n = A of the rise, or left of the n = B of the fall, and c stairs, x = floor(d c / n) / c, or d / n without:
///
///     lr(s) = min + (max - min) x                                               for s < A + B
///     lr(s) = min / (1 + decay_lr_rate (s - A - B) / decay_step_size)           for s >= A + B, or min
///
/// At 0 and A + B: `cycle_min_lr`. At A: `cycle_max_lr`. All exact. Its momentum is `one_cycle_momentum`.
using one_cycle = pacer::detail::dialect_schedule<one_cycle_params>;

/// Parameters of `one_cycle_momentum`.
struct one_cycle_momentum_params {
    using rate_type = double;
    static constexpr const char* name = "deepspeed::one_cycle_momentum";

    double cycle_min_mom = 0.8;                              ///< the lowest momentum; 0 to `cycle_max_mom`
    double cycle_max_mom = 0.9;                              ///< the first and the last; 0 to 1
    step_t cycle_first_step_size = 2000;                     ///< updates of the fall, 1 to 2^52
    step_t cycle_second_step_size = pacer::detail::unset;    ///< of the rise, 0 to 2^52; default as many
    step_t cycle_first_stair_count = 0;                      ///< stairs of the fall, 0 to 1e6; 0 for a line
    step_t cycle_second_stair_count = pacer::detail::unset;  ///< of the rise; default as many

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::fraction("cycle_min_mom", "the lowest momentum"), p.cycle_min_mom);
        visit(fields::fraction("cycle_max_mom", "the first and the last momentum"), p.cycle_max_mom);
        detail::visit_cycle_fields(p, visit);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::first_of(pacer::detail::check_at_most("cycle_min_mom", cycle_min_mom, cycle_max_mom,
                                                                    "must be at most cycle_max_mom"),
                                       detail::check_cycle_fields(*this));
    }
    PACER_HD constexpr step_t total_steps() const noexcept { return detail::cycle_steps(*this); }
    PACER_HOST constexpr auto schedule() const {
        const pacer::detail::mirrored cycle{detail::triangle_of(*this, cycle_min_mom, cycle_max_mom), cycle_min_mom,
                                            cycle_max_mom};
        return join(constant<>({.peak_lr = cycle_min_mom}), 1, advance(cycle, 1), total_steps(),
                    constant<>({.peak_lr = cycle_max_mom}));
    }
};

/// The momentum (of Adam: the first beta) that DeepSpeed's `OneCycle` sets beside the rate: as low as the rate is high. With x as
/// in `one_cycle`:
///
///     momentum(0) = cycle_min_mom
///     momentum(s) = cycle_max_mom - (cycle_max_mom - cycle_min_mom) x    for 0 < s < A + B
///     momentum(s) = cycle_max_mom                                        for s >= A + B
///
/// At 0 and A: `cycle_min_mom`, which DeepSpeed sets first of all. From A + B on: `cycle_max_mom`. All exact. DeepSpeed's `decay_mom_rate`, by which the momentum
/// afterwards grows beyond 1, is left out.
using one_cycle_momentum = pacer::detail::dialect_schedule<one_cycle_momentum_params>;

/// Parameters of `lr_range_test`.
struct lr_range_test_params {
    using rate_type = double;
    static constexpr const char* name = "deepspeed::lr_range_test";

    double lr_range_test_min_lr = 0.001;    ///< the first rate; finite, 0 or more
    step_t lr_range_test_step_size = 2000;  ///< updates for one `lr_range_test_step_rate`, 1 to 2^53
    double lr_range_test_step_rate = 1;     ///< what is added, as a multiple of the first rate; finite, 0 or more
    bool lr_range_test_staircase = false;   ///< whether the rate changes only every `lr_range_test_step_size`

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("lr_range_test_min_lr", "the first rate"), p.lr_range_test_min_lr);
        visit(fields::updates_from_1("lr_range_test_step_size", "updates for one lr_range_test_step_rate"),
              p.lr_range_test_step_size);
        visit(fields::rate("lr_range_test_step_rate", "what is added, as a multiple of the first rate"),
              p.lr_range_test_step_rate);
        visit(fields::flag("lr_range_test_staircase", "whether the rate changes only every lr_range_test_step_size"),
              p.lr_range_test_staircase);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::is_between_0_and(pacer::detail::largest<double>, last())
                   ? violation{}
                   : pacer::detail::bad_rate("lr_range_test_step_rate", lr_range_test_step_rate,
                                             "must leave the rate of update 2^53 finite");
    }
    PACER_HD constexpr step_t total_steps() const noexcept { return endless; }
    PACER_HOST constexpr auto schedule() const {
        const step_t n = lr_range_test_step_size;
        return every(lr_range_test_staircase ? n : 1,
                     linear<>({.peak_lr = lr_range_test_min_lr,
                               .end_lr = last(),
                               .total_steps = lr_range_test_staircase ? many() : many() * n}));
    }

private:
    // Until 2^53 it has no end.
    PACER_HOST constexpr step_t many() const noexcept { return longest / lr_range_test_step_size; }
    PACER_HOST constexpr double last() const noexcept {
        return lr_range_test_min_lr +
               pacer::detail::times(lr_range_test_min_lr, lr_range_test_step_rate * static_cast<double>(many()));
    }
};

/// DeepSpeed's `LRRangeTest`: a line that rises for ever,
///
///     lr(s) = lr_range_test_min_lr (1 + lr_range_test_step_rate s / lr_range_test_step_size)
///
/// the quotient rounded down with `lr_range_test_staircase`. From update 2^53 on the rate is held.
using lr_range_test = pacer::detail::dialect_schedule<lr_range_test_params>;

using schedules = pacer::detail::dialect_list<warmup_lr, warmup_decay_lr, warmup_cosine_lr, one_cycle,
                                              one_cycle_momentum, lr_range_test>;

}  // namespace pacer::deepspeed

#endif
