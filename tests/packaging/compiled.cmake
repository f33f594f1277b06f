# SPDX-License-Identifier: MIT
# The compiled library, as a child project and installed: programs that link it have the same rates and errors, and compile
# nothing of what is in it.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

build_consumer(compiled -D pacer_source=${source} -D CMAKE_BUILD_TYPE=Release)

# Only the library makes schedules by name: in the program's own object file that is undefined.
find_program(nm nm REQUIRED)
file(GLOB_RECURSE object ${work}/compiled/CMakeFiles/consumer.dir/main.cpp.*o*)
list(FILTER object INCLUDE REGEX "\\.(o|obj)$")
run(${nm} -C ${object})
foreach(function IN ITEMS "pacer::expression pacer::make" "pacer::expression pacer::parse" "pacer::detail::syntax::write_rates")
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
