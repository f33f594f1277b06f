// SPDX-License-Identifier: MIT
// The library pacer::pacer_compiled: what takes a compiler longest, compiled once. Units that define PACER_COMPILED, which
// linking the library does, take it from here; all others compile their own. A unit of another mode (macros.hpp) than the
// library's finds nothing here, and does not link.
#include <pacer/expression/dialects.hpp>
#include <pacer/expression/make.hpp>
#include <pacer/training/resume.hpp>

namespace pacer {

template expression make<void>(std::string_view, const std::vector<field_given>&);
template any_schedule<double> make<double>(std::string_view, const std::vector<field_given>&);
template any_schedule<float> make<float>(std::string_view, const std::vector<field_given>&);
template parsed_expression try_parse<void>(std::string_view);
template expression parse<void>(std::string_view);

template loaded_checkpoint try_from_text<void>(std::string_view);
template checkpoint from_text<void>(std::string_view);
template loaded_checkpoint try_load<void>(const std::string&);
template checkpoint load<void>(const std::string&);

namespace detail::syntax {

template void write_rates<void>(const node&, step_range, double*, instruction_set);
template problem make_node<void>(std::string_view, const std::vector<argument>&, std::size_t, node_pointer&);

}  // namespace detail::syntax
}  // namespace pacer
