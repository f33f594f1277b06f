// SPDX-License-Identifier: MIT
// The guarantees of schedule.hpp, for expressions that the bytes choose: every rate is finite and not negative, steps before
// the first are the first, fill has the bits of the calls, and what is saved comes back with all its bits.
#include "fuzz.hpp"
#include "support/random_expression.hpp"

#include <pacer/expression/make.hpp>
#include <pacer/expression/text.hpp>
#include <pacer/fill.hpp>
#include <pacer/training/checkpoint.hpp>

#include <array>
#include <cmath>
#include <limits>

namespace fuzz {

int curve(const std::uint8_t* data, std::size_t size) {
    using pacer::step_t;
    byte_dice roll(data, size);
    support::random_expression random_text(roll);
    const std::string text = random_text(static_cast<int>(roll.up_to(3)));
    const pacer::parsed_expression parsed = pacer::try_parse(text);
    require(static_cast<bool>(parsed) == parsed.error.empty(), "both a value and an error, or neither", text);
    if (!parsed)
        return 0;
    const pacer::expression& lr = *parsed.value;
    const step_t total = lr.total_steps();
    require(total >= 0, "a negative length", text);

    constexpr step_t last = (std::numeric_limits<step_t>::max)();
    const double first = lr(0);
    require(lr(-1) == first && lr(-last - 1) == first, "steps before the first are not the first", text);
    for (const step_t step : {step_t{0}, step_t{1}, total - 1, total, total == pacer::endless ? total : total + 1,
                              pacer::longest, last, roll.up_to(2000), roll.up_to(pacer::longest)}) {
        const double rate = lr(step < 0 ? 0 : step);
        require(std::isfinite(rate) && !std::signbit(rate), "a rate that is none", text);
    }

    std::array<double, 37> rates{};
    const step_t from = roll.up_to(1) == 0 ? roll.up_to(1500) : roll.up_to(pacer::longest);
    const step_t stride = 1 + roll.up_to(roll.one_of({0, 20, 1'000'000}));
    pacer::fill(lr, from, rates, stride);
    for (std::size_t k = 0; k < rates.size(); ++k)
        require(rates[k] == lr(from + static_cast<step_t>(k) * stride), "fill and call differ", text);

    const pacer::loaded_checkpoint back =
        pacer::try_from_text(pacer::to_text({.at = pacer::progress({.updates = from}), .curve = lr}));
    require(static_cast<bool>(back), "what is saved does not load", text);
    require(back->curve.schedule == lr, "what loads is another", text);
    pacer::fill(back->curve.schedule, from, rates, stride);
    for (std::size_t k = 0; k < rates.size(); ++k)
        require(rates[k] == lr(from + static_cast<step_t>(k) * stride), "other rates after loading", text);
    return 0;
}

}  // namespace fuzz
