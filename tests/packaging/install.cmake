# SPDX-License-Identifier: MIT
# Installs into one place and moves it to another: nothing that is installed may know where it was.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

run(${CMAKE_COMMAND} --install ${build} --prefix ${work}/first)
file(REMOVE_RECURSE ${prefix})
file(RENAME ${work}/first ${prefix})

# The command comes with its manual and with completions, or not at all.
set(of_command share/man/man1/pacer.1 share/bash-completion/completions/pacer share/zsh/site-functions/_pacer
               share/fish/vendor_completions.d/pacer.fish)
if(EXISTS ${prefix}/bin/pacer)
    foreach(file IN LISTS of_command)
        if(NOT EXISTS ${prefix}/${file})
            message(FATAL_ERROR "${file} is not installed")
        endif()
    endforeach()
    run(${prefix}/bin/pacer --version)
endif()

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
    elseif(";bin/pacer;${of_command};" MATCHES ";${file};")
        continue()
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
