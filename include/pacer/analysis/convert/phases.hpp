// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_CONVERT_PHASES_HPP
#define PACER_ANALYSIS_CONVERT_PHASES_HPP

// A curve as configurations have them: a warm-up, a stable part, one decay, one rate for ever.

#include <pacer/analysis/convert/curve.hpp>
#include <pacer/analysis/convert/formula.hpp>
#include <pacer/analysis/convert/result.hpp>

#include <optional>

namespace pacer::detail::converting {

struct phases {
    std::string why{};  ///< why it is none; empty if it is one
    curve warmup{};     ///< a ramp that rises; of no length if there is none
    step_t warmup_steps = 0;
    double peak = 0;  ///< the rate after it
    step_t stable_steps = 0;
    std::optional<curve> decay{};   ///< none: the rate stays
    step_t total = endless;         ///< where the decay ends, if it does
    std::optional<double> after{};  ///< the rate from there on; none: the decay goes on
    step_t length = endless;        ///< of the whole expression

    [[nodiscard]] PACER_HOST bool has_warmup() const { return warmup_steps > 0; }
    [[nodiscard]] PACER_HOST step_t decay_start() const { return warmup_steps + stable_steps; }
    /// Updates of the decay.
    [[nodiscard]] PACER_HOST double decay_steps() const { return decay ? decay->n : 0; }
};

/// What a curve is called in a sentence.
PACER_HOST inline std::string kind_of(const curve& c) {
    using kind = curve::kind;
    switch (c.is) {
    case kind::ramp:
        switch (c.shape.which()) {
        case ramp_shape::kind::linear: return "linear ramp";
        case ramp_shape::kind::cosine: return c.exponent == 1 ? "cosine ramp" : "power of a cosine";
        case ramp_shape::kind::one_minus_sqrt: return "one_minus_sqrt decay";
        case ramp_shape::kind::half_life: return "half_life decay";
        case ramp_shape::kind::exponential: return "exponential decay";
        case ramp_shape::kind::power: return "polynomial decay";
        }
        break;
    case kind::waves: return c.restarts ? "restarts" : "num_cycles other than 0.5";
    case kind::inverse_sqrt: return "inverse_sqrt";
    case kind::inverse_time: return "inverse_time";
    case kind::geometric: return c.staircase ? "step_decay" : "exponential decay";
    case kind::milestones: return "multi_step";
    case kind::log_rise: return "logarithmic warm-up";
    case kind::advance: return "operator advance";
    case kind::scale: return "operator scale";
    case kind::clamp: return "operator clamp";
    case kind::every: return "operator every";
    case kind::repeat: return "repeated cycles";
    case kind::product: return "operator product";
    case kind::sum: return "operator sum";
    case kind::mix: return "operator blend";
    case kind::join: return "growing cycles";
    case kind::constant: return "part at one rate";
    case kind::unknown: break;
    }
    return "curve of this kind";
}

PACER_HOST inline phases phases_of(const curve& given, step_t length) {
    phases p;
    p.length = length;
    if (p.why = why_unknown(given); !p.why.empty()) {
        p.why = "has no counterpart of " + p.why;
        return p;
    }
    std::vector<const curve*> parts;
    std::vector<step_t> steps{0};
    if (given.is == curve::kind::join) {
        for (const curve& part : given.parts)
            parts.push_back(&part);
        steps = given.steps;
    } else {
        parts.push_back(&given);
    }
    std::size_t k = 0;
    const auto end_of = [&](std::size_t j) { return j + 1 < parts.size() ? steps[j + 1] : endless; };
    const bool rises = (parts[0]->is == curve::kind::ramp && parts[0]->from < parts[0]->to);
    if (rises) {
        p.warmup = *parts[0];
        p.warmup_steps = end_of(0);
        if (p.warmup_steps == endless)
            p.warmup_steps = floor_to_int(parts[0]->n) + (parts[0]->is_fresh() ? 0 : 1);
        p.peak = parts[0]->to;
        k = 1;
    } else {
        p.peak = parts[0]->from;
    }
    if (k < parts.size() && k + 1 < parts.size() && parts[k]->is_constant(p.peak)) {
        p.stable_steps = end_of(k) - steps[k];
        ++k;
    }
    if (k < parts.size() && !parts[k]->is_constant(p.peak)) {
        if (parts[k]->is == curve::kind::constant) {
            p.why =
                "has no jump from " + number(p.peak) + " to " + number(parts[k]->from) + " at step " + number(steps[k]);
            return p;
        }
        p.decay = *parts[k];
        if (p.decay->backwards_shape()) {
            p.why = "has no fall by the shape " + syntax::written(p.decay->shape) + " run backwards";
            return p;
        }
        p.total = end_of(k);
        const bool has_rates = p.decay->is < curve::kind::join;
        if (has_rates && p.decay->from != p.peak) {
            p.why =
                "has no jump from " + number(p.peak) + " to " + number(p.decay->from) + " at step " + number(steps[k]);
            return p;
        }
        ++k;
        if (k < parts.size() && parts[k]->is == curve::kind::constant)
            p.after = parts[k++]->from;
        else if (p.decay->is == curve::kind::ramp && p.total == endless && p.decay->is_fresh()) {
            p.total = steps[k - 1] + curve::whole(p.decay->n);
            p.after = p.decay->to;
        } else if (p.decay->is == curve::kind::waves && p.total == endless) {
            // What runs one update ahead is as long as what does not.
            const step_t left = curve::whole(p.decay->n - (p.decay->begun == 1 ? 0 : p.decay->begun));
            p.total = left < 0 ? longest + 1 : steps[k - 1] + left;
        }
    } else if (k < parts.size()) {
        ++k;
    }
    if (p.total > longest && p.total != endless)
        p.why = "has no run of more than 2^53 updates";
    else if (k < parts.size())
        p.why = "has only a warm-up, a stable part and one decay, not what starts at step " + number(steps[k]);
    return p;
}

/// What keeps a warm-up from being a line from `from` to the peak that starts with the first update; empty if it is one.
PACER_HOST inline std::string why_no_line(const phases& p, double from) {
    const curve& w = p.warmup;
    if (!p.has_warmup())
        return {};
    if (w.shape.which() != ramp_shape::kind::linear)
        return "warm-up by the shape " + syntax::written(w.shape);
    if (w.from != from)
        return "warm-up from " + number(w.from);
    if (w.begun == 1 && w.n == static_cast<double>(p.warmup_steps))
        return "warm-up with first_step=from_first";
    if (w.begun == 1)
        return "warm-up with first_step=over_plus_one";
    if (w.begun != 0)
        return "warm-up that has begun before its first update";
    return w.n == static_cast<double>(p.warmup_steps) ? "" : "warm-up that ends between two updates (exact)";
}

}  // namespace pacer::detail::converting

#endif
