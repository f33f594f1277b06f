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
//     read(settings)                what the schedule takes the settings for: all else is given the result
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

struct grade {
    const char* label;
    double ulps;  // of the exact value, how far a rate may be from it: the largest that accuracy_table saw, rounded up
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
    static constexpr grade graded[] = {{"constant", 0}};
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
    static constexpr grade graded[] = {{"constant_with_warmup", 2.9}};
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
    static constexpr grade graded[] = {{"linear_warmup", 3}};
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
    static constexpr grade graded[] = {{"linear", 3}};
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
        {"polynomial, power 0.5", 2.9, [](settings& s) { s.power = 0.5; }},
        {"polynomial, power 0.9", 3, [](settings& s) { s.power = 0.9; }},
        {"polynomial, power 1", 2.9, [](settings& s) { s.power = 1; }},
        {"polynomial, power 1.7", 3, [](settings& s) { s.power = 1.7; }},
        {"polynomial, power 2", 4.4, [](settings& s) { s.power = 2; }},
        {"polynomial, power 3", 5.6, [](settings& s) { s.power = 3; }},
        {"polynomial, power 3.5", 6.7, [](settings& s) { s.power = 3.5; }},
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
    static constexpr grade graded[] = {{"cosine", 4.2}};
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
    static constexpr grade graded[] = {{"cosine_with_min_lr", 4.4}};
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
    static constexpr grade graded[] = {{"cosine_warmup_with_min_lr", 4.5, [](settings& s) { s.init = 0; }}};
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
    static constexpr grade graded[] = {{"cosine_with_restarts", 4.7}};
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
    static constexpr grade graded[] = {{"inverse_sqrt", 2.9}};
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
struct row<pacer::inverse_time> : plain_row {
    static constexpr bool exactly_roundable = false;
    static constexpr grade graded[] = {
        {"inverse_time", 2.9, [](settings& s) { s.left_open = 0, s.power = 1; }},
        {"inverse_time, staircase", 2.9, [](settings& s) { s.left_open = 1, s.power = 1; }},
        {"inverse_time, power 0.75", 2.9, [](settings& s) { s.left_open = 0, s.power = 0.75; }},
        {"inverse_time, power 4", 10, [](settings& s) { s.left_open = 0, s.power = 4; }},
    };
    static double power(const settings& s) { return s.power <= 4 ? s.power : 0.51; }
    static double decay_rate(const settings& s) {
        return s.seed == 0 ? 0.001 : dice(s.seed).one_of({0.5, 1e-6, 0.001, 0.0, 3.0, 1e10});
    }
    static step_t every(const settings& s) {
        return s.seed == 0 ? 1 : dice(s.seed / 2 + 1).one_of<step_t>({1, 2, 7, 1000, 1'000'000'000});
    }
    template <class Params>
    static void fit(Params& p, const settings& s) {
        p.power = power(s);
        p.decay_rate = decay_rate(s);
        p.every = every(s);
        p.staircase = s.left_open == 1;
    }
    template <class F>
    static F formula(const settings& s, step_t step) {
        const F x = s.left_open == 1 ? static_cast<F>((step - s.warmup_updates()) / every(s))
                                     : since_warmup<F>(s, step) / static_cast<F>(every(s));
        const F rate = static_cast<F>(s.peak) * real<F>::pow(1 / (1 + decay_rate(s) * x), power(s));
        return rate < s.floor() ? s.floor() : rate;
    }
    static facts know(const settings& s) {
        facts known = after_warmup(s, s.floor());
        known.value_ulps = !s.whole() ? 0 : power(s) > 2 ? 11 : 8;
        if (s.warmup_updates() <= end_of(s))
            known.phases.push_back({s.warmup_updates(), end_of(s), turn::down});
        return known;
    }
    template <class Run>
    struct hand : Run {
        double decay_rate;
        double operator()(step_t s) const {
            if (s < this->warmup)
                return this->warm(s);
            return this->peak / (1 + decay_rate * static_cast<double>(s - this->warmup));
        }
    };
    template <class Run>
    static double by_hand(const Run& run, const settings& s, step_t step) {
        if (step < run.warmup)
            return hand<Run>{run, 0}(step);
        const auto x = static_cast<double>(step - run.warmup) / static_cast<double>(every(s));
        return std::max(run.min,
                        run.peak / std::pow(1 + decay_rate(s) * (s.left_open == 1 ? std::floor(x) : x), power(s)));
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit(
            "inverse_time", [](settings& s) { s.end = 0.0, s.total = pacer::endless; },
            [](auto run) {
                return hand<decltype(run)>{run, 0.001};
            });
    }
};

template <>
struct row<pacer::warmup_stable_decay> : plain_row {
    using shape = pacer::ramp_shape;
    static constexpr grade graded[] = {
        {"warmup_stable_decay, linear", 3, [](settings& s) { s.decay_shape = s.warmup_shape = shape::linear; }},
        {"warmup_stable_decay, cosine", 4.5, [](settings& s) { s.decay_shape = s.warmup_shape = shape::cosine; }},
        {"warmup_stable_decay, one_minus_sqrt", 3.8,
         [](settings& s) { s.decay_shape = s.warmup_shape = shape::one_minus_sqrt; }},
        {"warmup_stable_decay, half_life", 4.1, [](settings& s) { s.decay_shape = s.warmup_shape = shape::half_life; }},
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

// What only one schedule has is drawn from `seed`; 0 stands for what is usual.

template <>
struct row<pacer::exponential> : plain_row {
    static constexpr bool exactly_roundable = false;
    static constexpr grade graded[] = {
        {"exponential, gamma", 2.9, [](settings& s) { s.left_open = 0; }},
        {"exponential, staircase", 2.9, [](settings& s) { s.left_open = 1; }},
        {"exponential, end_lr", 2.9, [](settings& s) { s.left_open = 2, s.end = s.peak / 64; }},
    };
    static bool ends(const settings& s) {
        return s.left_open >= 2 && s.total != pacer::endless && s.peak > 0 && s.floor() > 0;
    }
    static double gamma(const settings& s) {
        return s.seed == 0 ? 0.99999 : dice(s.seed).one_of({0.5, 0.9, 0.999, 1.0, 1e-3, 1 - 1e-9});
    }
    static step_t every(const settings& s) {
        return s.seed == 0 ? 1 : dice(s.seed / 2 + 1).one_of<step_t>({1, 2, 7, 1000, 1'000'000'000});
    }
    template <class Params>
    static void fit(Params& p, const settings& s) {
        if (ends(s)) {
            p.min_lr = 0.0;
            return;
        }
        p.end_lr = {};
        p.gamma = gamma(s);
        p.every = every(s);
        p.staircase = s.left_open == 1;
    }
    template <class F>
    static F formula(const settings& s, step_t step) {
        const F peak = s.peak;
        if (ends(s))
            return peak * real<F>::pow(s.floor() / peak, since_warmup<F>(s, step) / since_warmup<F>(s, s.total));
        const F e = s.left_open == 1 ? static_cast<F>((step - s.warmup_updates()) / every(s))
                                     : since_warmup<F>(s, step) / static_cast<F>(every(s));
        const F rate = peak * real<F>::pow(gamma(s), e);
        return rate < s.floor() ? s.floor() : rate;
    }
    static facts know(const settings& s) {
        facts known = after_warmup(s, s.floor());
        if (ends(s))
            hold(known, s, s.floor());
        if (s.warmup_updates() <= end_of(s))
            known.phases.push_back({s.warmup_updates(), end_of(s), turn::down});
        known.value_ulps = s.whole() ? 8 : 0;
        return known;
    }
    template <class Run>
    struct hand : Run {
        double gamma;
        double operator()(step_t s) const {
            return s < this->warmup ? this->warm(s)
                                    : this->peak * std::pow(gamma, static_cast<double>(s - this->warmup));
        }
    };
    template <class Run>
    struct hand_to_end : Run {
        double operator()(step_t s) const {
            if (s < this->warmup)
                return this->warm(s);
            if (s >= this->total)
                return this->min;
            return this->peak * std::pow(this->min / this->peak, this->progress(s));
        }
    };
    template <class Run>
    static double by_hand(const Run& run, const settings& s, step_t step) {
        if (step < run.warmup || ends(s))
            return hand_to_end<Run>{run}(step);
        const auto x = static_cast<double>(step - run.warmup) / static_cast<double>(every(s));
        return std::max(run.min, run.peak * std::pow(gamma(s), s.left_open == 1 ? std::floor(x) : x));
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit(
            "exponential, gamma", [](settings& s) { s.end = 0.0, s.total = pacer::endless; },
            [](auto run) {
                return hand<decltype(run)>{run, 0.99999};
            });
        visit(
            "exponential, end_lr", [](settings& s) { s.left_open = 2; },
            [](auto run) { return hand_to_end<decltype(run)>{run}; });
    }
};

template <>
struct row<pacer::step_decay> : plain_row {
    static constexpr bool exactly_roundable = false;
    static constexpr grade graded[] = {{"step_decay", 2.9}};
    static double factor(const settings& s) {
        return s.seed == 0 ? 0.5 : dice(s.seed).one_of({0.1, 0.5, 0.97, 1.0, 1e-30});
    }
    static step_t every(const settings& s) {
        return s.seed == 0 ? 100'000 : dice(s.seed / 2 + 1).one_of<step_t>({1, 2, 7, 30'000, pacer::longest});
    }
    template <class Params>
    static void fit(Params& p, const settings& s) {
        p.factor = factor(s);
        p.every = every(s);
    }
    template <class F>
    static F formula(const settings& s, step_t step) {
        const F rate =
            static_cast<F>(s.peak) * real<F>::pow(factor(s), static_cast<F>((step - s.warmup_updates()) / every(s)));
        return rate < s.floor() ? s.floor() : rate;
    }
    static facts know(const settings& s) {
        facts known = after_warmup(s, s.floor());
        if (s.warmup_updates() <= end_of(s))
            known.phases.push_back({s.warmup_updates(), end_of(s), turn::down});
        known.value_ulps = 8;
        return known;
    }
    template <class Run>
    struct hand : Run {
        double factor;
        step_t every;
        double operator()(step_t s) const {
            return s < this->warmup ? this->warm(s)
                                    : this->peak * std::pow(factor, static_cast<double>((s - this->warmup) / every));
        }
    };
    template <class Run>
    static double by_hand(const Run& run, const settings& s, step_t step) {
        const double rate = hand<Run>{run, factor(s), every(s)}(step);
        return step < run.warmup ? rate : std::max(run.min, rate);
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit(
            "step_decay", [](settings& s) { s.end = 0.0, s.total = pacer::endless; },
            [](auto run) {
                return hand<decltype(run)>{run, 0.5, 100'000};
            });
    }
};

template <>
struct row<pacer::multi_step> : plain_row {
    static constexpr bool exactly_roundable = false;
    static constexpr grade graded[] = {{"multi_step", 2.9}};
    static constexpr double ratios[] = {0.5, 0.25, 0.25, 0};
    static bool has_rates(const settings& s) { return s.seed % 2 == 1; }
    static double factor(const settings& s) { return s.seed == 0 ? 0.5 : dice(s.seed).one_of({0.1, 0.5, 0.97, 1.0}); }
    static step_t milestone(const settings& s, int k) {
        constexpr step_t after[] = {1, 5, 5, 1000};
        return s.seed == 0 ? (k + 1) * 200'000 : s.warmup_updates() + after[k];
    }
    static int passed(const settings& s, step_t step) {
        int k = 0;
        while (k < 4 && milestone(s, k) <= step)
            ++k;
        return k;
    }
    static void read(settings& s) {
        s.end = 0.0;
        if (s.warmup_updates() > pacer::longest - 1000)  // no milestone is later
            s.warmup = pacer::no_warmup;
    }
    template <class Params>
    static void fit(Params& p, const settings& s) {
        for (int k = 0; k < 4; ++k) {
            p.milestones.add(milestone(s, k));
            if (has_rates(s))
                p.rates.add(s.peak * ratios[k]);
        }
        if (!has_rates(s))
            p.factor = factor(s);
    }
    template <class F>
    static F formula(const settings& s, step_t step) {
        const int k = passed(s, step);
        if (has_rates(s))
            return k == 0 ? s.peak : s.peak * ratios[k - 1];
        return static_cast<F>(s.peak) * real<F>::pow(factor(s), static_cast<F>(k));
    }
    static facts know(const settings& s) {
        facts known = after_warmup(s, 0);
        for (int k = 0; has_rates(s) && k < 4; ++k)
            if (milestone(s, k) < s.total && passed(s, milestone(s, k)) == k + 1)
                known.exact.push_back({milestone(s, k), s.peak * ratios[k]});
        if (s.warmup_updates() <= end_of(s))
            known.phases.push_back({s.warmup_updates(), end_of(s), turn::down});
        known.value_ulps = 8;
        return known;
    }
    template <class Run>
    struct hand : Run {
        double operator()(step_t s) const {
            if (s < this->warmup)
                return this->warm(s);
            double rate = this->peak;
            for (const step_t milestone : {200'000, 400'000, 600'000, 800'000})
                if (s >= milestone)
                    rate *= 0.5;
            return rate;
        }
    };
    template <class Run>
    static double by_hand(const Run& run, const settings& s, step_t step) {
        return step < run.warmup ? run.warm(step) : formula<double>(s, step);
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit(
            "multi_step", [](settings& s) { s.total = pacer::endless; },
            [](auto run) { return hand<decltype(run)>{run}; });
    }
};

template <>
struct row<pacer::piecewise> : plain_row {
    using kind = pacer::interpolation;
    static constexpr bool exactly_roundable = false;
    static constexpr grade graded[] = {
        {"piecewise, linear", 3.9, [](settings& s) { s.left_open = 1; }},
        {"piecewise, cosine", 5.4, [](settings& s) { s.left_open = 2; }},
        {"piecewise, exponential", 3.8, [](settings& s) { s.left_open = 3, s.end = s.peak / 64; }},
    };
    static kind interpolation(const settings& s) {
        const auto drawn = static_cast<kind>(s.left_open % 4);
        return drawn == kind::exponential && !(s.peak > 0 && s.floor() > 0) ? kind::linear : drawn;
    }
    static step_t at(const settings& s, int k) {
        const step_t run = s.total == pacer::endless ? 1000 : s.total;
        return k == 0 ? 0 : k == 3 ? run / 3 * 2 : run / 3;
    }
    static double rate(const settings& s, int k) {
        return k == 0 ? s.peak : k == 1 ? s.peak / 2 : k == 2 ? s.peak / 4 * 3 : s.floor();
    }
    static void read(settings& s) {
        if (s.warmup_shape == pacer::ramp_shape::exponential && !(s.init > 0 && s.floor() > 0))
            s.warmup_shape = pacer::ramp_shape::linear;
    }
    template <class Params>
    static void fit(Params& p, const settings& s) {
        p.interpolation = interpolation(s);
        for (int k = 0; k < 4; ++k) {
            p.at.add(at(s, k));
            p.rates.add(rate(s, k));
        }
    }
    template <class F>
    static F formula(const settings& s, step_t step) {
        int k = 3;
        while (at(s, k) > step)
            --k;
        if (k == 3 || interpolation(s) == kind::constant)
            return rate(s, k);
        const auto shape = interpolation(s) == kind::linear   ? pacer::ramp_shape::linear
                           : interpolation(s) == kind::cosine ? pacer::ramp_shape::cosine
                                                              : pacer::ramp_shape::exponential;
        return between<F>(rate(s, k), rate(s, k + 1), static_cast<F>(step - at(s, k)),
                          static_cast<F>(at(s, k + 1) - at(s, k)), shape);
    }
    template <class F>
    static F rise(const settings& s, step_t step) {
        return warmup_between<F>(s, step, s.init, formula<F>(s, s.warmup_updates()));
    }
    static facts know(const settings& s) {
        const step_t boundary = s.warmup_updates();
        facts known = after_warmup(s, std::min(s.peak / 2, s.floor()));
        std::erase_if(known.exact, [&](const landmark& mark) { return mark.step < s.total && mark.step > 0; });
        std::erase_if(known.exact, [&](const landmark& mark) {
            return mark.step == 0 && s.total > 0 &&
                   !(mark.rate <= s.init && boundary > 0 && s.first == pacer::first_step::from_zero);
        });
        known.phases.clear();
        hold(known, s, s.floor());
        for (int k = 0; k < 4; ++k) {
            const bool counts = k == 3 || at(s, k) < at(s, k + 1);
            if (counts && at(s, k) >= boundary && at(s, k) < s.total)
                known.exact.push_back({at(s, k), rate(s, k)});
            const step_t first = std::max(at(s, k), boundary);
            const step_t last = k == 3 ? end_of(s) : std::min(at(s, k + 1) - 1, s.total - 1);
            if (first <= last)
                known.phases.push_back({first, last, k < 3 && rate(s, k) < rate(s, k + 1) ? turn::up : turn::down});
        }
        known.value_ulps =
            s.whole() && s.init <= known.lowest ? 8 : 0;  // of a fall, a power is not counted from its end
        return known;
    }
    template <class Run>
    struct hand : Run {
        double operator()(step_t s) const {
            const double at[] = {0, static_cast<double>(this->total / 3), static_cast<double>(this->total / 3),
                                 static_cast<double>(this->total / 3 * 2)};
            const double rates[] = {this->peak, this->peak / 2, this->peak / 4 * 3, this->min};
            if (s < this->warmup)
                return this->warm(s);
            const auto x = static_cast<double>(s);
            for (int k = 2; k >= 0; --k)
                if (x < at[k + 1] && x >= at[k])
                    return rates[k] + (rates[k + 1] - rates[k]) * ((x - at[k]) / (at[k + 1] - at[k]));
            return rates[3];
        }
    };
    template <class Run>
    static double by_hand(const Run& run, const settings& s, step_t step) {
        return step < run.warmup ? rise<double>(s, step) : formula<double>(s, step);
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit(
            "piecewise, linear", [](settings& s) { s.left_open = 1; },
            [](auto run) { return hand<decltype(run)>{run}; });
    }
};

template <>
struct row<pacer::one_cycle> : plain_row {
    static constexpr bool exactly_roundable = false;
    static constexpr grade graded[] = {
        {"one_cycle", 6.9, [](settings& s) { s.left_open = 0, s.decay_shape = pacer::ramp_shape::cosine; }},
        {"one_cycle, three phases", 4, [](settings& s) { s.left_open = 1, s.decay_shape = pacer::ramp_shape::linear; }},
    };
    static bool has_three(const settings& s) { return s.left_open % 2 == 1; }
    static double pct_start(const settings& s) {
        const double drawn = s.seed == 0 ? 0.3 : dice(s.seed).one_of({0.3, 0.5, 0.25, 0.0, 0.1, 0.4, 1.0});
        return has_three(s) ? std::min(drawn, 0.5) : drawn;
    }
    // Where the phases end, as PyTorch computes it.
    static double risen(const settings& s) {
        return pacer::unfused_product(static_cast<double>(s.total), pct_start(s)) - 1;
    }
    static double fallen(const settings& s) {
        return has_three(s) ? pacer::unfused_product(2 * static_cast<double>(s.total), pct_start(s)) - 2 : risen(s);
    }
    static void read(settings& s) {
        s.warmup = pacer::no_warmup;
        if (s.decay_shape == pacer::ramp_shape::exponential && !(s.init > 0))
            s.decay_shape = pacer::ramp_shape::linear;
    }
    template <class Params>
    static void fit(Params& p, const settings& s) {
        p.init_lr = s.init;
        p.pct_start = pct_start(s);
        p.three_phase = has_three(s);
        p.shape = s.decay_shape;
    }
    template <class F>
    static std::optional<F> formula(const settings& s, step_t step) {
        if (s.total > pacer::longest / 4 && std::floor(risen(s)) != risen(s))
            return {};  // a ramp that long is none of half an update more
        const F a = risen(s);
        const F b = fallen(s);
        const F x = static_cast<F>(step);
        if (x <= a)
            return a > 0 ? between<F>(s.peak, s.init, a - x, a, s.decay_shape) : static_cast<F>(s.peak);
        if (x <= b)
            return between<F>(s.peak, s.init, x - a, b - a, s.decay_shape);
        return between<F>(has_three(s) ? s.init : s.peak, s.floor(), x - b, static_cast<F>(s.total) - 1 - b,
                          s.decay_shape);
    }
    static facts know(const settings& s) {
        facts known;
        known.total = s.total;
        known.lowest = std::min(s.init, s.floor());
        known.highest = s.peak;
        go_to_zero(known, s);
        hold(known, s, s.floor());
        const double a = risen(s);
        const double b = fallen(s);
        const auto last = static_cast<double>(s.total - 1);
        if (s.total > 0 && b < last && a < last)
            known.exact.push_back({s.total - 1, s.floor()});
        if (s.total > 0 && a > 0)
            known.exact.push_back({0, s.init});
        if (s.total > 0 && a >= 0 && std::floor(a) == a)
            known.exact.push_back({static_cast<step_t>(a), s.peak});
        const auto first_after = [](double x) { return x < 0 ? step_t{0} : static_cast<step_t>(x) + 1; };
        const step_t second = first_after(a);
        const step_t third = std::max(second, first_after(b));
        const auto add = [&](step_t first, step_t end, bool falls) {
            if (first < end)
                known.phases.push_back({first, end - 1, falls ? turn::down : turn::up});
        };
        add(0, std::min(second, s.total), false);
        add(second, std::min(third, s.total), true);
        add(third, s.total, !has_three(s) || s.floor() <= s.init);
        known.peak_ulps = 16;
        return known;
    }
    template <class Run>
    struct hand : Run {
        double init;
        double operator()(step_t s) const {
            if (s >= this->total)
                return this->min;
            const double a = 0.3 * static_cast<double>(this->total) - 1;
            const auto x = static_cast<double>(s);
            if (x <= a)
                return this->peak + (init - this->peak) * 0.5 * (1 + std::cos(std::numbers::pi * x / a));
            return this->min +
                   (this->peak - this->min) * 0.5 *
                       (1 + std::cos(std::numbers::pi * (x - a) / (static_cast<double>(this->total) - 1 - a)));
        }
    };
    template <class Run>
    static double by_hand(const Run&, const settings& s, step_t step) {
        return formula<double>(s, step).value_or(0);
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit(
            "one_cycle", [](settings& s) { s.decay_shape = pacer::ramp_shape::cosine; },
            [](auto run) {
                return hand<decltype(run)>{run, 0};
            });
    }
};

template <>
struct row<pacer::cyclic> : plain_row {
    using mode = pacer::cycle_mode;
    static constexpr bool exactly_roundable = false;
    static constexpr grade graded[] = {
        {"cyclic, triangular", 2.7, [](settings& s) { s.left_open = 0; }},
        {"cyclic, triangular2", 3.8, [](settings& s) { s.left_open = 1; }},
        {"cyclic, exp_range", 2.9, [](settings& s) { s.left_open = 2; }},
    };
    static mode kind(const settings& s) { return static_cast<mode>(s.left_open % 3); }
    static step_t up(const settings& s) {
        return s.seed == 0 ? 2000 : dice(s.seed).one_of<step_t>({1, 2, 7, 1000, 1'000'000'007});
    }
    static step_t down(const settings& s) {
        return s.seed == 0 ? up(s) : dice(s.seed / 2 + 1).one_of<step_t>({up(s), 1, 4, 1003});
    }
    static double gamma(const settings& s) {
        return kind(s) != mode::exp_range ? 1 : s.seed == 0 ? 0.99999 : dice(s.seed).one_of({1.0, 0.5, 0.999});
    }
    static void read(settings& s) { s.warmup = pacer::no_warmup; }
    template <class Params>
    static void fit(Params& p, const settings& s) {
        p.mode = kind(s);
        p.up_steps = up(s);
        if (down(s) != up(s))
            p.down_steps = down(s);
        p.gamma = gamma(s);
    }
    template <class F>
    static F formula(const settings& s, step_t step) {
        const step_t length = up(s) + down(s);
        const step_t x = step % length;
        const F line = x < up(s) ? static_cast<F>(x) / static_cast<F>(up(s))
                                 : static_cast<F>(length - x) / static_cast<F>(down(s));
        const F height = kind(s) == mode::triangular    ? F(1)
                         : kind(s) == mode::triangular2 ? real<F>::pow(F(0.5), static_cast<F>(step / length))
                                                        : real<F>::pow(gamma(s), static_cast<F>(step));
        const F floor = s.floor();
        return floor + (s.peak - floor) * height * line;
    }
    static facts know(const settings& s) {
        facts known;
        known.total = s.total;
        known.lowest = s.floor();
        known.highest = s.peak;
        go_to_zero(known, s);
        for (int k = 0; k < 3; ++k) {
            const step_t start = k * (up(s) + down(s));
            const step_t top = start + up(s);
            const step_t end = top + down(s);
            if (start < s.total)
                known.exact.push_back({start, s.floor()});
            if (k == 0 && top < s.total && kind(s) != mode::exp_range)
                known.exact.push_back({top, s.peak});
            if (start < s.total && kind(s) != mode::exp_range)
                known.phases.push_back({start, std::min(top, s.total - 1), turn::up});
            if (top < s.total)
                known.phases.push_back({top, std::min(end, s.total - 1), turn::down});
        }
        known.value_ulps = 8;
        return known;
    }
    template <class Run>
    struct hand : Run {
        double operator()(step_t s) const {
            const double cycle = std::floor(1 + static_cast<double>(s) / 4000);
            const double x = std::abs(static_cast<double>(s) / 2000 - 2 * cycle + 1);
            return this->min + (this->peak - this->min) * std::max(0.0, 1 - x);
        }
    };
    template <class Run>
    static double by_hand(const Run&, const settings& s, step_t step) {
        return formula<double>(s, step);
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit("cyclic, triangular", as_they_are, [](auto run) { return hand<decltype(run)>{run}; });
    }
};

template <>
struct row<pacer::sgdr> : plain_row {
    static constexpr bool exactly_roundable = false;
    static constexpr grade graded[] = {{"sgdr", 4.9, [](settings& s) { s.init = s.floor(); }}};
    static step_t cycle_steps(const settings& s) {
        return s.seed == 0 ? 100'000
                           : std::min(pacer::longest,
                                      s.warmup_updates() + dice(s.seed).one_of<step_t>({1, 10, 1000, 1'000'003}));
    }
    static step_t growth(const settings& s) {
        return s.seed == 0 ? 2 : dice(s.seed / 2 + 1).one_of<step_t>({1, 2, 3, 1000});
    }
    static double factor(const settings& s) { return s.seed == 0 ? 0.5 : dice(s.seed / 3 + 1).one_of({1.0, 0.5, 0.9}); }
    static void read(settings& s) {
        if (s.warmup_shape == pacer::ramp_shape::exponential && !(s.floor() > 0))
            s.warmup_shape = pacer::ramp_shape::linear;
    }
    template <class Params>
    static void fit(Params& p, const settings& s) {
        p.cycle_steps = cycle_steps(s);
        p.growth = growth(s);
        p.peak_factor = factor(s);
    }
    template <class F>
    static std::optional<F> formula(const settings& s, step_t step) {
        if (step > pacer::longest)
            return {};  // a position in a cycle that long is no double
        step_t start = 0;
        step_t number = 0;
        F length = static_cast<F>(cycle_steps(s));
        if (growth(s) == 1) {
            number = step / cycle_steps(s);
            start = number * cycle_steps(s);
        } else
            for (; static_cast<F>(step - start) >= length; ++number, length *= static_cast<F>(growth(s)))
                start += static_cast<step_t>(length);
        if (length > static_cast<F>(pacer::longest))
            return {};  // its length is no double
        const F floor = s.floor();
        const F top = std::max<F>(floor, static_cast<F>(s.peak) * real<F>::pow(factor(s), static_cast<F>(number)));
        if (top > 0 && top < 0x1p-960)
            return {};  // hundreds of cycles later the peak is hardly above 0: near it, there are not 53 bits
        const step_t x = step - start;
        if (x < s.warmup_updates())
            return warmup_between<F>(s, x, number == 0 ? static_cast<F>(s.init) : floor, top);
        const F w = static_cast<F>(s.length());
        return between<F>(top, floor, static_cast<F>(x) - w, length - w, pacer::ramp_shape::cosine);
    }
    static facts know(const settings& s) {
        const step_t w = s.warmup_updates();
        const step_t cycle = cycle_steps(s);
        facts known = after_warmup(s, s.floor());
        if (cycle == w) {  // then the next one starts where the peak would be
            std::erase_if(known.exact, [&](const landmark& mark) { return mark.step == w && w < s.total; });
            for (phase& p : known.phases)
                p.last = std::min(p.last, w - 1);
        }
        if (w > 0 && cycle < s.total && s.first == pacer::first_step::from_zero)
            known.exact.push_back({cycle, s.floor()});
        const auto add = [&](step_t start, step_t end) {
            if (start + w < std::min(end, s.total))
                known.phases.push_back({start + w, std::min(end, s.total) - 1, turn::down});
        };
        add(0, cycle);
        if (cycle <= pacer::longest / growth(s))
            add(cycle, cycle + cycle * growth(s));
        known.peak_ulps = 16;
        known.value_ulps = s.whole() ? 12 : 0;
        return known;
    }
    template <class Run>
    struct hand : Run {
        double operator()(step_t s) const {
            double top = this->peak;
            step_t length = 100'000;
            while (s >= length) {
                s -= length;
                length *= 2;
                top *= 0.5;
            }
            if (s < this->warmup)
                return top * static_cast<double>(s) / static_cast<double>(this->warmup);
            return top * 0.5 *
                   (1 + std::cos(std::numbers::pi * static_cast<double>(s - this->warmup) /
                                 static_cast<double>(length - this->warmup)));
        }
    };
    template <class Run>
    static double by_hand(const Run&, const settings& s, step_t step) {
        return formula<double>(s, step).value_or(0);
    }
    template <class Visitor>
    static void for_each_timed(Visitor visit) {
        visit(
            "sgdr", [](settings& s) { s.end = 0.0; }, [](auto run) { return hand<decltype(run)>{run}; });
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
    static typename S<Real>::params_type params(settings s) {
        base::read(s);
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

// visitor(catalogued schedule) for every schedule that has a name.
template <class Visitor>
void for_each_named(Visitor visitor) {
    pacer::schedules::for_each([&]<template <class> class S>() { visitor(catalogued<S>{}); });
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
