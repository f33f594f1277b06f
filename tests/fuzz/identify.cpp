// SPDX-License-Identifier: MIT
// A log of a curve that the bytes choose, spoilt as they say, is identified, and replayed against a recipe: every point is in
// one stretch, and what is found can be read back.
#include "fuzz.hpp"
#include "support/random_expression.hpp"

#include <pacer/analysis/identify.hpp>
#include <pacer/analysis/replay.hpp>
#include <pacer/expression/make.hpp>

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

training_log random_log(byte_dice& roll, const pacer::expression& lr) {
    training_log log{.file = "log"};
    if (roll.up_to(3) == 0)
        log.total_steps = roll.up_to(1000);
    step_t step = roll.up_to(roll.one_of({1, 40, 2000}));
    step_t shift = 0;
    const step_t points = roll.up_to(30);
    const step_t stride = 1 + roll.up_to(roll.one_of({0, 20, 1'000'000}));
    for (step_t k = 0; k < points && step < pacer::longest - 2'000'000; ++k) {
        log.points.push_back({step, written(roll, lr(step + shift))});
        switch (roll.up_to(15)) {
        case 0: step = roll.up_to(step); break;   // started again
        case 1: shift = roll.up_to(step); break;  // resumed elsewhere
        case 2: step += roll.up_to(1'000'000); break;
        default: step += stride;
        }
    }
    return log;
}

}  // namespace

int identify(const std::uint8_t* data, std::size_t size) {
    namespace analysis = pacer::analysis;
    byte_dice roll(data, size);
    support::random_expression random_text(roll);
    const std::string text = random_text(static_cast<int>(roll.up_to(1)));
    const pacer::parsed_expression parsed = pacer::try_parse(text);
    if (!parsed)
        return 0;
    const training_log log = random_log(roll, *parsed.value);

    const analysis::identification found = analysis::identify(log);
    std::size_t end = 0;
    std::size_t explained = 0;
    for (const analysis::stretch& s : found.stretches) {
        require(s.first == end && s.end > s.first, "a gap between stretches", text);
        end = s.end;
        if (!s.is_explained())
            continue;
        explained += s.end - s.first;
        for (const analysis::explanation& e : s.curves)
            require(e.share >= 0 && e.share <= 1, "a share that is none", text);
        require(static_cast<bool>(pacer::try_parse(s.best().text())), "a curve that cannot be read", s.best().text());
    }
    require(end == log.points.size() && found.points == end, "points are lost", text);
    require(found.explained <= explained, "more is explained than there is", text);
    require(found.lines(log).empty() == log.points.empty(), "nothing is said", text);

    const analysis::replay_report report =
        analysis::replay({.learning_rate = 1e-4, .warmup_steps = 3, .max_steps = 300}, log);
    require(report.points.size() == log.points.size(), "replay loses points", text);
    require(report.explained <= report.points.size(), "replay explains more than there is", text);
    return 0;
}

}  // namespace fuzz
