// SPDX-License-Identifier: MIT
// Calls what the core has, so that the functions that have symbols are all there.
#include <pacer/dialects/deepspeed.hpp>
#include <pacer/dialects/hugging_face.hpp>
#include <pacer/exact.hpp>
#include <pacer/fill.hpp>
#include <pacer/pacer.hpp>

#include <span>

namespace {

template <class S>
void call(const S& lr, std::span<double> rates) {
    rates[0] = static_cast<double>(lr(3));
    pacer::fill(lr, 0, rates);
    const pacer::any_schedule<double> any = lr;
    rates[1] = any(3) + static_cast<double>(any.total_steps() + lr.total_steps());
}

}  // namespace

void everything(std::span<double> rates, pacer::step_t n) {
    pacer::schedules::for_each([&]<template <class> class S>() {
        typename S<double>::params_type p;
        if constexpr (requires { p.peak_lr; })
            p.peak_lr = 1;
        p.total_steps = n;
        if constexpr (requires { p.stable_steps; })
            p.stable_steps = 2;
        rates[2] = pacer::check(p) ? 1 : 0;
        call(S<double>(p), rates);
        if constexpr (pacer::ExactlyRoundable<S<double>>)
            call(pacer::exact{S<double>(p)}, rates);
    });
    const pacer::linear a{{.peak_lr = 1, .total_steps = n}};
    call(pacer::join(pacer::clamp(pacer::scale(pacer::advance(a, 1), 0.5), 0, 1), 5, a), rates);
    rates[3] = pacer::deepspeed::warmup_cosine_lr{{.lr = 1, .total_num_steps = n}}(3);
}
