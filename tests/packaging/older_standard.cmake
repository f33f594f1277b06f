# SPDX-License-Identifier: MIT
# As C++17, g++'s default before 16 and clang's: whatever header is included first, the compiler says in one sentence what pacer
# needs, and stops.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)
set(ENV{LC_ALL} C)

# must_refuse(HEADER WORDS FLAG...)
function(must_refuse header words)
    file(WRITE ${work}/older.cpp "#include <${header}>\nint main() { return pacer::linear({.peak_lr = 1})(0) > 0; }\n")
    execute_process(COMMAND ${cxx} ${ARGN} -fsyntax-only -I${source}/include ${work}/older.cpp RESULT_VARIABLE result
                    ERROR_VARIABLE output)
    string(REGEX MATCHALL "error:" errors "${output}")
    list(LENGTH errors count)
    # The second is that of the file that is not there, at which it stops.
    if(result EQUAL 0 OR NOT output MATCHES "error: (#error )?\"${words}\"" OR count GREATER 2)
        message(FATAL_ERROR "<${header}> with ${ARGN}: ${count} errors, not one that says \"${words}\":\n${output}")
    endif()
endfunction()

file(GLOB_RECURSE headers RELATIVE ${source}/include ${source}/include/pacer/*.hpp)
list(FILTER headers EXCLUDE REGEX "^pacer/(adapters/|version.hpp)")
if(NOT recipes)
    list(FILTER headers EXCLUDE REGEX "^pacer/(recipes|analysis)/")
endif()
foreach(header IN LISTS headers)
    must_refuse(${header} "pacer needs C\\+\\+20 \\(-std=c\\+\\+20\\)" -std=c++17)
endforeach()
must_refuse(pacer/pacer.hpp "pacer needs C\\+\\+20 \\(-std=c\\+\\+20\\)" -std=c++14)

# Microsoft's compiler says its standard in a macro of its own; __cplusplus is 199711L there, unless told otherwise.
file(WRITE ${work}/msvc.cpp "#include <pacer/pacer.hpp>\n")
foreach(standard IN ITEMS 201703L 202002L)
    execute_process(COMMAND ${cxx} -std=c++20 -D_MSVC_LANG=${standard} -fsyntax-only -I${source}/include ${work}/msvc.cpp
                    RESULT_VARIABLE result ERROR_VARIABLE output)
    if(standard STREQUAL "202002L")
        if(NOT result EQUAL 0)
            message(FATAL_ERROR "_MSVC_LANG=${standard} is refused:\n${output}")
        endif()
    elseif(result EQUAL 0 OR NOT output MATCHES "\"pacer needs C\\+\\+20 \\(/std:c\\+\\+20\\)\"")
        message(FATAL_ERROR "_MSVC_LANG=${standard} is not refused:\n${output}")
    endif()
endforeach()
