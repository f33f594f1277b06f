// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/analysis/event_log.hpp>

#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

namespace {

namespace fs = std::filesystem;
using pacer::step_t;
using pacer::analysis::read_event_log;
using pacer::analysis::tensorboard_writer;
using pacer::analysis::training_log;

class temporary_directory {
public:
    temporary_directory() : path_(fs::temp_directory_path() / ("pacer_event_log_" + std::to_string(::clock()))) {
        fs::remove_all(path_);
        fs::create_directory(path_);
    }
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;
    ~temporary_directory() { fs::remove_all(path_); }

    [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

private:
    fs::path path_;
};

struct written {
    const char* tag;
    step_t step;
    double value;
};

void write(const std::string& file, std::initializer_list<written> all) {
    fs::create_directories(fs::path(file).parent_path());
    tensorboard_writer to = tensorboard_writer::append_to(file);
    for (const written& w : all)
        to.scalar(w.tag, w.value, w.step, 1);
    to.flush();
}

std::string error_of(const std::string& path, std::string_view tag = {}) {
    try {
        static_cast<void>(read_event_log(path, tag));
    } catch (const std::exception& e) {
        return e.what();
    }
    return "no error";
}

std::vector<double> rates_of(const training_log& log) {
    std::vector<double> rates;
    for (const auto& p : log.points)
        rates.push_back(p.lr);
    return rates;
}

}  // namespace

TEST_CASE("event_log: which tags look like a learning rate") {
    using pacer::analysis::detail::likeness_to_rate;
    for (const char* tag : {"lr", "train/lr", "train/learning_rate", "learning-rate", "Train/Learning Rate", "epoch_lr",
                            "a.LR", "train//lr"})
        if (likeness_to_rate(tag) != 2)
            FAIL_CHECK(tag);
    for (const char* tag : {"lr-AdamW", "lr/group_1", "learning_rate_0", "lr-Adam/pg1", "lr{0}"})
        if (likeness_to_rate(tag) != 1)
            FAIL_CHECK(tag);
    for (const char* tag :
         {"", "loss", "rate", "decay_rate", "learning", "color", "train/slr", "learning-rate vs samples", "lr/tokens"})
        if (likeness_to_rate(tag) != 0)
            FAIL_CHECK(tag);
}

TEST_CASE("event_log: a file begins with a length and its checksum") {
    using pacer::analysis::is_event_file;
    const temporary_directory at;
    write(at / "a.tfevents", {{"lr", 0, 1}});
    std::ifstream from(at / "a.tfevents", std::ios::binary);
    std::string head(12, '\0');
    from.read(head.data(), 12);
    CHECK(is_event_file(head));
    CHECK_FALSE(is_event_file(head.substr(0, 11)));
    CHECK_FALSE(is_event_file(std::string(64, '\0')));
    CHECK_FALSE(is_event_file(""));
    head[3] = static_cast<char>(head[3] ^ 1);
    CHECK_FALSE(is_event_file(head));
}

TEST_CASE("event_log: the rates of a file, as floats") {
    const temporary_directory at;
    write(at / "a.tfevents",
          {{"loss", 0, 3}, {"train/lr", 0, 0}, {"train/lr", 10, 0.1}, {"loss", 10, 2}, {"train/lr", 20, 0.2}});
    const training_log log = read_event_log(at / "a.tfevents");
    REQUIRE(log.points.size() == 3);
    CHECK(log.points[1].step == 10);
    CHECK(log.points[1].lr == static_cast<double>(0.1F));
    CHECK(rates_of(read_event_log(at / "a.tfevents", "loss")) == std::vector<double>{3, 2});
    REQUIRE(log.notes.size() == 1);
    CHECK(log.notes[0].find("train/lr") != std::string::npos);

    std::ifstream from(at / "a.tfevents", std::ios::binary);
    std::stringstream text;
    text << from.rdbuf();
    CHECK(rates_of(pacer::analysis::parse_event_log(text, "a")) == rates_of(log));

    // Killed while it wrote the last record.
    fs::resize_file(at / "a.tfevents", fs::file_size(at / "a.tfevents") - 3);
    const std::vector<double> first{0, static_cast<double>(0.1F)};
    const training_log cut = read_event_log(at / "a.tfevents");
    CHECK(rates_of(cut) == first);
    REQUIRE(cut.notes.size() == 2);
    CHECK(cut.notes[1] == "the last record is cut, as a run leaves it that was killed; it is left out");
    std::istringstream cut_text(text.str().substr(0, text.str().size() - 3));
    CHECK(pacer::analysis::parse_event_log(cut_text, "a").notes == cut.notes);
}

TEST_CASE("event_log: a folder is a run, with its files in the order of their names") {
    const temporary_directory at;
    write(at / "runs/x/events.out.tfevents.200.b", {{"lr", 5, 0.5}});
    write(at / "runs/x/events.out.tfevents.100.a", {{"lr", 0, 0.25}, {"lr", 4, 1}});
    write(at / "runs/x/eval/events.out.tfevents.100.a", {{"lr", 7, 7}});
    std::ofstream(at / "runs/x/notes.txt") << "no events";
    const std::vector<double> all{0.25, 1, 0.5};
    CHECK(rates_of(read_event_log(at / "runs/x")) == all);
    CHECK(rates_of(read_event_log(at / "runs/x/")) == all);
    CHECK(rates_of(read_event_log(at / "runs/x/eval")) == std::vector<double>{7});
    CHECK(error_of(at / "runs").find("event files of 2 runs") != std::string::npos);
    fs::remove_all(at / "runs/x/eval");
    CHECK(rates_of(read_event_log(at / "runs")) == all);  // the one run below it
    CHECK(pacer::analysis::has_event_files(at / "runs"));
    fs::create_directory(at / "empty");
    CHECK_FALSE(pacer::analysis::has_event_files(at / "empty"));
    CHECK(error_of(at / "empty").find("found no event file in this folder") != std::string::npos);
    CHECK_FALSE(pacer::analysis::has_event_files(at / "nothing"));
    // A folder is no event file, whatever its name.
    fs::create_directory(at / "empty/old_tfevents");
    CHECK_FALSE(pacer::analysis::has_event_files(at / "empty"));
}

TEST_CASE("event_log: of many runs in a folder the first eight are named") {
    const temporary_directory at;
    for (char name = 'a'; name <= 'i'; ++name)
        write(at / (std::string(1, name) + "/tfevents"), {{"lr", 0, 1}});
    std::string names;
    for (char name = 'a'; name <= 'h'; ++name)
        names += at / std::string(1, name) + ", ";
    CHECK(error_of(at / "") ==
          at / "" + ": found event files of 9 runs (" + names + "...), accepted: the folder of one of them");
    fs::remove_all(at / "i");
    names.resize(names.size() - 2);
    CHECK(error_of(at / "") ==
          at / "" + ": found event files of 8 runs (" + names + "), accepted: the folder of one of them");
}

TEST_CASE("event_log: of several tags the one that is meant") {
    const temporary_directory at;
    write(at / "words.tfevents", {{"lr-AdamW", 0, 1}, {"lr", 0, 2}});
    CHECK(rates_of(read_event_log(at / "words.tfevents")) == std::vector<double>{2});  // the plainer name
    write(at / "same.tfevents", {{"lr/0", 0, 1}, {"lr/1", 0, 1}});
    CHECK(rates_of(read_event_log(at / "same.tfevents")) == std::vector<double>{1});
    write(at / "steps.tfevents", {{"lr/0", 0, 1}, {"lr/1", 1, 1}});
    CHECK(error_of(at / "steps.tfevents").ends_with("accepted: one of lr/0, lr/1"));
    write(at / "groups.tfevents", {{"lr/0", 0, 1}, {"lr/1", 0, 2}});
    CHECK(error_of(at / "groups.tfevents")
              .find("several tags that look like a learning rate, accepted: one of lr/0, lr/1") != std::string::npos);
    CHECK(rates_of(read_event_log(at / "groups.tfevents", "lr/1")) == std::vector<double>{2});
    CHECK(error_of(at / "groups.tfevents", "lr").find("found no tag lr, accepted: lr/0, lr/1") != std::string::npos);
    write(at / "none.tfevents", {{"loss", 0, 1}});
    CHECK(error_of(at / "none.tfevents").find("no tag that looks like a learning rate, accepted: one of loss") !=
          std::string::npos);
    write(at / "many.tfevents",
          {{"a", 0, 1}, {"b", 0, 1}, {"c", 0, 1}, {"d", 0, 1}, {"e", 0, 1}, {"f", 0, 1}, {"g", 0, 1}, {"h", 0, 1},
           {"i", 0, 1}, {"j", 0, 1}, {"k", 0, 1}, {"l", 0, 1}, {"m", 0, 1}, {"n", 0, 1}, {"o", 0, 1}, {"p", 0, 1},
           {"q", 0, 1}, {"r", 0, 1}, {"s", 0, 1}, {"t", 0, 1}, {"u", 0, 1}, {"v", 0, 1}});
    CHECK(error_of(at / "many.tfevents").ends_with(", ..."));
    write(at / "empty.tfevents", {});
    CHECK(error_of(at / "empty.tfevents").find("no scalar is logged in it") != std::string::npos);
    CHECK(error_of(at / "empty.tfevents", "lr") ==
          at / "empty.tfevents" + ": found no tag lr, accepted: an event file with scalars");
    // Names of more than a few lines are not all told.
    {
        tensorboard_writer to = tensorboard_writer::append_to(at / "long.tfevents");
        for (char name = 'A'; name <= 'Z'; ++name)
            to.scalar(std::string(50, name), 1, 0);
    }
    CHECK(error_of(at / "long.tfevents", "lr").find(", BBBB") != std::string::npos);
    CHECK(error_of(at / "long.tfevents", "lr").find(", ZZZZ") == std::string::npos);
}

TEST_CASE("event_log: what is no rate is refused with its tag and step") {
    const temporary_directory at;
    const double infinity = std::numeric_limits<double>::infinity();
    for (const double wrong : {-1.0, infinity, std::numeric_limits<double>::quiet_NaN()}) {
        const std::string file = at / ("x" + std::to_string(wrong) + ".tfevents");
        write(file, {{"lr", 0, 1}, {"lr", 3, wrong}});
        CHECK(error_of(file).find("lr: found ") != std::string::npos);
        CHECK(error_of(file).find("at step 3, accepted: a finite number of 0 or more") != std::string::npos);
    }
    write(at / "before.tfevents", {{"lr", -1, 1}});
    CHECK(error_of(at / "before.tfevents") ==
          at / "before.tfevents" + ": lr: found 1.000000 at step -1, accepted: a finite number of 0 or more, at a step "
                                   "of 0 or more");
    std::ofstream(at / "text") << "step,lr\n0,1\n";
    CHECK(error_of(at / "text").find("accepted: an event file") != std::string::npos);
    CHECK(error_of(at / "nothing").find("cannot be opened") != std::string::npos);
}
