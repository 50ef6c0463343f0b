"""check.py --sources | OUT: one version and one licence in every manifest, or in every package of a release."""
import glob
import hashlib
import io
import json
import os
import plistlib
import re
import subprocess
import sys
import tarfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LICENCE = "Apache-2.0"
failures = []


def text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def same(what, found, expected):
    if found != expected:
        failures.append(f"{what} says {found!r}, and should say {expected!r}")


def first(pattern, words):
    match = re.search(pattern, words, re.M)
    return match[1] if match else None


VERSION = first(r"^project\(duomo VERSION ([0-9.]+)", text(f"{ROOT}/CMakeLists.txt"))


def sources():
    major, minor, patch = VERSION.split(".")
    header = text(f"{ROOT}/include/duomo/duomo.h")
    for name, number in (("MAJOR", major), ("MINOR", minor), ("PATCH", patch)):
        same(f"DUOMO_VERSION_{name} of duomo.h", first(rf"^#define DUOMO_VERSION_{name} (\d+)", header), number)
    same("src/core/version.h", first(r'kVersion = "([^"]+)"', text(f"{ROOT}/src/core/version.h")), VERSION)
    same("CHANGELOG.md", first(r"^## ([0-9.]+)", text(f"{ROOT}/CHANGELOG.md")), VERSION)
    python = text(f"{ROOT}/bindings/python/pyproject.toml")
    same("pyproject.toml", first(r'^version = "([^"]+)"', python), VERSION)
    same("pyproject.toml's licence", first(r'^license = "([^"]+)"', python), LICENCE)
    rust = text(f"{ROOT}/bindings/rust/Cargo.toml")
    same("Cargo.toml", first(r'^version = "([^"]+)"', rust), VERSION)
    same("Cargo.toml's licence", first(r'^license = "([^"]+)"', rust), LICENCE)
    same("what the crate duomo needs of duomo-sys", first(r'^duomo-sys = \{ version = "([^"]+)"', rust), VERSION)
    java = text(f"{ROOT}/bindings/java/pom.xml")
    same("pom.xml", first(r"<version>([^<]+)</version>", java), VERSION)
    same("pom.xml's licence", first(r"<license>\s*<name>([^<]+)</name>", java), LICENCE)
    dotnet = text(f"{ROOT}/bindings/dotnet/src/AssemblyInfo.cs")
    same("AssemblyInfo.cs", first(r'InformationalVersion\("([^"]+)"', dotnet), VERSION)
    same("AssemblyInfo.cs", first(r'AssemblyVersion\("([^"]+)"', dotnet), f"{VERSION}.0")
    npm = f"{ROOT}/bindings/js/package.json"
    if os.path.exists(npm):
        package = json.loads(text(npm))
        same("package.json", package.get("version"), VERSION)
        same("package.json's licence", package.get("license"), LICENCE)
    whole = text(f"{ROOT}/LICENSE")
    for path in ("bindings/go", "bindings/python", "bindings/rust", "bindings/rust/duomo-sys"):
        same(f"{path}/LICENSE", text(f"{ROOT}/{path}/LICENSE") == whole, True)


class Package:
    """The files inside of one, whatever it is packed as."""

    def __init__(self, path):
        self.name, self.files = os.path.basename(path), {}
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                self.files = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
        elif path.endswith(".deb"):
            data = subprocess.run(["dpkg-deb", "--fsys-tarfile", path], check=True, stdout=subprocess.PIPE).stdout
            self.of_tar(tarfile.open(fileobj=io.BytesIO(data)))
            fields = subprocess.run(["dpkg-deb", "-f", path], check=True, stdout=subprocess.PIPE, text=True).stdout
            self.files["control"] = fields.encode()
        else:
            self.of_tar(tarfile.open(path))

    def of_tar(self, archive):
        for member in archive:
            if member.isfile():
                self.files[member.name] = archive.extractfile(member).read()

    def text(self, ending):
        found = [data for name, data in self.files.items() if name.endswith(ending)]
        if not found:
            failures.append(f"{self.name} has no {ending}")
            return ""
        return min(found, key=len).decode() if ending == "LICENSE" else found[0].decode()


def package(path):
    p = Package(path)
    name = p.name
    sources = (f"duomo-{VERSION}.tar.gz", f"duomo-{VERSION}.crate")
    says = lambda pattern, ending, expected=VERSION: same(f"{ending} in {name}", first(pattern, p.text(ending)), expected)
    if name.endswith(".deb"):
        says(r"^Version: (\S+)", "control")
        if "Apache License, version 2.0" not in p.text("copyright"):
            failures.append(f"{name} does not say its licence")
        return
    if name.endswith(".whl"):
        says(r"^Version: (\S+)", "METADATA")
        says(r"^License-Expression: (\S+)", "METADATA", LICENCE)
        library = "duomo.dll" if "-win" in name else "libduomo.0.dylib" if "-macosx" in name else "libduomo.so.0"
        wanted = [f"duomo/lib/{library}", "licenses/THIRD-PARTY.txt"]
        if not re.search("manylinux_2_17|musllinux|-win|-macosx", name):  # made by package_cross, without the programs
            wanted += ["duomo/bin/duomo", "duomo/bin/duomo-convert"]
        for inside in wanted:
            same(f"{inside} in {name}", any(n.endswith(inside) for n in p.files), True)
        extensions = [n for n in p.files if re.search(r"duomo/_native\.(abi3\.|cpython-.*)?(so|pyd)$", n)]
        same(f"extensions in {name}", len(extensions), 1)
    elif name.endswith("-python.tar.gz"):
        says(r"^Version: (\S+)", "PKG-INFO")
    elif name.endswith(("-sources.jar", "-javadoc.jar")):
        same(f"files in {name}", len(p.files) > 20 and not any("natives/" in n for n in p.files), True)
        return
    elif name.endswith(".jar"):
        says(r"^version=(\S+)", "pom.properties")
        for folder in {n.split("/")[1] for n in p.files if n.startswith("natives/")}:
            inside = [n for n in p.files if n.startswith(f"natives/{folder}/")]
            same(f"the glue and the library for {folder} in {name}", len(inside), 2)
    elif name.endswith(".crate"):
        says(r'^version = "([^"]+)"', "Cargo.toml")
        says(r'^license = "([^"]+)"', "Cargo.toml", LICENCE)
    elif name.endswith(".tgz"):
        says(r'"version": "([^"]+)"', "package.json")
        says(r'"license": "([^"]+)"', "package.json", LICENCE)
    elif name.endswith(".nupkg"):
        says(r"<version>([^<]+)</version>", "Duomo.nuspec")
        says(r"<license[^>]*>([^<]+)</license>", "Duomo.nuspec", LICENCE)
        same(f"the assembly in {name}", "lib/netstandard2.0/Duomo.dll" in p.files, True)
        same(f"this machine's library in {name}", "runtimes/linux-x64/native/libduomo.so" in p.files, True)
    elif name.startswith("duomo-go"):
        same(f"the folder in {name}", {n.split("/")[0] + "/" + n.split("/")[1] for n in p.files}, {f"duomo.dev/duomo@v{VERSION}"})
    elif name == f"duomo-{VERSION}.tar.gz":
        says(r"^project\(duomo VERSION ([0-9.]+)", f"duomo-{VERSION}/CMakeLists.txt")
    elif name.endswith((".tar.gz", ".aar", ".xcframework.zip")):
        says(r"^#define DUOMO_VERSION_MINOR (\d+)", "duomo.h", VERSION.split(".")[1])
        if name.endswith(".aar"):
            phones(p)
        elif name.endswith(".zip"):
            macs(p)
    for at, data in p.files.items():  # headers bring along what they include
        if "include/duomo/" in at:
            root = at[:at.index("include/duomo/") + len("include/")]
            for included in re.findall(r"^#include [<\"](duomo/[^>\"]+)", data.decode(), re.M):
                same(f"{included}, which {at} includes, in {name}", root + included in p.files, True)
    for at, data in p.files.items():  # a path of the machine that made it, another each time
        if data[:4] in (b"\x7fELF", b"\xcf\xfa\xed\xfe") or data[:2] == b"MZ":
            same(f"a temporary folder's name in {at} of {name}", first(r"(/tmp/tmp[^\0]*)", data.decode("latin-1")), None)
    if "Apache License" not in p.text("LICENSE"):
        failures.append(f"{name} does not say its licence")
    if name not in sources and "zlib" not in p.text("THIRD-PARTY.txt"):
        failures.append(f"{name} has others' code inside, and not their notices")


def phones(p):
    """What Gradle reads in an AAR: classes without other systems' libraries, and for each ABI both libraries, the
    one for C again for prefab."""
    classes = zipfile.ZipFile(io.BytesIO(p.files["classes.jar"])).namelist()
    same(f"classes in {p.name}", "dev/duomo/Model.class" in classes and not any(n.startswith("natives/") for n in classes), True)
    level = first(r'minSdkVersion="(\d+)"', p.text("AndroidManifest.xml"))
    for abi, machine in (("arm64-v8a", 183), ("x86_64", 62)):
        prefab = f"prefab/modules/duomo/libs/android.{abi}"
        for library in ("libduomo.so", "libduomo_jni.so"):
            data = p.files.get(f"jni/{abi}/{library}", b"")
            same(f"the machine of jni/{abi}/{library} in {p.name}", int.from_bytes(data[18:20], "little"), machine)
        same(f"prefab's library for {abi}", p.files.get(f"{prefab}/libduomo.so"), p.files.get(f"jni/{abi}/libduomo.so"))
        same(f"prefab's API level for {abi}", str(json.loads(p.files[f"{prefab}/abi.json"])["api"]), level)


def macs(p):
    """What Xcode reads in an xcframework: a list of libraries, which are where it says, for the processors it says."""
    for listed in plistlib.loads(p.files["Duomo.xcframework/Info.plist"])["AvailableLibraries"]:
        at = f"Duomo.xcframework/{listed['LibraryIdentifier']}"
        library = p.files.get(f"{at}/{listed['LibraryPath']}", bytes(8))
        magic, count = int.from_bytes(library[:4], "big"), int.from_bytes(library[4:8], "big")
        same(f"processors in {p.name}", (magic, count), (0xCAFEBABE, len(listed["SupportedArchitectures"])))
        same(f"the module map in {p.name}", f"{at}/{listed['HeadersPath']}/module.modulemap" in p.files, True)


def central(pom):
    """What Maven Central asks of a pom."""
    for name in ("name", "description", "url", "licenses", "developers", "scm"):
        same(f"<{name}> in the pom", bool(re.search(rf"^  <{name}>", pom, re.M)), True)
    same("the pom", first(r"<version>([^<]+)</version>", pom), VERSION)


def release(out):
    listed = dict(reversed(line.split("  ")) for line in text(f"{out}/SHA256SUMS").splitlines())
    present = set(os.listdir(out)) - {"SHA256SUMS"}
    same("SHA256SUMS", set(listed), present)
    for name, expected in listed.items():
        with open(f"{out}/{name}", "rb") as file:
            same(f"the checksum of {name}", hashlib.sha256(file.read()).hexdigest(), expected)
    spdx = json.loads(text(f"{out}/duomo-{VERSION}.spdx.json"))
    same("SPDX", spdx["spdxVersion"], "SPDX-2.3")
    same("the files in SPDX", {f["fileName"][2:] for f in spdx["files"]}, present - {f"duomo-{VERSION}.spdx.json"})
    same("the version in SPDX", spdx["packages"][0]["versionInfo"], VERSION)
    for path in sorted(glob.glob(f"{out}/*")):
        if os.path.basename(path) == f"duomo-{VERSION}.pom":
            central(text(path))
        elif os.path.basename(path) not in ("SHA256SUMS", f"duomo-{VERSION}.spdx.json"):
            package(path)
    print(f"{len(present)} files looked at")


if sys.argv[1:] == ["--sources"]:
    sources()
else:
    release(sys.argv[1])
for failure in failures:
    print("FAILED:", failure)
sys.exit(1 if failures else 0)
