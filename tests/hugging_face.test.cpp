// SPDX-License-Identifier: MIT
// Guarantee 8, parity: the schedules that Hugging Face's `get_scheduler` makes, update by update, against its own output
// (golden/hf_v4.csv and hf_v5.csv, see the README there): every step of the run and 25 past its end.
#include "support/check.hpp"
#include "support/golden.hpp"

#include <pacer/dialects/hugging_face.hpp>
#include <pacer/pacer.hpp>

#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <type_traits>

namespace {

using pacer::lr_ratio;
using pacer::step_t;

struct request {
    std::string name;
    double peak = 0;
    step_t warmup = 0;
    step_t total = 0;
    std::map<std::string, std::string> options{};

    [[nodiscard]] bool has(const char* key) const { return options.count(key) != 0; }
    [[nodiscard]] double real(const char* key, double otherwise) const {
        return has(key) ? support::number(options.at(key)) : otherwise;
    }
    [[nodiscard]] step_t count(const char* key, step_t otherwise) const {
        return has(key) ? support::count(options.at(key)) : otherwise;
    }
    [[nodiscard]] pacer::lr_or_ratio floor() const {
        if (has("min_lr_rate"))
            return lr_ratio(real("min_lr_rate", 0));
        return real("min_lr", 0);
    }
    [[nodiscard]] pacer::ramp_shape shape(const char* key, pacer::ramp_shape otherwise) const {
        if (!has(key))
            return otherwise;
        const std::string& text = options.at(key);
        return text == "linear"   ? pacer::ramp_shape::linear
               : text == "cosine" ? pacer::ramp_shape::cosine
                                  : pacer::ramp_shape::one_minus_sqrt;
    }
};

using curve = std::function<double(step_t)>;

// The fields of any schedule from Hugging Face's options, by the names that these have there.
template <class Params>
Params params_of(const request& r) {
    Params p;
    Params::visit_fields(p, [&](const pacer::field& f, auto& value) {
        using type = std::remove_reference_t<decltype(value)>;
        const std::string_view name = f.name;
        if constexpr (std::is_same_v<type, double>) {
            if (name == "peak_lr")
                value = r.peak;
            else if (f.kind == pacer::quantity::number)
                value = r.real(f.name, value);
        } else if constexpr (std::is_same_v<type, pacer::lr_or_ratio>) {
            if (name == "min_lr" && !value.is_given())
                value = r.floor();
            else if (name == "init_lr" && r.has("warmup_lr_rate"))
                value = lr_ratio(r.real("warmup_lr_rate", 0));
            else if (name == "end_lr" && r.name == "polynomial")
                value = r.real("lr_end", 1e-7);
        } else if constexpr (std::is_same_v<type, step_t>) {
            // What may be endless has no end there.
            value = name != "total_steps" ? r.count(f.name, value) : f.may_be_endless ? pacer::endless : r.total;
        } else if constexpr (std::is_same_v<type, pacer::warmup>)
            value = pacer::warmup_steps(r.warmup);
        else if constexpr (std::is_same_v<type, pacer::past_end>)
            value = f.has_wave ? pacer::past_end::wave : pacer::past_end::hold;
    });
    return p;
}

// visit.template operator()<S>() with the schedule that a request names.
template <class Visitor>
void with_schedule_of(const request& r, Visitor visit) {
    int found = 0;
    const auto visit_named = [&]<template <class> class S>() {
        if (r.name != S<double>::params_type::name)
            return;
        ++found;
        visit.template operator()<S>();
    };
    pacer::hf::schedulers::for_each(visit_named);
    REQUIRE(found == 1);
}

bool has_end(const request& r) {
    bool answer = true;
    with_schedule_of(r, [&]<template <class> class S>() {
        typename S<double>::params_type p;
        p.visit_fields(p, [&](const pacer::field& f, const auto&) { answer &= !f.may_be_endless; });
    });
    return answer;
}

// The same schedule with Hugging Face's conventions said in pacer's words.
curve with_pacer(const request& r) {
    if (r.name != "warmup_stable_decay") {
        curve made;
        with_schedule_of(
            r, [&]<template <class> class S>() { made = S<double>(params_of<typename S<double>::params_type>(r)); });
        return made;
    }
    const pacer::warmup_steps w(r.warmup);
    const double floor = r.real("min_lr_ratio", 0);
    const step_t decay = r.count("num_decay_steps", 0);
    return pacer::warmup_stable_decay{{.peak_lr = r.peak,
                                       .min_lr = lr_ratio(floor),
                                       .stable_steps = r.count("num_stable_steps", r.total - r.warmup - decay),
                                       .decay_steps = decay,
                                       .warmup = w,
                                       .decay_shape = r.shape("decay_type", pacer::ramp_shape::cosine),
                                       .warmup_shape = r.shape("warmup_type", pacer::ramp_shape::linear),
                                       .init_lr = floor * r.peak}};
}

// Runs that pacer refuses to make, and Hugging Face makes something of.
const char* refused(const request& r) {
    if (r.warmup > r.total && has_end(r) && !r.has("num_stable_steps"))
        return "a warm-up longer than the run";
    if (r.name == "warmup_stable_decay" && !r.has("num_stable_steps") &&
        r.warmup + r.count("num_decay_steps", 0) > r.total)
        return "a stable part of negative length";
    return nullptr;
}

// Steps where pacer differs, and says so.
const char* documented_difference(const request& r, step_t step) {
    const bool nothing_after_warmup = r.warmup == r.total;
    if (r.name == "cosine_with_restarts" && nothing_after_warmup && step == r.total)
        return "lr(T) is the floor, also where the warm-up ends there; Hugging Face has the peak for one step";
    if (r.name == "cosine_with_restarts" && step > r.warmup && step < r.total &&
        (step - r.warmup) * r.count("num_cycles", 1) % (r.total - r.warmup) == 0)
        return "a restart: pacer counts cycles in integers, binary64 may put it at the bottom of the cycle before";
    return nullptr;
}

// How far Hugging Face's own roundings may lead, in ULP of the peak: a few, and for a cosine those of its angle, which
// grow with the angle (it is not reduced to one wave, as pacer's is); for a root the cancellation of 1 - progress near
// the end. One descent, and all else: 4.
double bound(const request& r, step_t step) {
    constexpr double pi = 3.14159;
    const double rest = r.total > r.warmup ? static_cast<double>(r.total - r.warmup) : 1;
    const double progress = step > r.warmup ? static_cast<double>(step - r.warmup + 1) / rest : 0;
    double angle = 0;
    if (r.name == "cosine_with_restarts")
        angle = pi * static_cast<double>(r.count("num_cycles", 1)) * progress;
    else if (r.name.rfind("cosine", 0) == 0)
        angle = 2 * pi * r.real("num_cycles", 0.5) * progress;
    if (r.name == "polynomial" && r.real("power", 1) < 1 && progress < 1)
        return 4 + 0.5 / std::sqrt(1 - progress);  // the power is 0.5
    return angle <= pi ? 4 : 4 + 0.75 * (angle - pi);
}

void check_file(const std::string& file, std::size_t cases_expected) {
    const auto rows = support::golden(file, 8);
    support::complaints wrong;
    double worst = 0;
    std::string worst_at;
    std::map<std::string, int> skipped;
    std::set<std::string> cases;
    std::set<std::string> compared;
    std::set<std::string> names;
    std::optional<curve> lr;
    request r;
    std::string current;
    for (const auto& row : rows) {
        if (row[0] != current) {
            current = row[0];
            cases.insert(current);
            names.insert(row[1]);
            r = {row[1], support::number(row[2]), support::count(row[3]), support::count(row[4]),
                 support::options(row[5])};
            lr.reset();
            if (const char* reason = refused(r)) {
                ++skipped[reason];
                CHECK_THROWS_AS(with_pacer(r), pacer::invalid_schedule);
            } else {
                lr = with_pacer(r);
            }
        }
        if (!lr)
            continue;
        const step_t step = support::count(row[6]);
        const double want = support::number(row[7]);
        const double allowed = bound(r, step);
        const double off = support::magnitude((*lr)(step)-want) / support::ulp(r.peak);
        if (const char* reason = documented_difference(r, step)) {
            ++skipped[reason];
            // Then it is exactly the other end of the curve, on either side.
            if (!(off <= allowed) && !((*lr)(step) == 0 || (*lr)(step) == r.peak))
                wrong.add(file, " case ", current, " step ", step, ": ", (*lr)(step), " is neither peak nor floor");
            continue;
        }
        compared.insert(current);
        if (allowed == 4 && off > worst) {
            worst = off;
            worst_at = current + ' ' + r.name + " step " + row[6];
        }
        if (!(off <= allowed))
            wrong.add(file, " case ", current, ' ', r.name, " W=", r.warmup, " T=", r.total, ' ', row[5], " step ",
                      step, ": ", (*lr)(step), ", Hugging Face has ", want, ", ", off, " ULP of the peak away");
    }
    WARN(file << ": " << compared.size() << " of " << cases.size() << " cases compared; up to one descent at most "
              << worst << " ULP of the peak, case " << worst_at);
    for (const auto& [reason, count] : skipped)
        WARN("  skipped " << count << ": " << reason);
    CHECK(wrong.text() == "");
    CHECK(names.size() == pacer::hf::schedulers::size);
    CHECK(cases.size() == cases_expected);
    CHECK(compared.size() + 25 >= cases.size());
}

}  // namespace

TEST_CASE("transformers 4: the same rates") { check_file("hf_v4.csv", 249); }
TEST_CASE("transformers 5: the same rates") { check_file("hf_v5.csv", 261); }
