// SPDX-License-Identifier: MIT
#include "support/schedules.hpp"
#include "training/same.hpp"
#include "training/scratch.hpp"

#include <pacer/training/checkpoint.hpp>
#include <pacer/training/plateau.hpp>

#include <bit>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#if PACER_HAS_POSIX
#include <csignal>
#include <sys/wait.h>
#endif

namespace {

using pacer::checkpoint;
using pacer::expression;
using pacer::progress;
using pacer::step_t;
using support::contents;
using support::scratch;

const std::string frozen = PACER_TEST_DATA "/data/checkpoints/";

void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

template <class Act>
std::string reason(Act act) {
    try {
        act();
    } catch (const pacer::checkpoint_error& error) {
        return error.what();
    }
    return "accepted";
}

std::string reason_for(const std::string& text) {
    return reason([&] { static_cast<void>(pacer::from_text(text)); });
}

// With a checksum that fits, so that what is behind the checksum is tested.
std::string sealed(const std::string& text) { return text + pacer::detail::checksum_line(text); }

// The text without its last line.
std::string unsealed(const std::string& text) { return text.substr(0, text.rfind("checksum ")); }

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

// One with everything in it that version 1 had.
checkpoint crowded() {
    const expression old = pacer::delay(pacer::warmup_stable_decay{{.peak_lr = 0.1 + 0.2,
                                                                    .min_lr = 5e-324,
                                                                    .stable_steps = 7,
                                                                    .decay_steps = 20,
                                                                    .warmup = pacer::warmup_steps(3)}},
                                        12);
    const expression cosine =
        pacer::delay(pacer::cosine_with_min_lr{{.peak_lr = 1.0 / 3,
                                                .min_lr = 1e-7,
                                                .total_steps = 1001,
                                                .warmup = pacer::warmup_ratio(1.0 / 8, pacer::rounding::exact)}},
                     9);
    const expression blended = pacer::blend(old, 100, 50, cosine);
    const expression rewarmed = pacer::rewarm(blended, 100, 50, cosine, pacer::ramp_shape::one_minus_sqrt);
    return {.at = progress({.updates = 11, .samples = 222, .tokens = 3333, .skipped = 4}),
            .curve = {pacer::rescale(rewarmed, 100, cosine), pacer::run_clock::tokens}};
}

checkpoint usual() {
    return {.at = progress({.updates = 1200, .samples = 38'400, .tokens = 19'660'800, .skipped = 3}),
            .curve = pacer::cosine_with_min_lr{
                {.peak_lr = 3e-4, .min_lr = 3e-5, .total_steps = 10'000, .warmup = pacer::warmup_ratio(0.03)}}};
}

// One with all that version 3 has room for.
checkpoint with_states() {
    checkpoint c = usual();
    c.curve.schedule = pacer::delay(c.curve.schedule, 1000);
    c.curve.restarted_at = 1000;
    const pacer::plateau_state plateau{.lr = 0.05, .best = 0.3125, .bad = 2, .cooldown = 0, .metrics = 17};
    c.states = {
        {"plateau", to_text(plateau)}, {"rng", std::string("\0checksum 0\nstate x 1 0\n\377", 25)}, {"empty", ""}};
    return c;
}

bool same_bits(const expression& a, const expression& b, step_t last) {
    for (step_t step = -1; step <= last; ++step)
        if (!support::same(a(step), b(step), 0.3))
            return false;
    return a.total_steps() == b.total_steps() && a(support::last_step) == b(support::last_step);
}

}  // namespace

TEST_CASE("the text is what the header says") {
    const std::string text = pacer::to_text(usual());
    CHECK(text ==
          "pacer checkpoint 2\n"
          "updates 1200\n"
          "samples 38400\n"
          "tokens 19660800\n"
          "skipped 3\n"
          "clock updates\n"
          "curve cosine_with_min_lr(peak_lr=3e-04, min_lr=3e-05, num_cycles=0.5, total_steps=10000, warmup=300, "
          "warmup_shape=linear, init_lr=0, first_step=from_zero, past_end=hold)\n" +
              text.substr(text.rfind("checksum ")));
    CHECK(text.size() < 512);
    CHECK(pacer::to_text(pacer::from_text(text)) == text);
}

TEST_CASE("what is read is what was written, with everything in it") {
    const checkpoint c = crowded();
    const std::string text = pacer::to_text(c);
    const checkpoint back = pacer::from_text(text);
    CHECK(back.at == c.at);
    CHECK(back.curve.clock == pacer::run_clock::tokens);
    CHECK(pacer::to_text(back) == text);
    CHECK(same_bits(c.curve.schedule, back.curve.schedule, 2000));
}

TEST_CASE("stopping at any step and going on gives the same bits as never stopping") {
    support::complaints wrong;
    support::for_each_schedule([&](auto row) {
        if constexpr (pacer::NamedSchedule<decltype(row.template make<double>(support::settings{}))>) {
            support::for_small_settings(row, [&](const support::settings& s) {
                const auto lr = row.template make<double>(s);
                progress at;
                const step_t last = s.total + 3;
                for (step_t cut = 0; cut <= last; ++cut) {
                    const checkpoint back = pacer::from_text(pacer::to_text({.at = at, .curve = lr}));
                    if (back.at != at)
                        wrong.add(describe(s), "position ", back.at.updates(), " is not ", cut);
                    // The rest of a curve depends on nothing but these bits, so it is enough to go on once from each cut.
                    const expression again = back.curve.schedule;
                    for (step_t step = cut; step <= last; ++step)
                        if (!support::same(again(step), lr(step), s.peak))
                            wrong.add(describe(s), "cut at ", cut, ", step ", step);
                    at.apply();
                }
            });
        }
    });
    CHECK(wrong.text() == "");
}

TEST_CASE("and so does a long run, cut at random") {
    support::complaints wrong;
    support::dice roll(11);
    support::for_each_schedule([&](auto row) {
        if constexpr (pacer::NamedSchedule<decltype(row.template make<double>(support::settings{}))>) {
            support::for_large_settings(row, [&](const support::settings& s) {
                const auto lr = row.template make<double>(s);
                const step_t cut = roll.up_to(std::min(s.total, pacer::longest));
                const checkpoint back =
                    pacer::from_text(pacer::to_text({.at = progress({.updates = cut}), .curve = lr}));
                const expression again = back.curve.schedule;
                if (back.at.updates() != cut)
                    wrong.add(describe(s), "position ", back.at.updates(), " is not ", cut);
                for (step_t k = 0; k < 50; ++k) {
                    const step_t step = k < 25 ? cut + k : cut + roll.up_to(std::min(s.total, pacer::longest));
                    if (!support::same(again(step), lr(step), s.peak))
                        wrong.add(describe(s), "cut at ", cut, ", step ", step);
                }
            });
        }
    });
    CHECK(wrong.text() == "");
}

TEST_CASE("a file is saved and loaded; loading twice is the same position") {
    const scratch dir("save");
    const std::string path = dir.file("schedule.txt");
    pacer::save(crowded(), path);
    pacer::save(usual(), path);
    CHECK(contents(path) == pacer::to_text(usual()));
    CHECK(dir.names() == std::vector<std::string>{"schedule.txt"});
    checkpoint loaded = pacer::load(path);
    CHECK(loaded.at == usual().at);
    loaded = pacer::load(path);
    CHECK(loaded.at == usual().at);
}

TEST_CASE("every byte that is changed, dropped, added or cut off is noticed") {
    support::complaints wrong;
    for (const checkpoint& c : {usual(), crowded(), with_states()}) {
        const std::string text = pacer::to_text(c);
        const auto accepted = [](const std::string& other) { return reason_for(other) == "accepted"; };
        REQUIRE(accepted(text));
        for (std::size_t at = 0; at < text.size(); ++at) {
            for (int byte = 0; byte < 256; ++byte) {
                std::string changed = text;
                changed[at] = static_cast<char>(byte);
                if (changed != text && accepted(changed))
                    wrong.add("byte ", at, " changed to ", byte);
                if (c.at == usual().at && c.states.empty() &&
                    accepted(text.substr(0, at) + static_cast<char>(byte) + text.substr(at)))
                    wrong.add("byte ", byte, " added at ", at);
            }
            if (accepted(text.substr(0, at) + text.substr(at + 1)))
                wrong.add("byte ", at, " dropped");
            if (accepted(text.substr(0, at)))
                wrong.add("cut off at ", at);
            if (accepted(text.substr(at + 1)))
                wrong.add("beginning at ", at + 1);
        }
        if (accepted(text + '\n') || accepted(text + text))
            wrong.add("something behind it");
    }
    CHECK(wrong.text() == "");
}

TEST_CASE("the reason is said: damage") {
    const std::string text = pacer::to_text(usual());
    const std::string prefix = "pacer: not a readable checkpoint: ";
    CHECK(reason_for("") == prefix + "it does not begin with \"pacer checkpoint\"");
    CHECK(reason_for("{\"global_step\": 3}") == prefix + "it does not begin with \"pacer checkpoint\"");
    CHECK(reason_for("pacer checkpoint ") == prefix + "its first line has no version");
    CHECK(reason_for("pacer checkpoint one\n") == prefix + "its first line has no version");
    CHECK(reason_for("pacer checkpoint 0\n") == prefix + "its first line has no version");
    CHECK(reason_for(text.substr(0, 60)) == prefix + "it is cut off: there is no checksum");
    CHECK(reason_for(text.substr(0, text.size() - 1)) == prefix + "it was changed or cut off: the checksum differs");
    CHECK(reason_for(replaced(text, "1200", "1201")) == prefix + "it was changed or cut off: the checksum differs");
    CHECK(reason_for(sealed(replaced(unsealed(text), "checkpoint 2", "checkpoint 4"))) ==
          prefix + "it is version 4, this reads up to version 3");
}

TEST_CASE("the reason is said: a text that is whole, but means nothing") {
    const std::string new_text = unsealed(pacer::to_text(usual()));
    const std::string old_text = unsealed(contents(frozen + "version_1.txt"));
    const auto of = [](const std::string& text, const std::string& what, const std::string& by) {
        const std::string why = reason_for(sealed(replaced(text, what, by)));
        const std::string prefix = "pacer: not a readable checkpoint: ";
        return why.substr(0, prefix.size()) == prefix ? why.substr(prefix.size()) : why;
    };
    for (const std::string& text : {new_text, old_text}) {
        CHECK(of(text, "skipped 3\n", "") == "the key skipped is missing");
        CHECK(of(text, "skipped 3\n", "skipped 3\nskipped 3\n") == "the key skipped is there twice");
        CHECK(of(text, "skipped 3\n", "skipped 3\nskips 0\n") == "unknown key skips");
        CHECK(of(text, "skipped 3\n", "skipped 3\n\n") == "a line is not a key and a value");
        CHECK(of(text, "skipped 3\n", "skipped\n") == "a line is not a key and a value");
        CHECK(of(text, "updates 1200", "updates -1") == "pacer: updates = -1: must be 0 or more");
        CHECK(of(text, "updates 1200", "updates 9223372036854775808") == "updates has the value 9223372036854775808");
        CHECK(of(text, "updates 1200", "updates 12.5") == "updates has the value 12.5");
        CHECK(of(text, "updates 1200", "updates  1200") == "updates has the value  1200");
        CHECK(of(text, "updates 1200", "updates +1200") == "updates has the value +1200");
        CHECK(of(text, "updates 1200", "updates ") == "updates has the value ");
        CHECK(of(text, "updates 1200", "updates endless") == "updates has the value endless");
        CHECK(of(text, "clock updates", "clock hours") == "clock has the value hours");
    }

    const auto in_new = [&](const std::string& what, const std::string& by) { return of(new_text, what, by); };
    CHECK(in_new("curve cosine", "curves cosine") == "the key curve is missing");
    CHECK(in_new("past_end=hold", "past_end=held") ==
          "curve 1:159: past_end = held: must be one of hold, zero, repeat, wave");
    CHECK(in_new("peak_lr=3e-04", "peak_lr=nan") == "curve 1:1: peak_lr = nan: must be a finite rate of 0 or more");
    CHECK(in_new("peak_lr=3e-04", "peak_lr=inf") == "curve 1:1: peak_lr = inf: must be a finite rate of 0 or more");
    CHECK(in_new("peak_lr=3e-04", "peak_lr=1e999") == "curve 1:28: peak_lr = 1e999: must be a number");
    CHECK(in_new("peak_lr=3e-04", "peak_lr=-2") == "curve 1:1: peak_lr = -2: must be a finite rate of 0 or more");
    CHECK(in_new("peak_lr=3e-04", "peak_lr=1e-9") == "curve 1:1: min_lr = 3e-05: must be at most peak_lr (1e-09)");
    CHECK(in_new("warmup=300", "warmup=30000") == "curve 1:1: warmup = 30000: must be at most total_steps (10000)");
    std::string known;
    for (const char* name : pacer::schedule_names)
        known += std::string(known.empty() ? "" : ", ") + name;
    for (const auto* o : pacer::detail::syntax::all_operators::descriptions)
        known += std::string(", ") + o->name;
    CHECK(in_new("warmup=300", "warmup=up(30%)") == "curve 1:91: name = up: must be one of " + known);
    CHECK(in_new("warmup=300", "warmup=200%") == "curve 1:1: warmup = 2: a warmup_ratio must be from 0 to 1");
    CHECK(in_new("warmup=300", "warmup=3%") == "accepted");
    CHECK(in_new("cosine_with_min_lr(", "reduce_lr_on_plateau(") ==
          "curve 1:1: name: is a controller, fed by a metric; it is not a function of the step");
    CHECK(in_new("past_end=hold)", "past_end=hold") == "curve 1:163: found the end of the text, accepted: ',' or ')'");

    const auto in_old = [&](const std::string& what, const std::string& by) { return of(old_text, what, by); };
    CHECK(in_old("origin 0\n", "") == "the key origin is missing");
    CHECK(in_old("name cosine_with_min_lr\n", "") == "the key name is missing");
    CHECK(in_old("origin 0\n", "origin 0\norigins 0\n") == "unknown key origins");
    CHECK(in_old("origin 0\n", "origin 0\n4.at 0\n") == "unknown key 4.at");
    CHECK(in_old("origin 0\n", "origin 0\n2.at 0\n") == "unknown key 2.at");
    CHECK(in_old("origin 0\n", "origin 0\n1.at 0\n") == "the key 1.how is missing");
    CHECK(in_old("past_end hold", "past_end held") ==
          "pacer: past_end = held: must be one of hold, zero, repeat, wave");
    CHECK(in_old("peak_lr 3e-04", "peak_lr nan") == "pacer: peak_lr = nan: must be a finite rate of 0 or more");
    CHECK(in_old("peak_lr 3e-04", "peak_lr inf") == "pacer: peak_lr = inf: must be a finite rate of 0 or more");
    CHECK(in_old("peak_lr 3e-04", "peak_lr 1e999") == "pacer: peak_lr = 1e999: must be a number");
    CHECK(in_old("peak_lr 3e-04", "peak_lr -2") == "pacer: peak_lr = -2: must be a finite rate of 0 or more");
    CHECK(in_old("peak_lr 3e-04", "peak_lr 1e-9") == "pacer: min_lr = 3e-05: must be at most peak_lr (1e-09)");
    CHECK(in_old("warmup 300", "warmup 30000") == "pacer: warmup = 30000: must be at most total_steps (10000)");
    constexpr const char* a_warmup = ": must be a number of updates, a ratio of total_steps (3%, floor(3%)) or off";
    CHECK(in_old("warmup 300", "warmup ratio 0.3") == std::string("pacer: warmup = ratio 0.3") + a_warmup);
    CHECK(in_old("warmup 300", "warmup ratio 5") == std::string("pacer: warmup = ratio 5") + a_warmup);
    CHECK(in_old("warmup 300", "warmup ratio 0.3 up") == std::string("pacer: warmup = ratio 0.3 up") + a_warmup);
    CHECK(in_old("warmup 300", "warmup ratio 2 ceil") == "pacer: warmup = 2: a warmup_ratio must be from 0 to 1");
    CHECK(in_old("warmup 300", "warmup ratio 0.03 ceil") == "accepted");
    CHECK(
        in_old("num_cycles 0.5\n", "num_cycles 0.5\npower 2\n") ==
        "pacer: field = power: must be one of peak_lr, min_lr, num_cycles, total_steps, warmup, warmup_shape, init_lr, "
        "first_step, past_end");
    CHECK(in_old("origin 0", "origin -1") == "pacer: by = -1: must be 0 or more");
    CHECK(in_old("name cosine_with_min_lr", "name reduce_lr_on_plateau") ==
          "pacer: name: is a controller, fed by a metric; it is not a function of the step");

    // The transitions of version 1.
    const std::string full = unsealed(contents(frozen + "version_1_transitions.txt"));
    CHECK(of(full, "1.how blend", "1.how bland") == "1.how has the value bland");
    CHECK(of(full, "2.shape one_minus_sqrt", "2.shape sqrt") == "2.shape has the value sqrt");
    CHECK(of(full, "2.shape one_minus_sqrt", "2.shape power 4") == "accepted");
    CHECK(of(full, "2.shape one_minus_sqrt", "2.shape exponential") == "accepted");
    CHECK(of(full, "1.at 100", "1.at -1") == "pacer: at = -1: must be 0 or more");
    CHECK(of(full, "1.over 50", "1.over -2") == "pacer: over = -2: must be a number of updates from 0 to 2^53");
    CHECK(of(full, "1.origin 9\n", "") == "the key 1.origin is missing");
}

TEST_CASE("states come back, whatever bytes they are, and each has its checksum") {
    const checkpoint c = with_states();
    const std::string text = pacer::to_text(c);
    CHECK(text.starts_with("pacer checkpoint 3\nupdates 1200\n"));
    const checkpoint back = pacer::from_text(text);
    CHECK(back.at == c.at);
    CHECK(back.curve.restarted_at == 1000);
    CHECK(back.states == c.states);
    CHECK(pacer::to_text(back) == text);
    CHECK(pacer::parse_plateau_state(back.state("plateau")).metrics == 17);
    CHECK(*back.find_state("empty") == "");
    CHECK(back.find_state("weights") == nullptr);
    CHECK(reason([&] { static_cast<void>(back.state("weights")); }) ==
          "pacer: the checkpoint has no state weights, there are plateau, rng, empty");
    CHECK(reason([&] { static_cast<void>(usual().state("weights")); }) ==
          "pacer: the checkpoint has no state weights, and no other");

    // One that is damaged is named, also where the whole has no good checksum either.
    const std::string prefix = "pacer: not a readable checkpoint: ";
    CHECK(reason_for(replaced(text, "best=0.3125", "best=0.3126")) ==
          prefix + "the state plateau was changed: its checksum differs");
    CHECK(reason_for(sealed(replaced(unsealed(text), "best=0.3125", "best=0.3126"))) ==
          prefix + "the state plateau was changed: its checksum differs");
    CHECK(reason_for(sealed(replaced(unsealed(text), "state rng 25", "state rng 24"))) ==
          prefix + "the state rng is cut off, or longer than it says");
    CHECK(reason_for(sealed(replaced(unsealed(text), "state rng 25", "state rng 99999999999"))) ==
          prefix + "the state rng is cut off, or longer than it says");
    CHECK(reason_for(sealed(replaced(unsealed(text), "state rng 25", "state rng -1"))) ==
          prefix + "a state is not \"state NAME BYTES CHECKSUM\"");
    CHECK(reason_for(sealed(replaced(unsealed(text), "state empty", "state plateau"))) ==
          prefix + "the state plateau is there twice");
    CHECK(reason_for(sealed(replaced(unsealed(text), "restarted_at 1000", "restarted_at -1000"))) ==
          prefix + "pacer: restarted_at = -1000: must be 0 or more");
    // What version 2 had no room for is no part of it.
    CHECK(reason_for(sealed(replaced(unsealed(text), "checkpoint 3", "checkpoint 2"))) != "accepted");

    const auto named = [](const std::vector<pacer::named_state>& states) {
        return reason([&] { static_cast<void>(pacer::to_text({.at = {}, .curve = usual().curve, .states = states})); });
    };
    for (const char* good : {"a", "RNG.rank-0:torch_cuda", "0"})
        CHECK(named({{good, ""}}) == "accepted");
    for (const std::string& bad :
         {std::string(), std::string("two words"), std::string("line\n"), std::string(65, 'x')})
        CHECK(named({{bad, ""}}).starts_with("pacer: the name of a state must be 1 to 64 letters, digits, "));
    CHECK(named({{"a", "1"}, {"b", ""}, {"a", "2"}}) == "pacer: the state a is there twice");
    CHECK_THAT(named({{"a", std::string(pacer::longest_checkpoint, 'x')}}),
               ContainsSubstring("pacer: a checkpoint has at most 64 MiB, not "));
}

TEST_CASE("try_load gives a value: the checkpoint, that there is none, or why it cannot be read") {
    const scratch dir("try");
    const std::string path = dir.file("x");
    pacer::loaded_checkpoint none = pacer::try_load(path);
    CHECK((!none && none.is_missing));
    CHECK(none.error == "pacer: cannot read " + path + ": No such file or directory");
    pacer::save(with_states(), path);
    const pacer::loaded_checkpoint good = pacer::try_load(path);
    REQUIRE(good);
    CHECK(good.error.empty());
    CHECK(!good.is_missing);
    CHECK(good->at == with_states().at);
    CHECK((*good).states == with_states().states);
    write(path, contents(path).substr(0, 100));
    const pacer::loaded_checkpoint cut = pacer::try_load(path);
    CHECK((!cut && !cut.is_missing));
    CHECK(cut.error == "pacer: not a readable checkpoint: it is cut off: there is no checksum (" + path + ")");
    CHECK(reason([&] { static_cast<void>(pacer::load(path)); }) == cut.error);
    std::filesystem::create_directories(dir.file("folder"));
    CHECK(pacer::try_load(dir.file("folder")).error == "pacer: cannot read " + dir.file("folder") + ": Is a directory");
}

TEST_CASE("a file of version 1 loads for ever") {
    const checkpoint plain = pacer::load(frozen + "version_1.txt");
    CHECK(plain.at == usual().at);
    CHECK(same_bits(plain.curve.schedule, usual().curve.schedule, 10'010));

    const checkpoint full = pacer::load(frozen + "version_1_transitions.txt");
    CHECK(full.at == crowded().at);
    CHECK(full.curve.clock == pacer::run_clock::tokens);
    CHECK(same_bits(full.curve.schedule, crowded().curve.schedule, 1100));
}

TEST_CASE("and so do those of version 2 and 3") {
    const checkpoint plain = pacer::load(frozen + "version_2.txt");
    CHECK(plain.at == usual().at);
    CHECK(same_bits(plain.curve.schedule, usual().curve.schedule, 10'010));
    const checkpoint full = pacer::load(frozen + "version_2_transitions.txt");
    CHECK(full.at == crowded().at);
    CHECK(full.curve.clock == pacer::run_clock::tokens);
    CHECK(same_bits(full.curve.schedule, crowded().curve.schedule, 1100));
    const checkpoint newest = pacer::load(frozen + "version_3.txt");
    CHECK(newest.curve.restarted_at == 1000);
    CHECK(newest.states == with_states().states);
    CHECK(same_bits(newest.curve.schedule, with_states().curve.schedule, 11'010));
    // Written is the oldest version that has room for all.
    CHECK(pacer::to_text(plain) == contents(frozen + "version_2.txt"));
    CHECK(pacer::to_text(newest) == contents(frozen + "version_3.txt"));
}

TEST_CASE("a curve of thousands of pieces is saved and loaded") {
    const scratch dir("pieces");
    std::vector<pacer::expression_piece> pieces;
    for (step_t k = 0; k < 5'000; ++k)
        pieces.push_back({k * 7, pacer::linear{{.peak_lr = 1.0 / static_cast<double>(k + 1), .total_steps = 7}}});
    const expression curve = pacer::join(pieces);
    pacer::save({.at = progress({.updates = 17'500}), .curve = curve}, dir.file("pieces.txt"));
    const checkpoint back = pacer::load(dir.file("pieces.txt"));
    CHECK(same_bits(back.curve.schedule, curve, 35'010));
}

#ifndef __FAST_MATH__
TEST_CASE("and with the bits that version 1 had") {
    const auto bits_of = [](const std::string& file) {
        const checkpoint saved = pacer::load(frozen + file);
        std::string bytes;
        for (step_t step = -1; step <= 1100; ++step) {
            const auto bits = std::bit_cast<std::uint64_t>(saved.curve.schedule(step));
            for (int shift = 0; shift < 64; shift += 8)
                bytes += static_cast<char>(bits >> shift & 255);
        }
        return pacer::detail::checksum(bytes);
    };
    CHECK(bits_of("version_1.txt") == 0xffd4'ae45'acb5'34b1U);
    CHECK(bits_of("version_1_transitions.txt") == 0x3e53'4bd3'87e9'234dU);
}
#endif

TEST_CASE("what the file system refuses is said, and nothing is lost") {
    const scratch dir("refused");
    CHECK(reason([&] {
              static_cast<void>(pacer::load(dir.file("none.txt")));
          }).starts_with("pacer: cannot read " + dir.file("none.txt")));
    CHECK(reason([&] {
              pacer::save(usual(), dir.file("none/x.txt"));
          }).starts_with("pacer: cannot write " + dir.file("none/x.txt")));
    // A directory cannot be replaced by a file.
    const std::string taken = dir.file("taken");
    std::filesystem::create_directories(taken + "/inside");
    CHECK(reason([&] { pacer::save(usual(), taken); }).starts_with("pacer: cannot replace " + taken));
    CHECK(dir.names() == std::vector<std::string>{"taken"});

    write(dir.file("large.txt"), std::string(pacer::longest_checkpoint + 1, ' '));
    CHECK_THAT(reason([&] { static_cast<void>(pacer::load(dir.file("large.txt"))); }),
               ContainsSubstring("larger than 64 MiB"));
    write(dir.file("empty.txt"), "");
    CHECK_THAT(reason([&] { static_cast<void>(pacer::load(dir.file("empty.txt"))); }),
               ContainsSubstring("(" + dir.file("empty.txt") + ")"));

    // An unknown clock is refused before anything is touched.
    CHECK_THROWS_AS(pacer::clocked_expression(pacer::constant{{.peak_lr = 1}}, static_cast<pacer::run_clock>(3)),
                    pacer::invalid_schedule);
}

TEST_CASE("threads that save the same file do not disturb each other") {
    const scratch dir("threads");
    const std::string path = dir.file("schedule.txt");
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int k = 0; k < 20; ++k)
                pacer::save({.at = progress({.updates = t}), .curve = usual().curve}, path);
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(pacer::load(path).at.updates() < 4);
    CHECK(dir.names() == std::vector<std::string>{"schedule.txt"});
}

#if PACER_HAS_POSIX
TEST_CASE("a process killed at any moment while it saves leaves a file that loads") {
    const scratch dir("killed");
    const std::string path = dir.file("schedule.txt");
    pacer::save({.at = {}, .curve = usual().curve}, path);
    support::dice roll(std::random_device{}());
    step_t saved = 0;
    for (int kill = 0; kill < 50; ++kill) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            checkpoint c{.at = progress({.updates = saved}), .curve = kill % 2 == 0 ? usual().curve : crowded().curve};
            for (;;) {
                c.at.apply();
                pacer::save(c, path);
            }
        }
        ::usleep(static_cast<unsigned>(200 + roll.up_to(4000)));
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        REQUIRE(WIFSIGNALED(status));
        const checkpoint left = pacer::load(path);
        CHECK(left.at.updates() >= saved);  // never older than what was there
        saved = left.at.updates();
    }
    CHECK(saved > 0);
}
#endif
