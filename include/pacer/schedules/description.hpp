// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_DESCRIPTION_HPP
#define PACER_SCHEDULES_DESCRIPTION_HPP

/// What a schedule says of itself, once. The parameters of a schedule are a struct with
///
///     using rate_type = Real;
///     static constexpr const char* name = "linear";            the name it is made, saved and listed by
///     static constexpr const char* formula = "P - ...";        the rate after the warm-up, for README.md
///     static constexpr const char* elsewhere = "... / ...";    what Hugging Face, PyTorch and Optax call it, for README.md
///     Real peak_lr = -1; ...                                   the fields, which the user gives by their names
///     static constexpr void visit_fields(Self& p, Visitor&& visit)
///                                                              visit(field, member) for each, in their order
///     constexpr violation check() const                        what the fields do not say one by one
///     template <class Grade> constexpr auto curve() const      the curve, of the primitives of a grade
///     template <class Grade> constexpr double end() const      what `past_end::hold` holds, if not the curve at its end
///     constexpr Params resolved() const                        the fields that were left open filled in, if it has such
///
/// and, for a run whose end is moved (training/replan.hpp), where it is not as usual:
///
///     constexpr step_t kept_until() const                      the last step whose rate does not depend on total_steps, if
///                                                              not the end of the warm-up; `endless` if none does
///     constexpr violation check_stretching() const             what keeps the rest from being stretched, as one descent is
///     constexpr Params with_total(step_t total, bool in_decay) const
///                                                              with another total_steps, decided in the decay or before
///
/// and the class is `named<Params>` under the schedule's name. Everything else follows from these and from the one list,
/// schedules/all.hpp: making by name, expressions, checkpoints, documentation, tests.

#include <pacer/error.hpp>
#include <pacer/list.hpp>
#include <pacer/lr_ratio.hpp>
#include <pacer/past_end.hpp>
#include <pacer/ramp.hpp>
#include <pacer/warmup.hpp>

namespace pacer {

/// What kind of quantity a field is.
enum class quantity : unsigned char {
    rate,           ///< an absolute rate
    rate_or_ratio,  ///< a rate, or a `lr_ratio` of the peak
    steps,          ///< a number of updates
    warmup,         ///< `warmup_steps`, `warmup_ratio` or `no_warmup`
    number,         ///< a plain number: an exponent, a number of cycles, a factor
    shape,          ///< a `ramp_shape`
    choice,         ///< one of the names of an enumeration
    flag,           ///< yes or no
    list            ///< several rates or steps
};

/// What is said of one field of a schedule.
struct field {
    const char* name;                                 ///< as the user gives it
    quantity kind;                                    ///< what kind of quantity it is
    const char* about;                                ///< one line of documentation
    const char* rule = nullptr;                       ///< of a number, or steps: what it must be
    double lowest = 0;                                ///< of a number, or steps
    double highest = pacer::detail::largest<double>;  ///< of a number, or steps
    bool above_lowest = false;                        ///< of a number: `lowest` itself is not accepted
    bool may_be_endless = false;                      ///< of steps
    bool may_be_open = false;                         ///< not given, it follows from the other fields, or is not used
    bool may_exceed_peak = false;                     ///< of rates or ratios
    bool has_wave = false;                            ///< of `past_end`
    bool is_power = false;                            ///< of a number: an exponent of `shapes::power`
    bool may_decrease = false;                        ///< of a list of steps
    bool is_signed = false;  ///< of a number: it may be negative, and the schedule itself checks its range
    bool is_length = false;  ///< of steps, in a dialect: what is more where the whole is to be longer
    double exact_in = 0;     ///< of a number: in the grade `exact`, a multiple of this
};

/// The fields that several schedules have.
namespace fields {

inline constexpr field peak_lr{"peak_lr", quantity::rate, "the rate after the warm-up"};
inline constexpr field init_lr{"init_lr", quantity::rate, "the rate the warm-up starts from"};
inline constexpr field min_lr{"min_lr", quantity::rate_or_ratio, "the floor, at most the peak"};
inline constexpr field end_lr{.name = "end_lr",
                              .kind = quantity::rate_or_ratio,
                              .about = "the rate at the end; it may be above the peak",
                              .may_exceed_peak = true};
inline constexpr field num_cycles{.name = "num_cycles",
                                  .kind = quantity::number,
                                  .about = "full waves over the decay",
                                  .rule = "must be from 0 to 2^53",
                                  .highest = 0x1p53,
                                  .exact_in = 0.5};
inline constexpr field num_descents{.name = "num_cycles",
                                    .kind = quantity::number,
                                    .about = "descents over the decay",
                                    .rule = "must be from 0 to 2^53",
                                    .highest = 0x1p53,
                                    .exact_in = 1};
inline constexpr field power{.name = "power",
                             .kind = quantity::number,
                             .about = "the exponent",
                             .rule = "must be above 0 and finite",
                             .above_lowest = true,
                             .is_power = true};
inline constexpr field factor{.name = "factor",
                              .kind = quantity::number,
                              .about = "what the rate is multiplied by each time",
                              .rule = "must be above 0 and at most 1",
                              .highest = 1,
                              .above_lowest = true};
inline constexpr field every{.name = "every",
                             .kind = quantity::steps,
                             .about = "updates between two changes of the rate",
                             .rule = "must be 1 or more",
                             .lowest = 1};
inline constexpr field total_steps{"total_steps", quantity::steps, "the length, warm-up included"};
inline constexpr field total_steps_or_endless{
    .name = "total_steps", .kind = quantity::steps, .about = "the length, warm-up included", .may_be_endless = true};
inline constexpr field warmup{"warmup", quantity::warmup, "the length of the warm-up"};
inline constexpr field warmup_shape{"warmup_shape", quantity::shape, "the shape of the warm-up, a decay run backwards"};
inline constexpr field first_step{"first_step", quantity::choice, "the rate of the first warm-up update"};
inline constexpr field past_end{"past_end", quantity::choice, "the rate past the end"};
inline constexpr field past_end_or_wave{
    .name = "past_end", .kind = quantity::choice, .about = "the rate past the end", .has_wave = true};

}  // namespace fields

namespace detail {

/// What is said of a warm-up beside its length.
template <class Self, class Visitor>
PACER_HOST constexpr void visit_warmup_fields(Self& p, Visitor&& visit) {
    visit(fields::warmup_shape, p.warmup_shape);
    visit(fields::init_lr, p.init_lr);
    visit(fields::first_step, p.first_step);
}

/// `peak_lr` in the type that everything is computed in.
template <class Params>
PACER_HD constexpr double peak(const Params& p) noexcept {
    return static_cast<double>(p.peak_lr);
}

/// What one field says of its value.
template <Rate Real>
PACER_HOST constexpr violation check_field(const field& f, const Real& value, double) noexcept {
    const auto x = static_cast<double>(value);
    if ((f.may_be_open && x == static_cast<double>(unset)) || f.is_signed)
        return {};
    if (f.kind == quantity::rate)
        return check_rate(f.name, x);
    const bool in_range = f.lowest <= x && is_between_0_and(f.highest, x) && !(f.above_lowest && x <= f.lowest);
    return in_range ? violation{} : bad_rate(f.name, x, f.rule);
}
PACER_HOST constexpr violation check_field(const field& f, const step_t& value, double) noexcept {
    if ((f.may_be_endless && value == endless) || (f.may_be_open && value == unset))
        return {};
    const violation v = check_length(f.name, value);
    return v || static_cast<double>(value) >= f.lowest ? v : bad_count(f.name, value, f.rule);
}
template <std::same_as<lr_or_ratio> Value, class Real>
PACER_HOST constexpr violation check_field(const field& f, const Value& value, Real peak_lr) noexcept {
    if (f.may_be_open && !value.is_given())
        return {};
    return f.may_exceed_peak ? check_end(f.name, value, peak_lr) : check_floor(f.name, value, peak_lr);
}
PACER_HOST constexpr violation check_field(const field&, const warmup& value, double) noexcept {
    return check_alone(value);
}
PACER_HOST constexpr violation check_field(const field& f, const past_end& value, double) noexcept {
    return check(value, f.has_wave);
}
PACER_HOST constexpr violation check_field(const field&, const ramp_shape&, double) noexcept { return {}; }
PACER_HOST constexpr violation check_field(const field&, const bool&, double) noexcept { return {}; }
template <class Real>
PACER_HOST constexpr violation check_field(const field& f, const list<double>& value, Real) noexcept {
    return check_rates(f.name, value, static_cast<double>(pacer::detail::largest<Real>));
}
PACER_HOST constexpr violation check_field(const field& f, const list<step_t>& value, double) noexcept {
    return check_steps(f.name, value, f.may_decrease);
}
template <class Choice>
requires std::is_enum_v<Choice> PACER_HOST constexpr violation check_field(const field& f, const Choice& value,
                                                                           double) noexcept {
    return check_choice(f.name, value);
}

/// Keeps what the first field says that breaks a rule of its own. One for all schedules, and out of line, because it would
/// else be compiled for every field of each.
template <class Real>
struct field_checker {
    Real peak_lr = 0;
    violation found{};

    template <class T>
    PACER_OUT_OF_LINE PACER_HOST constexpr void operator()(const field& f, const T& value) noexcept {
        if (!found)
            found = check_field(f, value, peak_lr);
    }
};

template <class Params>
PACER_HOST constexpr violation check_fields(const Params& p) noexcept {
    field_checker<typename Params::rate_type> checker;
    if constexpr (requires { p.peak_lr; })
        checker.peak_lr = p.peak_lr;
    Params::visit_fields(p, checker);
    return checker.found;
}

/// What the fields of a schedule with a warm-up do not say one by one.
template <class Params>
PACER_HOST constexpr violation check_warmup(const Params& p) noexcept {
    return check(p.warmup, p.total_steps);
}

}  // namespace detail

/// The parameters of a schedule.
template <class P>
concept ScheduleParameters = requires(const P& p) {
    typename P::rate_type;
    P::name;
    { p.check() } -> std::same_as<violation>;
};

/// Which rule these parameters break, if any; what the constructor of the schedule asks.
template <ScheduleParameters P>
[[nodiscard]] PACER_OUT_OF_LINE PACER_HOST constexpr violation check(const P& p) noexcept {
    if (const violation v = detail::check_fields(p))
        return v;
    if constexpr (requires {
                      p.warmup_shape;
                      p.peak_lr;
                  }) {
        if (const violation v = detail::check_ends(p.warmup_shape, "init_lr", static_cast<double>(p.init_lr), "peak_lr",
                                                   detail::peak(p)))
            return v;
    }
    return p.check();
}

}  // namespace pacer

#endif
