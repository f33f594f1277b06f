// SPDX-License-Identifier: MIT
// An expression that the bytes choose is written for every trainer, judged, and described: each text or refusal is one, a file
// for Hugging Face's Trainer or Megatron-LM is read back as the same curve, and no rate is outside of the extremes.
#include "fuzz.hpp"
#include "support/random_expression.hpp"

#include <pacer/analysis/convert.hpp>
#include <pacer/analysis/landmarks.hpp>
#include <pacer/analysis/lint.hpp>
#include <pacer/analysis/sample.hpp>
#include <pacer/expression/make.hpp>
#include <pacer/recipes/read_command_line.hpp>
#include <pacer/recipes/read_yaml.hpp>
#include <pacer/recipes/resolve.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace fuzz {
namespace {

using pacer::step_t;

/// Whether a curve that was read back is the one that was written, up to the end of the run.
void check_same(const pacer::recipes::resolved& back, step_t end, const pacer::expression& lr, const std::string& text,
                const std::string& written) {
    std::vector<step_t> steps{0, 1, end / 2, end - 1};
    for (const pacer::analysis::breakpoint& b : pacer::analysis::breakpoints(lr))
        for (const step_t s : {b.step - 1, b.step, b.step + 1})
            if (steps.size() < 100)
                steps.push_back(s);
    double highest = 0;
    for (const step_t s : steps)
        if (s >= 0 && s < end)
            highest = (std::max)(highest, lr(s));
    // Near the end of a ramp 1 - sqrt(s / n) loses half of the digits of n in Hugging Face's formula, which is read back.
    const double units = text.find("one_minus_sqrt") == std::string::npos ? 4 : 4 + std::sqrt(static_cast<double>(end));
    for (const step_t s : steps)
        if (s >= 0 && s < end &&
            std::abs(back.schedule(s) - lr(s)) > units * std::numeric_limits<double>::epsilon() * highest) {
            std::fprintf(stderr, "%s%.17g instead of %.17g at %lld\n", written.c_str(), back.schedule(s), lr(s),
                         static_cast<long long>(s));
            require(false, "read back as another", text);
        }
}

void check_hf_yaml(const std::string& written, const pacer::expression& lr, const std::string& text) {
    const pacer::recipes::recipe recipe = pacer::recipes::parse_yaml(written, "written.yaml");
    // What the reader of recipes does not take: a floor above the rate.
    if (recipe.kwargs.min_lr.value_or(0) > recipe.learning_rate || recipe.learning_rate == 0)
        return;
    check_same(pacer::recipes::resolve(recipe, {.trainer = pacer::hf_trainer::v5}), recipe.max_steps.value_or(3000), lr,
               text, written);
}

void check_megatron(const std::string& written, const pacer::expression& lr, const std::string& text) {
    const step_t total = lr.total_steps();
    if (total == 0)
        return;
    const step_t end = total > pacer::longest / 4 ? 3000 : total;
    // Where the decay is said to end with the run, the run has to be longer than the warm-up.
    const bool is_open = written.find("--lr-decay-iters is --train-iters") != std::string::npos;
    const pacer::recipes::recipe recipe = pacer::recipes::parse_command_line("python pretrain_gpt.py \\\n" + written);
    check_same(pacer::recipes::resolve(recipe, {.total_steps = is_open ? pacer::longest / 4 : end}), end, lr, text,
               written);
}

}  // namespace

int convert(const std::uint8_t* data, std::size_t size) {
    namespace analysis = pacer::analysis;
    byte_dice roll(data, size);
    support::random_expression random_text(roll);
    const std::string text = random_text(static_cast<int>(roll.up_to(2)));
    const pacer::parsed_expression parsed = pacer::try_parse(text);
    if (!parsed)
        return 0;
    const pacer::expression& lr = *parsed.value;

    for (const analysis::conversion_target& target : analysis::conversion_targets) {
        const analysis::conversion made = analysis::convert(lr, target.name);
        require(made.refusal.empty() == !made.text.empty(), "neither a text nor a refusal, or both", text);
        if (made && std::string_view(target.name) == "hf-yaml")
            check_hf_yaml(made.text, lr, text);
        if (made && std::string_view(target.name) == "megatron")
            check_megatron(made.text, lr, text);
    }

    for (const analysis::lint_finding& f : analysis::lint(lr, {.run_steps = roll.up_to(2000)}))
        require(f.rule != nullptr && !f.what.empty(), "nothing is found", text);
    for (const analysis::landmark& l : analysis::landmarks(lr))
        require(l.rate == lr(l.step), "a landmark of another rate", text);

    const step_t first = roll.up_to(1000);
    const step_t last = first + roll.up_to(roll.one_of({10, 1000, 1'000'000'000}));
    const analysis::extremes found = analysis::find_extremes(lr, first, last);
    require(found.lowest <= lr(first) && lr(first) <= found.highest, "a rate outside of the extremes", text);
    require(found.lowest <= lr(last) && lr(last) <= found.highest, "a rate outside of the extremes", text);
    return 0;
}

}  // namespace fuzz
