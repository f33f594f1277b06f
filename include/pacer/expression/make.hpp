// SPDX-License-Identifier: MIT
#ifndef PACER_EXPRESSION_MAKE_HPP
#define PACER_EXPRESSION_MAKE_HPP

/// Schedules by names that are known only at run time: from a text, or from a name and fields.
///
///     pacer::parse("cosine(peak_lr=1e-3, total_steps=1000, warmup=3%)");
///     pacer::make("cosine", {{"peak_lr", 1e-3}, {"total_steps", 1000}, {"warmup", pacer::warmup_ratio(0.03)}});
///     pacer::make<float>("cosine", ...);     // an any_schedule<float>

#include <pacer/expression/expression.hpp>

#include <optional>

namespace pacer {

/// The value of a field: a number, one of pacer's types for such fields, or what an expression would say there as text.
class field_value {
public:
    /// A text, as an expression has it there.
    PACER_HOST field_value(const char* text) : text_(text) {}
    /// A text, as an expression has it there.
    PACER_HOST field_value(std::string_view text) : text_(text) {}
    /// A text, as an expression has it there.
    PACER_HOST field_value(std::string text) : text_(std::move(text)) {}
    /// A choice, a shape, or a list.
    template <class T>
        requires requires(const T& value) {
            detail::syntax::written(value);
        } &&(!std::integral<T> || std::same_as<T, bool>)PACER_HOST field_value(const T& value)
            : text_(detail::syntax::written(value)) {
        }
        /// A number, a count or a flag.
        template <std::integral T>
            requires(!std::same_as<T, bool>)
        PACER_HOST field_value(T value) : text_(detail::syntax::written(static_cast<step_t>(value))) {}
        /// A whole number is one for fields that count updates, too.
        PACER_HOST field_value(double value);
        /// A rate.
        PACER_HOST field_value(float value) : field_value(static_cast<double>(value)) {}
        /// A warm-up.
        PACER_HOST field_value(warmup_steps value) : field_value(warmup(value)) {}
        /// A warm-up.
        PACER_HOST field_value(warmup_ratio value) : field_value(warmup(value)) {}
        /// No warm-up.
        PACER_HOST field_value(no_warmup_t value) : field_value(warmup(value)) {}
        /// A ratio of the peak.
        PACER_HOST field_value(lr_ratio value) : field_value(lr_or_ratio(value)) {}

        /// How an expression writes it.
        [[nodiscard]] PACER_HOST const std::string& text() const noexcept { return text_; }

    private:
        std::string text_;
};

/// A field of a schedule by its name.
struct field_given {
    std::string name;   ///< of the field
    field_value value;  ///< what it is given
};

inline field_value::field_value(double value) {
    const bool is_whole = value > -0x1p53 && value < 0x1p53 &&
                          static_cast<double>(static_cast<step_t>(value)) == value && detail::to_bits(value) >> 63 == 0;
    text_ = is_whole ? std::to_string(static_cast<step_t>(value)) : detail::syntax::written(value);
}

/// The names of the schedules that there are.
inline constexpr const auto& schedule_names = detail::syntax::expressible_schedules::names;

namespace detail::syntax {

/// An argument as it was written.
struct argument {
    std::string name{};          ///< of the field; may be empty in an operator
    std::string value{};         ///< as text
    node_pointer schedule{};     ///< if it is one
    std::size_t place = 0;       ///< where the value stands in the text
    std::size_t name_place = 0;  ///< where the name stands
};

/// What is wrong, and where.
struct problem {
    violation what{};
    std::size_t place = 0;

    PACER_HOST explicit operator bool() const noexcept { return static_cast<bool>(what); }
};

PACER_HOST inline violation unknown_text(const char* field, std::string_view text, const char* rule) noexcept {
    return {.field = field,
            .rule = rule,
            .value_kind = violation::kind::name,
            .name = text.data(),
            .name_length = static_cast<unsigned>(text.size() < 64 ? text.size() : 64)};
}

/// A ratio of the peak where the field is a plain rate: the rate it is.
PACER_HOST inline violation read_ratio(const field_slots& slots, const field_slot& slot, std::string_view text) {
    lr_or_ratio ratio;
    static_cast<void>(read(text, ratio));
    if (const violation v = check_given(slot.about.name, ratio))
        return v;
    const field_slot* peak = slots.find("peak_lr");
    if (slot.is == field_slot::type::real32)
        slot.as<float>() = static_cast<float>(ratio.rate(static_cast<double>(peak->as<float>())));
    else
        slot.as<double>() = ratio.rate(peak->as<double>());
    return {};
}

/// The fields as they were given.
PACER_HOST inline problem read_fields(const field_slots& slots, const std::vector<argument>& given,
                                      const char* const* names) {
    const auto is_ratio_of_peak = [&](const field_slot& slot, const argument& a) {
        return slot.about.kind == quantity::rate && a.value.ends_with('%') && a.name != "peak_lr" &&
               slots.find("peak_lr") != nullptr;
    };
    for (const argument& a : given) {
        if (a.name.empty())
            return {unknown_text("field", a.schedule ? "(...)" : std::string_view(a.value), "must be FIELD=VALUE"),
                    a.place};
        const field_slot* slot = slots.find(a.name);
        if (slot == nullptr)
            return {unknown_name("field", a.name.data(), static_cast<unsigned>(a.name.size()), names, slots.size()),
                    a.name_place};
        for (const argument* before = given.data(); before != &a; ++before)
            if (before->name == a.name)
                return {missing(slot->about.name, "is given twice"), a.name_place};
        if (a.schedule)
            return {missing(slot->about.name, "must be a value, not a schedule"), a.place};
        if (is_ratio_of_peak(*slot, a))
            continue;
        if (const violation v = slot->read(a.value))
            return {v, a.place};
    }
    // Now the peak is known.
    for (const argument& a : given)
        if (const field_slot& slot = *slots.find(a.name); is_ratio_of_peak(slot, a))
            if (const violation v = read_ratio(slots, slot, a.value))
                return {v, a.place};
    return {};
}

/// How schedules of the list are made, each by its parameters.
struct maker {
    struct order {
        const std::vector<argument>& given;
        problem wrong{};
        void* made = nullptr;  ///< where what is made is to be put
    };
    const char* name;
    void (*make)(order& o);
};

template <class S, class Result>
PACER_SELDOM PACER_HOST void make_named(maker::order& o) {
    using params = typename S::params_type;
    params p;
    field_slots slots;
    if constexpr (std::same_as<Result, node_pointer>)
        named_node<S>::visit(p, slots);
    else
        params::visit_fields(p, slots);
    o.wrong = read_fields(slots, o.given, names_of_fields<params>.all);
    if (!o.wrong)
        o.wrong.what = pacer::check(p);
    if (o.wrong)
        return;
    if constexpr (std::same_as<Result, node_pointer>)
        *static_cast<node_pointer*>(o.made) = named_node<S>::make(p);
    else
        *static_cast<Result*>(o.made) = S(p);
}

/// The schedules of dialects, which are made as expressions alone. They are not known before dialects.hpp has been
/// included somewhere in the program, so that nobody compiles them who does not ask for them.
struct known_dialects {
    const maker* makers = nullptr;
    const char* const* names = nullptr;  ///< in the order of the makers; those of one dialect one after the other
    int size = 0;
};

PACER_HOST inline known_dialects& dialects() noexcept {
    static constinit known_dialects known;
    return known;
}

template <class Real, class Result, class List>
struct PACER_MODE makers;
template <class Real, class Result, template <class> class... S>
struct makers<Real, Result, pacer::schedule_list<S...>> {
    static constexpr maker all[] = {{pacer::detail::params_of<S>::name, make_named<S<Real>, Result>}...};
};

/// Of operators: `name` is followed by those of schedules in one list.
PACER_HOST inline const char* const* all_names() {
    static const auto names = [] {
        struct {
            const char* all[expressible_schedules::size + all_operators::size];
        } kept{};
        int count = 0;
        for (const char* name : expressible_schedules::names)
            kept.all[count++] = name;
        for (const operator_description* o : all_operators::descriptions)
            kept.all[count++] = o->name;
        return kept;
    }();
    return names.all;
}

/// The place of a schedule among those of dialects; -1 if there is none of that name.
PACER_HOST inline int find_in_dialects(std::string_view name) noexcept {
    for (int k = 0; k < dialects().size; ++k)
        if (name == dialects().names[k])
            return k;
    return -1;
}

PACER_HOST inline violation unknown_in_dialect(std::string_view name, std::string_view dialect) {
    const known_dialects& known = dialects();
    const auto length = static_cast<unsigned>(name.size());
    const auto is_of_it = [&](int k) { return std::string_view(known.names[k]).starts_with(dialect); };
    int first = 0;
    while (first < known.size && !is_of_it(first))
        ++first;
    int end = first;
    while (end < known.size && is_of_it(end))
        ++end;
    if (first < end)
        return unknown_name("name", name.data(), length, known.names + first, static_cast<unsigned>(end - first));
    return unknown_text("name", name,
                        known.size == 0 ? "is known to programs that include pacer/expression/dialects.hpp"
                                        : "must be a schedule of a dialect of pacer/dialects/all.hpp");
}

PACER_HOST inline violation unknown_schedule(std::string_view name, bool may_be_operator) {
    if (const std::size_t end = name.find("::"); end < name.size())
        return unknown_in_dialect(name, name.substr(0, end + 2));
    if (name == "reduce_lr_on_plateau" || name == "greedy")
        return missing("name", "is a controller, fed by a metric; it is not a function of the step");
    return unknown_name(
        "name", name.data(), static_cast<unsigned>(name.size()), all_names(),
        static_cast<unsigned>(expressible_schedules::size + (may_be_operator ? all_operators::size : 0)));
}

/// The place of a schedule in the list; -1 if there is none of that name. A dialect's need not be named.
PACER_HOST inline int find_schedule(std::string_view name) noexcept {
    for (int k = 0; k < expressible_schedules::size; ++k) {
        const std::string_view dialect = dialect_of(k);
        const std::string_view own = expressible_schedules::names[k];
        if (name == own ||
            (name.size() == dialect.size() + own.size() && name.starts_with(dialect) && name.ends_with(own)))
            return k;
    }
    return -1;
}

template <class Real, class Result>
PACER_HOST problem make_schedule(std::string_view name, const std::vector<argument>& given, Result& to,
                                 bool may_be_operator = false) {
    maker::order o{given, {}, &to};
    if (const int index = find_schedule(name); index >= 0)
        makers<Real, Result, expressible_schedules>::all[index].make(o);
    else if (const int other = find_in_dialects(name); other < 0)
        o.wrong = {unknown_schedule(name, may_be_operator)};
    else if constexpr (std::same_as<Result, node_pointer>)
        dialects().makers[other].make(o);
    else
        o.wrong = {missing("name", "is a schedule of a dialect, which are made as expressions: without a type")};
    return o.wrong;
}

PACER_HOST inline problem make_join_of(const std::vector<argument>& given, std::size_t place, node_pointer& to) {
    std::vector<node_pointer> pieces;
    std::vector<step_t> starts{0};
    bool wants_schedule = true;
    for (const argument& a : given) {
        if (!a.name.empty() || wants_schedule != static_cast<bool>(a.schedule))
            return {missing("join", "must be schedules with a step between each two: join(a, 100, b, 200, c)"),
                    a.place};
        if (wants_schedule)
            pieces.push_back(a.schedule);
        else if (!read(a.value, starts.emplace_back()))
            return {unknown_text("at", a.value, "must be a whole number of updates"), a.place};
        else if (starts.back() < starts[starts.size() - 2])
            return {bad_count("at", starts.back(), "boundaries of a join must not be negative and must not decrease"),
                    a.place};
        wants_schedule = !wants_schedule;
    }
    if (wants_schedule)
        return {missing("join", "must end with a schedule"), place};
    return {make_join(pieces, starts, to), place};
}

/// Which argument is which field of the operator: those without a name are taken in their order, schedules and others apart.
PACER_HOST inline problem assign_arguments(const operator_description& o, const std::vector<argument>& given,
                                           std::size_t place, const argument* (&to)[most_operator_fields]) {
    for (const argument& a : given) {
        const argument** slot = nullptr;
        for (unsigned k = 0; k < o.count && slot == nullptr; ++k) {
            const bool is_schedule = o.fields[k].is == operator_field::kind::schedule;
            if (a.name.empty() ? to[k] == nullptr && is_schedule == static_cast<bool>(a.schedule)
                               : a.name == o.fields[k].name)
                slot = &to[k];
        }
        if (slot == nullptr && a.name.empty())
            return {missing(o.name, a.schedule ? "is given a schedule too many" : "is given a value too many"),
                    a.place};
        if (slot == nullptr)
            return {unknown_name("field", a.name.data(), static_cast<unsigned>(a.name.size()), o.names, o.count),
                    a.name_place};
        if (*slot != nullptr)
            return {missing(o.fields[slot - to].name, "is given twice"), a.name_place};
        *slot = &a;
    }
    for (unsigned k = 0; k < o.count; ++k)
        if (to[k] == nullptr && o.fields[k].fallback == nullptr)
            return {missing(o.fields[k].name, "must be given"), place};
    return {};
}

/// The values that were given, in the order of the fields.
PACER_HOST inline problem read_arguments(const operator_description& o,
                                         const argument* const (&given)[most_operator_fields],
                                         std::vector<node_pointer>& parts, operator_values& values) {
    std::size_t steps = 0;
    std::size_t numbers = 0;
    for (unsigned k = 0; k < o.count; ++k) {
        const operator_field& f = o.fields[k];
        const argument* a = given[k];
        if (a != nullptr && static_cast<bool>(a->schedule) != (f.is == operator_field::kind::schedule))
            return {missing(f.name, a->schedule ? "must be a value, not a schedule" : "must be a schedule"), a->place};
        const std::string_view text = a != nullptr ? std::string_view(a->value) : std::string_view(f.fallback);
        bool is_read = true;
        const char* rule = "must be a number";
        switch (f.is) {
        case operator_field::kind::schedule: parts.push_back(a->schedule); break;
        case operator_field::kind::steps:
            is_read = read(text, values.steps[steps++]);
            rule = "must be a whole number of updates";
            break;
        case operator_field::kind::number: is_read = read(text, values.numbers[numbers++]); break;
        case operator_field::kind::shape:
            is_read = read(text, values.shape);
            rule = "must be one of linear, cosine, one_minus_sqrt, half_life, exponential, power(EXPONENT)";
            break;
        }
        if (!is_read)
            return {unknown_text(f.name, text, rule), a->place};
    }
    return {};
}

template <class Op>
PACER_HOST violation make_operator_of(std::vector<node_pointer> parts, const operator_values& values,
                                      node_pointer& to) {
    if constexpr (std::same_as<Op, operators::join>)
        return {};  // made by make_join_of
    else
        return make_operator<Op>(std::move(parts), values, to);
}

template <class List>
struct PACER_MODE operator_makers;
template <class... Op>
struct operator_makers<operator_list<Op...>> {
    static constexpr violation (*all[])(std::vector<node_pointer>, const operator_values&,
                                        node_pointer&) = {make_operator_of<Op>...};
};

/// A template for the same reason as `write_rates`.
template <class User = void>
PACER_HOST problem make_node(std::string_view name, const std::vector<argument>& given, std::size_t place,
                             node_pointer& to) {
    for (std::size_t k = 0; k < all_operators::size; ++k) {
        const operator_description& o = *all_operators::descriptions[k];
        if (name != o.name)
            continue;
        if (k == 0)
            return make_join_of(given, place, to);
        const argument* assigned[most_operator_fields]{};
        std::vector<node_pointer> parts;
        operator_values values;
        problem wrong = assign_arguments(o, given, place, assigned);
        if (!wrong)
            wrong = read_arguments(o, assigned, parts, values);
        if (!wrong)
            wrong = {operator_makers<typename lists_for<User>::operators>::all[k](std::move(parts), values, to), place};
        return wrong;
    }
    problem wrong = make_schedule<double>(name, given, to, true);
    wrong.place = wrong.place == 0 ? place : wrong.place;
    return wrong;
}

PACER_HOST inline std::vector<argument> arguments_of(const std::vector<field_given>& fields) {
    std::vector<argument> given;
    given.reserve(fields.size());
    for (const field_given& f : fields)
        given.push_back({f.name, f.value.text()});
    return given;
}

}  // namespace detail::syntax

/// The schedule of that name with these fields; what is not given has the default of that schedule.
///
/// @param name    of a named schedule: "cosine", "hf::cosine_warmup_with_min_lr" (the dialect may be left out).
/// @param fields  by their names; see `field_value`.
///
/// An error (`invalid_schedule`): an unknown name (field "name"), with the known ones and the nearest;
/// "reduce_lr_on_plateau" and "greedy", which are controllers, fed by a metric; a field that the schedule does not have
/// (field "field"), or that is given twice; a value of the wrong type; whatever its constructor rejects.
template <class = void>
[[nodiscard]] PACER_HOST expression make(std::string_view name, const std::vector<field_given>& fields) {
    const std::vector<detail::syntax::argument> given = detail::syntax::arguments_of(fields);
    detail::syntax::node_pointer made;
    detail::require(detail::syntax::make_schedule<double>(name, given, made).what);
    return expression(std::move(made));
}

/// The same as a schedule of `Real`, without a heap.
template <Rate Real>
[[nodiscard]] PACER_HOST any_schedule<Real> make(std::string_view name, const std::vector<field_given>& fields) {
    const std::vector<detail::syntax::argument> given = detail::syntax::arguments_of(fields);
    any_schedule<Real> made = constant<Real>({.peak_lr = 0});
    detail::require(detail::syntax::make_schedule<Real>(name, given, made).what);
    return made;
}

/// The fields may stand in a map of texts or numbers, too.
template <class Real = void, class Map>
    requires requires(const Map& map) { field_given{map.begin()->first, map.begin()->second}; }
[[nodiscard]] PACER_HOST auto make(std::string_view name, const Map& fields) {
    std::vector<field_given> given;
    for (const auto& [field, value] : fields)
        given.push_back({field, value});
    return make<Real>(name, given);
}

namespace detail::syntax {

/// "LINE:COLUMN", from 1, of a place in a text, or of its end.
PACER_HOST inline std::string line_and_column(std::string_view text, std::size_t place) {
    std::size_t line = 1;
    std::size_t column = 1;
    for (std::size_t k = 0; k < place; ++k) {
        ++column;
        if (text[k] == '\n') {
            ++line;
            column = 1;
        }
    }
    return std::to_string(line) + ":" + std::to_string(column);
}

class parser {
public:
    /// What makes a schedule or operator of its arguments.
    using node_maker = problem (*)(std::string_view name, const std::vector<argument>& given, std::size_t place,
                                   node_pointer& to);

    PACER_HOST parser(std::string_view text, node_maker make) : text_(text), make_(make) {}

    /// The schedule that the whole text is; nothing where it is none, and then `error()` says why.
    PACER_HOST node_pointer parse() {
        node_pointer made;
        if (text_.size() > longest_expression_text)
            wrong_at(0, "a text of more than 2^26 bytes");
        else
            parse_schedule(word(), 0, made);
        skip_space();
        if (error_.empty() && at_ < text_.size())
            expected("the end of the text");
        return made;
    }
    [[nodiscard]] PACER_HOST const std::string& error() const noexcept { return error_; }

private:
    PACER_HOST static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
    PACER_HOST static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    PACER_HOST void skip_space() {
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '#')
                while (at_ + 1 < text_.size() && text_[at_ + 1] != '\n')
                    ++at_;
            else if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
                return;
        }
    }
    [[nodiscard]] PACER_HOST bool next_is(char c) {
        skip_space();
        return at_ < text_.size() && text_[at_] == c;
    }
    PACER_HOST bool take(char c) {
        const bool is_here = next_is(c);
        if (is_here)
            ++at_;
        return is_here;
    }

    // The first thing that is wrong is said.
    PACER_HOST void wrong_at(std::size_t place, const std::string& what) {
        if (error_.empty())
            error_ = line_and_column(text_, place) + ": " + what;
    }
    PACER_HOST void expected(const std::string& accepted) {
        skip_space();
        wrong_at(at_, "found " + shown() + ", accepted: " + accepted);
    }
    // What stands here, without bytes that are no text.
    [[nodiscard]] PACER_HOST std::string shown() const {
        if (at_ >= text_.size())
            return "the end of the text";
        std::string here = "'";
        for (const char c : text_.substr(at_, 12))
            here += c >= ' ' && c <= '~' ? c : '?';
        return here + "'";
    }

    // Letters, digits, and :: of dialects.
    PACER_HOST std::string_view word() {
        skip_space();
        word_at_ = at_;
        while (at_ < text_.size() &&
               (is_letter(text_[at_]) || (at_ > word_at_ && (is_digit(text_[at_]) || text_[at_] == ':'))))
            ++at_;
        return text_.substr(word_at_, at_ - word_at_);
    }

    // NAME has been read. NOLINTNEXTLINE(misc-no-recursion): no deeper than `deepest_expression`
    PACER_HOST void parse_schedule(std::string_view name, int depth, node_pointer& made) {
        const std::size_t place = word_at_;
        if (name.empty() || !next_is('('))
            return expected("NAME(...), of a schedule or an operator");
        if (depth > deepest_expression)
            return wrong_at(place, "operators may stand in each other " + std::to_string(deepest_expression) + " deep");
        take('(');
        std::vector<argument> given;
        while (error_.empty() && !next_is(')')) {
            if (!given.empty() && !take(','))
                return expected("',' or ')'");
            parse_argument(given.emplace_back(), depth);
        }
        if (!error_.empty())
            return;
        take(')');
        if (const problem p = make_(name, given, place, made)) {
            std::string what = described(p.what);
            constexpr std::string_view prefix = "pacer: ";
            wrong_at(p.place, what.substr(prefix.size()));
        }
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    PACER_HOST void parse_argument(argument& a, int depth) {
        std::string_view name = word();
        a.place = a.name_place = word_at_;
        if (!name.empty() && take('=')) {
            a.name = name;
            name = word();
            a.place = word_at_;
        }
        if (name.empty())
            a.value = next_is('[') ? list_value() : plain_value();
        else if (!next_is('('))
            a.value = name;
        else if (is_value_name(name)) {
            take('(');
            a.value = std::string(name) + '(' + plain_value() + ')';
            if (!take(')'))
                expected("')'");
        } else {
            word_at_ = a.place;
            parse_schedule(name, depth + 1, a.schedule);
        }
    }

    // power(4), floor(3%): what is no schedule.
    PACER_HOST static bool is_value_name(std::string_view name) {
        bool found = name == "power";
        for (const char* known : names<rounding>::values)
            found = found || name == known;
        return found;
    }

    PACER_HOST std::string list_value() {
        take('[');
        std::string list = "[";
        while (error_.empty() && !next_is(']')) {
            if (list.size() > 1 && !take(','))
                expected("',' or ']'");
            else
                list += (list.size() > 1 ? ", " : "") + plain_value();
        }
        take(']');
        return list + ']';
    }

    PACER_HOST std::string plain_value() {
        skip_space();
        const std::size_t first = at_;
        const auto belongs = [](char c) {
            return is_letter(c) || is_digit(c) || c == '.' || c == '+' || c == '-' || c == '%' || c == '\'';
        };
        while (at_ < text_.size() && belongs(text_[at_]))
            ++at_;
        if (at_ == first)
            expected("a value");
        return std::string(text_.substr(first, at_ - first));
    }

    std::string_view text_;
    node_maker make_;
    std::size_t at_ = 0;
    std::size_t word_at_ = 0;
    std::string error_{};
};

}  // namespace detail::syntax

/// The expression that a text is, or why it is none.
struct parsed_expression {
    std::optional<expression> value{};  ///< the expression, if there is one
    std::string error{};  ///< "LINE:COLUMN: what was found, and what is accepted"; empty if there is a value

    /// Whether there is an expression.
    PACER_HOST explicit operator bool() const noexcept { return value.has_value(); }
};

/// `parse` that never throws, and never ends a program without exceptions.
template <class = void>
[[nodiscard]] PACER_HOST parsed_expression try_parse(std::string_view text) {
    detail::syntax::parser parser(text, detail::syntax::make_node<>);
    detail::syntax::node_pointer made = parser.parse();
    if (!parser.error().empty())
        return {.error = parser.error()};
    return {.value = expression(std::move(made))};
}

/// The expression that a text is; docs/expressions.md has the grammar.
/// An error (`expression_error`): "LINE:COLUMN: what was found, and what is accepted".
template <class = void>
[[nodiscard]] PACER_HOST expression parse(std::string_view text) {
    parsed_expression parsed = try_parse(text);
    if (!parsed)
        detail::syntax::fail<expression_error>(parsed.error);
    return *std::move(parsed.value);
}

PACER_IN_LIBRARY(expression make<void>(std::string_view, const std::vector<field_given>&))
PACER_IN_LIBRARY(any_schedule<double> make<double>(std::string_view, const std::vector<field_given>&))
PACER_IN_LIBRARY(any_schedule<float> make<float>(std::string_view, const std::vector<field_given>&))
PACER_IN_LIBRARY(parsed_expression try_parse<void>(std::string_view))
PACER_IN_LIBRARY(expression parse<void>(std::string_view))
namespace detail::syntax {
PACER_IN_LIBRARY(problem make_node<void>(std::string_view, const std::vector<argument>&, std::size_t, node_pointer&))
}

}  // namespace pacer

#endif
