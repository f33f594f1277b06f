// SPDX-License-Identifier: MIT
// Every schedule as numbers and as pictures, from the same call that a training loop makes.
#include "plot.hpp"

#include <pacer/dialects/hugging_face.hpp>
#include <pacer/pacer.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct settings {
    double peak_lr = 1e-3;
    pacer::lr_or_ratio min_lr = pacer::lr_ratio(0.1);
    pacer::step_t total_steps = 1000;
    pacer::step_t warmup_steps = 0;
    double warmup_ratio = 0.1;
    bool by_ratio = true;

    [[nodiscard]] pacer::warmup warmup() const {
        if (by_ratio)
            return pacer::warmup_ratio(warmup_ratio);
        return pacer::warmup_steps(warmup_steps);
    }
};

using schedule = pacer::any_schedule<double>;

schedule wsd(const settings& s, pacer::ramp_shape tail) {
    return pacer::warmup_stable_decay{{.peak_lr = s.peak_lr,
                                       .min_lr = s.min_lr,
                                       .decay_steps = s.total_steps / 4,
                                       .total_steps = s.total_steps,
                                       .warmup = s.warmup(),
                                       .decay_shape = tail}};
}

schedule floored(const settings& s, pacer::warmup warmup, pacer::past_end past_end = pacer::past_end::hold) {
    return pacer::cosine_with_min_lr{{.peak_lr = s.peak_lr,
                                      .min_lr = s.min_lr,
                                      .total_steps = s.total_steps,
                                      .warmup = warmup,
                                      .past_end = past_end}};
}

struct entry {
    const char* name;
    schedule (*make)(const settings&);
};

const std::vector<entry> catalogue{
    {"constant", [](const settings& s) -> schedule { return pacer::constant{{.peak_lr = s.peak_lr}}; }},
    {"linear_warmup",
     [](const settings& s) -> schedule {
         const pacer::step_t warmup = s.warmup().steps(s.total_steps);
         return pacer::linear_warmup{{.peak_lr = s.peak_lr, .total_steps = warmup}};
     }},
    {"constant_with_warmup",
     [](const settings& s) -> schedule {
         return pacer::constant_with_warmup{{.peak_lr = s.peak_lr, .total_steps = s.total_steps, .warmup = s.warmup()}};
     }},
    {"linear",
     [](const settings& s) -> schedule {
         return pacer::linear{{.peak_lr = s.peak_lr, .total_steps = s.total_steps, .warmup = s.warmup()}};
     }},
    {"cosine",
     [](const settings& s) -> schedule {
         return pacer::cosine{{.peak_lr = s.peak_lr, .total_steps = s.total_steps, .warmup = s.warmup()}};
     }},
    {"cosine/wave",
     [](const settings& s) -> schedule {
         return pacer::cosine{{.peak_lr = s.peak_lr,
                               .total_steps = s.total_steps,
                               .warmup = s.warmup(),
                               .past_end = pacer::past_end::wave}};
     }},
    {"cosine_with_min_lr", [](const settings& s) { return floored(s, s.warmup()); }},
    {"cosine_with_min_lr/wave", [](const settings& s) { return floored(s, s.warmup(), pacer::past_end::wave); }},
    {"cosine_with_min_lr/steps", [](const settings& s) { return floored(s, pacer::warmup_steps(s.warmup_steps)); }},
    {"cosine_with_min_lr/ratio", [](const settings& s) { return floored(s, pacer::warmup_ratio(s.warmup_ratio)); }},
    {"cosine_with_min_lr/off", [](const settings& s) { return floored(s, pacer::no_warmup); }},
    {"cosine_warmup_with_min_lr",
     [](const settings& s) -> schedule {
         return pacer::hf::cosine_warmup_with_min_lr{
             {.peak_lr = s.peak_lr, .min_lr = s.min_lr, .total_steps = s.total_steps, .warmup = s.warmup()}};
     }},
    {"cosine_with_restarts",
     [](const settings& s) -> schedule {
         return pacer::cosine_with_restarts{
             {.peak_lr = s.peak_lr, .num_cycles = 3, .total_steps = s.total_steps, .warmup = s.warmup()}};
     }},
    {"polynomial",
     [](const settings& s) -> schedule {
         return pacer::polynomial{{.peak_lr = s.peak_lr,
                                   .end_lr = s.min_lr,
                                   .power = 2,
                                   .total_steps = s.total_steps,
                                   .warmup = s.warmup()}};
     }},
    {"inverse_sqrt",
     [](const settings& s) -> schedule {
         return pacer::inverse_sqrt{{.peak_lr = s.peak_lr, .total_steps = s.total_steps, .warmup = s.warmup()}};
     }},
    {"warmup_stable_decay", [](const settings& s) { return wsd(s, pacer::ramp_shape::linear); }},
    {"warmup_stable_decay/cosine", [](const settings& s) { return wsd(s, pacer::ramp_shape::cosine); }},
    {"warmup_stable_decay/one_minus_sqrt", [](const settings& s) { return wsd(s, pacer::ramp_shape::one_minus_sqrt); }},
    {"warmup_stable_decay/half_life", [](const settings& s) { return wsd(s, pacer::ramp_shape::half_life); }},
};

plot::curve make_curve(const std::string& name, const settings& s) {
    for (const entry& e : catalogue)
        if (e.name == name)
            return {name, e.make(s)};
    throw std::runtime_error("unknown schedule: " + name);
}

void print_table(const std::vector<plot::curve>& curves, const settings& s, pacer::step_t until) {
    const pacer::step_t warmup = s.warmup().steps(s.total_steps);
    fmt::print("{:<34} {:>10} {:>10} {:>10} {:>10} {:>10}\n", "", "first", "warmed up", "middle", "end", "past end");
    fmt::print("{:<34} {:>10} {:>10} {:>10} {:>10} {:>10}\n", "step", 0, warmup, s.total_steps / 2, s.total_steps,
               until);
    for (const auto& [name, lr] : curves)
        fmt::print("{:<34} {:>10.4g} {:>10.4g} {:>10.4g} {:>10.4g} {:>10.4g}\n", name, lr(0), lr(warmup),
                   lr(s.total_steps / 2), lr(s.total_steps), lr(until));
}

void print_panels(const std::vector<plot::curve>& curves, const plot::frame& frame, bool ascii) {
    constexpr std::size_t across = 3;
    for (std::size_t i = 0; i < curves.size(); i += across) {
        std::vector<std::string> lines;
        for (std::size_t j = i; j < std::min(i + across, curves.size()); ++j) {
            const auto panel = plot::panel(curves[j], frame, 26, 4, ascii);
            lines.resize(panel.size());
            for (std::size_t k = 0; k < panel.size(); ++k)
                lines[k] += panel[k];
        }
        fmt::print("\n{}\n", fmt::join(lines, "\n"));
    }
}

void print_csv(const std::vector<plot::curve>& curves, pacer::step_t until) {
    fmt::print("step");
    for (const auto& [name, lr] : curves)
        fmt::print(",{}", curves.size() == 1 ? "rate" : name);
    fmt::print("\n");
    for (pacer::step_t step = 0; step <= until; ++step) {
        fmt::print("{}", step);
        for (const auto& [name, lr] : curves)
            fmt::print(",{}", lr(step));
        fmt::print("\n");
    }
}

}  // namespace

int main(int argc, char** argv) try {
    settings s;
    std::vector<std::string> names;
    std::string svg_file;
    bool csv = false;
    bool ascii = false;

    CLI::App app{
        "Prints learning-rate schedules: values at the landmarks and a picture of each; of the schedules named, "
        "one picture together."};
    std::vector<std::string> known;
    for (const entry& e : catalogue)
        known.emplace_back(e.name);
    app.add_option("schedules", names, fmt::format("Which (default: all): {}", fmt::join(known, ", ")));
    app.add_option("--peak-lr", s.peak_lr, "The rate after the warm-up")->capture_default_str();
    double min_lr = 0;
    auto* floor =
        app.add_option("--min-lr", min_lr, "The floor of schedules that have one (default: a tenth of the peak)");
    app.add_option("--total-steps", s.total_steps, "The length, warm-up included")->capture_default_str();
    auto* steps = app.add_option("--warmup-steps", s.warmup_steps, "The warm-up in updates");
    auto* ratio = app.add_option("--warmup-ratio", s.warmup_ratio, "The warm-up as a fraction of --total-steps")
                      ->capture_default_str();
    ratio->excludes(steps);
    app.add_flag("--ascii", ascii, "Draw with letters and stars only");
    app.add_flag("--csv", csv, "Print step,rate rows instead, one for every step");
    app.add_option("--svg", svg_file, "Write a picture of the curves to this file instead");
    CLI11_PARSE(app, argc, argv);

    if (s.total_steps < 1 || s.total_steps > pacer::longest)
        throw std::runtime_error("--total-steps must be from 1 to 2^53");
    if (floor->count() > 0)
        s.min_lr = min_lr;
    s.by_ratio = steps->count() == 0;
    if (s.by_ratio)
        s.warmup_steps = s.warmup().steps(s.total_steps);
    const pacer::step_t until = s.total_steps + std::max<pacer::step_t>(1, s.total_steps / 4);
    std::vector<plot::curve> curves;
    for (const std::string& name : names.empty() ? known : names)
        curves.push_back(make_curve(name, s));
    const plot::frame frame{until, s.peak_lr};

    if (csv) {
        print_csv(curves, until);
    } else if (!svg_file.empty()) {
        std::ofstream file(svg_file);
        file << plot::svg(curves, frame, s.total_steps) << std::flush;
        if (!file)
            throw std::runtime_error("cannot write " + svg_file);
    } else {
        print_table(curves, s, until);
        if (names.empty())
            print_panels(curves, frame, ascii);
        else
            fmt::print("\n{}", plot::overlay(curves, frame, 80, 17, ascii));
    }
} catch (const std::exception& error) {
    fmt::print(stderr, "print_curves: {}\n", error.what());
    return 1;
}
