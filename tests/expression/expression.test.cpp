// SPDX-License-Identifier: MIT
#include "support/check.hpp"
#include "support/curve.hpp"
#include "support/dice.hpp"
#include "support/error_of.hpp"
#include "support/schedules.hpp"

#include <pacer/expression/compare.hpp>
#include <pacer/expression/make.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

using pacer::expression;
using pacer::expression_of;
using pacer::parse;
using pacer::step_t;
using support::complaints;

namespace {

std::string problem(const std::string& text) {
    try {
        static_cast<void>(parse(text));
    } catch (const pacer::expression_error& error) {
        return error.what();
    }
    return "none";
}

// Both at every step that matters, by calls and by `fill`.
template <class S>
void same_rates(const S& schedule, const expression& e) {
    INFO(pacer::to_text(e));
    CHECK(pacer::total_steps(schedule) == e.total_steps());
    complaints wrong;
    for (step_t step = -3; step < 300; ++step)
        if (!support::same_bits(e(step), static_cast<double>(schedule(step))))
            wrong.add("step ", step, ": ", e(step), " is not ", schedule(step));
    for (const step_t step : {pacer::longest, pacer::longest + 1, pacer::endless - 1, pacer::endless})
        if (!support::same_bits(e(step), static_cast<double>(schedule(step))))
            wrong.add("step ", step);
    for (const step_t stride : {1, 3, 50}) {
        std::vector<double> rates(600);
        pacer::fill(e, -5, rates, stride);
        for (std::size_t j = 0; j < rates.size(); ++j)
            if (!support::same_bits(rates[j], e(-5 + static_cast<step_t>(j) * stride)))
                wrong.add("fill, stride ", stride, ", place ", j);
    }
    CHECK(wrong.text() == "");
}

template <class S>
void there_and_back(const S& schedule) {
    const expression e = expression_of(schedule);
    same_rates(schedule, e);
    const std::string text = pacer::to_text(e);
    CHECK(pacer::to_text(parse(text)) == text);
    CHECK(parse(text) == e);
    const std::string everything = pacer::resolved_text(e);
    CHECK(pacer::resolved_text(parse(everything)) == everything);
    same_rates(schedule, parse(text));
    same_rates(schedule, parse(everything));
}

constexpr pacer::linear falling{{.peak_lr = 1e-3, .total_steps = 100, .warmup = pacer::warmup_steps(10)}};
constexpr pacer::cosine_with_min_lr waving{{.peak_lr = 5e-4, .min_lr = pacer::lr_ratio(0.1), .total_steps = 80}};

}  // namespace

TEST_CASE("an expression has the rates of the same schedule in C++") {
    same_rates(
        pacer::cosine_with_min_lr{
            {.peak_lr = 5e-5, .min_lr = pacer::lr_ratio(0.1), .total_steps = 120, .warmup = pacer::warmup_ratio(0.03)}},
        parse("cosine_with_min_lr(peak_lr=5e-5, min_lr=10%, total_steps=120, warmup=3%)"));
    same_rates(pacer::polynomial{{.peak_lr = 1e-3,
                                  .power = 2,
                                  .total_steps = 100,
                                  .warmup = pacer::warmup_ratio(0.333, pacer::rounding::floor),
                                  .warmup_shape = pacer::ramp_shape::power(4),
                                  .past_end = pacer::past_end::zero}},
               parse("polynomial(peak_lr=1e-3, power=2, total_steps=100, warmup=floor(33.3%), warmup_shape=power(4),\n"
                     "           past_end=zero)  # darknet's burn-in"));
    same_rates(pacer::multi_step{{.peak_lr = 0.1, .milestones = {30, 60, 90}, .factor = 0.1}},
               parse("multi_step(peak_lr=0.1, milestones=[30, 60, 90], factor=0.1)"));
    same_rates(
        pacer::hf::cosine_warmup_with_min_lr{
            {.peak_lr = 1e-3, .min_lr = 1e-4, .total_steps = 50, .warmup = pacer::warmup_steps(5)}},
        parse("cosine_warmup_with_min_lr(peak_lr=1e-3, min_lr=1e-4, total_steps=50, warmup=5)"));
}

TEST_CASE("every operator is that of C++") {
    const std::string a = pacer::to_text(expression_of(falling));
    const std::string b = pacer::to_text(expression_of(waving));
    same_rates(pacer::join(falling, 40, waving, 90, falling), parse("join(" + a + ", 40, " + b + ", 90, " + a + ")"));
    same_rates(pacer::scale(falling, 0.2), parse("scale(" + a + ", 0.2)"));
    same_rates(pacer::scale(falling, 0.2), parse("scale(0.2, " + a + ")"));
    same_rates(pacer::clamp(falling, 1e-4, 5e-4), parse("clamp(" + a + ", 1e-4, 5e-4)"));
    same_rates(pacer::advance(falling, 7), parse("advance(" + a + ", by=7)"));
    same_rates(pacer::delay(falling, 7), parse("delay(" + a + ", 7)"));
    same_rates(pacer::every(4, falling), parse("every(4, " + a + ")"));
    same_rates(pacer::repeat(falling, 3), parse("repeat(" + a + ", 3)"));
    same_rates(pacer::repeat(falling), parse("repeat(" + a + ")"));
    same_rates(pacer::repeat(falling, {.times = 4, .scale = 0.5}), parse("repeat(" + a + ", 4, scale=0.5)"));
    same_rates(pacer::product(falling, waving), parse("product(" + a + ", " + b + ")"));
    same_rates(pacer::sum(falling, waving), parse("sum(" + a + ", " + b + ")"));
    same_rates(pacer::blend(falling, 20, 30, waving), parse("blend(" + a + ", at=20, over=30, " + b + ")"));
    same_rates(pacer::cooldown(falling, 50, 20, 1e-5, pacer::ramp_shape::one_minus_sqrt),
               parse("cooldown(" + a + ", at=50, over=20, to=1e-5, shape=one_minus_sqrt)"));
    same_rates(pacer::rewarm(falling, 20, 30, waving), parse("rewarm(" + a + ", at=20, over=30, " + b + ")"));
    same_rates(pacer::rescale(falling, 50, waving), parse("rescale(" + a + ", at=50, " + b + ")"));
}

TEST_CASE("what is written down is read back: names, text, bits") {
    there_and_back(falling);
    there_and_back(waving);
    support::for_each_named([](auto row) {
        for (const support::grade& variant : decltype(row)::graded) {
            CAPTURE(variant.label);
            support::settings s = support::settings_of({1.0 / 3, 1e-3, 9, 100});
            variant.choose(s);
            there_and_back(decltype(row)::template make<double>(s));
            s.warmup = pacer::warmup_ratio(1.0 / 7, pacer::rounding::exact);
            there_and_back(decltype(row)::template make<double>(s));
        }
    });
    there_and_back(pacer::join(falling, 20, pacer::join(waving, 30, falling), 90, pacer::scale(waving, 0.3)));
    there_and_back(pacer::clamp(pacer::advance(pacer::delay(falling, 5), 3), 1e-5, 1e-3));
}

TEST_CASE("whatever is left out of an expression, it is written in one way") {
    int read = 0;
    support::for_each_named([&](auto row) {
        for (const support::grade& variant : decltype(row)::graded) {
            support::settings s = support::settings_of({1.0 / 3, 1e-3, 9, 100});
            variant.choose(s);
            // name( field, field, ... ), each with its comma.
            std::string text = pacer::resolved_text(expression_of(decltype(row)::template make<double>(s)));
            const std::size_t open = text.find('(');
            std::vector<std::string> fields;
            for (std::size_t at = open + 1, depth = 0, from = at; at < text.size(); ++at) {
                depth += text[at] == '(' || text[at] == '[' ? 1u : 0u;
                if (depth == 0 && (text[at] == ',' || text[at] == ')')) {
                    fields.push_back(text.substr(from, at - from));
                    from = at + 1;
                }
                depth -= depth > 0 && (text[at] == ')' || text[at] == ']') ? 1u : 0u;
            }
            for (std::size_t mask = 0; mask < (std::size_t{1} << std::min<std::size_t>(fields.size(), 10)); ++mask) {
                std::string part = text.substr(0, open + 1);
                for (std::size_t k = 0; k < fields.size(); ++k)
                    if ((mask >> k & 1) == 0)
                        part += (part.back() == '(' ? "" : ",") + fields[k];
                part += ')';
                const pacer::parsed_expression some = pacer::try_parse(part);
                if (!some)
                    continue;
                ++read;
                INFO(part);
                const std::string canonical = pacer::to_text(*some.value);
                CHECK(pacer::to_text(parse(canonical)) == canonical);
                CHECK(parse(canonical) == *some.value);
            }
        }
    });
    CHECK(read > 1000);
}

TEST_CASE("canonical text of random expressions is read and written unchanged") {
    support::dice roll(9);
    const auto leaf = [&]() -> std::string {
        const double peak = static_cast<double>(roll.up_to(1000)) * 1e-5 + roll.fraction();
        const step_t total = 20 + roll.up_to(100);
        const pacer::warmup warm = pacer::warmup_steps(roll.up_to(20));
        switch (roll.up_to(3)) {
        case 0:
            return pacer::to_text(
                expression_of(pacer::cosine{{.peak_lr = peak, .total_steps = total, .warmup = warm}}));
        case 1: return pacer::to_text(expression_of(pacer::constant{{.peak_lr = peak, .total_steps = total}}));
        case 2: return pacer::to_text(expression_of(pacer::linear{{.peak_lr = peak, .total_steps = total}}));
        default:
            return pacer::to_text(expression_of(
                pacer::polynomial{{.peak_lr = peak, .power = 1 + roll.fraction(), .total_steps = total}}));
        }
    };
    const auto number = [](auto n) { return pacer::detail::syntax::written(n); };
    auto tree = [&](auto& self, int depth) -> std::string {
        if (depth == 0 || roll.up_to(3) == 0)
            return leaf();
        const std::string a = self(self, depth - 1);
        switch (roll.up_to(8)) {
        case 0: return "scale(" + a + ", " + number(roll.fraction()) + ")";
        case 1: return "join(" + a + ", " + number(roll.up_to(50)) + ", " + self(self, depth - 1) + ")";
        case 2: return "advance(" + a + ", " + number(roll.up_to(50)) + ")";
        case 3: return "delay(" + a + ", " + number(roll.up_to(50)) + ")";
        case 4: return "every(" + number(1 + roll.up_to(9)) + ", " + a + ")";
        case 5: return "sum(" + a + ", " + self(self, depth - 1) + ")";
        case 6: return "product(" + a + ", " + self(self, depth - 1) + ")";
        case 7:
            return "blend(" + a + ", at=" + number(roll.up_to(50)) + ", over=" + number(roll.up_to(50)) + ", " +
                   self(self, depth - 1) + ")";
        default: return "clamp(" + a + ", 0, " + number(roll.fraction()) + ")";
        }
    };
    for (int k = 0; k < 300; ++k) {
        const std::string text = tree(tree, 4);
        INFO(text);
        const expression e = parse(text);
        // Joins in joins are taken apart; all else is as it was written.
        const std::string canonical = pacer::to_text(e);
        if (text.find("join(join") == text.npos && text.find(", join") == text.npos)
            CHECK(canonical == text);
        CHECK(pacer::to_text(parse(canonical)) == canonical);
        CHECK(parse(canonical) == e);
        std::vector<double> rates(64);
        pacer::fill(e, 0, rates, 5);
        for (std::size_t j = 0; j < rates.size(); ++j)
            CHECK(support::same_bits(rates[j], e(static_cast<step_t>(j) * 5)));
    }
}

TEST_CASE("thousands of pieces from data") {
    std::vector<pacer::expression_piece> pieces;
    for (step_t k = 0; k < 10'000; ++k)
        pieces.push_back({10 * k, expression_of(pacer::constant{{.peak_lr = 1 / static_cast<double>(k + 1)}})});
    const expression e = pacer::join(pieces);
    for (const step_t step : {0, 9, 10, 11, 50'005, 99'989, 99'990, 99'999, 1'000'000})
        CHECK(e(step) == 1 / static_cast<double>((step < 99'999 ? step / 10 : 9'999) + 1));
    std::vector<double> rates(100'000);
    pacer::fill(e, 0, rates);
    for (std::size_t k = 0; k < rates.size(); ++k)
        if (rates[k] != 1 / static_cast<double>(k / 10 + 1))
            FAIL(k);
    CHECK(parse(pacer::to_text(e)) == e);
}

TEST_CASE("what is refused says where, what was found and what is accepted") {
    CHECK(problem("") == "1:1: found the end of the text, accepted: NAME(...), of a schedule or an operator");
    CHECK(problem("cosine(peak_lr=1 total_steps=10)") == "1:18: found 'total_steps=', accepted: ',' or ')'");
    CHECK(problem("constant(peak_lr=1) constant") == "1:21: found 'constant', accepted: the end of the text");
    CHECK_THAT(problem("cosin(peak_lr=1)"), ContainsSubstring("1:1: name = cosin: must be one of constant, "));
    CHECK_THAT(problem("cosin(peak_lr=1)"), ContainsSubstring("; the nearest is cosine"));
    CHECK_THAT(problem("blent(constant(peak_lr=1))"), ContainsSubstring("; the nearest is blend"));
    CHECK_THAT(problem("linear(peak_lr=1,\n  total_step=10)"), ContainsSubstring("2:3: field = total_step: "));
    CHECK_THAT(problem("linear(peak_lr=1, total_step=10)"), ContainsSubstring("; the nearest is total_steps"));
    CHECK(problem("linear(peak_lr=x, total_steps=10)") == "1:16: peak_lr = x: must be a number");
    CHECK(problem("linear(1, total_steps=10)") == "1:8: field = 1: must be FIELD=VALUE");
    CHECK(problem("linear(peak_lr=1, total_steps=1e3)") ==
          "1:31: total_steps = 1e3: must be a whole number of updates");
    CHECK(problem("linear(peak_lr=1, total_steps=1__0)") ==
          "1:31: total_steps = 1__0: must be a whole number of updates");
    CHECK(problem("linear(peak_lr=1, total_steps=9223372036854775808)") ==
          "1:31: total_steps = 9223372036854775808: must be a whole number of updates");
    CHECK_THAT(problem("linear(peak_lr=1, total_steps=10, warmup=0.03)"), ContainsSubstring("3%"));
    CHECK(problem("linear(peak_lr=1, total_steps=10, peak_lr=2)") == "1:35: peak_lr: is given twice");
    CHECK(problem("linear(peak_lr=constant(peak_lr=1))") == "1:16: peak_lr: must be a value, not a schedule");
    CHECK(problem("linear(peak_lr=1, total_steps=10, warmup=11)") ==
          "1:1: warmup = 11: must be at most total_steps (10)");
    CHECK(problem("scale(linear(peak_lr=1, total_steps=10), -2)") ==
          "1:1: factor = -2: must be a finite rate of 0 or more");
    CHECK(problem("scale(linear(peak_lr=1, total_steps=10))") == "1:1: factor: must be given");
    CHECK(problem("scale(2)") == "1:1: schedule: must be given");
    CHECK(problem("scale(constant(peak_lr=1), 2, 3)") == "1:31: scale: is given a value too many");
    CHECK(problem("scale(constant(peak_lr=1), constant(peak_lr=1), 3)") == "1:28: scale: is given a schedule too many");
    CHECK(problem("scale(constant(peak_lr=1), factor=2, factor=2)") == "1:38: factor: is given twice");
    CHECK(problem("scale(constant(peak_lr=1), factr=2)") ==
          "1:28: field = factr: must be one of schedule, factor; the nearest is factor");
    CHECK(problem("scale(schedule=2, factor=2)") == "1:16: schedule: must be a schedule");
    CHECK(problem("scale(constant(peak_lr=1), factor=constant(peak_lr=1))") ==
          "1:35: factor: must be a value, not a schedule");
    CHECK(problem("join(linear(peak_lr=1, total_steps=10), 5)") == "1:1: join: must end with a schedule");
    CHECK(problem("join(5, linear(peak_lr=1, total_steps=10))") ==
          "1:6: join: must be schedules with a step between each two: join(a, 100, b, 200, c)");
    CHECK(problem("join(constant(peak_lr=1), 5, constant(peak_lr=1), 4, constant(peak_lr=1))") ==
          "1:51: at = 4: boundaries of a join must not be negative and must not decrease");
    CHECK_THAT(problem("greedy(peak_lr=1)"), ContainsSubstring("controller"));
    CHECK(problem("scale(\x01)") == "1:7: found '?)', accepted: a value");
    CHECK(problem("linear(warmup_shape=power(4, 5))") == "1:28: found ', 5))', accepted: ')'");
    // Of several mistakes in one place the first is said.
    CHECK(problem("linear(warmup_shape=power(;") == "1:27: found ';', accepted: a value");
    const std::string much(70, 'x');
    CHECK(problem("linear(" + much + ")") == "1:8: field = " + much.substr(0, 64) + ": must be FIELD=VALUE");
    std::string deep = "constant(peak_lr=1)";
    for (int k = 0; k < 64; ++k)
        deep = "advance(" + deep + ", 1)";
    CHECK(problem(deep) == "none");
    CHECK(problem("advance(" + deep + ", 1)") == "1:521: operators may stand in each other 64 deep");
    CHECK_THAT(support::error_of([&] { static_cast<void>(expression_of(pacer::advance(parse(deep), 1))); }),
               ContainsSubstring("depth = 65: operators may stand in each other so deep (64)"));
    CHECK_THAT(support::error_of([&] {
                   static_cast<void>(expression_of(pacer::join(parse(deep), 5, pacer::constant{{.peak_lr = 1}})));
               }),
               ContainsSubstring("depth = 65: operators may stand in each other so deep (64)"));
    CHECK_THAT(problem(std::string(100'000, '(')), ContainsSubstring("NAME(...)"));
    CHECK_THAT(problem(std::string(pacer::longest_expression_text + 1, ' ')), ContainsSubstring("2^26 bytes"));
    // Schedules that are shared count as often as they stand in the tree.
    expression twice = pacer::constant{{.peak_lr = 1}};
    for (int k = 0; k < 18; ++k)
        twice = pacer::sum(twice, twice);
    CHECK_THAT(support::error_of([&] { static_cast<void>(expression_of(pacer::sum(twice, twice))); }),
               ContainsSubstring("so many schedules and operators an expression may have (1000000)"));
}

TEST_CASE("joins of more or fewer pieces differ in their number, and in those that both have") {
    const expression two = parse("join(constant(peak_lr=1), 10, constant(peak_lr=2))");
    const expression three = parse("join(constant(peak_lr=1), 12, constant(peak_lr=3), 20, constant(peak_lr=4))");
    const auto listed = [](const std::vector<pacer::expression_difference>& all) {
        std::string text;
        for (const pacer::expression_difference& d : all)
            text += d.path + ' ' + d.first + ' ' + d.second + '\n';
        return text;
    };
    CHECK(listed(differences(two, three)) == "join.pieces 2 3\njoin[1].at 10 12\njoin[1].peak_lr 2 3\n");
    CHECK(listed(differences(three, two)) == "join.pieces 3 2\njoin[1].at 12 10\njoin[1].peak_lr 3 2\n");
    CHECK(differences(three, three).empty());
}

TEST_CASE("no bytes do more than be refused") {
    support::dice roll(4);
    const std::string good = "join(linear(peak_lr=1e-3, total_steps=500), 200, scale(multi_step(peak_lr=1, "
                             "milestones=[30, 60], factor=0.1), 0.5)) # end";
    for (int k = 0; k < 20'000; ++k) {
        std::string text = good;
        for (step_t change = roll.up_to(4); change >= 0; --change) {
            const auto at = static_cast<std::size_t>(roll.up_to(static_cast<step_t>(text.size()) - 1));
            if (roll.up_to(2) == 0)
                text.erase(at, static_cast<std::size_t>(roll.up_to(5)));
            else
                text[at] = static_cast<char>(roll.up_to(255));
            if (text.empty())
                break;
        }
        static_cast<void>(problem(text));
    }
}

TEST_CASE("ratios are written without rounding") {
    support::dice roll(5);
    for (int k = 0; k < 20'000; ++k) {
        const double ratio = roll.fraction() * roll.one_of({1.0, -1.0, 1e-3, 1e-20, 1e-300, 0.0, -0.0});
        double back = -1;
        CHECK(pacer::detail::syntax::read_percent(pacer::detail::syntax::percent(ratio), back));
        CHECK(support::same_bits(back, ratio));
    }
    CHECK(pacer::detail::syntax::percent(0.1) == "10%");
    CHECK(pacer::detail::syntax::percent(0.03) == "3%");
    CHECK(pacer::detail::syntax::percent(1) == "100%");
    CHECK(pacer::detail::syntax::percent(0.0025) == "0.25%");
    CHECK(pacer::detail::syntax::percent(0) == "0%");
    CHECK(pacer::detail::syntax::percent(1e20) == "1e22%");
    CHECK(pacer::detail::syntax::percent(1.25e20) == "1.25e22%");
    CHECK(pacer::detail::syntax::percent(std::numeric_limits<double>::infinity()) == "inf%");
}

TEST_CASE("made by name from texts") {
    const expression e = pacer::make("cosine", {{"peak_lr", "1e-3"}, {"total_steps", "1000"}});
    CHECK(e(500) == pacer::cosine{{.peak_lr = 1e-3, .total_steps = 1000}}(500));
    CHECK(e.name() == "cosine");
    REQUIRE(pacer::as<pacer::cosine<>>(e) != nullptr);
    CHECK(pacer::as<pacer::cosine<>>(e)->params().total_steps == 1000);
    CHECK(pacer::as<pacer::linear<>>(e) == nullptr);
    CHECK(pacer::as<pacer::cosine<>>(expression_of(pacer::scale(e, 2))) == nullptr);
}
