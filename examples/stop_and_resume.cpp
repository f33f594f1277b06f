// SPDX-License-Identifier: MIT
// A training that can be killed at any moment and started again, with another learning rate if you like:
//   stop_and_resume run/                                          until it is done, or killed
//   stop_and_resume run/                                          goes on where it was
//   stop_and_resume run/ --peak-lr 0.01 --policy blend --over 50  goes on with another rate, and says what changes; a second
//                                                                 start like it, after a kill, changes nothing more
#include "digits.hpp"

#include <pacer/pacer.hpp>
#include <pacer/training/resume.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <map>
#include <thread>

namespace fs = std::filesystem;

namespace {

// The weights are written first, under a name of their own; the checkpoint, which says which of them count, is the
// point of no return. Killed in between, the run goes on from the checkpoint before.
void save(digits::network& network, pacer::checkpoint c, const fs::path& folder) {
    const std::string weights = fmt::format("weights-{}.bin", c.at.updates());
    pacer::atomic_write((folder / weights).string(), [&](pacer::atomic_file& file) {
        network.each_state([&](const std::vector<double>& part) {
            file.write({reinterpret_cast<const char*>(part.data()), part.size() * sizeof part[0]});
        });
    });
    c.states = {{"weights", weights}};
    pacer::save(c, (folder / "schedule.txt").string());
    // Older ones, and what was left of writes that were killed.
    for (const auto& entry : fs::directory_iterator(folder))
        if (const fs::path name = entry.path().filename();
            (name.extension() == ".bin" && name != weights) || name.extension() == ".tmp")
            fs::remove(entry.path());
}

void load(digits::network& network, const pacer::checkpoint& c, const fs::path& folder) {
    const fs::path weights = folder / c.state("weights");
    std::ifstream in(weights, std::ios::binary);
    network.each_state([&](std::vector<double>& part) {
        in.read(reinterpret_cast<char*>(part.data()), static_cast<std::streamsize>(part.size() * sizeof part[0]));
    });
    if (!in)
        throw std::runtime_error("cannot read " + weights.string());
}

pacer::resume_policy policy_named(const std::string& name, pacer::step_t over) {
    const std::map<std::string, pacer::resume_policy> policies{
        {"keep_saved", pacer::keep_saved},     {"use_new", pacer::use_new},     {"restart", pacer::restart},
        {"require_same", pacer::require_same}, {"rewarm", pacer::rewarm(over)}, {"blend", pacer::blend(over)}};
    return policies.at(name);
}

}  // namespace

int main(int argc, char** argv) try {
    std::string folder;
    std::string data = (fs::path(__FILE__).parent_path() / "../tests/data/digits/digits.txt").string();
    double peak_lr = 0.02;
    pacer::step_t total_steps = 630;
    std::string policy = "require_same";
    pacer::step_t over = 50;
    int pause = 0;
    CLI::App app("Trains a small network, from where it was left; prints update and rate");
    app.add_option("folder", folder, "where the run is kept")->required();
    app.add_option("--peak-lr", peak_lr, "the rate after the warm-up");
    app.add_option("--total-steps", total_steps, "updates of the whole run");
    app.add_option("--policy", policy, "whose curve counts if another one is asked for than was saved")
        ->check(CLI::IsMember({"keep_saved", "use_new", "restart", "rewarm", "blend", "require_same"}));
    app.add_option("--over", over, "updates of a rewarm or a blend");
    app.add_option("--pause", pause, "milliseconds between updates");
    app.add_option("--data", data, "the images");
    CLI11_PARSE(app, argc, argv);

    const pacer::cosine wanted{{.peak_lr = peak_lr, .total_steps = total_steps, .warmup = pacer::warmup_ratio(0.1)}};
    pacer::checkpoint now{.at = {}, .curve = wanted};
    std::mt19937 first_weights(1);
    digits::network network(first_weights);
    const auto images = digits::read_images(data);

    fs::create_directories(folder);
    const auto saved = pacer::try_load((fs::path(folder) / "schedule.txt").string());
    if (!saved && !saved.is_missing)
        throw std::runtime_error(saved.error);
    if (saved) {
        const auto resumed = pacer::resume(*saved, wanted, policy_named(policy, over));
        now = {.at = resumed.at, .curve = resumed.curve};
        load(network, *saved, folder);
        for (const std::string& line : resumed.report.lines())
            fmt::print("# {}\n", line);
    }

    double loss = 0;
    while (now.at.updates() < total_steps) {
        // The data of an attempt depends on the attempt alone, so that it is the same when it is made again.
        const pacer::step_t attempt = now.at.updates() + now.at.skipped();
        std::mt19937 random(static_cast<std::mt19937::result_type>(attempt));
        if (attempt % 37 == 36) {  // say, half precision overflowed: no update, so the schedule does not move
            now.at.skip();
            continue;
        }
        loss = 0;
        for (std::size_t i = 0; i < digits::batch; ++i)
            loss += network.learn_from(images[random() % images.size()]) / digits::batch;
        const double rate = now.curve(now.at);
        network.update(rate);
        fmt::print("update {} rate {:a}\n", now.at.updates(), rate);
        std::fflush(stdout);
        now.at.apply({.samples = digits::batch});
        if (now.at.updates() % 5 == 0 || now.at.updates() == total_steps)
            save(network, now, folder);
        if (pause > 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(pause));
    }
    fmt::print("done: {} updates, {} skipped, loss {:a}\n", now.at.updates(), now.at.skipped(), loss);
} catch (const std::exception& error) {
    fmt::print(stderr, "stop_and_resume: {}\n", error.what());
    return 1;
}
