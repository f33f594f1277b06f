// SPDX-License-Identifier: MIT
// One of the functions of this folder, PACER_FUZZED, as libFuzzer calls it.
#include <cstddef>
#include <cstdint>

namespace fuzz {

int PACER_FUZZED(const std::uint8_t* data, std::size_t size);

}  // namespace fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return fuzz::PACER_FUZZED(data, size);
}
