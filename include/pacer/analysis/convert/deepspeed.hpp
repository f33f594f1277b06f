// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_CONVERT_DEEPSPEED_HPP
#define PACER_ANALYSIS_CONVERT_DEEPSPEED_HPP

#include <pacer/analysis/convert/phases.hpp>

namespace pacer::detail::converting {

/// The section `scheduler` of a DeepSpeed configuration.
class deepspeed_json {
public:
    [[nodiscard]] PACER_HOST static analysis::conversion write(const expression& lr, const curve& c) {
        const std::string name = syntax::name_of_node(*lr.root());
        deepspeed_json to;
        if (name == "deepspeed::one_cycle_momentum")
            return refused("DeepSpeed's momentum is no learning rate.");
        if (name.starts_with("deepspeed::"))
            return to.own(field_values(*lr.root()), name);
        return to.matched(c);
    }

private:
    PACER_HOST void give(const char* name, const std::string& value) {
        params_ += (params_.empty() ? "" : ",\n") + ("      \"" + std::string(name) + "\": ") + value;
    }
    PACER_HOST analysis::conversion finish(const std::string& type) {
        return {"{\n  \"scheduler\": {\n    \"type\": \"" + type + "\",\n    \"params\": {\n" + params_ +
                    "\n    }\n  }\n}\n",
                {},
                notes_};
    }

    PACER_HOST analysis::conversion own(const field_values& f, const std::string& name) {
        static constexpr const char* types[][2] = {{"deepspeed::warmup_lr", "WarmupLR"},
                                                   {"deepspeed::warmup_decay_lr", "WarmupDecayLR"},
                                                   {"deepspeed::warmup_cosine_lr", "WarmupCosineLR"},
                                                   {"deepspeed::one_cycle", "OneCycle"},
                                                   {"deepspeed::lr_range_test", "LRRangeTest"}};
        std::string type;
        for (const auto& known : types)
            if (name == known[0])
                type = known[1];
        for (const syntax::field_slot& slot : f.all()) {
            if (std::string_view(slot.about.name) == "lr")
                say_rate(slot.as<double>());
            else if (!slot.is_open())
                give(slot.about.name,
                     slot.is == syntax::field_slot::type::choice ? "\"" + slot.text() + "\"" : slot.text());
        }
        if (type == "OneCycle")
            give("cycle_momentum", "false");
        return finish(type);
    }
    PACER_HOST void say_rate(double rate) { notes_.push_back("the optimizer's lr must be " + number(rate)); }

    PACER_HOST analysis::conversion matched(const curve& c) {
        if (const std::string why = why_unknown(c); !why.empty())
            return refused("DeepSpeed has no counterpart of " + why + ".");
        if (c.is == curve::kind::constant)
            return warmup_lr(c.from, c.from, 2);
        if (c.is != curve::kind::join)
            return refused("DeepSpeed has no " + kind_of(c) + ".");
        const auto& parts = c.parts;
        const auto& steps = c.steps;
        const bool is_line = parts[0].is_ramp(ramp_shape::linear) && parts[0].begun == 0;
        if (is_line && parts[0].from < parts[0].to)
            return cycle(c);
        if (parts.size() < 3 || parts[0].is != curve::kind::constant || steps[1] != 1)
            return refused(is_line ? "DeepSpeed has no linear decay without a warm-up of two updates or more."
                                   : "DeepSpeed has no " + kind_of(parts[0]) + " that comes first.");
        const curve& rise = parts[1];
        const auto warm = curve::whole(rise.n);
        if (!rise.is_ramp(ramp_shape::linear) || !rise.is_fresh() || warm < 2 || steps[2] != 1 + warm)
            return refused("DeepSpeed has no " + kind_of(rise) + " from update 1 on but a line or a logarithm.");
        const curve& next = parts[2];
        if (parts.size() == 3 && next.is_constant(rise.to) && parts[0].from == rise.from)
            return warmup_lr(rise.from, rise.to, warm);
        if (parts.size() == 4 && next.is == curve::kind::ramp && next.from == rise.to &&
            parts[3].is_constant(next.to)) {
            const step_t decay = curve::whole(next.n);
            const step_t length = steps[3] - steps[2];
            if (next.is_ramp(ramp_shape::linear) && next.is_fresh() && length == decay && next.to == rise.from &&
                parts[0].from == rise.from) {
                give("total_num_steps", number(warm + decay));
                return warmup(rise.from, rise.to, warm, "WarmupDecayLR");
            }
            if (next.is_ramp(ramp_shape::cosine) && next.begun == 1 && length + 1 == decay && parts[0].from == 0 &&
                rise.to > 0) {
                say_rate(rise.to);
                give("total_num_steps", number(warm + decay));
                give("warmup_min_ratio", number(rise.from / rise.to));
                give("warmup_num_steps", number(warm));
                give("cos_min_ratio", number(next.to / rise.to));
                give("warmup_type", "\"linear\"");
                return finish("WarmupCosineLR");
            }
        }
        return refused("DeepSpeed has no " + kind_of(next) + " after a warm-up that is one update late.");
    }
    PACER_HOST analysis::conversion warmup_lr(double low, double high, step_t steps) {
        return warmup(low, high, steps, "WarmupLR");
    }
    PACER_HOST analysis::conversion warmup(double low, double high, step_t steps, const char* type) {
        give("warmup_min_lr", number(low));
        give("warmup_max_lr", number(high));
        give("warmup_num_steps", number(steps));
        give("warmup_type", "\"linear\"");
        return finish(type);
    }
    // A rise from the first update on is that of OneCycle alone.
    PACER_HOST analysis::conversion cycle(const curve& c) {
        const curve& rise = c.parts[0];
        const curve& fall = c.parts[1];
        const bool is_cycle = c.parts.size() == 3 && rise.is_fresh() && fall.is_fresh() &&
                              fall.is_ramp(ramp_shape::linear) && fall.from == rise.to && fall.to == rise.from &&
                              c.steps[1] == curve::whole(rise.n) && c.steps[2] - c.steps[1] == curve::whole(fall.n);
        if (!is_cycle || (!c.parts[2].is_constant(rise.from) &&
                          !(c.parts[2].is == curve::kind::inverse_time && c.parts[2].from == rise.from &&
                            c.parts[2].power == 1 && !c.parts[2].staircase && c.parts[2].to == 0)))
            return refused(
                "DeepSpeed has no warm-up that rises from the first update on: its first two updates both run at the "
                "lowest rate, as delay(..., 1) of a linear warm-up does.");
        const bool falls_on = c.parts[2].is == curve::kind::inverse_time;
        give("cycle_min_lr", number(rise.from));
        give("cycle_max_lr", number(rise.to));
        give("decay_lr_rate", falls_on ? number(c.parts[2].factor) : "0");
        give("cycle_first_step_size", number(c.steps[1]));
        give("cycle_second_step_size", number(c.steps[2] - c.steps[1]));
        give("decay_step_size", falls_on ? number(c.parts[2].every) : "0");
        give("cycle_momentum", "false");
        return finish("OneCycle");
    }

    std::string params_{};
    std::vector<std::string> notes_{};
};

}  // namespace pacer::detail::converting

#endif
