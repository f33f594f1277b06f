// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "recipes/read.hpp"

#include <pacer/recipes/detail/build.hpp>
#include <pacer/recipes/read_yaml.hpp>

#include <cmath>
#include <fstream>
#include <limits>
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

TEST_CASE("numbers are those of OmegaConf") {
    // OmegaConf 2.3.0 with PyYAML 6.0, asked; 237,000 random scalars were compared with it in type and value.
    const std::pair<const char*, double> numbers[] = {
        {"1e-05", 1e-05},   {"1.0e-4", 1e-4}, {"5E-5", 5e-5}, {"+2e-5", 2e-5},
        {".5", 0.5},        {"3.", 3},        {"0", 0},       {"1_000.5", 1000.5},
        {"0.0002", 0.0002}, {"1_000", 1000},  {"1__0", 10},   {"1_", 1},
        {"010", 8},         {"0x10", 16},     {"0b11", 3},    {"1:30", 90},
        {"1:30.5", 90.5},   {"1_0e2", 1000},  {"1e-400", 0},  {"190:20:30", 685230},
        {".5e-1", 0.05},    {"1.e3", 1000},   {"00", 0},      {"8.039341830649843e-4", 8.039341830649843e-4}};
    for (const auto& [text, value] : numbers) {
        CAPTURE(text);
        CHECK(parse_yaml(std::string("learning_rate: ") + text, "t.yaml").learning_rate == value);
    }
    CHECK(parse_yaml("max_steps: 12_000", "t.yaml").max_steps == 12'000);
    CHECK(parse_yaml("max_steps: 010", "t.yaml").max_steps == 8);
    CHECK(parse_yaml("max_steps: 9007199254740993", "t.yaml").max_steps == 9007199254740993);
    for (const char* text : {"two",  "1e", "e5", "_1",  "._1", "1__0e1", "-.5", "+.5", ".5e3",     "09",  "08",
                             "1:60", "1:", "0x", "0o7", "inf", "nan",    "--1", "1 2", "\"1e-4\"", "'1'", "!!str 1"}) {
        std::string shown = text;
        if (shown[0] == '"' || shown[0] == '\'')
            shown = shown.substr(1, shown.size() - 2);
        if (shown[0] == '!')
            shown = "1";
        if (shown == "1:")
            continue;  // a map
        CHECK(reason(std::string("learning_rate: ") + text) ==
              "t.yaml:1: learning_rate: found \"" + shown + "\", accepted: a finite number of 0 or more");
    }
    for (const std::string text :
         {".inf", "-.INF", "+.Inf", ".nan", ".NaN", ".NAN", "1e999", "-1:30", "-1:30.5", "true"})
        CHECK(reason("learning_rate: " + text) ==
              "t.yaml:1: learning_rate: found " + text + ", accepted: a finite number of 0 or more");
    CHECK(reason("learning_rate: [1]") ==
          "t.yaml:1: learning_rate: found a list, accepted: a finite number of 0 or more");
    CHECK(reason("learning_rate: yes") == "t.yaml:1: learning_rate: found yes, accepted: a finite number of 0 or more");
    const auto number = [](const std::string& text) { return detail::yaml_tree(text, "t.yaml").number(); };
    CHECK(number("-1:30") == -90);
    CHECK(number("-1:30.5") == -90.5);
    CHECK(number("+.Inf") == std::numeric_limits<double>::infinity());
    CHECK(std::isnan(number(".NaN")));
    CHECK(reason("max_steps: -5") ==
          "t.yaml:1: max_steps: found -5, accepted: a whole number of 0 or more, or -1 for not set");
    CHECK(reason("dataloader_drop_last: \"true\"") ==
          "t.yaml:1: dataloader_drop_last: found \"true\", accepted: true or false");
}

TEST_CASE("merge keys are merged") {
    const std::string base = "base: &b {learning_rate: 3e-4, warmup_ratio: 0.1}\n";
    const recipe merged = parse_yaml(base + "<<: *b\nlr_scheduler_type: cosine", "t.yaml");
    CHECK(merged.learning_rate == 3e-4);
    CHECK(merged.warmup_ratio == 0.1);
    CHECK(merged.where("learning_rate").line == 1);
    // What stands in the map itself wins, wherever; of a list of maps the first; of two `<<` the last.
    CHECK(parse_yaml(base + "learning_rate: 1\n<<: *b", "t.yaml").learning_rate == 1);
    CHECK(parse_yaml(base + "<<: *b\nlearning_rate: 1", "t.yaml").learning_rate == 1);
    const std::string two = base + "other: &c {learning_rate: 5e-4, max_steps: 7}\n";
    CHECK(parse_yaml(two + "<<: [*b, *c]", "t.yaml").learning_rate == 3e-4);
    CHECK(parse_yaml(two + "<<: [*b, *c]", "t.yaml").max_steps == 7);
    CHECK(parse_yaml(two + "<<: *b\n<<: *c", "t.yaml").learning_rate == 5e-4);
    CHECK(parse_yaml("<<: {learning_rate: 2}", "t.yaml").learning_rate == 2);
    CHECK(parse_yaml("lr_scheduler_kwargs: &k {power: 2}\nother: {<<: *k}", "t.yaml").kwargs.power == 2);
    CHECK(reason("max_steps: 1\n<<: 3") == "t.yaml:2: <<: found 3, accepted: a map, or a list of maps");
    CHECK(reason("max_steps: 1\n<<: [[]]") == "t.yaml:2: <<: found a list, accepted: a map, or a list of maps");
    CHECK(parse_yaml("max_steps: 1\n\"<<\": 3", "t.yaml").max_steps == 1);  // quoted, it is a key as any other
    CHECK(reason(base + "max_steps: *c") == "t.yaml:2: found \"*c\", accepted: an alias of an anchor before it");
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

TEST_CASE("an alias may be a key, if what it stands for may") {
    CHECK(parse_yaml("seed: &name max_steps\n*name : 7\n", "t.yaml").max_steps == 7);
    CHECK(reason("seed: &name [1]\n*name : 7\n").find("found a list") != std::string::npos);
    CHECK(reason("seed: &name {a: 1}\n*name : 7\n").find("found a map as a key") != std::string::npos);
    CHECK(reason("max_steps: 1\n: 7\n") == "t.yaml:2: found nothing as a key, accepted: a name");
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
    // Nor for a word of another trainer's.
    std::ifstream again(data + "/data/recipes/argument_names.txt");
    for (std::string name; std::getline(again, name);) {
        if (name.empty() || name[0] == '#' || !detail::argument_of(name).empty() || name == "batch_size")
            continue;  // batch_size is one of LLaMA-Factory's evaluation only
        CAPTURE(name);
        CHECK(detail::argument_meant_by(name).name.empty());
    }
}

TEST_CASE("a key that says something of the schedule in other words is not passed over") {
    const std::string other = ", but Hugging Face has no such argument, accepted: ";
    const auto alone = [](const std::string& key) { return reason("seed: 1\noutput_dir: x\n" + key + ": 7"); };
    const std::pair<const char*, const char*> foreign[] = {
        {"lr", "learning_rate"},
        {"max_lr", "learning_rate"},
        {"base_learning_rate", "learning_rate"},
        {"epochs", "num_train_epochs"},
        {"max_epochs", "num_train_epochs"},
        {"train_epochs", "num_train_epochs"},
        {"batch_size", "per_device_train_batch_size"},
        {"train_batch_size_per_device", "per_device_train_batch_size"},
        {"warmup", "warmup_steps"},
        {"warmup_epochs", "warmup_steps"},
        {"warmup_fraction", "warmup_ratio"},
        {"schedule", "lr_scheduler_type"},
        {"lr_decay_style", "lr_scheduler_type"},
        {"total_steps", "max_steps"},
        {"train_iters", "max_steps"},
        {"accumulate_grad_batches", "gradient_accumulation_steps"}};
    for (const auto& [key, argument] : foreign)
        CHECK(alone(key) == "t.yaml:3: " + std::string(key) + ": found 7" + other + argument);
    CHECK(alone("min_learning_rate") ==
          "t.yaml:3: min_learning_rate: found 7" + other +
              "lr_scheduler_type cosine_with_min_lr, with min_lr or min_lr_rate inside of "
              "lr_scheduler_kwargs");
    CHECK_THAT(alone("cosine_min_lr_ratio"), ContainsSubstring("cosine_with_min_lr"));
    // Beside the argument it means, or about a part of the model, it is a note; LLaMA-Factory refuses unknown keys.
    const auto notes = [](const std::string& text) { return parse_yaml(text, "t.yaml").notes; };
    CHECK(notes("learning_rate: 1\nlr: 2").at(0) == "lr 2 (t.yaml:2) is not read: Hugging Face has no such argument");
    CHECK(notes("learning_rate: 1\nvision_lr: 2").size() == 1);
    CHECK(notes("max_steps: 1\nvision_lr: 2").size() == 1);
    CHECK(reason("stage: sft\nlearning_rate: 1\nlr: 2") ==
          "t.yaml:3: lr: found 2, but LLaMA-Factory has no such argument, accepted: learning_rate");
    CHECK(notes("stage: sft\nlearning_rate: 1\nvision_lr: 2").size() == 1);
    CHECK(notes("stage: sft\ntask: mmlu_test\nbatch_size: 4").empty());  // its evaluation has one
    CHECK(reason("stage: sft\nbatch_size: 4") ==
          "t.yaml:2: batch_size: found 4, but LLaMA-Factory has no such argument, "
          "accepted: per_device_train_batch_size");
    CHECK(notes("learning_rate: 1\nlr: null\neval_batch_size: 3\ntest_epochs: 3\nweight_decay: 0").empty());
    CHECK(reason("lr_scheduler_type: cosine\nmin_lr: 1e-6") ==
          "t.yaml:2: min_lr: found beside the training arguments, accepted: inside of lr_scheduler_kwargs, with "
          "lr_scheduler_type cosine_with_min_lr");
}

TEST_CASE("a file with no key of a known trainer's is refused") {
    CHECK_THAT(
        reason("model: {learning_rate: 1}"),
        ContainsSubstring("t.yaml:1: model: found learning_rate inside of it, accepted: at the top of the file"));
    CHECK_THAT(reason("model: {transformers_version: 4.51.0}"), ContainsSubstring("found no key of a known trainer's"));
    for (const char* text : {"a: 1", "name: x\nversion: 1", "- optimizer: {}\n- training_precision: x", "{}",
                             "hidden_size: 64\ntransformers_version: 4.51.3\nmodel_type: llama"})
        CHECK(
            reason(text).find("t.yaml: found no key of a known trainer's, accepted: learning_rate, lr_scheduler_type, "
                              "num_train_epochs, max_steps and their like; files of the Hugging Face Trainer") == 0);
    CHECK(
        reason("train:\n  seed: 1\n  learning_rate: 2e-5") ==
        "t.yaml:1: train: found learning_rate inside of it, accepted: at the top of the file, where the Trainer reads "
        "its arguments");
    CHECK(reason("max_steps: 100\nlog_history: []\nglobal_step: 3") ==
          "t.yaml: found the state of a run, accepted: a recipe (read_trainer_state and read_log read this)");
    CHECK(reason("finetuning_type: lora") == "accepted");
    CHECK(reason("output_dir: x") == "accepted");
}

TEST_CASE("all mistakes of a file are said, in the order of its lines") {
    CHECK(reason("learning_rate: x\nlr_schedular_type: cosine\nmax_steps: 1.5\nlr_scheduler_kwargs: {power: x, a: 1}\n"
                 "epochs: 3") ==
          "t.yaml:1: learning_rate: found \"x\", accepted: a finite number of 0 or more\n"
          "t.yaml:2: lr_schedular_type: no such key; the nearest is lr_scheduler_type\n"
          "t.yaml:3: max_steps: found 1.5, accepted: a whole number of 0 or more, or -1 for not set\n"
          "t.yaml:4: power: found \"x\", accepted: a finite number of 0 or more\n"
          "t.yaml:4: a: no such key, accepted: min_lr, min_lr_rate, warmup_lr_rate, num_cycles, power, lr_end, "
          "timescale, "
          "num_stable_steps, num_decay_steps, min_lr_ratio, warmup_type, decay_type\n"
          "t.yaml:5: epochs: found 3, but Hugging Face has no such argument, accepted: num_train_epochs");
    std::string many = "max_steps: 1\n";
    for (int i = 0; i < 30; ++i)
        many += "max_step_" + std::to_string(i) + ": 1\nmax_steps: 1\n";
    try {
        static_cast<void>(parse_yaml(many, "t.yaml"));
        FAIL("was accepted");
    } catch (const recipe_error& error) {
        CHECK(error.mistakes.size() > 30);
        CHECK(error.mistakes.front().where.line == error.where.line);
        CHECK_THAT(error.what(), ContainsSubstring("\nand " + std::to_string(error.mistakes.size() - 20) + " more"));
    }
}

TEST_CASE("a key that stands twice is LLaMA-Factory's error wherever it is") {
    CHECK(reason("stage: sft\nbf16: true\nbf16: true") == "t.yaml:3: bf16: found a second time, first in line 2");
    CHECK(reason("stage: sft\nmax_steps: 1\nmax_steps: 1") ==
          "t.yaml:3: max_steps: found a second time, first in line 2");
    CHECK(reason("stage: sft\nfsdp_config:\n  a: 1\n  a: 2") == "t.yaml:4: a: found a second time, first in line 3");
    CHECK(reason("stage: sft\nx: [{a: 1, a: 2}]") == "t.yaml:2: a: found a second time, first in line 2");
    CHECK(reason("max_steps: 1\nbf16: true\nbf16: true") == "accepted");  // PyYAML alone takes the last
}

TEST_CASE("what a message shows of a file is harmless") {
    CHECK(reason("learning_rate: \"\\e[31mred\\e[0m\\nERROR: fake\\0\\x7f\"") ==
          "t.yaml:1: learning_rate: found \"\\x1B[31mred\\x1B[0m\\nERROR: fake\\x00\\x7F\", accepted: a finite number "
          "of 0 "
          "or more");
    std::string long_text = "x";
    for (int i = 0; i < 40; ++i)
        long_text += "\xE5\xAD\xA6";
    const std::string cut = reason("learning_rate: " + long_text);
    CHECK_THAT(cut, ContainsSubstring("\xE5\xAD\xA6...\""));
    CHECK(detail::visible("\xE5\xAD") == "\\xE5\\xAD");
    CHECK(detail::visible("\xC0\x80\xED\xA0\x80") == "\\xC0\\x80\\xED\\xA0\\x80");
    CHECK(detail::visible("\xC2\x9B"
                          "31m\xE2\x80\xAE") == "\\xC2\\x9B31m\\xE2\\x80\\xAE");
    CHECK(detail::visible("\xEF\xBB\xBF\xEF\xBB\xBE") == "\\xEF\\xBB\\xBF\xEF\xBB\xBE");
    CHECK(detail::visible("\xF0\x9F\x98\x80 \xC3\xA9") == "\xF0\x9F\x98\x80 \xC3\xA9");
    CHECK(reason("\"lr_scheduler_typ\\n\": 1\nmax_steps: 1").find('\n') == std::string::npos);
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
    CHECK(reason("max_steps: 1\n---\nmax_steps: 2") == "t.yaml:2: found a second document, accepted: one");
    CHECK(reason("max_steps: 1\n? [a]\n: 1") == "t.yaml:2: found a list as a key, accepted: a name");
    CHECK(reason("max_steps: 1\n? {a: 1}\n: 1") == "t.yaml:2: found a map as a key, accepted: a name");
    CHECK(reason("max_steps: 1\nmax_steps: 1") == "t.yaml:2: max_steps: found a second time, first in line 1");
    CHECK(verdict([] { return read_yaml(data + "/data/recipes/unclosed.yaml"); }) ==
          data + "/data/recipes/unclosed.yaml:3: found \": 3\", accepted: a comma or ]");
    CHECK(reason("a: 1\n\tb: 2") == "t.yaml:2: found \"\\tb: 2\", accepted: spaces before a key");
    CHECK(reason("a: b: c") ==
          "t.yaml:1: found \": c\", accepted: one colon in a line (a value with a colon goes in quotes)");
    CHECK(reason("a: 1\n  b: 2") ==
          "t.yaml:2: found \": 2\", accepted: one colon in a line (a value with a colon goes in "
          "quotes)");
    CHECK(reason("max_steps: 'x") == "t.yaml:1: found the end, accepted: YAML");
}

TEST_CASE("a comma outside of brackets is an error, not a file without end") {
    // yaml-cpp comes upon the same document again and again.
    CHECK(reason(",") == "t.yaml:1: found \",\", accepted: YAML");
    CHECK(reason("- learning_rate: 1.0e-3\n, seed: 42\n") == "t.yaml:2: found \", seed: 42\", accepted: YAML");
    CHECK(reason("learning_rate: 1.0e-3\n, seed: 42\n") ==
          "t.yaml:2: found \", seed: 42\", accepted: a line that begins "
          "where those before it do");
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
