// SPDX-License-Identifier: MIT
// The guarantees of schedule.hpp, over every row of support/schedules.hpp. (Accuracy in ULP of the exact value is in
// accuracy.test.cpp, equality with Hugging Face's own numbers in hugging_face.test.cpp.)
#include "support/schedules.hpp"

#include <pacer/expression/make_schedule.hpp>

#include <map>
#include <set>

namespace {

using namespace support;

// The steps worth asking: all of a short schedule, the joints and some others of a long one, and the extremes.
std::vector<step_t> interesting_steps(const example& e) {
    std::vector<step_t> steps{first_ever_step, first_ever_step + 1, -pacer::longest, -1,       pacer::longest - 1,
                              pacer::longest,  pacer::longest + 1,  last_step - 1,   last_step};
    const step_t total = e.from.total;
    const auto around = [&](step_t middle) {
        for (step_t step = middle < 3 ? 0 : middle - 3; step <= middle + 3; ++step)
            steps.push_back(step);
    };
    if (total <= 100) {
        for (step_t step = 0; step < 2 * total + 20; ++step)
            steps.push_back(step);
        return steps;
    }
    around(0);
    around(e.from.warmup_updates());
    dice roll(static_cast<std::uint64_t>(total));
    for (int k = 0; k < 20; ++k)
        around(roll.up_to(std::min(total, pacer::longest)));
    if (total != pacer::endless)
        for (const step_t joint : {total - e.from.decay, total / 2, total, 2 * total, 3 * total})
            around(joint);
    return steps;
}

void for_all_examples(void (*check)(const example&, complaints&)) {
    std::map<std::string, complaints> wrong;  // by row
    for_small_examples([&](const example& e) { check(e, wrong[e.name]); });
    for_large_examples([&](const example& e) { check(e, wrong[e.name]); });
    CHECK(wrong.size() == std::tuple_size_v<rows>);
    for (const auto& [name, complaint] : wrong) {
        INFO(name);
        CHECK(complaint.text() == "");
    }
}

}  // namespace

TEST_CASE("the table has a row for every schedule that has a name, and every row has examples") {
    std::set<std::string> names;
    for_each_schedule([&](auto row) {
        int small = 0;
        int large = 0;
        std::size_t known = 0;
        for_small_settings(row, [&](const settings& s) {
            const facts f = row.know(s);
            known += f.exact.size() + f.phases.size();
            ++small;
        });
        for_large_settings(row, [&](const settings&) { ++large; });
        INFO(row.name);
        CHECK(names.insert(row.name).second);
        CHECK(small > 1500);
        CHECK(large >= 400);
        CHECK(known > 1500);
    });
    for (const std::string_view name : pacer::schedule_names)
        CHECK(names.count(std::string(name)) == 1);
}

TEST_CASE("guarantee 1: landmarks are exact") {
    for_all_examples([](const example& e, complaints& wrong) {
        for (const landmark& mark : e.known.exact)
            if (!(e.lr(mark.step) == mark.rate))
                wrong.add(e.text, "lr(", mark.step, ") is ", e.lr(mark.step), ", not ", mark.rate);
    });
}

TEST_CASE("guarantee 2: every step has a finite rate within the declared bounds") {
    for_all_examples([](const example& e, complaints& wrong) {
        for (const step_t step : interesting_steps(e)) {
            const double rate = e.lr(step);
            if (!is_finite(rate) || !(rate >= e.known.lowest && rate <= e.known.highest))
                wrong.add(e.text, "lr(", step, ") is ", rate, ", not in [", e.known.lowest, ", ", e.known.highest, ']');
        }
    });
}

TEST_CASE("guarantee 2: a negative step gives the rate at step 0") {
    for_all_examples([](const example& e, complaints& wrong) {
        for (const step_t step : {first_ever_step, -pacer::longest, step_t{-2}, step_t{-1}})
            if (!(e.lr(step) == e.lr(0)))
                wrong.add(e.text, "lr(", step, ") is ", e.lr(step), " and lr(0) is ", e.lr(0));
    });
}

TEST_CASE("a schedule knows its length") {
    for_all_examples([](const example& e, complaints& wrong) {
        if (e.total != e.known.total)
            wrong.add(e.text, "total_steps() is ", e.total, ", not ", e.known.total);
    });
}

TEST_CASE("a schedule that repeats is periodic") {
    for_each_schedule([](auto row) {
        if constexpr (requires(decltype(row.template make<double>(settings{})) s) { s.params(); }) {
            complaints wrong;
            int asked = 0;
            const auto check = [&](const settings& s) {
                if (s.past != pacer::past_end::repeat || s.total == 0 || s.total > pacer::longest)
                    return;
                const auto lr = row.template make<double>(s);
                for (const step_t step : {step_t{0}, s.warmup_updates() % s.total, s.total / 2, s.total - 1})
                    for (const step_t again : {step_t{1}, step_t{2}, step_t{1000}, last_step / s.total - 1}) {
                        ++asked;
#ifdef __FAST_MATH__  // which may compute the same expression in different ways at different places
                        const double allowed = 4;
#else
                        const double allowed = 0;
#endif
                        if (!(ulps(lr(step + again * s.total), lr(step)) <= allowed))
                            wrong.add(row.name, describe(s), step, " + ", again, " T");
                    }
            };
            for_small_settings(row, check);
            for_large_settings(row, check);
            INFO(row.name);
            CHECK(wrong.text() == "");
            CHECK(asked > 500);
        }
    });
}

// ---------------------------------------------------------------------------------------------------------------------

namespace {

// Over the consecutive steps [first, last]: the number of the step where the rate first turns back, or -1.
template <class Schedule>
step_t first_turn(const Schedule& lr, step_t first, step_t last, turn direction) {
    double before = lr(first);
    for (step_t step = first; step < last;) {
        const double rate = lr(++step);
        if (direction == turn::up ? rate < before : rate > before)
            return step;
        before = rate;
    }
    return -1;
}

constexpr step_t window = 20'000;

void check_phases(const example& e, complaints& wrong) {
    for (const phase& p : e.known.phases) {
        const auto check = [&](step_t first, step_t last) {
            const step_t turned = first_turn(e.lr, first, last, p.direction);
            if (turned >= 0)
                wrong.add(e.text, "turns back at ", turned, ": ", e.lr(turned - 1), ' ', e.lr(turned));
        };
        const step_t length = p.last - p.first;
        if (length <= 6 * window) {
            check(p.first, p.last);
            continue;
        }
        // Near both ends, in the middle, and where a ramp changes the end that it counts from.
        check(p.first, p.first + window);
        check(p.last - window, p.last);
        for (const double where : {0.1, 0.25, 0.415037499278844, 0.5, 0.75, 0.93}) {
            const auto middle = p.first + static_cast<step_t>(static_cast<double>(length) * where);
            check(middle - window / 2, middle + window / 2);
        }
    }
}

}  // namespace

TEST_CASE("guarantee 3: monotone on every phase, whole curves of short schedules") {
    complaints wrong;
    for_small_examples([&](const example& e) { check_phases(e, wrong); });
    CHECK(wrong.text() == "");
}

TEST_CASE("guarantee 3: monotone on every phase, whole curves and windows of long schedules") {
    for_each_schedule([](auto row) {
        complaints wrong;
        dice roll(3);
        for (const step_t total : {step_t{997}, step_t{100'003}, step_t{999'999'999}, step_t{1'000'000'000},
                                   pacer::longest - 1, pacer::longest})
            for (int draw = 0; draw < 5; ++draw) {
                settings s;
                s.total = total;
                s.warmup =
                    pacer::warmup_steps(roll.one_of<step_t>({0, total / 10, total / 3, total, 2'000}) % (total + 1));
                s.first = roll.one_of(first_steps);
                draw_the_rest(s, roll);
                if (total > 2'000'000'000 && 2 * s.waves != std::floor(2 * s.waves))
                    continue;  // below
                check_phases(make_example(row, s), wrong);
            }
        INFO(row.name);
        CHECK(wrong.text() == "");
    });
}

TEST_CASE("guarantee 3: monotone also where doubles are as dense as steps and waves are broken") {
    complaints wrong;
    for (const double waves : {0.1, 0.4, 0.7, 1.3})
        for (const step_t total : {pacer::longest / 3, pacer::longest - 1, pacer::longest}) {
            settings s;
            s.waves = waves;
            s.total = total;
            check_phases(make_example(row::cosine{}, s), wrong);
        }
    CHECK(wrong.text() == "");
}

TEST_CASE("guarantees 1 to 3, of rates that are hardly above 0 or hardly finite") {
    for_each_schedule([](auto row) {
        complaints wrong;
        dice roll(11);
        for (const double peak :
             {5e-324, 1e-310, 1e-305, 1e-300, 1e-290, 1e-250, 1e-200, 1e-140, 1e-50, 1e300, 1.7e308})
            for (const step_t total :
                 {step_t{2}, step_t{10}, step_t{997}, step_t{100'003}, step_t{1'000'000'000}, pacer::longest}) {
                settings s;
                s.total = total;
                draw_the_rest(s, roll);
                s.peak = peak;
                s.init = 0;
                s.end = roll.one_of<pacer::lr_or_ratio>({0.0, pacer::lr_ratio(0.5), pacer::lr_ratio(1)});
                s.waves = 0.5;
                const example e = make_example(row, s);
                for (const landmark& mark : e.known.exact)
                    if (!(e.lr(mark.step) == mark.rate))
                        wrong.add(e.text, "lr(", mark.step, ") is ", e.lr(mark.step), ", not ", mark.rate);
                for (const step_t step : interesting_steps(e))
                    if (!(e.lr(step) >= e.known.lowest && e.lr(step) <= e.known.highest))
                        wrong.add(e.text, "lr(", step, ") is ", e.lr(step));
                check_phases(e, wrong);
            }
        INFO(row.name);
        CHECK(wrong.text() == "");
    });
}

TEST_CASE("guarantee 3: shapes are monotone both ways, also at the lengths where doubles are as dense as steps") {
    complaints wrong;
    const auto check = [&](const char* name, auto shape) {
        for (const double n : {100'003.0, 1e9, 1e9 + 1, 0x1p52 + 1, 0x1p53 - 1, 0x1p53})
            for (const auto& [from, to] : {std::pair{1.0, 0.0}, std::pair{0.0, 1.0}, std::pair{1.0, 0.1},
                                           std::pair{3e-5, 7e-4}, std::pair{1.0, 1.0 - 0x1p-52}})
                for (const double where :
                     {0.0, 0.1, 0.25, 0.2501, 0.3, 0.415037499278844, 0.4999, 0.5, 0.6, 0.75, 0.9, 1.0}) {
                    const pacer::ramp lr(from, to, n, shape);
                    const auto last = static_cast<step_t>(n);
                    const auto middle = static_cast<step_t>(n * where);
                    const step_t turned =
                        first_turn(lr, std::max<step_t>(0, middle - window / 2), std::min(last, middle + window / 2),
                                   from > to ? turn::down : turn::up);
                    if (turned >= 0)
                        wrong.add(name, " from ", from, " to ", to, " over ", n, " turns back at ", turned);
                }
    };
    check("linear", pacer::shapes::linear{});
    check("cosine", pacer::shapes::cosine{});
    check("one_minus_sqrt", pacer::shapes::one_minus_sqrt{});
    check("half_life", pacer::shapes::half_life{});
    for (const double power : {0.5, 1.0, 1.5, 2.0, 3.0, 0.9, 1.7, 2.2, 0.01, 17.3})
        check("power", pacer::shapes::power{power});
    CHECK(wrong.text() == "");
}

// ---------------------------------------------------------------------------------------------------------------------

TEST_CASE("guarantee 4: every schedule is its formula") {
    for_all_examples([](const example& e, complaints& wrong) {
        for (const step_t step : interesting_steps(e)) {
            const bool inside = step >= 0 && step < std::min(e.known.total, e.from.total);
            const bool on_the_wave = e.from.past == pacer::past_end::wave && step >= 0 && step / 4 < e.known.total;
            if (!inside && !on_the_wave)
                continue;
            const std::optional<long double> want = e.known.closed_form(step);
            if (!want)
                continue;
            const double rate = e.lr(step);
            const auto off = static_cast<double>(rate > *want ? rate - *want : *want - rate);
            double allowed = e.known.peak_ulps * ulp(e.known.highest);
            if (!inside && !(e.from.whole() && 2 * e.from.waves == std::floor(2 * e.from.waves))) {
                // The rounding of one wave, for each that has passed.
                const double rest = static_cast<double>(e.from.total) - e.from.length();
                allowed *= 1 + (static_cast<double>(step) - e.from.length()) / (rest > 0 ? rest : 1);
            }
#ifndef __FAST_MATH__  // there the powers are some hundred ULP off, all of a value near the end of a decay
            if (e.known.value_ulps > 0 && inside)
                allowed = std::min(allowed, e.known.value_ulps * ulp(static_cast<double>(*want)));
#else
            allowed *= 50;
#endif
            if (!(off <= allowed))
                wrong.add(e.text, "lr(", step, ") is ", rate, ", not ", *want, ": off by ", off / ulp(e.known.highest),
                          " ULP of the peak, ", off / ulp(rate), " ULP");
        }
    });
}

TEST_CASE("guarantee 4: a float schedule is the double schedule rounded once") {
    for_each_schedule([](auto row) {
        complaints wrong;
        const auto check = [&](const settings& s) {
            const auto wide = row.template make<double>(s);
            const auto narrow = row.template make<float>(s);
            static_assert(std::is_same_v<decltype(narrow(0)), float>);
            const settings& from = s;
            for (const step_t step :
                 {step_t{-1}, step_t{0}, step_t{1}, step_t{2}, step_t{3}, step_t{5}, step_t{7}, from.warmup_updates(),
                  from.total / 2, from.total / 3, from.total - 1, from.total, last_step})
                if (narrow(step) != static_cast<float>(wide(step)))
                    wrong.add(row.name, ' ', describe(s), "lr(", step, ") is ", narrow(step), ", not ", wide(step));
        };
        for_small_settings(row, check);
        for_large_settings(row, check);
        INFO(row.name);
        CHECK(wrong.text() == "");
    });
}

TEST_CASE("guarantee 5: random access is the sequence") {
    complaints wrong;
    dice roll(4);
    int asked = 0;
    const auto check = [&](const example& e) {
        const step_t middle = roll.up_to(std::min<step_t>(e.from.total, pacer::longest) + 5);
        const auto copy_before = e.lr;
        std::vector<double> forwards;
        for (step_t step = middle; step < middle + 20; ++step)
            forwards.push_back(e.lr(step));
        const auto copy_after = e.lr;
        for (step_t k = 19; k >= 0; --k, ++asked) {
            const double want = forwards[static_cast<std::size_t>(k)];
            if (!(copy_before(middle + k) == want && copy_after(middle + k) == want && e.lr(middle + k) == want))
                wrong.add(e.text, "lr(", middle + k, ") depends on what was asked before");
        }
    };
    for_small_examples(check);
    for_large_examples(check);
    CHECK(wrong.text() == "");
    CHECK(asked > 100'000);
}

// ---------------------------------------------------------------------------------------------------------------------

namespace {

// Every field of these valid parameters, broken in every way: `check` names the field, and the constructor throws the same.
template <class S>
class breaker {
public:
    using params = typename S::params_type;
    explicit breaker(const char* schedule, params good) : schedule_(schedule), good_(good) {
        const pacer::violation none = check(good);
        INFO(schedule << ": " << (none ? none.field : ""));
        CHECK(!none);
        CHECK_NOTHROW(S(good));
    }

    template <class Change>
    void refuse(const char* field, double value, Change change) const {
        params p = good_;
        change(p);
        must_be_refused(field, value, p);
    }

private:
    // Compiled once for a schedule, not for every change.
    [[gnu::noinline]] void must_be_refused(const char* field, double value, const params& p) const {
        const pacer::violation v = check(p);
        INFO(schedule_ << "." << field << " = " << value);
        CHECK(std::string(v ? v.field : "nothing") == field);
        std::string thrown = "nothing";
        try {
            const S never(p);
            (void)never;
        } catch (const pacer::invalid_schedule& e) {
            thrown = e.field();
            CHECK(std::string(e.rule()) == (v ? v.rule : "no rule"));
        }
        CHECK(thrown == field);
    }

    const char* schedule_;
    params good_;
};

// Kept from the optimizer, which may assume under -ffast-math that there are none.
double nan_() { return laundered{}(std::bit_cast<double>(std::uint64_t{0x7FF8'0000'0000'0000u})); }
double inf_() { return laundered{}(std::bit_cast<double>(std::uint64_t{0x7FF0'0000'0000'0000u})); }

template <class P>
concept has_wave = requires(P p) {
    p.num_cycles;
}
&&std::string_view(P::name) != "cosine_with_restarts";

template <template <class> class Named, class Real, class Params>
void break_every_field(const char* name, const Params& good) {
    using P = Params;
    const breaker<Named<Real>> b(name, good);
    const double bad_rates[] = {-1, -1e-30, nan_(), inf_(), -inf_()};
    const step_t bad_counts[] = {-2, first_ever_step, pacer::longest + 1, last_step - 1};

    for (const double bad : bad_rates)
        b.refuse("peak_lr", bad, [&](P& p) { p.peak_lr = static_cast<Real>(bad); });
    for (const step_t bad : bad_counts)
        b.refuse("total_steps", static_cast<double>(bad), [&](P& p) { p.total_steps = bad; });
    for (const int bad : {-1, 4, 100})
        b.refuse("past_end", bad, [&](P& p) { p.past_end = static_cast<pacer::past_end>(bad); });
    b.refuse("peak_lr", 0, [&](P& p) { p.peak_lr = P{}.peak_lr; });  // not given

    if constexpr (!has_wave<P>)
        b.refuse("past_end", 3, [&](P& p) { p.past_end = pacer::past_end::wave; });
    if (!(P{}.total_steps == pacer::endless)) {
        b.refuse("total_steps", -1, [&](P& p) {
            p.total_steps = P{}.total_steps;
            if constexpr (requires { p.stable_steps; })
                p.stable_steps = P{}.stable_steps;
        });
        b.refuse("total_steps", 0, [&](P& p) { p.total_steps = pacer::endless; });
    }
    if constexpr (requires { good.init_lr; }) {
        for (const double bad : bad_rates)
            b.refuse("init_lr", bad, [&](P& p) { p.init_lr = static_cast<Real>(bad); });
    }
    if constexpr (requires { good.first_step; })
        for (const int bad : {-1, 3, 100})
            b.refuse("first_step", bad, [&](P& p) { p.first_step = static_cast<pacer::first_step>(bad); });
    if constexpr (requires { good.warmup; }) {
        for (const step_t bad : {step_t{-1}, step_t{-7}, first_ever_step, step_t{11}, pacer::longest + 1, last_step})
            b.refuse("warmup", static_cast<double>(bad), [&](P& p) { p.warmup = pacer::warmup_steps(bad); });
        for (const double bad : {-0.1, 1.0000000000000002, 2.0, 1e300, nan_(), inf_(), -inf_()})
            b.refuse("warmup", bad, [&](P& p) { p.warmup = pacer::warmup_ratio(bad); });
        for (const int bad : {-1, 4, 100})
            b.refuse("warmup", bad,
                     [&](P& p) { p.warmup = pacer::warmup_ratio(0.2, static_cast<pacer::rounding>(bad)); });
        if (P{}.total_steps == pacer::endless)
            b.refuse("warmup", 0.1, [&](P& p) {
                p.total_steps = pacer::endless;
                p.warmup = pacer::warmup_ratio(0.1);
            });
    }
    const auto break_floor = [&](const char* field, auto member) {
        for (const double bad : {-1.0, -1e-30, nan_(), inf_(), -inf_()})
            b.refuse(field, bad, [&](P& p) { p.*member = bad; });
        for (const double bad : {-0.1, 1.0000000000000002, nan_(), inf_(), -inf_()})
            b.refuse(field, bad, [&](P& p) { p.*member = pacer::lr_ratio(bad); });
        if ((P{}.*member).value() < 0)
            b.refuse(field, -1, [&](P& p) { p.*member = pacer::lr_or_ratio{}; });
    };
    if constexpr (requires { good.min_lr; })
        b.refuse("min_lr", 2, [&](P& p) { p.min_lr = 2.0; });
    if constexpr (requires { good.min_lr; })
        break_floor("min_lr", &P::min_lr);
    if constexpr (requires { good.end_lr; })
        break_floor("end_lr", &P::end_lr);
    if constexpr (requires { good.power; })
        for (const double bad : {0.0, -1.0, nan_(), inf_(), -inf_()})
            b.refuse("power", bad, [&](P& p) { p.power = bad; });
    if constexpr (requires { good.timescale; })
        for (const step_t bad : {step_t{-1}, first_ever_step, pacer::longest + 1, last_step})
            b.refuse("timescale", static_cast<double>(bad), [&](P& p) { p.timescale = bad; });
    if constexpr (requires { good.num_cycles; }) {
        for (const double bad : {-0.5, 0x1p53 + 2, nan_(), inf_(), -inf_()})
            b.refuse("num_cycles", bad, [&](P& p) { p.num_cycles = bad; });
    }
    if constexpr (requires { good.stable_steps; }) {
        for (const step_t bad : bad_counts) {
            b.refuse("stable_steps", static_cast<double>(bad), [&](P& p) { p.stable_steps = bad; });
            b.refuse("decay_steps", static_cast<double>(bad), [&](P& p) { p.decay_steps = bad; });
        }
    }
}

template <class Real>
void break_everything() {
    using namespace pacer;
    const warmup_steps w(2);
    const Real peak = 1;
    break_every_field<constant, Real>("constant", constant_params<Real>{.peak_lr = peak, .total_steps = 10});
    break_every_field<constant_with_warmup, Real>(
        "constant_with_warmup", constant_with_warmup_params<Real>{.peak_lr = peak, .total_steps = 10, .warmup = w});
    break_every_field<linear_warmup, Real>("linear_warmup",
                                           linear_warmup_params<Real>{.peak_lr = peak, .total_steps = 10});
    break_every_field<linear, Real>("linear", linear_params<Real>{.peak_lr = peak, .total_steps = 10, .warmup = w});
    break_every_field<polynomial, Real>("polynomial",
                                        polynomial_params<Real>{.peak_lr = peak, .total_steps = 10, .warmup = w});
    break_every_field<cosine, Real>("cosine", cosine_params<Real>{.peak_lr = peak, .total_steps = 10, .warmup = w});
    break_every_field<cosine_with_min_lr, Real>(
        "cosine_with_min_lr",
        cosine_with_min_lr_params<Real>{.peak_lr = peak, .min_lr = 0.1, .total_steps = 10, .warmup = w});
    break_every_field<cosine_with_restarts, Real>(
        "cosine_with_restarts", cosine_with_restarts_params<Real>{.peak_lr = peak, .total_steps = 10, .warmup = w});
    break_every_field<inverse_sqrt, Real>("inverse_sqrt",
                                          inverse_sqrt_params<Real>{.peak_lr = peak, .total_steps = 10, .warmup = w});
    break_every_field<warmup_stable_decay, Real>(
        "warmup_stable_decay",
        warmup_stable_decay_params<Real>{
            .peak_lr = peak, .stable_steps = 5, .decay_steps = 3, .total_steps = 10, .warmup = w});
}

}  // namespace

TEST_CASE("guarantee 6: invalid means not constructible, whatever field is wrong") {
    break_everything<double>();
    break_everything<float>();
}

TEST_CASE("guarantee 6: the same for cosine_warmup_with_min_lr, whose init_lr may be a ratio") {
    using namespace pacer;
    using params = hf::cosine_warmup_with_min_lr_params<double>;
    const breaker<hf::cosine_warmup_with_min_lr<double>> b(
        "cosine_warmup_with_min_lr", params{.peak_lr = 1, .min_lr = 0.1, .total_steps = 10, .warmup = warmup_steps(2)});
    for (const double bad : {-1.0, nan_(), inf_()}) {
        b.refuse("peak_lr", bad, [&](params& p) { p.peak_lr = bad; });
        b.refuse("min_lr", bad, [&](params& p) { p.min_lr = bad; });
        b.refuse("init_lr", bad, [&](params& p) { p.init_lr = bad; });
        b.refuse("init_lr", bad, [&](params& p) { p.init_lr = lr_ratio(bad); });
        b.refuse("num_cycles", bad, [&](params& p) { p.num_cycles = bad; });
        b.refuse("warmup", bad, [&](params& p) { p.warmup = warmup_ratio(bad); });
    }
    b.refuse("init_lr", 2, [](params& p) { p.init_lr = 2.0; });
    b.refuse("min_lr", 2, [](params& p) { p.min_lr = 2.0; });
    b.refuse("min_lr", -1, [](params& p) { p.min_lr = {}; });
    b.refuse("warmup", 11, [](params& p) { p.warmup = warmup_steps(11); });
    b.refuse("past_end", 4, [](params& p) { p.past_end = static_cast<past_end>(4); });
    for (const step_t bad : {step_t{-1}, step_t{-2}, longest + 1, endless})
        b.refuse("total_steps", static_cast<double>(bad), [&](params& p) { p.total_steps = bad; });
}

// ---------------------------------------------------------------------------------------------------------------------

TEST_CASE("guarantee 7: the algebra of composition, over every row") {
    for_each_schedule([](auto row) {
        complaints wrong;
        dice roll(5);
        int asked = 0;
        const auto check = [&](const settings& s) {
            if (roll.up_to(19) != 0)
                return;
            const auto a = row.template make<double>(s);
            const pacer::linear b{{.peak_lr = 0.5, .end_lr = 0.1, .total_steps = 9, .warmup = pacer::warmup_steps(2)}};
            const pacer::constant c{{.peak_lr = 0.25}};
            const step_t first = roll.up_to(20);
            const step_t second = first + roll.up_to(20);
            const auto flat = pacer::join(a, first, b, second, c);
            const auto right = pacer::join(a, first, pacer::join(b, second - first, c));
            const auto left = pacer::join(pacer::join(a, first, b), second, c);
            for (const step_t step : {first_ever_step, step_t{-1}, step_t{0}, step_t{1}, first - 1, first, first + 1,
                                      second - 1, second, second + 1, s.total - 1, s.total, last_step}) {
                const double rate = a(step);
                ++asked;
                if (!(pacer::join(a)(step) == rate && pacer::join(c, 0, a)(step) == rate &&
                      pacer::scale(a, 1)(step) == rate && pacer::clamp(a, 0, 1e300)(step) == rate &&
                      pacer::advance(a, 0)(step) == rate))
                    wrong.add(row.name, ' ', describe(s), "an identity is none at ", step);
                if constexpr (sizeof a <= pacer::any_schedule<>::capacity)
                    if (!(pacer::any_schedule<double>(a)(step) == rate))
                        wrong.add(row.name, ' ', describe(s), "any_schedule changes the rate at ", step);
                const double at_least_0 = step < first    ? a(step < 0 ? 0 : step)
                                          : step < second ? b(step - first)
                                                          : 0.25;
                const double want = step < 0 && first == 0 && second > 0 ? b(0) : at_least_0;
                if (!(flat(step) == (step < 0 && second == 0 ? 0.25 : want) && right(step) == flat(step) &&
                      left(step) == flat(step)))
                    wrong.add(row.name, ' ', describe(s), "join ", first, ' ', second, " at ", step);
            }
        };
        for_small_settings(row, check);
        for_large_settings(row, check);
        INFO(row.name);
        CHECK(wrong.text() == "");
        CHECK(asked > 1000);
    });
}

TEST_CASE("guarantee 9: schedules are small values that cannot throw") {
    for_each_schedule([](auto row) {
        const auto check = [&](auto schedule) {
            using S = decltype(schedule);
            INFO(row.name);
            STATIC_REQUIRE(pacer::Schedule<S>);
            STATIC_REQUIRE(std::is_trivially_copyable_v<S>);
            STATIC_REQUIRE(std::is_trivially_destructible_v<S>);
            STATIC_REQUIRE(std::is_nothrow_copy_constructible_v<S>);
            if constexpr (!std::is_same_v<S, pacer::any_schedule<double>> &&
                          !std::is_same_v<S, pacer::any_schedule<float>>) {  // it may hold what throws
                STATIC_REQUIRE(std::is_nothrow_invocable_v<const S&, step_t>);
            }
            if constexpr (requires { schedule.params(); })
                STATIC_REQUIRE(sizeof(S) <= pacer::any_schedule<>::capacity);
            STATIC_REQUIRE(noexcept(schedule.total_steps()));
            CHECK(schedule.total_steps() >= 0);
        };
        settings s;
        s.total = 10;
        check(row.template make<double>(s));
        check(row.template make<float>(s));
    });
}
