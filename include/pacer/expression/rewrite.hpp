// SPDX-License-Identifier: MIT
#ifndef PACER_EXPRESSION_REWRITE_HPP
#define PACER_EXPRESSION_REWRITE_HPP

// Expressions made of others, for what changes a run that is under way.

#include <pacer/expression/expression.hpp>

namespace pacer::detail::syntax {

template <class Op>
[[nodiscard]] PACER_HOST bool is(const node& n) noexcept {
    return n.kind() == operator_kind<Op>;
}

PACER_HOST inline node_pointer delayed_by(const node_pointer& n, step_t by) {
    return by == 0 ? n : make_operator<operators::delay>({n}, {.steps = {by}});
}

PACER_HOST inline node_pointer constant_node(double rate, step_t total = endless) {
    return expressed_node(constant<>({.peak_lr = rate, .total_steps = total}));
}

PACER_HOST inline node_pointer settled(const node_pointer& given, step_t step);

/// Up to here what lies behind a change of a curve is kept as it was.
inline constexpr int deepest_past = 8;

/// The curve for a change at `step` after which it still goes on, as in a blend: the whole of it, as long as it is shallow.
PACER_HOST inline node_pointer changed_at(const node_pointer& curve, step_t step) {
    return curve->depth() < deepest_past ? curve : settled(curve, step > 0 ? step - 1 : 0);
}

/// The same for a change that only looks back at it. Of one that was changed often the rates of the last two steps stay.
// NOLINTNEXTLINE(misc-no-recursion): no deeper than `deepest_expression`
PACER_HOST inline node_pointer past_of(const node_pointer& curve, step_t step) {
    node_pointer kept = changed_at(curve, step);
    if (kept->depth() < deepest_past)
        return kept;
    if (step == 0)
        return constant_node(kept->rate(0));
    return make_join({constant_node(kept->rate(step - 1)), constant_node(kept->rate(step))}, {0, step});
}

/// The same from `step` on, without what lies behind it: transitions that are over, and what those under way need no
/// longer look at.
// NOLINTNEXTLINE(misc-no-recursion): no deeper than `deepest_expression`
PACER_HOST inline node_pointer settled(const node_pointer& given, step_t step) {
    const node& n = *given;
    const operator_values& v = n.values();
    const step_t at = v.steps[0];
    const step_t over = v.steps[1];
    const auto past = [&] { return past_of(n.parts()[0], at); };
    if (is<operators::delay>(n) && step >= at)
        return delayed_by(settled(n.parts()[0], step - at), at);
    if (is<operators::join>(n)) {
        const step_t start = static_cast<const join_node&>(n).starts().back();
        return step < start ? given : delayed_by(settled(n.parts().back(), step - start), start);
    }
    if (is<operators::blend>(n))
        return step >= at && step - at >= over
                   ? settled(n.parts()[1], step)
                   : make_operator<operators::blend>({settled(n.parts()[0], step), settled(n.parts()[1], step)}, v);
    if (step < at)
        return given;
    if (is<operators::rewarm>(n))
        return step - at >= over ? settled(n.parts()[1], step)
                                 : make_operator<operators::rewarm>({past(), settled(n.parts()[1], step)}, v);
    if (is<operators::rescale>(n))  // looks back at the rate that the next schedule had at the joint
        return make_operator<operators::rescale>({past(), n.parts()[1]}, v);
    if (is<operators::cooldown>(n))
        return step - at >= over ? delayed_by(constant_node(v.numbers[0], over), at)
                                 : make_operator<operators::cooldown>({past()}, v);
    return given;
}

}  // namespace pacer::detail::syntax

#endif
