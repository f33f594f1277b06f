// SPDX-License-Identifier: MIT
#ifndef PACER_EXPRESSION_CPP_HPP
#define PACER_EXPRESSION_CPP_HPP

/// An expression as C++: what to write to have the same schedule without an expression.

#include <pacer/expression/expression.hpp>

#include <set>
#include <string>

namespace pacer {
namespace detail::syntax {

PACER_HOST inline std::string cpp_of(const warmup& w) {
    switch (w.given_as()) {
    case warmup::kind::steps: return "pacer::warmup_steps(" + written(w.count()) + ")";
    case warmup::kind::ratio:
        return "pacer::warmup_ratio(" + written(w.ratio()) +
               (w.rounded() == rounding::ceil ? "" : std::string(", pacer::rounding::") + name_of(w.rounded())) + ")";
    case warmup::kind::unset:
    case warmup::kind::off: break;
    }
    return "pacer::no_warmup";
}
PACER_HOST inline std::string cpp_of(const ramp_shape& shape) { return "pacer::ramp_shape::" + written(shape); }
PACER_HOST inline std::string cpp_of(const lr_or_ratio& lr) {
    return lr.is_ratio() ? "pacer::lr_ratio(" + written(lr.value()) + ")" : written(lr.value());
}
PACER_HOST inline std::string cpp_of(step_t n) { return n == endless ? "pacer::endless" : written(n); }

PACER_HOST inline std::string cpp_of(const field_slot& slot) {
    using type = field_slot::type;
    if (slot.is == type::warmup)
        return cpp_of(slot.as<warmup>());
    if (slot.is == type::shape)
        return cpp_of(slot.as<ramp_shape>());
    if (slot.is == type::ratio)
        return cpp_of(slot.as<lr_or_ratio>());
    if (slot.is == type::steps)
        return cpp_of(slot.as<step_t>());
    if (slot.is == type::choice)
        return std::string("pacer::") + slot.enumeration + "::" + slot.text();
    std::string text = slot.text();
    if (slot.is == type::rates || slot.is == type::boundaries) {
        text.front() = '{';
        text.back() = '}';
    }
    return text;
}

/// What is being written, and which headers it needs.
struct cpp_text {
    std::string text{};
    std::set<std::string> headers{};

    static constexpr std::size_t widest = 100;

    /// An argument after others of the same line, or on a new line of its own where that is full.
    PACER_HOST void argument(const std::string& argument, bool is_first, const std::string& margin) {
        const std::size_t start = text.rfind('\n') + 1;
        if (!is_first)
            text += ',';
        if (!is_first && text.size() - start + argument.size() > widest)
            text += "\n" + margin;
        else if (!is_first)
            text += ' ';
        text += argument;
    }
};

PACER_HOST inline void write_cpp_schedule(const node& n, const std::string& margin, cpp_text& to) {
    const std::string name = name_of_node(n);
    const std::size_t colons = name.find("::");
    if (colons == std::string::npos)
        to.headers.insert("pacer/schedules/" + name + ".hpp");
    else {
        const std::string dialect = name.substr(0, colons);
        to.headers.insert("pacer/dialects/" + (dialect == "hf" ? "hugging_face" : dialect) + ".hpp");
    }
    const bool is_template = n.name_in_dialect() == nullptr;
    field_slots given;
    field_slots defaults;
    n.collect(given, defaults);
    to.text += "pacer::" + name + (is_template ? "{{" : "({");
    bool is_first = true;
    for (unsigned k = 0; k < given.size(); ++k)
        if (!given[k].is_like(defaults[k])) {
            to.argument("." + std::string(given[k].about.name) + " = " + cpp_of(given[k]), is_first, margin + "    ");
            is_first = false;
        }
    to.text += is_template ? "}}" : "})";
}

// NOLINTNEXTLINE(misc-no-recursion): no deeper than `deepest_expression`
PACER_HOST inline void write_cpp(const node& n, const std::string& margin, cpp_text& to) {
    if (n.operation() == nullptr)
        return write_cpp_schedule(n, margin, to);
    const bool is_transition =
        n.kind() == operator_kind<operators::rewarm> || n.kind() == operator_kind<operators::rescale>;
    to.headers.insert(is_transition ? "pacer/expression/transitions.hpp" : "pacer/compose.hpp");
    const std::string inner = margin + "    ";
    to.text += std::string("pacer::") + n.operation()->name + "(";
    bool is_first = true;
    const auto number = [&](const std::string& text) {
        to.argument(text, is_first, inner);
        is_first = false;
    };
    const auto schedule = [&](const node& part) {
        to.text += (is_first ? "\n" : ",\n") + inner;
        is_first = false;
        write_cpp(part, inner, to);
    };
    if (n.kind() == operator_kind<operators::join>) {
        const auto& starts = static_cast<const join_node&>(n).starts();
        for (std::size_t k = 0; k < starts.size(); ++k) {
            if (k > 0)
                number(cpp_of(starts[k]));
            schedule(*n.parts()[k]);
        }
    } else if (n.kind() == operator_kind<operators::repeat>) {
        schedule(*n.parts()[0]);
        number("{.times = " + cpp_of(n.values().steps[0]) + ", .scale = " + written(n.values().numbers[0]) + "}");
    } else {
        std::size_t schedules = 0;
        std::size_t steps = 0;
        std::size_t numbers = 0;
        for (unsigned k = 0; k < n.operation()->count; ++k)
            switch (n.operation()->fields[k].is) {
            case operator_field::kind::schedule: schedule(*n.parts()[schedules++]); break;
            case operator_field::kind::steps: number(cpp_of(n.values().steps[steps++])); break;
            case operator_field::kind::number: number(written(n.values().numbers[numbers++])); break;
            case operator_field::kind::shape: number(cpp_of(n.values().shape)); break;
            }
    }
    to.text += ')';
}

}  // namespace detail::syntax

/// The schedule as C++: the headers it needs, and a constant `lr`. Compiled, it gives the same rates, to the bit.
///
///     #include <pacer/schedules/cosine.hpp>
///
///     constexpr auto lr = pacer::cosine{{.peak_lr = 0.001, .total_steps = 1000}};
[[nodiscard]] PACER_HOST inline std::string to_cpp(const expression& lr) {
    detail::syntax::cpp_text to;
    detail::syntax::write_cpp(*lr.root(), "", to);
    std::string text;
    for (const std::string& header : to.headers)
        text += "#include <" + header + ">\n";
    return text + "\nconstexpr auto lr = " + to.text + ";\n";
}

}  // namespace pacer

#endif
