# Sourced by cmake/cross/library and tests/cross/run, in the project's folder: the targets of targets.txt and
# what they are built with.
table=cmake/cross/targets.txt
ziglang=0.17.1
work=$PWD/build/cross

names() { awk '!/^#/ && NF {print $1}' $table; }
row() { awk -v name="$1" '$1 == name' $table; }

# zig from a Python package, zlib, bzip2 and zstd from Rust ones, all pinned; the headers of FlatBuffers, nlohmann and
# CLI11 apart from the others of this system.
zig() {
  local python=$work/python
  [ -x "$python/bin/python" ] || python3 -m venv "$python"
  "$python/bin/pip" install --quiet --disable-pip-version-check "ziglang==$ziglang"
  local found=("$python"/lib/python3*/site-packages/ziglang/zig)  # lib64 is a link to it
  echo "${found[0]}"
}
sources() {  # of zlib, bzip2 and zstd
  local folder=$work/sources
  if [ ! -d "$folder/vendor/zstd-sys/zstd/lib" ]; then
    mkdir -p "$folder/src"
    : >"$folder/src/lib.rs"
    printf '[package]\nname = "sources"\nversion = "0.0.0"\n[dependencies]\n%s\n%s\n%s\n' \
      'libz-sys = "=1.1.20"' 'bzip2-sys = "=0.1.13"' 'zstd-sys = "=2.1.3"' >"$folder/Cargo.toml"
    (cd "$folder" && cargo vendor --quiet vendor >/dev/null)
  fi
  echo "$folder/vendor"
}
headers() {
  mkdir -p "$work/headers"
  for folder in flatbuffers nlohmann CLI; do ln -sfn "/usr/include/$folder" "$work/headers/$folder"; done
  echo "$work/headers"
}

configure() {  # target, and "-programs" where the programs are wanted instead of the tests
  local target=$1 programs=${2:-} compiler triple suite options sources tools=OFF tests=ON
  read -r _ compiler triple _ suite options _ < <(row "$target")
  sources=$(sources)
  if [ "$programs" ]; then tools=ON tests=OFF; fi
  local arguments=(-S . -B "$work/$target$programs" -G Ninja -DCMAKE_BUILD_TYPE=Release -DDUOMO_ONEDNN=OFF
    -DDUOMO_TOOLS=$tools -DDUOMO_TESTS=$tests -DDUOMO_BENCHMARKS=OFF -DDUOMO_HEADERS="$(headers)"
    -DDUOMO_ZLIB_SOURCE="$sources/libz-sys/src/zlib" -DDUOMO_BZIP2_SOURCE="$sources/bzip2-sys/bzip2-1.0.8"
    -DDUOMO_ZSTD_SOURCE="$sources/zstd-sys/zstd/lib")
  arguments+=(-DDUOMO_CROSS_SUITE="$suite" -DDUOMO_CROSS_OPTIONS="$options")
  if [ "$compiler" = zig ]; then
    arguments+=(-DCMAKE_TOOLCHAIN_FILE="$PWD/cmake/cross/zig.cmake" -DDUOMO_ZIG="${DUOMO_ZIG:-$(zig)}" -DDUOMO_ZIG_TARGET="$triple")
  else
    arguments+=(-DCMAKE_TOOLCHAIN_FILE="$PWD/cmake/cross/wasm.cmake")
  fi
  cmake "${arguments[@]}"
}
