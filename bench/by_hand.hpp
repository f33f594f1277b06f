// SPDX-License-Identifier: MIT
#ifndef PACER_BENCH_BY_HAND_HPP
#define PACER_BENCH_BY_HAND_HPP

// The formulas as somebody would write them who needs one schedule and has <cmath>: what everything is compared to. That of
// a named schedule stands in its row of tests/catalogue.hpp.

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

/// The reference of the first part of the page.
template <class Run = run>
struct cosine_with_min_lr : Run {
    double operator()(step_t s) const {
        if (s < this->warmup)
            return this->warm(s);
        if (s >= this->total)
            return this->min;
        return this->min + (this->peak - this->min) * 0.5 *
                               (1 + std::cos(std::numbers::pi * static_cast<double>(s - this->warmup) /
                                             static_cast<double>(this->total - this->warmup)));
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
