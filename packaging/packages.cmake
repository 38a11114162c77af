# Debian packages, made by scripts/package: goaktd, goaktctl, libgoakt1, libgoakt-dev, goaktd-dbg.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME goakt)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(GOAKT_PACKAGE_REVISION 1 CACHE STRING "Revision of the Debian packages, for a rebuild of a version")
set(CPACK_DEBIAN_PACKAGE_RELEASE ${GOAKT_PACKAGE_REVISION})
set(GOAKT_PACKAGE_CONTACT "goakt-cpp maintainers <maintainers@goakt-cpp.invalid>"
    CACHE STRING "Who answers for the Debian packages")
set(CPACK_PACKAGE_CONTACT ${GOAKT_PACKAGE_CONTACT})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # each package has its own
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES OFF)  # finish.cmake does, and keeps what it takes away
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
    GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_COMPONENTS_ALL goaktd goaktctl libgoakt1 libgoakt-dev goaktd-dbg)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/lib)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/debian/finish.cmake)

set(version ${PROJECT_VERSION}-${GOAKT_PACKAGE_REVISION})
set(scripts ${CMAKE_CURRENT_SOURCE_DIR}/debian)

set(CPACK_DEBIAN_GOAKTD_PACKAGE_NAME goaktd)
set(CPACK_DEBIAN_GOAKTD_PACKAGE_SECTION net)
set(CPACK_DEBIAN_GOAKTD_DESCRIPTION "node of the GoAkt actor system
Runs actors: those of plugins and a few to try, alone on its machine. Operators
and programs reach it by its admin API, on a unix socket or over HTTP.")
# The build id of a plugin is that of one very library.
set(CPACK_DEBIAN_GOAKTD_PACKAGE_DEPENDS "libgoakt1 (= ${version}), adduser")
set(CPACK_DEBIAN_GOAKTD_PACKAGE_RECOMMENDS goaktctl)
set(CPACK_DEBIAN_GOAKTD_PACKAGE_CONTROL_EXTRA
    "${scripts}/conffiles;${scripts}/postinst;${scripts}/prerm;${scripts}/postrm")

set(CPACK_DEBIAN_GOAKTCTL_PACKAGE_NAME goaktctl)
set(CPACK_DEBIAN_GOAKTCTL_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_GOAKTCTL_DESCRIPTION "operates nodes of the GoAkt actor system
Shows what runs on nodes, starts and stops actors, sends messages, follows
events, waits for conditions in scripts, and collects what finds a fault.")
set(CPACK_DEBIAN_GOAKTCTL_PACKAGE_SUGGESTS "goaktd, bash-completion")

set(CPACK_DEBIAN_LIBGOAKT1_PACKAGE_NAME libgoakt1)
set(CPACK_DEBIAN_LIBGOAKT1_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBGOAKT1_DESCRIPTION "GoAkt actor system - shared library
The runtime that goaktd, its plugins and programs with actors of their own
share.")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/shlibs "libgoakt 1 libgoakt1 (>= ${PROJECT_VERSION})\n")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_LIBGOAKT1_PACKAGE_CONTROL_EXTRA
    "${CMAKE_CURRENT_BINARY_DIR}/shlibs;${CMAKE_CURRENT_BINARY_DIR}/triggers")

set(CPACK_DEBIAN_LIBGOAKT-DEV_PACKAGE_NAME libgoakt-dev)
set(CPACK_DEBIAN_LIBGOAKT-DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBGOAKT-DEV_DESCRIPTION "GoAkt actor system - development files
Headers and the packages of CMake and pkg-config, for writing plugins of goaktd
and programs with actors.")
set(CPACK_DEBIAN_LIBGOAKT-DEV_PACKAGE_DEPENDS
    "libgoakt1 (= ${version}), libexpected-dev, libprotobuf-dev, protobuf-compiler")

set(CPACK_DEBIAN_GOAKTD-DBG_PACKAGE_NAME goaktd-dbg)
set(CPACK_DEBIAN_GOAKTD-DBG_PACKAGE_SECTION debug)
set(CPACK_DEBIAN_GOAKTD-DBG_DESCRIPTION "GoAkt actor system - debug symbols
What debuggers and profilers need to name the functions of goaktd, goaktctl and
the library; found by build id, so nothing has to be set up.")
set(CPACK_DEBIAN_GOAKTD-DBG_PACKAGE_DEPENDS "libgoakt1 (= ${version})")
set(CPACK_DEBIAN_GOAKTD-DBG_PACKAGE_RECOMMENDS "goaktd (= ${version}), goaktctl (= ${version})")
set(CPACK_DEBIAN_GOAKTD-DBG_PACKAGE_SHLIBDEPS OFF)  # symbols load nothing

foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  install(FILES debian/copyright DESTINATION share/doc/${component}
          COMPONENT ${component} EXCLUDE_FROM_ALL)
  install(FILES debian/changelog DESTINATION share/doc/${component} RENAME changelog.Debian
          COMPONENT ${component} EXCLUDE_FROM_ALL)
endforeach()

include(CPack)
