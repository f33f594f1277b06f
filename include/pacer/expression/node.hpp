// SPDX-License-Identifier: MIT
#ifndef PACER_EXPRESSION_NODE_HPP
#define PACER_EXPRESSION_NODE_HPP

// What expressions consist of: named schedules and operators behind virtual functions, never changed, shared by all
// expressions that they are part of. Each holds the schedule or operator of C++ itself, so its rates are those.

#include <pacer/dialects/cosine_warmup_with_min_lr.hpp>
#include <pacer/dialects/dialect.hpp>
#include <pacer/expression/fields.hpp>
#include <pacer/expression/transitions.hpp>
#include <pacer/numerics/bulk.hpp>
#include <pacer/pacer.hpp>

#include <utility>
#include <vector>

namespace pacer {

/// How deep operators of an expression may stand in each other, how many schedules and operators it may have, and how
/// many bytes its text.
inline constexpr int deepest_expression = 64;
inline constexpr step_t most_expression_parts = 1'000'000;
inline constexpr std::size_t longest_expression_text = std::size_t{1} << 26;

namespace detail::syntax {

struct operator_description;
class PACER_MODE node;

inline constexpr int in_no_list = -1;

/// Shares a node.
class node_pointer {
public:
    node_pointer() noexcept = default;
    /// Of a new node, or of one that is shared already.
    PACER_HOST explicit node_pointer(const node* n) noexcept;
    PACER_HOST node_pointer(const node_pointer& other) noexcept : node_pointer(other.node_) {}
    PACER_HOST node_pointer(node_pointer&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
    PACER_HOST node_pointer& operator=(node_pointer other) noexcept {
        std::swap(node_, other.node_);
        return *this;
    }
    PACER_HOST ~node_pointer();

    [[nodiscard]] PACER_HOST const node& operator*() const noexcept { return *node_; }
    [[nodiscard]] PACER_HOST const node* operator->() const noexcept { return node_; }
    [[nodiscard]] PACER_HOST const node* get() const noexcept { return node_; }
    PACER_HOST explicit operator bool() const noexcept { return node_ != nullptr; }

private:
    const node* node_ = nullptr;
};

/// The numbers that an operator was given, in the order of its fields.
struct operator_values {
    step_t steps[2]{};
    double numbers[2]{};
    ramp_shape shape{};
};

/// On which rates of a named schedule its `total_steps` acts.
struct reach_of_total {
    bool is_whole = true;    ///< whether the warm-up ends with an update
    step_t kept_until = 0;   ///< the last step whose rate does not depend on it; `endless` if none does
    violation stretching{};  ///< what keeps the rest from being stretched, as one descent is
    bool holds_end = true;   ///< whether the rate stays what it is at the end
};

class PACER_MODE node {
public:
    node(const node&) = delete;
    node& operator=(const node&) = delete;
    virtual ~node() = default;

    [[nodiscard]] PACER_HOST virtual double rate(step_t step) const noexcept = 0;
    [[nodiscard]] PACER_HOST virtual step_t total_steps() const noexcept = 0;

    /// The fields of a named schedule, and what they are if they are not given; not to be written to.
    PACER_HOST virtual void collect(field_slots&, field_slots&) const {}

    /// Of a schedule of a dialect, its name, and what it is in pacer's words.
    [[nodiscard]] PACER_HOST virtual const char* name_in_dialect() const noexcept { return nullptr; }
    [[nodiscard]] PACER_HOST virtual const node* meaning() const noexcept { return nullptr; }
    /// The rates of a node that is in no list.
    PACER_HOST virtual void write_own_rates(step_range, double*, instruction_set) const {}

    /// What a named schedule becomes with another `total_steps`.
    [[nodiscard]] PACER_HOST virtual reach_of_total reach() const noexcept { return {}; }
    /// A named schedule with another `total_steps`, its warm-up kept; `in_decay`: all else too, but for the decay. Of a
    /// dialect's schedule the same with another length; nullptr if none of its fields gives it that.
    [[nodiscard]] PACER_HOST virtual node_pointer with_total(step_t, bool) const { return node_pointer(this); }

    /// A named schedule with its peak times a factor; nullptr if it has no peak of its own.
    [[nodiscard]] PACER_HOST virtual node_pointer with_peak_times(double) const { return {}; }

    /// An operator on other parts.
    [[nodiscard]] PACER_HOST virtual node_pointer with_parts(const std::vector<node_pointer>&) const { return {}; }

    /// Its place in the list of schedules, or after these, of operators; `in_no_list` of what dialects have.
    [[nodiscard]] PACER_HOST int kind() const noexcept { return kind_; }
    /// nullptr of a named schedule.
    [[nodiscard]] PACER_HOST const operator_description* operation() const noexcept { return operation_; }
    [[nodiscard]] PACER_HOST const std::vector<node_pointer>& parts() const noexcept { return parts_; }
    [[nodiscard]] PACER_HOST const operator_values& values() const noexcept { return values_; }
    [[nodiscard]] PACER_HOST int depth() const noexcept { return depth_; }
    [[nodiscard]] PACER_HOST step_t size() const noexcept { return size_; }

protected:
    PACER_HOST explicit node(int kind) noexcept : kind_(kind) {}
    PACER_HOST node(int kind, const operator_description& operation, std::vector<node_pointer> parts,
                    const operator_values& values)
        : kind_(kind), operation_(&operation), parts_(std::move(parts)), values_(values) {
        size_ = 0;
        for (const node_pointer& part : parts_) {
            depth_ = part->depth() > depth_ ? part->depth() : depth_;
            size_ += part->size();
        }
        depth_ += 1;
        size_ += 1;
    }

private:
    friend class node_pointer;

    mutable int owners_ = 0;
    int kind_;
    const operator_description* operation_ = nullptr;
    std::vector<node_pointer> parts_{};
    operator_values values_{};
    int depth_ = 0;
    step_t size_ = 1;
};

inline node_pointer::node_pointer(const node* n) noexcept : node_(n) {
    if (node_ != nullptr)
        __atomic_add_fetch(&node_->owners_, 1, __ATOMIC_RELAXED);
}
inline node_pointer::~node_pointer() {
    if (node_ != nullptr && __atomic_sub_fetch(&node_->owners_, 1, __ATOMIC_ACQ_REL) == 0)
        delete node_;
}

template <class User = void>
PACER_HOST void write_rates(const node& n, step_range steps, double* out, instruction_set set);

/// A node as a schedule, for the operators of C++ to work on.
struct part {
    const node* of;

    PACER_HOST double operator()(step_t step) const noexcept { return of->rate(step); }
    [[nodiscard]] PACER_HOST step_t total_steps() const noexcept { return of->total_steps(); }

    template <class Visitor>
    PACER_HOST void visit_segments(step_range steps, Visitor& v) const {
        const instruction_set set = widest_instruction_set();
        if constexpr (requires { v.skip(steps.count); })
            write_rates(*of, steps, v.skip(steps.count), set);
        else
            while (steps.count > 0) {
                double rates[rates_at_once];
                const step_t n = steps.count < rates_at_once ? steps.count : rates_at_once;
                write_rates(*of, steps.take(n), rates, set);
                v.rates(rates, n);
                steps = steps.drop(n);
            }
    }
};

// ---------------------------------------------------------------------------------------------------------------------
// Named schedules.

/// The schedules that expressions know: pacer's own, and after these the ones of one library alone.
using expressible_schedules = joined_lists<pacer::schedules, hf::schedules>::type;

template <class S, class List = expressible_schedules>
inline constexpr int index_of = -1;
template <class S, template <class> class... All>
inline constexpr int index_of<S, pacer::schedule_list<All...>> = [] {
    int index = 0;
    int found = -1;
    ((std::is_same_v<S, All<double>> ? void(found = index++) : void(++index)), ...);
    return found;
}();

/// What stands before the name of schedule number `index`.
PACER_HOST constexpr const char* dialect_of(int index) noexcept { return index < pacer::schedules::size ? "" : "hf::"; }

template <class S>
class PACER_MODE named_node final : public node {
    using params = typename S::params_type;

public:
    explicit named_node(const S& schedule) : node(index_of<S>), schedule_(schedule) {}

    [[nodiscard]] double rate(step_t step) const noexcept override { return schedule_(step); }
    [[nodiscard]] step_t total_steps() const noexcept override { return schedule_.total_steps(); }
    void collect(field_slots& given, field_slots& by_default) const override {
        static const params defaults{};
        visit(const_cast<params&>(schedule_.params()), given);
        visit(const_cast<params&>(defaults), by_default);
    }

    [[nodiscard]] PACER_SELDOM reach_of_total reach() const noexcept override {
        const params& p = schedule_.params();
        reach_of_total to;
        if constexpr (requires { p.warmup; }) {
            to.kept_until = p.warmup.steps(p.total_steps);
            to.is_whole = static_cast<double>(to.kept_until) == p.warmup.length(p.total_steps);
        }
        if constexpr (requires { p.kept_until(); })
            to.kept_until = p.kept_until();
        if constexpr (requires { p.check_stretching(); })
            to.stretching = p.check_stretching();
        to.holds_end = p.past_end == past_end::hold;
        return to;
    }
    [[nodiscard]] PACER_SELDOM node_pointer with_total(step_t total, bool in_decay) const override {
        params p = schedule_.params();
        if constexpr (requires { p.warmup; })
            if (p.warmup.given_as() == warmup::kind::ratio)
                p.warmup = warmup_steps(p.warmup.steps(p.total_steps));
        if constexpr (requires { p.with_total(total, in_decay); })
            p = p.with_total(total, in_decay);
        else
            p.total_steps = total;
        return make(p);
    }

    [[nodiscard]] PACER_SELDOM node_pointer with_peak_times(double factor) const override {
        params p = schedule_.params();
        if constexpr (requires { p.peak_lr; })
            p.peak_lr = times(p.peak_lr, factor);
        else
            return {};
        return make(p);
    }

    [[nodiscard]] const S& schedule() const noexcept { return schedule_; }

    PACER_SELDOM static node_pointer make(const params& p) { return node_pointer(new named_node(S(p))); }
    PACER_SELDOM static void visit(params& p, field_slots& slots) { params::visit_fields(p, slots); }

private:
    S schedule_;
};

// ---------------------------------------------------------------------------------------------------------------------
// Operators, by one table: what is read, written, compared and documented.

/// What is said of one field of an operator.
struct operator_field {
    enum class kind : unsigned char { schedule, steps, number, shape };

    const char* name;
    kind is;
    const char* about;
    const char* fallback = nullptr;  ///< what it is if it is not given; nullptr: it must be given
    bool is_named = false;           ///< written as name=value
};

struct operator_description {
    const char* name;
    const char* about;
    const operator_field* fields = nullptr;
    unsigned count = 0;
    const char* const* names = nullptr;  ///< of the fields
};

inline constexpr unsigned most_operator_fields = 5;

template <const auto& Fields>
struct described_fields {
    static constexpr unsigned count = sizeof(Fields) / sizeof(operator_field);
    static_assert(count <= most_operator_fields);
    // There is room in `operator_values`, and for two schedules.
    static_assert([] {
        int of_kind[4]{};
        for (const operator_field& f : Fields)
            of_kind[static_cast<int>(f.is)] += 1;
        return of_kind[0] <= 2 && of_kind[1] <= 2 && of_kind[2] <= 2 && of_kind[3] <= 1;
    }());
    static constexpr auto names = [] {
        struct {
            const char* all[count];
        } kept{};
        for (unsigned k = 0; k < count; ++k)
            kept.all[k] = Fields[k].name;
        return kept;
    }();

    PACER_HOST static constexpr operator_description with(const char* name, const char* about) noexcept {
        return {name, about, Fields, count, names.all};
    }
};

namespace operators {

using kind = operator_field::kind;

inline constexpr operator_field schedule{"schedule", kind::schedule, "any schedule"};
inline constexpr operator_field at{"at", kind::steps, "the joint, 0 or more", nullptr, true};
inline constexpr operator_field over{"over", kind::steps, "updates it takes, 0 to 2^53", nullptr, true};
inline constexpr operator_field old{"old", kind::schedule, "before the joint"};
inline constexpr operator_field next{"next", kind::schedule, "afterwards"};
inline constexpr operator_field shape{"shape", kind::shape, "of the ramp", "linear", true};

struct join {
    // Its arguments are any number of schedules, with a step between each two.
    static constexpr operator_description description{
        "join", "one schedule after another; each counts from the step at which it starts"};
};

struct scale {
    static constexpr operator_field fields[] = {schedule, {"factor", kind::number, "finite, 0 or more"}};
    static constexpr operator_description description =
        described_fields<fields>::with("scale", "the schedule times a factor");
    PACER_HOST static violation check(const part*, const operator_values& v) noexcept {
        return check_rate("factor", v.numbers[0]);
    }
    PACER_HOST static auto make(const part* p, const operator_values& v) { return pacer::scale(p[0], v.numbers[0]); }
};

struct clamp {
    static constexpr operator_field fields[] = {
        schedule, {"lowest", kind::number, "a rate"}, {"highest", kind::number, "a rate"}};
    static constexpr operator_description description =
        described_fields<fields>::with("clamp", "the schedule, kept between two rates");
    PACER_HOST static violation check(const part*, const operator_values& v) noexcept {
        return check_clamp(v.numbers[0], v.numbers[1]);
    }
    PACER_HOST static auto make(const part* p, const operator_values& v) {
        return pacer::clamp(p[0], v.numbers[0], v.numbers[1]);
    }
};

struct advance {
    static constexpr operator_field fields[] = {schedule, {"by", kind::steps, "0 or more"}};
    static constexpr operator_description description =
        described_fields<fields>::with("advance", "the schedule, so many steps ahead");
    PACER_HOST static violation check(const part*, const operator_values& v) noexcept {
        return check_not_negative("by", v.steps[0]);
    }
    PACER_HOST static auto make(const part* p, const operator_values& v) { return pacer::advance(p[0], v.steps[0]); }
};

struct delay {
    static constexpr operator_field fields[] = {schedule, {"by", kind::steps, "0 or more"}};
    static constexpr operator_description description =
        described_fields<fields>::with("delay", "the schedule, so many steps later; before, its first rate");
    PACER_HOST static violation check(const part*, const operator_values& v) noexcept {
        return check_not_negative("by", v.steps[0]);
    }
    PACER_HOST static auto make(const part* p, const operator_values& v) { return pacer::delay(p[0], v.steps[0]); }
};

struct every {
    static constexpr operator_field fields[] = {{"n", kind::steps, "1 or more"}, schedule};
    static constexpr operator_description description =
        described_fields<fields>::with("every", "the schedule by a slower clock, of n steps each");
    PACER_HOST static violation check(const part*, const operator_values& v) noexcept {
        return check_every(v.steps[0]);
    }
    PACER_HOST static auto make(const part* p, const operator_values& v) { return pacer::every(v.steps[0], p[0]); }
};

struct repeat {
    static constexpr operator_field fields[] = {
        schedule,
        {"times", kind::steps, "1 or more", "endless"},
        {"scale", kind::number, "what each cycle is multiplied by after the one before, 0 to 1", "1", true}};
    static constexpr operator_description description =
        described_fields<fields>::with("repeat", "the schedule again and again");
    PACER_HOST static violation check(const part* p, const operator_values& v) noexcept {
        return check_repeat(p[0].total_steps(), v.steps[0], v.numbers[0]);
    }
    PACER_HOST static auto make(const part* p, const operator_values& v) {
        return pacer::repeat(p[0], {.times = v.steps[0], .scale = v.numbers[0]});
    }
};

struct product {
    static constexpr operator_field fields[] = {{"first", kind::schedule, "any schedule"},
                                                {"second", kind::schedule, "any schedule"}};
    static constexpr operator_description description =
        described_fields<fields>::with("product", "one schedule times another");
    PACER_HOST static violation check(const part*, const operator_values&) noexcept { return {}; }
    PACER_HOST static auto make(const part* p, const operator_values&) { return pacer::product(p[0], p[1]); }
};

struct sum {
    static constexpr operator_field fields[] = {{"first", kind::schedule, "any schedule"},
                                                {"second", kind::schedule, "any schedule"}};
    static constexpr operator_description description =
        described_fields<fields>::with("sum", "one schedule plus another");
    PACER_HOST static violation check(const part*, const operator_values&) noexcept { return {}; }
    PACER_HOST static auto make(const part* p, const operator_values&) { return pacer::sum(p[0], p[1]); }
};

struct cooldown {
    static constexpr operator_field fields[] = {
        schedule, at, over, {"to", kind::number, "the rate it ends at, 0 or more", "0", true}, shape};
    static constexpr operator_description description =
        described_fields<fields>::with("cooldown", "the schedule until a step, then down to a rate, which it holds");
    PACER_HOST static violation check(const part*, const operator_values& v) noexcept {
        return check_cooldown(v.steps[0], v.steps[1], v.numbers[0]);
    }
    PACER_HOST static auto make(const part* p, const operator_values& v) {
        return pacer::cooldown(p[0], v.steps[0], v.steps[1], v.numbers[0], v.shape);
    }
};

struct blend {
    static constexpr operator_field fields[] = {old, at, over, next};
    static constexpr operator_description description =
        described_fields<fields>::with("blend", "from one schedule to another, both going on meanwhile");
    PACER_HOST static violation check(const part*, const operator_values& v) noexcept {
        return check_transition(v.steps[0], v.steps[1]);
    }
    PACER_HOST static auto make(const part* p, const operator_values& v) {
        return pacer::blend(p[0], v.steps[0], v.steps[1], p[1]);
    }
};

struct rewarm {
    static constexpr operator_field fields[] = {old, at, over, next, shape};
    static constexpr operator_description description = described_fields<fields>::with(
        "rewarm", "from the rate one schedule has at a step to the rate another has later, by a ramp");
    PACER_HOST static violation check(const part*, const operator_values& v) noexcept {
        return check_transition(v.steps[0], v.steps[1]);
    }
    PACER_HOST static auto make(const part* p, const operator_values& v) {
        return pacer::rewarm(p[0], v.steps[0], v.steps[1], p[1], v.shape);
    }
};

struct rescale {
    static constexpr operator_field fields[] = {old, at, next};
    static constexpr operator_description description = described_fields<fields>::with(
        "rescale", "another schedule from a step on, stretched to start at the old rate and to end where it ends");
    PACER_HOST static violation check(const part* p, const operator_values& v) noexcept {
        return check_rescale(p[0], v.steps[0], p[1]);
    }
    PACER_HOST static auto make(const part* p, const operator_values& v) {
        return pacer::rescale(p[0], v.steps[0], p[1]);
    }
};

}  // namespace operators

template <class... Op>
struct operator_list {
    template <class Visitor>
    PACER_HOST static constexpr void for_each(Visitor&& visitor) {
        (visitor.template operator()<Op>(), ...);
    }
    static constexpr int size = sizeof...(Op);
    static constexpr const operator_description* descriptions[] = {&Op::description...};
};

/// The one list; `join` is told apart by being the first.
using all_operators =
    operator_list<operators::join, operators::scale, operators::clamp, operators::advance, operators::delay,
                  operators::every, operators::repeat, operators::product, operators::sum, operators::cooldown,
                  operators::blend, operators::rewarm, operators::rescale>;

template <class Op, class List = all_operators>
inline constexpr int operator_kind = -1;
template <class Op, class... All>
inline constexpr int operator_kind<Op, operator_list<All...>> = [] {
    int index = expressible_schedules::size;
    int found = -1;
    ((std::is_same_v<Op, All> ? void(found = index++) : void(++index)), ...);
    return found;
}();

/// What operators work on.
struct operator_parts {
    part all[2]{};
};
PACER_HOST inline operator_parts parts_of(const std::vector<node_pointer>& nodes) noexcept {
    operator_parts p;
    for (std::size_t k = 0; k < nodes.size() && k < 2; ++k)
        p.all[k].of = nodes[k].get();
    return p;
}

template <class Op>
class PACER_MODE operator_node final : public node {
    using schedule_type = decltype(Op::make(nullptr, operator_values{}));

public:
    operator_node(std::vector<node_pointer> parts, const operator_values& values)
        : node(operator_kind<Op>, Op::description, std::move(parts), values), schedule_(of(node::parts(), values)) {}

    [[nodiscard]] double rate(step_t step) const noexcept override { return schedule_(step); }
    [[nodiscard]] step_t total_steps() const noexcept override { return pacer::total_steps(schedule_); }
    [[nodiscard]] node_pointer with_parts(const std::vector<node_pointer>& parts) const override {
        require(Op::check(parts_of(parts).all, values()));
        return node_pointer(new operator_node(parts, values()));
    }

    [[nodiscard]] const schedule_type& schedule() const noexcept { return schedule_; }

private:
    static schedule_type of(const std::vector<node_pointer>& all, const operator_values& values) {
        return Op::make(parts_of(all).all, values);
    }

    schedule_type schedule_;
};

/// Any number of schedules, found by the steps at which they start: 0, and then not decreasing.
class PACER_MODE join_node final : public node {
public:
    join_node(std::vector<node_pointer> pieces, std::vector<step_t> starts)
        : node(operator_kind<operators::join>, operators::join::description, std::move(pieces), {}),
          starts_(std::move(starts)),
          total_(sum_of_lengths(starts_.back(), parts().back()->total_steps())) {}

    [[nodiscard]] double rate(step_t step) const noexcept override {
        const step_t s = step < 0 ? 0 : step;
        const std::size_t k = piece_of(s);
        return parts()[k]->rate(s - starts_[k]);
    }
    [[nodiscard]] step_t total_steps() const noexcept override { return total_; }
    [[nodiscard]] node_pointer with_parts(const std::vector<node_pointer>& parts) const override {
        return node_pointer(new join_node(parts, starts_));
    }
    [[nodiscard]] const std::vector<step_t>& starts() const noexcept { return starts_; }
    [[nodiscard]] const join_node& schedule() const noexcept { return *this; }

    template <class Visitor>
    void visit_segments(step_range steps, Visitor& v) const {
        while (steps.count > 0) {
            const std::size_t k = piece_of(steps.first);
            const bool is_last = k + 1 == starts_.size();
            const step_t n = is_last ? steps.count : steps.until(starts_[k + 1]);
            part{parts()[k].get()}.visit_segments(steps.take(n).later(-starts_[k]), v);
            steps = steps.drop(n);
        }
    }

private:
    // The last piece that starts at or before the step.
    [[nodiscard]] std::size_t piece_of(step_t step) const noexcept {
        std::size_t first = 0;
        std::size_t end = starts_.size();
        while (end - first > 1) {
            const std::size_t middle = first + (end - first) / 2;
            (starts_[middle] <= step ? first : end) = middle;
        }
        return first;
    }

    std::vector<step_t> starts_;
    step_t total_;
};

// ---------------------------------------------------------------------------------------------------------------------
// Whole curves. Templates, so that only those who ask for them pay for their compilation.

template <class Node>
PACER_HOST void write_rates_of(const node& n, step_range steps, double* out, instruction_set set) {
    writer<double> to(out, set);
    detail::visit_segments(static_cast<const Node&>(n).schedule(), steps, to);
}

template <class Op>
struct node_of {
    using type = operator_node<Op>;
};
template <>
struct node_of<operators::join> {
    using type = join_node;
};

template <class Schedules, class Operators>
struct PACER_MODE rate_writers;
template <template <class> class... S, class... Op>
struct rate_writers<pacer::schedule_list<S...>, operator_list<Op...>> {
    static constexpr void (*all[])(const node&, step_range, double*, instruction_set) = {
        write_rates_of<named_node<S<double>>>..., write_rates_of<typename node_of<Op>::type>...};
};

/// The lists, for templates that would look into them before they are asked for if the lists did not depend on a parameter.
template <class>
struct lists_for {
    using schedules = expressible_schedules;
    using operators = all_operators;
};

/// The rates of steps of 0 or more.
template <class User>
PACER_HOST void write_rates(const node& n, step_range steps, double* out, instruction_set set) {
    const node& meant = n.meaning() != nullptr ? *n.meaning() : n;
    if (meant.kind() == in_no_list)
        return meant.write_own_rates(steps, out, set);
    rate_writers<typename lists_for<User>::schedules, typename lists_for<User>::operators>::all[meant.kind()](
        meant, steps, out, set);
}

template <class Curve>
inline constexpr bool is_ramp = false;
template <class Shape>
inline constexpr bool is_ramp<ramp<Shape>> = true;

/// A curve that a dialect alone has, as part of what its schedule means. It has no name, and is never written.
template <class Curve>
class PACER_MODE nameless_node final : public node {
public:
    explicit nameless_node(const Curve& curve) : node(in_no_list), curve_(curve) {}

    [[nodiscard]] double rate(step_t step) const noexcept override { return curve_(step); }
    [[nodiscard]] step_t total_steps() const noexcept override { return pacer::total_steps(curve_); }
    void write_own_rates(step_range steps, double* out, instruction_set set) const override {
        writer<double> to(out, set);
        detail::visit_segments(curve_, steps, to);
    }
    [[nodiscard]] reach_of_total reach() const noexcept override {
        reach_of_total to;
        bool falls = is_ramp<Curve>;
        if constexpr (requires { curve_.falls(); })
            falls = curve_.falls();
        if (!falls)
            to.stretching = missing("extend", "the curve must be known to have one descent");
        return to;
    }

private:
    Curve curve_;
};

// ---------------------------------------------------------------------------------------------------------------------
// Making.

/// What an expression may not exceed.
PACER_HOST inline violation check_limits(int depth, step_t size) noexcept {
    return first_of(
        check_at_most("depth", step_t{depth}, step_t{deepest_expression}, "operators may stand in each other so deep"),
        check_at_most("size", size, most_expression_parts, "so many schedules and operators an expression may have"));
}

/// An operator, or what is wrong with it.
template <class Op>
PACER_HOST violation make_operator(std::vector<node_pointer> parts, const operator_values& values, node_pointer& to) {
    int depth = 0;
    step_t size = 1;
    for (const node_pointer& p : parts) {
        depth = p->depth() > depth ? p->depth() : depth;
        size += p->size();
    }
    const violation v = first_of(Op::check(parts_of(parts).all, values), check_limits(depth + 1, size));
    if (!v)
        to = node_pointer(new operator_node<Op>(std::move(parts), values));
    return v;
}
template <class Op>
PACER_HOST node_pointer make_operator(std::vector<node_pointer> parts, const operator_values& values) {
    node_pointer made;
    require(make_operator<Op>(std::move(parts), values, made));
    return made;
}

/// Of schedules and the steps at which they start, or what is wrong with these. Those that are joins themselves are taken
/// apart, so that nothing is deeper for having been joined one by one.
PACER_HOST inline violation make_join(const std::vector<node_pointer>& pieces, const std::vector<step_t>& starts,
                                      node_pointer& to) {
    if (pieces.size() == 1) {
        to = pieces[0];
        return {};
    }
    std::vector<node_pointer> flat;
    std::vector<step_t> flat_starts;
    int depth = 0;
    step_t size = 1;
    for (std::size_t k = 0; k < pieces.size(); ++k) {
        const step_t start = starts[k];
        const step_t end = k + 1 < starts.size() ? starts[k + 1] : endless;
        if (const violation v = k > 0 ? check_boundary(start, starts[k - 1]) : violation{})
            return v;
        const auto add = [&](const node_pointer& p, step_t at) {
            flat.push_back(p);
            flat_starts.push_back(at);
            depth = p->depth() > depth ? p->depth() : depth;
            size += p->size();
        };
        if (pieces[k]->kind() != operator_kind<operators::join> ||
            static_cast<const join_node&>(*pieces[k]).starts().back() > endless - start) {
            add(pieces[k], start);
            continue;
        }
        const auto& inner = static_cast<const join_node&>(*pieces[k]);
        // What would start after the piece has ended is never reached.
        for (std::size_t j = 0; j < inner.parts().size(); ++j)
            if (j == 0 || inner.starts()[j] + start < end || k + 1 == pieces.size())
                add(inner.parts()[j], inner.starts()[j] + start);
    }
    const violation v = check_limits(depth + 1, size);
    if (!v)
        to = node_pointer(new join_node(std::move(flat), std::move(flat_starts)));
    return v;
}
PACER_HOST inline node_pointer make_join(const std::vector<node_pointer>& pieces, const std::vector<step_t>& starts) {
    node_pointer made;
    require(make_join(pieces, starts, made));
    return made;
}

PACER_IN_LIBRARY(void write_rates<void>(const node&, step_range, double*, instruction_set))

}  // namespace detail::syntax
}  // namespace pacer

#endif
