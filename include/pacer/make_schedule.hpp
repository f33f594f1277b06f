// SPDX-License-Identifier: MIT
#ifndef PACER_MAKE_SCHEDULE_HPP
#define PACER_MAKE_SCHEDULE_HPP

/// Schedules by names that are known only at run time. Not part of the umbrella header.

#include <pacer/pacer.hpp>

#include <array>
#include <optional>
#include <string_view>

namespace pacer {

/// The parameters of any schedule; what is not given has the default of the schedule named. Fields mean what they mean
/// in the schedules' own parameters, and a field that the schedule named does not have must not be given.
struct schedule_parameters {
    std::optional<double> peak_lr{};
    std::optional<lr_or_ratio> min_lr{};
    std::optional<lr_or_ratio> end_lr{};
    std::optional<lr_or_ratio> init_lr{};
    std::optional<step_t> total_steps{};
    std::optional<pacer::warmup> warmup{};
    std::optional<pacer::first_step> first_step{};
    std::optional<pacer::past_end> past_end{};
    std::optional<double> num_cycles{};
    std::optional<double> power{};
    std::optional<step_t> timescale{};
    std::optional<step_t> stable_steps{};
    std::optional<step_t> decay_steps{};
    std::optional<ramp_shape> decay_shape{};
    std::optional<ramp_shape> warmup_shape{};
};

/// The names `make_schedule` knows: pacer's own, which are Hugging Face's where Hugging Face has one.
inline constexpr std::array<std::string_view, 11> schedule_names{
    "constant",   "constant_with_warmup", "linear_warmup",        "linear",
    "cosine",     "cosine_with_min_lr",   "cosine_with_restarts", "cosine_warmup_with_min_lr",
    "polynomial", "inverse_sqrt",         "warmup_stable_decay"};

namespace detail {

constexpr violation not_a_field(const char* field) noexcept {
    return missing(field, "this schedule has no such parameter");
}

// One field of the parameters: set where the schedule has it, refused where it does not.
#define PACER_TAKE(name)                                                                                               \
    if (given.name) {                                                                                                  \
        if constexpr (requires { p.name; })                                                                            \
            take(#name, p.name, *given.name, given);                                                                   \
        else                                                                                                           \
            reject(not_a_field(#name));                                                                                \
    }

template <class To, class From>
void take(const char*, To& to, const From& from, const schedule_parameters&) {
    to = static_cast<To>(from);
}

// Counts that some schedules hold as integers: 2.5 restarts is an error, not 2.
inline void take(const char* field, step_t& to, const double& from, const schedule_parameters&) {
    if (!(from >= 0 && from <= 0x1p53 && static_cast<double>(floor_to_int(from)) == from))
        reject(bad_rate(field, from, "must be a whole number for this schedule"));
    to = floor_to_int(from);
}

// A ratio for a field that is a plain rate.
template <std::floating_point Real>
void take(const char* field, Real& to, const lr_or_ratio& from, const schedule_parameters& given) {
    require(check(field, from, given.peak_lr.value_or(0)));
    to = static_cast<Real>(from.rate(given.peak_lr.value_or(0)));
}

template <std::floating_point Real, class S>
any_schedule<Real> make_from(const schedule_parameters& given) {
    typename S::params_type p;
    PACER_TAKE(peak_lr)
    PACER_TAKE(min_lr)
    PACER_TAKE(end_lr)
    PACER_TAKE(init_lr)
    PACER_TAKE(total_steps)
    PACER_TAKE(warmup)
    PACER_TAKE(first_step)
    PACER_TAKE(past_end)
    PACER_TAKE(num_cycles)
    PACER_TAKE(power)
    PACER_TAKE(timescale)
    PACER_TAKE(stable_steps)
    PACER_TAKE(decay_steps)
    PACER_TAKE(decay_shape)
    PACER_TAKE(warmup_shape)
    return S(p);
}

#undef PACER_TAKE

}  // namespace detail

/// The schedule of that name with these parameters.
///
///     auto lr = pacer::make_schedule("cosine", {.peak_lr = 1e-3, .total_steps = 1000});
///
/// @param name        one of `schedule_names`.
/// @param parameters  see `schedule_parameters`.
///
/// An error (`invalid_schedule`): an unknown name (field "name"); "reduce_lr_on_plateau" and "greedy", which are
/// controllers, fed by a metric; a parameter that the schedule does not have; whatever its constructor rejects.
template <std::floating_point Real = double>
[[nodiscard]] any_schedule<Real> make_schedule(std::string_view name, const schedule_parameters& parameters) {
    if (name == "constant")
        return detail::make_from<Real, constant<Real>>(parameters);
    if (name == "constant_with_warmup")
        return detail::make_from<Real, constant_with_warmup<Real>>(parameters);
    if (name == "linear_warmup")
        return detail::make_from<Real, linear_warmup<Real>>(parameters);
    if (name == "linear")
        return detail::make_from<Real, linear<Real>>(parameters);
    if (name == "cosine")
        return detail::make_from<Real, cosine<Real>>(parameters);
    if (name == "cosine_with_min_lr")
        return detail::make_from<Real, cosine_with_min_lr<Real>>(parameters);
    if (name == "cosine_with_restarts")
        return detail::make_from<Real, cosine_with_restarts<Real>>(parameters);
    if (name == "cosine_warmup_with_min_lr")
        return detail::make_from<Real, cosine_warmup_with_min_lr<Real>>(parameters);
    if (name == "polynomial")
        return detail::make_from<Real, polynomial<Real>>(parameters);
    if (name == "inverse_sqrt")
        return detail::make_from<Real, inverse_sqrt<Real>>(parameters);
    if (name == "warmup_stable_decay")
        return detail::make_from<Real, warmup_stable_decay<Real>>(parameters);
    if (name == "reduce_lr_on_plateau" || name == "greedy")
        detail::reject(detail::missing("name", "is a controller, fed by a metric; it is not a function of the step"));
    detail::reject(detail::missing(
        "name", "must be one of constant, constant_with_warmup, linear_warmup, linear, cosine, cosine_with_min_lr, "
                "cosine_with_restarts, cosine_warmup_with_min_lr, polynomial, inverse_sqrt, warmup_stable_decay"));
}

}  // namespace pacer

#endif
