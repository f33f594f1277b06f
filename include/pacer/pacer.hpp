// SPDX-License-Identifier: MIT
#ifndef PACER_PACER_HPP
#define PACER_PACER_HPP

/// The core of pacer: learning-rate schedules for C++ training loops. Standard library only, light headers only.
/// Start with schedule.hpp, which states the contract. What needs more is a header of its own, not included here.

#include <pacer/any_schedule.hpp>
#include <pacer/compose.hpp>
#include <pacer/dialects/hugging_face.hpp>
#include <pacer/error.hpp>
#include <pacer/lr_ratio.hpp>
#include <pacer/past_end.hpp>
#include <pacer/ramp.hpp>
#include <pacer/schedule.hpp>
#include <pacer/schedules/constant.hpp>
#include <pacer/schedules/constant_with_warmup.hpp>
#include <pacer/schedules/cosine.hpp>
#include <pacer/schedules/cosine_with_min_lr.hpp>
#include <pacer/schedules/cosine_with_restarts.hpp>
#include <pacer/schedules/inverse_sqrt.hpp>
#include <pacer/schedules/linear.hpp>
#include <pacer/schedules/linear_warmup.hpp>
#include <pacer/schedules/polynomial.hpp>
#include <pacer/schedules/warmup_stable_decay.hpp>
#include <pacer/version.hpp>
#include <pacer/warmup.hpp>

#include <initializer_list>

#endif
