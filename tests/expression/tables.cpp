// SPDX-License-Identifier: MIT
// The tables of docs/expressions.md, made of the descriptions that expressions are read and written by.
//
//     tables            prints them
//     tables --check F  compares them with those in the page F
#include <pacer/expression/make.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

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

}  // namespace

int main(int count, char** arguments) {
    const std::string tables[] = {operators_table(), schedules_table()};
    if (count != 3 || std::string(arguments[1]) != "--check") {
        for (const std::string& table : tables)
            std::printf("%s\n", table.c_str());
        return 0;
    }
    std::ifstream file(arguments[2]);
    const std::string page((std::istreambuf_iterator<char>(file)), {});
    for (const std::string& table : tables)
        if (page.find("\n\n" + table + "\n") == page.npos) {
            std::printf("%s does not have this table:\n\n%s", arguments[2], table.c_str());
            return 1;
        }
    return 0;
}
