// SPDX-License-Identifier: MIT
#ifndef PACER_EXPRESSION_EXAMPLE_HPP
#define PACER_EXPRESSION_EXAMPLE_HPP

/// An example of every schedule, as an expression: for pictures, and to begin with.
///
///     pacer::example(*pacer::describe_schedule("cosine"))    "cosine(peak_lr=0.001, total_steps=1000, warmup=10%)"
///
/// It is made of the description, by the kinds and the names of the fields; what these do not say stands in one table.

#include <pacer/expression/describe.hpp>

#include <string>
#include <string_view>

namespace pacer {

/// What the examples have in common: a peak, a length, a warm-up and a floor.
struct example_params {
    double peak_lr = 1e-3;      ///< the highest rate
    step_t total_steps = 1000;  ///< the length, in updates
    double warmup_ratio = 0.1;  ///< the warm-up as a part of it
    double min_lr_ratio = 0.1;  ///< the floor as a part of the peak
};

namespace detail::syntax {

/// What a field is in an example of its schedule: a text, or a part of the length or of the peak.
struct example_of_field {
    std::string_view schedule;
    std::string_view field;
    std::string_view text = {};  ///< empty: of the length, a number of updates
    double of_total = 0;
    double of_peak = 0;
};

inline constexpr example_of_field examples_of_fields[] = {
    {"burn::exponential", "gamma", "0.995"},
    {"burn::noam", "factor", "0.1"},
    {"burn::noam", "warmup_steps", {}, 0.1},
    {"darknet::exp", "gamma", "0.995"},
    {"darknet::sigmoid", "gamma", "0.02"},
    {"darknet::sigmoid", "step", {}, 0.5},
    {"darknet::step", "scale", "0.5"},
    {"darknet::step", "step", {}, 0.2},
    {"deepspeed::lr_range_test", "lr_range_test_step_size", {}, 0.2},
    {"deepspeed::one_cycle", "cycle_first_step_size", {}, 0.4},
    {"deepspeed::one_cycle_momentum", "cycle_first_step_size", {}, 0.4},
    {"fairseq::tri_stage", "hold_steps", {}, 0.4},
    {"fairseq::tri_stage", "decay_steps", {}, 0.5},
    {"fairseq::triangular", "lr", {}, 0, 0.1},
    {"fairseq::triangular", "lr_period_updates", {}, 0.25},
    {"fairseq::triangular", "lr_shrink", "0.7"},
    {"hf::get_cosine_with_min_lr_schedule_with_warmup", "min_lr_rate", "0.1"},
    {"hf::get_cosine_with_min_lr_schedule_with_warmup_lr_rate", "min_lr_rate", "0.1"},
    {"hf::get_wsd_schedule", "num_training_steps", {}, 1},
    {"hf::get_wsd_schedule", "num_decay_steps", {}, 0.25},
    {"keras::cosine_decay", "initial_learning_rate", "0"},
    {"keras::cosine_decay", "decay_steps", {}, 0.9},
    {"keras::cosine_decay", "warmup_target", {}, 0, 1},
    {"keras::cosine_decay_restarts", "first_decay_steps", {}, 0.15},
    {"keras::exponential_decay", "decay_steps", {}, 0.2},
    {"keras::inverse_time_decay", "decay_steps", {}, 0.2},
    {"keras::piecewise_constant_decay", "values", "[0.001, 0.0005, 0.00025, 0.0001]"},
    {"kohya::cosine_with_min_lr", "max_train_steps", {}, 1},
    {"kohya::cosine_with_min_lr", "lr_scheduler_min_lr_ratio", "0.1"},
    {"kohya::warmup_stable_decay", "max_train_steps", {}, 1},
    {"kohya::warmup_stable_decay", "lr_decay_steps", {}, 0.25},
    {"llama_cpp::lr_opt", "lr_min", "1e-06"},
    {"llama_cpp::lr_opt", "epochs", "10"},
    {"marian::scheduler", "lr_decay_inv_sqrt", {}, 0.1},
    {"megatron::optimizer_param_scheduler", "lr_decay_style", "cosine"},
    {"megatron::weight_decay", "wd_incr_style", "cosine"},
    {"megatron::weight_decay", "start_wd", "0.01"},
    {"megatron::weight_decay", "end_wd", "0.1"},
    {"mlx::exponential_decay", "decay_rate", "0.995"},
    {"mmengine::constant_lr", "end", {}, 0.2},
    {"mmengine::cosine_annealing_lr", "end", {}, 1},
    {"mmengine::exponential_lr", "gamma", "0.995"},
    {"mmengine::linear_lr", "end", {}, 0.2},
    {"mmengine::poly_lr", "end", {}, 1},
    {"olmo_core::cos_with_warmup_and_linear_decay", "decay", {}, 0.1},
    {"optax::exponential_decay", "transition_steps", {}, 0.2},
    {"optax::warmup_exponential_decay_schedule", "transition_steps", {}, 0.2},
    {"pytorch::constant_lr", "total_iters", {}, 0.2},
    {"pytorch::cyclic_lr", "base_lr", {}, 0, 0.1},
    {"pytorch::cyclic_lr", "step_size_up", {}, 0.15},
    {"pytorch::cyclic_momentum", "step_size_up", {}, 0.15},
    {"pytorch::exponential_lr", "gamma", "0.995"},
    {"pytorch::linear_lr", "total_iters", {}, 0.2},
    {"pytorch::polynomial_lr", "total_iters", {}, 1},
    {"pytorch::swalr", "swa_lr", {}, 0, 0.1},
    {"pytorch::swalr", "anneal_epochs", {}, 0.2},
};

PACER_HOST inline std::string updates_of_example(double n) { return written(static_cast<step_t>(n < 1 ? 1 : n)); }

PACER_HOST inline std::string example_steps(const schedule_description& s, const field_description& f,
                                            const example_params& e) {
    const auto total = static_cast<double>(e.total_steps);
    const auto has = [&](std::string_view part) { return f.name.find(part) != std::string::npos; };
    if (has("warmup") || has("burn_in"))
        return updates_of_example(total * e.warmup_ratio);
    if (s.dialect.empty() && f.name == "decay_steps")
        return updates_of_example(total / 4);
    if (f.name == "total_steps")
        return updates_of_example(total);
    if (f.must_be_given)
        for (const char* length : {"total", "training_steps", "decay_steps", "t_max", "T_max", "t_initial", "iters",
                                   "period_updates", "max_batches", "num_batches", "transition_steps", "incr_steps"})
            if (has(length) || f.name == "steps")
                return updates_of_example(total);
    const bool is_stride =
        s.dialect.empty() && (f.name == "every" || f.name == "up_steps") && s.find("end_lr") == nullptr;
    return f.must_be_given || is_stride ? updates_of_example(total / 7) : "";
}

/// The value of a field in an example; empty where it keeps its default.
PACER_HOST inline std::string example_value(const schedule_description& s, const field_description& f,
                                            const example_params& e) {
    const auto total = static_cast<double>(e.total_steps);
    const auto has = [&](std::string_view part) { return f.name.find(part) != std::string::npos; };
    for (const example_of_field& given : examples_of_fields)
        if (given.schedule == s.name && given.field == f.name)
            return !given.text.empty()  ? std::string(given.text)
                   : given.of_total > 0 ? updates_of_example(given.of_total * total)
                                        : written(given.of_peak * e.peak_lr);
    const bool is_own = s.dialect.empty() || s.find("peak_lr") != nullptr;  // in pacer's words
    switch (f.kind) {
    case quantity::warmup: return percent(e.warmup_ratio);
    case quantity::rate_or_ratio:
        return is_own && (f.name == "min_lr" || (f.name == "end_lr" && s.find("min_lr") == nullptr))
                   ? percent(e.min_lr_ratio)
                   : "";
    case quantity::rate:
        if (!f.must_be_given)
            return "";
        if (has("init") && s.find("warmup_steps") != nullptr)
            return "0";
        return written(has("min") || has("end") || has("final") ? e.peak_lr * e.min_lr_ratio : e.peak_lr);
    case quantity::list:
        if (!f.must_be_given)
            return "";
        if (has("rates"))
            return "[" + written(e.peak_lr) + ", " + written(e.peak_lr / 4) + ", " + written(e.peak_lr / 2) + "]";
        if (has("scales"))
            return "[0.5, 0.5, 0.5]";
        return "[" + updates_of_example(total / 4) + ", " + updates_of_example(total / 2) + ", " +
               updates_of_example(total * 3 / 4) + "]";
    case quantity::steps: return example_steps(s, f, e);
    case quantity::number:
        if (f.about == std::string_view(fields::num_descents.about))
            return "3";
        if (is_own && f.name == "gamma" && s.find("end_lr") != nullptr)
            return "0.995";
        return f.must_be_given || (is_own && f.name == "factor") ? (is_own && f.name == "decay_rate" ? "1" : "0.5")
               : is_own && f.name == "power"                     ? "2"
                                                                 : "";
    case quantity::shape:
    case quantity::choice:
    case quantity::flag: break;
    }
    return "";
}

}  // namespace detail::syntax

/// An expression that shows what a schedule is like.
[[nodiscard]] PACER_HOST inline std::string example(const schedule_description& s, const example_params& e = {}) {
    std::string text = s.name + "(";
    const char* comma = "";
    for (const field_description& f : s.fields) {
        const std::string value = detail::syntax::example_value(s, f, e);
        if (value.empty() || value == f.by_default)
            continue;
        text += comma + f.name + '=' + value;
        comma = ", ";
    }
    return text + ")";
}

}  // namespace pacer

#endif
