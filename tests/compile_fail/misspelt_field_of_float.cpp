// SPDX-License-Identifier: MIT
// `pacer::cosine<float> lr{{...}}` does not name the field: there compilers choose a constructor first.
// expect early: (member named|field designator).*total_step[^s]
#include <pacer/pacer.hpp>

#ifdef PACER_SHOULD_FAIL
constexpr pacer::cosine lr{
    pacer::cosine_params<float>{.peak_lr = 2.0f, .total_step = 100, .past_end = pacer::past_end::zero}};
#else
constexpr pacer::cosine lr{
    pacer::cosine_params<float>{.peak_lr = 2.0f, .total_steps = 100, .past_end = pacer::past_end::zero}};
#endif

static_assert(lr.total_steps() == 100);
