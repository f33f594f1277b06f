// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/analysis/training_log.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <stdexcept>

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

TEST_CASE("a list of records is a log, too") {
    const temporary file("z.json",
                         R"([{"step": 1, "learning_rate": 0.5}, {"eval_loss": 1}, {"step": 2.0, "lr": 0.25}])");
    const pacer::analysis::training_log log = pacer::analysis::read_log(file.path());
    REQUIRE(log.points.size() == 2);
    CHECK(log.points[1].step == 2);
    CHECK(log.points[1].lr == 0.25);
}

TEST_CASE("what is no log says so") {
    CHECK(error_of("e.json", "{}") == ": no learning rate is logged in it");
    CHECK(error_of("e2.json", " ") == ": accepted: an object with log_history or points");
    CHECK(error_of("e3.json", "3") == ": accepted: an object with log_history or points");
    CHECK(error_of("f.json", "[1]") == ": accepted: an object with log_history or points");
    CHECK(error_of("g.json", R"({"points": [[1]]})") == ":1: points: found a list of 1, accepted: [step, lr]");
    CHECK(error_of("g2.json", "{\"points\":\n[[1, 2, 3]]}") ==
          ":2: points: found a list of more than two, accepted: [step, lr]");
    CHECK(error_of("g3.json", R"({"points": [{}]})") == ":1: points: found a map, accepted: [step, lr]");
    CHECK(error_of("g4.json", R"({"points": [3]})") == ":1: points: found 3, accepted: [step, lr]");
    CHECK(error_of("h.csv", "1,2e-4\nx,1\n") == ":2: found \"x\", accepted: a whole number of 0 or more");
    CHECK(error_of("j.json", "{") == ":1: found the end, accepted: a key in quotes, or }");
    CHECK(error_of("k.jsonl", "{\"step\": 1, \"lr\": 1}\n{\n") == ":2: found the end, accepted: a key in quotes, or }");
    CHECK(error_of("k2.jsonl", "{\"step\": 1, \"lr\": 1}\n{\"a\" 1}") == ":2: found \"1\", accepted: a colon");
    CHECK(error_of("k3.jsonl", "{\"step\": 1, \"lr") == ": no learning rate is logged in it");
    CHECK_THROWS_AS(pacer::analysis::read_log("no/such/file.json"), std::runtime_error);
    CHECK_THROWS_AS(pacer::analysis::read_log(fs::temp_directory_path().string()), pacer::recipes::recipe_error);
}

TEST_CASE("a step is a whole number, a rate is finite") {
    const std::string step = ", accepted: a whole number of 0 or more";
    const std::string rate = ", accepted: a finite number of 0 or more";
    const auto record = [](const std::string& s, const std::string& r) {
        return error_of("record.json", "{\"log_history\": [\n{\"step\": " + s + ", \"learning_rate\": " + r + "}]}");
    };
    for (const std::string s : {"1.5", "-1", "1e300", "18446744073709551615", "NaN", "Infinity"})
        CHECK(record(s, "1") == ":2: step: found " + s + step);
    for (const std::string r : {"NaN", "Infinity", "-5", "1e999"})
        CHECK(record("1", r) == ":2: learning_rate: found " + r + rate);
    CHECK(error_of("total.json", R"({"max_steps": 18446744073709551615, "log_history": []})") ==
          ":1: max_steps: found 18446744073709551615" + step);
    CHECK(error_of("line.jsonl", "{\"lr\": 1, \"step\": 1}\n{\"lr\": 1, \"step\": 0.5}\n") ==
          ":2: step: found 0.5" + step);
    for (const std::string cell : {"0.001abc", "nan", "0x1p-3", "inf", "-1", "fast", "1e999", "1,5"})
        CHECK(error_of("cell.csv", "1,0.5\n2," + cell + "\n") ==
              (cell == "1,5"                     ? std::string(":2: found 3 columns, accepted: 2")
               : cell == "-1" || cell == "1e999" ? ":2: found " + cell + rate
                                                 : ":2: found \"" + cell + "\"" + rate));
}

TEST_CASE("a rate of -0 is 0") {
    for (const auto& [name, text] : {std::pair{"a.jsonl", "{\"step\": 1, \"learning_rate\": -0.0}\n"},
                                     {"b.json", "{\"points\": [[1, -0e5]]}"},
                                     {"c.csv", "1,-0\n"}}) {
        INFO(name);
        const auto log = pacer::analysis::parse_log(text, name);
        REQUIRE(log.points.size() == 1);
        CHECK_FALSE(std::signbit(log.points[0].lr));
    }
}

TEST_CASE("a log is read as Python's json writes it") {
    const temporary state("nan.json", R"({"max_steps": 100, "log_history": [
        {"step": 10, "learning_rate": 1.8e-05, "loss": 2.0, "grad_norm": NaN},
        {"step": 20, "learning_rate": 1.6e-05, "loss": Infinity, "other": {"step": 3, "learning_rate": 7}}]})");
    const pacer::analysis::training_log log = pacer::analysis::read_log(state.path());
    REQUIRE(log.points.size() == 2);
    CHECK(log.points[1].lr == 1.6e-05);
    CHECK(log.total_steps == 100);
    const temporary lines("nan.jsonl",
                          "{\"current_steps\": 10, \"total_steps\": 100, \"loss\": NaN, \"lr\": 1.8e-05}\n");
    CHECK(pacer::analysis::read_log(lines.path()).points.size() == 1);
}

TEST_CASE("a log cut in its last line is a log, and says so") {
    const std::string whole = "{\"current_steps\": 10, \"lr\": 2e-06}\n{\"current_steps\": 20, \"lr\": 4e-06}\n";
    const std::string next =
        "{\"current_steps\": 30, \"total_steps\": 500, \"flag\": true, \"x\": {\"y\": \"z\"}, \"lr\": 6e-06}";
    for (std::size_t length = 1; length < next.size(); ++length) {
        CAPTURE(next.substr(0, length));
        const temporary file("cut.jsonl", whole + next.substr(0, length));
        const pacer::analysis::training_log log = pacer::analysis::read_log(file.path());
        CHECK(log.points.size() == 2);
        REQUIRE(log.notes.size() == 1);
        CHECK(log.notes[0] == "line 3, the last, is cut, as a run leaves it that was killed; it is left out");
    }
    const temporary all("cut.jsonl", whole + next);
    CHECK(pacer::analysis::read_log(all.path()).points.size() == 3);
    CHECK(pacer::analysis::read_log(all.path()).notes.empty());
    const temporary table("cut.csv", "step,loss,lr\n1,2,0.5\n2,3,");
    CHECK(pacer::analysis::read_log(table.path()).points.size() == 1);
    CHECK(pacer::analysis::read_log(table.path()).notes.size() == 1);
}

TEST_CASE("a record's step is its own, or else that of the run") {
    const temporary file("global.jsonl",
                         "{\"global_step\": 10, \"lr\": 0.5}\n{\"global_step\": 20, \"step\": 3, \"lr\": 0.25}\n");
    const pacer::analysis::training_log log = pacer::analysis::read_log(file.path());
    REQUIRE(log.points.size() == 2);
    CHECK(log.points[0].step == 10);
    CHECK(log.points[1].step == 3);
}

TEST_CASE("the columns of a table are found by their names") {
    for (const char* header :
         {"step,loss,lr", "Step,Loss,Learning_Rate", "\"step\", \"loss\",\"run, 7 - train/learning_rate\"",
          "train/global_step,train/loss,train/learning-rate", "\xEF\xBB\xBFstep,x,lr"}) {
        CAPTURE(header);
        const temporary file("columns.csv", std::string(header) + "\r\n1,2.5,0.1\r\n\r\n2,2.4,0.2\n3,2.3,\n");
        const pacer::analysis::training_log log = pacer::analysis::read_log(file.path());
        REQUIRE(log.points.size() == 2);
        CHECK(log.points[0].lr == 0.1);
        CHECK(log.points[1].step == 2);
        CHECK(log.points[1].lr == 0.2);
    }
    for (const char* text : {"step;loss;lr\n1;2,5;0,1\n2;2,4;0,2\n", "step\tloss\tlr\n1\t2.5\t0.1\n2\t2.4\t0.2\n",
                             "step;loss;lr\n1;2.5;0.1\n2;2.4;2e-1\n"}) {
        CAPTURE(text);
        const temporary file("columns.csv", text);
        const pacer::analysis::training_log log = pacer::analysis::read_log(file.path());
        REQUIRE(log.points.size() == 2);
        CHECK(log.points[0].lr == 0.1);
        CHECK(log.points[1].lr == 0.2);
    }
    const temporary quoted("columns.csv", "step,\"the \"\"lr\"\", or so\",lr\n1,\"a, b\",0.5\n");
    CHECK(pacer::analysis::read_log(quoted.path()).points[0].lr == 0.5);
    CHECK(error_of("c8.csv", "step,lr" + std::string(999, ',') + "\n") ==
          ":1: found too many columns, accepted: at most 1000");
    // A comma that may stand between thousands is no decimal one.
    CHECK(error_of("c6.csv", "step;lr\n1,000;0,1\n") == ":2: found \"1,000\", accepted: a whole number of 0 or more");
    CHECK(error_of("c7.csv", "step;lr\n1;1,000.5\n") ==
          ":2: found \"1,000.5\", accepted: a finite number of 0 or more");
    const temporary turned("columns.csv", "lr,step\n0.5,7\n");
    CHECK(pacer::analysis::read_log(turned.path()).points[0].step == 7);
    const temporary board("columns.csv", "Wall time,Step,Value\n1.7e9,7,0.5\n");
    CHECK(pacer::analysis::read_log(board.path()).points[0].lr == 0.5);
    CHECK(error_of("c1.csv", "step,loss\n1,2\n") ==
          ":1: found the columns step, loss, accepted: one that is step and one that is lr or learning_rate");
    CHECK(error_of("c9.csv", "Wall time,Step,Loss\n1.7e9,7,0.5\n") ==
          ":1: found the columns Wall time, Step, Loss, accepted: one that is step and one that is lr or "
          "learning_rate");
    CHECK(error_of("c2.csv", "step,lr,learning_rate\n1,2,3\n") ==
          ":1: found the columns step, lr, learning_rate, accepted: one that is step and one that is lr or "
          "learning_rate");
    CHECK(error_of("c3.csv", "1,2,3\n") ==
          ":1: found 3 columns without a header, accepted: step,lr, or a line of names before them");
    CHECK_THAT(error_of("c5.csv", "step\x1B[31m\tx,lr\n"), ContainsSubstring("step\\x1B[31m\\tx, lr"));
    CHECK(error_of("c4.csv", "1\n") ==
          ":1: found 1 column without a header, accepted: step,lr, or a line of names before them");
}

TEST_CASE("scheduler states are read as one object or as a list, in order of the step") {
    const temporary one("l.json", R"({"at_step": 5, "last_epoch": 4})");
    REQUIRE(pacer::analysis::read_scheduler_states(one.path()).size() == 1);
    const temporary two("m.json", R"([{"at_step": 9, "last_epoch": 7}, {"at_step": 5, "last_epoch": 4}])");
    const auto states = pacer::analysis::read_scheduler_states(two.path());
    REQUIRE(states.size() == 2);
    CHECK(states[0].at_step == 5);
    CHECK(states[1].last_epoch == 7);
    for (const char* text : {R"({"last_epoch": 4})", R"({"at_step": 4})"}) {
        const temporary wrong("n.json", text);
        CHECK_THROWS_WITH(pacer::analysis::read_scheduler_states(wrong.path()),
                          wrong.path() + ":1: accepted: objects with at_step and last_epoch");
    }
}
