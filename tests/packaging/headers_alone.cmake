# SPDX-License-Identifier: MIT
# Every header alone, and twice: it includes what it uses, has a guard, and is silent under strict warnings. Those that nobody
# includes by himself, of which recipes and analysis are made, only with `-D inner=ON`, which then has no others.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

set(warnings -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wsign-conversion -Wold-style-cast -Wundef
             -Wnon-virtual-dtor -Werror)

file(GLOB_RECURSE headers RELATIVE ${source}/include ${source}/include/pacer/*.hpp)
list(FILTER headers EXCLUDE REGEX "^pacer/adapters/")
if(NOT recipes)
    list(FILTER headers EXCLUDE REGEX "^pacer/(recipes|analysis)/")
endif()
set(inner_headers ${headers})
list(FILTER inner_headers INCLUDE REGEX "^pacer/(recipes/(detail|formats)|analysis)/")
list(FILTER inner_headers EXCLUDE REGEX "^pacer/(recipes/formats/all|analysis/(convert|event_log|identify|landmarks|lint|lint_recipe|replay|sample|tensorboard|training_log)).hpp$")
if(inner)
    set(headers ${inner_headers})
else()
    list(REMOVE_ITEM headers ${inner_headers})
endif()
foreach(header IN LISTS headers)
    file(WRITE ${work}/alone.cpp "#include <${header}>\n#include <${header}>\n")
    run(${cxx} -std=c++20 ${warnings} -fsyntax-only -I${source}/include ${work}/alone.cpp)
endforeach()
