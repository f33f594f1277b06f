// SPDX-License-Identifier: MIT
// The part of docs/limits.md that is about files of others: at each limit a file is read, and beyond it refused in the words of
// the page.
#include "support/limits_page.hpp"
#include "training/scratch.hpp"

#include <pacer/analysis/tensorboard.hpp>
#include <pacer/analysis/training_log.hpp>
#include <pacer/recipes/recipes.hpp>

using pacer::recipes::parse_recipe;
using support::check_row;
using support::refusal;

namespace {

std::string recipe_refusal(const std::string& text, const std::string& file = "FILE.yaml") {
    const std::string why = refusal([&] { static_cast<void>(parse_recipe(text, file)); });
    // Without the place, which is another one each time.
    const auto at = why.find(": ");
    return at == std::string::npos ? why : why.substr(at + 2);
}

std::string repeated(const std::string& text, int n) {
    std::string all;
    for (int k = 0; k < n; ++k)
        all += text;
    return all;
}

std::string keys(int n) {
    std::string text;
    for (int k = 0; k < n; ++k)
        text += "k" + std::to_string(k) + ": 1\n";
    return text;
}

// The largest number from 1 to `most` that is not refused so.
template <class F>
int largest(int most, const std::string& refused, F&& text_of) {
    int accepted = 0;
    for (int refused_at = most + 1; refused_at - accepted > 1;) {
        const int middle = accepted + (refused_at - accepted) / 2;
        (text_of(middle) == refused ? refused_at : accepted) = middle;
    }
    return accepted;
}

std::string without(std::string text, const std::string& part, const std::string& instead) {
    const auto at = text.find(part);
    return at == std::string::npos ? text : text.replace(at, part.size(), instead);
}

std::string levels(int n) { return "learning_rate: " + repeated("[", n) + repeated("]", n); }

}  // namespace

TEST_CASE("limits: recipes") {
    const std::string size = recipe_refusal(std::string(512 * 1024 + 1, '\n'));
    check_row("bytes of a recipe", "512 KiB", size);
    CHECK(recipe_refusal(std::string(512 * 1024, '\n')) != size);

    const std::string values = recipe_refusal(keys(20'000));
    check_row("values of a recipe", "10,000", values);
    // The map counts, too.
    CHECK(largest(20'000, values, [](int n) { return recipe_refusal(keys(n)); }) == 9'999);

    const std::string deep = recipe_refusal(levels(65));
    check_row("levels of a recipe: maps and lists in each other", "64", deep);
    // The map counts, too.
    CHECK(largest(100, deep, [](int n) { return recipe_refusal(levels(n)); }) == 63);

    const auto of_python = [](int n) {
        return recipe_refusal("param_scheduler = " + repeated("[", n) + "1" + repeated("]", n) + "\n", "FILE.py");
    };
    const std::string python = of_python(50);
    CHECK(largest(50, python, of_python) == 40);
    check_row("levels of a Python literal", "40", python);

    const auto of_words = [](int n) { return recipe_refusal(repeated("a ", n), "FILE.sh"); };
    const std::string words = of_words(30'000);
    CHECK(largest(30'000, words, of_words) == 20'000);
    check_row("words of a command in a script", "20,000", words);

    std::string misspelt = "max_steps: 1\n";
    for (int k = 0; k < 30; ++k)
        misspelt += "lr_scheduler_typ" + std::to_string(k) + ": 1\n";
    const std::string mistakes = refusal([&] { static_cast<void>(parse_recipe(misspelt, "FILE.yaml")); });
    check_row("mistakes that one error tells", "20", mistakes.substr(mistakes.rfind('\n') + 1));

    const support::scratch dir("limits");
    for (int k = 0; k < 30; ++k)
        std::ofstream(dir.file("f" + std::to_string(k) + ".json")) << "{}";
    const std::string folder = dir.file("");
    const std::string many = refusal([&] { static_cast<void>(pacer::recipes::read_recipe(folder)); });
    check_row("recipes in a folder that is searched for one", "20, of 1,000 files", without(many, folder + ": ", ""));
}

TEST_CASE("limits: logs") {
    const support::scratch dir("limits");
    const std::string path = dir.file("trainer_log.jsonl");
    std::ofstream(path) << "{}";
    std::filesystem::resize_file(path, std::uintmax_t{512} * 1024 * 1024 + 1);  // of zeros, which take no room
    const std::string why = refusal([&] { static_cast<void>(pacer::analysis::read_log(path)); });
    check_row("bytes of a log", "512 MiB", without(why, path + ": ", ""));

    const pacer::analysis::event_file_limits limits;
    CHECK(limits.record_bytes == std::size_t{256} * 1024 * 1024);
    CHECK(limits.scalars == 50'000'000);
    pacer::analysis::tensorboard_writer::append_to(dir.file("tfevents")).scalar("lr", 0.5, 1);
    const auto of_events = [&](const pacer::analysis::event_file_limits& most) {
        const std::string text =
            refusal([&] { static_cast<void>(pacer::analysis::read_event_file(dir.file("tfevents"), most)); });
        return without(text, dir.file("tfevents"), "FILE");
    };
    CHECK(of_events({.scalars = 1}) == "accepted");
    check_row("scalars of an event file", "50,000,000, or as `event_file_limits` says",
              without(of_events({.scalars = 0}), "the 0 ", "the 50000000 "));
    std::string text = of_events({.record_bytes = 1});
    text = without(text, text.substr(text.find("of "), text.find(" bytes") - text.find("of ")), "of 268435457");
    check_row("bytes of a record of an event file", "256 MiB, or as `event_file_limits` says",
              without(text, "at most 1", "at most 268435456"));
}
