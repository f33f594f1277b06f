// SPDX-License-Identifier: MIT
#include "support/schedules.hpp"

#include <pacer/training/resume.hpp>

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using pacer::checkpoint;
using pacer::progress;
using pacer::resume;
using pacer::resume_policy;
using pacer::resumed;
using pacer::schedule_spec;
using pacer::spec_of;
using pacer::step_t;

// The policy has no default.
static_assert(!std::is_invocable_v<decltype(resume), const checkpoint&, const schedule_spec&>);
static_assert(!std::is_default_constructible_v<resume_policy> && !std::is_convertible_v<int, resume_policy>);

const schedule_spec saved_curve = spec_of(pacer::linear{{.peak_lr = 1, .total_steps = 100}});
const schedule_spec new_curve = spec_of(pacer::linear{{.peak_lr = 0.5, .total_steps = 200}});

checkpoint at_update(step_t updates, const schedule_spec& curve = saved_curve) {
    return {.at = progress({.updates = updates}), .curve = curve};
}

bool same_from(const pacer::curve& a, const pacer::curve& b, step_t first, step_t last) {
    for (step_t step = first; step <= last; ++step)
        if (std::bit_cast<std::uint64_t>(a(step)) != std::bit_cast<std::uint64_t>(b(step)))
            return false;
    return a(support::last_step) == b(support::last_step);
}

template <class Error, class Act>
std::string reason(Act act) {
    try {
        act();
    } catch (const Error& error) {
        return error.what();
    }
    return "accepted";
}

std::string refused(const checkpoint& saved, const schedule_spec& wanted, const resume_policy& policy) {
    return reason<pacer::invalid_schedule>([&] { static_cast<void>(resume(saved, wanted, policy)); });
}

// One row of the policy table, at update 40: old(39) = 0.61, old(40) = 0.6, new(40) = 0.4, new(50) = 0.375.
struct row {
    resume_policy policy;
    double at_40, at_41, at_45, at_50, at_150;
    step_t total;
};

}  // namespace

TEST_CASE("the policy table, computed by hand") {
    const row rows[] = {
        {pacer::keep_saved, 0.6, 0.59, 0.55, 0.5, 0, 100},
        {pacer::use_new, 0.4, 0.3975, 0.3875, 0.375, 0.125, 200},
        {pacer::restart, 0.5, 0.4975, 0.4875, 0.475, 0.225, 240},
        {pacer::rewarm(10), 0.6, 0.5775, 0.4875, 0.375, 0.125, 200},
        {pacer::blend(10), 0.6, 0.57075, 0.46875, 0.375, 0.125, 200},
    };
    for (const row& r : rows) {
        const resumed run = resume(at_update(40), new_curve, r.policy);
        INFO(run.report.lines()[0]);
        const auto near = [](double rate) { return Approx(rate).epsilon(4e-16); };
        CHECK(run.schedule(40) == r.at_40);
        CHECK(run.schedule(41) == near(r.at_41));
        CHECK(run.schedule(45) == near(r.at_45));
        CHECK(run.schedule(50) == r.at_50);
        CHECK(run.schedule(150) == near(r.at_150));
        CHECK(run.schedule(support::last_step) == 0);
        CHECK(run.schedule.total_steps() == r.total);
        CHECK(run.at == progress({.updates = 40}));
        CHECK(run(run.at) == r.at_40);

        CHECK(run.report.last_rate == 0.61);
        CHECK(run.report.rate_before == 0.6);
        CHECK(run.report.rate_after == r.at_40);
        CHECK(run.report.jumps() == (r.at_40 != 0.6));
        CHECK(run.report.ratio() == (r.at_40 == 0.6 ? 1 : r.at_40 / 0.6));
        REQUIRE(run.report.differences.size() == 2);
        CHECK(run.report.differences[0].field == "peak_lr");
        CHECK(run.report.differences[0].saved == "1");
        CHECK(run.report.differences[0].wanted == "0.5");
        CHECK(run.report.differences[1].field == "total_steps");
    }
}

TEST_CASE("where the curve comes from at other positions") {
    // At the start, at the end of the old curve, past it, and past both.
    for (const step_t p : {step_t{0}, step_t{100}, step_t{150}, step_t{200}, step_t{1'000'000}}) {
        INFO(p);
        const pacer::curve old = pacer::make(saved_curve);
        const pacer::curve fresh = pacer::make(new_curve);
        CHECK(resume(at_update(p), new_curve, pacer::keep_saved).schedule(p) == old(p));
        CHECK(resume(at_update(p), new_curve, pacer::use_new).schedule(p) == fresh(p));
        CHECK(resume(at_update(p), new_curve, pacer::restart).schedule(p) == 0.5);
        CHECK(resume(at_update(p), new_curve, pacer::restart).schedule(p + 200) == 0);
        CHECK(resume(at_update(p), new_curve, pacer::rewarm(7)).schedule(p) == old(p));
        CHECK(resume(at_update(p), new_curve, pacer::rewarm(7)).schedule(p + 7) == fresh(p + 7));
        CHECK(resume(at_update(p), new_curve, pacer::blend(7)).schedule(p) == old(p));
        CHECK(resume(at_update(p), new_curve, pacer::blend(7)).schedule(p + 7) == fresh(p + 7));
    }
    const auto from_zero = resume(at_update(100), new_curve, pacer::use_new).report;
    CHECK(from_zero.jumps());
    CHECK(!from_zero.ratio());
    CHECK(from_zero.lines()[4] == "rate      last 0.01, next 0 -> 0.25: JUMPS from 0");
}

TEST_CASE("require_same lists what differs, and nothing that does not decide values") {
    const schedule_spec cosine = spec_of(pacer::cosine_with_min_lr{
        {.peak_lr = 1, .min_lr = 0.25, .total_steps = 100, .warmup = pacer::warmup_steps(7)}});
    const schedule_spec spelt = {
        .name = "cosine_with_min_lr",
        .parameters = {
            .peak_lr = 1, .min_lr = pacer::lr_ratio(0.25), .total_steps = 100, .warmup = pacer::warmup_ratio(0.065)}};
    const resumed run = resume(at_update(30, cosine), spelt, pacer::require_same);
    CHECK(run.report.differences.empty());
    CHECK(!run.report.jumps());
    CHECK(same_from(run.schedule, pacer::make(cosine), 0, 110));

    schedule_spec other = spelt;
    other.parameters.min_lr = 0.125;
    other.parameters.total_steps = 101;
    other.origin = 3;
    CHECK(reason<pacer::resume_error>([&] {
              static_cast<void>(resume(at_update(30, cosine), other, pacer::require_same));
          }) == "pacer: the saved curve is not the one asked for:\n"
                "  min_lr: saved 0.25, asked for 0.125\n"
                "  total_steps: saved 100, asked for 101\n"
                "  origin: saved 0, asked for 3");

    // One ULP is a difference.
    schedule_spec nearly = cosine;
    nearly.parameters.peak_lr = 1 + 0x1p-52;
    CHECK(pacer::differences(cosine, nearly).size() == 1);

    // So are the clock and the transitions.
    schedule_spec tokens = cosine;
    tokens.clock = pacer::run_clock::tokens;
    REQUIRE(pacer::differences(cosine, tokens).size() == 1);
    CHECK(pacer::differences(cosine, tokens)[0].field == "clock");
    const schedule_spec blended = resume(at_update(40), new_curve, pacer::blend(10)).curve;
    CHECK(pacer::differences(saved_curve, blended).front().field == "1.how");
    CHECK(pacer::differences(saved_curve, blended).front().saved == "-");
    CHECK(pacer::differences(blended, saved_curve).front().wanted == "-");
}

TEST_CASE("the report is five readable lines") {
    const checkpoint saved{.at = progress({.updates = 40, .samples = 320, .tokens = 0, .skipped = 2}),
                           .curve = saved_curve};
    CHECK(resume(saved, new_curve, pacer::use_new).report.lines() ==
          std::vector<std::string>{
              "policy    use_new: the new curve at the same position",
              "position  40 updates applied, 2 skipped, 320 samples, 0 tokens; the curve counts updates",
              "curves    linear saved, linear wanted", "differ in peak_lr 1 -> 0.5, total_steps 100 -> 200",
              "rate      last 0.61, next 0.6 -> 0.4: JUMPS by a factor of 0.6666666666666667"});
    CHECK(resume(saved, saved_curve, pacer::require_same).report.lines() ==
          std::vector<std::string>{
              "policy    require_same: the saved curve is the one asked for",
              "position  40 updates applied, 2 skipped, 320 samples, 0 tokens; the curve counts updates",
              "curves    linear saved, linear wanted", "differ in nothing",
              "rate      last 0.61, next 0.6 -> 0.6: no jump"});
    CHECK(resume(saved, new_curve, pacer::keep_saved).report.lines()[0] ==
          "policy    keep_saved: the saved curve goes on");
    CHECK(resume(saved, new_curve, pacer::restart).report.lines()[0] ==
          "policy    restart: the new curve from its own step 0");
    CHECK(resume(saved, new_curve, pacer::rewarm(5)).report.lines()[0] == "policy    rewarm over 5 steps");
    CHECK(resume(saved, new_curve, pacer::blend(5)).report.lines()[0] == "policy    blend over 5 steps");
}

TEST_CASE("a resume counts nothing: doing it twice is doing it once") {
    const checkpoint saved = at_update(40);
    const resumed once = resume(saved, new_curve, pacer::restart);
    const resumed twice = resume({.at = once.at, .curve = once.curve}, new_curve, pacer::keep_saved);
    CHECK(once.at == saved.at);
    CHECK(twice.at == saved.at);
    CHECK(same_from(once.schedule, twice.schedule, 0, 300));
    CHECK(resume(saved, new_curve, pacer::restart).curve.origin == 40);
}

TEST_CASE("the position is that of the curve's own clock") {
    const schedule_spec by_tokens = spec_of(pacer::by_tokens(pacer::linear{{.peak_lr = 1, .total_steps = 1000}}));
    const checkpoint saved{.at = progress({.updates = 4, .samples = 30, .tokens = 500}), .curve = by_tokens};
    const resumed kept = resume(saved, new_curve, pacer::keep_saved);
    CHECK(kept(saved.at) == 0.5);
    CHECK(kept(progress({.updates = 5, .samples = 40, .tokens = 750})) == 0.25);
    const resumed changed = resume(saved, new_curve, pacer::use_new);  // counts updates
    CHECK(changed(saved.at) == 0.49);
    CHECK(changed.report.rate_before == 0.5);
    CHECK(resume(saved, new_curve, pacer::restart).curve.origin == 4);
    CHECK(resume(saved, by_tokens, pacer::restart).curve.origin == 500);
    const resumed blended = resume(saved, by_tokens, pacer::blend(100));
    CHECK(blended.curve.transitions.at(0).at == 500);
    CHECK(refused(saved, new_curve, pacer::blend(5)) == "pacer: clock: must be the same for a rewarm or a blend");
    CHECK(refused(saved, new_curve, pacer::rewarm(5)) == "pacer: clock: must be the same for a rewarm or a blend");
}

TEST_CASE("every policy at every step, saved and resumed again at every later one, goes on with the same bits") {
    const schedule_spec specs[] = {
        saved_curve,
        spec_of(pacer::cosine_with_min_lr{
            {.peak_lr = 0.7, .min_lr = 0.1, .total_steps = 23, .warmup = pacer::warmup_steps(5)}}),
        spec_of(pacer::warmup_stable_decay{
            {.peak_lr = 0.3, .stable_steps = 9, .decay_steps = 6, .warmup = pacer::warmup_steps(4)}}),
        spec_of(pacer::inverse_sqrt{{.peak_lr = 2, .warmup = pacer::warmup_steps(3)}}),
    };
    support::complaints wrong;
    for (const schedule_spec& old : specs)
        for (const schedule_spec& fresh : specs)
            for (const resume_policy& policy : {pacer::keep_saved, pacer::use_new, pacer::restart, pacer::rewarm(6),
                                                pacer::blend(6), pacer::blend(1)})
                for (step_t joint = 0; joint <= 26; ++joint) {
                    const resumed never_stopped = resume(at_update(joint, old), fresh, policy);
                    for (step_t cut = joint; cut <= joint + 8; ++cut) {
                        const checkpoint again =
                            pacer::from_text(pacer::to_text({progress({.updates = cut}), never_stopped.curve}));
                        const resumed run = resume(again, fresh, pacer::keep_saved);
                        if (run.at.updates() != cut ||
                            !same_from(run.schedule, never_stopped.schedule, joint, joint + 40))
                            wrong.add(old.name, " to ", fresh.name, " at ", joint, ", cut at ", cut);
                        // What lies behind the position may be dropped without a change in front of it.
                        const schedule_spec settled = pacer::detail::settled(never_stopped.curve, cut);
                        if (!same_from(pacer::make(settled), never_stopped.schedule, cut, joint + 40))
                            wrong.add(old.name, " to ", fresh.name, " at ", joint, ", settled at ", cut);
                    }
                }
    CHECK(wrong.text() == "");
}

TEST_CASE("a blend while a rewarm is under way, and on: no jump at any joint, bounded depth") {
    // Each 3 updates another curve, each over 7: at most three are under way at once.
    const schedule_spec peaks[] = {saved_curve, new_curve, spec_of(pacer::constant{{.peak_lr = 0.75}}),
                                   spec_of(pacer::cosine{{.peak_lr = 0.25, .total_steps = 300}})};
    checkpoint at = at_update(10);
    for (int k = 1; k <= 40; ++k) {
        const double before = pacer::make(at.curve)(at.at.updates());
        const auto policy = k % 2 == 0 ? pacer::blend(7) : pacer::rewarm(7);
        const resumed run = resume(pacer::from_text(pacer::to_text(at)), peaks[k % 4], policy);
        CHECK(run.schedule(at.at.updates()) == before);
        CHECK(!run.report.jumps());
        CHECK(run.curve.transitions.size() <= pacer::most_transitions);
        at = {.at = progress({.updates = at.at.updates() + 3}), .curve = run.curve};
    }

    // Four blends that are all under way are refused by name, and the saved curve is still good.
    at = at_update(10);
    for (int k = 0; k < 3; ++k) {
        const resumed run = resume(at, peaks[k], pacer::blend(100));
        at = {.at = progress({.updates = at.at.updates() + 3}), .curve = run.curve};
    }
    CHECK(refused(at, new_curve, pacer::blend(100)) == "pacer: transitions = 4: must be at most 3 at the same time");
    CHECK(refused(at, new_curve, pacer::keep_saved) == "accepted");
    CHECK(refused(at, new_curve, pacer::use_new) == "accepted");
    // A rewarm remembers only the rate it begins at: what it begins on need not go on.
    at.at = progress({.updates = 200});
    CHECK(refused(at, new_curve, pacer::blend(100)) == "accepted");
}

TEST_CASE("transitions are exact at both ends, monotone where both curves are, for every pair of schedules") {
    support::complaints wrong;
    support::dice roll(13);
    std::vector<schedule_spec> falling;
    support::for_each_schedule([&](auto row) {
        using schedule_type = decltype(row.template make<double>(support::settings{}));
        if constexpr (pacer::NamedSchedule<schedule_type> && !std::is_same_v<schedule_type, pacer::linear_warmup<>>) {
            for (const step_t total : {40, 1'000, 1'000'000'000}) {
                support::settings s;
                s.total = total;
                s.peak = 0.25 + roll.fraction();
                s.end = s.peak * roll.one_of({0.0, 0.1, 1.0});
                s.power = roll.one_of({1.0, 2.0, 1.7});
                s.decay = total / 3;
                s.decay_shape = pacer::ramp_shape(static_cast<pacer::ramp_shape::kind>(roll.up_to(3)));
                falling.push_back(spec_of(row.template make<double>(s)));
            }
        }
    });
    for (const schedule_spec& old : falling)
        for (const schedule_spec& fresh : falling) {
            const pacer::curve a = pacer::make(old);
            const pacer::curve b = pacer::make(fresh);
            const step_t joint = roll.one_of<step_t>({0, 1, 20, 39, 500, 999'999, 999'999'999});
            const step_t over = roll.one_of<step_t>({1, 2, 10, 1'000, 100'000'000});
            const resumed blended = resume(at_update(joint, old), fresh, pacer::blend(over));
            const resumed rewarmed = resume(at_update(joint, old), fresh, pacer::rewarm(over));
            for (const pacer::curve& c : {blended.schedule, rewarmed.schedule})
                if (c(joint) != a(joint) || c(joint + over) != b(joint + over) ||
                    c(joint + over + 1) != b(joint + over + 1))
                    wrong.add("ends of ", old.name, " to ", fresh.name, " at ", joint, " over ", over);

            const bool up = b(joint + over) >= a(joint);
            const step_t from = joint + roll.up_to(over > 200 ? over - 200 : 0);
            const step_t to = std::min(joint + over, from + 200);
            for (step_t step = from; step < to; ++step) {
                const double here = rewarmed.schedule(step);
                const double next = rewarmed.schedule(step + 1);
                if (up ? next < here : next > here)
                    wrong.add("rewarm ", old.name, " to ", fresh.name, " turns back at ", step);
            }
#ifndef __FAST_MATH__
            // Down to a curve that is below: the blend only falls.
            bool below = true;
            for (step_t step = from; step <= to; ++step)
                below = below && b(step) <= a(step);
            for (step_t step = from; below && step < to; ++step)
                if (blended.schedule(step + 1) > blended.schedule(step))
                    wrong.add("blend ", old.name, " to ", fresh.name, " turns back at ", step, " of ", joint, " + ",
                              over);
#endif
        }
    CHECK(wrong.text() == "");
}

TEST_CASE("any policy on any schedules is total, finite and in bounds") {
    support::complaints wrong;
    support::dice roll(17);
    const schedule_spec others[] = {saved_curve, new_curve};
    support::for_each_schedule([&](auto row) {
        if constexpr (pacer::NamedSchedule<decltype(row.template make<double>(support::settings{}))>) {
            support::for_large_settings(
                row,
                [&](const support::settings& s) {
                    const schedule_spec spec = spec_of(row.template make<double>(s));
                    const schedule_spec& other = others[roll.up_to(1)];
                    const bool is_old = roll.up_to(1) == 0;
                    const step_t joint = roll.one_of<step_t>({0, 1, 50, 100, roll.up_to(1'000'000), pacer::longest});
                    const step_t over = roll.one_of<step_t>({1, 10, roll.up_to(1'000'000) + 1, pacer::longest});
                    for (const resume_policy& policy :
                         {pacer::keep_saved, pacer::use_new, pacer::restart, pacer::rewarm(over), pacer::blend(over)}) {
                        const resumed run =
                            resume(at_update(joint, is_old ? spec : other), is_old ? other : spec, policy);
                        for (const step_t step :
                             {support::first_ever_step, step_t{0}, joint - 1, joint, joint + 1, joint + over / 2,
                              joint + over - 1, joint + over, pacer::longest, support::last_step}) {
                            const double rate = run.schedule(step);
                            if (!support::is_finite(rate) || rate < 0 || rate > std::max(s.peak, 1.0))
                                wrong.add(describe(s), run.report.lines()[0], " at ", step, ": ", rate);
                        }
                    }
                },
                100);
        }
    });
    CHECK(wrong.text() == "");
}

TEST_CASE("what a policy does not allow is refused by name") {
    CHECK(reason<pacer::invalid_schedule>([] { static_cast<void>(pacer::rewarm(0)); }) ==
          "pacer: rewarm = 0: must be a number of updates from 1 to 2^53");
    CHECK(reason<pacer::invalid_schedule>([] { static_cast<void>(pacer::blend(-3)); }) ==
          "pacer: blend = -3: must be a number of updates from 1 to 2^53");
    schedule_spec late = new_curve;
    late.origin = 2;
    CHECK(refused(at_update(pacer::endless - 1), late, pacer::restart) ==
          "pacer: origin = 2: is too far to be restarted at this position");
    const schedule_spec under_way = resume(at_update(40), new_curve, pacer::blend(10)).curve;
    CHECK(refused(at_update(45), under_way, pacer::blend(10)) ==
          "pacer: transitions: of the new curve must be over for a rewarm or a blend");
    CHECK(refused(at_update(50), under_way, pacer::blend(10)) == "accepted");
    CHECK(refused(at_update(45), under_way, pacer::use_new) == "accepted");
    CHECK(refused(at_update(45), {.name = "cosine"}, pacer::keep_saved).starts_with("pacer: peak_lr: must be given"));
}

TEST_CASE("a new curve that is under way to another can be restarted as a whole") {
    const schedule_spec under_way = resume(at_update(40), new_curve, pacer::blend(10)).curve;
    const pacer::curve original = pacer::make(under_way);
    const resumed run = resume(at_update(1000), under_way, pacer::restart);
    for (step_t step = 0; step < 300; ++step)
        REQUIRE(run.schedule(1000 + step) == original(step));
}
