// SPDX-License-Identifier: MIT
// Writes a program that has the expressions of cpp_cases.txt, and the example of every schedule, as C++ (to_cpp), and compares
// their rates with those of the expressions. CMake compiles it, and ctest runs it. The examples are the blocks of the site's pages.
#include <pacer/expression/cpp.hpp>
#include <pacer/expression/dialects.hpp>
#include <pacer/expression/example.hpp>

#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr const char* comparison = R"(
template <class S>
bool is_same(const S& lr, const char* text) {
    const pacer::expression expected = pacer::parse(text);
    if (pacer::total_steps(lr) != expected.total_steps())
        return false;
    for (pacer::step_t s = -1; s < 3000; ++s)
        if (lr(s) != expected(s))
            return false;
    return lr(pacer::longest) == expected(pacer::longest);
}
)";

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 || std::freopen(argv[2], "w", stdout) == nullptr) {
        std::fprintf(stderr, "usage: cpp_program CASES PROGRAM\n");
        return 2;
    }
    std::ifstream file(argv[1]);
    std::set<std::string> includes{"#include <cstdio>", "#include <pacer/expression/dialects.hpp>"};
    std::ostringstream constants;
    std::ostringstream calls;
    std::vector<std::string> texts;
    for (std::string text; std::getline(file, text);)
        texts.push_back(text);
    for (const pacer::schedule_description& schedule : pacer::describe_schedules())
        texts.push_back(pacer::example(schedule));
    int count = 0;
    for (const std::string& text : texts) {
        std::istringstream code(pacer::to_cpp(pacer::parse(text)));
        constants << "namespace case_" << count << " {\n";
        for (std::string line; std::getline(code, line);)
            if (line.starts_with("#include"))
                includes.insert(line);
            else
                constants << line << '\n';
        constants << "}\n";
        calls << "    if (!is_same(case_" << count << "::lr, R\"case(" << text
              << ")case\"))\n        std::printf(\"%s\\n\", R\"case(" << text << ")case\"), ++wrong;\n";
        ++count;
    }
    for (const std::string& line : includes)
        std::printf("%s\n", line.c_str());
    std::printf("namespace {\n%s%s}\nint main() {\n    int wrong = 0;\n%s    std::printf(\"%d expressions, %%d "
                "wrong\\n\", wrong);\n"
                "    return wrong != 0;\n}\n",
                constants.str().c_str(), comparison, calls.str().c_str(), count);
    return count > 100 ? 0 : 1;
}
