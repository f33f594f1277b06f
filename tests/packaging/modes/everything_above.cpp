// SPDX-License-Identifier: MIT
// Calls what stands above the core, as everything.cpp does.
#include <pacer/analysis/identify.hpp>
#include <pacer/analysis/replay.hpp>
#include <pacer/expression/compare.hpp>
#include <pacer/expression/dialects.hpp>
#include <pacer/fill.hpp>
#include <pacer/recipes/read_json.hpp>
#include <pacer/recipes/resolve.hpp>
#include <pacer/recipes/trainer_state.hpp>
#include <pacer/training/greedy.hpp>
#include <pacer/training/groups.hpp>
#include <pacer/training/plan.hpp>
#include <pacer/training/plateau.hpp>
#include <pacer/training/replan.hpp>
#include <pacer/training/resume.hpp>

#include <span>
#include <string>

std::string everything(const char* text, std::span<double> rates, pacer::step_t n) {
    pacer::expression lr = pacer::parse(text);
    pacer::fill(lr, 0, rates);
    lr = pacer::join({{0, lr}, {n, pacer::expression_of(pacer::scale(pacer::repeat(lr, 2), 0.5))}});
    lr = pacer::make("linear", {{"peak_lr", 1.0}, {"total_steps", n}, {"warmup", pacer::warmup_ratio(0.1)}});
    std::string all = pacer::to_text(lr);
    for (const auto& difference : pacer::differences(lr, pacer::parse("cosine(peak_lr=1, total_steps=5)")))
        all += difference.path;

    const pacer::checkpoint saved = pacer::load(text);
    const pacer::resumed resumed =
        pacer::resume(saved, {pacer::cooldown_from(pacer::extend(lr, 2 * n, n), n, 5, pacer::ramp_shape::cosine, 0)},
                      pacer::rewarm(3));
    pacer::save(pacer::checkpoint{saved.at, pacer::extend(resumed.curve, 3 * n, n), saved.states}, text);
    if (const pacer::loaded_checkpoint again = pacer::try_load(text))
        all += again->state("one") + std::to_string(again->curve(again->at));
    pacer::atomic_write(text, all);
    const pacer::plan plan(pacer::plan_params{.examples = n});
    const pacer::plateau plateau(pacer::plateau_params{.peak_lr = 1});
    all += pacer::to_text(plateau.update(pacer::parse_plateau_state(text), 3));
    const pacer::greedy greedy(pacer::greedy_params{.init_lr = 1, .min_lr = 0, .max_lr = 2});
    all += pacer::to_text(greedy.update(pacer::parse_greedy_state(text), 3));
    pacer::group_rates groups(lr);
    groups.add({.multiplier = 0.5});
    groups.add(pacer::scale_peak(resumed.curve.schedule, 0.5));
    groups.rates_into(3, rates);
    rates[0] += static_cast<double>(plan.total_steps()) + resumed(saved.at);

    const pacer::recipes::recipe recipe = pacer::recipes::parse_json(text, "recipe");
    const pacer::recipes::trainer_state state = pacer::recipes::parse_trainer_state(text, "state");
    rates[1] += pacer::recipes::resolve(recipe, {}).schedule(state.at.updates());
    for (const auto& line : pacer::analysis::replay(recipe, {}).story)
        all += line;
    for (const auto& line : pacer::analysis::identify({}).lines({}))
        all += line;
    return all;
}
