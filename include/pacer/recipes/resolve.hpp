// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_RESOLVE_HPP
#define PACER_RECIPES_RESOLVE_HPP

/// From a recipe to the schedule that Hugging Face would really run with it.

#include <pacer/dialects/deepspeed.hpp>
#include <pacer/expression/make.hpp>
#include <pacer/recipes/detail/build.hpp>
#include <pacer/recipes/recipe.hpp>
#include <pacer/training/plan.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pacer::recipes {

/// What a recipe cannot know.
struct run_facts {
    std::optional<step_t> total_steps{};  ///< updates of the whole run, 1 to 2^53; from its log, say
    std::optional<step_t> examples{};     ///< length of the training set, 1 or more
    step_t world_size = 1;                ///< processes, 1 or more
    std::optional<hf_trainer> trainer{};  ///< default: 4.x, or 5.x if the recipe only makes sense there
    std::string total_from = "given, not from the recipe";  ///< where `total_steps` is from, for `lines()`
};

/// A figure of a resolved recipe, and where it comes from.
struct figure {
    std::string name;
    std::string value;
    std::string source;  ///< "FILE:LINE", "default", or a computation
};

/// What runs.
struct resolved {
    std::string scheduler;    ///< pacer's name, or DeepSpeed's ("WarmupLR", ...)
    double peak_lr = 0;       ///< the rate after the warm-up
    step_t total_steps = 0;   ///< updates of the run; `endless` if unknown and not needed
    step_t warmup_steps = 0;  ///< updates of warm-up, rounded; may be more than `total_steps`
    hf_trainer trainer = hf_trainer::v4;
    any_schedule<double> schedule;    ///< the rate of each update; past the end as Hugging Face's
    std::optional<expression> curve;  ///< the same schedule as data; none for DeepSpeed's
    std::vector<figure> figures;      ///< for `lines()`
    std::vector<std::string> notes;   ///< everything that does not run plainly as it is written

    /// The plan as text: a line for each figure with its source, then the notes.
    [[nodiscard]] std::vector<std::string> lines() const {
        std::size_t names = 0;
        std::size_t values = 0;
        for (const figure& f : figures) {
            names = (std::max)(names, f.name.size());
            values = (std::max)(values, f.value.size());
        }
        std::vector<std::string> text;
        for (const figure& f : figures)
            text.push_back(f.name + std::string(names - f.name.size() + 2, ' ') + f.value +
                           std::string(values - f.value.size() + 2, ' ') + f.source);
        for (const std::string& n : notes)
            text.push_back("note: " + n);
        return text;
    }
};

namespace detail {

/// Resolves one recipe; the members are what is known so far.
class resolver {
public:
    resolver(const recipe& r, const run_facts& facts) : r_(r), facts_(facts) {}

    [[nodiscard]] resolved run() {
        check_facts();
        choose_trainer();
        if (!r_.deepspeed)
            refuse_controllers();
        count_updates();
        if (r_.deepspeed_missing)
            say("the DeepSpeed configuration " + r_.deepspeed_file + " (" + source("deepspeed") +
                ") was not found; if it has a scheduler, that one runs instead");
        else if (!r_.deepspeed && !r_.deepspeed_file.empty() && r_.places.count("scheduler") == 0)
            say("the DeepSpeed configuration " + r_.deepspeed_file + " (" + source("deepspeed") +
                ") is taken to have no scheduler");
        return r_.deepspeed ? with_deepspeed() : with_hugging_face();
    }

private:
    using kwarg_list = std::initializer_list<std::string_view>;

    // Words.

    void say(std::string text) { notes_.push_back(std::move(text)); }

    [[nodiscard]] bool is_written(const std::string& key) const { return r_.places.count(key) != 0; }

    [[nodiscard]] std::string source(const std::string& key) const {
        const auto found = r_.places.find(key);
        if (found == r_.places.end())
            return "default";
        return found->second.file + ":" + std::to_string(found->second.line);
    }

    [[nodiscard]] std::string written(const std::string& key) const {
        const auto found = r_.written.find(key);
        return found == r_.written.end() ? "nothing" : found->second;
    }

    [[noreturn]] void fail(const std::string& key, const std::string& accepted) const {
        throw recipe_error(r_.where(key), "found " + written(key) + ", accepted: " + accepted);
    }

    static std::string kwarg(std::string_view name) { return "lr_scheduler_kwargs." + std::string(name); }

    void add(std::string name, std::string value, std::string from) {
        figures_.push_back({std::move(name), std::move(value), std::move(from)});
    }

    // Fields of the schedule.

    void give(const char* field, const field_value& value) {
        leave_out(field);
        fields_.push_back({field, value});
    }
    void leave_out(const char* field) {
        std::erase_if(fields_, [&](const field_given& f) { return f.name == field; });
    }
    [[nodiscard]] const field_given* find(const char* field) const {
        for (const field_given& f : fields_)
            if (f.name == field)
                return &f;
        return nullptr;
    }

    /// The first of the keys that is written; the last one if none is.
    [[nodiscard]] std::string first_written(std::initializer_list<const char*> keys) const {
        for (const char* key : keys)
            if (is_written(key))
                return key;
        return *(keys.end() - 1);
    }

    // Facts.

    void check_facts() const {
        const auto wrong_fact = [](const char* name, step_t value, const char* accepted) {
            throw recipe_error({"", 0, name}, "found " + std::to_string(value) + ", accepted: " + accepted);
        };
        if (facts_.total_steps && (*facts_.total_steps < 1 || *facts_.total_steps > longest))
            wrong_fact("total_steps", *facts_.total_steps, "a number of updates from 1 to 2^53");
        if (facts_.examples && *facts_.examples < 1)
            wrong_fact("examples", *facts_.examples, "a number of 1 or more");
        if (facts_.world_size < 1)
            wrong_fact("world_size", facts_.world_size, "a number of 1 or more");
    }

    void choose_trainer() {
        if (facts_.trainer) {
            trainer_ = *facts_.trainer;
            return;
        }
        const double steps = r_.warmup_steps.value_or(0);
        if (steps < 0x1p53 && static_cast<double>(pacer::detail::floor_to_int(steps)) != steps) {
            trainer_ = hf_trainer::v5;
            say("warmup_steps " + written("warmup_steps") + " (" + source("warmup_steps") +
                ") is no whole number, which only transformers 5 reads; taken for a run of that version");
        }
    }

    void refuse_controllers() const {
        if (std::find(controllers.begin(), controllers.end(), r_.scheduler) != controllers.end())
            fail("lr_scheduler_type", "a schedule; this is a controller, fed by a metric, not a function of the step");
    }

    // Length and warm-up.

    [[nodiscard]] bool ignores_warmup() const { return r_.scheduler == "constant" || r_.scheduler == "linear_warmup"; }

    /// Whether the curve is the same for every length of the run.
    [[nodiscard]] bool needs_no_total() const {
        if (r_.deepspeed)
            return r_.deepspeed->type == "WarmupLR" && !warmup_is_a_ratio();
        if (r_.scheduler == "constant")
            return true;
        return (r_.scheduler == "constant_with_warmup" || r_.scheduler == "inverse_sqrt") && !warmup_is_a_ratio();
    }

    [[nodiscard]] bool warmup_is_a_ratio() const {
        const double ratio = r_.warmup_ratio.value_or(0);
        const double steps = r_.warmup_steps.value_or(0);
        if (trainer_ == hf_trainer::v5)
            return r_.warmup_ratio ? ratio > 0 && ratio < 1 : steps > 0 && steps < 1;
        return steps == 0 && ratio > 0;
    }

    void count_updates() {
        plan_params p;
        p.trainer = trainer_;
        p.per_device_batch = r_.per_device_batch.value_or(p.per_device_batch);
        p.accumulation = r_.accumulation.value_or(p.accumulation);
        p.epochs = r_.epochs.value_or(p.epochs);
        p.drop_last = r_.drop_last;
        p.world_size = facts_.world_size;
        p.examples = facts_.examples.value_or(-1);
        p.max_steps = facts_.total_steps ? *facts_.total_steps : r_.max_steps.value_or(-1);
        if (r_.warmup_ratio)
            p.warmup_ratio = *r_.warmup_ratio;
        if (r_.warmup_steps)
            p.warmup_steps = *r_.warmup_steps;

        const bool unknown = p.max_steps <= 0 && p.examples == -1;
        if (unknown && !needs_no_total())
            throw recipe_error(r_.where("max_steps"),
                               "found " + written("max_steps") +
                                   ", accepted: the number of updates, or else the number of examples the run has");
        if (unknown)
            p.max_steps = 1;  // any length will do
        if (const violation v = check(p))
            refuse_plan(v);
        const plan planned(p);
        total_ = unknown ? endless : planned.total_steps();
        warmup_ = planned.warmup_steps();

        if (unknown)
            add("updates", "unknown", "not needed");
        else if (facts_.total_steps)
            add("updates", std::to_string(total_), facts_.total_from);
        else if (p.max_steps > 0)
            add("updates", std::to_string(total_), source("max_steps"));
        else
            add("updates", std::to_string(total_), how_planned(planned));
        if (facts_.total_steps)
            say_total_is_given(p);
        else if (p.max_steps > 0 && is_written("max_steps") && is_written("num_train_epochs"))
            say("max_steps " + written("max_steps") + " (" + source("max_steps") + ") wins over num_train_epochs " +
                written("num_train_epochs") + " (" + source("num_train_epochs") + ")");
        if (!r_.deepspeed && ignores_warmup()) {
            say_warmup_is_ignored();
            return;
        }
        add_warmup();
        overlong_ = warmup_ > total_ && !r_.deepspeed;
    }

    void say_total_is_given(plan_params p) {
        if (r_.max_steps.value_or(-1) > 0) {
            if (*r_.max_steps != total_)
                say("the run has " + std::to_string(total_) + " updates, not the max_steps " + written("max_steps") +
                    " of " + source("max_steps"));
            return;
        }
        p.max_steps = -1;
        if (p.examples == -1 || check(p)) {
            say("the run has " + std::to_string(total_) + " updates; the recipe itself does not say how many");
            return;
        }
        const plan other(p);
        if (other.total_steps() != total_)
            say("the run has " + std::to_string(total_) + " updates, where " + std::to_string(p.examples) +
                " examples make " + std::to_string(other.total_steps()) + " (" + how_planned(other) + ")");
    }

    [[nodiscard]] static std::string how_planned(const plan& planned) {
        const plan_params& p = planned.params();
        if (p.max_steps == 0)
            return "max_steps 0";
        return "ceil(" + shortest(p.epochs) + " epochs x " + std::to_string(planned.updates_per_epoch()) +
               " updates), each epoch " + std::to_string(p.examples) + " examples / (" +
               std::to_string(p.per_device_batch) + " x " + std::to_string(p.world_size) + " processes x " +
               std::to_string(p.accumulation) + ")";
    }

    [[noreturn]] void refuse_plan(const violation& v) const {
        const std::string_view field = v.field;
        const bool v5 = trainer_ == hf_trainer::v5;
        if (field == "warmup_ratio")
            fail("warmup_ratio", v5 ? "a number from 0 to 2^53"
                                    : "a number from 0 to 1 (only transformers 5 takes more, as a number of updates)");
        if (field == "warmup_steps")
            fail("warmup_steps",
                 v5 ? "a number from 0 to 2^53"
                    : "a whole number from 0 to 2^53 (only transformers 5 takes a fraction of the run)");
        if (field == "max_steps")
            fail("max_steps", "a number of updates, at most 2^53");
        if (field == "epochs")
            fail("num_train_epochs", "a number that makes at most 2^53 updates");
        throw recipe_error({"", 0, v.field}, "found " + std::to_string(v.count) + ", which " + v.rule);
    }

    void say_warmup_is_ignored() {
        for (const char* key : {"warmup_ratio", "warmup_steps"}) {
            const double value =
                (key == std::string_view("warmup_ratio") ? r_.warmup_ratio : r_.warmup_steps).value_or(0);
            if (value > 0)
                say(std::string(key) + " " + written(key) + " (" + source(key) + ") is ignored by " + r_.scheduler);
        }
        warmup_ = 0;
    }

    void add_warmup() {
        const bool v5 = trainer_ == hf_trainer::v5;
        const double ratio = r_.warmup_ratio.value_or(0);
        const double steps = r_.warmup_steps.value_or(0);
        const bool by_ratio = v5 ? r_.warmup_ratio.has_value() : !(steps > 0) && ratio > 0;
        const std::string key = by_ratio ? "warmup_ratio" : "warmup_steps";
        const std::string other = by_ratio ? "warmup_steps" : "warmup_ratio";
        const double asked = by_ratio ? ratio : steps;
        const bool rounded_up = warmup_is_a_ratio();
        std::string from = source(key);
        if (rounded_up)
            from += ", ceil(" + shortest(asked) + " x " + std::to_string(total_) + ")";
        add("warm-up", std::to_string(warmup_) + " updates", from);

        if (is_written(other) && is_written(key) && (by_ratio ? steps : ratio) > 0)
            say(key + " " + written(key) + " (" + source(key) + ") wins over " + other + " " + written(other) + " (" +
                source(other) + ")" + (v5 ? " in transformers 5" : " in transformers 4"));
        if (v5 && by_ratio)
            say("transformers 5.15 and later have no warmup_ratio and refuse it");
        const double exact = asked * static_cast<double>(total_);
        if (rounded_up && exact != static_cast<double>(warmup_))
            say(key + " " + shortest(asked) + " of " + std::to_string(total_) + " updates is " + shortest(exact) +
                ", rounded up to " + std::to_string(warmup_));
        if (v5 && asked > 0 && !rounded_up && asked != static_cast<double>(warmup_))
            say(key + " " + written(key) + " is rounded down to " + std::to_string(warmup_) + " updates");
        if (v5 && by_ratio && asked >= 1)
            say("transformers 5 reads warmup_ratio " + written(key) + " as " + std::to_string(warmup_) + " updates");
    }

    // Hugging Face's own schedulers.

    /// Refuses what the scheduler does not take; says what it takes but does not look at.
    void check_kwargs(kwarg_list taken, bool rest_is_dropped) {
        for (const std::string_view name : kwarg_names) {
            const std::string key = kwarg(name);
            if (!is_written(key) || std::find(taken.begin(), taken.end(), name) != taken.end())
                continue;
            if (!rest_is_dropped)
                throw recipe_error(r_.where(key), r_.scheduler + " does not take it, accepted: " +
                                                      (taken.size() == 0 ? "no lr_scheduler_kwargs" : listed(taken)));
            say(std::string(name) + " (" + source(key) + ") is ignored by " + r_.scheduler +
                (r_.scheduler == "inverse_sqrt" ? " of transformers 4" : ""));
        }
    }

    /// The floor of the cosines that have one: a rate or a fraction, exactly one of the two.
    [[nodiscard]] lr_or_ratio floor_of_cosine() {
        const scheduler_kwargs& k = r_.kwargs;
        if (k.min_lr && k.min_lr_rate)
            throw recipe_error(r_.where(kwarg("min_lr_rate")),
                               "found beside min_lr (" + source(kwarg("min_lr")) + "), accepted: one of them");
        if (!k.min_lr && !k.min_lr_rate)
            throw recipe_error(r_.where("lr_scheduler_kwargs"),
                               "found neither min_lr nor min_lr_rate, accepted: one of them (" + r_.scheduler +
                                   " needs it)");
        if (k.min_lr_rate) {
            add("floor", shortest(*k.min_lr_rate * r_.learning_rate),
                source(kwarg("min_lr_rate")) + ", " + shortest(*k.min_lr_rate) + " of the learning rate");
            return lr_ratio(*k.min_lr_rate);
        }
        add("floor", shortest(*k.min_lr), source(kwarg("min_lr")));
        return *k.min_lr;
    }

    [[nodiscard]] static ramp_shape shape(const std::string& name) {
        return name == "cosine"   ? ramp_shape::cosine
               : name == "1-sqrt" ? ramp_shape::one_minus_sqrt
                                  : ramp_shape::linear;
    }

    [[nodiscard]] resolved with_hugging_face() {
        const scheduler_kwargs& k = r_.kwargs;
        name_ = r_.scheduler;
        give("peak_lr", r_.learning_rate);
        figures_.insert(figures_.begin(),
                        {figure{"scheduler", name_, source("lr_scheduler_type")},
                         figure{"learning rate", shortest(r_.learning_rate), source("learning_rate")}});
        if (name_ != "constant") {
            give("total_steps", total_);
            give("warmup", pacer::warmup_steps(warmup_));
        }

        if (name_ == "constant" || name_ == "constant_with_warmup") {
            check_kwargs({}, true);
            if (total_ == endless)
                leave_out("total_steps");
        } else if (name_ == "linear") {
            check_kwargs({}, false);
        } else if (name_ == "linear_warmup") {
            check_kwargs({}, false);
            leave_out("warmup");
        } else if (name_ == "cosine") {
            check_kwargs({"num_cycles"}, false);
            take_cycles("0.5");
            give("past_end", past_end::wave);
        } else if (name_ == "cosine_with_restarts") {
            check_kwargs({"num_cycles"}, false);
            take_cycles("1");
        } else if (name_ == "cosine_with_min_lr") {
            check_kwargs({"min_lr", "min_lr_rate", "num_cycles"}, false);
            give("min_lr", floor_of_cosine());
            take_cycles("0.5");
            give("past_end", past_end::wave);
        } else if (name_ == "cosine_warmup_with_min_lr") {
            check_kwargs({"min_lr", "min_lr_rate", "num_cycles", "warmup_lr_rate"}, false);
            give("min_lr", floor_of_cosine());
            take_cycles("0.5");
            give("past_end", past_end::wave);
            if (k.warmup_lr_rate) {
                give("init_lr", lr_ratio(*k.warmup_lr_rate));
                add("warm-up from", shortest(*k.warmup_lr_rate * r_.learning_rate), source(kwarg("warmup_lr_rate")));
            }
        } else if (name_ == "polynomial") {
            check_kwargs({"lr_end", "power"}, false);
            const double end = k.lr_end.value_or(1e-7);
            const double power = k.power.value_or(1);
            give("end_lr", end);
            give("power", power);
            add("end", shortest(end), source(kwarg("lr_end")));
            add("power", shortest(power), source(kwarg("power")));
            if (!(end < r_.learning_rate))
                throw recipe_error(r_.where(kwarg("lr_end")), "found " + shortest(end) +
                                                                  ", accepted: a rate below the learning rate " +
                                                                  shortest(r_.learning_rate));
        } else if (name_ == "inverse_sqrt") {
            const bool v5 = trainer_ == hf_trainer::v5;
            check_kwargs(v5 ? kwarg_list{"timescale"} : kwarg_list{}, !v5);
            const bool is_given = v5 && k.timescale.has_value();
            if (is_given)
                give("timescale", *k.timescale);
            add("timescale",
                std::to_string(is_given      ? *k.timescale
                               : warmup_ > 0 ? warmup_
                                             : 10'000),
                is_given ? source(kwarg("timescale")) : "default, the warm-up or 10000");
            // Hugging Face's goes on decaying, whatever the length of the run.
            leave_out("total_steps");
        } else {
            plan_stable_decay();
        }
        if (overlong_)
            warm_up_past_the_end();
        return finish();
    }

    void take_cycles(const char* by_default) {
        if (r_.kwargs.num_cycles)
            give("num_cycles", *r_.kwargs.num_cycles);
        add("cycles", r_.kwargs.num_cycles ? shortest(*r_.kwargs.num_cycles) : by_default, source(kwarg("num_cycles")));
    }

    void plan_stable_decay() {
        const scheduler_kwargs& k = r_.kwargs;
        check_kwargs({"num_stable_steps", "num_decay_steps", "warmup_type", "decay_type", "min_lr_ratio", "num_cycles"},
                     false);
        if (k.num_cycles && *k.num_cycles != 0.5)
            fail(kwarg("num_cycles"), "0.5 (other waves of a warmup_stable_decay are not supported)");
        step_t stable = k.num_stable_steps.value_or(-1);
        step_t decay = k.num_decay_steps.value_or(-1);
        const bool is_split = r_.is_llamafactory && (stable < 0 || decay < 0);
        if (is_split) {
            // Python's // rounds down, also below 0.
            const step_t rest = total_ - warmup_;
            const step_t third = rest >= 0 ? rest / 3 : -((2 - rest) / 3);
            say("LLaMA-Factory fills in num_stable_steps and num_decay_steps where they are not given, as 1/3 and 2/3 "
                "of "
                "the updates after the warm-up");
            stable = stable < 0 ? third : stable;
            decay = decay < 0 ? rest - third : decay;
        }
        if (decay < 0 && !is_split)
            throw recipe_error(r_.where("lr_scheduler_kwargs"),
                               "found no num_decay_steps, accepted: a whole number of 0 or more (warmup_stable_decay "
                               "needs it)");
        const bool stable_is_left = stable < 0 && !is_split;
        if (stable_is_left)
            stable = warmup_ <= total_ - (std::min)(decay, total_) ? total_ - warmup_ - decay : -1;
        if (stable < 0 || decay < 0)
            throw recipe_error(r_.where(kwarg("num_decay_steps")),
                               "found a warm-up of " + std::to_string(warmup_) + " updates (" + warmup_key() +
                                   ") and num_decay_steps " + std::to_string((std::max)(decay, step_t{0})) +
                                   " in a run of " + std::to_string(total_) + " updates, accepted: at most " +
                                   std::to_string(total_) + " together, or num_stable_steps given");
        if (stable > longest || decay > longest || warmup_ + stable + decay > longest)
            throw recipe_error(r_.where(kwarg(stable > decay ? "num_stable_steps" : "num_decay_steps")),
                               "makes a schedule that is too long, accepted: at most 2^53 updates");

        const step_t sum = warmup_ + stable + decay;
        give("stable_steps", stable);
        give("decay_steps", decay);
        give("total_steps", sum);
        give("decay_shape", shape(k.decay_type.value_or("cosine")));
        give("warmup_shape", shape(k.warmup_type.value_or("linear")));
        const std::string from_rest = stable_is_left ? "what warm-up and decay leave" : "LLaMA-Factory's default";
        add("stable", std::to_string(stable) + " updates",
            k.num_stable_steps ? source(kwarg("num_stable_steps")) : from_rest);
        add("decay", std::to_string(decay) + " updates, " + k.decay_type.value_or("cosine"),
            k.num_decay_steps ? source(kwarg("num_decay_steps")) : "LLaMA-Factory's default");
        if (k.min_lr_ratio && *k.min_lr_ratio > 0) {
            give("min_lr", lr_ratio(*k.min_lr_ratio));
            give("init_lr", lr_ratio(*k.min_lr_ratio));
            say("the warm-up starts at the floor, min_lr_ratio " + shortest(*k.min_lr_ratio) + " (" +
                source(kwarg("min_lr_ratio")) + ") of the learning rate, not at 0");
        }
        add("floor", shortest(k.min_lr_ratio.value_or(0) * r_.learning_rate), source(kwarg("min_lr_ratio")));
        if (sum < total_)
            say("warm-up, stable part and decay are " + std::to_string(sum) + " of " + std::to_string(total_) +
                " updates; the other " + std::to_string(total_ - sum) + " run at the floor");
        if (sum > total_ && !overlong_)
            say("warm-up, stable part and decay are " + std::to_string(sum) + " updates; the run ends after " +
                std::to_string(total_) + " of them");
    }

    /// Hugging Face lets the warm-up be longer than the run; then only the warm-up is ever used.
    void warm_up_past_the_end() {
        if (name_ == "warmup_stable_decay" || name_ == "inverse_sqrt") {
            // These do not need to know where the run ends.
        } else if (name_ == "constant_with_warmup") {
            leave_out("total_steps");
        } else {
            const bool one_ahead = name_ == "cosine_warmup_with_min_lr";
            const field_given* init = find("init_lr");
            std::vector<field_given> rise{{"peak_lr", r_.learning_rate}};
            if (one_ahead && init != nullptr) {
                rise.push_back(*init);
                rise.push_back({"total_steps", (std::max)(warmup_ - 1, step_t{1})});
            } else {
                rise.push_back({"total_steps", warmup_});
                if (one_ahead)
                    rise.push_back({"first_step", first_step::from_first});
            }
            fields_ = rise;
            name_ = "linear_warmup";
        }
    }

    [[nodiscard]] resolved finish() {
        try {
            const any_schedule<double> schedule = make<double>(name_, fields_);
            if (overlong_) {
                const double reached =
                    total_ > 0 && r_.learning_rate > 0 ? schedule(total_ - 1) / r_.learning_rate * 100 : 0;
                char percent[32];
                std::snprintf(percent, sizeof percent, "%.4g", reached);
                say("the warm-up of " + std::to_string(warmup_) + " updates (" + source(warmup_key()) +
                    ") is longer than the run of " + std::to_string(total_) + ": the last update runs at " + percent +
                    " % of the learning rate, which is never reached");
            }
            return {name_,    r_.learning_rate,     total_,   warmup_, trainer_,
                    schedule, make(name_, fields_), figures_, notes_};
        } catch (const invalid_schedule& error) {
            throw recipe_error(r_.where(key_of(error.field())), error.what());
        }
    }

    [[nodiscard]] std::string warmup_key() const {
        return first_written({warmup_is_a_ratio() ? "warmup_ratio" : "warmup_steps", "warmup_ratio", "warmup_steps"});
    }

    /// Which key of the recipe a field of pacer's comes from.
    [[nodiscard]] std::string key_of(std::string_view field) const {
        if (field == "peak_lr")
            return "learning_rate";
        if (field == "min_lr")
            return first_written(
                {"lr_scheduler_kwargs.min_lr", "lr_scheduler_kwargs.min_lr_rate", "lr_scheduler_kwargs.min_lr_ratio"});
        if (field == "init_lr")
            return first_written({"lr_scheduler_kwargs.warmup_lr_rate", "lr_scheduler_kwargs.min_lr_ratio"});
        if (field == "end_lr")
            return kwarg("lr_end");
        if (field == "warmup")
            return warmup_key();
        if (field == "total_steps")
            return "max_steps";
        return kwarg(field);
    }

    // DeepSpeed's schedulers.

    template <class T>
    T fill(const or_auto<T>& given, const char* name, T if_auto, T by_default) {
        const std::string key = std::string("scheduler.params.") + name;
        const T value = given.is_auto ? if_auto : given.value.value_or(by_default);
        std::string text;
        if constexpr (std::floating_point<T>)
            text = shortest(value);
        else
            text = std::to_string(value);
        add(name, text, given.is_auto ? source(key) + ", auto" : given.value ? source(key) : "DeepSpeed's default");
        return value;
    }

    /// Hugging Face refuses a DeepSpeed configuration that says otherwise than its own arguments.
    template <class T>
    void must_match(const or_auto<T>& given, const char* name, T ours, const char* argument) const {
        if (given.value && *given.value != ours) {
            std::string text;
            if constexpr (std::floating_point<T>)
                text = shortest(ours);
            else
                text = std::to_string(ours);
            fail(std::string("scheduler.params.") + name,
                 text + " (" + argument + "; Hugging Face refuses another) or \"auto\"");
        }
    }

    [[nodiscard]] resolved with_deepspeed() {
        const deepspeed_scheduler& d = *r_.deepspeed;
        name_ = d.type;
        figures_.insert(figures_.begin(),
                        {figure{"scheduler", name_, source("scheduler.type")},
                         figure{"learning rate", shortest(r_.learning_rate), source("learning_rate")}});
        const bool cosine = d.type == "WarmupCosineLR";
        const bool decays = cosine || d.type == "WarmupDecayLR";
        if (!decays && d.type != "WarmupLR")
            fail("scheduler.type", "WarmupLR, WarmupDecayLR or WarmupCosineLR (others are not supported)");
        say("DeepSpeed's scheduler " + d.type + " (" + source("scheduler.type") + ") replaces " + r_.scheduler + " (" +
            source("lr_scheduler_type") + ")");
        say("DeepSpeed sets the rate one update late: the first two updates both run at the lowest rate");
        must_match(d.warmup_max_lr, "warmup_max_lr", r_.learning_rate, "learning_rate");
        must_match(d.warmup_num_steps, "warmup_num_steps", warmup_, "the warm-up of the training arguments");
        if (total_ != endless)
            must_match(d.total_num_steps, "total_num_steps", total_, "the updates of the run");
        if (decays && !d.total_num_steps.value && !d.total_num_steps.is_auto)
            throw recipe_error(r_.where("scheduler"), "found no total_num_steps, accepted: " + std::to_string(total_) +
                                                          " or \"auto\" (" + d.type + " needs it)");

        const step_t warmup = fill(d.warmup_num_steps, "warmup_num_steps", warmup_, step_t{1000});
        if (warmup < 2)
            say("DeepSpeed makes a warm-up of " + std::to_string(warmup) + " updates one of 2");
        const bool linear = d.warmup_type.value_or("log") == "linear";
        const auto type = linear ? deepspeed::warmup_type::linear : deepspeed::warmup_type::log;
        add("warmup_type", linear ? "linear" : "log",
            d.warmup_type ? source("scheduler.params.warmup_type") : "DeepSpeed's default");
        warmup_ = (std::max)(warmup, step_t{2});
        if (warmup_ > total_)
            say("the warm-up of " + std::to_string(warmup_) + " updates is longer than the run of " +
                std::to_string(total_));
        try {
            if (cosine)
                return finish(deepspeed::warmup_cosine_lr{{.lr = r_.learning_rate,
                                                           .total_num_steps = total_,
                                                           .warmup_min_ratio = d.warmup_min_ratio.value_or(0),
                                                           .warmup_num_steps = warmup_,
                                                           .cos_min_ratio = d.cos_min_ratio.value_or(0.0001),
                                                           .warmup_type = type}},
                              r_.learning_rate);
            const double low = fill(d.warmup_min_lr, "warmup_min_lr", 0.0, 0.0);
            // Older versions have 0.001 here.
            const double high = fill(d.warmup_max_lr, "warmup_max_lr", r_.learning_rate, r_.learning_rate);
            if (!d.warmup_max_lr.value && !d.warmup_max_lr.is_auto)
                say("warmup_max_lr is not given: the learning rate in newer versions of DeepSpeed, 0.001 in older "
                    "ones");
            if (decays)
                return finish(deepspeed::warmup_decay_lr{{.total_num_steps = total_,
                                                          .warmup_min_lr = low,
                                                          .warmup_max_lr = high,
                                                          .warmup_num_steps = warmup_,
                                                          .warmup_type = type}},
                              high);
            return finish(
                deepspeed::warmup_lr{
                    {.warmup_min_lr = low, .warmup_max_lr = high, .warmup_num_steps = warmup_, .warmup_type = type}},
                high);
        } catch (const invalid_schedule& error) {
            throw recipe_error(r_.where(std::string("scheduler.params.") + error.field()), error.what());
        }
    }

    template <Schedule S>
    [[nodiscard]] resolved finish(const S& schedule, double peak) {
        return {name_, peak, total_, warmup_, trainer_, schedule, std::nullopt, figures_, notes_};
    }

    const recipe& r_;
    const run_facts& facts_;
    hf_trainer trainer_ = hf_trainer::v4;
    step_t total_ = 0;
    step_t warmup_ = 0;
    bool overlong_ = false;
    std::string name_{};
    std::vector<field_given> fields_{};  // of the schedule
    std::vector<figure> figures_{};
    std::vector<std::string> notes_{};
};

}  // namespace detail

/// The schedule that Hugging Face would run with this recipe.
///
/// @param r      a recipe.
/// @param facts  what the recipe cannot know: the length of the run or of its data, the processes, the version.
///
/// The number of updates is `facts.total_steps`, else the recipe's `max_steps`, else planned from `facts.examples`; the
/// warm-up is the Trainer's (`plan`). Parameters have Hugging Face's defaults, cosines rise again past the end as its
/// do, a warm-up longer than the run is read as it runs, and DeepSpeed's scheduler wins over the one asked for. Whatever
/// is not plainly as written is in `notes`.
/// An error (`recipe_error`, with file, line and key): no way to know the number of updates where the curve needs it; a
/// controller (`reduce_lr_on_plateau`, `greedy`); arguments that the scheduler does not take; what Hugging Face refuses;
/// and what pacer refuses where Hugging Face does not, a floor above the peak for one.
/// Source: transformers 4.57.6 and 5.14.1 (`Trainer.create_scheduler`, `get_scheduler`, `HfTrainerDeepSpeedConfig`),
/// LLaMA-Factory 0.9.5 (`create_custom_scheduler`), DeepSpeed edaa7221.
[[nodiscard]] inline resolved resolve(const recipe& r, const run_facts& facts = {}) {
    return detail::resolver(r, facts).run();
}

}  // namespace pacer::recipes

#endif
