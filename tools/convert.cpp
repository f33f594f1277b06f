// SPDX-License-Identifier: MIT
#include "output.hpp"
#include "source.hpp"

#include <pacer/analysis/convert.hpp>

#include <fmt/format.h>

#include <cstdio>

namespace tools {

std::vector<std::string> convert_targets() {
    std::vector<std::string> names;
    for (const pacer::analysis::conversion_target& t : pacer::analysis::conversion_targets)
        names.emplace_back(t.name);
    return names;
}

int convert(const convert_options& options) {
    const std::vector<source> all = read_sources(options.of);
    if (all.size() != 1)
        throw error("convert takes one curve");
    const pacer::analysis::conversion written = pacer::analysis::convert(curve_of(all[0]), options.to);
    if (!written)
        throw error(fmt::format("{}: {}", all[0].label, written.refusal));
    print(written.text);
    for (const std::string& note : written.notes)
        if (written.text.find(note) == std::string::npos)  // a JSON file has no comments
            fmt::print(stderr, "pacer: note: {}\n", note);
    return success;
}

}  // namespace tools
