// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/analysis/convert.hpp>
#include <pacer/expression/dialects.hpp>
#include <pacer/recipes/read_yaml.hpp>
#include <pacer/recipes/resolve.hpp>

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

namespace {

using pacer::analysis::convert;

std::string text_of(const char* expression, const char* target) {
    const auto c = convert(pacer::parse(expression), target);
    CHECK(c.refusal.empty() == !c.text.empty());
    return c ? c.text : c.refusal;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// The text for Hugging Face has the rates of the expression, up to the end of its run.
void check_read_back(const pacer::expression& lr, const std::string& yaml) {
    pacer::recipes::run_facts facts;
    facts.trainer = pacer::hf_trainer::v5;
    const auto recipe = pacer::recipes::parse_yaml(yaml, "written.yaml");
    const auto back = pacer::recipes::resolve(recipe, facts);
    const pacer::step_t end = recipe.max_steps.value_or(3000);
    double highest = 0;
    for (pacer::step_t s = 0; s < end; ++s)
        highest = (std::max)(highest, lr(s));
    for (pacer::step_t s = 0; s < end; ++s)
        if (std::abs(back.schedule(s) - lr(s)) > 4e-16 * highest)
            FAIL_CHECK(s << ": " << back.schedule(s) << " for " << lr(s));
}

}  // namespace

TEST_CASE("convert: the targets are a table, with a text or a refusal each") {
    const pacer::expression lr = pacer::parse("cosine(peak_lr=1e-3, total_steps=1000)");
    for (const auto& target : pacer::analysis::conversion_targets) {
        INFO(target.name);
        const auto c = convert(lr, target.name);
        CHECK(static_cast<bool>(c) == !c.text.empty());
        CHECK(static_cast<bool>(c) == c.refusal.empty());
        CHECK((!c || c.text.back() == '\n'));
    }
    CHECK(convert(lr, "expression").text == "cosine(peak_lr=0.001, total_steps=1000)\n");
    CHECK(convert(lr, "cpp").text == pacer::to_cpp(lr));
    CHECK(convert(lr, "pytorsh").refusal == "pacer: target = pytorsh: must be one of expression, cpp, hf-yaml, "
                                            "pytorch, optax, megatron, deepspeed; the nearest "
                                            "is pytorch");
}

TEST_CASE("convert: an expression of too many parts is refused, except as one of pacer's own") {
    std::vector<pacer::expression_piece> pieces;
    for (pacer::step_t k = 0; k < 20'000; ++k)
        pieces.push_back({k, pacer::constant{{.peak_lr = 1e-3 + static_cast<double>(k)}}});
    const pacer::expression lr = pacer::join(pieces);
    CHECK(convert(lr, "optax").refusal == "The expression has more than 10000 schedules and operators.");
    CHECK(convert(lr, "expression"));
}

TEST_CASE("convert: hf-yaml") {
    CHECK(text_of("cosine_with_min_lr(peak_lr=5e-5, min_lr=10%, total_steps=12000, warmup=3%, past_end=wave)",
                  "hf-yaml") == "learning_rate: 5.0e-05\n"
                                "lr_scheduler_type: cosine_with_min_lr\n"
                                "lr_scheduler_kwargs:\n"
                                "  min_lr: 5.0e-06\n"
                                "max_steps: 12000\n"
                                "warmup_steps: 360\n");
    CHECK(text_of("linear(peak_lr=1e-3, total_steps=100)", "hf-yaml") ==
          "learning_rate: 0.001\nlr_scheduler_type: linear\nmax_steps: 100\nwarmup_steps: 0\n");
}

TEST_CASE("convert: hf-yaml says what differs past the end, and refuses what differs before") {
    const auto held = convert(pacer::parse("cosine(peak_lr=1e-3, total_steps=1000)"), "hf-yaml");
    REQUIRE(held.notes.size() == 1);
    CHECK(held.notes[0] == "past step 1000 Hugging Face's rate rises again, where this holds 0");
    CHECK(held.text.starts_with("# " + held.notes[0] + "\n"));
    // Here the run goes on.
    CHECK(text_of("join(cosine(peak_lr=1e-3, total_steps=1000), 1000, constant(peak_lr=0))", "hf-yaml") ==
          "Hugging Face has no rate that stays 0 from step 1000 on: its own rises again.");
    CHECK(text_of("cosine_with_restarts(peak_lr=1e-3, num_cycles=49, total_steps=345, warmup=100)", "hf-yaml")
              .starts_with("# by its rounding Hugging Face misses the restart at step 105, "));
}

TEST_CASE("convert: refusals name what the other has not") {
    CHECK(text_of("linear(peak_lr=1e-3, total_steps=100, warmup=10, init_lr=1e-4)", "hf-yaml") ==
          "Hugging Face has no warm-up from 1e-04 in any of its schedules.");
    CHECK(text_of("linear(peak_lr=1e-3, total_steps=100, warmup=10, first_step=from_first)", "megatron") ==
          "Megatron has no warm-up with first_step=from_first.");
    CHECK(text_of("cosine_with_restarts(peak_lr=1e-3, num_cycles=4, total_steps=1000)", "megatron") ==
          "Megatron has no restarts.");
    CHECK(text_of("cosine_with_restarts(peak_lr=1e-3, min_lr=1e-5, num_cycles=4, total_steps=1000)", "hf-yaml") ==
          "Hugging Face has no floor (min_lr) for cosine_with_restarts.");
    CHECK(text_of("polynomial(peak_lr=1e-3, power=2, total_steps=1000)", "megatron") ==
          "Megatron has no polynomial decay.");
    CHECK(text_of("cosine(peak_lr=1e-3, total_steps=1000, warmup=100)", "deepspeed") ==
          "DeepSpeed has no warm-up that rises from the first update on: its first two updates both run at the lowest "
          "rate, as delay(..., 1) of a linear warm-up does.");
    CHECK(text_of("timm::tanh_lr_scheduler(lr=1e-3, t_initial=100)", "pytorch") ==
          "No formula in Python is known for timm::tanh_lr_scheduler, which has a curve of its own.");
    CHECK(text_of("pytorch::cyclic_momentum()", "pytorch") == "A momentum of PyTorch is no learning rate.");
    CHECK(text_of("linear(peak_lr=1e-3, total_steps=5000000000)", "optax") ==
          "Optax counts updates with 32 bits, too few for step 5000000000.");
}

TEST_CASE("convert: one curve has one text, whatever it was written in") {
    const char* same[] = {
        "linear(peak_lr=1e-3, total_steps=1000, warmup=100)",
        "join(linear_warmup(peak_lr=1e-3, total_steps=100), 100, linear(peak_lr=1e-3, total_steps=900))",
        "polynomial(peak_lr=1e-3, power=1, total_steps=1000, warmup=10%)",
        "scale(advance(delay(linear(peak_lr=2e-3, total_steps=1000, warmup=100), 0), 0), 0.5)"};
    for (const auto& target : {"hf-yaml", "pytorch", "optax", "megatron"})
        for (const char* other : same)
            CHECK(text_of(other, target) == text_of(same[0], target));
    CHECK(
        text_of("optax::warmup_cosine_decay_schedule(init_value=0, peak_value=1e-3, warmup_steps=100, "
                "decay_steps=1000, end_value=1e-5)",
                "megatron") ==
        "--lr 0.001 \\\n--min-lr 1e-05 \\\n--lr-warmup-init 0 \\\n--lr-warmup-iters 100 \\\n--lr-decay-iters 1000 \\\n"
        "--lr-decay-style cosine\n");
}

TEST_CASE("convert: pytorch has classes, and a SequentialLR of them") {
    CHECK(text_of("cosine_with_min_lr(peak_lr=5e-5, min_lr=1e-6, total_steps=1200, warmup=36, past_end=wave)",
                  "pytorch") == "from torch.optim import lr_scheduler\n"
                                "\n"
                                "\n"
                                "def make_scheduler(optimizer):\n"
                                "    for group in optimizer.param_groups:\n"
                                "        group[\"lr\"] = group[\"initial_lr\"] = 5.0e-05\n"
                                "    return lr_scheduler.SequentialLR(\n"
                                "        optimizer,\n"
                                "        [\n"
                                "            lr_scheduler.LambdaLR(optimizer, lambda step: step / 36),\n"
                                "            lr_scheduler.CosineAnnealingLR(optimizer, T_max=1164, eta_min=1.0e-06),\n"
                                "        ],\n"
                                "        milestones=[36],\n"
                                "    )\n");
}

// What the script convert/prove.py ran in the others themselves. The text is the one that was run, or the refusal the same;
// and the rates are those that the others gave.
TEST_CASE("convert: what is written was run, and gave these rates") {
    std::ifstream file(std::string(PACER_TEST_DATA) + "/convert/proven.txt");
    REQUIRE(file);
    std::string line;
    std::getline(file, line);
    REQUIRE(line.starts_with("# torch "));
    std::optional<pacer::expression> lr;
    double highest = 0;
    double bound = 0;
    bool in_ulp = false;
    std::string target;
    std::string expected;
    std::string found;
    int texts = 0;
    int refusals = 0;
    const auto compare = [&] {
        INFO(target);
        CHECK(expected == found);
    };
    while (std::getline(file, line)) {
        const std::string rest = line.size() > 2 ? line.substr(2) : "";
        switch (line[0]) {
        case '>':
            UNSCOPED_INFO(rest);
            lr = pacer::parse(rest);
            highest = 0;
            for (pacer::step_t s = 0; s < 3000; ++s)
                highest = (std::max)(highest, (*lr)(s));
            break;
        case '@': {
            target = rest;
            expected.clear();
            const auto c = convert(*lr, target);
            found = c ? c.text : c.refusal;
            for (std::size_t k = c.notes.size(); k-- > 0;)
                found.insert(0, c.notes[k] + "\n");
            break;
        }
        case '%':
        case '|': expected += rest + "\n"; break;
        case '!':
            expected = rest;
            compare();
            ++refusals;
            break;
        case '~': {
            compare();
            ++texts;
            in_ulp = line.find(" ulp") != std::string::npos;
            bound = std::stod(line.substr(line.find("at most ") + 8));
            break;
        }
        case '=': {
            std::istringstream numbers(rest);
            pacer::step_t step = 0;
            for (std::string rate; numbers >> step >> rate;) {
                const double theirs = std::strtod(rate.c_str(), nullptr);
                const double ours = (*lr)(step);
                const double unit =
                    in_ulp ? std::nextafter(ours, std::numeric_limits<double>::infinity()) - ours : highest;
                INFO(target << " at step " << step << ": " << ours);
                CHECK(std::abs(ours - theirs) <= bound * unit);
            }
            break;
        }
        default: FAIL("a line of another kind: " << line);
        }
    }
    CHECK(texts > 350);
    CHECK(refusals > 200);
}

// The file read back by the reader of recipes.
TEST_CASE("convert: hf-yaml read back is the same schedule") {
    std::ifstream file(std::string(PACER_TEST_DATA) + "/convert/cases.txt");
    REQUIRE(file);
    int read = 0;
    for (std::string line; std::getline(file, line);) {
        INFO(line);
        const pacer::expression lr = pacer::parse(line);
        const auto c = convert(lr, "hf-yaml");
        if (!c)
            continue;
        const auto recipe = pacer::recipes::parse_yaml(c.text, "written.yaml");
        // What the readers of recipes do not take themselves: a floor above the rate.
        if (recipe.kwargs.min_lr.value_or(0) > recipe.learning_rate || recipe.learning_rate == 0)
            continue;
        check_read_back(lr, c.text);
        ++read;
    }
    CHECK(read > 45);
}

TEST_CASE("convert: a warm-up that falls is no decay where its shape is not the same both ways") {
    for (const char* target : {"hf-yaml", "megatron"})
        for (const char* shape : {"one_minus_sqrt", "half_life"}) {
            const auto falling = [&](const std::string& by) {
                return convert(
                    pacer::parse("constant_with_warmup(peak_lr=0, warmup=1000, warmup_shape=" + by + ", init_lr=1)"),
                    target);
            };
            CAPTURE(target, shape);
            CHECK(falling(shape).refusal.find(std::string("fall by the shape ") + shape + " run backwards") !=
                  std::string::npos);
            CHECK(falling("linear"));
        }
}

TEST_CASE("convert: a join that is begun at the last step there is has its last part") {
    const pacer::expression last =
        pacer::parse("advance(join(linear(peak_lr=1, total_steps=9), 5, constant(peak_lr=2)), endless)");
    const pacer::expression level = pacer::parse("constant(peak_lr=2)");
    for (const auto& target : pacer::analysis::conversion_targets) {
        if (!target.is_trainer)
            continue;
        CAPTURE(target.name);
        CHECK(convert(level, target.name).text == convert(last, target.name).text);
    }
}

TEST_CASE("convert: hf-yaml of what its reader refuses is refused") {
    const auto is_refused = [](const char* expression, const char* why) {
        INFO(expression);
        const auto c = convert(pacer::parse(expression), "hf-yaml");
        CHECK(!c);
        CHECK(c.refusal.find(why) != std::string::npos);
    };
    is_refused("polynomial(peak_lr=1e-3, end_lr=1e-3, power=2, total_steps=90, warmup=9)",
               "polynomial whose end is not below its peak");
    is_refused("cooldown(constant(peak_lr=2), at=9007199254740992, over=3, to=1, shape=cosine)",
               "run of more than 2^53 updates");
    is_refused("hf::get_wsd_schedule(lr=1e-3, num_warmup_steps=9007199254740991, num_decay_steps=9007199254740991, "
               "num_training_steps=1000, num_stable_steps=1000)",
               "run of more than 2^53 updates");
    is_refused("hf::get_cosine_schedule_with_warmup(lr=1e-3, num_warmup_steps=2, num_training_steps=0)",
               "run of 0 updates");
    is_refused("scale(scale(linear(peak_lr=2, total_steps=100), 1e300), 1e300)", "rates beyond the largest double");
    const auto longest =
        convert(pacer::parse("scale(burn::cosine_annealing(initial_lr=1, num_iters=9007199254740992, min_lr=1), 1)"),
                "hf-yaml");
    CHECK(longest.text.find("max_steps: 9007199254740992\n") != std::string::npos);
}

TEST_CASE("convert: hf-yaml of Hugging Face's own schedules has their fields as they are") {
    CHECK(text_of("hf::get_wsd_schedule(lr=1e-3, num_warmup_steps=10, num_stable_steps=30, num_decay_steps=20)",
                  "hf-yaml") == "learning_rate: 0.001\n"
                                "lr_scheduler_type: warmup_stable_decay\n"
                                "lr_scheduler_kwargs:\n"
                                "  num_decay_steps: 20\n"
                                "  num_stable_steps: 30\n"
                                "max_steps: 60\n"
                                "warmup_steps: 10\n");
    const auto timed =
        convert(pacer::parse("hf::get_inverse_sqrt_schedule(lr=1e-3, num_warmup_steps=10, timescale=20)"), "hf-yaml");
    CHECK(timed.text.ends_with(
        "lr_scheduler_type: inverse_sqrt\nlr_scheduler_kwargs:\n  timescale: 20\nwarmup_steps: 10\n"));
    REQUIRE(timed.notes.size() == 2);
    CHECK(timed.notes[1] == "transformers 5 takes the timescale; 4 ignores it, and its curve is another");
    const auto waves = convert(pacer::parse("hf::cosine_warmup_with_min_lr(peak_lr=1e-3, min_lr=1e-4, total_steps=100, "
                                            "num_cycles=1.5, warmup=10, init_lr=1e-4)"),
                               "hf-yaml");
    CHECK(waves.text.ends_with("  min_lr: 1.0e-04\n  num_cycles: 1.5\n  warmup_lr_rate: 0.1\nmax_steps: 100\n"
                               "warmup_steps: 10\n"));
}

TEST_CASE("convert: hf-yaml refuses a part that none of its schedules has there") {
    const auto is_refused = [](const char* expression, const char* what) {
        INFO(expression);
        CHECK(text_of(expression, "hf-yaml") == "Hugging Face has no " + std::string(what) + ".");
    };
    is_refused("join(constant_with_warmup(peak_lr=1e-3, total_steps=50, warmup=10), 50, inverse_sqrt(peak_lr=1e-3))",
               "stable part before this decay");
    is_refused("join(linear_warmup(peak_lr=1e-3, total_steps=10), 10, advance(inverse_sqrt(peak_lr=1e-3), 5))",
               "decay that has begun before the warm-up ends");
    is_refused("advance(cosine(peak_lr=1e-3, total_steps=100), 50)", "decay that has begun before the warm-up ends");
    is_refused("join(linear(peak_lr=1e-3, total_steps=100), 50, constant(peak_lr=1e-4))", "decay that is cut");
    is_refused("join(linear_warmup(peak_lr=1e-3, total_steps=10), 10, "
               "linear_warmup(init_lr=1e-3, peak_lr=2e-3, total_steps=10))",
               "rise after its first part");
    is_refused("join(constant(peak_lr=1e-3), 10, linear_warmup(init_lr=1e-3, peak_lr=2e-3, total_steps=10))",
               "rise after its first part");
    is_refused("warmup_stable_decay(peak_lr=1e-3, stable_steps=30, decay_steps=20, decay_shape=one_minus_sqrt, "
               "warmup=10, warmup_shape=power(2))",
               "warm-up by the shape power(2)");
    is_refused("warmup_stable_decay(peak_lr=1e-3, stable_steps=30, decay_steps=20, decay_shape=power(2), warmup=10)",
               "polynomial decay");
    is_refused("product(cosine(peak_lr=1e-3, total_steps=100), linear(peak_lr=1, total_steps=100))",
               "operator product");
    is_refused("advance(repeat(linear(peak_lr=1e-3, total_steps=10), 3), 5)", "operator advance");
    is_refused("join(cosine_with_restarts(peak_lr=1e-3, num_cycles=2, total_steps=100), 100, constant(peak_lr=1e-4))",
               "rate that stays 1e-04 from step 100 on: its own is 0");
}

TEST_CASE("convert: Megatron refuses what its styles have not") {
    const auto is_refused = [](const char* expression, const char* what) {
        INFO(expression);
        CHECK(text_of(expression, "megatron") == "Megatron has no " + std::string(what) + ".");
    };
    CHECK(text_of("megatron::weight_decay(start_wd=0.1, end_wd=0.1, wd_incr_steps=0)", "megatron") ==
          "Megatron's weight decay is no learning rate.");
    is_refused("join(linear_warmup(peak_lr=1e-3, total_steps=10), 10, "
               "linear_warmup(init_lr=1e-3, peak_lr=2e-3, total_steps=10))",
               "rise after its first part");
    is_refused("join(linear(peak_lr=1e-3, total_steps=100), 50, constant(peak_lr=1e-4))",
               "decay that is cut, or goes on past its end");
    is_refused("join(linear(peak_lr=1e-3, total_steps=100), 100, constant(peak_lr=1e-4))",
               "rate that stays 1e-04 from step 100 on");
    is_refused(
        "join(linear_warmup(peak_lr=1e-3, total_steps=10), 10, advance(linear(peak_lr=1e-3, total_steps=100), 5))",
        "decay that has begun before the warm-up ends");
}

// The configuration read back: DeepSpeed's own schedule, with the same rates.
TEST_CASE("convert: DeepSpeed has a warm-up one update late, with a cosine after it, and a cycle with a tail") {
    const auto is_same = [](const char* expression, const char* params, const char* own) {
        INFO(expression);
        const auto c = convert(pacer::parse(expression), "deepspeed");
        CHECK(c.text.find(params) != std::string::npos);
        const pacer::expression lr = pacer::parse(expression);
        const pacer::expression theirs = pacer::parse(own);
        for (pacer::step_t s = 0; s < 200; ++s)
            if (std::abs(lr(s) - theirs(s)) > 1e-18)
                FAIL_CHECK(s << ": " << lr(s) << " for " << theirs(s));
    };
    is_same("join(constant(peak_lr=0), 1, linear_warmup(peak_lr=1e-3, total_steps=10), 11, "
            "advance(cosine_with_min_lr(peak_lr=1e-3, min_lr=1e-4, total_steps=90), 1), 100, constant(peak_lr=1e-4))",
            "\"type\": \"WarmupCosineLR\",\n    \"params\": {\n      \"total_num_steps\": 100,\n"
            "      \"warmup_min_ratio\": 0,\n      \"warmup_num_steps\": 10,\n      \"cos_min_ratio\": 0.1,\n"
            "      \"warmup_type\": \"linear\"\n",
            "deepspeed::warmup_cosine_lr(lr=1e-3, total_num_steps=100, warmup_num_steps=10, cos_min_ratio=0.1, "
            "warmup_type=linear)");
    is_same("join(linear_warmup(init_lr=1e-4, peak_lr=1e-3, total_steps=10), 10, "
            "linear(peak_lr=1e-3, end_lr=1e-4, total_steps=10), 20, "
            "inverse_time(peak_lr=1e-4, decay_rate=0.1, every=5))",
            "\"cycle_min_lr\": 1e-04,\n      \"cycle_max_lr\": 0.001,\n      \"decay_lr_rate\": 0.1,\n"
            "      \"cycle_first_step_size\": 10,\n      \"cycle_second_step_size\": 10,\n"
            "      \"decay_step_size\": 5,\n",
            "deepspeed::one_cycle(cycle_min_lr=1e-4, cycle_max_lr=1e-3, cycle_first_step_size=10, decay_step_size=5, "
            "decay_lr_rate=0.1)");
    CHECK(text_of("deepspeed::one_cycle_momentum()", "deepspeed") == "DeepSpeed's momentum is no learning rate.");
    CHECK(text_of("join(constant(peak_lr=1e-4), 1, inverse_sqrt(peak_lr=1e-3), 11, constant(peak_lr=1e-4))",
                  "deepspeed") == "DeepSpeed has no inverse_sqrt from update 1 on but a line or a logarithm.");
    CHECK(text_of("join(constant(peak_lr=1e-4), 1, linear_warmup(init_lr=1e-4, peak_lr=1e-3, total_steps=10), 11, "
                  "inverse_sqrt(peak_lr=1e-3))",
                  "deepspeed") == "DeepSpeed has no inverse_sqrt after a warm-up that is one update late.");
}

TEST_CASE("convert: pytorch counts milestones that are part of something, and cycles in a sequence") {
    const auto has = [](const char* expression, const char* part) {
        INFO(expression);
        const std::string text = text_of(expression, "pytorch");
        INFO(text);
        CHECK(text.find(part) != std::string::npos);
    };
    has("sum(multi_step(peak_lr=1e-3, milestones=[30], factor=0.1), constant(peak_lr=1e-5))",
        "return (0.001 * 0.1 ** sum(step >= m for m in (30,))) + 1.0e-05\n");
    has("sum(multi_step(peak_lr=1e-3, milestones=[30, 60], factor=0.1), constant(peak_lr=1e-5))",
        "return (0.001 * 0.1 ** sum(step >= m for m in (30, 60))) + 1.0e-05\n");
    has("advance(multi_step(peak_lr=1e-3, milestones=[30, 60], factor=0.1), 5)",
        "return 0.001 * 0.1 ** sum(step + 5 >= m for m in (30, 60))\n");
    has("join(cyclic(min_lr=1e-4, peak_lr=1e-3, up_steps=100, down_steps=50), 1500, constant(peak_lr=1e-4))",
        "lr_scheduler.CyclicLR(optimizer, base_lr=1.0e-04, max_lr=0.001, step_size_up=100, step_size_down=50, "
        "cycle_momentum=False),\n");
}

TEST_CASE("convert: a curve that has no formula is named, also inside of an operator") {
    const char* const moved =
        "rescale(cosine(peak_lr=1e-3, total_steps=100), 40, exponential(peak_lr=1e-3, end_lr=1e-4, total_steps=100))";
    const std::string no_ramp = "No formula in Python is known for rescale of a schedule that is no ramp or wave.";
    CHECK(text_of(moved, "optax") == no_ramp);
    CHECK(text_of(("sum(" + std::string(moved) + ", constant(peak_lr=1))").c_str(), "optax") == no_ramp);
    CHECK(text_of("sgdr(peak_lr=1e-3, cycle_steps=10, peak_factor=0.9, min_lr=1e-4)", "optax") ==
          "No formula in Python is known for sgdr of more than 64 cycles whose peaks fall.");
    CHECK(text_of("deepspeed::one_cycle(cycle_min_lr=1e-4, cycle_max_lr=1e-3, cycle_first_stair_count=2)", "pytorch") ==
          "No formula in Python is known for deepspeed::one_cycle with stairs.");
}

TEST_CASE("convert: DeepSpeed has none of what comes after its late warm-up, or before, but its own") {
    // Up to update 11: the rate that is waited at, and the warm-up.
    const auto after_warmup = [](const char* expression) {
        return text_of(
            ("join(constant(peak_lr=0), 1, linear_warmup(peak_lr=1e-3, total_steps=10), 11, " + std::string(expression))
                .c_str(),
            "deepspeed");
    };
    const auto refusal = [](const char* what) {
        return "DeepSpeed has no " + std::string(what) + " after a warm-up that is one update late.";
    };
    for (const char* line : {"linear(peak_lr=2e-3, total_steps=90))",                               // from elsewhere
                             "linear(peak_lr=1e-3, total_steps=90), 101, constant(peak_lr=1e-5))",  // goes on elsewhere
                             "advance(linear(peak_lr=1e-3, total_steps=90), 5))",                   // has begun
                             "linear(peak_lr=1e-3, total_steps=90), 81, constant(peak_lr=0))",      // is cut
                             "linear(peak_lr=1e-3, end_lr=1e-5, total_steps=90))"}) {               // ends elsewhere
        INFO(line);
        CHECK(after_warmup(line) == refusal("linear ramp"));
    }
    for (const char* wave : {"cosine(peak_lr=1e-3, total_steps=90))",
                             "advance(cosine(peak_lr=1e-3, total_steps=90), 1), 90, constant(peak_lr=0))"}) {
        INFO(wave);
        CHECK(after_warmup(wave) == refusal("cosine ramp"));
    }
    CHECK(after_warmup("exponential(peak_lr=1e-3, end_lr=1e-5, total_steps=90))") == refusal("exponential decay"));
    CHECK(after_warmup("optax::cosine_decay_schedule(init_value=1e-3, decay_steps=90, exponent=2))") ==
          refusal("power of a cosine"));
    const auto is_refused = [](const char* expression, const std::string& text) {
        INFO(expression);
        CHECK(text_of(expression, "deepspeed") == text);
    };
    // It waits at another rate than the warm-up starts from.
    is_refused("join(constant(peak_lr=5e-5), 1, linear_warmup(init_lr=1e-4, peak_lr=1e-3, total_steps=10), 11, "
               "constant(peak_lr=1e-3))",
               refusal("part at one rate"));
    is_refused("join(constant(peak_lr=1e-5), 1, linear_warmup(peak_lr=1e-3, total_steps=10), 11, "
               "linear(peak_lr=1e-3, total_steps=90))",
               refusal("linear ramp"));
    is_refused("join(constant(peak_lr=1e-5), 1, linear_warmup(peak_lr=1e-3, total_steps=10), 11, "
               "advance(cosine(peak_lr=1e-3, total_steps=90), 1))",
               refusal("cosine ramp"));
    // It falls to 0, so that there is no highest rate.
    is_refused("join(constant(peak_lr=0), 1, linear(peak_lr=1e-3, total_steps=10), 11, "
               "advance(cosine(peak_lr=0, total_steps=90), 1))",
               refusal("cosine ramp"));
    const std::string other_warmup = "DeepSpeed has no linear ramp from update 1 on but a line or a logarithm.";
    is_refused("join(constant(peak_lr=1e-4), 1, advance(linear_warmup(peak_lr=1e-3, total_steps=10), 5))",
               other_warmup);
    is_refused("join(constant(peak_lr=0), 1, linear_warmup(peak_lr=1e-3, total_steps=1))", other_warmup);
}

TEST_CASE("convert: DeepSpeed's cycle has two lines between two rates, and its own tail") {
    const auto rising = [](const char* up, const char* down, const char* tail) {
        const std::string text = "join(linear_warmup(init_lr=1e-4, peak_lr=1e-3, total_steps=" + std::string(up) +
                                 "), 10, linear(peak_lr=1e-3, end_lr=1e-4, total_steps=" + down + "), 20, " + tail +
                                 ")";
        return text_of(text.c_str(), "deepspeed");
    };
    CHECK(contains(rising("10", "10", "constant(peak_lr=1e-4)"),
                   "\"cycle_first_step_size\": 10,\n      \"cycle_second_step_size\": 10,\n"
                   "      \"decay_step_size\": 0,\n"));
    const std::string refusal =
        "DeepSpeed has no warm-up that rises from the first update on: its first two updates both run at the lowest "
        "rate, as delay(..., 1) of a linear warm-up does.";
    CHECK(rising("20", "10", "constant(peak_lr=1e-4)") == refusal);
    CHECK(rising("10", "20", "constant(peak_lr=1e-4)") == refusal);
    for (const char* tail : {"exponential(peak_lr=1e-4, gamma=0.9)", "inverse_time(peak_lr=2e-4, decay_rate=0.1)",
                             "inverse_time(peak_lr=1e-4, decay_rate=0.1, power=2)",
                             "inverse_time(peak_lr=1e-4, decay_rate=0.1, staircase=true)",
                             "inverse_time(peak_lr=1e-4, decay_rate=0.1, min_lr=1e-5)"}) {
        INFO(tail);
        CHECK(rising("10", "10", tail) == refusal);
    }
    // Its own, with no tail that falls.
    const char* const without_tail =
        "deepspeed::one_cycle(cycle_min_lr=1e-4, cycle_max_lr=1e-3, cycle_first_step_size=10)";
    for (const char* fields :
         {"cycle_second_stair_count=0", "decay_lr_rate=0.1, decay_step_size=0", "decay_lr_rate=0, decay_step_size=5"}) {
        INFO(fields);
        const std::string cycle = "deepspeed::one_cycle(cycle_min_lr=1e-4, cycle_max_lr=1e-3, "
                                  "cycle_first_step_size=10, " +
                                  std::string(fields) + ")";
        CHECK(text_of(cycle.c_str(), "optax") == text_of(without_tail, "optax"));
    }
}

TEST_CASE("convert: what is scaled is the same curve between other rates, where there is one") {
    CHECK(text_of("scale(multi_step(peak_lr=1e-3, milestones=[30, 60], factor=0.1), 0.5)", "pytorch") ==
          text_of("multi_step(peak_lr=5e-4, milestones=[30, 60], factor=0.1)", "pytorch"));
    // From 0 to 0 there is no exponential decay.
    CHECK(contains(text_of("scale(exponential(peak_lr=1e-3, end_lr=1e-4, total_steps=100), 0)", "optax"),
                   "lr = lambda step: 0 * part_1(step)\n"));
    CHECK(contains(text_of("scale(product(exponential(peak_lr=1e-3, end_lr=1e-4, total_steps=100), "
                           "linear(peak_lr=1, total_steps=100)), 0)",
                           "optax"),
                   "lr = lambda step: 0 * (part_1(step) * part_2(step))\n"));
    CHECK(text_of("rescale(cosine(peak_lr=1e-3, total_steps=100), 40, "
                  "product(cosine_with_min_lr(peak_lr=1e-3, min_lr=1e-4, total_steps=100), constant(peak_lr=1)))",
                  "optax") == "No formula in Python is known for rescale of a schedule that is no ramp or wave.");
}

TEST_CASE("convert: cycles whose peaks fall to 0 are one cycle, scaled") {
    CHECK(text_of("cyclic(peak_lr=1e-3, min_lr=0, up_steps=20, mode=triangular2)", "optax")
              .ends_with("\n\nlr = lambda step: part_1(step % 40) * 0.5 ** (step // 40)\n"));
    CHECK(text_of("cyclic(peak_lr=1e-3, min_lr=0, up_steps=20, mode=exp_range, gamma=0.99)", "optax")
              .ends_with("\n\nlr = lambda step: part_1(step % 40) * (0.99 ** step)\n"));
    CHECK(text_of("sgdr(peak_lr=1e-3, cycle_steps=100, peak_factor=0.5, warmup=10)", "optax")
              .ends_with("\n\nlr = lambda step: part_1(step % 100) * 0.5 ** (step // 100)\n"));
    // A first warm-up from elsewhere, or a floor, and each cycle is another.
    CHECK(contains(text_of("sgdr(peak_lr=1e-3, cycle_steps=100, peak_factor=0.5, warmup=10, init_lr=1e-4, "
                           "total_steps=300)",
                           "optax"),
                   "[step < 10, step < 100, step < 110, step < 200, step < 210]"));
    CHECK(
        contains(text_of("sgdr(peak_lr=1e-3, cycle_steps=100, peak_factor=0.5, min_lr=1e-5, total_steps=300)", "optax"),
                 "[step < 100, step < 200]"));
}

TEST_CASE("convert: a wave one update ahead that goes on is as long as the run") {
    const auto is_same = [](const char* expression, const char* end) {
        INFO(expression);
        const pacer::expression lr = pacer::parse(expression);
        const auto c = convert(lr, "hf-yaml");
        INFO(c.text << c.refusal);
        CHECK(c.text.ends_with(end));
        check_read_back(lr, c.text);
    };
    is_same("hf::cosine_warmup_with_min_lr(peak_lr=1e-3, min_lr=1e-4, total_steps=100, past_end=wave)",
            "  min_lr: 1.0e-04\nmax_steps: 100\nwarmup_steps: 0\n");
    is_same("hf::cosine_warmup_with_min_lr(peak_lr=1e-3, min_lr=1e-4, total_steps=100, num_cycles=1.5, warmup=10, "
            "past_end=wave)",
            "  min_lr: 1.0e-04\n  num_cycles: 1.5\nmax_steps: 100\nwarmup_steps: 10\n");
    // A warm-up of one update, at its first rate.
    is_same("hf::cosine_warmup_with_min_lr(peak_lr=1e-3, min_lr=1e-4, total_steps=100, warmup=1, init_lr=1e-4)",
            "  min_lr: 1.0e-04\n  warmup_lr_rate: 0.1\nmax_steps: 100\nwarmup_steps: 1\n");
    is_same("join(linear_warmup(peak_lr=1e-3, total_steps=1), 1, "
            "advance(cosine(peak_lr=1e-3, total_steps=100, past_end=wave), 1))",
            "  min_lr: 0.0\n  warmup_lr_rate: 0.0\nmax_steps: 101\nwarmup_steps: 1\n");
    const auto is_refused = [](const char* warmup, const char* what) {
        INFO(warmup);
        const std::string text =
            "join(" + std::string(warmup) + ", advance(cosine(peak_lr=1e-3, total_steps=100, past_end=wave), 1))";
        CHECK(text_of(text.c_str(), "hf-yaml") == "Hugging Face has no " + std::string(what) + ".");
    };
    const char* const begun = "decay that has begun before the warm-up ends";
    is_refused("constant(peak_lr=1e-3), 10", begun);
    is_refused("linear_warmup(peak_lr=1e-3, total_steps=10), 10", begun);
    const char* const warmup = "such warm-up for cosine_warmup_with_min_lr";
    is_refused("constant_with_warmup(peak_lr=1e-3, warmup=exact(3.3%), total_steps=100), 4", warmup);
    is_refused("linear_warmup(peak_lr=1e-3, total_steps=10, first_step=over_plus_one), 10", warmup);
    is_refused("linear_warmup(peak_lr=1e-3, total_steps=10, first_step=from_first, warmup_shape=cosine), 10", warmup);
    is_refused("linear_warmup(peak_lr=1e-3, init_lr=1e-4, total_steps=10, first_step=from_first), 10", warmup);
}

TEST_CASE("convert: what has begun before its first update is said to") {
    const char* const late = "advance(linear(peak_lr=1e-3, total_steps=100, warmup=10), 5)";
    CHECK(text_of(late, "hf-yaml") ==
          "Hugging Face has no warm-up that has begun before its first update in any of its schedules.");
    CHECK(text_of(late, "megatron") == "Megatron has no warm-up that has begun before its first update.");
    CHECK(text_of("linear(peak_lr=1e-3, total_steps=100, warmup=exact(3.3%))", "hf-yaml") ==
          "Hugging Face has no warm-up that ends between two updates (exact) in any of its schedules.");
    // The longest cycle is all of the run.
    CHECK(text_of("sgdr(peak_lr=1e-3, cycle_steps=9007199254740992, growth=2)", "hf-yaml") ==
          "Hugging Face has no rate that stays 0 from step 9007199254740992 on: its own rises again.");
    CHECK(text_of("advance(sgdr(peak_lr=1e-3, cycle_steps=9007199254740992, growth=2), 5)", "hf-yaml") ==
          "Hugging Face has no decay that has begun before the warm-up ends.");
}

TEST_CASE("convert: hf-yaml tells of the restarts that are missed, and of no others") {
    CHECK(text_of("cosine_with_restarts(peak_lr=1e-3, num_cycles=131072, total_steps=262144)", "hf-yaml") ==
          "learning_rate: 0.001\nlr_scheduler_type: cosine_with_restarts\nlr_scheduler_kwargs:\n"
          "  num_cycles: 131072.0\nmax_steps: 262144\nwarmup_steps: 0\n");
    // Its one restart is between two updates, though their doubles are one.
    CHECK_FALSE(
        contains(text_of("cosine_with_restarts(peak_lr=1e-3, num_cycles=1.3, total_steps=9007199254740991)", "hf-yaml"),
                 "misses"));
}

TEST_CASE("convert: a decay after a stable part has Hugging Face's shapes, all of it") {
    const auto is_refused = [](const char* expression, const char* what) {
        INFO(expression);
        CHECK(text_of(expression, "hf-yaml") == "Hugging Face has no " + std::string(what) + ".");
    };
    is_refused("join(constant(peak_lr=1e-3), 10, optax::cosine_decay_schedule(init_value=1e-3, decay_steps=90, "
               "exponent=2))",
               "power of a cosine");
    is_refused("join(constant(peak_lr=1e-3), 10, linear(peak_lr=1e-3, total_steps=90), 50, constant(peak_lr=1e-4))",
               "decay that has begun before, or is cut");
    is_refused("warmup_stable_decay(peak_lr=1e-3, min_lr=1e-5, init_lr=1e-5, stable_steps=30, decay_steps=20, "
               "warmup=10, first_step=from_first)",
               "warm-up with first_step=from_first");
}

TEST_CASE("convert: Megatron's inverse square root starts with the end of a warm-up that is as long as its scale") {
    for (const char* other :
         {"join(constant_with_warmup(peak_lr=1e-3, total_steps=50, warmup=10), 50, inverse_sqrt(peak_lr=1e-3))",
          "join(linear_warmup(peak_lr=1e-3, total_steps=10), 10, advance(inverse_sqrt(peak_lr=1e-3, timescale=10), "
          "5))"}) {
        INFO(other);
        CHECK(text_of(other, "megatron") == "Megatron has no inverse_sqrt.");
    }
    // Its length divided by 21, times 21, is another number.
    CHECK(text_of("join(constant_with_warmup(peak_lr=1e-3, warmup=exact(3.3%), total_steps=100), 4, "
                  "linear(peak_lr=1e-3, total_steps=17))",
                  "megatron") == "Megatron has no fraction whose warm-up is exactly 3.3000000000000003 iterations.");
}

TEST_CASE("convert: Optax's warm-up and cosine in one are for what is all of both") {
    const auto schedules_of = [](const char* expression) {
        const std::string text = text_of(expression, "optax");
        const std::size_t at = text.find("lr = ");
        return at == std::string::npos ? text : text.substr(at);
    };
    const char* const rise = "        optax.linear_schedule(init_value=0.0, end_value=0.001, transition_steps=10),\n";
    const auto joined = [](const std::string& parts, const char* boundaries) {
        return "lr = optax.join_schedules(\n    [\n" + parts + "    ],\n    boundaries=[" + boundaries + "],\n)\n";
    };
    CHECK(schedules_of("join(linear_warmup(peak_lr=1e-3, total_steps=10), 10, "
                       "advance(cosine(peak_lr=1e-3, total_steps=100), 5))") ==
          joined(rise + std::string("        lambda step: 0.001 * jnp.sin(jnp.pi * (95 - step) / 200) ** 2,\n"
                                    "        optax.constant_schedule(0.0),\n"),
                 "10, 105"));
    const std::string fall = "        optax.cosine_decay_schedule(init_value=0.001, decay_steps=100),\n";
    CHECK(schedules_of("join(linear_warmup(peak_lr=1e-3, total_steps=10), 10, "
                       "cosine(peak_lr=1e-3, total_steps=100), 60, constant(peak_lr=0))") ==
          joined(rise + fall + "        optax.constant_schedule(0.0),\n", "10, 60"));
    CHECK(schedules_of("join(linear_warmup(peak_lr=1e-3, total_steps=10), 10, "
                       "cosine(peak_lr=1e-3, total_steps=100), 110, constant(peak_lr=1e-5))") ==
          joined(rise + fall + "        optax.constant_schedule(1.0e-05),\n", "10, 110"));
    CHECK(
        schedules_of("join(linear_warmup(peak_lr=1e-3, total_steps=10), 10, "
                     "cosine(peak_lr=2e-3, total_steps=100))") ==
        joined(rise + std::string("        optax.cosine_decay_schedule(init_value=0.002, decay_steps=100),\n"), "10"));
    CHECK(schedules_of("join(linear(peak_lr=1e-3, total_steps=10), 10, cosine(peak_lr=0, total_steps=100))") ==
          joined("        optax.linear_schedule(init_value=0.001, end_value=0.0, transition_steps=10),\n"
                 "        lambda step: 0 * jnp.sin(jnp.pi * (100 - step) / 200) ** 2,\n"
                 "        optax.constant_schedule(0.0),\n",
                 "10, 110"));
    CHECK(schedules_of("scale(optax::warmup_cosine_decay_schedule(init_value=0, peak_value=1e-3, warmup_steps=100, "
                       "decay_steps=1000, exponent=2), 0.5)") ==
          "lr = optax.warmup_cosine_decay_schedule(\n    init_value=0.0, peak_value=5.0e-04, warmup_steps=100, "
          "decay_steps=1000,\n    end_value=0.0, exponent=2)\n");
}

TEST_CASE("convert: PyTorch's classes are for what starts from the rate of the optimizer") {
    const auto has = [](const char* expression, const char* part) {
        INFO(expression);
        const std::string text = text_of(expression, "pytorch");
        INFO(text);
        CHECK(contains(text, part));
    };
    has("join(multi_step(peak_lr=1e-3, milestones=[30, 60], factor=0.1), 100, constant(peak_lr=2e-3))",
        "def rate(step):\n    if step < 100:\n        return 0.001 * 0.1 ** sum(step >= m for m in (30, 60))\n"
        "    return 0.002\n");
    has("join(sgdr(peak_lr=1e-3, cycle_steps=10), 100, constant(peak_lr=2e-3))",
        "def rate(step):\n    if step < 100:\n        return part_1(step % 10)\n    return 0.002\n");
    has("join(sgdr(peak_lr=1e-3, cycle_steps=10), 100, constant(peak_lr=1e-3))",
        "            lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=10),\n"
        "            lr_scheduler.LambdaLR(optimizer, lambda step: 1.0),\n");
    has("join(sgdr(peak_lr=1e-3, cycle_steps=10, growth=2, warmup=2), 100, constant(peak_lr=1e-3))",
        "def part_1(step):\n    if step < 2:\n        return 0.001 * (step / 2)\n");
    has("join(scale(sgdr(peak_lr=1e-3, cycle_steps=10, growth=2), 0.5), 100, constant(peak_lr=1e-3))",
        "def part_1(step):\n    if step < 10:\n        return 5e-04 * math.sin(math.pi * (10 - step) / 20) ** 2\n");
    has("join(cyclic(min_lr=1e-4, peak_lr=1e-3, up_steps=100, mode=exp_range, gamma=0.99), 1500, "
        "constant(peak_lr=1e-4))",
        "CyclicLR(optimizer, base_lr=1.0e-04, max_lr=0.001, step_size_up=100, step_size_down=100, "
        "mode=\"exp_range\", gamma=0.99, cycle_momentum=False),\n");
    // A half wave is of 50 updates, but 50 times 0.58 is not 29 by doubles.
    has("cosine(peak_lr=1e-3, num_cycles=0.29, total_steps=29, past_end=wave)",
        "return lr_scheduler.LambdaLR(optimizer, rate)\n");
    // Where it has no rise, or nothing after it, OneCycleLR divides by 0.
    for (const char* share : {"0.01", "1"}) {
        const std::string all = "one_cycle(peak_lr=1e-3, total_steps=100, pct_start=" + std::string(share) + ")";
        CHECK_FALSE(contains(text_of(all.c_str(), "pytorch"), "OneCycleLR"));
    }
    has("pytorch::swalr(lr=1e-3, swa_lr=0)", "return swa_utils.SWALR(optimizer, swa_lr=0.0)\n");
    has("pytorch::one_cycle_lr(max_lr=1, total_steps=100, three_phase=true)",
        "return lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=100, three_phase=True, "
        "cycle_momentum=False)\n");
    CHECK(text_of("pytorch::one_cycle_momentum(total_steps=100)", "pytorch") ==
          "A momentum of PyTorch is no learning rate.");
}
