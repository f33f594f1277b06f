// SPDX-License-Identifier: MIT
// What the host makes of the schedules: for each its number, its name, its bytes (the argument of its kernel), and its
// rates at some steps, as bits of a double.
#include "../support/dialect_examples.hpp"
#include "schedules.hpp"

#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <string_view>
#include <vector>

namespace {

using device_test::total;
using device_test::warmup;

std::vector<pacer::step_t> steps(bool all) {
    constexpr pacer::step_t last = std::numeric_limits<pacer::step_t>::max();
    std::vector<pacer::step_t> list{std::numeric_limits<pacer::step_t>::min(), -1, pacer::longest, last - 1, last};
    for (const pacer::step_t around : {pacer::step_t{0}, warmup, total / 2, total - 300, total, 2 * total})
        for (pacer::step_t step = around - 2; step <= around + 2; ++step)
            list.push_back(step);
    for (pacer::step_t step = 13; step < (all ? total : 3 * total); step += all ? 1 : 97)
        list.push_back(step);
    return list;
}

template <class S>
void print(int number, const char* name, const S& schedule) {
    static_assert(std::is_trivially_copyable_v<S>);
    unsigned char bytes[sizeof schedule];
    std::memcpy(bytes, &schedule, sizeof schedule);
    std::printf("schedule %d %s\nbytes ", number, name);
    for (const unsigned char byte : bytes)
        std::printf("%02x", unsigned{byte});
    std::printf("\n");
    for (const pacer::step_t step : steps(std::string_view(name).substr(0, 5) == "exact"))
        std::printf("%lld %016llx\n", static_cast<long long>(step),
                    static_cast<unsigned long long>(std::bit_cast<std::uint64_t>(static_cast<double>(schedule(step)))));
}

}  // namespace

int main() {
    device_test::with_each(
        [](auto number, const char* name, const auto& schedule) { print(decltype(number)::value, name, schedule); });
    device_test::with_each_dialect([]<class S>(auto number) {
        static_assert(std::is_trivially_copyable_v<S>);
        if constexpr (device_test::is_left_out<S>)
            std::printf("left out %s\n", S::params_type::name);
        else
            print(decltype(number)::value, S::params_type::name,
                  support::example_of<S>({.peak_lr = 0.003, .total_steps = total, .warmup_ratio = 0.07}).meaning());
    });
}
