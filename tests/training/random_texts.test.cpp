// SPDX-License-Identifier: MIT
// Expressions of all schedules that there are, with fields and operators drawn at random: whatever a text says, it is a
// value or a reason, and never an exception, which would end a program without them. What it makes is saved, comes back, and is
// extended without a jump.
#include "support/random_expression.hpp"
#include "support/schedules.hpp"

#include <pacer/training/checkpoint.hpp>
#include <pacer/training/replan.hpp>

#include <string>
#include <vector>

TEST_CASE("any text is a schedule or a reason; any schedule is saved and extended") {
    using pacer::step_t;
    support::dice roll(41);
    support::random_expression random_text(roll);
    support::complaints wrong;
    int made = 0;
    int extended = 0;
    for (int k = 0; k < 60'000; ++k) {
        const std::string text = random_text(static_cast<int>(roll.up_to(2)));
        try {
            const pacer::parsed_expression parsed = pacer::try_parse(text);
            if (static_cast<bool>(parsed) == !parsed.error.empty())
                wrong.add(text, " is both, or nothing");
            if (!parsed)
                continue;
            ++made;
            const pacer::expression& lr = *parsed.value;
            const step_t at = roll.up_to(1200);
            const pacer::loaded_checkpoint back =
                pacer::try_from_text(pacer::to_text({.at = pacer::progress({.updates = at}), .curve = lr}));
            if (!back || back->curve.schedule != lr) {
                wrong.add(text, " does not come back: ", back.error);
                continue;
            }
            const step_t total = at + 1 + roll.up_to(2000);
            try {
                const pacer::expression longer = pacer::extend(lr, total, at);
                ++extended;
                for (const step_t step : {at, at - 1})
                    if (step >= 0 && longer(step) != lr(step))
                        wrong.add(text, " to ", total, " at ", at, ", step ", step, ": ", lr(step), ' ', longer(step));
            } catch (const pacer::invalid_schedule&) {  // not every one can be
            }
        } catch (const std::exception& error) {
            wrong.add(text, " throws ", error.what());
        }
    }
    CHECK(wrong.text() == "");
    CHECK(made > 5'000);
    CHECK(extended > 1'000);
}
