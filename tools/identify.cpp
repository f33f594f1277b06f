// SPDX-License-Identifier: MIT
#include "picture.hpp"

#include <pacer/analysis/identify.hpp>

#include <fmt/format.h>

namespace tools {

namespace analysis = pacer::analysis;
using pacer::step_t;

namespace {

std::string picture(const analysis::training_log& log, const terminal& on) {
    drawn points;
    points.label = log.file;
    points.points = log.points;
    const std::vector<drawn> all{points};
    return terminal_picture(all, frame_of(all, {}), 12, on, false) + "\n";
}

std::string as_json(const analysis::training_log& log, const analysis::identification& found) {
    std::string text = fmt::format("  {{\"log\": {}, \"points\": {}, \"explained\": {}, \"stretches\": [",
                                   json_text(log.file), found.points, found.explained);
    const char* separator = "";
    for (const analysis::stretch& s : found.stretches) {
        text += fmt::format("{}\n    {{\"from\": {}, \"to\": {}, \"curves\": [", separator, log.points[s.first].step,
                            log.points[s.end - 1].step);
        separator = "";
        for (const analysis::explanation& e : s.curves) {
            text += fmt::format(
                "{}{{\"text\": {}, \"scheduler\": {}, \"peak_lr\": {}, \"warmup_steps\": {}, \"total_steps\": {}, "
                "\"share\": {}}}",
                separator, json_text(e.text()), json_text(e.curve.scheduler), e.curve.peak_lr, e.curve.warmup_steps,
                e.curve.total_steps == pacer::endless ? "null" : fmt::format("{}", e.curve.total_steps), e.share);
            separator = ", ";
        }
        text += "]}";
        separator = ",";
    }
    return text + "]}";
}

}  // namespace

int identify(const identify_options& options) {
    const terminal on(options.terminal);
    std::string text;
    bool all_explained = true;
    if (options.of.what.empty())
        throw error("identify takes a log, and none was given");
    progress shown;
    for (const std::string& file : options.of.what) {
        shown.now("reading " + file);
        const source s = read_log_source(file, options.of);
        shown.now(fmt::format("identifying {} rates of {}", s.log->points.size(), file));
        const analysis::identification found = analysis::identify(*s.log);
        all_explained = all_explained && found.all_explained();
        if (options.json) {
            text += (text.empty() ? "" : ",\n") + as_json(*s.log, found);
            continue;
        }
        text += on.bold(file) + "\n";
        if (options.picture)
            text += picture(*s.log, on);
        for (const std::string& line : found.lines(*s.log))
            text += "  " + line + "\n";
        text += fmt::format("  {} of {} rates explained\n", found.explained, found.points);
    }
    shown.end();
    print_lines(options.json ? "[\n" + text + "\n]\n" : text);
    return all_explained ? success : finding;
}

}  // namespace tools
