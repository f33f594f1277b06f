// SPDX-License-Identifier: MIT
#ifndef PACER_ADAPTERS_GGML_HPP
#define PACER_ADAPTERS_GGML_HPP

/// ggml: the callback that an optimization context asks for its parameters.
///
///     pacer::ggml_rates rates(lr, 1e-10f);  // update k runs at lr(k), but never below 1e-10
///     ggml_opt_params params = ggml_opt_default_params(backend, GGML_OPT_LOSS_TYPE_CROSS_ENTROPY);
///     params.get_opt_pars = rates.callback;
///     params.get_opt_pars_ud = &rates;      // must live as long as the context
///     ggml_opt_context_t context = ggml_opt_init(params);
///     rates.step();                         // updates made so far: all that a checkpoint has to save
///
/// ggml calls it once for each update, before it: with `opt_period` micro-batches in an update, once in `opt_period`
/// calls of ggml_opt_eval. ggml aborts the program at a rate of 0. With a `lowest` rate above 0, that rate is used
/// instead of any below it; without one, a rate that is 0 as a float is `invalid_schedule`, thrown out of ggml_opt_eval
/// before the update, as is one that is negative or not finite.

#include <pacer/adapters/detail/rates.hpp>
#include <pacer/schedule.hpp>

#include <ggml-opt.h>

namespace pacer {

/// The rates of a schedule as the parameters that `ggml_opt` asks for before each update.
template <Schedule S>
class ggml_rates {
public:
    /// `first` is the number of the first update: how many were made before, in a run that is resumed.
    PACER_HOST explicit ggml_rates(const S& schedule, float lowest = 0, step_t first = 0)
        : parameters(ggml_opt_get_default_optimizer_params(nullptr)),
          schedule_(schedule),
          lowest_(lowest),
          step_(first) {
        detail::require_rate("lowest", static_cast<double>(lowest));
        if (first < 0)
            detail::reject(detail::bad_count("first", first, "must be 0 or more"));
    }

    /// ggml holds its address.
    ggml_rates(const ggml_rates&) = delete;
    ggml_rates& operator=(const ggml_rates&) = delete;

    /// Everything but the rate: weight decay, betas, ...; ggml's defaults unless changed.
    ggml_opt_optimizer_params parameters;

    /// Updates begun so far: the number of the next one.
    [[nodiscard]] PACER_HOST step_t step() const noexcept { return step_; }

    /// For `get_opt_pars`, with the address of this object as `get_opt_pars_ud`.
    PACER_HOST static ggml_opt_optimizer_params callback(void* rates) {
        return static_cast<ggml_rates*>(rates)->next();
    }

private:
    PACER_HOST ggml_opt_optimizer_params next() {
        ggml_opt_optimizer_params now = parameters;
        const auto rate = static_cast<double>(schedule_(step_));
        set(now, detail::positive_rate<float>(rate, static_cast<double>(lowest_)));
        ++step_;
        return now;
    }

    // ggml has `sgd` since August 2025.
    template <class Parameters>
    PACER_HOST static void set(Parameters& p, float rate) {
        p.adamw.alpha = rate;
        if constexpr (requires { p.sgd.alpha; })
            p.sgd.alpha = rate;
    }

    S schedule_;
    float lowest_;
    step_t step_;
};

}  // namespace pacer

#endif
