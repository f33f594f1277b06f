// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_BUILD_HPP
#define PACER_RECIPES_DETAIL_BUILD_HPP

// From a `tree` to a `recipe`: names, types, ranges, and a word for everything that is wrong.

#include <pacer/expression/make.hpp>
#include <pacer/nearest.hpp>
#include <pacer/recipes/detail/tree.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace pacer::recipes::detail {

/// Turns a JSON text into a tree; handed in, so that this header needs no reader library.
using text_reader = tree (*)(std::string_view text, const std::string& file);

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

inline constexpr std::array<std::string_view, 12> kwarg_names{
    "min_lr",    "min_lr_rate",      "warmup_lr_rate",  "num_cycles",   "power",       "lr_end",
    "timescale", "num_stable_steps", "num_decay_steps", "min_lr_ratio", "warmup_type", "decay_type"};

/// Those of the above that can mean nothing else where they stand outside of `lr_scheduler_kwargs`.
inline constexpr std::array<std::string_view, 9> telling_kwarg_names{
    "min_lr",          "min_lr_rate",  "warmup_lr_rate", "lr_end",    "num_stable_steps",
    "num_decay_steps", "min_lr_ratio", "warmup_type",    "decay_type"};

/// The schedules that `resolve` knows how Hugging Face runs; and one of pacer's.
inline constexpr std::array<std::string_view, 11> scheduler_names{
    "constant",   "constant_with_warmup", "linear_warmup",        "linear",
    "cosine",     "cosine_with_min_lr",   "cosine_with_restarts", "cosine_warmup_with_min_lr",
    "polynomial", "inverse_sqrt",         "warmup_stable_decay"};
inline constexpr std::array<std::string_view, 2> controllers{"reduce_lr_on_plateau", "greedy"};
inline constexpr std::array<std::string_view, 3> ramp_names{"linear", "cosine", "1-sqrt"};

/// The known name that `name` is probably meant to be; empty if there is none.
template <class Names>
std::string_view nearest(std::string_view name, const Names& known) {
    const auto length = [](std::string_view text) { return static_cast<unsigned>(text.size()); };
    pacer::detail::nearest_name nearest(name.data(), length(name));
    std::string_view best;
    for (const std::string_view candidate : known)
        if (nearest.is_nearest(candidate.data(), length(candidate)))
            best = candidate;
    return best;
}

template <class Names>
std::string listed(const Names& names) {
    std::string text;
    for (const std::string_view name : names)
        text += (text.empty() ? "" : ", ") + std::string(name);
    return text;
}

template <class Names>
[[noreturn]] void unknown_key(const place& at, const Names& known) {
    const std::string_view nearest_known = nearest(at.key, known);
    throw recipe_error(at, "no such key" + (nearest_known.empty() ? ", accepted: " + listed(known)
                                                                  : "; the nearest is " + std::string(nearest_known)));
}

[[noreturn]] inline void wrong(const place& at, const tree& value, const std::string& accepted) {
    throw recipe_error(at, "found " + shown(value) + ", accepted: " + accepted);
}

inline void take(std::optional<double>& to, const tree& value, const place& at, const char* accepted) {
    // The closed range is written so that NaN fails it.
    if (!value.is_number() || !(value.number() >= 0 && value.number() <= pacer::detail::largest<double>))
        wrong(at, value, accepted);
    to = value.number();
}

inline void take(std::optional<step_t>& to, const tree& value, const place& at, const char* accepted, step_t lowest) {
    if (value.is != tree::kind::integer || value.integer < lowest)
        wrong(at, value, accepted);
    to = value.integer;
}

template <class Names>
void take(std::optional<std::string>& to, const tree& value, const place& at, const Names& accepted) {
    if (value.is != tree::kind::text || std::find(accepted.begin(), accepted.end(), value.text) == accepted.end())
        wrong(at, value, listed(accepted));
    to = value.text;
}

template <class T, class... Rule>
void take(or_auto<T>& to, const tree& value, const place& at, const Rule&... rule) {
    if (value.is == tree::kind::text && value.text == "auto")
        to.is_auto = true;
    else
        take(to.value, value, at, rule...);
}

inline constexpr const char* a_rate = "a finite number of 0 or more";
inline constexpr const char* a_count = "a whole number of 0 or more";
inline constexpr const char* a_count_from_1 = "a whole number of 1 or more";

/// Hugging Face's and pacer's names; also `COSINE` and `SchedulerType.COSINE`, as Python prints them.
inline std::string scheduler_name(const tree& value, const place& at) {
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

inline bool not_given(const tree& value) {
    return value.is == tree::kind::null || (value.is == tree::kind::text && value.text == "None");
}

/// Writes down where a value is; false if it counts as not given. Says so if it has been given before.
inline bool note(recipe& r, const std::string& key, const place& at, const tree& value,
                 std::map<std::string, place>& seen) {
    const auto [before, is_new] = seen.emplace(key, at);
    if (!is_new)
        throw recipe_error(at, before->second.key == at.key
                                   ? "found a second time, first in line " + std::to_string(before->second.line)
                                   : "found beside " + before->second.key + " (line " +
                                         std::to_string(before->second.line) +
                                         "), which means the same; accepted: one of them");
    if (not_given(value))
        return false;
    r.places[key] = at;
    r.written[key] = shown(value);
    return true;
}

inline void add_kwargs(recipe& r, const tree& value, const place& at, text_reader read_text) {
    constexpr const char* accepted = "a map, or a string that holds one as JSON";
    if (value.is == tree::kind::text) {
        tree inside;
        try {
            inside = read_text(value.text, at.file);
        } catch (const recipe_error&) {
            wrong(at, value, accepted);
        }
        if (inside.is != tree::kind::map)
            wrong(at, value, accepted);
        // What stands in a string has the line of the string.
        for (entry& e : inside.entries)
            e.line = at.line;
        add_kwargs(r, inside, at, read_text);
        return;
    }
    if (value.is != tree::kind::map)
        wrong(at, value, accepted);

    std::map<std::string, place> seen;
    scheduler_kwargs& k = r.kwargs;
    for (const auto& [key, line, v] : value.entries) {
        const place here{at.file, line, key};
        if (std::find(kwarg_names.begin(), kwarg_names.end(), key) == kwarg_names.end())
            unknown_key(here, kwarg_names);
        if (!note(r, "lr_scheduler_kwargs." + key, here, v, seen))
            continue;
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
            take(k.timescale, v, here, a_count_from_1, 1);
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
}

/// The value of a key that may stand in a map once.
inline const entry* find_once(const tree& map, std::string_view key, const std::string& file) {
    const entry* found = nullptr;
    for (const entry& e : map.entries) {
        if (e.key != key)
            continue;
        if (found != nullptr)
            throw recipe_error({file, e.line, e.key},
                               "found a second time, first in line " + std::to_string(found->line));
        found = &e;
    }
    return found;
}

/// Adds the `scheduler` section of a DeepSpeed configuration.
inline void add_deepspeed(recipe& r, const tree& config, const std::string& file) {
    if (config.is != tree::kind::map)
        wrong({file, config.line, ""}, config, "a DeepSpeed configuration");
    const entry* section = find_once(config, "scheduler", file);
    if (section == nullptr || not_given(section->value))
        return;
    const place at{file, section->line, section->key};
    if (section->value.is != tree::kind::map)
        wrong(at, section->value, "a map with type and params");
    r.places["scheduler"] = at;

    deepspeed_scheduler d;
    const entry* type = find_once(section->value, "type", file);
    if (type == nullptr || type->value.is != tree::kind::text)
        wrong(type == nullptr ? at : place{file, type->line, type->key}, type == nullptr ? tree{} : type->value,
              "type: WarmupLR, WarmupDecayLR or WarmupCosineLR");
    d.type = type->value.text;
    r.places["scheduler.type"] = {file, type->line, type->key};
    r.written["scheduler.type"] = d.type;

    std::vector<std::string_view> known{"warmup_num_steps", "warmup_type"};
    const bool cosine = d.type == "WarmupCosineLR";
    const bool is_known = cosine || d.type == "WarmupLR" || d.type == "WarmupDecayLR";
    if (cosine)
        known.insert(known.end(), {"total_num_steps", "warmup_min_ratio", "cos_min_ratio"});
    else
        known.insert(known.end(), {"warmup_min_lr", "warmup_max_lr"});
    if (d.type == "WarmupDecayLR")
        known.emplace_back("total_num_steps");

    const entry* params = find_once(section->value, "params", file);
    if (params != nullptr && is_known && !not_given(params->value)) {
        if (params->value.is != tree::kind::map)
            wrong({file, params->line, params->key}, params->value, "a map of parameters");
        constexpr std::array<std::string_view, 2> types{"log", "linear"};
        constexpr const char* a_ratio = "a number from 0 to 1";
        const auto at_most_1 = [](const std::optional<double>& ratio, const tree& v, const place& here) {
            if (*ratio > 1)
                wrong(here, v, a_ratio);
        };
        std::map<std::string, place> seen;
        for (const auto& [key, line, v] : params->value.entries) {
            const place here{file, line, key};
            if (std::find(known.begin(), known.end(), key) == known.end())
                unknown_key(here, known);
            if (!note(r, "scheduler.params." + key, here, v, seen))
                continue;
            if (key == "warmup_min_lr") {
                take(d.warmup_min_lr, v, here, a_rate);
            } else if (key == "warmup_max_lr") {
                take(d.warmup_max_lr, v, here, a_rate);
            } else if (key == "warmup_num_steps") {
                take(d.warmup_num_steps, v, here, a_count, step_t{0});
            } else if (key == "total_num_steps") {
                take(d.total_num_steps, v, here, a_count_from_1, step_t{1});
            } else if (key == "warmup_min_ratio") {
                take(d.warmup_min_ratio, v, here, a_ratio);
                at_most_1(d.warmup_min_ratio, v, here);
            } else if (key == "cos_min_ratio") {
                take(d.cos_min_ratio, v, here, a_ratio);
                at_most_1(d.cos_min_ratio, v, here);
            } else {
                take(d.warmup_type, v, here, types);
            }
        }
    }
    r.deepspeed = std::move(d);
}

inline void add_argument(recipe& r, const std::string& name, const tree& value, const place& at,
                         text_reader read_text) {
    std::optional<double> rate;
    if (name == "learning_rate") {
        take(rate, value, at, a_rate);
        r.learning_rate = *rate;
    } else if (name == "lr_scheduler_type") {
        r.scheduler = scheduler_name(value, at);
    } else if (name == "warmup_ratio") {
        take(r.warmup_ratio, value, at, "a number from 0 to 1");
    } else if (name == "warmup_steps") {
        take(r.warmup_steps, value, at, "a number of updates, 0 or more");
    } else if (name == "num_train_epochs") {
        take(r.epochs, value, at, a_rate);
    } else if (name == "max_steps") {
        take(r.max_steps, value, at, "a whole number of 0 or more, or -1 for not set", -1);
    } else if (name == "per_device_train_batch_size") {
        take(r.per_device_batch, value, at, a_count_from_1, 1);
    } else if (name == "gradient_accumulation_steps") {
        take(r.accumulation, value, at, a_count_from_1, 1);
    } else if (name == "dataloader_drop_last") {
        if (value.is != tree::kind::boolean)
            wrong(at, value, "true or false");
        r.drop_last = value.boolean;
    } else if (name == "lr_scheduler_kwargs") {
        add_kwargs(r, value, at, read_text);
    } else if (value.is == tree::kind::map) {  // deepspeed, in the recipe itself
        add_deepspeed(r, value, at.file);
    } else if (value.is == tree::kind::text && !value.text.empty()) {
        r.deepspeed_file = value.text;
    } else {
        wrong(at, value, "the path of a DeepSpeed configuration, or the configuration itself");
    }
}

inline recipe build(const tree& root, std::string file, text_reader read_text) {
    // A model card lists its hyperparameters as maps of one key each.
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

    std::array<std::string_view, spellings.size()> known{};
    std::transform(spellings.begin(), spellings.end(), known.begin(), [](const spelling& s) { return s.written; });

    recipe r;
    r.file = std::move(file);
    std::map<std::string, place> seen;
    for (const entry* e : entries) {
        const place at{r.file, e->line, e->key};
        const auto found = std::find(known.begin(), known.end(), e->key);
        if (found != known.end()) {
            const std::string name(spellings[static_cast<std::size_t>(found - known.begin())].means);
            if (note(r, name, at, e->value, seen))
                add_argument(r, name, e->value, at, read_text);
            continue;
        }
        if (e->key == "stage" || e->key == "finetuning_type" || e->key == "template")
            r.is_llamafactory = true;
        if (std::find(telling_kwarg_names.begin(), telling_kwarg_names.end(), e->key) != telling_kwarg_names.end())
            throw recipe_error(at, "found beside the training arguments, accepted: inside of lr_scheduler_kwargs");
        if (!nearest(e->key, known).empty())
            unknown_key(at, known);
    }
    return r;
}

}  // namespace pacer::recipes::detail

#endif
