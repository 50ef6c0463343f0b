# zlib, and for the programs bzip2 and zstd: the system's, or their C sources compiled in, which a cross
# build brings along (./dev cross). With DUOMO_SELF_CONTAINED the system's are static.
option(DUOMO_SELF_CONTAINED "The programs need nothing but the C library beside them, as in wheels" OFF)
set(DUOMO_ZLIB_SOURCE "" CACHE PATH "A folder with zlib's C sources, compiled in; empty: the system's zlib")
set(DUOMO_BZIP2_SOURCE "" CACHE PATH "The same for bzip2")
set(DUOMO_ZSTD_SOURCE "" CACHE PATH "The same for zstd: its folder lib")

# duomo_compiled_in(NAME FOLDER SOURCE …): C sources of others as a static library duomo_NAME.
function(duomo_compiled_in name folder)
  list(TRANSFORM ARGN PREPEND ${folder}/)
  list(TRANSFORM ARGN APPEND .c)
  add_library(duomo_${name} STATIC ${ARGN})
  set_target_properties(duomo_${name} PROPERTIES C_EXTENSIONS ON)
  target_include_directories(duomo_${name} SYSTEM PUBLIC ${folder})
  target_compile_options(duomo_${name} PRIVATE -Os -w -ffunction-sections -fdata-sections)
endfunction()

block()  # what is found static here is no rule for what others look for
if(DUOMO_SELF_CONTAINED)
  set(ZLIB_USE_STATIC_LIBS ON)
  set(CMAKE_FIND_LIBRARY_SUFFIXES ${CMAKE_STATIC_LIBRARY_SUFFIX})
endif()

if(DUOMO_ZLIB_SOURCE)
  duomo_compiled_in(zlib ${DUOMO_ZLIB_SOURCE} adler32 compress crc32 deflate inffast inflate inftrees trees zutil)
  if(EMSCRIPTEN)  # tables of a checksum do not compress; they are made in less time than they take to come
    target_compile_definitions(duomo_zlib PRIVATE DYNAMIC_CRC_TABLE)
  endif()
  add_library(ZLIB::ZLIB ALIAS duomo_zlib)
else()
  find_package(ZLIB REQUIRED)
endif()

if(DUOMO_TOOLS AND DUOMO_BZIP2_SOURCE)
  duomo_compiled_in(bzip2 ${DUOMO_BZIP2_SOURCE} blocksort bzlib compress crctable decompress huffman randtable)
  add_library(BZip2::BZip2 ALIAS duomo_bzip2)
elseif(DUOMO_TOOLS)
  find_package(BZip2 REQUIRED)
endif()
if(DUOMO_TOOLS AND DUOMO_ZSTD_SOURCE)  # what reads; nothing here writes zstd
  duomo_compiled_in(zstd ${DUOMO_ZSTD_SOURCE}
    common/debug common/entropy_common common/error_private common/fse_decompress common/xxhash common/zstd_common
    decompress/huf_decompress decompress/zstd_ddict decompress/zstd_decompress decompress/zstd_decompress_block)
  target_compile_definitions(duomo_zstd PRIVATE ZSTD_DISABLE_ASM=1)
  add_library(duomo::zstd ALIAS duomo_zstd)
elseif(DUOMO_TOOLS)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
  add_library(duomo::zstd ALIAS PkgConfig::ZSTD)
endif()
endblock()
