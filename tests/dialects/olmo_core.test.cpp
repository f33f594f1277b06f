// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/olmo_core.hpp>

using namespace pacer::olmo_core;
using support::gives;

namespace {

constexpr constant_with_warmup rises({.lr = 10, .warmup = 3000, .warmup_min_lr = 4});
constexpr linear_with_warmup falls({.lr = 10, .warmup = 2000, .t_max = 10'000, .alpha_f = 0});

}  // namespace

TEST_CASE("OLMo-core: the vectors of its tests, by its count from 1") {
    BOTH_CHECK(rises(v(pacer::step_t{999})) == 6);
    BOTH_CHECK(rises(v(pacer::step_t{2999})) == 10);
    BOTH_CHECK(rises(v(pacer::step_t{9999})) == 10);
    BOTH_CHECK(falls(v(pacer::step_t{999})) == 5);
    BOTH_CHECK(falls(v(pacer::step_t{1999})) == 10);
    BOTH_CHECK(falls(v(pacer::step_t{5999})) == 5);
    BOTH_CHECK(falls(v(pacer::step_t{9999})) == 0);
}

TEST_CASE("OLMo-core: one decay after another") {
    BOTH_CHECK(
        gives(wsds({.lr = v(1.0), .period_lengths = {4, 3}, .warmup = 2, .decay = 2}), {0.5, 1, 0.5, 0, 1, 0.5, 0, 0}));
    BOTH_CHECK(gives(wsd({.lr = v(1.0), .warmup = 2, .decay = 2, .t_max = 6}), {0.5, 1, 1, 1, 0.5, 0, 0}));
    BOTH_CHECK(gives(half_cos_with_warmup({.lr = v(1.0), .warmup = 1, .t_max = 3, .alpha_f = 0}),
                     {0.5, 0.14644660940672624, 0, 0}));
    BOTH_CHECK(gives(power_lr({.lr = v(1.0), .warmup = 2, .t_max = 8, .decay = 2, .b = -1}),
                     {0.5, 1, 2.0 / 3, 0.5, 0.4, 1.0 / 3, 1.0 / 6, 0, 0}));
}
