// SPDX-License-Identifier: MIT
#ifndef PACER_ADAPTERS_LIBTORCH_HPP
#define PACER_ADAPTERS_LIBTORCH_HPP

/// libtorch: the rates of an optimizer's parameter groups, and a checkpoint of the schedule in its archive.
///
///     pacer::progress at;
///     while (at.updates() < lr.total_steps()) {
///         // loss.backward();
///         pacer::set_lr(optimizer, lr(at.updates()));  // update k runs at lr(k), as in Python
///         optimizer.step();
///         at.apply();
///     }
///     torch::serialize::OutputArchive archive;
///     optimizer.save(archive);
///     pacer::save({.at = at, .curve = lr}, archive);
///     archive.save_to("optimizer.pt");
///
/// A rate that is negative or not finite, or a number of rates that is not the number of groups, is `invalid_schedule`;
/// then no group has been changed.

#include <pacer/adapters/detail/rates.hpp>
#include <pacer/schedule.hpp>
#include <pacer/training/checkpoint.hpp>
#include <pacer/training/groups.hpp>

#include <torch/optim/optimizer.h>
#include <torch/serialize/archive.h>

#include <initializer_list>
#include <span>
#include <vector>

namespace pacer {
namespace detail {

inline constexpr const char* libtorch_key = "pacer_checkpoint";

}  // namespace detail

/// The same rate for every parameter group. Returns it, to be logged.
inline double set_lr(torch::optim::Optimizer& optimizer, double rate) {
    detail::valid_rate(rate);
    for (auto& group : optimizer.param_groups())
        group.options().set_lr(rate);
    return rate;
}

/// A rate for each parameter group, in their order.
inline void set_lr(torch::optim::Optimizer& optimizer, std::span<const double> rates) {
    auto& groups = optimizer.param_groups();
    detail::require_one_per_group("rates", rates.size(), groups.size());
    for (const double rate : rates)
        detail::valid_rate(rate);
    for (std::size_t i = 0; i < rates.size(); ++i)
        groups[i].options().set_lr(rates[i]);
}

inline void set_lr(torch::optim::Optimizer& optimizer, std::initializer_list<double> rates) {
    set_lr(optimizer, std::span<const double>(rates.begin(), rates.size()));
}

/// Every parameter group at the schedule's rate of update `step`. Returns that rate.
template <detail::OtherSchedule<group_rates> S>
double set_lr(torch::optim::Optimizer& optimizer, const S& schedule, step_t step) {
    return set_lr(optimizer, static_cast<double>(schedule(step)));
}

/// The rates of update `step` for all parameter groups: multipliers, or a schedule for each.
inline void set_lr(torch::optim::Optimizer& optimizer, const group_rates& groups, step_t step) {
    std::vector<double> rates(groups.size());
    groups.rates_into(step, rates);
    set_lr(optimizer, rates);
}

/// Writes a checkpoint into an archive: that of the optimizer, of the model, or one of its own.
/// An error: as `to_text`.
inline void save(const checkpoint& c, torch::serialize::OutputArchive& archive) {
    archive.write(detail::libtorch_key, torch::IValue(to_text(c)));
}

/// Reads it back. An archive that has none is a `checkpoint_error`, so that a run cannot start again at 0 without a word.
/// Other errors: as `from_text`.
[[nodiscard]] inline checkpoint load(torch::serialize::InputArchive& archive) {
    torch::IValue text;
    if (!archive.try_read(detail::libtorch_key, text) || !text.isString())
        detail::unreadable("this archive has none");
    return from_text(text.toStringRef());
}

}  // namespace pacer

#endif
