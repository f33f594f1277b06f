// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_CONVERT_OPTAX_HPP
#define PACER_ANALYSIS_CONVERT_OPTAX_HPP

#include <pacer/analysis/convert/phases.hpp>

namespace pacer::detail::converting {

/// Python that makes a schedule of Optax: its own functions where it has them, else a function of the count.
class optax_code {
public:
    [[nodiscard]] PACER_HOST static analysis::conversion write(const expression& lr, const curve& c) {
        optax_code to;
        const node& n = *lr.root();
        const std::string name = syntax::name_of_node(n);
        std::string schedule;
        if (name.starts_with("optax::"))
            schedule = own(field_values(n), name);
        else if (const std::string why = why_unknown(c); !why.empty())
            return refused("No formula in Python is known for " + why + ".");
        else if (const curve reached = within(c); most_step(reached) > most_count)
            return refused("Optax counts updates with 32 bits, too few for step " + number(most_step(reached)) + ".");
        else
            schedule = to.whole(reached);
        std::string text;
        if (to.formulas_.calls_library())
            text += "import jax.numpy as jnp\n";
        text += "import optax\n";
        if (!to.functions_.empty())
            text += "\n\n" + to.functions_ + "\n";
        return {text + "\nlr = " + schedule + "\n", {}, {}};
    }

private:
    static constexpr step_t most_count = 0x7fff'ffff;

    /// Without what starts later than Optax counts.
    PACER_HOST static curve within(const curve& c) {
        if (c.is != curve::kind::join)
            return c;
        curve result = c;
        while (result.steps.back() > most_count) {
            result.steps.pop_back();
            result.parts.pop_back();
        }
        return result;
    }
    // NOLINTNEXTLINE(misc-no-recursion): as deep as the curve
    PACER_HOST static step_t most_step(const curve& c) {
        step_t most = c.is == curve::kind::repeat || c.is == curve::kind::every ? c.every : 0;
        if (c.is == curve::kind::ramp || c.is == curve::kind::waves)
            most = curve::whole(c.n);
        for (const step_t step : c.steps)
            most = (std::max)(most, step);
        for (const curve& part : c.parts)
            most = (std::max)(most, most_step(part));
        return most;
    }

    // A function of Optax's, as it stands.
    PACER_HOST static std::string own(const field_values& f, const std::string& name) {
        std::string text = "optax." + name.substr(7) + "(";
        const char* comma = "";
        std::string boundaries;
        for (const syntax::field_slot& slot : f.all()) {
            using type = syntax::field_slot::type;
            const std::string_view field = slot.about.name;
            if (slot.is_open() || field == "scales")
                continue;
            std::string value = slot.is == type::real64 ? real(slot.as<double>()) : slot.text();
            if (slot.is == type::choice)
                value.insert(0, "\"").append("\"");
            if (slot.is == type::flag)
                value = slot.as<bool>() ? "True" : "False";
            text += comma;
            if (field == "boundaries") {
                const auto steps = slot.as<list<step_t>>();
                const auto scales = f.get<list<double>>("scales");
                value = scales_of({steps.begin(), steps.end()}, {scales.begin(), scales.end()});
                text += "boundaries_and_scales=" + value;
            } else {
                text += std::string(field) + "=" + value;
            }
            comma = ", ";
        }
        return text + ")";
    }
    // A dictionary has each step once.
    PACER_HOST static std::string scales_of(const std::vector<step_t>& steps, const std::vector<double>& scales) {
        std::string text = "{";
        for (std::size_t k = 0; k < steps.size(); ++k) {
            double scale = scales[k];
            while (k + 1 < steps.size() && steps[k + 1] == steps[k])
                scale *= scales[++k];
            text += (text.size() > 1 ? ", " : "") + number(steps[k]) + ": " + real(scale);
        }
        return text + "}";
    }

    PACER_HOST std::string whole(const curve& c) {
        if (c.is != curve::kind::join || c.is_whole)
            return piece(c, endless);
        const auto& parts = c.parts;
        const auto& steps = c.steps;
        const auto is_line = [](const curve& p) { return p.is_ramp(ramp_shape::linear) && p.is_fresh(); };
        const auto ends = [&](std::size_t k) { return steps[k + 1] - steps[k] == curve::whole(parts[k].n); };
        if (parts.size() == 2 && is_line(parts[0]) && ends(0) && parts[1].is_constant(parts[0].to) &&
            parts[0].from < parts[0].to)
            return "optax.warmup_constant_schedule(init_value=" + real(parts[0].from) +
                   ", peak_value=" + real(parts[0].to) + ", warmup_steps=" + number(steps[1]) + ")";
        if (parts.size() == 3 && is_line(parts[0]) && ends(0) && parts[1].is == curve::kind::ramp &&
            parts[1].shape.which() == ramp_shape::kind::cosine && parts[1].is_fresh() && ends(1) &&
            parts[1].from == parts[0].to && parts[1].from > 0 && parts[2].is_constant(parts[1].to))
            return "optax.warmup_cosine_decay_schedule(\n    init_value=" + real(parts[0].from) +
                   ", peak_value=" + real(parts[0].to) + ", warmup_steps=" + number(steps[1]) +
                   ", decay_steps=" + number(steps[2]) + ",\n    end_value=" + real(parts[1].to) +
                   (parts[1].exponent == 1 ? "" : ", exponent=" + number(parts[1].exponent)) + ")";
        std::string schedules;
        std::string boundaries;
        std::size_t count = 0;
        std::string only;
        for (std::size_t k = 0; k < parts.size(); ++k) {
            // What holds its end needs no constant after it.
            const bool is_held = k > 0 && k + 1 == parts.size() && ends(k - 1) && holds(parts[k - 1]) &&
                                 parts[k].is_constant(parts[k - 1].to);
            if (is_held)
                continue;
            only = piece(parts[k], k + 1 < parts.size() ? steps[k + 1] - steps[k] : endless);
            schedules += "        " + only + ",\n";
            if (k > 0)
                boundaries += (count > 1 ? ", " : "") + number(steps[k]);
            ++count;
        }
        if (count == 1)
            return only;
        return "optax.join_schedules(\n    [\n" + schedules + "    ],\n    boundaries=[" + boundaries + "],\n)";
    }
    PACER_HOST static bool holds(const curve& c) {
        return c.is == curve::kind::ramp && c.is_fresh() && !c.backwards_shape() && !function_of(c).empty();
    }

    /// A function of Optax's for one curve, or nothing.
    PACER_HOST static std::string function_of(const curve& c) {
        using kind = curve::kind;
        if (c.is == kind::constant)
            return "optax.constant_schedule(" + real(c.from) + ")";
        if (c.is == kind::geometric && c.begun == 0)
            return "optax.exponential_decay(init_value=" + real(c.from) + ", transition_steps=" + number(c.every) +
                   ", decay_rate=" + real(c.factor) + (c.staircase ? ", staircase=True" : "") +
                   (c.to > 0 ? ", end_value=" + real(c.to) : "") + ")";
        if (c.is == kind::milestones)
            return "optax.piecewise_constant_schedule(init_value=" + real(c.from) +
                   ", boundaries_and_scales=" + scales_of(c.steps, std::vector<double>(c.steps.size(), c.factor)) + ")";
        if (c.is != kind::ramp || !c.is_fresh() || c.n < 1 || c.backwards_shape())
            return {};
        const std::string ends = "init_value=" + real(c.from) + ", end_value=" + real(c.to);
        const std::string n = number(c.n);
        if (c.shape.which() == ramp_shape::kind::linear)
            return "optax.linear_schedule(" + ends + ", transition_steps=" + n + ")";
        if (c.shape.which() == ramp_shape::kind::power && c.from > c.to)
            return "optax.polynomial_schedule(" + ends + ", power=" + number(c.shape.exponent()) +
                   ", transition_steps=" + n + ")";
        if (c.shape.which() == ramp_shape::kind::cosine && c.from >= c.to && c.from > 0)
            return "optax.cosine_decay_schedule(init_value=" + real(c.from) + ", decay_steps=" + n +
                   (c.to > 0 ? ", alpha=" + number(c.to / c.from) : "") +
                   (c.exponent == 1 ? "" : ", exponent=" + number(c.exponent)) + ")";
        return {};
    }

    PACER_HOST std::string piece(const curve& c, step_t length) {
        if (std::string text = function_of(c); !text.empty())
            return text;
        formula_writer w(formula_writer::library::jax);
        w.count_from(formulas_);
        if (c.is == curve::kind::join) {
            std::string name = "piece_" + number(static_cast<step_t>(++pieces_));
            w.function(name, c);
            add(w);
            return name;
        }
        const std::string formula = w.expression_of(c, length);
        add(w);
        return "lambda step: " + formula;
    }
    PACER_HOST void add(const formula_writer& w) {
        if (!w.functions().empty())
            functions_ += (functions_.empty() ? "" : "\n\n") + w.functions();
        formulas_.take(w);
    }

    formula_writer formulas_{formula_writer::library::jax};
    std::string functions_{};
    int pieces_ = 0;
};

}  // namespace pacer::detail::converting

#endif
