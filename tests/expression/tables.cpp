// SPDX-License-Identifier: MIT
// The tables of README.md, docs/expressions.md and docs/dialects.md, made of the descriptions of the schedules and operators.
//
//     tables --check PAGE...   fails if a page has others
//     tables --update PAGE...  writes them into the pages
#include <pacer/expression/dialects.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

namespace {

using pacer::detail::syntax::all_operators;
using pacer::detail::syntax::field_slot;
using pacer::detail::syntax::field_slots;
using pacer::detail::syntax::operator_description;
using pacer::detail::syntax::operator_field;

std::string form_of(const operator_description& o) {
    if (o.count == 0)
        return "join(a, 100, b, 200, c, ...)";
    std::string text = o.name;
    const char* separator = "(";
    for (unsigned k = 0; k < o.count; ++k) {
        const operator_field& f = o.fields[k];
        text += separator;
        text += f.name;
        if (f.is_named)
            text += std::string("=") + (f.fallback != nullptr ? f.fallback : "...");
        separator = ", ";
    }
    return text + ")";
}

std::string operators_table() {
    std::string text = "| operator | what it is | numbers |\n|---|---|---|\n";
    for (const operator_description* o : all_operators::descriptions) {
        std::string numbers;
        for (unsigned k = 0; k < o->count; ++k) {
            const operator_field& f = o->fields[k];
            if (f.is == operator_field::kind::schedule || f.is == operator_field::kind::shape)
                continue;
            numbers += (numbers.empty() ? "`" : "; `") + std::string(f.name) + "` " + f.about;
            if (f.fallback != nullptr && !f.is_named)
                numbers += std::string(" (default ") + f.fallback + ")";
        }
        text += "| `" + form_of(*o) + "` | " + o->about + " | " + numbers + " |\n";
    }
    return text;
}

// A field that must be given, by its name; another one with what it is otherwise.
std::string form_of(const field_slot& slot) {
    const std::string otherwise = slot.text();
    const bool is_missing = otherwise == "-1" || otherwise == "[]" ||
                            (slot.is == field_slot::type::ratio && !slot.as<pacer::lr_or_ratio>().is_given());
    return "`" + std::string(slot.about.name) + (is_missing ? "" : "=" + otherwise) + "`";
}

template <template <class> class S>
std::string schedule_row() {
    using schedule = S<double>;
    using params = typename schedule::params_type;
    params p;
    field_slots slots;
    params::visit_fields(p, slots);
    std::string text = std::string("| `") +
                       pacer::detail::syntax::dialect_of(pacer::detail::syntax::index_of<schedule>) + params::name +
                       "` |";
    for (const field_slot& slot : slots)
        text += " " + form_of(slot);
    return text + " |\n";
}

std::string schedules_table() {
    std::string text = "| schedule | fields, with what they are if they are not given |\n|---|---|\n";
    pacer::detail::syntax::expressible_schedules::for_each(
        [&]<template <class> class S>() { text += schedule_row<S>(); });
    return text;
}

// The fields that are the schedule's own; of those that most have, that it has them otherwise.
template <class Params>
std::string own_fields() {
    Params p;
    field_slots slots;
    Params::visit_fields(p, slots);
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : " ") + part; };
    for (const std::string_view name : {"peak_lr", "warmup"})
        if (slots.find(name) == nullptr)
            add("no `" + std::string(name) + "`");
    for (const field_slot& slot : slots) {
        const std::string_view name = slot.about.name;
        const bool is_as_everywhere = name == "total_steps" ? slot.text() != "endless"
                                      : name == "init_lr"   ? slot.text() == "0"
                                                            : false;
        if (name != "peak_lr" && name != "warmup" && name != "warmup_shape" && name != "first_step" &&
            name != "past_end" && !is_as_everywhere)
            add(form_of(slot));
    }
    return text;
}

std::string catalogue_table() {
    std::string text =
        "| schedule | the rate, after the warm-up | its own fields, in their order | Hugging Face / PyTorch / Optax |\n"
        "|---|---|---|---|\n";
    pacer::schedules::for_each([&]<template <class> class S>() {
        using params = pacer::detail::params_of<S>;
        text += std::string("| `") + params::name + "` | " + params::formula + " | " + own_fields<params>() + " | " +
                params::elsewhere + " |\n";
    });
    return text;
}

template <class S>
std::string dialect_row() {
    using params = typename S::params_type;
    params p;
    field_slots slots;
    params::visit_fields(p, slots);
    std::string text = std::string("| `") + params::name + "` |";
    for (const field_slot& slot : slots)
        text += " " + form_of(slot);
    return text + " |\n";
}

template <class... S>
std::string dialects_table(pacer::detail::dialect_list<S...>) {
    return "| schedule of a dialect | fields, with what they are if they are not given |\n|---|---|\n" +
           (dialect_row<S>() + ...);
}

// One request in the words of every peer that can be asked for it: 10 updates of warm-up to a rate of 1, then a cosine down
// to 0.1 at update 100.
constexpr std::pair<const char*, const char*> one_request[] = {
    {"pacer", "cosine_with_min_lr(peak_lr=1, min_lr=0.1, total_steps=100, warmup=10)"},
    {"Hugging Face `cosine` (without a floor)",
     "hf::get_cosine_schedule_with_warmup(lr=1, num_warmup_steps=10, num_training_steps=100)"},
    {"Hugging Face `cosine_with_min_lr`", "hf::get_cosine_with_min_lr_schedule_with_warmup(lr=1, num_warmup_steps=10, "
                                          "num_training_steps=100, min_lr=0.1)"},
    {"Hugging Face `cosine_warmup_with_min_lr`", "hf::get_cosine_with_min_lr_schedule_with_warmup_lr_rate(lr=1, "
                                                 "num_warmup_steps=10, num_training_steps=100, min_lr=0.1)"},
    {"Optax", "optax::warmup_cosine_decay_schedule(init_value=0, peak_value=1, warmup_steps=10, decay_steps=100, "
              "end_value=0.1)"},
    {"Keras",
     "keras::cosine_decay(initial_learning_rate=0, decay_steps=90, alpha=0.1, warmup_target=1, warmup_steps=10)"},
    {"MLX", "join(mlx::linear_schedule(init=0, end=1, steps=10), 10, mlx::cosine_decay(init=1, decay_steps=90, "
            "end=0.1))"},
    {"Megatron-LM", "megatron::optimizer_param_scheduler(max_lr=1, min_lr=0.1, lr_warmup_steps=10, lr_decay_steps=100, "
                    "lr_decay_style=cosine)"},
    {"DeepSpeed, linear",
     "deepspeed::warmup_cosine_lr(lr=1, total_num_steps=100, warmup_num_steps=10, cos_min_ratio=0.1, "
     "warmup_type=linear)"},
    {"DeepSpeed, log",
     "deepspeed::warmup_cosine_lr(lr=1, total_num_steps=100, warmup_num_steps=10, cos_min_ratio=0.1)"},
    {"timm", "timm::cosine_lr_scheduler(lr=1, t_initial=100, lr_min=0.1, warmup_t=10)"},
    {"fairseq", "fairseq::cosine(lr=1, min_lr=0.1, warmup_updates=10, lr_period_updates=90)"},
    {"OLMo-core", "olmo_core::cos_with_warmup(lr=1, warmup=10, t_max=100)"},
    {"torchtitan", "torchtitan::lr_scheduler(lr=1, steps=100, warmup_steps=10, decay_type=cosine, min_lr_factor=0.1)"},
    {"PyTorch", "join(pytorch::linear_lr(lr=1, start_factor=0.1, total_iters=10), 10, "
                "pytorch::cosine_annealing_lr(lr=1, T_max=90, eta_min=0.1))"},
};

std::string request_table() {
    constexpr pacer::step_t steps[] = {0, 1, 9, 10, 11, 55, 99, 100, 101, 120};
    std::string text = "| one request: update |";
    std::string rule = "|---|";
    for (const pacer::step_t s : steps) {
        text += " " + std::to_string(s) + " |";
        rule += "--:|";
    }
    text += "\n" + rule + "\n";
    for (const auto& [label, expression] : one_request) {
        const pacer::expression lr = pacer::parse(expression);
        text += std::string("| ") + label + " |";
        for (const pacer::step_t s : steps) {
            char number[32];
            std::snprintf(number, sizeof number, " %.5f |", lr(s));
            text += number;
        }
        text += "\n";
    }
    return text;
}

std::string requests_table() {
    std::string text = "| one request | in the words of its dialect |\n|---|---|\n";
    for (const auto& [label, expression] : one_request)
        text += std::string("| ") + label + " | `" + expression + "` |\n";
    return text;
}

// The page with the table in the place of the one that has the same first line.
std::string with_table(const std::string& page, const std::string& table) {
    const std::size_t start = page.find(table.substr(0, table.find('\n') + 1));
    if (start == page.npos)
        return page;
    std::size_t end = start;
    while (page[end] == '|')
        end = page.find('\n', end) + 1;
    return page.substr(0, start) + table + page.substr(end);
}

std::string read(const char* path) {
    std::ifstream file(path);
    return {(std::istreambuf_iterator<char>(file)), {}};
}

}  // namespace

int main(int count, char** arguments) {
    const std::string command = count > 2 ? arguments[1] : "";
    if (command != "--check" && command != "--update") {
        std::printf("usage: tables --check|--update PAGE...\n");
        return 2;
    }
    const std::string tables[] = {operators_table(), schedules_table(), catalogue_table(),
                                  request_table(),   requests_table(),  dialects_table(pacer::dialect_schedules{})};
    std::size_t found = 0;
    bool is_stale = false;
    for (int k = 2; k < count; ++k) {
        const std::string page = read(arguments[k]);
        std::string updated = page;
        for (const std::string& table : tables) {
            if (page.find(table.substr(0, table.find('\n') + 1)) != page.npos)
                ++found;
            updated = with_table(updated, table);
        }
        if (updated == page)
            continue;
        is_stale = true;
        if (command == "--update")
            std::ofstream(arguments[k]) << updated;
        std::printf("%s %s\n", arguments[k], command == "--update" ? "updated" : "is stale: run tables --update");
    }
    if (found != std::size(tables)) {
        std::printf("%zu of %zu tables have a place in these pages\n", found, std::size(tables));
        return 1;
    }
    return command == "--check" && is_stale ? 1 : 0;
}
