// SPDX-License-Identifier: MIT
// The schedules that device code is tested with. `with_each(f)` calls `f(number, name, schedule)` for every kind of
// schedule, in double and in float. The number is that of the schedule's type, given as a type, so that the kernel can
// be found by it.
#ifndef PACER_TESTS_DEVICE_SCHEDULES_HPP
#define PACER_TESTS_DEVICE_SCHEDULES_HPP

#include <pacer/dialects/deepspeed.hpp>
#include <pacer/dialects/hugging_face.hpp>
#include <pacer/exact.hpp>
#include <pacer/pacer.hpp>
#include <pacer/training/plateau.hpp>

#include <tuple>
#include <type_traits>

namespace device_test {

inline constexpr pacer::step_t total = 1000;
inline constexpr pacer::step_t warmup = 70;

template <class S>
struct row {
    const char* name;
    S schedule;
};

template <class S>
row(const char*, S) -> row<S>;

/// A schedule of one's own.
template <class Real>
struct saw {
    PACER_HD constexpr Real operator()(pacer::step_t step) const noexcept {
        return static_cast<Real>(static_cast<double>(step % 4) / 1000);
    }
};

template <class Real>
auto stable(const char* name, pacer::ramp_shape shape) {
    return row{name, pacer::warmup_stable_decay<Real>({.peak_lr = Real(0.003),
                                                       .min_lr = pacer::lr_ratio(0.1),
                                                       .decay_steps = 300,
                                                       .total_steps = total,
                                                       .warmup = pacer::warmup_steps(warmup),
                                                       .decay_shape = shape,
                                                       .warmup_shape = shape})};
}

template <class Real>
auto rows() {
    using namespace pacer;
    const Real peak = Real(0.003);
    const Real low = Real(0.0001);
    const constant<Real> flat({.peak_lr = peak});
    const linear<Real> down({.peak_lr = peak, .total_steps = total});
    return std::tuple{
        row{"constant", constant<Real>({.peak_lr = peak, .total_steps = total, .past_end = past_end::zero})},
        row{"constant_with_warmup", constant_with_warmup<Real>({.peak_lr = peak, .warmup = warmup_steps(warmup)})},
        row{"linear_warmup", linear_warmup<Real>({.peak_lr = peak, .total_steps = total, .init_lr = low})},
        row{"linear", linear<Real>({.peak_lr = peak, .total_steps = total, .warmup = warmup_steps(warmup)})},
        row{"polynomial 0.9", polynomial<Real>({.peak_lr = peak, .end_lr = 1e-5, .power = 0.9, .total_steps = total})},
        row{"polynomial 2.5", polynomial<Real>({.peak_lr = peak, .power = 2.5, .total_steps = total})},
        row{"inverse_sqrt", inverse_sqrt<Real>({.peak_lr = peak, .warmup = warmup_steps(warmup)})},
        row{"cosine", cosine<Real>({.peak_lr = peak, .total_steps = total, .warmup = warmup_ratio(0.03)})},
        row{"cosine, as a wave", cosine<Real>({.peak_lr = peak,
                                               .num_cycles = 1.3,
                                               .total_steps = total,
                                               .warmup = warmup_ratio(0.0333, rounding::exact),
                                               .past_end = past_end::wave})},
        row{"cosine_with_min_lr",
            cosine_with_min_lr<Real>({.peak_lr = peak, .min_lr = lr_ratio(0.1), .total_steps = total})},
        row{"cosine_warmup_with_min_lr",
            hf::cosine_warmup_with_min_lr<Real>(
                {.peak_lr = peak, .min_lr = lr_ratio(0.1), .total_steps = total, .warmup = warmup_steps(warmup)})},
        row{"cosine_with_restarts",
            cosine_with_restarts<Real>(
                {.peak_lr = peak, .num_cycles = 3, .total_steps = total, .past_end = past_end::repeat})},
        stable<Real>("warmup_stable_decay, linear", ramp_shape::linear),
        stable<Real>("warmup_stable_decay, cosine", ramp_shape::cosine),
        stable<Real>("warmup_stable_decay, one_minus_sqrt", ramp_shape::one_minus_sqrt),
        stable<Real>("warmup_stable_decay, half_life", ramp_shape::half_life),
        row{"join, scale, clamp, advance",
            join(flat, 100, saw<Real>{}, 300, advance(scale(clamp(down, low, peak), Real(0.3)), 7))},
        row{"cut", cut(down, {.lr = 0.3}, low)},
    };
}

inline auto deepspeed_rows() {
    using namespace pacer::deepspeed;
    return std::tuple{
        row{"deepspeed::warmup_lr", warmup_lr({.warmup_max_lr = 0.003, .warmup_num_steps = warmup})},
        row{"deepspeed::warmup_decay_lr",
            warmup_decay_lr(
                {.total_num_steps = total, .warmup_num_steps = warmup, .warmup_type = warmup_type::linear})},
        row{"deepspeed::warmup_cosine_lr",
            warmup_cosine_lr({.lr = 0.003, .total_num_steps = total, .warmup_num_steps = warmup})},
    };
}

/// The words of a sin^2 of 256 bits, mixed, as a number from 1 to 2: no schedule is known that needs all of them.
PACER_HD_APART constexpr double wide_squares(std::uint64_t x) noexcept {
    const auto square = pacer::detail::wide_half_wave<4>(x, 2039);
    auto mixed = static_cast<std::uint64_t>(square.e);
    for (const std::uint64_t word : square.m.w)
        mixed = mixed * 0x9E3779B97F4A7C15u + word;
    return pacer::detail::from_bits(mixed >> 12 | std::uint64_t{1023} << 52);
}

struct wide_sine {
    PACER_HD constexpr double operator()(pacer::step_t step) const noexcept {
        return wide_squares(static_cast<std::uint64_t>(step) % 1019 + 1);
    }
};

/// Their names begin with "exact": of these, every step is asked.
inline auto exact_rows() {
    using namespace pacer;
    constexpr double peak = 0.003;
    constexpr double next = 1 + 0x1p-52;  // every rate is next to the middle of two doubles, or is it
    return std::tuple{
        row{"exact linear", exact(linear<>({.peak_lr = peak, .total_steps = total, .warmup = warmup_steps(warmup)}))},
        row{"exact linear, ties", exact(linear<>({.peak_lr = next, .end_lr = 1.0, .total_steps = total}))},
        row{"exact linear, subnormal", exact(linear<>({.peak_lr = 1e-320, .total_steps = total}))},
        row{"exact polynomial 2", exact(polynomial<>({.peak_lr = peak, .power = 2, .total_steps = total}))},
        row{"exact cosine_with_min_lr",
            exact(cosine_with_min_lr<>({.peak_lr = peak, .min_lr = lr_ratio(0.1), .total_steps = total}))},
        row{"exact cosine_with_min_lr, ties",
            exact(cosine_with_min_lr<>({.peak_lr = next, .min_lr = 1.0, .total_steps = total}))},
        row{"256 bits", wide_sine{}},
    };
}

/// The first of several types that is one of them.
template <class T, class... All>
constexpr int index_of() {
    int index = 0;
    static_cast<void>(((std::is_same_v<T, All> ? true : (++index, false)) || ...));
    return index;
}

template <class F, class... S>
void with_each_of(F& f, const std::tuple<row<S>...>& rows) {
    std::apply(
        [&](const auto&... row) {
            (f(std::integral_constant<int, index_of<decltype(row.schedule), S...>()>{}, row.name, row.schedule), ...);
        },
        rows);
}

template <class F>
void with_each(F f) {
    with_each_of(f, std::tuple_cat(rows<double>(), rows<float>(), deepspeed_rows(), exact_rows()));
}

}  // namespace device_test

#endif
