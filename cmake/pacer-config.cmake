# SPDX-License-Identifier: MIT
#   find_package(pacer)                     pacer::pacer, which needs nothing
#   find_package(pacer COMPONENTS recipes)  pacer::recipes too, which needs yaml-cpp and tomlplusplus
#   find_package(pacer COMPONENTS compiled) pacer::pacer_compiled too, if it was installed with PACER_COMPILED; with both
#                                           components pacer::recipes_compiled
include(${CMAKE_CURRENT_LIST_DIR}/pacer-targets.cmake)

foreach(pacer_component IN LISTS pacer_FIND_COMPONENTS)
    set(pacer_${pacer_component}_FOUND FALSE)
    if(pacer_component STREQUAL "recipes" AND EXISTS ${CMAKE_CURRENT_LIST_DIR}/pacer-recipes-targets.cmake)
        include(CMakeFindDependencyMacro)
        find_dependency(yaml-cpp)
        find_dependency(tomlplusplus)
        include(${CMAKE_CURRENT_LIST_DIR}/pacer-recipes-targets.cmake)
        set(pacer_recipes_FOUND TRUE)
    endif()
    if(pacer_component STREQUAL "compiled" AND EXISTS ${CMAKE_CURRENT_LIST_DIR}/pacer-compiled-targets.cmake)
        include(${CMAKE_CURRENT_LIST_DIR}/pacer-compiled-targets.cmake)
        set(pacer_compiled_FOUND TRUE)
    endif()
    if(pacer_FIND_REQUIRED_${pacer_component} AND NOT pacer_${pacer_component}_FOUND)
        set(pacer_FOUND FALSE)
        set(pacer_NOT_FOUND_MESSAGE "this installation of pacer has no component \"${pacer_component}\"")
    endif()
endforeach()
if(pacer_recipes_FOUND AND pacer_compiled_FOUND AND EXISTS ${CMAKE_CURRENT_LIST_DIR}/pacer-recipes-compiled-targets.cmake)
    include(${CMAKE_CURRENT_LIST_DIR}/pacer-recipes-compiled-targets.cmake)
endif()
unset(pacer_component)
