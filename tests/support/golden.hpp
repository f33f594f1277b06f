// SPDX-License-Identifier: MIT
// Reads the comma-separated files of tests/golden (see the README there).
#ifndef PACER_TESTS_SUPPORT_GOLDEN_HPP
#define PACER_TESTS_SUPPORT_GOLDEN_HPP

#include <pacer/schedule.hpp>

#include <cstdlib>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace support {

inline std::vector<std::string> split(const std::string& line, char separator) {
    std::vector<std::string> parts(1);
    for (const char c : line) {
        if (c == separator)
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

// All data lines of a file, as fields.
inline std::vector<std::vector<std::string>> golden(const std::string& name, std::size_t columns) {
    std::ifstream file(std::string(PACER_TEST_DATA) + "/golden/" + name);
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#')
            continue;
        rows.push_back(split(line, ','));
        if (rows.back().size() != columns)
            throw std::runtime_error(name + ": unexpected line: " + line);
    }
    if (rows.empty())
        throw std::runtime_error(name + " is missing or empty");
    return rows;
}

inline double number(const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0')
        throw std::runtime_error("not a number: '" + text + "'");
    return value;
}

inline pacer::step_t count(const std::string& text) { return std::stoll(text); }

// "key=value;key=value"
inline std::map<std::string, std::string> options(const std::string& text) {
    std::map<std::string, std::string> found;
    if (text.empty())
        return found;
    for (const std::string& option : split(text, ';')) {
        const auto pair = split(option, '=');
        found[pair.at(0)] = pair.at(1);
    }
    return found;
}

}  // namespace support

#endif
