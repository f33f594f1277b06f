// SPDX-License-Identifier: MIT
// replay CORPUS: every input that is kept, CORPUS/NAME/* and those in CORPUS/NAME.kept (kept.py), given to its function,
// without a fuzzer.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace fuzz {

int expression(const std::uint8_t* data, std::size_t size);
int curve(const std::uint8_t* data, std::size_t size);
int checkpoint(const std::uint8_t* data, std::size_t size);
#ifdef PACER_FUZZ_RECIPES
int recipe(const std::uint8_t* data, std::size_t size);
int log(const std::uint8_t* data, std::size_t size);
int analysis(const std::uint8_t* data, std::size_t size);
int convert(const std::uint8_t* data, std::size_t size);
#endif

}  // namespace fuzz

namespace {

std::vector<std::uint8_t> bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    return {bytes.begin(), bytes.end()};
}

}  // namespace

int main(int, char** arguments) {
    const std::filesystem::path corpus = arguments[1];
    int missing = 0;
    const auto replay = [&](const char* name, int (*function)(const std::uint8_t*, std::size_t)) {
        int inputs = 0;
        const auto give =
            [&](const std::vector<std::uint8_t>& bytes) {  // of its own, so that a read past its end is noticed
                function(bytes.data(), bytes.size());
                ++inputs;
            };
        for (const auto& entry : std::filesystem::directory_iterator(corpus / name))
            give(bytes_of(entry.path()));
        const std::vector<std::uint8_t> kept = bytes_of(corpus / (std::string(name) + ".kept"));
        for (std::size_t at = 0; at + 4 <= kept.size();) {
            const std::size_t size = kept[at] + (std::size_t{kept[at + 1]} << 8U) + (std::size_t{kept[at + 2]} << 16U);
            const auto start = kept.begin() + static_cast<std::ptrdiff_t>(at + 4);
            give({start, start + static_cast<std::ptrdiff_t>(size)});
            at += 4 + size;
        }
        std::printf("%s: %d inputs\n", name, inputs);
        missing += inputs == 0;
    };
    replay("expression", fuzz::expression);
    replay("curve", fuzz::curve);
    replay("checkpoint", fuzz::checkpoint);
#ifdef PACER_FUZZ_RECIPES
    replay("recipe", fuzz::recipe);
    replay("log", fuzz::log);
    replay("analysis", fuzz::analysis);
    replay("convert", fuzz::convert);
#endif
    return missing;
}
