// SPDX-License-Identifier: MIT
// The native library's rates, for the page's to be compared with: of every line "STEP EXPRESSION" the rate's bits.
#include <pacer/expression/dialects.hpp>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

int main() {
    pacer::step_t step = 0;
    std::string text;
    while (std::cin >> step && std::getline(std::cin.ignore(1), text)) {
        try {
            const double rate = pacer::parse(text)(step);
            std::printf("%016llx\n", static_cast<unsigned long long>(__builtin_bit_cast(std::uint64_t, rate)));
        } catch (const std::exception& error) {
            std::printf("%s\n", error.what());
        }
    }
}
