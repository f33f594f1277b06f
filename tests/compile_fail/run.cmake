# SPDX-License-Identifier: MIT
# cmake -D cxx=... -D include=... -D source=... -P run.cmake
# The source must compile; with PACER_SHOULD_FAIL it must not, and the compiler must say every regular expression that
# the source gives in a line "// expect: REGEX", and in its first five lines those of "// expect early: REGEX". So no case
# passes for a reason of another kind, and a reader sees the reason without scrolling. (Compilers repeat a line or two of
# the source: a word that is to be theirs stands on a line of its own.)
set(ENV{LC_ALL} C)  # the compiler's words, and its quotation marks, in their plain form
set(command ${cxx} -std=c++20 -fsyntax-only -Werror -I${include})

execute_process(COMMAND ${command} ${source} RESULT_VARIABLE result ERROR_VARIABLE output)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "${source} must compile without PACER_SHOULD_FAIL:\n${output}")
endif()

execute_process(COMMAND ${command} -DPACER_SHOULD_FAIL ${source} RESULT_VARIABLE result ERROR_VARIABLE output)
if(result EQUAL 0)
    message(FATAL_ERROR "${source} must not compile with PACER_SHOULD_FAIL, but it does")
endif()

file(READ ${source} text)
set(line "[^\n]*\n?")
string(REGEX MATCH "^${line}${line}${line}${line}${line}" early "${output}")
string(REGEX MATCHALL "// expect( early)?: [^\n]+" expected "${text}")
if(NOT expected)
    message(FATAL_ERROR "${source} has no line \"// expect: REGEX\"")
endif()
foreach(line IN LISTS expected)
    string(REGEX REPLACE "^// expect( early)?: " "" regex "${line}")
    if(NOT output MATCHES "${regex}")
        message(FATAL_ERROR "the compiler does not say \"${regex}\", but:\n${output}")
    endif()
    if(line MATCHES "^// expect early" AND NOT early MATCHES "${regex}")
        message(FATAL_ERROR "the compiler does not say \"${regex}\" in its first five lines:\n${output}")
    endif()
endforeach()
