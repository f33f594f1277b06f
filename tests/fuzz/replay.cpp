// SPDX-License-Identifier: MIT
// replay CORPUS: every input that is kept, CORPUS/NAME/*, given to its function, without a fuzzer.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
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

int main(int, char** arguments) {
    const std::filesystem::path corpus = arguments[1];
    int missing = 0;
    const auto replay = [&](const char* name, int (*function)(const std::uint8_t*, std::size_t)) {
        int inputs = 0;
        for (const auto& entry : std::filesystem::directory_iterator(corpus / name)) {
            std::ifstream file(entry.path(), std::ios::binary);
            const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
            function(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
            ++inputs;
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
