// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_NEMO_HPP
#define PACER_RECIPES_FORMATS_NEMO_HPP

/// NeMo's YAML, and Hydra's overrides of it on a command line (`model.optim.lr=3e-4`).
/// Source: NeMo 2.4.0, `core/optim/lr_scheduler.py`, `core/classes/modelPT.py`.

#include <pacer/dialects/pytorch.hpp>
#include <pacer/recipes/formats/sheet.hpp>
#include <pacer/schedules/inverse_time.hpp>

#include <cmath>

namespace pacer::recipes::trainers {
namespace detail {

/// a.b.c=1 of a command as the map it stands for.
PACER_HOST inline tree with_sections(const tree& root) {
    tree nested = root;
    nested.entries.clear();
    for (const entry& e : root.entries) {
        tree* map = &nested;
        std::string_view key = e.key;
        if (std::count(key.begin(), key.end(), '.') > recipes::detail::deepest) {
            nested.entries.push_back(e);
            continue;
        }
        for (std::size_t dot = key.find('.'); dot != std::string_view::npos && dot > 0; dot = key.find('.')) {
            const std::string_view section = key.substr(0, dot);
            auto same = std::find_if(map->entries.begin(), map->entries.end(),
                                     [&](const entry& other) { return other.key == section && other.value.is_map(); });
            if (same == map->entries.end()) {
                entry made{std::string(section), e.line, {}};
                made.value.is = tree::kind::map;
                map->entries.push_back(std::move(made));
                same = map->entries.end() - 1;
            }
            map = &same->value;
            key.remove_prefix(dot + 1);
        }
        map->entries.push_back({std::string(key), e.line, e.value});
    }
    return nested;
}

class nemo_reader {
public:
    PACER_HOST nemo_reader(const document& from, const run_facts& facts, const recipe&)
        : s_(from, facts), optim_(s_.has("model.optim") || s_.has("model.optim.lr") ? "model.optim" : "optim") {}

    [[nodiscard]] PACER_HOST resolved run() {
        s_.check_names(optim_ + ".sched",
                       {"name",       "warmup_steps", "warmup_ratio",    "constant_steps", "constant_ratio",
                        "hold_steps", "hold_ratio",   "max_steps",       "min_lr",         "power",
                        "cycle",      "d_model",      "decay_rate",      "monitor",        "reduce_on_plateau",
                        "last_epoch", "args",         "iters_per_batch", "step_size",      "gamma"});
        lr_ = s_.needed_number(optim("lr"));
        if (!s_.has(optim("sched"))) {
            s_.add_head("constant", "no sched", lr_, optim("lr"));
            count_updates(true);
            return s_.finish("constant", lr_, total_, 0, "constant", {{"peak_lr", lr_}});
        }
        if (s_.has(sched("args")))
            s_.wrong(sched("args"), "its values beside name (nested ones are not supported)");
        name_ = s_.choice(sched("name"), "CosineAnnealing",
                          {"CosineAnnealing", "WarmupPolicy", "WarmupHoldPolicy", "WarmupAnnealing", "SquareAnnealing",
                           "PolynomialDecayAnnealing", "PolynomialHoldDecayAnnealing", "InverseSquareRootAnnealing",
                           "NoamAnnealing", "NoamHoldAnnealing", "StepLR", "ExponentialLR"});
        s_.add_head(name_, s_.source(sched("name")), lr_, optim("lr"));
        count_updates(false);
        if (name_ == "StepLR" || name_ == "ExponentialLR")
            return of_pytorch();
        warmup_ = steps_of("warmup", "warm-up");
        min_lr_ = s_.number(sched("min_lr")).value_or(name_ == "SquareAnnealing" ? 1e-5 : 0);
        s_.add("floor", shortest(min_lr_), s_.source(sched("min_lr")));
        if (warmup_ > total_)
            s_.clash(sched("warmup_steps"), "at most the " + std::to_string(total_) + " updates of the run");
        if (min_lr_ > lr_ && name_ != "NoamAnnealing")
            s_.clash(sched("min_lr"), "at most the rate " + shortest(lr_));
        s_.is_from("min_lr", sched("min_lr"));
        s_.is_from("end_lr", sched("min_lr"));
        s_.is_from("peak_lr", optim("lr"));
        return choose();
    }

private:
    [[nodiscard]] PACER_HOST std::string optim(const char* key) const { return optim_ + "." + key; }
    [[nodiscard]] PACER_HOST std::string sched(const std::string& key) const { return optim_ + ".sched." + key; }

    /// KEY_steps, or KEY_ratio of the run, rounded down.
    [[nodiscard]] PACER_HOST step_t steps_of(const std::string& key, const char* figure) {
        const std::optional<step_t> steps = s_.count(sched(key + "_steps"));
        const std::optional<double> ratio = s_.fraction(sched(key + "_ratio"));
        if (steps && ratio)
            s_.mistake(s_.where(sched(key + "_ratio")), "found beside " + key + "_steps " +
                                                            s_.written(sched(key + "_steps")) +
                                                            ", accepted: one of them");
        const step_t n = steps ? *steps : floor_count(ratio.value_or(0) * static_cast<double>(total_));
        if (steps || ratio || key == "warmup")
            s_.add(figure, std::to_string(n) + " updates",
                   ratio ? s_.source(sched(key + "_ratio")) + ", floor(" + shortest(*ratio) + " x " +
                               std::to_string(total_) + ")"
                         : s_.source(sched(key + "_steps")));
        return n;
    }

    PACER_HOST void count_updates(bool may_be_unknown) {
        const step_t of_trainer = s_.count("trainer.max_steps", -1).value_or(-1);
        const std::optional<step_t> of_sched = s_.count(sched("max_steps"), 1);
        if (s_.facts().total_steps) {
            total_ = *s_.facts().total_steps;
            s_.add("updates", std::to_string(total_), s_.facts().total_from);
        } else if (of_trainer >= 1) {
            total_ = of_trainer;
            s_.add("updates", std::to_string(total_), s_.source("trainer.max_steps"));
            if (of_sched && *of_sched != total_)
                s_.say("trainer.max_steps " + s_.written("trainer.max_steps") + " replaces sched.max_steps " +
                       s_.written(sched("max_steps")));
        } else if (of_sched) {
            total_ = *of_sched;
            s_.add("updates", std::to_string(total_), s_.source(sched("max_steps")));
        } else if (may_be_unknown && !s_.facts().examples) {
            total_ = endless;
            s_.add("updates", "unknown", "not needed");
        } else {
            plan();
        }
    }

    PACER_HOST void plan() {
        const step_t examples = s_.examples("trainer.max_steps", "the number of updates");
        const step_t epochs = s_.count("trainer.max_epochs", 1).value_or(0);
        const step_t batch = s_.needed_count("model.train_ds.batch_size", 1, a_count_from_1);
        if (epochs == 0)
            s_.wrong("trainer.max_epochs", std::string(a_count_from_1) + ", or max_steps");
        const step_t accumulation = s_.count("trainer.accumulate_grad_batches", 1).value_or(1);
        const step_t own = divided_up(examples, s_.world_size());
        const step_t batches = s_.flag("model.train_ds.drop_last") ? own / batch : divided_up(own, batch);
        of_epoch_ = divided_up(batches, accumulation);
        total_ = of_epoch_ <= longest / (std::max)(epochs, step_t{1}) ? of_epoch_ * epochs : longest + 1;
        if (total_ < 1 || total_ > longest) {
            s_.clash("trainer.max_epochs", "a number that makes a run of 1 to 2^53 updates");
            total_ = 1;
        }
        s_.add("updates", std::to_string(total_),
               count_of_epochs(epochs) + " x ceil(" + std::to_string(batches) + " batches / " +
                   std::to_string(accumulation) + "), of " + std::to_string(own) + " examples for each process");
    }

    [[nodiscard]] PACER_HOST std::vector<field_given> with_warmup(std::vector<field_given> fields) const {
        fields.insert(fields.begin(),
                      {{"peak_lr", lr_}, {"warmup", warmup_steps(warmup_)}, {"first_step", first_step::over_plus_one}});
        return fields;
    }
    [[nodiscard]] PACER_HOST resolved named(const char* schedule, const std::vector<field_given>& fields) const {
        return s_.finish(name_, lr_, total_, warmup_, schedule, with_warmup(fields));
    }
    [[nodiscard]] PACER_HOST linear_warmup<> rise() const {
        return linear_warmup<>({.peak_lr = lr_, .total_steps = warmup_, .first_step = first_step::over_plus_one});
    }
    /// Past the end it is the floor, whatever the rate was.
    [[nodiscard]] PACER_HOST constant<> floor() const { return constant<>({.peak_lr = min_lr_}); }
    [[nodiscard]] PACER_HOST constant<> flat() const { return constant<>({.peak_lr = lr_}); }

    [[nodiscard]] PACER_HOST resolved choose() {
        if (name_ == "CosineAnnealing")
            return cosine();
        if (name_ == "WarmupAnnealing")
            return named("linear", {{"total_steps", total_}, {"end_lr", min_lr_}});
        if (name_ == "PolynomialDecayAnnealing") {
            if (s_.flag(sched("cycle")))
                s_.wrong(sched("cycle"), "false (cycles are not supported)");
            return named("polynomial", {{"total_steps", total_}, {"end_lr", min_lr_}, {"power", power()}});
        }
        if (name_ == "SquareAnnealing")
            return s_.finish(name_, lr_, total_, warmup_, [&] {
                return clamp(polynomial<>({.peak_lr = lr_,
                                           .power = 2,
                                           .total_steps = total_,
                                           .warmup = warmup_steps(warmup_),
                                           .first_step = first_step::over_plus_one}),
                             warmup_ > 0 ? (std::min)(min_lr_, lr_ / static_cast<double>(warmup_ + 1)) : min_lr_, lr_);
            });
        if (name_ == "WarmupPolicy")
            return s_.finish(name_, lr_, total_, warmup_,
                             [&] { return join(rise(), warmup_, flat(), total_ + 1, floor()); });
        if (name_ == "InverseSquareRootAnnealing")
            return s_.finish(name_, lr_, total_, warmup_, [&] {
                return join(rise(), warmup_, inverse_sqrt<>({.peak_lr = lr_, .timescale = warmup_ + 1}), total_ + 1,
                            floor());
            });
        if (name_ == "NoamAnnealing")
            return noam();
        return hold();
    }

    /// PyTorch's own: StepLR by updates, ExponentialLR by epochs; NeMo hands them nothing that they do not take.
    [[nodiscard]] PACER_HOST resolved of_pytorch() {
        for (const char* key : {"warmup_steps", "warmup_ratio", "hold_steps", "constant_steps", "min_lr"})
            if (s_.has(sched(key)))
                s_.mistake(s_.where(sched(key)), "is no parameter of " + name_ + ", which stops at it; accepted: " +
                                                     (name_ == "StepLR" ? "step_size, gamma" : "gamma"));
        const bool steps = name_ == "StepLR";
        const step_t size = steps ? s_.needed_count(sched("step_size"), 1, a_count_from_1) : 1;
        if (!steps && !s_.has(sched("gamma")))
            s_.wrong(sched("gamma"), a_rate);
        const double gamma = s_.number(sched("gamma")).value_or(0.1);
        s_.add("gamma", shortest(gamma), s_.source(sched("gamma")));
        if (steps) {
            s_.add("falls every", std::to_string(size) + " updates", s_.source(sched("step_size")));
            return s_.finish(name_, lr_, total_, 0,
                             [&] { return pytorch::step_lr({.lr = lr_, .step_size = size, .gamma = gamma}); });
        }
        const step_t epochs = s_.count("trainer.max_epochs", 1).value_or(0);
        if (of_epoch_ == 0 && epochs > 0 && total_ % epochs == 0)
            of_epoch_ = total_ / epochs;
        if (of_epoch_ == 0)
            s_.wrong("trainer.max_epochs", "a number of epochs of a known length (ExponentialLR falls after each)");
        s_.add("falls every", std::to_string(of_epoch_) + " updates", "an epoch");
        return s_.finish(name_, lr_, total_, 0,
                         [&] { return every(of_epoch_, pytorch::exponential_lr({.lr = lr_, .gamma = gamma})); });
    }

    [[nodiscard]] PACER_HOST double power() const { return s_.number(sched("power")).value_or(1); }

    [[nodiscard]] PACER_HOST resolved cosine() {
        const step_t constant = steps_of("constant", "constant");
        if (constant == 0)
            return named("cosine_with_min_lr", {{"total_steps", total_}, {"min_lr", min_lr_}});
        if (warmup_ + constant >= total_)
            s_.clash(sched("constant_steps"), "less than what the warm-up leaves of the run");
        s_.say("with constant_steps the warm-up is s / W (without, (s + 1) / (W + 1)), and the last " +
               std::to_string(constant) + " updates run at the floor");
        return s_.finish(name_, lr_, total_, warmup_, "cosine_with_min_lr",
                         {{"peak_lr", lr_},
                          {"min_lr", min_lr_},
                          {"total_steps", total_ - constant},
                          {"warmup", warmup_steps(warmup_)}});
    }

    /// lr is a factor of d_model^-1/2.
    [[nodiscard]] PACER_HOST resolved noam() {
        const step_t width =
            s_.needed_count(sched("d_model"), 1, std::string(a_count_from_1) + " (NoamAnnealing needs it)");
        const step_t scale = (std::max)(warmup_, step_t{1});
        const double peak = lr_ / std::sqrt(static_cast<double>(width)) / std::sqrt(static_cast<double>(scale));
        s_.add("peak", shortest(peak),
               "lr / sqrt(d_model " + std::to_string(width) + " x " + std::to_string(scale) + ")");
        s_.say("the first two updates run at the same rate");
        if (min_lr_ > peak) {
            s_.say("min_lr " + s_.written(sched("min_lr")) +
                   " is above the peak: the rate jumps to it after the warm-up, and "
                   "stays there");
            return s_.finish(name_, peak, total_, warmup_, [&] {
                return join(constant<>({.peak_lr = peak / static_cast<double>(scale)}), 1,
                            advance(linear_warmup<>({.peak_lr = peak, .total_steps = scale}), 1), scale + 1, floor());
            });
        }
        return s_.finish(name_, peak, total_, warmup_, [&] {
            return join(
                constant<>({.peak_lr = peak / static_cast<double>(scale)}), 1,
                advance(inverse_sqrt<>(
                            {.peak_lr = peak, .min_lr = min_lr_, .timescale = scale, .warmup = warmup_steps(scale)}),
                        1));
        });
    }

    [[nodiscard]] PACER_HOST resolved hold() {
        const step_t held = steps_of("hold", "hold");
        const step_t start = warmup_ + held;
        if (start > total_)
            s_.clash(sched("hold_steps"), "at most what the warm-up leaves of the run");
        if (name_ == "WarmupHoldPolicy")
            return s_.finish(name_, lr_, total_, warmup_,
                             [&] { return join(rise(), warmup_, flat(), total_ + 1, floor()); });
        if (name_ == "NoamHoldAnnealing") {
            if (warmup_ == 0)
                s_.wrong(sched("warmup_steps"), std::string(a_count_from_1) + " (NoamHoldAnnealing needs it)");
            const double rate = s_.number(sched("decay_rate")).value_or(0.5);
            s_.add("decay_rate", shortest(rate), s_.source(sched("decay_rate")));
            return s_.finish(name_, lr_, total_, warmup_, [&] {
                return join(rise(), warmup_, flat(), start,
                            inverse_time<>(
                                {.peak_lr = lr_, .min_lr = min_lr_, .decay_rate = 1, .every = warmup_, .power = rate}),
                            total_ + 1, floor());
            });
        }
        if (held == 0)
            s_.wrong(sched("hold_steps"), std::string(a_count_from_1) + " (without, the rate would fall at once)");
        return s_.finish(name_, lr_, total_, warmup_, [&] {
            return join(
                rise(), warmup_, flat(), start,
                polynomial<>({.peak_lr = lr_, .end_lr = min_lr_, .power = power(), .total_steps = total_ - start}));
        });
    }

    sheet s_;
    std::string optim_;
    std::string name_{};
    double lr_ = 0;
    double min_lr_ = 0;
    step_t total_ = 0;
    step_t of_epoch_ = 0;  // updates; 0: not known
    step_t warmup_ = 0;
};

}  // namespace detail

/// NeMo's YAML: `model.optim.sched`, or `model.optim` beside `trainer`. The warm-up is (s + 1) / (W + 1), its ratio rounded
/// down; T = trainer.max_steps, else sched.max_steps, else of the epochs; CosineAnnealing's constant_steps are the last.
PACER_MODE inline constexpr format nemo_format{
    "nemo", "NeMo",
    [](const tree& root) {
        return has_any(root, {"model.optim.sched", "optim.sched", "model.optim.sched.name", "optim.sched.name"}) ||
               (has(root, "model.optim.lr") &&
                (has(root, "trainer") || has_any(root, {"trainer.max_steps", "trainer.max_epochs"})));
    },
    [](const tree& root, const std::string& file) {
        return with_rules<detail::nemo_reader>(is_command(root) ? detail::with_sections(root) : root, file, "NeMo");
    }};

}  // namespace pacer::recipes::trainers

#endif
