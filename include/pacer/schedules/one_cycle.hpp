// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_ONE_CYCLE_HPP
#define PACER_SCHEDULES_ONE_CYCLE_HPP

#include <pacer/lr_ratio.hpp>
#include <pacer/schedules/named.hpp>

namespace pacer {

/// Parameters of `one_cycle`. Its rise is its warm-up.
template <Rate Real = double>
struct one_cycle_params {
    using rate_type = Real;
    static constexpr const char* name = "one_cycle";
    static constexpr const char* formula = "up from init_lr to P and down again to end_lr, in two or three phases";
    static constexpr const char* elsewhere = "- / `OneCycleLR` / `cosine_onecycle_schedule`";

    Real peak_lr = -1;                      ///< the highest rate; finite, 0 or more; must be given
    lr_or_ratio end_lr = lr_ratio(4e-6);    ///< the rate of the last update: a rate or a `lr_ratio`, at most `peak_lr`
    double pct_start = 0.3;                 ///< how much of the run the rise takes, 0 to 1; with `three_phase` 0 to 0.5
    bool three_phase = false;               ///< whether it falls as it has risen, and then to `end_lr`
    step_t total_steps = detail::unset;     ///< the length in updates, 0 to 2^53; must be given
    ramp_shape shape = ramp_shape::cosine;  ///< the shape of every phase
    lr_or_ratio init_lr = lr_ratio(0.04);   ///< the rate of the first update: a rate or a `lr_ratio`, at most `peak_lr`
    pacer::past_end past_end = pacer::past_end::hold;  ///< the rate past the end

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::peak_lr, p.peak_lr);
        visit(field{"end_lr", quantity::rate_or_ratio, "the rate of the last update, at most the peak"}, p.end_lr);
        visit(field{.name = "pct_start",
                    .kind = quantity::number,
                    .about = "how much of the run the rise takes",
                    .rule = "must be from 0 to 1",
                    .highest = 1},
              p.pct_start);
        visit(field{"three_phase", quantity::flag, "whether it falls as it has risen, and then to end_lr"},
              p.three_phase);
        visit(fields::total_steps, p.total_steps);
        visit(field{"shape", quantity::shape, "the shape of every phase"}, p.shape);
        visit(field{"init_lr", quantity::rate_or_ratio, "the rate of the first update, at most the peak"}, p.init_lr);
        visit(fields::past_end, p.past_end);
    }

    PACER_HOST constexpr violation check() const noexcept {
        if (three_phase && pct_start > 0.5)
            return detail::bad_rate("pct_start", pct_start, "must be from 0 to 0.5 with three phases");
        // Said here, because a ramp would not know the names of these fields.
        return detail::first_of(
            detail::check_ends(shape, "init_lr", detail::rate_of(init_lr, peak_lr), "peak_lr", detail::peak(*this)),
            detail::check_ends(shape, "peak_lr", detail::peak(*this), "end_lr", detail::rate_of(end_lr, peak_lr)));
    }

    template <class Grade>
    PACER_HOST constexpr auto curve() const requires std::same_as<Grade, detail::plain_grade> {
        const double peak = detail::peak(*this);
        const double init = detail::rate_of(init_lr, peak_lr);
        const double end = detail::rate_of(end_lr, peak_lr);
        // Where the phases end. They may do so between two updates, or before the first.
        const double risen = detail::times(static_cast<double>(total_steps), pct_start) - 1;
        const double fallen = three_phase ? detail::times(2 * static_cast<double>(total_steps), pct_start) - 2 : risen;
        const double last = static_cast<double>(total_steps) - 1;
        const step_t second = first_after(risen);
        const step_t third = first_after(fallen) > second ? first_after(fallen) : second;
        const auto rise = Grade::make_ramp(init, peak, risen > 0 ? risen : 0, shapes::any{shape, true});
        const auto fall = ramp_from<Grade>(peak, init, risen, fallen, second);
        const auto tail = ramp_from<Grade>(three_phase ? init : peak, end, fallen, last, third);
        return join(rise, second, fall, third, tail);
    }
    template <class Grade>
    PACER_HOST constexpr double end() const noexcept {
        return detail::rate_of(end_lr, peak_lr);
    }
    PACER_HOST constexpr step_t kept_until() const noexcept { return -1; }
    PACER_HOST constexpr violation check_stretching() const noexcept {
        return detail::missing("extend", "the curve must have one descent: it is a cycle");
    }

private:
    // The first step after x >= -2, and not before 0.
    PACER_HOST static constexpr step_t first_after(double x) noexcept {
        return x < 0 ? 0 : detail::floor_to_int(x) + 1;
    }

    // A ramp from x to y of the whole run, in a piece that starts at step `at`.
    template <class Grade>
    PACER_HOST constexpr auto ramp_from(double from, double to, double x, double y, step_t at) const {
        return Grade::make_ramp(from, to, y > x ? y - x : 0, shapes::any{shape}, static_cast<double>(at) - x);
    }
};

/// One cycle: a rise from `init_lr` to `peak_lr` and a fall to `end_lr`, which the last update, T - 1, has.
///
/// Its phases end where PyTorch's do: the rise at a = pct_start T - 1, between two updates if that is not whole, and the fall
/// at T - 1, one update before other schedules of pacer reach their end. With r and f as the `shape` of a rise and a fall
/// has them (cosine: (1 - cos(pi x)) / 2; linear: x):
///
///     lr(s) = init_lr + (peak_lr - init_lr) r(s / a)                     for s <= a
///     lr(s) = peak_lr - (peak_lr - end_lr) f((s - a) / (T - 1 - a))      for a < s < T
///     lr(s) = end_lr                                                     for s >= T (hold)
///
/// and with `three_phase`
///
///     lr(s) = peak_lr - (peak_lr - init_lr) f((s - a) / a)               for a < s <= 2a
///     lr(s) = init_lr - (init_lr - end_lr) f((s - 2a) / (T - 1 - 2a))    for 2a < s < T
///
/// At step 0: `init_lr`, exactly, if a > 0 (a = 0: `peak_lr`; below 0, part of the fall is done). `peak_lr` at a, exactly,
/// if that is an update; otherwise none has it. At T - 1 and past the end: `end_lr`, exactly.
/// An error (`invalid_schedule`): `init_lr` or `end_lr` above `peak_lr`, or a ratio outside [0, 1]; `pct_start` outside
/// [0, 1], or above 0.5 with three phases; a rate or length that is missing, negative or not finite; `past_end::wave`.
/// Source: PyTorch `OneCycleLR`, after Smith and Topin (2017). Its `div_factor` of 25 is an `init_lr` of lr_ratio(1.0 / 25),
/// its `final_div_factor` of 1e4 an `end_lr` of lr_ratio(1.0 / 25 / 1e4): the defaults. It fails where a = 0.
template <class Real = double>
struct one_cycle : detail::named<one_cycle_params<Real>> {
    PACER_HOST constexpr explicit one_cycle(const one_cycle_params<Real>& p) : one_cycle::named(p) {}
};
PACER_SCHEDULE(one_cycle)

}  // namespace pacer

#endif
