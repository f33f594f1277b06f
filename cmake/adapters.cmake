# SPDX-License-Identifier: MIT
# The trainers that the adapters are for. Each is used where it is installed (CMAKE_PREFIX_PATH says where else to look)
# and never fetched. For each that is found there is a target pacer_trainer_NAME, to be linked privately.
include_guard(DIRECTORY)

function(pacer_find_trainers)
    # Not by Torch's own CMake package: that stops with an error where CUDA's or protobuf's own one is missing.
    find_path(PACER_LIBTORCH_INCLUDE torch/csrc/api/include/torch/optim.h)
    find_library(PACER_LIBTORCH_CPU torch_cpu)
    find_library(PACER_LIBTORCH_C10 c10)
    mark_as_advanced(PACER_LIBTORCH_INCLUDE PACER_LIBTORCH_CPU PACER_LIBTORCH_C10)
    if(PACER_LIBTORCH_INCLUDE AND PACER_LIBTORCH_CPU AND PACER_LIBTORCH_C10)
        pacer_add_trainer(
            libtorch
            "${PACER_LIBTORCH_INCLUDE};${PACER_LIBTORCH_INCLUDE}/torch/csrc/api/include"
            "${PACER_LIBTORCH_CPU};${PACER_LIBTORCH_C10}")
    endif()

    find_package(dlib QUIET)
    if(TARGET dlib::dlib)
        pacer_find_missing_libraries(missing dlib::dlib)
    endif()
    if(TARGET dlib::dlib AND NOT missing)
        pacer_make_system(dlib::dlib)
        pacer_add_trainer(dlib "" dlib::dlib)
    endif()

    find_package(Armadillo QUIET)
    find_path(PACER_ENSMALLEN_INCLUDE ensmallen.hpp)
    mark_as_advanced(PACER_ENSMALLEN_INCLUDE)
    if(Armadillo_FOUND AND PACER_ENSMALLEN_INCLUDE)
        pacer_add_trainer(ensmallen "${PACER_ENSMALLEN_INCLUDE};${ARMADILLO_INCLUDE_DIRS}" "${ARMADILLO_LIBRARIES}")
    endif()

    find_package(ggml QUIET)
    if(TARGET ggml::ggml)
        pacer_make_system(ggml::ggml)
        pacer_add_trainer(ggml "" ggml::ggml)
        if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
            # So that libggml, where it is not installed in the system's place, finds its own libraries.
            target_link_options(pacer_trainer_ggml INTERFACE LINKER:--disable-new-dtags)
        endif()
    endif()

    # Needs nothing.
    pacer_add_trainer(device "" "")
endfunction()

function(pacer_add_trainer name include_directories libraries)
    add_library(pacer_trainer_${name} INTERFACE)
    target_include_directories(pacer_trainer_${name} SYSTEM INTERFACE ${include_directories})
    target_link_libraries(pacer_trainer_${name} INTERFACE ${libraries})
endfunction()

# The files that the target asks to be linked with and that are not there: Debian's libdlib-dev names libblas.so and
# liblapack.so, and does not depend on the packages that have them.
function(pacer_find_missing_libraries result target)
    set(missing)
    get_target_property(libraries ${target} INTERFACE_LINK_LIBRARIES)
    foreach(library IN LISTS libraries)
        if(IS_ABSOLUTE "${library}" AND NOT EXISTS "${library}")
            list(APPEND missing "${library}")
        endif()
    endforeach()
    if(missing)
        message(STATUS "${target} is left out: ${missing} not found")
    endif()
    set(${result} "${missing}" PARENT_SCOPE)
endfunction()

# A line in the list of tests for what cannot be built here.
function(pacer_skip_test name trainer)
    add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -E echo "skipped: ${trainer} is not installed")
    set_tests_properties(${name} PROPERTIES LABELS adapter SKIP_REGULAR_EXPRESSION "^skipped: ")
endfunction()
