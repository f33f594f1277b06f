// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "recipes/read.hpp"

#include <pacer/dialects/hugging_face.hpp>
#include <pacer/recipes/read_json.hpp>

#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace pacer::recipes;

const std::string data = PACER_TEST_DATA;

std::string reason(const std::string& json) {
    return verdict([&] { return parse_json(json, "t.json"); });
}

// The verdict on one argument, without the place.
std::string reason_for(const std::string& key, const std::string& value) {
    const std::string text = reason("{\"" + key + "\": " + value + "}");
    const std::string place = "t.json:1: " + key + ": ";
    return text.compare(0, place.size(), place) == 0 ? text.substr(place.size()) : text;
}

}  // namespace

TEST_CASE("a JSON recipe is read with the place of every value") {
    const recipe r = read_json(data + "/data/recipes/everything.json");
    CHECK(r.scheduler == "cosine_with_min_lr");
    CHECK(r.learning_rate == 2e-5);
    CHECK(r.warmup_ratio == 0.05);
    CHECK(r.warmup_steps == 0.0);
    CHECK(r.epochs == 2.0);
    CHECK(r.max_steps == -1);
    CHECK(r.per_device_batch == 4);
    CHECK(r.accumulation == 8);
    CHECK(r.drop_last);
    CHECK(r.kwargs.min_lr == 1e-6);
    CHECK(r.kwargs.num_cycles == 0.5);
    CHECK(!r.kwargs.min_lr_rate);
    CHECK(!r.deepspeed);
    CHECK(r.deepspeed_file.empty());
    CHECK(!r.is_llamafactory);

    CHECK(r.where("lr_scheduler_type").line == 3);
    CHECK(r.where("lr_scheduler_type").key == "lr_scheduler");
    CHECK(r.where("lr_scheduler_kwargs.num_cycles").line == 6);
    CHECK(r.where("learning_rate").line == 8);
    CHECK(r.where("warmup_ratio").line == 9);
    CHECK(r.where("warmup_ratio").key == "warmup_rate");
    CHECK(r.where("warmup_steps").line == 9);
    CHECK(r.where("max_steps").line == 13);
    CHECK(r.where("max_steps").file == data + "/data/recipes/everything.json");
    CHECK(r.where("deepspeed").line == 0);
    CHECK(r.places.size() == 12);
}

TEST_CASE("what a JSON recipe does not say has Hugging Face's default") {
    for (const char* text :
         {"{\"learning_rate\": null}",
          "{\"learning_rate\": null, \"lr_scheduler_type\": \"None\", \"lr_scheduler_kwargs\": null}"}) {
        const recipe r = parse_json(text, "t.json");
        CHECK(r.scheduler == "linear");
        CHECK(r.learning_rate == 5e-5);
        CHECK(!r.warmup_ratio);
        CHECK(!r.warmup_steps);
        CHECK(!r.epochs);
        CHECK(!r.max_steps);
        CHECK(!r.per_device_batch);
        CHECK(!r.accumulation);
        CHECK(!r.drop_last);
        CHECK(r.places.empty());
    }
}

TEST_CASE("large integers are exact") {
    const recipe r =
        parse_json("{\"max_steps\": 9007199254740993, \"num_train_epochs\": 9223372036854775807}", "t.json");
    CHECK(r.max_steps == 9007199254740993);
    CHECK(r.epochs == 0x1p63);
    CHECK(r.written.at("num_train_epochs") == "9223372036854775807");
    CHECK(reason_for("max_steps", "9223372036854775808") ==
          "found 9223372036854775808, accepted: a whole number of 0 or more, or -1 for not set");
}

TEST_CASE("every scheduler name is read, in the forms Python prints") {
    std::vector<std::string> names(std::begin(pacer::hf::schedulers::names), std::end(pacer::hf::schedulers::names));
    names.insert(names.end(), {"linear_warmup", "reduce_lr_on_plateau", "greedy"});
    for (const std::string& name : names) {
        std::string upper = name;
        for (char& c : upper)
            c = c == '_' ? c : static_cast<char>(c - 'a' + 'A');
        CHECK(parse_json("{\"lr_scheduler_type\": \"" + name + "\"}", "t.json").scheduler == name);
        CHECK(parse_json("{\"lr_scheduler_type\": \"" + upper + "\"}", "t.json").scheduler == name);
        CHECK(parse_json("{\"lr_scheduler_type\": \"SchedulerType." + upper + "\"}", "t.json").scheduler == name);
    }
    CHECK(parse_json("{\"lr_scheduler_type\": \"SchedulerType.REDUCE_ON_PLATEAU\"}", "t.json").scheduler ==
          "reduce_lr_on_plateau");
    std::string all;
    for (const std::string& name : names)
        all += (all.empty() ? "" : ", ") + name;
    CHECK(reason_for("lr_scheduler_type", "\"cosin\"") == "found \"cosin\", accepted: cosine is the nearest of " + all);
    CHECK(reason_for("lr_scheduler_type", "\"exponential\"") == "found \"exponential\", accepted: " + all);
    CHECK(reason_for("lr_scheduler_type", "3") == "found 3, accepted: " + all);
}

TEST_CASE("a value of the wrong type or range is refused") {
    const std::string rate = "a finite number of 0 or more";
    for (const char* key : {"learning_rate", "num_train_epochs"}) {
        CHECK(reason_for(key, "\"two\"") == "found \"two\", accepted: " + rate);
        CHECK(reason_for(key, "[1]") == "found a list, accepted: " + rate);
        CHECK(reason_for(key, "{}") == "found a map, accepted: " + rate);
        CHECK(reason_for(key, "true") == "found true, accepted: " + rate);
        CHECK(reason_for(key, "-1e-4") == "found -1e-4, accepted: " + rate);
        CHECK(reason_for(key, "0") == "accepted");
        CHECK(reason_for(key, "1e-4") == "accepted");
    }
    const std::string ratio = "a number from 0 to 1";
    CHECK(reason_for("warmup_ratio", "false") == "found false, accepted: " + ratio);
    CHECK(reason_for("warmup_ratio", "-0.1") == "found -0.1, accepted: " + ratio);
    CHECK(reason_for("warmup_ratio", "\"0.1\"") == "found \"0.1\", accepted: " + ratio);
    const std::string updates = "a number of updates, 0 or more";
    CHECK(reason_for("warmup_steps", "-1") == "found -1, accepted: " + updates);
    CHECK(reason_for("warmup_steps", "[]") == "found a list, accepted: " + updates);
    CHECK(reason_for("warmup_steps", "0.5") == "accepted");
    const std::string steps = "a whole number of 0 or more, or -1 for not set";
    CHECK(reason_for("max_steps", "-2") == "found -2, accepted: " + steps);
    CHECK(reason_for("max_steps", "10.5") == "found 10.5, accepted: " + steps);
    CHECK(reason_for("max_steps", "1e3") == "found 1e3, accepted: " + steps);
    CHECK(reason_for("max_steps", "\"100\"") == "found \"100\", accepted: " + steps);
    CHECK(reason_for("max_steps", "true") == "found true, accepted: " + steps);
    for (const char* key : {"per_device_train_batch_size", "gradient_accumulation_steps"}) {
        CHECK(reason_for(key, "0") == "found 0, accepted: a whole number of 1 or more");
        CHECK(reason_for(key, "2.0") == "found 2.0, accepted: a whole number of 1 or more");
        CHECK(reason_for(key, "\"auto\"") == "found \"auto\", accepted: a whole number of 1 or more");
        CHECK(reason_for(key, "1") == "accepted");
    }
    CHECK(reason_for("dataloader_drop_last", "1") == "found 1, accepted: true or false");
    CHECK(reason_for("dataloader_drop_last", "\"yes\"") == "found \"yes\", accepted: true or false");
    CHECK(reason_for("deepspeed", "3") ==
          "found 3, accepted: the path of a DeepSpeed configuration, or the configuration itself");
    CHECK(reason_for("deepspeed", "\"\"") ==
          "found \"\", accepted: the path of a DeepSpeed configuration, or the configuration itself");
    CHECK(reason_for("lr_scheduler_kwargs", "[]") ==
          "found a list, accepted: a map, or a string that holds one as JSON");
    CHECK(reason_for("lr_scheduler_kwargs", "\"min_lr\"") ==
          "found \"min_lr\", accepted: a map, or a string that holds one as JSON");
    CHECK(reason_for("lr_scheduler_kwargs", "\"[1]\"") ==
          "found \"[1]\", accepted: a map, or a string that holds one as JSON");
    CHECK(verdict([] { return read_json(data + "/data/recipes/wrong_type.json"); }) ==
          data +
              "/data/recipes/wrong_type.json:3: warmup_steps: found \"two\", accepted: a number of updates, 0 or more");
}

TEST_CASE("the scheduler's arguments are read by type") {
    const recipe r = parse_json(R"({"lr_scheduler_kwargs": {"min_lr": 1, "min_lr_rate": 2, "warmup_lr_rate": 3,
        "num_cycles": 4, "power": 5, "lr_end": 6, "timescale": 7, "num_stable_steps": 8, "num_decay_steps": 9,
        "min_lr_ratio": 10, "warmup_type": "1-sqrt", "decay_type": "cosine"}})",
                                "t.json");
    const scheduler_kwargs& k = r.kwargs;
    CHECK(k.min_lr == 1.0);
    CHECK(k.min_lr_rate == 2.0);
    CHECK(k.warmup_lr_rate == 3.0);
    CHECK(k.num_cycles == 4.0);
    CHECK(k.power == 5.0);
    CHECK(k.lr_end == 6.0);
    CHECK(k.timescale == 7);
    CHECK(k.num_stable_steps == 8);
    CHECK(k.num_decay_steps == 9);
    CHECK(k.min_lr_ratio == 10.0);
    CHECK(k.warmup_type == "1-sqrt");
    CHECK(k.decay_type == "cosine");
    CHECK(r.where("lr_scheduler_kwargs.power").line == 2);
    CHECK(r.where("lr_scheduler_kwargs.decay_type").line == 3);

    const auto inside = [](const std::string& json) { return reason("{\"lr_scheduler_kwargs\":\n" + json + "}"); };
    for (const std::string key :
         {"min_lr", "min_lr_rate", "warmup_lr_rate", "num_cycles", "power", "lr_end", "min_lr_ratio"}) {
        CHECK(inside("{\"" + key + "\": -1}") ==
              "t.json:2: " + key + ": found -1, accepted: a finite number of 0 or more");
        CHECK(inside("{\"" + key + "\": \"1e-6\"}") ==
              "t.json:2: " + key + ": found \"1e-6\", accepted: a finite number of 0 or more");
        CHECK(inside("{\"" + key + "\": null}") == "accepted");
    }
    CHECK(inside("{\"timescale\": 0}") == "t.json:2: timescale: found 0, accepted: a finite number above 0");
    CHECK(inside("{\"timescale\": 100.0}") == "accepted");
    for (const std::string key : {"num_stable_steps", "num_decay_steps"})
        CHECK(inside("{\"" + key + "\": 0.2}") ==
              "t.json:2: " + key + ": found 0.2, accepted: a whole number of 0 or more");
    for (const std::string key : {"warmup_type", "decay_type"})
        CHECK(inside("{\"" + key + "\": \"sqrt\"}") ==
              "t.json:2: " + key + ": found \"sqrt\", accepted: linear, cosine, 1-sqrt");
    CHECK(inside("{\"min_lr\": 1, \"min_lr\": 2}") == "t.json:2: min_lr: found a second time, first in line 2");
    CHECK(inside("{\"min_lr_rat\": 1}") == "t.json:2: min_lr_rat: no such key; the nearest is min_lr_rate");
    CHECK(
        inside("{\"last_epoch\": 1}") ==
        "t.json:2: last_epoch: no such key, accepted: min_lr, min_lr_rate, warmup_lr_rate, num_cycles, power, lr_end, "
        "timescale, num_stable_steps, num_decay_steps, min_lr_ratio, warmup_type, decay_type");
}

TEST_CASE("the scheduler's arguments may be a string of JSON") {
    const recipe r = parse_json("{\n\"lr_scheduler_kwargs\": \"{\\n\\n\\\"min_lr\\\": 1e-6}\"}", "t.json");
    CHECK(r.kwargs.min_lr == 1e-6);
    CHECK(r.where("lr_scheduler_kwargs.min_lr").line == 2);
    CHECK(reason("{\n\"lr_scheduler_kwargs\": \"{\\n\\\"min\\\": 1}\"}") ==
          "t.json:2: min: no such key, accepted: min_lr, min_lr_rate, warmup_lr_rate, num_cycles, power, lr_end, "
          "timescale, num_stable_steps, num_decay_steps, min_lr_ratio, warmup_type, decay_type");
}

TEST_CASE("a key given twice, or under two names, is refused") {
    CHECK(reason("{\"max_steps\": 1,\n\"max_steps\": 1}") ==
          "t.json:2: max_steps: found a second time, first in line 1");
    CHECK(reason("{\"warmup_ratio\": null,\n\"warmup_rate\": 0.1}") ==
          "t.json:2: warmup_rate: found beside warmup_ratio (line 1), which means the same; accepted: one of them");
    CHECK(reason("{\"warmup_ratio\": 0.1, \"warmup_steps\": 10}") == "accepted");
}

TEST_CASE("a text that is no JSON object is refused, with its line") {
    CHECK(reason("") == "t.json: found nothing, accepted: a JSON object");
    CHECK(verdict([] { return read_json(data + "/data/recipes/empty.json"); }) ==
          data + "/data/recipes/empty.json: found nothing, accepted: a JSON object");
    CHECK(verdict([] { return read_json(data + "/data/recipes/trailing_comma.json"); }) ==
          data + "/data/recipes/trailing_comma.json:4: found \"}\", accepted: a key in quotes");
    CHECK(reason("{\"max_steps\": 1\n") == "t.json:2: found the end, accepted: a comma or }");
    CHECK(reason("{} {}") == "t.json:1: found \"{\", accepted: nothing behind the value");
    CHECK(reason("{\"a\" 1}") == "t.json:1: found \"1\", accepted: a colon");
    CHECK(reason("{\"a\": tru}") == "t.json:1: found \"tru\", accepted: a JSON value");
    CHECK(reason("{\"a\": 01}") == "t.json:1: found \"01\", accepted: a JSON value");
    CHECK(reason("{\"a\": \"b\n\"}") == "t.json:1: found \"b, accepted: a quote at its end");
    CHECK(reason("{'a': 1}") == "t.json:1: found \"'a'\", accepted: a key in quotes, or }");
    CHECK(reason("{\"a\": \"\\x\"}") == "t.json:1: found \"\\x\", accepted: an escape of JSON");
    CHECK(reason("[1, ]") == "t.json:1: found \"]\", accepted: a JSON value");
    CHECK(reason("[1}") == "t.json:1: found \"}\", accepted: a comma or ]");
    CHECK(reason("\n3") == "t.json:2: found 3, accepted: a map of training arguments");
    CHECK(reason("[1]") == "t.json:1: found a list, accepted: a map of training arguments");
    CHECK(reason(std::string(100, '[')) == "t.json:1: is nested too deeply, accepted: at most 64 levels");
    CHECK(verdict([] { return read_json(data + "/data/recipes/none.json"); }) ==
          data + "/data/recipes/none.json: cannot be opened");
}

TEST_CASE("a DeepSpeed configuration may stand in the recipe") {
    const recipe r = parse_json(R"({"deepspeed": {"fp16": {"enabled": "auto"}, "scheduler": {"type": "WarmupCosineLR",
        "params": {"total_num_steps": "auto", "warmup_min_ratio": 0.25, "warmup_num_steps": 10, "cos_min_ratio": 0,
        "warmup_type": "linear"}}}})",
                                "t.json");
    REQUIRE(r.deepspeed);
    CHECK(r.deepspeed->type == "WarmupCosineLR");
    CHECK(r.deepspeed->total_num_steps.is_auto);
    CHECK(!r.deepspeed->total_num_steps.value);
    CHECK(r.deepspeed->warmup_num_steps.value == 10);
    CHECK(!r.deepspeed->warmup_num_steps.is_auto);
    CHECK(r.deepspeed->warmup_min_ratio == 0.25);
    CHECK(r.deepspeed->cos_min_ratio == 0.0);
    CHECK(r.deepspeed->warmup_type == "linear");
    CHECK(!r.deepspeed->warmup_max_lr.value);
    CHECK(r.where("scheduler.params.cos_min_ratio").line == 2);
    CHECK(!parse_json("{\"deepspeed\": {\"scheduler\": null}}", "t.json").deepspeed);
    CHECK(!parse_json("{\"deepspeed\": {}}", "t.json").deepspeed);

    const auto inside = [](const std::string& scheduler) {
        return reason("{\"deepspeed\": {\n\"scheduler\": " + scheduler + "}}");
    };
    CHECK(inside("3") == "t.json:2: scheduler: found 3, accepted: a map with type and params");
    CHECK(inside("{}") == "t.json:2: scheduler: found nothing, accepted: type: WarmupLR, WarmupDecayLR, "
                          "WarmupCosineLR, OneCycle, LRRangeTest");
    CHECK(inside("{\"type\":\n3}") ==
          "t.json:2: type: found 3, accepted: type: WarmupLR, WarmupDecayLR, WarmupCosineLR, OneCycle, LRRangeTest");
    CHECK(inside("{\"type\": \"WarmupLR\", \"type\": \"WarmupLR\"}") ==
          "t.json:2: type: found a second time, first in line 2");
    const auto params = [&](const std::string& type, const std::string& json) {
        return inside("{\"type\": \"" + type + "\", \"params\": " + json + "}");
    };
    CHECK(params("WarmupLR", "[]") == "t.json:2: params: found a list, accepted: a map of parameters");
    CHECK(params("OneCycle", "{\"cycle_min_lr\": 1}") == "accepted");
    CHECK(params("WarmupLR", "{\"warmup_max_lr\": \"Auto\"}") ==
          "t.json:2: warmup_max_lr: found \"Auto\", accepted: a finite number of 0 or more");
    CHECK(params("WarmupLR", "{\"warmup_num_steps\": 0.03}") ==
          "t.json:2: warmup_num_steps: found 0.03, accepted: a whole number of 0 or more");
    CHECK(params("WarmupLR", "{\"total_num_steps\": 3}") ==
          "t.json:2: total_num_steps: no such key, accepted: warmup_num_steps, warmup_type, warmup_min_lr, "
          "warmup_max_lr, last_batch_iteration");
    CHECK(params("WarmupDecayLR", "{\"total_num_step\": 3}") ==
          "t.json:2: total_num_step: no such key; the nearest is total_num_steps");
    CHECK(params("WarmupDecayLR", "{\"total_num_steps\": 0}") ==
          "t.json:2: total_num_steps: found 0, accepted: a whole number of 1 or more");
    CHECK(params("WarmupCosineLR", "{\"cos_min_ratio\": 1.5}") ==
          "t.json:2: cos_min_ratio: found 1.5, accepted: a number from 0 to 1");
    CHECK(params("WarmupCosineLR", "{\"warmup_min_ratio\": 1.5}") ==
          "t.json:2: warmup_min_ratio: found 1.5, accepted: a number from 0 to 1");
    CHECK(params("WarmupLR", "{\"warmup_type\": \"cosine\"}") ==
          "t.json:2: warmup_type: found \"cosine\", accepted: log, linear");
}

TEST_CASE("a DeepSpeed configuration may be given beside the recipe") {
    recipe r = parse_json("{\"learning_rate\": 1e-4, \"max_steps\": 100}", "t.json");
    add_deepspeed(r, "{\"train_batch_size\": 32,\n\"scheduler\": {\"type\": \"WarmupLR\", \"params\": {}}}", "ds.json");
    REQUIRE(r.deepspeed);
    CHECK(r.deepspeed->type == "WarmupLR");
    CHECK(r.deepspeed_says.train_batch.value == 32);
    CHECK(verdict([&] { return add_deepspeed(r, "[1]", "ds.json"), r; }) ==
          "ds.json:1: found a list, accepted: a DeepSpeed configuration");
}

TEST_CASE("an accelerator_config is a map, or the name of a file") {
    CHECK(verdict([] { return parse_json("{\"max_steps\": 1, \"accelerator_config\": [1]}", "t.json"); }) ==
          "t.json:1: accelerator_config: found a list, accepted: a map, or the path of one");
    CHECK(parse_json("{\"max_steps\": 1, \"accelerator_config\": {\"split_batches\": true}}", "t.json").split_batches);
}
