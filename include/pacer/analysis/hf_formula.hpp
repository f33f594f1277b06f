// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_HF_FORMULA_HPP
#define PACER_ANALYSIS_HF_FORMULA_HPP

/// Hugging Face's functions with their arguments: from a schedule, to a schedule, and to the rates that it computes.

#include <pacer/dialects/hugging_face.hpp>
#include <pacer/dialects/hugging_face_formula.hpp>
#include <pacer/expression/make.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pacer::analysis {

/// The functions of Hugging Face's `get_scheduler`.
using hf_function = hf::function;

/// A function of Hugging Face's with its arguments. Only those are looked at that the function has.
struct hf_arguments {
    hf_function function = hf_function::linear;  ///< which of them
    double lr = 0;                               ///< the rate of the optimizer, 0 or more
    step_t warmup = 0;                           ///< updates; may be more than the run has
    step_t total = endless;                      ///< updates, warm-up included
    double num_cycles = 0.5;                     ///< cosines: full waves; with restarts: how many falls
    double floor = 0;                            ///< cosines with a floor, warmup_stable_decay: as a part of `lr`
    std::optional<double> init{};                ///< cosine_warmup_with_min_lr: the first rate as a part of `lr`
    double lr_end = 0;                           ///< polynomial: the last rate
    double power = 1;                            ///< polynomial
    step_t timescale = 0;                        ///< inverse_sqrt; 0: the warm-up, or 10000 without one
    step_t decay = 0;                            ///< warmup_stable_decay: the last updates of `total`
    ramp_shape warmup_shape{};                   ///< warmup_stable_decay: linear, cosine or one_minus_sqrt
    ramp_shape decay_shape{};                    ///< the same

    PACER_HOST friend bool operator==(const hf_arguments&, const hf_arguments&) = default;
};

/// Whether its rates depend on `total`.
[[nodiscard]] PACER_HOST constexpr bool has_end(const hf_arguments& a) noexcept {
    return a.function != hf_function::constant && a.function != hf_function::constant_with_warmup &&
           a.function != hf_function::inverse_sqrt;
}

namespace detail {

/// The fields that an expression was made with, by their names.
class fields_of {
public:
    PACER_HOST explicit fields_of(const expression& schedule) { schedule.root()->collect(given_, defaults_); }

    template <class T>
    PACER_HOST bool read(const char* field, T& to) const {
        const auto* slot = given_.find(field);
        if (slot == nullptr || slot->is_open())
            return false;
        to = slot->template as<T>();
        return true;
    }

    /// The value of a choice, by its name.
    [[nodiscard]] PACER_HOST std::string choice(const char* field) const {
        const auto* slot = given_.find(field);
        return slot == nullptr ? std::string() : slot->text();
    }

private:
    pacer::detail::syntax::field_slots given_{};
    pacer::detail::syntax::field_slots defaults_{};
};

PACER_HOST inline double part_of(const lr_or_ratio& rate, double lr) {
    return rate.is_ratio() ? rate.value() : rate.is_given() ? rate.value() / lr : 0;
}

PACER_HOST inline std::optional<hf_arguments> arguments_of_named(const expression& schedule, step_t warmup) {
    using pacer::detail::syntax::expressible_schedules;
    const int kind = schedule.root()->kind();
    if (kind < 0 || kind >= expressible_schedules::size)
        return {};
    const std::string_view name = expressible_schedules::names[kind];
    hf_arguments a;
    a.warmup = warmup;
    constexpr auto unknown = static_cast<hf_function>(std::size(hf::function_names));
    a.function = hf::function_named(name == "linear_warmup" ? "constant_with_warmup" : name, unknown);
    if (a.function == unknown)
        return {};
    const fields_of fields(schedule);
    fields.read("peak_lr", a.lr);
    fields.read("total_steps", a.total);
    fields.read("num_cycles", a.num_cycles);
    fields.read("power", a.power);
    fields.read("timescale", a.timescale);
    fields.read("decay_steps", a.decay);
    fields.read("warmup_shape", a.warmup_shape);
    fields.read("decay_shape", a.decay_shape);
    lr_or_ratio end;
    lr_or_ratio floor;
    lr_or_ratio init;
    fields.read("end_lr", end);
    fields.read("min_lr", floor);
    if (a.function == hf_function::cosine_warmup_with_min_lr)
        fields.read("init_lr", init);
    a.lr_end = end.rate(a.lr);
    a.floor = part_of(floor, a.lr);
    if (init.is_given())
        a.init = part_of(init, a.lr);
    return a;
}

PACER_HOST inline ramp_shape shape_of_choice(const std::string& name) {
    return name == "cosine"           ? ramp_shape::cosine
           : name == "one_minus_sqrt" ? ramp_shape::one_minus_sqrt
                                      : ramp_shape::linear;
}

PACER_HOST inline std::optional<hf_arguments> arguments_of_dialect(const expression& schedule) {
    static constexpr std::pair<const char*, hf_function> names[] = {
        {hf::get_constant_schedule::params_type::name, hf_function::constant},
        {hf::get_constant_schedule_with_warmup::params_type::name, hf_function::constant_with_warmup},
        {hf::get_linear_schedule_with_warmup::params_type::name, hf_function::linear},
        {hf::get_cosine_schedule_with_warmup::params_type::name, hf_function::cosine},
        {hf::get_cosine_with_hard_restarts_schedule_with_warmup::params_type::name, hf_function::cosine_with_restarts},
        {hf::get_polynomial_decay_schedule_with_warmup::params_type::name, hf_function::polynomial},
        {hf::get_inverse_sqrt_schedule::params_type::name, hf_function::inverse_sqrt},
        {hf::get_cosine_with_min_lr_schedule_with_warmup::params_type::name, hf_function::cosine_with_min_lr},
        {hf::get_cosine_with_min_lr_schedule_with_warmup_lr_rate::params_type::name,
         hf_function::cosine_warmup_with_min_lr},
        {hf::get_wsd_schedule::params_type::name, hf_function::warmup_stable_decay}};
    const char* dialect = schedule.root()->name_in_dialect();
    if (dialect == nullptr)
        return {};
    hf_arguments a;
    bool is_known = false;
    for (const auto& [name, function] : names)
        if (std::string_view(dialect) == name) {
            a.function = function;
            is_known = true;
        }
    if (!is_known)
        return {};
    const fields_of fields(schedule);
    fields.read("lr", a.lr);
    fields.read("num_warmup_steps", a.warmup);
    fields.read("num_training_steps", a.total);
    fields.read("num_cycles", a.num_cycles);
    fields.read("power", a.power);
    fields.read("lr_end", a.lr_end);
    fields.read("timescale", a.timescale);
    double rate = 0;
    if (fields.read("min_lr", rate))
        a.floor = rate / a.lr;
    for (const char* field : {"min_lr_rate", "min_lr_ratio"})
        if (fields.read(field, rate))
            a.floor = rate;
    if (fields.read("warmup_lr_rate", rate))
        a.init = rate;
    if (a.function == hf_function::warmup_stable_decay) {
        fields.read("num_decay_steps", a.decay);
        step_t stable = 0;
        if (fields.read("num_stable_steps", stable))
            a.total = a.warmup + stable + a.decay;
        a.warmup_shape = shape_of_choice(fields.choice("warmup_type"));
        a.decay_shape = shape_of_choice(fields.choice("decay_type"));
    }
    return a;
}

}  // namespace detail

/// The function and arguments that a schedule of Hugging Face's was made with, of pacer's (`cosine`, ...) or of the dialect
/// (`hf::get_cosine_schedule_with_warmup`, ...); nothing if Hugging Face has no such schedule.
///
/// @param schedule  a named schedule.
/// @param warmup    warm-up updates of a schedule of pacer's, may be more than the run has; a dialect's says its own.
[[nodiscard]] PACER_HOST inline std::optional<hf_arguments> hf_arguments_of(const expression& schedule, step_t warmup) {
    if (std::optional<hf_arguments> found = detail::arguments_of_named(schedule, warmup))
        return found;
    return detail::arguments_of_dialect(schedule);
}

namespace detail {

/// Of a floor above the peak, which pacer's schedules refuse: Hugging Face's own function.
[[nodiscard]] PACER_HOST inline expression rise_to_floor(const hf_arguments& a) {
    const bool one_ahead = a.function == hf_function::cosine_warmup_with_min_lr;
    std::vector<field_given> fields{{"lr", a.lr},
                                    {"num_warmup_steps", a.warmup},
                                    {"num_training_steps", a.total},
                                    {"num_cycles", a.num_cycles},
                                    {"min_lr_rate", a.floor}};
    if (one_ahead && a.init)
        fields.push_back({"warmup_lr_rate", *a.init});
    return make(one_ahead ? hf::get_cosine_with_min_lr_schedule_with_warmup_lr_rate::params_type::name
                          : hf::get_cosine_with_min_lr_schedule_with_warmup::params_type::name,
                fields);
}

}  // namespace detail

/// The same curve as pacer's schedule, or as Hugging Face's own function where the floor is above the peak.
///
/// An error (`invalid_schedule`): other arguments that pacer's schedules refuse.
[[nodiscard]] PACER_HOST inline expression expression_of(const hf_arguments& a) {
    std::vector<field_given> fields{{"peak_lr", a.lr}};
    const auto give = [&](const char* name, const field_value& value) { fields.push_back({name, value}); };
    const bool is_wsd = a.function == hf_function::warmup_stable_decay;
    const bool ends = has_end(a);
    if (ends && !is_wsd && a.warmup >= a.total) {  // only the warm-up is ever used
        const bool one_ahead = a.function == hf_function::cosine_warmup_with_min_lr;
        give("total_steps", one_ahead && a.init ? (a.warmup > 2 ? a.warmup - 1 : 1) : a.warmup);
        if (one_ahead && a.init)
            give("init_lr", lr_ratio(*a.init));
        else if (one_ahead)
            give("first_step", first_step::from_first);
        return make("linear_warmup", fields);
    }
    if (a.floor > 1 &&
        (a.function == hf_function::cosine_with_min_lr || a.function == hf_function::cosine_warmup_with_min_lr))
        return detail::rise_to_floor(a);
    if (a.function != hf_function::constant)
        give("warmup", warmup_steps(a.warmup));
    if (ends)
        give("total_steps", a.total);
    switch (a.function) {
    case hf_function::cosine_with_min_lr:
    case hf_function::cosine_warmup_with_min_lr: give("min_lr", lr_ratio(a.floor)); [[fallthrough]];
    case hf_function::cosine: give("past_end", past_end::wave); [[fallthrough]];
    case hf_function::cosine_with_restarts:
        give("num_cycles", a.num_cycles);
        if (a.init)
            give("init_lr", lr_ratio(*a.init));
        break;
    case hf_function::polynomial:
        give("end_lr", a.lr_end);
        give("power", a.power);
        break;
    case hf_function::inverse_sqrt:
        if (a.timescale > 0)
            give("timescale", a.timescale);
        break;
    case hf_function::warmup_stable_decay:
        if (a.num_cycles != 0.5) {
            const auto type = [](const ramp_shape& shape) {
                return shape.which() == ramp_shape::kind::cosine           ? hf::wsd_type::cosine
                       : shape.which() == ramp_shape::kind::one_minus_sqrt ? hf::wsd_type::one_minus_sqrt
                                                                           : hf::wsd_type::linear;
            };
            return hf::get_wsd_schedule{{.lr = a.lr,
                                         .num_warmup_steps = a.warmup,
                                         .num_decay_steps = a.decay,
                                         .num_training_steps = a.total,
                                         .warmup_type = type(a.warmup_shape),
                                         .decay_type = type(a.decay_shape),
                                         .min_lr_ratio = a.floor,
                                         .num_cycles = a.num_cycles}};
        }
        give("stable_steps", a.total - a.warmup - a.decay);
        give("decay_steps", a.decay);
        give("decay_shape", a.decay_shape);
        give("warmup_shape", a.warmup_shape);
        if (a.floor > 0) {
            give("min_lr", lr_ratio(a.floor));
            give("init_lr", lr_ratio(a.floor));
        }
        break;
    default: break;
    }
    return make(hf::name_of(a.function), fields);
}

/// What Hugging Face computes with these arguments, to the bit.
///
///     const hf_formula f({.function = hf_function::cosine, .lr = 1e-3, .warmup = 10, .total = 1000});
///     f(step)
class hf_formula {
public:
    /// The function of these arguments, which are not checked.
    PACER_HOST explicit hf_formula(const hf_arguments& a)
        : a_(a),
          formula_{.is = a.function,
                   .warmup_shape = a.warmup_shape,
                   .decay_shape = a.decay_shape,
                   .lr = a.lr,
                   .warmup = static_cast<double>(a.warmup),
                   .total = static_cast<double>(a.total),
                   .num_cycles = a.num_cycles,
                   .floor = a.floor,
                   .init = a.init.value_or(-1),
                   .lr_end = a.lr_end,
                   .power = a.power,
                   .timescale = static_cast<double>(a.timescale),
                   .stable = static_cast<double>(a.total - a.warmup - a.decay),
                   .decay = static_cast<double>(a.decay)} {}

    /// The rate of update `step`, which is 0 or more.
    [[nodiscard]] PACER_HOST double operator()(step_t step) const noexcept { return formula_(step); }

    /// What it was made of.
    [[nodiscard]] PACER_HOST const hf_arguments& arguments() const noexcept { return a_; }

private:
    hf_arguments a_;
    hf::formula formula_;
};

}  // namespace pacer::analysis

#endif
