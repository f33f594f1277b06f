// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_BUILD_HPP
#define PACER_RECIPES_DETAIL_BUILD_HPP

// From a `tree` to the recipe of the Hugging Face Trainer or of LLaMA-Factory.

#include <pacer/dialects/hugging_face.hpp>
#include <pacer/recipes/detail/arguments.hpp>
#include <pacer/recipes/detail/compiled.hpp>
#include <pacer/recipes/detail/json.hpp>
#include <pacer/recipes/detail/lookalikes.hpp>

#include <array>
#include <iterator>

namespace pacer::recipes::detail {

/// A spelling that is read, and the argument it stands for.
struct spelling {
    std::string_view written;
    std::string_view means;
};

inline constexpr std::array spellings{spelling{"learning_rate", "learning_rate"},
                                      spelling{"lr_scheduler_type", "lr_scheduler_type"},
                                      spelling{"lr_scheduler", "lr_scheduler_type"},
                                      spelling{"lr_scheduler_kwargs", "lr_scheduler_kwargs"},
                                      spelling{"warmup_ratio", "warmup_ratio"},
                                      spelling{"warmup_rate", "warmup_ratio"},  // Chinese-LLaMA-Alpaca-2
                                      spelling{"lr_scheduler_warmup_ratio", "warmup_ratio"},
                                      spelling{"warmup_steps", "warmup_steps"},
                                      spelling{"num_warmup_steps", "warmup_steps"},  // DeepSpeed-Chat
                                      spelling{"lr_scheduler_warmup_steps", "warmup_steps"},
                                      spelling{"num_train_epochs", "num_train_epochs"},
                                      spelling{"num_epochs", "num_train_epochs"},
                                      spelling{"max_steps", "max_steps"},
                                      spelling{"training_steps", "max_steps"},
                                      spelling{"per_device_train_batch_size", "per_device_train_batch_size"},
                                      spelling{"train_batch_size", "per_device_train_batch_size"},
                                      spelling{"gradient_accumulation_steps", "gradient_accumulation_steps"},
                                      spelling{"dataloader_drop_last", "dataloader_drop_last"},
                                      spelling{"deepspeed", "deepspeed"}};

/// What is only written down, for the notes of `resolve`.
inline constexpr std::array<std::string_view, 3> noted_arguments{"evaluation_strategy", "auto_find_batch_size", "task"};

/// Whoever has one of these in a file means the Trainer, or LLaMA-Factory.
inline constexpr std::array<std::string_view, 9> signs_of_the_trainer{
    "output_dir",    "do_train",        "model_name_or_path", "logging_steps",      "save_steps",
    "eval_strategy", "finetuning_type", "template",           "evaluation_strategy"};

inline constexpr std::array<std::string_view, 12> kwarg_names{
    "min_lr",    "min_lr_rate",      "warmup_lr_rate",  "num_cycles",   "power",       "lr_end",
    "timescale", "num_stable_steps", "num_decay_steps", "min_lr_ratio", "warmup_type", "decay_type"};

/// Those of the above that can mean nothing else where they stand outside of `lr_scheduler_kwargs`.
inline constexpr std::array<std::string_view, 11> telling_kwarg_names{
    "min_lr",       "min_lr_rate", "warmup_lr_rate", "lr_end",     "num_stable_steps", "num_decay_steps",
    "min_lr_ratio", "warmup_type", "decay_type",     "num_cycles", "timescale"};

/// The schedules that `resolve` knows how Hugging Face runs; and one of pacer's.
inline constexpr auto scheduler_names = [] {
    std::array<std::string_view, hf::schedulers::size + 1> names{};
    std::copy(std::begin(hf::schedulers::names), std::end(hf::schedulers::names), names.begin());
    names.back() = linear_warmup_params<>::name;
    return names;
}();
inline constexpr std::array<std::string_view, 2> controllers{"reduce_lr_on_plateau", "greedy"};
inline constexpr std::array<std::string_view, 3> ramp_names{"linear", "cosine", "1-sqrt"};

/// Hugging Face's and pacer's names; also `COSINE` and `SchedulerType.COSINE`, as Python prints them.
PACER_HOST inline std::string scheduler_name(const tree& value, const place& at) {
    std::vector<std::string_view> known(scheduler_names.begin(), scheduler_names.end());
    known.insert(known.end(), controllers.begin(), controllers.end());
    if (value.is != tree::kind::text)
        wrong(at, value, listed(known));
    std::string name = value.text;
    constexpr std::string_view python = "SchedulerType.";
    if (name.compare(0, python.size(), python) == 0)
        name.erase(0, python.size());
    for (char& c : name)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (name == "reduce_on_plateau")
        name = controllers[0];
    if (std::find(known.begin(), known.end(), name) != known.end())
        return name;
    const std::string_view nearest_known = nearest(name, known);
    wrong(at, value,
          nearest_known.empty() ? listed(known) : std::string(nearest_known) + " is the nearest of " + listed(known));
}

/// Above 0: a divisor.
PACER_HOST inline void take_timescale(std::optional<double>& to, const tree& value, const place& at) {
    constexpr const char* accepted = "a finite number above 0";
    take(to, value, at, accepted);
    if (*to == 0)
        wrong(at, value, accepted);
}

PACER_HOST inline void add_kwarg(recipe& r, const entry& e, const place& here, std::map<std::string, place>& seen) {
    const std::string& key = e.key;
    const tree& v = e.value;
    if (std::find(kwarg_names.begin(), kwarg_names.end(), key) == kwarg_names.end())
        unknown_key(here, kwarg_names);
    if (!note(r, "lr_scheduler_kwargs." + key, here, v, seen))
        return;
    scheduler_kwargs& k = r.kwargs;
    if (key == "min_lr")
        take(k.min_lr, v, here, a_rate);
    else if (key == "min_lr_rate")
        take(k.min_lr_rate, v, here, a_rate);
    else if (key == "warmup_lr_rate")
        take(k.warmup_lr_rate, v, here, a_rate);
    else if (key == "num_cycles")
        take(k.num_cycles, v, here, a_rate);
    else if (key == "power")
        take(k.power, v, here, a_rate);
    else if (key == "lr_end")
        take(k.lr_end, v, here, a_rate);
    else if (key == "timescale")
        take_timescale(k.timescale, v, here);
    else if (key == "num_stable_steps")
        take(k.num_stable_steps, v, here, a_count, 0);
    else if (key == "num_decay_steps")
        take(k.num_decay_steps, v, here, a_count, 0);
    else if (key == "min_lr_ratio")
        take(k.min_lr_ratio, v, here, a_rate);
    else if (key == "warmup_type")
        take(k.warmup_type, v, here, ramp_names);
    else
        take(k.decay_type, v, here, ramp_names);
}

PACER_HOST inline void add_kwargs(recipe& r, const tree& value, const place& at) {
    constexpr const char* accepted = "a map, or a string that holds one as JSON";
    if (value.is == tree::kind::text) {
        tree inside;
        try {
            inside = json_tree(value.text, at.file);
        } catch (const recipe_error&) {
            wrong(at, value, accepted);
        }
        if (inside.is != tree::kind::map)
            wrong(at, value, accepted);
        // What stands in a string has the line of the string.
        for (entry& e : inside.entries)
            e.line = at.line;
        add_kwargs(r, inside, at);
        return;
    }
    if (value.is != tree::kind::map)
        wrong(at, value, accepted);
    std::map<std::string, place> seen;
    mistakes found;
    for (const entry& e : value.entries)
        found.attempt([&] { add_kwarg(r, e, {at.file, e.line, e.key}, seen); });
    found.refuse();
}

inline constexpr std::array<std::string_view, 5> deepspeed_types{"WarmupLR", "WarmupDecayLR", "WarmupCosineLR",
                                                                 "OneCycle", "LRRangeTest"};

/// What DeepSpeed's schedulers take. The momenta of OneCycle are no rates.
PACER_HOST inline std::vector<std::string_view> deepspeed_parameters(std::string_view type) {
    if (type == "OneCycle")
        return {"cycle_min_lr",
                "cycle_max_lr",
                "decay_lr_rate",
                "cycle_first_step_size",
                "cycle_second_step_size",
                "cycle_first_stair_count",
                "cycle_second_stair_count",
                "decay_step_size",
                "cycle_momentum",
                "cycle_min_mom",
                "cycle_max_mom",
                "decay_mom_rate",
                "last_batch_iteration"};
    if (type == "LRRangeTest")
        return {"lr_range_test_min_lr", "lr_range_test_step_size", "lr_range_test_step_rate", "lr_range_test_staircase",
                "last_batch_iteration"};
    std::vector<std::string_view> known{"warmup_num_steps", "warmup_type"};
    if (type == "WarmupCosineLR")
        known.insert(known.end(), {"total_num_steps", "warmup_min_ratio", "cos_min_ratio"});
    else
        known.insert(known.end(), {"warmup_min_lr", "warmup_max_lr"});
    if (type == "WarmupDecayLR")
        known.emplace_back("total_num_steps");
    known.emplace_back("last_batch_iteration");
    return known;
}

/// A number of OneCycle or LRRangeTest; a flag is 0 or 1.
PACER_HOST inline void add_deepspeed_number(deepspeed_scheduler& d, const entry& e, const place& here) {
    if (e.key == "cycle_momentum" || e.key == "lr_range_test_staircase") {
        bool flag = false;
        take(flag, e.value, here);
        d.numbers[e.key] = flag ? 1 : 0;
        return;
    }
    const bool is_count = e.key.find("size") != std::string::npos || e.key.find("count") != std::string::npos;
    std::optional<double> number;
    if (is_count) {
        std::optional<step_t> count;
        take(count, e.value, here, a_count, 0);
        number = static_cast<double>(*count);
    } else {
        take(number, e.value, here, a_rate);
    }
    d.numbers[e.key] = *number;
}

PACER_HOST inline void add_deepspeed_parameter(deepspeed_scheduler& d, const entry& e, const place& here) {
    constexpr std::array<std::string_view, 2> types{"log", "linear"};
    constexpr const char* a_ratio = "a number from 0 to 1";
    const auto take_ratio = [&](std::optional<double>& to) {
        take(to, e.value, here, a_ratio);
        if (*to > 1)
            wrong(here, e.value, a_ratio);
    };
    if (e.key == "warmup_min_lr")
        take(d.warmup_min_lr, e.value, here, a_rate);
    else if (e.key == "warmup_max_lr")
        take(d.warmup_max_lr, e.value, here, a_rate);
    else if (e.key == "warmup_num_steps")
        take(d.warmup_num_steps, e.value, here, a_count, step_t{0});
    else if (e.key == "total_num_steps")
        take(d.total_num_steps, e.value, here, a_count_from_1, step_t{1});
    else if (e.key == "warmup_min_ratio")
        take_ratio(d.warmup_min_ratio);
    else if (e.key == "cos_min_ratio")
        take_ratio(d.cos_min_ratio);
    else if (e.key == "last_batch_iteration")
        take(d.last_iteration, e.value, here, "a whole number of -1 or more", -1);
    else
        take(d.warmup_type, e.value, here, types);
}

/// Adds the `scheduler` section of a DeepSpeed configuration.
PACER_HOST inline void add_deepspeed_scheduler(recipe& r, const entry& section, const std::string& file) {
    const place at{file, section.line, section.key};
    if (section.value.is != tree::kind::map)
        wrong(at, section.value, "a map with type and params");
    r.places["scheduler"] = at;

    deepspeed_scheduler d;
    const entry* type = find_once(section.value, "type", file);
    if (type == nullptr || type->value.is != tree::kind::text)
        wrong(type == nullptr ? at : place{file, type->line, type->key}, type == nullptr ? tree{} : type->value,
              "type: " + listed(deepspeed_types));
    d.type = type->value.text;
    r.places["scheduler.type"] = {file, type->line, type->key};
    r.written["scheduler.type"] = visible(d.type);

    const std::vector<std::string_view> known = deepspeed_parameters(d.type);
    const bool is_known = std::find(deepspeed_types.begin(), deepspeed_types.end(), d.type) != deepspeed_types.end();
    const bool is_warmup = d.type.compare(0, 6, "Warmup") == 0;

    const entry* params = find_once(section.value, "params", file);
    if (params != nullptr && is_known && !not_given(params->value)) {
        if (params->value.is != tree::kind::map)
            wrong({file, params->line, params->key}, params->value, "a map of parameters");
        std::map<std::string, place> seen;
        mistakes found;
        for (const entry& e : params->value.entries)
            found.attempt([&] {
                const place here{file, e.line, e.key};
                if (std::find(known.begin(), known.end(), e.key) == known.end())
                    unknown_key(here, known);
                if (!note(r, "scheduler.params." + e.key, here, e.value, seen))
                    return;
                if (is_warmup || e.key == "last_batch_iteration")
                    add_deepspeed_parameter(d, e, here);
                else
                    add_deepspeed_number(d, e, here);
            });
        found.refuse();
    }
    r.deepspeed = std::move(d);
}

/// Adds what a DeepSpeed configuration says beside the training arguments: its scheduler, and what has to agree with them.
template <class>
PACER_HOST void add_deepspeed(recipe& r, const tree& config, const std::string& file) {
    if (config.is != tree::kind::map)
        wrong({file, config.line, ""}, config, "a DeepSpeed configuration");
    mistakes found;
    if (const entry* section = find_once(config, "scheduler", file); section != nullptr && !not_given(section->value))
        found.attempt([&] { add_deepspeed_scheduler(r, *section, file); });
    std::map<std::string, place> seen;
    const auto read = [&](const tree& map, const char* key, const std::string& name, auto& to, const auto&... rule) {
        found.attempt([&] {
            const entry* e = find_once(map, key, file);
            if (e != nullptr && note(r, name, {file, e->line, e->key}, e->value, seen))
                take(to, e->value, {file, e->line, e->key}, rule...);
        });
    };
    deepspeed_arguments& says = r.deepspeed_says;
    read(config, "train_micro_batch_size_per_gpu", "deepspeed.train_micro_batch_size_per_gpu", says.micro_batch,
         a_count_from_1, step_t{1});
    read(config, "gradient_accumulation_steps", "deepspeed.gradient_accumulation_steps", says.accumulation,
         a_count_from_1, step_t{1});
    read(config, "train_batch_size", "deepspeed.train_batch_size", says.train_batch, a_count_from_1, step_t{1});
    if (const tree* optimizer = config.find("optimizer"))
        if (const tree* params = optimizer->find("params"))
            read(*params, "lr", "deepspeed.optimizer.params.lr", says.optimizer_lr, a_rate);
    found.refuse();
}

/// `accelerator_config`, of which only `split_batches` is about the length of a run.
PACER_HOST inline void add_accelerator_config(recipe& r, const tree& value, const place& at) {
    if (value.is == tree::kind::text) {
        if (is_blank(value.text) || value.text.find_first_not_of(" \t\r\n") != value.text.find('{')) {
            r.notes.push_back("accelerator_config " + shown(value) + " (" + visible(at.file, 400) + ":" +
                              std::to_string(at.line) +
                              ") is a file that is not read; split_batches in it would make other batches");
            return;
        }
        return add_accelerator_config(r, json_tree(value.text, at.file), at);
    }
    if (value.is != tree::kind::map)
        wrong(at, value, "a map, or the path of one");
    const entry* split = find_once(value, "split_batches", at.file);
    if (split == nullptr || not_given(split->value))
        return;
    const place here{at.file, split->line == 0 ? at.line : split->line, split->key};
    take(r.split_batches, split->value, here);
    r.places["split_batches"] = here;
    r.written["split_batches"] = shown(split->value);
}

/// An argument and what reads it into a recipe.
struct argument {
    std::string_view name;
    void (*read)(recipe& r, const tree& value, const place& at);
};

template <auto Member>
PACER_HOST void read_count(recipe& r, const tree& value, const place& at) {
    take(r.*Member, value, at, a_count_from_1, 1);
}
template <auto Member>
PACER_HOST void read_rollouts(recipe& r, const tree& value, const place& at) {
    take(r.rollouts.*Member, value, at, a_count_from_1, 1);
}
template <auto Member>
PACER_HOST void read_flag(recipe& r, const tree& value, const place& at) {
    take(r.*Member, value, at);
}
template <auto Member>
PACER_HOST void read_text(recipe& r, const tree& value, const place& at) {
    if (value.is == tree::kind::list || value.is == tree::kind::map || value.is == tree::kind::boolean)
        wrong(at, value, "a text");
    r.*Member = value.text;
}

PACER_HOST inline void read_packing(recipe& r, const tree& value, const place& at) {
    bool packs = false;
    take(packs, value, at);
    r.data.packing |= packs;
}

PACER_MODE inline constexpr std::array arguments{
    argument{"learning_rate",
             [](recipe& r, const tree& value, const place& at) {
                 std::optional<double> rate;
                 take(rate, value, at, a_rate);
                 r.learning_rate = *rate;
             }},
    argument{"lr_scheduler_type",
             [](recipe& r, const tree& value, const place& at) { r.scheduler = scheduler_name(value, at); }},
    argument{"lr_scheduler_kwargs", &add_kwargs},
    argument{"warmup_ratio", [](recipe& r, const tree& value,
                                const place& at) { take(r.warmup_ratio, value, at, "a number from 0 to 1"); }},
    argument{"warmup_steps",
             [](recipe& r, const tree& value, const place& at) {
                 take(r.warmup_steps, value, at, "a number of updates, 0 or more");
             }},
    argument{"num_train_epochs",
             [](recipe& r, const tree& value, const place& at) { take(r.epochs, value, at, a_rate); }},
    argument{"max_steps",
             [](recipe& r, const tree& value, const place& at) {
                 take(r.max_steps, value, at, "a whole number of 0 or more, or -1 for not set", -1);
             }},
    argument{"per_device_train_batch_size", &read_count<&recipe::per_device_batch>},
    argument{"per_gpu_train_batch_size", &read_count<&recipe::per_gpu_batch>},
    argument{"gradient_accumulation_steps", &read_count<&recipe::accumulation>},
    argument{"num_devices", &read_count<&recipe::world_size>},
    argument{"total_train_batch_size", &read_count<&recipe::total_batch>},
    argument{"sequence_parallel_size", &read_count<&recipe::sequence_parallel>},
    argument{"dataloader_drop_last", &read_flag<&recipe::drop_last>},
    argument{"split_batches", &read_flag<&recipe::split_batches>},
    argument{"accelerator_config", &add_accelerator_config},
    argument{"streaming", [](recipe& r, const tree& value, const place& at) { take(r.data.streaming, value, at); }},
    argument{"packing", &read_packing},
    argument{"neat_packing", &read_packing},
    argument{"val_size",
             [](recipe& r, const tree& value, const place& at) { take(r.data.val_size, value, at, a_rate); }},
    argument{"max_samples", [](recipe& r, const tree& value,
                               const place& at) { take(r.data.max_samples, value, at, a_count_from_1, 1); }},
    argument{"cutoff_len", [](recipe& r, const tree& value,
                              const place& at) { take(r.data.cutoff_len, value, at, a_count_from_1, 1); }},
    argument{"stage", &read_text<&recipe::stage>},
    argument{"transformers_version", &read_text<&recipe::transformers_version>},
    argument{"ppo_buffer_size", &read_count<&recipe::ppo_buffer>},
    argument{"num_generations", &read_rollouts<&rollout_arguments::num_generations>},
    argument{"steps_per_generation", &read_rollouts<&rollout_arguments::steps_per_generation>},
    argument{"generation_batch_size", &read_rollouts<&rollout_arguments::generation_batch>},
    argument{"num_iterations", &read_rollouts<&rollout_arguments::num_iterations>},
    argument{"deepspeed", [](recipe& r, const tree& value, const place& at) {
                 if (value.is == tree::kind::map)  // in the recipe itself
                     add_deepspeed(r, value, at.file);
                 else if (value.is == tree::kind::text && !value.text.empty())
                     r.deepspeed_file = value.text;
                 else
                     wrong(at, value, "the path of a DeepSpeed configuration, or the configuration itself");
             }}};

/// The entries of a recipe; a model card lists its hyperparameters as maps of one key each.
PACER_HOST inline std::vector<const entry*> entries_of(const tree& root, const std::string& file) {
    std::vector<const entry*> entries;
    const auto add_all = [&entries](const tree& map) {
        for (const entry& e : map.entries)
            entries.push_back(&e);
    };
    if (root.is == tree::kind::map)
        add_all(root);
    else if (root.is == tree::kind::list &&
             std::all_of(root.items.begin(), root.items.end(), [](const tree& t) { return t.is == tree::kind::map; }))
        std::for_each(root.items.begin(), root.items.end(), add_all);
    else
        wrong({file, root.line, ""}, root, "a map of training arguments");
    return entries;
}

/// The argument that is read from a key; empty if none is.
PACER_HOST inline std::string_view argument_of(std::string_view key) {
    for (const spelling& s : spellings)
        if (key == s.written)
            return s.means;
    if (key == "world_size")
        return "num_devices";
    for (const argument& a : arguments)
        if (key == a.name)
            return a.name;
    return {};
}

/// The known spelling that a key is probably a misspelling of; empty if there is none.
PACER_HOST inline std::string_view nearest_spelling(std::string_view key) {
    std::array<std::string_view, spellings.size()> known{};
    std::transform(spellings.begin(), spellings.end(), known.begin(), [](const spelling& s) { return s.written; });
    return nearest(key, known);
}

PACER_HOST inline bool is_telling_kwarg(std::string_view key) {
    return std::find(telling_kwarg_names.begin(), telling_kwarg_names.end(), key) != telling_kwarg_names.end();
}

/// Whether it is a section of another trainer's that is called as one of the Trainer's arguments.
PACER_HOST inline bool is_foreign_section(const entry& e) {
    return e.key == "lr_scheduler" && e.value.is == tree::kind::map;
}

/// Whether a map has at least one key of the Trainer's, or of LLaMA-Factory's, if only a misspelt one.
PACER_HOST inline bool is_of_the_trainer(const std::vector<const entry*>& entries) {
    const auto is_known = [](const entry* e) {
        if (e->key == "transformers_version" || e->key == "world_size" || e->key == "sequence_parallel_size")
            return false;  // in every model's config.json, and in many a script's
        if (is_foreign_section(*e))
            return false;
        return !argument_of(e->key).empty() || std::find(signs_of_the_trainer.begin(), signs_of_the_trainer.end(),
                                                         e->key) != signs_of_the_trainer.end();
    };
    return std::any_of(entries.begin(), entries.end(), is_known) ||
           std::any_of(entries.begin(), entries.end(), [](const entry* e) {
               return !is_foreign_section(*e) && (is_telling_kwarg(e->key) || !nearest_spelling(e->key).empty());
           });
}

/// What is wrong with a key that the Trainer does not read, if it looks like one of its own.
PACER_HOST inline void check_unread(recipe& r, const entry& e, const place& at) {
    if (not_given(e.value))
        return;
    if (is_telling_kwarg(e.key)) {
        const bool floor_of_cosine = r.scheduler == "cosine" && e.key.compare(0, 6, "min_lr") == 0;
        throw recipe_error(at, "found beside the training arguments, accepted: inside of lr_scheduler_kwargs" +
                                   std::string(floor_of_cosine ? ", with lr_scheduler_type cosine_with_min_lr" : ""));
    }
    if (const std::string_view known = nearest_spelling(e.key); !known.empty())
        throw recipe_error(at, "no such key; the nearest is " + std::string(known));
    const meant_argument meant = argument_meant_by(e.key);
    // LLaMA-Factory's evaluation has a batch_size of its own.
    const bool is_of_evaluation = r.is_llamafactory && e.key == "batch_size" && r.places.count("task") != 0;
    if (meant.name.empty() || is_of_evaluation)
        return;
    const std::string argument(meant.name);
    if (meant.is_sure && (r.is_llamafactory || r.places.count(argument) == 0))
        throw recipe_error(at, "found " + shown(e.value) + ", but " + r.format + " has no such argument, accepted: " +
                                   (argument == "lr_scheduler_kwargs"
                                        ? "lr_scheduler_type cosine_with_min_lr, with min_lr or "
                                          "min_lr_rate inside of lr_scheduler_kwargs"
                                        : argument));
    r.notes.push_back(visible(e.key) + " " + shown(e.value) + " (" + visible(at.file, 400) + ":" +
                      std::to_string(at.line) + ") is not read: " + r.format + " has no such argument");
}

/// OmegaConf, with which LLaMA-Factory reads, refuses a key that stands twice in any map. Of those at the top that are read
/// `note` says so.
PACER_HOST inline void check_repeated(const tree& value, const std::string& file, mistakes& found, bool is_top = true) {
    std::map<std::string_view, int> lines;
    for (const entry& e : value.entries) {
        const auto [before, is_new] = lines.emplace(e.key, e.line);
        if (!is_new && !(is_top && !argument_of(e.key).empty()))
            found.add({file, e.line, e.key}, "found a second time, first in line " + std::to_string(before->second));
        check_repeated(e.value, file, found, false);
    }
    for (const tree& item : value.items)
        check_repeated(item, file, found, false);
}

PACER_HOST inline recipe build(const tree& root, const std::string& file) {
    const std::vector<const entry*> entries = entries_of(root, file);
    recipe r;
    r.file = file;
    r.is_model_card = root.is == tree::kind::list;
    for (const entry* e : entries)
        r.is_llamafactory |= e->key == "stage" || e->key == "finetuning_type" || e->key == "template";
    if (r.is_llamafactory)
        r.format = "LLaMA-Factory";

    std::map<std::string, place> seen;
    std::vector<const entry*> unread;
    mistakes found;
    for (const entry* e : entries) {
        const place at{file, e->line, e->key};
        const std::string name(argument_of(e->key));
        if (!name.empty())
            found.attempt([&] {
                const argument& a = *std::find_if(arguments.begin(), arguments.end(),
                                                  [&](const argument& one) { return one.name == name; });
                if (note(r, name, at, e->value, seen))
                    a.read(r, e->value, at);
            });
        else if (std::find(noted_arguments.begin(), noted_arguments.end(), e->key) != noted_arguments.end())
            found.attempt([&] { (void)note(r, e->key, at, e->value, seen); });
        else
            unread.push_back(e);
    }
    if (r.is_llamafactory)
        check_repeated(root, file, found);
    for (const entry* e : unread)
        found.attempt([&] { check_unread(r, *e, {file, e->line, e->key}); });
    found.refuse();
    return r;
}
}  // namespace pacer::recipes::detail

#endif
