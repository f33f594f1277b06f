// SPDX-License-Identifier: MIT
// What the page asks of the library: functions of numbers and texts, which JavaScript can call. A curve is a number, given
// by `pacer_parse` and the like until `pacer_release`; below 0 it is none, and `pacer_text_of_error` says why in one line.
#include "api.hpp"

#include <pacer/analysis/convert.hpp>
#include <pacer/analysis/landmarks.hpp>
#include <pacer/analysis/lint.hpp>
#include <pacer/expression/example.hpp>
#include <pacer/training/replan.hpp>
#include <pacer/training/resume.hpp>
#include <pacer/version.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace page {

std::string json_text(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (code < 0x20)
            ((out += "\\u00") += digits[code >> 4]) += digits[code & 15];
        else
            out += c;
    }
    return out + '"';
}

const char* answered(std::string text) {
    static std::string answer;
    answer = std::move(text);
    return answer.c_str();
}

std::string& refusal() {
    static std::string why;
    return why;
}

}  // namespace page

namespace {

using namespace page;
using pacer::detail::syntax::operator_field;

// ---------------------------------------------------------------------------------------------------------------------
// The description.

const char* name_of(pacer::quantity kind) {
    using pacer::quantity;
    switch (kind) {
    case quantity::rate: return "rate";
    case quantity::rate_or_ratio: return "rate_or_ratio";
    case quantity::steps: return "steps";
    case quantity::warmup: return "warmup";
    case quantity::number: return "number";
    case quantity::shape: return "shape";
    case quantity::choice: return "choice";
    case quantity::flag: return "flag";
    case quantity::list: break;
    }
    return "list";
}

std::string described(const pacer::field_description& f) {
    return json('{')
        .text("name", f.name)
        .text("kind", name_of(f.kind))
        .text("about", f.about)
        .text("accepted", f.accepted)
        .texts("choices", f.choices)
        .text("byDefault", f.by_default)
        .flag("mustBeGiven", f.must_be_given)
        .number("lowest", f.rules.lowest)
        .number("highest", f.rules.highest)
        .flag("aboveLowest", f.rules.above_lowest)
        .flag("mayBeEndless", f.rules.may_be_endless)
        .flag("mayBeOpen", f.rules.may_be_open)
        .flag("mayExceedPeak", f.rules.may_exceed_peak)
        .flag("isSigned", f.rules.is_signed)
        .done();
}

std::string described(const pacer::detail::syntax::operator_description& o) {
    json fields('[');
    for (unsigned k = 0; k < o.count; ++k) {
        const operator_field& f = o.fields[k];
        constexpr const char* kinds[] = {"schedule", "steps", "number", "shape"};
        fields.item(json('{')
                        .text("name", f.name)
                        .text("kind", kinds[static_cast<int>(f.is)])
                        .text("about", f.about)
                        .text("byDefault", f.fallback != nullptr ? f.fallback : "")
                        .flag("isNamed", f.is_named)
                        .done());
    }
    return json('{').text("name", o.name).text("about", o.about).add("fields", fields.done()).done();
}

std::string description() {
    json schedules('[');
    for (const pacer::schedule_description& s : pacer::describe_schedules()) {
        json fields('[');
        for (const pacer::field_description& f : s.fields)
            fields.item(described(f));
        schedules.item(json('{')
                           .text("name", s.name)
                           .text("dialect", s.dialect)
                           .text("formula", s.formula)
                           .text("example", pacer::example(s, {.total_steps = 10'000}))
                           .add("fields", fields.done())
                           .done());
    }
    json operators('[');
    for (const auto* o : pacer::detail::syntax::all_operators::descriptions)
        operators.item(described(*o));
    json targets('[');
    for (const auto& t : pacer::analysis::conversion_targets)
        targets.item(json('{').text("name", t.name).text("about", t.about).done());
    return json('{')
        .text("version", std::to_string(PACER_VERSION_MAJOR) + '.' + std::to_string(PACER_VERSION_MINOR) + '.' +
                             std::to_string(PACER_VERSION_PATCH))
        .add("schedules", schedules.done())
        .add("operators", operators.done())
        .add("targets", targets.done())
        .done();
}

// An expression as a tree: what is written in it, and in which order.
// NOLINTNEXTLINE(misc-no-recursion): no deeper than `deepest_expression`
std::string tree_of(const pacer::detail::syntax::node& n) {
    json arguments('[');
    pacer::detail::syntax::visit_arguments(
        n, false, [&](const char* name, bool, const std::string& text, const pacer::detail::syntax::node* part) {
            json argument('{');
            argument.text("name", name);
            if (part != nullptr)
                argument.add("part", tree_of(*part));
            else
                argument.text("value", text);
            arguments.item(argument.done());
        });
    return json('{')
        .text("name", pacer::detail::syntax::name_of_node(n))
        .flag("isOperator", n.operation() != nullptr)
        .add("arguments", arguments.done())
        .done();
}

// ---------------------------------------------------------------------------------------------------------------------
// Curves.

struct curve {
    expression lr;
    std::vector<step_t> breaks;

    explicit curve(const expression& e)
        : lr(e), breaks(pacer::analysis::detail::steps_of(pacer::analysis::breakpoints(e))) {}
};

kept<curve>& curves() {
    static kept<curve> all;
    return all;
}

const curve& curve_of(int id) { return curves().at(id); }

std::string differences_of(const std::vector<pacer::expression_difference>& differ) {
    json all('[');
    for (const auto& d : differ)
        all.item(json('{').text("path", d.path).text("saved", d.first).text("wanted", d.second).done());
    return all.done();
}

// The curve that goes on at step `at`, by the name of a policy of resume.hpp, or of a function of replan.hpp.
expression gone_on(const expression& saved, const expression& wanted, std::string_view how, step_t at, step_t over,
                   double to, const pacer::ramp_shape& shape) {
    if (how == "extend")
        return pacer::extend(saved, over, at);
    if (how == "cooldown_from")
        return pacer::cooldown_from(saved, at, over, shape, to);
    const pacer::checkpoint stopped{.at = pacer::progress({.updates = at}), .curve = saved};
    const auto by = [&](const pacer::resume_policy& policy) {
        return pacer::resume(stopped, wanted, policy).curve.schedule;
    };
    return how == "keep_saved" ? by(pacer::keep_saved)
           : how == "use_new"  ? by(pacer::use_new)
           : how == "restart"  ? by(pacer::restart)
           : how == "rewarm"   ? by(pacer::rewarm(over))
           : how == "blend"    ? by(pacer::blend(over))
                               : by(pacer::require_same);
}

// Of several curves, the steps that a picture needs, and the rates of each there.
struct {
    std::vector<double> steps;
    std::vector<double> rates;
} sampled;

void sample(const int* ids, int count, step_t from, step_t until, int columns) {
    std::vector<step_t> steps;
    if (until - from < 2 * step_t{columns})
        for (step_t s = from; s <= until; ++s)
            steps.push_back(s);
    else
        for (int k = 0; k < count; ++k) {
            const curve& c = curve_of(ids[k]);
            const pacer::analysis::sampling by{
                .from = from, .until = until, .columns = static_cast<std::size_t>(columns), .asked = 24};
            for (const auto& column : pacer::analysis::sample(c.lr, by, c.breaks))
                for (const step_t s : {column.first, column.range.lowest_at, column.range.highest_at, column.last})
                    steps.push_back(s);
        }
    std::sort(steps.begin(), steps.end());
    steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
    sampled.steps.assign(steps.begin(), steps.end());
    sampled.rates.clear();
    for (int k = 0; k < count; ++k)
        for (const step_t s : steps)
            sampled.rates.push_back(curve_of(ids[k]).lr(s));
}

/// Where the checkpoint that was read last was saved.
std::string checkpoint_position;

}  // namespace

int page::add_curve(const expression& e) { return curves().add(curve(e)); }

extern "C" {

const char* pacer_describe() { return answered(description()); }
const char* pacer_text_of_error() { return refusal().c_str(); }

int pacer_parse(const char* text) {
    return unless_refused([&] { return add_curve(pacer::parse(text)); }, -1);
}
void pacer_release(int id) { curves().release(id); }

const char* pacer_text(int id) { return answered(pacer::to_text(curve_of(id).lr)); }
/// For another trainer, by a name of its `targets`: a text, or the refusal.
const char* pacer_convert(int id, const char* target) {
    return answered(unless_refused(
        [&] {
            const auto c = pacer::analysis::convert(curve_of(id).lr, target);
            return json('{').text("text", c.text).text("refusal", c.refusal).texts("notes", c.notes).done();
        },
        "{}"));
}
const char* pacer_lint(int id) {
    return answered(unless_refused(
        [&] {
            constexpr const char* levels[] = {"note", "warning", "error"};
            json all('[');
            for (const auto& f : pacer::analysis::lint(curve_of(id).lr))
                all.item(json('{')
                             .text("rule", f.rule->name)
                             .text("level", levels[static_cast<int>(f.rule->level)])
                             .text("why", f.rule->why)
                             .text("where", f.where)
                             .text("what", f.what)
                             .done());
            return all.done();
        },
        "[]"));
}
const char* pacer_tree(int id) { return answered(tree_of(*curve_of(id).lr.root())); }

/// Infinite if the curve has no end.
double pacer_total_steps(int id) {
    const step_t total = curve_of(id).lr.total_steps();
    return total == pacer::endless ? __builtin_inf() : static_cast<double>(total);
}
double pacer_rate(int id, double step) { return curve_of(id).lr(step_of(step)); }

const char* pacer_landmarks(int id, double until) {
    return answered(unless_refused(
        [&] {
            json all('[');
            for (const auto& l : pacer::analysis::landmarks(curve_of(id).lr, std::max<step_t>(1, step_of(until))))
                all.item(json('{')
                             .text("name", pacer::analysis::name_of(l.is))
                             .step("step", l.step)
                             .number("rate", l.rate)
                             .text("about", l.about)
                             .done());
            return all.done();
        },
        "[]"));
}

/// How many steps; they are at `pacer_sampled_steps`, and the rates of each curve, one after the other, at
/// `pacer_sampled_rates`.
int pacer_sample(const int* ids, int count, double from, double until, int columns) {
    return unless_refused(
        [&] {
            const step_t first = step_of(from);
            sample(ids, count, first, std::max(first, step_of(until)), std::max(1, columns));
            return static_cast<int>(sampled.steps.size());
        },
        -1);
}
const double* pacer_sampled_steps() { return sampled.steps.data(); }
const double* pacer_sampled_rates() { return sampled.rates.data(); }

int pacer_go_on(int saved, int wanted, const char* how, double at, double over, double to, const char* shape) {
    return unless_refused(
        [&] {
            pacer::ramp_shape by;
            if (!pacer::detail::syntax::read(shape, by))
                by = pacer::ramp_shape::linear;
            return add_curve(gone_on(curve_of(saved).lr, curve_of(wanted).lr, how, step_of(at), step_of(over), to, by));
        },
        -1);
}
const char* pacer_differences(int saved, int wanted) {
    return answered(differences_of(pacer::differences(curve_of(saved).lr, curve_of(wanted).lr)));
}

/// The curve of a checkpoint; `pacer_checkpoint_position` says where it was saved.
int pacer_checkpoint(const char* text, int size) {
    return unless_refused(
        [&] {
            const pacer::checkpoint saved = pacer::from_text({text, static_cast<std::size_t>(size)});
            checkpoint_position = json('{')
                                      .step("updates", saved.at.updates())
                                      .step("samples", saved.at.samples())
                                      .step("tokens", saved.at.tokens())
                                      .step("skipped", saved.at.skipped())
                                      .text("clock", written(saved.curve.clock))
                                      .step("position", pacer::position(saved.at, saved.curve.clock))
                                      .done();
            return add_curve(saved.curve.schedule);
        },
        -1);
}
const char* pacer_checkpoint_position() { return checkpoint_position.c_str(); }

}  // extern "C"
