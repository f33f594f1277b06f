// SPDX-License-Identifier: MIT
#ifndef PACER_PACER_HPP
#define PACER_PACER_HPP

/// The core of pacer: learning-rate schedules for C++ training loops. Standard library only, light headers only.
/// Start with schedule.hpp, which states the contract. What needs more is a header of its own, not included here.

#include <pacer/any_schedule.hpp>
#include <pacer/compose.hpp>
#include <pacer/error.hpp>
#include <pacer/lr_ratio.hpp>
#include <pacer/past_end.hpp>
#include <pacer/ramp.hpp>
#include <pacer/schedule.hpp>
#include <pacer/schedules/all.hpp>
#include <pacer/version.hpp>
#include <pacer/warmup.hpp>

#include <initializer_list>

#endif
