# SPDX-License-Identifier: MIT
# What `cmake --install` puts in place: headers, CMake package, pkg-config file, licence. Nothing of it depends on the
# architecture, but for the compiled library, where that is asked for.
include(CMakePackageConfigHelpers)

set(pacer_cmake_dir share/cmake/pacer)

if(CMAKE_VERSION VERSION_LESS 3.23)
    install(DIRECTORY include/pacer DESTINATION include)
    install(TARGETS pacer EXPORT pacer-targets)
else()
    install(
        TARGETS pacer
        EXPORT pacer-targets
        FILE_SET HEADERS DESTINATION include
        FILE_SET adapters DESTINATION include)
endif()
install(
    EXPORT pacer-targets
    NAMESPACE pacer::
    DESTINATION ${pacer_cmake_dir})

if(PACER_RECIPES)
    if(CMAKE_VERSION VERSION_LESS 3.23)
        install(TARGETS pacer_recipes EXPORT pacer-recipes-targets)
    else()
        install(TARGETS pacer_recipes EXPORT pacer-recipes-targets FILE_SET HEADERS DESTINATION include)
    endif()
    install(
        EXPORT pacer-recipes-targets
        NAMESPACE pacer::
        DESTINATION ${pacer_cmake_dir})
endif()

set(pacer_architecture ARCH_INDEPENDENT)
if(PACER_COMPILED)
    set(pacer_architecture "")
    install(TARGETS pacer_compiled EXPORT pacer-compiled-targets ARCHIVE DESTINATION lib)
    install(
        EXPORT pacer-compiled-targets
        NAMESPACE pacer::
        DESTINATION ${pacer_cmake_dir})
endif()

# Before 1.0 a minor version may change the interface.
if(pacer_version VERSION_LESS 1)
    set(pacer_compatibility SameMinorVersion)
else()
    set(pacer_compatibility SameMajorVersion)
endif()
write_basic_package_version_file(
    ${PROJECT_BINARY_DIR}/pacer-config-version.cmake
    VERSION ${pacer_version}
    COMPATIBILITY ${pacer_compatibility}
    ${pacer_architecture})
configure_file(cmake/pacer.pc.in ${PROJECT_BINARY_DIR}/pacer.pc @ONLY)

install(FILES cmake/pacer-config.cmake ${PROJECT_BINARY_DIR}/pacer-config-version.cmake
        DESTINATION ${pacer_cmake_dir})
install(FILES ${PROJECT_BINARY_DIR}/pacer.pc DESTINATION share/pkgconfig)
install(FILES LICENSE DESTINATION share/licenses/pacer)
