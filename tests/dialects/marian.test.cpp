// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/marian.hpp>

using support::gives;
namespace marian = pacer::marian;

TEST_CASE("marian: a warm-up, then the inverse square root") {
    static constexpr marian::scheduler lr({.learn_rate = 0.5, .lr_warmup = 4, .lr_decay_inv_sqrt = 4});
    BOTH_CHECK(gives(lr, {0, 0.125, 0.25, 0.375, 0.5}) && lr(v(16)) == 0.25 && lr(v(64)) == 0.125);
    BOTH_CHECK(lr.total_steps() == pacer::endless && lr(v(-5)) == 0);
    // By default nothing is done.
    BOTH_CHECK(gives(marian::scheduler({.learn_rate = v(0.5)}), {0.5, 0.5}));
    // The decay may start elsewhere, where it is 1.
    BOTH_CHECK(gives(marian::scheduler({.learn_rate = v(1.0), .lr_decay_inv_sqrt = 1, .lr_decay_inv_sqrt_start = 2}),
                     {1, 1, 1, 1 / 1.4142135623730951}));
}

TEST_CASE("marian: warm-ups that start again, and stairs") {
    BOTH_CHECK(gives(marian::scheduler({.learn_rate = v(1.0), .lr_warmup = 2, .lr_warmup_cycle = true}),
                     {0, 0.5, 1, 0.5, 1, 0.5}));
    BOTH_CHECK(
        gives(marian::scheduler({.learn_rate = v(1.0), .lr_decay = 0.5, .lr_decay_start = 2, .lr_decay_freq = 3}),
              {1, 1, 0.5, 0.5, 0.5, 0.25}));
    BOTH_CHECK(gives(marian::scheduler({.learn_rate = v(1.0),
                                        .lr_warmup = 2,
                                        .lr_decay = 0.5,
                                        .lr_decay_start = 2,
                                        .lr_decay_freq = 4,
                                        .lr_decay_repeat_warmup = true}),
                     {0, 0.5, 0.5, 0.25, 0.5, 0.5, 0.25, 0.125, 0.25}));
    CHECK_THROWS_AS(marian::scheduler({.lr_warmup_cycle = true, .lr_decay = 0.5, .lr_decay_repeat_warmup = true}),
                    pacer::invalid_schedule);
}
