# SPDX-License-Identifier: MIT
# find_package(pacer), also with its component, from the installed package.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

build_consumer(find_package -D CMAKE_PREFIX_PATH=${prefix} -D version=${version})
if(recipes)
    build_consumer(find_package_recipes -D CMAKE_PREFIX_PATH=${prefix} -D version=${version})
endif()
