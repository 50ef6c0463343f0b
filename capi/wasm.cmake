# duomo.wasm: the library as one WebAssembly module with the names of symbols.txt, and malloc() and free()
# for what a host hands in. bindings/js, the npm package, gives it what it imports.
file(STRINGS symbols.txt names)
list(APPEND names malloc free)
# emscripten exports names of its own besides; wasm-metadce leaves what can be reached from these.
set(roots "")
foreach(name IN LISTS names ITEMS memory _initialize)
  string(APPEND roots "{\"name\": \"root-${name}\", \"export\": \"${name}\", \"root\": true},\n")
endforeach()
string(REGEX REPLACE ",\n$" "" roots "${roots}")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/exports.json "[${roots}]\n")
list(TRANSFORM names PREPEND _)
list(JOIN names "," names)
find_program(WASM_METADCE wasm-metadce REQUIRED)  # with Debian's emscripten (binaryen)
find_program(WASM_OPT wasm-opt REQUIRED)
set(features --enable-simd --enable-exception-handling)  # more, and they write what no engine reads yet
set(made $<TARGET_FILE:duomo_wasm>)
add_executable(duomo_wasm quiet.cc $<TARGET_OBJECTS:duomo_capi>)
target_link_libraries(duomo_wasm PRIVATE duomo_retrieval)
target_link_options(duomo_wasm PRIVATE -Oz --no-entry -sSTANDALONE_WASM=1 -sALLOW_MEMORY_GROWTH=1
  -sMAXIMUM_MEMORY=4GB -sWASM_BIGINT=1 -sFILESYSTEM=0 -sABORTING_MALLOC=0 -sMALLOC=emmalloc
  -sEXPORTED_FUNCTIONS=${names})
add_custom_command(TARGET duomo_wasm POST_BUILD VERBATIM
  COMMAND ${WASM_METADCE} ${features} ${made} -f ${CMAKE_CURRENT_BINARY_DIR}/exports.json -o ${made}
  COMMAND ${WASM_OPT} ${features} -Oz --converge --low-memory-unused --strip-debug --strip-producers --strip-target-features ${made} -o ${made}
  COMMAND ${WASM_OPT} ${features} -Oz --low-memory-unused ${made} -o ${made})  # again, without what was stripped
set_target_properties(duomo_wasm PROPERTIES OUTPUT_NAME duomo SUFFIX .wasm LINKER_LANGUAGE CXX
  LINK_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/symbols.txt)
