# SPDX-License-Identifier: MIT
# The tarball of a release, which is `git archive`: what a user builds nothing of is not in it, and what is in it is enough for
# FetchContent, and for an install by a compiler and CMake alone.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

find_program(git git)
execute_process(COMMAND ${git} -C ${source} rev-parse HEAD RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
if(NOT git OR NOT result EQUAL 0)
    message(STATUS "skipped: this is no git repository")
    return()
endif()
# The tree as it is, not as it was last committed.
execute_process(COMMAND ${git} -C ${source} stash create OUTPUT_VARIABLE tree OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT tree)
    set(tree HEAD)
endif()
run(${git} -C ${source} archive --worktree-attributes --format=tar.gz --prefix=pacer-${version}/ -o ${work}/pacer.tar.gz ${tree})

file(SIZE ${work}/pacer.tar.gz size)
if(size GREATER 600000)
    message(FATAL_ERROR "the tarball has ${size} bytes, more than 600,000")
endif()
file(ARCHIVE_EXTRACT INPUT ${work}/pacer.tar.gz DESTINATION ${work})
foreach(name IN ITEMS tests bench docs web examples .ci .github)
    if(EXISTS ${work}/pacer-${version}/${name})
        message(FATAL_ERROR "${name} is in the tarball")
    endif()
endforeach()

file(SHA256 ${work}/pacer.tar.gz hash)
build_consumer(fetch_content -D archive=${work}/pacer.tar.gz -D hash=${hash})

run(${CMAKE_COMMAND} -G ${generator} -S ${work}/pacer-${version} -B ${work}/b -D CMAKE_CXX_COMPILER=${cxx})
run(${CMAKE_COMMAND} --install ${work}/b --prefix ${work}/prefix)
build_consumer(find_package -D CMAKE_PREFIX_PATH=${work}/prefix -D version=${version})
