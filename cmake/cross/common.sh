# Sourced by cmake/cross/library and tests/cross/run, in the project's folder: the targets of targets.txt and
# what they are built with.
table=cmake/cross/targets.txt
ziglang=0.17.1 libz_sys=1.1.20
work=$PWD/build/cross

names() { awk '!/^#/ && NF {print $1}' $table; }
row() { awk -v name="$1" '$1 == name' $table; }

# zig from a Python package and zlib from a Rust one, both pinned; FlatBuffers' and nlohmann's headers apart from the
# others of this system.
zig() {
  local python=$work/python
  [ -x "$python/bin/python" ] || python3 -m venv "$python"
  "$python/bin/pip" install --quiet --disable-pip-version-check "ziglang==$ziglang"
  local found=("$python"/lib/python3*/site-packages/ziglang/zig)  # lib64 is a link to it
  echo "${found[0]}"
}
zlib() {
  local folder=$work/zlib
  if [ ! -d "$folder/vendor/libz-sys/src/zlib" ]; then
    mkdir -p "$folder/src"
    : >"$folder/src/lib.rs"
    printf '[package]\nname = "zlib"\nversion = "0.0.0"\n[dependencies]\nlibz-sys = "=%s"\n' "$libz_sys" >"$folder/Cargo.toml"
    (cd "$folder" && cargo vendor --quiet vendor >/dev/null)
  fi
  echo "$folder/vendor/libz-sys/src/zlib"
}
headers() {
  mkdir -p "$work/headers"
  for folder in flatbuffers nlohmann; do ln -sfn "/usr/include/$folder" "$work/headers/$folder"; done
  echo "$work/headers"
}

configure() {  # target
  local target=$1 compiler triple suite options
  read -r _ compiler triple _ suite options _ < <(row "$target")
  local arguments=(-S . -B "$work/$target" -G Ninja -DCMAKE_BUILD_TYPE=Release -DDUOMO_ONEDNN=OFF -DDUOMO_TOOLS=OFF
    -DDUOMO_BENCHMARKS=OFF -DDUOMO_ZLIB_SOURCE="$(zlib)" -DDUOMO_HEADERS="$(headers)")
  arguments+=(-DDUOMO_CROSS_SUITE="$suite" -DDUOMO_CROSS_OPTIONS="$options")
  if [ "$compiler" = zig ]; then
    arguments+=(-DCMAKE_TOOLCHAIN_FILE="$PWD/cmake/cross/zig.cmake" -DDUOMO_ZIG="${DUOMO_ZIG:-$(zig)}" -DDUOMO_ZIG_TARGET="$triple")
  else
    arguments+=(-DCMAKE_TOOLCHAIN_FILE="$PWD/cmake/cross/wasm.cmake")
  fi
  cmake "${arguments[@]}"
}
