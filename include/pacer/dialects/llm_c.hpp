// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_LLM_C_HPP
#define PACER_DIALECTS_LLM_C_HPP

/// llm.c's schedules, with its command line's names and defaults. It computes them by 32-bit floats; here they are of double.
/// Source: llm.c f1e2ace, `llmc/schedulers.h`.

#include <pacer/dialects/dialect.hpp>

namespace pacer::llm_c {

/// llm.c's `-k`.
enum class scheduler_type : unsigned char { cosine, constant, linear, wsd };

}  // namespace pacer::llm_c

template <>
struct pacer::detail::names<pacer::llm_c::scheduler_type> {
    static constexpr const char* type = "llm_c::scheduler_type";
    static constexpr const char* values[] = {"cosine", "constant", "linear", "wsd"};
};

namespace pacer::llm_c {

using pacer::check;

/// Parameters of `lr_scheduler`.
struct lr_scheduler_params {
    using rate_type = double;
    static constexpr const char* name = "llm_c::lr_scheduler";

    llm_c::scheduler_type scheduler_type = llm_c::scheduler_type::cosine;  ///< the curve
    double learning_rate = -1;                        ///< the rate after the warm-up; finite, 0 or more; must be given
    step_t warmup_iterations = 0;                     ///< updates of the warm-up, 0 to 2^53
    step_t train_num_batches = pacer::detail::unset;  ///< the length, warm-up included, 0 to 2^51; must be given
    double final_learning_rate_frac = 1;              ///< the rate at the end as a part of `learning_rate`, 0 to 1

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::choice("scheduler_type", "the curve"), p.scheduler_type);
        visit(fields::rate("learning_rate", "the rate after the warm-up"), p.learning_rate);
        visit(fields::updates("warmup_iterations", "the length of the warm-up"), p.warmup_iterations);
        visit(fields::as_length(fields::updates("train_num_batches", "the length, warm-up included")),
              p.train_num_batches);
        visit(fields::fraction("final_learning_rate_frac", "the rate at the end as a part of learning_rate"),
              p.final_learning_rate_frac);
    }
    PACER_HOST constexpr violation check() const noexcept {
        return pacer::detail::check_at_most("train_num_batches", train_num_batches, longest / 4, "must be at most");
    }
    PACER_HD constexpr step_t total_steps() const noexcept { return train_num_batches; }
    PACER_HOST constexpr auto schedule() const {
        using type = llm_c::scheduler_type;
        const step_t warmup = warmup_iterations;
        const step_t point = scheduler_type == type::wsd ? 4 * train_num_batches / 5 : warmup;
        const step_t decay = train_num_batches > point ? train_num_batches - point : 0;
        const step_t start = point > warmup ? point : warmup;
        return join(
            linear_warmup<>({.peak_lr = learning_rate, .total_steps = warmup, .first_step = first_step::from_first}),
            scheduler_type == type::constant ? 0 : warmup, constant<>({.peak_lr = learning_rate}),
            scheduler_type == type::constant ? endless : start,
            advance(
                warmup_stable_decay<>({.peak_lr = learning_rate,
                                       .min_lr = lr_ratio(final_learning_rate_frac),
                                       .stable_steps = 0,
                                       .decay_steps = decay,
                                       .decay_shape = scheduler_type == type::cosine   ? ramp_shape::cosine
                                                      : scheduler_type == type::linear ? ramp_shape::linear
                                                                                       : ramp_shape::one_minus_sqrt}),
                start - point));
    }
};

/// llm.c's learning-rate scheduler: a linear warm-up of W updates, then a curve down to m = learning_rate final_learning_rate_frac at
/// T = train_num_batches. With P = learning_rate, r = (s - W) / (T - W), and p = 4 T / 5 rounded down:
///
///     lr(s) = P (s + 1) / W                                           for s < W
///     lr(s) = m + (P - m) (1 + cos(pi r)) / 2, or m + (P - m) (1 - r) for W <= s < T, cosine and linear
///     lr(s) = P until p, then m + (P - m) (1 - sqrt((s - p) / (T - p))) for W <= s < T, wsd
///     lr(s) = P                                                       for every s, constant
///     lr(s) = m                                                       for s >= T, where llm.c ends the program
using lr_scheduler = pacer::detail::dialect_schedule<lr_scheduler_params>;

using schedules = pacer::detail::dialect_list<lr_scheduler>;

}  // namespace pacer::llm_c

#endif
