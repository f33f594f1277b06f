// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_LINT_HPP
#define PACER_ANALYSIS_LINT_HPP

/// What a careful colleague would say of a curve: named rules, each with what it says and why. docs/lint.md has a section for
/// each; lint_recipe.hpp asks those that a recipe breaks.
///
///     for (const auto& f : pacer::analysis::lint(lr, {.run_steps = 1200}))
///         std::puts((std::string(f.rule->name) + ": " + f.what).c_str());

#include <pacer/analysis/landmarks.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pacer::analysis {

/// How bad it is.
enum class severity : unsigned char {
    note,     ///< worth knowing; often meant
    warning,  ///< seldom meant
    error     ///< never meant
};

/// One rule.
struct lint_rule {
    const char* name;  ///< as the page has it: "first-step-zero"
    severity level;    ///< how bad it is
    const char* what;  ///< when it speaks
    const char* why;   ///< why that matters
};

/// All of them; those from `steps-and-ratio` on are of recipes alone.
inline constexpr lint_rule lint_rules[] = {
    {"never-above-zero", severity::error, "Every rate of the curve is 0.", "The run would learn nothing."},
    {"first-step-zero", severity::note, "The rate of the first update is 0.",
     "That update changes nothing, its batch is spent; first_step=from_first starts above 0. Hugging Face's warm-ups "
     "do this."},
    {"warmup-longer-than-run", severity::warning, "The run ends before the warm-up does.",
     "The peak is never reached, and no decay happens."},
    {"warmup-rounds-to-zero", severity::warning, "A warm-up is asked for, and is 0 updates after rounding.",
     "The first update uses the whole peak."},
    {"ends-above-peak", severity::warning, "After the warm-up the rate rises, and ends above where the warm-up led.",
     "A floor above the peak is mostly a floor that was meant as a ratio, or a peak that was lowered alone."},
    {"decay-never-reached", severity::warning, "The run ends before the curve does.",
     "The last updates use a higher rate than the curve's end; the model is worse than its loss curve promises."},
    {"run-outlasts-schedule", severity::warning, "The run goes on past the end of the curve.",
     "What is used there is decided by a convention: the floor, zero, or a cosine that rises again."},
    {"rises-past-the-end", severity::note, "Past its end the curve rises again.",
     "One update more than planned, and the rate grows instead of staying low."},
    {"jump-at-joint", severity::warning, "At a joint the rate jumps.",
     "A sudden higher rate can undo what was learnt, and a sudden lower one is mostly a piece with another peak."},
    {"field-without-effect", severity::warning, "A field is given, and decides nothing.",
     "Whoever wrote it expects it to matter: the shape of a warm-up of 0 updates, say."},
    {"piece-cut-short", severity::note, "A piece of a join ends before its own curve does.",
     "Its decay is not finished when the next piece begins; right for a branch, wrong for a length that was "
     "forgotten."},
    {"steps-and-ratio", severity::warning, "Both a number of warm-up updates and a ratio are given.",
     "One of them is silently ignored; which one depends on the trainer's version."},
    {"warmup-ignored", severity::warning, "The scheduler has no warm-up, and one is asked for.",
     "`constant` ignores it; `constant_with_warmup` does not."},
    {"deepspeed-wins", severity::warning, "A scheduler is asked for, and DeepSpeed's configuration has one of its own.",
     "DeepSpeed's is what runs."},
    {"rounding-by-version", severity::warning, "The trainer's versions count other updates from this recipe.",
     "The same file trains differently after an upgrade; naming the version, or max_steps and warmup_steps, prevents "
     "it."},
    {"not-as-written", severity::note, "Something runs otherwise than it is written.",
     "The trainer fills in, rounds or overrides it."},
};

/// The rule of that name; nullptr if there is none.
[[nodiscard]] PACER_HOST constexpr const lint_rule* find_lint_rule(std::string_view name) noexcept {
    for (const lint_rule& r : lint_rules)
        if (name == r.name)
            return &r;
    return nullptr;
}

/// "note", "warning", "error".
[[nodiscard]] PACER_HOST constexpr const char* name_of(severity s) noexcept {
    constexpr const char* names[] = {"note", "warning", "error"};
    return names[static_cast<unsigned>(s)];
}

/// One thing that a rule says of a curve.
struct lint_finding {
    const lint_rule* rule;  ///< of `lint_rules`
    std::string where;      ///< "step 100", "warmup", or FILE:LINE: KEY
    std::string what;       ///< in numbers
};

/// What is not in the curve.
struct lint_facts {
    std::optional<step_t> run_steps{};  ///< updates that the run makes
};

namespace detail {

class linter {
public:
    PACER_HOST linter(const expression& lr, const lint_facts& facts)
        : lr_(lr), facts_(facts), breaks_(breakpoints(lr)), steps_(steps_of(breaks_)), total_(lr.total_steps()) {}

    PACER_HOST std::vector<lint_finding> run() {
        const step_t last = total_ == endless ? facts_.run_steps.value_or(100'000) : total_;
        all_ = find_extremes(lr_, 0, last, steps_);
        if (all_.highest == 0) {
            say("never-above-zero", "step 0", "every rate up to step " + written(last) + " is 0");
            return std::move(found_);
        }
        warmup_ = end_of_warmup(lr_, breaks_);
        first_update();
        length_of_warmup();
        end_of_decay();
        length_of_run();
        joints();
        fields(*lr_.root());
        return std::move(found_);
    }

private:
    template <class T>
    [[nodiscard]] PACER_HOST static std::string written(T value) {
        return pacer::detail::syntax::written(value);
    }
    [[nodiscard]] PACER_HOST static std::string at(step_t step) { return "step " + written(step); }

    PACER_HOST void say(std::string_view rule, std::string where, std::string what) {
        found_.push_back({find_lint_rule(rule), std::move(where), std::move(what)});
    }

    PACER_HOST void first_update() {
        if (lr_(0) == 0)
            say("first-step-zero", at(0), "the first update has rate 0, the second " + written(lr_(1)));
    }

    PACER_HOST void length_of_warmup() {
        const step_t run = facts_.run_steps.value_or(total_);
        if (warmup_ > 0 && warmup_ >= run)
            say("warmup-longer-than-run", at(run),
                "the warm-up lasts " + written(warmup_) + " updates, the run " + written(run) + ": its last rate is " +
                    written(lr_(run > 0 ? run - 1 : 0)) + " of " + written(lr_(warmup_)));
    }

    PACER_HOST void end_of_decay() {
        if (total_ != endless && warmup_ > 0 && warmup_ < total_ && lr_(total_) > lr_(warmup_))
            say("ends-above-peak", at(total_),
                "the warm-up leads to " + written(lr_(warmup_)) + ", the curve ends at " + written(lr_(total_)));
    }

    PACER_HOST void length_of_run() {
        if (total_ == endless)
            return;
        const std::string past = past_the_end(lr_, total_, steps_);
        const bool rises = past.starts_with("rises");
        if (!facts_.run_steps) {
            if (rises)
                say("rises-past-the-end", at(total_), "past the end the curve " + past);
            return;
        }
        const step_t run = *facts_.run_steps;
        if (run > total_)
            say("run-outlasts-schedule", at(total_),
                "the run makes " + written(run) + " updates, the curve has " + written(total_) + "; past its end it " +
                    past);
        else if (run < total_ && warmup_ < run && lr_(run - 1) != lr_(total_))
            say("decay-never-reached", at(run),
                "the run makes " + written(run) + " updates of the curve's " + written(total_) + ": its last rate is " +
                    written(lr_(run - 1)) + ", not " + written(lr_(total_)));
    }

    /// A jump is far more than the curve moves on either side.
    PACER_HOST void joints() {
        for (const breakpoint& b : breaks_) {
            if (b.is != breakpoint::kind::joint || (total_ != endless && b.step >= total_))
                continue;
            const double before = lr_(b.step - 1);
            const double after = lr_(b.step);
            const auto size = [](double x) { return x < 0 ? -x : x; };
            const double slope =
                (std::max)(size(before - lr_(b.step > 1 ? b.step - 2 : 0)), size(lr_(b.step + 1) - after));
            if (size(after - before) > 0.01 * all_.highest && size(after - before) > 4 * slope)
                say("jump-at-joint", at(b.step), "the rate goes from " + written(before) + " to " + written(after));
        }
    }

    // NOLINTNEXTLINE(misc-no-recursion): no deeper than `deepest_expression`
    PACER_HOST void fields(const syntax::node& n) {
        if (n.operation() == nullptr && (n.kind() != syntax::in_no_list || n.meaning() != nullptr))
            fields_of_schedule(n);
        if (n.kind() == syntax::operator_kind<syntax::operators::join>) {
            const auto& starts = static_cast<const syntax::join_node&>(n).starts();
            for (std::size_t k = 0; k + 1 < starts.size(); ++k) {
                const step_t length = n.parts()[k]->total_steps();
                const step_t room = starts[k + 1] - starts[k];
                if (length != endless && length > room)
                    say("piece-cut-short", "piece " + std::to_string(k),
                        syntax::name_of_node(*n.parts()[k]) + " has " + written(length) + " updates, and room for " +
                            written(room));
            }
        }
        for (const syntax::node_pointer& p : n.parts())
            fields(*p);
    }

    PACER_HOST void fields_of_schedule(const syntax::node& n) {
        syntax::field_slots given;
        syntax::field_slots defaults;
        n.collect(given, defaults);
        const std::string name = syntax::name_of_node(n);
        if (const syntax::field_slot* slot = given.find("warmup"); slot != nullptr) {
            const auto& w = slot->as<pacer::warmup>();
            if (w.given_as() == pacer::warmup::kind::ratio && w.ratio() > 0 && w.steps(n.total_steps()) == 0)
                say("warmup-rounds-to-zero", name + ".warmup",
                    syntax::written(w) + " of " + written(n.total_steps()) + " updates is none");
        }
        for (unsigned k = 0; k < given.size(); ++k)
            if (!given[k].is_like(defaults[k]) && !given[k].is_open() && syntax::resolved_text(given, given[k]).empty())
                say("field-without-effect", name + "." + given[k].about.name,
                    std::string(given[k].about.name) + "=" + given[k].text() + " decides nothing here");
    }

    const expression& lr_;
    const lint_facts& facts_;
    std::vector<breakpoint> breaks_;
    std::vector<step_t> steps_;
    step_t total_;
    step_t warmup_ = 0;
    extremes all_{};
    std::vector<lint_finding> found_{};
};

}  // namespace detail

/// What the rules say of a curve, in the order of the rules as they are asked.
///
/// @param facts  what is not in the curve: the length of the run, say.
[[nodiscard]] PACER_HOST inline std::vector<lint_finding> lint(const expression& lr, const lint_facts& facts = {}) {
    return detail::linter(lr, facts).run();
}

}  // namespace pacer::analysis

#endif
