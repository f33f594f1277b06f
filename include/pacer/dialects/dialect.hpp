// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_DIALECT_HPP
#define PACER_DIALECTS_DIALECT_HPP

// What the schedules of all dialects share. The parameters of one are a struct as in schedules/description.hpp, with the
// peer's names and defaults, and instead of a curve
//
//     static constexpr const char* name = "optax::linear_schedule";   with the dialect
//     constexpr auto schedule() const                                 the same in pacer's words: named schedules and operators
//     constexpr step_t total_steps() const                            its length, where that is not the length of these
//
// so that nothing but the translation is written here, and an expression knows what it means. The field
// that gives it its length is described `as_length`, so that a run can be extended (training/replan.hpp).

#include <pacer/compose.hpp>
#include <pacer/schedules/all.hpp>

namespace pacer {
namespace detail {

/// The class of a dialect's schedule.
template <class Params>
class dialect_schedule {
public:
    using params_type = Params;
    using meaning_type = decltype(instance_of<Params>().schedule());

    PACER_HOST constexpr explicit dialect_schedule(const Params& p)
        : meaning_((require(pacer::check(p)), p).schedule()), params_(p) {}

    /// The rate used by update `step`.
    [[nodiscard]] PACER_ALWAYS_INLINE PACER_HD constexpr double operator()(step_t step) const noexcept {
        return meaning_(step);
    }
    PACER_REFUSE_FRACTIONAL_STEPS

    /// Where the curve ends; `endless` if it does not.
    [[nodiscard]] PACER_HD constexpr step_t total_steps() const noexcept {
        if constexpr (requires { params_.total_steps(); })
            return params_.total_steps();
        else
            return pacer::total_steps(meaning_);
    }

    [[nodiscard]] PACER_HD constexpr const Params& params() const noexcept { return params_; }

    /// The same schedule in pacer's words.
    [[nodiscard]] PACER_HD constexpr const meaning_type& meaning() const noexcept { return meaning_; }

    /// See segments.hpp.
    template <class Visitor>
    PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        detail::visit_segments(meaning_, steps, v);
    }

private:
    meaning_type meaning_;
    Params params_;
};

/// The schedules of a dialect.
template <class... S>
struct dialect_list {
    static constexpr int size = sizeof...(S);
    static constexpr const char* names[] = {S::params_type::name...};
};

template <class... Lists>
struct joined_dialects;
template <class... A>
struct joined_dialects<dialect_list<A...>> {
    using type = dialect_list<A...>;
};
template <class... A, class... B, class... Rest>
struct joined_dialects<dialect_list<A...>, dialect_list<B...>, Rest...> {
    using type = typename joined_dialects<dialect_list<A..., B...>, Rest...>::type;
};

/// A curve that one dialect alone has, and that is made of no named schedules: it has no name of its own.
template <class Curve>
inline constexpr bool is_nameless = requires {
    typename Curve::nameless;
};
template <class Shape>
inline constexpr bool is_nameless<ramp<Shape>> = requires {
    typename Shape::nameless;
};

/// Where steps and factors of the rate are given by one dictionary: the steps from 0 on, and the rates there.
struct scaled_rates {
    list<step_t> at{};
    list<double> rates{};

    PACER_HOST constexpr scaled_rates(double rate, const list<step_t>& boundaries,
                                      const list<double>& scales) noexcept {
        if (boundaries.is_empty() || boundaries[0] > 0)
            add(0, rate);
        for (step_t k = 0; k < boundaries.size(); ++k)
            add(boundaries[k], rate *= scales[k]);
    }

private:
    PACER_HOST constexpr void add(step_t step, double rate) noexcept {
        at.add(step);
        rates.add(rate);
    }
};

PACER_HOST constexpr violation check_scales(const char* field, double rate, const list<step_t>& boundaries,
                                            const list<double>& scales) noexcept {
    if (scales.size() != boundaries.size())
        return bad_count("scales", scales.size(), "so many values: must be as many as steps");
    for (const double scale : scales)
        if (!is_finite(rate *= scale))
            return bad_rate("scales", scale, "makes a rate that is not finite");
    if (boundaries.size() == list<step_t>::capacity && boundaries[0] > 0)
        return bad_count(field, boundaries.size(), "so many values: at most 15; for more, an expression");
    return {};
}

/// Stairs by a factor, at steps that do not decrease: at most 15.
PACER_HOST constexpr auto stairs_at(double rate, double factor, const list<step_t>& steps) {
    list<step_t> at{};
    list<double> rates{};
    const auto stair = [&](step_t step, step_t number) {
        at.add(step);
        rates.add(number == 0   ? rate
                  : factor == 0 ? 0
                                : geometric_term(rate, factor, static_cast<std::uint64_t>(number)));
    };
    stair(0, 0);
    for (step_t k = 0; k < steps.size(); ++k)
        stair(steps[k], k + 1);
    return piecewise<>({.at = at, .rates = rates, .interpolation = interpolation::constant, .total_steps = endless});
}
PACER_HOST constexpr violation check_room_for_one_more(const char* field, const list<step_t>& steps) noexcept {
    if (steps.size() < list<step_t>::capacity)
        return {};
    return bad_count(field, steps.size(), "so many values: at most 15; for more, an expression");
}

}  // namespace detail

/// The fields that the schedules of several dialects have.
namespace fields {

inline constexpr field lr{"lr", quantity::rate, "the rate that the optimizer was given"};

/// A plain number of updates.
PACER_HOST constexpr field updates(const char* name, const char* about) noexcept {
    return {.name = name, .kind = quantity::steps, .about = about};
}
/// A number of updates from 1 on.
PACER_HOST constexpr field updates_from_1(const char* name, const char* about) noexcept {
    return {.name = name, .kind = quantity::steps, .about = about, .rule = "must be 1 or more", .lowest = 1};
}
/// One that may be left out.
PACER_HOST constexpr field optional_updates(const char* name, const char* about) noexcept {
    return {.name = name, .kind = quantity::steps, .about = about, .may_be_open = true};
}
/// The length of the whole, or of a part that grows with it: another one moves the end (training/replan.hpp).
PACER_HOST constexpr field as_length(field f) noexcept {
    f.is_length = true;
    return f;
}
PACER_HOST constexpr field rate(const char* name, const char* about) noexcept {
    return {.name = name, .kind = quantity::rate, .about = about};
}
PACER_HOST constexpr field optional_rate(const char* name, const char* about) noexcept {
    return {.name = name, .kind = quantity::rate, .about = about, .may_be_open = true};
}
/// A number from 0 to 1.
PACER_HOST constexpr field fraction(const char* name, const char* about) noexcept {
    return {.name = name, .kind = quantity::number, .about = about, .rule = "must be from 0 to 1", .highest = 1};
}
PACER_HOST constexpr field optional_fraction(const char* name, const char* about) noexcept {
    field f = fraction(name, about);
    f.may_be_open = true;
    return f;
}
/// A number above 0, up to 1.
PACER_HOST constexpr field fraction_above_0(const char* name, const char* about) noexcept {
    return {.name = name,
            .kind = quantity::number,
            .about = about,
            .rule = "must be above 0 and at most 1",
            .highest = 1,
            .above_lowest = true};
}
PACER_HOST constexpr field number_above_0(const char* name, const char* about) noexcept {
    return {.name = name,
            .kind = quantity::number,
            .about = about,
            .rule = "must be above 0 and finite",
            .above_lowest = true};
}
PACER_HOST constexpr field number_from_1(const char* name, const char* about) noexcept {
    return {
        .name = name, .kind = quantity::number, .about = about, .rule = "must be 1 or more, and finite", .lowest = 1};
}
PACER_HOST constexpr field optional_number(const char* name, const char* about) noexcept {
    field f = number_above_0(name, about);
    f.may_be_open = true;
    return f;
}
/// A number of either sign, whose range the schedule checks itself.
PACER_HOST constexpr field signed_number(const char* name, const char* about) noexcept {
    return {.name = name, .kind = quantity::number, .about = about, .is_signed = true};
}
PACER_HOST constexpr field choice(const char* name, const char* about) noexcept {
    return {.name = name, .kind = quantity::choice, .about = about};
}
PACER_HOST constexpr field flag(const char* name, const char* about) noexcept {
    return {.name = name, .kind = quantity::flag, .about = about};
}
PACER_HOST constexpr field several(const char* name, const char* about) noexcept {
    return {.name = name, .kind = quantity::list, .about = about};
}
/// Several numbers of updates.
PACER_HOST constexpr field lengths(const char* name, const char* about) noexcept {
    return {.name = name, .kind = quantity::list, .about = about, .may_decrease = true};
}

}  // namespace fields
}  // namespace pacer

#endif
