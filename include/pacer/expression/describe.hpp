// SPDX-License-Identifier: MIT
#ifndef PACER_EXPRESSION_DESCRIBE_HPP
#define PACER_EXPRESSION_DESCRIBE_HPP

/// What there is to be written in an expression: every schedule, of dialects too, with its fields, what they accept and
/// what they are if they are not given. For help, forms and pages.
///
///     for (const pacer::schedule_description& s : pacer::describe_schedules())
///         std::puts(s.name.c_str());

#include <pacer/expression/dialects.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pacer {

/// One field of a schedule.
struct field_description {
    std::string name;                    ///< as it is written: "peak_lr"
    quantity kind{};                     ///< what kind of quantity it is
    std::string about;                   ///< one line
    std::string accepted;                ///< "from 0 to 1"
    std::vector<std::string> choices{};  ///< of a choice
    std::string by_default;      ///< as an expression writes it; empty if the field must be given or may be open
    bool must_be_given = false;  ///< whether it has no default
    field rules{};               ///< its range, and what else is accepted
};

/// One schedule.
struct schedule_description {
    std::string name;                         ///< as an expression writes it: "cosine", "optax::linear_schedule"
    std::string dialect;                      ///< "optax"; empty of pacer's own
    std::string formula;                      ///< the rate after the warm-up; empty of dialects
    std::vector<field_description> fields{};  ///< in the order in which they are written

    /// The field of that name; null if there is none.
    [[nodiscard]] PACER_HOST const field_description* find(std::string_view field) const noexcept {
        for (const field_description& f : fields)
            if (f.name == field)
                return &f;
        return nullptr;
    }
};

namespace detail::syntax {

PACER_HOST inline std::string accepted_by(const field& f) {
    if (f.rule != nullptr) {
        const std::string_view rule = f.rule;
        constexpr std::string_view must_be = "must be ";
        return std::string(rule.starts_with(must_be) ? rule.substr(must_be.size()) : rule) +
               (f.may_be_endless ? ", or endless" : "");
    }
    switch (f.kind) {
    case quantity::rate: return "a rate, 0 or more";
    case quantity::rate_or_ratio: return "a rate, or a ratio of the peak (10%)";
    case quantity::steps: return f.may_be_endless ? "updates, 0 or more, or endless" : "updates, 0 or more";
    case quantity::warmup: return "updates, a ratio (3%, floor(3%)), or off";
    case quantity::shape: return "linear, cosine, one_minus_sqrt, half_life, exponential, power(EXPONENT)";
    case quantity::flag: return "true or false";
    case quantity::list: return "a list ([1, 2, 3])";
    case quantity::number:
    case quantity::choice: break;
    }
    return "a number";
}

PACER_HOST inline field_description described(const field_slot& slot) {
    field_description d{slot.about.name, slot.about.kind, slot.about.about, accepted_by(slot.about), {}, {},
                        false,           slot.about};
    for (unsigned k = 0; k < slot.names_count; ++k)
        if (slot.about.has_wave || slot.about.name != std::string_view("past_end") ||
            slot.names[k] != std::string_view("wave"))
            d.choices.emplace_back(slot.names[k]);
    if (!d.choices.empty()) {
        d.accepted.clear();
        for (const std::string& choice : d.choices)
            d.accepted += (d.accepted.empty() ? "" : ", ") + choice;
    }
    const std::string text = slot.text();
    const bool is_missing =
        text == "-1" || text == "[]" || (slot.is == field_slot::type::ratio && !slot.as<lr_or_ratio>().is_given());
    d.must_be_given = is_missing && !slot.about.may_be_open;
    d.by_default = is_missing ? "" : text;
    return d;
}

template <class Params>
PACER_SELDOM PACER_HOST schedule_description described(const char* dialect) {
    Params p;
    field_slots slots;
    Params::visit_fields(p, slots);
    schedule_description d;
    d.name = dialect + std::string(Params::name);
    d.dialect = d.name.substr(0, d.name.find("::") == std::string::npos ? 0 : d.name.find("::"));
    if constexpr (requires { Params::formula; })
        d.formula = Params::formula;
    for (const field_slot& slot : slots)
        d.fields.push_back(described(slot));
    return d;
}

template <class... S>
PACER_HOST void describe(dialect_list<S...>, std::vector<schedule_description>& to) {
    (to.push_back(described<typename S::params_type>("")), ...);
}

}  // namespace detail::syntax

/// Every schedule: pacer's own in the order of their list, then those of each dialect.
template <class = void>
[[nodiscard]] PACER_HOST std::vector<schedule_description> describe_schedules() {
    std::vector<schedule_description> all;
    detail::syntax::expressible_schedules::for_each([&]<template <class> class S>() {
        using schedule = S<double>;
        all.push_back(detail::syntax::described<typename schedule::params_type>(
            detail::syntax::dialect_of(detail::syntax::index_of<schedule>)));
    });
    detail::syntax::describe(dialect_schedules{}, all);
    return all;
}

/// The schedule of that name; nothing if there is none.
template <class = void>
[[nodiscard]] PACER_HOST std::optional<schedule_description> describe_schedule(std::string_view name) {
    for (schedule_description& s : describe_schedules())
        if (s.name == name)
            return std::move(s);
    return std::nullopt;
}

/// The operators, as forms: "scale(schedule, factor)", each with what it is.
[[nodiscard]] PACER_HOST inline std::vector<std::pair<std::string, std::string>> describe_operators() {
    std::vector<std::pair<std::string, std::string>> all;
    for (const detail::syntax::operator_description* o : detail::syntax::all_operators::descriptions) {
        std::string form = o->name;
        form += '(';
        for (unsigned k = 0; k < o->count; ++k) {
            const detail::syntax::operator_field& f = o->fields[k];
            form += k > 0 ? ", " : "";
            form += f.name;
            if (f.is_named)
                form += std::string("=") + (f.fallback != nullptr ? f.fallback : "...");
        }
        all.emplace_back(form + (o->count == 0 ? "schedule, at, schedule, ...)" : ")"), o->about);
    }
    return all;
}

}  // namespace pacer

#endif
