// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_DETAIL_CHECKPOINT_V1_HPP
#define PACER_TRAINING_DETAIL_CHECKPOINT_V1_HPP

// The curve in a checkpoint of version 1: a named schedule by its fields, and up to three transitions to others.

#include <pacer/expression/make.hpp>
#include <pacer/training/detail/line_reader.hpp>

namespace pacer::detail {

/// A value of version 1 as an expression writes it. What that version calls exponential is `half_life` now.
PACER_HOST inline std::string value_of_version_1(std::string_view field, std::string_view text) {
    constexpr std::string_view power = "power ";
    constexpr std::string_view ratio = "ratio ";
    if (field == "warmup" && text.starts_with(ratio)) {
        const std::string_view both = text.substr(ratio.size());
        const std::size_t space = both.find(' ');
        double part = 0;
        rounding rounded{};
        if (space != std::string_view::npos && syntax::read_number(both.substr(0, space), part) &&
            syntax::read(both.substr(space + 1), rounded))
            return syntax::written(warmup(warmup_ratio(part, rounded)));
    }
    if (text.starts_with(power))
        return "power(" + std::string(text.substr(power.size())) + ')';
    return text == "exponential" ? "half_life" : std::string(text);
}

/// What is wrong goes to the reader.
PACER_HOST inline bool is_refused(const violation& v, line_reader& reader) {
    if (v)
        reader.fail(syntax::described(v));
    return static_cast<bool>(v);
}

/// A named schedule of version 1, later by its origin; nothing if it is none.
template <class = void>
PACER_HOST syntax::node_pointer read_schedule_of_version_1(line_reader& reader, const std::string& prefix) {
    constexpr std::string_view fields[] = {"peak_lr",   "min_lr",       "end_lr",      "init_lr",     "total_steps",
                                           "warmup",    "first_step",   "past_end",    "num_cycles",  "power",
                                           "timescale", "stable_steps", "decay_steps", "decay_shape", "warmup_shape"};
    std::vector<syntax::argument> given;
    const std::string_view name = reader.text(prefix + "name");
    for (const std::string_view field : fields)
        if (const std::string_view* value = reader.find(prefix + std::string(field)))
            given.push_back({std::string(field), value_of_version_1(field, *value)});
    syntax::node_pointer schedule;
    if (!reader.error().empty() || is_refused(syntax::make_schedule<double>(name, given, schedule).what, reader))
        return {};
    const auto origin = reader.value<step_t>(prefix + "origin");
    if (!reader.error().empty() || origin == 0)
        return schedule;
    syntax::node_pointer later;
    is_refused(syntax::make_operator<syntax::operators::delay>({schedule}, {.steps = {origin}}, later), reader);
    return later;
}

/// A schedule, and up to three transitions to others, each on top of those before; nothing if it is none.
template <class = void>
PACER_HOST syntax::node_pointer read_curve_of_version_1(line_reader& reader) {
    namespace operators = syntax::operators;
    syntax::node_pointer curve = read_schedule_of_version_1(reader, "");
    for (int k = 1; k <= 3 && reader.error().empty() && reader.has_prefix(std::to_string(k) + '.'); ++k) {
        const std::string prefix = std::to_string(k) + '.';
        const std::string_view how = reader.text(prefix + "how");
        syntax::operator_values v;
        v.steps[0] = reader.value<step_t>(prefix + "at");
        v.steps[1] = reader.value<step_t>(prefix + "over");
        const std::string shape = value_of_version_1("shape", reader.text(prefix + "shape"));
        const syntax::node_pointer next = read_schedule_of_version_1(reader, prefix);
        if (!syntax::read(shape, v.shape))
            reader.fail((prefix + "shape has the value ").append(shape));
        if (how != "blend" && how != "ramp" && how != "rescale")
            reader.fail(prefix + "how has the value " + std::string(how));
        if (!reader.error().empty())
            return {};
        const std::vector<syntax::node_pointer> both{curve, next};
        is_refused(how == "blend"  ? syntax::make_operator<operators::blend>(both, v, curve)
                   : how == "ramp" ? syntax::make_operator<operators::rewarm>(both, v, curve)
                                   : syntax::make_operator<operators::rescale>(both, v, curve),
                   reader);
    }
    return curve;
}

}  // namespace pacer::detail

#endif
