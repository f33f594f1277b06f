// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/ensmallen.hpp>

using support::gives;
namespace ensmallen = pacer::ensmallen;

namespace {

// 4 updates an epoch, a restart after 2 and then 4 more.
constexpr ensmallen::cyclical_decay_params p{.step_size = 1, .epoch_restart = 2, .num_functions = 4, .batch_size = 1};

}  // namespace

TEST_CASE("ensmallen: constant, a cosine by epochs, and frozen until the counter has passed") {
    BOTH_CHECK(gives(ensmallen::cyclical_decay(v(p)), {1, 1, 1, 1, 0.85355339059327378, 1, 0.85355339059327378, 0.5,
                                                       0.14644660940672624, 1, 0.85355339059327378}));
}

TEST_CASE("ensmallen: the rate is the base rate at its restarts, as its own test asks") {
    const ensmallen::cyclical_decay lr(
        {.step_size = 0.5, .epoch_restart = 10, .mult_factor = 1, .num_functions = 1000, .batch_size = 10});
    CHECK(lr(11) == 0.5);
    CHECK(lr(pacer::step_t{1} << 62) <= 0.5);
    CHECK(lr(-3) == 0.5);
}
