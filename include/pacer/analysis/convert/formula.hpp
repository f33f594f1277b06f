// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_CONVERT_FORMULA_HPP
#define PACER_ANALYSIS_CONVERT_FORMULA_HPP

// A curve as a formula in Python. Nothing cancels in it: what is near an end is counted from there, so that the rates are
// within a few units of the last place, near the end of a decay to 0, too.

#include <pacer/analysis/convert/curve.hpp>

namespace pacer::detail::converting {

/// A number as Python and JSON write it.
PACER_HOST inline std::string number(step_t n) { return std::to_string(n); }
PACER_HOST inline std::string number(double x) {
    const step_t n = curve::whole(x < 0 ? -x : x);
    return n >= 0 && static_cast<double>(n) == (x < 0 ? -x : x) ? number(x < 0 ? -n : n) : syntax::written(x);
}
/// The same with a point, for where 1 is no float.
PACER_HOST inline std::string real(double x) {
    std::string text = number(x);
    if (const std::size_t e = text.find('e'); text.find('.') == std::string::npos)
        text.insert(e == std::string::npos ? text.size() : e, ".0");
    return text;
}

/// Writes formulas of `step`, for the standard library of Python or for JAX.
class formula_writer {
public:
    enum class library : unsigned char { math, jax };

    PACER_HOST explicit formula_writer(library of) : is_jax_(of == library::jax) {}

    /// The text of a curve as an expression of `step`, which is below `end`.
    [[nodiscard]] PACER_HOST std::string expression_of(const curve& c, step_t end = endless) {
        return bare(text(c, {}, end));
    }

    /// The curve as a function; what it calls stands before it in `functions()`.
    PACER_HOST void function(const std::string& name, const curve& c) {
        std::string body;
        if (c.is != curve::kind::join)
            body = "    return " + bare(text(c, {}, endless)) + "\n";
        else
            body = is_jax_ ? selected(c) : branches(c);
        functions_ += (functions_.empty() ? "" : "\n\n") + ("def " + name + "(step):\n") + body;
    }

    /// Whether the expression calls functions of its own.
    [[nodiscard]] PACER_HOST const std::string& functions() const noexcept { return functions_; }
    [[nodiscard]] PACER_HOST bool calls_library() const noexcept { return calls_library_; }

    /// The names of its functions go on from those of another, and back.
    PACER_HOST void count_from(const formula_writer& other) { called_ = other.called_; }
    PACER_HOST void take(const formula_writer& other) {
        called_ = other.called_;
        calls_library_ = calls_library_ || other.calls_library_;
    }

private:
    /// x = step + offset + part, where the part is below 1.
    struct position {
        double offset = 0;
        double part = 0;

        [[nodiscard]] PACER_HOST position later(double by) const {
            const double behind = by - static_cast<double>(curve::whole(by < 0 ? 0 : by));
            return by < 0 ? position{offset + by, part} : position{offset + (by - behind), part + behind};
        }
        [[nodiscard]] PACER_HOST std::string x() const {
            std::string text = "step";
            if (offset != 0)
                text += (offset > 0 ? " + " : " - ") + number(offset > 0 ? offset : -offset);
            if (part != 0)
                text += " + " + number(part);
            return text == "step" ? text : "(" + text + ")";
        }
        /// n - x, by whole numbers where these are exact.
        [[nodiscard]] PACER_HOST std::string left(double n) const {
            if (part != 0 || n != static_cast<double>(curve::whole(n)))
                return "(" + number(n) + " - " + x() + ")";
            return n == offset ? "-step" : "(" + number(n - offset) + " - step)";
        }
    };

    PACER_HOST std::string call(const char* name) {
        calls_library_ = true;
        return (is_jax_ ? "jnp." : "math.") + std::string(name);
    }
    PACER_HOST std::string larger(const std::string& a, const std::string& b) {
        return (is_jax_ ? call("maximum") : std::string("max")) + "(" + bare(a) + ", " + bare(b) + ")";
    }
    PACER_HOST std::string smaller(const std::string& a, const std::string& b) {
        return (is_jax_ ? call("minimum") : std::string("min")) + "(" + bare(a) + ", " + bare(b) + ")";
    }
    /// Without the parentheses around all of it.
    PACER_HOST static std::string bare(const std::string& text) {
        if (!text.starts_with('('))
            return text;
        int depth = 0;
        for (std::size_t k = 0; k < text.size(); ++k) {
            depth += text[k] == '(' ? 1 : text[k] == ')' ? -1 : 0;
            if (depth == 0)
                return k + 1 == text.size() ? text.substr(1, text.size() - 2) : text;
        }
        return text;
    }
    PACER_HOST static std::string times(double factor, const std::string& text) {
        return factor == 1 ? text : number(factor) + " * " + text;
    }

    PACER_HOST std::string branches(const curve& c) {
        std::string body;
        for (std::size_t k = 0; k < c.parts.size(); ++k) {
            const bool is_last = k + 1 == c.parts.size();
            const step_t end = is_last ? endless : c.steps[k + 1];
            const std::string rate = bare(text(c.parts[k], position{}.later(-static_cast<double>(c.steps[k])), end));
            body += is_last ? "    return " + rate + "\n"
                            : "    if step < " + number(end) + ":\n        return " + rate + "\n";
        }
        return body;
    }
    PACER_HOST std::string selected(const curve& c) {
        std::string conditions;
        std::string rates;
        std::string last;
        for (std::size_t k = 0; k < c.parts.size(); ++k) {
            const bool is_last = k + 1 == c.parts.size();
            const step_t end = is_last ? endless : c.steps[k + 1];
            const std::string rate = bare(text(c.parts[k], position{}.later(-static_cast<double>(c.steps[k])), end));
            if (is_last) {
                last = rate;
                continue;
            }
            conditions += (k == 0 ? "" : ", ") + ("step < " + number(end));
            rates += "            " + rate + ",\n";
        }
        return "    return " + call("select") + "(\n        [" + conditions + "],\n        [\n" + rates +
               "        ],\n        default=" + last + ",\n    )\n";
    }

    /// In parentheses unless it is one factor. `end`: the step before which the curve is asked.
    // NOLINTNEXTLINE(misc-no-recursion): as deep as the curve
    PACER_HOST std::string text(const curve& c, position at, step_t end) {
        using kind = curve::kind;
        const position p = at.later(c.begun);
        switch (c.is) {
        case kind::constant: return real(c.from);
        case kind::ramp: return ramp(c, p, end);
        case kind::waves: return waves(c, p);
        case kind::inverse_sqrt:
            return at_least(c.to, times(c.from, call("sqrt") + "(" + number(c.n) + " / " + p.later(c.n).x() + ")"));
        case kind::inverse_time: return inverse_time(c, p);
        case kind::geometric: return geometric(c, p);
        case kind::milestones: {
            std::string steps;
            for (const step_t step : c.steps)
                steps += number(step) + ", ";
            if (c.steps.size() > 1)
                steps.resize(steps.size() - 2);
            else
                steps.pop_back();
            return "(" +
                   times(c.from, number(c.factor) + " ** sum(" + bare(p.x()) + " >= m for m in (" + steps + "))") + ")";
        }
        case kind::log_rise: {
            const std::string part = call("log") + "(" + (is_jax_ ? larger(p.x(), "1") : bare(p.x())) + ") / " +
                                     call("log") + "(" + number(c.n) + ")";
            return "(" + (c.from == 0 ? "" : number(c.from) + " + ") + number(c.to - c.from) + " * (" + part + "))";
        }
        case kind::join: return called(c, p.x());
        case kind::advance: return text(c.parts[0], p.later(static_cast<double>(c.by)), end);
        case kind::scale: return "(" + number(c.factor) + " * " + text(c.parts[0], p, end) + ")";
        case kind::clamp: return larger(smaller(text(c.parts[0], p, end), number(c.to)), number(c.from));
        case kind::every: return called(c.parts[0], p.x() + " // " + number(c.every));
        case kind::repeat: return repeat(c, p);
        case kind::product:
        case kind::sum:
        case kind::mix: {
            // One after the other, because they count the functions that they call.
            const std::string first = text(c.parts[0], p, end);
            const std::string second = text(c.parts[1], p, end);
            if (c.is != kind::mix)
                return "(" + first + (c.is == kind::sum ? " + " : " * ") + second + ")";
            return "(" + first + " * (" + p.left(c.n) + " / " + number(c.n) + ") + " + second + " * (" + p.x() + " / " +
                   number(c.n) + "))";
        }
        case kind::unknown: break;
        }
        return {};
    }

    // NOLINTNEXTLINE(misc-no-recursion): as deep as the curve
    PACER_HOST std::string called(const curve& c, const std::string& argument) {
        formula_writer inner(is_jax_ ? library::jax : library::math);
        const std::string name = "part_" + number(static_cast<step_t>(++called_));
        inner.count_from(*this);
        inner.function(name, c);
        take(inner);
        functions_ += (functions_.empty() ? "" : "\n\n") + inner.functions_;
        return name + "(" + bare(argument) + ")";
    }
    PACER_HOST std::string repeat(const curve& c, position p) {
        const std::string length = number(c.every);
        std::string cycle = p.x() + " // " + length;
        if (c.times == endless)
            return c.factor == 1 ? called(c.parts[0], p.x() + " % " + length)
                                 : "(" + called(c.parts[0], p.x() + " % " + length) + " * " + real(c.factor) + " ** (" +
                                       cycle + "))";
        cycle = smaller(cycle, number(c.times - 1));
        const std::string rate = called(c.parts[0], p.x() + " - " + length + " * " + cycle);
        return c.factor == 1 ? rate : "(" + rate + " * " + real(c.factor) + " ** " + cycle + ")";
    }

    PACER_HOST std::string at_least(double floor, const std::string& rate) {
        return floor > 0 ? larger(rate, number(floor)) : "(" + rate + ")";
    }
    PACER_HOST std::string inverse_time(const curve& c, position p) {
        const std::string x = c.staircase ? "(" + p.x() + " // " + number(c.every) + ")" : p.x();
        const std::string n = c.staircase ? "1" : number(c.every);
        const std::string part = "(" + n + " / (" + n + " + " + times(c.factor, x) + "))";
        return at_least(c.to, times(c.from, c.power == 1 ? part : part + " ** " + number(c.power)));
    }
    PACER_HOST std::string geometric(const curve& c, position p) {
        const std::string gamma = real(c.factor);
        if (c.every == 1 && c.begun == static_cast<double>(curve::whole(c.begun)))
            return at_least(c.to, times(c.from, gamma + " ** " + p.x()));
        const std::string every = number(c.every);
        const std::string stairs = gamma + " ** (" + p.x() + " // " + every + ")";
        return at_least(c.to, times(c.from, c.staircase ? stairs
                                                        : stairs + " * " + gamma + " ** (" + p.x() + " % " + every +
                                                              " / " + every + ")"));
    }
    // The phase is reduced before it is multiplied by pi.
    PACER_HOST std::string waves(const curve& c, position p) {
        // A product with a number of 24 bits is exact.
        const auto most = static_cast<double>(static_cast<float>(c.cycles));
        const bool is_split = most != c.cycles && !c.restarts;
        std::string phase =
            (c.cycles == 1 ? "" : number(is_split ? most : c.cycles) + " * ") + p.x() + " % " + number(c.n);
        if (is_split)
            phase += (c.cycles > most ? " - " : " + ") + number(c.cycles > most ? c.cycles - most : most - c.cycles) +
                     " * " + p.x();
        const std::string left = c.restarts ? "(" + number(c.n) + " - " + phase + ") / " + number(2 * c.n)
                                            : "(" + number(c.n / 2) + " - " + phase + ") / " + number(c.n);
        return between(c, call("sin") + "(" + pi() + " * " + left + ") ** 2");
    }
    PACER_HOST std::string pi() {
        calls_library_ = true;
        return is_jax_ ? "jnp.pi" : "math.pi";
    }
    /// What is above `to`, where `left` is the part of it that is left.
    PACER_HOST static std::string between(const curve& c, const std::string& left) {
        if (c.to == 0)
            return "(" + times(c.from, left) + ")";
        return "(" + number(c.to) + " + " + number(c.from - c.to) + " * " + left + ")";
    }

    PACER_HOST std::string ramp(const curve& c, position p, step_t end) {
        if (c.n <= 0)
            return real(c.to);
        // Past its end it holds.
        const bool may_pass = end == endless || static_cast<double>(end - 1) + p.offset + p.part > c.n;
        const std::string n = number(c.n);
        const std::string x = may_pass ? smaller(p.x(), n) : p.x();
        const std::string m = may_pass ? larger(p.left(c.n), "0") : p.left(c.n);
        using shape = ramp_shape::kind;
        if (c.shape.which() == shape::exponential)
            return exponential(c, x, m, p);
        if (c.shape.which() == shape::power) {
            const std::string part = "(" + (c.backwards ? x : m) + " / " + n + ") ** " + number(c.shape.exponent());
            const double end_rate = c.backwards ? c.from : c.to;
            const double rise = c.backwards ? c.to - c.from : c.from - c.to;
            return "(" + (end_rate == 0 ? "" : number(end_rate) + " + ") + times(rise, part) + ")";
        }
        if (c.exponent != 1)
            return between(c, call("sin") + "(" + pi() + " * " + m + " / " + number(2 * c.n) + ") ** " +
                                  number(2 * c.exponent));
        // The part of a decay that is left, and the part that is done.
        const auto left = [&] { return c.backwards ? done_of(c, m, x) : left_of(c, x, m); };
        const auto done = [&] { return c.backwards ? left_of(c, m, x) : done_of(c, x, m); };
        if (c.to == 0)
            return "(" + times(c.from, left()) + ")";
        if (c.from == 0)
            return "(" + times(c.to, done()) + ")";
        return "(" + times(c.from, left()) + " + " + times(c.to, done()) + ")";
    }
    /// Of a decay over n updates, with x done and m left.
    PACER_HOST std::string done_of(const curve& c, const std::string& x, const std::string&) {
        const std::string n = number(c.n);
        switch (c.shape.which()) {
        case ramp_shape::kind::cosine: return call("sin") + "(" + pi() + " * " + x + " / " + number(2 * c.n) + ") ** 2";
        case ramp_shape::kind::one_minus_sqrt: return call("sqrt") + "(" + x + " / " + n + ")";
        case ramp_shape::kind::half_life:
            return "(-2 * " + call("expm1") + "(-" + call("log") + "(2) * " + x + " / " + n + "))";
        default: return "(" + x + " / " + n + ")";
        }
    }
    PACER_HOST std::string left_of(const curve& c, const std::string& x, const std::string& m) {
        const std::string n = number(c.n);
        switch (c.shape.which()) {
        case ramp_shape::kind::one_minus_sqrt:
            return "(" + m + " / (" + n + " + " + call("sqrt") + "(" + x + " * " + n + ")))";
        case ramp_shape::kind::half_life: return call("expm1") + "(" + call("log") + "(2) * " + m + " / " + n + ")";
        default: return done_of(c, m, x);
        }
    }
    PACER_HOST std::string exponential(const curve& c, const std::string& x, const std::string& m, position p) {
        const std::string n = number(c.n);
        const std::string first = times(c.from, real(c.to / c.from) + " ** (" + x + " / " + n + ")");
        const std::string last = times(c.to, real(c.from / c.to) + " ** (" + m + " / " + n + ")");
        const std::string is_first = "step < " + number(c.n / 2 - p.offset - p.part);
        if (is_jax_)
            return call("where") + "(" + is_first + ", " + first + ", " + last + ")";
        return "(" + first + " if " + is_first + " else " + last + ")";
    }

    bool is_jax_;
    bool calls_library_ = false;
    int called_ = 0;
    std::string functions_{};
};

}  // namespace pacer::detail::converting

#endif
