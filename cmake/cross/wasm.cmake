# WebAssembly with SIMD128 by Debian's emscripten: no threads, no files, exceptions by the engine. Optimised as
# a whole when it is linked, which makes it a twelfth smaller.
include(/usr/share/emscripten/cmake/Modules/Platform/Emscripten.cmake)
set(flags "-msimd128 -fwasm-exceptions -flto -fno-threadsafe-statics")
set(CMAKE_C_FLAGS_INIT "${flags}")
set(CMAKE_CXX_FLAGS_INIT "${flags}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "${flags}")
