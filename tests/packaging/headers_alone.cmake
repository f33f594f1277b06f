# SPDX-License-Identifier: MIT
# Every public header alone, and twice: it includes what it uses, has a guard, and is silent under strict warnings.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

set(warnings -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wsign-conversion -Wold-style-cast -Wundef
             -Wnon-virtual-dtor -Werror)

file(GLOB_RECURSE headers RELATIVE ${source}/include ${source}/include/pacer/*.hpp)
list(FILTER headers EXCLUDE REGEX "^pacer/adapters/")
if(NOT recipes)
    list(FILTER headers EXCLUDE REGEX "^pacer/(recipes|analysis)/")
endif()
foreach(header IN LISTS headers)
    file(WRITE ${work}/alone.cpp "#include <${header}>\n#include <${header}>\n")
    run(${cxx} -std=c++20 ${warnings} -fsyntax-only -I${source}/include ${work}/alone.cpp)
endforeach()
