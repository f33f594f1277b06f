// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_TRAINING_LOG_HPP
#define PACER_ANALYSIS_TRAINING_LOG_HPP

/// Learning rates that a run logged, read from the files trainers leave behind.

#include <pacer/schedule.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace pacer::analysis {

/// One logged rate.
struct log_point {
    step_t step;  ///< the trainer's global step, as logged
    double lr;
};

/// What a run logged, in the order of the file.
struct training_log {
    std::string file{};
    std::vector<log_point> points{};
    std::optional<step_t> total_steps{};  ///< the length the trainer had resolved, if the file states it
};

/// Where a saved scheduler stood: its own count of steps, beside the trainer's.
struct scheduler_state {
    step_t at_step;
    step_t last_epoch;
};

namespace detail {

[[noreturn]] inline void bad_log(const std::string& file, const std::string& what) {
    throw std::runtime_error(file + ": " + what);
}

inline std::string read_file(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        bad_log(file, "cannot be opened");
    return {std::istreambuf_iterator<char>(in), {}};
}

inline nlohmann::json parse_json(const std::string& text, const std::string& file) {
    try {
        return nlohmann::json::parse(text);
    } catch (const nlohmann::json::exception& e) {
        bad_log(file, e.what());
    }
}

inline const nlohmann::json* find_number(const nlohmann::json& object, std::initializer_list<const char*> keys) {
    for (const char* key : keys)
        if (const auto found = object.find(key); found != object.end() && found->is_number())
            return &*found;
    return nullptr;
}

// One record of any of the formats: {"step" | "current_steps": N, "learning_rate" | "lr": X, "total_steps": T}.
inline void take_record(training_log& log, const nlohmann::json& record) {
    if (!record.is_object())
        return;
    const nlohmann::json* step = find_number(record, {"step", "current_steps", "global_step"});
    const nlohmann::json* lr = find_number(record, {"learning_rate", "lr"});
    if (step != nullptr && lr != nullptr)
        log.points.push_back({step->get<step_t>(), lr->get<double>()});
    if (const nlohmann::json* total = find_number(record, {"total_steps"}))
        log.total_steps = total->get<step_t>();
}

inline void take_csv(training_log& log, const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        if (line.empty() || line[0] == '#' || (number == 1 && line.find_first_of("0123456789") != 0))
            continue;
        std::istringstream fields(line);
        log_point point{};
        char comma = 0;
        std::string rate;
        if (!(fields >> point.step >> comma >> rate) || comma != ',')
            bad_log(log.file + ":" + std::to_string(number), "found '" + line + "', accepted: step,lr");
        char* end = nullptr;
        point.lr = std::strtod(rate.c_str(), &end);
        if (end == rate.c_str())
            bad_log(log.file + ":" + std::to_string(number), "found '" + rate + "', accepted: a number");
        log.points.push_back(point);
    }
}

}  // namespace detail

/// Reads a log: Hugging Face's `trainer_state.json`, LLaMA-Factory's `trainer_log.jsonl`, a JSON file with
/// `"points": [[step, lr], ...]`, or a CSV file of step,lr. Records without a rate (evaluations) are passed over.
///
/// An error (`std::runtime_error`, naming the file): one that cannot be read, is none of these, or holds no rate.
[[nodiscard]] inline training_log read_log(const std::string& file) {
    training_log log{file};
    const std::string text = detail::read_file(file);
    const auto is = [&](const std::string& suffix) {
        return file.size() >= suffix.size() && file.compare(file.size() - suffix.size(), suffix.size(), suffix) == 0;
    };
    if (is(".csv")) {
        detail::take_csv(log, text);
    } else if (is(".jsonl")) {
        std::istringstream lines(text);
        std::string line;
        for (int number = 1; std::getline(lines, line); ++number)
            if (line.find_first_not_of(" \t\r") != std::string::npos)
                detail::take_record(log, detail::parse_json(line, file + ":" + std::to_string(number)));
    } else {
        const nlohmann::json root = detail::parse_json(text, file);
        if (!root.is_object())
            detail::bad_log(file, "accepted: an object with log_history or points");
        if (const auto history = root.find("log_history"); history != root.end() && history->is_array())
            for (const nlohmann::json& record : *history)
                detail::take_record(log, record);
        if (const auto points = root.find("points"); points != root.end() && points->is_array())
            for (const nlohmann::json& point : *points) {
                if (!point.is_array() || point.size() != 2 || !point[0].is_number_integer() || !point[1].is_number())
                    detail::bad_log(file, "points: found " + point.dump() + ", accepted: [step, lr]");
                log.points.push_back({point[0].get<step_t>(), point[1].get<double>()});
            }
        if (const nlohmann::json* total = detail::find_number(root, {"max_steps"}); total && total->get<step_t>() > 0)
            log.total_steps = total->get<step_t>();
    }
    if (log.points.empty())
        detail::bad_log(file, "no learning rate is logged in it");
    return log;
}

/// Reads where the scheduler stood: the `last_epoch` of Hugging Face's scheduler.pt, written out as JSON, as one object or
/// a list of them, each with the trainer's step as `at_step`. In order of the step.
[[nodiscard]] inline std::vector<scheduler_state> read_scheduler_states(const std::string& file) {
    const nlohmann::json root = detail::parse_json(detail::read_file(file), file);
    std::vector<scheduler_state> states;
    for (const nlohmann::json& state : root.is_array() ? root : nlohmann::json::array({root})) {
        const nlohmann::json* at = state.is_object() ? detail::find_number(state, {"at_step"}) : nullptr;
        const nlohmann::json* last = state.is_object() ? detail::find_number(state, {"last_epoch"}) : nullptr;
        if (at == nullptr || last == nullptr)
            detail::bad_log(file, "accepted: objects with at_step and last_epoch");
        states.push_back({at->get<step_t>(), last->get<step_t>()});
    }
    std::sort(states.begin(), states.end(),
              [](const scheduler_state& a, const scheduler_state& b) { return a.at_step < b.at_step; });
    return states;
}

}  // namespace pacer::analysis

#endif
