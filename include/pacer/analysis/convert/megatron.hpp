// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_CONVERT_MEGATRON_HPP
#define PACER_ANALYSIS_CONVERT_MEGATRON_HPP

#include <pacer/analysis/convert/phases.hpp>

namespace pacer::detail::converting {

/// Megatron-LM's command-line arguments.
class megatron_arguments {
public:
    [[nodiscard]] PACER_HOST static analysis::conversion write(const expression& lr, const curve& c) {
        const std::string name = syntax::name_of_node(*lr.root());
        megatron_arguments to;
        if (name == "megatron::weight_decay")
            return refused("Megatron's weight decay is no learning rate.");
        if (name == "megatron::optimizer_param_scheduler")
            return to.scheduler(field_values(*lr.root()));
        return to.from_phases(phases_of(c, lr.total_steps()));
    }

private:
    PACER_HOST void give(const char* name, const std::string& value) {
        text_ += (text_.empty() ? "--" : " \\\n--") + std::string(name) + " " + value;
    }
    PACER_HOST analysis::conversion finish() {
        std::string comments;
        for (const std::string& note : notes_)
            comments += "# " + note + "\n";
        return {comments + text_ + "\n", {}, notes_};
    }

    PACER_HOST analysis::conversion scheduler(const field_values& f) {
        std::string style = f.text("lr_decay_style");
        std::replace(style.begin(), style.end(), '_', '-');
        give("lr", number(f.number("max_lr")));
        give("min-lr", number(f.number("min_lr")));
        give("lr-warmup-init", number(f.number("init_lr")));
        give("lr-warmup-iters", number(f.count("lr_warmup_steps")));
        give("lr-decay-iters", number(f.count("lr_decay_steps")));
        give("lr-decay-style", style);
        if (style == "WSD") {
            give("lr-wsd-decay-iters", number(f.count("wsd_decay_steps")));
            give("lr-wsd-decay-style", f.text("lr_wsd_decay_style"));
        }
        return finish();
    }

    PACER_HOST static analysis::conversion no(const std::string& what) {
        return refused("Megatron has no " + what + ".");
    }

    PACER_HOST analysis::conversion from_phases(const phases& p) {
        if (!p.why.empty())
            return refused("Megatron " + p.why + ".");
        if (p.has_warmup() && p.warmup.begun == 0 && p.warmup.n < static_cast<double>(p.warmup_steps) &&
            !p.warmup.is_fresh() && p.total != endless)
            return with_fraction(p);
        if (const std::string why = why_no_line(p, p.warmup.from); !why.empty())
            return no(why);
        if (p.warmup_steps > longest / 1024)
            return no("rise without an end");
        return styled(p, {});
    }
    PACER_HOST analysis::conversion with_fraction(const phases& p) {
        const double fraction = p.warmup.n / static_cast<double>(p.total);
        if (fraction * static_cast<double>(p.total) != p.warmup.n)
            return no("fraction whose warm-up is exactly " + number(p.warmup.n) + " iterations");
        phases whole = p;
        whole.warmup.n = static_cast<double>(p.warmup_steps);
        if (const std::string why = why_no_line(whole, p.warmup.from); !why.empty())
            return no(why);
        return styled(p, number(fraction));
    }

    PACER_HOST analysis::conversion styled(const phases& p, const std::string& fraction) {
        const double behind = static_cast<double>(p.warmup_steps) - (p.has_warmup() ? p.warmup.n : 0);
        std::string style = "constant";
        std::string wsd;
        double floor = p.peak;
        if (p.decay) {
            const curve& d = *p.decay;
            floor = d.to;
            style = style_of(p, wsd);
            if (style.empty())
                return no(d.is == curve::kind::waves && !d.restarts
                              ? "num_cycles other than 0.5, and no wave past the end"
                              : kind_of(d));
            if (d.begun != (p.stable_steps > 0 ? 0 : behind))
                return no("decay that has begun before the warm-up ends");
            if (floor > p.peak)
                return no("rise after its first part");
            const bool has_end = style != "inverse-square-root";
            if (has_end && d.n - d.begun != static_cast<double>(p.total - p.decay_start()))
                return no("decay that is cut, or goes on past its end");
        }
        give("lr", number(p.peak));
        give("min-lr", number(style == "constant" ? 0 : floor));
        give("lr-warmup-init", number(p.has_warmup() ? p.warmup.from : 0));
        if (fraction.empty())
            give("lr-warmup-iters", number(p.warmup_steps));
        else
            give("lr-warmup-fraction", fraction);
        if (p.decay && p.total != endless)
            give("lr-decay-iters", number(p.total));
        else
            notes_.emplace_back("--lr-decay-iters is --train-iters, and must be longer than the warm-up" +
                                std::string(style == "constant" ? "" : ": past it the rate is --min-lr"));
        const bool differs = p.decay && p.after && *p.after != floor;
        if (differs && p.total < p.length)
            return no("rate that stays " + number(*p.after) + " from step " + number(p.total) + " on");
        if (differs)
            notes_.push_back("past step " + number(p.total) + " Megatron's rate is --min-lr, where this holds " +
                             number(*p.after));
        give("lr-decay-style", style);
        if (style == "WSD") {
            give("lr-wsd-decay-iters", number(p.decay->n));
            give("lr-wsd-decay-style", wsd);
        }
        return finish();
    }

    PACER_HOST static std::string style_of(const phases& p, std::string& wsd) {
        const curve& d = *p.decay;
        if (d.is == curve::kind::inverse_sqrt)
            return p.has_warmup() && p.stable_steps == 0 && d.n == p.warmup.n && d.begun == 0 ? "inverse-square-root"
                                                                                              : "";
        if (d.is != curve::kind::ramp || d.exponent != 1)
            return {};
        const ramp_shape::kind shape = d.shape.which();
        wsd = shape == ramp_shape::kind::linear           ? "linear"
              : shape == ramp_shape::kind::cosine         ? "cosine"
              : shape == ramp_shape::kind::one_minus_sqrt ? "minus_sqrt"
              : shape == ramp_shape::kind::half_life      ? "exponential"
                                                          : "";
        if (p.stable_steps == 0 && (wsd == "linear" || wsd == "cosine"))
            return wsd;
        return wsd.empty() ? "" : "WSD";
    }

    std::string text_{};
    std::vector<std::string> notes_{};
};

}  // namespace pacer::detail::converting

#endif
