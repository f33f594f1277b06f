// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_AXOLOTL_HPP
#define PACER_RECIPES_FORMATS_AXOLOTL_HPP

/// axolotl's YAML.
/// Source: axolotl 0.12.2 and at July 2026: `core/builders/base.py`, `core/trainers/mixins/scheduler.py`,
/// `utils/trainer.py`, `utils/schedulers.py`.

#include <pacer/any_schedule.hpp>
#include <pacer/dialects/pytorch.hpp>
#include <pacer/recipes/formats/hugging_face_arguments.hpp>
#include <pacer/recipes/formats/sheet.hpp>

namespace pacer::recipes::trainers {
namespace detail {

/// axolotl's `RexLR`, whose clock is one update ahead: z / (0.1 + 0.9 z) of what is left, z from 1 to 0.
struct rex {
    double peak_lr;
    double min_lr;
    step_t warmup_steps;
    step_t steps;

    [[nodiscard]] PACER_HOST double operator()(step_t step) const noexcept {
        const step_t at = (step < 0 ? 0 : step < steps ? step : steps) + 1;
        if (at <= warmup_steps)
            return peak_lr * static_cast<double>(at) / static_cast<double>(warmup_steps);
        if (at >= steps)
            return min_lr;
        const double left = static_cast<double>(steps - at) / static_cast<double>(steps - warmup_steps);
        return min_lr + (peak_lr - min_lr) * (left / (0.1 + 0.9 * left));
    }
    [[nodiscard]] PACER_HOST step_t total_steps() const noexcept { return steps; }
};

/// axolotl's `JaggedLRRestartScheduler` (before, `ReLoRAScheduler`) around another one.
struct axolotl_restarts {
    any_schedule<double, 640> inner;
    step_t every;
    step_t warmup;
    step_t anneal;
    step_t first = 0;  // update from which on it is looked at
    double lowest = 0.001;

    [[nodiscard]] PACER_HOST double operator()(step_t step) const {
        const double rate = inner(step);
        if (step < first)
            return rate;
        const step_t at = (step < 0 ? 0 : step) % every;
        double done = 1;
        if (at < warmup)
            done = static_cast<double>(at) / static_cast<double>(warmup);
        else if (at > every - anneal)
            done = (std::min)(1.0, static_cast<double>(every - at) / static_cast<double>(anneal));
        return rate * (done * (1 - lowest) + lowest);
    }
    [[nodiscard]] PACER_HOST step_t total_steps() const noexcept { return inner.total_steps(); }
};

class axolotl_reader {
public:
    PACER_HOST axolotl_reader(const document& from, const run_facts& facts, const recipe& asked)
        : s_(from, facts), asked_(asked) {}

    [[nodiscard]] PACER_HOST resolved run() {
        s_.check_names("", {"learning_rate",
                            "lr_scheduler",
                            "lr_scheduler_kwargs",
                            "lr_groups",
                            "lr_quadratic_warmup",
                            "warmup_steps",
                            "warmup_ratio",
                            "max_steps",
                            "num_epochs",
                            "micro_batch_size",
                            "gradient_accumulation_steps",
                            "batch_size",
                            "eval_batch_size",
                            "cosine_min_lr_ratio",
                            "cosine_constant_lr_ratio",
                            "sample_packing",
                            "sample_packing_eff_est",
                            "eval_sample_packing",
                            "sequence_len",
                            "eval_steps",
                            "save_steps",
                            "logging_steps"});
        lr_ = s_.needed_number("learning_rate", std::string(a_rate) + " (axolotl has no default)");
        if (s_.has("warmup_steps") && s_.has("warmup_ratio"))
            s_.mistake(s_.where("warmup_ratio"),
                       "found beside warmup_steps " + s_.written("warmup_steps") + ", accepted: one of them");
        count_updates();
        count_warmup();
        say_groups();
        return with_restarts(choose());
    }

private:
    PACER_HOST void count_updates() {
        const run_facts& facts = s_.facts();
        const step_t max_steps = s_.count("max_steps", -1).value_or(0);
        const bool streams = s_.has("pretraining_dataset") || s_.flag("streaming");
        if (facts.total_steps) {
            total_ = *facts.total_steps;
            total_from_ = facts.total_from;
            if (max_steps > 0 && max_steps != total_)
                s_.say("the run has " + std::to_string(total_) + " updates, not the max_steps " +
                       s_.written("max_steps"));
        } else if (max_steps > 0) {
            total_ = max_steps;
            total_from_ = s_.source("max_steps");
            if (s_.has("num_epochs"))
                s_.say("max_steps " + s_.written("max_steps") + " wins over num_epochs " + s_.written("num_epochs"));
        } else if (streams) {
            s_.wrong("max_steps", "a number of updates (a streamed data set has no length)");
            total_ = 1;
        }
        known_ = total_;
        if (!facts.examples && total_ > 0)
            return;
        const step_t planned = plan(s_.examples("max_steps", "the number of updates"));
        if (total_ == 0) {
            if (s_.number("val_set_size").value_or(0) > 0)
                s_.say("val_set_size " + s_.written("val_set_size") +
                       " takes this much of the data for evaluation; the examples are taken for what is left");
            total_ = planned;
            total_from_ = planned_from_;
            known_ = planned;
        } else if (!facts.total_steps && !streams) {
            // The default warm-up is of whichever is shorter.
            known_ = (std::min)(planned, total_);
        }
    }

    /// axolotl plans by itself, over all epochs at once, and gives the Trainer max_steps.
    [[nodiscard]] PACER_HOST step_t plan(step_t examples) {
        const step_t micro = s_.count("micro_batch_size", 1).value_or(1);
        const std::optional<step_t> given = s_.count("batch_size", 1);
        if (given && s_.has("gradient_accumulation_steps"))
            s_.mistake(s_.where("batch_size"), "found beside gradient_accumulation_steps " +
                                                   s_.written("gradient_accumulation_steps") +
                                                   ", accepted: one of them");
        const step_t accumulation = s_.count("gradient_accumulation_steps", 1).value_or(1);
        const step_t batch = bounded_product(given.value_or(bounded_product(micro, accumulation)), s_.world_size());
        const step_t parallel = bounded_product(
            s_.count("tensor_parallel_size", 1).value_or(1),
            s_.count("context_parallel_size", 1).value_or(s_.count("sequence_parallel_degree", 1).value_or(1)));
        const double epochs = s_.number("num_epochs").value_or(1);
        const std::string size =
            std::to_string(examples) + (s_.flag("sample_packing") ? " packed batches" : " examples");
        const std::string shared =
            parallel > 1 ? " x " + std::to_string(parallel) + " processes for one batch" : std::string();
        const step_t whole_batches = examples / batch;
        double updates = 0;
        if (s_.flag("sample_packing")) {
            s_.say("sample_packing " + s_.written("sample_packing") +
                   " puts several examples into one; the number of examples is taken for that of the packed ones");
            updates = static_cast<double>(
                floor_count(static_cast<double>(whole_batches) * epochs * static_cast<double>(parallel)));
            planned_from_ =
                "floor(" + count_of_epochs(epochs) + " x (" + size + " / " + std::to_string(batch) + shared + "))";
        } else {
            updates =
                static_cast<double>(examples) * epochs * static_cast<double>(parallel) / static_cast<double>(batch);
            planned_from_ =
                "ceil(" + size + " x " + count_of_epochs(epochs) + shared + " / " + std::to_string(batch) + ")";
        }
        if (s_.flag("dataloader_drop_last") && !s_.flag("sample_packing") &&
            examples < bounded_product(micro, s_.world_size()))
            s_.say("with dataloader_drop_last " + s_.written("dataloader_drop_last") + " the " +
                   std::to_string(examples) + " examples make no batch for every process (" + std::to_string(micro) +
                   " x " + std::to_string(s_.world_size()) + "): the Trainer plans this many updates and then makes 0");
        if (!(updates > 0 && updates <= 0x1p53)) {
            s_.clash("num_epochs", "a number that makes a run of 1 to 2^53 updates");
            return 1;
        }
        return ceil_count(updates);
    }

    PACER_HOST void count_warmup() {
        const std::optional<double> written = s_.number("warmup_steps", 0, 0x1p53, "a number of 0 or more");
        const bool is_part = written && *written > 0 && *written < 1;
        const std::optional<step_t> steps = is_part || !written ? std::optional<step_t>() : floor_count(*written);
        const std::optional<double> ratio = s_.fraction("warmup_ratio");
        const auto known = static_cast<double>(known_);
        if (is_part) {
            warmup_ = ceil_count(*written * static_cast<double>(total_));
            warmup_from_ =
                s_.source("warmup_steps") + ", ceil(" + shortest(*written) + " x " + std::to_string(total_) + ")";
            s_.say("warmup_steps " + s_.written("warmup_steps") +
                   " is a part of the run, which only transformers 5 reads");
        } else if (steps) {
            warmup_ = *steps;
            warmup_from_ = s_.source("warmup_steps");
        } else if (ratio) {
            warmup_ = floor_count(*ratio * known);
            warmup_from_ =
                s_.source("warmup_ratio") + ", floor(" + shortest(*ratio) + " x " + std::to_string(known_) + ")";
        } else {
            warmup_ = (std::min)(floor_count(0.03 * known), step_t{100});
            warmup_from_ = "default, min(floor(0.03 x " + std::to_string(known_) + "), 100)";
        }
        if ((steps && *steps == 0) || (ratio && *ratio == 0))
            s_.say("no warm-up, as in axolotl at July 2026; 0.12 and older take 0 for not given, and warm up over 3 %, "
                   "at most 100 updates");
        if (warmup_ == 1) {
            warmup_ = 2;
            s_.say("axolotl makes a warm-up of 1 update one of 2");
        }
    }

    /// A count; false and 0 are taken for not given.
    [[nodiscard]] PACER_HOST step_t count_if_true(const std::string& key) const {
        const entry* e = s_.find(key);
        const bool is_false = e != nullptr && e->value.is == tree::kind::boolean && !e->value.boolean;
        return is_false ? 0 : s_.count(key).value_or(0);
    }

    /// ReLoRA's restarts: every so many updates the rate falls to nearly nothing, and warms up again.
    [[nodiscard]] PACER_HOST resolved with_restarts(resolved run) {
        const bool is_old = s_.has("relora_steps");
        const std::string key = is_old ? "relora_steps" : "jagged_restart_steps";
        const step_t every = count_if_true(key);
        if (every == 0)
            return run;
        const std::string prefix = is_old ? "relora_" : "jagged_restart_";
        const auto length = [&](const std::string& name, step_t by_default) {
            const step_t given = count_if_true(prefix + name);
            return given > 0 ? given : by_default;
        };
        axolotl_restarts restarts{run.schedule, every, length("warmup_steps", 10), length("anneal_steps", 1)};
        restarts.first = every - (is_old ? restarts.warmup : restarts.anneal);
        if (const double floor = s_.fraction("cosine_min_lr_ratio").value_or(0); floor > 0)
            restarts.lowest = floor;
        const std::string name = s_.text("lr_scheduler").value_or("cosine");
        if (name == "rex" || name == "one_cycle" || asked_.deepspeed)
            s_.fail(s_.where(key), "restarts a schedule that goes on from its last rate, which is not determined; "
                                   "accepted: one of Hugging Face's schedulers");
        s_.refuse();
        run.figures.push_back({"restarts", "every " + std::to_string(every) + " updates", s_.source(key)});
        run.figures.push_back(
            {"restart warm-up", std::to_string(restarts.warmup) + " updates", s_.source(prefix + "warmup_steps")});
        run.figures.push_back(
            {"restart decay", std::to_string(restarts.anneal) + " updates", s_.source(prefix + "anneal_steps")});
        run.notes.push_back("each restart falls to " + shortest(restarts.lowest * 100) + " % of the rate there");
        run.schedule = restarts;
        run.curve.reset();
        return run;
    }

    PACER_HOST void say_groups() {
        s_.say_unread({"lr_scheduler_type", "eta_min", "min_lr", "lr_end", "num_cycles", "warmup", "epochs",
                       "num_train_epochs", "per_device_train_batch_size"},
                      "is no key of axolotl, which does not read it");
        s_.say_unread({"lr_groups", "loraplus_lr_ratio", "embedding_lr", "embedding_lr_scale"},
                      "gives some groups a rate of their own, on the same curve");
    }

    [[nodiscard]] PACER_HOST resolved choose() {
        const std::string name = s_.text("lr_scheduler").value_or("cosine");
        const std::optional<double> floor = s_.number("cosine_min_lr_ratio", 0, 1, "a number from 0 to 1");
        const std::optional<double> constant = s_.fraction("cosine_constant_lr_ratio");
        if (asked_.deepspeed)
            return by_trainer();
        if (name == "rex")
            return by_rex(floor.value_or(0));
        if (name == "one_cycle")
            return by_one_cycle();
        if (name != "cosine") {
            s_.say_unread({"cosine_min_lr_ratio", "cosine_constant_lr_ratio", "lr_quadratic_warmup"},
                          "is read for cosine alone, not for " + name);
            return by_trainer();
        }
        if (s_.flag("lr_quadratic_warmup")) {
            s_.say_unread({"cosine_min_lr_ratio", "lr_scheduler_kwargs"},
                          "is not looked at beside lr_quadratic_warmup");
            return by_name("cosine", {{"warmup_shape", "power(2)"}, {"past_end", past_end::wave}});
        }
        if (!floor || *floor == 0) {
            s_.say_unread({"cosine_constant_lr_ratio"}, "is not looked at without cosine_min_lr_ratio");
            return by_trainer();
        }
        s_.say_unread({"lr_scheduler_kwargs"}, "is not looked at beside cosine_min_lr_ratio");
        s_.add("floor", shortest(*floor * lr_),
               s_.source("cosine_min_lr_ratio") + ", " + shortest(*floor) + " of the learning rate");
        if (!constant || *constant == 0)
            return by_name("cosine_with_min_lr", {{"min_lr", lr_ratio(*floor)}, {"past_end", past_end::wave}});
        const step_t decay = floor_count(*constant * static_cast<double>(total_));
        s_.add("decay ends", std::to_string(decay),
               s_.source("cosine_constant_lr_ratio") + ", floor(" + shortest(*constant) + " x " +
                   std::to_string(total_) + ")");
        if (decay < warmup_)
            s_.fail("cosine_constant_lr_ratio",
                    "a part of the run that is longer than its warm-up of " + std::to_string(warmup_) + " updates");
        return by_name("cosine_with_min_lr", {{"min_lr", lr_ratio(*floor)}}, decay);
    }

    PACER_HOST void add_figures(const std::string& name) {
        s_.add_head(name, s_.source("lr_scheduler"), lr_, "learning_rate");
        s_.add("updates", std::to_string(total_), total_from_);
        s_.add("warm-up", std::to_string(warmup_) + " updates", warmup_from_);
    }

    [[nodiscard]] PACER_HOST resolved by_name(const char* name, std::vector<field_given> fields, step_t length = -1) {
        fields.insert(
            fields.begin(),
            {{"peak_lr", lr_}, {"total_steps", length < 0 ? total_ : length}, {"warmup", warmup_steps(warmup_)}});
        add_figures("cosine");
        s_.is_from("peak_lr", "learning_rate");
        s_.is_from("warmup", s_.has("warmup_ratio") ? "warmup_ratio" : "warmup_steps");
        return s_.finish("cosine", lr_, total_, warmup_, name, fields);
    }

    /// Whatever axolotl leaves to the Trainer.
    [[nodiscard]] PACER_HOST resolved by_trainer() {
        std::vector<entry> arguments{argument("max_steps", total_), argument("warmup_steps", warmup_)};
        if (!s_.has("lr_scheduler"))
            arguments.push_back(argument("lr_scheduler_type", std::string("cosine")));
        document kept = s_.from();
        std::erase_if(kept.root.entries, [](const entry& e) {
            return recipes::detail::not_given(e.value) ||
                   (e.key != "learning_rate" && e.key != "lr_scheduler" && e.key != "lr_scheduler_kwargs");
        });
        for (entry& e : kept.root.entries)
            if (e.key == "learning_rate" && e.value.is == tree::kind::text)  // which axolotl reads as a number
                e.value = argument(e.key, lr_, e.line).value;
        run_facts facts = s_.facts();
        facts.examples.reset();
        facts.total_steps.reset();
        resolved run = s_.by_another([&] {
            recipe r = as_hugging_face(kept, {}, arguments);
            r.deepspeed = asked_.deepspeed;
            r.deepspeed_file = asked_.deepspeed_file;
            r.deepspeed_missing = asked_.deepspeed_missing;
            r.places.insert(asked_.places.begin(), asked_.places.end());
            r.written.insert(asked_.written.begin(), asked_.written.end());
            return run_by_hugging_face(std::move(r), facts);
        });
        set_source(run, "updates", total_from_);
        set_source(run, "warm-up", warmup_from_);
        if (!s_.has("lr_scheduler"))
            set_source(run, "scheduler", "axolotl's default");
        return run;
    }

    [[nodiscard]] PACER_HOST resolved by_rex(double floor) {
        // axolotl looks at the floor only for cosine, which rex is called underneath.
        const double lowest = floor * lr_;
        add_figures("rex");
        s_.add("floor", shortest(lowest), s_.source("cosine_min_lr_ratio"));
        if (warmup_ > total_)
            s_.fail("warmup_steps", "at most the " + std::to_string(total_) + " updates of the run");
        s_.say("axolotl's rex runs one update ahead: the first update is at 1 / W of the rate, the last at the floor");
        return s_.finish("rex", lr_, total_, warmup_, [&] { return rex{lr_, lowest, warmup_, total_}; });
    }

    [[nodiscard]] PACER_HOST resolved by_one_cycle() {
        pytorch::one_cycle_lr_params p{.max_lr = lr_, .total_steps = total_};
        s_.check_names("lr_scheduler_kwargs", {"pct_start", "anneal_strategy", "div_factor", "final_div_factor",
                                               "three_phase", "cycle_momentum", "base_momentum", "max_momentum"});
        p.pct_start = s_.fraction("lr_scheduler_kwargs.pct_start")
                          .value_or(static_cast<double>(warmup_) / static_cast<double>(total_));
        p.div_factor = s_.number("lr_scheduler_kwargs.div_factor").value_or(25);
        p.final_div_factor = s_.number("lr_scheduler_kwargs.final_div_factor").value_or(1e4);
        p.three_phase = s_.flag("lr_scheduler_kwargs.three_phase");
        if (s_.choice("lr_scheduler_kwargs.anneal_strategy", "cos", {"cos", "linear"}) == "linear")
            p.anneal_strategy = pytorch::anneal_strategy::linear;
        add_figures("one_cycle");
        for (const char* field : {"pct_start", "div_factor", "final_div_factor", "three_phase"})
            s_.is_from(field, std::string("lr_scheduler_kwargs.") + field);
        s_.is_from("max_lr", "learning_rate");
        return s_.finish("one_cycle", lr_, total_, warmup_, [&] { return pytorch::one_cycle_lr(p); });
    }

    sheet s_;
    const recipe& asked_;
    double lr_ = 0;
    step_t total_ = 0;
    step_t known_ = 0;  // what the default warm-up is a part of
    step_t warmup_ = 0;
    std::string total_from_{};
    std::string planned_from_{};
    std::string warmup_from_{};
};

}  // namespace detail

/// axolotl's YAML: `micro_batch_size` says that it is one. The scheduler is cosine unless said otherwise; T =
/// max_steps, or ceil(examples x num_epochs / (micro_batch_size x gradient_accumulation_steps x processes)); the warm-up is
/// warmup_steps, or floor(warmup_ratio x T), or floor(3 % of T), at most 100, and never 1.
/// ReLoRA's restarts (`jagged_restart_steps`, before `relora_steps`) are laid over the schedule.
/// An error (`recipe_error`): no `learning_rate`; `warmup_steps` beside `warmup_ratio`.
PACER_MODE inline constexpr format axolotl_format{
    "axolotl", "axolotl",
    [](const tree& root) {
        return !is_command(root) && has(root, "micro_batch_size") &&
               !has_any(root, {"global_batch_size", "lr_scheduler_config", "train_micro_batch_size_per_gpu"});
    },
    [](const tree& root, const std::string& file) {
        recipe r = with_rules<detail::axolotl_reader>(root, file, "axolotl");
        const entry* deepspeed = find_in(root, "deepspeed");
        if (deepspeed != nullptr && deepspeed->value.is == tree::kind::text) {
            r.deepspeed_file = deepspeed->value.text;
            r.places["deepspeed"] = {file, deepspeed->line, "deepspeed"};
        } else if (deepspeed != nullptr && deepspeed->value.is_map()) {
            recipes::detail::add_deepspeed(r, deepspeed->value, file);
        }
        return r;
    }};

}  // namespace pacer::recipes::trainers

#endif
