// SPDX-License-Identifier: MIT
#ifndef PACER_TESTS_ANALYSIS_TENSORBOARD_CURVES_HPP
#define PACER_TESTS_ANALYSIS_TENSORBOARD_CURVES_HPP

#include <pacer/analysis/tensorboard.hpp>

#include <limits>

/// What written_by_pacer.tfevents holds.
inline void write_curves(pacer::analysis::tensorboard_writer& to) {
    for (pacer::step_t s = 0; s < 20; ++s)
        to.scalar("train/lr", 1e-3 * static_cast<double>(20 - s) / 20, s, 1'700'000'000.25 + static_cast<double>(s));
    to.scalar("\xC3\xA9tape/perte", 2.5, 3'000'000'000, 1'700'000'100);
    to.scalar("far", -1, std::numeric_limits<pacer::step_t>::max(), 1'700'000'101);
    to.scalar("", 0, 0, 1'700'000'102);
    to.scalar("not/a/number", std::numeric_limits<double>::quiet_NaN(), 7, 1'700'000'103);
    to.scalar("large", 1e300, 8, 1'700'000'104);
    to.scalar(std::string(300, 'x'), 1, 9, 1'700'000'105);
}

#endif
