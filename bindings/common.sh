# Sourced by every language's `check PREFIX [MODELS]`: arguments, the installed library, toolchains.
bindings=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
prefix=$(cd "${1:?usage: check PREFIX [MODELS]: the folder that the library is installed in, and the one that make_fixtures wrote}" && pwd)
models=$(cd "${2:-$bindings/../build/release/tests/abi/models}" && pwd)
pc=$(find "$prefix" -name duomo.pc | head -1)
[ -n "$pc" ] || { echo "FAILED: there is no duomo.pc in $prefix" >&2; exit 1; }

libdir=$(dirname "$(dirname "$pc")")
export PKG_CONFIG_PATH=${pc%/*} LD_LIBRARY_PATH=$libdir
export DUOMO_TEST_MODELS=$models DUOMO_TEST_GOLDEN=$bindings/../tests/golden/v1

# need PROGRAM [WHAT]: here it may be missing, which is a skipped test; in CI it may not.
need() {
  command -v "$1" >/dev/null && return 0
  skip "${2:-$1} is not installed"
}

skip() {
  if [ "${CI:-}" = true ]; then
    echo "FAILED: $1, and this is CI" >&2
    exit 1
  fi
  echo "SKIPPED: $1" >&2
  exit 77
}

step() { echo "== $* ==" >&2; }
