# SPDX-License-Identifier: MIT
# Installs into one place and moves it to another: nothing that is installed may know where it was.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

run(${CMAKE_COMMAND} --install ${build} --prefix ${work}/first)
file(REMOVE_RECURSE ${prefix})
file(RENAME ${work}/first ${prefix})

file(GLOB_RECURSE files RELATIVE ${prefix} ${prefix}/*)
foreach(file IN LISTS files)
    if(file MATCHES "\\.(cmake|pc)$")
        file(READ ${prefix}/${file} text)
        foreach(place IN ITEMS ${work} ${source} ${build})
            string(FIND "${text}" "${place}" at)
            if(NOT at EQUAL -1)
                message(FATAL_ERROR "${file} names ${place}")
            endif()
        endforeach()
    elseif(NOT file MATCHES "^include/pacer/.*\\.hpp$" AND NOT file STREQUAL "share/licenses/pacer/LICENSE")
        message(FATAL_ERROR "${file} is installed, and should not be")
    endif()
endforeach()

# Every header is there, whatever component or file set it belongs to.
file(GLOB_RECURSE headers RELATIVE ${source} ${source}/include/*.hpp)
foreach(header IN LISTS headers)
    if(NOT EXISTS ${prefix}/${header} AND NOT header MATCHES "/(recipes|analysis)/")
        message(FATAL_ERROR "${header} is not installed")
    endif()
endforeach()
