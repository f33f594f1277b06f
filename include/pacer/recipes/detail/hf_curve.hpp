// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_HF_CURVE_HPP
#define PACER_RECIPES_DETAIL_HF_CURVE_HPP

#include <pacer/schedule.hpp>
#include <pacer/shapes.hpp>

#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

namespace pacer::recipes::detail {

/// One schedule of Hugging Face's `get_scheduler`, evaluated as its Python code is: in binary64, in its order of
/// operations, `base_lr * lambda(step)`, for whatever numbers its functions take. With the C library of the machine that
/// made a log, equal to it bit for bit. It loses digits near the end of a decay, and past the end it does what Hugging
/// Face does.
///
/// Source: transformers 4.57 and 5.23, `optimization.py`.
struct hf_curve {
    enum class kind : unsigned char {
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
    static constexpr std::array<std::string_view, 10> names{"constant",
                                                            "constant_with_warmup",
                                                            "linear",
                                                            "cosine",
                                                            "cosine_with_min_lr",
                                                            "cosine_with_restarts",
                                                            "cosine_warmup_with_min_lr",
                                                            "polynomial",
                                                            "inverse_sqrt",
                                                            "warmup_stable_decay"};

    /// The one of that name; those that are a warm-up and nothing else are `constant_with_warmup`.
    [[nodiscard]] PACER_HOST static kind of(std::string_view name) {
        for (std::size_t i = 0; i < names.size(); ++i)
            if (name == names[i])
                return static_cast<kind>(i);
        return kind::constant_with_warmup;
    }

    kind is = kind::constant;
    bool has_init = false;
    ramp_shape warmup_shape{};
    ramp_shape decay_shape{};
    double base = 0;    // the learning rate
    double warmup = 0;  // W, maybe broken
    double total = 0;   // T
    double floor = 0;   // a part of the base
    double init = 0;    // a part of the base
    double end = 0;     // a rate
    double cycles = 0.5;
    double power = 1;
    double timescale = 0;  // 0: the warm-up, or 10000
    double stable = 0;     // updates; may be negative
    double decay = 0;

    [[nodiscard]] PACER_HOST double operator()(step_t step) const noexcept {
        return base * factor(static_cast<double>(step < 0 ? 0 : step));
    }

private:
    [[nodiscard]] PACER_HOST static double at_least_1(double n) noexcept { return n < 1 ? 1 : n; }
    [[nodiscard]] PACER_HOST static double positive(double x) noexcept { return x > 0 ? x : 0; }

    [[nodiscard]] PACER_HOST double factor(double s) const noexcept {
        const double pi = std::numbers::pi;
        if (is == kind::constant)
            return 1;
        if (is == kind::warmup_stable_decay)
            return stable_decay(s);
        if (is == kind::cosine_warmup_with_min_lr) {
            if (s < warmup && has_init)
                return init + (1.0 - init) * s / at_least_1(warmup - 1);
            if (s < warmup)
                return (s + 1) / at_least_1(warmup);
            const double progress = (s - warmup + 1) / at_least_1(total - warmup);
            return positive(0.5 * (1.0 + std::cos(pi * cycles * 2.0 * progress)) * (1 - floor) + floor);
        }
        if (s < warmup)
            return s / at_least_1(warmup);
        if (is == kind::linear)
            return positive((total - s) / at_least_1(total - warmup));
        if (is == kind::polynomial) {
            if (s > total)
                return end / base;
            const double left = 1 - (s - warmup) / (total - warmup);
            return ((base - end) * std::pow(left, power) + end) / base;
        }
        if (is == kind::inverse_sqrt) {
            const double scale = timescale > 0 ? timescale : warmup > 0 ? warmup : 10'000;
            return 1.0 / std::sqrt((s + (scale - warmup)) / scale);
        }
        if (is == kind::constant_with_warmup)
            return 1;
        const double progress = (s - warmup) / at_least_1(total - warmup);
        if (is == kind::cosine_with_restarts)
            return progress >= 1 ? 0 : positive(0.5 * (1.0 + std::cos(pi * std::fmod(cycles * progress, 1.0))));
        const double wave = 0.5 * (1.0 + std::cos(pi * cycles * 2.0 * progress));
        return positive(is == kind::cosine ? wave : wave * (1 - floor) + floor);
    }

    [[nodiscard]] PACER_HOST double stable_decay(double s) const noexcept {
        const double pi = std::numbers::pi;
        const auto on_floor = [&](double part) { return positive(part * (1.0 - floor) + floor); };
        if (s < warmup) {
            const double p = s / at_least_1(warmup);
            switch (warmup_shape.which()) {
            case ramp_shape::kind::cosine: return on_floor(0.5 * (1.0 - std::cos(pi * p)));
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
        case ramp_shape::kind::cosine: return on_floor(0.5 * (1.0 + std::cos(pi * cycles * 2.0 * p)));
        case ramp_shape::kind::one_minus_sqrt: return on_floor(1.0 - std::sqrt(p));
        default: return on_floor(1.0 - p);
        }
    }
};

}  // namespace pacer::recipes::detail

#endif
