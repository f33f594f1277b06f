# SPDX-License-Identifier: MIT
# What is not standard C++ stands in macros.hpp alone, and can be left out: with PACER_DETAIL_PORTABLE no header uses a
# compiler's extension. What Microsoft's compiler gets instead is read by clang, where there is one.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

set(extensions "__builtin|__attribute__|__extension__|__int128|__restrict|__declspec|__forceinline|\\[\\[(gnu|clang|msvc)::|, gnu::|no_unique_address|[^a-z_]asm[ (]|# *pragma|_Pragma")
file(GLOB_RECURSE headers RELATIVE ${source}/include ${source}/include/pacer/*.hpp)
set(includes)
foreach(header IN LISTS headers)
    if(NOT header MATCHES "^pacer/(recipes|analysis|adapters)/")  # they need other libraries
        string(APPEND includes "#include <${header}>\n")
    endif()
    if(header MATCHES "^pacer/(macros.hpp|adapters/.*)$")
        continue()
    endif()
    file(STRINGS ${source}/include/${header} lines)
    set(for_devices OFF)
    foreach(line IN LISTS lines)
        if(line MATCHES "^#(if|elif).*(__CUDA|__HIP)")
            set(for_devices ON)
        elseif(line MATCHES "^#(else|endif)$")
            set(for_devices OFF)
        endif()
        string(REGEX REPLACE "//.*" "" code "${line}")
        if(code MATCHES "${extensions}" AND NOT for_devices AND NOT (header MATCHES "elementary" AND code MATCHES "^        asm"))
            message(SEND_ERROR "${header}: \"${CMAKE_MATCH_0}\" belongs into macros.hpp:\n${line}")
        endif()
    endforeach()
endforeach()

file(WRITE ${work}/all.cpp "${includes}")
run(${cxx} -std=c++20 -DPACER_DETAIL_PORTABLE -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I${source}/include ${work}/all.cpp)
find_program(clang clang++)
if(clang)
    run(${clang} -std=c++20 -DPACER_DETAIL_MSVC -fms-extensions -Wall -Wextra -Werror -fsyntax-only -I${source}/include
        ${work}/all.cpp)
endif()
