// SPDX-License-Identifier: MIT
// The schedules of ten C and C++ trainers, each by its own rule and its own arithmetic, beside the expression of pacer that
// says the same; and what both give at the edges.
//
//     trainers --check PAGE     compares them over the range each is used on, and the table with the one in PAGE
//     trainers --update PAGE    writes the table
//
// The rules are restated from the trainers' sources, which the page names.
#include <pacer/expression/dialects.hpp>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>

namespace {

using pacer::step_t;

constexpr double pi = 3.14159265358979323846;
constexpr double stops = std::numeric_limits<double>::quiet_NaN();  // the program ends

struct trainer {
    const char* name;
    const char* source;
    const char* expression;
    step_t length;  // of the range that it is used on
    double (*rate)(step_t step);
    double tolerance;  // of the highest rate
    const char* remark;
};

double llm_c(step_t s) {
    constexpr float peak = 6e-4F;
    constexpr float low = peak * 0.1F;
    if (s < 700)
        return peak * (static_cast<float>(s + 1) / 700);
    if (s > 19560)
        return stops;
    const float ratio = static_cast<float>(s - 700) / static_cast<float>(19560 - 700);
    const float part = 0.5F * (1.0F + std::cos(static_cast<float>(pi) * ratio));
    return low + part * (peak - low);
}

double llama_cpp(step_t epoch) {
    if (epoch >= 10)
        return 1e-6F;
    const float halvings = std::log2(1e-4F / 1e-6F) / 10;
    return 1e-4F * std::pow(0.5F, static_cast<float>(epoch) * halvings);
}

double tt_train(step_t s) {
    constexpr float peak = 3e-4F;
    if (s == 0)
        return peak;  // the rate is set after the first update
    if (s < 500)
        return peak * (static_cast<float>(s) / 500);
    const float left = static_cast<float>(s < 5000 ? 5000 - s : 0) / 4500;
    return peak * left;
}

double open_splat(step_t s) {
    const float t = std::fmax(0.0F, std::fmin(static_cast<float>(s) / 30000, 1.0F));
    return std::exp(std::log(1.6e-4F) * (1 - t) + std::log(1.6e-6F) * t);
}

double lichtfeld(step_t s) { return 1.6e-4 * std::pow(std::pow(0.01, 1.0 / 30000), static_cast<double>(s)); }

double torchfort(step_t s) { return 1e-6 + (1e-3 - 1e-6) * (1 + std::cos(pi * static_cast<double>(s) / 1000)) / 2; }

double marian(step_t s) {
    const auto x = static_cast<float>(s);
    return s < 16000 ? 3e-4F * (x / 16000) : 3e-4F * std::sqrt(16000 / x);
}

double nntrainer(step_t s) {
    const float part = 0.5F * (1 + std::cos(static_cast<float>(pi) * static_cast<float>(s % 1000) / 1000));
    return 1e-5F + (1e-3F - 1e-5F) * part;
}

double mnn(step_t s) { return 0.01F * std::pow(1 + 1e-4F * static_cast<float>(s), -0.75F); }

double darknet(step_t s) {
    const step_t batch = s + 1;
    if (batch < 1000)
        return 1e-3F * std::pow(static_cast<float>(batch) / 1000, 4);
    float rate = 1e-3F;
    for (const step_t milestone : {400'000, 450'000})
        if (batch >= milestone)
            rate *= 0.1F;
    return rate;
}

constexpr trainer trainers[] = {
    {"llm.c", "`llmc/schedulers.h`",
     "llm_c::lr_scheduler(learning_rate=6e-4, warmup_iterations=700, train_num_batches=19560, "
     "final_learning_rate_frac=0.1)",
     19560, llm_c, 2e-7, "past the end the program ends, by an assertion; without that, the rate rises again"},
    {"llama.cpp", "`common/common.cpp`, by epochs", "llama_cpp::lr_opt(lr0=1e-4, lr_min=1e-6, epochs=10)", 10,
     llama_cpp, 2e-7, "every(updates_per_epoch, ...) makes it a schedule of updates"},
    {"tt-metal, tt-train", "`schedulers/`", "linear(peak_lr=3e-4, total_steps=5000, warmup=500)", 5000, tt_train, 2e-7,
     "its first update runs at the peak, because the rate is set after it"},
    {"OpenSplat", "`optim_scheduler.cpp`", "exponential(peak_lr=1.6e-4, end_lr=1.6e-6, total_steps=30000)", 30000,
     open_splat, 5e-6, "logarithms by 32-bit floats are off by 1e-6"},
    {"LichtFeld-Studio", "its ExponentialLR", "exponential(peak_lr=1.6e-4, end_lr=1.6e-6, total_steps=30000)", 30000,
     lichtfeld, 1e-11, "it goes on falling past the end"},
    {"TorchFort", "`cosine_annealing_lr.cpp`", "pytorch::cosine_annealing_lr(lr=1e-3, T_max=1000, eta_min=1e-6)", 1000,
     torchfort, 1e-14, "a wave, as PyTorch's; `cosine_with_min_lr` would hold the floor"},
    {"Marian", "`training/scheduler.h`", "inverse_sqrt(peak_lr=3e-4, warmup=16000)", 100'000, marian, 2e-7, "-"},
    {"nntrainer", "`lr_scheduler_cosine.cpp`",
     "repeat(cosine_with_min_lr(peak_lr=1e-3, min_lr=1e-5, total_steps=1000))", 3000, nntrainer, 2e-7,
     "it starts again at the peak; without `repeat` it would hold the floor"},
    {"MNN", "`LearningRateScheduler.cpp`", "inverse_time(peak_lr=0.01, decay_rate=1e-4, power=0.75)", 100'000, mnn,
     5e-7, "-"},
    {"darknet", "`src/network.c`",
     "darknet::steps(learning_rate=1e-3, steps=[400000, 450000], scales=[0.1, 0.1], burn_in=1000)", 500'000, darknet,
     2e-7, "batches are counted from 1"},
};

std::string number(double x) {
    char text[32];
    if (std::isnan(x))
        return "ends";
    std::snprintf(text, sizeof text, "%.4g", x);
    return text;
}

}  // namespace

int main(int count, char** arguments) {
    const std::string command = count == 3 ? arguments[1] : "";
    if (command != "--check" && command != "--update") {
        std::printf("usage: trainers --check|--update PAGE\n");
        return 2;
    }
#ifdef __FAST_MATH__
    return 77;  // which knows no NaN
#endif
    bool is_good = true;
    std::string table = "| trainer | as an expression | apart by | first update: theirs, pacer | at the end | half as "
                        "long again past it | "
                        "remark |\n|---|---|--:|---|---|---|---|\n";
    for (const trainer& t : trainers) {
        const pacer::expression lr = pacer::parse(t.expression);
        double highest = 0;
        double apart = 0;
        for (step_t s = 1; s <= t.length; ++s) {
            highest = std::fmax(highest, lr(s));
            apart = std::fmax(apart, std::fabs(lr(s) - t.rate(s)));
        }
        if (!(apart <= t.tolerance * highest)) {
            std::printf("%s: apart by %.3g of the highest rate\n", t.name, apart / highest);
            is_good = false;
        }
        char part[32];
        std::snprintf(part, sizeof part, "%.0e", t.tolerance);
        const auto both = [&](step_t s) { return number(t.rate(s)) + ", " + number(lr(s)); };
        table += std::string("| ") + t.name + " (" + t.source + ") | `" + t.expression + "` | < " + part + " | " +
                 both(0) + " | " + both(t.length) + " | " + both(t.length + t.length / 2) + " | " + t.remark + " |\n";
    }
    std::ifstream file(arguments[2]);
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    file.close();
    const std::size_t start = page.find(table.substr(0, table.find('\n')));
    if (start == page.npos) {
        std::printf("no place for the table in %s\n", arguments[2]);
        return 1;
    }
    std::size_t end = start;
    while (page[end] == '|')
        end = page.find('\n', end) + 1;
    const std::string updated = page.substr(0, start) + table + page.substr(end);
    if (command == "--update")
        std::ofstream(arguments[2]) << updated;
    else if (updated != page) {
        std::printf("%s is stale: run trainers --update\n", arguments[2]);
        is_good = false;
    }
    return is_good ? 0 : 1;
}
