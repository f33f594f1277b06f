# SPDX-License-Identifier: MIT
# No build system at all: every compiler there is, one file, -I include; optimised or not, and as C++23 too.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

set(compilers ${cxx})
foreach(name IN ITEMS g++ clang++)
    find_program(found_${name} ${name})
    if(found_${name})
        list(APPEND compilers ${found_${name}})
    endif()
endforeach()
list(REMOVE_DUPLICATES compilers)

foreach(compiler IN LISTS compilers)
    foreach(flags IN ITEMS -std=c++20 "-std=c++20 -O3" -std=gnu++2b)
        separate_arguments(flags)
        run(${compiler} ${flags} -I${source}/include ${CMAKE_CURRENT_LIST_DIR}/consumer/main.cpp -o ${work}/consumer)
        run(${work}/consumer)
    endforeach()
endforeach()
