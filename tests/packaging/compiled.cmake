# SPDX-License-Identifier: MIT
# The compiled library, as a child project and installed: programs that link it have the same rates and errors, and compile
# nothing of what is in it.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

# What a header promises of the library is there.
run(${cxx} -std=c++20 -I${source}/include -M ${source}/src/pacer.cpp)
set(included "${output}")
file(GLOB_RECURSE headers RELATIVE ${source}/include ${source}/include/pacer/*.hpp)
foreach(header IN LISTS headers)
    file(STRINGS ${source}/include/${header} promises REGEX "^ *PACER_IN_LIBRARY")
    if(promises AND NOT included MATCHES "/${header}[ \n]")
        message(FATAL_ERROR "${header} promises something of the library, which does not include it")
    endif()
endforeach()

build_consumer(compiled -D pacer_source=${source} -D CMAKE_BUILD_TYPE=Release)

# What only the library has is undefined in the program's own object file.
find_program(nm nm REQUIRED)
file(GLOB_RECURSE object ${work}/compiled/CMakeFiles/consumer.dir/main.cpp.*o*)
list(FILTER object INCLUDE REGEX "\\.(o|obj)$")
run(${nm} -C ${object})
foreach(function IN ITEMS "pacer::expression pacer::make" "pacer::expression pacer::parse" "pacer::detail::syntax::write_rates"
        "pacer::violation pacer::check" "void pacer::detail::raise" "pacer::ramp<pacer::shapes::power>::ramp"
        "void pacer::ramp<pacer::shapes::power>::visit_segments" "pacer::detail::exact_kernel<pacer::shapes::any>::at")
    if(NOT output MATCHES " U [^\n]*${function}" OR output MATCHES " [TWV] [^\n]*${function}")
        message(FATAL_ERROR "${function} is not taken from the library:\n${output}")
    endif()
endforeach()

file(MAKE_DIRECTORY ${work}/build)
run(${CMAKE_COMMAND} -G ${generator} -S ${source} -B ${work}/build -D CMAKE_CXX_COMPILER=${cxx}
    -D CMAKE_INSTALL_PREFIX=${work}/prefix -D PACER_COMPILED=ON -D PACER_RECIPES=OFF -D PACER_BUILD_TESTS=OFF
    -D PACER_BUILD_EXAMPLES=OFF)
run(${CMAKE_COMMAND} --build ${work}/build)
run(${CMAKE_COMMAND} --install ${work}/build)
file(REMOVE_RECURSE ${work}/compiled)
build_consumer(compiled -D CMAKE_PREFIX_PATH=${work}/prefix -D version=${version})
