// SPDX-License-Identifier: MIT
#include "support/schedules.hpp"

#include <pacer/training/replan.hpp>
#include <pacer/training/resume.hpp>

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using pacer::checkpoint;
using pacer::clocked_expression;
using pacer::expression;
using pacer::progress;
using pacer::resume;
using pacer::resume_policy;
using pacer::resumed;
using pacer::step_t;

// The policy has no default.
static_assert(!std::is_invocable_v<decltype(resume), const checkpoint&, const clocked_expression&>);
static_assert(!std::is_default_constructible_v<resume_policy> && !std::is_convertible_v<int, resume_policy>);

const expression saved_curve = pacer::linear{{.peak_lr = 1, .total_steps = 100}};
const expression new_curve = pacer::linear{{.peak_lr = 0.5, .total_steps = 200}};

checkpoint at_update(step_t updates, const clocked_expression& curve = saved_curve) {
    return {.at = progress({.updates = updates}), .curve = curve};
}

bool same_from(const expression& a, const expression& b, step_t first, step_t last) {
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

std::string refused(const checkpoint& saved, const clocked_expression& wanted, const resume_policy& policy) {
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
        CHECK(run.curve.schedule(40) == r.at_40);
        CHECK(run.curve.schedule(41) == near(r.at_41));
        CHECK(run.curve.schedule(45) == near(r.at_45));
        CHECK(run.curve.schedule(50) == r.at_50);
        CHECK(run.curve.schedule(150) == near(r.at_150));
        CHECK(run.curve.schedule(support::last_step) == 0);
        CHECK(run.curve.schedule.total_steps() == r.total);
        CHECK(run.at == progress({.updates = 40}));
        CHECK(run(run.at) == r.at_40);

        CHECK(run.report.last_rate == 0.61);
        CHECK(run.report.rate_before == 0.6);
        CHECK(run.report.rate_after == r.at_40);
        CHECK(run.report.jumps() == (r.at_40 != 0.6));
        CHECK(run.report.ratio() == (r.at_40 == 0.6 ? 1 : r.at_40 / 0.6));
        REQUIRE(run.report.differences.size() == 2);
        CHECK(run.report.differences[0].path == "peak_lr");
        CHECK(run.report.differences[0].first == "1");
        CHECK(run.report.differences[0].second == "0.5");
        CHECK(run.report.differences[1].path == "total_steps");
    }
}

TEST_CASE("where the curve comes from at other positions") {
    // At the start, at the end of the old curve, past it, and past both.
    for (const step_t p : {step_t{0}, step_t{100}, step_t{150}, step_t{200}, step_t{1'000'000}}) {
        INFO(p);
        const expression& old = saved_curve;
        const expression& fresh = new_curve;
        CHECK(resume(at_update(p), new_curve, pacer::keep_saved).curve.schedule(p) == old(p));
        CHECK(resume(at_update(p), new_curve, pacer::use_new).curve.schedule(p) == fresh(p));
        CHECK(resume(at_update(p), new_curve, pacer::restart).curve.schedule(p) == 0.5);
        CHECK(resume(at_update(p), new_curve, pacer::restart).curve.schedule(p + 200) == 0);
        CHECK(resume(at_update(p), new_curve, pacer::rewarm(7)).curve.schedule(p) == old(p));
        CHECK(resume(at_update(p), new_curve, pacer::rewarm(7)).curve.schedule(p + 7) == fresh(p + 7));
        CHECK(resume(at_update(p), new_curve, pacer::blend(7)).curve.schedule(p) == old(p));
        CHECK(resume(at_update(p), new_curve, pacer::blend(7)).curve.schedule(p + 7) == fresh(p + 7));
    }
    const auto from_zero = resume(at_update(100), new_curve, pacer::use_new).report;
    CHECK(from_zero.jumps());
    CHECK(!from_zero.ratio());
    CHECK(from_zero.lines()[4] == "rate      last 0.01, next 0 -> 0.25: JUMPS from 0");
}

TEST_CASE("require_same lists what differs, and nothing that does not decide values") {
    const expression cosine =
        pacer::cosine_with_min_lr{{.peak_lr = 1, .min_lr = 0.25, .total_steps = 100, .warmup = pacer::warmup_steps(7)}};
    const expression spelt =
        pacer::parse("cosine_with_min_lr(peak_lr=1, min_lr=25%, total_steps=100, warmup=6.5%, num_cycles=0.5)");
    const resumed run = resume(at_update(30, cosine), spelt, pacer::require_same);
    CHECK(run.report.differences.empty());
    CHECK(!run.report.jumps());
    CHECK(same_from(run.curve.schedule, cosine, 0, 110));

    const expression other =
        pacer::parse("delay(cosine_with_min_lr(peak_lr=1, min_lr=0.125, total_steps=101, warmup=7), 3)");
    CHECK(reason<pacer::resume_error>([&] {
              static_cast<void>(resume(at_update(30, cosine), other, pacer::require_same));
          }) == "pacer: the saved curve is not the one asked for:\n"
                "  delay.by: saved 0, asked for 3\n"
                "  min_lr: saved 0.25, asked for 0.125\n"
                "  total_steps: saved 100, asked for 101");

    // One ULP is a difference.
    const expression nearly = pacer::cosine_with_min_lr{
        {.peak_lr = 1 + 0x1p-52, .min_lr = 0.25, .total_steps = 100, .warmup = pacer::warmup_steps(7)}};
    CHECK(pacer::differences(cosine, nearly).size() == 1);

    // So are the clock and the transitions.
    const clocked_expression tokens{cosine, pacer::run_clock::tokens};
    REQUIRE(pacer::differences(clocked_expression(cosine), tokens).size() == 1);
    CHECK(pacer::differences(clocked_expression(cosine), tokens)[0].path == "clock");
    const expression blended = resume(at_update(40), new_curve, pacer::blend(10)).curve.schedule;
    CHECK(pacer::differences(saved_curve, blended).front().path == "name");
    CHECK(pacer::differences(saved_curve, blended).front().first == "linear");
    CHECK(pacer::differences(blended, saved_curve).front().first == "blend");
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
    CHECK(resume(at_update(1), new_curve, pacer::use_new).report.lines()[1] ==
          "position  1 update applied, 0 skipped, 0 samples, 0 tokens; the curve counts updates");
}

TEST_CASE("a resume counts nothing: doing it twice is doing it once") {
    const checkpoint saved = at_update(40);
    const resumed once = resume(saved, new_curve, pacer::restart);
    const resumed twice = resume({.at = once.at, .curve = once.curve}, new_curve, pacer::keep_saved);
    CHECK(once.at == saved.at);
    CHECK(twice.at == saved.at);
    CHECK(same_from(once.curve.schedule, twice.curve.schedule, 0, 300));
    CHECK(pacer::to_text(resume(saved, new_curve, pacer::restart).curve.schedule) ==
          "delay(linear(peak_lr=0.5, total_steps=200), 40)");
}

TEST_CASE("a run that is killed and started again by the same command has the rates of one that was resumed once") {
    support::complaints wrong;
    support::dice roll(23);
    const expression old_curves[] = {
        saved_curve, new_curve, pacer::cosine{{.peak_lr = 0.7, .total_steps = 900, .warmup = pacer::warmup_steps(50)}},
        pacer::join(pacer::constant{{.peak_lr = 0.3}}, 250, pacer::linear{{.peak_lr = 0.2, .total_steps = 400}}),
        pacer::extend(pacer::cosine{{.peak_lr = 0.5, .total_steps = 300}}, 700, 120)};
    const expression wanted_curves[] = {
        new_curve, pacer::cosine{{.peak_lr = 0.7, .total_steps = 1000, .warmup = pacer::warmup_steps(50)}},
        pacer::delay(pacer::linear{{.peak_lr = 0.4, .total_steps = 500}}, 100),
        pacer::join(pacer::constant{{.peak_lr = 0.3}}, 260, pacer::linear{{.peak_lr = 0.2, .total_steps = 400}}),
        pacer::parse("blend(constant(peak_lr=0.1), at=150, over=400, linear(peak_lr=0.5, total_steps=900))")};
    const auto next_start = [&](step_t from) { return from + (roll.up_to(4) == 0 ? 0 : roll.up_to(40)); };
    for (const expression& old : old_curves)
        for (const expression& wanted : wanted_curves)
            for (const resume_policy& policy :
                 {pacer::keep_saved, pacer::use_new, pacer::restart, pacer::rewarm(200), pacer::blend(200),
                  pacer::rewarm(1), pacer::blend(1), pacer::blend(1'000'000), pacer::require_same}) {
                const bool same = policy.what == resume_policy::kind::require_same;
                checkpoint saved = at_update(roll.one_of<step_t>({0, roll.up_to(300)}), same ? wanted : old);
                const resumed once = resume(saved, wanted, policy);
                step_t at = saved.at.updates();
                for (int kill = 0; kill < 50; ++kill) {
                    const step_t end = next_start(at);
                    const resumed run = resume(pacer::from_text(pacer::to_text(saved)), wanted, policy);
                    if (kill > 0 && policy.what != resume_policy::kind::use_new && run.report.is_changed)
                        wrong.add(run.report.lines()[0], " again at ", at);
                    if (kill > 0 && run.report.jumps())
                        wrong.add(run.report.lines()[0], " jumps at ", at);
                    for (step_t step = at; step <= end; ++step)
                        if (std::bit_cast<std::uint64_t>(run.curve.schedule(step)) !=
                            std::bit_cast<std::uint64_t>(once.curve.schedule(step)))
                            wrong.add(run.report.lines()[0], ", ", pacer::to_text(old), " to ", pacer::to_text(wanted),
                                      ", start ", kill, " at ", at, ", step ", step);
                    saved = {.at = progress({.updates = end}), .curve = run.curve};
                    at = end;
                }
                if (saved.curve.schedule.root()->depth() > once.curve.schedule.root()->depth())
                    wrong.add(pacer::to_text(saved.curve.schedule), " has grown");
            }
    CHECK(wrong.text() == "");
}

TEST_CASE("and so by every clock; require_same then takes the curve that was resumed to") {
    support::complaints wrong;
    support::dice roll(29);
    const auto at = [](step_t updates) {
        return progress({.updates = updates, .samples = 3 * updates, .tokens = 700 * updates});
    };
    const expression wanted = new_curve;
    for (const pacer::run_clock clock :
         {pacer::run_clock::updates, pacer::run_clock::samples, pacer::run_clock::tokens})
        for (const resume_policy& policy :
             {pacer::use_new, pacer::restart, pacer::rewarm(10'000), pacer::blend(10'000), pacer::blend(50)}) {
            const clocked_expression asked{wanted, clock};
            step_t now = roll.up_to(300);
            checkpoint saved{.at = at(now), .curve = {saved_curve, clock}};
            const resumed once = resume(saved, asked, policy);
            for (int kill = 0; kill < 50; ++kill) {
                const resumed run = resume(pacer::from_text(pacer::to_text(saved)), asked, policy);
                const step_t end = now + roll.up_to(40);
                for (; now <= end; ++now)
                    if (std::bit_cast<std::uint64_t>(run(at(now))) != std::bit_cast<std::uint64_t>(once(at(now))))
                        wrong.add(run.report.lines()[0], ", start ", kill, ", update ", now);
                now = end;
                saved = {.at = at(end), .curve = run.curve};
            }
            const resumed same = resume(saved, asked, pacer::require_same);
            if (same.report.jumps() || same.report.saved_is == pacer::resume_report::standing::different)
                wrong.add("require_same: ", same.report.lines()[0]);
        }
    CHECK(wrong.text() == "");
}

TEST_CASE("what the saved curve already is, or is on its way to, is not done again, and the report says so") {
    using standing = pacer::resume_report::standing;
    const auto then = [](const resumed& run, step_t at) { return at_update(at, run.curve); };
    const auto first_line = [](const resumed& run) { return run.report.lines()[0]; };
    const resumed blended = resume(at_update(40), new_curve, pacer::blend(10));
    CHECK(blended.report.saved_is == standing::different);
    CHECK(blended.report.is_changed);
    for (const resume_policy& policy : {pacer::blend(10), pacer::blend(77), pacer::rewarm(5)}) {
        const resumed again = resume(then(blended, 45), new_curve, policy);
        CHECK(again.report.saved_is == standing::under_way);
        CHECK(again.report.since == 40);
        CHECK(!again.report.is_changed);
        CHECK(again.report.differences.empty());
        CHECK(again.report.saved == "linear");
        CHECK(same_from(again.curve.schedule, blended.curve.schedule, 0, 300));
    }
    CHECK(first_line(resume(then(blended, 45), new_curve, pacer::blend(10))) ==
          "policy    blend: nothing to do, under way since step 40");
    const resumed over = resume(then(blended, 60), new_curve, pacer::blend(10));
    CHECK(first_line(over) == "policy    blend: nothing to do, the saved curve is the one asked for");
    CHECK(same_from(over.curve.schedule, new_curve, 60, 300));
    CHECK(resume(then(over, 70), new_curve, pacer::require_same).report.differences.empty());
    // One that is under way to something else is blended from there.
    const resumed other = resume(then(blended, 45), pacer::constant{{.peak_lr = 0.75}}, pacer::blend(10));
    CHECK(other.report.is_changed);
    CHECK(other.curve.schedule(45) == blended.curve.schedule(45));
    CHECK(other.curve.schedule(55) == 0.75);
    // One that has not begun is not under way.
    const expression later = pacer::blend(saved_curve, 1000, 10, new_curve);
    CHECK(resume(at_update(40, later), new_curve, pacer::blend(10)).report.is_changed);

    // `require_same` accepts the recipe that the run was blended to, restarted as or extended to.
    CHECK(first_line(resume(then(blended, 45), new_curve, pacer::require_same)) ==
          "policy    require_same: the saved curve is on its way to the one asked for since step 40");
    const resumed restarted = resume(at_update(40), new_curve, pacer::restart);
    CHECK(first_line(resume(then(restarted, 90), new_curve, pacer::restart)) ==
          "policy    restart: nothing to do, it was restarted at step 40");
    CHECK(first_line(resume(then(restarted, 90), new_curve, pacer::require_same)) ==
          "policy    require_same: the saved curve is the one asked for, restarted at step 40");
    // A delay that is part of the recipe is none of a restart.
    CHECK(reason<pacer::resume_error>([&] {
              static_cast<void>(resume(at_update(90, pacer::delay(new_curve, 40)), new_curve, pacer::require_same));
          }) == "pacer: the saved curve is not the one asked for:\n  delay.by: saved 40, asked for 0");
    CHECK(refused(then(restarted, 90), new_curve, pacer::use_new) == "accepted");
    CHECK(resume(then(restarted, 90), new_curve, pacer::use_new).curve.schedule(90) == new_curve(90));
    // Where another one is asked for, it is restarted at once.
    CHECK(resume(then(restarted, 90), saved_curve, pacer::restart).curve.schedule(90) == 1);
    // The saved curve that never was restarted is.
    CHECK(resume(at_update(90, new_curve), new_curve, pacer::restart).curve.schedule(90) == 0.5);

    const clocked_expression extended = pacer::extend(saved_curve, 150, 40);
    const expression longer = pacer::linear{{.peak_lr = 1, .total_steps = 150}};
    CHECK(first_line(resume(at_update(60, extended), longer, pacer::require_same)) ==
          "policy    require_same: the saved curve is the one asked for, extended at step 40");
    // It has other rates, so a blend to the plain one is one, once.
    const resumed to_plain = resume(at_update(60, extended), longer, pacer::blend(10));
    CHECK(to_plain.report.is_changed);
    CHECK(!resume(then(to_plain, 65), longer, pacer::blend(10)).report.is_changed);

    // What is lasting counts, and where it began: a restart that was extended, and is then left for something else.
    clocked_expression both = restarted.curve;
    both.schedule = pacer::extend(both.schedule, 300, 60);
    const expression longer_new = pacer::linear{{.peak_lr = 0.5, .total_steps = 260}};
    CHECK(first_line(resume(at_update(70, both), longer_new, pacer::require_same)) ==
          "policy    require_same: the saved curve is the one asked for, extended at step 60");
    const resumed left = resume(at_update(70, both), saved_curve, pacer::blend(10));
    CHECK(first_line(resume(then(left, 75), saved_curve, pacer::require_same)) ==
          "policy    require_same: the saved curve is on its way to the one asked for since step 70");
    // A blend to what is itself under way.
    const resumed twice = resume(at_update(42), blended.curve.schedule, pacer::blend(10));
    CHECK(first_line(resume(then(twice, 45), new_curve, pacer::require_same)) ==
          "policy    require_same: the saved curve is on its way to the one asked for since step 40");
    // The difference from an operator that is asked for is that of the operators.
    CHECK(reason<pacer::resume_error>([&] {
              static_cast<void>(
                  resume(then(blended, 45), pacer::blend(saved_curve, 41, 10, new_curve), pacer::require_same));
          }) == "pacer: the saved curve is not the one asked for:\n  blend.at: saved 40, asked for 41");
    // The same curve by another clock is another.
    CHECK(reason<pacer::resume_error>([&] {
              static_cast<void>(resume(at_update(40), {saved_curve, pacer::run_clock::samples}, pacer::require_same));
          }) == "pacer: the saved curve is not the one asked for:\n  clock: saved updates, asked for samples");

    // Whether it was restarted is looked for behind what came later, and only there.
    const resumed at_once = resume(at_update(0), new_curve, pacer::restart);
    CHECK(first_line(resume(then(at_once, 5), new_curve, pacer::restart)) ==
          "policy    restart: nothing to do, it was restarted at step 0");
    CHECK(resume(then(at_once, 5), saved_curve, pacer::restart).curve.schedule(5) == 1);
    for (const resume_policy& policy : {pacer::blend(10), pacer::rewarm(10)}) {
        const resumed away = resume(then(restarted, 60), saved_curve, policy);
        CHECK(resume(then(away, 65), saved_curve, pacer::restart).curve.schedule(65) == 1);
    }
}

TEST_CASE("the report of an extended curve: its name, what the last update ran at, one difference") {
    const pacer::cosine lr{{.peak_lr = 2e-3, .total_steps = 1000, .warmup = pacer::warmup_steps(100)}};
    const step_t at = 400;
    const expression longer = pacer::extend(lr, 2000, at);
    const resumed run = resume(at_update(at, longer), lr, pacer::keep_saved);
    CHECK(run.report.saved == "cosine");
    CHECK(run.report.last_rate == lr(at - 1));
    CHECK(run.report.rate_before == lr(at));
    REQUIRE(run.report.differences.size() == 1);
    CHECK(run.report.differences[0].path == "total_steps");
    CHECK(reason<pacer::resume_error>([&] {
              static_cast<void>(resume(at_update(at, longer), lr, pacer::require_same));
          }) == "pacer: the saved curve is not the one asked for:\n  total_steps: saved 2000, asked for 1000");
    // The same where a blend or a rewarm begins, and is resumed before an update was made.
    for (const resume_policy& policy : {pacer::blend(10), pacer::rewarm(10)}) {
        const resumed begun = resume(at_update(at, longer), new_curve, policy);
        CHECK(resume(at_update(at, begun.curve), new_curve, policy).report.last_rate == lr(at - 1));
        const expression joined = pacer::join(pacer::constant{{.peak_lr = 0.25}}, at, new_curve);
        const resumed second = resume(at_update(at, joined), saved_curve, policy);
        CHECK(resume(at_update(at, second.curve), saved_curve, policy).report.last_rate == 0.25);
    }
}

TEST_CASE("a clock that was never counted is none to go by") {
    const clocked_expression samples = pacer::by_samples(pacer::linear{{.peak_lr = 1, .total_steps = 64'000}});
    CHECK(refused(at_update(5000), samples, pacer::use_new) ==
          "pacer: samples = 0: were never counted, and the new curve goes by them; restart begins it here");
    CHECK(refused(at_update(0), samples, pacer::use_new) == "accepted");
    CHECK(refused({.at = progress({.updates = 5000, .samples = 1}), .curve = saved_curve}, samples, pacer::use_new) ==
          "accepted");
    const resumed begun = resume(at_update(5000), samples, pacer::restart);
    CHECK(begun(progress({.updates = 5000})) == 1);
    CHECK(begun(progress({.updates = 5001, .samples = 32'000})) == 0.5);
    // Begun at sample 0, it is not begun again.
    const checkpoint later{.at = progress({.updates = 5001, .samples = 32'000}), .curve = begun.curve};
    const resumed again = resume(pacer::from_text(pacer::to_text(later)), samples, pacer::restart);
    CHECK(!again.report.is_changed);
    CHECK(again(later.at) == 0.5);
    CHECK(again.report.lines()[0] == "policy    restart: nothing to do, it was restarted at step 0");
}

TEST_CASE("the position is that of the curve's own clock") {
    const clocked_expression by_tokens = pacer::by_tokens(pacer::linear{{.peak_lr = 1, .total_steps = 1000}});
    const checkpoint saved{.at = progress({.updates = 4, .samples = 30, .tokens = 500}), .curve = by_tokens};
    const resumed kept = resume(saved, new_curve, pacer::keep_saved);
    CHECK(kept(saved.at) == 0.5);
    CHECK(kept(progress({.updates = 5, .samples = 40, .tokens = 750})) == 0.25);
    const resumed changed = resume(saved, new_curve, pacer::use_new);  // counts updates
    CHECK(changed(saved.at) == 0.49);
    CHECK(changed.report.rate_before == 0.5);
    const auto restarted = [&](const clocked_expression& wanted) {
        return pacer::to_text(resume(saved, wanted, pacer::restart).curve.schedule);
    };
    CHECK(restarted(new_curve) == "delay(linear(peak_lr=0.5, total_steps=200), 4)");
    CHECK(restarted(by_tokens) == "delay(linear(peak_lr=1, total_steps=1000), 500)");
    const clocked_expression slower = pacer::by_tokens(pacer::linear{{.peak_lr = 1, .total_steps = 2000}});
    const resumed blended = resume(saved, slower, pacer::blend(100));
    CHECK(blended.curve.clock == pacer::run_clock::tokens);
    CHECK_THAT(pacer::to_text(blended.curve.schedule), ContainsSubstring(", at=500, over=100, "));
    CHECK(refused(saved, new_curve, pacer::blend(5)) == "pacer: clock: must be the same for a rewarm or a blend");
    CHECK(refused(saved, new_curve, pacer::rewarm(5)) == "pacer: clock: must be the same for a rewarm or a blend");
}

TEST_CASE("every policy at every step, saved and resumed again at every later one, goes on with the same bits") {
    const expression curves[] = {
        saved_curve,
        pacer::cosine_with_min_lr{{.peak_lr = 0.7, .min_lr = 0.1, .total_steps = 23, .warmup = pacer::warmup_steps(5)}},
        pacer::warmup_stable_decay{
            {.peak_lr = 0.3, .stable_steps = 9, .decay_steps = 6, .warmup = pacer::warmup_steps(4)}},
        pacer::exponential{{.peak_lr = 2, .gamma = 0.9, .warmup = pacer::warmup_steps(3)}},
        pacer::join(pacer::constant{{.peak_lr = 0.5}}, 9,
                    pacer::cooldown(pacer::constant{{.peak_lr = 0.25}}, 5, 4, 0.1)),
        pacer::rescale(pacer::constant{{.peak_lr = 0.5}}, 6,
                       pacer::join(pacer::linear{{.peak_lr = 1, .total_steps = 40}}, 12,
                                   pacer::linear{{.peak_lr = 0.7, .total_steps = 30}})),
    };
    support::complaints wrong;
    for (const expression& old : curves)
        for (const expression& fresh : curves)
            for (const resume_policy& policy : {pacer::keep_saved, pacer::use_new, pacer::restart, pacer::rewarm(6),
                                                pacer::blend(6), pacer::blend(1)})
                for (step_t joint = 0; joint <= 26; ++joint) {
                    const resumed never_stopped = resume(at_update(joint, old), fresh, policy);
                    for (step_t cut = joint; cut <= joint + 8; ++cut) {
                        const checkpoint again =
                            pacer::from_text(pacer::to_text({progress({.updates = cut}), never_stopped.curve}));
                        const resumed run = resume(again, fresh, pacer::keep_saved);
                        if (run.at.updates() != cut ||
                            !same_from(run.curve.schedule, never_stopped.curve.schedule, joint, joint + 40))
                            wrong.add(old.name(), " to ", fresh.name(), " at ", joint, ", cut at ", cut);
                        // What lies behind the position may be dropped without a change in front of it.
                        const expression settled(
                            pacer::detail::syntax::settled(never_stopped.curve.schedule.root(), cut));
                        if (!same_from(settled, never_stopped.curve.schedule, cut, joint + 40))
                            wrong.add(old.name(), " to ", fresh.name(), " at ", joint, ", settled at ", cut);
                    }
                }
    CHECK(wrong.text() == "");
}

TEST_CASE("a blend while a rewarm is under way, and on: no jump at any joint, bounded depth") {
    // Each 3 updates another curve, each over 7: at most three are under way at once.
    const expression peaks[] = {saved_curve, new_curve, pacer::constant{{.peak_lr = 0.75}},
                                pacer::cosine{{.peak_lr = 0.25, .total_steps = 300}}};
    checkpoint at = at_update(10);
    for (int k = 1; k <= 40; ++k) {
        const double before = at.curve(at.at);
        const auto policy = k % 2 == 0 ? pacer::blend(7) : pacer::rewarm(7);
        const resumed run = resume(pacer::from_text(pacer::to_text(at)), peaks[k % 4], policy);
        CHECK(run.curve(at.at) == before);
        CHECK(!run.report.jumps());
        CHECK(run.curve.schedule.root()->depth() <= 10);
        at = {.at = progress({.updates = at.at.updates() + 3}), .curve = run.curve};
    }

    // More blends under way than an expression can be deep are refused by name, and the saved curve is still good.
    at = at_update(10);
    for (int k = 1; k <= pacer::deepest_expression; ++k) {
        const resumed run = resume(at, peaks[k % 4], pacer::blend(1000));
        at = {.at = progress({.updates = at.at.updates() + 1}), .curve = run.curve};
    }
    CHECK(refused(at, new_curve, pacer::blend(100)) ==
          "pacer: depth = 65: operators may stand in each other so deep (64)");
    CHECK(refused(at, new_curve, pacer::keep_saved) == "accepted");
    CHECK(refused(at, new_curve, pacer::use_new) == "accepted");
    CHECK(at.curve.schedule == pacer::from_text(pacer::to_text(at)).curve.schedule);
    // A rewarm remembers only the rate it begins at: what it begins on need not go on.
    at.at = progress({.updates = 2000});
    CHECK(refused(at, new_curve, pacer::blend(100)) == "accepted");
}

TEST_CASE("transitions are exact at both ends, monotone where both curves are, for every pair of schedules") {
    support::complaints wrong;
    support::dice roll(13);
    std::vector<expression> falling;
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
                falling.emplace_back(row.template make<double>(s));
            }
        }
    });
    for (const expression& a : falling)
        for (const expression& b : falling) {
            const step_t joint = roll.one_of<step_t>({0, 1, 20, 39, 500, 999'999, 999'999'999});
            const step_t over = roll.one_of<step_t>({1, 2, 10, 1'000, 100'000'000});
            const resumed blended = resume(at_update(joint, a), b, pacer::blend(over));
            const resumed rewarmed = resume(at_update(joint, a), b, pacer::rewarm(over));
            for (const expression& c : {blended.curve.schedule, rewarmed.curve.schedule})
                if (c(joint) != a(joint) || c(joint + over) != b(joint + over) ||
                    c(joint + over + 1) != b(joint + over + 1))
                    wrong.add("ends of ", a.name(), " to ", b.name(), " at ", joint, " over ", over);

            const bool up = b(joint + over) >= a(joint);
            const step_t from = joint + roll.up_to(over > 200 ? over - 200 : 0);
            const step_t to = std::min(joint + over, from + 200);
            for (step_t step = from; step < to; ++step) {
                const double here = rewarmed.curve.schedule(step);
                const double next = rewarmed.curve.schedule(step + 1);
                if (up ? next < here : next > here)
                    wrong.add("rewarm ", a.name(), " to ", b.name(), " turns back at ", step);
            }
#ifndef __FAST_MATH__
            // Down to a curve that is below, where both fall: the blend only falls.
            bool below = true;
            for (step_t step = from; step <= to; ++step)
                below = below && b(step) <= a(step) && a(step + 1) <= a(step) && b(step + 1) <= b(step);
            for (step_t step = from; below && step < to; ++step)
                if (blended.curve.schedule(step + 1) > blended.curve.schedule(step))
                    wrong.add("blend ", a.name(), " to ", b.name(), " turns back at ", step, " of ", joint, " + ",
                              over);
#endif
        }
    CHECK(wrong.text() == "");
}

TEST_CASE("any policy on any schedules is total, finite and in bounds") {
    support::complaints wrong;
    support::dice roll(17);
    const expression others[] = {saved_curve, new_curve};
    support::for_each_schedule([&](auto row) {
        if constexpr (pacer::NamedSchedule<decltype(row.template make<double>(support::settings{}))>) {
            support::for_large_settings(
                row,
                [&](const support::settings& s) {
                    const expression spec = row.template make<double>(s);
                    const expression& other = others[roll.up_to(1)];
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
                            const double rate = run.curve.schedule(step);
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
    CHECK(reason<pacer::invalid_schedule>([] { static_cast<void>(pacer::rewarm(pacer::longest + 1)); }) ==
          "pacer: rewarm = 9007199254740993: must be a number of updates from 1 to 2^53");
    CHECK(reason<pacer::invalid_schedule>([] { static_cast<void>(pacer::blend(pacer::longest + 1)); }) ==
          "pacer: blend = 9007199254740993: must be a number of updates from 1 to 2^53");
    // A new curve that is itself under way to another is like any other.
    const expression under_way = resume(at_update(40), new_curve, pacer::blend(10)).curve.schedule;
    for (const auto& policy : {pacer::blend(10), pacer::rewarm(10), pacer::use_new}) {
        const resumed run = resume(at_update(45), under_way, policy);
        CHECK(run.curve.schedule(55) == under_way(55));
        CHECK(run.report.jumps() == (policy.what == resume_policy::kind::use_new));
    }
    // However late it is restarted.
    const resumed last = resume(at_update(pacer::endless - 1), new_curve, pacer::restart);
    CHECK(last.curve.schedule(pacer::endless - 1) == 0.5);
    CHECK(last.curve.schedule.total_steps() == pacer::endless);
}

TEST_CASE("a curve that was changed often is left at its first update, too") {
    expression deep = saved_curve;
    for (int k = 0; k < 12; ++k)
        deep = pacer::scale(deep, 1);
    for (const resume_policy& policy : {pacer::blend(10), pacer::rewarm(10)}) {
        const resumed run = resume(at_update(0, deep), new_curve, policy);
        CHECK(run.curve.schedule(0) == 1);
        CHECK(run.curve.schedule(10) == new_curve(10));
        CHECK(same_from(run.curve.schedule, new_curve, 10, 300));
    }
}

TEST_CASE("a new curve that is under way to another can be restarted as a whole") {
    const expression original = resume(at_update(40), new_curve, pacer::blend(10)).curve.schedule;
    const resumed run = resume(at_update(1000), original, pacer::restart);
    for (step_t step = 0; step < 300; ++step)
        REQUIRE(run.curve.schedule(1000 + step) == original(step));
}
