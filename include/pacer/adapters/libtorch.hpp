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
///     pacer::save_to(archive, "optimizer.pt");
///
/// A rate that is negative or not finite, or a number of rates that is not the number of groups, is `invalid_schedule`;
/// then no group has been changed.
///
/// Weight decay, momentum and betas are set the same way. Who sets them at every update looks the options up once:
///
///     pacer::hyperparameters settings(optimizer);
///     settings.set_lr(lr(step));
///     settings.set_momentum(momentum(step));

#include <pacer/adapters/detail/rates.hpp>
#include <pacer/schedule.hpp>
#include <pacer/training/checkpoint.hpp>
#include <pacer/training/groups.hpp>

#include <torch/optim/adagrad.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/lbfgs.h>
#include <torch/optim/optimizer.h>
#include <torch/optim/rmsprop.h>
#include <torch/optim/sgd.h>
#include <torch/serialize/archive.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <tuple>
#include <vector>

namespace pacer {
namespace detail {

inline constexpr const char* libtorch_key = "pacer_checkpoint";

}  // namespace detail

/// The same rate for every parameter group. Returns it, to be logged.
PACER_HOST inline double set_lr(torch::optim::Optimizer& optimizer, double rate) {
    detail::valid_rate(rate);
    for (auto& group : optimizer.param_groups())
        group.options().set_lr(rate);
    return rate;
}

/// A rate for each parameter group, in their order.
PACER_HOST inline void set_lr(torch::optim::Optimizer& optimizer, std::span<const double> rates) {
    auto& groups = optimizer.param_groups();
    detail::require_one_per_group("rates", rates.size(), groups.size());
    for (const double rate : rates)
        detail::valid_rate(rate);
    for (std::size_t i = 0; i < rates.size(); ++i)
        groups[i].options().set_lr(rates[i]);
}

/// The same of rates in braces.
PACER_HOST inline void set_lr(torch::optim::Optimizer& optimizer, std::initializer_list<double> rates) {
    set_lr(optimizer, std::span<const double>(rates.begin(), rates.size()));
}

/// Every parameter group at the schedule's rate of update `step`. Returns that rate.
template <detail::OtherSchedule<group_rates> S>
PACER_HOST double set_lr(torch::optim::Optimizer& optimizer, const S& schedule, step_t step) {
    return set_lr(optimizer, static_cast<double>(schedule(step)));
}

/// The rates of update `step` for all parameter groups: multipliers, or a schedule for each.
PACER_HOST inline void set_lr(torch::optim::Optimizer& optimizer, const group_rates& groups, step_t step) {
    std::vector<double> rates(groups.size());
    groups.rates_into(step, rates);
    set_lr(optimizer, rates);
}

/// The numbers of an optimizer's parameter groups that may change from update to update, looked up once: options are cast when
/// this is made, and not at every update. For SGD, Adam, AdamW, RMSprop, Adagrad and LBFGS (which has one group, and a rate
/// alone); another optimizer is `invalid_schedule`.
///
/// It points into the options. After groups have been added, or options replaced, which loading an optimizer does, it has to
/// be made anew.
class hyperparameters {
public:
    /// The hyperparameters of the groups that the optimizer has now.
    PACER_HOST explicit hyperparameters(torch::optim::Optimizer& optimizer) {
        for (auto& group : optimizer.param_groups())
            add(group.options());
    }

    /// How many groups there are.
    [[nodiscard]] PACER_HOST std::size_t size() const noexcept { return lr_.size(); }

    /// The rate of every group; or a rate for each, in their order. All are set, or none.
    PACER_HOST void set_lr(double rate) const {
        detail::valid_rate(rate);
        put(lr_, rate);
    }
    /// A rate for each group, in their order.
    PACER_HOST void set_lr(std::span<const double> rates) const { set(lr_, "lr", rates); }
    /// The rates of update `step` for all groups: multipliers, or a schedule for each.
    PACER_HOST void set_lr(const group_rates& groups, step_t step) { set(lr_, "lr", groups, step); }

    /// The weight decay of every group, or one for each, as rates are set: finite, 0 or more. An optimizer that has none is
    /// `invalid_schedule`.
    PACER_HOST void set_weight_decay(double decay) const {
        require_all_have("weight_decay", weight_decay_);
        detail::require_rate("weight_decay", decay);
        put(weight_decay_, decay);
    }
    /// One for each group, in their order.
    PACER_HOST void set_weight_decay(std::span<const double> decays) const {
        require_all_have("weight_decay", weight_decay_);
        set(weight_decay_, "weight_decay", decays);
    }
    /// Those of update `step` for all groups.
    PACER_HOST void set_weight_decay(const group_rates& groups, step_t step) {
        require_all_have("weight_decay", weight_decay_);
        set(weight_decay_, "weight_decay", groups, step);
    }
    /// The momentum of every group, at least 0 and below 1: of SGD and RMSprop their own, of Adam and AdamW the first beta, as in
    /// PyTorch's one-cycle. An optimizer that has none is `invalid_schedule`.
    PACER_HOST void set_momentum(double momentum) const {
        require_all_have("momentum", momentum_);
        require_below_1("momentum", momentum);
        put(momentum_, momentum);
    }
    /// Both betas of Adam and AdamW, at least 0 and below 1. Another optimizer is `invalid_schedule`.
    PACER_HOST void set_betas(double first, double second) const {
        require_all_have("betas", second_beta_);
        require_below_1("betas", first);
        require_below_1("betas", second);
        put(second_beta_, second);
        put(momentum_, first);
    }

private:
    struct scatter {
        double* const* places;
        PACER_HOST void operator()(std::size_t group, double value) const { *places[group] = value; }
    };

    PACER_HOST void add(torch::optim::OptimizerOptions& options) {
        namespace optim = torch::optim;
        if (auto* sgd = dynamic_cast<optim::SGDOptions*>(&options))
            add(sgd->lr(), &sgd->weight_decay(), &sgd->momentum());
        else if (auto* adam = dynamic_cast<optim::AdamOptions*>(&options))
            add(adam->lr(), &adam->weight_decay(), &std::get<0>(adam->betas()), &std::get<1>(adam->betas()));
        else if (auto* adamw = dynamic_cast<optim::AdamWOptions*>(&options))
            add(adamw->lr(), &adamw->weight_decay(), &std::get<0>(adamw->betas()), &std::get<1>(adamw->betas()));
        else if (auto* rmsprop = dynamic_cast<optim::RMSpropOptions*>(&options))
            add(rmsprop->lr(), &rmsprop->weight_decay(), &rmsprop->momentum());
        else if (auto* adagrad = dynamic_cast<optim::AdagradOptions*>(&options))
            add(adagrad->lr(), &adagrad->weight_decay());
        else if (auto* lbfgs = dynamic_cast<optim::LBFGSOptions*>(&options))
            add(lbfgs->lr());
        else
            detail::reject(detail::missing("optimizer", "must be one of SGD, Adam, AdamW, RMSprop, Adagrad, LBFGS"));
    }
    PACER_HOST void add(double& lr, double* weight_decay = nullptr, double* momentum = nullptr,
                        double* second_beta = nullptr) {
        lr_.push_back(&lr);
        if (weight_decay != nullptr)
            weight_decay_.push_back(weight_decay);
        if (momentum != nullptr)
            momentum_.push_back(momentum);
        if (second_beta != nullptr)
            second_beta_.push_back(second_beta);
    }
    PACER_HOST static void require_below_1(const char* field, double value) {
        if (!(detail::is_between_0_and(1, value) && value < 1))
            detail::reject(detail::bad_rate(field, value, "must be at least 0 and below 1"));
    }
    PACER_HOST void require_all_have(const char* field, const std::vector<double*>& where) const {
        if (where.size() != lr_.size())
            detail::reject(detail::missing(field, "is nothing that this optimizer has"));
    }
    PACER_HOST static void put(const std::vector<double*>& where, double value) {
        for (double* one : where)
            *one = value;
    }
    PACER_HOST static void set(const std::vector<double*>& where, const char* field, std::span<const double> values) {
        detail::require_one_per_group("rates", values.size(), where.size());
        if (!are_valid(values))
            for (const double value : values)
                detail::require_rate(field, value);
        double* const* to = where.data();
        for (std::size_t i = 0; i < values.size(); ++i)
            *to[i] = values[i];
    }
    // One walk over the groups: what is computed goes where it belongs, and the few rates that it is made of are
    // looked at before.
    PACER_HOST void set(const std::vector<double*>& where, const char* field, const group_rates& groups, step_t step) {
        detail::require_one_per_group("rates", groups.size(), where.size());
        if (groups.curves() == 1) {
            const double rate = groups.curve_rate(0, step);
            if (are_valid({&rate, 1}))
                return groups.visit_groups(0, step, rate, scatter{where.data()});
        }
        set_many(where, field, groups, step);
    }
    // Apart, so that the usual case has few registers to save.
    PACER_OUT_OF_LINE PACER_HOST void set_many(const std::vector<double*>& where, const char* field,
                                               const group_rates& groups, step_t step) {
        rates_.resize(groups.curves());
        for (std::size_t k = 0; k < rates_.size(); ++k)
            rates_[k] = groups.curve_rate(k, step);
        if (are_valid(rates_)) {
            for (std::size_t k = 0; k < rates_.size(); ++k)
                groups.visit_groups(k, step, rates_[k], scatter{where.data()});
            return;
        }
        rates_.resize(groups.size());  // a group of that curve may not have started
        groups.rates_into(step, rates_);
        set(where, field, rates_);
    }
    // By their bits, in which what is valid (but -0) comes first: nothing that a compiler cannot do for several at once.
    PACER_HOST static bool are_valid(std::span<const double> rates) noexcept {
        std::uint64_t most = 0;
        for (const double rate : rates)
            most = std::max(most, detail::to_bits(rate));
        return most <= detail::to_bits(detail::largest<double>);
    }

    // Each apart, so that the rates of many groups are reached through few lines of the cache.
    std::vector<double*> lr_{};
    std::vector<double*> weight_decay_{};
    std::vector<double*> momentum_{};
    std::vector<double*> second_beta_{};
    std::vector<double> rates_{};
};

/// The weight decay, or the momentum, of every parameter group, once: see `hyperparameters`.
PACER_HOST inline void set_weight_decay(torch::optim::Optimizer& optimizer, double decay) {
    hyperparameters(optimizer).set_weight_decay(decay);
}
/// The momentum of every group, as `hyperparameters::set_momentum`.
PACER_HOST inline void set_momentum(torch::optim::Optimizer& optimizer, double momentum) {
    hyperparameters(optimizer).set_momentum(momentum);
}

/// Writes a checkpoint into an archive: that of the optimizer, of the model, or one of its own.
/// An error: as `to_text`.
PACER_HOST inline void save(const checkpoint& c, torch::serialize::OutputArchive& archive) {
    archive.write(detail::libtorch_key, torch::IValue(to_text(c)));
}

/// Writes an archive to a file as a whole: whatever is killed, `path` is the old file or the new one. See `atomic_file`.
PACER_HOST inline void save_to(torch::serialize::OutputArchive& archive, const std::string& path) {
    atomic_write(path, [&archive](atomic_file& file) {
        archive.save_to([&file](const void* bytes, std::size_t size) {
            file.write({static_cast<const char*>(bytes), size});
            return size;
        });
    });
}

/// Reads it back. An archive that has none is a `checkpoint_error`, so that a run cannot start again at 0 without a word.
/// Other errors: as `from_text`.
[[nodiscard]] PACER_HOST inline checkpoint load(torch::serialize::InputArchive& archive) {
    torch::IValue text;
    if (!archive.try_read(detail::libtorch_key, text) || !text.isString())
        detail::unreadable("this archive has none");
    return from_text(text.toStringRef());
}

}  // namespace pacer

#endif
