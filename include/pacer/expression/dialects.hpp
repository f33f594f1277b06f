// SPDX-License-Identifier: MIT
#ifndef PACER_EXPRESSION_DIALECTS_HPP
#define PACER_EXPRESSION_DIALECTS_HPP

/// Makes the schedules of all dialects known to `parse`, `make` and whatever reads an expression, in the whole program,
/// from the start of `main` on:
///
///     #include <pacer/expression/dialects.hpp>
///     pacer::parse("optax::warmup_cosine_decay_schedule(init_value=0, peak_value=1e-3, warmup_steps=100, decay_steps=1000)");

#include <pacer/dialects/all.hpp>
#include <pacer/expression/make.hpp>

#ifndef PACER_COMPILED  // else the library pacer::pacer_compiled does

namespace pacer::detail::syntax {

template <class S>
PACER_SELDOM PACER_HOST void make_in_dialect(maker::order& o) {
    using params = typename S::params_type;
    params p;
    field_slots slots;
    dialect_node<S>::visit(p, slots);
    o.wrong = read_fields(slots, o.given, names_of_fields<params>.all);
    if (!o.wrong)
        o.wrong.what = pacer::check(p);
    if (!o.wrong)
        *static_cast<node_pointer*>(o.made) = dialect_node<S>::make(p);
}

template <class List>
struct PACER_MODE dialect_makers;
template <class... S>
struct dialect_makers<dialect_list<S...>> {
    static constexpr maker all[] = {{S::params_type::name, make_in_dialect<S>}...};
};

/// Says of them when the program starts.
struct PACER_MODE dialects_are_known {
    PACER_HOST dialects_are_known() noexcept {
        dialects() = {dialect_makers<dialect_schedules>::all, dialect_schedules::names, dialect_schedules::size};
    }
};
inline const dialects_are_known all_dialects_are_known;

}  // namespace pacer::detail::syntax

#endif
#endif
