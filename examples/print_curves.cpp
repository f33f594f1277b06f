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
#include <string_view>
#include <type_traits>
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

// What the fields of a schedule are here, by their names; the others stay what they are.
template <class Params>
Params usual(const settings& s) {
    const pacer::step_t total = s.total_steps;
    Params p;
    Params::visit_fields(p, [&](const pacer::field& f, auto& value) {
        using type = std::remove_reference_t<decltype(value)>;
        const std::string_view name = f.name;
        if constexpr (std::is_same_v<type, pacer::warmup>)
            value = s.warmup();
        else if constexpr (std::is_same_v<type, pacer::lr_or_ratio>) {
            if (name == "min_lr" || name == "end_lr")
                value = s.min_lr;
        } else if constexpr (std::is_same_v<type, pacer::list<pacer::step_t>>)
            value = {total / 4, total / 2, total * 3 / 4};
        else if constexpr (std::is_same_v<type, pacer::list<double>>) {
            if (!f.may_be_open)
                value = {s.peak_lr, s.peak_lr / 4, s.peak_lr / 2};
        } else if constexpr (std::is_same_v<type, pacer::step_t>) {
            if (name == "total_steps")
                value = total;
            else if (name == "decay_steps")
                value = total / 4;
            else if (f.lowest == 1 && name != "growth" && !f.may_be_open)  // of one of several cycles or stairs
                value = std::max<pacer::step_t>(1 + s.warmup().steps(total), total / 7);
        } else if constexpr (std::is_same_v<type, double>) {
            if (name == "peak_lr")
                value = s.peak_lr;
            else if (name == "power")
                value = 2;
            else if (name == "factor")
                value = 0.5;
            else if (f.about == pacer::fields::num_descents.about)
                value = 3;
        }
    });
    return p;
}

// visit(name, schedule) for every schedule, and for those that have them with a wave past the end and with other decays.
template <class Visitor>
void visit_curves(const settings& s, Visitor visit) {
    const auto visit_schedule = [&]<template <class> class Schedule>() {
        using params = typename Schedule<double>::params_type;
        const auto add = [&](const std::string& suffix, auto change) {
            params p = usual<params>(s);
            change(p);
            if constexpr (requires { p.every, p.end_lr; })
                p.every = 1;  // the line goes to end_lr
            visit(params::name + suffix, schedule(Schedule<double>(p)));
        };
        add("", [](params&) {});
        params fields;
        params::visit_fields(fields, [&](const pacer::field& f, const auto&) {
            if (f.has_wave)
                add("/wave", [](params& p) { p.past_end = pacer::past_end::wave; });
        });
        if constexpr (requires { fields.decay_shape; })
            for (const auto shape :
                 {pacer::ramp_shape::cosine, pacer::ramp_shape::one_minus_sqrt, pacer::ramp_shape::half_life})
                add(std::string("/") + shape.name(), [&](params& p) { p.decay_shape = shape; });
    };
    pacer::schedules::for_each(visit_schedule);
    visit_schedule.template operator()<pacer::hf::cosine_warmup_with_min_lr>();
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
    visit_curves(s, [&](const std::string& name, const schedule&) { known.push_back(name); });
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
    for (const std::string& name : names.empty() ? known : names) {
        if (std::find(known.begin(), known.end(), name) == known.end())
            throw std::runtime_error("unknown schedule: " + name);
        visit_curves(s, [&](const std::string& other, const schedule& lr) {
            if (other == name)
                curves.push_back({name, lr});
        });
    }
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
