# SPDX-License-Identifier: MIT
# `cpack` makes an archive, and a Debian package with the headers and, where the command is built, with it, its manual and its
# completions.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

find_program(dpkg_deb dpkg-deb)
get_filename_component(bin ${CMAKE_COMMAND} DIRECTORY)
find_program(cpack cpack HINTS ${bin} REQUIRED)
if(NOT dpkg_deb)
    message(STATUS "skipped: dpkg-deb is not installed")
    return()
endif()

# must_have(FILE...): what the package that was made in `work` has.
function(must_have)
    file(GLOB package ${work}/*.deb)
    run(${dpkg_deb} --contents ${package})
    foreach(file IN LISTS ARGN)
        if(NOT output MATCHES " \\./usr/${file}\n")
            message(FATAL_ERROR "${file} is not in ${package}:\n${output}")
        endif()
    endforeach()
    if(output MATCHES " \\./(home|root|tmp|build|work)/" OR output MATCHES "\\.test\\.cpp")
        message(FATAL_ERROR "${package} has something that does not belong there:\n${output}")
    endif()
    run(${dpkg_deb} --field ${package} Package Version Depends Architecture)
    if(NOT output MATCHES "Package: pacer-dev\n" OR NOT output MATCHES "Version: ${version}\n")
        message(FATAL_ERROR "${package} says of itself:\n${output}")
    endif()
    set(output "${output}" PARENT_SCOPE)
endfunction()

set(always include/pacer/pacer.hpp include/pacer/adapters/libtorch.hpp share/cmake/pacer/pacer-config.cmake
           share/pkgconfig/pacer.pc share/licenses/pacer/LICENSE)

# Headers alone: for every architecture, and it needs nothing. What is in it works.
run(${CMAKE_COMMAND} -G ${generator} -S ${source} -B ${work}/plain -D CMAKE_CXX_COMPILER=${cxx})
run(${cpack} --config ${work}/plain/CPackConfig.cmake -G DEB -B ${work})
must_have(${always})
if(NOT output MATCHES "Architecture: all" OR output MATCHES "Depends")
    message(FATAL_ERROR "the headers alone are for one architecture, or need something:\n${output}")
endif()
file(GLOB package ${work}/*.deb)
run(${dpkg_deb} --extract ${package} ${work}/root)
run(${cxx} -std=c++20 -I${work}/root/usr/include ${CMAKE_CURRENT_LIST_DIR}/consumer/main.cpp -o ${work}/program)
run(${work}/program)
file(REMOVE ${package})

# As it was built here.
if(has_tool)
    run(${cpack} --config ${build}/CPackConfig.cmake -G DEB -B ${work})
    must_have(${always} bin/pacer share/man/man1/pacer.1 share/bash-completion/completions/pacer
              share/zsh/site-functions/_pacer share/fish/vendor_completions.d/pacer.fish)
endif()
