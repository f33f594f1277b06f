// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_CYCLIC_HPP
#define PACER_SCHEDULES_CYCLIC_HPP

#include <pacer/cycles.hpp>
#include <pacer/lr_ratio.hpp>
#include <pacer/schedules/named.hpp>

namespace pacer {

/// How high the cycles of `cyclic` rise; the names are PyTorch's.
enum class cycle_mode : unsigned char {
    triangular,   ///< all to the peak
    triangular2,  ///< each half as far above the floor as the one before
    exp_range     ///< by `gamma` less with every update
};

namespace detail {

template <>
struct names<cycle_mode> {
    static constexpr const char* type = "cycle_mode";
    static constexpr const char* values[] = {"triangular", "triangular2", "exp_range"};
};

/// The range between the floor and the peak, of which a line is done up to one end and back.
struct falling_line {
    geometric_curve height;
    double lowest;
    double highest;
    double start;  ///< the step of x = 0
    double n;
    bool falls;

    [[nodiscard]] PACER_ALWAYS_INLINE PACER_HOST constexpr double operator()(double x) const noexcept {
        return rate(height, lowest, highest, start, n, falls, x);
    }
    [[nodiscard]] PACER_ALWAYS_INLINE PACER_HD static constexpr double rate(const geometric_curve& height,
                                                                            double lowest, double highest, double start,
                                                                            double n, bool falls, double x) noexcept {
        const double part = (falls ? n - x : x) / n;
        const double rate = lowest + times(part, height(start + x));
        return rate < highest ? rate : highest;
    }
};

/// A template, like the curves of all grades.
template <class Grade>
struct triangles {
    geometric_curve height;  // of exp_range, as a function of the step
    double lowest;
    double highest;
    step_t up;
    step_t down;
    cycle_mode mode;

    [[nodiscard]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        const cycle c = cycle_of(step, up + down, 1);
        const bool falls = step - c.start >= up;
        const step_t start = falls ? c.start + up : c.start;
        const auto n = static_cast<double>(falls ? down : up);
        const auto x = static_cast<double>(step - start);
        if (mode == cycle_mode::exp_range)
            return falling_line::rate(height, lowest, highest, static_cast<double>(start), n, falls, x);
        return line(c, falls, n)(x);
    }

    /// See segments.hpp.
    template <class Steps, class Visitor>
    PACER_HOST constexpr void visit_segments(Steps steps, Visitor& v) const {
        visit_cycles(steps, up + down, 1, [&](const cycle& c, Steps inside) {
            const step_t n = count_within(inside, c.start, up);
            if (n > 0)
                visit_line(c, false, inside.take(n).later(-c.start), v);
            if (n < inside.count)
                visit_line(c, true, inside.drop(n).later(-c.start - up), v);
        });
    }

private:
    template <class Steps, class Visitor>
    PACER_HOST constexpr void visit_line(const cycle& c, bool falls, Steps positions, Visitor& v) const {
        const auto n = static_cast<double>(falls ? down : up);
        const auto start = static_cast<double>(falls ? c.start + up : c.start);
        if (mode == cycle_mode::exp_range)
            v.segment(falling_line{height, lowest, highest, start, n, falls}, positions);
        else
            v.segment(line(c, falls, n), positions);
    }

    PACER_HD constexpr cycle_ramp<half_of_line> line(const cycle& c, bool falls, double n) const noexcept {
        double top = highest;
        if (mode == cycle_mode::triangular2 && c.number > 0)
            top = lowest + geometric_term(highest - lowest, 0.5, static_cast<std::uint64_t>(c.number));
        return {falls ? top : lowest, falls ? lowest : top, n, {}};
    }
};

}  // namespace detail

/// Parameters of `cyclic`.
template <Rate Real = double>
struct cyclic_params {
    using rate_type = Real;
    static constexpr const char* name = "cyclic";
    static constexpr const char* formula = "triangles between min_lr and P; halved, or decaying by gamma";
    static constexpr const char* elsewhere = "- / `CyclicLR` / -";

    Real peak_lr = -1;         ///< the highest rate; finite, 0 or more; must be given
    lr_or_ratio min_lr = 0.0;  ///< the rate that each cycle starts from: a rate or a `lr_ratio`, at most `peak_lr`
    step_t up_steps = 2000;    ///< updates of the rise of a cycle, 1 to 2^53
    step_t down_steps = detail::unset;         ///< updates of its fall, 1 to 2^53; default as many as up
    cycle_mode mode = cycle_mode::triangular;  ///< what becomes of the height of later cycles
    double gamma = 1;                          ///< of `exp_range`, the factor for every update, above 0 and at most 1
    step_t total_steps = endless;              ///< the length in updates, 0 to 2^53, or `endless`
    pacer::past_end past_end = pacer::past_end::hold;  ///< the rate past the end

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::peak_lr, p.peak_lr);
        visit(field{"min_lr", quantity::rate_or_ratio, "the rate that each cycle starts from, at most the peak"},
              p.min_lr);
        visit(field{.name = "up_steps",
                    .kind = quantity::steps,
                    .about = "updates of the rise of a cycle",
                    .rule = "must be 1 or more",
                    .lowest = 1},
              p.up_steps);
        visit(field{.name = "down_steps",
                    .kind = quantity::steps,
                    .about = "updates of its fall; as many as up, if it is not given",
                    .rule = "must be 1 or more",
                    .lowest = 1,
                    .may_be_open = true},
              p.down_steps);
        visit(field{"mode", quantity::choice, "how high the cycles rise"}, p.mode);
        visit(field{.name = "gamma",
                    .kind = quantity::number,
                    .about = "of exp_range, the factor for every update",
                    .rule = "must be above 0 and at most 1",
                    .highest = 1,
                    .above_lowest = true},
              p.gamma);
        visit(fields::total_steps_or_endless, p.total_steps);
        visit(fields::past_end, p.past_end);
    }

    PACER_HOST constexpr violation check() const noexcept {
        if (mode != cycle_mode::exp_range && gamma != 1)
            return detail::bad_rate("gamma", gamma, "is for cycle_mode::exp_range");
        return {};
    }
    PACER_HOST constexpr cyclic_params resolved() const noexcept {
        cyclic_params p = *this;
        if (p.down_steps == detail::unset)
            p.down_steps = p.up_steps;
        return p;
    }
    template <class Grade>
    PACER_HOST constexpr auto curve() const requires std::same_as<Grade, detail::plain_grade> {
        const double peak = detail::peak(*this);
        const double floor = detail::rate_of(min_lr, peak_lr);
        const double height = peak - floor;
        return detail::triangles<Grade>{detail::geometric_curve(height, detail::precise_log2(gamma), 0, height),
                                        floor,
                                        peak,
                                        up_steps,
                                        down_steps,
                                        mode};
    }
    PACER_HOST constexpr step_t kept_until() const noexcept { return endless; }
};

/// Triangles: cycles of u = `up_steps` updates up from `min_lr` and d = `down_steps` updates down again. With the number
/// k = s / (u + d), rounded down, of the cycle, and x = s - k (u + d) of its updates done:
///
///     lr(s) = min_lr + (peak_lr - min_lr) h x / u                for x < u
///     lr(s) = min_lr + (peak_lr - min_lr) h (u + d - x) / d      for x >= u
///
/// where h is 1 (triangular), 2^-k (triangular2) or gamma^s (exp_range).
///
/// At step 0, and at the start of each cycle: `min_lr`. At u: `peak_lr` (not exp_range). All exact; cycles are counted in
/// integers. The rise is its warm-up; `join` it for another. There is no end unless `total_steps` gives one; past it,
/// `past_end` (hold: the value at `total_steps`).
/// An error (`invalid_schedule`): `min_lr` above `peak_lr`; a rise or fall shorter than 1 update; `gamma` outside (0, 1], or
/// without exp_range; a rate or length that is missing, negative or not finite; `past_end::wave`.
/// Source: PyTorch `CyclicLR`, after Smith (2015): `base_lr` is min_lr, `max_lr` peak_lr, `step_size_up` up_steps,
/// `step_size_down` down_steps; its `scale_fn` is not here.
template <class Real = double>
struct cyclic : detail::named<cyclic_params<Real>> {
    PACER_HOST constexpr explicit cyclic(const cyclic_params<Real>& p) : cyclic::named(p) {}
};
PACER_SCHEDULE(cyclic)
PACER_IN_LIBRARY(struct detail::triangles<detail::plain_grade>)

}  // namespace pacer

#endif
