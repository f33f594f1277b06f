// SPDX-License-Identifier: MIT
#include "picture.hpp"

#include <pacer/expression/compare.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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
    step_t furthest_at = 0;  ///< where the rates differ most, from `at` on

    [[nodiscard]] bool differ() const { return !fields.empty() || old.lr(furthest_at) != next.lr(furthest_at); }
};

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

comparison compare(const std::vector<source>& both, const diff_options& options) {
    for (const source& s : both)
        if (!s.lr)
            throw error(fmt::format("{}: found {}, accepted: what says a curve", s.label, name_of(s.is)));
    comparison c{both[0], both[1], 0};
    c.at = options.at.value_or(c.old.saved ? position(c.old.saved->at, c.old.saved->curve.clock) : 0);
    if (c.old.curve && c.next.curve)
        c.fields = differences(*c.old.curve, *c.next.curve);
    else if (c.old.label != c.next.label || c.old.total_steps != c.next.total_steps)
        c.fields.push_back(
            {"total_steps", fmt::format("{}", c.old.total_steps), fmt::format("{}", c.next.total_steps)});
    c.last = c.old.lr(c.at > 0 ? c.at - 1 : 0);
    c.before = c.old.lr(c.at);
    c.after = c.next.lr(c.at);
    c.furthest_at = furthest_of(c);
    return c;
}

std::string table(const comparison& c, const terminal& on) {
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
    if (c.at > 0)
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
        if (d.lr)
            d.landmarks = {{analysis::landmark::kind::joint, c.at, c.last, d.lr(c.at), "where the new one takes over"}};
    all[0].label = "old: " + all[0].label;
    all[1].label = "new: " + all[1].label;
    return terminal_picture(all, frame_of(all, {}), 14, on, true) + "\n" + legend(all, on);
}

std::string as_json(const comparison& c) {
    std::string text = fmt::format("{{\n  \"at\": {},\n  \"last\": {},\n  \"before\": {},\n  \"after\": {},\n"
                                   "  \"largest_difference_at\": {},\n  \"differ\": {},\n  \"fields\": [",
                                   c.at, c.last, c.before, c.after, c.furthest_at, c.differ());
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
    const std::vector<source> both = read_sources(options.of);
    if (both.size() != 2)
        throw error(fmt::format("diff takes two curves, the old and the new one; found {}", both.size()));
    const comparison c = compare(both, options);
    if (options.json) {
        print(as_json(c));
    } else {
        const terminal on(options.terminal);
        std::string text = options.plot ? picture(c, on) + "\n" : "";
        print_lines(text + on.bold("Fields") + "\n" + table(c, on) + "\n" + on.bold("Rates") + "\n" + rates(c));
    }
    return c.differ() ? finding : success;
}

}  // namespace tools
