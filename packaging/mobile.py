"""Packages for phones, as far as a machine without an NDK and without Xcode can make them: laid out as
Gradle and Xcode read them, and never tried on a device."""
import io
import json
import os
import plistlib
import struct
import zipfile

import archive

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ABIS = {"arm64-v8a": "linux-musl-aarch64", "x86_64": "linux-musl-x86_64"}


def aar(release, jar, cross):
    """The jar's classes, a library for each ABI under jni/, and header and library again for C (prefab)."""
    from_ndk = {abi: f"{ROOT}/build/android-{'arm64' if abi == 'arm64-v8a' else abi}/lib/libduomo.so" for abi in ABIS}
    if not all(os.path.exists(path) for path in from_ndk.values()):
        release.left_out.append("Android's AAR: it takes an NDK, which builds its libraries by the presets android-arm64 and "
                                "android-x86_64; those of ./dev cross show what it will need, and are bound to another C library")
        return
    files = {
        "AndroidManifest.xml": (f'<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="dev.duomo" '
                                f'android:versionName="{release.version}">\n  <uses-sdk android:minSdkVersion="21"/>\n</manifest>\n').encode(),
        "R.txt": b"",
        "META-INF/LICENSE": f"{ROOT}/LICENSE",
        "prefab/prefab.json": json.dumps({"schema_version": 2, "name": "duomo", "version": release.version, "dependencies": []}).encode(),
        "prefab/modules/duomo/module.json": json.dumps({"export_libraries": [], "android": {}}).encode(),
    }
    for header in ("duomo.h", "duomo.hpp"):
        files[f"prefab/modules/duomo/include/duomo/{header}"] = f"{ROOT}/include/duomo/{header}"
    if jar is not None:
        files["classes.jar"] = classes(jar)
    for abi, library in from_ndk.items():
        files[f"jni/{abi}/libduomo.so"] = library
        files[f"prefab/modules/duomo/libs/android.{abi}/libduomo.so"] = library
        files[f"prefab/modules/duomo/libs/android.{abi}/abi.json"] = json.dumps(
            {"abi": abi, "api": 21, "ndk": 26, "stl": "none", "static": False}).encode()
    archive.zip_file(release.path(f"duomo-{release.version}.aar"), files)


def classes(jar):
    """The jar without its libraries: Android takes those of jni/."""
    out = io.BytesIO()
    with zipfile.ZipFile(jar) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as taken:
        for entry in given.infolist():
            if not entry.filename.startswith("natives/"):
                taken.writestr(entry, given.read(entry))
    return out.getvalue()


MODULE = b'module Duomo {\n  header "duomo/duomo.h"\n  export *\n}\n'
PROCESSORS = {"arm64": (0x0100000C, 0, "macos-aarch64"), "x86_64": (0x01000007, 3, "macos-x86_64")}


def universal(slices):
    """One file of libraries for several processors: [(type, subtype, bytes)]."""
    page = 1 << 14
    head, body, at = struct.pack(">II", 0xCAFEBABE, len(slices)), b"", page
    for kind, subtype, data in slices:
        head += struct.pack(">IIIII", kind, subtype, at, len(data), 14)
        padded = data + bytes(-len(data) % page)
        body, at = body + padded, at + len(padded)
    return head + bytes(page - len(head)) + body


def xcframework(release, libraries):
    """The library for both processors of Macs, the header and a module map for Swift, and the list of them.
    (For iPhones it takes Apple's SDK.)"""
    if not all(target in libraries for _, _, target in PROCESSORS.values()):
        release.left_out.append("the xcframework: ./dev cross macos-aarch64 macos-x86_64 has not been run")
        return
    folder = "macos-" + "_".join(PROCESSORS)
    at = f"Duomo.xcframework/{folder}"
    listed = {"LibraryIdentifier": folder, "LibraryPath": "libduomo.0.dylib", "HeadersPath": "Headers",
              "SupportedArchitectures": list(PROCESSORS), "SupportedPlatform": "macos"}
    archive.zip_file(release.path(f"duomo-{release.version}.xcframework.zip"), {
        f"{at}/libduomo.0.dylib": universal([(kind, sub, archive.read(libraries[t])) for kind, sub, t in PROCESSORS.values()]),
        f"{at}/Headers/duomo/duomo.h": f"{ROOT}/include/duomo/duomo.h",
        f"{at}/Headers/module.modulemap": MODULE,
        "Duomo.xcframework/Info.plist": plistlib.dumps(
            {"AvailableLibraries": [listed], "CFBundlePackageType": "XFWK", "XCFrameworkFormatVersion": "1.0"}),
        "LICENSE": f"{ROOT}/LICENSE",
    })
