// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_CONVERT_PYTORCH_HPP
#define PACER_ANALYSIS_CONVERT_PYTORCH_HPP

#include <pacer/analysis/convert/phases.hpp>

namespace pacer::detail::converting {

/// Python that makes a scheduler of PyTorch: its classes where they have the curve, a SequentialLR of them, or a LambdaLR
/// with the formula.
class pytorch_code {
public:
    [[nodiscard]] PACER_HOST static analysis::conversion write(const expression& lr, const curve& c) {
        const node& n = *lr.root();
        const std::string name = syntax::name_of_node(n);
        if (name == "pytorch::cyclic_momentum" || name == "pytorch::one_cycle_momentum")
            return refused("A momentum of PyTorch is no learning rate.");
        pytorch_code to;
        if (name.starts_with("pytorch::"))
            return to.own(field_values(n), name);
        if (const std::string why = why_unknown(c); !why.empty())
            return refused("No formula in Python is known for " + why + ".");
        return to.from_curve(c, lr.total_steps());
    }

private:
    /// A scheduler, as Python makes it, and the last rate that it holds, if it does.
    struct scheduler {
        std::string text{};
        bool is_class = false;
        bool rises_again = false;
        std::optional<double> held{};
    };

    static constexpr std::size_t most_schedulers = 16;

    PACER_HOST analysis::conversion finish(double base, const std::string& schedulers) const {
        std::string text;
        for (const std::string& note : notes_)
            text += "# " + note + "\n";
        if (formulas_.calls_library())
            text += "import math\n\n";
        text += std::string("from torch.optim import ") + (is_swa_ ? "swa_utils" : "lr_scheduler") + "\n\n\n";
        if (!functions_.empty())
            text += functions_ + "\n\n";
        text += "def make_scheduler(optimizer):\n"
                "    for group in optimizer.param_groups:\n"
                "        group[\"lr\"] = group[\"initial_lr\"] = " +
                real(base) + "\n    return " + schedulers + "\n";
        return {text, {}, notes_};
    }

    // PyTorch's own.

    PACER_HOST analysis::conversion own(const field_values& f, const std::string& name) {
        static constexpr const char* classes[][2] = {
            {"pytorch::constant_lr", "ConstantLR"},
            {"pytorch::linear_lr", "LinearLR"},
            {"pytorch::exponential_lr", "ExponentialLR"},
            {"pytorch::step_lr", "StepLR"},
            {"pytorch::multi_step_lr", "MultiStepLR"},
            {"pytorch::polynomial_lr", "PolynomialLR"},
            {"pytorch::cosine_annealing_lr", "CosineAnnealingLR"},
            {"pytorch::cosine_annealing_warm_restarts", "CosineAnnealingWarmRestarts"},
            {"pytorch::cyclic_lr", "CyclicLR"},
            {"pytorch::one_cycle_lr", "OneCycleLR"},
            {"pytorch::swalr", "SWALR"}};
        std::string type;
        for (const auto& known : classes)
            if (name == known[0])
                type = known[1];
        std::string arguments;
        double base = f.get<double>("lr", 0);
        for (unsigned k = 0; k < f.all().size(); ++k) {
            const syntax::field_slot& slot = f.all()[k];
            const std::string_view field = slot.about.name;
            if (field == "lr" || slot.is_open() || f.is_default(k))
                continue;
            std::string value = slot.is == syntax::field_slot::type::real64 ? real(slot.as<double>()) : slot.text();
            if (slot.is == syntax::field_slot::type::choice)
                value.insert(0, "\"").append("\"");
            if (slot.is == syntax::field_slot::type::flag)
                value = slot.as<bool>() ? "True" : "False";
            arguments += ", " + std::string(field) + "=" + value;
        }
        if (type == "CyclicLR" || type == "OneCycleLR") {
            base = type == "CyclicLR" ? f.number("base_lr") : f.number("max_lr") / f.number("div_factor");
            arguments += ", cycle_momentum=False";
        }
        if (type == "OneCycleLR")
            say_one_cycle(f.count("total_steps"));
        is_swa_ = type == "SWALR";
        return finish(base, (is_swa_ ? "swa_utils." : "lr_scheduler.") + type + "(optimizer" + arguments + ")");
    }
    PACER_HOST void say_one_cycle(step_t total) {
        notes_.push_back("OneCycleLR raises an error after " + number(total) + " updates");
    }

    // All others.

    PACER_HOST analysis::conversion from_curve(const curve& c, step_t length) {
        if (c.source != nullptr && syntax::name_of_node(*c.source) == "one_cycle")
            if (std::optional<analysis::conversion> done = one_cycle(field_values(*c.source)))
                return *done;
        const bool is_join = c.is == curve::kind::join && !c.is_whole;
        const std::vector<curve> parts = is_join ? c.parts : std::vector<curve>{c};
        const std::vector<step_t> steps = is_join ? c.steps : std::vector<step_t>{0};
        if (c.is == curve::kind::constant)
            return finish(c.from, "lr_scheduler.LambdaLR(optimizer, lambda step: 1.0)");
        const double base = base_of(parts);
        std::vector<scheduler> all;
        std::vector<step_t> milestones;
        bool has_class = false;
        if (base > 0 && parts.size() <= most_schedulers)
            for (std::size_t k = 0; k < parts.size(); ++k) {
                const step_t end = k + 1 < parts.size() ? steps[k + 1] : endless;
                const bool is_held = k > 0 && end == endless && all.back().held &&
                                     parts[k].is_constant(*all.back().held) &&
                                     !(all.back().rises_again && steps[k] < length);
                if (is_held) {
                    if (all.back().rises_again)
                        notes_.push_back("past step " + number(steps[k]) +
                                         " CosineAnnealingLR rises again, where this holds " + number(parts[k].from));
                    continue;
                }
                scheduler s = class_of(parts[k], base, end == endless ? endless : end - steps[k]);
                has_class = has_class || s.is_class;
                all.push_back(std::move(s));
                milestones.push_back(steps[k]);
            }
        if (!has_class) {
            notes_.clear();
            return lambda(c);
        }
        return sequence(parts, steps, base, all, milestones);
    }

    PACER_HOST analysis::conversion sequence(const std::vector<curve>& parts, const std::vector<step_t>& steps,
                                             double base, std::vector<scheduler>& all,
                                             const std::vector<step_t>& milestones) {
        for (std::size_t k = 0; k < all.size(); ++k)
            if (!all[k].is_class) {
                const auto at =
                    static_cast<std::size_t>(std::find(steps.begin(), steps.end(), milestones[k]) - steps.begin());
                all[k].text = relative(parts[at], base, at + 1 < parts.size() ? steps[at + 1] - steps[at] : endless);
            }
        if (all.size() == 1)
            return finish(base, all[0].text);
        std::string text = "lr_scheduler.SequentialLR(\n        optimizer,\n        [\n";
        std::string borders;
        for (std::size_t k = 0; k < all.size(); ++k) {
            text += "            " + all[k].text + ",\n";
            if (k > 0)
                borders += (k > 1 ? ", " : "") + number(milestones[k]);
        }
        return finish(base, text + "        ],\n        milestones=[" + borders + "],\n    )");
    }

    /// The highest rate that one of the curves starts from, or that a line rises to.
    PACER_HOST static double base_of(const std::vector<curve>& parts) {
        double base = 0;
        for (const curve& c : parts)
            if (c.is < curve::kind::join)
                base = (std::max)({base, c.from, c.is == curve::kind::ramp ? c.to : 0});
        for (const curve& c : parts)
            if (c.is_whole && c.source != nullptr)
                base = (std::max)(base, field_values(*c.source).number("peak_lr"));
        return base;
    }

    // A ratio of rates, whose product with the base is the rate itself or a neighbour.
    PACER_HOST static std::string ratio(double rate, double base) { return real(rate == base ? 1 : rate / base); }

    /// A class that has a curve for so many updates; no class, and no text, if there is none.
    PACER_HOST static scheduler class_of(const curve& c, double base, step_t length) {
        using kind = curve::kind;
        const auto made = [](const std::string& text, std::optional<double> held = {}, bool rises = false) {
            return scheduler{"lr_scheduler." + text + ")", true, rises, held};
        };
        const std::string n = number(c.n);
        const bool ends_in_time = length == curve::whole(c.n);
        if (c.source != nullptr && syntax::name_of_node(*c.source) == "sgdr")
            return restarts(field_values(*c.source), base);
        if (c.source != nullptr && syntax::name_of_node(*c.source) == "cyclic")
            return cycles(field_values(*c.source));
        if (c.is == kind::geometric && c.begun == 0 && c.from == base && c.to == 0) {
            if (c.staircase)
                return made("StepLR(optimizer, step_size=" + number(c.every) + ", gamma=" + real(c.factor));
            if (c.every == 1)
                return made("ExponentialLR(optimizer, gamma=" + real(c.factor));
        }
        if (c.is == kind::milestones && c.from == base) {
            std::string steps;
            for (const step_t step : c.steps)
                steps += (steps.empty() ? "" : ", ") + number(step);
            return made("MultiStepLR(optimizer, milestones=[" + steps + "], gamma=" + real(c.factor));
        }
        if (c.is == kind::waves && c.begun == 0 && c.from == base && c.cycles > 0) {
            const double half = c.restarts ? c.n / c.cycles : c.n / (2 * c.cycles);
            const step_t steps = curve::whole(half);
            const bool is_exact = steps >= 1 && static_cast<double>(steps) == half &&
                                  half * (c.restarts ? c.cycles : 2 * c.cycles) == c.n;
            if (is_exact && c.restarts)
                return made("CosineAnnealingWarmRestarts(optimizer, T_0=" + number(steps) + eta(c.to));
            if (is_exact)
                return made("CosineAnnealingLR(optimizer, T_max=" + number(steps) + eta(c.to));
        }
        if (c.is != kind::ramp || !c.is_fresh() || c.n < 1 || c.backwards_shape() || c.exponent != 1)
            return {};
        const ramp_shape::kind shape = c.shape.which();
        if (shape == ramp_shape::kind::linear && c.from > 0)
            return made("LinearLR(optimizer, start_factor=" + ratio(c.from, base) +
                            ", end_factor=" + ratio(c.to, base) + ", total_iters=" + n,
                        c.to);
        if (c.from != base)
            return {};
        if (shape == ramp_shape::kind::cosine && ends_in_time)
            return made("CosineAnnealingLR(optimizer, T_max=" + n + eta(c.to), c.to, true);
        if (shape == ramp_shape::kind::power && c.to == 0)
            return made("PolynomialLR(optimizer, total_iters=" + n + ", power=" + real(c.shape.exponent()), 0);
        return {};
    }
    PACER_HOST static std::string eta(double floor) { return floor > 0 ? ", eta_min=" + real(floor) : ""; }

    PACER_HOST static scheduler restarts(const field_values& f, double base) {
        if (f.number("peak_factor") != 1 || f.number("peak_lr") != base ||
            f.get<warmup>("warmup").length(f.get<step_t>("total_steps", endless)) != 0)
            return {};
        const step_t growth = f.count("growth");
        return {"lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=" + number(f.count("cycle_steps")) +
                    (growth == 1 ? "" : ", T_mult=" + number(growth)) + eta(f.rate("min_lr")) + ")",
                true,
                false,
                {}};
    }
    PACER_HOST static scheduler cycles(const field_values& f) {
        const std::string mode = f.text("mode");
        return {"lr_scheduler.CyclicLR(optimizer, base_lr=" + real(f.rate("min_lr")) +
                    ", max_lr=" + real(f.number("peak_lr")) + ", step_size_up=" + number(f.count("up_steps")) +
                    ", step_size_down=" + number(f.count("down_steps")) +
                    (mode == "triangular" ? "" : ", mode=\"" + mode + "\"") +
                    (mode == "exp_range" ? ", gamma=" + real(f.number("gamma")) : "") + ", cycle_momentum=False)",
                true,
                false,
                {}};
    }

    // It divides where pacer has the rates themselves.
    PACER_HOST std::optional<analysis::conversion> one_cycle(const field_values& f) {
        const auto shape = f.get<ramp_shape>("shape").which();
        const double peak = f.number("peak_lr");
        const double init = f.rate("init_lr");
        const double end = f.rate("end_lr");
        const bool has_shape = shape == ramp_shape::kind::cosine || shape == ramp_shape::kind::linear;
        const bool has_rates = init > 0 && end > 0 && end <= init && f.get<past_end>("past_end") == past_end::hold;
        const auto total = static_cast<double>(f.count("total_steps"));
        const double pct = f.number("pct_start");
        const double risen = pct * total - 1;
        const bool three = f.get<bool>("three_phase");
        if (!has_shape || !has_rates || !(risen > 0) || !((three ? 2 * pct * total - 2 : risen) < total - 1))
            return {};
        say_one_cycle(f.count("total_steps"));
        return finish(init, "lr_scheduler.OneCycleLR(\n        optimizer, max_lr=" + real(peak) +
                                ", total_steps=" + number(f.count("total_steps")) + ", pct_start=" + real(pct) +
                                (shape == ramp_shape::kind::linear ? ", anneal_strategy=\"linear\"" : "") +
                                (three ? ", three_phase=True" : "") + ",\n        div_factor=" + real(peak / init) +
                                ", final_div_factor=" + real(init / end) + ", cycle_momentum=False)");
    }

    PACER_HOST std::string relative(const curve& c, double base, step_t length) {
        if (c.is == curve::kind::ramp && c.from == 0 && c.to == base && c.is_fresh() &&
            c.shape.which() == ramp_shape::kind::linear)
            return "lr_scheduler.LambdaLR(optimizer, lambda step: step / " + number(c.n) + ")";
        curve part = c;
        formula_writer w(formula_writer::library::math);
        w.count_from(formulas_);
        // Not by the inverse of the base, which is rounded itself.
        const bool is_between = c.is == curve::kind::ramp && c.shape.which() != ramp_shape::kind::exponential;
        if (is_between || c.is == curve::kind::constant || c.is == curve::kind::waves) {
            part.from = c.from == base ? 1 : c.from / base;
            part.to = c.to == base ? 1 : c.to / base;
            const std::string formula = w.expression_of(part, length);
            add(w);
            return "lr_scheduler.LambdaLR(optimizer, lambda step: " + formula + ")";
        }
        const std::string formula = w.expression_of(part, length);
        add(w);
        return "lr_scheduler.LambdaLR(optimizer, lambda step: (" + formula + ") / " + real(base) + ")";
    }

    PACER_HOST analysis::conversion lambda(const curve& c) {
        formula_writer w(formula_writer::library::math);
        w.function("rate", c);
        add(w);
        notes_.emplace_back("the optimizer's lr is 1, and the function gives the rate itself");
        return finish(1, "lr_scheduler.LambdaLR(optimizer, rate)");
    }
    PACER_HOST void add(const formula_writer& w) {
        if (!w.functions().empty())
            functions_ += (functions_.empty() ? "" : "\n\n") + w.functions();
        formulas_.take(w);
    }

    formula_writer formulas_{formula_writer::library::math};
    std::string functions_{};
    std::vector<std::string> notes_{};
    bool is_swa_ = false;
};

}  // namespace pacer::detail::converting

#endif
