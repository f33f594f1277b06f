// SPDX-License-Identifier: MIT
// The example of every schedule of the dialects as a value of its own type, from the one list of them: for the budgets and
// the tests on devices, which take schedules of C++ and no expressions.
#ifndef PACER_TESTS_SUPPORT_DIALECT_EXAMPLES_HPP
#define PACER_TESTS_SUPPORT_DIALECT_EXAMPLES_HPP

#include <pacer/dialects/all.hpp>

// Fields are read from texts here; that expressions know the dialects, which takes a compiler long, is not needed. (All else is
// compiled where it is used: what the macro says is known by now.)
#ifndef PACER_COMPILED
#define PACER_COMPILED
#endif
#include <pacer/expression/example.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace support {

/// The schedule of `pacer::example`.
template <class S>
S example_of(const pacer::example_params& settings = {}) {
    namespace syntax = pacer::detail::syntax;
    typename S::params_type p;
    syntax::field_slots slots;
    S::params_type::visit_fields(p, slots);
    const pacer::schedule_description description = syntax::described<typename S::params_type>("");
    for (const pacer::field_description& f : description.fields) {
        const std::string value = syntax::example_value(description, f, settings);
        if (!value.empty() && slots.find(f.name)->read(value)) {
            std::fprintf(stderr, "%s: %s=%s is not accepted\n", description.name.c_str(), f.name.c_str(),
                         value.c_str());
            std::abort();
        }
    }
    return S(p);
}

template <class Visitor, class... S>
void for_each_dialect_schedule(Visitor& visit, pacer::detail::dialect_list<S...>) {
    (visit.template operator()<S>(), ...);
}

/// visit.operator()<S>() for every schedule of `pacer::dialect_schedules`.
template <class Visitor>
void for_each_dialect_schedule(Visitor visit) {
    for_each_dialect_schedule(visit, pacer::dialect_schedules{});
}

}  // namespace support

#endif
