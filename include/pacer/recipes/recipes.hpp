// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_RECIPES_HPP
#define PACER_RECIPES_RECIPES_HPP

/// Schedules from training files, as the Hugging Face Trainer would run them:
///
///     const auto run = pacer::recipes::resolve(pacer::recipes::read_recipe("train.yaml"), {.total_steps = 1000});
///     for (const std::string& line : run.lines())
///         std::puts(line.c_str());
///     run.schedule(0);  // the rate of the first update

#include <pacer/recipes/read_command_line.hpp>
#include <pacer/recipes/read_json.hpp>
#include <pacer/recipes/read_recipe.hpp>
#include <pacer/recipes/read_toml.hpp>
#include <pacer/recipes/read_yaml.hpp>
#include <pacer/recipes/recipe.hpp>
#include <pacer/recipes/resolve.hpp>

#endif
