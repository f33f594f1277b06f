// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_DEEPSPEED_HPP
#define PACER_RECIPES_FORMATS_DEEPSPEED_HPP

/// A DeepSpeed configuration by itself, for `deepspeed.initialize`; beside Hugging Face's arguments it is read by
/// `read_recipe`.
/// Source: DeepSpeed 0.17.6, `runtime/config.py`, `runtime/engine.py`, `runtime/lr_schedules.py`.

#include <pacer/dialects/deepspeed.hpp>
#include <pacer/recipes/formats/sheet.hpp>

namespace pacer::recipes::trainers {
namespace detail {

class deepspeed_reader {
public:
    PACER_HOST deepspeed_reader(const document& from, const run_facts& facts, const recipe&) : s_(from, facts) {}

    [[nodiscard]] PACER_HOST resolved run() {
        refuse_auto(s_.root(), "");
        s_.check_names("", {"train_batch_size", "train_micro_batch_size_per_gpu", "gradient_accumulation_steps",
                            "optimizer", "scheduler", "zero_optimization", "steps_per_print"});
        s_.check_names("scheduler", {"type", "params"});
        lr_ = s_.needed_number("optimizer.params.lr");
        count_batch();
        const std::optional<std::string> type = s_.text("scheduler.type");
        if (s_.has("scheduler") && !type)
            s_.wrong("scheduler.type", schedulers);
        if (!type) {
            s_.add_head("constant", "no scheduler", lr_, "optimizer.params.lr");
            s_.say("without a scheduler the rate is constant, if the program does not bring one of its own");
            const step_t total = length(endless);
            return s_.finish("constant", lr_, total, 0, "constant", {{"peak_lr", lr_}});
        }
        s_.add_head(*type, s_.source("scheduler.type"), lr_, "optimizer.params.lr");
        if (*type == "WarmupLR" || *type == "WarmupDecayLR" || *type == "WarmupCosineLR")
            return warm_up(*type);
        if (*type == "OneCycle")
            return one_cycle();
        if (*type == "LRRangeTest")
            return range_test();
        s_.wrong("scheduler.type", schedulers);
        s_.fail("scheduler.type", schedulers);
    }

private:
    static constexpr const char* schedulers = "WarmupLR, WarmupDecayLR, WarmupCosineLR, OneCycle, LRRangeTest";

    PACER_HOST static std::string param(const char* name) { return std::string("scheduler.params.") + name; }

    /// Hugging Face fills these in from its arguments; DeepSpeed alone refuses them.
    PACER_HOST void refuse_auto(const tree& map, const std::string& path) const {
        for (const entry& e : map.entries) {
            const std::string here = path.empty() ? e.key : path + "." + e.key;
            const bool counts = here == "optimizer.params.lr" || here.starts_with("scheduler.") ||
                                here == "train_batch_size" || here == "train_micro_batch_size_per_gpu" ||
                                here == "gradient_accumulation_steps";
            if (counts && e.value.is == tree::kind::text && e.value.text == "auto")
                s_.mistake({s_.from().file, e.line, here},
                           "found \"auto\", which Hugging Face's training arguments fill in; accepted: the file "
                           "of these arguments (its `deepspeed` names this one), or a value");
            if (e.value.is == tree::kind::map)
                refuse_auto(e.value, here);
        }
    }

    PACER_HOST void count_batch() {
        const std::optional<step_t> all = s_.count("train_batch_size", 1);
        const std::optional<step_t> micro = s_.count("train_micro_batch_size_per_gpu", 1);
        const std::optional<step_t> accumulation = s_.count("gradient_accumulation_steps", 1);
        const step_t world = s_.world_size();
        if (!all && !micro) {
            s_.say(
                "the batch is not given (train_batch_size or train_micro_batch_size_per_gpu), which DeepSpeed refuses");
            return;
        }
        if (all && micro && accumulation && *all != bounded_product(*micro, *accumulation, world))
            s_.clash("train_batch_size", std::to_string(bounded_product(*micro, *accumulation, world)) +
                                             " (train_micro_batch_size_per_gpu x gradient_accumulation_steps x " +
                                             std::to_string(world) + " processes)");
        const step_t batch = all ? *all : bounded_product(*micro, accumulation.value_or(1), world);
        s_.add("batch", std::to_string(batch),
               all ? s_.source("train_batch_size") + ", of all processes"
                   : s_.source("train_micro_batch_size_per_gpu") + " x " + std::to_string(accumulation.value_or(1)) +
                         " x " + std::to_string(world) + " processes");
        if (s_.facts().examples)
            s_.add("updates of an epoch", std::to_string(divided_up(*s_.facts().examples, batch)),
                   "ceil(" + std::to_string(*s_.facts().examples) + " examples / " + std::to_string(batch) +
                       "); the number of epochs is the program's");
    }

    /// How long the run is: the configuration knows no more than where the decay ends.
    [[nodiscard]] PACER_HOST step_t length(step_t of_schedule) {
        if (s_.facts().total_steps) {
            s_.add("updates", std::to_string(*s_.facts().total_steps), s_.facts().total_from);
            return *s_.facts().total_steps;
        }
        if (of_schedule == endless)
            s_.add("updates", "unknown", "not needed");
        else
            s_.add("updates", std::to_string(of_schedule), s_.source(param("total_num_steps")));
        return of_schedule;
    }

    template <class T>
    PACER_HOST T figure(const char* name, std::optional<T> given, T by_default) {
        const T value = given.value_or(by_default);
        std::string text;
        if constexpr (std::floating_point<T>)
            text = shortest(value);
        else
            text = std::to_string(value);
        s_.add(name, text, given ? s_.source(param(name)) : "DeepSpeed's default");
        s_.is_from(name, param(name));
        return value;
    }
    PACER_HOST double rate(const char* name, double by_default) {
        return figure(name, s_.number(param(name)), by_default);
    }
    PACER_HOST step_t count(const char* name, step_t by_default) {
        return figure(name, s_.count(param(name)), by_default);
    }

    [[nodiscard]] PACER_HOST resolved warm_up(const std::string& type) {
        const bool decays = type != "WarmupLR";
        if (type == "WarmupCosineLR")
            s_.check_names("scheduler.params", {"total_num_steps", "warmup_min_ratio", "warmup_num_steps",
                                                "cos_min_ratio", "warmup_type", "last_batch_iteration"});
        else
            s_.check_names("scheduler.params", {"total_num_steps", "warmup_min_lr", "warmup_max_lr", "warmup_num_steps",
                                                "warmup_type", "last_batch_iteration"});
        const std::optional<step_t> end = s_.count(param("total_num_steps"), 1);
        if (decays && !end)
            s_.wrong(param("total_num_steps"), std::string(a_count_from_1) + " (" + type + " needs it)");
        const step_t total = length(end && decays ? *end : endless);
        if (end && total != endless && total != *end)
            s_.say("the run has " + std::to_string(total) + " updates, the schedule is for total_num_steps " +
                   s_.written(param("total_num_steps")));
        const step_t warmup = count("warmup_num_steps", 1000);
        const bool linear = s_.choice(param("warmup_type"), "log", {"log", "linear"}) == "linear";
        s_.add("warmup_type", linear ? "linear" : "log",
               s_.has(param("warmup_type")) ? s_.source(param("warmup_type")) : "DeepSpeed's default");
        if (warmup < 2)
            s_.say("DeepSpeed makes a warm-up of " + std::to_string(warmup) + " updates one of 2");
        s_.say("DeepSpeed sets the rate one update late: the first two updates both run at the lowest rate");
        const auto shape = linear ? deepspeed::warmup_type::linear : deepspeed::warmup_type::log;
        const step_t run_warmup = (std::max)(warmup, step_t{2});
        if (type == "WarmupCosineLR") {
            const double low = rate("warmup_min_ratio", 0);
            const double floor = rate("cos_min_ratio", 0.0001);
            return s_.finish(type, lr_, total, run_warmup, [&] {
                return deepspeed::warmup_cosine_lr({.lr = lr_,
                                                    .total_num_steps = *end,
                                                    .warmup_min_ratio = low,
                                                    .warmup_num_steps = warmup,
                                                    .cos_min_ratio = floor,
                                                    .warmup_type = shape});
            });
        }
        const double low = rate("warmup_min_lr", 0);
        if (!s_.has(param("warmup_max_lr")))
            s_.say(
                "warmup_max_lr is not given: the optimizer's rate in newer versions of DeepSpeed, 0.001 in older ones");
        const double high = rate("warmup_max_lr", lr_);
        if (high != lr_)
            s_.say("warmup_max_lr " + s_.written(param("warmup_max_lr")) + " takes the place of the optimizer's rate " +
                   s_.written("optimizer.params.lr"));
        if (!decays)
            return s_.finish(type, high, total, run_warmup, [&] {
                return deepspeed::warmup_lr(
                    {.warmup_min_lr = low, .warmup_max_lr = high, .warmup_num_steps = warmup, .warmup_type = shape});
            });
        return s_.finish(type, high, total, run_warmup, [&] {
            return deepspeed::warmup_decay_lr({.total_num_steps = *end,
                                               .warmup_min_lr = low,
                                               .warmup_max_lr = high,
                                               .warmup_num_steps = warmup,
                                               .warmup_type = shape});
        });
    }

    [[nodiscard]] PACER_HOST resolved one_cycle() {
        s_.check_names("scheduler.params",
                       {"cycle_min_lr", "cycle_max_lr", "decay_lr_rate", "cycle_first_step_size",
                        "cycle_second_step_size", "cycle_first_stair_count", "cycle_second_stair_count",
                        "decay_step_size", "cycle_momentum", "cycle_min_mom", "cycle_max_mom", "decay_mom_rate",
                        "last_batch_iteration"});
        deepspeed::one_cycle_params p;
        for (const char* needed : {"cycle_min_lr", "cycle_max_lr"})
            if (!s_.has(param(needed)))
                s_.wrong(param(needed), std::string(a_rate) + " (OneCycle needs it)");
        p.cycle_min_lr = rate("cycle_min_lr", 0);
        p.cycle_max_lr = rate("cycle_max_lr", 0);
        p.decay_lr_rate = rate("decay_lr_rate", 0);
        p.cycle_first_step_size = count("cycle_first_step_size", 2000);
        p.cycle_second_step_size = count("cycle_second_step_size", p.cycle_first_step_size);
        p.cycle_first_stair_count = count("cycle_first_stair_count", 0);
        p.cycle_second_stair_count = count("cycle_second_stair_count", p.cycle_first_stair_count);
        p.decay_step_size = count("decay_step_size", 0);
        const step_t total = length(endless);
        return s_.finish("OneCycle", p.cycle_max_lr, total, p.cycle_first_step_size,
                         [&] { return deepspeed::one_cycle(p); });
    }

    [[nodiscard]] PACER_HOST resolved range_test() {
        s_.check_names("scheduler.params",
                       {"lr_range_test_min_lr", "lr_range_test_step_size", "lr_range_test_step_rate",
                        "lr_range_test_staircase", "last_batch_iteration"});
        deepspeed::lr_range_test_params p;
        p.lr_range_test_min_lr = rate("lr_range_test_min_lr", 1e-3);
        p.lr_range_test_step_size = count("lr_range_test_step_size", 2000);
        p.lr_range_test_step_rate = rate("lr_range_test_step_rate", 1);
        p.lr_range_test_staircase = s_.flag(param("lr_range_test_staircase"));
        const step_t total = length(endless);
        return s_.finish("LRRangeTest", p.lr_range_test_min_lr, total, 0, [&] { return deepspeed::lr_range_test(p); });
    }

    sheet s_;
    double lr_ = 0;
};

}  // namespace detail

/// A DeepSpeed configuration by itself: `zero_optimization`, `train_micro_batch_size_per_gpu`, or `optimizer` and
/// `scheduler` with `params`. All five schedulers; none is a constant rate. `train_batch_size` is that of all processes.
/// An error (`recipe_error`): "auto"; a batch that is not the product of its parts; another scheduler.
PACER_MODE inline constexpr format deepspeed_format{
    "deepspeed", "DeepSpeed",
    [](const tree& root) {
        return !is_command(root) &&
               !has_any(root, {"learning_rate", "num_train_epochs", "per_device_train_batch_size"}) &&
               has_any(root,
                       {"zero_optimization", "train_micro_batch_size_per_gpu", "optimizer.params", "scheduler.params"});
    },
    [](const tree& root, const std::string& file) {
        return with_rules<detail::deepspeed_reader>(root, file, "DeepSpeed");
    }};

}  // namespace pacer::recipes::trainers

#endif
