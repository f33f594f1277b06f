// SPDX-License-Identifier: MIT
#include "picture.hpp"

#include <pacer/expression/cpp.hpp>

#include <fmt/format.h>

namespace tools {

namespace analysis = pacer::analysis;
using pacer::step_t;

namespace {

/// Whether what a schedule of a dialect means can be written in pacer's words.
bool has_words(const pacer::detail::syntax::node& n) {
    if (n.operation() == nullptr)
        return n.kind() != pacer::detail::syntax::in_no_list || n.name_in_dialect() != nullptr;
    for (const auto& part : n.parts())
        if (!has_words(*part))
            return false;
    return true;
}

std::string indented(const std::string& text) {
    std::string lines = "  ";
    for (const char c : text) {
        lines += c;
        if (c == '\n')
            lines += "  ";
    }
    while (!lines.empty() && (lines.back() == ' ' || lines.back() == '\n'))
        lines.pop_back();
    return lines + "\n";
}

std::string landmarks_of(const pacer::expression& lr) {
    std::string text = fmt::format("  {:>12}  {:<22}  {}\n", "step", "rate", "");
    for (const analysis::landmark& l : analysis::landmarks(lr)) {
        if (l.is == analysis::landmark::kind::past_end) {
            text += fmt::format("  {:>12}  {:<22}  {}\n", "past the end", "", l.about);
            continue;
        }
        text += fmt::format("  {:>12}  {:<22}  {}{}\n", l.step, l.rate, name_of(l.is),
                            l.about.empty() ? "" : ": " + l.about);
    }
    return text;
}

std::string explained(const source& s, const terminal& on) {
    std::string text = fmt::format("{}: {}\n", on.bold(s.label), name_of(s.is));
    const auto head = [&](const char* title) { text += "\n" + on.bold(title) + "\n"; };
    if (s.log) {
        const auto& points = s.log->points;
        text += fmt::format("  {} rates, steps {} to {}; `pacer identify` finds their schedule\n", points.size(),
                            points.front().step, points.back().step);
        for (const std::string& note : s.log->notes)
            text += "  note: " + note + "\n";
        return text;
    }
    if (s.run) {
        head("The plan, and where each number is from");
        for (const std::string& line : s.run->lines())
            text += "  " + line + "\n";
    }
    if (s.saved) {
        const pacer::progress& at = s.saved->at;
        head("The position");
        text += fmt::format("  {} updates, {} skipped, {} samples, {} tokens; the next update has rate {}\n",
                            at.updates(), at.skipped(), at.samples(), at.tokens(), s.saved->curve(at));
    }
    if (!s.curve) {
        text += "\n  Its trainer computes this curve by a formula that is no expression.\n";
        return text;
    }
    head("The curve");
    text += "  " + to_text(*s.curve) + "\n";
    const pacer::detail::syntax::node& root = *s.curve->root();
    if (root.meaning() != nullptr && has_words(*root.meaning()))
        text +=
            "  in pacer's words: " + to_text(pacer::expression(pacer::detail::syntax::node_pointer(root.meaning()))) +
            "\n";
    text += "  with every field: " + resolved_text(*s.curve) + "\n";
    head("The rates");
    text += landmarks_of(*s.curve);
    head("In C++");
    return text + indented(to_cpp(*s.curve));
}

std::string as_json(const source& s) {
    std::string text =
        fmt::format("  {{\n    \"label\": {},\n    \"kind\": {}", json_text(s.label), json_text(name_of(s.is)));
    if (s.run) {
        text += ",\n    \"figures\": [";
        const char* separator = "";
        for (const auto& f : s.run->figures) {
            text += fmt::format("{}\n      {{\"name\": {}, \"value\": {}, \"source\": {}}}", separator,
                                json_text(f.name), json_text(f.value), json_text(f.source));
            separator = ",";
        }
        text += "],\n    \"notes\": [";
        separator = "";
        for (const std::string& n : s.run->notes) {
            text += separator + json_text(n);
            separator = ", ";
        }
        text += "]";
    }
    if (s.curve) {
        text +=
            fmt::format(",\n    \"expression\": {},\n    \"resolved\": {},\n    \"cpp\": {},\n    \"landmarks\": [",
                        json_text(to_text(*s.curve)), json_text(resolved_text(*s.curve)), json_text(to_cpp(*s.curve)));
        const char* separator = "";
        for (const analysis::landmark& l : analysis::landmarks(*s.curve)) {
            text += fmt::format("{}\n      {{\"kind\": {}, \"step\": {}, \"before\": {}, \"rate\": {}, \"about\": {}}}",
                                separator, json_text(name_of(l.is)), l.step, l.before, l.rate, json_text(l.about));
            separator = ",";
        }
        text += "]";
    }
    return text + "\n  }";
}

}  // namespace

int explain(const explain_options& options) {
    const terminal on(options.terminal);
    std::string text;
    for (const source& s : read_sources(options.of)) {
        if (options.json)
            text += (text.empty() ? "" : ",\n") + as_json(s);
        else
            text += (text.empty() ? "" : "\n") + explained(s, on);
    }
    print_lines(options.json ? "[\n" + text + "\n]\n" : text);
    return success;
}

}  // namespace tools
