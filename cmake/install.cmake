# SPDX-License-Identifier: MIT
# What `cmake --install` puts in place: headers, CMake package, pkg-config file, licence. Nothing of it depends on the
# architecture, but for the compiled library, where that is asked for.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(pacer_cmake_dir ${CMAKE_INSTALL_DATADIR}/cmake/pacer)

# The include directory is named beside the file sets: CMake before 3.23, and Meson, know nothing of those.
if(CMAKE_VERSION VERSION_LESS 3.23)
    foreach(header IN LISTS pacer_headers pacer_adapter_headers)
        file(RELATIVE_PATH header ${PROJECT_SOURCE_DIR}/include ${header})
        get_filename_component(directory ${header} DIRECTORY)
        install(FILES include/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/${directory})
    endforeach()
    install(TARGETS pacer EXPORT pacer-targets INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
else()
    install(
        TARGETS pacer
        EXPORT pacer-targets
        INCLUDES
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILE_SET HEADERS
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILE_SET adapters
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endif()
install(
    EXPORT pacer-targets
    NAMESPACE pacer::
    DESTINATION ${pacer_cmake_dir})

if(PACER_RECIPES)
    if(CMAKE_VERSION VERSION_LESS 3.23)
        foreach(header IN LISTS pacer_recipes_headers)
            file(RELATIVE_PATH header ${PROJECT_SOURCE_DIR}/include ${header})
            get_filename_component(directory ${header} DIRECTORY)
            install(FILES include/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/${directory})
        endforeach()
        install(TARGETS pacer_recipes EXPORT pacer-recipes-targets)
    else()
        install(TARGETS pacer_recipes EXPORT pacer-recipes-targets FILE_SET HEADERS
                                                                   DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    endif()
    install(
        EXPORT pacer-recipes-targets
        NAMESPACE pacer::
        DESTINATION ${pacer_cmake_dir})
endif()

set(pacer_architecture ARCH_INDEPENDENT)
if(PACER_COMPILED)
    set(pacer_architecture "")
    install(TARGETS pacer_compiled EXPORT pacer-compiled-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
    install(
        EXPORT pacer-compiled-targets
        NAMESPACE pacer::
        DESTINATION ${pacer_cmake_dir})
    if(PACER_RECIPES)
        install(TARGETS pacer_recipes_compiled EXPORT pacer-recipes-compiled-targets ARCHIVE
                                                                                     DESTINATION ${CMAKE_INSTALL_LIBDIR})
        install(
            EXPORT pacer-recipes-compiled-targets
            NAMESPACE pacer::
            DESTINATION ${pacer_cmake_dir})
    endif()
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
# The file finds its prefix from where it is, unless a directory was given as a place of its own.
set(pacer_pc_dir ${CMAKE_INSTALL_DATADIR}/pkgconfig)
if(IS_ABSOLUTE "${CMAKE_INSTALL_DATADIR}" OR IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
    set(pacer_pc_includedir ${CMAKE_INSTALL_FULL_INCLUDEDIR})
else()
    file(RELATIVE_PATH pacer_pc_includedir /${pacer_pc_dir} /${CMAKE_INSTALL_INCLUDEDIR})
    set(pacer_pc_includedir "\${pcfiledir}/${pacer_pc_includedir}")
endif()
configure_file(cmake/pacer.pc.in ${PROJECT_BINARY_DIR}/pacer.pc @ONLY)

install(FILES cmake/pacer-config.cmake ${PROJECT_BINARY_DIR}/pacer-config-version.cmake
        DESTINATION ${pacer_cmake_dir})
install(FILES ${PROJECT_BINARY_DIR}/pacer.pc DESTINATION ${pacer_pc_dir})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/licenses/pacer)
