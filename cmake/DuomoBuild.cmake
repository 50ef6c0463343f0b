# What every target of Duomo shares: language, warnings, floating point, sanitizers, room targets.
include(GNUInstallDirs)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 99)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()
string(REPLACE "-O3" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
if(EMSCRIPTEN)  # what is downloaded is small first; the kernels' rooms say otherwise for themselves
  string(REPLACE "-O2" "-Oz" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_C_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# One score per pair of vectors, bit for bit, on every machine: no contraction into fused
# multiply-adds that the source does not spell out, and never fast-math.
add_library(duomo_options INTERFACE)
target_compile_options(duomo_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -ffp-contract=off -fno-math-errno -ffunction-sections -fdata-sections)
target_link_options(duomo_options INTERFACE $<IF:$<PLATFORM_ID:Darwin>,-Wl$<COMMA>-dead_strip,-Wl$<COMMA>--gc-sections>)
target_include_directories(duomo_options INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
if(DUOMO_ASSERTIONS)
  target_compile_definitions(duomo_options INTERFACE _GLIBCXX_ASSERTIONS)
endif()
if(DUOMO_SANITIZE)
  target_compile_options(duomo_options INTERFACE -fsanitize=${DUOMO_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(duomo_options INTERFACE -fsanitize=${DUOMO_SANITIZE})
endif()

# Fully static programs cannot use the shared library: tests then take the static one.
set(DUOMO_STATIC_PROGRAMS OFF)
set(DUOMO_LIBRARY duomo::duomo)
get_property(DUOMO_HAS_SHARED GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS)
if(CMAKE_EXE_LINKER_FLAGS MATCHES "-static( |$)" OR NOT DUOMO_HAS_SHARED)
  set(DUOMO_STATIC_PROGRAMS ON)
  set(DUOMO_LIBRARY duomo::duomo_static)
  set(ZLIB_USE_STATIC_LIBS ON)
endif()

# A cross build brings the headers of others along (./dev cross).
set(DUOMO_HEADERS "" CACHE PATH "A folder with the headers of FlatBuffers, nlohmann-json and, for the programs, CLI11; empty: the system's")
if(ANDROID AND NOT DUOMO_HEADERS)  # FlatBuffers' headers apart from the others of the host
  find_path(DUOMO_FLATBUFFERS flatbuffers/flatbuffers.h PATHS /usr/include NO_CMAKE_FIND_ROOT_PATH REQUIRED)
  set(DUOMO_HEADERS ${PROJECT_BINARY_DIR}/headers)
  file(MAKE_DIRECTORY ${DUOMO_HEADERS})
  file(CREATE_LINK ${DUOMO_FLATBUFFERS}/flatbuffers ${DUOMO_HEADERS}/flatbuffers SYMBOLIC)
endif()
include(DuomoCompression)
find_package(Threads REQUIRED)
if(DUOMO_HEADERS)
  target_include_directories(duomo_options SYSTEM INTERFACE ${DUOMO_HEADERS})
  # A 64-bit size cut on 32 bits is memory written out of bounds.
  target_compile_options(duomo_options INTERFACE -Werror=shorten-64-to-32)
  # Their CMake packages would add all headers of this system; those that find these add nothing.
  foreach(package CLI11::CLI11 nlohmann_json::nlohmann_json)
    add_library(${package} INTERFACE IMPORTED GLOBAL)
  endforeach()
endif()

# duomo_cold(SOURCE …): sources that run once an opening, or never: small before fast.
function(duomo_cold)
  set(small $<IF:$<BOOL:${EMSCRIPTEN}>,-Oz,-Os>)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:${small}>")
endfunction()

# duomo_program(TARGET NAME SOURCE …): a program that people run, installed with the component `tools`.
function(duomo_program target name)
  add_executable(${target} ${ARGN})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name})
  if(DUOMO_SELF_CONTAINED)
    target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc)
  endif()
  if(DUOMO_HEADERS)  # a cross build has no strip of its own
    target_link_options(${target} PRIVATE -s)
  endif()
  install(TARGETS ${target} RUNTIME COMPONENT tools)
endfunction()

# duomo_room(NAME SOURCES … DEPENDS …): one room as a static library duomo_NAME.
function(duomo_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(duomo_${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(duomo_${name} PUBLIC duomo_options ${ROOM_DEPENDS})
endfunction()

# duomo_test(NAME DEPENDS … [SOURCES …]): a GoogleTest program NAME_test from NAME_test.cc.
function(duomo_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name}_test ${name}_test.cc ${TEST_SOURCES})
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  # Their own code is mostly templates that run once: a quarter less to wait for than with -O2.
  target_compile_options(${name}_test PRIVATE $<$<CONFIG:Release>:-O1>)
  target_link_libraries(${name}_test PRIVATE duomo_options ${TEST_DEPENDS} GTest::gtest GTest::gtest_main)
  set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  gtest_discover_tests(${name}_test DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600)
endfunction()
