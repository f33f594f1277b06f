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
/// grammar. An expression is immutable and cheap to copy; its copies share one tree. Asking it takes no heap.

#include <pacer/dialects/hugging_face.hpp>
#include <pacer/expression/text.hpp>
#include <pacer/expression/transitions.hpp>
#include <pacer/fill.hpp>
#include <pacer/pacer.hpp>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace pacer {

/// How deep schedules may stand in each other, and how many of them, and how long a text may be.
inline constexpr int deepest_expression = 64;
inline constexpr std::size_t most_expressions = 1'000'000;
inline constexpr std::size_t longest_expression = std::size_t{1} << 26;

/// One schedule or operator of an expression, as it was written.
struct expression_node {
    struct argument {
        std::string name{};   ///< of the field
        std::string value{};  ///< as text; empty if it is a schedule
        std::shared_ptr<const expression_node> schedule{};
        std::size_t place = 0;  ///< where it stood in the text, for messages

        friend bool operator==(const argument& a, const argument& b) {
            return a.name == b.name && a.value == b.value && (a.schedule == nullptr) == (b.schedule == nullptr) &&
                   (a.schedule == nullptr || *a.schedule == *b.schedule);
        }
    };

    std::string name{};
    std::vector<argument> arguments{};
    std::size_t place = 0;

    /// The argument of that name; nullptr if it was not given.
    [[nodiscard]] const argument* find(std::string_view field) const noexcept {
        for (const argument& a : arguments)
            if (a.name == field)
                return &a;
        return nullptr;
    }

    friend bool operator==(const expression_node& a, const expression_node& b) {
        return a.name == b.name && a.arguments == b.arguments;
    }
};

namespace detail::syntax {

using node_pointer = std::shared_ptr<const expression_node>;

// ---------------------------------------------------------------------------------------------------------------------
// What an expression is computed by: a tree of schedules behind virtual functions.

class computed {
public:
    computed() = default;
    computed(const computed&) = delete;
    computed& operator=(const computed&) = delete;
    virtual ~computed() = default;

    [[nodiscard]] virtual double rate(step_t step) const = 0;
    [[nodiscard]] virtual step_t total_steps() const noexcept = 0;
    /// The rates of a range of steps of 0 or more.
    virtual void write(step_range steps, double* out) const = 0;
};

using computed_pointer = std::unique_ptr<const computed>;

/// A part of the tree as a schedule, for the operators of C++ to work on.
struct computed_reference {
    const computed* part;

    double operator()(step_t step) const { return part->rate(step); }
    [[nodiscard]] step_t total_steps() const noexcept { return part->total_steps(); }

    template <class Visitor>
    void visit_segments(step_range steps, Visitor& v) const {
        double rates[256];
        while (steps.count > 0) {
            const step_t n = steps.count < 256 ? steps.count : 256;
            part->write(steps.take(n), rates);
            v.rates(rates, n);
            steps = steps.drop(n);
        }
    }
};

/// Any schedule of C++, with the parts it refers to.
template <class S>
class computed_by final : public computed {
public:
    explicit computed_by(const S& schedule, std::vector<computed_pointer> parts = {})
        : schedule_(schedule), parts_(std::move(parts)) {}

    [[nodiscard]] double rate(step_t step) const override { return schedule_(step); }
    [[nodiscard]] step_t total_steps() const noexcept override { return pacer::total_steps(schedule_); }
    void write(step_range steps, double* out) const override {
        writer<double> to(out, widest_instruction_set());
        detail::visit_segments(schedule_, steps, to);
    }

private:
    S schedule_;
    std::vector<computed_pointer> parts_;
};

template <class S>
computed_pointer compute_by(const S& schedule, std::vector<computed_pointer> parts = {}) {
    return std::make_unique<computed_by<S>>(schedule, std::move(parts));
}

/// Any number of pieces, found by their boundaries.
class computed_join final : public computed {
public:
    /// `starts[k]` is the first step of piece k; the first is 0, and they do not decrease.
    computed_join(std::vector<step_t> starts, std::vector<computed_pointer> pieces)
        : starts_(std::move(starts)), pieces_(std::move(pieces)) {
        const step_t rest = pieces_.back()->total_steps();
        total_ = rest > endless - starts_.back() ? endless : starts_.back() + rest;
    }

    [[nodiscard]] double rate(step_t step) const override {
        const step_t s = step < 0 ? 0 : step;
        const std::size_t k = piece_of(s);
        return pieces_[k]->rate(s - starts_[k]);
    }
    [[nodiscard]] step_t total_steps() const noexcept override { return total_; }
    void write(step_range steps, double* out) const override {
        while (steps.count > 0) {
            const std::size_t k = piece_of(steps.first);
            const step_t n = k + 1 < starts_.size() ? steps.until(starts_[k + 1]) : steps.count;
            pieces_[k]->write(steps.take(n).later(-starts_[k]), out);
            out += n;
            steps = steps.drop(n);
        }
    }

private:
    // The last piece that starts at or before the step.
    [[nodiscard]] std::size_t piece_of(step_t step) const noexcept {
        return static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), step) - starts_.begin()) - 1;
    }

    std::vector<step_t> starts_;
    std::vector<computed_pointer> pieces_;
    step_t total_ = 0;
};

// ---------------------------------------------------------------------------------------------------------------------
// Named schedules, by the one list.

/// What goes wrong while an expression is made: a rule that is broken, and where it stands in the text.
struct expression_problem {
    violation what{};
    std::string text{};  ///< instead of `what`
    std::size_t place = 0;

    explicit operator bool() const noexcept { return what || !text.empty(); }
};

inline expression_problem unknown_argument(const expression_node::argument& a, const char* const* known,
                                           unsigned count) {
    // Described at once: the names do not outlive their reader.
    return {{},
            described(unknown_name("field", a.name.data(), static_cast<unsigned>(a.name.size()), known, count)),
            a.place};
}

/// What a field takes, for messages.
inline const char* accepted(quantity kind) noexcept {
    switch (kind) {
    case quantity::rate: return "a rate";
    case quantity::rate_or_ratio: return "a rate, or a ratio of the peak (10%)";
    case quantity::steps: return "a number of updates";
    case quantity::warmup: return "a number of updates, a ratio of total_steps (3%), or off";
    case quantity::number: return "a number";
    case quantity::shape: return "linear, cosine, one_minus_sqrt, half_life, exponential or power(EXPONENT)";
    case quantity::choice: return "one of the names of that choice";
    case quantity::list: return "a list: [30, 60, 90]";
    case quantity::flag: break;
    }
    return "true or false";
}

/// The parameters that a node gives, and what is wrong with them.
template <class Params>
expression_problem read_parameters(const expression_node& node, Params& p) {
    const char* names[24];
    unsigned count = 0;
    expression_problem problem;
    Params::visit_fields(p, [&](const field& f, auto& member) {
        names[count++] = f.name;
        const expression_node::argument* a = node.find(f.name);
        if (a == nullptr || problem)
            return;
        if (a->schedule != nullptr || !read(a->value, member))
            problem = {{},
                       std::string(f.name) + ": found " + (a->schedule ? "a schedule" : a->value) +
                           ", accepted: " + accepted(f.kind),
                       a->place};
    });
    for (const expression_node::argument& a : node.arguments) {
        bool is_known = false;
        for (unsigned k = 0; k < count; ++k)
            is_known = is_known || a.name == names[k];
        if (!is_known && !problem)
            problem = unknown_argument(a, names, count);
    }
    if (!problem)
        problem = {pacer::check(p), {}, node.place};
    return problem;
}

/// All that decides the values of a named schedule, with every default written, ratios resolved to rates and updates (a
/// warm-up that ends between two updates stays a ratio), and without what decides nothing.
template <class Params>
expression_node written_parameters(const Params& p) {
    expression_node node;
    node.name = Params::name;
    bool no_warmup_follows = false;
    Params::visit_fields(p, [&]<class T>(const field& f, const T& value) {
        std::string text;
        if constexpr (std::same_as<T, lr_or_ratio>) {
            if (!value.is_given())
                return;
            if constexpr (requires { p.peak_lr; })
                text = written(rate_of(value, p.peak_lr));
            else
                text = written(value);
        } else if constexpr (std::same_as<T, warmup>) {
            const step_t steps = value.steps(p.total_steps);
            const bool whole = static_cast<double>(steps) == value.length(p.total_steps);
            text = whole ? written(steps) : written(value);
            no_warmup_follows = steps == 0;
        } else if constexpr (std::same_as<T, step_t>) {
            if (value == unset)
                return;
            text = written(value);
        } else
            text = written(value);
        const bool of_warmup = &f == &fields::init_lr || &f == &fields::first_step || &f == &fields::warmup_shape;
        if (of_warmup && no_warmup_follows)
            return;
        if (&f == &fields::past_end && p.total_steps == endless)
            return;
        node.arguments.push_back({f.name, std::move(text)});
    });
    return node;
}

/// A schedule of the list, by its name.
struct named_entry {
    const char* name;
    expression_problem (*compute)(const expression_node&, computed_pointer&);
    expression_problem (*resolve)(const expression_node&, expression_node&);
};

template <template <class> class S>
constexpr named_entry entry_of() {
    using params = typename S<double>::params_type;
    return {params::name,
            [](const expression_node& node, computed_pointer& to) {
                params p;
                expression_problem problem = read_parameters(node, p);
                if (!problem)
                    to = compute_by(S<double>(p));
                return problem;
            },
            [](const expression_node& node, expression_node& to) {
                params p;
                expression_problem problem = read_parameters(node, p);
                if (!problem)
                    to = written_parameters(S<double>(p).params());
                return problem;
            }};
}

template <class List>
struct entries;

template <template <class> class... S>
struct entries<pacer::schedule_list<S...>> {
    static constexpr named_entry all[] = {entry_of<S>()...};
};

/// The schedules that expressions know: pacer's own, and those of one library alone.
using expressible = joined_lists<pacer::schedules, hf::schedules>::type;

inline const named_entry* find_named(std::string_view name) noexcept {
    for (const named_entry& e : entries<expressible>::all)
        if (name == e.name)
            return &e;
    return nullptr;
}

// ---------------------------------------------------------------------------------------------------------------------
// Operators, by one table: what is read, written, compared and documented.

inline constexpr unsigned most_operator_fields = 5;

struct operator_field {
    enum class kind : unsigned char { schedule, steps, number, shape };

    const char* name;
    kind is;
    const char* fallback = nullptr;  ///< what it is if not given; nullptr: it must be given
    bool is_named = false;           ///< written as name=value
};

inline const char* accepted(operator_field::kind is) noexcept {
    return is == operator_field::kind::steps    ? accepted(quantity::steps)
           : is == operator_field::kind::number ? accepted(quantity::number)
                                                : accepted(quantity::shape);
}

/// The values of an operator's fields, in the order of the table.
struct operator_values {
    std::vector<computed_pointer> schedules{};
    std::vector<step_t> steps{};
    std::vector<double> numbers{};
    ramp_shape shape{};

    [[nodiscard]] computed_reference schedule(std::size_t k) const { return {schedules[k].get()}; }
};

struct operator_entry {
    const char* name;
    const char* about;
    operator_field fields[most_operator_fields];
    unsigned count;
    computed_pointer (*compute)(operator_values& v);
};

template <class S>
computed_pointer compute_operator(const S& schedule, operator_values& v) {
    return compute_by(schedule, std::move(v.schedules));
}

inline constexpr operator_entry operators[] = {
    {"scale",
     "the schedule times a factor",
     {{"schedule", operator_field::kind::schedule}, {"factor", operator_field::kind::number}},
     2,
     [](operator_values& v) { return compute_operator(pacer::scale(v.schedule(0), v.numbers[0]), v); }},
    {"clamp",
     "the schedule, kept between two rates",
     {{"schedule", operator_field::kind::schedule},
      {"lowest", operator_field::kind::number},
      {"highest", operator_field::kind::number}},
     3,
     [](operator_values& v) { return compute_operator(pacer::clamp(v.schedule(0), v.numbers[0], v.numbers[1]), v); }},
    {"advance",
     "the schedule, so many steps ahead",
     {{"schedule", operator_field::kind::schedule}, {"by", operator_field::kind::steps}},
     2,
     [](operator_values& v) { return compute_operator(pacer::advance(v.schedule(0), v.steps[0]), v); }},
    {"delay",
     "the schedule, so many steps later; before, its first rate",
     {{"schedule", operator_field::kind::schedule}, {"by", operator_field::kind::steps}},
     2,
     [](operator_values& v) { return compute_operator(pacer::delay(v.schedule(0), v.steps[0]), v); }},
    {"every",
     "the schedule by a slower clock, of n steps each",
     {{"n", operator_field::kind::steps}, {"schedule", operator_field::kind::schedule}},
     2,
     [](operator_values& v) { return compute_operator(pacer::every(v.steps[0], v.schedule(0)), v); }},
    {"repeat",
     "the schedule again and again",
     {{"schedule", operator_field::kind::schedule},
      {"times", operator_field::kind::steps, "endless"},
      {"scale", operator_field::kind::number, "1", true}},
     3,
     [](operator_values& v) {
         return compute_operator(pacer::repeat(v.schedule(0), {.times = v.steps[0], .scale = v.numbers[0]}), v);
     }},
    {"product",
     "one schedule times another",
     {{"first", operator_field::kind::schedule}, {"second", operator_field::kind::schedule}},
     2,
     [](operator_values& v) { return compute_operator(pacer::product(v.schedule(0), v.schedule(1)), v); }},
    {"sum",
     "one schedule plus another",
     {{"first", operator_field::kind::schedule}, {"second", operator_field::kind::schedule}},
     2,
     [](operator_values& v) { return compute_operator(pacer::sum(v.schedule(0), v.schedule(1)), v); }},
    {"cooldown",
     "the schedule until a step, then down to a rate, which it holds",
     {{"schedule", operator_field::kind::schedule},
      {"at", operator_field::kind::steps, nullptr, true},
      {"over", operator_field::kind::steps, nullptr, true},
      {"to", operator_field::kind::number, "0", true},
      {"shape", operator_field::kind::shape, "linear", true}},
     5,
     [](operator_values& v) {
         return compute_operator(pacer::cooldown(v.schedule(0), v.steps[0], v.steps[1], v.numbers[0], v.shape), v);
     }},
    {"blend",
     "from one schedule to another, both going on meanwhile",
     {{"old", operator_field::kind::schedule},
      {"at", operator_field::kind::steps, nullptr, true},
      {"over", operator_field::kind::steps, nullptr, true},
      {"next", operator_field::kind::schedule}},
     4,
     [](operator_values& v) {
         return compute_operator(pacer::blend(v.schedule(0), v.steps[0], v.steps[1], v.schedule(1)), v);
     }},
    {"rewarm",
     "from the rate the old schedule has at a step to the rate the next has later",
     {{"old", operator_field::kind::schedule},
      {"at", operator_field::kind::steps, nullptr, true},
      {"over", operator_field::kind::steps, nullptr, true},
      {"next", operator_field::kind::schedule},
      {"shape", operator_field::kind::shape, "linear", true}},
     5,
     [](operator_values& v) {
         return compute_operator(pacer::rewarm(v.schedule(0), v.steps[0], v.steps[1], v.schedule(1), v.shape), v);
     }},
    {"rescale",
     "the next schedule from a step on, stretched so that it starts at the old rate and ends where it ends",
     {{"old", operator_field::kind::schedule},
      {"at", operator_field::kind::steps, nullptr, true},
      {"next", operator_field::kind::schedule}},
     3,
     [](operator_values& v) { return compute_operator(pacer::rescale(v.schedule(0), v.steps[0], v.schedule(1)), v); }},
};

inline const operator_entry* find_operator(std::string_view name) noexcept {
    for (const operator_entry& e : operators)
        if (name == e.name)
            return &e;
    return nullptr;
}

/// Turns a node into what computes it.
class expression_maker {
public:
    [[nodiscard]] expression_problem make(const expression_node& node, computed_pointer& to, int depth = 0) {
        if (depth > deepest_expression)
            return {{},
                    "schedules stand in each other more than " + std::to_string(deepest_expression) + " deep",
                    node.place};
        if (++nodes_ > most_expressions)
            return {{}, "more than " + std::to_string(most_expressions) + " schedules", node.place};
        if (const named_entry* named = find_named(node.name))
            return named->compute(node, to);
        if (node.name == "join")
            return make_join(node, to, depth);
        if (const operator_entry* entry = find_operator(node.name))
            return make_operator(node, *entry, to, depth);
        return unknown(node);
    }

private:
    static expression_problem unknown(const expression_node& node) {
        if (node.name == "reduce_lr_on_plateau" || node.name == "greedy")
            return {
                missing("name", "is a controller, fed by a metric; it is not a function of the step"), {}, node.place};
        return {unknown_name("name", node.name.data(), static_cast<unsigned>(node.name.size()), names_of_all().data(),
                             static_cast<unsigned>(names_of_all().size())),
                {},
                node.place};
    }

    static const std::vector<const char*>& names_of_all() {
        static const std::vector<const char*> names = [] {
            std::vector<const char*> all;
            for (const named_entry& e : entries<expressible>::all)
                all.push_back(e.name);
            all.push_back("join");
            for (const operator_entry& e : operators)
                all.push_back(e.name);
            return all;
        }();
        return names;
    }

    expression_problem make_join(const expression_node& node, computed_pointer& to, int depth) {
        std::vector<step_t> starts{0};
        std::vector<computed_pointer> pieces;
        bool wants_schedule = true;
        for (const expression_node::argument& a : node.arguments) {
            if (wants_schedule != (a.schedule != nullptr))
                return {{}, "schedules with a step between each two, accepted: join(a, 100, b, 200, c)", a.place};
            if (wants_schedule) {
                if (expression_problem problem = make(*a.schedule, pieces.emplace_back(), depth + 1))
                    return problem;
            } else {
                step_t at = 0;
                if (!read(a.value, at) || at < starts.back())
                    return {{},
                            "at: found " + a.value + ", accepted: a step that is not before the one before it",
                            a.place};
                starts.push_back(at);
            }
            wants_schedule = !wants_schedule;
        }
        if (wants_schedule)
            return {{}, "a join ends with a schedule", node.place};
        to = std::make_unique<computed_join>(std::move(starts), std::move(pieces));
        return {};
    }

    expression_problem make_operator(const expression_node& node, const operator_entry& entry, computed_pointer& to,
                                     int depth) {
        operator_values v;
        const char* names[most_operator_fields];
        for (unsigned k = 0; k < entry.count; ++k)
            names[k] = entry.fields[k].name;
        for (const expression_node::argument& a : node.arguments)
            if (std::none_of(names, names + entry.count, [&](const char* name) { return a.name == name; }))
                return unknown_argument(a, names, entry.count);
        for (unsigned k = 0; k < entry.count; ++k) {
            const operator_field& f = entry.fields[k];
            const expression_node::argument* a = node.find(f.name);
            if (a == nullptr && f.fallback == nullptr)
                return {missing(f.name, "must be given"), {}, node.place};
            if (f.is == operator_field::kind::schedule) {
                if (a->schedule == nullptr)
                    return {{}, std::string(f.name) + ": found " + a->value + ", accepted: a schedule", a->place};
                if (expression_problem problem = make(*a->schedule, v.schedules.emplace_back(), depth + 1))
                    return problem;
                continue;
            }
            const std::string value = a == nullptr ? f.fallback : a->value;
            bool good = a == nullptr || a->schedule == nullptr;
            if (f.is == operator_field::kind::steps)
                good = good && read(value, v.steps.emplace_back());
            else if (f.is == operator_field::kind::number)
                good = good && read(value, v.numbers.emplace_back());
            else
                good = good && read(value, v.shape);
            if (!good)
                return {{},
                        std::string(f.name) + ": found " + (a->schedule ? "a schedule" : value) +
                            ", accepted: " + accepted(f.is),
                        a->place};
        }
        return build(entry, v, to, node.place);
    }

    // What the operator itself refuses.
    static expression_problem build(const operator_entry& entry, operator_values& v, computed_pointer& to,
                                    [[maybe_unused]] std::size_t place) {
#if PACER_HAS_EXCEPTIONS
        try {
            to = entry.compute(v);
        } catch (const invalid_schedule& error) {
            return {{}, error.what(), place};
        }
#else
        to = entry.compute(v);
#endif
        return {};
    }

    std::size_t nodes_ = 0;
};

// ---------------------------------------------------------------------------------------------------------------------
// Text.

/// Line and column, from 1, of a place in a text.
inline std::string line_and_column(std::string_view text, std::size_t place) {
    std::size_t line = 1;
    std::size_t column = 1;
    for (std::size_t k = 0; k < place && k < text.size(); ++k) {
        column = text[k] == '\n' ? 1 : column + 1;
        line += text[k] == '\n';
    }
    return std::to_string(line) + ":" + std::to_string(column);
}

class expression_parser {
public:
    explicit expression_parser(std::string_view text) : text_(text) {}

    /// The whole text as one node; what is wrong where it is none.
    node_pointer parse(expression_problem& problem) {
        if (text_.size() > longest_expression) {
            problem = {{}, "a text of more than " + std::to_string(longest_expression) + " characters", 0};
            return nullptr;
        }
        node_pointer node = parse_node(0);
        skip_space();
        if (node != nullptr && at_ < text_.size())
            wrong("the end of the text");
        problem = problem_;
        return problem_ ? nullptr : node;
    }

private:
    static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
    static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    void skip_space() {
        while (at_ < text_.size() && (is_space(text_[at_]) || text_[at_] == '#')) {
            if (text_[at_] == '#')
                while (at_ < text_.size() && text_[at_] != '\n')
                    ++at_;
            else
                ++at_;
        }
    }
    [[nodiscard]] bool next_is(char c) {
        skip_space();
        return at_ < text_.size() && text_[at_] == c;
    }
    bool take(char c) {
        if (!next_is(c))
            return false;
        ++at_;
        return true;
    }
    void wrong(const std::string& accepted) {
        if (problem_)
            return;
        skip_space();
        problem_ = {{}, "found " + shown() + ", accepted: " + accepted, at_};
    }
    // What stands here, without bytes that are no text.
    [[nodiscard]] std::string shown() const {
        if (at_ >= text_.size())
            return "the end of the text";
        std::string here = "'";
        for (const char c : text_.substr(at_, 12))
            here += c >= ' ' && c <= '~' ? c : '?';
        return here + "'";
    }
    // Letters, digits and :: (for the names of other libraries).
    std::string_view word() {
        skip_space();
        const std::size_t first = at_;
        while (at_ < text_.size() &&
               (is_letter(text_[at_]) || (at_ > first && (is_digit(text_[at_]) || text_[at_] == ':'))))
            ++at_;
        return text_.substr(first, at_ - first);
    }

    node_pointer parse_node(int depth) {
        skip_space();
        auto node = std::make_shared<expression_node>();
        node->place = at_;
        node->name = word();
        if (node->name.empty() || !next_is('(')) {
            wrong("NAME(...), the name of a schedule or an operator");
            return nullptr;
        }
        return parse_arguments(std::move(node), depth);
    }

    node_pointer parse_arguments(std::shared_ptr<expression_node> node, int depth) {
        if (depth > deepest_expression)
            wrong("schedules that stand in each other no more than " + std::to_string(deepest_expression) + " deep");
        if (++nodes_ > most_expressions)
            wrong("no more than " + std::to_string(most_expressions) + " schedules");
        take('(');
        const operator_entry* entry = find_operator(node->name);
        bool given[most_operator_fields] = {};
        while (!problem_ && !next_is(')')) {
            if (!node->arguments.empty() && !take(',')) {
                wrong("',' or ')'");
                break;
            }
            expression_node::argument a = parse_argument(depth);
            if (problem_ || !name_argument(a, *node, entry, given))
                break;
            if (node->name != "join" && node->find(a.name) != nullptr) {
                problem_ = {{}, a.name + " is given twice", a.place};
                break;
            }
            node->arguments.push_back(std::move(a));
        }
        if (!problem_ && !take(')'))
            wrong("')'");
        return problem_ ? nullptr : std::move(node);
    }

    // A value without a name is that of the first field of its kind that is still open.
    bool name_argument(expression_node::argument& a, const expression_node& node, const operator_entry* entry,
                       bool (&given)[most_operator_fields]) {
        if (node.name == "join") {
            if (a.name.empty())
                a.name = a.schedule != nullptr ? "schedule" : "at";
            return true;
        }
        if (entry == nullptr) {
            if (a.name.empty())
                problem_ = {{},
                            "found " + (a.schedule ? a.schedule->name + "(...)" : a.value) + ", accepted: FIELD=VALUE",
                            a.place};
            return !problem_;
        }
        for (unsigned k = 0; k < entry->count; ++k) {
            const bool is_schedule = entry->fields[k].is == operator_field::kind::schedule;
            if (a.name.empty() ? !given[k] && is_schedule == (a.schedule != nullptr)
                               : a.name == entry->fields[k].name) {
                given[k] = true;
                a.name = entry->fields[k].name;
                return true;
            }
        }
        if (a.name.empty())
            problem_ = {{}, "one value too many for " + node.name, a.place};
        return !problem_;
    }

    expression_node::argument parse_argument(int depth) {
        expression_node::argument a;
        skip_space();
        a.place = at_;
        const std::string_view first = word();
        if (first.empty() || !take('=')) {
            parse_value(first, a, depth);
            return a;
        }
        a.name = first;
        skip_space();
        a.place = at_;
        parse_value(word(), a, depth);
        return a;
    }

    void parse_value(std::string_view name, expression_node::argument& a, int depth) {
        if (name.empty()) {
            a.value = next_is('[') ? list_value() : plain_value();
            return;
        }
        if (!next_is('(')) {
            a.value = name;
            return;
        }
        if (is_value_name(name)) {
            take('(');
            a.value = std::string(name) + "(" + plain_value() + ")";
            if (!take(')'))
                wrong("')'");
            return;
        }
        auto node = std::make_shared<expression_node>();
        node->place = a.place;
        node->name = name;
        a.schedule = parse_arguments(std::move(node), depth + 1);
    }

    // power(4), floor(3%): what is no schedule.
    static bool is_value_name(std::string_view name) {
        bool found = name == "power";
        for (const char* known : names<rounding>::values)
            found = found || name == known;
        return found;
    }

    std::string list_value() {
        take('[');
        std::string list = "[";
        while (!problem_ && !next_is(']')) {
            if (list.size() > 1 && !take(','))
                wrong("',' or ']'");
            list += (list.size() > 1 ? ", " : "") + plain_value();
        }
        take(']');
        return list + "]";
    }

    std::string plain_value() {
        skip_space();
        const std::size_t first = at_;
        const auto belongs = [](char c) {
            return is_letter(c) || is_digit(c) || c == '.' || c == '+' || c == '-' || c == '%' || c == '\'';
        };
        while (at_ < text_.size() && belongs(text_[at_]))
            ++at_;
        if (at_ == first)
            wrong("a value");
        return std::string(text_.substr(first, at_ - first));
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t nodes_ = 0;
    expression_problem problem_{};
};

inline void write_node(const expression_node& node, std::string& to) {
    const operator_entry* entry = find_operator(node.name);
    to += node.name;
    to += '(';
    bool first = true;
    const auto put = [&](const expression_node::argument& a, bool with_name) {
        to += first ? "" : ", ";
        first = false;
        if (with_name)
            to += a.name + '=';
        if (a.schedule != nullptr)
            write_node(*a.schedule, to);
        else
            to += a.value;
    };
    if (entry == nullptr)
        for (const expression_node::argument& a : node.arguments)
            put(a, node.name != "join");
    else
        for (unsigned k = 0; k < entry->count; ++k)
            if (const expression_node::argument* a = node.find(entry->fields[k].name))
                put(*a, entry->fields[k].is_named);
    to += ')';
}

}  // namespace detail::syntax

/// A schedule as data. It always holds one.
class expression {
public:
    /// Of a tree. An error (`expression_error`): a name or field that is unknown, missing or of another kind; whatever the
    /// schedule or operator of that name rejects.
    explicit expression(expression_node tree)
        : expression(std::make_shared<const expression_node>(std::move(tree)), std::string_view()) {}

    /// The rate used by update `step`.
    [[nodiscard]] double operator()(step_t step) const { return computed_->rate(step < 0 ? 0 : step); }
    PACER_REFUSE_FRACTIONAL_STEPS

    /// The length; `endless` if it has none.
    [[nodiscard]] step_t total_steps() const noexcept { return computed_->total_steps(); }

    /// What it consists of.
    [[nodiscard]] const expression_node& tree() const noexcept { return *tree_; }

    /// See segments.hpp.
    template <class Visitor>
    void visit_segments(step_range steps, Visitor& v) const {
        detail::syntax::computed_reference{computed_.get()}.visit_segments(steps, v);
    }

    /// Whether both are written alike. `resolved` expressions are, if they have the same values for ever.
    friend bool operator==(const expression& a, const expression& b) { return a.tree() == b.tree(); }

private:
    friend expression parse(std::string_view text);

    // `text` is where the tree was read from, for messages.
    expression(detail::syntax::node_pointer tree, std::string_view text) : tree_(std::move(tree)) {
        detail::syntax::computed_pointer made;
        if (const detail::syntax::expression_problem problem = detail::syntax::expression_maker().make(*tree_, made))
            detail::syntax::fail<expression_error>(message(problem, text));
        computed_ = std::move(made);
    }

    static std::string message(const detail::syntax::expression_problem& problem, std::string_view text) {
        const std::string what = problem.text.empty() ? detail::syntax::described(problem.what) : problem.text;
        return text.data() == nullptr ? what : detail::syntax::line_and_column(text, problem.place) + ": " + what;
    }

    detail::syntax::node_pointer tree_;
    std::shared_ptr<const detail::syntax::computed> computed_;
};

/// The expression that a text is; docs/expressions.md has the grammar.
/// An error (`expression_error`): "LINE:COLUMN: what was found, and what is accepted".
[[nodiscard]] inline expression parse(std::string_view text) {
    detail::syntax::expression_problem problem;
    detail::syntax::node_pointer tree = detail::syntax::expression_parser(text).parse(problem);
    if (problem)
        detail::syntax::fail<expression_error>(expression::message(problem, text));
    return expression(std::move(tree), text);
}

/// The text of an expression; `parse` gives back the same.
[[nodiscard]] inline std::string to_text(const expression& e) {
    std::string text;
    detail::syntax::write_node(e.tree(), text);
    return text;
}

namespace detail::syntax {

inline expression_node::argument value_argument(const char* name, std::string value) {
    return {name, std::move(value), nullptr, 0};
}
inline expression_node::argument schedule_argument(const char* name, expression_node node) {
    return {name, {}, std::make_shared<const expression_node>(std::move(node)), 0};
}

/// A schedule of C++ as a node; not specialised: it cannot be written down.
template <class S>
struct node_of {
    static constexpr bool known = false;
};

template <class S>
    requires requires(const S& schedule) {
        S::params_type::name;
        schedule.params();
    } && std::same_as < rate_t<S>,
double > struct node_of<S> {
    static constexpr bool known = true;
    static expression_node make(const S& schedule) { return written_parameters(schedule.params()); }
};

template <class S>
concept Expressible = node_of<S>::known;

template <Expressible S>
expression_node make_node(const S& schedule) {
    return node_of<S>::make(schedule);
}

template <Expressible A, Expressible B>
struct node_of<joined<A, B>> {
    static constexpr bool known = true;
    static expression_node make(const joined<A, B>& s) {
        expression_node whole{"join", {schedule_argument("schedule", make_node(s.first))}, 0};
        whole.arguments.push_back(value_argument("at", written(s.at)));
        expression_node rest = make_node(s.second);
        if (rest.name != "join") {
            whole.arguments.push_back(schedule_argument("schedule", std::move(rest)));
            return whole;
        }
        // Boundaries are steps of the whole.
        for (expression_node::argument& a : rest.arguments) {
            step_t at = 0;
            if (a.schedule == nullptr && read(a.value, at))
                a.value = written(at + s.at);
            whole.arguments.push_back(std::move(a));
        }
        return whole;
    }
};
template <Expressible S>
struct node_of<scaled<S>> {
    static constexpr bool known = true;
    static expression_node make(const scaled<S>& s) {
        return {"scale",
                {schedule_argument("schedule", make_node(s.schedule)), value_argument("factor", written(s.factor))},
                0};
    }
};
template <Expressible S>
struct node_of<clamped<S>> {
    static constexpr bool known = true;
    static expression_node make(const clamped<S>& s) {
        return {"clamp",
                {schedule_argument("schedule", make_node(s.schedule)), value_argument("lowest", written(s.lowest)),
                 value_argument("highest", written(s.highest))},
                0};
    }
};
template <Expressible S>
struct node_of<advanced<S>> {
    static constexpr bool known = true;
    static expression_node make(const advanced<S>& s) {
        return {
            "advance", {schedule_argument("schedule", make_node(s.schedule)), value_argument("by", written(s.by))}, 0};
    }
};
template <Expressible S>
struct node_of<delayed<S>> {
    static constexpr bool known = true;
    static expression_node make(const delayed<S>& s) {
        return {
            "delay", {schedule_argument("schedule", make_node(s.schedule)), value_argument("by", written(s.by))}, 0};
    }
};

}  // namespace detail::syntax

/// The same schedule as data: a named schedule of doubles, or what `join`, `scale`, `clamp`, `advance` and `delay` make of
/// such. Every default is written out, ratios are rates and updates, and what decides nothing is left out. The bits are
/// the same.
template <detail::syntax::Expressible S>
[[nodiscard]] expression expression_of(const S& schedule) {
    return expression(detail::syntax::make_node(schedule));
}

/// The expression in the form that `expression_of` gives: two of the same named schedules and operators, however they were
/// spelt, become equal.
[[nodiscard]] inline expression resolved(const expression& e);

namespace detail::syntax {

inline expression_node resolved_node(const expression_node& node) {
    expression_node result{node.name, {}, 0};
    if (const named_entry* named = find_named(node.name)) {
        named->resolve(node, result);
        return result;
    }
    const auto plain = [](const expression_node::argument& a) {
        return a.schedule != nullptr ? schedule_argument(a.name.c_str(), resolved_node(*a.schedule))
                                     : expression_node::argument{a.name, a.value, nullptr, 0};
    };
    const operator_entry* entry = find_operator(node.name);
    if (entry == nullptr) {
        for (const expression_node::argument& a : node.arguments) {
            result.arguments.push_back(plain(a));
            step_t at = 0;
            if (a.schedule == nullptr && read(a.value, at))
                result.arguments.back().value = written(at);
        }
        return result;
    }
    for (unsigned k = 0; k < entry->count; ++k) {
        const operator_field& f = entry->fields[k];
        const expression_node::argument* a = node.find(f.name);
        expression_node::argument to =
            a != nullptr ? plain(*a) : expression_node::argument{f.name, f.fallback, nullptr, 0};
        step_t steps = 0;
        double number = 0;
        if (f.is == operator_field::kind::steps && read(to.value, steps))
            to.value = written(steps);
        else if (f.is == operator_field::kind::number && read(to.value, number))
            to.value = written(number);
        result.arguments.push_back(std::move(to));
    }
    return result;
}

}  // namespace detail::syntax

inline expression resolved(const expression& e) { return expression(detail::syntax::resolved_node(e.tree())); }

/// A named schedule made of the names and texts of its fields, as they stand in an expression.
///
///     pacer::make("cosine", {{"peak_lr", "1e-3"}, {"total_steps", "1000"}})
///
/// An error (`expression_error`): as `parse`.
[[nodiscard]] inline expression make(std::string name, const std::vector<std::pair<std::string, std::string>>& fields) {
    expression_node node{std::move(name), {}, 0};
    for (const auto& [field, value] : fields)
        node.arguments.push_back({field, value, nullptr, 0});
    return expression(std::move(node));
}

/// Any number of pieces, each from its own step on: the first from step 0.
struct expression_piece {
    step_t at;
    expression schedule;
};

/// One schedule after another, made of data: `join` for a number of pieces that is known only at run time. Finding the
/// piece of a step takes a binary search. An error (`expression_error`): no piece, a first one that is not at 0, steps
/// that decrease.
[[nodiscard]] inline expression join(const std::vector<expression_piece>& pieces) {
    expression_node node{"join", {}, 0};
    for (const expression_piece& piece : pieces) {
        if (!node.arguments.empty())
            node.arguments.push_back(detail::syntax::value_argument("at", detail::syntax::written(piece.at)));
        else if (piece.at != 0)
            detail::syntax::fail<expression_error>("at: the first piece of a join begins at step 0");
        node.arguments.push_back(detail::syntax::schedule_argument("schedule", piece.schedule.tree()));
    }
    return expression(std::move(node));
}

}  // namespace pacer

#endif
