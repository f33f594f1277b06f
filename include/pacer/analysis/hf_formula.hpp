// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_HF_FORMULA_HPP
#define PACER_ANALYSIS_HF_FORMULA_HPP

/// What Hugging Face itself computes, rounding errors included; for telling whether a logged rate is that of a step.
///
/// Not a schedule to train with: it uses <cmath>, loses digits near the end of a decay, and past the end it does what
/// Hugging Face does. pacer's schedules are within a few ULP of the peak of it.

#include <pacer/expression/make_schedule.hpp>

#include <cmath>
#include <numbers>
#include <string>
#include <utility>

namespace pacer::analysis {

/// One schedule of Hugging Face's `get_scheduler`, evaluated as its Python code is: in binary64, in its order of
/// operations, `base_lr * lambda(step)`. With the C library of the machine that made a log, equal to it bit for bit.
///
///     const hf_formula f("cosine", parameters, W);
///     f(step)
///
/// @param name        a name of `make_schedule` that Hugging Face has.
/// @param parameters  as for `make_schedule`; `total_steps` and `peak_lr` must be given where the schedule needs them.
/// @param warmup      warm-up updates; may be more than the run has.
///
/// Source: transformers 4.57 and 5.23, `optimization.py`. Checked against traces of both.
class hf_formula {
public:
    hf_formula(std::string name, const schedule_parameters& parameters, step_t warmup)
        : name_(std::move(name)),
          given_(parameters),
          base_(parameters.peak_lr.value_or(0)),
          w_(warmup),
          t_(parameters.total_steps.value_or(endless)) {
        if (parameters.min_lr)
            floor_ = parameters.min_lr->is_ratio() ? parameters.min_lr->value() : parameters.min_lr->value() / base_;
        if (parameters.init_lr)
            init_ = parameters.init_lr->is_ratio() ? parameters.init_lr->value() : parameters.init_lr->value() / base_;
    }

    [[nodiscard]] double operator()(step_t step) const { return base_ * lambda(step); }

private:
    [[nodiscard]] double lambda(step_t s) const {
        const auto number = [](step_t n) { return static_cast<double>(n); };
        const auto at_least_1 = [](step_t n) { return static_cast<double>(n < 1 ? 1 : n); };
        const auto positive = [](double x) { return x > 0 ? x : 0.0; };
        const double pi = std::numbers::pi;
        const double cycles = given_.num_cycles.value_or(name_ == "cosine_with_restarts" ? 1 : 0.5);

        if (name_ == "constant")
            return 1;
        if (name_ == "warmup_stable_decay")
            return stable_decay(s);
        if (name_ == "cosine_warmup_with_min_lr") {
            if (s < w_ && given_.init_lr)
                return init_ + (1.0 - init_) * number(s) / at_least_1(w_ - 1);
            if (s < w_)
                return number(s + 1) / at_least_1(w_);
            const double progress = number(s - w_ + 1) / at_least_1(t_ - w_);
            return positive(0.5 * (1.0 + std::cos(pi * cycles * 2.0 * progress)) * (1 - floor_) + floor_);
        }
        if (s < w_)
            return number(s) / at_least_1(w_);
        if (name_ == "linear")
            return positive(number(t_ - s) / at_least_1(t_ - w_));
        if (name_ == "polynomial") {
            const double end = given_.end_lr ? given_.end_lr->rate(base_) : 0;
            if (s > t_)
                return end / base_;
            const double left = 1 - number(s - w_) / number(t_ - w_);
            return ((base_ - end) * std::pow(left, given_.power.value_or(1)) + end) / base_;
        }
        if (name_ == "inverse_sqrt") {
            const step_t scale = given_.timescale.value_or(0) > 0 ? *given_.timescale : w_ > 0 ? w_ : 10'000;
            return 1.0 / std::sqrt(number(s + (scale - w_)) / number(scale));
        }
        if (name_ == "cosine" || name_ == "cosine_with_min_lr" || name_ == "cosine_with_restarts") {
            const double progress = number(s - w_) / at_least_1(t_ - w_);
            if (name_ == "cosine_with_restarts")
                return progress >= 1 ? 0 : positive(0.5 * (1.0 + std::cos(pi * std::fmod(cycles * progress, 1.0))));
            const double factor = 0.5 * (1.0 + std::cos(pi * cycles * 2.0 * progress));
            return positive(name_ == "cosine" ? factor : factor * (1 - floor_) + floor_);
        }
        return 1;  // constant_with_warmup, linear_warmup
    }

    [[nodiscard]] double stable_decay(step_t s) const {
        const double pi = std::numbers::pi;
        const step_t stable = given_.stable_steps.value_or(0);
        const step_t decay = given_.decay_steps.value_or(0);
        const auto progress = [](step_t x, step_t n) {
            return static_cast<double>(x) / static_cast<double>(n < 1 ? 1 : n);
        };
        const auto on_floor = [&](double factor) {
            const double value = factor * (1.0 - floor_) + floor_;
            return value > 0 ? value : 0.0;
        };
        if (s < w_) {
            const double p = progress(s, w_);
            switch (given_.warmup_shape.value_or(ramp_shape::linear).which()) {
            case ramp_shape::kind::cosine: return on_floor(0.5 * (1.0 - std::cos(pi * p)));
            case ramp_shape::kind::one_minus_sqrt: return on_floor(1.0 - std::sqrt(1.0 - p));
            default: return on_floor(p);
            }
        }
        if (s < w_ + stable)
            return 1;
        if (s >= w_ + stable + decay)
            return floor_;
        const double p = progress(s - w_ - stable, decay);
        switch (given_.decay_shape.value_or(ramp_shape::linear).which()) {
        case ramp_shape::kind::cosine: return on_floor(0.5 * (1.0 + std::cos(pi * 0.5 * 2.0 * p)));
        case ramp_shape::kind::one_minus_sqrt: return on_floor(1.0 - std::sqrt(p));
        default: return on_floor(1.0 - p);
        }
    }

    std::string name_;
    schedule_parameters given_;
    double base_;
    double floor_ = 0;
    double init_ = 0;
    step_t w_;
    step_t t_;
};

}  // namespace pacer::analysis

#endif
