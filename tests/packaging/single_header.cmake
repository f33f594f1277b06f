# SPDX-License-Identifier: MIT
# The one header, as the build makes it: silent under strict warnings, in two units of a program, one of which has all of it; and a program written for pacer's own headers. The whole suite is compiled against it by the preset test-single.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

run(${python} ${source}/tools/single_header.py --to ${work}/pacer.hpp --stand-ins ${work}/stand_ins)
file(READ ${work}/pacer.hpp text)
if(text MATCHES "\n#include <pacer/" OR NOT text MATCHES "^// pacer ${version}:")
    message(FATAL_ERROR "pacer.hpp includes other headers of pacer, or does not say its version")
endif()

set(warnings -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wsign-conversion -Wold-style-cast -Wundef -Werror)
file(WRITE ${work}/a.cpp "#include \"pacer.hpp\"
double elsewhere(pacer::step_t step);
int main() {
    constexpr pacer::cosine lr{{.peak_lr = 1e-3, .total_steps = 1000}};
    return lr(1000) == 0 && elsewhere(500) == lr(500) ? 0 : 1;
}
")
file(WRITE ${work}/b.cpp "#include \"pacer.hpp\"
#define PACER_INCLUDE_ALL
#include \"pacer.hpp\"
double elsewhere(pacer::step_t step);
double elsewhere(pacer::step_t step) { return pacer::parse(\"cosine(peak_lr=1e-3, total_steps=1000)\")(step); }
")
run(${cxx} -std=c++20 ${warnings} ${work}/a.cpp ${work}/b.cpp -o ${work}/program)
run(${work}/program)

run(${cxx} -std=c++20 ${warnings} -I${work}/stand_ins ${CMAKE_CURRENT_LIST_DIR}/consumer/main.cpp -o ${work}/consumer)
run(${work}/consumer)
