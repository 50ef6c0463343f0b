# What `cmake --install` puts down: libraries, headers, a CMake package and a pkg-config file, all
# relocatable: they name each other relative to where they lie.
include(CMakePackageConfigHelpers)

install(TARGETS duomo EXPORT duomo_shared_targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library NAMELINK_COMPONENT development
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT library
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(TARGETS duomo_static EXPORT duomo_static_targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/duomo DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  COMPONENT development FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/duomo)
install(EXPORT duomo_shared_targets NAMESPACE duomo:: DESTINATION ${package_dir}
  FILE duomoTargets.cmake COMPONENT development)
install(EXPORT duomo_static_targets NAMESPACE duomo:: DESTINATION ${package_dir}
  FILE duomoStaticTargets.cmake COMPONENT development)
configure_package_config_file(duomoConfig.cmake.in duomoConfig.cmake
  INSTALL_DESTINATION ${package_dir})
# Before 1.0 a minor release may change what it likes.
write_basic_package_version_file(duomoConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/duomoConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/duomoConfigVersion.cmake
  DESTINATION ${package_dir} COMPONENT development)

# From lib/pkgconfig up to the prefix, however deep the library folder is.
file(RELATIVE_PATH DUOMO_PC_PREFIX
  ${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
set(DUOMO_PC_PRIVATE "-lstdc++ -lm -lz -pthread")
if(DUOMO_ONEDNN)
  set(DUOMO_PC_PRIVATE "-ldnnl -lgomp ${DUOMO_PC_PRIVATE}")
endif()
configure_file(duomo.pc.in duomo.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/duomo.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
