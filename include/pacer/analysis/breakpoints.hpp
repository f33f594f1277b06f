// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_BREAKPOINTS_HPP
#define PACER_ANALYSIS_BREAKPOINTS_HPP

/// Where one piece of a curve ends and another begins, from the expression itself: no rate is asked.
///
/// Schedules of dialects are taken by what they mean.

#include <pacer/expression/rewrite.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace pacer::analysis {

/// A step at which a curve changes its formula.
struct breakpoint {
    /// What changes there.
    enum class kind : unsigned char {
        warmup_end,   ///< the first step after a warm-up
        joint,        ///< where an operator changes from one schedule to another
        stair,        ///< where the rate changes by design: a milestone, a node of a piecewise curve
        restart,      ///< where a cycle begins again
        decay_start,  ///< the first step of a decay that begins late
        end           ///< total_steps of a schedule
    };

    step_t step;     ///< the first step of the new formula
    kind is;         ///< what changes there
    std::string of;  ///< the schedule or operator: "cosine", "join"
};

/// How many cycles of one schedule have breakpoints; the rest of a curve goes on as these do.
inline constexpr step_t most_cycles_shown = 64;

namespace detail {

namespace syntax = pacer::detail::syntax;

/// The steps of a part as steps of the whole: whole = offset + stride x part, from `first` on and before `end`.
struct placed {
    step_t offset = 0;
    step_t stride = 1;
    step_t first = 0;
    step_t end = endless;

    /// The step of the whole; -1 where it is outside.
    [[nodiscard]] PACER_HOST step_t whole(step_t part) const noexcept {
        if (part == endless || part > (endless - (offset > 0 ? offset : 0)) / stride)
            return -1;
        const step_t step = offset + stride * part;
        return step >= first && step < end ? step : -1;
    }
    [[nodiscard]] PACER_HOST placed later(step_t by) const noexcept {
        placed moved = *this;
        const bool fits = by <= endless / stride && stride * by <= endless - (offset > 0 ? offset : 0);
        moved.offset = fits ? offset + stride * by : endless;
        return moved;
    }
    /// Only between two steps of the part.
    [[nodiscard]] PACER_HOST placed within(step_t from, step_t to) const noexcept {
        placed cut = *this;
        const auto bound = [&](step_t part) {
            const placed all{offset, stride, 0, endless};
            const step_t step = all.whole(part);
            return step < 0 ? endless : step;
        };
        cut.first = (std::max)(first, from == 0 ? first : bound(from));
        cut.end = (std::min)(end, bound(to));
        return cut;
    }
};

class breakpoint_finder {
public:
    PACER_HOST explicit breakpoint_finder(const expression& e) { visit(*e.root(), {}); }

    PACER_HOST std::vector<breakpoint> found() && {
        std::stable_sort(found_.begin(), found_.end(),
                         [](const breakpoint& a, const breakpoint& b) { return a.step < b.step; });
        const auto same = [](const breakpoint& a, const breakpoint& b) {
            return a.step == b.step && a.is == b.is && a.of == b.of;
        };
        found_.erase(std::unique(found_.begin(), found_.end(), same), found_.end());
        return std::move(found_);
    }

private:
    using node = syntax::node;

    PACER_HOST void add(const placed& at, step_t part, breakpoint::kind is, const std::string& of) {
        if (const step_t step = at.whole(part); step > 0)
            found_.push_back({step, is, of});
    }

    // NOLINTNEXTLINE(misc-no-recursion): no deeper than `deepest_expression`
    PACER_HOST void visit(const node& n, const placed& at) {
        if (at.first >= at.end || at.offset == endless)
            return;
        if (n.meaning() != nullptr)
            return visit(*n.meaning(), at);
        if (n.operation() != nullptr)
            return visit_operator(n, at);
        if (n.kind() != syntax::in_no_list)
            visit_schedule(n, at);
        add(at, n.total_steps(), breakpoint::kind::end,
            n.kind() == syntax::in_no_list ? "curve" : syntax::name_of_node(n));
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    PACER_HOST void visit_operator(const node& n, const placed& at) {
        namespace ops = syntax::operators;
        using syntax::is;
        const std::string name = n.operation()->name;
        const step_t first = n.values().steps[0];
        const auto part = [&](std::size_t k) -> const node& { return *n.parts()[k]; };
        if (is<ops::join>(n)) {
            const auto& starts = static_cast<const syntax::join_node&>(n).starts();
            for (std::size_t k = 0; k < starts.size(); ++k) {
                const step_t end = k + 1 < starts.size() ? starts[k + 1] : endless;
                if (k > 0 && starts[k] < end)
                    add(at, starts[k], breakpoint::kind::joint, name);
                visit(part(k), at.within(starts[k], end).later(starts[k]));
            }
        } else if (is<ops::delay>(n)) {
            add(at, first, breakpoint::kind::joint, name);
            visit(part(0), at.later(first));
        } else if (is<ops::advance>(n)) {
            placed earlier = at;
            if (first <= endless / at.stride)
                earlier.offset = at.offset - at.stride * first;
            else
                return;
            visit(part(0), earlier);
        } else if (is<ops::every>(n)) {
            placed slower = at;
            if (first > endless / at.stride)
                return;
            slower.stride = at.stride * first;
            visit(part(0), slower);
        } else if (is<ops::repeat>(n)) {
            visit_cycles(part(0), at, first);
        } else if (is<ops::cooldown>(n)) {
            add(at, first, breakpoint::kind::decay_start, name);
            add(at, after(first, n.values().steps[1]), breakpoint::kind::end, name);
            visit(part(0), at.within(0, first));
        } else if (is<ops::blend>(n) || is<ops::rewarm>(n)) {
            const step_t end = after(first, n.values().steps[1]);
            add(at, first, breakpoint::kind::joint, name);
            add(at, end, breakpoint::kind::joint, name);
            const bool both = is<ops::blend>(n);
            visit(part(0), at.within(0, both ? end : first));
            visit(part(1), at.within(both ? first : end, endless));
        } else if (is<ops::rescale>(n)) {
            add(at, first, breakpoint::kind::joint, name);
            visit(part(0), at.within(0, first));
            visit(part(1), at.within(first, endless));
        } else {
            for (const syntax::node_pointer& p : n.parts())
                visit(*p, at);
        }
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    PACER_HOST void visit_cycles(const node& cycle, const placed& at, step_t times) {
        const step_t length = cycle.total_steps();
        if (length == endless || length == 0)
            return visit(cycle, at);
        for (step_t k = 0; k < times && k < most_cycles_shown && k <= endless / length; ++k) {
            const step_t start = k * length;
            if (k > 0)
                add(at, start, breakpoint::kind::restart, "repeat");
            visit(cycle, at.within(start, after(start, length)).later(start));
        }
        if (times <= endless / length)
            add(at, times * length, breakpoint::kind::end, "repeat");
    }

    PACER_HOST void visit_schedule(const node& n, const placed& at) {
        syntax::field_slots fields;
        syntax::field_slots defaults;
        n.collect(fields, defaults);
        const std::string name = syntax::name_of_node(n);
        const auto steps_of = [&](const char* field) -> step_t {
            const syntax::field_slot* slot = fields.find(field);
            return slot != nullptr && slot->is == syntax::field_slot::type::steps && !slot->is_open()
                       ? slot->as<step_t>()
                       : -1;
        };
        const auto number_of = [&](const char* field) {
            const syntax::field_slot* slot = fields.find(field);
            return slot != nullptr && slot->is == syntax::field_slot::type::real64 ? slot->as<double>() : 0.0;
        };
        const step_t total = n.total_steps();
        step_t warmup = 0;
        if (const syntax::field_slot* slot = fields.find("warmup")) {
            warmup = slot->as<pacer::warmup>().steps(total);
            if (warmup > 0)
                add(at, warmup, breakpoint::kind::warmup_end, name);
        }
        if (const double risen = static_cast<double>(total) * number_of("pct_start") - 1; risen > 0)
            add(at, pacer::detail::ceil_to_int(risen), breakpoint::kind::warmup_end, name);
        if (const step_t decay = steps_of("decay_steps"); decay >= 0 && decay < total - warmup)
            add(at, total - decay, breakpoint::kind::decay_start, name);
        for (const syntax::field_slot& slot : fields)
            if (slot.is == syntax::field_slot::type::boundaries)
                for (const step_t step : slot.as<list<step_t>>())
                    add(at, step, breakpoint::kind::stair, name);
        if (const step_t up = steps_of("up_steps"); up > 0)
            add_cycles(at, name, up + steps_of("down_steps"), 1, up, total);
        if (const step_t cycle = steps_of("cycle_steps"); cycle > 0)
            add_cycles(at, name, cycle, (std::max<step_t>)(1, steps_of("growth")), 0, total);
        if (const double cycles = number_of("num_cycles"); cycles > 0)
            add_waves(at, name, warmup, total, cycles);
    }

    PACER_HOST void add_cycles(const placed& at, const std::string& name, step_t length, step_t growth, step_t top,
                               step_t total) {
        step_t start = 0;
        for (step_t k = 0; k < most_cycles_shown && start < total; ++k) {
            if (top > 0 && start + top < total)
                add(at, start + top, breakpoint::kind::restart, name);
            if (length > endless - start)
                return;
            start += length;
            if (start < total)
                add(at, start, breakpoint::kind::restart, name);
            length = length > endless / growth ? endless : length * growth;
        }
    }

    /// Where a wave is at its top or its bottom; half waves are the shortest that there are.
    PACER_HOST void add_waves(const placed& at, const std::string& name, step_t warmup, step_t total, double cycles) {
        const double length = static_cast<double>(total - warmup) / (2 * cycles);
        for (step_t k = 1; k < 2 * most_cycles_shown && static_cast<double>(k) * length < 0x1p62; ++k) {
            const double step = static_cast<double>(warmup) + static_cast<double>(k) * length;
            if (!(step < static_cast<double>(total)))
                return;
            add(at, pacer::detail::ceil_to_int(step), breakpoint::kind::restart, name);
        }
    }

    PACER_HOST static step_t after(step_t start, step_t length) noexcept {
        return length > endless - start ? endless : start + length;
    }

    std::vector<breakpoint> found_{};
};

}  // namespace detail

/// The steps above 0 at which the curve changes its formula, in their order.
///
/// A `join` has all of its joints; of what repeats itself the first `most_cycles_shown` cycles are looked at.
[[nodiscard]] PACER_HOST inline std::vector<breakpoint> breakpoints(const expression& lr) {
    return detail::breakpoint_finder(lr).found();
}

}  // namespace pacer::analysis

#endif
