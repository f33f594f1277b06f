// SPDX-License-Identifier: MIT
// The schedules that device code is tested with. `with_each(f)` calls `f(number, name, schedule)` for every kind of
// schedule, in double and in float. The number is that of the schedule's type, given as a type, so that the kernel can
// be found by it.
#ifndef PACER_TESTS_DEVICE_SCHEDULES_HPP
#define PACER_TESTS_DEVICE_SCHEDULES_HPP

#include "../catalogue.hpp"

#include <pacer/dialects/all.hpp>
#include <pacer/exact.hpp>
#include <pacer/training/plateau.hpp>

#include <string>
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

/// The settings of every schedule, before a variant of the catalogue changes them.
inline support::settings usual() {
    support::settings s;
    s.peak = support::as_float(0.003);
    s.end = pacer::lr_ratio(0.1);
    s.total = total;
    s.warmup = pacer::warmup_steps(warmup);
    s.decay = 300;
    s.restarts = 3;
    return s;
}

/// The same so that nothing is whole: a warm-up that ends between two updates, and waves; and what else differs.
inline support::settings fractional(bool has_wave) {
    support::settings s = usual();
    s.init = support::as_float(0.0001);
    s.waves = 1.3;
    s.warmup = pacer::warmup_ratio(0.0333, pacer::rounding::exact);
    s.past = has_wave ? pacer::past_end::wave : pacer::past_end::repeat;
    return s;
}

template <class Real, class Visitor>
void with_each_named(Visitor visit) {
    support::for_each_named([&](auto schedule) {
        using named = decltype(schedule);
        for (const support::grade& g : named::graded) {
            support::settings s = usual();
            g.choose(s);
            visit(g.label, named::template make<Real>(s));
        }
        visit((std::string(named::name) + ", fractional").c_str(),
              named::template make<Real>(fractional(named::has_wave)));
        support::settings to_zero = usual();
        to_zero.past = pacer::past_end::zero;
        visit((std::string(named::name) + ", then zero").c_str(), named::template make<Real>(to_zero));
    });
}

/// Compositions, and what is no schedule of the catalogue.
template <class Real>
auto rows() {
    using namespace pacer;
    const Real peak = Real(0.003);
    const Real low = Real(0.0001);
    const constant<Real> flat({.peak_lr = peak});
    const linear<Real> down({.peak_lr = peak, .total_steps = total});
    return std::tuple{
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

/// The types of the catalogue's schedules; never called.
template <template <class> class... S>
std::tuple<S<double>..., pacer::hf::cosine_warmup_with_min_lr<double>, S<float>...,
           pacer::hf::cosine_warmup_with_min_lr<float>>
    named_types(pacer::schedule_list<S...>);

template <class F, class... Named, class... S>
void with_each_of(F& f, std::tuple<Named...>*, const std::tuple<row<S>...>& others) {
    const auto number_and_call = [&](const char* name, const auto& schedule) {
        f(std::integral_constant<int, index_of<std::remove_cvref_t<decltype(schedule)>, Named..., S...>()>{}, name,
          schedule);
    };
    with_each_named<double>(number_and_call);
    with_each_named<float>(number_and_call);
    std::apply([&](const auto&... row) { (number_and_call(row.name, row.schedule), ...); }, others);
}

template <class F>
void with_each(F f) {
    with_each_of(f, static_cast<decltype(named_types(pacer::schedules{}))*>(nullptr),
                 std::tuple_cat(rows<double>(), rows<float>(), deepspeed_rows(), exact_rows()));
}

/// The number of the first schedule of a list that means a curve of that type.
template <class Meaning, class... S>
constexpr int number_of_meaning(pacer::detail::dialect_list<S...>) {
    return index_of<Meaning, typename S::meaning_type...>();
}

/// Every curve that a dialect's schedule means runs on a device; but all of them would take the compiler minutes. Those of
/// more bytes than this are joins of more of the same pieces.
#ifdef PACER_DEVICE_TEST_OF_ALL
inline constexpr std::size_t largest_meaning = 100'000;
#else
inline constexpr std::size_t largest_meaning = 272;
#endif
template <class S>
inline constexpr bool is_left_out = sizeof(typename S::meaning_type) > largest_meaning;

template <class F, class... S>
void with_each_dialect(F& f, pacer::detail::dialect_list<S...> all) {
    constexpr int first = 10'000;  // above the numbers of with_each
    (f.template operator()<S>(std::integral_constant<int, first + number_of_meaning<typename S::meaning_type>(all)>()),
     ...);
}

/// f.operator()<S>(number) for the schedules of all dialects. The number is that of the type of the curve that it means.
template <class F>
void with_each_dialect(F f) {
    with_each_dialect(f, pacer::dialect_schedules{});
}

}  // namespace device_test

#endif
