// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/analysis/breakpoints.hpp>
#include <pacer/expression/dialects.hpp>

#include <string>
#include <vector>

using pacer::step_t;
using pacer::analysis::breakpoint;
using kind = breakpoint::kind;

namespace {

std::vector<step_t> steps_of(const char* text, kind is) {
    std::vector<step_t> steps;
    for (const breakpoint& b : pacer::analysis::breakpoints(pacer::parse(text)))
        if (b.is == is)
            steps.push_back(b.step);
    return steps;
}

using steps = std::vector<step_t>;

}  // namespace

TEST_CASE("breakpoints of named schedules are their warm-up, decay, milestones and end") {
    CHECK(steps_of("cosine(peak_lr=1, total_steps=1000, warmup=3%)", kind::warmup_end) == steps{30});
    CHECK(steps_of("cosine(peak_lr=1, total_steps=1000, warmup=3%)", kind::end) == steps{1000});
    CHECK(steps_of("cosine(peak_lr=1, total_steps=1000)", kind::warmup_end).empty());
    CHECK(steps_of("warmup_stable_decay(peak_lr=1, total_steps=1000, decay_steps=200, warmup=100)",
                   kind::decay_start) == steps{800});
    CHECK(steps_of("warmup_stable_decay(peak_lr=1, total_steps=1000, stable_steps=200, warmup=100)",
                   kind::decay_start) == steps{300});
    CHECK(steps_of("multi_step(peak_lr=1, milestones=[30, 60, 90], factor=0.1)", kind::stair) == steps{30, 60, 90});
    CHECK(steps_of("one_cycle(peak_lr=1, total_steps=100, pct_start=0.3)", kind::warmup_end) == steps{29});
    CHECK(steps_of("cyclic(peak_lr=1, up_steps=10, down_steps=20, total_steps=60)", kind::restart) ==
          steps{10, 30, 40});
    CHECK(steps_of("sgdr(peak_lr=1, cycle_steps=10, growth=2, total_steps=100)", kind::restart) == steps{10, 30, 70});
    CHECK(steps_of("cosine_with_restarts(peak_lr=1, num_cycles=2, total_steps=100)", kind::restart) ==
          steps{25, 50, 75});
}

TEST_CASE("breakpoints of operators are counted in steps of the whole") {
    const char* joined =
        "join(linear(peak_lr=1, total_steps=50, warmup=10), 40, cosine(peak_lr=1, total_steps=60, warmup=5))";
    CHECK(steps_of(joined, kind::joint) == steps{40});
    CHECK(steps_of(joined, kind::warmup_end) == steps{10, 45});
    CHECK(steps_of(joined, kind::end) == steps{100});  // the first piece is cut before its own
    CHECK(steps_of("delay(cosine(peak_lr=1, total_steps=60, warmup=5), 100)", kind::warmup_end) == steps{105});
    CHECK(steps_of("advance(cosine(peak_lr=1, total_steps=60, warmup=5), 3)", kind::warmup_end) == steps{2});
    CHECK(steps_of("advance(cosine(peak_lr=1, total_steps=60, warmup=5), 5)", kind::warmup_end).empty());
    CHECK(steps_of("every(10, cosine(peak_lr=1, total_steps=60, warmup=5))", kind::warmup_end) == steps{50});
    CHECK(steps_of("repeat(cosine(peak_lr=1, total_steps=60, warmup=5), 3)", kind::restart) == steps{60, 120});
    CHECK(steps_of("repeat(cosine(peak_lr=1, total_steps=60, warmup=5), 3)", kind::warmup_end) == steps{5, 65, 125});
    CHECK(steps_of("cooldown(constant(peak_lr=1), at=90, over=10)", kind::decay_start) == steps{90});
    CHECK(steps_of("cooldown(constant(peak_lr=1), at=90, over=10)", kind::end) == steps{100});
    CHECK(steps_of("blend(constant(peak_lr=1), at=90, over=10, constant(peak_lr=2))", kind::joint) == steps{90, 100});
    CHECK(steps_of("product(cosine(peak_lr=1, total_steps=60, warmup=5), cosine(peak_lr=1, total_steps=60, warmup=7))",
                   kind::warmup_end) == steps{5, 7});
}

TEST_CASE("breakpoints of changes in the middle of a run are where they begin and are over") {
    const char* moved =
        "rescale(cosine(peak_lr=1, total_steps=100, warmup=5), 40, cosine(peak_lr=2, total_steps=200, warmup=50))";
    CHECK(steps_of(moved, kind::joint) == steps{40});
    CHECK(steps_of(moved, kind::warmup_end) == steps{5, 50});
    const char* again = "rewarm(cosine(peak_lr=1, total_steps=100, warmup=5), at=40, over=10, cosine(peak_lr=1, "
                        "total_steps=200, warmup=45))";
    CHECK(steps_of(again, kind::joint) == steps{40, 50});
    CHECK(steps_of(again, kind::warmup_end) == steps{5});  // the second one's is before the rise to it is over
}

TEST_CASE("breakpoints of a dialect are those of what it means") {
    CHECK(steps_of("optax::warmup_cosine_decay_schedule(init_value=0, peak_value=1, warmup_steps=10, decay_steps=100)",
                   kind::joint) == steps{10});
    CHECK(steps_of("hf::get_cosine_schedule_with_warmup(lr=1, num_warmup_steps=10, num_training_steps=100)",
                   kind::joint) == steps{10});
}

TEST_CASE("breakpoints stay within the steps that there are") {
    const char* far =
        "delay(delay(cosine(peak_lr=1, total_steps=9007199254740992, warmup=5), 9223372036854775800), 100)";
    for (const breakpoint& b : pacer::analysis::breakpoints(pacer::parse(far)))
        CHECK(b.step > 0);
    CHECK(
        steps_of("every(4611686018427387904, every(4, cosine(peak_lr=1, total_steps=60, warmup=5)))", kind::warmup_end)
            .empty());
    CHECK(steps_of("every(9007199254740992, advance(cosine(peak_lr=1, total_steps=60, warmup=5), 2000))", kind::end)
              .empty());
    CHECK(steps_of("repeat(every(1000, cosine(peak_lr=1, total_steps=9007199254740992)), 5)", kind::restart) ==
          steps{9007199254740992000});
    // Of endless cycles only some are shown.
    CHECK(steps_of("repeat(cosine(peak_lr=1, total_steps=60, warmup=5))", kind::restart).size() ==
          static_cast<std::size_t>(pacer::analysis::most_cycles_shown - 1));
}

TEST_CASE("breakpoints of cycles that are too long to be followed are the first ones") {
    CHECK(steps_of("sgdr(peak_lr=1, cycle_steps=4503599627370496, growth=4503599627370496)", kind::restart) ==
          steps{4503599627370496});
    CHECK(steps_of("sgdr(peak_lr=1, cycle_steps=9007199254740992, growth=9007199254740992)", kind::restart) ==
          steps{9007199254740992});
}
