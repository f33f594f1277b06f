// SPDX-License-Identifier: MIT
#ifndef PACER_RAMP_HPP
#define PACER_RAMP_HPP

/// The primitive: a monotone ramp from one rate to another, exact at both ends. Nearly every schedule is a join of
/// these.

#include <pacer/error.hpp>
#include <pacer/schedule.hpp>
#include <pacer/segments.hpp>
#include <pacer/shapes.hpp>

namespace pacer {
namespace detail {

template <bool Restarting, class Half>
class cosine_train;

template <class Profile>
concept MovesBothWays = requires(const Profile& profile, double k) {
    { profile.done(k) } -> std::same_as<double>;
    { profile.left(k) } -> std::same_as<double>;
};

template <class Shape>
concept HasProfile = MovesBothWays<typename Shape::profile> || RateProfile<typename Shape::profile>;

template <class Shape>
concept HasSplitPoint = requires(const Shape& shape) {
    { shape.split_point() } -> std::same_as<double>;
};

template <class Shape>
concept MakesProfile = std::constructible_from<typename Shape::profile, double, double> ||
    std::constructible_from<typename Shape::profile, double, double, const Shape&> ||
    std::constructible_from<typename Shape::profile, const ramp_ends&, double> ||
    std::constructible_from<typename Shape::profile, const ramp_ends&, double, const Shape&>;

}  // namespace detail

/// What the shape of a ramp must have; shapes.hpp says what each of them means.
template <class Shape>
concept RampShape = std::copy_constructible<Shape> && detail::HasSplitPoint<Shape> && detail::HasProfile<Shape> &&
    detail::MakesProfile<Shape>;

namespace detail {

template <class Shape>
PACER_HD constexpr typename Shape::profile make_profile(const Shape& shape, const ramp_ends& ends, double n) noexcept {
    using profile = typename Shape::profile;
    if constexpr (std::constructible_from<profile, const ramp_ends&, double, const Shape&>)
        return profile(ends, n, shape);
    else if constexpr (std::constructible_from<profile, const ramp_ends&, double>)
        return profile(ends, n);
    else if constexpr (std::constructible_from<profile, double, double, const Shape&>)
        return profile(rise_between(ends.from(), ends.to()), n, shape);
    else
        return profile(rise_between(ends.from(), ends.to()), n);
}

// A profile whose products the compiler may fuse is always asked here, and computed by this code alone.
template <class Profile>
PACER_ONE_COPY PACER_HD constexpr double moved_apart(const Profile& profile, double k, bool from_end) noexcept {
    return from_end ? profile.left(k) : profile.done(k);
}

/// The rate k >= 0 updates after the start or -k >= 0 before the end.
template <class Profile>
PACER_ALWAYS_INLINE PACER_HD constexpr double rate_of(const Profile& profile, const ramp_ends& ends, double k,
                                                      bool from_end) noexcept {
    const double end = ends.at(from_end);
    if constexpr (RateProfile<Profile>)
        return profile.rate(ends, k, from_end);
    else if constexpr (!UnfusedProfile<Profile>)
        return end + moved_apart(profile, from_end ? -k : k, from_end);
    else if constexpr (SymmetricProfile<Profile>)
        return end + profile.symmetric(k);
    else
        return end + (from_end ? profile.left(-k) : profile.done(k));
}

/// The first step, from 0 to `end`, that is counted from the end: past the split point of a ramp in which step 0 is
/// `shift` updates ahead.
PACER_HD constexpr step_t split_step(double split_point, double length, double shift, step_t end) noexcept {
    const double split = times(split_point, length);
    step_t step = split < shift ? 0 : floor_to_int(split - shift) + 1;
    if (step > 0 && static_cast<double>(step - 1) + shift > split)
        step -= 1;
    return step < end ? step : end;
}

template <class Profile>
PACER_ALWAYS_INLINE PACER_HD constexpr double moved(const Profile& profile, double k, bool from_end) noexcept {
    return from_end ? profile.left(k) : profile.done(k);
}

/// The rate of a compact ramp, x updates after its start and m before its end. Of the shape itself, and not of `any` made
/// of it, which a device would keep in the thread's own memory.
PACER_SELDOM PACER_HD constexpr double shaped_rate(const shapes::any& by, const ramp_ends& ends, double length,
                                                   step_t step, double shift, step_t end, double x, double m) noexcept {
    using kind = ramp_shape::kind;
    const bool from_end = step >= split_step(by.split_point(), length, shift, end);
    const double k = from_end ? m : x;
    const double rise = rise_between(ends.from(), ends.to());
    const double mirrored = by.backwards ? -rise : rise;
    const bool from_its_end = from_end != by.backwards;
    switch (by.shape.which()) {
    case kind::one_minus_sqrt:
        return ends.at(from_end) + moved(shapes::one_minus_sqrt::profile(mirrored, length), k, from_its_end);
    case kind::half_life:
        return ends.at(from_end) + moved(shapes::half_life::profile(mirrored, length), k, from_its_end);
    case kind::power:
        return ends.at(from_end) +
               moved(shapes::power::profile(mirrored, length, {by.shape.exponent()}), k, from_its_end);
    case kind::exponential: return shapes::exponential::profile(ends, length).rate(ends, from_end ? -k : k, from_end);
    case kind::cosine: return ends.at(from_end) + shapes::cosine::profile(rise, length).symmetric(from_end ? -k : k);
    case kind::linear: break;
    }
    return ends.at(from_end) + shapes::linear::profile(rise, length).symmetric(from_end ? -k : k);
}

PACER_HOST constexpr bool is_number_of_updates(double n) noexcept {
    return is_between_0_and(static_cast<double>(longest) + 1, n);
}
PACER_HOST constexpr violation check_updates(const char* field, double n) noexcept {
    if (is_number_of_updates(n))
        return {};
    return bad_rate(field, n, "must be a number of updates from 0 to 2^53");
}
PACER_SELDOM PACER_HOST constexpr void reject_ramp(const ramp_ends& ends, double length, double shift) {
    require(first_of(check_rate("from", ends.from()), check_rate("to", ends.to()), check_updates("length", length),
                     check_updates("shift", shift),
                     check_ends(ramp_shape::exponential, "from", ends.from(), "to", ends.to())));
}
/// All at once, and which of them is wrong only if one is.
PACER_HOST constexpr void require_ramp(const ramp_ends& ends, double length, double shift, bool is_exponential) {
    constexpr double most = largest<double>;
    if (!is_between_0_and(most, ends.from()) || !is_between_0_and(most, ends.to()) || !is_number_of_updates(length) ||
        !is_number_of_updates(shift) || (is_exponential && !(ends.from() > 0 && ends.to() > 0))) [[unlikely]]
        reject_ramp(ends, length, shift);
}

/// Tells a visitor a kernel of one side of a ramp.
template <class Visitor>
struct segment_of {
    Visitor& visitor;
    step_range k;

    template <class Kernel>
    PACER_HOST constexpr void operator()(const Kernel& kernel, bool backwards) const {
        visitor.segment(kernel, backwards ? step_range{-k.first, -k.stride, k.count} : k);
    }
};

/// Where step 0 of a ramp stands: so many updates after the start, so many before the end. In whole numbers, or else the
/// bits of two doubles.
struct ramp_place {
    bool is_fractional;
    step_t before;
    step_t left;

    PACER_HD constexpr ramp_place(double length, double shift) noexcept {
        // What is left is a whole number in most cases, also where `length` is a total less a fractional warm-up;
        // then the rounding of that difference must not show.
        const double rest = length - shift;
        const double size = rest < 0 ? -rest : rest;
        const auto nearest = static_cast<double>(nearest_even_to_int(size));
        const bool is_nearest = (size < nearest ? nearest - size : size - nearest) <= 0x1p-52 * length;
        const double rounded = !is_nearest ? rest : rest < 0 ? -nearest : nearest;
        before = floor_to_int(shift);
        left = floor_to_int(rounded);  // towards 0, if below it
        is_fractional = static_cast<double>(before) != shift || static_cast<double>(left) != rounded;
        if (is_fractional) {
            before = static_cast<step_t>(to_bits(shift));
            left = static_cast<step_t>(to_bits(rounded));
        }
    }

    [[nodiscard]] PACER_HD constexpr double shift() const noexcept {
        return is_fractional ? from_bits(static_cast<std::uint64_t>(before)) : static_cast<double>(before);
    }
    [[nodiscard]] PACER_HD constexpr double rest() const noexcept {
        return is_fractional ? from_bits(static_cast<std::uint64_t>(left)) : static_cast<double>(left);
    }
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept {
        return rest() <= 0 ? 0 : is_fractional ? ceil_to_int(rest()) : left;
    }
};

/// The rate of a ramp that has not been made, inside of it: x updates after its start and m before its end.
PACER_HD constexpr double rate_inside(const shapes::any& by, const ramp_ends& ends, double length, step_t step,
                                      double shift, step_t end, double x, double m) noexcept {
    if (by.shape.is_linear())
        return ends.at(x > m) +
               shapes::linear::profile(rise_between(ends.from(), ends.to()), length).symmetric(x > m ? -m : x);
    return shaped_rate(by, ends, length, step, shift, end, x, m);
}

/// The rate of a ramp that has not been made, at a step of 0 or more: its bits, without its constructor, which is for the
/// host. The ramp must be a valid one.
PACER_HD constexpr double rate_of_ramp(const shapes::any& by, const ramp_ends& ends, double length, double shift,
                                       step_t step) noexcept {
    const ramp_place at(length, shift);
    const step_t total = at.total_steps();
    if (step >= total)
        return ends.to();
    const double n = length > 0x1p-900 ? length : 1;
    return rate_inside(by, ends, n, step, at.shift(), total, at.shift() + static_cast<double>(step),
                       at.rest() - static_cast<double>(step));
}
/// The same of one whose length is a whole number of updates, at a step below it.
PACER_HD constexpr double rate_of_whole_ramp(const shapes::any& by, const ramp_ends& ends, step_t length,
                                             step_t step) noexcept {
    return rate_inside(by, ends, as_double(length), step, 0, length, as_double(step), as_double(length - step));
}

// What a ramp has to keep beside the rest if its profile is not the same from both ends.
template <bool Kept>
struct hidden_left {
    step_t value = 0;
};
template <>
struct hidden_left<false> {};

}  // namespace detail

/// A ramp from `from` to `to` over `length` updates, then `to` for ever.
///
///     lr(s) = from + (to - from) done(x / length),  x = max(s, 0) + shift,  while x < length
///     lr(s) = to                                    otherwise
///
/// @param from, to  rates: finite, 0 or more (above 0 for an exponential shape); either may be the larger.
/// @param length    in updates, from 0 to 2^53. It may end between two updates. 0 is a jump: the value is `to`.
/// @param shape     one of `pacer::shapes`, or one's own (shapes.hpp).
/// @param shift     how far into the ramp step 0 is, in updates: 0 to 2^53.
///
/// `from` at step 0 (without shift) and `to` from step `length` on are exact, and between them the curve never leaves
/// [from, to] and never changes its direction. Its `total_steps` is the first step past it, `length - shift` rounded up.
/// Anything else in the parameters is an `invalid_schedule`.
template <RampShape Shape = shapes::linear>
class ramp : detail::hidden_left<!detail::SymmetricProfile<typename Shape::profile>> {
    using profile_type = typename Shape::profile;
    static constexpr bool is_symmetric = detail::SymmetricProfile<profile_type>;
    static constexpr bool is_compact = std::is_same_v<Shape, shapes::compact>;

public:
    /// From one rate to another over so many updates, by a shape; `shift` is added to the step.
    PACER_OUT_OF_LINE PACER_HOST constexpr ramp(double from, double to, double length, Shape shape = {},
                                                double shift = 0)
        : ramp(checked{{{from, to}}, length, shift, shape}) {}

    /// The rate used by update `step`.
    [[nodiscard]] PACER_ALWAYS_INLINE PACER_HD constexpr double operator()(step_t step) const noexcept {
        return detail::is_below(step, place_[1]) ? plain(step) : anywhere(step);
    }
    PACER_REFUSE_FRACTIONAL_STEPS

    /// The first step past the ramp.
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept {
        if (is_fractional())
            return fractional_left() > 0 ? detail::ceil_to_int(fractional_left()) : 0;
        return left() > 0 ? left() : 0;
    }

    /// See segments.hpp. The range may fall.
    template <class Visitor>
    PACER_OUT_OF_LINE PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        if (is_fractional() || !detail::UnfusedProfile<profile_type>) {
            v.each(*this, steps);
            return;
        }
        const bool falls = steps.stride < 0;
        const step_t split = split_of_whole();
        const step_t borders[] = {falls ? total_steps() : split, falls ? split : total_steps()};
        for (int part = 0; part < 3 && steps.count > 0; ++part) {
            const step_t n = part < 2 ? steps.until(borders[part]) : steps.count;
            if (n > 0)
                visit_part(falls ? 2 - part : part, steps.take(n), v);
            steps = steps.drop(n);
        }
    }

private:
    template <bool Restarting, class Half>
    friend class detail::cosine_train;

    struct checked {
        detail::ramp_ends ends;
        double length;
        double shift;
        const Shape& shape;

        PACER_HOST constexpr checked(const detail::ramp_ends& e, double n, double s, const Shape& by)
            : ends(e), length(n), shift(s), shape(by) {
            bool is_exponential = std::is_same_v<Shape, shapes::exponential>;
            if constexpr (std::is_same_v<Shape, shapes::any> || is_compact)
                is_exponential = shape.shape == ramp_shape::exponential;
            detail::require_ramp(ends, length, shift, is_exponential);
        }
    };

    PACER_HOST constexpr explicit ramp(const checked& p) : ramp(p, detail::ramp_place(p.length, p.shift)) {}
    PACER_HOST constexpr ramp(const checked& p, const detail::ramp_place& at)
        : ends_(p.ends),
          place_{at.is_fractional ? at.before | sign : -at.before, at.left},
          profile_(detail::make_profile(p.shape, p.ends, p.length > 0x1p-900 ? p.length : 1)) {
        bool is_plain = !at.is_fractional && at.left > 0;
        if constexpr (is_compact)
            is_plain = is_plain && profile_.is_linear();
        if (!is_plain)
            hide();
        if constexpr (!is_symmetric)
            split_ = detail::split_step(p.shape.split_point(), p.length, p.shift, total_steps());
        else if (is_plain)
            split_ = middle();
    }

    // Makes every step take the slow path: what is left is 0 then, and kept in the room of what only the fast one needs.
    PACER_HOST constexpr void hide() noexcept {
        if constexpr (is_symmetric)
            split_ = place_[1];
        else
            this->value = place_[1];
        place_[1] = 0;
    }

    [[nodiscard]] PACER_HD constexpr bool is_plain() const noexcept { return place_[1] != 0; }
    // The first step past the middle of a ramp of whole numbers.
    [[nodiscard]] PACER_HD constexpr step_t middle() const noexcept {
        const step_t step = left() < before() ? 0 : (left() - before()) / 2 + 1;
        return step < total_steps() ? step : total_steps();
    }
    [[nodiscard]] PACER_HD constexpr step_t before() const noexcept { return -place_[0]; }
    [[nodiscard]] PACER_HD constexpr step_t left() const noexcept {
        if (is_plain())
            return place_[1];
        if constexpr (is_symmetric)
            return split_;
        else
            return this->value;
    }
    [[nodiscard]] PACER_HD constexpr bool is_fractional() const noexcept { return place_[0] < sign / 4; }
    [[nodiscard]] PACER_HD constexpr double fractional_shift() const noexcept {
        return detail::from_bits(static_cast<std::uint64_t>(place_[0] ^ sign));
    }
    [[nodiscard]] PACER_HD constexpr double fractional_left() const noexcept {
        return detail::from_bits(static_cast<std::uint64_t>(left()));
    }

    // From here on updates are counted from the end.
    [[nodiscard]] PACER_HOST constexpr step_t split_of_whole() const noexcept {
        if (is_plain() || !is_symmetric)
            return split_;
        if constexpr (is_compact) {
            if (!profile_.is_linear())
                return detail::split_step(profile_.shape().split_point(), profile_.length(),
                                          static_cast<double>(before()), total_steps());
        }
        return middle();
    }

    // For steps of a plain ramp.
    [[nodiscard]] PACER_ALWAYS_INLINE PACER_HD constexpr double plain(step_t step) const noexcept {
        const bool from_end = step >= split_;
        const auto k = static_cast<double>(step - detail::pick(place_, from_end));
        return detail::rate_of(profile_, ends_, k, from_end);  // without a branch, which random steps would mispredict
    }

    [[nodiscard]] PACER_OUT_OF_LINE PACER_HD constexpr double anywhere(step_t step) const noexcept {
        const step_t s = step < 0 ? 0 : step;
        if (s >= total_steps())
            return ends_.to();
        const double shift = is_fractional() ? fractional_shift() : static_cast<double>(before());
        const double rest = is_fractional() ? fractional_left() : static_cast<double>(left());
        const double x = shift + static_cast<double>(s);
        const double m = rest - static_cast<double>(s);
        if constexpr (is_compact) {
            if (!profile_.is_linear())
                return detail::shaped_rate(profile_.shape(), ends_, profile_.length(), s, shift, total_steps(), x, m);
        }
        bool from_end = x > m;
        if constexpr (!is_symmetric)
            from_end = s >= split_;
        return detail::rate_of(profile_, ends_, from_end ? -m : x, from_end);
    }

    // Parts: 0 counted from the start, 1 counted from the end, 2 past the end.
    template <class Visitor>
    PACER_HOST constexpr void visit_part(int part, step_range steps, Visitor& v) const {
        if (part == 2) {
            v.constant(ends_.to(), steps.count);
            return;
        }
        if constexpr (!is_compact)
            visit_side(profile_, part == 1, steps, v);
        else if (profile_.is_linear())
            visit_side(profile_.as_linear(), part == 1, steps, v);
        else
            visit_step_by_step(detail::make_profile(profile_.shape(), ends_, profile_.length()), part == 1, steps, v);
    }

    template <class Profile, class Visitor>
    PACER_HOST constexpr void visit_side(const Profile& profile, bool from_end, step_range steps, Visitor& v) const {
        const detail::segment_of<Visitor> segment{v, steps.later(from_end ? -left() : before())};
        if (!detail::visit_kernel_of(profile, ends_.at(from_end), from_end, false, segment))
            visit_step_by_step(profile, from_end, steps, v);
    }

    // One prepared profile for all of them, but no kernel: compiling one for every shape and each exponent would cost more
    // than a warm-up is worth.
    template <class Profile, class Visitor>
    PACER_HOST constexpr void visit_step_by_step(const Profile& profile, bool from_end, step_range steps,
                                                 Visitor& v) const {
        v.each(
            [&](step_t step) {
                return detail::rate_of(profile, ends_, static_cast<double>(step - (from_end ? left() : -before())),
                                       from_end);
            },
            steps);
    }

    static constexpr step_t sign = -endless - 1;

    detail::ramp_ends ends_;
    step_t
        place_[2];  // of the start, of the end: as a step; of a fractional ramp the bits of -shift and of what is left
    step_t split_ = 0;
    profile_type profile_;
};

PACER_IN_LIBRARY(class ramp<shapes::linear>)
PACER_IN_LIBRARY(class ramp<shapes::cosine>)
PACER_IN_LIBRARY(class ramp<shapes::power>)
PACER_IN_LIBRARY(class ramp<shapes::any>)
PACER_IN_LIBRARY(class ramp<shapes::compact>)

}  // namespace pacer

#endif
