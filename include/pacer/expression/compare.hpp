// SPDX-License-Identifier: MIT
#ifndef PACER_EXPRESSION_COMPARE_HPP
#define PACER_EXPRESSION_COMPARE_HPP

/// In what two expressions differ, field by field.

#include <pacer/expression/expression.hpp>

namespace pacer {

/// A field in which two expressions differ.
struct expression_difference {
    std::string path;    ///< "peak_lr" of a named schedule; "join[1].peak_lr" of the second piece of a join
    std::string first;   ///< as `resolved_text` writes it; "-" where there is none
    std::string second;  ///< the same of the other one
};

namespace detail::syntax {

/// Adds what differs in `b` from `a`. Where names of operators differ, what is below is not compared.
// NOLINTNEXTLINE(misc-no-recursion): no deeper than `deepest_expression`
PACER_HOST inline void compare_nodes(const node& a, const node& b, const std::string& path,
                                     std::vector<expression_difference>& found) {
    if (&a == &b)
        return;
    // A schedule that one of them has later than the other.
    constexpr int delay = operator_kind<operators::delay>;
    if ((a.kind() == delay) != (b.kind() == delay)) {
        const auto by = [](const node& n) { return written(n.kind() == delay ? n.values().steps[0] : 0); };
        const auto inner = [](const node& n) -> const node& { return n.kind() == delay ? *n.parts()[0] : n; };
        found.push_back({path + "delay.by", by(a), by(b)});
        return compare_nodes(inner(a), inner(b), path, found);
    }
    struct field {
        std::string path;
        std::string text;
    };
    const auto fields_of = [&](const node& n) {
        std::vector<field> all;
        const bool is_join = n.kind() == operator_kind<operators::join>;
        unsigned k = 0;
        visit_arguments(n, true, [&](const char* name, bool, const std::string& text, const node* inner) {
            if (inner == nullptr && is_join)
                all.push_back({path + "join[" + std::to_string(k) + "].at", text});
            else if (inner == nullptr)
                all.push_back(
                    {path + (n.operation() != nullptr ? std::string(n.operation()->name) + '.' : "") + name, text});
            else
                ++k;
        });
        return all;
    };
    const std::vector<field> in_a = fields_of(a);
    const std::vector<field> in_b = fields_of(b);
    const auto text_in = [](const std::vector<field>& all, const std::string& field_path) -> std::string {
        for (const field& f : all)
            if (f.path == field_path)
                return f.text;
        return "-";
    };
    if (name_of_node(a) != name_of_node(b)) {
        found.push_back({path + "name", name_of_node(a), name_of_node(b)});
        if (a.operation() != nullptr || b.operation() != nullptr)
            return;
    }
    if (a.parts().size() != b.parts().size())
        found.push_back({path + "join.pieces", std::to_string(a.parts().size()), std::to_string(b.parts().size())});
    if (a.kind() == operator_kind<operators::join>) {
        for (std::size_t k = 0; k < in_a.size() && k < in_b.size(); ++k)
            if (in_a[k].text != in_b[k].text)
                found.push_back({in_a[k].path, in_a[k].text, in_b[k].text});
    } else {
        for (const field& f : in_a)
            if (const std::string other = text_in(in_b, f.path); other != f.text)
                found.push_back({f.path, f.text, other});
        for (const field& f : in_b)
            if (text_in(in_a, f.path) == "-")
                found.push_back({f.path, "-", f.text});
    }
    for (std::size_t k = 0; k < a.parts().size() && k < b.parts().size(); ++k)
        compare_nodes(*a.parts()[k], *b.parts()[k], path + a.operation()->name + '[' + std::to_string(k) + "].", found);
}

}  // namespace detail::syntax

/// Every field in which two expressions differ, in the order of their text; none if they have the same values for ever.
[[nodiscard]] PACER_HOST inline std::vector<expression_difference> differences(const expression& a,
                                                                               const expression& b) {
    std::vector<expression_difference> found;
    detail::syntax::compare_nodes(*a.root(), *b.root(), "", found);
    return found;
}

}  // namespace pacer

#endif
