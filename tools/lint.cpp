// SPDX-License-Identifier: MIT
#include "output.hpp"
#include "source.hpp"

#include <pacer/analysis/lint_recipe.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tools {

namespace analysis = pacer::analysis;

namespace {

std::string rules_page(const terminal& on) {
    std::string text;
    for (const analysis::lint_rule& r : analysis::lint_rules)
        text += fmt::format("{}  ({})\n    {}\n    {}\n", on.bold(r.name), name_of(r.level), r.what, r.why);
    return text;
}

std::string rules_as_json() {
    std::string text;
    for (const analysis::lint_rule& r : analysis::lint_rules)
        text +=
            fmt::format("{}\n  {{\"rule\": {}, \"severity\": {}, \"what\": {}, \"why\": {}}}", text.empty() ? "" : ",",
                        json_text(r.name), json_text(name_of(r.level)), json_text(r.what), json_text(r.why));
    return "[" + text + "\n]\n";
}

std::vector<analysis::lint_finding> findings_of(const source& s, const lint_options& options) {
    if (s.is == source::kind::recipe)
        return analysis::lint(*s.recipe, facts_of(options.of), *s.run);
    return analysis::lint(curve_of(s), {options.run_steps});
}

/// The least severity that fails; one above all of them for "never".
unsigned least_that_fails(const std::string& name) {
    constexpr std::array names{"note", "warning", "error", "never"};
    return static_cast<unsigned>(std::find(names.begin(), names.end(), name) - names.begin());
}

}  // namespace

int lint(const lint_options& options) {
    const terminal on(options.terminal);
    if (options.rules) {
        print(options.json ? rules_as_json() : rules_page(on));
        return success;
    }
    for (const std::string& name : options.ignore)
        if (analysis::find_lint_rule(name) == nullptr)
            throw error(fmt::format("--ignore {}: found no such rule, accepted: those of `pacer lint --rules`", name));
    std::string text;
    std::string json;
    std::size_t count = 0;
    bool fails = false;
    for (const source& s : read_sources(options.of))
        for (const analysis::lint_finding& f : findings_of(s, options)) {
            if (std::find(options.ignore.begin(), options.ignore.end(), f.rule->name) != options.ignore.end())
                continue;
            ++count;
            fails = fails || static_cast<unsigned>(f.rule->level) >= least_that_fails(options.fail_on);
            const bool names_file = !s.file.empty() && f.where.starts_with(s.file);
            text += fmt::format("{}{}: {}: {} [{}]\n", names_file ? "" : s.label + ": ", f.where,
                                on.bold(name_of(f.rule->level)), f.what, f.rule->name);
            json +=
                fmt::format("{}\n  {{\"what\": {}, \"where\": {}, \"rule\": {}, \"severity\": {}, \"message\": {}}}",
                            json.empty() ? "" : ",", json_text(s.label), json_text(f.where), json_text(f.rule->name),
                            json_text(name_of(f.rule->level)), json_text(f.what));
        }
    if (options.json)
        print("[" + json + (json.empty() ? "]\n" : "\n]\n"));
    else
        print(count == 0 ? "nothing to say\n" : text);
    return fails ? finding : success;
}

}  // namespace tools
