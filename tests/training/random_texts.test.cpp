// SPDX-License-Identifier: MIT
// Expressions of all schedules that there are, with fields and operators drawn at random: whatever a text says, it is a
// value or a reason, and never an exception, which would end a program without them. What it makes is saved, comes back, and is
// extended without a jump.
#include "support/schedules.hpp"

#include <pacer/expression/dialects.hpp>
#include <pacer/training/checkpoint.hpp>
#include <pacer/training/replan.hpp>

#include <string>
#include <vector>

namespace {

using pacer::step_t;
using pacer::detail::syntax::field_slot;

support::dice roll(41);

std::string number() {
    return roll.one_of({"0", "1", "2", "0.5", "1e-3", "1e300", "5e-324", "-1", "nan", "inf", "3", "0.1", "1e9"});
}
std::string steps() {
    return roll.one_of({"0", "1", "2", "3", "10", "100", "1000", "9007199254740992", "9007199254740991", "endless",
                        "-1", "4503599627370496"});
}
template <class Item>
std::string list_of(Item item) {
    std::string text = "[";
    for (step_t k = roll.up_to(4); k > 0; --k)
        text += (text.size() > 1 ? ", " : "") + item();
    return text + "]";
}

std::string value_of(const field_slot& slot) {
    using type = field_slot::type;
    switch (slot.is) {
    case type::steps: return steps();
    case type::ratio: return roll.one_of({number(), std::string("10%")});
    case type::warmup: return roll.one_of({"0", "3", "off", "10%", "exact(12.5%)", "floor(3%)", "100%", "1000"});
    case type::shape:
        return roll.one_of({"linear", "cosine", "one_minus_sqrt", "half_life", "exponential", "power(2)"});
    case type::flag: return roll.one_of({"true", "false"});
    case type::rates: return list_of(number);
    case type::boundaries: return list_of(steps);
    case type::choice: return slot.names[roll.up_to(slot.names_count - 1)];
    default: return number();
    }
}

template <class S>
std::string text_of() {
    typename S::params_type p;
    pacer::detail::syntax::field_slots slots;
    S::params_type::visit_fields(p, slots);
    std::string fields;
    for (const field_slot& slot : slots)
        if (!slot.is_open() || roll.up_to(1) == 0)
            fields += (fields.empty() ? "" : ", ") + std::string(slot.about.name) + '=' +
                      (slot.about.is_length && roll.up_to(1) == 0 ? "1000" : value_of(slot));
    return std::string(S::params_type::name) + '(' + fields + ')';
}

using writer_of_text = std::string (*)();

template <class... S>
void add(std::vector<writer_of_text>& to, pacer::detail::dialect_list<S...>) {
    (to.push_back(text_of<S>), ...);
}
template <template <class> class... S>
void add(std::vector<writer_of_text>& to, pacer::schedule_list<S...>) {
    (to.push_back(text_of<S<double>>), ...);
}

// NOLINTNEXTLINE(misc-no-recursion)
std::string random_text(int depth) {
    static const std::vector<writer_of_text> schedules = [] {
        std::vector<writer_of_text> all;
        add(all, pacer::detail::syntax::expressible_schedules{});
        add(all, pacer::dialect_schedules{});
        return all;
    }();
    if (depth == 0)
        return schedules[static_cast<std::size_t>(roll.up_to(static_cast<step_t>(schedules.size()) - 1))]();
    const auto& operators = pacer::detail::syntax::all_operators::descriptions;
    const auto& o = *operators[roll.up_to(pacer::detail::syntax::all_operators::size - 1)];
    if (o.count == 0)
        return "join(" + random_text(depth - 1) + ", " + steps() + ", " + random_text(depth - 1) + ')';
    std::string text = std::string(o.name) + '(';
    for (unsigned k = 0; k < o.count; ++k) {
        using kind = pacer::detail::syntax::operator_field::kind;
        const auto& f = o.fields[k];
        text += std::string(k > 0 ? ", " : "") + (f.is_named ? f.name + std::string("=") : "") +
                (f.is == kind::schedule ? random_text(depth - 1)
                 : f.is == kind::steps  ? steps()
                 : f.is == kind::number ? number()
                                        : "cosine");
    }
    return text + ')';
}

}  // namespace

TEST_CASE("any text is a schedule or a reason; any schedule is saved and extended") {
    support::complaints wrong;
    int made = 0;
    int extended = 0;
    for (int k = 0; k < 60'000; ++k) {
        const std::string text = random_text(static_cast<int>(roll.up_to(2)));
        try {
            const pacer::parsed_expression parsed = pacer::try_parse(text);
            if (static_cast<bool>(parsed) == !parsed.error.empty())
                wrong.add(text, " is both, or nothing");
            if (!parsed)
                continue;
            ++made;
            const pacer::expression& lr = *parsed.value;
            const step_t at = roll.up_to(1200);
            const pacer::loaded_checkpoint back =
                pacer::try_from_text(pacer::to_text({.at = pacer::progress({.updates = at}), .curve = lr}));
            if (!back || back->curve.schedule != lr) {
                wrong.add(text, " does not come back: ", back.error);
                continue;
            }
            const step_t total = at + 1 + roll.up_to(2000);
            try {
                const pacer::expression longer = pacer::extend(lr, total, at);
                ++extended;
                for (const step_t step : {at, at - 1})
                    if (step >= 0 && longer(step) != lr(step))
                        wrong.add(text, " to ", total, " at ", at, ", step ", step, ": ", lr(step), ' ', longer(step));
            } catch (const pacer::invalid_schedule&) {  // not every one can be
            }
        } catch (const std::exception& error) {
            wrong.add(text, " throws ", error.what());
        }
    }
    CHECK(wrong.text() == "");
    CHECK(made > 5'000);
    CHECK(extended > 1'000);
}
