// SPDX-License-Identifier: MIT
#ifndef PACER_TESTS_SUPPORT_RANDOM_EXPRESSION_HPP
#define PACER_TESTS_SUPPORT_RANDOM_EXPRESSION_HPP

#include "support/dice.hpp"

#include <pacer/expression/dialects.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace support {

/// Texts of expressions, of all schedules that there are and all operators, with fields drawn at random; many are not valid.
template <class Dice>
class random_expression {
    using field_slot = pacer::detail::syntax::field_slot;
    using writer = std::string (random_expression::*)();

public:
    explicit random_expression(Dice& roll) : roll_(roll) {
        add(pacer::detail::syntax::expressible_schedules{});
        add(pacer::dialect_schedules{});
    }

    /// @param depth  of the operators.
    // NOLINTNEXTLINE(misc-no-recursion)
    std::string operator()(int depth) {
        if (depth == 0)
            return (
                this->*schedules_[static_cast<std::size_t>(roll_.up_to(static_cast<step_t>(schedules_.size()) - 1))])();
        using all = pacer::detail::syntax::all_operators;
        const auto& o = *all::descriptions[roll_.up_to(all::size - 1)];
        if (o.count == 0) {
            const std::string first = (*this)(depth - 1);
            const std::string boundary = steps();
            return "join(" + first + ", " + boundary + ", " + (*this)(depth - 1) + ')';
        }
        std::string text = std::string(o.name) + '(';
        for (unsigned k = 0; k < o.count; ++k) {
            using kind = pacer::detail::syntax::operator_field::kind;
            const auto& f = o.fields[k];
            text += std::string(k > 0 ? ", " : "") + (f.is_named ? f.name + std::string("=") : "");
            text += f.is == kind::schedule ? (*this)(depth - 1)
                    : f.is == kind::steps  ? steps()
                    : f.is == kind::number ? number()
                                           : "cosine";
        }
        return text + ')';
    }

    std::string number() {
        if (roll_.up_to(3) == 0)
            return pacer::detail::syntax::written(std::ldexp(roll_.fraction(), static_cast<int>(roll_.up_to(40)) - 30));
        return roll_.one_of({"0", "1", "2", "0.5", "1e-3", "1e300", "5e-324", "-1", "nan", "inf", "3", "0.1", "1e9"});
    }
    std::string steps() {
        if (roll_.up_to(3) == 0)
            return pacer::detail::syntax::written(roll_.up_to(roll_.one_of({30, 1000, 1'000'000})));
        return roll_.one_of({"0", "1", "2", "3", "10", "100", "1000", "9007199254740992", "9007199254740991", "endless",
                             "-1", "4503599627370496"});
    }

private:
    template <class... S>
    void add(pacer::detail::dialect_list<S...>) {
        (schedules_.push_back(&random_expression::text_of<S>), ...);
    }
    template <template <class> class... S>
    void add(pacer::schedule_list<S...>) {
        (schedules_.push_back(&random_expression::text_of<S<double>>), ...);
    }

    std::string list_of(std::string (random_expression::*item)()) {
        std::string text = "[";
        for (step_t k = roll_.up_to(4); k > 0; --k)
            text += (text.size() > 1 ? ", " : "") + (this->*item)();
        return text + "]";
    }

    std::string value_of(const field_slot& slot) {
        using type = field_slot::type;
        switch (slot.is) {
        case type::steps: return steps();
        case type::ratio: return roll_.up_to(1) == 0 ? number() : "10%";
        case type::warmup: return roll_.one_of({"0", "3", "off", "10%", "exact(12.5%)", "floor(3%)", "100%", "1000"});
        case type::shape:
            return roll_.one_of({"linear", "cosine", "one_minus_sqrt", "half_life", "exponential", "power(2)"});
        case type::flag: return roll_.one_of({"true", "false"});
        case type::rates: return list_of(&random_expression::number);
        case type::boundaries: return list_of(&random_expression::steps);
        case type::choice: return slot.names[roll_.up_to(slot.names_count - 1)];
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
            if (!slot.is_open() || roll_.up_to(1) == 0)
                fields += (fields.empty() ? "" : ", ") + std::string(slot.about.name) + '=' +
                          (slot.about.is_length && roll_.up_to(1) == 0 ? "1000" : value_of(slot));
        return std::string(S::params_type::name) + '(' + fields + ')';
    }

    Dice& roll_;
    std::vector<writer> schedules_;
};

}  // namespace support

#endif
