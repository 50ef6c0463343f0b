"""The bill of materials of a release, in SPDX 2.3: its files, and what is compiled into them."""
import hashlib
import json
import os
import time

# What is inside of packages beside Duomo, and where it comes from.
INSIDE = [
    ("flatbuffers", "2.0.8", "Apache-2.0", "headers: reads and writes the header of .duomo files"),
    ("zlib", "1.3.1", "Zlib", "compiled in by ./dev cross; Debian's packages use the system's"),
    ("bzip2", "1.0.8", "bzip2-1.0.6", "in the programs of the wheel"),
    ("zstd", "1.5", "BSD-3-Clause", "in the programs of the wheel"),
    ("CLI11", "2.1", "BSD-3-Clause", "headers: command lines of the programs"),
    ("nlohmann-json", "3.11.2", "MIT", "headers: JSON in the programs"),
    ("libcxx", "zig's", "Apache-2.0 WITH LLVM-exception", "libc++, libc++abi and libunwind, linked statically by ./dev cross"),
    ("musl", "emscripten's", "MIT", "parts of the C library, in the WebAssembly module"),
    ("compiler-rt", "zig's", "MIT", "what its compiler calls, linked statically by ./dev cross"),
    ("mingw-w64", "zig's", "MIT", "the runtime and winpthreads, in Windows' library"),
]


def digest(path, kind):
    made = hashlib.new(kind)
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            made.update(block)
    return made.hexdigest()


def write(folder, version, commit, when):
    name = f"duomo-{version}"
    files, packages, relations = [], [], []
    packages.append({
        "SPDXID": "SPDXRef-duomo", "name": "duomo", "versionInfo": version, "downloadLocation": "NOASSERTION",
        "licenseConcluded": "Apache-2.0", "licenseDeclared": "Apache-2.0", "copyrightText": "2026 the authors of Duomo",
        "filesAnalyzed": False, "sourceInfo": f"commit {commit}",
    })
    relations.append(("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-duomo"))
    for inside, its_version, licence, comment in INSIDE:
        key = f"SPDXRef-{inside}"
        packages.append({
            "SPDXID": key, "name": inside, "versionInfo": its_version, "downloadLocation": "NOASSERTION",
            "licenseConcluded": licence, "licenseDeclared": licence, "copyrightText": "NOASSERTION", "filesAnalyzed": False,
            "comment": comment,
        })
        relations.append(("SPDXRef-duomo", "DEPENDS_ON", key))
    for i, path in enumerate(sorted(os.listdir(folder))):
        if path in ("SHA256SUMS", f"{name}.spdx.json"):
            continue
        full = os.path.join(folder, path)
        files.append({
            "SPDXID": f"SPDXRef-file-{i}", "fileName": f"./{path}", "licenseConcluded": "Apache-2.0",
            "licenseInfoInFiles": ["Apache-2.0"], "copyrightText": "2026 the authors of Duomo",
            "checksums": [{"algorithm": "SHA1", "checksumValue": digest(full, "sha1")},
                          {"algorithm": "SHA256", "checksumValue": digest(full, "sha256")}],
        })
        relations.append(("SPDXRef-duomo", "CONTAINS", f"SPDXRef-file-{i}"))
    document = {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": name,
        "documentNamespace": f"https://duomo.invalid/spdx/{name}-{commit}",
        "creationInfo": {"created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when)), "creators": ["Tool: packaging/sbom.py"]},
        "packages": packages, "files": files,
        "relationships": [{"spdxElementId": a, "relationshipType": b, "relatedSpdxElement": c} for a, b, c in relations],
    }
    with open(os.path.join(folder, f"{name}.spdx.json"), "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.write("\n")
