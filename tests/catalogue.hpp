// SPDX-License-Identifier: MIT
// The catalogue of tests: a row for every schedule of pacer::schedules, and for Hugging Face's own. From it the tests of
// guarantees, `fill`, `exact` and accuracy, those on devices, the budgets and the benchmarks know what to expect; a
// schedule without a row does not compile.
//
// A row says what is not in the schedule's own description:
//
//     formula<F>(settings, step)    its value after the warm-up, by an independent formula that is written for any floating
//                                   type F; std::optional<F> where there is none for some steps
//     know(settings)                its bounds, exact values and monotone phases (facts.hpp)
//     exactly_roundable             whether `exact` takes it
//     graded                        variants in the table of accuracy, by label, with the bound on their error; they run
//                                   on devices, too
//     by_hand(run, settings, step)  the formula as one writes it who needs this schedule alone (bench/by_hand.hpp)
//     for_each_timed(visit)         visit(label, change of the settings, formula by hand) for each variant that has a
//                                   budget and a benchmark
//
// and, where the fields that `settings` knows by name are not all of it:
//
//     read(settings)                what the schedule takes the settings for: `formula` and `know` are given the result
//     fit(params, settings)         the fields that only this schedule has
//     rise<F>(settings, step)       the warm-up, if it is not that of `first_step` and `warmup_shape`
#ifndef PACER_TESTS_CATALOGUE_HPP
#define PACER_TESTS_CATALOGUE_HPP

#include "../bench/by_hand.hpp"
#include "support/facts.hpp"

#include <pacer/dialects/hugging_face.hpp>
#include <pacer/pacer.hpp>

namespace support {

template <template <class> class S>
struct row;

using change = void (*)(settings&);
inline void as_they_are(settings&) {}

// How far a rate may be from the exact value of its formula, in ULP of that value: the largest error that accuracy_table
// has seen, rounded up; and the same under -ffast-math, which undoes the compensated sums of the powers.
struct bound {
    double ulps;
    double fast_math;
};

struct grade {
    const char* label;
    bound at_most;
    change choose = as_they_are;
};

// What most rows share.
struct plain_row {
    static constexpr bool exactly_roundable = true;
    static constexpr bool has_fill_budget = false;
    static void read(settings&) {}
};

// ---------------------------------------------------------------------------------------------------------------------

template <>
struct row<pacer::constant> : plain_row {
    static constexpr grade graded[] = {{"constant", {0, 0}}};
    static void read(settings& s) { s.warmup = pacer::no_warmup; }
    template <class F>
    static F formula(const settings& s, step_t) {
        return static_cast<F>(s.peak);
    }
    static facts know(const settings& s) {
        facts known = one_descent(s, s.peak);
        if (s.total == pacer::endless)
            known.exact.push_back({last_step, s.peak});
        return known;
    }
    template <class Run>
    struct hand : Run {
        double operator()(step_t) const { return this->peak; }
    };
    template <class Run>
    static double by_hand(const Run& run, const settings&, step_t step) {
        return hand<Run>{run}(step);
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit(
            "constant", [](settings& s) { s.total = pacer::endless; },
            [](auto run) { return hand<decltype(run)>{run}; });
    }
};

template <>
struct row<pacer::constant_with_warmup> : plain_row {
    static constexpr grade graded[] = {{"constant_with_warmup", {2.9, 2.9}}};
    template <class F>
    static F formula(const settings& s, step_t) {
        return static_cast<F>(s.peak);
    }
    static facts know(const settings& s) { return one_descent(s, s.peak); }
    template <class Run>
    struct hand : Run {
        double operator()(step_t s) const { return s < this->warmup ? this->warm(s) : this->peak; }
    };
    template <class Run>
    static double by_hand(const Run& run, const settings&, step_t step) {
        return hand<Run>{run}(step);
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit(
            "constant_with_warmup", [](settings& s) { s.total = pacer::endless; },
            [](auto run) { return hand<decltype(run)>{run}; });
    }
};

template <>
struct row<pacer::linear_warmup> : plain_row {
    static constexpr grade graded[] = {{"linear_warmup", {3, 3}}};
    static void read(settings& s) { s.warmup = pacer::warmup_steps(s.total); }
    template <class F>
    static F formula(const settings& s, step_t) {
        return static_cast<F>(s.peak);
    }
    static facts know(const settings& s) { return one_descent(s, s.peak); }
    template <class Run>
    static double by_hand(const Run& run, const settings&, step_t step) {
        return typename row<pacer::constant_with_warmup>::template hand<Run>{run}(step);
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit("linear_warmup", as_they_are,
              [](auto run) { return row<pacer::constant_with_warmup>::hand<decltype(run)>{run}; });
    }
};

template <>
struct row<pacer::linear> : plain_row {
    static constexpr grade graded[] = {{"linear", {3, 3}}};
    static constexpr bool has_fill_budget = true;
    template <class F>
    static F formula(const settings& s, step_t step) {
        return between(static_cast<F>(s.peak), static_cast<F>(s.floor()), since_warmup<F>(s, step),
                       since_warmup<F>(s, s.total), pacer::ramp_shape::linear);
    }
    static facts know(const settings& s) { return one_descent(s, s.floor()); }
    template <class Run>
    struct hand : Run {
        double operator()(step_t s) const {
            if (s < this->warmup)
                return this->warm(s);
            if (s >= this->total)
                return this->min;
            return this->min + (this->peak - this->min) * (1 - this->progress(s));
        }
    };
    template <class Run>
    static double by_hand(const Run& run, const settings&, step_t step) {
        return hand<Run>{run}(step);
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit(
            "linear", [](settings& s) { s.end = 0.0; }, [](auto run) { return hand<decltype(run)>{run}; });
    }
};

template <>
struct row<pacer::polynomial> : plain_row {
    static constexpr grade graded[] = {
        {"polynomial, power 0.5", {2.9, 2.9}, [](settings& s) { s.power = 0.5; }},
        {"polynomial, power 0.9", {3, 300}, [](settings& s) { s.power = 0.9; }},
        {"polynomial, power 1", {2.9, 2.9}, [](settings& s) { s.power = 1; }},
        {"polynomial, power 1.7", {3, 300}, [](settings& s) { s.power = 1.7; }},
        {"polynomial, power 2", {4.4, 4.4}, [](settings& s) { s.power = 2; }},
        {"polynomial, power 3", {5.6, 5.6}, [](settings& s) { s.power = 3; }},
        {"polynomial, power 3.5", {6.7, 6.7}, [](settings& s) { s.power = 3.5; }},
    };
    template <class F>
    static F formula(const settings& s, step_t step) {
        const F x = since_warmup<F>(s, step);
        const F n = since_warmup<F>(s, s.total);
        const F end = static_cast<F>(s.floor());
        return x >= n ? end : end + (static_cast<F>(s.peak) - end) * power_of((n - x) / n, s.power);
    }
    static facts know(const settings& s) {
        facts known = one_descent(s, s.floor());
        // The power multiplies the rounding error of its argument; and a subnormal fraction of the peak is 0.
        known.peak_ulps = 8 + 2 * s.power;
        known.value_ulps = s.whole() && s.power < 100 ? 8 + 2 * s.power : 0;
        return known;
    }
    template <class Run>
    struct square : Run {
        double operator()(step_t s) const {
            if (s < this->warmup)
                return this->warm(s);
            if (s >= this->total)
                return this->min;
            const double left = 1 - this->progress(s);
            return this->min + (this->peak - this->min) * left * left;
        }
    };
    template <class Run>
    struct hand : Run {
        double power;
        double operator()(step_t s) const {
            if (s < this->warmup)
                return this->warm(s);
            if (s >= this->total)
                return this->min;
            return this->min + (this->peak - this->min) * std::pow(1 - this->progress(s), power);
        }
    };
    template <class Run>
    static double by_hand(const Run& run, const settings& s, step_t step) {
        return hand<Run>{run, s.power}(step);
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit(
            "polynomial, power 1", [](settings& s) { s.end = 1e-7, s.power = 1; },
            [](auto run) { return row<pacer::linear>::hand<decltype(run)>{run}; });
        visit(
            "polynomial, power 2", [](settings& s) { s.end = 1e-7, s.power = 2; },
            [](auto run) { return square<decltype(run)>{run}; },
            [](auto run) {
                return hand<decltype(run)>{run, 2};
            });
        visit(
            "polynomial, power 0.9", [](settings& s) { s.end = 1e-7, s.power = 0.9; },
            [](auto run) {
                return hand<decltype(run)>{run, 0.9};
            });
    }
};

template <>
struct row<pacer::cosine> : plain_row {
    static constexpr grade graded[] = {{"cosine", {4.2, 5.1}}};
    static constexpr bool has_fill_budget = true;
    static void read(settings& s) { s.end = 0.0; }
    template <class F>
    static F formula(const settings& s, step_t step) {
        return wave_formula<F>(s, 0, since_warmup<F>(s, step));
    }
    static facts know(const settings& s) { return half_waves(s, 0, 0); }
    template <class Run>
    struct hand : Run {
        double operator()(step_t s) const {
            if (s < this->warmup)
                return this->warm(s);
            if (s >= this->total)
                return 0;
            return this->peak * 0.5 * (1 + std::cos(std::numbers::pi * this->progress(s)));
        }
    };
    template <class Run>
    struct hand_of_waves : Run {
        double waves;
        double operator()(step_t s) const {
            if (s < this->warmup)
                return this->warm(s);
            const double p = s < this->total ? this->progress(s) : 1;
            return this->peak * 0.5 * (1 + std::cos(2 * std::numbers::pi * waves * p));
        }
    };
    template <class Run>
    static double by_hand(const Run& run, const settings&, step_t step) {
        return hand<Run>{run}(step);
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit("cosine", as_they_are, [](auto run) { return hand<decltype(run)>{run}; });
        visit(
            "cosine, num_cycles 1", [](settings& s) { s.waves = 1; },
            [](auto run) {
                return hand_of_waves<decltype(run)>{run, 1};
            });
    }
};

template <>
struct row<pacer::cosine_with_min_lr> : plain_row {
    static constexpr grade graded[] = {{"cosine_with_min_lr", {4.4, 5.3}}};
    template <class F>
    static F formula(const settings& s, step_t step) {
        return wave_formula<F>(s, s.floor(), since_warmup<F>(s, step));
    }
    static facts know(const settings& s) { return half_waves(s, s.floor(), 0); }
    template <class Run>
    static double by_hand(const Run& run, const settings&, step_t step) {
        return by_hand::cosine_with_min_lr<Run>{run}(step);
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit("cosine_with_min_lr", as_they_are,
              [](auto run) { return ::by_hand::cosine_with_min_lr<decltype(run)>{run}; });
    }
};

template <>
struct row<pacer::hf::cosine_warmup_with_min_lr> : plain_row {
    static constexpr grade graded[] = {{"cosine_warmup_with_min_lr", {4.5, 5.6}, [](settings& s) { s.init = 0; }}};
    static void read(settings& s) {
        s.warmup_shape = pacer::ramp_shape::linear;
        s.first = s.init > 0 ? pacer::first_step::from_zero : pacer::first_step::from_first;
    }
    template <class Params>
    static void fit(Params& p, const settings& s) {
        if (s.init > 0)
            p.init_lr = s.init;
    }
    template <class F>
    static F rise(const settings& s, step_t step) {
        if (s.init > 0)
            return between(static_cast<F>(s.init), static_cast<F>(s.peak), static_cast<F>(step),
                           std::max<F>(1, static_cast<F>(s.length()) - 1), pacer::ramp_shape::linear);
        return warmup_formula<F>(s, step);
    }
    template <class F>
    static F formula(const settings& s, step_t step) {
        return wave_formula<F>(s, s.floor(), since_warmup<F>(s, step) + 1);
    }
    static facts know(const settings& s) {
        facts known = half_waves(s, s.floor(), 1);
        const step_t boundary = s.warmup_updates();
        std::erase_if(known.exact, [=](const landmark& mark) { return mark.step == boundary && mark.step < s.total; });
        if (s.waves == 0.5 && s.whole() && boundary < s.total)
            known.exact.push_back({s.total - 1, s.floor()});
        if (s.init > 0 && s.whole() && boundary > 1)
            known.exact.push_back({boundary - 1, s.peak});
        // The last update of the warm-up runs at the peak; without one no update does.
        if (!known.phases.empty() && boundary > 0)
            known.phases.front().last = boundary - 1;
        return known;
    }
    template <class Run>
    struct hand : Run {
        double operator()(step_t s) const {
            if (s < this->warmup)
                return this->warm(s + 1);
            if (s + 1 >= this->total)
                return this->min;
            return this->min +
                   (this->peak - this->min) * 0.5 * (1 + std::cos(std::numbers::pi * this->progress(s + 1)));
        }
    };
    template <class Run>
    static double by_hand(const Run& run, const settings&, step_t step) {
        return hand<Run>{run}(step);
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit("cosine_warmup_with_min_lr", as_they_are, [](auto run) { return hand<decltype(run)>{run}; });
    }
};

template <>
struct row<pacer::cosine_with_restarts> : plain_row {
    static constexpr grade graded[] = {{"cosine_with_restarts", {4.2, 5.2}}};
    template <class Params>
    static void fit(Params& p, const settings& s) {
        p.num_cycles = static_cast<double>(s.restarts);
    }
    static bool is_counted_exactly(const settings& s) {
        return s.whole() && since_warmup<long double>(s, s.total) * static_cast<long double>(s.restarts) <= 0x1p61L;
    }
    template <class F>
    static std::optional<F> formula(const settings& s, step_t step) {
        const F n = since_warmup<F>(s, s.total);
        const F cycles = static_cast<F>(s.restarts);
        const F y = real<F>::fmod(since_warmup<F>(s, step) * cycles, n);
        const F near = n * cycles / 1'000'000'000;
        if (sizeof(F) <= sizeof(long double) && !is_counted_exactly(s) && (y < near || n - y < near))
            return {};  // a restart this near is a matter of rounding
        return between(static_cast<F>(s.peak), static_cast<F>(s.floor()), y, n, pacer::ramp_shape::cosine);
    }
    static facts know(const settings& s) {
        const bool whole = is_counted_exactly(s);
        facts known = after_warmup(s, s.floor());
        hold(known, s, s.floor());
        known.peak_ulps = 8 + 16 * static_cast<double>(s.restarts);
        known.value_ulps = whole ? 8 : 0;
        for (step_t k = 0; whole && k < std::min<step_t>(s.restarts, 50); ++k) {
            const step_t steps = s.total - s.warmup_updates();
            const auto starts = [&](step_t cycle) {
                return s.warmup_updates() + (cycle * steps + s.restarts - 1) / s.restarts;
            };
            if (starts(k) < starts(k + 1))
                known.phases.push_back({starts(k), starts(k + 1) - 1, turn::down});
            if (steps > 0 && k * steps % s.restarts == 0)
                known.exact.push_back({starts(k), s.peak});
        }
        return known;
    }
    template <class Run>
    struct hand : Run {
        double cycles;
        double operator()(step_t s) const {
            if (s < this->warmup)
                return this->warm(s);
            if (s >= this->total)
                return this->min;
            return this->min + (this->peak - this->min) * 0.5 *
                                   (1 + std::cos(std::numbers::pi * std::fmod(cycles * this->progress(s), 1.0)));
        }
    };
    template <class Run>
    static double by_hand(const Run& run, const settings& s, step_t step) {
        return hand<Run>{run, static_cast<double>(s.restarts)}(step);
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit(
            "cosine_with_restarts, 4 cycles", [](settings& s) { s.end = 0.0, s.restarts = 4; },
            [](auto run) {
                return hand<decltype(run)>{run, 4};
            });
    }
};

template <>
struct row<pacer::inverse_sqrt> : plain_row {
    static constexpr grade graded[] = {{"inverse_sqrt", {2.9, 2.9}}};
    static constexpr bool exactly_roundable = false;
    static constexpr bool has_fill_budget = true;
    static double timescale(const settings& s) {
        return s.timescale > 0 ? static_cast<double>(s.timescale) : s.length() > 0 ? s.length() : 10'000;
    }
    template <class F>
    static F formula(const settings& s, step_t step) {
        const F t = timescale(s);
        const F rate = static_cast<F>(s.peak) * real<F>::sqrt(t / (since_warmup<F>(s, step) + t));
        return rate < s.floor() ? s.floor() : rate;
    }
    static facts know(const settings& s) {
        facts known = after_warmup(s, s.floor());
        known.value_ulps = s.whole() ? 8 : 0;
        if (s.warmup_updates() <= end_of(s))
            known.phases.push_back({s.warmup_updates(), end_of(s), turn::down});
        return known;
    }
    template <class Run>
    struct hand : Run {
        double timescale;
        double operator()(step_t s) const {
            if (s < this->warmup)
                return this->warm(s);
            return this->peak * std::sqrt(timescale / (static_cast<double>(s - this->warmup) + timescale));
        }
    };
    template <class Run>
    static double by_hand(const Run& run, const settings& s, step_t step) {
        const double rate = hand<Run>{run, timescale(s)}(step);
        return step < run.warmup ? rate : std::max(run.min, rate);
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit(
            "inverse_sqrt", [](settings& s) { s.end = 0.0, s.total = pacer::endless; },
            [](auto run) {
                return hand<decltype(run)>{run, static_cast<double>(run.warmup)};
            });
    }
};

template <>
struct row<pacer::warmup_stable_decay> : plain_row {
    using shape = pacer::ramp_shape;
    static constexpr grade graded[] = {
        {"warmup_stable_decay, linear", {3, 3}, [](settings& s) { s.decay_shape = s.warmup_shape = shape::linear; }},
        {"warmup_stable_decay, cosine",
         {4.5, 5.3},
         [](settings& s) { s.decay_shape = s.warmup_shape = shape::cosine; }},
        {"warmup_stable_decay, one_minus_sqrt",
         {3.8, 3.8},
         [](settings& s) { s.decay_shape = s.warmup_shape = shape::one_minus_sqrt; }},
        {"warmup_stable_decay, half_life",
         {4.1, 4.1},
         [](settings& s) { s.decay_shape = s.warmup_shape = shape::half_life; }},
    };
    template <class Params>
    static void fit(Params& p, const settings& s) {
        p.stable_steps = s.left_open == 1 ? pacer::detail::unset : s.total - s.warmup_updates() - s.decay;
        p.decay_steps = s.left_open == 2 ? pacer::detail::unset : s.decay;
        if (s.left_open == 3 && s.warmup.given_as() != pacer::warmup::kind::ratio)
            p.total_steps = pacer::detail::unset;
        if (s.left_open == 4 && s.whole())
            p.warmup = {};
    }
    template <class F>
    static F formula(const settings& s, step_t step) {
        const step_t falls = s.total - s.decay;
        if (step < falls)
            return static_cast<F>(s.peak);
        // Without a stable part, what the warm-up leaves of an update belongs to the decay.
        const F start = s.warmup_updates() == falls ? static_cast<F>(s.length()) : static_cast<F>(falls);
        return between(static_cast<F>(s.peak), static_cast<F>(s.floor()), static_cast<F>(step) - start,
                       static_cast<F>(s.total) - start, s.decay_shape);
    }
    static facts know(const settings& s) {
        const step_t falls = s.total - s.decay;
        facts known = after_warmup(s, s.floor());
        hold(known, s, s.floor());
        for (const step_t step : {s.warmup_updates(), falls - 1, falls})
            if (step >= s.warmup_updates() && step < s.total && (s.whole() || s.warmup_updates() < falls))
                known.exact.push_back({step, s.peak});
        if (s.warmup_updates() <= end_of(s))
            known.phases.push_back({s.warmup_updates(), end_of(s), turn::down});
        if (s.warmup_updates() < falls)
            known.phases.push_back({s.warmup_updates(), falls - 1, turn::up});  // and not down: it is level
        known.value_ulps = s.whole() ? 8 : 0;
        return known;
    }
    static double linear_left(double r) { return 1 - r; }
    static double cosine_left(double r) { return 0.5 * (1 + std::cos(std::numbers::pi * r)); }
    static double sqrt_left(double r) { return 1 - std::sqrt(r); }
    static double half_life_left(double r) { return 2 * std::exp2(-r) - 1; }
    // The tail is a function of the part of it that has passed.
    template <class Run, double (*Left)(double)>
    struct hand : Run {
        step_t decay;
        double operator()(step_t s) const {
            if (s < this->warmup)
                return this->warm(s);
            if (s < this->total - decay)
                return this->peak;
            if (s >= this->total)
                return this->min;
            return this->min + (this->peak - this->min) *
                                   Left(static_cast<double>(s - (this->total - decay)) / static_cast<double>(decay));
        }
    };
    template <class Run>
    static double by_hand(const Run& run, const settings& s, step_t step) {
        switch (s.decay_shape.which()) {
        case shape::kind::cosine: return hand<Run, cosine_left>{run, s.decay}(step);
        case shape::kind::one_minus_sqrt: return hand<Run, sqrt_left>{run, s.decay}(step);
        case shape::kind::half_life: return hand<Run, half_life_left>{run, s.decay}(step);
        default: return hand<Run, linear_left>{run, s.decay}(step);
        }
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit(
            "warmup_stable_decay, linear", [](settings& s) { s.decay_shape = shape::linear; },
            [](auto run) {
                return hand<decltype(run), linear_left>{run, run.total / 2};
            });
        visit(
            "warmup_stable_decay, cosine", [](settings& s) { s.decay_shape = shape::cosine; },
            [](auto run) {
                return hand<decltype(run), cosine_left>{run, run.total / 2};
            });
        visit(
            "warmup_stable_decay, one_minus_sqrt", [](settings& s) { s.decay_shape = shape::one_minus_sqrt; },
            [](auto run) {
                return hand<decltype(run), sqrt_left>{run, run.total / 2};
            });
        visit(
            "warmup_stable_decay, half_life", [](settings& s) { s.decay_shape = shape::half_life; },
            [](auto run) {
                return hand<decltype(run), half_life_left>{run, run.total / 2};
            });
    }
};

// ---------------------------------------------------------------------------------------------------------------------

// A schedule with its row: what a visitor of all is given.
template <template <class> class S>
struct catalogued : row<S> {
    using base = row<S>;
    using double_params = typename S<double>::params_type;
    static constexpr const char* name = double_params::name;
    static constexpr bool has_warmup = traits_of<double_params>().has_warmup;
    static constexpr bool has_endless = traits_of<double_params>().may_be_endless;
    static constexpr bool has_wave = traits_of<double_params>().has_wave;

    template <class Real>
    static typename S<Real>::params_type params(const settings& s) {
        typename S<Real>::params_type p;
        p.visit_fields(p, [&](const pacer::field& f, auto& value) { give(f.name, value, s); });
        if constexpr (requires { base::fit(p, s); })
            base::fit(p, s);
        return p;
    }
    template <class Real>
    static S<Real> make(const settings& s) {
        return S<Real>(params<Real>(s));
    }
    template <class F>
    static std::optional<F> value(settings s, step_t step) {
        base::read(s);
        if (step >= s.warmup_updates())
            return base::template formula<F>(s, step);
        if constexpr (requires { base::template rise<F>(s, step); })
            return base::template rise<F>(s, step);
        else
            return warmup_formula<F>(s, step);
    }
    static facts know(settings s) {
        base::read(s);
        facts known = base::know(s);
        known.closed_form = [s](step_t step) { return value<long double>(s, step); };
        return known;
    }
};

// What has fields of its own beside those that `settings` draws, and is held to its formula, its peer's output and the
// guarantees in tests/schedules/NAME.test.cpp.
struct own_tests {
    static constexpr bool has_own_tests = true;
};
template <>
struct row<pacer::exponential> : own_tests {};
template <>
struct row<pacer::step_decay> : own_tests {};
template <>
struct row<pacer::multi_step> : own_tests {};
template <>
struct row<pacer::piecewise> : own_tests {};
template <>
struct row<pacer::one_cycle> : own_tests {};
template <>
struct row<pacer::cyclic> : own_tests {};
template <>
struct row<pacer::sgdr> : own_tests {};

template <template <class> class S>
constexpr bool is_catalogued() {
    return !requires { row<S>::has_own_tests; };
}

// How many schedules have a row here.
inline constexpr std::size_t catalogued_count = [] {
    std::size_t count = 1;
    pacer::schedules::for_each([&]<template <class> class S>() { count += is_catalogued<S>() ? 1 : 0; });
    return count;
}();

// visitor(catalogued schedule) for each of them.
template <class Visitor>
void for_each_named(Visitor visitor) {
    pacer::schedules::for_each([&]<template <class> class S>() {
        if constexpr (is_catalogued<S>())
            visitor(catalogued<S>{});
    });
    visitor(catalogued<pacer::hf::cosine_warmup_with_min_lr>{});
}

// The settings of the benchmarks and budgets: a run from 0 to `peak` and down to `min`.
inline settings settings_of(const by_hand::run& run) {
    settings s;
    s.peak = run.peak;
    s.end = run.min;
    s.total = run.total;
    s.warmup = pacer::warmup_steps(run.warmup);
    s.decay = run.total / 2;
    return s;
}

}  // namespace support

#endif
