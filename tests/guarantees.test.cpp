// SPDX-License-Identifier: MIT
// The guarantees of schedule.hpp, over every row of support/schedules.hpp. (Accuracy in ULP of the exact value is in
// accuracy.test.cpp, equality with Hugging Face's own numbers in hugging_face.test.cpp.)
#include "support/schedules.hpp"

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
    CHECK(wrong.size() == rows);
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
    CHECK(names.size() == rows);
    for (const char* name : pacer::schedules::names)
        CHECK(names.count(name) == 1);
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
            check_phases(make_example(composed::cosine{}, s), wrong);
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
                for (pacer::ramp_shape* shape : {&s.warmup_shape, &s.decay_shape})
                    if (*shape == pacer::ramp_shape::exponential)
                        *shape = pacer::ramp_shape::linear;  // it does not start from 0
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
            // 2^53 + 1 updates are no double: the last update of such a warm-up already runs at the peak.
            const bool has_length = e.from.first != pacer::first_step::over_plus_one || e.from.total < pacer::longest;
            if (!want || (!has_length && e.from.warmup_shape != pacer::ramp_shape::linear))
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

// Kept from the optimizer, which may assume under -ffast-math that there are none.
double nan_() { return laundered{}(std::bit_cast<double>(std::uint64_t{0x7FF8'0000'0000'0000u})); }
double inf_() { return laundered{}(std::bit_cast<double>(std::uint64_t{0x7FF0'0000'0000'0000u})); }

// What must be refused of a field of the type of `value`, with how it is printed: refuse(bad, number). `otherwise` is
// what the field is if it is not given.
template <class Real, class Refuse>
void break_real(const pacer::field& f, Real otherwise, Refuse refuse) {
    for (const double bad : {-1.0, -1e-30, nan_(), inf_(), -inf_(), f.lowest - 1, f.highest * (1 + 0x1p-52)})
        if (!(f.may_be_open && bad == -1) && !(bad >= f.lowest && bad <= f.highest && is_finite(bad)))
            refuse(static_cast<Real>(bad), bad);
    if (f.above_lowest)
        refuse(static_cast<Real>(f.lowest), f.lowest);
    if (otherwise < 0 && !f.may_be_open)
        refuse(otherwise, -1);
}
template <class Refuse>
void break_field(const pacer::field& f, float, float otherwise, Refuse refuse) {
    break_real(f, otherwise, refuse);
}
template <class Refuse>
void break_field(const pacer::field& f, double, double otherwise, Refuse refuse) {
    break_real(f, otherwise, refuse);
}
template <class Refuse>
void break_field(const pacer::field& f, step_t, step_t, Refuse refuse) {
    for (const step_t bad : {step_t{-2}, step_t{-7}, first_ever_step, pacer::longest + 1, last_step - 1})
        refuse(bad, static_cast<double>(bad));
    if (f.lowest > 0)
        refuse(step_t{0}, 0);
    if (!f.may_be_open)
        refuse(pacer::detail::unset, -1);
    if (!f.may_be_endless)
        refuse(pacer::endless, 0);
}
template <class Refuse>
void break_field(const pacer::field& f, pacer::lr_or_ratio, pacer::lr_or_ratio otherwise, Refuse refuse) {
    for (const double bad : {-1.0, -1e-30, nan_(), inf_(), -inf_()})
        refuse(pacer::lr_or_ratio(bad), bad);
    for (const double bad : {-0.1, 1.0000000000000002, nan_(), inf_(), -inf_()})
        refuse(pacer::lr_or_ratio(pacer::lr_ratio(bad)), bad);
    if (!f.may_exceed_peak)
        refuse(pacer::lr_or_ratio(2.0), 2);
    if (!f.may_be_open && !otherwise.is_given())
        refuse(pacer::lr_or_ratio(), -1);
}
template <class Refuse>
void break_field(const pacer::field&, pacer::warmup, pacer::warmup, Refuse refuse) {
    for (const step_t bad : {step_t{-1}, step_t{-7}, first_ever_step, step_t{11}, pacer::longest + 1, last_step})
        refuse(pacer::warmup(pacer::warmup_steps(bad)), static_cast<double>(bad));
    for (const double bad : {-0.1, 1.0000000000000002, 2.0, 1e300, nan_(), inf_(), -inf_()})
        refuse(pacer::warmup(pacer::warmup_ratio(bad)), bad);
    for (const int bad : {-1, 4, 100})
        refuse(pacer::warmup(pacer::warmup_ratio(0.2, static_cast<pacer::rounding>(bad))), bad);
}
template <class Refuse>
void break_field(const pacer::field&, pacer::first_step, pacer::first_step, Refuse refuse) {
    for (const int bad : {-1, 3, 100})
        refuse(static_cast<pacer::first_step>(bad), bad);
}
template <class Refuse>
void break_field(const pacer::field& f, pacer::past_end, pacer::past_end, Refuse refuse) {
    for (const int bad : {-1, 4, 100})
        refuse(static_cast<pacer::past_end>(bad), bad);
    if (!f.has_wave)
        refuse(pacer::past_end::wave, 3);
}
template <class Refuse>
void break_field(const pacer::field&, const pacer::list<double>&, const pacer::list<double>&, Refuse refuse) {
    for (const double bad : {-1.0, -1e-30, nan_(), inf_(), -inf_()})
        refuse(pacer::list<double>{1, bad, 1, 1}, bad);
    pacer::list<double> long_list;
    for (int k = 0; k <= pacer::list<double>::capacity; ++k)
        long_list.add(1);
    refuse(long_list, static_cast<double>(long_list.given()));
}
template <class Refuse>
void break_field(const pacer::field& f, const pacer::list<step_t>&, const pacer::list<step_t>&, Refuse refuse) {
    for (const step_t bad : {step_t{-1}, first_ever_step, pacer::longest + 1, last_step})
        refuse(pacer::list<step_t>{3, 4, 5, bad}, static_cast<double>(bad));
    refuse(pacer::list<step_t>{3, 5, 4, 6}, 4);
    pacer::list<step_t> long_list;
    for (step_t k = 0; k <= pacer::list<step_t>::capacity; ++k)
        long_list.add(3 + k);
    refuse(long_list, static_cast<double>(long_list.given()));
    if (!f.may_be_open)
        refuse(pacer::list<step_t>{}, 0);
}
template <class Refuse>
void break_field(const pacer::field&, pacer::interpolation, pacer::interpolation, Refuse refuse) {
    for (const int bad : {4, 100})
        refuse(static_cast<pacer::interpolation>(bad), bad);
}
template <class Refuse>
void break_field(const pacer::field&, pacer::cycle_mode, pacer::cycle_mode, Refuse refuse) {
    for (const int bad : {3, 100})
        refuse(static_cast<pacer::cycle_mode>(bad), bad);
}
template <class Refuse>
void break_field(const pacer::field&, bool, bool, Refuse) {}  // every value is one

template <class Refuse>
void break_field(const pacer::field&, const pacer::ramp_shape&, const pacer::ramp_shape&, Refuse) {}  // below

// Every field of valid parameters, broken in every way: `check` names the field, and the constructor throws the same.
template <class S>
class breaker {
public:
    using params = typename S::params_type;

    explicit breaker(const params& good) : good_(good) {
        const pacer::violation none = check(good);
        INFO(params::name << ": " << (none ? none.field : ""));
        CHECK(!none);
        CHECK_NOTHROW(S(good));
    }

    void break_every_field() const {
        int index = 0;
        params::visit_fields(good_, [&](const pacer::field& f, const auto& value) {
            const int number_of_field = index++;
            const auto refuse = [&](const auto& bad, double number) {
                params p = good_;
                put(p, number_of_field, bad);
                must_be_refused(f.name, number, p);
            };
            break_field(f, value, get(params{}, number_of_field, value), refuse);
        });
        CHECK(index >= 3);
    }

    template <class Change>
    void refuse(const char* field, double value, Change change) const {
        params p = good_;
        change(p);
        must_be_refused(field, value, p);
    }

private:
    template <class Value>
    static void put(params& p, int field, const Value& bad) {
        params::visit_fields(p, [&](const pacer::field&, auto& value) {
            if constexpr (std::is_same_v<std::remove_reference_t<decltype(value)>, Value>)
                if (field == 0)
                    value = bad;
            --field;
        });
    }
    template <class Value>
    static Value get(const params& p, int field, Value found) {
        params::visit_fields(p, [&](const pacer::field&, const auto& value) {
            if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, Value>)
                if (field == 0)
                    found = value;
            --field;
        });
        return found;
    }

    // Compiled once for a schedule, not for every change.
    [[gnu::noinline]] static void must_be_refused(const char* field, double value, const params& p) {
        const pacer::violation v = check(p);
        INFO(params::name << "." << field << " = " << value);
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

    params good_;
};

settings ten_updates() {
    settings s;
    s.total = 10;
    s.warmup = pacer::warmup_steps(2);
    s.decay = 3;
    return s;
}

}  // namespace

TEST_CASE("guarantee 6: invalid means not constructible, whatever field is wrong") {
    for_each_named([](auto row) {
        const auto check = [&](auto real) {
            using schedule = decltype(row.template make<decltype(real)>(settings{}));
            const breaker<schedule> b(row.template params<decltype(real)>(ten_updates()));
            b.break_every_field();
            if constexpr (row.has_endless && row.has_warmup)
                b.refuse("warmup", 0.1, [](auto& p) {
                    p.total_steps = pacer::endless;
                    p.warmup = pacer::warmup_ratio(0.1);
                });
        };
        check(1.0);
        check(1.0f);
    });
}

TEST_CASE("guarantee 6: the ranges that the fields themselves say") {
    CHECK((pacer::fields::power.lowest == 0 && pacer::fields::power.above_lowest));
    for (const pacer::field& cycles : {pacer::fields::num_cycles, pacer::fields::num_descents})
        CHECK((cycles.lowest == 0 && !cycles.above_lowest && cycles.highest == 0x1p53));
}

TEST_CASE("guarantee 6: an exponential part needs rates above 0 at its ends, by the names of their fields") {
    for_each_named([](auto row) {
        const breaker<decltype(row.template make<double>(settings{}))> b(row.template params<double>(ten_updates()));
        if constexpr (requires(decltype(row.template params<double>(settings{})) p) { p.warmup_shape; })
            b.refuse("init_lr", 0, [](auto& p) { p.warmup_shape = pacer::ramp_shape::exponential; });
        if constexpr (requires(decltype(row.template params<double>(settings{})) p) { p.decay_shape; })
            b.refuse("min_lr", 0, [](auto& p) { p.decay_shape = pacer::ramp_shape::exponential; });
    });
}

TEST_CASE("guarantee 6: of the four lengths of warmup_stable_decay three must be given") {
    using schedule = pacer::warmup_stable_decay<>;
    const breaker<schedule> b(catalogued<pacer::warmup_stable_decay>::params<double>(ten_updates()));
    b.refuse("total_steps", -1, [](auto& p) { p.total_steps = p.stable_steps = pacer::detail::unset; });
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
