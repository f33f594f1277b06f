// SPDX-License-Identifier: MIT
// docs/limits.md: at each limit a value is accepted, and the next one refused in the words of the page. The limits of readers
// are in recipes/limits.test.cpp.
#include "support/limits_page.hpp"
#include "training/scratch.hpp"

#include <pacer/analysis/convert.hpp>
#include <pacer/dialects/darknet.hpp>
#include <pacer/expression/make.hpp>
#include <pacer/pacer.hpp>
#include <pacer/table.hpp>
#include <pacer/training/greedy.hpp>
#include <pacer/training/plan.hpp>
#include <pacer/training/progress.hpp>
#include <pacer/training/resume.hpp>

#include <limits>

using pacer::expression;
using pacer::longest;
using pacer::step_t;
using support::check_row;
using support::refusal;

namespace {

std::string numbers(int n) {
    std::string text;
    for (int k = 1; k <= n; ++k)
        text += (k > 1 ? ", " : "") + std::to_string(k);
    return text;
}

expression nested(int depth) {
    expression lr = pacer::constant{{.peak_lr = 1}};
    for (int k = 0; k < depth; ++k)
        lr = expression_of(pacer::every(2, lr));
    return lr;
}

std::string text_of(int depth) {
    std::string text = "constant(peak_lr=1)";
    for (int k = 0; k < depth; ++k)
        text = "every(2, " + text + ")";
    return text;
}

std::string expression_refusal(const std::string& text) {
    const auto parsed = pacer::try_parse(text);
    return parsed ? "accepted" : parsed.error;
}

}  // namespace

TEST_CASE("limits: schedules") {
    const auto of_length = [](step_t total) {
        return refusal([&] { pacer::linear{{.peak_lr = 1, .total_steps = total}}; });
    };
    CHECK(of_length(longest) == "accepted");
    check_row("`total_steps`, and every other length", "2^53 updates, or `endless`", of_length(longest + 1));

    const auto of_rate = [](double rate) {
        return refusal([&] { pacer::linear{{.peak_lr = rate, .total_steps = 1}}; });
    };
    CHECK(of_rate((std::numeric_limits<double>::max)()) == "accepted");
    check_row("a rate", "from 0 to the largest number of its type", of_rate(std::numeric_limits<double>::infinity()));

    const auto of_warmup = [](double ratio) {
        return refusal([&] { pacer::linear{{.peak_lr = 1, .total_steps = 10, .warmup = pacer::warmup_ratio(ratio)}}; });
    };
    CHECK(of_warmup(1) == "accepted");
    check_row("`warmup_ratio`", "from 0 to 1", of_warmup(1.5));

    const auto of_steps = [](step_t steps) {
        return refusal([&] { pacer::linear{{.peak_lr = 1, .total_steps = 10, .warmup = pacer::warmup_steps(steps)}}; });
    };
    CHECK(of_steps(10) == "accepted");
    check_row("`warmup_steps`", "`total_steps`", of_steps(11));

    const auto of_milestones = [](int n) {
        pacer::multi_step_params<> p{.peak_lr = 1, .factor = 0.5};
        for (int k = 1; k <= n; ++k)
            p.milestones.add(k);
        return refusal([&] { pacer::multi_step{p}; });
    };
    CHECK(of_milestones(16) == "accepted");
    check_row("values of a list: `milestones`, `rates`, `at`", "16", of_milestones(17));

    const auto table_of = [](step_t every) {
        static const double rates[] = {1, 2};
        return refusal([&] { pacer::table(std::span<const double>(rates), every); });
    };
    CHECK(table_of(longest / 2) == "accepted");
    check_row("updates of a `table`", "2^53", table_of(longest / 2 + 1));

    // A step is any number.
    const pacer::linear lr{{.peak_lr = 1, .total_steps = 10}};
    CHECK(lr((std::numeric_limits<step_t>::min)()) == 1);
    CHECK(lr((std::numeric_limits<step_t>::max)()) == 0);
}

TEST_CASE("limits: any_schedule") {
    CHECK(pacer::any_schedule<>::capacity == 1024);
    const pacer::any_schedule<double, 256> held = pacer::constant{{.peak_lr = 1}};
    const auto fit = [&] { return pacer::any_schedule<double, 32>(held); };
    const std::string text = refusal([&] { static_cast<void>(fit()); });
    const std::string size = std::to_string(sizeof(pacer::constant<>));
    check_row("bytes of what an `any_schedule` holds", "1024, or as its type says",
              "pacer: schedule = SIZE" + text.substr(18 + size.size()));
    CHECK(text.starts_with("pacer: schedule = " + size + ":"));
}

TEST_CASE("limits: expressions") {
    CHECK(expression_refusal(text_of(64)) == "accepted");
    check_row("operators in each other, in a text", "64", expression_refusal(text_of(65)));
    CHECK(nested(64).total_steps() == pacer::endless);
    check_row("operators in each other, made by functions", "64", refusal([] { nested(65); }));

    // 1 + 2 + 4 + ... + 2^18 parts, and as many that make a million.
    expression sum = pacer::constant{{.peak_lr = 1}};
    for (int k = 0; k < 18; ++k)
        sum = pacer::sum(sum, sum);
    check_row("schedules and operators in all", "1,000,000",
              refusal([&] { static_cast<void>(expression_of(pacer::sum(sum, sum))); }));

    std::string spaces = "constant(peak_lr=1)";
    spaces.resize(pacer::longest_expression_text, ' ');
    CHECK(expression_refusal(spaces) == "accepted");
    check_row("bytes of a text", "64 MiB", expression_refusal(spaces + ' '));

    CHECK(expression_refusal("constant(peak_lr=1, total_steps=9007199254740992)") == "accepted");
    check_row("a number of updates in a text", "2^53",
              expression_refusal("constant(peak_lr=1, total_steps=9007199254740993)"));
    CHECK(expression_refusal("multi_step(peak_lr=1, factor=0.5, milestones=[" + numbers(16) + "])") == "accepted");
    check_row("values of a list in a text", "16",
              expression_refusal("multi_step(peak_lr=1, factor=0.5, milestones=[" + numbers(17) + "])"));

    std::vector<pacer::expression_piece> pieces;
    for (int k = 0; k < 10'000; ++k)
        pieces.push_back({k, pacer::linear{{.peak_lr = 1.0 / (1 + k % 7), .total_steps = 1}}});
    const auto converted = pacer::analysis::convert(pacer::join(pieces), "pytorch");
    check_row("schedules and operators written for another trainer", "10,000", converted.refusal);
    pieces.pop_back();
    CHECK(pacer::analysis::convert(pacer::join(pieces), "pytorch").refusal != converted.refusal);
}

TEST_CASE("limits: training") {
    const auto plan_of = [](step_t max_steps) { return refusal([&] { pacer::plan{{.max_steps = max_steps}}; }); };
    CHECK(plan_of(longest) == "accepted");
    check_row("updates of a `plan`", "2^53", plan_of(longest + 1));

    pacer::progress at(pacer::progress_counts{.tokens = pacer::endless});
    check_row("each counter of a `progress`", "2^63 - 1", refusal([&] { at.apply({.tokens = 1}); }));

    const auto greedy_of = [](step_t window) {
        return refusal([&] { pacer::greedy{{.init_lr = 1, .min_lr = 0.5, .max_lr = 1, .window_size = window}}; });
    };
    CHECK(greedy_of(1'000'000) == "accepted");
    check_row("`window_size` of `greedy`", "1,000,000", greedy_of(1'000'001));

    pacer::checkpoint c{.at = {}, .curve = pacer::constant{{.peak_lr = 1}}};
    const auto state_of = [&](std::size_t letters) {
        c.states = {{std::string(letters, 'n'), "text"}};
        return refusal([&] { static_cast<void>(pacer::to_text(c)); });
    };
    CHECK(state_of(64) == "accepted");
    const std::string text = state_of(65);
    check_row("letters of the name of a state", "64", text.substr(0, text.find(", not \"")) + ", not ...");

    const support::scratch dir("limits");
    c.states = {{"large", std::string(pacer::longest_checkpoint, 'x')}};
    const std::string large = refusal([&] { static_cast<void>(pacer::to_text(c)); });
    check_row("bytes of a checkpoint that is written", "64 MiB, and 64 KiB",
              large.substr(0, large.find(", not ")) + ", not ... bytes: large states go to files");
    CHECK(large.ends_with(" bytes: large states go to files"));
    std::ofstream(dir.file("large.txt")) << std::string(pacer::longest_checkpoint + 1, ' ');
    std::string read = refusal([&] { static_cast<void>(pacer::load(dir.file("large.txt"))); });
    read.replace(read.find(dir.file("large.txt")), dir.file("large.txt").size(), "FILE");
    check_row("bytes of a checkpoint that is read", "64 MiB, and 64 KiB", read);
}

TEST_CASE("limits: a run may be resumed and changed as often as it is") {
    pacer::checkpoint saved{.at = {}, .curve = pacer::constant{{.peak_lr = 1}}};
    for (int k = 1; k <= 300; ++k) {
        saved.at.apply();
        const pacer::linear wanted{{.peak_lr = 1.0 / k, .total_steps = 100'000}};
        saved.curve = pacer::resume(saved, wanted, pacer::blend(50)).curve;
        saved = pacer::from_text(pacer::to_text(saved));
    }
    CHECK(saved.curve.schedule.root()->depth() < pacer::deepest_expression);
}
