# SPDX-License-Identifier: MIT
# A polite guest: consumer/add_subdirectory fails by itself if a variable, a target or a flag changes; here: pacer as a
# child prints nothing, fetches nothing and installs nothing.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

build_consumer(add_subdirectory -D pacer_source=${source} -D CMAKE_INSTALL_PREFIX=${work}/prefix)

if(NOT configure_output MATCHES "before pacer[^\n]*\n(.*)-- after pacer")
    message(FATAL_ERROR "the marks are missing in:\n${configure_output}")
endif()
if(NOT "${CMAKE_MATCH_1}" STREQUAL "")
    message(FATAL_ERROR "as a child pacer prints:\n${CMAKE_MATCH_1}")
endif()

if(EXISTS ${work}/add_subdirectory/_deps)
    message(FATAL_ERROR "as a child pacer fetches something")
endif()

run(${CMAKE_COMMAND} --install ${work}/add_subdirectory)
file(GLOB_RECURSE files ${work}/prefix/*)
if(files)
    message(FATAL_ERROR "as a child pacer installs: ${files}")
endif()
