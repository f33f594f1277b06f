// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_LLAMA_CPP_HPP
#define PACER_DIALECTS_LLAMA_CPP_HPP

/// The learning rate of llama.cpp's training, with the names of its command line and their defaults.
/// Source: llama.cpp, `common/common.cpp`, as packaged with llama-cpp-python 0.3.36.

#include <pacer/dialects/dialect.hpp>

namespace pacer::llama_cpp {

using pacer::check;

namespace detail {

/// A straight line on a logarithmic scale, of a length that need not be whole.
struct log_linear : shapes::exponential {
    using nameless = void;
};

}  // namespace detail

/// Parameters of `lr_opt`.
struct lr_opt_params {
    using rate_type = double;
    static constexpr const char* name = "llama_cpp::lr_opt";

    double lr0 = 1e-5;  ///< the first rate; above 0
    double lr_min =
        pacer::detail::unset;  ///< the last rate, above 0 and below `lr0`; if it is not given, the rate stays
    double decay_epochs = pacer::detail::unset;  ///< epochs of the decay; default, and at most, all
    step_t epochs = 2;                           ///< epochs of the run, 1 to 2^53

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("lr0", "the first rate"), p.lr0);
        visit(fields::optional_rate("lr_min", "the last rate"), p.lr_min);
        visit(fields::optional_number("decay_epochs", "epochs of the decay"), p.decay_epochs);
        visit(fields::as_length(fields::updates_from_1("epochs", "epochs of the run")), p.epochs);
    }
    PACER_HOST constexpr violation check() const noexcept {
        if (!(lr0 > 0))
            return pacer::detail::bad_rate("lr0", lr0, "must be above 0");
        if (lr_min != pacer::detail::unset && !(lr_min > 0 && lr_min < lr0))
            return pacer::detail::bad_rate("lr_min", lr_min, "must be above 0 and below lr0");
        return {};
    }
    PACER_HD constexpr step_t total_steps() const noexcept { return epochs; }
    PACER_HOST constexpr auto schedule() const {
        const bool is_shorter = decay_epochs > 0 && decay_epochs < static_cast<double>(epochs);
        const double last = lr_min == pacer::detail::unset ? lr0 : lr_min;
        return ramp(lr0, last, is_shorter ? decay_epochs : static_cast<double>(epochs), detail::log_linear{});
    }
};

/// llama.cpp's `lr_opt`, a decay along a straight line on a logarithmic scale, asked once an epoch: with n the smaller of `decay_epochs`
/// and `epochs`,
///
///     lr(s) = lr0 (lr_min / lr0)^(s / n)      for s < n
///     lr(s) = lr_min                          for s >= n
///
/// By updates it is pacer::every(updates_per_epoch, lr).
using lr_opt = pacer::detail::dialect_schedule<lr_opt_params>;

using schedules = pacer::detail::dialect_list<lr_opt>;

}  // namespace pacer::llama_cpp

#endif
