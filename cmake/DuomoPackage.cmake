# Debian packages by CPack, from the components of `cmake --install`: `./dev package`.
#   libduomo0 (library), libduomo-dev (development), duomo (tools)
# Dependencies are what dpkg-shlibdeps finds; the number in libduomo0 is the generation of the ABI.
set(DUOMO_MAINTAINER "Duomo maintainers <maintainers@duomo.invalid>" CACHE STRING
  "Name and address in the packages")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME duomo)
set(CPACK_PACKAGE_CONTACT "${DUOMO_MAINTAINER}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_COMPONENTS_ALL library development)
if(DUOMO_TOOLS)
  list(APPEND CPACK_COMPONENTS_ALL tools)
endif()
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
# What others that need the library depend on.
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")

set(summary "embeddable recommender: one library, one file, no server")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libduomo0)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "${summary}
Opens a .duomo file and predicts, recommends and ranks, in microseconds, in any
program that can call C. This package holds the shared library.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libduomo-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libduomo0 (= ${PROJECT_VERSION})")
# What the static library stands on; the shared one needs nothing to be linked.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "zlib1g-dev")
if(DUOMO_ONEDNN)
  string(APPEND CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS ", libdnnl-dev")
endif()
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "${summary} (development)
Headers for C99 and for C++17, the static library, and what CMake and
pkg-config need to find them.")

set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME duomo)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION science)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_TOOLS_DESCRIPTION "${summary} (tools)
duomo trains models, evaluates them and asks them; duomo-convert inspects,
verifies and exports .duomo files.")

# What Debian wants beside it: who may copy, what changed, and that ldconfig runs. (CPack's own
# scripts call it, too; dpkg's trigger does so once for many packages.)
set(debian ${PROJECT_BINARY_DIR}/debian)
file(WRITE ${debian}/copyright "Duomo, copyright 2026 by its authors.

Licensed under the Apache License, version 2.0, whose text is in
/usr/share/common-licenses/Apache-2.0 on Debian systems.
")
file(WRITE ${debian}/changelog "duomo (${PROJECT_VERSION}) unstable; urgency=medium

  * CHANGELOG.md in the source says what is new.

 -- ${DUOMO_MAINTAINER}  Thu, 01 Jan 2026 00:00:00 +0000
")
file(WRITE ${debian}/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${debian}/triggers)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_STRICT_PERMISSION ON)
execute_process(COMMAND gzip -9nf ${debian}/changelog COMMAND_ERROR_IS_FATAL ANY)
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} upper)
  install(FILES ${debian}/copyright ${debian}/changelog.gz COMPONENT ${component}
    DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
endforeach()
include(CPack)
