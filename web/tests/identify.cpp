// SPDX-License-Identifier: MIT
// What the native library identifies in a log, for the page's words to be compared with: of every stretch a line of its steps, and
// one of each of its likeliest schedules.
#include <pacer/analysis/identify.hpp>

#include <cstddef>
#include <cstdio>

int main(int, char** arguments) {
    const auto log = pacer::analysis::read_log(arguments[1]);
    const auto found = pacer::analysis::identify(log);
    std::printf("%zu of %zu\n", found.explained, found.points);
    for (const auto& s : found.stretches) {
        std::printf("%lld to %lld\n", static_cast<long long>(log.points[s.first].step),
                    static_cast<long long>(log.points[s.end - 1].step));
        for (std::size_t k = 0; k < s.curves.size() && k < 3; ++k)
            if (s.curves[k].share >= 1e-3)
                std::printf("%s\n", s.curves[k].text().c_str());
    }
}
