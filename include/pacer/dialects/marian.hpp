// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_MARIAN_HPP
#define PACER_DIALECTS_MARIAN_HPP

/// The learning rate of Marian NMT as its options ask for it, where these count in updates. (Other units, target labels and
/// epochs, are another clock: training/progress.hpp.) `--lr-decay-strategy` is `batches` here: epochs are `every(n, lr)`, and
/// `stalled` is a controller, `pacer::plateau`. What can be told beforehand is a schedule: not `--lr-warmup-at-reload`.
/// Marian computes in float32. Source: marian-dev 1.12, `src/training/scheduler.h`.

#include <pacer/dialects/dialect.hpp>

namespace pacer::marian {

using pacer::check;

/// Parameters of `scheduler`.
struct scheduler_params {
    using rate_type = double;
    static constexpr const char* name = "marian::scheduler";

    double learn_rate = 1e-4;         ///< the rate after the warm-up; finite, 0 or more
    step_t lr_warmup = 0;             ///< updates of the warm-up, 0 to 2^53
    double lr_warmup_start_rate = 0;  ///< its first rate; finite, 0 or more
    bool lr_warmup_cycle = false;     ///< whether the warm-up starts again and again
    step_t lr_decay_inv_sqrt = 0;     ///< n of the decay by the inverse square root, 0 to 2^52; 0 for none
    step_t lr_decay_inv_sqrt_start = pacer::detail::unset;  ///< the update it starts at; default n
    double lr_decay = 0;                                    ///< the factor of a decay in stairs, 0 to 1; 0 for none
    step_t lr_decay_start = 10;                             ///< the update of its first stair, 1 to 2^53
    step_t lr_decay_freq = 50'000;                          ///< updates between two stairs, 1 to 2^53
    bool lr_decay_repeat_warmup = false;                    ///< whether the warm-up starts again after each stair

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("learn_rate", "the rate after the warm-up"), p.learn_rate);
        visit(fields::updates("lr_warmup", "the length of the warm-up"), p.lr_warmup);
        visit(fields::rate("lr_warmup_start_rate", "the first rate of the warm-up"), p.lr_warmup_start_rate);
        visit(fields::flag("lr_warmup_cycle", "whether the warm-up starts again and again"), p.lr_warmup_cycle);
        visit(fields::updates("lr_decay_inv_sqrt", "n of the decay by the inverse square root"), p.lr_decay_inv_sqrt);
        visit(fields::optional_updates("lr_decay_inv_sqrt_start", "the update it starts at"),
              p.lr_decay_inv_sqrt_start);
        visit(fields::fraction("lr_decay", "the factor of a decay in stairs"), p.lr_decay);
        visit(fields::updates_from_1("lr_decay_start", "the update of its first stair"), p.lr_decay_start);
        visit(fields::updates_from_1("lr_decay_freq", "updates between two stairs"), p.lr_decay_freq);
        visit(fields::flag("lr_decay_repeat_warmup", "whether the warm-up starts again after each stair"),
              p.lr_decay_repeat_warmup);
    }
    PACER_HOST constexpr violation check() const noexcept {
        if (lr_warmup_cycle && lr_decay_repeat_warmup && lr_decay > 0)
            return pacer::detail::missing("lr_decay_repeat_warmup", "must not be given with lr_warmup_cycle");
        return pacer::detail::check_at_most("lr_decay_inv_sqrt", lr_decay_inv_sqrt, longest / 2, "must be at most");
    }
    PACER_HD constexpr step_t total_steps() const noexcept { return endless; }

private:
    // The first warm-up counts the updates that are done, one that starts again the next one, too.
    PACER_HOST constexpr auto warmups() const {
        const auto rise = [&](pacer::first_step first) {
            return linear_warmup<>({.peak_lr = learn_rate,
                                    .total_steps = lr_warmup,
                                    .init_lr = lr_warmup > 0 ? lr_warmup_start_rate : learn_rate,
                                    .first_step = first});
        };
        const bool by_stairs = lr_decay > 0 && lr_decay_repeat_warmup;
        const bool again = lr_warmup > 0 && (lr_warmup_cycle || by_stairs);
        const step_t start = lr_warmup_cycle ? lr_warmup : lr_decay_start;
        const step_t period = !again ? 1 : lr_warmup_cycle ? lr_warmup : lr_decay_freq;
        const auto one =
            join(rise(pacer::first_step::from_first), period, linear_warmup<>({.peak_lr = 0, .total_steps = 0}));
        return join(rise(pacer::first_step::from_zero), again ? start + 1 : endless, repeat(one));
    }

public:
    PACER_HOST constexpr auto schedule() const {
        const bool has_root = lr_decay_inv_sqrt > 0;
        const step_t root_start =
            lr_decay_inv_sqrt_start != pacer::detail::unset ? lr_decay_inv_sqrt_start : lr_decay_inv_sqrt;
        const auto root = join(constant<>({.peak_lr = 1}), has_root ? root_start : endless,
                               inverse_sqrt<>({.peak_lr = 1, .timescale = has_root ? lr_decay_inv_sqrt : 1}));
        const bool has_stairs = lr_decay > 0;
        const double factor = has_stairs ? lr_decay : 1;
        const auto stairs = join(constant<>({.peak_lr = 1}), has_stairs ? lr_decay_start : endless,
                                 step_decay<>({.peak_lr = factor, .factor = factor, .every = lr_decay_freq}));
        return product(product(warmups(), root), stairs);
    }
};

/// Marian's learning rate: a warm-up times a decay by the inverse square root times stairs. With W = lr_warmup, n =
/// lr_decay_inv_sqrt and m its start, k the stairs at update s or before it:
///
///     lr(s) = (start_rate + (learn_rate - start_rate) w(s)) r(s) lr_decay^k
///
///     w(s) = min(1, s / W); after a warm-up that starts again behind update u, min(1, (s - u) / W)
///     r(s) = 1 for s <= m, sqrt(n / (s - m + n)) after it
///     k    = floor((s - lr_decay_start) / lr_decay_freq) + 1 from lr_decay_start on, 0 before
///
/// At 0: `lr_warmup_start_rate`. At W: `learn_rate`. It has no end.
using scheduler = pacer::detail::dialect_schedule<scheduler_params>;

using schedules = pacer::detail::dialect_list<scheduler>;

}  // namespace pacer::marian

#endif
