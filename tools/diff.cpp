// SPDX-License-Identifier: MIT
#include "picture.hpp"

#include <pacer/expression/compare.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <memory>

namespace tools {

namespace analysis = pacer::analysis;
using pacer::step_t;

namespace {

/// Two curves, and where the second takes over.
struct comparison {
    const source& old;
    const source& next;
    step_t at;
    std::vector<pacer::expression_difference> fields{};
    double last = 0;
    double before = 0;
    double after = 0;
    step_t furthest_at = 0;        ///< where the rates differ most, from `at` on
    std::vector<step_t> logged{};  ///< of logs, the steps that are compared: those of both, from `at` on
    std::size_t equal = 0;         ///< at how many of them the rates are the same

    [[nodiscard]] bool differ() const { return !fields.empty() || old.lr(furthest_at) != next.lr(furthest_at); }
    [[nodiscard]] bool is_of_logs() const { return old.log || next.log; }
};

/// A log as a curve: the rate that it has last logged, at a step or before it.
std::function<double(step_t)> last_logged(const std::shared_ptr<const analysis::training_log>& log) {
    std::vector<analysis::log_point> points = log->points;
    std::stable_sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.step < b.step; });
    return [points = std::move(points)](step_t step) {
        const auto later = std::upper_bound(points.begin(), points.end(), step,
                                            [](step_t s, const analysis::log_point& p) { return s < p.step; });
        return later == points.begin() ? points.front().lr : std::prev(later)->lr;
    };
}

/// The steps that are logged; of two logs those in both.
std::vector<step_t> steps_of_logs(const source& a, const source& b, step_t from) {
    const auto steps_of = [&](const source& s) {
        std::vector<step_t> steps;
        for (const analysis::log_point& p : s.log->points)
            if (p.step >= from)
                steps.push_back(p.step);
        std::sort(steps.begin(), steps.end());
        steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
        return steps;
    };
    std::vector<step_t> first = steps_of(a.log ? a : b);
    if (!a.log || !b.log)
        return first;
    const std::vector<step_t> second = steps_of(b);
    std::vector<step_t> both;
    std::set_intersection(first.begin(), first.end(), second.begin(), second.end(), std::back_inserter(both));
    return both;
}

step_t end_of(const source& s) { return s.total_steps == pacer::endless ? 0 : s.total_steps; }

/// The step with the largest difference among those that a picture would show.
step_t furthest_of(const comparison& c) {
    const step_t until = std::max({end_of(c.old), end_of(c.next), c.at + 1000}) + 1;
    step_t found = c.at;
    const auto apart = [&](step_t s) { return std::abs(c.old.lr(s) - c.next.lr(s)); };
    const auto difference = [&](step_t s) { return apart(s); };
    std::vector<step_t> breaks;
    for (const source* s : {&c.old, &c.next})
        if (s->curve)
            for (const step_t b : drawn_of(*s).breaks)
                breaks.push_back(b);
    std::sort(breaks.begin(), breaks.end());
    found = analysis::find_extremes(difference, c.at, until, breaks).highest_at;
    return found;
}

comparison compare(std::vector<source>& both, const diff_options& options) {
    for (source& s : both)
        if (s.log)
            s.lr = last_logged(s.log);
    comparison c{both[0], both[1], 0};
    c.at = options.at.value_or(c.old.saved ? position(c.old.saved->at, c.old.saved->curve.clock) : 0);
    if (c.old.curve && c.next.curve)
        c.fields = differences(*c.old.curve, *c.next.curve);
    else if (!c.is_of_logs() && (c.old.label != c.next.label || c.old.total_steps != c.next.total_steps))
        c.fields.push_back(
            {"total_steps", fmt::format("{}", c.old.total_steps), fmt::format("{}", c.next.total_steps)});
    c.last = c.old.lr(c.at > 0 ? c.at - 1 : 0);
    c.before = c.old.lr(c.at);
    c.after = c.next.lr(c.at);
    if (!c.is_of_logs()) {
        c.furthest_at = furthest_of(c);
        return c;
    }
    c.logged = steps_of_logs(c.old, c.next, c.at);
    if (c.logged.empty())
        throw error(fmt::format("{} and {}: no step from {} on is logged in both", c.old.label, c.next.label, c.at));
    const auto apart = [&](step_t s) { return std::abs(c.old.lr(s) - c.next.lr(s)); };
    c.furthest_at = c.logged.front();
    for (const step_t s : c.logged) {
        c.equal += apart(s) == 0 ? 1U : 0U;
        c.furthest_at = apart(s) > apart(c.furthest_at) ? s : c.furthest_at;
    }
    return c;
}

std::string table(const comparison& c, const terminal& on) {
    if (c.is_of_logs())
        return fmt::format("  {} of {} logged rates are the same, from step {} to {}\n", c.equal, c.logged.size(),
                           c.logged.front(), c.logged.back());
    if (c.fields.empty())
        return "  no field differs\n";
    std::size_t path = 5;
    std::size_t first = 3;
    for (const auto& f : c.fields) {
        path = std::max(path, f.path.size());
        first = std::max(first, f.first.size());
    }
    std::string text = on.faint(fmt::format("  {:<{}}  {:<{}}  {}\n", "field", path, "old", first, "new"));
    for (const auto& f : c.fields)
        text += fmt::format("  {:<{}}  {:<{}}  {}\n", f.path, path, f.first, first, f.second);
    return text;
}

std::string rates(const comparison& c) {
    std::string jump = c.before == c.after ? "no jump"
                       : c.before == 0     ? "a jump from 0"
                                           : fmt::format("a jump by a factor of {:.6g}", c.after / c.before);
    std::string text;
    if (c.at > 0 && !c.old.log)
        text += fmt::format("  step {}: {} (the last of the old curve)\n", c.at - 1, c.last);
    text += fmt::format("  step {}: {} -> {}: {}\n", c.at, c.before, c.after, jump);
    if (c.furthest_at != c.at)
        text += fmt::format("  step {}: {} -> {} (the largest difference from there on)\n", c.furthest_at,
                            c.old.lr(c.furthest_at), c.next.lr(c.furthest_at));
    return text;
}

std::string picture(const comparison& c, const terminal& on) {
    std::vector<drawn> all{drawn_of(c.old), drawn_of(c.next)};
    for (drawn& d : all)
        if (!d.points.empty())
            d.lr = nullptr;  // its points are drawn
    for (drawn& d : all)
        if (d.points.empty())
            d.landmarks = {{analysis::landmark::kind::joint, c.at, c.last, d.lr(c.at), "where the new one takes over"}};
    all[0].label = "old: " + all[0].label;
    all[1].label = "new: " + all[1].label;
    return terminal_picture(all, frame_of(all, {}), 14, on, true) + "\n" + legend(all, on);
}

std::string as_json(const comparison& c) {
    std::string text = fmt::format("{{\n  \"at\": {},\n  \"last\": {},\n  \"before\": {},\n  \"after\": {},\n"
                                   "  \"largest_difference_at\": {},\n  \"differ\": {},\n",
                                   c.at, c.last, c.before, c.after, c.furthest_at, c.differ());
    if (c.is_of_logs())
        text += fmt::format("  \"logged\": {},\n  \"equal\": {},\n", c.logged.size(), c.equal);
    text += "  \"fields\": [";
    const char* separator = "";
    for (const auto& f : c.fields) {
        text += fmt::format("{}\n    {{\"path\": {}, \"old\": {}, \"new\": {}}}", separator, json_text(f.path),
                            json_text(f.first), json_text(f.second));
        separator = ",";
    }
    return text + "]\n}\n";
}

}  // namespace

int diff(const diff_options& options) {
    std::vector<source> both = read_sources(options.of);
    if (both.size() != 2)
        throw error(fmt::format("diff takes two curves, the old and the new one; found {}", both.size()));
    const comparison c = compare(both, options);
    if (options.json) {
        print(as_json(c));
    } else {
        const terminal on(options.terminal);
        std::string text = options.picture ? picture(c, on) + "\n" : "";
        print_lines(text + on.bold(c.is_of_logs() ? "Logged" : "Fields") + "\n" + table(c, on) + "\n" +
                    on.bold("Rates") + "\n" + rates(c));
    }
    return c.differ() ? finding : success;
}

}  // namespace tools
