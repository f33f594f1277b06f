// SPDX-License-Identifier: MIT
#ifndef PACER_EXPRESSION_DESCENT_HPP
#define PACER_EXPRESSION_DESCENT_HPP

// Whether a curve is known to fall, from what it consists of.

#include <pacer/expression/rewrite.hpp>

namespace pacer::detail::syntax {

PACER_HOST inline violation check_descent(const node& n, step_t from, step_t to);

PACER_HOST inline violation not_one_descent() noexcept { return missing("extend", "the curve must have one descent"); }

/// Of what has no parts.
PACER_HOST inline violation check_own_descent(const node& n, step_t from, step_t to) {
    if (n.kind() == index_of<constant<>>)
        return {};
    const reach_of_total reach = n.reach();
    // What is only a warm-up is a straight or curved line, which may fall.
    const bool is_line = n.kind() == index_of<linear_warmup<>>;
    if (reach.stretching && !is_line)
        return reach.stretching;
    const step_t end = n.total_steps();
    const step_t start = is_line ? 0 : reach.kept_until;
    if (start == endless || (to > end && !reach.holds_end) || n.rate(end) > n.rate(start))
        return not_one_descent();
    // Before that it is on its way up, or at the peak already.
    return from >= start || n.rate(from) == n.rate(start) ? violation{} : not_one_descent();
}

/// Of pieces, none of which may begin above the rate before it.
PACER_HOST inline violation check_descent_of_join(const join_node& n, step_t from, step_t to) {
    const auto& starts = n.starts();
    for (std::size_t k = 0; k < starts.size(); ++k) {
        const step_t end = k + 1 < starts.size() && starts[k + 1] < to ? starts[k + 1] : to;
        if (starts[k] >= to || (k + 1 < starts.size() && starts[k + 1] <= from) || end <= starts[k])
            continue;
        const step_t first = from > starts[k] ? from - starts[k] : 0;
        if (first == 0 && starts[k] > from && n.rate(starts[k]) > n.rate(starts[k] - 1))
            return not_one_descent();
        if (const violation v = check_descent(*n.parts()[k], first, end - starts[k]))
            return v;
    }
    return n.rate(to) > n.rate(to > from ? to - 1 : from) ? not_one_descent() : violation{};
}

/// Why it is not known that no rate from step `from` to step `to` is above the one before it; nothing if it is.
// NOLINTNEXTLINE(misc-no-recursion): no deeper than `deepest_expression`
PACER_HOST inline violation check_descent(const node& n, step_t from, step_t to) {
    const step_t by = n.values().steps[0];
    if (n.meaning() != nullptr)
        return check_descent(*n.meaning(), from, to);
    if (n.operation() == nullptr)
        return check_own_descent(n, from, to);
    if (is<operators::join>(n))
        return check_descent_of_join(static_cast<const join_node&>(n), from, to);
    if (is<operators::delay>(n))
        return to <= by ? violation{} : check_descent(*n.parts()[0], from > by ? from - by : 0, to - by);
    if (is<operators::advance>(n))
        return check_descent(*n.parts()[0], sum_of_lengths(from, by), sum_of_lengths(to, by));
    if (is<operators::scale>(n) || is<operators::clamp>(n))
        return check_descent(*n.parts()[0], from, to);
    return not_one_descent();
}

}  // namespace pacer::detail::syntax

#endif
