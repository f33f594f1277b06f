// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_TORCHTITAN_HPP
#define PACER_RECIPES_FORMATS_TORCHTITAN_HPP

/// torchtitan's TOML, which it read until early 2026.
/// Source: torchtitan 0.3.0, `components/optimizer/lr_scheduler.py`, and its `job_config.py` of 2025.

#include <pacer/dialects/torchtitan.hpp>
#include <pacer/recipes/formats/sheet.hpp>

namespace pacer::recipes::trainers {
namespace detail {

class torchtitan_reader {
public:
    PACER_HOST torchtitan_reader(const document& from, const run_facts& facts, const recipe&) : s_(from, facts) {}

    [[nodiscard]] PACER_HOST resolved run() {
        s_.check_names("optimizer", {"name", "lr", "beta1", "beta2", "eps", "weight_decay", "implementation", "fused"});
        s_.check_names("lr_scheduler",
                       {"warmup_steps", "total_steps", "decay_ratio", "decay_type", "min_lr_factor", "lr_min"});
        pacer::torchtitan::lr_scheduler_params p;
        p.lr = s_.number("optimizer.lr").value_or(8e-4);
        const step_t written = s_.count("training.steps", 1).value_or(10'000);
        const step_t total = s_.facts().total_steps.value_or(written);
        p.steps = s_.count("lr_scheduler.total_steps", 1).value_or(total);
        // Of 2024: in [training].
        const char* warmup = s_.has("lr_scheduler.warmup_steps") || !s_.has("training.warmup_steps")
                                 ? "lr_scheduler.warmup_steps"
                                 : "training.warmup_steps";
        p.warmup_steps = s_.count(warmup).value_or(200);
        if (const std::optional<double> ratio = s_.fraction("lr_scheduler.decay_ratio"))
            p.decay_ratio = *ratio;
        const std::string type = s_.choice("lr_scheduler.decay_type", "linear", {"linear", "sqrt", "cosine"});
        p.decay_type = type == "sqrt"     ? pacer::torchtitan::decay_type::sqrt
                       : type == "cosine" ? pacer::torchtitan::decay_type::cosine
                                          : pacer::torchtitan::decay_type::linear;
        // lr_min was its name until mid-2025.
        const char* floor = s_.has("lr_scheduler.min_lr_factor") ? "lr_scheduler.min_lr_factor" : "lr_scheduler.lr_min";
        p.min_lr_factor = s_.fraction(floor).value_or(0);
        for (const auto& [field, path] : {std::pair{"lr", "optimizer.lr"}, std::pair{"steps", "training.steps"},
                                          std::pair{"warmup_steps", warmup}, std::pair{"min_lr_factor", floor}})
            s_.is_from(field, path);
        report(p, total, warmup, type, floor);
        return s_.finish("warmup, stable, " + type + " decay", p.lr, total, (std::min)(p.warmup_steps, p.steps),
                         [&] { return pacer::torchtitan::lr_scheduler(p); });
    }

private:
    PACER_HOST void report(const pacer::torchtitan::lr_scheduler_params& p, step_t total, const char* warmup,
                           const std::string& type, const char* floor) {
        s_.add_head("warm-up, stable, decay", "torchtitan", p.lr, "optimizer.lr");
        s_.add("updates", std::to_string(total),
               s_.facts().total_steps ? s_.facts().total_from : s_.source("training.steps"));
        if (s_.has("lr_scheduler.total_steps"))
            s_.add("schedule", std::to_string(p.steps) + " updates", s_.source("lr_scheduler.total_steps"));
        const step_t up = (std::min)(p.warmup_steps, p.steps);
        s_.add("warm-up", std::to_string(up) + " updates", s_.source(warmup));
        if (up < p.warmup_steps)
            s_.say("the warm-up of " + std::to_string(p.warmup_steps) + " updates is cut to the " + std::to_string(up) +
                   " of the run");
        const bool all = !s_.has("lr_scheduler.decay_ratio");
        const step_t asked = all ? p.steps - up : nearest_even_count(p.decay_ratio * static_cast<double>(p.steps));
        const step_t decay = (std::min)(asked, p.steps - up);
        s_.add("decay", std::to_string(decay) + " updates, " + type,
               all ? "default, all after the warm-up"
                   : s_.source("lr_scheduler.decay_ratio") + ", round(" + shortest(p.decay_ratio) + " x " +
                         std::to_string(p.steps) + ")");
        if (decay < asked)
            s_.say("warm-up and decay are longer than the run: the decay of " + std::to_string(asked) +
                   " updates is cut to " + std::to_string(decay));
        s_.add("floor", shortest(p.min_lr_factor * p.lr), s_.source(floor));
        s_.say("the last update runs just above the floor, which would be that of the update after it");
    }

    sheet s_;
};

}  // namespace detail

/// torchtitan's TOML: `[optimizer] lr` beside `[training] steps`. A linear warm-up from lr / W on, a stable part if there is
/// a `decay_ratio`, and a decay that would reach the floor one update after the last.
PACER_MODE inline constexpr format torchtitan_format{
    "torchtitan", "torchtitan",
    [](const tree& root) {
        return !is_command(root) && !has_any(root, {"optimizer._component_", "optimizer.params"}) &&
               (has(root, "training.steps") ||
                has_any(root, {"model.flavor", "job.config_file", "training.local_batch_size"})) &&
               has_any(root, {"optimizer.lr", "lr_scheduler", "training.warmup_steps"});
    },
    [](const tree& root, const std::string& file) {
        return with_rules<detail::torchtitan_reader>(root, file, "torchtitan");
    }};

}  // namespace pacer::recipes::trainers

#endif
