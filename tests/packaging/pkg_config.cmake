# SPDX-License-Identifier: MIT
# pkg-config and a compiler, from the installed package.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

find_program(pkg_config NAMES pkg-config pkgconf REQUIRED)
set(ENV{PKG_CONFIG_PATH} ${prefix}/share/pkgconfig)

run(${pkg_config} --modversion pacer)
string(STRIP "${output}" output)
if(NOT output STREQUAL version)
    message(FATAL_ERROR "pkg-config says version ${output}, not ${version}")
endif()

run(${pkg_config} --cflags --libs pacer)
separate_arguments(flags UNIX_COMMAND "${output}")
run(${cxx} -std=c++20 ${CMAKE_CURRENT_LIST_DIR}/consumer/main.cpp ${flags} -o ${work}/consumer)
run(${work}/consumer)
