// SPDX-License-Identifier: MIT
#ifndef PACER_BENCH_BY_HAND_HPP
#define PACER_BENCH_BY_HAND_HPP

// The formulas as somebody would write them who needs one schedule and has <cmath>: what everything is compared to.

#include <cmath>
#include <cstdint>
#include <numbers>

namespace by_hand {

using step_t = std::int64_t;

/// What nearly every formula needs: two rates, the warm-up and the end.
struct run {
    double peak;
    double min;
    step_t warmup;
    step_t total;

    [[nodiscard]] double warm(step_t s) const { return peak * static_cast<double>(s) / static_cast<double>(warmup); }
    [[nodiscard]] double progress(step_t s) const {
        return static_cast<double>(s - warmup) / static_cast<double>(total - warmup);
    }
};

struct constant : run {
    double operator()(step_t) const { return peak; }
};

struct warmed_up : run {
    double operator()(step_t s) const { return s < warmup ? warm(s) : peak; }
};

/// The reference of the first part of the page.
struct cosine_with_min_lr : run {
    double operator()(step_t s) const {
        if (s < warmup)
            return warm(s);
        if (s >= total)
            return min;
        return min + (peak - min) * 0.5 *
                         (1 + std::cos(std::numbers::pi * static_cast<double>(s - warmup) /
                                       static_cast<double>(total - warmup)));
    }
};

/// The same in float throughout.
struct cosine_with_min_lr_float {
    float peak;
    float min;
    step_t warmup;
    step_t total;

    float operator()(step_t s) const {
        if (s < warmup)
            return peak * static_cast<float>(s) / static_cast<float>(warmup);
        if (s >= total)
            return min;
        return min + (peak - min) * 0.5f *
                         (1 + std::cos(std::numbers::pi_v<float> * static_cast<float>(s - warmup) /
                                       static_cast<float>(total - warmup)));
    }
};

/// The same with every division done beforehand.
struct cosine_by_reciprocal {
    explicit cosine_by_reciprocal(const run& r)
        : min_(r.min),
          half_(0.5 * (r.peak - r.min)),
          slope_(r.peak / static_cast<double>(r.warmup)),
          angle_(std::numbers::pi / static_cast<double>(r.total - r.warmup)),
          warmup_(r.warmup),
          total_(r.total) {}

    double operator()(step_t s) const {
        if (s < warmup_)
            return slope_ * static_cast<double>(s);
        if (s >= total_)
            return min_;
        return min_ + half_ * (1 + std::cos(angle_ * static_cast<double>(s - warmup_)));
    }

private:
    double min_, half_, slope_, angle_;
    step_t warmup_, total_;
};

struct linear : run {
    double operator()(step_t s) const {
        if (s < warmup)
            return warm(s);
        if (s >= total)
            return min;
        return min + (peak - min) * (1 - progress(s));
    }
};

struct cosine : run {
    double operator()(step_t s) const {
        if (s < warmup)
            return warm(s);
        if (s >= total)
            return 0;
        return peak * 0.5 * (1 + std::cos(std::numbers::pi * progress(s)));
    }
};

struct cosine_of_waves : run {
    double waves;
    double operator()(step_t s) const {
        if (s < warmup)
            return warm(s);
        const double p = s < total ? progress(s) : 1;
        return peak * 0.5 * (1 + std::cos(2 * std::numbers::pi * waves * p));
    }
};

struct cosine_one_ahead : run {
    double operator()(step_t s) const {
        if (s < warmup)
            return warm(s + 1);
        if (s + 1 >= total)
            return min;
        return min + (peak - min) * 0.5 * (1 + std::cos(std::numbers::pi * progress(s + 1)));
    }
};

struct restarts : run {
    double cycles;
    double operator()(step_t s) const {
        if (s < warmup)
            return warm(s);
        if (s >= total)
            return min;
        return min + (peak - min) * 0.5 * (1 + std::cos(std::numbers::pi * std::fmod(cycles * progress(s), 1.0)));
    }
};

struct square : run {
    double operator()(step_t s) const {
        if (s < warmup)
            return warm(s);
        if (s >= total)
            return min;
        const double left = 1 - progress(s);
        return min + (peak - min) * left * left;
    }
};

struct power : run {
    double exponent;
    double operator()(step_t s) const {
        if (s < warmup)
            return warm(s);
        if (s >= total)
            return min;
        return min + (peak - min) * std::pow(1 - progress(s), exponent);
    }
};

struct inverse_sqrt : run {
    double timescale;
    double operator()(step_t s) const {
        if (s < warmup)
            return warm(s);
        return peak * std::sqrt(timescale / (static_cast<double>(s - warmup) + timescale));
    }
};

/// Warm-up, plateau, and a tail that is a function of the part of it that has passed.
template <double (*Left)(double)>
struct stable_then : run {
    step_t decay;
    double operator()(step_t s) const {
        if (s < warmup)
            return warm(s);
        if (s < total - decay)
            return peak;
        if (s >= total)
            return min;
        return min + (peak - min) * Left(static_cast<double>(s - (total - decay)) / static_cast<double>(decay));
    }
};

inline double linear_left(double r) { return 1 - r; }
inline double cosine_left(double r) { return 0.5 * (1 + std::cos(std::numbers::pi * r)); }
inline double sqrt_left(double r) { return 1 - std::sqrt(r); }
inline double half_life_left(double r) { return 2 * std::exp2(-r) - 1; }

/// DeepSpeed's clock: one update late, and the first two at the minimum.
struct deepspeed_run : run {
    bool logarithmic;
    double inverse_log;  ///< 1 / ln(warmup)

    [[nodiscard]] double rise(step_t i) const {
        return logarithmic ? inverse_log * std::log(static_cast<double>(i + 1))
                           : static_cast<double>(i) / static_cast<double>(warmup);
    }
};

struct deepspeed_warmup : deepspeed_run {
    double operator()(step_t s) const {
        const step_t i = s > 0 ? s - 1 : 0;
        return i < warmup ? min + (peak - min) * rise(i) : peak;
    }
};

struct deepspeed_decay : deepspeed_run {
    double operator()(step_t s) const {
        const step_t i = s > 0 ? s - 1 : 0;
        if (i < warmup)
            return min + (peak - min) * rise(i);
        if (i >= total)
            return min;
        return min + (peak - min) * (static_cast<double>(total - i) / static_cast<double>(total - warmup));
    }
};

struct deepspeed_cosine : deepspeed_run {
    double operator()(step_t s) const {
        const step_t i = s > 0 ? s - 1 : 0;
        if (i < warmup)
            return peak * rise(i);
        if (i >= total)
            return min;
        return min + (peak - min) * 0.5 * (1 + std::cos(std::numbers::pi * progress(i)));
    }
};

}  // namespace by_hand

#endif
