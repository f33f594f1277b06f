// SPDX-License-Identifier: MIT
// Logs of a curve, or of a recipe that is changed while it runs, both as the bytes choose, spoilt as they say, are identified,
// and replayed against the recipe: every point is in one stretch, and what is found can be read back.
#include "fuzz.hpp"
#include "support/random_expression.hpp"

#include <pacer/analysis/identify.hpp>
#include <pacer/analysis/replay.hpp>
#include <pacer/expression/make.hpp>

#include <pacer/recipes/resolve.hpp>

#include <cmath>
#include <string>

namespace fuzz {
namespace {

using pacer::step_t;
using pacer::analysis::training_log;

/// A rate of any size: the bytes are its bits.
double any_rate(byte_dice& roll) {
    const double rate = PACER_BIT_CAST(double, roll() & 0x7FFF'FFFF'FFFF'FFFFu);
    return std::isfinite(rate) ? rate : 1;
}

/// Some rates as few digits would have them.
double written(byte_dice& roll, double rate) {
    char text[40];
    switch (roll.up_to(7)) {
    case 0: return any_rate(roll);
    case 1: std::snprintf(text, sizeof text, "%.2e", rate); return std::strtod(text, nullptr);
    case 2: std::snprintf(text, sizeof text, "%.8f", rate); return std::strtod(text, nullptr);
    default: return rate;
    }
}

/// A recipe of Hugging Face's, most of which can be resolved.
pacer::recipes::recipe random_recipe(byte_dice& roll) {
    pacer::recipes::recipe r;
    r.scheduler =
        roll.one_of({"linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup",
                     "inverse_sqrt", "cosine_with_min_lr", "warmup_stable_decay", "cosine_warmup_with_min_lr"});
    r.learning_rate = roll.one_of({1e-4, 2e-5, 5e-4, 3e-3, 1.25e-6, 1.0});
    if (roll.up_to(1) == 0)
        r.warmup_steps = static_cast<double>(roll.up_to(30));
    else
        r.warmup_ratio = roll.one_of({0.0, 0.03, 0.1, 0.25});
    r.max_steps = roll.up_to(roll.one_of({40, 400, 20'000}));
    if (roll.up_to(3) == 0)
        r.kwargs.num_cycles = roll.one_of({0.5, 1.0, 2.0, 3.0, 0.7});
    if (roll.up_to(7) == 0)
        r.kwargs.timescale = roll.one_of({10.0, 100.0, 2.5});
    if (roll.up_to(7) == 0)
        r.kwargs.power = roll.one_of({2.0, 0.5, 1.0});
    if (r.scheduler.find("min_lr") != std::string::npos && roll.up_to(3) != 0)
        (roll.up_to(1) == 0 ? r.kwargs.min_lr_rate : r.kwargs.min_lr) = roll.one_of({0.1, 0.01, 1e-6});
    if (r.scheduler == "warmup_stable_decay" && roll.up_to(7) != 0) {
        r.kwargs.num_decay_steps = roll.up_to(30);
        if (roll.up_to(1) == 0)
            r.kwargs.num_stable_steps = roll.up_to(60);
    }
    r.transformers_version = roll.one_of({"", "4.46.3", "5.0.0"});
    return r;
}

/// What was logged of curves that follow each other, spoilt as the bytes say.
template <class NextCurve>
training_log random_log(byte_dice& roll, NextCurve&& next) {
    training_log log{.file = "log"};
    if (roll.up_to(3) == 0)
        log.total_steps = roll.up_to(1000);
    pacer::expression lr = next();
    step_t step = roll.up_to(roll.one_of({1, 40, 2000}));
    step_t shift = 0;
    const step_t points = roll.up_to(30);
    const step_t stride = 1 + roll.up_to(roll.one_of({0, 20, 1'000'000}));
    for (step_t k = 0; k < points && step < pacer::longest - 2'000'000; ++k) {
        log.points.push_back({step, written(roll, lr(step + shift))});
        switch (roll.up_to(31)) {
        case 0: step = roll.up_to(step); break;   // started again
        case 1: shift = roll.up_to(step); break;  // resumed elsewhere
        case 2: step += roll.up_to(1'000'000); break;
        case 3: lr = next(); break;
        default: step += stride;
        }
    }
    return log;
}

void check_identification(const training_log& log) {
    namespace analysis = pacer::analysis;
    const analysis::identification found = analysis::identify(log);
    std::size_t end = 0;
    std::size_t explained = 0;
    for (const analysis::stretch& s : found.stretches) {
        require(s.first == end && s.end > s.first, "a gap between stretches", "");
        end = s.end;
        if (!s.is_explained())
            continue;
        explained += s.end - s.first;
        for (const analysis::explanation& e : s.curves)
            require(e.share >= 0 && e.share <= 1, "a share that is none", e.text());
        require(static_cast<bool>(pacer::try_parse(s.best().text())), "a curve that cannot be read", s.best().text());
    }
    require(end == log.points.size() && found.points == end, "points are lost", "");
    require(found.explained <= explained, "more is explained than there is", "");
    require(found.lines(log).empty() == log.points.empty(), "nothing is said", "");
}

void check_replay(const pacer::recipes::recipe& recipe, const training_log& log) {
    try {
        const pacer::analysis::replay_report report = pacer::analysis::replay(recipe, log);
        require(report.points.size() == log.points.size(), "replay loses points", recipe.scheduler);
        require(report.explained <= report.points.size(), "replay explains more than there is", recipe.scheduler);
        std::size_t end = 0;
        for (const pacer::analysis::replayed_stretch& s : report.stretches) {
            require(s.first <= s.end && s.end <= log.points.size() && s.first >= end, "stretches that overlap",
                    recipe.scheduler);
            end = s.end;
        }
    } catch (const pacer::recipes::recipe_error&) {  // refused
    }
}

}  // namespace

int analysis(const std::uint8_t* data, std::size_t size) {
    byte_dice roll(data, size);
    if (roll.up_to(2) == 0) {  // whatever curve
        support::random_expression random_text(roll);
        const pacer::parsed_expression parsed = pacer::try_parse(random_text(static_cast<int>(roll.up_to(1))));
        if (!parsed)
            return 0;
        const training_log log = random_log(roll, [&] { return *parsed.value; });
        check_identification(log);
        check_replay({.learning_rate = 1e-4, .warmup_steps = 3, .max_steps = 300}, log);
        return 0;
    }
    pacer::recipes::recipe recipe = random_recipe(roll);
    const pacer::recipes::recipe written = recipe;
    pacer::expression last = pacer::constant{{.peak_lr = 1e-4}};
    const auto next = [&] {
        try {
            if (const auto plan = pacer::recipes::resolve(recipe); plan.curve)
                last = *plan.curve;
        } catch (const pacer::recipes::recipe_error&) {  // the curve before goes on
        }
        switch (roll.up_to(2)) {  // what is changed for the next one
        case 0: recipe.learning_rate *= roll.one_of({0.5, 2.0, 0.1}); break;
        case 1: recipe.max_steps = roll.up_to(500); break;
        default: recipe.warmup_steps = static_cast<double>(roll.up_to(50));
        }
        return last;
    };
    const training_log log = random_log(roll, next);
    if (roll.up_to(3) == 0)
        check_identification(log);
    check_replay(written, log);
    return 0;
}

}  // namespace fuzz
