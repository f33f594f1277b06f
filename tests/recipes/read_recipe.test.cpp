// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "recipes/read.hpp"

#include <pacer/recipes/read_recipe.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace pacer::recipes;

namespace fs = std::filesystem;

const std::string data = std::string(PACER_TEST_DATA) + "/data/";

// A folder that lives as long as the test.
class temporary_folder {
public:
    explicit temporary_folder(const char* name = "pacer_read_recipe") : path_(fs::temp_directory_path() / name) {
        fs::remove_all(path_);
        fs::create_directory(path_);
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder() { fs::remove_all(path_); }

    std::string put(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
        return (path_ / name).string();
    }
    std::string path() const { return path_.string(); }

private:
    fs::path path_;
};

std::string repeated(const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i)
        all += text;
    return all;
}

}  // namespace

TEST_CASE("a recipe is read by the extension of its file") {
    CHECK(read_recipe(data + "recipes/llamafactory.yaml").is_llamafactory);
    CHECK(read_recipe(data + "recipes/everything.json").scheduler == "cosine_with_min_lr");
    CHECK(verdict([] { return read_recipe("x/train.ini"); }) ==
          "x/train.ini: found a file of another kind, accepted: .yaml, .yml, .json, .md (a model card), .sh, .bash, "
          ".toml, "
          ".py");
    CHECK(verdict([] { return read_recipe(data + "recipes/none.yml"); }) ==
          data + "recipes/none.yml: cannot be opened");
    CHECK(verdict([] { return read_recipe(data + "recipes/none.json"); }) ==
          data + "recipes/none.json: cannot be opened");
}

TEST_CASE("the DeepSpeed configuration that a recipe names is read too") {
    const recipe r = read_recipe(data + "recipes/with_deepspeed.json");
    REQUIRE(r.deepspeed);
    CHECK(r.deepspeed->type == "WarmupDecayLR");
    CHECK(r.deepspeed->warmup_max_lr.is_auto);
    CHECK(r.deepspeed->warmup_type == "linear");
    CHECK(r.deepspeed_file == "conf/decay.json");
    CHECK(!r.deepspeed_missing);
    CHECK(r.where("scheduler.params.warmup_type").file == data + "recipes/conf/decay.json");
    CHECK(r.where("scheduler.params.warmup_type").line == 10);
    CHECK(r.where("learning_rate").file == data + "recipes/with_deepspeed.json");
}

TEST_CASE("a DeepSpeed configuration that is not there is noticed") {
    const recipe r = read_recipe(data + "runs/19-log-written-twice/recipe.yaml");
    CHECK(r.deepspeed_missing);
    CHECK(r.deepspeed_file == "my_dz_twoGPU.json");
    CHECK(!r.deepspeed);
    CHECK(!read_json(data + "recipes/with_deepspeed.json").deepspeed_missing);
}

TEST_CASE("a folder is read as the recipe in it") {
    const temporary_folder folder;
    const std::string nothing =
        folder.path() + ": found no recipe in this folder, accepted: a recipe, or a folder with one";
    CHECK(verdict([&] { return read_recipe(folder.path()); }) == nothing);
    folder.put("notes.json", "{\"name\": \"x\"}");
    folder.put("trainer_state.json", "{\"global_step\": 3, \"max_steps\": 7, \"log_history\": []}");
    folder.put("weights.bin", "x");
    CHECK(verdict([&] { return read_recipe(folder.path()); }) == nothing);
    folder.put("README.md", "### Training hyperparameters\n- learning_rate: 0.5\n");
    CHECK(read_recipe(folder.path()).learning_rate == 0.5);
    folder.put("a.yaml", "learning_rate: 0.25");
    CHECK(read_recipe(folder.path()).learning_rate == 0.25);
    folder.put("b.json", "{\"learning_rate\": 0.125}");
    CHECK(verdict([&] { return read_recipe(folder.path()); }) ==
          folder.path() + ": found several recipes (a.yaml, b.json), accepted: one of them");
    folder.put("training_args.json", "{\"learning_rate\": 1}");
    CHECK(read_recipe(folder.path()).learning_rate == 1);
    folder.put("recipe.yaml", "learning_rate: 2");
    CHECK(read_recipe(folder.path()).learning_rate == 2);
}

TEST_CASE("a folder of many files is refused") {
    const temporary_folder folder;
    for (int i = 0; i < 30; ++i)
        folder.put("f" + std::to_string(i) + ".json", "{}");
    CHECK(verdict([&] { return read_recipe(folder.path()); }) ==
          folder.path() + ": holds too many files, accepted: a recipe, or a folder with one");
    const temporary_folder weights("pacer_read_recipe_weights");
    for (int i = 0; i < 1001; ++i)
        weights.put("f" + std::to_string(i) + ".bin", "");
    CHECK(verdict([&] { return read_recipe(weights.path()); }) ==
          weights.path() + ": holds too many files, accepted: a recipe, or a folder with one");
    folder.put("recipe.json", "{\"learning_rate\": 0.5}");
    CHECK(read_recipe(folder.path()).learning_rate == 0.5);
}

TEST_CASE("the version of transformers stands in the recipe, or beside it") {
    const temporary_folder folder;
    const std::string path = folder.put("recipe.yaml", "learning_rate: 0.25");
    CHECK(read_recipe(path).transformers_version.empty());
    folder.put("config.json", "{\"model_type\": \"x\",\n\"transformers_version\": \"4.51.3\"}");
    CHECK(read_recipe(path).transformers_version == "4.51.3");
    CHECK(read_recipe(path).where("transformers_version").line == 2);
    CHECK(read_recipe(path).where("transformers_version").file == (fs::path(folder.path()) / "config.json").string());
    // One that is null is none.
    folder.put("generation_config.json", "{\"transformers_version\": \"4.40.0\"}");
    folder.put("config.json", "{\"transformers_version\": null}");
    CHECK(read_recipe(path).transformers_version == "4.40.0");
    fs::remove(fs::path(folder.path()) / "generation_config.json");
    folder.put(
        "README.md",
        "### Training hyperparameters\n- seed: 3\n### Framework versions\n\n- PEFT 0.1\n- Transformers 4.46.0\n");
    CHECK(read_recipe(path).transformers_version == "4.46.0");
    folder.put("recipe.yaml", "learning_rate: 0.25\ntransformers_version: 5.0.0");
    CHECK(read_recipe(path).transformers_version == "5.0.0");
    fs::create_directory(fs::path(folder.path()) / "checkpoint-5");
    const std::string checkpoint = folder.put("checkpoint-5/training_args.json", "{\"learning_rate\": 0.5}");
    CHECK(read_recipe(checkpoint).transformers_version == "4.46.0");
    fs::create_directory(fs::path(folder.path()) / "other");
    CHECK(read_recipe(folder.put("other/a.yaml", "learning_rate: 1")).transformers_version.empty());
    folder.put("README.md", "{");
    folder.put("config.json", "{");
    folder.put("recipe.yaml", "learning_rate: 0.25");
    CHECK(read_recipe(path).transformers_version.empty());
}

TEST_CASE("a model card is read") {
    const recipe card =
        parse_recipe("---\nlearning_rate: 9\n---\n# m\n- learning_rate: 8\n\n### Training hyperparameters\n\n"
                     "The following hyperparameters were used during training:\n- learning_rate: 5e-05\r\n"
                     "- num_devices: 2\n- optimizer: Use adamw with betas=(0.9,0.999): {x}\n"
                     "- num_epochs: 3.0\n\n### Training results\n- learning_rate: 7\n\n"
                     "### Framework versions\n\n- Transformers: 4.46.0\n",
                     "README.md");
    CHECK(card.learning_rate == 5e-5);
    CHECK(card.world_size == 2);
    CHECK(card.epochs == 3);
    CHECK(card.where("learning_rate").line == 10);
    CHECK(card.transformers_version == "4.46.0");
    CHECK(card.is_model_card);
    CHECK(parse_recipe("### Training hyperparameters \r\n- learning_rate: 5e-05\n", "README.md").learning_rate == 5e-5);
    // The card of sentence-transformers lists what is not a default, and then everything.
    const recipe sentences = parse_recipe("### Training Hyperparameters\n#### Non-Default Hyperparameters\n"
                                          "- `learning_rate`: 2e-05\n#### All Hyperparameters\n<details>\n"
                                          "- `learning_rate`: 2e-05\n- `max_steps`: -1\n- `lr_scheduler_kwargs`: {}\n"
                                          "- `accelerator_config`: {'split_batches': True, 'dispatch_batches': None}\n"
                                          "- `deepspeed`: None\n- `warmup_ratio`: 0.1\n</details>\n",
                                          "README.md");
    CHECK(sentences.learning_rate == 2e-5);
    CHECK(sentences.max_steps == -1);
    CHECK(sentences.split_batches);
    CHECK(sentences.where("split_batches").line == 9);
    CHECK(
        verdict([] { return parse_recipe("# m\n", "README.md"); }) ==
        "README.md: found no list of hyperparameters, accepted: a model card with \"Training hyperparameters\", as the "
        "Trainer writes it");
    CHECK_THAT(verdict([] { return parse_recipe("### Training hyperparameters\n- optimizer: None\n", "README.md"); }),
               ContainsSubstring("README.md: found no key of a known trainer's"));
    // As people write it.
    const recipe by_hand =
        parse_recipe("## Hyperparameters\n- **Learning rate:** 2e-4\n- **lr_scheduler_type**: cosine\n"
                     "- *max_steps*: `100`\n- Seed: 42\n",
                     "README.md");
    CHECK(by_hand.learning_rate == 2e-4);
    CHECK(by_hand.scheduler == "cosine");
    CHECK(by_hand.max_steps == 100);
    CHECK(verdict([] {
              return parse_recipe(
                  "## Hyperparameters\n- **Learning rate:** 2e-4\n- **Epochs:** 3\n- **Batch size:** 8\n", "README.md");
          }) == "README.md:3: epochs: found 3, but Hugging Face has no such argument, accepted: num_train_epochs\n"
                "README.md:4: batch_size: found 8, but Hugging Face has no such argument, accepted: "
                "per_device_train_batch_size");
    // Under another heading, or none, the keys have to say what it is.
    const std::string list = "- learning_rate: 2e-05\n- train_batch_size: 16\n- eval_batch_size: 8\n- seed: 42\n"
                             "- lr_scheduler_type: cosine\n- num_epochs: 2\n";
    for (const std::string above : {"", "---\ntags:\n- x\n---\n# A model\n\nIt was trained with:\n\n",
                                    "## Training procedure\n- learning_rate: high\n\nThat is:\n"}) {
        const recipe bare =
            parse_recipe(above + list + "\n### Framework versions\n- Transformers 4.30.0\n", "README.md");
        CHECK(bare.learning_rate == 2e-5);
        CHECK(bare.scheduler == "cosine");
        CHECK(bare.per_device_batch == 16);
        CHECK(bare.is_model_card);
        CHECK(bare.transformers_version == "4.30.0");
    }
    CHECK(verdict([&] { return parse_recipe(list + "\nThe second:\n" + list, "README.md"); }) ==
          "README.md:9: found a second list of hyperparameters (the first is in line 1), accepted: one, or a heading "
          "\"Training hyperparameters\" above the one that counts");
    CHECK(parse_recipe(list + "## Training hyperparameters\n- learning_rate: 1\n", "README.md").learning_rate == 1);
    for (const char* other :
         {"- learning_rate: 1e-4\n- seed: 1\n- dataset: x\n", "- train_batch_size: 1\n- num_epochs: 2\n"})
        CHECK_THAT(verdict([&] { return parse_recipe(other, "README.md"); }),
                   ContainsSubstring("found no list of hyperparameters"));
    CHECK(verdict([] { return parse_recipe("## Hyperparameters\n- max_steps: 100\n", "README.md"); }) ==
          "README.md: learning_rate: found nothing, accepted: a list with it, as the Trainer writes it");
}

TEST_CASE("the trainer whose file it is may be named") {
    CHECK(parse_recipe("learning_rate: 1", "a.yaml", {.as = "hugging_face"}).learning_rate == 1);
    CHECK_THAT(verdict([] { return parse_recipe("learning_rate: 1", "a.yaml", {.as = "nobody"}); }),
               ContainsSubstring("a.yaml: found no format \"nobody\", accepted: hugging_face"));
}

TEST_CASE("no file takes long, whatever is in it") {
    const std::string values = "holds too many values for a recipe, accepted: at most 10000";
    const std::string deep = "is nested too deeply, accepted: at most 64 levels";
    const std::string size = "is too large, accepted: at most 512 KiB";
    std::string keys;
    for (int i = 0; i < 30'000; ++i)
        keys += "key_" + std::to_string(i) + ": 1\n";
    std::string misspelt = "max_steps: 1\n";
    for (int i = 0; i < 9'000; ++i)
        misspelt += "lr_scheduler_typ" + std::to_string(i) + ": 1\n";
    const std::vector<std::pair<std::string, std::string>> yaml{
        {repeated("a: 1\n", 3'000'000), size},
        {repeated("a: 1\n", 100'000), values},
        {keys, values},
        {misspelt, "and 980 more"},
        {std::string(50'000'000, '\n'), size},
        {std::string(500'000, '\n'), "found nothing"},
        {std::string(80'000, '[') + std::string(80'000, ']'), deep},
        {repeated("a: {", 100'000), deep},
        {repeated("- ", 100'000), deep},
        {std::string(200'000, '{'), "is nested too deeply"},
        {repeated("[ \n", 100'000), "is nested too deeply"},
        {std::string(500'000, ','), "accepted: YAML"},
        {"[" + std::string(500'000, ',') + "]", values},
        {std::string(500'000, '"'), "accepted: YAML"},
        {repeated("*a ", 100'000), "accepted: an alias"},
        {repeated("--- a\n", 50'000), "found a second document"},
        {"a: &a {x: 1}\nb:\n" + repeated("  <<: *a\n", 40'000), values},
        {"learning_rate: " + std::string(500'000, '9'), "accepted: a finite number"},
        {"learning_rate: 1" + repeated(":1", 250'000), "accepted: a finite number"}};
    const std::vector<std::pair<std::string, std::string>> json{
        {std::string(50'000'000, '\n'), size},
        {std::string(80'000, '[') + std::string(80'000, ']'), deep},
        {"[" + repeated("1,", 100'000), values},
        {"{\"learning_rate\": " + std::string(500'000, '9') + "}", "accepted: a finite number"},
        {"{\"a\": \"" + repeated("\\u0000", 80'000) + "\"}", "found no key"}};
    const auto from = std::chrono::steady_clock::now();
    for (const auto& [text, expected] : yaml) {
        CAPTURE(text.substr(0, 20), text.size());
        CHECK_THAT(verdict([&, &t = text] { return parse_recipe(t, "t.yaml"); }), ContainsSubstring(expected));
    }
    for (const auto& [text, expected] : json) {
        CAPTURE(text.substr(0, 20), text.size());
        CHECK_THAT(verdict([&, &t = text] { return parse_recipe(t, "t.json"); }), ContainsSubstring(expected));
    }
    CHECK_THAT(
        verdict([] { return parse_recipe("### Hyperparameters\n" + repeated("- a: {'x': 1}\n", 30'000), "t.md"); }),
        ContainsSubstring(values));
    // A second for each of them; with sanitizers all of them together.
    CHECK(std::chrono::steady_clock::now() - from < std::chrono::seconds(24));
    const temporary_folder folder;
    CHECK(verdict([&] { return read_recipe(folder.put("t.yaml", std::string(600'000, ' '))); }) ==
          (fs::path(folder.path()) / "t.yaml").string() + ": " + size);
}
