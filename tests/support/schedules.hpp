// SPDX-License-Identifier: MIT
// What the guarantees are tested over: the catalogue of schedules, and some compositions of them, each with many
// settings.
#ifndef PACER_TESTS_SUPPORT_SCHEDULES_HPP
#define PACER_TESTS_SUPPORT_SCHEDULES_HPP

#include "catalogue.hpp"
#include "support/check.hpp"
#include "support/lengths.hpp"

#include <tuple>

namespace support {

// ---------------------------------------------------------------------------------------------------------------------
// Compositions: rows as those of the catalogue are.

namespace composed {

using constant = catalogued<pacer::constant>;
using linear_warmup = catalogued<pacer::linear_warmup>;
using linear = catalogued<pacer::linear>;
using polynomial = catalogued<pacer::polynomial>;
using cosine = catalogued<pacer::cosine>;
using cosine_with_min_lr = catalogued<pacer::cosine_with_min_lr>;
using warmup_stable_decay = catalogued<pacer::warmup_stable_decay>;

struct joined {
    static constexpr const char* name = "join(linear_warmup, W, cosine_with_min_lr, T, constant)";
    static constexpr bool has_endless = false, has_wave = false;
    template <class Real>
    static auto make(settings s) {
        const step_t boundary = s.warmup_updates();
        settings rise = s;
        rise.total = boundary;
        rise.past = pacer::past_end::hold;
        settings fall = s;
        fall.total -= boundary;
        fall.warmup = pacer::no_warmup;
        fall.waves = 0.5;
        fall.past = pacer::past_end::hold;
        return pacer::join(linear_warmup::make<Real>(rise), boundary, cosine_with_min_lr::make<Real>(fall), s.total,
                           pacer::constant<Real>({.peak_lr = static_cast<Real>(s.floor())}));
    }
    static facts know(settings s) {
        s.warmup = pacer::warmup_steps(s.warmup_updates());
        s.past = pacer::past_end::hold;
        s.waves = 0.5;
        // The floor passes through Real; the settings of this row make it exact in float too.
        facts known = cosine_with_min_lr::know(s);
        known.total = pacer::endless;
        return known;
    }
};

struct scaled {
    static constexpr const char* name = "scale(linear, 1/4)";
    static constexpr bool has_endless = false, has_wave = false;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::scale(linear::make<Real>(s), static_cast<Real>(0.25));
    }
    static facts know(const settings& s) {
        facts known = linear::know(s);
        known.lowest *= 0.25;
        known.highest *= 0.25;
        for (landmark& mark : known.exact)
            mark.rate *= 0.25;
        known.closed_form = [whole = known.closed_form](step_t step) { return std::optional(*whole(step) / 4); };
        return known;
    }
};

struct clamped {
    static constexpr const char* name = "clamp(cosine, peak/4, 3 peak/4)";
    static constexpr bool has_endless = false, has_wave = true;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::clamp(cosine::make<Real>(s), static_cast<Real>(s.peak / 4), static_cast<Real>(s.peak / 4 * 3));
    }
    static facts know(const settings& s) {
        facts known = cosine::know(s);
        known.lowest = s.peak / 4;
        known.highest = s.peak / 4 * 3;
        for (landmark& mark : known.exact)
            mark.rate = std::clamp(mark.rate, known.lowest, known.highest);
        known.closed_form = [=, whole = known.closed_form](step_t step) {
            return std::optional(std::clamp<long double>(*whole(step), s.peak / 4, s.peak / 4 * 3));
        };
        known.peak_ulps *= 2;
        known.value_ulps = 0;
        return known;
    }
};

struct advanced {
    static constexpr const char* name = "advance(polynomial, 3)";
    static constexpr bool has_endless = false, has_wave = false;
    static constexpr step_t by = 3;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::advance(polynomial::make<Real>(s), by);
    }
    static facts know(const settings& s) {
        facts known = polynomial::know(s);
        known.total = std::max<step_t>(0, known.total - by);
        std::erase_if(known.exact, [](const landmark& mark) { return mark.step < by; });
        for (landmark& mark : known.exact)
            mark.step = mark.step == last_step ? last_step : mark.step - by;
        std::erase_if(known.phases, [](const phase& p) { return p.last < by; });
        for (phase& p : known.phases)
            p = {std::max<step_t>(0, p.first - by), p.last - by, p.direction};
        known.closed_form = [whole = known.closed_form](step_t step) { return whole(step + by); };
        return known;
    }
};

struct erased {
    static constexpr const char* name = "any_schedule(warmup_stable_decay)";
    static constexpr bool has_endless = false, has_wave = false;
    template <class Real>
    static auto make(const settings& s) {
        return pacer::any_schedule<Real>(warmup_stable_decay::make<Real>(s));
    }
    static facts know(const settings& s) { return warmup_stable_decay::know(s); }
};

}  // namespace composed

using compositions =
    std::tuple<composed::joined, composed::scaled, composed::clamped, composed::advanced, composed::erased>;

// visitor(row) for every schedule of the catalogue and every composition.
template <class Visitor>
void for_each_schedule(Visitor visitor) {
    for_each_named(visitor);
    std::apply([&](auto... each) { (visitor(each), ...); }, compositions{});
}

inline constexpr std::size_t rows = pacer::schedules::size + 1 + std::tuple_size_v<compositions>;

// ---------------------------------------------------------------------------------------------------------------------
// Many settings for every row.

// A warm-up of about `updates` updates, in one of the ways to say it.
inline pacer::warmup draw_warmup(step_t updates, step_t total, dice& roll) {
    if (updates == 0 && roll.up_to(1) == 0)
        return roll.up_to(1) == 0 ? pacer::warmup(pacer::no_warmup) : pacer::warmup();
    if (total == 0 || total == pacer::endless || roll.up_to(1) == 0)
        return pacer::warmup_steps(updates);
    const double ratio =
        std::min(1.0, static_cast<double>(updates) / static_cast<double>(total) * roll.one_of({1.0, 1.0, 0.9, 1e-310}));
    return pacer::warmup_ratio(ratio, static_cast<pacer::rounding>(roll.up_to(3)));
}

inline constexpr pacer::first_step first_steps[] = {pacer::first_step::from_zero, pacer::first_step::from_first,
                                                    pacer::first_step::over_plus_one};
inline constexpr pacer::past_end past_ends[] = {pacer::past_end::hold, pacer::past_end::zero, pacer::past_end::repeat,
                                                pacer::past_end::wave};

// Compiled once, not for every row and test.
using settings_visitor = std::function<void(const settings&)>;

// visitor(settings): every total up to the longest, 12 unless more is asked for, with every warm-up up to it, every first
// step and past end.
inline void for_small_settings(bool has_wave, const settings_visitor& visitor) {
    dice roll(1);
    const step_t longest = every_length_up_to(12);
    for (step_t total = 0; total <= longest; ++total)
        for (step_t updates = 0; updates <= total; ++updates)
            for (const auto first : first_steps)
                for (const auto past : past_ends)
                    for (int draw = 0; draw < 2; ++draw) {
                        if (past == pacer::past_end::wave && !has_wave)
                            continue;
                        settings s;
                        s.total = total;
                        s.warmup =
                            draw == 0 ? pacer::warmup(pacer::warmup_steps(updates)) : draw_warmup(updates, total, roll);
                        s.first = first;
                        s.past = past;
                        draw_the_rest(s, roll);
                        visitor(s);
                    }
}

// visitor(settings): random lengths of all magnitudes up to 2^53, and endless where that is accepted.
inline void for_large_settings(bool has_wave, bool has_endless, const settings_visitor& visitor, int count) {
    dice roll(2);
    for (int k = 0; k < count; ++k) {
        settings s;
        const step_t magnitude = step_t{1} << roll.up_to(53);
        s.total = roll.one_of<step_t>({magnitude, magnitude, 1'000'000'000, 1'000'000'001, pacer::longest,
                                       pacer::longest - 1, has_endless ? pacer::endless : 100'003});
        if (s.total == magnitude && magnitude < pacer::longest)
            s.total += roll.up_to(magnitude - 1);
        const step_t most = std::min(s.total, pacer::longest);
        const step_t updates = roll.one_of<step_t>({0, most, most / 2, roll.up_to(most), std::min<step_t>(most, 500),
                                                    roll.up_to(std::min<step_t>(most, 1'000))});
        s.warmup = draw_warmup(updates, s.total, roll);
        s.first = roll.one_of(first_steps);
        s.past = roll.one_of(past_ends);
        if (s.past == pacer::past_end::wave && !has_wave)
            s.past = pacer::past_end::hold;
        draw_the_rest(s, roll);
        visitor(s);
    }
}

template <class Row>
void for_small_settings(Row, const settings_visitor& visitor) {
    for_small_settings(Row::has_wave, visitor);
}

template <class Row>
void for_large_settings(Row, const settings_visitor& visitor, int count = 400) {
    for_large_settings(Row::has_wave, Row::has_endless, visitor, count);
}

// ---------------------------------------------------------------------------------------------------------------------
// The same without types, for tests that only ask values.

struct example {
    std::string name;
    std::string text;
    settings from;
    facts known;
    std::function<double(step_t)> lr;
    step_t total = 0;
};

template <class Row>
example make_example(Row, const settings& s) {
    const auto lr = Row::template make<double>(s);
    return {Row::name, std::string(Row::name) + ' ' + describe(s), s, Row::know(s), lr, lr.total_steps()};
}

template <class Visitor>
void for_small_examples(Visitor visitor) {
    for_each_schedule(
        [&](auto row) { for_small_settings(row, [&](const settings& s) { visitor(make_example(row, s)); }); });
}

template <class Visitor>
void for_large_examples(Visitor visitor) {
    for_each_schedule(
        [&](auto row) { for_large_settings(row, [&](const settings& s) { visitor(make_example(row, s)); }); });
}

}  // namespace support

#endif
