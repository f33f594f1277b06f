# SPDX-License-Identifier: MIT
# The libraries that recipes, tests, examples and benchmarks use; the core needs none. Each is taken as it is found: a target the
# surrounding project has already, else an installed package, else a release archive pinned by its hash.
include_guard(DIRECTORY)

set(pacer_third_party_fmt
    https://github.com/fmtlib/fmt/archive/11.1.4.tar.gz
    ac366b7b4c2e9f0dde63a59b3feb5ee59b67974b14ee5dc9ea8ad78aa2c1ee1e)
set(pacer_third_party_CLI11
    https://github.com/CLIUtils/CLI11/archive/v2.6.2.tar.gz
    c6ea6b2e5608b3ea8617999bd5f47420c71b2ebdb8dc4767c1034d1da5785711)
set(pacer_third_party_yaml-cpp
    https://github.com/jbeder/yaml-cpp/archive/yaml-cpp-0.9.0.tar.gz
    25cb043240f828a8c51beb830569634bc7ac603978e0f69d6b63558dadefd49a)
set(pacer_third_party_tomlplusplus
    https://github.com/marzer/tomlplusplus/archive/v3.4.0.tar.gz
    8517f65938a4faae9ccf8ebb36631a38c1cadfb5efa85d9a72e15b9e97d25155)
set(pacer_third_party_Catch2
    https://github.com/catchorg/Catch2/archive/v3.6.0.tar.gz
    485932259a75c7c6b72d4b874242c489ea5155d17efa345eb8cc72159f49f356)
set(pacer_third_party_benchmark
    https://github.com/google/benchmark/archive/refs/tags/v1.9.5.tar.gz
    9631341c82bac4a288bef951f8b26b41f69021794184ece969f8473977eaa340)

# pacer_third_party(NAME): afterwards NAME::NAME exists (for yaml-cpp 0.7: yaml-cpp; for Catch2: Catch2::Catch2WithMain).
function(pacer_third_party name)
    set(known ${name}::${name})
    if(name STREQUAL "yaml-cpp")
        list(APPEND known yaml-cpp)
    elseif(name STREQUAL "Catch2")
        set(known Catch2::Catch2WithMain)
    endif()

    foreach(try IN ITEMS "surrounding project" "installed" "fetched")
        if(try STREQUAL "installed")
            find_package(${name} QUIET)
        elseif(try STREQUAL "fetched")
            pacer_fetch(${name} ${pacer_third_party_${name}})
        endif()
        foreach(target IN LISTS known)
            if(TARGET ${target})
                pacer_make_system(${target})
                return()
            endif()
        endforeach()
    endforeach()
    message(FATAL_ERROR "pacer: ${name} is neither installed nor fetched")
endfunction()

function(pacer_fetch name url sha256)
    include(FetchContent)
    message(NOTICE "pacer: ${name} is not installed; fetching ${url}")
    # These variables live in this function, and speak to the fetched project only.
    set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)
    set(CMAKE_MESSAGE_LOG_LEVEL WARNING)
    set(BUILD_SHARED_LIBS OFF)
    set(BUILD_TESTING OFF)
    set(FMT_INSTALL OFF)
    set(CLI11_INSTALL OFF)
    set(JSON_Install OFF)
    set(YAML_CPP_INSTALL OFF)
    set(YAML_CPP_BUILD_TESTS OFF)
    set(YAML_CPP_BUILD_TOOLS OFF)
    set(YAML_CPP_BUILD_CONTRIB OFF)
    set(JSON_BuildTests OFF)
    set(CLI11_BUILD_TESTS OFF)
    set(CLI11_BUILD_EXAMPLES OFF)
    set(BENCHMARK_ENABLE_TESTING OFF)
    set(BENCHMARK_ENABLE_WERROR OFF)
    set(BENCHMARK_ENABLE_INSTALL OFF)

    set(extra "")
    if(NOT CMAKE_VERSION VERSION_LESS 3.24)
        list(APPEND extra DOWNLOAD_EXTRACT_TIMESTAMP FALSE)
    endif()
    if(NOT CMAKE_VERSION VERSION_LESS 3.28)
        list(APPEND extra EXCLUDE_FROM_ALL)
    endif()
    FetchContent_Declare(${name} URL ${url} URL_HASH SHA256=${sha256} ${extra})
    FetchContent_MakeAvailable(${name})
endfunction()

# Warnings in a third party's headers are not ours to fix.
function(pacer_make_system target)
    get_target_property(aliased ${target} ALIASED_TARGET)
    if(aliased)
        set(target ${aliased})
    endif()
    get_target_property(directories ${target} INTERFACE_INCLUDE_DIRECTORIES)
    if(directories)
        set_property(TARGET ${target} APPEND PROPERTY INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${directories})
    endif()
    # Catch2::Catch2WithMain and its like have their headers on a target behind them.
    get_target_property(libraries ${target} INTERFACE_LINK_LIBRARIES)
    foreach(library IN LISTS libraries)
        if(TARGET ${library})
            pacer_make_system(${library})
        endif()
    endforeach()
endfunction()
