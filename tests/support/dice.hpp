// SPDX-License-Identifier: MIT
#ifndef PACER_TESTS_SUPPORT_DICE_HPP
#define PACER_TESTS_SUPPORT_DICE_HPP

#include <pacer/schedule.hpp>

#include <cstddef>
#include <cstdint>

namespace support {

using pacer::step_t;

class splitmix64 {
public:
    explicit splitmix64(std::uint64_t seed) : state_(seed) {}

    std::uint64_t operator()() {
        state_ += 0x9E37'79B9'7F4A'7C15u;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9u;
        z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EBu;
        return z ^ (z >> 31);
    }

private:
    std::uint64_t state_;
};

/// Choices of what a source of numbers says: random ones, or a fuzzer's bytes.
template <class Source>
class dice_of : Source {
public:
    using Source::Source;
    using Source::operator();

    step_t up_to(step_t n) { return static_cast<step_t>((*this)() % (static_cast<std::uint64_t>(n) + 1)); }
    double fraction() { return static_cast<double>((*this)() >> 11) * 0x1p-53; }

    template <class T, std::size_t N>
    T one_of(const T (&choices)[N]) {
        return choices[(*this)() % N];
    }
};

using dice = dice_of<splitmix64>;

}  // namespace support

#endif
