// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/analysis/training_log.hpp>

#include <filesystem>

namespace {

namespace fs = std::filesystem;

// A file that lives as long as the test.
class temporary {
public:
    temporary(const std::string& name, const std::string& text)
        : path_(fs::temp_directory_path() / ("pacer_training_log_" + name)) {
        std::ofstream(path_) << text;
    }
    temporary(const temporary&) = delete;
    temporary& operator=(const temporary&) = delete;
    ~temporary() { fs::remove(path_); }

    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    fs::path path_;
};

std::string error_of(const std::string& name, const std::string& text) {
    const temporary file(name, text);
    try {
        (void)pacer::analysis::read_log(file.path());
    } catch (const std::runtime_error& e) {
        return std::string(e.what()).substr(file.path().size());
    }
    return "no error";
}

}  // namespace

TEST_CASE("every format of a log gives the same points") {
    const std::string state = R"({"max_steps": 9, "log_history": [{"step": 1, "learning_rate": 1e-4},
        {"step": 1, "eval_loss": 0.5}, {"step": 2, "learning_rate": 0.00020000000000000001, "loss": 1}]})";
    const std::string lines = "{\"current_steps\": 1, \"total_steps\": 9, \"lr\": 1e-4}\n\n"
                              "{\"current_steps\": 2, \"total_steps\": 9, \"learning_rate\": 0.0002}\n";
    const std::string pairs = R"({"points": [[1, 1e-4], [2, 2e-4]]})";
    const std::string table = "step,lr\n1,1e-4\n# a note\n2,0.0002\n";
    for (const auto& [name, text] :
         {std::pair{"a.json", state}, {"b.jsonl", lines}, {"c.json", pairs}, {"d.csv", table}}) {
        const temporary file(name, text);
        const pacer::analysis::training_log log = pacer::analysis::read_log(file.path());
        INFO(name);
        REQUIRE(log.points.size() == 2);
        CHECK(log.points[0].step == 1);
        CHECK(log.points[0].lr == 1e-4);
        CHECK(log.points[1].step == 2);
        CHECK(log.points[1].lr == 2e-4);
        CHECK(log.total_steps.value_or(9) == 9);
    }
}

TEST_CASE("what is no log says so") {
    CHECK(error_of("e.json", "{}") == ": no learning rate is logged in it");
    CHECK(error_of("f.json", "[1]") == ": accepted: an object with log_history or points");
    CHECK(error_of("g.json", R"({"points": [[1]]})") == ": points: found [1], accepted: [step, lr]");
    CHECK(error_of("h.csv", "1,2e-4\nx,1\n") == ":2: found 'x,1', accepted: step,lr");
    CHECK(error_of("i.csv", "1,fast\n") == ":1: found 'fast', accepted: a number");
    CHECK_THAT(error_of("j.json", "{"), ContainsSubstring("parse error"));
    CHECK_THAT(error_of("k.jsonl", "{\"step\": 1, \"lr\": 1}\n{"), ContainsSubstring(":2: "));
    CHECK_THROWS_AS(pacer::analysis::read_log("no/such/file.json"), std::runtime_error);
}

TEST_CASE("scheduler states are read as one object or as a list, in order of the step") {
    const temporary one("l.json", R"({"at_step": 5, "last_epoch": 4})");
    REQUIRE(pacer::analysis::read_scheduler_states(one.path()).size() == 1);
    const temporary two("m.json", R"([{"at_step": 9, "last_epoch": 7}, {"at_step": 5, "last_epoch": 4}])");
    const auto states = pacer::analysis::read_scheduler_states(two.path());
    REQUIRE(states.size() == 2);
    CHECK(states[0].at_step == 5);
    CHECK(states[1].last_epoch == 7);
    const temporary wrong("n.json", R"({"last_epoch": 4})");
    CHECK_THROWS_AS(pacer::analysis::read_scheduler_states(wrong.path()), std::runtime_error);
}
