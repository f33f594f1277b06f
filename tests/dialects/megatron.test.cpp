// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/megatron.hpp>

using namespace pacer::megatron;
using support::gives;

namespace {

constexpr optimizer_param_scheduler with(lr_decay_style style) {
    return optimizer_param_scheduler({.max_lr = 1, .lr_warmup_steps = 2, .lr_decay_steps = 6, .lr_decay_style = style});
}

}  // namespace

TEST_CASE("Megatron-LM: its styles") {
    BOTH_CHECK(gives(with(v(lr_decay_style::linear)), {0, 0.5, 1, 0.75, 0.5, 0.25, 0, 0}));
    BOTH_CHECK(gives(with(v(lr_decay_style::constant)), {0, 0.5, 1, 1, 1, 1, 1, 1}));
    BOTH_CHECK(
        gives(with(v(lr_decay_style::cosine)), {0, 0.5, 1, 0.85355339059327378, 0.5, 0.14644660940672624, 0, 0}));
    BOTH_CHECK(gives(with(v(lr_decay_style::inverse_square_root)), {0, 0.5, 1, 0.81649658092772603, 0.70710678118654752,
                                                                    0.63245553203367587, 0.57735026918962576, 0}));
    BOTH_CHECK(gives(optimizer_param_scheduler({.max_lr = v(1.0),
                                                .lr_decay_steps = 4,
                                                .lr_decay_style = lr_decay_style::WSD,
                                                .wsd_decay_steps = 2,
                                                .lr_wsd_decay_style = lr_wsd_decay_style::minus_sqrt}),
                     {1, 1, 1, 0.29289321881345248, 0, 0}));
}

TEST_CASE("Megatron-LM: its weight decay") {
    BOTH_CHECK(gives(
        weight_decay({.start_wd = v(0.0), .end_wd = 0.1, .wd_incr_steps = 4, .wd_incr_style = wd_incr_style::linear}),
        {0, 0.025, 0.05, 0.075, 0.1, 0.1}));
    BOTH_CHECK(gives(
        weight_decay({.start_wd = v(0.0), .end_wd = 0.1, .wd_incr_steps = 2, .wd_incr_style = wd_incr_style::cosine}),
        {0, 0.05, 0.1, 0.1}));
}
