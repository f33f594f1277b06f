// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "recipes/read.hpp"

#include <pacer/recipes/read_toml.hpp>
#include <pacer/recipes/resolve.hpp>

#include <filesystem>
#include <fstream>
#include <string>

namespace {

using namespace pacer::recipes;

std::string reason(const std::string& toml) {
    return verdict([&] { return parse_toml(toml, "t.toml"); });
}

std::string refusal(const std::string& toml) {
    return verdict([&] { return resolve(parse_toml(toml, "t.toml")); });
}

const std::string titan = "[optimizer]\nlr = 1.0\n[training]\nsteps = 100\n";

}  // namespace

TEST_CASE("a TOML file is read, also from the disk") {
    const std::string path = (std::filesystem::temp_directory_path() / "pacer_read_toml.toml").string();
    std::ofstream(path) << titan;
    const resolved run = resolve(read_toml(path));
    std::filesystem::remove(path);
    CHECK(run.total_steps == 100);
    CHECK(run.peak_lr == 1);
    CHECK(parse_toml("network_module = \"networks.lora\"\nscale_weight_norms = true\n", "t.toml").format ==
          "sd-scripts");
}

TEST_CASE("TOML's values are shown as they are written") {
    CHECK(refusal("[optimizer]\nlr = 1979-05-27\n[training]\nsteps = 100\n") ==
          "t.toml:2: optimizer.lr: found \"1979-05-27\", accepted: a finite number of 0 or more");
    CHECK(refusal("[optimizer]\nlr = true\n[training]\nsteps = 100\n") ==
          "t.toml:2: optimizer.lr: found true, accepted: a finite number of 0 or more");
    CHECK(refusal("[optimizer]\nlr = false\n[training]\nsteps = 100\n") ==
          "t.toml:2: optimizer.lr: found false, accepted: a finite number of 0 or more");
    CHECK(refusal("[optimizer]\nlr = \"\"\"\nfast\"\"\"\n[training]\nsteps = 100\n") ==
          "t.toml:2: optimizer.lr: found \"fast\", accepted: a finite number of 0 or more");
    CHECK(refusal("[optimizer]\nlr = 1.0\n[training]\nsteps = 0x1p\n").find("is not TOML") != std::string::npos);
}

TEST_CASE("TOML that is nested too deeply, or has too many values, is refused") {
    CHECK(reason("x = " + std::string(70, '[') + std::string(70, ']')) ==
          "t.toml:1: is nested too deeply, accepted: at most 64 levels");
    // Half of it in the name of a table.
    std::string table = "[a";
    for (int k = 0; k < 40; ++k)
        table += ".a";
    CHECK(reason(table + "]\nx = " + std::string(40, '[') + std::string(40, ']')) ==
          "t.toml:2: is nested too deeply, accepted: at most 64 levels");
    // Brackets in texts and comments are none.
    const std::string brackets(70, '[');
    CHECK(reason(titan + "x = \"\\\"" + brackets + "\"\ny = '" + brackets + "'\nz = \"\"\"\n" + brackets +
                 "\"\"\"\n# " + brackets) == "accepted");
    std::string many = "x = [1";
    for (int k = 0; k < 10'000; ++k)
        many += ", 1";
    CHECK(reason(many + "]\n") == "t.toml:1: holds too many values for a recipe, accepted: at most 10000");
}
