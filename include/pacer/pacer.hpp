// SPDX-License-Identifier: MIT
#ifndef PACER_PACER_HPP
#define PACER_PACER_HPP

/// The core of pacer: learning-rate schedules for C++ training loops. Standard library only, light headers only.
/// Start with schedule.hpp, which states the contract. What needs more is a header of its own, not included here.

#include <pacer/any_schedule.hpp>
#include <pacer/compose.hpp>
#include <pacer/constant.hpp>
#include <pacer/constant_with_warmup.hpp>
#include <pacer/cosine.hpp>
#include <pacer/cosine_warmup_with_min_lr.hpp>
#include <pacer/cosine_with_min_lr.hpp>
#include <pacer/cosine_with_restarts.hpp>
#include <pacer/error.hpp>
#include <pacer/inverse_sqrt.hpp>
#include <pacer/linear.hpp>
#include <pacer/linear_warmup.hpp>
#include <pacer/lr_ratio.hpp>
#include <pacer/past_end.hpp>
#include <pacer/polynomial.hpp>
#include <pacer/ramp.hpp>
#include <pacer/schedule.hpp>
#include <pacer/version.hpp>
#include <pacer/warmup.hpp>
#include <pacer/warmup_stable_decay.hpp>

#include <initializer_list>

#endif
