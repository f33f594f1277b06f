// SPDX-License-Identifier: MIT
// Writes, for prove.py, what every expression of cases.txt becomes for every target, and its rates:
//
//     > EXPRESSION
//     # total_steps, or -1 if it is endless
//     = the rates of step 0, 1, ...
//     @ TARGET
//     % a note
//     | a line of the text                    or   ! why there is none
#include <pacer/analysis/convert.hpp>
#include <pacer/expression/dialects.hpp>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: write CASES\n");
        return 2;
    }
    constexpr pacer::step_t most = 3000;
    std::ifstream file(argv[1]);
    for (std::string text; std::getline(file, text);) {
        const pacer::expression lr = pacer::parse(text);
        const pacer::step_t total = lr.total_steps();
        std::printf("> %s\n# %lld\n=", text.c_str(), total == pacer::endless ? -1LL : static_cast<long long>(total));
        for (pacer::step_t s = 0; s < (total < most ? total + 5 : most); ++s)
            std::printf(" %a", lr(s));
        std::printf("\n");
        for (const auto& target : pacer::analysis::conversion_targets) {
            std::printf("@ %s\n", target.name);
            const auto c = pacer::analysis::convert(lr, target.name);
            if (!c)
                std::printf("! %s\n", c.refusal.c_str());
            for (const std::string& note : c.notes)
                std::printf("%% %s\n", note.c_str());
            std::istringstream lines(c.text);
            for (std::string line; std::getline(lines, line);)
                std::printf("|%s%s\n", line.empty() ? "" : " ", line.c_str());
        }
    }
}
