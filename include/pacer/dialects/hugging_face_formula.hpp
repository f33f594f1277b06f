// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_HUGGING_FACE_FORMULA_HPP
#define PACER_DIALECTS_HUGGING_FACE_FORMULA_HPP

/// What Hugging Face itself computes, rounding errors included, for whatever numbers its functions take; for recipes that
/// no schedule of pacer's can hold, and for telling whether a logged rate is that of a step.
///
/// Not a schedule to train with: it uses `<cmath>`, loses digits near the end of a decay, and past the end it does what
/// Hugging Face does. The schedules of `dialects/hugging_face.hpp` are within a few ULP of the peak of it.

#include <pacer/schedule.hpp>
#include <pacer/shapes.hpp>

#include <cmath>
#include <iterator>
#include <numbers>
#include <string_view>

namespace pacer::hf {

/// The functions of Hugging Face's `get_scheduler`.
enum class function : unsigned char {
    constant,
    constant_with_warmup,
    linear,
    cosine,
    cosine_with_min_lr,
    cosine_with_restarts,
    cosine_warmup_with_min_lr,
    polynomial,
    inverse_sqrt,
    warmup_stable_decay
};

/// Their names in `lr_scheduler_type`, in the order of `function`.
inline constexpr const char* function_names[] = {"constant",
                                                 "constant_with_warmup",
                                                 "linear",
                                                 "cosine",
                                                 "cosine_with_min_lr",
                                                 "cosine_with_restarts",
                                                 "cosine_warmup_with_min_lr",
                                                 "polynomial",
                                                 "inverse_sqrt",
                                                 "warmup_stable_decay"};

/// Its name in `lr_scheduler_type`.
[[nodiscard]] PACER_HOST constexpr const char* name_of(function f) noexcept {
    return function_names[static_cast<unsigned char>(f)];
}

/// The function of a name, "cosine"; where Hugging Face has none that is called so, `otherwise`.
[[nodiscard]] PACER_HOST constexpr function function_named(std::string_view name, function otherwise) noexcept {
    for (std::size_t i = 0; i < std::size(function_names); ++i)
        if (name == function_names[i])
            return static_cast<function>(i);
    return otherwise;
}

/// One function of Hugging Face's with its arguments, evaluated as its Python code is: in binary64, in its order of
/// operations, `base_lr * lambda(step)`. With the C library of the machine that made a log, equal to it bit for bit.
///
///     const pacer::hf::formula f{.is = pacer::hf::function::cosine, .lr = 1e-3, .warmup = 10, .total = 1000};
///     f(step)
///
/// Only those numbers are looked at that the function has; none is checked.
/// Source: transformers 4.57 and 5.23, `optimization.py`. Checked against traces of both.
struct formula {
    function is = function::constant;  ///< which of them
    ramp_shape warmup_shape{};         ///< warmup_stable_decay: linear, cosine or one_minus_sqrt
    ramp_shape decay_shape{};          ///< the same
    double lr = 0;                     ///< the rate of the optimizer
    double warmup = 0;                 ///< updates; transformers 4.41 takes fractions of one
    double total = 0;                  ///< updates, warm-up included
    double num_cycles = 0.5;           ///< cosines: full waves; with restarts: how many falls
    double floor = 0;                  ///< cosines with a floor, warmup_stable_decay: as a part of `lr`
    double init = -1;      ///< cosine_warmup_with_min_lr: the first rate as a part of `lr`; below 0: not given
    double lr_end = 0;     ///< polynomial: the last rate
    double power = 1;      ///< polynomial
    double timescale = 0;  ///< inverse_sqrt; 0: the warm-up, or 10000 without one
    double stable = 0;     ///< warmup_stable_decay: updates; below 0 where warm-up and decay overlap
    double decay = 0;      ///< warmup_stable_decay: updates

    /// The rate of update `step`; of a negative one, that of update 0.
    [[nodiscard]] PACER_HOST double operator()(step_t step) const noexcept {
        return lr * factor(static_cast<double>(step < 0 ? 0 : step));
    }

private:
    [[nodiscard]] PACER_HOST static double at_least_1(double n) noexcept { return n < 1 ? 1 : n; }
    [[nodiscard]] PACER_HOST static double positive(double x) noexcept { return x > 0 ? x : 0; }

    /// A cosine that has done `progress` of its length.
    [[nodiscard]] PACER_HOST double wave(double progress) const noexcept {
        return 0.5 * (1.0 + std::cos(std::numbers::pi * num_cycles * 2.0 * progress));
    }

    [[nodiscard]] PACER_HOST double factor(double s) const noexcept {
        if (is == function::constant)
            return 1;
        if (is == function::warmup_stable_decay)
            return stable_decay(s);
        if (is == function::cosine_warmup_with_min_lr)
            return one_ahead(s);
        if (s < warmup)
            return s / at_least_1(warmup);
        const double progress = (s - warmup) / at_least_1(total - warmup);
        switch (is) {
        case function::linear: return positive((total - s) / at_least_1(total - warmup));
        case function::polynomial: return polynomial(s);
        case function::inverse_sqrt: {
            const double scale = timescale > 0 ? timescale : warmup > 0 ? warmup : 10'000;
            return 1.0 / std::sqrt((s + (scale - warmup)) / scale);
        }
        case function::cosine_with_restarts:
            return progress >= 1
                       ? 0
                       : positive(0.5 * (1.0 + std::cos(std::numbers::pi * std::fmod(num_cycles * progress, 1.0))));
        case function::cosine: return positive(wave(progress));
        case function::cosine_with_min_lr: return positive(wave(progress) * (1 - floor) + floor);
        default: return 1;
        }
    }

    [[nodiscard]] PACER_HOST double one_ahead(double s) const noexcept {
        if (s < warmup && init >= 0)
            return init + (1.0 - init) * s / at_least_1(warmup - 1);
        if (s < warmup)
            return (s + 1) / at_least_1(warmup);
        return positive(wave((s - warmup + 1) / at_least_1(total - warmup)) * (1 - floor) + floor);
    }

    [[nodiscard]] PACER_HOST double polynomial(double s) const noexcept {
        if (s > total)
            return lr_end / lr;
        const double left = 1 - (s - warmup) / (total - warmup);
        return ((lr - lr_end) * std::pow(left, power) + lr_end) / lr;
    }

    [[nodiscard]] PACER_HOST double on_floor(double part) const noexcept {
        return positive(part * (1.0 - floor) + floor);
    }

    [[nodiscard]] PACER_HOST double stable_decay(double s) const noexcept {
        if (s < warmup) {
            const double p = s / at_least_1(warmup);
            switch (warmup_shape.which()) {
            case ramp_shape::kind::cosine: return on_floor(0.5 * (1.0 - std::cos(std::numbers::pi * p)));
            case ramp_shape::kind::one_minus_sqrt: return on_floor(1.0 - std::sqrt(1.0 - p));
            default: return on_floor(p);
            }
        }
        if (s < warmup + stable)
            return 1;
        if (s >= warmup + stable + decay)
            return floor;
        const double p = (s - warmup - stable) / at_least_1(decay);
        switch (decay_shape.which()) {
        case ramp_shape::kind::cosine: return on_floor(wave(p));
        case ramp_shape::kind::one_minus_sqrt: return on_floor(1.0 - std::sqrt(p));
        default: return on_floor(1.0 - p);
        }
    }
};

}  // namespace pacer::hf

#endif
