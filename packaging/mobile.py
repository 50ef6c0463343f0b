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


def built(abi, target):
    """Library, glue and API level for an ABI: an NDK's, by the presets android-…, or else of ./dev cross."""
    ndk = f"{ROOT}/build/android-{'arm64' if abi == 'arm64-v8a' else abi}/lib"
    cross = f"{ROOT}/build/cross/{target}/android"
    glue = f"{cross}/natives/android-{target.removeprefix('linux-musl-')}/libduomo_jni.so"
    for library, beside, level in ((f"{ndk}/libduomo.so", f"{ndk}/libduomo_jni.so", 21), (f"{cross}/libduomo.so", glue, 29)):
        if os.path.exists(library) and os.path.exists(beside):
            return library, beside, level
    return None


def aar(release, jar, libraries):
    """The jar's classes, libraries for each ABI under jni/, and header and library again for C (prefab)."""
    found = {abi: built(abi, target) for abi, target in ABIS.items()}
    if jar is None or None in found.values() or not set(ABIS.values()) <= set(libraries):
        release.left_out.append("Android's AAR: it takes the jar, and the libraries of ./dev cross linux-musl-aarch64 linux-musl-x86_64")
        return
    level = max(level for _, _, level in found.values())
    files = {
        "AndroidManifest.xml": (f'<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="dev.duomo" '
                                f'android:versionName="{release.version}">\n  <uses-sdk android:minSdkVersion="{level}"/>\n</manifest>\n').encode(),
        "R.txt": b"",
        "classes.jar": classes(jar),
        "proguard.txt": KEEP,
        "META-INF/LICENSE": f"{ROOT}/LICENSE",
        "META-INF/THIRD-PARTY.txt": f"{ROOT}/packaging/THIRD-PARTY.txt",
        "META-INF/UNTESTED.txt": b"Laid out as Gradle reads it, and never tried on a device.\n",
        "prefab/prefab.json": json.dumps({"schema_version": 2, "name": "duomo", "version": release.version, "dependencies": []}).encode(),
        "prefab/modules/duomo/module.json": json.dumps({"export_libraries": [], "android": {}}).encode(),
    }
    for header, path in archive.headers(f"{ROOT}/include").items():
        files[f"prefab/modules/duomo/include/{header}"] = path
    for abi, (library, glue, its_level) in found.items():
        files[f"jni/{abi}/libduomo.so"] = library
        files[f"jni/{abi}/libduomo_jni.so"] = glue
        files[f"prefab/modules/duomo/libs/android.{abi}/libduomo.so"] = library
        files[f"prefab/modules/duomo/libs/android.{abi}/abi.json"] = json.dumps(
            {"abi": abi, "api": its_level, "ndk": 26, "stl": "none", "static": False}).encode()
    archive.zip_file(release.path(f"duomo-{release.version}.aar"), files)


# What shrinks an app's classes must keep what JNI finds by its name.
KEEP = b"""-keep class dev.duomo.DuomoException { <init>(int, byte[], int, int, long); }
-keepclasseswithmembernames,includedescriptorclasses class dev.duomo.** { native <methods>; }
"""


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
        "THIRD-PARTY.txt": f"{ROOT}/packaging/THIRD-PARTY.txt",
        "UNTESTED.txt": b"Linked and inspected, and never run on a Mac.\n",
    })
