# duomo.wasm: the library as one WebAssembly module with the names of symbols.txt, and malloc() and free()
# for what a host hands in. bindings/js has the loader, which gives it what it imports.
file(STRINGS symbols.txt names)
list(APPEND names malloc free)
list(TRANSFORM names PREPEND _)
list(JOIN names "," names)
add_executable(duomo_wasm $<TARGET_OBJECTS:duomo_capi>)
target_link_libraries(duomo_wasm PRIVATE duomo_retrieval)
target_link_options(duomo_wasm PRIVATE -Oz --no-entry -sSTANDALONE_WASM=1 -sALLOW_MEMORY_GROWTH=1
  -sMAXIMUM_MEMORY=4GB -sWASM_BIGINT=1 -sFILESYSTEM=0 -sABORTING_MALLOC=0 -sMALLOC=emmalloc
  -sEXPORTED_FUNCTIONS=${names})
set_target_properties(duomo_wasm PROPERTIES OUTPUT_NAME duomo SUFFIX .wasm LINKER_LANGUAGE CXX
  LINK_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/symbols.txt)
