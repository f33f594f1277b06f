// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "recipes/read.hpp"

#include <pacer/recipes/read_yaml.hpp>

#include <fstream>
#include <string>
#include <utility>

namespace {

using namespace pacer::recipes;

const std::string data = PACER_TEST_DATA;

std::string reason(const std::string& yaml) {
    return verdict([&] { return parse_yaml(yaml, "t.yaml"); });
}

}  // namespace

TEST_CASE("a LLaMA-Factory file is read") {
    const recipe r = read_yaml(data + "/data/recipes/llamafactory.yaml");
    CHECK(r.is_llamafactory);
    CHECK(r.scheduler == "warmup_stable_decay");
    CHECK(r.learning_rate == 1e-4);
    CHECK(r.warmup_ratio == 0.1);
    CHECK(r.epochs == 3.0);
    CHECK(r.per_device_batch == 1);
    CHECK(r.accumulation == 8);
    CHECK(r.kwargs.min_lr_ratio == 0.1);
    CHECK(r.where("learning_rate").line == 13);
    CHECK(r.where("lr_scheduler_kwargs.min_lr_ratio").line == 20);
    CHECK(!parse_yaml("learning_rate: 1", "t.yaml").is_llamafactory);
    for (const char* key : {"stage", "finetuning_type", "template"})
        CHECK(parse_yaml(std::string(key) + ": sft", "t.yaml").is_llamafactory);
}

TEST_CASE("the hyperparameters of a model card are read") {
    const recipe r = read_yaml(data + "/data/recipes/model_card.yaml");
    CHECK(r.scheduler == "linear");
    CHECK(r.learning_rate == 1e-5);
    CHECK(r.per_device_batch == 16);
    CHECK(r.accumulation == 2);
    CHECK(r.warmup_ratio == 0.1);
    CHECK(r.max_steps == 5000);
    CHECK(r.epochs == 0x1p63);
    CHECK(r.written.at("num_train_epochs") == "9223372036854775807");
    CHECK(r.where("warmup_ratio").line == 9);
    CHECK(r.where("warmup_ratio").key == "lr_scheduler_warmup_ratio");
    CHECK(reason("- learning_rate: 1\n- learning_rate: 2") ==
          "t.yaml:2: learning_rate: found a second time, first in line 1");
}

TEST_CASE("every spelling is read as what it means") {
    for (const char* key : {"warmup_ratio", "warmup_rate", "lr_scheduler_warmup_ratio"})
        CHECK(parse_yaml(std::string(key) + ": 0.25", "t.yaml").warmup_ratio == 0.25);
    for (const char* key : {"warmup_steps", "num_warmup_steps", "lr_scheduler_warmup_steps"})
        CHECK(parse_yaml(std::string(key) + ": 25", "t.yaml").warmup_steps == 25.0);
    for (const char* key : {"num_train_epochs", "num_epochs"})
        CHECK(parse_yaml(std::string(key) + ": 2.5", "t.yaml").epochs == 2.5);
    for (const char* key : {"max_steps", "training_steps"})
        CHECK(parse_yaml(std::string(key) + ": 25", "t.yaml").max_steps == 25);
    for (const char* key : {"per_device_train_batch_size", "train_batch_size"})
        CHECK(parse_yaml(std::string(key) + ": 25", "t.yaml").per_device_batch == 25);
    for (const char* key : {"lr_scheduler_type", "lr_scheduler"})
        CHECK(parse_yaml(std::string(key) + ": cosine", "t.yaml").scheduler == "cosine");
    CHECK(parse_yaml("gradient_accumulation_steps: 25", "t.yaml").accumulation == 25);
    CHECK(parse_yaml("dataloader_drop_last: yes", "t.yaml").drop_last);
    CHECK(parse_yaml("learning_rate: 0.25", "t.yaml").learning_rate == 0.25);
    CHECK(parse_yaml("deepspeed: a/b.json", "t.yaml").deepspeed_file == "a/b.json");
    CHECK(parse_yaml("lr_scheduler_kwargs: {power: 2}", "t.yaml").kwargs.power == 2.0);
    CHECK(parse_yaml("lr_scheduler_kwargs:\n  power: 2", "t.yaml").kwargs.power == 2.0);
    CHECK(parse_yaml("deepspeed: {scheduler: {type: WarmupLR}}", "t.yaml").deepspeed->type == "WarmupLR");
}

TEST_CASE("numbers are what looks like one") {
    const std::pair<const char*, double> numbers[] = {
        {"1e-05", 1e-05},   {"1.0e-4", 1e-4},
        {"5E-5", 5e-5},     {"+2e-5", 2e-5},
        {".5", 0.5},        {"3.", 3},
        {"0", 0},           {"1_000.5", 1000.5},
        {"0.0002", 0.0002}, {"8.039341830649843e-4", 8.039341830649843e-4}};
    for (const auto& [text, value] : numbers) {
        CAPTURE(text);
        CHECK(parse_yaml(std::string("learning_rate: ") + text, "t.yaml").learning_rate == value);
    }
    CHECK(parse_yaml("max_steps: 12_000", "t.yaml").max_steps == 12'000);
    CHECK(parse_yaml("max_steps: 9007199254740993", "t.yaml").max_steps == 9007199254740993);
    for (const char* text : {"two", "1e", "e5", "1__0", "_1", "1_", "010", "0x10", "1:30", ".inf", ".nan", "inf", "nan",
                             "1e999", "--1", "1 2", "\"1e-4\"", "'1'", "!!str 1"}) {
        std::string shown = text;
        if (shown[0] == '"' || shown[0] == '\'')
            shown = shown.substr(1, shown.size() - 2);
        if (shown[0] == '!')
            shown = "1";
        CHECK(reason(std::string("learning_rate: ") + text) ==
              "t.yaml:1: learning_rate: found \"" + shown + "\", accepted: a finite number of 0 or more");
    }
    CHECK(reason("learning_rate: [1]") ==
          "t.yaml:1: learning_rate: found a list, accepted: a finite number of 0 or more");
    CHECK(reason("learning_rate: yes") == "t.yaml:1: learning_rate: found yes, accepted: a finite number of 0 or more");
    CHECK(reason("max_steps: -5") ==
          "t.yaml:1: max_steps: found -5, accepted: a whole number of 0 or more, or -1 for not set");
    CHECK(reason("dataloader_drop_last: \"true\"") ==
          "t.yaml:1: dataloader_drop_last: found \"true\", accepted: true or false");
}

TEST_CASE("null and None are not given") {
    for (const char* text : {"", "~", "null", "None", "\"None\""}) {
        const recipe r =
            parse_yaml(std::string("max_steps: 5\nlearning_rate: ") + text + "\ndeepspeed: " + text, "t.yaml");
        CHECK(r.learning_rate == 5e-5);
        CHECK(r.deepspeed_file.empty());
        CHECK(r.places.size() == 1);
    }
}

TEST_CASE("a misspelt key is refused, with the nearest name") {
    const std::pair<const char*, const char*> misspelt[] = {
        {"lr_schedular_type", "lr_scheduler_type"},
        {"lr-scheduler-type", "lr_scheduler_type"},
        {"LearningRate", "learning_rate"},
        {"leaning_rate", "learning_rate"},
        {"learning_rates", "learning_rate"},
        {"warmup_step", "warmup_steps"},
        {"warm_up_steps", "warmup_steps"},
        {"warmup_stesp", "warmup_steps"},
        {"warmup_ration", "warmup_ratio"},
        {"warmup-ratio", "warmup_ratio"},
        {"maxsteps", "max_steps"},
        {"max_step", "max_steps"},
        {"num_training_epochs", "num_train_epochs"},
        {"num_epoch", "num_epochs"},
        {"gradient_acumulation_step", "gradient_accumulation_steps"},
        {"per_device_train_batchsize", "per_device_train_batch_size"},
        {"dataloader_droplast", "dataloader_drop_last"},
        {"lr_scheduler_kwarg", "lr_scheduler_kwargs"},
        {"deep_speed", "deepspeed"}};
    for (const auto& [key, nearest] : misspelt)
        CHECK(reason("seed: 1\n" + std::string(key) + ": 1") ==
              "t.yaml:2: " + std::string(key) + ": no such key; the nearest is " + nearest);
    CHECK(verdict([] { return read_yaml(data + "/data/recipes/misspelt.yaml"); }) ==
          data + "/data/recipes/misspelt.yaml:3: lr_schedular_type: no such key; the nearest is lr_scheduler_type");
}

TEST_CASE("no argument of the trainers is taken for a misspelling") {
    std::ifstream names(data + "/data/recipes/argument_names.txt");
    REQUIRE(names.is_open());
    std::string yaml;
    int count = 0;
    for (std::string name; std::getline(names, name);) {
        if (name.empty() || name[0] == '#')
            continue;
        yaml += name + ":\n";
        ++count;
    }
    CHECK(count == 380);
    CHECK(yaml.find("\neval_steps:\n") != std::string::npos);
    CHECK(reason(yaml) == "accepted");
}

TEST_CASE("a scheduler's argument outside of lr_scheduler_kwargs is refused") {
    for (const std::string key : {"min_lr", "min_lr_rate", "warmup_lr_rate", "lr_end", "num_stable_steps",
                                  "num_decay_steps", "min_lr_ratio", "warmup_type", "decay_type"})
        CHECK(reason("seed: 1\n" + key + ": 1") ==
              "t.yaml:2: " + key + ": found beside the training arguments, accepted: inside of lr_scheduler_kwargs");
}

TEST_CASE("a text that is no YAML map is refused, with its line") {
    CHECK(reason("") == "t.yaml: found nothing, accepted: a YAML map");
    CHECK(reason("# a comment\n") == "t.yaml: found nothing, accepted: a YAML map");
    CHECK(verdict([] { return read_yaml(data + "/data/recipes/empty.yaml"); }) ==
          data + "/data/recipes/empty.yaml: found nothing, accepted: a YAML map");
    CHECK(reason("\nlearning_rate") == "t.yaml:2: found \"learning_rate\", accepted: a map of training arguments");
    CHECK(reason("- a\n- b") == "t.yaml:1: found a list, accepted: a map of training arguments");
    CHECK(reason("max_steps: 1\n---\nmax_steps: 2") == "t.yaml:3: found a second document, accepted: one");
    CHECK(reason("max_steps: 1\n? [a]\n: 1") == "t.yaml:2: found a list as a key, accepted: a name");
    CHECK(reason("max_steps: 1\nmax_steps: 1") == "t.yaml:2: max_steps: found a second time, first in line 1");
    // The wording after the place is yaml-cpp's own.
    const std::string unclosed = verdict([] { return read_yaml(data + "/data/recipes/unclosed.yaml"); });
    CHECK_THAT(unclosed, ContainsSubstring(data + "/data/recipes/unclosed.yaml:3: is not YAML: "));
    CHECK_THAT(reason("a: 1\n\tb: 2"), ContainsSubstring("t.yaml:2: is not YAML: "));
}

TEST_CASE("aliases cannot make a recipe endless") {
    CHECK_THAT(reason("a: &a [*a]"), ContainsSubstring("t.yaml:1: "));
    std::string doubled = "a0: &a0 [1, 1]\n";
    for (int i = 1; i < 30; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        doubled += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + ", " + before + "]\n";
    }
    CHECK_THAT(reason(doubled), ContainsSubstring("holds too many values for a recipe"));
    CHECK(parse_yaml("a: &a 1e-3\nlearning_rate: *a", "t.yaml").learning_rate == 1e-3);
}
