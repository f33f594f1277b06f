// SPDX-License-Identifier: MIT
#ifndef PACER_PACER_HPP
#define PACER_PACER_HPP

/// The core of pacer: learning-rate schedules for C++ training loops. Standard library only, light headers only.
///
///     constexpr pacer::cosine_with_min_lr lr{{
///         .peak_lr = 5e-5, .min_lr = pacer::lr_ratio(0.1), .total_steps = 12'000, .warmup = pacer::warmup_ratio(0.03)}};
///
///     lr(step)                 the rate used by update number `step`, counted from 0; schedule.hpp has the contract
///     lr.total_steps()         the length, warm-up included; past it `past_end` rules
///     lr.params()              what it was made from
///     check(params)            which field of parameters breaks which rule, if any; a constructor throws that
///
/// Schedules, each in a header of its name under schedules/ with its formula, fields, landmarks and errors:
///
///     constant                 constant_with_warmup     linear_warmup
///     linear                   polynomial               inverse_sqrt
///     cosine                   cosine_with_min_lr       cosine_with_restarts
///     warmup_stable_decay      exponential              step_decay
///     multi_step               piecewise                one_cycle
///     cyclic                   sgdr
///
/// Every field is a type that says its unit:
///
///     warmup_steps(500), warmup_ratio(0.03), no_warmup          .warmup         warmup.hpp
///     1e-5, lr_ratio(0.1)                                       .min_lr         lr_ratio.hpp
///     past_end::hold, zero, repeat, wave                        .past_end       past_end.hpp
///     first_step::from_zero, from_first, over_plus_one          .first_step     warmup.hpp
///     ramp_shape::linear, cosine, one_minus_sqrt, ...           .warmup_shape   ramp.hpp
///
/// Operators make schedules of schedules, and of functions of one's own (compose.hpp):
///
///     join(a, 100, b)          scale(a, 0.1)            clamp(a, 1e-6, 1e-3)
///     advance(a, 1)            delay(a, 100)            every(10, a)
///     repeat(a, 5)             product(a, b)            sum(a, b)
///     blend(a, 400, 50, b)     cooldown(a, 9000, 1000, 0)
///
/// any_schedule<> holds any of them behind one type. What needs more is a header of its own, not included here: fill.hpp
/// (whole curves), exact.hpp (correctly rounded), expression/ (schedules as data), training/ (plans, resume, groups),
/// dialects/, recipes/, analysis/, adapters/.

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

#endif
