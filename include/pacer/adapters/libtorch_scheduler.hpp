// SPDX-License-Identifier: MIT
#ifndef PACER_ADAPTERS_LIBTORCH_SCHEDULER_HPP
#define PACER_ADAPTERS_LIBTORCH_SCHEDULER_HPP

/// libtorch: any schedule as a `torch::optim::LRScheduler`, for code that is given one.
///
///     pacer::lr_scheduler scheduler(optimizer, lr);    // the optimizer is at lr(0) from here on
///     train(model, optimizer, scheduler);              // void train(..., torch::optim::LRScheduler& scheduler)
///
/// with, in `train`, as in Python:
///
///     optimizer.step();
///     scheduler.step();
///
/// The timing is Python's: update k runs at lr(k), counted from 0. libtorch's own StepLR asks for the rates before it counts, and
/// is one update late. Who calls `step()` once an epoch has a schedule whose steps are epochs.

#include <pacer/adapters/detail/rates.hpp>
#include <pacer/adapters/libtorch.hpp>
#include <pacer/schedule.hpp>
#include <pacer/training/groups.hpp>

#include <torch/optim/optimizer.h>
#include <torch/optim/schedulers/lr_scheduler.h>

#include <concepts>
#include <cstddef>
#include <utility>
#include <vector>

namespace pacer {

/// What decides the rates of an optimizer's groups: a schedule for all of them, or `group_rates`.
template <class S>
concept RatesOfGroups = Schedule<S> || std::same_as<S, group_rates>;

/// A schedule, or `group_rates`, as libtorch's scheduler. It keeps a reference to the optimizer, as that does, and a copy of the
/// schedule.
///
/// @param optimizer  set to the rates of update `step` at once, as Python's schedulers do.
/// @param lr         rates in absolute numbers: those that the optimizer was made with do not count.
/// @param step       the updates made so far: 0, or what a resumed run has saved. Below 0 it is 0.
///
/// An error (`invalid_schedule`), here and in `step()`: a rate that is negative or not finite; a number of `group_rates` that is not
/// the number of groups. Then no group has been changed.
template <RatesOfGroups S>
class lr_scheduler : public torch::optim::LRScheduler {
public:
    /// Holds the schedule, and sets the optimizer's groups to the rates of update `step`.
    PACER_HOST lr_scheduler(torch::optim::Optimizer& optimizer, S lr, step_t step = 0)
        : LRScheduler(optimizer), optimizer_(&optimizer), lr_(std::move(lr)), step_(step < 0 ? 0 : step) {
        pacer::set_lr(optimizer, rates_of(step_));
    }

    /// The update that runs next, whose rates are set: what a checkpoint has to save.
    [[nodiscard]] PACER_HOST step_t next_update() const noexcept { return step_; }

    /// The schedule.
    [[nodiscard]] PACER_HOST const S& schedule() const noexcept { return lr_; }

protected:
    /// The rates of the next update: asked by `step()`, after an update and once each time.
    PACER_HOST std::vector<double> get_lrs() override {
        const step_t next = step_ < endless ? step_ + 1 : endless;
        std::vector<double> rates = rates_of(next);
        step_ = next;
        return rates;
    }

private:
    PACER_HOST std::vector<double> rates_of(step_t step) const {
        const std::size_t groups = optimizer_->param_groups().size();
        if constexpr (Schedule<S>)
            return std::vector<double>(groups, detail::valid_rate(static_cast<double>(lr_(step))));
        else {
            detail::require_one_per_group("rates", lr_.size(), groups);
            std::vector<double> rates(groups);
            lr_.rates_into(step, rates);
            for (const double rate : rates)
                detail::valid_rate(rate);
            return rates;
        }
    }

    torch::optim::Optimizer* optimizer_;
    S lr_;
    step_t step_;
};

}  // namespace pacer

#endif
