# What `cmake --install` puts where: the library, its headers, the packages of CMake and pkg-config.
# (goakt_program installs the programs, packaging/ what makes a service of goaktd.) The components
# are Debian's packages.
include_guard(GLOBAL)
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/goakt)

install(TARGETS goakt_shared EXPORT goakt-targets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
                COMPONENT libgoakt1 NAMELINK_COMPONENT libgoakt-dev
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libgoakt-dev
        FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT libgoakt-dev)
install(EXPORT goakt-targets NAMESPACE goakt:: DESTINATION ${package_folder}
        COMPONENT libgoakt-dev)

# A static libgoakt.a leaves linking what its folders use to its users.
set(GOAKT_STATIC_PACKAGES "")
if(NOT BUILD_SHARED_LIBS)
  get_property(external GLOBAL PROPERTY GOAKT_LIBRARY_EXTERNAL)
  foreach(target IN LISTS external)
    string(REGEX REPLACE "::.*" "" package ${target})
    # A plain name is a library of the linker's own path.
    if(target MATCHES "::" AND NOT package MATCHES "^(PkgConfig|Threads)$")
      list(APPEND GOAKT_STATIC_PACKAGES ${package})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES GOAKT_STATIC_PACKAGES)
endif()

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/goakt-config.cmake.in ${PROJECT_BINARY_DIR}/goakt-config.cmake
  INSTALL_DESTINATION ${package_folder} NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/goakt-config-version.cmake
                                 COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/goakt-config.cmake
              ${PROJECT_BINARY_DIR}/goakt-config-version.cmake
              ${PROJECT_SOURCE_DIR}/cmake/goakt-plugin.cmake
        DESTINATION ${package_folder} COMPONENT libgoakt-dev)

# For whoever builds without CMake. It finds its prefix by itself, so the whole may be moved.
set(pkgconfig ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH up /prefix/${pkgconfig} /prefix)
string(REGEX REPLACE "/$" "" up ${up})
configure_file(${PROJECT_SOURCE_DIR}/cmake/goakt.pc.in ${PROJECT_BINARY_DIR}/goakt.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/goakt.pc DESTINATION ${pkgconfig} COMPONENT libgoakt-dev)
