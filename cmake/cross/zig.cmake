# Clang for many targets, from the package ziglang of PyPI: DUOMO_ZIG is its program, DUOMO_ZIG_TARGET
# what it calls the target. See ./dev cross.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES DUOMO_ZIG DUOMO_ZIG_TARGET DUOMO_ZIG_FLAGS)

if(DUOMO_ZIG_TARGET MATCHES "windows")
  set(CMAKE_SYSTEM_NAME Windows)
elseif(DUOMO_ZIG_TARGET MATCHES "macos")
  set(CMAKE_SYSTEM_NAME Darwin)
  set(CMAKE_SYSTEM_VERSION 20)  # macOS 11; without it CMake knows no @rpath
else()
  set(CMAKE_SYSTEM_NAME Linux)
endif()
string(REGEX MATCH "^[^-]+" CMAKE_SYSTEM_PROCESSOR "${DUOMO_ZIG_TARGET}")

# What CMake starts must be one program each.
set(tools ${CMAKE_BINARY_DIR}/zig)
if(CMAKE_BINARY_DIR MATCHES "CMakeFiles")
  set(tools ${CMAKE_BINARY_DIR}/../../../zig)
endif()
foreach(tool cc c++ ar ranlib rc)
  set(arguments "")
  if(tool MATCHES "^c")  # -O2, which the build's own flags follow: zig builds its libraries for each level, and CMake asks with none
    set(arguments "-target ${DUOMO_ZIG_TARGET} -O2 ${DUOMO_ZIG_FLAGS}")
  endif()
  file(CONFIGURE OUTPUT ${tools}/${tool} CONTENT "#!/bin/sh\nexec \"@DUOMO_ZIG@\" @tool@ @arguments@ \"$@\"\n" @ONLY)
  file(CHMOD ${tools}/${tool} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endforeach()
set(CMAKE_C_COMPILER ${tools}/cc)
set(CMAKE_CXX_COMPILER ${tools}/c++)
set(CMAKE_AR ${tools}/ar CACHE FILEPATH "")
set(CMAKE_RANLIB ${tools}/ranlib CACHE FILEPATH "")
set(CMAKE_RC_COMPILER ${tools}/rc)
set(CMAKE_C_COMPILER_AR ${tools}/ar)
set(CMAKE_CXX_COMPILER_AR ${tools}/ar)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE BOTH)
set(THREADS_PREFER_PTHREAD_FLAG OFF)
