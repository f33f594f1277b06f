# SPDX-License-Identifier: MIT
# `import pacer;`, by clang 19 or newer, from src/pacer.cppm.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

find_program(clang NAMES clang++-22 clang++-21 clang++-20 clang++-19)
if(NOT clang)
    message(STATUS "skipped: no clang of version 19 or newer is installed")
    return()
endif()
file(WRITE ${work}/main.cpp [[
#include <cstdio>
#include <exception>
#include <vector>

import pacer;

int main() {
    constexpr pacer::cosine_with_min_lr lr{
        {.peak_lr = 0.2, .min_lr = 0.02, .total_steps = 10, .warmup = pacer::warmup_ratio(0.2)}};
    static_assert(lr(2) == 0.2 && lr(10) == 0.02);
    std::vector<double> rates(11);
    pacer::fill(lr, 0, rates);
    const pacer::expression read = pacer::parse(pacer::to_text(pacer::join(lr, 10, pacer::scale(lr, 0.5))));
    try {
        static_cast<void>(pacer::parse("cosin(peak_lr=1)"));
    } catch (const std::exception& error) {
        std::puts(error.what());
        return rates[10] == lr(10) && read(12) == 0.1 ? 0 : 1;
    }
    return 1;
}
]])
run(${clang} -std=c++20 -I${source}/include --precompile ${source}/src/pacer.cppm -o ${work}/pacer.pcm)
if(NOT output STREQUAL "")
    message(FATAL_ERROR "the module is not silent:\n${output}")
endif()
run(${clang} -std=c++20 -c ${work}/pacer.pcm -o ${work}/pacer.o)
run(${clang} -std=c++20 -fmodule-file=pacer=${work}/pacer.pcm ${work}/main.cpp ${work}/pacer.o -o ${work}/program)
run(${work}/program)
