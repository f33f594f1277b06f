// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "recipes/read.hpp"

#include <pacer/recipes/trainer_state.hpp>

#include <string>

namespace {

using namespace pacer::recipes;

const std::string runs = PACER_TEST_DATA "/data/runs";

std::string reason(const std::string& json, const trainer_facts& facts = {}) {
    return verdict([&] { return parse_trainer_state(json, "t.json", facts); });
}

}  // namespace

TEST_CASE("the position of a real run, fp16 steps skipped") {
    const std::string file = runs + "/12-fp16-lag-cosine/trainer_state.json";
    const trainer_state state = read_trainer_state(file, {.last_epoch = 687, .world_size = 2, .accumulation = 3});
    CHECK(state.at.updates() == 687);
    CHECK(state.at.skipped() == 5);
    CHECK(state.at.samples() == 692 * 4 * 3 * 2);
    CHECK(state.at.tokens() == 0);
    CHECK(state.total_steps == 692);
    REQUIRE(state.notes.size() == 1);
    CHECK(state.notes[0] == "tokens are not known: the Trainer counts them only with include_num_input_tokens_seen");
}

TEST_CASE("without the scheduler's count a note says what global_step counts") {
    const trainer_state state = read_trainer_state(runs + "/12-fp16-lag-cosine/trainer_state.json");
    CHECK(state.at.updates() == 692);
    CHECK(state.at.skipped() == 0);
    CHECK(state.at.samples() == 0);
    REQUIRE(state.notes.size() == 3);
    CHECK(state.notes[0] == "global_step 692 also counts updates that half precision skipped; if there were any, give "
                            "the scheduler's last_epoch");
    CHECK(state.notes[1] == "samples are not known: they need world_size and accumulation");
}

TEST_CASE("tokens, and what is missing or null") {
    const trainer_state state = parse_trainer_state(
        R"({"global_step": 7, "max_steps": -1, "num_input_tokens_seen": 9000000000, "train_batch_size": null})",
        "t.json", {.last_epoch = 7, .world_size = 1, .accumulation = 1});
    CHECK(state.at.tokens() == 9'000'000'000);
    CHECK(!state.total_steps);
    REQUIRE(state.notes.size() == 1);
    CHECK(state.notes[0] == "samples are not known: they need train_batch_size, which is not in the file, world_size "
                            "and accumulation");
    const std::string begun = R"({"global_step": 0, "train_batch_size": 4})";
    CHECK(parse_trainer_state(begun, "t.json", {.last_epoch = 0, .world_size = 2, .accumulation = 3}).at.samples() ==
          0);
    const trainer_state half = parse_trainer_state(begun, "t.json", {.last_epoch = 0, .world_size = 2});
    REQUIRE(half.notes.size() == 2);
    CHECK(half.notes[0] == "samples are not known: they need world_size and accumulation");
}

TEST_CASE("a state is read as Python's json writes it") {
    const trainer_state state = parse_trainer_state(
        R"({"best_metric": NaN, "global_step": 84, "max_steps": 84, "log_history": [
            {"loss": Infinity, "grad_norm": -Infinity, "learning_rate": 9.8e-05, "global_step": 3}],
            "stateful_callbacks": {"TrainerControl": {"global_step": 5}}})",
        "t.json");
    CHECK(state.at.updates() == 84);
    CHECK(state.total_steps == 84);
    CHECK(reason("{\"a\": " + std::string(200'000, '[')) ==
          "t.json:1: is nested too deeply, accepted: at most 64 levels");
}

TEST_CASE("every state among the public runs is read") {
    for (const char* run : {"02-hf-linear-checkpoints", "09-whisper-constant-with-warmup", "13-fp16-lag-growing",
                            "16-resumed-total-raised", "18-resumed-total-cut"}) {
        INFO(run);
        const trainer_state state = read_trainer_state(runs + "/" + run + "/trainer_state.json");
        CHECK(state.at.updates() > 0);
        CHECK(state.total_steps >= state.at.updates());
    }
}

TEST_CASE("what is not a trainer state is an error with file and key") {
    CHECK(reason("{}") == "t.json: global_step: is missing");
    CHECK(reason("") == "t.json: accepted: a JSON object, as the Trainer writes it");
    CHECK(reason("[1]") == "t.json: accepted: a JSON object, as the Trainer writes it");
    CHECK(reason(R"({"global_step": 1)") == "t.json:1: found the end, accepted: a comma or }");
    CHECK(reason("{\n\"global_step\": 1.5}") ==
          "t.json:2: global_step: found 1.5, accepted: a whole number, 0 or more");
    CHECK(reason(R"({"global_step": 1.5})") == "t.json:1: global_step: found 1.5, accepted: a whole number, 0 or more");
    CHECK(reason(R"({"global_step": "1"})") ==
          "t.json:1: global_step: found \"1\", accepted: a whole number, 0 or more");
    CHECK(reason(R"({"global_step": -1})") == "t.json:1: global_step: found -1, accepted: a whole number, 0 or more");
    CHECK(reason(R"({"global_step": 9223372036854775808})") ==
          "t.json:1: global_step: found 9223372036854775808, accepted: a whole number, 0 or more");
    CHECK(reason(R"({"global_step": 3})", {.last_epoch = 4}) ==
          "t.json: global_step: found 3, accepted: at least the scheduler's last_epoch, 4");
    CHECK(reason(R"({"global_step": 9223372036854775807, "train_batch_size": 2})",
                 {.world_size = 1, .accumulation = 1}) == "t.json: train_batch_size: makes more than 2^63 - 1 samples");
    CHECK(reason(R"({"global_step": 3, "train_batch_size": 0})") ==
          "t.json:1: train_batch_size: found 0, accepted: a whole number, 1 or more");
    CHECK(verdict([] { return read_trainer_state("no/such/file.json"); }) == "no/such/file.json: cannot be opened");
    CHECK_THROWS_AS(parse_trainer_state(R"({"global_step": 3})", "t", {.world_size = 0}), pacer::invalid_schedule);
    CHECK_THROWS_AS(parse_trainer_state(R"({"global_step": 3})", "t", {.last_epoch = -1}), pacer::invalid_schedule);
}
