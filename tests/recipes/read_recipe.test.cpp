// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "recipes/read.hpp"

#include <pacer/recipes/read_recipe.hpp>

#include <string>

namespace {

using namespace pacer::recipes;

const std::string data = std::string(PACER_TEST_DATA) + "/data/";

}  // namespace

TEST_CASE("a recipe is read by the extension of its file") {
    CHECK(read_recipe(data + "recipes/llamafactory.yaml").is_llamafactory);
    CHECK(read_recipe(data + "recipes/everything.json").scheduler == "cosine_with_min_lr");
    CHECK(verdict([] { return read_recipe("x/train.toml"); }) ==
          "x/train.toml: found a file of another kind, accepted: .yaml, .yml or .json");
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
