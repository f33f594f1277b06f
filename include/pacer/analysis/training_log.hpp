// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_TRAINING_LOG_HPP
#define PACER_ANALYSIS_TRAINING_LOG_HPP

/// Learning rates that a run logged, read from the files trainers leave behind.

#include <pacer/recipes/detail/json.hpp>
#include <pacer/schedule.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pacer::analysis {

/// One logged rate.
struct log_point {
    step_t step;  ///< the trainer's global step, as logged
    double lr;    ///< the rate that was logged
};

/// What a run logged, in the order of the file.
struct training_log {
    std::string file{};                   ///< its name, for messages
    std::vector<log_point> points{};      ///< every rate that was logged
    std::optional<step_t> total_steps{};  ///< the length the trainer had resolved, if the file states it
    std::vector<std::string> notes{};     ///< what was left out of the file
};

/// Where a saved scheduler stood: its own count of steps, beside the trainer's.
struct scheduler_state {
    step_t at_step;     ///< the trainer's global step
    step_t last_epoch;  ///< the scheduler's own count
};

namespace detail {

using recipes::place;
using recipes::recipe_error;
using recipes::detail::json_reader;
using recipes::detail::tree;

/// A step: a whole number, also where it is written as 10.0.
PACER_HOST inline step_t step_of(const tree& value, const place& at) {
    if (value.is == tree::kind::integer && value.integer >= 0)
        return value.integer;
    if (value.is == tree::kind::real && value.real >= 0 && value.real <= 0x1p53 &&
        static_cast<double>(static_cast<step_t>(value.real)) == value.real)
        return static_cast<step_t>(value.real);
    throw recipe_error(at, "found " + shown(value) + ", accepted: a whole number of 0 or more");
}

PACER_HOST inline double rate_of(const tree& value, const place& at) {
    // The closed range is written so that NaN fails it.
    if (!value.is_number() || !(value.number() >= 0 && value.number() <= pacer::detail::largest<double>))
        throw recipe_error(at, "found " + shown(value) + ", accepted: a finite number of 0 or more");
    return value.number() > 0 ? value.number() : 0;  // of -0, too
}

/// Takes records of any of the formats: {"step" | "current_steps": N, "learning_rate" | "lr": X, "total_steps": T}.
class record_taker {
public:
    PACER_HOST explicit record_taker(training_log& log) : log_(log) {}

    /// @param line  where the record's text begins in the file, if it is read as a text of its own.
    PACER_HOST void begin(int line = 1) {
        before_ = line - 1;
        for (field* f : {&step_, &global_step_, &rate_, &total_})
            f->key.clear();
    }
    PACER_HOST void key(const std::string& name) { key_ = name; }
    PACER_HOST void scalar(const tree& value) {
        if (!value.is_number())
            return;
        if (key_ == "step" || key_ == "current_steps")
            keep(step_, value);
        else if (key_ == "global_step")
            keep(global_step_, value);
        else if (key_ == "learning_rate" || key_ == "lr")
            keep(rate_, value);
        else if (key_ == "total_steps")
            keep(total_, value);
    }
    PACER_HOST void end() {
        const field& step = step_.is_there() ? step_ : global_step_;
        if (step.is_there() && rate_.is_there())
            log_.points.push_back({step_of(step.value, at(step)), rate_of(rate_.value, at(rate_))});
        if (total_.is_there())
            log_.total_steps = step_of(total_.value, at(total_));
    }

private:
    struct field {
        std::string key{};
        tree value{};

        [[nodiscard]] PACER_HOST bool is_there() const { return !key.empty(); }
    };

    PACER_HOST void keep(field& to, const tree& value) {
        to.key = key_;
        to.value.is = value.is;
        to.value.line = value.line;
        to.value.integer = value.integer;
        to.value.real = value.real;
        to.value.text = value.text;
    }
    [[nodiscard]] PACER_HOST place at(const field& f) const { return {log_.file, before_ + f.value.line, f.key}; }

    training_log& log_;
    int before_ = 0;
    std::string key_{};
    field step_{};
    field global_step_{};
    field rate_{};
    field total_{};
};

/// What json_reader tells of a line of a JSONL file.
class line_events {
public:
    PACER_HOST explicit line_events(training_log& log) : record_(log) {}

    PACER_HOST void begin(int line) {
        depth_ = 0;
        is_map_ = false;
        record_.begin(line);
    }
    PACER_HOST void open(tree::kind kind, int) {
        if (depth_++ == 0)
            is_map_ = kind == tree::kind::map;
    }
    PACER_HOST void close() {
        if (--depth_ == 0 && is_map_)
            record_.end();
    }
    PACER_HOST void key(const std::string& name, int) {
        if (depth_ == 1)
            record_.key(name);
    }
    PACER_HOST void scalar(const tree& value) {
        if (depth_ == 1 && is_map_)
            record_.scalar(value);
    }

private:
    record_taker record_;
    int depth_ = 0;
    bool is_map_ = false;
};

/// What json_reader tells of a JSON file: an object with log_history or points, or a list of records.
class file_events {
public:
    PACER_HOST explicit file_events(training_log& log) : log_(log), record_(log) {}

    PACER_HOST void open(tree::kind kind, int line) {
        ++depth_;
        const bool is_list = kind == tree::kind::list;
        if (depth_ == 1) {
            in_ = is_list ? part::history : part::top;
            is_of_list_ = is_list;
        } else if (depth_ == 2 && !is_of_list_) {
            in_ = !is_list                ? part::other
                  : key_ == "log_history" ? part::history
                  : key_ == "points"      ? part::points
                                          : part::other;
        } else if (is_item() && in_ == part::history && !is_list) {
            record_.begin();
            is_record_ = true;
        } else if (is_item() && in_ == part::points) {
            if (!is_list)
                refuse_point("a map", line);
            pair_.clear();
        }
    }
    PACER_HOST void close() {
        if (is_item() && is_record_) {
            record_.end();
            has_records_ = true;
        }
        if (is_item()) {
            is_record_ = false;
            if (in_ == part::points)
                take_point();
        }
        if (--depth_ == 1 && !is_of_list_)
            in_ = part::top;
    }
    PACER_HOST void key(const std::string& name, int) {
        if (depth_ == 1)
            key_ = name;
        else if (is_item() && is_record_)
            record_.key(name);
    }
    PACER_HOST void scalar(const tree& value) {
        if (depth_ == 1 && in_ == part::top && (key_ == "max_steps" || key_ == "total_steps") && value.is_number()) {
            if (value.number() > 0)
                log_.total_steps = step_of(value, {log_.file, value.line, key_});
        } else if (is_item() && is_record_) {
            record_.scalar(value);
        } else if (is_item() && in_ == part::points) {
            pair_.push_back(value);
            if (pair_.size() > 2)
                refuse_point("a list of more than two", pair_.back().line);
        } else if (depth_ == 2 && in_ == part::points) {
            refuse_point(shown(value), value.line);
        }
    }

    /// Whether the file is one of the kinds that are read.
    [[nodiscard]] PACER_HOST bool is_known() const {
        return depth_ == 0 && (has_records_ || !is_of_list_) && in_ != part::none;
    }

private:
    enum class part { none, top, history, points, other };

    /// A record of log_history, or a pair of points, is what is innermost.
    [[nodiscard]] PACER_HOST bool is_item() const { return depth_ == (is_of_list_ ? 2 : 3); }

    PACER_HOST void take_point() {
        if (pair_.size() != 2)
            refuse_point("a list of " + std::to_string(pair_.size()), pair_.empty() ? 0 : pair_.back().line);
        const place at{log_.file, pair_[0].line, "points"};
        log_.points.push_back({step_of(pair_[0], at), rate_of(pair_[1], at)});
    }
    [[noreturn]] PACER_HOST void refuse_point(const std::string& found, int line) const {
        throw recipe_error({log_.file, line, "points"}, "found " + found + ", accepted: [step, lr]");
    }

    training_log& log_;
    record_taker record_;
    std::vector<tree> pair_{};
    std::string key_{};
    part in_ = part::none;
    int depth_ = 0;
    bool is_of_list_ = false;  // the file is a list of records
    bool is_record_ = false;
    bool has_records_ = false;
};

/// The lines of a text, with their numbers; `\r` at their ends is left out.
class text_lines {
public:
    PACER_HOST explicit text_lines(std::string_view text) : rest_(text) {}

    PACER_HOST bool next() {
        if (rest_.empty())
            return false;
        const std::size_t end = rest_.find('\n');
        line = rest_.substr(0, end);
        has_end = end != std::string_view::npos;
        rest_.remove_prefix(has_end ? end + 1 : rest_.size());
        if (!line.empty() && line.back() == '\r')
            line.remove_suffix(1);
        ++number;
        return true;
    }

    std::string_view line{};
    int number = 0;
    bool has_end = false;

private:
    std::string_view rest_;
};

PACER_HOST inline void note_cut_line(training_log& log, int line) {
    log.notes.push_back("line " + std::to_string(line) +
                        ", the last, is cut, as a run leaves it that was killed; it is "
                        "left out");
}

PACER_HOST inline void take_json_lines(training_log& log, std::string_view text) {
    line_events events(log);
    for (text_lines lines(text); lines.next();) {
        if (recipes::detail::is_blank(lines.line))
            continue;
        events.begin(lines.number);
        try {
            json_reader<line_events>(lines.line, log.file, events).read();
        } catch (const recipe_error& error) {
            const bool is_cut = dynamic_cast<const recipes::detail::text_ended*>(&error) != nullptr;
            if (is_cut && !lines.has_end)
                note_cut_line(log, lines.number);
            else if (error.where.key.empty())
                throw recipe_error({log.file, lines.number, ""}, error.mistakes.front().problem);
            else
                throw;
        }
    }
}

/// The cells of a line of a CSV file; quotes around one are left out, and `""` in them is one.
PACER_HOST inline std::vector<std::string> cells_of(std::string_view line, const place& at, char separator = ',') {
    constexpr std::size_t most_cells = 1000;
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"') {
            const bool is_double = quoted && i + 1 < line.size() && line[i + 1] == '"';
            if (is_double)
                cells.back() += line[i++];
            else
                quoted = !quoted;
        } else if (line[i] == separator && !quoted) {
            if (cells.size() == most_cells)
                throw recipe_error(at, "found too many columns, accepted: at most 1000");
            cells.emplace_back();
        } else {
            cells.back() += line[i];
        }
    }
    for (std::string& cell : cells) {
        cell.erase(0, (std::min)(cell.find_first_not_of(" \t"), cell.size()));
        cell.erase(cell.find_last_not_of(" \t") + 1);
    }
    return cells;
}

/// The number in a cell, by JSON's rules, which know no locale; a text if it is none.
PACER_HOST inline tree number_in(const std::string& cell, int line) {
    struct one_value {
        tree value{};
        PACER_HOST void open(tree::kind, int) {}
        PACER_HOST void close() {}
        PACER_HOST void key(const std::string&, int) {}
        PACER_HOST void scalar(const tree& found) { value = found; }
    } events;
    tree text;
    text.is = tree::kind::text;
    text.text = cell;
    text.line = line;
    const bool begins_as_one = !cell.empty() && (cell[0] == '-' || (cell[0] >= '0' && cell[0] <= '9'));
    if (!begins_as_one)
        return text;
    try {
        json_reader<one_value>(cell, cell, events).read();
    } catch (const recipe_error&) {
        return text;
    }
    if (!events.value.is_number())
        return text;
    events.value.line = line;
    return events.value;
}

/// Which columns of a CSV file are the step and the rate.
struct csv_columns {
    std::size_t step = 0;
    std::size_t rate = 1;
    std::size_t count = 2;
};

PACER_HOST inline csv_columns columns_of(const std::vector<std::string>& header, const place& at) {
    std::vector<std::size_t> steps;
    std::vector<std::size_t> rates;
    std::string names;
    for (std::size_t i = 0; i < header.size(); ++i) {
        names += (i > 0 ? ", " : "") + header[i];
        std::string name = header[i];
        for (char& c : name)
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '-' ? '_' : c;
        // "run 7 - train/learning_rate": the last word is the quantity.
        name.erase(0, name.find_last_of("/ .:") == std::string::npos ? 0 : name.find_last_of("/ .:") + 1);
        const auto is_one_of = [&](auto... known) { return ((name == known) || ...); };
        if (is_one_of("step", "steps", "global_step", "current_steps", "iteration", "iter", "update"))
            steps.push_back(i);
        else if (is_one_of("lr", "learning_rate", "rate", "lr_0", "learning_rate_0"))
            rates.push_back(i);
    }
    // TensorBoard's export does not say of what the values are.
    if (header.size() == 3 && rates.empty() && header[0] == "Wall time" && header[1] == "Step" && header[2] == "Value")
        rates.push_back(2);
    if (steps.size() != 1 || rates.size() != 1)
        throw recipe_error(at, "found the columns " + recipes::detail::visible(names, 200) +
                                   ", accepted: one that is step and one that is lr or learning_rate");
    return {steps[0], rates[0], header.size()};
}

/// What is between the cells, by the first line: spreadsheets write `;` where the comma is in the numbers, or tabs.
PACER_HOST inline char separator_of(std::string_view line) {
    for (const char separator : {',', ';', '\t'})
        if (line.find(separator) != std::string_view::npos)
            return separator;
    return ',';
}

/// 0,0001 is a rate of 0.0001 where the cells are separated by `;`.
PACER_HOST inline std::string with_decimal_point(std::string cell, char separator) {
    const std::size_t comma = cell.find(',');
    if (separator == ';' && comma != std::string::npos && cell.find('.') == std::string::npos)
        cell[comma] = '.';
    return cell;
}

PACER_HOST inline void take_csv(training_log& log, std::string_view text) {
    if (text.substr(0, 3) == "\xEF\xBB\xBF")
        text.remove_prefix(3);
    char separator = ',';
    std::optional<csv_columns> columns;
    for (text_lines lines(text); lines.next();) {
        if (recipes::detail::is_blank(lines.line) || lines.line[0] == '#')
            continue;
        const place at{log.file, lines.number, ""};
        if (!columns)
            separator = separator_of(lines.line);
        const std::vector<std::string> cells = cells_of(lines.line, at, separator);
        if (!columns) {
            const bool is_header = !number_in(cells[0], 0).is_number() &&
                                   std::none_of(cells.begin(), cells.end(),
                                                [](const std::string& cell) { return number_in(cell, 0).is_number(); });
            columns = is_header ? columns_of(cells, at) : csv_columns{};
            if (is_header)
                continue;
            if (cells.size() != 2)
                throw recipe_error(at, "found " + std::to_string(cells.size()) +
                                           (cells.size() == 1 ? " column" : " columns") +
                                           " without a header, accepted: step,lr, or a line of names before them");
        }
        const bool is_cut = !lines.has_end && (cells.size() < columns->count || cells.back().empty());
        if (is_cut) {
            note_cut_line(log, lines.number);
            continue;
        }
        if (cells.size() != columns->count)
            throw recipe_error(at, "found " + std::to_string(cells.size()) +
                                       (cells.size() == 1 ? " column" : " columns") +
                                       ", accepted: " + std::to_string(columns->count));
        // Exports leave out what was not logged at a step.
        if (cells[columns->rate].empty())
            continue;
        log.points.push_back(
            {step_of(number_in(cells[columns->step], lines.number), at),
             rate_of(number_in(with_decimal_point(cells[columns->rate], separator), lines.number), at)});
    }
}

}  // namespace detail

/// The log in a text, by the name of its file: `.csv`, `.jsonl`, all else is JSON.
///
/// Read are Hugging Face's `trainer_state.json`, LLaMA-Factory's `trainer_log.jsonl`, a JSON file with
/// `"points": [[step, lr], ...]` or a list of records, or a CSV file: step,lr, or with a line of names in which one column
/// is step and one lr or learning_rate (as Weights & Biases and TensorBoard write it). Records without a rate (evaluations)
/// are passed over. NaN and Infinity may stand wherever Python's json writes them, but for steps and rates. Where the last
/// line is cut, as a run leaves it that was killed, it is left out, and a note says so.
///
/// An error (`recipes::recipe_error`, with file and line): a text that is none of these, or holds no rate; a step that is no
/// whole number of 0 or more; a rate that is not finite, or negative.
[[nodiscard]] PACER_HOST inline training_log parse_log(std::string_view text, const std::string& file) {
    training_log log{.file = file};
    if (file.ends_with(".csv")) {
        detail::take_csv(log, text);
    } else if (file.ends_with(".jsonl")) {
        detail::take_json_lines(log, text);
    } else {
        detail::file_events events(log);
        if (!recipes::detail::is_blank(text))
            detail::json_reader<detail::file_events>(text, file, events).read();
        if (!events.is_known())
            throw recipes::recipe_error({file, 0, ""}, "accepted: an object with log_history or points");
    }
    if (log.points.empty())
        throw recipes::recipe_error({file, 0, ""}, "no learning rate is logged in it");
    return log;
}

/// The log in a file, as `parse_log`. An error, too: a file that cannot be read, or is larger than 512 MiB. (TensorBoard's
/// event files are read by event_log.hpp.)
[[nodiscard]] PACER_HOST inline training_log read_log(const std::string& file) {
    return parse_log(recipes::detail::read_file(file, recipes::detail::largest_log), file);
}

/// Reads where the scheduler stood: the `last_epoch` of Hugging Face's scheduler.pt, written out as JSON, as one object or
/// a list of them, each with the trainer's step as `at_step`. In order of the step.
[[nodiscard]] PACER_HOST inline std::vector<scheduler_state> read_scheduler_states(const std::string& file) {
    const detail::tree root = recipes::detail::json_tree(recipes::detail::read_file(file), file);
    std::vector<scheduler_state> states;
    const auto add = [&](const detail::tree& state) {
        const detail::tree* at = state.find("at_step");
        const detail::tree* last = state.find("last_epoch");
        if (at == nullptr || last == nullptr)
            throw recipes::recipe_error({file, state.line, ""}, "accepted: objects with at_step and last_epoch");
        states.push_back({detail::step_of(*at, {file, at->line, "at_step"}),
                          detail::step_of(*last, {file, last->line, "last_epoch"})});
    };
    if (root.is == detail::tree::kind::list)
        std::for_each(root.items.begin(), root.items.end(), add);
    else
        add(root);
    std::sort(states.begin(), states.end(),
              [](const scheduler_state& a, const scheduler_state& b) { return a.at_step < b.at_step; });
    return states;
}

}  // namespace pacer::analysis

#endif
