// SPDX-License-Identifier: MIT
#ifndef PACER_ADAPTERS_ENSMALLEN_HPP
#define PACER_ADAPTERS_ENSMALLEN_HPP

/// ensmallen: a callback that gives an optimizer its step size, update by update.
///
///     pacer::step_size rate(lr);
///     ens::Adam adam(1, 32, 0.9, 0.999, 1e-8, 0);  // the 1 is never used; 0: no limit of its own
///     adam.Optimize(function, weights, rate.until(lr.total_steps()));
///     rate.step();                                 // updates made so far: all that a checkpoint has to save
///
/// For every optimizer with a `StepSize()` that reports its steps: SGD and its variants, Adam and its variants, ...

#include <pacer/adapters/detail/rates.hpp>
#include <pacer/schedule.hpp>

#include <ensmallen.hpp>

#include <cstddef>

namespace pacer {

/// Sets `StepSize()` at the beginning and after each step, so that update k runs at lr(k). A rate that is negative or
/// not finite is `invalid_schedule`.
template <Schedule S>
class step_size {
public:
    /// `first` is the number of the first update: how many were made before, in a run that is resumed.
    PACER_HOST explicit step_size(const S& schedule, step_t first = 0) : schedule_(schedule), step_(first) {
        if (first < 0)
            detail::reject(detail::bad_count("first", first, "must be 0 or more"));
    }

    /// Ends the optimization when `end` updates have been made, those before `first` included. (The optimizer's own
    /// MaxIterations() counts data points. Of several callbacks make this the last: ensmallen does not call those behind
    /// the one that ends the run.)
    PACER_HOST step_size& until(step_t end) {
        end_ = end;
        return *this;
    }

    /// Updates made so far: the number of the next one.
    [[nodiscard]] PACER_HOST step_t step() const noexcept { return step_; }

    /// Called by ensmallen: sets the first rate.
    template <class Optimizer, class Function, class Matrix>
    PACER_HOST void BeginOptimization(Optimizer& optimizer, Function&, Matrix&) {
        set(optimizer);
    }

    /// Called by ensmallen: whether the updates asked for are made.
    template <class Optimizer, class Function, class Matrix>
    PACER_HOST bool BeginEpoch(Optimizer&, Function&, const Matrix&, std::size_t, double) {
        return step_ >= end_;
    }

    /// Called by ensmallen after each update: sets the next rate; whether the updates asked for are made.
    template <class Optimizer, class Function, class Matrix>
    PACER_HOST bool StepTaken(Optimizer& optimizer, Function&, const Matrix&) {
        ++step_;
        set(optimizer);
        return step_ >= end_;
    }

private:
    template <class Optimizer>
    PACER_HOST void set(Optimizer& optimizer) {
        optimizer.StepSize() = detail::valid_rate(static_cast<double>(schedule_(step_)));
    }

    S schedule_;
    step_t step_;
    step_t end_ = endless;
};

}  // namespace pacer

#endif
