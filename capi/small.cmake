# What zig's linkers leave in libduomo of a cross build, and need not.
if(APPLE)  # 200 kB of names of symbols that are stripped; what signs the file anew for Macs with ARM
  find_program(DUOMO_STRIP NAMES llvm-strip llvm-strip-14 REQUIRED)
  add_custom_command(TARGET duomo POST_BUILD COMMAND ${DUOMO_STRIP} -x $<TARGET_FILE:duomo> VERBATIM)
elseif(WIN32)  # zig's own runtime for compilers is one piece of 50 kB; by function, a few of them are taken
  set(runtime ${CMAKE_CURRENT_BINARY_DIR}/compiler_rt.lib)
  cmake_path(GET DUOMO_ZIG PARENT_PATH zig)
  add_custom_command(OUTPUT ${runtime} VERBATIM
    COMMAND ${DUOMO_ZIG} build-lib -target ${DUOMO_ZIG_TARGET} -O ReleaseFast -ffunction-sections -fdata-sections
      -fomit-frame-pointer -fno-compiler-rt --name compiler_rt -femit-bin=${runtime} ${zig}/lib/compiler_rt.zig)
  add_custom_target(duomo_compiler_rt DEPENDS ${runtime})
  add_dependencies(duomo duomo_compiler_rt)
  target_link_libraries(duomo PRIVATE $<BUILD_INTERFACE:${runtime}>)
  set_property(TARGET duomo APPEND PROPERTY LINK_DEPENDS ${runtime})
endif()
