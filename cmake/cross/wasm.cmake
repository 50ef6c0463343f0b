# WebAssembly with SIMD128 by Debian's emscripten: no threads, no files, exceptions by the engine.
include(/usr/share/emscripten/cmake/Modules/Platform/Emscripten.cmake)
set(flags "-msimd128 -fwasm-exceptions")
set(CMAKE_C_FLAGS_INIT "${flags}")
set(CMAKE_CXX_FLAGS_INIT "${flags}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "${flags}")
