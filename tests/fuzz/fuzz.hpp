// SPDX-License-Identifier: MIT
#ifndef PACER_TESTS_FUZZ_FUZZ_HPP
#define PACER_TESTS_FUZZ_FUZZ_HPP

#include "support/dice.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace fuzz {

/// Ends the program, which is how a fuzzer learns of it, unless `holds`.
inline void require(bool holds, const char* what, std::string_view about) {
    if (holds)
        return;
    std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(about.size()), about.data());
    std::abort();
}

/// Numbers that are the bytes, and zeros after them.
class byte_source {
public:
    byte_source(const std::uint8_t* data, std::size_t size) : at_(data), end_(data + size) {}

    /// Two bytes are enough to choose with; fractions come from all eight.
    std::uint64_t operator()() {
        std::uint64_t word = 0;
        for (int k = 0; k < 2 && at_ != end_; ++k)
            word = word << 8 | *at_++;
        return word | word << 16 | word << 32 | word << 48;
    }

private:
    const std::uint8_t* at_;
    const std::uint8_t* end_;
};

using byte_dice = support::dice_of<byte_source>;

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

}  // namespace fuzz

#endif
