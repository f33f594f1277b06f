// SPDX-License-Identifier: MIT
#ifndef PACER_EXPRESSION_EXPRESSION_HPP
#define PACER_EXPRESSION_EXPRESSION_HPP

/// A schedule as data: named schedules and operators, with every parameter, as text and back.
///
///     const pacer::expression lr = pacer::parse("join(linear(peak_lr=1e-3, total_steps=500), 200, constant(peak_lr=1e-4))");
///     lr(step);                              // a Schedule like any other
///     pacer::to_text(lr);                    // the same text
///     pacer::expression_of(pacer::cosine{{.peak_lr = 1e-3, .total_steps = 1000}});
///
/// The names are those of the classes and functions in C++, and so are the rates, to the bit. docs/expressions.md has the
/// grammar, make.hpp makes schedules by name, compare.hpp says in what two expressions differ.

#include <pacer/expression/node.hpp>
#include <pacer/fill.hpp>
#include <pacer/table.hpp>

namespace pacer {

class expression;

namespace detail::syntax {

/// The node that a schedule of C++ is: named schedules of double, and operators on these.
template <class S>
struct expressed {
    static constexpr bool is_possible = false;
};

template <class S>
    requires(index_of<S> >= 0)
struct expressed<S> {
    static constexpr bool is_possible = true;
    PACER_HOST static node_pointer node_of(const S& schedule) { return node_pointer(new named_node<S>(schedule)); }
};

template <class S>
PACER_HOST node_pointer expressed_node(const S& schedule) {
    return expressed<S>::node_of(schedule);
}

/// A schedule of a dialect, with what it means.
template <class S>
class PACER_MODE dialect_node final : public node {
    using params = typename S::params_type;

public:
    explicit dialect_node(const S& schedule)
        : node(in_no_list),
          params_(schedule.params()),
          total_(schedule.total_steps()),
          meaning_(expressed_node(schedule.meaning())) {}

    [[nodiscard]] double rate(step_t step) const noexcept override { return meaning_->rate(step); }
    [[nodiscard]] step_t total_steps() const noexcept override { return total_; }
    void collect(field_slots& given, field_slots& by_default) const override {
        static const params defaults{};
        visit(const_cast<params&>(params_), given);
        visit(const_cast<params&>(defaults), by_default);
    }
    [[nodiscard]] const char* name_in_dialect() const noexcept override { return params::name; }
    [[nodiscard]] const node* meaning() const noexcept override { return meaning_.get(); }
    [[nodiscard]] PACER_SELDOM node_pointer with_total(step_t total, bool) const override {
        violation wrong;
        for (unsigned k = 0; k < field_slots::most; ++k) {
            params p = params_;
            field_slots slots;
            visit(p, slots);
            if (k >= slots.size() || !slots[k].about.is_length || slots[k].is_open())
                continue;
            auto& length = slots[k].template as<step_t>();
            length = total_ == endless ? total : length + (total - total_);
            wrong = pacer::check(p);
            if (wrong)
                continue;
            if (node_pointer made = make(p); total_ == endless || made->total_steps() == total)
                return made;
        }
        require(wrong);
        return {};
    }

    PACER_SELDOM static node_pointer make(const params& p) { return node_pointer(new dialect_node(S(p))); }
    PACER_SELDOM static void visit(params& p, field_slots& slots) { params::visit_fields(p, slots); }

private:
    params params_;
    step_t total_;
    node_pointer meaning_;
};

template <class Params>
struct expressed<dialect_schedule<Params>> {
    static constexpr bool is_possible = true;
    PACER_HOST static node_pointer node_of(const dialect_schedule<Params>& schedule) {
        return node_pointer(new dialect_node<dialect_schedule<Params>>(schedule));
    }
};

/// Only inside of a dialect's schedule.
template <class Curve>
    requires is_nameless<Curve>
struct expressed<Curve> {
    static constexpr bool is_possible = false;
    PACER_HOST static node_pointer node_of(const Curve& curve) { return node_pointer(new nameless_node<Curve>(curve)); }
};

template <class Op, class... S>
PACER_HOST node_pointer expressed_operator(const operator_values& values, const S&... schedules) {
    return make_operator<Op>({expressed_node(schedules)...}, values);
}

template <class A, class B>
struct expressed<joined<A, B>> {
    static constexpr bool is_possible = expressed<A>::is_possible && expressed<B>::is_possible;
    PACER_HOST static node_pointer node_of(const joined<A, B>& s) {
        return make_join({expressed_node(s.first), expressed_node(s.second)}, {0, s.at});
    }
};
// Stairs: equal rates in a row are one, and more than a `piecewise` has room for are a `join` of such.
template <class Rates>
struct expressed<table<Rates>> {
    static constexpr bool is_possible = std::is_same_v<rate_t<table<Rates>>, double>;
    PACER_HOST static node_pointer node_of(const table<Rates>& s) {
        std::vector<node_pointer> pieces;
        std::vector<step_t> starts;
        piecewise_params<double> stairs;
        const auto finish = [&](step_t end) {
            stairs.interpolation = interpolation::constant;
            stairs.total_steps = end - starts.back();
            pieces.push_back(expressed_node(piecewise<>(stairs)));
        };
        double last = -1;
        for (step_t at = 0; at < s.total_steps(); at += s.every()) {
            const double rate = s(at);
            if (rate == last)
                continue;
            if (starts.empty() || stairs.at.size() == list<step_t>::capacity) {
                if (!starts.empty())
                    finish(at);
                starts.push_back(at);
                stairs = {};
            }
            stairs.at.add(at - starts.back());
            stairs.rates.add(last = rate);
        }
        finish(s.total_steps());
        return make_join(pieces, starts);
    }
};
template <class S>
struct expressed<scaled<S>> {
    static constexpr bool is_possible = expressed<S>::is_possible;
    PACER_HOST static node_pointer node_of(const scaled<S>& s) {
        return expressed_operator<operators::scale>({.numbers = {s.factor}}, s.schedule);
    }
};
template <class S>
struct expressed<clamped<S>> {
    static constexpr bool is_possible = expressed<S>::is_possible;
    PACER_HOST static node_pointer node_of(const clamped<S>& s) {
        return expressed_operator<operators::clamp>({.numbers = {s.lowest, s.highest}}, s.schedule);
    }
};
template <class S>
struct expressed<advanced<S>> {
    static constexpr bool is_possible = expressed<S>::is_possible;
    PACER_HOST static node_pointer node_of(const advanced<S>& s) {
        return expressed_operator<operators::advance>({.steps = {s.by}}, s.schedule);
    }
};
template <class S>
struct expressed<delayed<S>> {
    static constexpr bool is_possible = expressed<S>::is_possible;
    PACER_HOST static node_pointer node_of(const delayed<S>& s) {
        return expressed_operator<operators::delay>({.steps = {s.by}}, s.schedule);
    }
};
template <class S>
struct expressed<slowed<S>> {
    static constexpr bool is_possible = expressed<S>::is_possible;
    PACER_HOST static node_pointer node_of(const slowed<S>& s) {
        return expressed_operator<operators::every>({.steps = {s.n}}, s.schedule);
    }
};
template <class S>
struct expressed<repeated<S>> {
    static constexpr bool is_possible = expressed<S>::is_possible;
    PACER_HOST static node_pointer node_of(const repeated<S>& s) {
        return expressed_operator<operators::repeat>({.steps = {s.times}, .numbers = {s.scale}}, s.schedule);
    }
};
template <class A, class B>
struct expressed<combined<A, B, product_of>> {
    static constexpr bool is_possible = expressed<A>::is_possible && expressed<B>::is_possible;
    PACER_HOST static node_pointer node_of(const combined<A, B, product_of>& s) {
        return expressed_operator<operators::product>({}, s.first, s.second);
    }
};
template <class A, class B>
struct expressed<combined<A, B, sum_of>> {
    static constexpr bool is_possible = expressed<A>::is_possible && expressed<B>::is_possible;
    PACER_HOST static node_pointer node_of(const combined<A, B, sum_of>& s) {
        return expressed_operator<operators::sum>({}, s.first, s.second);
    }
};
template <class S>
struct expressed<cooled<S>> {
    static constexpr bool is_possible = expressed<S>::is_possible;
    PACER_HOST static node_pointer node_of(const cooled<S>& s) {
        return expressed_operator<operators::cooldown>({.steps = {s.at, s.over}, .numbers = {s.to}, .shape = s.shape},
                                                       s.schedule);
    }
};
template <class A, class B>
struct expressed<blended<A, B>> {
    static constexpr bool is_possible = expressed<A>::is_possible && expressed<B>::is_possible;
    PACER_HOST static node_pointer node_of(const blended<A, B>& s) {
        return expressed_operator<operators::blend>({.steps = {s.at, s.over}}, s.old, s.next);
    }
};
template <class A, class B>
struct expressed<rewarmed<A, B>> {
    static constexpr bool is_possible = expressed<A>::is_possible && expressed<B>::is_possible;
    PACER_HOST static node_pointer node_of(const rewarmed<A, B>& s) {
        return expressed_operator<operators::rewarm>({.steps = {s.at, s.over}, .shape = s.shape}, s.old, s.next);
    }
};
template <class A, class B>
struct expressed<rescaled<A, B>> {
    static constexpr bool is_possible = expressed<A>::is_possible && expressed<B>::is_possible;
    PACER_HOST static node_pointer node_of(const rescaled<A, B>& s) {
        return expressed_operator<operators::rescale>({.steps = {s.at}}, s.old, s.next);
    }
};

}  // namespace detail::syntax

/// A schedule that can be written down as an expression: a named schedule of `double`, and the operators on such.
template <class S>
concept Expressible = detail::syntax::expressed<S>::is_possible;

/// A named schedule of `double`.
template <class S>
concept NamedSchedule = detail::syntax::index_of<S>
>= 0;

/// A schedule as data. It always holds one, which never changes; copies share it, between threads too. It is a
/// `Schedule` of double: a negative step is step 0, every rate is that of the same schedule in C++, to the bit. Asking it
/// takes no heap, and no more steps than the logarithm of the number of pieces of a `join`.
class expression {
public:
    /// What a schedule of C++ is as data. An error (`invalid_schedule`): more than `deepest_expression` operators in each
    /// other.
    template <Expressible S>
        requires(!std::same_as<S, expression>)
    PACER_HOST expression(const S& schedule) : root_(detail::syntax::expressed_node(schedule)) {}

    /// The rate used by update `step`.
    [[nodiscard]] PACER_HOST double operator()(step_t step) const noexcept { return root_->rate(step < 0 ? 0 : step); }
    PACER_REFUSE_FRACTIONAL_STEPS

    /// The length; `endless` if it has none.
    [[nodiscard]] PACER_HOST step_t total_steps() const noexcept { return root_->total_steps(); }

    /// Of the schedule, or of the operator that was applied last: "cosine", "join".
    [[nodiscard]] PACER_HOST std::string name() const;

    /// See segments.hpp.
    template <class Visitor>
    PACER_HOST void visit_segments(step_range steps, Visitor& v) const {
        detail::syntax::part{root_.get()}.visit_segments(steps, v);
    }

    /// Every peak times a factor, and what is given as a ratio of it; other rates stay. See `scale_peak` (training/groups.hpp).
    /// An error (`invalid_schedule`): a schedule without a peak of its own (`piecewise`, a dialect's) and `product`, where the
    /// peak cannot be told; a peak below a rate that stays.
    [[nodiscard]] PACER_HOST expression with_peak_times(double factor) const;
    /// Whether every rate would be multiplied with the peaks.
    [[nodiscard]] PACER_HOST bool is_relative_to_peak() const;

    /// Whether both say the same of all that decides the rates, however it was written.
    PACER_HOST friend bool operator==(const expression& a, const expression& b);

    /// For pacer's own use.
    [[nodiscard]] PACER_HOST const detail::syntax::node_pointer& root() const noexcept { return root_; }
    /// For pacer's own use.
    PACER_HOST explicit expression(detail::syntax::node_pointer root) noexcept : root_(std::move(root)) {}

private:
    detail::syntax::node_pointer root_;
};

/// A schedule, and the step of the whole at which it starts.
struct expression_piece {
    step_t at;            ///< where it starts, in steps of the whole
    expression schedule;  ///< what counts from there
};

namespace detail::syntax {

template <>
struct expressed<expression> {
    static constexpr bool is_possible = true;
    PACER_HOST static node_pointer node_of(const expression& e) { return e.root(); }
};

PACER_HOST inline std::string name_of_node(const node& n) {
    if (n.operation() != nullptr)
        return n.operation()->name;
    if (n.name_in_dialect() != nullptr)
        return n.name_in_dialect();
    return dialect_of(n.kind()) + std::string(expressible_schedules::names[n.kind()]);
}

/// What a node consists of, in the order of its text: visitor(name, whether it is written, text, part or nullptr).
///
/// `all`: with every field that decides the rates, also those that are not given, and ratios resolved.
template <class Visitor>
PACER_HOST void visit_arguments(const node& n, bool all, Visitor visitor) {
    if (n.kind() == operator_kind<operators::join>) {
        const auto& starts = static_cast<const join_node&>(n).starts();
        for (std::size_t k = 0; k < starts.size(); ++k) {
            if (k > 0)
                visitor("at", false, written(starts[k]), nullptr);
            visitor("schedule", false, std::string(), n.parts()[k].get());
        }
        return;
    }
    if (n.operation() == nullptr) {
        field_slots given;
        field_slots defaults;
        n.collect(given, defaults);
        for (unsigned k = 0; k < given.size(); ++k) {
            const std::string text = all ? resolved_text(given, given[k]) : given[k].text();
            if (all ? !text.empty() : !given[k].is_like(defaults[k]))
                visitor(given[k].about.name, true, text, nullptr);
        }
        return;
    }
    std::size_t schedules = 0;
    std::size_t steps = 0;
    std::size_t numbers = 0;
    for (unsigned k = 0; k < n.operation()->count; ++k) {
        const operator_field& f = n.operation()->fields[k];
        if (f.is == operator_field::kind::schedule) {
            visitor(f.name, false, std::string(), n.parts()[schedules++].get());
            continue;
        }
        const std::string text = f.is == operator_field::kind::steps    ? written(n.values().steps[steps++])
                                 : f.is == operator_field::kind::number ? written(n.values().numbers[numbers++])
                                                                        : written(n.values().shape);
        if (all || f.fallback == nullptr || text != f.fallback)
            visitor(f.name, f.is_named, text, nullptr);
    }
}

// NOLINTNEXTLINE(misc-no-recursion): no deeper than `deepest_expression`
PACER_HOST inline void write_node(const node& n, bool all, std::string& to) {
    to += name_of_node(n);
    to += '(';
    const char* comma = "";
    visit_arguments(n, all, [&](const char* name, bool is_named, const std::string& text, const node* inner) {
        to += comma;
        comma = ", ";
        if (is_named)
            (to += name) += '=';
        if (inner != nullptr)
            write_node(*inner, all, to);
        else
            to += text;
    });
    to += ')';
}

}  // namespace detail::syntax

/// The text of an expression, in one line: the fields that are not what they are by default. `parse` gives back the same
/// schedule, to the bit.
[[nodiscard]] PACER_HOST inline std::string to_text(const expression& e) {
    std::string text;
    detail::syntax::write_node(*e.root(), false, text);
    return text;
}

/// The text of an expression with everything that decides its rates: ratios as rates and updates (a warm-up that ends
/// between two updates stays a ratio), every default written out, and what decides nothing (the shape of a warm-up of 0
/// updates) left out. It means the same for ever, whatever later versions may take for a default.
[[nodiscard]] PACER_HOST inline std::string resolved_text(const expression& e) {
    std::string text;
    detail::syntax::write_node(*e.root(), true, text);
    return text;
}

/// A schedule of C++ as data: a named schedule, or operators on such; see `expression`.
template <Expressible S>
[[nodiscard]] PACER_HOST expression expression_of(const S& schedule) {
    return schedule;
}

/// The schedule `S` itself, if the expression is one; nullptr if it is another, or an operator. It lives as long as the
/// expression.
///
///     if (const auto* cosine = pacer::as<pacer::cosine<>>(lr))
///         use(cosine->params().peak_lr);
template <NamedSchedule S>
[[nodiscard]] PACER_HOST const S* as(const expression& e) noexcept {
    const detail::syntax::node& n = *e.root();
    if (n.kind() != detail::syntax::index_of<S>)
        return nullptr;
    return &static_cast<const detail::syntax::named_node<S>&>(n).schedule();
}

namespace detail::syntax {

/// nullptr where there is something whose peak cannot be told. NOLINTNEXTLINE(misc-no-recursion)
PACER_HOST inline node_pointer with_peaks_times(const node& n, double factor) {
    if (n.operation() == nullptr)
        return n.with_peak_times(factor);
    if (n.kind() == operator_kind<operators::product>)
        return {};
    std::vector<node_pointer> parts;
    for (const node_pointer& part : n.parts())
        if (!parts.emplace_back(with_peaks_times(*part, factor)))
            return {};
    return n.with_parts(parts);
}

/// Whether all rates of a named schedule are relative to its peak, by what each field says.
PACER_HOST inline bool are_rates_relative(const node& n) {
    field_slots given;
    field_slots defaults;
    n.collect(given, defaults);
    bool has_peak = false;
    for (const field_slot& slot : given) {
        const bool is_peak = std::string_view(slot.about.name) == "peak_lr";
        has_peak = has_peak || is_peak;
        if (is_peak || slot.is_open() || resolved_text(given, slot).empty())
            continue;
        if ((slot.is == field_slot::type::ratio && !slot.as<lr_or_ratio>().is_ratio() &&
             slot.as<lr_or_ratio>().value() != 0) ||
            (slot.is == field_slot::type::real64 && slot.about.kind == quantity::rate && slot.as<double>() != 0) ||
            slot.is == field_slot::type::rates)
            return false;
    }
    return has_peak;
}

// NOLINTNEXTLINE(misc-no-recursion)
PACER_HOST inline bool is_relative(const node& n) {
    if (n.operation() == nullptr)
        return n.name_in_dialect() == nullptr && n.kind() != in_no_list && are_rates_relative(n);
    if (n.kind() == operator_kind<operators::product> || n.kind() == operator_kind<operators::clamp> ||
        (n.kind() == operator_kind<operators::cooldown> && n.values().numbers[0] != 0))
        return false;
    for (const node_pointer& part : n.parts())
        if (!is_relative(*part))
            return false;
    return true;
}

}  // namespace detail::syntax

inline expression expression::with_peak_times(double factor) const {
    detail::syntax::node_pointer made = detail::syntax::with_peaks_times(*root_, factor);
    if (!made)
        detail::reject(detail::bad_rate("multiplier", factor,
                                        "the peak of this schedule cannot be told from its floors: "
                                        "say multiplied::curve, or give the group a schedule of its own"));
    return expression(std::move(made));
}

inline bool expression::is_relative_to_peak() const { return detail::syntax::is_relative(*root_); }

inline std::string expression::name() const { return detail::syntax::name_of_node(*root_); }

/// Whether two have the same rates, by all that decides them: whether their `resolved_text` is the same.
inline bool operator==(const expression& a, const expression& b) {
    return a.root_.get() == b.root_.get() || resolved_text(a) == resolved_text(b);
}

/// `join` of any number of schedules, each counting from the step at which it starts:
///
///     lr(s) = pieces[k].schedule(s - pieces[k].at)    for pieces[k].at <= s < pieces[k + 1].at
///
/// An error (`invalid_schedule`): no pieces; the first does not start at 0; starts that decrease.
[[nodiscard]] PACER_HOST inline expression join(const std::vector<expression_piece>& pieces) {
    if (pieces.empty())
        detail::reject(detail::missing("pieces", "a join has one schedule or more"));
    if (pieces[0].at != 0)
        detail::reject(detail::bad_count("at", pieces[0].at, "the first piece of a join starts at 0"));
    std::vector<detail::syntax::node_pointer> nodes;
    std::vector<step_t> starts;
    for (const expression_piece& p : pieces) {
        nodes.push_back(p.schedule.root());
        starts.push_back(p.at);
    }
    return expression(detail::syntax::make_join(nodes, starts));
}

}  // namespace pacer

#endif
