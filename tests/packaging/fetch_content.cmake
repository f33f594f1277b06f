# SPDX-License-Identifier: MIT
# FetchContent from an archive pinned by its hash, as in the README, without a network.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

file(GLOB files RELATIVE ${source} ${source}/*)
list(REMOVE_ITEM files build)
execute_process(COMMAND ${CMAKE_COMMAND} -E tar czf ${work}/pacer.tar.gz ${files} WORKING_DIRECTORY ${source}
                        COMMAND_ERROR_IS_FATAL ANY)
file(SHA256 ${work}/pacer.tar.gz hash)

build_consumer(fetch_content -D archive=${work}/pacer.tar.gz -D hash=${hash})
