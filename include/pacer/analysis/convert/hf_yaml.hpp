// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_CONVERT_HF_YAML_HPP
#define PACER_ANALYSIS_CONVERT_HF_YAML_HPP

#include <pacer/analysis/convert/phases.hpp>

namespace pacer::detail::converting {

/// The arguments of Hugging Face's Trainer, as a YAML file of LLaMA-Factory has them.
class hf_yaml {
public:
    [[nodiscard]] PACER_HOST static analysis::conversion write(const expression& lr, const curve& c) {
        const node& n = *lr.root();
        const std::string name = syntax::name_of_node(n);
        if (name.starts_with("hf::get_"))
            return hf_yaml().function(n, name);
        return hf_yaml().from_phases(phases_of(c, lr.total_steps()));
    }

private:
    static constexpr const char* beyond_longest = "run of more than 2^53 updates";
    static constexpr const char* not_below_peak = "polynomial whose end is not below its peak";

    PACER_HOST void give(const char* key, const std::string& value) { kwargs_.emplace_back(key, value); }

    PACER_HOST analysis::conversion finish(double rate, const std::string& type, step_t total, step_t warmup) {
        std::string text;
        // It takes max_steps: 0 for none.
        if (why_.empty() && total == 0)
            why_ = "run of 0 updates";
        if (!why_.empty())
            return refused("Hugging Face has no " + why_ + ".");
        if (total == endless)
            notes_.insert(notes_.begin(), "the curve is the same for every length: give max_steps or num_train_epochs");
        for (const std::string& note : notes_)
            text += "# " + note + "\n";
        text += "learning_rate: " + real(rate) + "\nlr_scheduler_type: " + type + "\n";
        if (!kwargs_.empty())
            text += "lr_scheduler_kwargs:\n";
        for (const auto& [key, value] : kwargs_)
            text.append("  ").append(key).append(": ").append(value).append("\n");
        if (total != endless)
            text += "max_steps: " + number(total) + "\n";
        if (type != "constant")
            text += "warmup_steps: " + number(warmup) + "\n";
        return {text, {}, notes_};
    }

    // A function of transformers' optimization.py: its type, and its arguments.
    PACER_HOST analysis::conversion function(const node& n, const std::string& name) {
        static constexpr const char* types[][2] = {
            {"hf::get_constant_schedule", "constant"},
            {"hf::get_constant_schedule_with_warmup", "constant_with_warmup"},
            {"hf::get_linear_schedule_with_warmup", "linear"},
            {"hf::get_cosine_schedule_with_warmup", "cosine"},
            {"hf::get_cosine_with_hard_restarts_schedule_with_warmup", "cosine_with_restarts"},
            {"hf::get_polynomial_decay_schedule_with_warmup", "polynomial"},
            {"hf::get_inverse_sqrt_schedule", "inverse_sqrt"},
            {"hf::get_cosine_with_min_lr_schedule_with_warmup", "cosine_with_min_lr"},
            {"hf::get_cosine_with_min_lr_schedule_with_warmup_lr_rate", "cosine_warmup_with_min_lr"},
            {"hf::get_wsd_schedule", "warmup_stable_decay"}};
        std::string type;
        for (const auto& known : types)
            if (name == known[0])
                type = known[1];
        const field_values f(n);
        step_t total = f.get<step_t>("num_training_steps", endless);
        for (unsigned k = 0; k < f.all().size(); ++k) {
            const syntax::field_slot& slot = f.all()[k];
            const std::string_view field = slot.about.name;
            if (field == "lr" || field == "num_warmup_steps" || field == "num_training_steps" || f.is_default(k))
                continue;
            std::string value = slot.is == syntax::field_slot::type::real64 ? real(slot.as<double>()) : slot.text();
            if (value == "one_minus_sqrt")
                value = "1-sqrt";
            give(slot.about.name, value);
            if (field == "timescale")
                say_timescale();
        }
        if (type == "polynomial" && !(f.number("lr_end") < f.number("lr")))
            why_ = not_below_peak;
        const step_t parts = f.count("num_warmup_steps") + f.count("num_stable_steps") + f.count("num_decay_steps");
        if (total == unset)
            total = parts;
        if (type == "warmup_stable_decay" && parts > longest)
            why_ = beyond_longest;
        return finish(f.number("lr"), type, total, f.count("num_warmup_steps"));
    }

    PACER_HOST void say_timescale() {
        notes_.emplace_back("transformers 5 takes the timescale; 4 ignores it, and its curve is another");
    }
    PACER_HOST void say_past_end(const phases& p, const std::string& what) {
        if (!p.after)
            return;
        if (p.total < p.length)
            why_ = "rate that stays " + number(*p.after) + " from step " + number(p.total) + " on: its own " + what;
        else
            notes_.push_back("past step " + number(p.total) + " Hugging Face's rate " + what + ", where this holds " +
                             number(*p.after));
    }

    PACER_HOST std::string no(std::string what) {
        why_ = std::move(what);
        return {};
    }
    PACER_HOST std::string no_decay(const curve& decay, const std::string& more = {}) {
        return no(kind_of(decay) + more);
    }

    PACER_HOST analysis::conversion from_phases(const phases& p) {
        if (!p.why.empty())
            return refused("Hugging Face " + p.why + ".");
        const std::string type = type_of(p);
        const bool holds = type == "linear" || type == "polynomial" || type == "warmup_stable_decay";
        if (holds && p.after.value_or(p.decay->to) != p.decay->to)
            say_past_end(p, "stays " + number(p.decay->to));
        return finish(p.peak, type, p.total, p.warmup_steps);
    }

    PACER_HOST std::string type_of(const phases& p) {
        using kind = curve::kind;
        if (p.decay && p.decay->is == kind::ramp && (p.stable_steps > 0 || is_stable_decay(p)))
            return stable_decay(p);
        if (p.decay && p.decay->begun == 1 &&
            (!p.has_warmup() || p.warmup.begun == 1 || p.warmup.n < static_cast<double>(p.warmup_steps) ||
             p.warmup_steps == 1))
            return one_ahead(p);
        if (const std::string why = why_no_line(p, 0); !why.empty())
            return no(why + " in any of its schedules");
        if (p.stable_steps > 0)
            return no("stable part before this decay");
        if (!p.decay)
            return p.has_warmup() ? "constant_with_warmup" : "constant";
        const curve& d = *p.decay;
        if (d.begun != 0)
            return no("decay that has begun before the warm-up ends");
        if (d.is == kind::inverse_sqrt)
            return inverse_sqrt(p);
        if (d.is != kind::ramp && d.is != kind::waves)
            return no_decay(d);
        if (p.after && d.n != static_cast<double>(p.total - p.warmup_steps))
            return no("decay that is cut");
        if (d.is == kind::waves)
            return waves(p);
        if (d.exponent != 1)
            return no_decay(d);
        if (d.to > d.from)
            return no("rise after its first part");
        if (d.shape.which() == ramp_shape::kind::cosine)
            return cosine(p);
        if (d.shape.which() == ramp_shape::kind::linear && d.to == 0)
            return "linear";
        if (d.shape.which() == ramp_shape::kind::linear || d.shape.which() == ramp_shape::kind::power) {
            if (!(d.to < d.from))
                return no(not_below_peak);
            give("lr_end", real(d.to));
            give("power", real(d.shape.which() == ramp_shape::kind::linear ? 1 : d.shape.exponent()));
            return "polynomial";
        }
        return stable_decay(p);
    }

    PACER_HOST std::string cosine(const phases& p) {
        if (p.decay->to > 0)
            give("min_lr", real(p.decay->to));
        say_past_end(p, "rises again");
        return p.decay->to > 0 ? "cosine_with_min_lr" : "cosine";
    }
    PACER_HOST std::string waves(const phases& p) {
        const curve& d = *p.decay;
        if (d.restarts && d.to > 0)
            return no("floor (min_lr) for cosine_with_restarts");
        const bool is_default = d.cycles == (d.restarts ? 1 : 0.5);
        if (d.to > 0)
            give("min_lr", real(d.to));
        if (!is_default)
            give("num_cycles", real(d.cycles));
        if (d.restarts) {
            if (p.after.value_or(0) != 0)
                say_past_end(p, "is 0");
            say_missed_restarts(p);
            return "cosine_with_restarts";
        }
        say_past_end(p, "goes on along its waves");
        return d.to > 0 ? "cosine_with_min_lr" : "cosine";
    }
    // Its doubles may take the first update of a cycle for the last of the one before.
    PACER_HOST void say_missed_restarts(const phases& p) {
        const curve& d = *p.decay;
        std::string missed;
        int count = 0;
        for (step_t k = 1; static_cast<double>(k) < d.cycles && k < 100'000 && count < 4; ++k) {
            const double at = static_cast<double>(k) * d.n / d.cycles;
            const step_t x = curve::whole(at);
            if (static_cast<double>(x) != at || static_cast<double>(x) * d.cycles != static_cast<double>(k) * d.n)
                continue;
            const double q = d.cycles * (static_cast<double>(x) / d.n);
            if (floor_to_int(q) == k)
                continue;
            missed += (count == 0 ? "" : ", ") + (count == 3 ? "..." : number(p.warmup_steps + x));
            ++count;
        }
        if (count > 0)
            notes_.push_back("by its rounding Hugging Face misses the restart at step " + missed +
                             ": the rate is 0 there, and " + number(d.from) + " one update later");
    }
    PACER_HOST std::string inverse_sqrt(const phases& p) {
        const curve& d = *p.decay;
        if (d.to > 0)
            return no("floor (min_lr) for inverse_sqrt");
        if (d.n != static_cast<double>(p.has_warmup() ? p.warmup_steps : 10'000)) {
            give("timescale", number(d.n));
            say_timescale();
        }
        say_past_end(p, "goes on falling");
        return "inverse_sqrt";
    }
    PACER_HOST static bool is_stable_decay(const phases& p) {
        const ramp_shape::kind shape = p.decay->shape.which();
        const bool has_shape = p.decay->exponent == 1 && p.decay->begun == 0;
        const bool starts_at_floor = p.has_warmup() && p.warmup.from > 0 && p.warmup.from == p.decay->to;
        return has_shape && (shape == ramp_shape::kind::one_minus_sqrt || starts_at_floor);
    }
    PACER_HOST std::string stable_decay(const phases& p) {
        const curve& d = *p.decay;
        const auto shape_of = [](const curve& c) -> std::string {
            switch (c.shape.which()) {
            case ramp_shape::kind::linear: return "linear";
            case ramp_shape::kind::cosine: return c.exponent == 1 ? "cosine" : "";
            case ramp_shape::kind::one_minus_sqrt: return "1-sqrt";
            default: return {};
            }
        };
        if (shape_of(d).empty())
            return no_decay(d);
        if (d.begun != 0 || d.n != static_cast<double>(p.total - p.decay_start()))
            return no("decay that has begun before, or is cut");
        if (d.to > d.from)
            return no("rise after its first part");
        curve line = p.warmup;
        line.shape = ramp_shape::linear;
        phases with_line = p;
        with_line.warmup = line;
        if (const std::string why = why_no_line(with_line, d.to); !why.empty())
            return no(why +
                      (p.warmup.from == d.to ? "" : " for warmup_stable_decay, whose warm-up starts at its floor"));
        if (p.has_warmup() && shape_of(p.warmup).empty())
            return no("warm-up by the shape " + syntax::written(p.warmup.shape));
        give("num_stable_steps", number(p.stable_steps));
        give("num_decay_steps", number(curve::whole(d.n)));
        if (d.to > 0)
            give("min_lr_ratio", real(d.to / d.from));
        if (p.has_warmup() && shape_of(p.warmup) != "linear")
            give("warmup_type", shape_of(p.warmup));
        give("decay_type", shape_of(d));
        return "warmup_stable_decay";
    }
    PACER_HOST std::string one_ahead(const phases& p) {
        const curve& d = *p.decay;
        const bool is_cosine = d.is == curve::kind::waves ? !d.restarts : d.is_ramp(ramp_shape::cosine);
        if (!is_cosine || p.stable_steps > 0 || (p.after && d.n != static_cast<double>(p.total - p.warmup_steps)))
            return no("decay that has begun before the warm-up ends");
        give("min_lr", real(d.to));
        if (d.is == curve::kind::waves && d.cycles != 0.5)
            give("num_cycles", real(d.cycles));
        if (p.has_warmup()) {
            const double longer = p.warmup_steps > 1 ? static_cast<double>(p.warmup_steps - 1) : 1;
            if (p.warmup.begun == 0 && p.warmup.n == longer && p.warmup.shape.which() == ramp_shape::kind::linear)
                give("warmup_lr_rate", real(p.warmup.from / p.peak));
            else if (p.warmup.from != 0 || p.warmup.begun != 1 || p.warmup.n != static_cast<double>(p.warmup_steps) ||
                     p.warmup.shape.which() != ramp_shape::kind::linear)
                return no("such warm-up for cosine_warmup_with_min_lr");
        }
        say_past_end(p, "rises again");
        return "cosine_warmup_with_min_lr";
    }

    std::vector<std::pair<std::string, std::string>> kwargs_{};
    std::vector<std::string> notes_{};
    std::string why_{};
};

}  // namespace pacer::detail::converting

#endif
