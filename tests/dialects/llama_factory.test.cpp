// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/llama_factory.hpp>

using support::gives;
namespace llama_factory = pacer::llama_factory;

namespace {

constexpr llama_factory::warmup_stable_decay
    lr({.learning_rate = 1, .num_warmup_steps = 10, .num_training_steps = 100});
constexpr llama_factory::warmup_stable_decay
    short_decay({.learning_rate = 1, .num_warmup_steps = 10, .num_training_steps = 100, .num_decay_steps = 20});

}  // namespace

TEST_CASE("LLaMA-Factory: a third stays at the peak") {
    BOTH_CHECK(lr(v(pacer::step_t{9})) == 0.9);
    BOTH_CHECK(lr(v(pacer::step_t{39})) == 1);
    BOTH_CHECK(lr(v(pacer::step_t{70})) == 0.5);
    BOTH_CHECK(support::ulps(lr(v(pacer::step_t{80})), 0.25) <= 2);
    BOTH_CHECK(lr(v(pacer::step_t{100})) == 0);
    // Each length is filled in by itself.
    BOTH_CHECK(short_decay(v(pacer::step_t{60})) == 0);
}
