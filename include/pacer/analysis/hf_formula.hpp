// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_HF_FORMULA_HPP
#define PACER_ANALYSIS_HF_FORMULA_HPP

/// What Hugging Face itself computes, rounding errors included; for telling whether a logged rate is that of a step.
///
/// Not a schedule to train with: it uses <cmath>, loses digits near the end of a decay, and past the end it does what
/// Hugging Face does. pacer's schedules are within a few ULP of the peak of it.

#include <pacer/expression/make.hpp>

#include <cmath>
#include <numbers>
#include <string>
#include <utility>

namespace pacer::analysis {

/// One schedule of Hugging Face's `get_scheduler`, evaluated as its Python code is: in binary64, in its order of
/// operations, `base_lr * lambda(step)`. With the C library of the machine that made a log, equal to it bit for bit.
///
///     const hf_formula f(pacer::make("cosine", {{"peak_lr", 1e-3}, {"total_steps", 1000}}), W);
///     f(step)
///
/// @param schedule  a named schedule that Hugging Face has; its own warm-up is not asked for.
/// @param warmup    warm-up updates; may be more than the run has.
///
/// Source: transformers 4.57 and 5.23, `optimization.py`. Checked against traces of both.
class hf_formula {
public:
    hf_formula(const expression& schedule, step_t warmup) : w_(warmup) {
        pacer::detail::syntax::field_slots given;
        pacer::detail::syntax::field_slots defaults;
        schedule.root()->collect(given, defaults);
        const auto read = [&]<class T>(const char* field, T& to) {
            if (const auto* slot = given.find(field))
                to = slot->template as<T>();
        };
        name_ = pacer::detail::syntax::expressible_schedules::names[schedule.root()->kind()];
        read("peak_lr", base_);
        read("total_steps", t_);
        read("num_cycles", cycles_);
        read("power", power_);
        read("timescale", timescale_);
        read("decay_steps", decay_);
        read("warmup_shape", warmup_shape_);
        read("decay_shape", decay_shape_);
        lr_or_ratio end;
        lr_or_ratio floor;
        lr_or_ratio init;
        read("end_lr", end);
        read("min_lr", floor);
        if (name_ == "cosine_warmup_with_min_lr")
            read("init_lr", init);
        end_ = end.rate(base_);
        floor_ = part_of_peak(floor);
        init_ = part_of_peak(init);
        has_init_ = init.is_given();
    }

    [[nodiscard]] double operator()(step_t step) const { return base_ * lambda(step); }

private:
    [[nodiscard]] double part_of_peak(const lr_or_ratio& lr) const {
        return lr.is_ratio() ? lr.value() : lr.is_given() ? lr.value() / base_ : 0;
    }

    [[nodiscard]] double lambda(step_t s) const {
        const auto number = [](step_t n) { return static_cast<double>(n); };
        const auto at_least_1 = [](step_t n) { return static_cast<double>(n < 1 ? 1 : n); };
        const auto positive = [](double x) { return x > 0 ? x : 0.0; };
        const double pi = std::numbers::pi;

        if (name_ == "constant")
            return 1;
        if (name_ == "warmup_stable_decay")
            return stable_decay(s);
        if (name_ == "cosine_warmup_with_min_lr") {
            if (s < w_ && has_init_)
                return init_ + (1.0 - init_) * number(s) / at_least_1(w_ - 1);
            if (s < w_)
                return number(s + 1) / at_least_1(w_);
            const double progress = number(s - w_ + 1) / at_least_1(t_ - w_);
            return positive(0.5 * (1.0 + std::cos(pi * cycles_ * 2.0 * progress)) * (1 - floor_) + floor_);
        }
        if (s < w_)
            return number(s) / at_least_1(w_);
        if (name_ == "linear")
            return positive(number(t_ - s) / at_least_1(t_ - w_));
        if (name_ == "polynomial") {
            if (s > t_)
                return end_ / base_;
            const double left = 1 - number(s - w_) / number(t_ - w_);
            return ((base_ - end_) * std::pow(left, power_) + end_) / base_;
        }
        if (name_ == "inverse_sqrt") {
            const step_t scale = timescale_ > 0 ? timescale_ : w_ > 0 ? w_ : 10'000;
            return 1.0 / std::sqrt(number(s + (scale - w_)) / number(scale));
        }
        if (name_ == "cosine" || name_ == "cosine_with_min_lr" || name_ == "cosine_with_restarts") {
            const double progress = number(s - w_) / at_least_1(t_ - w_);
            if (name_ == "cosine_with_restarts")
                return progress >= 1 ? 0 : positive(0.5 * (1.0 + std::cos(pi * std::fmod(cycles_ * progress, 1.0))));
            const double factor = 0.5 * (1.0 + std::cos(pi * cycles_ * 2.0 * progress));
            return positive(name_ == "cosine" ? factor : factor * (1 - floor_) + floor_);
        }
        return 1;  // constant_with_warmup, linear_warmup
    }

    [[nodiscard]] double stable_decay(step_t s) const {
        const double pi = std::numbers::pi;
        const auto progress = [](step_t x, step_t n) {
            return static_cast<double>(x) / static_cast<double>(n < 1 ? 1 : n);
        };
        const auto on_floor = [&](double factor) {
            const double value = factor * (1.0 - floor_) + floor_;
            return value > 0 ? value : 0.0;
        };
        if (s < w_) {
            const double p = progress(s, w_);
            switch (warmup_shape_.which()) {
            case ramp_shape::kind::cosine: return on_floor(0.5 * (1.0 - std::cos(pi * p)));
            case ramp_shape::kind::one_minus_sqrt: return on_floor(1.0 - std::sqrt(1.0 - p));
            default: return on_floor(p);
            }
        }
        if (s < t_ - decay_)
            return 1;
        if (s >= t_)
            return floor_;
        const double p = progress(s - (t_ - decay_), decay_);
        switch (decay_shape_.which()) {
        case ramp_shape::kind::cosine: return on_floor(0.5 * (1.0 + std::cos(pi * 0.5 * 2.0 * p)));
        case ramp_shape::kind::one_minus_sqrt: return on_floor(1.0 - std::sqrt(p));
        default: return on_floor(1.0 - p);
        }
    }

    std::string_view name_{};
    double base_ = 0;
    double floor_ = 0;
    double init_ = 0;
    double end_ = 0;
    double cycles_ = 0.5;
    double power_ = 1;
    bool has_init_ = false;
    step_t w_;
    step_t t_ = endless;
    step_t timescale_ = 0;
    step_t decay_ = 0;
    ramp_shape warmup_shape_{};
    ramp_shape decay_shape_{};
};

}  // namespace pacer::analysis

#endif
