// SPDX-License-Identifier: MIT
#ifndef PACER_EXPRESSION_MAKE_SCHEDULE_HPP
#define PACER_EXPRESSION_MAKE_SCHEDULE_HPP

/// Schedules by names that are known only at run time. Not part of the umbrella header.

#include <pacer/dialects/hugging_face.hpp>
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
template <Rate Real>
void take(const char* field, Real& to, const lr_or_ratio& from, const schedule_parameters& given) {
    require(check(field, from, given.peak_lr.value_or(0)));
    to = static_cast<Real>(from.rate(given.peak_lr.value_or(0)));
}

/// The schedules of `schedule_names`, in that order.
template <class... S>
struct schedule_list {
    template <class Visitor>
    static constexpr void each(Visitor visitor) {
        static_assert(sizeof...(S) == schedule_names.size());
        std::size_t index = 0;
        (visitor(static_cast<const S*>(nullptr), schedule_names[index++]), ...);
    }
};

template <Rate Real = double>
using named_schedules =
    schedule_list<constant<Real>, constant_with_warmup<Real>, linear_warmup<Real>, linear<Real>, cosine<Real>,
                  cosine_with_min_lr<Real>, cosine_with_restarts<Real>, hf::cosine_warmup_with_min_lr<Real>,
                  polynomial<Real>, inverse_sqrt<Real>, warmup_stable_decay<Real>>;

// Every field of `schedule_parameters`, in the order they are written and compared in.
#define PACER_SCHEDULE_FIELDS(field)                                                                                   \
    field(peak_lr) field(min_lr) field(end_lr) field(init_lr) field(total_steps) field(warmup) field(first_step)       \
        field(past_end) field(num_cycles) field(power) field(timescale) field(stable_steps) field(decay_steps)         \
            field(decay_shape) field(warmup_shape)

/// The parameters of one kind of schedule, from those of any.
template <class Params>
Params parameters_as(const schedule_parameters& given) {
    Params p;
#define PACER_TAKE(field)                                                                                              \
    if (given.field) {                                                                                                 \
        if constexpr (requires { p.field; })                                                                           \
            take(#field, p.field, *given.field, given);                                                                \
        else                                                                                                           \
            reject(not_a_field(#field));                                                                               \
    }
    PACER_SCHEDULE_FIELDS(PACER_TAKE)
#undef PACER_TAKE
    return p;
}

/// visitor(schedule), with the schedule of that name in its own type. An error: as `make_schedule`.
template <Rate Real = double, class Visitor>
void visit_schedule(std::string_view name, const schedule_parameters& parameters, Visitor visitor) {
    bool found = false;
    named_schedules<Real>::each([&]<class S>(const S*, std::string_view its_name) {
        if (name != its_name)
            return;
        found = true;
        visitor(S(parameters_as<typename S::params_type>(parameters)));
    });
    if (found)
        return;
    if (name == "reduce_lr_on_plateau" || name == "greedy")
        reject(missing("name", "is a controller, fed by a metric; it is not a function of the step"));
    reject(missing("name", "must be one of constant, constant_with_warmup, linear_warmup, linear, cosine, "
                           "cosine_with_min_lr, cosine_with_restarts, cosine_warmup_with_min_lr, polynomial, "
                           "inverse_sqrt, warmup_stable_decay"));
}

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
template <Rate Real = double>
[[nodiscard]] any_schedule<Real> make_schedule(std::string_view name, const schedule_parameters& parameters) {
    std::optional<any_schedule<Real>> made;
    detail::visit_schedule<Real>(name, parameters, [&](const auto& schedule) { made.emplace(schedule); });
    return *made;
}

}  // namespace pacer

#endif
