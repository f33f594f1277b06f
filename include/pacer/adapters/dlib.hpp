// SPDX-License-Identifier: MIT
#ifndef PACER_ADAPTERS_DLIB_HPP
#define PACER_ADAPTERS_DLIB_HPP

/// dlib: the rate of a `dnn_trainer`.
///
///     for (pacer::step_t step = 0; step < lr.total_steps(); ++step) {
///         pacer::set_lr(trainer, lr, step, 1e-10);  // update k runs at lr(k), but never below 1e-10
///         trainer.train_one_step(images, labels);
///     }
///
/// dlib refuses a rate of 0. With a `lowest` rate above 0, that rate is used instead of any below it; without one, a
/// rate of 0 is `invalid_schedule`, as is one that is negative or not finite.

#include <pacer/adapters/detail/rates.hpp>
#include <pacer/schedule.hpp>

#include <dlib/dnn.h>

#include <limits>

namespace pacer {

/// Sets the rate, waiting until the trainer's thread has made the updates it was given before. Returns the rate set.
template <class Net, class Solver>
PACER_HOST double set_lr(dlib::dnn_trainer<Net, Solver>& trainer, double rate, double lowest = 0) {
    const auto set = detail::positive_rate<double>(rate, lowest);
    trainer.set_learning_rate(set);
    return set;
}

/// Sets the schedule's rate of update `step`, as above.
template <class Net, class Solver, Schedule S>
PACER_HOST double set_lr(dlib::dnn_trainer<Net, Solver>& trainer, const S& schedule, step_t step, double lowest = 0) {
    return set_lr(trainer, static_cast<double>(schedule(step)), lowest);
}

/// The rates of updates 0 to `updates` - 1, for `trainer.set_learning_rate_schedule`. Beware of dlib's timing: it uses
/// the first entry twice, so update k runs at entry k - 1; and past the last entry it goes on at 0.99 times that.
/// `to_column(advance(lr, 1), ...)` puts update 1 and all after it right, and has update 0 run at lr(1).
template <Schedule S>
[[nodiscard]] PACER_HOST dlib::matrix<double, 0, 1> to_column(const S& schedule, step_t updates, double lowest = 0) {
    if (updates < 1 || updates > std::numeric_limits<long>::max())
        detail::reject(detail::bad_count("updates", updates, "must be at least 1, and fit into a long"));
    dlib::matrix<double, 0, 1> column(static_cast<long>(updates));
    for (long step = 0; step < column.size(); ++step)
        column(step) = detail::positive_rate<double>(static_cast<double>(schedule(step)), lowest);
    return column;
}

}  // namespace pacer

#endif
