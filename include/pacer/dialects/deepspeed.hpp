// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_DEEPSPEED_HPP
#define PACER_DIALECTS_DEEPSPEED_HPP

/// DeepSpeed's warm-up schedules, under DeepSpeed's names and by its clock.
///
/// DeepSpeed sets the rate after an update, from the number of updates before it, and starts at the minimum; so the
/// first two updates both run at the minimum, and the whole curve is one update late: what it calls iteration i is the
/// rate of update i + 1 here. The warm-up over W updates is, by `warmup_type`,
///
///     w(s) = ln(s) / ln(W)    for 1 <= s < W      (log, the default)
///     w(s) = (s - 1) / W      for 1 <= s <= W     (linear)
///
/// with w = 0 before and w = 1 after. Source: `deepspeed/runtime/lr_schedules.py` (commit edaa7221). Rates are those of
/// one parameter group.

#include <pacer/compose.hpp>
#include <pacer/error.hpp>
#include <pacer/numerics/elementary.hpp>
#include <pacer/ramp.hpp>

namespace pacer::deepspeed {

/// The shape of the warm-up.
enum class warmup_type { log, linear };

}  // namespace pacer::deepspeed

template <>
struct pacer::detail::names<pacer::deepspeed::warmup_type> {
    static constexpr const char* type = "warmup_type";
    static constexpr const char* values[] = {"log", "linear"};
};

namespace pacer::deepspeed {

/// Parameters of `warmup_lr`.
struct warmup_lr_params {
    double warmup_min_lr = 0;        ///< the rate at the start; finite, 0 or more
    double warmup_max_lr = 0.001;    ///< the rate after the warm-up; finite, 0 or more
    step_t warmup_num_steps = 1000;  ///< in updates, 0 to 2^53; 0 and 1 count as 2, as in DeepSpeed
    deepspeed::warmup_type warmup_type = deepspeed::warmup_type::log;
};

/// Parameters of `warmup_decay_lr`.
struct warmup_decay_lr_params {
    step_t total_num_steps = pacer::detail::unset;  ///< warm-up included, in updates, 0 to 2^53; must be given
    double warmup_min_lr = 0;                       ///< the rate at the start and at the end; finite, 0 or more
    double warmup_max_lr = 0.001;                   ///< the rate after the warm-up; finite, 0 or more
    step_t warmup_num_steps = 1000;                 ///< in updates, 0 to 2^53; 0 and 1 count as 2, as in DeepSpeed
    deepspeed::warmup_type warmup_type = deepspeed::warmup_type::log;
};

/// Parameters of `warmup_cosine_lr`.
struct warmup_cosine_lr_params {
    double lr = -1;                                 ///< the rate after the warm-up; finite, 0 or more; must be given
    step_t total_num_steps = pacer::detail::unset;  ///< warm-up included, in updates, 0 to 2^53; must be given
    double warmup_min_ratio = 0;                    ///< the start of the warm-up, as a fraction of `lr`, 0 to 1
    step_t warmup_num_steps = 1000;                 ///< in updates, 0 to 2^53; 0 and 1 count as 2, as in DeepSpeed
    double cos_min_ratio = 0.0001;                  ///< the end of the decay, as a fraction of `lr`, 0 to 1
    deepspeed::warmup_type warmup_type = deepspeed::warmup_type::log;
};

namespace detail {

PACER_HOST constexpr step_t at_least_2(step_t steps) noexcept { return steps > 2 ? steps : 2; }

/// The warm-up above, from one rate to another.
class warmup {
public:
    PACER_HOST constexpr warmup(double from, double to, step_t steps, warmup_type type) noexcept
        : linear_(from, to, static_cast<double>(at_least_2(steps))),
          log_{from, to, (to - from) / pacer::detail::log2(static_cast<double>(at_least_2(steps)))},
          steps_(at_least_2(steps)),
          type_(type) {}

    [[nodiscard, gnu::always_inline]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        if (type_ == warmup_type::linear)
            return linear_(step - (step > 0));
        if (step >= steps_)
            return log_.to;
        return step <= 1 ? log_.from : log_(static_cast<double>(step));
    }

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

        [[gnu::always_inline]] PACER_HD constexpr double operator()(double step) const noexcept {
            const double rate = from + pacer::detail::times(per_octave, pacer::detail::log2(step));
            return per_octave > 0 ? (rate < to ? rate : to) : (rate > to ? rate : to);
        }
    };

    ramp<> linear_;
    log_ramp log_;
    step_t steps_;
    warmup_type type_;
};

/// Zero, then the warm-up, then the decay.
using cosine_curve =
    pacer::detail::joined<pacer::detail::flat,
                          pacer::detail::joined<pacer::detail::advanced<warmup>, ramp<shapes::cosine>>>;

template <class Params>
PACER_HOST constexpr violation check_warmup(const Params& p) noexcept {
    if (const violation v = pacer::detail::check_choice("warmup_type", p.warmup_type))
        return v;
    return pacer::detail::check_length("warmup_num_steps", p.warmup_num_steps);
}

template <class Params>
PACER_HOST constexpr violation check_rates(const Params& p) noexcept {
    return pacer::detail::first_of(pacer::detail::check_rate("warmup_min_lr", p.warmup_min_lr),
                                   pacer::detail::check_rate("warmup_max_lr", p.warmup_max_lr));
}

PACER_HOST constexpr violation check_ratio(const char* field, double ratio) noexcept {
    return pacer::detail::is_between_0_and(1, ratio) ? violation{}
                                                     : pacer::detail::bad_rate(field, ratio, "must be from 0 to 1");
}

/// Parameters and the curve made of them.
template <class Params, class Curve>
class schedule {
public:
    using params_type = Params;

    /// The rate used by update `step`.
    [[nodiscard, gnu::always_inline]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        return curve_(step);
    }
    PACER_REFUSE_FRACTIONAL_STEPS

    [[nodiscard]] PACER_HD constexpr const Params& params() const noexcept { return params_; }

    /// See pacer/segments.hpp.
    template <class Visitor>
    PACER_HOST constexpr void visit_segments(pacer::step_range steps, Visitor& v) const {
        pacer::detail::visit_segments(curve_, steps, v);
    }

protected:
    PACER_HOST constexpr schedule(const Params& p, const Curve& curve) noexcept : params_(p), curve_(curve) {}

private:
    Params params_;
    Curve curve_;
};

}  // namespace detail

/// Which rule these parameters break, if any; what the constructors ask.
[[nodiscard]] PACER_HOST constexpr violation check(const warmup_lr_params& p) noexcept {
    return pacer::detail::first_of(detail::check_rates(p), detail::check_warmup(p));
}

[[nodiscard]] PACER_HOST constexpr violation check(const warmup_decay_lr_params& p) noexcept {
    return pacer::detail::first_of(pacer::detail::check_length("total_num_steps", p.total_num_steps),
                                   detail::check_rates(p), detail::check_warmup(p));
}

[[nodiscard]] PACER_HOST constexpr violation check(const warmup_cosine_lr_params& p) noexcept {
    if (const violation v = pacer::detail::first_of(
            pacer::detail::check_rate("lr", p.lr), pacer::detail::check_length("total_num_steps", p.total_num_steps),
            detail::check_warmup(p), detail::check_ratio("warmup_min_ratio", p.warmup_min_ratio),
            detail::check_ratio("cos_min_ratio", p.cos_min_ratio)))
        return v;
    if (p.total_num_steps <= detail::at_least_2(p.warmup_num_steps))
        return pacer::detail::bad_count("total_num_steps", p.total_num_steps, "must be above warmup_num_steps");
    return {};
}

/// DeepSpeed's `WarmupLR`: a warm-up, then a constant rate for ever.
///
///     lr(s) = warmup_min_lr + (warmup_max_lr - warmup_min_lr) w(s), w as above
///
/// At steps 0 and 1: `warmup_min_lr`. After the warm-up: `warmup_max_lr`. Both exact. There is no end.
/// An error (`invalid_schedule`): a rate that is negative or not finite; a negative length.
class warmup_lr : public detail::schedule<warmup_lr_params, detail::warmup> {
public:
    PACER_HOST constexpr explicit warmup_lr(const warmup_lr_params& p) : warmup_lr::schedule(p, curve(p)) {}

    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept { return endless; }

private:
    PACER_HOST static constexpr detail::warmup curve(const warmup_lr_params& p) {
        pacer::detail::require(check(p));
        return {p.warmup_min_lr, p.warmup_max_lr, p.warmup_num_steps, p.warmup_type};
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
class warmup_decay_lr : public detail::schedule<warmup_decay_lr_params, pacer::detail::joined<detail::warmup, ramp<>>> {
public:
    PACER_HOST constexpr explicit warmup_decay_lr(const warmup_decay_lr_params& p)
        : warmup_decay_lr::schedule(p, curve(p)) {}

    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept { return params().total_num_steps; }

private:
    PACER_HOST static constexpr pacer::detail::joined<detail::warmup, ramp<>> curve(const warmup_decay_lr_params& p) {
        pacer::detail::require(check(p));
        const step_t warmup = detail::at_least_2(p.warmup_num_steps);
        const step_t decay = p.total_num_steps > warmup ? p.total_num_steps - warmup : 0;
        return pacer::join(detail::warmup{p.warmup_min_lr, p.warmup_max_lr, warmup, p.warmup_type}, warmup + 1,
                           ramp<>(p.warmup_max_lr, p.warmup_min_lr, static_cast<double>(decay)));
    }
};

/// DeepSpeed's `WarmupCosineLR`: a warm-up of W updates, then a cosine decay. T = total_num_steps.
///
///     lr(0) = 0
///     lr(s) = lr (warmup_min_ratio + (1 - warmup_min_ratio) w(s))                           for 1 <= s <= W
///     lr(s) = lr (cos_min_ratio + (1 - cos_min_ratio) (1 + cos(pi (s - W) / (T - W))) / 2)  for W < s < T
///     lr(s) = lr cos_min_ratio                                                              for s >= T
///
/// At step 0: 0, whatever `warmup_min_ratio` says. From T on: `lr` x `cos_min_ratio`. Both exact. (Older versions,
/// February 2025 for one, rise again past T.)
/// An error (`invalid_schedule`): a rate or length that is missing, negative or not finite; a ratio outside [0, 1];
/// `total_num_steps` not above W.
class warmup_cosine_lr : public detail::schedule<warmup_cosine_lr_params, detail::cosine_curve> {
public:
    PACER_HOST constexpr explicit warmup_cosine_lr(const warmup_cosine_lr_params& p)
        : warmup_cosine_lr::schedule(p, curve(p)) {}

    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept { return params().total_num_steps; }

private:
    PACER_HOST static constexpr detail::cosine_curve curve(const warmup_cosine_lr_params& p) {
        pacer::detail::require(check(p));
        const step_t warmup = detail::at_least_2(p.warmup_num_steps);
        const detail::warmup rise{p.lr * p.warmup_min_ratio, p.lr, warmup, p.warmup_type};
        const auto steps = static_cast<double>(p.total_num_steps - warmup);
        return pacer::join(pacer::detail::flat{0}, 1, pacer::advance(rise, 1), warmup + 1,
                           ramp<shapes::cosine>(p.lr, p.lr * p.cos_min_ratio, steps, {}, 1));
    }
};

}  // namespace pacer::deepspeed

#endif
